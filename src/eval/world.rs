//! The second world of a page that contradicts itself: in it every contradicted name or expression has its stated
//! number. What a definition says besides its value, its derivatives above all, stays what the formula says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::scope::{BindingId, Definition, Evaluated, Scope};
use super::value::Value;
use super::{EvalError, Evaluator, ops};
use crate::num::Precision;
use crate::syntax::{Expr, Kind, Name};

type Result<T> = std::result::Result<T, EvalError>;

/// What is stated for a name or an expression, and by which claim, as the caller numbers them.
#[derive(Clone, Debug)]
struct Contradiction {
    stated: Definition,
    claim: usize,
}

/// A contradicted expression is the same only where its names mean the same.
#[derive(Clone, Debug)]
struct Place {
    names: Vec<(Name, Option<BindingId>)>,
    contradiction: Contradiction,
}

/// The stated numbers that contradict their formulas.
#[derive(Debug, Default)]
pub struct World {
    names: BTreeMap<BindingId, Contradiction>,
    expressions: BTreeMap<String, Place>,
    /// Elements of sequences, by their places.
    elements: BTreeMap<(BindingId, i64), Contradiction>,
    /// The first words of `expressions`, so that most nodes are told apart at once.
    roots: BTreeSet<String>,
    cache: Mutex<BTreeMap<(BindingId, Precision), Result<Evaluated>>>,
}

/// Values are not taken along: they may change with what is added.
impl Clone for World {
    fn clone(&self) -> Self {
        Self {
            names: self.names.clone(),
            expressions: self.expressions.clone(),
            elements: self.elements.clone(),
            roots: self.roots.clone(),
            cache: Mutex::default(),
        }
    }
}

impl World {
    /// Whether nothing is contradicted.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.expressions.is_empty() && self.elements.is_empty()
    }

    /// In this world the definition `id` has the value that `stated` has, as `claim` says.
    pub fn contradict_name(&mut self, id: BindingId, stated: Definition, claim: usize) {
        self.names.insert(id, Contradiction { stated, claim });
        // What was defined before it cannot hang on it.
        let cache = self.cache.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        cache.split_off(&(id, Precision::DOUBLE));
    }

    /// In this world `expr`, wherever it stands, has the value of `stated`, as `claim` says.
    pub fn contradict_expression(&mut self, scope: &Scope, expr: &Expr, stated: Arc<Expr>, claim: usize) {
        let seen = |name: Name| {
            let id = scope.lookup(name.as_str(), scope.len());
            (name, id)
        };
        let place = Place {
            names: names(expr).into_iter().map(seen).collect(),
            contradiction: Contradiction { stated: Definition::Expr(stated), claim },
        };
        self.roots.insert(word(expr));
        self.expressions.insert(signature(expr), place);
        self.cache = Mutex::default();
    }

    /// In this world element `place` of the sequence `id` has the value of `stated`, as `claim` says.
    pub fn contradict_element(&mut self, (id, place): (BindingId, i64), stated: Arc<Expr>, claim: usize) {
        self.elements.insert((id, place), Contradiction { stated: Definition::Expr(stated), claim });
        self.cache = Mutex::default();
    }

    fn expression(&self, scope: &Scope, expr: &Expr, before: BindingId) -> Option<&Place> {
        if self.roots.is_empty() || !self.roots.contains(&word(expr)) {
            return None;
        }
        let place = self.expressions.get(&signature(expr))?;
        let same = |(name, id): &(Name, Option<BindingId>)| scope.lookup(name.as_str(), before) == *id;
        place.names.iter().all(same).then_some(place)
    }

    /// The value of a definition in this world, computed by `evaluate` once for each precision.
    pub(super) fn cached(
        &self,
        id: BindingId,
        precision: Precision,
        evaluate: impl FnOnce() -> Result<Evaluated>,
    ) -> Result<Evaluated> {
        let lock = || self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(result) = lock().get(&(id, precision)) {
            return result.clone();
        }
        let result = evaluate();
        if !matches!(&result, Err(error) if error.is_too_deep()) {
            lock().insert((id, precision), result.clone());
        }
        result
    }

    /// The last of the claims that give `expr` another value in this world.
    pub fn cause(&self, scope: &Scope, expr: &Expr) -> Option<usize> {
        let mut search = Search { world: self, scope, seen: BTreeSet::new(), cause: None };
        search.expr(expr, scope.len());
        search.cause
    }
}

/// The walk from an expression to the contradictions below it.
struct Search<'w> {
    world: &'w World,
    scope: &'w Scope,
    seen: BTreeSet<BindingId>,
    cause: Option<usize>,
}

impl Search<'_> {
    fn expr(&mut self, expr: &Expr, before: BindingId) {
        let mut waiting = Vec::new();
        self.names(expr, before, &mut waiting);
        while let Some(id) = waiting.pop() {
            if !self.seen.insert(id) {
                continue;
            }
            if let Some(contradiction) = self.world.names.get(&id) {
                self.cause = self.cause.max(Some(contradiction.claim));
                continue;
            }
            let elements = self.world.elements.range((id, i64::MIN)..=(id, i64::MAX));
            self.cause = self.cause.max(elements.map(|(_, contradiction)| contradiction.claim).max());
            match &self.scope.binding(id).definition {
                Definition::Expr(expr) | Definition::Part { list: expr, .. } => {
                    self.names(expr, id, &mut waiting)
                }
                Definition::Function { body, .. } | Definition::Sequence { body, .. } => {
                    self.names(body, id, &mut waiting);
                }
                Definition::Value(_) | Definition::Free(_) | Definition::Cell(_) => {}
            }
        }
    }

    /// The contradicted expressions in `expr`, and the definitions that it names.
    fn names(&mut self, expr: &Expr, before: BindingId, found: &mut Vec<BindingId>) {
        expr.walk(&mut |node| {
            let place = self.world.expression(self.scope, node, before);
            self.cause = self.cause.max(place.map(|place| place.contradiction.claim));
        });
        for name in names(expr) {
            found.extend(self.scope.lookup(name.as_str(), before));
            found.extend(self.scope.sequence(name.as_str(), before));
        }
    }
}

impl Evaluator<'_> {
    /// What the world says `expr` to be, if it says so here.
    pub(super) fn stated_expression(&mut self, expr: &Expr) -> Option<Result<Value>> {
        let world = self.scope.world()?;
        let place = world.expression(self.scope, expr, self.before)?;
        let local = |name: &Name| self.locals.iter().any(|(local, _)| local == name);
        if place.names.iter().any(|(name, _)| local(name)) {
            return None;
        }
        let Definition::Expr(stated) = &place.contradiction.stated else { return None };
        let stated = Arc::clone(stated);
        Some(self.stated(&Definition::Expr(stated), |evaluator| evaluator.dispatch(expr)))
    }

    /// What the world says the definition `id` to be.
    pub(super) fn stated_definition(&mut self, id: BindingId) -> Option<Result<Value>> {
        let world = self.scope.world()?;
        let stated = world.names.get(&id)?.stated.clone();
        Some(self.stated(&stated, |evaluator| evaluator.defined(id)))
    }

    /// What the world says an element of a sequence to be.
    pub(super) fn stated_element(&mut self, id: BindingId, place: i64) -> Option<Result<Value>> {
        let stated = self.scope.world()?.elements.get(&(id, place))?.stated.clone();
        let Definition::Expr(stated) = stated else { return None };
        Some(self.dispatch(&stated))
    }

    fn stated(
        &mut self,
        stated: &Definition,
        formula: impl FnOnce(&mut Self) -> Result<Value>,
    ) -> Result<Value> {
        let value = match stated {
            Definition::Part { list, index, .. } => match self.dispatch(list)? {
                Value::List(items) if *index < items.len() => items[*index].clone(),
                other => other,
            },
            Definition::Expr(expr) => self.dispatch(expr)?,
            _ => return formula(self),
        };
        if self.overlays.is_empty() && self.locals.is_empty() {
            return Ok(value);
        }
        Ok(with_value(&formula(self)?, &value))
    }
}

/// `formula` with another value and the same derivatives.
fn with_value(formula: &Value, value: &Value) -> Value {
    match (formula, value) {
        (Value::Dual(dual), _) => {
            ops::make_dual(dual.tag, with_value(&dual.primal, value), dual.tangent.clone())
        }
        (Value::List(formulas), Value::List(values)) if formulas.len() == values.len() => Value::list(
            formulas.iter().zip(values.iter()).map(|(one, other)| with_value(one, other)).collect(),
        ),
        _ => value.clone(),
    }
}

/// Every name in `expr`.
fn names(expr: &Expr) -> Vec<Name> {
    let mut names = Vec::new();
    expr.walk(&mut |node| match &node.kind {
        Kind::Name(name) | Kind::Subscript { base: name, .. } | Kind::Apply { function: name, .. } => {
            names.push(name.clone());
        }
        Kind::Derivative { variables, .. } | Kind::Gradient { variables, .. } => {
            names.extend(variables.iter().map(|(name, _)| name.clone()));
        }
        _ => {}
    });
    names
}

/// An expression without its places: equal texts are equal expressions.
fn signature(expr: &Expr) -> String {
    let mut text = String::new();
    expr.walk(&mut |node| {
        text.push_str(&word(node));
        text.push('\n');
    });
    text
}

/// What one node says, and how many nodes there are below it, without its place.
fn word(expr: &Expr) -> String {
    let mut size = 0;
    expr.walk(&mut |_| size += 1);
    let own = match &expr.kind {
        Kind::Number(literal) => format!("{:?}", literal.value),
        Kind::Text(text) => format!("{text:?}"),
        Kind::Name(name) | Kind::Subscript { base: name, .. } => name.to_string(),
        Kind::Unary(unary, _) => format!("{unary:?}"),
        Kind::Binary(operator, ..) => format!("{operator:?}"),
        Kind::Call(builtin, _) => builtin.name().to_owned(),
        Kind::Apply { function, order, .. } => format!("{function} {order}"),
        Kind::Member(_, field) | Kind::Method(_, field, _) => field.clone(),
        Kind::Derivative { partial, variables, .. } => {
            let names = variables.iter().map(|(name, _)| name.as_str());
            format!("{partial} {}", names.collect::<Vec<_>>().join(" "))
        }
        Kind::List(items) => items.len().to_string(),
        Kind::Index(..) => String::new(),
        // Their own data is rich and rarely claimed: they are only the same where they stand.
        _ => format!("{:?}", expr.span),
    };
    format!("{:?} {size} {own}", std::mem::discriminant(&expr.kind))
}
