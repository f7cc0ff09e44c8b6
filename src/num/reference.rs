//! Naive versions of the kernels, obviously right: loops over the formula, sums in f64. For unit tests only.
//!
//! A problem is a struct with its operands and a `reference()`, whose result carries beside each value the sum of
//! the absolute values of its terms, from which the tolerance of any order of summation follows.

use ndarray::{Array1, Array2, Array4, ArrayD, Ix4, IxDyn};
use proptest::prelude::*;

use super::nn::Layer;
use super::rng::SplitMix64;
use super::tensor::{Scalar, window::Window};

/// How far a kernel may be from its reference.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tolerance {
    /// A sum of so many terms in any order: terms · eps · Σ|term|.
    Sum(usize),
    /// So many roundings on the way of each term, counted one by one: count · eps/2 · Σ|term|.
    Roundings(usize),
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

    /// The same for the first rows and columns of each image alone.
    pub(crate) fn corner(&self, side: usize) -> Self {
        let [value, magnitude] = [&self.value, &self.magnitude]
            .map(|array| array.slice(ndarray::s![.., .., ..side, ..side]).to_owned().into_dyn());
        Self { value, magnitude }
    }

    /// Fails unless `actual` is as close as `tolerance` says, for elements with rounding unit `eps`.
    pub(crate) fn check<T: Scalar>(&self, actual: &ArrayD<T>, tolerance: Tolerance, eps: f64) {
        assert_eq!(actual.shape(), self.value.shape());
        for ((at, &value), (expected, magnitude)) in
            actual.indexed_iter().zip(self.value.iter().zip(&self.magnitude))
        {
            let allowed = match tolerance {
                Tolerance::Sum(terms) => terms as f64 * eps * magnitude,
                Tolerance::Roundings(count) => count as f64 * eps / 2.0 * magnitude,
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

/// The same numbers, moved apart to multiples of 1/64 that are not 0: no step of a difference quotient crosses a kink.
pub(crate) fn apart(shape: &[usize], seed: u64) -> ArrayD<f64> {
    let mut values: ArrayD<f64> = random(shape, seed);
    let mut order: Vec<&mut f64> = values.iter_mut().collect();
    order.sort_by(|one, other| one.total_cmp(other));
    let half = order.len() as f64 / 2.0;
    for (rank, value) in order.into_iter().enumerate() {
        *value = (rank as f64 + 0.25 - half) / 64.0;
    }
    values
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

    /// The same sums with the magnitudes that Winograd's transforms give their terms:
    /// |Aᵀ|[Σ_c (|G||g||Gᵀ|) ⊙ (|Bᵀ||d||B|)]|A| and the bias, for kernels of 3×3 with padding 1.
    pub(crate) fn winograd_reference(&self) -> Expected {
        let mut expected = self.reference();
        let (batch, channels, height, width) = self.input.dim();
        let filters = self.bias.len();
        let kernel = |(o, c)| {
            let weights = self.weight.slice(ndarray::s![o, c, .., ..]);
            sandwich(&WINOGRAD_G, |i, j| weights[[i, j]].to_f64().abs())
        };
        let kernels = Array2::from_shape_fn((filters, channels), kernel);
        let origins = |extent| (0..extent).step_by(4);
        for (n, y, x) in
            (0..batch).flat_map(|n| origins(height).flat_map(move |y| origins(width).map(move |x| (n, y, x))))
        {
            let pixel = |c, i: usize, j: usize| {
                let position = (y + i).checked_sub(1).zip((x + j).checked_sub(1));
                let value = position.and_then(|(row, column)| self.input.get([n, c, row, column]));
                value.map_or(0.0, |value| value.to_f64().abs())
            };
            let tiles: Vec<_> = (0..channels).map(|c| sandwich(&WINOGRAD_B, |i, j| pixel(c, i, j))).collect();
            for (o, kernels) in kernels.outer_iter().enumerate() {
                let mut sums = [[0.0; 6]; 6];
                for (tile, kernel) in tiles.iter().zip(kernels) {
                    for (i, j) in ndarray::indices((6, 6)) {
                        sums[i][j] += tile[i][j] * kernel[i][j];
                    }
                }
                let sums = sandwich(&WINOGRAD_A, |i, j| sums[i][j]);
                for (i, j) in ndarray::indices((4, 4)) {
                    if let Some(magnitude) = expected.magnitude.get_mut(IxDyn(&[n, o, y + i, x + j])) {
                        *magnitude = sums[i][j] + self.bias[o].to_f64().abs();
                    }
                }
            }
        }
        expected
    }

    /// The bound that `tensor::winograd` states for those sums.
    pub(crate) fn winograd_tolerance(&self) -> Tolerance {
        Tolerance::Roundings(self.input.dim().1 + 22)
    }

    /// Terms of one sum, bias included.
    pub(crate) fn terms(&self) -> usize {
        self.weight.len() / self.weight.dim().0 + 1
    }
}

/// Absolute values of the matrices of F(4×4, 3×3): Bᵀ, G and Aᵀ of Lavin and Gray, arXiv:1509.09308.
const WINOGRAD_B: [[f64; 6]; 6] = [
    [4.0, 0.0, 5.0, 0.0, 1.0, 0.0],
    [0.0, 4.0, 4.0, 1.0, 1.0, 0.0],
    [0.0, 4.0, 4.0, 1.0, 1.0, 0.0],
    [0.0, 2.0, 1.0, 2.0, 1.0, 0.0],
    [0.0, 2.0, 1.0, 2.0, 1.0, 0.0],
    [0.0, 4.0, 0.0, 5.0, 0.0, 1.0],
];
const WINOGRAD_G: [[f64; 3]; 6] = [
    [1.0 / 4.0, 0.0, 0.0],
    [1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0],
    [1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];
const WINOGRAD_A: [[f64; 6]; 4] = [
    [1.0, 1.0, 1.0, 1.0, 1.0, 0.0],
    [0.0, 1.0, 1.0, 2.0, 2.0, 0.0],
    [0.0, 1.0, 1.0, 4.0, 4.0, 0.0],
    [0.0, 1.0, 1.0, 8.0, 8.0, 1.0],
];

/// M·x·Mᵀ.
fn sandwich<const R: usize, const C: usize>(
    m: &[[f64; C]; R],
    x: impl Fn(usize, usize) -> f64,
) -> [[f64; R]; R] {
    let sum = |terms: [f64; C]| terms.into_iter().sum::<f64>();
    let half: [[f64; C]; R] =
        std::array::from_fn(|row| std::array::from_fn(|j| sum(std::array::from_fn(|i| m[row][i] * x(i, j)))));
    half.map(|half| std::array::from_fn(|column| sum(std::array::from_fn(|j| half[j] * m[column][j]))))
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

/// Fails unless the gradients of Σ c·y for random c, by the input and by every parameter of a layer, agree with
/// central differences: (f(x + h) − f(x − h))/2h with h = 1e-5, good to h² and to rounding, 1e-16/h.
pub(crate) fn check_gradients(layer: &mut dyn Layer<f64>, input: &ArrayD<f64>) {
    const H: f64 = 1e-5;
    let output = layer.forward(input).unwrap();
    let weights: ArrayD<f64> = random(output.shape(), 77);
    let gradients = layer.backward(input, &output, &weights).unwrap();
    let scalar =
        |layer: &dyn Layer<f64>, input: &ArrayD<f64>| (layer.forward(input).unwrap() * &weights).sum();
    let near = |gradient: f64, [more, less]: [f64; 2], what: &str| {
        let difference = (more - less) / (2.0 * H);
        let allowed = 1e-8 * (1.0 + difference.abs());
        assert!((gradient - difference).abs() < allowed, "{what}: {gradient}, not {difference}");
    };
    for (at, &gradient) in gradients.input.indexed_iter() {
        let values = [H, -H].map(|step| {
            let mut moved = input.clone();
            moved[&at] += step;
            scalar(layer, &moved)
        });
        near(gradient, values, "input");
    }
    assert_eq!(gradients.parameters.len(), layer.parameters().len());
    for (index, gradient) in gradients.parameters.iter().enumerate() {
        assert_eq!(gradient.shape(), layer.parameters()[index].shape());
        for (at, &gradient) in gradient.indexed_iter() {
            let kept = layer.parameters()[index][&at];
            let values = [H, -H].map(|step| {
                layer.parameters_mut()[index][&at] = kept + step;
                scalar(layer, input)
            });
            layer.parameters_mut()[index][&at] = kept;
            near(gradient, values, "parameter");
        }
    }
}
