//! Input to frequencies: Bᵀ·d·B for the 6×6 neighbourhood of every tile, 32 channels at a time.

use pulp::{Simd, WithSimd};

use super::{Frequencies, Plan, REACH, TILE};
use crate::num::tensor::{
    blocked::{Blocked, Shape},
    simd::{BLOCK, fma, fnma, load, store},
};

/// The transformation of consecutive tiles.
pub(super) struct Transform<'a> {
    pub(super) plan: Plan,
    pub(super) input: &'a Blocked,
    /// The first tile, counted through rows and images.
    pub(super) first: usize,
    /// For each frequency: tile, channel; each tile followed by padding.
    pub(super) frequencies: Frequencies<'a>,
}

/// Values of a neighbourhood that was copied out of the image.
const COPY: usize = REACH * REACH * BLOCK;

impl WithSimd for Transform<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { plan, input, first, mut frequencies } = self;
        let mut copy = [0.0; COPY];
        for index in 0..frequencies[0].len() / plan.tile() {
            let place = Place::new(input.shape, first + index);
            for block in 0..plan.channel_blocks() {
                let plane = input.plane(block);
                let (pixels, stride) = if place.inside {
                    (&plane[place.offset(input.shape, 0, 0)..], input.shape.row())
                } else {
                    place.copy(input.shape, plane, &mut copy);
                    (&copy[..], REACH * BLOCK)
                };
                for lane in (0..BLOCK).step_by(S::F32_LANES) {
                    let at = index * plan.tile() + block * BLOCK + lane;
                    transform(simd, &pixels[lane..], stride, &mut frequencies, at);
                }
            }
        }
    }
}

/// Where a tile lies.
struct Place {
    image: usize,
    /// Of the tile's own first pixel; the neighbourhood begins one pixel before.
    row: usize,
    column: usize,
    /// Whether the whole neighbourhood lies in the image.
    inside: bool,
}

impl Place {
    #[inline(always)]
    fn new(shape: Shape, tile: usize) -> Self {
        let (rows, columns) = (shape.height.div_ceil(TILE), shape.width.div_ceil(TILE));
        let (row, column) = (tile / columns % rows * TILE, tile % columns * TILE);
        let inside = row > 0 && column > 0 && row + TILE < shape.height && column + TILE < shape.width;
        Self { image: tile / columns / rows, row, column, inside }
    }

    /// Where in a plane pixel (i, j) of the neighbourhood is, if it is in the image.
    #[inline(always)]
    fn offset(&self, shape: Shape, i: usize, j: usize) -> usize {
        let (y, x) = (self.row + i - 1, self.column + j - 1);
        ((self.image * shape.height + y) * shape.width + x) * BLOCK
    }

    /// Copies the neighbourhood, with zeros for what lies outside.
    fn copy(&self, shape: Shape, plane: &[f32], copy: &mut [f32; COPY]) {
        copy.fill(0.0);
        let columns = usize::from(self.column == 0)..REACH.min(shape.width + 1 - self.column);
        for i in usize::from(self.row == 0)..REACH.min(shape.height + 1 - self.row) {
            let from = self.offset(shape, i, columns.start);
            let pixels = &plane[from..from + columns.len() * BLOCK];
            copy[(i * REACH + columns.start) * BLOCK..][..pixels.len()].copy_from_slice(pixels);
        }
    }
}

/// Bᵀ·d·B of one vector of channels; rows of pixels are `stride` apart, the result goes to place `at`.
#[inline(always)]
fn transform<S: Simd>(simd: S, pixels: &[f32], stride: usize, frequencies: &mut Frequencies<'_>, at: usize) {
    let zero = simd.splat_f32s(0.0);
    let pixels = &pixels[..(REACH - 1) * (stride + BLOCK) + S::F32_LANES];
    let mut columns = [[zero; REACH]; REACH];
    for j in 0..REACH {
        let mut column = [zero; REACH];
        for i in 0..REACH {
            column[i] = load::<S>(pixels, i * stride + j * BLOCK);
        }
        let column = spread(simd, column);
        for i in 0..REACH {
            columns[i][j] = column[i];
        }
    }
    for i in 0..REACH {
        let row = spread(simd, columns[i]);
        for j in 0..REACH {
            store::<S>(frequencies[i * REACH + j], at, row[j]);
        }
    }
}

/// Bᵀ applied to six values.
///
/// ```text
/// 4  0 −5  0  1  0
/// 0 −4 −4  1  1  0
/// 0  4 −4 −1  1  0
/// 0 −2 −1  2  1  0
/// 0  2 −1 −2  1  0
/// 0  4  0 −5  0  1
/// ```
#[inline(always)]
fn spread<S: Simd>(simd: S, d: [S::f32s; REACH]) -> [S::f32s; REACH] {
    let (two, four, five) = (simd.splat_f32s(2.0), simd.splat_f32s(4.0), simd.splat_f32s(5.0));
    let even = fnma(simd, four, d[2], d[4]);
    let odd = fnma(simd, four, d[1], d[3]);
    let even_far = simd.sub_f32s(d[4], d[2]);
    let odd_far = simd.sub_f32s(d[3], d[1]);
    [
        fma(simd, four, d[0], fnma(simd, five, d[2], d[4])),
        simd.add_f32s(even, odd),
        simd.sub_f32s(even, odd),
        fma(simd, two, odd_far, even_far),
        fnma(simd, two, odd_far, even_far),
        fma(simd, four, d[1], fnma(simd, five, d[3], d[5])),
    ]
}
