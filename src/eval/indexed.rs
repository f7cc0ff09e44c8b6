//! Elements of lists and matrices: `x_i`, `A_{ij}`, `x[2]`, and the ranges of indices that say no more than their name.

use super::value::Value;
use super::{Definition, EvalError, Evaluator, Result};
use crate::diag::Code;
use crate::num::Number;
use crate::source::Span;
use crate::syntax::{Binary, Expr, Kind, Literal, Name, Product};

impl Evaluator<'_> {
    /// `x_i`: an element if `x` is a list, else the name spelt with the index's value.
    pub(super) fn subscript(&mut self, base: &Name, indices: &[Expr], span: Span) -> Result<Value> {
        if self.is_known(base) {
            let list = self.name(base, span)?;
            if matches!(list, Value::List(_) | Value::Matrix(_)) {
                return self.element(&list, indices, span);
            }
        }
        let name = self.spelled(base, indices, span)?;
        let is_own = self.recurrence.as_ref().is_some_and(|recurrence| recurrence.base == *base);
        if let Some(given) = self.given_later(&name).filter(|_| is_own) {
            return self.binding(given, span);
        }
        if let ([index], false) = (indices, !is_own && self.is_known(&name)) {
            let index = self.eval(index)?;
            if let Some(element) = self.element_of_sequence(base, &index, span) {
                return element;
            }
        }
        self.name(&name, span)
    }

    fn is_known(&self, name: &Name) -> bool {
        self.locals.iter().any(|(local, _)| local == name)
            || self.scope.lookup(name.as_str(), self.before).is_some()
            || self.given_later(name).is_some()
    }

    /// The name that a subscript with an index in it spells: `w_2` of `w_i`, `w_12` of `w_{ij}`.
    fn spelled(&mut self, base: &Name, indices: &[Expr], span: Span) -> Result<Name> {
        let values: Vec<String> = self.all(indices)?.iter().map(ToString::to_string).collect();
        let product = Name::with_subscript(base.as_str(), &values.join(","));
        let Some(parts) = adjacent(indices) else { return Ok(product) };
        let digits: Vec<String> = self.all(&parts)?.iter().map(ToString::to_string).collect();
        let adjoined = Name::with_subscript(base.as_str(), &digits.concat());
        let separated = Name::with_subscript(base.as_str(), &digits.join(","));
        let letters_only = parts.iter().all(|part| matches!(part.kind, Kind::Name(_)));
        let candidates =
            if letters_only { vec![adjoined, separated] } else { vec![adjoined, separated, product] };
        let mut known = candidates.iter().filter(|name| self.is_known(name));
        match (known.next(), known.next()) {
            (Some(first), Some(second)) if first != second => {
                let message = format!("this subscript can mean `{first}` or `{second}`");
                Err(EvalError::new(Code::Ambiguous, span, message).help("write a comma between two indices"))
            }
            (Some(only), _) => Ok(only.clone()),
            (None, _) => Ok(candidates[0].clone()),
        }
    }

    /// `A_{12}` and `A_{ij}` of a matrix are a row and a column, with or without a comma.
    pub(super) fn element(&mut self, base: &Value, indices: &[Expr], span: Span) -> Result<Value> {
        let Value::Matrix(matrix) = base else { return self.index(base, indices, span) };
        let Some(parts) = adjacent(indices).filter(|parts| parts.len() == 2) else {
            return self.index(base, indices, span);
        };
        let typed = parts.iter().any(|part| matches!(part.kind, Kind::Number(_)));
        if typed && (matrix.rows.len() > 9 || matrix.rows[0].len() > 9) {
            let message = "where one index ends and the next begins is not clear in so large a matrix";
            return Err(EvalError::new(Code::Ambiguous, span, message).help("write a comma between them"));
        }
        self.index(base, &parts, span)
    }

    pub(super) fn index(&mut self, base: &Value, indices: &[Expr], span: Span) -> Result<Value> {
        let indices = indices.iter().map(|index| self.position(index)).collect::<Result<Vec<_>>>()?;
        let out_of_range = |at: usize, count: usize| {
            let message = format!("there is no element {at}: the list has {count}");
            let error = EvalError::new(Code::Undefined, span, message);
            if at == 0 { error.help("elements are counted from 1") } else { error }
        };
        match (base, indices.as_slice()) {
            (Value::List(items), [at]) => {
                items.get(at.wrapping_sub(1)).cloned().ok_or_else(|| out_of_range(*at, items.len()))
            }
            (Value::List(items), [at, rest @ ..]) => {
                let item = items.get(at.wrapping_sub(1)).ok_or_else(|| out_of_range(*at, items.len()))?;
                match (item, rest) {
                    (Value::List(cells), [at]) => {
                        cells.get(at.wrapping_sub(1)).cloned().ok_or_else(|| out_of_range(*at, cells.len()))
                    }
                    (other, _) => Err(not_indexed(other, span)),
                }
            }
            (Value::Matrix(matrix), [row, column]) => {
                let cells = matrix
                    .rows
                    .get(row.wrapping_sub(1))
                    .ok_or_else(|| out_of_range(*row, matrix.rows.len()))?;
                cells.get(column.wrapping_sub(1)).cloned().ok_or_else(|| out_of_range(*column, cells.len()))
            }
            (Value::Matrix(matrix), [row]) => {
                let cells = matrix
                    .rows
                    .get(row.wrapping_sub(1))
                    .ok_or_else(|| out_of_range(*row, matrix.rows.len()))?;
                Ok(Value::list(cells.clone()))
            }
            (other, _) => Err(not_indexed(other, span)),
        }
    }

    /// An index, counted from 1.
    pub(super) fn position(&mut self, index: &Expr) -> Result<usize> {
        let value = self.eval(index)?;
        let integer = value.as_number().and_then(Number::to_integer);
        integer.and_then(|integer| usize::try_from(integer).ok()).ok_or_else(|| {
            EvalError::new(Code::WrongType, index.span, format!("an index is a whole number, not {value}"))
        })
    }

    /// How many elements a list was typed with, whether or not they have values.
    fn typed_length(&self, name: &Name) -> Option<usize> {
        let id = self.scope.lookup(name.as_str(), self.before)?;
        let replaced = self.locals.iter().any(|(local, _)| local == name)
            || self.overlays.iter().any(|(overlaid, _)| *overlaid == id);
        match &self.scope.binding(id).definition {
            _ if replaced => None,
            Definition::Expr(expr) => match &expr.ungrouped().kind {
                Kind::List(items) => Some(items.len()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The values of an index of which nothing is said: the places of the lists that it indexes in `body`, which must
    /// all have one length.
    pub(super) fn indexed(&mut self, variable: &Name, body: &Expr) -> Result<Vec<Value>> {
        let mut uses = Vec::new();
        body.walk(&mut |node| match &node.kind {
            Kind::Subscript { base, indices } => {
                let indices = adjacent(indices).unwrap_or_else(|| indices.clone());
                let at = indices.iter().position(|index| is_name(index, variable));
                uses.extend(at.map(|at| (base.clone(), at, node.span)));
            }
            Kind::Index(base, indices) => {
                let at = indices.iter().position(|index| is_name(index, variable));
                if let (Kind::Name(base), Some(at)) = (&base.kind, at) {
                    uses.push((base.clone(), at, node.span));
                }
            }
            _ => {}
        });
        let mut length = None;
        for (base, at, span) in uses {
            if !self.is_known(&base) {
                continue;
            }
            let count = match (self.typed_length(&base), at) {
                (Some(count), 0) => count,
                _ => match (self.name(&base, span)?, at) {
                    (Value::List(items), 0) => items.len(),
                    (Value::Matrix(matrix), 0) => matrix.rows.len(),
                    (Value::Matrix(matrix), 1) => matrix.rows[0].len(),
                    _ => continue,
                },
            };
            if length.is_some_and(|length| length != count) {
                let message = format!("`{variable}` indexes lists of different lengths");
                return Err(EvalError::new(Code::WrongType, span, message));
            }
            length = Some(count);
        }
        let Some(length) = length else {
            let message = format!("nothing says where `{variable}` runs");
            let error = EvalError::new(Code::Unsupported, body.span, message);
            return Err(error.help(format!("write `\\sum_{{{variable}=1}}^{{n}}`")));
        };
        Ok((1..=length as u64).map(Value::integer).collect())
    }
}

fn is_name(expr: &Expr, name: &Name) -> bool {
    matches!(&expr.kind, Kind::Name(found) if found == name)
}

fn not_indexed(value: &Value, span: Span) -> EvalError {
    let message = format!("{} cannot be indexed like this", value.describe());
    let error = EvalError::new(Code::WrongType, span, message);
    match value {
        Value::Number(_) | Value::Dual(_) => {
            error.help("square brackets right behind a call are an index; write round ones for a factor")
        }
        _ => error,
    }
}

/// One index that is spelt as several side by side, `ij` or `12`, one by one.
fn adjacent(indices: &[Expr]) -> Option<Vec<Expr>> {
    let [only] = indices else { return None };
    let mut parts = Vec::new();
    (collect_parts(only, &mut parts) && parts.len() > 1).then_some(parts)
}

fn collect_parts(expr: &Expr, parts: &mut Vec<Expr>) -> bool {
    match &expr.kind {
        Kind::Name(_) => {
            parts.push(expr.clone());
            true
        }
        Kind::Number(literal) if literal.is_integer() => {
            let digits = literal.digits.chars().map(|digit| {
                let digit = digit.to_string();
                Literal::new(&digit, digit.clone(), 0).map(|one| Expr::new(Kind::Number(one), expr.span))
            });
            parts.extend(digits.flatten());
            true
        }
        Kind::Binary(Binary::Multiply(Product::Implicit), lhs, rhs) => {
            collect_parts(lhs, parts) && collect_parts(rhs, parts)
        }
        _ => false,
    }
}
