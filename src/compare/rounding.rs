//! Place value, ties and cut-off digits: the verdict on one stated number.
//!
//! The rules stand in a ladder from `exact` to `mismatch`. Each rung asks whether the computed value lies in a
//! set of numbers; with an enclosure the answer may be unknown, and then no lower rung may be taken as a guess.

use std::cell::LazyCell;

use super::decimal::{Rational, absolute, power_of_ten};
use super::{Computed, Detail, Kind, Outcome, Relation, Rule, Stated, Verdict};
use crate::scan::Rounding;

/// Judges a stated number against the computed value. `last` says that no more precision can be had: then an outcome
/// of [`Outcome::NeedsPrecision`] is impossible, and what stays open is [`Verdict::Unverifiable`].
pub fn compare(stated: &Stated, computed: &Computed, rule: &Rule, last: bool) -> Outcome {
    let grid = Grid::new(stated, computed, rule);
    if let Kind::Sample { standard_error } = &computed.source.kind {
        return sampled(stated, computed, rule, &grid, standard_error);
    }
    let bounds = Bounds::settle(stated, computed, &grid, rule);
    let outcome = judge(stated, computed, rule, &grid, &bounds, last);
    limit_estimate(outcome, stated, computed, rule, &grid, last)
}

/// Whether a number lies in a set, as far as an enclosure can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    Unknown,
}

impl Truth {
    /// `Yes` if everything in the enclosure does, `No` if nothing does.
    fn of(all: bool, none: bool) -> Self {
        match (all, none) {
            (true, _) => Self::Yes,
            (_, true) => Self::No,
            _ => Self::Unknown,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Unknown,
        }
    }
}

/// The place value that counts: after `\approx` the trailing zeros of an integer do not.
pub(super) fn significant_unit(stated: &Stated, relation: Relation) -> Rational {
    if relation == Relation::Approx && stated.integer {
        &stated.unit * power_of_ten(i64::try_from(stated.trailing_zeros).unwrap_or(0))
    } else {
        stated.unit.clone()
    }
}

/// The place that a stated number is rounded to.
struct Grid {
    /// The place value that counts under the relation.
    unit: Rational,
    /// Half of it.
    half: Rational,
    /// No rounding: an integer with `=`, unless it is long enough and its computation is inexact.
    exact: bool,
}

impl Grid {
    fn new(stated: &Stated, computed: &Computed, rule: &Rule) -> Self {
        let unit = significant_unit(stated, rule.relation);
        let approx = rule.relation == Relation::Approx;
        let may_round = approx || !stated.integer || (stated.digits >= 2 && computed.source.inexact);
        Self { half: &unit / Rational::from(2u8), unit, exact: !may_round }
    }
}

/// An enclosure, made a point where only agreement to 50 digits can be had.
struct Bounds {
    lo: Rational,
    hi: Rational,
    /// Collapsed to a point by agreement to 50 digits.
    fifty_digits: bool,
}

impl Bounds {
    /// An irrational expression may have a rational value (`2 \sin(\pi/6)`), and no precision ever shows it. So an
    /// enclosure that leaves only digits after the 50th open is taken to be the boundary that it contains.
    fn settle(stated: &Stated, computed: &Computed, grid: &Grid, rule: &Rule) -> Self {
        let inside = |landmark: &Rational| computed.lo <= *landmark && *landmark <= computed.hi;
        let point = if is_narrow(computed, stated, &grid.unit) {
            landmarks(stated, grid, rule).into_iter().find(inside)
        } else {
            None
        };
        match point {
            Some(point) => Self { lo: point.clone(), hi: point, fifty_digits: true },
            None => Self { lo: computed.lo.clone(), hi: computed.hi.clone(), fifty_digits: false },
        }
    }

    /// Whether the value lies between `low` and `high`, both included.
    fn within(&self, low: &Rational, high: &Rational) -> Truth {
        Truth::of(*low <= self.lo && self.hi <= *high, self.hi < *low || *high < self.lo)
    }

    /// Whether the value lies between `low` and `high`, both excluded.
    fn strictly_within(&self, low: &Rational, high: &Rational) -> Truth {
        Truth::of(*low < self.lo && self.hi < *high, self.hi <= *low || *high <= self.lo)
    }

    /// Whether the value is at most `radius` away from `centre`.
    fn near(&self, centre: &Rational, radius: &Rational) -> Truth {
        self.within(&(centre - radius), &(centre + radius))
    }

    fn is_point(&self) -> bool {
        self.lo == self.hi
    }
}

/// Whether a proven enclosure is narrower than the 50th digit of what it is compared with. A number stated with so many
/// digits itself asks for more: ten digits beyond its last.
fn is_narrow(computed: &Computed, stated: &Stated, unit: &Rational) -> bool {
    if computed.source.kind != Kind::Proven || computed.lo == computed.hi {
        return false;
    }
    if computed.has_vanished() && stated.value.is_zero() {
        return false;
    }
    let width = computed.width();
    let scale = if stated.value.is_zero() { unit.clone() } else { absolute(&stated.value) };
    &width * power_of_ten(50) <= scale && width * power_of_ten(10) <= *unit
}

/// The numbers at which the verdict changes.
fn landmarks(stated: &Stated, grid: &Grid, rule: &Rule) -> Vec<Rational> {
    let centre = &stated.value;
    let mut found = vec![centre.clone()];
    let distances = [Some(&grid.half), Some(&grid.unit), rule.abs.as_ref()];
    for distance in distances.into_iter().flatten() {
        found.extend([centre - distance, centre + distance]);
    }
    if let Some(rel) = &rule.rel {
        let factors = [Rational::ONE + rel, Rational::ONE - rel];
        found.extend(factors.iter().filter(|factor| !factor.is_zero()).map(|factor| centre / factor));
    }
    found
}

/// A rule, and whether the value satisfies it.
struct Rung {
    verdict: Verdict,
    detail: Detail,
    truth: Truth,
}

/// The outcome by the rules that apply, strictest first. What is asked of the bounds for a rule takes rational arithmetic,
/// so that none is asked before the stricter ones are known not to hold.
fn judge(
    stated: &Stated,
    computed: &Computed,
    rule: &Rule,
    grid: &Grid,
    bounds: &Bounds,
    last: bool,
) -> Outcome {
    let rung = |verdict, detail, truth| Some(Rung { verdict, detail, truth });
    let approx = rule.relation == Relation::Approx;
    let exact = || Some(exact_rung(stated, computed, bounds));
    let tolerance = || rung(Verdict::Tolerance, Detail::Plain, within_tolerance(stated, rule, bounds));
    let near = LazyCell::new(|| bounds.near(&stated.value, &grid.half));
    if stated.continues {
        let begins = || rung(Verdict::Rounded, Detail::Begins, begins_with(stated, bounds));
        let rounded = || rung(Verdict::Rounded, Detail::Plain, *near).filter(|_| approx);
        let mismatch = || rung(Verdict::Mismatch, Detail::Plain, Truth::Yes);
        return climb(&[&exact, &begins, &rounded, &tolerance, &mismatch], last);
    }
    let truncates = rule.rounding == Rounding::Truncate;
    let magnitude_alone = stated.power_of_ten.is_some() && approx;
    let cut_off = LazyCell::new(|| cut_off(stated, grid, bounds));
    let rounded = || {
        let may_round = !grid.exact && !magnitude_alone;
        let tie = || bounds.is_point() && absolute(&(&bounds.lo - &stated.value)) == grid.half;
        let detail = match bounds.fifty_digits {
            true => Detail::FiftyDigits,
            false if may_round && *near == Truth::Yes && tie() => Detail::Tie,
            false => Detail::Plain,
        };
        may_round.then(|| rung(Verdict::Rounded, detail, *near)).flatten()
    };
    let magnitude = || magnitude_rung(stated, computed, rule, bounds);
    let accepted = || {
        let accepts = truncates && !grid.exact;
        accepts.then(|| rung(Verdict::Rounded, Detail::CutOff, *cut_off)).flatten()
    };
    let truncated = || {
        let refuses = !truncates && !magnitude_alone;
        refuses.then(|| rung(Verdict::Truncated, Detail::Plain, *cut_off)).flatten()
    };
    let mismatch = || {
        let nearly = || *near == Truth::Yes || truncates && *cut_off == Truth::Yes;
        let detail = if grid.exact && nearly() { Detail::IntegerNotExact } else { Detail::Plain };
        rung(Verdict::Mismatch, detail, Truth::Yes)
    };
    climb(&[&exact, &rounded, &magnitude, &accepted, &tolerance, &truncated, &mismatch], last)
}

/// Equality. Of an estimate it cannot be known; that it holds the number is the most that it can say.
fn exact_rung(stated: &Stated, computed: &Computed, bounds: &Bounds) -> Rung {
    let equal = bounds.within(&stated.value, &stated.value);
    if computed.source.kind == Kind::Proven || bounds.is_point() && computed.source.kind == Kind::Hardware {
        let detail = if bounds.fifty_digits { Detail::FiftyDigits } else { Detail::Plain };
        return Rung { verdict: Verdict::Exact, detail, truth: equal };
    }
    let truth = if equal == Truth::No { Truth::No } else { Truth::Yes };
    Rung { verdict: Verdict::Rounded, detail: Detail::WithinEstimate, truth }
}

/// A bare power of ten under `\approx`: `|log10 v - k| ≤ 1/2`, that is `10^(2k-1) ≤ v² ≤ 10^(2k+1)` and the sign right.
fn magnitude_rung(stated: &Stated, computed: &Computed, rule: &Rule, bounds: &Bounds) -> Option<Rung> {
    let exponent = stated.power_of_ten.filter(|_| rule.relation == Relation::Approx)?;
    let (near, far) =
        if stated.negative { (-&bounds.hi, -&bounds.lo) } else { (bounds.lo.clone(), bounds.hi.clone()) };
    let (low, high) = (power_of_ten(2 * exponent - 1), power_of_ten(2 * exponent + 1));
    let truth = if far <= Rational::ZERO {
        Truth::No
    } else {
        let near = near.max(Rational::ZERO);
        let (near, far) = (&near * &near, &far * &far);
        Truth::of(low <= near && far <= high, far < low || high < near)
    };
    // The boundary is irrational, so that bounds which agree to 50 digits may hold it for ever: a tie, then.
    let tie = truth == Truth::Unknown && computed.is_narrow();
    let truth = if tie { Truth::Yes } else { truth };
    Some(Rung { verdict: Verdict::Rounded, detail: Detail::OrderOfMagnitude, truth })
}

/// Whether the stated number is the value cut off at its place, towards zero, but not the nearest.
fn cut_off(stated: &Stated, grid: &Grid, bounds: &Bounds) -> Truth {
    let value = &stated.value;
    let above = bounds.strictly_within(&(value + &grid.half), &(value + &grid.unit));
    let below = bounds.strictly_within(&(value - &grid.unit), &(value - &grid.half));
    if value.is_zero() {
        above.or(below)
    } else if *value > Rational::ZERO {
        above
    } else {
        below
    }
}

/// Whether the digits shown are the first ones of the value: `1.414…` is what lies from 1.414 up to, not including, 1.415.
/// After nines the end is included: `0.999…` is 1.
fn begins_with(stated: &Stated, bounds: &Bounds) -> Truth {
    let (near, far) = match stated.negative {
        true => (-bounds.hi.clone(), -bounds.lo.clone()),
        false => (bounds.lo.clone(), bounds.hi.clone()),
    };
    let least = absolute(&stated.value);
    let beyond = &least + &stated.unit;
    let nines = stated.figures.ends_with("99");
    let (below, above) = (far < beyond || nines && far == beyond, beyond < near || !nines && beyond == near);
    Truth::of(least <= near && below, far < least || above)
}

/// Whether the value is within the author's own tolerance, if there is any.
fn within_tolerance(stated: &Stated, rule: &Rule, bounds: &Bounds) -> Truth {
    let absolute = rule.abs.as_ref().map_or(Truth::No, |abs| bounds.near(&stated.value, abs));
    let relative = rule.rel.as_ref().map_or(Truth::No, |rel| within_relative(stated, rel, bounds));
    absolute.or(relative)
}

/// `|v - s| ≤ rel |v|` for all or no `v` in the bounds. The excess is piecewise linear in `v` with corners at 0 and `s`,
/// so its extremes stand at the bounds or at those corners.
fn within_relative(stated: &Stated, rel: &Rational, bounds: &Bounds) -> Truth {
    let excess = |value: &Rational| absolute(&(value - &stated.value)) - rel * absolute(value);
    let corners = [&Rational::ZERO, &stated.value];
    let inside = corners.into_iter().filter(|corner| bounds.lo < **corner && **corner < bounds.hi);
    let excesses: Vec<Rational> = [&bounds.lo, &bounds.hi].into_iter().chain(inside).map(excess).collect();
    let zero = Rational::ZERO;
    Truth::of(excesses.iter().all(|excess| *excess <= zero), excesses.iter().all(|excess| *excess > zero))
}

/// Takes the first rule that is satisfied, if all stricter ones are certainly not. Rules that do not apply have no rung.
fn climb(rungs: &[&dyn Fn() -> Option<Rung>], last: bool) -> Outcome {
    let (mut open, mut may_pass) = (false, false);
    for rung in rungs.iter().filter_map(|rung| rung()) {
        match rung.truth {
            Truth::No => {}
            Truth::Unknown => {
                open = true;
                may_pass |= rung.verdict.passes();
            }
            Truth::Yes if open && !last => return Outcome::NeedsPrecision,
            Truth::Yes if may_pass && !rung.verdict.passes() => break,
            // At the last level: a stricter rule may hold as well, but whether the number is right does not hang on it.
            Truth::Yes => return Outcome::Decided(rung.verdict, rung.detail),
        }
    }
    Outcome::Decided(Verdict::Unverifiable, Detail::TooClose)
}

/// Holds an estimate to its accuracy: a coarse one decides nothing, and the floats of hardware support only so many digits.
fn limit_estimate(
    outcome: Outcome,
    stated: &Stated,
    computed: &Computed,
    rule: &Rule,
    grid: &Grid,
    last: bool,
) -> Outcome {
    let coarse = match computed.source.kind {
        Kind::Estimate => computed.width() >= allowance(stated, rule, grid) / Rational::from(1000u16),
        Kind::Hardware => computed.width() >= allowance(stated, rule, grid),
        Kind::Proven | Kind::Sample { .. } => false,
    };
    let hardware = computed.source.kind == Kind::Hardware;
    // Bounds of hardware are proven: what they exclude is wrong, however many digits it has.
    let excluded = matches!(outcome, Outcome::Decided(Verdict::Mismatch | Verdict::Truncated, _));
    match (coarse, hardware) {
        (false, _) => outcome,
        (true, true) if excluded => outcome,
        (true, true) => Outcome::OverPrecise,
        (true, false) if last => Outcome::Decided(Verdict::Unverifiable, Detail::TooCoarse),
        (true, false) => Outcome::NeedsPrecision,
    }
}

/// What an estimate's error is measured by: the stated place or the author's tolerance, whichever is larger; for an
/// integer that must be exact, a millionth of it.
fn allowance(stated: &Stated, rule: &Rule, grid: &Grid) -> Rational {
    if grid.exact {
        return absolute(&stated.value).max(Rational::ONE) * power_of_ten(-6);
    }
    let two = Rational::from(2u8);
    let relative = rule.rel.as_ref().map(|rel| rel * absolute(&stated.value) * &two);
    let absolute = rule.abs.as_ref().map(|abs| abs * &two);
    [relative, absolute].into_iter().flatten().fold(grid.unit.clone(), Rational::max)
}

/// The rule for a Monte Carlo mean: `|v - s| ≤ u/2 + 4` standard errors, the standard error at most `u`.
fn sampled(stated: &Stated, computed: &Computed, rule: &Rule, grid: &Grid, error: &Rational) -> Outcome {
    if *error > grid.unit {
        return Outcome::Decided(Verdict::Unverifiable, Detail::TooCoarse);
    }
    let bounds = Bounds { lo: computed.lo.clone(), hi: computed.hi.clone(), fifty_digits: false };
    let reach = &grid.half + error * Rational::from(4u8);
    let rung = |verdict, truth| Some(Rung { verdict, detail: Detail::Plain, truth });
    let statistical = || rung(Verdict::Statistical, bounds.near(&stated.value, &reach));
    let tolerance = || rung(Verdict::Tolerance, within_tolerance(stated, rule, &bounds));
    let mismatch = || rung(Verdict::Mismatch, Truth::Yes);
    climb(&[&statistical, &tolerance, &mismatch], true)
}
