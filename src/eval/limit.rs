//! Limits, decided numerically from all sides that are meant.

use super::estimate::{Body, End};
use super::value::Value;
use super::{EvalError, Evaluator, Result};
use crate::diag::Code;
use crate::num::limit::{Approach, limit};
use crate::syntax::{Expr, Side};

/// Letters that stand for whole numbers where they go to infinity.
const WHOLE: &[&str] = &["n", "m", "k", "N", "M", "K", "i", "j"];

impl Evaluator<'_> {
    pub(super) fn limit(&mut self, body: &Body<'_>, point: &Expr, side: Side) -> Result<Value> {
        let end = self.range_end(point)?;
        if body.is_constant() {
            return self.eval(body.expr);
        }
        let ways = match end {
            End::Infinity if WHOLE.contains(&body.variable.as_str()) => vec![Approach::WholeNumbers],
            End::Infinity => vec![Approach::Infinity],
            End::MinusInfinity => vec![Approach::MinusInfinity],
            End::At(Value::Number(point)) if point.is_exact() => match side {
                Side::Above => vec![Approach::Above(point)],
                Side::Below => vec![Approach::Below(point)],
                Side::Both => vec![Approach::Below(point.clone()), Approach::Above(point)],
            },
            End::At(_) => {
                let message = "a limit is taken at infinity or at a number that is known exactly";
                return Err(EvalError::new(Code::Unsupported, point.span, message));
            }
        };
        let precision = self.precision;
        let number = self.estimate(body, &[], |function| limit(function, &ways, precision))?;
        Ok(self.estimated(number))
    }
}
