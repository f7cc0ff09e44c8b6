//! A number that is said once more in percent: `= 0.0781 (7.81\%)`.

use super::expr::Relation;
use super::token::{Bracket, Token, TokenKind};

/// The tokens with such a percentage as one more member of its chain.
pub(super) fn in_percent(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    if tokens.iter().all(|token| token.kind != TokenKind::Percent) {
        return tokens;
    }
    let places: Vec<usize> = (2..tokens.len()).filter(|at| restates(&tokens, *at)).collect();
    for open in places.into_iter().rev() {
        tokens[open].kind = TokenKind::Relation(Relation::Equal);
        tokens.remove(open + 3);
    }
    tokens
}

/// Whether at `open` the bracket of a percentage follows a member that is a number of about that size. Of others it may be
/// a share: `n = 30 (25\%)`.
fn restates(tokens: &[Token<'_>], open: usize) -> bool {
    use TokenKind as T;
    let [before, number, bracket, percentage, percent, close] =
        [open - 2, open - 1, open, open + 1, open + 2, open + 3]
            .map(|at| tokens.get(at).map(|token| token.kind));
    let (Some(T::Relation(_)), Some(T::Number(number)), Some(T::Number(percentage))) =
        (before, number, percentage)
    else {
        return false;
    };
    let is_bracketed = bracket == Some(T::Open(Bracket::Round))
        && percent == Some(T::Percent)
        && close == Some(T::Close(Bracket::Round));
    let is_near =
        |number: f64, percentage: f64| (number * 100.0 - percentage).abs() <= percentage.abs() / 10.0;
    is_bracketed
        && number
            .parse()
            .is_ok_and(|number| percentage.parse().is_ok_and(|percentage| is_near(number, percentage)))
}
