//! A computed value as an enclosure, with what its bounds are worth.

use dashu::base::BitTest;

use super::decimal::{Rational, absolute, power_of_ten};

/// No precision makes the bounds of a number that is 0 so narrow, in bits after the point.
const VANISHED: i64 = 1 << 20;

/// What was computed: `lo ≤ v ≤ hi`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computed {
    /// A number not above the value.
    pub lo: Rational,
    /// A number not below the value; equal to `lo` if the value is known exactly.
    pub hi: Rational,
    /// How it was computed.
    pub source: Source,
}

/// How a value was computed, as far as it matters for comparing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// What its bounds are worth.
    pub kind: Kind,
    /// Whether the computation holds a decimal or an irrational number, so that an integer may be its rounding.
    pub inexact: bool,
}

/// What the bounds of a computed value are worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Proven, and as narrow as one asks for.
    #[default]
    Proven,
    /// Quadrature, a limit: an error estimate, which must be below a thousandth of the stated place.
    Estimate,
    /// The floats of a Rust cell, `f32` or `f64`: bounds that cannot be narrowed, so more digits than they support are an
    /// error.
    Hardware,
    /// Monte Carlo: the mean of a sample, with its standard error.
    Sample {
        /// The standard error of the mean.
        standard_error: Rational,
    },
}

impl Computed {
    /// A value known exactly.
    pub fn exact(value: Rational) -> Self {
        Self { lo: value.clone(), hi: value, source: Source::default() }
    }

    /// A value between two proven bounds, in either order, from a computation with irrational numbers.
    pub fn between(one: Rational, other: Rational) -> Self {
        let (lo, hi) = if one <= other { (one, other) } else { (other, one) };
        Self { lo, hi, source: Source { kind: Kind::Proven, inexact: true } }
    }

    /// The same value from a computation that holds a decimal or an irrational number.
    pub fn inexact(mut self) -> Self {
        self.source.inexact = true;
        self
    }

    /// The same value with bounds of another kind.
    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.source.kind = kind;
        self
    }

    /// Whether the value is known exactly.
    pub fn is_exact(&self) -> bool {
        self.lo == self.hi && self.source.kind == Kind::Proven
    }

    /// How far apart the bounds are.
    pub fn width(&self) -> Rational {
        &self.hi - &self.lo
    }

    /// Whether the bounds do not exclude 0.
    pub fn may_be_zero(&self) -> bool {
        self.lo <= Rational::ZERO && Rational::ZERO <= self.hi
    }

    /// Whether proven bounds agree to 50 digits, around 0 to 50 decimals, without being the same. More precision would
    /// hardly tell the value from a short number between them.
    pub fn is_narrow(&self) -> bool {
        let scale =
            if self.may_be_zero() { Rational::ONE } else { absolute(&self.lo).min(absolute(&self.hi)) };
        let width = self.width();
        self.source.kind == Kind::Proven && !width.is_zero() && width <= scale * power_of_ten(-50)
    }

    /// Whether the value is so close to 0 that arithmetic has lost it, and nothing tells it from 0.
    pub fn has_vanished(&self) -> bool {
        let width = self.width();
        let size = width.numerator().bit_len() as i64 - width.denominator().bit_len() as i64;
        self.source.kind == Kind::Proven && !width.is_zero() && self.may_be_zero() && size < -VANISHED
    }

    /// The value times a positive factor.
    pub fn times(&self, factor: &Rational) -> Self {
        let mut product = self.clone();
        product.lo *= factor;
        product.hi *= factor;
        if let Kind::Sample { standard_error } = &mut product.source.kind {
            *standard_error *= factor;
        }
        product
    }
}

impl std::ops::Neg for Computed {
    type Output = Self;

    fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo, source: self.source }
    }
}
