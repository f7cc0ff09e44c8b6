//! What a statement lacks: names that are not known, or that are only one name as long as what they are made of is not known.

use std::collections::BTreeSet;

use super::constant;
use super::naming::Naming;
use crate::eval::Scope;
use crate::syntax::{Lexicon, Name, named_letter};

/// A name that is not known, or would be something else if names in it were: a product of letters (`ma`), a power (`x^2`), a
/// value of a function (`f(x_1)`).
#[derive(Clone)]
pub(super) struct Lack {
    pub(super) name: Name,
    /// What it is made of and not known either.
    pub(super) letters: BTreeSet<Name>,
}

impl Lack {
    pub(super) fn new(name: &Name, bound: &[Name], scope: &Scope) -> Self {
        let text = name.as_str();
        let is_run = text.len() > 1
            && text.bytes().all(|byte| byte.is_ascii_alphabetic())
            && named_letter(text).is_none();
        let letters = text.chars().filter(|_| is_run).map(|letter| Name::new(&letter.to_string()));
        let is_lacking = |letter: &Name| !bound.contains(letter) && is_unknown(letter, scope);
        Self { name: name.clone(), letters: letters.filter(is_lacking).collect() }
    }

    /// What a name that a chain defines in its member `at` would be if what it is made of were known: `ma` of `F = ma = 6` is
    /// a product of `m` and `a`, `kz` of `kz = 3` one with a known `k`, but `AB` is a distance; `x^2` of `x^2 = 4` is a
    /// square, and `f(x_1)` the value of a known function.
    pub(super) fn of_name(name: &Name, at: usize, bound: &[Name], scope: &Scope) -> Option<Self> {
        let text = name.as_str();
        let is_lower = text.bytes().all(|byte| byte.is_ascii_lowercase()) && named_letter(text).is_none();
        let parts: Vec<Name> = match (name.as_power(), name.as_call()) {
            _ if is_lower => {
                let lack = Self::new(name, bound, scope);
                let knows_a_letter =
                    || text.chars().any(|letter| !lack.letters.contains(&*letter.to_string()));
                let may_be_product = at > 0 || knows_a_letter();
                return Some(lack).filter(|lack| may_be_product && !lack.letters.is_empty());
            }
            (Some(base), _) => vec![Name::new(base)],
            (_, Some((function, arguments))) if scope.parameters(function).is_some() => {
                arguments.split(',').map(|name| Name::new(name.trim())).collect()
            }
            _ => return None,
        };
        let letters: BTreeSet<Name> = parts.into_iter().filter(|part| is_unknown(part, scope)).collect();
        (!letters.is_empty()).then(|| Self { name: name.clone(), letters })
    }

    /// Takes note of what has become known; whether something is lacking still.
    pub(super) fn is_left_by(&mut self, known: &Name) -> bool {
        let last_letter = self.letters.remove(known) && self.letters.is_empty();
        self.name != *known && !last_letter
    }
}

/// The names that stand for any number in a definition: `x` of `f(x) = ax + b`, which is no more than a name as long as `ax`
/// is one.
pub(super) fn stand_for_any(naming: &Naming) -> Vec<Name> {
    match naming {
        Naming::Name(name) => {
            let arguments = name.as_call().into_iter().flat_map(|(_, arguments)| arguments.split(','));
            arguments.map(|name| Name::new(name.trim())).collect()
        }
        naming => naming.parameters().to_vec(),
    }
}

pub(super) fn is_unknown(name: &Name, scope: &Scope) -> bool {
    scope.here(name).is_none() && !constant::is_one(name)
}
