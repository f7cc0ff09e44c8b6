//! What is asked of cells, and what becomes of them.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use super::{Value, program};
use crate::diag::Diagnostic;
use crate::source::Span;

/// A ```` ```rust,qed ```` fence.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// Its code.
    pub span: Span,
    /// The code, byte for byte as long as the span.
    pub text: String,
    /// Whether its last expression is to be printed.
    pub show: bool,
}

impl Cell {
    /// The place of a range of its text.
    pub(super) fn place(&self, range: Range<usize>) -> Span {
        let start = self.span.start as usize;
        Span::new(self.span.file, start + range.start, start + range.end)
    }
}

/// The cells of one chapter.
#[derive(Clone, Debug, Default)]
pub struct Chapter {
    /// Its path below the sources of the book, for the name of its program.
    pub path: String,
    /// Its cells, in order.
    pub cells: Vec<Cell>,
}

/// `[preprocessor.qed.rust]`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether cells are run at all.
    pub enabled: bool,
    /// What they may use, in cargo's syntax.
    pub dependencies: toml::Table,
    /// How long the cells of a chapter may take.
    pub timeout: Duration,
    /// Bytes of address space that they may take.
    pub memory: u64,
    /// Bytes that they may print.
    pub output: u64,
    /// Files of the book that they read, by their paths from its folder.
    pub data: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: false,
            dependencies: toml::Table::new(),
            timeout: Duration::from_secs(60),
            memory: 4 << 30,
            output: 1 << 20,
            data: Vec::new(),
        }
    }
}

/// What the command that is running says about cells.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The folder of the book.
    pub book: PathBuf,
    /// Where results and compiled programs are kept; nothing is kept without one.
    pub cache: Option<PathBuf>,
    /// `--no-rust`: nothing is run, nor is what was kept used.
    pub forbidden: bool,
    /// `--fresh`: what was kept is not used.
    pub fresh: bool,
    /// Is told what is being compiled; an empty text ends it.
    pub progress: fn(&str),
    /// Is told what a reader of the terminal should know before cells are run.
    pub warn: fn(&str),
}

/// A name that a cell gives to the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// As Rust spells it.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Its value, or why it has none.
    pub value: Result<Value, Absent>,
}

/// Why a name has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Cells are off in `book.toml`.
    Disabled,
    /// `--no-rust`.
    Forbidden,
    /// Its cell, or one before it, went wrong.
    Failed,
}

impl Absent {
    /// The fact.
    pub fn message(self) -> &'static str {
        match self {
            Self::Disabled => "Rust cells are not run in this book",
            Self::Forbidden => "Rust cells are not run here: `--no-rust`",
            Self::Failed => "its Rust cell, or one before it, went wrong",
        }
    }

    /// What to do about it.
    pub fn help(self) -> Option<&'static str> {
        match self {
            Self::Disabled => Some(
                "if you trust the code of this book, write `rust.enabled = true` under `[preprocessor.qed]` in book.toml",
            ),
            Self::Forbidden => Some("leave out `--no-rust` if you trust the code of this book"),
            Self::Failed => None,
        }
    }
}

/// What became of a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Its names, in the order in which they were given.
    pub names: Vec<Name>,
    /// Names that stay in Rust, because the page has nothing for their types, and where they are declared.
    pub private: Vec<(String, Span)>,
    /// What it printed, if it was run.
    pub output: Option<String>,
    /// Why it was not run, if that was not its own fault.
    pub absent: Option<Absent>,
    /// What is wrong with it.
    pub problems: Vec<Diagnostic>,
}

/// So many seconds; `None` if that is no length of time that a build could take.
pub fn seconds(count: f64) -> Option<Duration> {
    (count > 0.0 && count <= 1e6).then(|| Duration::from_secs_f64(count))
}

impl Outcome {
    /// That of a cell in a book that runs none.
    pub fn disabled(cell: &Cell) -> Self {
        not_run(cell, Absent::Disabled)
    }
}

/// A cell that was not run: its names are known, their values are not.
pub(super) fn not_run(cell: &Cell, absent: Absent) -> Outcome {
    let names = program::names_of(&cell.text).into_iter();
    let names = names.map(|(name, range)| Name { name, span: cell.place(range), value: Err(absent) });
    Outcome { names: names.collect(), absent: Some(absent), ..Outcome::default() }
}
