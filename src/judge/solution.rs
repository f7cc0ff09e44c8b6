//! Equations and what is given behind them for their unknowns, which may be rounded: `3x = 7`, so `x \\approx 2.33`.

use super::Judge;
use super::chain::{Chain, Member};
use super::finding::Finding;
use super::value::{Quantity, in_radians};
use super::waiting::Solution;
use crate::compare::{Computed, Relation, Stated};
use crate::eval::{BindingId, Definition, Scope};
use crate::num::Number;
use crate::syntax::{Expr, Name};

/// The ends of so many roundings are tried in all combinations.
const MOST_ROUNDED: usize = 4;

impl Judge<'_> {
    /// What is false of an equation may be so for the rounding of its solution; else either may be the mistake.
    pub(super) fn judge_solution(&self, chain: &Chain, solution: &Solution, findings: &mut [Finding]) {
        let mut wrong = findings.iter_mut().filter(|finding| finding.is_false()).peekable();
        if wrong.peek().is_none() {
            return;
        }
        let ends = self.rounded(&solution.unknowns);
        let is_near = self.solves_nearby(chain, &self.scope, &ends).unwrap_or(false);
        wrong.for_each(|finding| match is_near {
            true => finding.is_solved_nearby(),
            false => finding.is_unsolved_by(solution.place),
        });
    }

    /// Whether an equation holds somewhere between the ends of what rounds to the numbers for its unknowns: for some of the
    /// ends one side is greater, for others the other. Its own numbers are data, and exact.
    pub(super) fn solves_nearby(
        &self,
        chain: &Chain,
        scope: &Scope,
        ends: &[(Name, [Number; 2])],
    ) -> Option<bool> {
        if !chain.links.iter().all(|link| link.relation.is_equality()) {
            return None;
        }
        if ends.is_empty() || ends.len() > MOST_ROUNDED {
            return None;
        }
        let members: Vec<&Expr> = chain.members.iter().filter_map(Member::value).collect();
        let corners = 0..1usize << ends.len();
        let values: Vec<Vec<Computed>> = corners
            .map(|corner| {
                let mut scope = scope.clone();
                for (at, (name, ends)) in ends.iter().enumerate() {
                    let value = ends[corner >> at & 1].clone();
                    scope.define(name.clone(), Definition::Value(value.into()), chain.members[0].span);
                }
                members.iter().map(|expr| Quantity::new(&scope, expr).ok()?.precise()).collect()
            })
            .collect::<Option<_>>()?;
        let meets_first = |at: usize| {
            let is_below = values.iter().any(|values| values[at].lo <= values[0].hi);
            is_below && values.iter().any(|values| values[0].lo <= values[at].hi)
        };
        Some((1..members.len()).all(meets_first))
    }

    /// The names that an equation is solved for, with the ends of what rounds to their numbers: as many as there are
    /// equations for them, the last that are given, and those behind `\\approx`. The others are data.
    fn rounded(&self, unknowns: &[Name]) -> Vec<(Name, [Number; 2])> {
        let is_shared = |names: &[Name]| names.iter().any(|name| unknowns.contains(name));
        let equations = 1 + self
            .solutions
            .solved_for()
            .chain(self.unsolved_for())
            .filter(|names| is_shared(names))
            .count();
        let mut given: Vec<(BindingId, &Name)> =
            unknowns.iter().filter_map(|name| Some((self.scope.here(name)?, name))).collect();
        given.sort_unstable();
        let data = given.len().saturating_sub(equations);
        let rounded = |(at, (id, name)): (usize, (BindingId, &Name))| {
            let is_approximate = self.solutions.is_approximate(id);
            if at < data && !is_approximate {
                return None;
            }
            let relation = if is_approximate { Relation::Approx } else { Relation::Equal };
            let in_degrees = self.scope.binding(id).nature.in_degrees;
            Some((name.clone(), ends(self.stated.get(&id)?, relation, in_degrees)?))
        };
        given.into_iter().enumerate().filter_map(rounded).collect()
    }

    /// The unknowns of the equations that wait still.
    fn unsolved_for(&self) -> impl Iterator<Item = &[Name]> {
        self.held.values().filter_map(|held| Some(&held.solution.as_ref()?.unknowns[..]))
    }
}

/// The ends of what rounds to a number, of an angle in radians.
pub(super) fn ends(stated: &Stated, relation: Relation, in_degrees: bool) -> Option<[Number; 2]> {
    let [lo, hi] = stated.rounded_from(relation)?.map(Number::from);
    match in_degrees {
        true => Some([in_radians(&lo)?, in_radians(&hi)?]),
        false => Some([lo, hi]),
    }
}
