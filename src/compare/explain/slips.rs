//! Slips in the digits: cut off, one off at the end, two swapped, one wrong, missing or too many.

use dashu::base::UnsignedAbs;
use dashu::integer::IBig;

use super::super::decimal::{absolute, scaled};
use super::super::{Computed, Rational};
use super::{Target, same_sign};

/// Numbers with more digits are not searched for slips.
const MOST_DIGITS: usize = 60;
/// How many digits must be stated before the right one is worth naming.
const ONE_WRONG: usize = 4;
/// How many digits must be stated for two swapped ones, or a missing one, to be no chance.
const REARRANGED: usize = 3;

/// `s` is `v` cut off at the last stated digit.
pub(super) fn cut_off(target: &Target, computed: &Computed) -> Option<String> {
    let stated = &target.stated.value;
    let beyond = |bound: &Rational| {
        let rest = absolute(bound) - absolute(stated);
        same_sign(bound, stated) && rest > Rational::ZERO && rest < target.unit
    };
    let found = beyond(&computed.lo) && beyond(&computed.hi);
    let plain = target.stated.exponent == 0 && target.stated.decimals > 0;
    let (count, noun) = if plain { (target.stated.decimals, "decimal") } else { (target.digits, "digit") };
    let plural = if count == 1 { "" } else { "s" };
    found.then(|| format!("cut off after {count} {noun}{plural} instead of rounded"))
}

/// `s` is the right number give or take one unit.
pub(super) fn last_digit(target: &Target, computed: &Computed) -> Option<String> {
    let units = |value: &Rational| (value / &target.unit).round();
    let typed = units(&target.stated.value);
    let off = |bound: &Rational| {
        let difference = units(bound) - &typed;
        difference.unsigned_abs().is_one()
    };
    let found = target.digits >= 2 && off(&computed.lo) && off(&computed.hi);
    found.then(|| "one off in the last digit".to_owned())
}

/// Slips in single digits, found by comparing the typed digits with the right ones.
pub(super) fn digits(target: &Target, computed: &Computed) -> Option<String> {
    let figures = &target.stated.figures;
    if figures.len() > MOST_DIGITS || !same_sign(&target.stated.value, &computed.lo) {
        return None;
    }
    let typed = figures.as_bytes();
    let right = right_digits(target, computed, 0, typed.len());
    right
        .and_then(|right| swapped(target, typed, &right).or_else(|| one_wrong(target, typed, &right)))
        .or_else(|| missing(target, computed, typed))
        .or_else(|| superfluous(target, computed, typed))
}

/// The digits of the value at the stated place, or `finer` places after it, filled with zeros to a length. `None` if they
/// are longer or the bounds leave them open.
fn right_digits(target: &Target, computed: &Computed, finer: i64, length: usize) -> Option<Vec<u8>> {
    let decimals = finer - target.stated.place();
    let units = scaled(&computed.lo, decimals);
    if units != scaled(&computed.hi, decimals) {
        return None;
    }
    let text = format!("{:0>length$}", magnitude_text(units));
    (text.len() == length).then(|| text.into_bytes())
}

fn magnitude_text(units: IBig) -> String {
    units.unsigned_abs().to_string()
}

/// Two neighbours in the wrong order. Digits count from the first that is not 0.
fn swapped(target: &Target, typed: &[u8], right: &[u8]) -> Option<String> {
    let idx = first_difference(typed, right)?;
    let (one, other) = (typed.get(idx)?, typed.get(idx + 1)?);
    let same_rest = typed.get(idx + 2..)? == right.get(idx + 2..)?;
    let exchanged = right.get(idx)? == other && right.get(idx + 1)? == one;
    let start = typed.iter().zip(right).position(|(one, other)| *one != b'0' || *other != b'0')?;
    let place = idx - start + 1;
    let found = target.digits >= REARRANGED && exchanged && same_rest;
    found.then(|| format!("digits {place} and {} are swapped", place + 1))
}

/// One digit wrong among right ones.
fn one_wrong(target: &Target, typed: &[u8], right: &[u8]) -> Option<String> {
    let idx = first_difference(typed, right)?;
    let same_rest = typed.get(idx + 1..)? == right.get(idx + 1..)?;
    let (one, other) = (char::from(*typed.get(idx)?), char::from(*right.get(idx)?));
    let found = target.digits >= ONE_WRONG && same_rest;
    found.then(|| format!("one digit is wrong, a {one} that should be {other}"))
}

fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    one.iter().zip(other).position(|(one, other)| one != other)
}

/// One digit left out: before the point the place stays, after it the stated place is one too coarse.
fn missing(target: &Target, computed: &Computed, typed: &[u8]) -> Option<String> {
    let whole = typed.len() - target.stated.decimals;
    let before = || {
        let right = right_digits(target, computed, 0, typed.len() + 1)?;
        removal(&right, typed, 0..whole + 1)
    };
    let after = || {
        let right = right_digits(target, computed, 1, typed.len() + 1)?;
        removal(&right, typed, whole..typed.len())
    };
    let digit = before().or_else(after).filter(|_| target.digits >= REARRANGED)?;
    Some(format!("a {digit} is missing"))
}

/// One digit too many.
fn superfluous(target: &Target, computed: &Computed, typed: &[u8]) -> Option<String> {
    let shorter = typed.len().checked_sub(1)?;
    let whole = typed.len() - target.stated.decimals;
    let before = || removal(typed, &right_digits(target, computed, 0, shorter)?, 0..whole);
    let after = || removal(typed, &right_digits(target, computed, -1, shorter)?, whole..shorter);
    let digit = before().or_else(after).filter(|_| target.digits >= ONE_WRONG)?;
    Some(format!("there is a {digit} too many"))
}

/// The digit of `long` at one of these places without which it is `short`; no leading zero.
fn removal(long: &[u8], short: &[u8], mut places: std::ops::Range<usize>) -> Option<char> {
    let start = long.iter().position(|digit| *digit != b'0')?;
    let idx = places.find(|idx| {
        *idx >= start && long.get(..*idx) == short.get(..*idx) && long.get(idx + 1..) == short.get(*idx..)
    })?;
    long.get(idx).map(|digit| char::from(*digit))
}
