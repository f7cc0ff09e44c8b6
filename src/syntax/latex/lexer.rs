//! LaTeX mathematics to tokens. Spaces, sizes and layout marks fall away here; nothing is understood yet.

use super::commands::{self, Meaning};
use super::delimiter::{Left, Which};
use super::digits;
use super::named;
use crate::syntax::SyntaxError;
use crate::syntax::expr::Relation;
use crate::syntax::token::{Bracket, Token, TokenKind};
use crate::syntax::unicode;

/// Cuts `text` into tokens, the last of which is [`TokenKind::Eof`].
pub(in crate::syntax) fn lex(text: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Vec::with_capacity(text.len() / 2 + 1),
        spaced: false,
        brackets: Vec::new(),
        separating: 0,
        verts: 0,
        lefts: Vec::new(),
        layouts: Vec::new(),
        dressed: Vec::new(),
        transparent: Vec::new(),
        unseen: false,
        rows: 0,
    };
    while lexer.at < text.len() {
        lexer.next()?;
    }
    if let Some((name, start, end)) = lexer.layouts.pop() {
        return Err(lexer.error(start, end, format!("`\\begin{{{name}}}` is never closed")));
    }
    lexer.push(TokenKind::Eof, text.len());
    if lexer.unseen {
        lexer.tokens.retain(|token| token.kind != TokenKind::Unseen);
    }
    Ok(lexer.tokens)
}

pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) tokens: Vec<Token<'t>>,
    pub(super) spaced: bool,
    /// The brackets that are open, and whether each separates its content by commas.
    brackets: Vec<bool>,
    /// How many of them do, to know whether a comma between digits may group them.
    separating: usize,
    /// The `\lvert` that are open.
    verts: usize,
    /// The `\left` that have no `\right` yet.
    pub(super) lefts: Vec<Left>,
    /// The environments that only lay a formula out and are open, each with the place where it begins.
    layouts: Vec<(&'t str, usize, usize)>,
    /// The closing braces that stand for seen brackets.
    pub(super) dressed: Vec<(usize, Bracket)>,
    /// The closing braces that are not there for the reader.
    pub(super) transparent: Vec<usize>,
    /// Some `\left.` may have to be taken out again.
    unseen: bool,
    /// The environments that are open and hold rows, where texts may be conditions.
    pub(super) rows: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Adds a token from `start` to the current place.
    pub(super) fn push(&mut self, kind: TokenKind<'t>, start: usize) {
        // `\Bigr|_0^1`: a bar that closes nothing.
        let closes_nothing = kind == TokenKind::Close(Bracket::Vert) && self.verts == 0;
        let kind = if closes_nothing { TokenKind::Bar } else { kind };
        match kind {
            TokenKind::Open(Bracket::Vert) => self.verts += 1,
            TokenKind::Close(Bracket::Vert) => self.verts -= 1,
            _ => {}
        }
        match kind {
            TokenKind::Open(bracket) => self.open(bracket),
            TokenKind::Close(_) => self.close(),
            TokenKind::Unseen => self.unseen = true,
            _ => {}
        }
        let spaced = std::mem::take(&mut self.spaced);
        self.tokens.push(Token { kind, start: start as u32, end: self.at as u32, spaced });
    }

    fn open(&mut self, bracket: Bracket) {
        let seamless = matches!(bracket, Bracket::Brace | Bracket::Floor | Bracket::Ceil | Bracket::Vert);
        self.brackets.push(!seamless);
        self.separating += usize::from(!seamless);
    }

    fn close(&mut self) {
        self.separating -= usize::from(self.brackets.pop() == Some(true));
    }

    /// Takes back an opening brace that was the last token.
    pub(super) fn drop_open_brace(&mut self) {
        self.tokens.pop();
        self.close();
        self.spaced = true;
    }

    /// Keeps a `\left.` that turns out to open what a bar closes.
    pub(super) fn reveal(&mut self, token: usize) {
        self.tokens[token].kind = TokenKind::Open(Bracket::Evaluated);
        self.brackets.push(false);
    }

    /// Adds a token of `length` bytes at the current place.
    pub(super) fn take(&mut self, kind: TokenKind<'t>, length: usize) {
        let start = self.at;
        self.at += length;
        self.push(kind, start);
    }

    pub(super) fn next(&mut self) -> Result<(), SyntaxError> {
        use TokenKind as T;
        let rest = self.rest();
        let first = rest.chars().next().expect("called before the end");
        match first {
            '\\' => return self.command(),
            '%' => self.comment()?,
            '~' => self.ties(),
            '&' if let Some((kind, length)) = unicode::entity(rest) => self.take(kind, length),
            _ if first.is_whitespace() => self.space(first.len_utf8()),
            '0'..='9' => self.number()?,
            '.' if digits::number(rest, false) > 1 => self.number()?,
            '?' => self.hole(),
            '{' if let Some((unit, length)) = named::degree_unit(rest) => self.take(unit, length),
            '{' if let Some(close) = self.unseen_braces() => {
                self.transparent.push(close);
                self.space(1);
            }
            '}' if self.transparent.last() == Some(&self.at) => {
                self.transparent.pop();
                self.space(1);
            }
            '}' if self.dressed.last().is_some_and(|(at, _)| *at == self.at) => {
                let bracket = self.dressed.pop().map_or(Bracket::Brace, |(_, bracket)| bracket);
                self.take(T::Close(bracket), 1);
            }
            '\u{2713}' | '\u{2714}' => self.space(first.len_utf8()),
            '\'' => {
                let count = rest.len() - rest.trim_start_matches('\'').len();
                self.take(T::Prime(count as u32), count);
            }
            _ if first.is_ascii_alphabetic() => {
                let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                self.take(T::Word(&rest[..length]), length);
            }
            _ => {
                let (kind, length) =
                    symbol(rest).unwrap_or((T::Unknown(&rest[..first.len_utf8()]), first.len_utf8()));
                self.take(kind, length);
            }
        }
        Ok(())
    }

    /// Three ties in a row or more are as wide as `\quad`.
    fn ties(&mut self) {
        let run = self.rest().len() - self.rest().trim_start_matches(['~', ' ']).len();
        let is_wide = self.rest()[..run].matches('~').count() > 2;
        if is_wide { self.take(TokenKind::Wide, run) } else { self.space(1) }
    }

    fn space(&mut self, length: usize) {
        self.at += length;
        self.spaced = true;
    }

    /// `%` begins a comment in TeX, up to the end of the line. On the last line it would swallow the end of the
    /// formula, which no author means, so it is a percent sign there.
    fn comment(&mut self) -> Result<(), SyntaxError> {
        match self.rest().find('\n') {
            Some(end) => self.space(end),
            None if self.spaced && !self.rest()[1..].trim().is_empty() => {
                let error = self.error(
                    self.at,
                    self.text.len(),
                    "a percent sign here can begin a comment, as in TeX",
                );
                return Err(error.ambiguous().help("write `\\%` for a percentage"));
            }
            None => self.take(TokenKind::Percent, 1),
        }
        Ok(())
    }

    /// Digits with their groups; a plain comma groups them where no bracket separates its content by commas.
    fn number(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        if let Some(length) = digits::hexadecimal(self.rest()) {
            self.take(TokenKind::Number(&self.rest()[..length]), length);
            return Ok(());
        }
        let commas = self.separating == 0;
        let length = digits::number(self.rest(), commas);
        if let Some(comma) = digits::decimal_comma(&self.rest()[..length], &self.rest()[length..], commas) {
            let typed = &self.rest()[..length + comma];
            let end = start + typed.len();
            let error = self.error(start, end, format!("`{typed}` has a decimal comma to some readers"));
            let point = typed.replace("{,}", ".").replace(',', ".");
            return Err(error.ambiguous().help(format!("write `{point}`")));
        }
        self.take(TokenKind::Number(&self.rest()[..length]), length);
        Ok(())
    }

    /// `?` with its format: `?.????`.
    fn hole(&mut self) {
        let rest = self.rest();
        let mut end = 1;
        if rest[1..].starts_with(".?") {
            end = 2 + (rest.len() - 2 - rest[2..].trim_start_matches('?').len());
        }
        self.take(TokenKind::Hole(&rest[..end]), end);
    }

    fn command(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        let after = &self.rest()[1..];
        let length = match after.chars().next() {
            Some(c) if c.is_ascii_alphabetic() => {
                let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
                if after[letters..].starts_with('*') && commands::meaning(&after[..letters + 1]).is_some() {
                    letters + 1
                } else {
                    letters
                }
            }
            Some(c @ ('\n' | '\r' | '\t')) => {
                // A backslash at the end of a line is a space.
                self.space(1 + c.len_utf8());
                return Ok(());
            }
            Some(c) => c.len_utf8(),
            None => return Err(self.error(start, self.text.len(), "a backslash stands at the end")),
        };
        let name = &after[..length];
        self.at = start + 1 + length;
        match name {
            "begin" | "end" => return self.environment(name, start),
            "(" | ")" | "[" | "]" => {
                return Err(self.error(
                    start,
                    self.at,
                    format!("`\\{name}` does not belong inside mathematics"),
                ));
            }
            "not" => return self.not(start),
            _ => {}
        }
        match commands::meaning(name) {
            Some(Meaning::Token(kind)) => {
                if matches!(kind, TokenKind::Newline) {
                    self.skip_optional();
                }
                self.push(kind, start);
            }
            // In a frame stands text, which may be mathematics again.
            Some(Meaning::Transparent) if self.rest().trim_start().starts_with("{$") => {
                let content = self.argument(start, name)?;
                self.text(content, true, start)?;
            }
            Some(Meaning::Space | Meaning::Transparent) => self.spaced = true,
            Some(Meaning::Upright) => self.upright(start)?,
            Some(Meaning::Quantity) => self.quantity(start, name)?,
            Some(Meaning::Left) => self.delimiter(Which::Left, start),
            Some(Meaning::Right) => self.delimiter(Which::Right, start),
            Some(Meaning::Size(opens)) => self.delimiter(Which::Size(opens), start),
            Some(Meaning::Stacked) => self.stacked(start, name)?,
            Some(Meaning::Stretched(relation)) => {
                self.skip_bracketed();
                self.argument(start, name)?;
                self.push(TokenKind::Relation(relation), start);
            }
            Some(Meaning::Dressed(bracket)) => self.dressed(bracket),
            Some(Meaning::Length) => self.length(),
            Some(Meaning::SkipArgument | Meaning::SkipFirst) => {
                let length = self.argument(start, name)?;
                if name.starts_with("hspace") && is_wide(length) {
                    self.push(TokenKind::Wide, start);
                }
                self.spaced = true;
            }
            Some(Meaning::Text) => {
                let content = self.argument(start, name)?;
                match named::spelt_out(content).filter(|_| name.starts_with("operatorname")) {
                    Some(kind) => self.push(kind, start),
                    None => self.text(content, false, start)?,
                }
            }
            Some(Meaning::Fraction) => self.general_fraction(start, name)?,
            Some(Meaning::Named) => self.push(TokenKind::Command(name), start),
            // An error of the statement that it stands in, not of those beside it.
            Some(Meaning::Refused(..) | Meaning::Unjudged) | None => {
                self.push(TokenKind::Unknown(&self.text[start..self.at]), start);
            }
        }
        Ok(())
    }

    /// `1.5em` after `\hskip` and its kin.
    fn length(&mut self) {
        let rest = self.rest();
        let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | ' ');
        let unit = rest.trim_start_matches(number);
        if ["pt", "em", "ex", "mu", "mm", "cm", "in"].iter().any(|known| unit.starts_with(known)) {
            self.at += rest.len() - unit.len() + 2;
        }
        self.spaced = true;
    }

    fn not(&mut self, start: usize) -> Result<(), SyntaxError> {
        let rest = self.rest().trim_start();
        let skipped = self.rest().len() - rest.len();
        const NEGATED: [(&str, Relation); 2] =
            [("=", Relation::NotEqual), ("\\equiv", Relation::Incongruent)];
        if let Some((sign, relation)) = NEGATED.iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.at += skipped + sign.len();
            self.push(TokenKind::Relation(*relation), start);
            return Ok(());
        }
        Err(self.error(start, self.at, "`\\not` is known before `=` and `\\equiv` only").unsupported())
    }

    fn environment(&mut self, which: &str, start: usize) -> Result<(), SyntaxError> {
        let name = self.argument(start, which)?;
        if named::is_equation_environment(name) {
            self.layout(which, name, start)?;
            if matches!(name.trim_end_matches('*'), "alignat" | "alignedat") && which == "begin" {
                self.argument(start, which)?;
            }
            self.skip_optional();
            self.spaced = true;
            return Ok(());
        }
        if which == "begin" {
            if matches!(name, "array" | "tabular") {
                self.argument(start, which)?;
            }
            self.open(Bracket::Curly);
            self.rows += 1;
            self.push(TokenKind::Begin(name), start);
        } else {
            self.close();
            self.rows = self.rows.saturating_sub(1);
            self.push(TokenKind::End(name), start);
        }
        Ok(())
    }

    fn layout(&mut self, which: &str, name: &'t str, start: usize) -> Result<(), SyntaxError> {
        if which == "begin" {
            self.layouts.push((name, start, self.at));
            return Ok(());
        }
        match self.layouts.pop() {
            Some((open, ..)) if open == name => Ok(()),
            _ => Err(self.error(start, self.at, format!("no `\\begin{{{name}}}` is open here"))),
        }
    }

    /// `[2pt]` straight after `\\` and `[t]` after `\begin{aligned}`: typesetting.
    fn skip_optional(&mut self) {
        let rest = self.rest();
        let Some(end) = rest.strip_prefix('[').and_then(|inner| inner.find(']')) else { return };
        let content = &rest[1..1 + end];
        let is_length = ["pt", "em", "ex", "mm", "cm", "in"].iter().any(|unit| content.ends_with(unit));
        if is_length || matches!(content, "t" | "b" | "c") {
            self.at += end + 2;
        }
    }

    /// The raw content of the braces that follow, which may nest; without braces the next character.
    pub(super) fn argument(&mut self, start: usize, command: &str) -> Result<&'t str, SyntaxError> {
        let skipped = self.rest().len() - self.rest().trim_start().len();
        self.at += skipped;
        let rest = self.rest();
        if !rest.starts_with('{') {
            let Some(first) = rest.chars().next() else {
                return Err(self.error(start, self.text.len(), format!("`\\{command}` has no argument")));
            };
            self.at += first.len_utf8();
            return Ok(&rest[..first.len_utf8()]);
        }
        let mut depth = 0usize;
        for (offset, byte) in rest.bytes().enumerate() {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.at += offset + 1;
                return Ok(&rest[1..offset]);
            }
        }
        Err(self.error(start, self.text.len(), format!("the brace after `\\{command}` is not closed")))
    }

    pub(super) fn error(&self, start: usize, end: usize, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(start, end, message)
    }
}

/// Whether a length is that of a `\quad` or more.
fn is_wide(length: &str) -> bool {
    const QUADS: [(&str, f64); 7] =
        [("em", 1.0), ("ex", 2.0), ("cm", 0.35), ("mm", 3.5), ("in", 0.14), ("pt", 10.0), ("mu", 18.0)];
    let length = length.trim();
    QUADS.iter().any(|(unit, quad)| {
        let number = length.strip_suffix(unit).and_then(|number| number.trim().parse::<f64>().ok());
        number.is_some_and(|number| number >= *quad)
    })
}

/// A number or a sign, which says the same in a text as outside of one: `\text{44,925}`, `\text{\%}`.
pub(super) fn sign_in_text(content: &str) -> Option<TokenKind<'_>> {
    let content = content.trim();
    Some(match content {
        "." => TokenKind::Period,
        "," => TokenKind::Comma,
        ";" => TokenKind::Semicolon,
        "%" | "\\%" => TokenKind::Percent,
        "$" | "\\$" | "US\\$" => TokenKind::Currency("$"),
        _ if is_number(content) => TokenKind::Number(content),
        _ => return None,
    })
}

pub(super) fn is_number(text: &str) -> bool {
    let begins = text.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit());
    begins && digits::number(text, true) == text.len()
}

/// Letters, and digits after them: `ReLU`, `x2`.
pub(super) fn is_identifier(text: &str) -> bool {
    let letters = text.trim_end_matches(|c: char| c.is_ascii_digit());
    !letters.is_empty() && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The tokens that are plain ASCII characters.
pub(super) fn symbol(rest: &str) -> Option<(TokenKind<'_>, usize)> {
    use TokenKind as T;
    const SYMBOLS: &[(&str, TokenKind<'static>)] = &[
        (":=", T::Relation(Relation::Define)),
        ("=:", T::Relation(Relation::Equal)),
        ("<=", T::Relation(Relation::LessEqual)),
        (">=", T::Relation(Relation::GreaterEqual)),
        ("==", T::Relation(Relation::Equal)),
        ("(", T::Open(Bracket::Round)),
        (")", T::Close(Bracket::Round)),
        ("[", T::Open(Bracket::Square)),
        ("]", T::Close(Bracket::Square)),
        ("{", T::Open(Bracket::Brace)),
        ("}", T::Close(Bracket::Brace)),
        ("+", T::Plus),
        ("-", T::Minus),
        ("*", T::Dot),
        ("/", T::Slash),
        ("^", T::Caret),
        ("_", T::Underscore),
        ("!", T::Bang),
        ("|", T::Bar),
        (",", T::Comma),
        (";", T::Semicolon),
        (":", T::Colon),
        ("...", T::Dots),
        (".", T::Period),
        ("&", T::Ampersand),
        ("=", T::Relation(Relation::Equal)),
        ("<", T::Relation(Relation::Less)),
        (">", T::Relation(Relation::Greater)),
    ];
    let found = SYMBOLS.iter().find(|(text, _)| rest.starts_with(text));
    found.map(|(text, kind)| (*kind, text.len())).or_else(|| unicode::sign(rest)).or_else(|| {
        let first = rest.chars().next()?;
        unicode::letter(first).map(|name| (T::Command(name), first.len_utf8()))
    })
}
