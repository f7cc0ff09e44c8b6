//! Which definitions an expression depends on, and which names without a value among them.

use std::collections::BTreeSet;

use super::scope::{BindingId, Definition, Scope};
use crate::syntax::{Builtin, Expr, Kind, Name};

impl Scope {
    /// The names with a domain that these expressions depend on, in the order of their declaration. What an
    /// expectation, a variance, a covariance, a probability or a Monte Carlo mean runs over is not among them.
    pub fn free_in<'e>(&self, exprs: impl IntoIterator<Item = &'e Expr>) -> Vec<BindingId> {
        if !self.declares() {
            return Vec::new();
        }
        let mut walk = Walk::new(self, Wanted::Free);
        exprs.into_iter().for_each(|expr| walk.expr(expr, self.len()));
        walk.found.into_iter().collect()
    }

    /// Whether this average, as the definition `before` sees it, is the same whatever names with a domain are.
    pub(super) fn is_closed(&self, builtin: Builtin, args: &[Expr], before: BindingId) -> bool {
        let mut walk = Walk::new(self, Wanted::Free);
        let (inner, over) = averaged(builtin, args).unwrap_or((args, &[]));
        walk.average(inner, over, before);
        walk.found.is_empty()
    }

    /// Every definition that `expr` depends on.
    pub fn reached_by(&self, expr: &Expr) -> BTreeSet<BindingId> {
        let mut walk = Walk::new(self, Wanted::Free);
        walk.expr(expr, self.len());
        walk.reached
    }

    /// The random names that `expr` depends on, as the definition `before` sees them; `locals` are none of them.
    pub fn random_in(&self, expr: &Expr, before: BindingId, locals: Vec<Name>) -> Vec<BindingId> {
        if !self.declares() {
            return Vec::new();
        }
        let mut walk = Walk { bound: locals, ..Walk::new(self, Wanted::Random) };
        walk.expr(expr, before);
        walk.found.into_iter().collect()
    }
}

/// Deeper expressions, definitions of definitions included, are not followed.
const MAX_DEPTH: usize = 2_000;

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Every name with a domain.
    Free,
    /// Random names only.
    Random,
}

struct Walk<'s> {
    scope: &'s Scope,
    wanted: Wanted,
    /// Index variables, parameters and variables of integration.
    bound: Vec<Name>,
    /// Random names that an expectation around this place runs over; all, if it does not say which.
    averaged: Vec<Averaged>,
    /// Definitions that have other values here.
    replaced: BTreeSet<BindingId>,
    /// Definitions that have been met, and what was replaced there.
    visited: BTreeSet<(BindingId, BTreeSet<BindingId>)>,
    reached: BTreeSet<BindingId>,
    depth: usize,
    found: BTreeSet<BindingId>,
}

#[derive(PartialEq)]
enum Averaged {
    All,
    Only(Vec<BindingId>),
}

impl<'s> Walk<'s> {
    fn new(scope: &'s Scope, wanted: Wanted) -> Self {
        Self {
            scope,
            wanted,
            bound: Vec::new(),
            averaged: Vec::new(),
            replaced: BTreeSet::new(),
            visited: BTreeSet::new(),
            reached: BTreeSet::new(),
            depth: 0,
            found: BTreeSet::new(),
        }
    }

    fn expr(&mut self, expr: &Expr, before: BindingId) {
        // What goes deeper has no value either: evaluation refuses it.
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            self.node(expr, before);
            self.depth -= 1;
        }
    }

    fn node(&mut self, expr: &Expr, before: BindingId) {
        match &expr.kind {
            Kind::Name(name) => self.name(name, before),
            Kind::Subscript { base, indices } => {
                indices.iter().for_each(|index| self.expr(index, before));
                self.family(base, before);
            }
            Kind::Apply { function, args, .. } => {
                args.iter().for_each(|arg| self.expr(arg, before));
                self.name(function, before);
            }
            Kind::Derivative { body, variables, .. } | Kind::Gradient { body, variables } => {
                variables.iter().for_each(|(name, _)| self.name(name, before));
                self.parameters_of(body, before);
                self.expr(body, before);
            }
            Kind::Call(builtin, args) => match averaged(*builtin, args) {
                Some((inner, over)) => self.average(inner, over, before),
                None => args.iter().for_each(|arg| self.expr(arg, before)),
            },
            Kind::At { .. } => {
                expr.for_each_child_bound(&mut |child, names| self.replacing(names, child, before));
            }
            _ => {
                let outer = self.bound.len();
                expr.for_each_child_bound(&mut |child, names| {
                    self.bound.extend(names.iter().copied().cloned());
                    self.expr(child, before);
                    self.bound.truncate(outer);
                });
            }
        }
    }

    /// `expr` where these names have other values, in the definitions that it goes by as well.
    fn replacing(&mut self, names: &[&Name], expr: &Expr, before: BindingId) {
        let (bound, replaced) = (self.bound.len(), self.replaced.clone());
        for name in names {
            match self.scope.lookup(name.as_str(), before).filter(|_| !self.bound.contains(name)) {
                Some(id) => _ = self.replaced.insert(id),
                None => self.bound.push((*name).clone()),
            }
        }
        self.expr(expr, before);
        self.bound.truncate(bound);
        self.replaced = replaced;
    }

    /// A function without arguments is taken at its parameters.
    fn parameters_of(&mut self, body: &Expr, before: BindingId) {
        let Kind::Name(name) = &body.ungrouped().kind else { return };
        let Some(id) = self.scope.lookup(name.as_str(), before) else { return };
        if let Definition::Function { parameters, .. } = &self.scope.binding(id).definition {
            parameters.clone().iter().for_each(|name| self.name(name, before));
        }
    }

    fn average(&mut self, inner: &[Expr], over: &[Expr], before: BindingId) {
        let ids = over.iter().filter_map(|name| match &name.kind {
            Kind::Name(name) => self.scope.lookup(name.as_str(), before),
            _ => None,
        });
        let averaged = if over.is_empty() { Averaged::All } else { Averaged::Only(ids.collect()) };
        self.averaged.push(averaged);
        // A definition that has been seen may hold random names, which are met differently here.
        let visited = std::mem::take(&mut self.visited);
        inner.iter().for_each(|expr| self.expr(expr, before));
        self.visited = visited;
        self.averaged.pop();
    }

    fn name(&mut self, name: &Name, before: BindingId) {
        if self.bound.contains(name) {
            return;
        }
        if let Some(id) = self.scope.lookup(name.as_str(), before) {
            self.binding(id);
        }
    }

    /// `x_i`: which of them is meant is only known when `i` is.
    fn family(&mut self, base: &Name, before: BindingId) {
        self.name(base, before);
        let scope = self.scope;
        scope.family(base).for_each(|name| self.name(name, before));
    }

    fn binding(&mut self, id: BindingId) {
        if self.replaced.contains(&id) || !self.visited.insert((id, self.replaced.clone())) {
            return;
        }
        self.reached.insert(id);
        let binding = self.scope.binding(id).clone();
        let bound = std::mem::take(&mut self.bound);
        match &binding.definition {
            Definition::Expr(expr) | Definition::Part { list: expr, .. } => self.expr(expr, id),
            Definition::Function { parameters, body } => {
                self.bound.clone_from(parameters);
                self.expr(body, id);
            }
            Definition::Sequence { index, body, .. } => {
                self.bound = vec![index.clone()];
                self.expr(body, id);
            }
            Definition::Free(domain) => {
                let random = domain.law.is_some();
                let averaged = random
                    && self.averaged.iter().any(|averaged| match averaged {
                        Averaged::All => true,
                        Averaged::Only(ids) => ids.contains(&id),
                    });
                if !averaged && (random || self.wanted == Wanted::Free) {
                    self.found.insert(id);
                }
                let parameters = domain.law.iter().flat_map(|law| &law.parameters);
                parameters.for_each(|parameter| self.expr(parameter, id));
                let members = domain.conditions.iter().flat_map(|condition| &condition.members);
                members.for_each(|member| self.expr(member, self.scope.len()));
            }
            Definition::Value(_) | Definition::Cell(_) => {}
        }
        self.bound = bound;
    }
}

/// What an average is taken of, and the names it says it runs over.
fn averaged(builtin: Builtin, args: &[Expr]) -> Option<(&[Expr], &[Expr])> {
    match builtin {
        Builtin::Expectation | Builtin::Variance | Builtin::Probability => Some(args.split_at(1)),
        Builtin::Covariance => Some(args.split_at(2)),
        Builtin::Mean if args.len() == 3 => Some((&args[..1], &[])),
        _ => None,
    }
}
