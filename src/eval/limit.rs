//! Limits, decided numerically from all sides that are meant.

use super::estimate::{Body, End};
use super::value::Value;
use super::{EvalError, Evaluator, Result};
use crate::diag::Code;
use crate::num::limit::{Approach, limit};
use crate::num::{Number, Precision, Rational};
use crate::syntax::{Expr, Side};

/// Letters that stand for whole numbers where they go to infinity.
const WHOLE: &[&str] = &["n", "m", "k", "N", "M", "K", "i", "j"];

/// The relative width, as a power of two, of a point that stands for an irrational one: no distance to it is as small.
const CLOSE: f64 = -1000.0;

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
            End::At(Value::Number(number)) => {
                let number = if number.is_exact() { number } else { self.centre(point)? };
                match side {
                    Side::Above => vec![Approach::Above(number)],
                    Side::Below => vec![Approach::Below(number)],
                    Side::Both => vec![Approach::Below(number.clone()), Approach::Above(number)],
                }
            }
            End::At(_) => return Err(not_settled(point)),
        };
        let precision = self.precision;
        let number = self.estimate(body, &[], |function| limit(function, &ways, precision))?;
        Ok(self.estimated(number))
    }

    /// A number that is far closer to the point than any that the limit is followed along.
    fn centre(&mut self, point: &Expr) -> Result<Number> {
        let top = Precision::LADDER[Precision::LADDER.len() - 1];
        let outer = std::mem::replace(&mut self.precision, top);
        let memo = std::mem::take(&mut self.memo);
        let value = self.eval(point);
        self.memo = memo;
        self.precision = outer;
        match value? {
            Value::Number(number) if number.relative_width_log2() < CLOSE => {
                let (low, high) = number.enclosure();
                Ok(Number::from((low + high) / Rational::from(2u8)))
            }
            _ => Err(not_settled(point)),
        }
    }
}

fn not_settled(point: &Expr) -> EvalError {
    let message = "a limit is taken at infinity or at a number that is known to many digits";
    EvalError::new(Code::Unsupported, point.span, message)
}
