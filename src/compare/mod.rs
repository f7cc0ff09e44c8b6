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

mod computed;
pub mod decimal;
mod explain;
mod relation;
mod rounding;
mod rule;
mod stated;

pub use computed::{Computed, Kind, Source};
pub use decimal::Rational;
pub use explain::{Candidate, explain, moved_places};
pub use relation::{Agreement, Order, agree, could_round, holds, not_equal, overlaps, tolerated};
pub use rounding::compare;
pub use rule::{Relation, Rule};
pub(crate) use stated::Layout;
pub use stated::Stated;

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
    /// Its digits are the first ones of the value, and the dots after them stand for the others.
    Begins,
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
            Self::Begins => "begins with these digits",
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
