//! Where a formula is said to hold: `x^2 \ge 0 \quad \forall x \in \mathbb{R}`, `\forall x \in \mathbb{R}: x^2 \ge 0`,
//! `x^2 \ge 0 \quad (x \in \mathbb{R})`.

use super::expr::Relation;
use super::split::depths;
use super::token::{Bracket, Token, TokenKind, closings};

/// What begins a statement that says for which values a formula is meant.
const FOR_ALL: TokenKind<'_> = TokenKind::Unknown("\\forall");

/// The tokens with such a domain as a statement of its own, which begins with [`FOR_ALL`].
pub(super) fn set_apart(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    if !tokens.iter().any(is_membership) {
        return tokens;
    }
    let (quantified, bracketed) = (quantifiers(&tokens), in_brackets(&tokens));
    let mut apart = Vec::with_capacity(tokens.len() + 2);
    for (at, token) in tokens.into_iter().enumerate() {
        let cut = Token { kind: TokenKind::Semicolon, ..token };
        match (token.kind, bracketed.contains(&at)) {
            (TokenKind::Open(_), true) => apart.extend([cut, Token { kind: FOR_ALL, ..token }]),
            (_, true) => apart.push(cut),
            (TokenKind::Unknown(_), _) if quantified.contains(&at) => {
                apart.extend([cut, Token { kind: FOR_ALL, ..token }]);
            }
            _ if quantified.contains(&at) => apart.push(cut),
            _ => apart.push(token),
        }
    }
    apart
}

/// Whether a statement begins so.
pub(super) fn begins(tokens: &[Token<'_>]) -> bool {
    tokens.first().is_some_and(|first| first.kind == FOR_ALL) && tokens.iter().any(is_membership)
}

fn is_membership(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Relation(Relation::In))
}

/// Each `\forall` in the open, and the colon that ends its domain.
fn quantifiers(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut cuts = Vec::new();
    let mut in_domain = false;
    for (at, (depth, token)) in depths(tokens).enumerate() {
        match token.kind {
            _ if depth > 0 => {}
            TokenKind::Unknown("\\forall" | "∀") => {
                cuts.push(at);
                in_domain = true;
            }
            TokenKind::Colon if in_domain => {
                cuts.push(at);
                in_domain = false;
            }
            _ => {}
        }
    }
    cuts
}

/// The round brackets around a domain that stands behind a formula.
fn in_brackets(tokens: &[Token<'_>]) -> Vec<usize> {
    use TokenKind as T;
    let closings = closings(tokens);
    let mut cuts = Vec::new();
    for (open, (depth, token)) in depths(tokens).enumerate() {
        let (0, T::Open(Bracket::Round), Some(close)) = (depth, token.kind, closings[open]) else { continue };
        let inner = &tokens[open + 1..close];
        let is_domain = depths(inner).any(|(depth, token)| depth == 0 && is_membership(token));
        let is_applied = open > 0
            && !token.spaced
            && matches!(tokens[open - 1].kind, T::Word(_) | T::Text(_) | T::Command(_));
        let ends = tokens[close + 1..].iter().find(|token| token.kind != T::Period).is_none_or(|next| {
            matches!(
                next.kind,
                T::Comma | T::Semicolon | T::Newline | T::Ampersand | T::Wide | T::Implies | T::Eof
            )
        });
        if is_domain && !is_applied && ends {
            cuts.extend([open, close]);
        }
    }
    cuts
}
