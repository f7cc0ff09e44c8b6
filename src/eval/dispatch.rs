//! From the kind of an expression to what computes it.

use super::error::At;
use super::estimate::Body;
use super::operators::binary;
use super::{Code, EvalError, Evaluator, Matrix, Result, Value, builtins, linear, network, ops};
use crate::num::Number;
use crate::source::Span;
use crate::syntax::{Binary, Builtin, Expr, Kind, Unary, is_angle};

impl Evaluator<'_> {
    pub(super) fn dispatch(&mut self, expr: &Expr) -> Result<Value> {
        let (span, p) = (expr.span, self.precision);
        match &expr.kind {
            Kind::Number(literal) => {
                self.inexact |= literal.digits.contains('.');
                let varied = self.literal.filter(|_| self.before == self.scope.len());
                if let Some(interval) = varied.and_then(|interval| interval(literal)) {
                    return Ok(interval.into());
                }
                Ok(Number::Exact(literal.value.clone()).into())
            }
            Kind::Text(text) => Ok(Value::text(text)),
            Kind::Name(name) => self.name(name, span),
            Kind::Subscript { base, indices } => self.subscript(base, indices, span),
            Kind::Unary(Unary::Ellipsis, inner) if let Kind::Number(literal) = &inner.kind => {
                self.going_on(literal).at(span)
            }
            Kind::Unary(Unary::Bars, inner) if self.is_set(inner) => {
                let set = self.eval(inner)?;
                self.call_builtin(Builtin::Cardinality, &[set], span)
            }
            Kind::Unary(unary, inner) => {
                let value = self.eval(inner)?;
                let value = self.unary(*unary, &value).at(span)?;
                if matches!(unary, Unary::Factorial | Unary::DoubleFactorial) {
                    self.charge(&value, 256, span)?;
                }
                Ok(value)
            }
            Kind::Binary(Binary::Power, base, exponent)
                if let Some((inner, half)) = even_power_of_norm(base, exponent)
                    && !self.is_set(inner) =>
            {
                let inner = self.eval(inner)?;
                let value = match (&base.ungrouped().kind, &inner) {
                    // Between bars a matrix is its determinant.
                    (Kind::Unary(..), Value::Matrix(matrix)) => linear::determinant(matrix, p)
                        .and_then(|value| ops::power(&value, &Value::integer(u64::from(2 * half)), p)),
                    _ => ops::norm_to_even_power(&inner, half, p),
                };
                let value = value.at(span)?;
                self.note_irrational(&value);
                Ok(value)
            }
            Kind::Binary(Binary::Power, base, exponent) if self.is_e(base) => {
                let exponent = self.eval(exponent)?;
                let value = match exponent {
                    Value::Number(_) | Value::Dual(_) => builtins::apply(Builtin::Exp, &[exponent], p),
                    _ => binary(Binary::Power, &self.eval(base)?, &exponent, p),
                };
                let value = value.at(span)?;
                self.note_irrational(&value);
                Ok(value)
            }
            Kind::Binary(..) if let Some(angle) = self.converted_degrees(expr) => self.eval(angle),
            Kind::Binary(Binary::Modulo, lhs, rhs) => self.modulo(lhs, rhs, span),
            Kind::Binary(operator, lhs, rhs) => {
                let (lhs, rhs) = (self.eval(lhs)?, self.eval(rhs)?);
                self.operate(*operator, &lhs, &rhs, span)
            }
            Kind::Call(builtin, args) => self.call_of(*builtin, args, span),
            _ => self.dispatch_other(expr),
        }
    }

    /// A function of this kind applied. Apart from the rest, since the frame of an evaluation is there once for each level.
    #[inline(never)]
    fn call_of(&mut self, builtin: Builtin, args: &[Expr], span: Span) -> Result<Value> {
        match builtin {
            Builtin::Network => self.network(args, span),
            Builtin::Vgg => self.vgg(args, span),
            Builtin::DoubleDescent => self.double_descent(args, span),
            Builtin::Diff => self.diff(args, span),
            Builtin::Log if args.len() == 1 => self.open_logarithm(&args[0], span),
            builtin if builtin.is_average() => self.statistic_in_trials(builtin, args, span),
            Builtin::Mean if args.len() == 3 => self.monte_carlo(args, span),
            builtin if builtin.makes_set() => {
                args.iter().try_for_each(|arg| self.check_set(arg))?;
                let args = self.all(args)?;
                self.call_builtin(builtin, &args, span)
            }
            builtin => {
                if let Some(value) = self.logarithm_of_power(builtin, args, span)? {
                    return Ok(value);
                }
                let args = self.all(args)?;
                self.call_builtin(builtin, &args, span)
            }
        }
    }

    /// What is neither a number, a name, arithmetic nor a built-in function, for the same reason apart.
    #[inline(never)]
    fn dispatch_other(&mut self, expr: &Expr) -> Result<Value> {
        let span = expr.span;
        match &expr.kind {
            Kind::Apply { function, order, args } => self.apply(function, *order, args, span),
            Kind::Index(base, indices) => {
                let value = self.eval(base)?;
                match base.kind {
                    Kind::Unary(Unary::Group, _) => self.element(&value, indices, span),
                    _ => self.index(&value, indices, span),
                }
            }
            Kind::Member(base, field) => {
                let base = self.eval(base)?;
                network::member(&base, field).at(span)
            }
            Kind::Method(base, method, args) => {
                let base = self.eval(base)?;
                self.method(&base, method, args, span)
            }
            Kind::List(items) => Ok(Value::list(self.all(items)?)),
            Kind::Matrix(rows) => self.matrix(rows, span),
            Kind::Fold { fold, ranges, body } => self.fold(*fold, ranges, body, span),
            Kind::Derivative { partial, body, variables } => self.derivative(*partial, body, variables, span),
            Kind::Gradient { body, variables } => self.gradient(body, variables, span),
            Kind::Cases(branches) => self.cases(branches, span),
            Kind::At { body, upper, lower } => self.at_places(body, upper, lower, span),
            Kind::Unit(_, unit) if is_angle(unit) => Err(unconverted(unit, span)),
            Kind::Unit(inner, _) => self.eval(inner),
            Kind::TwoSigns(both) => self.two_signs(&both[..], span),
            Kind::Dots { product, shown, last } => self.dots(*product, shown, last.as_deref(), span),
            Kind::Infinity => Err(EvalError::new(Code::Unsupported, span, "infinity is no number here")),
            Kind::Condition(_) => Err(EvalError::new(Code::WrongType, span, "a condition is no number")),
            Kind::Integral { variable, lower, upper, body } => {
                self.integral(&Body { variable, expr: body, span }, lower, upper)
            }
            Kind::Limit { variable, point, side, body } => {
                self.limit(&Body { variable, expr: body, span }, point, *side)
            }
            // These have been dispatched.
            Kind::Number(_)
            | Kind::Text(_)
            | Kind::Name(_)
            | Kind::Subscript { .. }
            | Kind::Unary(..)
            | Kind::Binary(..)
            | Kind::Call(..) => Err(EvalError::new(Code::Unsupported, span, "this has no value")),
        }
    }

    fn matrix(&mut self, rows: &[Vec<Expr>], span: Span) -> Result<Value> {
        let rows: Vec<Vec<Value>> = rows.iter().map(|row| self.all(row)).collect::<Result<_>>()?;
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 || rows.iter().any(|row| row.len() != width) {
            return Err(EvalError::new(
                Code::WrongType,
                span,
                "the rows of this matrix have different lengths",
            ));
        }
        if width == 1 {
            let array = |cell: &Value| matches!(cell, Value::List(_) | Value::Matrix(_));
            // A column of numbers is a vector; of arrays, a list of lists.
            return Ok(match rows.iter().flatten().any(array) {
                true => Value::list(rows.into_iter().map(Value::list).collect()),
                false => Value::list(rows.into_iter().flatten().collect()),
            });
        }
        Ok(Value::Matrix(std::sync::Arc::new(Matrix { rows })))
    }
}

/// Apart from the evaluation, whose frames are many: an angle in a unit that no function takes.
#[cold]
fn unconverted(unit: &str, span: Span) -> EvalError {
    let message = format!("angles in `{}` are not converted", unit.trim());
    EvalError::new(Code::Units, span, message).help("write the angle in degrees or radians")
}

/// The argument of a norm, or of bars, that is raised to an even power, and half that power: no root is to
/// be taken that the power undoes.
pub(super) fn even_power_of_norm<'e>(base: &'e Expr, exponent: &Expr) -> Option<(&'e Expr, u32)> {
    let inner = match &base.ungrouped().kind {
        Kind::Call(Builtin::Norm, args) if args.len() == 1 => &args[0],
        Kind::Unary(Unary::Bars, inner) => inner,
        _ => return None,
    };
    let Kind::Number(literal) = &exponent.ungrouped().kind else { return None };
    let exponent: u32 = literal.text.parse().ok().filter(|power| (2..=8).contains(power))?;
    exponent.is_multiple_of(2).then_some((inner, exponent / 2))
}
