//! Reports made by hand, which the tests of every format share.

use super::{ClaimRecord, Kind, Report};
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic, Fix, Severity};
use crate::source::{FileId, Source, Sources, Span};
use crate::syntax::Notation;

/// A report and the text it is about.
pub(crate) struct Sample {
    pub(crate) sources: Sources,
    pub(crate) report: Report,
}

const CHAPTER: &str = "\
# Forward pass

<!-- qed -->
$$h_1 = \\text{sigmoid}(4.3) = 0.986613, \\quad h_2 = 0.993307$$

Größe: {{#qed 1/3 = 0.34}}, and {{#qed 100 * ratio = 93.06}}.

<!-- qed: skip read off a plot that is lost -->
$$p = 0.81$$

<!-- qed -->
$$c = 17.5$$
";

/// The span of `needle`, which occurs once in `text`.
pub(crate) fn find(text: &str, needle: &str) -> Span {
    let start = text.find(needle).expect("the needle is in the text");
    assert_eq!(text.rfind(needle), Some(start), "{needle} occurs once");
    Span::new(FileId(0), start, start + needle.len())
}

/// A claim at the beginning of a text.
pub(crate) fn claim(name: &str, stated: &str, verdict: Verdict) -> ClaimRecord {
    ClaimRecord {
        span: Span::new(FileId(0), 0, 1),
        name: name.into(),
        ..claim_at(Span::default(), stated, Kind::Equation, verdict)
    }
}

fn claim_in_chapter(stated: &str, kind: Kind, verdict: Verdict) -> ClaimRecord {
    claim_at(find(CHAPTER, stated), stated, kind, verdict)
}

/// A claim at `span`.
pub(crate) fn claim_at(span: Span, stated: &str, kind: Kind, verdict: Verdict) -> ClaimRecord {
    let severity = (!verdict.passes()).then_some(Severity::Error);
    ClaimRecord {
        span,
        kind,
        notation: if kind == Kind::Equation { Notation::Latex } else { Notation::Plain },
        name: String::new(),
        stated: stated.into(),
        formula: None,
        computed: None,
        counterexample: Vec::new(),
        verdict,
        severity,
        message: String::new(),
        diagnostic: None,
        cause: None,
        fix: None,
    }
}

/// A chapter with a claim of every outcome.
pub(crate) fn chapter() -> Sample {
    let mut sources = Sources::default();
    sources.add(Source::file("book/q2.md", CHAPTER));
    let span = |needle| find(CHAPTER, needle);
    let fix = |needle, text: &str| Fix { span: span(needle), text: text.into(), safe: true };
    let mismatch = "the stated 0.993307 is not the computed 0.9866130821723351";
    let truncated = "the stated 0.34 is not 1/3 rounded to two decimals";
    let unknown = "nothing defines `ratio`";
    let unused = "`c` is given a number that nothing uses";
    let report = Report {
        claims: vec![
            ClaimRecord {
                name: "h_1".into(),
                computed: Some("0.9866130821723351".into()),
                ..claim_in_chapter("0.986613", Kind::Equation, Verdict::Rounded)
            },
            ClaimRecord {
                name: "h_2".into(),
                computed: Some("0.9866130821723351".into()),
                message: mismatch.into(),
                diagnostic: Some(0),
                fix: Some("0.986613".into()),
                ..claim_in_chapter("0.993307", Kind::Equation, Verdict::Mismatch)
            },
            ClaimRecord {
                computed: Some("1/3".into()),
                message: truncated.into(),
                diagnostic: Some(1),
                fix: Some("0.33".into()),
                ..claim_in_chapter("0.34", Kind::Inline, Verdict::Truncated)
            },
            ClaimRecord {
                message: unknown.into(),
                diagnostic: Some(2),
                ..claim_in_chapter("93.06", Kind::Inline, Verdict::Unverifiable)
            },
            ClaimRecord {
                message: "read off a plot that is lost".into(),
                ..claim_in_chapter("$$p = 0.81$$", Kind::Skip, Verdict::Skipped)
            },
            ClaimRecord {
                name: "c".into(),
                diagnostic: Some(3),
                ..claim_in_chapter("17.5", Kind::Definition, Verdict::Given)
            },
        ],
        diagnostics: vec![
            Diagnostic::error(Code::Mismatch, span("0.993307"), mismatch)
                .label("stated here")
                .secondary(span("\\text{sigmoid}(4.3)"), "computed: 0.9866130821723351")
                .note("the first four digits of the two agree in no reading")
                .help("write the computed value")
                .fix(fix("0.993307", "0.986613")),
            Diagnostic::error(Code::Truncated, span("0.34"), truncated).label("stated here"),
            Diagnostic::error(Code::UnknownName, span("ratio"), unknown)
                .label("unknown name")
                .help("define it before, as in `<!-- qed: let ratio = … -->`"),
            Diagnostic::warning(Code::UnusedGiven, span("17.5"), unused),
        ],
    };
    Sample { sources, report }
}
