//! Whether a relation that fails somewhere does so everywhere.

use super::{FEWEST, Test, Trial, tested};
use crate::compare::Rational;
use crate::eval::elements;
use crate::judge::chain::{Kind, Member};

/// What differs by more from point to point is no constant.
const VARIES: f64 = 1e-6;
/// Points at which a relation is tried that has failed at one.
const MOST_TRIED: usize = 64;

impl Test<'_> {
    /// Whether it holds at none of many points. At 0 and ±1 different formulas often agree: `3x^2` and `2x` do.
    pub(super) fn fails_everywhere(&self, lhs: &Member, rhs: &Member) -> bool {
        let exprs = || [tested(lhs), tested(rhs)].into_iter().chain(self.modulus);
        let mut points = self.court.scope.points_for(&self.court.scope.free_in(exprs()), exprs());
        let mut failed = 0;
        let mut first = None;
        let [left, right] = self.sides(lhs, rhs);
        for _ in 0..MOST_TRIED {
            let Some(point) = points.next() else { break };
            // Of what varies, a number says where it has that value.
            let distance =
                matches!(rhs.kind, Kind::Bare(_)).then(|| self.difference(left, right, &point)).flatten();
            let varies = |first: f64, here: f64| (here - first).abs() > VARIES * (1.0 + first.abs());
            if first.zip(distance).is_some_and(|(first, here)| varies(first, here)) {
                return false;
            }
            first = first.or(distance);
            let is_special =
                |place: &Rational| place.is_zero() || place.is_one() || *place == Rational::NEG_ONE;
            if elements(&point).iter().any(is_special) {
                continue;
            }
            match self.trial(lhs, rhs, &point, points.last_is_ordinary()) {
                Trial::Fails => failed += 1,
                Trial::Holds | Trial::Impossible(_) => return false,
                Trial::Undefined { .. } | Trial::Undecided => {}
            }
        }
        failed >= FEWEST
    }
}
