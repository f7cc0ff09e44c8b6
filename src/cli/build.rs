//! `mdbook-qed build`: the whole book in one process.

use super::args::Build;
use super::output::{Output, Stream};
use super::{Exit, log, preprocess};
use crate::host::{self, Failure};

pub(crate) fn run(arguments: &Build, output: &mut Output) -> Result<Exit, Failure> {
    log::install();
    let built = host::build(&arguments.folder, arguments.dest_dir.as_deref(), &preprocess::here()?)?;
    // Every renderer sees the same chapters, so the first report says it all, unless a later one went wrong.
    let telling = built.checked.iter().find(|it| it.report.has_errors()).or(built.checked.first());
    let Some(checked) = telling else { return Ok(Exit::Verified) };
    output.diagnostics(Stream::Stderr, checked, false);
    output.summary(Stream::Stderr, checked);
    match &built.page {
        Some(page) => output.write(Stream::Stdout, &format!("The book is at {page}\n")),
        None if checked.report.has_errors() => output.write(Stream::Stderr, "The book was not built.\n"),
        None => {}
    }
    Ok(Exit::of(checked))
}
