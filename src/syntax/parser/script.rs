//! What stands raised: powers, transposes, degrees, ordinals, and scripts that say nothing.

use super::{Parser, Result, binary};
use crate::syntax::expr::{Binary, Condition, Expr, Fold, Kind, Over, Range, Relation, Unary};
use crate::syntax::name::Name;
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{NameKind, Notation, unicode};

impl Parser<'_, '_> {
    /// `x²`, `A⁻¹`, `Aᵀ`.
    pub(super) fn raised_sign(&mut self, base: Expr, text: &str) -> Result<Expr> {
        let start = self.peek().start;
        if text == "\u{1d40}" {
            self.advance();
            let span = base.span.join(self.since(start));
            return Ok(Expr::new(Kind::Unary(Unary::Transpose, Box::new(base)), span));
        }
        let exponent = self.raised_power(text)?;
        Ok(binary(Binary::Power, base, exponent))
    }

    /// The exponent that raised characters spell.
    pub(super) fn raised_power(&mut self, text: &str) -> Result<Expr> {
        let start = self.peek().start;
        let spelled: String = text.chars().filter_map(unicode::raised).collect();
        let (negative, digits) = match spelled.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, spelled.as_str()),
        };
        let kind = match Literal::new(text, digits.to_owned(), 0) {
            _ if digits == "n" => Kind::Name(Name::new("n")),
            Some(literal) if digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() => {
                Kind::Number(literal)
            }
            _ => return Err(self.error_here(format!("`{text}` is no exponent"))),
        };
        self.advance();
        let exponent = Expr::new(kind, self.since(start));
        Ok(if negative {
            let span = exponent.span;
            Expr::new(Kind::Unary(Unary::Negate, Box::new(exponent)), span)
        } else {
            exponent
        })
    }

    /// `^{}` and `_{}` say nothing.
    pub(super) fn skip_empty_scripts(&mut self) {
        while matches!(self.peek().kind, TokenKind::Caret | TokenKind::Underscore)
            && self.look(1).kind == TokenKind::Open(Bracket::Brace)
            && self.look(2).kind == TokenKind::Close(Bracket::Brace)
        {
            (0..3).for_each(|_| self.advance());
        }
    }

    /// `{}` between factors says nothing, unless it carries a script.
    pub(super) fn skip_empty_groups(&mut self) {
        while self.peek().kind == TokenKind::Open(Bracket::Brace)
            && self.look(1).kind == TokenKind::Close(Bracket::Brace)
            && !matches!(self.look(2).kind, TokenKind::Caret | TokenKind::Underscore)
        {
            (0..2).for_each(|_| self.advance());
        }
    }

    /// `25\,{}^\circ\text{C}`: an empty group that carries a degree sign stands for nothing.
    pub(super) fn skip_group_before_degrees(&mut self) {
        let is = |ahead: usize, kind: TokenKind<'_>| self.look(ahead).kind == kind;
        let braced = usize::from(is(3, TokenKind::Open(Bracket::Brace)));
        if is(0, TokenKind::Open(Bracket::Brace))
            && is(1, TokenKind::Close(Bracket::Brace))
            && is(2, TokenKind::Caret)
            && matches!(self.look(3 + braced).kind, TokenKind::Elementwise | TokenKind::Degree)
        {
            (0..2).for_each(|_| self.advance());
        }
    }

    /// What stands raised after `base`: a power, a transpose, a degree sign.
    pub(super) fn superscript(&mut self, base: Expr, start: u32) -> Result<Expr> {
        if let Some(unary) = self.raised_mark(&base) {
            let mut base = base;
            if unary == Unary::Degrees {
                self.check_degrees(&base)?;
                if let Some(temperature) = self.temperature(&base, start)? {
                    return Ok(temperature);
                }
                base = self.minutes_of_arc(base, start)?;
            }
            // `(3, 7)^T` is set in a row to be a column; before a factor it is a row.
            let is_row = matches!(base.kind, Kind::List(_));
            let multiplied =
                self.at_factor() || matches!(self.peek().kind, TokenKind::Dot | TokenKind::Caret);
            if unary == Unary::Transpose && is_row && !multiplied {
                return Ok(Expr { span: self.since(start), ..base });
            }
            return Ok(Expr::new(Kind::Unary(unary, Box::new(base)), self.since(start)));
        }
        if self.ordinal(&base) {
            return Ok(base.at(self.since(start)));
        }
        if let Some((rises, count)) = self.lined_exponent()? {
            return Ok(self.factorial_power(rises, base, count, start));
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

    /// `^{\underline{k}}` and `^{\overline{k}}`: whether the power rises, and how many factors it has.
    fn lined_exponent(&mut self) -> Result<Option<(bool, Expr)>> {
        self.attempt(|parser| {
            let mut braces = 0;
            while parser.eat(TokenKind::Open(Bracket::Brace)) {
                braces += 1;
            }
            let rises = match parser.peek().kind {
                TokenKind::Command("underline") => false,
                TokenKind::Command("overline") => true,
                _ => return Ok(None),
            };
            parser.advance();
            let count = parser.script()?;
            let closed = (0..braces).all(|_| parser.eat(TokenKind::Close(Bracket::Brace)));
            Ok(closed.then_some((rises, count)))
        })
    }

    /// The product of `count` factors that begin with `base` and rise or fall by one (Graham, Knuth, Patashnik, *Concrete
    /// Mathematics*, section 2.6).
    fn factorial_power(&self, rises: bool, base: Expr, count: Expr, start: u32) -> Expr {
        let span = self.since(start);
        let variable = Name::new("…k");
        let index = Expr::new(Kind::Name(variable.clone()), span);
        let literal = |literal| Expr::new(Kind::Number(literal), span);
        let last = binary(Binary::Subtract, count.clone(), literal(Literal::one()));
        let over = Over::Interval(Box::new(literal(Literal::zero())), Box::new(last));
        let step = if rises { Binary::Add } else { Binary::Subtract };
        let body = Box::new(binary(step, base, index));
        let ranges = vec![Range { variable, over, conditions: Vec::new() }];
        let product = Expr::new(Kind::Fold { fold: Fold::Product, ranges, body }, span);
        // With fewer than none it is a fraction, which nobody writes like this.
        let some = Condition {
            members: vec![count, literal(Literal::zero())],
            relations: vec![Relation::GreaterEqual],
        };
        Expr::new(Kind::Cases(vec![(product, vec![vec![some]])]), span)
    }

    pub(super) fn signed_power(&mut self) -> Result<Expr> {
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
    pub(super) fn raised_mark(&mut self, base: &Expr) -> Option<Unary> {
        let before = self.at;
        // `^{\mathsf{T}}`
        let braces = (0..2).take_while(|_| self.eat(TokenKind::Open(Bracket::Brace))).count();
        let braced = braces > 0;
        let unary = match self.peek().kind {
            // `\circ` raised is a degree sign, in line an elementwise product.
            TokenKind::Elementwise | TokenKind::Degree => Some(Unary::Degrees),
            // Without braces TeX raises one letter: `A^TA`.
            TokenKind::Word(word)
                if self.is_list(base)
                    && (word == "T"
                        || !braced && self.notation == Notation::Latex && word.starts_with('T')) =>
            {
                Some(Unary::Transpose)
            }
            TokenKind::Text("T") | TokenKind::Command("top") if self.is_list(base) => Some(Unary::Transpose),
            _ => None,
        };
        if unary.is_some() {
            match self.peek().kind {
                TokenKind::Word(_) => self.advance_by(1),
                _ => self.advance(),
            }
            if (0..braces).all(|_| self.eat(TokenKind::Close(Bracket::Brace))) {
                return unary;
            }
        }
        self.at = before;
        None
    }

    /// `13^{\text{th}}` is 13.
    pub(super) fn ordinal(&mut self, base: &Expr) -> bool {
        let before = self.at;
        let braced = self.eat(TokenKind::Open(Bracket::Brace));
        let suffix = match self.peek().kind {
            TokenKind::Text(text) => matches!(text.trim().to_lowercase().as_str(), "st" | "nd" | "rd" | "th"),
            TokenKind::Word(word) => {
                let letters = || (0..word.len()).any(|at| self.kind(&word[at..=at]).is_some());
                braced && matches!(word, "st" | "nd" | "rd" | "th") && !letters()
            }
            _ => false,
        };
        if suffix && matches!(&base.kind, Kind::Number(number) if number.is_integer()) {
            self.advance();
            if !braced || self.eat(TokenKind::Close(Bracket::Brace)) {
                return true;
            }
        }
        self.at = before;
        false
    }

    pub(super) fn is_list(&self, expr: &Expr) -> bool {
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
}
