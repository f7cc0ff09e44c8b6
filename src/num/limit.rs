//! Limits of a function that is known by its values: followed along two unlike sequences until both settle.
//!
//! The points come close geometrically, so that whatever tends to its limit like some power of the distance is known
//! to many digits soon. What tends to it like a logarithm does not settle and has no value here, nor has what grows,
//! oscillates, or differs between the sequences or the sides.
//!
//! ```
//! use mdbook_qed::num::{Function, Missing, Number, Precision};
//! use mdbook_qed::num::limit::{limit, Approach};
//! let mut sinc = |x: &Number, p| {
//!     let sine = Number::apply(Function::Sin, &[x.clone()], p).map_err(|_| Missing::Here)?;
//!     sine.div(x, p).map_err(|_| Missing::Here)
//! };
//! let value = limit(&mut sinc, &[Approach::Above(Number::zero())], Precision::DOUBLE).expect("it settles");
//! assert!((value.to_f64() - 1.0).abs() < 1e-14);
//! ```

use super::sample::{Function, Missing, Sampler, Unsettled, around, rational};
use super::{IBig, Number, Precision, Rational, UBig};

/// Where the variable goes.
#[derive(Clone, Debug)]
pub enum Approach {
    /// To a number, from larger ones.
    Above(Number),
    /// To a number, from smaller ones.
    Below(Number),
    /// To infinity.
    Infinity,
    /// To infinity over the whole numbers.
    WholeNumbers,
    /// To minus infinity.
    MinusInfinity,
}

/// Points of one sequence.
const POINTS: i32 = 36;
/// The two sequences are powers of these, about equally fast, times the factors below.
const BASES: [(u8, usize); 2] = [(2, 8), (3, 5)];
/// Thousandths that no symmetry of a function shares.
const FACTORS: [u16; 2] = [1325, 819];
/// The first point, beyond 10^28, of those along which it is seen whether a function falls without end.
const FAR: i32 = 12;
/// By which factor it has to fall from one of them to the next, which is some 250 times as far out.
const STEEPNESS: f64 = 1.5;
/// So many steps that are smaller than the values are sharp, beside values that are this sharp, are enough.
const STILL: usize = 3;
const COARSE: f64 = 1e-15;
/// The powers of 8 at the points of a first look, and how even the steps between them are for a logarithm.
const FIRST_LOOK: std::ops::RangeInclusive<usize> = 3..=6;
const EVEN: f64 = 0.01;
/// Successive steps must fall by at least this factor.
const SLOWEST: f64 = 0.75;

/// The limit along every one of the ways, which must agree, as an enclosure of `value ± error`.
pub fn limit(
    function: &mut Function<'_>,
    ways: &[Approach],
    precision: Precision,
) -> Result<Number, Unsettled> {
    let tolerance = 2f64.powi(if precision.is_double() { -50 } else { -90 });
    let mut found: Option<(Number, f64)> = None;
    for way in ways {
        for sequence in 0..BASES.len() {
            let sampler = Sampler::new(function, Precision::LADDER[1], usize::MAX);
            let (value, error) = Walk { sampler, way, sequence, tolerance }.run()?;
            if let Some((before, wrong)) = &found {
                let apart = before.sub(&value, Precision::LADDER[1]).map_err(|_| Unsettled::Stopped)?;
                if apart.to_f64().abs() > 4.0 * (wrong + error) {
                    let [one, other] = [before, &value].map(shown);
                    return Err(Unsettled::Diverges(format!(
                        "there is no limit: both {one} and {other} are approached"
                    )));
                }
            }
            found = Some(match found {
                Some((before, wrong)) => (before, wrong.max(error)),
                None => (value, error),
            });
        }
    }
    let (value, error) = found.ok_or(Unsettled::Stopped)?;
    around(&value, 4.0 * error, Precision::LADDER[1]).ok_or(Unsettled::Stopped)
}

/// Whether the function falls below every bound along all of the ways, at least like a small power of how far out it is:
/// what seems to fall by less could turn.
pub fn falls_without_end(function: &mut Function<'_>, ways: &[Approach]) -> bool {
    ways.iter().all(|way| {
        (0..BASES.len()).all(|sequence| {
            let sampler = Sampler::new(function, Precision::LADDER[1], usize::MAX);
            Walk { sampler, way, sequence, tolerance: 0.0 }.falls()
        })
    })
}

/// Whether the function, seen in hardware at its first few points, moves on by equal steps like a logarithm. For one whose
/// values cost much that is worth a look before it is followed with many digits; others may still turn, far out.
pub fn drifts(function: &mut Function<'_>, ways: &[Approach]) -> bool {
    let Some(way) = ways.first() else { return false };
    let mut sampler = Sampler::new(function, Precision::DOUBLE, usize::MAX);
    sampler.retries = 0;
    let mut walk = Walk { sampler, way, sequence: 0, tolerance: 0.0 };
    let value = |exponent| {
        let point = Number::Exact(walk.place(&UBig::from(8u8).pow(exponent)));
        walk.sampler.at(&point, f64::INFINITY).ok().map(|sample| sample.middle)
    };
    let Some(values) = FIRST_LOOK.map(value).collect::<Option<Vec<f64>>>() else { return false };
    let steps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let scale = values.iter().fold(0.0f64, |scale, value| scale.max(value.abs()));
    steps.iter().all(|step| step.abs() > EVEN * scale)
        && steps.windows(2).all(|pair| (pair[1] / pair[0] - 1.0).abs() < EVEN)
}

/// How far the last value is from the limit if the values themselves, estimates such as integrals, are no sharper than the
/// steps between them for some while: more points tell no more, and it is known to as many digits as in hardware.
fn stands_still(still: usize, steps: &[f64], size: f64) -> Option<f64> {
    let [.., first, second, last] = steps else { return None };
    let error = first.max(*second).max(*last);
    (still >= STILL && error <= COARSE * size).then_some(error)
}

/// A few digits of a number.
fn shown(value: &Number) -> String {
    Number::from_f64(value.to_f64())
        .and_then(|value| value.to_decimal(4))
        .unwrap_or_else(|| "infinity".to_owned())
}

/// One way along one sequence.
struct Walk<'w, 'a, 'f> {
    sampler: Sampler<'a, 'f>,
    way: &'w Approach,
    sequence: usize,
    tolerance: f64,
}

impl Walk<'_, '_, '_> {
    /// The last value and how far it may be from the limit.
    fn run(mut self) -> Result<(Number, f64), Unsettled> {
        let mut steps: Vec<f64> = Vec::new();
        let mut still = 0;
        let mut before: Option<Number> = None;
        for idx in 1..=POINTS {
            let scale = before.as_ref().map_or(1.0, |value| value.to_f64().abs());
            let allowed = self.tolerance * 1e-3 * if scale == 0.0 { 1.0 } else { scale };
            let sample = self.sampler.at(&Number::Exact(self.point(idx)), allowed);
            let value = match sample {
                Ok(sample) => sample.value,
                Err(Missing::Stop) => return Err(Unsettled::Stopped),
                // Far from the limit the function may not exist yet.
                Err(Missing::Here) if before.is_none() && idx < 4 => continue,
                Err(Missing::Here) => {
                    return Err(Unsettled::Undefined(
                        "it has no value near the point of the limit".to_owned(),
                    ));
                }
            };
            if let Some(before) = &before {
                let step = value.sub(before, Precision::LADDER[1]).map_err(|_| Unsettled::Stopped)?;
                let (moved, width) = (step.to_f64().abs(), step.width_f64());
                steps.push(moved + width);
                still = if moved <= width { still + 1 } else { 0 };
                let size = value.to_f64().abs();
                if let Some(error) = self.settled(&steps, size).or_else(|| stands_still(still, &steps, size))
                {
                    return Ok((value, error));
                }
            }
            before = Some(value);
        }
        Err(Unsettled::NotConverged("it does not settle on a limit, or too slowly to tell".to_owned()))
    }

    /// Whether each value from the first far point on is below zero and by some factor below the one before.
    fn falls(mut self) -> bool {
        let mut before = 0.0;
        (FAR..=POINTS).all(|idx| {
            let Ok(sample) = self.sampler.at(&Number::Exact(self.point(idx)), f64::INFINITY) else {
                return false;
            };
            let value = sample.middle + sample.width;
            let falls = value < 0.0 && value <= STEEPNESS * before;
            before = value;
            falls
        })
    }

    /// How far the last value is from the limit, if the steps say so: the last three are nothing, or they shrink like a
    /// geometric series whose rest is small.
    fn settled(&self, steps: &[f64], size: f64) -> Option<f64> {
        let [.., first, second, last] = steps else { return None };
        // What goes to zero is measured by where it came from.
        let goal = self.tolerance * if size < 1e-30 { 1.0 } else { size.max(f64::MIN_POSITIVE) };
        if first.max(*second).max(*last) <= goal {
            return Some(goal);
        }
        let ratio = (second / first).max(last / second);
        let rest = last * ratio / (1.0 - ratio);
        (ratio <= SLOWEST && steps.len() >= 6 && rest <= goal).then_some(rest.max(goal))
    }

    /// The point number `idx` of the sequence.
    fn point(&self, idx: i32) -> Rational {
        let (base, exponent) = BASES[self.sequence];
        self.place(&UBig::from(base).pow(exponent * idx as usize))
    }

    /// The point that is so many times as far out, or as near.
    fn place(&self, power: &UBig) -> Rational {
        let factor = Rational::from_parts(IBig::from(FACTORS[self.sequence]), UBig::from(1000u16));
        let far = || Rational::from(power.clone()) * &factor;
        let near = || &factor / Rational::from(power.clone());
        match self.way {
            Approach::Above(point) => rational(point) + near(),
            Approach::Below(point) => rational(point) - near(),
            Approach::Infinity => far(),
            Approach::MinusInfinity => -far(),
            Approach::WholeNumbers => Rational::from(power.clone()),
        }
    }
}
