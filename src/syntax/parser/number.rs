//! Numbers: decimals with their groups and repeating digits, digits to another base.

use super::{Parser, Result, binary};
use crate::syntax::expr::{Binary, Expr, Kind, Unary};
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{latex, unicode};

impl Parser<'_, '_> {
    pub(super) fn number(&mut self, text: &str) -> Result<Expr> {
        let start = self.peek().start;
        let literal = self.literal(text)?;
        self.advance();
        Ok(Expr::new(Kind::Number(literal), self.since(start)))
    }

    /// A number, with groups of digits if commas group them here.
    pub(super) fn grouped_number(&mut self, text: &str) -> Result<Expr> {
        let start = self.peek().start;
        let (text, tokens) = self.with_digit_groups(text);
        let literal = self.literal(&text)?;
        (0..tokens).for_each(|_| self.advance());
        Ok(Expr::new(Kind::Number(literal), self.since(start)))
    }

    /// Whether the number here has a base, or goes on with digits before it.
    fn stands_in_a_row(&self) -> bool {
        let before = self.at.token.checked_sub(1).map(|before| self.tokens[before].kind);
        matches!(before, Some(TokenKind::Number(_) | TokenKind::Comma))
            || self.look(1).kind == TokenKind::Underscore
    }

    pub(super) fn literal(&self, text: &str) -> Result<Literal> {
        if let Some((digits, repetend)) = latex::repeating(text) {
            let digits: String = digits.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
            return Literal::repeating(text, &digits, &repetend)
                .ok_or_else(|| self.error_here("this is no number"));
        }
        if is_binary(text) && !self.stands_in_a_row() {
            let error = self.error_here("digits with a zero before them can be binary or decimal");
            let help = format!("write `{text}_2` for a binary number, or leave the zero out");
            return Err(error.ambiguous().help(help));
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let digits = mantissa.chars().map(|c| unicode::full_width(c).unwrap_or(c));
        let digits: String = digits.filter(|c| c.is_ascii_digit() || *c == '.').collect();
        if !digits.bytes().any(|byte| byte.is_ascii_digit()) || digits.matches('.').count() > 1 {
            return Err(self.error_here("this is no number"));
        }
        exponent.parse().ok().and_then(|exponent| Literal::new(text, digits, exponent)).ok_or_else(|| {
            self.error_here("this number has too many digits or too large an exponent").limit()
        })
    }

    /// `9^\circ 30' 15''`: degrees with the minutes and seconds after them.
    pub(super) fn minutes_of_arc(&mut self, degrees: Expr, start: u32) -> Result<Expr> {
        if !matches!(degrees.kind, Kind::Number(_)) {
            return Ok(degrees);
        }
        let mut sum = degrees;
        for (marks, parts) in [(1, "60"), (2, "3600")] {
            let (TokenKind::Number(text), Some((count, tokens))) = (self.peek().kind, self.primes_after(1))
            else {
                break;
            };
            if count != marks {
                continue;
            }
            let minutes = self.number(text)?;
            (0..tokens).for_each(|_| self.advance());
            let whole = Literal::new(parts, parts.to_owned(), 0).ok_or_else(|| self.unexpected())?;
            let whole = Expr::new(Kind::Number(whole), minutes.span);
            sum = binary(Binary::Add, sum, binary(Binary::Divide, minutes, whole));
        }
        let span = self.since(start);
        Ok(match sum.kind {
            Kind::Number(_) => sum,
            _ => Expr::new(Kind::Unary(Unary::Group, Box::new(sum)), span),
        })
    }

    /// How many primes stand `ahead` tokens on, raised or not, and how many tokens they take.
    fn primes_after(&self, ahead: usize) -> Option<(u32, usize)> {
        let raised = usize::from(self.look(ahead).kind == TokenKind::Caret);
        let braced = usize::from(self.look(ahead + raised).kind == TokenKind::Open(Bracket::Brace));
        let first = ahead + raised + braced;
        if self.look(first).kind == TokenKind::Unknown("\"") {
            return Some((2, first + 1 - ahead));
        }
        let primes = |at: &usize| match self.look(*at).kind {
            TokenKind::Prime(count) => Some(count),
            _ => None,
        };
        let (mut count, mut end) = (0, first);
        while let Some(more) = primes(&end) {
            (count, end) = (count + more, end + 1);
        }
        (count > 0).then_some((count, end + braced - ahead))
    }

    /// `3124_5`: digits to another base.
    pub(super) fn numeral(&mut self, number: Expr) -> Result<Expr> {
        let start = number.span.start - self.base.start;
        let Kind::Number(literal) = &number.kind else { return Err(self.unexpected()) };
        let place = self.peek();
        self.advance();
        let base = self.script_text()?.parse().ok().filter(|base| (2..=1000).contains(base));
        let value = base.filter(|_| literal.is_integer()).and_then(|base| in_base(&literal.digits, base));
        let literal =
            value.and_then(|value| Literal::new(self.source(self.since(start)), value.to_string(), 0));
        match literal {
            Some(literal) => Ok(Expr::new(Kind::Number(literal), self.since(start))),
            None => {
                let error = self.error_at(self.since(place.start), "a subscript of a number is its base");
                Err(error
                    .help("whole numbers with the digits 0 to 9 are read, and a base from 2 on: `1011_2`"))
            }
        }
    }
}

/// The value of `digits` to a base; `None` if one of them does not exist in it.
fn in_base(digits: &str, base: u32) -> Option<u128> {
    digits.chars().try_fold(0u128, |value, c| {
        value.checked_mul(base.into())?.checked_add(c.to_digit(10).filter(|digit| *digit < base)?.into())
    })
}

/// `0101`: zeros and ones alone, which no decimal number begins with.
fn is_binary(text: &str) -> bool {
    text.len() > 2 && text.starts_with('0') && text.bytes().all(|digit| matches!(digit, b'0' | b'1'))
}
