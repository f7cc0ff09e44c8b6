//! Derivatives in Leibniz's notation: `\frac{dy}{dx}`, `\frac{d}{dx} …`, `\frac{\partial^2 f}{\partial x \partial y}`,
//! and in plain notation `dy/dx`.

use super::{Parser, Result};
use crate::source::Span;
use crate::syntax::Notation;
use crate::syntax::expr::{Expr, Kind};
use crate::syntax::name::Name;
use crate::syntax::token::{Bracket, TokenKind};

impl<'t> Parser<'_, 't> {
    /// At `\frac`: the derivative, if numerator and denominator both begin with `d` or `\partial`.
    pub(super) fn leibniz(&mut self) -> Result<Option<Expr>> {
        let start = self.peek().start;
        self.attempt(|parser| {
            parser.advance();
            let Some(partial) = parser.open_differential() else { return Ok(None) };
            parser.differential_order()?;
            let body = match parser.peek().kind {
                TokenKind::Close(Bracket::Brace) => None,
                _ => {
                    let Ok(body) = parser.product() else { return Ok(None) };
                    Some(body.0)
                }
            };
            if !parser.eat(TokenKind::Close(Bracket::Brace)) {
                return Ok(None);
            }
            if parser.open_differential() != Some(partial) {
                return Ok(None);
            }
            let Ok(variables) = parser.variables(partial) else { return Ok(None) };
            let body = match body {
                Some(body) => body,
                None => parser.nested(|parser| parser.operand())?,
            };
            let kind = Kind::Derivative { partial, body: Box::new(body), variables };
            Ok(Some(Expr::new(kind, parser.since(start))))
        })
    }

    /// What an operator `\frac{d}{dx}` applies to: the term that follows.
    fn operand(&mut self) -> Result<Expr> {
        self.term()
    }

    /// `{d` or `{\partial`: whether it is partial.
    fn open_differential(&mut self) -> Option<bool> {
        if !self.eat(TokenKind::Open(Bracket::Brace)) {
            return None;
        }
        self.differential()
    }

    fn differential(&mut self) -> Option<bool> {
        match self.peek().kind {
            TokenKind::Command("partial") => {
                self.advance();
                Some(true)
            }
            TokenKind::Text("d") => {
                self.advance();
                Some(false)
            }
            TokenKind::Word(word) if word.starts_with('d') && self.kind(word).is_none() => {
                self.advance_by(1);
                Some(false)
            }
            _ => None,
        }
    }

    /// `^2` after the `d` of the numerator; the variables say the order once more.
    fn differential_order(&mut self) -> Result<()> {
        if self.eat(TokenKind::Caret) {
            self.skip_script()?;
        }
        Ok(())
    }

    /// `x}`, `x^2}`, `x \partial y}`: after the first `d`.
    fn variables(&mut self, partial: bool) -> Result<Vec<(Name, Span)>> {
        let mut variables = Vec::new();
        loop {
            let start = self.peek().start;
            let name = self.variable()?;
            let span = self.since(start);
            let order = if self.eat(TokenKind::Caret) { self.small_integer()? } else { 1 };
            variables.extend(std::iter::repeat_n((name, span), order));
            if self.eat(TokenKind::Close(Bracket::Brace)) {
                return Ok(variables);
            }
            if self.differential() != Some(partial) {
                return Err(self.unexpected());
            }
        }
    }

    /// A name with its subscript: `w_9`, `\theta`, `x`.
    fn variable(&mut self) -> Result<Name> {
        let mut canonical = match self.peek().kind {
            TokenKind::Word(word) if self.notation == Notation::Latex && self.kind(word).is_none() => {
                self.advance_by(1);
                word[..1].to_owned()
            }
            TokenKind::Word(word) => {
                self.advance_by(word.len());
                word.to_owned()
            }
            _ => self.base_name()?,
        };
        while self.eat(TokenKind::Underscore) {
            let text = self.script_text()?;
            canonical = Name::with_subscript(&canonical, &text).as_str().to_owned();
        }
        if self.peek().kind == TokenKind::Caret {
            let before = self.at;
            self.advance();
            let text = self.script_text()?;
            let name = Name::with_superscript(&canonical, &text);
            if self.kind(name.as_str()).is_some() {
                return Ok(name);
            }
            self.at = before;
        }
        while let TokenKind::Prime(count) = self.peek().kind {
            self.advance();
            canonical.push_str(&"'".repeat(count as usize));
        }
        Ok(Name::new(&canonical))
    }

    fn small_integer(&mut self) -> Result<usize> {
        let text = self.script_text()?;
        match text.parse() {
            Ok(order @ 1..=20) => Ok(order),
            _ => Err(self.error_here("the order of a derivative is a small whole number")),
        }
    }

    /// `dMSE/dw_9` in plain notation: both words unknown, both known without their `d`.
    pub(super) fn plain_derivative(&mut self, word: &'t str) -> Result<Option<Expr>> {
        let start = self.peek().start;
        let (TokenKind::Slash, TokenKind::Word(below)) = (self.look(1).kind, self.look(2).kind) else {
            return Ok(None);
        };
        if self.notation != Notation::Plain || self.kind(word).is_some() || self.kind(below).is_some() {
            return Ok(None);
        }
        let (Some(top), Some(bottom)) = (word.strip_prefix('d'), below.strip_prefix('d')) else {
            return Ok(None);
        };
        if self.kind(top).is_none() || self.kind(bottom).is_none() {
            return Ok(None);
        }
        self.advance();
        let body = Expr::new(Kind::Name(Name::new(top)), self.since(start));
        self.advance();
        self.advance();
        let span = self.since(start);
        let variables = vec![(Name::new(bottom), span)];
        Ok(Some(Expr::new(Kind::Derivative { partial: false, body: Box::new(body), variables }, span)))
    }
}
