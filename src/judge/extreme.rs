//! Where an inequality over a domain comes closest to failing: from the best points that were tried, steps along each
//! coordinate that lessen its slack, halved when none does. What is found is one more point to test, and no proof.

use crate::eval::{Point, Points};
use crate::num::{Rational, UBig};
use crate::syntax::Relation;

/// Points that are started from.
const STARTS: usize = 3;
/// Points that are tried from each.
const TRIALS: usize = 160;
/// Places after the point of what is found.
const DECIMALS: usize = 12;
/// More elements than this are too many to go along one by one.
const MOST_ELEMENTS: usize = 12;

/// Whether a relation has a slack.
pub(super) fn applies(relation: Relation) -> bool {
    relation.is_inequality() && relation != Relation::NotEqual
}

/// The points with the least slack.
#[derive(Default)]
pub(super) struct Lowest {
    found: Vec<(f64, Vec<Rational>)>,
}

impl Lowest {
    /// Remembers the last of the points if it is among the best.
    pub(super) fn note(&mut self, slack: Option<f64>, points: &Points<'_>) {
        let Some(slack) = slack else { return };
        let at = self.found.partition_point(|(other, _)| *other <= slack);
        if at < STARTS {
            self.found.insert(at, (slack, points.last().0.to_vec()));
            self.found.truncate(STARTS);
        }
    }

    /// Goes down from each of them. Where they arrive.
    pub(super) fn descend(&self, points: &Points<'_>, slack: &dyn Fn(&Point) -> Option<f64>) -> Vec<Point> {
        let (elements, whole) = points.last();
        if elements.is_empty() || elements.len() > MOST_ELEMENTS {
            return Vec::new();
        }
        let arrive = |(start, elements): &(f64, Vec<Rational>)| {
            let mut descent = Descent { points, slack, whole: &whole, at: elements.clone(), least: *start };
            descent.run();
            descent.at
        };
        let arrived: Vec<_> = self.found.iter().map(arrive).collect();
        // What shows it with few digits is easier to check by hand.
        let rounded = (0..DECIMALS).flat_map(|decimals| arrived.iter().map(move |at| rounded(at, decimals)));
        rounded.filter_map(|elements| points.assemble(&elements)).collect()
    }
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
        let mut trials = 0;
        while trials < TRIALS {
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
