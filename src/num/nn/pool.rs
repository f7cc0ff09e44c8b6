//! Pooling: the maximum or the mean of each window, channel by channel.
//!
//! x is N×C×H×W; windows are those of [`Window`], padding included. A maximum ignores the padding; a mean counts it
//! as zeros and divides by the number of cells, as PyTorch's defaults do. Sums run over the cells row by row.
//! Source: Dumoulin and Visin, arXiv:1603.07285, section 3.

use ndarray::{Array4, ArrayD, ArrayView2, ArrayViewMut2, Axis, Ix4, parallel::prelude::*};

use super::{Gradients, Layer, same_shapes};
use crate::num::tensor::{Rule, Scalar, ShapeError, window::Window, zeros};

const OP: &str = "pooling";

/// What a window becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Its largest cell; NaN if a cell is.
    Max,
    /// The mean of its cells.
    Average,
}

/// A pooling layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// What a window becomes.
    pub reduction: Reduction,
    /// Where the windows stand.
    pub window: Window,
}

impl Pool {
    fn plane<T: Scalar>(&self, input: ArrayView2<'_, T>, mut output: ArrayViewMut2<'_, T>) {
        let count = T::from_f64((self.window.kernel[0] * self.window.kernel[1]) as f64);
        for ((out_y, out_x), result) in output.indexed_iter_mut() {
            let cells = self.cells([out_y, out_x], input.dim()).map(|(y, x)| input[[y, x]]);
            *result = match self.reduction {
                Reduction::Max => cells.fold(T::NEGATIVE_INFINITY, Scalar::max_or_nan),
                Reduction::Average => cells.fold(T::zero(), |sum, cell| sum + cell) / count,
            };
        }
    }

    /// Hands the gradient of each window on to the first of its largest cells, or evenly to all of them. Where nobody can
    /// tell which is the largest, nobody can tell the gradient.
    fn plane_backward<T: Scalar>(
        &self,
        input: ArrayView2<'_, T>,
        gradient: ArrayView2<'_, T>,
        mut result: ArrayViewMut2<'_, T>,
    ) {
        let count = T::from_f64((self.window.kernel[0] * self.window.kernel[1]) as f64);
        for ((out_y, out_x), &gradient) in gradient.indexed_iter() {
            let cells = self.cells([out_y, out_x], input.dim());
            match self.reduction {
                Reduction::Average => cells.for_each(|at| result[at] += gradient / count),
                Reduction::Max => {
                    let cells: Vec<_> = cells.collect();
                    let larger = |best, at| if input[at] > input[best] { at } else { best };
                    let Some(largest) = cells.iter().copied().reduce(larger) else { continue };
                    if cells.iter().all(|&at| at == largest || input[at] <= input[largest]) {
                        result[largest] += gradient;
                    } else {
                        cells.into_iter().for_each(|at| result[at] = T::NAN);
                    }
                }
            }
        }
    }

    /// The positions of one window inside the image, row by row.
    fn cells(&self, at: [usize; 2], (height, width): (usize, usize)) -> impl Iterator<Item = (usize, usize)> {
        let window = self.window;
        let rows = (0..window.kernel[0]).filter_map(move |cell| window.source(0, at[0], cell, height));
        rows.flat_map(move |y| {
            (0..window.kernel[1]).filter_map(move |cell| Some((y, window.source(1, at[1], cell, width)?)))
        })
    }
}

impl<T: Scalar> Layer<T> for Pool {
    fn allocate(&self, input: &[usize]) -> Result<ArrayD<T>, ShapeError> {
        let &[batch, channels, height, width] = input else {
            return Err(ShapeError::unary(OP, input, Rule::Rank(4)));
        };
        let Window { kernel, padding, .. } = self.window;
        if (0..2).any(|axis| padding[axis] > kernel[axis] / 2) {
            return Err(ShapeError::binary(OP, &kernel, &padding, Rule::Padding));
        }
        let [out_height, out_width] = self.window.positions(OP, [height, width])?;
        zeros(OP, &[batch, channels, out_height, out_width])
    }

    fn forward(&self, input: &ArrayD<T>) -> Result<ArrayD<T>, ShapeError> {
        let rank = |_| ShapeError::unary(OP, input.shape(), Rule::Rank(4));
        let mut output = self.allocate(input.shape())?.into_dimensionality::<Ix4>().map_err(rank)?;
        let images = input.view().into_dimensionality::<Ix4>().map_err(rank)?;
        for (mut results, planes) in output.outer_iter_mut().zip(images.outer_iter()) {
            let pairs = results.axis_iter_mut(Axis(0)).into_par_iter().zip(planes.axis_iter(Axis(0)));
            pairs.for_each(|(to, from)| self.plane(from, to));
        }
        Ok(output.into_dyn())
    }
    fn backward(
        &self,
        input: &ArrayD<T>,
        output: &ArrayD<T>,
        gradient: &ArrayD<T>,
    ) -> Result<Gradients<T>, ShapeError> {
        same_shapes(OP, self, input, [output, gradient])?;
        let four = |array: &ArrayD<T>| ShapeError::unary(OP, array.shape(), Rule::Rank(4));
        let images = input.view().into_dimensionality::<Ix4>().map_err(|_| four(input))?;
        let gradients = gradient.view().into_dimensionality::<Ix4>().map_err(|_| four(gradient))?;
        let mut results = Array4::zeros(images.dim());
        for ((mut results, planes), gradients) in
            results.outer_iter_mut().zip(images.outer_iter()).zip(gradients.outer_iter())
        {
            let planes = planes.axis_iter(Axis(0)).into_par_iter().zip(gradients.axis_iter(Axis(0)));
            let pairs = results.axis_iter_mut(Axis(0)).into_par_iter().zip(planes);
            pairs.for_each(|(to, (from, gradient))| self.plane_backward(from, gradient, to));
        }
        Ok(Gradients::of_input(results.into_dyn()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::num::reference::{apart, check_gradients, windows};

    /// Pools of every geometry that is one, with an image they fit into.
    fn pools() -> impl Strategy<Value = (Pool, ArrayD<f64>)> {
        let reductions = prop_oneof![Just(Reduction::Max), Just(Reduction::Average)];
        (windows(), reductions, any::<u64>()).prop_map(|((mut window, [height, width]), reduction, seed)| {
            window.padding = [0, 1].map(|axis| window.padding[axis].min(window.kernel[axis] / 2));
            let [height, width] = [height + 4, width + 4];
            (Pool { reduction, window }, apart(&[2, 3, height, width], seed))
        })
    }

    proptest! {
        /// Against the formula: every cell of every window, padding as zeros or as nothing.
        #[test]
        fn agrees_with_the_formula((pool, input) in pools()) {
            let output = pool.forward(&input).unwrap();
            let Window { kernel, stride, padding, dilation } = pool.window;
            for (at, &value) in output.indexed_iter() {
                let mut cells = Vec::new();
                for (u, v) in ndarray::indices((kernel[0], kernel[1])) {
                    let y = (at[2] * stride[0] + u * dilation[0]) as isize - padding[0] as isize;
                    let x = (at[3] * stride[1] + v * dilation[1]) as isize - padding[1] as isize;
                    cells.extend(input.get([at[0], at[1], y as usize, x as usize]));
                }
                let expected = match pool.reduction {
                    Reduction::Max => cells.into_iter().copied().fold(f64::NEG_INFINITY, f64::max),
                    Reduction::Average => cells.into_iter().sum::<f64>() / (kernel[0] * kernel[1]) as f64,
                };
                prop_assert!((value - expected).abs() <= 1e-14 || value == expected);
            }
        }

        #[test]
        fn gradients_agree_with_central_differences((mut pool, input) in pools()) {
            check_gradients(&mut pool, &input);
        }
    }

    #[test]
    fn nan_is_seen_and_what_does_not_fit_is_an_error() {
        let pool = Pool { reduction: Reduction::Max, window: Window::square(2, 2, 0) };
        let mut input = ArrayD::<f32>::zeros(vec![1, 1, 2, 2]);
        input[[0, 0, 1, 1]] = f32::NAN;
        assert!(pool.forward(&input).unwrap()[[0, 0, 0, 0]].is_nan());
        let rule = |pool: Pool, shape: &[usize]| pool.forward(&ArrayD::<f32>::zeros(shape)).unwrap_err().rule;
        assert_eq!(rule(pool, &[2, 2]), Rule::Rank(4));
        assert_eq!(rule(pool, &[1, 1, 1, 2]), Rule::WindowFits);
        let padded = Pool { window: Window::square(2, 2, 2), ..pool };
        assert_eq!(rule(padded, &[1, 1, 4, 4]), Rule::Padding);
    }
}
