//! Where an inequality over a domain comes closest to failing: from the best points that were tried, steps along each
//! coordinate that lessen its slack, halved when none does. Sides that are to differ are also followed to where one overtakes
//! the other. What is found is one more point to test, and no proof.

use crate::eval::{Point, Points};
use crate::num::{Rational, UBig};
use crate::syntax::Relation;

/// Points that are started from.
const STARTS: usize = 3;
/// Points that are tried from each, and how many where the second half of them still leads far down: at a corner each step only
/// halves the slack.
const TRIALS: usize = 160;
const MOST_TRIALS: usize = 480;
/// How far down that is.
const FAR: f64 = 1e3;
/// Places after the point of what is found.
const DECIMALS: usize = 12;
/// More elements than this are too many to go along one by one.
const MOST_ELEMENTS: usize = 12;
/// Changes of sign that are looked into, and how often what lies between is halved.
const MOST_CROSSINGS: usize = 16;
const HALVINGS: usize = 200;

/// How far a relation is from failing where its right side exceeds the left one by so much.
pub(super) fn slack(relation: Relation, difference: f64) -> f64 {
    match relation {
        Relation::Less | Relation::LessEqual => difference,
        Relation::NotEqual => difference.abs(),
        _ => -difference,
    }
}

/// The points with the least slack.
pub(super) struct Lowest {
    relation: Relation,
    found: Vec<(f64, Vec<Rational>)>,
    /// Where sides that are to differ were compared, and by how much the right one exceeded the left one.
    compared: Vec<(Vec<Rational>, f64)>,
}

impl Lowest {
    /// Of no points yet.
    pub(super) fn of(relation: Relation) -> Self {
        Self { relation, found: Vec::new(), compared: Vec::new() }
    }

    /// Whether the last of the points may lead somewhere. Far out sides only tell which of them is the greater one.
    pub(super) fn asks_for(&self, points: &Points<'_>) -> bool {
        self.relation == Relation::NotEqual || self.relation.is_inequality() && points.last_is_ordinary()
    }

    /// Remembers the last of the points, where the right side exceeds the left one by so much, if it is among the best.
    pub(super) fn note(&mut self, difference: Option<f64>, points: &Points<'_>) {
        let Some(difference) = difference else { return };
        let here = || points.last().0.to_vec();
        if self.relation == Relation::NotEqual {
            self.compared.push((here(), difference));
        }
        let slack = slack(self.relation, difference);
        let at = self.found.partition_point(|(other, _)| *other <= slack);
        if at < STARTS && points.last_is_ordinary() {
            self.found.insert(at, (slack, here()));
            self.found.truncate(STARTS);
        }
    }

    /// Where it leads to go down from each of them, and between those where different sides are the greater one.
    pub(super) fn arrive(
        mut self,
        points: &Points<'_>,
        difference: &dyn Fn(&Point) -> Option<f64>,
    ) -> Vec<Vec<Rational>> {
        let relation = self.relation;
        let mut arrived = self.descend(points, &|point| Some(slack(relation, difference(point)?)));
        self.compared.sort_by(|(one, _), (other, _)| one.cmp(other));
        let (_, whole) = points.last();
        let crosses = |pair: &&[(Vec<Rational>, f64)]| {
            let stays = |at: usize| !whole[at] || pair[0].0[at] == pair[1].0[at];
            pair[0].1 * pair[1].1 < 0.0 && (0..whole.len()).all(stays)
        };
        let crossings = self.compared.windows(2).filter(crosses).take(MOST_CROSSINGS);
        arrived.extend(crossings.filter_map(|pair| crossing([&pair[0], &pair[1]], points, difference)));
        arrived
    }

    fn descend(&self, points: &Points<'_>, slack: &dyn Fn(&Point) -> Option<f64>) -> Vec<Vec<Rational>> {
        let (elements, whole) = points.last();
        if elements.is_empty() || elements.len() > MOST_ELEMENTS {
            return Vec::new();
        }
        let arrive = |(start, elements): &(f64, Vec<Rational>)| {
            let mut descent = Descent { points, slack, whole: &whole, at: elements.clone(), least: *start };
            descent.run();
            descent.at
        };
        self.found.iter().map(arrive).collect()
    }
}

/// A place rounded to fewer and more decimals: what shows it with few digits is easier to check by hand.
pub(super) fn tidied(place: &[Rational]) -> impl Iterator<Item = Vec<Rational>> {
    (0..DECIMALS).map(move |decimals| rounded(place, decimals))
}

/// Where one side overtakes the other between two points, if the domain does not end between them.
fn crossing(
    ends: [&(Vec<Rational>, f64); 2],
    points: &Points<'_>,
    difference: &dyn Fn(&Point) -> Option<f64>,
) -> Option<Vec<Rational>> {
    let half = Rational::ONE / Rational::from(2u8);
    let [mut one, mut other] = ends.map(|(at, _)| at.clone());
    let sign = ends[0].1;
    for _ in 0..HALVINGS {
        let middle: Vec<Rational> =
            one.iter().zip(&other).map(|(one, other)| (one + other) * &half).collect();
        let here = difference(&points.assemble(&middle)?)?;
        if here * sign > 0.0 { one = middle } else { other = middle }
    }
    Some(other)
}

/// The elements to so many decimals.
fn rounded(elements: &[Rational], decimals: usize) -> Vec<Rational> {
    let scale = Rational::from(UBig::from(10u8).pow(decimals));
    elements.iter().map(|element| Rational::from((element * &scale).round()) / &scale).collect()
}

struct Descent<'d> {
    points: &'d Points<'d>,
    slack: &'d dyn Fn(&Point) -> Option<f64>,
    /// Whether each element is an integer.
    whole: &'d [bool],
    at: Vec<Rational>,
    least: f64,
}

impl Descent<'_> {
    fn run(&mut self) {
        let half = Rational::ONE / Rational::from(2u8);
        let mut step = Rational::ONE;
        let (mut trials, mut half_way) = (0, self.least);
        while trials < TRIALS || trials < MOST_TRIALS && self.least * FAR < half_way {
            if trials < TRIALS / 2 {
                half_way = self.least;
            }
            let mut moved = false;
            for element in 0..self.at.len() {
                for sign in [1i8, -1] {
                    trials += 1;
                    moved |= self.takes(element, &step * Rational::from(sign));
                }
            }
            if moved {
                step *= Rational::from(2u8);
            } else if self.whole.iter().all(|whole| *whole) && step <= Rational::ONE {
                return;
            } else {
                step *= &half;
            }
        }
    }

    /// Goes this far along one element if that lessens the slack.
    fn takes(&mut self, element: usize, step: Rational) -> bool {
        if self.whole[element] && !step.is_int() {
            return false;
        }
        let mut there = self.at.clone();
        there[element] += step;
        let slack = self.points.assemble(&there).and_then(|point| (self.slack)(&point));
        let Some(slack) = slack.filter(|slack| *slack < self.least) else { return false };
        (self.at, self.least) = (there, slack);
        true
    }
}
