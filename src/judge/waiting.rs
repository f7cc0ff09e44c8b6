//! Formulas that stand before what they name: `A = \pi r^2, where r = 3`.
//!
//! The chapter is read once to learn which statement names what is given only after it, and then once more, where each of
//! these is judged as soon as all of its names are known. A statement that claims nothing yet waits to the end of its
//! section; one that states a number, or says that formulas are equal, to the end of its block: what is given in a later
//! example is another matter. Nothing waits where something in between needs it.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::Range;

use super::chain::{self, Chain};
use super::finding::Finding;
use super::naming::Naming;
use super::reorder::Late;
use super::{Judge, constant};
use crate::diag::Code;
use crate::eval::{BindingId, Scope};
use crate::report;
use crate::scan::{Fragment, Rules};
use crate::source::Span;
use crate::syntax::macros::Expanded;
use crate::syntax::{self, Expr, Lexicon, Name, Notation, Statement, named_letter};

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
}

impl Held {
    pub(super) fn statements(&self) -> Option<Vec<Statement<'_>>> {
        syntax::parse_with(&self.text, self.notation, self.expanded.as_ref()).ok()
    }
}

/// What has been learnt of the order so far.
#[derive(Default)]
pub(super) struct Learner {
    /// In reading order.
    waits: Vec<Wait>,
    /// How many of them are open.
    open: usize,
    /// Those that lack a name, or a letter of one.
    lacking: HashMap<Name, Vec<usize>>,
    /// Which of them has given a name its meaning.
    defined: HashMap<BindingId, usize>,
    /// Those before it no longer count, or stand outside of a block that is meant to be false: what that gives holds
    /// nowhere else.
    first: usize,
    /// Counts the blocks.
    block: usize,
    /// Those that can be judged late, in this order: behind which statement, and where that stands.
    judged: Vec<(usize, Place, Span)>,
}

/// A statement that names what is not known yet.
struct Wait {
    place: Place,
    block: usize,
    fate: Fate,
    /// The names that it lacks.
    lacks: Vec<Lack>,
    /// The statements before it that define what it uses.
    needs: Vec<usize>,
    /// How many have to be judged before it still.
    behind: usize,
    /// Those that have to be judged after it.
    followers: Vec<usize>,
    /// What it and those that it needs lack, as far as that is told.
    unknowns: Vec<Name>,
    is_equation: bool,
    /// Whether all of its relations say that values are equal.
    equates: bool,
    /// Its claims, by their positions.
    claims: Range<usize>,
    /// Whether it says more than what a name means.
    states: bool,
}

/// What becomes of a statement that lacks a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Not known yet.
    Open,
    /// It is judged when all is known.
    Judged,
    /// It is judged where it stands.
    Stays,
}

/// So many unknowns of an equation are told.
const MOST_UNKNOWNS: usize = 16;

impl Wait {
    fn is_ready(&self) -> bool {
        self.fate == Fate::Open && self.lacks.is_empty() && self.behind == 0
    }
}

/// A name that is not known, or would be something else if names in it were: a product of letters (`ma`), a power (`x^2`), a
/// value of a function (`f(x_1)`).
#[derive(Clone)]
struct Lack {
    name: Name,
    letters: BTreeSet<Name>,
}

impl Lack {
    fn new(name: &Name, bound: &[Name], scope: &Scope) -> Self {
        let text = name.as_str();
        let is_run = text.len() > 1
            && text.bytes().all(|byte| byte.is_ascii_alphabetic())
            && named_letter(text).is_none();
        let letters = text.chars().filter(|_| is_run).map(|letter| Name::new(&letter.to_string()));
        let is_lacking = |letter: &Name| !bound.contains(letter) && is_unknown(letter, scope);
        Self { name: name.clone(), letters: letters.filter(is_lacking).collect() }
    }

    /// What a name that a chain defines in its member `at` would be if what it is made of were known: `ma` of `F = ma = 6` is
    /// a product of `m` and `a`, `kz` of `kz = 3` one with a known `k`, but `AB` is a distance; `x^2` of `x^2 = 4` is a
    /// square, and `f(x_1)` the value of a known function.
    fn of_name(name: &Name, at: usize, bound: &[Name], scope: &Scope) -> Option<Self> {
        let text = name.as_str();
        let is_lower = text.bytes().all(|byte| byte.is_ascii_lowercase()) && named_letter(text).is_none();
        let parts: Vec<Name> = match (name.as_power(), name.as_call()) {
            _ if is_lower => {
                let lack = Self::new(name, bound, scope);
                let knows_a_letter =
                    || text.chars().any(|letter| !lack.letters.contains(&*letter.to_string()));
                let may_be_product = at > 0 || knows_a_letter();
                return Some(lack).filter(|lack| may_be_product && !lack.letters.is_empty());
            }
            (Some(base), _) => vec![Name::new(base)],
            (_, Some((function, arguments))) if scope.parameters(function).is_some() => {
                arguments.split(',').map(|name| Name::new(name.trim())).collect()
            }
            _ => return None,
        };
        let letters: BTreeSet<Name> = parts.into_iter().filter(|part| is_unknown(part, scope)).collect();
        (!letters.is_empty()).then(|| Self { name: name.clone(), letters })
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
            let arguments = name.as_call().into_iter().flat_map(|(_, arguments)| arguments.split(','));
            arguments.map(|name| Name::new(name.trim())).collect()
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

    /// A block that is meant to be false begins. Returns what [`Self::leave_wrong`] is to be given.
    pub(super) fn enter_wrong(&mut self) -> usize {
        std::mem::replace(&mut self.first, self.waits.len())
    }

    /// It ends, and only the definitions before `known` are left.
    pub(super) fn leave_wrong(&mut self, outer: usize, known: BindingId) {
        (self.first..self.waits.len()).for_each(|at| self.keep(at));
        self.defined.retain(|id, _| *id < known);
        self.first = outer;
    }

    /// What is given from here on is not meant by what stands before.
    pub(super) fn forget(&mut self) {
        (self.first..self.waits.len()).for_each(|at| self.keep(at));
        self.first = self.waits.len();
        self.lacking.clear();
        self.defined.clear();
    }

    /// What was learnt.
    pub(super) fn order(mut self) -> Order {
        // What is judged where it stands needs there what it uses.
        let stays = |(at, wait): (usize, &Wait)| (wait.fate != Fate::Judged).then_some(at);
        let mut staying: Vec<usize> = self.waits.iter().enumerate().filter_map(stays).collect();
        while let Some(at) = staying.pop() {
            for need in std::mem::take(&mut self.waits[at].needs) {
                if self.waits[need].fate == Fate::Judged {
                    self.waits[need].fate = Fate::Stays;
                    staying.push(need);
                }
            }
        }
        let mut order = Order::default();
        for (at, place, span) in self.judged {
            let wait = &mut self.waits[at];
            if wait.fate == Fate::Judged {
                let unknowns = wait.is_equation.then(|| std::mem::take(&mut wait.unknowns));
                let equates = wait.equates;
                let solution = unknowns.map(|unknowns| Solution { place: span, unknowns, equates });
                order.waiting.insert(wait.place, solution);
                order.after.entry(place).or_default().push(wait.place);
            }
        }
        order
    }

    /// The names that a chain lacks, and the open statements that define what it uses.
    fn lacking(&self, chain: &Chain, scope: &Scope, before: BindingId) -> (Vec<Lack>, Vec<usize>) {
        let bound: Vec<Name> = chain.namings.iter().flat_map(|(_, naming)| stand_for_any(naming)).collect();
        let exprs = chain.members.iter().filter_map(|member| member.expr());
        let names: BTreeSet<&Name> = exprs.flat_map(|expr| expr.free_names()).collect();
        let (mut lacks, mut needs) = (Vec::new(), BTreeSet::new());
        for name in names.into_iter().filter(|name| !bound.contains(name)) {
            match scope.lookup(name.as_str(), before) {
                Some(id) => needs.extend(self.meant_by(id)),
                None if is_unknown(name, scope) => lacks.push(Lack::new(name, &bound, scope)),
                None => {}
            }
        }
        let namings = chain.namings.iter().filter_map(|(at, naming)| match naming {
            Naming::Name(name) => Some((*at, name)),
            _ => None,
        });
        for lack in namings.filter_map(|(at, name)| Lack::of_name(name, at, &bound, scope)) {
            if !lacks.iter().any(|other| other.name == lack.name) {
                lacks.push(lack);
            }
        }
        (lacks, needs.into_iter().collect())
    }

    /// The open statement that has given a name its meaning.
    fn meant_by(&self, id: BindingId) -> Option<usize> {
        self.defined.get(&id).copied().filter(|at| self.waits[*at].fate == Fate::Open)
    }

    /// A statement waits. Those before it that lack what it defines come after it.
    fn wait(&mut self, wait: Wait, defines: Range<BindingId>, names: &[Name]) {
        let at = self.waits.len();
        for lack in &wait.lacks {
            for name in std::iter::once(&lack.name).chain(&lack.letters) {
                self.lacking.entry(name.clone()).or_default().push(at);
            }
        }
        wait.needs.iter().for_each(|need| self.waits[*need].followers.push(at));
        self.defined.extend(defines.map(|id| (id, at)));
        self.waits.push(wait);
        self.open += 1;
        for name in names {
            for other in self.lack(name).into_iter().filter(|other| *other != at) {
                let lacks = &mut self.waits[other].lacks;
                let all = lacks.len();
                lacks.retain(|lack| lack.name != *name);
                if lacks.len() < all {
                    self.waits[other].behind += 1;
                    self.waits[at].followers.push(other);
                }
            }
            let lacks_still = |other: &usize| {
                let mut lacks = self.waits[*other].lacks.iter();
                *other == at || lacks.any(|lack| lack.letters.contains(name))
            };
            if let Some(lacking) = self.lacking.get_mut(name) {
                lacking.retain(lacks_still);
            }
        }
    }

    /// The open statements that lack a name, of the present block alone where that is meant to be false.
    fn lack(&self, name: &Name) -> Vec<usize> {
        let lacking = self.lacking.get(name).map_or(&[][..], Vec::as_slice);
        let is_open = |at: &usize| *at >= self.first && self.waits[*at].fate == Fate::Open;
        lacking.iter().copied().filter(is_open).collect()
    }

    /// A statement that is open still is judged where it stands.
    fn keep(&mut self, at: usize) {
        let fate = &mut self.waits[at].fate;
        if *fate == Fate::Open {
            *fate = Fate::Stays;
            self.open -= 1;
        }
    }

    /// These names are known behind the statement at `place`, which stands at `span`: what lacks nothing more can be judged.
    /// Returns what would have to have been given earlier.
    fn meet(&mut self, names: &[Name], place: Place, span: Span) -> Vec<usize> {
        let mut ready = BTreeSet::new();
        for name in names {
            for at in self.lack(name) {
                self.waits[at].lacks.retain_mut(|lack| lack.is_left_by(name));
                ready.extend(self.waits[at].is_ready().then_some(at));
            }
            if let Some(lacking) = self.lacking.get_mut(name) {
                lacking.retain(|at| *at < self.first);
            }
        }
        let mut ready = VecDeque::from_iter(ready);
        let mut late = Vec::new();
        while let Some(at) = ready.pop_front() {
            let wait = &mut self.waits[at];
            if wait.states && wait.block != self.block {
                wait.fate = Fate::Stays;
                late.push(at);
            } else {
                wait.fate = Fate::Judged;
                self.judged.push((at, place, span));
            }
            self.open -= 1;
            for follower in std::mem::take(&mut wait.followers) {
                self.waits[follower].behind -= 1;
                ready.extend(self.waits[follower].is_ready().then_some(follower));
            }
        }
        late
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
        self.obey(held.rules.clone());
        let (chain, mut findings) = self.chain(group, &held.text, held.notation, held.kind, false);
        if let Some(solution) = &held.solution {
            self.judge_solution(&chain, solution, &mut findings);
        }
        self.obey(outer);
        let holds = findings.iter().all(|finding| finding.record.verdict.passes());
        let start = self.findings.len();
        self.findings.extend(findings);
        self.late.push(Late { findings: start..self.findings.len(), home: held.home, place });
        if held.solution.is_some() && holds {
            self.solutions.note(place, held.clone());
        }
    }

    /// Learns from a chain that has been judged, with its `claims`: what it lacks, and which statements have waited for
    /// what it defines, from `before` on.
    pub(super) fn learn(&mut self, place: Place, chain: &Chain, claims: Range<usize>, before: BindingId) {
        let Some(span) = chain.members.first().map(|member| member.span) else { return self.release(place) };
        let (lacks, needs) = self.learner.lacking(chain, &self.scope, before);
        let (outer, needs): (Vec<usize>, Vec<usize>) =
            needs.into_iter().partition(|at| *at < self.learner.first);
        outer.into_iter().for_each(|at| self.learner.keep(at));
        if lacks.is_empty() && needs.is_empty() {
            self.give(place, before, span);
            return;
        }
        let is_formula = chain.members.iter().any(|member| member.expr().is_some());
        let lacks_first = |(at, naming): &(usize, Naming)| match naming {
            Naming::Name(name) => *at == 0 && lacks.iter().any(|lack| lack.name == *name),
            _ => false,
        };
        let is_equation = chain.namings.is_empty() || !is_formula || chain.namings.iter().any(lacks_first);
        let states = chain.namings.len() != 1 || chain.members.len() > 2 || is_equation;
        let lacks_name = |finding: &Finding| {
            finding.diagnostic.as_ref().is_some_and(|diagnostic| diagnostic.code == Code::UnknownName)
        };
        let is_open = !states
            || !is_formula
            || chain.namings.len() > 1
            || self.findings[claims.clone()].iter().any(lacks_name);
        let is_sequence = chain.namings.iter().any(|(_, naming)| matches!(naming, Naming::Sequence { .. }));
        if !is_open || is_sequence {
            // What it uses cannot wait.
            needs.into_iter().for_each(|at| self.learner.keep(at));
            self.give(place, before, span);
            return;
        }
        let unknowns = needs.iter().flat_map(|at| &self.learner.waits[*at].unknowns);
        let own = lacks.iter().flat_map(|lack| std::iter::once(&lack.name).chain(&lack.letters));
        let unknowns = own.chain(unknowns).take(MOST_UNKNOWNS).cloned();
        let wait = Wait {
            place,
            block: self.learner.block,
            fate: Fate::Open,
            unknowns: unknowns.collect(),
            behind: needs.len(),
            lacks,
            needs,
            followers: Vec::new(),
            is_equation,
            equates: chain.links.iter().all(|link| link.relation.is_equality()),
            claims,
            states,
        };
        let defines = before..self.scope.len();
        let names = self.names_from(before);
        self.learner.wait(wait, defines, &names);
    }

    /// What has been defined from `before` on is known behind the statement at `place`: what has waited for it is judged.
    pub(super) fn give(&mut self, place: Place, before: BindingId, span: Span) {
        if self.learner.open > 0 {
            let late = self.learner.meet(&self.names_from(before), place, span);
            late.into_iter().for_each(|at| self.point_out(at, span));
        }
        self.release(place);
    }

    /// Something that does not wait uses these names: what gives them their meaning cannot wait either.
    pub(super) fn use_now(&mut self, expr: &Expr) {
        self.givens.mark(expr, &self.scope);
        if self.learner.open > 0 {
            let ids = expr.free_names().into_iter().filter_map(|name| self.scope.here(name));
            let used: Vec<usize> = ids.filter_map(|id| self.learner.meant_by(id)).collect();
            used.into_iter().for_each(|at| self.learner.keep(at));
        }
    }

    fn names_from(&self, before: BindingId) -> Vec<Name> {
        (before..self.scope.len()).map(|id| self.scope.binding(id).name.clone()).collect()
    }

    /// Shows where the name that a statement lacks is given, too late for it.
    fn point_out(&mut self, at: usize, given: Span) {
        let claims = self.learner.waits[at].claims.clone();
        let diagnostics = self.findings[claims].iter_mut().filter_map(|finding| finding.diagnostic.as_mut());
        for diagnostic in diagnostics.filter(|diagnostic| diagnostic.code == Code::UnknownName) {
            diagnostic.secondary.push((given, "given only here, below it".to_owned()));
        }
    }
}
