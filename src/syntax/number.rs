//! Numbers as typed: the digits are kept, the value is exact.

use dashu::integer::IBig;
use dashu::rational::RBig;

use crate::num::exact;

/// A number without sign: digits with an optional point, groups and an optional `e` exponent.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// As typed, groups and all.
    pub text: String,
    /// Its digits and point, groups removed: `132863336`, `0.50`, `.85`; all of it if digits repeat, `0.1\overline{6}`.
    pub digits: String,
    /// The exponent of e-notation, 0 without one.
    pub exponent: i32,
    /// The exact value.
    pub value: RBig,
}

/// More decimal exponent than this is refused: nobody means it, and its integer would fill the memory.
pub const MAX_EXPONENT: i32 = 100_000;

impl Literal {
    /// Reads `digits` (digits and at most one point, at least one digit) with `exponent`; `text` is what was
    /// typed. `None` if the exponent is beyond [`MAX_EXPONENT`], or no memory is meant to hold so many digits.
    pub fn new(text: &str, digits: String, exponent: i32) -> Option<Self> {
        if exponent.unsigned_abs() > MAX_EXPONENT as u32 {
            return None;
        }
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let value = exact::decimal(whole, fraction, exponent.into())?;
        Some(Self { text: text.to_owned(), digits, exponent, value })
    }

    /// A decimal whose last digits repeat for ever: `repetend` after `digits`, which have a point.
    pub fn repeating(text: &str, digits: &str, repetend: &str) -> Option<Self> {
        let (_, fraction) = digits.split_once('.')?;
        let integer = |digits: &str| IBig::from_str_radix(&format!("0{}", digits.replace('.', "")), 10).ok();
        let ten = |count: usize| IBig::from(10u8).pow(count);
        let (shown, all) = (integer(digits)?, integer(&format!("{digits}{repetend}"))?);
        let nines = (ten(repetend.len()) - IBig::ONE) * ten(fraction.len());
        let value = RBig::from_parts(all - shown, nines.try_into().ok()?);
        Some(Self { text: text.to_owned(), digits: text.to_owned(), exponent: 0, value })
    }

    /// The number 0 where nothing is written.
    pub fn zero() -> Self {
        Self { text: "0".to_owned(), digits: "0".to_owned(), exponent: 0, value: RBig::ZERO }
    }

    /// The number 1 where nothing is written.
    pub fn one() -> Self {
        Self { text: "1".to_owned(), digits: "1".to_owned(), exponent: 0, value: RBig::ONE }
    }

    /// Whether its last digits repeat for ever.
    pub(super) fn repeats(&self) -> bool {
        self.digits.contains(['\\', '('])
    }

    /// Whether it is written as an integer: no point and no exponent.
    pub fn is_integer(&self) -> bool {
        self.exponent == 0 && !self.digits.contains('.')
    }
}
