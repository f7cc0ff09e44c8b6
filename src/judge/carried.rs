//! Errors carried forward: after a chain that contradicts itself, what is wrong by the formulas is judged once more
//! in a second world, in which every contradicted name or left-hand side has its stated number.
//!
//! A number that is merely cut off stays `truncated` in either world: its digits are those of the formula.

use std::sync::Arc;

use super::Judge;
use super::chain::{Chain, Kind};
use super::finding::{Finding, one_line};
use super::naming::Naming;
use super::segment::Judgement;
use crate::compare::Verdict;
use crate::eval::Definition;
use crate::report;
use crate::syntax::{self, Expr};

impl Judge<'_> {
    /// Marks those of `findings` that are right in the second world. `exprs` is what they were computed from, `judge`
    /// judges them once more.
    pub(super) fn carry(
        &mut self,
        findings: &mut [Finding],
        exprs: &[&Expr],
        judge: impl FnOnce(&Self) -> Vec<Finding>,
    ) {
        let wrong = |finding: &&mut Finding| finding.record.verdict == Verdict::Mismatch;
        if self.world.is_empty() || findings.iter().all(|it| it.record.verdict != Verdict::Mismatch) {
            return;
        }
        let causes = exprs.iter().filter_map(|expr| self.world.cause(&self.scope, expr));
        let Some(cause) = causes.max() else { return };
        self.scope.enter(Some(Arc::clone(&self.world)));
        let second = judge(self);
        self.scope.enter(None);
        let cause = self.findings.get(cause).and_then(|finding| finding.record.cause).unwrap_or(cause);
        let Some(origin) = self.findings.get(cause) else { return };
        let (place, stated) = (origin.record.span, said(origin));
        for finding in findings.iter_mut().filter(wrong).filter(|finding| is_right(finding, &second)) {
            finding.carry(cause, place, &stated);
        }
    }

    /// Notes what a chain states against its own formula.
    pub(super) fn contradict(&mut self, chain: &Chain, judgement: &Judgement) {
        let equal = |link: &syntax::Link| link.relation.is_equality();
        let stretch = chain.links.iter().take_while(|link| equal(link)).count() + 1;
        let mut contradicted = None;
        for member in chain.members.iter().take(stretch) {
            let Kind::Bare(bare) = &member.kind else { continue };
            let false_here = |finding: &Finding| {
                // What is right given an earlier mistake goes by its formula, in full.
                finding.is_false()
                    && finding.record.verdict != Verdict::Carried
                    && bare.numbers.iter().any(|(_, number)| number.span == finding.record.span)
            };
            if let Some(at) = judgement.findings.iter().position(false_here) {
                contradicted = Some((Arc::new(bare.expr.clone()), self.findings.len() + at));
            }
        }
        let Some((stated, claim)) = contradicted else { return };
        for (member, naming) in &chain.namings {
            if *member < stretch {
                self.contradict_naming(naming, &stated, claim);
            }
        }
        if let Some(Kind::Expr(lhs)) = chain.members.first().map(|member| &member.kind) {
            self.contradict_expression(lhs, stated, claim);
        }
    }

    fn contradict_naming(&mut self, naming: &Naming, stated: &Arc<Expr>, claim: usize) {
        let stated = |index: Option<(usize, usize)>| match index {
            None => Definition::Expr(Arc::clone(stated)),
            Some((index, count)) => Definition::Part { list: Arc::clone(stated), index, count },
        };
        let names: Vec<_> = match naming {
            Naming::Name(name) => vec![(name, stated(None))],
            Naming::Parts(names) => {
                let part = |(index, name)| (name, stated(Some((index, names.len()))));
                names.iter().enumerate().map(part).collect()
            }
            Naming::Function { .. } | Naming::Sequence { .. } => Vec::new(),
        };
        for (name, stated) in names {
            if let Some(id) = self.scope.here(name) {
                Arc::make_mut(&mut self.world).contradict_name(id, stated, claim);
            }
        }
    }

    fn contradict_expression(&mut self, lhs: &Expr, stated: Arc<Expr>, claim: usize) {
        let known = match &lhs.kind {
            syntax::Kind::Name(name) => self.scope.here(name),
            _ => None,
        };
        let element = self.scope.element(lhs);
        let world = Arc::make_mut(&mut self.world);
        match known {
            None if let Some(element) = element => world.contradict_element(element, stated, claim),
            Some(id) => world.contradict_name(id, Definition::Expr(stated), claim),
            None => world.contradict_expression(&self.scope, lhs, stated, claim),
        }
    }
}

/// Whether a claim that is wrong in the first world holds in the `second`. A link between two members that holds is
/// not reported where the chain states a number.
fn is_right(finding: &Finding, second: &[Finding]) -> bool {
    let mut same = second.iter().filter(|it| it.record.span == finding.record.span).peekable();
    let silent = finding.record.kind == report::Kind::Relation
        && second.iter().all(|it| it.record.verdict != Verdict::Unverifiable);
    (same.peek().is_some() || silent) && same.all(|it| it.record.verdict.passes())
}

/// What a claim says, for a sentence.
fn said(finding: &Finding) -> String {
    let stated = one_line(&finding.record.stated);
    match finding.record.name.as_str() {
        "" => format!("the {stated} stated before"),
        name => format!("`{name}` = {stated}"),
    }
}
