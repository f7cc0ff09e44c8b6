//! A computed value as text: in the style of the number that it replaces, or in the format of a hole.
//!
//! The text says no more than the bounds of the value support: `None` means that they leave a digit open, and that
//! more precision is needed. Ties are rounded away from zero, as at school; no zero has a minus sign. Where the
//! text goes is not known here.

mod digits;
mod format;
mod layout;

use crate::compare::decimal::{Rational, magnitude, power_of_ten};
use crate::compare::{Computed, Outcome, Rule, Stated, compare};
use digits::Rounded;

pub use format::{Format, Places, render_hole};

/// The text that should stand in the place of `like`: the value to the same place, with the author's percent, exponent,
/// grouping and way to write them.
///
/// The place gives way where it cannot state the value. A number whose digits would all vanish keeps their count
/// instead, an exponent moves with its mantissa, and where only the exact number is right (`7/2 = 4`) it is
/// written out, or to six digits. The text passes [`compare`] by the same rule; where none can, there is none.
///
/// ```
/// use mdbook_qed::compare::{Computed, Rational, Relation, Rule, Stated};
/// use mdbook_qed::splice::render::render;
/// let typed = Stated::new("132{,}863{,}335", false, 0, false).expect("a number");
/// let value = Computed::exact(Rational::from(132_863_336u32));
/// assert_eq!(render(&value, &typed, &Rule::new(Relation::Equal)).as_deref(), Some("132{,}863{,}336"));
/// ```
pub fn render(computed: &Computed, like: &Stated, rule: &Rule) -> Option<String> {
    let styles = if like.power_of_ten.is_some() {
        [power, natural, natural]
    } else {
        [same_place, same_digits, natural]
    };
    let mut candidates = styles.into_iter().filter_map(|style| style(computed, like));
    let passes = |number: &Stated| {
        let outcome = compare(number, computed, rule, true);
        matches!(outcome, Outcome::Decided(verdict, _) if verdict.passes())
    };
    candidates.find(passes).map(|number| number.text)
}

/// The value to the same place. `None` if no digit would be left of a number that had some, or if the mantissa of a
/// number with an exponent would have another length.
fn same_place(computed: &Computed, like: &Stated) -> Option<Stated> {
    let rounded =
        Rounded::to_place(&mantissa(computed, like, like.exponent), i64::try_from(like.decimals).ok()?)?;
    let vanished = like.digits > 0 && !computed.may_be_zero() && has_few_digits(&rounded, computed, like);
    let moved = like.exponent != 0 && rounded.whole_length() != layout::whole_length(like);
    if vanished || moved { None } else { layout::write(&rounded, like.exponent, like) }
}

/// Whether rounding to the place of `like` leaves less than half as many digits as it has: 76.9 is not mended by 0.1.
fn has_few_digits(rounded: &Rounded, computed: &Computed, like: &Stated) -> bool {
    let mantissa = mantissa(computed, like, like.exponent);
    let (Some(first), false) = (magnitude(&mantissa.lo), rounded.is_zero()) else { return true };
    let digits = first + 1 + i64::try_from(like.decimals).unwrap_or(0);
    let least = (i64::try_from(like.digits).unwrap_or(0) + 1) / 2;
    digits < least && !rounded.is_value_of(&mantissa)
}

/// The value to as many significant digits.
fn same_digits(computed: &Computed, like: &Stated) -> Option<Stated> {
    let rounded = Rounded::to_digits(&mantissa(computed, like, 0), like.digits.max(1))?;
    if like.exponent == 0 {
        return layout::write(&rounded, 0, like);
    }
    let exponent = rounded.magnitude()? + 1 - layout::whole_length(like);
    let rounded = Rounded::to_place(&mantissa(computed, like, exponent), i64::try_from(like.decimals).ok()?)?;
    layout::write(&rounded, exponent, like)
}

/// The value written out if it is short, else to six significant digits.
fn natural(computed: &Computed, like: &Stated) -> Option<Stated> {
    layout::write(&Rounded::natural(&mantissa(computed, like, 0))?, 0, like)
}

/// The nearest bare power of ten on a logarithmic scale, `10^k` with `10^(2k-1) ≤ v² ≤ 10^(2k+1)`.
fn power(computed: &Computed, like: &Stated) -> Option<Stated> {
    let value = if like.negative { -computed.clone() } else { computed.clone() };
    let nearest = |bound: &Rational| Some((magnitude(&(bound * bound))? + 1).div_euclid(2));
    let exponent = nearest(&value.lo).filter(|_| value.lo > Rational::ZERO)?;
    let number = Stated::power_of_ten(exponent).filter(|_| nearest(&value.hi) == Some(exponent))?;
    let text = layout::with_exponent(&like.text, like.power_of_ten?, exponent)?;
    Some(if like.negative { number.negated() } else { number }.typed(text))
}

/// What the mantissa has to say if `exponent` is written after it, and a percent sign where `like` has one.
fn mantissa(computed: &Computed, like: &Stated, exponent: i64) -> Computed {
    computed.times(&power_of_ten(if like.percent { 2 - exponent } else { -exponent }))
}
