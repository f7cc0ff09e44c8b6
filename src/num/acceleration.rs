//! Sums of infinitely many terms from the first few: acceleration of convergence, cross-checked.

use super::{MathError, Number, Precision, Rational};

/// The sum of an alternating series whose terms die away, from its first terms, with an error from two different
/// accelerations; `None` if the terms do not alternate or do not die away.
pub(super) fn alternating(terms: &[Number], precision: Precision) -> Option<(Number, f64)> {
    let sizes: Vec<f64> = terms.iter().map(|term| term.to_f64().abs()).collect();
    let signs = terms.windows(2).all(|pair| pair[0].to_f64() * pair[1].to_f64() < 0.0);
    let falling = sizes.iter().skip(sizes.len() / 3).zip(sizes.iter().skip(sizes.len() / 3 + 1));
    if terms.len() < 16 || !signs || falling.clone().any(|(one, next)| next >= one) || !dies_away(&sizes) {
        return None;
    }
    let halves = [terms.len() / 4, terms.len() / 3];
    let sums = halves.map(|skipped| from(terms, skipped, precision).ok());
    let [Some(one), Some(other)] = sums else { return None };
    let levin = levin(terms, precision)?;
    let apart = |other: &Number| -> Option<f64> {
        Some(one.sub(other, precision).ok()?.to_f64().abs() + one.width_f64() + other.width_f64())
    };
    let apart = apart(&other)?.max(apart(&levin)?);
    Some((one, apart))
}

/// Whether sizes tend to zero at least like a small power: each third of them falls by a factor.
fn dies_away(sizes: &[f64]) -> bool {
    let (middle, last) = (sizes[sizes.len() / 2], sizes[sizes.len() - 1]);
    last < 0.96 * middle
}

/// The first `skipped` terms as they are, the rest by the method of Cohen, Rodriguez Villegas and Zagier (2000).
fn from(terms: &[Number], skipped: usize, p: Precision) -> Result<Number, MathError> {
    let (head, rest) = terms.split_at(skipped);
    let head = head.iter().try_fold(Number::zero(), |sum, term| sum.add(term, p))?;
    let n = rest.len() as i64;
    let root = Number::from(3).add(&Number::from(8).root(&Number::from(2), p)?, p)?;
    let power = root.pow(&Number::from(n), p)?;
    let d = power.add(&Number::one().div(&power, p)?, p)?.div(&Number::from(2), p)?;
    let (mut b, mut c, mut sum) = (Number::from(-1), d.neg(), Number::zero());
    for (k, term) in rest.iter().enumerate() {
        let k = k as i64;
        c = b.sub(&c, p)?;
        // The method takes the terms without their alternating sign.
        let term = if k % 2 == 0 { term.clone() } else { term.neg() };
        sum = sum.add(&c.mul(&term, p)?, p)?;
        let factor = Rational::from(2 * (k + n) * (k - n)) / Rational::from((2 * k + 1) * (k + 1));
        b = b.mul(&Number::Exact(factor), p)?;
    }
    head.add(&sum.div(&d, p)?, p)
}

/// Levin's u-transformation (1973) of a series, from all its terms.
pub(super) fn levin(terms: &[Number], p: Precision) -> Option<Number> {
    levin_sum(terms, p).ok()
}

fn levin_sum(terms: &[Number], p: Precision) -> Result<Number, MathError> {
    let last = terms.len() as i64 - 1;
    let (mut sum, mut top, mut bottom) = (Number::zero(), Number::zero(), Number::zero());
    let mut binomial = Number::one();
    let end = Number::from(last + 1);
    for (j, term) in terms.iter().enumerate() {
        let j = j as i64;
        sum = sum.add(term, p)?;
        let ratio = Number::from(j + 1).div(&end, p)?.pow(&Number::from(last - 1), p)?;
        let weight = binomial.mul(&ratio, p)?.div(&term.mul(&Number::from(j + 1), p)?, p)?;
        top = top.add(&weight.mul(&sum, p)?, p)?;
        bottom = bottom.add(&weight, p)?;
        binomial = binomial.mul(&Number::Exact(Rational::from(j - last) / Rational::from(j + 1)), p)?;
    }
    top.div(&bottom, p)
}
