//! Logarithms: one whose base nothing says, and one of a power that is too far out to be computed.

use super::error::At;
use super::value::Value;
use super::{EvalError, Evaluator, Result, builtins, ops};
use crate::diag::Code;
use crate::num::Rational;
use crate::source::Span;
use crate::syntax::{Binary, Builtin, Expr, Kind, Product};

/// From this exponent on the logarithm of a power is that of its base, so many times.
const HUGE_EXPONENT: f64 = 1e5;

impl Evaluator<'_> {
    /// `\ln(a^n)`, as `n \ln a` where the power itself leaves every range.
    pub(super) fn logarithm_of_power(
        &mut self,
        builtin: Builtin,
        args: &[Expr],
        span: Span,
    ) -> Result<Option<Value>> {
        let is_logarithm = matches!(builtin, Builtin::Ln | Builtin::Lg | Builtin::Lb | Builtin::Log);
        let Some((argument, rest)) = args.split_first().filter(|_| is_logarithm) else { return Ok(None) };
        let power = argument.ungrouped();
        let Kind::Binary(Binary::Power, base, exponent) = &power.kind else { return Ok(None) };
        let has_own_way = self.is_e(base) || super::dispatch::even_power_of_norm(base, exponent).is_some();
        let exponent = self.eval(exponent)?;
        let is_huge =
            matches!(&exponent, Value::Number(exponent) if exponent.to_f64().abs() >= HUGE_EXPONENT);
        if !is_huge && has_own_way {
            return Ok(None);
        }
        let base = self.eval(base)?;
        let is_positive =
            matches!(&base, Value::Number(base) if base.sign() == Some(std::cmp::Ordering::Greater));
        let is_outside = is_huge && is_positive;
        if has_own_way && !is_outside {
            return Ok(None);
        }
        let argument =
            if is_outside { base } else { self.operate(Binary::Power, &base, &exponent, power.span)? };
        let args = [vec![argument], self.all(rest)?].concat();
        let logarithm = self.call_builtin(builtin, &args, span)?;
        Ok(Some(match is_outside {
            true => self.operate(Binary::Multiply(Product::Dot), &exponent, &logarithm, span)?,
            false => logarithm,
        }))
    }

    /// `\log x` where nothing says to which base: an error that names the readings, unless all are 0.
    pub(super) fn open_logarithm(&mut self, argument: &Expr, span: Span) -> Result<Value> {
        let argument = self.eval(argument)?;
        let number = |value: &Value| value.as_number().filter(|_| matches!(value, Value::Number(_))).cloned();
        if number(&argument).is_some_and(|number| number.as_exact() == Some(&Rational::ONE)) {
            return Ok(ops::zero());
        }
        let mut readings = Vec::new();
        for (base, function) in [("e", Builtin::Ln), ("2", Builtin::Lb), ("10", Builtin::Lg)] {
            let value =
                builtins::apply(function, std::slice::from_ref(&argument), self.precision).at(span)?;
            let short = number(&value).and_then(|number| number.to_decimal(6));
            readings.push(format!("{} with base {base}", short.unwrap_or_else(|| value.to_string())));
        }
        let message = format!("nothing says to which base this `log` is: {}", readings.join(", "));
        let error = EvalError::new(Code::Ambiguous, span, message);
        Err(error.help("write `ln`, `log_2` or `log_10`, or set `log` to `e`, `2` or `10`"))
    }
}
