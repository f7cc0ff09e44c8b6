//! `mdbook-qed badge`: how many numbers were verified, as an SVG.

use super::args::Badge;
use super::output::{Output, Stream};
use super::{Exit, preprocess};
use crate::host::{self, Failure};
use crate::page;

pub(crate) fn run(arguments: &Badge, output: &mut Output) -> Result<Exit, Failure> {
    let checked = host::load(&arguments.paths, &preprocess::here()?)?.check();
    let svg = page::badge(checked.report.counts());
    match &arguments.output {
        Some(path) => std::fs::write(path, svg)
            .map_err(|problem| Failure::new(format!("cannot write `{}`: {problem}", path.display())))?,
        None => output.write(Stream::Stdout, &svg),
    }
    output.diagnostics(Stream::Stderr, &checked, true);
    output.summary(Stream::Stderr, &checked);
    Ok(Exit::of(&checked))
}
