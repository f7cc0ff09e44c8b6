//! Gradients, losses and gradient descent against PyTorch, through the public face of the library.

use ndarray::{ArrayD, IxDyn, arr2};

use mdbook_qed::num::nn::activation::Softmax;
use mdbook_qed::num::nn::init::Rule;
use mdbook_qed::num::nn::loss::{cross_entropy, mean_squared_error};
use mdbook_qed::num::nn::sgd::Sgd;
use mdbook_qed::num::nn::{Layer, LayerSpec, Network};
use mdbook_qed::num::tensor::{Enclosure, Scalar};

/// The values of `tests/data/pytorch.tsv`, in order.
struct Table(std::vec::IntoIter<(&'static str, Vec<f64>)>);

impl Table {
    fn read() -> Self {
        let lines = include_str!("data/pytorch.tsv").lines().filter(|line| !line.starts_with('#'));
        let row = |line: &'static str| {
            let (name, values) = line.split_once('\t').expect("every row has a name");
            (name, values.split(' ').map(|value| value.parse().expect("the table holds numbers")).collect())
        };
        Self(lines.map(row).collect::<Vec<_>>().into_iter())
    }

    /// Fails unless the next row is called `name` and has these values.
    #[track_caller]
    fn next_is<'a>(&mut self, name: &str, actual: impl IntoIterator<Item = &'a f64>) {
        let (expected_name, expected) = self.0.next().expect("the table has another row");
        let actual: Vec<f64> = actual.into_iter().copied().collect();
        assert_eq!((name, actual.len()), (expected_name, expected.len()));
        for (actual, expected) in actual.iter().zip(&expected) {
            let allowed = 1e-13 * (1.0 + expected.abs());
            assert!((actual - expected).abs() <= allowed, "{name}: {actual}, not {expected}");
        }
    }
}

fn specs() -> Vec<LayerSpec> {
    let layers: [(&str, &[f64]); 11] = [
        ("conv", &[4.0, 3.0, 2.0, 1.0, 2.0]),
        ("leaky_relu", &[0.1]),
        ("conv3", &[5.0]),
        ("relu", &[]),
        ("average_pool", &[2.0, 1.0]),
        ("conv", &[3.0, 2.0, 1.0, 1.0, 1.0]),
        ("tanh", &[]),
        ("pool2", &[]),
        ("fc", &[4.0]),
        ("sigmoid", &[]),
        ("fc", &[3.0]),
    ];
    let spec = |(name, arguments): &(&str, &[f64])| LayerSpec::by_name(name, arguments);
    layers.iter().map(|layer| spec(layer).expect("a layer of the table")).collect()
}

fn network() -> Network<f64> {
    let mut network = Network::new(&[9, 8, 3], &specs()).expect("the layers fit");
    Rule::new(3).apply(&mut network);
    network
}

fn images() -> ArrayD<f64> {
    let values = Rule::new(3).input(2 * 3 * 9 * 8).into_iter().map(f64::from).collect();
    ArrayD::from_shape_vec(IxDyn(&[2, 3, 9, 8]), values).expect("as many values as the shape has")
}

#[test]
fn training_agrees_with_pytorch() {
    let mut table = Table::read();
    let mut network = network();
    let mut descent = Sgd::with_momentum(0.1, 0.9, 0.01);
    for step in 0..2 {
        let pass = network.forward(images()).expect("the images fit");
        let output = pass.output().expect("there are layers");
        let loss = cross_entropy(output, &[2, 0]).expect("the labels fit");
        table.next_is("loss", &[loss.value]);
        let gradients = network.backward(&pass, loss.gradient).expect("the gradient fits");
        if step == 0 {
            table.next_is("output", output);
            table.next_is("gradient", &gradients.input);
            for gradient in &gradients.parameters {
                table.next_is("gradient", gradient);
            }
        }
        descent.step(network.parameters_mut(), &gradients.parameters).expect("the gradients fit");
    }
    for parameter in network.parameters() {
        table.next_is("parameter", &parameter);
    }

    let target = arr2(&[[1.0, -1.0, 0.5], [0.25, 2.0, 0.0]]).into_dyn();
    let pass = network.forward(images()).expect("the images fit");
    let output = pass.output().expect("there are layers");
    table.next_is("output", output);
    let loss = mean_squared_error(output, &target).expect("the shapes are the same");
    table.next_is("loss", &[loss.value]);
    table.next_is("gradient", &loss.gradient);
    for softmax in [Softmax { log: false }, Softmax { log: true }] {
        let result = softmax.forward(output).expect("it has two axes");
        table.next_is("output", &result);
        let gradients = softmax.backward(output, &result, &target).expect("the shapes are the same");
        table.next_is("gradient", &gradients.input);
    }
    assert!(table.0.next().is_none());
}

#[test]
fn a_backward_pass_that_does_not_fit_is_an_error() {
    let network = network();
    let pass = network.forward(images()).expect("the images fit");
    let wrong = ArrayD::zeros(IxDyn(&[2, 4]));
    assert!(network.backward(&pass, wrong).is_err());
    let mut short = pass.clone();
    short.activations.pop();
    assert!(network.backward(&short, ArrayD::zeros(IxDyn(&[2, 3]))).is_err());
}

/// The same network on enclosures holds what f64 computes, forwards and backwards, and is narrow.
#[test]
fn enclosures_hold_the_pass_and_its_gradients() {
    let mut enclosed = Network::<Enclosure>::new(&[9, 8, 3], &specs()).expect("the layers fit");
    Rule::new(3).apply(&mut enclosed);
    let pass = network().forward(images()).expect("the images fit");
    let proven = enclosed.forward(images().mapv(Enclosure::from_f64)).expect("the images fit");
    let holds = |value: f64, enclosure: &Enclosure| {
        let (low, high) = enclosure.to_number().expect("nothing leaves the range").enclosure();
        let allowed = 1e-12 * (1.0 + value.abs());
        let near = |end: f64| (end - value).abs() <= allowed;
        assert!(near(low.to_f64().value()) && near(high.to_f64().value()), "{value}: {enclosure}");
    };
    for (values, enclosures) in pass.activations.iter().zip(&proven.activations) {
        values.iter().zip(enclosures).for_each(|(&value, enclosure)| holds(value, enclosure));
    }
    let rows = network().jacobian(&pass).expect("it is a pass of this network");
    let proven = enclosed.jacobian(&proven).expect("it is a pass of this network");
    assert_eq!(rows.len(), 6);
    for (row, proven) in rows.iter().zip(&proven) {
        let arrays = row.parameters.iter().chain([&row.input]);
        for (values, enclosures) in arrays.zip(proven.parameters.iter().chain([&proven.input])) {
            values.iter().zip(enclosures).for_each(|(&value, enclosure)| holds(value, enclosure));
        }
    }
}
