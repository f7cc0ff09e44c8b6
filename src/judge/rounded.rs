//! A number that a name was given before its formula: `A = 28.27`, since `A = 9\pi`.

use super::Judge;
use super::chain::{Chain, Kind};
use super::finding::Finding;
use super::segment;
use super::value::Quantity;
use crate::compare::{Relation, Rule, Stated};
use crate::syntax::{self, Expr, Name};

/// A number with fewer digits is hardly known to be a rounding.
const FEWEST_DIGITS: usize = 3;

impl Judge<'_> {
    /// What is false of a chain that begins with such a name holds if the number is a decimal that is a rounding of its
    /// formulas, and words such as "where" and "since" lead to the chain.
    pub(super) fn judge_by_formula(&self, chain: &Chain, findings: &mut [Finding]) {
        if findings.iter().any(Finding::is_false) && self.is_rounding(chain).unwrap_or(false) {
            findings.iter_mut().filter(|finding| finding.is_false()).for_each(Finding::is_rounded_before);
        }
    }

    fn is_rounding(&self, chain: &Chain) -> Option<bool> {
        // Few digits prove nothing, and without such words another number is another matter.
        let says_why =
            |given: &Stated| self.words.lead.is_datum() && !given.integer && given.digits >= FEWEST_DIGITS;
        let (name, given) = self.given_before(chain).filter(|(_, given)| says_why(given))?;
        let mut formulas = Vec::new();
        let mut numbers = Vec::new();
        for (member, link) in chain.members[1..].iter().zip(&chain.links) {
            match &member.kind {
                Kind::Expr(expr) if !expr.depends_on(name) => {
                    formulas.push(Quantity::new(&self.scope, expr).ok()?);
                }
                Kind::Bare(_) => numbers.push((member.stated()?, segment::allowed(link.relation))),
                _ => return None,
            }
        }
        let passes = |quantity: &Quantity<'_>, stated: &Stated, relation: Relation| {
            let compared = quantity.compare(stated, &Rule::with(relation, &self.rules));
            matches!(compared, Ok(Some((verdict, ..))) if verdict.passes())
        };
        let first = formulas.first()?;
        let numbers_pass = numbers.into_iter().all(|(stated, relation)| passes(first, stated, relation));
        let is_rounded = formulas.iter().all(|formula| passes(formula, given, Relation::Equal));
        Some(numbers_pass && is_rounded)
    }

    /// The name that a chain of equal members begins with, if it was given by a number alone, and that.
    pub(super) fn given_before<'c>(&'c self, chain: &'c Chain) -> Option<(&'c Name, &'c Stated)> {
        let Expr { kind: syntax::Kind::Name(name), .. } = chain.members.first()?.expr()? else { return None };
        let id = self.scope.here(name).filter(|id| self.givens.is_given(*id))?;
        let is_equality = chain.equates();
        Some((name, self.stated.get(&id)?)).filter(|_| is_equality)
    }
}
