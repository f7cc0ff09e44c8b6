//! Sums, products, maxima and minima over ranges.

use std::cmp::Ordering;

use super::error::At;
use super::estimate::Body;
use super::value::Value;
use super::{EvalError, Evaluator, MAX_STEPS, Result, builtins, ops};
use crate::diag::Code;
use crate::num::Number;
use crate::source::Span;
use crate::syntax::{Expr, Fold, Kind, Over, Range, Unary};

/// The most terms of one sum.
const MAX_TERMS: u64 = 1_000_000;

impl Evaluator<'_> {
    pub(super) fn fold(&mut self, fold: Fold, ranges: &[Range], body: &Expr, span: Span) -> Result<Value> {
        if let Some(range) = ranges.first() {
            let body = Body { variable: &range.variable, expr: body, span };
            if let Some(value) = self.series(fold, ranges, &body)? {
                return Ok(value);
            }
        }
        let start = match fold {
            Fold::Sum => Some(ops::zero()),
            Fold::Product => Some(ops::one()),
            Fold::Max | Fold::Min => None,
        };
        let work = self.work_of_fold(ranges, body);
        if work > MAX_STEPS {
            let message = format!("this takes {work} steps or more, beyond {MAX_STEPS}");
            return Err(EvalError::new(Code::Limit, span, message));
        }
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
        let values = self.range_values(range, body)?;
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
                    let span = condition.members[0].span;
                    return Err(EvalError::undecided(span, "a condition too close to call"));
                }
            }
        }
        Ok(true)
    }

    fn combine(&mut self, fold: Fold, total: Option<Value>, term: Value, span: Span) -> Result<Value> {
        let p = self.precision;
        let Some(total) = total else { return Ok(term) };
        let value = match fold {
            Fold::Sum => ops::add(&total, &term, p),
            Fold::Product => ops::multiply(&total, &term, p),
            Fold::Max => builtins::extremum(&[total, term], Ordering::Greater, p),
            Fold::Min => builtins::extremum(&[total, term], Ordering::Less, p),
        }
        .at(span)?;
        self.charge(&value, 1, span)?;
        Ok(value)
    }

    /// The least number of steps that the terms take, so that what cannot end is refused before it begins. Ranges whose
    /// ends depend on other indices count as one term.
    fn work_of_fold(&mut self, ranges: &[Range], body: &Expr) -> u64 {
        let terms = ranges.iter().fold(1u64, |terms, range| match &range.over {
            Over::Interval(lower, upper) => match (self.end(lower), self.end(upper)) {
                (Ok(first), Ok(last)) if last >= first => {
                    terms.saturating_mul(last.abs_diff(first).saturating_add(1))
                }
                _ => terms,
            },
            _ => terms,
        });
        terms.saturating_mul(self.work(body))
    }

    fn work(&mut self, expr: &Expr) -> u64 {
        if let Kind::Fold { ranges, body, .. } = &expr.kind {
            return self.work_of_fold(ranges, body);
        }
        let mut work = 1u64;
        expr.for_each_child(&mut |child| work = work.saturating_add(self.work(child)));
        work
    }

    fn range_values(&mut self, range: &Range, body: &Expr) -> Result<Box<dyn Iterator<Item = Value>>> {
        match &range.over {
            Over::Indexed => Ok(Box::new(self.indexed(&range.variable, body)?.into_iter())),
            Over::Elements(list) => match self.eval(list)? {
                Value::List(items) => Ok(Box::new((0..items.len()).map(move |at| items[at].clone()))),
                // `\{5\}` is read as a group.
                number @ (Value::Number(_) | Value::Dual(_))
                    if matches!(list.kind, Kind::Unary(Unary::Group, _)) =>
                {
                    Ok(Box::new(std::iter::once(number)))
                }
                other => Err(EvalError::new(
                    Code::WrongType,
                    list.span,
                    format!("{} has no elements to run over", other.describe()),
                )),
            },
            Over::Interval(lower, upper) => {
                let (first, last) = (self.end(lower)?, self.end(upper)?);
                if last < first {
                    return Ok(Box::new(std::iter::empty()));
                }
                if last.abs_diff(first) >= MAX_TERMS {
                    return Err(EvalError::new(
                        Code::Limit,
                        upper.span,
                        format!("more than {MAX_TERMS} terms"),
                    ));
                }
                Ok(Box::new((first..=last).map(|value| Number::from(value).into())))
            }
        }
    }

    /// An end of a range: a whole number.
    pub(super) fn end(&mut self, expr: &Expr) -> Result<i64> {
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
