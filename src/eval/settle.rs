//! Evaluation at rising precision, until the value is known to as many digits as are printed.

use dashu::base::BitTest;

use super::{BindingId, EvalError, Evaluated, Scope, Value};
use crate::num::{Number, Precision, Rational, UBig};
use crate::syntax::Expr;

/// Digits that a value is printed with.
const DIGITS: usize = 17;
/// Digits below which a value that does not get any sharper is refused.
const FEWEST_DIGITS: usize = 5;
/// Where an enclosure that holds zero and is this narrow (in powers of ten) is taken for zero: agreement to fifty
/// digits and more where arithmetic is exact, to what an estimate can give where it is not.
const ZERO_EXPONENTS: [usize; 2] = [60, 13];

/// A value that is known to the digits it is printed with, or as sharply as it can be.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The value.
    pub value: Value,
    /// Where the value was found.
    pub precision: Precision,
}

impl Scope {
    /// The value of `expr`, to 17 significant digits where they can be had.
    pub fn settle(&self, expr: &Expr) -> Result<Settled, EvalError> {
        settle(&|precision| self.evaluate(expr, precision), expr.span)
    }

    /// The value of a definition, to 17 significant digits where they can be had.
    pub fn settle_binding(&self, id: BindingId) -> Result<Settled, EvalError> {
        settle(&|precision| self.evaluate_binding(id, precision), self.binding(id).span)
    }
}

fn settle(
    evaluate: &dyn Fn(Precision) -> Result<Evaluated, EvalError>,
    span: crate::source::Span,
) -> Result<Settled, EvalError> {
    let mut best: Option<Settled> = None;
    let mut failed = None;
    for precision in Precision::LADDER.iter().copied() {
        match evaluate(precision) {
            Ok(Evaluated { value, .. }) => {
                if is_sharp(&value, DIGITS) {
                    return Ok(Settled { value, precision });
                }
                let stuck = best.as_ref().is_some_and(|best| !is_sharper(&value, &best.value));
                best = Some(Settled { value, precision });
                if stuck {
                    break;
                }
            }
            Err(error) if error.is_undecided() => failed = Some(error),
            Err(error) => return Err(error),
        }
    }
    match best.map(|best| Settled { value: zeros(&best.value), ..best }) {
        Some(best) if is_sharp(&best.value, FEWEST_DIGITS) => Ok(best),
        best => Err(failed.unwrap_or_else(|| {
            let shown = best.map_or_else(String::new, |best| format!(": {}", best.value));
            EvalError::undecided(span, format!("the value cannot be computed sharply enough{shown}"))
        })),
    }
}

/// Whether every number in `value` is known to so many digits.
fn is_sharp(value: &Value, digits: usize) -> bool {
    numbers(value, &mut |number| number.to_decimal(digits).is_some())
}

/// Whether some number is known much better than before.
fn is_sharper(value: &Value, before: &Value) -> bool {
    let width = |value: &Value| {
        let mut widest = f64::NEG_INFINITY;
        numbers(value, &mut |number| {
            widest = widest.max(width_log2(number));
            true
        });
        widest
    };
    width(value) < width(before) - 16.0
}

/// Roughly log2 of the width of an enclosure.
fn width_log2(number: &Number) -> f64 {
    let width = number.width();
    width.numerator().bit_len() as f64 - width.denominator().bit_len() as f64
}

/// Calls `each` for every number of `value`, until it says no.
fn numbers(value: &Value, each: &mut dyn FnMut(&Number) -> bool) -> bool {
    match value {
        Value::Number(number) => each(number),
        Value::Dual(dual) => numbers(&dual.primal, each),
        Value::List(items) => items.iter().all(|item| numbers(item, each)),
        Value::Matrix(matrix) => matrix.rows.iter().flatten().all(|item| numbers(item, each)),
        _ => true,
    }
}

/// `value` with zero in the place of what cannot be told from it.
fn zeros(value: &Value) -> Value {
    match value {
        Value::Number(number) if is_nearly_zero(number) => Number::zero().into(),
        Value::List(items) => Value::list(items.iter().map(zeros).collect()),
        Value::Matrix(matrix) => {
            let rows = matrix.rows.iter().map(|row| row.iter().map(zeros).collect()).collect();
            Value::Matrix(std::sync::Arc::new(super::Matrix { rows }))
        }
        other => other.clone(),
    }
}

fn is_nearly_zero(number: &Number) -> bool {
    let (low, high) = number.enclosure();
    let narrow = |exponent: usize| {
        let width = &high - &low;
        width * Rational::from(UBig::from(10u8).pow(exponent)) <= Rational::ONE
    };
    low <= Rational::ZERO && high >= Rational::ZERO && ZERO_EXPONENTS.iter().any(|exponent| narrow(*exponent))
}
