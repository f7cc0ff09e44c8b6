//! Frequencies to output: Aᵀ·m·A, then bias, ReLU and pooling on the way to memory.

use pulp::{Simd, WithSimd};

use super::{REACH, TILE, product};
use crate::num::tensor::{
    blocked::Shape,
    simd::{BLOCK, fma, load, max, relu, store},
};

/// What happens to a convolution's result before it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Epilogue {
    /// The bias is added.
    Bias,
    /// Then ReLU.
    Relu,
    /// Then the maximum of each 2×2 block; an odd last row or column is dropped.
    ReluPool,
}

impl Epilogue {
    /// The shape of what is stored for an image of this shape.
    pub(crate) fn shape(self, image: Shape) -> Shape {
        match self {
            Self::ReluPool => Shape { height: image.height / 2, width: image.width / 2, ..image },
            Self::Bias | Self::Relu => image,
        }
    }

    /// Rows and columns of what is stored that one tile makes.
    pub(super) fn tile(self) -> usize {
        if self == Self::ReluPool { TILE / 2 } else { TILE }
    }
}

/// The transformation of consecutive tiles of one block of filters.
pub(super) struct Transform<'a> {
    /// Frequency, tile, filter; each frequency followed by padding.
    pub(super) sums: &'a [f32],
    /// Number of tiles.
    pub(super) count: usize,
    pub(super) bias: &'a [f32; BLOCK],
    pub(super) epilogue: Epilogue,
    /// Of the input, and so of the convolution's result.
    pub(super) image: Shape,
    /// The first tile, counted through rows and images; the first of its row.
    pub(super) first: usize,
    /// From the first row that the first tile writes on.
    pub(super) plane: &'a mut [f32],
}

impl WithSimd for Transform<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let stored = self.epilogue.shape(self.image);
        let side = self.epilogue.tile();
        let (rows, columns) = (self.image.height.div_ceil(TILE), self.image.width.div_ceil(TILE));
        let top = |row: usize| row / rows * stored.height + (row % rows * side).min(stored.height);
        let stride = product::frequency(self.count);
        for index in 0..self.count {
            let (row, column) = ((self.first + index) / columns, (self.first + index) % columns);
            let y = row % rows * side;
            let height = stored.height.saturating_sub(y).min(side);
            let width = stored.width.saturating_sub(column * side).min(side);
            let origin = (top(row) - top(self.first / columns)) * stored.width + column * side;
            for lane in (0..BLOCK).step_by(S::F32_LANES) {
                let tile =
                    gather(simd, &self.sums[index * BLOCK + lane..], stride, load::<S>(self.bias, lane));
                let place = Place { plane: &mut *self.plane, origin, lane, row: stored.row(), height, width };
                match self.epilogue {
                    Epilogue::Bias => write(simd, tile, place),
                    Epilogue::Relu => write(simd, positive(simd, tile), place),
                    Epilogue::ReluPool => write(simd, pooled(simd, tile), place),
                }
            }
        }
    }
}

/// Where a tile is written.
struct Place<'a> {
    plane: &'a mut [f32],
    /// Pixels before the first.
    origin: usize,
    lane: usize,
    /// Values of a row.
    row: usize,
    /// Rows and columns that lie in the image.
    height: usize,
    width: usize,
}

#[inline(always)]
fn write<S: Simd, const N: usize>(_: S, tile: [[S::f32s; N]; N], place: Place<'_>) {
    for i in 0..N {
        for j in 0..N {
            if i < place.height && j < place.width {
                let at = (place.origin + j) * BLOCK + i * place.row + place.lane;
                store::<S>(place.plane, at, tile[i][j]);
            }
        }
    }
}

/// ReLU.
#[inline(always)]
fn positive<S: Simd>(simd: S, mut tile: [[S::f32s; TILE]; TILE]) -> [[S::f32s; TILE]; TILE] {
    for row in &mut tile {
        for value in row {
            *value = relu(simd, *value);
        }
    }
    tile
}

/// ReLU and the maximum of each 2×2 block.
#[inline(always)]
fn pooled<S: Simd>(simd: S, tile: [[S::f32s; TILE]; TILE]) -> [[S::f32s; TILE / 2]; TILE / 2] {
    let mut result = [[simd.splat_f32s(0.0); TILE / 2]; TILE / 2];
    for i in 0..TILE / 2 {
        for j in 0..TILE / 2 {
            let upper = max(simd, tile[2 * i][2 * j], tile[2 * i][2 * j + 1]);
            let lower = max(simd, tile[2 * i + 1][2 * j], tile[2 * i + 1][2 * j + 1]);
            result[i][j] = relu(simd, max(simd, upper, lower));
        }
    }
    result
}

/// Aᵀ·m·A plus the bias; frequencies are `stride` apart.
#[inline(always)]
fn gather<S: Simd>(simd: S, sums: &[f32], stride: usize, bias: S::f32s) -> [[S::f32s; TILE]; TILE] {
    let mut columns = [[bias; REACH]; TILE];
    for j in 0..REACH {
        let mut column = [bias; REACH];
        for i in 0..REACH {
            column[i] = load::<S>(sums, (i * REACH + j) * stride);
        }
        let column = collect(simd, column);
        for i in 0..TILE {
            columns[i][j] = column[i];
        }
    }
    let mut tile = [[bias; TILE]; TILE];
    for i in 0..TILE {
        let row = collect(simd, columns[i]);
        for j in 0..TILE {
            tile[i][j] = simd.add_f32s(row[j], bias);
        }
    }
    tile
}

/// Aᵀ applied to six values.
///
/// ```text
/// 1  1  1  1  1  0
/// 0  1 −1  2 −2  0
/// 0  1  1  4  4  0
/// 0  1 −1  8 −8  1
/// ```
#[inline(always)]
fn collect<S: Simd>(simd: S, m: [S::f32s; REACH]) -> [S::f32s; TILE] {
    let (two, four, eight) = (simd.splat_f32s(2.0), simd.splat_f32s(4.0), simd.splat_f32s(8.0));
    let (sum, difference) = (simd.add_f32s(m[1], m[2]), simd.sub_f32s(m[1], m[2]));
    let (far_sum, far_difference) = (simd.add_f32s(m[3], m[4]), simd.sub_f32s(m[3], m[4]));
    [
        simd.add_f32s(simd.add_f32s(m[0], sum), far_sum),
        fma(simd, two, far_difference, difference),
        fma(simd, four, far_sum, sum),
        simd.add_f32s(fma(simd, eight, far_difference, difference), m[5]),
    ]
}
