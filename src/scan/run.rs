//! A run: one stretch of inline text (of a paragraph, a heading, a table cell, a tight list item), as Markdown cut
//! it into pieces. Inside it are math and inline claims; `dollar` and `inline` look for them.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::CowStr;

use super::fragment::{Page, push_blank};
use super::table::unescaped;

/// Inline text as its pieces come in, sorted by where they start.
pub(super) struct Run<'t> {
    pub(super) range: Range<usize>,
    pub(super) pieces: Vec<Piece<'t>>,
    in_cell: bool,
}

/// What Markdown says a stretch of inline text is.
pub(super) struct Piece<'t> {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind<'t>,
}

/// The kinds of inline text that make a difference here.
pub(super) enum Kind<'t> {
    Text,
    Code,
    /// Raw HTML, comments included.
    Html,
    /// Math that Markdown has found itself, delimiters included; its content without container prefixes.
    Math {
        content: CowStr<'t>,
    },
    /// The beginning of emphasis, a link and the like.
    Mark,
}

impl<'t> Run<'t> {
    /// An empty run that begins at `start`.
    pub(super) fn new(start: usize, in_cell: bool) -> Self {
        Self { range: start..start, pieces: Vec::new(), in_cell }
    }

    /// Adds the next piece.
    pub(super) fn push(&mut self, range: Range<usize>, kind: Kind<'t>) {
        self.range.end = self.range.end.max(range.end);
        self.pieces.push(Piece { range, kind });
    }

    /// Its source with container prefixes and, in a table cell, the backslashes of `\|` blanked out. As long as
    /// its range, so offsets carry over.
    pub(super) fn masked<'p>(&self, page: Page<'p>) -> Cow<'p, str> {
        let source = &page.text[self.range.clone()];
        if self.in_cell && source.contains("\\|") {
            return unescaped(source).into();
        }
        if !source.contains('\n') {
            return source.into();
        }
        let mut text = String::with_capacity(source.len());
        let mut at = self.range.start;
        for prefix in self.prefixes(page) {
            text.push_str(&page.text[at..prefix.start]);
            push_blank(&mut text, &page.text[prefix.clone()]);
            at = prefix.end;
        }
        text.push_str(&page.text[at..self.range.end]);
        text.into()
    }

    /// The container prefixes at the line starts of the run.
    fn prefixes(&self, page: Page<'_>) -> Vec<Range<usize>> {
        let source = &page.text[self.range.clone()];
        let line_starts = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let mut next = 0;
        let mut inside = Interior::default();
        let mut prefixes = Vec::new();
        for start in line_starts.map(|at| self.range.start + at) {
            while let Some(piece) = self.pieces.get(next).filter(|piece| piece.range.start < start) {
                inside.enter(piece);
                next += 1;
            }
            let longest = prefix_length(&page.text[start..self.range.end]);
            let until = match self.pieces.get(next) {
                Some(piece) => piece.range.start.min(start + longest),
                None => start + longest,
            };
            let end = inside.prefix_end(page, start).unwrap_or(until);
            prefixes.push(start..end.clamp(start, self.range.end));
        }
        prefixes
    }
}

/// The longest a container prefix at the start of `line` can be.
fn prefix_length(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t', '>']).len()
}

/// The last math piece begun, to tell what Markdown took away from its later lines.
#[derive(Default)]
struct Interior<'r> {
    math: Option<(Range<usize>, std::str::Split<'r, char>)>,
}

impl<'r> Interior<'r> {
    fn enter(&mut self, piece: &'r Piece<'_>) {
        if let Kind::Math { content } = &piece.kind {
            let mut lines = content.split('\n');
            lines.next();
            self.math = Some((piece.range.clone(), lines));
        }
    }

    /// Where the content of the line that begins at `start` begins, if that line lies in math: Markdown gives the
    /// content of the line, and what the source has before it is the prefix.
    fn prefix_end(&mut self, page: Page<'_>, start: usize) -> Option<usize> {
        let (range, lines) = self.math.as_mut().filter(|(range, _)| range.end > start)?;
        let content = lines.next()?;
        let source = &page.parsed[start..range.end];
        let line = &source[..source.find('\n').unwrap_or(source.len())];
        // The last line of the source still has its closing delimiter.
        let line = if line.len() == source.len() { line.trim_end_matches('$') } else { line };
        line.ends_with(content).then(|| start + line.len() - content.len())
    }
}
