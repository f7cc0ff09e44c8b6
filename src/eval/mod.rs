//! Expression and scope to value. It only dispatches: arithmetic on values is in `ops` and `builtins`, which
//! know no syntax.
//!
//! A derivative is computed by evaluating its body once more with the variable replaced by a dual number; a
//! definition of the variable itself is cut by that replacement, so `dL/dh` takes a defined `h` as free.

mod batch;
mod builtins;
mod calculator;
mod condition;
mod density;
mod derivative;
mod dots;
mod domain;
mod double_descent;
mod error;
mod estimate;
mod fold;
mod free;
mod indexed;
mod integral;
mod limit;
mod linear;
mod logarithm;
pub mod memo;
mod network;
mod names;
mod norm;
mod operators;
mod ops;
mod places;
mod points;
mod polynomial;
mod random;
mod sampling;
mod scope;
mod sequence;
mod series;
mod sets;
mod settle;
mod trace;
mod trials;
mod value;
mod world;

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};

use dashu::base::BitTest;

pub use calculator::Calculator;
pub use domain::{Bound, Domain, Family, Law, Set, Shape};
pub use error::EvalError;
pub use points::{ENOUGH, Point, Points, elements};
pub use scope::{Absence, Accuracy, Binding, BindingId, CellValue, Definition, Evaluated, Nature, Scope};
pub use sequence::holds_itself;
pub use settle::Settled;
pub use trace::{Path, Traced};
pub use trials::Trials;
pub use value::{Dual, LayerValue, Matrix, NetworkValue, Record, Sample, Value, Weights};
pub use world::World;

use crate::diag::Code;
use crate::num::{Number, Precision};
use crate::source::Span;
use crate::syntax::{Binary, Builtin, Condition, Expr, Kind, Literal, Name, Unary};
use error::At;
use estimate::Body;
use operators::binary;
use sequence::{Elements, Recurrence};

type Result<T> = std::result::Result<T, EvalError>;

/// More steps than this in one evaluation are refused.
const MAX_STEPS: u64 = 700_000;
/// At one of many points, fewer.
const MAX_STEPS_AT_A_POINT: u64 = 100_000;
/// Deeper evaluation, definitions of definitions included, is refused.
const MAX_DEPTH: usize = 400;

impl Scope {
    /// The value of `expr` where all that is defined so far is known.
    pub fn evaluate(&self, expr: &Expr, precision: Precision) -> Result<Evaluated> {
        let evaluate = || -> Result<Evaluated> {
            let mut evaluator = Evaluator::new(self, precision, self.len());
            let value = evaluator.eval(expr)?;
            Ok(evaluator.evaluated(value))
        };
        let result = evaluate();
        if !matches!(&result, Err(error) if error.is_too_deep()) {
            return result;
        }
        // Definitions one by one, so that none has to go down further than to its neighbours.
        (0..self.len()).for_each(|id| drop(self.evaluate_binding(id, precision)));
        evaluate()
    }

    /// The range of `expr` where its inputs may lie anywhere in a [`Spread`].
    pub fn evaluate_within(
        &self,
        expr: &Expr,
        spread: &Spread<'_>,
        precision: Precision,
    ) -> Result<Evaluated> {
        let mut evaluator = Evaluator::new(self, precision, self.len());
        evaluator.literal = Some(spread.literal);
        evaluator.overlays = spread.names.to_vec();
        let value = evaluator.eval(expr)?;
        Ok(Evaluated { inexact: true, ..evaluator.evaluated(value) })
    }

    /// The value of a definition.
    pub fn evaluate_binding(&self, id: BindingId, precision: Precision) -> Result<Evaluated> {
        self.evaluate_binding_below(id, precision, 0)
    }

    /// As [`Self::evaluate_binding`], for an evaluation that is `depth` deep already.
    fn evaluate_binding_below(&self, id: BindingId, precision: Precision, depth: usize) -> Result<Evaluated> {
        let evaluate = || {
            let mut evaluator = Evaluator { depth, ..Evaluator::new(self, precision, id) };
            evaluator.definition(id).map(|value| evaluator.evaluated(value))
        };
        if let Some(world) = self.world() {
            return world.cached(id, precision, evaluate);
        }
        let cached = |cache: &[(Precision, Result<Evaluated>)]| {
            cache.iter().find(|(at, _)| *at == precision).map(|(_, result)| result.clone())
        };
        let lock = || self.binding(id).cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(result) = cached(&lock()) {
            return result;
        }
        let result = evaluate();
        if !matches!(&result, Err(error) if error.is_too_deep()) {
            lock().push((precision, result.clone()));
        }
        result
    }

    /// The value of `expr` where names with a domain have these values.
    pub fn evaluate_at(&self, expr: &Expr, point: &Point, precision: Precision) -> Result<Evaluated> {
        let mut evaluator = Evaluator::at(self, precision, point);
        let value = evaluator.eval(expr)?;
        Ok(evaluator.evaluated(value))
    }

    /// As [`Self::evaluate_at`], as one of several trials.
    pub fn evaluate_in_trials(
        &self,
        expr: &Expr,
        point: &Point,
        precision: Precision,
        trials: &Trials,
    ) -> Result<Evaluated> {
        let mut evaluator = Evaluator { trials: Some(trials), ..Evaluator::at(self, precision, point) };
        let value = evaluator.eval(expr)?;
        Ok(evaluator.evaluated(value))
    }

    /// The value of a definition where names with a domain have these values.
    fn evaluate_binding_at(&self, id: BindingId, point: &Point) -> Result<Value> {
        let mut evaluator = Evaluator::at(self, Precision::DOUBLE, point);
        evaluator.definition(id)
    }

    /// Whether `condition` holds where names with a domain have these values.
    fn holds_at(&self, condition: &Condition, point: &Point) -> Option<bool> {
        Evaluator::at(self, Precision::LADDER[1], point).condition(condition).ok().flatten()
    }

    /// Whether all of `condition` holds, `None` if it cannot be decided at this precision.
    pub fn holds(&self, condition: &Condition, precision: Precision) -> Result<Option<bool>> {
        Evaluator::new(self, precision, self.len()).condition(condition)
    }
}

/// The interval in which a literal may lie, if not only at its own value.
type Interval<'s> = &'s dyn Fn(&Literal) -> Option<Number>;

/// Inputs that are known to lie in intervals only.
pub struct Spread<'s> {
    /// The interval of a literal of the expression itself; `None` for its exact value.
    pub literal: Interval<'s>,
    /// The intervals of names, wherever they are used.
    pub names: &'s [(BindingId, Value)],
}

/// What has been computed under the present overlays.
#[derive(Default)]
struct Memo {
    /// The values of definitions.
    definitions: HashMap<BindingId, Value>,
    /// The elements of sequences.
    elements: Elements,
}

/// One evaluation: where it sees the names from, what is replaced, and what it has used up.
struct Evaluator<'s> {
    scope: &'s Scope,
    precision: Precision,
    /// Names are looked up as the definition with this number saw them.
    before: BindingId,
    /// Index variables, parameters and variables of integration, innermost last.
    locals: Vec<(Name, Value)>,
    /// Definitions replaced by dual numbers, innermost last.
    overlays: Vec<(BindingId, Value)>,
    memo: Memo,
    /// The sequence whose formula is being evaluated.
    recurrence: Option<Recurrence>,
    /// In a partial derivative: how many overlays belong to others. Names that its formula holds fixed see only those.
    held: Option<usize>,
    next_tag: u32,
    steps: Cell<u64>,
    max_steps: u64,
    /// What this evaluation shares with others.
    trials: Option<&'s Trials>,
    depth: usize,
    inexact: bool,
    /// Whether an integral, a limit or a series went into the value.
    is_estimate: bool,
    /// The coarsest arithmetic of a cell that went into the value.
    accuracy: Accuracy,
    /// The interval of a literal of the expression itself, where that may vary.
    literal: Option<Interval<'s>>,
    /// The definitions that were met, if that is to be known.
    used: Option<BTreeSet<BindingId>>,
}

impl<'s> Evaluator<'s> {
    fn new(scope: &'s Scope, precision: Precision, before: BindingId) -> Self {
        Self {
            scope,
            precision,
            before,
            locals: Vec::new(),
            overlays: Vec::new(),
            memo: Memo::default(),
            recurrence: None,
            held: None,
            next_tag: 1,
            steps: Cell::new(0),
            max_steps: MAX_STEPS,
            trials: None,
            depth: 0,
            inexact: false,
            is_estimate: false,
            accuracy: Accuracy::Exact,
            literal: None,
            used: None,
        }
    }

    fn evaluated(&self, value: Value) -> Evaluated {
        Evaluated { value, inexact: self.inexact, is_estimate: self.is_estimate, accuracy: self.accuracy }
    }

    /// A value that was computed apart, as a part of this one.
    fn taken(&mut self, part: Evaluated) -> Value {
        self.inexact |= part.inexact;
        self.is_estimate |= part.is_estimate;
        self.accuracy = self.accuracy.max(part.accuracy);
        part.value
    }

    /// Whether the steps of this evaluation are used up.
    fn is_exhausted(&self) -> bool {
        self.steps.get() >= self.max_steps || self.trials.is_some_and(Trials::is_spent)
    }

    /// Where names with a domain have these values.
    fn at(scope: &'s Scope, precision: Precision, point: &Point) -> Self {
        let new = Self::new(scope, precision, scope.len());
        Self { overlays: point.clone(), max_steps: MAX_STEPS_AT_A_POINT, ..new }
    }

    fn eval(&mut self, expr: &Expr) -> Result<Value> {
        self.spend(1, expr.span)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return Err(EvalError::new(Code::Limit, expr.span, error::TOO_DEEP));
        }
        let result = match self.stated_expression(expr) {
            Some(stated) => stated,
            None => self.dispatch(expr),
        };
        self.depth -= 1;
        result
    }

    /// Counts what a long number costs beyond a step, `factor` for each thousand of its bits.
    fn charge(&self, value: &Value, factor: u64, span: Span) -> Result<()> {
        let Value::Number(Number::Exact(number)) = value else { return Ok(()) };
        let bits = number.numerator().bit_len() + number.denominator().bit_len();
        if bits < 1024 {
            return Ok(());
        }
        self.spend(bits as u64 / 1024 * factor, span)
    }

    fn spend(&self, steps: u64, span: Span) -> Result<()> {
        self.steps.set(self.steps.get().saturating_add(steps));
        if let Some(trials) = self.trials {
            trials.spend(steps, self.precision);
        }
        if self.steps.get() > self.max_steps {
            return Err(EvalError::new(Code::Limit, span, format!("more than {} steps", self.max_steps)));
        }
        if self.trials.is_some_and(Trials::is_spent) {
            return Err(EvalError::new(Code::Limit, span, "its points take too long together"));
        }
        Ok(())
    }

    fn dispatch(&mut self, expr: &Expr) -> Result<Value> {
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
            Kind::Binary(operator, lhs, rhs) => {
                let (lhs, rhs) = (self.eval(lhs)?, self.eval(rhs)?);
                self.operate(*operator, &lhs, &rhs, span)
            }
            Kind::Call(Builtin::Network, args) => self.network(args, span),
            Kind::Call(Builtin::Vgg, args) => self.vgg(args, span),
            Kind::Call(Builtin::DoubleDescent, args) => self.double_descent(args, span),
            Kind::Call(Builtin::Diff, args) => self.diff(args, span),
            Kind::Call(Builtin::Log, args) if args.len() == 1 => self.open_logarithm(&args[0], span),
            Kind::Call(builtin, args) if builtin.is_average() => {
                self.statistic_in_trials(*builtin, args, span)
            }
            Kind::Call(Builtin::Mean, args) if args.len() == 3 => self.monte_carlo(args, span),
            Kind::Call(builtin, args) if builtin.makes_set() => {
                args.iter().try_for_each(|arg| self.check_set(arg))?;
                let args = self.all(args)?;
                self.call_builtin(*builtin, &args, span)
            }
            Kind::Call(builtin, args) => {
                if let Some(value) = self.logarithm_of_power(*builtin, args, span)? {
                    return Ok(value);
                }
                let args = self.all(args)?;
                self.call_builtin(*builtin, &args, span)
            }
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
        }
    }

    fn all(&mut self, exprs: &[Expr]) -> Result<Vec<Value>> {
        exprs.iter().map(|expr| self.eval(expr)).collect()
    }

    fn note_irrational(&mut self, value: &Value) {
        self.inexact |= value.as_number().is_some_and(|number| !number.is_exact());
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

/// The argument of a norm, or of bars, that is raised to an even power, and half that power: no root is to
/// be taken that the power undoes.
fn even_power_of_norm<'e>(base: &'e Expr, exponent: &Expr) -> Option<(&'e Expr, u32)> {
    let inner = match &base.ungrouped().kind {
        Kind::Call(Builtin::Norm, args) if args.len() == 1 => &args[0],
        Kind::Unary(Unary::Bars, inner) => inner,
        _ => return None,
    };
    let Kind::Number(literal) = &exponent.ungrouped().kind else { return None };
    let exponent: u32 = literal.text.parse().ok().filter(|power| (2..=8).contains(power))?;
    exponent.is_multiple_of(2).then_some((inner, exponent / 2))
}
