//! The few vector operations that the kernels are made of, over `pulp`'s run-time dispatch.
//!
//! A kernel is a struct that implements `pulp::WithSimd`; `arch().dispatch(kernel)` runs the version for the best
//! instructions the CPU has: AVX-512, AVX2 with FMA, NEON, or plain scalar code. Elementwise operations are the
//! same in every version that has FMA; sums over lanes are not, so that results are the same bits on one kind of CPU
//! only. [`kind`] names it.
//!
//! Vector operations stand in plain loops, never in closures: a closure that the compiler does not inline is
//! compiled for the plain instruction set, and every operation in it becomes a call.

use std::sync::OnceLock;

use pulp::{Arch, Simd, WithSimd};

/// Channels of one block of an image; every vector length divides it.
pub(crate) const BLOCK: usize = 32;

/// Values of a cache line.
#[cfg(target_arch = "x86_64")]
const LINE: usize = 16;

/// One vector from `slice[at..]`.
#[inline(always)]
pub(crate) fn load<S: Simd>(slice: &[f32], at: usize) -> S::f32s {
    S::as_simd_f32s(&slice[at..at + S::F32_LANES]).0[0]
}

/// Writes one vector to `slice[at..]`.
#[inline(always)]
pub(crate) fn store<S: Simd>(slice: &mut [f32], at: usize, value: S::f32s) {
    S::as_mut_simd_f32s(&mut slice[at..at + S::F32_LANES]).0[0] = value;
}

/// A slice as vectors; what is left over at its end is not among them.
#[inline(always)]
pub(crate) fn vectors<S: Simd>(slice: &[f32]) -> &[S::f32s] {
    S::as_simd_f32s(slice).0
}

/// Asks for the cache lines of `slice[at..at + len]` before they are needed, on CPUs that can be asked. What is
/// beyond the end may be asked for too: nothing is read.
#[inline(always)]
pub(crate) fn prefetch(slice: &[f32], at: usize, len: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(sse) = pulp::core_arch::x86::Sse::try_new() {
        use std::arch::x86_64::_MM_HINT_T0;
        for line in (at..at + len).step_by(LINE) {
            sse._mm_prefetch::<_MM_HINT_T0>(slice.as_ptr().wrapping_add(line).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, at, len);
}

/// a·b + c with one rounding where the CPU has it.
#[inline(always)]
pub(crate) fn fma<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    simd.mul_add_e_f32s(a, b, c)
}

/// c − a·b with one rounding where the CPU has it.
#[inline(always)]
pub(crate) fn fnma<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    simd.negate_mul_add_e_f32s(a, b, c)
}

/// The larger of each pair; NaN where either is.
#[inline(always)]
pub(crate) fn max<S: Simd>(simd: S, a: S::f32s, b: S::f32s) -> S::f32s {
    let larger = simd.select_f32s(simd.less_than_f32s(a, b), b, a);
    simd.select_f32s(simd.equal_f32s(b, b), larger, b)
}

/// max(x, 0); NaN stays NaN.
#[inline(always)]
pub(crate) fn relu<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let zero = simd.splat_f32s(0.0);
    simd.select_f32s(simd.less_than_f32s(x, zero), zero, x)
}

static ARCH: OnceLock<Arch> = OnceLock::new();

/// The instructions that kernels are run with, the same for the whole process.
pub(crate) fn arch() -> Arch {
    *ARCH.get_or_init(Arch::new)
}

/// Makes a CPU with AVX-512 compute what one without would, to the last bit. `false` if the CPU has no AVX2, or kernels
/// have run already.
pub fn stay_with_avx2() -> bool {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = pulp::x86::V3::try_new() {
        return ARCH.set(Arch::V3(avx2)).is_ok();
    }
    false
}

/// The instructions that the kernels use on this CPU, and with them the bits of their results: `f32x16` with
/// AVX-512, `f32x8` with AVX2, `f32x4` with NEON.
pub fn kind() -> &'static str {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    match arch().dispatch(Lanes) {
        16 => "f32x16",
        8 => "f32x8",
        4 => "f32x4",
        _ => "f32",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Maxima([f32; BLOCK], [f32; BLOCK]);

    impl WithSimd for Maxima {
        type Output = [[f32; BLOCK]; 2];
        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
            let mut results = [[0.0; BLOCK]; 2];
            for at in (0..BLOCK).step_by(S::F32_LANES) {
                let (a, b) = (load::<S>(&self.0, at), load::<S>(&self.1, at));
                store::<S>(&mut results[0], at, max(simd, a, b));
                store::<S>(&mut results[1], at, relu(simd, a));
            }
            results
        }
    }

    #[test]
    fn maxima_keep_nan_from_either_side() {
        let [mut a, mut b] = [[-1.0; BLOCK], [2.0; BLOCK]];
        (a[1], b[2], a[3]) = (f32::NAN, f32::NAN, 5.0);
        let [larger, positive] = arch().dispatch(Maxima(a, b));
        assert_eq!((larger[0], larger[3]), (2.0, 5.0));
        assert!(larger[1].is_nan() && larger[2].is_nan());
        assert!(positive[0] == 0.0 && positive[1].is_nan() && positive[3] == 5.0);
        assert!(kind().starts_with("f32"));
    }
}
