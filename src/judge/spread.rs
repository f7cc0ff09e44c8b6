//! What rounding on the page could explain: the range of a formula over all inputs that round to those typed.

use std::collections::BTreeSet;

use super::number::is_literal;
use super::segment::Court;
use super::value::{Quantity, error};
use crate::compare::decimal::power_of_ten;
use crate::compare::{Computed, Rule, Stated, could_round, overlaps};
use crate::diag::Code;
use crate::eval::{BindingId, EvalError, Spread, Value};
use crate::num::{Number, Precision, Rational};
use crate::syntax::Literal;

/// Whether the rounding of the numbers in a substitution step explains that it differs from the first member.
pub(super) fn step_explains(court: &Court<'_>, first: &Quantity<'_>, step: &Quantity<'_>) -> bool {
    if !is_literal(step.expr) || is_literal(first.expr) {
        return false;
    }
    let Some(computed) = first.precise() else { return false };
    let exact = exact_values(court, &court.scope.reached_by(first.expr));
    range(court, step, &exact, &[]).is_ok_and(|spread| overlaps(&computed, &spread))
}

/// Whether a stated number could come from this formula and inputs that were rounded as the page states them.
pub(super) fn explains(court: &Court<'_>, formula: &Quantity<'_>, stated: &Stated, rule: &Rule) -> bool {
    let reached = court.scope.reached_by(formula.expr);
    let interval = |id: &BindingId| Some((*id, around(court.stated.get(id)?)?));
    let names: Vec<_> = reached.iter().filter_map(interval).collect();
    range(court, formula, &exact_values(court, &reached), &names)
        .is_ok_and(|spread| could_round(stated, &spread, rule))
}

/// The range of `quantity` with these names, and its decimals that are none of the `exact` values, anywhere within their
/// rounding.
fn range(
    court: &Court<'_>,
    quantity: &Quantity<'_>,
    exact: &[Rational],
    names: &[(BindingId, Value)],
) -> Result<Computed, EvalError> {
    let literal = |literal: &Literal| {
        let decimals = literal.digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        if decimals == 0 || exact.contains(&literal.value) {
            return None;
        }
        interval(&literal.value, &power_of_ten(i64::from(literal.exponent) - decimals as i64))
    };
    let spread = Spread { literal: &literal, names };
    let evaluated = court.scope.evaluate_within(quantity.expr, &spread, Precision::LADDER[0])?;
    match &evaluated.value {
        Value::Number(number) => {
            let (lo, hi) = number.enclosure();
            Ok(Computed::between(lo, hi))
        }
        _ => Err(error(Code::WrongType, quantity.span(), "only numbers are rounded")),
    }
}

/// The numbers among these definitions that are known exactly: a literal equal to one of them was not rounded.
fn exact_values(court: &Court<'_>, definitions: &BTreeSet<BindingId>) -> Vec<Rational> {
    let value = |id: &BindingId| {
        let evaluated = court.scope.evaluate_binding(*id, Precision::LADDER[0]).ok()?;
        evaluated.value.as_number()?.as_exact().cloned()
    };
    definitions.iter().filter_map(value).collect()
}

fn around(stated: &Stated) -> Option<Value> {
    if stated.integer {
        return None;
    }
    interval(&stated.value, &stated.unit).map(Value::from)
}

/// Everything that rounds to `value` at the place `unit`.
fn interval(value: &Rational, unit: &Rational) -> Option<Number> {
    let half = unit / Rational::from(2u8);
    let (lo, hi) = (Number::from(value - &half), Number::from(value + &half));
    lo.hull(&hi, Precision::LADDER[0]).ok()
}
