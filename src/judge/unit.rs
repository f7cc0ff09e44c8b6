//! Units beside numbers: a link is judged when both sides measure the same, or only the later one has a unit.

use super::measure::Measure;
use crate::num::Rational;
use crate::syntax::{Binary, Builtin, Expr, Kind, Unary};

/// A quotient of two units: how many of one the other is.
pub(super) struct Factor {
    pub(super) value: Rational,
    /// How many of the thousands in it may be 1024.
    thousands: i32,
}

impl Factor {
    /// The factor with 1024 for these thousands, if there are any.
    pub(super) fn binary(&self) -> Option<Rational> {
        let more = Rational::from(1024u32) / Rational::from(1000u32);
        (self.thousands != 0).then(|| &self.value * more.pow(self.thousands as isize))
    }
}

/// By how much the value of `expr` is multiplied before a number with the unit `later` is judged against it; else why
/// none can be. `before`: the unit that the chain has given to a formula without one.
pub(super) fn link(expr: &Expr, before: Option<&str>, later: Option<&str>) -> Result<Factor, String> {
    let formula = measured(expr).ok_or("the unit of the formula is not computed")?;
    if !formula.is_none() {
        let given = in_words(expr);
        return match later {
            Some(later) => between(&formula, &Measure::read(later))
                .ok_or_else(|| format!("the formula is in {given}, the number in {later}")),
            None => Err(format!("the formula is in {given}, the number has no unit")),
        };
    }
    match (before, later) {
        (Some(before), Some(later)) => between(&Measure::read(before).times(&formula), &Measure::read(later))
            .ok_or_else(|| format!("the number before is in {before}, this one in {later}")),
        _ => Ok(Factor { value: formula.scale, thousands: formula.thousands }),
    }
}

/// By how much the value of `other` is multiplied to be compared with that of `first`; else why it cannot be.
pub(super) fn same(first: &Expr, other: &Expr) -> Result<Rational, String> {
    let (Some(one), two) = (measured(first), measured(other)) else {
        return Err("the unit of the formula is not computed".to_owned());
    };
    match two {
        _ if one == Measure::none() && (two.as_ref().is_none_or(|two| !two.is_none())) => Ok(Rational::ONE),
        None => Err("the unit of this member is not computed".to_owned()),
        Some(two) if one.is_like(&two) && one.thousands == two.thousands => Ok(two.scale / one.scale),
        Some(two) if two.is_none() => {
            Err(format!("the formula is in {}, the number has no unit", in_words(first)))
        }
        Some(_) => Err(format!("the formula is in {}, the number in {}", in_words(first), in_words(other))),
    }
}

/// By how much the value of `left` is multiplied for an inequality with `right`: 1 if one of them has no unit.
pub(super) fn comparable(left: &Expr, right: &Expr) -> Result<Rational, String> {
    if !holds_unit(left) || !holds_unit(right) {
        return Ok(Rational::ONE);
    }
    let (Some(from), Some(to)) = (measured(left), measured(right)) else {
        return Err("the units of these are not computed".to_owned());
    };
    between(&from, &to)
        .filter(|factor| factor.thousands == 0)
        .map(|factor| factor.value)
        .ok_or_else(|| format!("one side is in {}, the other in {}", in_words(left), in_words(right)))
}

/// How many of one unit another is, as typed.
pub(super) fn factor(from: &str, to: &str) -> Option<Rational> {
    between(&Measure::read(from), &Measure::read(to))
        .filter(|factor| factor.thousands == 0)
        .map(|factor| factor.value)
}

/// How many of the unit `to` one of `from` is.
fn between(from: &Measure, to: &Measure) -> Option<Factor> {
    let thousands = from.thousands - to.thousands;
    from.is_like(to).then(|| Factor { value: &from.scale / &to.scale, thousands })
}

/// What an expression measures; `None` if that is not computed.
fn measured(expr: &Expr) -> Option<Measure> {
    match &expr.kind {
        Kind::Unit(inner, name) if measured(inner)?.is_none() => Some(Measure::read(name)),
        Kind::Unit(..) => None,
        Kind::Unary(Unary::Negate | Unary::Plus | Unary::Group | Unary::Bars, inner) => measured(inner),
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => {
            let (lhs, rhs) = (measured(lhs)?, measured(rhs)?);
            (lhs == rhs).then_some(lhs)
        }
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => Some(measured(lhs)?.times(&measured(rhs)?)),
        Kind::Binary(Binary::Divide, lhs, rhs) => Some(measured(lhs)?.over(&measured(rhs)?)),
        Kind::Binary(Binary::Power, base, exponent) if holds_unit(expr) => {
            Some(measured(base)?.to_the(whole(exponent)?))
        }
        Kind::Call(Builtin::Sqrt, args) if holds_unit(expr) => measured(args.first()?)?.root(),
        _ if holds_unit(expr) => None,
        _ => Some(Measure::none()),
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

/// Whether a formula can count degrees, `180 - 70`: it computes something, and neither from an angle nor to one; or it
/// multiplies by `180/π`.
pub(super) fn counts_degrees(expr: &Expr) -> bool {
    let is_number = matches!(expr.ungrouped().kind, Kind::Number(_) | Kind::Unary(Unary::Negate, _));
    let arithmetic = !expr.any(|node| {
        matches!(node.kind, Kind::Name(_) | Kind::Subscript { .. } | Kind::Apply { .. } | Kind::Call(..))
            || matches!(node.kind, Kind::Unary(Unary::Degrees, _))
    });
    !is_number && (arithmetic || expr.any(is_degrees_per_radian))
}

/// `\frac{180}{\pi}`.
fn is_degrees_per_radian(node: &Expr) -> bool {
    let Kind::Binary(Binary::Divide, top, bottom) = &node.kind else { return false };
    matches!(&top.ungrouped().kind, Kind::Number(half_turn) if half_turn.digits == "180")
        && matches!(&bottom.ungrouped().kind, Kind::Name(pi) if pi.as_str() == "pi")
}
