//! Equations and what is given behind them for their unknowns: `3x = 7`, so `x \\approx 2.33`.

use std::sync::Arc;

use super::Judge;
use super::chain::{self, Chain, Kind, Member};
use super::finding::Finding;
use super::number;
use super::segment::{self, Court};
use super::value::Quantity;
use super::waiting::{Held, Place, Solution};
use crate::compare::{Computed, Rational, could_round};
use crate::eval::{Definition, Scope, World};
use crate::num::Number;
use crate::syntax::{self, Name, Notation};

/// So many equations are tried for another solution.
const MOST_EQUATIONS: usize = 16;
/// The ends of so many roundings are tried in all combinations.
const MOST_ROUNDED: usize = 4;

/// The equations of a block that have been solved.
#[derive(Default)]
pub(super) struct Solutions {
    equations: Vec<(Place, Held)>,
    /// Names with several solutions: what they are from the next block on is not known.
    several: Vec<Name>,
}

impl Solutions {
    /// An equation that has been judged by its solution.
    pub(super) fn note(&mut self, place: Place, held: Held) {
        if self.equations.len() < MOST_EQUATIONS {
            self.equations.push((place, held));
        }
    }
}

impl Judge<'_> {
    /// A block begins: what was solved before is no longer asked for.
    pub(super) fn close_solutions(&mut self) {
        let solutions = std::mem::take(&mut self.solutions);
        solutions.several.iter().for_each(|name| _ = self.scope.forget(name));
    }

    /// What is false of an equation may be so for the rounding of its solution; else either may be the mistake.
    pub(super) fn judge_solution(&self, chain: &Chain, solution: &Solution, findings: &mut [Finding]) {
        let mut wrong = findings.iter_mut().filter(|finding| finding.is_false()).peekable();
        if wrong.peek().is_none() {
            return;
        }
        let is_near = self.solves_nearby(chain, &solution.unknowns).unwrap_or(false);
        wrong.for_each(|finding| match is_near {
            true => finding.is_solved_nearby(),
            false => finding.is_unsolved_by(solution.place),
        });
    }

    /// Whether an equation holds somewhere between the numbers that round to those given for its unknowns: for some of the
    /// ends one side is greater, for others the other.
    fn solves_nearby(&self, chain: &Chain, unknowns: &[Name]) -> Option<bool> {
        if !chain.links.iter().all(|link| link.relation.is_equality()) {
            return None;
        }
        let ends = |name: &Name| {
            let stated = self.stated.get(&self.scope.here(name)?).filter(|stated| !stated.integer)?;
            let half = &stated.unit / Rational::from(2u8);
            Some((name.clone(), [&stated.value - &half, &stated.value + &half]))
        };
        let ends: Vec<(Name, [Rational; 2])> = unknowns.iter().filter_map(ends).collect();
        if ends.is_empty() || ends.len() > MOST_ROUNDED {
            return None;
        }
        let corners = 0..1usize << ends.len();
        let values: Vec<Vec<Computed>> = corners
            .map(|corner| {
                let mut scope = self.scope.clone();
                for (at, (name, ends)) in ends.iter().enumerate() {
                    let value = Number::from(ends[corner >> at & 1].clone());
                    scope.define(name.clone(), Definition::Value(value.into()), chain.members[0].span);
                }
                chain
                    .members
                    .iter()
                    .filter_map(Member::value)
                    .map(|expr| Quantity::new(&scope, expr).ok()?.precise())
                    .collect()
            })
            .collect::<Option<_>>()?;
        let members: Vec<&Member> = chain.members.iter().filter(|member| member.value().is_some()).collect();
        let holds = |(at, member): (usize, &&Member)| {
            let range = |value: &dyn Fn(&[Computed]) -> [Rational; 2]| {
                let all = values.iter().map(|values| value(values));
                all.reduce(|[lo, hi], [other_lo, other_hi]| [lo.min(other_lo), hi.max(other_hi)])
            };
            if let Kind::Bare(bare) = &member.kind
                && let [(path, stated)] = &bare.numbers[..]
                && path.is_empty()
            {
                let [lo, hi] = range(&|values| [values[0].lo.clone(), values[0].hi.clone()])?;
                let relation = chain.links.get(at.saturating_sub(1))?.relation;
                let rule = self.court(crate::report::Kind::Equation, false).rule(relation);
                return Some(could_round(&stated.stated, &Computed::between(lo, hi), &rule));
            }
            let [lo, hi] = range(&|values| [&values[0].lo - &values[at].hi, &values[0].hi - &values[at].lo])?;
            Some(lo <= Rational::ZERO && Rational::ZERO <= hi)
        };
        members
            .iter()
            .enumerate()
            .skip(1)
            .map(holds)
            .collect::<Option<Vec<bool>>>()
            .map(|all| all.into_iter().all(|holds| holds))
    }

    /// `x = 2` or `x = 3`: another number for a name that solves the equations before it as well is no mistake. `world` is
    /// that before it.
    pub(super) fn accept_solution(&mut self, chain: &Chain, findings: &mut [Finding], world: &Arc<World>) {
        let ([finding], [Member { kind: Kind::Expr(unknown), .. }, Member { kind: Kind::Bare(bare), .. }]) =
            (&mut *findings, &chain.members[..])
        else {
            return;
        };
        let (syntax::Kind::Name(name), true) = (&unknown.kind, finding.is_false()) else { return };
        let known = self.scope.here(name).map(|id| &self.scope.binding(id).definition);
        // What was computed has one value.
        if !matches!(known, Some(Definition::Expr(expr)) if number::stated(expr).is_some()) {
            return;
        }
        let mut scope = self.scope.clone();
        scope.define(name.clone(), Definition::Expr(Arc::new(bare.expr.clone())), unknown.span);
        let holds = |(place, held): &(Place, Held)| self.holds_with(*place, held, &scope, name);
        let outcomes: Vec<bool> = self.solutions.equations.iter().filter_map(holds).collect();
        if !outcomes.is_empty() && outcomes.iter().all(|holds| *holds) {
            finding.is_another_solution();
            self.solutions.several.push(name.clone());
            self.world = Arc::clone(world);
        }
    }

    /// Whether an equation holds with these names; nothing if it is none for `name`.
    fn holds_with(&self, place: Place, held: &Held, scope: &Scope, name: &Name) -> Option<bool> {
        let statements = held.statements()?;
        let chain = chain::read(chain::groups(&statements).get(place.1)?, &held.text, scope, false);
        let is_equation = chain.links.iter().all(|link| link.relation.is_equality());
        if !is_equation || !chain.members.iter().filter_map(Member::expr).any(|expr| expr.depends_on(name)) {
            return None;
        }
        let latex = held.notation == Notation::Latex;
        let court = Court { scope, rules: &held.rules, ..self.court(held.kind, latex) };
        let findings = segment::judge(&court, &chain).findings;
        Some(!findings.is_empty() && findings.iter().all(|finding| finding.record.verdict.passes()))
    }
}
