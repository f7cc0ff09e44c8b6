//! Expectations, variances, covariances and probabilities over independent random names.
//!
//! The expression is evaluated with a polynomial for each random number, whose mean follows from the moments. Where a
//! maximum, an absolute value or a condition changes its case, the region is split there. What is no polynomial is
//! summed over all outcomes if they are few, and integrated over one number. The rest is an error, and can be estimated by
//! `mean(expr, samples, seed)`.

use std::sync::Arc;

use rayon::prelude::*;

use super::domain::{Domain, Family, Law, Shape};
use super::error::At;
use super::polynomial::{Atom, Region};
use super::scope::{BindingId, Definition, Scope};
use super::value::{Sample, Value};
use super::{EvalError, Evaluator, Result, ops};
use crate::diag::Code;
use crate::num::distribution::Distribution;
use crate::num::rng::SplitMix64;
use crate::num::sample::point;
use crate::num::{Number, Precision};
use crate::source::Span;
use crate::syntax::{Binary, Builtin, Condition, Expr, Kind, Literal, Name, Product};

/// A region is split into so many parts at most.
const MOST_REGIONS: usize = 512;
/// So many outcomes are summed at most.
const MOST_OUTCOMES: usize = 20_000;
/// The least and the greatest number of samples of a Monte Carlo mean.
const SAMPLES: std::ops::RangeInclusive<u64> = 2..=1_000_000;
/// The steps that all its samples may take together.
const MOST_SAMPLED_STEPS: u64 = 100_000_000;

/// A random name with its numbers.
pub(super) struct Variable {
    id: BindingId,
    shape: Shape,
    pub(super) distributions: Vec<Arc<Distribution>>,
}

impl Evaluator<'_> {
    /// `E[…]`, `Var(…)`, `Cov(…, …)`, `P(…)`; the names that a subscript says they run over come last.
    pub(super) fn statistic(&mut self, builtin: Builtin, args: &[Expr], span: Span) -> Result<Value> {
        let count = if builtin == Builtin::Covariance { 2 } else { 1 };
        let (inner, over) = args.split_at(count.min(args.len()));
        let ids = self.averaged(builtin, inner, over, span)?;
        let p = self.precision;
        match builtin {
            Builtin::Variance | Builtin::Covariance => {
                let (x, y) = (&inner[0], &inner[count - 1]);
                let both = self.average(&times(x, y), &ids, span)?;
                let (first, second) = (self.average(x, &ids, span)?, self.average(y, &ids, span)?);
                if !matches!(both, Value::Number(_) | Value::Dual(_) | Value::Random(_)) {
                    let message = format!("`{}` is of numbers; take the elements one by one", builtin.name());
                    return Err(EvalError::new(Code::WrongType, span, message));
                }
                let product = ops::multiply(&first, &second, p).at(span)?;
                ops::subtract(&both, &product, p).at(span)
            }
            Builtin::Probability => {
                let Kind::Condition(condition) = &inner[0].kind else {
                    let message = "a probability is of a condition, such as `P(z > 0)`";
                    return Err(EvalError::new(Code::WrongType, inner[0].span, message));
                };
                self.average(&indicator(condition, span), &ids, span)
            }
            _ => self.average(&inner[0], &ids, span),
        }
    }

    /// The random names that an average runs over.
    fn averaged(
        &self,
        builtin: Builtin,
        inner: &[Expr],
        over: &[Expr],
        span: Span,
    ) -> Result<Vec<BindingId>> {
        let locals: Vec<Name> = self.locals.iter().map(|(name, _)| name.clone()).collect();
        let mut ids: Vec<BindingId> = Vec::new();
        for expr in inner {
            ids.extend(self.scope.random_in(expr, self.before, locals.clone()));
        }
        ids.sort_unstable();
        ids.dedup();
        if !over.is_empty() {
            let mut named = Vec::new();
            for name in over {
                let Kind::Name(spelled) = &name.kind else { continue };
                let id = self.scope.lookup(spelled.as_str(), self.before);
                match id.filter(|id| self.scope.domain(*id).is_some_and(|domain| domain.law.is_some())) {
                    Some(id) => named.push(id),
                    None => {
                        let message = format!("`{spelled}` is not random");
                        let help = format!("declare it: `<!-- qed: let {spelled} ~ N(0, 1) -->`");
                        return Err(EvalError::new(Code::UnknownName, name.span, message).help(help));
                    }
                }
            }
            return Ok(named);
        }
        if ids.is_empty() {
            let name = builtin.name();
            let message = format!(
                "nothing that `{name}` is taken of is random, so `{name}` is either an unknown name or an average of a constant"
            );
            let help = format!(
                "define `{name}` if it is a name; declare what is random, `<!-- qed: let z ~ N(0, 1) -->`, if it is an average"
            );
            return Err(EvalError::new(Code::Ambiguous, span, message).help(help));
        }
        Ok(ids)
    }

    fn average(&mut self, body: &Expr, ids: &[BindingId], span: Span) -> Result<Value> {
        let variables = self.variables(ids)?;
        match self.by_moments(body, &variables, span) {
            Err(error)
                if error.undecided
                    || matches!(error.code, Code::Limit | Code::UnknownName | Code::NoValue) =>
            {
                Err(error)
            }
            Err(error) => self.by_sum_or_integral(body, &variables, span).unwrap_or_else(|| {
                let message = format!("this average is not computed exactly: {}", error.message);
                let help = "estimate it by `mean(expr, samples, seed)`, such as `mean(exp(z), 100000, 1)`";
                Err(EvalError::new(Code::Unsupported, error.span, message).help(help))
            }),
            result => result,
        }
    }

    /// The mean of what is no polynomial, if it is over few outcomes or over one number.
    fn by_sum_or_integral(
        &mut self,
        body: &Expr,
        variables: &[Variable],
        span: Span,
    ) -> Option<Result<Value>> {
        self.by_outcomes(body, variables, span).or_else(|| self.by_density(body, variables, span))
    }

    /// The mean of a polynomial, piece by piece.
    fn by_moments(&mut self, body: &Expr, variables: &[Variable], span: Span) -> Result<Value> {
        let atom = |distribution: &Arc<Distribution>| Atom {
            distribution: Arc::clone(distribution),
            within: distribution.support(),
            cut: false,
        };
        let atoms = variables.iter().flat_map(|variable| &variable.distributions).map(atom);
        let mut regions = vec![Region::new(atoms.collect())];
        let mut total: Option<Value> = None;
        let mut count = 0;
        while let Some(region) = regions.pop() {
            count += 1;
            if count > MOST_REGIONS {
                return Err(EvalError::new(Code::Limit, span, format!("more than {MOST_REGIONS} cases")));
            }
            match self.with_values(body, variables, region.variables()) {
                Ok(value) => {
                    let mean = region.mean(&value, self.precision).at(span)?;
                    total = Some(match total {
                        Some(total) => ops::add(&total, &mean, self.precision).at(span)?,
                        None => mean,
                    });
                }
                Err(error) => match region.halves() {
                    Some(halves) => regions.extend(halves),
                    None => return Err(error),
                },
            }
        }
        let value = total.unwrap_or_else(ops::zero);
        self.note_irrational(&value);
        Ok(value)
    }

    /// The mean over all outcomes, if there are few.
    fn by_outcomes(&mut self, body: &Expr, variables: &[Variable], span: Span) -> Option<Result<Value>> {
        let mut outcomes: Vec<(Vec<Number>, Number)> = vec![(Vec::new(), Number::one())];
        for distribution in variables.iter().flat_map(|variable| &variable.distributions) {
            let Distribution::Binomial { trials, .. } = &**distribution else { return None };
            if outcomes.len().saturating_mul(*trials as usize + 1) > MOST_OUTCOMES {
                return None;
            }
            let mut extended = Vec::new();
            for (values, probability) in &outcomes {
                for outcome in 0..=*trials as i64 {
                    let mass = distribution.mass(outcome, self.precision).ok()?;
                    let probability = probability.mul(&mass, self.precision).ok()?;
                    extended.push(([&values[..], &[Number::from(outcome)]].concat(), probability));
                }
            }
            outcomes = extended;
        }
        Some(self.weighted(body, variables, &outcomes, span))
    }

    fn weighted(
        &mut self,
        body: &Expr,
        variables: &[Variable],
        outcomes: &[(Vec<Number>, Number)],
        span: Span,
    ) -> Result<Value> {
        let p = self.precision;
        let mut total: Option<Value> = None;
        for (values, probability) in outcomes {
            let numbers = values.iter().cloned().map(Value::from).collect();
            let value = self.with_values(body, variables, numbers)?;
            let term = ops::multiply(&value, &probability.clone().into(), p).at(span)?;
            total = Some(match total {
                Some(total) => ops::add(&total, &term, p).at(span)?,
                None => term,
            });
        }
        Ok(total.unwrap_or_else(ops::zero))
    }

    /// `body` where the random numbers, in order, have these values.
    pub(super) fn with_values(
        &mut self,
        body: &Expr,
        variables: &[Variable],
        values: Vec<Value>,
    ) -> Result<Value> {
        let outer = self.overlays.len();
        let mut values = values.into_iter();
        for variable in variables {
            let own = values.by_ref().take(variable.distributions.len()).collect();
            self.overlays.push((variable.id, variable.shape.filled(own)));
        }
        let memo = std::mem::take(&mut self.memo);
        let result = self.eval(body);
        self.memo = memo;
        self.overlays.truncate(outer);
        result
    }

    fn variables(&mut self, ids: &[BindingId]) -> Result<Vec<Variable>> {
        let mut variables = Vec::new();
        for id in ids {
            let binding = Arc::clone(self.scope.binding(*id));
            let Definition::Free(domain) = &binding.definition else { continue };
            let Some(law) = &domain.law else { continue };
            variables.push(Variable {
                id: *id,
                shape: domain.shape,
                distributions: self.distributions(*id, domain, law)?,
            });
        }
        Ok(variables)
    }

    /// The distribution of each number of a random name.
    fn distributions(&mut self, id: BindingId, domain: &Domain, law: &Law) -> Result<Vec<Arc<Distribution>>> {
        let before = std::mem::replace(&mut self.before, id);
        let locals = std::mem::take(&mut self.locals);
        // `N(0, σ²I)`: the elements are independent, and each has the variance σ².
        if domain.shape != Shape::Number && self.scope.lookup("I", id).is_none() {
            self.locals.push((Name::new("I"), ops::one()));
        }
        let parameters: Result<Vec<Value>> =
            law.parameters.iter().map(|parameter| self.eval(parameter)).collect();
        self.before = before;
        self.locals = locals;
        let parameters = parameters?;
        let span = law.parameters.first().map_or(Span::default(), |parameter| parameter.span);
        (0..domain.shape.count())
            .map(|at| {
                let numbers: Option<Vec<Number>> =
                    parameters.iter().map(|parameter| parameter_of(parameter, at)).collect();
                let made = numbers.and_then(|numbers| distribution(law.family, numbers)).map(Arc::new);
                made.ok_or_else(|| {
                    let message = "no such distribution: a variance or a rate is not negative, a probability lies from 0 to 1, the elements of a list are independent";
                    EvalError::new(Code::Undefined, span, message)
                })
            })
            .collect()
    }

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
        let first = sampling.value(0)?;
        if first.1.saturating_mul(samples) > MOST_SAMPLED_STEPS {
            let message = format!("so many samples would take more than {MOST_SAMPLED_STEPS} steps");
            return Err(EvalError::new(Code::Limit, args[1].span, message).help("take fewer samples"));
        }
        let values: Vec<Result<f64>> =
            (0..samples).into_par_iter().map(|n| Ok(sampling.value(n)?.0)).collect();
        let values: Vec<f64> = values.into_iter().collect::<Result<_>>()?;
        let count = samples as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let standard_error = (squares / (count - 1.0) / count).sqrt();
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

/// What every sample of a Monte Carlo mean is drawn from.
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
    /// The value at sample `n`, and the steps it took. Every random number has a stream of its own.
    fn value(&self, n: u64) -> Result<(f64, u64)> {
        let mut evaluator = Evaluator::new(self.scope, Precision::DOUBLE, self.before);
        evaluator.locals = self.locals.to_vec();
        evaluator.overlays = self.overlays.to_vec();
        let draw = |(stream, distribution): (usize, &Arc<Distribution>)| {
            let value = distribution.sample(self.streams.stream(stream as u64), n);
            // Exactly this float, but not as a ratio: arithmetic in hardware is what so many samples can afford.
            point(value).unwrap_or_else(Number::zero).into()
        };
        let distributions = self.variables.iter().flat_map(|variable| &variable.distributions);
        let values = distributions.enumerate().map(draw).collect();
        let value = evaluator.with_values(self.body, self.variables, values)?;
        match value.as_number() {
            Some(number) => Ok((number.to_f64(), evaluator.steps.get())),
            None => {
                let message = format!("this is {}, and a mean is of numbers", value.describe());
                Err(EvalError::new(Code::WrongType, self.body.span, message))
            }
        }
    }
}

/// The parameter of element `at`: shared, or one of a list or of a diagonal.
fn parameter_of(parameter: &Value, at: usize) -> Option<Number> {
    match parameter {
        Value::Number(number) => Some(number.clone()),
        Value::List(items) => items.get(at)?.as_number().cloned(),
        Value::Matrix(matrix) => {
            let zero = |value: &Value| value.as_number().and_then(Number::is_zero) == Some(true);
            let row = matrix.rows.get(at)?;
            let diagonal = row.iter().enumerate().all(|(column, value)| column == at || zero(value));
            row.get(at).filter(|_| diagonal)?.as_number().cloned()
        }
        _ => None,
    }
}

/// The distribution with these parameters, if there is one.
fn distribution(family: Family, numbers: Vec<Number>) -> Option<Distribution> {
    let at_least = |number: &Number, least: &Number| number.compare(least).is_some_and(|order| order.is_ge());
    let (zero, one) = (Number::zero(), Number::one());
    let mut numbers = numbers.into_iter();
    let (first, second) = (numbers.next()?, numbers.next());
    let probability = |number: &Number| at_least(number, &zero) && at_least(&one, number);
    match family {
        Family::Normal => {
            let variance = second.filter(|variance| at_least(variance, &zero))?;
            Some(Distribution::Normal { mean: first, variance })
        }
        Family::Uniform => {
            let upper = second.filter(|upper| upper.compare(&first).is_some_and(|order| order.is_gt()))?;
            Some(Distribution::Uniform { lower: first, upper })
        }
        Family::Bernoulli => {
            probability(&first).then_some(Distribution::Binomial { trials: 1, probability: first })
        }
        Family::Binomial => {
            let trials = u64::try_from(first.to_integer()?).ok().filter(|trials| *trials <= 2_000)?;
            Some(Distribution::Binomial { trials, probability: second.filter(probability)? })
        }
        Family::Poisson => at_least(&first, &zero).then_some(Distribution::Poisson { mean: first }),
        Family::Exponential => {
            first.sign().is_some_and(|sign| sign.is_gt()).then_some(Distribution::Exponential { rate: first })
        }
    }
}

fn times(x: &Expr, y: &Expr) -> Expr {
    let kind = Kind::Binary(Binary::Multiply(Product::Dot), Box::new(x.clone()), Box::new(y.clone()));
    Expr::new(kind, x.span)
}

/// 1 where the condition holds, else 0.
fn indicator(condition: &Condition, span: Span) -> Expr {
    let number = |digits: &str| {
        let literal = Literal::new(digits, digits.to_owned(), 0).expect("a digit is a number");
        Expr::new(Kind::Number(literal), span)
    };
    Expr::new(Kind::Cases(vec![(number("1"), Some(condition.clone())), (number("0"), None)]), span)
}
