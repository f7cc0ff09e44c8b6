//! What the names of a chain mean from there on.

use std::sync::Arc;

use super::chain::Chain;
use super::naming::{self, Naming};
use super::segment::Judgement;
use super::{Judge, nature};
use crate::compare::Verdict;
use crate::eval::{BindingId, Definition};
use crate::scan::Lead;
use crate::syntax::Relation;

impl Judge<'_> {
    /// Defines what the chain names.
    pub(super) fn define(&mut self, chain: &Chain, judgement: &Judgement) {
        let Some(defining) = judgement.defining.map(|at| &chain.members[at]) else { return };
        let Some(expr) = defining.value() else { return };
        let nature = nature::of(&self.scope, chain, defining, expr);
        let expr = Arc::new(expr.clone());
        // A list that is named by parts too is the list of these names, so that what varies one varies the other.
        let parts = chain.namings.iter().find_map(|(member, naming)| match naming {
            Naming::Parts(names) => Some(naming::list(names, chain.members[*member].span)),
            _ => None,
        });
        let mut namings: Vec<_> = chain.namings.iter().collect();
        namings.sort_by_key(|(_, naming)| !matches!(naming, Naming::Parts(_)));
        for (member, naming) in namings {
            let span = chain.members[*member].span;
            match naming {
                Naming::Name(name) => {
                    let value =
                        parts.as_ref().map_or_else(|| Arc::clone(&expr), |list| Arc::new(list.clone()));
                    let definition = Definition::Expr(value);
                    let id = self.scope.define_as(name.clone(), definition, span, nature.clone());
                    self.note_numbers(id, chain, judgement);
                }
                Naming::Function { function, parameters, .. } => {
                    let body = chain.members.iter().find_map(|member| member.expr());
                    let body = Arc::new(body.unwrap_or(&expr).clone());
                    let definition = Definition::Function { parameters: parameters.clone(), body };
                    self.scope.define(function.clone(), definition, span);
                }
                Naming::Sequence { name, base, index, offset } => {
                    let body = chain.members.iter().find_map(|member| member.expr());
                    let body = Arc::new(body.unwrap_or(&expr).clone());
                    let (base, index) = (base.clone(), index.clone());
                    let definition = Definition::Sequence { base, index, offset: *offset, body };
                    self.sequences.push(self.scope.define(name.clone(), definition, span));
                }
                Naming::Parts(names) => {
                    for (index, name) in names.iter().enumerate() {
                        let list = Arc::clone(&expr);
                        let definition = Definition::Part { list, index, count: names.len() };
                        self.scope.define(name.clone(), definition, span);
                    }
                }
            }
        }
    }

    /// Remembers what the page states for a name, and whether that is all there is to know of it.
    fn note_numbers(&mut self, id: BindingId, chain: &Chain, judgement: &Judgement) {
        if let Some((stated, relation)) = chain.stated() {
            self.stated.insert(id, stated.clone());
            if relation == Relation::Approximate {
                self.solutions.note_approximate(id);
            }
        }
        if self.words.lead != Lead::Open {
            self.solutions.note_lead(id, self.words.lead);
            self.cases.note(id, self.words);
        }
        let given: Vec<usize> = judgement
            .findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| finding.record.verdict == Verdict::Given)
            .map(|(at, _)| at)
            .collect();
        let single = chain.namings.iter().all(|(_, naming)| matches!(naming, Naming::Name(_)))
            && judgement.defining.is_some_and(|at| chain.members[at].stated().is_some());
        if let ([at], true) = (given.as_slice(), single) {
            self.givens.add(id, self.findings.len() + at);
        }
    }
}
