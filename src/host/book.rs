//! Reads a book from disk the way mdBook does, up to its `links` step, without creating or running anything.
//!
//! Other preprocessors are programs that may not be installed; `check` judges what the author wrote. What is wrong
//! with `book.toml` or `SUMMARY.md` is a diagnostic at its place, and the chapters that can be read are still checked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use mdbook_driver::book::Book;
use mdbook_driver::builtin_preprocessors::LinkPreprocessor;
use mdbook_driver::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use mdbook_summary::{Summary, SummaryItem};

use super::files::Files;
use super::{Run, shown};
use crate::config;
use crate::diag::{Code, Diagnostic};
use crate::pipeline::{Chapter, Options};
use crate::source::{FileId, Span};

/// Reads the book in `root`. Of a `selection` of its files only those chapters are reported, and the files that are
/// no chapters of it are given back.
pub(super) fn load(
    root: &Path,
    selection: Option<BTreeSet<PathBuf>>,
    mut files: Files<'_>,
) -> (Run, Vec<PathBuf>) {
    let mut run = Run { root: root.to_owned(), ..Run::default() };
    let mut rest = Vec::new();
    if let Some((config, options)) = read_config(root, &mut files) {
        run.options = options;
        let source = root.join(&config.book.src);
        if let Some(book) = read_book(root, config, &mut files) {
            for chapter in book.chapters() {
                add_chapter(&mut run, &source, chapter, &mut files);
            }
        }
        if let Some(selected) = selection {
            rest = select(&mut run, &source, selected);
        }
    }
    run.problems = files.problems;
    (run, rest)
}

/// The book after `links`.
fn read_book(root: &Path, config: Config, files: &mut Files<'_>) -> Option<Book> {
    let summary = read_summary(&root.join(&config.book.src), files)?;
    let with_links = config.build.use_default_preprocessors || config.contains_key("preprocessor.links");
    let loaded = MDBook::load_with_config_and_summary(root, config.clone(), summary);
    let expanded = loaded.and_then(|book| {
        let context = PreprocessorContext::new(root.to_owned(), config, "html".into());
        if with_links { LinkPreprocessor::new().run(&context, book.book) } else { Ok(book.book) }
    });
    let unread = |problem: mdbook_driver::errors::Error| {
        let file = files.add(&root.join("book.toml"), "");
        files.problem(
            Code::Input,
            Span::new(file, 0, 0),
            format!("mdBook cannot read the book: {problem:#}"),
        );
    };
    expanded.map_err(unread).ok()
}

/// `book.toml` with the environment's overrides, as mdBook reads it, and our own settings in it.
fn read_config(root: &Path, files: &mut Files<'_>) -> Option<(Config, Options)> {
    let path = root.join("book.toml");
    let text = files.read(&path)?;
    let file = files.add(&path, &text);
    let wrong = |problem: toml::de::Error| {
        let range = problem.span().unwrap_or(0..0);
        let message = problem.message().trim_end().replace('\n', ", ");
        files.problem(Code::Config, Span::new(file, range.start, range.end), message);
    };
    let mut config: Config = toml::from_str(&text).map_err(wrong).ok()?;
    let overridden = config.update_from_env().and_then(|()| Ok(serde_json::to_value(&config)?));
    let wrong = |problem: mdbook_driver::errors::Error| {
        let message = format!("an MDBOOK_ variable of the environment: {problem:#}");
        files.problem(Code::Config, Span::new(file, 0, 0), message);
    };
    let (options, problems) = config::read(&overridden.map_err(wrong).ok()?);
    files.problems.extend(config::diagnostics(&problems, file, &text));
    Some((config, options))
}

/// `SUMMARY.md`, with the chapters that cannot be read turned into drafts and reported.
fn read_summary(source: &Path, files: &mut Files<'_>) -> Option<Summary> {
    let path = source.join("SUMMARY.md");
    let text = files.read(&path)?;
    let file = files.add(&path, &text);
    let unread = |problem: mdbook_driver::errors::Error| {
        let message = format!("mdBook cannot read the summary: {problem:#}");
        files.problem(Code::Input, Span::new(file, 0, 0), message);
    };
    let mut summary = mdbook_summary::parse_summary(&text).map_err(unread).ok()?;
    let mut check = |location: &Path| {
        let problem = std::fs::read_to_string(source.join(location)).err()?;
        let message = format!("the chapter `{}` cannot be read: {problem}", location.display());
        let help = "create the file, or remove the line from SUMMARY.md";
        files.problems.push(Diagnostic::error(Code::Input, place(&text, file, location), message).help(help));
        Some(())
    };
    for items in [&mut summary.prefix_chapters, &mut summary.numbered_chapters, &mut summary.suffix_chapters]
    {
        draft_unreadable(items, &mut check);
    }
    Some(summary)
}

fn draft_unreadable(items: &mut [SummaryItem], check: &mut dyn FnMut(&Path) -> Option<()>) {
    for item in items {
        if let SummaryItem::Link(link) = item {
            if link.location.as_deref().and_then(&mut *check).is_some() {
                link.location = None;
            }
            draft_unreadable(&mut link.nested_items, check);
        }
    }
}

/// Where the summary links to `location`.
fn place(summary: &str, file: FileId, location: &Path) -> Span {
    let plain = location.to_string_lossy();
    let written = [plain.replace(' ', "%20"), plain.into_owned()];
    let found = written.iter().find_map(|link| {
        let start = summary.find(&format!("({link}")).map(|bracket| bracket + 1)?;
        Some(Span::new(file, start, start + link.len()))
    });
    found.unwrap_or(Span::new(file, 0, 0))
}

fn add_chapter(run: &mut Run, source: &Path, chapter: &mdbook_driver::book::Chapter, files: &mut Files<'_>) {
    let Some(path) = chapter.source_path.as_ref().or(chapter.path.as_ref()) else { return };
    let file = files.add_chapter(&source.join(path), &chapter.content);
    run.chapters.push(Chapter { file, path: shown(path, Path::new("")), text: chapter.content.clone() });
    run.reported.push(true);
}

/// Reports only the chapters among `files`, and gives back the files that are none.
fn select(run: &mut Run, source: &Path, files: BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut wanted: Vec<(PathBuf, PathBuf)> =
        files.into_iter().map(|file| (canonical(&file), file)).collect();
    for (chapter, reported) in run.chapters.iter().zip(&mut run.reported) {
        let path = canonical(&source.join(&chapter.path));
        let before = wanted.len();
        wanted.retain(|(file, _)| *file != path);
        *reported = wanted.len() < before;
    }
    if !run.reported.contains(&true) {
        run.chapters.clear();
        run.reported.clear();
    }
    wanted.into_iter().map(|(_, file)| file).collect()
}
