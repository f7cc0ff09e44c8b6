//! The nearest explanation of a wrong number: which slip of the pen or of the mind makes the computed value this one.
//!
//! An explanation is only offered where it could hardly be chance: the stated digits, at least two of them and more
//! for the less likely slips, have to agree with the changed value after rounding. It never touches the verdict.

mod slips;
mod transformations;

use super::decimal::{Rational, absolute, power_of_ten};
use super::rounding::significant_unit;
use super::{Computed, Rule, Stated};

/// What a value that a caller offers would mean, such as "this is right for degrees".
pub type Candidate = (String, Computed);

/// A clause that says how the stated number may have come about, or `None`. `candidates` are values that the
/// caller computed from a likely misreading of the formula, with the clause to print if one of them fits.
///
/// ```
/// use mdbook_qed::compare::{explain, Computed, Rational, Relation, Rule, Stated};
/// let stated = Stated::new("0.0125", false, 0, false).expect("a number");
/// let eighth = Computed::exact(Rational::from_parts(1.into(), 8u8.into()));
/// let clause = explain(&stated, &eighth, &Rule::new(Relation::Equal), &[]);
/// assert_eq!(clause.as_deref(), Some("this is the computed value with the decimal point one place to the left"));
/// ```
pub fn explain(
    stated: &Stated,
    computed: &Computed,
    rule: &Rule,
    candidates: &[Candidate],
) -> Option<String> {
    let target = Target::new(stated, rule)?;
    if target.is_hit(computed) {
        return None;
    }
    slips::cut_off(&target, computed)
        .or_else(|| slips::last_digit(&target, computed))
        .or_else(|| shifted(&target, computed))
        .or_else(|| offered(&target, candidates))
        .or_else(|| slips::digits(&target, computed))
        .or_else(|| transformations::function(&target, computed))
}

/// The stated number as something to be hit.
struct Target<'a> {
    stated: &'a Stated,
    /// The place that counts: trailing zeros of an integer after `\approx` do not.
    unit: Rational,
    /// The number of digits that count.
    digits: usize,
}

impl<'a> Target<'a> {
    /// `None` for numbers on which no explanation could be based.
    fn new(stated: &'a Stated, rule: &Rule) -> Option<Self> {
        let unit = significant_unit(stated, rule.relation);
        let zeros = if unit == stated.unit { 0 } else { stated.trailing_zeros };
        let digits = stated.digits.saturating_sub(zeros);
        let speaks = stated.power_of_ten.is_none() && digits >= if stated.integer { 2 } else { 1 };
        speaks.then_some(Self { stated, unit, digits })
    }

    /// Whether every value between the bounds rounds to the stated number.
    fn is_hit(&self, computed: &Computed) -> bool {
        let half = &self.unit / Rational::from(2u8);
        &self.stated.value - &half <= computed.lo && computed.hi <= &self.stated.value + &half
    }

    /// Whether a changed value hits in a way that is not chance: with so many digits, or exactly and with two.
    fn is_hit_by(&self, computed: &Computed, digits: usize) -> bool {
        let exact = computed.lo == self.stated.value && computed.hi == self.stated.value;
        self.digits >= if exact { 2 } else { digits } && self.is_hit(computed)
    }
}

/// The wrong sign, a percent sign too many or too few, a moved decimal point.
fn shifted(target: &Target, computed: &Computed) -> Option<String> {
    if target.is_hit_by(&-computed.clone(), 2) {
        return Some("the sign is wrong".to_owned());
    }
    Some(match (moved_by(target, computed)?, target.stated.percent) {
        (2, false) => "this is the computed value in percent, and the percent sign is missing".to_owned(),
        (-2, true) => "this is the computed value with a percent sign too many".to_owned(),
        (place @ 1.., _) => moved(place, "right"),
        (place, _) => moved(-place, "left"),
    })
}

/// How many places to the right the decimal point of the stated number has moved, if that is what is wrong with it.
pub fn moved_places(stated: &Stated, computed: &Computed, rule: &Rule) -> Option<i64> {
    let target = Target::new(stated, rule)?;
    (!target.is_hit(computed)).then(|| moved_by(&target, computed)).flatten()
}

fn moved_by(target: &Target, computed: &Computed) -> Option<i64> {
    let mut places = (1..=12).flat_map(|places| [places, -places]);
    places.find(|place| target.is_hit_by(&computed.times(&power_of_ten(*place)), 2))
}

fn moved(places: i64, side: &str) -> String {
    let count = match places {
        1 => "one place".to_owned(),
        2 => "two places".to_owned(),
        3 => "three places".to_owned(),
        _ => format!("{places} places"),
    };
    format!("this is the computed value with the decimal point {count} to the {side}")
}

/// The first of the caller's values that fits.
fn offered(target: &Target, candidates: &[Candidate]) -> Option<String> {
    let close = |value: &Computed| absolute(&(&middle(value) - &target.stated.value)) < power_of_ten(-12);
    let fits = |value: &Computed| target.is_hit_by(value, 2) || target.is_hit(value) && close(value);
    candidates.iter().find(|(_, value)| fits(value)).map(|(clause, _)| clause.clone())
}

/// The middle of the bounds.
fn middle(computed: &Computed) -> Rational {
    (&computed.lo + &computed.hi) / Rational::from(2u8)
}

/// Whether two numbers have the same sign, none being 0.
fn same_sign(one: &Rational, other: &Rational) -> bool {
    absolute(one) == *one && absolute(other) == *other || *one < Rational::ZERO && *other < Rational::ZERO
}
