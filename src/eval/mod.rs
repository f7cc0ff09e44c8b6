//! Expression and scope to value. `dispatch` finds what computes a node: arithmetic on values is in `ops` and `builtins`, which
//! know no syntax.
//!
//! A derivative is computed by evaluating its body once more with the variable replaced by a dual number; a
//! definition of the variable itself is cut by that replacement, so `dL/dh` takes a defined `h` as free.

mod alternating;
mod batch;
mod builtins;
mod calculator;
mod condition;
mod density;
mod derivative;
mod dispatch;
mod dots;
mod domain;
mod double_descent;
mod error;
mod estimate;
mod fold;
mod free;
mod indexed;
mod integer_matrix;
mod integral;
mod iterated;
mod limit;
mod linear;
mod logarithm;
pub mod measures;
pub mod memo;
mod modular;
mod network;
mod names;
mod norm;
mod operators;
mod ops;
mod pattern;
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
mod size;
mod severed;
mod switches;
mod trace;
mod trials;
mod value;
mod world;

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

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
use crate::num::{Number, Precision, Rational};
use crate::source::Span;
use crate::syntax::{Condition, Expr, Literal, Name};
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
        let at = Evaluator::at(self, precision, point);
        let max_steps = at.max_steps.min(trials.most());
        let mut evaluator = Evaluator { trials: Some(trials), max_steps, ..at };
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
    /// Integrals around the one that is being evaluated.
    nesting: u32,
    /// The error that the one around it allows to an integral inside.
    asked: Rc<Cell<f64>>,
    inexact: bool,
    /// Whether an integral, a limit or a series went into the value.
    is_estimate: bool,
    /// The coarsest arithmetic of a cell that went into the value.
    accuracy: Accuracy,
    /// The interval of a literal of the expression itself, where that may vary.
    literal: Option<Interval<'s>>,
    /// The definitions that were met, if that is to be known.
    used: Option<BTreeSet<BindingId>>,
    /// The exact numbers that were met, if they are to be known.
    met: Option<Vec<Rational>>,
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
            nesting: 0,
            asked: Rc::default(),
            inexact: false,
            is_estimate: false,
            accuracy: Accuracy::Exact,
            literal: None,
            used: None,
            met: None,
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
            return Err(EvalError::too_deep(expr.span));
        }
        let result = match self.stated_expression(expr) {
            Some(stated) => stated,
            None => self.dispatch(expr),
        };
        self.depth -= 1;
        if let (Some(met), Ok(value)) = (&mut self.met, &result) {
            trace::note_exact(value, met);
        }
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

    fn all(&mut self, exprs: &[Expr]) -> Result<Vec<Value>> {
        exprs.iter().map(|expr| self.eval(expr)).collect()
    }

    fn note_irrational(&mut self, value: &Value) {
        self.inexact |= value.as_number().is_some_and(|number| !number.is_exact());
    }
}
