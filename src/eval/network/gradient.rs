//! Passes on enclosures, whose errors are proven: of small networks, with weights that the page gives, and with derivatives.
//!
//! A derivative goes through a network by the chain rule. What comes in as a dual number, in the image or among the weights,
//! is multiplied with the network's own Jacobian matrix, which backward passes compute, one for each output. With respect
//! to all weights at once the derivative is a list of arrays, shaped as they are.

use std::sync::{Arc, OnceLock};

use ndarray::{ArrayD, IxDyn};

use super::super::error::Failure;
use super::super::ops;
use super::super::value::{NetworkValue, Value, Weights};
use super::{pass, passes};
use crate::num::nn::network::Pass;
use crate::num::nn::{Gradients, LayerSpec, Network, activation::Activation};
use crate::num::tensor::{Enclosure, ShapeError};
use crate::num::{MathError, Number, Precision};

type Result<T> = std::result::Result<T, Failure>;

/// So many products on enclosures are one step of an evaluation.
const PRODUCTS_OF_A_STEP: u64 = 16;
/// What a pass may cost that nobody has to wait for.
const STEPS_OF_A_SMALL_PASS: u64 = 50_000;
/// Networks of more weights, and of more values between their layers, are run in f32 only.
const MOST_ELEMENTS: u64 = 100_000;

/// `net.parameters`: weights and biases of every layer in turn.
pub(super) fn parameters(network: &NetworkValue) -> Result<Value> {
    let arrays = match &network.weights {
        Weights::Given(arrays) => arrays.to_vec(),
        Weights::Rule(_) => {
            let values = |array: ndarray::ArrayViewD<'_, Enclosure>| array.iter().map(number).collect();
            built(network)?.parameters().into_iter().map(values).collect::<Result<_>>()?
        }
    };
    let shapes = shapes(network)?;
    Ok(Value::list(
        arrays.into_iter().zip(shapes).map(|(values, shape)| pass::array(&values, &shape)).collect(),
    ))
}

/// `net.with(W_1, b_1, …)`, or the list of all of them.
pub(super) fn with(network: &NetworkValue, args: &[Value]) -> Result<Value> {
    let arrays = match args {
        [Value::List(arrays)] => arrays,
        _ => args,
    };
    let shapes = shapes(network)?;
    let fits = arrays.len() == shapes.len();
    let given = arrays.iter().zip(&shapes).map(|(array, shape)| pass::elements(array, shape));
    let Some(given) = given.collect::<Option<Arc<[_]>>>().filter(|_| fits) else {
        let all: Vec<String> = shapes.iter().map(|shape| format!("{shape:?}")).collect();
        return Err(Failure::Type(format!(
            "the weights and biases of this network are arrays of {}",
            all.join(", ")
        )));
    };
    let own_pass = OnceLock::new();
    Ok(Value::Network(Arc::new(NetworkValue { weights: Weights::Given(given), own_pass, ..network.clone() })))
}

/// Whether a pass on enclosures takes no time worth speaking of.
pub(super) fn is_small(network: &NetworkValue) -> bool {
    is_within_reach(network) && steps(network, None) <= STEPS_OF_A_SMALL_PASS
}

/// What [`forward`] costs, in steps of an evaluation.
pub(super) fn steps(network: &NetworkValue, image: Option<&[Value]>) -> u64 {
    let backward = match top_tag(network, image.unwrap_or_default()) {
        Some(_) => network.layers[network.specs.len()].shape.iter().map(|&size| size as u64).product(),
        None => 0,
    };
    passes::products(network).saturating_mul(1 + backward) / PRODUCTS_OF_A_STEP
}

/// The output, in the layers' order. Without an image it is the network's own.
pub(super) fn forward(network: &NetworkValue, image: Option<Vec<Value>>, p: Precision) -> Result<Vec<Value>> {
    let tag = top_tag(network, image.as_deref().unwrap_or_default());
    let model = built(network)?;
    let image = match (image, &network.weights) {
        (Some(image), _) => image,
        (None, Weights::Rule(rule)) => {
            let values = rule.input(network.input.iter().product());
            values.into_iter().filter_map(|value| Number::from_f64(value.into())).map(Value::from).collect()
        }
        (None, Weights::Given(_)) => return Err(pass::no_own_image()),
    };
    let values = image.iter().map(enclosure).collect::<Result<_>>()?;
    let input = ArrayD::from_shape_vec(IxDyn(model.input_shape()), values);
    let input = input.map_err(|error| Failure::Type(error.to_string()))?;
    let pass = model.forward(input).map_err(misfit)?;
    let output: Vec<Value> = pass.output().into_iter().flatten().map(number).collect::<Result<_>>()?;
    match tag {
        None => Ok(output),
        Some(tag) => {
            smooth(network, &pass)?;
            let rows = model.jacobian(&pass).map_err(misfit)?;
            let along = |(value, row)| {
                let tangent = Chain { network, image: &image, tag, p }.tangent(row)?;
                Ok(ops::make_dual(tag, value, tangent))
            };
            output.into_iter().zip(&rows).map(along).collect()
        }
    }
}

/// The derivative with respect to all weights of something that they have no part in.
pub(in crate::eval) fn zeros(network: &NetworkValue) -> Result<Value> {
    let zeros = |shape: &Vec<usize>| pass::array(&vec![ops::zero(); shape.iter().product()], shape);
    Ok(Value::list(shapes(network)?.iter().map(zeros).collect()))
}

/// The innermost differentiation that any of the numbers belongs to.
fn top_tag(network: &NetworkValue, image: &[Value]) -> Option<u32> {
    let given = match &network.weights {
        Weights::Given(arrays) => &arrays[..],
        Weights::Rule(_) => &[],
    };
    let tags = image.iter().chain(given.iter().flatten()).filter_map(|value| match value {
        Value::Dual(dual) => Some(dual.tag),
        _ => None,
    });
    tags.chain(network.tag).max()
}

/// Whether its weights and values are few enough for enclosures.
fn is_within_reach(network: &NetworkValue) -> bool {
    let values = network.layers.iter().map(|layer| layer.shape.iter().map(|&size| size as u64).product());
    network.params <= MOST_ELEMENTS && values.fold(0, u64::saturating_add) <= MOST_ELEMENTS
}

/// A network of enclosures, with its weights.
fn built(network: &NetworkValue) -> Result<Network<Enclosure>> {
    if !is_within_reach(network) {
        let message = format!("a network of more than {MOST_ELEMENTS} weights or values is not taken apart");
        return Err(MathError::Limit(message).into());
    }
    let mut model = Network::new(&network.input, &network.specs).map_err(misfit)?;
    match &network.weights {
        Weights::Rule(rule) => rule.apply(&mut model),
        Weights::Given(arrays) => {
            for (mut to, from) in model.parameters_mut().into_iter().zip(&**arrays) {
                for (to, from) in to.iter_mut().zip(from) {
                    *to = enclosure(from)?;
                }
            }
        }
    }
    Ok(model)
}

/// The shape of every array of weights and biases.
fn shapes(network: &NetworkValue) -> Result<Vec<Vec<usize>>> {
    let model = Network::<f32>::new(&network.input, &network.specs).map_err(misfit)?;
    Ok(model.parameters().iter().map(|array| array.shape().to_vec()).collect())
}

/// Fails where a derivative is asked for that does not exist.
fn smooth(network: &NetworkValue, pass: &Pass<Enclosure>) -> Result<()> {
    let kinked =
        |spec: &LayerSpec| matches!(spec, LayerSpec::Activation(Activation::Relu | Activation::LeakyRelu(_)));
    let inputs = network.specs.iter().zip(&pass.activations).filter(|(spec, _)| kinked(spec));
    if inputs.flat_map(|(_, input)| input).any(|value| value.touches_zero()) {
        return Err(Failure::Type("the input of a ReLU is 0 here, where it has no derivative".into()));
    }
    Ok(())
}

/// What the chain rule needs to know.
struct Chain<'a> {
    network: &'a NetworkValue,
    image: &'a [Value],
    tag: u32,
    p: Precision,
}

impl Chain<'_> {
    /// The derivative of one output, given its gradients by all that came in.
    fn tangent(&self, row: &Gradients<Enclosure>) -> Result<Value> {
        let mut sum = None;
        self.add_all(&mut sum, self.image, &row.input)?;
        if let Weights::Given(arrays) = &self.network.weights {
            for (values, slopes) in arrays.iter().zip(&row.parameters) {
                self.add_all(&mut sum, values, slopes)?;
            }
        }
        if self.network.tag == Some(self.tag) {
            let arrays = row.parameters.iter().map(|slopes| {
                let values = slopes.iter().map(number).collect::<Result<Vec<_>>>()?;
                Ok(pass::array(&values, slopes.shape()))
            });
            add(&mut sum, Value::list(arrays.collect::<Result<_>>()?), self.p)?;
        }
        Ok(sum.unwrap_or_else(ops::zero))
    }

    /// Adds each slope times the derivative of what it is the slope by.
    fn add_all(&self, sum: &mut Option<Value>, values: &[Value], slopes: &ArrayD<Enclosure>) -> Result<()> {
        for (value, slope) in values.iter().zip(slopes) {
            if let Value::Dual(dual) = value
                && dual.tag == self.tag
            {
                add(sum, ops::multiply(&number(slope)?, &dual.tangent, self.p)?, self.p)?;
            }
        }
        Ok(())
    }
}

fn add(sum: &mut Option<Value>, term: Value, p: Precision) -> Result<()> {
    *sum = Some(match sum.take() {
        Some(sum) => ops::add(&sum, &term, p)?,
        None => term,
    });
    Ok(())
}

/// The number of a value, or of a dual number whose value is one.
fn enclosure(value: &Value) -> Result<Enclosure> {
    match value {
        Value::Number(number) => Ok(Enclosure::from_number(number)),
        Value::Dual(dual)
            if matches!((&dual.primal, &dual.tangent), (Value::Dual(_), _) | (_, Value::Dual(_))) =>
        {
            Err(Failure::Type("of a network only first derivatives are computed".into()))
        }
        Value::Dual(dual) => enclosure(&dual.primal),
        _ => Err(Failure::Type(format!("{} is no weight", value.describe()))),
    }
}

fn number(value: &Enclosure) -> Result<Value> {
    let number = value.to_number().map(Value::from);
    number.ok_or_else(|| {
        Failure::Type("the pass leaves the numbers whose rounding errors can be bounded".into())
    })
}

fn misfit(error: ShapeError) -> Failure {
    Failure::Type(error.to_string())
}
