//! Reports as rustc prints them: the line, both values, the cause, a suggested replacement; then one summary line.
//!
//! Only the lines that are shown are handed to the snippet renderer, and of a very long line only the part
//! around the place, so that a message about a huge chapter costs no more than one about a small chapter.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};

use super::{ClaimRecord, Counts, Report, origins};
use crate::diag::{Diagnostic, Fix, Severity};
use crate::source::{Place, Sources, Span};

/// Lines between two places up to which both are shown in one excerpt.
const NEARBY_LINES: usize = 12;
/// A span of more lines is shown by its beginning.
const MOST_LINES: usize = 24;
/// A line longer than this many bytes is cut to a window of about this size around the place.
const LONGEST_LINE: usize = 2000;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// With terminal colours.
    pub color: bool,
    /// Columns after which a source line is cut.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 120 }
    }
}

/// Every diagnostic of `report`, in order, each followed by an empty line.
pub fn render(report: &Report, sources: &Sources, style: Style) -> String {
    let renderer = renderer(style);
    let mut output = String::new();
    let origins = origins(report);
    for (position, diagnostic) in report.diagnostics.iter().enumerate() {
        // What is carried forward is listed beneath its cause.
        if origins[position].is_some() {
            continue;
        }
        let carried = report
            .claims
            .iter()
            .filter(|claim| claim.diagnostic.is_some_and(|own| origins[own] == Some(position)));
        let carried: Vec<String> = carried.map(|claim| carried_forward(claim, sources)).collect();
        output.push_str(&render_one(diagnostic, &carried, sources, &renderer));
        output.push_str("\n\n");
    }
    output
}

/// A line about a claim that is right given an earlier wrong number.
fn carried_forward(claim: &ClaimRecord, sources: &Sources) -> String {
    let place = sources.place(claim.span);
    let name = if claim.name.is_empty() { String::new() } else { format!("`{}` = ", claim.name) };
    let right = claim.computed.as_deref().map(|value| format!(", which is {value}")).unwrap_or_default();
    format!(
        "carried forward to {}:{}:{}: {name}{}{right}",
        place.path, place.start.line, place.start.column, claim.stated
    )
}

/// The summary line: `42 numbers verified, 2 errors, 1 skipped in 3 chapters`.
pub fn summary(counts: Counts, chapters: usize) -> String {
    let mut parts = vec![format!("{} verified", plural(counts.ok, "number"))];
    let mut add = |count, text| {
        if count > 0 {
            parts.push(text);
        }
    };
    add(counts.errors, plural(counts.errors, "error"));
    add(counts.warnings, plural(counts.warnings, "warning"));
    add(counts.skipped, format!("{} skipped", counts.skipped));
    format!("{} in {}", parts.join(", "), plural(chapters, "chapter"))
}

fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

fn renderer(style: Style) -> Renderer {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).term_width(style.width)
}

fn render_one(diagnostic: &Diagnostic, carried: &[String], sources: &Sources, renderer: &Renderer) -> String {
    let excerpts = excerpts(diagnostic, sources);
    let mut main = Group::with_title(
        level(diagnostic.severity).primary_title(diagnostic.message.as_str()).id(diagnostic.code.id()),
    );
    for excerpt in &excerpts {
        main = main.elements(excerpt.elements());
    }
    if let Some(note) = made_text(diagnostic.span, sources) {
        main = main.element(Level::NOTE.message(note));
    }
    for note in diagnostic.notes.iter().chain(carried) {
        main = main.element(Level::NOTE.message(note.as_str()));
    }
    let mut groups = Vec::new();
    match (&diagnostic.help, &diagnostic.fix) {
        (help, Some(fix)) => {
            let title = help.as_deref().unwrap_or("replace it");
            groups.push(main);
            groups.push(suggestion(title, fix, sources));
        }
        (Some(help), None) => groups.push(main.element(Level::HELP.message(help.as_str()))),
        (None, None) => groups.push(main),
    }
    renderer.render(&groups)
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    }
}

/// A label at a place of an excerpt.
struct Mark<'a> {
    kind: AnnotationKind,
    place: Place<'a>,
    label: &'a str,
}

/// Consecutive lines of one file, with the marks in them.
struct Excerpt<'a> {
    first_line: usize,
    text: &'a str,
    /// Where `text` begins in its file.
    start: usize,
    /// The leading one is first.
    marks: Vec<Mark<'a>>,
}

impl<'a> Excerpt<'a> {
    /// The excerpt as elements of a message.
    fn elements(&self) -> Vec<Element<'a>> {
        let Some(Mark { place: Place { path, start, .. }, .. }) = self.marks.first() else {
            return Vec::new();
        };
        if self.text.is_empty() {
            return vec![Origin::path(*path).into()];
        }
        let annotations = self.marks.iter().map(|mark| {
            let annotation = mark.kind.span(self.local(&mark.place.range));
            if mark.label.is_empty() { annotation } else { annotation.label(mark.label) }
        });
        let snippet = self.lines().annotations(annotations);
        if self.shows_its_column() {
            return vec![snippet.path(*path).into()];
        }
        let origin = Origin::path(*path).line(start.line).char_column(start.column);
        vec![origin.into(), snippet.into()]
    }

    /// The lines themselves, without the carriage returns of their ends.
    fn lines<T: Clone>(&self) -> Snippet<'a, T> {
        Snippet::source(self.text.replace("\r\n", "\n")).line_start(self.first_line)
    }

    /// Whether the column that follows from the lines is the true one: not so when a long line was cut.
    fn shows_its_column(&self) -> bool {
        let Some(mark) = self.marks.first() else { return true };
        let offset = self.text.floor_char_boundary(mark.place.range.start.saturating_sub(self.start));
        let before = &self.text[..offset];
        let line = before.rfind('\n').map_or(before, |newline| &before[newline + 1..]);
        line.chars().count() + 1 == mark.place.start.column
    }

    /// `range` of the file as one of the lines; what lies outside is cut off.
    fn local(&self, range: &Range<usize>) -> Range<usize> {
        let clamp = |offset: usize| {
            let offset = self.text.floor_char_boundary(offset.saturating_sub(self.start));
            offset - self.text[..offset].matches("\r\n").count()
        };
        clamp(range.start)..clamp(range.end)
    }
}

/// The excerpts that show a diagnostic: the one with its own place first, then those of its other places.
fn excerpts<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Excerpt<'a>> {
    let mark = |kind, span, label| Mark { kind, place: sources.place(span), label };
    let primary = mark(AnnotationKind::Primary, diagnostic.span, &diagnostic.label);
    let others = diagnostic.secondary.iter().map(|(span, label)| mark(AnnotationKind::Context, *span, label));
    let mut clusters: Vec<Vec<Mark<'a>>> = vec![vec![primary]];
    for mark in others {
        match clusters.iter_mut().find(|cluster| near(&cluster[0].place, &mark.place)) {
            Some(cluster) => cluster.push(mark),
            None => clusters.push(vec![mark]),
        }
    }
    clusters.into_iter().filter_map(excerpt).collect()
}

/// Whether two places are close enough to be shown together.
fn near(one: &Place<'_>, other: &Place<'_>) -> bool {
    one.path == other.path && one.start.line.abs_diff(other.start.line) <= NEARBY_LINES
}

fn excerpt(marks: Vec<Mark<'_>>) -> Option<Excerpt<'_>> {
    let leading = &marks.first()?.place;
    let text = leading.text;
    let range = window(text, marks.iter().map(|mark| &mark.place.range));
    let lines_before = text[range.start..leading.range.start].matches('\n').count();
    Some(Excerpt {
        first_line: leading.start.line - lines_before,
        text: text[range.clone()].trim_end_matches('\r'),
        start: range.start,
        marks,
    })
}

/// The whole lines of `text` that hold all `ranges`, bounded in number and length.
fn window<'a>(text: &str, ranges: impl Iterator<Item = &'a Range<usize>> + Clone) -> Range<usize> {
    let start = ranges.clone().map(|range| range.start).min().unwrap_or(0);
    let end = ranges.map(|range| range.end).max().unwrap_or(0).max(start);
    let boundary = |offset: usize| text.floor_char_boundary(offset.min(text.len()));
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = |from: usize| text[from..].find('\n').map_or(text.len(), |newline| from + newline);
    let end = text[start..end]
        .match_indices('\n')
        .nth(MOST_LINES + 2 * NEARBY_LINES)
        .map_or(end, |(newline, _)| start + newline);
    let first = line_start.max(boundary(start.saturating_sub(LONGEST_LINE / 2)));
    // A byte-order mark is no character of the first line.
    let first = if text[first..].starts_with('\u{feff}') && first < start {
        first + '\u{feff}'.len_utf8()
    } else {
        first
    };
    let last = line_end(end).min(boundary(end + LONGEST_LINE / 2));
    let cut = boundary(first + MOST_LINES * LONGEST_LINE);
    first..last.min(cut)
}

/// What the chapter says where its file says something else, because a link or another preprocessor made it.
fn made_text(span: Span, sources: &Sources) -> Option<String> {
    let place = sources.place(span);
    let text = sources.text(span).trim();
    let stands_there = place.exact || place.text.get(place.range.clone()).is_some_and(|it| it.contains(text));
    let is_short = text.chars().count() <= 80 && !text.contains('\n');
    (!stands_there && is_short).then(|| format!("in the chapter this place reads `{text}`"))
}

/// What to write instead. A text that stands in no file cannot be replaced there.
fn suggestion<'a>(title: &'a str, fix: &'a Fix, sources: &'a Sources) -> Group<'a> {
    let group = Group::with_title(Level::HELP.secondary_title(title));
    let place = sources.place(fix.span);
    if !place.exact {
        return group.element(Level::NOTE.message(format!("it should read `{}`", fix.text)));
    }
    let marks = vec![Mark { kind: AnnotationKind::Primary, place, label: "" }];
    let Some(excerpt) = excerpt(marks) else { return group };
    let patch = Patch::new(excerpt.local(&excerpt.marks[0].place.range), fix.text.as_str());
    group.element(excerpt.lines().patch(patch))
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData, assert_data_eq, str};

    use super::{Style, render, summary};
    use crate::diag::{Code, Diagnostic, Fix};
    use crate::report::samples::{Sample, chapter, find};
    use crate::report::{Counts, Report};
    use crate::source::{ChapterMap, FileId, Source, Sources, Span};

    fn rendered(text: &str, diagnostics: Vec<Diagnostic>) -> String {
        let mut sources = Sources::default();
        sources.add(Source::file("page.md", text));
        render(&Report { diagnostics, ..Report::default() }, &sources, Style::default())
    }

    #[test]
    fn prints_as_rustc_does() {
        let Sample { sources, report } = chapter();
        assert_data_eq!(
            render(&report, &sources, Style::default()),
            str![[r#"
error[QED0001]: the stated 0.993307 is not the computed 0.9866130821723351
 --> book/q2.md:4:53
  |
4 | $$h_1 = \text{sigmoid}(4.3) = 0.986613, \quad h_2 = 0.993307$$
  |         -------------------                         ^^^^^^^^ stated here
  |         |
  |         computed: 0.9866130821723351
  |
  = note: the first four digits of the two agree in no reading
help: write the computed value
  |
4 - $$h_1 = \text{sigmoid}(4.3) = 0.986613, \quad h_2 = 0.993307$$
4 + $$h_1 = \text{sigmoid}(4.3) = 0.986613, \quad h_2 = 0.986613$$
  |

error[QED0002]: the stated 0.34 is not 1/3 rounded to two decimals
 --> book/q2.md:6:21
  |
6 | Größe: {{#qed 1/3 = 0.34}}, and {{#qed 100 * ratio = 93.06}}.
  |                     ^^^^ stated here

error[QED0101]: nothing defines `ratio`
 --> book/q2.md:6:46
  |
6 | Größe: {{#qed 1/3 = 0.34}}, and {{#qed 100 * ratio = 93.06}}.
  |                                              ^^^^^ unknown name
  |
  = help: define it before, as in `<!-- qed: let ratio = … -->`

warning[QED0203]: `c` is given a number that nothing uses
  --> book/q2.md:12:7
   |
12 | $$c = 17.5$$
   |       ^^^^


"#]]
            .raw()
        );
    }

    #[test]
    fn places_far_apart_are_shown_apart() {
        let text = format!("x = 1\n{}x = 2\n", "\n".repeat(5000));
        let diagnostic = Diagnostic::error(Code::Redefined, find(&text, "x = 2"), "`x` is defined twice")
            .secondary(find(&text, "x = 1"), "first here");
        assert_data_eq!(
            rendered(&text, vec![diagnostic]),
            str![[r#"
error[QED0202]: `x` is defined twice
    --> page.md:5002:1
     |
5002 | x = 2
     | ^^^^^
     |
    ::: page.md:1:1
     |
   1 | x = 1
     | ----- first here


"#]]
            .raw()
        );
    }

    #[test]
    fn crlf_and_tabs_and_a_missing_final_newline() {
        let text = "a\r\n\tx = 3\r\nb = 4";
        let diagnostics = vec![
            Diagnostic::error(Code::Mismatch, find(text, "3"), "wrong").label("stated here"),
            Diagnostic::error(Code::Mismatch, find(text, "4"), "wrong too").label("stated here"),
        ];
        assert_data_eq!(
            rendered(text, diagnostics),
            str![[r#"
error[QED0001]: wrong
 --> page.md:2:6
  |
2 |     x = 3
  |         ^ stated here

error[QED0001]: wrong too
 --> page.md:3:5
  |
3 | b = 4
  |     ^ stated here


"#]]
            .raw()
        );
    }

    #[test]
    fn what_lies_in_an_included_file_is_shown_there() {
        let mut read = |_: &std::path::Path| Some("one\ny = 2\n".to_owned());
        let chapter = "one\ny = 2\n\nx = 3 made";
        let map =
            ChapterMap::align(chapter, "page.md".as_ref(), "{{#include a.md}}\n\nx = 3 {{given}}", &mut read);
        let mut sources = Sources::default();
        sources.add(Source::chapter(chapter, map));
        let fix = |at| Fix { span: find(chapter, at), text: "7".into(), safe: true };
        let diagnostics = vec![
            Diagnostic::error(Code::Mismatch, find(chapter, "2"), "wrong")
                .label("stated here")
                .secondary(find(chapter, "x"), "as this")
                .fix(fix("2")),
            Diagnostic::error(Code::Mismatch, find(chapter, "made"), "odd").fix(fix("made")),
        ];
        let report = Report { diagnostics, ..Report::default() };
        assert_data_eq!(
            render(&report, &sources, Style::default()),
            str![[r#"
error[QED0001]: wrong
 --> a.md:2:5
  |
2 | y = 2
  |     ^ stated here
  |
 ::: page.md:3:1
  |
3 | x = 3 {{given}}
  | - as this
  |
help: replace it
  |
2 - y = 2
2 + y = 7
  |

error[QED0001]: odd
 --> page.md:3:7
  |
3 | x = 3 {{given}}
  |       ^^^^^^^^^
  |
  = note: in the chapter this place reads `made`
help: replace it
  |
  = note: it should read `7`


"#]]
            .raw()
        );
    }

    #[test]
    fn of_a_huge_chapter_or_line_a_piece_is_shown() {
        let filler = "x ".repeat(50_000);
        for text in [
            format!("{filler}7{filler}"),
            format!("{}7{}", filler.replace(' ', "\n"), filler.replace(' ', "\n")),
        ] {
            let mut sources = Sources::default();
            let diagnostic =
                Diagnostic::error(Code::Mismatch, find(&text, "7"), "wrong").label("stated here");
            sources.add(Source::file("page.md", text));
            let output = render(
                &Report { diagnostics: vec![diagnostic; 100], ..Report::default() },
                &sources,
                Style::default(),
            );
            assert!(output.len() < 100 * 1000, "{}", &output[..1000]);
        }
    }

    #[test]
    fn no_place_makes_it_panic() {
        let text = "α\nβ";
        for start in 0..8 {
            for end in start..9 {
                let diagnostic = Diagnostic::error(Code::Syntax, Span::new(FileId(0), start, end), "odd");
                assert!(rendered(text, vec![diagnostic.clone()]).contains("odd"));
                let elsewhere =
                    Diagnostic { span: Span { file: FileId(7), ..diagnostic.span }, ..diagnostic };
                assert!(rendered(text, vec![elsewhere]).contains("odd"));
            }
        }
    }

    #[test]
    fn the_summary_leaves_out_what_did_not_happen() {
        let counts = Counts { claims: 45, ok: 42, warnings: 0, errors: 2, skipped: 1 };
        assert_eq!(summary(counts, 3), "42 numbers verified, 2 errors, 1 skipped in 3 chapters");
        let counts = Counts { claims: 1, ok: 1, ..Counts::default() };
        assert_eq!(summary(counts, 1), "1 number verified in 1 chapter");
        let counts = Counts { warnings: 1, ..Counts::default() };
        assert_eq!(summary(counts, 0), "0 numbers verified, 1 warning in 0 chapters");
    }
}
