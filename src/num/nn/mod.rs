//! Neural networks on arrays: layers with forward and backward passes, and networks made of them in sequence.
//!
//! Arrays are batch first: N×C×H×W for images, N×F for features. Every layer is one file with its formula, its
//! source and the shapes it takes; a shape that does not fit is a [`ShapeError`], never a panic. Elements are `f32`
//! or `f64`. A layer must not know which network it stands in.

pub mod activation;
pub mod conv;
pub mod engine;
pub mod init;
pub mod linear;
pub mod loss;
pub mod network;
pub mod pool;
pub mod record;
pub mod sgd;
mod spec;

use std::fmt::Debug;

use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD};

use super::tensor::{Rule, Scalar, ShapeError};

pub use network::{LayerReport, Network};
pub use spec::{LAYERS, LayerEntry, LayerSpec};

/// The gradients of a scalar by what a layer, or a network, was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradients<T> {
    /// By the input; of its shape.
    pub input: ArrayD<T>,
    /// By each array of parameters, in the order and of the shapes of [`Layer::parameters`].
    pub parameters: Vec<ArrayD<T>>,
}

impl<T> Gradients<T> {
    /// Those of a layer without parameters.
    fn of_input(input: ArrayD<T>) -> Self {
        Self { input, parameters: Vec::new() }
    }
}

/// Fails unless the arrays of a backward pass belong together.
fn same_shapes<T: Scalar>(
    op: &'static str,
    layer: &dyn Layer<T>,
    input: &ArrayD<T>,
    others: [&ArrayD<T>; 2],
) -> Result<(), ShapeError> {
    let expected: ArrayD<T> = layer.allocate(input.shape())?;
    match others.into_iter().find(|array| array.shape() != expected.shape()) {
        Some(array) => Err(ShapeError::binary(op, expected.shape(), array.shape(), Rule::Same)),
        None => Ok(()),
    }
}

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

    /// The gradients of any scalar, given `gradient`, its gradient by the layer's output, and the arrays of the
    /// forward pass.
    ///
    /// # Errors
    /// When input, output and gradient have not the shapes of one pass.
    fn backward(
        &self,
        input: &ArrayD<T>,
        output: &ArrayD<T>,
        gradient: &ArrayD<T>,
    ) -> Result<Gradients<T>, ShapeError>;

    /// Weights first, then bias; empty for a layer without parameters.
    fn parameters(&self) -> Vec<ArrayViewD<'_, T>> {
        Vec::new()
    }

    /// The same arrays, to be changed.
    fn parameters_mut(&mut self) -> Vec<ArrayViewMutD<'_, T>> {
        Vec::new()
    }
}
