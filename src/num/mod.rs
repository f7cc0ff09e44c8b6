//! The numeric library: exact rationals, reals with proven error bounds, tensors, networks. It knows nothing
//! of documents and uses nothing outside itself.

mod acceleration;
mod digest;
pub mod distribution;
#[cfg(feature = "least-squares")]
pub mod double_descent;
pub mod exact;
pub mod extrapolation;
#[cfg(feature = "least-squares")]
pub mod least_squares;
pub mod limit;
mod maclaurin;
pub mod math;
mod math_error;
pub mod nn;
pub mod number;
pub mod quadrature;
mod real;
#[cfg(test)]
mod reference;
pub mod rng;
pub mod sample;
pub mod series;
pub mod tensor;
pub mod vgg;

pub use digest::digest;
pub use exact::{IBig, Rational, UBig};
pub use math_error::MathError;
pub use number::{Function, Number};
pub use real::{Precision, Real};
pub use sample::{Missing, Unsettled};
