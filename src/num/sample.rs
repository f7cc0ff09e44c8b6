//! A function that is known by its values only, evaluated with as many digits as an estimate needs, and within a
//! budget. Quadrature, limits and series share it; none of them knows what the function is.

use std::cell::Cell;
use std::fmt;

use super::{Number, Precision, Rational, Real};

/// Why a function has no value at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is not defined there, or cannot be computed there.
    Here,
    /// It will not have one anywhere: the caller keeps the reason.
    Stop,
}

/// A function of one number, at the precision asked for.
pub type Function<'f> = dyn FnMut(&Number, Precision) -> Result<Number, Missing> + 'f;

/// Why an estimate was not reached. The text says where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsettled {
    /// There is no value: what grows without bound, oscillates, or differs.
    Diverges(String),
    /// There may be a value, but nothing converged to it within the budget.
    NotConverged(String),
    /// The function is not defined where it is needed.
    Undefined(String),
    /// The function said [`Missing::Stop`].
    Stopped,
}

impl fmt::Display for Unsettled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Diverges(what) | Self::NotConverged(what) | Self::Undefined(what) => out.write_str(what),
            Self::Stopped => out.write_str("the function has no value"),
        }
    }
}

/// A value with its middle and the width of its enclosure as plain floats.
pub(super) struct Sample {
    pub(super) value: Number,
    pub(super) middle: f64,
    pub(super) width: f64,
}

impl Sample {
    fn new(value: Number) -> Self {
        Self { middle: value.to_f64(), width: value.width_f64(), value }
    }
}

/// A function with a budget of evaluations.
pub(super) struct Sampler<'a, 'f> {
    function: &'a mut Function<'f>,
    pub(super) precision: Precision,
    /// Evaluations that are left.
    pub(super) left: usize,
    /// Precisions above the first that are tried for one point.
    pub(super) retries: usize,
    /// An enclosure this wide, relative to its value, is narrow enough anywhere.
    pub(super) relative: f64,
    /// Where the function is told which error is allowed to the value that it is asked for.
    pub(super) asks: Option<&'a Cell<f64>>,
}

impl<'a, 'f> Sampler<'a, 'f> {
    pub(super) fn new(function: &'a mut Function<'f>, precision: Precision, budget: usize) -> Self {
        Self { function, precision, left: budget, retries: 2, relative: 0.0, asks: None }
    }

    /// The value at `x`, with more digits while its enclosure is wider than `allowed` and `relative` allow.
    pub(super) fn at(&mut self, x: &Number, allowed: f64) -> Result<Sample, Missing> {
        let relative = self.relative;
        if let Some(asks) = self.asks {
            asks.set(allowed);
        }
        let narrow = |sample: &Sample| sample.width <= allowed.max(relative * sample.middle.abs());
        let mut best = self.once(x, self.precision);
        let mut precision = self.precision;
        for _ in 0..self.retries {
            match &best {
                Ok(sample) if narrow(sample) => break,
                Err(Missing::Stop) => break,
                _ => {}
            }
            let Some(next) = precision.next() else { break };
            precision = next;
            match self.once(&exact(x), precision) {
                Ok(sharper) if best.as_ref().is_ok_and(|best| sharper.width > best.width) => break,
                Err(Missing::Here) if best.is_ok() => break,
                result => best = result,
            }
        }
        best
    }

    /// The value at `x` at this precision alone.
    pub(super) fn plainly(&mut self, x: &Number, precision: Precision) -> Result<Number, Missing> {
        (self.function)(x, precision)
    }

    fn once(&mut self, x: &Number, precision: Precision) -> Result<Sample, Missing> {
        self.left = self.left.saturating_sub(1);
        (self.function)(x, precision).map(Sample::new)
    }
}

/// The point that a number stands for, exactly.
fn exact(x: &Number) -> Number {
    Number::Exact(rational(x))
}

/// The number itself if it is exact, else the middle of its enclosure.
pub(super) fn rational(x: &Number) -> Rational {
    let (lo, hi) = x.enclosure();
    if lo == hi { lo } else { (lo + hi) / Rational::from(2u8) }
}

/// A hardware float as a point, which arithmetic on enclosures takes without a detour.
pub(crate) fn point(x: f64) -> Option<Number> {
    Real::point(x).map(Number::Real).or_else(|| Number::from_f64(x))
}

/// `value ± error` as an enclosure.
pub(super) fn around(value: &Number, error: f64, precision: Precision) -> Option<Number> {
    let error = Number::from_f64(error)?;
    let (lo, hi) = (value.sub(&error, precision).ok()?, value.add(&error, precision).ok()?);
    let (lo, hi) = (lo.enclosure().0, hi.enclosure().1);
    let hull = Number::Exact(lo).real(precision).ok()?.hull(&Number::Exact(hi).real(precision).ok()?);
    Some(Number::Real(hull))
}
