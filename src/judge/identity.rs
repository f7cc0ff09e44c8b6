//! Relations over names that have a domain and no value: tested at many points of it, never proved.
//!
//! A link is tested where both its sides have a value. Two values are the same if they are exactly, or if enclosures of
//! them agree to 45 digits (around zero to 100 decimals); what is decided in neither way is not counted.

mod closest;
mod everywhere;

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use self::closest::Closest;
use super::chain::{Kind, Member};
use super::extreme::Lowest;
use super::finding::{Finding, linked, no_value, quoted};
use super::number::Bare;
use super::order::{estimates_order, order};
use super::point::{described, named, shown};
use super::segment::{Court, Segment};
use super::tally::Tally;
use super::{congruence, members, value};
use crate::compare::{self, Computed, Outcome, Rational, Verdict};
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, ENOUGH, EvalError, Evaluated, Point, Points, Trials, Value, elements};
use crate::num::{Number, Precision};
use crate::report;
use crate::source::Span;
use crate::syntax::{Expr, Link, Relation};

/// The rungs of precision that a point is worth.
pub(super) const RUNGS: usize = 4;
/// The work that one relation may take at all its points together: some seconds. The search for a point where an
/// inequality fails may take as much again.
const WORK: u64 = 10_000_000;
/// The work that makes a point costly, after how many such points that decide nothing the others get less, and how much:
/// the ordinary points come first, and an integral that does not converge at three huge ones will not at the next.
const COSTLY: u64 = 50_000;
const MOST_IN_VAIN: usize = 3;
const HURRIED: u64 = 10_000;
/// Points at which a relation must have held if its work was spent before all were tried.
const FEWEST: usize = 16;

/// Judges a stretch of equal members, some of which depend on names with a domain.
pub(super) fn segment(segment: &Segment<'_>) -> Vec<Finding> {
    let chain = segment.chain;
    let valued: Vec<usize> =
        segment.range.clone().filter(|at| chain.members[*at].value().is_some()).collect();
    let mut findings = Vec::new();
    if let [only] = valued[..]
        && let Some(error) = unknown_in(segment, &chain.members[only])
    {
        let member = &chain.members[only];
        findings.push(segment.unverifiable(member.span, &member.text, no_value(&error)));
    }
    let mut known: Option<Known> = None;
    for pair in valued.windows(2) {
        let [before, at] = [pair[0], pair[1]];
        let link = chain.links[at - 1];
        let next = (Some(&at) != valued.last()).then(Known::default);
        let test = || Test { known: [None, next.as_ref()], ..Test::new(segment.court, &segment.name, link) };
        let finding = Test { known: [known.as_ref(), next.as_ref()], ..test() }
            .members(&chain.members[before], &chain.members[at]);
        // After a wrong step, what equals the first member is right again.
        let again = finding.is_false() && before != valued[0];
        let from_first = again.then(|| {
            Test { neighbours: false, ..test() }.members(&chain.members[valued[0]], &chain.members[at])
        });
        findings.push(from_first.filter(|finding| finding.passes()).unwrap_or(finding));
        known = next;
    }
    for at in segment.range.clone() {
        if let Kind::Hole(hole) = &chain.members[at].kind {
            let message = "this has no single value: it depends on a name with a domain";
            let diagnostic = Diagnostic::error(Code::NoValue, hole.span, message);
            findings.push(segment.unverifiable(hole.span, &chain.members[at].text, diagnostic).hole());
        }
    }
    findings
}

/// The expression of a member that a link is tested between.
fn tested(member: &Member) -> &Expr {
    member.value().expect("only members with a value are tested")
}

/// What is not known in the formula of a definition, which nothing tests.
fn unknown_in(segment: &Segment<'_>, member: &Member) -> Option<EvalError> {
    let expr = member.value()?;
    let scope = segment.court.scope;
    let point = scope.points(&scope.free_in([expr])).next()?;
    let error = scope.evaluate_at(expr, &point, Precision::DOUBLE).err()?;
    (error.code == Code::UnknownName).then_some(error)
}

/// Judges an inequality between two members, one of which depends on a name with a domain.
pub(super) fn inequality(court: &Court<'_>, name: &str, link: Link, lhs: &Member, rhs: &Member) -> Finding {
    Test::new(court, name, link).members(lhs, rhs)
}

/// Judges a congruence between two members, where something depends on a name with a domain.
pub(super) fn congruence(
    court: &Court<'_>,
    name: &str,
    link: Link,
    [lhs, rhs]: [&Member; 2],
    modulus: &Expr,
) -> Finding {
    Test { modulus: Some(modulus), ..Test::new(court, name, link) }.members(lhs, rhs)
}

/// One link.
struct Test<'t> {
    court: &'t Court<'t>,
    name: &'t str,
    link: Link,
    /// What it goes by if it is a congruence.
    modulus: Option<&'t Expr>,
    /// Whether the members stand on either side of the link.
    neighbours: bool,
    /// What the two members were at points, if other links ask for it as well.
    known: [Option<&'t Known>; 2],
    /// What the evaluations at points may still cost.
    trials: Trials,
}

/// What a member between two links was at points: by the names that have values there, the values, and the precision.
type Known = RefCell<BTreeMap<(Vec<BindingId>, Vec<Rational>, Precision), Result<Evaluated, EvalError>>>;

/// A member while its link is tested.
#[derive(Clone, Copy)]
struct Side<'t> {
    expr: &'t Expr,
    known: Option<&'t Known>,
}

/// What came of a link at one point.
enum Trial {
    Holds,
    Fails,
    /// A side has no value here; whether the other one has.
    Undefined {
        one_sided: bool,
    },
    /// Too close to call, or too large.
    Undecided,
    Impossible(EvalError),
}

impl<'t> Test<'t> {
    /// Of a link that is no congruence, between its neighbours.
    fn new(court: &'t Court<'t>, name: &'t str, link: Link) -> Self {
        Self {
            court,
            name,
            link,
            modulus: None,
            neighbours: true,
            known: [None; 2],
            trials: Trials::new(WORK),
        }
    }

    fn members(&self, lhs: &Member, rhs: &Member) -> Finding {
        let [left, right] = self.sides(lhs, rhs);
        // A member that is held against the first one, steps before it, is claimed where it stands.
        let span = if self.neighbours { Span { end: rhs.span.end, ..lhs.span } } else { rhs.span };
        let text = self.claimed([lhs, rhs]);
        let finding = |verdict| Finding::new(report::Kind::Identity, span, &text, verdict).named(self.name);
        let fails_at = |point: &Point| {
            let finding = finding(Verdict::Mismatch).fails_at(named(self.court.scope, point));
            let mut finding = finding.complaint(self.counterexample(lhs, rhs, point));
            finding.fails_everywhere = self.court.assumes && self.fails_everywhere(lhs, rhs);
            finding
        };
        if self.link.relation == Relation::Approximate && !matches!(rhs.kind, Kind::Bare(_)) {
            let message = "what `≈` claims over a whole domain is not known";
            let diagnostic = Diagnostic::error(Code::Unsupported, self.link.span, message)
                .help("write `=` for an identity, or state the value at a point");
            return finding(Verdict::Unverifiable).complaint(diagnostic);
        }
        let related = || [left.expr, right.expr].into_iter().chain(self.modulus);
        let free = self.court.scope.free_in(related());
        let mut tally = Tally::default();
        let mut in_vain = 0;
        let mut points = self.court.scope.points_for(&free, related());
        let mut lowest = Lowest::of(self.link.relation);
        tally.whole = points.whole || free.is_empty();
        while tally.held < ENOUGH || !points.planned_are_done() {
            let Some(point) = points.next() else { break };
            if lowest.asks_for(&points) && in_vain == 0 {
                lowest.note(self.difference(left, right, &point), &points);
            }
            let before = self.trials.left();
            let trial = self.trial(lhs, rhs, &point, points.last_is_ordinary());
            let is_in_vain = matches!(trial, Trial::Undecided) && before - self.trials.left() >= COSTLY;
            in_vain += usize::from(is_in_vain);
            match trial {
                Trial::Holds => tally.held += 1,
                Trial::Undecided if self.trials.is_spent() => tally.cut_short = true,
                Trial::Undecided => tally.undecided += 1,
                Trial::Undefined { one_sided } => {
                    // Far out, a numeric method may have given up.
                    if one_sided && points.last_is_ordinary() && !self.is_gap(lhs, rhs, &points) {
                        return fails_at(&point);
                    }
                    tally.undefined += 1;
                    if one_sided && tally.one_sided.is_none() {
                        tally.one_sided = Some(point);
                    }
                }
                Trial::Impossible(error) => {
                    return finding(Verdict::Unverifiable).complaint(no_value(&error));
                }
                Trial::Fails => return fails_at(&point),
            }
            // Slow or mostly undefined sides must not be tried for ever.
            if in_vain == MOST_IN_VAIN {
                self.trials.hurry(HURRIED);
            }
            tally.cut_short |= self.trials.is_spent() && points.next().is_some();
            if tally.cut_short || tally.failed() > 4 * ENOUGH && points.planned_are_done() {
                break;
            }
        }
        self.trials.refill(WORK);
        match self.closest([lhs, rhs], lowest, &points) {
            Some(Closest::Fails(point)) => return fails_at(&point),
            Some(Closest::Meets(meeting)) => return self.met([lhs, rhs], &meeting, finding),
            None => {}
        }
        if tally.held < if tally.cut_short { FEWEST } else { 1 } {
            return finding(Verdict::Unverifiable).complaint(tally.untested(span));
        }
        finding(Verdict::Identity).message(tally.message(self.court.scope))
    }

    /// The claim on one line.
    fn claimed(&self, members: [&Member; 2]) -> String {
        match self.modulus {
            Some(modulus) => congruence::claimed(members, self.link, modulus),
            None => linked(members, self.link),
        }
    }

    fn sides<'m>(&self, lhs: &'m Member, rhs: &'m Member) -> [Side<'m>; 2]
    where
        't: 'm,
    {
        let [left, right] = self.known;
        [Side { expr: tested(lhs), known: left }, Side { expr: tested(rhs), known: right }]
    }

    fn value(&self, side: Side<'_>, point: &Point, precision: Precision) -> Result<Evaluated, EvalError> {
        let evaluate = || self.court.scope.evaluate_in_trials(side.expr, point, precision, &self.trials);
        let Some(known) = side.known else { return evaluate() };
        let names = point.iter().map(|(id, _)| *id).collect();
        let key = (names, elements(point), precision);
        if let Some(value) = known.borrow().get(&key) {
            return value.clone();
        }
        let value = evaluate();
        // What ended for want of work may have a value for the next link.
        if !self.trials.is_spent() {
            known.borrow_mut().insert(key, value.clone());
        }
        value
    }

    /// By how much the right side exceeds the left one, if both are numbers, roughly.
    fn difference(&self, left: Side<'_>, right: Side<'_>, point: &Point) -> Option<f64> {
        let [left, right] = self.numbers([left, right], point)?;
        Some(right - left).filter(|difference| difference.is_finite())
    }

    /// The sides, if both are numbers, roughly.
    fn numbers(&self, sides: [Side<'_>; 2], point: &Point) -> Option<[f64; 2]> {
        let value = |side: Side<'_>| {
            let value = self.value(side, point, Precision::DOUBLE).ok()?;
            value.value.as_number().map(Number::to_f64)
        };
        let [left, right] = sides;
        Some([value(left)?, value(right)?])
    }

    /// Whether the link, of which one side is undefined at the last point, can be tested close to it.
    fn is_gap(&self, lhs: &Member, rhs: &Member, points: &Points<'_>) -> bool {
        let undefined = |point: &Point| matches!(self.trial(lhs, rhs, point, false), Trial::Undefined { .. });
        points.beside().iter().any(|point| !undefined(point))
    }

    fn trial(&self, lhs: &Member, rhs: &Member, point: &Point, ordinary: bool) -> Trial {
        let [left, right] = self.sides(lhs, rhs);
        if let Some(modulus) = self.modulus {
            let sides = [left.expr, right.expr];
            return match congruence::remainders(self.court.scope, sides, modulus, point) {
                Ok(remainders) if remainders.satisfy(self.link.relation) => Trial::Holds,
                Ok(_) => Trial::Fails,
                Err(error) => failed(error, false).unwrap_or(Trial::Undecided),
            };
        }
        match (&lhs.kind, &rhs.kind) {
            (_, Kind::Bare(bare)) if self.is_stated(bare) => self.stated(bare, left, point),
            (Kind::Bare(bare), _) if self.is_stated(bare) => self.stated(bare, right, point),
            _ => self.compared(left, right, point, ordinary),
        }
    }

    /// Whether these numbers are judged by their digits: not in an inequality, and not in degrees or with a unit.
    fn is_stated(&self, bare: &Bare) -> bool {
        let plain = |number: &super::number::StatedNumber| !number.degrees && number.unit.is_none();
        !self.link.relation.is_inequality() && bare.numbers.iter().all(|(_, number)| plain(number))
    }

    /// The values of two sides at a point. That estimates differ says something at an `ordinary` point only: at others
    /// quadrature may have missed what there is. That enclosures agree says something there only, too.
    fn compared(&self, left: Side<'_>, right: Side<'_>, point: &Point, ordinary: bool) -> Trial {
        self.climb(|precision| {
            let left = self.value(left, point, precision);
            let right = self.value(right, point, precision);
            let estimated = |side: &Result<Evaluated, EvalError>| {
                side.as_ref().is_ok_and(|evaluated| evaluated.is_estimate)
            };
            let estimated = estimated(&left) || estimated(&right);
            let (left, right) = match (left, right) {
                (Ok(left), Ok(right)) => (left.value, right.value),
                (Err(error), Ok(_)) | (Ok(_), Err(error)) => return failed(error, true),
                (Err(one), Err(other)) => {
                    return failed(if one.code == Code::Undefined { other } else { one }, false);
                }
            };
            let (paths, others) = (value::paths(&left), value::paths(&right));
            if paths != others {
                let message =
                    format!("one side is {}, the other {}", value::shape(&left), value::shape(&right));
                return Some(Trial::Impossible(EvalError::new(Code::WrongType, self.link.span, message)));
            }
            if estimated {
                // More precision would not narrow an estimate.
                return match self.elements(&paths, &left, &right, &estimates_order) {
                    // Nor do values that cannot be told apart refute a relation that excludes equality.
                    Some(Trial::Fails) if !ordinary || !self.differ(&paths, &left, &right) => {
                        Some(Trial::Undecided)
                    }
                    trial => trial.or(Some(Trial::Undecided)),
                };
            }
            match self.elements(&paths, &left, &right, &|left, right| order(left, right, precision)) {
                // Far out a side saturates: sides that agree to every digit there refute nothing unless they are equal.
                Some(Trial::Fails) if !ordinary && !self.surely_fails(&paths, &left, &right) => {
                    Some(Trial::Undecided)
                }
                trial => trial,
            }
        })
    }

    /// Whether some pair of elements is certainly not equal.
    fn differ(&self, paths: &[super::number::Path], left: &Value, right: &Value) -> bool {
        paths.iter().any(|path| {
            let (left, right) = (value::element(left, path), value::element(right, path));
            match (left.as_ref().and_then(Value::as_number), right.as_ref().and_then(Value::as_number)) {
                (Some(left), Some(right)) => left.compare(right).is_some_and(Ordering::is_ne),
                _ => false,
            }
        })
    }

    /// Whether the relation fails however little is known of the values.
    fn surely_fails(&self, paths: &[super::number::Path], left: &Value, right: &Value) -> bool {
        matches!(self.elements(paths, left, right, &|left, right| left.compare(right)), Some(Trial::Fails))
    }

    /// Whether the relation holds for every pair of elements.
    fn elements(
        &self,
        paths: &[super::number::Path],
        left: &Value,
        right: &Value,
        order: &dyn Fn(&Number, &Number) -> Option<Ordering>,
    ) -> Option<Trial> {
        let mut undecided = false;
        for path in paths {
            let (left, right) = (value::element(left, path)?, value::element(right, path)?);
            let (Value::Number(left), Value::Number(right)) = (&left, &right) else {
                let message = format!("{} cannot be compared", left.describe());
                return Some(Trial::Impossible(EvalError::new(Code::WrongType, self.link.span, message)));
            };
            match order(left, right).map(|order| self.link.relation.holds(order)) {
                Some(true) => {}
                // Lists differ as soon as one pair of elements does.
                Some(false) if paths.len() > 1 && self.link.relation == Relation::NotEqual => {}
                Some(false) => return Some(Trial::Fails),
                None => undecided = true,
            }
        }
        (!undecided).then_some(Trial::Holds)
    }

    /// Stated numbers against the values of the other side.
    fn stated(&self, bare: &Bare, other: Side<'_>, point: &Point) -> Trial {
        let rule = self.court.rule(self.link.relation);
        self.climb(|precision| {
            let value = match self.value(other, point, precision) {
                Ok(evaluated) => evaluated,
                Err(error) => return failed(error, true),
            };
            for (path, number) in &bare.numbers {
                let Some(Value::Number(computed)) = value::element(&value.value, path) else {
                    let message = format!("the other side is {}", value::shape(&value.value));
                    return Some(Trial::Impossible(EvalError::new(Code::WrongType, number.span, message)));
                };
                let (lo, hi) = computed.enclosure();
                let computed =
                    if computed.is_exact() { Computed::exact(lo) } else { Computed::between(lo, hi) };
                let computed = if value.inexact { computed.inexact() } else { computed };
                let last = precision == Precision::LADDER[RUNGS - 1];
                match compare::compare(&number.stated, &computed, &rule, last) {
                    Outcome::Decided(verdict, _) if verdict.passes() => {}
                    Outcome::Decided(Verdict::Unverifiable, _) => return Some(Trial::Undecided),
                    Outcome::Decided(..) => return Some(Trial::Fails),
                    Outcome::NeedsPrecision | Outcome::OverPrecise => return None,
                }
            }
            Some(Trial::Holds)
        })
    }

    /// Asks at rising precision until there is an answer.
    fn climb(&self, mut ask: impl FnMut(Precision) -> Option<Trial>) -> Trial {
        let rungs = Precision::LADDER.iter().take(RUNGS);
        rungs.copied().find_map(&mut ask).unwrap_or(Trial::Undecided)
    }

    fn counterexample(&self, lhs: &Member, rhs: &Member, point: &Point) -> Diagnostic {
        let at = described(self.court.scope, point);
        let shown = |member, digits| shown(self.court.scope, tested(member), point, digits);
        let sides = |digits: usize| [lhs, rhs].map(|member| shown(member, digits));
        let [one, two] = members::told_apart(sides);
        let text = quoted(&self.claimed([lhs, rhs]), "this");
        let message = match at.is_empty() {
            true => format!("{text} does not hold"),
            false => format!("{text} fails at {at}"),
        };
        let diagnostic = Diagnostic::error(Code::IdentityFails, self.link.span, message)
            .label("here")
            .secondary(lhs.span, format!("is {one} there"))
            .secondary(rhs.span, format!("is {two} there"))
            .note(format!("the left side is {one}, the right side {two}"));
        match self.help(point) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    /// What may have been forgotten in a domain.
    fn help(&self, point: &Point) -> Option<String> {
        let [(id, Value::Number(number))] = &point[..] else { return None };
        let name = &self.court.scope.binding(*id).name;
        match number.sign()? {
            Ordering::Less => Some(format!("declare `{name} \\ge 0` if `{name}` is never negative")),
            Ordering::Equal => {
                Some(format!("declare `{name} \\neq 0` or `{name} \\ge 1` if `{name}` is never 0"))
            }
            Ordering::Greater => None,
        }
    }
}

/// An error at one point, if more precision does not mend it.
fn failed(error: EvalError, one_sided: bool) -> Option<Trial> {
    match error.code {
        _ if error.is_undecided() => None,
        Code::Undefined => Some(Trial::Undefined { one_sided }),
        Code::Limit | Code::Undecided => Some(Trial::Undecided),
        _ => Some(Trial::Impossible(error)),
    }
}
