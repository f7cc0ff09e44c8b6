//! What can be asked of a network and its layers by name.

use std::sync::Arc;

use super::super::error::Failure;
use super::super::value::{self, LayerValue, Value};
use super::pass::{enclosed, error, own_pass};
use super::{gradient, pass};
use crate::num::nn::LayerReport;
use crate::num::nn::record::{LayerRecord, MOST_KEPT};

/// `network.layers`, `layer.shape` and the like.
pub(in crate::eval) fn member(value: &Value, field: &str) -> Result<Value, Failure> {
    match (value, field) {
        (Value::Network(network), "layers") => {
            let layer = |row| Value::Layer(Arc::new(LayerValue { network: Arc::clone(network), row }));
            Ok(Value::list((0..network.layers.len()).map(layer).collect()))
        }
        (Value::Network(network), "params") => Ok(Value::integer(network.params)),
        (Value::Network(network), "parameters") => gradient::parameters(network),
        (Value::Layer(layer), _) => match layer_field(layer.report(), field) {
            Some(value) => Ok(value),
            None => of_pass(layer, field),
        },
        (Value::Record(record), _) => record_field(record, field),
        (Value::List(items), "len") => Ok(Value::integer(items.len() as u64)),
        // A property of every element.
        (Value::List(items), _) if matches!(items.first(), Some(Value::Layer(_) | Value::Record(_))) => {
            Ok(Value::list(items.iter().map(|item| member(item, field)).collect::<Result<_, _>>()?))
        }
        _ => Err(Failure::Type(format!("{} has no `{field}`", value.describe()))),
    }
}

fn record_field(record: &value::Record, field: &str) -> Result<Value, Failure> {
    let found = record.fields.iter().find(|(name, _)| *name == field);
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        let names: Vec<&str> = record.fields.iter().map(|(name, _)| *name).collect();
        Failure::Type(format!("{} has no `{field}`: {}", record.what, names.join(", ")))
    })
}

/// What can be asked of a layer without running a pass.
pub(in crate::eval) const LAYER_FIELDS: [&str; 4] = ["name", "shape", "params", "fan_in"];

fn layer_field(layer: &LayerReport, field: &str) -> Option<Value> {
    Some(match field {
        "name" => Value::text(&layer.name),
        "shape" => Value::list(layer.shape.iter().map(|size| Value::integer(*size as u64)).collect()),
        "params" => Value::integer(layer.params),
        "fan_in" => Value::integer(layer.fan_in as u64),
        _ => return None,
    })
}

/// What a layer's values were when the network's own image went through.
fn of_pass(layer: &LayerValue, field: &str) -> Result<Value, Failure> {
    let ask: fn(&LayerRecord) -> (f64, f64) = match field {
        "mean" => |layer| (layer.statistics.mean(), pass::SUM_ERROR * layer.statistics.mean_square().sqrt()),
        "mean_square" => {
            |layer| (layer.statistics.mean_square(), pass::SUM_ERROR * layer.statistics.mean_square())
        }
        "smallest" => |layer| (f64::from(layer.statistics.smallest), pass::VALUE_ERROR * layer.size()),
        "largest" => |layer| (f64::from(layer.statistics.largest), pass::VALUE_ERROR * layer.size()),
        "activation" => return activation(layer),
        _ => {
            let message = "a layer has no `FIELD`: name, shape, params, fan_in, activation, mean, mean_square, smallest or \
                largest";
            return Err(Failure::Type(message.replace("FIELD", field)));
        }
    };
    let record = own_pass(&layer.network)?;
    let (value, scale) = ask(&record.layers[layer.row]);
    enclosed(value, scale * pass::exponential(&layer.network, layer.row, &record))
}

/// The values themselves: a list of features, or of rows of pixels of channels.
fn activation(layer: &LayerValue) -> Result<Value, Failure> {
    let count: usize = layer.report().shape.iter().product();
    if count > MOST_KEPT {
        let message = format!(
            "{count} values are too many to look at one by one: ask for their `mean`, `mean_square`, `smallest` or `largest`"
        );
        return Err(Failure::Type(message));
    }
    let record = own_pass(&layer.network)?;
    let kept = &record.layers[layer.row];
    let error = error(&layer.network, layer.row, &record);
    let values = kept.values.iter().map(|&value| enclosed(f64::from(value), error));
    Ok(pass::in_page_order(&values.collect::<Result<Vec<_>, _>>()?, &layer.report().shape))
}
