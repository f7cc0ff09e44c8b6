//! The two streams of the process, with colours where they are wanted.

use std::io::Write;

use anstream::{AutoStream, ColorChoice};

use super::args::Color;
use crate::diag::Severity;
use crate::host::{Checked, Failure};
use crate::report::{Report, human};
use crate::source::Sources;

/// Stdout and stderr.
pub(crate) struct Output {
    stdout: AutoStream<std::io::Stdout>,
    stderr: AutoStream<std::io::Stderr>,
}

/// Which stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// What was asked for.
    Stdout,
    /// What went wrong, and everything in preprocessor mode, where stdout belongs to the book.
    Stderr,
}

impl Output {
    pub(crate) fn new(color: Color) -> Self {
        match color {
            Color::Auto => {}
            Color::Always => ColorChoice::AlwaysAnsi.write_global(),
            Color::Never => ColorChoice::Never.write_global(),
        }
        Self { stdout: AutoStream::auto(std::io::stdout()), stderr: AutoStream::auto(std::io::stderr()) }
    }

    /// Writes `text`. A reader that went away (`| head`) is no error; there is nobody left to tell.
    pub(crate) fn write(&mut self, stream: Stream, text: &str) {
        let _ = match stream {
            Stream::Stdout => self.stdout.write_all(text.as_bytes()).and_then(|()| self.stdout.flush()),
            Stream::Stderr => self.stderr.write_all(text.as_bytes()).and_then(|()| self.stderr.flush()),
        };
    }

    /// All diagnostics as people read them.
    pub(crate) fn diagnostics(&mut self, stream: Stream, checked: &Checked, quiet: bool) {
        let errors = |report: &Report| {
            let errors =
                report.diagnostics.iter().filter(|it| it.severity == Severity::Error).cloned().collect();
            Report { claims: Vec::new(), diagnostics: errors }
        };
        match quiet {
            true => self.report(stream, &errors(&checked.report), &checked.sources),
            false => self.report(stream, &checked.report, &checked.sources),
        }
    }

    /// The diagnostics of a report as people read them.
    pub(crate) fn report(&mut self, stream: Stream, report: &Report, sources: &Sources) {
        let style = human::Style { color: true, ..human::Style::default() };
        self.write(stream, &human::render(report, sources, style));
    }

    /// The summary line of a report.
    pub(crate) fn summary(&mut self, stream: Stream, checked: &Checked) {
        let line = human::summary(checked.report.counts(), checked.chapters);
        self.write(stream, &format!("{line}\n"));
    }

    /// Why a command could not do its work.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let mut text = format!("\x1b[1;31merror\x1b[0m\x1b[1m: {failure}\x1b[0m\n");
        if let Some(help) = &failure.help {
            text.push_str(&format!("  \x1b[1m= \x1b[0m\x1b[1;36mhelp\x1b[0m: {help}\n"));
        }
        self.write(Stream::Stderr, &text);
    }
}
