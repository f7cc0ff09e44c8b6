//! Cases of judging: a page comes in, its claims and diagnostics come out, one a line. With the option `chapters` the
//! input is a book: a line `== name.md` begins each chapter, and what comes out is said of the last.

use std::fmt::Write;

use mdbook_qed::compare::Verdict;
use mdbook_qed::pipeline::{self, Chapter, Options};
use mdbook_qed::source::{Source, Sources};

use super::runner::Case;

pub(crate) fn run(case: &Case) -> String {
    let mut sources = Sources::default();
    let chapters: Vec<Chapter> = chapters(case)
        .into_iter()
        .map(|(name, text)| {
            let file = sources.add(Source::file(name, text));
            Chapter { file, path: name.into(), text: text.into() }
        })
        .collect();
    let mut options = Options::default();
    options.scan.all = case.has("all");
    let outcomes = pipeline::check_book(&chapters, &sources, &options);
    let report = &outcomes.last().expect("there is a chapter").report;
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

/// The names of the chapters, and their texts.
fn chapters(case: &Case) -> Vec<(&str, &str)> {
    if !case.has("chapters") {
        return vec![("page.md", &case.input)];
    }
    let parts = case.input.split("== ").filter(|part| !part.is_empty());
    parts.map(|part| part.split_once('\n').expect("a name and a text")).collect()
}
