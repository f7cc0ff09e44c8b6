//! Units beside numbers. They are not converted: a link is judged when both sides have the same unit, however it is spelt,
//! or only the later one has any. Everything else that reads a formula then may leave its units out.

use super::measure::Measure;
use crate::syntax::{Binary, Builtin, Expr, Kind, Unary};

type Result<T> = std::result::Result<T, String>;

/// Whether a number with the unit `later` is judged against the value of `expr`; else why not. `before`: the unit that the
/// chain has given to a formula without one.
pub(super) fn link(expr: &Expr, before: Option<&str>, later: Option<&str>) -> Result<()> {
    let formula = of(expr)?;
    let given = || in_words(expr);
    match (before, later) {
        (_, None) if formula.is_none() => Ok(()),
        (_, None) => Err(format!("the formula is in {}, the number has no unit", given())),
        (None, Some(_)) if formula.is_none() => Ok(()),
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

/// Whether two members of a chain can be compared; else why not. The first one may have no unit.
pub(super) fn same(first: &Expr, other: &Expr) -> Result<()> {
    let (one, two) = (of(first)?, of(other)?);
    match () {
        () if one == two || one.is_none() => Ok(()),
        () if two.is_none() => Err(format!("the formula is in {}, the number has no unit", in_words(first))),
        () => Err(format!("the formula is in {}, the number in {}", in_words(first), in_words(other))),
    }
}

/// Whether an inequality between these can be judged; else why not. One of them may have no unit.
pub(super) fn comparable(left: &Expr, right: &Expr) -> Result<()> {
    let (one, two) = (of(left)?, of(right)?);
    if one != two && !one.is_none() && !two.is_none() {
        return Err(format!("one side is in {}, the other in {}", in_words(left), in_words(right)));
    }
    let is_plain =
        |expr: &Expr| matches!(expr.ungrouped().kind, Kind::Number(_) | Kind::Unary(Unary::Negate, _));
    if is_in_degrees(left) && is_plain(right) && !is_in_degrees(right)
        || is_in_degrees(right) && is_plain(left) && !is_in_degrees(left)
    {
        return Err("one side is in degrees, the other has no degree sign".to_owned());
    }
    Ok(())
}

/// What an expression measures; else why its value without units says nothing.
pub(super) fn of(expr: &Expr) -> Result<Measure> {
    match measured(expr) {
        Some(measure) if !measure.is_none() || measure == Measure::none() => Ok(measure),
        Some(_) => {
            Err(format!("units are not converted, and {} do not cancel as they stand", in_words(expr)))
        }
        None => Err("the unit of the formula is not computed".to_owned()),
    }
}

/// What an expression measures; `None` if that is not computed.
fn measured(expr: &Expr) -> Option<Measure> {
    // Most formulas have no units, and nothing of them is to be multiplied.
    if !holds_unit(expr) {
        return Some(Measure::none());
    }
    match &expr.kind {
        Kind::Unit(inner, name) if measured(inner)?.is_none() => Some(Measure::read(name)),
        Kind::Unary(Unary::Negate | Unary::Plus | Unary::Group | Unary::Bars, inner) => measured(inner),
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => {
            let (lhs, rhs) = (measured(lhs)?, measured(rhs)?);
            (lhs == rhs).then_some(lhs)
        }
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => measured(lhs)?.times(&measured(rhs)?),
        Kind::Binary(Binary::Divide, lhs, rhs) => measured(lhs)?.over(&measured(rhs)?),
        Kind::Binary(Binary::Power, base, exponent) => measured(base)?.to_the(whole(exponent)?),
        Kind::Call(Builtin::Sqrt, args) => measured(args.first()?)?.root(),
        _ => None,
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

/// Whether an expression is an angle because one of its factors, or all of its terms, have a degree sign.
pub(super) fn is_in_degrees(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Unary(Unary::Degrees, _) => true,
        Kind::Unary(Unary::Negate | Unary::Plus | Unary::Group, inner) => is_in_degrees(inner),
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => is_in_degrees(lhs) && is_in_degrees(rhs),
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => is_in_degrees(lhs) != is_in_degrees(rhs),
        Kind::Binary(Binary::Divide, lhs, rhs) => is_in_degrees(lhs) && !is_in_degrees(rhs),
        _ => false,
    }
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
