//! Letters side by side that are a name of their own as long as nothing is given for them: `IR` of `V = IR = 12`. Where numbers for
//! all of them come behind it after all, either their product is what the page says of the run, or it is not known what
//! is meant.

use super::chain::{Chain, Member};
use super::finding::Finding;
use super::naming::Naming;
use super::{Judge, kin};
use crate::compare::{Rational, Relation, Verdict};
use crate::diag::{Code, Diagnostic};
use crate::eval::BindingId;
use crate::report;
use crate::scan::Lead;
use crate::source::Span;
use crate::syntax::{Binary, Kind, Name};

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
            let letters: Option<Vec<_>> = run.name.letters().map(|letter| self.scope.here(&letter)).collect();
            let letters = letters?;
            // The last of them may be found from the number of the run, which is exact then; the others are data.
            let last = *letters.iter().max()?;
            let lead = self.solutions.lead(last);
            let ranges = letters.into_iter().map(|id| self.range(id, id == last, false));
            let product = ranges.reduce(|one, other| Some(times(one?, other?)))??;
            let stated = self.range(run.id, lead != Lead::Result, true)?;
            let message = format!(
                "`{}` is given as {}, which is not `{}` by the numbers for these",
                run.name,
                kin::shown(&self.value(run.id)?),
                spaced(&run.name)
            );
            let meet = product[0] <= stated[1] && stated[0] <= product[1];
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

    /// Between what the number for a name lies, which may be a rounding; a whole one too if it `is_result`. `None` of angles and
    /// of what is measured in other than coherent units.
    fn range(&self, id: BindingId, is_rounded: bool, is_result: bool) -> Option<[Rational; 2]> {
        let nature = &self.scope.binding(id).nature;
        if nature.in_degrees || nature.measure.as_ref().is_some_and(|measure| measure.scale_in_si().is_some())
        {
            return None;
        }
        let half = || Rational::ONE / Rational::from(2);
        let stated = self.stated.get(&id).filter(|_| is_rounded);
        let rounded = stated.and_then(|stated| match stated.rounded_from(Relation::Equal) {
            None if is_result => Some([&stated.value - half(), &stated.value + half()]),
            rounded => rounded,
        });
        let exact = || self.value(id).map(|value| value.enclosure().into());
        rounded.or_else(exact)
    }
}

/// `I R` of `IR`.
fn spaced(run: &Name) -> String {
    let letters: Vec<String> = run.letters().map(|letter| letter.to_string()).collect();
    letters.join(" ")
}

fn times(one: [Rational; 2], other: [Rational; 2]) -> [Rational; 2] {
    let [[a, b], [c, d]] = [one, other];
    let products = [&a * &c, &a * &d, &b * &c, &b * &d];
    let lo = products.iter().min().cloned().unwrap_or_default();
    [lo, products.into_iter().max().unwrap_or_default()]
}
