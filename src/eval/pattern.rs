//! What the terms around dots have in common: one formula, with a name for each number that runs in it.

use std::borrow::Cow;

use crate::syntax::{Binary, Expr, Kind, Literal, Name, Unary, readable};

/// What the number is called that runs at place `at` of a pattern.
pub(super) fn running_name(at: usize) -> Name {
    Name::new(&format!("…{at}"))
}

/// What two terms have in common, with a name for each number of the first one in whose place the other has something
/// else.
pub(super) fn pattern(one: &Expr, other: &Expr, pairs: &mut Vec<(Expr, Expr)>) -> Option<Expr> {
    let (one, other) = (&*indexed(one.ungrouped()), &*indexed(other.ungrouped()));
    if same(one, other) {
        return Some(one.clone());
    }
    let is_number = |expr: &Expr| match &expr.kind {
        Kind::Number(_) => true,
        Kind::Unary(Unary::Negate, inner) => matches!(inner.kind, Kind::Number(_)),
        _ => false,
    };
    if is_number(one) {
        pairs.push((one.clone(), other.clone()));
        return Some(Expr::new(Kind::Name(running_name(pairs.len() - 1)), one.span));
    }
    let kind = match (&one.kind, &other.kind) {
        (Kind::Binary(first, a, b), Kind::Binary(second, c, d)) if alike(*first, *second) => {
            let (lhs, rhs) = (pattern(a, c, pairs)?, pattern(b, d, pairs)?);
            Kind::Binary(*first, Box::new(lhs), Box::new(rhs))
        }
        (Kind::Unary(first, a), Kind::Unary(second, b)) if first == second => {
            Kind::Unary(*first, Box::new(pattern(a, b, pairs)?))
        }
        (Kind::Call(first, a), Kind::Call(second, b)) if first == second && a.len() == b.len() => {
            let args = a.iter().zip(b).map(|(a, b)| pattern(a, b, pairs));
            Kind::Call(*first, args.collect::<Option<_>>()?)
        }
        (Kind::Apply { function, order, args: a }, Kind::Apply { function: same, order: other, args: b })
            if function == same && order == other && a.len() == b.len() =>
        {
            let args = a.iter().zip(b).map(|(a, b)| pattern(a, b, pairs)).collect::<Option<_>>()?;
            Kind::Apply { function: function.clone(), order: *order, args }
        }
        (Kind::Subscript { base, indices: a }, Kind::Subscript { base: same, indices: b })
            if base == same && a.len() == b.len() =>
        {
            let indices = a.iter().zip(b).map(|(a, b)| pattern(a, b, pairs)).collect::<Option<_>>()?;
            Kind::Subscript { base: base.clone(), indices }
        }
        _ => return None,
    };
    Some(Expr::new(kind, one.span))
}

/// A name with a number as its index, `x_2`, as an element like `x_n`.
fn indexed(expr: &Expr) -> Cow<'_, Expr> {
    let element = match &expr.kind {
        Kind::Name(name) => Name::as_element(name.as_str()),
        _ => None,
    };
    let index = |place: &str| Some(Kind::Number(Literal::new(place, place.to_owned(), 0)?));
    match element.and_then(|(base, place)| Some((base, index(place)?))) {
        Some((base, index)) => {
            let indices = vec![Expr::new(index, expr.span)];
            Cow::Owned(Expr::new(Kind::Subscript { base: Name::new(&base), indices }, expr.span))
        }
        None => Cow::Borrowed(expr),
    }
}

/// Whether a term has the pattern, and the numbers that it has in the places of its names.
pub(super) fn fits(pattern: &Expr, term: &Expr, numbers: &mut [Option<Expr>]) -> bool {
    let (pattern, term) = (pattern.ungrouped(), &*indexed(term.ungrouped()));
    if let Kind::Name(name) = &pattern.kind
        && let Some(at) = (0..numbers.len()).find(|at| running_name(*at) == *name)
    {
        numbers[at] = Some(term.clone());
        return true;
    }
    let mut all = |a: &[Expr], b: &[Expr]| {
        a.len() == b.len() && a.iter().zip(b).all(|(pattern, term)| fits(pattern, term, numbers))
    };
    match (&pattern.kind, &term.kind) {
        (Kind::Binary(first, a, b), Kind::Binary(second, c, d)) if alike(*first, *second) => {
            fits(a, c, numbers) && fits(b, d, numbers)
        }
        (Kind::Unary(first, a), Kind::Unary(second, b)) if first == second => fits(a, b, numbers),
        (Kind::Call(first, a), Kind::Call(second, b)) if first == second => all(a, b),
        (Kind::Apply { function, args: a, .. }, Kind::Apply { function: same, args: b, .. })
            if function == same =>
        {
            all(a, b)
        }
        (Kind::Subscript { base, indices: a }, Kind::Subscript { base: same, indices: b })
            if base == same =>
        {
            all(a, b)
        }
        _ => same(pattern, term),
    }
}

/// The same operation, however a product is written.
fn alike(one: Binary, other: Binary) -> bool {
    one == other || matches!((one, other), (Binary::Multiply(_), Binary::Multiply(_)))
}

/// Whether two expressions are written alike.
fn same(one: &Expr, other: &Expr) -> bool {
    let written = readable(one);
    written.is_some() && written == readable(other)
}
