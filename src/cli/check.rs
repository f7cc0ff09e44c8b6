//! `mdbook-qed check`: all diagnostics, then the exit code.

use super::args::{Check, Format};
use super::output::{Output, Stream};
use super::{Exit, preprocess};
use crate::host::{self, Failure};
use crate::report::json;

pub(crate) fn run(arguments: &Check, output: &mut Output) -> Result<Exit, Failure> {
    let mut job = host::load(&arguments.paths, &preprocess::here()?)?;
    for run in &mut job.runs {
        run.options.scan.all |= arguments.all;
    }
    let checked = job.check();
    match arguments.format {
        Format::Human => {
            output.diagnostics(Stream::Stdout, &checked, arguments.quiet);
            if !arguments.quiet {
                output.summary(Stream::Stdout, &checked);
            }
        }
        Format::Json => output.write(Stream::Stdout, &json::render(&checked.report, &checked.texts)),
    }
    Ok(Exit::of(&checked))
}
