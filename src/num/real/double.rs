//! Intervals of hardware `f64`: basic arithmetic with directed rounding, free of allocation.
//!
//! Every operation yields `None` when a result leaves the range in which its rounding errors are themselves
//! exact `f64`s; the caller then uses [`super::big`], which also words the errors. Rounding is directed by the
//! sign of the exact error of the nearest result, from the error-free transformations of Dekker (1971) and
//! Knuth (TAOCP 2, 4.2.2): an operation whose result is a `f64` is not widened.

/// Largest magnitude stored. Dekker's splitting multiplies by 2^27+1 and must not overflow.
const LARGEST: f64 = f64::from_bits((1023 + 980) << 52);
/// Smallest non-zero magnitude stored. The low part of a product, 2^-106 below it, is still exact.
const SMALLEST: f64 = f64::from_bits((1023 - 960) << 52);

/// A closed interval `[lo, hi]`; both ends are zero or between 2^-960 and 2^980 in magnitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Double {
    lo: f64,
    hi: f64,
}

/// True if `value` may be an end of a [`Double`]; false for NaN.
pub(super) fn in_range(value: f64) -> bool {
    let magnitude = value.abs();
    magnitude == 0.0 || (SMALLEST..=LARGEST).contains(&magnitude)
}

impl Double {
    /// Below everything else that can be stored.
    pub(crate) const LEAST: Self = Self { lo: -LARGEST, hi: -LARGEST };

    /// The interval, unless an end is out of range.
    pub(crate) fn new(lo: f64, hi: f64) -> Option<Self> {
        (in_range(lo) && in_range(hi) && lo <= hi).then_some(Self { lo, hi })
    }

    pub(crate) fn point(value: f64) -> Option<Self> {
        Self::new(value, value)
    }

    pub(crate) fn lo(self) -> f64 {
        self.lo
    }

    pub(crate) fn hi(self) -> f64 {
        self.hi
    }

    pub(crate) fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo }
    }

    pub(crate) fn abs(self) -> Self {
        if self.lo >= 0.0 {
            self
        } else if self.hi <= 0.0 {
            self.neg()
        } else {
            Self { lo: 0.0, hi: self.hi.max(-self.lo) }
        }
    }

    pub(crate) fn add(self, other: Self) -> Option<Self> {
        Self::new(add_down(self.lo, other.lo), add_up(self.hi, other.hi))
    }

    pub(crate) fn sub(self, other: Self) -> Option<Self> {
        self.add(other.neg())
    }

    pub(crate) fn mul(self, other: Self) -> Option<Self> {
        if self.lo >= 0.0 && other.lo >= 0.0 {
            return Self::new(multiply(self.lo, other.lo)?.0, multiply(self.hi, other.hi)?.1);
        }
        let corners = [
            multiply(self.lo, other.lo)?,
            multiply(self.lo, other.hi)?,
            multiply(self.hi, other.lo)?,
            multiply(self.hi, other.hi)?,
        ];
        Self::around_all(corners)
    }

    /// `None` also when the divisor touches zero.
    pub(crate) fn div(self, other: Self) -> Option<Self> {
        if other.lo <= 0.0 && other.hi >= 0.0 {
            return None;
        }
        if self.lo >= 0.0 && other.lo > 0.0 {
            return Self::new(divide(self.lo, other.hi)?.0, divide(self.hi, other.lo)?.1);
        }
        let corners = [
            divide(self.lo, other.lo)?,
            divide(self.lo, other.hi)?,
            divide(self.hi, other.lo)?,
            divide(self.hi, other.hi)?,
        ];
        Self::around_all(corners)
    }

    pub(crate) fn square(self) -> Option<Self> {
        let magnitude = self.abs();
        Self::new(multiply(magnitude.lo, magnitude.lo)?.0, multiply(magnitude.hi, magnitude.hi)?.1)
    }

    /// `None` also when part of the interval is negative.
    pub(crate) fn sqrt(self) -> Option<Self> {
        if self.lo < 0.0 {
            return None;
        }
        Self::new(square_root(self.lo)?.0, square_root(self.hi)?.1)
    }

    /// The larger of two numbers, each somewhere in its interval.
    pub(crate) fn max(self, other: Self) -> Self {
        Self { lo: self.lo.max(other.lo), hi: self.hi.max(other.hi) }
    }

    pub(crate) fn hull(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    fn around_all(corners: [(f64, f64); 4]) -> Option<Self> {
        let lo = corners.iter().fold(f64::INFINITY, |least, corner| least.min(corner.0));
        let hi = corners.iter().fold(f64::NEG_INFINITY, |most, corner| most.max(corner.1));
        Self::new(lo, hi)
    }
}

/// The sum rounded to nearest and its exact error (Knuth).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    let a_part = sum - b_part;
    (sum, (a - a_part) + (b - b_part))
}

fn add_down(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    if error < 0.0 { sum.next_down() } else { sum }
}

fn add_up(a: f64, b: f64) -> f64 {
    let (sum, error) = two_sum(a, b);
    if error > 0.0 { sum.next_up() } else { sum }
}

/// Splits into two halves of at most 26 bits each (Veltkamp).
fn split(a: f64) -> (f64, f64) {
    let scaled = 134_217_729.0 * a;
    let high = scaled - (scaled - a);
    (high, a - high)
}

/// The exact error of `product`, the nearest `f64` to `a * b` (Dekker).
fn product_error(a: f64, b: f64, product: f64) -> f64 {
    let (a_high, a_low) = split(a);
    let (b_high, b_low) = split(b);
    ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
}

/// The pair around a nearest result, given the sign of the exact error.
fn around(nearest: f64, error: f64) -> (f64, f64) {
    if error == 0.0 {
        (nearest, nearest)
    } else if error > 0.0 {
        (nearest, nearest.next_up())
    } else {
        (nearest.next_down(), nearest)
    }
}

/// The product rounded down and up.
fn multiply(a: f64, b: f64) -> Option<(f64, f64)> {
    if a == 0.0 || b == 0.0 {
        return Some((0.0, 0.0));
    }
    let product = a * b;
    (product != 0.0 && in_range(product)).then(|| around(product, product_error(a, b, product)))
}

/// The quotient rounded down and up; `b` is not zero.
fn divide(a: f64, b: f64) -> Option<(f64, f64)> {
    if a == 0.0 {
        return Some((0.0, 0.0));
    }
    let quotient = a / b;
    let back = quotient * b;
    if quotient == 0.0 || !in_range(quotient) || !in_range(back) {
        return None;
    }
    // `a - back` is exact because `back` is within an ulp or two of `a`.
    let remainder = (a - back) - product_error(quotient, b, back);
    Some(around(quotient, if b > 0.0 { remainder } else { -remainder }))
}

fn square_root(a: f64) -> Option<(f64, f64)> {
    if a == 0.0 {
        return Some((0.0, 0.0));
    }
    let root = a.sqrt();
    let back = root * root;
    in_range(back).then(|| around(root, (a - back) - product_error(root, root, back)))
}
