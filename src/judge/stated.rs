//! Judges stated numbers against the value that was computed, fills holes, and says what is wrong.

use std::ops::Range;

use super::chain;
use super::finding::{Finding, no_value, quoted};
use super::number::{Bare, Path, StatedNumber, is_typed_number};
use super::segment::{Court, Segment};
use super::value::{self, Quantity};
use super::variant::{self, reading};
use super::{members, spread, unit};
use crate::compare::decimal::{absolute, power_of_ten};
use crate::compare::{self, Computed, Detail, Rational, Rule, Verdict, explain, moved_places};
use crate::diag::{Code, Diagnostic, Fix};
use crate::eval::measures;
use crate::eval::{Accuracy, Definition};
use crate::report;
use crate::scan::Rounding;
use crate::splice::render::{Format, render, render_hole};
use crate::syntax::{Binary, Expr, Hole, Kind, Measure, Name};

/// Judges the numbers of one member, a single one or those of a list.
pub(super) fn judge(segment: &Segment<'_>, at: usize, bare: &Bare, reference: &Quantity<'_>) -> Vec<Finding> {
    let computed = value::paths(reference.first());
    let stated: Vec<_> = bare.numbers.iter().map(|(path, _)| path.clone()).collect();
    if computed != stated {
        return misshapen(segment, bare, reference);
    }
    let places = places(segment, at, bare, reference, computed);
    let pairs = bare.numbers.iter().zip(places);
    let findings = pairs.map(|((_, number), place)| one(segment, at, number, &reference.element(&place)));
    match bare.expr.kind {
        Kind::TwoSigns(_) => of_both_signs(findings.collect()),
        _ => findings.collect(),
    }
}

/// The number behind `\pm` is stated once. What it should be for one sign may not be so for the other.
fn of_both_signs(findings: Vec<Finding>) -> Vec<Finding> {
    let wrong = findings.iter().position(|finding| !finding.passes());
    let mut stated = findings.into_iter().nth(wrong.unwrap_or_default());
    stated.iter_mut().for_each(Finding::forget_fix);
    stated.into_iter().collect()
}

/// The elements that the stated numbers are judged by: in their order, but those of a set in any.
fn places(
    segment: &Segment<'_>,
    at: usize,
    bare: &Bare,
    reference: &Quantity<'_>,
    mut left: Vec<Path>,
) -> Vec<Path> {
    let formula = segment.computed.first().map(|(formula, _)| *formula);
    let in_any_order =
        |formula| members::in_any_order(segment, [(at, &bare.expr), (formula, reference.expr)], &left);
    if !formula.is_some_and(in_any_order) {
        return left;
    }
    // The most precise first: what it fits, a rounder number may fit as well.
    let mut by_precision: Vec<usize> = (0..bare.numbers.len()).collect();
    by_precision.sort_by(|one, other| {
        let unit = |at: &usize| &bare.numbers[*at].1.stated.unit;
        unit(one).cmp(unit(other))
    });
    let mut places = vec![None; bare.numbers.len()];
    for idx in by_precision {
        let number = &bare.numbers[idx].1;
        let rule = rule_for(segment, at, number);
        let fits = |candidate: &Path| {
            let compared = reference.element(candidate).compare(&number.stated, &rule);
            matches!(compared, Ok(Some((verdict, ..))) if verdict.passes())
        };
        places[idx] = left.iter().position(fits).map(|found| left.remove(found));
    }
    // What fits nowhere is judged by the nearest that is left.
    let distance = |number: &StatedNumber, place: &Path| {
        reference.element(place).precise().map(|computed| absolute(&(computed.lo - &number.stated.value)))
    };
    let mut nearest = |number: &StatedNumber| {
        let found = (0..left.len()).min_by_key(|at| distance(number, &left[*at])).unwrap_or_default();
        left.remove(found)
    };
    let numbers = bare.numbers.iter().map(|(_, number)| number);
    places.into_iter().zip(numbers).map(|(place, number)| place.unwrap_or_else(|| nearest(number))).collect()
}

/// The numbers of a list where the formula yields a value of another shape: one error.
fn misshapen(segment: &Segment<'_>, bare: &Bare, reference: &Quantity<'_>) -> Vec<Finding> {
    let unplaced =
        |number| Finding::number(segment.court.kind, number, Verdict::Unverifiable).named(&segment.name);
    let mut numbers = bare.numbers.iter().map(|(_, number)| number);
    let Some(first) = numbers.next() else { return Vec::new() };
    let message = format!("the formula yields {}", value::shape(reference.first()));
    let diagnostic = Diagnostic::error(Code::WrongType, first.span, message)
        .label("this number has no place in it")
        .secondary(reference.span(), format!("evaluates to {}", reference.display()));
    let rest = numbers.map(|number| unplaced(number).because_of(first.span));
    std::iter::once(unplaced(first).complaint(diagnostic)).chain(rest).collect()
}

/// A stated number and what it is judged by.
pub(super) struct Case<'d, 'c> {
    pub(super) court: &'d Court<'c>,
    /// What the number is said to be.
    pub(super) name: &'d str,
    pub(super) number: &'d StatedNumber,
    /// The first unit that the chain has stated before it.
    pub(super) unit_before: Option<&'d str>,
    /// The first unit that the chain states behind it, if it stands before what it is judged by.
    pub(super) unit_behind: Option<&'d str>,
    pub(super) rule: Rule,
    /// The other computed members of the chain, with what was typed for them.
    pub(super) others: Vec<(&'d str, &'d Quantity<'c>)>,
    /// Whether all computed members are the same.
    pub(super) agreed: &'d dyn Fn() -> bool,
    /// It stands before what it is judged by.
    pub(super) is_first: bool,
    /// It stands with one formula and defines nothing: perhaps an equation to be solved.
    pub(super) is_equation: bool,
}

fn one(segment: &Segment<'_>, at: usize, number: &StatedNumber, quantity: &Quantity<'_>) -> Finding {
    let others = segment
        .computed
        .iter()
        .skip(1)
        .map(|(at, quantity)| (segment.chain.members[*at].text.as_str(), quantity));
    let unit = |members: Range<usize>| {
        segment.chain.members[members].iter().find_map(|member| match &member.kind {
            chain::Kind::Bare(bare) => bare.numbers.first().and_then(|(_, number)| number.unit.as_deref()),
            _ => None,
        })
    };
    let is_first = segment.computed.first().is_some_and(|(formula, _)| at < *formula);
    let case = Case {
        court: segment.court,
        name: &segment.name,
        number,
        unit_before: unit(segment.range.start..at),
        unit_behind: is_first.then(|| unit(at + 1..segment.range.end)).flatten(),
        rule: rule_for(segment, at, number),
        others: others.collect(),
        agreed: &|| segment.computed.len() < 2 || members::all_agree(segment),
        is_first,
        is_equation: segment.computed.len() == 1 && segment.chain.namings.is_empty(),
    };
    case.judge(quantity)
}

/// The rule by which the number is judged and written: one that goes on is cut off.
fn rule_for(segment: &Segment<'_>, at: usize, number: &StatedNumber) -> Rule {
    let rule = segment.court.rule(segment.relation(at));
    if number.stated.continues { Rule { rounding: Rounding::Truncate, ..rule } } else { rule }
}

impl<'c> Case<'_, 'c> {
    /// The verdict on the number, whose value is `quantity`.
    pub(super) fn judge(&self, quantity: &Quantity<'c>) -> Finding {
        let number = self.number;
        let rule = &self.rule;
        let finding = |verdict| Finding::number(self.court.kind, number, verdict).named(self.name);
        let linked = unit::link(self.court.scope, quantity.expr, self.unit_before, number.unit.as_deref());
        let in_degrees;
        let quantity = match linked.and_then(|()| self.in_degrees(quantity)) {
            Err(message) => return finding(Verdict::Unverifiable).complaint(self.in_other_units(message)),
            Ok(None) => quantity,
            Ok(Some(converted)) => {
                in_degrees = converted;
                &in_degrees
            }
        };
        match quantity.compare(&number.stated, rule) {
            Err(error) => finding(Verdict::Unverifiable).complaint(no_value(&error)),
            Ok(None) => {
                let message = format!("this is {}, not a number", value::shape(quantity.first()));
                let diagnostic = Diagnostic::error(Code::WrongType, quantity.span(), message);
                finding(Verdict::Unverifiable).complaint(diagnostic)
            }
            Ok(Some((verdict, detail, computed))) => {
                let judged = finding(verdict).computed(self.court.value(verdict, quantity));
                let judged = if self.court.leaves_out(verdict) { judged } else { judged.by(quantity.expr) };
                let doubt = Doubt { case: self, quantity, detail };
                match verdict {
                    verdict if verdict.passes() => judged.message(detail.clause()),
                    Verdict::Mismatch
                        if self.court.allows_rounded_inputs()
                            && spread::explains(self.court, quantity, &number.stated, rule) =>
                    {
                        judged.verdict(Verdict::Rounded).message("within the rounding of its inputs")
                    }
                    Verdict::Unverifiable => judged.complaint(doubt.undecided()),
                    // `2 \text{ h} = 2 \times 3600 = 7200 \text{ s}`
                    _ if let Some(unit) = self.goes_on_in(quantity.expr) => {
                        let message =
                            format!("the number is in other units than what follows, in {}", unit.trim());
                        finding(Verdict::Unverifiable).complaint(self.in_other_units(message))
                    }
                    _ if let Some(diagnostic) = reading::of_number(self, quantity) => {
                        finding(Verdict::Unverifiable).complaint(diagnostic)
                    }
                    _ if let Some(diagnostic) =
                        unit::in_base_units(self.court.scope, quantity.expr, number, &computed, rule) =>
                    {
                        finding(Verdict::Unverifiable).complaint(diagnostic)
                    }
                    verdict => match self.stand_in(quantity) {
                        Some(name) => {
                            self.by_stand_in(judged, &name, quantity, doubt.diagnose(verdict, &computed))
                        }
                        None => judged.complaint(doubt.diagnose(verdict, &computed)),
                    },
                }
            }
        }
    }
}

impl<'c> Case<'_, 'c> {
    /// The other unit in which the chain goes on from the formula, which leaves it out.
    fn goes_on_in(&self, formula: &Expr) -> Option<&str> {
        let (own, behind) = (self.number.unit.as_deref()?, self.unit_behind?);
        let differs = Measure::read(own) != Measure::read(behind);
        (differs && unit::is_left_out(self.court.scope, formula)).then_some(behind)
    }

    fn in_other_units(&self, message: String) -> Diagnostic {
        unit::complaint(self.number.span, message)
    }

    /// A name in the formula of which nothing is known but the digits stated, since its own formula cannot be computed.
    fn stand_in(&self, quantity: &Quantity<'c>) -> Option<Name> {
        let bindings =
            self.court.scope.reached_by(quantity.expr).into_iter().map(|id| self.court.scope.binding(id));
        bindings.filter(|binding| binding.nature.stands_in).map(|binding| binding.name.clone()).next()
    }

    /// A number that is wrong by what stands in for a value: perhaps by its rounding alone, and nothing is to be written.
    fn by_stand_in(
        &self,
        judged: Finding,
        name: &Name,
        quantity: &Quantity<'c>,
        wrong: Diagnostic,
    ) -> Finding {
        if !spread::explains(self.court, quantity, &self.number.stated, &self.rule) {
            return judged.complaint(Diagnostic { fix: None, ..wrong });
        }
        let message =
            format!("of `{name}` only the digits stated are known, and these may have been rounded");
        let diagnostic = Diagnostic::error(Code::Undecided, self.number.span, message);
        let help = format!("the formula of `{name}` cannot be computed: mend that first");
        judged.verdict(Verdict::Unverifiable).complaint(diagnostic.help(help))
    }

    /// The value in degrees, if the number is in degrees and the formula an angle; else why neither is known.
    fn in_degrees(&self, quantity: &Quantity<'c>) -> Result<Option<Quantity<'c>>, String> {
        let number = self.number;
        let fits = |quantity: &Quantity<'_>| {
            let compared = quantity.compare(&number.stated, &self.rule);
            matches!(compared, Ok(Some((verdict, ..))) if verdict.passes())
        };
        let converted = quantity.in_degrees();
        if number.degrees {
            // `180 - 70 = 110^\circ` counts degrees, and so may a formula with names.
            return match fits(&converted) {
                true => Ok(Some(converted)),
                false if unit::counts_degrees(quantity.expr) => Ok(None),
                false if unit::is_over_pi(quantity.expr) => Ok(None),
                false if unit::may_count_degrees(quantity.expr) && fits(quantity) => {
                    Err("the formula may count degrees, or be an angle in radians".to_owned())
                }
                false if unit::mixes_degrees(self.court.scope, quantity.expr) => {
                    Err("the formula adds degrees and a number without a degree sign".to_owned())
                }
                false => Ok(Some(converted)),
            };
        }
        if unit::is_in_degrees(self.court.scope, quantity.expr) && !fits(quantity) && fits(&converted) {
            return Err("the formula is in degrees, the number has no degree sign".to_owned());
        }
        Ok(None)
    }
}

/// A stated number that does not pass.
struct Doubt<'d, 'c> {
    case: &'d Case<'d, 'c>,
    quantity: &'d Quantity<'c>,
    detail: Detail,
}

impl Doubt<'_, '_> {
    fn undecided(&self) -> Diagnostic {
        let code = if self.detail == Detail::TooCoarse { Code::OverPrecise } else { Code::Undecided };
        let message = match (self.detail, self.quantity.accuracy()) {
            (Detail::TooCoarse, Accuracy::Single) => {
                "single precision (`f32`) does not support this many digits"
            }
            (Detail::TooCoarse, Accuracy::Double) => {
                "double precision (`f64`) does not support this many digits"
            }
            _ => self.detail.clause(),
        };
        Diagnostic::error(code, self.case.number.span, message)
            .secondary(self.quantity.span(), format!("evaluates to {}", self.quantity.display()))
            .help("state fewer digits")
    }

    fn diagnose(&self, verdict: Verdict, computed: &Computed) -> Diagnostic {
        let stated = &self.case.number.stated;
        let place = self.quantity.place();
        let name = format!("{place}{}", quoted(self.case.name, "this"));
        let value = self.quantity.short((stated.digits + 3).clamp(6, 80));
        let precise = self.quantity.precise_to(stated.digits);
        let precise = if stated.continues { precise.and_then(|value| stated.begun(&value)) } else { precise };
        let right = precise.and_then(|computed| render(&computed, stated, &self.case.rule));
        let (code, message) = match verdict {
            Verdict::Truncated => {
                (Code::Truncated, format!("{name} is {value}; {} is cut off, not rounded", stated.text))
            }
            _ => (Code::Mismatch, format!("{name} is {value}, not {}", stated.text)),
        };
        let mut diagnostic = Diagnostic::error(code, self.case.number.span, message).label("stated here");
        if self.quantity.span() != self.case.number.span {
            let full = self.quantity.display();
            let label = if place.is_empty() { "evaluates to" } else { "has there" };
            diagnostic = diagnostic.secondary(self.quantity.span(), format!("{label} {full}"));
        }
        if stated.continues && absolute(&(&computed.lo - &stated.value)) <= &stated.unit / Rational::from(2u8)
        {
            diagnostic = diagnostic
                .note("digits before dots are the first ones of the value, cut off and not rounded");
        }
        let candidates = self.candidates();
        let cause = match verdict {
            Verdict::Truncated => None,
            _ => explain(stated, computed, &self.case.rule, &candidates),
        };
        // What another reading of the formula explains may be right, and the formula wrong.
        let blames_formula = candidates.iter().any(|(clause, _)| cause.as_ref() == Some(clause))
            || moved_places(stated, computed, &self.case.rule).is_some();
        let is_explained = cause.is_some();
        for note in self.notes(verdict, cause) {
            diagnostic = diagnostic.note(note);
        }
        // A digit may be wrong, but nothing far from the value is meant to be it.
        let tenth = Rule { rel: Some(power_of_ten(-1)), ..self.case.rule.clone() };
        let is_far = !compare::tolerated(computed, &Computed::exact(stated.value.clone()), &tenth);
        let is_to_be_solved = is_far && !is_explained && self.case.is_equation && self.uses_given_number();
        match right {
            _ if let Some(help) = self.given_help(is_far).or_else(|| self.scale_help(computed)) => {
                diagnostic.help(help)
            }
            Some(text) => {
                let is_another = is_far && !is_explained && self.is_known_name();
                let help = match is_another {
                    true => {
                        format!("write `{text}`, or begin an exercise of its own with `<!-- qed: new -->`")
                    }
                    false => format!("write `{text}`"),
                };
                let is_in_unit = self.case.is_first && self.case.number.unit.is_some();
                let is_unsure = blames_formula || is_to_be_solved || is_another || is_in_unit;
                let safe = !is_unsure && (self.case.agreed)();
                diagnostic.help(help).fix(Fix { span: self.case.number.span, text, safe })
            }
            None => diagnostic,
        }
    }

    /// Whether the formula holds a name that the page has given a number: in another example it may be unknown.
    fn uses_given_number(&self) -> bool {
        let scope = self.case.court.scope;
        let is_given = |name: &Name| match scope.here(name).map(|id| &scope.binding(id).definition) {
            Some(Definition::Expr(expr)) => is_typed_number(expr),
            _ => false,
        };
        self.quantity.expr.any(|node| matches!(&node.kind, Kind::Name(name) if is_given(name)))
    }

    /// Whether the number is given to a name that has a value from before.
    fn is_known_name(&self) -> bool {
        matches!(&self.quantity.expr.ungrouped().kind, Kind::Name(name) if self.case.court.scope.here(name).is_some())
    }

    /// What to do where a number was given to the name before, or its name has one everywhere: it may well be another.
    fn given_help(&self, is_far: bool) -> Option<String> {
        let Kind::Name(name) = &self.quantity.expr.ungrouped().kind else { return None };
        let scope = self.case.court.scope;
        let Some(id) = scope.here(name) else {
            return is_far
                .then(|| format!("`{name}` is a constant here; `:=` gives the letter another meaning"));
        };
        let Definition::Expr(expr) = &scope.binding(id).definition else { return None };
        is_typed_number(expr).then(|| {
            let name = quoted(self.case.name, "this name");
            format!(
                "{name} was given another number before: begin an exercise of its own with `<!-- qed: new -->`, or write `:=`"
            )
        })
    }

    /// What to do about a number that is right but for its scale, where writing the value would hide the slip.
    fn scale_help(&self, computed: &Computed) -> Option<String> {
        let StatedNumber { stated, unit, .. } = self.case.number;
        let places = moved_places(stated, computed, &self.case.rule)?;
        match (unit, places) {
            (Some(unit), _) => Some(format!(
                "units are not converted: if the formula is not in {}, write the factor between them as well",
                unit.trim()
            )),
            (None, -2) if stated.percent => {
                Some("`\\times 100` and the percent sign say the same: leave one of them out, or write `\\times 100\\%`".to_owned())
            }
            _ => None,
        }
    }

    fn notes(&self, verdict: Verdict, cause: Option<String>) -> Vec<String> {
        let mut notes = Vec::new();
        if self.detail == Detail::IntegerNotExact {
            notes.push(self.detail.clause().to_owned());
        }
        if verdict == Verdict::Truncated {
            return notes;
        }
        if matches!(self.quantity.expr.kind, Kind::Binary(Binary::Modulo, ..)) {
            notes.push("`mod` after `=` is a remainder; a congruence has `\\equiv` or `\\pmod`".to_owned());
        }
        if cause.is_none()
            && spread::explains(self.case.court, self.quantity, &self.case.number.stated, &self.case.rule)
        {
            notes.push(
                "inputs that were rounded before they were put in would explain it; `intermediate=rounded` accepts that"
                    .to_owned(),
            );
        }
        notes.extend(cause);
        notes
    }

    /// The other members' values, which the author may have meant.
    fn candidates(&self) -> Vec<(String, Computed)> {
        let candidate = |(text, quantity): &(&str, &Quantity<'_>)| {
            let text = quoted(text, "another member of the chain");
            Some((format!("it is the value of {text}"), quantity.precise()?))
        };
        let others = self.case.others.iter().filter_map(candidate);
        let meant = variant::variants(self.quantity.expr);
        let meant = meant
            .into_iter()
            .filter_map(|(clause, expr)| Some((clause, self.quantity.of(&expr)?.precise()?)));
        others.chain(meant).collect()
    }
}

/// Fills a hole with the value.
pub(super) fn fill(segment: &Segment<'_>, at: usize, hole: &Hole, quantity: &Quantity<'_>) -> Finding {
    let text = &segment.chain.members[at].text;
    let finding = |verdict| Finding::new(report::Kind::Hole, hole.span, text, verdict).named(&segment.name);
    let marks = match hole.decimals {
        None => "?".to_owned(),
        Some(decimals) => format!("?.{}", "?".repeat(decimals)),
    };
    if let Err(message) = measures::of(segment.court.scope, quantity.expr) {
        let diagnostic = Diagnostic::error(Code::Units, hole.span, message);
        return finding(Verdict::Unverifiable).complaint(diagnostic);
    }
    let format =
        Format::hole(&marks, segment.court.latex).map(|format| Format { percent: hole.percent, ..format });
    let Some(computed) = quantity.precise() else {
        let message = format!("{} does not fit into a hole", value::shape(quantity.first()));
        let diagnostic = Diagnostic::error(Code::WrongType, hole.span, message);
        return finding(Verdict::Unverifiable).complaint(diagnostic);
    };
    match format.and_then(|format| render_hole(&computed, &format)) {
        Some(value) => {
            finding(Verdict::Filled).by(quantity.expr).computed(quantity.display()).shown(hole.span, value)
        }
        None => {
            let diagnostic =
                Diagnostic::error(Code::Undecided, hole.span, "the value is not known to so many digits");
            finding(Verdict::Unverifiable).complaint(diagnostic)
        }
    }
}
