//! Values as an explanation writes them: in full for a result, to a few digits inside a formula.

use crate::eval::{Evaluated, Point, Scope, Value};
use crate::num::{Number, Rational};

/// Significant digits of a value inside a formula.
const DIGITS: usize = 6;
/// A list of more characters stands by its name inside a formula.
const LONGEST_LIST: usize = 40;

/// A value inside a formula; `None` if it is not a number or a short list.
pub(super) fn short(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number_to(number, DIGITS)),
        Value::Sample(sample) => Some(number_to(&sample.mean, DIGITS)),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(short).collect::<Option<_>>()?;
            let text = format!("[{}]", items.join(", "));
            (text.chars().count() <= LONGEST_LIST).then_some(text)
        }
        _ => None,
    }
}

/// A number to so many significant digits, or as many as are known.
pub(super) fn number_to(number: &Number, digits: usize) -> String {
    (1..=digits).rev().find_map(|digits| number.to_decimal(digits)).unwrap_or_else(|| "0".to_owned())
}

/// How good a value is, if it is not proven to all its digits.
pub(super) fn doubt(evaluated: &Evaluated) -> Option<String> {
    match &evaluated.value {
        Value::Sample(sample) => {
            Some(format!("a sample, standard error {}", number_to(&sample.standard_error, 2)))
        }
        Value::Number(number) if evaluated.is_estimate => {
            let error = Number::from(number.width() / Rational::from(2u8));
            Some(format!("an estimate, its error estimated as {}", number_to(&error, 2)))
        }
        _ if evaluated.is_estimate => Some("an estimate".to_owned()),
        _ => None,
    }
}

/// `x = -1, c = 2`.
pub(super) fn point(scope: &Scope, point: &Point) -> String {
    let one = |(id, value): &(_, Value)| {
        let value = short(value).unwrap_or_else(|| value.to_string());
        format!("{} = {value}", scope.binding(*id).name)
    };
    point.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Text with each run of white space as one space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
