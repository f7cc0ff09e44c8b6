//! `mdbook-qed eval`: a calculator, for one expression or for a stream of them.

use std::io::{BufRead, Write};

use serde_json::{Map, Value as Json, json};

use super::Exit;
use super::args::Eval;
use super::output::{Output, Stream};
use crate::diag::Diagnostic;
use crate::eval::{Calculator, Matrix, Value};
use crate::host::Failure;
use crate::report::{Report, human};
use crate::scan::LogBase;
use crate::source::{Source, Sources};
use crate::syntax::Notation;

pub(crate) fn run(arguments: &Eval, output: &mut Output) -> Result<Exit, Failure> {
    let mut calculator = Calculator::default();
    if let Some(base) = arguments.log.as_deref().and_then(LogBase::named) {
        calculator.set_logarithm(base);
    }
    if arguments.jsonl {
        return stream(&calculator);
    }
    let notation = if arguments.latex { Notation::Latex } else { Notation::Plain };
    let Some(expression) = &arguments.expression else {
        let failure = Failure::new("there is no expression to compute");
        return Err(failure.help("write it as one argument: mdbook-qed eval '2 * 3'"));
    };
    for given in &arguments.given {
        give(&mut calculator, given, notation)?;
    }
    match calculator.evaluate(expression, notation) {
        Ok(value) => {
            output.write(Stream::Stdout, &format!("{value}\n"));
            Ok(Exit::Verified)
        }
        Err(diagnostic) => {
            let mut texts = Sources::default();
            texts.add(Source::file("expression", expression));
            let report = Report { claims: Vec::new(), diagnostics: vec![*diagnostic] };
            let style = human::Style { color: true, ..human::Style::default() };
            output.write(Stream::Stderr, &human::render(&report, &texts, style));
            Ok(Exit::Wrong)
        }
    }
}

/// `x=1.3`: a name in the notation of the expression, a value in plain notation.
fn give(calculator: &mut Calculator, given: &str, notation: Notation) -> Result<(), Failure> {
    let failure = |problem: &str| Failure::new(format!("--let {given}: {problem}"));
    let Some((name, value)) = given.split_once('=') else {
        return Err(failure("a name, `=` and a value are expected").help("--let x=1.3"));
    };
    let value = calculator.evaluate(value, Notation::Plain).map_err(|problem| failure(&problem.message))?;
    calculator.give(name.trim(), notation, value).map_err(|problem| failure(&problem.message))
}

/// One line of JSON in, one out, flushed at once. A line that is wrong is answered like any other.
fn stream(calculator: &Calculator) -> Result<Exit, Failure> {
    let broken = |error: std::io::Error| Failure::new(format!("standard input or output: {error}"));
    let (stdin, mut stdout) = (std::io::stdin().lock(), std::io::stdout().lock());
    for line in stdin.split(b'\n') {
        let line = line.map_err(broken)?;
        let answer = answer(calculator.clone(), &String::from_utf8_lossy(&line));
        match writeln!(stdout, "{answer}").and_then(|()| stdout.flush()) {
            // A reader that went away is no error.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => break,
            written => written.map_err(broken)?,
        }
    }
    Ok(Exit::Verified)
}

/// The answer to one line: `{"value": …}`, or `{"error": …, "span": [a, b]}` in characters of the expression.
fn answer(mut calculator: Calculator, line: &str) -> String {
    let request: Map<String, Json> = match serde_json::from_str(line) {
        Ok(request) => request,
        Err(error) => return refusal(&format!("not a JSON object: {error}"), None, line, 0..line.len()),
    };
    let (text, notation) = match (request.get("latex"), request.get("plain")) {
        (Some(Json::String(text)), None) => (text, Notation::Latex),
        (None, Some(Json::String(text))) => (text, Notation::Plain),
        _ => return refusal("exactly one of `latex` and `plain` is expected, a text", None, "", 0..0),
    };
    if let Err(message) = give_all(&mut calculator, request.get("let"), notation) {
        return refusal(&message, None, text, 0..0);
    }
    match calculator.evaluate(text, notation) {
        Ok(value) => format!("{{\"value\": {}}}", written(&value)),
        Err(error) => refusal(&error.message, error.help.as_deref(), text, error.span.range()),
    }
}

fn give_all(calculator: &mut Calculator, names: Option<&Json>, notation: Notation) -> Result<(), String> {
    let names = match names {
        None | Some(Json::Null) => return Ok(()),
        Some(Json::Object(names)) => names,
        Some(_) => return Err("`let` is an object of names and values".to_owned()),
    };
    for (name, value) in names {
        let wrong = |problem: Box<Diagnostic>| format!("let {name}: {}", problem.message);
        let value = match value {
            Json::String(text) => calculator.evaluate(text, Notation::Plain).map_err(wrong)?,
            Json::Number(_) | Json::Array(_) => {
                calculator.evaluate(&value.to_string(), Notation::Plain).map_err(wrong)?
            }
            _ => return Err(format!("let {name}: a number, a list or a text in plain notation is expected")),
        };
        calculator.give(name, notation, value).map_err(wrong)?;
    }
    Ok(())
}

fn refusal(message: &str, help: Option<&str>, text: &str, range: std::ops::Range<usize>) -> String {
    let characters = |end: usize| text.get(..end).map_or(0, |before| before.chars().count());
    let span = [characters(range.start), characters(range.end)];
    match help {
        Some(help) => json!({"error": message, "span": span, "help": help}).to_string(),
        None => json!({"error": message, "span": span}).to_string(),
    }
}

/// A value as JSON, numbers with all their digits.
fn written(value: &Value) -> String {
    let list = |items: &[Value]| {
        let items: Vec<String> = items.iter().map(written).collect();
        format!("[{}]", items.join(", "))
    };
    match value {
        Value::Number(_) | Value::Dual(_) => value.to_string(),
        Value::List(items) => list(items),
        Value::Matrix(matrix) => {
            let Matrix { rows } = &**matrix;
            let rows: Vec<String> = rows.iter().map(|row| list(row)).collect();
            format!("[{}]", rows.join(", "))
        }
        other => Json::String(other.to_string()).to_string(),
    }
}
