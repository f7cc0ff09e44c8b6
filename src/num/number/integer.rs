//! What numbers have in common with integers: rounding, remainders, divisors, factorials, binomials, extremes.

use std::cmp::Ordering;

use dashu::base::BitTest;

use super::Number;
use crate::num::exact::{self, FACTORIAL_LIMIT, IBig, INTEGER_BITS, Rational, UBig};
use crate::num::math_error::MathError;
use crate::num::real::Precision;

impl Number {
    /// The greatest integer not above. `Undecided` if the enclosure holds an integer.
    pub fn floor(&self) -> Result<Self, MathError> {
        self.step("floor", Rational::floor)
    }

    /// The least integer not below.
    pub fn ceil(&self) -> Result<Self, MathError> {
        self.step("ceil", Rational::ceil)
    }

    /// The integer that is left when the fraction is cut off, towards zero.
    pub fn trunc(&self) -> Result<Self, MathError> {
        self.step("trunc", Rational::trunc)
    }

    /// The nearest integer, halves away from zero.
    pub fn round(&self) -> Result<Self, MathError> {
        self.step("round", exact::round_half_away)
    }

    /// A step function: exact where both ends of the enclosure agree.
    fn step(&self, function: &'static str, step: fn(&Rational) -> IBig) -> Result<Self, MathError> {
        match self {
            Self::Exact(value) => Ok(Self::from(step(value))),
            Self::Real(real) => {
                real.check_integer_size()?;
                let (lo, hi) = real.enclosure();
                let (lo, hi) = (step(&lo), step(&hi));
                if lo == hi { Ok(Self::from(lo)) } else { Err(MathError::Undecided { function }) }
            }
        }
    }

    /// `self - divisor * floor(self / divisor)`: the remainder with the sign of the divisor.
    pub fn modulo(&self, divisor: &Self, precision: Precision) -> Result<Self, MathError> {
        if let (Some(a), Some(b)) = (self.to_integer(), divisor.to_integer())
            && !b.is_zero()
        {
            let remainder = &a % &b;
            let opposite = !remainder.is_zero() && (remainder < IBig::ZERO) != (b < IBig::ZERO);
            return Ok(Self::from(if opposite { remainder + b } else { remainder }));
        }
        let quotient = self.div(divisor, precision)?.floor().map_err(|error| match error {
            MathError::Undecided { .. } => MathError::Undecided { function: "mod" },
            other => other,
        })?;
        self.sub(&divisor.mul(&quotient, precision)?, precision)
    }

    /// `n!`; of a number that is not an integer, the gamma function of one more.
    pub fn factorial(&self, precision: Precision) -> Result<Self, MathError> {
        let Some(value) = self.to_integer() else {
            return self.add(&Self::one(), precision)?.gamma(precision);
        };
        if value < IBig::ZERO {
            return Err(MathError::domain("factorial", self.describe()));
        }
        match u64::try_from(&value) {
            Ok(count) if count <= FACTORIAL_LIMIT => Ok(Self::from(exact::factorial(count))),
            _ => Err(MathError::limit(format!("a factorial beyond {FACTORIAL_LIMIT}!"))),
        }
    }

    /// `n!!`, the product of every second integer down from n; 1 for 0 and -1.
    pub fn double_factorial(&self) -> Result<Self, MathError> {
        let value = self.to_integer().filter(|value| *value >= IBig::NEG_ONE);
        let Some(value) = value else {
            return Err(MathError::domain("double factorial", self.describe()));
        };
        if value <= IBig::ZERO {
            return Ok(Self::one());
        }
        match u64::try_from(&value) {
            Ok(count) if count <= FACTORIAL_LIMIT => Ok(Self::from(exact::product(2 - count % 2, count, 2))),
            _ => Err(MathError::limit(format!("a double factorial beyond {FACTORIAL_LIMIT}!!"))),
        }
    }

    /// The binomial coefficient `self` over `lower`; the upper number may be anything, the lower is an integer.
    pub fn binomial(&self, lower: &Self, precision: Precision) -> Result<Self, MathError> {
        let Some(count) = lower.to_integer() else {
            return Err(MathError::domain("binomial", lower.describe()));
        };
        if count < IBig::ZERO {
            return Ok(Self::zero());
        }
        if let Some(upper) = self.to_integer().and_then(|upper| UBig::try_from(upper).ok()) {
            return integer_binomial(&upper, &count);
        }
        let count = u64::try_from(&count).ok().filter(|count| *count <= FACTORIAL_LIMIT);
        let count = count.ok_or_else(|| MathError::limit("a binomial with so large a lower number"))?;
        let mut result = Self::one();
        for index in 0..count as i64 {
            let factor = self.sub(&Self::from(index), precision)?.div(&Self::from(index + 1), precision)?;
            result = result.mul(&factor, precision)?;
        }
        Ok(result)
    }

    /// The greatest common divisor of two integers.
    pub fn gcd(&self, other: &Self) -> Result<Self, MathError> {
        let (a, b) = integers(self, other, "gcd")?;
        Ok(Self::from(exact::gcd(&a, &b)))
    }

    /// The least common multiple of two integers, not negative.
    pub fn lcm(&self, other: &Self) -> Result<Self, MathError> {
        let (a, b) = integers(self, other, "lcm")?;
        if a.is_zero() || b.is_zero() {
            return Ok(Self::zero());
        }
        if a.bit_len() + b.bit_len() > INTEGER_BITS {
            return Err(MathError::limit(format!("an integer of more than {INTEGER_BITS} bits")));
        }
        let divisor = IBig::from(exact::gcd(&a, &b));
        Ok(Self::from((a / divisor * b).into_parts().1))
    }

    /// The smaller of two.
    pub fn min(&self, other: &Self, precision: Precision) -> Result<Self, MathError> {
        self.extreme(other, false, precision)
    }

    /// The larger of two.
    pub fn max(&self, other: &Self, precision: Precision) -> Result<Self, MathError> {
        self.extreme(other, true, precision)
    }

    /// Overlapping enclosures give an enclosure of the extreme, so this never has to be undecided.
    fn extreme(&self, other: &Self, larger: bool, precision: Precision) -> Result<Self, MathError> {
        match self.compare(other) {
            Some(Ordering::Less) => Ok(if larger { other.clone() } else { self.clone() }),
            Some(_) => Ok(if larger { self.clone() } else { other.clone() }),
            None => {
                let (a, b) = (self.real(precision)?, other.real(precision)?);
                Ok(Self::Real(a.extreme(&b, larger)))
            }
        }
    }
}

fn integers(a: &Number, b: &Number, function: &'static str) -> Result<(IBig, IBig), MathError> {
    let integer =
        |value: &Number| value.to_integer().ok_or_else(|| MathError::domain(function, value.describe()));
    Ok((integer(a)?, integer(b)?))
}

fn integer_binomial(upper: &UBig, lower: &IBig) -> Result<Number, MathError> {
    let lower = UBig::try_from(lower.clone()).expect("the lower number was checked to be at least zero");
    if lower > *upper {
        return Ok(Number::zero());
    }
    let mirrored = upper - &lower;
    let count = u64::try_from(lower.min(mirrored)).ok();
    count
        .and_then(|count| exact::binomial(upper, count))
        .map(Number::from)
        .ok_or_else(|| MathError::limit(format!("a binomial of more than {INTEGER_BITS} bits")))
}
