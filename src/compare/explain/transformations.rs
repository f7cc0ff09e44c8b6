//! Slips in the formula: a root, a factor or a function that is missing or too many.
//!
//! Double precision is enough here; nothing is decided by it.

use super::super::{Computed, Rational};
use super::{Target, middle};
use crate::num::math;

/// How much the value is changed to see whether the stated digits depend on it at all: `sigmoid` of anything small
/// is 0.500, which explains nothing.
const NUDGES: [f64; 2] = [0.95, 1.05];

/// A transformation: how many digits must be stated to believe it, what the stated number then is, and the function.
type Row = (usize, &'static str, fn(f64) -> f64);

/// The simplest first.
const TRANSFORMATIONS: &[Row] = &[
    (3, "this is twice the computed value", |v| 2.0 * v),
    (3, "this is half of the computed value", |v| v / 2.0),
    (3, "this is the computed value inverted, 1 divided by it", |v| 1.0 / v),
    (3, "this is 1 minus the computed value", |v| 1.0 - v),
    (3, "a root is missing: this is the square of the computed value", |v| v * v),
    (3, "this is the square root of the computed value", f64::sqrt),
    (3, "this is the computed value in degrees, without a degree sign", f64::to_degrees),
    (3, "this is the computed value taken as degrees and turned into radians", f64::to_radians),
    (3, "this is `sigmoid` of the computed value", math::sigmoid),
    (3, "`sigmoid` is missing: of this number it is the computed value", |v| math::ln(v / (1.0 - v))),
    (3, "this is the natural logarithm of the computed value", math::ln),
    (3, "a logarithm is missing: of this number it is the computed value", math::exp),
    (4, "this is minus the natural logarithm of the computed value", |v| -math::ln(v)),
    (4, "this is `e` to the power of minus the computed value", |v| math::exp(-v)),
    (4, "this is `tanh` of the computed value", math::tanh),
    (4, "this is the binary logarithm of the computed value", math::log2),
    (4, "this is the decimal logarithm of the computed value", math::log10),
    (4, "this is the computed value times 1 minus itself", |v| v * (1.0 - v)),
    (4, "a factor of pi is missing: this is the computed value divided by pi", |v| v / std::f64::consts::PI),
    (4, "this is the computed value times pi", |v| v * std::f64::consts::PI),
    (4, "this is the cube of the computed value", |v| v * v * v),
    (4, "this is the cube root of the computed value", math::cbrt),
];

/// The first function of the computed value that is the stated number.
pub(super) fn function(target: &Target, computed: &Computed) -> Option<String> {
    let value = middle(computed).to_f64_fast();
    let hits = |argument: f64, digits: usize, function: fn(f64) -> f64| {
        point(function(argument)).is_some_and(|value| target.is_hit_by(&value, digits))
    };
    TRANSFORMATIONS
        .iter()
        .filter(|(digits, _, function)| hits(value, *digits, *function))
        .find(|(_, _, function)| NUDGES.iter().all(|nudge| !hits(value * nudge, 2, *function)))
        .map(|(_, clause, _)| (*clause).to_owned())
}

fn point(value: f64) -> Option<Computed> {
    Rational::try_from(value).ok().map(Computed::exact)
}
