//! Limits, decided numerically from all sides that are meant.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::estimate::{Body, End, mentions};
use super::value::Value;
use super::{Definition, EvalError, Evaluator, Result};
use crate::diag::Code;
use crate::num::extrapolation::limit_of_sequence;
use crate::num::limit::{Approach, drifts, falls_without_end, limit};
use crate::num::sample::Function as Sampled;
use crate::num::{Function, Number, Precision, Rational, Unsettled};
use crate::syntax::{Expr, Kind, Name, Side};

/// Letters that stand for whole numbers where they go to infinity.
const WHOLE: &[&str] = &["n", "m", "k", "N", "M", "K", "i", "j"];

/// Numbers of other sizes in a formula are beyond what its limit is followed along.
const LARGEST: f64 = 1e28;
const SMALLEST: f64 = 1e-36;
/// The relative width, as a power of two, of a point that stands for an irrational one: no distance to it is as small.
const CLOSE: f64 = -1000.0;

impl Evaluator<'_> {
    pub(super) fn limit(&mut self, body: &Body<'_>, point: &Expr, side: Side) -> Result<Value> {
        let end = self.range_end(point)?;
        if body.is_constant() {
            return self.eval(body.expr);
        }
        let ways = match end {
            End::Infinity if WHOLE.contains(&body.variable.as_str()) => vec![Approach::WholeNumbers],
            End::Infinity => vec![Approach::Infinity],
            End::MinusInfinity => vec![Approach::MinusInfinity],
            End::At(Value::Number(number)) => {
                let number = if number.is_exact() { number } else { self.centre(point)? };
                match side {
                    Side::Above => vec![Approach::Above(number)],
                    Side::Below => vec![Approach::Below(number)],
                    Side::Both => vec![Approach::Below(number.clone()), Approach::Above(number)],
                }
            }
            End::At(_) => return Err(not_settled(point)),
        };
        self.check_scale(body)?;
        let precision = self.precision;
        let extrapolation = match ways[..] {
            [Approach::WholeNumbers] if self.is_modest(body.expr, body.variable) => {
                if has_that_many_terms(body) { Extrapolation::First } else { Extrapolation::AtLast }
            }
            _ => Extrapolation::Never,
        };
        let is_costly = body.expr.any(|node| matches!(node.kind, Kind::Integral { .. }));
        if is_costly
            && self.estimate(body, &[], |function| Ok(drifts(function, &ways))).is_ok_and(|drifts| drifts)
        {
            let message = "it does not settle on a limit, or too slowly to tell";
            return Err(EvalError::unsettled(body.span, message.to_owned()));
        }
        let method = |function: &mut Sampled<'_>| extrapolation.limit(function, &ways, precision);
        let number = match self.estimate(body, &[], method) {
            Err(error) if !self.is_exhausted() => self.limit_by_size(body, &ways).ok_or(error)?,
            number => number?,
        };
        Ok(self.estimated(number))
    }

    /// Whether all numbers in a formula, and all that is computed from them alone, are of everyday size: then some thousand
    /// elements of a sequence show what it tends to.
    fn is_modest(&mut self, expr: &Expr, variable: &Name) -> bool {
        if matches!(expr.kind, Kind::Apply { .. } | Kind::Subscript { .. } | Kind::Infinity) {
            return false;
        }
        if !mentions(expr, variable)
            && let Ok(Value::Number(number)) = self.eval(expr)
        {
            let size = number.to_f64().abs();
            return size == 0.0 || (1.0 / MODEST..=MODEST).contains(&size);
        }
        let mut parts = Vec::new();
        expr.for_each_child(&mut |child| parts.push(child));
        parts.into_iter().all(|part| self.is_modest(part, variable))
    }

    /// The limit of what grows beyond all numbers above or below a fraction bar, by that of the logarithm: 0 where that
    /// falls without end. `None` if that does not tell.
    fn limit_by_size(&mut self, body: &Body<'_>, ways: &[Approach]) -> Option<Number> {
        let precision = self.precision;
        let signs = RefCell::new(BTreeSet::new());
        let logarithm = |evaluator: &mut Self, x: &Number| {
            evaluator.locals.push((body.variable.clone(), x.clone().into()));
            let size = evaluator.size(body.expr, body.variable);
            evaluator.locals.pop();
            let size = size?;
            signs.borrow_mut().insert(size.is_negative);
            Ok(size.ln)
        };
        let falls = self.estimate_of(body.span, logarithm, |function| Ok(falls_without_end(function, ways)));
        if falls.is_ok_and(|falls| falls) {
            return Some(Number::zero());
        }
        signs.borrow_mut().clear();
        let ln = self.estimate_of(body.span, logarithm, |function| limit(function, ways, precision)).ok()?;
        let size = Number::apply(Function::Exp, &[ln], precision).ok()?;
        match signs.into_inner().into_iter().collect::<Vec<_>>()[..] {
            [is_negative] => Some(if is_negative { size.neg() } else { size }),
            _ => None,
        }
    }

    /// A limit is followed along numbers of some size, beyond which others may still count.
    fn check_scale(&mut self, body: &Body<'_>) -> Result<()> {
        let mut parts = Vec::new();
        constants(body.expr, body.variable, &mut parts);
        // What functions of the page are made of.
        let scope = self.scope;
        for id in scope.reached_by(body.expr) {
            if let Definition::Function { parameters, body } = &scope.binding(id).definition
                && let [parameter] = &parameters[..]
            {
                constants(body, parameter, &mut parts);
            }
        }
        for part in parts {
            let size = match self.eval(part) {
                Ok(Value::Number(number)) => number.to_f64().abs(),
                _ => continue,
            };
            if size != 0.0 && !(SMALLEST..=LARGEST).contains(&size) {
                let message = "a limit beside a number of this size cannot be followed far enough";
                let error = EvalError::new(Code::Limit, part.span, message);
                return Err(error.help("leave the formula untagged, or state the limit in other units"));
            }
        }
        Ok(())
    }

    /// A number that is far closer to the point than any that the limit is followed along.
    fn centre(&mut self, point: &Expr) -> Result<Number> {
        let top = Precision::LADDER[Precision::LADDER.len() - 1];
        let outer = std::mem::replace(&mut self.precision, top);
        let memo = std::mem::take(&mut self.memo);
        let value = self.eval(point);
        self.memo = memo;
        self.precision = outer;
        match value? {
            Value::Number(number) if number.relative_width_log2() < CLOSE => {
                let (low, high) = number.enclosure();
                Ok(Number::from((low + high) / Rational::from(2u8)))
            }
            _ => Err(not_settled(point)),
        }
    }
}

/// Numbers in a formula whose limit is extrapolated are at most as large, and no smaller than its reciprocal.
const MODEST: f64 = 1000.0;

/// Whether a limit may be extrapolated from elements that are not far out.
#[derive(Clone, Copy)]
enum Extrapolation {
    Never,
    /// Where it has no value further out.
    AtLast,
    /// Before anything else: each element costs as much as its number says.
    First,
}

impl Extrapolation {
    fn limit(
        self,
        function: &mut Sampled<'_>,
        ways: &[Approach],
        precision: Precision,
    ) -> std::result::Result<Number, Unsettled> {
        match self {
            Self::First => limit_of_sequence(function),
            Self::AtLast => match limit(function, ways, precision) {
                Err(undefined @ Unsettled::Undefined(_)) => {
                    limit_of_sequence(function).map_err(|_| undefined)
                }
                result => result,
            },
            Self::Never => limit(function, ways, precision),
        }
    }
}

/// Whether the variable says how many terms or factors there are.
fn has_that_many_terms(body: &Body<'_>) -> bool {
    body.expr.any(|node| match &node.kind {
        Kind::Fold { ranges, .. } => {
            ranges.iter().any(|range| range.ends().any(|end| mentions(end, body.variable)))
        }
        Kind::Dots { last: Some(last), .. } => mentions(last, body.variable),
        _ => false,
    })
}

/// The largest parts of a formula in which the variable does not occur.
fn constants<'e>(expr: &'e Expr, variable: &Name, parts: &mut Vec<&'e Expr>) {
    match mentions(expr, variable) {
        false => parts.push(expr),
        true => expr.for_each_child(&mut |child| constants(child, variable, parts)),
    }
}

fn not_settled(point: &Expr) -> EvalError {
    let message = "a limit is taken at infinity or at a number that is known to many digits";
    EvalError::new(Code::Unsupported, point.span, message)
}
