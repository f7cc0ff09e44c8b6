//! Several values in a row: the solutions of an equation, `(x-2)(x+4) = 0 \Rightarrow x = 2, -4`, and the two that a sign
//! stands for, `x = 2 \pm 3 = 5 \text{ or } -1`.

use std::borrow::Cow;

use super::expr::Relation;
use super::split::depths;
use super::token::{Bracket, Token, TokenKind};
use crate::scan::is_or;

/// A statement that gives a name several values as one for each of them, if `before` it, in one formula, an equation stands
/// that holds no other name. Elsewhere such a row may be what a name runs through, `n = 1, 2, 3`.
pub(super) fn apart<'a, 't>(
    before: impl FnOnce() -> &'a [Token<'t>],
    tokens: &'a [Token<'t>],
) -> Vec<Cow<'a, [Token<'t>]>> {
    let whole = || vec![Cow::Borrowed(tokens)];
    let Some(sign) = tokens.iter().position(|token| matches!(token.kind, TokenKind::Relation(_))) else {
        return whole();
    };
    let given = &tokens[sign + 1..];
    let equates = tokens[sign].kind == TokenKind::Relation(Relation::Equal);
    let Some(name) = name(&tokens[..sign]).filter(|_| equates) else { return whole() };
    let values = values(given);
    if values.len() < 2 || !values.iter().all(is_value) || !is_equation_for(name, before()) {
        return whole();
    }
    values.into_iter().map(|value| Cow::Owned([&tokens[..=sign], value].concat())).collect()
}

/// Whether an "or" stands between two equations, `x = 2 \text{ or } x = -2`: what it stands between otherwise is a condition.
pub(super) fn stand_around(before: &[Token<'_>], text: &str, after: &[Token<'_>]) -> bool {
    let equates = |side: &[Token<'_>]| {
        let line = depths(side).take_while(|(_, token)| token.kind != TokenKind::Newline);
        let mut signs = line.filter_map(|(depth, token)| match token.kind {
            TokenKind::Relation(relation) if depth == 0 => Some(relation),
            _ => None,
        });
        signs.next() == Some(Relation::Equal)
    };
    is_or(text) && equates(before) && equates(after)
}

/// Whether an "or" ends these tokens: what follows is an alternative to them.
pub(super) fn precede(tokens: &[Token<'_>]) -> bool {
    let last = tokens.iter().rfind(|token| !matches!(token.kind, TokenKind::Wide | TokenKind::Ampersand));
    matches!(last, Some(Token { kind: TokenKind::Text(text), .. }) if is_or(text))
}

/// The members of a chain with the two values behind a `\pm` in braces: which is the first says nothing.
pub(super) fn in_braces(members: &mut [Vec<Token<'_>>]) {
    let stands_for_two =
        |member: &Vec<Token<'_>>| member.iter().any(|token| token.kind == TokenKind::PlusMinus);
    let Some(first) = members.iter().position(stands_for_two) else { return };
    for member in &mut members[first + 1..] {
        let values = values(member);
        let [one, other] = values.as_slice() else { continue };
        if !is_value(one) || !is_value(other) || stands_for_two(member) {
            continue;
        }
        let at = |kind, place: u32| Token { kind, start: place, end: place, spaced: false };
        let (start, end) = (one[0].start, other[other.len() - 1].end);
        let mut set = vec![at(TokenKind::Open(Bracket::Curly), start)];
        set.extend_from_slice(one);
        set.push(at(TokenKind::Comma, other[0].start));
        set.push(Token { spaced: true, ..other[0] });
        set.extend_from_slice(&other[1..]);
        set.push(at(TokenKind::Close(Bracket::Curly), end));
        *member = set;
    }
}

/// What commas and "or" separate in the open; digit groups stay together.
fn values<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    let mut values = Vec::new();
    let mut start = 0;
    for (at, (depth, token)) in depths(tokens).enumerate() {
        let separates = match token.kind {
            _ if depth > 0 => false,
            TokenKind::Text(text) => matches!(text.trim().trim_matches(','), "and" | "und") || is_or(text),
            TokenKind::Comma => !groups(tokens, at),
            _ => false,
        };
        if separates {
            // A comma before the word separates no more.
            if at > start || !matches!(token.kind, TokenKind::Text(_)) {
                values.push(&tokens[start..at]);
            }
            start = at + 1;
        }
    }
    values.push(&tokens[start..]);
    values
}

/// Whether a comma can group digits.
fn groups(tokens: &[Token<'_>], comma: usize) -> bool {
    let number = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
        Some(Token { kind: TokenKind::Number(digits), spaced, .. }) => Some((digits.len(), *spaced)),
        _ => None,
    };
    number(comma.checked_sub(1)).is_some()
        && number(Some(comma + 1)).is_some_and(|(digits, spaced)| digits == 3 && !spaced)
}

/// The name, if nothing else stands there.
fn name<'t>(tokens: &[Token<'t>]) -> Option<TokenKind<'t>> {
    use TokenKind as T;
    match tokens {
        [Token { kind: name @ (T::Word(_) | T::Command(_)), .. }] => Some(*name),
        _ => None,
    }
}

fn is_value(tokens: &&[Token<'_>]) -> bool {
    !tokens.is_empty() && tokens.iter().all(is_arithmetic)
}

fn is_arithmetic(token: &Token<'_>) -> bool {
    use TokenKind as T;
    match token.kind {
        T::Command(command) => matches!(command, "frac" | "sqrt" | "pi"),
        T::Open(bracket) | T::Close(bracket) => matches!(bracket, Bracket::Round | Bracket::Brace),
        T::Number(_) | T::Plus | T::Minus | T::Dot | T::Times | T::Slash | T::Caret => true,
        _ => false,
    }
}

/// Whether these tokens hold an equation, and no name but this one.
fn is_equation_for(name: TokenKind<'_>, tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let mut names = tokens.iter().map(|token| token.kind).filter(|kind| match kind {
        T::Command(command) => !matches!(*command, "frac" | "sqrt" | "pi"),
        kind => matches!(kind, T::Word(_) | T::Text(_)),
    });
    let signs: Vec<_> = tokens
        .iter()
        .filter_map(|token| match token.kind {
            T::Relation(relation) => Some(relation),
            _ => None,
        })
        .collect();
    let is_equation = !signs.is_empty() && signs.iter().all(|relation| *relation == Relation::Equal);
    let is_only_name = names.next() == Some(name) && names.all(|other| other == name);
    is_equation && is_only_name
}
