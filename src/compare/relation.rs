//! Relations between two computed values, and what rounded inputs could explain.

use super::decimal::{Rational, absolute, power_of_ten};
use super::rounding::compare;
use super::{Computed, Detail, Kind, Outcome, Relation, Rule, Stated, Verdict};

/// An inequality sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `<`
    Less,
    /// `\le`
    LessEqual,
    /// `>`
    Greater,
    /// `\ge`
    GreaterEqual,
}

/// Whether two computed members of a chain are the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Equal, known exactly.
    Equal,
    /// Equal as far as 50 digits tell.
    FiftyDigits,
    /// Equal within the error of an estimate.
    WithinEstimate,
    /// Not equal, but both round to the number stated after them.
    BothRound,
    /// Not equal.
    Differ,
    /// Compute more precisely and ask again.
    NeedsPrecision,
    /// An estimate is too coarse to tell.
    TooCoarse,
    /// The bounds overlap and cannot be narrowed.
    TooClose,
}

/// Whether `other` agrees with the chain's first computed member. `stated` is the number that the chain states after
/// them, with its rule. `last` says that no more precision can be had.
pub fn agree(first: &Computed, other: &Computed, stated: Option<(&Stated, &Rule)>, last: bool) -> Agreement {
    let direct = same(first, other, last);
    if matches!(direct, Agreement::Equal | Agreement::FiftyDigits | Agreement::WithinEstimate) {
        return direct;
    }
    let Some((stated, rule)) = stated else { return direct };
    let outcomes = [compare(stated, first, rule, last), compare(stated, other, rule, last)];
    let passes = |outcome: &Outcome| matches!(outcome, Outcome::Decided(verdict, _) if verdict.passes());
    if outcomes.iter().all(passes) {
        Agreement::BothRound
    } else if outcomes.contains(&Outcome::NeedsPrecision) {
        Agreement::NeedsPrecision
    } else {
        direct
    }
}

/// Whether two values are the same, without a number stated after them.
fn same(one: &Computed, other: &Computed, last: bool) -> Agreement {
    if one.hi < other.lo || other.hi < one.lo {
        return Agreement::Differ;
    }
    if one.is_exact() && other.is_exact() {
        return Agreement::Equal;
    }
    if one.has_vanished() || other.has_vanished() {
        return if last { Agreement::TooClose } else { Agreement::NeedsPrecision };
    }
    let digits = if estimated(one) || estimated(other) { 9 } else { 50 };
    let tight = is_tight(one, other, digits);
    match (tight, digits == 9) {
        (true, true) => Agreement::WithinEstimate,
        (true, false) => Agreement::FiftyDigits,
        (false, _) if !last => Agreement::NeedsPrecision,
        (false, true) => Agreement::TooCoarse,
        (false, false) => Agreement::TooClose,
    }
}

fn estimated(computed: &Computed) -> bool {
    computed.source.kind != Kind::Proven
}

/// Whether both enclosures are narrower than `10^-digits` relative to what they enclose; around zero, absolutely.
fn is_tight(one: &Computed, other: &Computed, digits: i64) -> bool {
    let width = one.width().max(other.width());
    let size = [&one.lo, &one.hi, &other.lo, &other.hi].map(absolute).into_iter().max();
    let around_zero = one.lo <= Rational::ZERO && Rational::ZERO <= one.hi;
    let scale = if around_zero { Rational::ONE } else { size.unwrap_or(Rational::ONE) };
    width <= scale * power_of_ten(-digits)
}

/// Whether two values are within the author's own tolerance of each other.
pub fn tolerated(first: &Computed, other: &Computed, rule: &Rule) -> bool {
    let apart = absolute(&(&first.hi - &other.lo)).max(absolute(&(&other.hi - &first.lo)));
    let least =
        if first.may_be_zero() { Rational::ZERO } else { absolute(&first.lo).min(absolute(&first.hi)) };
    let within = |allowed: Rational| apart <= allowed;
    rule.abs.clone().is_some_and(within) || rule.rel.as_ref().is_some_and(|rel| within(rel * least))
}

/// Judges an inequality between two computed values: [`Verdict::Holds`] or [`Verdict::Mismatch`]. Values that agree
/// to 50 digits count as equal where that makes it true, which the detail says.
pub fn holds(lhs: &Computed, order: Order, rhs: &Computed, last: bool) -> Outcome {
    let (small, large, strict) = match order {
        Order::Less => (lhs, rhs, true),
        Order::LessEqual => (lhs, rhs, false),
        Order::Greater => (rhs, lhs, true),
        Order::GreaterEqual => (rhs, lhs, false),
    };
    if small.hi < large.lo || (!strict && small.hi <= large.lo) {
        return Outcome::Decided(Verdict::Holds, Detail::Plain);
    }
    if large.hi < small.lo || (strict && large.hi <= small.lo) {
        return Outcome::Decided(Verdict::Mismatch, Detail::Plain);
    }
    match same(lhs, rhs, last) {
        Agreement::FiftyDigits if !strict => Outcome::Decided(Verdict::Holds, Detail::FiftyDigits),
        // Two numbers may differ beyond 50 digits.
        Agreement::FiftyDigits if !last => Outcome::NeedsPrecision,
        Agreement::NeedsPrecision => Outcome::NeedsPrecision,
        Agreement::WithinEstimate if !last => Outcome::NeedsPrecision,
        Agreement::WithinEstimate | Agreement::TooCoarse => {
            Outcome::Decided(Verdict::Unverifiable, Detail::TooCoarse)
        }
        _ => Outcome::Decided(Verdict::Unverifiable, Detail::TooClose),
    }
}

/// Judges `v \neq s`: it holds only if `v = s` would be a mismatch or truncated, so that a difference which rounding
/// hides is none.
pub fn not_equal(stated: &Stated, computed: &Computed, rule: &Rule, last: bool) -> Outcome {
    let rule = Rule { relation: Relation::Equal, ..rule.clone() };
    match compare(stated, computed, &rule, last) {
        Outcome::Decided(Verdict::Mismatch | Verdict::Truncated, _) => {
            Outcome::Decided(Verdict::Holds, Detail::Plain)
        }
        Outcome::Decided(Verdict::Unverifiable, detail) => Outcome::Decided(Verdict::Unverifiable, detail),
        Outcome::Decided(_, detail) => Outcome::Decided(Verdict::Mismatch, detail),
        undecided => undecided,
    }
}

/// Whether some value between the bounds of `spread` would pass as the stated number. With `spread` the range of a
/// formula over all inputs that round to those on the page, this says whether rounded inputs could explain it.
pub fn could_round(stated: &Stated, spread: &Computed, rule: &Rule) -> bool {
    let candidates = [stated.value.clone(), spread.lo.clone(), spread.hi.clone()];
    let inside = candidates.into_iter().filter(|value| spread.lo <= *value && *value <= spread.hi);
    inside
        .map(|value| Computed { lo: value.clone(), hi: value, source: spread.source.clone() })
        .any(|value| matches!(compare(stated, &value, rule, true), Outcome::Decided(verdict, _) if verdict.passes()))
}

/// Whether some value could lie in both enclosures. With `spread` the range of a substitution step over all inputs
/// that round to its literals, this says whether their rounding explains that the step differs from `first`.
pub fn overlaps(first: &Computed, spread: &Computed) -> bool {
    first.lo <= spread.hi && spread.lo <= first.hi
}
