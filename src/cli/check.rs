//! `mdbook-qed check`: all diagnostics, then the exit code.

use super::args::{Check, Format};
use super::output::{Output, Stream};
use super::{Exit, preprocess};
use crate::host::{self, Failure};
use crate::report::{github, json, junit, sarif};

pub(crate) fn run(arguments: &Check, output: &mut Output) -> Result<Exit, Failure> {
    let mut job = host::load(&arguments.paths, &preprocess::here()?)?;
    let brief = !matches!(arguments.format, Format::Json);
    job.for_each_option(|options| {
        options.scan.all |= arguments.all;
        options.judge.brief = brief;
    });
    if let Some(shard) = arguments.shard {
        job.restrict(shard);
    }
    let checked = job.check();
    let (report, sources) = (&checked.report, &checked.sources);
    match arguments.format {
        Format::Human => {
            output.diagnostics(Stream::Stdout, &checked, arguments.quiet);
            if !arguments.quiet {
                output.summary(Stream::Stdout, &checked);
            }
        }
        Format::Json => output.write(Stream::Stdout, &json::render(report, sources, arguments.shard)),
        Format::Sarif => output.write(Stream::Stdout, &sarif::render(report, sources)),
        Format::Junit => output.write(Stream::Stdout, &junit::render(report, sources)),
        Format::Github => {
            output.write(Stream::Stdout, &github::render(report, sources));
            output.summary(Stream::Stdout, &checked);
        }
    }
    Ok(Exit::of(&checked))
}
