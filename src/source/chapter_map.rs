//! From a chapter, as mdBook hands it to us, back to the files it was made of.
//!
//! mdBook has taken away a byte-order mark and put in what `{{#include …}}` names; other preprocessors may have
//! changed anything. The chapter is made again from its file with every place kept ([`links`](super::links)); if
//! that is what mdBook has given us, the map is exact, else the two are aligned ([`align`](super::align)) and what
//! cannot be found again keeps only the place of the link or the gap it stands in. No file is read here.

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use super::align::align;
use super::line_index::LineIndex;
use super::links::{File, Links};
use super::mapped::{Mapped, Origin};

/// Where each byte of a chapter came from.
#[derive(Debug)]
pub struct ChapterMap {
    files: Vec<OriginFile>,
    mapped: Mapped,
}

/// A file that is part of a chapter.
#[derive(Debug)]
pub(super) struct OriginFile {
    pub(super) path: String,
    pub(super) text: String,
    pub(super) lines: LineIndex,
}

/// A range of a file that a range of a chapter came from.
pub(super) struct Found<'m> {
    pub(super) file: &'m OriginFile,
    pub(super) range: Range<usize>,
    /// Whether that is what stands there, byte for byte; else the text was made from it.
    pub(super) exact: bool,
}

impl ChapterMap {
    /// Maps `chapter` to the file at `path`, whose content is `text`, and to what it includes.
    ///
    /// `path` is what `read` understands and what is shown to people; paths in links are joined to its folder.
    /// `read` gives a file's content, or `None` if it cannot be read, just where mdBook could not read it either.
    ///
    /// ```
    /// use mdbook_qed::source::{ChapterMap, Source};
    ///
    /// let mut read = |path: &std::path::Path| path.ends_with("value.txt").then(|| "one\ntwo\n".to_owned());
    /// let chapter = "# Title\none\ntwo\n\nlast\n";
    /// let file = "# Title\n{{#include value.txt}}\n\nlast\n";
    /// let map = ChapterMap::align(chapter, "src/page.md".as_ref(), file, &mut read);
    ///
    /// let source = Source::chapter(chapter, map);
    /// let included = source.place(12..15);
    /// assert_eq!((included.path, included.start.line, included.exact), ("src/value.txt", 2, true));
    /// let last = source.place(17..21);
    /// assert_eq!((last.path, last.start.line, last.exact), ("src/page.md", 4, true));
    /// ```
    pub fn align(
        chapter: &str,
        path: &Path,
        text: &str,
        read: &mut dyn FnMut(&Path) -> Option<String>,
    ) -> Self {
        let mut links = Links::new(path.to_owned(), text.to_owned(), read);
        let expanded = links.chapter();
        let mapped = if expanded.text == chapter { expanded } else { align(&expanded, chapter) };
        Self { files: links.files.into_iter().map(OriginFile::from).collect(), mapped }
    }

    /// The files that the chapter is made of.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.path.as_str())
    }

    /// Where `range` of the chapter came from. An empty range is a place between two bytes.
    pub(super) fn find(&self, range: Range<usize>) -> Found<'_> {
        if !range.is_empty() {
            return self.found(self.mapped.origin(range.clone()), range.len());
        }
        let text = &self.mapped.text;
        if let Some(next) = text[range.start..].chars().next() {
            let next =
                self.found(self.mapped.origin(range.start..range.start + next.len_utf8()), next.len_utf8());
            return Found { range: next.range.start..next.range.start, ..next };
        }
        let last = text.chars().next_back().map_or(0, char::len_utf8);
        let origin = if last == 0 { None } else { self.mapped.origin(text.len() - last..text.len()) };
        let last = self.found(origin, last);
        Found { range: last.range.end..last.range.end, ..last }
    }

    fn found(&self, origin: Option<Origin>, length: usize) -> Found<'_> {
        let exact = matches!(origin, Some(Origin::Copy { .. }));
        let (file, range) = origin.map_or((0, 0..0), |origin| origin.covering(length));
        Found { file: &self.files[file], range, exact }
    }
}

impl From<File> for OriginFile {
    fn from(file: File) -> Self {
        Self { path: shown(&file.path), lines: LineIndex::new(&file.text), text: file.text }
    }
}

/// `path` for people: with `/`, and without the detours that joining a link's path makes (`src/../code`).
fn shown(path: &Path) -> String {
    let mut short = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(short.components().next_back(), Some(Component::Normal(_))) => {
                short.pop();
            }
            other => short.push(other),
        }
    }
    short.to_string_lossy().replace('\\', "/")
}
