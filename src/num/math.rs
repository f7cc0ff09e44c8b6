//! Elementary functions of plain floats, the same on every platform: the one place kernels take them from.
//!
//! They are those of the `libm` crate, a port of musl's; the errors are below one unit in the last place for most
//! and below three for the hyperbolic ones. Proven bounds are the business of [`Number`](super::Number).

/// Declares the pairs of functions of `f64` and `f32`.
macro_rules! elementary {
    ($($name:ident $short:ident $double:ident $single:ident $text:literal)*) => {
        $(
            #[doc = $text]
            pub fn $name(x: f64) -> f64 {
                libm::$double(x)
            }

            #[doc = $text]
            #[doc = " In single precision."]
            pub fn $short(x: f32) -> f32 {
                libm::$single(x)
            }
        )*
    };
}

elementary! {
    exp exp_f32 exp expf "e^x."
    exp_m1 exp_m1_f32 expm1 expm1f "e^x - 1, accurate near 0."
    ln ln_f32 log logf "The natural logarithm."
    ln_1p ln_1p_f32 log1p log1pf "ln(1 + x), accurate near 0."
    log2 log2_f32 log2 log2f "The logarithm to base 2."
    log10 log10_f32 log10 log10f "The logarithm to base 10."
    sin sin_f32 sin sinf "The sine."
    cos cos_f32 cos cosf "The cosine."
    tan tan_f32 tan tanf "The tangent."
    asin asin_f32 asin asinf "The inverse sine."
    acos acos_f32 acos acosf "The inverse cosine."
    atan atan_f32 atan atanf "The inverse tangent."
    sinh sinh_f32 sinh sinhf "The hyperbolic sine."
    cosh cosh_f32 cosh coshf "The hyperbolic cosine."
    tanh tanh_f32 tanh tanhf "The hyperbolic tangent."
    cbrt cbrt_f32 cbrt cbrtf "The real cube root."
    erf erf_f32 erf erff "The error function."
}

/// x^y.
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// The logistic function 1/(1 + e^-x); neither end overflows.
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + exp(-x))
    } else {
        let power = exp(x);
        power / (1.0 + power)
    }
}
