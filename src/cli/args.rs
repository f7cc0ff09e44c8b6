//! What can be typed, and its help.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::Shard;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
\x1b[1;32mExamples:\x1b[0m
  mdbook-qed check                    every number of the book in this folder
  mdbook-qed check notes.md           a single Markdown file; no book is needed
  mdbook-qed check --all notes.md     all its equations, without any tag in it
  mdbook-qed build                    the book as HTML; no mdbook is needed

\x1b[1;32mIn book.toml:\x1b[0m
  [preprocessor.qed]
  after = [\"links\"]

With that, `mdbook build` calls mdbook-qed and fails when a number is wrong.

\x1b[1;32mExit codes:\x1b[0m  0 all verified   1 something in the document is wrong   2 usage, settings or files";

/// Every number in your book, recomputed; or the build fails.
///
/// Put `<!-- qed -->` before an equation, a list or a table of a Markdown file. Its numbers are recomputed at full
/// precision from the mathematics on the page, and a digit that is wrong is an error at its place.
#[derive(Debug, Parser)]
#[command(name = "mdbook-qed", version, styles = STYLES, after_help = EXAMPLES, max_term_width = 100)]
#[command(disable_help_subcommand = true)]
pub(crate) struct Arguments {
    /// Without one, mdbook-qed is mdBook's preprocessor: JSON on stdin, the verified book on stdout.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// When to use colours; `auto` follows the terminal, NO_COLOR, CLICOLOR and CLICOLOR_FORCE.
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    pub(crate) color: Color,

    /// How many threads share the work; without it, one for each processor.
    ///
    /// What comes out does not depend on it.
    #[arg(long, short, global = true, value_name = "N")]
    pub(crate) jobs: Option<usize>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a book, a folder of Markdown, or single files
    ///
    /// Reads the source as the author wrote it, with mdBook's includes expanded, and writes nothing. All errors are
    /// shown, not only the first.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Check and build a book in one process; no other program is needed
    ///
    /// The same as `mdbook build` with mdbook-qed as its preprocessor. When a number is wrong nothing is built, and what
    /// was built before stays as it is.
    Build(Build),
    /// Compute an expression, or a stream of them
    ///
    /// The calculator that judges the pages: exact where it can be, else to 17 digits that are proven or estimated, and an
    /// error where a text has two readings. Statements before the last define names.
    #[command(after_help = EVAL_EXAMPLES)]
    Eval(Eval),
    /// Show how the values on a line were computed, step by step, back to the givens
    ///
    /// Prints every claim and definition that stands on the line: its verdict and the rule behind it, the numbers it goes
    /// back to, each definition on the way with values put in, and for a derivative the paths along which it flows. The
    /// line counts in the source file, whatever is included above it.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Write corrections and filled holes into the source
    ///
    /// A number is corrected where all computed members of its chain agree on what it should be; a hole (`= ?`) is
    /// replaced by its value. Text that comes from an include is corrected in the included file. Text that stands in no
    /// file as it is, and files that have changed meanwhile, stay as they are.
    #[command(after_help = FIX_EXAMPLES)]
    Fix(Fix),
    /// Change one digit of each number at a time, and report the changes that are not noticed
    ///
    /// Tells how well the numbers of a book guard each other. Everything happens in memory; no file changes. Only
    /// numbers in tagged blocks are tried, without those that are skipped or meant to be wrong. A number in the middle
    /// between two values that both round to it may be either, and is counted apart.
    Mutate(Mutate),
    /// Draw the badge that says how many numbers were verified
    #[command(after_help = BADGE_EXAMPLES)]
    Badge(Badge),
    /// Add mdbook-qed to a book
    ///
    /// Adds `[preprocessor.qed]` to book.toml, after `links` and, where it is used, before `katex`; writes the style
    /// sheet `qed.css` and lists it in `additional-css`. Comments and everything else stay. Doing it again brings the
    /// style sheet up to date.
    Install(Install),
    /// Work with reports of `check --format json`
    #[command(subcommand)]
    Report(ReportCommand),
    /// Tell mdBook that a renderer is supported; always yes
    Supports {
        /// The name of the renderer.
        renderer: String,
    },
}

const CHECK_EXAMPLES: &str = "\
\x1b[1;32mExamples:\x1b[0m
  mdbook-qed check                          the book in this folder
  mdbook-qed check book/q2.md               one chapter, with the settings of its book
  mdbook-qed check --format json > out.json every claim, the passing ones too
  mdbook-qed check --format github          annotations in a GitHub workflow
  mdbook-qed check --shard 1/4 --format json   a quarter of the chapters; `report merge` joins
  mdbook-qed check --quiet && echo ok       for scripts and hooks";

const EXPLAIN_EXAMPLES: &str = "\
\x1b[1;32mExamples:\x1b[0m
  mdbook-qed explain book/q2.md:42               all claims on this line
  mdbook-qed explain book/q2.md:42:17            the one at this column
  mdbook-qed explain book/q2.md:42 --format json   for other programs";

const FIX_EXAMPLES: &str = "\
\x1b[1;32mExamples:\x1b[0m
  mdbook-qed fix --diff            what would change, as a diff
  mdbook-qed fix                   corrects the book in this folder
  mdbook-qed fix notes.md          corrects a single file";

const BADGE_EXAMPLES: &str = "\
\x1b[1;32mExamples:\x1b[0m
  mdbook-qed badge -o book/badge.svg

In a page: ![numbers verified](badge.svg)";

/// What is done with Rust cells.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct Cells {
    /// Run no Rust cell, whatever book.toml says; what depends on one cannot be verified
    #[arg(long)]
    pub(crate) no_rust: bool,

    /// Compute everything anew, without what earlier runs have kept
    #[arg(long)]
    pub(crate) fresh: bool,
}

/// What `check` is to do.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Folders with a book.toml, folders of Markdown, or .md files
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,

    /// Check every equation, not only the tagged ones
    #[arg(long)]
    pub(crate) all: bool,

    /// Check only the K-th of N equal parts of the chapters, so that N machines can share a large book
    #[arg(long, value_name = "K/N")]
    pub(crate) shard: Option<Shard>,

    /// Print errors only: no warnings, no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) cells: Cells,
}

/// What `build` is to do.
#[derive(Args, Debug)]
pub(crate) struct Build {
    /// The folder of the book
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) folder: PathBuf,

    /// Where to put it, instead of the book's own `build-dir`
    #[arg(long, short, value_name = "DIR")]
    pub(crate) dest_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) cells: Cells,
}

const EVAL_EXAMPLES: &str = "\
\x1b[1;32mExamples:\x1b[0m
  mdbook-qed eval '100!'
  mdbook-qed eval 'f(x) = x^2; f(3) + w' --let w=1/3
  mdbook-qed eval --latex '\\frac{d}{dx} x^2' --let x=1.3
  mdbook-qed eval --latex '\\det A' --let 'A=[[1, 2], [3, 4]]'
  echo '{\"latex\": \"x^2\", \"let\": {\"x\": 1.3}}' | mdbook-qed eval --jsonl";

/// What `eval` is to do.
#[derive(Args, Debug)]
pub(crate) struct Eval {
    /// The expression, in plain notation
    #[arg(value_name = "EXPR", allow_hyphen_values = true)]
    pub(crate) expression: Option<String>,

    /// The expression is LaTeX
    #[arg(long)]
    pub(crate) latex: bool,

    /// Give a name a value: a number, a list or a matrix in plain notation
    #[arg(long = "let", value_name = "NAME=VALUE")]
    pub(crate) given: Vec<String>,

    /// To which base a logarithm without one is: e, 2 or 10; without it, such a logarithm is an error
    #[arg(long, value_name = "BASE", value_parser = ["e", "2", "10"])]
    pub(crate) log: Option<String>,

    /// Answer each line of stdin, {"latex" or "plain": …, "let": {…}}, with {"value": …} or {"error": …, "span": [a, b]}
    #[arg(long, conflicts_with_all = ["expression", "given", "latex"])]
    pub(crate) jsonl: bool,
}

/// What `explain` is to do.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// Where the claim stands: a Markdown file or a file that a chapter includes, a line, and a column if one line holds
    /// several
    #[arg(value_name = "FILE:LINE[:COLUMN]")]
    pub(crate) place: String,

    /// Explain equations without a tag too, as `check --all` judges them
    #[arg(long)]
    pub(crate) all: bool,

    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ExplainFormat,

    #[command(flatten)]
    pub(crate) cells: Cells,
}

/// What `fix` is to do.
#[derive(Args, Debug)]
pub(crate) struct Fix {
    /// Folders with a book.toml, folders of Markdown, or .md files
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// Print the changes as a diff, and write nothing
    #[arg(long)]
    pub(crate) diff: bool,

    /// List the changes, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Write corrections on which the computed members do not agree, too
    #[arg(long = "unsafe")]
    pub(crate) unsafe_too: bool,
    #[command(flatten)]
    pub(crate) cells: Cells,
}

/// What `mutate` is to do.
#[derive(Args, Debug)]
pub(crate) struct Mutate {
    /// Folders with a book.toml, folders of Markdown, or .md files
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) cells: Cells,
}

/// What `badge` is to do.
#[derive(Args, Debug)]
pub(crate) struct Badge {
    /// Folders with a book.toml, folders of Markdown, or .md files
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// The SVG file to write; without it, the badge goes to stdout
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) cells: Cells,
}

/// What `install` is to do.
#[derive(Args, Debug)]
pub(crate) struct Install {
    /// The folder of the book
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) folder: PathBuf,

    /// Add a GitHub workflow that checks every change and publishes the book on GitHub Pages
    #[arg(long)]
    pub(crate) pages: bool,
}

/// What `report` is to do.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Join the JSON reports of shards into the report of the whole
    Merge(Merge),
}

/// What `report merge` is to do.
#[derive(Args, Debug)]
pub(crate) struct Merge {
    /// Reports of `check --format json`, in any order
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Where to write the joined report, instead of to stdout
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Color {
    /// When the output is a terminal that wants them
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: the line, both values, the cause
    #[default]
    Human,
    /// For programs: one JSON object with every claim
    Json,
    /// For code scanning: SARIF 2.1.0, with replacements
    Sarif,
    /// For test servers: JUnit XML, a test for each claim
    Junit,
    /// For GitHub Actions: an annotation for each error and warning
    Github,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainFormat {
    /// For people: the givens, then each step with its values
    #[default]
    Human,
    /// For programs: one JSON object
    Json,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Arguments;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
