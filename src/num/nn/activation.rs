//! Elementwise activations, and softmax over the channel axis.
//!
//! | name | f(x) | source |
//! |---|---|---|
//! | ReLU | max(x, 0) | Nair and Hinton 2010 |
//! | Leaky ReLU | x if x > 0, else a·x | Maas, Hannun and Ng 2013 |
//! | sigmoid | 1/(1 + e^−x) | |
//! | tanh | (e^x − e^−x)/(e^x + e^−x) | |
//! | softmax | e^(x_i − m)/Σ_j e^(x_j − m), m = max x | Bridle 1990 |
//! | log-softmax | x_i − m − ln Σ_j e^(x_j − m) | |
//!
//! Subtracting the maximum keeps both softmax forms finite for every finite input. Sums run along the axis in
//! order.

use std::cmp::Ordering;

use ndarray::{ArrayD, ArrayView1, ArrayViewMut1, Axis, Zip, parallel::prelude::*};

use super::{Gradients, Layer, same_shapes};
use crate::num::tensor::{Rule, Scalar, ShapeError, zeros};

/// A function applied to each element alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// max(x, 0).
    Relu,
    /// x where positive, else x times this slope.
    LeakyRelu(f64),
    /// 1/(1 + e^−x).
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
}

impl Activation {
    /// The function's derivative at x, where its value is y. At 0, ReLU has slope 0 and Leaky ReLU its own, as in
    /// PyTorch. The sigmoid's is σ(x)·σ(−x), whose factors both keep their digits however large x is.
    fn slope<T: Scalar>(self, x: T, y: T) -> T {
        match self {
            Self::Relu => Self::LeakyRelu(0.0).slope(x, y),
            Self::LeakyRelu(slope) => match x.partial_cmp(&T::zero()) {
                Some(Ordering::Greater) => T::one(),
                Some(_) => T::from_f64(slope),
                None => T::NAN,
            },
            Self::Sigmoid => y * sigmoid(-x),
            Self::Tanh => T::one() - y * y,
        }
    }

    /// The function's value. NaN stays NaN.
    pub fn value<T: Scalar>(self, x: T) -> T {
        match self {
            Self::Relu => x.max_or_nan(T::zero()),
            Self::LeakyRelu(slope) => match x.partial_cmp(&T::zero()) {
                Some(Ordering::Greater) => x,
                Some(_) => x * T::from_f64(slope),
                None => T::NAN,
            },
            Self::Sigmoid => sigmoid(x),
            Self::Tanh => x.tanh(),
        }
    }
}

/// 1/(1 + e^−x), from the side on which the exponential cannot overflow.
fn sigmoid<T: Scalar>(x: T) -> T {
    if x < T::zero() {
        let e = x.exp();
        e / (T::one() + e)
    } else {
        T::one() / (T::one() + (-x).exp())
    }
}

impl<T: Scalar> Layer<T> for Activation {
    fn allocate(&self, input: &[usize]) -> Result<ArrayD<T>, ShapeError> {
        zeros("activation", input)
    }

    fn forward(&self, input: &ArrayD<T>) -> Result<ArrayD<T>, ShapeError> {
        let mut output = self.allocate(input.shape())?;
        Zip::from(&mut output).and(input).par_for_each(|y, &x| *y = self.value(x));
        Ok(output)
    }

    fn backward(
        &self,
        input: &ArrayD<T>,
        output: &ArrayD<T>,
        gradient: &ArrayD<T>,
    ) -> Result<Gradients<T>, ShapeError> {
        same_shapes("activation", self, input, [output, gradient])?;
        let mut result = gradient.clone();
        Zip::from(&mut result)
            .and(input)
            .and(output)
            .par_for_each(|gradient, &x, &y| *gradient = *gradient * self.slope(x, y));
        Ok(Gradients::of_input(result))
    }
}

/// Softmax, or its logarithm, over axis 1: the features of N×F, the channels of N×C×H×W.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Softmax {
    /// Whether the output is the logarithm.
    pub log: bool,
}

impl Softmax {
    /// One vector of features.
    pub(super) fn lane<T: Scalar>(self, input: ArrayView1<'_, T>, mut output: ArrayViewMut1<'_, T>) {
        let maximum = input.iter().fold(T::NEGATIVE_INFINITY, |best, &x| best.max_or_nan(x));
        let mut sum = T::zero();
        for (y, &x) in output.iter_mut().zip(input) {
            let shifted = x - maximum;
            let e = shifted.exp();
            sum += e;
            *y = if self.log { shifted } else { e };
        }
        let log_sum = sum.ln();
        output.mapv_inplace(|y| if self.log { y - log_sum } else { y / sum });
    }

    /// The gradient by one vector of features: y_i·(g_i − Σ_j g_j·y_j), or g_i − e^y_i·Σ_j g_j for the logarithm.
    fn lane_backward<T: Scalar>(self, output: ArrayView1<'_, T>, mut gradient: ArrayViewMut1<'_, T>) {
        let pairs = gradient.iter().zip(&output);
        let sum = pairs.fold(T::zero(), |sum, (&g, &y)| if self.log { sum + g } else { sum + g * y });
        for (g, &y) in gradient.iter_mut().zip(&output) {
            *g = if self.log { *g - y.exp() * sum } else { y * (*g - sum) };
        }
    }
}

impl<T: Scalar> Layer<T> for Softmax {
    fn allocate(&self, input: &[usize]) -> Result<ArrayD<T>, ShapeError> {
        if input.len() < 2 {
            return Err(ShapeError::unary("softmax", input, Rule::MinRank(2)));
        }
        zeros("softmax", input)
    }

    fn forward(&self, input: &ArrayD<T>) -> Result<ArrayD<T>, ShapeError> {
        let mut output: ArrayD<T> = self.allocate(input.shape())?;
        output.axis_iter_mut(Axis(0)).into_par_iter().zip(input.axis_iter(Axis(0))).for_each(
            |(mut to, from)| {
                Zip::from(to.lanes_mut(Axis(0))).and(from.lanes(Axis(0))).for_each(|y, x| self.lane(x, y));
            },
        );
        Ok(output)
    }
    fn backward(
        &self,
        input: &ArrayD<T>,
        output: &ArrayD<T>,
        gradient: &ArrayD<T>,
    ) -> Result<Gradients<T>, ShapeError> {
        same_shapes("softmax", self, input, [output, gradient])?;
        let mut result = gradient.clone();
        result.axis_iter_mut(Axis(0)).into_par_iter().zip(output.axis_iter(Axis(0))).for_each(
            |(mut to, from)| {
                Zip::from(to.lanes_mut(Axis(0)))
                    .and(from.lanes(Axis(0)))
                    .for_each(|gradient, y| self.lane_backward(y, gradient));
            },
        );
        Ok(Gradients::of_input(result))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{IxDyn, arr2};
    use proptest::prelude::*;

    use super::*;
    use crate::num::reference::{apart, check_gradients, random};

    const ALL: [Activation; 4] =
        [Activation::Relu, Activation::LeakyRelu(0.1), Activation::Sigmoid, Activation::Tanh];

    #[test]
    fn values_are_those_of_the_formulas() {
        for x in [-800.0, -3.25, -1e-9, 0.0, 0.5, 2.0, 40.0, 800.0_f64] {
            // mpmath is not needed where f64 formulas are exact to a few units: the naive forms, in safe ranges.
            let naive =
                [x.max(0.0), if x > 0.0 { x } else { 0.1 * x }, 1.0 / (1.0 + libm::exp(-x)), libm::tanh(x)];
            for (activation, expected) in ALL.into_iter().zip(naive) {
                let value = activation.value(x);
                assert!(
                    (value - expected).abs() <= 1e-15 * f64::abs(expected),
                    "{activation:?}({x}) = {value}"
                );
            }
        }
        assert!(ALL.iter().all(|activation| activation.value(f64::NAN).is_nan()));
    }

    /// Softmax of (1, 2, 3) and its logarithm, by mpmath 1.3.
    #[test]
    fn softmax_is_stable() {
        let expected: [f64; 3] =
            [0.090_030_573_170_380_46, 0.244_728_471_054_797_65, 0.665_240_955_774_821_9];
        for shift in [0.0, 1e4, -1e4] {
            let input = arr2(&[[1.0 + shift, 2.0 + shift, 3.0 + shift]]).into_dyn();
            let plain = Softmax { log: false }.forward(&input).unwrap();
            let log = Softmax { log: true }.forward(&input).unwrap();
            for (at, expected) in expected.into_iter().enumerate() {
                assert!((plain[[0, at]] - expected).abs() < 1e-15);
                assert!((log[[0, at]] - libm::log(expected)).abs() < 1e-14);
            }
        }
        let far = Softmax { log: true }.forward(&arr2(&[[0.0_f32, 1000.0]]).into_dyn()).unwrap();
        assert_eq!(far, arr2(&[[-1000.0, 0.0]]).into_dyn());
        assert_eq!(
            Softmax { log: false }.forward(&ArrayD::<f32>::zeros(IxDyn(&[3]))).unwrap_err().rule,
            Rule::MinRank(2)
        );
    }

    proptest! {
        #[test]
        fn softmax_sums_to_one_along_the_channels(batch in 1..=3_usize, channels in 1..=6_usize, seed: u64) {
            let input: ArrayD<f64> = random(&[batch, channels, 2, 3], seed);
            let output = Softmax { log: false }.forward(&input).unwrap();
            prop_assert!(output.sum_axis(Axis(1)).iter().all(|sum| (sum - 1.0).abs() < 1e-14));
            let log = Softmax { log: true }.forward(&input).unwrap();
            prop_assert!(log.iter().zip(&output).all(|(log, plain)| (libm::exp(*log) - plain).abs() < 1e-15));
        }

        #[test]
        fn gradients_agree_with_central_differences(batch in 1..=3_usize, features in 1..=6_usize, seed: u64) {
            let input = apart(&[batch, features], seed);
            for activation in ALL {
                check_gradients(&mut activation.clone(), &input);
            }
            check_gradients(&mut Softmax { log: false }, &input);
            check_gradients(&mut Softmax { log: true }, &input);
        }
    }
}
