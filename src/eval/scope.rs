//! The names of a chapter: an append-only log, so that every definition sees the names as they were when it was
//! made, whatever is defined or forgotten later.

mod lexicon;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::domain::Domain;
use super::error::EvalError;
use super::value::Value;
use super::world::World;
use crate::num::Precision;
use crate::scan::LogBase;
use crate::source::Span;
use crate::syntax::{Expr, Measure, Name, NameKind};

/// A definition, by its place in the log.
pub type BindingId = u32;

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Definition {
    /// The value of an expression.
    Expr(Arc<Expr>),
    /// A function of these parameters.
    Function {
        /// Its parameters.
        parameters: Vec<Name>,
        /// What it computes.
        body: Arc<Expr>,
    },
    /// The elements `base_k`, by a formula in which `index` stands for `k` minus `offset`; it may hold other elements.
    Sequence {
        /// The name without its index.
        base: Name,
        /// What counts.
        index: Name,
        /// 1 in `x_{n+1} = …`.
        offset: i64,
        /// What it computes.
        body: Arc<Expr>,
    },
    /// Element `index`, from 0, of an expression that is a list of `count`.
    Part {
        /// The list.
        list: Arc<Expr>,
        /// Which element.
        index: usize,
        /// How many elements it must have.
        count: usize,
    },
    /// A value computed elsewhere.
    Value(Value),
    /// Declared over a domain, without a value.
    Free(Arc<Domain>),
    /// Computed by a Rust cell.
    Cell(Arc<CellValue>),
}

/// What a Rust cell gives to a name.
#[derive(Clone, Debug)]
pub struct CellValue {
    /// The value, or why there is none.
    pub value: Result<Value, Absence>,
    /// How exactly it was computed.
    pub accuracy: Accuracy,
}

/// Why a cell gives no value to its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// The fact.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// In which arithmetic a cell computed, the coarsest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Accuracy {
    /// Integers, fractions, texts.
    Exact,
    /// Double precision.
    Double,
    /// Single precision.
    Single,
}

/// What the page says of a definition beside its value.
#[derive(Clone, Debug, Default)]
pub struct Nature {
    /// A set: the order of its elements says nothing.
    pub is_set: bool,
    /// An angle that is given in degrees.
    pub in_degrees: bool,
    /// A quantifier binds it, so that it cannot be given a value.
    pub is_quantified: bool,
    /// A number that stands in for a formula of the page which cannot be computed.
    pub stands_in: bool,
    /// What its number counts, if that is known; a number without a unit may count anything.
    pub measure: Option<Measure>,
    /// Its formula adds or compares numbers in different units, which are not converted.
    pub mixes_units: bool,
}

/// One definition.
#[derive(Debug)]
pub struct Binding {
    /// The name.
    pub name: Name,
    /// What it stands for.
    pub definition: Definition,
    /// Where it was defined.
    pub span: Span,
    /// What the page says of it.
    pub nature: Nature,
    pub(super) cache: Mutex<Vec<(Precision, Result<Evaluated, EvalError>)>>,
    /// What a value that depends on names with a domain is, once that is known.
    kind: OnceLock<NameKind>,
}

/// A value and what is known about how it came about.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The value.
    pub value: Value,
    /// The computation holds a decimal or an irrational number.
    pub inexact: bool,
    /// Its bounds are an estimate and no proof: an integral, a limit or a series went into it.
    pub is_estimate: bool,
    /// The coarsest arithmetic of a Rust cell that went into it: no precision narrows the bounds of what it computed.
    pub accuracy: Accuracy,
}

/// The names of a chapter.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    bindings: Vec<Arc<Binding>>,
    by_name: HashMap<Name, Vec<Entry>>,
    /// The length of the log when `new` without names last forgot everything.
    since: BindingId,
    /// The definitions whose names begin with exactly these letters.
    bases: HashMap<String, Vec<BindingId>>,
    /// The base of a logarithm that is written without one.
    logarithm: Option<LogBase>,
    /// Whether something was read whose meaning hangs on that base while none was set; shared with every clone.
    open_logarithm: Arc<AtomicBool>,
    /// Where names have their stated values, if they are seen from there.
    world: Option<Arc<World>>,
    /// Whether any name has a domain and no value.
    declares: bool,
    /// Whether any name was computed by a Rust cell.
    has_cells: bool,
    /// Whether any name is that of a sequence.
    has_sequences: bool,
    /// Names of Rust cells whose types the page has nothing for.
    private: BTreeSet<Name>,
    /// Whether every name is given, so that nothing depends on a name that is not defined.
    complete: bool,
}

/// What a name means from some length of the log on.
#[derive(Clone, Copy, Debug)]
struct Entry {
    from: BindingId,
    meaning: Meaning,
}

/// What a name means somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// It has been defined.
    Defined(BindingId),
    /// A number, and the page does not say which.
    Open,
    /// It is not known, or has been forgotten.
    Nothing,
}

impl Scope {
    /// From here on a logarithm without a base has this one.
    pub fn set_logarithm(&mut self, base: Option<LogBase>) {
        self.logarithm = base;
    }

    /// From here on nothing is known to depend on names that are not defined. On a page it may: what moves is given at
    /// one moment, and its velocity is another matter.
    pub fn complete(&mut self) {
        self.complete = true;
    }

    /// Whether nothing depends on names that are not defined.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether a logarithm without a base was read while none was set.
    pub fn has_open_logarithm(&self) -> bool {
        self.open_logarithm.load(Ordering::Relaxed)
    }

    /// From here on names are seen from this world; from the first one, where formulas count, without any.
    pub fn enter(&mut self, world: Option<Arc<World>>) {
        self.world = world;
    }

    /// The world that names are seen from, unless it is the first.
    pub(super) fn world(&self) -> Option<&World> {
        self.world.as_deref()
    }

    /// How many definitions there are: a place in the log.
    pub fn len(&self) -> BindingId {
        self.bindings.len() as BindingId
    }

    /// Whether nothing is defined.
    pub fn is_empty(&self) -> bool {
        self.bindings.is_empty()
    }

    /// Defines `name` from here on.
    pub fn define(&mut self, name: Name, definition: Definition, span: Span) -> BindingId {
        self.define_as(name, definition, span, Nature::default())
    }

    /// As [`Self::define`], with what the page says of it.
    pub fn define_as(&mut self, name: Name, definition: Definition, span: Span, nature: Nature) -> BindingId {
        let id = self.len();
        self.mean(&name, id + 1, Meaning::Defined(id));
        let binding =
            Binding { name, definition, span, nature, cache: Mutex::default(), kind: OnceLock::new() };
        self.append(Arc::new(binding));
        id
    }

    /// Lengthens the log.
    fn append(&mut self, binding: Arc<Binding>) {
        let id = self.len();
        self.bases.entry(binding.name.base().to_owned()).or_default().push(id);
        self.declares |= matches!(binding.definition, Definition::Free(_));
        self.has_cells |= matches!(binding.definition, Definition::Cell(_));
        self.has_sequences |= matches!(binding.definition, Definition::Sequence { .. });
        self.bindings.push(binding);
    }

    /// What `name` means once the log is as long as `from`.
    fn mean(&mut self, name: &Name, from: BindingId, meaning: Meaning) {
        self.by_name.entry(name.clone()).or_default().push(Entry { from, meaning });
    }

    /// Whether any name has a domain and no value.
    pub fn declares(&self) -> bool {
        self.declares
    }

    /// Whether any name was computed by a Rust cell.
    pub fn has_cells(&self) -> bool {
        self.has_cells
    }

    /// Whether any name is that of a sequence.
    pub(super) fn has_sequences(&self) -> bool {
        self.has_sequences
    }

    /// A name of a Rust cell stays there, because the page has nothing for its type.
    pub fn keep_private(&mut self, name: Name) {
        self.private.insert(name);
    }

    /// Whether a name, if it means nothing here, is one of a Rust cell.
    pub(super) fn is_private(&self, name: &Name) -> bool {
        self.private.contains(name)
    }

    /// The domain of a name that has one and no value.
    pub fn domain(&self, id: BindingId) -> Option<&Arc<Domain>> {
        match &self.binding(id).definition {
            Definition::Free(domain) => Some(domain),
            _ => None,
        }
    }

    /// Forgets one name from here on; whether it was known.
    pub fn forget(&mut self, name: &Name) -> bool {
        let known = self.meaning(name.as_str(), self.len()) != Meaning::Nothing;
        self.mean(name, self.len(), Meaning::Nothing);
        known
    }

    /// From here on a name is one of several numbers, and it is not known which: it has no value, and `x^2` is still its power and
    /// no name of its own.
    pub fn leave_open(&mut self, name: &Name) {
        self.mean(name, self.len(), Meaning::Open);
    }

    /// Whether a name is one of several numbers here.
    pub(super) fn is_open(&self, name: &Name) -> bool {
        self.meaning(name.as_str(), self.len()) == Meaning::Open
    }

    /// Forgets all names from here on.
    pub fn forget_all(&mut self) {
        let defined = self.bindings[self.since as usize..].iter().map(|binding| binding.name.clone());
        for name in defined.collect::<BTreeSet<_>>() {
            self.forget(&name);
        }
        self.since = self.len();
        self.bases.clear();
    }

    /// The definition of `name` as seen by the definition `before`.
    pub fn lookup(&self, name: &str, before: BindingId) -> Option<BindingId> {
        match self.meaning(name, before) {
            Meaning::Defined(id) => Some(id),
            Meaning::Open | Meaning::Nothing => None,
        }
    }

    fn meaning(&self, name: &str, before: BindingId) -> Meaning {
        let mut entries = self.by_name.get(name).into_iter().flatten().rev();
        entries.find(|entry| entry.from <= before).map_or(Meaning::Nothing, |entry| entry.meaning)
    }

    /// The definition of `name` as it is seen from here.
    pub fn here(&self, name: &Name) -> Option<BindingId> {
        self.lookup(name.as_str(), self.len())
    }

    /// Whether `name` has meant something anywhere so far.
    pub fn has_known(&self, name: &Name) -> bool {
        self.by_name.contains_key(name)
    }

    /// Every name that means something here, with its definition, in the order of the definitions.
    fn known(&self) -> Vec<(Name, BindingId)> {
        let here = self.len();
        let name = |id: BindingId| self.binding(id).name.clone();
        let defined = (self.since..here).map(|id| (name(id), id));
        defined.filter(|(name, id)| self.lookup(name.as_str(), here) == Some(*id)).collect()
    }

    /// A definition.
    pub fn binding(&self, id: BindingId) -> &Arc<Binding> {
        &self.bindings[id as usize]
    }

    /// What the page says of `name`, if that is known here.
    pub fn nature(&self, name: &Name) -> Option<&Nature> {
        self.lookup(name.as_str(), self.len()).map(|id| &self.binding(id).nature)
    }

    /// Every known name, for near matches.
    pub fn names(&self) -> Vec<&str> {
        let here = self.len();
        let known = |binding: &&Arc<Binding>| self.lookup(binding.name.as_str(), here).is_some();
        let bindings = self.bindings[self.since as usize..].iter();
        let mut names: Vec<&str> = bindings.filter(known).map(|binding| binding.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The names that are `base` with a subscript, whatever they mean here; one may come more than once.
    pub(super) fn family<'s>(&'s self, base: &'s Name) -> impl Iterator<Item = &'s Name> {
        self.named_alike(base).filter(|name| {
            name.as_str().strip_prefix(base.as_str()).is_some_and(|rest| rest.starts_with('_'))
        })
    }

    /// The names that begin with the same letters as `name`, whatever they mean here; one may come more than once.
    pub fn named_alike(&self, name: &Name) -> impl Iterator<Item = &Name> {
        let alike = self.bases.get(name.base()).into_iter().flatten();
        alike.map(|id| &self.binding(*id).name)
    }

    /// Takes over the definitions of `other`, as formulas, so that derivatives flow through them. A name that means
    /// one thing here and another there is returned, and nothing is taken over.
    pub fn import(&mut self, other: &Self) -> Option<Name> {
        let (own, start) = (self.known(), self.len());
        let differs = |(name, id): &&(Name, BindingId)| {
            let there = other.lookup(name.as_str(), other.len());
            there.is_some_and(|there| !Arc::ptr_eq(self.binding(*id), other.binding(there)))
        };
        if let Some((name, _)) = own.iter().find(differs) {
            return Some(name.clone());
        }
        // Its definitions see the names as they were there, and none of this chapter's.
        own.iter().for_each(|(name, _)| self.mean(name, start, Meaning::Nothing));
        let (lengths, ids) = self.append_all(other);
        let names: BTreeSet<&Name> = other.bindings.iter().map(|binding| &binding.name).collect();
        for name in names {
            for entry in &other.by_name[name] {
                let meaning = match entry.meaning {
                    Meaning::Defined(id) => Meaning::Defined(ids[id as usize]),
                    meaning => meaning,
                };
                self.mean(name, lengths[entry.from as usize], meaning);
            }
        }
        own.into_iter().for_each(|(name, id)| self.mean(&name, self.len(), Meaning::Defined(id)));
        None
    }

    /// Lengthens the log by what only `other` has; a chapter that both use is there once. Returns how long this log
    /// is where the other has each length, and the place of each definition.
    fn append_all(&mut self, other: &Self) -> (Vec<BindingId>, Vec<BindingId>) {
        // What was forgotten since is defined anew, so that it can be forgotten again.
        let remembered = self.bindings[self.since as usize..].iter().map(Arc::as_ptr);
        let known: HashMap<*const Binding, BindingId> = remembered.zip(self.since..).collect();
        let mut lengths = vec![self.len()];
        let mut ids = Vec::with_capacity(other.bindings.len());
        for binding in &other.bindings {
            ids.push(known.get(&Arc::as_ptr(binding)).copied().unwrap_or_else(|| {
                self.append(Arc::clone(binding));
                self.len() - 1
            }));
            lengths.push(self.len());
        }
        (lengths, ids)
    }
}

#[cfg(test)]
impl Scope {
    /// An expression in plain notation, by the names known here.
    pub(super) fn read(&self, text: &str) -> Expr {
        self.read_with(text, &[])
    }

    /// The same where these names stand for numbers.
    pub(super) fn read_with(&self, text: &str, bound: &[Name]) -> Expr {
        use crate::scan::Fragment;
        use crate::source::FileId;
        use crate::syntax::{self, MemberKind, Notation};
        let fragment = Fragment { text: text.to_owned(), span: Span::new(FileId(0), 0, text.len()) };
        let statements = syntax::parse(&fragment, Notation::Plain).expect("it can be read");
        match statements[0].read(0, self, bound).kind {
            MemberKind::Expr(expr) => expr,
            other => panic!("{text}: {other:?}"),
        }
    }
}
