//! Networks on a page: `network([224, 224, 3], conv3(64), relu, …)`, `vgg(11)`, and what can be asked of them.
//!
//! Shapes and counts are read off arrays that are allocated and never touched. Values come from one of two passes: of the
//! rule's weights in f32, kept between builds ([`pass`]); or, where a network is small, a page gives the weights or asks for a
//! derivative, of enclosures ([`gradient`]).

mod gradient;
mod members;
mod pass;
mod passes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::error::At;
use super::value::{NetworkValue, Value, Weights};
use super::{EvalError, Evaluator, Result};
use crate::diag::{Code, suggest};
use crate::num::nn::{LAYERS, LayerEntry, LayerReport, LayerSpec, Network, init::Rule};
use crate::num::{Number, vgg};
use crate::source::Span;
use crate::syntax::{Builtin, Expr, Kind};

pub(in crate::eval) use gradient::zeros;
pub(in crate::eval) use members::{LAYER_FIELDS, member};

impl Evaluator<'_> {
    /// `net.forward(image)`, `net.with(W_1, b_1, …)`.
    pub(super) fn method(&mut self, base: &Value, method: &str, args: &[Expr], span: Span) -> Result<Value> {
        let Value::Network(network) = base else {
            let message = format!("{} has no method `{method}`", base.describe());
            return Err(EvalError::new(Code::Unsupported, span, message));
        };
        let args = self.all(args)?;
        match method {
            "forward" => self.forward(network, &args, span),
            "with" => gradient::with(network, &args).at(span),
            _ => {
                let message = format!("a network has no method `{method}`: forward, with");
                Err(EvalError::new(Code::WrongType, span, message))
            }
        }
    }

    fn forward(&mut self, network: &NetworkValue, args: &[Value], span: Span) -> Result<Value> {
        let image = pass::image(network, args).at(span)?;
        let output = match pass::forward(network, image.as_deref()) {
            Some(output) => output.at(span)?,
            None => {
                self.spend(gradient::steps(network, image.as_deref()), span)?;
                let output = gradient::forward(network, image, self.precision).at(span)?;
                // Hardware gets no narrower: that two such values are equal is never known for certain.
                let exact = |value: &Value| value.as_number().is_some_and(Number::is_exact);
                self.is_estimate |= !output.iter().all(exact);
                output
            }
        };
        Ok(pass::in_page_order(&output, &network.layers[network.specs.len()].shape))
    }

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
        let is_called = |entry: &&LayerEntry| {
            entry.name == name || Builtin::named(entry.name).is_some_and(|it| it.name() == name)
        };
        let Some(entry) = LAYERS.iter().find(is_called) else {
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
            EvalError::new(
                Code::WrongType,
                expr.span,
                format!("`{}` takes ({expected}), a count a whole number", entry.name),
            )
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
        weights: Weights::Rule(rule),
        own_pass: OnceLock::new(),
        tag: None,
    })))
}
