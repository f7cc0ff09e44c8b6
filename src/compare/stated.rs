//! A number as the author typed it: its exact value, the place value of its last digit, and how it was written.
//!
//! It does not know where the number stands nor what it is compared with. The characters come from the
//! number literals of `syntax`; the grammar of a mantissa is
//!
//! ```text
//! mantissa = whole [ "." fraction ] | "." fraction
//! whole    = digits | 1 to 3 digits, not "0", { separator 3 digits }
//! fraction = empty | digits | 3 digits { separator 3 digits } [ separator 1 to 3 digits ], or fives likewise
//! ```
//!
//! with one and the same separator throughout, a comma only in the whole part.

use super::decimal::{LARGEST_EXPONENT, Rational, power_of_ten};
use super::rounding::significant_unit;
use super::{Computed, Relation};
use crate::num::exact;

/// What may stand between groups of digits, longest first, and whether it may do so after the point too.
const SEPARATORS: &[(&str, bool)] = &[
    ("{,}", false),
    ("{\\,}", true),
    ("\\thinspace{}", true),
    ("\\thinspace ", true),
    (",\\!", false),
    ("\\!", false),
    ("'", false),
    ("\\,", true),
    ("\\;", true),
    ("\\:", true),
    ("\\ ", true),
    (",", false),
    ("~", true),
    ("_", true),
    ("\u{202f}", true),
    ("\u{2009}", true),
    ("\u{a0}", true),
    (" ", true),
];

/// The most digits that a stated number may have; a longer one is not read.
const MOST_DIGITS: usize = 10_000;

/// A number as typed.
///
/// ```
/// use mdbook_qed::compare::Stated;
/// let share = Stated::new("93.06", false, 0, true).expect("a percentage");
/// assert_eq!(share.value.to_string(), "4653/5000");
/// assert_eq!(share.unit.to_string(), "1/10000");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The characters that the number occupies in the source: `132{,}863{,}336`, `-1.5 \times 10^{-3}`, `93.06\%`.
    /// [`Stated::new`] writes them in its own spelling; [`Stated::typed`] replaces them by the author's.
    pub text: String,
    /// Its value, sign, exponent and percent applied.
    pub value: Rational,
    /// The place value of its last digit, exponent and percent applied. Positive.
    pub unit: Rational,
    /// Typed as a plain integer: no point, no exponent, no percent.
    pub integer: bool,
    /// A minus sign belongs to it.
    pub negative: bool,
    /// Typed as a percentage; `value` and `unit` are a hundredth of what the digits say.
    pub percent: bool,
    /// The decimal exponent typed, 0 if none.
    pub exponent: i64,
    /// The number of digits typed after the point.
    pub decimals: usize,
    /// The number of significant digits typed: those from the first that is not 0. None for zero.
    pub digits: usize,
    /// How many of an integer's last digits are 0. 0 for zero and for anything but a plain integer.
    pub trailing_zeros: usize,
    /// The exponent, if this is a bare power of ten such as `10^{30}`.
    pub power_of_ten: Option<i64>,
    /// Dots follow its last digit: more digits come after it, and it is not rounded.
    pub continues: bool,
    /// The mantissa's characters.
    pub(crate) mantissa: String,
    /// The mantissa's digits without point and separators.
    pub(crate) figures: String,
    /// How the mantissa is laid out.
    pub(crate) layout: Layout,
}

/// How a mantissa is laid out, so that another value can be written alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// What stands between groups of three digits of the whole part.
    pub(crate) separator: Option<&'static str>,
    /// What stands between groups of the fraction, and their length.
    pub(crate) fraction: Option<(&'static str, usize)>,
    /// `.85` rather than `0.85`.
    pub(crate) starts_with_point: bool,
    /// `12.` rather than `12`.
    pub(crate) ends_with_point: bool,
}

impl Stated {
    /// The ends of what rounds to it behind this relation; `None` for an integer behind `=`, which is exact.
    pub fn rounded_from(&self, relation: Relation) -> Option<[Rational; 2]> {
        if self.integer && relation == Relation::Equal {
            return None;
        }
        let half = significant_unit(self, relation) / Rational::from(2u8);
        Some([&self.value - &half, &self.value + &half])
    }

    /// Reads a number. `mantissa` is its digits with their point and separators but without a sign; `exponent` is
    /// that of `\times 10^{…}` or `e…`, 0 if there is none. `None` if the mantissa is no number by the grammar above,
    /// or if it or the exponent is absurdly long.
    pub fn new(mantissa: &str, negative: bool, exponent: i64, percent: bool) -> Option<Self> {
        let parts = Parts::read(mantissa)?;
        if exponent.checked_abs()? > LARGEST_EXPONENT {
            return None;
        }
        let figures = [parts.whole.as_str(), &parts.fraction].concat();
        let decimals = parts.fraction.len();
        let shift = exponent - if percent { 2 } else { 0 };
        let unit = power_of_ten(shift - i64::try_from(decimals).ok()?);
        let magnitude = exact::decimal(&parts.whole, &parts.fraction, shift)?;
        let value = if negative { -magnitude } else { magnitude };
        let integer = !parts.point && exponent == 0 && !percent;
        let significant = figures.trim_start_matches('0');
        let zeros = significant.len() - significant.trim_end_matches('0').len();
        Some(Self {
            text: spelling(mantissa, negative, exponent, percent),
            value,
            unit,
            integer,
            negative,
            percent,
            exponent,
            decimals,
            digits: significant.len(),
            trailing_zeros: if integer { zeros } else { 0 },
            power_of_ten: None,
            continues: false,
            mantissa: mantissa.to_owned(),
            layout: parts.layout,
            figures,
        })
    }

    /// A value cut off at the place of this number; `None` if its bounds leave open where.
    pub fn begun(&self, value: &Computed) -> Option<Computed> {
        let places = |bound: &Rational| (bound / &self.unit).trunc();
        let shown = places(&value.lo);
        (shown == places(&value.hi)).then(|| Computed::exact(Rational::from(shown) * &self.unit))
    }

    /// A bare power of ten, `10^{exponent}`. Under `\approx` it states an order of magnitude; under `=` it is the
    /// number written out, `1000` or `0.001`. `None` if the exponent is absurd.
    pub fn power_of_ten(exponent: i64) -> Option<Self> {
        if exponent.checked_abs()? > LARGEST_EXPONENT {
            return None;
        }
        let zeros = usize::try_from(exponent.max(0)).ok()?;
        let integer = exponent >= 0;
        Some(Self {
            text: format!("10^{{{exponent}}}"),
            value: power_of_ten(exponent),
            unit: power_of_ten(exponent.min(0)),
            integer,
            negative: false,
            percent: false,
            exponent,
            decimals: 0,
            digits: zeros + 1,
            trailing_zeros: zeros,
            power_of_ten: Some(exponent),
            continues: false,
            mantissa: String::new(),
            figures: format!("1{}", "0".repeat(zeros)),
            layout: Layout::default(),
        })
    }

    /// The same number with the characters that it occupies in the source, so that a rendered value can keep them.
    pub fn typed(self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self }
    }

    /// The decimal exponent of [`Stated::unit`]: -4 for `93.06\%`.
    pub fn place(&self) -> i64 {
        let decimals = i64::try_from(self.decimals).unwrap_or(0);
        match self.power_of_ten {
            Some(exponent) => exponent.min(0),
            None => self.exponent - decimals - if self.percent { 2 } else { 0 },
        }
    }

    /// The number with the opposite sign, for a minus that stands apart from it. The text stays as it is.
    pub fn negated(self) -> Self {
        Self { value: -self.value, negative: !self.negative, ..self }
    }
}

/// The characters of a number in our own spelling.
fn spelling(mantissa: &str, negative: bool, exponent: i64, percent: bool) -> String {
    let mut text = if negative { format!("-{mantissa}") } else { mantissa.to_owned() };
    if exponent != 0 {
        text += &format!(" \\times 10^{{{exponent}}}");
    }
    if percent {
        text += "\\%";
    }
    text
}

/// A mantissa taken apart.
#[derive(Debug, Default)]
struct Parts {
    whole: String,
    fraction: String,
    point: bool,
    layout: Layout,
}

impl Parts {
    fn read(mantissa: &str) -> Option<Self> {
        if mantissa.len() > MOST_DIGITS {
            return None;
        }
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let mut parts = Self { point: fraction.is_some(), ..Self::default() };
        if !whole.is_empty() {
            let groups = Groups::read(whole)?;
            parts.layout.separator = groups.check_whole()?;
            parts.whole = groups.digits();
        }
        if let Some(fraction) = fraction.filter(|fraction| !fraction.is_empty()) {
            let groups = Groups::read(fraction)?;
            parts.layout.fraction = groups.check_fraction()?;
            parts.fraction = groups.digits();
        }
        parts.layout.starts_with_point = parts.whole.is_empty();
        parts.layout.ends_with_point = parts.point && parts.fraction.is_empty();
        let some_digit = !(parts.whole.is_empty() && parts.fraction.is_empty());
        (some_digit && parts.one_separator()).then_some(parts)
    }

    fn one_separator(&self) -> bool {
        match (self.layout.separator, self.layout.fraction) {
            // A comma groups the whole part alone, so a fraction after it may be grouped by spaces.
            (Some(left), Some((right, _))) => left == right || !spaces(left),
            _ => true,
        }
    }
}

/// Whether a separator may stand after the point too.
fn spaces(separator: &str) -> bool {
    SEPARATORS.iter().any(|(text, fraction)| *text == separator && *fraction)
}

/// Digits in groups, all separated alike.
struct Groups<'a> {
    groups: Vec<&'a str>,
    separator: Option<&'static str>,
}

impl<'a> Groups<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
        if is_digits(text) {
            return Some(Self { groups: vec![text], separator: None });
        }
        let separator =
            SEPARATORS.iter().map(|(separator, _)| *separator).find(|separator| text.contains(separator));
        let groups: Vec<&str> = match separator {
            Some(separator) => text.split(separator).collect(),
            None => vec![text],
        };
        groups.iter().copied().all(is_digits).then_some(Self { groups, separator })
    }

    fn digits(&self) -> String {
        self.groups.concat()
    }

    /// The separator of a whole part, if its groups are well formed.
    fn check_whole(&self) -> Option<Option<&'static str>> {
        let (first, rest) = self.groups.split_first()?;
        let grouped = !rest.is_empty();
        // `0,986` is a decimal comma, which is not read: nobody starts a group with a zero.
        let formed = first.len() <= 3 && !first.starts_with('0') && rest.iter().all(|group| group.len() == 3);
        (!grouped || formed).then_some(self.separator)
    }

    /// The separator and group length of a fraction, if its groups are well formed.
    fn check_fraction(&self) -> Option<Option<(&'static str, usize)>> {
        let Some(separator) = self.separator else { return Some(None) };
        let (last, full) = self.groups.split_last()?;
        let length = full.first()?.len();
        let formed = matches!(length, 3 | 5)
            && full.iter().all(|group| group.len() == length)
            && last.len() <= length
            && spaces(separator);
        formed.then_some(Some((separator, length)))
    }
}
