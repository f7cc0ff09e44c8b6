//! How a value came about, step by step: for people as text, for programs as one JSON object. What the steps are is
//! found elsewhere; here they are only written down.

mod human;
mod json;

pub use human::render;
pub use json::render as render_json;

use super::{ClaimRecord, Report};
use crate::compare::Verdict;
use crate::diag::Diagnostic;
use crate::source::Span;

/// How the claims and values of one statement came about.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Where the statement stands.
    pub span: Span,
    /// The statement as typed, on one line.
    pub text: String,
    /// Its claims.
    pub claims: Vec<Told>,
    /// The point at which names with a domain were taken for the values below, if there are such names.
    pub point: Option<String>,
    /// The definitions that everything goes back to.
    pub givens: Vec<Step>,
    /// The definitions that were computed, each after those that it uses.
    pub steps: Vec<Step>,
    /// The statement's own formulas.
    pub formulas: Vec<Step>,
}

/// A claim with its diagnostic, if it has one.
#[derive(Clone, Debug)]
pub struct Told {
    /// The claim.
    pub claim: ClaimRecord,
    /// What is wrong with it.
    pub diagnostic: Option<Diagnostic>,
}

/// A definition or a formula, and what it comes to.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// What it is called; none for a formula of the statement itself.
    pub name: Option<String>,
    /// Where it stands.
    pub span: Span,
    /// As typed; empty for a number that is given.
    pub formula: String,
    /// The formula with values in the place of names.
    pub inserted: Option<String>,
    /// Its value.
    pub value: Option<String>,
    /// How good the value is, if it is an estimate; why there is none, if there is none.
    pub note: Option<String>,
    /// What its derivatives flow through.
    pub flows: Vec<Flow>,
}

/// A derivative, and the ways along which it flows.
#[derive(Clone, Debug)]
pub struct Flow {
    /// As typed.
    pub derivative: String,
    /// Its value.
    pub value: String,
    /// Along each of them slopes multiply, and the products add up. Empty if they cannot be told apart.
    pub paths: Vec<FlowPath>,
    /// The names that depend on the variable, where there are no paths to show.
    pub through: Vec<String>,
}

/// One way along which a derivative flows.
#[derive(Clone, Debug)]
pub struct FlowPath {
    /// The names, the variable last.
    pub names: Vec<String>,
    /// The slope at each name.
    pub slopes: Vec<String>,
    /// The product of the slopes.
    pub product: String,
}

impl Told {
    /// The claim at `position` of a report, if there is one.
    pub fn of(report: &Report, position: usize) -> Option<Self> {
        let claim = report.claims.get(position)?.clone();
        let diagnostic = claim.diagnostic.and_then(|own| report.diagnostics.get(own)).cloned();
        Some(Self { claim, diagnostic })
    }

    /// What its verdict says.
    fn rule(&self) -> &'static str {
        match self.claim.verdict {
            Verdict::Exact => "equal to the computed value",
            Verdict::Rounded => "the computed value rounds to it",
            Verdict::Tolerance => "within the tolerance of its block",
            Verdict::Holds => "the relation is true",
            Verdict::Identity => "it held wherever it was tested",
            Verdict::Statistical => "within the sampling error of a Monte Carlo mean",
            Verdict::Given => "a number that is given: nothing to recompute",
            Verdict::Filled => "the computed value is written here",
            Verdict::Refuted => "false, as the tag `wrong` says",
            Verdict::Skipped => "not recomputed",
            Verdict::Truncated => "the computed value is cut off where it should be rounded",
            Verdict::Carried => "right only given an earlier wrong number",
            Verdict::Mismatch => "not the computed value",
            Verdict::Unverifiable => "not computable",
        }
    }
}
