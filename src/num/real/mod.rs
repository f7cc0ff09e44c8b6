//! Real enclosures: intervals that are proven to hold the true value.
//!
//! At [`Precision::DOUBLE`] a real is a pair of `f64` and costs no allocation. What hardware cannot hold, and
//! everything at higher precisions, is a pair of arbitrary-precision floats. This file only chooses between
//! the two and knows nothing of exact rationals beyond their conversion.

mod big;
mod big_functions;
mod double;
mod double_functions;
mod fixed;
mod precision;
mod special;

use std::cmp::Ordering;
use std::sync::OnceLock;

use dashu::base::BitTest;

use big::Big;
pub(crate) use double::Double;
pub use precision::Precision;

use super::exact::{IBig, Rational};
use super::math_error::MathError;

/// An interval with proven ends. Its operations are those of [`Number`](super::Number).
#[derive(Clone, Debug)]
pub struct Real(Form);

#[derive(Clone, Debug)]
enum Form {
    Double(Double),
    Big(Box<Big>),
}

impl From<Double> for Real {
    fn from(ends: Double) -> Self {
        Self(Form::Double(ends))
    }
}

/// Declares operations of one argument that exist at both levels.
macro_rules! unary {
    ($($name:ident),* $(,)?) => {
        $(pub(crate) fn $name(&self, precision: Precision) -> Result<Self, MathError> {
            if let Some(result) = self.double(precision).and_then(Double::$name) {
                return Ok(Self(Form::Double(result)));
            }
            Self::from_big(self.big().$name(precision.working_bits())?, precision)
        })*
    };
}

/// Declares operations that exist in arbitrary precision only.
macro_rules! only_big {
    ($($name:ident),* $(,)?) => {
        $(pub(crate) fn $name(&self, precision: Precision) -> Result<Self, MathError> {
            Self::from_big(self.big().$name(precision.working_bits())?, precision)
        })*
    };
}

/// Declares operations of two arguments that exist at both levels.
macro_rules! binary {
    ($($name:ident),* $(,)?) => {
        $(pub(crate) fn $name(&self, other: &Self, precision: Precision) -> Result<Self, MathError> {
            if let (Some(a), Some(b)) = (self.double(precision), other.double(precision))
                && let Some(result) = a.$name(b)
            {
                return Ok(Self(Form::Double(result)));
            }
            Self::from_big(self.big().$name(&other.big(), precision.working_bits())?, precision)
        })*
    };
}

impl Real {
    only_big!(erf, erfc, gamma, ln_gamma, digamma);
    binary!(add, sub, mul, div, pow);
    unary!(
        sqrt, cbrt, exp, exp_m1, ln, ln_1p, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh,
        atanh, sigmoid, softplus, square,
    );

    /// The two `f64` ends, if they are in the range of hardware intervals.
    pub(crate) fn hardware(&self) -> Option<Double> {
        self.double(Precision::DOUBLE).or_else(|| self.big().to_double())
    }

    /// Hardware form, if that is what it has and what the precision asks for.
    fn double(&self, precision: Precision) -> Option<Double> {
        match &self.0 {
            Form::Double(double) if precision.is_double() => Some(*double),
            _ => None,
        }
    }

    fn big(&self) -> Big {
        match &self.0 {
            Form::Double(double) => Big::from_double(*double),
            Form::Big(big) => (**big).clone(),
        }
    }

    fn from_big(big: Big, precision: Precision) -> Result<Self, MathError> {
        if precision.is_double()
            && let Some(double) = big.to_double()
        {
            return Ok(Self(Form::Double(double)));
        }
        Ok(Self(Form::Big(Box::new(big))))
    }

    /// The tightest enclosure of a rational at this precision.
    pub fn from_rational(value: &Rational, precision: Precision) -> Result<Self, MathError> {
        if precision.is_double()
            && let Some(double) = small_ratio(value)
        {
            return Ok(Self(Form::Double(double)));
        }
        Self::from_big(Big::from_rational(value, precision.working_bits())?, precision)
    }

    /// An enclosure of a large rational with as many more bits as its integer part has, for functions of period 1
    /// or so.
    pub(crate) fn from_angle(value: &Rational, precision: Precision) -> Result<Self, MathError> {
        let whole = value.numerator().bit_len().saturating_sub(value.denominator().bit_len());
        if whole < 12 {
            return Self::from_rational(value, precision);
        }
        let bits = precision.working_bits() + whole.min(1 << 15);
        Ok(Self(Form::Big(Box::new(Big::from_rational(value, bits)?))))
    }

    /// An enclosure in arbitrary precision, with bits to spare for functions that exist only there.
    pub(crate) fn from_rational_wide(value: &Rational, precision: Precision) -> Result<Self, MathError> {
        Ok(Self(Form::Big(Box::new(Big::from_rational(value, precision.working_bits() + 16)?))))
    }

    pub(crate) fn pi(precision: Precision) -> Result<Self, MathError> {
        static KNOWN: [OnceLock<Real>; Precision::LADDER.len()] =
            [const { OnceLock::new() }; Precision::LADDER.len()];
        let rung = Precision::LADDER.iter().position(|rung| *rung == precision);
        let known = rung.map(|rung| &KNOWN[rung]);
        if let Some(pi) = known.and_then(OnceLock::get) {
            return Ok(pi.clone());
        }
        let pi = Self::from_big(big_functions::pi(precision.working_bits())?, precision)?;
        Ok(match known {
            Some(known) => known.get_or_init(|| pi).clone(),
            None => pi,
        })
    }

    pub(crate) fn log2(&self, precision: Precision) -> Result<Self, MathError> {
        self.log_of(2, Double::log2, precision)
    }

    pub(crate) fn log10(&self, precision: Precision) -> Result<Self, MathError> {
        self.log_of(10, Double::log10, precision)
    }

    fn log_of(
        &self,
        base: i64,
        in_hardware: fn(Double) -> Option<Double>,
        precision: Precision,
    ) -> Result<Self, MathError> {
        if let Some(result) = self.double(precision).and_then(in_hardware) {
            return Ok(Self(Form::Double(result)));
        }
        let bits = precision.working_bits();
        Self::from_big(self.big().ln(bits)?.div(&Big::integer(base).ln(bits)?, bits)?, precision)
    }

    /// x^n for an integer n.
    pub(crate) fn power(&self, exponent: &IBig, precision: Precision) -> Result<Self, MathError> {
        if let (Some(double), Ok(small)) = (self.double(precision), i32::try_from(exponent))
            && let Some(result) = double.power(small)
        {
            return Ok(Self(Form::Double(result)));
        }
        Self::from_big(self.big().power(exponent, precision.working_bits())?, precision)
    }

    /// The real root of the given degree, which is at least 1.
    pub(crate) fn root(&self, degree: usize, precision: Precision) -> Result<Self, MathError> {
        match degree {
            2 => self.sqrt(precision),
            3 => self.cbrt(precision),
            _ => Self::from_big(self.big().root(degree, precision.working_bits())?, precision),
        }
    }

    pub(crate) fn neg(&self) -> Self {
        match &self.0 {
            Form::Double(double) => Self(Form::Double(double.neg())),
            Form::Big(big) => Self(Form::Big(Box::new(big.neg()))),
        }
    }

    pub(crate) fn abs(&self) -> Self {
        match &self.0 {
            Form::Double(double) => Self(Form::Double(double.abs())),
            Form::Big(big) => Self(Form::Big(Box::new(big.abs()))),
        }
    }

    /// The order, if the intervals decide it.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (&self.0, &other.0) {
            (Form::Double(a), Form::Double(b)) if a.hi() < b.lo() => Some(Ordering::Less),
            (Form::Double(a), Form::Double(b)) if a.lo() > b.hi() => Some(Ordering::Greater),
            _ => self.big().compare(&other.big()),
        }
    }

    /// The order against a rational, if the interval decides it.
    pub(crate) fn compare_rational(&self, other: &Rational) -> Option<Ordering> {
        if let (Form::Double(a), Some(b)) = (&self.0, small_ratio(other)) {
            if a.hi() < b.lo() {
                return Some(Ordering::Less);
            }
            if a.lo() > b.hi() {
                return Some(Ordering::Greater);
            }
        }
        let near = Big::from_rational(other, 128).ok()?;
        let this = self.big();
        if let decided @ Some(Ordering::Less | Ordering::Greater) = this.compare(&near) {
            return decided;
        }
        let (lo, hi) = self.enclosure();
        match (lo.cmp(other), hi.cmp(other)) {
            (Ordering::Greater, _) => Some(Ordering::Greater),
            (_, Ordering::Less) => Some(Ordering::Less),
            (Ordering::Equal, Ordering::Equal) => Some(Ordering::Equal),
            _ => None,
        }
    }

    /// The sign, if the interval decides it: `Equal` means exactly zero.
    pub(crate) fn sign(&self) -> Option<Ordering> {
        let (lo, hi) = match &self.0 {
            Form::Double(double) => (sign_of(double.lo()), sign_of(double.hi())),
            Form::Big(big) => (big::sign(big.lo()), big::sign(big.hi())),
        };
        match (lo, hi) {
            (Ordering::Greater, _) => Some(Ordering::Greater),
            (_, Ordering::Less) => Some(Ordering::Less),
            (Ordering::Equal, Ordering::Equal) => Some(Ordering::Equal),
            _ => None,
        }
    }

    /// Both ends as exact rationals.
    pub(crate) fn enclosure(&self) -> (Rational, Rational) {
        let big = self.big();
        (big::to_rational(big.lo()), big::to_rational(big.hi()))
    }

    /// An error if an integer of this magnitude is too long to write out.
    pub(crate) fn check_integer_size(&self) -> Result<(), MathError> {
        self.big().check_integer_size()
    }

    /// Roughly log2 of the magnitude; `None` if zero is touched by anything but zero itself.
    pub(crate) fn magnitude_log2(&self) -> Option<f64> {
        self.big().magnitude_log2()
    }

    /// The `f64` nearest the middle; infinite or zero beyond the range of `f64`.
    pub(crate) fn to_f64(&self) -> f64 {
        match &self.0 {
            Form::Double(double) => double.lo() / 2.0 + double.hi() / 2.0,
            Form::Big(big) => big.middle_f64(),
        }
    }

    /// An upper bound of log2 of the width over the magnitude; minus infinity for a point.
    pub(crate) fn relative_width_log2(&self) -> f64 {
        self.big().relative_width_log2()
    }

    /// A hardware float as an interval of one point; `None` if it is out of the range of hardware intervals.
    pub(crate) fn point(value: f64) -> Option<Self> {
        Double::point(value).map(|double| Self(Form::Double(double)))
    }

    /// The lower end alone.
    pub(crate) fn lower(&self) -> Self {
        match &self.0 {
            Form::Double(double) => Self::point(double.lo()).expect("an end is in range"),
            Form::Big(big) => {
                let lo = Big::point(big.lo().clone()).expect("an end is in range");
                Self(Form::Big(Box::new(lo)))
            }
        }
    }

    /// An upper bound of the width, up to rounding.
    pub(crate) fn width_f64(&self) -> f64 {
        match &self.0 {
            Form::Double(double) => double.hi() - double.lo(),
            Form::Big(big) => big.width_f64(),
        }
    }

    /// The hull of both.
    pub(crate) fn hull(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Form::Double(a), Form::Double(b)) => Self(Form::Double(a.hull(*b))),
            _ => Self(Form::Big(Box::new(self.big().hull(other.big())))),
        }
    }

    /// The larger (or smaller) of two, end by end.
    pub(crate) fn extreme(&self, other: &Self, larger: bool) -> Self {
        let (a, b) = (self.big(), other.big());
        let pick = |x: &big::Float, y: &big::Float| if (x > y) == larger { x.clone() } else { y.clone() };
        let result = Big::new(pick(a.lo(), b.lo()), pick(a.hi(), b.hi())).expect("ends were in range");
        match result.to_double() {
            Some(double) if matches!((&self.0, &other.0), (Form::Double(_), Form::Double(_))) => {
                Self(Form::Double(double))
            }
            _ => Self(Form::Big(Box::new(result))),
        }
    }

    pub(crate) fn describe(&self) -> String {
        self.big().describe()
    }
}

fn sign_of(value: f64) -> Ordering {
    value.partial_cmp(&0.0).unwrap_or(Ordering::Equal)
}

/// The hardware enclosure of a ratio of integers below 2^53.
fn small_ratio(value: &Rational) -> Option<Double> {
    let numerator = i64::try_from(value.numerator()).ok().filter(|n| n.unsigned_abs() <= 1 << 53)?;
    let top = Double::point(numerator as f64)?;
    if value.is_int() {
        return Some(top);
    }
    let denominator = u64::try_from(value.denominator()).ok().filter(|d| *d <= 1 << 53)?;
    top.div(Double::point(denominator as f64)?)
}
