//! The cells of a chapter as one Rust program, and the way back from the program to the page.
//!
//! Items go to the module, in order; statements into one `main`, so that later cells see the names of earlier ones.
//! Between the statements stand calls of the runtime, which tell where the program is and what its names are. What is
//! copied from the page is remembered piece by piece, so that a place in the program is a place on the page.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::{Item, Pat, Stmt, UseTree};

use super::outcome::Cell;
use crate::source::Span;

/// A chapter's program.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// Rust.
    pub(super) text: String,
    /// Where pieces of the text come from.
    pieces: Vec<Piece>,
    /// Every statement, by its number.
    pub(super) statements: Vec<Place>,
    /// Every export, by its number.
    pub(super) exports: Vec<Declared>,
    /// The exports that are left out, and where the calls of the others stand.
    calls: Vec<(usize, Range<usize>)>,
}

/// A piece of the page in the program.
#[derive(Debug)]
struct Piece {
    range: Range<usize>,
    origin: Span,
}

/// A place in a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Which cell, from 0.
    pub(super) cell: usize,
    /// Where on the page.
    pub(super) span: Span,
}

/// A name that a top-level `let` gives, at a point where its value is told.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// The name in Rust.
    pub(super) name: String,
    /// The cell at whose end the page knows this value.
    pub(super) cell: usize,
    /// Where the name is declared.
    pub(super) span: Span,
}

/// A cell as Rust reads it.
struct Parsed {
    /// The code, as long as on the page: hidden lines without their marks.
    text: String,
    /// `None` if it is no Rust; the compiler says why.
    statements: Option<Vec<Statement>>,
    /// Attributes of the whole program.
    inner: Vec<Range<usize>>,
    /// Every identifier in it.
    words: BTreeSet<String>,
}

struct Statement {
    range: Range<usize>,
    kind: Kind,
}

impl Statement {
    /// What later cells may mean when they use one of these names.
    fn defines(self) -> Vec<String> {
        match self.kind {
            Kind::Item(names) => names,
            Kind::Let(bindings) => bindings.into_iter().map(|binding| binding.name).collect(),
            Kind::Value | Kind::Other => Vec::new(),
        }
    }
}

enum Kind {
    /// With the names it defines.
    Item(Vec<String>),
    Let(Vec<Binding>),
    /// An expression without a semicolon.
    Value,
    Other,
}

struct Binding {
    name: String,
    range: Range<usize>,
    mutable: bool,
}

/// Joins the cells of a chapter. `without` lists exports that cannot be compiled, by their numbers.
pub(super) fn join(cells: &[Cell], without: &BTreeSet<usize>) -> Program {
    let parsed: Vec<Parsed> = cells.iter().map(|cell| parse(&cell.text)).collect();
    let mut program = Program::default();
    for (cell, parsed) in cells.iter().zip(&parsed) {
        for range in &parsed.inner {
            program.copy(cell, parsed, range.clone());
        }
    }
    program.text.push_str("#![allow(warnings)]\n");
    for (cell, parsed) in cells.iter().zip(&parsed) {
        let items = parsed.statements.iter().flatten().filter(|it| matches!(it.kind, Kind::Item(_)));
        items.for_each(|item| program.copy(cell, parsed, item.range.clone()));
    }
    program.text.push_str("fn main() {\n");
    for traits in ["Exported", "Private", "Displayed", "Debugged", "Silent"] {
        _ = writeln!(program.text, "use ::mdbook_qed::cell::runtime::{traits} as _;");
    }
    program.text.push_str("::mdbook_qed::cell::runtime::start();\n");
    let mut writer = Writer { program, without, mutable: Vec::new() };
    for (idx, (cell, parsed)) in cells.iter().zip(&parsed).enumerate() {
        writer.cell(idx, cell, parsed);
    }
    let mut program = writer.program;
    program.text.push_str("::mdbook_qed::cell::runtime::end();\n}\n");
    program
}

/// The names that the top-level `let`s of a cell give, with their places in its text.
pub fn names_of(text: &str) -> Vec<(String, Range<usize>)> {
    let statements = parse(text).statements.unwrap_or_default();
    let bindings = statements.into_iter().filter_map(|statement| match statement.kind {
        Kind::Let(bindings) => Some(bindings),
        _ => None,
    });
    bindings.flatten().map(|binding| (binding.name, binding.range)).collect()
}

/// For each of a chapter's cells, whether it can be compiled by itself, without earlier ones and without `crates`.
pub fn dependencies_of<'c>(cells: impl IntoIterator<Item = &'c str>, crates: &[String]) -> Vec<bool> {
    let mut known: BTreeSet<String> = crates.iter().map(|name| name.replace('-', "_")).collect();
    let mut glob = false;
    let mut alone = Vec::new();
    for text in cells {
        let parsed = parse(text);
        alone.push(parsed.statements.is_some() && !glob && parsed.words.is_disjoint(&known));
        // What a glob brings along is not known.
        glob |= text.contains("::*");
        known.extend(parsed.statements.into_iter().flatten().flat_map(Statement::defines));
    }
    alone
}

fn parse(text: &str) -> Parsed {
    let text = unhide(text);
    let Ok(stream) = text.parse::<TokenStream>() else {
        return Parsed { text, statements: None, inner: Vec::new(), words: BTreeSet::new() };
    };
    let mut words = BTreeSet::new();
    collect_words(stream, &mut words);
    let body = |input: syn::parse::ParseStream<'_>| {
        let inner = syn::Attribute::parse_inner(input)?;
        Ok((inner, syn::Block::parse_within(input)?))
    };
    let read = syn::parse::Parser::parse_str(body, &text);
    let Ok((inner, statements)) = read else {
        return Parsed { text, statements: None, inner: Vec::new(), words };
    };
    let inner = inner.iter().map(|attribute| attribute.span().byte_range()).collect();
    let statements = statements.iter().map(statement).collect();
    Parsed { text, statements: Some(statements), inner, words }
}

/// The code with rustdoc's marks of hidden lines replaced by spaces.
fn unhide(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let (before, rest) = line.split_at(indent);
        output.push_str(before);
        let is_mark = rest.trim_end() == "#" || rest.starts_with("# ") || rest.starts_with("##");
        match rest.strip_prefix('#').filter(|_| is_mark) {
            Some(rest) => {
                output.push(' ');
                output.push_str(rest);
            }
            None => output.push_str(rest),
        }
    }
    output
}

fn collect_words(stream: TokenStream, words: &mut BTreeSet<String>) {
    for token in stream {
        match token {
            TokenTree::Ident(word) => _ = words.insert(word.to_string()),
            TokenTree::Group(group) => collect_words(group.stream(), words),
            // Names in the text of a format string.
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let named =
                    text.split('{').skip(1).map(|rest| rest.split(['}', ':']).next().unwrap_or_default());
                words.extend(named.map(str::to_owned).filter(|word| !word.is_empty()));
            }
            TokenTree::Punct(_) => {}
        }
    }
}

fn statement(statement: &Stmt) -> Statement {
    let kind = match statement {
        Stmt::Item(item) => Kind::Item(item_names(item)),
        Stmt::Local(local) => {
            let mut bindings = Vec::new();
            bound(&local.pat, &mut bindings);
            Kind::Let(bindings)
        }
        Stmt::Expr(_, None) => Kind::Value,
        Stmt::Macro(it)
            if it.semi_token.is_none() && !matches!(it.mac.delimiter, syn::MacroDelimiter::Brace(_)) =>
        {
            Kind::Value
        }
        _ => Kind::Other,
    };
    Statement { range: statement.span().byte_range(), kind }
}

/// The names that an item defines; of an import, what it brings in.
fn item_names(item: &Item) -> Vec<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => return item.ident.iter().map(ToString::to_string).collect(),
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Use(item) => {
            let mut words = BTreeSet::new();
            use_names(&item.tree, &mut words);
            return words.into_iter().collect();
        }
        _ => return Vec::new(),
    };
    vec![ident.to_string()]
}

/// The names that an import brings in.
fn use_names(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => use_names(&path.tree, names),
        UseTree::Name(name) => _ = names.insert(name.ident.to_string()),
        UseTree::Rename(rename) => _ = names.insert(rename.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| use_names(tree, names)),
        UseTree::Glob(_) => {}
    }
}

/// The names that a pattern binds.
fn bound(pattern: &Pat, found: &mut Vec<Binding>) {
    match pattern {
        Pat::Ident(ident) => {
            found.push(Binding {
                name: ident.ident.to_string(),
                range: ident.ident.span().byte_range(),
                mutable: ident.mutability.is_some(),
            });
            ident.subpat.iter().for_each(|(_, pattern)| bound(pattern, found));
        }
        Pat::Paren(paren) => bound(&paren.pat, found),
        Pat::Reference(reference) => bound(&reference.pat, found),
        Pat::Slice(slice) => slice.elems.iter().for_each(|pattern| bound(pattern, found)),
        Pat::Struct(fields) => fields.fields.iter().for_each(|field| bound(&field.pat, found)),
        Pat::Tuple(tuple) => tuple.elems.iter().for_each(|pattern| bound(pattern, found)),
        Pat::TupleStruct(tuple) => tuple.elems.iter().for_each(|pattern| bound(pattern, found)),
        Pat::Type(typed) => bound(&typed.pat, found),
        _ => {}
    }
}

struct Writer<'w> {
    program: Program,
    without: &'w BTreeSet<usize>,
    /// The names that may change, and where they are declared.
    mutable: Vec<(String, Span)>,
}

impl Writer<'_> {
    fn cell(&mut self, idx: usize, cell: &Cell, parsed: &Parsed) {
        if idx > 0 {
            self.program.text.push_str("::mdbook_qed::cell::runtime::boundary();\n");
        }
        let Some(statements) = &parsed.statements else {
            self.step(idx, cell.span);
            return self.program.copy(cell, parsed, 0..parsed.text.len());
        };
        let body: Vec<&Statement> =
            statements.iter().filter(|it| !matches!(it.kind, Kind::Item(_))).collect();
        for (at, statement) in body.iter().enumerate() {
            self.step(idx, cell.place(statement.range.clone()));
            match &statement.kind {
                Kind::Value if at + 1 == body.len() => {
                    // By reference, so that later cells still have what is shown.
                    self.program.text.push_str("match &(\n");
                    self.program.copy(cell, parsed, statement.range.clone());
                    let show = if cell.show {
                        "(&&&::mdbook_qed::cell::runtime::Look(qed_value)).qed_show()"
                    } else {
                        "()"
                    };
                    _ = writeln!(self.program.text, ") {{ qed_value => {show} }}");
                }
                Kind::Let(bindings) => {
                    self.program.copy(cell, parsed, statement.range.clone());
                    self.declare(idx, cell, bindings);
                }
                _ => self.program.copy(cell, parsed, statement.range.clone()),
            }
        }
        let changed: Vec<(String, Span)> =
            self.mutable.iter().filter(|(name, _)| parsed.words.contains(name)).cloned().collect();
        changed.into_iter().for_each(|(name, span)| self.export(idx, name, span));
    }

    fn step(&mut self, cell: usize, span: Span) {
        _ = writeln!(
            self.program.text,
            "::mdbook_qed::cell::runtime::step({});",
            self.program.statements.len()
        );
        self.program.statements.push(Place { cell, span });
    }

    fn declare(&mut self, idx: usize, cell: &Cell, bindings: &[Binding]) {
        for binding in bindings {
            let span = cell.place(binding.range.clone());
            self.mutable.retain(|(name, _)| *name != binding.name);
            if binding.mutable {
                self.mutable.push((binding.name.clone(), span));
            }
            self.export(idx, binding.name.clone(), span);
        }
    }

    fn export(&mut self, cell: usize, name: String, span: Span) {
        let number = self.program.exports.len();
        let start = self.program.text.len();
        if !self.without.contains(&number) {
            _ = writeln!(
                self.program.text,
                "(&&::mdbook_qed::cell::runtime::Look(&{name})).qed_tell({number});"
            );
        }
        self.program.calls.push((number, start..self.program.text.len()));
        self.program.exports.push(Declared { name, cell, span });
    }
}

impl Program {
    /// Appends a piece of a cell, and a line end.
    fn copy(&mut self, cell: &Cell, parsed: &Parsed, range: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(&parsed.text[range.clone()]);
        self.pieces.push(Piece { range: start..self.text.len(), origin: cell.place(range) });
        self.text.push('\n');
    }

    /// Where a range of the program stands on the page, if it was copied from there.
    pub(super) fn origin(&self, range: Range<usize>) -> Option<Span> {
        let piece = self
            .pieces
            .iter()
            .find(|piece| piece.range.contains(&range.start) || piece.range.end == range.start)?;
        let start = piece.origin.start as usize + (range.start - piece.range.start);
        let end = (start + range.len()).min(piece.origin.end as usize);
        Some(Span::new(piece.origin.file, start, end.max(start)))
    }

    /// The export whose call lies at an offset of the program.
    pub(super) fn export_at(&self, offset: usize) -> Option<usize> {
        self.calls.iter().find(|(_, range)| range.contains(&offset)).map(|(number, _)| *number)
    }

    /// The offset of a line and column, both from 1, as panics have them: columns in characters.
    pub(super) fn offset(&self, line: usize, column: usize) -> Option<usize> {
        let mut lines = self.text.split_inclusive('\n');
        let before: usize = lines.by_ref().take(line.checked_sub(1)?).map(str::len).sum();
        let text = lines.next()?;
        let within = text.char_indices().nth(column.checked_sub(1)?).map_or(text.len(), |(at, _)| at);
        Some(before + within)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{dependencies_of, join, names_of, unhide};
    use crate::cell::Cell;
    use crate::source::{FileId, Span};

    fn cells(texts: &[&str]) -> Vec<Cell> {
        let mut start = 100;
        texts
            .iter()
            .map(|text| {
                let span = Span::new(FileId(3), start, start + text.len());
                start += text.len() + 10;
                Cell { span, text: (*text).to_owned(), ..Cell::default() }
            })
            .collect()
    }

    #[test]
    fn names_are_those_of_the_top_level() {
        let names = |text| names_of(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("let a = 1; { let b = 2; } let (c, mut d): (u8, u8) = (1, 2);"), ["a", "c", "d"]);
        assert_eq!(
            names("let [x, .., y] = z; let P { q, r: s } = t; let Q(u, &v) = w;"),
            ["x", "y", "q", "s", "u", "v"]
        );
        assert_eq!(names("# let hidden = 1;\nfn f() { let inner = 1; }"), ["hidden"]);
        assert_eq!(names("let = nonsense"), [""; 0]);
        assert_eq!(&"let ß = 1;"[names_of("let ß = 1;")[0].1.clone()], "ß");
    }

    #[test]
    fn hidden_lines_keep_their_places() {
        assert_eq!(unhide("# a\n  #\n## b\n#[c]\n#d"), "  a\n   \n # b\n#[c]\n#d");
    }

    #[test]
    fn every_copied_character_leads_back() {
        let cells =
            cells(&["#![allow(x)]\nuse a::b;\nlet é = 1;\nfn f() {}\n# let y = é;", "let z = y; z", "let ("]);
        let program = join(&cells, &BTreeSet::new());
        assert!(program.pieces.len() >= 7);
        for piece in &program.pieces {
            let cell = cells
                .iter()
                .find(|cell| cell.span.start <= piece.origin.start && piece.origin.end <= cell.span.end);
            let cell = cell.expect("it lies in a cell");
            let start = (piece.origin.start - cell.span.start) as usize;
            let shown = unhide(&cell.text);
            assert_eq!(shown[start..start + piece.range.len()], program.text[piece.range.clone()]);
            assert_eq!(program.origin(piece.range.clone()), Some(piece.origin));
        }
        let names: Vec<&str> = program.exports.iter().map(|export| export.name.as_str()).collect();
        assert_eq!(names, ["é", "y", "z"]);
        assert!(program.text.find("use a::b").unwrap() < program.text.find("fn main").unwrap());
    }

    #[test]
    fn names_that_may_change_are_told_again() {
        let cells = cells(&["let mut w = 1; let x = 2;", "println!(\"{x}\");", "w += 1;"]);
        let exports = |without: &[usize]| {
            let program = join(&cells, &without.iter().copied().collect());
            let told = program.text.matches("qed_tell").count();
            (program.exports.iter().map(|it| (it.name.clone(), it.cell)).collect::<Vec<_>>(), told)
        };
        let expected = [("w", 0), ("x", 0), ("w", 0), ("w", 2)].map(|(name, cell)| (name.to_owned(), cell));
        assert_eq!(exports(&[]), (expected.to_vec(), 4));
        assert_eq!(exports(&[2]), (expected.to_vec(), 3));
    }

    #[test]
    fn lines_and_columns() {
        let program = super::Program { text: "aé\nbc\n".into(), ..super::Program::default() };
        assert_eq!(program.offset(1, 3), Some(3));
        assert_eq!(program.offset(2, 2), Some(5));
        assert_eq!(program.offset(0, 1), None);
        assert_eq!(program.offset(9, 1), None);
    }

    #[test]
    fn cells_that_need_others() {
        let crates = ["ndarray".to_owned(), "mdbook-qed".to_owned()];
        let alone = |texts: &[&str]| dependencies_of(texts.iter().copied(), &crates);
        assert_eq!(alone(&["let a = 1;", "let b = 2;", "let c = a;"]), [true, true, false]);
        assert_eq!(alone(&["use ndarray::array;", "use mdbook_qed::num;"]), [false, false]);
        assert_eq!(alone(&["let a = 1;", "println!(\"{a:?}\");"]), [true, false]);
        assert_eq!(alone(&["use std::f64::consts::*;", "let b = PI;"]), [true, false]);
        assert_eq!(
            alone(&["use std::f64::consts::PI;\nfn f() {}", "let b = PI;", "let c = 1;", "f();"]),
            [true, false, true, false]
        );
    }
}
