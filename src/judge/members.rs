//! Whether the computed members of a chain agree with the first of them.

use std::cmp::Ordering;

use super::chain::Member;
use super::finding::{Finding, no_value, one_line, quoted};
use super::number::{Path, StatedNumber, is_literal};
use super::segment::{Court, Segment};
use super::spread::Typed;
use super::substitution::{Comparison, Slip, Step};
use super::value::{self, Quantity};
use super::variant::reading;
use super::{cells, number, spread, unit};
use crate::compare::decimal::power_of_ten;
use crate::compare::{self, Agreement, Computed, Outcome, Rational, Rule, Verdict};
use crate::diag::{Code, Diagnostic};
use crate::eval::{EvalError, Value};
use crate::num::Precision;
use crate::report;
use crate::syntax::{Binary, Expr, Kind, Relation, readable};

/// Judges every computed member but the first. Agreement is only reported where the chain states no number, which
/// would report it.
pub(super) fn agree(segment: &Segment<'_>) -> Vec<Finding> {
    let silent = segment.bares().next().is_some();
    let judged = segment.computed.windows(2).map(|pair| link(segment, &pair[0], &pair[1]));
    judged.filter(|finding| !(silent && finding.passes())).collect()
}

/// Whether all computed members agree with the first.
pub(super) fn all_agree(segment: &Segment<'_>) -> bool {
    agree(segment).iter().all(Finding::passes)
}

/// Judges a computed member by the first one; `before` it there may be others.
fn link(segment: &Segment<'_>, before: &(usize, Quantity<'_>), other: &(usize, Quantity<'_>)) -> Finding {
    let first = &segment.computed[0];
    let (at, quantity) = other;
    let member = &segment.chain.members[*at];
    let finding = |verdict| {
        Finding::new(report::Kind::Relation, member.span, &one_line(&member.text), verdict)
            .named(&segment.name)
            .computed(segment.court.value(verdict, quantity))
    };
    if let Err(message) = unit::same(segment.court.scope, first.1.expr, quantity.expr) {
        let diagnostic = unit::complaint(member.span, message);
        return finding(Verdict::Unverifiable).complaint(diagnostic);
    }
    if states_centre(segment, &first.1, other).unwrap_or(false) {
        return finding(Verdict::Rounded);
    }
    match compared(segment, &first.1, other) {
        Err(error) => finding(Verdict::Unverifiable).complaint(no_value(&error)),
        Ok(Agreement::Equal) => finding(Verdict::Exact),
        Ok(Agreement::FiftyDigits) => finding(Verdict::Exact).message("agrees to 50 digits"),
        Ok(Agreement::WithinEstimate) => finding(Verdict::Rounded)
            .message("agrees within the error of the estimate, to at least nine digits"),
        Ok(Agreement::BothRound) => differing(segment, before, other, true),
        Ok(Agreement::Differ) => differing(segment, before, other, false),
        Ok(Agreement::NeedsPrecision | Agreement::TooCoarse | Agreement::TooClose) => {
            let message = "whether this is equal to the member before is too close to call";
            finding(Verdict::Unverifiable).complaint(Diagnostic::error(Code::Undecided, member.span, message))
        }
    }
}

/// Judges a member that is not equal to the first one; perhaps `both_round` to the number stated.
fn differing(
    segment: &Segment<'_>,
    before: &(usize, Quantity<'_>),
    other: &(usize, Quantity<'_>),
    both_round: bool,
) -> Finding {
    let (court, first) = (segment.court, &segment.computed[0]);
    let (at, quantity) = other;
    let member = &segment.chain.members[*at];
    let finding = |verdict| {
        Finding::new(report::Kind::Relation, member.span, &one_line(&member.text), verdict)
            .named(&segment.name)
            .computed(court.value(verdict, quantity))
    };
    let leaves_little_doubt =
        || spread::is_narrow(court, &first.1, quantity) && is_an_estimate(&first.1, quantity);
    let mut coarse = None;
    let slip = match step(segment, other) {
        Step::Rounded if leaves_little_doubt() => return finding(Verdict::Rounded).message(ROUNDED_NUMBERS),
        Step::Whole if both_round && leaves_little_doubt() => {
            return finding(Verdict::Rounded).message(ROUNDED_NUMBERS);
        }
        Step::Slip(slip) => Some(slip),
        Step::Coarse(number) => {
            coarse = Some(number);
            None
        }
        Step::Rounded | Step::Whole | Step::Unlike => None,
    };
    if slip.is_none()
        && let Some(why) = rounding(segment, before, other, both_round)
    {
        return finding(Verdict::Rounded).message(why);
    }
    if !both_round && cells::agree(court, &first.1, quantity) {
        return finding(Verdict::Tolerance).message("a Rust cell and the page agree");
    }
    if !both_round && tolerated(segment, &first.1, other) {
        return finding(Verdict::Tolerance);
    }
    if segment.approximation(*at).is_some_and(|near| is_equal_to(segment, near, other)) {
        return finding(Verdict::Exact)
            .message("it is equal to the formula that comes close to the first one");
    }
    if let Some(diagnostic) = reading::of_members(segment, other) {
        return finding(Verdict::Unverifiable).complaint(diagnostic);
    }
    let diagnostic = broken(segment, first, quantity, member);
    if let Some(slip) = slip {
        let stands_for = format!("stands for {}", stood_for(court, &slip));
        return finding(Verdict::Mismatch).complaint(diagnostic.secondary(slip.number.span, stands_for));
    }
    if both_round {
        let help = "they agree only once they are rounded: correct the step, or write `\\approx` before it";
        let diagnostic = match coarse {
            Some(slip) => diagnostic
                .secondary(slip.number.span, format!("rounded from {}", stood_for(court, &slip)))
                .note("an intermediate result is rounded here, and computed with afterwards"),
            None => diagnostic,
        };
        return finding(Verdict::Mismatch).complaint(diagnostic.help(help));
    }
    let rule = court.rule(segment.relation(*at));
    let (has_tolerance, is_approximate) =
        (rule.abs.is_some() || rule.rel.is_some(), segment.relation(*at) == Relation::Approximate);
    let diagnostic = match is_approximate {
        true => diagnostic.help("`≈` between two formulas does not say how close they are: state the value, or tag it `<!-- qed: abs=… -->`"),
        false => diagnostic,
    };
    if is_approximate && !has_tolerance && is_close(&first.1, quantity) {
        return finding(Verdict::Unverifiable).complaint(Diagnostic { code: Code::Undecided, ..diagnostic });
    }
    finding(Verdict::Mismatch).complaint(diagnostic)
}

/// Whether a member has the value of an earlier one.
pub(super) fn is_equal_to(segment: &Segment<'_>, near: &Quantity<'_>, other: &(usize, Quantity<'_>)) -> bool {
    matches!(compared(segment, near, other), Ok(Agreement::Equal | Agreement::FiftyDigits))
}

const ROUNDED_NUMBERS: &str = "its numbers are rounded";

/// What explains that a member differs from the first one, if it is no more than rounding.
fn rounding(
    segment: &Segment<'_>,
    before: &(usize, Quantity<'_>),
    other: &(usize, Quantity<'_>),
    both_round: bool,
) -> Option<&'static str> {
    let (court, first, quantity) = (segment.court, &segment.computed[0].1, &other.1);
    if both_round && may_only_round(segment, before, other) {
        return Some("both round to the number stated");
    }
    if spread::step_explains(court, first, quantity) {
        return Some(ROUNDED_NUMBERS);
    }
    // A wrong number behind it is an error of its own.
    let within = !both_round
        && differs_within_the_last_digit(segment, first, other)
        && may_only_round(segment, before, other);
    within.then_some(ROUNDED_NUMBERS)
}

/// A member held part by part against those before it: it may have been made from any of them, and then is not wrong for
/// what the first one has.
pub(super) fn step<'c>(segment: &Segment<'c>, (at, quantity): &(usize, Quantity<'c>)) -> Step<'c> {
    let comparison =
        Comparison { court: segment.court, approximate: segment.relation(*at) == Relation::Approximate };
    let earlier = segment.computed.iter().take_while(|(earlier, _)| earlier < at);
    let mut steps: Vec<Step<'c>> =
        earlier.map(|(_, earlier)| comparison.of(earlier.expr, quantity.expr)).collect();
    let is_rounded = |step: &Step<'_>| matches!(step, Step::Rounded);
    match (steps.iter().any(is_rounded), steps.last()) {
        (true, Some(Step::Slip(_))) | (_, None) => Step::Unlike,
        (true, _) => Step::Rounded,
        (false, _) => steps.swap_remove(0),
    }
}

/// The part of a formula that a number of a step stands for, with its value.
fn stood_for(court: &Court<'_>, slip: &Slip<'_>) -> String {
    let value = Quantity::new(court.scope, slip.part).map_or_else(|_| String::new(), |part| part.short(8));
    match readable(slip.part) {
        Some(part) if part != value => format!("`{part}`, which is {value}"),
        _ => value,
    }
}

/// Whether a member such as `9.61 \pm 0.01` states the middle of the first one's two values and half of what lies between them,
/// each to its own digits. `None` if it is no such member.
fn states_centre(
    segment: &Segment<'_>,
    first: &Quantity<'_>,
    (at, other): &(usize, Quantity<'_>),
) -> Option<bool> {
    let Kind::TwoSigns(both) = &other.expr.kind else { return None };
    let Kind::Binary(Binary::Add, centre, half) = &both[0].kind else { return None };
    let (one, two) = (first.element(&[0]).precise()?, first.element(&[1]).precise()?);
    let rule = segment.court.rule(segment.relation(*at));
    let halves = Rational::from(2u8);
    let states = |stated: &Expr, lo: Rational, hi: Rational| {
        let stated = number::stated(stated)?;
        let computed = Computed::between(lo / &halves, hi / &halves);
        let outcome = compare::compare(&stated, &computed, &rule, true);
        Some(matches!(outcome, Outcome::Decided(verdict, _) if verdict.passes()))
    };
    let (low, high) = if one.lo <= two.lo { (&one, &two) } else { (&two, &one) };
    let middle = states(centre, &low.lo + &high.lo, &low.hi + &high.hi)?;
    Some(middle && states(half, &high.lo - &low.hi, &high.hi - &low.lo)?)
}

/// Whether it is enough that a member and the first one round to the number stated: where `≈` stands between them, or
/// numbers that were rounded when they were typed explain how it differs from the first one or from the one `before`
/// it. Long whole numbers may have been rounded where the value is no fraction of whole numbers.
fn may_only_round(
    segment: &Segment<'_>,
    before: &(usize, Quantity<'_>),
    other: &(usize, Quantity<'_>),
) -> bool {
    let first = &segment.computed[0];
    let approximate = |at: usize| segment.relation(at) == Relation::Approximate;
    let typed = if first.1.is_inexact() { Typed::LongNumbers } else { Typed::Decimals };
    let explains = |one: &Quantity<'_>, two, typed| spread::rounding_explains(segment.court, one, two, typed);
    cannot_be_told_apart(&first.1, &other.1)
        || (first.0 + 1..=other.0).any(approximate)
        || explains(&other.1, &first.1, typed)
        // A formula without decimals may be what measured numbers come to: `8.33/0.333 = 5^2 = 25`.
        || is_stated(segment, other) && explains(&first.1, &other.1, Typed::Decimals)
        || explains(&other.1, &before.1, typed)
}

/// Whether a member without decimals is the number stated.
fn is_stated(segment: &Segment<'_>, (at, other): &(usize, Quantity<'_>)) -> bool {
    let is_exact = |path: &Path| {
        let stated = stated_after(segment, *at, path);
        let value = other.element(path).precise().filter(Computed::is_exact);
        stated.zip(value).is_some_and(|((number, _), value)| number.stated.value == value.lo)
    };
    !holds_decimal(other.expr) && value::paths(other.first()).iter().all(is_exact)
}

/// Whether a member and the first one would be the same number, to the digits of the one that is stated.
fn differs_within_the_last_digit(
    segment: &Segment<'_>,
    first: &Quantity<'_>,
    (at, other): &(usize, Quantity<'_>),
) -> bool {
    let paths = value::paths(first.first());
    let is_close = |path: &Path| {
        let Some((number, _)) = stated_after(segment, *at, path).filter(|(number, _)| !number.stated.integer)
        else {
            return false;
        };
        let rule = Rule { abs: Some(number.stated.unit.clone()), ..Rule::new(compare::Relation::Equal) };
        is_within(&rule, &first.element(path), &other.element(path))
    };
    paths == value::paths(other.first()) && paths.iter().all(is_close)
}

/// Whether the bounds of two values overlap everywhere: as first evaluated and, if numbers alone were put into one of them,
/// for more digits than anybody states. Integrals whose estimates overlap are not to be computed again for this.
fn cannot_be_told_apart(one: &Quantity<'_>, other: &Quantity<'_>) -> bool {
    if !overlap(one.first(), other.first()) {
        return false;
    }
    if one.is_estimate() || other.is_estimate() || !is_literal(other.expr) {
        return true;
    }
    let more = |quantity: &Quantity<'_>| quantity.whole(Precision::LADDER[1]);
    more(one).zip(more(other)).is_some_and(|(one, other)| overlap(&one, &other))
}

/// Whether the bounds of two values overlap everywhere.
fn overlap(one: &Value, other: &Value) -> bool {
    value::paths(one).iter().all(|path| {
        let elements = (value::element(one, path), value::element(other, path));
        match &elements {
            (Some(Value::Number(one)), Some(Value::Number(other))) => {
                one.compare(other).is_none_or(Ordering::is_eq)
            }
            _ => false,
        }
    })
}

/// How two values compare; lists and matrices element by element.
fn compared(
    segment: &Segment<'_>,
    first: &Quantity<'_>,
    (at, other): &(usize, Quantity<'_>),
) -> Result<Agreement, EvalError> {
    let (paths, others) = (value::paths(first.first()), value::paths(other.first()));
    if paths != others {
        return Ok(Agreement::Differ);
    }
    let members = [(*at, other.expr), (segment.computed[0].0, first.expr)];
    let sets = in_any_order(segment, members, &paths);
    match in_order(segment, first, (*at, other), &paths)? {
        Agreement::Differ if sets => same_elements(first, other, paths),
        agreement => Ok(agreement),
    }
}

fn in_order(
    segment: &Segment<'_>,
    first: &Quantity<'_>,
    (at, other): (usize, &Quantity<'_>),
    paths: &[Path],
) -> Result<Agreement, EvalError> {
    let mut weakest = Agreement::Equal;
    for path in paths {
        let stated = stated_after(segment, at, path);
        let stated = stated.as_ref().map(|(number, rule)| (&number.stated, rule));
        match first.element(path).agree(&other.element(path), stated)? {
            Some(Agreement::Equal) => {}
            Some(Agreement::Differ) => return Ok(Agreement::Differ),
            Some(agreement) => weakest = agreement,
            None if text(first.first()).is_some() && text(first.first()) == text(other.first()) => {}
            None => return Ok(Agreement::Differ),
        }
    }
    Ok(weakest)
}

/// Whether the order of two members says nothing: both are lists of numbers in braces, or names for such, or one holds a sign
/// that stands for two.
pub(super) fn in_any_order(segment: &Segment<'_>, members: [(usize, &Expr); 2], paths: &[Path]) -> bool {
    let is_set = |(at, expr): &(usize, &Expr)| match &expr.kind {
        Kind::Name(name) => segment.court.is_set(name),
        Kind::Call(operation, _) => operation.makes_set(),
        _ => is_in_braces(&segment.chain.members[*at], expr),
    };
    let is_pair = |(_, expr): &(usize, &Expr)| matches!(expr.kind, Kind::TwoSigns(_));
    (members.iter().any(is_pair) || members.iter().all(is_set)) && paths.iter().all(|path| path.len() == 1)
}

/// Whether a member is a list that is typed in braces.
pub(super) fn is_in_braces(member: &Member, expr: &Expr) -> bool {
    let typed = member.text.trim_start().trim_start_matches("\\left").trim_start();
    let Kind::List(items) = &expr.kind else { return false };
    items.is_empty() || (typed.starts_with("\\{") || typed.starts_with("\\lbrace"))
}

/// Whether each element of one set has its equal in the other.
fn same_elements(
    first: &Quantity<'_>,
    other: &Quantity<'_>,
    mut left: Vec<Path>,
) -> Result<Agreement, EvalError> {
    for path in left.clone() {
        let element = other.element(&path);
        let (mut equal, mut open) = (None, false);
        for (place, candidate) in left.iter().enumerate() {
            match first.element(candidate).agree(&element, None)? {
                Some(Agreement::Equal | Agreement::FiftyDigits) => equal = Some(place),
                Some(Agreement::Differ) | None => {}
                Some(_) => open = true,
            }
        }
        match equal {
            Some(place) => _ = left.remove(place),
            None if open => return Ok(Agreement::TooClose),
            None => return Ok(Agreement::Differ),
        }
    }
    Ok(Agreement::Equal)
}

/// Whether two values, number by number, are within the tolerance that the author gave.
fn tolerated(segment: &Segment<'_>, first: &Quantity<'_>, (at, other): &(usize, Quantity<'_>)) -> bool {
    let rule = segment.court.rule(segment.relation(*at));
    let paths = value::paths(first.first());
    let close = |path: &Path| is_within(&rule, &first.element(path), &other.element(path));
    (rule.abs.is_some() || rule.rel.is_some())
        && paths == value::paths(other.first())
        && paths.iter().all(close)
}

pub(super) fn holds_decimal(expr: &Expr) -> bool {
    expr.any(|node| matches!(&node.kind, Kind::Number(literal) if !literal.is_integer()))
}

/// Whether two numbers are within a hundredth of each other, as what `≈` joins may be.
pub(super) fn is_close(first: &Quantity<'_>, other: &Quantity<'_>) -> bool {
    is_within(&within_share(power_of_ten(-2)), first, other)
}

/// Whether two numbers are as close as one that was estimated by rounding its factors and the other, within a fifth.
pub(super) fn is_an_estimate(first: &Quantity<'_>, other: &Quantity<'_>) -> bool {
    let rule = within_share(Rational::from(2u8) * power_of_ten(-1));
    let paths = value::paths(first.first());
    paths.iter().all(|path| is_within(&rule, &first.element(path), &other.element(path)))
}

/// The rule by which two numbers may differ by this share of them.
fn within_share(share: Rational) -> Rule {
    Rule { rel: Some(share), ..Rule::new(compare::Relation::Approx) }
}

/// Whether two numbers are as close as the tolerance of `rule` allows.
fn is_within(rule: &Rule, one: &Quantity<'_>, other: &Quantity<'_>) -> bool {
    let pair = one.precise().zip(other.precise());
    pair.is_some_and(|(one, other)| compare::tolerated(&one, &other, rule))
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The number that the chain states next after member `at`, else the last before it, with its rule.
fn stated_after<'c>(segment: &Segment<'c>, at: usize, path: &[usize]) -> Option<(&'c StatedNumber, Rule)> {
    let of = |(position, bare): (usize, &'c number::Bare)| {
        let (_, number) = bare.numbers.iter().find(|(place, _)| place == path)?;
        Some((number, segment.court.rule(segment.relation(position))))
    };
    let after = segment.bares().find(|(position, _)| *position > at).and_then(of);
    after.or_else(|| segment.bares().filter(|(position, _)| *position < at).last().and_then(of))
}

/// Two values with so many digits that they look different.
pub(super) fn told_apart(shown: impl Fn(usize) -> [String; 2]) -> [String; 2] {
    const DIGITS: [usize; 5] = [8, 12, 17, 30, 60];
    let different = |pair: &[String; 2]| pair[0] != pair[1];
    DIGITS.into_iter().map(&shown).find(different).unwrap_or_else(|| shown(DIGITS[0]))
}

fn broken(
    segment: &Segment<'_>,
    (first_at, first): &(usize, Quantity<'_>),
    other: &Quantity<'_>,
    member: &Member,
) -> Diagnostic {
    let reference = &segment.chain.members[*first_at];
    let (one, two) = (first.display(), other.display());
    let [shown, expected] = told_apart(|digits| [other.short(digits), first.short(digits)]);
    let message = match member.span == reference.span {
        true => format!(
            "{} is {expected} as it was, and {shown} with what takes the place of the numbers struck out",
            quoted(&member.text, "this member")
        ),
        false => format!(
            "{} is {shown}, but {} is {expected}",
            quoted(&member.text, "this member"),
            quoted(&reference.text, "the first one"),
        ),
    };
    let diagnostic = Diagnostic::error(Code::LinkBroken, member.span, message)
        .label(format!("evaluates to {two}"))
        .secondary(reference.span, format!("evaluates to {one}"));
    let diagnostic = match &first.expr.kind {
        Kind::Name(name) if segment.court.scope.here(name).is_some() => diagnostic
            .help(format!("`{name}` is known from before: write `:=` where it means something else from here on, or `<!-- qed: new [{name}] -->`")),
        _ => diagnostic,
    };
    let diagnostic = match value::paths(first.first()) == value::paths(other.first()) {
        true => diagnostic,
        false => diagnostic.note(format!(
            "one is {}, the other {}",
            value::shape(first.first()),
            value::shape(other.first())
        )),
    };
    if is_literal(other.expr) && !is_literal(first.expr) && holds_decimal(other.expr) {
        return diagnostic.note("the rounding of the numbers put in does not explain the difference");
    }
    diagnostic
}
