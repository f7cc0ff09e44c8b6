//! Judges a chain: its stretches of equal members one by one, then the inequalities between them.

mod pair;

use std::collections::BTreeMap;
use std::ops::Range;

use super::chain::{Chain, Kind, Member};
use super::finding::{self, Finding};
use super::naming::Naming;
use super::number::{self, Bare};
use super::stated;
use super::substitution::Step;
use super::value::Quantity;
use super::{identity, inequality, members, spread, unit};
use crate::compare::{Relation as Allowed, Rule, Stated, Verdict};
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, Scope};
use crate::report;
use crate::scan::{Intermediate, Rules};
use crate::source::Span;
use crate::syntax::{Link, Name, Relation};

/// What a chain is judged by.
#[derive(Clone, Copy)]
pub(super) struct Court<'s> {
    /// The names as they were before the chain.
    pub(super) scope: &'s Scope,
    /// The rules of its block.
    pub(super) rules: &'s Rules,
    /// What its stated numbers are in the report.
    pub(super) kind: report::Kind,
    /// The numbers that the page has stated for names.
    pub(super) stated: &'s BTreeMap<BindingId, Stated>,
    /// Whether holes are filled in LaTeX notation.
    pub(super) latex: bool,
    /// Whether claims that pass go without their values.
    pub(super) brief: bool,
    /// Whether some names have a domain only because nothing is said of them.
    pub(super) assumes: bool,
}

impl Court<'_> {
    /// The value as a report gives it beside this verdict, if it does. So many digits are most of the work on a page.
    pub(super) fn value(&self, verdict: Verdict, quantity: &Quantity<'_>) -> String {
        if self.leaves_out(verdict) { String::new() } else { quantity.display() }
    }

    /// Whether nobody sees what a claim with this verdict was computed by.
    pub(super) fn leaves_out(&self, verdict: Verdict) -> bool {
        self.brief && verdict.passes()
    }

    /// Whether a name stands for a set.
    pub(super) fn is_set(&self, name: &Name) -> bool {
        self.scope.nature(name).is_some_and(|nature| nature.is_set)
    }

    /// Whether the numbers that the page states for names may have been rounded.
    pub(super) fn allows_rounded_inputs(&self) -> bool {
        self.rules.intermediate == Some(Intermediate::Rounded)
    }

    /// The rule by which a number after this relation is judged.
    pub(super) fn rule(&self, relation: Relation) -> Rule {
        Rule::with(allowed(relation), self.rules)
    }
}

/// What a relation allows of a number behind it.
pub(super) fn allowed(relation: Relation) -> Allowed {
    if relation == Relation::Approximate { Allowed::Approx } else { Allowed::Equal }
}

/// What judging a chain yields.
#[derive(Default)]
pub(super) struct Judgement {
    /// In the order of the text.
    pub(super) findings: Vec<Finding>,
    /// The member whose expression gives the defined names their value.
    pub(super) defining: Option<usize>,
}

/// Judges every link of a chain.
pub(super) fn judge(court: &Court<'_>, chain: &Chain) -> Judgement {
    let mut judgement = Judgement::default();
    for range in segments(chain) {
        let segment = Segment::new(court, chain, range);
        if segment.range.start == 0 && !chain.namings.is_empty() {
            judgement.defining = segment.defining();
        }
        judgement.findings.extend(segment.judge());
    }
    for (position, link) in chain.links.iter().enumerate() {
        if !is_equality(chain, position) {
            judgement.findings.extend(inequality::judge(court, chain, position, *link));
        }
    }
    judgement.findings.sort_by_key(|finding| finding.record.span.start);
    judgement
}

/// Whether the members around this link claim to be equal.
fn is_equality(chain: &Chain, link: usize) -> bool {
    match chain.links[link].relation {
        relation if relation.is_equality() => true,
        Relation::Arrow => {
            let percent = |bare: &Bare| bare.numbers.iter().all(|(_, number)| number.stated.percent);
            matches!(&chain.members[link + 1].kind, Kind::Bare(bare) if percent(bare))
        }
        _ => false,
    }
}

/// The stretches of members that are claimed to be equal.
pub(super) fn segments(chain: &Chain) -> Vec<Range<usize>> {
    let mut segments = Vec::new();
    let mut start = 0;
    for end in 1..=chain.members.len() {
        if end == chain.members.len() || !is_equality(chain, end - 1) {
            segments.push(start..end);
            start = end;
        }
    }
    segments
}

/// A stretch of members that are claimed to be equal, with what was computed of them.
pub(super) struct Segment<'c> {
    pub(super) court: &'c Court<'c>,
    pub(super) chain: &'c Chain,
    pub(super) range: Range<usize>,
    /// The computed members with their positions. Of a segment without an expression, its first number.
    pub(super) computed: Vec<(usize, Quantity<'c>)>,
    /// Whether some member depends on names that have a domain and no value.
    symbolic: bool,
    /// The members that have no value, and why.
    failed: Vec<(usize, Diagnostic)>,
    /// The name that the whole chain goes by.
    pub(super) name: String,
}

/// The errors of members without a value that have not been told yet.
struct Causes<'s> {
    left: std::slice::Iter<'s, (usize, Diagnostic)>,
    /// The number under which one was told last.
    told: Option<Span>,
}

impl<'c> Segment<'c> {
    fn new(court: &'c Court<'c>, chain: &'c Chain, range: Range<usize>) -> Self {
        let mut segment = Self {
            court,
            chain,
            range: range.clone(),
            computed: Vec::new(),
            symbolic: false,
            failed: Vec::new(),
            name: finding::name(chain),
        };
        // A formula alone claims nothing, unless its relation was lost with what cannot be read.
        if chain.members.len() < 2 {
            if let (true, [Member { kind: Kind::Unreadable(error), .. }]) = (chain.hidden, &chain.members[..])
            {
                segment.failed.push((0, finding::unreadable(error)));
            }
            return segment;
        }
        let exprs = || range.clone().filter_map(|at| chain.members[at].expr());
        // A function that is defined once claims nothing; a second formula for it is an identity.
        segment.symbolic = if segment.is_function() {
            range.clone().filter(|at| chain.members[*at].value().is_some()).count() > 1
        } else {
            range.len() > 1 && !court.scope.free_in(exprs()).is_empty()
        };
        let claims = range.len() > 1 && !segment.is_function() && !segment.symbolic;
        for at in range.clone() {
            match &chain.members[at].kind {
                // Zero may be what the page says.
                Kind::Expr(expr)
                    if claims
                        && !segment.states_zero()
                        && let Some(error) = court.scope.severed(expr) =>
                {
                    segment.failed.push((at, finding::no_value(&error)));
                }
                Kind::Expr(expr) if claims => match Quantity::new(court.scope, expr) {
                    Ok(quantity) => segment.computed.push((at, quantity)),
                    Err(error) => segment.failed.push((at, finding::no_value(&error))),
                },
                Kind::Unreadable(error) => segment.failed.push((at, finding::unreadable(error))),
                _ => {}
            }
        }
        if claims && segment.computed.is_empty() && segment.failed.is_empty() {
            let literal = range.clone().find_map(|at| Some((at, chain.members[at].value()?)));
            let quantity = literal.and_then(|(at, expr)| Some((at, Quantity::new(court.scope, expr).ok()?)));
            segment.computed.extend(quantity);
        }
        segment
    }

    /// Whether all numbers that it states are zero.
    fn states_zero(&self) -> bool {
        let mut numbers = self.bares().flat_map(|(_, bare)| &bare.numbers).peekable();
        numbers.peek().is_some() && numbers.all(|(_, number)| number.stated.value.is_zero())
    }

    fn is_function(&self) -> bool {
        self.range.start == 0 && self.chain.namings.iter().any(|(_, naming)| naming.is_general())
    }

    /// The member that gives the defined names their value: the first computable one that is not a bare number, else
    /// the first number, else an expression whose error later lines are to show.
    fn defining(&self) -> Option<usize> {
        let members = || self.range.clone().map(|at| (at, &self.chain.members[at]));
        let first = |symbolic: &bool| symbolic.then(|| members().find(|(_, member)| member.expr().is_some()));
        let symbolic = first(&self.symbolic).flatten().map(|(at, _)| at);
        let computed = self.computed.first().map(|(at, _)| *at).or(symbolic);
        let number = || members().find(|(_, member)| matches!(member.kind, Kind::Bare(_))).map(|(at, _)| at);
        let expression = || members().find(|(_, member)| member.expr().is_some()).map(|(at, _)| at);
        let member = computed.or_else(number).or_else(expression)?;
        match &self.chain.members[member].kind {
            Kind::Bare(bare) if self.unmatched_parts(bare).is_some() => None,
            _ => Some(member),
        }
    }

    /// The member that judges.
    pub(super) fn reference(&self) -> Option<&(usize, Quantity<'c>)> {
        self.computed.first()
    }

    /// Whether the chain gives a name a bare number or list, with nothing to recompute it from.
    fn is_given(&self) -> bool {
        let bare = |at: usize| matches!(self.chain.members[at].kind, Kind::Bare(_));
        let defines = self.range.start == 0 && !self.chain.namings.is_empty();
        defines && self.reference().is_some_and(|(at, _)| bare(*at))
    }

    fn judge(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut causes = Causes { left: self.failed.iter(), told: None };
        if self.symbolic {
            findings.extend(identity::segment(&self));
            findings.extend(causes.left.map(|cause| self.has_failed(cause)));
            return findings;
        }
        for at in self.range.clone() {
            match &self.chain.members[at].kind {
                // What stands between two inequalities is judged by them.
                _ if self.range.len() < 2 => {}
                Kind::Bare(bare) => findings.extend(self.numbers(at, bare, &mut causes)),
                Kind::Hole(hole) => findings.push(match self.reference() {
                    Some((_, quantity)) => stated::fill(&self, at, hole, quantity),
                    None => self.unchecked(hole.span, &self.chain.members[at].text, &mut causes).hole(),
                }),
                _ => {}
            }
        }
        findings.extend(causes.left.map(|cause| self.has_failed(cause)));
        findings.extend(members::agree(&self));
        if let Some(sign) = self.bare_congruence() {
            findings.iter_mut().for_each(|finding| finding.ask_for_modulus(sign));
        }
        findings
    }

    /// A `≡` in it that no modulus follows.
    fn bare_congruence(&self) -> Option<Span> {
        let links = &self.chain.links[self.range.start..self.range.end.saturating_sub(1)];
        links.iter().map(|link| link.span).find(|sign| self.chain.bare_congruences.contains(sign))
    }

    fn has_failed(&self, (at, diagnostic): &(usize, Diagnostic)) -> Finding {
        let member = &self.chain.members[*at];
        self.unverifiable(member.span, &member.text, diagnostic.clone())
    }

    fn numbers(&self, at: usize, bare: &Bare, causes: &mut Causes<'_>) -> Vec<Finding> {
        let reference = self.reference();
        if let Some((first, _)) = reference.filter(|(first, _)| *first == at) {
            let given =
                |number| Finding::number(report::Kind::Definition, number, Verdict::Given).named(&self.name);
            debug_assert_eq!(*first, at);
            if let Some(message) = self.unmatched_parts(bare) {
                let span = self.chain.members[at].span;
                let diagnostic = Diagnostic::error(Code::WrongType, span, message);
                return vec![self.unverifiable(span, &self.chain.members[at].text, diagnostic)];
            }
            let units = bare.numbers.iter().filter_map(|(_, number)| number.unit.as_deref());
            if let Some(Err(message)) = units.map(unit::scales).find(Result::is_err) {
                let span = self.chain.members[at].span;
                let diagnostic = Diagnostic::error(Code::Units, span, message)
                    .help("write the number out, or as `\\times 10^k`");
                return vec![self.unverifiable(span, &self.chain.members[at].text, diagnostic)];
            }
            if let Some(judged) = self.one_of_two(at, bare) {
                return judged;
            }
            return if self.is_given() {
                bare.numbers.iter().map(|(_, number)| given(number)).collect()
            } else {
                Vec::new()
            };
        }
        match reference {
            Some((_, quantity)) => {
                let findings = stated::judge(self, at, bare, quantity);
                let is_false = |findings: &[Finding]| findings.iter().any(Finding::is_false);
                let nearer = self.approximation(at).filter(|_| is_false(&findings));
                let nearer = nearer.map(|quantity| stated::judge(self, at, bare, quantity));
                let findings = nearer.filter(|nearer| !is_false(nearer)).unwrap_or(findings);
                let passes = findings.iter().all(Finding::passes);
                passes.then(|| self.off_the_estimate(at, bare)).flatten().unwrap_or(findings)
            }
            None => {
                let numbers = bare.numbers.iter();
                numbers.map(|(_, number)| self.unchecked(number.span, &number.stated.text, causes)).collect()
            }
        }
    }

    /// The formula behind a `≈` that member `at` may have the value of: `\sqrt{10} \approx 3 + \frac16 = \frac{19}{6} = 3.1667`.
    pub(super) fn approximation(&self, at: usize) -> Option<&Quantity<'c>> {
        let (first_at, first) = self.computed.first()?;
        let is_equated = |member: usize| self.relation(member) == Relation::Equal;
        let sign = (first_at + 1..=at).rev().find(|member| !is_equated(*member))?;
        let nearest = self.computed.iter().find(|(member, _)| *member == sign && sign < at)?;
        let (_, quantity) = nearest;
        // Rounded numbers put in are no other formula.
        if self.relation(sign) != Relation::Approximate
            || !spread::takes_decimals_over(first.expr, quantity.expr)
        {
            return None;
        }
        let is_near = members::is_close(first, quantity)
            || members::is_an_estimate(first, quantity)
                && matches!(members::step(self, nearest), Step::Rounded);
        is_near.then_some(quantity)
    }

    /// What is wrong with a number that is right for the first formula, but no value of the other one that it is equated with
    /// behind a `≈`: `4.1 \times 19.8 \approx 4 \times 20 = 81`.
    fn off_the_estimate(&self, at: usize, bare: &Bare) -> Option<Vec<Finding>> {
        let [(_, number)] = &bare.numbers[..] else { return None };
        let (first_at, first) = self.reference()?;
        let (near_at, near) = self.computed.iter().rev().find(|(member, _)| member < &at)?;
        let is_equated = (near_at + 1..=at).all(|member| self.relation(member) == Relation::Equal);
        let is_estimated =
            (first_at + 1..=*near_at).any(|member| self.relation(member) == Relation::Approximate);
        if !is_equated || !is_estimated {
            return None;
        }
        let findings = stated::judge(self, at, bare, near);
        let rule = self.court.rule(Relation::Equal);
        let is_off = findings.iter().any(Finding::is_false)
            && !spread::allows(self.court, first, near, &number.stated, &rule)
            && members::all_agree(self);
        is_off.then(|| {
            let member = &self.chain.members[*near_at];
            let formula = finding::quoted(&member.text, "the formula before it");
            let message = format!("{formula} is {}, not {}", near.short(8), number.stated.text.trim());
            let diagnostic = Diagnostic::error(Code::Mismatch, number.span, message)
                .label("stated here")
                .secondary(member.span, format!("evaluates to {}", near.display()))
                .note("it is a number for what stands before the `≈`, and `=` equates it with what stands behind");
            let finding = Finding::number(self.court.kind, number, Verdict::Mismatch).named(&self.name);
            vec![finding.computed(near.display()).complaint(diagnostic)]
        })
    }

    /// Names that stand in brackets are given as many numbers.
    fn unmatched_parts(&self, bare: &Bare) -> Option<String> {
        self.chain.namings.iter().find_map(|(_, naming)| match naming {
            Naming::Parts(names) if names.len() != bare.numbers.len() => {
                let numbers = match bare.numbers.len() {
                    1 => "one number is".to_owned(),
                    count => format!("{count} numbers are"),
                };
                Some(format!("{numbers} given to {} names", names.len()))
            }
            _ => None,
        })
    }

    /// A number or hole that there is nothing to judge by, with the error of the member that should have been computed.
    /// One error is told once, whatever else hangs on it.
    fn unchecked(&self, span: Span, text: &str, causes: &mut Causes<'_>) -> Finding {
        let diagnostic = match (causes.left.next(), causes.told) {
            (Some((_, diagnostic)), _) => diagnostic.clone().secondary(span, "so this cannot be checked"),
            // What is wrong for having no value is so by itself, each time.
            (None, Some(_)) if self.has_no_value() => self.failed[0].1.clone(),
            (None, Some(told)) => return self.unknown(span, text).because_of(told),
            (None, None) => {
                Diagnostic::error(Code::UnknownName, span, "there is nothing to compute this from")
                    .help("state a formula beside it, whose names the page defines")
            }
        };
        causes.told = Some(span);
        let finding = self.unverifiable(span, text, diagnostic);
        if self.has_no_value() { finding.verdict(Verdict::Mismatch) } else { finding }
    }

    /// Whether every formula is without a value among the real numbers, so that no number is one.
    fn has_no_value(&self) -> bool {
        let is_without = |(at, diagnostic): &(usize, Diagnostic)| {
            let expr = self.chain.members[*at].expr();
            diagnostic.code == Code::Undefined && expr.is_some_and(number::leaves_the_reals)
        };
        !self.failed.is_empty() && self.failed.iter().all(is_without)
    }

    pub(super) fn unverifiable(&self, span: Span, text: &str, diagnostic: Diagnostic) -> Finding {
        self.unknown(span, text).complaint(diagnostic)
    }

    fn unknown(&self, span: Span, text: &str) -> Finding {
        let kind = if self.is_number(span) { self.court.kind } else { report::Kind::Relation };
        Finding::new(kind, span, &finding::one_line(text), Verdict::Unverifiable).named(&self.name)
    }

    fn is_number(&self, span: Span) -> bool {
        self.bares().any(|(_, bare)| bare.numbers.iter().any(|(_, number)| number.span == span))
    }

    /// The numbers as typed among the members.
    pub(super) fn bares(&self) -> impl Iterator<Item = (usize, &'c Bare)> {
        let chain = self.chain;
        self.range.clone().filter_map(move |at| match &chain.members[at].kind {
            Kind::Bare(bare) => Some((at, bare)),
            _ => None,
        })
    }

    /// The relation by which the number at `at` is stated: the one before it, or for the first member the one after.
    pub(super) fn relation(&self, at: usize) -> Relation {
        let link: Option<&Link> =
            if at > self.range.start { self.chain.links.get(at - 1) } else { self.chain.links.get(at) };
        link.map_or(Relation::Equal, |link| link.relation)
    }
}
