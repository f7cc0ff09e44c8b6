//! Where an integrand has its mass: peaks so narrow that no node of a rule need ever meet them.
//!
//! Far from a peak such an integrand is tiny, but not zero, and its logarithm still shows the way up. A coarse grid
//! finds where it rises and falls again, and a golden section the top. An integrand that is zero beside its peak, or too
//! small to have a logarithm, shows nothing: that is for the caller to notice.

use super::{Bound, Nesting};
use crate::num::sample::{Function, Missing, Sampler, rational};
use crate::num::{Number, Precision, Rational, exact};

/// Points of the grid on a finite range.
const EVEN: i64 = 16;
/// Points of the grid towards infinity, each twice as far out.
const DOUBLINGS: i32 = 30;
/// The same where each value is an integral, or many are asked for.
const FEW_DOUBLINGS: i32 = 13;
/// Peaks lower than this on both sides, as a natural logarithm, are met by any rule.
const STEEP: f64 = 14.0;
/// A bell whose logarithm falls by less than this from a place of an even grid to those beside it is a quarter as wide as
/// their distance or wider, and no rule steps over it.
const FLAT: f64 = 8.0;
/// Peaks that are looked at.
const MOST: usize = 4;
/// Steps of a golden section.
const STEPS: usize = 48;
/// Parts into which the ground on either side of a peak is divided to look for another.
const PARTS: i32 = 8;

/// The tops of narrow peaks between the ends, in order; all of the range where `ends` are in reverse.
///
/// A peak that shows nowhere above the tail of another is not found. Whoever knows that the function is a sum should look
/// for the peaks of its terms.
///
/// Inside other integrals, and around them, less is looked at.
pub fn peaks(function: &mut Function<'_>, ends: &[Bound; 2], nesting: Nesting) -> Vec<Rational> {
    let range = &super::ascending(ends.clone()).0;
    let budget = 4 * DOUBLINGS as usize + MOST * (STEPS + 2 * PARTS as usize);
    let mut sampler = Sampler::new(function, Precision::DOUBLE, budget);
    let (doublings, flat) = match nesting {
        Nesting::Alone => (DOUBLINGS, 0.0),
        Nesting::Within(_) => (FEW_DOUBLINGS, FLAT),
        Nesting::Around(_) => {
            sampler.retries = 0;
            (FEW_DOUBLINGS, FLAT)
        }
    };
    let mut search = Search { sampler, tops: Vec::new(), flat };
    // What was found before the budget ended is worth having.
    let _ = search.among(&grid(range, doublings));
    search.tops.sort_by(f64::total_cmp);
    search.tops.into_iter().filter_map(|place| Rational::try_from(place).ok()).collect()
}

/// A place and the logarithm of the integrand's magnitude there.
type Height = (f64, f64);

/// A search for peaks. Its methods give `None` when the budget is spent or the function has no value anywhere.
struct Search<'a, 'f> {
    sampler: Sampler<'a, 'f>,
    tops: Vec<f64>,
    /// What falls by less on both sides is not climbed.
    flat: f64,
}

impl Search<'_, '_> {
    /// Looks for peaks among places in ascending order.
    fn among(&mut self, places: &[f64]) -> Option<()> {
        let heights = places.iter().map(|place| self.height(*place).map(|height| (*place, height)));
        let heights: Vec<Height> = heights.collect::<Option<_>>()?;
        self.between(&heights)
    }

    fn between(&mut self, heights: &[Height]) -> Option<()> {
        for three in heights.windows(3) {
            let [left, middle, right] = [three[0], three[1], three[2]];
            let is_top = middle.1 > f64::NEG_INFINITY && middle.1 >= left.1 && middle.1 > right.1;
            let is_flat = middle.1 - left.1.min(right.1) < self.flat;
            if !is_top || is_flat || self.tops.len() >= MOST {
                continue;
            }
            let top = self.climb(left.0, right.0)?;
            if top.1 - left.1.min(right.1) > STEEP {
                self.tops.push(top.0);
                self.beside(left, top)?;
                self.beside(top, right)?;
            }
        }
        Some(())
    }

    /// Looks for more between a peak and the next place of the grid: the climb has seen only one of them.
    fn beside(&mut self, left: Height, right: Height) -> Option<()> {
        let step = (right.0 - left.0) / f64::from(PARTS);
        let mut heights = vec![left];
        for part in 1..PARTS {
            let place = left.0 + step * f64::from(part);
            heights.push((place, self.height(place)?));
        }
        heights.push(right);
        self.between(&heights)
    }

    /// The logarithm of the integrand's magnitude; minus infinity where it is too small to have one, NaN where it has
    /// no value: beside that, nothing is a peak.
    fn height(&mut self, place: f64) -> Option<f64> {
        if self.sampler.left == 0 {
            return None;
        }
        let value = match self.sampler.at(&Number::from_f64(place)?, f64::INFINITY) {
            Ok(sample) => sample.value.abs(),
            Err(Missing::Here) => return Some(f64::NAN),
            Err(Missing::Stop) => return None,
        };
        let height = value.ln(Precision::DOUBLE).map_or(f64::NEG_INFINITY, |height| height.to_f64());
        Some(if height.is_nan() { f64::NEG_INFINITY } else { height })
    }

    /// The highest place found between two.
    fn climb(&mut self, mut left: f64, mut right: f64) -> Option<Height> {
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let inner = |left: f64, right: f64| (right - GOLDEN * (right - left), left + GOLDEN * (right - left));
        let (mut one, mut two) = inner(left, right);
        let (mut low, mut high) = (self.height(one)?, self.height(two)?);
        for _ in 0..STEPS - 2 {
            if low >= high {
                (right, two, high) = (two, one, low);
                one = inner(left, right).0;
                low = self.height(one)?;
            } else {
                (left, one, low) = (one, two, high);
                two = inner(left, right).1;
                high = self.height(two)?;
            }
        }
        Some(if low >= high { (one, low) } else { (two, high) })
    }
}

/// Places between the ends: even where both are finite, doubling towards infinity.
fn grid(range: &[Bound; 2], doublings: i32) -> Vec<f64> {
    let finite = |bound: &Bound| match bound {
        Bound::At(number) => Some(exact::to_f64(&rational(number))),
        _ => None,
    };
    let outwards = |origin: f64, sign: f64| {
        (-1..doublings).map(move |doublings| origin + sign * 2f64.powi(doublings)).collect::<Vec<f64>>()
    };
    match (finite(&range[0]), finite(&range[1])) {
        (Some(from), Some(to)) => {
            (1..EVEN).map(|step| from + (to - from) * step as f64 / EVEN as f64).collect()
        }
        (Some(from), None) => outwards(from, 1.0),
        (None, Some(to)) => outwards(to, -1.0).into_iter().rev().collect(),
        (None, None) => {
            let left = outwards(0.0, -1.0).into_iter().rev();
            left.chain([0.0]).chain(outwards(0.0, 1.0)).collect()
        }
    }
}
