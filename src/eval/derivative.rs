//! Derivatives: the body is evaluated once more with the variable replaced by a dual number.
//!
//! `d` follows every definition between the body and the variable. `\partial` means the same where the variable does
//! not stand in the formula itself; where it does, the names beside it may be meant to be held fixed, and if that makes a
//! difference nothing is guessed.

use std::sync::Arc;

use super::error::At;
use super::{
    BindingId, Code, Definition, EvalError, Evaluator, Matrix, NetworkValue, Result, Value, network, ops,
};
use crate::source::Span;
use crate::syntax::{Expr, Kind, Name};

/// A variable, and which of its elements if it is a list.
type Direction = (Name, Span, Option<usize>);

/// How a variable was replaced.
enum Mark {
    Local(usize, Value),
    Overlays(usize),
}

impl Evaluator<'_> {
    /// The derivative of `body` with respect to each of `variables` in turn.
    pub(super) fn derivative(
        &mut self,
        partial: bool,
        body: &Expr,
        variables: &[(Name, Span)],
        span: Span,
    ) -> Result<Value> {
        let body = &self.applied(body);
        if self.scope.is_complete() && variables.iter().any(|(name, place)| self.is_nothing(name, *place)) {
            return self.derivative_of_constant(body, span);
        }
        let outer = self.held.take();
        let total = self.along_all(body, variables, span, false);
        let result = match total {
            Ok(total) if partial && self.occurs(body, variables) => {
                let fixed = self.along_all(body, variables, span, true);
                fixed.and_then(|fixed| unambiguous(total, &fixed, span))
            }
            total => total,
        };
        self.held = outer;
        result
    }

    /// Whether a variable is no name of any kind.
    fn is_nothing(&self, name: &Name, place: Span) -> bool {
        let (name, ..) = self.direction(name, place);
        !self.locals.iter().any(|(local, _)| *local == name)
            && self.scope.lookup(name.as_str(), self.before).is_none()
    }

    /// Zero, if the body has a value without the variable.
    fn derivative_of_constant(&mut self, body: &Expr, span: Span) -> Result<Value> {
        match self.eval(body)? {
            Value::Number(_) | Value::Dual(_) => Ok(ops::zero()),
            other => {
                let message = format!("{} has no derivative by a name that is not defined", other.describe());
                Err(EvalError::new(Code::WrongType, span, message))
            }
        }
    }

    /// A function of the page that stands without arguments has its parameters for them.
    fn applied(&self, body: &Expr) -> Expr {
        let Kind::Name(name) = &body.ungrouped().kind else { return body.clone() };
        let Some(id) = self.scope.lookup(name.as_str(), self.before) else { return body.clone() };
        let Definition::Function { parameters, .. } = &self.scope.binding(id).definition else {
            return body.clone();
        };
        let args = parameters.iter().map(|name| Expr::new(Kind::Name(name.clone()), body.span)).collect();
        Expr::new(Kind::Apply { function: name.clone(), order: 0, args }, body.span)
    }

    /// The formula that a body stands for, and from where it sees its names.
    fn formula(&self, body: &Expr) -> (Expr, BindingId) {
        if let Kind::Name(name) = &body.ungrouped().kind
            && !self.locals.iter().any(|(local, _)| local == name)
            && let Some(id) = self.scope.lookup(name.as_str(), self.before)
            && let Definition::Expr(expr) = &self.scope.binding(id).definition
        {
            return ((**expr).clone(), id);
        }
        (body.clone(), self.before)
    }

    /// Whether one of the variables stands in the formula of `body` itself.
    fn occurs(&self, body: &Expr, variables: &[(Name, Span)]) -> bool {
        let (formula, before) = self.formula(body);
        let seen = |name: &Name, before| self.scope.lookup(name.as_str(), before);
        formula.any(|node| match &node.kind {
            Kind::Name(name) | Kind::Subscript { base: name, .. } => variables
                .iter()
                .any(|(variable, _)| variable == name && seen(variable, self.before) == seen(name, before)),
            _ => false,
        })
    }

    /// The derivative along every element of the variable, if it is a list: a gradient, or the Jacobian matrix of a list.
    fn along_all(
        &mut self,
        body: &Expr,
        variables: &[(Name, Span)],
        span: Span,
        fixed: bool,
    ) -> Result<Value> {
        if let [(name, place)] = variables
            && let Some(variable) = self.array(name, *place)?
        {
            let mut along = |at| self.along(body, &[(name.clone(), *place, at)], span, fixed);
            return match &variable {
                Value::Network(network) => match along(None)? {
                    Value::Number(_) => network::zeros(network).at(span),
                    arrays => Ok(arrays),
                },
                _ => {
                    let by_each = (0..ops::leaves(&variable)).map(|at| along(Some(at)));
                    let by_each = by_each.collect::<Result<Vec<_>>>()?;
                    if is_nested(&variable) {
                        return shaped_like(&variable, by_each, span);
                    }
                    jacobian(by_each, span)
                }
            };
        }
        let directions: Vec<Direction> =
            variables.iter().map(|(name, place)| self.direction(name, *place)).collect();
        self.along(body, &directions, span, fixed)
    }

    /// `x_2` is the second element of a list `x`, unless it is a name of its own.
    fn direction(&self, name: &Name, place: Span) -> Direction {
        let known = |name: &str| self.scope.lookup(name, self.before).is_some();
        let element = name.as_str().rsplit_once('_').filter(|(base, _)| !known(name.as_str()) && known(base));
        match element.and_then(|(base, at)| Some((base, at.parse::<usize>().ok()?.checked_sub(1)?))) {
            Some((base, at)) => (Name::new(base), place, Some(at)),
            None => (name.clone(), place, None),
        }
    }

    /// A variable that is more than a number: a list, matrix or network of the page.
    fn array(&mut self, name: &Name, place: Span) -> Result<Option<Value>> {
        if self.locals.iter().any(|(local, _)| local == name) {
            return Ok(None);
        }
        let Some(id) = self.scope.lookup(name.as_str(), self.before) else { return Ok(None) };
        let value = self.binding(id, place)?;
        Ok(matches!(value, Value::List(_) | Value::Matrix(_) | Value::Network(_)).then_some(value))
    }

    fn along(&mut self, body: &Expr, directions: &[Direction], span: Span, fixed: bool) -> Result<Value> {
        let first = self.next_tag;
        let others = self.overlays.len();
        let mut marks = Vec::new();
        let mut failed = None;
        for (name, place, element) in directions {
            match self.mark(name, *place, *element) {
                Ok(mark) => marks.push(mark),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        let memo = std::mem::take(&mut self.memo);
        let value = match failed {
            Some(error) => Err(error),
            None if fixed => self.with_names_fixed(body, others),
            None => self.eval(body),
        };
        self.memo = memo;
        marks.into_iter().rev().for_each(|mark| self.unmark(mark));
        let mut value = value?;
        for tag in (first..first + directions.len() as u32).rev() {
            value = tangent(&value, tag);
        }
        if !matches!(value, Value::Number(_) | Value::Dual(_) | Value::List(_) | Value::Matrix(_)) {
            let message = format!("{} has no derivative", value.describe());
            return Err(EvalError::new(Code::WrongType, span, message));
        }
        Ok(value)
    }

    /// The formula of `body`, in which only the variables themselves vary.
    fn with_names_fixed(&mut self, body: &Expr, others: usize) -> Result<Value> {
        let (formula, before) = self.formula(body);
        let elsewhere = before != self.before;
        let locals = if elsewhere { std::mem::take(&mut self.locals) } else { Vec::new() };
        let outer = (std::mem::replace(&mut self.before, before), self.held.replace(others));
        let result = self.eval(&formula);
        (self.before, self.held) = outer;
        if elsewhere {
            self.locals = locals;
        }
        result
    }

    /// The value of a name that a partial derivative holds fixed.
    pub(super) fn held_fixed(&mut self, id: BindingId, others: usize, span: Span) -> Result<Value> {
        let own = self.overlays.split_off(others.min(self.overlays.len()));
        let memo = std::mem::take(&mut self.memo);
        let held = self.held.take();
        let value = self.binding(id, span);
        self.held = held;
        self.memo = memo;
        self.overlays.extend(own);
        value
    }

    /// Replaces a variable, or an element of it, by a dual number. The parts by which a list is defined go with it.
    fn mark(&mut self, name: &Name, span: Span, element: Option<usize>) -> Result<Mark> {
        let tag = self.next_tag;
        self.next_tag += 1;
        let dual = |value: Value| ops::make_dual(tag, value, ops::one());
        if let Some(at) = self.locals.iter().rposition(|(local, _)| local == name) {
            let old = self.locals[at].1.clone();
            self.locals[at].1 = dual(old.clone());
            return Ok(Mark::Local(at, old));
        }
        let Some(id) = self.scope.lookup(name.as_str(), self.before) else {
            return Err(self.unknown(name, span));
        };
        let value = self.binding(id, span)?;
        let mut overlays = Vec::new();
        match (&value, element) {
            (Value::Number(_) | Value::Dual(_), None) => overlays.push((id, dual(value))),
            (Value::List(_) | Value::Matrix(_), Some(at)) if at < ops::leaves(&value) => {
                let value = ops::with_leaf(&value, at, &dual);
                if let (Value::List(items), Some(part)) = (&value, self.part(id, at)) {
                    overlays.push((part, items[at].clone()));
                }
                overlays.push((id, value));
            }
            (Value::Network(network), None) => {
                let network = NetworkValue { tag: Some(tag), ..NetworkValue::clone(network) };
                overlays.push((id, Value::Network(Arc::new(network))));
            }
            _ => {
                let what = value.describe();
                let message =
                    format!("`{name}` is {what}, and a derivative is taken with respect to a number");
                return Err(EvalError::new(Code::WrongType, span, message));
            }
        }
        let count = overlays.len();
        self.overlays.extend(overlays);
        self.memo = super::Memo::default();
        Ok(Mark::Overlays(count))
    }

    /// The name by which element `at` of the list `id` is defined, if it is a list of names.
    fn part(&self, id: BindingId, at: usize) -> Option<BindingId> {
        let Definition::Expr(list) = &self.scope.binding(id).definition else { return None };
        let Kind::List(items) = &list.kind else { return None };
        let Kind::Name(name) = &items.get(at)?.kind else { return None };
        self.scope.lookup(name.as_str(), id)
    }

    fn unmark(&mut self, mark: Mark) {
        match mark {
            Mark::Local(at, old) => self.locals[at].1 = old,
            Mark::Overlays(count) => self.overlays.truncate(self.overlays.len().saturating_sub(count)),
        }
    }

    /// `diff(f, x)` and `diff(f, x, order)` of plain notation.
    pub(super) fn diff(&mut self, args: &[Expr], span: Span) -> Result<Value> {
        let Kind::Name(name) = &args[1].kind else {
            let message = "a derivative is taken with respect to a name";
            return Err(EvalError::new(Code::WrongType, args[1].span, message));
        };
        let order = match args.get(2) {
            Some(order) => self.position(order)?.clamp(1, 20),
            None => 1,
        };
        let variables = vec![(name.clone(), args[1].span); order];
        self.derivative(false, &args[0], &variables, span)
    }

    /// The list of derivatives with respect to each variable, or to each argument of a function.
    pub(super) fn gradient(&mut self, body: &Expr, variables: &[(Name, Span)], span: Span) -> Result<Value> {
        match (variables, &body.ungrouped().kind) {
            ([variable], _) => self.derivative(true, body, std::slice::from_ref(variable), span),
            ([], Kind::Apply { function, order: 0, args }) => self.gradient_at(function, args, span),
            ([], _) => {
                let error = EvalError::new(Code::Unsupported, span, "nothing says with respect to what");
                Err(error.help("write `\\nabla_{[x, y]} f`"))
            }
            (variables, _) => {
                let one = |variable| self.derivative(true, body, std::slice::from_ref(variable), span);
                Ok(Value::list(variables.iter().map(one).collect::<Result<_>>()?))
            }
        }
    }

    /// `\nabla f(1, 2)`.
    fn gradient_at(&mut self, function: &Name, args: &[Expr], span: Span) -> Result<Value> {
        let values = self.all(args)?;
        let mut gradient = Vec::new();
        for at in 0..values.len() {
            let tag = self.next_tag;
            self.next_tag += 1;
            let mut values = values.clone();
            if !matches!(values[at], Value::Number(_) | Value::Dual(_)) {
                let message = format!("argument {} is {}, not a number", at + 1, values[at].describe());
                return Err(EvalError::new(Code::WrongType, args[at].span, message));
            }
            values[at] = ops::make_dual(tag, values[at].clone(), ops::one());
            gradient.push(tangent(&self.applied_to(function, values, span)?, tag));
        }
        Ok(Value::list(gradient))
    }

    /// `f''(x)`: the derivative of a function of one parameter.
    pub(super) fn primed(
        &mut self,
        parameters: &[Name],
        body: &Expr,
        mut values: Vec<Value>,
        order: u32,
        id: BindingId,
        span: Span,
    ) -> Result<Value> {
        if values.len() != 1 || order > 20 {
            return Err(EvalError::new(Code::Unsupported, span, "primes are for functions of one argument"));
        }
        let first = self.next_tag;
        for _ in 0..order {
            values[0] = ops::make_dual(self.next_tag, values[0].clone(), ops::one());
            self.next_tag += 1;
        }
        let mut value = self.call(parameters, body, values, id)?;
        for tag in (first..self.next_tag).rev() {
            value = tangent(&value, tag);
        }
        Ok(value)
    }
}

/// The total derivative, unless the partial one is another number.
fn unambiguous(total: Value, fixed: &Value, span: Span) -> Result<Value> {
    if !differ(&total, fixed) {
        return Ok(total);
    }
    let message = format!(
        "this partial derivative is {fixed} where the other names of the formula are held fixed, and {total} where their \
         definitions are followed"
    );
    let error = EvalError::new(Code::Ambiguous, span, message);
    Err(error.help(
        "write `d` for the derivative that follows the definitions, or give the other a name of its own",
    ))
}

fn differ(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(a), Value::List(b)) => {
            a.len() != b.len() || a.iter().zip(b.iter()).any(|(a, b)| differ(a, b))
        }
        (Value::Matrix(a), Value::Matrix(b)) => {
            let cells = |matrix: &Matrix| matrix.rows.iter().flatten().cloned().collect::<Vec<_>>();
            differ(&Value::list(cells(a)), &Value::list(cells(b)))
        }
        _ => match (one.as_number(), other.as_number()) {
            (Some(one), Some(other)) => one.compare(other).is_some_and(std::cmp::Ordering::is_ne),
            _ => true,
        },
    }
}

/// Whether it is more than a list of numbers.
fn is_nested(value: &Value) -> bool {
    match value {
        Value::List(items) => items.iter().any(|item| item.as_number().is_none()),
        _ => true,
    }
}

/// The derivatives of a number with respect to each number of a matrix or of lists of lists, arranged as these are.
fn shaped_like(variable: &Value, by_each: Vec<Value>, span: Span) -> Result<Value> {
    if by_each.iter().any(|slope| slope.as_number().is_none()) {
        let message = "only a number is differentiated with respect to a matrix";
        return Err(EvalError::new(Code::Unsupported, span, message));
    }
    let shaped = by_each.into_iter().enumerate();
    Ok(shaped.fold(variable.clone(), |shaped, (at, slope)| ops::with_leaf(&shaped, at, &|_| slope.clone())))
}

/// The matrix whose columns these are; of numbers, their list.
fn jacobian(columns: Vec<Value>, span: Span) -> Result<Value> {
    let heights: Vec<Option<&[Value]>> = columns
        .iter()
        .map(|column| match column {
            Value::List(items) => Some(&**items),
            _ => None,
        })
        .collect();
    let Some(Some(first)) = heights.first() else { return Ok(Value::list(columns)) };
    let rows = (0..first.len()).map(|row| {
        let cell = |column: &Option<&[Value]>| column.and_then(|items| items.get(row)).cloned();
        heights.iter().map(cell).collect::<Option<Vec<Value>>>()
    });
    match rows.collect::<Option<Vec<_>>>() {
        Some(rows) if !rows.is_empty() => Ok(Value::Matrix(Arc::new(Matrix { rows }))),
        _ => Err(EvalError::new(Code::WrongType, span, "these derivatives form no matrix")),
    }
}

/// The derivative part of a value for one tag.
pub(super) fn tangent(value: &Value, tag: u32) -> Value {
    match value {
        Value::Dual(dual) if dual.tag == tag => dual.tangent.clone(),
        Value::Dual(dual) if dual.tag > tag => {
            ops::make_dual(dual.tag, tangent(&dual.primal, tag), tangent(&dual.tangent, tag))
        }
        Value::List(items) => Value::list(items.iter().map(|item| tangent(item, tag)).collect()),
        Value::Matrix(matrix) => {
            let row = |row: &Vec<Value>| row.iter().map(|cell| tangent(cell, tag)).collect();
            Value::Matrix(Arc::new(Matrix { rows: matrix.rows.iter().map(row).collect() }))
        }
        _ => ops::zero(),
    }
}
