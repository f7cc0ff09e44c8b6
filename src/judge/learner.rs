//! Learns, while a chapter is walked through, which of its statements wait for what, as a graph.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::Range;

use super::chain::Chain;
use super::instance;
use super::lack::{Known, Lack, is_unknown, stand_for_any};
use super::naming::Naming;
use super::waiting::{Order, Place, Solution};
use crate::eval::{BindingId, Scope};
use crate::source::Span;
use crate::syntax::Name;

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
    defined: BTreeMap<BindingId, usize>,
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
    role: Role,
    /// Its claims, by their positions.
    claims: Range<usize>,
    /// Whether something of what it lacked has become known.
    is_met: bool,
    /// Whether the page is told that it lacks something: there is nothing to lose then.
    is_told: bool,
}

/// What a statement that lacks something says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// What a name means: `A = \pi r^2`.
    Formula,
    /// What the value of that is: `A = \pi r^2 = 12.6`.
    Claim,
    /// Which values the names in it have: `3x = 6`. One that does not equate anything only says which solutions count. What
    /// is data gives a number to what may be a name of its own: `x^2 = 4`.
    Equation { equates: bool, is_data: bool },
}

impl Role {
    /// What a chain with these `lacks` says, if it may wait for them. `is_open`: it could not be judged, or
    /// not for good.
    pub(super) fn of(chain: &Chain, lacks: &[Lack], is_open: bool) -> Option<Self> {
        if chain.namings.iter().any(|(_, naming)| matches!(naming, Naming::Sequence { .. })) {
            return None;
        }
        let names_several = chain.namings.len() > 1;
        let is_made = |at: usize| lacks.iter().any(|lack| lack.defined_at == Some(at));
        let is_data = chain
            .members
            .iter()
            .enumerate()
            .all(|(at, member)| member.expr().is_none() && (at == 0 || !is_made(at)));
        if chain.namings.is_empty() && !is_data && !is_open {
            return None;
        }
        // `v(t) = 20 - 9.8 t = 0` says for which `t`.
        let is_of_parameter = chain
            .namings
            .iter()
            .flat_map(|(_, naming)| naming.parameters())
            .any(|name| lacks.iter().any(|lack| lack.name == *name));
        if chain.namings.is_empty() || is_data || is_made(0) || is_of_parameter {
            let equates = chain.equates();
            return Some(Self::Equation { equates, is_data });
        }
        if !names_several && chain.members.len() <= 2 {
            return Some(Self::Formula);
        }
        (names_several || is_open).then_some(Self::Claim)
    }
}

/// What a statement lacks to be judged.
pub(super) struct Lacking {
    /// The names that are not known.
    pub(super) lacks: Vec<Lack>,
    /// The open statements before it that define what it uses.
    pub(super) needs: Vec<usize>,
}

impl Lacking {
    pub(super) fn is_nothing(&self) -> bool {
        self.lacks.is_empty() && self.needs.is_empty()
    }
}

/// A statement that is to wait for what it lacks.
pub(super) struct Waiting {
    pub(super) place: Place,
    pub(super) role: Role,
    pub(super) lacking: Lacking,
    /// Its claims, by their positions.
    pub(super) claims: Range<usize>,
    /// Whether the page is told that it lacks something.
    pub(super) is_told: bool,
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
    /// Whether all is known that it needs. What is a name of its own may stay one, if there is something else that it lacked.
    fn is_ready(&self) -> bool {
        let needs_no_more = self.lacks.iter().all(|lack| lack.defined_at.is_some());
        self.fate == Fate::Open && self.behind == 0 && needs_no_more && self.is_met
    }

    /// Whether the number in it is for a name of its own after all, which nothing is solved for.
    fn defines(&self) -> bool {
        self.lacks.iter().any(|lack| lack.defined_at == Some(0))
    }

    /// Takes note of what has become known, or waits as well. Whether that is all of a name that it lacked.
    fn meet(&mut self, name: &Name) -> bool {
        let lacking = self.lacks.len();
        self.lacks.retain_mut(|lack| lack.is_left_by(name));
        let has_left = self.lacks.len() < lacking;
        self.is_met |= has_left;
        has_left
    }
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
        self.defined.split_off(&known);
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
                let solution = match wait.role {
                    Role::Equation { equates, .. } if !wait.defines() => {
                        Some(Solution { place: span, unknowns: std::mem::take(&mut wait.unknowns), equates })
                    }
                    _ => None,
                };
                order.put_off(wait.place, place, solution);
            }
        }
        order
    }

    /// What a chain lacks that has been judged, where there were `before` definitions. One that is false for any value of
    /// names with a domain (`fails`) may be an equation for them, and so may a function's formula with a number. What it uses
    /// from outside of a block that is meant to be false cannot wait.
    pub(super) fn lacking(
        &mut self,
        chain: &Chain,
        scope: &Scope,
        before: BindingId,
        order: &Order,
        fails: bool,
    ) -> Lacking {
        let is_equation = fails && chain.stated().is_some();
        let namings = chain.namings.iter().filter(|(_, naming)| !(is_equation && naming.is_general()));
        let bound: Vec<Name> = namings.flat_map(|(_, naming)| stand_for_any(naming)).collect();
        let known = Known { bound: &bound, scope, order };
        let exprs = chain.members.iter().filter_map(|member| member.expr());
        let names: BTreeSet<&Name> = exprs.flat_map(|expr| expr.free_names()).collect();
        let is_data = names.is_empty();
        let (mut lacks, mut needs) = (Vec::new(), BTreeSet::new());
        for name in names.into_iter().filter(|name| !bound.contains(name)) {
            match scope.lookup(name.as_str(), before) {
                Some(_) if fails && instance::declared(name, scope).is_some() => {
                    lacks.push(Lack::new(name, &known));
                }
                Some(id) => needs.extend(self.meant_by(id)),
                None if is_unknown(name, scope) => lacks.push(Lack::new(name, &known)),
                None => {}
            }
        }
        let of_naming = |(at, naming): &(usize, Naming)| match naming {
            Naming::Name(name) => Lack::of_name(name, *at, is_data, &known),
            _ => None,
        };
        for lack in chain.namings.iter().filter_map(of_naming) {
            if !lacks.iter().any(|other| other.name == lack.name) {
                lacks.push(lack);
            }
        }
        let (outer, needs): (Vec<usize>, Vec<usize>) = needs.into_iter().partition(|at| *at < self.first);
        self.keep_all(outer);
        Lacking { lacks, needs }
    }

    /// The open statement that has given a name its meaning.
    pub(super) fn meant_by(&self, id: BindingId) -> Option<usize> {
        self.defined.get(&id).copied().filter(|at| self.waits[*at].fate == Fate::Open)
    }

    /// A statement waits. Those before it that lack one of the `names` it defines come after it.
    pub(super) fn wait(&mut self, waiting: Waiting, defines: Range<BindingId>, names: &[Name]) {
        let at = self.waits.len();
        let wait = self.opened(waiting);
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
                self.waits[other].meet(name);
                self.waits[other].behind += 1;
                self.waits[at].followers.push(other);
            }
            if let Some(lacking) = self.lacking.get_mut(name) {
                lacking.retain(|other| *other == at || *other < self.first);
            }
        }
    }

    /// The open statements that lack a name, of the present block alone where that is meant to be false.
    fn lack(&self, name: &Name) -> Vec<usize> {
        let lacking = self.lacking.get(name).map_or(&[][..], Vec::as_slice);
        let is_open = |at: &usize| *at >= self.first && self.waits[*at].fate == Fate::Open;
        lacking.iter().copied().filter(is_open).collect()
    }

    /// What is to wait, with the unknowns of what it needs.
    fn opened(&self, waiting: Waiting) -> Wait {
        let Waiting { place, role, lacking: Lacking { lacks, needs }, claims, is_told } = waiting;
        let own = lacks.iter().flat_map(|lack| std::iter::once(&lack.name).chain(&lack.letters));
        let unknowns = own.chain(needs.iter().flat_map(|at| &self.waits[*at].unknowns));
        Wait {
            place,
            block: self.block,
            fate: Fate::Open,
            unknowns: unknowns.take(MOST_UNKNOWNS).cloned().collect(),
            behind: needs.len(),
            is_met: lacks.is_empty() || !needs.is_empty(),
            is_told,
            lacks,
            needs,
            followers: Vec::new(),
            role,
            claims,
        }
    }

    /// These statements cannot wait.
    pub(super) fn keep_all(&mut self, statements: Vec<usize>) {
        statements.into_iter().for_each(|at| self.keep(at));
    }

    /// Whether some statement may still be judged late.
    pub(super) fn is_waited_for(&self) -> bool {
        self.open > 0
    }

    /// Whether none of these statements is data.
    pub(super) fn are_formulas(&self, statements: &[usize]) -> bool {
        let is_data = |at: &usize| matches!(self.waits[*at].role, Role::Equation { is_data: true, .. });
        !statements.iter().any(is_data)
    }

    /// The present block.
    pub(super) fn block(&self) -> usize {
        self.block
    }

    /// The claims of a statement, by their positions.
    pub(super) fn claims(&self, at: usize) -> Range<usize> {
        self.waits[at].claims.clone()
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
    pub(super) fn meet(&mut self, names: &[Name], place: Place, span: Span) -> Vec<usize> {
        let mut ready = BTreeSet::new();
        for name in names {
            for at in self.lack(name) {
                self.waits[at].meet(name);
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
            if wait.role != Role::Formula && !wait.is_told && wait.block != self.block {
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
