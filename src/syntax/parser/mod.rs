//! The grammar, shared by both notations.
//!
//! ```text
//! expression = term { ("+" | "-") term }
//! term       = product { ("\cdot" | "\times" | "*" | "/" | "\bmod") product }
//! product    = signed { power }                       side by side; binds tighter than an operator
//! signed     = { "+" | "-" } power
//! power      = postfix [ "^" script ]
//! postfix    = atom { "!" | "\%" | "^\circ" | "[" … "]" | "." name | unit }
//! ```
//!
//! A function command without brackets takes the product that follows it up to the next function
//! (`\sin 2x \cos y` is sin(2x)·cos(y)); with brackets it takes them alone. A product after a slash
//! (`1/2x`) and a mixed number (`2\frac12`) are read differently by different authors: both are errors that
//! show the readings. `\sum`, `\prod`, `\lim` and `d/dx` take the following term, `\int` all up to its `dx`.

mod atom;
mod big;
mod brackets;
mod call;
mod derivative;
mod head;
mod names;

use super::expr::{Binary, Expr, Kind, Product, Unary};
use super::name::Name;
use super::token::{Bracket, Token, TokenKind};
use super::{Lexicon, NameKind, Notation, SyntaxError, place};
use crate::source::Span;

/// Deeper nesting is refused before it can exhaust the stack.
const MAX_DEPTH: usize = 120;
/// More operands in one row are refused for the same reason: the tree leans to the left.
const MAX_OPERANDS: usize = 1_000;

type Result<T> = std::result::Result<T, SyntaxError>;

/// Where the parser stands: a token, and how many bytes of it are used up (`bc` of `a_bc` is read in two steps).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor {
    token: usize,
    used: u32,
}

/// Reads one member.
pub(super) struct Parser<'p, 't> {
    text: &'t str,
    base: Span,
    notation: Notation,
    tokens: &'p [Token<'t>],
    lexicon: &'p dyn Lexicon,
    bound: Vec<Name>,
    at: Cursor,
    depth: usize,
    /// How many `|` are open: the next one closes.
    bars: usize,
    /// Inside an integral: a `d` and a letter end the integrand.
    integrals: usize,
}

impl<'p, 't> Parser<'p, 't> {
    pub(super) fn new(
        text: &'t str,
        base: Span,
        notation: Notation,
        tokens: &'p [Token<'t>],
        lexicon: &'p dyn Lexicon,
        bound: &[Name],
    ) -> Self {
        let at = Cursor { token: 0, used: 0 };
        Self {
            text,
            base,
            notation,
            tokens,
            lexicon,
            bound: bound.to_vec(),
            at,
            depth: 0,
            bars: 0,
            integrals: 0,
        }
    }

    /// The whole member as one expression.
    pub(super) fn whole(mut self) -> Result<Expr> {
        let expr = self.expression()?;
        match self.peek().kind {
            TokenKind::Eof => Ok(expr),
            _ => Err(self.unexpected()),
        }
    }

    fn expression(&mut self) -> Result<Expr> {
        self.nested(|parser| {
            let mut expr = parser.term()?;
            let mut operands = 1;
            loop {
                let operator = match parser.peek().kind {
                    TokenKind::Plus => Binary::Add,
                    TokenKind::Minus => Binary::Subtract,
                    _ => return Ok(expr),
                };
                parser.count(&mut operands)?;
                parser.advance();
                let rhs = parser.term()?;
                expr = binary(operator, expr, rhs);
            }
        })
    }

    fn term(&mut self) -> Result<Expr> {
        let (mut expr, _) = self.product()?;
        let mut operands = 1;
        loop {
            let operator = match self.peek().kind {
                TokenKind::Dot => Binary::Multiply(Product::Dot),
                TokenKind::Times => Binary::Multiply(Product::Times),
                TokenKind::Elementwise => Binary::Multiply(Product::Elementwise),
                TokenKind::Slash => Binary::Divide,
                TokenKind::Command("bmod" | "mod") => Binary::Modulo,
                _ => return Ok(expr),
            };
            self.count(&mut operands)?;
            self.advance();
            let (rhs, factors) = self.product()?;
            if operator == Binary::Divide && factors > 1 {
                return Err(self.slash_before_product(&expr, &rhs));
            }
            expr = binary(operator, expr, rhs);
        }
    }

    /// Factors side by side, and how many there are.
    fn product(&mut self) -> Result<(Expr, usize)> {
        let mut expr = self.signed()?;
        let mut factors = 1;
        while self.at_factor() {
            self.count(&mut factors)?;
            let rhs = self.power()?;
            self.check_neighbours(&expr, &rhs)?;
            expr = binary(Binary::Multiply(Product::Implicit), expr, rhs);
        }
        Ok((expr, factors))
    }

    fn signed(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let sign = match self.peek().kind {
            TokenKind::Minus => Unary::Negate,
            TokenKind::Plus => Unary::Plus,
            _ => return self.power(),
        };
        self.advance();
        // A sign binds looser than a power and a product side by side: −x² and −2x are as in print.
        let inner = self.nested(|parser| parser.signed())?;
        Ok(Expr::new(Kind::Unary(sign, Box::new(inner)), self.since(start)))
    }

    fn power(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let base = self.postfix()?;
        self.powers(base, start)
    }

    /// `^…` after `base`, with the marks that may follow the power (`x^2!` is refused as unclear).
    fn powers(&mut self, base: Expr, start: u32) -> Result<Expr> {
        let mut expr = base;
        while self.peek().kind == TokenKind::Caret {
            if matches!(expr.kind, Kind::Binary(Binary::Power, ..)) && self.notation == Notation::Latex {
                return Err(self.error_here("a second superscript").help("write `{x^a}^b` or `x^{a^b}`"));
            }
            self.advance();
            expr = self.superscript(expr, start)?;
        }
        Ok(expr)
    }

    /// What stands raised after `base`: a power, a transpose, a degree sign.
    fn superscript(&mut self, base: Expr, start: u32) -> Result<Expr> {
        if let Some(unary) = self.raised_mark(&base) {
            return Ok(Expr::new(Kind::Unary(unary, Box::new(base)), self.since(start)));
        }
        let exponent = match self.notation {
            Notation::Latex => self.script()?,
            Notation::Plain => self.nested(|parser| {
                // Right-associative: 2^3^2 is 2^(3^2).
                parser.signed_power()
            })?,
        };
        Ok(binary(Binary::Power, base, exponent).at(self.since(start)))
    }

    fn signed_power(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        match self.peek().kind {
            TokenKind::Minus => {
                self.advance();
                let inner = self.nested(|parser| parser.signed_power())?;
                Ok(Expr::new(Kind::Unary(Unary::Negate, Box::new(inner)), self.since(start)))
            }
            _ => self.power(),
        }
    }

    /// `^\circ`, `^T` of a matrix.
    fn raised_mark(&mut self, base: &Expr) -> Option<Unary> {
        let before = self.at;
        let braced = self.eat(TokenKind::Open(Bracket::Brace));
        let unary = match self.peek().kind {
            // `\circ` raised is a degree sign, in line an elementwise product.
            TokenKind::Elementwise | TokenKind::Degree => Some(Unary::Degrees),
            TokenKind::Word("T") | TokenKind::Command("top" | "intercal") if self.is_list(base) => {
                Some(Unary::Transpose)
            }
            _ => None,
        };
        if unary.is_some() {
            self.advance();
            if !braced || self.eat(TokenKind::Close(Bracket::Brace)) {
                return unary;
            }
        }
        self.at = before;
        None
    }

    fn is_list(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Name(name) => self.kind(name.as_str()) == Some(NameKind::List),
            Kind::List(_) | Kind::Matrix(_) => true,
            Kind::Unary(Unary::Group | Unary::Negate | Unary::Transpose, inner) => self.is_list(inner),
            Kind::Binary(Binary::Add | Binary::Subtract | Binary::Multiply(_), lhs, rhs) => {
                self.is_list(lhs) || self.is_list(rhs)
            }
            _ => false,
        }
    }

    fn postfix(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let mut expr = self.atom()?;
        let mut operands = 0;
        loop {
            let token = self.peek();
            let unary = match token.kind {
                TokenKind::Bang => {
                    self.advance();
                    let double = self.peek().kind == TokenKind::Bang;
                    if double {
                        self.advance();
                    }
                    if double { Unary::DoubleFactorial } else { Unary::Factorial }
                }
                TokenKind::Percent => {
                    self.advance();
                    Unary::Percent
                }
                TokenKind::Degree => {
                    self.advance();
                    Unary::Degrees
                }
                TokenKind::Open(Bracket::Square) if self.indexes(&expr) => {
                    expr = self.index(expr, start)?;
                    continue;
                }
                TokenKind::Period if self.notation == Notation::Plain => {
                    expr = self.member(expr, start)?;
                    continue;
                }
                TokenKind::Text(unit) if is_quantity(&expr) && self.is_unit(unit) => {
                    self.advance();
                    let unit = unit.trim().to_owned();
                    expr = Expr::new(Kind::Unit(Box::new(expr), unit), self.since(start));
                    continue;
                }
                _ => return Ok(expr),
            };
            self.count(&mut operands)?;
            expr = Expr::new(Kind::Unary(unary, Box::new(expr)), self.since(start));
        }
    }

    /// Whether a factor can begin here without an operator before it.
    fn at_factor(&self) -> bool {
        use TokenKind as T;
        match self.peek().kind {
            T::Number(_) | T::Text(_) | T::Begin(_) | T::Quoted(_) => true,
            T::Word(_) => !self.at_differential(),
            T::Command("bmod" | "mod" | "pmod" | "over" | "choose") => false,
            T::Command("partial") => true,
            T::Command(_) => !self.at_differential(),
            T::Open(_) => true,
            T::Bar | T::DoubleBar => self.bars == 0,
            _ => false,
        }
    }

    /// `2 3` and `2\frac12`: side by side, yet hardly a product.
    fn check_neighbours(&self, lhs: &Expr, rhs: &Expr) -> Result<()> {
        let last = last_factor(lhs);
        let (Kind::Number(first), true) = (&last.kind, !matches!(rhs.kind, Kind::Unary(Unary::Group, _)))
        else {
            if matches!(rhs.kind, Kind::Number(_)) && !matches!(last.kind, Kind::Unary(Unary::Group, _)) {
                return Ok(());
            }
            return Ok(());
        };
        let span = last.span.join(rhs.span);
        match &rhs.kind {
            Kind::Number(second) => {
                let message = "two numbers side by side";
                let help = format!(
                    "write `{} \\cdot {}`, or `{}{{,}}{}` if the digits are one number",
                    first.text, second.text, first.text, second.text
                );
                Err(self.error_at(span, message).ambiguous().help(help))
            }
            Kind::Binary(Binary::Divide, top, bottom) if first.is_integer() => {
                match (&top.kind, &bottom.kind) {
                    (Kind::Number(top), Kind::Number(bottom)) if top.is_integer() && bottom.is_integer() => {
                        let (whole, top, bottom) = (&first.text, &top.text, &bottom.text);
                        let message =
                            "a number before a fraction is a mixed number to some and a product to others";
                        let help = format!(
                            "write `{whole} + \\frac{{{top}}}{{{bottom}}}` or `{whole} \\cdot \\frac{{{top}}}{{{bottom}}}`"
                        );
                        Err(self.error_at(span, message).ambiguous().help(help))
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn slash_before_product(&self, top: &Expr, bottom: &Expr) -> SyntaxError {
        let (top_text, bottom_text) = (self.source(top.span), self.source(bottom.span));
        let message = format!(
            "`{top_text}/{bottom_text}` can be read as {top_text}/({bottom_text}) or as ({top_text}/…) times the rest"
        );
        let help = match self.notation {
            Notation::Latex => "write `\\frac{…}{…}`, or brackets, or an explicit `\\cdot`",
            Notation::Plain => "write brackets or an explicit `*`",
        };
        self.error_at(top.span.join(bottom.span), message).ambiguous().help(help)
    }

    // The token stream.

    fn peek(&self) -> Token<'t> {
        self.look(0)
    }

    fn look(&self, ahead: usize) -> Token<'t> {
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
        Token { kind, start: token.start + self.at.used, spaced: false, ..*token }
    }

    fn end(&self) -> Token<'t> {
        let at = self.tokens.last().map_or(0, |last| last.end);
        Token { kind: TokenKind::Eof, start: at, end: at, spaced: false }
    }

    fn advance(&mut self) {
        self.at = Cursor { token: self.at.token + 1, used: 0 };
    }

    /// Uses up `length` bytes of the current word or number.
    fn advance_by(&mut self, length: usize) {
        let token = self.peek();
        if token.start as usize + length >= token.end as usize {
            self.advance();
        } else {
            self.at.used += length as u32;
        }
    }

    fn eat(&mut self, kind: TokenKind<'_>) -> bool {
        let found = self.peek().kind == kind;
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind<'_>, what: &str) -> Result<()> {
        if self.eat(kind) {
            return Ok(());
        }
        let token = self.peek();
        let found = self.describe(token);
        Err(self.error_here(format!("expected {what}, found {found}")))
    }

    /// The place from byte `start` to the last token read.
    fn since(&self, start: u32) -> Span {
        let end = match self.at.used {
            0 => self
                .at
                .token
                .checked_sub(1)
                .and_then(|idx| self.tokens.get(idx))
                .map_or(start, |last| last.end),
            used => self.tokens[self.at.token].start + used,
        };
        place(self.base, start, end.max(start))
    }

    fn source(&self, span: Span) -> &'t str {
        &self.text[(span.start - self.base.start) as usize..(span.end - self.base.start) as usize]
    }

    fn kind(&self, name: &str) -> Option<NameKind> {
        if self.bound.iter().any(|bound| bound.as_str() == name) {
            return Some(NameKind::Number);
        }
        self.lexicon.kind(name)
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error_here(format!("nested more than {MAX_DEPTH} levels deep")).limit());
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn count(&self, operands: &mut usize) -> Result<()> {
        *operands += 1;
        if *operands > MAX_OPERANDS {
            return Err(self.error_here(format!("more than {MAX_OPERANDS} operands in a row")).limit());
        }
        Ok(())
    }

    fn error_here(&self, message: impl Into<String>) -> SyntaxError {
        let token = self.peek();
        SyntaxError::new(token.start as usize, token.end as usize, message)
    }

    fn error_at(&self, span: Span, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(
            (span.start - self.base.start) as usize,
            (span.end - self.base.start) as usize,
            message,
        )
    }

    fn unexpected(&self) -> SyntaxError {
        let token = self.peek();
        let found = self.describe(token);
        match token.kind {
            TokenKind::Comma => self
                .error_here("a comma here separates nothing")
                .help("write digit groups as `1{,}000` inside brackets, a list in `[…]`"),
            TokenKind::Close(_) => self.error_here(format!("{found} closes nothing")),
            _ => self.error_here(format!("{found} is not expected here")),
        }
    }

    fn describe(&self, token: Token<'t>) -> String {
        match token.kind {
            TokenKind::Eof => "the end".to_owned(),
            TokenKind::Close(bracket) => format!("`{}`", bracket.closing()),
            _ => format!("`{}`", &self.text[token.start as usize..token.end as usize]),
        }
    }
}

impl Expr {
    fn at(self, span: Span) -> Self {
        Self { span, ..self }
    }
}

fn binary(operator: Binary, lhs: Expr, rhs: Expr) -> Expr {
    let span = lhs.span.join(rhs.span);
    Expr::new(Kind::Binary(operator, Box::new(lhs), Box::new(rhs)), span)
}

fn last_factor(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Binary(Binary::Multiply(Product::Implicit), _, rhs) => last_factor(rhs),
        Kind::Unary(Unary::Negate | Unary::Plus, inner) => last_factor(inner),
        _ => expr,
    }
}

/// Whether a text after `expr` can be its unit.
fn is_quantity(expr: &Expr) -> bool {
    matches!(
        &expr.kind,
        Kind::Number(_)
            | Kind::Unary(Unary::Percent | Unary::Degrees | Unary::Group, _)
            | Kind::Binary(Binary::Divide, ..)
    )
}
