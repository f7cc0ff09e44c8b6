//! The numeric library: exact rationals, reals with proven error bounds, tensors, networks. It knows nothing
//! of documents and uses nothing outside itself.

pub mod exact;
pub mod math;
mod math_error;
pub mod nn;
pub mod number;
mod real;
#[cfg(test)]
mod reference;
pub mod rng;
pub mod tensor;
pub mod vgg;

pub use exact::{IBig, Rational, UBig};
pub use math_error::MathError;
pub use number::{Function, Number};
pub use real::{Precision, Real};
