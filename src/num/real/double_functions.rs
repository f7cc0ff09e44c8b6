//! Elementary functions of hardware intervals, from the `libm` crate widened by a stated bound.
//!
//! `libm` (0.2) is a port of musl's and so of FreeBSD's msun, whose sources state an error below one unit in
//! the last place for `exp`, `expm1`, `log`, `log1p`, `sin`, `cos`, `tan`, `asin`, `acos`, `atan` (argument reduction
//! included) and below 0.70 for `pow`. [`ULPS`] allows more than twice that; `log2` and `log10` state no bound
//! and get [`ULPS_WIDE`]. The hyperbolic functions and their inverses are composed from these in interval
//! arithmetic, so that no further bound is needed. A test compares every function with the proven results of
//! [`super::big`]. As in [`super::double`], `None` means "use the arbitrary-precision level".

use super::double::{Double, in_range};

/// Allowed error of a function whose source states less than one unit in the last place.
const ULPS: f64 = 2.0;
/// Allowed error where the source states none (measured below one).
const ULPS_WIDE: f64 = 6.0;
/// 2/π rounded down; the next `f64` up is above it.
const TWO_OVER_PI: f64 = 0.636_619_772_367_581_3;
/// Beyond this the quadrant is not found in hardware.
const LARGEST_ANGLE: f64 = 1_073_741_824.0;
/// `exp` of more than this leaves the range of [`Double`].
const LARGEST_EXPONENT: f64 = 660.0;

/// `value` lowered by so many units in its last place, at least.
fn below(value: f64, ulps: f64) -> f64 {
    if value == 0.0 { 0.0 } else { (value - value.abs() * (ulps * f64::EPSILON)).next_down() }
}

/// `value` raised by so many units in its last place, at least.
fn above(value: f64, ulps: f64) -> f64 {
    if value == 0.0 { 0.0 } else { (value + value.abs() * (ulps * f64::EPSILON)).next_up() }
}

fn constant(value: f64) -> Double {
    Double::point(value).expect("a small constant is in range")
}

impl Double {
    /// An increasing function, evaluated at the ends. `function` must vanish only where the truth does.
    fn increasing(self, ulps: f64, function: fn(f64) -> f64) -> Option<Self> {
        let (lo, hi) = (function(self.lo()), function(self.hi()));
        (in_range(lo) && in_range(hi)).then_some(())?;
        Self::new(below(lo, ulps), above(hi, ulps))
    }

    fn within(self, lo: f64, hi: f64) -> Option<Self> {
        Self::new(self.lo().clamp(lo, hi), self.hi().clamp(lo, hi))
    }

    pub(crate) fn exp(self) -> Option<Self> {
        (self.abs().hi() <= LARGEST_EXPONENT).then_some(())?;
        self.increasing(ULPS, libm::exp)
    }

    pub(crate) fn exp_m1(self) -> Option<Self> {
        (self.abs().hi() <= LARGEST_EXPONENT).then_some(())?;
        self.increasing(ULPS, libm::expm1)?.within(-1.0, f64::MAX)
    }

    pub(crate) fn ln(self) -> Option<Self> {
        (self.lo() > 0.0).then_some(())?;
        self.increasing(ULPS, libm::log)
    }

    pub(crate) fn ln_1p(self) -> Option<Self> {
        (self.lo() > -1.0).then_some(())?;
        self.increasing(ULPS, libm::log1p)
    }

    pub(crate) fn log2(self) -> Option<Self> {
        (self.lo() > 0.0).then_some(())?;
        self.increasing(ULPS_WIDE, libm::log2)
    }

    pub(crate) fn log10(self) -> Option<Self> {
        (self.lo() > 0.0).then_some(())?;
        self.increasing(ULPS_WIDE, libm::log10)
    }

    /// Checked against the cube, so no stated bound is needed.
    pub(crate) fn cbrt(self) -> Option<Self> {
        let lo = below(libm::cbrt(self.lo()), ULPS);
        let hi = above(libm::cbrt(self.hi()), ULPS);
        let cube = |value: f64| constant_cube(value);
        let contains = cube(lo)?.hi() <= self.lo() && cube(hi)?.lo() >= self.hi();
        contains.then(|| Self::new(lo, hi))?
    }

    pub(crate) fn atan(self) -> Option<Self> {
        self.increasing(ULPS, libm::atan)
    }

    pub(crate) fn asin(self) -> Option<Self> {
        (self.lo() >= -1.0 && self.hi() <= 1.0).then_some(())?;
        self.increasing(ULPS, libm::asin)
    }

    pub(crate) fn acos(self) -> Option<Self> {
        (self.lo() >= -1.0 && self.hi() <= 1.0).then_some(())?;
        let (lo, hi) = (libm::acos(self.hi()), libm::acos(self.lo()));
        Self::new(below(lo, ULPS), above(hi, ULPS))
    }

    /// The first and last quadrant (counted from 0 at the angle 0) the interval may touch.
    fn quadrants(self) -> Option<(i64, i64)> {
        (self.abs().hi() <= LARGEST_ANGLE).then_some(())?;
        let turns = self.mul(Self::new(TWO_OVER_PI, TWO_OVER_PI.next_up())?)?;
        Some((turns.lo().floor() as i64, turns.hi().floor() as i64))
    }

    pub(crate) fn sin(self) -> Option<Self> {
        self.wave(libm::sin, 1)
    }

    pub(crate) fn cos(self) -> Option<Self> {
        self.wave(libm::cos, 0)
    }

    /// Sine or cosine; `peak` is the quarter turn, modulo 4, at which it is 1.
    fn wave(self, function: fn(f64) -> f64, peak: i64) -> Option<Self> {
        (self.abs().hi() <= LARGEST_ANGLE).then_some(())?;
        let (a, b) = (function(self.lo()), function(self.hi()));
        let (mut lo, mut hi) = (below(a.min(b), ULPS), above(a.max(b), ULPS));
        if self.lo() != self.hi() {
            let (first, last) = self.quadrants()?;
            let crosses = |quarter: i64| (last - quarter).div_euclid(4) > (first - quarter).div_euclid(4);
            if crosses(peak) {
                hi = 1.0;
            }
            if crosses(peak + 2) {
                lo = -1.0;
            }
        }
        Self::new(lo, hi)?.within(-1.0, 1.0)
    }

    /// `None` also if a pole may lie inside.
    pub(crate) fn tan(self) -> Option<Self> {
        (self.abs().hi() <= LARGEST_ANGLE).then_some(())?;
        if self.lo() != self.hi() {
            let (first, last) = self.quadrants()?;
            ((last + 1).div_euclid(2) == (first + 1).div_euclid(2)).then_some(())?;
        }
        self.increasing(ULPS, libm::tan)
    }

    /// (t + t/(t+1))/2 with t = e^x - 1 at each end; no cancellation for x of one sign.
    pub(crate) fn sinh(self) -> Option<Self> {
        self.odd(|x| {
            let t = x.exp_m1()?;
            t.add(t.div(t.add(constant(1.0))?)?)?.mul(constant(0.5))
        })
    }

    pub(crate) fn cosh(self) -> Option<Self> {
        self.even(|x| {
            let e = x.exp()?;
            e.add(constant(1.0).div(e)?)?.mul(constant(0.5))
        })
    }

    /// t/(t+2) with t = e^(2x) - 1 at each end.
    pub(crate) fn tanh(self) -> Option<Self> {
        let result = self.odd(|x| {
            if x.lo() > 20.0 {
                // 1 - tanh x = 2/(e^(2x)+1) < 2 e^-40 < 2^-56.
                return Self::new(1.0_f64.next_down(), 1.0);
            }
            let t = x.mul(constant(2.0))?.exp_m1()?;
            t.div(t.add(constant(2.0))?)
        })?;
        result.within(-1.0, 1.0)
    }

    /// ln(1 + (x + x²/(1 + √(x²+1)))) at each end.
    pub(crate) fn asinh(self) -> Option<Self> {
        self.odd(|x| {
            let one = constant(1.0);
            let square = x.square()?;
            x.add(square.div(one.add(square.add(one)?.sqrt()?)?)?)?.ln_1p()
        })
    }

    /// ln(1 + (t + √(t(t+2)))) with t = x - 1 at each end.
    pub(crate) fn acosh(self) -> Option<Self> {
        (self.lo() >= 1.0).then_some(())?;
        let at = |x: f64| {
            let t = Self::point(x)?.sub(constant(1.0))?;
            t.add(t.mul(t.add(constant(2.0))?)?.sqrt()?)?.ln_1p()
        };
        Self::new(at(self.lo())?.lo(), at(self.hi())?.hi())
    }

    /// ln(1 + 2x/(1-x))/2 at each end.
    pub(crate) fn atanh(self) -> Option<Self> {
        (self.lo() > -1.0 && self.hi() < 1.0).then_some(())?;
        self.odd(|x| {
            let quotient = x.mul(constant(2.0))?.div(constant(1.0).sub(x)?)?;
            quotient.ln_1p()?.mul(constant(0.5))
        })
    }

    /// 1/(1 + e^-x) at each end.
    pub(crate) fn sigmoid(self) -> Option<Self> {
        let at = |x: f64| {
            let one = constant(1.0);
            one.div(one.add(Self::point(-x)?.exp()?)?)
        };
        Self::new(at(self.lo())?.lo(), at(self.hi())?.hi())
    }

    /// ln(1 + e^x) at each end.
    pub(crate) fn softplus(self) -> Option<Self> {
        let at = |x: f64| {
            let tail = Self::point(-x.abs())?.exp()?.ln_1p()?;
            if x > 0.0 { tail.add(constant(x)) } else { Some(tail) }
        };
        Self::new(at(self.lo())?.lo(), at(self.hi())?.hi())
    }

    /// x^y for positive x: the extremes lie at corners, because the power is monotone in each argument.
    pub(crate) fn pow(self, exponent: Self) -> Option<Self> {
        (self.lo() > 0.0).then_some(())?;
        let power = |x: f64, y: f64| libm::pow(x, y);
        let mut corners = [power(self.lo(), exponent.lo()); 4];
        if self.lo() != self.hi() || exponent.lo() != exponent.hi() {
            corners[1] = power(self.lo(), exponent.hi());
            corners[2] = power(self.hi(), exponent.lo());
            corners[3] = power(self.hi(), exponent.hi());
        }
        let usable = corners.iter().all(|corner| *corner != 0.0 && in_range(*corner));
        usable.then_some(())?;
        let lo = corners.iter().fold(f64::INFINITY, |least, corner| least.min(*corner));
        let hi = corners.iter().fold(0.0_f64, |most, corner| most.max(*corner));
        Self::new(below(lo, ULPS), above(hi, ULPS))
    }

    /// x^n for an integer n of either sign and any x; `None` if a negative power meets zero.
    pub(crate) fn power(self, exponent: i32) -> Option<Self> {
        match exponent {
            0 => return Some(constant(1.0)),
            1 => return Some(self),
            2 => return self.square(),
            _ => {}
        }
        let magnitude = self.abs();
        if exponent < 0 {
            (magnitude.lo() > 0.0).then_some(())?;
        }
        let at = |x: f64| {
            if x == 0.0 { Some(constant(0.0)) } else { Self::point(x)?.pow(constant(f64::from(exponent))) }
        };
        if exponent % 2 == 0 {
            let (a, b) = (at(magnitude.lo())?, at(magnitude.hi())?);
            return if exponent > 0 { Self::new(a.lo(), b.hi()) } else { Self::new(b.lo(), a.hi()) };
        }
        let signed = |x: f64| if x < 0.0 { at(-x).map(Self::neg) } else { at(x) };
        let (a, b) = (signed(self.lo())?, signed(self.hi())?);
        if exponent > 0 { Self::new(a.lo(), b.hi()) } else { Self::new(b.lo(), a.hi()) }
    }

    /// An increasing odd function given for positive points.
    fn odd(self, at_positive: impl Fn(Self) -> Option<Self>) -> Option<Self> {
        let at = |x: f64| {
            if x == 0.0 {
                Some(constant(0.0))
            } else if x < 0.0 {
                at_positive(Self::point(-x)?).map(Self::neg)
            } else {
                at_positive(Self::point(x)?)
            }
        };
        if self.lo() == self.hi() {
            return at(self.lo());
        }
        Self::new(at(self.lo())?.lo(), at(self.hi())?.hi())
    }

    /// An even function that increases for positive arguments.
    fn even(self, at_positive: impl Fn(Self) -> Option<Self>) -> Option<Self> {
        let magnitude = self.abs();
        let at = |x: f64| at_positive(Self::point(x)?);
        Self::new(at(magnitude.lo())?.lo(), at(magnitude.hi())?.hi())
    }
}

fn constant_cube(value: f64) -> Option<Double> {
    let point = Double::point(value)?;
    point.square()?.mul(point)
}
