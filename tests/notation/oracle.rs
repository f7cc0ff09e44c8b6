//! A second evaluator, written apart from the first: decimal floats of a hundred digits, sines by their series.

use std::str::FromStr;

use dashu::base::Abs;
use dashu::float::DBig;

/// Digits of every operation.
const DIGITS: usize = 100;
/// What is smaller than this could be zero but for rounding.
const NOISE: &str = "1e-60";

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum None {
    /// The mathematics has none.
    Undefined,
    /// Too close to a place where it has none.
    Unsure,
    /// Beyond what is tested.
    TooLarge,
}

pub(super) type Result = std::result::Result<DBig, None>;

pub(super) fn decimal(text: &str) -> DBig {
    DBig::from_str(text).expect("a decimal").with_precision(DIGITS).value()
}

pub(super) fn integer(value: i64) -> DBig {
    decimal(&value.to_string())
}

/// The value with all its digits, for functions that want to know how many.
fn fixed(value: &DBig) -> DBig {
    value.clone().with_precision(DIGITS).value()
}

/// Every result is kept within sizes at which a hundred digits leave nothing to doubt.
pub(super) fn kept(value: DBig) -> Result {
    let size = value.clone().abs();
    if size > decimal("1e25") { Err(None::TooLarge) } else { Ok(value) }
}

fn is_noise(value: &DBig) -> bool {
    value.clone().abs() < decimal(NOISE)
}

/// Fails where `value` is zero, or may be.
pub(super) fn nonzero(value: &DBig) -> std::result::Result<(), None> {
    match is_noise(value) {
        true if *value == DBig::ZERO => Err(None::Undefined),
        true => Err(None::Unsure),
        false => Ok(()),
    }
}

pub(super) fn divide(a: &DBig, b: &DBig) -> Result {
    nonzero(b)?;
    kept(a / b)
}

/// `base` to a whole power.
pub(super) fn power(base: &DBig, exponent: i64) -> Result {
    let mut result = integer(1);
    for _ in 0..exponent.unsigned_abs() {
        result = kept(result * base)?;
    }
    if exponent < 0 { divide(&integer(1), &result) } else { Ok(result) }
}

pub(super) fn square_root(value: &DBig) -> Result {
    if is_noise(value) {
        return if *value == DBig::ZERO { Ok(DBig::ZERO) } else { Err(None::Unsure) };
    }
    if *value < DBig::ZERO { Err(None::Undefined) } else { Ok(fixed(value).sqrt()) }
}

pub(super) fn logarithm(value: &DBig) -> Result {
    nonzero(value)?;
    if *value < DBig::ZERO { Err(None::Undefined) } else { Ok(fixed(value).ln()) }
}

pub(super) fn exponential(value: &DBig) -> Result {
    if *value == DBig::ZERO {
        return Ok(integer(1));
    }
    if value.clone().abs() > integer(40) {
        return Err(None::TooLarge);
    }
    kept(fixed(value).exp())
}

/// Sine and cosine by their power series, for arguments that need no reduction.
pub(super) fn sine_and_cosine(value: &DBig) -> std::result::Result<(DBig, DBig), None> {
    if value.clone().abs() > integer(20) {
        return Err(None::TooLarge);
    }
    let (mut sine, mut cosine) = (DBig::ZERO, DBig::ZERO);
    let mut term = integer(1);
    for order in 0..400_i64 {
        let signed = if order / 2 % 2 == 0 { term.clone() } else { -term.clone() };
        if order % 2 == 0 {
            cosine += signed
        } else {
            sine += signed
        }
        term = term * value / integer(order + 1);
        if term.clone().abs() < decimal("1e-99") && order > 20 {
            break;
        }
    }
    Ok((sine, cosine))
}
