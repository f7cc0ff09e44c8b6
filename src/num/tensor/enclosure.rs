//! The element type whose arithmetic proves its own error: every layer that is written for all [`Scalar`]s runs on it.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use ndarray::ScalarOperand;
use num_traits::{One, Zero};

use super::Scalar;
use crate::num::real::{Double, Real};
use crate::num::{Number, Precision};

/// A closed interval of two `f64` that holds the true value, or nothing known at all: the result left the range in which
/// rounding errors can be told, or an operation has no value.
#[derive(Clone, Copy, Debug)]
pub struct Enclosure(Option<Double>);

impl Enclosure {
    /// Around a number; unknown if it is too large or too small for hardware.
    pub fn from_number(number: &Number) -> Self {
        Self(number.real(Precision::DOUBLE).ok().and_then(|real| real.hardware()))
    }

    /// The same as a number; a single value is an exact one.
    pub fn to_number(self) -> Option<Number> {
        let ends = self.0?;
        if ends.lo() == ends.hi() { Number::from_f64(ends.lo()) } else { Some(Real::from(ends).into()) }
    }

    /// Whether it may be zero.
    pub fn touches_zero(self) -> bool {
        self.0.is_none_or(|ends| ends.lo() <= 0.0 && ends.hi() >= 0.0)
    }

    fn with(self, function: impl FnOnce(Double) -> Option<Double>) -> Self {
        Self(self.0.and_then(function))
    }

    fn both(self, other: Self, operation: impl FnOnce(Double, Double) -> Option<Double>) -> Self {
        self.with(|a| operation(a, other.0?))
    }
}

impl fmt::Display for Enclosure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(ends) => write!(out, "[{}, {}]", ends.lo(), ends.hi()),
            None => out.write_str("unknown"),
        }
    }
}

impl PartialEq for Enclosure {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other).is_some_and(Ordering::is_eq)
    }
}

/// Of intervals that overlap nothing can be said, unless both are the same single value.
impl PartialOrd for Enclosure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let (a, b) = (self.0?, other.0?);
        if a.hi() < b.lo() {
            Some(Ordering::Less)
        } else if a.lo() > b.hi() {
            Some(Ordering::Greater)
        } else {
            (a.lo() == b.hi() && a.hi() == b.lo()).then_some(Ordering::Equal)
        }
    }
}

impl Zero for Enclosure {
    fn zero() -> Self {
        Self(Double::point(0.0))
    }
    fn is_zero(&self) -> bool {
        *self == Self::zero()
    }
}

impl One for Enclosure {
    fn one() -> Self {
        Self(Double::point(1.0))
    }
}

/// Operators that are operations of the ends.
macro_rules! operators {
    ($($operator:ident $name:ident),*) => {
        $(impl $operator for Enclosure {
            type Output = Self;
            fn $name(self, other: Self) -> Self {
                self.both(other, Double::$name)
            }
        })*
    };
}

operators!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Enclosure {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.map(Double::neg))
    }
}

impl AddAssign for Enclosure {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl ScalarOperand for Enclosure {}

impl Scalar for Enclosure {
    const NAN: Self = Self(None);
    const NEGATIVE_INFINITY: Self = Self(Some(Double::LEAST));
    fn from_f64(value: f64) -> Self {
        Self(Double::point(value))
    }
    fn to_f64(self) -> f64 {
        self.0.map_or(f64::NAN, |ends| f64::midpoint(ends.lo(), ends.hi()))
    }
    fn exp(self) -> Self {
        self.with(Double::exp)
    }
    fn ln(self) -> Self {
        self.with(Double::ln)
    }
    fn tanh(self) -> Self {
        self.with(Double::tanh)
    }
    fn sqrt(self) -> Self {
        self.with(Double::sqrt)
    }
    fn is_nan(self) -> bool {
        self.0.is_none()
    }
    fn max_or_nan(self, other: Self) -> Self {
        self.both(other, |a, b| Some(a.max(b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(lo: f64, hi: f64) -> Enclosure {
        Enclosure(Double::new(lo, hi))
    }

    #[test]
    fn overlapping_enclosures_are_not_compared() {
        assert!(between(1.0, 2.0) < between(3.0, 4.0) && between(3.0, 4.0) > between(1.0, 2.0));
        assert_eq!(between(1.0, 3.0).partial_cmp(&between(2.0, 4.0)), None);
        assert_eq!(between(0.0, 1.0).partial_cmp(&Enclosure::zero()), None);
        assert_eq!(Enclosure::one().partial_cmp(&Enclosure::one()), Some(Ordering::Equal));
        assert_eq!(Enclosure::NAN.partial_cmp(&Enclosure::NAN), None);
    }

    #[test]
    fn a_maximum_holds_both_and_the_unknown_stays_unknown() {
        let larger = between(1.0, 3.0).max_or_nan(between(2.0, 2.5));
        assert_eq!(larger.0, Double::new(2.0, 3.0));
        assert!(Enclosure::NAN.max_or_nan(Enclosure::one()).is_nan());
        assert!(
            (Enclosure::one() / between(-1.0, 1.0)).is_nan() && Enclosure::from_f64(800.0).exp().is_nan()
        );
        assert!(
            Enclosure::NEGATIVE_INFINITY.max_or_nan(Enclosure::from_f64(-1e200))
                == Enclosure::from_f64(-1e200)
        );
    }

    #[test]
    fn numbers_come_and_go() {
        let tenth =
            Enclosure::from_number(&(Number::one().div(&Number::from(10), Precision::DOUBLE).unwrap()));
        assert!(tenth.0.is_some_and(|ends| ends.lo() < ends.hi()), "0.1 is no f64");
        assert!(!tenth.touches_zero() && Enclosure::NAN.touches_zero() && Enclosure::zero().touches_zero());
        assert!(Enclosure::from_f64(0.5).to_number().is_some_and(|number| number.is_exact()));
        assert!(Enclosure::NAN.to_number().is_none());
    }
}
