//! Dots between terms whose signs alternate, `1 - \frac13 + \frac15 - \dots + \frac19`, and what the terms and factors
//! of dots cost. The rules for the terms themselves are those of `dots`.

use dashu::base::BitTest;

use super::dots::{Rule, left_out};
use super::value::Value;
use super::{Evaluator, Result};
use crate::num::Number;
use crate::source::Span;
use crate::syntax::{Expr, Kind, Unary};

/// How what the dots stand for is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Combine {
    Sum,
    Product,
    /// The second term is subtracted, and every other one after it.
    Alternating,
}

/// Fewer terms before the dots do not show that their signs alternate.
const FEWEST_SIGNS: usize = 3;
/// So many kilobits of one factor times kilobits of the other cost as much as a step.
const LONG_PRODUCTS: u64 = 8;

impl Evaluator<'_> {
    /// The sum of terms whose signs alternate and whose magnitudes follow one rule. The sign of the last one has to be
    /// the one that its place gives it.
    pub(super) fn alternating(&mut self, shown: &[Expr], last: &Expr, span: Span) -> Result<Value> {
        let (signs, terms): (Vec<bool>, Vec<Expr>) = shown.iter().map(without_sign).unzip();
        let (last_sign, last) = without_sign(last);
        let alternate = signs.windows(2).all(|pair| pair[0] != pair[1]);
        if signs.len() < FEWEST_SIGNS || !alternate {
            return Err(left_out(span));
        }
        let fits = |rule: &Rule| last_sign == (signs[0] != (rule.steps() % 2 != 0));
        let rules = self.rules(&terms, &last)?;
        if !rules.iter().all(fits) {
            return Err(left_out(span));
        }
        let value = self.by_rules(&rules, Combine::Alternating, span)?;
        match signs[0] {
            true => super::ops::negate(&value).map_err(|_| left_out(span)),
            false => Ok(value),
        }
    }

    /// Counts what a product of two long numbers costs, or the conversion of a long one: that grows with the length of
    /// both, and `\cdots` between numbers of thousands of digits multiplies thousands of them.
    pub(super) fn charge_long_product(&self, lhs: &Value, rhs: &Value, span: Span) -> Result<()> {
        let kilobits = |value: &Value| match value {
            Value::Number(Number::Exact(number)) => {
                (number.numerator().bit_len() + number.denominator().bit_len()) as u64 / 1024
            }
            _ => 0,
        };
        let (lhs, rhs) = (kilobits(lhs), kilobits(rhs));
        self.spend((lhs.max(1) * rhs).div_ceil(LONG_PRODUCTS), span)
    }
}

/// Whether a minus stands before a term, and the term without it.
fn without_sign(term: &Expr) -> (bool, Expr) {
    match &term.kind {
        Kind::Unary(Unary::Negate, inner) => (true, (**inner).clone()),
        _ => (false, term.clone()),
    }
}
