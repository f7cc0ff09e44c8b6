//! Chapters of simple equations, as a worked solution prints them: found, read and judged. Items are equations.
//! `cargo bench --bench chapters`.

use std::collections::BTreeMap;
use std::fmt::Write;

use divan::{Bencher, black_box, counter::ItemsCount};

use mdbook_qed::judge::{Settings, judge};
use mdbook_qed::num::{math, rng::SplitMix64};
use mdbook_qed::scan::{ScanOptions, scan};
use mdbook_qed::source::FileId;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// A chapter of `count` displays of five kinds, each with its value to six decimals.
fn chapter(count: usize) -> String {
    let draws = SplitMix64::new(77);
    let mut next = 0..;
    let mut number = |digits: i32| {
        let scale = 10_f64.powi(digits);
        (draws.unit(next.next().unwrap_or_default()) * scale).round() / scale
    };
    let mut text = String::from("<!-- qed: on -->\n");
    for idx in 0..count {
        let (a, b, c, d) = (number(6), number(2), number(6), number(2));
        let (formula, value) = match idx % 5 {
            0 => (
                format!(r"\frac{{1}}{{2}}({a} - {b})^2 + \frac{{1}}{{2}}({c}-{d})^2"),
                0.5 * (a - b).powi(2) + 0.5 * (c - d).powi(2),
            ),
            1 => (format!(r"{a} \cdot {b} + {c} \cdot {d} + 0.35"), a * b + c * d + 0.35),
            2 => (format!(r"\frac{{1}}{{1 + e^{{-{a}}}}}"), 1.0 / (1.0 + math::exp(-a))),
            3 => (format!(r"\sqrt{{{a}^2 + {c}^2}}"), a.hypot(c)),
            _ => (format!(r"\frac{{{a} - {c}}}{{{b} + 1}} \times {d}"), (a - c) / (b + 1.0) * d),
        };
        writeln!(text, "$${formula} = {value:.6}$$\n").expect("a string takes any text");
    }
    text
}

/// As `check` does it: only the values of wrong numbers are computed to 17 digits.
#[divan::bench(args = [10, 1_000, 4_000, 16_000], sample_count = 30)]
fn equations(bencher: Bencher<'_, '_>, count: usize) {
    run(bencher, count, &Settings { brief: true, ..Settings::default() });
}

/// As for a page or a report that shows every value.
#[divan::bench(args = [10, 1_000, 4_000, 16_000], sample_count = 30)]
fn equations_with_values(bencher: Bencher<'_, '_>, count: usize) {
    run(bencher, count, &Settings::default());
}

fn run(bencher: Bencher<'_, '_>, count: usize, settings: &Settings) {
    let text = chapter(count);
    bencher.counter(ItemsCount::new(count)).bench(|| {
        let page = scan(FileId(0), black_box(&text), &ScanOptions::default());
        let judged = judge(&page.items, &BTreeMap::new(), settings, None);
        assert!(judged.report.claims.len() >= count && judged.report.diagnostics.is_empty());
        judged
    });
}
