//! A calculator over the reader and the evaluator: a text and some given names to one value.
//!
//! It knows no files and no JSON. Statements before the last define names (`f(x) = x^2; f(3)`); the last one is the
//! expression whose value is asked for.

use std::sync::Arc;

use super::settle::Settled;
use super::{Definition, EvalError, Scope, Value, measures};
use crate::diag::{Code, Diagnostic};
use crate::scan::{Fragment, LogBase};
use crate::source::{FileId, Span};
use crate::syntax::{
    self, Binary, Expr, Head, Kind, MemberKind, Name, Notation, Product, Relation, Statement, SyntaxError,
    Unary,
};

/// The names that are known, and what is computed from them.
#[derive(Clone, Debug, Default)]
pub struct Calculator {
    scope: Scope,
}

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

impl Calculator {
    /// Gives `name`, spelt in `notation` or plainly, a value.
    pub fn give(&mut self, name: &str, notation: Notation, value: Value) -> Result<()> {
        // What TeX reads as `w_1` and a 0 is no name in LaTeX: it can only be the plain spelling of `w_{10}`.
        let plain = |error| spelled(name, Notation::Plain).map_err(|_| error);
        let name = spelled(name, notation).or_else(plain)?;
        self.scope.define(name, Definition::Value(value), Span::default());
        Ok(())
    }

    /// From here on a logarithm without a base has this one.
    pub fn set_logarithm(&mut self, base: LogBase) {
        self.scope.set_logarithm(Some(base));
    }

    /// The value of the last statement of `text`; those before it define names for it alone. The places of an
    /// error are bytes of `text`.
    pub fn evaluate(&self, text: &str, notation: Notation) -> Result<Value> {
        let fragment = match notation {
            Notation::Latex => without_delimiters(fragment(text)),
            Notation::Plain => fragment(text),
        };
        let expanded = match notation {
            Notation::Latex => syntax::macros::expand(&fragment.text, &mut syntax::macros::Macros::new()),
            Notation::Plain => None,
        };
        let statements = syntax::parse_with(&fragment, notation, expanded.as_ref()).map_err(unreadable)?;
        let Some((last, definitions)) = statements.split_last() else {
            return Err(malformed(fragment.span, "there is nothing to compute"));
        };
        let mut scope = self.scope.clone();
        scope.complete();
        for statement in definitions {
            define(&mut scope, statement)?;
        }
        let settled = if last.links.is_empty() {
            let expr = expression(&scope, last, 0, &[])?;
            measures::check(&scope, &expr).map_err(|message| {
                Box::new(
                    Diagnostic::error(Code::Units, expr.span, message)
                        .help("write all of it in one unit, and numbers out or as `\\times 10^k`"),
                )
            })?;
            scope.settle(&expr)
        } else {
            let name = define(&mut scope, last)?;
            let id = scope.lookup(name.as_str(), scope.len()).expect("it has just been defined");
            scope.settle_binding(id)
        };
        settled.map(|Settled { value, .. }| value).map_err(without_value)
    }
}

fn fragment(text: &str) -> Fragment {
    Fragment { span: Span::new(FileId::default(), 0, text.len()), text: text.to_owned() }
}

/// A formula as it was copied from a page, `$x$` or `\[x\]`, without what delimits it there.
fn without_delimiters(text: Fragment) -> Fragment {
    let trimmed = text.trimmed();
    [("$$", "$$"), ("$", "$"), ("\\[", "\\]"), ("\\(", "\\)")]
        .into_iter()
        .find(|(open, close)| {
            let inner = trimmed.text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            inner.is_some_and(|inner| !inner.trim().is_empty() && !inner.contains(close))
        })
        .map(|(open, close)| trimmed.slice(open.len()..trimmed.text.len() - close.len()))
        .unwrap_or(text)
}

/// The name that `text` spells.
fn spelled(text: &str, notation: Notation) -> Result<Name> {
    let fragment = fragment(text);
    let statements = syntax::parse(&fragment, notation).map_err(unreadable)?;
    let head = match statements.as_slice() {
        [only] if only.len() == 1 => only.head(0, &Scope::default()),
        _ => Head::Nothing,
    };
    match head {
        Head::Name(name) => Ok(name),
        Head::Call { whole, .. } => Ok(whole),
        _ => Err(malformed(fragment.span, format!("`{text}` is not a name"))),
    }
}

/// `x = 3`, `f(x) = x^2`: the name that it defines, known or not.
fn define(scope: &mut Scope, statement: &Statement<'_>) -> Result<Name> {
    let is_definition = statement.len() == 2
        && !statement.continues
        && matches!(statement.links[0].relation, Relation::Equal | Relation::Define);
    let head = if is_definition { statement.head(0, scope) } else { Head::Nothing };
    let (name, definition) = match head {
        Head::Call { function, parameters: Some(parameters), .. } => {
            let body = Arc::new(expression(scope, statement, 1, &parameters)?);
            (function, Definition::Function { parameters, body })
        }
        Head::Name(name) => (name, Definition::Expr(Arc::new(expression(scope, statement, 1, &[])?))),
        _ => {
            let message = "this is a claim, and only an expression or a definition has a value here";
            let error = malformed(statement.span, message);
            return Err(Box::new(error.help("`mdbook-qed check` judges claims")));
        }
    };
    scope.define(name.clone(), definition, statement.span);
    Ok(name)
}

fn expression(scope: &Scope, statement: &Statement<'_>, idx: usize, bound: &[Name]) -> Result<Expr> {
    let member = statement.read(idx, scope, bound);
    match member.kind {
        MemberKind::Expr(expr) if has_digits_in_brackets(&expr) => {
            let message =
                "digits in brackets after a decimal can be a factor, digits that repeat, or an uncertainty";
            let error = Diagnostic::error(Code::Ambiguous, expr.span, message);
            Err(Box::new(
                error.help("write `\\cdot` for a product, `0.1\\overline{23}` for digits that repeat"),
            ))
        }
        MemberKind::Expr(expr) if goes_on(&expr) => {
            let message = "dots say that digits go on, but not which";
            let error = malformed(expr.span, message);
            Err(Box::new(error.help("write `0.1\\overline{6}` for digits that repeat")))
        }
        MemberKind::Expr(expr) => Ok(expr),
        MemberKind::Error(error) => Err(unreadable(error)),
        MemberKind::Hole(_) => Err(malformed(member.span, "a hole has no value")),
        MemberKind::Remark => Err(malformed(member.span, "a remark has no value")),
    }
}

/// Whether digits go on somewhere in it: `0.333\ldots`.
fn goes_on(expr: &Expr) -> bool {
    expr.any(|node| matches!(node.kind, Kind::Unary(Unary::Ellipsis, _)))
}

/// `0.123(45)` and nothing else, without a space: a shorter number before brackets is a factor.
fn has_digits_in_brackets(expr: &Expr) -> bool {
    let Kind::Binary(Binary::Multiply(Product::Implicit), number, brackets) = &expr.kind else {
        return false;
    };
    let number = match &number.kind {
        Kind::Unary(Unary::Negate | Unary::Plus, number) => number,
        _ => number,
    };
    let (Kind::Number(decimal), Kind::Unary(Unary::Group, inner)) = (&number.kind, &brackets.kind) else {
        return false;
    };
    let decimals = decimal.digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let digits = match &inner.kind {
        Kind::Number(digits) if digits.is_integer() => digits.digits.len(),
        _ => 0,
    };
    decimals >= 3 && digits >= 2 && number.span.end == brackets.span.start
}

fn malformed(span: Span, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Code::Syntax, span, message))
}

fn unreadable(error: SyntaxError) -> Box<Diagnostic> {
    Box::new(error.into())
}

fn without_value(error: EvalError) -> Box<Diagnostic> {
    Box::new(error.into())
}
