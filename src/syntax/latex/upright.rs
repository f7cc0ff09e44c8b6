//! Upright letters (`\mathrm{km/h}`, `{\rm N}`): names, functions and units in them stay whole as texts, around anything
//! else the font says nothing. Which names a page has is not known here.

use super::lexer::{Lexer, is_identifier, sign_in_text};
use crate::syntax::SyntaxError;
use crate::syntax::measure::{Measure, currency};
use crate::syntax::token::{Bracket, Token, TokenKind};

impl<'t> Lexer<'t> {
    /// `\mathrm{ReLU}` is a name or function, `5\,\mathrm{km/h}` and `5\,{\rm km/h}` have a unit.
    pub(super) fn upright(&mut self, start: usize) -> Result<(), SyntaxError> {
        let before = self.at;
        if self.rest().trim_start().starts_with('{') {
            let spaced = self.spaced;
            let content = self.argument(start, "mathrm")?;
            if self.is_word_or_unit(content, self.tokens.last(), spaced) {
                self.push(TokenKind::Text(content), start);
                return Ok(());
            }
        } else if self.upright_group(start) {
            return Ok(());
        }
        self.at = before;
        self.spaced = true;
        Ok(())
    }

    /// `{\rm N}`: all of the braces is upright, and they are there for nothing else unless a script takes them.
    fn upright_group(&mut self, start: usize) -> bool {
        use TokenKind as T;
        let Some((brace, outside)) = self.tokens.split_last() else { return false };
        let Some(length) = self.rest().find(['{', '}']) else { return false };
        let rest = self.rest();
        let begins = brace.kind == T::Open(Bracket::Brace) && brace.end as usize == start;
        let content = rest[..length].trim_start_matches(['~', ' ']).trim_start_matches(SPACES).trim();
        let before = outside.last();
        if !begins || !rest[length..].starts_with('}') || !self.is_word_or_unit(content, before, true) {
            return false;
        }
        let taken = before.is_some_and(|before| {
            matches!(before.kind, T::Caret | T::Underscore | T::Command(_) | T::Close(_) | T::Unknown(_))
        });
        let brace = brace.start as usize;
        if taken {
            self.at += length;
            self.push(T::Text(content), start);
            return true;
        }
        self.at += length + 1;
        self.drop_open_brace();
        self.push(T::Text(content), brace);
        true
    }

    fn is_word_or_unit(&self, content: &str, before: Option<&Token<'t>>, spaced: bool) -> bool {
        use TokenKind as T;
        let after_number = before.is_some_and(|token| {
            matches!(token.kind, T::Number(_) | T::Close(Bracket::Brace | Bracket::Round))
        });
        is_identifier(content.trim())
            || after_number && (Measure::known(content).is_some() || spaced && is_rate(content))
    }

    /// `\pqty{…}`: the braces of the argument stand for seen brackets.
    pub(super) fn dressed(&mut self, bracket: Bracket) {
        self.spaced = true;
        let rest = self.rest();
        let mut depth = 0usize;
        for (offset, byte) in rest.bytes().enumerate().skip_while(|(_, byte)| byte.is_ascii_whitespace()) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                if byte == b'}' {
                    self.dressed.push((self.at + offset, bracket));
                    self.at += rest.len() - rest.trim_start().len();
                    self.take(TokenKind::Open(bracket), 1);
                }
                return;
            }
        }
    }

    /// The content of `\text`. In a frame, and where a row of cases says when, the mathematics in it counts:
    /// `\fbox{$x = 3$}`, `\text{if $x > 0$}`, `\text{if x > 0}`. Anywhere else it is a remark as a whole.
    pub(super) fn text(&mut self, content: &'t str, framed: bool, start: usize) -> Result<(), SyntaxError> {
        let end = self.at;
        let dollars = content.matches('$').count() - content.matches("\\$").count();
        let begins = content.trim_start();
        let says_when = ["if ", "for ", "when "].iter().any(|word| begins.starts_with(word));
        let is_math = framed || self.rows > 0 && says_when;
        let pieces: Vec<&str> = match condition_in_text(content) {
            _ if is_math && dollars > 0 && dollars.is_multiple_of(2) => content.split('$').collect(),
            Some(at) if self.rows > 0 => vec![&content[..at], &content[at..]],
            _ => {
                let kind = sign_in_text(content).unwrap_or_else(|| self.currency_or_text(content));
                self.push(kind, start);
                return Ok(());
            }
        };
        for (at, piece) in pieces.into_iter().enumerate() {
            let place = self.place_of(piece);
            if at % 2 == 1 {
                self.at = place;
                while self.at < place + piece.len() {
                    self.next()?;
                }
            } else if !piece.trim().is_empty() {
                self.at = place + piece.len();
                self.push(TokenKind::Text(piece), place);
            }
            self.spaced = true;
        }
        self.at = end;
        Ok(())
    }

    /// `\text{USD }100`, `\text{€}100`: a currency, where an amount follows; after one it is a unit like any other.
    pub(super) fn currency_or_text(&self, content: &'t str) -> TokenKind<'t> {
        let after = self.rest().trim_start_matches(['~', ' ', '\\', ',']);
        let amount = after.starts_with(|c: char| c.is_ascii_digit());
        match currency(content) {
            Some(sign) if amount => TokenKind::Currency(sign),
            _ => TokenKind::Text(content),
        }
    }

    /// Options in square brackets.
    pub(super) fn skip_bracketed(&mut self) {
        let rest = self.rest();
        if let Some(end) = rest.strip_prefix('[').and_then(|inner| inner.find(']')) {
            self.at += end + 2;
        }
    }
}

const SPACES: &[char] = &['\\', ',', ';', ':', '~', ' '];

/// Where the condition begins in a text such as `if x > 0`: after its first word, before letters or digits that are related.
fn condition_in_text(content: &str) -> Option<usize> {
    let words = content.trim_start();
    let word = ["if", "for", "when"]
        .into_iter()
        .find(|word| words.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '~'])))?;
    let at = content.len() - words.len() + word.len();
    let rest = &content[at..];
    let relates =
        rest.contains(['<', '>', '=']) || ["\\le", "\\ge", "\\ne"].iter().any(|sign| rest.contains(sign));
    // Prose has words; mathematics has letters one by one.
    let is_prose = rest
        .split(|c: char| !c.is_alphabetic() && c != '\\')
        .any(|word| word.len() > 1 && !word.starts_with('\\'));
    (relates && !is_prose).then_some(at)
}

/// Words over words, `dB/decade`: a unit of the page's own. One letter could be a name.
fn is_rate(content: &str) -> bool {
    let mut words = content.split('/').map(str::trim);
    content.contains('/')
        && words.all(|word| {
            let letters = word.chars().all(|c| c.is_alphabetic() || c == '°');
            letters && (word.chars().count() > 1 || Measure::known(word).is_some())
        })
}
