//! What can be typed, and its help.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

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
  mdbook-qed check --quiet && echo ok       for scripts and hooks";

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

    /// Print errors only: no warnings, no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
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
