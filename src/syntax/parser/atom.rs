//! The smallest expressions: numbers, names, brackets, commands.

use super::{Parser, Result};
use crate::syntax::expr::{Binary, Expr, Kind};
use crate::syntax::function::Builtin;
use crate::syntax::latex;
use crate::syntax::name::Name;
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{NameKind, Notation};

impl<'t> Parser<'_, 't> {
    pub(super) fn atom(&mut self) -> Result<Expr> {
        use TokenKind as T;
        let token = self.peek();
        match token.kind {
            T::Number(text) => self.number(text),
            T::Quoted(text) => {
                self.advance();
                Ok(Expr::new(Kind::Text(text.to_owned()), self.since(token.start)))
            }
            T::Open(bracket) => self.bracketed(bracket),
            T::Bar | T::DoubleBar => self.bars(token.kind),
            T::Begin(name) => self.environment(name),
            T::Word(word) => self.word(word),
            T::Text(_) => self.text(),
            T::Command(command) => self.command(command),
            T::Hole(_) => Err(self.error_here("a hole stands alone on one side of a relation")),
            T::Eof => Err(self.error_here("an operand is missing at the end")),
            T::Dots => Err(self.error_here("dots leave out what would have to be computed").unsupported()),
            _ => Err(self.unexpected()),
        }
    }

    pub(super) fn number(&mut self, text: &str) -> Result<Expr> {
        let start = self.peek().start;
        let literal = self.literal(text)?;
        self.advance();
        Ok(Expr::new(Kind::Number(literal), self.since(start)))
    }

    fn literal(&self, text: &str) -> Result<Literal> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let digits: String = mantissa.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        exponent
            .parse()
            .ok()
            .and_then(|exponent| Literal::new(text, digits, exponent))
            .ok_or_else(|| self.error_here("this exponent is too large").limit())
    }

    /// `\text{…}`: a function, or a name if it is one word.
    fn text(&mut self) -> Result<Expr> {
        let token = self.peek();
        let TokenKind::Text(content) = token.kind else { return Err(self.unexpected()) };
        let word = content.trim();
        if let Some(builtin) = self.builtin(word) {
            self.advance();
            return self.function(builtin, token.start);
        }
        if is_word(word) {
            return self.name();
        }
        Err(self
            .error_here("a text is no part of a formula")
            .unsupported()
            .help("put a remark last, in brackets or after `\\quad`"))
    }

    /// Whether a text after a number is a unit rather than a name or function.
    pub(super) fn is_unit(&self, text: &str) -> bool {
        let word = text.trim();
        !word.is_empty() && self.builtin(word).is_none() && self.kind(word).is_none()
    }

    /// A built-in function that no name of the page hides.
    pub(super) fn builtin(&self, word: &str) -> Option<Builtin> {
        if self.kind(word).is_some() {
            return None;
        }
        Builtin::named(word)
    }

    /// Adjacent letters: a function that is applied, a known name, or letters side by side.
    fn word(&mut self, word: &'t str) -> Result<Expr> {
        let start = self.peek().start;
        if let Some(builtin) = self.applied_builtin(word) {
            self.advance();
            return self.function(builtin, start);
        }
        if let Some(derivative) = self.plain_derivative(word)? {
            return Ok(derivative);
        }
        self.name()
    }

    /// `sigmoid(`, `E[`: a word is a built-in function only where brackets follow.
    fn applied_builtin(&self, word: &str) -> Option<Builtin> {
        let next = self.look(1).kind;
        let builtin = self.builtin(word)?;
        let applies = match builtin {
            Builtin::Expectation | Builtin::Variance | Builtin::Covariance | Builtin::Probability => {
                matches!(next, TokenKind::Open(Bracket::Round | Bracket::Square))
            }
            _ => next == TokenKind::Open(Bracket::Round),
        };
        applies.then_some(builtin)
    }

    fn command(&mut self, command: &str) -> Result<Expr> {
        let start = self.peek().start;
        if let Some(builtin) = latex::function(command).and_then(Builtin::named) {
            self.advance();
            return self.function(builtin, start);
        }
        match command {
            "frac" | "dfrac" | "tfrac" | "cfrac" => self.fraction(),
            "sqrt" => self.root(),
            "binom" | "dbinom" | "tbinom" => {
                self.advance();
                let args = vec![self.script()?, self.script()?];
                Ok(Expr::new(Kind::Call(Builtin::Binomial, args), self.since(start)))
            }
            "sum" | "prod" => self.fold(command),
            "int" => self.integral(),
            "lim" => self.limit(),
            "nabla" => self.gradient(),
            "infty" => {
                self.advance();
                Ok(Expr::new(Kind::Infinity, self.since(start)))
            }
            "underbrace" | "overbrace" => self.braced_over(),
            _ => self.name(),
        }
    }

    /// `\underbrace{…}_{…}`: the note under the brace says nothing to us.
    fn braced_over(&mut self) -> Result<Expr> {
        self.advance();
        let inner = self.script()?;
        while matches!(self.peek().kind, TokenKind::Underscore | TokenKind::Caret) {
            self.advance();
            self.skip_script()?;
        }
        Ok(inner)
    }

    fn fraction(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        if let Some(derivative) = self.leibniz()? {
            return Ok(derivative);
        }
        self.advance();
        let top = self.script()?;
        let bottom = self.script()?;
        let span = self.since(start);
        Ok(Expr::new(Kind::Binary(Binary::Divide, Box::new(top), Box::new(bottom)), span))
    }

    fn root(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let degree = match self.peek().kind {
            TokenKind::Open(Bracket::Square) => {
                self.advance();
                let degree = self.expression()?;
                self.expect(TokenKind::Close(Bracket::Square), "`]`")?;
                Some(degree)
            }
            _ => None,
        };
        let inner = self.script()?;
        let kind = match degree {
            Some(degree) => Kind::Call(Builtin::Root, vec![inner, degree]),
            None => Kind::Call(Builtin::Sqrt, vec![inner]),
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// The argument of `\frac`, `\sqrt`, `^`: a brace group, or as TeX has it one character or command.
    pub(super) fn script(&mut self) -> Result<Expr> {
        let token = self.peek();
        match token.kind {
            TokenKind::Open(Bracket::Brace) => self.bracketed(Bracket::Brace),
            TokenKind::Number(text) if self.notation == Notation::Latex && text.len() > 1 => {
                self.single_digit(text)
            }
            TokenKind::Number(text) => self.number(text),
            TokenKind::Minus | TokenKind::Plus => {
                Err(self.error_here("a sign here needs braces").help("write `^{-1}`"))
            }
            TokenKind::Word(word) => {
                let letter = &word[..word.chars().next().map_or(0, char::len_utf8)];
                self.advance_by(letter.len());
                let name = Name::new(letter);
                Ok(Expr::new(Kind::Name(name), self.since(token.start)))
            }
            TokenKind::Command(_) | TokenKind::Text(_) | TokenKind::Begin(_) => {
                self.nested(|parser| parser.atom())
            }
            _ => Err(self.error_here(format!("expected `{{`, found {}", self.describe(token)))),
        }
    }

    /// `^10` and `\frac12`: TeX takes one digit. For a fraction the rest is the denominator; elsewhere the rest
    /// would be a factor that nobody sees.
    fn single_digit(&mut self, text: &str) -> Result<Expr> {
        let start = self.peek().start;
        let before = self.at.token.checked_sub(1).map(|idx| self.tokens[idx].kind);
        let in_fraction = matches!(
            before,
            Some(TokenKind::Command("frac" | "dfrac" | "tfrac" | "cfrac" | "binom" | "dbinom" | "tbinom"))
        );
        if in_fraction
            && self.at.used == 0
            && text.len() == 2
            && text.bytes().all(|byte| byte.is_ascii_digit())
            || self.at.used > 0
        {
            let literal = self.literal(&text[..1])?;
            self.advance_by(1);
            return Ok(Expr::new(Kind::Number(literal), self.since(start)));
        }
        let first = &text[..1];
        let message =
            format!("without braces TeX takes `{first}` alone here, and `{}` stands beside it", &text[1..]);
        Err(self.error_here(message).ambiguous().help(format!("write `{{{text}}}`")))
    }

    /// `value[i, j]`: only after something that has elements.
    pub(super) fn indexes(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Name(name) => self.kind(name.as_str()) == Some(NameKind::List),
            Kind::Index(..) | Kind::Member(..) => true,
            Kind::List(_) => self.notation == Notation::Plain,
            _ => false,
        }
    }

    pub(super) fn index(&mut self, base: Expr, start: u32) -> Result<Expr> {
        self.advance();
        let indices = self.list_items(Bracket::Square)?;
        Ok(Expr::new(Kind::Index(Box::new(base), indices), self.since(start)))
    }

    /// `.field` or `.method(arguments)`.
    pub(super) fn member(&mut self, base: Expr, start: u32) -> Result<Expr> {
        self.advance();
        let TokenKind::Word(field) = self.peek().kind else {
            return Err(self.error_here("expected the name of a property after the point"));
        };
        let field = field.to_owned();
        self.advance();
        let base = Box::new(base);
        if self.peek().kind != TokenKind::Open(Bracket::Round) {
            return Ok(Expr::new(Kind::Member(base, field), self.since(start)));
        }
        self.advance();
        let args = self.list_items(Bracket::Round)?;
        Ok(Expr::new(Kind::Method(base, field, args), self.since(start)))
    }
}

/// One word of letters, digits, `_` and `-`, beginning with a letter: a name in text font.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic())
        && text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}
