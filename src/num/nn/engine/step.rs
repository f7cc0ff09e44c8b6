//! The steps of an engine, and the memory that they pass on.

use super::super::activation::Softmax;
use crate::num::tensor::{
    Uniform,
    blocked::{Blocked, Shape},
    buffer::Buffer,
    direct, rows,
    values::Values,
    winograd::{self, Epilogue},
};

/// One step, with its weights.
#[derive(Debug)]
pub(super) enum Step {
    /// A convolution of few channels, on images as they came.
    Direct { plan: direct::Plan, weights: Buffer, bias: Vec<f32>, epilogue: Epilogue },
    /// Images as they came into blocks of channels; no layer of its own.
    Block,
    /// A convolution of blocks.
    Winograd { plan: winograd::Plan, weights: Units, bias: Vec<f32>, epilogue: Epilogue },
    /// ReLU.
    Relu,
    /// The maximum of each 2×2 block.
    Pool,
    /// A fully connected layer, with ReLU or without.
    Linear { inputs: usize, weights: Matrix, bias: Vec<f32>, relu: bool },
    /// Softmax over the features.
    Softmax(Softmax),
}

/// Weights of a Winograd convolution.
#[derive(Debug)]
pub(super) enum Units {
    Kept(Buffer),
    Drawn(Uniform),
}

/// Weights of a fully connected layer.
#[derive(Debug)]
pub(super) enum Matrix {
    Kept(Vec<f32>),
    Drawn(Uniform),
}

/// Where the output of the last step is.
#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    /// Nowhere yet: the images themselves.
    Images(Shape),
    /// In blocks of channels.
    Blocks,
    /// In one vector of features for each image.
    Features { batch: usize },
}

/// Memory that steps use one after the other.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    direct: direct::Workspace,
    winograd: winograd::Workspace,
    blocks: Blocked,
    next: Blocked,
    features: Vec<f32>,
}

impl Workspace {
    /// The output of the last step in the usual layout.
    pub(super) fn output(&self, images: &[f32], state: &State) -> Vec<f32> {
        match state {
            State::Images(_) => images.to_vec(),
            State::Blocks => {
                let Shape { batch, channels, height, width } = self.blocks.shape;
                let mut output = vec![0.0; batch * channels * height * width];
                self.blocks.to_planar(&mut output);
                output
            }
            State::Features { .. } => self.features.clone(),
        }
    }
}

impl Step {
    /// How many layers of the network it is.
    pub(super) fn layers(&self) -> usize {
        match self {
            Self::Block => 0,
            Self::Direct { epilogue, .. } | Self::Winograd { epilogue, .. } => match epilogue {
                Epilogue::Bias => 1,
                Epilogue::Relu => 2,
                Epilogue::ReluPool => 3,
            },
            Self::Linear { relu, .. } => 1 + usize::from(*relu),
            Self::Relu | Self::Pool | Self::Softmax(_) => 1,
        }
    }

    /// Runs it. `images` is the network's input; `state` says where the step's own input is.
    pub(super) fn run(&self, images: &[f32], state: State, workspace: &mut Workspace) -> State {
        match self {
            Self::Direct { plan, weights, bias, epilogue } => {
                if let State::Images(shape) = state {
                    let Workspace { direct, blocks, .. } = workspace;
                    plan.run(
                        direct::Input { values: images, shape },
                        weights,
                        bias,
                        *epilogue,
                        direct,
                        blocks,
                    );
                }
                State::Blocks
            }
            Self::Block => {
                if let State::Images(shape) = state {
                    workspace.blocks.fill_planar(images, shape);
                }
                State::Blocks
            }
            Self::Winograd { plan, weights, bias, epilogue } => {
                let weights = match weights {
                    Units::Kept(units) => winograd::Weights::Kept(units),
                    Units::Drawn(rule) => winograd::Weights::Generated(Values::Drawn(*rule)),
                };
                let Workspace { winograd, blocks, next, .. } = workspace;
                plan.run(blocks, &weights, bias, *epilogue, winograd, next);
                std::mem::swap(blocks, next);
                state
            }
            Self::Relu => {
                if let State::Features { .. } = state {
                    for value in &mut workspace.features {
                        *value = if *value < 0.0 { 0.0 } else { *value };
                    }
                } else {
                    workspace.blocks.relu();
                }
                state
            }
            Self::Pool => {
                let Workspace { blocks, next, .. } = workspace;
                blocks.pool(next);
                std::mem::swap(blocks, next);
                state
            }
            Self::Linear { inputs, weights, bias, relu } => {
                let weights = match weights {
                    Matrix::Kept(values) => Values::Kept(values),
                    Matrix::Drawn(rule) => Values::Drawn(*rule),
                };
                let input = workspace.output(images, &state);
                let batch = input.len() / inputs;
                workspace.features.clear();
                workspace.features.resize(batch * bias.len(), 0.0);
                let product = rows::Product { weights, bias, inputs: *inputs, relu: *relu };
                product.run(&input, &mut workspace.features);
                State::Features { batch }
            }
            Self::Softmax(softmax) => {
                if let State::Features { batch } = state {
                    let width = workspace.features.len() / batch.max(1);
                    for features in workspace.features.chunks_exact_mut(width.max(1)) {
                        let input = features.to_vec();
                        softmax.lane(input.as_slice().into(), features.into());
                    }
                }
                state
            }
        }
    }
}
