//! Naive versions of the kernels, obviously right: loops over the formula, sums in f64. For unit tests only.
//!
//! A problem is a struct with its operands and a `reference()`, whose result carries beside each value the sum of
//! the absolute values of its terms, from which the tolerance of any order of summation follows.

use ndarray::{Array1, Array2, Array4, ArrayD, Ix4, IxDyn};
use proptest::prelude::*;

use super::rng::SplitMix64;
use super::tensor::{Scalar, window::Window};

/// How far a kernel may be from its reference.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tolerance {
    /// A sum of so many terms in any order: terms · eps · Σ|term|.
    Sum(usize),
}

/// Values with the sum of the absolute values of the terms each was made of.
pub(crate) struct Expected {
    pub(crate) value: ArrayD<f64>,
    pub(crate) magnitude: ArrayD<f64>,
}

impl Expected {
    fn zeros(shape: &[usize]) -> Self {
        Self { value: ArrayD::zeros(IxDyn(shape)), magnitude: ArrayD::zeros(IxDyn(shape)) }
    }

    fn add(&mut self, at: &[usize], term: f64) {
        self.value[IxDyn(at)] += term;
        self.magnitude[IxDyn(at)] += term.abs();
    }

    /// Fails unless `actual` is as close as `tolerance` says, for elements with rounding unit `eps`.
    pub(crate) fn check<T: Scalar>(&self, actual: &ArrayD<T>, tolerance: Tolerance, eps: f64) {
        assert_eq!(actual.shape(), self.value.shape());
        for ((at, &value), (expected, magnitude)) in
            actual.indexed_iter().zip(self.value.iter().zip(&self.magnitude))
        {
            let allowed = match tolerance {
                Tolerance::Sum(terms) => terms as f64 * eps * magnitude,
            };
            let error = (value.to_f64() - expected).abs();
            assert!(
                error <= allowed || value.to_f64() == *expected,
                "{at:?}: {value}, not {expected} ± {allowed}"
            );
        }
    }
}

/// Numbers in [−1, 1), the same on every machine.
pub(crate) fn random<T: Scalar>(shape: &[usize], seed: u64) -> ArrayD<T> {
    let sequence = SplitMix64::new(seed);
    let mut n = 0;
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        n += 1;
        T::from_f64(2.0 * sequence.unit(n) - 1.0)
    })
}

/// A convolution.
#[derive(Debug, Clone)]
pub(crate) struct ConvolutionProblem<T> {
    pub(crate) input: Array4<T>,
    pub(crate) weight: Array4<T>,
    pub(crate) bias: Array1<T>,
    pub(crate) window: Window,
}

impl<T: Scalar> ConvolutionProblem<T> {
    pub(crate) fn reference(&self) -> Expected {
        let (batch, channels, height, width) = self.input.dim();
        let (filters, _, kernel_height, kernel_width) = self.weight.dim();
        let [out_height, out_width] = self.window.positions("reference", [height, width]).unwrap();
        let mut expected = Expected::zeros(&[batch, filters, out_height, out_width]);
        for at in ndarray::indices((batch, filters, out_height, out_width)) {
            let (n, o, i, j) = at;
            expected.add(&[n, o, i, j], self.bias[o].to_f64());
            for (c, u, v) in ndarray::indices((channels, kernel_height, kernel_width)) {
                let y = self.window.source(0, i, u, height);
                let x = self.window.source(1, j, v, width);
                if let (Some(y), Some(x)) = (y, x) {
                    let term = self.weight[[o, c, u, v]].to_f64() * self.input[[n, c, y, x]].to_f64();
                    expected.add(&[n, o, i, j], term);
                }
            }
        }
        expected
    }

    /// Terms of one sum, bias included.
    pub(crate) fn terms(&self) -> usize {
        self.weight.len() / self.weight.dim().0 + 1
    }
}

/// Windows of every kind on an image they fit into.
pub(crate) fn windows() -> impl Strategy<Value = (Window, [usize; 2])> {
    let pair = |low: usize, high: usize| [low..=high, low..=high];
    (pair(1, 4), pair(1, 3), pair(1, 3), pair(0, 2), pair(0, 5)).prop_map(
        |(kernel, stride, dilation, padding, more)| {
            let window = Window { kernel, stride, padding, dilation };
            let image =
                [0, 1].map(|axis| window.span()[axis].saturating_sub(2 * padding[axis]).max(1) + more[axis]);
            (window, image)
        },
    )
}

/// Convolutions of every geometry, with up to three channels and filters and two images.
pub(crate) fn convolutions<T: Scalar>() -> impl Strategy<Value = ConvolutionProblem<T>> {
    (windows(), 1..=2_usize, 1..=3_usize, 1..=3_usize, any::<u64>()).prop_map(
        |((window, [height, width]), batch, channels, filters, seed)| {
            let four = |shape: &[usize], seed| random(shape, seed).into_dimensionality::<Ix4>().unwrap();
            ConvolutionProblem {
                input: four(&[batch, channels, height, width], seed),
                weight: four(&[filters, channels, window.kernel[0], window.kernel[1]], seed ^ 1),
                bias: Array1::from_iter(random(&[filters], seed ^ 2)),
                window,
            }
        },
    )
}

/// The product of two matrices.
pub(crate) fn product<T: Scalar>(a: &Array2<T>, b: &Array2<T>) -> Expected {
    let mut expected = Expected::zeros(&[a.nrows(), b.ncols()]);
    for (i, j, k) in ndarray::indices((a.nrows(), b.ncols(), a.ncols())) {
        expected.add(&[i, j], a[[i, k]].to_f64() * b[[k, j]].to_f64());
    }
    expected
}
