//! Derivatives in Leibniz's notation: `\frac{dy}{dx}`, `\frac{d}{dx} …`, `\frac{\partial^2 f}{\partial x \partial y}`,
//! and in plain notation `dy/dx`.

use super::commas::Content;
use super::{Cursor, Parser, Result};
use crate::source::Span;
use crate::syntax::expr::{Expr, Kind};
use crate::syntax::latex;
use crate::syntax::name::Name;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{Lexicon, Notation, SyntaxError};

impl<'t> Parser<'_, 't> {
    /// At `\frac`: the derivative, if numerator and denominator both begin with `d` or `\partial`.
    pub(super) fn leibniz(&mut self) -> Result<Option<Expr>> {
        let start = self.peek().start;
        self.check_differential_by_name()?;
        if self.look(1).kind == TokenKind::Word("d") && self.kind("d").is_none() {
            return self.attempt(|parser| {
                parser.advance();
                parser.advance();
                parser.derivative_below(TokenKind::Open(Bracket::Brace), false, Some(1), None, start)
            });
        }
        let Some((partial, close)) = self.leibniz_ahead()? else { return Ok(None) };
        self.advance();
        self.open_differential();
        let order = self.differential_order()?;
        let body = if self.at.token == close { None } else { Some(self.product()?.0) };
        if self.at.token != close {
            return Err(self.unexpected());
        }
        self.advance();
        self.derivative_below(TokenKind::Open(Bracket::Brace), partial, order, body, start)
    }

    /// Whether a derivative stands at this `\frac`, a partial one, and the token that ends its numerator. What is
    /// differentiated is not read for that: it would be read twice, and what stands in it four times.
    fn leibniz_ahead(&mut self) -> Result<Option<(bool, usize)>> {
        use TokenKind as T;
        let before = self.at;
        let close = self.close_of(1).map(|close| before.token + close);
        self.advance();
        let partial = self.open_differential();
        self.differential_order()?;
        // One term, without the marks that would make the `d` part of a name.
        let is_name = matches!(self.peek().kind, T::Underscore | T::Prime(_) | T::Lowered(_));
        let signs = self.in_the_open(0).take_while(|(_, token)| matches!(token.kind, T::Plus | T::Minus));
        let is_term = !self.in_the_open(signs.count()).any(|(_, token)| {
            token.kind.is_operator()
                || matches!(
                    token.kind,
                    T::Comma
                        | T::Relation(_)
                        | T::Command(
                            "bmod" | "mod" | "over" | "choose" | "atop" | "cup" | "cap" | "setminus"
                        )
                )
        });
        let found = match (close, partial) {
            (Some(close), Some(partial)) if is_term && !is_name => {
                self.at = Cursor { token: close + 1, used: 0 };
                let is_below = self.open_differential() == Some(partial) && self.variables(partial).is_ok();
                is_below.then_some((partial, close))
            }
            _ => None,
        };
        self.at = before;
        Ok(found)
    }

    /// `\frac{d}{dx}` where the page has a `d`.
    fn check_differential_by_name(&self) -> Result<()> {
        use TokenKind as T;
        if self.kind("d").is_none() {
            return Ok(());
        }
        let is_brace = |at: usize| self.look(at).kind == T::Open(Bracket::Brace);
        let above = is_brace(1)
            && matches!(self.look(2).kind, T::Word("d"))
            && matches!(self.look(3).kind, T::Close(_) | T::Caret | T::Open(Bracket::Round));
        let after = (2..self.tokens.len())
            .find(|at| matches!(self.look(*at).kind, T::Close(Bracket::Brace) | T::Eof));
        let below =
            after.is_some_and(|close| is_brace(close + 1) && self.is_differential_of_unknown(close + 2));
        if above && below { Err(self.derivative_or_quotient()) } else { Ok(()) }
    }

    /// `dx`, which is no name of the page.
    fn is_differential_of_unknown(&self, at: usize) -> bool {
        matches!(self.look(at).kind, TokenKind::Word(word) if word.len() == 2 && word.starts_with('d') && self.kind(word).is_none())
    }

    fn derivative_or_quotient(&self) -> SyntaxError {
        let error = self.error_here("this can be a derivative, or a quotient with the page's `d`");
        error.ambiguous().help("write `\\mathrm{d}` for a derivative, `d \\cdot x` for a product")
    }

    /// `{d \over dx} f`, `{\partial f \over \partial x}`: at the braces, the derivative if both sides begin with `d` or
    /// `\partial`.
    pub(super) fn derivative_over(&mut self) -> Result<Option<Expr>> {
        let over = TokenKind::Command("over");
        let Some((bar, _)) = self.in_the_open(1).find(|(_, token)| token.kind == over) else {
            return Ok(None);
        };
        if self.kind("d").is_some() {
            let above = matches!(self.look(1).kind, TokenKind::Word("d"));
            return match above && self.is_differential_of_unknown(bar + 1) {
                true => Err(self.derivative_or_quotient()),
                false => Ok(None),
            };
        }
        self.attempt(|parser| {
            let start = parser.peek().start;
            let Some(partial) = parser.open_differential() else { return Ok(None) };
            let order = parser.differential_order()?;
            let body = match parser.peek().kind == over {
                true => None,
                false => Some(parser.product()?.0),
            };
            parser.derivative_below(over, partial, order, body, start)
        })
    }

    /// The denominator of a derivative behind the brace or `\over` that it begins with, and what it applies to if nothing
    /// stands above.
    fn derivative_below(
        &mut self,
        opening: TokenKind<'_>,
        partial: bool,
        order: Option<usize>,
        body: Option<Expr>,
        start: u32,
    ) -> Result<Option<Expr>> {
        if !self.eat(opening) || self.differential() != Some(partial) {
            return Ok(None);
        }
        let Ok(variables) = self.variables(partial) else { return Ok(None) };
        if order.is_some_and(|order| order != variables.len()) {
            let message = "the order above this fraction bar is not the one below";
            return Err(self.error_at(self.since(start), message));
        }
        if let Some(Expr { kind: Kind::Name(function), .. }) = &body
            && let Some(derivative) = self.derivative_at(partial, function, &variables, start)?
        {
            return Ok(Some(derivative));
        }
        let body = match body {
            Some(body) => body,
            None => self.nested(|parser| parser.operand())?,
        };
        // `\frac{d}{dx} \left[x^2\right]_{x=3}` is the derivative there, not that of a number.
        if let Kind::At { body, upper, lower } = body.kind {
            if lower.is_empty()
                && upper.iter().any(|(place, _)| variables.iter().any(|(name, _)| name == place))
            {
                let body = Box::new(self.derivative_of(partial, *body, variables, start));
                return Ok(Some(Expr::new(Kind::At { body, upper, lower }, self.since(start))));
            }
            let body = Expr::new(Kind::At { body, upper, lower }, self.since(start));
            return Ok(Some(self.derivative_of(partial, body, variables, start)));
        }
        Ok(Some(self.derivative_of(partial, body, variables, start)))
    }

    /// `\frac{\partial f}{\partial x}(1, 2)` of a function of the page: where its parameters are these.
    fn derivative_at(
        &mut self,
        partial: bool,
        function: &Name,
        variables: &[(Name, Span)],
        start: u32,
    ) -> Result<Option<Expr>> {
        let lexicon = self.lexicon;
        let is_called = self.peek().kind == TokenKind::Open(Bracket::Round);
        let Some(parameters) = lexicon.parameters(function.as_str()).filter(|_| is_called) else {
            return Ok(None);
        };
        if variables.iter().any(|(name, _)| self.kind(name.as_str()).is_some()) {
            let error = self.error_here("brackets behind a derivative can be its place, or a factor");
            return Err(error
                .ambiguous()
                .help("write `\\cdot` before a factor, or `\\left. … \\right|_{x = 2}`"));
        }
        self.derivative_where(partial, function, parameters, variables, start).map(Some)
    }

    /// `f_x(1, 2)`, `f_{xy}(0, 0)` of a function of the page.
    pub(super) fn derivative_by_subscript(&mut self, name: &str, start: u32) -> Result<Option<Expr>> {
        let lexicon = self.lexicon;
        if self.peek().kind != TokenKind::Open(Bracket::Round) || self.kind(name).is_some() {
            return Ok(None);
        }
        let Some((function, variables)) = subscripted(lexicon, name) else { return Ok(None) };
        let Some(parameters) = lexicon.parameters(function.as_str()) else { return Ok(None) };
        let place = self.since(start);
        let variables: Vec<_> = variables.into_iter().map(|name| (name, place)).collect();
        self.derivative_where(true, &function, parameters, &variables, start).map(Some)
    }

    /// The derivative of a function of the page at the place in brackets that comes next.
    fn derivative_where(
        &mut self,
        partial: bool,
        function: &Name,
        parameters: &[Name],
        variables: &[(Name, Span)],
        start: u32,
    ) -> Result<Expr> {
        self.advance();
        let values = self.argument_list(Content::of_function(Some(parameters.len())), Bracket::Round)?;
        let span = self.since(start);
        if values.len() != parameters.len() {
            let message = format!("`{function}` takes {} arguments, not {}", parameters.len(), values.len());
            return Err(self.error_at(span, message));
        }
        let args = parameters.iter().map(|name| Expr::new(Kind::Name(name.clone()), span)).collect();
        let applied = Expr::new(Kind::Apply { function: function.clone(), order: 0, args }, span);
        let derivative = self.derivative_of(partial, applied, variables.to_vec(), start);
        let upper = parameters.iter().cloned().zip(values).collect();
        Ok(Expr::new(Kind::At { body: Box::new(derivative), upper, lower: Vec::new() }, span))
    }

    fn derivative_of(&self, partial: bool, body: Expr, variables: Vec<(Name, Span)>, start: u32) -> Expr {
        Expr::new(Kind::Derivative { partial, body: Box::new(body), variables }, self.since(start))
    }

    /// `\dv{f}{x}`, `\pdv[2]{f}{x}`, and with one argument `\dv{x}` as an operator.
    pub(super) fn short_derivative(&mut self, partial: bool) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let order = match self.eat(TokenKind::Open(Bracket::Square)) {
            true => {
                let order = self.spelled_until(Bracket::Square)?;
                order
                    .parse()
                    .ok()
                    .filter(|order| (1..=20).contains(order))
                    .ok_or_else(|| self.unexpected())?
            }
            false => 1,
        };
        let first = self.at;
        self.skip_script()?;
        let body = if self.peek().kind == TokenKind::Open(Bracket::Brace) {
            self.at = first;
            Some(self.script()?)
        } else {
            self.at = first;
            None
        };
        let place = self.peek().start;
        self.expect(TokenKind::Open(Bracket::Brace), "`{`")?;
        let name = self.variable()?;
        let span = self.since(place);
        self.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
        if partial && self.peek().kind == TokenKind::Open(Bracket::Brace) {
            let error = self.error_here("a derivative by several names is not understood in this form");
            return Err(error.unsupported().help("write `\\frac{\\partial^2 f}{\\partial x \\partial y}`"));
        }
        let body = match body {
            Some(body) => body,
            None => self.nested(|parser| parser.operand())?,
        };
        Ok(self.derivative_of(partial, body, vec![(name, span); order], start))
    }

    /// `\partial_x f`, `\partial_{x,y} f`.
    pub(super) fn partial_by_subscript(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        self.advance();
        let place = self.peek().start;
        let spelled = self.script_text()?;
        let span = self.since(place);
        let letters = spelled.len() > 1 && spelled.bytes().all(|byte| byte.is_ascii_alphabetic());
        let names: Vec<Name> =
            match letters && self.kind(&spelled).is_none() && latex::greek(&spelled).is_none() {
                true => spelled.chars().map(|letter| Name::new(letter.encode_utf8(&mut [0; 4]))).collect(),
                false => spelled.split(',').map(Name::new).collect(),
            };
        let body = self.nested(|parser| parser.operand())?;
        let variables = names.into_iter().map(|name| (name, span)).collect();
        Ok(self.derivative_of(true, body, variables, start))
    }

    /// What an operator `\frac{d}{dx}` applies to: the term that follows.
    fn operand(&mut self) -> Result<Expr> {
        self.term()
    }

    /// `{d` or `{\partial`: whether it is partial.
    fn open_differential(&mut self) -> Option<bool> {
        if !self.eat(TokenKind::Open(Bracket::Brace)) {
            return None;
        }
        self.differential()
    }

    fn differential(&mut self) -> Option<bool> {
        match self.peek().kind {
            TokenKind::Command("partial") => {
                self.advance();
                Some(true)
            }
            TokenKind::Text("d") => {
                self.advance();
                Some(false)
            }
            TokenKind::Word(word) if word.starts_with('d') && self.kind(word).is_none() => {
                self.advance_by(1);
                Some(false)
            }
            _ => None,
        }
    }

    /// `^2` after the `d` of the numerator; nothing if it is no number.
    fn differential_order(&mut self) -> Result<Option<usize>> {
        if !self.eat(TokenKind::Caret) {
            return Ok(Some(1));
        }
        let before = self.at;
        match self.small_integer() {
            Ok(order) => Ok(Some(order)),
            Err(_) => {
                self.at = before;
                self.skip_script().map(|()| None)
            }
        }
    }

    /// `x}`, `x^2}`, `x \partial y}`: after the first `d`.
    fn variables(&mut self, partial: bool) -> Result<Vec<(Name, Span)>> {
        let mut variables = Vec::new();
        loop {
            let start = self.peek().start;
            let bracketed = !partial && self.at_bracketed_variable();
            if bracketed {
                self.advance();
            }
            let name = self.variable()?;
            let span = self.since(start);
            if bracketed {
                self.expect(TokenKind::Close(Bracket::Round), "`)`")?;
            }
            let order = if self.eat(TokenKind::Caret) { self.small_integer()? } else { 1 };
            variables.extend(std::iter::repeat_n((name, span), order));
            if self.eat(TokenKind::Close(Bracket::Brace)) {
                return Ok(variables);
            }
            if self.differential() != Some(partial) {
                return Err(self.unexpected());
            }
        }
    }

    /// `(x)` of `\mathrm{d}(x)`.
    fn at_bracketed_variable(&self) -> bool {
        self.peek().kind == TokenKind::Open(Bracket::Round)
            && self.look(2).kind == TokenKind::Close(Bracket::Round)
    }

    /// A name with its subscript: `w_9`, `\theta`, `x`.
    fn variable(&mut self) -> Result<Name> {
        let mut canonical = match self.peek().kind {
            TokenKind::Word(word) if self.notation == Notation::Latex && self.kind(word).is_none() => {
                self.advance_by(1);
                word[..1].to_owned()
            }
            TokenKind::Word(word) => {
                self.advance_by(word.len());
                word.to_owned()
            }
            _ => self.base_name()?,
        };
        while self.eat(TokenKind::Underscore) {
            let text = self.script_text()?;
            canonical = Name::with_subscript(&canonical, &text).as_str().to_owned();
        }
        if self.peek().kind == TokenKind::Caret {
            let before = self.at;
            self.advance();
            let text = self.script_text()?;
            let name = Name::with_superscript(&canonical, &text);
            if self.kind(name.as_str()).is_some() {
                return Ok(name);
            }
            self.at = before;
        }
        while let TokenKind::Prime(count) = self.peek().kind {
            self.advance();
            canonical.push_str(&"'".repeat(count as usize));
        }
        Ok(Name::new(&canonical))
    }

    fn small_integer(&mut self) -> Result<usize> {
        let text = self.script_text()?;
        match text.parse() {
            Ok(order @ 1..=20) => Ok(order),
            _ => Err(self.error_here("the order of a derivative is a small whole number")),
        }
    }

    /// `dMSE/dw_9` in plain notation: both words unknown, both known without their `d`.
    pub(super) fn plain_derivative(&mut self, word: &'t str) -> Result<Option<Expr>> {
        let start = self.peek().start;
        let (TokenKind::Slash, TokenKind::Word(below)) = (self.look(1).kind, self.look(2).kind) else {
            return Ok(None);
        };
        if self.notation != Notation::Plain || self.kind(word).is_some() || self.kind(below).is_some() {
            return Ok(None);
        }
        let (Some(top), Some(bottom)) = (word.strip_prefix('d'), below.strip_prefix('d')) else {
            return Ok(None);
        };
        if self.kind(top).is_none() || self.kind(bottom).is_none() {
            return Ok(None);
        }
        self.advance();
        let body = Expr::new(Kind::Name(Name::new(top)), self.since(start));
        self.advance();
        self.advance();
        let span = self.since(start);
        let variables = vec![(Name::new(bottom), span)];
        Ok(Some(Expr::new(Kind::Derivative { partial: false, body: Box::new(body), variables }, span)))
    }
}

/// The function of the page and its parameters by which `f_x` and `f_{xy}` are derivatives of it.
pub fn subscripted(lexicon: &dyn Lexicon, name: &str) -> Option<(Name, Vec<Name>)> {
    let (function, below) = name.split_once('_')?;
    let parameters = lexicon.parameters(function)?;
    let below = below.trim_start_matches('(').trim_end_matches(')');
    let is_parameter = |name: &Name| parameters.contains(name);
    let whole = Some(vec![Name::new(below)]).filter(|whole| whole.iter().all(is_parameter));
    let letters = || Some(below.chars().map(|letter| Name::new(letter.encode_utf8(&mut [0; 4]))).collect());
    let variables: Vec<Name> = whole.or_else(letters)?;
    (!variables.is_empty() && variables.iter().all(is_parameter)).then(|| (Name::new(function), variables))
}
