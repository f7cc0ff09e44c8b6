//! Where the elements of a tensor come from: an array, or a rule that gives each of them when it is needed.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

use crate::num::rng::{Lanes, SplitMix64};

use super::simd::{BLOCK, arch};

/// Values drawn uniformly from [−bound, bound), element `n` of a row-major tensor from number `n` of a sequence:
/// (k − 2²³)·2⁻²³·bound for the top 24 bits k, one rounding each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uniform {
    /// The sequence of the tensor.
    pub sequence: SplitMix64,
    /// The bound.
    pub bound: f32,
}

/// The elements of a tensor, row-major.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Values<'a> {
    /// In memory.
    Kept(&'a [f32]),
    /// By a rule.
    Drawn(Uniform),
}

/// Values that one step of [`Uniform::fill`] makes.
const STEP: usize = 16;

impl Uniform {
    fn scale(self) -> f32 {
        self.bound * (1.0 / 8_388_608.0)
    }

    /// The elements from `first` on. Runs at full speed where it is inlined into a kernel.
    #[inline(always)]
    pub(crate) fn fill(self, first: usize, out: &mut [f32]) {
        let scale = self.scale();
        let mut lanes = Lanes::<STEP>::new(self.sequence, first as u64, 1, STEP as u64);
        let (steps, rest) = out.as_chunks_mut::<STEP>();
        for step in steps {
            lanes.next_signed(scale, step);
        }
        let mut last = [0.0; STEP];
        lanes.next_signed(scale, &mut last);
        rest.copy_from_slice(&last[..rest.len()]);
    }

    /// All elements of a tensor, chunk by chunk on all threads.
    pub fn fill_parallel(self, out: &mut [f32]) {
        out.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, out)| {
            arch().dispatch(Fill { rule: self, first: chunk * CHUNK, out });
        });
    }

    /// For each of `out.len()` columns from `first` on of a matrix with rows of `width`: 32 rows side by side.
    #[inline(always)]
    fn fill_columns(self, first: usize, width: usize, out: &mut [[f32; BLOCK]]) {
        let scale = self.scale();
        let mut lanes = Lanes::<BLOCK>::new(self.sequence, first as u64, width as u64, 1);
        for column in out {
            lanes.next_signed(scale, column);
        }
    }
}

/// Elements that one task draws.
const CHUNK: usize = 1 << 16;

/// [`Uniform::fill`] with the best instructions of the CPU.
struct Fill<'a> {
    rule: Uniform,
    first: usize,
    out: &'a mut [f32],
}

impl WithSimd for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.rule.fill(self.first, self.out);
    }
}

impl Values<'_> {
    /// For each of `out.len()` columns from `column` on of a matrix of `rows` by `width`: the 32 rows from `row` on
    /// side by side, zero for those that do not exist.
    #[inline(always)]
    pub(crate) fn columns(
        self,
        [rows, width]: [usize; 2],
        row: usize,
        column: usize,
        out: &mut [[f32; BLOCK]],
    ) {
        let present = rows.saturating_sub(row).min(BLOCK);
        match self {
            Self::Drawn(rule) => rule.fill_columns(row * width + column, width, out),
            Self::Kept(values) => {
                for lane in 0..present {
                    let values = &values[(row + lane) * width + column..][..out.len()];
                    for (lanes, value) in out.iter_mut().zip(values) {
                        lanes[lane] = *value;
                    }
                }
            }
        }
        if present < BLOCK {
            for lanes in out {
                lanes[present..].fill(0.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sources_and_both_orders_agree() {
        let rule = Uniform { sequence: SplitMix64::new(11).stream(1), bound: 0.25 };
        let [rows, width] = [35, 7];
        let mut kept = vec![0.0; rows * width];
        rule.sequence.fill_signed(0, rule.bound, &mut kept);
        let mut filled = vec![0.0; rows * width - 3];
        rule.fill(3, &mut filled);
        assert_eq!(filled, kept[3..]);
        let (mut parallel, mut plain) = (vec![0.0; CHUNK + 5], vec![0.0; CHUNK + 5]);
        rule.fill_parallel(&mut parallel);
        rule.sequence.fill_signed(0, rule.bound, &mut plain);
        assert!(parallel == plain);
        for row in [0, 32] {
            let mut columns = [[[7.0; BLOCK]; 5]; 2];
            Values::Kept(&kept).columns([rows, width], row, 2, &mut columns[0]);
            Values::Drawn(rule).columns([rows, width], row, 2, &mut columns[1]);
            assert_eq!(columns[0], columns[1]);
            let expected = |lane: usize| kept.get((row + lane) * width + 3).copied().unwrap_or(0.0);
            assert_eq!(columns[0][1], std::array::from_fn(expected));
        }
    }
}
