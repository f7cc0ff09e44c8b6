//! Text that knows, piece by piece, where it came from.

use std::ops::Range;

/// Where a piece of a text came from. `file` is an index into the files of the map that holds the piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It stands in the file, byte for byte, from `start`.
    Copy { file: usize, start: usize },
    /// It was made from what stands in `range` of the file.
    Made { file: usize, range: Range<usize> },
}

/// A piece of a text: up to `end`, from the end of the piece before it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    end: usize,
    origin: Origin,
}

/// A text and its pieces, which cover all of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapped {
    pub(super) text: String,
    pieces: Vec<Piece>,
}

impl Mapped {
    /// `range` of `text`, which is that of `file`.
    pub(super) fn copy(file: usize, text: &str, range: Range<usize>) -> Self {
        let mut mapped = Self::default();
        mapped.push_copy(file, text, range);
        mapped
    }

    /// Appends `range` of `text`, which is that of `file`.
    pub(super) fn push_copy(&mut self, file: usize, text: &str, range: Range<usize>) {
        self.push(&text[range.clone()], Origin::Copy { file, start: range.start });
    }

    /// Appends `text`. A copy that goes on where the last piece ended becomes part of it.
    pub(super) fn push(&mut self, text: &str, origin: Origin) {
        if text.is_empty() {
            return;
        }
        let last_start = self.pieces.len().checked_sub(2).map_or(0, |idx| self.pieces[idx].end);
        let before = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        if let (Some(last), Origin::Copy { file, start }) = (self.pieces.last_mut(), &origin)
            && last.origin.is_continued_by(before - last_start, *file, *start)
        {
            last.end = end;
        } else {
            self.pieces.push(Piece { end, origin });
        }
    }

    /// Appends `range` of `other`.
    pub(super) fn push_slice(&mut self, other: &Self, range: Range<usize>) {
        let mut at = range.start;
        for idx in other.piece_at(at).. {
            let Some(piece) = other.pieces.get(idx).filter(|_| at < range.end) else { break };
            let end = piece.end.min(range.end);
            self.push(&other.text[at..end], piece.origin.advanced(at - other.start_of(idx)));
            at = end;
        }
    }

    /// Where the non-empty `range` came from: from its first byte's file, and exactly if it is one piece of a copy.
    pub(super) fn origin(&self, range: Range<usize>) -> Option<Origin> {
        let first = self.piece_at(range.start);
        let piece = self.pieces.get(first)?;
        let origin = piece.origin.advanced(range.start - self.start_of(first));
        if range.end <= piece.end {
            return Some(origin);
        }
        let (file, covered) = origin.covering(piece.end - range.start);
        let last = self.piece_at(range.end - 1).min(self.pieces.len() - 1);
        let start = self.start_of(last);
        let (last_file, end) = self.pieces[last].origin.covering(range.end - start);
        let end = if last_file == file { end.end.max(covered.end) } else { covered.end };
        Some(Origin::Made { file, range: covered.start..end })
    }

    /// The index of the piece that the byte at `at` is in; one past the last at the end of the text.
    fn piece_at(&self, at: usize) -> usize {
        self.pieces.partition_point(|piece| piece.end <= at)
    }

    fn start_of(&self, idx: usize) -> usize {
        idx.checked_sub(1).map_or(0, |before| self.pieces[before].end)
    }
}

impl Origin {
    /// Whether a copy of `file` from `start` goes on where this one, `length` long, ends.
    fn is_continued_by(&self, length: usize, file: usize, start: usize) -> bool {
        matches!(self, Self::Copy { file: own, start: from } if *own == file && from + length == start)
    }

    /// Of the same text without its first `bytes`.
    fn advanced(&self, bytes: usize) -> Self {
        match self {
            Self::Copy { file, start } => Self::Copy { file: *file, start: start + bytes },
            made => made.clone(),
        }
    }

    /// The file and the range in it that `length` bytes came from.
    pub(super) fn covering(&self, length: usize) -> (usize, Range<usize>) {
        match self {
            Self::Copy { file, start } => (*file, *start..start + length),
            Self::Made { file, range } => (*file, range.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Mapped, Origin};

    fn sample() -> Mapped {
        let mut mapped = Mapped::copy(0, "0123456789", 2..5);
        mapped.push_copy(0, "0123456789", 5..6);
        mapped.push("xy", Origin::Made { file: 0, range: 6..8 });
        mapped.push_copy(0, "0123456789", 8..10);
        mapped
    }

    #[test]
    fn neighbours_join() {
        assert_eq!(sample().pieces.len(), 3);
        assert_eq!(sample().text, "2345xy89");
    }

    #[test]
    fn origins() {
        let mapped = sample();
        assert_eq!(mapped.origin(1..4), Some(Origin::Copy { file: 0, start: 3 }));
        assert_eq!(mapped.origin(5..6), Some(Origin::Made { file: 0, range: 6..8 }));
        assert_eq!(mapped.origin(3..7), Some(Origin::Made { file: 0, range: 5..9 }));
        assert_eq!(mapped.origin(8..9), None);
    }

    #[test]
    fn slices() {
        let mut slice = Mapped::default();
        slice.push_slice(&sample(), 3..7);
        assert_eq!(slice.text, "5xy8");
        assert_eq!(slice.origin(3..4), Some(Origin::Copy { file: 0, start: 8 }));
        slice.push_slice(&sample(), 4..4);
        assert_eq!(slice.text, "5xy8");
    }
}
