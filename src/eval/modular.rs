//! What is left on division by a whole number: of fractions, by inverses (`3^{-1} \bmod 7` is 5), and of powers that are too
//! long to be written out, by the remainders of their parts.

use super::error::At;
use super::value::Value;
use super::{EvalError, Evaluator, Point, Result, Scope};
use crate::diag::Code;
use crate::num::{IBig, MathError, Number, Precision, Rational};
use crate::source::Span;
use crate::syntax::{Binary, Expr, Kind, Unary};

/// So many steps on single bits may a power take: exponents and moduli of 1000 digits fit in.
const MAX_WORK: u128 = 200_000_000_000;

/// Evaluates a part of what a remainder is taken of; `None` if the value is not known exactly.
type Exact<'x> = dyn FnMut(&Expr) -> Result<Option<Rational>> + 'x;

impl Scope {
    /// The value where names with a domain have these values, if it is known exactly.
    pub fn exact_at(&self, expr: &Expr, point: &Point) -> Result<Option<Rational>> {
        match self.evaluate_at(expr, point, Precision::DOUBLE)?.value {
            Value::Number(number) => Ok(number.as_exact().cloned()),
            other => {
                let message =
                    format!("a congruence is one of whole numbers, and this is {}", other.describe());
                Err(EvalError::new(Code::WrongType, expr.span, message))
            }
        }
    }

    /// What `expr` leaves on division by `modulus`, from 0 to one less. A fraction is its numerator times the inverse of
    /// its denominator.
    pub fn remainder(&self, expr: &Expr, modulus: &IBig, point: &Point) -> Result<IBig> {
        remainder(expr, modulus, &mut |part| self.exact_at(part, point))
    }
}

impl Evaluator<'_> {
    /// `lhs \bmod rhs`.
    #[inline(never)]
    pub(super) fn modulo(&mut self, lhs: &Expr, rhs: &Expr, span: Span) -> Result<Value> {
        let dividend = match self.eval(lhs) {
            Err(error) if error.code == Code::Limit && !error.is_too_deep() && !self.is_exhausted() => {
                return self.modulo_by_parts(lhs, rhs)?.ok_or(error);
            }
            dividend => dividend?,
        };
        let divisor = self.eval(rhs)?;
        match inverse_modulo(lhs, &dividend, &divisor) {
            Some(value) => value.at(span),
            None => self.operate(Binary::Modulo, &dividend, &divisor, span),
        }
    }

    /// The remainder of what is too long to be written out; `None` unless all its parts are whole numbers.
    fn modulo_by_parts(&mut self, lhs: &Expr, rhs: &Expr) -> Result<Option<Value>> {
        let divisor = self.eval(rhs)?;
        let Some(modulus) = modulus(&divisor) else { return Ok(None) };
        let mut is_whole = true;
        let rest = remainder(lhs, &modulus, &mut |part| {
            let exact = self.eval(part)?.as_number().and_then(Number::as_exact).cloned();
            is_whole &= exact.as_ref().is_some_and(Rational::is_int);
            Ok(exact)
        });
        Ok(rest.ok().filter(|_| is_whole).map(|rest| Number::Exact(Rational::from(rest)).into()))
    }
}

/// A fraction modulo a whole number: its numerator times the inverse of its denominator, if it has one. `None` if no
/// inverse is meant.
fn inverse_modulo(
    formula: &Expr,
    fraction: &Value,
    divisor: &Value,
) -> Option<std::result::Result<Value, MathError>> {
    let fraction = fraction.as_number()?.as_exact()?;
    if fraction.is_int() || !holds_inverse(formula) {
        return None;
    }
    let modulus = modulus(divisor).filter(|modulus| *modulus > IBig::ONE)?;
    Some(match reduced(fraction, &modulus) {
        Some(rest) => Ok(Number::Exact(Rational::from(rest)).into()),
        None => Err(MathError::domain("inverse modulo", fraction.denominator().to_string())),
    })
}

/// A whole number above 0.
fn modulus(value: &Value) -> Option<IBig> {
    let value = value.as_number()?.as_exact()?;
    (value.is_int() && *value > Rational::ZERO).then(|| value.numerator().clone())
}

/// Whether something is raised to a negative power in it, and it is no decimal or power of ten.
fn holds_inverse(expr: &Expr) -> bool {
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

fn remainder(expr: &Expr, modulus: &IBig, exact: &mut Exact<'_>) -> Result<IBig> {
    let value = exact(expr);
    if let Ok(Some(value)) = &value {
        return reduced(value, modulus).ok_or_else(|| {
            let message = format!("this is no whole number, and has no inverse modulo {modulus} either");
            EvalError::new(Code::Undefined, expr.span, message)
        });
    }
    match by_parts(expr, modulus, exact)? {
        Some(remainder) => Ok(remainder),
        None => {
            value?;
            let message = "a congruence is one of whole numbers, and this is not known to be one";
            Err(EvalError::unsettled(expr.span, message))
        }
    }
}

/// The remainder from those of the parts, for numbers that are too long to be written out.
fn by_parts(expr: &Expr, modulus: &IBig, exact: &mut Exact<'_>) -> Result<Option<IBig>> {
    let mut part = |part: &Expr| remainder(part, modulus, exact);
    let value = match &expr.kind {
        Kind::Unary(Unary::Group | Unary::Plus, inner) => part(inner)?,
        Kind::Unary(Unary::Negate, inner) => -part(inner)?,
        Kind::Binary(Binary::Add, lhs, rhs) => part(lhs)? + part(rhs)?,
        Kind::Binary(Binary::Subtract, lhs, rhs) => part(lhs)? - part(rhs)?,
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => part(lhs)? * part(rhs)?,
        Kind::Binary(Binary::Power, base, exponent) => {
            let base = part(base)?;
            let exponent = exact(exponent)?.filter(|value| value.is_int() && *value >= Rational::ZERO);
            let Some(exponent) = exponent else { return Ok(None) };
            let exponent = exponent.numerator().clone();
            let bits = |value: &IBig| value.to_string().len() as u128 * 4;
            if bits(&exponent) * bits(modulus).pow(2) > MAX_WORK {
                let message = "the exponent and the modulus are too long for this to be computed";
                return Err(EvalError::new(Code::Limit, expr.span, message));
            }
            power(base, exponent, modulus)
        }
        _ => return Ok(None),
    };
    Ok(Some(least(value, modulus)))
}

/// The remainder of a fraction: that of its numerator times the inverse of its denominator, if there is one.
fn reduced(value: &Rational, modulus: &IBig) -> Option<IBig> {
    let inverse = inverse(value.denominator().as_ibig(), modulus)?;
    Some(least(value.numerator() * inverse, modulus))
}

/// The inverse modulo `modulus`, by Euclid's algorithm.
fn inverse(value: &IBig, modulus: &IBig) -> Option<IBig> {
    let (mut last, mut rest) = (modulus.clone(), least(value.clone(), modulus));
    let (mut before, mut factor) = (IBig::ZERO, IBig::ONE);
    while !rest.is_zero() {
        let quotient = &last / &rest;
        (last, rest) = (rest.clone(), last - &quotient * &rest);
        (before, factor) = (factor.clone(), before - quotient * factor);
    }
    last.is_one().then(|| least(before, modulus))
}

/// `base^exponent`, squared step by step.
fn power(mut base: IBig, mut exponent: IBig, modulus: &IBig) -> IBig {
    let mut result = least(IBig::ONE, modulus);
    while !exponent.is_zero() {
        if &exponent % 2u8 == 1u8 {
            result = least(result * &base, modulus);
        }
        base = least(base.clone() * base, modulus);
        exponent >>= 1;
    }
    result
}

/// The remainder that is never negative.
fn least(value: IBig, modulus: &IBig) -> IBig {
    let remainder = value % modulus;
    if remainder < IBig::ZERO { remainder + modulus } else { remainder }
}

#[cfg(test)]
mod tests {
    use super::{IBig, inverse, power};

    /// From Python's `pow`.
    #[test]
    fn powers_and_inverses_are_those_of_python() {
        let big = |value: u64| IBig::from(value);
        assert_eq!(power(big(3), big(1_000_000_007), &big(1_000_003)), big(43643));
        assert_eq!(inverse(&big(3), &big(7)), Some(big(5)));
        assert_eq!(inverse(&big(10), &big(1_000_003)), Some(big(300001)));
        assert_eq!(inverse(&big(6), &big(9)), None);
        assert_eq!(inverse(&big(0), &big(1)), Some(big(0)));
    }
}
