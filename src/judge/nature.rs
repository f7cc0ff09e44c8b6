//! What a chain says of the name that it defines, beside its value.

use super::chain::{Chain, Kind, Member};
use super::number::StatedNumber;
use super::{members, unit};
use crate::eval::{Nature, Scope, measures};
use crate::syntax::{self, Expr, Measure};

/// Of a name that `expr`, which stands in `defining`, gives its value.
pub(super) fn of(scope: &Scope, chain: &Chain, defining: &Member, expr: &Expr) -> Nature {
    let alias = match &expr.kind {
        syntax::Kind::Name(name) => scope.nature(name).cloned().unwrap_or_default(),
        _ => Nature::default(),
    };
    let stated = || equal_numbers(chain).find_map(|number| number.unit.as_deref()).map(Measure::read);
    Nature {
        is_quantified: false,
        is_set: alias.is_set
            || members::is_in_braces(defining, expr)
            || matches!(&expr.kind, syntax::Kind::Call(operation, _) if operation.makes_set()),
        stands_in: matches!(defining.kind, Kind::Bare(_)) && has_formula(chain),
        in_degrees: unit::is_in_degrees(scope, expr),
        // What the formula makes comes first: the value is in that.
        measure: measures::of_name(scope, expr).or_else(stated).filter(Measure::is_known),
        mixes_units: measures::mixes(scope, expr),
    }
}

/// Whether a chain has a member that is computed, or would be if it could be.
fn has_formula(chain: &Chain) -> bool {
    equal_members(chain).any(|member| matches!(member.kind, Kind::Expr(_) | Kind::Unreadable(_)))
}

/// The members that are equal to the first one.
fn equal_members(chain: &Chain) -> impl Iterator<Item = &Member> {
    let equal = chain.links.iter().take_while(|link| !link.relation.is_inequality()).count();
    chain.members.iter().take(equal + 1)
}

/// The numbers that the chain states for its first member.
fn equal_numbers(chain: &Chain) -> impl Iterator<Item = &StatedNumber> {
    equal_members(chain).filter_map(|member| match &member.kind {
        Kind::Bare(bare) => match &bare.numbers[..] {
            [(path, number)] if path.is_empty() => Some(number),
            _ => None,
        },
        _ => None,
    })
}
