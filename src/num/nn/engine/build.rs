//! From specifications of layers to steps: which layers become one, and where their weights come from.

use super::{
    Engine, Mode, Parameters,
    step::{Matrix, Step, Units, Workspace},
};
use crate::num::{
    nn::LayerSpec,
    tensor::{Uniform, Window, direct, elements, values::Values, winograd},
};
use winograd::Epilogue;

/// Channels up to which a first convolution is computed directly.
const FEW_CHANNELS: usize = 8;

impl Engine {
    /// Compiles a network for images of height×width×channels, as [`Network::new`](super::super::Network::new) takes
    /// them. `None` when a layer is none of those that have a step, or layers and input or arrays do not fit.
    pub fn new(
        input: &[usize],
        specs: &[LayerSpec],
        parameters: &Parameters<'_>,
        mode: Mode,
    ) -> Option<Self> {
        let &[height, width, channels] = input else { return None };
        let image = [channels, height, width];
        let mut builder =
            Builder { parameters, mode, position: Position::Images(image), weighted: 0, steps: Vec::new() };
        let mut rest = specs;
        while !rest.is_empty() {
            rest = &rest[builder.step(rest)?..];
        }
        let nonzero = image.iter().all(|&extent| extent > 0);
        nonzero.then_some(Self { image, steps: builder.steps, workspace: Workspace::default() })
    }
}

/// What the next layer gets.
#[derive(Clone, Copy)]
enum Position {
    /// The images: channels, height, width.
    Images([usize; 3]),
    /// The same in blocks.
    Blocks([usize; 3]),
    /// Features.
    Features(usize),
}

struct Builder<'a, 'b> {
    parameters: &'b Parameters<'a>,
    mode: Mode,
    position: Position,
    /// Layers with weights so far.
    weighted: usize,
    steps: Vec<Step>,
}

/// The weights and bias of one layer.
struct Loaded<'a> {
    weights: Source<'a>,
    bias: Vec<f32>,
}

/// Where weights are to be had.
enum Source<'a> {
    Array(&'a [f32]),
    Kept(Uniform),
    Drawn(Uniform),
}

impl<'a> Source<'a> {
    fn values(&self) -> Values<'a> {
        match *self {
            Self::Array(values) => Values::Kept(values),
            Self::Kept(rule) | Self::Drawn(rule) => Values::Drawn(rule),
        }
    }
}

impl<'a> Builder<'a, '_> {
    /// Adds the step that the first of `specs` begins; returns how many of them it covers.
    fn step(&mut self, specs: &[LayerSpec]) -> Option<usize> {
        match specs[0] {
            LayerSpec::Convolution { filters, window } if window == Window::same(3) => {
                self.convolution(filters, self.fused(&specs[1..]))
            }
            LayerSpec::FullyConnected(outputs) => {
                let relu = self.mode == Mode::Fast && specs.get(1) == Some(&LayerSpec::RELU);
                self.linear(outputs, relu)
            }
            spec if spec == LayerSpec::RELU => {
                self.block();
                self.steps.push(Step::Relu);
                Some(1)
            }
            spec if spec == LayerSpec::POOL2 => {
                self.block();
                let Position::Blocks([channels, height, width]) = self.position else { return None };
                self.position = Position::Blocks([channels, pooled(height)?, pooled(width)?]);
                self.steps.push(Step::Pool);
                Some(1)
            }
            LayerSpec::Softmax(softmax) => {
                let Position::Features(_) = self.position else { return None };
                self.steps.push(Step::Softmax(softmax));
                Some(1)
            }
            _ => None,
        }
    }

    /// What of the layers after a convolution is done on the way to memory.
    fn fused(&self, specs: &[LayerSpec]) -> Epilogue {
        match specs {
            _ if self.mode == Mode::Observed => Epilogue::Bias,
            [first, second, ..] if *first == LayerSpec::RELU && *second == LayerSpec::POOL2 => {
                Epilogue::ReluPool
            }
            [first, ..] if *first == LayerSpec::RELU => Epilogue::Relu,
            _ => Epilogue::Bias,
        }
    }

    /// Puts images into blocks, if they are not.
    fn block(&mut self) {
        if let Position::Images(shape) = self.position {
            self.steps.push(Step::Block);
            self.position = Position::Blocks(shape);
        }
    }

    fn convolution(&mut self, filters: usize, epilogue: Epilogue) -> Option<usize> {
        let direct = matches!(self.position, Position::Images([channels, ..]) if channels <= FEW_CHANNELS);
        if !direct {
            self.block();
        }
        let (Position::Images(shape) | Position::Blocks(shape)) = self.position else { return None };
        let [channels, mut height, mut width] = shape;
        let Loaded { weights, bias } = self.load(filters, channels.checked_mul(9)?)?;
        self.steps.push(if direct {
            let plan = direct::Plan { channels, filters };
            Step::Direct { plan, weights: plan.arrange(weights.values()), bias, epilogue }
        } else {
            let plan = winograd::Plan { channels, filters };
            let weights = match weights {
                Source::Drawn(rule) => Units::Drawn(rule),
                Source::Array(_) | Source::Kept(_) => Units::Kept(plan.transform(weights.values())),
            };
            Step::Winograd { plan, weights, bias, epilogue }
        });
        if epilogue == Epilogue::ReluPool {
            (height, width) = (pooled(height)?, pooled(width)?);
        }
        self.position = Position::Blocks([filters, height, width]);
        self.steps.last().map(Step::layers)
    }

    fn linear(&mut self, outputs: usize, relu: bool) -> Option<usize> {
        let inputs = match self.position {
            Position::Images(shape) | Position::Blocks(shape) => shape.iter().product(),
            Position::Features(features) => features,
        };
        let Loaded { weights, bias } = self.load(outputs, inputs)?;
        let weights = match weights {
            Source::Array(values) => Matrix::Kept(values.to_vec()),
            Source::Drawn(rule) => Matrix::Drawn(rule),
            Source::Kept(rule) => {
                let mut values = vec![0.0; outputs * inputs];
                rule.fill_parallel(&mut values);
                Matrix::Kept(values)
            }
        };
        self.steps.push(Step::Linear { inputs, weights, bias, relu });
        self.position = Position::Features(outputs);
        self.steps.last().map(Step::layers)
    }

    /// The weights, `outputs` rows of `fan_in`, and the bias of the next layer.
    fn load(&mut self, outputs: usize, fan_in: usize) -> Option<Loaded<'a>> {
        let layer = self.weighted;
        self.weighted += 1;
        elements("network", &[outputs, fan_in]).ok()?;
        match self.parameters {
            Parameters::Arrays(arrays) => {
                let weights = arrays.get(2 * layer)?.to_slice()?;
                let bias = arrays.get(2 * layer + 1)?.to_slice()?;
                let fits = weights.len() == outputs.checked_mul(fan_in)? && bias.len() == outputs;
                fits.then(|| Loaded { weights: Source::Array(weights), bias: bias.to_vec() })
            }
            Parameters::Kept(rule) | Parameters::Drawn(rule) => {
                let mut bias = vec![0.0; outputs];
                rule.bias(layer).fill_parallel(&mut bias);
                let weights = rule.weight(layer, fan_in);
                let kept = matches!(self.parameters, Parameters::Kept(_));
                Some(Loaded {
                    weights: if kept { Source::Kept(weights) } else { Source::Drawn(weights) },
                    bias,
                })
            }
        }
    }
}

/// Half of an extent, unless nothing is left.
fn pooled(extent: usize) -> Option<usize> {
    Some(extent / 2).filter(|&half| half > 0)
}
