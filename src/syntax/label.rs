//! What stands before a chain and is no part of it: `\text{(a) } x = 3`, `\text{Area: } 3 \cdot 4 = 12`, `\text{so } x = 3`;
//! and hypotheses, `H_0: \mu = 100`, which claim nothing.

use super::joint::is_joint;
use super::split::{is_operator, relates};
use super::token::{Bracket, Token, TokenKind};
use crate::scan::{Role, says};

/// The tokens without labels and joining words before them.
pub(super) fn removed<'a, 't>(tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    use TokenKind as T;
    let rest = match tokens {
        [Token { kind: T::Text(text), .. }, Token { kind: T::Colon, .. }, rest @ ..]
            if is_title(text) && rest.iter().all(|token| token.kind != T::Colon) =>
        {
            rest
        }
        // `\text{next}(3)` is applied to the 3.
        [Token { kind: T::Text(text), .. }, Token { kind: T::Open(_), .. }, ..]
            if !text.ends_with([' ', ':', ')', '.']) =>
        {
            return tokens;
        }
        [Token { kind: T::Text(text), .. }, rest @ ..] if is_label(text) => rest,
        _ => return tokens,
    };
    if relates(rest) && rest.first().is_some_and(begins_member) { removed(rest) } else { tokens }
}

/// Whether these state a hypothesis about something: `H_0: p = 0.5`, `H_a: \mu_1 \neq \mu_2`. It may be false, and its
/// opposite is stated beside it.
pub(super) fn is_hypothesis(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let Some(colon) = tokens.iter().position(|token| token.kind == T::Colon) else { return false };
    let (label, rest) = (&tokens[..colon], &tokens[colon + 1..]);
    let mut label = label
        .iter()
        .map(|token| token.kind)
        .filter(|kind| !matches!(kind, T::Open(Bracket::Brace) | T::Close(Bracket::Brace)));
    let is_labelled = matches!(label.next(), Some(T::Word("H") | T::Text("H")))
        && label.next() == Some(T::Underscore)
        && matches!(label.next(), Some(T::Number(_) | T::Word("a" | "A") | T::Text("a" | "A")))
        && label.next().is_none();
    let sign = rest.iter().position(|token| matches!(token.kind, T::Relation(_)));
    let is_about =
        |side: &[Token<'_>]| side.iter().any(|token| matches!(token.kind, T::Word(_) | T::Command(_)));
    let signs = rest.iter().filter(|token| matches!(token.kind, T::Relation(_))).count();
    is_labelled && signs == 1 && sign.is_some_and(|sign| is_about(&rest[..sign]))
}

/// Whether a member can begin with this: no sign of a relation or an operation, which would make an operand of what is before.
fn begins_member(first: &Token<'_>) -> bool {
    use TokenKind as T;
    match first.kind {
        T::Plus | T::Minus => true,
        T::Relation(_) | T::Caret | T::Underscore | T::Close(_) | T::Colon | T::Comma => false,
        ref kind => !is_operator(kind),
    }
}

/// Whether a text before a chain is no operand of it: it ends with a colon, counts, or joins.
fn is_label(text: &str) -> bool {
    let text = text.trim();
    match text.strip_suffix(':') {
        Some(title) => is_title(title),
        None => {
            counts(text)
                || matches!(text, "i.e." | "i.e.," | "e.g." | "e.g.," | "viz." | "Let" | "let")
                || !text.starts_with([',', ';', '.']) && is_joint(text)
        }
    }
}

/// `(a)`, `b)`, `(iv)`, `c.`
fn counts(text: &str) -> bool {
    let Some(inner) = text.strip_suffix([')', '.']) else { return false };
    let inner = inner.strip_prefix('(').unwrap_or(inner);
    let is_letter = inner.len() == 1 && inner.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_roman = !inner.is_empty() && inner.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'));
    is_letter || is_roman
}

/// Words that name what follows; not such as say that it is false.
fn is_title(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let long = text.chars().filter(|c| c.is_alphabetic()).count() > 1;
    long && words.all(|word| !says(&word.to_lowercase(), Role::Doubts))
}
