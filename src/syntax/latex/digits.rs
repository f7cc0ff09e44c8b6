//! Digits with their groups: `132{,}863{,}336`, `132\,863\,336`, `132'863'336`, and with plain commas where no bracket
//! that separates its content by commas is open; a fraction; an exponent in e-notation.

/// What may stand between groups of three digits, besides a plain comma.
const SEPARATORS: &[&str] = &[
    "{,}\\!",
    "{,}",
    ",\\!",
    "\\,",
    "\\!",
    "{\\,}",
    "\\thinspace ",
    "\\thinspace{}",
    "~",
    "'",
    "\u{a0}",
    "\u{202f}",
    "\u{2009}",
];

/// What stands over all digits that repeat for ever.
const REPETENDS: &[&str] = &["\\overline", "\\bar", "\\wideparen", "\\overarc", "\\overset{\\frown}"];

/// What stands over the first and the last of them instead: `0.\dot{1}4285\dot{7}`.
const DOTS: &[&str] = &["\\dot", "\\overset{.}"];

/// The length of the number that `rest` begins with. `commas` says whether a plain comma groups digits here.
pub(super) fn number(rest: &str, commas: bool) -> usize {
    let mut end = digits(rest);
    // A group that begins with zero is none: `0,125` has a decimal comma.
    if (1..=3).contains(&end) && !rest.starts_with('0') {
        while let Some(length) = group(&rest[end..], commas) {
            end += length;
        }
    }
    // `1{.}5`: braces keep TeX from taking the point for punctuation.
    if end > 0 && rest[end..].starts_with("{.}") && digits(&rest[end + 3..]) > 0 {
        end += 3 + digits(&rest[end + 3..]);
    } else if rest[end..].starts_with('.') {
        let fraction = digits(&rest[end + 1..]);
        if let Some(length) = repetend(&rest[end + 1 + fraction..]) {
            return end + 1 + fraction + length;
        }
        // `0.(3)`: right after the point brackets are no factor.
        let bracketed = rest[end + 1..].strip_prefix('(').map_or(0, digits);
        if fraction == 0 && bracketed > 0 && rest[end + 2 + bracketed..].starts_with(')') {
            return end + 3 + bracketed;
        }
        // `1.` at the end of a sentence keeps its point out of the number.
        if fraction > 0 {
            end += 1 + fraction;
            while let Some(length) = spaced_group(&rest[end..]) {
                end += length;
            }
        }
    }
    end + exponent(&rest[end..])
}

/// The length of `0xFF`, if `rest` begins with such a number. Small letters alone could be names: they come in pairs.
pub(super) fn hexadecimal(rest: &str) -> Option<usize> {
    let digits = rest.strip_prefix("0x")?;
    let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    let (digits, after) = digits.split_at(length);
    let plain = digits.bytes().all(|byte| byte.is_ascii_lowercase());
    let ends = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '^' | '_' | '.'));
    (ends && length > 0 && (!plain || length % 2 == 0)).then_some(2 + length)
}

/// Whether a comma and digits after `number` are decimals as many countries write them: how many bytes they take.
/// `1{,}5` is meant to be that; `0,125` can be nothing else.
pub(super) fn decimal_comma(number: &str, after: &str, commas: bool) -> Option<usize> {
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let comma = match after {
        _ if after.starts_with("{,}") => 3,
        _ if commas && number == "0" && after.starts_with(',') => 1,
        _ => return None,
    };
    match digits(&after[comma..]) {
        0 => None,
        count => Some(comma + count),
    }
}

/// The digits of a number, and those at its end that repeat for ever: `0.1\overline{6}`, `0.1\dot6`.
pub(in crate::syntax) fn repeating(number: &str) -> Option<(&str, String)> {
    if let Some((digits, over)) = number.strip_suffix(')').and_then(|number| number.split_once('(')) {
        return Some((digits, over.to_owned()));
    }
    // Nearly every number has none of them.
    if !number.contains('\\') {
        return None;
    }
    let mark = REPETENDS.iter().chain(DOTS).filter_map(|mark| number.find(*mark)).min()?;
    let (digits, over) = number.split_at(mark);
    Some((digits, over.chars().filter(char::is_ascii_digit).collect()))
}

/// The length of digits that repeat for ever, `\overline{142857}`, if `rest` begins with them.
fn repetend(rest: &str) -> Option<usize> {
    let marked = |mark: &&str| rest.strip_prefix(*mark).and_then(argument).map(|length| mark.len() + length);
    REPETENDS.iter().find_map(marked).or_else(|| dotted(rest))
}

/// The length of digits of which the first and the last have a dot; a single one has one.
fn dotted(rest: &str) -> Option<usize> {
    let one = |rest: &str| {
        let after = DOTS.iter().find_map(|dot| rest.strip_prefix(*dot))?;
        let length = argument(after)?;
        let digit = after[..length].bytes().filter(u8::is_ascii_digit).count() == 1;
        digit.then_some(rest.len() - after.len() + length)
    };
    let first = one(rest)?;
    let spaces = |rest: &str| rest.len() - rest.trim_start_matches(' ').len();
    let mut between = first + spaces(&rest[first..]);
    let count = digits(&rest[between..]);
    between += count + spaces(&rest[between + count..]);
    match one(&rest[between..]) {
        Some(last) => Some(between + last),
        None => (count == 0).then_some(first),
    }
}

/// The length of the argument of a mark over digits: digits in braces, or as TeX has it a single one.
fn argument(rest: &str) -> Option<usize> {
    let inner = rest.trim_start_matches(' ');
    let skipped = rest.len() - inner.len();
    match inner.strip_prefix('{') {
        Some(braced) => {
            let count = digits(braced);
            (count > 0 && braced[count..].starts_with('}')).then_some(skipped + count + 2)
        }
        None => (digits(inner) > 0).then_some(skipped + 1),
    }
}

/// How many ASCII digits `rest` begins with.
fn digits(rest: &str) -> usize {
    rest.bytes().take_while(u8::is_ascii_digit).count()
}

/// The length of one more group of exactly three digits with its separator, if `rest` begins with one.
fn group(rest: &str, commas: bool) -> Option<usize> {
    let length = match SEPARATORS.iter().find(|separator| rest.starts_with(**separator)) {
        Some(separator) => rest.len() - rest[separator.len()..].trim_start_matches(' ').len(),
        None if commas && rest.starts_with(',') => 1,
        None => return None,
    };
    (digits(&rest[length..]) == 3).then_some(length + 3)
}

/// `\,` groups after the decimal point: `3.141\,592\,65`.
fn spaced_group(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("\\,")?;
    let count = digits(after);
    (1..=3).contains(&count).then_some(2 + count)
}

/// The length of an e-notation exponent, `e-3` or `E10`: only where a digit follows at once.
fn exponent(rest: &str) -> usize {
    let Some(after) = rest.strip_prefix(['e', 'E']) else { return 0 };
    let sign = usize::from(after.starts_with(['+', '-']));
    match digits(&after[sign..]) {
        0 => 0,
        count => 1 + sign + count,
    }
}
