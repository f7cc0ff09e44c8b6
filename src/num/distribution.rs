//! Distributions of one number: their moments over intervals, which are exact where they are rational, and samples.
//!
//! The moment of order k over an interval is E\[X^k; a ≤ X ≤ b\]: with the probability of the interval, not divided by it.

use super::math;
use super::math_error::MathError;
use super::nn::init::normal;
use super::number::{Function, Number};
use super::real::Precision;
use super::rng::SplitMix64;

/// A distribution of one number.
#[derive(Clone, Debug)]
pub enum Distribution {
    /// Normal, by mean and variance.
    Normal {
        /// The mean.
        mean: Number,
        /// The square of the standard deviation.
        variance: Number,
    },
    /// Even on an interval.
    Uniform {
        /// Its lower end.
        lower: Number,
        /// Its upper end.
        upper: Number,
    },
    /// The number of successes; of one trial, the Bernoulli distribution.
    Binomial {
        /// How many trials.
        trials: u64,
        /// The probability of success in each.
        probability: Number,
    },
    /// The number of events.
    Poisson {
        /// Their mean number.
        mean: Number,
    },
    /// The time until an event.
    Exponential {
        /// One over the mean.
        rate: Number,
    },
}

/// An interval: an end that is missing is infinite.
#[derive(Clone, Debug, Default)]
pub struct Interval {
    /// The lower end.
    pub lower: Option<Number>,
    /// The upper end.
    pub upper: Option<Number>,
}

impl Interval {
    fn is_everything(&self) -> bool {
        self.lower.is_none() && self.upper.is_none()
    }
}

type Result<T> = std::result::Result<T, MathError>;

/// Terms of a sum over a discrete distribution, at most.
const MOST_TERMS: i64 = 10_000;
/// So many probabilities are computed one by one, exactly but for one power of e.
const FEW_OUTCOMES: i64 = 50;

impl Distribution {
    /// Whether it takes whole numbers only.
    pub fn is_discrete(&self) -> bool {
        matches!(self, Self::Binomial { .. } | Self::Poisson { .. })
    }

    /// The interval that it stays in.
    pub fn support(&self) -> Interval {
        let from_zero = |upper| Interval { lower: Some(Number::zero()), upper };
        match self {
            Self::Normal { .. } => Interval::default(),
            Self::Uniform { lower, upper } => {
                Interval { lower: Some(lower.clone()), upper: Some(upper.clone()) }
            }
            Self::Binomial { trials, .. } => from_zero(Some(Number::from(*trials as i64))),
            Self::Poisson { .. } | Self::Exponential { .. } => from_zero(None),
        }
    }

    /// The interval of `t` in [`Self::at_standard`]; `None` for a discrete distribution.
    pub fn standard_support(&self) -> Option<Interval> {
        let from_zero = |upper| Some(Interval { lower: Some(Number::zero()), upper });
        match self {
            Self::Normal { .. } => Some(Interval::default()),
            Self::Uniform { .. } => from_zero(Some(Number::one())),
            Self::Exponential { .. } => from_zero(None),
            Self::Binomial { .. } | Self::Poisson { .. } => None,
        }
    }

    /// A continuous distribution as that of a standard number `t`: of N(0, 1), even from 0 to 1, or exponential of rate
    /// 1. Returns the value that belongs to `t`, and the density of `t`.
    ///
    /// # Errors
    /// When a number is too large, and for discrete distributions.
    pub fn at_standard(&self, t: &Number, p: Precision) -> Result<(Number, Number)> {
        let exp = |x: Number| Number::apply(Function::Exp, &[x], p);
        let root = |x: &Number| Number::apply(Function::Sqrt, std::slice::from_ref(x), p);
        match self {
            Self::Normal { mean, variance } => {
                let two = Number::from(2);
                let density =
                    exp(t.mul(t, p)?.div(&two, p)?.neg())?.div(&root(&Number::pi(p)?.mul(&two, p)?)?, p)?;
                Ok((mean.add(&root(variance)?.mul(t, p)?, p)?, density))
            }
            Self::Uniform { lower, upper } => {
                Ok((lower.add(&upper.sub(lower, p)?.mul(t, p)?, p)?, Number::one()))
            }
            Self::Exponential { rate } => Ok((t.div(rate, p)?, exp(t.neg())?)),
            Self::Binomial { .. } | Self::Poisson { .. } => {
                Err(MathError::limit("a discrete distribution has no density"))
            }
        }
    }

    /// The moments of the orders 0 to `highest` over an interval inside the support.
    pub fn moments(&self, highest: usize, within: &Interval, p: Precision) -> Result<Vec<Number>> {
        match self {
            Self::Normal { mean, variance } if within.is_everything() => {
                all_normal_moments(mean, variance, highest, p)
            }
            Self::Normal { mean, variance } => normal_moments(mean, variance, highest, within, p),
            Self::Uniform { lower, upper } => {
                let (a, b) = (within.lower.as_ref().unwrap_or(lower), within.upper.as_ref().unwrap_or(upper));
                let length = upper.sub(lower, p)?;
                let moment = |order: usize| {
                    let next = Number::from(order as i64 + 1);
                    let difference = b.pow(&next, p)?.sub(&a.pow(&next, p)?, p)?;
                    difference.div(&next.mul(&length, p)?, p)
                };
                (0..=highest).map(moment).collect()
            }
            Self::Exponential { rate } => exponential_moments(rate, highest, within, p),
            Self::Binomial { trials, .. } => {
                let last = i64::try_from(*trials).unwrap_or(i64::MAX);
                self.summed(highest, first(within)?.max(0), last_of(within)?.unwrap_or(last).min(last), p)
            }
            Self::Poisson { mean } => match last_of(within)? {
                Some(last) => self.summed(highest, first(within)?.max(0), last, p),
                None => {
                    let below = self.summed(highest, 0, first(within)? - 1, p)?;
                    let all = poisson_moments(mean, highest, p)?;
                    all.iter().zip(&below).map(|(all, below)| all.sub(below, p)).collect()
                }
            },
        }
    }

    /// Moments as sums over the whole numbers from `first` to `last`.
    fn summed(&self, highest: usize, first: i64, last: i64, p: Precision) -> Result<Vec<Number>> {
        if last.saturating_sub(first) > MOST_TERMS {
            return Err(MathError::Limit(format!("more than {MOST_TERMS} outcomes")));
        }
        let mut moments = vec![Number::zero(); highest + 1];
        for (outcome, mass) in (first..=last).zip(self.masses(first, last, p)?) {
            let mut term = mass;
            let outcome = Number::from(outcome);
            for moment in &mut moments {
                *moment = moment.add(&term, p)?;
                term = term.mul(&outcome, p)?;
            }
        }
        Ok(moments)
    }

    /// The probabilities of whole numbers in a row.
    fn masses(&self, first: i64, last: i64, p: Precision) -> Result<Vec<Number>> {
        match self {
            Self::Poisson { mean } if last.saturating_sub(first) > FEW_OUTCOMES => {
                self.poisson_masses(mean, first, last, p)
            }
            _ => (first..=last).map(|outcome| self.mass(outcome, p)).collect(),
        }
    }

    /// From the likeliest of them in both directions, each by the one before: m_k = m_(k-1) λ/k.
    fn poisson_masses(&self, mean: &Number, first: i64, last: i64, p: Precision) -> Result<Vec<Number>> {
        let likeliest = (mean.to_f64() as i64).clamp(first, last);
        let top = self.mass(likeliest, p)?;
        let mut below = Vec::new();
        let mut mass = top.clone();
        for k in (first + 1..=likeliest).rev() {
            mass = mass.mul(&Number::from(k), p)?.div(mean, p)?;
            below.push(mass.clone());
        }
        let mut masses: Vec<Number> = below.into_iter().rev().collect();
        masses.push(top.clone());
        mass = top;
        for k in likeliest + 1..=last {
            mass = mass.mul(mean, p)?.div(&Number::from(k), p)?;
            masses.push(mass.clone());
        }
        Ok(masses)
    }

    /// The probability of one whole number.
    pub fn mass(&self, outcome: i64, p: Precision) -> Result<Number> {
        let k = Number::from(outcome);
        match self {
            Self::Binomial { trials, probability } => {
                let n = Number::from(*trials as i64);
                let failure = Number::one().sub(probability, p)?;
                n.binomial(&k, p)?.mul(&probability.pow(&k, p)?, p)?.mul(&failure.pow(&n.sub(&k, p)?, p)?, p)
            }
            Self::Poisson { mean } => {
                let none = Number::apply(Function::Exp, &[mean.neg()], p)?;
                none.mul(&mean.pow(&k, p)?, p)?.div(&k.factorial(p)?, p)
            }
            _ => Ok(Number::zero()),
        }
    }

    /// The `n`-th of independent samples.
    pub fn sample(&self, sequence: SplitMix64, n: u64) -> f64 {
        match self {
            Self::Normal { mean, variance } => mean.to_f64() + variance.to_f64().sqrt() * normal(sequence, n),
            Self::Uniform { lower, upper } => {
                let (lower, upper) = (lower.to_f64(), upper.to_f64());
                lower + (upper - lower) * sequence.unit(n)
            }
            Self::Exponential { rate } => -math::ln_1p(-sequence.unit(n)) / rate.to_f64(),
            Self::Binomial { trials, probability } => {
                let own = sequence.stream(n);
                (0..*trials).filter(|trial| own.unit(*trial) < probability.to_f64()).count() as f64
            }
            Self::Poisson { mean } => poisson_sample(mean.to_f64(), sequence.unit(n)),
        }
    }
}

/// The whole numbers of an interval begin here.
fn first(within: &Interval) -> Result<i64> {
    let lower = within.lower.as_ref().map_or(Ok(Number::zero()), Number::ceil)?;
    whole(&lower)
}

/// They end here, if they end.
fn last_of(within: &Interval) -> Result<Option<i64>> {
    within.upper.as_ref().map(|upper| whole(&upper.floor()?)).transpose()
}

fn whole(number: &Number) -> Result<i64> {
    number
        .to_integer()
        .and_then(|integer| i64::try_from(integer).ok())
        .ok_or(MathError::Undecided { function: "moment" })
}

/// X = μ + σZ, and of Z standard normal E\[Z^j\] = (j−1)!! for even j, 0 for odd ones: rational where μ and σ² are.
fn all_normal_moments(mean: &Number, variance: &Number, highest: usize, p: Precision) -> Result<Vec<Number>> {
    // σ^j E[Z^j] for j = 0, 2, 4, …
    let mut even = vec![Number::one()];
    for half in 1..=highest / 2 {
        let odd_factor = Number::from(2 * half as i64 - 1);
        even.push(even[half - 1].mul(variance, p)?.mul(&odd_factor, p)?);
    }
    let is_centred = mean.is_zero() == Some(true);
    let moment = |order: usize| match order % 2 {
        0 if is_centred => Ok(even[order / 2].clone()),
        _ if is_centred => Ok(Number::zero()),
        _ => even.iter().take(order / 2 + 1).enumerate().try_fold(Number::zero(), |sum, (half, central)| {
            let ways = Number::from(order as i64).binomial(&Number::from(2 * half as i64), p)?;
            let shift = mean.pow(&Number::from((order - 2 * half) as i64), p)?;
            sum.add(&ways.mul(&shift, p)?.mul(central, p)?, p)
        }),
    };
    (0..=highest).map(moment).collect()
}

/// Of Z standard normal, E\[Z^k; α ≤ Z ≤ β\] = (k−1) E\[Z^(k−2); …\] + α^(k−1) φ(α) − β^(k−1) φ(β); then X = μ + σZ.
fn normal_moments(
    mean: &Number,
    variance: &Number,
    highest: usize,
    within: &Interval,
    p: Precision,
) -> Result<Vec<Number>> {
    let deviation = variance.sqrt(p)?;
    let standard =
        |end: &Option<Number>| end.as_ref().map(|end| end.sub(mean, p)?.div(&deviation, p)).transpose();
    let (alpha, beta) = (standard(&within.lower)?, standard(&within.upper)?);
    let density = |end: &Option<Number>| match end {
        Some(end) => Number::apply(Function::NormalPdf, std::slice::from_ref(end), p),
        None => Ok(Number::zero()),
    };
    let below = |end: &Option<Number>, infinite: i64| match end {
        Some(end) => Number::apply(Function::NormalCdf, std::slice::from_ref(end), p),
        None => Ok(Number::from(infinite)),
    };
    let (at_alpha, at_beta) = (density(&alpha)?, density(&beta)?);
    // α^k φ(α), 0 at infinity.
    let edge = |end: &Option<Number>, density: &Number, order: usize| match end {
        Some(end) => end.pow(&Number::from(order as i64), p)?.mul(density, p),
        None => Ok(Number::zero()),
    };
    let mut central = vec![below(&beta, 1)?.sub(&below(&alpha, 0)?, p)?];
    for order in 1..=highest {
        let mut moment = edge(&alpha, &at_alpha, order - 1)?.sub(&edge(&beta, &at_beta, order - 1)?, p)?;
        if order >= 2 {
            moment = moment.add(&central[order - 2].mul(&Number::from(order as i64 - 1), p)?, p)?;
        }
        central.push(moment);
    }
    // σ^j: even powers are those of the variance, so that nothing irrational enters where odd moments vanish.
    let power = |order: usize| {
        let even = variance.pow(&Number::from((order / 2) as i64), p)?;
        if order.is_multiple_of(2) { Ok(even) } else { even.mul(&deviation, p) }
    };
    let moment = |order: usize| {
        let mut sum = Number::zero();
        for (j, central) in central.iter().enumerate().take(order + 1) {
            let ways = Number::from(order as i64).binomial(&Number::from(j as i64), p)?;
            let shift = mean.pow(&Number::from((order - j) as i64), p)?;
            sum = sum.add(&ways.mul(&shift, p)?.mul(&power(j)?, p)?.mul(central, p)?, p)?;
        }
        Ok(sum)
    };
    (0..=highest).map(moment).collect()
}

/// By parts: E\[X^k; a ≤ X ≤ b\] = a^k e^(−λa) − b^k e^(−λb) + (k/λ) E\[X^(k−1); …\].
fn exponential_moments(
    rate: &Number,
    highest: usize,
    within: &Interval,
    p: Precision,
) -> Result<Vec<Number>> {
    let lower = within.lower.clone().unwrap_or_else(Number::zero);
    let tail = |end: &Number| Number::apply(Function::Exp, &[end.mul(rate, p)?.neg()], p);
    let edge = |order: usize| {
        let order = Number::from(order as i64);
        let at_lower = lower.pow(&order, p)?.mul(&tail(&lower)?, p)?;
        match &within.upper {
            Some(upper) => at_lower.sub(&upper.pow(&order, p)?.mul(&tail(upper)?, p)?, p),
            None => Ok(at_lower),
        }
    };
    let mut moments = vec![edge(0)?];
    for order in 1..=highest {
        let before = moments[order - 1].mul(&Number::from(order as i64), p)?.div(rate, p)?;
        moments.push(edge(order)?.add(&before, p)?);
    }
    Ok(moments)
}

/// Touchard's recurrence: m_(k+1) = λ Σ_j C(k, j) m_j.
fn poisson_moments(mean: &Number, highest: usize, p: Precision) -> Result<Vec<Number>> {
    let mut moments = vec![Number::one()];
    for order in 0..highest {
        let mut sum = Number::zero();
        for (j, moment) in moments.iter().enumerate() {
            let ways = Number::from(order as i64).binomial(&Number::from(j as i64), p)?;
            sum = sum.add(&ways.mul(moment, p)?, p)?;
        }
        moments.push(sum.mul(mean, p)?);
    }
    Ok(moments)
}

/// The first k whose cumulated probability exceeds `unit`.
fn poisson_sample(mean: f64, unit: f64) -> f64 {
    let mut mass = math::exp(-mean);
    let (mut below, mut count) = (mass, 0.0);
    while below <= unit && count < 10_000.0 {
        count += 1.0;
        mass *= mean / count;
        below += mass;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: Precision = Precision::DOUBLE;

    fn number(text: &str) -> Number {
        Number::parse_decimal(text).map(Number::from).expect("a decimal")
    }

    fn standard() -> Distribution {
        Distribution::Normal { mean: Number::zero(), variance: Number::one() }
    }

    #[track_caller]
    fn exact(distribution: &Distribution, within: &Interval, expected: &[&str]) {
        let moments = distribution.moments(expected.len() - 1, within, P).expect("they exist");
        let found: Vec<String> = moments
            .iter()
            .map(|moment| moment.as_exact().map_or("irrational".to_owned(), ToString::to_string))
            .collect();
        assert_eq!(found, expected);
    }

    /// SymPy 1.14: `E(X**k)` of `sympy.stats` for each of these.
    #[test]
    fn whole_moments_are_rational() {
        exact(&standard(), &Interval::default(), &["1", "0", "1", "0", "3", "0", "15"]);
        let shifted = Distribution::Normal { mean: number("2"), variance: number("3") };
        exact(&shifted, &Interval::default(), &["1", "2", "7", "26", "115"]);
        let uniform = Distribution::Uniform { lower: Number::zero(), upper: Number::one() };
        exact(&uniform, &uniform.support(), &["1", "1/2", "1/3", "1/4"]);
        let coin = Distribution::Binomial { trials: 1, probability: number("0.3") };
        exact(&coin, &coin.support(), &["1", "3/10", "3/10"]);
        let binomial = Distribution::Binomial { trials: 10, probability: number("0.5") };
        exact(&binomial, &binomial.support(), &["1", "5", "55/2"]);
        let poisson = Distribution::Poisson { mean: number("2") };
        exact(&poisson, &poisson.support(), &["1", "2", "6", "22"]);
        let exponential = Distribution::Exponential { rate: number("2") };
        exact(&exponential, &exponential.support(), &["1", "1/2", "1/2", "3/4"]);
    }

    /// mpmath 1.3: `quad` of x^k times the density from 0 to infinity, and from 1 to 2.
    #[test]
    fn moments_over_intervals() {
        let positive = Interval { lower: Some(Number::zero()), upper: None };
        let moments = standard().moments(2, &positive, P).expect("they exist");
        assert_eq!(moments[0].as_exact().map(ToString::to_string).as_deref(), Some("1/2"));
        assert!((moments[1].to_f64() - 0.398_942_280_401_432_7).abs() < 1e-15);
        assert_eq!(moments[2].as_exact().map(ToString::to_string).as_deref(), Some("1/2"));
        let inside = Interval { lower: Some(Number::one()), upper: Some(number("2")) };
        let moments = standard().moments(2, &inside, P).expect("they exist");
        for (moment, expected) in
            moments.iter().zip([0.135_905_121_983_277_84, 0.187_979_758_005_955_3, 0.269_893_913_476_045_1])
        {
            assert!((moment.to_f64() - expected).abs() < 1e-15, "{moment:?} {expected}");
        }
    }
}
