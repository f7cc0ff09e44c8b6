//! Scripts and arguments as part of a name: however they are typed, what means the same is spelt the same.
//!
//! `P(X \gt 2)` and `P(X > 2)` are one name, and so are `y(0.10)` and `y(0.1)`, `P(B \cap A)` and `P(A \cap B)`, `t_{\frac12}`
//! and `t_{1/2}`.

use std::borrow::Cow;

use super::{Parser, Result};
use crate::syntax::Notation;
use crate::syntax::expr::Relation;
use crate::syntax::token::{Bracket, Token, TokenKind};

impl Parser<'_, '_> {
    /// A script as it is spelt, without spaces and backslashes: `t+1`, `i,j`, `max`.
    pub(super) fn script_text(&mut self) -> Result<String> {
        if self.notation == Notation::Plain && self.peek().kind == TokenKind::Open(Bracket::Round) {
            self.advance();
            return self.spelled_until(Bracket::Round);
        }
        if self.peek().kind == TokenKind::Open(Bracket::Brace) {
            self.advance();
            return self.spelled_until(Bracket::Brace);
        }
        let token = self.peek();
        match token.kind {
            TokenKind::Word(word) => {
                let length = if self.notation == Notation::Plain { word.len() } else { 1 };
                self.advance_by(length);
                Ok(word[..length].to_owned())
            }
            TokenKind::Number(number) => {
                let first = number.chars().next().map_or(0, char::len_utf8);
                let length = if self.notation == Notation::Plain { number.len() } else { first };
                if length < number.len() && number.bytes().all(|byte| byte.is_ascii_digit()) {
                    let message = format!("without braces TeX takes `{}` alone here", &number[..first]);
                    return Err(self.error_here(message).ambiguous().help(format!("write `{{{number}}}`")));
                }
                self.advance_by(length);
                Ok(number[..length].to_owned())
            }
            TokenKind::Command("complement") => {
                self.advance();
                Ok("c".to_owned())
            }
            TokenKind::Command(_) | TokenKind::Text(_) => self.base_name(),
            TokenKind::Dot | TokenKind::Plus | TokenKind::Minus => {
                self.advance();
                Ok(self.text[token.start as usize..token.end as usize].trim_start_matches('\\').to_owned())
            }
            _ => Err(self.error_here(format!("expected a letter or `{{`, found {}", self.describe(token)))),
        }
    }

    /// The rest of a script, up to the bracket that closes it.
    pub(super) fn spelled_until(&mut self, bracket: Bracket) -> Result<String> {
        self.spell(bracket, false)
    }

    /// The arguments in a name such as `P(A)`, up to the bracket that closes them.
    pub(super) fn spelled_arguments(&mut self, bracket: Bracket) -> Result<String> {
        self.spell(bracket, true)
    }

    fn spell(&mut self, bracket: Bracket, are_values: bool) -> Result<String> {
        let mut spelled = Spelled::default();
        let mut depth = 0usize;
        loop {
            let token = self.peek();
            let is_value = are_values && depth == 0;
            match token.kind {
                TokenKind::Eof => {
                    return Err(self.error_here(format!("expected `{}`, found the end", bracket.closing())));
                }
                TokenKind::Close(close) if depth == 0 && close == bracket => {
                    self.advance();
                    return Ok(spelled.finished());
                }
                TokenKind::Command("frac") => {
                    if let Some(fraction) = self.attempt(|parser| parser.spelled_fraction())? {
                        spelled.last.push_str(&fraction);
                        continue;
                    }
                }
                TokenKind::Command(sign @ ("cap" | "cup")) if is_value => {
                    self.advance();
                    spelled.operand(sign);
                    continue;
                }
                TokenKind::Bar | TokenKind::Comma if is_value => {
                    self.advance();
                    spelled.end_operands();
                    spelled.done.push(if token.kind == TokenKind::Bar { '|' } else { ',' });
                    continue;
                }
                TokenKind::Open(_) => depth += 1,
                TokenKind::Close(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            let raw = self.spelling(token, is_value);
            spelled.last.extend(raw.chars().filter(|c| !c.is_whitespace()));
            self.advance();
        }
    }

    /// At `\frac`: `1/2`, with brackets around what is more than a word.
    fn spelled_fraction(&mut self) -> Result<Option<String>> {
        self.advance();
        let Some(above) = self.spelled_part()? else { return Ok(None) };
        Ok(self.spelled_part()?.map(|below| format!("{above}/{below}")))
    }

    /// What stands above or below the line of a fraction: braces, or one letter or digit.
    fn spelled_part(&mut self) -> Result<Option<String>> {
        match self.peek().kind {
            TokenKind::Open(Bracket::Brace) => {
                self.advance();
                let part = self.nested(|parser| parser.spelled_until(Bracket::Brace))?;
                let is_word = part.chars().all(|c| c.is_alphanumeric() || c == '.');
                Ok(Some(if is_word { part } else { format!("({part})") }))
            }
            TokenKind::Number(text) | TokenKind::Word(text) => {
                let first = text.chars().next().map(String::from);
                self.advance_by(first.as_ref().map_or(0, String::len));
                Ok(first)
            }
            _ => Ok(None),
        }
    }

    fn spelling<'s>(&'s self, token: Token<'s>, is_value: bool) -> Cow<'s, str> {
        let typed = || self.text[token.start as usize..token.end as usize].trim_start_matches('\\');
        match token.kind {
            TokenKind::Number(text) => decimal(text, is_value),
            TokenKind::Text(text) => text.trim().into(),
            TokenKind::Bar => "|".into(),
            TokenKind::Minus => "-".into(),
            TokenKind::Relation(Relation::Less) => "<".into(),
            TokenKind::Relation(Relation::Greater) => ">".into(),
            TokenKind::Relation(Relation::LessEqual) => "<=".into(),
            TokenKind::Relation(Relation::GreaterEqual) => ">=".into(),
            TokenKind::Relation(Relation::NotEqual) => "!=".into(),
            TokenKind::Open(Bracket::Brace) | TokenKind::Close(Bracket::Brace) => "".into(),
            TokenKind::Command("complement") => "c".into(),
            TokenKind::Word(text) | TokenKind::Command(text) => text.into(),
            _ => typed().into(),
        }
    }
}

/// A spelling as it grows. In which order events are joined makes no difference.
#[derive(Default)]
struct Spelled {
    done: String,
    /// The operands before the last, each with the sign after it.
    operands: Vec<(String, &'static str)>,
    last: String,
}

impl Spelled {
    fn operand(&mut self, command: &str) {
        let sign = if command == "cap" { "∩" } else { "∪" };
        self.operands.push((std::mem::take(&mut self.last), sign));
    }

    /// No sign before this joins what is behind it.
    fn end_operands(&mut self) {
        let (mut parts, signs): (Vec<_>, Vec<_>) = std::mem::take(&mut self.operands).into_iter().unzip();
        parts.push(std::mem::take(&mut self.last));
        // `A \cap B \cup C` is not the same in another order, and what comes twice, as in `W \cap S \cap W`, is in a sequence.
        let mut sorted = parts.clone();
        sorted.sort_unstable();
        let is_several = sorted.windows(2).all(|pair| pair[0] != pair[1]);
        if is_several && signs.windows(2).all(|pair| pair[0] == pair[1]) {
            parts = sorted;
        }
        for (at, part) in parts.iter().enumerate() {
            self.done.push_str(part);
            self.done.push_str(signs.get(at).copied().unwrap_or_default());
        }
    }

    fn finished(mut self) -> String {
        self.end_operands();
        self.done
    }
}

/// A number in one spelling: `.05` is `0.05`, and the value `2.0` is 2. As a label `1.10` may stand beside `1.1`, but `0.10`
/// is a share of one.
fn decimal(text: &str, is_value: bool) -> Cow<'_, str> {
    let Some((whole, fraction)) = text.split_once('.') else { return text.into() };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || fraction.is_empty() {
        return text.into();
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = if is_value || whole == "0" { fraction.trim_end_matches('0') } else { fraction };
    if fraction.is_empty() { whole.to_owned().into() } else { format!("{whole}.{fraction}").into() }
}
