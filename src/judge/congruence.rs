//! Judges `a \equiv b \pmod n`: whether `n` divides the difference. The numbers are integers, or fractions whose
//! denominators have an inverse modulo `n`. A power whose exponent is too large to be written out is reduced on the way.

use super::chain::{Chain, Member};
use super::finding::{self, Finding, linked, no_value, quoted};
use super::identity;
use super::segment::Court;
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::eval::{EvalError, Point, Scope, Value};
use crate::num::{IBig, Number, Precision, Rational};
use crate::report;
use crate::source::Span;
use crate::syntax::{self, Binary, Expr, Kind, Link, Literal, Relation, Unary};

/// So many steps on single bits may a power take: exponents and moduli of 1000 digits fit in.
const MAX_WORK: u128 = 200_000_000_000;

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
    let value = Reader { scope, point: &Point::new() }.exact(number).ok()??;
    Some(value.is_int())
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
    let reader = Reader { scope, point };
    let value = reader.exact(modulus)?;
    let value = value.filter(Rational::is_int).map(|value| value.numerator().clone());
    let no_modulus = || error(Code::WrongType, modulus.span, "a modulus is a whole number above 0");
    let modulus = value.filter(|value| *value > IBig::ZERO).ok_or_else(no_modulus)?;
    let [left, right] = sides.map(|side| reader.remainder(side, &modulus));
    Ok(Remainders { sides: [left?, right?], modulus })
}

/// Evaluates by the names of a page.
struct Reader<'r> {
    scope: &'r Scope,
    point: &'r Point,
}

impl Reader<'_> {
    /// The value, if it is known exactly.
    fn exact(&self, expr: &Expr) -> Result<Option<Rational>, EvalError> {
        let value = self.scope.evaluate_at(expr, self.point, Precision::DOUBLE)?.value;
        match value {
            Value::Number(Number::Exact(value)) => Ok(Some(value)),
            Value::Number(_) => Ok(None),
            other => {
                let message =
                    format!("a congruence is one of whole numbers, and this is {}", other.describe());
                Err(error(Code::WrongType, expr.span, message))
            }
        }
    }

    /// What is left on division by `modulus`, from 0 to one less.
    fn remainder(&self, expr: &Expr, modulus: &IBig) -> Result<IBig, EvalError> {
        let value = self.exact(expr);
        if let Ok(Some(value)) = &value {
            return reduced(value, modulus).ok_or_else(|| {
                let message = format!("this is no whole number, and has no inverse modulo {modulus} either");
                error(Code::Undefined, expr.span, message)
            });
        }
        match self.by_parts(expr, modulus)? {
            Some(remainder) => Ok(remainder),
            None => {
                value?;
                Err(error(
                    Code::Undecided,
                    expr.span,
                    "a congruence is one of whole numbers, and this is not known to be one",
                ))
            }
        }
    }

    /// The remainder from those of the parts, for numbers that are too long to be written out.
    fn by_parts(&self, expr: &Expr, modulus: &IBig) -> Result<Option<IBig>, EvalError> {
        let part = |part: &Expr| self.remainder(part, modulus);
        let value = match &expr.kind {
            Kind::Unary(Unary::Group | Unary::Plus, inner) => part(inner)?,
            Kind::Unary(Unary::Negate, inner) => -part(inner)?,
            Kind::Binary(Binary::Add, lhs, rhs) => part(lhs)? + part(rhs)?,
            Kind::Binary(Binary::Subtract, lhs, rhs) => part(lhs)? - part(rhs)?,
            Kind::Binary(Binary::Multiply(_), lhs, rhs) => part(lhs)? * part(rhs)?,
            Kind::Binary(Binary::Power, base, exponent) => {
                let exponent =
                    self.exact(exponent)?.filter(|value| value.is_int() && *value >= Rational::ZERO);
                let Some(exponent) = exponent else { return Ok(None) };
                let exponent = exponent.numerator().clone();
                let bits = |value: &IBig| value.to_string().len() as u128 * 4;
                if bits(&exponent) * bits(modulus).pow(2) > MAX_WORK {
                    let message = "the exponent and the modulus are too long for this to be computed";
                    return Err(error(Code::Limit, expr.span, message));
                }
                power(part(base)?, exponent, modulus)
            }
            _ => return Ok(None),
        };
        Ok(Some(modulo(value, modulus)))
    }
}

/// The remainder of a fraction: that of its numerator times the inverse of its denominator, if there is one.
fn reduced(value: &Rational, modulus: &IBig) -> Option<IBig> {
    let inverse = inverse(value.denominator().as_ibig(), modulus)?;
    Some(modulo(value.numerator() * inverse, modulus))
}

/// The inverse modulo `modulus`, by Euclid's algorithm.
fn inverse(value: &IBig, modulus: &IBig) -> Option<IBig> {
    let (mut last, mut rest) = (modulus.clone(), modulo(value.clone(), modulus));
    let (mut before, mut factor) = (IBig::ZERO, IBig::ONE);
    while !rest.is_zero() {
        let quotient = &last / &rest;
        (last, rest) = (rest.clone(), last - &quotient * &rest);
        (before, factor) = (factor.clone(), before - quotient * factor);
    }
    last.is_one().then(|| modulo(before, modulus))
}

/// `base^exponent`, squared step by step.
fn power(mut base: IBig, mut exponent: IBig, modulus: &IBig) -> IBig {
    let mut result = modulo(IBig::ONE, modulus);
    while !exponent.is_zero() {
        if &exponent % 2u8 == 1u8 {
            result = modulo(result * &base, modulus);
        }
        base = modulo(base.clone() * base, modulus);
        exponent >>= 1;
    }
    result
}

/// The remainder that is never negative.
fn modulo(value: IBig, modulus: &IBig) -> IBig {
    let remainder = value % modulus;
    if remainder < IBig::ZERO { remainder + modulus } else { remainder }
}

fn error(code: Code, span: Span, message: impl Into<String>) -> EvalError {
    super::value::error(code, span, message)
}

#[cfg(test)]
mod tests {
    use super::{IBig, inverse, power};

    /// From Python's `pow`.
    #[test]
    fn powers_and_inverses_are_those_of_python() {
        let big = |value: u64| IBig::from(value);
        assert_eq!(power(big(3), big(1_000_000_007), &big(1_000_003)), big(43643));
        assert_eq!(inverse(&big(3), &big(7)), Some(big(5)));
        assert_eq!(inverse(&big(10), &big(1_000_003)), Some(big(300001)));
        assert_eq!(inverse(&big(6), &big(9)), None);
        assert_eq!(inverse(&big(0), &big(1)), Some(big(0)));
    }
}
