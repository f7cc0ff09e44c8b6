//! The VGG networks: 11, 13, 16 and 19 layers with weights, from one table of configurations.
//!
//! Source: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition"
//! (arXiv:1409.1556), table 1, columns A, B, D and E. Input 224×224×3, every convolution 3×3 with padding 1, every
//! pool the maximum of 2×2, then three fully connected layers and softmax.

use super::nn::{LayerReport, LayerSpec, Network, init::Rule};

/// Height, width and channels of the image that every VGG takes.
pub const IMAGE: [usize; 3] = [224, 224, 3];

/// The rule of the weights and the image that a VGG on a page has.
pub const RULE: Rule = Rule::new(11);

/// One row per network: its name's number, then how many convolutions stand before each pool.
const CONFIGURATIONS: [(usize, [usize; 5]); 4] =
    [(11, [1, 1, 2, 2, 2]), (13, [2, 2, 2, 2, 2]), (16, [2, 2, 3, 3, 3]), (19, [2, 2, 4, 4, 4])];

/// Channels of the convolutions of each block.
const CHANNELS: [usize; 5] = [64, 128, 256, 512, 512];

/// Outputs of the fully connected layers.
const CLASSIFIER: [usize; 3] = [4096, 4096, 1000];

/// A VGG network.
#[derive(Debug)]
pub struct Vgg {
    network: Network<f32>,
}

/// The VGG network of that many layers with weights; `None` unless it is 11, 13, 16 or 19.
pub fn vgg(depth: usize) -> Option<Vgg> {
    let network = Network::new(&IMAGE, &specs(depth)?);
    Some(Vgg { network: network.expect("the layers of every configuration fit together: tested") })
}

/// The layers of that network, input excluded.
pub fn specs(depth: usize) -> Option<Vec<LayerSpec>> {
    let (_, blocks) = CONFIGURATIONS.iter().find(|(number, _)| *number == depth)?;
    let mut specs = Vec::new();
    for (&convolutions, channels) in blocks.iter().zip(CHANNELS) {
        for _ in 0..convolutions {
            specs.extend([LayerSpec::conv3(channels), LayerSpec::RELU]);
        }
        specs.push(LayerSpec::POOL2);
    }
    for (position, outputs) in CLASSIFIER.into_iter().enumerate() {
        specs.push(LayerSpec::fc(outputs));
        specs.push(if position + 1 < CLASSIFIER.len() { LayerSpec::RELU } else { LayerSpec::SOFTMAX });
    }
    Some(specs)
}

/// The same without the last layer, softmax: the output is the 1000 logits.
pub fn logit_specs(depth: usize) -> Option<Vec<LayerSpec>> {
    let mut specs = specs(depth)?;
    specs.pop();
    Some(specs)
}

/// The image of [`RULE`]: channel by channel, row by row.
pub fn image() -> Vec<f32> {
    RULE.input(IMAGE.iter().product())
}

impl Vgg {
    /// The table of its layers, the input first.
    pub fn layers(&self) -> &[LayerReport] {
        self.network.layers()
    }

    /// Number of parameters.
    pub fn params(&self) -> u64 {
        self.network.params()
    }

    /// The network itself, weights zero.
    pub fn network(&self) -> &Network<f32> {
        &self.network
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Totals of torchvision 0.21's `vgg11` to `vgg19`.
    #[test]
    fn every_configuration_has_the_published_number_of_parameters() {
        let published = [(11, 132_863_336), (13, 133_047_848), (16, 138_357_544), (19, 143_667_240)];
        for (depth, params) in published {
            assert_eq!(vgg(depth).unwrap().params(), params, "VGG-{depth}");
        }
        assert!(vgg(12).is_none());
    }
}
