//! LaTeX mathematics to tokens. Spaces, sizes and layout marks fall away here; nothing is understood yet.

use super::commands::{self, Meaning};
use crate::syntax::SyntaxError;
use crate::syntax::expr::Relation;
use crate::syntax::token::{Bracket, Token, TokenKind};

/// Cuts `text` into tokens, the last of which is [`TokenKind::Eof`].
pub(in crate::syntax) fn lex(text: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Vec::with_capacity(text.len() / 2 + 1),
        spaced: false,
        brackets: Vec::new(),
    };
    while lexer.at < text.len() {
        lexer.next()?;
    }
    lexer.push(TokenKind::Eof, text.len());
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token<'t>>,
    spaced: bool,
    /// The brackets that are open, to know whether a comma between digits may group them.
    brackets: Vec<Bracket>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Adds a token from `start` to the current place.
    fn push(&mut self, kind: TokenKind<'t>, start: usize) {
        match kind {
            TokenKind::Open(bracket) => self.brackets.push(bracket),
            TokenKind::Close(_) => {
                self.brackets.pop();
            }
            _ => {}
        }
        let spaced = std::mem::take(&mut self.spaced);
        self.tokens.push(Token { kind, start: start as u32, end: self.at as u32, spaced });
    }

    /// Adds a token of `length` bytes at the current place.
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
            '\\' => return self.command(),
            '%' => self.comment(),
            '~' => self.space(1),
            _ if first.is_whitespace() => self.space(first.len_utf8()),
            '0'..='9' => self.number(),
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(),
            '?' => self.hole(),
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

    fn space(&mut self, length: usize) {
        self.at += length;
        self.spaced = true;
    }

    /// `%` begins a comment in TeX; on one line it would swallow what follows, which no reader sees, so it is
    /// kept as a percent sign there.
    fn comment(&mut self) {
        match self.rest().find('\n') {
            Some(end) if self.rest()[1..end].trim().is_empty() => self.space(end),
            _ => self.take(TokenKind::Percent, 1),
        }
    }

    /// Digits with their groups: `132{,}863{,}336` and `132\,863\,336` anywhere, `132,863,336` where no bracket
    /// that separates its content by commas is open.
    fn number(&mut self) {
        let start = self.at;
        let commas = !self.brackets.iter().any(|bracket| {
            *bracket != Bracket::Brace && !matches!(bracket, Bracket::Floor | Bracket::Ceil | Bracket::Vert)
        });
        let rest = self.rest();
        let mut end = digits(rest);
        if (1..=3).contains(&end) {
            while let Some(length) = group(&rest[end..], commas) {
                end += length;
            }
        }
        if rest[end..].starts_with('.') {
            let fraction = digits(&rest[end + 1..]);
            // `1.` at the end of a sentence keeps its point out of the number.
            if fraction > 0 {
                end += 1 + fraction;
                while let Some(length) = spaced_group(&rest[end..]) {
                    end += length;
                }
            }
        }
        end += exponent(&rest[end..]);
        self.at = start + end;
        self.push(TokenKind::Number(&rest[..end]), start);
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
            Some(c) => c.len_utf8(),
            None => return Err(self.error(start, self.text.len(), "a backslash stands at the end")),
        };
        let name = &after[..length];
        self.at = start + 1 + length;
        match name {
            "begin" | "end" => return self.environment(name, start),
            "$" => {
                // A currency sign before an amount.
                self.spaced = true;
                return Ok(());
            }
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
            Some(Meaning::Space | Meaning::Transparent) => self.spaced = true,
            Some(Meaning::Delimiter) => self.delimiter(),
            Some(Meaning::SkipArgument | Meaning::SkipFirst) => {
                self.argument(start, name)?;
                self.spaced = true;
            }
            Some(Meaning::Text) => {
                let content = self.argument(start, name)?;
                self.push(TokenKind::Text(content), start);
            }
            Some(Meaning::Named) => self.push(TokenKind::Command(name), start),
            None => {
                return Err(self
                    .error(start, self.at, format!("the command `\\{name}` is not known"))
                    .unsupported());
            }
        }
        Ok(())
    }

    /// After `\left` and its kin: a `.` is an empty delimiter, `{` without backslash a typing slip that TeX
    /// itself would refuse but authors write; what follows is lexed as usual.
    fn delimiter(&mut self) {
        let skipped = self.rest().len() - self.rest().trim_start().len();
        let rest = &self.rest()[skipped..];
        if rest.starts_with('.') {
            self.at += skipped + 1;
        }
        self.spaced = true;
    }

    fn not(&mut self, start: usize) -> Result<(), SyntaxError> {
        let rest = self.rest().trim_start();
        let skipped = self.rest().len() - rest.len();
        if rest.starts_with('=') {
            self.at += skipped + 1;
            self.push(TokenKind::Relation(Relation::NotEqual), start);
            return Ok(());
        }
        Err(self.error(start, self.at, "`\\not` is known before `=` only").unsupported())
    }

    fn environment(&mut self, which: &str, start: usize) -> Result<(), SyntaxError> {
        let name = self.argument(start, which)?;
        if commands::is_equation_environment(name) {
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
            self.brackets.push(Bracket::Curly);
            self.push(TokenKind::Begin(name), start);
        } else {
            self.brackets.pop();
            self.push(TokenKind::End(name), start);
        }
        Ok(())
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
    fn argument(&mut self, start: usize, command: &str) -> Result<&'t str, SyntaxError> {
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

    fn error(&self, start: usize, end: usize, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(start, end, message)
    }
}

/// The tokens that are plain characters.
fn symbol(rest: &str) -> Option<(TokenKind<'_>, usize)> {
    use TokenKind as T;
    const SYMBOLS: &[(&str, TokenKind<'static>)] = &[
        (":=", T::Relation(Relation::Define)),
        ("<=", T::Relation(Relation::LessEqual)),
        (">=", T::Relation(Relation::GreaterEqual)),
        ("==", T::Relation(Relation::Equal)),
        ("||", T::DoubleBar),
        ("(", T::Open(Bracket::Round)),
        (")", T::Close(Bracket::Round)),
        ("[", T::Open(Bracket::Square)),
        ("]", T::Close(Bracket::Square)),
        ("{", T::Open(Bracket::Brace)),
        ("}", T::Close(Bracket::Brace)),
        ("+", T::Plus),
        ("-", T::Minus),
        ("\u{2212}", T::Minus),
        ("*", T::Dot),
        ("\u{b7}", T::Dot),
        ("\u{22c5}", T::Dot),
        ("\u{d7}", T::Times),
        ("\u{f7}", T::Slash),
        ("/", T::Slash),
        ("^", T::Caret),
        ("_", T::Underscore),
        ("!", T::Bang),
        ("\u{b0}", T::Degree),
        ("|", T::Bar),
        (",", T::Comma),
        (";", T::Semicolon),
        (":", T::Colon),
        (".", T::Period),
        ("&", T::Ampersand),
        ("=", T::Relation(Relation::Equal)),
        ("\u{2248}", T::Relation(Relation::Approximate)),
        ("\u{2245}", T::Relation(Relation::Approximate)),
        ("\u{2260}", T::Relation(Relation::NotEqual)),
        ("<", T::Relation(Relation::Less)),
        ("\u{2264}", T::Relation(Relation::LessEqual)),
        (">", T::Relation(Relation::Greater)),
        ("\u{2265}", T::Relation(Relation::GreaterEqual)),
        ("\u{2192}", T::Relation(Relation::Arrow)),
        ("\u{21d2}", T::Implies),
        ("\u{2208}", T::Relation(Relation::In)),
        ("\u{2026}", T::Dots),
        ("\u{221e}", T::Command("infty")),
        ("\u{221a}", T::Command("sqrt")),
        ("\u{2211}", T::Command("sum")),
        ("\u{220f}", T::Command("prod")),
        ("\u{222b}", T::Command("int")),
        ("\u{2202}", T::Command("partial")),
        ("\u{2207}", T::Command("nabla")),
    ];
    if let Some((text, kind)) = SYMBOLS.iter().find(|(text, _)| rest.starts_with(text)) {
        return Some((*kind, text.len()));
    }
    let first = rest.chars().next()?;
    unicode_letter(first).map(|name| (T::Command(name), first.len_utf8()))
}

/// Greek letters typed as such.
fn unicode_letter(letter: char) -> Option<&'static str> {
    const LETTERS: &[(char, &str)] = &[
        ('α', "alpha"),
        ('β', "beta"),
        ('γ', "gamma"),
        ('δ', "delta"),
        ('ε', "varepsilon"),
        ('ζ', "zeta"),
        ('η', "eta"),
        ('θ', "theta"),
        ('ι', "iota"),
        ('κ', "kappa"),
        ('λ', "lambda"),
        ('μ', "mu"),
        ('µ', "mu"),
        ('ν', "nu"),
        ('ξ', "xi"),
        ('π', "pi"),
        ('ρ', "rho"),
        ('σ', "sigma"),
        ('τ', "tau"),
        ('υ', "upsilon"),
        ('φ', "varphi"),
        ('ϕ', "phi"),
        ('χ', "chi"),
        ('ψ', "psi"),
        ('ω', "omega"),
        ('Γ', "Gamma"),
        ('Δ', "Delta"),
        ('Θ', "Theta"),
        ('Λ', "Lambda"),
        ('Ξ', "Xi"),
        ('Π', "Pi"),
        ('Σ', "Sigma"),
        ('Φ', "Phi"),
        ('Ψ', "Psi"),
        ('Ω', "Omega"),
        ('ℓ', "ell"),
    ];
    LETTERS.iter().find(|(character, _)| *character == letter).map(|(_, name)| *name)
}

/// How many ASCII digits `rest` begins with.
fn digits(rest: &str) -> usize {
    rest.bytes().take_while(u8::is_ascii_digit).count()
}

/// The length of one more group of exactly three digits with its separator, if `rest` begins with one.
fn group(rest: &str, commas: bool) -> Option<usize> {
    let separator = ["{,}", ",\\!", "\\,", "\\!"].into_iter().find(|separator| rest.starts_with(separator));
    let length = match separator {
        Some(separator) => {
            separator.len() + rest[separator.len()..].len()
                - rest[separator.len()..].trim_start_matches(' ').len()
        }
        None if commas && rest.starts_with(',') => 1,
        None if rest.starts_with('\u{202f}') || rest.starts_with('\u{2009}') => {
            rest.chars().next()?.len_utf8()
        }
        None => return None,
    };
    (digits(&rest[length..]) == 3).then_some(length + 3)
}

/// `\,` groups after the decimal point: `3.141\,592\,65`.
fn spaced_group(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix("\\,")?;
    let count = digits(after);
    (1..=3).contains(&count).then_some(2 + count)
}

/// The length of an e-notation exponent, `e-3` or `E10`: only where a digit follows at once.
fn exponent(rest: &str) -> usize {
    let Some(after) = rest.strip_prefix(['e', 'E']) else { return 0 };
    let sign = usize::from(after.starts_with(['+', '-']));
    match digits(&after[sign..]) {
        0 => 0,
        count => 1 + sign + count,
    }
}
