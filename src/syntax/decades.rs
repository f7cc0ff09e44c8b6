//! What is measured in powers of ten, whatever else `\log` is on the page: pH and its kin, and decibels.

use super::statement::Statement;
use super::token::{Token, TokenKind};

/// Gives the logarithms without a base their base 10 in chains about such a measure, and in the rows that go on with them.
pub(super) fn to_base_ten(statements: &mut [Statement<'_>]) {
    let mut start = 0;
    for end in 1..=statements.len() {
        if statements.get(end).is_some_and(|next| next.continues) {
            continue;
        }
        let chain = &mut statements[start..end];
        start = end;
        if chain.iter().flat_map(|row| &row.members).any(|member| measures(member)) {
            chain.iter_mut().flat_map(|row| &mut row.members).for_each(decimal);
        }
    }
}

fn measures(tokens: &[Token<'_>]) -> bool {
    let word = |token: &Token<'_>| match token.kind {
        TokenKind::Text(word) | TokenKind::Word(word) => word.trim().to_owned(),
        _ => String::new(),
    };
    let is_one = |word: &str| matches!(word, "pH" | "pOH" | "pK" | "pKa" | "pKb" | "pKw");
    // The letters may be set in two fonts: `\text{p}K_a`.
    tokens.windows(2).any(|pair| word(&pair[0]) == "p" && is_one(&format!("p{}", word(&pair[1]))))
        || tokens.iter().map(word).any(|word| is_one(&word) || matches!(&*word, "dB" | "dBm" | "decibels"))
}

fn decimal(tokens: &mut Vec<Token<'_>>) {
    for at in 0..tokens.len() {
        let has_base = tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Underscore);
        if matches!(tokens[at].kind, TokenKind::Command("log") | TokenKind::Text("log")) && !has_base {
            tokens[at].kind = TokenKind::Command("lg");
        }
    }
}
