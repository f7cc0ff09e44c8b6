//! The texts under check and places in them.
//!
//! A [`Source`] is one text as it was given to us: a file, or a chapter after mdBook's `links` step, which a
//! [`ChapterMap`] leads back to its files. A [`Span`] is a byte range of one source. Line and column exist only in
//! a [`Place`], for rendering. Nothing here reads a file.

mod align;
mod chapter_map;
mod line_index;
mod links;
mod mapped;
mod span;

use std::ops::Range;

pub use chapter_map::ChapterMap;
pub use line_index::{LineIndex, Position};
pub use span::{FileId, Span};

/// One text under check.
#[derive(Debug)]
pub struct Source {
    text: String,
    origin: FileOrChapter,
}

#[derive(Debug)]
enum FileOrChapter {
    File { path: String, lines: LineIndex },
    Chapter(ChapterMap),
}

/// A range of a file, for people and for edits.
#[derive(Clone, Debug)]
pub struct Place<'s> {
    /// The file, as people know it.
    pub path: &'s str,
    /// All of the file's text.
    pub text: &'s str,
    /// The range in that text, in bytes.
    pub range: Range<usize>,
    /// Where the range begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// Whether this text stands in the file, byte for byte. Else the range is that of the link or the gap the text
    /// stands for in the chapter, and nothing can be edited there.
    pub exact: bool,
}

impl Place<'_> {
    /// The place of what lies in no text.
    fn nowhere() -> Self {
        let start = Position { line: 1, column: 1 };
        Self { path: "", text: "", range: 0..0, start, end: start, exact: false }
    }
}

impl Source {
    /// A file that is checked as it is.
    pub fn file(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let lines = LineIndex::new(&text);
        Self { text, origin: FileOrChapter::File { path: path.into(), lines } }
    }

    /// A chapter, and what it was made of.
    pub fn chapter(text: impl Into<String>, map: ChapterMap) -> Self {
        Self { text: text.into(), origin: FileOrChapter::Chapter(map) }
    }

    /// The text, the one that spans count in.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The files that it is made of, as people know them: its own first, then what it includes.
    pub fn files(&self) -> Vec<&str> {
        match &self.origin {
            FileOrChapter::File { path, .. } => vec![path],
            FileOrChapter::Chapter(map) => map.files().collect(),
        }
    }

    /// Where `range` of the text stands in a file. A range that is no piece of the text is cut down to one.
    pub fn place(&self, range: Range<usize>) -> Place<'_> {
        let start = self.text.floor_char_boundary(range.start.min(self.text.len()));
        let end = self.text.ceil_char_boundary(range.end.clamp(start, self.text.len()));
        match &self.origin {
            FileOrChapter::File { path, lines } => place(path, &self.text, lines, start..end, true),
            FileOrChapter::Chapter(map) => {
                let found = map.find(start..end);
                place(&found.file.path, &found.file.text, &found.file.lines, found.range, found.exact)
            }
        }
    }
}

fn place<'s>(path: &'s str, text: &'s str, lines: &LineIndex, range: Range<usize>, exact: bool) -> Place<'s> {
    let (start, end) = (lines.position(text, range.start), lines.position(text, range.end));
    Place { path, text, range, start, end, exact }
}

/// All texts under check, by their ids.
#[derive(Debug, Default)]
pub struct Sources {
    sources: Vec<Source>,
}

impl Sources {
    /// Adds a text; spans of it carry the id that is returned.
    pub fn add(&mut self, source: Source) -> FileId {
        self.sources.push(source);
        FileId(self.sources.len() as u32 - 1)
    }

    /// The text with this id, if it is one of these.
    pub fn get(&self, file: FileId) -> Option<&Source> {
        self.sources.get(file.0 as usize)
    }

    /// Where `span` stands in a file; a place without path and text if it lies in none of these.
    pub fn place(&self, span: Span) -> Place<'_> {
        match self.get(span.file) {
            Some(source) => source.place(span.range()),
            None => Place::nowhere(),
        }
    }

    /// The text that stands at `span`; empty if there is none.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|source| source.text().get(span.range())).unwrap_or("")
    }
}
