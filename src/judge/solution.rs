//! Equations and what is given behind them for their unknowns, which may be rounded: `3x = 7`, so `x \approx 2.33`.

use super::Judge;
use super::chain::{Chain, Member};
use super::finding::Finding;
use super::value::{Quantity, in_radians};
use super::waiting::{Held, Place, Solution};
use super::{number, several};
use crate::compare::decimal::absolute;
use crate::compare::{Computed, Rational, Relation, Stated, Verdict};
use crate::eval::{BindingId, Definition, Scope};
use crate::num::{Number, Precision};
use crate::scan::Lead;
use crate::syntax::{self, Expr, Name};

/// So many other equations are asked whether they say something of the same names.
const MOST_EQUATIONS: usize = 16;
/// The ends of so many roundings are tried in all combinations.
const MOST_ROUNDED: usize = 4;

impl Judge<'_> {
    /// What is false of an equation may be so for the rounding of its solution; else either may be the mistake. Its own number
    /// is exact, so that a solution has to round to what is given for its unknown: what the other side comes to may round to
    /// that number for others too.
    pub(super) fn judge_solution(&self, chain: &Chain, solution: &Solution, findings: &mut [Finding]) {
        let is_wrong = findings.iter().any(Finding::is_false);
        let sought = self.sought(chain, &solution.unknowns);
        let is_found = sought.last().is_some_and(|(id, name)| self.is_found(*id, name, chain));
        if !(is_wrong || is_found && is_plain(chain)) {
            return;
        }
        let solves = self.solves_nearby(chain, &self.scope, &self.rounded(chain, &sought));
        let is_off = |it: &&mut Finding| match is_wrong {
            true => it.is_false(),
            false => it.record.verdict == Verdict::Rounded,
        };
        match solves {
            Some(true) => findings.iter_mut().filter(|it| it.is_false()).for_each(Finding::is_solved_nearby),
            None if !is_wrong => {}
            _ => {
                let last = sought.last().filter(|_| solution.equates);
                let right = last.and_then(|last| self.solved_for(chain, *last));
                let off = findings.iter_mut().filter(is_off);
                off.for_each(|it| it.is_unsolved_by(solution.place, right.as_deref()));
            }
        }
    }

    /// Whether a name is given what an equation has been solved for: words say so, or do not say anything of a decimal, and no
    /// number in the equation looks rounded. Where the name solves an equation before that, the number of this one
    /// is a rounded step.
    fn is_found(&self, id: BindingId, name: &Name, chain: &Chain) -> bool {
        let is_told = match self.solutions.lead(id) {
            Lead::Result => true,
            Lead::Open => {
                self.stated.get(&id).is_some_and(|stated| !stated.integer) && !holds_long_decimals(chain)
            }
            Lead::Data | Lead::Case => false,
        };
        is_told && !self.solutions.solves_another(name)
    }

    /// What this unknown would have to be, in words.
    fn solved_for(&self, chain: &Chain, (id, name): (BindingId, &Name)) -> Option<String> {
        let value = value_of(name, &self.corrected(chain, &[name])?)?;
        let (value, unit) = match self.scope.binding(id).nature.in_degrees {
            true => (value * Rational::try_from(180.0 / std::f64::consts::PI).ok()?, "°"),
            false => (value, ""),
        };
        let value = Number::from(value).to_decimal(6).filter(|value| !value.contains("e-"))?;
        let value =
            if value.contains('.') { value.trim_end_matches('0').trim_end_matches('.') } else { &value };
        Some(format!("it holds for `{name}` = {value}{unit}"))
    }

    /// Whether an equation holds somewhere between the ends of what rounds to the numbers for its unknowns: for some of the
    /// ends one side is greater, for others the other. Its own numbers are data, and exact.
    pub(super) fn solves_nearby(
        &self,
        chain: &Chain,
        scope: &Scope,
        ends: &[(Name, [Number; 2])],
    ) -> Option<bool> {
        if !chain.equates() {
            return None;
        }
        if ends.is_empty() || ends.len() > MOST_ROUNDED {
            return None;
        }
        let members: Vec<&Member> = chain.members.iter().filter(|member| member.value().is_some()).collect();
        // A number beside two formulas is a rounding of them, and no datum.
        let is_datum = formulas(chain) < 2;
        let rounded = |member: &Member| {
            let [lo, hi] = member.stated().filter(|_| !is_datum)?.rounded_from(Relation::Equal)?;
            Some(Computed::between(lo, hi))
        };
        let corners = 0..1usize << ends.len();
        let values: Vec<Vec<Computed>> = corners
            .map(|corner| {
                let mut scope = scope.clone();
                for (at, (name, ends)) in ends.iter().enumerate() {
                    give(&mut scope, name, ends[corner >> at & 1].clone(), chain);
                }
                members
                    .iter()
                    .map(|member| {
                        rounded(member).or_else(|| Quantity::new(&scope, member.value()?).ok()?.precise())
                    })
                    .collect()
            })
            .collect::<Option<_>>()?;
        let meets_first = |at: usize| {
            let is_below = values.iter().any(|values| values[at].lo <= values[0].hi);
            is_below && values.iter().any(|values| values[0].lo <= values[at].hi)
        };
        Some((1..members.len()).all(meets_first))
    }

    /// The names that an equation is solved for, with the ends of what rounds to their numbers: as many as there are
    /// equations that say so, the last that are given, and those behind `\approx`. The others are data.
    fn rounded(&self, chain: &Chain, sought: &[(BindingId, &Name)]) -> Vec<(Name, [Number; 2])> {
        let names: Vec<&Name> = sought.iter().map(|(_, name)| *name).collect();
        let data = sought.len().saturating_sub(self.independent_equations(chain, &names));
        let rounded = |(at, &(id, name)): (usize, &(BindingId, &Name))| {
            let is_approximate = self.solutions.is_approximate(id);
            if at < data && !is_approximate {
                return None;
            }
            let stated = self.stated.get(&id)?;
            let in_degrees = self.scope.binding(id).nature.in_degrees;
            let relation = if is_approximate { Relation::Approx } else { Relation::Equal };
            // A whole number is a rounding where words say so and no exact formula comes to one.
            let is_result = stated.integer
                && stated.digits > 1
                && self.solutions.lead(id) == Lead::Result
                && self.is_inexact(chain, &names);
            let whole = || is_result.then(|| nearest_to(&stated.value, in_degrees))?;
            Some((name.clone(), ends(stated, relation, in_degrees).or_else(whole)?))
        };
        sought.iter().enumerate().filter_map(rounded).collect()
    }

    /// What a name is that follows from the last unknown of an equation, if that solves it exactly.
    pub(super) fn solved_exactly(&self, (place, held): &(Place, Held), name: &Name) -> Option<Rational> {
        let chain = held.chain(*place, &self.scope)?;
        let unknowns: Vec<Name> =
            held.solution.as_ref()?.unknowns.iter().filter(|it| *it != name).cloned().collect();
        let (_, last) = self.sought(&chain, &unknowns).pop()?;
        value_of(name, &self.corrected(&chain, &[last])?)
    }

    /// Which of the unknowns no words call data, in the order in which they were given.
    fn sought<'n>(&self, chain: &Chain, unknowns: &'n [Name]) -> Vec<(BindingId, &'n Name)> {
        let mut given: Vec<(BindingId, &Name)> =
            unknowns.iter().filter_map(|name| Some((self.scope.here(name)?, name))).collect();
        let is_datum = |(id, _): &(BindingId, &Name)| self.solutions.lead(*id).is_datum();
        // A lone datum that nearly solves an equation is its solution, unless the number to be found stands before it.
        let only_data = given.iter().all(is_datum) && self.given_before(chain).is_none();
        let follows = |(id, _): &(BindingId, &Name)| self.follows_one_of(*id, unknowns);
        given.retain(|given| (only_data || !is_datum(given)) && !follows(given));
        given.sort_unstable();
        given
    }

    /// Whether a decimal or an irrational number goes into an equation for these names, whatever they have been given.
    fn is_inexact(&self, chain: &Chain, names: &[&Name]) -> bool {
        let mut scope = self.scope.clone();
        // Of some whole number that is no power, roots and logarithms are irrational.
        names.iter().for_each(|name| give(&mut scope, name, Number::from(3), chain));
        let mut formulas = chain.members.iter().filter_map(Member::expr);
        formulas.any(|expr| scope.evaluate(expr, Precision::DOUBLE).is_ok_and(|evaluated| evaluated.inexact))
    }

    /// How many of the equations of the block say something of these names that the others do not, this one among them:
    /// the rank of their derivatives. `10 = ma` and `10/m = a` are one.
    fn independent_equations(&self, chain: &Chain, names: &[&Name]) -> usize {
        let is_shared = |held: &&Held| held.equates() && names.iter().any(|name| held.is_for(name));
        let others = self.solutions.equations().chain(&self.held).filter(|(_, held)| is_shared(held));
        let others = others.take(MOST_EQUATIONS);
        let scope = self.corrected(chain, names).unwrap_or_else(|| self.scope.clone());
        let mut rows: Vec<Vec<f64>> = others
            .filter_map(|(place, held)| derivatives(&held.chain(*place, &scope)?, names, &scope))
            .collect();
        rows.extend(derivatives(chain, names, &scope));
        rank(rows).max(1)
    }

    /// The names with the last of them so that the equation holds: there two forms of one equation have the same derivatives.
    fn corrected(&self, chain: &Chain, names: &[&Name]) -> Option<Scope> {
        let last = names.last()?;
        let mut scope = self.scope.clone();
        for _ in 0..STEPS {
            let slope = *derivatives(chain, &[last], &scope)?.first()?;
            let correction = Rational::try_from(difference(chain, &scope)? / slope).ok()?;
            let value = Number::from(value_of(last, &scope)? - correction);
            give(&mut scope, last, value, chain);
        }
        Some(scope)
    }
}

/// How many formulas a chain holds.
fn formulas(chain: &Chain) -> usize {
    chain.members.iter().filter_map(Member::expr).count()
}

/// Whether an equation holds a decimal of so many digits that it has hardly been given.
fn holds_long_decimals(chain: &Chain) -> bool {
    const LONG: usize = 4;
    let is_long =
        |node: &Expr| number::stated(node).is_some_and(|stated| !stated.integer && stated.digits >= LONG);
    chain.members.iter().filter_map(Member::expr).any(|expr| expr.any(is_long))
}

/// Whether a chain says that one formula has one number.
fn is_plain(chain: &Chain) -> bool {
    formulas(chain) == 1
        && chain.members.len() == 2
        && chain.links.iter().all(|link| link.relation == syntax::Relation::Equal)
}

/// So many steps of Newton's method lead from a rounded solution to one of double precision.
const STEPS: usize = 4;

/// Gives a name another value, and with it what the chain names that follows from it.
fn give(scope: &mut Scope, name: &Name, value: Number, chain: &Chain) {
    let following = scope.here(name).map_or_else(Vec::new, |before| several::following(scope, name, before));
    several::redefine(scope, name, Definition::Value(value.into()), chain.members[0].span, &following);
}

fn value_of(name: &Name, scope: &Scope) -> Option<Rational> {
    let evaluated = scope.evaluate_binding(scope.here(name)?, Precision::LADDER[1]).ok()?;
    Some(evaluated.value.as_number()?.enclosure().0)
}

/// The difference of an equation's first two members.
fn difference(chain: &Chain, scope: &Scope) -> Option<f64> {
    let value = |expr: &Expr| Some(middle(&Quantity::new(scope, expr).ok()?.precise()?));
    let mut values = chain.members.iter().filter_map(Member::value).map(value);
    Some(values.next()?? - values.next()??)
}

/// How that changes with each of these names.
fn derivatives(chain: &Chain, names: &[&Name], scope: &Scope) -> Option<Vec<f64>> {
    let here = difference(chain, scope)?;
    let derivative = |name: &&Name| {
        let value = value_of(name, scope)?;
        let step = (absolute(&value) + Rational::ONE) / Rational::from(1_000_000);
        let mut moved = scope.clone();
        give(&mut moved, name, Number::from(&value + &step), chain);
        Some((difference(chain, &moved)? - here) / step.to_f64().value())
    };
    names.iter().map(derivative).collect()
}

/// The middle of what a value lies between.
fn middle(computed: &Computed) -> f64 {
    ((&computed.lo + &computed.hi) / Rational::from(2)).to_f64().value()
}

/// How many of the rows are no sum of multiples of the others, by elimination. What derivatives by differences leave of
/// equal rows is as good as nothing.
fn rank(mut rows: Vec<Vec<f64>>) -> usize {
    const NOTHING: f64 = 1e-3;
    let mut rank = 0;
    for column in 0..rows.first().map_or(0, Vec::len) {
        let size = rows.iter().fold(0.0_f64, |size, row| size.max(row[column].abs()));
        rows.iter_mut().for_each(|row| row[column] /= if size > 0.0 { size } else { 1.0 });
    }
    for row in &mut rows {
        let size = row.iter().fold(0.0_f64, |size, entry| size.max(entry.abs()));
        row.iter_mut().for_each(|entry| *entry /= if size > 0.0 { size } else { 1.0 });
    }
    for column in 0..rows.first().map_or(0, Vec::len) {
        let size = |row: &Vec<f64>| row[column].abs();
        let best = (rank..rows.len()).max_by(|one, other| size(&rows[*one]).total_cmp(&size(&rows[*other])));
        let Some(best) = best.filter(|best| size(&rows[*best]) > NOTHING) else { continue };
        rows.swap(rank, best);
        let pivot = rows[rank].clone();
        for row in &mut rows[rank + 1..] {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(&pivot).for_each(|(entry, pivot)| *entry -= factor * pivot);
        }
        rank += 1;
    }
    rank
}

/// The ends of what rounds to a number, of an angle in radians.
pub(super) fn ends(stated: &Stated, relation: Relation, in_degrees: bool) -> Option<[Number; 2]> {
    between(stated.rounded_from(relation)?, in_degrees)
}

/// The ends of what rounds to a whole number.
fn nearest_to(whole: &Rational, in_degrees: bool) -> Option<[Number; 2]> {
    let half = || Rational::ONE / Rational::from(2);
    between([whole - half(), whole + half()], in_degrees)
}

fn between(ends: [Rational; 2], in_degrees: bool) -> Option<[Number; 2]> {
    let [lo, hi] = ends.map(Number::from);
    match in_degrees {
        true => Some([in_radians(&lo)?, in_radians(&hi)?]),
        false => Some([lo, hi]),
    }
}
