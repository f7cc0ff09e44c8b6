//! Whether `e` and `\pi` are the constants of that name, or an error, a charge, a list of probabilities.

use crate::eval::{Scope, Value};
use crate::num::{Precision, math};
use crate::syntax::{Binary, Expr, Kind, MemberKind, Name, Relation, Statement, Unary};

/// How far a value may be from a constant, as a share of it, to be meant for it.
const NEAR: f64 = 0.25;
/// The same where a power of ten or a sign lies between them.
const NEAR_BUT_SCALED: f64 = 0.02;

/// Whether a name is one of a constant.
pub(super) fn is_one(name: &Name) -> bool {
    value_of(name).is_some()
}

fn value_of(name: &Name) -> Option<f64> {
    match name.as_str() {
        "pi" => Some(std::f64::consts::PI),
        "e" => Some(std::f64::consts::E),
        _ => None,
    }
}

/// Whether a chain gives the name of a constant another meaning: what stands on its `right` is no number, or one that no slip
/// would have made of the constant.
pub(super) fn is_given_anew(
    name: &Name,
    relation: Relation,
    right: &[(&Statement<'_>, usize)],
    scope: &Scope,
) -> bool {
    let Some(constant) = value_of(name) else { return false };
    if scope.here(name).is_some() {
        return false;
    }
    let expr = right.iter().find_map(|(statement, idx)| match statement.read(*idx, scope, &[]).kind {
        MemberKind::Expr(expr) => Some(expr),
        _ => None,
    });
    let Some(expr) = expr else { return false };
    // Nobody states the base of logarithms as a whole number, and 3 is a common key and a number of edges.
    let states = relation != Relation::Approximate;
    if states && name.as_str() == "e" && matches!(&expr.kind, Kind::Number(literal) if literal.is_integer()) {
        return true;
    }
    match scope.evaluate(&expr, Precision::LADDER[0]).map(|evaluated| evaluated.value) {
        Ok(Value::Number(number)) => !is_meant(number.to_f64(), constant),
        Ok(_) => true,
        // `e = y - t` of what is not known yet is no claim about Euler's number, as a limit or a series is; and π may be a
        // ratio of a circle.
        Err(_) => states && name.as_str() == "e" && !expr.any(may_approach),
    }
}

/// Whether this may be a part of a formula for Euler's number.
fn may_approach(part: &Expr) -> bool {
    matches!(
        part.kind,
        Kind::Limit { .. }
            | Kind::Dots { .. }
            | Kind::Fold { .. }
            | Kind::Unary(Unary::Factorial, _)
            | Kind::Binary(Binary::Power, ..)
    )
}

fn is_meant(value: f64, constant: f64) -> bool {
    let ratio = value / constant;
    let magnitude = math::log10(ratio.abs());
    let scaled = math::pow(10.0, magnitude - magnitude.round());
    (ratio - 1.0).abs() < NEAR || (scaled - 1.0).abs() < NEAR_BUT_SCALED
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{E, PI};

    use super::is_meant;

    #[test]
    fn slips_are_meant_for_the_constant() {
        for (value, constant, meant) in [
            (2.72, E, true),
            (3.0, E, true),
            (2.178, E, true),
            (27.18, E, true),
            (-2.72, E, true),
            (17.0, E, false),
            (0.25, E, false),
            (0.0, E, false),
            (1.6e-19, E, false),
            (3.15, PI, true),
            (0.315, PI, true),
            (0.3, PI, false),
            (1.0 / 3.0, PI, false),
        ] {
            assert_eq!(is_meant(value, constant), meant, "{value}");
        }
    }
}
