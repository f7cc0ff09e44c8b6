//! Kernels and whole networks: matrix product, convolutions, fully connected layers, pooling, the drawing of weights;
//! VGG-11 for batches of 1, 2, 4 and 8, and VGG-11 to 19. `cargo bench --bench networks -- vgg` runs those alone.

use divan::{Bencher, black_box, counter::ItemsCount};
use ndarray::{Array2, ArrayD, IxDyn};

use mdbook_qed::num::nn::engine::{Engine, Mode, Parameters};
use mdbook_qed::num::nn::init::Rule;
use mdbook_qed::num::nn::{LayerSpec, Network};
use mdbook_qed::num::tensor::matmul;
use mdbook_qed::num::vgg;

fn main() {
    divan::main();
}

const RULE: Rule = Rule::new(1);

/// Multiplications and additions are the items: items a second are FLOP/s.
fn flops<'a, 'b>(bencher: Bencher<'a, 'b>, products: usize) -> Bencher<'a, 'b> {
    bencher.counter(ItemsCount::new(2 * products))
}

#[divan::bench(args = [64, 256, 512])]
fn matrix_product(bencher: Bencher<'_, '_>, n: usize) {
    let matrix = |seed| Array2::from_shape_vec((n, n), Rule::new(seed).input(n * n)).expect("n² values");
    let (a, b) = (matrix(1), matrix(2));
    flops(bencher, n * n * n).bench(|| matmul::product(black_box(a.view()), b.view()));
}

/// Channels, filters, height and width of the convolutions of VGG-11.
const CONVOLUTIONS: [[usize; 3]; 7] = [
    [3, 64, 224],
    [64, 128, 112],
    [128, 256, 56],
    [256, 256, 56],
    [256, 512, 28],
    [512, 512, 28],
    [512, 512, 14],
];

/// Direct for the first, Winograd's for the others, weights kept; FLOP are those of the direct sum.
#[divan::bench(args = CONVOLUTIONS)]
fn convolution(bencher: Bencher<'_, '_>, [channels, filters, side]: [usize; 3]) {
    let specs = [LayerSpec::conv3(filters), LayerSpec::RELU, LayerSpec::POOL2];
    let engine = Engine::new(&[side, side, channels], &specs, &Parameters::Kept(RULE), Mode::Fast);
    let mut engine = engine.expect("every layer has a step");
    let image = RULE.input(channels * side * side);
    let bencher = flops(bencher, side * side * channels * filters * 9);
    bencher.bench_local(|| engine.forward(black_box(&image)));
}

/// The general convolution, any kernel, stride, padding and dilation: unfolded windows and a matrix product.
#[divan::bench(args = [[1, 1], [3, 1], [5, 2], [7, 2]])]
fn general_convolution(bencher: Bencher<'_, '_>, [kernel, stride]: [usize; 2]) {
    let arguments = [32.0, kernel as f64, stride as f64, (kernel / 2) as f64, 1.0];
    let spec = LayerSpec::by_name("conv", &arguments).expect("a layer of the table");
    layer(bencher, &[56, 56, 32], spec);
}

#[divan::bench(args = ["relu", "sigmoid", "tanh", "softmax", "pool2", "average_pool2"])]
fn elementwise(bencher: Bencher<'_, '_>, name: &str) {
    layer(bencher, &[56, 56, 128], LayerSpec::by_name(name, &[]).expect("a layer of the table"));
}

/// A network of one layer, in NCHW.
fn layer(bencher: Bencher<'_, '_>, input: &[usize], spec: LayerSpec) {
    let mut network = Network::<f32>::new(input, &[spec]).expect("the layer takes the input");
    RULE.apply(&mut network);
    let shape = network.input_shape().to_vec();
    let images = ArrayD::from_shape_vec(IxDyn(&shape), RULE.input(shape.iter().product()));
    let images = images.expect("as many values as the shape has");
    bencher.bench(|| network.forward(black_box(images.clone())));
}

/// Bytes of weights are the items for the fully connected layers of VGG-11: items a second are bytes a second.
#[divan::bench(args = [[25_088, 4096], [4096, 4096], [4096, 1000]])]
fn fully_connected(bencher: Bencher<'_, '_>, [inputs, outputs]: [usize; 2]) {
    let specs = [LayerSpec::fc(outputs)];
    let engine = Engine::new(&[1, 1, inputs], &specs, &Parameters::Kept(RULE), Mode::Fast);
    let mut engine = engine.expect("the layer has a step");
    let input = RULE.input(inputs);
    let bencher = bencher.counter(ItemsCount::new(4 * inputs * outputs));
    bencher.bench_local(|| engine.forward(black_box(&input)));
}

#[divan::bench]
fn drawing_weights(bencher: Bencher<'_, '_>) {
    let mut values = vec![0.0; 1 << 22];
    let rule = RULE.weight(0, 25_088);
    bencher.counter(ItemsCount::new(values.len())).bench_local(|| rule.fill_parallel(black_box(&mut values)));
}

fn network(bencher: Bencher<'_, '_>, depth: usize, batch: usize, parameters: &Parameters<'_>) {
    let specs = vgg::logit_specs(depth).expect("one of the family");
    let mut engine =
        Engine::new(&vgg::IMAGE, &specs, parameters, Mode::Fast).expect("every layer has a step");
    let images = vgg::image().repeat(batch);
    bencher.counter(ItemsCount::new(batch)).bench_local(|| engine.forward(black_box(&images)));
}

/// Images are the items.
#[divan::bench(args = [1, 2, 4, 8], sample_count = 10)]
fn vgg_11_batch(bencher: Bencher<'_, '_>, batch: usize) {
    network(bencher, 11, batch, &Parameters::Kept(vgg::RULE));
}

#[divan::bench(args = [11, 13, 16, 19], sample_count = 10)]
fn vgg_depth(bencher: Bencher<'_, '_>, depth: usize) {
    network(bencher, depth, 1, &Parameters::Kept(vgg::RULE));
}

/// Weights drawn as they are used.
#[divan::bench(args = [11, 13, 16, 19], sample_count = 10)]
fn vgg_depth_drawn(bencher: Bencher<'_, '_>, depth: usize) {
    network(bencher, depth, 1, &Parameters::Drawn(vgg::RULE));
}
