//! Entries beside each other, items of a numbered list or "Example 1" and "Example 2", which may be exercises of their own or the
//! steps of one: names that one of them gives a number may be given another in the next, before it uses them.
//!
//! Items are steps where one of them goes by what another has given and gives nothing anew itself.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Judge;
use super::case;
use super::chain::Chain;
use super::finding::Finding;
use super::several::{self, differ};
use crate::eval::{BindingId, Scope};
use crate::scan::{Edge, Lead};
use crate::source::Span;
use crate::syntax::{Expr, Name};

/// What a walk has learnt of the entries of a chapter.
#[derive(Clone, Debug, Default)]
pub(super) struct Learnt {
    /// Names that entries give their own number only behind what uses them, with where these entries begin.
    late: BTreeSet<(u32, Name)>,
    /// Where those begin that are steps.
    steps: BTreeSet<u32>,
}

impl Learnt {
    pub(super) fn is_nothing(&self) -> bool {
        self.late.is_empty() && self.steps.is_empty()
    }

    /// Takes over what another walk has learnt; whether that is anything new.
    pub(super) fn extend(&mut self, other: Self) -> bool {
        let before = self.late.len() + self.steps.len();
        self.late.extend(other.late);
        self.steps.extend(other.steps);
        self.late.len() + self.steps.len() > before
    }
}

/// The entries that the present statement stands in.
#[derive(Clone, Default)]
pub(super) struct Entries {
    /// The outermost first.
    levels: Vec<Level>,
    /// The definitions of those that ended last, by how many surround them.
    interrupted: BTreeMap<usize, Vec<Range<BindingId>>>,
    learnt: Learnt,
}

/// Entries beside each other, and the one of them that is present.
#[derive(Clone)]
struct Level {
    /// Where the first begins.
    start: u32,
    /// How many definitions there were before that.
    known: BindingId,
    /// The definitions of those that something else has interrupted.
    earlier: Vec<Range<BindingId>>,
    are_steps: bool,
    /// Whether any of them finds its own unknown: so they are no steps.
    are_apart: bool,
    /// Whether any of them has its own data.
    gives_anew: bool,
    present: Entry,
}

#[derive(Clone, Default)]
struct Entry {
    start: u32,
    /// How many definitions there were before it.
    known: BindingId,
    /// Its label calls it an exercise.
    is_exercise: bool,
    /// It gives a name of another one its own number.
    has_own_data: bool,
    /// What it has used.
    used: BTreeSet<BindingId>,
    /// Something that it has claimed holds by what another one gives.
    relies: bool,
    /// What follows from its own data by a formula of another one.
    following: BTreeSet<BindingId>,
    /// The names that it gives their own number only behind what uses them, with what they were in another one.
    late: BTreeMap<Name, BindingId>,
}

impl Level {
    /// Whether a definition is that of another entry than the present one, or may be so where an exercise has it from another.
    fn is_of_another(&self, id: BindingId) -> bool {
        let is_before = (self.known..self.present.known).contains(&id)
            || self.earlier.iter().any(|range| range.contains(&id));
        !self.are_steps && (is_before || self.present.is_exercise && self.present.following.contains(&id))
    }

    /// The present entry ends.
    fn end_entry(&mut self) {
        let Entry { is_exercise, has_own_data, relies, .. } = self.present;
        self.are_steps |= relies && !is_exercise && !has_own_data && !self.are_apart;
        self.gives_anew |= has_own_data;
    }
}

impl Entries {
    /// An edge of an entry stands at `start`, where so many definitions are `known`.
    fn pass(&mut self, edge: Edge, start: u32, known: BindingId, before: &Learnt) {
        match edge {
            Edge::Open { continues } => {
                let interrupted = self.interrupted.remove(&self.levels.len()).filter(|_| continues);
                let earlier = interrupted.unwrap_or_default();
                let present = Entry { start, known, ..Entry::default() };
                let are_steps = before.steps.contains(&start);
                self.levels.push(Level {
                    start,
                    known,
                    earlier,
                    are_steps,
                    are_apart: false,
                    gives_anew: false,
                    present,
                });
            }
            Edge::Next { is_exercise } => {
                let Some(level) = self.levels.last_mut() else { return };
                level.end_entry();
                level.present = Entry { start, known, is_exercise, ..Entry::default() };
                self.interrupted.split_off(&self.levels.len());
            }
            Edge::Close => self.close(known),
        }
    }

    /// The innermost ones end, where so many definitions are `known`.
    fn close(&mut self, known: BindingId) {
        let Some(mut closed) = self.levels.pop() else { return };
        closed.end_entry();
        closed.earlier.push(closed.known..known);
        self.interrupted.insert(self.levels.len(), closed.earlier);
        if closed.are_steps && closed.gives_anew {
            self.learnt.steps.insert(closed.start);
        }
    }

    /// All names are forgotten.
    pub(super) fn forget(&mut self) {
        self.interrupted.clear();
    }

    /// Whether a definition is that of an entry beside the present one, which has not used it so far.
    pub(super) fn is_beside(&self, id: BindingId) -> bool {
        self.beside(id).is_some_and(|level| !level.present.used.contains(&id))
    }

    fn beside(&self, id: BindingId) -> Option<&Level> {
        self.levels.iter().find(|level| level.is_of_another(id))
    }

    /// Whether the present one, an exercise of its own, may calculate anew what one beside it has calculated.
    pub(super) fn calculates_anew(&self, id: BindingId) -> bool {
        let is_own = |entry: &Entry| entry.is_exercise || entry.has_own_data;
        self.is_beside(id) && self.beside(id).is_some_and(|level| is_own(&level.present))
    }

    /// Whether a definition is that of another one than the present one, which has its own data.
    fn is_foreign(&self, id: BindingId) -> bool {
        self.beside(id).is_some_and(|level| level.present.has_own_data)
    }

    /// Whether a definition is that of another exercise.
    pub(super) fn is_of_exercise(&self, id: BindingId) -> bool {
        self.beside(id).is_some_and(|level| level.present.is_exercise)
    }

    /// Whether a name follows by a formula from the data of the present one.
    pub(super) fn follows(&self, id: BindingId) -> bool {
        self.levels.iter().any(|level| level.present.following.contains(&id))
    }

    /// The present one has given a name its own number, which another one had given that of `before`; these follow from it.
    pub(super) fn note_own(&mut self, before: BindingId, following: Range<BindingId>) {
        if let Some(level) = self.levels.iter_mut().find(|level| level.is_of_another(before)) {
            level.present.has_own_data = true;
            level.present.following.extend(following);
        }
    }

    /// Whether a statement stands in one.
    pub(super) fn are_open(&self) -> bool {
        !self.levels.is_empty()
    }

    /// The present ones use what an expression names.
    pub(super) fn mark(&mut self, expr: &Expr, scope: &Scope) {
        if self.are_open() {
            let used: Vec<BindingId> =
                expr.free_names().into_iter().filter_map(|name| scope.here(name)).collect();
            self.levels.iter_mut().for_each(|level| level.present.used.extend(&used));
        }
    }

    /// The present ones go by what an expression names, if another one has given that.
    pub(super) fn rely_on(&mut self, expr: &Expr, scope: &Scope) {
        for level in &mut self.levels {
            let mut used = expr.free_names().into_iter().filter_map(|name| scope.here(name));
            level.present.relies |= used.any(|id| level.is_of_another(id));
        }
    }

    /// What the walk has learnt of them.
    pub(super) fn into_learnt(mut self) -> Learnt {
        while self.are_open() {
            self.close(BindingId::MAX);
        }
        self.learnt
    }
}

impl Judge<'_> {
    /// An entry begins or ends. What one gives only behind what uses it, as another walk has learnt, is not known where it begins.
    pub(super) fn pass_edge(&mut self, edge: Edge, span: Span) {
        let order = self.order;
        self.entries.pass(edge, span.start, self.scope.len(), &order.entries);
        if !matches!(edge, Edge::Next { .. }) {
            return;
        }
        let late = order.entries.late.range((span.start, Name::new(""))..);
        for (_, name) in late.take_while(|(start, _)| *start == span.start) {
            let Some(id) = self.scope.here(name).filter(|id| self.entries.is_beside(*id)) else { continue };
            self.scope.forget(name);
            self.entries.note_own(id, 0..0);
            let level = self.entries.levels.last_mut();
            level.into_iter().for_each(|level| {
                level.are_apart = true;
                level.present.late.insert(name.clone(), id);
            });
        }
    }

    /// A chain may have given what its entry gives only behind what uses it: what follows from that goes with it.
    pub(super) fn settle_late(&mut self, chain: &Chain) {
        let Some((name, _)) = several::given(chain).filter(|_| self.entries.are_open()) else { return };
        let levels = &mut self.entries.levels;
        let Some(before) = levels.iter_mut().find_map(|level| level.present.late.remove(name)) else {
            return;
        };
        let Some(now) = self.scope.here(name) else { return };
        let following = self.put_in_following(name, before, now);
        self.entries.note_own(before, following);
    }

    /// Whether a statement may give a name the entry's own number: no words call that known or found, and no equation before was
    /// solved for it.
    pub(super) fn may_give_anew(&self, name: &Name, id: BindingId) -> bool {
        let is_result = self.words.lead == Lead::Result || self.words.is_reason;
        self.entries.is_beside(id)
            && self.givens.is_given(id)
            && !is_result
            && !self.solutions.was_solved_for(name)
    }

    /// A chain has been judged: what holds of it by what another entry gives says that this one goes on from there, unless it gives
    /// the same number again.
    pub(super) fn note_use(&mut self, chain: &Chain, findings: &mut [Finding]) {
        if !self.entries.are_open() || findings.is_empty() || !findings.iter().all(Finding::passes) {
            return;
        }
        let names = chain.free_names();
        let used: Vec<BindingId> = names.filter_map(|name| self.scope.here(name)).collect();
        let repeats = several::given(chain).is_some_and(|(_, value)| case::is_literal(value))
            && self.words.lead != Lead::Result
            && !self.words.is_reason
            && used.iter().all(|id| self.givens.is_given(*id));
        for level in &mut self.entries.levels {
            let relies = used.iter().any(|id| level.is_of_another(*id));
            level.present.has_own_data |= relies && repeats;
            level.present.relies |= relies && !repeats;
        }
        // `q = 1 - 0.2 = 0.8` is not that of `p = 0.3`.
        let is_stale = |id: &&BindingId| self.cases.is_stale(**id) && self.entries.is_foreign(**id);
        if let Some(id) = used.iter().find(is_stale) {
            let name = self.scope.binding(*id).name.clone();
            findings.iter_mut().for_each(|finding| finding.is_of_another_case(name.as_str()));
        }
    }

    /// A statement may give a name its own number in this entry, which has used that of another one before: `5x = 15`, so `x = 3`,
    /// behind one for which `x` is 2. In the next walk the entry begins without it.
    pub(super) fn note_late_data(&mut self, (name, id): &(Name, BindingId), chain: &Chain) {
        // "With `n = 6`" is the next case.
        if self.words.is_put_in
            || self.words.is_reason
            || self.entries.beside(*id).is_none()
            || self.entries.is_beside(*id)
            || !self.givens.is_given(*id)
        {
            return;
        }
        let value = several::given(chain).filter(|(given, _)| *given == name).map(|(_, value)| value);
        let is_other =
            value.is_some_and(|value| case::is_literal(value) && differ(self.value(*id), self.number(value)));
        let Entries { levels, learnt, .. } = &mut self.entries;
        if let Some(level) = levels.iter_mut().find(|level| level.is_of_another(*id)).filter(|_| is_other) {
            (level.present.has_own_data, level.are_apart) = (true, true);
            learnt.late.insert((level.present.start, name.clone()));
        }
    }
}
