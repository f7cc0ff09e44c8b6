//! By which rule a stated number is judged: the relation typed, and what tags and configuration add to it.

use super::{Rational, Stated};
use crate::scan::{Rounding, Rules};

/// The two relations between a formula and a stated number that allow rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `=`, `:=`, and an arrow before a percentage.
    Equal,
    /// `\approx`, `\simeq`, `\cong`.
    Approx,
}

/// By which rule a stated number is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The relation typed.
    pub relation: Relation,
    /// Whether cutting off is accepted.
    pub rounding: Rounding,
    /// The author's tolerance relative to the computed value.
    pub rel: Option<Rational>,
    /// The author's absolute tolerance.
    pub abs: Option<Rational>,
}

impl Rule {
    /// The default rule for a relation.
    pub fn new(relation: Relation) -> Self {
        Self { relation, rounding: Rounding::Nearest, rel: None, abs: None }
    }

    /// The rule for a relation under what tags and configuration say. `Err` holds the text of a tolerance that is no
    /// positive decimal number.
    pub fn with(relation: Relation, rules: &Rules) -> Result<Self, String> {
        Ok(Self {
            relation,
            rounding: rules.rounding.unwrap_or_default(),
            rel: rules.rel.as_deref().map(tolerance).transpose()?,
            abs: rules.abs.as_deref().map(tolerance).transpose()?,
        })
    }
}

/// A tolerance as a tag gives it: `0.01`, `1e-3`.
fn tolerance(text: &str) -> Result<Rational, String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    exponent
        .parse()
        .ok()
        .and_then(|exponent| Stated::new(mantissa, false, exponent, false))
        .map(|stated| stated.value)
        .filter(|value| !value.is_zero())
        .ok_or_else(|| text.to_owned())
}
