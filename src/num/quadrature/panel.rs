//! One interval: its integral by tanh-sinh quadrature, with an error from two sets of nodes that have none in common.

use super::rule::{LEVELS, Node, rule};
use crate::num::sample::{Missing, Sampler, point, rational};
use crate::num::{Number, Precision, Rational, exact};

/// How the variable of a panel becomes that of the integrand.
#[derive(Clone, Debug)]
pub(super) enum Map {
    /// It is the same.
    Direct,
    /// `x = origin + 1/v`: `v = 0` is infinity.
    Above(Rational),
    /// `x = origin - 1/v`: `v = 0` is minus infinity.
    Below(Rational),
}

/// An interval of the panel's variable.
#[derive(Clone, Debug)]
pub(super) struct Panel {
    pub(super) map: Map,
    pub(super) left: Rational,
    pub(super) right: Rational,
    /// How often it was halved.
    pub(super) depth: usize,
}

/// What was found on a panel.
pub(super) struct Found {
    /// The integral.
    pub(super) sum: Number,
    /// An estimate of its error, beside the width of its enclosure.
    pub(super) error: f64,
    /// The integral of the absolute value, roughly.
    pub(super) size: f64,
    /// Where the integrand has no value: to be made an end of panels.
    pub(super) hole: Option<Rational>,
    /// The terms grow without end towards an end of the panel.
    pub(super) grows: Option<Side>,
}

/// An end of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Nodes nearer to an end than this part of the panel may be left out if they add nothing.
const NEAR_END: f64 = 1e-4;
/// Within this part of an end's magnitude, a point is kept exactly: the distance from the end is what matters.
const CLOSE: f64 = 1.0 / 4096.0;

impl Panel {
    pub(super) fn new(map: Map, left: Rational, right: Rational) -> Self {
        Self { map, left, right, depth: 0 }
    }

    /// The two parts on both sides of `middle`.
    pub(super) fn split(&self, middle: &Rational) -> [Self; 2] {
        let part = |left: &Rational, right: &Rational| Self {
            map: self.map.clone(),
            left: left.clone(),
            right: right.clone(),
            depth: self.depth + 1,
        };
        [part(&self.left, middle), part(middle, &self.right)]
    }

    pub(super) fn middle(&self) -> Rational {
        (&self.left + &self.right) / Rational::from(2u8)
    }

    /// The integrand's variable at `v`; `None` at infinity.
    pub(super) fn outside(&self, v: &Rational) -> Option<Rational> {
        match &self.map {
            Map::Direct => Some(v.clone()),
            _ if v.is_zero() => None,
            Map::Above(origin) => Some(origin + Rational::ONE / v),
            Map::Below(origin) => Some(origin - Rational::ONE / v),
        }
    }

    /// Integrates over the panel until two levels agree to `tolerance` times the larger of `size` and what is found.
    pub(super) fn integrate(
        &self,
        sampler: &mut Sampler<'_, '_>,
        tolerance: f64,
        size: f64,
    ) -> Result<Found, Missing> {
        Sums::new(self, sampler, tolerance, size).run()
    }
}

/// The sums over the nodes of a panel, level by level.
pub(super) struct Sums<'p, 's, 'a, 'f> {
    panel: &'p Panel,
    sampler: &'s mut Sampler<'a, 'f>,
    tolerance: f64,
    pub(super) precision: Precision,
    /// Ends and width in hardware.
    left: f64,
    right: f64,
    width: f64,
    span: Number,
    /// The sum of all terms, and of their absolute values.
    pub(super) total: Number,
    pub(super) magnitude: f64,
    /// The magnitude known from elsewhere, in units of the sums.
    known: f64,
    /// The error by what lies beyond the last nodes, in units of the sums.
    beyond: [f64; 2],
    grows: Option<Side>,
    hole: Option<Rational>,
}

impl<'p, 's, 'a, 'f> Sums<'p, 's, 'a, 'f> {
    pub(super) fn new(panel: &'p Panel, sampler: &'s mut Sampler<'a, 'f>, tolerance: f64, size: f64) -> Self {
        let width = &panel.right - &panel.left;
        let hardware = exact::to_f64(&width);
        Self {
            panel,
            tolerance,
            precision: sampler.precision,
            sampler,
            left: exact::to_f64(&panel.left),
            right: exact::to_f64(&panel.right),
            width: hardware,
            span: Number::Exact(width),
            total: Number::zero(),
            magnitude: 0.0,
            known: size / hardware,
            beyond: [0.0; 2],
            grows: None,
            hole: None,
        }
    }

    fn run(mut self) -> Result<Found, Missing> {
        let rule = rule(self.precision);
        self.middle(&rule.middle)?;
        let mut step = 1.0;
        let mut before: Option<Number> = None;
        let mut error = f64::INFINITY;
        let finest = if self.precision.is_double() { LEVELS - 1 } else { LEVELS };
        for (level, nodes) in rule.levels.iter().enumerate().take(finest + 1) {
            let old = self.total.clone();
            self.beyond = [0.0; 2];
            for side in [Side::Left, Side::Right] {
                self.side(side, nodes)?;
            }
            if self.hole.is_some() || self.sampler.left == 0 {
                error = f64::INFINITY;
                break;
            }
            let fresh = self.total.sub(&old, self.precision).map_err(|_| Missing::Here)?;
            let difference = before.map(|before| {
                let apart = fresh.mul(&point_or_zero(2.0 * step), self.precision);
                let apart = apart.and_then(|apart| apart.sub(&before, self.precision));
                apart.map_or(f64::INFINITY, |apart| apart.to_f64().abs())
            });
            let sum = self.total.mul(&point_or_zero(step), self.precision).map_err(|_| Missing::Here)?;
            before = Some(sum);
            if let Some(difference) = difference {
                let scale = (self.magnitude * step).max(self.known);
                let slow = level >= 3 && difference > error / 8.0;
                error = difference + self.beyond[0] * step + self.beyond[1] * step;
                if level >= 3 && (slow || error <= self.tolerance * scale || self.grows.is_some()) {
                    break;
                }
            }
            step /= 2.0;
        }
        self.found(before, error, step)
    }

    fn found(self, sum: Option<Number>, error: f64, step: f64) -> Result<Found, Missing> {
        let sum = sum.unwrap_or_else(Number::zero);
        let sum = sum.mul(&self.span, self.precision).map_err(|_| Missing::Here)?;
        let size = self.magnitude * step * self.width;
        let error = if error.is_nan() { f64::INFINITY } else { error * self.width };
        Ok(Found { error, sum, size, hole: self.hole, grows: self.grows })
    }

    /// The term in the middle of the panel.
    fn middle(&mut self, weight: &Number) -> Result<(), Missing> {
        let v = self.panel.middle();
        match self.term(&self.whole(v.clone()), weight) {
            Ok((term, size)) => self.add(&term, size),
            Err(Missing::Here) => {
                self.hole = Some(v);
                Ok(())
            }
            Err(Missing::Stop) => Err(Missing::Stop),
        }
    }

    pub(super) fn add(&mut self, term: &Number, size: f64) -> Result<(), Missing> {
        self.total = self.total.add(term, self.precision).map_err(|_| Missing::Here)?;
        self.magnitude += size;
        Ok(())
    }

    /// The terms towards one end, until they add nothing.
    fn side(&mut self, side: Side, nodes: &[Node]) -> Result<(), Missing> {
        if self.hole.is_some() {
            return Ok(());
        }
        let (mut small, mut last, mut growing) = (0, 0.0, 0);
        for node in nodes {
            if self.sampler.left == 0 {
                return Ok(());
            }
            let v = self.place(side, node);
            let (term, size) = match self.term(&v, &node.weight) {
                Ok(term) => term,
                Err(Missing::Stop) => return Err(Missing::Stop),
                Err(Missing::Here) if node.near < NEAR_END => {
                    self.beyond[side as usize] = last;
                    return Ok(());
                }
                Err(Missing::Here) => {
                    self.hole = Some(rational(&v));
                    return Ok(());
                }
            };
            self.add(&term, size)?;
            growing = if size >= last * 0.999 && size > 0.0 { growing + 1 } else { 0 };
            last = size;
            let negligible = size < self.tolerance / 64.0 * self.magnitude.max(self.known);
            small = if negligible { small + 1 } else { 0 };
            if small >= 2 && node.near < NEAR_END {
                return Ok(());
            }
        }
        self.beyond[side as usize] = last;
        if growing >= 8 {
            self.grows = Some(side);
        }
        Ok(())
    }

    /// The point at a node's distance from an end.
    fn place(&self, side: Side, node: &Node) -> Number {
        let (end, hardware) = match side {
            Side::Left => (&self.panel.left, self.left),
            Side::Right => (&self.panel.right, self.right),
        };
        if self.precision.is_double() {
            let distance = self.width * node.near;
            if distance > hardware.abs() * CLOSE {
                let x = if side == Side::Left { hardware + distance } else { hardware - distance };
                return point(x).unwrap_or_else(Number::zero);
            }
            let distance = Rational::try_from(distance).unwrap_or_default();
            return Number::Exact(if side == Side::Left { end + distance } else { end - distance });
        }
        let distance = (&self.panel.right - &self.panel.left) * &node.distance;
        let close = self.width * node.near <= hardware.abs() * CLOSE;
        let x = if side == Side::Left { end + distance } else { end - distance };
        if close { Number::Exact(x) } else { self.whole(x) }
    }

    /// A point with no more digits than arithmetic here has.
    fn whole(&self, x: Rational) -> Number {
        match Number::Exact(x.clone()).real(self.precision) {
            Ok(real) => Number::Real(real.lower()),
            Err(_) => Number::Exact(x),
        }
    }

    /// Weight times integrand at the panel's variable `v`, and the magnitude of that.
    pub(super) fn term(&mut self, v: &Number, weight: &Number) -> Result<(Number, f64), Missing> {
        let p = self.precision;
        let (x, weight) = match &self.panel.map {
            Map::Direct => (v.clone(), weight.clone()),
            Map::Above(origin) | Map::Below(origin) => {
                let inverse = Number::one().div(v, p).map_err(|_| Missing::Here)?;
                let origin = Number::Exact(origin.clone());
                let x = match &self.panel.map {
                    Map::Below(_) => origin.sub(&inverse, p),
                    _ => origin.add(&inverse, p),
                };
                let weight = weight.mul(&inverse, p).and_then(|weight| weight.mul(&inverse, p));
                let (Ok(x), Ok(weight)) = (x, weight) else { return Err(Missing::Here) };
                (lower(x), weight)
            }
        };
        let scale = weight.to_f64();
        let allowed = self.tolerance / 64.0 * self.magnitude.max(self.known) / scale.abs();
        let sample = self.sampler.at(&x, allowed)?;
        let term = sample.value.mul(&weight, p).map_err(|_| Missing::Here)?;
        let size = sample.middle.abs() * scale;
        if size.is_nan() { Err(Missing::Here) } else { Ok((term, size)) }
    }
}

/// One point of an enclosure.
fn lower(x: Number) -> Number {
    match x {
        Number::Real(real) => Number::Real(real.lower()),
        exact => exact,
    }
}

fn point_or_zero(x: f64) -> Number {
    point(x).unwrap_or_else(Number::zero)
}
