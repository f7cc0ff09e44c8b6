//! Operators applied to values: which arithmetic of `ops` and `builtins` each one stands for.

use std::cmp::Ordering;

use super::error::{At, Failure};
use super::{EvalError, Evaluator, Value, builtins, linear, norm, ops};
use crate::diag::Code;
use crate::num::{Number, Precision};
use crate::source::Span;
use crate::syntax::{Binary, Builtin, Expr, Kind, Literal, Product, Unary};

type Result<T> = std::result::Result<T, Failure>;

impl Evaluator<'_> {
    /// `1.414\ldots`: anything that begins with these digits.
    pub(super) fn going_on(&mut self, literal: &Literal) -> Result<Value> {
        let p = self.precision;
        self.inexact = true;
        let decimals = literal.digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let ten = Number::from(10i64);
        let unit = ten.pow(&Number::from(i64::from(literal.exponent) - decimals as i64), p)?;
        let least = Number::Exact(literal.value.clone());
        Ok(least.hull(&least.add(&unit, p)?, p)?.into())
    }

    pub(super) fn unary(&mut self, unary: Unary, value: &Value) -> Result<Value> {
        let p = self.precision;
        match unary {
            Unary::Negate => ops::negate(value),
            Unary::Plus | Unary::Group => Ok(value.clone()),
            Unary::Percent => ops::divide(value, &Value::integer(100), p),
            Unary::Degrees => {
                let radians = ops::multiply(value, &Number::pi(p)?.into(), p)?;
                self.inexact = true;
                ops::divide(&radians, &Value::integer(180), p)
            }
            Unary::Ellipsis => Err(Failure::Type("dots go on with the digits of a number only".to_owned())),
            Unary::Factorial => builtins::apply(Builtin::Factorial, std::slice::from_ref(value), p),
            Unary::DoubleFactorial => match value {
                Value::Number(number) => Ok(number.double_factorial()?.into()),
                other => Err(Failure::Type(format!("{} has no factorial", other.describe()))),
            },
            Unary::Bars => match value {
                Value::Matrix(matrix) => linear::determinant(matrix, p),
                Value::List(_) => norm::norm(value, None, p),
                _ => builtins::absolute(value, p),
            },
            Unary::Transpose => ops::transpose(value),
        }
    }
}

impl Evaluator<'_> {
    /// An operator between two values, with what it costs.
    pub(super) fn operate(
        &mut self,
        operator: Binary,
        lhs: &Value,
        rhs: &Value,
        span: Span,
    ) -> super::Result<Value> {
        self.charge_nested([lhs, rhs], span)?;
        let value = binary(operator, lhs, rhs, self.precision).at(span)?;
        self.note_irrational(&value);
        self.charge(&value, 1, span)?;
        Ok(value)
    }

    /// The two values of what holds `\pm`. It is a formula as a whole: a name for both would be one quantity to some and a
    /// number with its error to others.
    pub(super) fn two_signs(&mut self, both: &[Expr], span: Span) -> super::Result<Value> {
        if self.depth > 1 || self.before != self.scope.len() {
            let error = EvalError::new(Code::Ambiguous, span, "`\\pm` stands for two values");
            return Err(error.help("write each of the two as an equation of its own"));
        }
        let values = self.all(both)?;
        // `(\pm 3)^2` is 9 with either sign.
        Ok(match &values[..] {
            [Value::Number(one), Value::Number(two)]
                if one.is_exact() && one.compare(two) == Some(Ordering::Equal) =>
            {
                values[0].clone()
            }
            _ => Value::list(values),
        })
    }

    /// A built-in function applied to values, with what it costs.
    pub(super) fn call_builtin(
        &mut self,
        builtin: Builtin,
        args: &[Value],
        span: Span,
    ) -> super::Result<Value> {
        self.charge_nested(args, span)?;
        let value = builtins::apply(builtin, args, self.precision).at(span)?;
        self.note_irrational(&value);
        self.charge(&value, 256, span)?;
        Ok(value)
    }

    /// Counts what derivatives of derivatives cost: a product of two has three parts for each time.
    fn charge_nested<'v>(
        &self,
        values: impl IntoIterator<Item = &'v Value>,
        span: Span,
    ) -> super::Result<()> {
        let nesting = values.into_iter().map(ops::nesting).max().unwrap_or(0);
        if nesting < 2 {
            return Ok(());
        }
        self.spend(3u64.saturating_pow(nesting).saturating_mul(2), span)
    }

    /// The angle in `60^\circ \cdot \frac{\pi}{180}` and `\frac{60^\circ \pi}{180}`: whoever converts degrees by hand
    /// counts them, and the product is that angle in radians.
    pub(super) fn converted_degrees<'e>(&self, expr: &'e Expr) -> Option<&'e Expr> {
        let Kind::Binary(operator, lhs, rhs) = &expr.kind else { return None };
        let beside = |is: &dyn Fn(&Expr) -> bool| match () {
            // The shape first: hardly any product has it, and a name has to be looked up.
            () if is(rhs) && self.is_degrees(lhs) => Some(&**lhs),
            () if is(lhs) && self.is_degrees(rhs) => Some(&**rhs),
            () => None,
        };
        match operator {
            Binary::Multiply(_) => beside(&|factor| match &factor.ungrouped().kind {
                Kind::Binary(Binary::Divide, top, bottom) => self.is_pi(top) && is_half_turn(bottom),
                _ => false,
            }),
            Binary::Divide if is_half_turn(rhs) => match &lhs.ungrouped().kind {
                Kind::Binary(Binary::Multiply(_), one, other) => match () {
                    () if self.is_degrees(one) && self.is_pi(other) => Some(one),
                    () if self.is_degrees(other) && self.is_pi(one) => Some(other),
                    () => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    fn is_degrees(&self, expr: &Expr) -> bool {
        match &expr.ungrouped().kind {
            Kind::Unary(Unary::Degrees, _) => true,
            Kind::Name(name) => {
                let id = self.scope.lookup(name.as_str(), self.before);
                id.is_some_and(|id| self.scope.binding(id).nature.in_degrees)
            }
            _ => false,
        }
    }

    fn is_pi(&self, expr: &Expr) -> bool {
        matches!(&expr.ungrouped().kind, Kind::Name(name) if name.as_str() == "pi")
            && self.scope.lookup("pi", self.before).is_none()
    }
}

fn is_half_turn(expr: &Expr) -> bool {
    matches!(&expr.ungrouped().kind, Kind::Number(half_turn) if half_turn.digits == "180")
}

/// An operator between two values.
pub(super) fn binary(operator: Binary, lhs: &Value, rhs: &Value, p: Precision) -> Result<Value> {
    match operator {
        Binary::Add => ops::add(lhs, rhs, p),
        Binary::Subtract => ops::subtract(lhs, rhs, p),
        Binary::Multiply(product) => multiply(product, lhs, rhs, p),
        Binary::Divide => ops::divide(lhs, rhs, p),
        Binary::Power => ops::power(lhs, rhs, p),
        Binary::Modulo => builtins::apply(Builtin::Mod, &[lhs.clone(), rhs.clone()], p),
    }
}

/// Two lists: `\cdot` is their scalar product, `\odot` element by element, `\times` the cross product.
fn multiply(product: Product, lhs: &Value, rhs: &Value, p: Precision) -> Result<Value> {
    let (Value::List(a), Value::List(b)) = (lhs, rhs) else {
        return match product {
            Product::Elementwise if matches!(lhs, Value::Matrix(_)) => {
                ops::elementwise("multiplied", lhs, rhs, |a, b| ops::multiply(a, b, p))
            }
            _ => ops::multiply(lhs, rhs, p),
        };
    };
    match product {
        Product::Dot => ops::dot(a, b, p),
        Product::Elementwise => ops::elementwise("multiplied", lhs, rhs, |a, b| ops::multiply(a, b, p)),
        Product::Times if a.len() == 3 && b.len() == 3 => cross(a, b, p),
        _ => Err(Failure::Type(
            "two lists side by side have no product: write `\\cdot` or `\\odot`".to_owned(),
        )),
    }
}

fn cross(a: &[Value], b: &[Value], p: Precision) -> Result<Value> {
    let minor = |i: usize, j: usize| {
        ops::subtract(&ops::multiply(&a[i], &b[j], p)?, &ops::multiply(&a[j], &b[i], p)?, p)
    };
    Ok(Value::list(vec![minor(1, 2)?, minor(2, 0)?, minor(0, 1)?]))
}
