//! Names to values: constants, definitions where they stand, and functions of the page applied.

use super::error::At;
use super::{
    Accuracy, Binding, BindingId, CellValue, Definition, Domain, EvalError, Evaluator, Result, Value,
};
use crate::diag::{Code, suggest};
use crate::num::Number;
use crate::source::Span;
use crate::syntax::{Expr, Kind, Name};

/// Among so many names one that is nearly the same is looked for: a page with thousands of them may have as many errors.
const MOST_NAMES_SEARCHED: BindingId = 1_000;

impl Evaluator<'_> {
    pub(super) fn name(&mut self, name: &Name, span: Span) -> Result<Value> {
        if let Some((_, value)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            return Ok(value.clone());
        }
        if let Some(id) = self.scope.lookup(name.as_str(), self.before) {
            return self.binding(id, span);
        }
        match self.given_later(name) {
            Some(id) => self.binding(id, span),
            None => self.constant(name, span),
        }
    }

    /// A name in the formula of a sequence that was not known there: what it begins with, and what else it holds, may be
    /// given after it.
    pub(super) fn given_later(&self, name: &Name) -> Option<BindingId> {
        let recurrence = self.recurrence.as_ref()?;
        self.scope.lookup(name.as_str(), recurrence.before)
    }

    /// Whether `expr` is a name that stands for a set.
    pub(super) fn is_set(&self, expr: &Expr) -> bool {
        let Kind::Name(name) = &expr.ungrouped().kind else { return false };
        let id = self.scope.lookup(name.as_str(), self.before);
        id.is_some_and(|id| self.scope.binding(id).nature.is_set)
    }

    /// A name that stands for a list may be an interval that was given by its ends.
    pub(super) fn check_set(&self, expr: &Expr) -> Result<()> {
        match &expr.ungrouped().kind {
            Kind::Name(name) if !self.is_set(expr) => {
                let message = format!("`{name}` was not given as a set in braces");
                Err(EvalError::new(Code::WrongType, expr.span, message))
            }
            _ => Ok(()),
        }
    }

    /// Whether `expr` is the base of natural logarithms, which a power of it need not compute.
    pub(super) fn is_e(&self, expr: &Expr) -> bool {
        let Kind::Name(name) = &expr.ungrouped().kind else { return false };
        name.as_str() == "e"
            && !self.locals.iter().any(|(local, _)| local == name)
            && self.scope.lookup("e", self.before).is_none()
    }

    fn constant(&mut self, name: &Name, span: Span) -> Result<Value> {
        let value = match name.as_str() {
            "pi" => Number::pi(self.precision).at(span)?,
            "e" => Number::e(self.precision).at(span)?,
            _ => return Err(self.unknown(name, span)),
        };
        self.inexact = true;
        Ok(value.into())
    }

    pub(super) fn unknown(&self, name: &Name, span: Span) -> EvalError {
        if name.as_str() == "i" {
            let message = "`i` is not defined, and as the imaginary unit it has no value: only real numbers are computed";
            return EvalError::new(Code::UnknownName, span, message);
        }
        if self.scope.is_open(name) {
            let message =
                format!("`{name}` may have several values here, and it is not known which is meant");
            return EvalError::new(Code::UnknownName, span, message)
                .help(format!("put one of them in, for `{name} = …`, or write how it is calculated"));
        }
        let error = EvalError::new(Code::UnknownName, span, format!("`{name}` is not defined"));
        if self.scope.is_private(name) {
            return error.help(format!(
                "the Rust cell's `{name}` has a type that the page cannot use: give what you need of it a `let` of its own, or \
                 implement `mdbook_qed::cell::Export`"
            ));
        }
        let searched = self.scope.len() <= MOST_NAMES_SEARCHED;
        let near = searched.then(|| suggest::nearest(name.as_str(), self.scope.names())).flatten();
        match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!(
                "define it on the page, or with `<!-- qed: let {name} = … -->`; if it stands for any number, declare where: `<!-- qed: let {name} in R -->`"
            )),
        }
    }

    pub(super) fn binding(&mut self, id: BindingId, span: Span) -> Result<Value> {
        self.note_used(id);
        if let Some((_, value)) = self.overlays.iter().rev().find(|(overlaid, _)| *overlaid == id) {
            return Ok(value.clone());
        }
        if self.scope.binding(id).nature.stands_in && self.is_differentiating() {
            let name = &self.scope.binding(id).name;
            let message = format!("`{name}` has a number here but no formula, and a derivative needs it");
            let help = format!(
                "its formula cannot be computed: mend that first, or give `{name}` by a number alone"
            );
            return Err(EvalError::new(Code::NoValue, span, message).help(help));
        }
        if let Some(others) = self.held {
            return self.held_fixed(id, others, span);
        }
        if self.overlays.is_empty() {
            let evaluated = self
                .scope
                .evaluate_binding_below(id, self.precision, self.depth)
                .map_err(|error| self.blame_definition(id, span, error))?;
            return Ok(self.taken(evaluated));
        }
        if let Some(value) = self.memo.definitions.get(&id) {
            return Ok(value.clone());
        }
        let value = self.definition(id)?;
        self.memo.definitions.insert(id, value.clone());
        Ok(value)
    }

    /// Whether something is replaced by a dual number.
    fn is_differentiating(&self) -> bool {
        fn is_dual(value: &Value) -> bool {
            match value {
                Value::Dual(_) => true,
                Value::List(items) => items.iter().any(is_dual),
                Value::Matrix(matrix) => matrix.rows.iter().flatten().any(is_dual),
                _ => false,
            }
        }
        let overlays = self.overlays.iter().map(|(_, value)| value);
        overlays.chain(self.locals.iter().map(|(_, value)| value)).any(is_dual)
    }

    /// Remembers that the definition was met, if anybody wants to know.
    pub(super) fn note_used(&mut self, id: BindingId) {
        if let Some(used) = &mut self.used {
            used.insert(id);
        }
    }

    /// Remembers every definition that `expr` names, whether it is evaluated here or not.
    pub(super) fn note_names(&mut self, expr: &Expr) {
        let mut named = Vec::new();
        expr.walk(&mut |node| {
            if let Kind::Name(name) | Kind::Apply { function: name, .. } = &node.kind
                && !self.locals.iter().any(|(local, _)| local == name)
            {
                named.extend(self.scope.lookup(name.as_str(), self.before));
            }
        });
        named.into_iter().for_each(|id| self.note_used(id));
    }

    /// A name whose definition has no value: the place is where it is used, the cause where it is defined.
    fn blame_definition(&self, id: BindingId, span: Span, error: EvalError) -> EvalError {
        let is_declared = error.code == Code::NoValue && self.scope.domain(id).is_some();
        let mut error = if is_declared { error } else { error.of_definition(&self.scope.binding(id).name) };
        error.span = span;
        error
    }

    /// The value of a definition in the present world.
    pub(super) fn definition(&mut self, id: BindingId) -> Result<Value> {
        self.stated_definition(id).unwrap_or_else(|| self.defined(id))
    }

    /// Evaluates a definition where it stands: with the names it saw, and no index variables.
    pub(super) fn defined(&mut self, id: BindingId) -> Result<Value> {
        let binding = self.scope.binding(id).clone();
        let before = std::mem::replace(&mut self.before, id);
        let locals = std::mem::take(&mut self.locals);
        let result = match &binding.definition {
            Definition::Expr(expr) => self.eval(expr),
            Definition::Value(value) => Ok(value.clone()),
            Definition::Cell(cell) => self.computed_by(cell, &binding),
            Definition::Function { .. } => Ok(Value::Function(id)),
            Definition::Part { list, index, count } => self.eval(list).and_then(|value| match value {
                Value::List(items) if items.len() == *count => Ok(items[*index].clone()),
                Value::List(items) => {
                    let message = format!("{count} names on the left, {} values on the right", items.len());
                    Err(EvalError::new(Code::WrongType, list.span, message))
                }
                other => Err(EvalError::new(
                    Code::WrongType,
                    list.span,
                    format!("{} has no parts", other.describe()),
                )),
            }),
            Definition::Free(domain) => Err(without_value(&binding, domain)),
            Definition::Sequence { index, .. } => Err(without_index(&binding, index)),
        };
        self.before = before;
        self.locals = locals;
        result
    }

    /// The value that a cell gives to a name.
    fn computed_by(&mut self, cell: &CellValue, binding: &Binding) -> Result<Value> {
        match &cell.value {
            Ok(value) => {
                self.inexact |= cell.accuracy != Accuracy::Exact;
                self.accuracy = self.accuracy.max(cell.accuracy);
                Ok(value.clone())
            }
            Err(absence) => {
                let error = EvalError::new(Code::CellNotRun, binding.span, &absence.message);
                let mut error = error.of_definition(&binding.name);
                error.help.clone_from(&absence.help);
                Err(error)
            }
        }
    }

    /// A function of the page, its parameters bound to the arguments.
    pub(super) fn apply(&mut self, function: &Name, order: u32, args: &[Expr], span: Span) -> Result<Value> {
        let Some(id) = self.scope.lookup(function.as_str(), self.before) else {
            return Err(self.unknown(function, span));
        };
        self.note_used(id);
        let binding = self.scope.binding(id).clone();
        let Definition::Function { parameters, body } = &binding.definition else {
            return Err(EvalError::new(Code::WrongType, span, format!("`{function}` is not a function")));
        };
        if parameters.len() != args.len() {
            let message = format!("`{function}` takes {} arguments, not {}", parameters.len(), args.len());
            return Err(EvalError::new(Code::WrongType, span, message));
        }
        let values = self.all(args)?;
        if order > 0 {
            return self.primed(parameters, body, values, order, id, span);
        }
        self.call(parameters, body, values, id)
    }

    /// A function of the page applied to values.
    pub(super) fn applied_to(&mut self, function: &Name, values: Vec<Value>, span: Span) -> Result<Value> {
        let id =
            self.scope.lookup(function.as_str(), self.before).ok_or_else(|| self.unknown(function, span))?;
        self.note_used(id);
        let binding = self.scope.binding(id).clone();
        match &binding.definition {
            Definition::Function { parameters, body } if parameters.len() == values.len() => {
                self.call(parameters, body, values, id)
            }
            _ => Err(EvalError::new(Code::WrongType, span, format!("`{function}` is no such function"))),
        }
    }

    pub(super) fn call(
        &mut self,
        parameters: &[Name],
        body: &Expr,
        values: Vec<Value>,
        id: BindingId,
    ) -> Result<Value> {
        let locals = parameters.iter().cloned().zip(values).collect();
        let outer = std::mem::replace(&mut self.locals, locals);
        let before = std::mem::replace(&mut self.before, id);
        let result = self.eval(body);
        self.before = before;
        self.locals = outer;
        result
    }
}

/// A sequence where one of its elements is needed.
fn without_index(binding: &Binding, index: &Name) -> EvalError {
    let message = format!("`{}` has a value for each `{index}`, and nothing says for which", binding.name);
    EvalError::new(Code::NoValue, binding.span, message)
        .help(format!("for any, declare `<!-- qed: let {index} in N -->` before this"))
}

/// A name with a domain where a number is needed.
fn without_value(binding: &Binding, domain: &Domain) -> EvalError {
    let name = &binding.name;
    let (message, help) = match domain.law {
        Some(_) => (
            format!("`{name}` is random: it has a distribution but no value"),
            format!("write an expectation, `E[{name}]`, or a probability, `P({name} > 0)`"),
        ),
        None => (
            format!("`{name}` has a domain but no value"),
            format!("give it one with `{name} := …`, or with `<!-- qed: let {name} = … -->`"),
        ),
    };
    EvalError::new(Code::NoValue, binding.span, message).help(help)
}
