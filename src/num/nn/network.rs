//! Networks of layers in sequence, with the table of their shapes and parameters.
//!
//! Nothing in that table is worked out from a formula beside the arrays: a network allocates the weights of every
//! layer and counts the elements of those arrays, and it allocates, layer by layer, the array that the layer's
//! forward pass writes its output into, from which shape the next layer is built. Both are zeroed arrays whose
//! pages are not touched until something is written, so that a network of half a gigabyte is described in
//! microseconds; only the arithmetic of the pass is left out until [`Network::forward`] is asked for, which
//! allocates through the very same function of each layer.

use ndarray::{ArrayD, IxDyn};

use super::{Gradients, Layer, LayerSpec};
use crate::num::tensor::{MAX_ELEMENTS, Rule, Scalar, ShapeError, elements};

/// Layers in sequence, with their weights (zero until they are set).
#[derive(Debug)]
pub struct Network<T: Scalar = f32> {
    input: Vec<usize>,
    layers: Vec<Box<dyn Layer<T>>>,
    reports: Vec<LayerReport>,
}

/// One row of the table of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerReport {
    /// `INPUT`, `CONV3-64`, `RELU`, …
    pub name: String,
    /// Of the output, without the batch axis, in the order in which pages write it: height, width, channels; or
    /// features.
    pub shape: Vec<usize>,
    /// Number of parameters: the elements of the layer's arrays.
    pub params: u64,
    /// How many inputs one output of the layer sums over; 0 for a layer without weights.
    pub fan_in: usize,
}

/// The arrays of one forward pass, batch axis first: the input, then the output of each layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass<T> {
    /// One more than the network has layers.
    pub activations: Vec<ArrayD<T>>,
}

impl<T> Pass<T> {
    /// The output of the last layer.
    pub fn output(&self) -> Option<&ArrayD<T>> {
        self.activations.last()
    }
}

impl<T: Scalar> Network<T> {
    /// Builds a network for one input of height×width×channels (or of features), as a page writes it, with all
    /// weights zero.
    ///
    /// # Errors
    /// When a layer cannot take what the one before it gives, an extent is 0, or the weights of all layers exceed
    /// [`MAX_ELEMENTS`].
    pub fn new(input: &[usize], specs: &[LayerSpec]) -> Result<Self, ShapeError> {
        let mut shape = match *input {
            [height, width, channels] => vec![1, channels, height, width],
            [features] => vec![1, features],
            _ => return Err(ShapeError::unary("network input", input, Rule::Rank(3))),
        };
        elements("network input", &shape)?;
        let first = LayerReport { name: "INPUT".into(), shape: input.to_vec(), params: 0, fan_in: 0 };
        let mut network = Self { input: shape.clone(), layers: Vec::new(), reports: vec![first] };
        // Kept until all are there: memory that is used again has to be cleared first, fresh memory is never touched.
        let mut outputs = Vec::with_capacity(specs.len());
        for spec in specs {
            let layer = spec.build::<T>(&shape)?;
            let output = layer.allocate(&shape)?;
            network.reports.push(report(spec, layer.as_ref(), &output));
            network.layers.push(layer);
            shape = output.shape().to_vec();
            outputs.push(output);
            if network.params() > MAX_ELEMENTS as u64 {
                return Err(ShapeError::unary("network", &[network.params() as usize], Rule::TooLarge));
            }
        }
        Ok(network)
    }

    /// The table: the input first, then every layer in order.
    pub fn layers(&self) -> &[LayerReport] {
        &self.reports
    }

    /// Number of parameters of all layers.
    pub fn params(&self) -> u64 {
        self.reports.iter().map(|report| report.params).sum()
    }

    /// The shape of one input as the layers take it: batch 1 first, channels before height and width.
    pub fn input_shape(&self) -> &[usize] {
        &self.input
    }

    /// Every array of weights and biases, in the order of the layers.
    pub fn parameters(&self) -> Vec<ndarray::ArrayViewD<'_, T>> {
        self.layers.iter().flat_map(|layer| layer.parameters()).collect()
    }

    /// The same arrays, to be set.
    pub fn parameters_mut(&mut self) -> Vec<ndarray::ArrayViewMutD<'_, T>> {
        self.layers.iter_mut().flat_map(|layer| layer.parameters_mut()).collect()
    }

    /// Runs every layer. The input has the batch axis first, any number of examples.
    ///
    /// # Errors
    /// When the input has not the shape the network was built for.
    pub fn forward(&self, input: ArrayD<T>) -> Result<Pass<T>, ShapeError> {
        if input.shape().get(1..) != self.input.get(1..) {
            return Err(ShapeError::binary("network input", input.shape(), &self.input, Rule::Same));
        }
        let mut activations = vec![input];
        for layer in &self.layers {
            let last = activations.last().expect("the input was put there first");
            let output = layer.forward(last)?;
            activations.push(output);
        }
        Ok(Pass { activations })
    }

    /// Runs every layer on one image or more, as [`Engine::observe`](super::engine::Engine::observe) does, and keeps
    /// nothing but the output. `look` gets the position of each layer, counted from 1, and its values.
    ///
    /// # Errors
    /// When `images` does not hold a whole number of images, and at least one.
    pub fn observe(&self, images: &[T], mut look: impl FnMut(usize, &[T])) -> Result<Vec<T>, ShapeError> {
        const OP: &str = "network input";
        let mut shape = self.input.clone();
        shape[0] = images.len() / elements(OP, &self.input)?;
        let mut last = ArrayD::from_shape_vec(IxDyn(&shape), images.to_vec())
            .map_err(|_| ShapeError::binary(OP, &[images.len()], &self.input, Rule::Same))?;
        for (index, layer) in self.layers.iter().enumerate() {
            last = layer.forward(&last)?;
            look(index + 1, last.as_slice().unwrap_or_default());
        }
        Ok(last.into_raw_vec_and_offset().0)
    }
}

impl<T: Scalar> Network<T> {
    /// The gradients of a scalar by the input and by every array of parameters, in the order of
    /// [`Network::parameters`], given its gradient by the output of `pass`.
    ///
    /// # Errors
    /// When `pass` is not one of this network or `gradient` has not the shape of its output.
    pub fn backward(&self, pass: &Pass<T>, gradient: ArrayD<T>) -> Result<Gradients<T>, ShapeError> {
        if pass.activations.len() != self.layers.len() + 1 {
            let counts = [pass.activations.len(), self.layers.len() + 1].map(|count| vec![count]);
            return Err(ShapeError::binary("backward pass", &counts[0], &counts[1], Rule::Same));
        }
        let mut gradients = Gradients { input: gradient, parameters: Vec::new() };
        for (layer, arrays) in self.layers.iter().zip(pass.activations.windows(2)).rev() {
            let next = layer.backward(&arrays[0], &arrays[1], &gradients.input)?;
            gradients.input = next.input;
            gradients.parameters.extend(next.parameters.into_iter().rev());
        }
        gradients.parameters.reverse();
        Ok(gradients)
    }
}

impl<T: Scalar> Network<T> {
    /// The gradients of each element of the output of `pass`, in order: the rows of the Jacobian matrix, by one backward
    /// pass each.
    ///
    /// # Errors
    /// When `pass` is not one of this network.
    pub fn jacobian(&self, pass: &Pass<T>) -> Result<Vec<Gradients<T>>, ShapeError> {
        let shape = pass.output().map_or(&[][..], ArrayD::shape);
        let row = |at| {
            let mut one = ArrayD::zeros(shape);
            if let Some(element) = one.iter_mut().nth(at) {
                *element = T::one();
            }
            self.backward(pass, one)
        };
        (0..shape.iter().product()).map(row).collect()
    }
}

/// The row of one layer, from its arrays.
fn report<T: Scalar>(spec: &LayerSpec, layer: &dyn Layer<T>, output: &ArrayD<T>) -> LayerReport {
    let parameters = layer.parameters();
    let fan_in = parameters.first().map_or(0, |weight| weight.len() / weight.shape()[0].max(1));
    LayerReport {
        name: spec.name(),
        shape: page_order(output.shape()),
        params: parameters.iter().map(|array| array.len() as u64).sum(),
        fan_in,
    }
}

/// Channels last, as pages write it, and no batch axis.
fn page_order(shape: &[usize]) -> Vec<usize> {
    match *shape {
        [_, channels, height, width] => vec![height, width, channels],
        _ => shape.get(1..).unwrap_or(&[]).to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{reference::random, vgg};

    /// The table of VGG-11 as the book states it: name, output, number of parameters.
    const VGG11: [(&str, &[usize], u64); 28] = [
        ("INPUT", &[224, 224, 3], 0),
        ("CONV3-64", &[224, 224, 64], 1_792),
        ("RELU", &[224, 224, 64], 0),
        ("POOL2", &[112, 112, 64], 0),
        ("CONV3-128", &[112, 112, 128], 73_856),
        ("RELU", &[112, 112, 128], 0),
        ("POOL2", &[56, 56, 128], 0),
        ("CONV3-256", &[56, 56, 256], 295_168),
        ("RELU", &[56, 56, 256], 0),
        ("CONV3-256", &[56, 56, 256], 590_080),
        ("RELU", &[56, 56, 256], 0),
        ("POOL2", &[28, 28, 256], 0),
        ("CONV3-512", &[28, 28, 512], 1_180_160),
        ("RELU", &[28, 28, 512], 0),
        ("CONV3-512", &[28, 28, 512], 2_359_808),
        ("RELU", &[28, 28, 512], 0),
        ("POOL2", &[14, 14, 512], 0),
        ("CONV3-512", &[14, 14, 512], 2_359_808),
        ("RELU", &[14, 14, 512], 0),
        ("CONV3-512", &[14, 14, 512], 2_359_808),
        ("RELU", &[14, 14, 512], 0),
        ("POOL2", &[7, 7, 512], 0),
        ("FC-4096", &[4096], 102_764_544),
        ("RELU", &[4096], 0),
        ("FC-4096", &[4096], 16_781_312),
        ("RELU", &[4096], 0),
        ("FC-1000", &[1000], 4_097_000),
        ("SOFTMAX", &[1000], 0),
    ];

    #[test]
    fn the_table_of_vgg_11_comes_from_its_arrays() {
        let network = Network::<f32>::new(&vgg::IMAGE, &vgg::specs(11).unwrap()).unwrap();
        let rows: Vec<_> = network
            .layers()
            .iter()
            .map(|row| (row.name.as_str(), row.shape.as_slice(), row.params))
            .collect();
        assert_eq!(rows, VGG11);
        assert_eq!(network.params(), 132_863_336);
        assert_eq!((network.layers()[1].fan_in, network.layers()[22].fan_in), (27, 25_088));
    }

    #[test]
    fn a_pass_has_the_shapes_of_the_table() {
        let page =
            ["conv3", "leaky_relu", "average_pool2", "conv", "sigmoid", "pool2", "tanh", "fc", "log_softmax"];
        let arguments: [&[f64]; 9] =
            [&[4.0], &[0.1], &[], &[5.0, 3.0, 2.0, 1.0, 2.0], &[], &[], &[], &[6.0], &[]];
        let specs: Vec<_> =
            page.iter().zip(arguments).map(|(name, a)| LayerSpec::by_name(name, a).unwrap()).collect();
        let network = Network::<f64>::new(&[16, 18, 2], &specs).unwrap();
        let pass = network.forward(random(&[3, 2, 16, 18], 1)).unwrap();
        let shapes: Vec<_> = pass.activations.iter().map(|array| page_order(array.shape())).collect();
        assert_eq!(shapes, network.layers().iter().map(|row| row.shape.clone()).collect::<Vec<_>>());
        let names: Vec<_> = network.layers().iter().map(|row| row.name.as_str()).collect();
        let expected = [
            "INPUT",
            "CONV3-4",
            "LEAKYRELU-0.1",
            "AVGPOOL2",
            "CONV3-5/2d2",
            "SIGMOID",
            "POOL2",
            "TANH",
            "FC-6",
            "LOGSOFTMAX",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn networks_that_cannot_be_are_errors() {
        let rule = |input: &[usize], specs: &[LayerSpec]| {
            Network::<f32>::new(input, specs).map_err(|error| error.rule).err()
        };
        assert_eq!(rule(&[4, 4], &[]), Some(Rule::Rank(3)));
        assert_eq!(rule(&[0, 4, 3], &[]), Some(Rule::NonZero));
        assert_eq!(rule(&[1, 1, 3], &[LayerSpec::POOL2]), Some(Rule::WindowFits));
        assert_eq!(rule(&[10], &[LayerSpec::conv3(4)]), Some(Rule::Rank(4)));
        assert_eq!(rule(&[10], &[LayerSpec::fc(0)]), Some(Rule::NonZero));
        assert_eq!(rule(&[1 << 15], &[LayerSpec::fc(1 << 14), LayerSpec::fc(1 << 14)]), Some(Rule::TooLarge));
        let network = Network::<f32>::new(&[4], &[LayerSpec::fc(2)]).unwrap();
        assert_eq!(network.forward(ArrayD::zeros(IxDyn(&[1, 5]))).unwrap_err().rule, Rule::Same);
        assert!(LayerSpec::by_name("conv3", &[]).is_none());
        assert!(LayerSpec::by_name("conv3", &[1.5]).is_none());
        assert!(LayerSpec::by_name("conv3", &[-1.0]).is_none());
        assert!(LayerSpec::by_name("convolution3", &[1.0]).is_none());
    }
}
