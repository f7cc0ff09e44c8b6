//! `mdbook-qed fix`: corrections and filled holes, written into the source.

use std::fmt::Write;
use std::path::Path;

use super::args::Fix;
use super::output::{Output, Stream};
use super::{Exit, preprocess};
use crate::diag::Diagnostic;
use crate::host::{self, Checked, Failure};
use crate::report::Report;
use crate::splice::{FileFix, Plan, Safety, plan};

pub(crate) fn run(arguments: &Fix, output: &mut Output) -> Result<Exit, Failure> {
    let here = preprocess::here()?;
    let checked = host::load(&arguments.paths, &here)?.check();
    let safety = if arguments.unsafe_too { Safety::All } else { Safety::Safe };
    let plan = plan(&checked.report, &checked.sources, safety);
    if arguments.diff {
        plan.files.iter().for_each(|file| output.write(Stream::Stdout, &difference(file)));
        return Ok(Exit::of(&checked));
    }
    output.write(Stream::Stdout, &listed(&plan));
    refused(&plan, &checked, output);
    if arguments.dry_run {
        output.write(Stream::Stdout, &format!("{} to write\n", count(&plan)));
        return Ok(Exit::of(&checked));
    }
    for file in &plan.files {
        host::replace(&here.join(Path::new(file.path)), file.before, &file.after)?;
    }
    output.write(Stream::Stdout, &format!("{} written\n", count(&plan)));
    let left = host::load(&arguments.paths, &here)?.check();
    output.diagnostics(Stream::Stdout, &left, false);
    output.summary(Stream::Stdout, &left);
    Ok(Exit::of(&left))
}

/// A file's changes as a unified diff.
fn difference(file: &FileFix<'_>) -> String {
    let difference = similar::TextDiff::from_lines(file.before, file.after.as_str());
    let (old, new) = (format!("a/{}", file.path), format!("b/{}", file.path));
    difference.unified_diff().header(&old, &new).to_string()
}

/// Every change on a line of its own.
fn listed(plan: &Plan<'_>) -> String {
    let mut text = String::new();
    for change in plan.files.iter().flat_map(|file| &file.changes) {
        let place = &change.place;
        let before = place.text.get(place.range.clone()).unwrap_or_default();
        let (line, column) = (place.start.line, place.start.column);
        let _ = writeln!(text, "{}:{line}:{column}: {before} -> {}", place.path, change.text);
    }
    text
}

/// Why corrections are not written, as warnings at their places.
fn refused(plan: &Plan<'_>, checked: &Checked, output: &mut Output) {
    let code = |span| {
        let own =
            checked.report.diagnostics.iter().find(|it| it.fix.as_ref().is_some_and(|fix| fix.span == span));
        own.map_or(crate::diag::Code::Mismatch, |diagnostic| diagnostic.code)
    };
    let warning = |refusal: &crate::splice::Refusal| {
        let message = format!("not corrected: {}", refusal.reason);
        Diagnostic::warning(code(refusal.span), refusal.span, message)
    };
    let diagnostics = plan.refused.iter().map(warning).collect();
    output.report(Stream::Stdout, &Report { claims: Vec::new(), diagnostics }, &checked.sources);
}

/// `3 changes in 2 files`.
fn count(plan: &Plan<'_>) -> String {
    let changes: usize = plan.files.iter().map(|file| file.changes.len()).sum();
    let plural = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    format!("{} in {}", plural(changes, "change"), plural(plan.files.len(), "file"))
}
