//! Convolution with 3×3 kernels, stride 1 and padding 1, for images of few channels: straight from the planes of
//! the usual layout to blocks of filters, with bias, ReLU and 2×2 maximum on the way.
//!
//! `y[o,i,j] = b[o] + Σ_c Σ_u Σ_v w[o,c,u,v]·x[c, i+u−1, j+v−1]`, summed in that order from the bias on, each product
//! added with one rounding where the CPU has fused multiplication. Winograd's transforms would cost more than they
//! save here. A register tile is two rows by four columns of pixels by two vectors of filters, or, where a CPU has but
//! 16 registers, two rows by six columns by one vector.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::{
    blocked::{Blocked, Shape},
    buffer::Buffer,
    simd::{BLOCK, arch, fma, load, max, relu, store},
    values::Values,
    winograd::Epilogue,
};

/// Cells of a kernel.
const CELLS: usize = 9;
/// Rows of pixels that one task makes.
const ROWS: usize = 2;
/// Most columns of pixels in a register tile.
const MOST_COLUMNS: usize = 6;

/// The extents of a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) channels: usize,
    pub(crate) filters: usize,
}

/// Images in the usual layout: batch, channels, rows, columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) shape: Shape,
}

/// Memory that direct convolutions use one after the other.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    padded: Buffer,
}

impl Plan {
    fn blocks(self) -> usize {
        self.filters.div_ceil(BLOCK)
    }

    /// The weights as the kernel reads them: block, channel and cell, filter.
    pub(crate) fn arrange(self, source: Values<'_>) -> Buffer {
        let columns = self.channels * CELLS;
        let mut weights = Buffer::zeroed(self.blocks() * columns * BLOCK);
        for (block, weights) in weights.as_mut_slice().chunks_exact_mut(columns * BLOCK).enumerate() {
            let columns = weights.as_chunks_mut::<BLOCK>().0;
            source.columns([self.filters, self.channels * CELLS], block * BLOCK, 0, columns);
        }
        weights
    }

    /// Convolves `input` into `output`, which gets its shape from it.
    pub(crate) fn run(
        self,
        input: Input<'_>,
        weights: &Buffer,
        bias: &[f32],
        epilogue: Epilogue,
        workspace: &mut Workspace,
        output: &mut Blocked,
    ) {
        let Input { values, shape } = input;
        let padded = Padded::new(values, shape, &mut workspace.padded);
        let stored = Shape { channels: self.filters, ..epilogue.shape(shape) };
        output.reshape(stored);
        let rows = if epilogue == Epilogue::ReluPool { 1 } else { ROWS };
        let starts: Vec<(usize, usize)> =
            (0..shape.batch).flat_map(|n| (0..stored.height).step_by(rows).map(move |y| (n, y))).collect();
        let counts = starts.iter().map(|&(_, y)| rows.min(stored.height - y));
        let groups = output.groups_mut(counts);
        starts.into_par_iter().zip(groups).for_each(|((image, y), planes)| {
            let row = y * ROWS / rows;
            for (block, plane) in planes.into_iter().enumerate() {
                let weights = &weights.as_slice()[block * self.channels * CELLS * BLOCK..];
                let bias = block_of(bias, block);
                arch().dispatch(Rows {
                    plan: self,
                    padded,
                    image,
                    row,
                    weights,
                    bias,
                    epilogue,
                    stored,
                    plane,
                });
            }
        });
    }
}

/// Up to 32 values of a block, zero beyond the end.
pub(crate) fn block_of(values: &[f32], block: usize) -> [f32; BLOCK] {
    let given = &values[(block * BLOCK).min(values.len())..];
    let known = given.len().min(BLOCK);
    let mut lanes = [0.0; BLOCK];
    lanes[..known].copy_from_slice(&given[..known]);
    lanes
}

/// Images with zeros around them, so that no cell needs a question; a few spare rows and columns at the end let
/// the last register tile read on.
#[derive(Clone, Copy)]
struct Padded<'a> {
    values: &'a [f32],
    /// Values of a row, and of a plane.
    row: usize,
    plane: usize,
    channels: usize,
}

impl<'a> Padded<'a> {
    fn new(input: &[f32], shape: Shape, buffer: &'a mut Buffer) -> Self {
        let row = shape.width + 2 + MOST_COLUMNS;
        let plane = row * (shape.height + 2 + ROWS);
        let values = buffer.reserve(shape.batch * shape.channels * plane);
        let planes =
            values.par_chunks_exact_mut(plane).zip(input.par_chunks_exact(shape.height * shape.width));
        planes.for_each(|(padded, image)| {
            padded.fill(0.0);
            for (to, from) in padded[row..].chunks_exact_mut(row).zip(image.chunks_exact(shape.width)) {
                to[1..=shape.width].copy_from_slice(from);
            }
        });
        Self { values, row, plane, channels: shape.channels }
    }
}

/// One block of filters of two rows of pixels.
struct Rows<'a> {
    plan: Plan,
    padded: Padded<'a>,
    image: usize,
    /// The first of the two rows.
    row: usize,
    weights: &'a [f32],
    bias: [f32; BLOCK],
    epilogue: Epilogue,
    stored: Shape,
    plane: &'a mut [f32],
}

impl WithSimd for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if S::F32_LANES == 8 { self.run::<S, MOST_COLUMNS, 1>(simd) } else { self.run::<S, 4, 2>(simd) }
    }
}

impl Rows<'_> {
    #[inline(always)]
    fn run<S: Simd, const N: usize, const V: usize>(mut self, simd: S) {
        let pooling = usize::from(self.epilogue == Epilogue::ReluPool);
        let first = (self.image * self.padded.channels) * self.padded.plane + self.row * self.padded.row;
        for column in (0..self.stored.width << pooling).step_by(N) {
            let pixels = &self.padded.values[first + column..];
            for lane in (0..BLOCK).step_by(V * S::F32_LANES) {
                let tile = self.tile::<S, N, V>(simd, pixels, lane);
                self.write::<S, N, V>(simd, tile, column, lane);
            }
        }
    }

    /// Two rows by N columns by V vectors of filters.
    #[inline(always)]
    fn tile<S: Simd, const N: usize, const V: usize>(
        &self,
        simd: S,
        pixels: &[f32],
        lane: usize,
    ) -> [[[S::f32s; V]; N]; ROWS] {
        let mut tile = [[[simd.splat_f32s(0.0); V]; N]; ROWS];
        for i in 0..ROWS {
            for j in 0..N {
                for part in 0..V {
                    tile[i][j][part] = load::<S>(&self.bias, lane + part * S::F32_LANES);
                }
            }
        }
        for channel in 0..self.plan.channels {
            for u in 0..3 {
                let weights = &self.weights[(channel * CELLS + 3 * u) * BLOCK + lane..];
                let weights = &weights[..2 * BLOCK + V * S::F32_LANES];
                for i in 0..ROWS {
                    let at = channel * self.padded.plane + (u + i) * self.padded.row;
                    let values = &pixels[at..at + N + 2];
                    for v in 0..3 {
                        for part in 0..V {
                            let weight = load::<S>(weights, v * BLOCK + part * S::F32_LANES);
                            for j in 0..N {
                                let sum = &mut tile[i][j][part];
                                *sum = fma(simd, simd.splat_f32s(values[j + v]), weight, *sum);
                            }
                        }
                    }
                }
            }
        }
        tile
    }

    #[inline(always)]
    fn write<S: Simd, const N: usize, const V: usize>(
        &mut self,
        simd: S,
        tile: [[[S::f32s; V]; N]; ROWS],
        column: usize,
        lane: usize,
    ) {
        let row = self.stored.row();
        for part in 0..V {
            let lane = lane + part * S::F32_LANES;
            if self.epilogue == Epilogue::ReluPool {
                for j in 0..N / 2 {
                    let upper = max(simd, tile[0][2 * j][part], tile[0][2 * j + 1][part]);
                    let lower = max(simd, tile[1][2 * j][part], tile[1][2 * j + 1][part]);
                    let value = relu(simd, max(simd, upper, lower));
                    if column / 2 + j < self.stored.width {
                        store::<S>(self.plane, (column / 2 + j) * BLOCK + lane, value);
                    }
                }
            } else {
                let rows = self.plane.len() / row;
                for i in 0..ROWS.min(rows) {
                    for j in 0..N.min(self.stored.width - column) {
                        let value = tile[i][j][part];
                        let value = if self.epilogue == Epilogue::Relu { relu(simd, value) } else { value };
                        store::<S>(self.plane, i * row + (column + j) * BLOCK + lane, value);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array4};
    use proptest::prelude::*;

    use super::*;
    use crate::num::{
        reference::{ConvolutionProblem, Tolerance, random},
        tensor::window::Window,
    };

    fn problem(shape: Shape, filters: usize, seed: u64) -> ConvolutionProblem<f32> {
        let Shape { batch, channels, height, width } = shape;
        let four = |shape: &[usize], seed| random(shape, seed).into_dimensionality().unwrap();
        ConvolutionProblem {
            input: four(&[batch, channels, height, width], seed),
            weight: four(&[filters, channels, 3, 3], seed ^ 1),
            bias: Array1::from_iter(random(&[filters], seed ^ 2)),
            window: Window::same(3),
        }
    }

    fn run(problem: &ConvolutionProblem<f32>, epilogue: Epilogue) -> Array4<f32> {
        let (filters, channels, ..) = problem.weight.dim();
        let (batch, _, height, width) = problem.input.dim();
        let plan = Plan { channels, filters };
        let weights = plan.arrange(Values::Kept(problem.weight.as_slice().unwrap()));
        let (mut workspace, mut output) = (Workspace::default(), Blocked::default());
        let shape = Shape { batch, channels, height, width };
        let (values, bias) = (problem.input.as_slice().unwrap(), problem.bias.as_slice().unwrap());
        plan.run(Input { values, shape }, &weights, bias, epilogue, &mut workspace, &mut output);
        output.to_array()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn agrees_with_the_formula(
            batch in 1..=3_usize, channels in 1..=5_usize, filters in 1..=40_usize,
            height in 1..=9_usize, width in 1..=13_usize, seed: u64,
        ) {
            let problem = problem(Shape { batch, channels, height, width }, filters, seed);
            let output = run(&problem, Epilogue::Bias);
            problem.reference().check(&output.into_dyn(), Tolerance::Sum(problem.terms()), f64::from(f32::EPSILON));
        }
    }

    #[test]
    fn relu_and_pooling_on_the_way_out_change_no_bit() {
        let problem = problem(Shape { batch: 2, channels: 3, height: 11, width: 10 }, 33, 3);
        let plain = run(&problem, Epilogue::Bias);
        assert_eq!(run(&problem, Epilogue::Relu), plain.mapv(|x| x.max(0.0)));
        let pooled = Array4::from_shape_fn((2, 33, 5, 5), |(n, c, y, x)| {
            let cells = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(i, j)| plain[[n, c, 2 * y + i, 2 * x + j]]);
            cells.into_iter().fold(0.0, f32::max)
        });
        assert_eq!(run(&problem, Epilogue::ReluPool), pooled);
    }
}
