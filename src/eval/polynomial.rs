//! Polynomials in random variables: what an expression is while its expectation is taken.
//!
//! Each variable is confined to an interval. Where a maximum or a condition needs to know the sign of a polynomial that
//! changes it inside, the place is noted in the region, and the expectation is taken once more on both sides of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::error::Failure;
use super::ops;
use super::value::Value;
use crate::num::distribution::{Distribution, Interval};
use crate::num::{MathError, Number, Precision};

type Result<T> = std::result::Result<T, Failure>;

/// More terms than this are refused.
const MOST_TERMS: usize = 20_000;
/// A higher power of one variable is refused.
const HIGHEST_POWER: u32 = 64;

/// The random variables of one expectation, each in an interval.
#[derive(Debug)]
pub(super) struct Region {
    atoms: Vec<Atom>,
    /// Where a sign changes: a variable and the value.
    split: Mutex<Option<(u32, Number)>>,
}

/// One random number in an interval.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub(super) distribution: Arc<Distribution>,
    pub(super) within: Interval,
    /// Whether the interval is less than the support.
    pub(super) cut: bool,
}

/// Powers of variables, by variable, none of them zero.
type Monomial = Vec<(u32, u32)>;
/// The coefficient of each monomial.
type Terms = BTreeMap<Monomial, Number>;

/// A polynomial in the variables of a region.
#[derive(Clone, Debug)]
pub struct Polynomial {
    region: Arc<Region>,
    terms: Terms,
}

impl Region {
    pub(super) fn new(atoms: Vec<Atom>) -> Arc<Self> {
        Arc::new(Self { atoms, split: Mutex::default() })
    }

    /// The variables as values.
    pub(super) fn variables(self: &Arc<Self>) -> Vec<Value> {
        let variable = |atom: u32| {
            let terms = BTreeMap::from([(vec![(atom, 1)], Number::one())]);
            Value::Random(Arc::new(Polynomial { region: Arc::clone(self), terms }))
        };
        (0..self.atoms.len() as u32).map(variable).collect()
    }

    fn request(&self, atom: u32, at: Number) -> Failure {
        *self.split.lock().unwrap_or_else(PoisonError::into_inner) = Some((atom, at));
        Failure::Type("a sign changes here".to_owned())
    }

    /// The regions on both sides of where a sign was found to change; `None` if none was.
    pub(super) fn halves(&self) -> Option<Vec<Arc<Self>>> {
        let (atom, at) = self.split.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let idx = atom as usize;
        let part = |lower: Option<Number>, upper: Option<Number>| {
            let mut atoms = self.atoms.clone();
            atoms[idx].within = Interval { lower, upper };
            atoms[idx].cut = true;
            Self::new(atoms)
        };
        let within = &self.atoms[idx].within;
        let (lower, upper) = (within.lower.clone(), within.upper.clone());
        if !self.atoms[idx].distribution.is_discrete() {
            return Some(vec![part(lower, Some(at.clone())), part(Some(at), upper)]);
        }
        let one = Number::one();
        let (floor, ceil) = (at.floor().ok()?, at.ceil().ok()?);
        let whole = floor.compare(&ceil)?.is_eq();
        let (below, above) = if whole {
            (floor.sub(&one, Precision::DOUBLE).ok()?, ceil.add(&one, Precision::DOUBLE).ok()?)
        } else {
            (floor.clone(), ceil.clone())
        };
        let mut parts = vec![part(lower, Some(below)), part(Some(above), upper)];
        if whole {
            parts.push(part(Some(floor.clone()), Some(floor)));
        }
        parts.retain(|part| !part.is_empty(idx));
        Some(parts)
    }

    fn is_empty(&self, atom: usize) -> bool {
        let within = &self.atoms[atom].within;
        match (&within.lower, &within.upper) {
            (Some(lower), Some(upper)) => lower.compare(upper) == Some(Ordering::Greater),
            _ => false,
        }
    }

    /// The integral of `value` over the region against the distributions.
    pub(super) fn mean(self: &Arc<Self>, value: &Value, p: Precision) -> Result<Value> {
        match value {
            Value::Random(polynomial) if Arc::ptr_eq(&polynomial.region, self) => {
                Ok(self.integral(&polynomial.terms, p)?.into())
            }
            Value::Number(_) | Value::Random(_) => {
                let probability = self.integral(&BTreeMap::from([(Vec::new(), Number::one())]), p)?;
                ops::multiply(value, &probability.into(), p)
            }
            Value::Dual(dual) => {
                Ok(ops::make_dual(dual.tag, self.mean(&dual.primal, p)?, self.mean(&dual.tangent, p)?))
            }
            _ => ops::map(value, |item| self.mean(item, p), "averaged"),
        }
    }

    fn integral(&self, terms: &Terms, p: Precision) -> Result<Number> {
        let mut highest = vec![0; self.atoms.len()];
        for (atom, power) in terms.keys().flatten() {
            highest[*atom as usize] = highest[*atom as usize].max(*power);
        }
        let moments: Vec<Vec<Number>> = self
            .atoms
            .iter()
            .zip(&highest)
            .map(|(atom, highest)| match (atom.cut, highest) {
                (false, 0) => Ok(vec![Number::one()]),
                // The whole support of a normal variable is no interval.
                _ => atom.distribution.moments(*highest as usize, &atom.within, p),
            })
            .collect::<std::result::Result<_, MathError>>()?;
        let mut sum = Number::zero();
        for (monomial, coefficient) in terms {
            let mut term = coefficient.clone();
            for (atom, moments) in moments.iter().enumerate() {
                let power =
                    monomial.iter().find(|(of, _)| *of as usize == atom).map_or(0, |(_, power)| *power);
                if power > 0 || self.atoms[atom].cut {
                    term = term.mul(&moments[power as usize], p)?;
                }
            }
            sum = sum.add(&term, p)?;
        }
        Ok(sum)
    }
}

/// The sum, or the difference, of two numbers or polynomials.
pub(super) fn add(lhs: &Value, rhs: &Value, subtract: bool, p: Precision) -> Result<Value> {
    let (region, mut terms, others) = operands(lhs, rhs)?;
    for (monomial, coefficient) in others {
        let coefficient = if subtract { coefficient.neg() } else { coefficient };
        let sum = match terms.get(&monomial) {
            Some(own) => own.add(&coefficient, p)?,
            None => coefficient,
        };
        terms.insert(monomial, sum);
    }
    finished(region, terms)
}

/// The product of two numbers or polynomials.
pub(super) fn multiply(lhs: &Value, rhs: &Value, p: Precision) -> Result<Value> {
    let (region, terms, others) = operands(lhs, rhs)?;
    if terms.len().saturating_mul(others.len()) > 10 * MOST_TERMS {
        return Err(MathError::Limit(format!("more than {MOST_TERMS} terms in an expectation")).into());
    }
    let mut product: Terms = BTreeMap::new();
    for (one, a) in &terms {
        for (other, b) in &others {
            let monomial = joined(one, other)?;
            let term = a.mul(b, p)?;
            let sum = match product.get(&monomial) {
                Some(own) => own.add(&term, p)?,
                None => term,
            };
            product.insert(monomial, sum);
        }
    }
    finished(region, product)
}

/// A small whole power.
pub(super) fn power(base: &Value, exponent: &Value, p: Precision) -> Result<Value> {
    let whole = exponent.as_number().and_then(Number::to_integer).and_then(|power| u32::try_from(power).ok());
    let Some(power) = whole.filter(|power| *power <= HIGHEST_POWER) else {
        return Err(Failure::Type("only small whole powers of a random name are polynomials".to_owned()));
    };
    let mut result = ops::one();
    for _ in 0..power {
        result = ops::multiply(&result, base, p)?;
    }
    Ok(result)
}

/// The region of two operands, and the terms of each.
fn operands(lhs: &Value, rhs: &Value) -> Result<(Arc<Region>, Terms, Terms)> {
    let region = match (lhs, rhs) {
        (Value::Random(a), Value::Random(b)) if !Arc::ptr_eq(&a.region, &b.region) => {
            return Err(Failure::Type(
                "an expectation inside another one shares no names with it".to_owned(),
            ));
        }
        (Value::Random(a), _) | (_, Value::Random(a)) => Arc::clone(&a.region),
        _ => return Err(Failure::Type("nothing here is random".to_owned())),
    };
    let terms = |value: &Value| match value {
        Value::Random(polynomial) => Ok(polynomial.terms.clone()),
        Value::Number(number) => Ok(BTreeMap::from([(Vec::new(), number.clone())])),
        other => Err(Failure::Type(format!("{} is no part of a polynomial", other.describe()))),
    };
    Ok((region, terms(lhs)?, terms(rhs)?))
}

fn finished(region: Arc<Region>, mut terms: Terms) -> Result<Value> {
    terms.retain(|_, coefficient| coefficient.as_exact().is_none_or(|value| !value.is_zero()));
    if terms.len() > MOST_TERMS {
        return Err(MathError::Limit(format!("more than {MOST_TERMS} terms in an expectation")).into());
    }
    let constant = match terms.len() {
        0 => Some(Number::zero()),
        1 => terms.get(&Vec::new()).cloned(),
        _ => None,
    };
    Ok(constant.map_or_else(|| Value::Random(Arc::new(Polynomial { region, terms })), Value::from))
}

fn joined(one: &Monomial, other: &Monomial) -> Result<Monomial> {
    let mut powers: BTreeMap<u32, u32> = one.iter().copied().collect();
    for (atom, power) in other {
        *powers.entry(*atom).or_default() += power;
    }
    if powers.values().any(|power| *power > HIGHEST_POWER) {
        return Err(MathError::Limit(format!("a power above {HIGHEST_POWER} in an expectation")).into());
    }
    Ok(powers.into_iter().collect())
}

/// The order of two numbers or polynomials; where it is not the same in the whole region, the region is to be split.
pub(super) fn compare(lhs: &Value, rhs: &Value, p: Precision) -> Result<Ordering> {
    match ops::subtract(lhs, rhs, p)? {
        Value::Random(difference) => difference.sign(p),
        Value::Number(number) => {
            number.sign().ok_or_else(|| MathError::Undecided { function: "comparison" }.into())
        }
        other => Err(Failure::Type(format!("{} has no sign", other.describe()))),
    }
}

impl Polynomial {
    /// The sign in the whole region.
    fn sign(&self, p: Precision) -> Result<Ordering> {
        let mut atoms: Vec<u32> = self.terms.keys().flatten().map(|(atom, _)| *atom).collect();
        atoms.sort_unstable();
        atoms.dedup();
        let [atom] = atoms[..] else {
            return Err(Failure::Type(
                "a sign that depends on several random names cannot be decided".to_owned(),
            ));
        };
        let power = |monomial: &Monomial| monomial.first().map_or(0, |(_, power)| *power);
        let degree = self.terms.keys().map(power).max().unwrap_or(0);
        let least = self.terms.keys().map(power).min().unwrap_or(0);
        let coefficient = |order: u32| {
            let monomial = if order == 0 { Vec::new() } else { vec![(atom, order)] };
            self.terms.get(&monomial).cloned().unwrap_or_else(Number::zero)
        };
        let mut roots = vec![Number::zero(); least as usize];
        let (a, b, c) = (coefficient(least), coefficient(least + 1), coefficient(least + 2));
        match degree - least {
            0 => {}
            1 => roots.push(a.neg().div(&b, p)?),
            2 => roots.extend(quadratic(&a, &b, &c, p)?),
            _ => return Err(Failure::Type("the sign of so high a power cannot be decided".to_owned())),
        }
        let mut sign = decided(coefficient(degree).sign())?;
        for root in roots {
            sign = product(sign, self.side(atom, root)?);
        }
        Ok(sign)
    }

    /// On which side of `root` the variable lies.
    fn side(&self, atom: u32, root: Number) -> Result<Ordering> {
        let within = &self.region.atoms[atom as usize].within;
        let discrete = self.region.atoms[atom as usize].distribution.is_discrete();
        let beside = |end: &Option<Number>| end.as_ref().map(|end| order(end, &root));
        let lower = beside(&within.lower).map_or(Ok(Ordering::Less), decided)?;
        let upper = beside(&within.upper).map_or(Ok(Ordering::Greater), decided)?;
        match (lower, upper) {
            (Ordering::Greater, _) => Ok(Ordering::Greater),
            (_, Ordering::Less) => Ok(Ordering::Less),
            (Ordering::Equal, Ordering::Equal) => Ok(Ordering::Equal),
            // A single value has no weight where the distribution is continuous.
            (Ordering::Equal, _) if !discrete => Ok(Ordering::Greater),
            (_, Ordering::Equal) if !discrete => Ok(Ordering::Less),
            _ => Err(self.region.request(atom, root)),
        }
    }
}

/// The real roots of a + bx + cx².
fn quadratic(a: &Number, b: &Number, c: &Number, p: Precision) -> Result<Vec<Number>> {
    let (two, four) = (Number::from(2i64), Number::from(4i64));
    let discriminant = b.mul(b, p)?.sub(&four.mul(a, p)?.mul(c, p)?, p)?;
    match decided(discriminant.sign())? {
        Ordering::Less => Ok(Vec::new()),
        _ => {
            let root = discriminant.sqrt(p)?;
            let bottom = two.mul(c, p)?;
            Ok(vec![b.neg().sub(&root, p)?.div(&bottom, p)?, b.neg().add(&root, p)?.div(&bottom, p)?])
        }
    }
}

/// The order of two numbers. The same enclosure is the same number: it was computed in the same way.
fn order(one: &Number, other: &Number) -> Option<Ordering> {
    one.compare(other).or_else(|| (one.enclosure() == other.enclosure()).then_some(Ordering::Equal))
}

fn decided(order: Option<Ordering>) -> Result<Ordering> {
    order.ok_or_else(|| MathError::Undecided { function: "comparison" }.into())
}

fn product(one: Ordering, other: Ordering) -> Ordering {
    match one {
        Ordering::Less => other.reverse(),
        Ordering::Equal => Ordering::Equal,
        Ordering::Greater => other,
    }
}
