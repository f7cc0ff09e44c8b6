//! A name with a domain that is given one of its values, `x = 3` behind `x \in \mathbb{R}`: for its block, behind which it stands
//! for any value again.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::Judge;
use super::chain::{Chain, Member};
use super::finding::{Finding, one_line};
use super::naming::Naming;
use super::segment::{self, Court};
use super::several;
use super::waiting::Solution;
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, Bound, Definition, Domain, Scope, Set};
use crate::num::{Number, Precision};
use crate::report;
use crate::scan::Lead;
use crate::source::Span;
use crate::syntax::{Binary, Condition, Expr, Kind, Literal, MemberKind, Name, Statement};

/// The definition by which a name has a domain and no value, if it can be given one: a random name keeps its law, and a name
/// that a quantifier binds stands for all values.
pub(super) fn declared(name: &Name, scope: &Scope) -> Option<BindingId> {
    let id = scope.here(name)?;
    let is_open = !scope.binding(id).nature.is_quantified;
    scope.domain(id).filter(|domain| is_open && domain.law.is_none()).map(|_| id)
}

/// Whether a chain gives a name with a domain a value: what stands on its `right` depends on no such name.
pub(super) fn is_given(name: &Name, right: &[(&Statement<'_>, usize)], scope: &Scope) -> bool {
    let has_value = |(statement, idx): &(&Statement<'_>, usize)| match statement.read(*idx, scope, &[]).kind {
        MemberKind::Expr(expr) => scope.evaluate(&expr, Precision::DOUBLE).is_ok(),
        _ => false,
    };
    scope.declares() && declared(name, scope).is_some() && right.iter().all(has_value)
}

fn passes(findings: &[Finding]) -> bool {
    !findings.is_empty() && findings.iter().all(Finding::passes)
}

impl Judge<'_> {
    /// The names of a chain that have a domain up to here.
    pub(super) fn declared_before(&self, chain: &Chain) -> Vec<BindingId> {
        let named = |(_, naming): &(usize, Naming)| match naming {
            Naming::Name(name) => declared(name, &self.scope),
            _ => None,
        };
        chain.namings.iter().filter_map(named).collect()
    }

    /// The names of a chain have their values, and had domains `before`: these are theirs again behind the block. What does
    /// not lie in its domain is no instance of it.
    pub(super) fn note_instances(&mut self, chain: &Chain, before: Vec<BindingId>) -> Vec<Finding> {
        let findings = before.iter().filter_map(|id| self.lies_elsewhere(chain, *id)).collect();
        self.instances.extend(before);
        findings
    }

    fn lies_elsewhere(&self, chain: &Chain, declared: BindingId) -> Option<Finding> {
        let binding = self.scope.binding(declared);
        let domain = self.scope.domain(declared)?;
        let now = self.scope.here(&binding.name)?;
        let value = self.scope.evaluate_binding(now, Precision::LADDER[1]).ok()?.value;
        let is_inside = domain.has(&value) != Some(false)
            && !domain.conditions.iter().any(|condition| self.is_broken(condition, chain.members[0].span));
        if is_inside {
            return None;
        }
        let member = chain.members.get(1)?;
        let message = format!("this value of `{}` lies outside of its domain", binding.name);
        let diagnostic = Diagnostic::error(Code::RelationFalse, member.span, message)
            .secondary(binding.span, "declared here")
            .help(format!(
                "mend one of them, or forget the domain with `<!-- qed: new [{}] -->`",
                binding.name
            ));
        let text = one_line(&member.text);
        let finding = Finding::new(report::Kind::Relation, member.span, &text, Verdict::Mismatch);
        Some(finding.named(binding.name.as_str()).complaint(diagnostic))
    }

    fn is_broken(&self, condition: &Condition, span: Span) -> bool {
        let number = |literal: Literal| Expr::new(Kind::Number(literal), span);
        let holds = (number(Literal::one()), vec![vec![condition.clone()]]);
        let broken = (number(Literal::zero()), Vec::new());
        let value = self.number(&Expr::new(Kind::Cases(vec![holds, broken]), span));
        value.and_then(|value| value.is_zero()) == Some(true)
    }

    /// What relates formulas, and no number, is meant for every value of its names, or for the one that the block gives to some
    /// of them: where only this holds, it is not known which is meant.
    pub(super) fn doubt_instances(&self, chain: &Chain, judge: Court<'_>, findings: &mut [Finding]) {
        let relates_formulas = chain.members.iter().all(|member| member.expr().is_some());
        if self.instances.is_empty() || !relates_formulas || !passes(findings) {
            return;
        }
        let mut general = self.scope.clone();
        let uses = |id: &&BindingId| chain.uses(&general.binding(**id).name);
        let Some(used) = self.instances.iter().find(uses) else { return };
        let name = general.binding(*used).name.clone();
        self.instances.iter().for_each(|id| several::put_in_again(&mut general, *id));
        let everywhere = segment::judge(&Court { scope: &general, ..judge }, chain).findings;
        if !passes(&everywhere) {
            findings.iter_mut().for_each(|finding| finding.holds_only_for_value_of(name.as_str()));
        }
    }

    /// Formulas that are equated, and then to a number, are meant to agree for every value of their unknown: a wrong factor
    /// may agree at the solution alone, as in `x^2 - 5x + 6 = (x - 2)(x + 3) = 0` for `x = 2`.
    pub(super) fn doubt_formulas(
        &self,
        chain: &Chain,
        solution: &Solution,
        findings: &[Finding],
    ) -> Option<Finding> {
        chain.stated()?;
        let formulas = chain.formulas();
        let second = formulas.members.get(1).filter(|_| !findings.iter().any(Finding::is_false))?;
        let mut used = solution.unknowns.iter().filter(|name| formulas.uses(name));
        let (Some(name), None) = (used.next(), used.next()) else { return None };
        // `z = 3 y = y = 12` gives two names their number.
        let computes = |expr: &Expr| expr.depends_on(name) && !matches!(expr.kind, Kind::Name(_));
        if !formulas.members.iter().filter_map(Member::expr).all(computes) {
            return None;
        }
        let general = self.with_any(&[name], second.span)?;
        let court = Court { scope: &general, ..self.court(report::Kind::Equation, true) };
        if passes(&segment::judge(&court, &formulas).findings) {
            return None;
        }
        let text = one_line(&second.text);
        let mut finding = Finding::new(report::Kind::Relation, second.span, &text, Verdict::Exact);
        finding.holds_only_for_value_of(name.as_str());
        Some(finding)
    }

    /// Formulas that are equated are meant to agree for every value of a name that is only put in somewhere else: for `n = 1` they
    /// may agree by chance. Where a derivative is one of them, so are they whatever is given; and where they are 0 by a factor,
    /// as those of `y - 1 = -8(x - 2)` at its point, they say nothing.
    pub(super) fn doubt_cases(&self, chain: &Chain, judge: Court<'_>, findings: &mut [Finding]) {
        let derives = |expr: &Expr| matches!(expr.kind, Kind::Derivative { .. });
        let is_told = chain.stated().is_some() && !chain.members.iter().filter_map(Member::expr).any(derives);
        if is_told || chain.members.len() < 2 || !passes(findings) {
            return;
        }
        let formulas = chain.formulas();
        let exprs: Vec<&Expr> = formulas.members.iter().filter_map(Member::expr).collect();
        // `V = IR` relates what has been given or defined.
        if exprs.len() < 2
            || exprs.iter().any(|expr| matches!(expr.kind, Kind::Name(_)))
            || !formulas.links.iter().all(|link| link.relation.is_equality())
        {
            return;
        }
        let names = self.put_in_elsewhere(&exprs, chain.stated().is_some());
        let Some(name) = names.first() else { return };
        let Some(general) = self.with_any(&names, formulas.members[0].span) else { return };
        let everywhere = segment::judge(&Court { scope: &general, ..judge }, &formulas).findings;
        if everywhere.iter().any(Finding::is_false) {
            findings.iter_mut().for_each(|finding| finding.holds_only_where_put_in(name.as_str()));
        }
    }

    /// The names with numbers for which formulas should agree whatever these are. `is_told`: the page states their number.
    fn put_in_elsewhere<'e>(&self, exprs: &[&'e Expr], is_told: bool) -> Vec<&'e Name> {
        let derives = exprs.iter().any(|expr| matches!(expr.kind, Kind::Derivative { .. }));
        let start = exprs.first().map_or(0, |expr| expr.span.start);
        let is_zero = |expr: &Expr| self.number(expr).and_then(|value| value.is_zero()) == Some(true);
        let by_factor = |expr: &&Expr| match &expr.ungrouped().kind {
            Kind::Binary(Binary::Multiply(_), one, other) => is_zero(one) != is_zero(other),
            _ => false,
        };
        let are_empty = !is_told && exprs.iter().all(|expr| is_zero(expr)) && exprs.iter().any(by_factor);
        let says_nothing = |name: &Name| {
            let id = self.scope.here(name).filter(|id| self.givens.is_given(*id))?;
            if are_empty && self.scope.binding(id).span.start < start {
                return Some(true);
            }
            let is_case = !is_told && self.is_put_in_elsewhere(id, exprs);
            if !is_case && !derives {
                return None;
            }
            let following = several::following(&self.scope, name, id);
            let follows =
                |expr: &Expr| following.iter().any(|id| expr.depends_on(&self.scope.binding(*id).name));
            Some(exprs.iter().all(|expr| expr.depends_on(name) || follows(expr)))
        };
        let names: BTreeSet<&Name> = exprs.iter().flat_map(|expr| expr.free_names()).collect();
        names.into_iter().filter(|name| says_nothing(name) == Some(true)).collect()
    }

    /// Whether a name is put in, in another sentence than the present one, and formulas are not said to agree for its number: "let
    /// `x = 3`; then `2x + 1 = 3x - 2`".
    fn is_put_in_elsewhere(&self, id: BindingId, exprs: &[&Expr]) -> bool {
        let Some(sentence) = self.cases.sentence(id).filter(|own| *own != self.words.sentence) else {
            return false;
        };
        let is_behind = self.words.lead == Lead::Result && self.words.former_sentence == Some(sentence);
        let adds_up = |node: &Expr| matches!(node.kind, Kind::Fold { .. } | Kind::Dots { .. });
        // For these sums begin and powers coincide.
        let is_small =
            || [0, 1, 2].iter().any(|small| !several::differ(self.value(id), Some(Number::from(*small))));
        !is_behind || exprs.len() > 2 || is_small() || exprs.iter().any(|expr| expr.any(adds_up))
    }

    /// What is known where names may be anything with the sign that they have: a whole number any other, as it may count something.
    fn with_any(&self, names: &[&Name], span: Span) -> Option<Scope> {
        let mut general = self.scope.clone();
        for name in names {
            let id = general.here(name)?;
            let (value, zero) = (self.value(id)?, Some(Bound::open(0)));
            let set = if value.is_integer() == Some(true) { Set::Integers } else { Set::Reals };
            let domain = match value.sign() {
                Some(Ordering::Greater) => Domain { set, lower: zero, ..Domain::reals() },
                Some(Ordering::Less) => Domain { set, upper: zero, ..Domain::reals() },
                _ => Domain { set, ..Domain::reals() },
            };
            let following = several::following(&general, name, id);
            several::redefine(&mut general, name, Definition::Free(Arc::new(domain)), span, &following);
        }
        Some(general)
    }

    /// A block ends: names that have had a value in it have their domain again.
    pub(super) fn close_instances(&mut self) {
        for id in std::mem::take(&mut self.instances) {
            several::put_in_again(&mut self.scope, id);
        }
    }
}
