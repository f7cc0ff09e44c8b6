//! The outcome: one [`ClaimRecord`] for every stated number, hole, identity and skip, and the diagnostics.
//! Formats are one file each.

use crate::compare::Verdict;
use crate::diag::{Diagnostic, Severity};
use crate::source::Span;

/// What kind of thing was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number stated in an equation.
    Equation,
    /// A table cell.
    Table,
    /// An inline claim.
    Inline,
    /// A number stated in a `qed` fence.
    Fence,
    /// A relation over a declared domain.
    Identity,
    /// An inequality or a link between two computed members.
    Relation,
    /// A number given to a name.
    Definition,
    /// A hole that asked for a value.
    Hole,
    /// An inline value.
    Value,
    /// A block that is not recomputed.
    Skip,
}

/// One judged thing.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRecord {
    /// Where the stated text stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// The name or left-hand side it belongs to, as typed; empty if none.
    pub name: String,
    /// The text as typed.
    pub stated: String,
    /// Our value in full precision; `None` where there is none.
    pub computed: Option<String>,
    /// The outcome.
    pub verdict: Verdict,
    /// `None` is "ok".
    pub severity: Option<Severity>,
    /// One sentence; empty where the verdict says it all.
    pub message: String,
    /// Index of its diagnostic, for a claim that does not pass.
    pub diagnostic: Option<usize>,
    /// The text that would be right (also: what fills a hole).
    pub fix: Option<String>,
}

/// Everything that was found out about one text.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In reading order.
    pub claims: Vec<ClaimRecord>,
    /// In the order in which they were found.
    pub diagnostics: Vec<Diagnostic>,
}
