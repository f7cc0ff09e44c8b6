//! Formulas whose values are beyond those of numbers, by their sign and the logarithm of their absolute value:
//! `\frac{n!}{n^n}` at n = 2^200. It knows the functions that grow without end, and no limits.

use std::cmp::Ordering;

use super::error::At;
use super::estimate::{mentions, number};
use super::{EvalError, Evaluator, MAX_DEPTH, Result};
use crate::num::{Function, MathError, Number, Precision};
use crate::syntax::{Binary, Builtin, Expr, Kind, Name, Unary};

type Arithmetic<T> = std::result::Result<T, MathError>;

/// A number other than zero.
#[derive(Clone, Debug)]
pub(super) struct Size {
    pub(super) is_negative: bool,
    /// The logarithm of its absolute value.
    pub(super) ln: Number,
}

impl Evaluator<'_> {
    /// The size of `expr`, in which `variable` has a value. Where it holds what has none, there is none.
    pub(super) fn size(&mut self, expr: &Expr, variable: &Name) -> Result<Size> {
        self.spend(1, expr.span)?;
        self.depth += 1;
        let size = match self.depth > MAX_DEPTH {
            true => Err(EvalError::too_deep(expr.span)),
            false => self.size_of(expr, variable),
        };
        self.depth -= 1;
        size
    }

    fn size_of(&mut self, expr: &Expr, variable: &Name) -> Result<Size> {
        let (span, p) = (expr.span, self.precision);
        if !mentions(expr, variable) {
            let value = self.plain(expr)?;
            return Size::of(&value, p).at(span);
        }
        match &expr.kind {
            Kind::Name(_) => {
                let value = self.plain(expr)?;
                Size::of(&value, p).at(span)
            }
            Kind::Unary(Unary::Group | Unary::Plus, inner) => self.size(inner, variable),
            Kind::Unary(Unary::Negate, inner) => Ok(self.size(inner, variable)?.negated()),
            Kind::Unary(Unary::Factorial, inner) => {
                let of = self.plain(inner)?.add(&Number::one(), p).at(span)?;
                let ln = Number::apply(Function::LnGamma, &[of], p).at(span)?;
                Ok(Size { is_negative: false, ln })
            }
            Kind::Binary(Binary::Power, base, exponent) => {
                let exponent = self.plain(exponent)?;
                if self.is_e(base) {
                    return Ok(Size { is_negative: false, ln: exponent });
                }
                self.size(base, variable)?.raised(&exponent, p).at(span)
            }
            Kind::Binary(operator, lhs, rhs) => {
                let (lhs, rhs) = (self.size(lhs, variable)?, self.size(rhs, variable)?);
                match operator {
                    Binary::Add => lhs.plus(&rhs, p),
                    Binary::Subtract => lhs.plus(&rhs.negated(), p),
                    Binary::Multiply(_) => lhs.times(&rhs, p),
                    Binary::Divide => lhs.over(&rhs, p),
                    _ => Err(unknown()),
                }
                .at(span)
            }
            Kind::Call(builtin, args) if let [arg] = &args[..] => {
                if *builtin == Builtin::Sqrt {
                    let half = Number::one().div(&Number::from(2), p).at(span)?;
                    return self.size(arg, variable)?.raised(&half, p).at(span);
                }
                let value = match builtin {
                    Builtin::Ln => {
                        let of = self.size(arg, variable)?;
                        (!of.is_negative).then_some(of.ln).ok_or_else(unknown).at(span)?
                    }
                    _ => self.plain(arg)?,
                };
                Size::called(*builtin, &value, p).at(span)
            }
            _ => Err(unknown()).at(span),
        }
    }

    fn plain(&mut self, expr: &Expr) -> Result<Number> {
        let value = self.eval(expr)?;
        number(value, expr.span)
    }
}

impl Size {
    fn of(value: &Number, p: Precision) -> Arithmetic<Self> {
        let is_negative = match value.sign() {
            Some(Ordering::Less) => true,
            Some(Ordering::Greater) => false,
            Some(Ordering::Equal) => return Err(unknown()),
            None => return Err(MathError::Undecided { function: "sign" }),
        };
        Ok(Self { is_negative, ln: value.abs().ln(p)? })
    }

    /// A function that grows, or the logarithm, whose value is given itself.
    fn called(builtin: Builtin, value: &Number, p: Precision) -> Arithmetic<Self> {
        let power = |ln: Number| Self { is_negative: false, ln };
        let (rising, falling) = (power(value.clone()), power(value.neg()));
        let half = |size: Self| size.over(&Self::of(&Number::from(2), p)?, p);
        match builtin {
            Builtin::Ln => Self::of(value, p),
            Builtin::Exp => Ok(rising),
            Builtin::Cosh => half(rising.plus(&falling, p)?),
            Builtin::Sinh => half(rising.plus(&falling.negated(), p)?),
            Builtin::Tanh => {
                rising.clone().plus(&falling.clone().negated(), p)?.over(&rising.plus(&falling, p)?, p)
            }
            _ => Err(unknown()),
        }
    }

    fn negated(self) -> Self {
        Self { is_negative: !self.is_negative, ..self }
    }

    fn times(&self, other: &Self, p: Precision) -> Arithmetic<Self> {
        Ok(Self { is_negative: self.is_negative != other.is_negative, ln: self.ln.add(&other.ln, p)? })
    }

    fn over(&self, other: &Self, p: Precision) -> Arithmetic<Self> {
        Ok(Self { is_negative: self.is_negative != other.is_negative, ln: self.ln.sub(&other.ln, p)? })
    }

    /// ln |a ± b| = ln a + ln(1 ± e^(ln b − ln a)), where a is the greater one.
    fn plus(&self, other: &Self, p: Precision) -> Arithmetic<Self> {
        let (greater, less) = match self.ln.compare(&other.ln) {
            Some(Ordering::Less) => (other, self),
            _ => (self, other),
        };
        let ratio = Number::apply(Function::Exp, &[less.ln.sub(&greater.ln, p)?], p)?;
        let ratio = if self.is_negative == other.is_negative { ratio } else { ratio.neg() };
        let ln = Number::apply(Function::Ln1p, &[ratio], p)?.add(&greater.ln, p)?;
        Ok(Self { is_negative: greater.is_negative, ln })
    }

    /// A negative number has whole powers only.
    fn raised(&self, exponent: &Number, p: Precision) -> Arithmetic<Self> {
        let is_odd = match exponent.to_integer() {
            Some(exponent) => &exponent % 2u8 != 0u8,
            None if self.is_negative => return Err(unknown()),
            None => false,
        };
        Ok(Self { is_negative: self.is_negative && is_odd, ln: self.ln.mul(exponent, p)? })
    }
}

fn unknown() -> MathError {
    MathError::Unsupported("the size of this is not known".to_owned())
}
