//! Points of a domain at which an identity is tested: tidy ones first, so that a counterexample is easy to check by
//! hand, then points where names are equal, zeros, bounds, small integers, multiples of π/2, the numbers of the relation
//! itself, huge and tiny numbers, and at last random ones.
//!
//! The sequence is the same for the same domains: the generator is seeded with a constant.

use std::collections::BTreeSet;

use super::domain::{Domain, Set, Shape};
use super::scope::{BindingId, Definition, Scope};
use super::value::Value;
use crate::num::rng::SplitMix64;
use crate::num::{IBig, Number, Rational, UBig};
use crate::syntax::{Expr, Kind};

/// A value for each free name.
pub type Point = Vec<(BindingId, Value)>;

/// How many points are counted at least, if the domain has so many.
pub const ENOUGH: usize = 64;
/// How many are tried before giving up on finding more.
const MOST_TRIED: usize = 4_000;
/// A domain of at most so many points is tested whole.
const WHOLE: usize = 256;
/// The ordinary points before any special one.
const ORDINARY: usize = 24;
/// Integers up to this one are all tried.
const MOST_SMALL: i64 = 50;
/// Numbers of a relation that are tried.
const MOST_HINTS: usize = 12;
const SEED: u64 = 0x5145_4400_0001;

/// The numbers that people try first.
const TIDY: [(i64, u64); 16] = [
    (1, 1),
    (2, 1),
    (-1, 1),
    (3, 1),
    (-2, 1),
    (1, 2),
    (5, 1),
    (-3, 1),
    (-1, 2),
    (3, 4),
    (7, 1),
    (1, 10),
    (-7, 3),
    (10, 1),
    (4, 1),
    (-5, 1),
];

/// The points at which relations over these names are tested.
pub struct Points<'s> {
    scope: &'s Scope,
    names: Vec<(BindingId, &'s Domain)>,
    /// Made beforehand, in order.
    planned: std::vec::IntoIter<Vec<Rational>>,
    seen: BTreeSet<Vec<Rational>>,
    last: Vec<Rational>,
    tried: usize,
    /// Whether the planned points are all there are.
    pub whole: bool,
}

impl Scope {
    /// Points of the domains of these names, those near the numbers that occur in `exprs` among them.
    pub fn points_for<'e>(
        &self,
        names: &[BindingId],
        exprs: impl IntoIterator<Item = &'e Expr>,
    ) -> Points<'_> {
        let mut hints = Vec::new();
        for expr in exprs {
            expr.walk(&mut |node| {
                if let Kind::Number(literal) = &node.kind
                    && hints.len() < MOST_HINTS
                    && !hints.contains(&literal.value)
                {
                    hints.push(literal.value.clone());
                }
            });
        }
        self.points_near(names, &hints)
    }

    /// Points of the domains of these names.
    pub fn points(&self, names: &[BindingId]) -> Points<'_> {
        self.points_near(names, &[])
    }

    fn points_near(&self, names: &[BindingId], hints: &[Rational]) -> Points<'_> {
        let domain = |id: &BindingId| match &self.binding(*id).definition {
            Definition::Free(domain) => Some((*id, &**domain)),
            _ => None,
        };
        let names: Vec<_> = names.iter().filter_map(domain).collect();
        let whole = all(&names);
        let planned = whole.clone().unwrap_or_else(|| plan(&names, hints));
        Points {
            scope: self,
            names,
            planned: planned.into_iter(),
            seen: BTreeSet::new(),
            last: Vec::new(),
            tried: 0,
            whole: whole.is_some(),
        }
    }
}

impl Points<'_> {
    /// Whether the last point is one that people would try, neither huge nor tiny nor on a bound.
    pub fn last_is_ordinary(&self) -> bool {
        self.whole || self.tried <= ORDINARY
    }

    /// Whether all points that must be tried have been.
    pub fn planned_are_done(&self) -> bool {
        self.planned.len() == 0
    }

    /// Points of the domain close to the last one, on several sides of it. What is undefined at a point and not
    /// beside it has a gap there; what is undefined beside it as well is undefined on a part of the domain.
    pub fn beside(&self) -> Vec<Point> {
        let domains =
            self.names.iter().flat_map(|(_, domain)| std::iter::repeat_n(*domain, domain.shape.count()));
        let steps: Vec<Rational> =
            domains.zip(&self.last).map(|(domain, element)| step(domain, element)).collect();
        let moved = |even: i8, odd: i8| -> Vec<Rational> {
            let sides = [even, odd].into_iter().cycle().map(Rational::from);
            self.last
                .iter()
                .zip(&steps)
                .zip(sides)
                .map(|((element, step), side)| element + step * side)
                .collect()
        };
        let sides = [(1, 1), (-1, -1), (1, -1), (-1, 1)];
        sides.into_iter().filter_map(|(even, odd)| self.assemble(&moved(even, odd))).collect()
    }

    /// The elements of the last point, in order, and for each whether it is an integer by its domain.
    pub fn last(&self) -> (&[Rational], Vec<bool>) {
        let whole = |(_, domain): &(BindingId, &Domain)| {
            let is_whole = !matches!(domain.set, Set::Reals | Set::Rationals);
            std::iter::repeat_n(is_whole, domain.shape.count())
        };
        (&self.last, self.names.iter().flat_map(whole).collect())
    }

    /// For each element of a point, whether it may be any real number between two others.
    pub fn real(&self) -> Vec<bool> {
        let real = |(_, domain): &(BindingId, &Domain)| {
            std::iter::repeat_n(matches!(domain.set, Set::Reals), domain.shape.count())
        };
        self.names.iter().flat_map(real).collect()
    }

    /// The numbers that the domain leaves out, roughly, each with the place of the element that is never one.
    pub fn left_out(&self) -> Vec<(usize, f64)> {
        let mut place = 0;
        let mut left_out = Vec::new();
        for (_, domain) in &self.names {
            if domain.shape == Shape::Number {
                left_out.extend(domain.excluded.iter().map(|number| (place, number.to_f64())));
            }
            place += domain.shape.count();
        }
        left_out
    }

    /// The point with these elements, if it lies in the domain.
    pub fn assemble(&self, elements: &[Rational]) -> Option<Point> {
        let mut rest = elements;
        let mut point = Point::new();
        for (id, domain) in &self.names {
            let (own, others) = rest.split_at_checked(domain.shape.count())?;
            rest = others;
            if !domain.admits(own) {
                return None;
            }
            let numbers = own.iter().map(|element| Number::from(element.clone()).into());
            point.push((*id, domain.shape.filled(numbers.collect())));
        }
        let mut conditions = self.names.iter().flat_map(|(_, domain)| &domain.conditions);
        let holds = conditions.all(|condition| self.scope.holds_at(condition, &point) == Some(true));
        holds.then_some(point)
    }
}

/// The numbers of a point, in order.
pub fn elements(point: &Point) -> Vec<Rational> {
    fn collect(value: &Value, elements: &mut Vec<Rational>) {
        match value {
            Value::Number(number) => elements.extend(number.as_exact().cloned()),
            Value::List(items) => items.iter().for_each(|item| collect(item, elements)),
            Value::Matrix(matrix) => matrix.rows.iter().flatten().for_each(|cell| collect(cell, elements)),
            _ => {}
        }
    }
    let mut elements = Vec::new();
    point.iter().for_each(|(_, value)| collect(value, &mut elements));
    elements
}

impl Iterator for Points<'_> {
    type Item = Point;

    fn next(&mut self) -> Option<Point> {
        loop {
            self.tried += 1;
            if self.tried > MOST_TRIED {
                return None;
            }
            let elements = match self.planned.next() {
                Some(elements) => elements,
                None if self.whole => return None,
                None => random(&self.names, self.tried as u64),
            };
            if self.seen.insert(elements.clone())
                && let Some(point) = self.assemble(&elements)
            {
                self.last = elements;
                return Some(point);
            }
        }
    }
}

/// All points, if there are few.
fn all(names: &[(BindingId, &Domain)]) -> Option<Vec<Vec<Rational>>> {
    let mut points = vec![Vec::new()];
    for (_, domain) in names {
        let elements = members(domain)?;
        for _ in 0..domain.shape.count() {
            if points.len() * elements.len() > WHOLE {
                return None;
            }
            let extended = points.iter().flat_map(|point: &Vec<Rational>| {
                elements.iter().map(move |element| [&point[..], std::slice::from_ref(element)].concat())
            });
            points = extended.collect();
        }
    }
    Some(points)
}

/// Every number of a domain that has few.
fn members(domain: &Domain) -> Option<Vec<Rational>> {
    match &domain.set {
        Set::Finite(numbers) => numbers.iter().map(|number| number.as_exact().cloned()).collect(),
        Set::Integers => {
            let (lower, upper) = (domain.lower.as_ref()?, domain.upper.as_ref()?);
            let first = i64::try_from(lower.value.enclosure().0.floor()).ok()?;
            let last = i64::try_from(upper.value.enclosure().1.ceil()).ok()?;
            let count = last.checked_sub(first)?;
            (0..=WHOLE as i64).contains(&count).then(|| (first..=last).map(Rational::from).collect())
        }
        Set::Reals | Set::Rationals => None,
    }
}

/// The points that are always tried, in order.
fn plan(names: &[(BindingId, &Domain)], hints: &[Rational]) -> Vec<Vec<Rational>> {
    let tidy: Vec<Vec<Rational>> = names.iter().map(|(_, domain)| tidy(domain)).collect();
    let mut points: Vec<Vec<Rational>> = (0..ORDINARY).map(|turn| ordinary(names, &tidy, turn)).collect();
    let count: usize = names.iter().map(|(_, domain)| domain.shape.count()).sum();
    if count > 1 {
        let equal = tidy.iter().flatten().take(8).map(|number| vec![number.clone(); count]);
        points.extend(equal);
    }
    let specials: Vec<Vec<Rational>> = names.iter().map(|(_, domain)| special(domain, hints)).collect();
    let longest = specials.iter().map(Vec::len).max().unwrap_or(0);
    for turn in 0..longest {
        // With many names, each special number is tried on one of them.
        for (at, numbers) in specials
            .iter()
            .enumerate()
            .filter(|(at, _)| names.len() <= 3 || at % names.len() == turn % names.len())
        {
            let Some(number) = numbers.get(turn) else { continue };
            points.push(replaced(names, &ordinary(names, &tidy, turn), at, number));
        }
    }
    for turn in 0..longest {
        let everywhere = names.iter().zip(&specials).flat_map(|((_, domain), numbers)| {
            let number = numbers.get(turn).or(numbers.last()).cloned().unwrap_or(Rational::ONE);
            std::iter::repeat_n(number, domain.shape.count())
        });
        points.push(everywhere.collect());
    }
    points
}

/// Tidy numbers, a different one for each element.
fn ordinary(names: &[(BindingId, &Domain)], tidy: &[Vec<Rational>], turn: usize) -> Vec<Rational> {
    let mut element = 0;
    let mut point = Vec::new();
    for ((_, domain), numbers) in names.iter().zip(tidy) {
        for _ in 0..domain.shape.count() {
            let at = turn + element * (1 + turn / numbers.len().max(1));
            point.push(numbers.get(at % numbers.len().max(1)).cloned().unwrap_or(Rational::ONE));
            element += 1;
        }
    }
    point
}

/// `point` with all elements of one name replaced.
fn replaced(
    names: &[(BindingId, &Domain)],
    point: &[Rational],
    at: usize,
    number: &Rational,
) -> Vec<Rational> {
    let start: usize = names[..at].iter().map(|(_, domain)| domain.shape.count()).sum();
    let mut point = point.to_vec();
    point[start..start + names[at].1.shape.count()].fill(number.clone());
    point
}

fn inside(domain: &Domain, candidates: impl IntoIterator<Item = Rational>) -> Vec<Rational> {
    let mut numbers: Vec<Rational> = Vec::new();
    for number in candidates {
        let number = match domain.set {
            Set::Integers => Rational::from(number.floor()),
            _ => number,
        };
        if domain.contains(&Number::from(number.clone())) == Some(true) && !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

/// Ordinary numbers of a domain.
fn tidy(domain: &Domain) -> Vec<Rational> {
    let plain = TIDY.iter().map(|(top, bottom)| ratio(*top, *bottom));
    let (lower, upper) = ends(domain);
    let between = (1..8u64).filter_map(|step| {
        let (lower, upper) = (lower.clone()?, upper.clone()?);
        Some(&lower + (&upper - &lower) * ratio(step as i64, 8))
    });
    let above = lower.iter().flat_map(|lower| (1..5).map(move |step| lower + ratio(step, 1)));
    let below = upper.iter().flat_map(|upper| (1..5).map(move |step| upper - ratio(step, 1)));
    let finite = match &domain.set {
        Set::Finite(numbers) => numbers.iter().filter_map(|number| number.as_exact().cloned()).collect(),
        _ => Vec::new(),
    };
    let mut numbers = inside(domain, plain.chain(between).chain(above).chain(below).chain(finite));
    numbers.truncate(16);
    numbers
}

/// Zero, the bounds and what lies just beside them, tiny and huge numbers, and those that the relation may be about.
fn special(domain: &Domain, hints: &[Rational]) -> Vec<Rational> {
    let powers = [3usize, 6, 15, 40];
    let mut candidates = vec![Rational::ZERO];
    let (lower, upper) = ends(domain);
    for exponent in [0usize, 3, 9, 30] {
        let step = Rational::from_parts(IBig::ONE, UBig::from(10u8).pow(exponent));
        candidates.extend(lower.iter().flat_map(|bound| [bound.clone(), bound + &step]));
        candidates.extend(upper.iter().flat_map(|bound| [bound.clone(), bound - &step]));
    }
    // A sum of a million terms takes long, one of 10¹⁵ is refused at once.
    let integers = matches!(domain.set, Set::Integers);
    for exponent in powers.into_iter().filter(|exponent| !integers || *exponent != 6) {
        let huge = Rational::from(UBig::from(10u8).pow(exponent));
        let tiny = Rational::from_parts(IBig::ONE, UBig::from(10u8).pow(exponent));
        candidates.extend([huge.clone(), tiny.clone(), -huge, -tiny]);
    }
    candidates.extend([ratio(100, 1), ratio(1_000_000_000_039, 1), ratio(12, 1), ratio(13, 1)]);
    if integers {
        candidates.extend((0..=MOST_SMALL).map(|small| ratio(small, 1)));
        let beside =
            |hint: &Rational| [-Rational::ONE, Rational::ZERO, Rational::ONE].map(|step| hint + step);
        candidates.extend(hints.iter().flat_map(beside));
        candidates.extend((1..=12).map(|small| ratio(-small, 1)));
    } else {
        let quarters = [1, 2, 3, 4, -1, -2].map(|count| half_turn() * ratio(count, 2));
        candidates.extend(quarters);
        candidates.extend(hints.iter().flat_map(|hint| [hint.clone(), -hint.clone()]));
    }
    inside(domain, candidates)
}

/// The bounds as rational numbers, an irrational one from inside.
fn ends(domain: &Domain) -> (Option<Rational>, Option<Rational>) {
    let lower = domain.lower.as_ref().map(|bound| bound.value.enclosure().1);
    let upper = domain.upper.as_ref().map(|bound| bound.value.enclosure().0);
    (lower, upper)
}

/// A random point; whether it lies in the domain is for the caller to see.
fn random(names: &[(BindingId, &Domain)], turn: u64) -> Vec<Rational> {
    let draws = SplitMix64::new(SEED).stream(turn);
    let mut drawn = 0;
    let mut next = || {
        drawn += 1;
        draws.nth(drawn)
    };
    let mut point = Vec::new();
    for (_, domain) in names {
        for _ in 0..domain.shape.count() {
            point.push(draw(domain, next(), next()));
        }
    }
    point
}

/// A random number of a domain: even over an interval, even in its logarithm where a side is open.
fn draw(domain: &Domain, one: u64, other: u64) -> Rational {
    let fraction = ratio((one % 10_007) as i64, 10_007);
    let scale = [ratio(1, 100), ratio(1, 1), ratio(10, 1), ratio(1000, 1)][(other % 4) as usize].clone();
    let magnitude = &fraction * scale;
    let number = match (ends(domain), &domain.set) {
        (_, Set::Finite(numbers)) => {
            let at = one as usize % numbers.len().max(1);
            return numbers.get(at).and_then(|number| number.as_exact().cloned()).unwrap_or_default();
        }
        ((Some(lower), Some(upper)), _) => &lower + (&upper - &lower) * fraction,
        ((Some(lower), None), _) => lower + magnitude,
        ((None, Some(upper)), _) => upper - magnitude,
        ((None, None), _) if other & 16 == 0 => magnitude,
        ((None, None), _) => -magnitude,
    };
    match domain.set {
        Set::Integers => Rational::from(number.floor()),
        _ => number,
    }
}

/// How far the neighbour of a number is.
fn step(domain: &Domain, number: &Rational) -> Rational {
    match domain.set {
        Set::Integers => Rational::ONE,
        _ if number.is_zero() => ratio(1, 1009),
        _ => number * ratio(1, 1009),
    }
}

/// π to 36 digits, where a sine or a cosine has its extremes.
fn half_turn() -> Rational {
    let digits = UBig::from(314_159_265_358_979_323_846_264_338_327_950_288u128);
    Rational::from_parts(digits.into(), UBig::from(10u8).pow(35))
}

fn ratio(top: i64, bottom: u64) -> Rational {
    Rational::from_parts(IBig::from(top), UBig::from(bottom))
}
