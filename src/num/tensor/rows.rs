//! Fully connected layers at the speed of memory: y[n,o] = b[o] + Σ_i w[o,i]·x[n,i], four rows of w at a time.
//!
//! Each sum runs in two vectors of partial sums, element i in lane i mod 2·lanes, and ends with the sum of the
//! lanes; the bias is added last. Nothing of that depends on the batch or on the thread, so that an image gives the
//! same bits alone and in company. Rows of w are read once for up to four images. The rows are in memory, or drawn
//! chunk by chunk as they are multiplied; both give the same bits.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use super::{
    simd::{arch, fma},
    values::Values,
};

/// Rows of weights that one task takes.
const ROWS: usize = 4;
/// Images that share a reading of the weights.
const IMAGES: usize = 4;
/// Elements of a row that are drawn at once; a multiple of every step, small enough for the first cache.
const CHUNK: usize = 1024;

/// One fully connected layer, ready to run.
#[derive(Clone, Copy)]
pub(crate) struct Product<'a> {
    /// Outputs × inputs.
    pub(crate) weights: Values<'a>,
    pub(crate) bias: &'a [f32],
    pub(crate) inputs: usize,
    /// Whether negative sums become zero.
    pub(crate) relu: bool,
}

impl Product<'_> {
    /// The outputs of every input of the batch, both one after the other.
    pub(crate) fn run(self, input: &[f32], output: &mut [f32]) {
        let outputs = self.bias.len();
        let batch = input.len() / self.inputs.max(1);
        // Tasks own rows; a batch is transposed at the end, which costs nothing beside the weights.
        let mut sums = vec![0.0; batch * outputs];
        sums.par_chunks_mut(ROWS * batch).enumerate().for_each(|(group, sums)| {
            let first = group * ROWS;
            let mut start = 0;
            while start < batch {
                let images = (batch - start).min(IMAGES);
                let kernel =
                    Rows { layer: self, first, count: sums.len() / batch, input, start, sums, batch };
                kernel.run(images);
                start += images;
            }
        });
        for (row, sums) in sums.chunks_exact(batch).enumerate() {
            for (image, &sum) in sums.iter().enumerate() {
                let value = sum + self.bias[row];
                output[image * outputs + row] = if self.relu && value < 0.0 { 0.0 } else { value };
            }
        }
    }
}

/// Up to four rows for a few images.
struct Rows<'a> {
    layer: Product<'a>,
    first: usize,
    count: usize,
    input: &'a [f32],
    start: usize,
    sums: &'a mut [f32],
    batch: usize,
}

/// The number of images is known to the compiler.
struct Fixed<'a, const B: usize>(Rows<'a>);

impl Rows<'_> {
    fn run(self, images: usize) {
        let arch = arch();
        match images {
            1 => arch.dispatch(Fixed::<1>(self)),
            2 => arch.dispatch(Fixed::<2>(self)),
            3 => arch.dispatch(Fixed::<3>(self)),
            _ => arch.dispatch(Fixed::<IMAGES>(self)),
        }
    }
}

impl<const B: usize> WithSimd for Fixed<'_, B> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Rows { layer, first, count, input, start, sums, batch } = self.0;
        let inputs = layer.inputs;
        let mut totals = [[[simd.splat_f32s(0.0); 2]; B]; ROWS];
        let mut drawn = [[0.0; CHUNK]; ROWS];
        let chunk = if matches!(layer.weights, Values::Kept(_)) { inputs } else { CHUNK };
        let mut from = 0;
        while from < inputs {
            let end = (from + chunk).min(inputs);
            let mut rows = [&[][..]; ROWS];
            match layer.weights {
                Values::Kept(values) => {
                    for (row, slice) in rows.iter_mut().enumerate() {
                        // A row beyond the last repeats it; its sum is dropped.
                        *slice = &values[(first + row.min(count - 1)) * inputs..][..inputs];
                    }
                }
                Values::Drawn(rule) => {
                    for (row, (slice, values)) in rows.iter_mut().zip(&mut drawn).enumerate() {
                        rule.fill((first + row.min(count - 1)) * inputs + from, &mut values[..end - from]);
                        *slice = &values[..end - from];
                    }
                }
            }
            let mut images = [&[][..]; B];
            for (image, slice) in images.iter_mut().enumerate() {
                *slice = &input[(start + image) * inputs + from..(start + image) * inputs + end];
            }
            accumulate(simd, rows, images, &mut totals);
            from = end;
        }
        for row in 0..count {
            for image in 0..B {
                let [even, odd] = totals[row][image];
                sums[row * batch + start + image] = simd.reduce_sum_f32s(simd.add_f32s(even, odd));
            }
        }
    }
}

/// Adds the products of some columns.
#[inline(always)]
fn accumulate<S: Simd, const B: usize>(
    simd: S,
    rows: [&[f32]; ROWS],
    images: [&[f32]; B],
    totals: &mut [[[S::f32s; 2]; B]; ROWS],
) {
    let count = rows[0].len() / (2 * S::F32_LANES);
    let mut row_vectors = [&[][..]; ROWS];
    for row in 0..ROWS {
        row_vectors[row] = &S::as_simd_f32s(rows[row]).0.as_chunks::<2>().0[..count];
    }
    let mut image_vectors = [&[][..]; B];
    for image in 0..B {
        image_vectors[image] = &S::as_simd_f32s(images[image]).0.as_chunks::<2>().0[..count];
    }
    for step in 0..count {
        for part in 0..2 {
            for row in 0..ROWS {
                let weight = row_vectors[row][step][part];
                for image in 0..B {
                    let total = &mut totals[row][image][part];
                    *total = fma(simd, weight, image_vectors[image][step][part], *total);
                }
            }
        }
    }
    // What is left over, filled up with zeros, counts as one more step.
    let done = count * 2 * S::F32_LANES;
    for part in 0..2 {
        let at = (done + part * S::F32_LANES).min(rows[0].len());
        for row in 0..ROWS {
            let weight = simd.partial_load_f32s(&rows[row][at..(at + S::F32_LANES).min(rows[row].len())]);
            for image in 0..B {
                let value =
                    simd.partial_load_f32s(&images[image][at..(at + S::F32_LANES).min(rows[row].len())]);
                let total = &mut totals[row][image][part];
                *total = fma(simd, weight, value, *total);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::num::{
        reference::{self, Tolerance, random},
        rng::SplitMix64,
        tensor::values::Uniform,
    };

    fn run(weights: Values<'_>, bias: &[f32], input: &Array2<f32>, relu: bool) -> Array2<f32> {
        let mut output = Array2::zeros((input.nrows(), bias.len()));
        let product = Product { weights, bias, inputs: input.ncols(), relu };
        product.run(input.as_slice().unwrap(), output.as_slice_mut().unwrap());
        output
    }

    proptest! {
        #[test]
        fn agrees_with_three_loops(
            batch in 1..=9_usize, inputs in 1..=150_usize, outputs in 1..=11_usize, seed: u64,
        ) {
            let matrix = |shape: &[usize], seed| random::<f32>(shape, seed).into_dimensionality().unwrap();
            let (weight, input): (Array2<f32>, Array2<f32>) =
                (matrix(&[outputs, inputs], seed), matrix(&[batch, inputs], seed ^ 1));
            let bias = vec![0.0; outputs];
            let output = run(Values::Kept(weight.as_slice().unwrap()), &bias, &input, false);
            reference::product(&input, &weight.t().to_owned())
                .check(&output.into_dyn(), Tolerance::Sum(inputs), f64::from(f32::EPSILON));
        }
    }

    #[test]
    fn kept_and_drawn_alone_and_in_company_give_the_same_bits() {
        let rule = Uniform { sequence: SplitMix64::new(4).stream(9), bound: 0.3 };
        let (inputs, outputs) = (2 * CHUNK + 77, 10);
        let mut kept = vec![0.0; inputs * outputs];
        rule.sequence.fill_signed(0, rule.bound, &mut kept);
        let input: Array2<f32> = random(&[6, inputs], 3).into_dimensionality().unwrap();
        let bias: Vec<f32> = (0..outputs).map(|o| o as f32 / 8.0 - 0.5).collect();
        let together = run(Values::Kept(&kept), &bias, &input, true);
        assert_eq!(together, run(Values::Drawn(rule), &bias, &input, true));
        for (image, row) in input.outer_iter().enumerate() {
            let alone = run(Values::Kept(&kept), &bias, &row.insert_axis(ndarray::Axis(0)).to_owned(), true);
            assert_eq!(alone.row(0), together.row(image));
        }
        assert!(together.iter().all(|&y| y >= 0.0) && together.iter().any(|&y| y == 0.0));
    }
}
