//! Signs that a reader passes over: those of the currency where there is only one, and wide space that separates nothing.

use super::split::{depths, relates};
use super::token::{Bracket, Token, TokenKind, closings};

/// The tokens without `\$`, which says nothing as long as no amount is in another currency.
pub(super) fn without_dollars(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let is_dollar = |token: &Token<'_>| token.kind == TokenKind::Currency("$");
    let foreign = |token: &Token<'_>| matches!(token.kind, TokenKind::Currency(_)) && !is_dollar(token);
    if !tokens.iter().any(is_dollar) || tokens.iter().any(foreign) {
        return tokens;
    }
    for at in 1..tokens.len() {
        tokens[at].spaced |= is_dollar(&tokens[at - 1]);
    }
    tokens.retain(|token| !is_dollar(token));
    tokens
}

/// The tokens without wide space where it separates nothing: in brackets, and where nothing is related, `a \quad b`, unless
/// a number or a fraction follows, which may be of another formula or count it. In an environment it separates columns.
pub(super) fn without_wide_space(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    use TokenKind as T;
    if tokens.iter().all(|token| token.kind != T::Wide) {
        return tokens;
    }
    // Rows of a system are related inside of it.
    let holds_rows = tokens.iter().any(|token| matches!(token.kind, T::Begin(_) | T::Newline));
    let relates = holds_rows || relates(&tokens);
    let mut environments = 0usize;
    let mut dropped = Vec::new();
    for (at, (depth, token)) in depths(&tokens).enumerate() {
        match token.kind {
            T::Begin(_) => environments += 1,
            T::End(_) => environments = environments.saturating_sub(1),
            T::Wide
                if environments == 0
                    && (depth > 0
                        || !relates
                            && (ends_with_operator(&tokens[..at]) || !begins_another(&tokens[at + 1..]))) =>
            {
                dropped.push(at)
            }
            _ => {}
        }
    }
    for at in &dropped {
        if let Some(next) = tokens.get_mut(at + 1) {
            next.spaced = true;
        }
    }
    let keep = |at: &usize| dropped.binary_search(at).is_err();
    tokens.into_iter().enumerate().filter(|(at, _)| keep(at)).map(|(_, token)| token).collect()
}

/// Whether the sign of a sum, a limit or their kin stands last, with its scripts: its body comes next, after whatever space.
fn ends_with_operator(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let mut rest = tokens;
    loop {
        rest = match rest {
            [
                ..,
                Token {
                    kind: T::Command("sum" | "prod" | "int" | "lim" | "max" | "min" | "sup" | "inf"),
                    ..
                },
            ] => return true,
            [before @ .., Token { kind: T::Caret | T::Underscore, .. }, _] => before,
            [.., Token { kind: T::Close(Bracket::Brace), .. }] => match opening(rest) {
                Some(open) => match rest[..open].split_last() {
                    Some((Token { kind: T::Caret | T::Underscore, .. }, before)) => before,
                    _ => return false,
                },
                None => return false,
            },
            _ => return false,
        };
    }
}

/// Where the brace opens that closes last.
fn opening(tokens: &[Token<'_>]) -> Option<usize> {
    closings(tokens).iter().position(|close| *close == tokens.len().checked_sub(1))
}

/// Whether a number, also in brackets, or a fraction comes next: hardly a factor after wide space.
fn begins_another(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    match tokens {
        [Token { kind: T::Open(Bracket::Round), .. }, Token { kind: T::Number(_), .. }, close, ..] => {
            close.kind == T::Close(Bracket::Round)
        }
        [Token { kind, .. }, ..] => matches!(kind, T::Number(_) | T::Command("frac")),
        [] => false,
    }
}
