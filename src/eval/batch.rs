//! A number at each of many samples, in plain floating point: what a Monte Carlo mean can afford. An operation runs over
//! all samples at once; what it cannot do, or has no finite value for at some sample, is an error, and the caller then
//! takes the samples one by one.

use std::sync::Arc;

use super::error::Failure;
use super::value::Value;
use crate::num::sample::point;
use crate::num::{Function, Number, Precision};

type Result<T> = std::result::Result<T, Failure>;

/// Higher whole powers are not multiplied out.
const HIGHEST_POWER: u32 = 64;

/// Whether one of two numbers is a batch, and the other a batch or plain.
pub(super) fn has_batch(lhs: &Value, rhs: &Value) -> bool {
    matches!(
        (lhs, rhs),
        (Value::Batch(_), Value::Number(_) | Value::Batch(_)) | (Value::Number(_), Value::Batch(_))
    )
}

/// `f` at every sample.
pub(super) fn each(samples: &[f64], f: impl Fn(f64) -> f64) -> Result<Value> {
    finite(samples.iter().map(|x| f(*x)).collect())
}

/// `f` of two numbers at every sample.
pub(super) fn zip(lhs: &Value, rhs: &Value, f: impl Fn(f64, f64) -> f64) -> Result<Value> {
    match (lhs, rhs) {
        (Value::Batch(a), Value::Batch(b)) => {
            finite(a.iter().zip(b.iter()).map(|(a, b)| f(*a, *b)).collect())
        }
        (Value::Batch(a), Value::Number(b)) => {
            let b = b.to_f64();
            each(a, |a| f(a, b))
        }
        (Value::Number(a), Value::Batch(b)) => {
            let a = a.to_f64();
            each(b, |b| f(a, b))
        }
        _ => Err(refused()),
    }
}

/// A small whole power by products; any other as that of numbers.
pub(super) fn power(base: &Value, exponent: &Value, p: Precision) -> Result<Value> {
    let (Value::Batch(samples), Value::Number(exponent)) = (base, exponent) else {
        return zip(base, exponent, |a, b| {
            let numbers = point(a).zip(point(b));
            float(numbers.and_then(|(a, b)| a.pow(&b, p).ok()))
        });
    };
    match exponent.to_integer().and_then(|whole| u32::try_from(whole).ok()) {
        Some(whole) if whole <= HIGHEST_POWER => {
            each(samples, |x| (0..whole).fold(1.0, |product, _| product * x))
        }
        _ => each(samples, |x| float(point(x).and_then(|x| x.pow(exponent, p).ok()))),
    }
}

/// An elementary function.
pub(super) fn apply(function: Function, samples: &[f64], p: Precision) -> Result<Value> {
    each(samples, |x| float(point(x).and_then(|x| Number::apply(function, &[x], p).ok())))
}

fn float(number: Option<Number>) -> f64 {
    number.map_or(f64::NAN, |number| number.to_f64())
}

/// An infinite value may hide a division by zero, and what follows could make a finite one of it.
fn finite(values: Vec<f64>) -> Result<Value> {
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(Value::Batch(Arc::from(values))),
        false => Err(refused()),
    }
}

fn refused() -> Failure {
    Failure::Type("not for all samples at once".to_owned())
}
