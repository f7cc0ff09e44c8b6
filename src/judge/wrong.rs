//! Blocks that are meant to be false.

use std::sync::Arc;

use super::Judge;
use super::finding::Finding;
use crate::diag::{Code, Diagnostic};
use crate::scan::Block;
use crate::source::Span;

impl Judge<'_> {
    /// A block that is meant to be false: what is false in it counts as refuted, and it defines nothing.
    pub(super) fn wrong(&mut self, block: &Block, tag: Span) {
        let scope = self.scope.clone();
        let (givens, stated, world) = (self.givens.clone(), self.stated.clone(), Arc::clone(&self.world));
        let (entries, cases) = (self.entries.clone(), self.cases.clone());
        let sequences = self.sequences.len();
        let outer = self.learner.enter_wrong();
        let start = self.findings.len();
        self.parts(block);
        self.learner.leave_wrong(outer, scope.len());
        self.scope = scope;
        self.sequences.truncate(sequences);
        self.solutions.leave_wrong(self.scope.len(), self.learner.block());
        (self.givens, self.stated, self.world) = (givens, stated, world);
        (self.entries, self.cases) = (entries, cases);
        let mut refuted = 0;
        for finding in self.findings[start..].iter_mut().filter(|finding| finding.is_false()) {
            finding.refute();
            refuted += 1;
        }
        if refuted == 0 && self.findings[start..].iter().all(Finding::passes) {
            let message = "nothing in the block after this tag is false";
            self.diagnostics.push(
                Diagnostic::error(Code::NotWrong, tag, message)
                    .secondary(block.span, "all of this holds")
                    .help("tag it `<!-- qed -->` if it is meant to be right"),
            );
        }
    }
}
