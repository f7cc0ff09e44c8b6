//! Functions and sequences with several formulas: `f(x) = (x - 1)(x + 1) = x^2 - 1` says that they agree for every `x`.
//!
//! Where nothing is declared of `x`, that is tested at all real numbers, and whole numbers from 1 on for the index of a
//! sequence. What holds there holds; what does not may be meant for some of them only, and is not called wrong.

use std::sync::Arc;

use super::chain::Chain;
use super::finding::Finding;
use super::naming::Naming;
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::eval::{Bound, Definition, Domain, Scope, Set};
use crate::syntax::Name;

/// The names with a domain for each parameter of the chain of which nothing is known; `None` if nothing is compared.
pub(super) fn assumed(scope: &Scope, chain: &Chain) -> Option<Scope> {
    let (_, naming) = chain.namings.first()?;
    let is_unknown = |name: &&Name| scope.lookup(name.as_str(), scope.len()).is_none();
    let unknown: Vec<&Name> = naming.parameters().iter().filter(is_unknown).collect();
    let formulas = chain.members.iter().filter(|member| member.value().is_some()).count();
    if unknown.is_empty() || formulas < 2 {
        return None;
    }
    let domain = match naming {
        Naming::Sequence { .. } => {
            Domain { set: Set::Integers, lower: Some(Bound::closed(1)), ..Domain::reals() }
        }
        _ => Domain::reals(),
    };
    let mut assumed = scope.clone();
    for name in unknown {
        assumed.define(name.clone(), Definition::Free(Arc::new(domain.clone())), chain.members[0].span);
    }
    Some(assumed)
}

/// What fails somewhere may hold where the author means it.
pub(super) fn doubt(finding: &mut Finding, chain: &Chain) {
    let Some(failed) = finding.diagnostic.take_if(|diagnostic| diagnostic.code == Code::IdentityFails) else {
        return;
    };
    let names: Vec<&str> =
        chain.namings.iter().flat_map(|(_, naming)| naming.parameters()).map(Name::as_str).collect();
    let diagnostic = Diagnostic { code: Code::UnknownName, ..failed }
        .note(format!("nothing says for which `{}` it is meant", names.join(", ")))
        .help(format!("declare it before, as in `<!-- qed: let {} > 0 -->`", names.join(", ")));
    finding.record.verdict = Verdict::Unverifiable;
    finding.record.message.clear();
    finding.complain(diagnostic);
}
