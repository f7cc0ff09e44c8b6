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
    base: Name,
    /// Elements are those that are known here.
    before: BindingId,
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

    /// Whether the formula of a sequence holds other elements of it.
    pub fn recurs(&self, id: BindingId) -> bool {
        let Definition::Sequence { base, body, .. } = &self.binding(id).definition else { return false };
        body.any(|node| matches!(&node.kind, Kind::Subscript { base: own, .. } if own == base))
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
    /// The element `index` of the sequence of `base`, if there is one here; `spelled` is how its name is spelt.
    pub(super) fn element_of_sequence(
        &mut self,
        base: &Name,
        spelled: &Name,
        index: &Value,
        span: Span,
    ) -> Option<Result<Value>> {
        if let Some(Recurrence { id, base: own, before }) = self.recurrence.clone() {
            // What its formula counts may be given after it.
            if let Some(given) = self.scope.lookup(spelled.as_str(), before) {
                return Some(self.binding(given, span));
            }
            if own == *base {
                return Some(self.nth(id, index, span));
            }
        }
        let id = self.scope.sequence(base.as_str(), self.before)?;
        Some(self.nth(id, index, span))
    }

    fn nth(&mut self, id: BindingId, index: &Value, span: Span) -> Result<Value> {
        self.note_used(id);
        let Definition::Sequence { base, .. } = &self.scope.binding(id).clone().definition else {
            return Err(EvalError::new(Code::WrongType, span, "this is no sequence"));
        };
        let place =
            index.as_number().and_then(Number::to_integer).and_then(|place| i64::try_from(place).ok());
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
                self.element_at(id, earlier, span)?;
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
        let before = match &self.recurrence {
            Some(recurrence) if recurrence.id == id => recurrence.before,
            _ => self.before,
        };
        let recurrence = Recurrence { id, base: base.clone(), before };
        let locals = std::mem::replace(&mut self.locals, vec![(variable.clone(), counted)]);
        let outer = (std::mem::replace(&mut self.before, id), self.recurrence.replace(recurrence));
        let value = self.eval(body);
        (self.before, self.recurrence) = outer;
        self.locals = locals;
        value
    }
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
