//! What stands over each other, `\overset` and `\genfrac`, and braces that are there for TeX alone.

use super::commands::{self, Meaning};
use super::lexer::{Lexer, symbol};
use crate::syntax::SyntaxError;
use crate::syntax::token::TokenKind;

impl Lexer<'_> {
    /// `\stackrel{!}{=}`, `\overset{\text{def}}{=}`: a relation with a note over it. A point over something
    /// is `\dot`.
    pub(super) fn stacked(&mut self, start: usize, name: &str) -> Result<(), SyntaxError> {
        let arguments = self.at;
        let above = self.argument(start, name)?;
        if above.trim() == "." && name == "overset" {
            self.push(TokenKind::Command("dot"), start);
            return Ok(());
        }
        let below = self.argument(start, name)?.trim();
        // `\overset{1}{\cancel{2}}`: what takes the place of a number that is struck out, as in `\cancelto{1}{2}`.
        if is_struck_out(below) && above.trim().bytes().all(|byte| byte.is_ascii_digit()) {
            self.at = arguments;
            self.push(TokenKind::Command("cancelto"), start);
            return Ok(());
        }
        let relation = match below.strip_prefix('\\').map(commands::meaning) {
            Some(Some(Meaning::Token(kind @ TokenKind::Relation(_)))) => Some(kind),
            _ => symbol(below)
                .filter(|(kind, length)| *length == below.len() && matches!(kind, TokenKind::Relation(_)))
                .map(|(kind, _)| kind),
        };
        let Some(relation) = relation else {
            let message = format!("`\\{name}` is understood around a relation sign only");
            return Err(self.error(start, self.at, message).unsupported());
        };
        // A question claims nothing, what stands on either side of it may.
        let asks = matches!(above.trim(), "?" | "\\text{?}" | "\\mathrm{?}");
        self.push(if asks { TokenKind::Implies } else { relation }, start);
        Ok(())
    }

    /// `\genfrac(){0pt}{}{4}{2}`: a binomial coefficient between round brackets without a line, a fraction with one and
    /// without brackets. What is above and below follows.
    pub(super) fn general_fraction(&mut self, start: usize, name: &str) -> Result<(), SyntaxError> {
        let [left, right] = [self.argument(start, name)?, self.argument(start, name)?].map(str::trim);
        let [line, _style] = [self.argument(start, name)?, self.argument(start, name)?].map(str::trim);
        let digits = line.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let has_line = line.is_empty() || digits.parse::<f64>().is_ok_and(|width| width > 0.0);
        let kind = match (left, right) {
            ("(", ")") if !has_line => TokenKind::Command("binom"),
            ("" | ".", "" | ".") if has_line => TokenKind::Command("frac"),
            _ => TokenKind::Unknown(&self.text[start..start + 1 + name.len()]),
        };
        self.push(kind, start);
        Ok(())
    }

    /// The closing brace of `{+}` and `{\bigl (}`, whose braces make one sign an ordinary symbol and say nothing else;
    /// behind a command or a script they are an argument.
    pub(super) fn unseen_braces(&self) -> Option<usize> {
        use TokenKind as T;
        let before = self.tokens.last().map(|token| token.kind);
        if matches!(before, Some(T::Caret | T::Underscore | T::Command(_) | T::Unknown(_))) {
            return None;
        }
        let inner = self.rest().strip_prefix('{')?;
        let close = inner.find('}')?;
        let content = inner[..close].trim();
        let sign = ["+", "-", "*", "/", "\\cdot", "\\times", "\\div"].contains(&content);
        (sign || is_sized_bracket(content)).then_some(self.at + 1 + close)
    }
}

fn is_struck_out(below: &str) -> bool {
    ["\\cancel", "\\bcancel", "\\xcancel"].iter().any(|command| {
        below.strip_prefix(command).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    })
}

/// `\bigl (` and its kin: a size and a bracket.
fn is_sized_bracket(content: &str) -> bool {
    let Some(rest) = content.strip_prefix('\\') else { return false };
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let is_size = matches!(commands::meaning(&rest[..letters]), Some(Meaning::Size(_)));
    is_size && matches!(rest[letters..].trim(), "(" | ")" | "[" | "]" | "|")
}
