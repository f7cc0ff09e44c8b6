//! Sequences: `a_n = 2 \cdot 3^n` gives every element its value, and so does `x_{n+1} = x_n / 2` with the elements that are
//! given as names.

use std::collections::HashMap;

use super::error::At;
use super::value::Value;
use super::{BindingId, Definition, EvalError, Evaluated, Evaluator, Result, Scope, ops};
use crate::diag::Code;
use crate::num::{Number, Precision, exact};
use crate::source::Span;
use crate::syntax::{Expr, Kind, Name};

/// The elements of sequences that one evaluation has computed.
pub(super) type Elements = HashMap<(BindingId, i64), Value>;

/// The sequence whose formula is being evaluated, which may hold earlier elements of it.
#[derive(Clone, Debug)]
pub(super) struct Recurrence {
    id: BindingId,
    pub(super) base: Name,
    /// Where it is used: names that were not known at the formula are those that are known there.
    pub(super) before: BindingId,
}

impl Scope {
    /// The sequence of the elements `base_k`, as the definition `before` sees it.
    pub fn sequence(&self, base: &str, before: BindingId) -> Option<BindingId> {
        if !self.has_sequences() {
            return None;
        }
        let is_its_own = |id: &BindingId| matches!(&self.binding(*id).definition, Definition::Sequence { base: own, .. } if own.as_str() == base);
        let base = Name::new(base);
        let named = self.family(&base).filter_map(|name| self.lookup(name.as_str(), before));
        named.filter(is_its_own).max()
    }

    /// The sequence and the place of which `expr` is the element, if it says so by a number: `a_3`.
    pub fn element(&self, expr: &Expr) -> Option<(BindingId, i64)> {
        let Kind::Subscript { base, indices } = &expr.kind else { return None };
        let [Expr { kind: Kind::Number(place), .. }] = &indices[..] else { return None };
        let place = exact::to_integer(&place.value).and_then(|place| i64::try_from(place).ok())?;
        Some((self.sequence(base.as_str(), self.len())?, place))
    }

    /// Whether the formula of a sequence holds elements of it.
    pub fn recurs(&self, id: BindingId) -> bool {
        let Definition::Sequence { base, body, .. } = &self.binding(id).definition else { return false };
        body.any(|node| match &node.kind {
            Kind::Subscript { base: own, .. } => own == base,
            Kind::Name(name) => is_element(name, base),
            _ => false,
        })
    }

    /// Whether the formula of a sequence holds elements of it that are not known yet: `a_1` in `a_n = a_1 + (n - 1) d`.
    pub fn lacks_elements(&self, id: BindingId) -> bool {
        let Definition::Sequence { base, body, .. } = &self.binding(id).definition else { return false };
        let is_unknown = |name: &Name| self.lookup(name.as_str(), self.len()).is_none();
        body.any(|node| matches!(&node.kind, Kind::Name(name) if is_element(name, base) && is_unknown(name)))
    }

    /// Element `place` of a sequence by its formula, whatever is given for it.
    pub fn evaluate_element(&self, id: BindingId, place: i64, precision: Precision) -> Result<Evaluated> {
        let mut evaluator = Evaluator::new(self, precision, self.len());
        let value = evaluator.by_formula(id, Number::from(place).into(), self.binding(id).span)?;
        Ok(evaluator.evaluated(value))
    }

    /// The elements of a sequence that are names of their own, with their places.
    pub fn given_elements(&self, base: &Name, before: BindingId) -> Vec<(i64, BindingId)> {
        let place = |name: &Name| {
            let (list, digits) = Name::as_element(name.as_str())?;
            let place = digits.parse().ok().filter(|_| list == base.as_str())?;
            Some((place, self.lookup(name.as_str(), before)?))
        };
        self.family(base).filter_map(place).collect()
    }
}

impl Evaluator<'_> {
    /// The element `index` of the sequence of `base`, if there is one here.
    pub(super) fn element_of_sequence(
        &mut self,
        base: &Name,
        index: &Value,
        span: Span,
    ) -> Option<Result<Value>> {
        let (own, before) = match &self.recurrence {
            Some(recurrence) => (Some(recurrence).filter(|own| own.base == *base), recurrence.before),
            None => (None, self.before),
        };
        let id = match own {
            Some(recurrence) => recurrence.id,
            None => self.scope.sequence(base.as_str(), before)?,
        };
        Some(self.nth(id, index, span))
    }

    fn nth(&mut self, id: BindingId, index: &Value, span: Span) -> Result<Value> {
        self.note_used(id);
        let Definition::Sequence { base, .. } = &self.scope.binding(id).clone().definition else {
            return Err(EvalError::new(Code::WrongType, span, "this is no sequence"));
        };
        let integer = index.as_number().and_then(Number::to_integer);
        let place = integer.as_ref().and_then(|place| i64::try_from(place.clone()).ok());
        if integer.is_some() && place.is_none() {
            return Err(EvalError::new(
                Code::Limit,
                span,
                format!("so many elements of `{base}` are not counted"),
            ));
        }
        let recurs = self.scope.recurs(id);
        let Some(place) = place else {
            if recurs {
                let message = format!("the elements of `{base}` are counted by whole numbers");
                return Err(EvalError::new(Code::WrongType, span, message));
            }
            return self.by_formula(id, index.clone(), span);
        };
        if recurs && !self.memo.elements.contains_key(&(id, place)) {
            let before = self.recurrence.as_ref().map_or(self.before, |recurrence| recurrence.before);
            let given = self.scope.given_elements(base, before);
            let Some(last) = given.iter().map(|(given, _)| *given).filter(|given| *given < place).max()
            else {
                return self.element_at(id, place, span).map_err(|error| ungrounded(base, error));
            };
            // One after the other, so that none has to go down further than to its neighbours.
            for earlier in last + 1..place {
                match self.element_at(id, earlier, span) {
                    Err(error) if error.code == Code::Limit => return Err(error),
                    // The formula may pass over it.
                    _ => {}
                }
            }
        }
        self.element_at(id, place, span)
    }

    fn element_at(&mut self, id: BindingId, place: i64, span: Span) -> Result<Value> {
        if let Some(value) = self.memo.elements.get(&(id, place)) {
            return Ok(value.clone());
        }
        let value = match self.stated_element(id, place) {
            Some(stated) => stated?,
            None => self.by_formula(id, Number::from(place).into(), span)?,
        };
        self.memo.elements.insert((id, place), value.clone());
        Ok(value)
    }

    /// The formula of a sequence at an index.
    fn by_formula(&mut self, id: BindingId, index: Value, span: Span) -> Result<Value> {
        let binding = self.scope.binding(id).clone();
        let Definition::Sequence { base, index: variable, offset, body } = &binding.definition else {
            return Err(EvalError::new(Code::WrongType, span, "this is no sequence"));
        };
        let counted = ops::subtract(&index, &Number::from(*offset).into(), self.precision).at(span)?;
        let before = self.recurrence.as_ref().map_or(self.before, |outer| outer.before);
        let recurrence = Recurrence { id, base: base.clone(), before };
        let locals = std::mem::replace(&mut self.locals, vec![(variable.clone(), counted)]);
        let outer = (std::mem::replace(&mut self.before, id), self.recurrence.replace(recurrence));
        let value = self.eval(body);
        (self.before, self.recurrence) = outer;
        self.locals = locals;
        match value {
            Ok(value) if !fits(&value, &mut 0) => {
                let message = format!("the elements of `{base}` grow beyond {MOST_LEAVES} numbers each");
                Err(EvalError::new(Code::Limit, span, message))
            }
            value => value,
        }
    }
}

/// An element may be a list of at most so many numbers: each may hold the one before it several times.
const MOST_LEAVES: usize = 10_000;

fn fits(value: &Value, leaves: &mut usize) -> bool {
    *leaves += 1;
    *leaves <= MOST_LEAVES
        && match value {
            Value::List(items) => items.iter().all(|item| fits(item, leaves)),
            _ => true,
        }
}

/// Whether a name is that of an element by its number: `a_1` of `a`.
fn is_element(name: &Name, base: &Name) -> bool {
    Name::as_element(name.as_str()).is_some_and(|(list, _)| list == base.as_str())
}

/// What goes down for ever lacks an element to begin with.
fn ungrounded(base: &Name, error: EvalError) -> EvalError {
    if !error.is_too_deep() {
        return error;
    }
    let message = format!("no element of `{base}` is given that its formula could begin with");
    EvalError::new(Code::NoValue, error.span, message).help(format!("state one, as in `{base}_0 = 1`"))
}

/// Whether a formula for `base` at `index` holds the element that it is the formula of: an update rather than a sequence.
pub fn holds_itself(body: &Expr, base: &str, index: &Name, offset: i64) -> bool {
    let is_same = |index_here: &Expr| match offset {
        0 => matches!(&index_here.kind, Kind::Name(name) if name == index),
        _ => false,
    };
    body.any(|node| match &node.kind {
        Kind::Subscript { base: own, indices } => own.as_str() == base && indices.iter().all(is_same),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Definitions in plain notation, of which `(base, index, offset)` are sequences.
    fn scope(rows: &[(&str, &str)]) -> Scope {
        let mut scope = Scope::default();
        for (name, text) in rows {
            let definition = match Name::as_indexed(name) {
                Some((base, index, offset)) => {
                    let body = scope.read_with(text, std::slice::from_ref(&index)).into();
                    Definition::Sequence { base: Name::new(&base), index, offset, body }
                }
                None => Definition::Expr(scope.read(text).into()),
            };
            scope.define(Name::new(name), definition, Span::default());
        }
        scope
    }

    #[track_caller]
    fn check(rows: &[(&str, &str)], text: &str, expected: &str) {
        let scope = scope(rows);
        let value = scope.evaluate(&scope.read(text), Precision::DOUBLE);
        let shown = value.map_or_else(|error| error.message, |evaluated| evaluated.value.to_string());
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn a_formula_gives_every_element() {
        check(&[("a_n", "2 * 3^n")], "a_1 + a_2", "24");
        check(&[("a_n", "2 * 3^n"), ("k", "4")], "a_k", "162");
        check(&[("c", "5"), ("a_n", "c + n"), ("c", "0")], "a_1", "6");
    }

    #[test]
    fn a_recurrence_begins_with_what_is_given() {
        let fibonacci = [("f_1", "1"), ("f_2", "1"), ("f_n", "f_(n-1) + f_(n-2)")];
        // By the recurrence in Python.
        check(&fibonacci, "f_10", "55");
        check(&fibonacci, "f_90", "2880067194370816120");
        check(&[("x_(n+1)", "x_n / 2 + 1 / x_n"), ("x_0", "1")], "408 * x_3", "577");
        check(&[("x_(n+1)", "x_n + 1"), ("x_0", "0")], "x_2000", "2000");
    }

    #[test]
    fn without_a_beginning_there_is_no_value() {
        check(
            &[("a_n", "2 * a_(n-1)")],
            "a_5",
            "no element of `a` is given that its formula could begin with",
        );
        check(
            &[("a_n", "2 * a_(n-1)"), ("a_7", "1")],
            "a_5",
            "no element of `a` is given that its formula could begin with",
        );
    }
}
