//! Pieces of a source that keep their place while Markdown's prefixes are taken out of them.

use std::ops::Range;

use crate::source::{FileId, Span};

/// A piece of a source whose container prefixes (`> `, list indentation) are blanked out with spaces, so that
/// `text.len()` equals the span's length and a byte offset in `text` plus `span.start` is an offset in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Where it stands.
    pub span: Span,
    /// Its characters, as long in bytes as the span.
    pub text: String,
}

impl Fragment {
    /// `range` of its text, with its place.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let start = self.span.start as usize;
        Self {
            span: Span::new(self.span.file, start + range.start, start + range.end),
            text: self.text[range].to_owned(),
        }
    }

    /// Without white space around it.
    pub fn trimmed(&self) -> Self {
        self.slice(trim(&self.text, 0..self.text.len()))
    }

    /// Whether it holds nothing but white space.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The text of one chapter and where its first byte lies in the file, past a byte-order mark. Every offset in
/// `scan` counts from that byte; spans count from the file's first.
#[derive(Clone, Copy)]
pub(super) struct Page<'t> {
    pub(super) file: FileId,
    pub(super) base: usize,
    pub(super) text: &'t str,
    /// The same, byte for byte as long, as Markdown was given it.
    pub(super) parsed: &'t str,
}

impl Page<'_> {
    /// The place of `range`.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, self.base + range.start, self.base + range.end)
    }

    /// The fragment at `start` whose text, prefixes blanked, is `text`.
    pub(super) fn fragment(&self, start: usize, text: impl Into<String>) -> Fragment {
        let text = text.into();
        Fragment { span: self.span(start..start + text.len()), text }
    }

    /// What has to stand before a line so that it belongs to the block at `start`: the marks of quotes, and spaces for
    /// those of lists.
    pub(super) fn prefix(&self, start: usize) -> String {
        let line = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        self.text[line..start].chars().map(|c| if c == '>' { '>' } else { ' ' }).collect()
    }

    /// `range` with everything outside `kept` (sorted, disjoint) blanked out.
    pub(super) fn masked(&self, range: Range<usize>, kept: &[Range<usize>]) -> String {
        let mut text = String::with_capacity(range.len());
        let mut at = range.start;
        for keep in kept {
            let keep = keep.start.max(at)..keep.end.min(range.end);
            if keep.is_empty() {
                continue;
            }
            push_blank(&mut text, &self.text[at..keep.start]);
            text.push_str(&self.text[keep.clone()]);
            at = keep.end;
        }
        push_blank(&mut text, &self.text[at..range.end]);
        text
    }
}

/// Appends as many spaces as `hidden` has bytes; line ends stay, so that lines can still be counted.
pub(super) fn push_blank(text: &mut String, hidden: &str) {
    text.extend(hidden.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { byte as char } else { ' ' }));
}

/// `range` of `text` without the white space at both ends; empty at its start if there is nothing else.
pub(super) fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = &text[range.clone()];
    let start = range.start + (slice.len() - slice.trim_start().len());
    let end = range.start + slice.trim_end().len();
    if start > end { range.start..range.start } else { start..end }
}
