//! The two solutions of an equation that a sign stands for: `x^2 = 9`, so `x = \pm 3`.

use std::sync::Arc;

use super::Judge;
use super::chain::{Chain, Kind};
use super::finding::{Finding, one_line};
use super::naming::Naming;
use super::segment;
use super::{several, solution};
use crate::compare::{Relation, Stated, Verdict};
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, Definition};
use crate::report;
use crate::source::Span;
use crate::syntax::{self, Expr, Name};

/// A name that stands for its first value, and may have the second one too.
pub(super) struct Both {
    name: Name,
    /// As it was given.
    whole: BindingId,
    first: BindingId,
    second: Expr,
    /// The number that is stated for the second.
    stated: Option<(Stated, Relation)>,
    /// Where they stand.
    span: Span,
    text: String,
}

impl Judge<'_> {
    /// A name that equations are for has been given two values by a sign: it stands for the first one from here on, until
    /// the equations are judged.
    pub(super) fn take_first(&mut self, chain: &Chain) -> Option<Both> {
        let [(0, Naming::Name(name))] = &chain.namings[..] else { return None };
        let id = self.scope.here(name).filter(|_| self.order.asked.contains(name))?;
        let Definition::Expr(value) = &self.scope.binding(id).definition else { return None };
        let syntax::Kind::TwoSigns(both) = &value.kind else { return None };
        let [one, other] = &**both;
        let definition = Definition::Expr(Arc::new(one.clone()));
        let (second, nature) = (other.clone(), self.scope.binding(id).nature.clone());
        let member = chain.members.last()?;
        let first = self.scope.define_as(name.clone(), definition, self.scope.binding(id).span, nature);
        let stated = stated(chain);
        if let Some([(number, relation), _]) = &stated {
            self.stated.insert(first, number.clone());
            if *relation == Relation::Approx {
                self.solutions.note_approximate(first);
            }
        }
        self.solutions.note_lead(first, self.words.lead);
        let stated = stated.map(|[_, second]| second);
        Some(Both {
            name: name.clone(),
            whole: id,
            first,
            second,
            stated,
            span: member.span,
            text: one_line(&member.text),
        })
    }

    /// The equations have been judged by the first value: the second one has to solve them too.
    pub(super) fn take_second(&mut self, both: Both) -> Option<Finding> {
        let Both { name, whole, first, second, stated, span, text } = both;
        let ends = stated.and_then(|(stated, relation)| {
            solution::ends(&stated, relation, self.scope.binding(first).nature.in_degrees)
        });
        let Some(solves) = self.solves(&name, &second, ends) else {
            several::put_in_again(&mut self.scope, whole);
            return None;
        };
        if solves {
            self.solutions.note_several(name.clone(), first);
            self.scope.leave_open(&name);
            return None;
        }
        let message = format!("one of these two values of `{name}` does not solve the equation before it");
        let finding =
            Finding::new(report::Kind::Relation, span, &text, Verdict::Mismatch).named(name.as_str());
        Some(finding.complaint(Diagnostic::error(Code::Mismatch, span, message)))
    }
}

/// The numbers that a chain states at last for both values.
fn stated(chain: &Chain) -> Option<[(Stated, Relation); 2]> {
    let (at, member) = chain.members.iter().enumerate().next_back()?;
    let Kind::Bare(bare) = &member.kind else { return None };
    let relation = segment::allowed(chain.links.get(at.checked_sub(1)?)?.relation);
    let [(_, one), (_, other)] = &bare.numbers[..] else { return None };
    Some([(one.stated.clone(), relation), (other.stated.clone(), relation)])
}
