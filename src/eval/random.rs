//! Expectations, variances, covariances and probabilities over independent random names.
//!
//! The expression is evaluated with a polynomial for each random number, whose mean follows from the moments. Where a
//! maximum, an absolute value or a condition changes its case, the region is split there. What is no polynomial is
//! summed over all outcomes if they are few, and integrated over one number. The rest is an error, and can be estimated by
//! `mean(expr, samples, seed)`.

use std::sync::Arc;

use super::domain::{Domain, Family, Law, Shape};
use super::error::At;
use super::polynomial::{Atom, Region};
use super::scope::{BindingId, Definition};
use super::value::Value;
use super::{Accuracy, EvalError, Evaluator, Result, ops};
use crate::diag::Code;
use crate::num::distribution::Distribution;
use crate::num::{Number, Precision, Rational};
use crate::source::Span;
use crate::syntax::{Binary, Builtin, Condition, Expr, Kind, Literal, Name, Product};

/// A region is split into so many parts at most.
const MOST_REGIONS: usize = 512;
/// So many outcomes are summed at most.
const MOST_OUTCOMES: usize = 20_000;

/// A random name with its numbers.
pub(super) struct Variable {
    id: BindingId,
    shape: Shape,
    pub(super) distributions: Vec<Arc<Distribution>>,
}

impl Evaluator<'_> {
    /// As [`Self::statistic`], and only once for all trials if it is the same in each.
    pub(super) fn statistic_in_trials(
        &mut self,
        builtin: Builtin,
        args: &[Expr],
        span: Span,
    ) -> Result<Value> {
        let Some((trials, situation)) = self.trials.zip(self.situation()) else {
            return self.statistic(builtin, args, span);
        };
        let (scope, before) = (self.scope, self.before);
        let is_closed = || scope.is_closed(builtin, args, before);
        let compute = || {
            let outer = self.evaluated(ops::zero());
            (self.inexact, self.is_estimate, self.accuracy) = (false, false, Accuracy::Exact);
            let value = self.statistic(builtin, args, span);
            let mean = value.map(|value| self.evaluated(value));
            (self.inexact, self.is_estimate, self.accuracy) =
                (outer.inexact, outer.is_estimate, outer.accuracy);
            mean
        };
        let mean = trials.average((builtin, span, before), args, situation, is_closed, compute)?;
        Ok(self.taken(mean))
    }

    /// What an average that hangs on no name with a domain depends on here; `None` if more than that is replaced.
    fn situation(&self) -> Option<(Vec<(Name, Rational)>, Precision)> {
        let is_free =
            |(id, _): &(BindingId, Value)| self.scope.domain(*id).is_some_and(|domain| domain.law.is_none());
        if !self.overlays.iter().all(is_free) {
            return None;
        }
        let exact =
            |(name, value): &(Name, Value)| Some((name.clone(), value.as_number()?.as_exact()?.clone()));
        Some((self.locals.iter().map(exact).collect::<Option<_>>()?, self.precision))
    }

    /// `E[…]`, `Var(…)`, `Cov(…, …)`, `P(…)`; the names that a subscript says they run over come last.
    fn statistic(&mut self, builtin: Builtin, args: &[Expr], span: Span) -> Result<Value> {
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
                if error.is_undecided()
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

    pub(super) fn variables(&mut self, ids: &[BindingId]) -> Result<Vec<Variable>> {
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
        let made = |at: usize| {
            let numbers: Option<Vec<Number>> =
                parameters.iter().map(|parameter| parameter_of(parameter, at)).collect();
            let made = numbers.and_then(|numbers| distribution(law.family, numbers)).map(Arc::new);
            made.ok_or_else(|| {
                let message = "no such distribution: a variance or a rate is not negative, a probability lies from 0 to 1, the elements of a list are independent";
                EvalError::new(Code::Undefined, span, message)
            })
        };
        let count = domain.shape.count();
        match parameters.iter().all(|parameter| matches!(parameter, Value::Number(_))) {
            true => Ok(vec![made(0)?; count]),
            false => (0..count).map(made).collect(),
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
    Expr::new(
        Kind::Cases(vec![(number("1"), vec![vec![condition.clone()]]), (number("0"), Vec::new())]),
        span,
    )
}
