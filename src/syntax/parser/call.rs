//! Built-in functions applied: with brackets, or without to the product that follows.

use super::{Parser, Result, binary};
use crate::syntax::expr::{Binary, Expr, Fold, Kind, Product, Unary};
use crate::syntax::function::Builtin;
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    /// The function has been read: its subscript, power and argument follow.
    pub(super) fn function(&mut self, builtin: Builtin, start: u32) -> Result<Expr> {
        let mut subscript = None;
        let mut power = None;
        loop {
            match self.peek().kind {
                TokenKind::Underscore if matches!(builtin, Builtin::Max | Builtin::Min) => {
                    let fold = if builtin == Builtin::Max { Fold::Max } else { Fold::Min };
                    return self.fold_over(fold, start);
                }
                TokenKind::Underscore if subscript.is_none() => {
                    self.advance();
                    subscript = Some(self.script()?);
                }
                TokenKind::Caret if power.is_none() => {
                    self.advance();
                    power = Some(self.script()?);
                }
                _ => break,
            }
        }
        let mut args = self.arguments(builtin)?;
        if let Some(base) = subscript {
            if builtin != Builtin::Log {
                let message = format!("a subscript of `{}` has no meaning here", builtin.name());
                return Err(self.error_at(base.span, message).unsupported());
            }
            args.push(base);
        }
        let (least, most) = builtin.arity();
        if !(least..=most).contains(&args.len()) {
            let count = args.len();
            let message =
                format!("`{}` takes {}, not {count}", builtin.name(), arguments_in_words(least, most));
            return Err(self.error_at(self.since(start), message));
        }
        self.raised(builtin, args, power, start)
    }

    /// `\sin^2 x`, `\sin^{-1} x`.
    fn raised(&mut self, builtin: Builtin, args: Vec<Expr>, power: Option<Expr>, start: u32) -> Result<Expr> {
        let span = self.since(start);
        let Some(power) = power else { return Ok(Expr::new(Kind::Call(builtin, args), span)) };
        if is_minus_one(&power) {
            return match inverse(builtin) {
                Some(inverse) => Ok(Expr::new(Kind::Call(inverse, args), span)),
                None => {
                    let name = builtin.name();
                    let message = format!("`{name}` to the power −1 can mean its inverse or its reciprocal");
                    Err(self.error_at(span, message).ambiguous())
                }
            };
        }
        let call = Expr::new(Kind::Call(builtin, args), span);
        Ok(Expr::new(Kind::Binary(Binary::Power, Box::new(call), Box::new(power)), span))
    }

    /// Bracketed arguments, or the product up to the next function.
    fn arguments(&mut self, builtin: Builtin) -> Result<Vec<Expr>> {
        match self.peek().kind {
            TokenKind::Open(bracket @ (Bracket::Round | Bracket::Square)) => {
                self.advance();
                let (bars, integrals) = (std::mem::take(&mut self.bars), std::mem::take(&mut self.integrals));
                let items = self.nested(|parser| parser.list_items(bracket));
                (self.bars, self.integrals) = (bars, integrals);
                items
            }
            TokenKind::Open(Bracket::Brace) if self.look(1).kind == TokenKind::Open(Bracket::Round) => {
                Ok(vec![self.bracketed(Bracket::Brace)?])
            }
            TokenKind::Eof => {
                let message = format!("`{}` has no argument", builtin.name());
                Err(self.error_here(message))
            }
            _ => Ok(vec![self.bare_argument()?]),
        }
    }

    /// `2x` of `\sin 2x \cos y`; a sign may lead.
    fn bare_argument(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        if self.eat(TokenKind::Minus) {
            let inner = self.nested(|parser| parser.bare_argument())?;
            return Ok(Expr::new(Kind::Unary(Unary::Negate, Box::new(inner)), self.since(start)));
        }
        let mut expr = self.nested(|parser| parser.power())?;
        let mut factors = 1;
        while self.at_factor() && !self.at_function() {
            self.count(&mut factors)?;
            let rhs = self.power()?;
            expr = binary(Binary::Multiply(Product::Implicit), expr, rhs);
        }
        Ok(expr)
    }

    fn at_function(&self) -> bool {
        match self.peek().kind {
            TokenKind::Command(command) => {
                crate::syntax::latex::function(command).is_some()
                    || matches!(command, "sum" | "prod" | "int" | "lim" | "nabla")
            }
            TokenKind::Text(word) => self.builtin(word.trim()).is_some(),
            TokenKind::Word(word) => {
                self.builtin(word).is_some() && self.look(1).kind == TokenKind::Open(Bracket::Round)
            }
            _ => false,
        }
    }
}

fn arguments_in_words(least: usize, most: usize) -> String {
    match (least, most) {
        (1, 1) => "one argument".to_owned(),
        (least, most) if least == most => format!("{least} arguments"),
        (least, 64) => format!("{least} or more arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    }
}

fn is_minus_one(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Unary(Unary::Negate, inner) => matches!(&inner.kind, Kind::Number(one) if one.digits == "1"),
        _ => false,
    }
}

/// The function that undoes `builtin`, where `f^{-1}` is written for it.
fn inverse(builtin: Builtin) -> Option<Builtin> {
    Some(match builtin {
        Builtin::Sin => Builtin::Arcsin,
        Builtin::Cos => Builtin::Arccos,
        Builtin::Tan => Builtin::Arctan,
        Builtin::Cot => Builtin::Arccot,
        Builtin::Sec => Builtin::Arcsec,
        Builtin::Csc => Builtin::Arccsc,
        Builtin::Sinh => Builtin::Arsinh,
        Builtin::Cosh => Builtin::Arcosh,
        Builtin::Tanh => Builtin::Artanh,
        _ => return None,
    })
}
