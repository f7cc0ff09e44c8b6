//! Judges `a \equiv b \pmod n`: whether `n` divides the difference. The numbers are integers, or fractions whose
//! denominators have an inverse modulo `n`. The remainders are those of `eval`.

use super::chain::{Chain, Member};
use super::finding::{self, Finding, linked, no_value, quoted};
use super::identity;
use super::segment::Court;
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::eval::{EvalError, Point, Scope};
use crate::num::{IBig, Rational};
use crate::report;
use crate::source::Span;
use crate::syntax::{self, Binary, Expr, Kind, Link, Literal, Relation};

/// Judges the link after member `position`, which goes by `modulus`.
pub(super) fn judge(
    court: &Court<'_>,
    chain: &Chain,
    position: usize,
    link: Link,
    modulus: &Expr,
) -> Option<Finding> {
    let (lhs, rhs) = (&chain.members[position], chain.members.get(position + 1)?);
    let span = Span { end: rhs.span.end, ..lhs.span };
    let text = claimed([lhs, rhs], link, modulus);
    let name = finding::name(chain);
    let finding = |verdict| Finding::new(report::Kind::Relation, span, &text, verdict).named(&name);
    let (Some(left), Some(right)) = (lhs.value(), rhs.value()) else {
        // What cannot be read is reported where it stands.
        let hole = [lhs, rhs].into_iter().any(|member| matches!(member.kind, super::chain::Kind::Hole(_)));
        let message = "a hole cannot be filled from a congruence";
        return hole.then(|| {
            finding(Verdict::Unverifiable).complaint(Diagnostic::error(Code::Syntax, span, message))
        });
    };
    if !court.scope.free_in([left, right, modulus]).is_empty() {
        return Some(identity::congruence(court, &name, link, [lhs, rhs], modulus));
    }
    Some(match remainders(court.scope, [left, right], modulus, &Point::new()) {
        Err(error) => finding(Verdict::Unverifiable).complaint(no_value(&error)),
        Ok(remainders) if remainders.satisfy(link.relation) => finding(Verdict::Holds),
        Ok(remainders) => finding(Verdict::Mismatch).complaint(fails(link, [lhs, rhs], &remainders)),
    })
}

/// Judges `7 \mid 42`: the right side is congruent to 0 modulo the left one.
pub(super) fn divisibility(
    court: &Court<'_>,
    name: &str,
    link: Link,
    [divisor, multiple]: [&Member; 2],
) -> Option<Finding> {
    let (modulus, number) = (divisor.value()?, multiple.value()?);
    let span = Span { end: multiple.span.end, ..divisor.span };
    let text = linked([divisor, multiple], link);
    let finding = |verdict| Finding::new(report::Kind::Relation, span, &text, verdict).named(name);
    if is_whole(court.scope, number) == Some(false) {
        let message = "only whole numbers have divisors";
        let diagnostic = Diagnostic::error(Code::WrongType, multiple.span, message);
        return Some(finding(Verdict::Unverifiable).complaint(diagnostic));
    }
    let relation =
        if link.relation == Relation::Divides { Relation::Congruent } else { Relation::Incongruent };
    let zero = Expr::new(Kind::Number(Literal::zero()), multiple.span);
    if !court.scope.free_in([modulus, number]).is_empty() {
        let kind = super::chain::Kind::Expr(zero);
        let zero = Member { span: multiple.span, text: "0".to_owned(), kind };
        let link = Link { relation, ..link };
        return Some(identity::congruence(court, name, link, [multiple, &zero], modulus));
    }
    Some(match remainders(court.scope, [number, &zero], modulus, &Point::new()) {
        Err(error) => finding(Verdict::Unverifiable).complaint(no_value(&error)),
        Ok(remainders) if remainders.satisfy(relation) => finding(Verdict::Holds),
        Ok(Remainders { sides: [rest, _], modulus }) => {
            let message = format!("{} does not hold", quoted(&text, "this"));
            let label = format!("leaves the remainder {} on division by {}", short(&rest), short(&modulus));
            finding(Verdict::Mismatch).complaint(
                Diagnostic::error(Code::RelationFalse, link.span, message).secondary(multiple.span, label),
            )
        }
    })
}

/// Whether a number is a whole one; `None` if that is not known. One that hangs on a name and is divided by something need
/// not be.
fn is_whole(scope: &Scope, number: &Expr) -> Option<bool> {
    if !scope.free_in([number]).is_empty() {
        return number.any(|node| matches!(node.kind, Kind::Binary(Binary::Divide, ..))).then_some(false);
    }
    Some(scope.exact_at(number, &Point::new()).ok()??.is_int())
}

/// The congruence on one line. Without its modulus it would claim something else.
pub(super) fn claimed(members: [&Member; 2], link: Link, modulus: &Expr) -> String {
    let text = linked(members, link);
    match syntax::print(modulus, &|_| None) {
        Some(modulus) => format!("{text} (mod {modulus})"),
        None => text,
    }
}

fn fails(link: Link, members: [&Member; 2], remainders: &Remainders) -> Diagnostic {
    let text = linked(members, link);
    let Remainders { sides, modulus } = remainders;
    let message = format!("{} does not hold modulo {}", quoted(&text, "this congruence"), short(modulus));
    let label = |side: &IBig| format!("leaves the remainder {}", short(side));
    Diagnostic::error(Code::RelationFalse, link.span, message)
        .secondary(members[0].span, label(&sides[0]))
        .secondary(members[1].span, label(&sides[1]))
}

/// An integer for a message: of a long one its first digits and their number.
fn short(value: &IBig) -> String {
    let digits = value.to_string();
    if digits.len() <= 40 { digits } else { format!("{}… ({} digits)", &digits[..10], digits.len()) }
}

/// What the two sides of a congruence leave on division.
pub(super) struct Remainders {
    pub(super) sides: [IBig; 2],
    modulus: IBig,
}

impl Remainders {
    /// Whether they are as this relation says.
    pub(super) fn satisfy(&self, relation: Relation) -> bool {
        (self.sides[0] == self.sides[1]) == (relation == Relation::Congruent)
    }
}

/// The remainders of two expressions where names with a domain have these values.
pub(super) fn remainders(
    scope: &Scope,
    sides: [&Expr; 2],
    modulus: &Expr,
    point: &Point,
) -> Result<Remainders, EvalError> {
    let value = scope.exact_at(modulus, point)?;
    let value = value.filter(Rational::is_int).map(|value| value.numerator().clone());
    let no_modulus = || EvalError::new(Code::WrongType, modulus.span, "a modulus is a whole number above 0");
    let modulus = value.filter(|value| *value > IBig::ZERO).ok_or_else(no_modulus)?;
    let [left, right] = sides.map(|side| scope.remainder(side, &modulus, point));
    Ok(Remainders { sides: [left?, right?], modulus })
}
