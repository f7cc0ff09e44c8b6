//! VGG-11 end to end: weights bit for bit, every layer and the logits against float64, the same bits on any threads.

use std::fmt::Debug;
use std::str::FromStr;

use mdbook_qed::num::nn::engine::{Engine, Mode, Parameters, Statistics};
use mdbook_qed::num::vgg::{self, IMAGE, RULE};

/// Rows of a table of `tests/data`, its comments left out.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn value<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("the table holds numbers")
}

fn bits(text: &str) -> u32 {
    u32::from_str_radix(text, 16).expect("the table holds bits")
}

#[test]
fn every_weight_is_the_rule_s_bit_for_bit() {
    let mut total = 0;
    for row in rows(include_str!("data/vgg11_tensors.tsv")) {
        let [index, name, shape, bound, first, last, sum, weighted] = row[..] else { panic!("{row:?}") };
        let index: usize = value(index);
        let shape: Vec<usize> = shape.split('x').map(value).collect();
        let count: usize = shape.iter().product();
        let values = if index == 0 {
            RULE.input(count)
        } else {
            let rule = match index % 2 {
                1 => RULE.weight(index / 2, count / shape[0]),
                _ => RULE.bias(index / 2 - 1),
            };
            assert_eq!(rule.bound.to_bits(), bits(bound), "{name}");
            let mut values = vec![0.0; count];
            rule.fill_parallel(&mut values);
            total += count;
            values
        };
        let first: Vec<u32> = first.split(',').map(bits).collect();
        assert!(values.iter().map(|value| value.to_bits()).take(4).eq(first), "{name}");
        assert_eq!(values[count - 1].to_bits(), bits(last), "{name}");
        let (mut plain, mut by_place) = (0_u64, 0_u64);
        for (place, value) in (1_u64..).zip(&values) {
            let bits = u64::from(value.to_bits());
            plain = plain.wrapping_add(bits);
            by_place = by_place.wrapping_add(place.wrapping_mul(bits));
        }
        assert_eq!(
            (format!("{plain:016x}"), format!("{by_place:016x}")),
            (sum.into(), weighted.into()),
            "{name}"
        );
    }
    assert_eq!(total, 132_863_336);
}

fn engine(mode: Mode, drawn: bool) -> Engine {
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

#[test]
fn every_layer_and_the_logits_agree_with_float64() {
    let mut expected = rows(include_str!("data/vgg11_layers.tsv"));
    let look = |_, activation: mdbook_qed::num::nn::engine::Activation<'_>| {
        check(&expected.next().expect("as many layers as in the table"), &activation.values());
    };
    let logits = engine(Mode::Observed, true).observe(&vgg::image(), look).expect("the image fits");
    assert!(expected.next().is_none());

    let (truth, top): (Vec<_>, Vec<_>) =
        rows(include_str!("data/vgg11_logits.tsv")).partition(|row| row.len() == 1);
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

#[test]
fn kept_or_drawn_on_one_two_or_three_threads_the_bits_are_the_same() {
    let image = vgg::image();
    let on = |threads: usize, drawn: bool| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had");
        pool.install(|| engine(Mode::Fast, drawn).forward(&image).expect("the image fits"))
    };
    let logits = on(1, true);
    for threads in [2, 3] {
        assert!(logits == on(threads, true), "{threads} threads");
    }
    assert!(logits == on(2, false), "weights kept");
}

/// A CPU with AVX-512 has AVX2 too: both kernels are held to the truth wherever there are both.
#[test]
fn avx2_agrees_with_float64_too() {
    let itself = std::env::current_exe().expect("a test has a program");
    let mut command = std::process::Command::new(itself);
    command.args(["--exact", "every_layer_and_the_logits_agree_with_float64"]).env("QED_SIMD", "avx2");
    let output = command.output().expect("it runs again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
