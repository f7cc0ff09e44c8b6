//! Notation: every row of `tests/data/notation.tsv` has its value or its error, the manual's tables say what happens,
//! random formulas agree with a second evaluator, and nothing takes long.

#![cfg(feature = "book")]

#[path = "notation/budgets.rs"]
mod budgets;
#[path = "notation/formulas.rs"]
mod formulas;
#[path = "notation/manual.rs"]
mod manual;
#[path = "notation/oracle.rs"]
mod oracle;
#[path = "notation/table.rs"]
mod table;

use mdbook_qed::diag::Diagnostic;
use mdbook_qed::eval::{Calculator, Value};
use mdbook_qed::syntax::Notation;

/// A calculator that knows `given`: `x=1.3; y=[1, 2]`, the names in `notation`.
fn calculator(given: &str, notation: Notation) -> Calculator {
    let mut calculator = Calculator::default();
    for part in given.split("; ").filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').expect("a name, `=` and a value");
        let value = evaluate(&calculator, value, Notation::Plain);
        let value = value.unwrap_or_else(|error| panic!("{part}: {}", error.message));
        calculator.give(name, notation, value).unwrap_or_else(|error| panic!("{part}: {}", error.message));
    }
    calculator
}

fn evaluate(calculator: &Calculator, text: &str, notation: Notation) -> Result<Value, Box<Diagnostic>> {
    calculator.evaluate(text, notation)
}

/// The numbers of a value, in order.
fn numbers(value: &Value) -> Vec<&mdbook_qed::num::Number> {
    match value {
        Value::Number(number) => vec![number],
        Value::List(items) => items.iter().flat_map(numbers).collect(),
        Value::Matrix(matrix) => matrix.rows.iter().flatten().flat_map(numbers).collect(),
        other => panic!("{other} is no number"),
    }
}

/// The shape of a value or of its text: its brackets and commas alone.
fn shape(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '[' | ']' | ',')).collect()
}
