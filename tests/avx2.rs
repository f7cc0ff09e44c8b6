//! The kernels for AVX2 on whatever CPU has it: one with AVX-512 would never use them by itself. A process has one kind of
//! kernel, so this test has a process.

#[path = "support/vgg11.rs"]
#[expect(dead_code, reason = "the tables of weights are for another test")]
mod vgg11;

use mdbook_qed::num::tensor::simd;

#[test]
fn every_layer_and_the_logits_agree_with_float64() {
    if simd::stay_with_avx2() {
        assert_eq!(simd::kind(), "f32x8");
        vgg11::check_pass();
    }
}
