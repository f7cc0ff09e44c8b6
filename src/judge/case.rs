//! Values that are only put in: "at `t = 1` we have `v = 9.8t = 9.8`, at `t = 2` we have `v = 9.8t = 19.6`".
//!
//! Another value for such a name is no mistake but the next case. What follows from the name goes with it, and what the case
//! before calculated from numbers alone may be calculated anew.

use std::collections::BTreeSet;

use super::Judge;
use super::chain::{self, Chain};
use super::several::{self, differ, given};
use crate::eval::{BindingId, Definition, Scope};
use crate::num::Precision;
use crate::scan::{Fragment, Lead};
use crate::syntax::{Expr, Head, Name, Statement};

/// What may have another value in the present case than it has.
#[derive(Default)]
pub(super) struct Cases {
    open: BTreeSet<BindingId>,
}

/// A name, and its value in the case before.
pub(super) struct Case {
    name: Name,
    before: BindingId,
}

impl Cases {
    /// A block that is meant to be false ends, and only the definitions before `known` are left.
    pub(super) fn leave_wrong(&mut self, known: BindingId) {
        self.open.split_off(&known);
    }
}

impl Judge<'_> {
    /// Before a statement is judged: if it begins a case, or calculates what another case did, its name is free for that.
    pub(super) fn meet_case(&mut self, group: &[Statement<'_>], text: &Fragment) -> Option<Case> {
        self.free_open(group);
        if self.lead != Lead::Case {
            return None;
        }
        let chain = chain::read(group, text, &self.scope, false);
        let (name, before) = self.put_in(&chain)?;
        self.scope.forget(&name);
        Some(Case { name, before })
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
    fn put_in(&self, chain: &Chain) -> Option<(Name, BindingId)> {
        let (name, value) = given(chain).filter(|_| chain.members.len() == 2)?;
        let before = self.scope.here(name)?;
        let is_open = match self.solutions.lead(before) {
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
    pub(super) fn settle_case(&mut self, Case { name, before }: Case) {
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
