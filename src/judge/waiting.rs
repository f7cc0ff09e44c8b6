//! Formulas that stand before what they name: `A = \pi r^2, where r = 3`.
//!
//! The chapter is read once to learn which statement names what is given only after it, and then once more, where each of
//! these is judged as soon as all of its names are known. A statement that claims nothing yet waits to the end of its
//! section; one that states a number, or says that formulas are equal, to the end of its block: what is given in a later
//! example is another matter. Nothing waits where something in between needs it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Judge;
use super::chain::{self, Chain};
use super::finding::Finding;
use super::learner::{Role, Waiting};
use super::reorder::Late;
use crate::eval::{BindingId, Scope};
use crate::report;
use crate::scan::{Fragment, Rules};
use crate::source::Span;
use crate::syntax::macros::Expanded;
use crate::syntax::{self, Expr, Name, Notation, Statement};

/// A statement: where its text begins, and which of the statements there it is.
pub(super) type Place = (u32, usize);

/// Which statements are judged later than they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    /// The statements that wait for each, in reading order.
    after: BTreeMap<Place, Vec<Place>>,
    /// All that wait; an equation is to hold for what is given behind it.
    waiting: BTreeMap<Place, Option<Solution>>,
}

impl Order {
    /// The statement at `place` is judged behind that at `behind` instead of where it stands.
    pub(super) fn put_off(&mut self, place: Place, behind: Place, solution: Option<Solution>) {
        self.waiting.insert(place, solution);
        self.after.entry(behind).or_default().push(place);
    }

    /// Whether every statement is judged where it stands.
    pub(super) fn is_plain(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// What is given behind an equation.
#[derive(Clone, Debug)]
pub(super) struct Solution {
    /// Where the last of it is.
    pub(super) place: Span,
    /// The names that the equation is for.
    pub(super) unknowns: Vec<Name>,
    /// Whether it is one; an inequality only says which solutions count.
    pub(super) equates: bool,
}

/// A statement that has been passed over.
#[derive(Clone)]
pub(super) struct Held {
    /// Of an equation.
    pub(super) solution: Option<Solution>,
    pub(super) text: Fragment,
    pub(super) notation: Notation,
    pub(super) kind: report::Kind,
    pub(super) rules: Rules,
    pub(super) expanded: Option<Expanded>,
    /// How many findings there were where it stands.
    pub(super) home: usize,
}

impl Held {
    pub(super) fn statements(&self) -> Option<Vec<Statement<'_>>> {
        syntax::parse_with(&self.text, self.notation, self.expanded.as_ref()).ok()
    }

    /// The chain that is held of `place`, read by what is known in `scope`.
    pub(super) fn chain(&self, place: Place, scope: &Scope) -> Option<Chain> {
        let statements = self.statements()?;
        let group = chain::groups(&statements).get(place.1).copied()?;
        Some(chain::read(group, &self.text, scope, false))
    }
}

impl Judge<'_> {
    /// Passes over a statement that is to be judged later.
    pub(super) fn holds(&mut self, place: Place, held: impl FnOnce(Rules, Option<Solution>) -> Held) -> bool {
        let Some(solution) = self.order.waiting.get(&place) else { return false };
        self.held.insert(place, held(self.rules.clone(), solution.clone()));
        true
    }

    /// Judges what has waited for the statement at `place`.
    fn release(&mut self, place: Place) {
        let order = self.order;
        order.after.get(&place).into_iter().flatten().for_each(|waiting| self.judge_held(*waiting));
    }

    /// Judges what waits still.
    pub(super) fn release_all(&mut self) {
        let waiting: Vec<Place> = self.held.keys().copied().collect();
        waiting.into_iter().for_each(|waiting| self.judge_held(waiting));
    }

    fn judge_held(&mut self, place: Place) {
        let Some(held) = self.held.remove(&place) else { return };
        let Some(statements) = held.statements() else { return };
        let Some(group) = chain::groups(&statements).get(place.1).copied() else { return };
        let outer = self.rules.clone();
        self.obey(held.rules.clone());
        let (chain, mut findings) = self.chain(group, &held.text, held.notation, held.kind, false);
        if let Some(solution) = &held.solution {
            self.judge_solution(&chain, solution, &mut findings);
        }
        self.obey(outer);
        let holds = findings.iter().all(|finding| finding.record.verdict.passes());
        let start = self.findings.len();
        self.findings.extend(findings);
        self.late.push(Late { findings: start..self.findings.len(), home: held.home, place });
        if held.solution.is_some() && holds {
            self.solutions.note(place, held.clone());
        }
    }

    /// Learns from a chain that has been judged, with its `claims`: what it lacks, and which statements have waited for
    /// what it defines, from `before` on.
    pub(super) fn learn(&mut self, place: Place, chain: &Chain, claims: Range<usize>, before: BindingId) {
        let Some(first) = chain.members.first() else { return self.release(place) };
        let lacking = self.learner.lacking(chain, &self.scope, before);
        if lacking.is_nothing() {
            return self.give(place, before, first.span);
        }
        let is_told = self.findings[claims.clone()].iter().any(Finding::lacks_name);
        match Role::of(chain, &lacking.lacks, is_told) {
            Some(role) => {
                let names = self.names_from(before);
                let waiting = Waiting { place, role, lacking, claims };
                self.learner.wait(waiting, before..self.scope.len(), &names);
            }
            None => {
                self.learner.keep_all(lacking.needs);
                self.give(place, before, first.span);
            }
        }
    }

    /// What has been defined from `before` on is known behind the statement at `place`: what has waited for it is judged.
    pub(super) fn give(&mut self, place: Place, before: BindingId, span: Span) {
        if self.learner.is_waited_for() {
            let late = self.learner.meet(&self.names_from(before), place, span);
            late.into_iter().for_each(|at| self.point_out(at, span));
        }
        self.release(place);
    }

    /// Something that does not wait uses these names: what gives them their meaning cannot wait either.
    pub(super) fn use_now(&mut self, expr: &Expr) {
        self.givens.mark(expr, &self.scope);
        if self.learner.is_waited_for() {
            let ids = expr.free_names().into_iter().filter_map(|name| self.scope.here(name));
            let used = ids.filter_map(|id| self.learner.meant_by(id)).collect();
            self.learner.keep_all(used);
        }
    }

    fn names_from(&self, before: BindingId) -> Vec<Name> {
        (before..self.scope.len()).map(|id| self.scope.binding(id).name.clone()).collect()
    }

    /// Shows where the name that a statement lacks is given, too late for it.
    fn point_out(&mut self, at: usize, given: Span) {
        let claims = self.learner.claims(at);
        let lacking = self.findings[claims].iter_mut().filter(|finding| finding.lacks_name());
        for diagnostic in lacking.filter_map(|finding| finding.diagnostic.as_mut()) {
            diagnostic.secondary.push((given, "given only here, below it".to_owned()));
        }
    }
}
