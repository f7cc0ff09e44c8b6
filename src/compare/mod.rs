//! Stated against computed: the number as written, its place value, and the verdict.

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
