//! Words between the statements of one text, and before its conditions.

use super::token::{Token, TokenKind};
use crate::scan::{Role, says};

/// The tokens with a unit and the word behind it as texts of their own: `5 \text{ m and } b = 7`.
pub(super) fn joints_apart(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let parts = |text: &str| {
        let (before, joint) = text.trim_end().rsplit_once([' ', ','])?;
        let unit = before.trim_end_matches([' ', ',']);
        let is_unit = !unit.trim().is_empty() && !is_joint(unit) && !is_condition(unit);
        (is_unit && is_joint(joint)).then(|| (unit.len(), before.len() + 1))
    };
    if !tokens.iter().any(|token| matches!(token.kind, TokenKind::Text(text) if parts(text).is_some())) {
        return tokens;
    }
    let is_number = |token: &Token<'_>| matches!(token.kind, TokenKind::Number(_));
    let mut apart: Vec<Token<'_>> = Vec::with_capacity(tokens.len());
    for token in tokens {
        match token.kind {
            TokenKind::Text(text)
                if apart.last().is_some_and(is_number)
                    && let Some((unit, joint)) = parts(text) =>
            {
                apart.push(Token { kind: TokenKind::Text(&text[..unit]), ..token });
                apart.push(Token { kind: TokenKind::Text(&text[joint..]), spaced: true, ..token });
            }
            _ => apart.push(token),
        }
    }
    apart
}

/// Whether a text stands between two statements: it begins with punctuation, or is all words that join, as in
/// `x = 1 + 2 = 3 \text{ and } y = 4`. A condition, as after "if" or "for", is no statement of its own.
pub(super) fn is_joint(text: &str) -> bool {
    let mut words = words(text).peekable();
    let supposes = words.peek().is_none_or(|first| says(first, Role::Supposes));
    let ends_one = text.trim_start().starts_with([',', ';', '.']);
    !supposes && !is_condition(text) && (ends_one || words.all(|word| says(word, Role::Joins)))
}

/// Whether a text begins a condition: what follows it claims nothing, and what stands before it holds only then.
pub(super) fn is_condition(text: &str) -> bool {
    const PHRASES: [&[&str]; 5] =
        [&["for", "all"], &["for", "every"], &["for", "each"], &["for", "any"], &["if", "and", "only", "if"]];
    let words = words(text);
    let is_word = words.clone().count() == 1 && words.clone().all(|word| says(word, Role::Condition));
    is_word || PHRASES.iter().any(|phrase| words.clone().eq(phrase.iter().copied()))
}

fn words(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split_whitespace()
        .map(|word| word.trim_matches([',', ':', ';', '.']))
        .filter(|word| !word.is_empty())
}
