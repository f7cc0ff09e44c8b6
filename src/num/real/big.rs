//! Intervals of arbitrary-precision binary floats: arithmetic with directed rounding.
//!
//! The ends are `dashu` floats; sums, products, quotients and square roots are correctly rounded by it in the
//! direction asked for. Magnitudes stay between 2^-4194304 and 2^4194304: beyond is [`MathError::Limit`], and
//! what is too small is enclosed by zero and the smallest magnitude. That keeps every later step short.

use std::cmp::Ordering;

use dashu::base::{Approximation, BitTest, Sign};
use dashu::float::round::mode::{Down, Up};
use dashu::float::{Context, FBig, FpError, Repr};
use dashu::integer::{IBig, UBig};

use super::double::Double;
use crate::num::exact::{INTEGER_BITS, Rational};
use crate::num::math_error::MathError;

/// A binary float with an exponent of its own and no context.
pub(crate) type Float = Repr<2>;

/// Largest magnitude of a binary exponent.
pub(crate) const EXPONENT_LIMIT: isize = 1 << 22;

/// A closed interval `[lo, hi]`.
#[derive(Clone, Debug)]
pub(crate) struct Big {
    lo: Float,
    hi: Float,
}

/// The float `2^exponent`.
pub(super) fn power_of_two(exponent: isize) -> Float {
    Float::new(IBig::ONE, exponent)
}

/// The exponent `e` with `2^(e-1) <= |x| < 2^e`; `None` for zero.
pub(super) fn exponent_of(x: &Float) -> Option<isize> {
    (!x.significand().is_zero()).then(|| x.exponent() + x.significand().bit_len() as isize)
}

pub(super) fn is_zero(x: &Float) -> bool {
    x.significand().is_zero()
}

pub(super) fn is_negative(x: &Float) -> bool {
    x.significand().sign() == Sign::Negative && !is_zero(x)
}

pub(super) fn is_positive(x: &Float) -> bool {
    !is_negative(x) && !is_zero(x)
}

pub(super) fn negated(x: &Float) -> Float {
    if is_zero(x) { Float::zero() } else { Float::new(-x.significand(), x.exponent()) }
}

fn down(bits: usize) -> Context<Down> {
    Context::new(bits)
}

fn up(bits: usize) -> Context<Up> {
    Context::new(bits)
}

pub(super) fn too_large() -> MathError {
    MathError::limit(format!("a magnitude beyond 2^{EXPONENT_LIMIT}"))
}

/// The value of an operation of `dashu`, its overflow worded as a limit.
pub(super) fn value_of<R: dashu::float::round::Round>(
    result: Result<dashu::float::round::Rounded<FBig<R, 2>>, FpError>,
) -> Result<Float, MathError> {
    let value = result.map_err(|error| MathError::limit(error.to_string()))?.value().into_repr();
    if value.is_infinite() {
        return Err(too_large());
    }
    Ok(if is_zero(&value) { Float::zero() } else { value })
}

impl Big {
    /// The interval, its ends brought into range.
    pub(crate) fn new(lo: Float, hi: Float) -> Result<Self, MathError> {
        debug_assert!(lo <= hi, "ends in order");
        Ok(Self { lo: settle(lo, false)?, hi: settle(hi, true)? })
    }

    pub(crate) fn point(value: Float) -> Result<Self, MathError> {
        Self::new(value.clone(), value)
    }

    pub(crate) fn integer(value: i64) -> Self {
        let value = Float::from(IBig::from(value));
        Self { lo: value.clone(), hi: value }
    }

    pub(crate) fn lo(&self) -> &Float {
        &self.lo
    }

    pub(crate) fn hi(&self) -> &Float {
        &self.hi
    }

    pub(crate) fn is_point(&self) -> bool {
        self.lo == self.hi
    }

    /// Zero is among the values.
    pub(crate) fn touches_zero(&self) -> bool {
        !is_positive(&self.lo) && !is_negative(&self.hi)
    }

    pub(crate) fn from_rational(value: &Rational, bits: usize) -> Result<Self, MathError> {
        if value.denominator().is_one() && value.numerator().bit_len() <= bits {
            return Self::point(Float::from(value.numerator().clone()));
        }
        let lo = value.to_float::<Down, 2>(bits);
        if let Approximation::Exact(lo) = lo {
            return Self::point(lo.into_repr());
        }
        Self::new(lo.value().into_repr(), value.to_float::<Up, 2>(bits).value().into_repr())
    }

    pub(crate) fn from_double(value: Double) -> Self {
        Self { lo: float_from_f64(value.lo()), hi: float_from_f64(value.hi()) }
    }

    /// The smallest hardware interval around it, if it is in hardware's range.
    pub(crate) fn to_double(&self) -> Option<Double> {
        Double::new(f64_beside(&self.lo, false)?, f64_beside(&self.hi, true)?)
    }

    pub(crate) fn neg(&self) -> Self {
        Self { lo: negated(&self.hi), hi: negated(&self.lo) }
    }

    pub(crate) fn abs(&self) -> Self {
        if !is_negative(&self.lo) {
            self.clone()
        } else if !is_positive(&self.hi) {
            self.neg()
        } else {
            Self { lo: Float::zero(), hi: self.hi.clone().max(negated(&self.lo)) }
        }
    }

    pub(crate) fn add(&self, other: &Self, bits: usize) -> Result<Self, MathError> {
        let lo = value_of(down(bits).add(&self.lo, &other.lo))?;
        Self::new(lo, value_of(up(bits).add(&self.hi, &other.hi))?)
    }

    pub(crate) fn sub(&self, other: &Self, bits: usize) -> Result<Self, MathError> {
        let lo = value_of(down(bits).sub(&self.lo, &other.hi))?;
        Self::new(lo, value_of(up(bits).sub(&self.hi, &other.lo))?)
    }

    pub(crate) fn mul(&self, other: &Self, bits: usize) -> Result<Self, MathError> {
        let low = |a: &Float, b: &Float| value_of(down(bits).mul(a, b));
        let high = |a: &Float, b: &Float| value_of(up(bits).mul(a, b));
        if !is_negative(&self.lo) && !is_negative(&other.lo) {
            return Self::new(low(&self.lo, &other.lo)?, high(&self.hi, &other.hi)?);
        }
        self.corners(other, low, high)
    }

    pub(crate) fn div(&self, other: &Self, bits: usize) -> Result<Self, MathError> {
        if other.touches_zero() {
            return Err(other.zero_divisor("division"));
        }
        let low = |a: &Float, b: &Float| value_of(down(bits).div(a, b));
        let high = |a: &Float, b: &Float| value_of(up(bits).div(a, b));
        if !is_negative(&self.lo) && is_positive(&other.lo) {
            return Self::new(low(&self.lo, &other.hi)?, high(&self.hi, &other.lo)?);
        }
        self.corners(other, low, high)
    }

    /// The error for a divisor, or the argument of a pole, that touches zero.
    pub(super) fn zero_divisor(&self, function: &'static str) -> MathError {
        if is_zero(&self.lo) && is_zero(&self.hi) {
            MathError::DivisionByZero
        } else {
            MathError::Undecided { function }
        }
    }

    fn corners(
        &self,
        other: &Self,
        low: impl Fn(&Float, &Float) -> Result<Float, MathError>,
        high: impl Fn(&Float, &Float) -> Result<Float, MathError>,
    ) -> Result<Self, MathError> {
        let pairs =
            [(&self.lo, &other.lo), (&self.lo, &other.hi), (&self.hi, &other.lo), (&self.hi, &other.hi)];
        let (mut lo, mut hi) = (low(pairs[0].0, pairs[0].1)?, high(pairs[0].0, pairs[0].1)?);
        for (a, b) in &pairs[1..] {
            lo = lo.min(low(a, b)?);
            hi = hi.max(high(a, b)?);
        }
        Self::new(lo, hi)
    }

    pub(crate) fn square(&self, bits: usize) -> Result<Self, MathError> {
        let magnitude = self.abs();
        magnitude.mul(&magnitude, bits)
    }

    pub(crate) fn sqrt(&self, bits: usize) -> Result<Self, MathError> {
        self.not_negative("sqrt")?;
        let lo = value_of(down(bits).sqrt(&self.lo))?;
        Self::new(lo, value_of(up(bits).sqrt(&self.hi))?)
    }

    /// An error unless every value is at least zero.
    pub(super) fn not_negative(&self, function: &'static str) -> Result<(), MathError> {
        if is_negative(&self.hi) {
            Err(MathError::domain(function, self.describe()))
        } else if is_negative(&self.lo) {
            Err(MathError::Undecided { function })
        } else {
            Ok(())
        }
    }

    /// `2^exponent` times the value; exact.
    pub(crate) fn scale(&self, exponent: isize) -> Result<Self, MathError> {
        let shifted = |x: &Float| {
            if is_zero(x) {
                Float::zero()
            } else {
                Float::new(x.significand().clone(), x.exponent().saturating_add(exponent))
            }
        };
        Self::new(shifted(&self.lo), shifted(&self.hi))
    }

    /// The smallest interval around both.
    pub(crate) fn hull(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// The interval made wider by `error` on either side.
    pub(crate) fn widened(&self, error: &Float, bits: usize) -> Result<Self, MathError> {
        let lo = value_of(down(bits).sub(&self.lo, error))?;
        Self::new(lo, value_of(up(bits).add(&self.hi, error))?)
    }

    /// The part between `lo` and `hi`, which are known to hold the value.
    pub(crate) fn clamp(self, lo: i64, hi: i64) -> Self {
        let (least, most) = (Float::from(IBig::from(lo)), Float::from(IBig::from(hi)));
        Self { lo: self.lo.clamp(least.clone(), most.clone()), hi: self.hi.clamp(least, most) }
    }

    /// Order of all values, if the intervals decide it.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.hi < other.lo {
            Some(Ordering::Less)
        } else if self.lo > other.hi {
            Some(Ordering::Greater)
        } else if self.is_point() && other.is_point() {
            Some(Ordering::Equal)
        } else {
            None
        }
    }

    /// For messages: a short decimal near the middle.
    pub(super) fn describe(&self) -> String {
        match self.to_double() {
            Some(double) => format!("{:e}", double.lo() / 2.0 + double.hi() / 2.0),
            None => format!("about 2^{}", exponent_of(&self.hi).or(exponent_of(&self.lo)).unwrap_or(0)),
        }
    }
}

impl Big {
    /// An error if an integer of this magnitude is too long to write out.
    pub(super) fn check_integer_size(&self) -> Result<(), MathError> {
        let exponent = exponent_of(&self.lo).max(exponent_of(&self.hi)).unwrap_or(0);
        if exponent > INTEGER_BITS as isize {
            return Err(MathError::limit(format!("an integer of more than {INTEGER_BITS} bits")));
        }
        Ok(())
    }

    /// The `f64` nearest the middle; infinite or zero beyond the range of `f64`.
    pub(super) fn middle_f64(&self) -> f64 {
        let sum = value_of(Context::<Down>::new(64).add(&self.lo, &self.hi)).unwrap_or(Float::zero());
        let Some(exponent) = exponent_of(&sum) else { return 0.0 };
        if exponent > 1025 {
            return if is_negative(&sum) { f64::NEG_INFINITY } else { f64::INFINITY };
        }
        if exponent < -1080 {
            return 0.0;
        }
        let half = Float::new(sum.significand().clone(), sum.exponent() - 1);
        half.to_f64().value()
    }

    /// The width to the accuracy of hardware; infinite beyond its range.
    pub(super) fn width_f64(&self) -> f64 {
        let width = value_of(up(53).sub(&self.hi, &self.lo)).ok();
        width.and_then(|width| Self::point(width).ok()).map_or(f64::INFINITY, |width| width.middle_f64())
    }

    /// Roughly log2 of the magnitude; `None` if zero is touched by anything but zero itself.
    pub(super) fn magnitude_log2(&self) -> Option<f64> {
        let ends = (exponent_of(&self.lo), exponent_of(&self.hi));
        match ends {
            (None, None) => Some(0.0),
            (Some(lo), Some(_)) if !self.touches_zero() => Some(lo as f64),
            _ => None,
        }
    }

    /// An upper bound of log2((hi - lo)/min(|lo|, |hi|)); infinite if zero is touched.
    pub(super) fn relative_width_log2(&self) -> f64 {
        let Ok(width) = value_of(up(16).sub(&self.hi, &self.lo)) else { return f64::INFINITY };
        let Some(width) = exponent_of(&width) else { return f64::NEG_INFINITY };
        if self.touches_zero() {
            return f64::INFINITY;
        }
        let magnitude = exponent_of(&self.lo).min(exponent_of(&self.hi)).unwrap_or(0);
        (width - magnitude + 1) as f64
    }
}

pub(super) fn sign(x: &Float) -> Ordering {
    if is_zero(x) {
        Ordering::Equal
    } else if is_negative(x) {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

/// Exact.
pub(super) fn to_rational(x: &Float) -> Rational {
    let exponent = x.exponent();
    if exponent >= 0 {
        return Rational::from(x.significand() << exponent.unsigned_abs());
    }
    Rational::from_parts(x.significand().clone(), UBig::ONE << exponent.unsigned_abs())
}

/// Brings an end into range, moving outwards only.
fn settle(end: Float, upper: bool) -> Result<Float, MathError> {
    let Some(exponent) = exponent_of(&end) else { return Ok(Float::zero()) };
    if exponent > EXPONENT_LIMIT {
        return Err(too_large());
    }
    if exponent >= -EXPONENT_LIMIT {
        return Ok(end);
    }
    Ok(match (is_negative(&end), upper) {
        (false, true) => power_of_two(-EXPONENT_LIMIT),
        (true, false) => negated(&power_of_two(-EXPONENT_LIMIT)),
        _ => Float::zero(),
    })
}

/// Exact.
pub(super) fn float_from_f64(value: f64) -> Float {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let biased = ((bits >> 52) & 0x7ff) as isize;
    let (significand, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    let sign = if value < 0.0 { Sign::Negative } else { Sign::Positive };
    Float::new(IBig::from_parts(sign, UBig::from(significand)), exponent)
}

/// The nearest `f64` on the asked side, for ends within hardware's range.
fn f64_beside(end: &Float, upper: bool) -> Option<f64> {
    let Some(exponent) = exponent_of(end) else { return Some(0.0) };
    (-950..=970).contains(&exponent).then_some(())?;
    let magnitude = end.significand().clone().into_parts().1;
    let excess = magnitude.bit_len().saturating_sub(53);
    let top = u64::try_from(&magnitude >> excess).expect("53 bits fit");
    let exact = excess == 0 || magnitude.trailing_zeros().is_some_and(|zeros| zeros >= excess);
    let truncated = top as f64 * two_to(end.exponent() + excess as isize)?;
    let negative = is_negative(end);
    let away = !exact && (negative != upper);
    let result = if away { truncated.next_up() } else { truncated };
    Some(if negative { -result } else { result })
}

/// `2^exponent` as a normal `f64`.
fn two_to(exponent: isize) -> Option<f64> {
    let biased = u64::try_from(exponent + 1023).ok()?;
    (1..2047).contains(&biased).then(|| f64::from_bits(biased << 52))
}
