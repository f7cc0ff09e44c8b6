//! Networks of images at the speed of the machine: 3×3 convolutions, ReLU, 2×2 maximum pools, fully connected layers
//! and softmax in f32, fused and run over blocks of channels.
//!
//! An [`Engine`] is made from the same [`LayerSpec`](super::LayerSpec)s as a [`Network`](super::Network), for any number of images at
//! once, and gives the same results up to rounding. A convolution, its ReLU and its pool become one step: few input
//! channels are convolved directly, more by Winograd's F(4×4, 3×3). Weights come from arrays or from a [`Rule`]; by
//! rule they may be kept, or drawn again whenever they are used, which takes a tenth of the memory and for a single
//! pass less time, since fresh memory is slower than arithmetic. All give the same bits, for any number of threads.
//!
//! Layers that no step covers make no engine: the caller runs the network itself.

mod build;
mod statistics;
mod step;
#[cfg(test)]
mod tests;

use ndarray::ArrayViewD;

use super::init::Rule;
use crate::num::tensor::{Rule as ShapeRule, ShapeError, blocked::Shape};
pub use statistics::Statistics;
use step::{State, Step, Workspace};

/// Where an engine's weights come from.
#[derive(Debug)]
pub enum Parameters<'a> {
    /// Arrays, weights and bias of each layer in turn; they are copied.
    Arrays(Vec<ArrayViewD<'a, f32>>),
    /// A rule, whose weights are drawn once and kept.
    Kept(Rule),
    /// A rule, whose weights are drawn whenever they are used.
    Drawn(Rule),
}

/// What an engine does beside computing the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Fast,
    /// Every layer is a step of its own, so that each can be looked at.
    Observed,
}

/// A network, compiled.
#[derive(Debug)]
pub struct Engine {
    /// Channels, height and width of one image.
    image: [usize; 3],
    steps: Vec<Step>,
    workspace: Workspace,
}

/// A layer's output, while the pass goes on.
#[derive(Debug)]
pub struct Activation<'a> {
    state: &'a State,
    workspace: &'a Workspace,
}

impl Engine {
    /// The output for one image or more: channel by channel, row by row, one image after the other.
    ///
    /// # Errors
    /// When `images` does not hold a whole number of images, and at least one.
    pub fn forward(&mut self, images: &[f32]) -> Result<Vec<f32>, ShapeError> {
        self.observe(images, |_, _| ())
    }

    /// The same, calling `look` with the position of each layer, counted from 1 as in the table of a network whose
    /// row 0 is the input, and its output. Fused layers are passed over: see [`Mode::Observed`].
    ///
    /// # Errors
    /// As [`Engine::forward`].
    pub fn observe(
        &mut self,
        images: &[f32],
        mut look: impl FnMut(usize, Activation<'_>),
    ) -> Result<Vec<f32>, ShapeError> {
        let [channels, height, width] = self.image;
        let one = channels * height * width;
        let batch = images.len() / one;
        if batch == 0 || !images.len().is_multiple_of(one) {
            return Err(ShapeError::binary("network input", &[images.len()], &self.image, ShapeRule::Same));
        }
        let mut state = State::Images(Shape { batch, channels, height, width });
        let mut layer = 0;
        for step in &self.steps {
            state = step.run(images, state, &mut self.workspace);
            layer += step.layers();
            if step.layers() > 0 {
                look(layer, Activation { state: &state, workspace: &self.workspace });
            }
        }
        Ok(self.workspace.output(images, &state))
    }
}

impl Activation<'_> {
    /// All values: batch, then channels, rows and columns, or features.
    pub fn values(&self) -> Vec<f32> {
        self.workspace.output(&[], self.state)
    }

    /// Sums, extremes and zeros of all values.
    pub fn statistics(&self) -> Statistics {
        Statistics::of(&self.values())
    }
}
