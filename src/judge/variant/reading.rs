//! How else a formula is read by some: `\ln(2)^3` as ln(2³), `\sum_k 4k - 1` with the 1 under the sum. It is read in one
//! way, for reasons that the manual gives; where a claim holds in the other alone, nothing says which was meant.

use crate::diag::{Code, Diagnostic};
use crate::judge::finding::quoted;
use crate::judge::members;
use crate::judge::segment::Segment;
use crate::judge::stated::Case;
use crate::judge::value::Quantity;
use crate::source::Span;
use crate::syntax::{Binary, Builtin, Expr, Fold, Kind};

/// Another reading of a formula.
pub(in crate::judge) struct Reading {
    pub(in crate::judge) expr: Expr,
    /// What it is, and what to write for each.
    clause: &'static str,
    help: &'static str,
}

/// The readings of a formula beside the one that is taken.
pub(in crate::judge) fn others(formula: &Expr) -> Vec<Reading> {
    let mut readings = Vec::new();
    let mut offer = |clause, help, expr: Expr| {
        if expr != *formula {
            readings.push(Reading { expr, clause, help });
        }
    };
    offer(
        "the power behind the brackets belongs to the argument",
        "write `\\sin^2(x)` or `\\sin(x^2)`, each is plain",
        formula.replaced(&mut power_in_argument),
    );
    for all in [false, true] {
        offer(
            "what follows the term stands under the sum as well",
            "write brackets around all that is summed, or around the sum",
            formula.replaced(&mut |node| longer_sum(node, all)),
        );
    }
    readings
}

/// Whether a stated number is right if the formula is read in another way, and how.
pub(in crate::judge) fn of_number(case: &Case<'_, '_>, quantity: &Quantity<'_>) -> Option<Diagnostic> {
    others(quantity.expr).iter().find_map(|reading| {
        let other = quantity.of(&reading.expr)?;
        let compared = other.compare(&case.number.stated, &case.rule);
        let fits = matches!(compared, Ok(Some((verdict, ..))) if verdict.passes());
        fits.then(|| reading.ambiguous(quantity.span(), case.name, quantity, &other))
    })
}

/// Whether a member and the first one agree if one of them is read in another way, and how.
pub(in crate::judge) fn of_members(
    segment: &Segment<'_>,
    other: &(usize, Quantity<'_>),
) -> Option<Diagnostic> {
    let (first_at, first) = &segment.computed[0];
    let (at, quantity) = other;
    let text = |at: usize| segment.chain.members[at].text.as_str();
    let of_other = others(quantity.expr).into_iter().find_map(|reading| {
        let read = quantity.of(&reading.expr)?;
        let agrees = members::is_equal_to(segment, first, &(*at, read.clone()));
        agrees.then(|| reading.ambiguous(quantity.span(), text(*at), quantity, &read))
    });
    of_other.or_else(|| {
        others(first.expr).into_iter().find_map(|reading| {
            let read = first.of(&reading.expr)?;
            let agrees = members::is_equal_to(segment, &read, other);
            agrees.then(|| reading.ambiguous(first.span(), text(*first_at), first, &read))
        })
    })
}

impl Reading {
    /// What to say of a claim, typed as `text` at `span`, that holds in this reading alone.
    pub(in crate::judge) fn ambiguous(
        &self,
        span: Span,
        text: &str,
        taken: &Quantity<'_>,
        other: &Quantity<'_>,
    ) -> Diagnostic {
        let message = format!(
            "{} is read as {}, and is {} if {}",
            quoted(text, "this formula"),
            taken.short(8),
            other.short(8),
            self.clause
        );
        Diagnostic::error(Code::Ambiguous, span, message).help(self.help)
    }
}

/// `\ln(2)^3`, where the exponent stands behind the brackets: `\ln^3(2)` has it before them.
fn power_in_argument(node: &Expr) -> Option<Expr> {
    let Kind::Binary(Binary::Power, base, exponent) = &node.kind else { return None };
    let Kind::Call(function, args) = &base.kind else { return None };
    let [argument] = args.as_slice() else { return None };
    if exponent.span.start < base.span.end || !is_written_without_brackets(*function) {
        return None;
    }
    let power = Kind::Binary(Binary::Power, Box::new(argument.clone()), exponent.clone());
    Some(Expr::new(Kind::Call(*function, vec![Expr::new(power, node.span)]), node.span))
}

/// Functions whose brackets may only group their argument.
fn is_written_without_brackets(function: Builtin) -> bool {
    use Builtin as B;
    matches!(function, B::Sin | B::Cos | B::Tan | B::Cot | B::Sec | B::Csc | B::Ln | B::Lg | B::Lb | B::Log)
}

/// A sum sign with the next term behind its own under it, or all of them.
fn longer_sum(node: &Expr, all: bool) -> Option<Expr> {
    let terms = terms(node);
    let is_sum = |(_, term): &(Binary, &Expr)| matches!(term.kind, Kind::Fold { fold: Fold::Sum, .. });
    let at = terms.iter().position(is_sum).filter(|at| at + 1 < terms.len())?;
    let end = if all { terms.len() } else { at + 2 };
    let (sign, Expr { kind: Kind::Fold { fold, ranges, body }, .. }) = &terms[at] else { return None };
    let summed = added((**body).clone(), &terms[at + 1..end]);
    let kind = Kind::Fold { fold: *fold, ranges: ranges.clone(), body: Box::new(summed) };
    let sum = Expr::new(kind, node.span);
    let sum = match terms[..at].split_first() {
        Some(((_, first), rest)) => added(added((*first).clone(), rest), &[(*sign, &sum)]),
        None => sum,
    };
    Some(added(sum, &terms[end..]))
}

/// The terms of a sum with their signs.
fn terms(expr: &Expr) -> Vec<(Binary, &Expr)> {
    match &expr.kind {
        Kind::Binary(sign @ (Binary::Add | Binary::Subtract), lhs, rhs) => {
            let mut terms = terms(lhs);
            terms.push((*sign, rhs));
            terms
        }
        _ => vec![(Binary::Add, expr)],
    }
}

fn added(first: Expr, terms: &[(Binary, &Expr)]) -> Expr {
    terms.iter().fold(first, |sum, (sign, term)| {
        let span = sum.span.join(term.span);
        Expr::new(Kind::Binary(*sign, Box::new(sum), Box::new((*term).clone())), span)
    })
}
