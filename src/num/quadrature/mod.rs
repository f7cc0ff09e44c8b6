//! Quadrature: the integral of a function that is known by its values, with an error estimate that is checked.
//!
//! The rule is tanh-sinh on panels that are halved where two sets of nodes disagree most. It takes singular ends,
//! kinks, jumps and infinite ranges; tails that oscillate are summed from zero to zero and accelerated. What does not
//! converge has no value: a divergent integral is an error, never a number.
//!
//! ```
//! use mdbook_qed::num::{Function, Number, Missing, Precision};
//! use mdbook_qed::num::quadrature::{integrate, Bound};
//! let mut root = |x: &Number, p| Number::apply(Function::Sqrt, &[x.clone()], p).map_err(|_| Missing::Here);
//! let ends = [Bound::At(Number::zero()), Bound::At(Number::one())];
//! let value = integrate(&mut root, ends, Precision::DOUBLE).expect("it converges");
//! assert!((value.to_f64() - 2.0 / 3.0).abs() < 1e-14);
//! // 1/x has no integral from 0 to 1.
//! let mut pole = |x: &Number, p| Number::one().div(x, p).map_err(|_| Missing::Here);
//! let ends = [Bound::At(Number::zero()), Bound::At(Number::one())];
//! assert!(integrate(&mut pole, ends, Precision::DOUBLE).is_err());
//! ```
//!
//! An estimate is as good as the function is tame between the nodes. Narrow peaks are looked for, and made ends of panels;
//! no quadrature sees a spike beside which the function is zero, or that the tail of something else hides.

mod gauss;
mod line;
mod oscillating;
mod panel;
mod peaks;
mod rule;

use std::cell::Cell;
use std::cmp::Ordering;

use super::sample::{Function, Missing, Sampler, Unsettled, around, rational};
use super::{Number, Precision, Rational, exact};
use panel::{Found, Map, Panel, Side};
pub use peaks::peaks;

/// An end of a range.
#[derive(Clone, Debug)]
pub enum Bound {
    /// `-∞`.
    MinusInfinity,
    /// A number.
    At(Number),
    /// `∞`.
    Infinity,
}

/// What an estimate strives for at one precision.
struct Effort {
    /// The error relative to the integral of the absolute value.
    tolerance: f64,
    /// Evaluations of the integrand.
    budget: usize,
    /// Evaluations for a tail before it is looked at for oscillation.
    tail: usize,
    /// Evaluations that are not begun with: a panel left half done would spoil what is known of the others.
    reserve: usize,
    /// Higher precisions that are tried for a point.
    retries: usize,
    /// Whether few points come first.
    is_sparing: bool,
}

/// Where an integral stands among integrals inside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// It stands alone.
    Alone,
    /// It is inside so many others, and others are inside it, whose values are estimates themselves.
    Around(u32),
    /// It is inside so many others.
    Within(u32),
}

/// Where an integral stands, and what is asked of it there.
#[derive(Clone, Copy, Debug)]
pub struct Place<'c> {
    /// Among others.
    pub nesting: Nesting,
    /// An absolute error that is as good as none.
    pub allowed: f64,
    /// Where such an error is noted before the integrand is asked for a value, for the integrals inside.
    pub asks: Option<&'c Cell<f64>>,
}

impl Place<'_> {
    /// Not among others.
    pub const ALONE: Self = Self { nesting: Nesting::Alone, allowed: 0.0, asks: None };
}

impl Effort {
    fn at(precision: Precision, nesting: Nesting) -> Self {
        let hardware = Self {
            tolerance: 2f64.powi(-46),
            budget: 40_000,
            tail: 4_000,
            reserve: 700,
            retries: 2,
            is_sparing: false,
        };
        match nesting {
            // No digit of an inner integral may be missing from those that its sum is asked for.
            Nesting::Around(depth) => {
                Self { tolerance: 2f64.powi(-46 + OUTWARDS), retries: 0, is_sparing: true, ..hardware }
                    .inwards(depth)
            }
            Nesting::Within(_) => Self { is_sparing: true, ..hardware },
            Nesting::Alone if precision.is_double() => hardware,
            Nesting::Alone => {
                Self { tolerance: 2f64.powi(-80), budget: 1_600, tail: 1_000, reserve: 400, ..hardware }
            }
        }
    }

    /// With a smaller tolerance where it is inside others itself.
    fn inwards(self, depth: u32) -> Self {
        let finer = 4 * i32::try_from(depth.min(1)).unwrap_or(0);
        Self { tolerance: self.tolerance * 2f64.powi(-finer), ..self }
    }
}

/// By which power of two the tolerance of an integral around others is wider.
const OUTWARDS: i32 = 8;
/// What is too small to be told from 0, and what it is taken to be at most inside another integral.
const TINY: f64 = 1e-290;
const TINY_SHARE: f64 = 1e-10;
/// The part of an allowed error that quadrature takes for itself.
const SHARE: f64 = 8.0;
/// Panels halved less often are tried with few points where that is wanted.
const SPARING_DEPTH: usize = 4;

/// An error, relative like the tolerance, with which an estimate is still given where it gets no better.
const COARSEST: f64 = 1e-8;
/// Halving a panel more often than this finds nothing new.
const DEEPEST: usize = 60;
/// Points without a value that are made ends of panels.
const MOST_HOLES: usize = 8;

/// The integral from `ends[0]` to `ends[1]` as an enclosure of `value ± error`, where the error is an estimate.
///
/// Above [`Precision::DOUBLE`] it is computed to about 24 digits, or as at that precision if that takes too long.
pub fn integrate(
    function: &mut Function<'_>,
    ends: [Bound; 2],
    precision: Precision,
) -> Result<Number, Unsettled> {
    let peaks = peaks(function, &ends, Nesting::Alone);
    integrate_with(function, ends, &peaks, precision, Place::ALONE)
}

/// As [`integrate`] does, where the [`peaks`] are known. An integral inside others, or around them, is known to some
/// twelve digits.
pub fn integrate_with(
    function: &mut Function<'_>,
    ends: [Bound; 2],
    peaks: &[Rational],
    precision: Precision,
    place: Place<'_>,
) -> Result<Number, Unsettled> {
    let (range, order) = ascending(ends);
    if order == Ordering::Equal {
        return Ok(Number::zero());
    }
    let precision = if place.nesting == Nesting::Alone { precision } else { Precision::DOUBLE };
    let mut at = |precision| Integral::new(function, range.clone(), peaks, precision, place).run();
    let value = match at(if precision.is_double() { precision } else { Precision::LADDER[1] }) {
        Err(Unsettled::NotConverged(_)) if !precision.is_double() => at(Precision::DOUBLE),
        result => result,
    }?;
    Ok(if order == Ordering::Greater { value.neg() } else { value })
}

/// The ends in ascending order, and in which order they were.
fn ascending([from, to]: [Bound; 2]) -> ([Bound; 2], Ordering) {
    let order = match (&from, &to) {
        (Bound::MinusInfinity, Bound::MinusInfinity) | (Bound::Infinity, Bound::Infinity) => Ordering::Equal,
        (Bound::At(from), Bound::At(to)) => from.compare(to).unwrap_or(Ordering::Less),
        (Bound::Infinity, _) | (_, Bound::MinusInfinity) => Ordering::Greater,
        _ => Ordering::Less,
    };
    (if order == Ordering::Greater { [to, from] } else { [from, to] }, order)
}

/// One integral in the making.
struct Integral<'a, 'f> {
    sampler: Sampler<'a, 'f>,
    /// Tops of narrow peaks, which are made ends of panels.
    peaks: &'a [Rational],
    range: [Bound; 2],
    effort: Effort,
    /// The size that the tolerance is relative to at least.
    least: f64,
    is_inside: bool,
    precision: Precision,
    /// The sum over what is done, its error and the integral of the absolute value.
    sum: Number,
    error: f64,
    size: f64,
}

impl<'a, 'f> Integral<'a, 'f> {
    fn new(
        function: &'a mut Function<'f>,
        range: [Bound; 2],
        peaks: &'a [Rational],
        precision: Precision,
        place: Place<'a>,
    ) -> Self {
        let effort = Effort::at(precision, place.nesting);
        let mut sampler = Sampler::new(function, precision, effort.budget);
        // All of them together then add no more to the width of the sum than is allowed to its error.
        sampler.relative = effort.tolerance;
        sampler.retries = effort.retries;
        sampler.asks = place.asks;
        let least = place.allowed / effort.tolerance / SHARE;
        let is_inside = matches!(place.nesting, Nesting::Within(_) | Nesting::Around(1..));
        let (sum, error, size) = (Number::zero(), 0.0, 0.0);
        Self { sampler, peaks, range, effort, least, is_inside, precision, sum, error, size }
    }

    fn run(mut self) -> Result<Number, Unsettled> {
        if !self.is_found_on_a_line()? {
            self.run_over_panels()?;
        }
        for (idx, side) in [(0, Side::Left), (1, Side::Right)] {
            self.inexact_end(idx, side)?;
        }
        self.result()
    }

    /// Whether few points are wanted, and were enough for an infinite range.
    fn is_found_on_a_line(&mut self) -> Result<bool, Unsettled> {
        if !self.effort.is_sparing || !self.peaks.is_empty() {
            return Ok(false);
        }
        let found = line::line(&mut self.sampler, &self.range, self.effort.tolerance, self.least);
        let Some(found) = found.map_err(|_| Unsettled::Stopped)? else { return Ok(false) };
        self.gather(&found.sum, found.error, found.size)?;
        Ok(true)
    }

    fn run_over_panels(&mut self) -> Result<(), Unsettled> {
        let [left, right] = self.middle();
        self.finite(&left, &right)?;
        if matches!(self.range[0], Bound::MinusInfinity) {
            self.tail(left + Rational::ONE, -1)?;
        }
        if matches!(self.range[1], Bound::Infinity) {
            self.tail(right - Rational::ONE, 1)?;
        }
        Ok(())
    }

    /// The part of the range without its tails: one from an end or from 0, and one beyond the outermost peaks.
    fn middle(&self) -> [Rational; 2] {
        let one = Rational::ONE;
        let [left, right] = match &self.range {
            [Bound::At(left), Bound::At(right)] => return [rational(left), rational(right)],
            [Bound::At(left), _] => [rational(left), rational(left) + &one],
            [_, Bound::At(right)] => [rational(right) - &one, rational(right)],
            _ => [-one.clone(), one.clone()],
        };
        let (first, last) = (self.peaks.first(), self.peaks.last());
        [
            match (&self.range[0], first) {
                (Bound::MinusInfinity, Some(first)) => left.min(first - &one),
                _ => left,
            },
            match (&self.range[1], last) {
                (Bound::Infinity, Some(last)) => right.max(last + &one),
                _ => right,
            },
        ]
    }

    fn result(self) -> Result<Number, Unsettled> {
        if self.size == 0.0 && self.sum.width_f64() <= TINY && !self.sum.is_exact() {
            // Inside another integral it adds nothing there; that one says so if there is nothing else.
            if self.is_inside {
                return around(&self.sum, TINY * TINY_SHARE, self.precision).ok_or(Unsettled::Stopped);
            }
            return Err(Unsettled::NotConverged(
                "nothing is found but numbers too small to tell from 0".to_owned(),
            ));
        }
        let floor = self.effort.tolerance * self.size / 4.0;
        let error = 2.0 * self.error + floor;
        let value = around(&self.sum, error, self.precision);
        value.ok_or_else(|| Unsettled::NotConverged("its value is too large".to_owned()))
    }

    /// The part between two numbers; halved at once, and at 0, where functions of a page like to have their kinks.
    fn finite(&mut self, left: &Rational, right: &Rational) -> Result<(), Unsettled> {
        let mut ends = vec![left.clone(), right.clone()];
        if !self.effort.is_sparing {
            ends.push((left + right) / Rational::from(2u8));
        }
        if *left < Rational::ZERO && *right > Rational::ZERO {
            ends.push(Rational::ZERO);
        }
        ends.extend(self.peaks.iter().filter(|peak| left < *peak && *peak < right).cloned());
        ends.sort();
        ends.dedup();
        let panels = ends.windows(2).map(|pair| Panel::new(Map::Direct, pair[0].clone(), pair[1].clone()));
        let budget = self.sampler.left;
        self.panels(panels.collect(), budget)
    }

    /// The part from one beyond `origin` to infinity.
    fn tail(&mut self, origin: Rational, direction: i64) -> Result<(), Unsettled> {
        let map = if direction > 0 { Map::Above(origin.clone()) } else { Map::Below(origin.clone()) };
        let half = Rational::ONE / Rational::from(2u8);
        let panels = [(Rational::ZERO, half.clone()), (half, Rational::ONE)];
        let panels = panels.into_iter().map(|(left, right)| Panel::new(map.clone(), left, right)).collect();
        match self.panels(panels, self.effort.tail) {
            Err(error @ (Unsettled::NotConverged(_) | Unsettled::Diverges(_))) => {
                let start = origin + Rational::from(direction);
                let size = self.size;
                let wave =
                    oscillating::tail(&mut self.sampler, &start, direction, self.effort.tolerance, size);
                let (sum, wrong, size) = wave?.ok_or(error)?;
                self.gather(&sum, wrong, size)
            }
            result => result,
        }
    }

    fn gather(&mut self, sum: &Number, error: f64, size: f64) -> Result<(), Unsettled> {
        self.sum = self.sum.add(sum, self.precision).map_err(|_| Unsettled::Stopped)?;
        self.error += error;
        self.size += size;
        Ok(())
    }

    fn gather_all(&mut self, done: &[(Panel, Found)]) -> Result<(), Unsettled> {
        done.iter().try_for_each(|(_, found)| self.gather(&found.sum, found.error, found.size))
    }

    /// The integral over one panel, where so much is known already: with few points if that is wanted and enough.
    fn over(&mut self, panel: &Panel, known: f64) -> Result<Found, Missing> {
        let tolerance = self.effort.tolerance;
        if self.effort.is_sparing && panel.depth < SPARING_DEPTH {
            let is_first = panel.depth + 1 < SPARING_DEPTH;
            let few = gauss::kronrod(panel, &mut self.sampler, tolerance, known)?;
            let few = few.filter(|few| is_first || few.error <= tolerance * known.max(few.size));
            if let Some(few) = few {
                return Ok(few);
            }
        }
        panel.integrate(&mut self.sampler, tolerance, known)
    }

    /// Integrates over panels, halving the worst until all together are good enough.
    fn panels(&mut self, panels: Vec<Panel>, budget: usize) -> Result<(), Unsettled> {
        let spare = self.sampler.left.saturating_sub(budget);
        let mut done: Vec<(Panel, Found)> = Vec::new();
        let mut waiting = panels;
        let (mut holes, mut known) = (0, self.size.max(self.least));
        loop {
            for panel in waiting.drain(..) {
                let found = self.over(&panel, known).map_err(|_| Unsettled::Stopped)?;
                known = known.max(found.size);
                if let Some(side) = found.grows {
                    return Err(Unsettled::Diverges(grows(&panel, side)));
                }
                done.push((panel, found));
            }
            let error: f64 = done.iter().map(|(_, found)| found.error).sum();
            let size: f64 = self.size + done.iter().map(|(_, found)| found.size).sum::<f64>();
            if error <= self.effort.tolerance * size.max(self.least) || error == 0.0 {
                return done
                    .iter()
                    .try_for_each(|(_, found)| self.gather(&found.sum, found.error, found.size));
            }
            let worst = done.iter().enumerate().max_by(|(_, a), (_, b)| a.1.error.total_cmp(&b.1.error));
            let Some((worst, _)) = worst else { return Ok(()) };
            let (panel, found) = done.swap_remove(worst);
            if let Some(hole) = &found.hole {
                holes += 1;
                let inside = panel.left < *hole && *hole < panel.right;
                if holes > MOST_HOLES || !inside {
                    return Err(Unsettled::Undefined(format!(
                        "the integrand has no value at {}",
                        place(&panel, hole)
                    )));
                }
                waiting.extend(panel.split(hole));
            } else if self.sampler.left <= spare + self.effort.reserve || panel.depth >= DEEPEST {
                if error <= COARSEST * size {
                    done.push((panel, found));
                    return self.gather_all(&done);
                }
                let near = place(&panel, &panel.middle());
                return Err(Unsettled::NotConverged(format!("it does not converge near {near}")));
            } else {
                let middle = panel.middle();
                waiting.extend(panel.split(&middle));
            }
        }
    }

    /// An end that is no exact number is off by the width of its enclosure; the integrand there says what that is worth.
    fn inexact_end(&mut self, idx: usize, side: Side) -> Result<(), Unsettled> {
        let Bound::At(end) = &self.range[idx] else { return Ok(()) };
        let slack = end.width_f64();
        if slack == 0.0 {
            return Ok(());
        }
        let inwards = if side == Side::Left { 2.0 * slack } else { -2.0 * slack };
        let inwards = Rational::try_from(inwards).unwrap_or_default();
        match self.sampler.at(&Number::Exact(rational(end) + inwards), f64::INFINITY) {
            Ok(sample) => self.error += (sample.middle.abs() + sample.width) * slack * 8.0,
            Err(Missing::Stop) => return Err(Unsettled::Stopped),
            Err(Missing::Here) => {
                return Err(Unsettled::Undefined("the integrand has no value near an end".to_owned()));
            }
        }
        Ok(())
    }
}

fn grows(panel: &Panel, side: Side) -> String {
    let end = if side == Side::Left { &panel.left } else { &panel.right };
    match panel.outside(end) {
        Some(_) => format!("it does not converge near {}", place(panel, end)),
        None => "it does not converge at infinity".to_owned(),
    }
}

/// A point of a panel for a message.
fn place(panel: &Panel, v: &Rational) -> String {
    match panel.outside(v) {
        None => "infinity".to_owned(),
        Some(x) => {
            let x = exact::to_f64(&x);
            let rounded = Number::from_f64(x).and_then(|x| x.to_decimal(3));
            rounded.filter(|text| text.len() < 9).unwrap_or_else(|| format!("{x:.3e}"))
        }
    }
}
