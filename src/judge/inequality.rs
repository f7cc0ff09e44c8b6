//! Judges `<`, `≤`, `>`, `≥` and `≠` between two neighbouring members, and arrows that claim nothing we can judge.

use super::chain::{Chain, Kind};
use super::finding::{self, Finding, linked, no_value, quoted};
use super::segment::{self, Court};
use super::value::{self, Quantity};
use super::{congruence, identity, number, unit};
use crate::compare::{Order, Verdict, holds, not_equal};
use crate::diag::{Code, Diagnostic};
use crate::eval::EvalError;
use crate::report;
use crate::syntax::{self, Expr, Link, Relation};

/// Judges the link after member `position`.
pub(super) fn judge(court: &Court<'_>, chain: &Chain, position: usize, link: Link) -> Option<Finding> {
    let (lhs, rhs) = (&chain.members[position], chain.members.get(position + 1)?);
    let span = crate::source::Span { end: rhs.span.end, ..lhs.span };
    let text = linked([lhs, rhs], link);
    let finding =
        |verdict| Finding::new(report::Kind::Relation, span, &text, verdict).named(&finding::name(chain));
    let unverifiable = |diagnostic| Some(finding(Verdict::Unverifiable).complaint(diagnostic));
    match &chain.moduli[position] {
        Some(Ok(modulus)) => return congruence::judge(court, chain, position, link, modulus),
        Some(Err(error)) => return unverifiable(finding::unreadable(error)),
        None => {}
    }
    if link.relation.is_divisibility() {
        return congruence::divisibility(court, &finding::name(chain), link, [lhs, rhs]);
    }
    if !link.relation.is_inequality() {
        return after_arrow(court, chain, position, link);
    }
    let (Some(left), Some(right)) = (lhs.value(), rhs.value()) else {
        let unreadable = [lhs, rhs].into_iter().any(|member| matches!(member.kind, Kind::Unreadable(_)));
        // What cannot be read is reported where it stands.
        return (!unreadable)
            .then(|| Diagnostic::error(Code::Syntax, span, "a hole cannot be filled from an inequality"))
            .and_then(unverifiable);
    };
    if !court.scope.free_in([left, right]).is_empty() {
        return Some(identity::inequality(court, &finding::name(chain), link, lhs, rhs));
    }
    if chain.bare_congruences.contains(&link.span) {
        return unverifiable(finding::which_modulus(link.span));
    }
    let (left, right) = match link.relation {
        Relation::NotEqual => (left, right),
        _ => (meant(court, chain, position, left), meant(court, chain, position + 1, right)),
    };
    if let Err(message) = unit::comparable(court.scope, left, right) {
        return unverifiable(Diagnostic::error(Code::Units, span, message));
    }
    let quantities = Quantity::new(court.scope, left)
        .and_then(|left| Ok((left, Quantity::new(court.scope, right)?)))
        .and_then(|(left, right)| Ok((decide(court, chain, position, link, &left, &right)?, left, right)));
    match quantities {
        Err(error) => unverifiable(no_value(&error)),
        Ok((None, left, right)) => {
            let odd = if left.precise().is_none() { &left } else { &right };
            let message = format!("this is {}; only numbers can be compared", value::shape(odd.first()));
            unverifiable(Diagnostic::error(Code::WrongType, odd.span(), message))
        }
        Ok((Some((verdict, detail)), left, right)) => {
            let judged = finding(verdict).computed(court.value(verdict, &left));
            Some(match verdict {
                verdict if verdict.passes() => judged.message(detail.clause()),
                Verdict::Unverifiable => {
                    judged.complaint(Diagnostic::error(Code::Undecided, span, detail.clause()))
                }
                _ => judged.complaint(fails(&text, link, &left, &right)),
            })
        }
    }
}

/// A number after an arrow, or what is written with numbers alone, such as a matrix after a step of elimination. Where an
/// equality follows, that is what is claimed: `82 \to 8^2 + 2^2 = 68`.
fn after_arrow(court: &Court<'_>, chain: &Chain, position: usize, link: Link) -> Option<Finding> {
    let member = chain.members.get(position + 1)?;
    let is_equated = chain.links.get(position + 1).is_some_and(|next| next.relation.is_equality());
    let states_number = |expr: &Expr| {
        number::is_literal(expr)
            && expr.any(|node| matches!(node.kind, syntax::Kind::Number(_)))
            && !expr.any(|node| matches!(node.kind, syntax::Kind::Infinity))
    };
    let finding = match &member.kind {
        Kind::Bare(bare) => {
            let (_, number) = bare.numbers.first()?;
            Finding::number(court.kind, number, Verdict::Unverifiable)
        }
        Kind::Expr(expr) if link.relation == Relation::Arrow && !is_equated && states_number(expr) => {
            Finding::new(report::Kind::Relation, member.span, &member.text, Verdict::Unverifiable)
        }
        _ => return None,
    };
    let message = format!("what `{}` claims of a number is not known", link.relation.symbol());
    let diagnostic = Diagnostic::error(Code::Unsupported, finding.record.span, message)
        .help("write `=` or `\\approx`; an arrow is only understood before a percentage");
    Some(finding.named(&finding::name(chain)).complaint(diagnostic))
}

/// What stands for member `at` in an inequality: beside a stated number, the formula that it is the value of, which its
/// rounding must not speak for.
fn meant<'c>(court: &Court<'_>, chain: &'c Chain, at: usize, stated: &'c Expr) -> &'c Expr {
    let Kind::Bare(bare) = &chain.members[at].kind else { return stated };
    if bare.numbers.iter().any(|(_, number)| number.degrees || number.unit.is_some()) {
        return stated;
    }
    let stretch = segment::segments(chain).into_iter().find(|range| range.contains(&at));
    let formula = stretch.and_then(|range| range.into_iter().find_map(|at| chain.members[at].expr()));
    formula.filter(|formula| Quantity::new(court.scope, formula).is_ok()).unwrap_or(stated)
}

type Decided = Option<(Verdict, crate::compare::Detail)>;

fn decide(
    court: &Court<'_>,
    chain: &Chain,
    position: usize,
    link: Link,
    left: &Quantity<'_>,
    right: &Quantity<'_>,
) -> Result<Decided, EvalError> {
    let order = match link.relation {
        Relation::Less => Order::Less,
        Relation::LessEqual => Order::LessEqual,
        Relation::Greater => Order::Greater,
        Relation::GreaterEqual => Order::GreaterEqual,
        _ => return differs(court, chain, position, left, right),
    };
    left.decide_with(right, |left, right, last| value::outcome(holds(left, order, right, last)))
}

/// `a ≠ s` holds only if `a = s` would be false, rounding allowed for.
fn differs(
    court: &Court<'_>,
    chain: &Chain,
    position: usize,
    left: &Quantity<'_>,
    right: &Quantity<'_>,
) -> Result<Decided, EvalError> {
    let rule = court.rule(Relation::Equal);
    let stated = |at: usize| match &chain.members[at].kind {
        Kind::Bare(bare) => bare.numbers.first().map(|(_, number)| &number.stated),
        _ => None,
    };
    let pair = match (stated(position), stated(position + 1)) {
        (_, Some(stated)) => Some((stated, left)),
        (Some(stated), None) => Some((stated, right)),
        (None, None) => None,
    };
    if let Some((stated, quantity)) = pair {
        let decided =
            quantity.decide(|computed, last| value::outcome(not_equal(stated, computed, &rule, last)))?;
        return Ok(decided.map(|(verdict, detail, _)| (verdict, detail)));
    }
    use crate::compare::{Agreement, Detail};
    Ok(left.agree(right, None)?.map(|agreement| match agreement {
        Agreement::Differ => (Verdict::Holds, Detail::Plain),
        Agreement::Equal => (Verdict::Mismatch, Detail::Plain),
        Agreement::FiftyDigits => (Verdict::Mismatch, Detail::FiftyDigits),
        _ => (Verdict::Unverifiable, Detail::TooClose),
    }))
}

fn fails(text: &str, link: Link, left: &Quantity<'_>, right: &Quantity<'_>) -> Diagnostic {
    let message = format!("{} does not hold", quoted(text, "this relation"));
    Diagnostic::error(Code::RelationFalse, link.span, message)
        .secondary(left.span(), format!("evaluates to {}", left.display()))
        .secondary(right.span(), format!("evaluates to {}", right.display()))
}
