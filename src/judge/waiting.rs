//! Formulas that stand before what they name: `A = \pi r^2, where r = 3`.
//!
//! A walk through the chapter learns which statement names what is given only after it, and in the next one each of these is
//! judged as soon as all of its names are known; so again until nothing more is learnt. A statement that claims nothing yet waits to the end of its
//! section, and so does one of which nothing could be judged; any other that states a number, or says that formulas are
//! equal, to the end of its block: what is given in a later example is another matter. Nothing waits where something in
//! between needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::chain::{self, Chain};
use super::finding::Finding;
use super::learner::{Role, Waiting};
use super::{Judge, condition, entry};
use crate::eval::{BindingId, Scope};
use crate::report;
use crate::scan::{Fragment, Rules, Words};
use crate::source::Span;
use crate::syntax::macros::Expanded;
use crate::syntax::{self, Expr, Name, Notation, Statement};

/// A statement: where its text begins, and which of the statements there it is.
pub(super) type Place = (u32, usize);

/// So often a chapter is walked through again for what was learnt of the order of its statements.
const MOST_WALKS: usize = 4;

/// Which statements are judged later than they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    /// How many walks it was learnt in.
    walks: usize,
    /// The statements that wait for each, in reading order.
    after: BTreeMap<Place, Vec<Place>>,
    /// All that wait.
    waiting: BTreeMap<Place, Delay>,
    /// The names that equations are for.
    pub(super) asked: BTreeSet<Name>,
    /// The letters that are given and not used by anything, while a name before them is a run of such.
    pub(super) unused: BTreeSet<Name>,
    /// What entries have for themselves.
    pub(super) entries: entry::Learnt,
}

/// What a statement waits for.
#[derive(Clone, Debug)]
struct Delay {
    /// The statement that gives the last of what it lacks.
    behind: Place,
    /// An equation is to hold for what is given behind it.
    solution: Option<Solution>,
}

impl Order {
    /// The statement at `place` is judged behind that at `behind` instead of where it stands.
    pub(super) fn put_off(&mut self, place: Place, behind: Place, solution: Option<Solution>) {
        self.asked.extend(solution.iter().flat_map(|solution| &solution.unknowns).cloned());
        if let Some(earlier) = self.waiting.insert(place, Delay { behind, solution })
            && let Some(places) = self.after.get_mut(&earlier.behind)
        {
            places.retain(|other| *other != place);
        }
        self.after.entry(behind).or_default().push(place);
    }

    /// Takes over what another walk has learnt; whether that is anything new. The letters that the first one found unused, and what
    /// entries have for themselves, change who waits for what, so that the next one learns that anew.
    pub(super) fn extend(&mut self, mut learnt: Self) -> bool {
        if self.walks == 0 && !(learnt.unused.is_empty() && learnt.entries.is_nothing()) {
            let Self { unused, asked, entries, .. } = learnt;
            *self = Self { walks: 1, unused, asked, entries, ..Self::default() };
            return true;
        }
        self.walks += 1;
        let is_known = learnt.waiting.is_empty() && !self.entries.extend(std::mem::take(&mut learnt.entries));
        let is_new = !is_known && self.walks <= MOST_WALKS;
        for (behind, places) in learnt.after {
            for place in places {
                let solution = learnt.waiting.remove(&place).and_then(|delay| delay.solution);
                self.put_off(place, behind, solution);
            }
        }
        is_new
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
    /// What the words before it say of it.
    pub(super) words: Words,
    /// The block that it stands in.
    pub(super) block: usize,
}

impl Held {
    /// Whether it is an equation, and no inequality that only says which solutions count.
    pub(super) fn equates(&self) -> bool {
        self.solution.as_ref().is_some_and(|solution| solution.equates)
    }

    /// Whether it is for this name.
    pub(super) fn is_for(&self, name: &Name) -> bool {
        self.solution.as_ref().is_some_and(|solution| solution.unknowns.contains(name))
    }

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
        let Some(delay) = self.order.waiting.get(&place) else { return false };
        self.held.insert(place, held(self.rules.clone(), delay.solution.clone()));
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
        let words = std::mem::replace(&mut self.words, held.words);
        self.obey(held.rules.clone());
        let before = self.scope.len();
        if self.may_calculate_anew() {
            let chain = chain::read(group, &held.text, &self.scope, false);
            // What is only stated waits for nothing.
            let _ = self.free_calculated(group, &chain);
        }
        let (chain, mut findings) = self.chain(group, &held.text, held.notation, held.kind, false);
        self.note_use(&chain, &mut findings);
        // `PV = nRT` for given `P` and `V` defines nothing, and is an equation for what is given last.
        let solution = held.solution.clone().or_else(|| self.given_behind(&chain, place));
        if let Some(solution) = &solution {
            self.judge_solution(&chain, solution, &mut findings);
            findings.extend(self.doubt_formulas(&chain, solution, &findings));
        }
        if held.words.is_hypothetical
            && condition::is_one(group, &self.scope)
            && !self.counts(&held, &chain, words.sentence)
        {
            findings.iter_mut().for_each(Finding::is_no_claim);
        }
        if held.block != self.learner.block() {
            findings.iter_mut().filter(|finding| finding.is_false()).for_each(Finding::is_of_another_block);
        }
        let held = Held { solution, ..held.clone() };
        self.obey(outer);
        self.words = words;
        let is_either = self.either.group(place).is_some();
        self.set_aside(place, &held, &mut findings, self.findings.len());
        let both = self.take_first(&chain);
        let holds = is_either || findings.iter().all(Finding::passes);
        let claims = self.add_late(findings, held.home, place);
        if held.solution.is_some() && holds {
            self.solutions.note(place, held.clone());
        }
        self.learn(place, &chain, claims, before, false);
        if let Some(unsolved) = both.and_then(|both| self.take_second(both)) {
            self.add_late(vec![unsolved], held.home, place);
        }
    }

    /// An equation without a name of its own, `place`, with what was given behind it for names in it.
    fn given_behind(&self, chain: &Chain, place: Place) -> Option<Solution> {
        let equates = chain.equates();
        if !chain.namings.is_empty() || !equates || chain.members.iter().any(|member| member.expr().is_none())
        {
            return None;
        }
        let names: BTreeSet<&Name> = chain.free_names().collect();
        let is_behind =
            |id: &BindingId| self.givens.is_given(*id) && self.scope.binding(*id).span.start > place.0;
        let mut given: Vec<BindingId> =
            names.into_iter().filter_map(|name| self.scope.here(name)).filter(is_behind).collect();
        given.sort_unstable();
        let unknowns = given.iter().map(|id| self.scope.binding(*id).name.clone()).collect();
        Some(Solution { place: self.scope.binding(*given.last()?).span, unknowns, equates })
    }

    /// What the statement before gives, from the definition `first` on, if a chain is the reason for it: `x = 23.3`, since `3x = 70`.
    pub(super) fn solution_before(&self, chain: &Chain, first: Option<BindingId>) -> Option<Solution> {
        let equates = chain.equates();
        let first = first.filter(|_| self.words.is_reason && equates)?;
        let names = chain.free_names();
        let ids: BTreeSet<BindingId> = names.filter_map(|name| self.scope.here(name)).collect();
        let id =
            ids.first().copied().filter(|id| ids.len() == 1 && *id >= first && self.givens.is_given(*id))?;
        let name = &self.scope.binding(id).name;
        // `l = 28`, since `l = 9\pi`, is no equation.
        if self.given_before(chain).is_some() {
            return None;
        }
        Some(Solution { place: self.scope.binding(id).span, unknowns: vec![name.clone()], equates })
    }

    /// Learns from a chain that has been judged, with its `claims`: what it lacks, and which statements have waited for
    /// what it defines, from `before` on. A tag gives a value where it stands (`always`).
    pub(super) fn learn(
        &mut self,
        place: Place,
        chain: &Chain,
        claims: Range<usize>,
        before: BindingId,
        always: bool,
    ) {
        let Some(first) = chain.members.first() else { return self.release(place) };
        let findings = &self.findings[claims.clone()];
        // An identity that is false stays so; a formula with a number may be an equation.
        let is_told = findings.iter().any(Finding::lacks_name);
        let is_general = chain.namings.iter().any(|(_, naming)| naming.is_general());
        let fails = (findings.iter().any(Finding::is_false) || is_told && is_general)
            && chain.members.iter().any(|member| member.stated().is_some())
            && chain.equates();
        let lacking = self.learner.lacking(chain, &self.scope, before, self.order, fails);
        if lacking.is_nothing() {
            return self.give(place, before, first.span);
        }
        // A formula that waits may come to another value than the number that the page states for it, and what uses it too.
        let uses_formula = !lacking.needs.is_empty() && self.learner.are_formulas(&lacking.needs);
        let is_open = uses_formula || is_told || fails && !lacking.lacks.is_empty();
        match Role::of(chain, &lacking.lacks, is_open).filter(|_| !always) {
            Some(role) => {
                let names = self.names_from(before);
                let waiting = Waiting { place, role, lacking, claims, is_told };
                self.learner.wait(waiting, before..self.scope.len(), &names);
                self.release(place);
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
        self.entries.mark(expr, &self.scope);
        self.entries.rely_on(expr, &self.scope);
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
