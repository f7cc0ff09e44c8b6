//! VGG-11 and the tables of its float64 pass.

use std::fmt::Debug;
use std::str::FromStr;

use mdbook_qed::num::nn::engine::{Engine, Mode, Parameters, Statistics};
use mdbook_qed::num::vgg::{self, IMAGE, RULE};

/// Rows of a table of `tests/data`, its comments left out.
pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

pub(crate) fn value<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("the table holds numbers")
}

pub(crate) fn bits(text: &str) -> u32 {
    u32::from_str_radix(text, 16).expect("the table holds bits")
}

pub(crate) fn engine(mode: Mode, drawn: bool) -> Engine {
    let parameters = if drawn { Parameters::Drawn(RULE) } else { Parameters::Kept(RULE) };
    let specs = vgg::logit_specs(11).expect("there is a VGG-11");
    Engine::new(&IMAGE, &specs, &parameters, mode).expect("every layer of VGG has a step")
}

/// One layer against the float64 pass.
fn check(row: &[&str], values: &[f32]) {
    let [name, shape, sum, sum_of_squares, smallest, largest, _, first, last] = row[..] else {
        panic!("{row:?}")
    };
    let count: usize = shape.split('x').map(value::<usize>).product();
    let actual = Statistics::of(values);
    let (sum, square): (f64, f64) = (value(sum), value(sum_of_squares));
    assert_eq!(actual.count, count, "{name}");
    assert!((actual.sum - sum).abs() <= 1e-5 * (count as f64 * square).sqrt(), "{name}: {actual:?}");
    assert!((actual.sum_of_squares / square - 1.0).abs() <= 1e-5, "{name}: {actual:?}");
    let near = |actual: f32, expected: f64| (f64::from(actual) - expected).abs() <= 3e-5;
    assert!(
        near(actual.smallest, value(smallest)) && near(actual.largest, value(largest)),
        "{name}: {actual:?}"
    );
    assert!(first.split(',').zip(values).all(|(expected, &actual)| near(actual, value(expected))), "{name}");
    assert!(near(values[count - 1], value(last)), "{name}");
}

/// Fails unless every layer and the logits agree with float64.
pub(crate) fn check_pass() {
    let mut expected = rows(include_str!("../data/vgg11_layers.tsv"));
    let look = |_, activation: mdbook_qed::num::nn::engine::Activation<'_>| {
        check(&expected.next().expect("as many layers as in the table"), &activation.values());
    };
    let logits = engine(Mode::Observed, true).observe(&vgg::image(), look).expect("the image fits");
    assert!(expected.next().is_none());

    let (truth, top): (Vec<_>, Vec<_>) =
        rows(include_str!("../data/vgg11_logits.tsv")).partition(|row| row.len() == 1);
    let truth: Vec<f64> = truth.iter().map(|row| value(row[0])).collect();
    let differences = || truth.iter().zip(&logits).map(|(truth, &logit)| (f64::from(logit) - truth).abs());
    assert_eq!(logits.len(), truth.len());
    assert!(differences().all(|difference| difference <= 3e-5));
    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    assert!(square(&mut differences()) <= 5e-6 * square(&mut truth.iter().copied()));

    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
    assert!(top.iter().zip(&order).all(|(row, &index)| value::<usize>(row[1]) == index));
}
