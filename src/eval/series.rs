//! Sums and products over infinitely many terms.

use super::error::At;
use super::estimate::{Body, End, infinity};
use super::value::Value;
use super::{EvalError, Evaluator, Result};
use crate::diag::Code;
use crate::num::{Function, Number, series};
use crate::syntax::{Fold, Over, Range};

/// Factors of an infinite product that are multiplied as they are, before logarithms are taken of the rest.
const FIRST_FACTORS: i64 = 16;

impl Evaluator<'_> {
    /// The value of a fold over one range without end; `None` if the ranges are finite.
    pub(super) fn series(&mut self, fold: Fold, ranges: &[Range], body: &Body<'_>) -> Result<Option<Value>> {
        let without_end = |range: &Range| match &range.over {
            Over::Interval(lower, upper) => infinity(lower).is_some() || infinity(upper).is_some(),
            Over::Elements(_) | Over::Indexed => false,
        };
        if !ranges.iter().any(without_end) {
            return Ok(None);
        }
        let unsupported = |message: &str| Err(EvalError::new(Code::Unsupported, body.span, message));
        let [Range { variable, over: Over::Interval(lower, upper), conditions }] = ranges else {
            return unsupported("an infinite range stands alone");
        };
        if !conditions.is_empty()
            || infinity(lower).is_some()
            || !matches!(infinity(upper), Some(End::Infinity))
        {
            return unsupported(
                "an infinite range goes from a whole number up to `\\infty`, without conditions",
            );
        }
        let first = self.end(lower)?;
        let body = Body { variable, ..*body };
        match fold {
            Fold::Sum => self.infinite_sum(&body, first).map(Some),
            Fold::Product => self.infinite_product(&body, first).map(Some),
            Fold::Max | Fold::Min => unsupported("infinitely many values have no greatest or least one here"),
        }
    }

    fn infinite_sum(&mut self, body: &Body<'_>, first: i64) -> Result<Value> {
        let precision = self.precision;
        let number = self.estimate(body, &[], |function| series::sum(function, first, precision))?;
        Ok(self.estimated(number))
    }

    /// The first factors times e to the sum of the logarithms of the rest.
    fn infinite_product(&mut self, body: &Body<'_>, first: i64) -> Result<Value> {
        let precision = self.precision;
        let rest = first.saturating_add(FIRST_FACTORS);
        let sum = self.estimate(body, &[], |function| {
            let mut logarithm = |x: &Number, p| {
                let factor = function(x, p)?;
                Number::apply(Function::Ln, &[factor], p).map_err(|_| crate::num::Missing::Here)
            };
            series::sum(&mut logarithm, rest, precision)
        })?;
        let mut product = Number::apply(Function::Exp, &[sum], precision).at(body.span)?;
        for idx in first..rest {
            let factor = self.body_at(body, Number::from(idx).into())?;
            let Value::Number(factor) = factor else {
                return Err(EvalError::new(Code::WrongType, body.expr.span, "a factor is no number"));
            };
            product = product.mul(&factor, precision).at(body.span)?;
        }
        Ok(self.estimated(product))
    }
}
