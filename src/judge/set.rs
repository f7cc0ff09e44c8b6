//! A set as it was written to a domain, and whether a value lies in it.

use super::finding::{self, no_value};
use crate::diag::{Code, Diagnostic};
use crate::eval::{Bound, Domain, Scope, Set, Shape, Value};
use crate::num::{Number, Precision};
use crate::source::Span;
use crate::syntax::{self, Builtin, End, Expr, Kind, Relation, SetExpr, SetKind, SyntaxError};

pub(super) type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// Where a name declared to lie in a set may lie.
pub(super) fn domain(set: &SetExpr, scope: &Scope) -> Result<Domain> {
    let integers = Domain { set: Set::Integers, ..Domain::reals() };
    Ok(match &set.kind {
        SetKind::Reals => Domain::reals(),
        SetKind::Rationals => Domain { set: Set::Rationals, ..Domain::reals() },
        SetKind::Integers => integers,
        SetKind::Naturals => Domain { lower: Some(Bound::closed(0)), ..integers },
        SetKind::Power(numbers, rows, columns) => {
            Domain { shape: shape(rows, columns.as_ref(), scope)?, ..domain(numbers, scope)? }
        }
        SetKind::Bounded(numbers, relation, value) => {
            let value = number(value, scope)?;
            domain(numbers, scope)?.intersect(bounded(value, relation.reversed()))
        }
        SetKind::Interval(lower, upper) => {
            let bound = |end: &Option<End>| -> Result<Option<Bound>> {
                let bound = |end: &End| Ok(Bound { value: number(&end.value, scope)?, closed: end.closed });
                end.as_ref().map(bound).transpose()
            };
            Domain { lower: bound(lower)?, upper: bound(upper)?, ..Domain::reals() }
        }
        SetKind::Elements(elements) => {
            let numbers: Result<_> = elements.iter().map(|element| number(element, scope)).collect();
            finite(numbers?)
        }
        SetKind::List(list) => finite(listed(list, set.span, scope)?),
        SetKind::Joined(Builtin::Intersection, one, other) => {
            domain(one, scope)?.intersect(domain(other, scope)?)
        }
        SetKind::Joined(operation, one, other) => {
            joined(*operation, domain(one, scope)?, domain(other, scope)?)
                .ok_or_else(|| unjoined(set.span))?
        }
    })
}

/// Whether a value lies in a set; `None` if that cannot be decided.
pub(super) fn contains(set: &SetExpr, value: &Value, scope: &Scope) -> Result<Option<bool>> {
    let (operation, one, other) = match &set.kind {
        SetKind::Joined(operation, one, other) => (operation, one, other),
        // What is no fraction as computed may be one all the same.
        SetKind::Rationals => {
            let is_exact = |number: &Number| number.is_exact().then_some(true);
            return Ok(value.as_number().map_or(Some(false), is_exact));
        }
        _ => return Ok(domain(set, scope)?.has(value)),
    };
    let (one, other) = (contains(one, value, scope)?, contains(other, value, scope)?);
    let decided = |decides: bool, other: Option<bool>| match (one, other) {
        (Some(one), _) if one == decides => Some(decides),
        (_, Some(other)) if other == decides => Some(decides),
        (Some(_), Some(_)) => Some(!decides),
        _ => None,
    };
    Ok(match operation {
        Builtin::Union => decided(true, other),
        Builtin::Intersection => decided(false, other),
        _ => decided(false, other.map(|other| !other)),
    })
}

/// The numbers that stand on the right of `value R`.
pub(super) fn bounded(value: Number, relation: Relation) -> Domain {
    let bound = |closed| Some(Bound { value: value.clone(), closed });
    let reals = Domain::reals();
    match relation {
        Relation::Less => Domain { lower: bound(false), ..reals },
        Relation::LessEqual => Domain { lower: bound(true), ..reals },
        Relation::Greater => Domain { upper: bound(false), ..reals },
        Relation::GreaterEqual => Domain { upper: bound(true), ..reals },
        _ => Domain { excluded: vec![value], ..reals },
    }
}

pub(super) fn malformed(span: Span, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Code::Syntax, span, message))
}

/// What cannot be read.
pub(super) fn unreadable(error: &SyntaxError) -> Box<Diagnostic> {
    Box::new(finding::unreadable(error))
}

/// The value of an expression that is to be a number.
pub(super) fn number(expr: &Expr, scope: &Scope) -> Result<Number> {
    let evaluated = scope.evaluate(expr, Precision::LADDER[1]).map_err(|error| Box::new(no_value(&error)))?;
    match evaluated.value {
        Value::Number(number) => Ok(number),
        other => {
            let message = format!("this is {}; a bound is a number", other.describe());
            Err(Box::new(Diagnostic::error(Code::WrongType, expr.span, message)))
        }
    }
}

fn finite(numbers: Vec<Number>) -> Domain {
    Domain { set: Set::Finite(numbers), ..Domain::reals() }
}

/// A union or a difference that is a domain too.
fn joined(operation: Builtin, one: Domain, other: Domain) -> Option<Domain> {
    match (operation, one, other) {
        (
            Builtin::Union,
            Domain { set: Set::Finite(mut numbers), .. },
            Domain { set: Set::Finite(more), .. },
        ) => {
            numbers.extend(more);
            Some(finite(numbers))
        }
        (Builtin::Difference, mut one, Domain { set: Set::Finite(numbers), .. })
            if one.shape == Shape::Number =>
        {
            one.excluded.extend(numbers);
            Some(one)
        }
        _ => None,
    }
}

fn unjoined(span: Span) -> Box<Diagnostic> {
    let message = "a name is declared to lie in one interval, with single numbers left out";
    let help = "declare it piece by piece, for instance `x \\in (0, 1)`";
    Box::new(Diagnostic::error(Code::Unsupported, span, message).help(help))
}

/// The numbers of a list that the page has given or that dots abbreviate.
fn listed(list: &Expr, span: Span, scope: &Scope) -> Result<Vec<Number>> {
    let unknown = || {
        let message = match syntax::readable(list) {
            Some(text) => format!("the set `{text}` is not known"),
            None => "this set is not known".to_owned(),
        };
        let help = "sets are `R`, `Z`, `N` (from 0), `R^3`, `R^{2x3}`, intervals, `{1, 2, 3}` and what is joined of them";
        Box::new(Diagnostic::error(Code::Unsupported, span, message).help(help))
    };
    if let Kind::Name(name) = &list.kind
        && scope.here(name).is_some()
        && !scope.nature(name).is_some_and(|nature| nature.is_set)
    {
        let message =
            format!("`{name}` was given in brackets, which can be those of an interval or of a list");
        let error = Diagnostic::error(Code::Ambiguous, list.span, message);
        return Err(Box::new(
            error.help("write a set in braces, `\\{1, 2\\}`, and an interval where it is meant"),
        ));
    }
    let evaluated = scope.evaluate(list, Precision::LADDER[1]).map_err(|_| unknown())?;
    let Value::List(items) = evaluated.value else { return Err(unknown()) };
    items.iter().map(|item| item.as_number().cloned()).collect::<Option<_>>().ok_or_else(unknown)
}

/// The shape of so many rows and columns.
fn shape(rows: &Expr, columns: Option<&Expr>, scope: &Scope) -> Result<Shape> {
    let size = |expr: &Expr| -> Result<usize> {
        let size = number(expr, scope)?.to_integer().and_then(|size| usize::try_from(size).ok());
        size.filter(|size| (1..=1_000).contains(size))
            .ok_or_else(|| malformed(expr.span, "a dimension is a whole number from 1 to 1000"))
    };
    Ok(match (size(rows)?, columns.map(size).transpose()?) {
        (rows, None | Some(1)) => Shape::List(rows),
        (rows, Some(columns)) => Shape::Matrix(rows, columns),
    })
}
