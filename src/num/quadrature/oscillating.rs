//! Tails that oscillate: integrated from zero to zero, the alternating series of the waves accelerated.

use super::panel::{Map, Panel};
use crate::num::acceleration;
use crate::num::sample::{Missing, Sampler, Unsettled};
use crate::num::{Number, Rational, exact};

/// Waves that are integrated.
const WAVES: usize = 36;
/// The step in which the first zeros are looked for, and how many steps are taken.
const STEP: f64 = 1.0 / 16.0;
const STEPS: usize = 2_000;
/// Evaluations that all waves together may take.
const BUDGET: usize = 12_000;

/// The integral from `start` to infinity in the given direction with its error and the size of what was summed;
/// `None` if the function does not swing around zero with waves that die away.
pub(super) fn tail(
    sampler: &mut Sampler<'_, '_>,
    start: &Rational,
    direction: i64,
    tolerance: f64,
    size: f64,
) -> Result<Option<(Number, f64, f64)>, Unsettled> {
    if !sampler.precision.is_double() {
        return Ok(None);
    }
    sampler.left = BUDGET;
    let mut waves = Waves { sampler, direction: direction as f64, at: exact::to_f64(start), step: STEP };
    let Some(zeros) = stopped(waves.zeros())? else { return Ok(None) };
    let Some(zeros) = stopped(waves.are_all(&zeros))?.then_some(zeros) else { return Ok(None) };
    let mut ends: Vec<Rational> = vec![start.clone()];
    ends.extend(zeros.iter().filter_map(|zero| Rational::try_from(*zero).ok()));
    let mut terms = Vec::new();
    let (mut wrong, mut total) = (0.0, size);
    for pair in ends.windows(2) {
        let (left, right) = (pair[0].clone().min(pair[1].clone()), pair[0].clone().max(pair[1].clone()));
        if left == right {
            terms.push(Number::zero());
            continue;
        }
        let found = Panel::new(Map::Direct, left, right).integrate(sampler, tolerance, total);
        let found = found.map_err(|_| Unsettled::Stopped)?;
        if found.error > 1e-9 * (total + found.size) || found.hole.is_some() {
            return Ok(None);
        }
        total += found.size;
        wrong += found.error;
        terms.push(found.sum);
    }
    // The first part need not be a whole wave.
    let head = terms.remove(0);
    let p = sampler.precision;
    let Some((sum, error)) = acceleration::alternating(&terms, p) else { return Ok(None) };
    let sum = sum.add(&head, p).map_err(|_| Unsettled::Stopped)?;
    Ok(Some((sum, error + wrong, total - size)))
}

fn stopped<T>(result: Result<T, Missing>) -> Result<T, Unsettled> {
    result.map_err(|_| Unsettled::Stopped)
}

/// A walk along a function from zero to zero.
struct Waves<'w, 'a, 'f> {
    sampler: &'w mut Sampler<'a, 'f>,
    direction: f64,
    at: f64,
    step: f64,
}

impl Waves<'_, '_, '_> {
    /// The value at `x`; what is undefined counts as nothing.
    fn value(&mut self, x: f64) -> Result<Option<f64>, Missing> {
        let Some(point) = Number::from_f64(x) else { return Ok(None) };
        match self.sampler.at(&point, f64::INFINITY) {
            Ok(sample) => Ok(Some(sample.middle)),
            Err(Missing::Here) => Ok(None),
            Err(Missing::Stop) => Err(Missing::Stop),
        }
    }

    /// The first zeros at which the sign changes, one more than there are waves.
    fn zeros(&mut self) -> Result<Option<Vec<f64>>, Missing> {
        let mut zeros: Vec<f64> = Vec::new();
        let Some(mut before) = self.value(self.at)? else { return Ok(None) };
        for _ in 0..STEPS {
            let next = self.at + self.direction * self.step;
            let Some(value) = self.value(next)? else { return Ok(None) };
            if before != 0.0 && value != 0.0 && (before < 0.0) != (value < 0.0) {
                zeros.push(self.zero(self.at, before, next, value)?);
                if zeros.len() > WAVES {
                    return Ok(Some(zeros));
                }
                if let [.., last, this] = zeros.as_slice() {
                    self.step = (this - last).abs() / 6.0;
                }
            }
            if value != 0.0 {
                before = value;
            }
            self.at = next;
        }
        Ok(None)
    }

    /// The zero between two points of different sign, by bisection and regula falsi in turns.
    fn zero(&mut self, mut a: f64, mut fa: f64, mut b: f64, mut fb: f64) -> Result<f64, Missing> {
        for turn in 0..40 {
            let secant = a + (b - a) * (fa / (fa - fb));
            let middle = if turn % 3 == 2 { a + (b - a) / 2.0 } else { secant };
            let Some(value) = self.value(middle)? else { break };
            if value == 0.0 || (b - a).abs() < 1e-13 * a.abs() {
                return Ok(middle);
            }
            if (value < 0.0) == (fa < 0.0) {
                (a, fa) = (middle, value);
            } else {
                (b, fb) = (middle, value);
            }
        }
        Ok(a + (b - a) / 2.0)
    }

    /// Whether no zero was stepped over: between two of them the sign is the same at every finer step.
    fn are_all(&mut self, zeros: &[f64]) -> Result<bool, Missing> {
        for (idx, pair) in zeros.windows(2).enumerate() {
            let mut signs = Vec::new();
            // Fractions that no symmetry shares.
            for part in [0.05, 0.13, 0.27, 0.39, 0.57, 0.71, 0.83, 0.96] {
                let Some(value) = self.value(pair[0] + (pair[1] - pair[0]) * part)? else { return Ok(false) };
                signs.push(value < 0.0);
            }
            if signs.iter().any(|sign| *sign != signs[0]) {
                return Ok(false);
            }
            if idx >= 12 {
                break;
            }
        }
        Ok(true)
    }
}
