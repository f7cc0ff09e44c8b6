//! The engine against networks in f64, against itself, and against its own error bounds on VGG-11. For unit tests only.

use ndarray::{Array1, Array4, ArrayD, s};
use proptest::prelude::*;

use super::*;
use crate::num::{
    nn::{LayerSpec, Network},
    reference::{ConvolutionProblem, Tolerance, random},
    tensor::Window,
    vgg,
};

const RULE: Rule = Rule::new(5);

fn small() -> [LayerSpec; 11] {
    let (conv, fc) = (LayerSpec::conv3, LayerSpec::fc);
    let (relu, pool) = (LayerSpec::RELU, LayerSpec::POOL2);
    [conv(5), relu, pool, conv(33), relu, conv(40), pool, relu, fc(7), fc(4), LayerSpec::SOFTMAX]
}

fn engine(parameters: &Parameters<'_>, mode: Mode) -> Engine {
    Engine::new(&[13, 18, 3], &small(), parameters, mode).unwrap()
}

#[test]
fn every_way_to_weights_gives_the_same_bits_and_the_network_agrees() {
    let images: ArrayD<f32> = random(&[3, 3, 13, 18], 8);
    let flat = images.as_slice().unwrap();
    let output = engine(&Parameters::Kept(RULE), Mode::Fast).forward(flat).unwrap();
    assert_eq!(output, engine(&Parameters::Drawn(RULE), Mode::Fast).forward(flat).unwrap());
    assert_eq!(output, engine(&Parameters::Drawn(RULE), Mode::Observed).forward(flat).unwrap());
    let mut network = Network::<f32>::new(&[13, 18, 3], &small()).unwrap();
    RULE.apply(&mut network);
    assert_eq!(output, engine(&Parameters::Arrays(network.parameters()), Mode::Fast).forward(flat).unwrap());
    let alone =
        engine(&Parameters::Kept(RULE), Mode::Fast).forward(&flat[3 * 13 * 18..][..3 * 13 * 18]).unwrap();
    assert_eq!(alone, output[4..8]);

    let mut truth = Network::<f64>::new(&[13, 18, 3], &small()).unwrap();
    RULE.apply(&mut truth);
    let truth = truth.forward(images.mapv(f64::from)).unwrap();
    for (value, truth) in output.iter().zip(truth.output().unwrap()) {
        assert!((f64::from(*value) - truth).abs() < 1e-5, "{value}, not {truth}");
    }
}

#[test]
fn every_layer_of_an_observed_pass_is_the_network_s() {
    let images: ArrayD<f32> = random(&[2, 3, 13, 18], 8);
    let mut truth = Network::<f64>::new(&[13, 18, 3], &small()).unwrap();
    RULE.apply(&mut truth);
    let truth = truth.forward(images.mapv(f64::from)).unwrap();
    let mut seen = Vec::new();
    let mut observed = engine(&Parameters::Drawn(RULE), Mode::Observed);
    let look = |layer: usize, activation: Activation<'_>| {
        let values = activation.values();
        let expected = &truth.activations[layer];
        assert_eq!(values.len(), expected.len());
        let near = |(value, truth): (&f32, &f64)| (f64::from(*value) - truth).abs() < 2e-5;
        assert!(values.iter().zip(expected).all(near), "layer {layer}");
        let square: f64 = expected.iter().map(|x| x * x).sum();
        assert!((activation.statistics().sum_of_squares / square - 1.0).abs() < 1e-5);
        seen.push(layer);
    };
    observed.observe(images.as_slice().unwrap(), look).unwrap();
    assert_eq!(seen, (1..=11).collect::<Vec<_>>());
}

#[test]
fn what_has_no_step_makes_no_engine() {
    let kept = Parameters::Kept(RULE);
    let none = |input: &[usize], specs: &[LayerSpec]| Engine::new(input, specs, &kept, Mode::Fast).is_none();
    assert!(none(&[8], &[LayerSpec::fc(2)]));
    assert!(none(&[8, 8, 3], &[LayerSpec::conv(5, 4)]));
    assert!(none(&[8, 8, 3], &[LayerSpec::fc(4), LayerSpec::conv3(4)]));
    assert!(none(&[1, 8, 3], &[LayerSpec::POOL2]));
    assert!(none(&[0, 8, 3], &[LayerSpec::RELU]));
    assert!(none(&[1 << 14, 1 << 14, 3], &[LayerSpec::fc(1 << 14)]));
    assert!(
        Engine::new(&[8, 8, 3], &[LayerSpec::conv3(4)], &Parameters::Arrays(Vec::new()), Mode::Fast)
            .is_none()
    );
    let mut engine = engine(&kept, Mode::Fast);
    assert_eq!(engine.forward(&[0.0; 5]).unwrap_err().rule, ShapeRule::Same);
    assert_eq!(engine.forward(&[]).unwrap_err().rule, ShapeRule::Same);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn any_number_of_threads_gives_the_same_bits(seed: u64, threads in 2..=4_usize) {
        let images: ArrayD<f32> = random(&[2, 3, 13, 18], seed);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| engine(&Parameters::Drawn(RULE), Mode::Fast).forward(images.as_slice().unwrap()).unwrap())
        };
        prop_assert_eq!(on(1), on(threads));
    }
}

/// A layer of VGG-11 with weights, as it was seen: its input, and its output before ReLU.
struct Seen {
    input: Vec<f32>,
    output: Vec<f32>,
}

/// Draws the filter or row `index` of fan-in `fan_in` of layer `layer`.
fn row(layer: usize, index: usize, fan_in: usize) -> (Vec<f32>, f32) {
    let (mut weights, mut bias) = (vec![0.0; fan_in], [0.0]);
    vgg::RULE.weight(layer, fan_in).fill(index * fan_in, &mut weights);
    vgg::RULE.bias(layer).fill(index, &mut bias);
    (weights, bias[0])
}

/// The convolution of one filter over the 6×6 neighbourhood of one tile, which is so the corner of an image of 5×5.
fn corner(
    layer: usize,
    filter: usize,
    [channels, height, width]: [usize; 3],
    seen: &Seen,
) -> ConvolutionProblem<f32> {
    let (weights, bias) = row(layer, filter, 9 * channels);
    let input = Array4::from_shape_vec((1, channels, height, width), seen.input.clone()).unwrap();
    ConvolutionProblem {
        input: input.slice(s![.., .., ..5, ..5]).to_owned(),
        weight: Array4::from_shape_vec((1, channels, 3, 3), weights).unwrap(),
        bias: Array1::from_elem(1, bias),
        window: Window::same(3),
    }
}

#[test]
fn every_layer_of_vgg_11_keeps_its_error_bound() {
    let specs = vgg::logit_specs(11).unwrap();
    let mut engine = Engine::new(&vgg::IMAGE, &specs, &Parameters::Drawn(vgg::RULE), Mode::Observed).unwrap();
    let mut last = vgg::image();
    let (mut weighted, mut shape) = (0, [3, 224, 224]);
    let vgg = vgg::vgg(11).unwrap();
    let look = |layer: usize, activation: Activation<'_>| {
        let seen = Seen { input: std::mem::take(&mut last), output: activation.values() };
        match specs[layer - 1] {
            LayerSpec::Convolution { filters, .. } => {
                for filter in [0, 17, filters - 1] {
                    let problem = corner(weighted, filter, shape, &seen);
                    let [_, height, width] = shape;
                    let output = Array4::from_shape_fn((1, 1, 4, 4), |(_, _, y, x)| {
                        seen.output[(filter * height + y) * width + x]
                    });
                    // The first convolution is direct.
                    let (expected, tolerance) = match weighted {
                        0 => (problem.reference(), Tolerance::Sum(problem.terms())),
                        _ => (problem.winograd_reference(), problem.winograd_tolerance()),
                    };
                    expected.corner(4).check(&output.into_dyn(), tolerance, f64::from(f32::EPSILON));
                }
                weighted += 1;
            }
            LayerSpec::FullyConnected(outputs) => {
                for output in [0, 5, outputs - 1] {
                    let (weights, bias) = row(weighted, output, seen.input.len());
                    let products =
                        weights.iter().zip(&seen.input).map(|(&w, &x)| f64::from(w) * f64::from(x));
                    let (sum, size) = products.fold((0.0, 0.0), |(sum, size), p| (sum + p, size + p.abs()));
                    // Eight partial sums or more, then their own sum and the bias.
                    let roundings = (seen.input.len() / 8 + 8) as f64;
                    let bound = roundings * f64::from(f32::EPSILON) / 2.0 * (size + f64::from(bias.abs()));
                    let error = (f64::from(seen.output[output]) - sum - f64::from(bias)).abs();
                    assert!(error <= bound, "layer {layer}: off by {error}, not {bound}");
                }
                weighted += 1;
            }
            _ => {}
        }
        if let [height, width, channels] = vgg.layers()[layer].shape[..] {
            shape = [channels, height, width];
        }
        last = seen.output;
    };
    let _ = engine.observe(&vgg::image(), look).unwrap();
    assert_eq!(weighted, 11);
}
