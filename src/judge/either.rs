//! Equations with an "or" between them: `x - 2 = 0` or `x + 3 = 0`, so `x = 2` or `x = -3`. Each solution has to solve one of
//! them, and each of them has to have one.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Judge;
use super::chain::Chain;
use super::finding::Finding;
use super::several;
use super::solution;
use super::waiting::{Held, Place, Solution};
use crate::compare::Relation;
use crate::eval::BindingId;
use crate::syntax::Name;

/// So many equations of a block are tried for all solutions.
const MOST_ALTERNATIVES: usize = 32;

/// The statements of a block between which an "or" stands.
#[derive(Default)]
pub(super) struct Either {
    /// The group of each, which goes by the place of its first one.
    groups: BTreeMap<Place, Place>,
    /// What they give themselves: `x = 0` or `x + 3 = 0`.
    given: Vec<(Place, Range<BindingId>)>,
    judged: Vec<Alternative>,
}

/// An equation of a group, judged by the first solution.
struct Alternative {
    equation: (Place, Held),
    group: Place,
    unknown: Name,
    /// What was false of it, by its position among the findings of the page.
    false_at: Vec<(usize, Finding)>,
}

impl Either {
    /// An "or" stands between two statements.
    fn link(&mut self, place: Place, before: Place) {
        let group = *self.groups.entry(before).or_insert(before);
        self.groups.insert(place, group);
    }

    /// The statement at `place` has given these names.
    fn give(&mut self, place: Place, given: Range<BindingId>) {
        let group = self.groups.get(&place);
        self.given.extend(group.map(|group| (*group, given)));
    }

    /// The group of a statement.
    pub(super) fn group(&self, place: Place) -> Option<Place> {
        self.groups.get(&place).copied()
    }

    /// Whether one of a group is no equation to be solved but gives a value itself.
    pub(super) fn gives(&self, group: Place) -> bool {
        self.given.iter().any(|(of, given)| *of == group && !given.is_empty())
    }

    fn gives_this(&self, group: Place, id: BindingId) -> bool {
        self.given.iter().any(|(of, given)| *of == group && given.contains(&id))
    }
}

impl Judge<'_> {
    /// The statement at `place` is the next one, perhaps behind an "or".
    pub(super) fn follow(&mut self, place: Place, is_alternative: bool) {
        let Some((before, known)) = self.previous.replace((place, self.scope.len())) else { return };
        if is_alternative {
            self.either.link(place, before);
        }
        self.either.give(before, known..self.scope.len());
    }

    /// The name that an equation is for which is known already.
    pub(super) fn solution_known(&self, chain: &Chain) -> Option<Solution> {
        let place = chain.members.first()?.span;
        let unknowns =
            chain.free_names().filter(|name| self.solutions.is_solved_for(name)).cloned().collect();
        Some(Solution { place, unknowns, equates: true })
    }

    /// An equation with one unknown that stands for one of several has been judged by the first solution: that this does not
    /// solve it says nothing yet. `start`: the position of its first finding.
    pub(super) fn set_aside(&mut self, place: Place, held: &Held, findings: &mut [Finding], start: usize) {
        let unknown = held.solution.as_ref().and_then(|solution| solution.unknowns.first());
        let Some((group, unknown)) = self.either.group(place).zip(unknown.cloned()) else { return };
        if self.either.judged.len() == MOST_ALTERNATIVES {
            return;
        }
        let is_false = |(at, finding): (usize, &mut Finding)| {
            finding.is_false().then(|| (start + at, finding.set_aside("another solution solves it")))
        };
        let false_at = findings.iter_mut().enumerate().filter_map(is_false).collect();
        self.either.judged.push(Alternative { equation: (place, held.clone()), group, unknown, false_at });
    }

    /// A block ends: what no solution solves is false after all, and so is a group that does not hold for each of them.
    pub(super) fn close_either(&mut self) {
        if let Some((last, known)) = self.previous.take() {
            self.either.give(last, known..self.scope.len());
        }
        let mut either = std::mem::take(&mut self.either);
        let judged = std::mem::take(&mut either.judged);
        let solved: Vec<Vec<(BindingId, bool)>> =
            judged.iter().map(|alternative| self.solved(alternative)).collect();
        for (alternative, own) in judged.iter().zip(&solved) {
            let in_group = |other: &Alternative| other.group == alternative.group;
            let solves_one = |id: BindingId| {
                let others = judged.iter().zip(&solved).filter(|(other, _)| in_group(other));
                either.gives_this(alternative.group, id)
                    || others.flat_map(|(_, solved)| solved).any(|solved| *solved == (id, true))
            };
            let is_solved = own.iter().any(|(_, solves)| *solves);
            if is_solved && own.iter().all(|(id, _)| solves_one(*id)) {
                continue;
            }
            for (at, finding) in &alternative.false_at {
                self.findings[*at] = finding.clone();
            }
        }
    }

    /// The solutions of an equation's unknown, and whether each solves it.
    fn solved(&self, alternative: &Alternative) -> Vec<(BindingId, bool)> {
        let Alternative { equation, unknown, .. } = alternative;
        let solves = |id: &BindingId| {
            let mut scope = self.scope.clone();
            several::put_in_again(&mut scope, *id);
            let in_degrees = scope.binding(*id).nature.in_degrees;
            let relation =
                if self.solutions.is_approximate(*id) { Relation::Approx } else { Relation::Equal };
            let ends = self.stated.get(id).and_then(|stated| solution::ends(stated, relation, in_degrees));
            let ends: Vec<_> = ends.map(|ends| (unknown.clone(), ends)).into_iter().collect();
            (*id, self.holds_in(equation, unknown, &scope, &ends) == Some(true))
        };
        self.solutions_of(unknown).iter().map(solves).collect()
    }
}
