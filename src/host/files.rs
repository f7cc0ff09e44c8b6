//! Files on their way into a job: their texts for messages, and what is wrong with them.

use std::path::Path;

use super::shown;
use crate::diag::{Code, Diagnostic};
use crate::source::{ChapterMap, FileId, Source, Sources, Span};

/// Reads files, keeps every text that a message may point into, and collects what is wrong.
pub(super) struct Files<'a> {
    /// The folder relative to which paths are shown.
    pub(super) here: &'a Path,
    pub(super) sources: &'a mut Sources,
    pub(super) problems: Vec<Diagnostic>,
}

impl<'a> Files<'a> {
    pub(super) fn new(here: &'a Path, sources: &'a mut Sources) -> Self {
        Self { here, sources, problems: Vec::new() }
    }

    pub(super) fn shown(&self, path: &Path) -> String {
        shown(path, self.here)
    }

    /// Keeps the text of the file at `path`.
    pub(super) fn add(&mut self, path: &Path, text: &str) -> FileId {
        self.sources.add(Source::file(shown(path, self.here), text))
    }

    /// Keeps the text of a chapter that was made of the file at `path`.
    pub(super) fn add_chapter(&mut self, path: &Path, text: &str) -> FileId {
        self.sources.add(chapter_source(path, text, self.here))
    }

    /// The text of a file, without a byte-order mark. If it cannot be read, that is a problem.
    pub(super) fn read(&mut self, path: &Path) -> Option<String> {
        let problem = match std::fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => return Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
            Ok(Err(_)) => "it is not UTF-8".to_owned(),
            Err(problem) => problem.to_string(),
        };
        let span = Span::new(self.add(path, ""), 0, 0);
        let message = format!("cannot read `{}`: {problem}", self.shown(path));
        self.problems.push(Diagnostic::error(Code::Input, span, message));
        None
    }

    /// Notes a problem at a place.
    pub(super) fn problem(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.problems.push(Diagnostic::error(code, span, message));
    }
}

/// A chapter whose places lead back to the file at `path` and to what that includes. If the file cannot be read, its
/// places are those of the chapter.
pub(super) fn chapter_source(path: &Path, text: &str, here: &Path) -> Source {
    let name = shown(path, here);
    let mut read = |path: &Path| std::fs::read_to_string(here.join(path)).ok();
    match read(name.as_ref()) {
        Some(file) => Source::chapter(text, ChapterMap::align(text, name.as_ref(), &file, &mut read)),
        None => Source::file(name, text),
    }
}
