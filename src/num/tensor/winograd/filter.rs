//! Weights to frequencies: G·g·Gᵀ, 32 filters at a time.
//!
//! G evaluates the kernel's polynomial at 0, 1, −1, 2, −2 and ∞ and scales by 1/4, −1/6, −1/6, 1/24, 1/24 and 1. The
//! evaluation comes first, with small whole factors, then one product with both scales.

use pulp::{Simd, WithSimd};

use super::{FREQUENCIES, Plan, REACH};
use crate::num::tensor::{
    simd::{BLOCK, fma, fnma, load, store},
    values::Values,
};

/// Factors of the rows of G.
const SCALES: [f64; REACH] = [1.0 / 4.0, -1.0 / 6.0, -1.0 / 6.0, 1.0 / 24.0, 1.0 / 24.0, 1.0];

/// Cells of a kernel.
const CELLS: usize = 9;
/// Channels whose weights are fetched, or drawn, at once: their cells stay in the first cache.
const FETCH: usize = 12;

/// The transformation of one block of filters.
pub(super) struct Transform<'a> {
    pub(super) plan: Plan,
    /// Filter, channel, cell.
    pub(super) source: Values<'a>,
    /// Which block.
    pub(super) block: usize,
    /// Frequency, panel, channel, filter of the panel.
    pub(super) units: &'a mut [f32],
}

impl WithSimd for Transform<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { plan, source, block, units } = self;
        let width = super::product::panel_width::<S>();
        let shape = [plan.filters, plan.channels * CELLS];
        let mut cells = [[0.0; BLOCK]; FETCH * CELLS];
        for first in (0..plan.channels).step_by(FETCH) {
            let cells = &mut cells[..(plan.channels - first).min(FETCH) * CELLS];
            source.columns(shape, block * BLOCK, first * CELLS, cells);
            for (offset, cells) in cells.as_chunks::<CELLS>().0.iter().enumerate() {
                for lane in (0..BLOCK).step_by(S::F32_LANES) {
                    let (panel, within) = (lane / width, lane % width);
                    let at = (panel * plan.padded() + first + offset) * width + within;
                    transform(simd, cells, lane, &mut units[at..], plan.unit());
                }
            }
        }
        clear_padding(plan, BLOCK / width, width, units);
    }
}

/// One vector of filters of one channel, each frequency `stride` after the one before.
#[inline(always)]
fn transform<S: Simd>(simd: S, cells: &[[f32; BLOCK]; CELLS], lane: usize, units: &mut [f32], stride: usize) {
    let zero = simd.splat_f32s(0.0);
    let mut columns = [[zero; 3]; REACH];
    for j in 0..3 {
        let mut kernel = [zero; 3];
        for i in 0..3 {
            kernel[i] = load::<S>(&cells[3 * i + j], lane);
        }
        let values = points(simd, kernel);
        for i in 0..REACH {
            columns[i][j] = values[i];
        }
    }
    for i in 0..REACH {
        let values = points(simd, columns[i]);
        for j in 0..REACH {
            let scale = simd.splat_f32s((SCALES[i] * SCALES[j]) as f32);
            store::<S>(units, (i * REACH + j) * stride, simd.mul_f32s(values[j], scale));
        }
    }
}

/// Channels that fill the last block up have no weights; scratch may hold anything there.
fn clear_padding(plan: Plan, panels: usize, width: usize, units: &mut [f32]) {
    for unit in units.chunks_exact_mut(plan.unit()).take(FREQUENCIES) {
        for panel in 0..panels {
            unit[panel * plan.padded() * width..][plan.channels * width..plan.padded() * width].fill(0.0);
        }
    }
}

/// g₀ + g₁t + g₂t² at t = 0, 1, −1, 2, −2, and g₂ at ∞.
#[inline(always)]
fn points<S: Simd>(simd: S, [g0, g1, g2]: [S::f32s; 3]) -> [S::f32s; REACH] {
    let (two, four) = (simd.splat_f32s(2.0), simd.splat_f32s(4.0));
    let (near, far) = (simd.add_f32s(g0, g2), fma(simd, four, g2, g0));
    [
        g0,
        simd.add_f32s(near, g1),
        simd.sub_f32s(near, g1),
        fma(simd, two, g1, far),
        fnma(simd, two, g1, far),
        g2,
    ]
}
