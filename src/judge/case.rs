//! Values that are only put in: "at `t = 1` we have `v = 9.8t = 9.8`, at `t = 2` we have `v = 9.8t = 19.6`".
//!
//! Another value for such a name is no mistake but the next case. What follows from the name goes with it, and what the case
//! before calculated from numbers alone may be calculated anew. With an "or" between the two it is not known which is meant.

use std::collections::{BTreeMap, BTreeSet};

use super::Judge;
use super::chain::{self, Chain};
use super::several::{self, differ, given};
use crate::eval::{BindingId, Definition, Scope};
use crate::num::Precision;
use crate::scan::{Fragment, Lead, Words};
use crate::syntax::{Expr, Head, Name, Statement};

/// What may have another value in the present case than it has.
#[derive(Default)]
pub(super) struct Cases {
    open: BTreeSet<BindingId>,
    /// The names that are put in, with where their sentences begin.
    put_in: BTreeMap<BindingId, u32>,
}

/// A name, and its value in the case before.
pub(super) struct Case {
    name: Name,
    before: BindingId,
    /// Either value is meant.
    is_alternative: bool,
}

impl Cases {
    /// A name has been given a number behind these words.
    pub(super) fn note(&mut self, id: BindingId, words: Words) {
        if words.lead == Lead::Case {
            self.put_in.insert(id, words.sentence);
        }
    }

    /// A definition is again what another one was.
    pub(super) fn stand_for(&mut self, now: BindingId, before: BindingId) {
        if let Some(sentence) = self.put_in.get(&before).copied() {
            self.put_in.insert(now, sentence);
        }
    }

    /// Whether a name is put in, in another sentence than these words stand in.
    pub(super) fn is_put_in_elsewhere(&self, id: BindingId, words: Words) -> bool {
        self.put_in.get(&id).is_some_and(|sentence| *sentence != words.sentence)
    }

    /// A block that is meant to be false ends, and only the definitions before `known` are left.
    pub(super) fn leave_wrong(&mut self, known: BindingId) {
        self.open.split_off(&known);
        self.put_in.split_off(&known);
    }
}

impl Judge<'_> {
    /// Before a statement is judged: if it begins a case, or calculates what another case did, its name is free for that.
    pub(super) fn meet_case(
        &mut self,
        group: &[Statement<'_>],
        text: &Fragment,
        is_alternative: bool,
    ) -> Option<Case> {
        let may_put_in = self.words.lead == Lead::Case || is_alternative;
        let case = may_put_in.then(|| self.case(group, text, is_alternative)).flatten();
        match &case {
            Some(case) => _ = self.scope.forget(&case.name),
            None => self.free_open(group),
        }
        case
    }

    /// The case that a statement begins.
    fn case(&self, group: &[Statement<'_>], text: &Fragment, is_alternative: bool) -> Option<Case> {
        let chain = chain::read(group, text, &self.scope, false);
        // "For `n = 20` and `p = 0.3`" puts in two, "for `n = 20` and `n = 30`" either of two.
        let is_alternative = is_alternative && (self.words.lead != Lead::Case || self.is_put_in_here(&chain));
        let (name, before) = self.put_in(&chain, is_alternative)?;
        Some(Case { name, before, is_alternative })
    }

    /// Whether the name that a chain gives has been put in in its sentence.
    fn is_put_in_here(&self, chain: &Chain) -> bool {
        let Some((name, _)) = given(chain) else { return false };
        let sentence = |id: &BindingId| self.cases.put_in.get(id) == Some(&self.words.sentence);
        self.solutions_of(name).iter().any(sentence)
    }

    /// What a chain calculates that the case before has calculated is told anew.
    fn free_open(&mut self, group: &[Statement<'_>]) {
        if self.cases.open.is_empty() || group[0].is_lone() {
            return;
        }
        let Head::Name(name) = group[0].head(0, &self.scope) else { return };
        if self.scope.here(&name).is_some_and(|id| self.cases.open.remove(&id)) {
            self.scope.forget(&name);
        }
    }

    /// The name that a chain puts another number in for than it has, which nothing has calculated and no equation asks for.
    fn put_in(&self, chain: &Chain, is_alternative: bool) -> Option<(Name, BindingId)> {
        let (name, value) = given(chain).filter(|_| chain.members.len() == 2)?;
        let several = self.solutions_of(name).first().copied().filter(|_| is_alternative);
        let before = several.or_else(|| self.scope.here(name))?;
        let is_open = match self.solutions.lead(before) {
            // The ends of a range solve nothing.
            _ if is_alternative && self.words.lead == Lead::Case => self.givens.is_given(before),
            _ if is_alternative => self.givens.is_given(before) && !self.fails_before(name, value, chain),
            Lead::Case => true,
            Lead::Open => self.givens.is_given(before),
            Lead::Data | Lead::Result => false,
        };
        let is_number = is_literal(value) && self.is_literal(before);
        let is_other = differ(self.value(before), self.number(value));
        (is_open && is_number && is_other && !self.solutions.is_solved_for(name))
            .then(|| (name.clone(), before))
    }

    /// After it has been judged.
    pub(super) fn settle_case(&mut self, Case { name, before, is_alternative }: Case) {
        if is_alternative {
            self.solutions.note_alternative(name.clone(), before, self.scope.len() - 1);
            self.scope.forget(&name);
            return;
        }
        let following = several::following(&self.scope, &name, before);
        let defined = before + 1..self.scope.len() - 1;
        let is_open = |id: &BindingId| {
            let is_put_in = self.solutions.lead(*id) == Lead::Case || !self.givens.is_given(*id);
            is_put_in && self.is_literal(*id)
        };
        let open: Vec<_> = defined.filter(is_open).collect();
        self.cases.open.extend(open);
        if !following.is_empty() {
            self.givens.use_name(self.scope.len() - 1);
        }
        following.into_iter().for_each(|id| several::put_in_again(&mut self.scope, id));
    }

    fn is_literal(&self, id: BindingId) -> bool {
        matches!(&self.scope.binding(id).definition, Definition::Expr(value) if is_literal(value))
    }
}

/// Whether numbers and constants alone give a formula its value.
fn is_literal(expr: &Expr) -> bool {
    Scope::default().evaluate(expr, Precision::DOUBLE).is_ok()
}
