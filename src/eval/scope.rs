//! The names of a chapter: an append-only log, so that every definition sees the names as they were when it was
//! made, whatever is defined or forgotten later.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::error::EvalError;
use super::value::Value;
use crate::num::Precision;
use crate::source::Span;
use crate::syntax::{Expr, Lexicon, Name, NameKind};

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
    Free,
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
    pub(super) cache: Mutex<Vec<(Precision, Result<Evaluated, EvalError>)>>,
}

/// A value and what is known about how it came about.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// The value.
    pub value: Value,
    /// The computation holds a decimal or an irrational number.
    pub inexact: bool,
}

/// The names of a chapter.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    bindings: Vec<Arc<Binding>>,
    by_name: HashMap<Name, Vec<Entry>>,
    /// Where `new` without names forgot everything: the length of the log then.
    forgotten: Vec<BindingId>,
    /// How many names begin with these letters.
    bases: HashMap<String, usize>,
}

#[derive(Clone, Copy, Debug)]
enum Entry {
    Defined(BindingId),
    /// Forgotten when the log was this long.
    Forgotten(BindingId),
}

impl Scope {
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
        let id = self.len();
        self.by_name.entry(name.clone()).or_default().push(Entry::Defined(id));
        *self.bases.entry(name.base().to_owned()).or_default() += 1;
        self.bindings.push(Arc::new(Binding { name, definition, span, cache: Mutex::default() }));
        id
    }

    /// Forgets one name from here on; whether it was known.
    pub fn forget(&mut self, name: &Name) -> bool {
        let known = self.lookup(name.as_str(), self.len()).is_some();
        let at = self.len();
        self.by_name.entry(name.clone()).or_default().push(Entry::Forgotten(at));
        known
    }

    /// Forgets all names from here on.
    pub fn forget_all(&mut self) {
        self.forgotten.push(self.len());
        self.bases.clear();
    }

    /// The definition of `name` as seen by the definition `before`.
    pub fn lookup(&self, name: &str, before: BindingId) -> Option<BindingId> {
        let floor = self.forgotten.iter().rev().find(|at| **at <= before).copied().unwrap_or(0);
        for entry in self.by_name.get(name)?.iter().rev() {
            match entry {
                Entry::Defined(id) if *id < before => return (*id >= floor).then_some(*id),
                Entry::Forgotten(at) if *at <= before => return None,
                _ => {}
            }
        }
        None
    }

    /// A definition.
    pub fn binding(&self, id: BindingId) -> &Arc<Binding> {
        &self.bindings[id as usize]
    }

    /// Every known name, for near matches.
    pub fn names(&self) -> Vec<&str> {
        let here = self.len();
        let mut names: Vec<&str> = self.bindings.iter().map(|binding| binding.name.as_str()).collect();
        names.retain(|name| self.lookup(name, here).is_some());
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What the names at the end of `other` are, taken over into this scope; a name that both have is returned.
    pub fn import(&mut self, other: &Self) -> Option<Name> {
        let offset = self.len();
        let clash = other.names().into_iter().find(|name| self.lookup(name, offset).is_some()).map(Name::new);
        if clash.is_some() {
            return clash;
        }
        // Values are taken over, not expressions, whose names belong to the other chapter's log.
        for name in other.names() {
            let id = other.lookup(name, other.len()).expect("names() lists what is known");
            let binding = other.binding(id);
            let definition = match &binding.definition {
                Definition::Function { .. } | Definition::Free => continue,
                _ => match other.evaluate_binding(id, Precision::LADDER[1]) {
                    Ok(evaluated) => Definition::Value(evaluated.value),
                    Err(_) => continue,
                },
            };
            self.define(Name::new(name), definition, binding.span);
        }
        None
    }
}

impl Lexicon for Scope {
    fn kind(&self, name: &str) -> Option<NameKind> {
        let id = self.lookup(name, self.len())?;
        Some(match &self.binding(id).definition {
            Definition::Function { .. } => NameKind::Function,
            Definition::Free => NameKind::Number,
            _ => match self.evaluate_binding(id, Precision::DOUBLE) {
                Ok(Evaluated { value: Value::List(_) | Value::Matrix(_), .. }) => NameKind::List,
                Ok(Evaluated { value: Value::Number(_) | Value::Dual(_), .. }) | Err(_) => NameKind::Number,
                Ok(_) => NameKind::Other,
            },
        })
    }

    fn knows_base(&self, letters: &str) -> bool {
        self.bases.contains_key(letters)
    }
}
