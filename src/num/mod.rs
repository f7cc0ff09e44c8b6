//! The numeric library: exact rationals, reals with proven error bounds, tensors, networks. It knows nothing
//! of documents and uses nothing outside itself.

pub mod nn;
#[cfg(test)]
mod reference;
pub mod rng;
pub mod tensor;
pub mod vgg;
