//! Values that are only put in: "at `t = 1` we have `v = 9.8t = 9.8`, at `t = 2` we have `v = 9.8t = 19.6`".
//!
//! Another value for such a name is no mistake but the next case. What follows from the name goes with it, and what the case
//! before calculated from numbers alone may be calculated anew. A case that has been before is the same one again. With an
//! "or" between two values it is not known which is meant.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::chain::{self, Chain, Member};
use super::finding::{Finding, one_line};
use super::segment::Court;
use super::several::{self, differ, given};
use super::{Judge, parameter, segment};
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, Definition, Scope};
use crate::num::Precision;
use crate::report;
use crate::scan::{Fragment, Lead, Words};
use crate::syntax::{Expr, Head, Name, Statement};

/// So many definitions of a chapter go with the names that they follow from.
const MOST_PUT_AGAIN: usize = 50_000;

/// A case that comes again is sought among so many before it.
const MOST_CASES: usize = 32;

/// What may have another value in the present case than it has.
#[derive(Clone, Default)]
pub(super) struct Cases {
    /// What the case before has calculated from numbers alone.
    stale: BTreeSet<BindingId>,
    /// The names that are put in, with where their sentences begin.
    put_in: BTreeMap<BindingId, u32>,
    /// What follows by a formula from a name that has another unit now.
    lost: BTreeSet<Name>,
    /// What was given in a case that has come again.
    returned: BTreeSet<BindingId>,
    /// What tags give, which no case has another value for.
    tagged: BTreeSet<BindingId>,
    /// How many definitions have gone with a name.
    put_again: usize,
}

/// What a statement is to the cases before it.
pub(super) enum Case {
    /// It begins one: it gives `name` another value than that of `before`.
    New { name: Name, before: BindingId },
    /// It gives another value that `name` may have, and it is not known which is meant.
    Alternative { name: Name, before: BindingId },
    /// It gives a number for what the case before has calculated, and does not calculate it.
    Stated(Name),
    /// It defines a function that an entry beside it has another formula for.
    Function { name: Name, before: BindingId },
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

    /// Whether a definition has been calculated from numbers alone in a case before.
    pub(super) fn is_stale(&self, id: BindingId) -> bool {
        self.stale.contains(&id)
    }

    /// The sentence in which a name is put in.
    pub(super) fn sentence(&self, id: BindingId) -> Option<u32> {
        self.put_in.get(&id).copied()
    }

    /// A heading stands here.
    pub(super) fn leave_section(&mut self) {
        self.stale.clear();
        self.lost.clear();
        self.put_in.clear();
        self.returned.clear();
    }

    /// A tag gives these.
    pub(super) fn note_tagged(&mut self, tagged: Range<BindingId>) {
        self.tagged.extend(tagged);
    }

    /// A name is forgotten.
    pub(super) fn forget(&mut self, name: &Name) {
        self.lost.remove(name);
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
        let is_led = self.words.lead == Lead::Case || is_alternative;
        if !is_led && !self.may_calculate_anew() {
            return None;
        }
        let known = self.known_head(group);
        if known.as_ref().is_some_and(|(_, id)| self.cases.tagged.contains(id)) {
            return None;
        }
        let chain = chain::read(group, text, &self.scope, false);
        if let Some(known) = &known {
            self.note_late_data(known, &chain);
        }
        let is_beside = known.is_some_and(|(_, id)| self.entries.is_beside(id));
        let case = (is_led || is_beside).then(|| self.case(&chain, is_alternative)).flatten();
        let case = case.or_else(|| self.own_function(group, &chain));
        let Some(case) = case else { return self.free_calculated(group, &chain) };
        if let Case::New { name, .. } | Case::Alternative { name, .. } | Case::Function { name, .. } = &case {
            self.free(name);
        }
        Some(case)
    }

    /// Whether anything may be calculated anew here.
    pub(super) fn may_calculate_anew(&self) -> bool {
        !(self.cases.stale.is_empty() && self.cases.lost.is_empty()) || self.entries.are_open()
    }

    /// A formula for a function that an entry beside this one has another formula for: it is rather the entry's own.
    fn own_function(&self, group: &[Statement<'_>], chain: &Chain) -> Option<Case> {
        if !self.entries.are_open() {
            return None;
        }
        let Head::Call { function: name, parameters: Some(parameters), .. } = group[0].head(0, &self.scope)
        else {
            return None;
        };
        let before = self.scope.here(&name).filter(|id| self.entries.is_beside(*id))?;
        let is_general = |expr: &Expr| parameters.iter().any(|name| expr.depends_on(name));
        let defines = chain.members.get(1).and_then(Member::expr).is_some_and(is_general);
        let assumed = parameter::assumed(&self.scope, chain);
        let scope = assumed.as_ref().map_or(&self.scope, |assumed| &assumed.scope);
        let court = Court { scope, ..self.court(report::Kind::Equation, true) };
        let findings = segment::judge(&court, chain).findings;
        (defines && findings.iter().any(Finding::is_false)).then_some(Case::Function { name, before })
    }

    /// The known name that a statement begins with.
    fn known_head(&self, group: &[Statement<'_>]) -> Option<(Name, BindingId)> {
        let Head::Name(name) = group[0].head(0, &self.scope) else { return None };
        let id = self.scope.here(&name)?;
        Some((name, id))
    }

    /// The case that a statement begins.
    fn case(&self, chain: &Chain, is_alternative: bool) -> Option<Case> {
        // "For `n = 20` and `p = 0.3`" puts in two, "for `n = 20` and `n = 30`" either of two.
        let is_alternative = is_alternative && (self.words.lead != Lead::Case || self.is_put_in_here(chain));
        let (name, before) = self.put_in(chain, is_alternative)?;
        Some(match is_alternative {
            true => Case::Alternative { name, before },
            false => Case::New { name, before },
        })
    }

    /// Whether the name that a chain gives has been put in in its sentence.
    fn is_put_in_here(&self, chain: &Chain) -> bool {
        let Some((name, _)) = given(chain) else { return false };
        let is_here = |id: &BindingId| self.cases.sentence(*id) == Some(self.words.sentence);
        self.solutions_of(name).iter().any(is_here)
    }

    /// A name may be given another value: one that lies in its domain, if it has that.
    fn free(&mut self, name: &Name) {
        let domain = self.instances.iter().rev().find(|id| self.scope.binding(**id).name == *name);
        match domain.copied() {
            Some(domain) => several::put_in_again(&mut self.scope, domain),
            None => _ = self.scope.forget(name),
        }
    }

    /// What a chain calculates that the case before, or the exercise beside it, has calculated is told anew.
    pub(super) fn free_calculated(&mut self, group: &[Statement<'_>], chain: &Chain) -> Option<Case> {
        if group[0].is_lone() {
            return None;
        }
        let Head::Name(name) = group[0].head(0, &self.scope) else { return None };
        let known = self.scope.here(&name);
        let is_stale = known.is_some_and(|id| self.cases.stale.contains(&id));
        let is_beside = known.is_some_and(|id| self.entries.calculates_anew(id));
        if !(is_stale || is_beside || known.is_none() && self.cases.lost.contains(&name)) {
            return None;
        }
        let is_told = chain.equates();
        let states = chain.members[1..].iter().all(|member| member.stated().is_some());
        // Data are put in, what follows from the exercise's own is known, and a slip is no other number.
        let is_known = |id: BindingId| {
            states && (self.givens.is_given(id) || self.entries.follows(id) || self.is_slip(id, chain))
        };
        if !is_told || known.is_some_and(is_known) {
            return None;
        }
        let is_datum =
            self.words.is_put_in || known.is_some_and(|id| is_beside && self.entries.is_of_exercise(id));
        known.into_iter().for_each(|id| _ = self.cases.stale.remove(&id));
        self.cases.lost.remove(&name);
        self.free(&name);
        (states && !is_datum).then_some(Case::Stated(name))
    }

    /// The name that a chain puts another number in for than it has, which nothing has calculated and no equation asks for.
    fn put_in(&self, chain: &Chain, is_alternative: bool) -> Option<(Name, BindingId)> {
        let (name, value) = given(chain).filter(|_| chain.members.len() == 2)?;
        let several = self.solutions_of(name).first().copied().filter(|_| is_alternative);
        let before = several.or_else(|| self.scope.here(name))?;
        let gives_anew = !is_alternative && self.may_give_anew(name, before);
        let is_open = match self.solutions.lead(before) {
            // The ends of a range solve nothing.
            _ if is_alternative && self.words.lead == Lead::Case => self.givens.is_given(before),
            _ if is_alternative => self.givens.is_given(before) && !self.fails_before(name, value, chain),
            _ if gives_anew => true,
            _ if self.words.lead != Lead::Case => false,
            Lead::Case if self.cases.returned.contains(&before) => false,
            Lead::Case => self.words.is_put_in || !self.is_calculated(before),
            Lead::Open => self.givens.is_given(before),
            Lead::Data | Lead::Result => false,
        };
        let is_number = is_literal(value) && self.is_literal(before);
        let is_other = differ(self.value(before), self.number(value)) && !self.is_slip(before, chain);
        (is_open && is_number && is_other && !self.solutions.is_solved_for(name))
            .then(|| (name.clone(), before))
    }

    /// Whether the number that a chain gives is the one before with two digits swapped: so it has rather been copied wrong.
    fn is_slip(&self, before: BindingId, chain: &Chain) -> bool {
        // "For `n = 123` …. For `n = 132` …"
        if self.words.is_put_in && self.words.opens_sentence {
            return false;
        }
        let Some((stated, (known, _))) = self.stated.get(&before).zip(chain.stated()) else { return false };
        let [one, other] = [stated, known].map(|stated| stated.figures.trim_matches('0').as_bytes());
        if one.len() != other.len() || one.len() < DIGITS_OF_SLIP || stated.decimals != known.decimals {
            return false;
        }
        let places: Vec<usize> = (0..one.len()).filter(|at| one[*at] != other[*at]).collect();
        matches!(places[..], [at, next] if next == at + 1 && (one[at], one[next]) == (other[next], other[at]))
    }

    /// After it has been judged.
    pub(super) fn settle_case(&mut self, case: Case, chain: &Chain, findings: &mut Vec<Finding>) {
        match case {
            Case::New { name, before } => self.begin_case(&name, before),
            Case::Alternative { name, before } => {
                if let Some(now) = self.scope.here(&name).filter(|now| *now != before) {
                    self.solutions.note_alternative(name.clone(), before, now);
                    self.scope.leave_open(&name);
                }
            }
            Case::Stated(name) => {
                let given = findings.iter_mut().filter(|finding| finding.record.verdict == Verdict::Given);
                given.for_each(|finding| finding.is_of_another_case(name.as_str()));
            }
            Case::Function { name, before } => findings.extend(self.redefined(&name, before, chain)),
        }
    }

    /// A name has been given another value than that of `before`.
    fn begin_case(&mut self, name: &Name, before: BindingId) {
        let Some(now) = self.scope.here(name).filter(|now| *now != before) else { return };
        let is_of_case = |id: &BindingId| {
            let is_put_in = self.solutions.lead(*id) == Lead::Case || !self.givens.is_given(*id);
            is_put_in && self.is_literal(*id)
        };
        let calculated: Vec<_> = (before + 1..now).filter(is_of_case).collect();
        self.cases.stale.extend(calculated);
        let is_beside = self.entries.is_beside(before);
        let following = self.put_in_following(name, before, now);
        if is_beside {
            self.entries.note_own(before, following);
        }
        self.return_to_case(name, now);
    }

    /// A function has another formula in the entry beside this one, which may be a slip.
    fn redefined(&self, name: &Name, before: BindingId, chain: &Chain) -> Option<Finding> {
        let member = chain.members.get(1).filter(|_| !self.entries.is_of_exercise(before))?;
        let message = format!("`{name}` has another formula in an item before this one");
        let diagnostic = Diagnostic::error(Code::Ambiguous, member.span, message)
            .secondary(self.scope.binding(before).span, "defined here")
            .help(format!(
                "mend one of them; if this is another function, forget the other one with `<!-- qed: new [{name}] -->`"
            ));
        let text = one_line(&member.text);
        let finding = Finding::new(report::Kind::Relation, member.span, &text, Verdict::Unverifiable);
        Some(finding.named(name.as_str()).complaint(diagnostic))
    }

    /// What follows from a name goes with it, unless that has another unit now, or it is too much: then it is not known any more.
    /// Returns where that is defined again.
    pub(super) fn put_in_following(
        &mut self,
        name: &Name,
        before: BindingId,
        now: BindingId,
    ) -> Range<BindingId> {
        let first = self.scope.len();
        let following = several::following(&self.scope, name, before);
        if !following.is_empty() {
            self.givens.use_name(now);
        }
        self.cases.put_again += following.len();
        let [one, other] = [before, now].map(|id| &self.scope.binding(id).nature.measure);
        let is_alike = one.is_none() || other.is_none() || one == other;
        let is_known = is_alike && self.cases.put_again <= MOST_PUT_AGAIN;
        for id in following {
            if is_known {
                several::put_in_again(&mut self.scope, id);
            } else {
                let name = self.scope.binding(id).name.clone();
                self.scope.leave_open(&name);
                self.cases.lost.insert(name);
            }
        }
        first..self.scope.len()
    }

    /// What has been calculated from numbers alone where `name` had the value that it has again is still so.
    fn return_to_case(&mut self, name: &Name, now: BindingId) {
        let of_name = |id: &&BindingId| self.scope.binding(**id).name == *name;
        let before = self.cases.put_in.range(..now).rev().map(|(id, _)| id).filter(of_name).take(MOST_CASES);
        let cases: Vec<BindingId> = std::iter::once(now).chain(before.copied()).collect();
        let is_same = |pair: &&[BindingId]| !differ(self.value(pair[1]), self.value(now));
        let Some(&[end, begin]) = cases.windows(2).find(is_same) else { return };
        let is_told = |id: &BindingId| {
            let name = &self.scope.binding(*id).name;
            let later = self.scope.here(name);
            self.is_literal(*id)
                && self.is_calculated(*id)
                && later.is_some_and(|later| self.cases.stale.contains(&later))
        };
        let told: Vec<BindingId> = (begin + 1..end).filter(is_told).collect();
        for id in told {
            self.cases.returned.insert(self.scope.len());
            self.restore(id);
        }
    }

    /// Whether the page states what a formula for a name comes to.
    fn is_calculated(&self, id: BindingId) -> bool {
        self.stated.contains_key(&id) && !self.givens.is_given(id)
    }

    fn is_literal(&self, id: BindingId) -> bool {
        matches!(&self.scope.binding(id).definition, Definition::Expr(value) if is_literal(value))
    }
}

/// With so many digits two numbers that consist of the same ones are hardly two.
const DIGITS_OF_SLIP: usize = 3;

/// Whether numbers and constants alone give a formula its value.
pub(super) fn is_literal(expr: &Expr) -> bool {
    Scope::default().evaluate(expr, Precision::DOUBLE).is_ok()
}
