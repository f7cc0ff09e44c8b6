//! Formulas that stand before what they name: `A = \pi r^2, where r = 3`.
//!
//! The chapter is read once to learn which statement names what is given only after it, and then once more, where each of
//! these is judged as soon as all of its names are known. A statement that claims nothing yet waits to the end of its
//! section; one that states a number, or says that formulas are equal, to the end of its block: what is given in a later
//! example is another matter. Nothing waits where something in between needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::chain::{self, Chain};
use super::finding::Finding;
use super::naming::Naming;
use super::{Judge, constant};
use crate::diag::Code;
use crate::eval::{BindingId, Scope};
use crate::report;
use crate::scan::{Fragment, Rules};
use crate::source::Span;
use crate::syntax::macros::Expanded;
use crate::syntax::{self, Name, Notation, Statement};

/// A statement: where its text begins, and which of the statements there it is.
pub(super) type Place = (u32, usize);

/// Which statements are judged later than they stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    /// The statements that wait for each, in reading order.
    after: BTreeMap<Place, Vec<Place>>,
    /// All that wait; an equation is to hold for what is given behind it.
    waiting: BTreeMap<Place, Option<Solution>>,
}

impl Order {
    /// Whether every statement is judged where it stands.
    pub(super) fn is_plain(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// What is given behind an equation.
#[derive(Clone, Debug)]
pub(super) struct Solution {
    /// Where the last of it is.
    pub(super) place: Span,
    /// The names that the equation is for.
    pub(super) unknowns: Vec<Name>,
}

/// So many statements wait at once; an older one is judged where it stands.
const MOST_WAITING: usize = 64;

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
}

impl Held {
    pub(super) fn statements(&self) -> Option<Vec<Statement<'_>>> {
        syntax::parse_with(&self.text, self.notation, self.expanded.as_ref()).ok()
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
    /// The same at first, for an equation.
    unknowns: Option<Vec<Name>>,
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
                        wait.lacks.iter().for_each(|lack| add(&mut lacks, lack.clone()));
                        wait.users.push(place);
                    }
                }
                None if is_unknown(name, scope) => add(&mut lacks, Lack::new(name, &bound, scope)),
                None => {}
            }
        }
        // `ma` of `F = ma = 6` is a name unless `m` and `a` are, and so is `kz` of `kz = 3` with a known `k`; `AB` is a distance.
        let is_lower = |name: &Name| name.as_str().bytes().all(|byte| byte.is_ascii_lowercase());
        let may_be_product = |at: usize, lack: &Lack| at > 0 || lack.letters.len() < lack.name.as_str().len();
        let runs = chain.namings.iter().filter_map(|(at, naming)| match naming {
            Naming::Name(name) if is_lower(name) => {
                Some(Lack::new(name, &bound, scope)).filter(|lack| may_be_product(*at, lack))
            }
            _ => None,
        });
        runs.filter(|lack| !lack.letters.is_empty()).for_each(|lack| add(&mut lacks, lack));
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
                wait.lacks.iter().for_each(|lack| add(&mut other.lacks, lack.clone()));
                behind.push(other);
            }
        }
        self.open.push(wait);
        self.open.append(&mut behind);
        let surplus = self.open.len().saturating_sub(MOST_WAITING);
        self.open.drain(..surplus);
    }

    /// Of the statements that lack nothing, those that can be judged now: all who need what they define can be too. One whose
    /// user waits for more waits with it.
    fn releasable(&mut self, mut ready: Vec<Wait>) -> Vec<Wait> {
        loop {
            let places: Vec<Place> = ready.iter().map(|wait| wait.place).collect();
            let is_ready = |user: &Place| places.contains(user);
            let (now, later): (Vec<Wait>, Vec<Wait>) =
                ready.into_iter().partition(|wait| wait.users.iter().all(is_ready));
            if later.is_empty() {
                return now;
            }
            for mut wait in later {
                let at = self.open.iter().position(|open| wait.users.contains(&open.place));
                // A user that waits no longer needs it where that stands.
                let Some(at) = at else { continue };
                for user in self.open.iter().filter(|open| wait.users.contains(&open.place)) {
                    user.lacks.iter().for_each(|lack| add(&mut wait.lacks, lack.clone()));
                }
                self.open.insert(at, wait);
            }
            ready = now;
        }
    }
}

fn add(lacks: &mut Vec<Lack>, lack: Lack) {
    if !lacks.iter().any(|other| other.name == lack.name) {
        lacks.push(lack);
    }
}

impl Judge<'_> {
    /// Passes over a statement that is to be judged later.
    pub(super) fn holds(&mut self, place: Place, held: impl FnOnce(Rules, Option<Solution>) -> Held) -> bool {
        let Some(solution) = self.order.waiting.get(&place) else { return false };
        self.held.insert(place, held(self.rules.clone(), solution.clone()));
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
        self.obey(held.rules.clone());
        let (chain, mut findings) = self.chain(group, &held.text, held.notation, held.kind, false);
        if let Some(solution) = &held.solution {
            self.judge_solution(&chain, solution, &mut findings);
        }
        self.obey(outer);
        let holds = findings.iter().all(|finding| finding.record.verdict.passes());
        self.findings.extend(findings);
        if held.solution.is_some() && holds {
            self.solutions.note(place, held.clone());
        }
    }

    /// Learns from a chain that has been judged, with its `claims`: what it lacks, and which statements have waited for
    /// what it defines, from `before` on.
    pub(super) fn learn(&mut self, place: Place, chain: &Chain, claims: Range<usize>, before: BindingId) {
        let defines = before..self.scope.len();
        let lacks = self.learner.lacking(place, chain, &self.scope, before);
        if lacks.is_empty() && self.learner.open.is_empty() {
            return;
        }
        let names: Vec<Name> = defines.clone().map(|id| self.scope.binding(id).name.clone()).collect();
        let is_formula = chain.members.iter().any(|member| member.expr().is_some());
        let states = chain.namings.len() != 1 || chain.members.len() > 2 || !is_formula;
        let lacks_name = |finding: &Finding| {
            finding.diagnostic.as_ref().is_some_and(|diagnostic| diagnostic.code == Code::UnknownName)
        };
        let is_open = !states
            || !is_formula
            || chain.namings.len() > 1
            || self.findings[claims.clone()].iter().any(lacks_name);
        let is_sequence = chain.namings.iter().any(|(_, naming)| matches!(naming, Naming::Sequence { .. }));
        if !lacks.is_empty() && is_open && !is_sequence {
            let block = self.learner.block;
            let is_equation = chain.namings.is_empty() || !is_formula;
            let unknowns = is_equation.then(|| lacks.iter().map(|lack| lack.name.clone()).collect());
            let wait = Wait { place, block, lacks, unknowns, claims, states, defines, users: Vec::new() };
            self.learner.wait(wait, &names);
            return;
        }
        // What it uses cannot wait.
        self.learner.open.retain(|wait| !wait.users.contains(&place));
        let block = self.learner.block;
        let met = self.learner.met(&names);
        let (late, ready): (Vec<Wait>, Vec<Wait>) =
            met.into_iter().partition(|wait| wait.states && wait.block != block);
        late.iter().for_each(|wait| self.point_out(wait, chain));
        let ready = self.learner.releasable(ready);
        if !ready.is_empty() {
            let order = &mut self.learner.order;
            order.after.insert(place, ready.iter().map(|wait| wait.place).collect());
            let solution = |unknowns| Solution { place: chain.members[0].span, unknowns };
            order.waiting.extend(ready.into_iter().map(|wait| (wait.place, wait.unknowns.map(solution))));
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
