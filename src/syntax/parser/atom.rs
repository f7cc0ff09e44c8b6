//! The smallest expressions: numbers, names, brackets, commands.

use super::{Parser, Result, binary};
use crate::syntax::expr::{Binary, Expr, Kind, Product, Unary};
use crate::syntax::function::Builtin;
use crate::syntax::latex;
use crate::syntax::name::Name;
use crate::syntax::number::Literal;
use crate::syntax::split::is_condition;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{NameKind, Notation};

impl<'t> Parser<'_, 't> {
    pub(super) fn atom(&mut self) -> Result<Expr> {
        use TokenKind as T;
        let token = self.peek();
        match token.kind {
            T::Number(text) => self.grouped_number(text),
            T::Quoted(text) => {
                self.advance();
                // The header of a column may be quoted wherever it stands.
                let kind = match self.kind(text) {
                    Some(_) => Kind::Name(Name::new(text)),
                    None => Kind::Text(text.to_owned()),
                };
                Ok(Expr::new(kind, self.since(token.start)))
            }
            T::Vulgar(top, bottom) => Ok(self.vulgar(top, bottom)),
            T::Caret | T::Underscore => self.prescript(),
            T::Open(Bracket::Brace) if self.look(1).kind == T::Close(Bracket::Brace) => {
                (0..2).for_each(|_| self.advance());
                self.prescript()
            }
            T::Open(Bracket::Brace) => self.unseen_group(),
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

    /// Whether the text here, after a number, is a unit rather than a name or function: `5 \text{ lb}` has nothing to
    /// take a logarithm of.
    pub(super) fn is_unit(&self, text: &str) -> bool {
        use TokenKind as T;
        let word = text.trim();
        let applied = !matches!(
            self.look(1).kind,
            T::Eof | T::Close(_) | T::Plus | T::Minus | T::Dot | T::Times | T::Slash | T::Relation(_)
        );
        !word.is_empty()
            && (self.builtin(word).is_none() || !applied)
            && (word.split(|c: char| !c.is_alphanumeric()).all(|part| self.kind(part).is_none())
                || self.is_set_off_unit(text))
            && !matches!(word, "e" | "i" | "pi")
            && !is_condition(word)
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
            let whole = self.attempt(|parser| {
                parser.advance();
                parser.known_call(word, start)
            })?;
            if let Some(whole) = whole {
                return Ok(whole);
            }
            self.advance();
            return self.function(builtin, start);
        }
        if let Some(builtin) = self.unmarked_builtin(word)? {
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
        let builtin = self.builtin(word).or_else(|| self.logarithm(word))?;
        let applies = match builtin {
            _ if builtin.is_average() => self.average_follows(1),
            _ => next == TokenKind::Open(Bracket::Round) || self.power_then_bracket(),
        };
        applies.then_some(builtin)
    }

    /// `log_2(8)` in plain notation is a logarithm to that base.
    fn logarithm(&self, word: &str) -> Option<Builtin> {
        let base = word.strip_prefix("log_").filter(|_| self.kind(word).is_none())?;
        match base {
            "2" => Some(Builtin::Lb),
            "10" => Some(Builtin::Lg),
            "e" => Some(Builtin::Ln),
            _ => None,
        }
    }

    /// `sin^2(x)` and `sin²(x)`: a power between the name and the brackets.
    fn power_then_bracket(&self) -> bool {
        let bracket = match self.look(1).kind {
            TokenKind::Raised(_) => 2,
            TokenKind::Caret if matches!(self.look(2).kind, TokenKind::Number(_)) => 3,
            _ => return false,
        };
        self.look(bracket).kind == TokenKind::Open(Bracket::Round)
    }

    /// `½`.
    fn vulgar(&mut self, top: u8, bottom: u8) -> Expr {
        let start = self.peek().start;
        self.advance();
        let span = self.since(start);
        let number = |value: u8| {
            let digits = value.to_string();
            let literal = Literal::new(&digits, digits.clone(), 0).expect("a small number has no exponent");
            Box::new(Expr::new(Kind::Number(literal), span))
        };
        Expr::new(Kind::Binary(Binary::Divide, number(top), number(bottom)), span)
    }

    /// `{}_n C_k`, `{}^n P_k`: combinations and permutations.
    fn prescript(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        if !matches!(self.peek().kind, TokenKind::Caret | TokenKind::Underscore) {
            return Err(self.unexpected());
        }
        self.advance();
        let upper = self.script()?;
        let letter = match self.peek().kind {
            TokenKind::Word(word) if word.starts_with(['C', 'P']) && self.kind(&word[..1]).is_none() => {
                &word[..1]
            }
            TokenKind::Text(text) if matches!(text.trim(), "C" | "P") => text.trim(),
            _ => return Err(self.unexpected()),
        };
        self.advance_by(1);
        if !matches!(self.peek().kind, TokenKind::Caret | TokenKind::Underscore) {
            return Err(self.unexpected());
        }
        self.advance();
        let lower = self.script()?;
        let span = self.since(start);
        let call = |builtin, args| Expr::new(Kind::Call(builtin, args), span);
        let chosen = call(Builtin::Binomial, vec![upper, lower.clone()]);
        Ok(if letter == "C" {
            chosen
        } else {
            binary(Binary::Multiply(Product::Implicit), chosen, call(Builtin::Factorial, vec![lower]))
                .at(span)
        })
    }

    /// `cos x` without its backslash: a function, unless its letters are all known and could be a product.
    fn unmarked_builtin(&self, word: &'t str) -> Result<Option<Builtin>> {
        if self.notation == Notation::Plain || self.at.used > 0 || !(word.len() > 2 || word == "ln") {
            return Ok(None);
        }
        let Some(builtin) = latex::function(word).and_then(|_| self.builtin(word)) else { return Ok(None) };
        if !word.chars().all(|letter| self.kind(letter.encode_utf8(&mut [0; 4])).is_some()) {
            return Ok(Some(builtin));
        }
        let message = format!("`{word}` can be the function or a product of {} names", word.len());
        Err(self.error_here(message).ambiguous().help(format!("write `\\{word}` for the function")))
    }

    fn command(&mut self, command: &str) -> Result<Expr> {
        let start = self.peek().start;
        if let Some(builtin) = latex::function(command).and_then(Builtin::named) {
            self.advance();
            return self.function(builtin, start);
        }
        if let Some(builtin) = self.blackboard_average(command) {
            return self.function(builtin, start);
        }
        match command {
            "frac" | "dfrac" | "tfrac" | "cfrac" | "nicefrac" | "sfrac" | "flatfrac" => self.fraction(),
            "sqrt" | "cbrt" if !self.text[start as usize..].starts_with('\\') => self.root_sign(command),
            "sqrt" => self.root(),
            "abs" | "norm" | "floor" | "ceil" => self.braced_function(command),
            "cancelto" => {
                self.advance();
                let value = self.script()?;
                self.script()?;
                Ok(value)
            }
            "Gamma"
                if self.look(1).kind == TokenKind::Open(Bracket::Round) && self.kind(command).is_none() =>
            {
                self.advance();
                self.function(Builtin::Gamma, start)
            }
            "binom" | "dbinom" | "tbinom" => {
                self.advance();
                let above = self.script()?;
                self.choice(above, start)
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
        if self.peek().kind != TokenKind::Open(bracket) {
            return false;
        }
        let mut depth = 0usize;
        for ahead in 0.. {
            match self.look(ahead).kind {
                TokenKind::Open(_) | TokenKind::Begin(_) => depth += 1,
                TokenKind::Close(_) | TokenKind::End(_) => depth = depth.saturating_sub(1),
                TokenKind::Comma if depth == 1 => return true,
                TokenKind::Eof => return false,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        false
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
    fn blackboard_average(&mut self, command: &str) -> Option<Builtin> {
        if !matches!(command, "mathbb" | "mathbf") {
            return None;
        }
        let braced = self.look(1).kind == TokenKind::Open(Bracket::Brace);
        let (letter, length) = if braced { (self.look(2).kind, 4) } else { (self.look(1).kind, 2) };
        let TokenKind::Word(letter @ ("E" | "P")) = letter else { return None };
        let font = if command == "mathbb" { "bb" } else { "bold" };
        let defined = self.kind(&format!("{font}({letter})")).is_some();
        if defined || !self.average_follows(length) {
            return None;
        }
        (0..length).for_each(|_| self.advance());
        Builtin::named(letter)
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

    /// The argument of `\frac`, `\sqrt`, `^`: a brace group, or as TeX has it one character or command.
    pub(super) fn script(&mut self) -> Result<Expr> {
        let token = self.peek();
        match token.kind {
            TokenKind::Open(Bracket::Brace) => self.bracketed(Bracket::Brace),
            TokenKind::Number(text) if self.notation == Notation::Latex && text.chars().count() > 1 => {
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
        // Full-width digits take several bytes.
        let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
        let before = self.at.token.checked_sub(1).map(|idx| self.tokens[idx].kind);
        let in_fraction = matches!(
            before,
            Some(TokenKind::Command(
                "frac" | "dfrac" | "tfrac" | "cfrac" | "nicefrac" | "sfrac" | "binom" | "dbinom" | "tbinom"
            ))
        );
        if in_fraction
            && self.at.used == 0
            && text.len() == 2
            && text.bytes().all(|byte| byte.is_ascii_digit())
            || self.at.used > 0
        {
            let literal = self.literal(first)?;
            self.advance_by(first.len());
            return Ok(Expr::new(Kind::Number(literal), self.since(start)));
        }
        let message = format!(
            "without braces TeX takes `{first}` alone here, and `{rest}` stands beside it: this can be `{{{text}}}`, or `{{{first}}}` times {rest}"
        );
        Err(self.error_here(message).ambiguous().help(format!("write `{{{text}}}`")))
    }

    /// `value[i, j]`: only after something that has elements.
    pub(super) fn indexes(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Name(name) => self.kind(name.as_str()) == Some(NameKind::List),
            Kind::Index(..) | Kind::Member(..) | Kind::Method(..) => true,
            Kind::List(_) => self.notation == Notation::Plain,
            Kind::Call(..) | Kind::Apply { .. } => {
                self.notation == Notation::Plain && self.is_right_behind(expr)
            }
            _ => false,
        }
    }

    /// Whether no space stands between the expression and what comes next.
    fn is_right_behind(&self, expr: &Expr) -> bool {
        expr.span.end == self.base.start + self.peek().start
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
