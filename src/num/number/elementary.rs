//! Functions of numbers that need more than one step: constants, reciprocals, inverses near the edge of their
//! domain, gamma at its exact arguments, the normal distribution.

use std::cmp::Ordering;

use super::Function;
use super::Number;
use crate::num::exact::{self, FACTORIAL_LIMIT, IBig, Rational, UBig};
use crate::num::math_error::MathError;
use crate::num::real::{Precision, Real};

impl Number {
    /// π.
    pub fn pi(precision: Precision) -> Result<Self, MathError> {
        Real::pi(precision).map(Self::Real)
    }

    /// Euler's number e.
    pub fn e(precision: Precision) -> Result<Self, MathError> {
        Self::one().real(precision)?.exp(precision).map(Self::Real)
    }

    /// The golden ratio, (1 + √5)/2.
    pub fn golden_ratio(precision: Precision) -> Result<Self, MathError> {
        Self::from(5).sqrt(precision)?.add(&Self::one(), precision)?.div(&Self::from(2), precision)
    }

    /// The Euler-Mascheroni constant 0.577…
    pub fn euler_gamma(precision: Precision) -> Result<Self, MathError> {
        Ok(Self::apply(Function::Digamma, &[Self::one()], precision)?.neg())
    }

    pub(super) fn inverse_of(&self, function: Function, precision: Precision) -> Result<Self, MathError> {
        Self::one().div(&Self::apply(function, std::slice::from_ref(self), precision)?, precision)
    }

    /// The enclosure to take a periodic function of.
    pub(super) fn angle(&self, precision: Precision) -> Result<Real, MathError> {
        match self {
            Self::Exact(value) => Real::from_angle(value, precision),
            Self::Real(real) => Ok(real.clone()),
        }
    }

    /// The enclosure to take a function of that exists in arbitrary precision only.
    pub(super) fn wide(&self, precision: Precision) -> Result<Real, MathError> {
        match self {
            Self::Exact(value) => Real::from_rational_wide(value, precision),
            Self::Real(real) => Ok(real.clone()),
        }
    }

    pub(super) fn cot(&self, precision: Precision) -> Result<Self, MathError> {
        if self.is_zero() == Some(true) {
            return Err(MathError::DivisionByZero);
        }
        let real = self.angle(precision)?;
        Self::Real(real.cos(precision)?).div(&Self::Real(real.sin(precision)?), precision)
    }

    /// An exact argument within half of 1 or -1, told by its distance from it, which is exact too.
    fn near_one(&self) -> Option<(Rational, bool)> {
        let value = self.as_exact()?;
        let negative = *value < Rational::ZERO;
        let distance = if negative { Rational::ONE + value } else { Rational::ONE - value };
        let half = Rational::from_parts(IBig::ONE, UBig::from(2u8));
        (distance >= Rational::ZERO && distance <= half).then_some((distance, negative))
    }

    /// 2 asin √(d/2), the inverse cosine of 1 - d.
    fn acos_of_distance(distance: Rational, precision: Precision) -> Result<Self, MathError> {
        let half = Self::Exact(distance / Rational::from(2));
        let root = half.sqrt(precision)?;
        if root.is_zero() == Some(true) {
            return Ok(Self::zero());
        }
        Self::Real(root.real(precision)?.asin(precision)?).mul(&Self::from(2), precision)
    }

    pub(super) fn asin(&self, precision: Precision) -> Result<Self, MathError> {
        let Some((distance, negative)) = self.near_one() else {
            return self.real(precision)?.asin(precision).map(Self::Real);
        };
        let quarter = Self::pi(precision)?.div(&Self::from(2), precision)?;
        let result = quarter.sub(&Self::acos_of_distance(distance, precision)?, precision)?;
        Ok(if negative { result.neg() } else { result })
    }

    pub(super) fn acos(&self, precision: Precision) -> Result<Self, MathError> {
        let Some((distance, negative)) = self.near_one() else {
            return self.real(precision)?.acos(precision).map(Self::Real);
        };
        let result = Self::acos_of_distance(distance, precision)?;
        if negative { Self::pi(precision)?.sub(&result, precision) } else { Ok(result) }
    }

    /// ln(1 + t + √(t(t+2))) with t = x - 1, which is exact for an exact x.
    pub(super) fn acosh(&self, precision: Precision) -> Result<Self, MathError> {
        match self.as_exact() {
            Some(value) if *value > Rational::ONE && *value < Rational::from(2) => {
                let excess = Self::Exact(value - Rational::ONE);
                let inner = excess.add(&Self::from(2), precision)?.mul(&excess, precision)?;
                let sum = excess.add(&inner.sqrt(precision)?, precision)?;
                sum.real(precision)?.ln_1p(precision).map(Self::Real)
            }
            _ => self.real(precision)?.acosh(precision).map(Self::Real),
        }
    }

    /// ln((1+x)/(1-x))/2, where the quotient is exact for an exact x.
    pub(super) fn atanh(&self, precision: Precision) -> Result<Self, MathError> {
        let Some(value) = self.as_exact() else {
            return self.real(precision)?.atanh(precision).map(Self::Real);
        };
        let (above, below) = (Rational::ONE + value, Rational::ONE - value);
        if above <= Rational::ZERO || below <= Rational::ZERO {
            return Err(MathError::domain("atanh", self.describe()));
        }
        Self::Exact(above).div(&Self::Exact(below), precision)?.ln(precision)?.div(&Self::from(2), precision)
    }

    /// atan(1/x) for positive x, where π/2 - atan x would cancel.
    pub(super) fn acot(&self, precision: Precision) -> Result<Self, MathError> {
        let atan = |value: &Self| value.real(precision)?.atan(precision).map(Self::Real);
        if self.sign() == Some(Ordering::Greater) {
            return atan(&Self::one().div(self, precision)?);
        }
        Self::pi(precision)?.div(&Self::from(2), precision)?.sub(&atan(self)?, precision)
    }

    pub(super) fn atan2(&self, x: &Self, precision: Precision) -> Result<Self, MathError> {
        let (y_sign, x_sign) = (self.sign(), x.sign());
        if y_sign == Some(Ordering::Equal) && x_sign == Some(Ordering::Greater) {
            return Ok(Self::zero());
        }
        let atan = |value: Self| Self::apply(Function::Atan, &[value], precision);
        let half_turn = Self::pi(precision)?;
        match (y_sign, x_sign) {
            (_, Some(Ordering::Greater)) => atan(self.div(x, precision)?),
            (Some(Ordering::Equal), Some(Ordering::Equal)) => Err(MathError::domain("atan2", "(0, 0)")),
            (Some(sign @ (Ordering::Greater | Ordering::Less)), _) => {
                let quarter = half_turn.div(&Self::from(2 * sign as i64), precision)?;
                quarter.sub(&atan(x.div(self, precision)?)?, precision)
            }
            (Some(Ordering::Equal), Some(Ordering::Less)) => Ok(half_turn),
            _ => Err(MathError::Undecided { function: "atan2" }),
        }
    }

    /// The gamma function: exact at integers, an exact multiple of √π halfway between.
    pub(super) fn gamma(&self, precision: Precision) -> Result<Self, MathError> {
        let Some(value) = self.as_exact() else {
            return self.wide(precision)?.gamma(precision).map(Self::Real);
        };
        if value.is_int() {
            if *value <= Rational::ZERO {
                return Err(MathError::domain("gamma", self.describe()));
            }
            return Self::Exact(value - Rational::ONE).factorial(precision);
        }
        match half_integer_gamma(value) {
            Some(factor) => {
                let root = Self::pi(precision)?.sqrt(precision)?;
                Self::Exact(factor).mul(&root, precision)
            }
            None => self.wide(precision)?.gamma(precision).map(Self::Real),
        }
    }

    pub(super) fn ln_gamma(&self, precision: Precision) -> Result<Self, MathError> {
        match self.to_integer() {
            Some(value) if value == IBig::ONE || value == IBig::from(2) => Ok(Self::zero()),
            _ => self.wide(precision)?.ln_gamma(precision).map(Self::Real),
        }
    }

    /// ln(1 + x); the sum is exact for an exact x.
    pub(super) fn ln_1p(&self, precision: Precision) -> Result<Self, MathError> {
        match self {
            Self::Exact(_) => self.add(&Self::one(), precision)?.ln(precision),
            Self::Real(real) => real.ln_1p(precision).map(Self::Real),
        }
    }

    /// erfc(-x/√2)/2.
    pub(super) fn normal_cdf(&self, precision: Precision) -> Result<Self, MathError> {
        let scaled = self.neg().div(&Self::from(2).sqrt(precision)?, precision)?;
        Self::Real(scaled.real(precision)?.erfc(precision)?).div(&Self::from(2), precision)
    }

    /// e^(-x²/2)/√(2π).
    pub(super) fn normal_pdf(&self, precision: Precision) -> Result<Self, MathError> {
        let square = match self {
            Self::Exact(_) => self.mul(self, precision)?,
            Self::Real(real) => Self::Real(real.square(precision)?),
        };
        let power = Self::apply(Function::Exp, &[square.div(&Self::from(-2), precision)?], precision)?;
        let scale = Self::pi(precision)?.mul(&Self::from(2), precision)?.sqrt(precision)?;
        power.div(&scale, precision)
    }
}

/// Γ(value)/√π for a value halfway between integers, if it is small enough.
fn half_integer_gamma(value: &Rational) -> Option<Rational> {
    (*value.denominator() == UBig::from(2u8)).then_some(())?;
    let doubled = i64::try_from(value.numerator()).ok()?;
    (doubled.unsigned_abs() <= 2 * FACTORIAL_LIMIT).then_some(())?;
    if doubled > 0 {
        // Γ(n + 1/2) = (2n-1)!!/2^n √π.
        let n = (doubled - 1) / 2;
        let odd = exact::product(1, (2 * n - 1).max(0) as u64, 2);
        return Some(Rational::from_parts(odd.into(), UBig::ONE << n as usize));
    }
    // Γ(1/2 - n) = (-2)^n/(2n-1)!! √π.
    let n = (1 - doubled) / 2;
    let odd = exact::product(1, (2 * n - 1) as u64, 2);
    let power = IBig::from(UBig::ONE << n as usize);
    Some(Rational::from_parts(if n % 2 == 0 { power } else { -power }, odd))
}
