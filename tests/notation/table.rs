//! The table of notation, row by row.

use mdbook_qed::eval::Value;
use mdbook_qed::num::exact::{Rational, parse_decimal};
use mdbook_qed::syntax::Notation;

use super::{calculator, evaluate, numbers, shape};

const TABLE: &str = include_str!("../data/notation.tsv");
/// The table has 25 digits; a value may be enclosed to fewer.
const DIGITS: usize = 24;

#[test]
fn every_row_has_its_value_or_its_error() {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let problems: Vec<String> =
        rows.clone().filter_map(|line| problem(line).map(|why| format!("{line}\n    {why}"))).collect();
    let count = rows.count();
    assert!(count >= 400, "only {count} rows");
    assert!(problems.is_empty(), "{} of {count} rows:\n{}", problems.len(), problems.join("\n"));
}

fn problem(line: &str) -> Option<String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [_, notation, text, given, expression, expected] = fields[..] else {
        return Some("six fields are expected".to_owned());
    };
    let notation = if notation == "latex" { Notation::Latex } else { Notation::Plain };
    let text = text.replace('⏎', "\n");
    match (evaluate(&calculator(given, notation), &text, notation), expression) {
        (Ok(value), "error") => Some(format!("it is {value}")),
        (Ok(value), _) => disagreement(&value, expected),
        (Err(error), "error") => {
            let said = format!("{} {}", error.message, error.help.as_deref().unwrap_or_default());
            (!said.contains(expected)).then(|| format!("the error is: {said}"))
        }
        (Err(error), _) => Some(format!("error: {}", error.message)),
    }
}

/// Why `value` is not `expected`: its enclosures have to hold the digits of the table.
fn disagreement(value: &Value, expected: &str) -> Option<String> {
    let found = numbers(value);
    let digits = expected.split(['[', ']', ',', ' ']).filter(|part| !part.is_empty());
    let wanted: Vec<Rational> =
        digits.map(|digits| parse_decimal(&digits.replace("e+", "e")).expect("a decimal")).collect();
    let agrees = |number: &mdbook_qed::num::Number, wanted: &Rational| {
        let (low, high) = number.enclosure();
        let size = if *wanted < Rational::ZERO { -wanted.clone() } else { wanted.clone() };
        let slack = size * parse_decimal(&format!("1e-{DIGITS}")).expect("a decimal");
        &low - &slack <= *wanted && *wanted <= &high + &slack && number.to_decimal(12).is_some()
    };
    let same = shape(&value.to_string()) == shape(expected)
        && found.len() == wanted.len()
        && found.iter().zip(&wanted).all(|(number, wanted)| agrees(number, wanted));
    (!same).then(|| format!("it is {value}"))
}
