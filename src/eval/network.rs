//! Networks on a page: `network([224, 224, 3], conv3(64), relu, …)`, `vgg(11)`, and what can be asked of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::error::Failure;
use super::value::{self, LayerValue, NetworkValue, Value};
use super::{EvalError, Evaluator, Result, passes};
use crate::diag::{Code, suggest};
use crate::num::nn::{LAYERS, LayerReport, LayerSpec, Network};
use crate::num::nn::{engine::Statistics, init::Rule, record::Record, record::Request};
use crate::num::{Number, Precision, vgg};
use crate::source::Span;
use crate::syntax::{Expr, Kind};

impl Evaluator<'_> {
    pub(super) fn network(&mut self, args: &[Expr], span: Span) -> Result<Value> {
        let (input, layers) = args.split_first().expect("the parser checked the number of arguments");
        let input = self.sizes(input)?;
        let specs = layers.iter().map(|layer| self.layer(layer)).collect::<Result<Vec<_>>>()?;
        described(input, specs, vgg::RULE, span)
    }

    pub(super) fn vgg(&mut self, args: &[Expr], span: Span) -> Result<Value> {
        let depth = self.position(&args[0])?;
        let Some(specs) = vgg::specs(depth) else {
            let message = format!("there is no VGG-{depth}: 11, 13, 16 or 19");
            return Err(EvalError::new(Code::Undefined, span, message));
        };
        let gain = match args.get(1) {
            Some(expr) => self.gain(expr)?,
            None => vgg::RULE.gain,
        };
        let rule = Rule { gain, ..vgg::RULE };
        described(vgg::IMAGE.to_vec(), specs, rule, span)
    }

    /// The variance of initial weights, times their fan-in.
    fn gain(&mut self, expr: &Expr) -> Result<f64> {
        let value = self.eval(expr)?;
        let gain = value.as_number().map(Number::to_f64).filter(|gain| *gain > 0.0 && *gain < 1e6);
        gain.ok_or_else(|| {
            let message =
                format!("the variance of the weights times their fan-in is a positive number, not {value}");
            EvalError::new(Code::WrongType, expr.span, message)
        })
    }

    fn sizes(&mut self, expr: &Expr) -> Result<Vec<usize>> {
        match &expr.ungrouped().kind {
            Kind::List(items) => items.iter().map(|item| self.position(item)).collect(),
            _ => Err(EvalError::new(
                Code::WrongType,
                expr.span,
                "the first argument is the input's shape, `[224, 224, 3]`",
            )),
        }
    }

    /// `conv3(64)` or `relu`: a row of the table of layers.
    fn layer(&mut self, expr: &Expr) -> Result<LayerSpec> {
        let (name, args) = match &expr.kind {
            Kind::Name(name) => (name.as_str(), &[][..]),
            Kind::Apply { function, args, .. } => (function.as_str(), args.as_slice()),
            Kind::Call(builtin, args) => (builtin.name(), args.as_slice()),
            _ => return Err(EvalError::new(Code::WrongType, expr.span, "expected a layer")),
        };
        let Some(entry) = LAYERS.iter().find(|entry| entry.name == name) else {
            let error = EvalError::new(Code::UnknownName, expr.span, format!("there is no layer `{name}`"));
            let near = suggest::did_you_mean(name, LAYERS.iter().map(|entry| entry.name));
            return Err(match near {
                Some(near) => error.help(near),
                None => error,
            });
        };
        let values = self.all(args)?;
        let numbers: Vec<f64> =
            values.iter().filter_map(|value| value.as_number().map(Number::to_f64)).collect();
        entry.build(&numbers).ok_or_else(|| {
            let expected = entry.arguments.join(", ");
            EvalError::new(Code::WrongType, expr.span, format!("`{name}` takes ({expected}), whole numbers"))
        })
    }
}

/// What arrays that were allocated for networks have told, by what the networks were built from: the same network may
/// be asked for by many pages, and many times while digits are changed.
static ALLOCATED: Mutex<BTreeMap<String, (Vec<LayerReport>, u64)>> = Mutex::new(BTreeMap::new());
/// So many are kept.
const MOST_ALLOCATED: usize = 64;

fn described(input: Vec<usize>, specs: Vec<LayerSpec>, rule: Rule, span: Span) -> Result<Value> {
    let key = format!("{input:?} {specs:?}");
    let lock = || ALLOCATED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = lock().get(&key).cloned();
    let (layers, params) = match known {
        Some(known) => known,
        None => {
            let network = Network::<f32>::new(&input, &specs)
                .map_err(|error| EvalError::new(Code::WrongType, span, error.to_string()))?;
            let found = (network.layers().to_vec(), network.params());
            let mut all = lock();
            if all.len() >= MOST_ALLOCATED {
                all.clear();
            }
            all.insert(key, found.clone());
            found
        }
    };
    Ok(Value::Network(Arc::new(NetworkValue {
        layers,
        params,
        input,
        specs,
        rule,
        own_pass: OnceLock::new(),
    })))
}

/// `network.layers`, `layer.shape` and the like.
pub(super) fn member(value: &Value, field: &str) -> std::result::Result<Value, Failure> {
    match (value, field) {
        (Value::Network(network), "layers") => {
            let layer = |row| Value::Layer(Arc::new(LayerValue { network: Arc::clone(network), row }));
            Ok(Value::list((0..network.layers.len()).map(layer).collect()))
        }
        (Value::Network(network), "params") => Ok(Value::integer(network.params)),
        (Value::Layer(layer), _) => match layer_field(layer.report(), field) {
            Some(value) => Ok(value),
            None => activation(layer, field),
        },
        (Value::Record(record), _) => record_field(record, field),
        (Value::List(items), "len") => Ok(Value::integer(items.len() as u64)),
        // A property of every element.
        (Value::List(items), _) if matches!(items.first(), Some(Value::Layer(_) | Value::Record(_))) => Ok(
            Value::list(items.iter().map(|item| member(item, field)).collect::<std::result::Result<_, _>>()?),
        ),
        _ => Err(Failure::Type(format!("{} has no `{field}`", value.describe()))),
    }
}

fn record_field(record: &value::Record, field: &str) -> std::result::Result<Value, Failure> {
    let found = record.fields.iter().find(|(name, _)| *name == field);
    found.map(|(_, value)| value.clone()).ok_or_else(|| {
        let names: Vec<&str> = record.fields.iter().map(|(name, _)| *name).collect();
        Failure::Type(format!("{} has no `{field}`: {}", record.what, names.join(", ")))
    })
}

/// What can be asked of a layer without running a pass.
pub(super) const LAYER_FIELDS: [&str; 4] = ["name", "shape", "params", "fan_in"];

fn layer_field(layer: &LayerReport, field: &str) -> Option<Value> {
    Some(match field {
        "name" => Value::text(&layer.name),
        "shape" => Value::list(layer.shape.iter().map(|size| Value::integer(*size as u64)).collect()),
        "params" => Value::integer(layer.params),
        "fan_in" => Value::integer(layer.fan_in as u64),
        _ => return None,
    })
}

/// How far a sum over a layer's values in f32 may be off, relative to the values' size: ten times what is seen on
/// VGG-11, see `tests/vgg.rs`.
const SUM_ERROR: f64 = 1e-5;
/// The same for a single value, relative to the largest.
const VALUE_ERROR: f64 = 3e-5;

/// What a layer's values were when the network's own image went through.
fn activation(layer: &LayerValue, field: &str) -> std::result::Result<Value, Failure> {
    let ask: fn(&Statistics) -> (f64, f64) = match field {
        "mean" => |values| (values.mean(), SUM_ERROR * values.mean_square().sqrt()),
        "mean_square" => |values| (values.mean_square(), SUM_ERROR * values.mean_square()),
        "smallest" => |values| (f64::from(values.smallest), VALUE_ERROR * size(values)),
        "largest" => |values| (f64::from(values.largest), VALUE_ERROR * size(values)),
        _ => {
            let message =
                "a layer has no `FIELD`: name, shape, params, fan_in, mean, mean_square, smallest or largest";
            return Err(Failure::Type(message.replace("FIELD", field)));
        }
    };
    let record = own_pass(&layer.network)?;
    let (value, error) = ask(&record.layers[layer.row]);
    enclosed(value, error * exponential(&layer.network, layer.row, &record))
}

fn size(values: &Statistics) -> f64 {
    f64::from(values.smallest.abs().max(values.largest.abs()))
}

/// Softmax turns an absolute error of its input into a relative one.
fn exponential(network: &NetworkValue, row: usize, record: &Record) -> f64 {
    let after = network.specs[..row].iter().rposition(|spec| matches!(spec, LayerSpec::Softmax(_)));
    after.map_or(1.0, |at| 4.0 * (1.0 + size(&record.layers[at])))
}

/// `network.forward()` on the network's own image, or `network.forward(image)`.
pub(super) fn forward(network: &Arc<NetworkValue>, args: &[Value]) -> std::result::Result<Value, Failure> {
    let record = match args {
        [] => own_pass(network)?,
        [image] => passes::run(&request(network, image_of(network, image)?), network)?,
        _ => return Err(Failure::Type("`forward` takes one image".into())),
    };
    let row = network.specs.len();
    let error = VALUE_ERROR * size(&record.layers[row]) * exponential(network, row, &record);
    let outputs = record.output.iter().map(|&value| enclosed(f64::from(value), error));
    Ok(Value::list(outputs.collect::<std::result::Result<_, _>>()?))
}

/// The pass of the image that comes from the same rule as the weights. A page asks for it again for each of its numbers.
fn own_pass(network: &NetworkValue) -> std::result::Result<Arc<Record>, Failure> {
    if let Some(record) = network.own_pass.get() {
        return Ok(Arc::clone(record));
    }
    let image = network.rule.input(network.input.iter().product());
    let record = passes::run(&request(network, image), network)?;
    Ok(Arc::clone(network.own_pass.get_or_init(|| record)))
}

fn request(network: &NetworkValue, image: Vec<f32>) -> Request {
    Request { input: network.input.clone(), specs: network.specs.clone(), rule: network.rule, image }
}

/// A list of features, or of rows of pixels of channels, as the layers take it.
fn image_of(network: &NetworkValue, image: &Value) -> std::result::Result<Vec<f32>, Failure> {
    let mut values = Vec::new();
    flatten(image, &network.input, &mut values).ok_or_else(|| {
        Failure::Type(format!("the image is no list of the shape {:?} that the network takes", network.input))
    })?;
    let &[height, width, channels] = network.input.as_slice() else { return Ok(values) };
    let pixels = height * width;
    Ok((0..values.len()).map(|at| values[at % pixels * channels + at / pixels]).collect())
}

fn flatten(value: &Value, shape: &[usize], values: &mut Vec<f32>) -> Option<()> {
    match (value, shape) {
        (Value::List(items), [extent, rest @ ..]) if items.len() == *extent => {
            items.iter().try_for_each(|item| flatten(item, rest, values))
        }
        (Value::Number(number), []) => {
            values.push(number.to_f64() as f32);
            Some(())
        }
        _ => None,
    }
}

/// The numbers from `value` − `error` to `value` + `error`.
fn enclosed(value: f64, error: f64) -> std::result::Result<Value, Failure> {
    let ends = [value - error, value + error].map(Number::from_f64);
    let [Some(low), Some(high)] = ends else {
        return Err(Failure::Type("the pass does not stay finite".into()));
    };
    Ok(low.hull(&high, Precision::DOUBLE)?.into())
}
