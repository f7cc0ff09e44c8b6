//! Conditions, and the cases that they tell apart.

use super::error::At;
use super::value::Value;
use super::{EvalError, Evaluator, Result, polynomial};
use crate::diag::Code;
use crate::source::Span;
use crate::syntax::{Condition, Expr, Relation};

impl Evaluator<'_> {
    pub(super) fn cases(&mut self, branches: &[(Expr, Vec<Vec<Condition>>)], span: Span) -> Result<Value> {
        for (value, alternatives) in branches {
            match self.one_holds(alternatives)? {
                Some(true) => return self.eval(value),
                Some(false) => {}
                None => {
                    return Err(EvalError::undecided(value.span, "which case applies is too close to call"));
                }
            }
        }
        Err(EvalError::new(Code::Undefined, span, "none of the cases applies"))
    }

    /// Whether all conditions of one alternative hold; of none, they do.
    fn one_holds(&mut self, alternatives: &[Vec<Condition>]) -> Result<Option<bool>> {
        let mut decided = Some(alternatives.is_empty());
        for all in alternatives {
            match self.all_hold(all)? {
                Some(true) => return Ok(Some(true)),
                Some(false) => {}
                None => decided = None,
            }
        }
        Ok(decided)
    }

    fn all_hold(&mut self, conditions: &[Condition]) -> Result<Option<bool>> {
        let mut decided = Some(true);
        for condition in conditions {
            match self.condition(condition)? {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => decided = None,
            }
        }
        Ok(decided)
    }

    pub(super) fn condition(&mut self, condition: &Condition) -> Result<Option<bool>> {
        let values = self.all(&condition.members)?;
        let mut decided = Some(true);
        for (pair, relation) in values.windows(2).zip(&condition.relations) {
            if pair.iter().any(|value| matches!(value, Value::Random(_))) {
                let order =
                    polynomial::compare(&pair[0], &pair[1], self.precision).at(condition.members[0].span)?;
                if !relation.holds(order) {
                    return Ok(Some(false));
                }
                continue;
            }
            if let (Relation::In | Relation::NotIn, Value::List(items)) = (relation, &pair[1]) {
                match is_among(&pair[0], items).map(|among| among == (*relation == Relation::In)) {
                    Some(true) => {}
                    Some(false) => return Ok(Some(false)),
                    None => decided = None,
                }
                continue;
            }
            let (Some(a), Some(b)) = (pair[0].as_number(), pair[1].as_number()) else {
                let span = condition.members[0].span;
                return Err(EvalError::new(Code::WrongType, span, "only numbers can be compared"));
            };
            match a.compare(b).map(|order| relation.holds(order)) {
                Some(true) => {}
                Some(false) => return Ok(Some(false)),
                None => decided = None,
            }
        }
        Ok(decided)
    }
}

/// Whether a number is one of these, `None` if that cannot be decided.
fn is_among(number: &Value, items: &[Value]) -> Option<bool> {
    let mut decided = Some(false);
    for item in items {
        match number.as_number()?.compare(item.as_number()?) {
            Some(order) if order.is_eq() => return Some(true),
            Some(_) => {}
            None => decided = None,
        }
    }
    decided
}
