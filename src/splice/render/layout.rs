//! Digits written the way an author wrote others: sign, grouping, point, exponent, percent.

use super::digits::Rounded;
use crate::compare::{Layout, Stated};

/// Signs as they may stand before a number.
const MINUS: &[&str] = &["{-}", "-", "\u{2212}"];

/// The number in the style of `like`, with this exponent after its mantissa.
pub(super) fn write(rounded: &Rounded, exponent: i64, like: &Stated) -> Option<Stated> {
    let (whole, fraction) = rounded.text()?;
    let mantissa = lay_out(&whole, &fraction, like.layout);
    let negative = rounded.is_negative();
    let text = substitute(like, negative, &mantissa, exponent)?;
    Some(Stated::new(&mantissa, negative, exponent, like.percent)?.typed(text))
}

/// The number of digits that the mantissa has before its point, without a leading zero.
pub(super) fn whole_length(like: &Stated) -> i64 {
    let whole = like.figures.get(..like.figures.len() - like.decimals).unwrap_or_default();
    i64::try_from(whole.trim_start_matches('0').len()).unwrap_or(0)
}

/// Digits with separators and point.
pub(super) fn lay_out(whole: &str, fraction: &str, layout: Layout) -> String {
    let mut text = match layout.separator {
        Some(separator) => grouped_from_right(whole, separator),
        None => whole.to_owned(),
    };
    if fraction.is_empty() {
        return if layout.ends_with_point { text + "." } else { text };
    }
    if layout.starts_with_point && whole == "0" {
        text.clear();
    }
    text.push('.');
    text.push_str(&match layout.fraction {
        Some((separator, length)) => grouped_from_left(fraction, separator, length),
        None => fraction.to_owned(),
    });
    text
}

fn grouped_from_right(digits: &str, separator: &str) -> String {
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

fn grouped_from_left(digits: &str, separator: &str, length: usize) -> String {
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && idx.is_multiple_of(length) {
            text.push_str(separator);
        }
        text.push(digit);
    }
    text
}

/// The author's text with the mantissa, the exponent and the sign exchanged.
fn substitute(like: &Stated, negative: bool, mantissa: &str, exponent: i64) -> Option<String> {
    // A bare power of ten has no mantissa: the whole text gives way.
    if like.mantissa.is_empty() {
        let sign = if negative { "-" } else { "" };
        return (exponent == 0).then(|| format!("{sign}{mantissa}"));
    }
    let (before, after) = like.text.split_once(like.mantissa.as_str())?;
    let after = match (like.exponent, exponent) {
        (0, 0) => after.to_owned(),
        // Without an exponent only a sign such as percent remains of what followed the mantissa.
        (_, 0) => {
            let (exponent, sign) = after.split_at_checked(after.len() - percent_length(after))?;
            let is_closed = exponent.matches('{').count() == exponent.matches('}').count();
            is_closed.then(|| sign.to_owned())?
        }
        (from, to) => with_exponent(after, from, to)?,
    };
    Some(format!("{}{mantissa}{after}", with_sign(before, like.negative, negative)?))
}

/// What stands before the mantissa, for a number of the other or the same sign.
fn with_sign(before: &str, was: bool, negative: bool) -> Option<String> {
    let minus = MINUS.iter().find(|minus| before.trim_end().ends_with(**minus));
    match (was, negative) {
        (true, true) | (false, false) => Some(before.to_owned()),
        (true, false) => before.trim_end().strip_suffix(minus?).map(str::to_owned),
        (false, true) => {
            let before = before.trim_end().strip_suffix('+').unwrap_or(before);
            Some(format!("{before}-"))
        }
    }
}

/// The text with its last integer, which must be `from`, exchanged for `to`.
pub(super) fn with_exponent(text: &str, from: i64, to: i64) -> Option<String> {
    let end = text.rfind(|char: char| char.is_ascii_digit())? + 1;
    let digits = text.get(..end)?.rfind(|char: char| !char.is_ascii_digit());
    let mut start =
        digits.and_then(|idx| Some(idx + text.get(idx..)?.chars().next()?.len_utf8())).unwrap_or(0);
    let signs = ['-', '+', '\u{2212}'];
    if let Some(sign) = text.get(..start)?.chars().next_back().filter(|sign| signs.contains(sign)) {
        start -= sign.len_utf8();
    }
    let (before, typed, after) = (text.get(..start)?, text.get(start..end)?, text.get(end..)?);
    if typed.replace('\u{2212}', "-").parse() != Ok(from) {
        return None;
    }
    // TeX takes only one character after `^` without braces.
    let bare = before.ends_with('^') && typed.parse::<u64>().is_ok() && !(0..=9).contains(&to);
    Some(if bare { format!("{before}{{{to}}}{after}") } else { format!("{before}{to}{after}") })
}

/// The length of the percent sign at the end, if there is one.
fn percent_length(text: &str) -> usize {
    let sign = ["\\%", "%"].iter().find(|sign| text.ends_with(**sign));
    sign.map_or(0, |sign| sign.len())
}
