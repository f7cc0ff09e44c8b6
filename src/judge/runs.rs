//! Letters side by side that are a name of their own as long as nothing is given for them: `IR` of `V = IR = 12`. Where numbers for
//! all of them come behind it after all, either their product is what the page says of the run, or it is not known what
//! is meant.

use super::chain::{Chain, Member};
use super::finding::Finding;
use super::naming::Naming;
use super::{Judge, kin};
use crate::compare::{Relation, Verdict};
use crate::diag::{Code, Diagnostic};
use crate::eval::BindingId;
use crate::report;
use crate::source::Span;
use crate::syntax::{Binary, Kind, Name};

/// What rounding may do to a formula, relative to its value.
const ROUNDING: f64 = 0.005;

/// A run of letters that has been taken for a name.
pub(super) struct Run {
    id: BindingId,
    name: Name,
    /// Whether it stands before all else: there `AB` is rather a distance, and what is given for `A` later on is a point or
    /// an angle.
    leads: bool,
    block: usize,
}

impl Judge<'_> {
    /// Takes note of what a chain has just defined that may be a product. What is computed from numbers alone, as in
    /// `AB = \sqrt{9 + 16}`, is none of what else is given.
    pub(super) fn note_runs(&mut self, chain: &Chain) {
        let is_made_of_numbers =
            chain.members.iter().filter_map(Member::expr).any(|expr| expr.free_names().is_empty());
        for (at, naming) in &chain.namings {
            let Naming::Name(name) = naming else { continue };
            if *at == 0 && is_made_of_numbers {
                continue;
            }
            let id = self.scope.here(name).filter(|_| name.letters().next().is_some());
            let (name, block) = (name.clone(), self.learner.block());
            self.runs.extend(id.map(|id| Run { id, name, leads: *at == 0, block }));
        }
    }

    /// `I = 2` and `R = 6` behind `V = IR = 99`.
    pub(super) fn run_clash(&self, name: &Name, span: Span) -> Option<Diagnostic> {
        let with_it = self.runs.iter().filter(|run| run.name.letters().any(|letter| letter == *name));
        with_it.filter(|run| self.may_be_product(run)).find_map(|run| {
            let letters = run.name.letters().map(|letter| self.range(self.scope.here(&letter)?, 0.0));
            let product = letters.reduce(|one, other| Some(times(one?, other?)))??;
            let stated = self.range(run.id, 0.5)?;
            let message = format!(
                "`{}` is given as {}, which is not `{}` by the numbers for these",
                run.name,
                kin::shown(&self.value(run.id)?),
                spaced(&run.name)
            );
            let meet = product.0 <= stated.1 && stated.0 <= product.1;
            (!meet).then(|| self.clash(message, span, run.id, &run.name))
        })
    }

    /// A power of a run of letters that a page has equated to something, `\frac12 mv^2` behind `p = mv`: of the run, or of its
    /// last letter. Capitals that stand before all else are rather the ends of a line, as in `AB^2`.
    pub(super) fn doubt_powers(&self, chain: &Chain, findings: &mut Vec<Finding>) {
        let is_product = |name: &Name| {
            let run = self.runs.iter().find(|run| run.name == *name && self.scope.here(name) == Some(run.id));
            run.is_some_and(|run| !run.leads || name.as_str().bytes().all(|byte| byte.is_ascii_lowercase()))
        };
        let mut powers = Vec::new();
        if !self.runs.is_empty() {
            for expr in chain.members.iter().filter_map(Member::expr) {
                expr.walk(&mut |node| {
                    if let Kind::Binary(Binary::Power, base, _) = &node.kind
                        && let Kind::Name(name) = &base.kind
                        && is_product(name)
                    {
                        powers.push((name.clone(), node.span));
                    }
                });
            }
        }
        let Some((name, span)) = powers.into_iter().next() else { return };
        let (letters, Some(last)) = (spaced(&name), name.letters().last()) else { return };
        let message = format!("this can be the power of `{name}`, or only that of `{last}`");
        let diagnostic = Diagnostic::error(Code::Ambiguous, span, message).help(format!(
            "write `({name})^…`, or `{letters}^…` with spaces and give what these letters are"
        ));
        findings.iter_mut().for_each(|finding| finding.doubt(span));
        let finding = Finding::new(report::Kind::Relation, span, name.as_str(), Verdict::Unverifiable);
        findings.insert(0, finding.complaint(diagnostic));
    }

    fn may_be_product(&self, run: &Run) -> bool {
        self.scope.here(&run.name) == Some(run.id) && (!run.leads || run.block == self.learner.block())
    }

    /// Between what the number for a name can be a rounding of; a whole one `within` so much. `None` of angles and of what
    /// is measured in other than coherent units.
    fn range(&self, id: BindingId, within: f64) -> Option<(f64, f64)> {
        let nature = &self.scope.binding(id).nature;
        if nature.in_degrees || nature.measure.as_ref().is_some_and(|measure| measure.scale_in_si().is_some())
        {
            return None;
        }
        let value = self.value(id)?.to_f64();
        let Some(stated) = self.stated.get(&id) else {
            let slack = value.abs() * ROUNDING;
            return Some((value - slack, value + slack));
        };
        let stated_at = stated.value.to_f64().value();
        Some(match stated.rounded_from(Relation::Equal) {
            Some([lo, hi]) => (lo.to_f64().value(), hi.to_f64().value()),
            None => (stated_at - within, stated_at + within),
        })
    }
}

/// `I R` of `IR`.
fn spaced(run: &Name) -> String {
    let letters: Vec<String> = run.letters().map(|letter| letter.to_string()).collect();
    letters.join(" ")
}

fn times(one: (f64, f64), other: (f64, f64)) -> (f64, f64) {
    let products = [one.0 * other.0, one.0 * other.1, one.1 * other.0, one.1 * other.1];
    (
        products.into_iter().fold(f64::INFINITY, f64::min),
        products.into_iter().fold(f64::NEG_INFINITY, f64::max),
    )
}
