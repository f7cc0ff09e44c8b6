//! What is said under a brace: `\underbrace{1 + 2 + 3}_{= 6} + 4` claims 1 + 2 + 3 = 6 beside what it is a part of.

use super::parser::MAX_DEPTH;
use super::token::{Bracket, Token, TokenKind, closings};

/// Whether a token is part of plain arithmetic. A letter may be bound where the brace stands, by a sum or as a parameter.
fn is_arithmetic(token: &Token<'_>) -> bool {
    match token.kind {
        TokenKind::Word(_) | TokenKind::Text(_) => false,
        TokenKind::Command(command) => {
            matches!(command, "frac" | "sqrt" | "binom" | "pi" | "underbrace" | "overbrace")
        }
        _ => true,
    }
}

/// The chains that stand under and over braces, each with the expression that the brace holds. They are part of no other:
/// the parser passes over them.
pub(super) fn claims<'t>(tokens: &[Token<'t>]) -> Vec<Vec<Token<'t>>> {
    use TokenKind as T;
    let is_brace = |token: &Token<'_>| matches!(token.kind, T::Command("underbrace" | "overbrace"));
    if !tokens.iter().any(is_brace) {
        return Vec::new();
    }
    let closings = closings(tokens);
    let group = |open: usize| {
        let close = closings.get(open).copied().flatten()?;
        (tokens[open].kind == T::Open(Bracket::Brace)).then(|| (&tokens[open + 1..close], close + 1))
    };
    let claim = |at: usize| {
        let (held, after) = group(at + 1)?;
        tokens.get(after).filter(|next| matches!(next.kind, T::Underscore | T::Caret))?;
        let (said, _) = group(after + 1)?;
        if !held.iter().all(is_arithmetic) {
            return None;
        }
        let relates = said.first().is_some_and(|first| matches!(first.kind, T::Relation(_)));
        relates.then(|| [held, said].concat())
    };
    let mut depth = 0usize;
    let mut claims = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            T::Open(_) | T::Begin(_) => depth += 1,
            T::Close(_) | T::End(_) => depth = depth.saturating_sub(1),
            // What stands deeper is not read at all, and that is an error of the whole.
            _ if is_brace(token) && depth < MAX_DEPTH => claims.extend(claim(at)),
            _ => {}
        }
    }
    claims
}
