//! A number: exact while the expression is rational, otherwise a proven enclosure.
//!
//! ```
//! use mdbook_qed::num::{Number, Precision};
//! let p = Precision::DOUBLE;
//! let root = Number::from(2).root(&Number::from(2), p)?;
//! assert_eq!(root.to_decimal(6).as_deref(), Some("1.41421"));
//! // The square of an enclosure of √2 encloses 2, but cannot prove that it is 2.
//! assert_eq!(root.mul(&root, p)?.compare(&Number::from(2)), None);
//! // A rational stays exact, however much cancels.
//! let tiny = Number::parse_decimal("1e-17").map(Number::from).unwrap();
//! let back = Number::from(1).add(&tiny, p)?.sub(&Number::from(1), p)?;
//! assert_eq!(back.compare(&tiny), Some(std::cmp::Ordering::Equal));
//! # Ok::<(), mdbook_qed::num::MathError>(())
//! ```
//!
//! A comparison answers only what is decided; an evaluator that needs more asks again at a higher
//! [`Precision`].

mod decimal;
mod elementary;
mod function;
mod integer;
mod power;

pub use function::Function;

use std::cmp::Ordering;

use super::exact::{self, IBig, Rational, UBig};
use super::math_error::MathError;
use super::real::{Precision, Real};

/// An exact rational, or an interval that holds the true value.
#[derive(Clone, Debug)]
pub enum Number {
    /// Known exactly.
    Exact(Rational),
    /// Known to lie in an interval.
    Real(Real),
}

impl From<Rational> for Number {
    fn from(value: Rational) -> Self {
        Self::Exact(value)
    }
}

impl From<Real> for Number {
    fn from(value: Real) -> Self {
        Self::Real(value)
    }
}

impl From<IBig> for Number {
    fn from(value: IBig) -> Self {
        Self::Exact(value.into())
    }
}

impl From<UBig> for Number {
    fn from(value: UBig) -> Self {
        Self::Exact(value.into())
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::Exact(value.into())
    }
}

impl Number {
    /// The value of a decimal literal; see [`exact::parse_decimal`].
    pub fn parse_decimal(text: &str) -> Option<Rational> {
        exact::parse_decimal(text)
    }

    /// The exact value of a finite `f64`.
    pub fn from_f64(value: f64) -> Option<Self> {
        Rational::try_from(value).ok().map(Self::Exact)
    }

    /// Zero.
    pub fn zero() -> Self {
        Self::Exact(Rational::ZERO)
    }

    /// One.
    pub fn one() -> Self {
        Self::Exact(Rational::ONE)
    }

    /// The exact value, if it is known.
    pub fn as_exact(&self) -> Option<&Rational> {
        match self {
            Self::Exact(value) => Some(value),
            Self::Real(_) => None,
        }
    }

    /// True for a value that is known exactly.
    pub fn is_exact(&self) -> bool {
        self.as_exact().is_some()
    }

    pub(crate) fn real(&self, precision: Precision) -> Result<Real, MathError> {
        match self {
            Self::Exact(value) => Real::from_rational(value, precision),
            Self::Real(real) => Ok(real.clone()),
        }
    }

    fn is_exact_zero(&self) -> bool {
        self.as_exact().is_some_and(Rational::is_zero)
    }

    /// Addition and the like: exact if both are and the result is not too large, else on enclosures.
    fn arithmetic(
        &self,
        other: &Self,
        precision: Precision,
        exactly: impl Fn(&Rational, &Rational) -> Rational,
        enclosing: impl Fn(&Real, &Real, Precision) -> Result<Real, MathError>,
    ) -> Result<Self, MathError> {
        if let (Self::Exact(a), Self::Exact(b)) = (self, other)
            && exact::fits(a, b)
        {
            return Ok(Self::Exact(exactly(a, b)));
        }
        enclosing(&self.real(precision)?, &other.real(precision)?, precision).map(Self::Real)
    }

    /// The sum.
    pub fn add(&self, other: &Self, precision: Precision) -> Result<Self, MathError> {
        if self.is_exact_zero() {
            return Ok(other.clone());
        }
        if other.is_exact_zero() {
            return Ok(self.clone());
        }
        self.arithmetic(other, precision, exact::sum, Real::add)
    }

    /// The difference.
    pub fn sub(&self, other: &Self, precision: Precision) -> Result<Self, MathError> {
        if other.is_exact_zero() {
            return Ok(self.clone());
        }
        self.arithmetic(other, precision, exact::difference, Real::sub)
    }

    /// The product; exactly zero if a factor is.
    pub fn mul(&self, other: &Self, precision: Precision) -> Result<Self, MathError> {
        if self.is_exact_zero() || other.is_exact_zero() {
            return Ok(Self::zero());
        }
        self.arithmetic(other, precision, exact::product_of, Real::mul)
    }

    /// The quotient. `Undecided` if the divisor cannot be told from zero.
    pub fn div(&self, other: &Self, precision: Precision) -> Result<Self, MathError> {
        match other.is_zero() {
            Some(true) => return Err(MathError::DivisionByZero),
            None => return Err(MathError::Undecided { function: "division" }),
            Some(false) if self.is_exact_zero() => return Ok(Self::zero()),
            Some(false) => {}
        }
        self.arithmetic(other, precision, |a, b| a / b, Real::div)
    }

    /// The negative.
    pub fn neg(&self) -> Self {
        match self {
            Self::Exact(value) => Self::Exact(-value),
            Self::Real(real) => Self::Real(real.neg()),
        }
    }

    /// The absolute value.
    pub fn abs(&self) -> Self {
        match self.sign() {
            Some(Ordering::Less) => self.neg(),
            Some(_) => self.clone(),
            None => match self {
                Self::Exact(_) => self.clone(),
                Self::Real(real) => Self::Real(real.abs()),
            },
        }
    }

    /// The order of the two values. `None`: the enclosures overlap. Never a guess.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => Some(a.cmp(b)),
            (Self::Real(a), Self::Real(b)) => a.compare(b),
            (Self::Real(a), Self::Exact(b)) => a.compare_rational(b),
            (Self::Exact(a), Self::Real(b)) => b.compare_rational(a).map(Ordering::reverse),
        }
    }

    /// The order against zero, if it is decided.
    pub fn sign(&self) -> Option<Ordering> {
        match self {
            Self::Exact(value) => Some(value.cmp(&Rational::ZERO)),
            Self::Real(real) => real.sign(),
        }
    }

    /// -1, 0 or 1.
    pub fn signum(&self) -> Result<Self, MathError> {
        let sign = self.sign().ok_or(MathError::Undecided { function: "sign" })?;
        Ok(Self::from(sign as i64))
    }

    /// Whether the value is zero, if it is decided.
    pub fn is_zero(&self) -> Option<bool> {
        self.sign().map(|sign| sign == Ordering::Equal)
    }

    /// Whether the value is an integer, if it is decided: an enclosure can show that it is not.
    pub fn is_integer(&self) -> Option<bool> {
        match self {
            Self::Exact(value) => Some(value.is_int()),
            Self::Real(real) => {
                real.check_integer_size().ok()?;
                let (lo, hi) = real.enclosure();
                let inside = !lo.is_int() && lo.floor() == hi.floor();
                inside.then_some(false)
            }
        }
    }

    /// The integer, if the value is exact and an integer.
    pub fn to_integer(&self) -> Option<IBig> {
        self.as_exact().and_then(exact::to_integer).cloned()
    }

    /// Ends with `lo <= value <= hi`, equal when the value is exact.
    pub fn enclosure(&self) -> (Rational, Rational) {
        match self {
            Self::Exact(value) => (value.clone(), value.clone()),
            Self::Real(real) => real.enclosure(),
        }
    }

    /// The width of the enclosure; zero when exact.
    pub fn width(&self) -> Rational {
        match self {
            Self::Exact(_) => Rational::ZERO,
            Self::Real(real) => {
                let (lo, hi) = real.enclosure();
                hi - lo
            }
        }
    }

    /// The width of the enclosure, to the accuracy of hardware.
    pub(crate) fn width_f64(&self) -> f64 {
        match self {
            Self::Exact(_) => 0.0,
            Self::Real(real) => real.width_f64(),
        }
    }

    /// An upper bound of log2 of the width relative to the magnitude: about -52 at the lowest precision, minus
    /// infinity when exact, infinity if the enclosure touches zero.
    pub fn relative_width_log2(&self) -> f64 {
        match self {
            Self::Exact(_) => f64::NEG_INFINITY,
            Self::Real(real) => real.relative_width_log2(),
        }
    }

    /// The `f64` nearest the value, or the middle of its enclosure. Never printed as if it were the value.
    pub fn to_f64(&self) -> f64 {
        match self {
            Self::Exact(value) => exact::to_f64(value),
            Self::Real(real) => real.to_f64(),
        }
    }

    /// An enclosure of everything between the two values.
    pub fn hull(&self, other: &Self, precision: Precision) -> Result<Self, MathError> {
        if self.is_exact() && self.compare(other) == Some(Ordering::Equal) {
            return Ok(self.clone());
        }
        Ok(Self::Real(self.real(precision)?.hull(&other.real(precision)?)))
    }

    /// A short decimal for messages.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Exact(value) if exact::size(value) <= 128 => value.to_string(),
            Self::Exact(value) => format!("about {:e}", exact::to_f64(value)),
            Self::Real(real) => real.describe(),
        }
    }
}
