//! Markdown files that belong to no book: each is a chapter, and together they may `use` each other.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mdbook_driver::book::{Book, BookItem, Chapter as HostChapter};
use mdbook_driver::builtin_preprocessors::LinkPreprocessor;
use mdbook_driver::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use serde_json::Value;

use super::Run;
use super::files::Files;
use crate::config;
use crate::pipeline::{self, Chapter, Options};

/// The settings without a `book.toml`.
pub(super) fn default_options() -> Options {
    config::read(&Value::Null).0
}

/// Reads the files at `paths`, and after them the files that they `use`, which are not reported.
pub(super) fn load(paths: &[PathBuf], options: Options, mut files: Files<'_>) -> Run {
    let mut run = Run { options, ..Run::default() };
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<(PathBuf, bool)> = paths.iter().map(|path| (path.clone(), true)).collect();
    while !waiting.is_empty() {
        let mut used = Vec::new();
        for (path, asked_for) in std::mem::take(&mut waiting) {
            let first = seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone()));
            let Some(text) = first.then(|| files.read(&path)).flatten() else { continue };
            let text = expand_includes(&path, text);
            used.extend(used_files(&path, &text, &run.options));
            let file = files.add_chapter(&path, &text);
            run.chapters.push(Chapter { file, path: files.shown(&path), text });
            run.reported.push(asked_for);
        }
        waiting = used;
    }
    run.problems = files.problems;
    run
}

/// The files that a text `use`s and that exist; the pipeline says what is wrong with the others.
fn used_files(file: &Path, text: &str, options: &Options) -> Vec<(PathBuf, bool)> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let paths = pipeline::used_paths(text, options).into_iter().map(|path| folder.join(path));
    paths.filter(|path| path.is_file()).map(|path| (path, false)).collect()
}

/// Runs mdBook's own `links` step on one file, so that includes mean the same inside and outside a book.
fn expand_includes(file: &Path, text: String) -> String {
    let mut config = Config::default();
    config.book.src = PathBuf::new();
    let context = PreprocessorContext::new(PathBuf::new(), config, "html".into());
    let chapter = HostChapter::new("", text.clone(), file, Vec::new());
    let book = Book::new_with_items(vec![BookItem::Chapter(chapter)]);
    let expanded = LinkPreprocessor::new().run(&context, book).unwrap_or_default();
    expanded.chapters().next().map_or(text, |chapter| chapter.content.clone())
}
