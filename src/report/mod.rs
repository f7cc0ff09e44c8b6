//! The outcome: one [`ClaimRecord`] for every stated number, hole, identity and skip, and the diagnostics.
//! Formats are one file each; this file knows none of them, and nothing of how a verdict was reached.

pub mod explanation;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod merge;
pub mod sarif;
mod shard;
#[cfg(test)]
pub(crate) mod samples;

pub use shard::Shard;

use crate::compare::Verdict;
use crate::diag::{Diagnostic, Severity};
use crate::source::Span;
use crate::syntax::Notation;

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

impl Kind {
    /// The word that reports print.
    pub fn word(self) -> &'static str {
        match self {
            Self::Equation => "equation",
            Self::Table => "table",
            Self::Inline => "inline",
            Self::Fence => "fence",
            Self::Identity => "identity",
            Self::Relation => "relation",
            Self::Definition => "definition",
            Self::Hole => "hole",
            Self::Value => "value",
            Self::Skip => "skip",
        }
    }
}

/// One judged thing.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRecord {
    /// Where the stated text stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// What its name and its stated text are written in.
    pub notation: Notation,
    /// The name or left-hand side it belongs to, as typed; empty if none.
    pub name: String,
    /// The text as typed.
    pub stated: String,
    /// What the value was computed by, in plain notation; `None` where that cannot say it.
    pub formula: Option<String>,
    /// Our value in full precision; `None` where there is none.
    pub computed: Option<String>,
    /// Where a relation over a domain fails: names, in plain notation, and their values there.
    pub counterexample: Vec<(String, String)>,
    /// The outcome.
    pub verdict: Verdict,
    /// `None` is "ok".
    pub severity: Option<Severity>,
    /// One sentence; empty where the verdict says it all.
    pub message: String,
    /// Index of its diagnostic, for a claim that does not pass.
    pub diagnostic: Option<usize>,
    /// Index of the claim whose error is carried forward to this one.
    pub cause: Option<usize>,
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

/// How many claims of each outcome a report holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub claims: usize,
    /// Those that hold: neither skipped nor complained about.
    pub ok: usize,
    /// Diagnostics that do not fail the build.
    pub warnings: usize,
    /// Diagnostics that fail the build.
    pub errors: usize,
    /// Claims that are not recomputed, for a stated reason.
    pub skipped: usize,
}

impl Report {
    /// Appends the report of a later chapter; the links between claims and diagnostics move along.
    pub fn append(&mut self, later: Self) {
        let (shift, earlier) = (self.diagnostics.len(), self.claims.len());
        self.claims.extend(later.claims.into_iter().map(|claim| ClaimRecord {
            diagnostic: claim.diagnostic.map(|position| position + shift),
            cause: claim.cause.map(|position| position + earlier),
            ..claim
        }));
        self.diagnostics.extend(later.diagnostics);
    }

    /// Puts `earlier` (found before anything was judged: tags, tables) in front of the diagnostics.
    pub fn prepend(&mut self, earlier: Vec<Diagnostic>) {
        let claims = std::mem::take(&mut self.claims);
        let diagnostics = std::mem::replace(&mut self.diagnostics, earlier);
        self.append(Self { claims, diagnostics });
    }

    /// Whether something in it fails the build.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
            || self.claims.iter().any(|claim| claim.severity == Some(Severity::Error))
    }

    /// The numbers for a summary.
    pub fn counts(&self) -> Counts {
        let complaints = |severity| self.diagnostics.iter().filter(|it| it.severity == severity).count();
        let skipped = self.claims.iter().filter(|claim| claim.verdict == Verdict::Skipped).count();
        let passing = |claim: &&ClaimRecord| claim.verdict.passes() && claim.severity.is_none();
        Counts {
            claims: self.claims.len(),
            ok: self.claims.iter().filter(passing).count() - self.skipped_without_complaint(),
            warnings: complaints(Severity::Warning),
            errors: complaints(Severity::Error),
            skipped,
        }
    }

    fn skipped_without_complaint(&self) -> usize {
        let plain = |claim: &&ClaimRecord| claim.verdict == Verdict::Skipped && claim.severity.is_none();
        self.claims.iter().filter(plain).count()
    }

    /// Turns what is wrong, but computable, into warnings (`on-mismatch = "warn"`). An `unverifiable` claim and
    /// a diagnostic that belongs to no claim stay errors: there the tool, not the number, has failed.
    pub fn soften(&mut self) {
        for claim in &mut self.claims {
            let wrong = !claim.verdict.passes() && claim.verdict != Verdict::Unverifiable;
            if !wrong || claim.severity != Some(Severity::Error) {
                continue;
            }
            claim.severity = Some(Severity::Warning);
            if let Some(diagnostic) = claim.diagnostic.and_then(|position| self.diagnostics.get_mut(position))
            {
                diagnostic.severity = Severity::Warning;
            }
        }
    }

    /// The first claim that breaks the rule every format relies on: a claim that does not pass is linked to a diagnostic,
    /// which exists, and which no other claim is linked to unless both are unverifiable for one reason.
    pub fn broken_link(&self) -> Option<&ClaimRecord> {
        let mut linked = vec![None; self.diagnostics.len()];
        self.claims.iter().find(|claim| match claim.diagnostic {
            Some(position) => linked.get_mut(position).is_none_or(|seen: &mut Option<Verdict>| {
                let before = seen.replace(claim.verdict);
                before.is_some_and(|before| [before, claim.verdict] != [Verdict::Unverifiable; 2])
            }),
            None => !claim.verdict.passes(),
        })
    }
}

/// The word that machines read for how bad a claim or a diagnostic is.
fn severity_word(severity: Option<Severity>) -> &'static str {
    match severity {
        None => "ok",
        Some(Severity::Warning) => "warning",
        Some(Severity::Error) => "error",
    }
}

/// For each diagnostic, the position of the claim it belongs to: the first, where several have one reason.
fn owners(report: &Report) -> Vec<Option<usize>> {
    let mut owners = vec![None; report.diagnostics.len()];
    for (position, claim) in report.claims.iter().enumerate() {
        if let Some(owner) = claim.diagnostic.and_then(|diagnostic| owners.get_mut(diagnostic)) {
            owner.get_or_insert(position);
        }
    }
    owners
}

/// For each diagnostic, the position of the diagnostic whose error is carried forward to it.
fn origins(report: &Report) -> Vec<Option<usize>> {
    let mut origins = vec![None; report.diagnostics.len()];
    for claim in &report.claims {
        let cause = claim.cause.and_then(|cause| report.claims.get(cause)?.diagnostic);
        if let Some(origin) = claim.diagnostic.and_then(|diagnostic| origins.get_mut(diagnostic)) {
            *origin = cause.filter(|cause| *cause < report.diagnostics.len());
        }
    }
    origins
}

/// A diagnostic as running text: the fact, then everything that explains it, a line each.
fn full_message(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    for line in diagnostic.notes.iter().chain(&diagnostic.help) {
        text.push('\n');
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::samples::{self, Sample};
    use super::{Counts, Report};
    use crate::compare::Verdict;
    use crate::diag::Severity;

    #[test]
    fn counts_claims_by_outcome() {
        let Sample { report, .. } = samples::chapter();
        let expected = Counts { claims: 6, ok: 2, warnings: 1, errors: 3, skipped: 1 };
        assert_eq!(report.counts(), expected);
        assert!(report.has_errors());
        assert_eq!(Report::default().counts(), Counts::default());
        assert!(!Report::default().has_errors());
    }

    #[test]
    fn appending_moves_the_links_along() {
        let Sample { mut report, .. } = samples::chapter();
        let first = report.clone();
        report.append(first.clone());
        assert_eq!(report.claims.len(), 2 * first.claims.len());
        assert_eq!(report.broken_link(), None);
        for (earlier, later) in first.claims.iter().zip(&report.claims[first.claims.len()..]) {
            let shifted = earlier.diagnostic.map(|position| position + first.diagnostics.len());
            assert_eq!(later.diagnostic, shifted);
        }
    }

    #[test]
    fn prepending_keeps_the_links() {
        let Sample { mut report, .. } = samples::chapter();
        let first = report.clone();
        report.prepend(vec![first.diagnostics[0].clone()]);
        assert_eq!(report.broken_link(), None);
        assert_eq!(report.claims[1].diagnostic, Some(1));
        assert_eq!(report.diagnostics[1..], first.diagnostics[..]);
    }

    #[test]
    fn softening_spares_what_cannot_be_verified() {
        let Sample { mut report, .. } = samples::chapter();
        report.soften();
        for claim in &report.claims {
            match claim.verdict {
                Verdict::Unverifiable => assert_eq!(claim.severity, Some(Severity::Error)),
                _ => assert_ne!(claim.severity, Some(Severity::Error)),
            }
        }
        assert_eq!(report.counts().errors, 1);
        assert_eq!(report.counts().warnings, 3);
    }

    #[test]
    fn finds_claims_without_their_one_diagnostic() {
        let Sample { report, .. } = samples::chapter();
        assert_eq!(report.broken_link(), None);
        for broken in [None, Some(99), Some(1)] {
            let mut report = report.clone();
            report.claims[1].diagnostic = broken;
            assert!(report.broken_link().is_some(), "{broken:?}");
        }
    }
}
