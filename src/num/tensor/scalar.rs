//! The element types of tensors, with the functions that layers need of them: `f32`, `f64`, and
//! [`Enclosure`](super::Enclosure).
//!
//! The elementary functions are libm's ports of musl, not the platform's, so their bits are the same everywhere.

use std::{
    fmt::{Debug, Display},
    ops::{AddAssign, Neg},
};

use ndarray::{LinalgScalar, ScalarOperand};

/// An element of a tensor. Implemented for `f32` (networks as they are deployed), `f64` (training, reference passes) and
/// enclosures (passes and gradients with proven errors).
///
/// Two elements that cannot be compared are never guessed about: what would depend on it is [`Scalar::NAN`].
pub trait Scalar:
    LinalgScalar + ScalarOperand + PartialOrd + Debug + Display + Send + Sync + Neg<Output = Self> + AddAssign
{
    /// Not a number: nothing is known of it.
    const NAN: Self;
    /// The smallest value, which no maximum ever keeps.
    const NEGATIVE_INFINITY: Self;
    /// The nearest element to `value`.
    fn from_f64(value: f64) -> Self;
    /// The same number, exactly; the middle of an enclosure.
    fn to_f64(self) -> f64;
    /// e to the power `self`.
    fn exp(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// Correctly rounded square root.
    fn sqrt(self) -> Self;
    /// Whether it is not a number.
    fn is_nan(self) -> bool;
    /// The larger of two elements; NaN if either is, so that a broken pass cannot hide behind a pooling layer.
    fn max_or_nan(self, other: Self) -> Self {
        if self > other || self.is_nan() { self } else { other }
    }
}

impl Scalar for f32 {
    const NAN: Self = Self::NAN;
    const NEGATIVE_INFINITY: Self = Self::NEG_INFINITY;
    fn from_f64(value: f64) -> Self {
        value as Self
    }
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    fn exp(self) -> Self {
        libm::expf(self)
    }
    fn ln(self) -> Self {
        libm::logf(self)
    }
    fn tanh(self) -> Self {
        libm::tanhf(self)
    }
    fn sqrt(self) -> Self {
        Self::sqrt(self)
    }
    fn is_nan(self) -> bool {
        Self::is_nan(self)
    }
}

impl Scalar for f64 {
    const NAN: Self = Self::NAN;
    const NEGATIVE_INFINITY: Self = Self::NEG_INFINITY;
    fn from_f64(value: f64) -> Self {
        value
    }
    fn to_f64(self) -> f64 {
        self
    }
    fn exp(self) -> Self {
        libm::exp(self)
    }
    fn ln(self) -> Self {
        libm::log(self)
    }
    fn tanh(self) -> Self {
        libm::tanh(self)
    }
    fn sqrt(self) -> Self {
        Self::sqrt(self)
    }
    fn is_nan(self) -> bool {
        Self::is_nan(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Scalar;

    #[test]
    fn the_maximum_keeps_nan_from_either_side() {
        assert_eq!(1.0_f32.max_or_nan(2.0), 2.0);
        assert_eq!(2.0_f32.max_or_nan(1.0), 2.0);
        assert!(f32::NAN.max_or_nan(1.0).is_nan());
        assert!(1.0_f64.max_or_nan(f64::NAN).is_nan());
        assert_eq!(<f64 as Scalar>::NEGATIVE_INFINITY.max_or_nan(-3.0), -3.0);
    }
}
