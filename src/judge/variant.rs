//! What a formula would be if its author had meant something a little different: angles in degrees, one term more or
//! less, the neighbouring element, another base of the logarithm. A stated number that is right for one of them says so.

pub(super) mod reading;

use crate::source::Span;
use crate::syntax::{Binary, Builtin, Expr, Kind, Literal, Over, Unary};

/// The formulas that are close to this one, each with what a number that is its value must be.
pub(super) fn variants(formula: &Expr) -> Vec<(String, Expr)> {
    let mut found = Vec::new();
    let mut offer = |clause: &str, changed: Expr| {
        if changed != *formula {
            found.push((clause.to_owned(), changed));
        }
    };
    offer(
        "this is right for an angle in degrees, where the formula has it in radians: write `^\\circ` after it",
        formula.replaced(&mut in_degrees),
    );
    for (clause, end, step) in TERMS {
        offer(clause, formula.replaced(&mut |node| one_term(node, *end, *step)));
    }
    for (clause, step) in ELEMENTS {
        offer(clause, formula.replaced(&mut |node| neighbour(node, *step)));
    }
    offer(
        "this is right for a logarithm to base 10",
        formula.replaced(&mut |node| logarithm(node, Builtin::Lg)),
    );
    offer(
        "this is right for a natural logarithm",
        formula.replaced(&mut |node| logarithm(node, Builtin::Ln)),
    );
    found
}

/// The ends of a range.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Lower,
    Upper,
}

const TERMS: &[(&str, End, i8)] = &[
    ("this is right without the last term", End::Upper, -1),
    ("this is right with one term more at the end", End::Upper, 1),
    ("this is right without the first term", End::Lower, 1),
    ("this is right with one term more at the start", End::Lower, -1),
];

const ELEMENTS: &[(&str, i8)] = &[
    ("this is right for the element after the one that is indexed; they are counted from 1", 1),
    ("this is right for the element before the one that is indexed", -1),
];

fn in_degrees(node: &Expr) -> Option<Expr> {
    use Builtin::{Cos, Cot, Csc, Sec, Sin, Tan};
    let Kind::Call(builtin @ (Sin | Cos | Tan | Cot | Sec | Csc), args) = &node.kind else { return None };
    let [angle] = args.as_slice() else { return None };
    if matches!(angle.ungrouped().kind, Kind::Unary(Unary::Degrees, _)) {
        return None;
    }
    let degrees = Expr::new(Kind::Unary(Unary::Degrees, Box::new(angle.clone())), angle.span);
    Some(Expr::new(Kind::Call(*builtin, vec![degrees]), node.span))
}

/// The outermost sums and products with an end of their first range moved.
fn one_term(node: &Expr, end: End, step: i8) -> Option<Expr> {
    let Kind::Fold { fold, ranges, body } = &node.kind else { return None };
    let mut ranges = ranges.clone();
    let Over::Interval(lower, upper) = &mut ranges.first_mut()?.over else { return None };
    let moved = if end == End::Lower { lower } else { upper };
    **moved = stepped(moved, step);
    Some(Expr::new(Kind::Fold { fold: *fold, ranges, body: body.clone() }, node.span))
}

fn neighbour(node: &Expr, step: i8) -> Option<Expr> {
    let kind = match &node.kind {
        Kind::Subscript { base, indices } => {
            let [index] = indices.as_slice() else { return None };
            Kind::Subscript { base: base.clone(), indices: vec![stepped(index, step)] }
        }
        Kind::Index(base, indices) => {
            let [index] = indices.as_slice() else { return None };
            Kind::Index(base.clone(), vec![stepped(index, step)])
        }
        _ => return None,
    };
    Some(Expr::new(kind, node.span))
}

fn logarithm(node: &Expr, other: Builtin) -> Option<Expr> {
    let Kind::Call(Builtin::Ln | Builtin::Lg | Builtin::Lb, args) = &node.kind else { return None };
    Some(Expr::new(Kind::Call(other, args.clone()), node.span))
}

/// `expr` and a step of one; a number is stepped itself, since an index may have to be one.
fn stepped(expr: &Expr, step: i8) -> Expr {
    let whole = |digits: &str, span: Span| {
        let literal = Literal::new(digits, digits.to_owned(), 0).expect("digits without an exponent");
        Expr::new(Kind::Number(literal), span)
    };
    if let Kind::Number(literal) = &expr.kind
        && let Some(value) =
            literal.text.parse::<u32>().ok().and_then(|value| value.checked_add_signed(step.into()))
    {
        return whole(&value.to_string(), expr.span);
    }
    let operator = if step < 0 { Binary::Subtract } else { Binary::Add };
    Expr::new(Kind::Binary(operator, Box::new(expr.clone()), Box::new(whole("1", expr.span))), expr.span)
}
