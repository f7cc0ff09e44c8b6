//! Every function against values from mpmath, at every precision: the enclosure holds the truth and is narrow.

use mdbook_qed::num::exact::{Rational, parse_decimal};
use mdbook_qed::num::{Function, MathError, Number, Precision};

struct Row {
    line: String,
    name: String,
    arguments: Vec<Number>,
    /// The truth lies between these: one unit of the last digit to either side.
    least: Rational,
    most: Rational,
    condition_bits: f64,
}

fn rows(table: &str) -> Vec<Row> {
    table.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

fn row(line: &str) -> Row {
    let fields: Vec<&str> = line.split('\t').collect();
    let value = parse_decimal(&fields[2].replace("e+", "e")).expect("a decimal");
    let digits = fields[2]
        .split('e')
        .next()
        .expect("split yields at least one part")
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    let one = Rational::ONE;
    let unit = parse_decimal(&format!("1e-{}", digits - 1)).expect("a decimal");
    let (a, b) = (&value * (&one - &unit), &value * (&one + &unit));
    Row {
        line: line.chars().take(80).collect(),
        name: fields[0].to_owned(),
        arguments: fields[1].split(' ').map(argument).collect(),
        least: a.clone().min(b.clone()),
        most: a.max(b),
        condition_bits: fields[3].parse().expect("a number"),
    }
}

fn argument(text: &str) -> Number {
    match text.split_once('/') {
        Some((top, bottom)) => {
            Number::from(parse_decimal(top).expect("a decimal") / parse_decimal(bottom).expect("a decimal"))
        }
        None => Number::from(parse_decimal(text).expect("a decimal")),
    }
}

fn evaluate(row: &Row, precision: Precision) -> Result<Number, MathError> {
    match (row.name.as_str(), row.arguments.as_slice()) {
        ("pow", [base, exponent]) => base.pow(exponent, precision),
        ("root", [value, degree]) => value.root(degree, precision),
        ("log", [value, base]) => value.log(base, precision),
        (name, arguments) => {
            let function = Function::from_name(name).unwrap_or_else(|| panic!("no function {name}"));
            Number::apply(function, arguments, precision)
        }
    }
}

/// Where arguments near a pole or zero are rounded to bits first, an enclosure may be undecided.
fn check(row: &Row, precision: Precision) {
    let at = format!("{} at {} bits", row.line, precision.bits());
    let value = match evaluate(row, precision) {
        Ok(value) => value,
        Err(error) if error.is_undecided() && row.condition_bits > f64::from(precision.bits()) - 20.0 => {
            return;
        }
        Err(error) => panic!("{at}: {error}"),
    };
    let (lo, hi) = value.enclosure();
    assert!(
        lo <= row.most && hi >= row.least,
        "{at}: not in [{}, {}]",
        lo.to_f64().value(),
        hi.to_f64().value()
    );
    let allowed = if precision.is_double() { 46.0 } else { f64::from(precision.bits()) - 12.0 };
    let width = value.relative_width_log2();
    let lost = row.condition_bits > f64::from(precision.bits()) - 8.0;
    assert!(
        lost || width <= row.condition_bits - allowed,
        "{at}: width 2^{width}, condition 2^{}",
        row.condition_bits
    );
    check_decimal(row, &value, &at);
}

/// Digits printed are digits of the truth.
fn check_decimal(row: &Row, value: &Number, at: &str) {
    let Some(text) = value.to_decimal(8) else { return };
    let printed = parse_decimal(&text).unwrap_or_else(|| panic!("{at}: printed {text}"));
    let slack = parse_decimal("6e-8").expect("a decimal");
    let one = Rational::ONE;
    let (a, b) = (&row.least * (&one - &slack), &row.most * (&one + &slack));
    let (least, most) = (a.clone().min(b.clone()), a.max(b));
    assert!(least <= printed && printed <= most, "{at}: printed {text}");
}

#[test]
fn enclosures_hold_the_truth_at_every_precision() {
    let rows = rows(include_str!("data/elementary.tsv"));
    assert!(rows.len() > 700);
    for row in &rows {
        for precision in &Precision::LADDER[..4] {
            check(row, *precision);
        }
    }
}

#[test]
fn enclosures_hold_the_truth_to_the_last_digit() {
    let rows = rows(include_str!("data/elementary_long.tsv"));
    assert!(rows.len() > 35);
    for row in &rows {
        for precision in Precision::LADDER {
            check(row, *precision);
        }
    }
}
