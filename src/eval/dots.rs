//! What dots stand for: `1 + 2 + \dots + n`, `1^2 + 2^2 + \dots + n^2`, `n(n-1) \cdots 1`, `1 + \frac12 + \frac14 + \dots`.
//!
//! Terms have one shape and differ in numbers that run in equal steps up to those of the last term; or the last term is the
//! formula for all of them, `1 + 4 + \dots + n^2`; or their values run in equal steps or with one quotient. The last term
//! has to be reached exactly, after a whole number of steps: none leaves the first term alone, and the one before it
//! nothing. Where two rules come to two values, nothing is guessed.

use super::alternating::Combine;
use super::error::At;
use super::pattern::{fits, pattern, running_name};
use super::value::Value;
use super::{Code, EvalError, Evaluator, Result, ops};
use crate::num::exact::{root, to_integer};
use crate::num::{Number, Rational};
use crate::source::Span;
use crate::syntax::{Binary, Expr, Kind, Name, Unary};
use dashu::base::{BitTest, EstimatedLog2};

/// More steps are not taken one by one.
const MOST_STEPS: i64 = 100_000;
/// Where the name that runs may begin.
const FIRST_PLACES: std::ops::RangeInclusive<i64> = -1..=3;
/// Stands for any larger number of steps.
const BEYOND: i64 = i64::MAX / 2;
/// Powers of a quotient are tried up to here.
const MOST_POWERS: i64 = 20_000;

/// A number that runs: what it is called in the pattern, its value in the first term, and its step.
pub(super) struct Running {
    name: Name,
    first: Rational,
    step: Rational,
}

/// A rule for the terms.
pub(super) enum Rule {
    /// A pattern with running numbers, and how many steps it takes.
    Shape { pattern: Expr, running: Vec<Running>, steps: i64 },
    /// The last term is a formula for all, in which this name runs.
    Formula { formula: Expr, name: Name, first: i64, steps: i64 },
    /// Equal steps between the values.
    Arithmetic { first: Rational, last: Rational, step: Rational, steps: i64 },
    /// Squares or cubes of whole numbers in a row.
    Powers { first: Rational, degree: usize, steps: i64 },
    /// One quotient of the values.
    Geometric { first: Rational, quotient: Rational, steps: i64 },
}

impl Rule {
    /// How many terms come after the first.
    pub(super) fn steps(&self) -> i64 {
        match self {
            Self::Shape { steps, .. }
            | Self::Formula { steps, .. }
            | Self::Arithmetic { steps, .. }
            | Self::Powers { steps, .. }
            | Self::Geometric { steps, .. } => *steps,
        }
    }
}

impl Evaluator<'_> {
    pub(super) fn dots(
        &mut self,
        product: bool,
        shown: &[Expr],
        last: Option<&Expr>,
        span: Span,
    ) -> Result<Value> {
        let Some(last) = last else {
            let values = self.exact_values(shown)?;
            return without_end(values.as_deref(), span);
        };
        let how = if product { Combine::Product } else { Combine::Sum };
        let rules = self.rules(shown, last)?;
        if !rules.is_empty() {
            return self.by_rules(&rules, how, span);
        }
        match how {
            Combine::Sum => self.alternating(shown, last, span),
            _ => Err(left_out(span)),
        }
    }

    /// The rules that lead from the terms that are shown to the last one.
    pub(super) fn rules(&mut self, shown: &[Expr], last: &Expr) -> Result<Vec<Rule>> {
        let values = self.exact_values(shown)?;
        let shape = self.shape(shown, last)?;
        let end = self.exact_values(std::slice::from_ref(last))?.map(|mut end| end.remove(0));
        let (arithmetic, geometric) = match (&values, &end) {
            (Some(values), Some(end)) if shown.len() > 1 || is_plain(last) => {
                (arithmetic(values, end), geometric(values, end))
            }
            _ => (None, None),
        };
        let formulas = self.formulas(shown, last)?;
        let rules: Vec<Rule> = match (shape, arithmetic, geometric) {
            // Denominators may run as well as halves of halves.
            (Some(shape), _, Some(other)) if is_fraction(last) && shown.len() == 2 => vec![shape, other],
            // What has the shape in its first two terms alone may have run by a formula.
            (Some(shape), ..) if shown.len() == 2 => [shape].into_iter().chain(formulas).collect(),
            (Some(shape), ..) => vec![shape],
            (None, ..) if !formulas.is_empty() => formulas,
            (None, one, other) => {
                let powers =
                    values.as_deref().zip(end.as_ref()).and_then(|(values, end)| powers(values, end));
                let other = other.filter(|_| one.is_none() || is_constant(last));
                [one, other, powers].into_iter().flatten().collect()
            }
        };
        // A last term that is a number lies beyond those that are shown; one with a name may be any of them, or none.
        let is_beyond = |rule: &Rule| !is_constant(last) || rule.steps() >= shown.len() as i64;
        Ok(rules.into_iter().filter(is_beyond).collect())
    }

    /// What all of the rules come to.
    pub(super) fn by_rules(&mut self, rules: &[Rule], how: Combine, span: Span) -> Result<Value> {
        let found: Vec<Value> =
            rules.iter().map(|rule| self.by_rule(rule, how, span)).collect::<Result<_>>()?;
        match found.as_slice() {
            [] => Err(left_out(span)),
            [value] => Ok(value.clone()),
            [one, others @ ..] => match others.iter().find(|other| !same_number(one, other)) {
                None => Ok(one.clone()),
                Some(other) => {
                    let message = format!("by one rule for these terms this is {one}, by another {other}");
                    Err(EvalError::new(Code::Ambiguous, span, message)
                        .help("write one more term before the dots, or `\\sum`"))
                }
            },
        }
    }

    /// The values, if all are exact numbers.
    fn exact_values(&mut self, exprs: &[Expr]) -> Result<Option<Vec<Rational>>> {
        let values = self.all(exprs)?;
        let exact = |value: &Value| value.as_number().and_then(Number::as_exact).cloned();
        Ok(values.iter().map(exact).collect())
    }

    /// The pattern that the last term that is shown has in common with the very last one, if it also has the others.
    fn shape(&mut self, shown: &[Expr], last: &Expr) -> Result<Option<Rule>> {
        let Some((newest, before)) = shown.split_last() else { return Ok(None) };
        let mut pairs = Vec::new();
        let Some(pattern) = pattern(newest, last, &mut pairs) else { return Ok(None) };
        if pairs.is_empty() || matches!(pattern.kind, Kind::Name(_)) {
            return Ok(None);
        }
        // Of elements and calls the shape leaves no doubt, whatever their values.
        let is_certain = before.iter().all(|term| fits(&pattern, term, &mut vec![None; pairs.len()]))
            && pattern.any(|node| matches!(node.kind, Kind::Subscript { .. } | Kind::Apply { .. }));
        let (starts, ends): (Vec<Expr>, Vec<Expr>) = pairs.into_iter().unzip();
        let (Some(starts), Some(ends)) = (self.exact_values(&starts)?, self.exact_values(&ends)?) else {
            return Ok(None);
        };
        let possible = match before.last() {
            Some(before) => self.possible_steps(&pattern, &starts, before)?,
            None => vec![vec![Rational::ONE; starts.len()], vec![-Rational::ONE; starts.len()]],
        };
        let mut stuck = false;
        for steps in possible {
            match self.shape_with(&pattern, &starts, &ends, &steps, before)? {
                // One term does not say in which direction it goes on to nothing.
                Some(rule) if before.is_empty() && rule.steps() < 0 => {}
                Some(rule) => return Ok(Some(rule)),
                None => stuck |= is_certain,
            }
        }
        if stuck { Err(left_out(last.span)) } else { Ok(None) }
    }

    /// The last term as a formula for all of them: which of its names runs, and from where, so that the terms that are shown
    /// come out.
    fn formulas(&mut self, shown: &[Expr], last: &Expr) -> Result<Vec<Rule>> {
        let mut names: Vec<Name> = Vec::new();
        last.walk(&mut |node| match &node.kind {
            Kind::Name(name) if !names.contains(name) => names.push(name.clone()),
            _ => {}
        });
        if shown.len() < 2 || matches!(last.ungrouped().kind, Kind::Name(_)) {
            return Ok(Vec::new());
        }
        let shown = self.all(shown)?;
        let mut rules = Vec::new();
        for name in names {
            let value = self.eval(&Expr::new(Kind::Name(name.clone()), last.span));
            let Some(end) = value.ok().as_ref().and_then(|value| value.as_number()?.to_integer()) else {
                continue;
            };
            let Ok(end) = i64::try_from(end) else { continue };
            for first in FIRST_PLACES {
                if end - first >= -1 && self.comes_out(last, &name, first, &shown) {
                    rules.push(Rule::Formula {
                        formula: last.clone(),
                        name: name.clone(),
                        first,
                        steps: end - first,
                    });
                }
            }
        }
        Ok(rules)
    }

    fn comes_out(&mut self, formula: &Expr, name: &Name, first: i64, shown: &[Value]) -> bool {
        shown.iter().zip(first..).all(|(term, place)| {
            let value = self.with_local(name, place, formula);
            value.is_ok_and(|value| {
                let pair = value.as_number().zip(term.as_number());
                pair.is_some_and(|(one, other)| one.compare(other).is_some_and(std::cmp::Ordering::is_eq))
            })
        })
    }

    fn with_local(&mut self, name: &Name, value: i64, formula: &Expr) -> Result<Value> {
        self.locals.push((name.clone(), Number::from(Rational::from(value)).into()));
        let value = self.eval(formula);
        self.locals.pop();
        value
    }

    /// By how much the numbers of the pattern may run: as the term before shows it, or by one.
    fn possible_steps(
        &mut self,
        pattern: &Expr,
        starts: &[Rational],
        before: &Expr,
    ) -> Result<Vec<Vec<Rational>>> {
        let mut numbers = vec![None; starts.len()];
        if fits(pattern, before, &mut numbers)
            && let Some(numbers) = numbers.into_iter().collect::<Option<Vec<Expr>>>()
        {
            let numbers = self.exact_values(&numbers)?;
            let steps =
                numbers.map(|numbers| starts.iter().zip(numbers).map(|(start, one)| start - one).collect());
            return Ok(steps.into_iter().collect());
        }
        let all = |step: Rational| vec![step; starts.len()];
        Ok(vec![all(Rational::ONE), all(-Rational::ONE)])
    }

    fn shape_with(
        &mut self,
        pattern: &Expr,
        starts: &[Rational],
        ends: &[Rational],
        steps: &[Rational],
        before: &[Expr],
    ) -> Result<Option<Rule>> {
        let Some(rest) = common_count(starts, ends, steps) else { return Ok(None) };
        let count = before.len() as i64;
        let numbers = starts.iter().zip(steps).enumerate();
        let running: Vec<Running> = numbers
            .map(|(at, (start, step))| Running {
                name: running_name(at),
                first: start - step * Rational::from(count),
                step: step.clone(),
            })
            .collect();
        for (at, term) in before.iter().enumerate() {
            let term = self.eval(term)?;
            // Where the pattern has no value, it is not that of these terms.
            let Ok(value) = self.at_step(pattern, &running, at as i64) else { return Ok(None) };
            if !same_number(&term, &value) {
                return Ok(None);
            }
        }
        let steps = count + rest;
        Ok((steps >= -1).then(|| Rule::Shape { pattern: pattern.clone(), running, steps }))
    }

    fn at_step(&mut self, pattern: &Expr, running: &[Running], step: i64) -> Result<Value> {
        let outer = self.locals.len();
        for number in running {
            let value = &number.first + &number.step * Rational::from(step);
            self.locals.push((number.name.clone(), Number::from(value).into()));
        }
        let value = self.eval(pattern);
        self.locals.truncate(outer);
        value
    }

    fn by_rule(&mut self, rule: &Rule, how: Combine, span: Span) -> Result<Value> {
        let p = self.precision;
        if let (Rule::Arithmetic { first, last, step, .. }, Combine::Sum) = (rule, how) {
            let terms = (last - first) / step + Rational::ONE;
            return Ok(Number::from((first + last) * terms / Rational::from(2)).into());
        }
        let steps = rule.steps();
        if steps > MOST_STEPS {
            return Err(EvalError::new(Code::Limit, span, format!("more than {MOST_STEPS} terms")));
        }
        let mut total = if how == Combine::Product { ops::one() } else { ops::zero() };
        let mut next = match rule {
            Rule::Geometric { first, .. } => first.clone(),
            _ => Rational::ZERO,
        };
        for at in 0..=steps {
            let term = match rule {
                Rule::Shape { pattern, running, .. } => self.at_step(pattern, running, at)?,
                Rule::Formula { formula, name, first, .. } => self.with_local(name, first + at, formula)?,
                Rule::Arithmetic { first, step, .. } => {
                    Number::from(first + step * Rational::from(at)).into()
                }
                Rule::Powers { first, degree, .. } => {
                    let base = first + Rational::from(at);
                    Number::from(base.pow(*degree as isize)).into()
                }
                Rule::Geometric { quotient, .. } => {
                    let term = Number::from(next.clone()).into();
                    next *= quotient;
                    term
                }
            };
            self.charge_long_product(&total, &term, span)?;
            total = match how {
                Combine::Product => ops::multiply(&total, &term, p),
                Combine::Alternating if at % 2 == 1 => ops::subtract(&total, &term, p),
                Combine::Sum | Combine::Alternating => ops::add(&total, &term, p),
            }
            .at(span)?;
            self.spend(1, span)?;
            self.charge(&total, 1, span)?;
        }
        Ok(total)
    }
}

/// A sum that goes on for ever: with one quotient below one.
fn without_end(values: Option<&[Rational]>, span: Span) -> Result<Value> {
    let Some(values @ [first, ..]) = values.filter(|values| values.len() > 2) else {
        return Err(left_out(span));
    };
    let Some(quotient) = quotient(values) else { return Err(left_out(span)) };
    if quotient >= Rational::ONE || quotient <= -Rational::ONE {
        return Err(EvalError::new(Code::Undefined, span, "what goes on like this does not converge"));
    }
    Ok(Number::from(first / (Rational::ONE - quotient)).into())
}

pub(super) fn left_out(span: Span) -> EvalError {
    let message =
        "dots leave out what would have to be computed: no rule leads from these terms to the last one";
    EvalError::new(Code::Unsupported, span, message).help("write `\\sum` or `\\prod`")
}

/// Equal steps between the values, up to the last one.
fn arithmetic(values: &[Rational], last: &Rational) -> Option<Rule> {
    let first = &values[0];
    let step = match values {
        [one] => whole_step(one, last)?,
        _ => &values[1] - first,
    };
    let even = values.windows(2).all(|pair| &pair[1] - &pair[0] == step);
    let steps = count(first, last, &step).filter(|steps| *steps >= -1)?;
    even.then(|| Rule::Arithmetic { first: first.clone(), last: last.clone(), step, steps })
}

/// From one whole number to another by ones.
fn whole_step(first: &Rational, last: &Rational) -> Option<Rational> {
    to_integer(first)?;
    to_integer(last)?;
    Some(if last < first { -Rational::ONE } else { Rational::ONE })
}

/// One quotient of the values, up to the last one.
fn geometric(values: &[Rational], last: &Rational) -> Option<Rule> {
    let quotient = quotient(values)?;
    let first = values[0].clone();
    let steps = if last * &quotient == first { -1 } else { powers_between(&first, last, &quotient)? };
    Some(Rule::Geometric { first, quotient, steps })
}

/// How often `quotient` leads from `first` to `last`. Their sizes say about how often it would be, so that only what may
/// be equal is multiplied out.
fn powers_between(first: &Rational, last: &Rational, quotient: &Rational) -> Option<i64> {
    if last == first {
        return Some(0);
    }
    if *last == Rational::ZERO {
        return None;
    }
    let [begun, ended, (lo, hi)] = [first, last, quotient].map(|value| value.log2_bounds());
    let ends = [ended.0 - begun.1, ended.1 - begun.0].map(|size| [size / lo, size / hi]).concat();
    let fewest = ends.iter().copied().fold(f32::INFINITY, f32::min).max(1.0).floor();
    let most = ends.iter().copied().fold(f32::NEG_INFINITY, f32::max).ceil();
    // Where the quotient is all but 1, sizes tell nothing.
    if !(lo * hi > 0.0 && most - fewest < 8.0 && most <= MOST_POWERS as f32) {
        return None;
    }
    let bits = |value: &Rational| [value.numerator().bit_len(), value.denominator().bit_len()];
    let ([over, under], begun, ended) = (bits(quotient), bits(first), bits(last));
    // What stands over or under the power is cancelled by no more than what the first one has on the other side.
    let may_lead = |steps: usize| {
        steps * (over - 1) <= ended[0] + begun[1] && steps * (under - 1) <= ended[1] + begun[0]
    };
    let leads = |steps: &usize| may_lead(*steps) && first * quotient.pow(*steps as isize) == *last;
    (fewest as usize..=most as usize).find(leads).map(|steps| steps as i64)
}

/// Squares or cubes of whole numbers in a row, up to the last one.
fn powers(values: &[Rational], last: &Rational) -> Option<Rule> {
    if values.len() < 2 {
        return None;
    }
    (2..=3).find_map(|degree| {
        let base = |value: &Rational| root(value, degree).filter(|base| to_integer(base).is_some());
        let bases: Vec<Rational> = values.iter().map(base).collect::<Option<_>>()?;
        let in_a_row = bases.windows(2).all(|pair| &pair[1] - &pair[0] == Rational::ONE);
        let steps = count(&bases[0], &base(last)?, &Rational::ONE).filter(|steps| *steps >= -1)?;
        in_a_row.then(|| Rule::Powers { first: bases[0].clone(), degree, steps })
    })
}

fn quotient(values: &[Rational]) -> Option<Rational> {
    let [first, second, ..] = values else { return None };
    if *first == Rational::ZERO || *second == Rational::ZERO {
        return None;
    }
    let quotient = second / first;
    let is_sign = quotient == Rational::ONE || quotient == -Rational::ONE;
    let same = values.windows(2).all(|pair| pair[1] == &pair[0] * &quotient);
    (same && !is_sign).then_some(quotient)
}

/// How many steps lead from one number to another, [`BEYOND`] where they are more.
fn count(from: &Rational, to: &Rational, step: &Rational) -> Option<i64> {
    if *step == Rational::ZERO {
        return None;
    }
    let steps = (to - from) / step;
    let is_positive = steps > Rational::ZERO;
    let whole = to_integer(&steps)?;
    i64::try_from(whole).ok().map(|steps| steps.min(BEYOND)).or(is_positive.then_some(BEYOND))
}

/// The same count for all numbers that run.
fn common_count(starts: &[Rational], ends: &[Rational], steps: &[Rational]) -> Option<i64> {
    let mut common = None;
    for ((start, end), step) in starts.iter().zip(ends).zip(steps) {
        if *step == Rational::ZERO {
            (start == end).then_some(())?;
            continue;
        }
        let count = count(start, end, step)?;
        (common.is_none() || common == Some(count)).then_some(())?;
        common = Some(count);
    }
    common
}

/// Whether two values cannot be told apart.
fn same_number(one: &Value, other: &Value) -> bool {
    match (one.as_number(), other.as_number()) {
        (Some(one), Some(other)) => one.compare(other).is_none_or(std::cmp::Ordering::is_eq),
        _ => false,
    }
}

/// Whether no name stands in it.
fn is_constant(expr: &Expr) -> bool {
    !expr.any(|node| matches!(node.kind, Kind::Name(_) | Kind::Subscript { .. }))
}

/// Whether a last term may be one of the whole numbers that begin with the only term before it: a number, a name, or the sum
/// of such.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Number(_) | Kind::Name(_) => true,
        Kind::Unary(Unary::Group | Unary::Negate, inner) => is_plain(inner),
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => is_plain(lhs) && is_plain(rhs),
        _ => false,
    }
}

/// A fraction of two numbers.
fn is_fraction(expr: &Expr) -> bool {
    let is_number = |expr: &Expr| match &expr.ungrouped().kind {
        Kind::Number(_) => true,
        Kind::Binary(Binary::Power, base, exponent) => {
            [base, exponent].iter().all(|part| matches!(part.ungrouped().kind, Kind::Number(_)))
        }
        _ => false,
    };
    matches!(&expr.ungrouped().kind, Kind::Binary(Binary::Divide, top, bottom) if is_number(top) && is_number(bottom))
}
