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

use ndarray::{ArrayD, Axis, Zip, parallel::prelude::*};

use super::Layer;
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
    /// The function's value. NaN stays NaN.
    pub fn value<T: Scalar>(self, x: T) -> T {
        match self {
            Self::Relu => x.max_or_nan(T::zero()),
            Self::LeakyRelu(slope) if x <= T::zero() => x * T::from_f64(slope),
            Self::LeakyRelu(_) => x,
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
}

/// Softmax, or its logarithm, over axis 1: the features of N×F, the channels of N×C×H×W.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Softmax {
    /// Whether the output is the logarithm.
    pub log: bool,
}

impl Softmax {
    fn lane<T: Scalar>(self, input: ndarray::ArrayView1<'_, T>, mut output: ndarray::ArrayViewMut1<'_, T>) {
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
}
