//! Pooling: the maximum or the mean of each window, channel by channel.
//!
//! x is N×C×H×W; windows are those of [`Window`], padding included. A maximum ignores the padding; a mean counts it
//! as zeros and divides by the number of cells, as PyTorch's defaults do. Sums run over the cells row by row.
//! Source: Dumoulin and Visin, arXiv:1603.07285, section 3.

use ndarray::{ArrayD, ArrayView2, ArrayViewMut2, Axis, Ix4, parallel::prelude::*};

use super::Layer;
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
}
