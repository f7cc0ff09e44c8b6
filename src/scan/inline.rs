//! `{{#qed …}}` in inline text, and links that mdBook should have resolved.
//!
//! The claim ends at the first `}}` outside braces of its own, so that `{{#qed \frac{1}{2} = 0.5}}` is one. Inside
//! code nothing counts.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::html;
use super::run::{Kind, Run};
use super::tags::is_slip;

/// Something between double braces that concerns us. Ranges are offsets in the run's text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A claim, with its braces and without.
    Claim { outer: Range<usize>, content: Range<usize> },
    /// `{{#qed}}`.
    Empty(Range<usize>),
    /// `{{#qed …` without its end.
    Unclosed(Range<usize>),
    /// `{{#qde …`: the word.
    Misspelt(Range<usize>),
    /// `{{qed …`: from the braces to the word's end.
    NoHash(Range<usize>),
    /// `{{#include …`, unresolved.
    Include(Range<usize>),
}

/// Links of mdBook's own, which are gone by the time we see the page unless they failed.
const LINKS: &[&str] = &["include", "rustdoc_include", "playground", "playpen"];

static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{\{[ \t]*(#?)([ \t]*)([A-Za-z_]+)")
        .expect("the pattern is a constant and a test compiles it")
});

/// Everything between double braces in `text`, the masked text of `run`.
pub(super) fn find(run: &Run<'_>, text: &str) -> Vec<Found> {
    if !text.contains("{{") {
        return Vec::new();
    }
    let mut opaque =
        run.pieces.iter().filter(|piece| is_opaque(run, text, piece.range.clone(), &piece.kind)).peekable();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(captures) = OPENING.captures_at(text, at) {
        let [outer, hash, space, word] =
            [0, 1, 2, 3].map(|idx| captures.get(idx).map_or(0..0, |group| group.range()));
        at = outer.end;
        let start = run.range.start + outer.start;
        while opaque.next_if(|piece| piece.range.end <= start).is_some() {}
        let hidden = opaque.peek().is_some_and(|piece| piece.range.start <= start);
        if hidden || text[..outer.start].ends_with('\\') {
            continue;
        }
        match &text[word.clone()] {
            "qed" if hash.is_empty() => found.push(Found::NoHash(outer)),
            "qed" if space.is_empty() => {
                let claim = claim(text, outer);
                at = claim.end();
                found.push(claim);
            }
            name if !hash.is_empty() && (name == "qed" || is_slip(name)) => found.push(Found::Misspelt(word)),
            name if !hash.is_empty() && LINKS.contains(&name) => {
                found.push(Found::Include(outer.start..word.end))
            }
            _ => {}
        }
    }
    found
}

impl Found {
    /// Where the search goes on.
    fn end(&self) -> usize {
        match self {
            Self::Claim { outer, .. } | Self::Empty(outer) | Self::Unclosed(outer) => outer.end,
            Self::Misspelt(range) | Self::NoHash(range) | Self::Include(range) => range.end,
        }
    }
}

/// Whether tags in a piece are text: in code and in comments.
fn is_opaque(run: &Run<'_>, text: &str, range: Range<usize>, kind: &Kind<'_>) -> bool {
    match kind {
        Kind::Code => true,
        Kind::Html => text[range.start - run.range.start..].starts_with("<!--"),
        _ => false,
    }
}

/// The claim whose opening, up to the word `qed`, is `opening`.
fn claim(text: &str, opening: Range<usize>) -> Found {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, opening.end);
    while let Some(byte) = bytes.get(at) {
        match byte {
            // A claim inside a claim means that the first was never closed. Stopping here keeps the search linear.
            b'{' if OPENING_QED.iter().any(|start| text[at..].starts_with(start)) => break,
            b'{' => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'}' if bytes.get(at + 1) == Some(&b'}') => return closed(text, opening, at),
            _ => {}
        }
        at += 1;
    }
    Found::Unclosed(opening)
}

const OPENING_QED: &[&str] = &["{{#qed", "{{ #qed"];

fn closed(text: &str, opening: Range<usize>, end: usize) -> Found {
    let outer = opening.start..end + 2;
    let content = super::fragment::trim(text, opening.end..end);
    if content.is_empty() { Found::Empty(outer) } else { Found::Claim { outer, content } }
}

/// The run of a piece of raw HTML: its text, without comments and markup.
pub(super) fn run_of_html(html: &str, base: usize, range: Range<usize>) -> Run<'static> {
    let mut run = Run::new(base + range.start, false);
    run.range.end = base + range.end;
    for piece in html::text_between_elements(html, range) {
        run.push(base + piece.start..base + piece.end, Kind::Text);
    }
    run
}
