//! Where an integrand changes its formula: where conditions of cases begin to hold, absolute values turn, and a maximum goes
//! over from one argument to the other. Between such places it is smooth: nothing narrow hides from a quadrature there.

use std::collections::BTreeSet;

use super::Evaluator;
use super::estimate::{Body, mentions};
use crate::num::{Number, Rational};
use crate::syntax::{Binary, Builtin, Expr, Kind, Unary};

/// Values that differ by less, as a share of the largest, are the same.
const SAME: f64 = 1e-9;
/// More places are not looked for.
const MOST_PLACES: usize = 64;

impl Evaluator<'_> {
    /// The places where the formula changes that are zeros of lines and parabolas, in ascending order; those of other curves
    /// are left to the quadrature.
    pub(super) fn switches(&mut self, body: &Body<'_>) -> BTreeSet<Rational> {
        let mut places = BTreeSet::new();
        self.add_switches(body.expr, body, &mut places);
        places
    }

    /// Adds those of the parts first, between which a line may be straight.
    fn add_switches(&mut self, expr: &Expr, body: &Body<'_>, places: &mut BTreeSet<Rational>) {
        if !mentions(expr, body.variable) || places.len() >= MOST_PLACES {
            return;
        }
        expr.for_each_child(&mut |child| self.add_switches(child, body, places));
        for line in lines(expr) {
            if mentions(&line, body.variable) {
                let zeros = self.zeros(&Body { expr: &line, ..*body }, places);
                places.extend(zeros.into_iter().take(MOST_PLACES));
            }
        }
    }

    /// The zeros of what is a straight line or a parabola between each two of these places.
    fn zeros(&mut self, line: &Body<'_>, places: &BTreeSet<Rational>) -> Vec<Rational> {
        let ends: Vec<&Rational> = places.iter().collect();
        let mut zeros = Vec::new();
        for at in 0..=ends.len() {
            let (low, high) = (at.checked_sub(1).map(|before| ends[before]), ends.get(at).copied());
            let inside =
                |zero: &Rational| low.is_none_or(|low| low < zero) && high.is_none_or(|high| zero < high);
            zeros.extend(self.zeros_between(line, low, high).into_iter().filter(inside));
        }
        zeros
    }

    fn zeros_between(
        &mut self,
        line: &Body<'_>,
        low: Option<&Rational>,
        high: Option<&Rational>,
    ) -> Vec<Rational> {
        let points = inside(low, high);
        let exact: Option<Vec<Rational>> = points.iter().map(|place| self.exact_at(line, place)).collect();
        if let Some(values) = exact
            && let Some(zero) = zero_of_line(&points, &values)
        {
            return vec![zero];
        }
        let values: Option<Vec<f64>> = points.iter().map(|place| self.roughly_at(line, place)).collect();
        values.map_or_else(Vec::new, |values| zeros_of_parabola(&points, &values))
    }

    fn exact_at(&mut self, line: &Body<'_>, place: &Rational) -> Option<Rational> {
        let value = self.body_at(line, Number::Exact(place.clone()).into()).ok()?;
        value.as_number()?.as_exact().cloned()
    }

    fn roughly_at(&mut self, line: &Body<'_>, place: &Rational) -> Option<f64> {
        let value = self.body_at(line, Number::Exact(place.clone()).into()).ok()?;
        value.as_number().map(Number::to_f64)
    }
}

/// The zero of the straight line through these points, if they lie on one.
fn zero_of_line(places: &[Rational; 4], values: &[Rational]) -> Option<Rational> {
    let slope = (&values[1] - &values[0]) / (&places[1] - &places[0]);
    let on_line = |at: usize| &values[0] + &slope * (&places[at] - &places[0]) == values[at];
    (slope != Rational::ZERO && on_line(2) && on_line(3)).then(|| &places[0] - &values[0] / &slope)
}

/// The zeros, to the digits of a double, of the parabola or line through three of these points, if the fourth lies on it.
fn zeros_of_parabola(places: &[Rational; 4], values: &[f64]) -> Vec<Rational> {
    let [a, b, c, d] = places.each_ref().map(|place| place.to_f64().value());
    let first = (values[1] - values[0]) / (b - a);
    let second = ((values[2] - values[1]) / (c - b) - first) / (c - a);
    let at = |x: f64| values[0] + (x - a) * (first + second * (x - b));
    let size = values.iter().fold(0.0, |size: f64, value| size.max(value.abs()));
    if !size.is_finite() || (at(d) - values[3]).abs() > SAME * size {
        return Vec::new();
    }
    let (linear, constant) = (first - second * (a + b), at(0.0));
    let zeros = if second.abs() * (d - a).abs() <= SAME * first.abs() {
        vec![-constant / linear]
    } else {
        let root = (linear * linear - 4.0 * second * constant).sqrt();
        vec![(-linear - root) / (2.0 * second), (-linear + root) / (2.0 * second)]
    };
    zeros.into_iter().filter_map(|zero| Rational::try_from(zero).ok()).collect()
}

/// Points between two ends, none of them special.
fn inside(low: Option<&Rational>, high: Option<&Rational>) -> [Rational; 4] {
    let share = |above: u32| Rational::from(above) / Rational::from(997u32);
    let parts = [share(211), share(503), share(811), share(929)];
    let from = |place: &Rational, sign: Rational| parts.each_ref().map(|step| place + step * &sign);
    match (low, high) {
        (Some(low), Some(high)) => parts.each_ref().map(|part| low + (high - low) * part),
        (Some(low), None) => from(low, Rational::ONE),
        (None, Some(high)) => from(high, -Rational::ONE),
        (None, None) => from(&Rational::ZERO, Rational::ONE),
    }
}

/// What has to vanish for the formula of this node to change.
fn lines(expr: &Expr) -> Vec<Expr> {
    let difference = |a: &Expr, b: &Expr| {
        Expr::new(Kind::Binary(Binary::Subtract, Box::new(a.clone()), Box::new(b.clone())), a.span)
    };
    match &expr.kind {
        Kind::Unary(Unary::Bars, inner) => vec![(**inner).clone()],
        Kind::Call(Builtin::Abs | Builtin::Relu | Builtin::LeakyRelu | Builtin::Sign, args) => {
            args.iter().take(1).cloned().collect()
        }
        Kind::Call(Builtin::Max | Builtin::Min, args) => {
            let pairs =
                args.iter().enumerate().flat_map(|(at, a)| args[at + 1..].iter().map(move |b| (a, b)));
            pairs.map(|(a, b)| difference(a, b)).collect()
        }
        Kind::Cases(branches) => {
            let conditions = branches.iter().flat_map(|(_, alternatives)| alternatives).flatten();
            let pairs = conditions.flat_map(|condition| condition.members.windows(2));
            pairs.map(|pair| difference(&pair[0], &pair[1])).collect()
        }
        _ => Vec::new(),
    }
}
