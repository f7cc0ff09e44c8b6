//! Dense arrays and the few operations that everything numeric above is made of.
//!
//! Arrays are `ndarray`'s own; this module adds what a network needs of them: element types ([`Scalar`]),
//! shape errors that name both shapes ([`ShapeError`]), the one matrix product ([`matmul`]) and sliding windows
//! ([`window`]). It must not know of layers, files or pages.

pub(crate) mod blocked;
pub(crate) mod buffer;
pub(crate) mod direct;
mod enclosure;
pub mod matmul;
pub(crate) mod rows;
mod scalar;
mod shape;
pub mod simd;
pub(crate) mod values;
pub mod window;
pub(crate) mod winograd;

pub use enclosure::Enclosure;
pub use scalar::Scalar;
pub use shape::{MAX_ELEMENTS, Rule, ShapeError, elements, zeros};
pub use values::Uniform;
pub use window::Window;
