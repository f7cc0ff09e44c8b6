//! Stated against computed: the number as written, its place value, and the verdict.
//!
//! Everything here is decided in exact rational arithmetic. A computed value comes as an enclosure; where the
//! enclosure does not support a verdict the outcome is [`Outcome::NeedsPrecision`], never a guess. This module
//! knows neither documents nor expressions: `judge` hands it numbers and turns its outcomes into diagnostics.
//!
//! ```
//! use mdbook_qed::compare::{compare, Computed, Outcome, Rational, Relation, Rule, Stated, Verdict};
//! let third = Computed::exact(Rational::from_parts(1.into(), 3u8.into()));
//! let stated = Stated::new("0.333", false, 0, false).expect("a number");
//! let outcome = compare(&stated, &third, &Rule::new(Relation::Equal), true);
//! assert!(matches!(outcome, Outcome::Decided(Verdict::Rounded, _)));
//! ```

pub mod decimal;
mod relation;
mod rounding;
mod stated;

pub use decimal::Rational;
pub use relation::{Agreement, Order, agree, could_round, holds, not_equal, overlaps};
pub use rounding::compare;
pub use stated::Stated;

use crate::scan::{Rounding, Rules};

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
    /// Single precision: bounds that cannot be narrowed, so more digits than they support are an error.
    Single,
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
}

impl std::ops::Neg for Computed {
    type Output = Self;

    fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo, source: self.source }
    }
}

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

/// What comparing yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A verdict that the bounds support, and what is to be said with it.
    Decided(Verdict, Detail),
    /// The bounds straddle a boundary: compute more precisely and compare again.
    NeedsPrecision,
    /// More digits are stated than the computation can support.
    OverPrecise,
}

/// What is to be said with a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing beyond the verdict.
    Plain,
    /// The bounds hold the number, or the boundary that decides, and leave no more than the 51st digit open.
    FiftyDigits,
    /// Just halfway between two numbers of the stated place.
    Tie,
    /// Cut off, as the author's rule allows.
    CutOff,
    /// The number lies within the error of an estimate.
    WithinEstimate,
    /// The bare power of ten is the right order of magnitude.
    OrderOfMagnitude,
    /// It rounds to the integer, but an integer stated with `=` must be exact.
    IntegerNotExact,
    /// The bounds straddle a boundary and cannot be narrowed.
    TooClose,
    /// The estimate's error is too large for the stated place.
    TooCoarse,
}

impl Detail {
    /// A clause for a message, empty for [`Detail::Plain`].
    pub fn clause(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::FiftyDigits => "agrees to 50 digits",
            Self::Tie => "a tie, which may be rounded either way",
            Self::CutOff => "cut off, which the rule here accepts",
            Self::WithinEstimate => "within the error of the estimate",
            Self::OrderOfMagnitude => "the right order of magnitude",
            Self::IntegerNotExact => {
                "an integer stated with `=` must be exact; write `\\approx` or give decimals"
            }
            Self::TooClose => "too close to a rounding boundary to decide",
            Self::TooCoarse => "the estimate is too coarse for this many digits",
        }
    }
}

/// The outcome for one stated number or relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Equal.
    Exact,
    /// Equal after rounding to the stated place.
    Rounded,
    /// Within the author's own tolerance.
    Tolerance,
    /// An inequality that is true.
    Holds,
    /// A symbolic relation that held at every tested point.
    Identity,
    /// Within the sampling error of a Monte Carlo estimate.
    Statistical,
    /// A definition by a literal.
    Given,
    /// A hole, filled.
    Filled,
    /// False, as its tag says.
    Refuted,
    /// Not recomputed, for a stated reason.
    Skipped,
    /// Cut off where it should have been rounded.
    Truncated,
    /// Wrong, but right given an earlier wrong number.
    Carried,
    /// None of these.
    Mismatch,
    /// Not computable.
    Unverifiable,
}

impl Verdict {
    /// The word that reports print.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Rounded => "rounded",
            Self::Tolerance => "tolerance",
            Self::Holds => "holds",
            Self::Identity => "identity",
            Self::Statistical => "statistical",
            Self::Given => "given",
            Self::Filled => "filled",
            Self::Refuted => "refuted",
            Self::Skipped => "skipped",
            Self::Truncated => "truncated",
            Self::Carried => "carried",
            Self::Mismatch => "mismatch",
            Self::Unverifiable => "unverifiable",
        }
    }

    /// Whether the page is right as far as this claim goes.
    pub fn passes(self) -> bool {
        self < Self::Truncated
    }
}
