//! What an expression evaluates to.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::network;
use super::polynomial::Polynomial;
use crate::num::Number;
use crate::num::nn::{LayerReport, LayerSpec, init::Rule, record::Record as Pass};

/// A value. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Value {
    /// A number, exact or enclosed.
    Number(Number),
    /// A number with its derivative with respect to one marked variable.
    Dual(Arc<Dual>),
    /// A list or column vector.
    List(Arc<[Value]>),
    /// Rows of equal length.
    Matrix(Arc<Matrix>),
    /// A text.
    Text(Arc<str>),
    /// A network: its layers and parameters.
    Network(Arc<NetworkValue>),
    /// One layer of a network.
    Layer(Arc<LayerValue>),
    /// A polynomial in random names, while an expectation is taken.
    Random(Arc<Polynomial>),
    /// A number at each of many samples, while a Monte Carlo mean is taken.
    Batch(Arc<[f64]>),
    /// A Monte Carlo mean.
    Sample(Arc<Sample>),
    /// Named values that belong together.
    Record(Arc<Record>),
    /// A function of the page, known by its binding.
    Function(u32),
}

/// `primal + tangent · ε` with `ε² = 0`; nested duals have different tags.
#[derive(Clone, Debug)]
pub struct Dual {
    /// Which differentiation it belongs to; an inner one has the larger tag.
    pub tag: u32,
    /// The value.
    pub primal: Value,
    /// The derivative.
    pub tangent: Value,
}

/// The mean of a sample.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The mean.
    pub mean: Number,
    /// Its standard error.
    pub standard_error: Number,
}

/// A matrix by rows.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The rows, at least one, of equal length.
    pub rows: Vec<Vec<Value>>,
}

/// What a page can ask of a network.
#[derive(Clone, Debug)]
pub struct NetworkValue {
    /// Its layers, the input first.
    pub layers: Vec<LayerReport>,
    /// The number of its parameters.
    pub params: u64,
    /// The shape of its input, as the page wrote it.
    pub input: Vec<usize>,
    /// What it was built from.
    pub specs: Vec<LayerSpec>,
    /// Where its weights come from.
    pub weights: Weights,
    /// The pass of its own image, once that has been asked for.
    pub own_pass: OnceLock<Arc<Pass>>,
    /// Which differentiation goes by all its weights, if one does.
    pub tag: Option<u32>,
}

/// Where a network's weights and biases come from.
#[derive(Clone, Debug)]
pub enum Weights {
    /// A rule, which also gives the network an image of its own.
    Rule(Rule),
    /// The page: the elements of each array in row-major order.
    Given(Arc<[Vec<Value>]>),
}

/// One layer of a network on a page.
#[derive(Debug)]
pub struct LayerValue {
    /// Its network.
    pub network: Arc<NetworkValue>,
    /// Its row in the table of layers.
    pub row: usize,
}

impl LayerValue {
    /// Its shape and parameters.
    pub fn report(&self) -> &LayerReport {
        &self.network.layers[self.row]
    }
}

/// Named values that belong together, such as the outcome of an experiment.
#[derive(Debug)]
pub struct Record {
    /// What it is, with an article, for messages.
    pub what: &'static str,
    /// The values, by the names that a page asks for.
    pub fields: Vec<(&'static str, Value)>,
}

impl Value {
    /// A list of these values.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(items.into())
    }

    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// An integer.
    pub fn integer(value: u64) -> Self {
        Self::Number(Number::from(value as i64))
    }

    /// What it is, with an article, for messages.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Number(_) | Self::Dual(_) => "a number",
            Self::List(_) => "a list",
            Self::Matrix(_) => "a matrix",
            Self::Text(_) => "a text",
            Self::Network(_) => "a network",
            Self::Layer(_) => "a layer",
            Self::Random(_) | Self::Batch(_) => "random",
            Self::Sample(_) => "a Monte Carlo mean",
            Self::Record(record) => record.what,
            Self::Function(_) => "a function",
        }
    }

    /// What can be asked of it by name without running a pass, for the expressions of a table whose rows are such values.
    pub fn fields(&self) -> Vec<(&'static str, Value)> {
        if let Self::Record(record) = self {
            return record.fields.clone();
        }
        let Self::Layer(_) = self else { return Vec::new() };
        network::LAYER_FIELDS
            .iter()
            .filter_map(|field| Some((*field, network::member(self, field).ok()?)))
            .collect()
    }

    /// Whether it is one number, with or without derivatives, known or random.
    pub(super) fn is_scalar(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Dual(_) | Self::Random(_) | Self::Batch(_))
    }

    /// The number without derivatives.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            Self::Dual(dual) => dual.primal.as_number(),
            _ => None,
        }
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

/// As a report prints it: numbers to 17 significant digits, shapes as lists.
impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => out.write_str(&display(number)),
            Self::Dual(dual) => dual.primal.fmt(out),
            Self::List(items) => {
                out.write_str("[")?;
                comma_separated(items, out)?;
                out.write_str("]")
            }
            Self::Matrix(matrix) => {
                out.write_str("[")?;
                for (at, row) in matrix.rows.iter().enumerate() {
                    out.write_str(if at == 0 { "[" } else { ", [" })?;
                    comma_separated(row, out)?;
                    out.write_str("]")?;
                }
                out.write_str("]")
            }
            Self::Text(text) => out.write_str(text),
            Self::Network(network) => write!(out, "a network of {} parameters", network.params),
            Self::Layer(layer) => out.write_str(&layer.report().name),
            Self::Sample(sample) => out.write_str(&display(&sample.mean)),
            Self::Random(_) | Self::Batch(_) => out.write_str("a random number"),
            Self::Record(record) => out.write_str(record.what),
            Self::Function(_) => out.write_str("a function"),
        }
    }
}

fn comma_separated(items: &[Value], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.write_str(", ")?;
        }
        write!(out, "{item}")?;
    }
    Ok(())
}

/// As many digits as the enclosure supports, 17 at most.
fn display(number: &Number) -> String {
    (1..=17).rev().find_map(|digits| number.to_decimal(digits)).unwrap_or_else(|| "0".to_owned())
}
