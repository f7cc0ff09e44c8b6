//! What integrals, limits and series share: the body as a function of numbers that `num` can call, and its errors
//! pinned to a place. It knows no numeric method.

use super::derivative::tangent;
use super::error::EvalError;
use super::ops;
use super::value::Value;
use super::{Evaluator, Result};
use crate::diag::Code;
use crate::num::{Missing, Number, Precision, Unsettled};
use crate::source::Span;
use crate::syntax::{Expr, Kind, Name, Unary};

/// Integrals, limits and series are computed with no more digits than this.
const SHARPEST_ESTIMATE: Precision = Precision::LADDER[1];
/// An expression of one variable.
#[derive(Clone, Copy)]
pub(super) struct Body<'e> {
    pub(super) variable: &'e Name,
    pub(super) expr: &'e Expr,
    /// The whole integral, limit or series.
    pub(super) span: Span,
}

impl Body<'_> {
    /// Whether the variable occurs.
    pub(super) fn is_constant(&self) -> bool {
        !mentions(self.expr, self.variable)
    }
}

/// Where a variable goes, or a range ends.
#[derive(Clone, Debug)]
pub(super) enum End {
    MinusInfinity,
    At(Value),
    Infinity,
}

/// One part of a dual: its value, or its derivative.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Primal(u32),
    Tangent(u32),
}

/// The part of a value that a path leads to, outermost first.
pub(super) fn project(value: &Value, path: &[Part]) -> Value {
    path.iter().fold(value.clone(), |value, part| match part {
        Part::Primal(tag) => ops::parts(&value, *tag).0.clone(),
        Part::Tangent(tag) => tangent(&value, *tag),
    })
}

/// Whether `name` occurs in `expr`, bound or not.
pub(super) fn mentions(expr: &Expr, name: &Name) -> bool {
    expr.any(|node| match &node.kind {
        Kind::Name(other) | Kind::Subscript { base: other, .. } => other == name,
        Kind::Derivative { variables, .. } | Kind::Gradient { variables, .. } => {
            variables.iter().any(|(other, _)| other == name)
        }
        _ => false,
    })
}

/// `\infty`, with its sign.
pub(super) fn infinity(expr: &Expr) -> Option<End> {
    match &expr.ungrouped().kind {
        Kind::Infinity => Some(End::Infinity),
        Kind::Unary(Unary::Plus, inner) => infinity(inner),
        Kind::Unary(Unary::Negate, inner) => match infinity(inner)? {
            End::Infinity => Some(End::MinusInfinity),
            _ => Some(End::Infinity),
        },
        _ => None,
    }
}

impl Evaluator<'_> {
    /// An end of a range: a number or infinity.
    pub(super) fn range_end(&mut self, expr: &Expr) -> Result<End> {
        if let Some(end) = infinity(expr) {
            return Ok(end);
        }
        match self.eval(expr)? {
            value @ (Value::Number(_) | Value::Dual(_)) => Ok(End::At(value)),
            other => {
                let message = format!("a range ends at a number, not {}", other.describe());
                Err(EvalError::new(Code::WrongType, expr.span, message))
            }
        }
    }

    /// The body where the variable has this value.
    pub(super) fn body_at(&mut self, body: &Body<'_>, value: Value) -> Result<Value> {
        self.locals.push((body.variable.clone(), value));
        let result = self.eval(body.expr);
        self.locals.pop();
        result
    }

    /// Calls a numeric method with a part of the body as its function.
    pub(super) fn estimate<T>(
        &mut self,
        body: &Body<'_>,
        path: &[Part],
        method: impl FnOnce(&mut crate::num::sample::Function<'_>) -> std::result::Result<T, Unsettled>,
    ) -> Result<T> {
        let value = |evaluator: &mut Self, x: &Number| {
            let value = evaluator.body_at(body, x.clone().into())?;
            number(project(&value, path), body.expr.span)
        };
        self.estimate_of(body.span, value, method)
    }

    /// Calls a numeric method with `value` as its function.
    pub(super) fn estimate_of<T>(
        &mut self,
        span: Span,
        value: impl Fn(&mut Self, &Number) -> Result<Number>,
        method: impl FnOnce(&mut crate::num::sample::Function<'_>) -> std::result::Result<T, Unsettled>,
    ) -> Result<T> {
        let outer = self.precision;
        let mut first: Option<EvalError> = None;
        let mut is_rough = false;
        let mut least = Precision::LADDER[Precision::LADDER.len() - 1];
        let mut function = |x: &Number, precision: Precision| {
            // What holds estimates itself gets no sharper up there.
            if is_rough && precision > SHARPEST_ESTIMATE {
                return Err(Missing::Here);
            }
            self.precision = precision;
            let (before, noted) = (self.steps.get(), std::mem::take(&mut self.is_estimate));
            let result = value(self, x);
            is_rough |= self.is_estimate;
            self.is_estimate |= noted;
            least = least.min(precision);
            let result = self.charge_precision(before, least, span).and(result);
            result.map_err(|error| {
                let passing = matches!(error.code, Code::Undefined | Code::Undecided | Code::Limit)
                    && !self.is_exhausted();
                if !passing || first.is_none() {
                    first = Some(error);
                }
                if passing { Missing::Here } else { Missing::Stop }
            })
        };
        let result = method(&mut function);
        self.precision = outer;
        result.map_err(|unsettled| unsettled_at(span, &unsettled, first))
    }

    /// Counts what the steps since `before` cost beyond those at the least precision that was asked for: a function that
    /// has to be computed with more digits at every point would otherwise take a hundred times as long as its steps say.
    fn charge_precision(&self, before: u64, least: Precision, span: Span) -> Result<()> {
        // An integral inside another one has few points, many of them where nearly nothing is left to be known.
        if self.precision <= least || self.nesting > 1 {
            return Ok(());
        }
        let taken = self.steps.get() - before;
        let weight = cost_of_a_step(self.precision) / cost_of_a_step(least);
        self.steps.set(self.steps.get().saturating_add(taken.saturating_mul(weight)));
        self.spend(0, span)
    }

    /// Marks the value as an estimate, from which no proof follows.
    pub(super) fn estimated(&mut self, number: Number) -> Value {
        self.inexact = true;
        self.is_estimate = true;
        number.into()
    }
}

/// What a step costs beside one in hardware, roughly. Whoever needs the third rung at a point will need it at many.
fn cost_of_a_step(precision: Precision) -> u64 {
    match precision.bits() {
        0..=53 => 1,
        54..=192 => 4,
        bits => u64::from(bits) / 16,
    }
}

/// What a numeric method can work with.
pub(super) fn number(value: Value, span: Span) -> Result<Number> {
    match value {
        Value::Number(number) => Ok(number),
        other => {
            let message = format!("{} stands where a number is needed", other.describe());
            Err(EvalError::new(Code::WrongType, span, message))
        }
    }
}

/// The error of a numeric method at its place; `first` is what the body had to say.
fn unsettled_at(span: Span, unsettled: &Unsettled, first: Option<EvalError>) -> EvalError {
    match (unsettled, first) {
        (Unsettled::Stopped, Some(error)) => error,
        (Unsettled::Undefined(what), Some(error)) => {
            EvalError::new(Code::Undefined, span, format!("{what}: {}", error.message))
        }
        (Unsettled::Undefined(_) | Unsettled::Diverges(_), _) => {
            EvalError::new(Code::Undefined, span, unsettled.to_string())
        }
        _ => EvalError::unsettled(span, unsettled.to_string()),
    }
}
