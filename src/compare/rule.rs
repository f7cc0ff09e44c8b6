//! By which rule a stated number is judged: the relation typed, and what tags and configuration add to it.

use super::Rational;
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

    /// The rule for a relation under what tags and configuration say.
    pub fn with(relation: Relation, rules: &Rules) -> Self {
        Self {
            relation,
            rounding: rules.rounding.unwrap_or_default(),
            rel: rules.rel.clone(),
            abs: rules.abs.clone(),
        }
    }
}
