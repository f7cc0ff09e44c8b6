//! What the evaluations that answer one question may cost together: an integral at hundreds of points of a domain would
//! otherwise take minutes. Counted in steps and not in time, so that the answer is the same on every machine.

use std::cell::Cell;

use crate::num::Precision;

/// Steps that are left.
#[derive(Debug)]
pub struct Work {
    left: Cell<u64>,
}

impl Work {
    /// So many steps in hardware arithmetic, or as much work with more digits.
    pub fn new(steps: u64) -> Self {
        Self { left: Cell::new(steps) }
    }

    /// Makes so many steps available again.
    pub fn refill(&self, steps: u64) {
        self.left.set(steps);
    }

    /// Whether nothing is left.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    pub(super) fn spend(&self, steps: u64, precision: Precision) {
        // About what a step costs beside one in hardware.
        let weight = if precision.is_double() { 1 } else { u64::from(precision.bits()) / 4 };
        self.left.set(self.left.get().saturating_sub(steps.saturating_mul(weight)));
    }
}
