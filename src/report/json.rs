//! One JSON object for machines: every claim, every diagnostic, the summary. The schema is fixed by its version.
//!
//! Lines and columns count from 1, columns in Unicode scalar values, in the source file. A claim and its
//! diagnostic agree on `code`, and a diagnostic's `claim` is the position of its claim in `claims`.

use serde::Serialize;

use super::{ClaimRecord, Report, Shard, owners, severity_word};
use crate::diag::Diagnostic;
use crate::source::Sources;

/// The version of the schema; it grows when a field changes its meaning, not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<Shard>,
    claims: Vec<Claim<'a>>,
    diagnostics: Vec<Message<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Claim<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    kind: &'static str,
    name: &'a str,
    stated: &'a str,
    computed: Option<&'a str>,
    verdict: &'static str,
    severity: &'static str,
    code: Option<&'static str>,
    message: &'a str,
    fix: Option<&'a str>,
}

#[derive(Serialize)]
struct Message<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    claim: Option<usize>,
    /// The claim whose error is carried forward to this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<usize>,
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    claims: usize,
    ok: usize,
    warnings: usize,
    errors: usize,
    skipped: usize,
}

/// Renders `report`, that of one `shard` if the work was split, as one JSON object, indented, with a final newline.
pub fn render(report: &Report, sources: &Sources, shard: Option<Shard>) -> String {
    let owners = owners(report);
    let claims = report.claims.iter().map(|claim| claim_of(claim, report, sources)).collect();
    let message = |(position, it)| message_of(it, owners[position], report, sources);
    let diagnostics = report.diagnostics.iter().enumerate().map(message).collect();
    let document = Document { version: VERSION, shard, claims, diagnostics, summary: summary(report) };
    let mut text =
        serde_json::to_string_pretty(&document).expect("strings, numbers and options always serialise");
    text.push('\n');
    text
}

fn claim_of<'a>(claim: &'a ClaimRecord, report: &'a Report, sources: &'a Sources) -> Claim<'a> {
    let place = sources.place(claim.span);
    let diagnostic = claim.diagnostic.and_then(|position| report.diagnostics.get(position));
    Claim {
        file: place.path,
        line: place.start.line,
        column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
        kind: claim.kind.word(),
        name: &claim.name,
        stated: &claim.stated,
        computed: claim.computed.as_deref(),
        verdict: claim.verdict.word(),
        severity: severity_word(claim.severity),
        code: diagnostic.map(|diagnostic| diagnostic.code.id()),
        message: &claim.message,
        fix: claim.fix.as_deref(),
    }
}

fn message_of<'a>(
    diagnostic: &'a Diagnostic,
    claim: Option<usize>,
    report: &Report,
    sources: &'a Sources,
) -> Message<'a> {
    let place = sources.place(diagnostic.span);
    Message {
        file: place.path,
        line: place.start.line,
        column: place.start.column,
        claim,
        cause: claim.and_then(|claim| report.claims[claim].cause),
        severity: severity_word(Some(diagnostic.severity)),
        code: diagnostic.code.id(),
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
    }
}

fn summary(report: &Report) -> Summary {
    let counts = report.counts();
    Summary {
        claims: counts.claims,
        ok: counts.ok,
        warnings: counts.warnings,
        errors: counts.errors,
        skipped: counts.skipped,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::render;
    use crate::report::Report;
    use crate::report::samples::{Sample, chapter};
    use crate::source::Sources;

    fn rendered() -> Value {
        let Sample { sources, report } = chapter();
        serde_json::from_str(&render(&report, &sources, None)).unwrap()
    }

    #[test]
    fn an_empty_report() {
        let expected = r#"{
  "version": 1,
  "claims": [],
  "diagnostics": [],
  "summary": {
    "claims": 0,
    "ok": 0,
    "warnings": 0,
    "errors": 0,
    "skipped": 0
  }
}
"#;
        assert_eq!(render(&Report::default(), &Sources::default(), None), expected);
    }

    #[test]
    fn a_claim_that_passes() {
        let expected = json!({
            "file": "book/q2.md", "line": 4, "column": 31, "end_line": 4, "end_column": 39,
            "kind": "equation", "name": "h_1", "stated": "0.986613", "computed": "0.9866130821723351",
            "verdict": "rounded", "severity": "ok", "code": null, "message": "", "fix": null,
        });
        assert_eq!(rendered()["claims"][0], expected);
    }

    #[test]
    fn columns_count_characters_and_links_go_both_ways() {
        let document = rendered();
        let claim = &document["claims"][2];
        // `Größe` has seven bytes and five characters.
        assert_eq!((&claim["line"], &claim["column"]), (&json!(6), &json!(21)));
        assert_eq!(claim["code"], "QED0002");
        assert_eq!(claim["severity"], "error");
        let diagnostic = json!({
            "file": "book/q2.md", "line": 6, "column": 21, "claim": 2, "severity": "error", "code": "QED0002",
            "message": "the stated 0.34 is not 1/3 rounded to two decimals", "help": null,
        });
        assert_eq!(document["diagnostics"][1], diagnostic);
    }

    #[test]
    fn the_order_of_keys_is_the_documented_one() {
        let document = rendered();
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(keys(&document), "version claims diagnostics summary");
        assert_eq!(
            keys(&document["claims"][0]),
            "file line column end_line end_column kind name stated computed verdict severity code message fix"
        );
        assert_eq!(keys(&document["diagnostics"][0]), "file line column claim severity code message help");
        assert_eq!(
            document["summary"],
            json!({"claims": 6, "ok": 2, "warnings": 1, "errors": 3, "skipped": 1})
        );
    }
}
