//! Units after numbers: `5 \text{ m}^2/\text{s}`, `9.8 \frac{\text{m}}{\text{s}^2}`. What they mean is not known here.

use super::{Parser, Result};
use crate::syntax::expr::{Expr, Kind};
use crate::syntax::measure::{self, Measure};
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    /// Whether the text here is a unit by its symbol and a space before it: `6\,\text{m}` has no name `m` in it.
    pub(super) fn is_set_off_unit(&self, text: &str) -> bool {
        is_known(text) && (self.peek().spaced || text.starts_with(' '))
    }

    /// `6\text{m}` where the page has an `m`.
    pub(super) fn check_unit(&self, text: &str) -> Result<()> {
        let word = text.trim();
        if !is_known(word) || self.kind(word).is_none() || self.is_set_off_unit(text) {
            return Ok(());
        }
        let message = format!("right after a number, `{word}` can be the unit or the page's `{word}`");
        let help = format!("write `\\,` before a unit, and `\\cdot {word}` for a product");
        Err(self.error_here(message).ambiguous().help(help))
    }

    /// A number with its unit; a power after the unit belongs to it (`15 \text{ cm}^2`).
    pub(super) fn quantity(&mut self, number: Expr, unit: &str, start: u32) -> Result<Expr> {
        let mut unit = self.one_unit(unit)?;
        loop {
            let before = self.at;
            let below = self.eat(TokenKind::Slash);
            let dotted = !below && self.eat(TokenKind::Dot);
            let TokenKind::Text(next) = self.peek().kind else {
                self.at = before;
                break;
            };
            // `\text{cm}^{-3}\text{s}^{-1}`: after a power a text can be nothing else.
            let goes_on = below || !dotted && unit.contains('^') || is_known(&unit) && is_known(next);
            if !self.is_unit(next) || self.kind(next.trim()).is_some() || !goes_on {
                self.at = before;
                break;
            }
            unit = format!("{unit}{}{}", if below { "/" } else { " " }, self.one_unit(next)?);
        }
        Ok(Expr::new(Kind::Unit(Box::new(number), unit), self.since(start)))
    }

    /// Whether a unit follows the prefix here.
    pub(super) fn is_prefixed_unit(&self) -> bool {
        matches!(self.look(1).kind, TokenKind::Text(unit) if !self.look(1).spaced && self.kind(unit).is_none())
    }

    fn one_unit(&mut self, unit: &str) -> Result<String> {
        self.advance();
        let unit = unit.trim();
        Ok(if self.eat(TokenKind::Caret) {
            format!("{unit}^{}", self.script_text()?)
        } else {
            unit.to_owned()
        })
    }

    /// The unit `\frac{\text{m}}{\text{s}^2}` that stands here, if it is one, and how many tokens it takes.
    pub(super) fn unit_fraction(&self) -> Option<(String, usize)> {
        let (above, length) = self.braced_unit(1)?;
        let (below, end) = self.braced_unit(length)?;
        Some((format!("{above}/{below}"), end))
    }

    /// A unit in braces that open `ahead` tokens on, and where they end.
    fn braced_unit(&self, ahead: usize) -> Option<(String, usize)> {
        let is = |at: usize, kind| (self.look(at).kind == kind).then_some(());
        is(ahead, TokenKind::Open(Bracket::Brace))?;
        let TokenKind::Text(word) = self.look(ahead + 1).kind else { return None };
        let word = word.trim();
        if word.is_empty() || self.kind(word).is_some() {
            return None;
        }
        let mut end = ahead + 2;
        let mut unit = word.to_owned();
        if self.look(end).kind == TokenKind::Caret {
            let braced = usize::from(self.look(end + 1).kind == TokenKind::Open(Bracket::Brace));
            let TokenKind::Number(power) = self.look(end + 1 + braced).kind else { return None };
            unit = format!("{unit}^{power}");
            end += 2 + 2 * braced;
        }
        is(end, TokenKind::Close(Bracket::Brace))?;
        Some((unit, end + 1))
    }

    /// A number with a fraction of units after it.
    pub(super) fn quotient_unit(&mut self, number: Expr, start: u32) -> Expr {
        let Some((unit, tokens)) = self.unit_fraction() else { return number };
        (0..tokens).for_each(|_| self.advance());
        Expr::new(Kind::Unit(Box::new(number), unit), self.since(start))
    }
}

/// Whether a text is the symbol of a unit, or several: `m`, `km/h`.
fn is_known(text: &str) -> bool {
    let word = text.trim();
    let is_compound = !word.chars().all(char::is_alphanumeric);
    measure::is_symbol(word) || is_compound && Measure::known(word).is_some()
}
