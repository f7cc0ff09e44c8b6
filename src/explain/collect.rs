//! Collects the definitions that a statement goes back to, those of the chapters it uses included, each once.
//! Definitions see only those before them, so that their order in the log is that of the steps.

use std::collections::BTreeMap;

use super::flow::flows;
use super::value::{doubt, one_line, short};
use crate::eval::{BindingId, Definition, Point, Scope, Traced};
use crate::report::explanation::Step;
use crate::source::Sources;
use crate::syntax::{Builtin, Expr, Kind, Name, Unary, print};

/// A formula of more characters is not shown with values put in.
const LONGEST_INSERTED: usize = 240;

/// Definitions on the way from a statement to the givens.
pub(super) struct Collector<'c> {
    /// The names as the statement sees them.
    scope: &'c Scope,
    sources: &'c Sources,
    /// Where names with a domain are taken.
    point: &'c Point,
    found: BTreeMap<BindingId, Found>,
    waiting: Vec<BindingId>,
}

struct Found {
    step: Step,
    is_given: bool,
}

impl<'c> Collector<'c> {
    pub(super) fn new(scope: &'c Scope, sources: &'c Sources, point: &'c Point) -> Self {
        Self { scope, sources, point, found: BTreeMap::new(), waiting: Vec::new() }
    }

    /// A formula of the statement itself.
    pub(super) fn formula(&mut self, text: &str, expr: &Expr) -> Step {
        let before = self.scope.len();
        let traced = self.scope.trace(expr, before, self.point);
        self.waiting.extend(&traced.used);
        self.step(None, text.to_owned(), expr, before, &traced)
    }

    /// The givens, and the steps in the order in which they were defined.
    pub(super) fn finish(mut self) -> (Vec<Step>, Vec<Step>) {
        while let Some(id) = self.waiting.pop() {
            if !self.found.contains_key(&id) {
                let found = self.definition(id);
                self.found.insert(id, found);
            }
        }
        let (givens, steps): (Vec<Found>, Vec<Found>) =
            self.found.into_values().partition(|found| found.is_given);
        let steps_of = |found: Vec<Found>| found.into_iter().map(|found| found.step).collect();
        (steps_of(givens), steps_of(steps))
    }

    fn definition(&mut self, id: BindingId) -> Found {
        let scope = self.scope;
        let binding = scope.binding(id);
        let name = Some(binding.name.to_string());
        match &binding.definition {
            Definition::Expr(expr) | Definition::Part { list: expr, .. } => {
                let traced = scope.trace_definition(id, self.point);
                self.waiting.extend(&traced.used);
                let is_part = matches!(binding.definition, Definition::Part { .. });
                let is_given = is_literal(expr);
                let formula = if is_given { String::new() } else { one_line(self.sources.text(expr.span)) };
                let mut step = self.step(name, formula, expr, id, &traced);
                step.span = binding.span;
                if let (Definition::Part { index, .. }, false) = (&binding.definition, is_given) {
                    step.formula = format!("element {} of {}", index + 1, step.formula);
                }
                if is_part {
                    step.inserted = None;
                }
                Found { step, is_given }
            }
            Definition::Function { body, .. } | Definition::Sequence { body, .. } => {
                let formula = one_line(self.sources.text(body.span));
                let head = one_line(self.sources.text(binding.span));
                let name = if head.is_empty() { name } else { Some(head) };
                Found { step: Step { name, span: binding.span, formula, ..Step::default() }, is_given: false }
            }
            Definition::Value(value) => {
                let step =
                    Step { name, span: binding.span, value: Some(value.to_string()), ..Step::default() };
                Found { step, is_given: true }
            }
            Definition::Cell(cell) => {
                let value = cell.value.as_ref().ok().map(ToString::to_string);
                let formula = "computed by a Rust cell".to_owned();
                Found {
                    step: Step { name, span: binding.span, formula, value, ..Step::default() },
                    is_given: true,
                }
            }
            Definition::Free(_) => {
                let declared = one_line(self.sources.text(binding.span));
                let step = Step { name: Some(declared), span: binding.span, ..Step::default() };
                Found { step, is_given: true }
            }
        }
    }

    /// What a formula comes to, as the definition `before` sees its names.
    fn step(
        &self,
        name: Option<String>,
        formula: String,
        expr: &Expr,
        before: BindingId,
        traced: &Traced,
    ) -> Step {
        let value = traced.value.as_ref().ok().map(|evaluated| evaluated.value.to_string());
        let note = match &traced.value {
            Ok(evaluated) => doubt(evaluated),
            Err(error) => Some(format!("no value: {}", error.message)),
        };
        let inserted = self.inserted(expr, before).filter(|text| Some(text) != value.as_ref());
        let flows = match self.point.is_empty() {
            true => flows(self.scope, expr, before, self.sources),
            false => Vec::new(),
        };
        Step { name, span: expr.span, formula, inserted, value, note, flows }
    }

    /// A formula with values in the place of names, and of all that is computed at once; a function of the page alone with
    /// what it computes.
    fn inserted(&self, expr: &Expr, before: BindingId) -> Option<String> {
        let root = expr.ungrouped();
        let text = match &root.kind {
            Kind::Apply { function, order: 0, args } => self.applied(function, args, before),
            _ if is_whole(root) => return None,
            _ => self.with_values(root, before, &|_| None),
        }?;
        (text.chars().count() <= LONGEST_INSERTED).then_some(text)
    }

    /// What a function computes, its arguments in the place of its parameters.
    fn applied(&self, function: &Name, args: &[Expr], before: BindingId) -> Option<String> {
        let id = self.scope.lookup(function.as_str(), before)?;
        let Definition::Function { parameters, body } = &self.scope.binding(id).definition else {
            return None;
        };
        let args: Vec<Option<String>> = args.iter().map(|arg| self.value(arg, before)).collect();
        let parameter = |name: &Name| parameters.iter().position(|parameter| parameter == name);
        self.with_values(body.ungrouped(), id, &|name| Some(args.get(parameter(name)?)?.clone()))
    }

    /// A formula with values. `local` says what stands for a name that is no definition: `Some(None)` if it has no short
    /// value. `None` if there is nothing to put in.
    fn with_values(
        &self,
        root: &Expr,
        before: BindingId,
        local: &dyn Fn(&Name) -> Option<Option<String>>,
    ) -> Option<String> {
        let put_in = std::cell::Cell::new(0);
        let instead = |node: &Expr| {
            let value = match &node.kind {
                Kind::Name(name) if let Some(value) = local(name) => value,
                // What has parameters in it has no value of its own.
                _ if std::ptr::eq(node, root) || names(node).iter().any(|name| local(name).is_some()) => None,
                _ if is_whole(node) => self.value(node, before),
                _ => None,
            }?;
            put_in.set(put_in.get() + 1);
            Some(value)
        };
        print(root, &instead).filter(|_| put_in.get() > 0)
    }

    /// The value of a part of a formula, if it is short.
    fn value(&self, expr: &Expr, before: BindingId) -> Option<String> {
        short(&self.scope.trace(expr, before, self.point).value.ok()?.value)
    }
}

/// The names in an expression.
fn names(expr: &Expr) -> Vec<&Name> {
    let mut names = Vec::new();
    expr.walk(&mut |node| match &node.kind {
        Kind::Name(name) | Kind::Subscript { base: name, .. } => names.push(name),
        Kind::Derivative { variables, .. } | Kind::Gradient { variables, .. } => {
            names.extend(variables.iter().map(|(name, _)| name));
        }
        _ => {}
    });
    names
}

/// Whether a formula is a number or a list of numbers, with signs and units.
fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Number(_) | Kind::Text(_) => true,
        Kind::Unary(unary, inner) => {
            matches!(unary, Unary::Negate | Unary::Plus | Unary::Group | Unary::Percent) && is_literal(inner)
        }
        Kind::Unit(inner, _) => is_literal(inner),
        Kind::List(items) => items.iter().all(is_literal),
        Kind::Matrix(rows) => rows.iter().flatten().all(is_literal),
        _ => false,
    }
}

/// Whether an expression is shown by its value inside a larger one: names, and what has variables of its own.
fn is_whole(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Name(_)
        | Kind::Subscript { .. }
        | Kind::Apply { .. }
        | Kind::Index(..)
        | Kind::Member(..)
        | Kind::Method(..)
        | Kind::Fold { .. }
        | Kind::Dots { .. }
        | Kind::Integral { .. }
        | Kind::Limit { .. }
        | Kind::At { .. }
        | Kind::Derivative { .. }
        | Kind::Gradient { .. }
        | Kind::Cases(_) => true,
        Kind::Call(builtin, args) => match builtin {
            Builtin::Mean => args.len() == 3,
            Builtin::Diff
            | Builtin::Expectation
            | Builtin::Variance
            | Builtin::Covariance
            | Builtin::Probability
            | Builtin::Network
            | Builtin::Vgg
            | Builtin::DoubleDescent => true,
            _ => false,
        },
        _ => false,
    }
}
