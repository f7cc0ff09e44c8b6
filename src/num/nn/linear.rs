//! Fully connected layer: y = x·wᵀ + b.
//!
//! x is N×…, flattened to N×I in row-major order (channel, row, column for an image, as torchvision's VGG does); w
//! is O×I, b has O elements, y is N×O. Each sum runs over the I inputs in the order of [`matmul`]'s product; the
//! bias is added last.

use ndarray::{Array1, Array2, ArrayD, ArrayViewD, ArrayViewMutD, Axis, CowArray, Ix2};

use super::{Gradients, Layer, same_shapes};
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

    /// By x: g·w; by w: gᵀ·x; by b: the sum of g over the batch, in order.
    fn backward(
        &self,
        input: &ArrayD<T>,
        output: &ArrayD<T>,
        gradient: &ArrayD<T>,
    ) -> Result<Gradients<T>, ShapeError> {
        same_shapes(OP, self, input, [output, gradient])?;
        let gradient = flattened(gradient)?;
        let by_input = matmul::product(gradient.view(), self.weight.view())?;
        let shape = |_| ShapeError::unary(OP, input.shape(), Rule::MinRank(2));
        Ok(Gradients {
            input: by_input.into_shape_with_order(input.raw_dim()).map_err(shape)?,
            parameters: vec![
                matmul::product(gradient.t(), flattened(input)?.view())?.into_dyn(),
                gradient.sum_axis(Axis(0)).into_dyn(),
            ],
        })
    }

    fn parameters(&self) -> Vec<ArrayViewD<'_, T>> {
        vec![self.weight.view().into_dyn(), self.bias.view().into_dyn()]
    }

    fn parameters_mut(&mut self) -> Vec<ArrayViewMutD<'_, T>> {
        vec![self.weight.view_mut().into_dyn(), self.bias.view_mut().into_dyn()]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::num::reference::{self, Tolerance, check_gradients, random};

    fn layer<T: Scalar>(inputs: usize, outputs: usize, seed: u64) -> Linear<T> {
        let weight = random(&[outputs, inputs], seed).into_dimensionality().unwrap();
        Linear { weight, bias: Array1::from_iter(random(&[outputs], seed ^ 1)) }
    }

    proptest! {
        #[test]
        fn agrees_with_three_loops(batch in 1..=4_usize, inputs in 1..=40_usize, outputs in 1..=9_usize, seed: u64) {
            let mut layer = layer::<f32>(inputs, outputs, seed);
            layer.bias.fill(0.0);
            let input: Array2<f32> = random(&[batch, inputs], seed ^ 2).into_dimensionality().unwrap();
            let output = layer.forward(&input.clone().into_dyn()).unwrap();
            reference::product(&input, &layer.weight.t().to_owned())
                .check(&output, Tolerance::Sum(inputs), f64::from(f32::EPSILON));
        }

        #[test]
        fn gradients_agree_with_central_differences(batch in 1..=3_usize, outputs in 1..=4_usize, seed: u64) {
            check_gradients(&mut layer(6, outputs, seed), &random(&[batch, 2, 3, 1], seed ^ 2));
        }
    }

    #[test]
    fn inputs_that_do_not_fit_are_errors() {
        let layer = Linear::<f32>::zeroed(6, 2).unwrap();
        let rule = |shape: &[usize]| layer.forward(&ArrayD::zeros(shape)).map_err(|error| error.rule).err();
        assert_eq!(rule(&[2, 2, 3]), None);
        assert_eq!(rule(&[6]), Some(Rule::MinRank(2)));
        assert_eq!(rule(&[2, 5]), Some(Rule::Channels));
        let zeros = |shape: &[usize]| ArrayD::zeros(shape);
        let error = layer.backward(&zeros(&[1, 6]), &zeros(&[1, 2]), &zeros(&[1, 3])).unwrap_err();
        assert_eq!(error.rule, Rule::Same);
    }
}
