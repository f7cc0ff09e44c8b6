//! Cases of `scan`: what is found in a page, one line each, then what is wrong with its tags.
//!
//! Options: `mathjax`, `all`, `crlf` (the input's lines end with `\r\n`), `bom`, `no-newline` (without the last one).

use std::fmt::Write as _;

use mdbook_qed::diag::{Diagnostic, Severity};
use mdbook_qed::scan::{Block, Fragment, Item, Part, Plot, Rules, ScanOptions, Table, scan};
use mdbook_qed::source::{FileId, LineIndex, Span};

use crate::runner::Case;

/// Scans the input and prints what was found.
pub(crate) fn run(case: &Case) -> String {
    let mut text = case.input.clone();
    if case.has("no-newline") {
        text.pop();
    }
    if case.has("crlf") {
        text = text.replace('\n', "\r\n");
    }
    if case.has("bom") {
        text.insert(0, '\u{feff}');
    }
    let options = ScanOptions { mathjax: case.has("mathjax"), all: case.has("all") };
    let found = scan(FileId(0), &text, &options);
    let mut dump = Dump { text: &text, lines: LineIndex::new(&text), out: String::new() };
    found.items.iter().for_each(|item| dump.item(item));
    found.diagnostics.iter().for_each(|diagnostic| dump.diagnostic(diagnostic));
    let is_silent = found
        .items
        .iter()
        .all(|item| matches!(item, Item::Macros(_) | Item::Section(_) | Item::Entry { .. }))
        && found.diagnostics.is_empty();
    if found.tagged == is_silent && !options.all {
        dump.line(0, &format!("tagged: {}", found.tagged));
    }
    if dump.out.is_empty() { "nothing\n".to_owned() } else { dump.out }
}

struct Dump<'t> {
    text: &'t str,
    lines: LineIndex,
    out: String,
}

impl Dump<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        _ = writeln!(self.out, "{:1$}{text}", "", 2 * depth);
    }

    /// `line:column-column`, or both lines if there are two.
    fn place(&self, span: Span) -> String {
        let start = self.lines.position(self.text, span.start as usize);
        let end = self.lines.position(self.text, span.end as usize);
        if start.line == end.line {
            format!("{}:{}-{}", start.line, start.column, end.column)
        } else {
            format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
        }
    }

    fn fragment(&self, fragment: &Fragment) -> String {
        assert_eq!(fragment.text.len(), fragment.span.range().len(), "{fragment:?} is as long as its place");
        format!("{} {:?}", self.place(fragment.span), fragment.text)
    }

    fn item(&mut self, item: &Item) {
        let place = self.place(item.span());
        match item {
            Item::Let(text) => self.line(0, &format!("let {}", self.fragment(text))),
            Item::New { names, .. } => {
                self.line(0, &format!("new {place}"));
                names.iter().for_each(|name| self.line(1, &self.fragment(name)));
            }
            Item::Use { path, .. } => self.line(0, &format!("use {}", self.fragment(path))),
            Item::Section(_) | Item::Entry { .. } => {}
            Item::Report(_) => self.line(0, &format!("report {place}")),
            Item::Plot(plot) => self.plot(plot),
            Item::Skip { reason, .. } => self.line(0, &format!("skip {place}: {}", self.fragment(reason))),
            Item::Macros(text) => self.line(0, &format!("macros {}", self.fragment(text))),
            Item::Block(block) => self.block(block),
        }
    }

    fn plot(&mut self, plot: &Plot) {
        let Plot { span, title, labels: [x, y], log, curves } = plot;
        let place = self.place(*span);
        self.line(0, &format!("plot {place} title={title:?} x={x:?} y={y:?} log={log:?}"));
        for curve in curves {
            let (y, x) = (self.fragment(&curve.y), self.fragment(&curve.x));
            self.line(1, &format!("curve {} {y} vs {x} as {:?}", self.place(curve.span), curve.name));
        }
    }

    fn block(&mut self, block: &Block) {
        let wrong = block.wrong.map(|span| format!(" wrong@{}", self.place(span))).unwrap_or_default();
        self.line(0, &format!("block {}{wrong}{}", self.place(block.span), rules(&block.rules)));
        for part in &block.parts {
            assert!(
                block.span.start <= part.span().start && part.span().end <= block.span.end,
                "a part is inside"
            );
            match part {
                Part::Math { content, display, .. } => {
                    let name = if *display { "display" } else { "math" };
                    self.line(1, &format!("{name} {}", self.fragment(content)));
                }
                Part::Fence { content, hidden, .. } => {
                    let name = if *hidden { "hidden fence" } else { "fence" };
                    self.line(1, &format!("{name} {}", self.fragment(content)));
                }
                Part::Inline { content, .. } => self.line(1, &format!("inline {}", self.fragment(content))),
                Part::Cell(cell) => {
                    let words = [(cell.hidden, " hidden"), (cell.show, " show")];
                    let words: String = words.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
                    self.line(1, &format!("cell{words} {}", self.fragment(&cell.content)));
                }
                Part::Output { content, .. } => self.line(1, &format!("output {}", self.fragment(content))),
                Part::Table(table) => self.table(table),
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.line(1, &format!("table {}", self.place(table.span)));
        if let Some(rows_of) = &table.rows_of {
            self.line(2, &format!("rows of {}", self.fragment(rows_of)));
        }
        for column in &table.columns {
            let expression = self.fragment(&column.expression);
            self.line(2, &format!("column {:?} {} = {expression}", column.header, self.place(column.span)));
        }
        for (name, cells) in
            std::iter::once(("header", &table.header)).chain(table.rows.iter().map(|row| ("row", row)))
        {
            let cells: Vec<String> = cells.iter().map(|cell| self.fragment(cell)).collect();
            self.line(2, &format!("{name} {}", cells.join(" | ")));
        }
    }

    fn diagnostic(&mut self, diagnostic: &Diagnostic) {
        let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
        let (place, code) = (self.place(diagnostic.span), diagnostic.code.id());
        self.line(0, &format!("{severity} {place} {code} {}", diagnostic.message));
        for (span, label) in &diagnostic.secondary {
            self.line(1, &format!("{} {label}", self.place(*span)));
        }
        if let Some(help) = &diagnostic.help {
            self.line(1, &format!("help: {help}"));
        }
    }
}

fn rules(rules: &Rules) -> String {
    let Rules { rel, abs, rounding, log, intermediate } = rules;
    let texts =
        [rel.as_ref().map(|rel| format!(" rel={rel}")), abs.as_ref().map(|abs| format!(" abs={abs}"))];
    let choices = [
        rounding.map(|rounding| format!(" rounding={rounding:?}")),
        log.map(|log| format!(" log={log:?}")),
        intermediate.map(|intermediate| format!(" intermediate={intermediate:?}")),
    ];
    texts.into_iter().chain(choices).flatten().collect()
}
