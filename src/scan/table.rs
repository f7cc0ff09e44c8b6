//! The table tag and the table it belongs to.
//!
//! ```text
//! spec    = [ rows ] { ";" column }       rows and columns in any number, but at least one column
//! column  = header "=" expression
//! header  = '"' text '"' | text without "=" and ";"
//! ```
//!
//! Separators inside double quotes or brackets do not count. Expressions are handed on unread.

use std::ops::Range;

use super::fragment::{Page, trim};
use super::tags::{Comment, malformed, split, top_level, unquoted};
use super::{Column, Fragment, Table};
use crate::diag::{Code, Diagnostic, suggest};
use crate::source::Span;

/// A table tag, before its table is known.
pub(super) struct TableTag {
    pub(super) span: Span,
    rows_of: Option<Fragment>,
    columns: Vec<Named>,
}

/// `header = expression` as written.
struct Named {
    header: Fragment,
    expression: Fragment,
}

/// Reads what follows `table`.
pub(super) fn read(comment: &Comment, spec: Fragment) -> Result<TableTag, Diagnostic> {
    if spec.text.matches('"').count() % 2 == 1 {
        return Err(malformed(spec.span, "a quote that is not closed"));
    }
    let mut tag = TableTag { span: comment.span, rows_of: None, columns: Vec::new() };
    for (idx, piece) in split(&spec, b';').into_iter().enumerate() {
        match equals_sign(&piece.text) {
            Some(at) => tag.columns.push(column(&piece, at)?),
            None if piece.text.is_empty() => {}
            None if idx == 0 => tag.rows_of = Some(piece),
            None => return Err(malformed(piece.span, "a column without `=`").help(COLUMN_HELP)),
        }
    }
    if tag.columns.is_empty() {
        return Err(malformed(comment.span, "a table tag that names no column").help(COLUMN_HELP));
    }
    Ok(tag)
}

const COLUMN_HELP: &str = "write `Header = expression`, or `Header = skip`, between semicolons";

/// Where the header ends: the first `=` that is no part of a longer relation.
fn equals_sign(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let around = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    top_level(text).find(|at| {
        bytes[*at] == b'='
            && around(at.checked_add(1)) != b'='
            && !matches!(around(at.checked_sub(1)), b'=' | b'<' | b'>' | b'!' | b':')
    })
}

fn column(piece: &Fragment, at: usize) -> Result<Named, Diagnostic> {
    let header = unquoted(&piece.slice(0..at).trimmed())?.trimmed();
    let expression = piece.slice(at + 1..piece.text.len()).trimmed();
    if header.text.is_empty() {
        return Err(malformed(piece.span, "a column without a header").help(COLUMN_HELP));
    }
    if expression.text.is_empty() {
        return Err(
            malformed(header.span, format!("no expression for column `{}`", header.text)).help(COLUMN_HELP)
        );
    }
    Ok(Named { header, expression })
}

/// A table while its cells come in.
#[derive(Default)]
pub(super) struct Cells {
    header: Vec<Heading>,
    rows: Vec<Vec<Fragment>>,
    in_header: bool,
    last_end: usize,
}

/// A header cell: as written, and as its reader sees it.
struct Heading {
    cell: Fragment,
    plain: String,
}

impl Cells {
    pub(super) fn start_header(&mut self) {
        self.in_header = true;
    }

    pub(super) fn start_row(&mut self) {
        self.in_header = false;
        self.rows.push(Vec::new());
    }

    /// Adds the cell in `range`, outer white space included.
    pub(super) fn add(&mut self, page: Page<'_>, range: Range<usize>) {
        self.last_end = range.end;
        // Markdown puts a cell that the row lacks behind the line's end, outside of the table if it is the last.
        let start = if range.is_empty() { page.text[..range.start].trim_end().len() } else { range.start };
        let cell = page.fragment(start, unescaped(&page.text[range])).trimmed();
        match self.rows.last_mut() {
            Some(row) if !self.in_header => row.push(cell),
            _ => self.header.push(Heading { plain: String::new(), cell }),
        }
    }

    /// Adds text that the reader of the current cell sees.
    pub(super) fn add_plain(&mut self, text: &str) {
        if let Some(heading) = self.header.last_mut().filter(|_| self.in_header) {
            heading.plain.push_str(text);
        }
    }

    /// Checks that Markdown has not dropped cells of the row in `range`.
    pub(super) fn end_row(&self, page: Page<'_>, range: Range<usize>) -> Option<Diagnostic> {
        let rest = page.text.get(self.last_end.max(range.start)..range.end)?;
        let rest = rest.trim_start_matches([' ', '\t', '|']);
        let extra = trim(page.text, range.end - rest.len()..range.end);
        (!extra.is_empty()).then(|| {
            Diagnostic::error(Code::Table, page.span(extra), "this row has more cells than the header")
                .label("left out of the page by Markdown")
        })
    }

    /// The table in `range` as `tag` wants it checked.
    pub(super) fn finish(
        self,
        page: Page<'_>,
        range: Range<usize>,
        tag: TableTag,
    ) -> (Table, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut columns: Vec<Column> = Vec::new();
        for named in tag.columns {
            match self.column(&named, &columns, diagnostics.len() < HINTS) {
                Ok(header) => {
                    columns.push(Column { header, span: named.header.span, expression: named.expression });
                }
                Err(error) => diagnostics.push(error),
            }
        }
        let header = self.header.into_iter().map(|heading| heading.cell).collect();
        let span = page.span(range);
        (Table { span, tag: tag.span, rows_of: tag.rows_of, columns, header, rows: self.rows }, diagnostics)
    }

    /// The header that `named` means; `before` are the columns named so far, `hint` whether to look for near ones.
    fn column(&self, named: &Named, before: &[Column], hint: bool) -> Result<String, Diagnostic> {
        let name = &named.header.text;
        let error = |message: String| Diagnostic::error(Code::Table, named.header.span, message);
        let cells = || self.header.iter();
        let mut matching: Vec<&Heading> = cells().filter(|heading| heading.cell.text == *name).collect();
        if matching.is_empty() {
            matching = cells().filter(|heading| heading.plain.trim() == name).collect();
        }
        let [heading] = matching[..] else {
            return Err(match matching[..] {
                [first, second, ..] => error(format!("more than one column is headed `{name}`"))
                    .secondary(first.cell.span, "here")
                    .secondary(second.cell.span, "and here"),
                _ => self.no_column(named, hint),
            });
        };
        if let Some(earlier) = before.iter().find(|column| column.header == heading.cell.text) {
            return Err(
                error(format!("column `{name}` is named twice")).secondary(earlier.span, "here first")
            );
        }
        Ok(heading.cell.text.clone())
    }

    fn no_column(&self, named: &Named, hint: bool) -> Diagnostic {
        let name = &named.header.text;
        let headings = || self.header.iter().map(|heading| heading.plain.trim());
        let mut error =
            Diagnostic::error(Code::Table, named.header.span, format!("no column is headed `{name}`"));
        if hint {
            error.help = suggest::did_you_mean(name, headings()).or_else(|| {
                let list: Vec<String> =
                    headings().take(HINTS).map(|heading| format!("`{heading}`")).collect();
                Some(format!("the columns are {}", list.join(", ")))
            });
        }
        error
    }
}

/// How many errors of one table are worth a suggestion, and how many headers one is worth listing: a table tag with
/// thousands of wrong names is no slip, and each would be compared with every header.
const HINTS: usize = 20;

/// `cell` with the backslash of `\|`, which Markdown takes out of table cells, blanked.
pub(super) fn unescaped(cell: &str) -> String {
    cell.replace("\\|", " |")
}
