//! What a chain says of the name that it defines, beside its value.

use super::chain::{Chain, Kind, Member};
use super::number::StatedNumber;
use super::{members, unit};
use crate::eval::{Nature, Scope};
use crate::syntax::{self, Expr, Measure};

/// Of a name that `expr`, which stands in `defining`, gives its value.
pub(super) fn of(scope: &Scope, chain: &Chain, defining: &Member, expr: &Expr) -> Nature {
    let alias = match &expr.kind {
        syntax::Kind::Name(name) => scope.nature(name).cloned().unwrap_or_default(),
        _ => Nature::default(),
    };
    let typed = unit::of(scope, expr).ok().filter(|measure| !measure.is_none());
    let stated = || equal_numbers(chain).find_map(|number| number.unit.as_deref()).map(Measure::read);
    Nature {
        is_set: alias.is_set || members::is_in_braces(defining, expr),
        in_degrees: equal_numbers(chain).any(|number| number.degrees) || unit::is_in_degrees(scope, expr),
        // What the formula makes comes first: the value is in that.
        measure: typed.or_else(|| unit::by_names(scope, expr)).or_else(stated).filter(Measure::is_known),
    }
}

/// The numbers that the chain states for its first member.
fn equal_numbers(chain: &Chain) -> impl Iterator<Item = &StatedNumber> {
    let equal = chain.links.iter().take_while(|link| !link.relation.is_inequality()).count();
    chain.members.iter().take(equal + 1).filter_map(|member| match &member.kind {
        Kind::Bare(bare) => match &bare.numbers[..] {
            [(path, number)] if path.is_empty() => Some(number),
            _ => None,
        },
        _ => None,
    })
}
