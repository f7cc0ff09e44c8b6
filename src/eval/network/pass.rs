//! Passes of the rule's weights, in f32.

use std::sync::Arc;

use super::super::error::Failure;
use super::super::value::{Matrix, NetworkValue, Value, Weights};
use super::{gradient, passes};
use crate::num::nn::LayerSpec;
use crate::num::nn::init::Rule;
use crate::num::nn::record::{LayerRecord, Record, Request};
use crate::num::{Number, Precision};

type Result<T> = std::result::Result<T, Failure>;

/// How far a sum over a layer's values in f32 may be off, relative to the values' size: ten times what is seen on
/// VGG-11, see `tests/vgg.rs`.
pub(super) const SUM_ERROR: f64 = 1e-5;
/// The same for a single value, relative to the largest.
pub(super) const VALUE_ERROR: f64 = 3e-5;

impl LayerRecord {
    /// The largest magnitude of its values.
    pub(super) fn size(&self) -> f64 {
        f64::from(self.statistics.smallest.abs().max(self.statistics.largest.abs()))
    }
}

/// Softmax turns an absolute error of its input into a relative one.
pub(super) fn exponential(network: &NetworkValue, row: usize, record: &Record) -> f64 {
    let after = network.specs[..row].iter().rposition(|spec| matches!(spec, LayerSpec::Softmax(_)));
    after.map_or(1.0, |at| 4.0 * (1.0 + record.layers[at].size()))
}

/// How far each value of a layer may be off.
pub(super) fn error(network: &NetworkValue, row: usize, record: &Record) -> f64 {
    VALUE_ERROR * record.layers[row].size() * exponential(network, row, record)
}

/// The image that `network.forward(image)` is asked about; none for `network.forward()`, which is about its own.
pub(super) fn image(network: &NetworkValue, args: &[Value]) -> Result<Option<Vec<Value>>> {
    match args {
        [] => Ok(None),
        [image] => image_of(network, image).map(Some),
        _ => Err(Failure::Type("`forward` takes one image".into())),
    }
}

/// The output in the layers' order, if it does not take enclosures to compute it.
pub(super) fn forward(network: &NetworkValue, image: Option<&[Value]>) -> Option<Result<Vec<Value>>> {
    let Weights::Rule(rule) = network.weights else { return None };
    let is_dual = |value: &Value| matches!(value, Value::Dual(_));
    let differentiates = network.tag.is_some() || image.is_some_and(|image| image.iter().any(is_dual));
    // Whatever a page feeds to a small network, the error of its answer is proven.
    if differentiates || gradient::is_small(network) {
        return None;
    }
    let record = match image {
        None => own_pass(network),
        Some(image) => {
            let image = image.iter().filter_map(Value::as_number).map(|number| number.to_f64() as f32);
            passes::run(&request(network, rule, image.collect()), network)
        }
    };
    Some(record.and_then(|record| of_record(network, &record)))
}

/// The output of a pass in f32.
fn of_record(network: &NetworkValue, record: &Record) -> Result<Vec<Value>> {
    let error = error(network, network.specs.len(), record);
    record.output().iter().map(|&value| enclosed(f64::from(value), error)).collect()
}

/// The pass of the image that comes from the same rule as the weights. A page asks for it again for each of its numbers.
pub(super) fn own_pass(network: &NetworkValue) -> Result<Arc<Record>> {
    if let Some(record) = network.own_pass.get() {
        return Ok(Arc::clone(record));
    }
    let Weights::Rule(rule) = network.weights else {
        return Err(no_own_image());
    };
    let image = rule.input(network.input.iter().product());
    let record = passes::run(&request(network, rule, image), network)?;
    Ok(Arc::clone(network.own_pass.get_or_init(|| record)))
}

pub(super) fn no_own_image() -> Failure {
    Failure::Type("a network whose weights a page gives has no image of its own".into())
}

fn request(network: &NetworkValue, rule: Rule, image: Vec<f32>) -> Request {
    Request { input: network.input.clone(), specs: network.specs.clone(), rule, image }
}

/// The elements of a list of features, or of rows of pixels of channels, in the order in which the layers take them.
fn image_of(network: &NetworkValue, image: &Value) -> Result<Vec<Value>> {
    let values = elements(image, &network.input).ok_or_else(|| {
        Failure::Type(format!("the image is no list of the shape {:?} that the network takes", network.input))
    })?;
    let &[height, width, channels] = network.input.as_slice() else { return Ok(values) };
    let pixels = height * width;
    Ok((0..values.len()).map(|at| values[at % pixels * channels + at / pixels].clone()).collect())
}

/// Values in the layers' order as a page writes them: a list of features, or of rows of pixels of channels.
pub(super) fn in_page_order(values: &[Value], shape: &[usize]) -> Value {
    let &[height, width, channels] = shape else { return Value::list(values.to_vec()) };
    let pixels = height * width;
    let by_pixel = (0..values.len()).map(|at| values[at % channels * pixels + at / channels].clone());
    array(&by_pixel.collect::<Vec<_>>(), shape)
}

/// Elements in row-major order as a list, a matrix, or lists of matrices; an axis of length 1 at the end is left out, as
/// on a page.
pub(super) fn array(values: &[Value], shape: &[usize]) -> Value {
    match shape {
        [] | [_] => Value::list(values.to_vec()),
        [rest @ .., 1] => array(values, rest),
        [_, width] => {
            let rows = values.chunks(*width).map(<[Value]>::to_vec).collect();
            Value::Matrix(Arc::new(Matrix { rows }))
        }
        [_, rest @ ..] => {
            let size = rest.iter().product();
            Value::list(values.chunks(size).map(|values| array(values, rest)).collect())
        }
    }
}

/// The numbers of nested lists or matrices of this shape, in row-major order. Axes of length 1 may be left out: a column
/// of one number each is a list on a page.
pub(super) fn elements(value: &Value, shape: &[usize]) -> Option<Vec<Value>> {
    let mut found = Vec::new();
    flatten(value, shape, &mut found)?;
    Some(found)
}

fn flatten(value: &Value, shape: &[usize], found: &mut Vec<Value>) -> Option<()> {
    match (value, shape) {
        (Value::List(items), [extent, rest @ ..]) if items.len() == *extent => {
            items.iter().try_for_each(|item| flatten(item, rest, found))
        }
        (Value::Matrix(matrix), [extent, rest @ ..]) if matrix.rows.len() == *extent => {
            let mut rows = matrix.rows.iter();
            rows.try_for_each(|row| flatten(&Value::list(row.clone()), rest, found))
        }
        (Value::Number(_) | Value::Dual(_), []) => {
            found.push(value.clone());
            Some(())
        }
        (_, [1, rest @ ..]) => flatten(value, rest, found),
        _ => None,
    }
}

/// The numbers from `value` − `error` to `value` + `error`.
pub(super) fn enclosed(value: f64, error: f64) -> Result<Value> {
    let ends = [value - error, value + error].map(Number::from_f64);
    let [Some(low), Some(high)] = ends else {
        return Err(Failure::Type("the pass does not stay finite".into()));
    };
    Ok(low.hull(&high, Precision::DOUBLE)?.into())
}
