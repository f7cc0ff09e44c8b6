//! Monte Carlo means: `mean(expr, samples, seed)` over independent samples of the random names.
//!
//! The expression is evaluated once for some thousands of samples together, a [batch](super::batch) in the place of
//! each random number. What batches cannot do is evaluated for each sample alone.

use std::sync::Arc;

use rayon::prelude::*;

use super::random::Variable;
use super::scope::{BindingId, Scope};
use super::value::{Sample, Value};
use super::{EvalError, Evaluator, Result};
use crate::diag::Code;
use crate::num::distribution::Distribution;
use crate::num::rng::SplitMix64;
use crate::num::sample::point;
use crate::num::{Number, Precision};
use crate::source::Span;
use crate::syntax::{Expr, Name};

/// The least and the greatest number of samples.
const SAMPLES: std::ops::RangeInclusive<u64> = 2..=1_000_000;
/// The steps that all samples may take together, if each is taken alone.
const MOST_STEPS: u64 = 100_000_000;
/// Samples of one batch: few enough for the second cache, and always the same ones.
const BATCH: u64 = 4096;
/// Of so many samples the errors of rounding are looked at.
const LOOKED_AT: u64 = 16;
/// What rounding may do to a sample, relative to the standard error of all; or else relative to their mean.
const MOST_ROUNDING: f64 = 1e-3;
const NO_ROUNDING: f64 = 1e-12;

impl Evaluator<'_> {
    /// `mean(expr, samples, seed)`: the mean over independent samples, with its standard error.
    pub(super) fn monte_carlo(&mut self, args: &[Expr], span: Span) -> Result<Value> {
        let body = &args[0];
        let samples = self.whole(&args[1])?;
        let seed = self.whole(&args[2])?;
        if !SAMPLES.contains(&samples) {
            let message = format!("a mean takes {} to {} samples", SAMPLES.start(), SAMPLES.end());
            return Err(EvalError::new(Code::Limit, args[1].span, message));
        }
        let locals = self.locals.iter().map(|(name, _)| name.clone()).collect();
        let ids = self.scope.random_in(body, self.before, locals);
        if ids.is_empty() {
            let error = EvalError::new(Code::Unsupported, span, "nothing in this mean is random");
            return Err(error.help("declare what is random: `<!-- qed: let z ~ N(0, 1) -->`"));
        }
        // Samples are drawn elsewhere, so that what they use has to be noted here.
        self.note_names(body);
        let variables = self.variables(&ids)?;
        let sampling = Sampling {
            scope: self.scope,
            before: self.before,
            locals: &self.locals,
            overlays: &self.overlays,
            body,
            variables: &variables,
            streams: SplitMix64::new(seed),
        };
        let mut evaluator = sampling.evaluator();
        let widest = sampling.widest(&mut evaluator, samples)?;
        if evaluator.steps.get().saturating_mul(samples) > MOST_STEPS {
            let message = format!("so many samples would take more than {MOST_STEPS} steps");
            return Err(EvalError::new(Code::Limit, args[1].span, message).help("take fewer samples"));
        }
        let values = sampling.values(samples)?;
        let (mean, standard_error) = estimate(&values);
        if widest > standard_error * MOST_ROUNDING && widest > mean.abs() * NO_ROUNDING {
            let error =
                EvalError::new(Code::OverPrecise, span, "rounding spoils these samples: too much cancels");
            return Err(
                error.help("write the formula so that large numbers are not subtracted from each other")
            );
        }
        self.inexact = true;
        match (Number::from_f64(mean), Number::from_f64(standard_error)) {
            (Some(mean), Some(standard_error)) => {
                Ok(Value::Sample(Arc::new(Sample { mean, standard_error })))
            }
            _ => Err(EvalError::new(Code::Limit, span, "a sample is too large")),
        }
    }

    fn whole(&mut self, expr: &Expr) -> Result<u64> {
        let value = self.eval(expr)?;
        let integer = value.as_number().and_then(Number::to_integer);
        integer.and_then(|integer| u64::try_from(integer).ok()).ok_or_else(|| {
            EvalError::new(
                Code::WrongType,
                expr.span,
                format!("a whole number is expected here, not {value}"),
            )
        })
    }
}

/// The mean of these values and its standard error.
fn estimate(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

/// What every sample is drawn from.
struct Sampling<'a> {
    scope: &'a Scope,
    before: BindingId,
    locals: &'a [(Name, Value)],
    overlays: &'a [(BindingId, Value)],
    body: &'a Expr,
    variables: &'a [Variable],
    streams: SplitMix64,
}

impl Sampling<'_> {
    fn evaluator(&self) -> Evaluator<'_> {
        let new = Evaluator::new(self.scope, Precision::DOUBLE, self.before);
        Evaluator { locals: self.locals.to_vec(), overlays: self.overlays.to_vec(), ..new }
    }

    /// The values at all samples, in order.
    fn values(&self, samples: u64) -> Result<Vec<f64>> {
        let batch = |at: u64| {
            let range = at * BATCH..((at + 1) * BATCH).min(samples);
            self.together(range.clone()).map_or_else(|| self.one_by_one(range), Ok)
        };
        let batches: Vec<Result<Vec<f64>>> =
            (0..samples.div_ceil(BATCH)).into_par_iter().map(batch).collect();
        Ok(batches.into_iter().collect::<Result<Vec<_>>>()?.concat())
    }

    /// The values at these samples by one evaluation, if batches can do what the expression asks for.
    fn together(&self, range: std::ops::Range<u64>) -> Option<Vec<f64>> {
        let draw = |(sequence, distribution): (SplitMix64, &Arc<Distribution>)| {
            Value::Batch(range.clone().map(|n| distribution.sample(sequence, n)).collect())
        };
        let drawn = self.streams().map(draw).collect();
        match self.evaluator().with_values(self.body, self.variables, drawn).ok()? {
            Value::Batch(values) => Some(values.to_vec()),
            _ => None,
        }
    }

    fn one_by_one(&self, range: std::ops::Range<u64>) -> Result<Vec<f64>> {
        let mut evaluator = self.evaluator();
        range.map(|n| Ok(self.value(&mut evaluator, n)?.to_f64())).collect()
    }

    /// The width of the widest enclosure among the first samples.
    fn widest(&self, evaluator: &mut Evaluator<'_>, samples: u64) -> Result<f64> {
        (0..samples.min(LOOKED_AT))
            .try_fold(0.0, |widest: f64, n| Ok(widest.max(self.value(evaluator, n)?.width_f64())))
    }

    /// The value at sample `n`.
    fn value(&self, evaluator: &mut Evaluator<'_>, n: u64) -> Result<Number> {
        let draw = |(sequence, distribution): (SplitMix64, &Arc<Distribution>)| {
            // Exactly this float, but not as a ratio: arithmetic in hardware is what so many samples can afford.
            point(distribution.sample(sequence, n)).unwrap_or_else(Number::zero).into()
        };
        let drawn = self.streams().map(draw).collect();
        evaluator.steps.set(0);
        let value = evaluator.with_values(self.body, self.variables, drawn)?;
        value.as_number().cloned().ok_or_else(|| {
            let message = format!("this is {}, and a mean is of numbers", value.describe());
            EvalError::new(Code::WrongType, self.body.span, message)
        })
    }

    /// Every random number with a stream of its own.
    fn streams(&self) -> impl Iterator<Item = (SplitMix64, &Arc<Distribution>)> {
        let distributions = self.variables.iter().flat_map(|variable| &variable.distributions);
        distributions.enumerate().map(|(at, distribution)| (self.streams.stream(at as u64), distribution))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{Definition, Domain, Family, Law, Shape};

    /// `z`, three `x`, and `a = 1 + 2z`.
    fn scope() -> Scope {
        let mut scope = Scope::default();
        for (name, shape) in [("z", Shape::Number), ("x", Shape::List(3))] {
            let parameters = vec![scope.read("0.5"), scope.read("2")];
            let law = Law { family: Family::Normal, parameters };
            let domain = Domain { shape, ..Domain::random(law) };
            scope.define(Name::new(name), Definition::Free(Arc::new(domain)), Span::default());
        }
        let formula = scope.read("1 + 2z");
        scope.define(Name::new("a"), Definition::Expr(formula.into()), Span::default());
        scope
    }

    /// What samples taken together and one by one are, the latter as enclosures.
    fn both_ways(text: &str) -> (Option<Vec<f64>>, Result<Vec<f64>>) {
        let scope = scope();
        let body = scope.read(text);
        let ids = scope.random_in(&body, scope.len(), Vec::new());
        let mut evaluator = Evaluator::new(&scope, Precision::DOUBLE, scope.len());
        let sampling = Sampling {
            scope: &scope,
            before: scope.len(),
            locals: &[],
            overlays: &[],
            body: &body,
            variables: &evaluator.variables(&ids).expect("the law is whole"),
            streams: SplitMix64::new(7),
        };
        (sampling.together(0..300), sampling.one_by_one(0..300))
    }

    #[test]
    fn samples_together_are_those_taken_alone() {
        for text in [
            "z",
            "-z + 3",
            "z^2 - a",
            "2 / (3 + z^2)",
            "z^(-2)",
            "abs(z)^(1/3)",
            "exp(-z) * sin(a)",
            "sqrt(z^2)",
            "max(z, 0) - min(a, 1, z)",
            "relu(a)",
            "(x · x)^2",
            "x[1] x[2] / 7",
            "norm(x)",
            "sum(2 x)",
            "sigmoid(z)%",
        ] {
            let (together, alone) = both_ways(text);
            let (together, alone) = (together.expect(text), alone.expect(text));
            assert_eq!(together.len(), 300);
            for (together, alone) in together.iter().zip(&alone) {
                assert!(
                    (together - alone).abs() <= 1e-13 * alone.abs().max(1.0),
                    "{text}: {together} {alone}"
                );
            }
        }
    }

    #[test]
    fn what_batches_cannot_do_is_left_to_samples_taken_alone() {
        for text in ["diff(z^2, z)", "floor(z)", "z mod 2"] {
            let (together, alone) = both_ways(text);
            assert!(together.is_none() && alone.is_ok(), "{text}");
        }
        // Neither has a value: a negative number has no logarithm, 1 over 0 none, and no sample is a list.
        for text in ["ln(z)", "1 / (1 / (z - z))", "x"] {
            let (together, alone) = both_ways(text);
            assert!(together.is_none() && alone.is_err(), "{text}");
        }
    }
}
