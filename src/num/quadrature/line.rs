//! An infinite range by the trapezoidal rule, for the integrals inside integrals: what falls fast on both sides needs some
//! sixty points of it (Takahasi and Mori, 1974). A range with one end becomes one without by `x = a ± exp(t - exp(-t))`.

use super::Bound;
use super::panel::Found;
use crate::num::sample::{Missing, Sampler, point, rational};
use crate::num::{Number, exact, math};

/// The first number of steps, and how often it is doubled.
const STEPS: usize = 16;
const DOUBLINGS: usize = 3;
/// Where a whole line ends: one of the powers of two up to this one.
const FURTHEST: i32 = 12;
/// Where a half line begins, in `t`, and ends at the latest, in halves: near `10^-20` and beyond 8000.
const FIRST: f64 = -3.75;
const LAST: i32 = 18;
/// A term below this part of the tolerance, relative to the largest, is nothing.
const NOTHING: f64 = 1e-4;

/// The integral over an infinite range, with the difference between the points and those between them as its error;
/// `None` where the integrand does not fall fast as far as is seen, or is not smooth enough for so few points.
pub(super) fn line(
    sampler: &mut Sampler<'_, '_>,
    range: &[Bound; 2],
    tolerance: f64,
    least: f64,
) -> Result<Option<Found>, Missing> {
    let end = |bound: &Bound| match bound {
        Bound::At(end) => Some(exact::to_f64(&rational(end))),
        _ => None,
    };
    let line = match (end(&range[0]), end(&range[1])) {
        (None, None) => Line::Whole,
        (Some(end), None) => Line::Half(end, 1.0),
        (None, Some(end)) => Line::Half(end, -1.0),
        _ => return Ok(None),
    };
    let mut walk = Walk { sampler, line, tolerance, least, sum: Number::zero(), size: 0.0 };
    match walk.run() {
        Err(Missing::Here) => Ok(None),
        found => found,
    }
}

/// How the variable of a line becomes that of the integrand.
enum Line {
    Whole,
    Half(f64, f64),
}

impl Line {
    /// The integrand's variable at `t`, and its derivative.
    fn at(&self, t: f64) -> (f64, f64) {
        match self {
            Self::Whole => (t, 1.0),
            Self::Half(end, sign) => {
                let inwards = math::exp(-t);
                let distance = math::exp(t - inwards);
                (end + sign * distance, distance * (1.0 + inwards))
            }
        }
    }
}

/// A sum of terms along a line. [`Missing::Here`] means that the line is not for this rule.
struct Walk<'s, 'a, 'f> {
    sampler: &'s mut Sampler<'a, 'f>,
    line: Line,
    tolerance: f64,
    /// The integral's size that the tolerance is relative to at least.
    least: f64,
    sum: Number,
    size: f64,
}

impl Walk<'_, '_, '_> {
    fn run(&mut self) -> Result<Option<Found>, Missing> {
        let (left, right) = self.window()?;
        let mut step = (right - left) / STEPS as f64;
        self.points(left, step, STEPS + 1)?;
        for doubling in 0..DOUBLINGS {
            let (before, known) = (self.sum.to_f64(), self.size);
            self.points(left + step / 2.0, step, STEPS << doubling)?;
            // The points added by themselves are the same rule, moved by half a step.
            let apart = (self.sum.to_f64() - 2.0 * before).abs() + (self.size - 2.0 * known).abs() * 1e-16;
            step /= 2.0;
            if apart <= self.tolerance * self.size.max(self.least / step) && self.size > 0.0 {
                let width = point(step).ok_or(Missing::Here)?;
                let sum = self.sum.mul(&width, self.sampler.precision).map_err(|_| Missing::Here)?;
                let (error, size) = (apart * step, self.size * step);
                return Ok(Some(Found { sum, error, size, hole: None, grows: None }));
            }
        }
        Ok(None)
    }

    /// Two places beyond which the terms are nothing, as far as is seen.
    fn window(&mut self) -> Result<(f64, f64), Missing> {
        let powers = || (-1..=FURTHEST).map(|power| 2f64.powi(power));
        let outwards: [Vec<f64>; 2] = match self.line {
            Line::Whole => [powers().map(|place| -place).collect(), powers().collect()],
            Line::Half(..) => [vec![FIRST], (0..=LAST).map(|half| f64::from(half) / 2.0).collect()],
        };
        let mut sizes = outwards.each_ref().map(|_| Vec::new());
        for (sizes, places) in sizes.iter_mut().zip(&outwards) {
            for place in places {
                sizes.push(self.term(*place)?.1);
            }
        }
        let largest = sizes.iter().flatten().copied().fold(self.term(0.0)?.1, f64::max);
        let goal = largest * self.tolerance * NOTHING;
        let ends = [0, 1].map(|side| {
            let beyond = sizes[side].iter().rev().take_while(|size| **size <= goal).count();
            sizes[side].len().checked_sub(beyond).and_then(|first| outwards[side].get(first).copied())
        });
        match ends {
            [Some(left), Some(right)] if largest > 0.0 => Ok((left, right)),
            _ => Err(Missing::Here),
        }
    }

    fn points(&mut self, from: f64, step: f64, count: usize) -> Result<(), Missing> {
        for idx in 0..count {
            let (term, size) = self.term(from + step * idx as f64)?;
            self.sum = self.sum.add(&term, self.sampler.precision).map_err(|_| Missing::Here)?;
            self.size += size;
        }
        Ok(())
    }

    fn term(&mut self, t: f64) -> Result<(Number, f64), Missing> {
        let (x, weight) = self.line.at(t);
        let (Some(x), Some(factor)) = (point(x), point(weight)) else { return Err(Missing::Here) };
        let allowed = self.tolerance / 64.0 * self.size / weight.abs();
        let sample = self.sampler.at(&x, allowed)?;
        let term = sample.value.mul(&factor, self.sampler.precision).map_err(|_| Missing::Here)?;
        let size = (sample.middle * weight).abs();
        if size.is_finite() { Ok((term, size)) } else { Err(Missing::Here) }
    }
}
