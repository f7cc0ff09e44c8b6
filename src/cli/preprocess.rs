//! No command: mdBook's preprocessor. The book goes to stdout and nothing else; all messages go to stderr.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;

use super::Exit;
use super::output::{Output, Stream};
use crate::host::{self, Failure, Request};

const AT_A_TERMINAL: &str = "\
mdbook-qed recomputes the numbers of a book. Without a command it waits for mdBook to send one.

  mdbook-qed check     check the book, or the Markdown, in this folder
  mdbook-qed build     check and build the book
  mdbook-qed --help    everything else

To let `mdbook build` call it, add to book.toml:

  [preprocessor.qed]
  after = [\"links\"]
";

pub(crate) fn run(output: &mut Output) -> Result<Exit, Failure> {
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        output.write(Stream::Stderr, AT_A_TERMINAL);
        return Ok(Exit::Broken);
    }
    let mut input = String::new();
    let unread = |problem: std::io::Error| Failure::new(format!("cannot read mdBook's input: {problem}"));
    stdin.read_to_string(&mut input).map_err(unread)?;
    let mut request = Request::parse(&input)?;
    drop(input);
    let book_toml = std::fs::read_to_string(request.root().join("book.toml")).unwrap_or_default();
    let checked = host::preprocess(&mut request, &book_toml, &here()?)?;
    output.diagnostics(Stream::Stderr, &checked, false);
    if !checked.report.claims.is_empty() || checked.report.has_errors() {
        output.summary(Stream::Stderr, &checked);
    }
    let exit = Exit::of(&checked);
    if exit == Exit::Verified {
        output.write(Stream::Stdout, &request.into_book().to_string());
    }
    Ok(exit)
}

/// The folder relative to which paths are shown.
pub(crate) fn here() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|problem| Failure::new(format!("there is no current folder: {problem}")))
}
