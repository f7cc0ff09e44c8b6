//! Division with a remainder, `17 \div 5 = 3 \cdots 2` as much of the world writes it, or `17 \div 5 = 3 \text{ R } 2`: it says that
//! 17 is `3 \cdot 5 + 2`, and that nothing more of 5 is left in 2.

use super::expr::Relation;
use super::statement::Statement;
use super::token::{Token, TokenKind};

/// Puts the dividend on one side of each such equation, and what it is made of on the other.
pub(super) fn multiplied_out<'t>(text: &str, mut statements: Vec<Statement<'t>>) -> Vec<Statement<'t>> {
    for statement in &mut statements {
        let is_equation = matches!(&statement.links[..], [link] if link.relation == Relation::Equal);
        if is_equation
            && let [division, result] = &mut statement.members[..]
            && let Some(sides) = sides(text, division, result)
        {
            let [dividend, product] = sides;
            (*division, *result) = (dividend, product);
        }
    }
    statements
}

fn sides<'t>(text: &str, division: &[Token<'t>], result: &[Token<'t>]) -> Option<[Vec<Token<'t>>; 2]> {
    use TokenKind as T;
    let ([dividend, sign, divisor], [quotient, mark, remainder]) = (division, result) else { return None };
    let typed = text.get(sign.start as usize..sign.end as usize)?;
    let is_mark = match mark.kind {
        T::Dots => matches!(typed, "\\div" | "÷"),
        T::Text(letter) | T::Word(letter) => matches!(letter.trim(), "R" | "r" | "rem" | "remainder"),
        _ => false,
    };
    let are_whole = whole(dividend).and(whole(quotient)).is_some();
    if sign.kind != T::Slash || !is_mark || !are_whole || whole(remainder)? >= whole(divisor)? {
        return None;
    }
    let behind = |kind, token: &Token<'t>| Token { kind, start: token.end, end: token.end, spaced: true };
    let factors = [*quotient, behind(T::Dot, quotient), behind(divisor.kind, quotient)];
    let product = factors.into_iter().chain([Token { kind: T::Plus, ..*mark }, *remainder]).collect();
    Some([vec![*dividend], product])
}

/// The value of a whole number; what groups its digits says nothing.
fn whole(token: &Token<'_>) -> Option<u64> {
    let TokenKind::Number(typed) = token.kind else { return None };
    let typed = typed.replace("\\thinspace", "");
    let is_whole = !typed.contains(|c: char| c == '.' || c == '(' || c.is_ascii_alphabetic());
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|_| is_whole)
}
