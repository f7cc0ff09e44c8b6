//! What a statement lacks: names that are not known, or that are only one name as long as what they are made of is not known.

use std::collections::BTreeSet;

use super::constant;
use super::naming::Naming;
use super::waiting::Order;
use crate::eval::Scope;
use crate::syntax::{Lexicon, Name};

/// A name that is not known, or would be something else if names in it were: a product of letters (`ma`), a power (`x^2`), a
/// value of a function (`f(x_1)`).
#[derive(Clone)]
pub(super) struct Lack {
    pub(super) name: Name,
    /// What it is made of and not known either.
    pub(super) letters: BTreeSet<Name>,
    /// As long as nothing more is known, it is a name of its own that the chain defines, in this member.
    pub(super) defined_at: Option<usize>,
}

/// What is known where a statement stands.
pub(super) struct Known<'k> {
    pub(super) scope: &'k Scope,
    /// The names that stand for any number in the statement.
    pub(super) bound: &'k [Name],
    /// What was learnt of the chapter so far.
    pub(super) order: &'k Order,
}

impl Lack {
    pub(super) fn new(name: &Name, known: &Known<'_>) -> Self {
        let is_lacking = |letter: &Name| !known.bound.contains(letter) && is_unknown(letter, known.scope);
        Self { name: name.clone(), letters: name.letters().filter(is_lacking).collect(), defined_at: None }
    }

    /// What a name that a chain defines in its member `at` would be if what it is made of were known: `x^2` of `x^2 = 4` is a
    /// square, and `f(x_1)` the value of a known function. Of data, `f(a) = 9`, the function may come behind them too.
    pub(super) fn of_name(name: &Name, at: usize, is_data: bool, known: &Known<'_>) -> Option<Self> {
        if name.letters().next().is_some() {
            return Self::of_run(name, at, known);
        }
        let mut parts: Vec<Name> = Vec::new();
        match (name.as_power(), name.as_call()) {
            (Some(base), _) => parts.push(Name::new(base)),
            // No page defines a function `\Delta`, so that `\Delta y` has nothing to wait for.
            (_, Some(("Delta", _))) => {}
            (_, Some((function, arguments))) if is_data || known.scope.parameters(function).is_some() => {
                let function = Name::new(function);
                parts.extend(names_in(arguments).chain([function]));
            }
            _ => {}
        }
        let letters: BTreeSet<Name> =
            parts.into_iter().filter(|part| is_unknown(part, known.scope)).collect();
        (!letters.is_empty()).then(|| Self { name: name.clone(), letters, defined_at: Some(at) })
    }

    /// `ma` of `F = ma = 6` is a product of `m` and `a`, and so is `kz` of `kz = 3` for a known `k` or one that an equation is
    /// for. `AB` is a distance, and `IR` of `V = IR` a product if nothing else uses what is given for `I` and `R`.
    fn of_run(name: &Name, at: usize, known: &Known<'_>) -> Option<Self> {
        let lack = Self { defined_at: Some(at), ..Self::new(name, known) };
        let has_meaning =
            |letter: Name| !lack.letters.contains(&letter) || known.order.asked.contains(&letter);
        let is_lower = name.as_str().bytes().all(|byte| byte.is_ascii_lowercase());
        let may_be_product = match (is_lower, at) {
            (true, 0) => name.letters().any(has_meaning),
            (true, _) => true,
            (false, 0) => false,
            (false, _) => name.letters().all(|letter| known.order.unused.contains(&letter)),
        };
        (may_be_product && !lack.letters.is_empty()).then_some(lack)
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
            let call = name.as_call().into_iter();
            call.flat_map(|(_, arguments)| names_in(arguments)).collect()
        }
        naming => naming.parameters().to_vec(),
    }
}

pub(super) fn is_unknown(name: &Name, scope: &Scope) -> bool {
    scope.here(name).is_none() && !constant::is_one(name)
}

/// The names in the arguments of a call: `x` of `x + 3`.
fn names_in(arguments: &str) -> impl Iterator<Item = Name> {
    let words = arguments.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '\''));
    let is_name = |word: &&str| word.starts_with(|first: char| first.is_alphabetic());
    words.filter(is_name).map(Name::new)
}
