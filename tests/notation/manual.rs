//! The manual's tables of notation: what they say is what happens.

use mdbook_qed::syntax::{Builtin, Notation};

use super::{calculator, evaluate};

const PAGE: &str = include_str!("../../book/manual/notation.md");
/// The names that the page's examples use; the page says so too.
const GIVEN: &str =
    "x=3; y=2; n=5; k=2; r=2; o_1=0.5; u=[1, 2, 3]; v=[4, 5, 6]; A=[[1, 2], [3, 4]]; x_1=7; w_{10}=8";

/// Plain notation has no braces around a subscript.
fn given(notation: Notation) -> String {
    match notation {
        Notation::Latex => GIVEN.to_owned(),
        Notation::Plain => GIVEN.replace("w_{10}", "w_10"),
    }
}

/// The cells of the page's tables of examples, whose headers are these words.
fn examples() -> Vec<(Notation, String, String)> {
    let mut rows = Vec::new();
    let mut notation = None;
    for line in PAGE.lines() {
        let cells: Vec<String> = cells(line);
        match cells.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["Written", _, "Value"] => notation = Some(Notation::Latex),
            ["Plain", _, "Value"] => notation = Some(Notation::Plain),
            [written, _, value] if !written.starts_with('-') => {
                if let (Some(notation), Some(code)) = (notation, code(written)) {
                    rows.push((notation, code.to_owned(), value.to_owned()));
                }
            }
            [] => notation = None,
            _ => {}
        }
    }
    rows
}

/// The cells of a row; `\|` is a bar in one of them.
fn cells(line: &str) -> Vec<String> {
    let Some(row) = line.trim().strip_prefix('|').and_then(|row| row.strip_suffix('|')) else {
        return Vec::new();
    };
    row.replace("\\|", "\u{0}").split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
}

fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix("`` ")
        .and_then(|rest| rest.strip_suffix(" ``"))
        .or_else(|| cell.strip_prefix('`')?.strip_suffix('`'))
}

#[test]
fn every_example_of_the_manual_is_true() {
    let rows = examples();
    assert!(rows.len() >= 100, "only {} examples were found", rows.len());
    let mut problems = Vec::new();
    for (notation, text, expected) in rows {
        let found = match evaluate(&calculator(&given(notation), notation), &text, notation) {
            // Zeros at the end tell an enclosure from an exact value.
            Ok(value) if value.to_string().contains('.') && value.as_number().is_some() => {
                value.to_string().trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            Ok(value) => value.to_string(),
            Err(_) => "error".to_owned(),
        };
        let shown = expected.trim_matches('`');
        let cut = shown.strip_suffix('…').is_some_and(|digits| found.starts_with(digits));
        if found != shown && !cut {
            problems.push(format!("`{text}` is {found}, not {expected}"));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn the_manual_names_every_function() {
    let missing: Vec<&str> = Builtin::ALL
        .iter()
        .map(|(_, names)| names[0])
        .filter(|name| !PAGE.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
