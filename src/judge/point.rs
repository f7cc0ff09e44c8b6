//! How points of a domain, and values there, are shown.

use crate::eval::{BindingId, Point, Scope, Value};
use crate::num::{Number, Precision};
use crate::syntax::Expr;

/// `x = -1 and c = 2`.
pub(super) fn described(scope: &Scope, point: &[(BindingId, Value)]) -> String {
    let equation = |(name, value)| format!("{name} = {value}");
    named(scope, point).into_iter().map(equation).collect::<Vec<_>>().join(", ")
}

/// The names of a point with their values.
pub(super) fn named(scope: &Scope, point: &[(BindingId, Value)]) -> Vec<(String, String)> {
    let named = |(id, value): &(BindingId, Value)| (scope.binding(*id).name.to_string(), tidy(value, 8));
    point.iter().map(named).collect()
}

/// A side's value at a point.
pub(super) fn shown(scope: &Scope, expr: &Expr, point: &Point, digits: usize) -> String {
    let mut best = "undefined".to_owned();
    for precision in Precision::LADDER.iter().take(super::identity::RUNGS).copied() {
        if let Ok(evaluated) = scope.evaluate_at(expr, point, precision) {
            best = tidy(&evaluated.value, digits);
            if precision != Precision::DOUBLE {
                break;
            }
        }
    }
    best
}

/// A value as one would write it: short fractions as such, other numbers to so many digits.
fn tidy(value: &Value, digits: usize) -> String {
    let all = |items: &[Value]| items.iter().map(|item| tidy(item, digits)).collect::<Vec<_>>().join(", ");
    match value {
        Value::Number(number) => tidy_number(number, digits),
        Value::List(items) => format!("[{}]", all(items)),
        Value::Matrix(matrix) => {
            let rows: Vec<String> = matrix.rows.iter().map(|row| format!("[{}]", all(row))).collect();
            format!("[{}]", rows.join(", "))
        }
        other => other.to_string(),
    }
}

fn tidy_number(number: &Number, most: usize) -> String {
    let digits = |count: usize| (1..=count).rev().find_map(|digits| number.to_decimal(digits));
    match number.as_exact().map(ToString::to_string) {
        Some(exact) if exact.len() <= 8 => exact,
        _ => digits(most).unwrap_or_else(|| "0".to_owned()),
    }
}
