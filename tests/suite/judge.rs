//! Cases of judging: a page comes in, its claims and diagnostics come out, one a line.

use std::fmt::Write;

use mdbook_qed::compare::Verdict;
use mdbook_qed::pipeline::{self, Chapter, Options};
use mdbook_qed::source::{Source, Sources};

use super::runner::Case;

pub(crate) fn run(case: &Case) -> String {
    let mut sources = Sources::default();
    let file = sources.add(Source::file("page.md", case.input.as_str()));
    let chapter = Chapter { file, path: "page.md".into(), text: case.input.clone() };
    let mut options = Options::default();
    options.scan.all = case.has("all");
    let outcomes = pipeline::check_book(&[chapter], &sources, &options);
    let report = &outcomes[0].report;
    let mut output = String::new();
    for claim in &report.claims {
        let tested = matches!(claim.verdict, Verdict::Identity | Verdict::Statistical);
        let nothing = if tested { claim.message.as_str() } else { "-" };
        let computed = claim.computed.as_deref().unwrap_or(nothing);
        let fix = claim.fix.as_deref().map(|fix| format!(" → {fix}")).unwrap_or_default();
        _ = writeln!(
            output,
            "{} {} `{}` | {computed}{fix}",
            claim.verdict.word(),
            claim.kind.word(),
            claim.stated.replace('\n', "⏎")
        );
    }
    for diagnostic in &report.diagnostics {
        _ = writeln!(output, "{} {}", diagnostic.code.id(), diagnostic.message);
        for note in &diagnostic.notes {
            _ = writeln!(output, "  {note}");
        }
    }
    output
}
