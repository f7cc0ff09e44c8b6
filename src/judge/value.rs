//! Values with as much precision as a verdict needs.

use super::number::Path;
use crate::compare::{Agreement, Computed, Detail, Kind, Outcome, Rational, Rule, Stated, Verdict};
use crate::compare::{agree, compare};
use crate::diag::Code;
use crate::eval::{Accuracy, EvalError, Evaluated, Scope, Value};
use crate::num::{Number, Precision};
use crate::source::Span;
use crate::syntax::Expr;

/// An expression whose value at the least precision is known.
#[derive(Clone)]
pub(super) struct Quantity<'s> {
    scope: &'s Scope,
    pub(super) expr: &'s Expr,
    /// The value at the first rung of the ladder.
    first: Evaluated,
    /// Which element of the value is meant.
    path: Path,
    /// Whether the value is asked for in degrees rather than radians.
    degrees: bool,
}

/// So many digits of an estimate are shown, or more.
const DIGITS_OF_AN_ESTIMATE: usize = 10;

/// A number, or what the value is instead.
type Bounds = Result<Computed, Value>;

impl<'s> Quantity<'s> {
    /// Evaluates `expr`. Precision is raised while the evaluation itself is undecided.
    pub(super) fn new(scope: &'s Scope, expr: &'s Expr) -> Result<Self, EvalError> {
        let first = decided(scope, expr, Precision::LADDER[0])?;
        Ok(Self { scope, expr, first, path: Path::new(), degrees: false })
    }

    /// The value at the least precision.
    pub(super) fn first(&self) -> &Value {
        &self.first.value
    }

    /// One element of a list or matrix.
    pub(super) fn element(&self, path: &[usize]) -> Self {
        Self { path: path.to_vec(), ..self.clone() }
    }

    /// The part of `whole` that this is of its expression's value.
    pub(super) fn part(&self, whole: &Value) -> Option<Value> {
        element(whole, &self.path)
    }

    /// Which element it is, counted from 1, if it is one: `element (1, 2) of `.
    pub(super) fn place(&self) -> String {
        let places: Vec<String> = self.path.iter().map(|at| (at + 1).to_string()).collect();
        match &places[..] {
            [] => String::new(),
            [only] => format!("element {only} of "),
            places => format!("element ({}) of ", places.join(", ")),
        }
    }

    /// The same part of another expression.
    pub(super) fn of<'v>(&self, expr: &'v Expr) -> Option<Quantity<'v>>
    where
        's: 'v,
    {
        let other = Quantity::new(self.scope, expr).ok()?;
        Some(Quantity { path: self.path.clone(), degrees: self.degrees, ..other })
    }

    /// The same angle in degrees.
    pub(super) fn in_degrees(&self) -> Self {
        Self { degrees: true, ..self.clone() }
    }

    /// The coarsest arithmetic of a Rust cell that went into it.
    pub(super) fn accuracy(&self) -> Accuracy {
        self.first.accuracy
    }

    /// Whether a decimal or an irrational number went into it.
    pub(super) fn is_inexact(&self) -> bool {
        self.first.inexact
    }

    /// Whether an integral, a limit or a series went into it.
    pub(super) fn is_estimate(&self) -> bool {
        self.first.is_estimate
    }

    /// Where it stands.
    pub(super) fn span(&self) -> Span {
        self.expr.span
    }

    /// The value of the whole expression at a precision.
    pub(super) fn whole(&self, precision: Precision) -> Option<Value> {
        decided(self.scope, self.expr, precision).ok().map(|evaluated| evaluated.value)
    }

    fn evaluated(&self, precision: Precision) -> Result<Evaluated, EvalError> {
        // A sample is drawn once: more precision does not change it.
        let drawn = matches!(self.first.value, Value::Sample(_));
        let whole = if drawn || precision == Precision::LADDER[0] {
            self.first.clone()
        } else {
            decided(self.scope, self.expr, precision)?
        };
        let Some(value) = element(&whole.value, &self.path) else {
            let message = format!("there is no such element: this is {}", shape(&whole.value));
            return Err(EvalError::new(Code::WrongType, self.span(), message));
        };
        match (&value, self.degrees) {
            (Value::Number(number), true) => {
                let value = in_degrees(number, precision).unwrap_or(value);
                Ok(Evaluated { value, inexact: true, ..whole })
            }
            _ => Ok(Evaluated { value, ..whole }),
        }
    }

    /// The number at this precision, as bounds.
    pub(super) fn computed(&self, precision: Precision) -> Result<Bounds, EvalError> {
        self.evaluated(precision).map(bounds)
    }

    /// The verdict on a stated number; `None` if the value is no number.
    pub(super) fn compare(
        &self,
        stated: &Stated,
        rule: &Rule,
    ) -> Result<Option<(Verdict, Detail, Computed)>, EvalError> {
        self.decide(|computed, last| outcome(compare(stated, computed, rule, last)))
    }

    /// Decides a question about the number, raising the precision as long as there is no answer.
    pub(super) fn decide(
        &self,
        mut question: impl FnMut(&Computed, bool) -> Option<(Verdict, Detail)>,
    ) -> Result<Option<(Verdict, Detail, Computed)>, EvalError> {
        for precision in Precision::LADDER.iter().copied() {
            let Ok(computed) = self.computed(precision)? else { return Ok(None) };
            let last = is_last(&computed, precision);
            if let Some((verdict, detail)) = question(&computed, last) {
                return Ok(Some((verdict, detail, computed)));
            }
        }
        Ok(None)
    }

    /// Whether another value is the same; `None` if one of them is no number.
    pub(super) fn agree(
        &self,
        other: &Self,
        stated: Option<(&Stated, &Rule)>,
    ) -> Result<Option<Agreement>, EvalError> {
        self.decide_with(other, |first, other, last| match agree(first, other, stated, last) {
            Agreement::NeedsPrecision => None,
            agreement => Some(agreement),
        })
    }

    /// Decides a question about two numbers, raising the precision as long as there is no answer.
    pub(super) fn decide_with<T>(
        &self,
        other: &Self,
        mut question: impl FnMut(&Computed, &Computed, bool) -> Option<T>,
    ) -> Result<Option<T>, EvalError> {
        for precision in Precision::LADDER.iter().copied() {
            let (Ok(one), Ok(two)) = (self.computed(precision)?, other.computed(precision)?) else {
                return Ok(None);
            };
            let last = is_last(&one, precision) && is_last(&two, precision);
            if let Some(answer) = question(&one, &two, last) {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    /// The value to 17 digits, or fewer if it is exact. An estimate is not made again for the last ones, at which it
    /// takes many times as long.
    pub(super) fn display(&self) -> String {
        if self.estimated(DIGITS_OF_AN_ESTIMATE).is_some() {
            return self.brief();
        }
        let precise = self.evaluated(Precision::LADDER[1]);
        precise.map_or_else(|_| self.brief(), |evaluated| evaluated.value.to_string())
    }

    /// The value to as many digits as its first evaluation finds.
    pub(super) fn brief(&self) -> String {
        let first = self.evaluated(Precision::LADDER[0]);
        first.map_or_else(|_| String::new(), |evaluated| evaluated.value.to_string())
    }

    /// The first evaluation to so many significant digits, if it is an estimate and has as many.
    fn estimated(&self, digits: usize) -> Option<String> {
        let first = self.evaluated(Precision::LADDER[0]).ok().filter(|evaluated| evaluated.is_estimate)?;
        first.value.as_number()?.to_decimal(digits)
    }

    /// The number to so many significant digits.
    pub(super) fn short(&self, digits: usize) -> String {
        if let Some(text) = self.estimated(digits) {
            return text;
        }
        let evaluated = self.evaluated(enough_for(digits));
        let number = evaluated.ok().and_then(|evaluated| evaluated.value.as_number()?.to_decimal(digits));
        number.unwrap_or_else(|| self.display())
    }

    /// Bounds narrow enough for whatever text is to be written.
    pub(super) fn precise(&self) -> Option<Computed> {
        self.precise_to(0)
    }

    /// Bounds narrow enough for a text of so many digits.
    pub(super) fn precise_to(&self, digits: usize) -> Option<Computed> {
        self.computed(enough_for(digits)).ok()?.ok()
    }
}

/// The precision that writes so many significant digits, with some to spare; at least the second rung.
fn enough_for(digits: usize) -> Precision {
    let bits = digits.saturating_mul(4).saturating_add(64);
    let enough = |rung: &&Precision| rung.bits() as usize >= bits;
    *Precision::LADDER[1..].iter().find(enough).unwrap_or(&Precision::LADDER[Precision::LADDER.len() - 1])
}

/// What a comparison came to, once it is decided.
pub(super) fn outcome(outcome: Outcome) -> Option<(Verdict, Detail)> {
    match outcome {
        Outcome::Decided(verdict, detail) => Some((verdict, detail)),
        Outcome::OverPrecise => Some((Verdict::Unverifiable, Detail::TooCoarse)),
        Outcome::NeedsPrecision => None,
    }
}

/// Whether a higher precision would not narrow the bounds: those of an estimate do not get narrower than at the second
/// rung.
fn is_last(computed: &Computed, precision: Precision) -> bool {
    let estimated =
        matches!(computed.source.kind, Kind::Estimate | Kind::Hardware) && precision >= Precision::LADDER[1];
    computed.is_exact() || estimated || precision.next().is_none()
}

fn decided(scope: &Scope, expr: &Expr, mut precision: Precision) -> Result<Evaluated, EvalError> {
    loop {
        match (scope.evaluate(expr, precision), precision.next()) {
            (Err(error), Some(next)) if error.is_undecided() => precision = next,
            (result, _) => return result,
        }
    }
}

/// One element of a list or matrix.
pub(super) fn element(value: &Value, path: &[usize]) -> Option<Value> {
    let Some((at, rest)) = path.split_first() else { return Some(value.clone()) };
    match value {
        Value::List(items) => element(items.get(*at)?, rest),
        Value::Matrix(matrix) => element(matrix.rows.get(*at)?.get(*rest.first()?)?, &rest[1..]),
        _ => None,
    }
}

/// The ways to all numbers of a value.
pub(super) fn paths(value: &Value) -> Vec<Path> {
    match value {
        Value::List(items) => items.iter().enumerate().flat_map(|(at, item)| below(at, item)).collect(),
        Value::Matrix(matrix) => {
            let row = |(at, row): (usize, &Vec<Value>)| {
                let cells = row.iter().enumerate();
                cells
                    .flat_map(|(column, cell)| below(column, cell))
                    .map(|path| [&[at][..], &path].concat())
                    .collect()
            };
            matrix.rows.iter().enumerate().flat_map::<Vec<Path>, _>(row).collect()
        }
        _ => vec![Path::new()],
    }
}

fn below(at: usize, value: &Value) -> Vec<Path> {
    paths(value).into_iter().map(|path| [&[at][..], &path].concat()).collect()
}

/// What a value is, with its size, for messages.
pub(super) fn shape(value: &Value) -> String {
    match value {
        Value::List(items) => format!("a list of {}", items.len()),
        Value::Matrix(matrix) => format!("a {}×{} matrix", matrix.rows.len(), matrix.rows[0].len()),
        other => other.describe().to_owned(),
    }
}

/// An angle that was given in degrees.
pub(super) fn in_radians(degrees: &Number) -> Option<Number> {
    let precision = Precision::LADDER[1];
    let half_turn = Number::pi(precision).ok()?;
    degrees.mul(&half_turn, precision).ok()?.div(&Number::from(180i64), precision).ok()
}

fn in_degrees(radians: &Number, precision: Precision) -> Option<Value> {
    let half_turn = Number::pi(precision).ok()?;
    let degrees = radians.mul(&Number::from(180i64), precision).ok()?.div(&half_turn, precision).ok()?;
    Some(degrees.into())
}

/// A number as bounds; what is no number comes back.
fn bounds(evaluated: Evaluated) -> Bounds {
    if let Value::Sample(sample) = &evaluated.value {
        let standard_error = sample.standard_error.enclosure().1;
        return Ok(Computed::exact(sample.mean.enclosure().0)
            .of_kind(Kind::Sample { standard_error })
            .inexact());
    }
    let Value::Number(number) = &evaluated.value else { return Err(evaluated.value) };
    let (lo, hi): (Rational, Rational) = number.enclosure();
    let computed = if number.is_exact() { Computed::exact(lo) } else { Computed::between(lo, hi) };
    let computed = if evaluated.is_estimate { computed.of_kind(Kind::Estimate) } else { computed };
    let computed =
        if evaluated.accuracy != Accuracy::Exact { computed.of_kind(Kind::Hardware) } else { computed };
    Ok(if evaluated.inexact { computed.inexact() } else { computed })
}
