//! One forward pass as a page asks for it: which network, which weights, which image; and what is kept of it.
//!
//! A [`Request`] costs nothing until it is run, so that a page that needs only shapes runs no pass. Its
//! [`key`](Request::key) holds everything that the result's bits depend on, so that a caller may keep the
//! [`Record`] under it as bytes; where and how is the caller's business.

use super::{
    LayerSpec, Network,
    engine::{Engine, Mode, Parameters, Statistics},
    init::Rule,
};
use crate::num::{
    digest::digest,
    tensor::{Rule as ShapeRule, ShapeError, elements, simd},
};

/// A pass to be run.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Height, width and channels; or features.
    pub input: Vec<usize>,
    /// The layers.
    pub specs: Vec<LayerSpec>,
    /// Where the weights come from.
    pub rule: Rule,
    /// The image: channel by channel, row by row.
    pub image: Vec<f32>,
}

/// What is kept of a pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The input's, then each layer's, as in the table of [`Network::layers`].
    pub layers: Vec<LayerRecord>,
}

/// What is kept of one layer's output.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerRecord {
    /// Of all its values.
    pub statistics: Statistics,
    /// The values, channel by channel and row by row; none if they are more than [`MOST_KEPT`] and not the network's output.
    pub values: Vec<f32>,
}

/// Layers of so many values are kept whole: every one of VGG after its last pool.
pub const MOST_KEPT: usize = 1 << 15;

impl LayerRecord {
    fn new(values: Vec<f32>) -> Self {
        Self { statistics: Statistics::of(&values), values }
    }

    /// Forgets the values if they are many.
    fn trimmed(mut self) -> Self {
        if self.values.len() > MOST_KEPT {
            self.values = Vec::new();
        }
        self
    }
}

impl Record {
    /// The output of the last layer.
    pub fn output(&self) -> &[f32] {
        self.layers.last().map_or(&[], |layer| &layer.values)
    }
}

impl Request {
    /// A text that two requests share only if their results have the same bits: the network, the seed, the image's
    /// digest, this library's version and the kind of the CPU's kernels.
    pub fn key(&self) -> String {
        let image: Vec<u8> = self.image.iter().flat_map(|value| value.to_bits().to_le_bytes()).collect();
        // Layers print every setting, numbers in full.
        let layers = format!("{:?} {:?}", self.input, self.specs);
        let (version, kernel) = (env!("CARGO_PKG_VERSION"), simd::kind());
        let Rule { seed, gain } = self.rule;
        format!("pass {version} {kernel} seed {seed} gain {gain} image {:032x} of {layers}", digest(&image))
    }

    /// Runs it. `progress` is told how many layers are done, of how many, after each of them.
    ///
    /// # Errors
    /// When a layer cannot take what the one before it gives, or the image has another shape.
    pub fn run(&self, mut progress: impl FnMut(usize, usize)) -> Result<Record, ShapeError> {
        let mut network = Network::<f32>::new(&self.input, &self.specs)?;
        if elements("network input", network.input_shape())? != self.image.len() {
            let (given, expected) = (&[self.image.len()], network.input_shape());
            return Err(ShapeError::binary("network input", given, expected, ShapeRule::Same));
        }
        let mut layers = vec![LayerRecord::new(self.image.clone())];
        let total = self.specs.len();
        let mut look = |layer: usize, values: Vec<f32>| {
            let before = layers.pop().map(LayerRecord::trimmed);
            layers.extend(before.into_iter().chain([LayerRecord::new(values)]));
            progress(layer, total);
        };
        let parameters = Parameters::Drawn(self.rule);
        match Engine::new(&self.input, &self.specs, &parameters, Mode::Observed) {
            Some(mut engine) => {
                engine.observe(&self.image, |layer, activation| look(layer, activation.values()))?;
            }
            None => {
                self.rule.apply(&mut network);
                network.observe(&self.image, |layer, values| look(layer, values.to_vec()))?;
            }
        }
        Ok(Record { layers })
    }
}

/// Bytes of one [`Statistics`], and of the number of values that follow.
const ROW: usize = 48;

impl Record {
    /// The record as bytes, little-endian: the number of layers; then of each the statistics, and how many values follow.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = (self.layers.len() as u64).to_le_bytes().to_vec();
        for LayerRecord { statistics, values } in &self.layers {
            bytes.extend((statistics.count as u64).to_le_bytes());
            bytes.extend((statistics.zeros as u64).to_le_bytes());
            bytes.extend(statistics.sum.to_le_bytes());
            bytes.extend(statistics.sum_of_squares.to_le_bytes());
            bytes.extend(statistics.smallest.to_le_bytes());
            bytes.extend(statistics.largest.to_le_bytes());
            bytes.extend((values.len() as u64).to_le_bytes());
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes
    }

    /// Back from bytes; `None` unless they are those of a record, to the last one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (count, mut rest) = bytes.split_first_chunk::<8>()?;
        let mut layers = Vec::new();
        for _ in 0..u64::from_le_bytes(*count) {
            let (row, tail) = rest.split_first_chunk::<ROW>()?;
            let length = usize::try_from(word(row, 40)).ok()?.checked_mul(4)?;
            let (values, tail) = tail.split_at_checked(length)?;
            let value = |bytes: &[u8; 4]| f32::from_le_bytes(*bytes);
            let values = values.as_chunks::<4>().0.iter().map(value).collect();
            layers.push(LayerRecord { statistics: statistics(row), values });
            rest = tail;
        }
        rest.is_empty().then_some(Self { layers })
    }
}

/// Eight bytes as a number; the caller knows that they are there.
fn word(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

fn statistics(row: &[u8; ROW]) -> Statistics {
    let extremes = word(row, 32);
    Statistics {
        count: word(row, 0) as usize,
        zeros: word(row, 8) as usize,
        sum: f64::from_bits(word(row, 16)),
        sum_of_squares: f64::from_bits(word(row, 24)),
        smallest: f32::from_bits(extremes as u32),
        largest: f32::from_bits((extremes >> 32) as u32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(specs: &[LayerSpec]) -> Request {
        let rule = Rule::new(4);
        Request { input: vec![8, 6, 3], specs: specs.to_vec(), rule, image: rule.input(8 * 6 * 3) }
    }

    #[test]
    fn the_fast_way_and_the_general_way_record_the_same_layers() {
        let fast = [LayerSpec::conv3(4), LayerSpec::RELU, LayerSpec::POOL2, LayerSpec::fc(5)];
        let mut steps = Vec::new();
        let record = request(&fast).run(|done, total| steps.push((done, total))).unwrap();
        assert_eq!(steps, [(1, 4), (2, 4), (3, 4), (4, 4)]);
        // A leaky slope of 0 is ReLU, but has no step.
        let mut general = fast;
        general[1] = LayerSpec::by_name("leaky_relu", &[0.0]).unwrap();
        let other = request(&general).run(|_, _| ()).unwrap();
        let counts =
            |record: &Record| record.layers.iter().map(|layer| layer.statistics.count).collect::<Vec<_>>();
        assert_eq!(counts(&record), [144, 192, 192, 48, 5]);
        assert_eq!(counts(&record), counts(&other));
        for (one, two) in record.layers.iter().zip(&other.layers) {
            assert!((one.statistics.mean_square() / two.statistics.mean_square() - 1.0).abs() < 1e-5);
            assert_eq!(one.values.len(), one.statistics.count);
        }
        assert!(record.output().iter().zip(other.output()).all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn records_survive_as_bytes_and_broken_bytes_are_none() {
        let record = request(&[LayerSpec::conv3(4), LayerSpec::RELU]).run(|_, _| ()).unwrap();
        let bytes = record.to_bytes();
        assert_eq!(Record::from_bytes(&bytes), Some(record));
        for length in 0..bytes.len() {
            assert_eq!(Record::from_bytes(&bytes[..length]), None);
        }
        assert_eq!(Record::from_bytes(&[0xff; 64]), None);
        assert_eq!(Record::from_bytes(&[&bytes[..], &[0]].concat()), None);
    }

    #[test]
    fn keys_differ_with_whatever_the_result_depends_on() {
        let base = request(&[LayerSpec::conv3(4)]);
        assert_eq!(base.key(), base.clone().key());
        let mut others =
            [request(&[LayerSpec::conv3(5)]), base.clone(), base.clone(), base.clone(), base.clone()];
        others[4].rule.gain = 1.0;
        others[1].rule.seed = 5;
        others[2].image[7] += 1e-3;
        others[3].input = vec![6, 8, 3];
        assert!(others.iter().all(|other| other.key() != base.key()));
    }

    #[test]
    fn an_image_of_another_shape_is_an_error() {
        let mut wrong = request(&[LayerSpec::RELU]);
        wrong.image.pop();
        assert_eq!(wrong.run(|_, _| ()).unwrap_err().rule, ShapeRule::Same);
        wrong.input = vec![8];
        assert!(wrong.run(|_, _| ()).is_err());
    }
}
