//! Statements, cells and inline values as they were judged, with the names that they saw: kept for those places alone
//! that somebody asks about. How they are shown is not known here.

use std::ops::Range;

use super::chain::Chain;
use super::declare::Declaration;
use super::finding::one_line;
use super::table::{self, Judging, Used};
use crate::cell::Outcome;
use crate::eval::{Absence, CellValue, Scope, Value};
use crate::scan::Fragment;
use crate::source::Span;
use crate::syntax::{self, Expr, Literal};

/// Says of which places the traces are kept.
pub type Wanted<'w> = &'w dyn Fn(Span) -> bool;

/// How the claims of one statement, cell or inline value came about.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Where it stands.
    pub span: Span,
    /// As typed, on one line.
    pub text: String,
    /// What was computed of it, in the order of the text.
    pub formulas: Vec<Formula>,
    /// Its claims, by their positions in the report.
    pub claims: Range<usize>,
    /// The names as it saw them.
    pub scope: Scope,
}

/// Something that was computed.
#[derive(Clone, Debug)]
pub struct Formula {
    /// As typed, on one line.
    pub text: String,
    /// What it says.
    pub expr: Expr,
}

/// A name of a Rust cell.
#[derive(Clone, Debug)]
pub struct CellName {
    /// Where it is declared.
    pub span: Span,
    /// As Rust spells it.
    pub name: String,
    /// What the page has of it; nothing if it is private to Rust.
    pub value: Option<Result<Value, Absence>>,
}

/// What is kept of a chapter.
#[derive(Default)]
pub(super) struct Tracing<'w> {
    pub(super) wanted: Option<Wanted<'w>>,
    pub(super) traces: Vec<Trace>,
    pub(super) cell_names: Vec<CellName>,
}

impl Tracing<'_> {
    fn wants(&self, span: Span) -> bool {
        self.wanted.is_some_and(|wanted| wanted(span))
    }

    /// A Rust cell, whether it was run or not.
    pub(super) fn rust_cell(&mut self, outcome: &Outcome) {
        let known = outcome.names.iter().filter(|name| self.wants(name.span)).map(|name| CellName {
            span: name.span,
            name: name.name.clone(),
            value: Some(CellValue::from(name).value),
        });
        let private = outcome.private.iter().filter(|(_, span)| self.wants(*span));
        let private = private.map(|(name, span)| CellName { span: *span, name: name.clone(), value: None });
        let names: Vec<CellName> = known.chain(private).collect();
        self.cell_names.extend(names);
    }

    /// A chain whose `claims` were judged by the names of `scope`.
    pub(super) fn chain(&mut self, chain: &Chain, scope: &Scope, claims: Range<usize>) {
        let (Some(first), Some(last)) = (chain.members.first(), chain.members.last()) else { return };
        let span = Span { end: last.span.end, ..first.span };
        // A formula alone claims nothing and defines nothing.
        let says_nothing = chain.members.len() < 2 && claims.is_empty();
        if says_nothing || !self.wants(span) {
            return;
        }
        // What a function computes has no value before it is applied.
        let is_function = matches!(chain.namings.first(), Some((0, naming)) if naming.is_general());
        let expressions = chain.members.iter().filter_map(|member| Some((&member.text, member.expr()?)));
        let formulas = expressions
            .filter(|_| !is_function)
            .map(|(text, expr)| Formula { text: one_line(text), expr: expr.clone() })
            .collect();
        self.traces.push(Trace { span, text: written(chain), formulas, claims, scope: scope.clone() });
    }

    /// An inline value, which is the claim at `claim`.
    pub(super) fn value(&mut self, outer: Span, text: &str, expr: &Expr, scope: &Scope, claim: usize) {
        if self.wants(outer) {
            let formula = Formula { text: one_line(text), expr: expr.clone() };
            let text = formula.text.clone();
            let claims = claim..claim + 1;
            self.traces.push(Trace {
                span: outer,
                text,
                formulas: vec![formula],
                claims,
                scope: scope.clone(),
            });
        }
    }

    /// A cell of a table, whose claim is the next after `claims` others and those of the cells before it.
    pub(super) fn cell(&self, used: &Used<'_>, claims: usize) -> Option<Trace> {
        let Judging { cell, column, element, position } = used.cell?;
        if !self.wants(cell.span) {
            return None;
        }
        let own = Formula { text: one_line(&column.text), expr: used.expr.clone() };
        let formulas = element.and_then(|(rows, at)| row(rows, at, used.scope)).into_iter().chain([own]);
        Some(Trace {
            span: cell.span,
            text: format!("{} = {}", one_line(&column.text), one_line(&cell.text)),
            formulas: formulas.collect(),
            claims: claims + position..claims + position + 1,
            scope: used.scope.clone(),
        })
    }

    /// Names with a domain, with the claim that they make, if any, at `claim`.
    pub(super) fn declaration(
        &mut self,
        declared: &Declaration,
        text: &Fragment,
        scope: &Scope,
        claim: usize,
    ) {
        let span = declared.span;
        if self.wants(span) {
            let text = one_line(&super::chain::typed(text, span));
            let claims = claim..claim + usize::from(declared.claim.is_some());
            self.traces.push(Trace { span, text, formulas: Vec::new(), claims, scope: scope.clone() });
        }
    }
}

/// The element of a list that a row stands for.
fn row(rows: &Fragment, at: usize, scope: &Scope) -> Option<Formula> {
    let list = table::expression(rows, scope).ok()?;
    let number = (at + 1).to_string();
    let index = Expr::new(syntax::Kind::Number(Literal::new(&number, number.clone(), 0)?), list.span);
    let text = format!("{}[{number}]", one_line(&rows.text));
    let span = list.span;
    Some(Formula { text, expr: Expr::new(syntax::Kind::Index(Box::new(list), vec![index]), span) })
}

/// The members of a chain with the relations between them, on one line.
fn written(chain: &Chain) -> String {
    let mut text = String::new();
    for (at, member) in chain.members.iter().enumerate() {
        if let Some(link) = at.checked_sub(1).and_then(|before| chain.links.get(before)) {
            text.push_str(&format!(" {} ", link.relation.symbol()));
        }
        text.push_str(&one_line(&member.text));
    }
    text
}
