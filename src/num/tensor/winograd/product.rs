//! The 36 matrix products of a convolution: for each frequency, tiles × channels by channels × 32 filters.
//!
//! A register tile keeps R tiles by two vectors of filters; each step of the sum over the channels loads two
//! vectors of weights, which lie in the order in which they are read, and multiplies them by one value of each of
//! the R tiles. R is as large as the registers allow: 14 with the 32 registers of AVX-512, 6 with 16.
//!
//! Weights come from memory panel by panel, tiles stay near. Fourteen rows take long enough over a line of weights
//! for the hardware to fetch the next; six do not, and ask for the next panel bit by bit while they run.

use pulp::{Simd, WithSimd};

use super::{FREQUENCIES, PAD, Plan};
use crate::num::tensor::simd::{BLOCK, fma, prefetch, store, vectors};

/// Values of one frequency of the products of so many tiles, padding included.
pub(super) const fn frequency(count: usize) -> usize {
    count * BLOCK + PAD
}

/// Values of the products of so many tiles.
pub(super) const fn sums(count: usize) -> usize {
    FREQUENCIES * frequency(count)
}

/// Vectors of filters in a register tile.
const VECTORS: usize = 2;

/// Filters that one panel of weights holds side by side.
pub(super) const fn panel_width<S: Simd>() -> usize {
    VECTORS * S::F32_LANES
}

/// The products of some tiles with one block of weights.
pub(super) struct Product<'a> {
    pub(super) plan: Plan,
    /// Number of tiles.
    pub(super) count: usize,
    /// Frequency, tile, channel; each tile followed by padding.
    pub(super) tiles: &'a [f32],
    /// Frequency, panel, channel, filter of the panel.
    pub(super) units: &'a [f32],
    /// Frequency, tile, filter; each frequency followed by padding.
    pub(super) sums: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { plan, count, tiles, units, sums } = self;
        let (padded, width) = (plan.padded(), panel_width::<S>());
        let panels = BLOCK / width;
        let start = |panel: usize| panel / panels * plan.unit() + panel % panels * padded * width;
        let most = if S::F32_LANES == 8 { 6 } else { 14 };
        let parts = count.div_ceil(most);
        for panel in 0..FREQUENCIES * panels {
            let (frequency, within) = (panel / panels, panel % panels);
            for part in 0..parts {
                let (first, end) = (part * count / parts, (part + 1) * count / parts);
                let strip = Strip {
                    tiles: &tiles[(frequency * count + first) * plan.tile()..],
                    stride: plan.tile(),
                    channels: padded,
                    units: &units[start(panel)..][..padded * width],
                    next: &units[(start(panel + 1) + part * padded / parts * width).min(units.len())..],
                    pause: if most < 14 { parts } else { padded },
                    sums: &mut sums[frequency * self::frequency(count) + first * BLOCK + within * width..],
                };
                strip.run(simd, end - first);
            }
        }
    }
}

/// The product of up to 14 tiles with one panel.
struct Strip<'a> {
    tiles: &'a [f32],
    stride: usize,
    channels: usize,
    units: &'a [f32],
    /// What to fetch meanwhile: this strip's share of the next panel.
    next: &'a [f32],
    /// Channels from one fetch to the next.
    pause: usize,
    sums: &'a mut [f32],
}

/// A strip whose number of tiles is known to the compiler.
struct Fixed<'a, const R: usize>(Strip<'a>);

impl<const R: usize> WithSimd for Fixed<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Strip { tiles, stride, channels, units, next, pause, sums } = self.0;
        let sums = &mut sums[..(R - 1) * BLOCK + VECTORS * S::F32_LANES];
        let steps = &vectors::<S>(units).as_chunks::<VECTORS>().0[..channels];
        let mut rows = [&[][..]; R];
        for row in 0..R {
            rows[row] = &tiles[row * stride..][..channels];
        }
        // The first products begin the sums. A zero to begin with would be one constant for all lengths of strips, and
        // the compiler keeps the accumulator that shares a register with it in memory.
        let mut totals = [[simd.splat_f32s(0.0); VECTORS]; R];
        let Some(&[left, right]) = steps.first() else { return sums.fill(0.0) };
        for row in 0..R {
            let value = simd.splat_f32s(rows[row][0]);
            totals[row] = [simd.mul_f32s(value, left), simd.mul_f32s(value, right)];
        }
        let mut ahead = 0;
        for from in (1..channels).step_by(pause) {
            prefetch(next, ahead, panel_width::<S>());
            ahead += panel_width::<S>();
            for channel in from..(from + pause).min(channels) {
                let [left, right] = steps[channel];
                for row in 0..R {
                    let value = simd.splat_f32s(rows[row][channel]);
                    totals[row][0] = fma(simd, value, left, totals[row][0]);
                    totals[row][1] = fma(simd, value, right, totals[row][1]);
                }
            }
        }
        for row in 0..R {
            store::<S>(sums, row * BLOCK, totals[row][0]);
            store::<S>(sums, row * BLOCK + S::F32_LANES, totals[row][1]);
        }
    }
}

impl Strip<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S, rows: usize) {
        match rows {
            1 => simd.vectorize(Fixed::<1>(self)),
            2 => simd.vectorize(Fixed::<2>(self)),
            3 => simd.vectorize(Fixed::<3>(self)),
            4 => simd.vectorize(Fixed::<4>(self)),
            5 => simd.vectorize(Fixed::<5>(self)),
            6 => simd.vectorize(Fixed::<6>(self)),
            // There are no registers for more, and so no strips.
            _ if S::F32_LANES == 8 => {}
            7 => simd.vectorize(Fixed::<7>(self)),
            8 => simd.vectorize(Fixed::<8>(self)),
            9 => simd.vectorize(Fixed::<9>(self)),
            10 => simd.vectorize(Fixed::<10>(self)),
            11 => simd.vectorize(Fixed::<11>(self)),
            12 => simd.vectorize(Fixed::<12>(self)),
            13 => simd.vectorize(Fixed::<13>(self)),
            14 => simd.vectorize(Fixed::<14>(self)),
            _ => {}
        }
    }
}
