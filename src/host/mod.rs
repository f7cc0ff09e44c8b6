//! The only part that knows mdBook: its protocol, its types, and how books lie on
//! disk.
//!
//! `protocol` is what an `mdbook` process says to us; `load` finds what a command line means, `book` and `loose`
//! read it; `build` drives mdBook in this process. All of them end in a [`Job`], ready for the pipeline.

mod book;
mod build;
mod cells;
mod explain;
mod files;
mod install;
mod load;
mod loose;
mod protocol;
mod write;

pub use build::{Built, build};
pub use cells::{CellTerms, cache_folder, set_cell_terms};
pub use explain::{Asked, Explained, explain};
pub use install::install;
pub use load::load;
pub use protocol::{Request, preprocess};
pub use write::replace;

use std::path::{Component, Path, PathBuf};

use crate::diag::Diagnostic;
use crate::pipeline::mutate::{self, Mutated};
use crate::pipeline::{self, Book, Chapter, Options, Outcome};
use crate::report::{Report, Shard};
use crate::source::Sources;

/// What went wrong before anything could be checked: input, configuration, or mdBook itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The fact, as an error message.
    pub message: String,
    /// One suggested action.
    pub help: Option<String>,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Chapters that belong together, with everything that is needed to check them.
#[derive(Debug, Default)]
pub struct Run {
    /// The chapters, in reading order.
    pub chapters: Vec<Chapter>,
    /// Which of them are reported; the others are there to be `use`d.
    pub reported: Vec<bool>,
    /// The folder of the book, from which its settings name files.
    pub root: PathBuf,
    /// What the configuration says.
    pub options: Options,
    /// What is wrong with the book around its chapters: settings, missing files.
    pub problems: Vec<Diagnostic>,
}

/// Everything that one command checks.
#[derive(Debug, Default)]
pub struct Job {
    /// All texts that messages may point into.
    pub sources: Sources,
    /// Books and loose files; names do not pass from one to the other.
    pub runs: Vec<Run>,
}

/// A job with its results.
#[derive(Debug, Default)]
pub struct Checked {
    /// All texts that messages point into.
    pub sources: Sources,
    /// One report over all chapters, in reading order.
    pub report: Report,
    /// How many chapters it covers.
    pub chapters: usize,
    /// Whether files or settings were at fault, not only the document.
    pub broken: bool,
    /// The chapters as the renderer is to get them.
    pub outputs: Vec<String>,
}

impl Job {
    /// Checks the chapters of all runs and joins their reports.
    pub fn check(self) -> Checked {
        let mut checked = Checked { sources: self.sources, ..Checked::default() };
        for mut run in self.runs {
            cells::run(&mut run);
            checked.add(run);
        }
        checked
    }

    /// Changes the settings of every run.
    pub fn for_each_option(&mut self, change: impl Fn(&mut Options)) {
        self.runs.iter_mut().for_each(|run| change(&mut run.options));
    }

    /// Leaves only the chapters of one shard to be reported.
    pub fn restrict(&mut self, shard: Shard) {
        let reported: Vec<&mut bool> =
            self.runs.iter_mut().flat_map(|run| &mut run.reported).filter(|reported| **reported).collect();
        let own = shard.range(reported.len());
        for (position, reported) in reported.into_iter().enumerate() {
            *reported = own.contains(&position);
        }
    }

    /// Checks everything, and where all is right changes the reported chapters, digit by digit.
    pub fn mutate(self) -> (Checked, Mutated) {
        let mut checked = Checked { sources: self.sources, ..Checked::default() };
        let mut mutated = Mutated::default();
        for mut run in self.runs {
            cells::run(&mut run);
            let (chapters, options, reported) =
                (run.chapters.clone(), run.options.clone(), run.reported.clone());
            checked.add(run);
            if checked.broken || checked.report.has_errors() {
                continue;
            }
            let found = mutate::mutate(&Book::judge(&chapters, &reported, &options), &reported);
            mutated.numbers += found.numbers;
            mutated.ties.extend(found.ties);
            mutated.unguarded.extend(found.unguarded);
        }
        (checked, mutated)
    }
}

impl Checked {
    fn add(&mut self, run: Run) {
        let outcomes = pipeline::check_chapters(&run.chapters, &run.reported, &self.sources, &run.options);
        self.broken |= !run.problems.is_empty();
        self.report.append(Report { claims: Vec::new(), diagnostics: run.problems });
        for (Outcome { report, text }, reported) in outcomes.into_iter().zip(run.reported) {
            self.outputs.push(text);
            if reported {
                self.chapters += 1;
                self.report.append(report);
            }
        }
    }
}

/// A path as reports show it: relative to `here` where it lies below it, with forward slashes.
fn shown(path: &Path, here: &Path) -> String {
    let path = path.strip_prefix(here).unwrap_or(path);
    let parts: Vec<_> = path
        .components()
        .filter(|part| *part != Component::CurDir)
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    let joined = parts.join("/");
    match joined.strip_prefix("//") {
        Some(absolute) => format!("/{absolute}"),
        None if joined.is_empty() => ".".into(),
        None => joined,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::shown;

    #[test]
    fn paths_are_shown_from_where_the_reader_stands() {
        let check = |path, expected| assert_eq!(shown(Path::new(path), Path::new("/home/me")), expected);
        check("/home/me/book/q2.md", "book/q2.md");
        check("./book/./q2.md", "book/q2.md");
        check("/tmp/q2.md", "/tmp/q2.md");
        check("../q2.md", "../q2.md");
        check("/home/me", ".");
    }
}
