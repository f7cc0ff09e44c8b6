//! Claims that were judged later than they stand are reported where they stand.

use std::ops::Range;

use super::Judge;
use super::finding::Finding;
use super::waiting::Place;

/// The findings of a statement that was judged late.
pub(super) struct Late {
    /// Their positions.
    pub(super) findings: Range<usize>,
    /// How many findings there were where the statement stands.
    pub(super) home: usize,
    pub(super) place: Place,
}

impl Judge<'_> {
    /// Adds what came of the statement at `place`, which stands where there were `home` findings. Returns its positions.
    pub(super) fn add_late(&mut self, findings: Vec<Finding>, home: usize, place: Place) -> Range<usize> {
        let start = self.findings.len();
        self.findings.extend(findings);
        let findings = start..self.findings.len();
        self.late.push(Late { findings: findings.clone(), home, place });
        findings
    }

    /// Puts all findings in reading order, and what names them by their positions with them.
    pub(super) fn put_in_order(&mut self) {
        if self.late.is_empty() {
            return;
        }
        let count = self.findings.len();
        // Those that belong before a position come in the order of their statements.
        let mut homes: Vec<(usize, Option<Place>)> = (0..count).map(|at| (at, None)).collect();
        for Late { findings, home, place } in self.late.drain(..) {
            homes[findings].fill((home, Some(place)));
        }
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|at| (homes[*at].0, homes[*at].1.is_none(), homes[*at].1));
        let mut moved = vec![count; count + 1];
        order.iter().enumerate().for_each(|(now, before)| moved[*before] = now);
        let mut findings: Vec<Option<Finding>> = self.findings.drain(..).map(Some).collect();
        self.findings.extend(order.into_iter().filter_map(|at| findings[at].take()));
        for finding in &mut self.findings {
            finding.record.cause = finding.record.cause.map(|cause| moved[cause]);
        }
        for trace in &mut self.tracing.traces {
            let start = moved[trace.claims.start];
            trace.claims = start..start + trace.claims.len();
        }
    }
}
