//! Units beside numbers. They are not converted: a link is judged when both sides have the same unit, however it is spelt,
//! or only the later one has any. Everything else that reads a formula then may leave its units out.

use super::number::is_literal;
use crate::eval::{Definition, Scope};
use crate::num::Rational;
use crate::syntax::{Binary, Builtin, Expr, Kind, Measure, Name, Unary};

type Result<T> = std::result::Result<T, String>;

/// A whole number up to this one is taken for a number alone, the 2 in ½ m v² and the 4/3 of a sphere.
const MOST_PLAIN: u8 = 4;

/// Words after a number that multiply it.
const SCALES: [&str; 16] = [
    "k",
    "hundred",
    "thousand",
    "million",
    "millions",
    "billion",
    "billions",
    "trillion",
    "bn",
    "mn",
    "dozen",
    "percent",
    "per cent",
    "pp",
    "percentage points",
    "ppm",
];

/// Whether a number with the unit `later` is judged against the value of `expr`; else why not. `before`: the unit that the
/// chain has given to a formula without one.
pub(super) fn link(scope: &Scope, expr: &Expr, before: Option<&str>, later: Option<&str>) -> Result<()> {
    let formula = of(scope, expr)?;
    let given = || in_words(expr);
    later.map_or(Ok(()), scales)?;
    match (before, later) {
        (_, None) if formula.is_none() => by_names(scope, expr).map(drop),
        (_, None) => Err(format!("the formula is in {}, the number has no unit", given())),
        (None, Some(later)) if formula.is_none() => match by_names(scope, expr)? {
            Some(measure) => agrees_with_names(&measure, later),
            None => Ok(()),
        },
        (Some(before), Some(later)) if formula.is_none() => {
            match Measure::read(before) == Measure::read(later) {
                true => Ok(()),
                false => Err(format!("the number before is in {before}, this one in {later}")),
            }
        }
        (_, Some(later)) if formula == Measure::read(later) => Ok(()),
        (_, Some(later)) if given() == later.trim() => {
            Err(format!("the units of the formula do not make {later}"))
        }
        (_, Some(later)) => Err(format!("the formula is in {}, the number in {later}", given())),
    }
}

/// Complains about a word after a number that multiplies it.
pub(super) fn scales(unit: &str) -> Result<()> {
    match SCALES.contains(&unit.trim()) {
        true => Err(format!("`{}` is no unit, but a factor", unit.trim())),
        false => Ok(()),
    }
}

/// Whether a number in `later` can be the value of a formula whose names make this measure; else why not.
fn agrees_with_names(measure: &Measure, later: &str) -> Result<()> {
    let stated = Measure::read(later);
    match measure.in_terms_of(&stated) {
        _ if !stated.is_known() => Ok(()),
        Some(ratio) if ratio == Rational::ONE => Ok(()),
        Some(_) => Err(format!(
            "the names of the formula were given in other units of this kind than {later}, and units are not converted"
        )),
        None => Err(format!("the units that the names of the formula were given in do not make {later}")),
    }
}

/// Whether two members of a chain can be compared; else why not. The first one may have no unit, and a step of numbers
/// alone may leave it out.
pub(super) fn same(scope: &Scope, first: &Expr, other: &Expr) -> Result<()> {
    let (one, two) = (of(scope, first)?, of(scope, other)?);
    match () {
        () if one == two => same_by_names(scope, first, other),
        () if one.is_none() || two.is_none() && is_literal(other) => Ok(()),
        () if two.is_none() => Err(format!("the formula is in {}, the number has no unit", in_words(first))),
        () => Err(format!("the formula is in {}, the number in {}", in_words(first), in_words(other))),
    }
}

fn same_by_names(scope: &Scope, first: &Expr, other: &Expr) -> Result<()> {
    match by_names(scope, first)?.zip(by_names(scope, other)?) {
        Some((one, two)) if one != two => Err("their names were given in units that differ".to_owned()),
        _ => Ok(()),
    }
}

/// Whether an inequality between these can be judged; else why not. One of them may have no unit.
pub(super) fn comparable(scope: &Scope, left: &Expr, right: &Expr) -> Result<()> {
    let (one, two) = (of(scope, left)?, of(scope, right)?);
    if one != two && !one.is_none() && !two.is_none() {
        return Err(format!("one side is in {}, the other in {}", in_words(left), in_words(right)));
    }
    let all = |expr: &Expr, typed: Measure| match typed.is_none() {
        true => by_names(scope, expr),
        false => Ok(Some(typed).filter(Measure::is_known)),
    };
    if let Some((one, two)) = all(left, one)?.zip(all(right, two)?)
        && one != two
    {
        return Err("the two sides are in units that differ".to_owned());
    }
    let is_plain =
        |expr: &Expr| matches!(expr.ungrouped().kind, Kind::Number(_) | Kind::Unary(Unary::Negate, _));
    let in_degrees = |expr: &Expr| is_in_degrees(scope, expr);
    if in_degrees(left) && is_plain(right) && !in_degrees(right)
        || in_degrees(right) && is_plain(left) && !in_degrees(left)
    {
        return Err("one side is in degrees, the other has no degree sign".to_owned());
    }
    Ok(())
}

/// What the units in an expression make of it; else why its value without units says nothing.
pub(super) fn of(scope: &Scope, expr: &Expr) -> Result<Measure> {
    // Most formulas have no units, and nothing of them is to be multiplied.
    if !holds_unit(expr) {
        return Ok(Measure::none());
    }
    match counted(scope, expr, Names::CountNothing) {
        Count::Known(measure) if !measure.is_none() || measure == Measure::none() => Ok(measure),
        Count::Known(_) => {
            Err(format!("units are not converted, and {} do not cancel as they stand", in_words(expr)))
        }
        Count::Open | Count::Clash => Err("the unit of the formula is not computed".to_owned()),
    }
}

/// What a formula without units counts because all its names have known ones; `None` if some have none. Else why its
/// value says nothing.
fn by_names(scope: &Scope, expr: &Expr) -> Result<Option<Measure>> {
    let has_measure = |name: &Name| scope.nature(name).is_some_and(|nature| nature.measure.is_some());
    // Most formulas have no such names, and nothing of them is to be multiplied.
    if !expr.any(|node| matches!(&node.kind, Kind::Name(name) if has_measure(name))) {
        return Ok(None);
    }
    match counted(scope, expr, Names::StayOpen) {
        Count::Known(measure) if measure.is_none() && measure != Measure::none() => {
            Err("the units that its names were given in do not cancel as they stand".to_owned())
        }
        Count::Known(measure) => Ok(Some(measure).filter(|measure| !measure.is_none() && measure.is_known())),
        Count::Open => Ok(None),
        Count::Clash => {
            Err("names that were given in different units are added or compared in it".to_owned())
        }
    }
}

/// What a name counts that has the value of this formula, if that is known.
pub(super) fn of_name(scope: &Scope, expr: &Expr) -> Option<Measure> {
    let typed = of(scope, expr).ok().filter(|measure| !measure.is_none());
    typed.or_else(|| by_names(scope, expr).ok().flatten()).filter(Measure::is_known)
}

/// What a name counts that was given without a unit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Nothing: it is a number.
    CountNothing,
    /// That is not known.
    StayOpen,
}

/// What a formula counts.
enum Count {
    Known(Measure),
    /// That is not computed.
    Open,
    /// Different things, of which it takes the sum or the larger.
    Clash,
}

impl From<Option<Measure>> for Count {
    fn from(measure: Option<Measure>) -> Self {
        measure.map_or(Self::Open, Self::Known)
    }
}

impl Count {
    /// What comes of two counts that are known.
    fn with(self, other: Self, of: impl FnOnce(&Measure, &Measure) -> Option<Measure>) -> Self {
        match (self, other) {
            (Self::Clash, _) | (_, Self::Clash) => Self::Clash,
            (Self::Known(one), Self::Known(other)) => of(&one, &other).into(),
            _ => Self::Open,
        }
    }

    /// What comes of a count that is known.
    fn then(self, of: impl FnOnce(&Measure) -> Option<Measure>) -> Self {
        match self {
            Self::Known(measure) => of(&measure).into(),
            other => other,
        }
    }

    /// Of a sum: both count the same. A bare number beside a unit may have been meant to have it.
    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(one), Self::Known(other)) => match () {
                () if one == other => Self::Known(one),
                () if one.is_none() || other.is_none() => Self::Open,
                () => Self::Clash,
            },
            (one, other) => one.with(other, |_, _| None),
        }
    }
}

fn counted(scope: &Scope, expr: &Expr, names: Names) -> Count {
    let of = |expr: &Expr| counted(scope, expr, names);
    let nothing = || Count::Known(Measure::none());
    match &expr.kind {
        Kind::Unit(inner, name) => of(inner).then(|inner| inner.is_none().then(|| Measure::read(name))),
        Kind::Name(name) => match scope.nature(name).map(|nature| &nature.measure) {
            Some(Some(measure)) => Count::Known(measure.clone()),
            Some(None) if names == Names::StayOpen => Count::Open,
            // A constant has no nature.
            _ => nothing(),
        },
        // A factor, or a constant such as 9.81, may have a unit that is not typed.
        Kind::Number(number) if names == Names::StayOpen && number.value > MOST_PLAIN.into() => Count::Open,
        Kind::Number(number)
            if names == Names::StayOpen && !number.is_integer() && number.digits != "0.5" =>
        {
            Count::Open
        }
        Kind::Number(_) => nothing(),
        Kind::Unary(Unary::Negate | Unary::Plus | Unary::Group | Unary::Bars, inner) => of(inner),
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => of(lhs).plus(of(rhs)),
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => of(lhs).with(of(rhs), Measure::times),
        Kind::Binary(Binary::Divide, lhs, rhs) => of(lhs).with(of(rhs), Measure::over),
        Kind::Binary(Binary::Power, base, exponent) => match of(base) {
            Count::Known(base) if base == Measure::none() => {
                of(exponent).then(|exponent| exponent.is_none().then(Measure::none))
            }
            base => base.then(|base| base.to_the(whole(exponent)?)),
        },
        Kind::Call(Builtin::Sqrt, args) if let [only] = &args[..] => of(only).then(Measure::root),
        Kind::Call(Builtin::Max | Builtin::Min, args) => {
            args.iter().map(of).reduce(Count::plus).unwrap_or(Count::Open)
        }
        // Whatever it is, it holds no unit.
        _ if names == Names::CountNothing && !holds_unit(expr) => nothing(),
        _ => Count::Open,
    }
}

/// A small whole number as an exponent.
fn whole(expr: &Expr) -> Option<i32> {
    match &expr.ungrouped().kind {
        Kind::Number(literal) if literal.is_integer() && literal.digits.len() == 1 => {
            literal.digits.parse().ok()
        }
        Kind::Unary(Unary::Negate, inner) => whole(inner).map(|exponent| -exponent),
        _ => None,
    }
}

fn holds_unit(expr: &Expr) -> bool {
    expr.any(|node| matches!(node.kind, Kind::Unit(..)))
}

/// The units in an expression as typed.
fn in_words(expr: &Expr) -> String {
    let mut units: Vec<&str> = Vec::new();
    expr.walk(&mut |node| {
        if let Kind::Unit(_, name) = &node.kind
            && !units.contains(&name.trim())
        {
            units.push(name.trim());
        }
    });
    units.join(" and ")
}

/// Whether an expression is an angle because one of its factors, or all of its terms, are in degrees.
pub(super) fn is_in_degrees(scope: &Scope, expr: &Expr) -> bool {
    let of = |expr: &Expr| is_in_degrees(scope, expr);
    match &expr.kind {
        Kind::Unary(Unary::Degrees, _) => true,
        Kind::Name(name) => scope.nature(name).is_some_and(|nature| nature.in_degrees),
        Kind::Unary(Unary::Negate | Unary::Plus | Unary::Group, inner) => of(inner),
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => of(lhs) && of(rhs),
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => of(lhs) != of(rhs),
        Kind::Binary(Binary::Divide, lhs, rhs) => of(lhs) && !of(rhs),
        _ => false,
    }
}

/// Whether a bare number is added to degrees somewhere, `180 - \theta`: which of the two is to be converted?
pub(super) fn mixes_degrees(scope: &Scope, expr: &Expr) -> bool {
    let is_number = |expr: &Expr| match &expr.ungrouped().kind {
        Kind::Number(_) => true,
        // A name that was given as a bare number.
        Kind::Name(name) => scope.lookup(name.as_str(), scope.len()).is_some_and(|id| {
            let definition = &scope.binding(id).definition;
            matches!(definition, Definition::Expr(expr) if matches!(expr.ungrouped().kind, Kind::Number(_)))
        }),
        _ => false,
    };
    expr.any(|node| match &node.kind {
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => {
            is_number(lhs) && is_in_degrees(scope, rhs) || is_in_degrees(scope, lhs) && is_number(rhs)
        }
        _ => false,
    })
}

/// Whether a formula counts degrees, `180 - 70`: it computes something, and neither from an angle nor to one; or it
/// multiplies by `180/π`.
pub(super) fn counts_degrees(expr: &Expr) -> bool {
    let is_number = matches!(expr.ungrouped().kind, Kind::Number(_) | Kind::Unary(Unary::Negate, _));
    let named = |node: &Expr| matches!(node.kind, Kind::Name(_) | Kind::Subscript { .. });
    !is_number && (may_count_degrees(expr) && !expr.any(named) || expr.any(is_degrees_per_radian))
}

/// The same of a formula with names, which may stand for angles.
pub(super) fn may_count_degrees(expr: &Expr) -> bool {
    !expr.any(|node| match &node.kind {
        Kind::Name(name) => name.as_str() == "pi",
        Kind::Apply { .. } | Kind::Call(..) | Kind::Unary(Unary::Degrees, _) => true,
        _ => false,
    })
}

/// `\frac{180}{\pi}`.
fn is_degrees_per_radian(node: &Expr) -> bool {
    let Kind::Binary(Binary::Divide, top, bottom) = &node.kind else { return false };
    matches!(&top.ungrouped().kind, Kind::Number(half_turn) if half_turn.digits == "180")
        && matches!(&bottom.ungrouped().kind, Kind::Name(pi) if pi.as_str() == "pi")
}
