//! The table of notation, row by row.

use mdbook_qed::eval::{Definition, Scope, Value};
use mdbook_qed::num::exact::{Rational, parse_decimal};
use mdbook_qed::scan::Fragment;
use mdbook_qed::source::{FileId, Span};
use mdbook_qed::syntax::{self, MemberKind, Name, Notation};

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

/// What is read and printed again in plain notation has the value of the table still.
#[test]
fn what_is_printed_means_the_same() {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let printed: Vec<(&str, String)> = rows.filter_map(|line| Some((line, printed(line)?))).collect();
    let problem = |(line, text): &(&str, String)| {
        let fields: Vec<&str> = line.split('\t').collect();
        let why = match evaluate(&calculator(fields[3], Notation::Plain), text, Notation::Plain) {
            Ok(value) => disagreement(&value, fields[5])?,
            Err(error) => error.message,
        };
        Some(format!("{line}\n    printed {text}: {why}"))
    };
    let problems: Vec<String> = printed.iter().filter_map(problem).collect();
    assert!(printed.len() >= 200, "only {} rows", printed.len());
    assert!(problems.is_empty(), "{} of {}:\n{}", problems.len(), printed.len(), problems.join("\n"));
}

/// A row that is one expression with a value and with plain names, in plain notation.
fn printed(line: &str) -> Option<String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [_, notation, text, given, expression, _] = fields[..] else { return None };
    let is_plain = |part: &str| {
        let name = part.split('=').next().unwrap_or_default();
        name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
    };
    if expression == "error" || text.contains('⏎') || !given.split("; ").all(is_plain) {
        return None;
    }
    let notation = if notation == "latex" { Notation::Latex } else { Notation::Plain };
    let mut scope = Scope::default();
    for part in given.split("; ").filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=')?;
        let value = evaluate(&calculator("", notation), value, Notation::Plain).ok()?;
        scope.define(Name::new(name), Definition::Value(value), Span::default());
    }
    let fragment = Fragment { text: text.to_owned(), span: Span::new(FileId(0), 0, text.len()) };
    let statements = syntax::parse(&fragment, notation).ok()?;
    let [statement] = statements.as_slice() else { return None };
    match statement.read(0, &scope, &[]).kind {
        MemberKind::Expr(expr) if statement.links.is_empty() => syntax::print(&expr, &|_| None),
        _ => None,
    }
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
