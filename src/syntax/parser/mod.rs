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
//! (`\sin 2x \cos y` is sin(2x)·cos(y)); with brackets it takes them alone. What authors read differently is an error
//! that shows the readings (`ambiguous`). `\sum`, `\prod`, `\lim` and `d/dx` take the following term, `\int` all up to its `dx`.

mod ambiguous;
mod atom;
mod average;
mod big;
mod brackets;
mod call;
mod cases;
mod command;
mod commas;
mod composition;
mod conditional;
mod derivative;
mod domain;
mod dots;
mod element;
mod evaluated;
mod head;
mod integral;
mod limit;
mod modulus;
mod names;
mod number;
mod ranges;
mod script;
mod sets;
mod signs;
mod spelling;
mod stream;
mod unit;
mod unit_matrix;

use super::expr::{Binary, Expr, Kind, Product, Unary};
use super::name::Name;
use super::token::{Bracket, Token, TokenKind, closings};
use super::{Lexicon, Notation, SyntaxError};
use crate::source::Span;
use ambiguous::{is_remainder, leading_power_of_ten, slashed};
pub use derivative::subscripted;
pub(super) use domain::with_round_ends;
use element::grouped;
use unit::{is_power_of_numbers, is_quantity};

/// Deeper nesting is refused before it can exhaust the stack.
pub(super) const MAX_DEPTH: usize = 120;
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
    /// Where each of them is closed, if it opens something.
    closings: Vec<Option<usize>>,
    lexicon: &'p dyn Lexicon,
    bound: Vec<Name>,
    at: Cursor,
    depth: usize,
    /// How many `|` are open: the next one closes.
    bars: usize,
    /// Inside an integral: a `d` and a letter end the integrand.
    integrals: usize,
    /// The variable of an integral whose `d` stands in a numerator that has not come yet.
    above: Option<Name>,
    /// The token after the argument of a function that stands without brackets.
    bare_end: Option<usize>,
    /// Whether commas between digits group them.
    groups: bool,
    /// Inside an environment of cases: words join conditions.
    in_cases: bool,
    /// The chain states one number, which this member is said to be.
    states_number: bool,
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
            closings: closings(tokens),
            lexicon,
            bound: bound.to_vec(),
            at,
            depth: 0,
            bars: 0,
            integrals: 0,
            above: None,
            bare_end: None,
            groups: false,
            in_cases: false,
            states_number: false,
        }
    }

    /// The whole member as one expression. Where there is none, differentials that are glued to other letters are looked
    /// for: `\int_0^1 xdx`.
    pub(super) fn whole_member(self) -> Result<Expr> {
        if self.has_two_signs() {
            return self.with_two_signs();
        }
        let (text, base, notation, tokens, lexicon) =
            (self.text, self.base, self.notation, self.tokens, self.lexicon);
        let bound = self.bound.clone();
        let result = self.whole();
        let Err(error) = result else { return result };
        let is_known = |word: &str| lexicon.kind(word).is_some();
        match integral::set_apart(tokens, &is_known) {
            Some(apart) if notation == Notation::Latex => {
                Parser::new(text, base, notation, &apart, lexicon, &bound).whole().map_err(|_| error)
            }
            _ => Err(error),
        }
    }

    /// The same as it stands.
    fn whole(mut self) -> Result<Expr> {
        let start = self.peek().start;
        let expr = self.expression()?;
        let expr = self.over(expr, start)?;
        match self.peek().kind {
            TokenKind::Eof => Ok(expr),
            _ => Err(self.unexpected()),
        }
    }

    fn expression(&mut self) -> Result<Expr> {
        self.nested(|parser| {
            let start = parser.peek().start;
            let first = parser.term()?;
            parser.sum_after(first, start)
        })
    }

    /// The terms that follow the first one, which begins at `start`.
    fn sum_after(&mut self, first: Expr, start: u32) -> Result<Expr> {
        let mut expr = first;
        let mut operands = 1;
        loop {
            if self.at_evaluation_bar() {
                expr = self.evaluated_before_bar(expr, start)?;
            }
            let operator = match self.peek().kind {
                TokenKind::Plus => Binary::Add,
                TokenKind::Minus => Binary::Subtract,
                TokenKind::Open(Bracket::Brace) if self.at_unseen_sign() => {
                    self.count(&mut operands)?;
                    let rest = self.unseen_terms()?;
                    expr = binary(Binary::Add, expr, rest);
                    continue;
                }
                TokenKind::Command(sign @ ("cup" | "cap" | "setminus")) => {
                    self.count(&mut operands)?;
                    expr = self.set_operation(sign, expr)?;
                    continue;
                }
                _ => return Ok(expr),
            };
            self.count(&mut operands)?;
            self.advance();
            if self.peek().kind == TokenKind::Dots {
                expr = self.sum_with_dots(&expr, start)?;
                continue;
            }
            let rhs = self.term()?;
            if is_remainder(&rhs) {
                return Err(self.remainder_of_sum(&expr, &rhs));
            }
            if is_remainder(&expr) {
                return Err(self.sum_after_remainder(&expr, &rhs));
            }
            let (lhs, rhs) = self.with_groups_of_digits(expr, rhs)?;
            let (lhs, rhs) = self.with_unit_matrix(lhs, rhs);
            expr = binary(operator, lhs, rhs);
        }
    }

    fn term(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let (mut expr, _) = self.product()?;
        let mut operands = 1;
        let mut after_slash = false;
        loop {
            if self.at_dots_of_product() {
                expr = self.product_with_dots(&expr, start)?;
                continue;
            }
            let operator = match self.peek().kind {
                TokenKind::Dot => Binary::Multiply(Product::Dot),
                TokenKind::Times => Binary::Multiply(Product::Times),
                TokenKind::Elementwise => Binary::Multiply(Product::Elementwise),
                TokenKind::Slash => Binary::Divide,
                TokenKind::Command("bmod" | "mod") => Binary::Modulo,
                _ => return Ok(expr),
            };
            self.count(&mut operands)?;
            let after_bare = self.bare_end == Some(self.at.token);
            let slash = self.peek();
            self.advance();
            let at_function = self.at_function();
            let (rhs, factors) = self.product()?;
            if operator == Binary::Divide && factors > 1 {
                return Err(self.slash_before_product(&expr, &rhs));
            }
            if after_bare && !at_function && self.text[slash.start as usize..].starts_with('/') {
                return Err(self.slash_after_function(&expr, &rhs));
            }
            if let Some((top, bottom)) = slashed(&expr, after_slash)
                && let Some(power) = leading_power_of_ten(&rhs)
            {
                self.check_scientific_quotient(top, bottom, power)?;
            }
            after_slash = operator == Binary::Divide;
            let (lhs, rhs) = self.with_groups_of_digits(expr, rhs)?;
            if self.is_ring(slash) {
                self.check_ring(&lhs, &rhs)?;
            }
            expr = binary(operator, lhs, rhs);
        }
    }

    /// Factors side by side, and how many there are.
    fn product(&mut self) -> Result<(Expr, usize)> {
        let mut expr = self.signed()?;
        let mut factors = 1;
        while self.at_factor() {
            self.count(&mut factors)?;
            let braced = self.peek().kind == TokenKind::Open(Bracket::Brace);
            let rhs = self.power()?;
            if braced && matches!(rhs.kind, Kind::Binary(Binary::Add | Binary::Subtract, ..)) {
                return Err(self.unseen_braces(rhs.span));
            }
            self.check_neighbours(&expr, &rhs)?;
            let (lhs, rhs) = self.with_groups_of_digits(expr, rhs)?;
            expr = binary(Binary::Multiply(Product::Implicit), lhs, rhs);
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
        self.skip_empty_groups();
        let start = self.peek().start;
        let base = self.postfix()?;
        let mut power = self.powers(base, start)?;
        self.skip_empty_groups();
        if let TokenKind::Text(unit) = self.peek().kind
            && is_power_of_numbers(&power)
            && self.is_unit(unit)
            && !self.at_differential()
        {
            power = self.quantity(power, unit, start)?;
        }
        if is_power_of_numbers(&power) {
            power = self.ohms(power, start);
        }
        Ok(power)
    }

    /// `^…` after `base`, with the marks that may follow the power (`x^2!` is refused as unclear).
    fn powers(&mut self, base: Expr, start: u32) -> Result<Expr> {
        let mut expr = base;
        // `{x^a}^b` has its braces to show what is raised.
        let braced = self
            .at
            .token
            .checked_sub(1)
            .is_some_and(|before| self.tokens[before].kind == TokenKind::Close(Bracket::Brace));
        let mut first = true;
        self.skip_group_before_degrees();
        while matches!(self.peek().kind, TokenKind::Caret | TokenKind::Raised(_)) {
            let shown = std::mem::take(&mut first) && braced;
            let is_power = matches!(expr.kind, Kind::Binary(Binary::Power, ..));
            if is_power && !shown && self.notation == Notation::Latex {
                return Err(self.error_here("a second superscript").help("write `{x^a}^b` or `x^{a^b}`"));
            }
            expr = match self.peek().kind {
                TokenKind::Raised(text) => self.raised_sign(expr, text)?,
                _ => {
                    self.advance();
                    self.superscript(expr, start)?
                }
            };
            self.skip_empty_scripts();
        }
        if self.peek().kind == TokenKind::Bang && matches!(expr.kind, Kind::Binary(Binary::Power, ..)) {
            let error =
                self.error_here("a factorial after a power can belong to the power or to its exponent");
            return Err(error.ambiguous().help("write `(a^b)!` or `a^{b!}`"));
        }
        Ok(expr)
    }

    fn postfix(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let mut expr = self.atom()?;
        let mut operands = 0;
        loop {
            self.skip_empty_scripts();
            let token = self.peek();
            let unary = match token.kind {
                TokenKind::Bang => {
                    self.advance();
                    let double = self.peek().kind == TokenKind::Bang;
                    if double {
                        self.advance();
                        self.check_triple_factorial(&expr)?;
                    }
                    if double { Unary::DoubleFactorial } else { Unary::Factorial }
                }
                TokenKind::Percent => {
                    self.advance();
                    Unary::Percent
                }
                TokenKind::Dots if matches!(&expr.kind, Kind::Number(number) if !number.is_integer()) => {
                    self.advance();
                    Unary::Ellipsis
                }
                TokenKind::Degree => {
                    self.check_degrees(&expr)?;
                    self.advance();
                    if let Some(temperature) = self.temperature(&expr, start)? {
                        return Ok(temperature);
                    }
                    expr = self.minutes_of_arc(expr, start)?;
                    Unary::Degrees
                }
                TokenKind::Open(Bracket::Square) if self.indexes(&expr) => {
                    expr = self.index(expr, start)?;
                    continue;
                }
                // `2. \cdot 10`: a point without digits after it.
                TokenKind::Period if matches!(&expr.kind, Kind::Number(_)) && self.ends_after_point() => {
                    self.advance();
                    continue;
                }
                TokenKind::Period if self.notation == Notation::Plain => {
                    expr = self.member(expr, start)?;
                    continue;
                }
                TokenKind::Vulgar(..) if matches!(&expr.kind, Kind::Number(whole) if whole.is_integer()) => {
                    let fraction = self.atom()?;
                    let span = self.since(start);
                    let sum = Kind::Binary(Binary::Add, Box::new(expr), Box::new(fraction));
                    expr = Expr::new(Kind::Unary(Unary::Group, Box::new(Expr::new(sum, span))), span);
                    continue;
                }
                TokenKind::Underscore if matches!(expr.kind, Kind::Number(_)) => {
                    expr = self.numeral(expr)?;
                    continue;
                }
                // `1.5\times` at the end: that many times as much.
                TokenKind::Times if self.look(1).kind == TokenKind::Eof && is_quantity(&expr) => {
                    self.advance();
                    return Ok(Expr::new(Kind::Unit(Box::new(expr), "×".to_owned()), self.since(start)));
                }
                // `(A^{-1})_{12}`, `\text{softmax}(z)_2`.
                TokenKind::Underscore if self.may_be_indexed(&expr) => {
                    self.advance();
                    let lowered = self.error_here("this is no index");
                    let indices = self.index_expressions().ok_or(lowered)?;
                    expr = Expr::new(Kind::Index(Box::new(grouped(expr)), indices), self.since(start));
                    continue;
                }
                // `4\,\Omega`
                TokenKind::Command("Omega") if is_quantity(&expr) && self.kind("Omega").is_none() => {
                    expr = self.ohms(expr, start);
                    continue;
                }
                // `3 \mu\text{m}`
                TokenKind::Command("mu")
                    if is_quantity(&expr) && self.kind("mu").is_none() && self.is_prefixed_unit() =>
                {
                    self.advance();
                    let TokenKind::Text(unit) = self.peek().kind else { return Err(self.unexpected()) };
                    expr = self.quantity(expr, unit, start)?;
                    if let Kind::Unit(_, unit) = &mut expr.kind {
                        unit.insert(0, 'μ');
                    }
                    continue;
                }
                TokenKind::Command("frac") if is_quantity(&expr) && self.unit_fraction().is_some() => {
                    expr = self.quotient_unit(expr, start);
                    continue;
                }
                TokenKind::Currency(sign)
                    if is_quantity(&expr) && !matches!(self.look(1).kind, TokenKind::Number(_)) =>
                {
                    expr = self.amount_before(expr, sign, start)?;
                    continue;
                }
                TokenKind::Slash if matches!(expr.kind, Kind::Number(_)) => {
                    return Ok(self.for_each_unit(&expr, start)?.unwrap_or(expr));
                }
                TokenKind::Text(letter @ ("e" | "E")) if self.exponent_follows(&expr) => {
                    expr = self.upright_exponent(&expr, letter, start)?;
                    continue;
                }
                TokenKind::Text("e" | "E")
                    if matches!(expr.kind, Kind::Number(_))
                        && matches!(self.look(1).kind, TokenKind::Plus | TokenKind::Minus)
                        && matches!(self.look(2).kind, TokenKind::Number(_)) =>
                {
                    let error =
                        self.error_here("an upright e before a sign can be e-notation or Euler's number");
                    return Err(error.ambiguous().help("write `\\times 10^{…}` or `\\cdot e`"));
                }
                TokenKind::Text(unit)
                    if is_quantity(&expr) && self.is_unit(unit) && !self.at_differential() =>
                {
                    expr = self.quantity(expr, unit, start)?;
                    continue;
                }
                TokenKind::Text(unit) if matches!(expr.kind, Kind::Number(_)) => {
                    self.check_unit(unit)?;
                    return Ok(expr);
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
            T::Open(Bracket::Brace) if self.look(1).kind == T::Close(Bracket::Brace) => {
                matches!(self.look(2).kind, T::Caret | T::Underscore)
            }
            T::Number(_) | T::Begin(_) | T::Quoted(_) | T::Vulgar(..) => true,
            T::Text(text) if self.in_cases && self.joins_conditions(text) => false,
            T::Word(_) | T::Text(_) => !self.at_differential(),
            T::Command(
                "bmod" | "mod" | "pmod" | "over" | "choose" | "atop" | "of" | "cup" | "cap" | "setminus",
            ) => false,
            T::Command("partial") => true,
            T::Command(_) => !self.at_differential(),
            T::Open(Bracket::Brace) => !self.at_unseen_sign(),
            T::Open(_) => true,
            T::Bar | T::DoubleBar => self.bars == 0 && !self.at_evaluation_bar(),
            _ => false,
        }
    }
}

fn binary(operator: Binary, lhs: Expr, rhs: Expr) -> Expr {
    let span = lhs.span.join(rhs.span);
    Expr::new(Kind::Binary(operator, Box::new(lhs), Box::new(rhs)), span)
}
