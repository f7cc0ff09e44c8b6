//! JUnit XML, as test servers read it: a suite for each file, a case for each claim, and one for each diagnostic that
//! belongs to no claim.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::{ClaimRecord, Report, full_message, owners};
use crate::compare::Verdict;
use crate::diag::{Diagnostic, Severity};
use crate::source::{Position, Sources};

/// The whole report as one XML document.
pub fn render(report: &Report, sources: &Sources) -> String {
    let mut suites: BTreeMap<&str, Vec<(Position, TestCase)>> = BTreeMap::new();
    let mut add = |span, case: TestCase| {
        let place = sources.place(span);
        suites.entry(place.path).or_default().push((place.start, case));
    };
    for claim in &report.claims {
        let diagnostic = claim.diagnostic.and_then(|position| report.diagnostics.get(position));
        let place = sources.place(claim.span);
        add(claim.span, case(&title(claim, place.start), place.path, status(claim, diagnostic)));
    }
    for (diagnostic, _) in report.diagnostics.iter().zip(owners(report)).filter(|(_, owner)| owner.is_none())
    {
        let place = sources.place(diagnostic.span);
        let title = format!("{}:{} {}", place.start.line, place.start.column, diagnostic.code.title());
        add(diagnostic.span, case(&title, place.path, failure(diagnostic)));
    }
    let mut document = Document::new("mdbook-qed");
    for (path, mut cases) in suites {
        cases.sort_by_key(|(position, _)| *position);
        let mut suite = TestSuite::new(path);
        suite.add_test_cases(cases.into_iter().map(|(_, case)| case));
        document.add_test_suite(suite);
    }
    let mut text =
        document.to_string().expect("a document in memory can be written, and its text is cleaned");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// `12:5 h_1 = 0.986613`.
fn title(claim: &ClaimRecord, start: Position) -> String {
    let what = match (claim.name.as_str(), claim.stated.as_str()) {
        ("", "") => claim.kind.word().to_owned(),
        ("", stated) => stated.to_owned(),
        (name, "") => name.to_owned(),
        (name, stated) => format!("{name} = {stated}"),
    };
    format!("{}:{} {what}", start.line, start.column)
}

fn case(title: &str, path: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(title, status);
    case.set_classname(path);
    case
}

fn status(claim: &ClaimRecord, diagnostic: Option<&Diagnostic>) -> TestCaseStatus {
    match diagnostic {
        Some(diagnostic) => failure(diagnostic),
        None if claim.verdict == Verdict::Skipped => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(claim.message.as_str());
            skipped
        }
        None => TestCaseStatus::success(),
    }
}

/// A warning does not fail a build, and so no test.
fn failure(diagnostic: &Diagnostic) -> TestCaseStatus {
    if diagnostic.severity == Severity::Warning {
        return TestCaseStatus::success();
    }
    let mut failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
    failure.set_type(diagnostic.code.id());
    failure.set_message(diagnostic.message.as_str());
    failure.set_description(full_message(diagnostic));
    failure
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData, assert_data_eq, str};

    use super::render;
    use crate::diag::{Code, Diagnostic};
    use crate::report::Report;
    use crate::report::samples::{Sample, chapter};
    use crate::source::{FileId, Source, Sources, Span};

    #[test]
    fn a_case_for_each_claim() {
        let Sample { sources, report } = chapter();
        assert_data_eq!(render(&report, &sources), str![[r#"
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mdbook-qed" tests="6" skipped="1" failures="3" errors="0">
    <testsuite name="book/q2.md" tests="6" skipped="1" errors="0" failures="3">
        <testcase name="4:31 h_1 = 0.986613" classname="book/q2.md"/>
        <testcase name="4:53 h_2 = 0.993307" classname="book/q2.md">
            <failure message="the stated 0.993307 is not the computed 0.9866130821723351" type="QED0001">the stated 0.993307 is not the computed 0.9866130821723351
the first four digits of the two agree in no reading
write the computed value</failure>
        </testcase>
        <testcase name="6:21 0.34" classname="book/q2.md">
            <failure message="the stated 0.34 is not 1/3 rounded to two decimals" type="QED0002">the stated 0.34 is not 1/3 rounded to two decimals</failure>
        </testcase>
        <testcase name="6:54 93.06" classname="book/q2.md">
            <failure message="nothing defines `ratio`" type="QED0101">nothing defines `ratio`
define it before, as in `&lt;!-- qed: let ratio = … --&gt;`</failure>
        </testcase>
        <testcase name="9:1 $$p = 0.81$$" classname="book/q2.md">
            <skipped message="read off a plot that is lost"/>
        </testcase>
        <testcase name="12:7 c = 17.5" classname="book/q2.md"/>
    </testsuite>
</testsuites>

"#]].raw());
    }

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        let mut sources = Sources::default();
        sources.add(Source::file("a&b.md", "x"));
        let diagnostic =
            Diagnostic::error(Code::Syntax, Span::new(FileId(0), 0, 1), "a \u{1}\0<b> \"c\" ]]>");
        let xml = render(&Report { claims: Vec::new(), diagnostics: vec![diagnostic] }, &sources);
        assert!(xml.contains("a &lt;b&gt; &quot;c&quot; ]]&gt;"), "{xml}");
        assert!(xml.contains("a&amp;b.md"), "{xml}");
    }
}
