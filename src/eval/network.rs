//! Networks on a page: `network([224, 224, 3], conv3(64), relu, …)`, `vgg(11)`, and what can be asked of them.

use std::sync::Arc;

use super::error::Failure;
use super::value::{NetworkValue, Value};
use super::{EvalError, Evaluator, Result};
use crate::diag::{Code, suggest};
use crate::num::Number;
use crate::num::nn::{LAYERS, LayerReport, LayerSpec, Network};
use crate::num::vgg;
use crate::source::Span;
use crate::syntax::{Expr, Kind};

impl Evaluator<'_> {
    pub(super) fn network(&mut self, args: &[Expr], span: Span) -> Result<Value> {
        let (input, layers) = args.split_first().expect("the parser checked the number of arguments");
        let input = self.sizes(input)?;
        let specs = layers.iter().map(|layer| self.layer(layer)).collect::<Result<Vec<_>>>()?;
        let network = Network::<f32>::new(&input, &specs)
            .map_err(|error| EvalError::new(Code::WrongType, span, error.to_string()))?;
        Ok(described(network.layers(), network.params()))
    }

    pub(super) fn vgg(&mut self, args: &[Expr], span: Span) -> Result<Value> {
        let depth = self.position(&args[0])?;
        let network = vgg::vgg(depth).ok_or_else(|| {
            EvalError::new(Code::Undefined, span, format!("there is no VGG-{depth}: 11, 13, 16 or 19"))
        })?;
        Ok(described(network.layers(), network.params()))
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

fn described(layers: &[LayerReport], params: u64) -> Value {
    Value::Network(Arc::new(NetworkValue { layers: layers.to_vec(), params }))
}

/// `network.layers`, `layer.shape` and the like.
pub(super) fn member(value: &Value, field: &str) -> std::result::Result<Value, Failure> {
    match (value, field) {
        (Value::Network(network), "layers") => Ok(Value::list(
            network.layers.iter().map(|layer| Value::Layer(Arc::new(layer.clone()))).collect(),
        )),
        (Value::Network(network), "params") => Ok(Value::integer(network.params)),
        (Value::Layer(layer), _) => layer_field(layer, field)
            .ok_or_else(|| Failure::Type(format!("a layer has no `{field}`: name, shape, params or fan_in"))),
        (Value::List(items), "len") => Ok(Value::integer(items.len() as u64)),
        // A property of every element.
        (Value::List(items), _) if matches!(items.first(), Some(Value::Layer(_))) => Ok(Value::list(
            items.iter().map(|item| member(item, field)).collect::<std::result::Result<_, _>>()?,
        )),
        _ => Err(Failure::Type(format!("{} has no `{field}`", value.describe()))),
    }
}

fn layer_field(layer: &LayerReport, field: &str) -> Option<Value> {
    Some(match field {
        "name" => Value::text(&layer.name),
        "shape" => Value::list(layer.shape.iter().map(|size| Value::integer(*size as u64)).collect()),
        "params" => Value::integer(layer.params),
        "fan_in" => Value::integer(layer.fan_in as u64),
        _ => return None,
    })
}
