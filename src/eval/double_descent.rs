//! Random-feature regression on a page: `double_descent(200)`, and what can be asked of it.

use std::sync::Arc;

use super::error::At;
use super::memo::{Bytes, Memo};
use super::value::{Record, Value};
use super::{EvalError, Evaluator, Result};
use crate::diag::Code;
use crate::num::double_descent::{Curve, Experiment};
use crate::num::{MathError, Number, Precision};
use crate::source::Span;
use crate::syntax::Expr;

/// Larger experiments would keep the author waiting.
const MOST_SAMPLES: usize = 400;
const MOST_INPUTS: usize = 100;
const MOST_RUNS: usize = 40;
/// Near the threshold the systems are so badly conditioned that nine digits of sixteen are sure.
const RELATIVE_ERROR: f64 = 1e-7;
/// A residual that is zero is not computed as zero.
const ABSOLUTE_ERROR: f64 = 1e-15;

/// What experiments have shown, by what they were: a book asks again for each of its claims.
static DONE: Memo<Curve> = Memo::new();

impl Bytes for Curve {
    fn write(&self) -> Vec<u8> {
        self.to_bytes()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Self::from_bytes(bytes)
    }
}

impl Evaluator<'_> {
    /// `double_descent(samples, inputs, noise, runs, seed)`, all but the first optional.
    pub(super) fn double_descent(&mut self, args: &[Expr], span: Span) -> Result<Value> {
        let mut experiment = Experiment::new(self.position(&args[0])?);
        for (at, arg) in args.iter().enumerate().skip(1) {
            match at {
                1 => experiment.inputs = self.position(arg)?,
                2 => experiment.noise = self.eval(arg)?.as_number().map_or(f64::NAN, Number::to_f64),
                3 => experiment.runs = self.position(arg)?,
                _ => experiment.seed = self.position(arg)? as u64,
            }
        }
        let limit = |what: &str, value: usize, least: usize, most: usize| {
            let message = format!("{what} must be between {least} and {most}, not {value}");
            let fits = (least..=most).contains(&value);
            if fits { Ok(()) } else { Err(EvalError::new(Code::Limit, span, message)) }
        };
        limit("the number of training points", experiment.samples, 2, MOST_SAMPLES)?;
        limit("the number of inputs", experiment.inputs, 1, MOST_INPUTS)?;
        limit("the number of runs", experiment.runs, 1, MOST_RUNS)?;
        if !(0.0..=1000.0).contains(&experiment.noise) {
            return Err(EvalError::new(Code::Limit, span, "the noise must be between 0 and 1000"));
        }
        let curve = DONE
            .get_or(&experiment.key(), || experiment.run())
            .map_err(|error| EvalError::new(Code::Undefined, span, error.to_string()))?;
        self.inexact = true;
        described(&curve, self.precision).at(span)
    }
}

fn described(curve: &Curve, precision: Precision) -> std::result::Result<Value, MathError> {
    let count = |count: usize| Value::integer(count as u64);
    let estimates = |values: &[f64]| {
        values.iter().map(|value| estimate(*value, precision)).collect::<std::result::Result<Vec<_>, _>>()
    };
    let features: Vec<Value> = curve.features.iter().copied().map(count).collect();
    let (risk, train) = (estimates(&curve.risk)?, estimates(&curve.train)?);
    let points = (0..features.len()).map(|at| {
        let of = [("features", &features), ("risk", &risk), ("train", &train)];
        record("a point of the curve", of.map(|(name, list)| (name, list[at].clone())).into())
    });
    let points = Value::list(points.collect());
    let mut fields = vec![
        ("features", Value::list(features)),
        ("risk", Value::list(risk)),
        ("train", Value::list(train)),
        ("points", points),
    ];
    fields.extend(curve.peak().map(|peak| ("peak", count(peak))));
    fields.extend(curve.best().map(|best| ("best", count(best))));
    Ok(record("an experiment", fields))
}

fn record(what: &'static str, fields: Vec<(&'static str, Value)>) -> Value {
    Value::Record(Arc::new(Record { what, fields }))
}

fn estimate(value: f64, precision: Precision) -> std::result::Result<Value, MathError> {
    let error = value.abs() * RELATIVE_ERROR + ABSOLUTE_ERROR;
    let end = |value| Number::from_f64(value).ok_or(MathError::limit("the experiment has no finite result"));
    Ok(end(value - error)?.hull(&end(value + error)?, precision)?.into())
}
