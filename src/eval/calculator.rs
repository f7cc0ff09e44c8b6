//! A calculator over the reader and the evaluator: a text and some given names to one value.
//!
//! It knows no files and no JSON. Statements before the last define names (`f(x) = x^2; f(3)`); the last one is the
//! expression whose value is asked for.

use std::sync::Arc;

use super::settle::Settled;
use super::{Definition, EvalError, Scope, Value};
use crate::diag::{Code, Diagnostic};
use crate::scan::{Fragment, LogBase};
use crate::source::{FileId, Span};
use crate::syntax::{self, Expr, Head, MemberKind, Name, Notation, Reason, Relation, Statement, SyntaxError};

/// The names that are known, and what is computed from them.
#[derive(Clone, Debug, Default)]
pub struct Calculator {
    scope: Scope,
}

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

impl Calculator {
    /// Gives `name`, spelt in `notation`, a value.
    pub fn give(&mut self, name: &str, notation: Notation, value: Value) -> Result<()> {
        let name = spelled(name, notation)?;
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
        let fragment = fragment(text);
        let expanded = match notation {
            Notation::Latex => syntax::macros::expand(text, &mut syntax::macros::Macros::new()),
            Notation::Plain => None,
        };
        let statements = match &expanded {
            Some(expanded) => syntax::parse_expanded(&fragment, expanded),
            None => syntax::parse(&fragment, notation),
        };
        let statements = statements.map_err(unreadable)?;
        let Some((last, definitions)) = statements.split_last() else {
            return Err(malformed(fragment.span, "there is nothing to compute"));
        };
        let mut scope = self.scope.clone();
        for statement in definitions {
            define(&mut scope, statement)?;
        }
        let settled = if last.links.is_empty() {
            scope.settle(&expression(&scope, last, 0, &[])?)
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
        MemberKind::Expr(expr) => Ok(expr),
        MemberKind::Error(error) => Err(unreadable(error)),
        MemberKind::Hole(_) => Err(malformed(member.span, "a hole has no value")),
        MemberKind::Remark => Err(malformed(member.span, "a remark has no value")),
    }
}

fn malformed(span: Span, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Code::Syntax, span, message))
}

fn unreadable(error: SyntaxError) -> Box<Diagnostic> {
    let code = match error.reason {
        Reason::Malformed => Code::Syntax,
        Reason::Unsupported => Code::Unsupported,
        Reason::Ambiguous => Code::Ambiguous,
        Reason::Limit => Code::Limit,
    };
    Box::new(Diagnostic { help: error.help, ..Diagnostic::error(code, error.span, error.message) })
}

fn without_value(error: EvalError) -> Box<Diagnostic> {
    Box::new(Diagnostic { help: error.help, ..Diagnostic::error(error.code, error.span, error.message) })
}
