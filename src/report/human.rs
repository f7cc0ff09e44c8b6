//! Reports as rustc prints them: the line, both values, the cause, a suggested replacement; then one summary line.
//!
//! Only the lines that are shown are handed to the snippet renderer, and of a very long line only the part
//! around the place, so that a message about a huge chapter costs no more than one about a small chapter.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};

use super::{Counts, Place, Report, Texts};
use crate::diag::{Diagnostic, Fix, Severity};
use crate::source::Span;

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
pub fn render(report: &Report, texts: &Texts, style: Style) -> String {
    let renderer = renderer(style);
    let mut output = String::new();
    for diagnostic in &report.diagnostics {
        output.push_str(&render_one(diagnostic, texts, &renderer));
        output.push_str("\n\n");
    }
    output
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

fn render_one(diagnostic: &Diagnostic, texts: &Texts, renderer: &Renderer) -> String {
    let excerpts = excerpts(diagnostic, texts);
    let mut main = Group::with_title(
        level(diagnostic.severity).primary_title(diagnostic.message.as_str()).id(diagnostic.code.id()),
    );
    for excerpt in &excerpts {
        main = main.elements(excerpt.elements());
    }
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note.as_str()));
    }
    let mut groups = Vec::new();
    match (&diagnostic.help, &diagnostic.fix) {
        (help, Some(fix)) => {
            let title = help.as_deref().unwrap_or("replace it");
            groups.push(main);
            groups.push(suggestion(title, fix, texts));
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
    span: Span,
    label: &'a str,
}

/// Consecutive lines of one file, with the marks in them.
struct Excerpt<'a> {
    place: Place,
    first_line: usize,
    text: &'a str,
    /// Where `text` begins in its source.
    start: usize,
    marks: Vec<Mark<'a>>,
}

impl<'a> Excerpt<'a> {
    /// The excerpt as elements of a message.
    fn elements(&self) -> Vec<Element<'a>> {
        if self.text.is_empty() {
            return vec![Origin::path(self.place.path.clone()).into()];
        }
        let annotations = self.marks.iter().map(|mark| {
            let annotation = mark.kind.span(self.local(mark.span));
            if mark.label.is_empty() { annotation } else { annotation.label(mark.label) }
        });
        let snippet = self.lines().annotations(annotations);
        if self.shows_its_column() {
            return vec![snippet.path(self.place.path.clone()).into()];
        }
        let Place { path, start, .. } = &self.place;
        let origin = Origin::path(path.clone()).line(start.line).char_column(start.column);
        vec![origin.into(), snippet.into()]
    }

    /// The lines themselves, without the carriage returns of their ends.
    fn lines<T: Clone>(&self) -> Snippet<'a, T> {
        Snippet::source(self.text.replace("\r\n", "\n")).line_start(self.first_line)
    }

    /// Whether the column that follows from the lines is the true one: not so when a long line was cut.
    fn shows_its_column(&self) -> bool {
        let Some(mark) = self.marks.first() else { return true };
        let offset = self.text.floor_char_boundary((mark.span.start as usize).saturating_sub(self.start));
        let before = &self.text[..offset];
        let line = before.rfind('\n').map_or(before, |newline| &before[newline + 1..]);
        line.chars().count() + 1 == self.place.start.column
    }

    /// `span` as a range of the lines; what lies outside is cut off.
    fn local(&self, span: Span) -> Range<usize> {
        let clamp = |offset: usize| {
            let offset = self.text.floor_char_boundary(offset.saturating_sub(self.start));
            offset - self.text[..offset].matches("\r\n").count()
        };
        clamp(span.range().start)..clamp(span.range().end)
    }
}

/// The excerpts that show a diagnostic: the one with its own place first, then those of its other places.
fn excerpts<'a>(diagnostic: &'a Diagnostic, texts: &'a Texts) -> Vec<Excerpt<'a>> {
    let primary = Mark { kind: AnnotationKind::Primary, span: diagnostic.span, label: &diagnostic.label };
    let others = diagnostic.secondary.iter().map(|(span, label)| Mark {
        kind: AnnotationKind::Context,
        span: *span,
        label,
    });
    let mut clusters: Vec<Vec<Mark<'a>>> = vec![vec![primary]];
    for mark in others {
        match clusters.iter_mut().find(|cluster| near(texts, cluster[0].span, mark.span)) {
            Some(cluster) => cluster.push(mark),
            None => clusters.push(vec![mark]),
        }
    }
    clusters.into_iter().filter_map(|marks| excerpt(marks, texts)).collect()
}

/// Whether two spans stand close enough to be shown together.
fn near(texts: &Texts, one: Span, other: Span) -> bool {
    let (one, other) = (texts.place(one), texts.place(other));
    one.path == other.path && one.start.line.abs_diff(other.start.line) <= NEARBY_LINES
}

fn excerpt<'a>(marks: Vec<Mark<'a>>, texts: &'a Texts) -> Option<Excerpt<'a>> {
    let leading = marks.first()?.span;
    let text = texts.get(leading.file)?.as_str();
    let range = window(text, marks.iter().map(|mark| mark.span));
    let place = texts.place(leading);
    let first = texts.place(Span::new(leading.file, range.start, range.start));
    Some(Excerpt {
        place,
        first_line: first.start.line,
        text: text[range.clone()].trim_end_matches('\r'),
        start: range.start,
        marks,
    })
}

/// The whole lines of `text` that hold all `spans`, bounded in number and length.
fn window(text: &str, spans: impl Iterator<Item = Span> + Clone) -> Range<usize> {
    let boundary = |offset: usize| text.floor_char_boundary(offset.min(text.len()));
    let start = boundary(spans.clone().map(|span| span.start as usize).min().unwrap_or(0));
    let end = boundary(spans.map(|span| span.end as usize).max().unwrap_or(0)).max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = |from: usize| text[from..].find('\n').map_or(text.len(), |newline| from + newline);
    let end = text[start..end]
        .match_indices('\n')
        .nth(MOST_LINES + 2 * NEARBY_LINES)
        .map_or(end, |(newline, _)| start + newline);
    let first = line_start.max(boundary(start.saturating_sub(LONGEST_LINE / 2)));
    let last = line_end(end).min(boundary(end + LONGEST_LINE / 2));
    let cut = boundary(first + MOST_LINES * LONGEST_LINE);
    first..last.min(cut)
}

fn suggestion<'a>(title: &'a str, fix: &'a Fix, texts: &'a Texts) -> Group<'a> {
    let group = Group::with_title(Level::HELP.secondary_title(title));
    let marks = vec![Mark { kind: AnnotationKind::Primary, span: fix.span, label: "" }];
    let Some(excerpt) = excerpt(marks, texts) else { return group };
    let patch = Patch::new(excerpt.local(fix.span), fix.text.as_str());
    group.element(excerpt.lines().patch(patch))
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData, assert_data_eq, str};

    use super::{Style, render, summary};
    use crate::diag::{Code, Diagnostic};
    use crate::report::samples::{Sample, chapter, find};
    use crate::report::{Counts, Report, Text, Texts};
    use crate::source::{FileId, Span};

    fn rendered(text: &str, diagnostics: Vec<Diagnostic>) -> String {
        let mut texts = Texts::default();
        texts.add(Text::new("page.md", text));
        render(&Report { diagnostics, ..Report::default() }, &texts, Style::default())
    }

    #[test]
    fn prints_as_rustc_does() {
        let Sample { texts, report } = chapter();
        assert_data_eq!(
            render(&report, &texts, Style::default()),
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
    fn a_huge_chapter_and_a_huge_line_render_quickly() {
        let filler = "x ".repeat(5_000_000);
        for text in [
            format!("{filler}7{filler}"),
            format!("{}7{}", filler.replace(' ', "\n"), filler.replace(' ', "\n")),
        ] {
            let mut texts = Texts::default();
            let diagnostic =
                Diagnostic::error(Code::Mismatch, find(&text, "7"), "wrong").label("stated here");
            texts.add(Text::new("page.md", text));
            let started = std::time::Instant::now();
            let output = render(
                &Report { diagnostics: vec![diagnostic; 100], ..Report::default() },
                &texts,
                Style::default(),
            );
            assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
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
