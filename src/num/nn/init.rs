//! Initial weights: the customary distributions, and the rule by which a page's networks get theirs.
//!
//! | name | distribution | source |
//! |---|---|---|
//! | He uniform | U(−b, b), b = √(6/fan_in) | He et al. 2015, arXiv:1502.01852 |
//! | He normal | N(0, σ²), σ = √(2/fan_in) | the same |
//! | Glorot uniform | U(−b, b), b = √(6/(fan_in + fan_out)) | Glorot and Bengio 2010 |
//! | Glorot normal | N(0, σ²), σ = √(2/(fan_in + fan_out)) | the same |
//!
//! An array's fan-in is the product of all its extents but the first, its fan-out the first times the cells of the
//! kernel. Normal variates are those of Box and Muller 1958, one for each pair of uniform numbers, by the portable
//! functions of [`math`].

use ndarray::ArrayViewMutD;

use super::Network;
use crate::num::{
    math,
    rng::SplitMix64,
    tensor::{Scalar, Uniform},
};

/// How initial weights are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initialiser {
    /// U(−√(6/fan_in), √(6/fan_in)).
    HeUniform,
    /// N(0, 2/fan_in).
    HeNormal,
    /// U(−√(6/(fan_in + fan_out)), √(6/(fan_in + fan_out))).
    GlorotUniform,
    /// N(0, 2/(fan_in + fan_out)).
    GlorotNormal,
}

impl Initialiser {
    /// The bound of a uniform distribution or the standard deviation of a normal one.
    pub fn scale(self, shape: &[usize]) -> f64 {
        let cells: usize = shape.iter().skip(2).product();
        let fan_in = (shape.iter().skip(1).product::<usize>()) as f64;
        let fan_out = (shape.first().copied().unwrap_or(1) * cells) as f64;
        match self {
            Self::HeUniform => (6.0 / fan_in).sqrt(),
            Self::HeNormal => (2.0 / fan_in).sqrt(),
            Self::GlorotUniform => (6.0 / (fan_in + fan_out)).sqrt(),
            Self::GlorotNormal => (2.0 / (fan_in + fan_out)).sqrt(),
        }
    }

    /// Sets every element of an array of weights from the numbers of `sequence`.
    pub fn fill<T: Scalar>(self, sequence: SplitMix64, mut weights: ArrayViewMutD<'_, T>) {
        let scale = self.scale(weights.shape());
        for (n, weight) in (0_u64..).zip(&mut weights) {
            let value = match self {
                Self::HeUniform | Self::GlorotUniform => 2.0 * sequence.unit(n) - 1.0,
                Self::HeNormal | Self::GlorotNormal => normal(sequence, n),
            };
            *weight = T::from_f64(scale * value);
        }
    }
}

/// The `n`-th standard normal variate: √(−2 ln(1 − u))·cos 2πv.
pub fn normal(sequence: SplitMix64, n: u64) -> f64 {
    let (u, v) = (sequence.unit(n.wrapping_mul(2)), sequence.unit(n.wrapping_mul(2).wrapping_add(1)));
    (-2.0 * math::ln_1p(-u)).sqrt() * math::cos(std::f64::consts::TAU * v)
}

/// The rule that gives every weight, bias and input of a network from one seed by integer arithmetic and one
/// rounding, so that the bits are the same in every language and on every machine.
///
/// Tensor 0 is the input: k·2⁻²⁴ for the top 24 bits k of number i of the tensor's own stream. Weights and biases
/// follow in the order of the layers from tensor 1 on: (k − 2²³)·2⁻²³·bound, in f32, where bound is √(3·gain/fan_in)
/// (in f64, then rounded) for weights and 1/16 for biases. The weights' variance is gain/fan_in: a gain of 2 is He's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// The seed from which the streams of all tensors come.
    pub seed: u64,
    /// The weights' variance times their fan-in.
    pub gain: f64,
}

/// Bound of every bias.
const BIAS: f32 = 0.0625;

impl Rule {
    /// He's variance, 2/fan_in.
    pub const fn new(seed: u64) -> Self {
        Self { seed, gain: 2.0 }
    }

    /// The distribution of the weights of the layer that is the `layer`-th with weights, counted from 0.
    pub fn weight(self, layer: usize, fan_in: usize) -> Uniform {
        let bound = (3.0 * self.gain / fan_in as f64).sqrt() as f32;
        Uniform { sequence: self.stream(2 * layer + 1), bound }
    }

    /// The distribution of its biases.
    pub fn bias(self, layer: usize) -> Uniform {
        Uniform { sequence: self.stream(2 * layer + 2), bound: BIAS }
    }

    /// An input of `count` elements in [0, 1).
    pub fn input(self, count: usize) -> Vec<f32> {
        let mut input = vec![0.0; count];
        self.stream(0).fill_unit(0, &mut input);
        input
    }

    /// Sets every array of a network.
    pub fn apply<T: Scalar>(self, network: &mut Network<T>) {
        let arrays = network.parameters_mut();
        for (index, mut array) in arrays.into_iter().enumerate() {
            let fan_in = array.len() / array.shape().first().copied().unwrap_or(1).max(1);
            let rule = if index % 2 == 0 { self.weight(index / 2, fan_in) } else { self.bias(index / 2) };
            let mut values = vec![0.0; array.len()];
            rule.fill_parallel(&mut values);
            for (to, from) in array.iter_mut().zip(values) {
                *to = T::from_f64(f64::from(from));
            }
        }
    }

    fn stream(self, tensor: usize) -> SplitMix64 {
        SplitMix64::new(self.seed).stream(tensor as u64)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayD, IxDyn};

    use super::*;

    /// Moments of the distributions: for n samples the mean is within 4 standard errors, the variance too.
    #[test]
    fn moments_are_those_of_the_distribution() {
        let shape = [64, 16, 3, 3];
        for (initialiser, variance) in [
            (Initialiser::HeUniform, 2.0 / 144.0),
            (Initialiser::HeNormal, 2.0 / 144.0),
            (Initialiser::GlorotUniform, 2.0 / (144.0 + 576.0)),
            (Initialiser::GlorotNormal, 2.0 / (144.0 + 576.0)),
        ] {
            let mut weights = ArrayD::<f64>::zeros(IxDyn(&shape));
            initialiser.fill(SplitMix64::new(5), weights.view_mut());
            let count = weights.len() as f64;
            let mean = weights.sum() / count;
            let square = weights.mapv(|w| w * w).sum() / count;
            assert!(mean.abs() < 4.0 * (variance / count).sqrt(), "{initialiser:?}: mean {mean}");
            assert!(
                (square / variance - 1.0).abs() < 4.0 * (2.0 / count).sqrt(),
                "{initialiser:?}: {square}"
            );
        }
    }

    /// √(6/27) and √(2/(27 + 576)), by mpmath 1.3.
    #[test]
    fn scales_are_the_published_ones() {
        assert_eq!(Initialiser::HeUniform.scale(&[64, 3, 3, 3]), 0.471_404_520_791_031_7);
        assert!((Initialiser::GlorotNormal.scale(&[64, 3, 3, 3]) - 0.057_591_228_372_090_67).abs() < 1e-16);
    }
}
