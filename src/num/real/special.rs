//! Error function, gamma and digamma: series and asymptotic series whose remainders are bounded by theorem.
//!
//! Every step is interval arithmetic, so rounding is accounted for by construction and only truncation needs
//! an argument, given at each sum:
//!
//! - `erf x = 2x/√π e^(-x²) Σ (2x²)^n / (1·3·…·(2n+1))`, positive terms (Abramowitz and Stegun 7.1.6);
//! - `erfc x ~ e^(-x²)/(x√π) Σ (-1)^n (2n-1)!!/(2x²)^n`, where the error is below the first term left out (7.1.23);
//! - `ln Γ(x) ~ (x-½) ln x - x + ½ ln 2π + Σ B_2k/(2k(2k-1)x^(2k-1))` and `ψ(x) ~ ln x - 1/(2x) - Σ B_2k/(2k x^2k)`,
//!   for x > 0 with an error below the first term left out (6.1.40, 6.1.42, 6.3.18).

use std::cell::RefCell;

use dashu::base::BitTest;
use dashu::integer::{IBig, UBig};

use super::big::{Big, Float, exponent_of, is_negative, is_positive, is_zero, power_of_two};
use super::big_functions::{floor, pi};
use crate::num::exact::Rational;
use crate::num::math_error::MathError;

/// Bits lost to the few dozen operations of a formula, generously.
const GUARD: usize = 24;
/// Beyond this e^(-x²) is below every magnitude held.
const LARGEST_ERF: i64 = 1400;
/// e^(-1400²) is below 2^this.
const ERFC_TINY: isize = -2_800_000;

impl Big {
    pub(crate) fn erf(&self, bits: usize) -> Result<Self, MathError> {
        let result = self.monotone(|x| {
            let point = Self::point(x.clone())?;
            let magnitude = erf_of_positive(&point.abs(), bits)?;
            Ok(if is_negative(x) { magnitude.neg() } else { magnitude })
        })?;
        Ok(result.clamp(-1, 1))
    }

    pub(crate) fn erfc(&self, bits: usize) -> Result<Self, MathError> {
        let result = self.monotone(|x| {
            let point = Self::point(x.clone())?;
            if is_positive(x) {
                erfc_of_positive(&point, bits)
            } else {
                Self::integer(1).add(&erf_of_positive(&point.abs(), bits)?, bits)
            }
        })?;
        Ok(result.clamp(0, 2))
    }

    /// A monotone function, rising or falling, from its values at points.
    fn monotone(&self, at: impl Fn(&Float) -> Result<Self, MathError>) -> Result<Self, MathError> {
        let first = at(self.lo())?;
        Ok(if self.is_point() { first } else { first.hull(at(self.hi())?) })
    }

    pub(crate) fn gamma(&self, bits: usize) -> Result<Self, MathError> {
        self.check_gamma_pole("gamma")?;
        if is_positive(self.lo()) {
            return self.gamma_of_positive(bits);
        }
        let mirrored = Self::integer(1).sub(self, bits + GUARD)?.gamma_of_positive(bits)?;
        let bits = bits + GUARD;
        pi(bits)?.div(&self.sin_pi(bits)?.mul(&mirrored, bits)?, bits)
    }

    pub(crate) fn ln_gamma(&self, bits: usize) -> Result<Self, MathError> {
        if !is_positive(self.lo()) {
            return Err(if is_positive(self.hi()) {
                MathError::Undecided { function: "lngamma" }
            } else {
                MathError::domain("lngamma", self.describe())
            });
        }
        let Shifted { argument, product, bits } = self.shifted(bits)?;
        stirling(&argument, bits)?.sub(&product.ln(bits)?, bits)
    }

    pub(crate) fn digamma(&self, bits: usize) -> Result<Self, MathError> {
        self.check_gamma_pole("digamma")?;
        if is_positive(self.lo()) {
            return self.digamma_of_positive(bits);
        }
        let bits = bits + GUARD;
        let mirrored = Self::integer(1).sub(self, bits)?.digamma_of_positive(bits)?;
        let angle = self.fraction(bits)?.mul(&pi(bits)?, bits)?;
        let cotangent = angle.cos(bits)?.div(&angle.sin(bits)?, bits)?;
        mirrored.sub(&pi(bits)?.mul(&cotangent, bits)?, bits)
    }

    /// An error if a pole (zero or a negative integer) is among the values.
    fn check_gamma_pole(&self, function: &'static str) -> Result<(), MathError> {
        if is_positive(self.lo()) {
            return Ok(());
        }
        self.check_integer_size()?;
        let (first, last) = (floor(self.lo()), floor(self.hi()));
        let on_pole = Float::from(first.clone()) == *self.lo();
        if on_pole && self.is_point() {
            Err(MathError::domain(function, self.describe()))
        } else if on_pole || first != last {
            Err(MathError::Undecided { function })
        } else {
            Ok(())
        }
    }

    /// The value less the greatest integer below it, which is the same for all values.
    fn fraction(&self, bits: usize) -> Result<Self, MathError> {
        self.sub(&Self::point(Float::from(floor(self.lo())))?, bits)
    }

    /// sin(πx), by the fraction of x so that nothing cancels.
    fn sin_pi(&self, bits: usize) -> Result<Self, MathError> {
        let sine = self.fraction(bits)?.mul(&pi(bits)?, bits)?.sin(bits)?;
        Ok(if floor(self.lo()).bit(0) { sine.neg() } else { sine })
    }

    fn gamma_of_positive(&self, bits: usize) -> Result<Self, MathError> {
        let Shifted { argument, product, bits } = self.shifted(bits)?;
        stirling(&argument, bits)?.exp(bits)?.div(&product, bits)
    }

    fn digamma_of_positive(&self, bits: usize) -> Result<Self, MathError> {
        let bits = bits + GUARD;
        let count = self.shift_count(bits);
        let mut argument = self.clone();
        let mut correction = Self::integer(0);
        for _ in 0..count {
            correction = correction.add(&Self::integer(1).div(&argument, bits)?, bits)?;
            argument = argument.add(&Self::integer(1), bits)?;
        }
        let tail = bernoulli_sum(&argument, bits, 2, |k| (2 * k) as u64)?;
        let half = Self::integer(1).div(&argument, bits)?.scale(-1)?;
        argument.ln(bits)?.sub(&half, bits)?.sub(&tail, bits)?.sub(&correction, bits)
    }

    /// How often 1 is added before the asymptotic series reaches the precision: its smallest term near
    /// argument X is about e^(-2πX).
    fn shift_count(&self, bits: usize) -> usize {
        let target = IBig::from(bits / 5 + 8);
        let whole = match exponent_of(self.lo()) {
            Some(exponent) if exponent > 40 => return 0,
            _ => floor(self.lo()),
        };
        usize::try_from(target - whole).unwrap_or(0)
    }

    fn shifted(&self, bits: usize) -> Result<Shifted, MathError> {
        // The logarithm X ln X must be known to 2^-bits absolutely.
        let magnitude = exponent_of(self.hi()).unwrap_or(0).max(0) as usize;
        let bits = bits + GUARD + 2 * magnitude.min(64) + 16;
        let mut argument = self.clone();
        let mut product = Self::integer(1);
        for _ in 0..self.shift_count(bits) {
            product = product.mul(&argument, bits)?;
            argument = argument.add(&Self::integer(1), bits)?;
        }
        Ok(Shifted { argument, product, bits })
    }
}

/// Γ(x) = Γ(argument)/product.
struct Shifted {
    argument: Big,
    product: Big,
    bits: usize,
}

/// ln Γ of a large positive argument.
fn stirling(x: &Big, bits: usize) -> Result<Big, MathError> {
    let half = Big::integer(1).scale(-1)?;
    let main = x.sub(&half, bits)?.mul(&x.ln(bits)?, bits)?.sub(x, bits)?;
    let constant = pi(bits)?.scale(1)?.ln(bits)?.scale(-1)?;
    let tail = bernoulli_sum(x, bits, 1, |k| (2 * k * (2 * k - 1)) as u64)?;
    main.add(&constant, bits)?.add(&tail, bits)
}

/// `Σ_(k≥1) B_2k / (divisor(k) x^(2k-2+first))`, cut off where a term is below 2^-bits; that term bounds the
/// remainder.
fn bernoulli_sum(x: &Big, bits: usize, first: usize, divisor: fn(usize) -> u64) -> Result<Big, MathError> {
    let square = x.square(bits)?;
    let mut power = if first == 1 { x.clone() } else { square.clone() };
    let mut sum = Big::integer(0);
    for k in 1.. {
        let coefficient = bernoulli(k) / Rational::from(divisor(k));
        let term = Big::from_rational(&coefficient, bits)?.div(&power, bits)?;
        let size = term.abs();
        let exponent = exponent_of(size.hi()).unwrap_or(-(bits as isize));
        if exponent < -(bits as isize) {
            return sum.widened(size.hi(), bits);
        }
        if k > bits {
            break;
        }
        sum = sum.add(&term, bits)?;
        power = power.mul(&square, bits)?;
    }
    Err(MathError::limit("the asymptotic series of the gamma function"))
}

thread_local! {
    /// B_2, B_4, … as far as they have been needed.
    static BERNOULLI: RefCell<Vec<Rational>> = const { RefCell::new(Vec::new()) };
}

/// The Bernoulli number `B_2k`.
fn bernoulli(k: usize) -> Rational {
    BERNOULLI.with_borrow_mut(|known| {
        if known.len() < k {
            *known = bernoulli_numbers((2 * k).max(32));
        }
        known[k - 1].clone()
    })
}

/// `B_2` to `B_2n` from the tangent numbers: Brent and Harvey, "Fast computation of Bernoulli, tangent and
/// secant numbers" (2011), algorithm TangentNumbers.
fn bernoulli_numbers(count: usize) -> Vec<Rational> {
    let mut tangent = vec![UBig::ONE; count + 1];
    for k in 2..=count {
        tangent[k] = &tangent[k - 1] * UBig::from(k - 1);
    }
    for k in 2..=count {
        for j in k..=count {
            tangent[j] = &tangent[j - 1] * UBig::from(j - k) + &tangent[j] * UBig::from(j - k + 2);
        }
    }
    (1..=count)
        .map(|k| {
            // B_2k = (-1)^(k-1) 2k T_k / (4^k (4^k - 1)).
            let four = UBig::ONE << (2 * k);
            let numerator = IBig::from(&tangent[k] * UBig::from(2 * k));
            let denominator = &four * (&four - UBig::ONE);
            let value = Rational::from_parts(numerator, denominator);
            if k % 2 == 0 { -value } else { value }
        })
        .collect()
}

/// x²: whether it is beyond what the exponential can take, else itself with bits for its own size.
fn square_for_exponential(x: &Big, bits: usize) -> Result<Option<(Big, usize)>, MathError> {
    if x.hi() > &Float::from(IBig::from(LARGEST_ERF)) {
        return Ok(None);
    }
    let bits = bits + GUARD + 2 * exponent_of(x.hi()).unwrap_or(0).max(0) as usize;
    Ok(Some((x.square(bits)?, bits)))
}

fn erf_of_positive(x: &Big, bits: usize) -> Result<Big, MathError> {
    if is_zero(x.hi()) {
        return Ok(Big::integer(0));
    }
    let Some((square, wide)) = square_for_exponential(x, bits)? else {
        return Big::integer(1).sub(&erfc_of_positive(x, bits)?, bits);
    };
    if far_out(&square, bits) {
        return Big::integer(1).sub(&erfc_of_positive(x, bits)?, bits);
    }
    let factor = x.mul(&square.neg().exp(wide)?, wide)?.scale(1)?.div(&pi(wide)?.sqrt(wide)?, wide)?;
    factor.mul(&erf_series(&square, wide)?, wide)
}

/// `Σ (2x²)^n / (1·3·…·(2n+1))`.
fn erf_series(square: &Big, bits: usize) -> Result<Big, MathError> {
    let doubled = square.scale(1)?;
    let mut term = Big::integer(1);
    let mut sum = Big::integer(1);
    for n in 1_i64.. {
        term = term.mul(&doubled, bits)?.div(&Big::integer(2 * n + 1), bits)?;
        sum = sum.add(&term, bits)?;
        // From here each term is at most half the one before, so that the rest is at most this term.
        let halving = doubled.scale(1)?.hi() <= &Float::from(IBig::from(2 * n + 3));
        let small = exponent_of(term.hi()).is_none_or(|exponent| exponent < -(bits as isize));
        if halving && small {
            break;
        }
    }
    let rest = Big::new(Float::zero(), term.hi().clone())?;
    sum.add(&rest, bits)
}

/// True where the asymptotic series reaches the precision: its smallest term is about e^(-x²).
fn far_out(square: &Big, bits: usize) -> bool {
    square.lo() > &Float::from(IBig::from(bits + GUARD))
}

fn erfc_of_positive(x: &Big, bits: usize) -> Result<Big, MathError> {
    let Some((square, wide)) = square_for_exponential(x, bits)? else {
        return Big::new(Float::zero(), power_of_two(ERFC_TINY));
    };
    if far_out(&square, bits) {
        let factor = square.neg().exp(wide)?.div(&x.mul(&pi(wide)?.sqrt(wide)?, wide)?, wide)?;
        return factor.mul(&erfc_series(&square, wide, bits + GUARD / 2)?, wide);
    }
    // 1 - erf x cancels about log2(e) x² bits.
    let lost = floor(square.hi()).to_f64().value() * 1.45 + 16.0;
    let one = Big::integer(1);
    one.sub(&erf_of_positive(x, bits + GUARD + lost as usize)?, bits + GUARD + lost as usize)
}

/// `Σ (-1)^n (2n-1)!!/(2x²)^n` to `accuracy` bits.
fn erfc_series(square: &Big, bits: usize, accuracy: usize) -> Result<Big, MathError> {
    let doubled = square.scale(1)?;
    let mut term = Big::integer(1);
    let mut sum = Big::integer(1);
    for n in 1_i64.. {
        term = term.mul(&Big::integer(2 * n - 1), bits)?.div(&doubled, bits)?.neg();
        if exponent_of(term.abs().hi()).is_none_or(|exponent| exponent < -(accuracy as isize)) {
            break;
        }
        if n as usize > 2 * bits {
            return Err(MathError::limit("the asymptotic series of erfc"));
        }
        sum = sum.add(&term, bits)?;
    }
    sum.widened(term.abs().hi(), bits)
}
