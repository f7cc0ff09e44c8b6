//! Integrals inside integrals: exact where all is a polynomial, as a product where the variables part, and else nothing.
//!
//! ∫∫ f(x) g(y) = ∫ f(x) ∫ g(y) where no limit depends on the other variable (Fubini), e to a sum being a product.

use std::collections::BTreeMap;

use super::error::At;
use super::estimate::{Body, mentions};
use super::value::Value;
use super::{Evaluator, Result, ops};
use crate::source::Span;
use crate::syntax::{Binary, Builtin, Expr, Kind, Literal, Name, Product, Unary};

/// A higher power of one variable is left to quadrature.
const HIGHEST_POWER: u32 = 64;
/// So are more terms.
const MOST_TERMS: usize = 1_000;

/// The coefficient of each product of powers, whose exponents are in the order of the variables.
type Terms = BTreeMap<Vec<u32>, Value>;

impl Evaluator<'_> {
    /// The integral of a polynomial in several variables, whose limits are polynomials in those outside; `None` if it is
    /// something else.
    pub(super) fn iterated_polynomial(&mut self, integral: &Expr) -> Option<Value> {
        let mut terms = self.terms(integral, &mut Vec::new())?;
        match terms.len() {
            0 => Some(ops::zero()),
            _ => terms.pop_first().map(|(_, value)| value),
        }
    }

    /// `expr` as a polynomial in these variables.
    fn terms<'e>(&mut self, expr: &'e Expr, variables: &mut Vec<&'e Name>) -> Option<Terms> {
        self.spend(1, expr.span).ok()?;
        let is_constant = !variables.iter().any(|variable| mentions(expr, variable));
        if is_constant && !(variables.is_empty() && matches!(expr.kind, Kind::Integral { .. })) {
            let value = self.eval(expr).ok()?;
            let known = matches!(value, Value::Number(_) | Value::Dual(_));
            return known.then(|| Terms::from([(vec![0; variables.len()], value)]));
        }
        let p = self.precision;
        match &expr.kind {
            Kind::Name(name) => {
                let at = variables.iter().rposition(|variable| *variable == name)?;
                let power = (0..variables.len()).map(|idx| u32::from(idx == at)).collect();
                Some(Terms::from([(power, ops::one())]))
            }
            Kind::Unary(Unary::Group | Unary::Plus, inner) => self.terms(inner, variables),
            Kind::Unary(Unary::Negate, inner) => {
                each(self.terms(inner, variables)?, |value| ops::negate(value).ok())
            }
            Kind::Binary(operator, lhs, rhs) => {
                let lhs = self.terms(lhs, variables)?;
                match operator {
                    Binary::Add => {
                        let rhs = self.terms(rhs, variables)?;
                        self.sum(lhs, rhs)
                    }
                    Binary::Subtract => {
                        let rhs = each(self.terms(rhs, variables)?, |value| ops::negate(value).ok())?;
                        self.sum(lhs, rhs)
                    }
                    Binary::Multiply(_) => {
                        let rhs = self.terms(rhs, variables)?;
                        self.terms_product(&lhs, &rhs, expr)
                    }
                    Binary::Divide => {
                        let by = constant(self.terms(rhs, variables)?)?;
                        each(lhs, |value| ops::divide(value, &by, p).ok())
                    }
                    Binary::Power => {
                        let exponent = constant(self.terms(rhs, variables)?)?;
                        let exponent = u32::try_from(exponent.as_number()?.to_integer()?).ok()?;
                        self.power(&lhs, exponent, expr)
                    }
                    Binary::Modulo => None,
                }
            }
            Kind::Integral { variable, lower, upper, body } => {
                let ends = [self.terms(lower, variables)?, self.terms(upper, variables)?];
                variables.push(variable);
                let terms = self.terms(body, variables);
                variables.pop();
                self.antiderivative_between(terms?, &ends, expr)
            }
            _ => None,
        }
    }

    /// The integral over the last variable, which is gone then.
    fn antiderivative_between(&mut self, terms: Terms, ends: &[Terms; 2], expr: &Expr) -> Option<Terms> {
        let mut total = Terms::new();
        for (mut powers, value) in terms {
            let power = powers.pop()? + 1;
            let factor = ops::divide(&value, &Value::integer(u64::from(power)), self.precision).ok()?;
            let [lower, upper] = [self.power(&ends[0], power, expr)?, self.power(&ends[1], power, expr)?];
            let between = self.sum(upper, each(lower, |value| ops::negate(value).ok())?)?;
            let rest = Terms::from([(powers, factor)]);
            total = self.sum(total, self.terms_product(&rest, &between, expr)?)?;
        }
        Some(total)
    }

    fn sum(&self, mut lhs: Terms, rhs: Terms) -> Option<Terms> {
        for (powers, value) in rhs {
            let sum = match lhs.get(&powers) {
                Some(other) => ops::add(other, &value, self.precision).ok()?,
                None => value,
            };
            lhs.insert(powers, sum);
        }
        (lhs.len() <= MOST_TERMS).then_some(lhs)
    }

    fn terms_product(&self, lhs: &Terms, rhs: &Terms, expr: &Expr) -> Option<Terms> {
        self.spend((lhs.len() * rhs.len()) as u64, expr.span).ok()?;
        let mut product = Terms::new();
        for (one, a) in lhs {
            for (other, b) in rhs {
                let powers: Vec<u32> = one.iter().zip(other).map(|(one, other)| one + other).collect();
                if powers.iter().any(|power| *power > HIGHEST_POWER) {
                    return None;
                }
                let value = ops::multiply(a, b, self.precision).ok()?;
                product = self.sum(product, Terms::from([(powers, value)]))?;
            }
        }
        Some(product)
    }

    fn power(&self, base: &Terms, exponent: u32, expr: &Expr) -> Option<Terms> {
        // What is to the power 0 need not have a value where it is 0.
        let mut rest = (1..exponent.min(HIGHEST_POWER + 2)).map(|_| ());
        (exponent > 0)
            .then(|| rest.try_fold(base.clone(), |power, ()| self.terms_product(&power, base, expr)))?
    }

    /// The integral over what is a product, of which only one factor depends on the variable; `None` if nothing comes
    /// out of the integral.
    pub(super) fn separated(&mut self, body: &Body<'_>, lower: &Expr, upper: &Expr) -> Result<Option<Value>> {
        let parts = |powers| self.split(body.expr, body.variable, powers);
        let (mut without, mut with) = parts(true);
        if with.iter().any(|factor| factor.any(|node| is_inner(node, body.variable))) {
            // Powers that were taken apart for nothing are longer, and greater, than before.
            (without, with) = parts(false);
        }
        if without.is_empty() {
            return Ok(None);
        }
        let factors = self.all(&without)?;
        // Of lists and matrices a product is something else, and not the same in another order.
        if !factors.iter().all(|factor| matches!(factor, Value::Number(_) | Value::Dual(_))) {
            return Ok(None);
        }
        let rest = product_of(with, body.span);
        let integral = self.integral(&Body { expr: &rest, ..*body }, lower, upper)?;
        let product = factors
            .iter()
            .try_fold(integral, |product, factor| ops::multiply(&product, factor, self.precision));
        product.map(Some).at(body.span)
    }

    /// The factors of `expr` in which `variable` does not occur, and those in which it does; e to a sum is a product where
    /// `powers` says so.
    fn split(&self, expr: &Expr, variable: &Name, powers: bool) -> (Vec<Expr>, Vec<Expr>) {
        if !mentions(expr, variable) {
            // A factor 1 would come out of what is left for ever.
            let is_one = matches!(&expr.kind, Kind::Number(literal) if literal.value.is_one());
            return (if is_one { Vec::new() } else { vec![expr.clone()] }, Vec::new());
        }
        let span = expr.span;
        match &expr.kind {
            Kind::Unary(Unary::Group | Unary::Plus, inner) => self.split(inner, variable, powers),
            Kind::Unary(Unary::Negate, inner) => {
                let (mut without, with) = self.split(inner, variable, powers);
                without.push(Expr::new(Kind::Unary(Unary::Negate, Box::new(one(span))), span));
                (without, with)
            }
            Kind::Binary(Binary::Multiply(Product::Implicit | Product::Dot | Product::Times), lhs, rhs) => {
                joined(self.split(lhs, variable, powers), self.split(rhs, variable, powers))
            }
            Kind::Binary(Binary::Divide, lhs, rhs) => {
                let (mut without, mut with) = self.split(rhs, variable, powers);
                for factor in without.iter_mut().chain(&mut with) {
                    *factor = binary(Binary::Divide, one(span), factor.clone());
                }
                joined(self.split(lhs, variable, powers), (without, with))
            }
            Kind::Binary(Binary::Power, base, exponent) if powers && self.is_e(base) => {
                exponentials(exponent, variable)
            }
            Kind::Call(Builtin::Exp, args) if powers && args.len() == 1 => exponentials(&args[0], variable),
            Kind::Integral { variable: inner, lower, upper, body }
                if inner != variable && ![lower, upper].iter().any(|end| mentions(end, variable)) =>
            {
                let (out, inside) = self.split(body, inner, powers);
                let out = out.iter().map(|factor| self.split(factor, variable, powers)).reduce(joined);
                let inside: Vec<_> =
                    inside.iter().map(|factor| self.split(factor, variable, powers)).collect();
                let (free, bound) = inside.into_iter().reduce(joined).unwrap_or_default();
                let integral = |factors: Vec<Expr>| {
                    let body = Box::new(product_of(factors, span));
                    let (lower, upper) = (lower.clone(), upper.clone());
                    Expr::new(Kind::Integral { variable: inner.clone(), lower, upper, body }, span)
                };
                let integral = match bound.is_empty() {
                    true => (vec![integral(free)], Vec::new()),
                    false => (Vec::new(), vec![integral([free, bound].concat())]),
                };
                joined(out.unwrap_or_default(), integral)
            }
            _ => (Vec::new(), vec![expr.clone()]),
        }
    }
}

impl Evaluator<'_> {
    /// The body with numbers in the place of what is the same exact number at all points.
    pub(super) fn folded(&mut self, body: &Body<'_>) -> Expr {
        let mut bound = vec![body.variable.clone()];
        body.expr.walk(&mut |node| match &node.kind {
            Kind::Integral { variable, .. } | Kind::Limit { variable, .. } => bound.push(variable.clone()),
            Kind::Fold { ranges, .. } => bound.extend(ranges.iter().map(|range| range.variable.clone())),
            Kind::At { upper, lower, .. } => {
                bound.extend(upper.iter().chain(lower).map(|(name, _)| name.clone()));
            }
            Kind::Derivative { variables, .. } | Kind::Gradient { variables, .. } => {
                bound.extend(variables.iter().map(|(name, _)| name.clone()));
            }
            _ => {}
        });
        body.expr.replaced(&mut |node| {
            let is_formula = matches!(node.kind, Kind::Binary(..) | Kind::Unary(..));
            if !is_formula || bound.iter().any(|name| mentions(node, name)) {
                return None;
            }
            let value = self.eval(node).ok()?;
            let value = value.as_number()?.as_exact()?.clone();
            Some(Expr::new(Kind::Number(Literal { value, ..Literal::one() }), node.span))
        })
    }
}

/// Whether this is an integral in which the variable of the one around it occurs.
pub(super) fn is_inner(node: &Expr, variable: &Name) -> bool {
    matches!(node.kind, Kind::Integral { .. }) && mentions(node, variable)
}

/// e to the terms of a sum, those in which the variable does not occur apart.
fn exponentials(exponent: &Expr, variable: &Name) -> (Vec<Expr>, Vec<Expr>) {
    let mut sums = (Vec::new(), Vec::new());
    addends(exponent, variable, &|term| term, &mut sums);
    let power = |terms: Vec<Expr>| {
        let sum = terms.into_iter().reduce(|sum, term| binary(Binary::Add, sum, term));
        sum.map(|sum| Expr::new(Kind::Call(Builtin::Exp, vec![sum]), exponent.span)).into_iter().collect()
    };
    (power(sums.0), power(sums.1))
}

/// Adds the terms of a sum, `outside` of which stand signs and divisors.
fn addends(expr: &Expr, variable: &Name, outside: &dyn Fn(Expr) -> Expr, sums: &mut (Vec<Expr>, Vec<Expr>)) {
    let negated = |term: Expr| {
        let span = term.span;
        outside(Expr::new(Kind::Unary(Unary::Negate, Box::new(term)), span))
    };
    match &expr.kind {
        Kind::Unary(Unary::Group | Unary::Plus, inner) => addends(inner, variable, outside, sums),
        Kind::Unary(Unary::Negate, inner) => addends(inner, variable, &negated, sums),
        Kind::Binary(Binary::Add, lhs, rhs) => {
            addends(lhs, variable, outside, sums);
            addends(rhs, variable, outside, sums);
        }
        Kind::Binary(Binary::Subtract, lhs, rhs) => {
            addends(lhs, variable, outside, sums);
            addends(rhs, variable, &negated, sums);
        }
        Kind::Binary(Binary::Divide, lhs, rhs) if !mentions(rhs, variable) => {
            let over = |term: Expr| outside(binary(Binary::Divide, term, (**rhs).clone()));
            addends(lhs, variable, &over, sums);
        }
        _ if mentions(expr, variable) => sums.1.push(outside(expr.clone())),
        _ => sums.0.push(outside(expr.clone())),
    }
}

fn joined(one: (Vec<Expr>, Vec<Expr>), other: (Vec<Expr>, Vec<Expr>)) -> (Vec<Expr>, Vec<Expr>) {
    ([one.0, other.0].concat(), [one.1, other.1].concat())
}

fn product_of(factors: Vec<Expr>, span: Span) -> Expr {
    let multiply = |product, factor| binary(Binary::Multiply(Product::Dot), product, factor);
    factors.into_iter().reduce(multiply).unwrap_or_else(|| one(span))
}

fn binary(operator: Binary, lhs: Expr, rhs: Expr) -> Expr {
    let span = lhs.span;
    Expr::new(Kind::Binary(operator, Box::new(lhs), Box::new(rhs)), span)
}

fn one(span: Span) -> Expr {
    Expr::new(Kind::Number(Literal::one()), span)
}

fn each(terms: Terms, change: impl Fn(&Value) -> Option<Value>) -> Option<Terms> {
    terms.into_iter().map(|(powers, value)| Some((powers, change(&value)?))).collect()
}

/// The only coefficient, if no variable occurs.
fn constant(mut terms: Terms) -> Option<Value> {
    let (powers, value) = terms.pop_first()?;
    (terms.is_empty() && powers.iter().all(|power| *power == 0)).then_some(value)
}
