//! What rounding on the page could explain: the range of a formula over all inputs that round to those typed.

use std::collections::BTreeSet;

use super::number::{Path, is_literal};
use super::segment::Court;
use super::value::{self, Quantity};
use crate::compare::decimal::{absolute, power_of_ten};
use crate::compare::{Computed, Relation, Rule, Stated, could_round, overlaps};
use crate::diag::Code;
use crate::eval::{BindingId, EvalError, Spread, Value};
use crate::num::{Number, Precision, Rational};
use crate::syntax::{Expr, Kind, Literal};

/// The width of a range that leaves little doubt about a value, relative to it: a power of ten.
const LITTLE_DOUBT: i64 = -3;
/// A range wider than this says nothing about a value.
const MUCH_DOUBT: i64 = -1;

/// Which numbers of a formula may have been rounded before they were typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    /// Those with decimals.
    Decimals,
    /// Whole numbers of three digits or more that do not end in zero as well.
    LongNumbers,
}

/// Whether the rounding of the numbers typed in `member` explains that it differs from `other`. A number that is the
/// exact value of one of its names, or of a part of `other`, was not rounded.
pub(super) fn rounding_explains(
    court: &Court<'_>,
    member: &Quantity<'_>,
    other: &Quantity<'_>,
    typed: Typed,
) -> bool {
    // Without any there is nothing to compute, which may take long.
    if !member.expr.any(|node| matches!(&node.kind, Kind::Number(literal) if may_be_rounded(literal, typed)))
    {
        return false;
    }
    let spread = |member: &Quantity<'_>, exact: &Exact<'_>| range(court, member, exact, &[], typed).ok();
    explains_elements(court, member, other, &spread)
}

/// Whether the rounding of the decimals in a step explains that it differs from the first member: of any step that puts
/// numbers for names, else of one whose numbers leave little doubt about its value.
pub(super) fn step_explains(court: &Court<'_>, first: &Quantity<'_>, step: &Quantity<'_>) -> bool {
    let is_decimal =
        |node: &Expr| matches!(&node.kind, Kind::Number(literal) if may_be_rounded(literal, Typed::Decimals));
    if !step.expr.any(is_decimal) {
        return false;
    }
    let puts_numbers = is_literal(step.expr) && !is_literal(first.expr);
    let spread = |step: &Quantity<'_>, exact: &Exact<'_>| {
        let range = range(court, step, exact, &[], Typed::Decimals).ok()?;
        let widest = size(&range) * power_of_ten(if puts_numbers { MUCH_DOUBT } else { LITTLE_DOUBT });
        (range.width() <= widest).then_some(range)
    };
    explains_elements(court, step, first, &spread)
}

/// Whether the rounding of the decimals in a step leaves little doubt about its value. Those that are typed in the `first`
/// formula have not been rounded.
pub(super) fn is_narrow(court: &Court<'_>, first: &Quantity<'_>, step: &Quantity<'_>) -> bool {
    let typed = court.scope.numbers_typed(first.expr, &BTreeSet::new());
    let exact = Exact { met: Vec::new(), typed };
    let is_narrow = |path: &Path| {
        let range = range(court, &step.element(path), &exact, &[], Typed::Decimals);
        range.is_ok_and(|range| range.width() <= size(&range) * power_of_ten(MUCH_DOUBT))
    };
    value::paths(step.first()).iter().all(is_narrow)
}

/// Whether each decimal in a formula is typed in the first one too, or but for a whole number, as the 0.1 of
/// `\sqrt{4.1} \approx 2 + \frac{0.1}{4}`: none was rounded for it.
pub(super) fn takes_decimals_over(first: &Expr, formula: &Expr) -> bool {
    let mut typed = Vec::new();
    first.walk(&mut |node| {
        if let Kind::Number(literal) = &node.kind {
            typed.push(&literal.value);
        }
    });
    let is_whole = |number: Rational| number.denominator() == &1u8.into();
    !formula.any(|node| match &node.kind {
        Kind::Number(literal) if !literal.is_integer() => {
            let value = &literal.value;
            !typed.iter().any(|typed| is_whole(*typed - value) || is_whole(*typed + value))
        }
        _ => false,
    })
}

/// How far a range is from zero at least.
fn size(range: &Computed) -> Rational {
    absolute(&range.lo).min(absolute(&range.hi))
}

fn explains_elements(
    court: &Court<'_>,
    member: &Quantity<'_>,
    other: &Quantity<'_>,
    spread: &dyn Fn(&Quantity<'_>, &Exact<'_>) -> Option<Computed>,
) -> bool {
    let exact = Exact::of(court, other.expr, &court.scope.reached_by(other.expr));
    let paths = value::paths(other.first());
    paths == value::paths(member.first())
        && paths.iter().all(|path| {
            let (member, other) = (member.element(path), other.element(path));
            let range = other.precise().zip(spread(&member, &exact));
            range.is_some_and(|(computed, range)| overlaps(&computed, &range))
        })
}

/// Whether a stated number could come from this formula and inputs that were rounded as the page states them.
pub(super) fn explains(court: &Court<'_>, formula: &Quantity<'_>, stated: &Stated, rule: &Rule) -> bool {
    let reached = court.scope.reached_by(formula.expr);
    let interval = |id: &BindingId| Some((*id, around(court.stated.get(id)?)?));
    let names: Vec<_> = reached.iter().filter_map(interval).collect();
    let exact = Exact::of(court, formula.expr, &reached);
    range(court, formula, &exact, &names, Typed::Decimals)
        .is_ok_and(|spread| could_round(stated, &spread, rule))
}

/// Whether a stated number can be the value of a step whose numbers may have been rounded, those typed in the `first` formula
/// excepted.
pub(super) fn allows(
    court: &Court<'_>,
    first: &Quantity<'_>,
    step: &Quantity<'_>,
    stated: &Stated,
    rule: &Rule,
) -> bool {
    let typed = court.scope.numbers_typed(first.expr, &BTreeSet::new());
    let exact = Exact { met: Vec::new(), typed };
    let reached = court.scope.reached_by(step.expr);
    let interval = |id: &BindingId| Some((*id, around(court.stated.get(id)?)?));
    let names: Vec<_> = reached.iter().filter_map(interval).collect();
    range(court, step, &exact, &names, Typed::LongNumbers)
        .is_ok_and(|range| could_round(stated, &range, rule))
}

/// The range of `quantity` with these names, and what is `typed` in it and none of the `exact` values, anywhere within
/// their rounding.
fn range(
    court: &Court<'_>,
    quantity: &Quantity<'_>,
    exact: &Exact<'_>,
    names: &[(BindingId, Value)],
    typed: Typed,
) -> Result<Computed, EvalError> {
    let literal = |literal: &Literal| {
        if !may_be_rounded(literal, typed) || exact.has(literal) {
            return None;
        }
        let decimals = decimals(literal);
        let half = power_of_ten(i64::from(literal.exponent) - decimals as i64) / Rational::from(2u8);
        interval([&literal.value - &half, &literal.value + &half])
    };
    within(court, quantity, &literal, names)
}

/// The range of `quantity` with these names and literals anywhere within their bounds.
fn within(
    court: &Court<'_>,
    quantity: &Quantity<'_>,
    literal: &dyn Fn(&Literal) -> Option<Number>,
    names: &[(BindingId, Value)],
) -> Result<Computed, EvalError> {
    let spread = Spread { literal, names };
    let evaluated = court.scope.evaluate_within(quantity.expr, &spread, Precision::LADDER[1])?;
    match quantity.part(&evaluated.value) {
        Some(Value::Number(number)) => {
            let (lo, hi) = number.enclosure();
            Ok(Computed::between(lo, hi))
        }
        _ => Err(EvalError::new(Code::WrongType, quantity.span(), "only numbers are rounded")),
    }
}

/// Whether a number may have been rounded when it was typed.
fn may_be_rounded(literal: &Literal, typed: Typed) -> bool {
    let is_long = literal.digits.len() > 2 && !literal.digits.ends_with('0');
    decimals(literal) > 0 || typed == Typed::LongNumbers && is_long
}

fn decimals(literal: &Literal) -> usize {
    literal.digits.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// What was not rounded before it was typed again.
struct Exact<'c> {
    /// The numbers that a formula goes through.
    met: Vec<Rational>,
    /// Those that are typed in it.
    typed: Vec<&'c Literal>,
}

impl<'c> Exact<'c> {
    /// Of a formula and the definitions that it has `reached`.
    fn of(court: &Court<'c>, expr: &'c Expr, reached: &BTreeSet<BindingId>) -> Self {
        let scope = court.scope;
        Self { met: scope.numbers_met(expr, reached), typed: scope.numbers_typed(expr, reached) }
    }

    /// Whether a number repeats one of these: a 1.00 may be a rounded 0.999 beside a 1, unless it is typed like that.
    fn has(&self, literal: &Literal) -> bool {
        let is_padded = decimals(literal) > 0 && literal.digits.ends_with('0');
        self.typed.iter().any(|typed| typed.digits == literal.digits && typed.exponent == literal.exponent)
            || !is_padded && self.met.contains(&literal.value)
    }
}

fn around(stated: &Stated) -> Option<Value> {
    stated.rounded_from(Relation::Equal).and_then(interval).map(Value::from)
}

/// Everything between two ends.
fn interval([lo, hi]: [Rational; 2]) -> Option<Number> {
    Number::from(lo).hull(&Number::from(hi), Precision::LADDER[1]).ok()
}
