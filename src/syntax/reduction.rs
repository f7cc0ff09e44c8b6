//! Steps of elimination: `\Rightarrow` between two matrices that stand alone is an arrow between them, not the end of a chain.

use super::expr::Relation;
use super::token::{Token, TokenKind, closings};

/// The tokens with such signs as arrows.
pub(super) fn with_arrows(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    use TokenKind as T;
    if !tokens.iter().any(|token| token.kind == T::Implies) {
        return tokens;
    }
    let closings = closings(&tokens);
    for at in 0..tokens.len() {
        if tokens[at].kind == T::Implies
            && ends_with_matrix(&tokens[..at])
            && is_matrix_alone(&tokens, &closings, at + 1)
        {
            tokens[at].kind = T::Relation(Relation::Arrow);
        }
    }
    tokens
}

/// Whether an environment holds a matrix.
fn is_of_matrix(name: &str) -> bool {
    name.trim_end_matches('*').ends_with("matrix") || name == "array"
}

/// White space and alignment say nothing here.
fn is_layout(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Ampersand | TokenKind::Wide | TokenKind::Newline)
}

fn ends_with_matrix(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let mut before = tokens.iter().rev().skip_while(|token| is_layout(token)).map(|token| token.kind);
    match before.next() {
        Some(T::End(name)) => is_of_matrix(name),
        Some(T::Close(_)) => matches!(before.next(), Some(T::End(name)) if is_of_matrix(name)),
        _ => false,
    }
}

/// Whether nothing but a matrix, in brackets or not, stands at `start` before the chain ends.
fn is_matrix_alone(tokens: &[Token<'_>], closings: &[Option<usize>], start: usize) -> bool {
    use TokenKind as T;
    let Some(first) = (start..tokens.len()).find(|at| !is_layout(&tokens[*at])) else { return false };
    let begins = match tokens[first].kind {
        T::Begin(name) => is_of_matrix(name),
        T::Open(_) => {
            matches!(tokens.get(first + 1).map(|inner| inner.kind), Some(T::Begin(name)) if is_of_matrix(name))
        }
        _ => false,
    };
    let next = closings[first].and_then(|close| {
        tokens[close + 1..]
            .iter()
            .map(|token| token.kind)
            .find(|kind| !matches!(kind, T::Ampersand | T::Comma | T::Period))
    });
    begins && matches!(next, Some(T::Implies | T::Newline | T::Wide | T::Semicolon | T::Eof))
}
