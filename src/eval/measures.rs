//! What formulas count, from the units in them and those that their names were given in. Units are multiplied and cancelled,
//! and never converted.

use super::Scope;
use super::scope::Nature;
use crate::syntax::{Binary, Builtin, Expr, Kind, Measure, Unary, is_factor};

type Result<T> = std::result::Result<T, String>;

/// A whole number up to this one is taken for a number alone, the 2 in ½ m v² and the 4/3 of a sphere.
const MOST_PLAIN: u8 = 4;

/// What the units in an expression make of it; else why its value without units says nothing.
pub fn of(scope: &Scope, expr: &Expr) -> Result<Measure> {
    // Most formulas have no units, and nothing of them is to be multiplied.
    if !holds_unit(expr) {
        return Ok(Measure::none());
    }
    match typed(scope, expr)? {
        Count::Known(measure) => Ok(measure),
        Count::Open | Count::Clash => Err("the unit of the formula is not computed".to_owned()),
    }
}

/// As [`of`], where words such as `million` are units: beside a number with the same word they cancel.
pub fn of_counts(scope: &Scope, expr: &Expr) -> Result<Measure> {
    match counted(scope, expr, Names::CountNothing) {
        Count::Known(measure) => Ok(measure),
        Count::Open | Count::Clash => Err("the unit of the formula is not computed".to_owned()),
    }
}

/// Why the value of a formula says nothing because of its units: some of them are added to others, do not cancel, or are words
/// that multiply.
pub fn check(scope: &Scope, expr: &Expr) -> Result<()> {
    if !holds_unit(expr) {
        return Ok(());
    }
    match typed(scope, expr)? {
        Count::Clash => {
            Err("different units are added or compared in it, and units are not converted".to_owned())
        }
        Count::Known(_) | Count::Open => Ok(()),
    }
}

/// What the units that are typed in a formula make of it; else why they cannot make anything.
fn typed(scope: &Scope, expr: &Expr) -> Result<Count> {
    if let Some(factor) = factor(expr) {
        return Err(format!("`{factor}` is no unit, but a factor"));
    }
    match counted(scope, expr, Names::CountNothing) {
        Count::Known(measure) if measure.is_none() && measure != Measure::none() => {
            Err(format!("units are not converted, and {} do not cancel as they stand", in_words(expr)))
        }
        count => Ok(count),
    }
}

/// A word that multiplies the number before it.
fn factor(expr: &Expr) -> Option<String> {
    let mut found = None;
    expr.walk(&mut |node| match &node.kind {
        Kind::Unit(_, unit) if is_factor(unit) => found = Some(unit.trim().to_owned()),
        _ => {}
    });
    found
}

/// What a formula without units counts because all its names have known ones; `None` if some have none. Else why its
/// value says nothing.
pub fn by_names(scope: &Scope, expr: &Expr) -> Result<Option<Measure>> {
    // Most formulas have no such names, and nothing of them is to be multiplied.
    if !names_units(scope, expr) {
        return Ok(None);
    }
    match counted(scope, expr, Names::StayOpen) {
        Count::Known(measure) if measure.is_none() && measure != Measure::none() => {
            Err("the units that its names were given in do not cancel as they stand".to_owned())
        }
        Count::Known(measure) => Ok(Some(measure).filter(|measure| !measure.is_none() && measure.is_known())),
        Count::Open => Ok(None),
        Count::Clash => Err(
            "names that were given in different units are added or compared in it, or in what it is made of"
                .to_owned(),
        ),
    }
}

/// What a name counts that has the value of this formula, if that is known.
pub fn of_name(scope: &Scope, expr: &Expr) -> Option<Measure> {
    let typed = of(scope, expr).ok().filter(|measure| !measure.is_none());
    typed.or_else(|| by_names(scope, expr).ok().flatten()).filter(Measure::is_known)
}

/// Whether numbers in different units are added or compared in a formula, as far as its names say what they count.
pub fn mixes(scope: &Scope, expr: &Expr) -> bool {
    names_units(scope, expr) && matches!(counted(scope, expr, Names::StayOpen), Count::Clash)
}

/// Whether the page says in which units some name of a formula is.
fn names_units(scope: &Scope, expr: &Expr) -> bool {
    let says = |nature: &Nature| nature.measure.is_some() || nature.mixes_units;
    expr.any(|node| matches!(&node.kind, Kind::Name(name) if scope.nature(name).is_some_and(says)))
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
        Kind::Name(name) => match scope.nature(name) {
            Some(nature) if nature.mixes_units => Count::Clash,
            Some(Nature { measure: Some(measure), .. }) => Count::Known(measure.clone()),
            Some(_) if names == Names::StayOpen => Count::Open,
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
        // A ratio, whatever it is taken of.
        Kind::Call(function, _) if names == Names::StayOpen && is_ratio(*function) => nothing(),
        Kind::Unary(Unary::Degrees | Unary::Percent, _) if names == Names::StayOpen => nothing(),
        // Whatever it is, it holds no unit.
        _ if names == Names::CountNothing && !holds_unit(expr) => nothing(),
        _ => Count::Open,
    }
}

/// Whether a function has a number without a unit as its value.
fn is_ratio(function: Builtin) -> bool {
    matches!(
        function,
        Builtin::Sin
            | Builtin::Cos
            | Builtin::Tan
            | Builtin::Cot
            | Builtin::Sec
            | Builtin::Csc
            | Builtin::Exp
            | Builtin::Ln
            | Builtin::Lg
            | Builtin::Lb
            | Builtin::Log
    )
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

/// Whether a unit is typed somewhere in a formula.
pub fn holds_unit(expr: &Expr) -> bool {
    expr.any(|node| matches!(node.kind, Kind::Unit(..)))
}

/// The units in an expression as typed.
pub fn in_words(expr: &Expr) -> String {
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
