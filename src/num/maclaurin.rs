//! The rest of a series of slow and smooth terms by their integral (Euler and Maclaurin):
//! `f(n) + f(n+1) + … = ∫_n^∞ f + f(n)/2 - B_2/2! f'(n) - B_4/4! f'''(n) - …`. Two places where the sum goes over to it have to
//! agree: terms that mean something else between whole numbers do not.

use super::quadrature::{Bound, integrate};
use super::sample::{Function, Unsettled};
use super::{MathError, Number, Precision, Rational};

/// Terms that are added up before an integral stands for the rest.
const PLACES: [usize; 2] = [48, 80];
/// Terms on each side of such a place from which the derivatives there follow.
const REACH: usize = 10;
/// The most that the two sums may differ by, relative to the terms added up.
const COARSEST: f64 = 1e-9;
/// `B_2k/(2k)!` with the order of the derivative that it belongs to.
const BERNOULLI: &[(usize, i64, i64)] =
    &[(1, 1, 12), (3, -1, 720), (5, 1, 30_240), (7, -1, 1_209_600), (9, 1, 47_900_160)];

/// The sum of a series that begins with `terms`, the first of which is number `first`, and its error; `None` where the terms
/// change their sign or have no integral that agrees with them.
pub(super) fn sum(
    term: &mut Function<'_>,
    terms: &[Number],
    first: i64,
    precision: Precision,
) -> Result<Option<(Number, f64)>, Unsettled> {
    let Some(tail) = terms.get(PLACES[0] - REACH..=PLACES[1] + REACH) else { return Ok(None) };
    let positive = tail.iter().filter(|term| term.to_f64() > 0.0).count();
    if positive != 0 && positive != tail.len() {
        return Ok(None);
    }
    let Some((one, wrong)) = from(term, terms, first, PLACES[0], precision)? else { return Ok(None) };
    let Some((other, also)) = from(term, terms, first, PLACES[1], precision)? else { return Ok(None) };
    let apart = one.sub(&other, precision).map_or(f64::INFINITY, |apart| apart.to_f64().abs());
    let error = 4.0 * (apart + wrong + also);
    let size: f64 = terms[..PLACES[0]].iter().map(|term| term.to_f64().abs()).sum();
    Ok((error <= COARSEST * size).then_some((other, error)))
}

/// The terms before `place` and the integral from there on, with its error and the last correction.
fn from(
    term: &mut Function<'_>,
    terms: &[Number],
    first: i64,
    place: usize,
    precision: Precision,
) -> Result<Option<(Number, f64)>, Unsettled> {
    let start = Number::from(first.saturating_add(place as i64));
    let tail = match integrate(term, [Bound::At(start), Bound::Infinity], Precision::DOUBLE) {
        Ok(tail) => tail,
        Err(Unsettled::Stopped) => return Err(Unsettled::Stopped),
        Err(_) => return Ok(None),
    };
    let corrected = corrected(&terms[..=place + REACH], tail, precision);
    Ok(corrected.ok().map(|(sum, last)| {
        let wrong = sum.width_f64() + last.to_f64().abs();
        (sum, wrong)
    }))
}

/// The terms before the place around which the last of them lie, the integral from there on, and the corrections, the last of
/// which is given as well.
fn corrected(terms: &[Number], tail: Number, p: Precision) -> Result<(Number, Number), MathError> {
    let place = terms.len() - 1 - REACH;
    let mut sum = terms[..place].iter().try_fold(tail, |sum, term| sum.add(term, p))?;
    sum = sum.add(&terms[place].div(&Number::from(2), p)?, p)?;
    let odd = odd_coefficients(&terms[place - REACH..], p)?;
    let (mut last, mut factorial) = (Number::zero(), 1i64);
    for (k, (order, numerator, denominator)) in BERNOULLI.iter().enumerate() {
        factorial *= if k == 0 { 1 } else { (*order as i64 - 1) * *order as i64 };
        let coefficient = Rational::from(-numerator * factorial) / Rational::from(*denominator);
        last = odd[k].mul(&Number::Exact(coefficient), p)?;
        sum = sum.add(&last, p)?;
    }
    Ok((sum, last))
}

/// The coefficients of `x, x³, x⁵, …` in the polynomial through values one apart, `x` being counted from the middle one: by
/// Newton's divided differences of `(f(x) - f(-x))/2x` over `x²`.
fn odd_coefficients(values: &[Number], p: Precision) -> Result<Vec<Number>, MathError> {
    let middle = values.len() / 2;
    let square = |step: usize| Number::from((step * step) as i64);
    let mut differences = (1..=middle)
        .map(|step| {
            values[middle + step].sub(&values[middle - step], p)?.div(&Number::from(2 * step as i64), p)
        })
        .collect::<Result<Vec<_>, _>>()?;
    for width in 1..middle {
        for idx in (width..middle).rev() {
            let apart = square(idx + 1).sub(&square(idx + 1 - width), p)?;
            differences[idx] = differences[idx].sub(&differences[idx - 1], p)?.div(&apart, p)?;
        }
    }
    // From Newton's form to powers, from the innermost factor outwards.
    let mut powers: Vec<Number> = Vec::new();
    for idx in (0..middle).rev() {
        powers.insert(0, differences[idx].clone());
        for at in 0..powers.len() - 1 {
            powers[at] = powers[at].sub(&powers[at + 1].mul(&square(idx + 1), p)?, p)?;
        }
    }
    Ok(powers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x³ - 2x⁵ + 7x² from -4 to 4.
    #[test]
    fn odd_coefficients_are_those_of_the_polynomial() {
        let values: Vec<Number> =
            (-4i64..=4).map(|x| Number::from(x.pow(3) - 2 * x.pow(5) + 7 * x * x)).collect();
        let odd = odd_coefficients(&values, Precision::DOUBLE).expect("arithmetic is exact");
        assert_eq!(odd.iter().map(Number::to_f64).collect::<Vec<_>>(), [0.0, 1.0, -2.0, 0.0]);
    }
}
