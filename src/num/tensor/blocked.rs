//! Images in the layout of the fast kernels: blocks of 32 channels, and in each block images, rows, columns and
//! then the 32 channels of a pixel side by side.
//!
//! A vector of channels is one load, a block of filters writes to one contiguous plane, and a range of rows of a
//! plane is contiguous too, so that tasks get disjoint slices. Channels beyond the image's own are zero.

#[cfg(test)]
use ndarray::Array4;
use rayon::prelude::*;

use super::{Scalar, buffer::Buffer, simd::BLOCK};

/// A batch of images in blocks of channels.
#[derive(Debug, Default)]
pub(crate) struct Blocked {
    data: Buffer,
    pub(crate) shape: Shape,
}

/// Extents of a batch of images.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) batch: usize,
    pub(crate) channels: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
}

impl Shape {
    /// How many blocks hold the channels.
    pub(crate) fn blocks(self) -> usize {
        self.channels.div_ceil(BLOCK)
    }

    /// Values of one row of pixels of one block.
    pub(crate) fn row(self) -> usize {
        self.width * BLOCK
    }

    /// Values of one block: every row of every image.
    pub(crate) fn plane(self) -> usize {
        self.batch * self.height * self.row()
    }
}

impl Blocked {
    /// Gives it another shape; what it held is lost.
    pub(crate) fn reshape(&mut self, shape: Shape) {
        self.shape = shape;
        self.data.reserve(shape.blocks() * shape.plane());
    }

    /// One block of channels.
    pub(crate) fn plane(&self, block: usize) -> &[f32] {
        &self.data.as_slice()[block * self.shape.plane()..][..self.shape.plane()]
    }

    /// Every block, to be written.
    pub(crate) fn planes_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let (blocks, plane) = (self.shape.blocks(), self.shape.plane());
        self.data.as_mut_slice()[..blocks * plane].chunks_exact_mut(plane)
    }

    /// Cuts every plane into groups of rows, the batch's rows counted through; group g gets its rows of each plane.
    pub(crate) fn groups_mut(&mut self, rows: impl Iterator<Item = usize>) -> Vec<Vec<&mut [f32]>> {
        let row = self.shape.row();
        let mut rest: Vec<_> = self.planes_mut().collect();
        rows.map(|count| rest.iter_mut().map(|plane| take_front(plane, count * row)).collect()).collect()
    }

    /// The usual layout in one slice: batch, channels, rows, columns.
    pub(crate) fn to_planar(&self, output: &mut [f32]) {
        let Shape { channels, height, width, .. } = self.shape;
        let pixels = height * width;
        output.par_chunks_exact_mut(pixels.max(1)).enumerate().for_each(|(index, plane)| {
            let (image, channel) = (index / channels, index % channels);
            let values = &self.plane(channel / BLOCK)[image * pixels * BLOCK + channel % BLOCK..];
            for (value, from) in plane.iter_mut().zip(values.iter().step_by(BLOCK)) {
                *value = *from;
            }
        });
    }

    /// Takes images in the usual layout.
    pub(crate) fn fill_planar(&mut self, input: &[f32], shape: Shape) {
        self.reshape(shape);
        let pixels = shape.height * shape.width;
        self.planes_mut().enumerate().for_each(|(block, plane)| {
            for (position, lanes) in plane.chunks_exact_mut(BLOCK).enumerate() {
                let (image, pixel) = (position / pixels, position % pixels);
                for (lane, value) in lanes.iter_mut().enumerate() {
                    let channel = block * BLOCK + lane;
                    let at = (image * shape.channels + channel) * pixels + pixel;
                    *value = if channel < shape.channels { input[at] } else { 0.0 };
                }
            }
        });
    }

    /// ReLU in place.
    pub(crate) fn relu(&mut self) {
        for plane in self.planes_mut() {
            plane.par_chunks_mut(1 << 14).for_each(|values| {
                for value in values {
                    *value = if *value < 0.0 { 0.0 } else { *value };
                }
            });
        }
    }

    /// The maximum of each 2×2 block, written to `output`; an odd last row or column is dropped. NaN stays NaN.
    pub(crate) fn pool(&self, output: &mut Self) {
        let (from, to) =
            (self.shape, Shape { height: self.shape.height / 2, width: self.shape.width / 2, ..self.shape });
        output.reshape(to);
        for (block, plane) in output.planes_mut().enumerate() {
            let input = self.plane(block);
            plane.par_chunks_exact_mut(to.row()).enumerate().for_each(|(row, values)| {
                let upper = &input[(row / to.height * from.height + row % to.height * 2) * from.row()..];
                let lower = &upper[from.row()..];
                for (at, value) in values.iter_mut().enumerate() {
                    let left = at / BLOCK * 2 * BLOCK + at % BLOCK;
                    *value = [upper[left + BLOCK], lower[left], lower[left + BLOCK]]
                        .into_iter()
                        .fold(upper[left], Scalar::max_or_nan);
                }
            });
        }
    }

    /// The usual layout: batch, channels, rows, columns.
    #[cfg(test)]
    pub(crate) fn to_array(&self) -> Array4<f32> {
        let Shape { batch, channels, height, width } = self.shape;
        let mut images = Array4::zeros((batch, channels, height, width));
        self.to_planar(images.as_slice_mut().expect("a new array is contiguous"));
        images
    }

    /// From the usual layout.
    #[cfg(test)]
    pub(crate) fn from_array(images: &Array4<f32>) -> Self {
        let (batch, channels, height, width) = images.dim();
        let mut blocked = Self::default();
        let images = images.as_slice().expect("tests make contiguous arrays");
        blocked.fill_planar(images, Shape { batch, channels, height, width });
        blocked
    }
}

/// Splits the first `count` values off.
fn take_front<'a>(slice: &mut &'a mut [f32], count: usize) -> &'a mut [f32] {
    let (front, rest) = std::mem::take(slice).split_at_mut(count);
    *slice = rest;
    front
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::reference::random;

    #[test]
    fn the_layout_round_trips_and_splits_by_rows() {
        let images: Array4<f32> = random(&[2, 35, 3, 4], 5).into_dimensionality().unwrap();
        let mut blocked = Blocked::from_array(&images);
        assert_eq!(blocked.to_array(), images);
        assert_eq!(blocked.plane(1)[3 * 4 * BLOCK + 2], images[[1, 34, 0, 0]]);
        assert!(blocked.plane(1)[..BLOCK][3..].iter().all(|&padding| padding == 0.0));
        let mut pooled = Blocked::default();
        blocked.pool(&mut pooled);
        assert_eq!(pooled.shape, Shape { batch: 2, channels: 35, height: 1, width: 2 });
        let cells = [[0, 2], [0, 3], [1, 2], [1, 3]].map(|[y, x]| images[[1, 34, y, x]]);
        assert_eq!(pooled.to_array()[[1, 34, 0, 1]], cells.into_iter().fold(f32::MIN, f32::max));
        let groups = blocked.groups_mut([1, 5].into_iter());
        let lengths: Vec<Vec<_>> = groups.iter().map(|g| g.iter().map(|rows| rows.len()).collect()).collect();
        assert_eq!(lengths, [vec![4 * BLOCK; 2], vec![20 * BLOCK; 2]]);
    }
}
