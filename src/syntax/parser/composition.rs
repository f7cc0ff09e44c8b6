//! Functions one behind the other: `(f \circ g)(2)` is `f(g(2))`.

use super::{Parser, Result};
use crate::syntax::expr::Expr;
use crate::syntax::token::{Bracket, Token, TokenKind};
use crate::syntax::{NameKind, latex};

impl<'t> Parser<'_, 't> {
    /// At a bracket: the composed functions in it, applied to what stands in the brackets behind them; `None` if that is
    /// not what stands here.
    pub(super) fn composition(&mut self) -> Result<Option<Expr>> {
        let Some(close) = self.close_of(0) else { return Ok(None) };
        if self.look(close + 1).kind != TokenKind::Open(Bracket::Round) || !self.composes(close) {
            return Ok(None);
        }
        let Some(end) = self.close_of(close + 1) else { return Ok(None) };
        let functions = (1..close).step_by(2).map(|at| self.look(at));
        let arguments = (close + 1..=end).map(|at| self.look(at));
        let bracket = |kind, at: u32| Token { kind, start: at, end: at, spaced: false };
        let mut tokens: Vec<Token<'t>> = Vec::new();
        for function in functions {
            if !tokens.is_empty() {
                tokens.push(bracket(TokenKind::Open(Bracket::Round), function.start));
            }
            tokens.push(function);
        }
        tokens.extend(arguments);
        let last = self.look(end).end;
        let inner = (close - 2) / 2;
        tokens.extend((0..inner).map(|_| bracket(TokenKind::Close(Bracket::Round), last)));
        let expr =
            Parser::new(self.text, self.base, self.notation, &tokens, self.lexicon, &self.bound).whole()?;
        (0..=end).for_each(|_| self.advance());
        Ok(Some(expr))
    }

    /// Whether functions with `\circ` between them stand up to the closing bracket.
    fn composes(&self, close: usize) -> bool {
        close >= 4
            && close.is_multiple_of(2)
            && (1..close).all(|at| match at % 2 {
                1 => self.is_function(self.look(at)),
                _ => self.is_ring(self.look(at)),
            })
    }

    fn is_function(&self, token: Token<'_>) -> bool {
        match token.kind {
            TokenKind::Word(name) | TokenKind::Text(name) => {
                self.kind(name.trim()) == Some(NameKind::Function)
            }
            TokenKind::Command(command) => {
                let letter = latex::greek(command).and_then(|letter| self.kind(letter));
                letter == Some(NameKind::Function) || latex::function(command).is_some()
            }
            _ => false,
        }
    }

    /// `\circ`, not the sign of a product element by element.
    pub(super) fn is_ring(&self, token: Token<'_>) -> bool {
        let typed = &self.text[token.start as usize..];
        token.kind == TokenKind::Elementwise && (typed.starts_with("\\circ") || typed.starts_with('∘'))
    }
}
