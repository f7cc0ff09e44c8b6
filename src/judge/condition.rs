//! Conditions: "for `x > 0` we have `|x| = x`" and "assume that `n \\ge 2`" claim nothing. Names with a domain lie there as
//! well, in this block; and what a condition stands behind, `f'(x) > 0` for `x > 1`, holds for all that it admits.

use std::sync::Arc;

use super::chain::Chain;
use super::finding::Finding;
use super::waiting::{Held, Place, Solution};
use super::{Judge, declare, instance, several};
use crate::eval::{BindingId, Definition, Domain, Scope, Set};
use crate::scan::{Fragment, Part, Rules, Words};
use crate::syntax::{self, Expr, Kind, MemberKind, Name, Notation, Statement};

/// What names are outside of a condition, if anything.
pub(super) type Supposed = Vec<(Name, Option<BindingId>)>;

/// A condition on names that are known where it stands: it is for the solutions that its sentence gives.
pub(super) struct Condition {
    place: Place,
    held: Held,
    names: Vec<Name>,
    /// A solution has been given behind it.
    is_met: bool,
}

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
    pub(super) fn supposes(
        &mut self,
        group: &[Statement<'_>],
        text: &Fragment,
        (place, held): (Place, impl FnOnce(Rules, Option<Solution>) -> Held),
    ) -> bool {
        let Some((statement, names)) = condition(group, &self.scope) else { return false };
        if names.iter().any(|name| self.scope.here(name).is_none()) {
            return false;
        }
        let before: Vec<BindingId> =
            names.iter().filter_map(|name| instance::declared(name, &self.scope)).collect();
        if before.len() < names.len() {
            let has_value =
                |name: &Name| self.scope.here(name).is_some_and(|id| self.scope.domain(id).is_none());
            if self.words.is_hypothetical && !self.words.is_of_former && names.iter().all(has_value) {
                self.conditions.retain(|former| !former.is_met || former.names != names);
                self.conditions.push(Condition {
                    place,
                    held: held(self.rules.clone(), None),
                    names,
                    is_met: false,
                });
            }
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

    /// The conditions on a name in the present sentence.
    fn supposed(&self, name: &Name) -> impl Iterator<Item = &Condition> {
        let is_here = |it: &&Condition| it.held.words.sentence == self.words.sentence;
        self.conditions.iter().filter(is_here).filter(|it| it.names.contains(name))
    }

    /// Whether a condition that stands somewhere before says which solutions of the equations for a name count here: it stands in
    /// the sentence of one of these or in this one, which has none of its own.
    pub(super) fn restricts(&self, condition: &Held, name: &Name) -> bool {
        let sentence = condition.words.sentence;
        let is_beside = sentence == self.words.sentence || self.is_asked_for_in(sentence, name);
        !condition.words.is_hypothetical || is_beside && self.supposed(name).next().is_none()
    }

    /// Whether an equation for a name stands in a sentence, and for no other name that is not known.
    fn is_asked_for_in(&self, sentence: u32, name: &Name) -> bool {
        let asks = |(place, held): (&Place, &Held)| {
            let chain = held.chain(*place, &self.scope).filter(|chain| chain.uses(name));
            chain.is_some_and(|chain| {
                let mut names = chain.free_names();
                let is_known = |other: &Name| other == name || self.scope.here(other).is_some();
                let defines = chain.namings.iter().any(|(_, naming)| naming.is_general());
                let equates = chain.equates();
                equates && !defines && names.all(is_known)
            })
        };
        let is_here = |held: &Held| held.words.sentence == sentence;
        self.solutions.equations_for(name).any(|(_, held)| held.equates() && is_here(held))
            || self.held.iter().any(|(place, held)| is_here(held) && asks((place, held)))
    }

    /// A chain gives a name a value that solves equations: what its sentence supposes of the name has to hold.
    pub(super) fn judge_conditions(&mut self, chain: &Chain) {
        let Some((name, value)) = several::given(chain).filter(|_| !self.conditions.is_empty()) else {
            return;
        };
        if !self.solutions.solves_another(name) {
            return;
        }
        let mut scope = self.scope.clone();
        scope.define(name.clone(), Definition::Expr(Arc::new(value.clone())), value.span);
        let unmet: Vec<(Place, usize, Vec<Finding>)> =
            self.supposed(name).map(|it| (it.place, it.held.home, self.unmet(it, &scope))).collect();
        let sentence = self.words.sentence;
        let met = self.conditions.iter_mut().filter(|it| it.held.words.sentence == sentence);
        met.filter(|it| it.names.contains(name)).for_each(|it| it.is_met = true);
        for (place, home, findings) in unmet {
            self.add_late(findings, home, place);
        }
    }

    /// What a sentence says under a condition that does not hold is said for other values than the names have.
    pub(super) fn doubt_supposed(&self, chain: &Chain, findings: &mut [Finding]) {
        if self.conditions.is_empty() || !findings.iter().any(Finding::is_false) {
            return;
        }
        let given = several::given(chain).map(|(name, _)| name);
        let is_used = |it: &&Condition| it.names.iter().any(|name| given != Some(name) && chain.uses(name));
        let mut used = self.conditions.iter().filter(|it| it.held.words.sentence == self.words.sentence);
        if let Some(condition) = used.find(|it| is_used(it) && !self.unmet(it, &self.scope).is_empty()) {
            let off = findings.iter_mut().filter(|finding| finding.is_false());
            off.for_each(|finding| finding.is_of_other_values(condition.held.text.span));
        }
    }

    /// What is false of a condition by what is known in `scope`.
    fn unmet(&self, Condition { place, held, .. }: &Condition, scope: &Scope) -> Vec<Finding> {
        let Some(chain) = held.chain(*place, scope) else { return Vec::new() };
        self.judge_in(scope, held, &chain).into_iter().filter(Finding::is_false).collect()
    }

    /// A block ends: names have the domains again that they had before it.
    pub(super) fn close_conditions(&mut self) {
        // The first that was had comes last.
        for id in std::mem::take(&mut self.restricted).into_iter().rev() {
            several::put_in_again(&mut self.scope, id);
        }
    }

    /// Whether a condition that has waited says which solutions of equations count: it stands in the sentence of one of these, or
    /// of a solution.
    pub(super) fn counts(&self, condition: &Held, chain: &Chain, sentence: u32) -> bool {
        let mut names = chain.free_names();
        let own = condition.words.sentence;
        let is_held = |name: &Name| self.held.values().any(|held| held.equates() && held.is_for(name));
        let is_here = condition.block == self.learner.block();
        is_here
            && names.any(|name| {
                self.is_asked_for_in(own, name)
                    || own == sentence && (self.solutions.solves_another(name) || is_held(name))
            })
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
    pub(super) fn restore(&mut self, id: BindingId) {
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
