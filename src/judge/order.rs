//! How two values at a point of a domain compare.

use std::cmp::Ordering;

use crate::compare::decimal::{absolute, power_of_ten};
use crate::compare::{Computed, Rational};
use crate::num::{Number, Precision};

/// Enclosures that agree to so many digits are taken for equal.
const DIGITS: i64 = 45;
/// Around zero, to so many decimals.
const DECIMALS: i64 = 100;
/// An estimate whose error is larger says nothing, relative to the value or, around zero, to 1.
const ERROR_OF_ESTIMATES: f64 = 1e-9;

/// The order of two numbers of which one is an estimate: equal within its error, if that is small.
pub(super) fn estimates_order(left: &Number, right: &Number) -> Option<Ordering> {
    if let Some(order) = left.compare(right) {
        return Some(order);
    }
    let zero = |number: &Number| number.sign().is_none_or(Ordering::is_eq);
    let size = if zero(left) || zero(right) { 1.0 } else { left.to_f64().abs().max(right.to_f64().abs()) };
    (left.width_f64() + right.width_f64() <= size * ERROR_OF_ESTIMATES).then_some(Ordering::Equal)
}

/// The order of two numbers; enclosures that agree closely enough are equal.
pub(super) fn order(left: &Number, right: &Number, precision: Precision) -> Option<Ordering> {
    if let Some(order) = left.compare(right) {
        return Some(order);
    }
    if precision == Precision::DOUBLE {
        return None;
    }
    let ((a, b), (c, d)) = (left.enclosure(), right.enclosure());
    let vanished = |lo: &Rational, hi: &Rational| Computed::between(lo.clone(), hi.clone()).has_vanished();
    if vanished(&a, &b) || vanished(&c, &d) {
        return None;
    }
    let zero = Rational::ZERO;
    let magnitude = |lo: &Rational, hi: &Rational| {
        if *lo <= zero && zero <= *hi { zero.clone() } else { absolute(lo).min(absolute(hi)) }
    };
    let scale = magnitude(&a, &b).min(magnitude(&c, &d));
    let spread = b.max(d) - a.min(c);
    let allowed = (scale * power_of_ten(-DIGITS)).max(power_of_ten(-DECIMALS));
    (spread <= allowed).then_some(Ordering::Equal)
}
