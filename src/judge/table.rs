//! Judges a table column by column: against the elements of a list, or against the other cells of the row.

use std::sync::Arc;

use super::chain::typed;
use super::finding::{self, Finding, no_value, unreadable};
use super::number::{self, StatedNumber};
use super::segment::Court;
use super::stated::Case;
use super::value::{self, Quantity};
use crate::compare::{Agreement, Verdict};
use crate::diag::{Code, Diagnostic, Fix};
use crate::eval::{Definition, Scope, Value};
use crate::num::Precision;
use crate::report;
use crate::scan::{Column, Fragment, Table};
use crate::splice::render::{Format, render_hole};
use crate::syntax::{self, Binary, Expr, Hole, Kind, MemberKind, Name, Notation, Relation};

/// What is found in a table: claims about its cells, and complaints about the table itself.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) findings: Vec<Finding>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// An expression that was evaluated.
pub(super) struct Used<'u> {
    pub(super) expr: &'u Expr,
    /// The names as it saw them: those of its row.
    pub(super) scope: &'u Scope,
    /// The cell that is judged by it.
    pub(super) cell: Option<Judging<'u>>,
}

/// A cell on its way to a finding.
#[derive(Clone, Copy)]
pub(super) struct Judging<'u> {
    pub(super) cell: &'u Fragment,
    /// What the tag says of its column.
    pub(super) column: &'u Fragment,
    /// The list whose elements the rows are, if they are, and which of them this is, from 0.
    pub(super) element: Option<(&'u Fragment, usize)>,
    /// Which finding of the table it becomes.
    pub(super) position: usize,
}

/// What a cell holds.
enum Cell {
    Number(Box<(StatedNumber, Expr)>),
    /// A fraction or another formula of numbers: `1/4`, `$\frac14$`.
    Formula(Box<Expr>),
    Hole(Hole),
    Text,
}

/// Judges every named column of every row. What was evaluated is given to `used`.
pub(super) fn judge(court: &Court<'_>, table: &Table, used: &mut dyn FnMut(Used<'_>)) -> Judged {
    let mut judged = Judged::default();
    judged.diagnostics.extend(unnamed(table).into_iter().chain(tautologies(table)));
    let elements = match rows_of(court, table, used) {
        Ok(elements) => elements,
        Err(diagnostic) => {
            judged.diagnostics.push(diagnostic);
            return judged;
        }
    };
    if let Some(elements) = elements.as_ref().filter(|elements| elements.len() != table.rows.len()) {
        let (rows, wanted) = (table.rows.len(), elements.len());
        let counted =
            |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let (rows, wanted) = (counted(rows, "row"), counted(wanted, "element"));
        let message = format!("the table has {rows}, the list has {wanted}");
        judged.diagnostics.push(Diagnostic::error(Code::Table, table.tag, message));
    }
    for (at, row) in table.rows.iter().enumerate() {
        let mut scope = court.scope.clone();
        match &elements {
            Some(elements) => match elements.get(at) {
                Some(element) => define_fields(&mut scope, element, table),
                None => break,
            },
            None => {
                define_cells(&mut scope, table, row);
                define_holes(&mut scope, table, row);
            }
        }
        judge_row(&Court { scope: &scope, ..*court }, table, at, used, &mut judged);
    }
    judged
}

/// The names of a row where a column that has an expression has the value of that: a mistake in one cell is none in those
/// that follow from it.
fn with_formulas(cells: &Scope, table: &Table) -> Scope {
    let mut scope = cells.clone();
    define_formulas(&mut scope, table, |column| column.expression.text.trim() != "skip");
    scope
}

/// Gives the names of these columns the values of their expressions.
fn define_formulas(scope: &mut Scope, table: &Table, is_wanted: impl Fn(&Column) -> bool) {
    for column in table.columns.iter().filter(|column| is_wanted(column)) {
        if let Ok(expr) = expression(&column.expression, scope) {
            scope.define(Name::new(&column.header), Definition::Expr(Arc::new(expr)), column.expression.span);
        }
    }
}

/// The elements that the rows stand for, if the tag names a list.
fn rows_of(
    court: &Court<'_>,
    table: &Table,
    used: &mut dyn FnMut(Used<'_>),
) -> Result<Option<Arc<[Value]>>, Diagnostic> {
    let Some(rows) = &table.rows_of else { return Ok(None) };
    let expr = expression(rows, court.scope)?;
    used(Used { expr: &expr, scope: court.scope, cell: None });
    match court.scope.evaluate(&expr, Precision::LADDER[0]).map_err(|error| no_value(&error))?.value {
        Value::List(items) => Ok(Some(items)),
        other => {
            let message = format!("rows are the elements of a list, and this is {}", value::shape(&other));
            Err(Diagnostic::error(Code::WrongType, rows.span, message))
        }
    }
}

pub(super) fn expression(fragment: &Fragment, scope: &Scope) -> Result<Expr, Diagnostic> {
    let statements = syntax::parse(fragment, Notation::Plain).map_err(|error| unreadable(&error))?;
    match statements.as_slice() {
        [statement] if statement.len() == 1 && statement.links.is_empty() => {
            match statement.read(0, scope, &[]).kind {
                MemberKind::Expr(expr) => Ok(expr),
                MemberKind::Error(error) => Err(unreadable(&error)),
                _ => Err(Diagnostic::error(Code::Syntax, fragment.span, "this is no expression")),
            }
        }
        _ => Err(Diagnostic::error(Code::Syntax, fragment.span, "one expression is expected here")),
    }
}

/// A numeric column that the tag does not name would pass unseen.
fn unnamed(table: &Table) -> Vec<Diagnostic> {
    let is_input = |header: &str| {
        let words = |text: &str| {
            text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == header)
                || text.contains(&format!("\"{header}\""))
        };
        table.rows_of.is_none() && table.columns.iter().any(|column| words(&column.expression.text))
    };
    let unnamed = table.header.iter().enumerate().filter(|(_, header)| {
        !header.text.is_empty()
            && !table.columns.iter().any(|column| column.header == header.text)
            && !is_input(&header.text)
    });
    let numeric = unnamed.filter(|(at, _)| {
        table.rows.iter().filter_map(|row| row.get(*at)).any(|cell| !matches!(read(cell, false), Cell::Text))
    });
    let complain = |(_, header): (usize, &Fragment)| {
        let message = format!("the column `{}` holds numbers, and the tag does not name it", header.text);
        Diagnostic::error(Code::Table, header.span, message)
            .help(format!("add `\"{0}\" = expression` or `\"{0}\" = skip` to the tag", header.text))
    };
    numeric.map(complain).collect()
}

/// Complaints about columns that are compared with nothing but themselves.
fn tautologies(table: &Table) -> Vec<Diagnostic> {
    let columns = table.columns.iter().filter(|column| {
        let expression = column.expression.text.trim().trim_matches('"');
        table.rows_of.is_none() && expression == column.header
    });
    let complain = |column: &Column| {
        let message = format!("the column `{}` is compared with itself", column.header);
        Diagnostic::error(Code::Table, column.expression.span, message)
            .help("say how its cells follow from others, or write `skip`")
    };
    columns.map(complain).collect()
}

/// Names for what a row's expressions can say of its element.
fn define_fields(scope: &mut Scope, element: &Value, table: &Table) {
    for (name, value) in element.fields() {
        scope.define(Name::new(name), Definition::Value(value), table.tag);
    }
    scope.define(Name::new("it"), Definition::Value(element.clone()), table.tag);
}

/// Names for the other cells of the row: their headers.
fn define_cells(scope: &mut Scope, table: &Table, row: &[Fragment]) {
    for (header, cell) in table.header.iter().zip(row) {
        let definition = match read(cell, false) {
            Cell::Number(number) => Definition::Expr(Arc::new(number.1)),
            Cell::Formula(formula) => Definition::Expr(Arc::from(formula)),
            Cell::Text => Definition::Value(Value::Text(cell.text.as_str().into())),
            Cell::Hole(_) => continue,
        };
        scope.define(Name::new(&header.text), definition, cell.span);
    }
}

/// A cell that is to be filled has the value of its column's expression.
fn define_holes(scope: &mut Scope, table: &Table, row: &[Fragment]) {
    define_formulas(scope, table, |column| {
        let at = table.header.iter().position(|header| header.text == column.header);
        at.and_then(|at| row.get(at)).is_some_and(|cell| matches!(read(cell, false), Cell::Hole(_)))
    });
}

fn judge_row(
    court: &Court<'_>,
    table: &Table,
    row: usize,
    used: &mut dyn FnMut(Used<'_>),
    judged: &mut Judged,
) {
    for column in &table.columns {
        if column.expression.text.trim() == "skip" {
            continue;
        }
        let at = table.header.iter().position(|header| header.text == column.header);
        let Some(cell) = at.and_then(|at| table.rows[row].get(at)) else { continue };
        let finding =
            |verdict| Finding::new(court.kind, cell.span, &cell.text, verdict).named(&column.header);
        let position = judged.findings.len();
        judged.findings.push(match expression(&column.expression, court.scope) {
            // What cannot be read in the tag is told once.
            Err(_)
                if let Some(told) =
                    at.and_then(|at| table.rows[..row].iter().find_map(|row| row.get(at))) =>
            {
                finding(Verdict::Unverifiable).because_of(told.span)
            }
            Err(diagnostic) => finding(Verdict::Unverifiable).complaint(diagnostic),
            Ok(expr) => {
                let element = table.rows_of.as_ref().map(|rows| (rows, row));
                let judging = Judging { cell, column: &column.expression, element, position };
                used(Used { expr: &expr, scope: court.scope, cell: Some(judging) });
                let judge = |scope: &Scope| match Quantity::new(scope, &expr) {
                    Err(error) => finding(Verdict::Unverifiable).complaint(no_value(&error)),
                    Ok(quantity) => judge_cell(&Court { scope, ..*court }, &column.header, cell, &quantity),
                };
                let by_cells = judge(court.scope);
                let follows_from_others = by_cells.is_false() && table.rows_of.is_none();
                let by_formulas = follows_from_others.then(|| judge(&with_formulas(court.scope, table)));
                by_formulas.filter(|finding| finding.passes()).unwrap_or(by_cells)
            }
        });
    }
}

fn judge_cell(court: &Court<'_>, name: &str, cell: &Fragment, quantity: &Quantity<'_>) -> Finding {
    let finding = |verdict| {
        let finding = Finding::new(court.kind, cell.span, &cell.text, verdict).named(name);
        finding.by(quantity.expr).computed(quantity.display())
    };
    let natural = || {
        let format = Format::specification("", false).expect("the empty format is one");
        quantity
            .precise()
            .and_then(|computed| render_hole(&computed, &format))
            .unwrap_or_else(|| quantity.display())
    };
    match (quantity.first(), read(cell, court.latex)) {
        (Value::Number(_), Cell::Number(number)) => {
            let case = Case {
                court,
                name,
                number: &number.0,
                unit_before: None,
                unit_behind: None,
                rule: court.rule(Relation::Equal),
                others: Vec::new(),
                agreed: &|| true,
                is_first: false,
                is_equation: false,
            };
            case.judge(quantity)
        }
        (Value::Number(_), Cell::Formula(formula)) => {
            let formula = Quantity::new(court.scope, &formula);
            match formula.and_then(|formula| quantity.agree(&formula, None)) {
                Ok(Some(Agreement::Equal | Agreement::FiftyDigits)) => finding(Verdict::Exact),
                Ok(_) => {
                    finding(Verdict::Mismatch).complaint(differs(Code::Mismatch, name, cell, &natural()))
                }
                Err(error) => finding(Verdict::Unverifiable).complaint(no_value(&error)),
            }
        }
        (_, Cell::Hole(hole)) => filled(name, &hole, cell, quantity, natural()),
        (Value::Number(_), Cell::Text) if cell.text.trim().is_empty() => {
            finding(Verdict::Mismatch).complaint(differs(Code::Mismatch, name, cell, &natural()))
        }
        (Value::Number(_), Cell::Text) => {
            // It may well be right, `-2 kg`, and writing the bare number would lose the rest.
            let message = format!(
                "{} is `{}` here, and this is no number alone",
                finding::quoted(name, "this column"),
                natural()
            );
            let diagnostic = Diagnostic::error(Code::Units, cell.span, message)
                .label("stated here")
                .help("state the number alone, with its unit in the header, or in `$…$`");
            finding(Verdict::Unverifiable).complaint(diagnostic)
        }
        (value, _) => {
            let expected = text(value);
            if same_text(value, cell) {
                return finding(Verdict::Exact);
            }
            finding(Verdict::Mismatch).complaint(differs(Code::TextMismatch, name, cell, &expected))
        }
    }
}

fn filled(name: &str, hole: &Hole, cell: &Fragment, quantity: &Quantity<'_>, natural: String) -> Finding {
    let marks = typed(cell, hole.span);
    let format = Format::hole(&marks, false).map(|format| Format { percent: hole.percent, ..format });
    let number =
        format.zip(quantity.precise()).and_then(|(format, computed)| render_hole(&computed, &format));
    let text = match quantity.first() {
        Value::Number(_) => number.unwrap_or(natural),
        value => text(value),
    };
    Finding::new(report::Kind::Hole, hole.span, &cell.text, Verdict::Filled)
        .named(name)
        .by(quantity.expr)
        .computed(quantity.display())
        .shown(hole.span, text)
}

fn differs(code: Code, name: &str, cell: &Fragment, expected: &str) -> Diagnostic {
    let message =
        format!("{} is `{expected}` here, not `{}`", finding::quoted(name, "this column"), cell.text);
    Diagnostic::error(code, cell.span, message)
        .label("stated here")
        .help(format!("write `{expected}`"))
        .fix(Fix { span: cell.span, text: expected.to_owned(), safe: true })
}

/// Reads a cell as a number or a hole, in `$…$` as LaTeX.
fn read(cell: &Fragment, _latex: bool) -> Cell {
    let cell = &without_emphasis(cell);
    let inner = cell.text.strip_prefix('$').and_then(|text| text.strip_suffix('$'));
    let (fragment, notation) = match inner.map(|text| text.trim_matches('$')) {
        Some(text) => {
            let start = (cell.text.len() - text.len()) / 2;
            (cell.slice(start..start + text.len()), Notation::Latex)
        }
        None => (cell.clone(), Notation::Plain),
    };
    let Ok(statements) = syntax::parse(&fragment, notation) else { return Cell::Text };
    let [statement] = statements.as_slice() else { return Cell::Text };
    if statement.len() != 1 || !statement.links.is_empty() {
        return Cell::Text;
    }
    match statement.read(0, &Scope::default(), &[]).kind {
        MemberKind::Hole(hole) => Cell::Hole(hole),
        MemberKind::Expr(expr) => match number::bare(&expr, &fragment, false) {
            Some(bare) => match <[_; 1]>::try_from(bare.numbers) {
                Ok([(path, number)]) if path.is_empty() => Cell::Number(Box::new((number, expr))),
                _ => Cell::Text,
            },
            None if is_formula(&expr, notation) => Cell::Formula(Box::new(expr)),
            None => Cell::Text,
        },
        _ => Cell::Text,
    }
}

/// Whether a cell that is no number is a formula of numbers; outside of mathematics only a fraction is, since `2-3` may
/// be anything.
fn is_formula(expr: &Expr, notation: Notation) -> bool {
    let fraction = matches!(expr.ungrouped().kind, Kind::Binary(Binary::Divide, ..));
    number::is_literal(expr) && (notation == Notation::Latex || fraction)
}

/// What stands between the stars or underscores of a cell that is bold or italic as a whole.
fn without_emphasis(cell: &Fragment) -> Fragment {
    let whole = cell.text.len();
    let marks = ["**", "__", "*", "_"];
    let wraps =
        |mark: &str| whole > 2 * mark.len() && cell.text.starts_with(mark) && cell.text.ends_with(mark);
    match marks.into_iter().find(|mark| wraps(mark)) {
        Some(mark) => without_emphasis(&cell.slice(mark.len()..whole - mark.len())),
        None => cell.clone(),
    }
}

/// A value as a cell shows it: a shape with `x` between its sizes.
fn text(value: &Value) -> String {
    match value {
        Value::List(items) => items.iter().map(ToString::to_string).collect::<Vec<_>>().join("x"),
        other => other.to_string(),
    }
}

/// Whether a cell shows this text, or this shape in one of its usual spellings.
fn same_text(value: &Value, cell: &Fragment) -> bool {
    let Value::List(items) = value else { return cell.text.trim() == value.to_string() };
    let plain = cell.text.replace("\\times", "x");
    let plain = plain.trim_matches(['(', ')', '[', ']', '$', ' ']);
    let sizes: Vec<&str> = plain.split(['x', '×', ',', '*']).map(str::trim).collect();
    sizes.len() == items.len() && sizes.iter().zip(items.iter()).all(|(size, item)| *size == item.to_string())
}
