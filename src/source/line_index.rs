//! Byte offset to line and column.

/// A place as people count it: both from 1, the column in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode scalar values, from 1.
    pub column: usize,
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`; lines end with `\n` (a `\r` before it belongs to the line).
    pub fn new(text: &str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { starts: std::iter::once(0).chain(newlines.map(|(at, _)| at as u32 + 1)).collect() }
    }

    /// The position of byte `offset` of `text`, the text that was indexed. An offset past the end or inside a
    /// character is moved back to the nearest boundary. A byte-order mark has no column, as in editors.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.starts.partition_point(|start| *start as usize <= offset) - 1;
        let before = &text[self.starts[line] as usize..offset];
        let before = if line == 0 { before.trim_start_matches('\u{feff}') } else { before };
        Position { line: line + 1, column: before.chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::LineIndex;

    #[test]
    fn positions() {
        let text = "\u{feff}aé\r\nb😀c\n";
        let lines = LineIndex::new(text);
        for (offset, line, column) in [
            (0, 1, 1),
            (3, 1, 1),
            (4, 1, 2),
            (5, 1, 2),
            (6, 1, 3),
            (7, 1, 4),
            (8, 2, 1),
            (10, 2, 2),
            (13, 2, 3),
            (15, 3, 1),
            (99, 3, 1),
        ] {
            let position = lines.position(text, offset);
            assert_eq!((position.line, position.column), (line, column), "{offset}");
        }
    }
}
