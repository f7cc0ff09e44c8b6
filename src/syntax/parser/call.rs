//! Built-in functions applied: with brackets, or without to the product that follows.

use super::commas::Content;
use super::{Parser, Result, binary, conditional};
use crate::scan::LogBase;
use crate::syntax::expr::{Binary, Expr, Fold, Kind, Product, Unary};
use crate::syntax::function::Builtin;
use crate::syntax::name::Name;
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    /// The function has been read: its subscript, power and argument follow.
    pub(super) fn function(&mut self, builtin: Builtin, start: u32) -> Result<Expr> {
        let averages = builtin.is_average();
        if averages && let Some(whole) = self.known_average(builtin, start)? {
            return Ok(whole);
        }
        let mut over = Vec::new();
        let mut subscript = None;
        let mut power = None;
        let mut primes = 0;
        loop {
            if let Some(more) = self.primes() {
                primes += more;
                continue;
            }
            match self.peek().kind {
                TokenKind::Underscore if matches!(builtin, Builtin::Max | Builtin::Min) => {
                    let fold = if builtin == Builtin::Max { Fold::Max } else { Fold::Min };
                    return self.fold_over(fold, start);
                }
                TokenKind::Underscore if averages && over.is_empty() => {
                    self.advance();
                    over = self.averaged_names()?;
                }
                TokenKind::Underscore if subscript.is_none() => {
                    self.advance();
                    subscript = Some(self.script()?);
                }
                TokenKind::Caret if power.is_none() => {
                    self.advance();
                    self.check_order()?;
                    power = Some(self.script()?);
                }
                TokenKind::Raised(text) if power.is_none() => power = Some(self.raised_power(text)?),
                _ => break,
            }
        }
        if let (true, TokenKind::Open(bracket @ (Bracket::Round | Bracket::Square))) =
            (averages, self.peek().kind)
            && over.is_empty()
            && let Some(conditioned) = self.conditioned(builtin, bracket, start)?
        {
            return Ok(conditioned);
        }
        let braced = self.peek().kind == TokenKind::Open(Bracket::Brace);
        let mut args = self.arguments(builtin)?;
        // `\gcd{a}{b}`: print shows no two arguments.
        if braced && self.peek().kind == TokenKind::Open(Bracket::Brace) {
            return Err(self.script_after_braces());
        }
        if builtin == Builtin::Probability && args.len() > 1 {
            let span = self.since(start);
            return self.joint(&args, conditional::one(span), span);
        }
        if let Some(base) = subscript {
            if builtin != Builtin::Log {
                let message = format!("a subscript of `{}` has no meaning here", builtin.name());
                return Err(self.error_at(base.span, message).unsupported());
            }
            args.push(base);
        }
        let mut args = self.with_angles(builtin, args)?;
        let (least, most) = builtin.arity();
        if !(least..=most).contains(&args.len()) {
            let count = args.len();
            let message =
                format!("`{}` takes {}, not {count}", builtin.name(), arguments_in_words(least, most));
            return Err(self.error_at(self.since(start), message));
        }
        args.extend(over);
        let builtin = match builtin {
            Builtin::Log if args.len() == 1 => self.lexicon.log().map_or(builtin, logarithm),
            other => other,
        };
        if primes > 0 {
            return self.primed(builtin, args, (primes, power), start);
        }
        self.raised(builtin, args, power, start)
    }

    /// `\tanh'(x)`: the derivative of the function where its argument is this.
    fn primed(
        &mut self,
        builtin: Builtin,
        args: Vec<Expr>,
        (order, power): (u32, Option<Expr>),
        start: u32,
    ) -> Result<Expr> {
        let span = self.since(start);
        let [argument] = <[Expr; 1]>::try_from(args).map_err(|_| {
            self.error_at(span, format!("`{}'` has more than one argument", builtin.name())).unsupported()
        })?;
        if power.is_some() {
            let error = self.error_at(span, "a derivative to a power needs brackets around it");
            return Err(error.help("write `(f'(x))^2`"));
        }
        // No page can have a name that is spelt so.
        let variable = Name::new("'");
        let body = Expr::new(Kind::Call(builtin, vec![Expr::new(Kind::Name(variable.clone()), span)]), span);
        let variables = vec![(variable.clone(), span); order as usize];
        let derivative = Kind::Derivative { partial: false, body: Box::new(body), variables };
        let body = Box::new(Expr::new(derivative, span));
        Ok(Expr::new(Kind::At { body, upper: vec![(variable, argument)], lower: Vec::new() }, span))
    }

    /// The names below an expectation: `E_z`, `E_{x, y}`.
    fn averaged_names(&mut self) -> Result<Vec<Expr>> {
        let mut names = Vec::new();
        let braced = self.eat(TokenKind::Open(Bracket::Brace));
        loop {
            let start = self.peek().start;
            let name = if braced { self.spelled_name()? } else { Name::new(&self.script_text()?) };
            names.push(Expr::new(Kind::Name(name), self.since(start)));
            if !braced || self.eat(TokenKind::Close(Bracket::Brace)) {
                return Ok(names);
            }
            self.expect(TokenKind::Comma, "`,` or `}`")?;
        }
    }

    /// Whether brackets follow at token `ahead`, or a subscript and then brackets: `E[…]`, `E_z[…]`.
    pub(super) fn average_follows(&self, ahead: usize) -> bool {
        let bracket =
            |at: usize| matches!(self.look(at).kind, TokenKind::Open(Bracket::Round | Bracket::Square));
        if self.look(ahead).kind != TokenKind::Underscore {
            return bracket(ahead);
        }
        if self.look(ahead + 1).kind != TokenKind::Open(Bracket::Brace) {
            return bracket(ahead + 2);
        }
        self.close_of(ahead + 1).is_some_and(|close| bracket(close + 1))
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

    /// `\sin^{(2)}`: a power or the second derivative?
    fn check_order(&self) -> Result<()> {
        use TokenKind as T;
        let opens =
            self.peek().kind == T::Open(Bracket::Brace) && self.look(1).kind == T::Open(Bracket::Round);
        if opens && matches!(self.look(2).kind, T::Number(_)) && self.look(3).kind == T::Close(Bracket::Round)
        {
            let error =
                self.error_here("a number in brackets above a function can be a power or count derivatives");
            return Err(error
                .ambiguous()
                .help("write the power without brackets, or the derivative with primes"));
        }
        Ok(())
    }

    /// Bracketed arguments, or the product up to the next function.
    fn arguments(&mut self, builtin: Builtin) -> Result<Vec<Expr>> {
        let takes_list = builtin.arity().1 > 2;
        match self.peek().kind {
            TokenKind::Open(bracket @ (Bracket::Round | Bracket::Square)) => {
                self.bracketed_arguments(builtin, bracket)
            }
            TokenKind::Open(bracket @ (Bracket::Brace | Bracket::Curly)) if takes_list => {
                self.bracketed_arguments(builtin, bracket)
            }
            TokenKind::Open(Bracket::Brace) if self.look(1).kind == TokenKind::Open(Bracket::Round) => {
                let argument = self.bracketed(Bracket::Brace)?;
                match self.peek().kind {
                    TokenKind::Caret | TokenKind::Raised(_) => Err(self.script_after_braces()),
                    _ => Ok(vec![argument]),
                }
            }
            TokenKind::Open(Bracket::Brace) => Ok(vec![self.braced_argument()?]),
            TokenKind::Eof => {
                let message = format!("`{}` has no argument", builtin.name());
                Err(self.error_here(message))
            }
            _ => Ok(vec![self.bare_argument()?]),
        }
    }

    fn bracketed_arguments(&mut self, builtin: Builtin, bracket: Bracket) -> Result<Vec<Expr>> {
        self.advance();
        let (bars, integrals) = (std::mem::take(&mut self.bars), std::mem::take(&mut self.integrals));
        let items = self.argument_list(Content::of(builtin), bracket);
        (self.bars, self.integrals) = (bars, integrals);
        let items = items?;
        let is_number = matches!(items.as_slice(), [only] if matches!(only.kind, Kind::Number(_)));
        if bracket == Bracket::Square && is_number && self.peek().kind == TokenKind::Open(Bracket::Round) {
            let error = self.error_here("a number in square brackets can be the argument here, or a power");
            return Err(error
                .ambiguous()
                .help("write `f^2(x)` for a power, and brackets around all that is the argument"));
        }
        Ok(items)
    }

    /// `\sin{x}`: in print the same as `\sin x`, so nothing may follow that could belong to the argument.
    fn braced_argument(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let mut argument = self.bracketed(Bracket::Brace)?;
        // `\sin{30}^\circ`: of a sine there are no degrees.
        if matches!(argument.kind, Kind::Number(_)) && self.at_degree_sign() {
            argument = self.powers(argument, start)?;
        }
        let follows = matches!(
            self.peek().kind,
            TokenKind::Caret
                | TokenKind::Raised(_)
                | TokenKind::Bang
                | TokenKind::Number(_)
                | TokenKind::Word(_)
                | TokenKind::Command(_)
                | TokenKind::Open(Bracket::Round | Bracket::Square)
        );
        // What is seen to be one thing, such as a fraction, needs no brackets.
        let closed =
            !matches!(argument.kind, Kind::Number(_) | Kind::Name(_) | Kind::Binary(..) | Kind::Unary(..))
                || matches!(argument.kind, Kind::Binary(Binary::Divide, ..));
        if follows && !closed && (self.at_factor() || !self.is_factor_token()) && !self.at_function() {
            return Err(self.script_after_braces());
        }
        self.bare_end = Some(self.at.token);
        Ok(argument)
    }

    /// `^\circ` or `^{\circ}`.
    fn at_degree_sign(&self) -> bool {
        let braced = usize::from(self.look(1).kind == TokenKind::Open(Bracket::Brace));
        self.peek().kind == TokenKind::Caret
            && matches!(self.look(1 + braced).kind, TokenKind::Elementwise | TokenKind::Degree)
            && (braced == 0 || self.look(3).kind == TokenKind::Close(Bracket::Brace))
    }

    /// Whether a factor, rather than a script or mark of the one before, begins here.
    fn is_factor_token(&self) -> bool {
        !matches!(self.peek().kind, TokenKind::Caret | TokenKind::Raised(_) | TokenKind::Bang)
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
            if matches!(self.peek().kind, TokenKind::Open(Bracket::Round | Bracket::Square)) {
                return Err(self.bracket_after_argument(&expr));
            }
            self.count(&mut factors)?;
            let rhs = self.power()?;
            self.check_neighbours(&expr, &rhs)?;
            expr = binary(Binary::Multiply(Product::Implicit), expr, rhs);
        }
        self.bare_end = Some(self.at.token);
        Ok(expr)
    }

    pub(super) fn at_function(&self) -> bool {
        match self.peek().kind {
            TokenKind::Command(command) => {
                crate::syntax::latex::function(command).is_some()
                    || matches!(command, "sum" | "prod" | "int" | "lim" | "nabla")
            }
            TokenKind::Text(word) => {
                self.builtin(word.trim()).or_else(|| self.hyperbolic(word.trim())).is_some()
            }
            TokenKind::Word(word) => {
                self.builtin(word).is_some() && self.look(1).kind == TokenKind::Open(Bracket::Round)
            }
            _ => false,
        }
    }
}

/// What a logarithm without a base is where that base is meant.
fn logarithm(base: LogBase) -> Builtin {
    match base {
        LogBase::E => Builtin::Ln,
        LogBase::Two => Builtin::Lb,
        LogBase::Ten => Builtin::Lg,
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
        Builtin::Coth => Builtin::Arcoth,
        Builtin::Sech => Builtin::Arsech,
        Builtin::Csch => Builtin::Arcsch,
        _ => return None,
    })
}
