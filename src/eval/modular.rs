//! Inverses in modular arithmetic: `3^{-1} \bmod 7` is 5.

use dashu::base::ExtendedGcd;
use dashu::integer::{IBig, UBig};

use super::Evaluator;
use super::error::At;
use super::value::Value;
use crate::num::exact::to_integer;
use crate::num::{MathError, Number, Rational};
use crate::source::Span;
use crate::syntax::{Binary, Expr, Kind, Unary};

/// Whether something is raised to a negative power in it, and it is no decimal or power of ten.
pub(super) fn holds_inverse(expr: &Expr) -> bool {
    let is_decimal = |node: &Expr| matches!(&node.kind, Kind::Number(literal) if !literal.is_integer());
    let is_ten =
        |base: &Expr| matches!(&base.ungrouped().kind, Kind::Number(literal) if literal.digits == "10");
    let is_inverse = |node: &Expr| match &node.kind {
        Kind::Binary(Binary::Power, base, exponent) => {
            matches!(exponent.ungrouped().kind, Kind::Unary(Unary::Negate, _)) && !is_ten(base)
        }
        _ => false,
    };
    expr.any(is_inverse) && !expr.any(is_decimal)
}

impl Evaluator<'_> {
    /// A remainder of what holds inverses.
    #[inline(never)]
    pub(super) fn modulo(&mut self, lhs: &Expr, rhs: &Expr, span: Span) -> super::Result<Value> {
        let values = [self.eval(lhs)?, self.eval(rhs)?];
        match inverse_modulo(&values) {
            Some(value) => value.at(span),
            None => self.operate(Binary::Modulo, &values[0], &values[1], span),
        }
    }
}

/// A fraction modulo a whole number: its numerator times the inverse of its denominator, if it has one. `None` if there is
/// no denominator or no such modulus.
fn inverse_modulo([fraction, modulus]: &[Value; 2]) -> Option<Result<Value, MathError>> {
    let exact = |value: &Value| value.as_number()?.as_exact().cloned();
    let (fraction, modulus) = (exact(fraction)?, exact(modulus)?);
    let modulus =
        UBig::try_from(to_integer(&modulus)?.clone()).ok().filter(|modulus| *modulus > UBig::ONE)?;
    if fraction.denominator() == &UBig::ONE {
        return None;
    }
    let (divisor, inverse, _) = (fraction.denominator() % &modulus).gcd_ext(modulus.clone());
    if divisor != UBig::ONE {
        return Some(Err(MathError::domain("inverse modulo", fraction.denominator().to_string())));
    }
    let modulus = IBig::from(modulus);
    let product = fraction.numerator() * inverse % &modulus;
    let positive = (product + &modulus) % modulus;
    Some(Ok(Number::Exact(Rational::from(positive)).into()))
}
