//! Exact rational arithmetic: what stays rational, and when it would grow too large to keep so.
//!
//! `None` from a function here means "not rational, or too large to hold": the caller goes on with an
//! enclosure. Sizes are judged before anything is allocated.

use dashu::base::{BitTest, Gcd};
pub use dashu::integer::{IBig, UBig};

/// An exact rational number in lowest terms.
pub type Rational = dashu::rational::RBig;

/// Bits an exact integer, or an exact power, may have.
pub(crate) const INTEGER_BITS: usize = 1 << 20;
/// Bits numerator and denominator of a sum, product or quotient may have together; reducing a fraction takes
/// time quadratic in this.
pub(crate) const FRACTION_BITS: usize = 1 << 17;
/// Largest argument of the factorial, and longest product for binomials and the like.
pub(crate) const FACTORIAL_LIMIT: u64 = 20_000;

/// The rational a decimal literal states, with digits already ungrouped: `0.50`, `.85`, `12.`, `1e-3`.
///
/// ```
/// use mdbook_qed::num::exact::{Rational, parse_decimal};
/// assert_eq!(parse_decimal("0.50"), Some(Rational::from_parts(1.into(), 2u8.into())));
/// assert_eq!(parse_decimal("0.5.0"), None);
/// ```
///
/// `None` also for an exponent so large that the value could not be held.
pub fn parse_decimal(text: &str) -> Option<Rational> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (negative, unsigned) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !digits_only(whole) || !digits_only(fraction) {
        return None;
    }
    let magnitude = decimal(whole, fraction, exponent)?;
    Some(if negative { -magnitude } else { magnitude })
}

/// `whole.fraction * 10^exponent`, of ASCII digits; `None` if so many could not be held.
pub(crate) fn decimal(whole: &str, fraction: &str, exponent: i64) -> Option<Rational> {
    shift_decimal(parse_digits(whole, fraction)?, exponent.checked_sub(fraction.len() as i64)?)
}

fn parse_digits(whole: &str, fraction: &str) -> Option<UBig> {
    let length = whole.len() + fraction.len();
    if length <= 19 {
        let digits = whole.bytes().chain(fraction.bytes());
        return Some(digits.fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0')).into());
    }
    if length > INTEGER_BITS / 4 {
        return None;
    }
    UBig::from_str_radix(&format!("{whole}{fraction}"), 10).ok()
}

/// `digits * 10^exponent`.
fn shift_decimal(digits: UBig, exponent: i64) -> Option<Rational> {
    let shift = usize::try_from(exponent.unsigned_abs()).ok().filter(|shift| *shift <= INTEGER_BITS / 4)?;
    let power = power_of_ten(shift);
    Some(if exponent >= 0 {
        Rational::from(digits * power)
    } else {
        Rational::from_parts(digits.into(), power)
    })
}

/// `10^exponent`.
pub(crate) fn power_of_ten(exponent: usize) -> UBig {
    match u32::try_from(exponent).ok().and_then(|exponent| 10u64.checked_pow(exponent)) {
        Some(power) => power.into(),
        None => UBig::from(10u8).pow(exponent),
    }
}

/// Bits of numerator and denominator together.
pub(crate) fn size(value: &Rational) -> usize {
    value.numerator().bit_len() + value.denominator().bit_len()
}

/// True if a sum, product or quotient of the two may be computed exactly.
pub(crate) fn fits(a: &Rational, b: &Rational) -> bool {
    let limit = if a.is_int() && b.is_int() { INTEGER_BITS } else { FRACTION_BITS };
    size(a) + size(b) <= limit
}

/// Integers need no reducing, which is most of what a sum or a product of fractions costs.
fn with_integers(
    a: &Rational,
    b: &Rational,
    of_integers: impl Fn(&IBig, &IBig) -> IBig,
    of_fractions: impl Fn(&Rational, &Rational) -> Rational,
) -> Rational {
    match a.is_int() && b.is_int() {
        true => of_integers(a.numerator(), b.numerator()).into(),
        false => of_fractions(a, b),
    }
}

/// `a + b`.
pub(crate) fn sum(a: &Rational, b: &Rational) -> Rational {
    with_integers(a, b, |a, b| a + b, |a, b| a + b)
}

/// `a - b`.
pub(crate) fn difference(a: &Rational, b: &Rational) -> Rational {
    with_integers(a, b, |a, b| a - b, |a, b| a - b)
}

/// `a * b`.
pub(crate) fn product_of(a: &Rational, b: &Rational) -> Rational {
    with_integers(a, b, |a, b| a * b, |a, b| a * b)
}

/// The integer, if the value is one.
pub fn to_integer(value: &Rational) -> Option<&IBig> {
    value.is_int().then(|| value.numerator())
}

/// `base^exponent`, if it is small enough; the base is not zero when the exponent is negative.
pub(crate) fn power(base: &Rational, exponent: &IBig) -> Option<Rational> {
    if exponent.is_zero() || base.is_one() {
        return Some(Rational::ONE);
    }
    if base.is_zero() {
        return Some(Rational::ZERO);
    }
    if *base == Rational::NEG_ONE {
        return Some(if exponent.bit(0) { Rational::NEG_ONE } else { Rational::ONE });
    }
    let count = isize::try_from(exponent).ok()?;
    let bits = base.numerator().bit_len().max(base.denominator().bit_len());
    (bits.checked_mul(count.unsigned_abs())? <= INTEGER_BITS).then(|| base.pow(count))
}

/// The exact real root, if it is rational.
pub(crate) fn root(value: &Rational, degree: usize) -> Option<Rational> {
    if degree == 1 || value.is_zero() || value.is_one() {
        return Some(value.clone());
    }
    let negative = *value < Rational::ZERO;
    if negative && degree.is_multiple_of(2) {
        return None;
    }
    let denominator = integer_root(value.denominator(), degree)?;
    let (_, magnitude) = value.numerator().clone().into_parts();
    let numerator = integer_root(&magnitude, degree)?;
    let result = Rational::from_parts(numerator.into(), denominator);
    Some(if negative { -result } else { result })
}

fn integer_root(value: &UBig, degree: usize) -> Option<UBig> {
    if value.is_one() || value.is_zero() {
        return Some(value.clone());
    }
    // A root of at least 2 needs at least as many bits as the degree.
    if value.bit_len() <= degree || value.bit_len() > FRACTION_BITS {
        return None;
    }
    if degree == 2
        && let Ok(small) = u64::try_from(value)
    {
        let root = small.isqrt();
        return (root * root == small).then(|| root.into());
    }
    let root = value.nth_root(degree);
    (root.pow(degree) == *value).then_some(root)
}

/// The logarithm of `value` to `base`, if it is rational: `p/q` with `base^p = value^q`. Both are positive, the
/// base is not 1, and `estimate` is the logarithm to about f64 precision.
pub(crate) fn logarithm(value: &Rational, base: &Rational, estimate: f64) -> Option<Rational> {
    if value.is_one() {
        return Some(Rational::ZERO);
    }
    for denominator in 1_i32..=64 {
        let scaled = estimate * f64::from(denominator);
        let numerator = scaled.round();
        if numerator.abs() > 1e9 || (scaled - numerator).abs() > 1e-9 * numerator.abs().max(1.0) {
            continue;
        }
        let left = power(base, &IBig::from(numerator as i64))?;
        let right = power(value, &IBig::from(denominator))?;
        if left == right {
            return Some(Rational::from(numerator as i64) / Rational::from(denominator));
        }
    }
    None
}

/// `count!`; the caller has checked the limit.
pub(crate) fn factorial(count: u64) -> UBig {
    product(1, count, 1)
}

/// The product of `first`, `first + step`, … up to `last`, by halves so that the factors stay of one size.
pub(crate) fn product(first: u64, last: u64, step: u64) -> UBig {
    if first > last {
        return UBig::ONE;
    }
    let count = (last - first) / step + 1;
    if count <= 8 {
        return (0..count).fold(UBig::ONE, |product, index| product * (first + index * step));
    }
    let middle = first + (count / 2) * step;
    product(first, middle - step, step) * product(middle, last, step)
}

/// The binomial coefficient over integers `0 <= lower <= upper`, if it is small enough.
pub(crate) fn binomial(upper: &UBig, lower: u64) -> Option<UBig> {
    if lower > FACTORIAL_LIMIT || upper.bit_len().checked_mul(lower as usize)? > INTEGER_BITS {
        return None;
    }
    let mut result = UBig::ONE;
    for index in 0..lower {
        result = result * (upper - UBig::from(index)) / UBig::from(index + 1);
    }
    Some(result)
}

/// The greatest common divisor, not negative; of two zeros it is zero.
pub(crate) fn gcd(a: &IBig, b: &IBig) -> UBig {
    let (a, b) = (a.clone().into_parts().1, b.clone().into_parts().1);
    if a.is_zero() {
        b
    } else if b.is_zero() {
        a
    } else {
        a.gcd(&b)
    }
}

/// The `f64` nearest the value; infinite or zero beyond its range.
pub(crate) fn to_f64(value: &Rational) -> f64 {
    let (top, bottom) = (i64::try_from(value.numerator()), u64::try_from(value.denominator()));
    if let (Ok(top), Ok(bottom)) = (top, bottom)
        && top.unsigned_abs() <= 1 << 53
        && bottom <= 1 << 53
    {
        // Both are exact, so the quotient is correctly rounded.
        return top as f64 / bottom as f64;
    }
    value.to_f64().value()
}

/// The nearest integer, halves away from zero.
pub(crate) fn round_half_away(value: &Rational) -> IBig {
    let half = Rational::from_parts(IBig::ONE, UBig::from(2u8));
    if *value < Rational::ZERO { (value - half).ceil() } else { (value + half).floor() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(numerator: i64, denominator: i64) -> Rational {
        Rational::from(numerator) / Rational::from(denominator)
    }

    #[test]
    fn decimals_are_read_exactly() {
        let cases = [
            ("0.50", ratio(1, 2)),
            (".85", ratio(17, 20)),
            ("12.", ratio(12, 1)),
            ("1e-3", ratio(1, 1000)),
            ("-2.5E2", ratio(-250, 1)),
            ("+0", ratio(0, 1)),
            ("00012", ratio(12, 1)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_decimal(text), Some(expected), "{text}");
        }
        let long = "123456789012345678901234567890.5";
        assert_eq!(
            parse_decimal(long).map(|value| value.to_string()).as_deref(),
            Some("246913578024691357802469135781/2")
        );
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in
            ["", ".", "-", "e5", "1.2.3", "1e", "0x10", "1 2", "1,000", "--1", "1e999999999999", "∞", "1e5.5"]
        {
            assert_eq!(parse_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn roots_are_exact_or_refused() {
        assert_eq!(root(&ratio(16, 1), 2), Some(ratio(4, 1)));
        assert_eq!(root(&ratio(4, 9), 2), Some(ratio(2, 3)));
        assert_eq!(root(&ratio(-8, 27), 3), Some(ratio(-2, 3)));
        assert_eq!(root(&Rational::from(999_983_i64.pow(3)), 3), Some(ratio(999_983, 1)));
        assert_eq!(root(&ratio(2, 1), 2), None);
        assert_eq!(root(&ratio(-4, 1), 2), None);
        assert_eq!(root(&ratio(8, 1), 1000), None);
    }

    #[test]
    fn logarithms_are_exact_or_refused() {
        assert_eq!(logarithm(&ratio(8, 1), &ratio(2, 1), 3.0), Some(ratio(3, 1)));
        assert_eq!(logarithm(&ratio(8, 1), &ratio(4, 1), 1.5), Some(ratio(3, 2)));
        assert_eq!(logarithm(&ratio(1, 1000), &ratio(10, 1), -3.0), Some(ratio(-3, 1)));
        assert_eq!(logarithm(&ratio(1001, 1), &ratio(10, 1), 3.000_434), None);
    }

    #[test]
    fn products_and_binomials_agree_with_the_plain_ones() {
        let mut expected = UBig::ONE;
        for count in 1..60u64 {
            expected *= count;
            assert_eq!(factorial(count), expected);
        }
        assert_eq!(product(1, 9, 2), UBig::from(945u32));
        assert_eq!(binomial(&UBig::from(52u8), 5), Some(UBig::from(2_598_960u32)));
        assert_eq!(binomial(&UBig::from(5u8), 0), Some(UBig::ONE));
    }

    #[test]
    fn powers_beyond_the_budget_are_refused_without_work() {
        assert_eq!(power(&ratio(2, 1), &IBig::from(1_000_000_000_i64)), None);
        assert_eq!(power(&ratio(10, 1), &IBig::from(10).pow(10)), None);
        assert_eq!(power(&ratio(-1, 1), &(IBig::from(10).pow(100) + IBig::ONE)), Some(ratio(-1, 1)));
        assert_eq!(power(&ratio(2, 3), &IBig::from(-2)), Some(ratio(9, 4)));
    }

    #[test]
    fn halves_round_away_from_zero() {
        for (value, expected) in [(ratio(5, 2), 3), (ratio(-5, 2), -3), (ratio(7, 3), 2), (ratio(-7, 3), -2)]
        {
            assert_eq!(round_half_away(&value), IBig::from(expected));
        }
    }
}
