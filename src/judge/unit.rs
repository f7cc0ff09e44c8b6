//! Units beside numbers. They are not converted: a link is judged when both sides have the same unit, however it is spelt,
//! or only the later one has any. Everything else that reads a formula then may leave its units out.

use super::number::{StatedNumber, is_literal};
use crate::compare::{self, Computed, Outcome, Rule};
use crate::diag::{Code, Diagnostic};
use crate::eval::measures::{by_names, holds_unit, in_words, of, of_counts};
use crate::eval::{Definition, Scope};
use crate::num::Rational;
use crate::source::Span;
use crate::syntax::{Binary, Expr, Kind, Measure, Unary, is_factor};

type Result<T> = std::result::Result<T, String>;

/// Says that two units differ, and what to do about it.
pub(super) fn complaint(span: Span, message: String) -> Diagnostic {
    let help = "state both sides in the same unit; only the later one may have a unit the other lacks";
    let help = match message.contains("not converted") {
        true => help.to_owned(),
        false => format!("units are not converted: {help}"),
    };
    Diagnostic::error(Code::Units, span, message).help(help)
}

/// Whether a number with the unit `later` is judged against the value of `expr`; else why not. `before`: the unit that the
/// chain has given to a formula without one.
pub(super) fn link(scope: &Scope, expr: &Expr, before: Option<&str>, later: Option<&str>) -> Result<()> {
    // `3 \times 4\text{ million} = 12\text{ million}`
    if let Some(later) = later.filter(|later| is_count(later))
        && of_counts(scope, expr).is_ok_and(|formula| formula == Measure::read(later))
    {
        return Ok(());
    }
    let formula = of(scope, expr)?;
    let given = || in_words(expr);
    later.map_or(Ok(()), scales)?;
    match (before, later) {
        (_, None) if formula.is_none() => by_names(scope, expr).map(drop),
        (_, None) => Err(format!("the formula is in {}, the number has no unit", given())),
        (None, Some(later)) if formula.is_none() => match by_names(scope, expr)? {
            Some(measure) => agrees_with_names(&measure, later),
            None => Ok(()),
        },
        (Some(before), Some(later)) if formula.is_none() => {
            match Measure::read(before) == Measure::read(later) {
                true => Ok(()),
                false => Err(format!("the number before is in {before}, this one in {later}")),
            }
        }
        (_, Some(later)) if formula == Measure::read(later) => Ok(()),
        (_, Some(later)) if given() == later.trim() => {
            Err(format!("the units of the formula do not make {later}"))
        }
        (_, Some(later)) => Err(format!("the formula is in {}, the number in {later}", given())),
    }
}

/// Whether a word counts by thousands.
fn is_count(word: &str) -> bool {
    matches!(word.trim().trim_end_matches('s'), "thousand" | "million" | "billion" | "trillion")
}

/// Whether no part of a formula has a unit.
pub(super) fn is_left_out(scope: &Scope, expr: &Expr) -> bool {
    of(scope, expr).is_ok_and(|measure| measure.is_none())
}

/// What to say of a number that would be right if its unit were converted to the coherent one of the SI, which a formula
/// without units may well be in: `\frac{20}{400} = 50\text{ mA}`.
pub(super) fn in_base_units(
    scope: &Scope,
    formula: &Expr,
    number: &StatedNumber,
    computed: &Computed,
    rule: &Rule,
) -> Option<Diagnostic> {
    let unit = number.unit.as_deref().filter(|_| is_left_out(scope, formula))?.trim();
    let scale = Measure::read(unit).scale_in_si()?;
    let scaled = Computed::between(&computed.lo / &scale, &computed.hi / &scale);
    let outcome = compare::compare(&number.stated, &scaled, rule, true);
    if !matches!(outcome, Outcome::Decided(verdict, _) if verdict.passes()) {
        return None;
    }
    let message =
        format!("the number is right if the formula is not in {unit}, but in the unit of the SI for it");
    let help = "units are not converted: write the factor between them as well, or the number in that unit";
    Some(Diagnostic::error(Code::Units, number.span, message).help(help))
}

/// Complains about a word after a number that multiplies it.
pub(super) fn scales(unit: &str) -> Result<()> {
    match is_factor(unit) {
        true => Err(format!("`{}` is no unit, but a factor", unit.trim())),
        false => Ok(()),
    }
}

/// Whether a number in `later` can be the value of a formula whose names make this measure; else why not.
fn agrees_with_names(measure: &Measure, later: &str) -> Result<()> {
    let stated = Measure::read(later);
    match measure.in_terms_of(&stated) {
        _ if !stated.is_known() => Ok(()),
        Some(ratio) if ratio == Rational::ONE => Ok(()),
        Some(_) => Err(format!(
            "the names of the formula were given in other units of this kind than {later}, and units are not converted"
        )),
        None => Err(format!("the units that the names of the formula were given in do not make {later}")),
    }
}

/// Whether two members of a chain can be compared; else why not. The first one may have no unit, and a step of numbers
/// alone may leave it out.
pub(super) fn same(scope: &Scope, first: &Expr, other: &Expr) -> Result<()> {
    let (one, two) = (of(scope, first)?, of(scope, other)?);
    match () {
        () if one == two => same_by_names(scope, first, other),
        () if one.is_none() => Ok(()),
        // Units that cancel have been converted to each other: `\frac{11\text{ pc}}{1\text{ AU}}`.
        () if two.is_none() && holds_unit(other) => {
            Err(format!("the formula is in {}, and the units of this member cancel", in_words(first)))
        }
        () if two.is_none() && is_literal(other) => Ok(()),
        () if two.is_none() => Err(format!("the formula is in {}, the number has no unit", in_words(first))),
        () => Err(format!("the formula is in {}, the number in {}", in_words(first), in_words(other))),
    }
}

fn same_by_names(scope: &Scope, first: &Expr, other: &Expr) -> Result<()> {
    match by_names(scope, first)?.zip(by_names(scope, other)?) {
        Some((one, two)) if one != two => Err("their names were given in units that differ".to_owned()),
        _ => Ok(()),
    }
}

/// Whether an inequality between these can be judged; else why not. One of them may have no unit.
pub(super) fn comparable(scope: &Scope, left: &Expr, right: &Expr) -> Result<()> {
    let (one, two) = (of(scope, left)?, of(scope, right)?);
    if one != two && !one.is_none() && !two.is_none() {
        return Err(format!("one side is in {}, the other in {}", in_words(left), in_words(right)));
    }
    let all = |expr: &Expr, typed: Measure| match typed.is_none() {
        true => by_names(scope, expr),
        false => Ok(Some(typed).filter(Measure::is_known)),
    };
    if let Some((one, two)) = all(left, one)?.zip(all(right, two)?)
        && one != two
    {
        return Err("the two sides are in units that differ".to_owned());
    }
    let is_plain =
        |expr: &Expr| matches!(expr.ungrouped().kind, Kind::Number(_) | Kind::Unary(Unary::Negate, _));
    let in_degrees = |expr: &Expr| is_in_degrees(scope, expr);
    if in_degrees(left) && is_plain(right) && !in_degrees(right)
        || in_degrees(right) && is_plain(left) && !in_degrees(left)
    {
        return Err("one side is in degrees, the other has no degree sign".to_owned());
    }
    Ok(())
}

/// Whether an expression is an angle because one of its factors, or all of its terms, are in degrees.
pub(super) fn is_in_degrees(scope: &Scope, expr: &Expr) -> bool {
    let of = |expr: &Expr| is_in_degrees(scope, expr);
    match &expr.kind {
        Kind::Unary(Unary::Degrees, _) => true,
        Kind::Name(name) => scope.nature(name).is_some_and(|nature| nature.in_degrees),
        Kind::Unary(Unary::Negate | Unary::Plus | Unary::Group, inner) => of(inner),
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => of(lhs) && of(rhs),
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => of(lhs) != of(rhs),
        Kind::Binary(Binary::Divide, lhs, rhs) => of(lhs) && !of(rhs),
        _ => false,
    }
}

/// Whether a bare number is added to degrees somewhere, `180 - \theta`: which of the two is to be converted?
pub(super) fn mixes_degrees(scope: &Scope, expr: &Expr) -> bool {
    let is_number = |expr: &Expr| match &expr.ungrouped().kind {
        Kind::Number(_) => true,
        // A name that was given as a bare number.
        Kind::Name(name) => scope.here(name).is_some_and(|id| {
            let definition = &scope.binding(id).definition;
            matches!(definition, Definition::Expr(expr) if matches!(expr.ungrouped().kind, Kind::Number(_)))
        }),
        _ => false,
    };
    expr.any(|node| match &node.kind {
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => {
            is_number(lhs) && is_in_degrees(scope, rhs) || is_in_degrees(scope, lhs) && is_number(rhs)
        }
        _ => false,
    })
}

/// Whether a formula counts degrees, `180 - 70`: it computes something, and neither from an angle nor to one; or it
/// multiplies by `180/π`.
pub(super) fn counts_degrees(expr: &Expr) -> bool {
    let is_number = matches!(expr.ungrouped().kind, Kind::Number(_) | Kind::Unary(Unary::Negate, _));
    let named = |node: &Expr| matches!(node.kind, Kind::Name(_) | Kind::Subscript { .. });
    !is_number && (may_count_degrees(expr) && !expr.any(named) || expr.any(is_degrees_per_radian))
}

/// The same of a formula with names, which may stand for angles.
pub(super) fn may_count_degrees(expr: &Expr) -> bool {
    !expr.any(|node| match &node.kind {
        Kind::Name(name) => name.as_str() == "pi",
        Kind::Apply { .. } | Kind::Call(..) | Kind::Unary(Unary::Degrees, _) => true,
        _ => false,
    })
}

/// `\frac{180}{\pi}`.
fn is_degrees_per_radian(node: &Expr) -> bool {
    let Kind::Binary(Binary::Divide, top, bottom) = &node.kind else { return false };
    matches!(&top.ungrouped().kind, Kind::Number(half_turn) if half_turn.digits == "180")
        && matches!(&bottom.ungrouped().kind, Kind::Name(pi) if pi.as_str() == "pi")
}

/// Whether a formula divides a number by π, as what turns radians into degrees does.
pub(super) fn is_over_pi(expr: &Expr) -> bool {
    expr.any(|node| match &node.kind {
        Kind::Binary(Binary::Divide, top, bottom) => {
            let is_pi = |node: &Expr| matches!(&node.kind, Kind::Name(pi) if pi.as_str() == "pi");
            bottom.any(is_pi) && !top.any(is_pi)
        }
        _ => false,
    })
}
