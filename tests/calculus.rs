//! Integrals, limits and series against `tests/data/calculus.tsv`: a value is right to ten digits, and what has none is
//! an error.

use mdbook_qed::eval::Calculator;
use mdbook_qed::syntax::Notation;

/// Why a line of the table fails, if it does.
fn check(latex: &str, expected: &str) -> Option<String> {
    let found = Calculator::default().evaluate(latex, Notation::Latex);
    match (found, expected.parse::<f64>()) {
        (Ok(value), Ok(expected)) => {
            let number = value.as_number().map_or(f64::NAN, mdbook_qed::num::Number::to_f64);
            let close = (number - expected).abs() <= 1e-10 * expected.abs().max(1e-3);
            (!close).then(|| format!("{latex}: {value}, not {expected}"))
        }
        (Ok(value), Err(_)) => Some(format!("{latex}: {value}, but there is no value")),
        (Err(error), Ok(expected)) => Some(format!("{latex}: {}, not {expected}", error.message)),
        (Err(_), Err(_)) => None,
    }
}

#[test]
fn agrees_with_the_table() {
    let lines = include_str!("data/calculus.tsv").lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once('\t')).collect();
    assert!(rows.len() >= 60, "the table was read");
    let wrong: Vec<String> = rows.iter().filter_map(|(latex, expected)| check(latex, expected)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
