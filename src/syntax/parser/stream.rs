//! The token stream: looking ahead, going on, places, limits, and errors where the parser stands.

use super::{Cursor, MAX_DEPTH, MAX_OPERANDS, Parser, Result};
use crate::source::Span;
use crate::syntax::name::latin;
use crate::syntax::token::{Token, TokenKind};
use crate::syntax::{NameKind, SyntaxError, latex, place};

impl<'t> Parser<'_, 't> {
    pub(super) fn peek(&self) -> Token<'t> {
        self.look(0)
    }

    pub(super) fn look(&self, ahead: usize) -> Token<'t> {
        let Some(token) = self.tokens.get(self.at.token + ahead) else { return self.end() };
        if ahead > 0 || self.at.used == 0 {
            return *token;
        }
        let used = self.at.used as usize;
        let kind = match token.kind {
            TokenKind::Word(word) => TokenKind::Word(&word[used..]),
            TokenKind::Number(number) => TokenKind::Number(&number[used..]),
            other => other,
        };
        Token { kind, start: inside(token, self.at.used), spaced: false, ..*token }
    }

    /// How far ahead the token stands that closes the one `ahead` tokens on, whatever it is.
    pub(super) fn close_of(&self, ahead: usize) -> Option<usize> {
        let close = self.closings.get(self.at.token + ahead).copied().flatten()?;
        (close < self.tokens.len()).then(|| close - self.at.token)
    }

    /// How far ahead what stands `ahead` tokens on ends: at what closes the brackets around it, or at the end of all.
    pub(super) fn end_of_open(&self, ahead: usize) -> usize {
        let past = |at: usize| self.close_of(at).map_or(at + 1, |close| close + 1);
        let last = self.in_the_open(ahead).last();
        last.map_or(ahead, |(at, _)| past(at))
    }

    /// The tokens from `ahead` on that stand in no brackets, with how far ahead they are, up to what closes the brackets
    /// around all of them. Of inner brackets the opening one is among them.
    pub(super) fn in_the_open(&self, ahead: usize) -> impl Iterator<Item = (usize, Token<'t>)> {
        let mut next = Some(ahead);
        std::iter::from_fn(move || {
            let at = next?;
            let token = self.look(at);
            next = match token.kind {
                TokenKind::Eof | TokenKind::Close(_) | TokenKind::End(_) => return None,
                TokenKind::Open(_) | TokenKind::Begin(_) => self.close_of(at).map(|close| close + 1),
                _ => Some(at + 1),
            };
            Some((at, token))
        })
    }

    pub(super) fn end(&self) -> Token<'t> {
        let at = self.tokens.last().map_or(0, |last| last.end);
        Token { kind: TokenKind::Eof, start: at, end: at, spaced: false }
    }

    pub(super) fn advance(&mut self) {
        self.at = Cursor { token: self.at.token + 1, used: 0 };
    }

    /// Uses up `length` bytes of the current word or number.
    pub(super) fn advance_by(&mut self, length: usize) {
        match self.peek().kind {
            TokenKind::Word(text) | TokenKind::Number(text) if length < text.len() => {
                self.at.used += length as u32;
            }
            _ => self.advance(),
        }
    }

    pub(super) fn eat(&mut self, kind: TokenKind<'_>) -> bool {
        let found = self.peek().kind == kind;
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn expect(&mut self, kind: TokenKind<'_>, what: &str) -> Result<()> {
        if self.eat(kind) {
            return Ok(());
        }
        let token = self.peek();
        if matches!(token.kind, TokenKind::Unknown(_)) {
            return Err(self.unexpected());
        }
        let found = self.describe(token);
        Err(self.error_here(format!("expected {what}, found {found}")))
    }

    /// The place from byte `start` to the last token read.
    pub(super) fn since(&self, start: u32) -> Span {
        let end = match self.at.used {
            0 => self
                .at
                .token
                .checked_sub(1)
                .and_then(|idx| self.tokens.get(idx))
                .map_or(start, |last| last.end),
            used => inside(&self.tokens[self.at.token], used),
        };
        place(self.base, start, end.max(start))
    }

    pub(super) fn source(&self, span: Span) -> &'t str {
        &self.text[(span.start - self.base.start) as usize..(span.end - self.base.start) as usize]
    }

    pub(super) fn kind(&self, name: &str) -> Option<NameKind> {
        if self.bound.iter().any(|bound| bound.as_str() == name) {
            return Some(NameKind::Number);
        }
        self.lexicon.kind(&latin(name))
    }

    pub(super) fn is_sequence(&self, base: &str) -> bool {
        self.lexicon.is_sequence(&latin(base))
    }

    pub(super) fn knows_base(&self, letters: &str) -> bool {
        self.lexicon.knows_base(&latin(letters))
    }

    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error_here(format!("nested more than {MAX_DEPTH} levels deep")).limit());
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    pub(super) fn count(&self, operands: &mut usize) -> Result<()> {
        *operands += 1;
        if *operands > MAX_OPERANDS {
            return Err(self.error_here(format!("more than {MAX_OPERANDS} operands in a row")).limit());
        }
        Ok(())
    }

    pub(super) fn error_here(&self, message: impl Into<String>) -> SyntaxError {
        let token = self.peek();
        SyntaxError::new(token.start as usize, token.end as usize, message)
    }

    pub(super) fn error_at(&self, span: Span, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(
            (span.start - self.base.start) as usize,
            (span.end - self.base.start) as usize,
            message,
        )
    }

    pub(super) fn unexpected(&self) -> SyntaxError {
        let token = self.peek();
        let found = self.describe(token);
        match token.kind {
            TokenKind::Comma => self
                .error_here("a comma here separates nothing")
                .help("write a decimal with a point, digit groups as `1{,}000`, a list in `[…]`"),
            TokenKind::Close(_) => self.error_here(format!("{found} closes nothing")),
            TokenKind::Colon => self
                .error_here("a colon here can be a ratio, a time or punctuation")
                .ambiguous()
                .help("write a ratio as a fraction, `a / b`"),
            TokenKind::Command("pmod") => self
                .error_here("a modulus belongs to a congruence")
                .help("write `a \\equiv b \\pmod{n}`, or `a \\bmod n` for a remainder"),
            TokenKind::Unknown(text) if text.starts_with('\\') => {
                let (message, help) = latex::refusal(&text[1..]);
                SyntaxError { help: help.map(str::to_owned), ..self.error_here(message).unsupported() }
            }
            _ => self.error_here(format!("{found} is not expected here")),
        }
    }

    pub(super) fn describe(&self, token: Token<'t>) -> String {
        match token.kind {
            TokenKind::Eof => "the end".to_owned(),
            TokenKind::Close(bracket) => format!("`{}`", bracket.closing()),
            _ => format!("`{}`", &self.text[token.start as usize..token.end as usize]),
        }
    }
}

/// The byte that is `used` bytes into a token: its start where the token's text does not stand in the formula itself.
fn inside(token: &Token<'_>, used: u32) -> u32 {
    let length = match token.kind {
        TokenKind::Word(text) | TokenKind::Number(text) => text.len(),
        _ => 0,
    };
    if length == (token.end - token.start) as usize { token.start + used } else { token.start }
}
