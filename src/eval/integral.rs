//! Integrals: exact for polynomials, by quadrature for the rest. A derivative passes through: with respect to the
//! limits by their values there, with respect to the integrand under the integral (Leibniz).

use std::rc::Rc;

use super::error::At;
use super::estimate::{Body, End, Part, mentions, project};
use super::iterated::is_inner;
use super::value::Value;
use super::{Evaluator, Result, ops};
use crate::num::quadrature::{Bound, Nesting, Place, integrate_with, peaks};
use crate::num::{Number, Rational};
use crate::syntax::{Binary, Expr, Kind, Name, Unary};

/// Polynomials of a higher degree are left to quadrature.
const HIGHEST_DEGREE: usize = 64;

impl Evaluator<'_> {
    pub(super) fn integral(&mut self, body: &Body<'_>, lower: &Expr, upper: &Expr) -> Result<Value> {
        if body.expr.any(|node| matches!(node.kind, Kind::Integral { .. }))
            && let Some(value) = self.iterated(body, lower, upper)?
        {
            return Ok(value);
        }
        let ends = [self.range_end(lower)?, self.range_end(upper)?];
        if let [End::At(from), End::At(to)] = &ends
            && let Some(coefficients) = self.polynomial(body.expr, body)
        {
            return self.antiderivative(&coefficients, from, to, body);
        }
        self.part_of_integral(body, &ends, &mut Vec::new())
    }

    /// An integral around others, if it is that of a polynomial or a product of integrals.
    fn iterated(&mut self, body: &Body<'_>, lower: &Expr, upper: &Expr) -> Result<Option<Value>> {
        let [lower, upper] = [lower, upper].map(|end| Box::new(end.clone()));
        let (variable, inner) = (body.variable.clone(), Box::new(body.expr.clone()));
        let kind = Kind::Integral { variable, lower: lower.clone(), upper: upper.clone(), body: inner };
        match self.iterated_polynomial(&Expr::new(kind, body.span)) {
            None => self.separated(body, &lower, &upper),
            value => Ok(value),
        }
    }

    /// The integral of the part of the body that `path` leads to.
    fn part_of_integral(&mut self, body: &Body<'_>, ends: &[End; 2], path: &mut Vec<Part>) -> Result<Value> {
        let inside = self.body_at(body, inside(ends).into()).ok().map(|value| project(&value, path));
        let tag = |value: Option<&Value>| match value {
            Some(Value::Dual(dual)) => Some(dual.tag),
            _ => None,
        };
        let tags = [inside.as_ref(), at(&ends[0]), at(&ends[1])].map(tag);
        let Some(tag) = tags.into_iter().flatten().max() else {
            let number = self.quadrature(body, [bound(&ends[0]), bound(&ends[1])], path)?;
            return Ok(self.estimated(number));
        };
        let fixed = [primal(&ends[0], tag), primal(&ends[1], tag)];
        path.push(Part::Primal(tag));
        let value = self.part_of_integral(body, &fixed, path);
        path.pop();
        path.push(Part::Tangent(tag));
        let slope = self.part_of_integral(body, &fixed, path);
        path.pop();
        let (value, mut slope) = (value?, slope?);
        for (end, sign) in [(&ends[1], ops::one()), (&ends[0], ops::negate(&ops::one()).at(body.span)?)] {
            let Some(end) = at(end) else { continue };
            let (place, Some(speed)) = ops::parts(end, tag) else { continue };
            let there = self.body_at(body, place.clone())?;
            let there = ops::parts(&project(&there, path), tag).0.clone();
            let p = self.precision;
            let step =
                ops::multiply(&ops::multiply(&there, speed, p).at(body.span)?, &sign, p).at(body.span)?;
            slope = ops::add(&slope, &step, p).at(body.span)?;
        }
        Ok(ops::make_dual(tag, value, slope))
    }

    fn quadrature(&mut self, body: &Body<'_>, bounds: [Bound; 2], path: &[Part]) -> Result<Number> {
        let folded = (self.nesting == 0 && is_iterated(body)).then(|| self.folded(body));
        let body = &Body { expr: folded.as_ref().unwrap_or(body.expr), ..*body };
        let nesting = match self.nesting {
            depth if is_iterated(body) => Nesting::Around(depth),
            0 => Nesting::Alone,
            depth => Nesting::Within(depth),
        };
        let asks = Rc::clone(&self.asked);
        let allowed = if nesting == Nesting::Alone { 0.0 } else { asks.take() };
        self.nesting += 1;
        let number = self.peaks(body, &bounds, path, nesting).and_then(|peaks| {
            let place = Place { nesting, allowed, asks: Some(&asks) };
            let precision = self.precision;
            self.estimate(body, path, |f| integrate_with(f, bounds, &peaks, precision, place))
        });
        asks.set(0.0);
        self.nesting -= 1;
        number
    }

    /// Where the terms of the body have narrow peaks: in their sum, one could hide in the tail of another.
    fn peaks(
        &mut self,
        body: &Body<'_>,
        bounds: &[Bound; 2],
        path: &[Part],
        nesting: Nesting,
    ) -> Result<Vec<Rational>> {
        let mut found = Vec::new();
        for expr in terms(body.expr, body.variable) {
            let term = Body { expr, ..*body };
            found.extend(self.estimate(&term, path, |function| Ok(peaks(function, bounds, nesting)))?);
        }
        let is_inside = |place: &Rational| {
            let place = Number::Exact(place.clone());
            let is = |one: &Number, other: &Number| one.compare(other).is_some_and(std::cmp::Ordering::is_lt);
            let [one, other] = bounds.each_ref().map(|bound| match bound {
                Bound::At(end) => (is(end, &place), is(&place, end)),
                Bound::MinusInfinity => (true, false),
                Bound::Infinity => (false, true),
            });
            one.0 && other.1 || one.1 && other.0
        };
        found.extend(self.switches(body).into_iter().filter(is_inside));
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// The coefficients of `expr` as a polynomial in the variable, the constant one first, if it is one.
    fn polynomial(&mut self, expr: &Expr, body: &Body<'_>) -> Option<Vec<Value>> {
        if !mentions(expr, body.variable) {
            let value = self.eval(expr).ok()?;
            return matches!(value, Value::Number(_) | Value::Dual(_)).then(|| vec![value]);
        }
        let p = self.precision;
        match &expr.kind {
            Kind::Name(name) if name == body.variable => Some(vec![ops::zero(), ops::one()]),
            Kind::Unary(Unary::Group | Unary::Plus, inner) => self.polynomial(inner, body),
            Kind::Unary(Unary::Negate, inner) => {
                self.polynomial(inner, body)?.iter().map(|value| ops::negate(value).ok()).collect()
            }
            Kind::Binary(operator, lhs, rhs) => {
                let lhs = self.polynomial(lhs, body)?;
                match (operator, self.polynomial(rhs, body)?) {
                    (Binary::Add, rhs) => self.combined(&lhs, &rhs, |a, b| ops::add(a, b, p).ok()),
                    (Binary::Subtract, rhs) => self.combined(&lhs, &rhs, |a, b| ops::subtract(a, b, p).ok()),
                    (Binary::Multiply(_), rhs) => self.product(&lhs, &rhs),
                    (Binary::Divide, rhs) => match rhs.as_slice() {
                        [only] => lhs.iter().map(|value| ops::divide(value, only, p).ok()).collect(),
                        _ => None,
                    },
                    (Binary::Power, rhs) => match rhs.as_slice() {
                        [Value::Number(exponent)] => {
                            let exponent = usize::try_from(exponent.to_integer()?).ok()?;
                            let allowed = exponent * (lhs.len() - 1) <= HIGHEST_DEGREE && exponent > 0;
                            let mut powers = (1..exponent.min(HIGHEST_DEGREE + 1)).filter(|_| allowed);
                            allowed.then(|| {
                                powers.try_fold(lhs.clone(), |power, _| self.product(&power, &lhs))
                            })?
                        }
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn combined(
        &self,
        lhs: &[Value],
        rhs: &[Value],
        combine: impl Fn(&Value, &Value) -> Option<Value>,
    ) -> Option<Vec<Value>> {
        let zero = ops::zero();
        let get = |side: &[Value], idx: usize| side.get(idx).unwrap_or(&zero).clone();
        (0..lhs.len().max(rhs.len())).map(|idx| combine(&get(lhs, idx), &get(rhs, idx))).collect()
    }

    fn product(&self, lhs: &[Value], rhs: &[Value]) -> Option<Vec<Value>> {
        let p = self.precision;
        let mut product = vec![ops::zero(); lhs.len() + rhs.len() - 1];
        for (i, a) in lhs.iter().enumerate() {
            for (j, b) in rhs.iter().enumerate() {
                product[i + j] = ops::add(&product[i + j], &ops::multiply(a, b, p).ok()?, p).ok()?;
            }
        }
        (product.len() <= HIGHEST_DEGREE + 1).then_some(product)
    }

    /// The antiderivative of a polynomial at `to` less that at `from`.
    fn antiderivative(
        &mut self,
        coefficients: &[Value],
        from: &Value,
        to: &Value,
        body: &Body<'_>,
    ) -> Result<Value> {
        let p = self.precision;
        let value = |x: &Value| {
            let terms = coefficients.iter().enumerate().rev();
            let sum = terms
                .map(|(k, c)| ops::divide(c, &Value::integer(k as u64 + 1), p))
                .try_fold(ops::zero(), |sum, c| ops::add(&ops::multiply(&sum, x, p)?, &c?, p));
            ops::multiply(&sum?, x, p)
        };
        value(to).and_then(|upper| ops::subtract(&upper, &value(from)?, p)).at(body.span)
    }
}

/// Whether an integral inside the body has to be computed for each value of the variable.
fn is_iterated(body: &Body<'_>) -> bool {
    body.expr.any(|node| is_inner(node, body.variable))
}

/// What may have peaks of its own in `expr`: the terms of a sum, also of one that is multiplied or divided.
fn terms<'e>(expr: &'e Expr, variable: &Name) -> Vec<&'e Expr> {
    let terms = |expr| terms(expr, variable);
    match &expr.kind {
        Kind::Unary(Unary::Group | Unary::Plus | Unary::Negate, inner) => terms(inner),
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => [terms(lhs), terms(rhs)].concat(),
        Kind::Binary(operator @ (Binary::Multiply(_) | Binary::Divide), lhs, rhs) => {
            // What is divided by has its peaks where the quotient has none.
            let over = matches!(operator, Binary::Divide);
            let factors = [terms(lhs), if over { Vec::new() } else { terms(rhs) }];
            let sums = factors.into_iter().filter(|terms| terms.len() > 1);
            sums.flatten().chain([expr]).filter(|term| mentions(term, variable)).collect()
        }
        _ => vec![expr],
    }
}

fn at(end: &End) -> Option<&Value> {
    match end {
        End::At(value) => Some(value),
        _ => None,
    }
}

fn primal(end: &End, tag: u32) -> End {
    match end {
        End::At(value) => End::At(ops::parts(value, tag).0.clone()),
        other => other.clone(),
    }
}

fn bound(end: &End) -> Bound {
    match end {
        End::MinusInfinity => Bound::MinusInfinity,
        End::Infinity => Bound::Infinity,
        End::At(value) => Bound::At(value.as_number().cloned().unwrap_or_else(Number::zero)),
    }
}

/// A point between the ends that is none of the usual special ones.
fn inside(ends: &[End; 2]) -> Number {
    let number = |end: &End| at(end).and_then(Value::as_number).map(Number::to_f64);
    let middle = match (number(&ends[0]), number(&ends[1])) {
        (Some(from), Some(to)) => from + (to - from) * 0.437,
        (Some(from), None) => from + if matches!(ends[1], End::Infinity) { 1.437 } else { -1.437 },
        (None, Some(to)) => to + if matches!(ends[0], End::Infinity) { 1.437 } else { -1.437 },
        (None, None) => 0.437,
    };
    Number::from_f64(middle).unwrap_or_else(Number::zero)
}
