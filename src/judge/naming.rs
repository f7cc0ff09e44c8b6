//! What a chain defines: a name, a function, or the parts of a list.

use super::{cells, constant, given, instance, number, parameter};
use crate::diag::Code;
use crate::eval::{BindingId, Definition, EvalError, Scope, Set, Shape, holds_itself};
use crate::num::Precision;
use crate::scan::Fragment;
use crate::source::Span;
use crate::syntax::{
    self, Builtin, Expr, Head, Kind, Lexicon, Link, MemberKind, Name, NameKind, Notation, Relation, Statement,
};

/// What a member defines.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Naming {
    /// One name.
    Name(Name),
    /// A function of these parameters. `at_values`: they have values, and what is stated beside it is for those.
    Function { function: Name, parameters: Vec<Name>, at_values: bool },
    /// The elements of a name with an index, `a_n` and `x_{n+1}`, by a formula for all of them.
    Sequence { name: Name, base: Name, index: Name, offset: i64 },
    /// Elements of a list, in order.
    Parts(Vec<Name>),
}

impl Naming {
    /// The names that stand for any number in it.
    pub(super) fn parameters(&self) -> &[Name] {
        match self {
            Self::Function { parameters, at_values: false, .. } => parameters,
            Self::Sequence { index, .. } => std::slice::from_ref(index),
            Self::Name(_) | Self::Parts(_) | Self::Function { .. } => &[],
        }
    }

    /// Whether it is by a formula for any number.
    pub(super) fn is_general(&self) -> bool {
        matches!(self, Self::Function { at_values: false, .. } | Self::Sequence { .. })
    }
}

/// Whether a group only says for which of the `parameters` a definition beside it is meant: `f(x) = \sqrt{x}, x > 0`.
pub(super) fn is_condition(group: &[Statement<'_>], parameters: &[Name], scope: &Scope) -> bool {
    let [statement] = group else { return false };
    if parameters.is_empty() || statement.continues || statement.links.is_empty() {
        return false;
    }
    let (mut on_parameter, mut known) = (false, true);
    for idx in 0..statement.len() {
        match statement.read(idx, scope, parameters).kind {
            MemberKind::Expr(expr) => {
                let is_free = |name: &Name| parameters.contains(name) && scope.here(name).is_none();
                on_parameter |= matches!(&expr.kind, Kind::Name(name) if is_free(name));
                known &= !expr.any(|node| {
                    matches!(&node.kind, Kind::Name(name) if !is_free(name) && scope.here(name).is_none() && !constant::is_one(name))
                });
            }
            _ => known = false,
        }
    }
    on_parameter && known && statement.links.iter().all(|link| link.relation.is_inequality())
}

/// Whether a group states an event, `X = 60` or `z > 1.5` of a random name: it claims nothing of all the values that the
/// name can have.
pub(super) fn is_event(group: &[Statement<'_>], scope: &Scope) -> bool {
    let [statement] = group else { return false };
    let relates = |link: &Link| link.relation.is_equality() || link.relation.is_inequality();
    if !scope.declares()
        || statement.continues
        || statement.links.is_empty()
        || !statement.links.iter().all(relates)
    {
        return false;
    }
    let is_random = |name: &Name| {
        scope.here(name).and_then(|id| scope.domain(id)).is_some_and(|domain| domain.law.is_some())
    };
    let mut random = 0;
    let is_part = |idx: usize| match statement.read(idx, scope, &[]).kind {
        MemberKind::Expr(Expr { kind: Kind::Name(name), .. }) if is_random(&name) => {
            random += 1;
            true
        }
        MemberKind::Expr(expr) => number::stated(&expr).is_some(),
        _ => false,
    };
    (0..statement.len()).all(is_part) && random == 1
}

/// What each member of a chain defines. `always`: the first one defines its name even if that is known.
pub(super) fn namings(
    members: &[(&Statement<'_>, usize)],
    links: &[Link],
    scope: &Scope,
    always: bool,
) -> Vec<(usize, Naming)> {
    let Some(first) = links.first() else { return Vec::new() };
    if links.len() >= members.len() {
        return Vec::new();
    }
    let always = always || first.relation == Relation::Define;
    let equality = first.relation.is_equality();
    let mut namings = Vec::new();
    let has_formula =
        members.len() > 1 && members[1..].iter().any(|(statement, idx)| is_formula(statement, *idx, scope));
    let mut only_names = true;
    for (position, (statement, idx)) in members.iter().enumerate() {
        let head = statement.head(*idx, scope);
        let after_names = only_names;
        only_names &= matches!(head, Head::Name(_));
        let naming = match head {
            Head::Name(name) if position == 0 && equality => {
                let again = always
                    || cells::redefines(has_formula, scope, &name)
                    || constant::is_given_anew(&name, first.relation, &members[1..], scope)
                    || instance::is_given(&name, &members[1..], scope)
                        && links.iter().all(|link| link.relation.is_equality());
                composition(&name, &members[1..], scope, again)
                    .or_else(|| sequence(&name, &members[1..], scope, again))
                    .or_else(|| named(name, scope, again))
            }
            Head::Call { .. } if averages(statement, *idx, scope) => None,
            Head::Call { function, parameters, whole } if position == 0 && equality => {
                called(function, parameters, whole, &members[1..], scope, always)
            }
            // `y = f(x) = x^2` defines both.
            Head::Call { function, parameters, whole }
                if after_names && stands_between_equals(position, links) =>
            {
                called(function, parameters, whole, &members[position + 1..], scope, false)
                    .filter(|naming| matches!(naming, Naming::Function { .. }))
            }
            // `a = b = 3` gives both their value, the known `a` too.
            Head::Name(name) if after_names && stands_between_equals(position, links) => {
                let slip = given::is_slip_for_known(name.as_str(), scope);
                let is_name = !slip && is_read_as(&name, statement, *idx, scope);
                named(name, scope, false).filter(|_| is_name)
            }
            // `[A] = 2` gives a concentration a name.
            Head::Parts(names) if names.len() == 1 && are_numbers(&members[1..], scope) => {
                names.into_iter().next().and_then(|name| named(name, scope, always && position == 0))
            }
            Head::Parts(names) => parts(names, scope, always && position == 0),
            _ => None,
        };
        namings.extend(naming.map(|naming| (position, naming)));
    }
    namings
}

/// Whether the relations up to this member and the one after it are all equalities.
fn stands_between_equals(position: usize, links: &[Link]) -> bool {
    let equal = |link: &Link| matches!(link.relation, Relation::Equal | Relation::Define);
    position > 0 && links[..position].iter().all(equal) && links.get(position).is_some_and(equal)
}

/// Whether a member in a formula's place is this name alone: `mc^2` is a product.
fn is_read_as(name: &Name, statement: &Statement<'_>, idx: usize, scope: &Scope) -> bool {
    matches!(statement.read(idx, scope, &[]).kind, MemberKind::Expr(Expr { kind: Kind::Name(read), .. }) if read == *name)
}

/// A name as the tag `new` lists it, in its canonical spelling.
pub(super) fn canonical(name: &Fragment) -> Name {
    let parsed = syntax::parse(name, Notation::Plain);
    let head = parsed
        .ok()
        .and_then(|statements| statements.first().map(|statement| statement.head(0, &Scope::default())));
    match head {
        Some(Head::Name(name)) => name,
        _ => Name::new(name.text.trim()),
    }
}

/// The name of the sequence that `a`, `a_n` or `a_{n+1}` stands for, unless that is a name of its own.
pub(super) fn sequence_named(spelled: &Name, scope: &Scope) -> Option<Name> {
    let here = scope.len();
    let base = Name::as_indexed(spelled.as_str()).map_or_else(|| spelled.to_string(), |(base, ..)| base);
    let sequence = scope.sequence(&base, here).filter(|_| scope.lookup(spelled.as_str(), here).is_none());
    sequence.map(|id| scope.binding(id).name.clone())
}

/// The list of these names.
pub(super) fn list(names: &[Name], span: Span) -> Expr {
    let items = names.iter().map(|name| Expr::new(Kind::Name(name.clone()), span)).collect();
    Expr::new(Kind::List(items), span)
}

/// Whether a member is an average of something random, `P(z > 0)`, and not a name that looks like one.
fn averages(statement: &Statement<'_>, idx: usize, scope: &Scope) -> bool {
    if !scope.declares() {
        return false;
    }
    let MemberKind::Expr(expr) = statement.read(idx, scope, &[]).kind else { return false };
    match &expr.kind {
        Kind::Call(builtin, args) if builtin.is_average() => {
            args.iter().any(|arg| !scope.random_in(arg, scope.len(), Vec::new()).is_empty())
        }
        _ => false,
    }
}

/// Whether a member computes something from names.
fn is_formula(statement: &Statement<'_>, idx: usize, scope: &Scope) -> bool {
    if !scope.has_cells() {
        return false;
    }
    let MemberKind::Expr(expr) = statement.read(idx, scope, &[]).kind else { return false };
    let mut computes = false;
    expr.walk(&mut |node| {
        computes |= !matches!(
            node.kind,
            Kind::Number(_)
                | Kind::Text(_)
                | Kind::Unary(..)
                | Kind::Binary(..)
                | Kind::List(_)
                | Kind::Matrix(_)
        );
    });
    computes
}

/// Whether nothing gives this name a value.
fn is_unbound(name: &Name, scope: &Scope) -> bool {
    let binding = scope.here(name);
    binding.is_none_or(|id| matches!(scope.binding(id).definition, Definition::Free(_)))
}

/// Whether this is an element of a list or sequence that has its value: `x_2` of a known `x`.
fn is_element(name: &Name, scope: &Scope) -> bool {
    let in_sequence = |base: &str| scope.sequence(base, scope.len());
    match Name::as_element(name.as_str()) {
        Some((list, _)) if scope.kind(&list) == Some(NameKind::List) => true,
        Some((list, place)) => in_sequence(&list)
            .zip(place.parse().ok())
            .is_some_and(|(id, place)| !may_begin(&Name::new(&list), id, place, scope)),
        None => Name::as_indexed(name.as_str()).is_some_and(|(base, ..)| in_sequence(&base).is_some()),
    }
}

/// Whether this element of a sequence may be given: what its formula begins with has to be.
fn may_begin(base: &Name, sequence: BindingId, place: i64, scope: &Scope) -> bool {
    let value = scope.evaluate_element(sequence, place, Precision::DOUBLE);
    let is_open = |error: &EvalError| matches!(error.code, Code::NoValue | Code::Undefined);
    scope.lacks_elements(sequence)
        || scope.recurs(sequence) && scope.given_elements(base, scope.len()).is_empty()
        || value.as_ref().is_err_and(is_open)
}

/// `a_n = 2 n` is a formula for every element if `n` has no value and occurs on the right, or if it holds other elements. One
/// that holds the element itself is an update.
fn sequence(name: &Name, right: &[(&Statement<'_>, usize)], scope: &Scope, always: bool) -> Option<Naming> {
    let (base, index, offset) = Name::as_indexed(name.as_str())?;
    if !always && is_element(name, scope) {
        return None;
    }
    let counts = counts(&index, scope);
    let bound = std::slice::from_ref(&index);
    let is_formula =
        |(statement, idx): &(&Statement<'_>, usize)| match statement.read(*idx, scope, bound).kind {
            MemberKind::Expr(body) => {
                let recurs = || right.len() == 1 && holds_elements(&body, &base);
                body.depends_on(&index) && !holds_itself(&body, &base, &index, offset) && (counts || recurs())
            }
            _ => false,
        };
    let base = Name::new(&base);
    right.iter().any(is_formula).then(|| Naming::Sequence { name: name.clone(), base, index, offset })
}

/// Whether a formula holds elements of `base`: what counts them may have a value somewhere else.
fn holds_elements(body: &Expr, base: &str) -> bool {
    body.any(|node| matches!(&node.kind, Kind::Subscript { base: own, .. } if own.as_str() == base))
}

/// The names of which nothing is known in the first member of a chain, where a known function is applied to them or they
/// count the elements of a known sequence: `x` of `f'(x) = 2x`, `n` of `a_{n+1} = 3 a_n`. They stand for numbers.
pub(super) fn arguments(members: &[(&Statement<'_>, usize)], scope: &Scope) -> Vec<Name> {
    let Some((statement, idx)) = members.first() else { return Vec::new() };
    let known = |name: &str| scope.lookup(name, scope.len()).is_some();
    let names = match statement.head(*idx, scope) {
        Head::Name(name) => match Name::as_indexed(name.as_str()) {
            Some((base, index, _)) if scope.sequence(&base, scope.len()).is_some() => vec![index],
            _ => Vec::new(),
        },
        Head::Call { function, parameters: Some(names), .. }
            if known(function.as_str().trim_end_matches('\''))
                || syntax::subscripted(scope, function.as_str()).is_some() =>
        {
            names
        }
        _ if statement.may_differentiate(*idx) => match statement.read(*idx, scope, &[]).kind {
            MemberKind::Expr(expr) => parameter::differentiated(scope, &expr),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    names.into_iter().filter(|name| !known(name.as_str())).collect()
}

/// Whether a name may count the elements of a sequence: it is unknown, or declared a whole number.
fn counts(index: &Name, scope: &Scope) -> bool {
    scope.here(index).is_none_or(|id| {
        let domain = scope.domain(id);
        domain.is_some_and(|domain| matches!((domain.shape, &domain.set), (Shape::Number, Set::Integers)))
    })
}

fn named(name: Name, scope: &Scope, always: bool) -> Option<Naming> {
    let unknown = scope.here(&name).is_none();
    let defines = always || unknown && !constant::is_one(&name) && !is_element(&name, scope);
    defines.then_some(Naming::Name(name))
}

/// Whether `f(…)` has a value whatever the page says: of these, a page may define its own `sigmoid(z)`, but a value for
/// some argument is a claim. What is known of a random `X` may be given: `P(A)`, `E(X)`.
fn is_known_function(function: &Name) -> bool {
    let builtin = Builtin::named(function.as_str());
    builtin.map_or_else(|| is_not_computed(function.as_str()), |builtin| !builtin.is_average())
}

fn is_not_computed(function: &str) -> bool {
    let lower = function.to_lowercase();
    NOT_COMPUTED.contains(&function)
        || lower.len() > 2 && function != "phi" && NOT_COMPUTED.contains(&lower.as_str())
}

/// Functions that everybody knows and that are not computed here: a value of one that is stated is no definition.
const NOT_COMPUTED: [&str; 21] = [
    "zeta",
    "erfinv",
    "std",
    "stdev",
    "stddev",
    "sd",
    "median",
    "mode",
    "quantile",
    "percentile",
    "cov",
    "corr",
    "argmax",
    "argmin",
    "sinc",
    "GELU",
    "gelu",
    "SiLU",
    "silu",
    "swish",
    "perm",
];

/// Whether this is `C(5, 2)`, which has a value whatever the page says.
fn is_choice(function: &Name, whole: &Name) -> bool {
    let arguments = whole.as_str()[function.as_str().len()..].trim_matches(['(', ')']);
    let numbers: Option<Vec<u64>> = arguments.split(',').map(|argument| argument.parse().ok()).collect();
    function.as_str() == "C" && matches!(numbers.as_deref(), Some([of, count]) if count <= of)
}

/// Whether a function of numbers is known under this name but for its capitals: `Tanh(0)`.
fn is_slip(function: &Name, whole: &Name) -> bool {
    let spelled = function.as_str();
    let of_numbers = !whole.as_str()[spelled.len()..].contains(char::is_alphabetic);
    of_numbers && Builtin::named(spelled).is_none() && Builtin::named(&spelled.to_lowercase()).is_some()
}

/// Whether a name with a domain stands in it, of which nothing is given: `P(z > 1 | z > 0)`, `f(k p)`.
fn holds_declared(whole: &Name, scope: &Scope) -> bool {
    let is_declared = |word: &str| {
        let id = scope.lookup(word, scope.len());
        id.is_some_and(|id| scope.domain(id).is_some())
    };
    scope.declares() && whole.as_str().split(|c: char| !c.is_alphanumeric() && c != '_').any(is_declared)
}

/// `f(x)` defines a function if `x` is a name that occurs on the right; else `f(x)` is itself a name.
fn called(
    function: Name,
    parameters: Option<Vec<Name>>,
    whole: Name,
    right: &[(&Statement<'_>, usize)],
    scope: &Scope,
    always: bool,
) -> Option<Naming> {
    // `f'(x)` of a known `f` is its derivative, and no function of its own.
    let derived = function.as_str().trim_end_matches('\'');
    let is_derivative = derived != function.as_str()
        && (scope.kind(derived) == Some(NameKind::Function) || Builtin::named(derived).is_some());
    let is_derivative = is_derivative || syntax::subscripted(scope, function.as_str()).is_some();
    if !always && (is_derivative || scope.kind(function.as_str()).is_some()) {
        return None;
    }
    let known = is_known_function(&function);
    let is_open = |name: &Name| match known {
        true => scope.here(name).is_none(),
        false => is_unbound(name, scope),
    };
    let parameters = parameters.filter(|parameters| {
        // `P(A)` and `f(x_0)` of known names are names.
        let may_have_values = |name: &Name| {
            !known && Builtin::named(function.as_str()).is_none() && !name.as_str().contains('_')
        };
        parameters.iter().all(|name| always || is_open(name) || may_have_values(name))
            && right.iter().any(|(statement, idx)| mentions(statement, *idx, parameters, scope))
    });
    match parameters {
        Some(parameters) => {
            // A formula alone claims nothing of the values that its parameters may have.
            let at_values = !always && right.len() > 1 && !parameters.iter().any(is_open);
            Some(Naming::Function { function, parameters, at_values })
        }
        None if known || scope.kind(function.as_str()) == Some(NameKind::Number) => None,
        None if !always && is_choice(&function, &whole) => None,
        None if !always && (holds_declared(&whole, scope) || is_slip(&function, &whole)) => None,
        None => named(whole, scope, always),
    }
}

/// Whether a member holds one of the parameters.
fn mentions(statement: &Statement<'_>, idx: usize, parameters: &[Name], scope: &Scope) -> bool {
    let MemberKind::Expr(expr) = statement.read(idx, scope, parameters).kind else { return false };
    expr.any(|node| match &node.kind {
        Kind::Name(name) | Kind::Subscript { base: name, .. } | Kind::Apply { function: name, .. } => {
            parameters.contains(name)
        }
        _ => false,
    })
}

/// `h = f \circ g` of known functions defines a function.
fn composition(
    name: &Name,
    right: &[(&Statement<'_>, usize)],
    scope: &Scope,
    always: bool,
) -> Option<Naming> {
    let [(statement, idx)] = right else { return None };
    let defines = always || scope.here(name).is_none();
    if !defines || !statement.is_composition(*idx, scope) {
        return None;
    }
    let parameter =
        ["x", "t", "u", "s"].map(Name::new).into_iter().find(|name| scope.here(name).is_none())?;
    Some(Naming::Function { function: name.clone(), parameters: vec![parameter], at_values: false })
}

/// Whether one of these members is a number, and no list of one.
fn are_numbers(members: &[(&Statement<'_>, usize)], scope: &Scope) -> bool {
    members.iter().any(|(statement, idx)| match statement.read(*idx, scope, &[]).kind {
        MemberKind::Expr(expr) => {
            let value = scope.evaluate(&expr, Precision::DOUBLE);
            value.is_ok_and(|evaluated| evaluated.value.as_number().is_some())
        }
        _ => false,
    })
}

/// Names in brackets are defined together or not at all: where some are known, the chain compares a list with them.
fn parts(names: Vec<Name>, scope: &Scope, always: bool) -> Option<Naming> {
    let unknown = |name: &Name| scope.here(name).is_none();
    let distinct = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
    (distinct && (always || names.iter().all(unknown))).then_some(Naming::Parts(names))
}
