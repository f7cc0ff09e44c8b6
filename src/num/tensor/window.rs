//! Windows sliding over an image: where they stand, and the unfolding that turns a convolution into a product.
//!
//! Along one axis of length n, with kernel k, stride s, padding p and dilation d, cell j of window i reads position
//! i·s + j·d − p, and windows stand wherever all their cells lie in the padded axis: i·s + (k−1)·d < n + 2p.
//! The geometry and its names are those of Dumoulin and Visin, "A guide to convolution arithmetic for deep
//! learning" (arXiv:1603.07285).

use ndarray::{Array2, ArrayView2, ArrayView3, ArrayViewMut3, Axis, parallel::prelude::*};

use super::{Rule, Scalar, ShapeError, elements};

/// The geometry of a convolution or pooling, one value per axis: rows, then columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Cells of the window.
    pub kernel: [usize; 2],
    /// Step from one window to the next.
    pub stride: [usize; 2],
    /// Cells added on each side.
    pub padding: [usize; 2],
    /// Step from one cell to the next.
    pub dilation: [usize; 2],
}

impl Window {
    /// A square window that moves by one cell and is padded by (k−1)/2, so that odd kernels keep the extent.
    pub fn same(kernel: usize) -> Self {
        Self::square(kernel, 1, kernel.saturating_sub(1) / 2)
    }

    /// A square window, not dilated.
    pub fn square(kernel: usize, stride: usize, padding: usize) -> Self {
        Self { kernel: [kernel; 2], stride: [stride; 2], padding: [padding; 2], dilation: [1; 2] }
    }

    /// The extents of a window from its first cell to its last, gaps included.
    pub fn span(&self) -> [usize; 2] {
        [0, 1].map(|axis| {
            self.kernel[axis].saturating_sub(1).saturating_mul(self.dilation[axis]).saturating_add(1)
        })
    }

    /// How many windows stand on an image of `height` by `width`, in each direction.
    ///
    /// # Errors
    /// [`Rule::NonZero`] for an empty kernel or image or a step of 0, [`Rule::WindowFits`] when no window fits.
    pub fn positions(&self, op: &'static str, image: [usize; 2]) -> Result<[usize; 2], ShapeError> {
        let parts = [image, self.kernel, self.stride, self.dilation];
        if let Some(part) = parts.iter().find(|part| part.contains(&0)) {
            return Err(ShapeError::unary(op, part, Rule::NonZero));
        }
        let padded = [0, 1].map(|axis| image[axis].saturating_add(self.padding[axis].saturating_mul(2)));
        let span = self.span();
        if (0..2).any(|axis| span[axis] > padded[axis]) {
            return Err(ShapeError::binary(op, &padded, &span, Rule::WindowFits));
        }
        Ok([0, 1].map(|axis| (padded[axis] - span[axis]) / self.stride[axis] + 1))
    }

    /// The position that cell `cell` of window `window` reads along `axis`, unless it lies in the padding.
    pub fn source(&self, axis: usize, window: usize, cell: usize, extent: usize) -> Option<usize> {
        let padded = window * self.stride[axis] + cell * self.dilation[axis];
        padded.checked_sub(self.padding[axis]).filter(|&position| position < extent)
    }
}

/// Unfolds an image of C×H×W into the matrix whose column `i` holds the cells of window `i`: (C·kh·kw)×(oh·ow),
/// rows in the order channel, row, column of the kernel. Padding reads as zero.
///
/// # Errors
/// As [`Window::positions`].
pub fn unfold<T: Scalar>(image: ArrayView3<'_, T>, window: &Window) -> Result<Array2<T>, ShapeError> {
    let (channels, height, width) = image.dim();
    let [out_height, out_width] = window.positions("convolution", [height, width])?;
    let [kernel_height, kernel_width] = window.kernel;
    elements("convolution", &[channels, kernel_height, kernel_width, out_height, out_width])?;
    let rows = channels * kernel_height * kernel_width;
    let mut columns = Array2::zeros((rows, out_height * out_width));
    columns.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(row, mut cells)| {
        let (channel, cell) = (row / (kernel_height * kernel_width), row % (kernel_height * kernel_width));
        let plane = image.index_axis(Axis(0), channel);
        visit(window, [height, width], [out_height, out_width], cell, |out, y, x| cells[out] = plane[[y, x]]);
    });
    Ok(columns)
}

/// The adjoint of [`unfold`]: adds every cell of the matrix to the position it was read from. Cells of the padding
/// are dropped. Each position sums its windows in the order of the kernel's cells, row by row.
///
/// # Errors
/// As [`Window::positions`], and [`Rule::Same`] when `columns` is not what `unfold` makes of such an image.
pub fn fold<T: Scalar>(
    columns: ArrayView2<'_, T>,
    window: &Window,
    mut image: ArrayViewMut3<'_, T>,
) -> Result<(), ShapeError> {
    let (channels, height, width) = image.dim();
    let [out_height, out_width] = window.positions("convolution", [height, width])?;
    let cells = window.kernel[0] * window.kernel[1];
    let expected = [channels * cells, out_height * out_width];
    if columns.shape() != expected {
        return Err(ShapeError::binary("convolution", columns.shape(), &expected, Rule::Same));
    }
    image.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(channel, mut plane)| {
        for cell in 0..cells {
            let values = columns.row(channel * cells + cell);
            visit(window, [height, width], [out_height, out_width], cell, |out, y, x| {
                plane[[y, x]] += values[out];
            });
        }
    });
    Ok(())
}

/// Calls `each(window, row, column)` for every window whose cell `cell` reads a position inside the image.
fn visit(
    window: &Window,
    image: [usize; 2],
    positions: [usize; 2],
    cell: usize,
    mut each: impl FnMut(usize, usize, usize),
) {
    let (cell_y, cell_x) = (cell / window.kernel[1], cell % window.kernel[1]);
    for out_y in 0..positions[0] {
        let Some(y) = window.source(0, out_y, cell_y, image[0]) else { continue };
        for out_x in 0..positions[1] {
            if let Some(x) = window.source(1, out_x, cell_x, image[1]) {
                each(out_y * positions[1] + out_x, y, x);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, array};

    use super::*;

    #[test]
    fn windows_stand_where_they_fit() {
        let same = Window::same(3);
        assert_eq!(same.positions("test", [224, 224]), Ok([224, 224]));
        assert_eq!(Window::square(2, 2, 0).positions("test", [7, 6]), Ok([3, 3]));
        let dilated = Window { dilation: [2, 3], ..Window::square(3, 2, 1) };
        assert_eq!(dilated.span(), [5, 7]);
        assert_eq!(dilated.positions("test", [3, 5]), Ok([1, 1]));
        assert_eq!(dilated.positions("test", [2, 5]).map_err(|e| e.rule), Err(Rule::WindowFits));
        assert_eq!(Window::square(3, 0, 1).positions("test", [4, 4]).map_err(|e| e.rule), Err(Rule::NonZero));
        let huge = Window { dilation: [usize::MAX; 2], ..Window::square(usize::MAX, 1, 0) };
        assert_eq!(huge.positions("test", [4, 4]).map_err(|e| e.rule), Err(Rule::WindowFits));
    }

    #[test]
    fn unfolding_puts_each_window_into_a_column() {
        let image = Array3::from_shape_fn((1, 2, 3), |(_, y, x)| (10 * y + x) as f64);
        let columns = unfold(image.view(), &Window::square(2, 1, 0)).unwrap();
        assert_eq!(columns, array![[0.0, 1.0], [1.0, 2.0], [10.0, 11.0], [11.0, 12.0]]);
        let padded = unfold(image.view(), &Window::square(2, 3, 1)).unwrap();
        assert_eq!(padded, array![[0.0, 0.0], [0.0, 0.0], [0.0, 2.0], [0.0, 0.0]]);
    }
}
