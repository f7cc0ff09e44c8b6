//! The texts that a report points into: where a byte lies for a reader, and the lines around it.

use crate::source::{FileId, LineIndex, Position, Span};

/// One text and the name under which its reader knows it.
#[derive(Clone, Debug)]
pub struct Text {
    path: String,
    text: String,
    lines: LineIndex,
}

impl Text {
    /// The text of the file at `path`.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { path: path.into(), lines: LineIndex::new(&text), text }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Where something lies in a file, as people and editors count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The source file, relative to where the reader stands.
    pub path: String,
    /// First character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

/// All texts of a run, by [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct Texts(Vec<Text>);

impl Texts {
    /// Adds a text and returns the id that spans in it carry.
    pub fn add(&mut self, text: Text) -> FileId {
        self.0.push(text);
        FileId(self.0.len() as u32 - 1)
    }

    /// The text of `file`, if it was added here.
    pub fn get(&self, file: FileId) -> Option<&Text> {
        self.0.get(file.0 as usize)
    }

    /// The characters of `span`; empty if it lies nowhere.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).and_then(|text| text.text.get(span.range())).unwrap_or_default()
    }

    /// Where `span` lies in its source file.
    pub fn place(&self, span: Span) -> Place {
        let Some(text) = self.get(span.file) else {
            let start = Position { line: 1, column: 1 };
            return Place { path: String::new(), start, end: start };
        };
        let position = |offset: u32| text.lines.position(&text.text, offset as usize);
        Place { path: text.path.clone(), start: position(span.start), end: position(span.end) }
    }
}
