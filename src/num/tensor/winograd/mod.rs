//! Convolution with 3×3 kernels, stride 1 and padding 1, by Winograd's F(4×4, 3×3).
//!
//! Each 4×4 tile of the output is Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A for the 6×6 tile d of the input around it and the
//! kernel g: 36 multiplications in place of 144. Summed over channels, the elementwise products of all tiles become
//! 36 matrix products, one for each frequency. Source: Lavin and Gray, "Fast algorithms for convolutional neural
//! networks" (arXiv:1509.09308), section 4.1 and, for F(4, 3), equation 17 ff.
//!
//! **Error.** Every rounding of the transforms and sums is counted: with u = 2⁻²⁴ and C channels, the computed output
//! ŷ of a tile obeys |ŷ − y| ≤ (C + 22)·u·(|Aᵀ|[Σ_c (|G||g||Gᵀ|) ⊙ (|Bᵀ||d||B|)]|A| + |b|): 6 for the weights (2 + 2
//! for the evaluations, 1 for the scale and 1 for the product with it), 6 for the input (2 less where multiplication
//! and addition are fused), C + 1 for the sum (1 less), 6 for the output and 1 for the bias leave 2 to spare, more
//! than products of roundings can use up. The absolute matrices multiply by some hundreds what a direct sum's bound
//! is, as B cancels and A and G scale back; on VGG-11, where errors average out, the logits are about twice as far off
//! as a direct sum's. The bound is tested element by element on random images and on every layer of VGG-11; since it is
//! wide, so is exactness on whole numbers that need no rounding.
//!
//! **Order.** Every sum runs over the channels in order, in one accumulator per element; which thread does it, and
//! in which register, changes nothing. Results are the same bits for any number of threads.

mod filter;
mod input;
mod output;
mod product;

use rayon::prelude::*;

use super::{
    blocked::{Blocked, Shape},
    buffer::{Buffer, Scratch},
    direct::block_of,
    simd::{BLOCK, arch},
    values::Values,
};
pub(crate) use output::Epilogue;

/// Rows and columns of the output that one tile makes.
const TILE: usize = 4;
/// Rows and columns of the input that one tile reads.
const REACH: usize = TILE + 2;
/// Frequencies: elements of a transformed tile.
const FREQUENCIES: usize = REACH * REACH;
/// Padding between rows of scratch, so that equal columns do not fall into one set of the cache.
const PAD: usize = 16;

/// How a convolution gets its transformed weights.
pub(crate) enum Weights<'a> {
    /// Transformed before, by [`Plan::transform`].
    Kept(&'a Buffer),
    /// Transformed as they are used, each block once in a pass.
    Generated(Values<'a>),
}

/// The extents of a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) channels: usize,
    pub(crate) filters: usize,
}

/// Memory that convolutions use one after the other.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    tiles: Buffer,
    units: Buffer,
    scratch: Scratch,
}

/// From how many weights on, the tasks of a layer share its tiles and split its filters.
///
/// Below, a core keeps all transformed weights in reach and tasks take rows of tiles, each from input to output
/// without a word to the others; above, reading the weights once is worth more.
const MANY_WEIGHTS: usize = 1 << 17;
/// Tiles of one task, about; fewer make the products thin, more overflow the cache.
const TASK_TILES: usize = 28;

impl Plan {
    fn channel_blocks(self) -> usize {
        self.channels.div_ceil(BLOCK)
    }

    fn filter_blocks(self) -> usize {
        self.filters.div_ceil(BLOCK)
    }

    /// Channels, those that fill the last block included.
    fn padded(self) -> usize {
        self.channel_blocks() * BLOCK
    }

    /// Values of one frequency of one block of transformed weights.
    fn unit(self) -> usize {
        self.padded() * BLOCK + BLOCK
    }

    /// Values of one block of transformed weights.
    fn units(self) -> usize {
        FREQUENCIES * self.unit()
    }

    /// Values of one frequency of one tile of the input, padding included.
    fn tile(self) -> usize {
        self.padded() + PAD
    }

    /// Values of the transformation of so many tiles.
    fn tiles(self, count: usize) -> usize {
        FREQUENCIES * count * self.tile()
    }

    /// The transformed weights of every block.
    pub(crate) fn transform(self, source: Values<'_>) -> Buffer {
        let mut units = Buffer::zeroed(self.filter_blocks() * self.units());
        self.transform_into(source, units.as_mut_slice());
        units
    }

    fn transform_into(self, source: Values<'_>, units: &mut [f32]) {
        units.par_chunks_exact_mut(self.units()).enumerate().for_each(|(block, units)| {
            arch().dispatch(filter::Transform { plan: self, source, block, units });
        });
    }

    /// Convolves `input` into `output`, which gets its shape from it.
    pub(crate) fn run(
        self,
        input: &Blocked,
        weights: &Weights<'_>,
        bias: &[f32],
        epilogue: Epilogue,
        workspace: &mut Workspace,
        output: &mut Blocked,
    ) {
        output.reshape(Shape { channels: self.filters, ..epilogue.shape(input.shape) });
        let pass = Pass { plan: self, input, bias, epilogue, scratch: &workspace.scratch };
        if self.padded() * self.filters < MANY_WEIGHTS {
            let units = match weights {
                Weights::Kept(units) => units.as_slice(),
                Weights::Generated(source) => {
                    let units = workspace.units.reserve(self.filter_blocks() * self.units());
                    self.transform_into(*source, units);
                    units
                }
            };
            pass.by_tiles(units, output);
        } else {
            pass.by_filters(weights, &mut workspace.tiles, output);
        }
    }
}

/// One convolution under way.
struct Pass<'a> {
    plan: Plan,
    input: &'a Blocked,
    bias: &'a [f32],
    epilogue: Epilogue,
    scratch: &'a Scratch,
}

impl Pass<'_> {
    /// Rows of tiles of the whole batch.
    fn tile_rows(&self) -> usize {
        self.input.shape.batch * self.rows_per_image()
    }

    fn rows_per_image(&self) -> usize {
        self.input.shape.height.div_ceil(TILE)
    }

    /// Tiles of one row.
    fn tile_columns(&self) -> usize {
        self.input.shape.width.div_ceil(TILE)
    }

    /// Each task takes some rows of tiles through all filters.
    fn by_tiles(&self, units: &[f32], output: &mut Blocked) {
        let columns = self.tile_columns();
        let rows = (TASK_TILES / columns).max(1);
        let starts: Vec<_> = (0..self.tile_rows()).step_by(rows).collect();
        let end = |start: usize| (start + rows).min(self.tile_rows());
        let groups = output.groups_mut(starts.iter().map(|&start| self.output_rows(start, end(start))));
        starts.into_par_iter().zip(groups).for_each(|(start, mut planes)| {
            let count = (end(start) - start) * columns;
            self.scratch.with(self.plan.tiles(count), |tiles| {
                self.transform_rows(start, split(tiles, count * self.plan.tile()));
                planes.par_iter_mut().enumerate().for_each(|(block, plane)| {
                    let units = &units[block * self.plan.units()..][..self.plan.units()];
                    self.multiply(tiles, units, block, start, plane);
                });
            });
        });
    }

    /// All tiles are transformed first; then each task takes all of them through one block of filters.
    fn by_filters(&self, weights: &Weights<'_>, tiles: &mut Buffer, output: &mut Blocked) {
        let count = self.tile_rows() * self.tile_columns();
        let row = self.tile_columns() * self.plan.tile();
        let tiles = tiles.reserve(self.plan.tiles(count));
        let mut rest = split(tiles, count * self.plan.tile());
        let rows: Vec<_> = (0..self.tile_rows()).map(|_| take_front(&mut rest, row)).collect();
        rows.into_par_iter()
            .enumerate()
            .for_each(|(start, frequencies)| self.transform_rows(start, frequencies));
        let tiles = &*tiles;
        let planes: Vec<_> = output.planes_mut().collect();
        planes.into_par_iter().enumerate().for_each(|(block, plane)| match weights {
            Weights::Kept(units) => {
                let units = &units.as_slice()[block * self.plan.units()..][..self.plan.units()];
                self.multiply(tiles, units, block, 0, plane);
            }
            Weights::Generated(source) => self.scratch.with(self.plan.units(), |units| {
                arch().dispatch(filter::Transform { plan: self.plan, source: *source, block, units });
                self.multiply(tiles, units, block, 0, plane);
            }),
        });
    }

    /// Rows of the output that the rows of tiles from `start` to `end` make.
    fn output_rows(&self, start: usize, end: usize) -> usize {
        let before = |row: usize| {
            let (image, row) = (row / self.rows_per_image(), row % self.rows_per_image());
            let height = self.epilogue.shape(self.input.shape).height;
            image * height + (row * self.epilogue.tile()).min(height)
        };
        before(end) - before(start)
    }

    /// Transforms the rows of tiles from `start` on that `frequencies` have room for.
    fn transform_rows(&self, start: usize, frequencies: Frequencies<'_>) {
        arch().dispatch(input::Transform {
            plan: self.plan,
            input: self.input,
            first: start * self.tile_columns(),
            frequencies,
        });
    }

    /// Multiplies transformed tiles, the first of them the first of row `start`, by one block of weights, and
    /// writes their part of a plane of the output.
    fn multiply(&self, tiles: &[f32], units: &[f32], block: usize, start: usize, plane: &mut [f32]) {
        let count = tiles.len() / self.plan.tiles(1);
        let bias = block_of(self.bias, block);
        self.scratch.with(product::sums(count), |sums| {
            let arch = arch();
            arch.dispatch(product::Product { plan: self.plan, count, tiles, units, sums: &mut *sums });
            arch.dispatch(output::Transform {
                sums,
                count,
                bias: &bias,
                epilogue: self.epilogue,
                image: self.input.shape,
                first: start * self.tile_columns(),
                plane,
            });
        });
    }
}

/// For each frequency, the values of some tiles.
type Frequencies<'a> = [&'a mut [f32]; FREQUENCIES];

/// Cuts transformed tiles into frequencies of `len` values.
fn split(tiles: &mut [f32], len: usize) -> Frequencies<'_> {
    let mut frequencies = tiles.chunks_exact_mut(len);
    std::array::from_fn(|_| frequencies.next().unwrap_or_default())
}

/// Splits the first `len` values of each frequency off.
fn take_front<'a>(rest: &mut Frequencies<'a>, len: usize) -> Frequencies<'a> {
    rest.each_mut().map(|frequency| {
        let (front, back) = std::mem::take(frequency).split_at_mut(len);
        *frequency = back;
        front
    })
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array4};
    use proptest::prelude::*;

    use super::*;
    use crate::num::{
        reference::{ConvolutionProblem, random},
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

    fn run(problem: &ConvolutionProblem<f32>, epilogue: Epilogue, generated: bool) -> Array4<f32> {
        let (filters, channels, ..) = problem.weight.dim();
        let plan = Plan { channels, filters };
        let source = Values::Kept(problem.weight.as_slice().unwrap());
        let units = plan.transform(source);
        let weights = if generated { Weights::Generated(source) } else { Weights::Kept(&units) };
        let (mut workspace, mut output) = (Workspace::default(), Blocked::default());
        let bias = problem.bias.as_slice().unwrap();
        plan.run(&Blocked::from_array(&problem.input), &weights, bias, epilogue, &mut workspace, &mut output);
        output.to_array()
    }

    /// Element by element against the stated bound.
    fn check(problem: &ConvolutionProblem<f32>, output: Array4<f32>) {
        let expected = problem.winograd_reference();
        expected.check(&output.into_dyn(), problem.winograd_tolerance(), f64::from(f32::EPSILON));
    }

    #[test]
    fn tiny_and_huge_images_keep_the_bound() {
        for (channels, scale) in [(1, 1.0), (7, 1e-20), (40, 1e15)] {
            let shape = Shape { batch: 1, channels, height: 10, width: 7 };
            let mut problem = problem(shape, 3, 9);
            problem.input.mapv_inplace(|x| x * scale);
            check(&problem, run(&problem, Epilogue::Bias, false));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn agrees_with_the_formula(
            batch in 1..=3_usize, channels in 1..=40_usize, filters in 1..=40_usize,
            height in 1..=17_usize, width in 1..=17_usize, seed: u64,
        ) {
            let problem = problem(Shape { batch, channels, height, width }, filters, seed);
            check(&problem, run(&problem, Epilogue::Bias, false));
        }

        /// The bound is wide, so that a wrong factor could hide in it. Where every value on the way is a whole number
        /// below 2²⁴ nothing is rounded, and it cannot: 576 takes all fractions out of G·g·Gᵀ.
        #[test]
        fn whole_numbers_come_out_exactly(
            channels in 1..=8_usize, filters in 1..=40_usize,
            height in 1..=17_usize, width in 1..=17_usize, seed: u64,
        ) {
            let mut problem = problem(Shape { batch: 2, channels, height, width }, filters, seed);
            problem.input.mapv_inplace(|x| (2.5 * x).round());
            problem.weight.mapv_inplace(|w| 576.0 * (1.5 * w).round());
            problem.bias.mapv_inplace(|b| (1000.0 * b).round());
            let output = run(&problem, Epilogue::Bias, false);
            let expected = problem.winograd_reference();
            prop_assert!(expected.magnitude.iter().all(|&magnitude| magnitude < 16_777_216.0));
            prop_assert_eq!(output.mapv(f64::from).into_dyn(), expected.value);
        }
    }

    #[test]
    fn both_ways_of_sharing_the_work_and_of_getting_weights_agree() {
        for (channels, filters) in [(3, 8), (400, 330)] {
            let problem = problem(Shape { batch: 2, channels, height: 9, width: 6 }, filters, 7);
            let kept = run(&problem, Epilogue::Bias, false);
            assert_eq!(kept, run(&problem, Epilogue::Bias, true));
            check(&problem, kept);
        }
    }

    #[test]
    fn relu_and_pooling_on_the_way_out_change_no_bit() {
        let problem = problem(Shape { batch: 2, channels: 5, height: 11, width: 10 }, 33, 3);
        let plain = run(&problem, Epilogue::Bias, false);
        assert_eq!(run(&problem, Epilogue::Relu, false), plain.mapv(|x| x.max(0.0)));
        let pooled = Array4::from_shape_fn((2, 33, 5, 5), |(n, c, y, x)| {
            let cells = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(i, j)| plain[[n, c, 2 * y + i, 2 * x + j]]);
            cells.into_iter().fold(0.0, f32::max)
        });
        assert_eq!(run(&problem, Epilogue::ReluPool, false), pooled);
    }
}
