//! Judges the statements of a text one after the other: what is declared, what waits, what is an equation's solution.

use super::case::Case;
use super::chain::{self, Chain};
use super::finding::{self, Finding};
use super::segment::{self, Court};
use super::several::Given;
use super::waiting::Held;
use super::{Judge, cells, condition, declare, naming, parameter};
use crate::compare::Verdict;
use crate::report;
use crate::scan::{Fragment, Lead, Words};
use crate::syntax::macros::{self, Expanded};
use crate::syntax::{self, Notation, Statement};

/// What a statement may be to what is known: another solution of equations, or another case.
enum Met {
    Given(Given),
    Case(Case),
}

impl Judge<'_> {
    /// Judges all statements of a text. `always`: each defines its first member, known or not.
    pub(super) fn statements(
        &mut self,
        text: &Fragment,
        notation: Notation,
        kind: report::Kind,
        always: bool,
    ) {
        let expanded = match notation {
            Notation::Latex => macros::expand(&text.text, &mut self.macros),
            Notation::Plain => None,
        };
        let Some(statements) = self.parsed(text, expanded.as_ref(), notation, kind) else { return };
        let first = self.scope.len();
        let mut parameters = Vec::new();
        let words_of_all = self.words;
        // A quantifier binds its names in the text that it stands in.
        let mut bound = Vec::new();
        for (number, group) in chain::groups(&statements).into_iter().enumerate() {
            let place = (text.span.start, number);
            let lead = if group[0].lead == Lead::Open { words_of_all.lead } else { group[0].lead };
            self.words = match number {
                0 => Words { lead, ..words_of_all },
                _ => words_of_all.within(lead),
            };
            let (home, words, block) = (self.findings.len(), self.words, self.learner.block());
            let held = |rules, solution| {
                let (text, expanded) = (text.clone(), expanded.clone());
                Held { solution, text, notation, kind, rules, expanded, home, words, block }
            };
            let is_alternative = self.words.is_alternative || group[0].is_alternative;
            let previous = self.previous.map(|(_, known)| known);
            self.follow(place, is_alternative);
            if !always && self.holds(place, held) {
                continue;
            }
            if naming::is_condition(group, &parameters, &self.scope)
                || self.words.is_condition && self.supposes(group, text, (place, held))
            {
                continue;
            }
            let tag = declare::Tag { always, fence: kind == report::Kind::Fence, first };
            if let Some(declared) = declare::read(group, text, &self.scope, tag) {
                let (start, before) = (self.findings.len(), self.scope.len());
                self.declare(declared, text);
                self.findings[start..].iter_mut().for_each(|finding| finding.record.notation = notation);
                self.give(place, before, group[0].span);
                if group[0].is_quantified {
                    bound.extend(before..self.scope.len());
                }
                continue;
            }
            if always && self.lacks_value(group) || !always && naming::is_event(group, &self.scope) {
                continue;
            }
            if let (report::Kind::Fence, [statement]) = (kind, group)
                && statement.is_lone()
                && let Some(finding) = self.idle(statement, text)
            {
                self.findings.push(finding);
                continue;
            }
            let (start, before) = (self.findings.len(), self.scope.len());
            let met = self.meet(group, text, is_alternative, always);
            let (chain, mut findings) = self.chain(group, text, notation, kind, always);
            self.settle(met, &chain, &mut findings);
            if let Some(solution) = self.solution_before(&chain, previous) {
                self.judge_solution(&chain, &solution, &mut findings);
            }
            self.doubt_supposed(&chain, &mut findings);
            self.note_use(&chain, &mut findings);
            if self.either.group(place).is_some() {
                let held = held(self.rules.clone(), self.solution_known(&chain));
                self.set_aside(place, &held, &mut findings, start);
            }
            if self.words.is_hypothetical && condition::is_one(group, &self.scope) {
                findings.iter_mut().for_each(|finding| finding.is_condition = true);
            }
            let both = self.take_first(&chain);
            self.findings.extend(findings);
            self.learn(place, &chain, start..self.findings.len(), before, always);
            let unsolved = both.and_then(|both| self.take_second(both));
            self.findings.extend(unsolved);
            let unsolved = self.judge_numbered(&chain);
            self.findings.extend(unsolved);
            self.judge_conditions(&chain);
            parameters.extend(chain.namings.iter().flat_map(|(_, naming)| naming.parameters()).cloned());
        }
        self.words = words_of_all;
        for id in bound {
            let name = self.scope.binding(id).name.clone();
            self.scope.forget(&name);
        }
    }

    /// What a statement is to what is known, before it is judged.
    fn meet(
        &mut self,
        group: &[Statement<'_>],
        text: &Fragment,
        is_alternative: bool,
        always: bool,
    ) -> Option<Met> {
        let given = self.meet_solution(group, text).map(Met::Given);
        let case = |judge: &mut Self| judge.meet_case(group, text, is_alternative).map(Met::Case);
        given.or_else(|| if always { None } else { case(self) })
    }

    /// After it has been judged.
    fn settle(&mut self, met: Option<Met>, chain: &Chain, findings: &mut Vec<Finding>) {
        match met {
            Some(Met::Given(given)) => self.settle_solution(given, chain, findings),
            Some(Met::Case(case)) => self.settle_case(case, chain, findings),
            None => self.settle_late(chain),
        }
    }

    pub(super) fn parsed<'t>(
        &mut self,
        text: &'t Fragment,
        expanded: Option<&'t Expanded>,
        notation: Notation,
        kind: report::Kind,
    ) -> Option<Vec<Statement<'t>>> {
        match syntax::parse_with(text, notation, expanded) {
            Ok(statements) => Some(statements),
            Err(error) => {
                let stated = finding::one_line(&text.text);
                let finding = Finding::new(kind, text.trimmed().span, &stated, Verdict::Unverifiable);
                self.findings.push(finding.complaint(finding::unreadable(&error)));
                None
            }
        }
    }

    /// Judges a chain and defines its names. Its findings come back, since an inline claim shows them differently.
    pub(super) fn chain(
        &mut self,
        group: &[Statement<'_>],
        text: &Fragment,
        notation: Notation,
        kind: report::Kind,
        always: bool,
    ) -> (Chain, Vec<Finding>) {
        let chain = chain::read(group, text, &self.scope, always);
        let latex = notation == Notation::Latex;
        let exprs: Vec<_> =
            chain.members.iter().filter_map(|member| member.expr()).chain(chain.moduli()).collect();
        for expr in &exprs {
            self.givens.mark(expr, &self.scope);
            self.entries.mark(expr, &self.scope);
        }
        let assumed = parameter::assumed(&self.scope, &chain);
        let scope = assumed.as_ref().map_or(&self.scope, |assumed| &assumed.scope);
        let court = Court { scope, assumes: assumed.is_some(), ..self.court(kind, latex) };
        let each = self.judge_each(&chain, &court);
        let mut judgement = each.unwrap_or_else(|| segment::judge(&court, &chain));
        self.judge_by_formula(&chain, &mut judgement.findings);
        self.doubt_powers(&chain, &mut judgement.findings);
        self.doubt_instances(&chain, self.court(kind, latex), &mut judgement.findings);
        self.doubt_cases(&chain, self.court(kind, latex), &mut judgement.findings);
        if let Some(assumed) = &assumed {
            judgement.findings.iter_mut().for_each(|finding| assumed.doubt(finding));
        }
        self.carry(&mut judgement.findings, &exprs, |judge| {
            segment::judge(&judge.court(kind, latex), &chain).findings
        });
        judgement.findings.iter_mut().for_each(|finding| finding.record.notation = notation);
        let computed = cells::computed_before(&self.scope, &chain);
        let claims = self.findings.len()..self.findings.len() + judgement.findings.len();
        self.tracing.chain(&chain, &self.scope, claims);
        let declared = if always { Vec::new() } else { self.declared_before(&chain) };
        self.define(&chain, &judgement);
        judgement.findings.extend(self.note_instances(&chain, declared));
        self.contradict(&chain, &judgement);
        if judgement.defining.is_some() {
            judgement.findings.extend(self.clashes(&chain));
            self.use_what_clashes(&chain);
            self.note_runs(&chain);
        }
        for (name, before) in computed {
            let now = self.scope.here(&name).filter(|now| *now != before);
            judgement.findings.extend(now.and_then(|now| self.compare_with_cell(before, now)));
        }
        (chain, judgement.findings)
    }
}
