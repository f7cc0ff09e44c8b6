//! Elementary functions of arbitrary-precision intervals, from `dashu`'s correctly rounded ones and the
//! quicker ones of [`fixed`].
//!
//! Each end is evaluated once, rounded to nearest with [`GUARD`] bits more than asked for, and moved outwards by
//! 2^[`SLACK`] units in the last place: half a unit would do for `dashu`'s results, and one
//! for those of [`fixed`]. Rounding to nearest rather than in a direction avoids the
//! arguments whose result lies just beside a representable number (`exp` and `cos` of something tiny), which a
//! directed rounding has to separate at great cost. Monotone pieces, extrema, poles and domain edges are
//! handled here.

use std::cell::RefCell;

use dashu::float::round::mode::HalfEven;
use dashu::float::{ConstCache, Context, FBig, FpError, Repr};
use dashu::integer::IBig;

use super::big::{Big, EXPONENT_LIMIT, Float, exponent_of, is_negative, is_positive, is_zero, negated};
use super::big::{power_of_two, too_large, value_of};
use super::fixed;
use crate::num::math_error::MathError;

/// Bits beyond the asked precision in each evaluation.
const GUARD: usize = 16;
/// The result is widened by 2^SLACK units in its last place.
const SLACK: isize = 6;
/// Angles beyond 2^this would need as many digits of π.
const ANGLE_LIMIT: isize = 1 << 14;

/// e^x is below 2^this for every x at most -2^21.
const EXPONENTIAL_TINY: isize = -3_000_000;

thread_local! {
    /// π and the logarithms that `dashu` extends as precision grows.
    static CONSTANTS: RefCell<ConstCache> = const { RefCell::new(ConstCache::new()) };
}

type Rounded = Result<dashu::float::round::Rounded<FBig<HalfEven, 2>>, FpError>;

/// Calls a function of `dashu` with the shared constants and encloses its result.
fn enclose(
    bits: usize,
    function: impl Fn(Context<HalfEven>, &mut ConstCache) -> Rounded,
) -> Result<Big, MathError> {
    let precision = bits + GUARD;
    let result = CONSTANTS.with_borrow_mut(|cache| function(Context::new(precision), cache));
    around(value_of(result)?, precision)
}

/// Encloses a result whose relative error is below 2^([`SLACK`] - `precision`).
fn around(value: Float, precision: usize) -> Result<Big, MathError> {
    let Some(exponent) = exponent_of(&value) else { return Big::point(value) };
    let error = power_of_two(exponent - precision as isize + SLACK);
    Big::point(value)?.widened(&error, precision)
}

/// π.
pub(crate) fn pi(bits: usize) -> Result<Big, MathError> {
    enclose(bits, |context, cache| Ok(context.pi(Some(cache))))
}

impl Big {
    /// An increasing function from its values at points.
    fn increasing(&self, at: impl Fn(&Float) -> Result<Self, MathError>) -> Result<Self, MathError> {
        let first = at(self.lo())?;
        Ok(if self.is_point() { first } else { first.hull(at(self.hi())?) })
    }

    fn apply(
        &self,
        bits: usize,
        function: impl Fn(Context<HalfEven>, &Repr<2>, &mut ConstCache) -> Rounded,
    ) -> Result<Self, MathError> {
        self.increasing(|x| enclose(bits, |context, cache| function(context, x, cache)))
    }

    /// As [`Self::apply`], by fixed point where that can do it.
    fn apply_fixed(
        &self,
        bits: usize,
        fixed: fn(&Float, usize) -> Option<Float>,
        function: impl Fn(Context<HalfEven>, &Repr<2>, &mut ConstCache) -> Rounded,
    ) -> Result<Self, MathError> {
        self.increasing(|x| match fixed(x, bits + GUARD) {
            Some(value) => around(value, bits + GUARD),
            None => enclose(bits, |context, cache| function(context, x, cache)),
        })
    }

    pub(crate) fn exp(&self, bits: usize) -> Result<Self, MathError> {
        self.increasing(|x| match exponential_range(x) {
            Range::Below => Self::new(Float::zero(), power_of_two(EXPONENTIAL_TINY)),
            Range::Above => Err(too_large()),
            Range::Within if is_zero(x) => Ok(Self::integer(1)),
            Range::Within => {
                let point = Self::point(x.clone())?;
                point.apply_fixed(bits, fixed::exp, |context, x, cache| context.exp(x, Some(cache)))
            }
        })
    }

    pub(crate) fn exp_m1(&self, bits: usize) -> Result<Self, MathError> {
        self.increasing(|x| match exponential_range(x) {
            Range::Below => Self::integer(-1).widened_up(power_of_two(EXPONENTIAL_TINY), bits),
            Range::Above => Err(too_large()),
            Range::Within => enclose(bits, |context, cache| context.exp_m1(x, Some(cache))),
        })
    }

    fn widened_up(&self, error: Float, bits: usize) -> Result<Self, MathError> {
        self.add(&Self::new(Float::zero(), error)?, bits)
    }

    /// An error unless every value is above `bound`.
    fn above(&self, bound: i64, function: &'static str) -> Result<(), MathError> {
        let bound = Float::from(IBig::from(bound));
        if self.hi() <= &bound {
            Err(MathError::domain(function, self.describe()))
        } else if self.lo() <= &bound {
            Err(MathError::Undecided { function })
        } else {
            Ok(())
        }
    }

    /// An error unless every value is between -1 and 1, ends included.
    fn within_one(&self, function: &'static str) -> Result<(), MathError> {
        let (least, most) = (Float::neg_one(), Float::one());
        if self.hi() < &least || self.lo() > &most {
            Err(MathError::domain(function, self.describe()))
        } else if self.lo() < &least || self.hi() > &most {
            Err(MathError::Undecided { function })
        } else {
            Ok(())
        }
    }

    pub(crate) fn ln(&self, bits: usize) -> Result<Self, MathError> {
        self.above(0, "ln")?;
        self.apply_fixed(bits, fixed::ln, |context, x, cache| context.ln(x, Some(cache)))
    }

    pub(crate) fn ln_1p(&self, bits: usize) -> Result<Self, MathError> {
        self.above(-1, "ln")?;
        self.apply(bits, |context, x, cache| context.ln_1p(x, Some(cache)))
    }

    pub(crate) fn cbrt(&self, bits: usize) -> Result<Self, MathError> {
        self.root(3, bits)
    }

    /// The real n-th root; even roots need a non-negative argument.
    pub(crate) fn root(&self, degree: usize, bits: usize) -> Result<Self, MathError> {
        if degree.is_multiple_of(2) {
            self.not_negative("root")?;
        }
        self.increasing(|x| {
            let magnitude = if is_negative(x) { negated(x) } else { x.clone() };
            let root = enclose(bits, |context, _| context.nth_root(degree, &magnitude))?;
            Ok(if is_negative(x) { root.neg() } else { root })
        })
    }

    pub(crate) fn atan(&self, bits: usize) -> Result<Self, MathError> {
        self.apply(bits, |context, x, cache| context.atan(x, Some(cache)))
    }

    pub(crate) fn asin(&self, bits: usize) -> Result<Self, MathError> {
        self.within_one("asin")?;
        self.apply(bits, |context, x, cache| context.asin(x, Some(cache)))
    }

    pub(crate) fn acos(&self, bits: usize) -> Result<Self, MathError> {
        self.within_one("acos")?;
        self.apply(bits, |context, x, cache| context.acos(x, Some(cache)))
    }

    pub(crate) fn sinh(&self, bits: usize) -> Result<Self, MathError> {
        self.increasing(|x| {
            hyperbolic_range(x)?;
            if is_small(x) {
                return enclose(bits, |context, cache| context.sinh(x, Some(cache)));
            }
            let (power, inverse) = powers(x, bits)?;
            power.sub(&inverse, bits + GUARD)?.scale(-1)
        })
    }

    pub(crate) fn cosh(&self, bits: usize) -> Result<Self, MathError> {
        self.abs().increasing(|x| {
            hyperbolic_range(x)?;
            let (power, inverse) = powers(x, bits)?;
            power.add(&inverse, bits + GUARD)?.scale(-1)
        })
    }

    /// By e^(-2|x|), which is below 1.
    pub(crate) fn tanh(&self, bits: usize) -> Result<Self, MathError> {
        let result = self.increasing(|x| {
            if is_small(x) {
                return enclose(bits, |context, cache| context.tanh(x, Some(cache)));
            }
            let one = Self::integer(1);
            let power = Self::point(x.clone())?.abs().neg().scale(1)?.exp(bits + GUARD)?;
            let size = one.sub(&power, bits + GUARD)?.div(&one.add(&power, bits + GUARD)?, bits)?;
            Ok(if is_negative(x) { size.neg() } else { size })
        })?;
        Ok(result.clamp(-1, 1))
    }

    pub(crate) fn asinh(&self, bits: usize) -> Result<Self, MathError> {
        self.apply(bits, |context, x, cache| context.asinh(x, Some(cache)))
    }

    pub(crate) fn acosh(&self, bits: usize) -> Result<Self, MathError> {
        let one = Float::one();
        if self.hi() < &one {
            return Err(MathError::domain("acosh", self.describe()));
        }
        if self.lo() < &one {
            return Err(MathError::Undecided { function: "acosh" });
        }
        self.apply(bits, |context, x, cache| context.acosh(x, Some(cache)))
    }

    pub(crate) fn atanh(&self, bits: usize) -> Result<Self, MathError> {
        self.within_one("atanh")?;
        if self.lo() <= &Float::neg_one() || self.hi() >= &Float::one() {
            let outside = self.is_point();
            return Err(if outside {
                MathError::domain("atanh", self.describe())
            } else {
                MathError::Undecided { function: "atanh" }
            });
        }
        self.apply(bits, |context, x, cache| context.atanh(x, Some(cache)))
    }

    pub(crate) fn sin(&self, bits: usize) -> Result<Self, MathError> {
        self.wave(1, bits, fixed::sin, |context, x, cache| context.sin(x, Some(cache)))
    }

    pub(crate) fn cos(&self, bits: usize) -> Result<Self, MathError> {
        self.wave(0, bits, fixed::cos, |context, x, cache| context.cos(x, Some(cache)))
    }

    /// Sine or cosine; `peak` is the quarter turn, modulo 4, at which it is 1.
    fn wave(
        &self,
        peak: i64,
        bits: usize,
        fixed: fn(&Float, usize) -> Option<Float>,
        function: impl Fn(Context<HalfEven>, &Repr<2>, &mut ConstCache) -> Rounded,
    ) -> Result<Self, MathError> {
        self.check_angle()?;
        let mut result = self.apply_fixed(bits, fixed, function)?;
        if !self.is_point() {
            let (first, last) = self.quadrants(bits)?;
            let turns = |quadrant: &IBig, quarter: i64| floor_div(quadrant - IBig::from(quarter), 4);
            if turns(&last, peak) > turns(&first, peak) {
                result = result.hull(Self::integer(1));
            }
            if turns(&last, peak + 2) > turns(&first, peak + 2) {
                result = result.hull(Self::integer(-1));
            }
        }
        Ok(result.clamp(-1, 1))
    }

    pub(crate) fn tan(&self, bits: usize) -> Result<Self, MathError> {
        self.check_angle()?;
        if !self.is_point() {
            let (first, last) = self.quadrants(bits)?;
            if floor_div(first + IBig::ONE, 2) != floor_div(last + IBig::ONE, 2) {
                return Err(MathError::Undecided { function: "tan" });
            }
        }
        self.apply(bits, |context, x, cache| context.tan(x, Some(cache)))
    }

    fn check_angle(&self) -> Result<(), MathError> {
        let exponent = exponent_of(self.lo()).max(exponent_of(self.hi()));
        if exponent.is_some_and(|exponent| exponent > ANGLE_LIMIT) {
            return Err(MathError::limit(format!("an angle beyond 2^{ANGLE_LIMIT}")));
        }
        Ok(())
    }

    /// The first and last quadrant (counted from 0 at the angle 0) the interval may touch.
    fn quadrants(&self, bits: usize) -> Result<(IBig, IBig), MathError> {
        let exponent = exponent_of(self.lo()).max(exponent_of(self.hi())).unwrap_or(0).max(0);
        let bits = bits + exponent as usize + GUARD;
        let turns = self.scale(1)?.div(&pi(bits)?, bits)?;
        Ok((floor(turns.lo()), floor(turns.hi())))
    }

    /// 1/(1 + e^-x).
    pub(crate) fn sigmoid(&self, bits: usize) -> Result<Self, MathError> {
        let one = Self::integer(1);
        let result = self.increasing(|x| {
            let bits = bits + GUARD;
            let point = Self::point(x.clone())?;
            if is_positive(x) {
                return one.div(&one.add(&point.neg().exp(bits)?, bits)?, bits);
            }
            let power = point.exp(bits)?;
            power.div(&one.add(&power, bits)?, bits)
        })?;
        Ok(result.clamp(0, 1))
    }

    /// ln(1 + e^x).
    pub(crate) fn softplus(&self, bits: usize) -> Result<Self, MathError> {
        self.increasing(|x| {
            let bits = bits + GUARD;
            let point = Self::point(x.clone())?;
            let tail = point.abs().neg().exp(bits)?.ln_1p(bits)?;
            if is_positive(x) { tail.add(&point, bits) } else { Ok(tail) }
        })
    }

    /// x^y for positive x.
    pub(crate) fn pow(&self, exponent: &Self, bits: usize) -> Result<Self, MathError> {
        // An error in y ln x is one relative to the result, and |y ln x| stays below 2^23.
        let bits = bits + GUARD + 23;
        exponent.mul(&self.ln(bits)?, bits)?.exp(bits)
    }

    /// x^n for an integer n.
    pub(crate) fn power(&self, exponent: &IBig, bits: usize) -> Result<Self, MathError> {
        if exponent.is_zero() {
            return Ok(Self::integer(1));
        }
        let negative = *exponent < IBig::ZERO;
        if negative && self.touches_zero() {
            return Err(self.zero_divisor("power"));
        }
        let even = !dashu::base::BitTest::bit(exponent, 0);
        let base = if even { self.abs() } else { self.clone() };
        base.increasing(|x| {
            if is_zero(x) {
                return Ok(Self::integer(0));
            }
            match power_range(x, exponent) {
                Range::Above => Err(too_large()),
                Range::Below => {
                    let tiny = Self::new(Float::zero(), power_of_two(-EXPONENT_LIMIT))?;
                    Ok(if is_negative(x) { tiny.neg() } else { tiny })
                }
                Range::Within => enclose(bits, |context, _| context.powi(x, exponent.clone())),
            }
        })
    }
}

/// Whether the difference of e^x and e^-x loses more bits than there are to spare.
fn is_small(x: &Float) -> bool {
    exponent_of(x).is_none_or(|exponent| exponent < -8)
}

/// e^x and e^-x, with bits to spare.
fn powers(x: &Float, bits: usize) -> Result<(Big, Big), MathError> {
    let power = Big::point(x.clone())?.exp(bits + GUARD)?;
    let inverse = Big::integer(1).div(&power, bits + GUARD)?;
    Ok((power, inverse))
}

/// The greatest integer not above.
pub(super) fn floor(x: &Float) -> IBig {
    let exponent = x.exponent();
    if exponent >= 0 {
        x.significand() << exponent as usize
    } else if exponent_of(x).is_none_or(|top| top < 0) {
        if is_negative(x) { IBig::NEG_ONE } else { IBig::ZERO }
    } else {
        // Shifting right rounds down, for negative integers as well.
        x.significand() >> exponent.unsigned_abs()
    }
}

fn floor_div(value: IBig, divisor: i64) -> IBig {
    dashu::base::DivEuclid::div_euclid(value, IBig::from(divisor))
}

/// Where a result falls with regard to the magnitudes this library holds.
enum Range {
    Below,
    Within,
    Above,
}

/// The range of `e^x`. |x| at most 2^21 gives a result between 2^-3025600 and its inverse.
fn exponential_range(x: &Float) -> Range {
    if exponent_of(x).is_none_or(|exponent| exponent <= 21) {
        Range::Within
    } else if is_negative(x) {
        Range::Below
    } else {
        Range::Above
    }
}

fn hyperbolic_range(x: &Float) -> Result<(), MathError> {
    match exponential_range(x) {
        Range::Within => Ok(()),
        _ => Err(too_large()),
    }
}

/// The range of `x^n`, from the binary exponent of x; results near the limits are left to the computation.
fn power_range(x: &Float, exponent: &IBig) -> Range {
    let top = exponent_of(x).unwrap_or(0);
    // |log2 x| is between these, and both have the same sign.
    let least_log = if top > 1 {
        (top - 1) as f64
    } else if top < 0 {
        (-top) as f64
    } else {
        0.0
    };
    let magnitude = exponent.to_f64().value().abs();
    if least_log * magnitude <= 2.0 * EXPONENT_LIMIT as f64 {
        return if magnitude > 1e15 { near_one_range(x, exponent) } else { Range::Within };
    }
    if (top > 1) == (*exponent > IBig::ZERO) { Range::Above } else { Range::Below }
}

/// The range of `x^n` for 1/2 <= |x| < 2 and an enormous n: |ln x| is at least half of ||x|-1|.
fn near_one_range(x: &Float, exponent: &IBig) -> Range {
    let magnitude = if is_negative(x) { negated(x) } else { x.clone() };
    let difference = FBig::<HalfEven, 2>::from_repr(magnitude.clone(), Context::new(0))
        - FBig::<HalfEven, 2>::from_repr(Float::one(), Context::new(0));
    let Some(distance) = exponent_of(difference.repr()) else { return Range::Within };
    let length = dashu::base::BitTest::bit_len(exponent) as isize;
    if distance + length < 26 {
        Range::Within
    } else if (magnitude > Float::one()) == (*exponent > IBig::ZERO) {
        Range::Above
    } else {
        Range::Below
    }
}
