//! Limits: `\lim_{x \to a^+}`, `\lim_{x \searrow 0}`: the variable, its point and the side it comes from.

use super::{Parser, Result};
use crate::syntax::expr::{Expr, Kind, Relation, Side};
use crate::syntax::name::Name;
use crate::syntax::token::{Bracket, Token, TokenKind};

impl Parser<'_, '_> {
    /// `\lim_{x \to a} term`.
    pub(super) fn limit(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        self.expect(TokenKind::Underscore, "`_{x \\to …}`")?;
        self.expect(TokenKind::Open(Bracket::Brace), "`{`")?;
        let variable = self.spelled_name()?;
        let slanted = match self.peek().kind {
            TokenKind::Relation(Relation::Arrow) | TokenKind::Implies => Side::Both,
            TokenKind::Command("searrow" | "downarrow") => Side::Above,
            TokenKind::Command("nearrow" | "uparrow") => Side::Below,
            _ => return Err(self.error_here("expected `\\to`")),
        };
        self.advance();
        let (point, side) = self.point_of_limit()?;
        let side = match (slanted, side) {
            (Side::Both, side) | (side, Side::Both) => side,
            _ => return Err(self.error_at(point.span, "the side of this limit is said twice")),
        };
        let is_known = self.kind(variable.as_str()).is_some();
        self.bound.push(variable.clone());
        let first = self.peek().start;
        let mut body = self.nested(|parser| parser.term());
        // The sum goes on with the variable, which means nothing else.
        if let Ok(term) = &body
            && self.goes_on_with(&variable)
        {
            if is_known {
                self.bound.pop();
                let error = self.error_here("the limit can end before this sign, or be of the whole sum");
                return Err(error.ambiguous().help("write brackets around the limit or around the sum"));
            }
            let term = term.clone();
            body = self.nested(|parser| parser.sum_after(term, first));
        }
        self.bound.pop();
        let kind = Kind::Limit { variable, point: Box::new(point), side, body: Box::new(body?) };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// Whether terms follow that hold the variable, and no other limit or sum that could bind it.
    fn goes_on_with(&self, variable: &Name) -> bool {
        use TokenKind as T;
        if !matches!(self.peek().kind, T::Plus | T::Minus) {
            return false;
        }
        let mut depth = 0usize;
        for at in 0.. {
            match self.look(at).kind {
                T::Open(_) | T::Begin(_) => depth += 1,
                T::Close(_) | T::End(_) if depth == 0 => return false,
                T::Close(_) | T::End(_) => depth -= 1,
                T::Eof | T::Command("lim" | "sum" | "prod" | "int") => return false,
                T::Relation(_) | T::Comma | T::Ampersand | T::Newline if depth == 0 => return false,
                T::Word(word) | T::Command(word) if word == variable.as_str() => return true,
                T::Word(word) if variable.as_str().len() == 1 && word.contains(variable.as_str()) => {
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    /// `a`, `a^+`, `a+`, `+0`, up to the brace, which is read too.
    fn point_of_limit(&mut self) -> Result<(Expr, Side)> {
        let first = self.at.token;
        let close = first + self.end_of_open(0);
        if self.tokens.get(close).map(|token| token.kind) != Some(TokenKind::Close(Bracket::Brace)) {
            return Err(self.unexpected());
        }
        let (side, length) = side_at_end(&self.tokens[first..close]);
        let whole = self.tokens;
        self.tokens = &whole[..first + length];
        let point = self.nested(|parser| parser.expression());
        let complete = self.at.token == first + length && self.at.used == 0;
        self.tokens = whole;
        let point = point?;
        if !complete {
            return Err(self.unexpected());
        }
        self.at.token = close + 1;
        Ok((point, side_of_zero(&self.tokens[first..close]).unwrap_or(side)))
    }
}

/// The side that a point ends with, and how many tokens the point itself has.
fn side_at_end(tokens: &[Token<'_>]) -> (Side, usize) {
    use TokenKind as T;
    let kinds: Vec<T<'_>> = tokens.iter().map(|token| token.kind).collect();
    let (sign, length) = match kinds[..] {
        [.., T::Caret, T::Open(Bracket::Brace), sign @ (T::Plus | T::Minus), T::Close(Bracket::Brace)] => {
            (sign, kinds.len() - 4)
        }
        [.., T::Caret, sign @ (T::Plus | T::Minus)] => (sign, kinds.len() - 2),
        [_, .., sign @ (T::Plus | T::Minus)] => (sign, kinds.len() - 1),
        _ => return (Side::Both, kinds.len()),
    };
    (if sign == T::Plus { Side::Above } else { Side::Below }, length)
}

/// `+0`, `-0`: zero has no other sign than that of its side.
fn side_of_zero(tokens: &[Token<'_>]) -> Option<Side> {
    match tokens {
        [sign, zero] if zero.kind == TokenKind::Number("0") => match sign.kind {
            TokenKind::Plus => Some(Side::Above),
            TokenKind::Minus => Some(Side::Below),
            _ => None,
        },
        _ => None,
    }
}
