//! The list of all claims of a book, where the tag `report` stands. All of it is there without a script; the buttons
//! above it are radio buttons, with which the style sheet hides the rows of other verdicts.

use std::fmt::Write;

use super::marks::counterexample;
use super::math::{Converter, scrolls};
use super::{Options, markup};
use crate::compare::Verdict;
use crate::report::{ClaimRecord, Kind, Report};
use crate::scan::Item;
use crate::source::{Sources, Span};
use crate::splice::Edit;
use crate::syntax::{Notation, named_letter};

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
pub(super) fn edits(items: &[Item], book: &[&Report], sources: &Sources, options: &Options) -> Vec<Edit> {
    let tag = |item: &Item| match item {
        Item::Report(span) => Some(*span),
        _ => None,
    };
    let tags: Vec<Span> = items.iter().filter_map(tag).collect();
    if tags.is_empty() {
        return Vec::new();
    }
    // The list is HTML of ours, which nobody else renders: its mathematics is MathML also where the page's is not.
    let writer =
        Writer { sources, folder: common_folder(book, sources), converter: Converter::new(&options.macros) };
    tags.into_iter().map(|span| Edit { span, text: list(book, &writer) }).collect()
}

/// What turns claims into rows.
struct Writer<'a> {
    sources: &'a Sources,
    /// The folder that all chapters are in, with a slash at its end, or empty.
    folder: String,
    converter: Converter,
}

/// The folder that all chapters with claims are in, with a slash at its end.
fn common_folder(book: &[&Report], sources: &Sources) -> String {
    let path = |report: &&Report| Some(sources.place(report.claims.first()?.span).path);
    let folder = |path: &str| path[..path.rfind('/').map_or(0, |slash| slash + 1)].to_owned();
    let shared = |one: String, path: &str| {
        let same =
            one.split_inclusive('/').zip(path.split_inclusive('/')).take_while(|(one, other)| one == other);
        same.map(|(part, _)| part).collect()
    };
    let mut paths = book.iter().filter_map(path);
    paths.next().map_or_else(String::new, |first| paths.fold(folder(first), shared))
}

/// Buttons and table, on one line: an empty one would end the HTML.
fn list(book: &[&Report], writer: &Writer<'_>) -> String {
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
    book.iter().filter(|report| !report.claims.is_empty()).for_each(|it| writer.chapter(it, &mut output));
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

impl Writer<'_> {
    fn chapter(&self, report: &Report, output: &mut String) {
        let Some(first) = report.claims.first() else { return };
        let path = self.sources.place(first.span).path;
        let name = path.strip_prefix(&self.folder).unwrap_or(path);
        let _ = write!(
            output,
            "<tbody><tr class=\"qed-chapter\"><th colspan=\"5\" scope=\"rowgroup\">{}</th></tr>",
            markup::text(name)
        );
        report.claims.iter().for_each(|claim| self.row(claim, output));
        output.push_str("</tbody>");
    }

    fn row(&self, claim: &ClaimRecord, output: &mut String) {
        let place = self.sources.place(claim.span);
        let what = match claim.name.as_str() {
            "" => claim.kind.word().to_owned(),
            name => self.source_text(claim, name),
        };
        // Of a block that is skipped, its reason says more than its text.
        let stated = match claim.verdict {
            Verdict::Skipped => markup::text(&claim.message),
            // A name that asks for its value states nothing.
            _ if claim.stated == claim.name && claim.computed.is_some() => String::new(),
            _ => self.source_text(claim, &claim.stated),
        };
        let values = match (claim.computed.as_deref(), counterexample(claim)) {
            (Some(computed), _) => format!("<td>{stated}</td><td>{}</td>", markup::text(computed)),
            (None, Some(point)) => {
                format!("<td>{stated}</td><td class=\"qed-point\">fails at {}</td>", markup::text(&point))
            }
            (None, None) => format!("<td colspan=\"2\">{stated}</td>"),
        };
        let (line, verdict) = (place.start.line, claim.verdict.word());
        let class = if claim.verdict.passes() { "" } else { " class=\"qed-wrong\"" };
        let _ = write!(
            output,
            "<tr class=\"qed-{verdict}\"><td>{line}</td><td>{what}</td>{values}<td{class}>{verdict}</td></tr>"
        );
    }

    /// A part of the source as the page shows it.
    fn source_text(&self, claim: &ClaimRecord, text: &str) -> String {
        if claim.kind == Kind::Table && claim.notation == Notation::Plain || is_number(text) {
            return markup::text(text);
        }
        let latex = match claim.notation {
            Notation::Latex => Some(text.to_owned()),
            Notation::Plain => latex_of_name(text),
        };
        match (latex.map(|latex| self.converter.render(&latex, false, &[])), scrolls(text)) {
            (Some(Ok(rendered)), "") => rendered.html,
            (Some(Ok(rendered)), scrolls) => {
                format!("<div class=\"qed-wide\"{scrolls}>{}</div>", rendered.html)
            }
            // Within code no script looks for mathematics.
            (Some(Err(_)) | None, _) => format!("<code>{}</code>", breakable(text)),
        }
    }
}

/// Code whose lines may break before a field: `net.layers[2].params`.
fn breakable(code: &str) -> String {
    let mut output = String::new();
    for (at, piece) in code.split('.').enumerate() {
        if at > 0 {
            output.push_str(&markup::text("."));
        }
        if at > 0 && piece.starts_with(|first: char| first.is_alphabetic()) {
            output.push_str("<wbr>");
        }
        output.push_str(&markup::text(piece));
    }
    output
}

/// Whether this is a number as everybody writes it, or a hole for one.
fn is_number(text: &str) -> bool {
    text.chars()
        .all(|sign| sign.is_ascii_digit() || matches!(sign, '.' | ',' | '+' | '-' | '−' | '%' | '?' | ' '))
}

/// A name of the plain notation as LaTeX, if it is a letter of either alphabet, with an index or without: `eta`, `w_10`.
fn latex_of_name(name: &str) -> Option<String> {
    let (base, index) = name.split_once('_').unwrap_or((name, ""));
    let mut letters = base.chars();
    let letter = match (letters.next(), letters.next()) {
        (Some(letter), None) if letter.is_ascii_alphabetic() => letter,
        _ => named_letter(base)?,
    };
    let simple = index.chars().all(|sign| sign.is_ascii_alphanumeric());
    let index = if index.is_empty() { String::new() } else { format!("_{{{index}}}") };
    simple.then(|| format!("{letter}{index}"))
}

#[cfg(test)]
mod tests {
    use super::{
        ClaimRecord, Converter, Kind, Notation, Report, VERDICTS, Verdict, Writer, common_folder, edits,
    };
    use crate::page::{Options, STYLE_SHEET};
    use crate::report::samples::{self, Sample, chapter};
    use crate::scan::Item;
    use crate::source::{FileId, Source, Sources, Span};
    use crate::syntax::macros::Macros;

    #[test]
    fn lists_every_claim_on_one_line() {
        let Sample { sources, report } = chapter();
        let span = Span::new(FileId(0), 3, 9);
        let options = Options { render_math: true, ..Options::default() };
        let edits = edits(&[Item::Report(span)], &[&report, &report], &sources, &options);
        let [edit] = edits.as_slice() else { panic!("one tag, one edit") };
        assert_eq!(edit.span, span);
        assert_eq!(edit.text.matches("<tr").count(), 1 + 2 + 2 * report.claims.len());
        assert!(!edit.text.contains('\n'));
        let row = "<tr class=\"qed-rounded\"><td>4</td>\
            <td><math><msub><mi>h</mi><mn>1</mn></msub></math></td><td>0&#46;986613</td><td>0&#46;9866130821723351</td><td>rounded</td></tr>";
        assert!(edit.text.contains(row), "{}", edit.text);
        assert!(edit.text.contains("<td class=\"qed-wrong\">mismatch</td>"));
        assert!(edit.text.contains("value=\"all\" checked> all (12)</label>"), "{}", edit.text);
        assert!(edit.text.contains("value=\"skipped\"> skipped (2)</label>"), "{}", edit.text);
    }

    #[test]
    fn chapters_have_the_folders_in_which_they_differ() {
        let mut sources = Sources::default();
        let claim =
            |at: u32| samples::claim_at(Span::new(FileId(at), 0, 1), "1", Kind::Equation, Verdict::Exact);
        for path in ["/home/book/one.md", "/home/book/manual/one.md", "/home/book/manual/two.md"] {
            sources.add(Source::file(path, "1"));
        }
        let reports = [0, 1, 2].map(|at| Report { claims: vec![claim(at)], ..Report::default() });
        let folder = |reports: &[&Report]| common_folder(reports, &sources);
        assert_eq!(folder(&reports.each_ref()), "/home/book/");
        assert_eq!(folder(&[&reports[1], &reports[2]]), "/home/book/manual/");
        assert_eq!(folder(&[]), "");
    }

    #[test]
    fn a_refuted_relation_says_where_it_fails() {
        let Sample { sources, mut report } = chapter();
        report.claims.truncate(1);
        report.claims[0].verdict = Verdict::Refuted;
        report.claims[0].computed = None;
        report.claims[0].counterexample = vec![("rho".into(), "1/2".into())];
        let edits =
            edits(&[Item::Report(Span::new(FileId(0), 3, 9))], &[&report], &sources, &Options::default());
        assert!(
            edits[0].text.contains("<td class=\"qed-point\">fails at ρ &#61; 1&#47;2</td>"),
            "{}",
            edits[0].text
        );
    }

    #[test]
    fn formulas_are_rendered_or_stay_code() {
        let claim = samples::claim("\\frac{a}{b}", "x &= \\nonsense", Verdict::Exact);
        let sources = chapter().sources;
        let writer =
            Writer { sources: &sources, folder: String::new(), converter: Converter::new(&Macros::new()) };
        let show = |text: &str| writer.source_text(&claim, text);
        assert!(show(&claim.name).starts_with("<math><mfrac>"));
        assert_eq!(show(&claim.stated), "<code>x &#38;&#61; &#92;nonsense</code>");
        assert_eq!(show("132,863"), "132&#44;863");
        assert_eq!(show("w"), "<math><mi>w</mi></math>");
        assert!(show("c(3, 64)").starts_with("<math><mi>c</mi>"));
        assert!(show(&format!("{}x^2", "y + ".repeat(20))).starts_with("<div class=\"qed-wide\" tabindex"));
    }

    #[test]
    fn what_is_written_in_plain_notation_is_a_name_or_code() {
        let claim =
            |kind| ClaimRecord { kind, notation: Notation::Plain, ..samples::claim("", "", Verdict::Exact) };
        let sources = chapter().sources;
        let writer =
            Writer { sources: &sources, folder: String::new(), converter: Converter::new(&Macros::new()) };
        let show = |text: &str| writer.source_text(&claim(Kind::Fence), text);
        assert_eq!(show("c"), "<math><mi>c</mi></math>");
        assert_eq!(show("eta"), "<math><mi>η</mi></math>");
        assert_eq!(show("w_10"), "<math><msub><mi>w</mi><mn>10</mn></msub></math>");
        assert_eq!(show("mean(x^2, 100, 7)"), "<code>mean&#40;x&#94;2&#44; 100&#44; 7&#41;</code>");
        assert_eq!(show("small.peak"), "<code>small&#46;<wbr>peak</code>");
        assert_eq!(show("0.5 x"), "<code>0&#46;5 x</code>");
        assert_eq!(show("22 * 10"), "<code>22 &#42; 10</code>");
        assert_eq!(show("132,863"), "132&#44;863");
        assert_eq!(show("?"), "&#63;");
        // What a table says in its header and its cells is text.
        assert_eq!(writer.source_text(&claim(Kind::Table), "CONV3-64"), "CONV3&#45;64");
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
