//! Powers, roots and logarithms of numbers: exact where the result is rational, else enclosures.

use std::cmp::Ordering;

use dashu::base::BitTest;

use super::Number;
use crate::num::exact::{self, FRACTION_BITS, IBig, Rational};
use crate::num::math_error::MathError;
use crate::num::real::{Precision, Real};

/// Largest degree of a root that is looked for exactly or taken as a root.
const DEGREE_LIMIT: usize = 1 << 10;
/// Roots of a higher degree are powers: Newton's method takes long for them.
const HIGHEST_ROOT: usize = 16;

impl Number {
    /// `self^exponent`. `0^0` is 1; a negative base needs an integer exponent.
    pub fn pow(&self, exponent: &Self, precision: Precision) -> Result<Self, MathError> {
        match exponent {
            Self::Exact(value) if value.is_int() => self.integer_power(value.numerator(), precision),
            Self::Exact(value) => self.rational_power(value, precision),
            Self::Real(_) => self.real_power(exponent, precision),
        }
    }

    fn integer_power(&self, exponent: &IBig, precision: Precision) -> Result<Self, MathError> {
        if exponent.is_zero() {
            return Ok(Self::one());
        }
        if exponent.is_one() {
            return Ok(self.clone());
        }
        if *exponent < IBig::ZERO {
            self.check_divisor()?;
        }
        if let Self::Exact(base) = self
            && let Some(result) = exact::power(base, exponent)
        {
            return Ok(Self::Exact(result));
        }
        self.real(precision)?.power(exponent, precision).map(Self::Real)
    }

    fn rational_power(&self, exponent: &Rational, precision: Precision) -> Result<Self, MathError> {
        match self.sign() {
            Some(Ordering::Less) => return Err(MathError::domain("power", self.describe())),
            Some(Ordering::Equal) if *exponent > Rational::ZERO => return Ok(Self::zero()),
            Some(Ordering::Equal) => return Err(MathError::DivisionByZero),
            Some(Ordering::Greater) => {}
            None if *exponent < Rational::ZERO => return Err(MathError::Undecided { function: "power" }),
            None => {}
        }
        let degree = usize::try_from(exponent.denominator()).ok().filter(|degree| *degree <= DEGREE_LIMIT);
        if let (Some(degree), Self::Exact(base)) = (degree, self)
            && let Some(root) = exact::root(base, degree)
        {
            return Self::Exact(root).integer_power(exponent.numerator(), precision);
        }
        // The root is exact to rounding, where the exponent as a binary number is not.
        let is_root = |degree: &usize| *degree <= HIGHEST_ROOT && exponent.numerator().bit_len() <= 8;
        if let Some(degree) = degree.filter(is_root) {
            let root = self.real(precision)?.root(degree, precision)?;
            return Self::Real(root).integer_power(exponent.numerator(), precision);
        }
        let exponent = Real::from_rational(exponent, precision)?;
        self.real(precision)?.pow(&exponent, precision).map(Self::Real)
    }

    fn real_power(&self, exponent: &Self, precision: Precision) -> Result<Self, MathError> {
        match self.sign() {
            Some(Ordering::Greater) => {}
            Some(Ordering::Equal) => {
                return match exponent.sign() {
                    Some(Ordering::Greater) => Ok(Self::zero()),
                    Some(Ordering::Less) => Err(MathError::DivisionByZero),
                    _ => Err(MathError::Undecided { function: "power" }),
                };
            }
            Some(Ordering::Less) if exponent.is_integer() == Some(false) => {
                return Err(MathError::domain("power", self.describe()));
            }
            _ => return Err(MathError::Undecided { function: "power" }),
        }
        if self.as_exact().is_some_and(Rational::is_one) {
            return Ok(Self::one());
        }
        self.real(precision)?.pow(&exponent.real(precision)?, precision).map(Self::Real)
    }

    fn check_divisor(&self) -> Result<(), MathError> {
        match self.is_zero() {
            Some(true) => Err(MathError::DivisionByZero),
            Some(false) => Ok(()),
            None => Err(MathError::Undecided { function: "power" }),
        }
    }

    /// The real root whose degree is the exact integer `degree`: odd roots of negative numbers are negative, even
    /// ones are outside the domain. A degree that is no integer gives `self^(1/degree)`.
    pub fn root(&self, degree: &Self, precision: Precision) -> Result<Self, MathError> {
        let small = degree.to_integer().and_then(|degree| usize::try_from(degree).ok());
        match small {
            Some(degree) if (1..=DEGREE_LIMIT).contains(&degree) => self.integer_root(degree, precision),
            _ => self.pow(&Self::one().div(degree, precision)?, precision),
        }
    }

    pub(super) fn integer_root(&self, degree: usize, precision: Precision) -> Result<Self, MathError> {
        let name = if degree == 2 { "sqrt" } else { "root" };
        let even = degree.is_multiple_of(2);
        if let Self::Exact(value) = self {
            if even && *value < Rational::ZERO {
                return Err(MathError::domain(name, self.describe()));
            }
            if let Some(root) = exact::root(value, degree) {
                return Ok(Self::Exact(root));
            }
        }
        if degree > HIGHEST_ROOT && self.sign() == Some(Ordering::Greater) {
            let exponent = Real::from_rational(&(Rational::ONE / Rational::from(degree)), precision)?;
            return self.real(precision)?.pow(&exponent, precision).map(Self::Real);
        }
        self.real(precision)?.root(degree, precision).map(Self::Real)
    }

    /// The square root.
    pub fn sqrt(&self, precision: Precision) -> Result<Self, MathError> {
        self.integer_root(2, precision)
    }

    /// The natural logarithm. Near 1 an exact argument keeps full relative accuracy.
    pub fn ln(&self, precision: Precision) -> Result<Self, MathError> {
        self.positive("ln")?;
        match self {
            Self::Exact(value) if value.is_one() => Ok(Self::zero()),
            Self::Exact(value) if near_one(value) => {
                let difference = Real::from_rational(&(value - Rational::ONE), precision)?;
                difference.ln_1p(precision).map(Self::Real)
            }
            _ => self.real(precision)?.ln(precision).map(Self::Real),
        }
    }

    /// The logarithm to a base; exact if it is rational, as of 8 to base 4.
    pub fn log(&self, base: &Self, precision: Precision) -> Result<Self, MathError> {
        self.positive("log")?;
        base.positive("log")?;
        let denominator = base.ln(precision)?;
        if denominator.is_zero() == Some(true) {
            return Err(MathError::domain("log", "base 1"));
        }
        let quotient = self.ln(precision)?.div(&denominator, precision)?;
        Ok(self.exact_log(base, &quotient).unwrap_or(quotient))
    }

    /// The logarithm to base 2.
    pub fn log2(&self, precision: Precision) -> Result<Self, MathError> {
        self.log_of(2, Real::log2, precision)
    }

    /// The logarithm to base 10.
    pub fn log10(&self, precision: Precision) -> Result<Self, MathError> {
        self.log_of(10, Real::log10, precision)
    }

    fn log_of(
        &self,
        base: i64,
        logarithm: fn(&Real, Precision) -> Result<Real, MathError>,
        precision: Precision,
    ) -> Result<Self, MathError> {
        self.positive("log")?;
        if let Self::Exact(value) = self
            && near_one(value)
        {
            return self.log(&Self::from(base), precision);
        }
        let estimate = Self::Real(logarithm(&self.real(precision)?, precision)?);
        Ok(self.exact_log(&Self::from(base), &estimate).unwrap_or(estimate))
    }

    fn exact_log(&self, base: &Self, estimate: &Self) -> Option<Self> {
        let (value, base) = (self.as_exact()?, base.as_exact()?);
        let small = exact::size(value) <= FRACTION_BITS && exact::size(base) <= FRACTION_BITS;
        small.then_some(())?;
        exact::logarithm(value, base, estimate.to_f64()).map(Self::Exact)
    }

    /// An error unless the value is above zero.
    fn positive(&self, function: &'static str) -> Result<(), MathError> {
        match self.sign() {
            Some(Ordering::Greater) => Ok(()),
            Some(_) => Err(MathError::domain(function, self.describe())),
            None => Err(MathError::Undecided { function }),
        }
    }
}

/// Between 1/2 and 2: there the logarithm loses accuracy if the argument is rounded first.
fn near_one(value: &Rational) -> bool {
    let (top, bottom) = (value.numerator(), value.denominator());
    let difference = top.bit_len().abs_diff(bottom.bit_len());
    difference <= 1 && *value > Rational::ZERO && {
        let doubled_top: IBig = top << 1;
        let doubled_bottom: IBig = IBig::from(bottom << 1);
        doubled_top > *bottom.as_ibig() && *top < doubled_bottom
    }
}
