//! Commands: fractions, roots, binomials, large operators, and letters.

use super::{Parser, Result};
use crate::syntax::NameKind;
use crate::syntax::expr::{Binary, Expr, Kind, Unary};
use crate::syntax::function::Builtin;
use crate::syntax::latex;
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    pub(super) fn command(&mut self, command: &str) -> Result<Expr> {
        let start = self.peek().start;
        if let Some(builtin) = latex::function(command).and_then(Builtin::named) {
            self.advance();
            return self.function(builtin, start);
        }
        if let Some(builtin) = self.blackboard_average(command) {
            return self.function(builtin, start);
        }
        match command {
            "frac" => self.fraction(),
            "sqrt" | "cbrt" if !self.text[start as usize..].starts_with('\\') => self.root_sign(command),
            "sqrt" => self.root(),
            "surd" => self.root_sign("sqrt"),
            "root" => self.root_of(),
            "dv" | "pdv" => self.short_derivative(command == "pdv"),
            "partial" if self.look(1).kind == TokenKind::Underscore => self.partial_by_subscript(),
            "#" => self.cardinality(),
            "overline" if self.conjugates() => {
                self.advance();
                self.script()
            }
            "abs" | "norm" | "floor" | "ceil" => self.braced_function(command),
            "cancel" => {
                let message =
                    "a number raised beside one that is struck out can take its place, or be its power";
                let help = "write `\\cancelto{1}{2}` or `{}^1\\cancel{2}` for a number that takes its place";
                Err(self.error_here(message).ambiguous().help(help))
            }
            "cancelto" => {
                let error =
                    self.error_here("`\\cancelto` shows two values, the one that is struck out and another");
                Err(error
                    .ambiguous()
                    .help("write the one that is meant, or `\\cancel` around a factor that goes"))
            }
            "Gamma" | "Phi" if self.kind(command).is_none() && self.is_applied() => {
                if let Some(known) = self.attempt(|parser| {
                    parser.advance();
                    parser.known_call(command, start)
                })? {
                    return Ok(known);
                }
                self.advance();
                self.function(if command == "Phi" { Builtin::NormalCdf } else { Builtin::Gamma }, start)
            }
            "binom" => {
                self.advance();
                let above = self.script()?;
                self.choice(above, start)
            }
            "sum" | "prod" => self.fold(command),
            "int" => self.integral(),
            "lim" => self.limit(),
            "nabla" => self.gradient(),
            "emptyset" => {
                self.advance();
                Ok(Expr::new(Kind::List(Vec::new()), self.since(start)))
            }
            "infty" => {
                self.advance();
                Ok(Expr::new(Kind::Infinity, self.since(start)))
            }
            "underbrace" | "overbrace" => self.braced_over(),
            _ => self.name(),
        }
    }

    /// `\root 3 \of 8`.
    fn root_of(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let degree = self.nested(|parser| parser.expression())?;
        self.expect(TokenKind::Command("of"), "`\\of`")?;
        let inner = self.script()?;
        Ok(Expr::new(Kind::Call(Builtin::Root, vec![inner, degree]), self.since(start)))
    }

    /// `\#\{1, 2\}`: how many different elements a set has.
    fn cardinality(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        if self.peek().kind != TokenKind::Open(Bracket::Curly) {
            return Err(self.unexpected());
        }
        let set = self.bracketed(Bracket::Curly)?;
        let kind = self.between_bars(set, true)?;
        Ok(Expr::new(kind, self.since(start)))
    }

    /// Whether `\overline` stands here over a number that is known, whose conjugate is the number, and the page has no name
    /// that is written like that. A list could have a mean.
    fn conjugates(&self) -> bool {
        // `0.5\overline{x}` is meant to have digits that repeat.
        let before = self.at.token.checked_sub(1).map(|before| self.tokens[before].kind);
        if matches!(before, Some(TokenKind::Number(_))) {
            return false;
        }
        let mut inner = 1;
        let mut braces = 0;
        let mut name = String::new();
        loop {
            let braced = usize::from(self.look(inner).kind == TokenKind::Open(Bracket::Brace));
            (inner, braces) = (inner + braced + 1, braces + braced);
            match self.look(inner - 1).kind {
                TokenKind::Command("overline") => {}
                TokenKind::Word(letter) if letter.len() == 1 => {
                    letter.clone_into(&mut name);
                    break;
                }
                TokenKind::Command(command) => {
                    latex::greek(command).unwrap_or_default().clone_into(&mut name);
                    break;
                }
                _ => break,
            }
        }
        let closed = (0..braces).all(|at| self.look(inner + at).kind == TokenKind::Close(Bracket::Brace));
        let goes_on = matches!(self.look(inner + braces).kind, TokenKind::Underscore | TokenKind::Prime(_));
        closed
            && !goes_on
            && self.kind(&name) == Some(NameKind::Number)
            && self.kind(&format!("bar({name})")).is_none()
    }

    /// After the upper number of a binomial coefficient the lower one; several, `\binom{8}{3,2,3}`, make it multinomial.
    fn choice(&mut self, above: Expr, start: u32) -> Result<Expr> {
        let mut args = vec![above];
        if self.separates(Bracket::Brace) {
            self.advance();
            args.extend(self.nested(|parser| parser.list_items(Bracket::Brace))?);
        } else {
            args.push(self.script()?);
        }
        let builtin = if args.len() > 2 { Builtin::Multinomial } else { Builtin::Binomial };
        Ok(Expr::new(Kind::Call(builtin, args), self.since(start)))
    }

    /// Whether such a bracket opens here and commas separate what is in it.
    fn separates(&self, bracket: Bracket) -> bool {
        self.peek().kind == TokenKind::Open(bracket)
            && self.in_the_open(1).any(|(_, token)| token.kind == TokenKind::Comma)
    }

    /// `\abs{x}` and its kin take their argument in braces or brackets.
    fn braced_function(&mut self, command: &str) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let inner = match self.peek().kind {
            TokenKind::Open(Bracket::Round) => self.bracketed(Bracket::Round)?,
            _ => self.script()?,
        };
        let kind = match command {
            "norm" => return self.norm(inner, start),
            "floor" | "ceil" if matches!(inner.kind, Kind::List(_)) => {
                let message = format!("`{command}` takes one argument");
                return Err(self.error_at(inner.span, message).help("group digits as `1{,}000`"));
            }
            "floor" => Kind::Call(Builtin::Floor, vec![inner]),
            "ceil" => Kind::Call(Builtin::Ceil, vec![inner]),
            _ => Kind::Unary(Unary::Bars, Box::new(inner)),
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// `√2`, `√(x + 1)`: a root sign that is one character has no bar to show how far it goes.
    fn root_sign(&mut self, command: &str) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let inner = self.nested(|parser| parser.atom())?;
        let next = self.peek();
        if matches!(inner.kind, Kind::Number(_)) && !next.spaced && matches!(next.kind, TokenKind::Word(_)) {
            let error = self.error_here("how far this root goes is not clear");
            return Err(error.ambiguous().help("write brackets after the root sign"));
        }
        let builtin = if command == "sqrt" { Builtin::Sqrt } else { Builtin::Cbrt };
        Ok(Expr::new(Kind::Call(builtin, vec![inner]), self.since(start)))
    }

    /// `\mathbb{E}` and `\mathbb{P}` before brackets, which are read here.
    pub(super) fn blackboard_average(&mut self, command: &str) -> Option<Builtin> {
        if !matches!(command, "mathbb" | "mathbf") {
            return None;
        }
        let braced = self.look(1).kind == TokenKind::Open(Bracket::Brace);
        let (letter, length) = if braced { (self.look(2).kind, 4) } else { (self.look(1).kind, 2) };
        let TokenKind::Word(letter @ ("E" | "P" | "V")) = letter else { return None };
        let font = if command == "mathbb" { "bb" } else { "bold" };
        let defined = self.kind(&format!("{font}({letter})")).is_some();
        if defined || !self.average_follows(length) {
            return None;
        }
        (0..length).for_each(|_| self.advance());
        Builtin::named(if letter == "V" { "Var" } else { letter })
    }

    /// Whether brackets follow the letter here, or primes and then brackets.
    fn is_applied(&self) -> bool {
        let primed = usize::from(matches!(self.look(1).kind, TokenKind::Prime(_)));
        self.look(1 + primed).kind == TokenKind::Open(Bracket::Round)
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
        let top = match self.integrand_above()? {
            Some(top) => top,
            None => {
                if let Some(derivative) = self.leibniz()? {
                    return Ok(derivative);
                }
                self.advance();
                self.script()?
            }
        };
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
}
