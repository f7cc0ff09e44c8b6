//! Formulas that stand before what they name: `A = \pi r^2, where r = 3`.
//!
//! The chapter is read once to learn which statement names what is given only after it, and then once more, where each of
//! these is judged as soon as all of its names are known. A statement that claims nothing yet waits to the end of its
//! section; one that states a number, or says that formulas are equal, to the end of its block: what is given in a later
//! example is another matter. Nothing waits where something in between needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::chain::{self, Chain, Kind, Member};
use super::finding::Finding;
use super::naming::Naming;
use super::segment::{self, Court};
use super::{Judge, constant, number};
use crate::compare::Stated;
use crate::diag::Code;
use crate::eval::{BindingId, Definition, Scope};
use crate::report;
use crate::scan::{Fragment, Intermediate, Rules};
use crate::source::Span;
use crate::syntax::macros::{self, Expanded};
use crate::syntax::{self, Name, Notation, Statement};

/// A statement: where its text begins, and which of the statements there it is.
pub(super) type Place = (u32, usize);

/// Which statements are judged later than they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    /// The statements that wait for each, in reading order.
    after: BTreeMap<Place, Vec<Place>>,
    /// All that wait; of an equation, which is to hold for what is given behind it, where that is.
    waiting: BTreeMap<Place, Option<Span>>,
}

impl Order {
    /// Whether every statement is judged where it stands.
    pub(super) fn is_plain(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// A statement that has been passed over.
#[derive(Clone)]
pub(super) struct Held {
    /// Where an equation has its solution.
    solution: Option<Span>,
    text: Fragment,
    notation: Notation,
    kind: report::Kind,
    rules: Rules,
    expanded: Option<Expanded>,
}

impl Held {
    fn statements(&self) -> Option<Vec<Statement<'_>>> {
        match self.expanded.as_ref() {
            Some(expanded) => syntax::parse_expanded(&self.text, expanded).ok(),
            None => syntax::parse(&self.text, self.notation).ok(),
        }
    }

    /// The rules that it is judged by. A solution may have been rounded.
    fn rules(&self) -> Rules {
        let intermediate = self.solution.map(|_| Intermediate::Rounded).or(self.rules.intermediate);
        Rules { intermediate, ..self.rules.clone() }
    }

    /// Whether it holds with these names; nothing if it does not hold `name`.
    fn holds(
        &self,
        place: Place,
        judge: &Judge<'_>,
        scope: &Scope,
        stated: &BTreeMap<BindingId, Stated>,
        name: &Name,
    ) -> Option<bool> {
        let statements = self.statements()?;
        let chain = chain::read(chain::groups(&statements).get(place.1)?, &self.text, scope, false);
        if !chain.members.iter().filter_map(Member::expr).any(|expr| expr.depends_on(name)) {
            return None;
        }
        let rules = self.rules();
        let court = Court {
            scope,
            rules: &rules,
            stated,
            ..judge.court(self.kind, self.notation == Notation::Latex)
        };
        let findings = segment::judge(&court, &chain).findings;
        Some(!findings.is_empty() && findings.iter().all(|finding| finding.record.verdict.passes()))
    }
}

/// What has been learnt of the order so far.
#[derive(Default)]
pub(super) struct Learner {
    order: Order,
    /// Counts the blocks.
    block: usize,
    /// In reading order.
    open: Vec<Wait>,
}

/// A statement that names what is not known yet.
struct Wait {
    place: Place,
    block: usize,
    /// The names that it lacks.
    lacks: Vec<Lack>,
    is_equation: bool,
    /// Its claims, by their positions.
    claims: Range<usize>,
    /// Whether it says more than what a name means.
    states: bool,
    /// What it defines as far as it can.
    defines: Range<BindingId>,
    /// The statements that need what it defines.
    users: Vec<Place>,
}

/// A name that is not known, which may be a product of unknown letters: `ma`.
#[derive(Clone)]
struct Lack {
    name: Name,
    letters: BTreeSet<Name>,
}

impl Lack {
    fn new(name: &Name, bound: &[Name], scope: &Scope) -> Self {
        let text = name.as_str();
        let is_run = text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let letters = text.chars().filter(|_| is_run).map(|letter| Name::new(&letter.to_string()));
        let is_lacking = |letter: &Name| !bound.contains(letter) && is_unknown(letter, scope);
        Self { name: name.clone(), letters: letters.filter(is_lacking).collect() }
    }

    /// Takes note of what has become known; whether something is lacking still.
    fn is_left_by(&mut self, known: &Name) -> bool {
        let last_letter = self.letters.remove(known) && self.letters.is_empty();
        self.name != *known && !last_letter
    }
}

/// The names that stand for any number in a definition: `x` of `f(x) = ax + b`, which is no more than a name as long as `ax`
/// is one.
fn stand_for_any(naming: &Naming) -> Vec<Name> {
    match naming {
        Naming::Name(name) => {
            let arguments = name.as_str().strip_suffix(')').and_then(|call| call.split_once('('));
            arguments
                .into_iter()
                .flat_map(|(_, names)| names.split(','))
                .map(|name| Name::new(name.trim()))
                .collect()
        }
        naming => naming.parameters().to_vec(),
    }
}

fn is_unknown(name: &Name, scope: &Scope) -> bool {
    scope.here(name).is_none() && !constant::is_one(name)
}

impl Learner {
    /// A block begins.
    pub(super) fn enter_block(&mut self) {
        self.block += 1;
    }

    /// What is given from here on is not meant by what stands before.
    pub(super) fn forget(&mut self) {
        self.open.clear();
    }

    /// What was learnt.
    pub(super) fn order(self) -> Order {
        self.order
    }

    /// The names that a chain lacks, those among them that what it uses lacks. Whoever uses what waits needs it where it
    /// is used.
    fn lacking(&mut self, place: Place, chain: &Chain, scope: &Scope, before: BindingId) -> Vec<Lack> {
        let bound: Vec<Name> = chain.namings.iter().flat_map(|(_, naming)| stand_for_any(naming)).collect();
        let exprs = chain.members.iter().filter_map(|member| member.expr());
        let names: BTreeSet<&Name> = exprs.flat_map(|expr| expr.free_names()).collect();
        let mut lacks = Vec::new();
        for name in names.into_iter().filter(|name| !bound.contains(name)) {
            match scope.lookup(name.as_str(), before) {
                Some(id) => {
                    for wait in self.open.iter_mut().filter(|wait| wait.defines.contains(&id)) {
                        lacks.extend(wait.lacks.iter().cloned());
                        wait.users.push(place);
                    }
                }
                None if is_unknown(name, scope) => lacks.push(Lack::new(name, &bound, scope)),
                None => {}
            }
        }
        // `ma` of `F = ma = 6` is a name unless `m` and `a` are.
        let between = chain.namings.iter().skip(1).filter_map(|(_, naming)| match naming {
            Naming::Name(name) => Some(Lack::new(name, &bound, scope)),
            _ => None,
        });
        lacks.extend(between.filter(|lack| !lack.letters.is_empty()));
        lacks
    }

    /// The open statements that lack nothing more now that these names are known.
    fn met(&mut self, names: &[Name]) -> Vec<Wait> {
        for wait in &mut self.open {
            names.iter().for_each(|name| wait.lacks.retain_mut(|lack| lack.is_left_by(name)));
        }
        self.open.extract_if(.., |wait| wait.lacks.is_empty()).collect()
    }

    /// A statement waits too: those that wait for what it defines wait for what it lacks, and come after it.
    fn wait(&mut self, wait: Wait, names: &[Name]) {
        let mut behind = Vec::new();
        for name in names {
            for mut other in
                self.open.extract_if(.., |other| other.lacks.iter().any(|lack| lack.name == *name))
            {
                other.lacks.retain(|lack| lack.name != *name);
                other.lacks.extend(wait.lacks.iter().cloned());
                behind.push(other);
            }
        }
        self.open.push(wait);
        self.open.append(&mut behind);
    }
}

impl Judge<'_> {
    /// Passes over a statement that is to be judged later.
    pub(super) fn holds(
        &mut self,
        place: Place,
        text: &Fragment,
        notation: Notation,
        kind: report::Kind,
    ) -> bool {
        let Some(solution) = self.order.waiting.get(&place) else { return false };
        let expanded = match notation {
            Notation::Latex => macros::expand(&text.text, &mut self.macros.clone()),
            Notation::Plain => None,
        };
        let (text, rules) = (text.clone(), self.rules.clone());
        self.held.insert(place, Held { solution: *solution, text, notation, kind, rules, expanded });
        true
    }

    /// Judges what has waited for the statement at `place`.
    pub(super) fn release(&mut self, place: Place) {
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
        self.obey(held.rules());
        let (_, mut findings) = self.chain(group, &held.text, held.notation, held.kind, false);
        self.obey(outer);
        if let Some(solution) = held.solution {
            findings
                .iter_mut()
                .filter(|finding| finding.is_false())
                .for_each(|it| it.is_unsolved_by(solution));
            self.equations.push((self.learner.block, place, held.clone()));
        }
        self.findings.extend(findings);
    }

    /// `x = 2` or `x = 3`: another number for a name that solves the equations before it as well is no mistake.
    pub(super) fn accept_solution(&self, chain: &Chain, findings: &mut [Finding]) {
        let ([finding], [Member { kind: Kind::Expr(unknown), .. }, Member { kind: Kind::Bare(bare), .. }]) =
            (&mut *findings, &chain.members[..])
        else {
            return;
        };
        let (syntax::Kind::Name(name), true) = (&unknown.kind, finding.is_false()) else { return };
        let known = self.scope.here(name).map(|id| &self.scope.binding(id).definition);
        // What was computed has one value.
        if !matches!(known, Some(Definition::Expr(expr)) if number::stated(expr).is_some()) {
            return;
        }
        let mut scope = self.scope.clone();
        let definition = Definition::Expr(Arc::new(bare.expr.clone()));
        let id = scope.define(name.clone(), definition, unknown.span);
        let mut stated = self.stated.clone();
        if let [(_, number)] = &bare.numbers[..] {
            stated.insert(id, number.stated.clone());
        }
        let here = self.equations.iter().filter(|(block, ..)| *block == self.learner.block);
        let outcomes: Vec<bool> =
            here.filter_map(|(_, place, held)| held.holds(*place, self, &scope, &stated, name)).collect();
        if !outcomes.is_empty() && outcomes.iter().all(|holds| *holds) {
            finding.is_another_solution();
        }
    }

    /// Learns from a chain that has been judged, with its `claims`: what it lacks, and which statements have waited for
    /// what it defines, from `before` on.
    pub(super) fn learn(&mut self, place: Place, chain: &Chain, claims: Range<usize>, before: BindingId) {
        let defines = before..self.scope.len();
        let lacks = self.learner.lacking(place, chain, &self.scope, before);
        let names: Vec<Name> = defines.clone().map(|id| self.scope.binding(id).name.clone()).collect();
        let states = chain.namings.len() != 1 || chain.members.len() > 2;
        let lacks_name = |finding: &Finding| {
            finding.diagnostic.as_ref().is_some_and(|diagnostic| diagnostic.code == Code::UnknownName)
        };
        let is_open =
            !states || chain.namings.len() > 1 || self.findings[claims.clone()].iter().any(lacks_name);
        let is_sequence = chain.namings.iter().any(|(_, naming)| matches!(naming, Naming::Sequence { .. }));
        if !lacks.is_empty() && is_open && !is_sequence {
            let (block, is_equation) = (self.learner.block, chain.namings.is_empty());
            self.learner.wait(
                Wait { place, block, lacks, is_equation, claims, states, defines, users: Vec::new() },
                &names,
            );
            return;
        }
        // What it uses cannot wait.
        self.learner.open.retain(|wait| !wait.users.contains(&place));
        let (late, mut ready): (Vec<Wait>, Vec<Wait>) = self
            .learner
            .met(&names)
            .into_iter()
            .partition(|wait| wait.states && wait.block != self.learner.block);
        for wait in late {
            self.point_out(&wait, chain);
        }
        loop {
            let places: Vec<Place> = ready.iter().map(|wait| wait.place).collect();
            ready.retain(|wait| wait.users.iter().all(|user| places.contains(user)));
            if ready.len() == places.len() {
                break;
            }
        }
        if !ready.is_empty() {
            let solution = chain.members[0].span;
            let waiting = ready.iter().map(|wait| (wait.place, wait.is_equation.then_some(solution)));
            self.learner.order.waiting.extend(waiting);
            self.learner.order.after.insert(place, ready.iter().map(|wait| wait.place).collect());
        }
    }

    /// Shows where the name that a statement lacks is given, too late for it.
    fn point_out(&mut self, wait: &Wait, chain: &Chain) {
        let place = chain.members[0].span;
        let diagnostics =
            self.findings[wait.claims.clone()].iter_mut().filter_map(|finding| finding.diagnostic.as_mut());
        for diagnostic in diagnostics.filter(|diagnostic| diagnostic.code == Code::UnknownName) {
            diagnostic.secondary.push((place, "given only here, below it".to_owned()));
        }
    }
}
