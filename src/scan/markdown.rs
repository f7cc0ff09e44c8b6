//! How Markdown is parsed here: as mdBook does, with math, and without taking display math apart.
//!
//! A line of a formula that begins with `-`, `+` or `=` begins a list or underlines a heading, as Markdown has it, and
//! then there is no formula any more. Programs that look for `$$` before Markdown does typeset it all the same, so
//! authors write it. Such a first character is covered with a letter in the copy that Markdown is given; nothing
//! else knows of it.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, OffsetIter, Options, Parser, Tag, TagEnd};

/// What stands in for a covered character: one byte, and no mark of Markdown.
const COVER: u8 = b'x';

/// The events of a text that [`shield`] has been over, with their places.
pub(super) fn events(shielded: &str) -> OffsetIter<'_> {
    Parser::new_ext(shielded, options()).into_offset_iter()
}

/// What mdBook gives the same parser, and math. Smart punctuation is left out: it changes characters, not places.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH
}

/// `text`, as long as it was, with the first characters of formulas' lines covered where Markdown would otherwise
/// take them for its own.
pub(super) fn shield(text: &str) -> Cow<'_, str> {
    let in_danger: Vec<Range<usize>> =
        chunks(text).filter(|chunk| !covers(text, chunk.clone()).is_empty()).collect();
    if in_danger.is_empty() {
        return text.into();
    }
    let torn = torn(text);
    let mut bytes = text.as_bytes().to_vec();
    for chunk in in_danger {
        let first = torn.partition_point(|at| *at < chunk.start);
        let Some(start) = torn.get(first).filter(|at| **at < chunk.end) else { continue };
        for at in covers(text, *start..chunk.end) {
            bytes[at] = COVER;
        }
    }
    String::from_utf8(bytes).map_or_else(|_| text.into(), Cow::Owned)
}

/// The stretches of `text` between empty lines.
fn chunks(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut lines = text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start..*at, unquoted(line).trim().is_empty()))
    });
    std::iter::from_fn(move || {
        let (mut chunk, _) = lines.by_ref().find(|(_, empty)| !empty)?;
        for (line, _) in lines.by_ref().take_while(|(_, empty)| !empty) {
            chunk.end = line.end;
        }
        Some(chunk)
    })
}

/// Where `$$` stands in the text that Markdown shows, not in math, code or HTML.
fn torn(text: &str) -> Vec<usize> {
    let mut torn = Vec::new();
    let mut in_code = false;
    for (event, range) in events(text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            // Each dollar that is left over is a text of its own.
            Event::Text(_) if !in_code => {
                torn.extend(range.filter(|at| text.as_bytes()[*at..].starts_with(b"$$")));
            }
            _ => {}
        }
    }
    torn
}

/// The `$$` in `range`.
fn doubles(text: &str, range: Range<usize>) -> impl Iterator<Item = usize> {
    text[range.clone()].match_indices("$$").map(move |(at, _)| range.start + at)
}

/// The first characters to cover, of all lines that begin between two `$$`, the first of which is the first in
/// `range`.
fn covers(text: &str, range: Range<usize>) -> Vec<usize> {
    let mut doubles = doubles(text, range).filter(|at| !text[..*at].ends_with('\\'));
    let mut covers = Vec::new();
    while let (Some(open), Some(close)) = (doubles.next(), doubles.next()) {
        let interior = open + 2..close;
        if !text[interior.clone()].contains('\n') {
            continue;
        }
        let depth = quote_depth(line_before(text, open));
        let starts = text[interior.clone()].match_indices('\n').map(|(at, _)| interior.start + at + 1);
        covers.extend(starts.filter_map(|start| marker(text, start..close, depth)));
    }
    covers
}

/// The beginning of the line in which `at` lies.
fn line_before(text: &str, at: usize) -> &str {
    &text[text[..at].rfind('\n').map_or(0, |end| end + 1)..at]
}

fn quote_depth(prefix: &str) -> usize {
    prefix.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'>')).filter(|byte| *byte == b'>').count()
}

/// `line` without the marks of the quotes it stands in.
fn unquoted(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '>'])
}

/// Where `line` begins with something that Markdown takes for a mark of a block, `depth` quotes deep.
fn marker(text: &str, line: Range<usize>, depth: usize) -> Option<usize> {
    let mut rest = text[line.clone()].trim_start_matches([' ', '\t']);
    for _ in 0..depth {
        rest = rest.strip_prefix('>').unwrap_or(rest).trim_start_matches([' ', '\t']);
    }
    let at = line.end - rest.len();
    let number = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let ordered = number.len() < rest.len() && number.starts_with(['.', ')']);
    (ordered || rest.starts_with(['-', '+', '*', '=', '#', '>'])).then_some(at)
}
