//! Plain notation: characters to tokens; the grammar is the shared parser.
//!
//! `x`, `w_10`, `MSE`, `vgg.layers`, `sigmoid(x)`, `2 * pi * r`, `x^2`, `[1, 2]`, `"text"`; `#` begins a comment.
//! A line ends a statement unless a bracket is open, or it ends or the next one begins with an operator.

use super::SyntaxError;
use super::expr::Relation;
use super::token::{Bracket, Token, TokenKind};
use super::unicode;

/// Cuts `text` into tokens, the last of which is [`TokenKind::Eof`].
pub(super) fn lex(text: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
    let mut lexer =
        Lexer { text, at: 0, tokens: Vec::with_capacity(text.len() / 2 + 1), spaced: false, depth: 0 };
    while lexer.at < text.len() {
        lexer.next()?;
    }
    lexer.push(TokenKind::Eof, text.len());
    Ok(lexer.tokens)
}

/// The LaTeX commands of domains, and what they are here; without a token, they are passed over.
const DOMAIN_COMMANDS: &[(&str, Option<TokenKind<'static>>)] = &[
    ("in", Some(TokenKind::Relation(Relation::In))),
    ("sim", Some(TokenKind::Relation(Relation::Distributed))),
    ("ne", Some(TokenKind::Relation(Relation::NotEqual))),
    ("neq", Some(TokenKind::Relation(Relation::NotEqual))),
    ("le", Some(TokenKind::Relation(Relation::LessEqual))),
    ("leq", Some(TokenKind::Relation(Relation::LessEqual))),
    ("ge", Some(TokenKind::Relation(Relation::GreaterEqual))),
    ("geq", Some(TokenKind::Relation(Relation::GreaterEqual))),
    ("times", Some(TokenKind::Times)),
    ("infty", Some(TokenKind::Command("infty"))),
    ("cup", Some(TokenKind::Command("cup"))),
    ("cap", Some(TokenKind::Command("cap"))),
    ("setminus", Some(TokenKind::Command("setminus"))),
    ("mathbb", None),
    ("mathcal", None),
];

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token<'t>>,
    spaced: bool,
    depth: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: TokenKind<'t>, start: usize) {
        match kind {
            TokenKind::Open(_) => self.depth += 1,
            TokenKind::Close(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        let spaced = std::mem::take(&mut self.spaced);
        self.tokens.push(Token { kind, start: start as u32, end: self.at as u32, spaced });
    }

    fn take(&mut self, kind: TokenKind<'t>, length: usize) {
        let start = self.at;
        self.at += length;
        self.push(kind, start);
    }

    fn next(&mut self) -> Result<(), SyntaxError> {
        use TokenKind as T;
        let rest = self.rest();
        let first = rest.chars().next().expect("called before the end");
        match first {
            '\n' => self.line_end(),
            '#' => self.skip(rest.find('\n').unwrap_or(rest.len())),
            _ if first.is_whitespace() => self.skip(first.len_utf8()),
            '0'..='9' => self.number(),
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) && !self.after_value() => {
                self.number()
            }
            '?' => {
                let marks = if rest[1..].starts_with(".?") { 2 + count(&rest[2..], |c| c == '?') } else { 1 };
                self.take(T::Hole(&rest[..marks]), marks);
            }
            '"' => {
                let Some(length) = rest[1..].find(['"', '\n']).filter(|at| rest[1 + at..].starts_with('"'))
                else {
                    return Err(SyntaxError::new(
                        self.at,
                        self.at + 1,
                        "this quote is not closed on its line",
                    ));
                };
                self.take(T::Quoted(&rest[1..1 + length]), length + 2);
            }
            '\\' => self.command()?,
            _ if first.is_alphabetic() && unicode::in_word(first) => self.word(),
            '!' if rest.starts_with("!=") && !self.spaced && self.after_operand() => {
                let error =
                    SyntaxError::new(self.at, self.at + 2, "`!=` is a factorial and `=`, or `not equal`");
                return Err(error.ambiguous().help("write `! =` or ` != `, with the space"));
            }
            _ => self.symbol(),
        }
        Ok(())
    }

    fn skip(&mut self, length: usize) {
        self.at += length;
        self.spaced = true;
    }

    fn line_end(&mut self) {
        let rest = self.rest()[1..].trim_start();
        let continues = self.depth > 0
            || self.tokens.last().is_none_or(|last| expects_more(&last.kind))
            || rest.starts_with(['=', '<', '>', '+', '*', '/', '^', ')', ']', '≈', '≠', '≤', '≥'])
            || (rest.starts_with('-') && !rest.starts_with("--"))
            || ["!=", ":=", "~="].iter().any(|sign| rest.starts_with(sign));
        if continues { self.skip(1) } else { self.take(TokenKind::Newline, 1) }
    }

    /// Whether a value stands before, so that a `.` is member access.
    fn after_value(&self) -> bool {
        !self.spaced
            && self
                .tokens
                .last()
                .is_some_and(|last| matches!(last.kind, TokenKind::Word(_) | TokenKind::Close(_)))
    }

    /// Digits; a comma groups them outside brackets, `_` everywhere.
    fn number(&mut self) {
        let rest = self.rest();
        let mut end = count(rest, |c| c.is_ascii_digit());
        // A group that begins with zero is none: `0,125` has a decimal comma.
        if (1..=3).contains(&end) && !rest.starts_with('0') {
            while (self.depth == 0 && rest[end..].starts_with(',') || rest[end..].starts_with('_'))
                && count(&rest[end + 1..], |c| c.is_ascii_digit()) == 3
            {
                end += 4;
            }
        }
        if rest[end..].starts_with('.') && rest[end + 1..].starts_with(|c: char| c.is_ascii_digit()) {
            end += 1 + count(&rest[end + 1..], |c| c.is_ascii_digit());
        }
        if let Some(after) = rest[end..].strip_prefix(['e', 'E']) {
            let sign = usize::from(after.starts_with(['+', '-']));
            let digits = count(&after[sign..], |c| c.is_ascii_digit());
            if digits > 0 {
                end += 1 + sign + digits;
            }
        }
        self.take(TokenKind::Number(&rest[..end]), end);
    }

    /// Letters, digits and `_`, and one group in round brackets after `_` or `^` where a name has it
    /// (`x_(i,t)`): the canonical spelling of a name.
    fn word(&mut self) {
        let rest = self.rest();
        let mut end = 0;
        loop {
            end += count(&rest[end..], unicode::in_word);
            let Some(after) = rest[end..].strip_prefix('_') else { break };
            if after.starts_with(unicode::in_word) {
                end += 1;
            } else if let Some(close) = after.strip_prefix('(').and_then(|inner| inner.find(')')) {
                end += 1 + close + 2;
                break;
            } else {
                break;
            }
        }
        let word = &rest[..end];
        match word {
            "in" => self.take(TokenKind::Relation(Relation::In), 2),
            "mod" if self.after_operand() => self.take(TokenKind::Command("bmod"), 3),
            _ => self.take(TokenKind::Word(word), end),
        }
    }

    fn after_operand(&self) -> bool {
        self.tokens.last().is_some_and(|last| {
            matches!(
                last.kind,
                TokenKind::Word(_) | TokenKind::Number(_) | TokenKind::Close(_) | TokenKind::Bang
            )
        })
    }

    /// LaTeX commands are no part of plain notation, but Greek letters and percent are typed that way.
    fn command(&mut self) -> Result<(), SyntaxError> {
        let rest = &self.rest()[1..];
        if rest.starts_with('%') {
            self.take(TokenKind::Percent, 2);
            return Ok(());
        }
        for (mark, bracket) in
            [("{", TokenKind::Open(Bracket::Curly)), ("}", TokenKind::Close(Bracket::Curly))]
        {
            if rest.starts_with(mark) {
                self.take(bracket, 2);
                return Ok(());
            }
        }
        let length = count(rest, |c| c.is_ascii_alphabetic());
        // Declarations of a domain are often typed as they are printed.
        if let Some((_, kind)) = DOMAIN_COMMANDS.iter().find(|(name, _)| *name == &rest[..length]) {
            match kind {
                Some(kind) => self.take(*kind, length + 1),
                None => self.skip(length + 1),
            }
            return Ok(());
        }
        if let Some(letter) = super::latex::greek(&rest[..length]) {
            self.take(TokenKind::Word(letter), length + 1);
            return Ok(());
        }
        let error =
            SyntaxError::new(self.at, self.at + 1 + length, "LaTeX commands do not belong in plain notation");
        Err(error.help("write `sqrt(x)`, `a / b`, `x_1`, `sum(…)`, or use `$…$`"))
    }

    fn symbol(&mut self) {
        use TokenKind as T;
        const SYMBOLS: &[(&str, TokenKind<'static>)] = &[
            (":=", T::Relation(Relation::Define)),
            ("==", T::Relation(Relation::Equal)),
            ("!=", T::Relation(Relation::NotEqual)),
            ("<=", T::Relation(Relation::LessEqual)),
            (">=", T::Relation(Relation::GreaterEqual)),
            ("~=", T::Relation(Relation::Approximate)),
            ("->", T::Relation(Relation::Arrow)),
            ("**", T::Caret),
            ("=", T::Relation(Relation::Equal)),
            ("<", T::Relation(Relation::Less)),
            (">", T::Relation(Relation::Greater)),
            ("~", T::Relation(Relation::Distributed)),
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
            ("!", T::Bang),
            ("%", T::Percent),
            ("|", T::Bar),
            (",", T::Comma),
            (";", T::Semicolon),
            (":", T::Colon),
            ("...", T::Dots),
            (".", T::Period),
            ("'", T::Prime(1)),
        ];
        let rest = self.rest();
        let found = SYMBOLS.iter().find(|(text, _)| rest.starts_with(text));
        match found.map(|(text, kind)| (*kind, text.len())).or_else(|| unicode::sign(rest)) {
            Some((kind, length)) => self.take(kind, length),
            None => {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                self.take(T::Unknown(&rest[..length]), length);
            }
        }
    }
}

/// Whether a line that ends with this token goes on in the next.
fn expects_more(kind: &TokenKind<'_>) -> bool {
    use TokenKind as T;
    kind.is_operator() || matches!(kind, T::Caret | T::Comma | T::Relation(_) | T::Newline | T::Semicolon)
}

/// The bytes of the longest prefix of `text` whose characters all satisfy `accept`.
fn count(text: &str, accept: impl Fn(char) -> bool) -> usize {
    text.find(|c| !accept(c)).unwrap_or(text.len())
}
