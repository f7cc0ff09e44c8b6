//! Fully connected layer: y = x·wᵀ + b.
//!
//! x is N×…, flattened to N×I in row-major order (channel, row, column for an image, as torchvision's VGG does); w
//! is O×I, b has O elements, y is N×O. Each sum runs over the I inputs in the order of [`matmul`]'s product; the
//! bias is added last.

use ndarray::{Array1, Array2, ArrayD, ArrayViewD, ArrayViewMutD, CowArray, Ix2};

use super::Layer;
use crate::num::tensor::{Rule, Scalar, ShapeError, elements, matmul, zeros};

const OP: &str = "fully connected layer";

/// A fully connected layer with its weights.
#[derive(Debug, Clone)]
pub struct Linear<T> {
    /// O×I.
    pub weight: Array2<T>,
    /// One per output.
    pub bias: Array1<T>,
}

impl<T: Scalar> Linear<T> {
    /// A layer from `inputs` to `outputs` features whose weights are all zero.
    ///
    /// # Errors
    /// When an extent is 0 or the weights would be too large.
    pub fn zeroed(inputs: usize, outputs: usize) -> Result<Self, ShapeError> {
        elements(OP, &[outputs, inputs])?;
        Ok(Self { weight: Array2::zeros((outputs, inputs)), bias: Array1::zeros(outputs) })
    }
}

/// The input with all axes but the first made one.
pub(super) fn flattened<T: Scalar>(input: &ArrayD<T>) -> Result<CowArray<'_, T, Ix2>, ShapeError> {
    let batch = input.shape().first().copied().unwrap_or(0);
    let shape = (batch, input.len() / batch.max(1));
    input.to_shape(shape).map_err(|_| ShapeError::unary(OP, input.shape(), Rule::MinRank(2)))
}

impl<T: Scalar> Layer<T> for Linear<T> {
    fn allocate(&self, input: &[usize]) -> Result<ArrayD<T>, ShapeError> {
        if input.len() < 2 {
            return Err(ShapeError::unary(OP, input, Rule::MinRank(2)));
        }
        let features = elements(OP, &input[1..])?;
        let (outputs, inputs) = self.weight.dim();
        if features != inputs || self.bias.len() != outputs {
            return Err(ShapeError::binary(OP, input, self.weight.shape(), Rule::Channels));
        }
        zeros(OP, &[input[0], outputs])
    }

    fn forward(&self, input: &ArrayD<T>) -> Result<ArrayD<T>, ShapeError> {
        let rank = |_| ShapeError::unary(OP, input.shape(), Rule::MinRank(2));
        let mut output = self.allocate(input.shape())?.into_dimensionality::<Ix2>().map_err(rank)?;
        matmul::product_into(flattened(input)?.view(), self.weight.t(), output.view_mut())?;
        for mut row in output.outer_iter_mut() {
            row += &self.bias;
        }
        Ok(output.into_dyn())
    }

    fn parameters(&self) -> Vec<ArrayViewD<'_, T>> {
        vec![self.weight.view().into_dyn(), self.bias.view().into_dyn()]
    }

    fn parameters_mut(&mut self) -> Vec<ArrayViewMutD<'_, T>> {
        vec![self.weight.view_mut().into_dyn(), self.bias.view_mut().into_dyn()]
    }
}
