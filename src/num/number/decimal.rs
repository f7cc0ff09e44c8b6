//! Numbers as decimal text, correctly rounded or not at all.

use dashu::base::{BitTest, Sign};

use super::Number;
use crate::num::exact::{self, IBig, Rational, UBig};
use crate::num::real::Precision;

/// An exact decimal with at most this many significant digits prints in full.
const FULL_DIGITS: usize = 20;
/// Decimal exponents (of the leading digit) that print without an exponent.
const PLAIN_EXPONENTS: std::ops::RangeInclusive<i64> = -7..=20;
/// Magnitudes beyond 2^this are brought near 1 in interval arithmetic before they are rounded.
const DIRECT_BITS: usize = 1 << 14;

impl Number {
    /// The value rounded to so many significant digits, halves away from zero, as text.
    ///
    /// `None` if the enclosure does not decide the digits. An exact decimal that is short prints in full,
    /// whatever number of digits was asked for.
    ///
    /// ```
    /// # use mdbook_qed::num::{Number, exact::Rational};
    /// let third = Number::from(Rational::from(1) / Rational::from(3));
    /// assert_eq!(third.to_decimal(3).as_deref(), Some("0.333"));
    /// assert_eq!(Number::from(132_863_336).to_decimal(3).as_deref(), Some("132863336"));
    /// ```
    pub fn to_decimal(&self, significant_digits: usize) -> Option<String> {
        let digits = significant_digits.max(1);
        if let Self::Exact(value) = self {
            if let Some(text) = full(value, digits.max(FULL_DIGITS)) {
                return Some(text);
            }
            if exact::size(value) <= DIRECT_BITS {
                return Some(round(value, digits).text());
            }
        }
        self.round_enclosure(digits)
    }

    fn round_enclosure(&self, digits: usize) -> Option<String> {
        let (lo, hi, shift) = self.scaled_ends(digits)?;
        if lo > Rational::ZERO || hi < Rational::ZERO {
            let (lo, hi) = (round(&lo, digits), round(&hi, digits));
            return (lo == hi).then(|| Decimal { exponent: lo.exponent + shift, ..lo }.text());
        }
        (lo.is_zero() && hi.is_zero()).then(|| "0".to_owned())
    }

    /// Both ends times `10^-shift`; the shift is zero unless the magnitude is enormous.
    fn scaled_ends(&self, digits: usize) -> Option<(Rational, Rational, i64)> {
        let logarithm = self.magnitude_log2()?;
        if logarithm.abs() < DIRECT_BITS as f64 {
            let (lo, hi) = self.enclosure();
            return Some((lo, hi, 0));
        }
        let shift = (logarithm * std::f64::consts::LOG10_2) as i64;
        let bits = digits as f64 * std::f64::consts::LOG2_10 + 40.0;
        let top = *Precision::LADDER.last()?;
        let precision =
            Precision::LADDER.iter().copied().find(|rung| f64::from(rung.bits()) > bits).unwrap_or(top);
        let precision = if precision.is_double() { precision.next()? } else { precision };
        let ten = Number::from(10).real(precision).ok()?;
        let scale = Number::from(ten.power(&IBig::from(-shift), precision).ok()?);
        let (lo, hi) = self.mul(&scale, precision).ok()?.enclosure();
        Some((lo, hi, shift))
    }

    /// Roughly log2 of the magnitude; `None` for what touches zero (a zero that is exact gives 0).
    fn magnitude_log2(&self) -> Option<f64> {
        match self {
            Self::Exact(value) => {
                Some(value.numerator().bit_len() as f64 - value.denominator().bit_len() as f64)
            }
            Self::Real(real) => real.magnitude_log2(),
        }
    }
}

/// A rounded decimal: the digits, and the exponent of the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let digits = &self.digits;
        if !PLAIN_EXPONENTS.contains(&self.exponent) {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            return format!("{sign}{first}{point}{rest}e{}", self.exponent);
        }
        if self.exponent < 0 {
            let zeros = "0".repeat(self.exponent.unsigned_abs() as usize - 1);
            return format!("{sign}0.{zeros}{digits}");
        }
        let whole = self.exponent as usize + 1;
        if digits.len() <= whole {
            return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
        }
        format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
    }
}

/// The exponent of the leading decimal digit of a value that is not zero.
fn leading_exponent(value: &Rational) -> i64 {
    let (top, bottom) = (value.numerator(), value.denominator());
    let estimate = (top.bit_len() as f64 - bottom.bit_len() as f64 - 1.0) * std::f64::consts::LOG10_2;
    let mut exponent = estimate.floor() as i64 - 1;
    let (_, top) = top.clone().into_parts();
    while at_least_power(&top, bottom, exponent + 1) {
        exponent += 1;
    }
    exponent
}

/// `top / bottom >= 10^exponent`.
fn at_least_power(top: &UBig, bottom: &UBig, exponent: i64) -> bool {
    let power = exact::power_of_ten(exponent.unsigned_abs() as usize);
    if exponent >= 0 { *top >= bottom * power } else { top * power >= *bottom }
}

/// A value that is not zero, rounded to so many digits.
fn round(value: &Rational, digits: usize) -> Decimal {
    let mut exponent = leading_exponent(value);
    let shift = digits as i64 - 1 - exponent;
    let power = Rational::from(exact::power_of_ten(shift.unsigned_abs() as usize));
    let scaled = if shift >= 0 { value * power } else { value / power };
    let (sign, magnitude) = exact::round_half_away(&scaled).into_parts();
    let mut text = magnitude.to_string();
    if text.len() > digits {
        // 9.99 became 10.0.
        text.truncate(digits);
        exponent += 1;
    }
    Decimal { negative: sign == Sign::Negative, digits: text, exponent }
}

/// The exact decimal expansion, if it ends within so many significant digits.
fn full(value: &Rational, digits: usize) -> Option<String> {
    if value.is_zero() {
        return Some("0".to_owned());
    }
    let places = decimal_places(value.denominator(), digits + 600)?;
    if value.numerator().bit_len() > 4 * (digits + 600) {
        return None;
    }
    let scaled = value * Rational::from(exact::power_of_ten(places));
    let (sign, magnitude) = scaled.numerator().clone().into_parts();
    let text = magnitude.to_string();
    let exponent = text.len() as i64 - 1 - places as i64;
    let significant = if places == 0 { text.trim_end_matches('0').len() } else { text.len() };
    let decimal = Decimal { negative: sign == Sign::Negative, digits: text, exponent };
    if !PLAIN_EXPONENTS.contains(&exponent) {
        let digits = decimal.digits.trim_end_matches('0').to_owned();
        return (significant <= FULL_DIGITS).then(|| Decimal { digits, ..decimal }.text());
    }
    (significant <= digits || (places == 0 && exponent <= *PLAIN_EXPONENTS.end())).then(|| decimal.text())
}

/// The decimal places a fraction with this denominator needs, if they end.
fn decimal_places(denominator: &UBig, most: usize) -> Option<usize> {
    if denominator.is_one() {
        return Some(0);
    }
    if denominator.bit_len() > 4 * most {
        return None;
    }
    let twos = denominator.trailing_zeros().unwrap_or(0);
    let mut rest = denominator >> twos;
    let five = UBig::from(5u8);
    let mut fives = 0;
    while !rest.is_one() {
        if fives == most || !(&rest % &five).is_zero() {
            return None;
        }
        rest /= &five;
        fives += 1;
    }
    let places = twos.max(fives);
    (places <= most).then_some(places)
}
