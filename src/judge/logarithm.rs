//! The base of `\log` where neither the book nor a tag says it: one base must make every such claim of the chapter
//! right.
//!
//! The chapter is judged once for each base, and the outcomes are held side by side. It does not know how a claim is
//! judged, only what came of it.

use std::collections::{BTreeMap, BTreeSet};

use super::Judged;
use crate::compare::Verdict;
use crate::diag::Severity;
use crate::report::{ClaimRecord, Report};
use crate::scan::LogBase;
use crate::source::Span;

/// What came of the claims at one place.
#[derive(Clone, Debug, Default, PartialEq)]
struct Outcome {
    /// Whether something there is an error.
    fails: bool,
    /// The value, if there is one.
    computed: Option<String>,
    /// What a hole is filled with.
    filled: Option<String>,
    /// Whether something right there could hardly be so with another base.
    tells: bool,
    /// How far a wrong number is from the value, as a share of it.
    distance: f64,
}

type Outcomes = BTreeMap<Span, Outcome>;

/// A base, and the chapter read with it.
struct World {
    base: LogBase,
    judged: Judged,
    outcomes: Outcomes,
}

/// The chapter with the base of its open logarithms, if there is one that makes all of their claims right; else `open`,
/// the chapter without any, with the readings beside each of them. A claim that is wrong whatever the base decides
/// nothing.
pub(super) fn settle(open: Judged, walk: impl Fn(Option<LogBase>) -> Judged) -> Judged {
    let worlds: Vec<World> =
        LogBase::ALL.iter().map(|(_, base)| World::new(*base, walk(Some(*base)))).collect();
    let affected = affected(&outcomes(&open.report), &worlds);
    let hopeless = |place: &Span| worlds.iter().all(|world| world.at(place).fails);
    let fits = |world: &&World| affected.iter().all(|place| hopeless(place) || !world.at(place).fails);
    let fitting: Vec<&World> = worlds.iter().filter(fits).collect();
    let told = |world: &&World| affected.iter().any(|place| world.at(place).tells);
    // One digit fits some base by chance: `\log 7 ≈ 2`.
    if fitting.len() < worlds.len() && !fitting.iter().all(told) {
        return refused(open, &worlds, &affected);
    }
    // What is wrong with every base was meant for the one that comes nearest to it.
    let distance = |world: &&&World| affected.iter().map(|place| world.at(place).distance).sum::<f64>();
    let nearest = fitting.iter().min_by(|one, two| distance(one).total_cmp(&distance(two)));
    let Some(first) = nearest.filter(|_| same_holes(&fitting, &affected)) else {
        return refused(open, &worlds, &affected);
    };
    match fitting.as_slice() {
        _ if affected.is_empty() => open,
        [_] => chosen(first, &worlds, &affected),
        _ => whichever(first, &worlds, &affected, open),
    }
}

impl World {
    fn new(base: LogBase, judged: Judged) -> Self {
        Self { base, outcomes: outcomes(&judged.report), judged }
    }

    fn at(&self, place: &Span) -> Outcome {
        self.outcomes.get(place).cloned().unwrap_or_default()
    }

    fn judged(&self) -> Judged {
        self.judged.clone()
    }
}

fn outcomes(report: &Report) -> Outcomes {
    let mut outcomes = Outcomes::new();
    for claim in &report.claims {
        let outcome = outcomes.entry(claim.span).or_default();
        outcome.fails |= !claim.verdict.passes() || claim.severity == Some(Severity::Error);
        outcome.computed.clone_from(&claim.computed);
        outcome.tells |= claim.verdict.passes()
            && (claim.verdict != Verdict::Rounded || significant_digits(&claim.stated) > 1);
        outcome.distance = if claim.verdict.passes() { 0.0 } else { distance(claim) };
        outcome.filled = claim.fix.clone().filter(|_| claim.verdict == Verdict::Filled);
    }
    // Complaints that belong to no claim, such as a block meant to be wrong in which nothing is.
    for diagnostic in &report.diagnostics {
        outcomes.entry(diagnostic.span).or_default().fails |= diagnostic.severity == Severity::Error;
    }
    outcomes
}

fn distance(claim: &ClaimRecord) -> f64 {
    let stated = claim.stated.parse::<f64>().ok();
    let computed = claim.computed.as_deref().and_then(|value| value.parse::<f64>().ok());
    let share =
        |(stated, computed): (f64, f64)| (stated - computed).abs() / computed.abs().max(f64::MIN_POSITIVE);
    stated.zip(computed).map_or(0.0, share)
}

fn significant_digits(stated: &str) -> usize {
    // The exponent and the percent sign say nothing, nor do zeros that only hold a place.
    let mantissa = stated.split(['\\', 'e', 'E', '%', '*', '×']).next().unwrap_or_default();
    let digits = mantissa.trim_start_matches(|c: char| !matches!(c, '1'..='9')).trim_end();
    let digits =
        if digits.contains('.') || mantissa.contains('.') { digits } else { digits.trim_end_matches('0') };
    digits.bytes().filter(u8::is_ascii_digit).count()
}

/// The places where the base makes a difference.
fn affected(open: &Outcomes, worlds: &[World]) -> BTreeSet<Span> {
    let places = worlds.iter().flat_map(|world| world.outcomes.keys()).chain(open.keys());
    let before = |place: &Span| open.get(place).cloned().unwrap_or_default();
    places.filter(|place| worlds.iter().any(|world| world.at(place) != before(place))).copied().collect()
}

/// Whether every hole is filled alike.
fn same_holes(fitting: &[&World], affected: &BTreeSet<Span>) -> bool {
    affected
        .iter()
        .all(|place| fitting.windows(2).all(|pair| pair[0].at(place).filled == pair[1].at(place).filled))
}

/// The chapter with the one base that fits, which its claims say.
fn chosen(world: &World, worlds: &[World], affected: &BTreeSet<Span>) -> Judged {
    let mut judged = world.judged();
    let fact =
        format!("`\\log` to base {}, the one that makes every such claim here right", world.base.word());
    say(&mut judged.report, affected, &fact);
    show_readings(&mut judged.report, worlds, affected);
    judged
}

/// The chapter with the first of several bases that all fit. What hangs on the base has no value for other chapters.
fn whichever(world: &World, worlds: &[World], affected: &BTreeSet<Span>, open: Judged) -> Judged {
    let mut judged = Judged { scope: open.scope, ..world.judged() };
    let differ = |place: &Span| worlds.windows(2).any(|pair| pair[0].at(place) != pair[1].at(place));
    let differing: BTreeSet<Span> = affected.iter().filter(|place| differ(place)).copied().collect();
    say(&mut judged.report, &differing, "right with more than one base of `\\log`");
    show_readings(&mut judged.report, worlds, affected);
    for diagnostic in judged.report.diagnostics.iter_mut().filter(|it| differing.contains(&it.span)) {
        diagnostic.fix = None;
        diagnostic.help = None;
    }
    for claim in
        judged.report.claims.iter_mut().filter(|it| differing.contains(&it.span) && !it.verdict.passes())
    {
        claim.fix = None;
    }
    judged
}

/// The chapter as it was without a base, its errors with what each base would make of them.
fn refused(mut open: Judged, worlds: &[World], affected: &BTreeSet<Span>) -> Judged {
    show_readings(&mut open.report, worlds, affected);
    open
}

/// Adds `fact` to the passing claims at these places.
fn say(report: &mut Report, places: &BTreeSet<Span>, fact: &str) {
    let told = |span: &Span| places.contains(span);
    for claim in report.claims.iter_mut().filter(|claim| told(&claim.span) && claim.verdict.passes()) {
        claim.message = match claim.message.as_str() {
            "" => fact.to_owned(),
            message => format!("{message}; {fact}"),
        };
    }
}

/// Adds to each complaint at these places what the claim comes to with each base, and where it is right.
fn show_readings(report: &mut Report, worlds: &[World], affected: &BTreeSet<Span>) {
    for claim in report.claims.iter().filter(|claim| affected.contains(&claim.span)) {
        let Some(diagnostic) = claim.diagnostic.and_then(|at| report.diagnostics.get_mut(at)) else {
            continue;
        };
        let reading = |world: &World| {
            let outcome = world.at(&claim.span);
            let value = outcome.computed.unwrap_or_else(|| "no value".to_owned());
            let right = if outcome.fails || outcome.filled.is_some() { "" } else { " (right)" };
            format!("{value} with base {}{right}", world.base.word())
        };
        let readings: Vec<String> = worlds.iter().map(reading).collect();
        diagnostic.notes.push(format!("`\\log` has no base here: this is {}", readings.join(", ")));
    }
}
