//! Several formulas for a function or a sequence: `f(x) = (x - 1)(x + 1) = x^2 - 1` says that they agree for every `x`, and so
//! does `f'(x) = 2x` of a known `f`.
//!
//! Where nothing is declared of `x`, that is tested at all real numbers, and whole numbers from 1 on for the index of a
//! sequence. What holds there holds; what does not may be meant for some of them only, and is not called wrong.

use std::sync::Arc;

use super::chain::Chain;
use super::constant;
use super::finding::Finding;
use super::naming::Naming;
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::eval::{Bound, Definition, Domain, Scope, Set};
use crate::syntax::{Builtin, Expr, Kind, Name, Unary};

/// The names of a page, and parameters of which it says nothing, with a domain.
pub(super) struct Assumed {
    pub(super) scope: Scope,
    names: Vec<Name>,
}

/// What stands for any number in the formulas that a chain compares; `None` if it compares none, or all is known of it.
pub(super) fn assumed(scope: &Scope, chain: &Chain) -> Option<Assumed> {
    if chain.members.iter().filter(|member| member.value().is_some()).count() < 2 {
        return None;
    }
    let (mut names, counts) = match chain.namings.first() {
        Some((_, naming)) => {
            let names = naming.parameters().to_vec();
            let counts =
                matches!(naming, Naming::Sequence { .. }) || names.iter().any(|name| counts(chain, name));
            (names, counts)
        }
        None => arguments(scope, chain.members.first()?.expr()?),
    };
    names.retain(|name| scope.here(name).is_none() && !constant::is_one(name));
    if names.is_empty() {
        return None;
    }
    let domain = match counts {
        true => Domain { set: Set::Integers, lower: Some(Bound::closed(1)), ..Domain::reals() },
        false => Domain::reals(),
    };
    let mut assumed = scope.clone();
    for name in &names {
        assumed.define(name.clone(), Definition::Free(Arc::new(domain.clone())), chain.members[0].span);
    }
    Some(Assumed { scope: assumed, names })
}

/// Whether a formula of the chain uses `name` where only whole numbers make sense: as the end of a sum, in a factorial.
fn counts(chain: &Chain, name: &Name) -> bool {
    let exprs = chain.members.iter().filter_map(|member| member.expr());
    let is_counted = |node: &Expr| match &node.kind {
        Kind::Fold { ranges, .. } => ranges.iter().any(|range| range.ends().any(|end| end.depends_on(name))),
        Kind::Unary(Unary::Factorial | Unary::DoubleFactorial, inner) => inner.depends_on(name),
        Kind::Call(Builtin::Binomial, args) => args.iter().any(|arg| arg.depends_on(name)),
        _ => false,
    };
    exprs.into_iter().any(|expr| expr.any(is_counted))
}

/// The names that a known function is applied to, or that count the elements of a known sequence; and which it is.
fn arguments(scope: &Scope, expr: &Expr) -> (Vec<Name>, bool) {
    match &expr.ungrouped().kind {
        Kind::Apply { function, args, .. } if scope.here(function).is_some() => {
            (args.iter().flat_map(|arg| applied_to(scope, arg)).collect(), false)
        }
        Kind::At { upper, lower, .. } if lower.is_empty() => {
            (upper.iter().filter_map(|(_, value)| named(value)).collect(), false)
        }
        Kind::Subscript { base, indices } if scope.sequence(base.as_str(), scope.len()).is_some() => {
            let mut names = Vec::new();
            indices.iter().for_each(|index| index.walk(&mut |node| names.extend(named(node))));
            (names, true)
        }
        _ => (differentiated(scope, expr), false),
    }
}

/// The name in an argument, also where known functions are composed: `x` of `g(x)` in `f(g(x))`.
fn applied_to(scope: &Scope, argument: &Expr) -> Vec<Name> {
    match &argument.ungrouped().kind {
        Kind::Apply { function, args, .. } if scope.here(function).is_some() => {
            args.iter().flat_map(|arg| applied_to(scope, arg)).collect()
        }
        _ => named(argument).into_iter().collect(),
    }
}

/// The names by which a derivative is taken as a function: `x` of `\frac{d}{dx} x^3`, `\frac{df}{dx}` and `\nabla f(x)`.
pub(super) fn differentiated(scope: &Scope, expr: &Expr) -> Vec<Name> {
    let (body, variables) = match &expr.ungrouped().kind {
        Kind::Derivative { body, variables, .. } | Kind::Gradient { body, variables } => (body, variables),
        _ => return Vec::new(),
    };
    let names: Vec<Name> = match &body.ungrouped().kind {
        Kind::Apply { args, .. } => args.iter().filter_map(named).collect(),
        Kind::Name(name) => match scope.here(name).map(|id| &scope.binding(id).definition) {
            Some(Definition::Function { parameters, .. }) => parameters.clone(),
            _ => Vec::new(),
        },
        _ => variables.iter().map(|(name, _)| name.clone()).filter(|name| body.depends_on(name)).collect(),
    };
    // What it is taken by has to occur.
    if variables.iter().all(|(name, _)| names.contains(name)) { names } else { Vec::new() }
}

fn named(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        Kind::Name(name) => Some(name.clone()),
        _ => None,
    }
}

impl Assumed {
    /// What fails somewhere may hold where the author means it.
    pub(super) fn doubt(&self, finding: &mut Finding) {
        // Nobody means it for numbers of which none satisfies it.
        if finding.fails_everywhere {
            return;
        }
        let Some(failed) = finding.diagnostic.take_if(|diagnostic| diagnostic.code == Code::IdentityFails)
        else {
            return;
        };
        let names = self.names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        let diagnostic = Diagnostic { code: Code::UnknownName, ..failed }
            .note(format!("nothing says for which `{names}` it is meant"))
            .help(format!("declare it before, as in `<!-- qed: let {names} > 0 -->`"));
        finding.record.verdict = Verdict::Unverifiable;
        finding.record.message.clear();
        finding.complain(diagnostic);
    }
}
