//! What is measured in powers of ten, whatever else `\log` is on the page: pH and its kin, and decibels.

use super::statement::Statement;
use super::token::{Token, TokenKind};

/// Gives the logarithms without a base their base 10 in chains about such a measure, and in the rows that go on with them; and
/// makes one name of each measure.
pub(super) fn to_base_ten(statements: &mut [Statement<'_>]) {
    let mut start = 0;
    for end in 1..=statements.len() {
        if statements.get(end).is_some_and(|next| next.continues) {
            continue;
        }
        let chain = &mut statements[start..end];
        start = end;
        if chain.iter().flat_map(|row| &row.members).any(|member| measures(member)) {
            for member in chain.iter_mut().flat_map(|row| &mut row.members) {
                join(member);
                decimal(member);
            }
        }
    }
}

/// What is measured in powers of ten by the name of what is measured: the acidity of `H` is `pH`.
const MEASURED: [(&str, &str); 6] =
    [("H", "pH"), ("OH", "pOH"), ("K", "pK"), ("Ka", "pKa"), ("Kb", "pKb"), ("Kw", "pKw")];

fn measures(tokens: &[Token<'_>]) -> bool {
    let is_one = |word: &str| {
        MEASURED.iter().any(|(_, name)| *name == word) || matches!(word, "dB" | "dBm" | "decibels")
    };
    tokens.windows(2).any(|pair| in_two_tokens(&pair[0], &pair[1]).is_some())
        || tokens.iter().filter_map(word).any(is_one)
}

fn word<'t>(token: &Token<'t>) -> Option<&'t str> {
    match token.kind {
        TokenKind::Text(word) | TokenKind::Word(word) => Some(word.trim()),
        _ => None,
    }
}

/// The measure whose letters are two tokens: `\text{p}K_a`.
fn in_two_tokens(one: &Token<'_>, other: &Token<'_>) -> Option<&'static str> {
    let of = word(other).filter(|_| word(one) == Some("p"))?;
    MEASURED.iter().find(|(measured, _)| *measured == of).map(|(_, name)| *name)
}

/// Makes one name of letters that are set in two fonts.
fn join(tokens: &mut Vec<Token<'_>>) {
    let mut at = 0;
    while at + 1 < tokens.len() {
        let is_upright = tokens[at..at + 2].iter().any(|token| matches!(token.kind, TokenKind::Text(_)));
        if let Some(name) = in_two_tokens(&tokens[at], &tokens[at + 1]).filter(|_| is_upright) {
            tokens[at] = Token { kind: TokenKind::Text(name), end: tokens[at + 1].end, ..tokens[at] };
            tokens.remove(at + 1);
        }
        at += 1;
    }
}

fn decimal(tokens: &mut Vec<Token<'_>>) {
    for at in 0..tokens.len() {
        let has_base = tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Underscore);
        if matches!(tokens[at].kind, TokenKind::Command("log") | TokenKind::Text("log")) && !has_base {
            tokens[at].kind = TokenKind::Command("lg");
        }
    }
}
