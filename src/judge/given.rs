//! Numbers that are given to names: which of them nothing uses, and which look like a slip for another name.

use std::collections::{BTreeSet, HashMap};

use super::finding::Finding;
use crate::diag::{Code, Diagnostic};
use crate::eval::{BindingId, Definition, Scope};
use crate::syntax::{Expr, Kind, Name};

/// What has been given and used so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Givens {
    /// Each name given as a bare number, with the position of its claim.
    given: Vec<(BindingId, usize)>,
    used: BTreeSet<BindingId>,
}

impl Givens {
    /// The definition `id` is by a bare number, which is claim `position`.
    pub(super) fn add(&mut self, id: BindingId, position: usize) {
        self.given.push((id, position));
    }

    /// Everything that `expr` names is used.
    pub(super) fn mark(&mut self, expr: &Expr, scope: &Scope) {
        self.mark_named(expr, scope);
        // What the formula of a sequence holds may have been given after it.
        expr.walk(&mut |node| {
            if let Kind::Subscript { base, .. } = &node.kind
                && let Some(id) = scope.sequence(base.as_str(), scope.len())
                && let Definition::Sequence { body, .. } = &scope.binding(id).definition
            {
                self.mark_named(body, scope);
            }
        });
    }

    fn mark_named(&mut self, expr: &Expr, scope: &Scope) {
        expr.walk(&mut |node| match &node.kind {
            Kind::Name(name) | Kind::Apply { function: name, .. } => self.mark_name(name, scope),
            // Which names `o_k` stands for is only known when it is evaluated.
            Kind::Subscript { base, .. } => {
                self.mark_name(base, scope);
                let family = scope.names().into_iter().filter(|name| Name::new(name).base() == base.base());
                family.for_each(|name| self.mark_name(&Name::new(name), scope));
            }
            Kind::Derivative { variables, .. } | Kind::Gradient { variables, .. } => {
                variables.iter().for_each(|(name, _)| self.mark_name(name, scope));
            }
            _ => {}
        });
    }

    /// Whether a known name differs in its number alone and was given as a number too: `x_1`, `x_2` and `x_3` of some data.
    fn is_sibling(&self, name: &str, known: &str, scope: &Scope) -> bool {
        let is_given = |id| self.is_given(id);
        letters(known) == letters(name) && scope.lookup(known, scope.len()).is_some_and(is_given)
    }

    /// Whether a definition is by a bare number.
    pub(super) fn is_given(&self, id: BindingId) -> bool {
        self.given.binary_search_by_key(&id, |(given, _)| *given).is_ok()
    }

    /// A definition is again what another one was.
    pub(super) fn stand_for(&mut self, now: BindingId, before: BindingId) {
        if let Ok(at) = self.given.binary_search_by_key(&before, |(given, _)| *given) {
            self.given.push((now, self.given[at].1));
            self.used.extend([before, now]);
        }
    }

    /// A definition is used.
    pub(super) fn use_name(&mut self, id: BindingId) {
        self.used.insert(id);
    }

    fn mark_name(&mut self, name: &Name, scope: &Scope) {
        self.used.extend(scope.here(name));
    }

    /// The given numbers that nothing used, with the positions of their claims.
    fn unused(&self) -> impl Iterator<Item = &(BindingId, usize)> {
        self.given.iter().filter(|(id, _)| !self.used.contains(id))
    }

    /// The letters among what nothing used that a name known before them is a run of: `P` and `V` behind `PV = nRT`.
    pub(super) fn unused_letters(&self, scope: &Scope) -> BTreeSet<Name> {
        let is_letter = |name: &Name| name.as_str().chars().count() == 1;
        let given = self.unused().map(|(id, _)| (&scope.binding(*id).name, *id));
        let mut letters: HashMap<&Name, Vec<BindingId>> = HashMap::new();
        for (name, id) in given.filter(|(name, _)| is_letter(name)) {
            letters.entry(name).or_default().push(id);
        }
        if letters.len() < 2 {
            return BTreeSet::new();
        }
        let is_run = |id: &BindingId| {
            let name = &scope.binding(*id).name;
            let mut run = name.letters().peekable();
            let is_given_behind = |given: &Vec<BindingId>| {
                let next = given.get(given.partition_point(|given| given < id));
                next.is_some_and(|given| scope.lookup(name.as_str(), *given) == Some(*id))
            };
            run.peek().is_some() && run.all(|letter| letters.get(&letter).is_some_and(is_given_behind))
        };
        (0..scope.len()).filter(is_run).flat_map(|id| scope.binding(id).name.letters()).collect()
    }

    /// Complains about given names that nothing used.
    pub(super) fn complain(&self, scope: &Scope, findings: &mut [Finding]) {
        let unused: Vec<&(BindingId, usize)> = self.unused().collect();
        let idle: BTreeSet<&str> = unused.iter().map(|(id, _)| scope.binding(*id).name.as_str()).collect();
        let mut known = scope.names();
        known.retain(|name| !idle.contains(name));
        for (id, position) in &unused {
            let name = scope.binding(*id).name.as_str();
            let Some(finding) = findings.get_mut(*position) else { continue };
            if finding.diagnostic.is_some() {
                continue;
            }
            let near =
                known.iter().find(|known| is_one_slip(name, known) && !self.is_sibling(name, known, scope));
            let place = finding.record.span;
            let diagnostic = match near {
                Some(near) => Diagnostic::error(
                    Code::UnusedGiven,
                    place,
                    format!("nothing uses `{name}`, and it is one slip away from `{near}`"),
                )
                .help(format!("did you mean `{near}`? If not, use `{name}`, or leave it untagged")),
                None => Diagnostic::warning(Code::UnusedGiven, place, format!("nothing uses `{name}`"))
                    .help("a number that nothing uses cannot be checked"),
            };
            finding.complain(diagnostic);
        }
    }
}

/// Whether a name looks like a slip for one that is known, from which it does not differ in its number alone.
pub(super) fn is_slip_for_known(name: &str, scope: &Scope) -> bool {
    let own = letters(name);
    scope.names().into_iter().any(|known| is_one_slip(name, known) && letters(known) != own)
}

fn letters(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// One letter or digit too many, missing, changed, or swapped with its neighbour. Short words that differ in a letter are
/// simply two names: `FN` and `FP`, `t_1` and `v_1`, `TPR` and `FPR`.
fn is_one_slip(name: &str, known: &str) -> bool {
    let words = |name: &'_ str| -> Vec<String> {
        let words = name.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    };
    let (own, other) = (words(name), words(known));
    let mut pairs = own.iter().zip(&other).filter(|(one, two)| one != two);
    let is_likely = pairs.all(|(one, two)| is_likely_slip(one, two));
    own.len() == other.len() && is_likely && signs(name).eq(signs(known)) && is_near(name, known)
}

/// The signs in a name: with another of them it is another name, as `P(X>2)` is not `P(X>=2)`.
fn signs(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| matches!(c, '<' | '>' | '=' | '!' | '|' | '+' | '-' | '∩' | '∪'))
}

/// Whether two words that differ in one letter are hardly two words: long ones, or shorter ones with the same letters or
/// one more.
fn is_likely_slip(one: &str, two: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let (one, two) = (sorted(one), sorted(two));
    let changed = one.len() == two.len() && one != two;
    one.len().min(two.len()) >= if changed { 4 } else { 3 }
}

fn is_near(name: &str, known: &str) -> bool {
    name.chars().count() > 1 && known.chars().count() > 1 && strsim::damerau_levenshtein(name, known) == 1
}
