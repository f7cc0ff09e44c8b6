//! The smallest expressions: numbers, names, brackets, commands.

use super::unit::is_known;
use super::{Parser, Result, binary};
use crate::syntax::expr::{Binary, Expr, Kind, Product};
use crate::syntax::function::Builtin;
use crate::syntax::joint::{is_condition, is_joint};
use crate::syntax::latex;
use crate::syntax::name::Name;
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{NameKind, Notation};

impl<'t> Parser<'_, 't> {
    pub(super) fn atom(&mut self) -> Result<Expr> {
        use TokenKind as T;
        let token = self.peek();
        if matches!(token.kind, T::Number(_) | T::Word(_) | T::Text(_) | T::Open(Bracket::Round))
            && let Some(numeral) = self.numeral_ahead()
        {
            return self.numeral_with_letters(numeral);
        }
        match token.kind {
            T::Number(text) => self.grouped_number(text),
            T::Currency(sign) => self.amount(sign),
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
            T::Open(Bracket::Brace) => match self.derivative_over()? {
                Some(derivative) => Ok(derivative),
                None => self.unseen_group(),
            },
            T::Open(bracket) => match self.composition()? {
                Some(composed) => Ok(composed),
                None => self.bracketed(bracket),
            },
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
        if let Some(builtin) = self.builtin(word).or_else(|| self.hyperbolic(word)) {
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

    /// `\operatorname{sh}` and its kin, as much of the world writes them. In italics they are letters side by side.
    pub(super) fn hyperbolic(&self, word: &str) -> Option<Builtin> {
        let is_one = matches!(word, "sh" | "ch" | "th" | "cth") && self.kind(word).is_none();
        let is_set_apart = !self.source_here().starts_with("\\text");
        latex::function(word).filter(|_| is_one && is_set_apart).and_then(Builtin::named)
    }

    /// Whether the text here, after a number, is a unit rather than a name or function: `5 \text{ lb}` has nothing to
    /// take a logarithm of.
    pub(super) fn is_unit(&self, text: &str) -> bool {
        use TokenKind as T;
        let word = text.trim();
        if word.starts_with(['°', '\\']) {
            return true;
        }
        let mut after = 1;
        if self.look(1).kind == T::Caret {
            after += self.script_length(2) + 1;
        }
        let applied = !matches!(
            self.look(after).kind,
            T::Eof | T::Close(_) | T::Plus | T::Minus | T::Dot | T::Times | T::Slash | T::Relation(_)
        );
        !word.is_empty()
            && !self.is_unknown_letter(word)
            && (self.builtin(word).or_else(|| self.hyperbolic(word)).is_none() || !applied)
            && (word.split(|c: char| !c.is_alphanumeric()).all(|part| self.kind(part).is_none())
                || self.is_set_off_unit(text))
            && !matches!(word, "e" | "i" | "pi")
            && !is_condition(word)
            && !is_joint(word)
            && self.opening(word).is_none()
            && (!self.in_cases || is_known(text))
    }

    /// The text from the token here on.
    fn source_here(&self) -> &str {
        &self.text[self.peek().start as usize..]
    }

    /// Whether a word is one letter that is no unit by itself: `3\mathrm{x}` has a name that nothing defines.
    fn is_unknown_letter(&self, word: &str) -> bool {
        const OTHERS: &str = "uMBbdDkyRPGcCKpF×%‰";
        let mut letters = word.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => {
                // `360\text{x}` is that many times.
                let is_times = matches!(letter, 'x' | 'X') && self.source_here().starts_with("\\text");
                letter.is_alphabetic() && !is_known(word) && !OTHERS.contains(letter) && !is_times
            }
            _ => false,
        }
    }

    /// How many tokens the script that stands `ahead` tokens on takes.
    fn script_length(&self, ahead: usize) -> usize {
        if self.look(ahead).kind != TokenKind::Open(Bracket::Brace) {
            return 1;
        }
        self.close_of(ahead).map_or(1, |close| close + 1 - ahead)
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
            self.check_short_function(word)?;
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

    /// `tg(2)` and `lg(x)` where the page has both letters: the function, or their product?
    fn check_short_function(&self, word: &str) -> Result<()> {
        let is_known = |letter: char| self.kind(letter.encode_utf8(&mut [0; 4])).is_some();
        if self.notation == Notation::Plain || word.len() > 2 || word.len() < 2 || !word.chars().all(is_known)
        {
            return Ok(());
        }
        let message = format!("`{word}` can be the function or a product of {} names", word.len());
        Err(self
            .error_here(message)
            .ambiguous()
            .help(format!("write `\\operatorname{{{word}}}` for the function")))
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
        let begins = self.begins_product();
        let is_raised = self.peek().kind == TokenKind::Caret;
        self.advance();
        let upper = self.script()?;
        if is_raised
            && begins
            && self.peek().kind == TokenKind::Slash
            && self.look(1).kind == TokenKind::Underscore
        {
            return self.slanted_fraction(upper, start);
        }
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

    /// `{}^3\!/_4`: a fraction whose bar is slanted.
    fn slanted_fraction(&mut self, top: Expr, start: u32) -> Result<Expr> {
        (0..2).for_each(|_| self.advance());
        let bottom = self.script()?;
        Ok(binary(Binary::Divide, top, bottom).at(self.since(start)))
    }

    /// Whether nothing before the `{}` here multiplies it: behind a number, a fraction makes a mixed one.
    fn begins_product(&self) -> bool {
        use TokenKind as T;
        let empty = self.at.token >= 2
            && self.tokens[self.at.token - 1].kind == T::Close(Bracket::Brace)
            && self.tokens[self.at.token - 2].kind == T::Open(Bracket::Brace);
        let before = self.at.token.checked_sub(1 + 2 * usize::from(empty)).map(|at| self.tokens[at].kind);
        matches!(
            before,
            None | Some(
                T::Plus | T::Minus | T::Relation(_) | T::Open(_) | T::Comma | T::Ampersand | T::Newline
            )
        )
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
        let in_fraction = matches!(before, Some(TokenKind::Command("frac" | "binom")));
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
