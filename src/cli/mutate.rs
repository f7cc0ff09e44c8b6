//! `mdbook-qed mutate`: whether a wrong digit would be noticed, tried out on every number.

use super::args::Mutate;
use super::output::{Output, Stream};
use super::{Exit, preprocess};
use crate::host::{self, Failure};
use crate::pipeline::mutate::Mutated;
use crate::report::Report;

pub(crate) fn run(arguments: &Mutate, output: &mut Output) -> Result<Exit, Failure> {
    let mut job = host::load(&arguments.paths, &preprocess::here()?)?;
    job.for_each_option(|options| options.judge.warn_on_mismatch = false);
    let (checked, mutated) = job.mutate();
    if checked.broken || checked.report.has_errors() {
        output.diagnostics(Stream::Stdout, &checked, true);
        output.write(Stream::Stdout, "Nothing was changed: the book has to be right first.\n");
        return Ok(Exit::of(&checked));
    }
    let Mutated { numbers, ties, unguarded } = mutated;
    let unnoticed = unguarded.len();
    output.report(Stream::Stdout, &Report { claims: Vec::new(), diagnostics: unguarded }, &checked.sources);
    let noticed = numbers - unnoticed - ties.len();
    let mut text = format!("{numbers} numbers changed, one digit at a time: {noticed} changes noticed");
    if !ties.is_empty() {
        text.push_str(&format!(", {} between two right values", ties.len()));
    }
    if unnoticed > 0 {
        text.push_str(&format!(", {unnoticed} not noticed"));
    }
    output.write(Stream::Stdout, &(text + "\n"));
    Ok(if unnoticed == 0 { Exit::Verified } else { Exit::Wrong })
}
