//! Equations with several solutions: `x^2 = 5x - 6`, so `x = 2` or `x = 3`.
//!
//! Another number for a name is no mistake where it solves the equations before it as well. Which of the solutions the
//! name stands for is not known then, until one of them is put in again: "for `x = 3` we get `y = x + 1 = 4`". The names
//! that follow from it go with it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::Judge;
use super::chain::{self, Chain};
use super::finding::{self, Finding};
use super::naming::Naming;
use super::segment::{self, Court, Judgement};
use super::waiting::{Held, Place};
use super::{solution, unit};
use crate::compare::{Rational, Verdict};
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, Definition, Scope};
use crate::num::{Number, Precision};
use crate::report;
use crate::scan::{Fragment, Lead};
use crate::source::Span;
use crate::syntax::{Expr, Kind, Name, Notation, Statement};

/// So many equations are tried for another solution of a name.
const MOST_EQUATIONS: usize = 32;
/// What holds so far from a solution too, in thousandths, does so everywhere.
const OTHERS: [i32; 2] = [-1_237_013, 4_561_377];

/// What the equations of a block have been solved for.
#[derive(Default)]
pub(super) struct Solutions {
    equations: Vec<(Place, Held)>,
    /// Those of the blocks of the section that have ended.
    past: Vec<(Place, Held)>,
    /// The positions of those that are for a name.
    by_unknown: HashMap<Name, Vec<usize>>,
    several: Vec<Several>,
    /// The names whose numbers stand behind `\approx`.
    approximate: BTreeSet<BindingId>,
    /// What the words before their numbers say of them.
    leads: BTreeMap<BindingId, Lead>,
}

/// A name with several solutions.
struct Several {
    name: Name,
    /// As they were given.
    solutions: Vec<BindingId>,
}

/// What a statement gives for an unknown that had a solution before.
pub(super) enum Given {
    /// It solves the equations as well.
    Solution(Name),
    /// It does not.
    Other(Name),
    /// The name has its value by another unknown.
    Following(Name),
}

impl Solutions {
    /// An equation that has been judged by its solution.
    pub(super) fn note(&mut self, place: Place, held: Held) {
        for unknown in held.solution.iter().flat_map(|solution| &solution.unknowns) {
            self.by_unknown.entry(unknown.clone()).or_default().push(self.equations.len());
        }
        self.equations.push((place, held));
    }

    /// A name that has been given a number behind `\approx`.
    pub(super) fn note_approximate(&mut self, id: BindingId) {
        self.approximate.insert(id);
    }

    /// A name that has been given a number behind such words.
    pub(super) fn note_lead(&mut self, id: BindingId, lead: Lead) {
        self.leads.insert(id, lead);
    }

    /// What the words before the number of a name say of it.
    pub(super) fn lead(&self, id: BindingId) -> Lead {
        self.leads.get(&id).copied().unwrap_or_default()
    }

    /// A definition is again what another one was.
    pub(super) fn stand_for(&mut self, now: BindingId, before: BindingId) {
        if self.approximate.contains(&before) {
            self.approximate.insert(now);
        }
        if let Some(lead) = self.leads.get(&before).copied() {
            self.leads.insert(now, lead);
        }
    }

    pub(super) fn is_approximate(&self, id: BindingId) -> bool {
        self.approximate.contains(&id)
    }

    /// The equations.
    pub(super) fn equations(&self) -> impl Iterator<Item = (&Place, &Held)> {
        self.equations.iter().map(|(place, held)| (place, held))
    }

    /// Whether an equation is for this name.
    pub(super) fn is_solved_for(&self, name: &Name) -> bool {
        self.by_unknown.contains_key(name)
    }

    /// Whether an equation of a block before is for this name.
    pub(super) fn was_solved_for(&self, name: &Name) -> bool {
        self.past.iter().any(|(_, held)| held.equates() && held.is_for(name))
    }

    /// A name has another solution than this one, and which of them it stands for is not known.
    pub(super) fn note_several(&mut self, name: Name, solution: BindingId) {
        self.several.push(Several { name, solutions: vec![solution] });
    }

    /// A name has either of these values.
    pub(super) fn note_alternative(&mut self, name: Name, one: BindingId, other: BindingId) {
        match self.several.iter_mut().find(|several| several.name == name) {
            Some(several) => several.solutions.push(other),
            None => self.several.push(Several { name, solutions: vec![one, other] }),
        }
    }

    /// Whether a name solves an equation that has been judged.
    pub(super) fn solves_another(&self, name: &Name) -> bool {
        self.equations_for(name).any(|(_, held)| held.equates())
    }

    /// The equations that are for a name, as many as are tried.
    pub(super) fn equations_for(&self, name: &Name) -> impl Iterator<Item = &(Place, Held)> {
        let positions = self.by_unknown.get(name).map_or(&[][..], Vec::as_slice);
        positions.iter().take(MOST_EQUATIONS).map(|at| &self.equations[*at])
    }

    /// A block ends: what was solved in it is no longer asked for. Returns the names of which it is not known which of
    /// their solutions was meant.
    fn close(&mut self) -> Vec<Several> {
        self.past.append(&mut self.equations);
        self.by_unknown.clear();
        std::mem::take(&mut self.several)
    }

    /// A heading stands here.
    pub(super) fn leave_section(&mut self) {
        self.past.clear();
    }

    /// A block that is meant to be false ends, and only the definitions before `known` are left.
    pub(super) fn leave_wrong(&mut self, known: BindingId, block: usize) {
        self.past.retain(|(_, held)| held.block != block);
        self.approximate.split_off(&known);
        self.leads.split_off(&known);
    }

    fn of(&self, name: &Name) -> Option<&Several> {
        self.several.iter().find(|several| several.name == *name)
    }
}

impl Judge<'_> {
    /// A block ends: which of several solutions was meant is not known.
    pub(super) fn close_solutions(&mut self) {
        for several in self.solutions.close() {
            for id in following(&self.scope, &several.name, several.solutions[0]) {
                let name = self.scope.binding(id).name.clone();
                self.scope.forget(&name);
            }
            self.scope.forget(&several.name);
        }
    }

    /// Before a statement is judged: if it gives a name another solution, its name is free for that; if it gives one
    /// of several solutions that is none, the name is the one before.
    pub(super) fn meet_solution(&mut self, group: &[Statement<'_>], text: &Fragment) -> Option<Given> {
        if self.solutions.equations.is_empty() {
            return None;
        }
        let chain = chain::read(group, text, &self.scope, false);
        let (name, given) = given(&chain).filter(|(name, given)| !given.depends_on(name))?;
        let several = self.solutions.of(name);
        if several.is_none() && !self.solutions.is_solved_for(name) {
            return None;
        }
        let before = self.scope.here(name);
        // `y = 2x` beside an equation for both has the value that `x` gives it.
        if before.is_some_and(|before| self.follows_unknown(before, name)) {
            return Some(Given::Following(name.clone()));
        }
        match (before, self.solves(name, given, self.ends(given, &chain))?) {
            (Some(before), true)
                if self.differs_from(before, given) && !self.repeats(before, given, &chain) =>
            {
                if several.is_none() {
                    self.solutions.note_several(name.clone(), before);
                }
                self.scope.forget(name);
                Some(Given::Solution(name.clone()))
            }
            (None, true) => Some(Given::Solution(name.clone())),
            (None, false) => {
                let before = *several?.solutions.last()?;
                put_in_again(&mut self.scope, before);
                Some(Given::Other(name.clone()))
            }
            _ => None,
        }
    }

    /// After it has been judged.
    pub(super) fn settle_solution(&mut self, given: Given, chain: &Chain, findings: &mut Vec<Finding>) {
        let name = match given {
            Given::Following(name) => return self.judge_following(&name, chain, findings),
            Given::Other(name) => return self.scope.leave_open(&name),
            Given::Solution(name) => name,
        };
        findings.extend(self.doubt_solution(&name, chain));
        let found = self.scope.here(&name).zip(self.solutions.several.iter().position(|it| it.name == name));
        let Some((id, at)) = found else { return };
        let given = findings.iter_mut().filter(|finding| finding.record.verdict == Verdict::Given);
        given.take(1).for_each(Finding::is_another_solution);
        self.givens.use_name(id);
        let solutions = self.solutions.several[at].solutions.clone();
        let is_known = solutions.iter().any(|known| !differ(self.value(*known), self.value(id)));
        if !is_known {
            self.solutions.several[at].solutions.push(id);
            self.scope.leave_open(&name);
        }
        let following = following(&self.scope, &name, solutions[0]);
        following.into_iter().for_each(|id| put_in_again(&mut self.scope, id));
    }

    /// Another solution may be none where the sentence of the equation supposes something else.
    fn doubt_solution(&self, name: &Name, chain: &Chain) -> Option<Finding> {
        let is_other = |held: &Held| held.words.is_hypothetical && held.words.sentence != self.words.sentence;
        let supposed = |held: &Held| !held.equates() && is_other(held) && self.restricts(held, name);
        let mut conditions = self.solutions.equations_for(name).filter(|(_, held)| supposed(held));
        let fails =
            |equation: &&(Place, Held)| self.holds_in(equation, name, &self.scope, &[]) == Some(false);
        let (_, condition) = conditions.find(fails).filter(|_| !self.words.is_put_in)?;
        let member = chain.members.get(1)?;
        let message = format!("this solves the equation, but is not what is supposed of `{name}` beside it");
        let diagnostic = Diagnostic::error(Code::Ambiguous, member.span, message)
            .secondary(condition.text.span, "supposed here")
            .help("say in the sentence that gives it for which values it is one");
        let text = finding::one_line(&member.text);
        let finding = Finding::new(report::Kind::Relation, member.span, &text, Verdict::Unverifiable);
        Some(finding.named(name.as_str()).complaint(diagnostic))
    }

    /// Of a name with several values a claim holds if it does for each of them.
    pub(super) fn judge_each(&self, chain: &Chain, court: &Court<'_>) -> Option<Judgement> {
        let mut open = self.solutions.several.iter().filter(|several| chain.uses(&several.name));
        let (Some(several), None) = (open.next(), open.next()) else { return None };
        let is_open = chain.namings.is_empty() && self.scope.here(&several.name).is_none();
        if !is_open || several.solutions.len() > MOST_EQUATIONS {
            return None;
        }
        let following = following(&self.scope, &several.name, several.solutions[0]);
        let mut last = None;
        for id in &several.solutions {
            let mut scope = self.scope.clone();
            put_in_again(&mut scope, *id);
            following.iter().for_each(|id| put_in_again(&mut scope, *id));
            let judged = segment::judge(&Court { scope: &scope, ..*court }, chain);
            if judged.findings.is_empty() || !judged.findings.iter().all(Finding::passes) {
                return None;
            }
            last = Some(judged);
        }
        last
    }

    /// `x_2 = 4` behind the solutions of equations for `x`: what is wrong with it as one of them.
    pub(super) fn judge_numbered(&mut self, chain: &Chain) -> Option<Finding> {
        let (name, given) = given(chain)?;
        let (base, number) = name.as_str().rsplit_once('_')?;
        let unknown = Name::new(base);
        let number: usize = number.parse().ok()?;
        // `x_5` may be a step on the way to a solution, and all of them are where they begin with `x_0`.
        let is_iterated = self.scope.here(&Name::new(&format!("{base}_0"))).is_some();
        let follows =
            |number: usize| self.scope.here(&Name::new(&format!("{base}_{}", number - 1))).is_some();
        let counts = |several: &&Several| {
            let is_one = (1..=several.solutions.len().max(2)).contains(&number);
            !is_iterated && (is_one || number > 2 && follows(number))
        };
        let first = self.solutions.of(&unknown).filter(counts)?.solutions[0];
        if self.solves(&unknown, given, self.ends(given, chain))? {
            let numbered = self.scope.here(name);
            numbered.into_iter().for_each(|id| self.givens.use_name(id));
            return None;
        }
        let member = chain.members.last()?;
        let message = format!("`{name}` does not solve the equations before it as `{unknown}` does");
        let diagnostic = Diagnostic::error(Code::Mismatch, member.span, message)
            .secondary(self.scope.binding(first).span, "a solution of them");
        let finding = Finding::new(report::Kind::Relation, member.span, &member.text, Verdict::Mismatch);
        Some(finding.named(name.as_str()).complaint(diagnostic))
    }

    /// What is false of `y = 6.67` by a rounded `x = 3.33` and `y = 2x` may be right by the exact solution.
    fn judge_following(&self, name: &Name, chain: &Chain, findings: &mut [Finding]) {
        let Some((stated, relation)) = chain.stated() else { return };
        let Some([lo, hi]) = solution::ends(stated, segment::allowed(relation), false) else { return };
        let is_between = |value: Rational| value >= lo.enclosure().0 && value <= hi.enclosure().1;
        let is_solved =
            |equation: &(Place, Held)| self.solved_exactly(equation, name).is_some_and(is_between);
        if self.solutions.equations_for(name).any(is_solved) {
            findings.iter_mut().filter(|finding| finding.is_false()).for_each(Finding::is_solved_nearby);
        }
    }

    /// Whether a name has its value by another one that the equations for it are for as well.
    fn follows_unknown(&self, id: BindingId, name: &Name) -> bool {
        let mut solutions = self.solutions.equations_for(name).filter_map(|(_, held)| held.solution.as_ref());
        solutions.any(|solution| self.follows_one_of(id, &solution.unknowns))
    }

    /// Whether a name is defined by one of these.
    pub(super) fn follows_one_of(&self, id: BindingId, names: &[Name]) -> bool {
        let Definition::Expr(value) = &self.scope.binding(id).definition else { return false };
        names.iter().any(|name| value.depends_on(name))
    }

    /// What a name has been given: one value, or several.
    pub(super) fn solutions_of(&self, name: &Name) -> Vec<BindingId> {
        let several = self.solutions.of(name).map(|several| several.solutions.clone());
        several.unwrap_or_else(|| self.scope.here(name).into_iter().collect())
    }

    /// Whether what is given for a name solves the equations, rounded as it may be: between these `ends`. `None` if none of
    /// them says what the name is.
    pub(super) fn solves(&self, name: &Name, given: &Expr, ends: Option<[Number; 2]>) -> Option<bool> {
        let value = self.number(given)?;
        let following = match self.solutions_of(name).first() {
            Some(first) => following(&self.scope, name, *first),
            None => Vec::new(),
        };
        let with = |value: Number| {
            let mut scope = self.scope.clone();
            redefine(&mut scope, name, Definition::Value(value.into()), given.span, &following);
            scope
        };
        let scope = with(value.clone());
        // What holds for other numbers too, `x - x = 0`, says nothing.
        let others = OTHERS.map(|apart| {
            with(Number::from(value.enclosure().0 + Rational::from(apart) / Rational::from(1_000)))
        });
        let ends: Vec<_> = ends.map(|ends| (name.clone(), ends)).into_iter().collect();
        let is_telling = |equation: &(Place, Held)| {
            !others.iter().any(|other| self.holds_in(equation, name, other, &[]) == Some(true))
        };
        let mut is_told = false;
        // Of equations with an "or" between them one has to hold.
        let mut either: BTreeMap<Place, bool> = BTreeMap::new();
        for equation in self.solutions.equations_for(name) {
            let equates = equation.1.equates();
            // What another sentence supposes is told of the solution apart.
            let sentence = equation.1.words.sentence;
            let is_here = sentence == self.words.sentence && self.restricts(&equation.1, name);
            if !equates && equation.1.words.is_hypothetical && !is_here {
                continue;
            }
            let Some(holds) = self.holds_in(equation, name, &scope, &ends) else { continue };
            // An inequality only says which of the solutions count.
            is_told |= holds && equates && is_telling(equation);
            match self.either.group(equation.0) {
                Some(group) => *either.entry(group).or_default() |= holds,
                None if !holds => return Some(false),
                None => {}
            }
        }
        if either.iter().any(|(group, holds)| !holds && !self.either.gives(*group)) {
            return Some(false);
        }
        is_told.then_some(true)
    }

    /// Whether a value for a name is known not to solve equations before its block.
    pub(super) fn fails_before(&self, name: &Name, value: &Expr, chain: &Chain) -> bool {
        let mut scope = self.scope.clone();
        scope.define(name.clone(), Definition::Expr(Arc::new(value.clone())), value.span);
        let mut past =
            self.solutions.past.iter().rev().filter(|(_, held)| held.is_for(name)).take(MOST_EQUATIONS);
        let ends = self.ends(value, chain).map(|ends| (name.clone(), ends));
        let ends: Vec<_> = ends.into_iter().collect();
        past.any(|equation| self.holds_in(equation, name, &scope, &ends) == Some(false))
    }

    /// Whether an equation holds for these names, or somewhere between the ends of some; `None` if it is none for `name`.
    pub(super) fn holds_in(
        &self,
        (place, held): &(Place, Held),
        name: &Name,
        scope: &Scope,
        ends: &[(Name, [Number; 2])],
    ) -> Option<bool> {
        let chain = held.chain(*place, scope)?;
        let uses = |id: &BindingId| chain.uses(&scope.binding(*id).name);
        let goes_with = |id| following(scope, name, id).iter().any(uses);
        if !chain.uses(name) && !scope.here(name).is_some_and(goes_with) {
            return None;
        }
        let findings = self.judge_in(scope, held, &chain);
        let holds = !findings.is_empty() && findings.iter().all(Finding::passes);
        Some(holds || self.solves_nearby(&chain, scope, ends).unwrap_or(false))
    }

    /// What comes of the chain of a statement that was passed over, by what is known in `scope`.
    pub(super) fn judge_in(&self, scope: &Scope, held: &Held, chain: &Chain) -> Vec<Finding> {
        let latex = held.notation == Notation::Latex;
        segment::judge(&Court { scope, rules: &held.rules, ..self.court(held.kind, latex) }, chain).findings
    }

    /// The ends of what rounds to the number that a chain gives.
    fn ends(&self, given: &Expr, chain: &Chain) -> Option<[Number; 2]> {
        let (stated, relation) = chain.stated()?;
        solution::ends(stated, segment::allowed(relation), unit::is_in_degrees(&self.scope, given))
    }

    /// Whether a chain gives no more than a rounding of what is known.
    fn repeats(&self, known: BindingId, given: &Expr, chain: &Chain) -> bool {
        self.value(known).zip(self.ends(given, chain)).is_some_and(|(known, [lo, hi])| {
            known.compare(&lo).is_some_and(Ordering::is_ge) && known.compare(&hi).is_some_and(Ordering::is_le)
        })
    }

    fn differs_from(&self, known: BindingId, given: &Expr) -> bool {
        differ(self.value(known), self.number(given))
    }

    /// The value of a definition, if that is a number.
    pub(super) fn value(&self, id: BindingId) -> Option<Number> {
        let evaluated = self.scope.evaluate_binding(id, Precision::LADDER[1]).ok()?;
        evaluated.value.as_number().cloned()
    }
}

/// What has been defined by `name` since the definition `first`, or by what was.
pub(super) fn following(scope: &Scope, name: &Name, first: BindingId) -> Vec<BindingId> {
    let mut names = vec![name];
    let mut following = Vec::new();
    for id in first + 1..scope.len() {
        let binding = scope.binding(id);
        let (Definition::Expr(body) | Definition::Function { body, .. }) = &binding.definition else {
            continue;
        };
        if names.iter().any(|name| body.depends_on(name)) && scope.here(&binding.name) == Some(id) {
            names.push(&binding.name);
            following.push(id);
        }
    }
    following
}

/// Gives a name another definition; what is `following` from it goes with it.
pub(super) fn redefine(
    scope: &mut Scope,
    name: &Name,
    definition: Definition,
    span: Span,
    following: &[BindingId],
) {
    scope.define(name.clone(), definition, span);
    following.iter().for_each(|id| put_in_again(scope, *id));
}

/// Defines a name again as it was, by what its names are now.
pub(super) fn put_in_again(scope: &mut Scope, id: BindingId) {
    let binding = scope.binding(id);
    let (name, definition) = (binding.name.clone(), binding.definition.clone());
    let (span, nature) = (binding.span, binding.nature.clone());
    scope.define_as(name, definition, span, nature);
}

/// Whether two values are numbers, and not the same.
pub(super) fn differ(one: Option<Number>, other: Option<Number>) -> bool {
    one.zip(other).and_then(|(one, other)| one.compare(&other)).is_some_and(Ordering::is_ne)
}

/// The name to which a chain gives a value, and that.
pub(super) fn given(chain: &Chain) -> Option<(&Name, &Expr)> {
    let [unknown, given, ..] = &chain.members[..] else { return None };
    let name = match (&unknown.kind, &chain.namings[..]) {
        (chain::Kind::Expr(Expr { kind: Kind::Name(name), .. }), _) => name,
        (chain::Kind::Defined, [(0, Naming::Name(name)), ..]) => name,
        _ => return None,
    };
    let is_equality = chain.equates();
    Some((name, given.value()?)).filter(|_| is_equality)
}
