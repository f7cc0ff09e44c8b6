//! One order of scripts: `x^2_1` is typeset as `x_1^2` and means the same, so that the subscript comes first.

use super::token::{Bracket, Token, TokenKind, closings};

/// The tokens with every subscript before the superscript beside it. Each keeps its place, but that the last one of a
/// superscript reaches to the end of both.
pub(super) fn ordered(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let holds = |kind: TokenKind<'_>| tokens.iter().any(|token| token.kind == kind);
    if !holds(TokenKind::Underscore) || !holds(TokenKind::Caret) {
        return tokens;
    }
    let closings = closings(&tokens);
    // From the right, so that what is exchanged lies behind all that is still looked at, or inside its braces.
    for raised in (0..tokens.len()).rev() {
        if tokens[raised].kind != TokenKind::Caret {
            continue;
        }
        let Some(lowered) = script_end(&tokens, &closings, raised + 1) else { continue };
        if tokens.get(lowered).is_none_or(|token| token.kind != TokenKind::Underscore) {
            continue;
        }
        let Some(end) = script_end(&tokens, &closings, lowered + 1) else { continue };
        let reach = tokens[end - 1].end;
        tokens[raised..end].rotate_left(lowered - raised);
        tokens[end - 1].end = reach;
    }
    tokens
}

/// Past the script at `start`: braces, or one letter, digit or command, as TeX has it.
fn script_end(tokens: &[Token<'_>], closings: &[Option<usize>], start: usize) -> Option<usize> {
    use TokenKind as T;
    match tokens.get(start)?.kind {
        T::Number(text) | T::Word(text) if text.chars().count() == 1 => Some(start + 1),
        T::Command(name) if !matches!(name, "frac" | "sqrt") => Some(start + 1),
        T::Text(_) => Some(start + 1),
        T::Open(Bracket::Brace) => closings[start].map(|close| close + 1),
        _ => None,
    }
}
