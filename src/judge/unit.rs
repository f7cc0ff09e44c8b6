//! Units beside numbers: a link is judged when both sides have the same one, or only the later one has any.

use crate::syntax::{Binary, Expr, Kind, Unary};

/// The unit of an expression, as far as one can tell without knowing what units mean.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Unit {
    None,
    Of(String),
    Unclear,
}

/// Whether a number with the unit `later` may be judged against `expr`; else why not.
pub(super) fn link(expr: &Expr, later: Option<&str>) -> Result<(), String> {
    match (unit(expr), later) {
        (Unit::None, _) => Ok(()),
        (Unit::Of(unit), Some(later)) if unit == later => Ok(()),
        (Unit::Of(unit), Some(later)) => Err(format!("the formula is in {unit}, the number in {later}")),
        (Unit::Of(unit), None) => Err(format!("the formula is in {unit}, the number has no unit")),
        (Unit::Unclear, _) => Err("the unit of the formula is not computed".to_owned()),
    }
}

/// Whether a number in the unit `later` may follow one in the unit `before`: what lies between them is not computed.
pub(super) fn unchanged(before: Option<&str>, later: Option<&str>) -> Result<(), String> {
    match (before, later) {
        (Some(before), Some(later)) if before != later => {
            Err(format!("the number before is in {before}, this one in {later}"))
        }
        _ => Ok(()),
    }
}

fn unit(expr: &Expr) -> Unit {
    match &expr.kind {
        Kind::Unit(inner, name) if unit(inner) == Unit::None => Unit::Of(name.trim().to_owned()),
        Kind::Unit(..) => Unit::Unclear,
        Kind::Unary(Unary::Negate | Unary::Plus | Unary::Group | Unary::Bars, inner) => unit(inner),
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => match (unit(lhs), unit(rhs)) {
            (lhs, rhs) if lhs == rhs => lhs,
            _ => Unit::Unclear,
        },
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => match (unit(lhs), unit(rhs)) {
            (Unit::None, unit) | (unit, Unit::None) => unit,
            _ => Unit::Unclear,
        },
        Kind::Binary(Binary::Divide, lhs, rhs) => match (unit(lhs), unit(rhs)) {
            (unit, Unit::None) => unit,
            (Unit::Of(one), Unit::Of(other)) if one == other => Unit::None,
            _ => Unit::Unclear,
        },
        _ if holds_unit(expr) => Unit::Unclear,
        _ => Unit::None,
    }
}

fn holds_unit(expr: &Expr) -> bool {
    expr.any(|node| matches!(node.kind, Kind::Unit(..)))
}

/// Whether two computed members may be compared; else why not.
pub(super) fn same(first: &Expr, other: &Expr) -> Result<(), String> {
    match unit(other) {
        Unit::None => link(first, None),
        Unit::Of(later) => link(first, Some(&later)),
        Unit::Unclear if unit(first) == Unit::None => Ok(()),
        Unit::Unclear => Err("the unit of this member is not computed".to_owned()),
    }
}
