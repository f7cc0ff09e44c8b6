//! Holes and format specifications: how a value is written where the author typed none.
//!
//! ```text
//! hole          = "?" [ "." "?" { "?" } ] [ percent ]                   in mathematics and tables
//! specification = [ "," ] [ "." count ] [ "f" | "e" | "%" ]             after the colon of an inline value
//! percent       = [ " " | "\," ] ( "\%" | "%" )
//! ```

use super::digits::{MOST_DECIMALS, Rounded};
use super::layout::lay_out;
use crate::compare::decimal::power_of_ten;
use crate::compare::{Computed, Layout};

/// Numbers without a given format are written with an exponent below this place …
const SMALLEST_PLAIN: i64 = -5;
/// … and from this place on, unless they are integers.
const LARGEST_PLAIN: i64 = 15;

/// How a value is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// How many digits.
    pub places: Places,
    /// As a hundred times the value. The sign comes from `suffix`, unless it stays in the source.
    pub percent: bool,
    /// With commas between groups of three digits.
    pub grouped: bool,
    /// What follows the number: the percent sign as the hole has it.
    pub suffix: String,
    /// Whether an exponent is written `\times 10^{-5}` rather than `e-5`, and a group `{,}`.
    pub latex: bool,
}

/// How many digits a value is to be written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// In full if that takes at most six significant digits or it is an integer, else to six digits; very small and
    /// very large numbers with an exponent.
    Natural,
    /// So many decimals.
    Fixed(usize),
    /// With an exponent, and so many decimals, if given.
    Scientific(Option<usize>),
}

impl Format {
    /// The format of a hole: `?`, `?.????`, `?\%`. The percent sign, if it is in the text, comes out again with the
    /// number; where it stays in the source, leave it out and set `percent`. `None` if this is no hole.
    pub fn hole(text: &str, latex: bool) -> Option<Self> {
        let rest = text.strip_prefix('?')?;
        let number = rest.trim_start_matches(['.', '?']);
        let (places, suffix) = rest.split_at(rest.len() - number.len());
        let places = match places.strip_prefix('.') {
            None if places.is_empty() => Places::Natural,
            Some(marks) if !marks.is_empty() && !marks.contains('.') => fixed(marks.len())?,
            _ => return None,
        };
        let sign = suffix.trim_start_matches("\\,").trim_start();
        let percent = matches!(sign, "\\%" | "%");
        (percent || suffix.is_empty()).then(|| Self {
            places,
            percent,
            grouped: false,
            suffix: suffix.to_owned(),
            latex,
        })
    }

    /// The format of an inline value, by what follows its colon: `.4`, `e`, `.3e`, `.2%`, `,`. Empty for the default.
    pub fn specification(text: &str, latex: bool) -> Option<Self> {
        let rest = text.trim();
        let (grouped, rest) = rest.strip_prefix(',').map_or((false, rest), |rest| (true, rest));
        let count = rest.trim_end_matches(['f', 'e', '%']);
        let kind = rest.get(count.len()..)?;
        let count = match count.strip_prefix('.') {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
            None if count.is_empty() => None,
            _ => return None,
        };
        let places = match (kind, count) {
            ("e", None) => Places::Scientific(None),
            ("e", Some(count)) => fixed(count).map(|_| Places::Scientific(Some(count)))?,
            ("" | "%", None) => Places::Natural,
            ("" | "f" | "%", Some(count)) => fixed(count)?,
            _ => return None,
        };
        let percent = kind == "%";
        let suffix = match (percent, latex) {
            (true, true) => "\\%",
            (true, false) => "%",
            (false, _) => "",
        };
        Some(Self { places, percent, grouped, suffix: suffix.to_owned(), latex })
    }
}

fn fixed(count: usize) -> Option<Places> {
    i64::try_from(count).ok().filter(|count| *count <= MOST_DECIMALS).map(|_| Places::Fixed(count))
}

/// The value in a format; `None` if its bounds leave a digit open.
pub fn render_hole(computed: &Computed, format: &Format) -> Option<String> {
    let scaled;
    let value = if format.percent {
        scaled = computed.times(&power_of_ten(2));
        &scaled
    } else {
        computed
    };
    let number = match format.places {
        Places::Natural => natural(value, format)?,
        Places::Fixed(count) => plain(&Rounded::to_place(value, i64::try_from(count).ok()?)?, format)?,
        Places::Scientific(_) if value.may_be_zero() => natural(value, format)?,
        Places::Scientific(None) => scientific(&Rounded::significant(value)?, format),
        Places::Scientific(Some(count)) => scientific(&Rounded::to_digits(value, count + 1)?, format),
    };
    Some(number + &format.suffix)
}

/// The value as it is written where nothing is asked.
fn natural(value: &Computed, format: &Format) -> Option<String> {
    let rounded = Rounded::natural(value)?;
    let plain_range = SMALLEST_PLAIN..LARGEST_PLAIN;
    let first = rounded.magnitude().unwrap_or(0);
    if rounded.decimals() == 0 || plain_range.contains(&first) {
        plain(&rounded, format)
    } else {
        Rounded::significant(value).map(|rounded| scientific(&rounded, format))
    }
}

fn plain(rounded: &Rounded, format: &Format) -> Option<String> {
    let separator = if format.latex { "{,}" } else { "," };
    let layout = Layout { separator: format.grouped.then_some(separator), ..Layout::default() };
    let (whole, fraction) = rounded.text()?;
    let sign = if rounded.is_negative() { "-" } else { "" };
    Some(format!("{sign}{}", lay_out(&whole, &fraction, layout)))
}

/// `1.234e-5`, or `1.234 \times 10^{-5}`.
fn scientific(rounded: &Rounded, format: &Format) -> String {
    let (whole, fraction, exponent) = rounded.scientific();
    let sign = if rounded.is_negative() { "-" } else { "" };
    let mantissa = lay_out(&whole, &fraction, Layout::default());
    if format.latex {
        format!("{sign}{mantissa} \\times 10^{{{exponent}}}")
    } else {
        format!("{sign}{mantissa}e{exponent}")
    }
}
