//! Values rounded to digits, as far as their bounds allow.

use std::ops::RangeInclusive;

use dashu::base::UnsignedAbs;
use dashu::integer::{IBig, UBig};

use crate::compare::decimal::{self, LARGEST_EXPONENT, Rational, magnitude, power_of_ten, scaled};
use crate::compare::{Computed, Kind};

/// The most decimals that are written out.
pub(super) const MOST_DECIMALS: i64 = 1_000;
/// The digits of a value for which no number is asked.
const NATURAL_DIGITS: usize = 6;
/// The most digits of an integer that is written out because it is exact.
const MOST_INTEGER_DIGITS: i64 = 1_000;

/// `units * 10^-decimals`, the nearest such number to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rounded {
    units: IBig,
    decimals: i64,
}

impl Rounded {
    /// To so many decimals; negative counts round to tens, hundreds and so on.
    pub(super) fn to_place(computed: &Computed, decimals: i64) -> Option<Self> {
        if decimals.abs() > LARGEST_EXPONENT || !supports(computed, decimals) {
            return None;
        }
        let (low, high) = (scaled(&computed.lo, decimals), scaled(&computed.hi, decimals));
        // Bounds that agree to 50 digits and yet round apart enclose a tie.
        let tie = &high - &low == IBig::ONE && computed.is_narrow();
        let away = if high > IBig::ZERO { &high } else { &low };
        (low == high || tie).then(|| Self { units: away.clone(), decimals })
    }

    /// To so many significant digits, at least one.
    pub(super) fn to_digits(computed: &Computed, count: usize) -> Option<Self> {
        let lengths = (magnitude(&computed.lo)?, magnitude(&computed.hi)?);
        let first = lengths.0.max(lengths.1);
        // Bounds on both sides of 0 have no first digit. Those on both sides of a power of ten differ in it: the
        // larger leaves a digit out at most, and only if rounding does not reach the power.
        if computed.may_be_zero() {
            return None;
        }
        let count = i64::try_from(count).ok()?;
        let rounded = Self::to_place(computed, count - 1 - first)?;
        let exceeds = rounded.magnitude()? > first;
        Some(if exceeds {
            Self { units: rounded.units / IBig::from(10), decimals: rounded.decimals - 1 }
        } else {
            rounded
        })
    }

    /// Its significant digits: all, if they are at most six, else six, or as many as an estimate supports.
    pub(super) fn significant(computed: &Computed) -> Option<Self> {
        let brief = short(computed).map(|short| short.without_zeros(-LARGEST_EXPONENT));
        let brief = brief.filter(|brief| brief.units.clone().unsigned_abs() < UBig::from(1_000_000u32));
        brief.or_else(|| Self::counts(computed).rev().find_map(|count| Self::to_digits(computed, count)))
    }

    /// In full if it is a number of at most six significant digits or an integer, else to six digits, or as many as
    /// an estimate supports. A number that is no integer has at least one decimal, lest it look like one.
    pub(super) fn natural(computed: &Computed) -> Option<Self> {
        if let Some(short) = short(computed) {
            return Some(short);
        }
        let place = |count: usize| {
            let rounded = Self::to_digits(computed, count)?;
            if rounded.decimals > 0 { Some(rounded) } else { Self::to_place(computed, 1) }
        };
        Self::counts(computed).rev().find_map(place)
    }

    /// How many digits come into question. Proven bounds that leave a digit open can be had narrower, others not.
    fn counts(computed: &Computed) -> RangeInclusive<usize> {
        let fewest = if computed.source.kind == Kind::Proven { NATURAL_DIGITS } else { 1 };
        fewest..=NATURAL_DIGITS
    }

    /// The same number without zeros at its end, but not with fewer decimals than this.
    fn without_zeros(mut self, fewest: i64) -> Self {
        let ten = IBig::from(10);
        while self.decimals > fewest && !self.units.is_zero() && (&self.units % &ten).is_zero() {
            self.units /= &ten;
            self.decimals -= 1;
        }
        self
    }

    pub(super) fn is_zero(&self) -> bool {
        self.units.is_zero()
    }

    /// Whether nothing was lost by rounding.
    pub(super) fn is_value_of(&self, computed: &Computed) -> bool {
        let value = Rational::from(self.units.clone()) * power_of_ten(-self.decimals);
        computed.lo == value && computed.hi == value
    }

    pub(super) fn is_negative(&self) -> bool {
        self.units < IBig::ZERO
    }

    /// The number of decimals written, 0 or more.
    pub(super) fn decimals(&self) -> usize {
        usize::try_from(self.decimals).unwrap_or(0)
    }

    /// The place of the first digit, 0 for the units.
    pub(super) fn magnitude(&self) -> Option<i64> {
        magnitude(&Rational::from(self.units.clone())).map(|first| first - self.decimals)
    }

    /// The number of digits before the point, without a leading zero.
    pub(super) fn whole_length(&self) -> i64 {
        self.magnitude().map_or(0, |first| (first + 1).max(0))
    }

    /// The digits before and after the point, without a sign. `None` if they are too many to write.
    pub(super) fn text(&self) -> Option<(String, String)> {
        if self.decimals > MOST_DECIMALS {
            return None;
        }
        let whole = &self.units * power_of_ten(-self.decimals.min(0)).numerator();
        Some(decimal::digits(&whole, self.decimals()))
    }

    /// The digits with the point after the first, and the exponent that goes with them.
    pub(super) fn scientific(&self) -> (String, String, i64) {
        let exponent = self.magnitude().unwrap_or(0);
        let (mut figures, _) = decimal::digits(&self.units, 0);
        let fraction = figures.split_off(1);
        (figures, fraction, exponent)
    }
}

/// Whether the bounds are good enough for this place; the same limits as in judging.
fn supports(computed: &Computed, decimals: i64) -> bool {
    let unit = power_of_ten(-decimals);
    match &computed.source.kind {
        Kind::Proven => true,
        Kind::Estimate => computed.width() * Rational::from(1000u16) < unit,
        Kind::Hardware => computed.width() < unit,
        Kind::Sample { standard_error } => *standard_error <= unit,
    }
}

/// The value itself, if it is an integer or has few digits. Bounds that agree to 50 digits count as the short
/// number that they enclose.
fn short(computed: &Computed) -> Option<Rounded> {
    let point = computed.lo == computed.hi && matches!(computed.source.kind, Kind::Proven | Kind::Hardware);
    if !point && !computed.is_narrow() {
        return None;
    }
    if computed.may_be_zero() {
        return Some(Rounded { units: IBig::ZERO, decimals: 0 });
    }
    let encloses = |decimals: i64| {
        let units = scaled(&computed.lo, decimals);
        let value = Rational::from(units.clone()) * power_of_ten(-decimals);
        (computed.lo <= value && value <= computed.hi).then_some(Rounded { units, decimals })
    };
    let first = magnitude(&computed.lo)?.max(magnitude(&computed.hi)?);
    let whole = if (0..MOST_INTEGER_DIGITS).contains(&first) { encloses(0) } else { None };
    let place = i64::try_from(NATURAL_DIGITS).ok()? - 1 - first;
    let fraction = || encloses(place).filter(|_| (1..=LARGEST_EXPONENT).contains(&place));
    whole.or_else(fraction).map(|rounded| rounded.without_zeros(0))
}
