//! Sums, products, maxima and minima over ranges.

use std::cmp::Ordering;

use super::error::At;
use super::value::Value;
use super::{EvalError, Evaluator, Result, builtins, ops};
use crate::diag::Code;
use crate::num::Number;
use crate::source::Span;
use crate::syntax::{Expr, Fold, Over, Range};

/// The most terms of one sum.
const MAX_TERMS: u64 = 1_000_000;

impl Evaluator<'_> {
    pub(super) fn fold(&mut self, fold: Fold, ranges: &[Range], body: &Expr, span: Span) -> Result<Value> {
        let start = match fold {
            Fold::Sum => Some(ops::zero()),
            Fold::Product => Some(ops::one()),
            Fold::Max | Fold::Min => None,
        };
        let total = self.fold_ranges(fold, ranges, body, start, span)?;
        total.ok_or_else(|| {
            EvalError::new(Code::Undefined, span, "an empty range has no greatest or least value")
        })
    }

    fn fold_ranges(
        &mut self,
        fold: Fold,
        ranges: &[Range],
        body: &Expr,
        total: Option<Value>,
        span: Span,
    ) -> Result<Option<Value>> {
        let Some((range, inner)) = ranges.split_first() else {
            let term = self.eval(body)?;
            return self.combine(fold, total, term, span).map(Some);
        };
        let mut total = total;
        let values = self.range_values(range)?;
        self.locals.push((range.variable.clone(), ops::zero()));
        for value in values {
            if let Some(last) = self.locals.last_mut() {
                last.1 = value;
            }
            let step = self.included(range).and_then(|included| match included {
                true => self.fold_ranges(fold, inner, body, total.take(), span),
                false => Ok(total.take()),
            });
            match step {
                Ok(next) => total = next,
                Err(error) => {
                    self.locals.pop();
                    return Err(error);
                }
            }
        }
        self.locals.pop();
        Ok(total)
    }

    fn included(&mut self, range: &Range) -> Result<bool> {
        for condition in &range.conditions {
            match self.condition(condition)? {
                Some(true) => {}
                Some(false) => return Ok(false),
                None => {
                    return Err(EvalError::new(
                        Code::Undecided,
                        condition.members[0].span,
                        "a condition too close to call",
                    ));
                }
            }
        }
        Ok(true)
    }

    fn combine(&mut self, fold: Fold, total: Option<Value>, term: Value, span: Span) -> Result<Value> {
        let p = self.precision;
        let Some(total) = total else { return Ok(term) };
        match fold {
            Fold::Sum => ops::add(&total, &term, p),
            Fold::Product => ops::multiply(&total, &term, p),
            Fold::Max => builtins::extremum(&[total, term], Ordering::Greater, p),
            Fold::Min => builtins::extremum(&[total, term], Ordering::Less, p),
        }
        .at(span)
    }

    fn range_values(&mut self, range: &Range) -> Result<Vec<Value>> {
        match &range.over {
            Over::Elements(list) => match self.eval(list)? {
                Value::List(items) => Ok(items.to_vec()),
                // `\{5\}` is read as a group.
                number @ (Value::Number(_) | Value::Dual(_)) => Ok(vec![number]),
                other => Err(EvalError::new(
                    Code::WrongType,
                    list.span,
                    format!("{} has no elements to run over", other.describe()),
                )),
            },
            Over::Interval(lower, upper) => {
                let (first, last) = (self.end(lower)?, self.end(upper)?);
                if last < first {
                    return Ok(Vec::new());
                }
                if last.abs_diff(first) >= MAX_TERMS {
                    return Err(EvalError::new(
                        Code::Limit,
                        upper.span,
                        format!("more than {MAX_TERMS} terms"),
                    ));
                }
                Ok((first..=last).map(|value| Number::from(value).into()).collect())
            }
        }
    }

    /// An end of a range: a whole number.
    fn end(&mut self, expr: &Expr) -> Result<i64> {
        let value = self.eval(expr)?;
        let integer = value.as_number().and_then(Number::to_integer);
        match integer.map(i64::try_from) {
            Some(Ok(integer)) => Ok(integer),
            Some(Err(_)) => {
                Err(EvalError::new(Code::Limit, expr.span, format!("more than {MAX_TERMS} terms")))
            }
            None => Err(EvalError::new(
                Code::WrongType,
                expr.span,
                format!("a range ends at a whole number, not {value}"),
            )),
        }
    }
}
