//! Neural networks on arrays: layers with forward and backward passes, and networks made of them in sequence.
//!
//! Arrays are batch first: N×C×H×W for images, N×F for features. Every layer is one file with its formula, its
//! source and the shapes it takes; a shape that does not fit is a [`ShapeError`], never a panic. Elements are `f32`
//! or `f64`. A layer must not know which network it stands in.

pub mod activation;
pub mod conv;
pub mod linear;
pub mod network;
pub mod pool;
mod spec;

use std::fmt::Debug;

use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD};

use super::tensor::{Scalar, ShapeError};

pub use network::{LayerReport, Network};
pub use spec::{LAYERS, LayerEntry, LayerSpec};

/// One step of a network: an array in, an array out, with weights of its own or without.
pub trait Layer<T: Scalar>: Debug + Send + Sync {
    /// The array that [`Layer::forward`] writes its result into, zeroed. The shape of a layer's output is read from
    /// this array and from nothing else.
    ///
    /// # Errors
    /// When the layer cannot take an input of this shape.
    fn allocate(&self, input: &[usize]) -> Result<ArrayD<T>, ShapeError>;

    /// The output for `input`, in the array of [`Layer::allocate`].
    ///
    /// # Errors
    /// When the layer cannot take an input of this shape.
    fn forward(&self, input: &ArrayD<T>) -> Result<ArrayD<T>, ShapeError>;

    /// Weights first, then bias; empty for a layer without parameters.
    fn parameters(&self) -> Vec<ArrayViewD<'_, T>> {
        Vec::new()
    }

    /// The same arrays, to be changed.
    fn parameters_mut(&mut self) -> Vec<ArrayViewMutD<'_, T>> {
        Vec::new()
    }
}
