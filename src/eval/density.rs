//! Averages of what is no polynomial, over one continuous random number: the integral of it times the density.

use super::error::At;
use super::estimate::number;
use super::random::Variable;
use super::value::Value;
use super::{Evaluator, Result};
use crate::num::quadrature::{Bound, integrate};
use crate::source::Span;
use crate::syntax::Expr;

impl Evaluator<'_> {
    /// The mean of `body`, as an estimate; `None` unless it is over one number that has a density.
    pub(super) fn by_density(
        &mut self,
        body: &Expr,
        variables: &[Variable],
        span: Span,
    ) -> Option<Result<Value>> {
        let mut distributions = variables.iter().flat_map(|variable| &variable.distributions);
        let (Some(distribution), None) = (distributions.next(), distributions.next()) else { return None };
        let support = distribution.standard_support()?;
        let ends = [
            support.lower.map_or(Bound::MinusInfinity, Bound::At),
            support.upper.map_or(Bound::Infinity, Bound::At),
        ];
        let precision = self.precision;
        let term = |evaluator: &mut Self, t: &_| {
            let p = evaluator.precision;
            let (value, density) = distribution.at_standard(t, p).at(span)?;
            let value = evaluator.with_values(body, variables, vec![value.into()])?;
            number(value, body.span)?.mul(&density, p).at(span)
        };
        let mean = self.estimate_of(span, term, |function| integrate(function, ends, precision));
        Some(mean.map(|mean| self.estimated(mean)))
    }
}
