//! Two-dimensional convolution, as every framework means it: cross-correlation with a bias.
//!
//! `y[n,o,i,j] = b[o] + Σ_c Σ_u Σ_v w[o,c,u,v] · x[n, c, i·s + u·d − p, j·s + v·d − p]`, zero outside the image; x is
//! N×C×H×W, w is O×C×kh×kw. Source: Dumoulin and Visin, arXiv:1603.07285. Computed as a matrix product over
//! unfolded windows (Chellapilla, Puri and Simard, "High performance convolutional neural networks for document
//! processing", 2006): the sum over (c, u, v) is one row by one column of it, and the bias is added last.

use ndarray::{Array1, Array2, Array4, ArrayD, ArrayView3, ArrayViewD, ArrayViewMutD, Axis, Ix4};

use super::{Gradients, Layer, same_shapes};
use crate::num::tensor::{
    Rule, Scalar, ShapeError, elements, matmul,
    window::{self, Window},
    zeros,
};

const OP: &str = "convolution";

/// A convolution with its weights.
#[derive(Debug, Clone)]
pub struct Convolution<T> {
    /// O×C×kh×kw.
    pub weight: Array4<T>,
    /// One per output channel.
    pub bias: Array1<T>,
    /// Kernel, stride, padding and dilation.
    pub window: Window,
}

impl<T: Scalar> Convolution<T> {
    /// A convolution from `channels` to `filters` channels whose weights are all zero.
    ///
    /// # Errors
    /// When an extent is 0 or the weights would be too large.
    pub fn zeroed(channels: usize, filters: usize, window: Window) -> Result<Self, ShapeError> {
        let [height, width] = window.kernel;
        elements(OP, &[filters, channels, height, width])?;
        let weight = Array4::zeros((filters, channels, height, width));
        Ok(Self { weight, bias: Array1::zeros(filters), window })
    }

    /// The weights as the left operand of the product: O×(C·kh·kw).
    fn weight_rows(&self) -> Result<ndarray::CowArray<'_, T, ndarray::Ix2>, ShapeError> {
        let filters = self.weight.dim().0;
        let shape = (filters, self.weight.len() / filters.max(1));
        self.weight.to_shape(shape).map_err(|_| ShapeError::unary(OP, self.weight.shape(), Rule::NonZero))
    }

    fn one(&self, image: ArrayView3<'_, T>) -> Result<Array2<T>, ShapeError> {
        let columns = window::unfold(image, &self.window)?;
        let mut output = matmul::product(self.weight_rows()?.view(), columns.view())?;
        for (mut row, &bias) in output.outer_iter_mut().zip(&self.bias) {
            row.mapv_inplace(|value| value + bias);
        }
        Ok(output)
    }
}

impl<T: Scalar> Layer<T> for Convolution<T> {
    fn allocate(&self, input: &[usize]) -> Result<ArrayD<T>, ShapeError> {
        let &[batch, channels, height, width] = input else {
            return Err(ShapeError::unary(OP, input, Rule::Rank(4)));
        };
        let (filters, expected, ..) = self.weight.dim();
        if channels != expected || self.bias.len() != filters {
            return Err(ShapeError::binary(OP, input, self.weight.shape(), Rule::Channels));
        }
        let [out_height, out_width] = self.window.positions(OP, [height, width])?;
        zeros(OP, &[batch, filters, out_height, out_width])
    }

    fn forward(&self, input: &ArrayD<T>) -> Result<ArrayD<T>, ShapeError> {
        let mut output = self.allocate(input.shape())?;
        let images = input.view().into_dimensionality::<Ix4>().map_err(|_| rank(input))?;
        for (image, mut result) in images.outer_iter().zip(output.axis_iter_mut(Axis(0))) {
            let product = self.one(image)?;
            result.iter_mut().zip(&product).for_each(|(to, from)| *to = *from);
        }
        Ok(output)
    }

    /// With g the gradient by y, as rows of windows, and X the unfolded input: by w it is g·Xᵀ, summed over the images in
    /// order; by b the sum of each row of g; by x it is wᵀ·g, folded.
    fn backward(
        &self,
        input: &ArrayD<T>,
        output: &ArrayD<T>,
        gradient: &ArrayD<T>,
    ) -> Result<Gradients<T>, ShapeError> {
        same_shapes(OP, self, input, [output, gradient])?;
        let images = input.view().into_dimensionality::<Ix4>().map_err(|_| rank(input))?;
        let mut by_input = Array4::zeros(images.dim());
        let mut by_weight = Array2::zeros(self.weight_rows()?.dim());
        let mut by_bias = Array1::zeros(self.bias.len());
        for (index, image) in images.outer_iter().enumerate() {
            let gradient = gradient.index_axis(Axis(0), index);
            let rows = (self.bias.len(), gradient.len() / self.bias.len().max(1));
            let gradient = gradient.to_shape(rows).map_err(|_| rank(input))?;
            let columns = window::unfold(image, &self.window)?;
            matmul::product_into(gradient.view(), columns.t(), by_weight.view_mut())?;
            by_bias += &gradient.sum_axis(Axis(1));
            let by_columns = matmul::product(self.weight_rows()?.t(), gradient.view())?;
            window::fold(by_columns.view(), &self.window, by_input.index_axis_mut(Axis(0), index))?;
        }
        let by_weight = by_weight.into_shape_with_order(self.weight.dim()).map_err(|_| rank(input))?;
        Ok(Gradients {
            input: by_input.into_dyn(),
            parameters: vec![by_weight.into_dyn(), by_bias.into_dyn()],
        })
    }

    fn parameters(&self) -> Vec<ArrayViewD<'_, T>> {
        vec![self.weight.view().into_dyn(), self.bias.view().into_dyn()]
    }

    fn parameters_mut(&mut self) -> Vec<ArrayViewMutD<'_, T>> {
        vec![self.weight.view_mut().into_dyn(), self.bias.view_mut().into_dyn()]
    }
}

fn rank<T>(input: &ArrayD<T>) -> ShapeError {
    ShapeError::unary(OP, input.shape(), Rule::Rank(4))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::num::reference::{ConvolutionProblem, Tolerance, check_gradients, convolutions};

    fn check<T: Scalar>(problem: ConvolutionProblem<T>, eps: f64) {
        let (expected, terms) = (problem.reference(), problem.terms());
        let ConvolutionProblem { input, weight, bias, window } = problem;
        let output = Convolution { weight, bias, window }.forward(&input.into_dyn()).unwrap();
        expected.check(&output, Tolerance::Sum(terms), eps);
    }

    proptest! {
        #[test]
        fn agrees_with_the_formula_in_f32(problem in convolutions::<f32>()) {
            check(problem, f64::from(f32::EPSILON));
        }

        #[test]
        fn gradients_agree_with_central_differences(problem in convolutions::<f64>()) {
            let ConvolutionProblem { input, weight, bias, window } = problem;
            check_gradients(&mut Convolution { weight, bias, window }, &input.into_dyn());
        }

        #[test]
        fn agrees_with_the_formula_in_f64(problem in convolutions::<f64>()) {
            check(problem, f64::EPSILON);
        }
    }

    #[test]
    fn inputs_that_do_not_fit_are_errors() {
        let layer = Convolution::<f32>::zeroed(3, 8, Window::square(3, 1, 0)).unwrap();
        let rule = |shape: &[usize]| layer.forward(&ArrayD::zeros(shape)).map_err(|error| error.rule).err();
        assert_eq!(rule(&[1, 3, 5, 5]), None);
        assert_eq!(rule(&[3, 5, 5]), Some(Rule::Rank(4)));
        assert_eq!(rule(&[1, 4, 5, 5]), Some(Rule::Channels));
        assert_eq!(rule(&[1, 3, 2, 5]), Some(Rule::WindowFits));
        assert_eq!(rule(&[0, 3, 5, 5]), Some(Rule::NonZero));
        let absurd = Convolution::<f32>::zeroed(usize::MAX, 8, Window::same(3));
        assert_eq!(absurd.unwrap_err().rule, Rule::TooLarge);
    }
}
