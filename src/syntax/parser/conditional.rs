//! Averages under a condition, `P(A \mid B)` and `E[X \mid B]`, and joint events, `P(A, B)`.
//!
//! With the indicator of an event they are averages without one: P(A | B) = E[1_A 1_B] / P(B).

use super::{Parser, Result, binary};
use crate::source::Span;
use crate::syntax::expr::{Binary, Condition, Expr, Kind};
use crate::syntax::function::Builtin;
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, Token, TokenKind};

impl<'t> Parser<'_, 't> {
    /// At the bracket of `P(A \mid B)`: what it is taken of and the condition, read with the brackets; `None` if there is no
    /// condition.
    pub(super) fn conditioned(
        &mut self,
        builtin: Builtin,
        bracket: Bracket,
        start: u32,
    ) -> Result<Option<Expr>> {
        let Some(bar) = self.bar_of_condition() else { return Ok(None) };
        self.advance();
        let (bars, integrals) = (std::mem::take(&mut self.bars), std::mem::take(&mut self.integrals));
        let whole: &[Token<'t>] = self.tokens;
        self.tokens = &whole[..bar];
        let events = self.nested(|parser| parser.items_to_the_end());
        self.tokens = whole;
        self.advance();
        let given = self.nested(|parser| parser.list_items(bracket));
        (self.bars, self.integrals) = (bars, integrals);
        let (events, given) = (events?, given?);
        let span = self.since(start);
        let numerator = match (builtin, events.as_slice()) {
            (Builtin::Probability, _) => self.joint(&[&events[..], &given[..]].concat(), one(span), span)?,
            (Builtin::Expectation, [mean]) => self.joint(&given, mean.clone(), span)?,
            _ => {
                let message = format!("`{}` under a condition is not computed", builtin.name());
                return Err(self.error_at(span, message).unsupported());
            }
        };
        let denominator = self.joint(&given, one(span), span)?;
        Ok(Some(binary(Binary::Divide, numerator, denominator).at(span)))
    }

    /// The mean of `value` where all events happen, and of 0 elsewhere.
    pub(super) fn joint(&self, events: &[Expr], value: Expr, span: Span) -> Result<Expr> {
        let mut body = value;
        for event in events.iter().rev() {
            let condition = self.event(event)?;
            let zero = Expr::new(Kind::Number(Literal::zero()), span);
            body = Expr::new(Kind::Cases(vec![(body, vec![vec![condition]]), (zero, Vec::new())]), span);
        }
        Ok(Expr::new(Kind::Call(Builtin::Expectation, vec![body]), span))
    }

    fn event(&self, event: &Expr) -> Result<Condition> {
        match &event.kind {
            Kind::Condition(condition) => Ok((**condition).clone()),
            _ => {
                let error = self.error_at(event.span, "an event is a condition, such as `z > 0`");
                Err(error.help("give the probability a value as a whole, or declare what is random"))
            }
        }
    }

    fn items_to_the_end(&mut self) -> Result<Vec<Expr>> {
        let mut items = Vec::new();
        loop {
            items.push(self.item()?);
            match self.peek().kind {
                TokenKind::Eof => return Ok(items),
                _ => self.expect(TokenKind::Comma, "`,` or the condition")?,
            }
        }
    }

    /// The token of the bar before a condition: a `\mid`, or the only bar between the brackets that open here.
    fn bar_of_condition(&self) -> Option<usize> {
        let bars = self.in_the_open(1).filter(|(_, token)| token.kind == TokenKind::Bar);
        let bars: Vec<usize> = bars.map(|(ahead, _)| self.at.token + ahead).collect();
        let is_mid = |at: &usize| self.text[self.tokens[*at].start as usize..].starts_with("\\mid");
        let mids: Vec<usize> = bars.iter().copied().filter(is_mid).collect();
        match (mids.as_slice(), bars.as_slice()) {
            ([mid], _) | ([], [mid]) => Some(*mid),
            _ => None,
        }
    }
}

pub(super) fn one(span: Span) -> Expr {
    Expr::new(Kind::Number(Literal::one()), span)
}
