//! `5 \pm 2`: one text for two formulas, one with the upper signs and one with the lower ones.

use super::{Parser, Result};
use crate::syntax::expr::{Expr, Kind};
use crate::syntax::token::{Token, TokenKind};

impl<'t> Parser<'_, 't> {
    /// Whether a sign among the tokens stands for two.
    pub(super) fn has_two_signs(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token.kind, TokenKind::PlusMinus | TokenKind::MinusPlus))
    }

    /// The whole member, read with either signs.
    pub(super) fn with_two_signs(self) -> Result<Expr> {
        let read = |upper, lower| {
            let signed = |token: &Token<'t>| match token.kind {
                TokenKind::PlusMinus => Token { kind: upper, ..*token },
                TokenKind::MinusPlus => Token { kind: lower, ..*token },
                _ => *token,
            };
            let tokens: Vec<_> = self.tokens.iter().map(signed).collect();
            let (text, base, notation) = (self.text, self.base, self.notation);
            Parser::new(text, base, notation, &tokens, self.lexicon, &self.bound).whole_member()
        };
        let both = [read(TokenKind::Plus, TokenKind::Minus)?, read(TokenKind::Minus, TokenKind::Plus)?];
        let span = both[0].span;
        Ok(Expr::new(Kind::TwoSigns(Box::new(both)), span))
    }
}
