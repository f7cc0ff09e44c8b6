//! The plot tag.
//!
//! ```text
//! plot   = part { ";" part }              in any order, but at least one curve
//! part   = curve | option
//! curve  = expression "vs" expression [ "as" text ]
//! option = ( "title" | "x" | "y" ) "=" text | "log" "=" ( "x" | "y" | "xy" )
//! text   = '"' characters '"' | characters without ";"
//! ```
//!
//! Separators inside double quotes or brackets do not count. Expressions are handed on unread.

use std::ops::Range;

use super::tags::{Comment, malformed, split, top_level, unquoted};
use super::{Curve, Fragment, Plot};
use crate::diag::{Diagnostic, suggest};

/// Reads what follows `plot`.
pub(super) fn read(comment: &Comment, spec: &Fragment) -> Result<Plot, Diagnostic> {
    if spec.text.matches('"').count() % 2 == 1 {
        return Err(malformed(spec.span, "a quote that is not closed"));
    }
    let mut plot = Plot {
        span: comment.span,
        title: String::new(),
        labels: Default::default(),
        log: [false; 2],
        curves: Vec::new(),
    };
    for part in split(spec, b';').iter().filter(|part| !part.is_blank()) {
        match option(part) {
            Some((key, value)) if OPTIONS.contains(&key) => set(&mut plot, key, &value, part)?,
            Some((key, _)) if word(&part.text, "vs").is_none() => return Err(unknown(key, part)),
            _ => plot.curves.push(curve(part)?),
        }
    }
    match plot.curves.is_empty() {
        true => Err(malformed(spec.span, "a plot without a curve").help(HELP)),
        false => Ok(plot),
    }
}

const OPTIONS: [&str; 4] = ["title", "x", "y", "log"];

const HELP: &str = "write `<!-- qed: plot y vs x; title=… -->`";

/// What stands before and after the first `=`.
fn option(part: &Fragment) -> Option<(&str, Fragment)> {
    let at = part.text.find('=')?;
    Some((part.text[..at].trim(), part.slice(at + 1..part.text.len()).trimmed()))
}

fn set(plot: &mut Plot, key: &str, value: &Fragment, part: &Fragment) -> Result<(), Diagnostic> {
    let text = unquoted(value)?.text;
    match (key, text.as_str()) {
        ("title", _) => plot.title = text,
        ("x", _) => plot.labels[0] = text,
        ("y", _) => plot.labels[1] = text,
        (_, "x" | "y" | "xy") => plot.log = [text.contains('x'), text.contains('y')],
        _ => return Err(malformed(part.span, "`log` is `x`, `y` or `xy`").help(HELP)),
    }
    Ok(())
}

fn curve(part: &Fragment) -> Result<Curve, Diagnostic> {
    let Some(vs) = word(&part.text, "vs") else {
        return Err(malformed(part.span, "a curve is written `y vs x`").help(HELP));
    };
    let y = part.slice(0..vs.start).trimmed();
    let rest = part.slice(vs.end..part.text.len());
    let (x, name) = match word(&rest.text, "as") {
        Some(found) => {
            let name = unquoted(&rest.slice(found.end..rest.text.len()).trimmed())?;
            (rest.slice(0..found.start), name.text)
        }
        None => (rest, String::new()),
    };
    Ok(Curve { span: part.span, y, x: x.trimmed(), name })
}

/// Where `word` stands in `text` by itself, with white space on both sides.
fn word(text: &str, word: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let is_space = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_whitespace);
    let start = top_level(text).find(|at| {
        bytes[*at..].starts_with(word.as_bytes())
            && is_space(at.checked_sub(1))
            && is_space(at.checked_add(word.len()))
    })?;
    Some(start..start + word.len())
}

fn unknown(key: &str, part: &Fragment) -> Diagnostic {
    let near = suggest::did_you_mean(key, OPTIONS.iter().copied());
    malformed(part.span, format!("a plot has no setting `{key}`"))
        .help(near.unwrap_or_else(|| "its settings are `title`, `x`, `y` and `log`".to_owned()))
}
