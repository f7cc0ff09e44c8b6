//! What the evaluations at the points of one question share: the work that is left to them, and the averages that are
//! the same at each.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};

use super::Result;
use super::scope::{BindingId, Evaluated};
use crate::num::{Precision, Rational};
use crate::source::Span;
use crate::syntax::{Builtin, Expr, Name};

/// The evaluations of one question.
#[derive(Debug)]
pub struct Trials {
    /// Steps that are left. An integral at hundreds of points of a domain would otherwise take minutes. They are
    /// counted, and not timed, so that the answer is the same on every machine.
    left: Cell<u64>,
    /// The steps that one evaluation may take.
    most: Cell<u64>,
    averages: RefCell<HashMap<Place, Average>>,
}

/// Which average, where, and from where it sees its names. What a macro makes has one span for all of it.
pub(super) type Place = (Builtin, Span, BindingId);

/// An average as it stands on the page.
#[derive(Debug)]
struct Average {
    /// What it is taken of. What a macro makes may have the span of something else.
    args: Vec<Expr>,
    /// Whether it is the same at every point; without, nothing of it is kept.
    is_closed: bool,
    means: BTreeMap<Situation, Evaluated>,
}

/// Index variables with their values, and the precision.
type Situation = (Vec<(Name, Rational)>, Precision);

impl Trials {
    /// So many steps in hardware arithmetic, or as much work with more digits.
    pub fn new(steps: u64) -> Self {
        Self { left: Cell::new(steps), most: Cell::new(u64::MAX), averages: RefCell::default() }
    }

    /// Makes so many steps available again.
    pub fn refill(&self, steps: u64) {
        self.left.set(steps);
        self.most.set(u64::MAX);
    }

    /// Leaves no more than these steps to every single evaluation, until there are more again.
    pub fn hurry(&self, most: u64) {
        self.most.set(most);
    }

    pub(super) fn most(&self) -> u64 {
        self.most.get()
    }

    /// The steps that are left.
    pub fn left(&self) -> u64 {
        self.left.get()
    }

    /// Whether no steps are left.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    pub(super) fn spend(&self, steps: u64, precision: Precision) {
        // About what a step costs beside one in hardware.
        let weight = if precision.is_double() { 1 } else { u64::from(precision.bits()) / 4 };
        self.left.set(self.left.get().saturating_sub(steps.saturating_mul(weight)));
    }

    /// The average of `args` that stands at `place`, computed once for each situation if it `is_closed`.
    pub(super) fn average(
        &self,
        place: Place,
        args: &[Expr],
        situation: Situation,
        is_closed: impl FnOnce() -> bool,
        compute: impl FnOnce() -> Result<Evaluated>,
    ) -> Result<Evaluated> {
        {
            let mut averages = self.averages.borrow_mut();
            let average = averages.entry(place).or_insert_with(|| Average {
                args: args.to_vec(),
                is_closed: is_closed(),
                means: BTreeMap::new(),
            });
            if !average.is_closed || average.args != args {
                drop(averages);
                return compute();
            }
            if let Some(mean) = average.means.get(&situation) {
                return Ok(mean.clone());
            }
        }
        let mean = compute()?;
        if let Some(average) = self.averages.borrow_mut().get_mut(&place) {
            average.means.insert(situation, mean.clone());
        }
        Ok(mean)
    }
}
