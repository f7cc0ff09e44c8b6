//! Limits of sequences whose elements cost as much as their number says, such as sums of `n` terms: from some thousand
//! terms at most, by Wynn's epsilon algorithm along two geometric sequences of numbers that must agree.
//!
//! Along `n = 2^k m` an error like a power of `1/n`, whatever the power is, falls like a geometric series, and the algorithm
//! (P. Wynn, 1956) takes one such power away for every two elements. A logarithm it does not take away, so that what tends
//! to its limit like one does not settle here. Nothing is seen of what happens further out than some thousand: whoever
//! calls this knows that no large or small numbers stand in the formula.

use super::sample::{Function, Missing, Sampler, Unsettled, around};
use super::{Function as Elementary, Number, Precision};

/// Where the elements are computed: the algorithm divides by small differences.
const WORKING: Precision = Precision::LADDER[1];
/// The sequences of numbers: first one, ratio, how many. The second one is coarser: it is there to notice where odd numbers
/// lead elsewhere.
const EVEN: (i64, i64, usize) = (16, 2, 8);
const ODD: (i64, i64, usize) = (5, 3, 7);
/// By how much of their size the limits along both may differ.
const APART: f64 = 1e-6;
/// By which factor the steps must shrink throughout.
const SLOWEST: f64 = 0.85;
/// Steps as small as this beside the elements are none.
const NONE: f64 = 1e-25;
/// The error, relative to the value, with which an estimate is still given.
const COARSEST: f64 = 1e-9;
/// How much larger the error is taken to be than the estimates differ.
const CAUTION: f64 = 16.0;
/// Elements that end below this are too small for steps between them to tell anything.
const VANISHING: f64 = 1e-200;

/// The limit of `element(n)` as an enclosure of `value ± error`, where the error is an estimate.
pub fn limit_of_sequence(element: &mut Function<'_>) -> Result<Number, Unsettled> {
    let (value, error) = along(element, EVEN)?;
    let (other, _) = along(element, ODD)?;
    let (size, error) = (value.to_f64().abs(), CAUTION * error);
    let apart = distance(&value, &other).ok_or_else(not_settled)?;
    if apart > APART * size || error > COARSEST * size {
        return Err(not_settled());
    }
    around(&value, error, WORKING).ok_or(Unsettled::Stopped)
}

fn not_settled() -> Unsettled {
    Unsettled::NotConverged("it does not settle on a limit, or too slowly to tell".to_owned())
}

/// The limit along one sequence of numbers, and by how much the last estimates differ.
fn along(
    element: &mut Function<'_>,
    (first, ratio, count): (i64, i64, usize),
) -> Result<(Number, f64), Unsettled> {
    let mut sampler = Sampler::new(element, WORKING, usize::MAX);
    sampler.retries = 0;
    let mut elements: Vec<Number> = Vec::new();
    let mut n = first;
    for _ in 0..count {
        let sample = sampler.at(&Number::from(n), f64::INFINITY).map_err(|missing| match missing {
            Missing::Stop => Unsettled::Stopped,
            Missing::Here => Unsettled::Undefined(format!("element {n} has no value")),
        })?;
        elements.push(sample.value);
        n *= ratio;
    }
    if elements.last().is_some_and(|last| last.is_zero() != Some(true) && last.to_f64().abs() < VANISHING) {
        let falls = falls_like_a_power(&elements, first, ratio);
        return if falls { Ok((Number::zero(), 0.0)) } else { Err(not_settled()) };
    }
    let steps: Option<Vec<f64>> = elements.windows(2).map(|pair| distance(&pair[0], &pair[1])).collect();
    let steps = steps.ok_or_else(not_settled)?;
    let last = &elements[count - 1];
    let none = NONE * last.to_f64().abs();
    if steps[steps.len() - 3..].iter().all(|step| *step <= none) {
        return Ok((last.clone(), none));
    }
    if steps.windows(2).any(|pair| pair[1] > none && pair[1] > SLOWEST * pair[0]) {
        return Err(not_settled());
    }
    accelerated(elements).ok_or_else(not_settled)
}

/// Whether the elements fall all along at least as fast as a power `c^-n`: each at no lesser rate than the one before it.
fn falls_like_a_power(elements: &[Number], first: i64, ratio: i64) -> bool {
    let numbers = std::iter::successors(Some(first as f64), |n| Some(n * ratio as f64));
    let rate = |(element, n): (&Number, f64)| {
        Some(Number::apply(Elementary::Ln, &[element.abs()], WORKING).ok()?.to_f64() / n)
    };
    let rates: Option<Vec<f64>> = elements.iter().zip(numbers).map(rate).collect();
    rates.is_some_and(|rates| rates.windows(2).all(|pair| pair[1] < 0.0 && pair[1] <= pair[0]))
}

/// The last estimate of the epsilon algorithm, and by how much it differs from the ones before it.
fn accelerated(elements: Vec<Number>) -> Option<(Number, f64)> {
    let p = WORKING;
    let mut before = vec![Number::zero(); elements.len() + 1];
    let mut column = elements;
    let mut best: Vec<Number> = Vec::new();
    for order in 1.. {
        if column.len() < 2 {
            break;
        }
        let next: Option<Vec<Number>> = (0..column.len() - 1)
            .map(|at| {
                let step = column[at + 1].sub(&column[at], p).ok()?;
                before[at + 1].add(&Number::one().div(&step, p).ok()?, p).ok()
            })
            .collect();
        // A step that cannot be told from none: what was found before is as good as it gets.
        let Some(next) = next else { break };
        before = std::mem::replace(&mut column, next);
        // Every other column holds estimates, the others reciprocals.
        if order % 2 == 0 {
            let wanted = if column.len() > 1 { 0 } else { 1 };
            best = best.split_off(best.len().saturating_sub(wanted));
            best.extend(column.iter().rev().take(2).rev().cloned());
        }
    }
    let (value, others) = best.split_last()?;
    let apart = others.iter().map(|other| distance(value, other)).collect::<Option<Vec<f64>>>()?;
    let apart = apart.into_iter().fold(0.0, f64::max);
    (!others.is_empty()).then(|| (value.clone(), apart + value.width_f64()))
}

/// How far two numbers are apart, at most.
fn distance(one: &Number, other: &Number) -> Option<f64> {
    let apart = one.sub(other, WORKING).ok()?;
    let apart = apart.to_f64().abs() + apart.width_f64();
    apart.is_finite().then_some(apart)
}

#[cfg(test)]
mod tests {
    use super::{Elementary, limit_of_sequence};
    use crate::num::{Missing, Number, Precision};

    fn limit(element: impl Fn(&Number, Precision) -> Option<Number>) -> Option<f64> {
        let mut element = |n: &Number, p: Precision| element(n, p).ok_or(Missing::Here);
        limit_of_sequence(&mut element).ok().map(|value| value.to_f64())
    }

    fn power(n: &Number, exponent: f64, p: Precision) -> Option<Number> {
        n.pow(&Number::from_f64(exponent)?, p).ok()
    }

    #[test]
    fn powers_of_any_kind_are_taken_away() {
        let smooth =
            limit(|n, p| power(n, -0.5, p)?.add(&power(n, -1.0, p)?, p).ok()?.add(&Number::from(3), p).ok());
        assert!((smooth.unwrap_or_default() - 3.0).abs() < 1e-9, "{smooth:?}");
    }

    #[test]
    fn what_settles_like_a_logarithm_or_not_at_all_has_no_limit() {
        let logarithm = |n: &Number, p| Number::apply(Elementary::Ln, std::slice::from_ref(n), p).ok();
        assert_eq!(limit(logarithm), None);
        assert_eq!(limit(|n, p| Number::one().div(&logarithm(n, p)?, p).ok()), None);
        assert_eq!(
            limit(|n, p| logarithm(n, p)?
                .div(n, p)
                .ok()?
                .add(&Number::one().div(&logarithm(n, p)?, p).ok()?, p)
                .ok()),
            None
        );
        assert_eq!(limit(|n, p| Number::apply(Elementary::Sin, std::slice::from_ref(n), p).ok()), None);
        let parity = |n: &Number| if n.to_f64() % 2.0 == 0.0 { Number::one() } else { Number::zero() };
        assert_eq!(limit(|n, _| Some(parity(n))), None);
    }
}
