//! Series: the sum of infinitely many terms, with an error estimate that is checked.
//!
//! Terms that fall like a geometric series are added up; alternating ones, and those that fall like a power of their
//! number, are accelerated in two ways that must agree, and for the rest of slow and smooth ones their integral stands.
//! Whether a series converges at all is asked far out first: the harmonic series has no value here, nor has one that is too
//! close to it to tell.

use super::acceleration::{alternating, levin};
use super::maclaurin;
use super::sample::{Function, Missing, Sampler, Unsettled, around};
use super::{Number, Precision};

/// Where the terms are computed.
const WORKING: Precision = Precision::LADDER[2];
/// Terms that are added up at most.
const MOST_TERMS: i64 = 480;
/// Terms that are added up beyond those where terms fall slowly, but at a ratio that stays below one.
const MOST_SLOW_TERMS: usize = 12_000;
/// The ratio of blocks that counts as such: some 0.993 from one term to the next.
const SLOWEST_OF_ALL: f64 = 0.95;
/// Terms that are added up beyond those that are small beside the largest one, where the sum is much smaller.
const FURTHER: i64 = 96;
/// Terms of one block, whose largest stands for it.
const BLOCK: usize = 8;
/// A block must fall to this part of the one before.
const SLOWEST: f64 = 0.4;
/// Terms that are accelerated.
const ACCELERATED: usize = 48;
/// A power of the number of a term by which terms must fall at least, with room for what a logarithm would feign.
const LEAST_POWER: f64 = 1.05;

/// The sum of `term(first) + term(first + 1) + …` as an enclosure of `value ± error`.
pub fn sum(term: &mut Function<'_>, first: i64, precision: Precision) -> Result<Number, Unsettled> {
    let tolerance = 2f64.powi(if precision.is_double() { -50 } else { -90 });
    let sampler = Sampler::new(term, WORKING, usize::MAX);
    let (value, error) = Series { sampler, first, tolerance }.run()?;
    around(&value, error, WORKING).ok_or(Unsettled::Stopped)
}

struct Series<'a, 'f> {
    sampler: Sampler<'a, 'f>,
    first: i64,
    tolerance: f64,
}

impl Series<'_, '_> {
    fn run(mut self) -> Result<(Number, f64), Unsettled> {
        let mut terms = Vec::new();
        let mut total = Number::zero();
        let mut coarse: Option<(Number, f64, i64)> = None;
        for idx in 0..MOST_TERMS {
            let term = self.term(idx)?;
            total = total.add(&term, WORKING).map_err(|_| Unsettled::Stopped)?;
            terms.push(term);
            if terms.len() % BLOCK == 0 {
                let found = self.geometric(&terms, total.to_f64().abs())?;
                let goal = self.tolerance * total.to_f64().abs();
                match found {
                    Some((rest, _)) if rest <= goal => return Ok((total, rest + goal)),
                    // Large terms that cancel leave a sum that more terms make sharper.
                    Some((_, error)) if coarse.is_none() => {
                        coarse = Some((total.clone(), error, idx + FURTHER))
                    }
                    _ => {}
                }
                match coarse.take_if(|(_, _, until)| found.is_none() || idx >= *until) {
                    Some((total, error, _)) => return Ok((total, error)),
                    None if coarse.is_some() => continue,
                    None => {}
                }
                if terms.len() == ACCELERATED
                    && let Some(found) = self.accelerated(&terms)?
                {
                    return Ok(found);
                }
            }
        }
        if let Some(found) = self.slow(terms.clone(), total)? {
            return Ok(found);
        }
        let smooth = self.smooth(&terms)?;
        smooth
            .ok_or_else(|| Unsettled::NotConverged("it does not converge, or too slowly to tell".to_owned()))
    }

    /// The sum of a series whose terms fall like a power that is great enough, by their integral.
    fn smooth(&mut self, terms: &[Number]) -> Result<Option<(Number, f64)>, Unsettled> {
        // A term that falls too slowly for the sum to converge may be too small for the integral to see.
        if self.power()?.is_none_or(|power| power < LEAST_POWER) {
            return Ok(None);
        }
        let mut term = |x: &Number, precision| self.sampler.plainly(x, precision);
        maclaurin::sum(&mut term, terms, self.first, WORKING)
    }

    fn term(&mut self, idx: i64) -> Result<Number, Unsettled> {
        let place = Number::from(self.first.saturating_add(idx));
        match self.sampler.at(&place, f64::INFINITY) {
            // An enclosure, whose sum stays short where that of fractions would not.
            Ok(sample) => sample.value.real(WORKING).map(Number::Real).map_err(|_| Unsettled::Stopped),
            Err(Missing::Stop) => Err(Unsettled::Stopped),
            Err(Missing::Here) => {
                Err(Unsettled::Undefined(format!("term {} has no value", self.first.saturating_add(idx))))
            }
        }
    }

    /// The size of a term far out; `None` if it cannot be computed.
    fn far(&mut self, idx: i64) -> Result<Option<f64>, Unsettled> {
        match self.term(idx) {
            Ok(term) => Ok(Some(size_of(&term))),
            Err(Unsettled::Undefined(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A bound of what follows, and with it the error of what was added up beside its largest terms, if the last blocks
    /// fall like a geometric series and go on falling.
    fn geometric(&mut self, terms: &[Number], size: f64) -> Result<Option<(f64, f64)>, Unsettled> {
        let blocks: Vec<f64> =
            terms.chunks(BLOCK).map(|block| block.iter().map(size_of).fold(0.0, f64::max)).collect();
        let [.., first, second, last] = blocks.as_slice() else { return Ok(None) };
        let ratio = (second / first).max(last / second);
        let rest = last * BLOCK as f64 / (1.0 - ratio);
        let goal = self.tolerance * size.max(blocks.iter().copied().fold(0.0, f64::max));
        if !(ratio <= SLOWEST && rest <= goal) {
            return Ok(None);
        }
        for times in [2, 4, 16] {
            // A term that cannot be computed any more is no sign of falling.
            match self.far(terms.len() as i64 * times)? {
                Some(far) if far <= *last => {}
                _ => return Ok(None),
            }
        }
        Ok(Some((rest, rest + goal)))
    }

    /// The sum of a series whose terms fall slowly, but far out as well at a ratio below one, from as many terms as that
    /// takes.
    fn slow(
        &mut self,
        mut terms: Vec<Number>,
        mut total: Number,
    ) -> Result<Option<(Number, f64)>, Unsettled> {
        let Some((rest, ratio)) = self.rest(&terms)? else { return Ok(None) };
        let wanted = (self.tolerance * total.to_f64().abs() / 2.0).max(f64::MIN_POSITIVE);
        let blocks = (super::math::log2(rest / wanted) / -super::math::log2(ratio)).ceil().max(0.0) + 1.0;
        if blocks * BLOCK as f64 > MOST_SLOW_TERMS as f64 {
            return Ok(None);
        }
        for _ in 0..blocks as usize * BLOCK {
            let term = self.term(terms.len() as i64)?;
            total = total.add(&term, WORKING).map_err(|_| Unsettled::Stopped)?;
            terms.push(term);
        }
        let goal = self.tolerance * total.to_f64().abs();
        let bounded = self.rest(&terms)?.filter(|(rest, _)| *rest <= goal);
        Ok(bounded.map(|(rest, _)| (total, rest + goal)))
    }

    /// A bound of the terms that follow, and the ratio by which blocks fall: the greatest of those here and far out.
    /// `None` if they do not fall throughout.
    fn rest(&mut self, terms: &[Number]) -> Result<Option<(f64, f64)>, Unsettled> {
        let near = |from_end: usize| {
            let end = terms.len().checked_sub(from_end * BLOCK)?;
            Some(terms[end.checked_sub(BLOCK)?..end].iter().map(size_of).fold(0.0, f64::max))
        };
        let (Some(first), Some(second), Some(last)) = (near(2), near(1), near(0)) else { return Ok(None) };
        let mut ratio = (second / first).max(last / second);
        for times in [2, 4, 16] {
            let from = terms.len() as i64 * times;
            let (Some(one), Some(next)) = (self.far_block(from)?, self.far_block(from + BLOCK as i64)?)
            else {
                return Ok(None);
            };
            if one > last {
                return Ok(None);
            }
            ratio = ratio.max(if one == 0.0 { 0.0 } else { next / one });
        }
        let falls = ratio <= SLOWEST_OF_ALL && last > 0.0;
        Ok(falls.then(|| (last * ratio * BLOCK as f64 / (1.0 - ratio), ratio)))
    }

    /// The greatest size in a block far out; `None` if one of its terms cannot be computed.
    fn far_block(&mut self, from: i64) -> Result<Option<f64>, Unsettled> {
        let mut greatest = 0.0f64;
        for idx in from..from + BLOCK as i64 {
            let Some(far) = self.far(idx)? else { return Ok(None) };
            greatest = greatest.max(far);
        }
        Ok(Some(greatest))
    }

    /// The sum by acceleration, if the terms are of a kind whose convergence can be told.
    fn accelerated(&mut self, terms: &[Number]) -> Result<Option<(Number, f64)>, Unsettled> {
        let signs = terms.windows(2).filter(|pair| pair[0].to_f64() * pair[1].to_f64() < 0.0).count();
        let Some(power) = self.power()? else { return Ok(None) };
        if signs == terms.len() - 1 {
            if power < LEAST_POWER - 1.0 {
                return Ok(None);
            }
            return Ok(alternating(terms, WORKING).map(|(sum, error)| (sum, 4.0 * error)));
        }
        if signs > 0 || power < LEAST_POWER {
            return Ok(None);
        }
        let sums = [&terms[..ACCELERATED - 10], &terms[..ACCELERATED - 3], terms];
        let [Some(one), Some(two), Some(three)] = sums.map(|terms| levin(terms, WORKING)) else {
            return Ok(None);
        };
        let (head, rest) = terms.split_at(9);
        let Some(other) = levin(rest, WORKING) else { return Ok(None) };
        let other = head.iter().try_fold(other, |sum, term| sum.add(term, WORKING));
        let Ok(other) = other else { return Ok(None) };
        let apart =
            |value: &Number| value.sub(&three, WORKING).map_or(f64::INFINITY, |apart| apart.to_f64().abs());
        let error = apart(&two).max(apart(&other)) * 16.0 + three.width_f64();
        let settles = apart(&two) <= apart(&one) && error <= 1e-9 * three.to_f64().abs();
        Ok(settles.then_some((three, error)))
    }

    /// By which power of their number terms fall, seen far out; `None` if that changes on the way, as it does where a
    /// logarithm takes part.
    fn power(&mut self) -> Result<Option<f64>, Unsettled> {
        let mut powers = Vec::new();
        for exponent in [16, 32] {
            let (Some(one), Some(two)) = (self.far(1 << exponent)?, self.far((1 << (exponent + 1)) + 1)?)
            else {
                return Ok(None);
            };
            if two == 0.0 {
                return Ok(Some(f64::INFINITY));
            }
            powers.push(super::math::log2(one / two));
        }
        Ok((powers[1] - powers[0] > -0.01).then_some(powers[1]))
    }
}

/// How large a term is at most.
fn size_of(term: &Number) -> f64 {
    term.to_f64().abs() + term.width_f64()
}
