//! The list of all claims of a book, where the tag `report` stands. All of it is there without a script; the buttons
//! above it are radio buttons, with which the style sheet hides the rows of other verdicts.

use std::fmt::Write;

use super::markup;
use crate::compare::Verdict;
use crate::report::{ClaimRecord, Report};
use crate::scan::Item;
use crate::source::Sources;
use crate::splice::Edit;

/// Every verdict, in the order of the buttons.
const VERDICTS: [Verdict; 14] = [
    Verdict::Exact,
    Verdict::Rounded,
    Verdict::Tolerance,
    Verdict::Holds,
    Verdict::Identity,
    Verdict::Statistical,
    Verdict::Given,
    Verdict::Filled,
    Verdict::Refuted,
    Verdict::Skipped,
    Verdict::Truncated,
    Verdict::Carried,
    Verdict::Mismatch,
    Verdict::Unverifiable,
];

/// One edit for each `report` tag among `items`.
pub(super) fn edits(items: &[Item], book: &[&Report], sources: &Sources) -> Vec<Edit> {
    let tags = items.iter().filter_map(|item| match item {
        Item::Report(span) => Some(*span),
        _ => None,
    });
    tags.map(|span| Edit { span, text: list(book, sources) }).collect()
}

/// Buttons and table, on one line: an empty one would end the HTML.
fn list(book: &[&Report], sources: &Sources) -> String {
    let claims = || book.iter().flat_map(|report| &report.claims);
    let mut output = String::from("<div class=\"qed-report\"><fieldset><legend>Show</legend>");
    button("all", claims().count(), true, &mut output);
    for verdict in VERDICTS {
        match claims().filter(|claim| claim.verdict == verdict).count() {
            0 => {}
            count => button(verdict.word(), count, false, &mut output),
        }
    }
    output.push_str(
        "</fieldset><div class=\"table-wrapper\"><table><thead><tr><th>Line</th><th>What</th><th>Stated</th>\
         <th>Computed</th><th>Verdict</th></tr></thead>",
    );
    book.iter().filter(|report| !report.claims.is_empty()).for_each(|it| chapter(it, sources, &mut output));
    output.push_str("</table></div></div>");
    output
}

fn button(what: &str, count: usize, checked: bool, output: &mut String) {
    let checked = if checked { " checked" } else { "" };
    let _ = write!(
        output,
        "<label class=\"qed-{what}\"><input type=\"radio\" name=\"qed-verdict\" value=\"{what}\"{checked}> {what} \
         ({count})</label>"
    );
}

fn chapter(report: &Report, sources: &Sources, output: &mut String) {
    let Some(first) = report.claims.first() else { return };
    let path = sources.place(first.span).path;
    let name = path.rsplit('/').next().unwrap_or(path);
    let _ = write!(
        output,
        "<tbody><tr class=\"qed-chapter\"><th colspan=\"5\" scope=\"rowgroup\">{}</th></tr>",
        markup::text(name)
    );
    report.claims.iter().for_each(|claim| row(claim, sources, output));
    output.push_str("</tbody>");
}

fn row(claim: &ClaimRecord, sources: &Sources, output: &mut String) {
    let place = sources.place(claim.span);
    let what = if claim.name.is_empty() { claim.kind.word() } else { &claim.name };
    // Of a block that is skipped, its reason says more than its text.
    let stated = if claim.verdict == Verdict::Skipped { &claim.message } else { &claim.stated };
    let computed = claim.computed.as_deref().unwrap_or_default();
    let class = if claim.verdict.passes() { "" } else { " class=\"qed-wrong\"" };
    let cell = |text: &str| format!("<td>{}</td>", markup::text(text));
    let _ = write!(
        output,
        "<tr class=\"qed-{}\">{}{}{}{}<td{class}>{}</td></tr>",
        claim.verdict.word(),
        cell(&place.start.line.to_string()),
        cell(what),
        cell(stated),
        cell(computed),
        claim.verdict.word()
    );
}

#[cfg(test)]
mod tests {
    use super::{VERDICTS, edits};
    use crate::page::STYLE_SHEET;
    use crate::report::samples::{Sample, chapter};
    use crate::scan::Item;
    use crate::source::{FileId, Span};

    #[test]
    fn lists_every_claim_on_one_line() {
        let Sample { sources, report } = chapter();
        let span = Span::new(FileId(0), 3, 9);
        let edits = edits(&[Item::Report(span)], &[&report, &report], &sources);
        let [edit] = edits.as_slice() else { panic!("one tag, one edit") };
        assert_eq!(edit.span, span);
        assert_eq!(edit.text.matches("<tr").count(), 1 + 2 + 2 * report.claims.len());
        assert!(!edit.text.contains('\n'));
        let row = "<tr class=\"qed-rounded\"><td>4</td><td>h&#95;1</td><td>0&#46;986613</td>\
            <td>0&#46;9866130821723351</td><td>rounded</td></tr>";
        assert!(edit.text.contains(row), "{}", edit.text);
        assert!(edit.text.contains("<td class=\"qed-wrong\">mismatch</td>"));
        assert!(edit.text.contains("value=\"all\" checked> all (12)</label>"), "{}", edit.text);
        assert!(edit.text.contains("value=\"skipped\"> skipped (2)</label>"), "{}", edit.text);
    }

    #[test]
    fn the_style_sheet_filters_by_every_verdict() {
        for verdict in VERDICTS {
            let word = verdict.word();
            let rule = format!("input[value={word}]:checked) tbody tr:not(.qed-{word})");
            assert!(STYLE_SHEET.contains(&rule), "{word}");
        }
    }
}
