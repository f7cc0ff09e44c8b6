//! Divides a chapter into the regions that are shown differently (formulas, fences, inline values), gives each the
//! values and marks that lie in it, and treats what is left, such as the cells of tables, as plain text.

use super::cell::{self, Renderer};
use super::fence::{self, Piece};
use super::formula::{self, Marked};
use super::marks::Mark;
use super::math::Converter;
use super::{Chapter, Options, Page, markup};
use crate::diag::{Code, Diagnostic};
use crate::scan::{self, Fragment, Item, Part};
use crate::source::Span;
use crate::splice::Edit;
use crate::syntax::macros::{self, Macros};

/// A part of the chapter that is shown as a whole.
struct Region<'a> {
    outer: Span,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Formula {
        content: Fragment,
        display: bool,
    },
    Fence {
        content: &'a Fragment,
        hidden: bool,
    },
    Inline,
    Cell(&'a scan::Cell),
    /// A text that is not changed.
    Output,
    /// A table cell with code in it, which no markup can stand in.
    CodeCell,
}

/// The edits of all regions and of what lies between them.
pub(super) fn paint(chapter: Chapter<'_>, options: &Options) -> Page {
    let with_marks = options.html && options.marks;
    let mut painter = Painter {
        chapter,
        converter: (options.html && options.render_math).then(|| Converter::new(&options.macros)),
        macros: options.macros.clone(),
        with_marks,
        values: sorted(chapter.values.iter().collect(), |edit| edit.span),
        marked: if with_marks { marked(chapter) } else { Vec::new() },
        cells: 0,
        kind: options.renderer(),
        page: Page::default(),
    };
    for region in regions(chapter, painter.converter.is_some()) {
        painter.paint(region);
    }
    painter.rest(Span::new(chapter.file, chapter.text.len(), chapter.text.len()));
    painter.page
}

fn sorted<T>(mut list: Vec<T>, span: impl Fn(&T) -> Span) -> Vec<T> {
    list.sort_by_key(|it| (span(it).start, span(it).end));
    list.reverse();
    list
}

fn marked(chapter: Chapter<'_>) -> Vec<Marked> {
    let own = chapter.report.claims.iter().filter(|claim| claim.span.file == chapter.file);
    sorted(own.filter_map(|claim| Some((claim.span, Mark::of(claim)?))).collect(), |(span, _)| *span)
}

/// All regions in order, none inside another. `all_math` adds the formulas that nobody tagged.
fn regions<'a>(chapter: Chapter<'a>, all_math: bool) -> Vec<Region<'a>> {
    let blocks = chapter.items.iter().filter_map(|item| match item {
        Item::Block(block) => Some(block),
        _ => None,
    });
    let mut regions: Vec<Region<'a>> =
        blocks.flat_map(|block| &block.parts).flat_map(|part| regions_of(part, chapter.text)).collect();
    if all_math {
        let formulas = scan::formulas(chapter.file, chapter.text);
        regions.extend(formulas.into_iter().map(|formula| Region {
            outer: formula.outer,
            kind: Kind::Formula { content: formula.content, display: formula.display },
        }));
    }
    // A tagged formula comes twice; the sort is stable, and the second is dropped.
    regions.sort_by_key(|region| (region.outer.start, std::cmp::Reverse(region.outer.end)));
    let mut done = 0;
    regions.retain(|region| {
        let free = region.outer.start >= done;
        done = done.max(region.outer.end);
        free
    });
    regions
}

fn regions_of<'a>(part: &'a Part, text: &str) -> Vec<Region<'a>> {
    match part {
        Part::Math { outer, content, display, .. } => {
            let kind = Kind::Formula { content: content.clone(), display: *display };
            vec![Region { outer: *outer, kind }]
        }
        Part::Fence { outer, content, hidden } => {
            vec![Region { outer: *outer, kind: Kind::Fence { content, hidden: *hidden } }]
        }
        Part::Cell(cell) => vec![Region { outer: cell.outer, kind: Kind::Cell(cell) }],
        Part::Output { outer, .. } => vec![Region { outer: *outer, kind: Kind::Output }],
        Part::Inline { outer, .. } => vec![Region { outer: *outer, kind: Kind::Inline }],
        Part::Table(table) => {
            let cells = table.header.iter().chain(table.rows.iter().flatten());
            let with_code = cells.filter(|cell| text[cell.span.range()].contains('`'));
            with_code.map(|cell| Region { outer: cell.span, kind: Kind::CodeCell }).collect()
        }
    }
}

/// Signs that do not end a line.
const OPENS: &[char] = &['(', '[', '“', '‘', '„', '«'];
/// Signs that do not begin a line.
const CLOSES: &[char] =
    &['.', ',', ';', ':', '!', '?', ')', ']', '%', '"', '\'', '”', '’', '“', '»', '…', '-', '–'];

struct Painter<'a> {
    chapter: Chapter<'a>,
    converter: Option<Converter>,
    /// Those of the book and of the chapter so far.
    macros: Macros,
    with_marks: bool,
    /// What is not yet shown; the next one is the last.
    values: Vec<&'a Edit>,
    /// As `values`.
    marked: Vec<Marked>,
    /// How many cells came before.
    cells: usize,
    /// Which renderer the page is for.
    kind: Renderer,
    page: Page,
}

impl<'a> Painter<'a> {
    fn paint(&mut self, region: Region<'a>) {
        self.rest(region.outer.at_start());
        let end = region.outer.end;
        let values = take_until(&mut self.values, |edit| edit.span.start < end);
        let marked = take_until(&mut self.marked, |(span, _)| span.start < end);
        let shown = match region.kind {
            Kind::Formula { content, display } => {
                self.formula(region.outer, &content, display, &values, marked)
            }
            Kind::Fence { hidden: true, .. } => Some((region.outer, String::new())),
            Kind::Fence { content, hidden: false } => self.fence(region.outer, content, &values, marked),
            Kind::Cell(cell) => {
                let position = self.cells;
                self.cells += 1;
                self.page.edits.extend(cell::edits(self.chapter, cell, position, &self.kind));
                None
            }
            Kind::Output => {
                self.page.edits.extend(cell::output_edit(self.chapter.text, region.outer));
                None
            }
            Kind::Inline => inline(region.outer, &values, marked),
            Kind::CodeCell => {
                let marks: Vec<Mark> = marked.into_iter().map(|(_, mark)| mark).collect();
                self.insert(
                    region.outer.end,
                    Mark::joined(&marks).map(|mark| mark.beside()).unwrap_or_default(),
                );
                None
            }
        };
        match shown {
            Some((span, text)) => self.page.edits.push(Edit { span, text }),
            None => self.page.edits.extend(values.into_iter().cloned()),
        }
    }

    /// Shows everything before `until` as plain text.
    fn rest(&mut self, until: Span) {
        let values = take_until(&mut self.values, |edit| edit.span.start < until.start || edit.span == until);
        let marked = take_until(&mut self.marked, |(span, _)| span.start < until.start);
        let mut done = 0;
        let mut shown: Vec<Span> = Vec::new();
        for (span, mark) in marked {
            let value = values.iter().find(|value| value.span == span);
            let clashes = values
                .iter()
                .any(|it| it.span != span && it.span.start < span.end && span.start < it.span.end);
            let Some(text) = self.chapter.text.get(span.range()) else { continue };
            if span.start < done || clashes || text.contains('\n') {
                continue;
            }
            done = span.end;
            let html = value.map_or_else(|| text.to_owned(), |value| markup::text(&value.text));
            shown.push(span);
            self.page.edits.push(Edit { span, text: mark.around(&html) });
        }
        self.page.edits.extend(values.into_iter().filter(|value| !shown.contains(&value.span)).cloned());
    }

    fn formula(
        &mut self,
        outer: Span,
        content: &Fragment,
        display: bool,
        values: &[&Edit],
        marked: Vec<Marked>,
    ) -> Option<(Span, String)> {
        let filled = formula::fill(&self.without_definitions(content), values, marked);
        let html = |converter: &Converter| match macros::changed_midway(&content.text) {
            Some(name) => Err(format!("it uses `\\{name}` before it defines it")),
            None => filled.html(display, converter),
        };
        match self.converter.as_ref().map(html) {
            Some(Ok(html)) if display => return Some((outer, html)),
            Some(Ok(html)) => return Some((outer, self.kept_together(outer, html))),
            Some(Err(problem)) => {
                let message = format!("this formula stays LaTeX on the page: {problem}");
                self.page.diagnostics.push(Diagnostic::warning(Code::Unsupported, outer, message));
            }
            None => {}
        }
        if self.with_marks {
            self.insert(outer.end, filled.beside(display));
        }
        None
    }

    /// A formula in a sentence that keeps the punctuation around it: by itself, a line may break before and after it,
    /// whatever stands there.
    fn kept_together(&self, outer: Span, html: String) -> String {
        let text = self.chapter.text;
        let before = text[..outer.start as usize].chars().next_back();
        let after = text[outer.end as usize..].chars().next();
        let opened = before.is_some_and(|sign| OPENS.contains(&sign));
        let closed = after.is_some_and(|sign| CLOSES.contains(&sign));
        match (opened, closed) {
            // What comes first in an unbroken text is only kept if it is a letter or a joiner.
            (true, _) => markup::unbroken(&format!("&#8288;{html}")),
            (false, true) => markup::unbroken(&html),
            (false, false) => html,
        }
    }

    /// The formula without the macros it defines, which hold from here on. Math that stays LaTeX keeps them.
    fn without_definitions(&mut self, content: &Fragment) -> Fragment {
        let taken =
            self.converter.as_ref().and_then(|_| macros::take_definitions(&content.text, &mut self.macros));
        let Some(text) = taken else { return content.clone() };
        self.converter = Some(Converter::new(&self.macros));
        Fragment { text, ..content.clone() }
    }

    fn fence(
        &self,
        outer: Span,
        content: &Fragment,
        values: &[&Edit],
        marked: Vec<Marked>,
    ) -> Option<(Span, String)> {
        if !self.with_marks {
            return None;
        }
        let start = content.span.start as usize;
        let local = |span: Span| span.range().start - start..span.range().end - start;
        let mut pieces: Vec<Piece> = Vec::new();
        let mut add = |span: Span, html: String| {
            let fits = span.start >= content.span.start && span.end <= content.span.end;
            if fits
                && pieces
                    .iter()
                    .all(|it| it.range.end <= local(span).start || local(span).end <= it.range.start)
            {
                pieces.push(Piece { range: local(span), html });
            }
        };
        for (span, mark) in marked {
            let value = values.iter().find(|value| value.span == span);
            let text = value.map_or(&self.chapter.text[span.range()], |value| &value.text);
            if !text.contains('\n') {
                add(span, mark.around(&markup::code(text)));
            }
        }
        for value in values {
            add(value.span, markup::code(&value.text));
        }
        pieces.sort_by_key(|piece| piece.range.start);
        let line_end = if self.chapter.text[outer.range()].ends_with('\n') { "\n" } else { "" };
        let line_start =
            self.chapter.text[..outer.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
        let indent = self.chapter.text[line_start..outer.start as usize].chars().count();
        Some((outer, fence::html(&content.text, indent, &pieces) + line_end))
    }

    fn insert(&mut self, at: u32, text: String) {
        if !text.is_empty() {
            let span = Span::new(self.chapter.file, at as usize, at as usize);
            self.page.edits.push(Edit { span, text });
        }
    }
}

/// An inline claim or value. Without a value nothing is shown in its place but itself.
fn inline(outer: Span, values: &[&Edit], marked: Vec<Marked>) -> Option<(Span, String)> {
    let [value] = values else { return None };
    let marks: Vec<Mark> = marked.into_iter().map(|(_, mark)| mark).collect();
    let mark = Mark::joined(&marks)?;
    (value.span == outer).then(|| (outer, mark.around(&markup::text(&value.text))))
}

/// Takes from the end of a list, which is in reverse order, as long as `belongs` says so.
fn take_until<T>(list: &mut Vec<T>, belongs: impl Fn(&T) -> bool) -> Vec<T> {
    let mut taken = Vec::new();
    while let Some(item) = list.pop_if(|item| belongs(item)) {
        taken.push(item);
    }
    taken
}
