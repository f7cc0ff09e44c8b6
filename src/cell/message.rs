//! What rustc says of a program, at its place on the page and in rustc's words.

use serde_json::Value as Json;

use super::program::Program;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

/// A message of cargo about one program.
pub(super) enum Said {
    /// Something is wrong with a cell.
    Error(Box<Diagnostic>),
    /// A name's value cannot be told here: it was moved away, or its type says too little.
    Export(usize),
}

/// Reads an error of rustc; `None` for what is no error. What lies in no cell is put at `otherwise`.
pub(super) fn read(message: &Json, program: &Program, otherwise: Span) -> Option<Said> {
    if message["level"] != "error" {
        return None;
    }
    let spans = message["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
    let primary = || spans.iter().filter(|span| span["is_primary"] == true);
    if let Some(export) = primary().find_map(|span| program.export_at(offset(span, "byte_start")?)) {
        return Some(Said::Export(export));
    }
    let text = message["message"].as_str().unwrap_or_default();
    // The closing line of a failed build says nothing about the page.
    if spans.is_empty() && text.starts_with("aborting due to") {
        return None;
    }
    let code = message["code"]["code"].as_str().map(|code| format!(" [{code}]")).unwrap_or_default();
    let place = primary().find_map(|span| on_page(span, program)).unwrap_or(otherwise);
    let mut diagnostic = Diagnostic::error(Code::CellError, place, format!("{}{code}", one_line(text)));
    if let Some(label) = primary().find_map(|span| span["label"].as_str()) {
        diagnostic = diagnostic.label(one_line(label));
    }
    for span in spans.iter().filter(|span| span["is_primary"] != true) {
        if let (Some(place), Some(label)) = (on_page(span, program), span["label"].as_str()) {
            diagnostic = diagnostic.secondary(place, one_line(label));
        }
    }
    for child in message["children"].as_array().into_iter().flatten() {
        let text = one_line(child["message"].as_str().unwrap_or_default());
        match child["level"].as_str() {
            Some("help") if diagnostic.help.is_none() => diagnostic.help = Some(text + &suggestion(child)),
            Some("note" | "help") => diagnostic = diagnostic.note(text),
            _ => {}
        }
    }
    Some(Said::Error(Box::new(diagnostic)))
}

fn offset(span: &Json, key: &str) -> Option<usize> {
    usize::try_from(span[key].as_u64()?).ok()
}

/// Where a span stands on the page: itself, or the use of the macro that it came from.
fn on_page(span: &Json, program: &Program) -> Option<Span> {
    let mut span = span;
    loop {
        let own = span["file_name"].as_str().is_some_and(|name| name.replace('\\', "/").contains("src/bin/"));
        let range = || Some(offset(span, "byte_start")?..offset(span, "byte_end")?);
        if let Some(place) = range().filter(|_| own).and_then(|range| program.origin(range)) {
            return Some(place);
        }
        span = span["expansion"].get("span")?;
    }
}

/// What a help proposes to write.
fn suggestion(child: &Json) -> String {
    let spans = child["spans"].as_array().into_iter().flatten();
    let texts: Vec<&str> = spans.filter_map(|span| span["suggested_replacement"].as_str()).collect();
    match texts.as_slice() {
        [text] if !text.trim().is_empty() => format!(": `{}`", one_line(text)),
        _ => String::new(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
