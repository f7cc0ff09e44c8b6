//! Conditions: "for `x > 0` we have `|x| = x`" and "assume that `n \\ge 2`" claim nothing. Names with a domain lie there as
//! well, in this block; and what a condition stands behind, `f'(x) > 0` for `x > 1`, holds for all that it admits.

use super::chain::{Chain, Member};
use super::instance;
use super::{Judge, declare, several};
use crate::eval::{BindingId, Definition, Domain, Scope, Set};
use crate::scan::{Fragment, Part, Words};
use crate::syntax::{self, Expr, Kind, MemberKind, Name, Notation, Statement};

/// What names are outside of a condition, if anything.
pub(super) type Supposed = Vec<(Name, Option<BindingId>)>;

/// The condition that a part of a block is for the part before it.
pub(super) fn of_former(part: &Part) -> Option<(&Fragment, Words)> {
    match part {
        Part::Math { content, words, .. } if words.is_of_former => Some((content, *words)),
        _ => None,
    }
}

impl Judge<'_> {
    /// Whether a group is a condition on known names, behind words that say so. Those that have a domain have this one too for
    /// the rest of the block. What is not known waits for what it is, as equations do.
    pub(super) fn supposes(&mut self, group: &[Statement<'_>], text: &Fragment) -> bool {
        let Some((statement, names)) = condition(group, &self.scope) else { return false };
        if names.iter().any(|name| self.scope.here(name).is_none()) {
            return false;
        }
        let before: Vec<BindingId> =
            names.iter().filter_map(|name| instance::declared(name, &self.scope)).collect();
        if before.len() < names.len() {
            return self.words.is_hypothetical;
        }
        // "For `x > 0` …, for `x < 0` …" are two cases.
        if self.words.is_hypothetical {
            self.close_conditions();
        }
        let is_restricted = self.restrict(statement, text);
        if is_restricted {
            self.restricted.extend(before);
        }
        is_restricted
    }

    /// A block ends: names have the domains again that they had before it.
    pub(super) fn close_conditions(&mut self) {
        // The first that was had comes last.
        for id in std::mem::take(&mut self.restricted).into_iter().rev() {
            several::put_in_again(&mut self.scope, id);
        }
    }

    /// Whether equations of the block have been solved for a name in a chain.
    pub(super) fn is_solution(&self, chain: &Chain) -> bool {
        let mut names = chain.members.iter().filter_map(Member::expr).flat_map(Expr::free_names);
        let is_held = |name: &Name| self.held.values().any(|held| held.equates() && held.is_for(name));
        names.any(|name| self.solutions.solves_another(name) || is_held(name))
    }

    /// Before a part of a block is judged that this condition is for: if it relates formulas, it is meant for all values that
    /// the condition admits. Returns what the names of it are else.
    pub(super) fn suppose_for(&mut self, part: &Part, (text, words): (&Fragment, Words)) -> Supposed {
        let Part::Math { content, .. } = part else { return Supposed::default() };
        let Ok(statements) = syntax::parse_with(text, Notation::Latex, None) else {
            return Supposed::default();
        };
        let Some((statement, names)) = condition(&statements, &self.scope) else {
            return Supposed::default();
        };
        let before: Supposed = names.iter().map(|name| (name.clone(), self.scope.here(name))).collect();
        let is_random = |id: BindingId| self.scope.domain(id).is_some_and(|domain| domain.law.is_some());
        if before.iter().any(|(_, id)| id.is_some_and(is_random)) || !self.is_general(content, &names) {
            return Supposed::default();
        }
        for name in &names {
            if instance::declared(name, &self.scope).is_none() {
                let set = if words.is_whole { Set::Integers } else { Set::Reals };
                let definition = Definition::Free(Domain { set, ..Domain::reals() }.into());
                self.scope.define(name.clone(), definition, statement.span);
            }
        }
        self.restrict(statement, text);
        before
    }

    /// After it has been judged.
    pub(super) fn unsuppose(&mut self, supposed: Supposed) {
        for (name, before) in supposed {
            match before {
                Some(id) => self.restore(id),
                None => _ = self.scope.forget(&name),
            }
        }
    }

    /// Defines a name again as it was, with all that the page says of it.
    fn restore(&mut self, id: BindingId) {
        let now = self.scope.len();
        several::put_in_again(&mut self.scope, id);
        if let Some(stated) = self.stated.get(&id).cloned() {
            self.stated.insert(now, stated);
        }
        self.givens.stand_for(now, id);
        self.solutions.stand_for(now, id);
        self.cases.stand_for(now, id);
    }

    /// Whether a text relates formulas for all values of one of these names: by inequalities, or, where they have a domain, also
    /// by equations without a number.
    fn is_general(&self, text: &Fragment, names: &[Name]) -> bool {
        let Ok(statements) = syntax::parse_with(text, Notation::Latex, None) else { return false };
        let has_domain = names.iter().all(|name| instance::declared(name, &self.scope).is_some());
        let [statement] = &statements[..] else { return false };
        let mut links = statement.links.iter().map(|link| link.relation);
        let mut relates = (0..statement.len()).map(|idx| read(statement, idx, &self.scope));
        !statement.continues
            && links.clone().count() > 0
            && (links.clone().all(|relation| relation.is_inequality())
                || has_domain && links.all(|relation| relation.is_equality()))
            && relates.any(|expr| expr.is_some_and(|expr| names.iter().any(|name| expr.depends_on(name))))
    }

    /// Names with a domain lie where a statement says from here on, if that can be read.
    fn restrict(&mut self, statement: &Statement<'_>, text: &Fragment) -> bool {
        let tag = declare::Tag { always: true, fence: false, first: 0 };
        let declared = declare::read(std::slice::from_ref(statement), text, &self.scope, tag);
        let Some(declared @ Ok(_)) = declared else { return false };
        self.declare(declared, text);
        true
    }
}

/// Whether a group says no more than between what names lie.
pub(super) fn is_one(group: &[Statement<'_>], scope: &Scope) -> bool {
    condition(group, scope).is_some()
}

/// A statement that only bounds names or leaves out values of them, and these.
fn condition<'s, 't>(group: &'s [Statement<'t>], scope: &Scope) -> Option<(&'s Statement<'t>, Vec<Name>)> {
    let [statement] = group else { return None };
    if statement.links.is_empty() || statement.continues {
        return None;
    }
    let mut names = Vec::new();
    for idx in 0..statement.len() {
        match read(statement, idx, scope)? {
            Expr { kind: Kind::Name(name), .. } => names.push(name),
            expr if expr.free_names().is_empty() => {}
            _ => return None,
        }
    }
    let bounds = statement.links.iter().all(|link| link.relation.is_inequality());
    (bounds && !names.is_empty()).then_some((statement, names))
}

fn read(statement: &Statement<'_>, idx: usize, scope: &Scope) -> Option<Expr> {
    match statement.read(idx, scope, &[]).kind {
        MemberKind::Expr(expr) => Some(expr),
        _ => None,
    }
}
