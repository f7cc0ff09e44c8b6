//! VGG-11 end to end: weights bit for bit, every layer and the logits against float64, the same bits on any threads.

#[path = "support/vgg11.rs"]
mod vgg11;

use mdbook_qed::num::nn::engine::Mode;
use mdbook_qed::num::vgg::{self, RULE};
use vgg11::{bits, check_pass, engine, rows, value};

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

#[test]
fn every_layer_and_the_logits_agree_with_float64() {
    check_pass();
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
