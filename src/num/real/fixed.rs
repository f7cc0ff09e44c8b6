//! Exponential, logarithm, sine and cosine in fixed point, at the precisions that verdicts take. `dashu` rounds them
//! correctly at any precision; that takes about forty times as long at 200 bits, where most of the time of a page goes.
//!
//! A number x is held as the integer ⌊x·2^w⌋, where w is the precision asked for and [`GUARD`] bits more; one unit of
//! it is an *ulp* below. Every function has a relative error below 2^-precision; the reasons stand beside the code.
//! Sources: R. Brent, P. Zimmermann, *Modern Computer Arithmetic*, 2010, §4.2–4.4.

use std::cell::RefCell;

use dashu::base::BitTest;
use dashu::float::Context;
use dashu::float::round::mode::HalfEven;
use dashu::integer::IBig;

use super::big::{Float, exponent_of, float_from_f64, power_of_two};
use crate::num::math;

/// Bits beyond the precision asked for.
const GUARD: usize = 32;
/// Beyond so many bits, and beside zeros, `dashu` is left to do it.
const MOST_BITS: usize = 1024;
/// A result this many bits below 1 has lost too much of its relative precision.
const NEAR_ZERO: usize = 16;
/// Larger angles are left to `dashu`.
const LARGEST_ANGLE: isize = 64;

/// e^x for |x| < 2^21.
pub(super) fn exp(x: &Float, precision: usize) -> Option<Float> {
    let w = width(precision)?;
    let (quotient, rest) = reduced(x, w, 24, |constants| &constants.ln_two);
    Some(shifted(exp_of_rest(&rest, w), isize::try_from(&quotient).ok()? - w as isize))
}

/// The natural logarithm of x > 0; `None` close to 1.
pub(super) fn ln(x: &Float, precision: usize) -> Option<Float> {
    // The result may be that small beside the error of the exponential in it.
    let w = width(precision)? + NEAR_ZERO;
    let mut exponent = exponent_of(x)?;
    let mut mantissa = fixed(&Float::new(x.significand().clone(), x.exponent() - exponent), w);
    // Between 0.7 and 1.41, where the logarithm is small.
    if mantissa < (IBig::from(181u8) << w) / IBig::from(256u16) {
        mantissa <<= 1usize;
        exponent -= 1;
    }
    let distance = &mantissa - (IBig::ONE << w);
    if exponent == 0 && distance.bit_len() < w - NEAR_ZERO {
        return None;
    }
    let logarithm = newton(&mantissa, w);
    // The constant has 24 bits more, and the exponent fewer.
    let twos = constant(w + 24, |constants| &constants.ln_two) * IBig::from(exponent);
    Some(shifted((twos >> 24usize) + logarithm, -(w as isize)))
}

/// The sine; `None` close to its zeros.
pub(super) fn sin(x: &Float, precision: usize) -> Option<Float> {
    wave(x, precision, 0)
}

/// The cosine; `None` close to its zeros.
pub(super) fn cos(x: &Float, precision: usize) -> Option<Float> {
    wave(x, precision, 1)
}

/// The width of the numbers, if the precision is for us.
fn width(precision: usize) -> Option<usize> {
    (precision <= MOST_BITS).then_some(precision + GUARD)
}

fn shifted(value: IBig, exponent: isize) -> Float {
    Float::new(value, exponent)
}

/// ⌊x·2^w⌋.
fn fixed(x: &Float, w: usize) -> IBig {
    let shift = x.exponent() + w as isize;
    match usize::try_from(shift) {
        Ok(shift) => x.significand() << shift,
        Err(_) => x.significand() >> shift.unsigned_abs(),
    }
}

fn product(one: &IBig, other: &IBig, w: usize) -> IBig {
    (one * other) >> w
}

/// The nearest multiple of a constant below x, and the rest, which is off by 2 ulps at most: x and the constant have
/// `extra` bits more, and the multiple has fewer.
fn reduced(x: &Float, w: usize, extra: usize, of: fn(&Constants) -> &IBig) -> (IBig, IBig) {
    let constant = constant(w + extra, of);
    let x = fixed(x, w + extra);
    let twice = (&x << 1usize) + &constant;
    let quotient = dashu::base::DivEuclid::div_euclid(twice, &constant << 1usize);
    let rest = (x - &quotient * constant) >> extra;
    (quotient, rest)
}

/// e^r for |r| ≤ ln(2)/2.
///
/// By the series at r/2^s, then s squarings. The series has n < 64 terms, each off by 2 ulps at most, and 4 ulps come
/// from its argument: fewer than 2^8 ulps. A squaring doubles them and adds one: fewer than 2^(s+9) ulps in all, that is
/// 2^(25-w) for the largest s. The result is above 0.7.
fn exp_of_rest(rest: &IBig, w: usize) -> IBig {
    let squarings = w.isqrt() / 2;
    let argument = rest >> squarings;
    let mut term = IBig::ONE << w;
    let mut sum = term.clone();
    for n in 1u32.. {
        term = product(&term, &argument, w) / IBig::from(n);
        if term.is_zero() {
            break;
        }
        sum += &term;
    }
    for _ in 0..squarings {
        sum = product(&sum, &sum, w);
    }
    sum
}

/// ln m for m between 0.7 and 1.42, off by a few ulps: from y, y + 2(m - e^y)/(m + e^y) has three times as many digits.
fn newton(mantissa: &IBig, w: usize) -> IBig {
    let short = (mantissa >> (w - w.min(64))).to_f64().value();
    let scale = (1u128 << w.min(64)) as f64;
    let mut digits = 48;
    let mut logarithm = fixed(&float_from_f64(math::ln(short / scale)), w);
    while digits < w {
        let power = exp_of_rest(&logarithm, w);
        let step = ((mantissa - &power) << (w + 1)) / (mantissa + power);
        logarithm += step;
        digits *= 3;
    }
    logarithm
}

/// Sine for even `turn`, cosine for odd: a quarter turn further.
///
/// Both series have fewer than 128 terms, each off by 2 ulps at most; the argument is off by 2. The result is above
/// 2^-17 and off by fewer than 2^9 ulps.
fn wave(x: &Float, precision: usize, turn: u8) -> Option<Float> {
    let w = width(precision)?;
    let exponent = exponent_of(x)?;
    if exponent > LARGEST_ANGLE {
        return None;
    }
    let extra = exponent.max(0) as usize + 2;
    let (quadrant, rest) = reduced(x, w, extra, |constants| &constants.half_pi);
    let quadrant = quadrant + IBig::from(turn);
    let is_cosine = quadrant.bit(0);
    if !is_cosine && rest.bit_len() < w - NEAR_ZERO {
        return None;
    }
    let square = product(&rest, &rest, w);
    let (mut term, mut n) = if is_cosine { (IBig::ONE << w, 0u32) } else { (rest, 1) };
    let mut sum = term.clone();
    loop {
        term = -(product(&term, &square, w) / IBig::from((n + 1) * (n + 2)));
        if term.is_zero() {
            break;
        }
        sum += &term;
        n += 2;
    }
    let sum = if quadrant.bit(1) { -sum } else { sum };
    Some(shifted(sum, -(w as isize)))
}

/// Constants as integers, with this many bits after the point.
struct Constants {
    bits: usize,
    ln_two: IBig,
    half_pi: IBig,
}

thread_local! {
    static CONSTANTS: RefCell<Option<Constants>> = const { RefCell::new(None) };
}

/// A constant with this many bits after the point, off by 2 ulps at most.
fn constant(bits: usize, of: fn(&Constants) -> &IBig) -> IBig {
    CONSTANTS.with_borrow_mut(|kept| {
        if kept.as_ref().is_none_or(|constants| constants.bits < bits) {
            *kept = Some(Constants::new(bits.next_power_of_two()));
        }
        let constants = kept.as_ref().expect("it was just made");
        of(constants) >> (constants.bits - bits)
    })
}

impl Constants {
    fn new(bits: usize) -> Self {
        let context = Context::<HalfEven>::new(bits + 8);
        let two = power_of_two(1);
        let ln_two = context.ln(&two, None).expect("2 has a logarithm").value();
        let half_pi = context.pi::<2>(None).value();
        let half = |x: &Float| Float::new(x.significand().clone(), x.exponent() - 1);
        Self { bits, ln_two: fixed(ln_two.repr(), bits), half_pi: fixed(&half(half_pi.repr()), bits) }
    }
}

#[cfg(test)]
mod tests {
    use dashu::base::Sign;
    use dashu::float::FBig;

    use super::*;

    /// Arguments of every size, from a fixed generator.
    fn arguments() -> impl Iterator<Item = Float> {
        let draws = crate::num::rng::SplitMix64::new(11);
        (0..400u64).map(move |at| {
            let significand = IBig::from(draws.nth(2 * at) >> 1 | 1);
            let exponent = -63 + (draws.nth(2 * at + 1) % 60) as isize - 40;
            Float::new(if at % 2 == 0 { significand } else { -significand }, exponent)
        })
    }

    /// That `ours` is within 2^-precision of `dashu`'s, relatively.
    fn close(ours: &Float, theirs: &Float, precision: usize) -> bool {
        let context = Context::<HalfEven>::new(2 * precision + 64);
        let big = |x: &Float| FBig::from_repr(x.clone(), context);
        let apart = big(ours) - big(theirs);
        let (Some(top), Some(size)) = (exponent_of(apart.repr()), exponent_of(theirs)) else {
            return apart.repr().significand().is_zero();
        };
        top <= size - precision as isize
    }

    #[test]
    fn as_close_to_correctly_rounded_values_as_promised() {
        let mut counts = [0; 4];
        for x in arguments() {
            for precision in [40, 69, 208, 300, 1024] {
                let context = Context::<HalfEven>::new(precision + 40);
                let positive = Float::new(
                    if x.significand().sign() == Sign::Negative {
                        -x.significand()
                    } else {
                        x.significand().clone()
                    },
                    x.exponent(),
                );
                let results = [
                    (exp(&x, precision), context.exp(&x, None)),
                    (ln(&positive, precision), context.ln(&positive, None)),
                    (sin(&x, precision), context.sin(&x, None)),
                    (cos(&x, precision), context.cos(&x, None)),
                ];
                for (at, (ours, theirs)) in results.into_iter().enumerate() {
                    let Some(ours) = ours else { continue };
                    counts[at] += 1;
                    let theirs = theirs.expect("it is in the domain").value();
                    assert!(
                        close(&ours, theirs.repr(), precision),
                        "function {at} of {x:?} at {precision} bits"
                    );
                }
            }
        }
        assert!(counts.iter().all(|count| *count > 800), "{counts:?}");
    }

    #[test]
    fn what_has_no_relative_precision_is_left_alone() {
        assert!(ln(&Float::one(), 100).is_none());
        assert!(sin(&power_of_two(-40), 100).is_none());
        assert!(cos(&power_of_two(70), 100).is_none());
        assert!(exp(&Float::one(), MOST_BITS + 1).is_none());
    }
}
