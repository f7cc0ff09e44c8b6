//! The nodes and weights of tanh-sinh quadrature (Takahasi and Mori, 1974), level by level.
//!
//! The variable of the unit interval is `q(t) = 1/(1 + e^(π sinh t))`, measured from the nearer end, so that a
//! singularity at an end is approached as closely as the numbers allow. Level `k` holds the nodes at the odd multiples
//! of `2^-k` that the levels before it do not have; level 0 holds the whole numbers.

use std::sync::OnceLock;

use crate::num::sample::{point, rational};
use crate::num::{Function, MathError, Number, Precision, Rational, math};

/// How far out the nodes go: the last lie about `2^-400` from the end.
const FURTHEST: f64 = 5.17;
/// The finest step is `2^-LEVELS`.
pub(super) const LEVELS: usize = 6;

/// One node and its mirror image.
pub(super) struct Node {
    /// The distance from the nearer end of the unit interval.
    pub(super) distance: Rational,
    /// The same in hardware.
    pub(super) near: f64,
    /// The weight before the step.
    pub(super) weight: Number,
}

/// The nodes at one precision.
pub(super) struct Rule {
    /// The weight of the middle of the interval.
    pub(super) middle: Number,
    /// The pairs of nodes of each level, outwards.
    pub(super) levels: Vec<Vec<Node>>,
}

/// The rule for hardware floats, or the one for everything above.
pub(super) fn rule(precision: Precision) -> &'static Rule {
    static HARDWARE: OnceLock<Rule> = OnceLock::new();
    static PRECISE: OnceLock<Rule> = OnceLock::new();
    if precision.is_double() {
        HARDWARE.get_or_init(|| build(|t| Some(hardware(t))))
    } else {
        PRECISE.get_or_init(|| build(|t| precise(t).ok()))
    }
}

fn build(node: impl Fn(f64) -> Option<Node>) -> Rule {
    let level = |k: usize| {
        let step = 0.5_f64.powi(i32::try_from(k).unwrap_or(0));
        let stride = if k == 0 { 1.0 } else { 2.0 };
        let place = move |idx: usize| step * (1.0 + stride * idx as f64);
        (0..).map(place).take_while(|t| *t <= FURTHEST).filter_map(&node).collect()
    };
    let middle = node(0.0).map_or_else(Number::zero, |node| node.weight);
    Rule { middle, levels: (0..=LEVELS).map(level).collect() }
}

/// `q` and `π cosh(t) q (1 - q)`.
fn hardware(t: f64) -> Node {
    let power = math::exp(-std::f64::consts::PI * math::sinh(t));
    let near = power / (1.0 + power);
    let weight = std::f64::consts::PI * math::cosh(t) * near / (1.0 + power);
    let weight = point(weight).unwrap_or_else(Number::zero);
    Node { distance: Rational::try_from(near).unwrap_or_default(), near, weight }
}

fn precise(t: f64) -> Result<Node, MathError> {
    let p = Precision::LADDER[1];
    let t = Number::from_f64(t).unwrap_or_else(Number::zero);
    let of = |function, x: &Number| Number::apply(function, std::slice::from_ref(x), p);
    let pi = Number::pi(p)?;
    let power = of(Function::Exp, &of(Function::Sinh, &t)?.mul(&pi, p)?.neg())?;
    let sum = Number::one().add(&power, p)?;
    let near = power.div(&sum, p)?;
    let weight = pi.mul(&of(Function::Cosh, &t)?, p)?.mul(&near, p)?.div(&sum, p)?;
    Ok(Node { distance: rational(&near), near: near.to_f64(), weight })
}
