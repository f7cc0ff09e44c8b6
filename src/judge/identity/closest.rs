//! Where a relation over a domain comes closest to failing, and what that says. Sides that meet at a place which no decimal
//! names are never equal at a point that can be tried: `x^2 \neq 2`, `x^2 + 2 > 2\sqrt{2}\,x`. There one overtakes the other,
//! or they come too close to tell.

use super::{Side, Test, Trial, tested};
use crate::compare::decimal::absolute;
use crate::compare::{Rational, Verdict};
use crate::diag::{Code, Diagnostic};
use crate::eval::{Point, Points};
use crate::judge::chain::Member;
use crate::judge::extreme::{self, Lowest};
use crate::judge::finding::{Finding, quoted};
use crate::judge::point::{described, named};
use crate::syntax::{Binary, Builtin, Expr, Kind, Name, Relation, Unary, is_constant};

/// Sides that differ by less, relative to their size, may be equal.
const TINY: f64 = 1e-12;
/// How many times farther apart they must be beside that place: far out sides approach each other for ever.
const APART: f64 = 1e3;
/// How far beside it, relative to where it is: one over this.
const BESIDE: u32 = 1_000;
/// What is so close to it, relative as well, may be that place.
const NEAR: f64 = 1e-6;

/// What the search for a point where a relation fails has come to.
pub(super) enum Closest {
    /// It fails here.
    Fails(Point),
    /// The sides are as good as equal here.
    Meets(Meeting),
}

/// Where two sides are as good as equal, and not beside it.
pub(super) struct Meeting {
    point: Point,
    /// One side overtakes the other, so that they are equal somewhere; else they may only touch.
    crosses: bool,
}

impl Test<'_> {
    /// Where the lowest of the points lead to; `None` if the relation holds there too.
    pub(super) fn closest(
        &self,
        members: [&Member; 2],
        lowest: Lowest,
        points: &Points<'_>,
    ) -> Option<Closest> {
        let [left, right] = self.sides(members[0], members[1]);
        let mut arrived = lowest.arrive(points, &|point| self.difference(left, right, point));
        let fails = |point: &Point| matches!(self.trial(members[0], members[1], point, true), Trial::Fails);
        let tidied = arrived.iter().flat_map(|place| extreme::tidied(place));
        if let Some(point) = tidied.filter_map(|place| points.assemble(&place)).find(fails) {
            return Some(Closest::Fails(point));
        }
        if matches!(self.link.relation, Relation::LessEqual | Relation::GreaterEqual) {
            return None;
        }
        let size =
            |place: &Vec<Rational>| place.iter().map(absolute).fold(Rational::ZERO, |sum, one| sum + one);
        // Where it is easiest to see.
        arrived.sort_by_key(size);
        let mut met: Vec<Meeting> =
            arrived.iter().filter_map(|place| self.meeting(members, place, points)).collect();
        met.sort_by_key(|meeting| !meeting.crosses);
        met.into_iter().next().map(Closest::Meets)
    }

    /// Whether the sides meet at a place: they are as good as equal there, and not beside it.
    fn meeting(&self, members: [&Member; 2], at: &[Rational], points: &Points<'_>) -> Option<Meeting> {
        let [left, right] = self.sides(members[0], members[1]);
        let point = points.assemble(at)?;
        let [one, other] = self.numbers([left, right], &point)?;
        let (here, size) = ((other - one).abs(), one.abs().max(other.abs()));
        let beside = self.beside([left, right], at, points)?;
        let least = beside.iter().flatten().fold(f64::INFINITY, |least, beside| least.min(beside.abs()));
        let meets = least.is_finite()
            && here <= TINY * size.max(least)
            && least > (APART * here).max(TINY * size)
            && !self.is_left_out(members, at, points);
        let crosses = beside.iter().any(|[below, above]| below * above < 0.0)
            && members.iter().all(|member| self.is_continuous(tested(member), &point));
        meets.then_some(Meeting { point, crosses })
    }

    /// The differences of the sides below and above a place, for each element that can be a little more or less.
    fn beside(
        &self,
        [left, right]: [Side<'_>; 2],
        at: &[Rational],
        points: &Points<'_>,
    ) -> Option<Vec<[f64; 2]>> {
        let real = points.real();
        let difference = |element: usize, side: i8| {
            let size = Rational::ONE + absolute(&at[element]);
            let mut beside = at.to_vec();
            beside[element] += size * Rational::from(side) / Rational::from(BESIDE);
            self.difference(left, right, &points.assemble(&beside)?)
        };
        let elements = (0..at.len()).filter(|element| real[*element]);
        elements.map(|element| Some([difference(element, -1)?, difference(element, 1)?])).collect()
    }

    /// Whether the sides are asked for around a place and not at it: the domain leaves it out, or a side has no value there.
    fn is_left_out(&self, members: [&Member; 2], at: &[Rational], points: &Points<'_>) -> bool {
        let is_near = |one: f64, element: usize| {
            let other = at[element].to_f64().value();
            (one - other).abs() <= NEAR * (1.0 + other.abs())
        };
        let is_this = |place: &Vec<Rational>| {
            place.iter().enumerate().all(|(element, one)| is_near(one.to_f64().value(), element))
        };
        let has_value = |place: Vec<Rational>| {
            points.assemble(&place).is_some_and(|point| {
                !matches!(self.trial(members[0], members[1], &point, false), Trial::Undefined { .. })
            })
        };
        points.left_out().into_iter().any(|(element, number)| is_near(number, element))
            || !extreme::tidied(at).filter(is_this).all(has_value)
    }

    /// That the sides are equal somewhere, or that it cannot be told whether they are.
    pub(super) fn met(
        &self,
        members: [&Member; 2],
        meeting: &Meeting,
        finding: impl Fn(Verdict) -> Finding,
    ) -> Finding {
        let scope = self.court.scope;
        let text = quoted(&self.claimed(members), "this");
        let place = described(scope, &meeting.point);
        if meeting.crosses {
            let message = format!("{text} fails near {place}");
            let diagnostic = Diagnostic::error(Code::IdentityFails, self.link.span, message)
                .label("here")
                .note("one side is the greater one before that place, and the other behind it");
            return finding(Verdict::Mismatch).fails_at(named(scope, &meeting.point)).complaint(diagnostic);
        }
        let message =
            format!("whether {text} holds cannot be told near {place}: the sides are as good as equal there");
        let help = match self.link.relation {
            Relation::Less => "write `\\le` if they may be equal",
            Relation::Greater => "write `\\ge` if they may be equal",
            _ => "leave that place out of the domain if they are equal there",
        };
        let diagnostic = Diagnostic::error(Code::Undecided, self.link.span, message).help(help);
        finding(Verdict::Unverifiable).complaint(diagnostic)
    }

    /// Whether a formula of the names of a point has a value everywhere and no jumps, by the look of it.
    fn is_continuous(&self, expr: &Expr, point: &Point) -> bool {
        let is_free = |name: &Name| point.iter().any(|(id, _)| self.court.scope.binding(*id).name == *name);
        !expr.any(|node| match &node.kind {
            _ if is_numeric(node) => false,
            Kind::Name(name) => !is_free(name),
            Kind::Binary(Binary::Divide, _, below) => !is_numeric(below),
            // Whole powers of anything, and any power of a number that is positive.
            Kind::Binary(Binary::Power, base, exponent) => {
                let is_whole = |expr: &Expr| matches!(&expr.kind, Kind::Number(one) if one.is_integer());
                let is_positive =
                    matches!(&base.kind, Kind::Name(base) if base.as_str() == "e") || is_whole(base);
                !is_whole(exponent) && !is_positive
            }
            Kind::Call(builtin, _) => !is_entire(*builtin),
            Kind::Unary(Unary::Negate | Unary::Plus | Unary::Group | Unary::Percent, _)
            | Kind::Binary(Binary::Add | Binary::Subtract | Binary::Multiply(_), ..) => false,
            _ => true,
        })
    }
}

fn is_numeric(expr: &Expr) -> bool {
    let has_name = |node: &Expr| match &node.kind {
        Kind::Number(_) | Kind::Unary(..) | Kind::Binary(..) | Kind::Call(..) => false,
        Kind::Name(name) => !is_constant(name.as_str()),
        _ => true,
    };
    !expr.any(has_name)
}

/// Whether a function has a value for every number, and no jumps.
fn is_entire(builtin: Builtin) -> bool {
    use Builtin as B;
    matches!(builtin, B::Sin | B::Cos | B::Sinh | B::Cosh | B::Tanh | B::Exp | B::Arctan)
}
