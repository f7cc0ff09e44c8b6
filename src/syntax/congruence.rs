//! Congruences: the spellings of a modulus, brought into one form, and which relations it belongs to; and the bars that say
//! that one number divides another.
//!
//! `(\text{mod } 12)`, `(\bmod 12)` and `(mod 12)` become `\pmod{12}`; the word `mod` between two operands becomes
//! `\bmod`; a text that holds the number too, `\text{ (mod 12)}`, is cut in two. A modulus ends a member. It makes
//! congruences of the signs `≡` before it, back to the modulus before, and of the one `=` that it follows. A `≡` without a
//! modulus is an identity.

use super::expr::Relation;
use super::split::depths;
use super::statement::Link;
use super::token::{Bracket, Token, TokenKind, closings};

/// The tokens with every modulus in one form. Each keeps its place.
pub(super) fn normalised(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    use TokenKind as T;
    let mut tokens = texts_cut(tokens);
    if !tokens.iter().any(|token| is_mod(token.kind)) {
        return tokens;
    }
    let closings = closings(&tokens);
    for at in 0..tokens.len() {
        if !is_mod(tokens[at].kind) {
            continue;
        }
        let before = tokens[..at].iter().rposition(|token| token.kind != T::Wide);
        let opens = before.filter(|before| tokens[*before].kind == T::Open(Bracket::Round));
        let close = opens.and_then(|open| closings[open]).filter(|close| *close > at + 1);
        if let (Some(open), Some(close)) = (opens, close) {
            tokens[open].kind = T::Command("pmod");
            tokens[at].kind = T::Open(Bracket::Brace);
            tokens[close].kind = T::Close(Bracket::Brace);
        } else if before.is_some_and(|before| ends_operand(tokens[before].kind))
            && !is_applied(&tokens, &closings, at)
        {
            tokens[at].kind = T::Command("bmod");
        }
    }
    tokens
}

/// A text that is a modulus with its number or letter as the sign and what it goes by.
fn texts_cut(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    if tokens.iter().all(|token| modulus_in_text(token.kind).is_none()) {
        return tokens;
    }
    let mut cut = Vec::with_capacity(tokens.len() + 1);
    for token in tokens {
        match modulus_in_text(token.kind) {
            Some(kinds) => cut.extend(kinds.map(|kind| Token { kind, ..token })),
            None => cut.push(token),
        }
    }
    cut
}

/// `(mod 12)` as `\pmod` and 12, `mod 12` as `\bmod` and 12.
fn modulus_in_text(kind: TokenKind<'_>) -> Option<[TokenKind<'_>; 2]> {
    let TokenKind::Text(text) = kind else { return None };
    let spaces = |c: char| c.is_whitespace() || matches!(c, '\\' | '~' | ',' | ';' | ':');
    let text = text.trim_matches(spaces);
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let rest = inner.unwrap_or(text).trim_matches(spaces).strip_prefix("mod")?;
    let modulus = rest.trim_matches(spaces);
    let kind = match modulus.as_bytes() {
        [] => return None,
        digits if digits.iter().all(u8::is_ascii_digit) => TokenKind::Number(modulus),
        [letter] if letter.is_ascii_alphabetic() && rest.len() > 1 => TokenKind::Word(modulus),
        _ => return None,
    };
    Some([TokenKind::Command(if inner.is_some() { "pmod" } else { "bmod" }), kind])
}

/// The word `mod`, however it is set.
fn is_mod(kind: TokenKind<'_>) -> bool {
    match kind {
        TokenKind::Command(word) => matches!(word, "mod" | "bmod"),
        TokenKind::Word(word) => word == "mod",
        TokenKind::Text(text) => text.trim() == "mod",
        _ => false,
    }
}

/// Whether something that has a value can end here.
fn ends_operand(kind: TokenKind<'_>) -> bool {
    use TokenKind as T;
    match kind {
        T::Number(_) | T::Word(_) | T::Text(_) | T::Close(_) | T::End(_) | T::Bang | T::Raised(_) => true,
        T::Lowered(_) | T::Prime(_) => true,
        T::Command(command) => command == "pi" || super::latex::greek(command).is_some(),
        _ => false,
    }
}

/// Whether `mod` at this place is a function of what follows in brackets: `\operatorname{mod}(17, 5)`.
fn is_applied(tokens: &[Token<'_>], closings: &[Option<usize>], at: usize) -> bool {
    let opens = tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Open(Bracket::Round));
    let close = closings.get(at + 1).copied().flatten().filter(|_| opens);
    let Some(close) = close else { return false };
    depths(&tokens[at + 2..close]).any(|(depth, token)| depth == 0 && token.kind == TokenKind::Comma)
}

/// Cuts the modulus with its sign off the end of a member. After a `≡` (`congruent`) that no other relation follows, `\bmod` gives one
/// too.
pub(super) fn modulus<'t>(member: &mut Vec<Token<'t>>, congruent: bool) -> Option<Vec<Token<'t>>> {
    use TokenKind as T;
    let found = depths(member).enumerate().filter(|(_, (depth, token))| match token.kind {
        T::Command("pmod") => *depth == 0,
        T::Command("bmod" | "mod") => *depth == 0 && congruent,
        _ => false,
    });
    let at = found.last().map(|(at, _)| at);
    let at = at.filter(|at| *at > 0)?;
    let modulus = member.split_off(at);
    while member.last().is_some_and(|last| last.kind == T::Comma) {
        member.pop();
    }
    Some(modulus)
}

/// The tokens with every bar that says that one number divides another as that relation.
pub(super) fn with_divisibility<'t>(text: &str, mut tokens: Vec<Token<'t>>) -> Vec<Token<'t>> {
    use TokenKind as T;
    let is_sign = |token: &Token<'_>| {
        let typed = &text[token.start as usize..];
        token.kind == T::Bar && (typed.starts_with("\\mid") || typed.starts_with('\u{2223}'))
    };
    let is_bar = |token: &Token<'_>| token.kind == T::Bar;
    if !tokens.iter().any(is_bar) {
        return tokens;
    }
    let mut depth = 0usize;
    let mut start = 0;
    for at in 0..=tokens.len() {
        let kind = tokens.get(at).map_or(T::Eof, |token| token.kind);
        match kind {
            T::Open(_) | T::Begin(_) => depth += 1,
            T::Close(_) | T::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = matches!(
            kind,
            T::Eof
                | T::Wide
                | T::Newline
                | T::Ampersand
                | T::Comma
                | T::Semicolon
                | T::Implies
                | T::Relation(_)
        );
        if depth == 0 && ends {
            let found = divides(&tokens[start..at]).map(|(bar, sides)| (start + bar, sides));
            // Between bars of other kinds arithmetic has to stand on both sides.
            if let Some((bar, _)) = found.filter(|(bar, sides)| *sides == 2 || is_sign(&tokens[*bar])) {
                tokens[bar].kind = T::Relation(Relation::Divides);
            }
            start = at + 1;
        }
    }
    tokens
}

/// The only bar in the open, if there is arithmetic beside it, and on how many sides: `y \mid x` and `|x|` are other things.
fn divides(tokens: &[Token<'_>]) -> Option<(usize, usize)> {
    use TokenKind as T;
    let bars = depths(tokens).enumerate().filter(|(_, (depth, token))| *depth == 0 && token.kind == T::Bar);
    let bars: Vec<usize> = bars.map(|(at, _)| at).collect();
    let [bar] = bars[..] else { return None };
    let (before, after) = (&tokens[..bar], &tokens[bar + 1..]);
    let is_arithmetic = |tokens: &[Token<'_>]| {
        let holds = |token: &Token<'_>| {
            matches!(
                token.kind,
                T::Number(_)
                    | T::Plus
                    | T::Minus
                    | T::Dot
                    | T::Times
                    | T::Caret
                    | T::Bang
                    | T::Open(_)
                    | T::Close(_)
            )
        };
        tokens.iter().any(|token| matches!(token.kind, T::Number(_))) && tokens.iter().all(holds)
    };
    let evaluates = after.first().is_none_or(|next| matches!(next.kind, T::Underscore | T::Caret));
    let sides = usize::from(is_arithmetic(before)) + usize::from(is_arithmetic(after));
    (!before.is_empty() && !evaluates && sides > 0).then_some((bar, sides))
}

/// Says which links are congruences, and the member whose modulus each goes by. `moduli` are the members that have one;
/// link `k` joins the members `k` and `k + 1`.
pub fn resolve(links: &mut [Link], moduli: &[usize]) -> Vec<Option<usize>> {
    let mut resolved = vec![None; links.len()];
    for (at, link) in links.iter_mut().enumerate() {
        let modulus = moduli.iter().copied().find(|member| *member > at);
        let adjacent = modulus == Some(at + 1);
        link.relation = match (link.relation, modulus) {
            (Relation::Congruent, None) => Relation::Equal,
            (Relation::Incongruent, None) => Relation::NotEqual,
            (Relation::Equal | Relation::Approximate, Some(_)) if adjacent => Relation::Congruent,
            (Relation::NotEqual, Some(_)) if adjacent => Relation::Incongruent,
            (relation, _) => relation,
        };
        if matches!(link.relation, Relation::Congruent | Relation::Incongruent) {
            resolved[at] = modulus;
        }
    }
    resolved
}
