//! Domains: where a name without a value may lie, and the law of a random one.
//!
//! Nothing is drawn here (that is `points`), and nothing is read: `judge` makes domains from what the page declares.

use super::value::{Matrix, Value};
use crate::num::{Number, Rational};
use crate::syntax::{Condition, Expr};

/// Where a name may lie. Bounds of a list or matrix hold for each of its elements.
#[derive(Clone, Debug)]
pub struct Domain {
    /// A number, a list or a matrix.
    pub shape: Shape,
    /// Which numbers at all.
    pub set: Set,
    /// The lower bound.
    pub lower: Option<Bound>,
    /// The upper bound.
    pub upper: Option<Bound>,
    /// Single numbers left out, as `x \neq 0` does. Of a list: the list of nothing but this number.
    pub excluded: Vec<Number>,
    /// Relations to other names that have a domain.
    pub conditions: Vec<Condition>,
    /// How it is distributed, if it is random.
    pub law: Option<Law>,
}

/// The shape of a name's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number.
    Number,
    /// A list of so many numbers.
    List(usize),
    /// A matrix of so many rows and columns.
    Matrix(usize, usize),
}

/// The numbers a domain is cut from.
#[derive(Clone, Debug)]
pub enum Set {
    /// All real numbers.
    Reals,
    /// All rational numbers: no test at points tells them from real ones, but between two there are places that are none.
    Rationals,
    /// All integers.
    Integers,
    /// These numbers.
    Finite(Vec<Number>),
}

/// The end of an interval.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Where it is.
    pub value: Number,
    /// Whether it belongs to the interval.
    pub closed: bool,
}

/// A distribution as declared; its parameters are evaluated where it is used.
#[derive(Clone, Debug)]
pub struct Law {
    /// Which family.
    pub family: Family,
    /// Its parameters. Those of a random list hold for each element, or are lists themselves.
    pub parameters: Vec<Expr>,
}

/// A family of distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Mean and variance.
    Normal,
    /// Lower and upper end.
    Uniform,
    /// The probability of 1; else it is 0.
    Bernoulli,
    /// The number of trials and the probability of success of each.
    Binomial,
    /// The mean.
    Poisson,
    /// The rate, one over the mean.
    Exponential,
}

impl Family {
    /// Every family with its number of parameters and its spellings.
    pub const ALL: &[(Self, usize, &[&str])] = &[
        (Self::Normal, 2, &["N", "cal(N)", "Normal", "normal", "Gaussian"]),
        (Self::Uniform, 2, &["U", "cal(U)", "Uniform", "uniform", "Unif"]),
        (Self::Bernoulli, 1, &["Bernoulli", "bernoulli", "Bern", "Ber"]),
        (Self::Binomial, 2, &["B", "cal(B)", "Bin", "Binomial"]),
        (Self::Poisson, 1, &["Poisson", "poisson", "Pois", "Poi"]),
        (Self::Exponential, 1, &["Exp", "Exponential", "exponential"]),
    ];

    /// The family with this spelling, and its number of parameters.
    pub fn named(spelling: &str) -> Option<(Self, usize)> {
        let row = Self::ALL.iter().find(|(_, _, spellings)| spellings.contains(&spelling))?;
        Some((row.0, row.1))
    }

    /// The numbers that a variable of this family can take, its parameters aside.
    fn support(self) -> Domain {
        let from_zero = |set| Domain { set, lower: Some(Bound::closed(0)), ..Domain::reals() };
        match self {
            Self::Normal | Self::Uniform => Domain::reals(),
            Self::Exponential => from_zero(Set::Reals),
            Self::Bernoulli => Domain { upper: Some(Bound::closed(1)), ..from_zero(Set::Integers) },
            Self::Binomial | Self::Poisson => from_zero(Set::Integers),
        }
    }
}

impl Bound {
    /// A bound that belongs to the interval.
    pub fn closed(value: i64) -> Self {
        Self { value: Number::from(value), closed: true }
    }

    /// A bound that does not.
    pub fn open(value: i64) -> Self {
        Self { value: Number::from(value), closed: false }
    }
}

impl Shape {
    /// How many numbers it holds.
    pub fn count(self) -> usize {
        match self {
            Self::Number => 1,
            Self::List(count) => count,
            Self::Matrix(rows, columns) => rows * columns,
        }
    }

    /// The value of this shape with these elements, row by row.
    pub fn filled(self, elements: Vec<Value>) -> Value {
        match self {
            Self::Number => elements.into_iter().next().unwrap_or_else(super::ops::zero),
            Self::List(_) => Value::list(elements),
            Self::Matrix(_, columns) => {
                let rows = elements.chunks(columns.max(1)).map(<[Value]>::to_vec).collect();
                Value::Matrix(std::sync::Arc::new(Matrix { rows }))
            }
        }
    }
}

impl Domain {
    /// All real numbers.
    pub fn reals() -> Self {
        Self {
            shape: Shape::Number,
            set: Set::Reals,
            lower: None,
            upper: None,
            excluded: Vec::new(),
            conditions: Vec::new(),
            law: None,
        }
    }

    /// The values of a random name.
    pub fn random(law: Law) -> Self {
        Self { law: Some(law.clone()), ..law.family.support() }
    }

    /// What lies in both.
    pub fn intersect(self, other: Self) -> Self {
        let Self { shape, set, lower, upper, mut excluded, mut conditions, law } = self;
        excluded.extend(other.excluded);
        conditions.extend(other.conditions);
        Self {
            shape: if shape == Shape::Number { other.shape } else { shape },
            set: both(set, other.set),
            lower: tighter(lower, other.lower, std::cmp::Ordering::Greater),
            upper: tighter(upper, other.upper, std::cmp::Ordering::Less),
            excluded,
            conditions,
            law: law.or(other.law),
        }
    }

    /// Whether a number lies in it, its conditions aside; `None` if that cannot be decided.
    pub fn contains(&self, number: &Number) -> Option<bool> {
        let mut decided = Some(true);
        let mut require = |holds: Option<bool>| match (holds, decided) {
            (Some(false), _) => decided = Some(false),
            (None, Some(true)) => decided = None,
            _ => {}
        };
        require(match &self.set {
            Set::Reals | Set::Rationals => Some(true),
            Set::Integers => match number.to_integer() {
                Some(_) => Some(true),
                None => number.is_integer(),
            },
            Set::Finite(numbers) => {
                any(numbers.iter().map(|member| member.compare(number).map(|order| order.is_eq())))
            }
        });
        if let Some(bound) = &self.lower {
            require(number.compare(&bound.value).map(|order| order.is_gt() || bound.closed && order.is_eq()));
        }
        if let Some(bound) = &self.upper {
            require(number.compare(&bound.value).map(|order| order.is_lt() || bound.closed && order.is_eq()));
        }
        if self.shape == Shape::Number {
            for excluded in &self.excluded {
                require(number.compare(excluded).map(|order| order.is_ne()));
            }
        }
        decided
    }

    /// Whether a value lies in it, its conditions aside; `None` if that cannot be decided.
    pub fn has(&self, value: &Value) -> Option<bool> {
        let numbers: Option<Vec<&Number>> = match (value, self.shape) {
            (Value::Number(number), Shape::Number) => Some(vec![number]),
            (Value::List(items), Shape::List(count)) if items.len() == count => {
                items.iter().map(Value::as_number).collect()
            }
            (Value::Matrix(matrix), Shape::Matrix(rows, columns))
                if matrix.rows.len() == rows && matrix.rows[0].len() == columns =>
            {
                matrix.rows.iter().flatten().map(Value::as_number).collect()
            }
            _ => None,
        };
        let Some(numbers) = numbers else { return Some(false) };
        let mut answers = numbers.into_iter().map(|number| self.contains(number));
        answers.try_fold(true, |all, answer| answer.map(|answer| all && answer))
    }

    /// Whether the elements, row by row, are a value of this domain, its conditions aside.
    pub(super) fn admits(&self, elements: &[Rational]) -> bool {
        let is_excluded = |number: &Number| elements.iter().all(|element| number.as_exact() == Some(element));
        elements.iter().all(|element| self.contains(&Number::from(element.clone())) == Some(true))
            && !self.excluded.iter().any(is_excluded)
    }
}

/// Whether one of these holds, as far as that is decided.
fn any(mut items: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    items
        .try_fold(Some(false), |found, item| match item {
            Some(true) => Err(Some(true)),
            Some(false) => Ok(found),
            None => Ok(None),
        })
        .unwrap_or_else(|found| found)
}

fn both(one: Set, other: Set) -> Set {
    match (one, other) {
        (Set::Reals, set) | (set, Set::Reals) | (Set::Rationals, set) | (set, Set::Rationals) => set,
        (Set::Integers, Set::Integers) => Set::Integers,
        (Set::Finite(mut numbers), Set::Integers) | (Set::Integers, Set::Finite(mut numbers)) => {
            numbers.retain(|number| number.to_integer().is_some());
            Set::Finite(numbers)
        }
        (Set::Finite(mut numbers), Set::Finite(others)) => {
            numbers.retain(|number| {
                others.iter().any(|other| other.compare(number).is_some_and(|order| order.is_eq()))
            });
            Set::Finite(numbers)
        }
    }
}

/// The tighter of two bounds: the greater of two lower ones, the less of two upper ones.
fn tighter(one: Option<Bound>, other: Option<Bound>, tight: std::cmp::Ordering) -> Option<Bound> {
    let (Some(a), Some(b)) = (&one, &other) else { return one.or(other) };
    match a.value.compare(&b.value) {
        Some(order) if order == tight => one,
        Some(std::cmp::Ordering::Equal) => {
            Some(Bound { value: a.value.clone(), closed: a.closed && b.closed })
        }
        Some(_) => other,
        None => one,
    }
}
