//! Decimal places of exact rationals: powers of ten, magnitudes, rounding, digits. It knows nothing of
//! stated numbers or verdicts; [`super`] and the renderer build on it.

use dashu::base::{Signed, UnsignedAbs};
use dashu::integer::{IBig, UBig};
use dashu::rational::RBig;

use crate::num::exact;

/// An exact rational number.
pub type Rational = RBig;

/// The largest decimal exponent, of either sign, that a number on a page may have. A page that holds
/// `1e999999999` must not make us write out a billion digits.
pub const LARGEST_EXPONENT: i64 = 10_000;

/// `10^exponent`, exactly. Callers keep `exponent` near [`LARGEST_EXPONENT`]; the time and space are linear in it.
pub fn power_of_ten(exponent: i64) -> Rational {
    let power = exact::power_of_ten(usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX));
    if exponent < 0 { Rational::from_parts(IBig::ONE, power) } else { Rational::from(IBig::from(power)) }
}

/// `floor(log10 |value|)`: the place of the first digit, 0 for the units. `None` for zero.
pub fn magnitude(value: &Rational) -> Option<i64> {
    if value.is_zero() {
        return None;
    }
    let ten = UBig::from(10u8);
    let above = i64::try_from(value.numerator().ilog(&ten)).ok()?;
    let below = i64::try_from(value.denominator().ilog(&ten)).ok()?;
    let guess = above - below;
    // The digit counts leave two candidates; one comparison decides.
    Some(if absolute(value) < power_of_ten(guess) { guess - 1 } else { guess })
}

/// `|value|`.
pub fn absolute(value: &Rational) -> Rational {
    if value.is_negative() { -value.clone() } else { value.clone() }
}

/// `value` as a whole number of units of `10^-decimals`, ties away from zero.
pub fn scaled(value: &Rational, decimals: i64) -> IBig {
    (value * power_of_ten(decimals)).round()
}

/// The digits of `units * 10^-decimals` without a sign: `(…integer part, …fraction)`, the integer part never empty.
pub fn digits(units: &IBig, decimals: usize) -> (String, String) {
    let figures = units.clone().unsigned_abs().to_string();
    let padded = format!("{figures:0>width$}", width = decimals.saturating_add(1));
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    (whole.to_owned(), fraction.to_owned())
}
