//! Mixed numbers, `2\frac12`: a chain has them if everything that it claims is right by that. Elsewhere they are asked
//! about.

use super::Judge;
use super::chain::{self, Chain, Kind, Member};
use super::finding::Finding;
use super::segment;
use crate::compare::Verdict;
use crate::report;
use crate::scan::Fragment;
use crate::syntax::{Reason, Statement};

impl Judge<'_> {
    /// Reads a chain, and whether it has mixed numbers.
    pub(super) fn read(
        &mut self,
        group: &[Statement<'_>],
        text: &Fragment,
        kind: report::Kind,
        latex: bool,
        always: bool,
    ) -> (Chain, bool) {
        let chain = chain::read(group, text, &self.scope, always);
        if !chain.members.iter().any(is_open) {
            return (chain, false);
        }
        self.scope.read_mixed_numbers(true);
        let mixed = chain::read(group, text, &self.scope, always);
        self.scope.read_mixed_numbers(false);
        let findings = segment::judge(&self.court(kind, latex), &mixed).findings;
        let claims = findings.iter().any(|finding| finding.record.verdict != Verdict::Given);
        let is_right = claims && findings.iter().all(|finding| finding.record.verdict.passes());
        if is_right { (mixed, true) } else { (chain, false) }
    }
}

fn is_open(member: &Member) -> bool {
    matches!(&member.kind, Kind::Unreadable(error) if error.reason == Reason::Mixed)
}

/// The finding, with the reading by which it is right.
pub(super) fn noted(finding: Finding) -> Finding {
    finding.message("numbers before fractions are read as mixed numbers, which makes this right")
}
