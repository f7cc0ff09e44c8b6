//! What a first member could define, read without regard to what is known.

use super::names::constant;
use super::{Parser, Result};
use crate::syntax::expr::{Expr, Kind};
use crate::syntax::name::Name;
use crate::syntax::statement::Head;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{Builtin, NameKind, latex, unicode};

impl Parser<'_, '_> {
    pub(in crate::syntax) fn head(mut self) -> Head {
        self.try_head().unwrap_or(Head::Nothing)
    }

    fn try_head(&mut self) -> Result<Head> {
        if let TokenKind::Open(bracket @ (Bracket::Square | Bracket::Round)) = self.peek().kind {
            self.advance();
            let parts = self.names_until(bracket)?;
            self.skip_transpose();
            let several = parts.len() > 1 || bracket == Bracket::Square;
            return Ok(if self.at_end() && several { Head::Parts(parts) } else { Head::Nothing });
        }
        if let Some(head) = self.average_head()? {
            return Ok(head);
        }
        let begins_name =
            matches!(self.peek().kind, TokenKind::Word(_) | TokenKind::Text(_) | TokenKind::Command(_));
        if !begins_name || self.numeral_ahead().is_some() {
            return Ok(Head::Nothing);
        }
        let name = self.spelled_name()?;
        if self.at_end() {
            return Ok(self.head_name(name));
        }
        if self.peek().kind != TokenKind::Open(Bracket::Round) {
            return Ok(Head::Nothing);
        }
        self.advance();
        let before = self.at;
        let parameters = self.names_until(Bracket::Round).ok().filter(|_| self.at_end());
        let parameters = parameters.filter(|names| !names.iter().any(|name| self.is_product(name)));
        self.at = before;
        let arguments = self.spelled_arguments(Bracket::Round)?;
        if !self.at_end() {
            return Ok(Head::Nothing);
        }
        // `\pi(4^2) = 16\pi` is a product; `\pi(1)` may be the name of a share.
        let is_spelled = arguments.chars().all(|c| c.is_alphanumeric() || c == ',');
        if constant(name.as_str()) && self.kind(name.as_str()).is_none() && !is_spelled {
            return Ok(Head::Nothing);
        }
        let whole = Name::new(&format!("{name}({arguments})"));
        // `log_2(8)` has a value as `log(8)` has.
        let function = name.as_str().split(['_', '^']).next().unwrap_or_default();
        let has_values = Builtin::named(function).is_some_and(|builtin| !builtin.is_average());
        if parameters.is_none() && has_values {
            return Ok(Head::Nothing);
        }
        Ok(Head::Call { function: name, parameters, whole })
    }

    /// `[x_1, x_2]^T` names the same parts.
    fn skip_transpose(&mut self) {
        let before = self.at;
        if self.eat(TokenKind::Caret) {
            let transposes = self.script_text().is_ok_and(|text| matches!(text.as_str(), "T" | "top"));
            if !transposes {
                self.at = before;
            }
        }
    }

    fn head_name(&self, name: Name) -> Head {
        let is_word = self.tokens.len() == 1 && matches!(self.tokens[0].kind, TokenKind::Word(_));
        if is_word && self.is_product(&name) { Head::Nothing } else { Head::Name(name) }
    }

    /// A run of letters that are each known is a product, not a new name.
    fn is_product(&self, name: &Name) -> bool {
        let spelled = name.as_str();
        let letters = spelled.len() > 1 && spelled.bytes().all(|byte| byte.is_ascii_alphabetic());
        letters
            && self.notation == super::Notation::Latex
            && self.kind(spelled).is_none()
            && (0..spelled.len())
                .all(|at| matches!(self.kind(&spelled[at..=at]), Some(NameKind::Number | NameKind::List)))
    }

    pub(super) fn at_end(&self) -> bool {
        self.peek().kind == TokenKind::Eof
    }

    pub(super) fn names_until(&mut self, bracket: Bracket) -> Result<Vec<Name>> {
        let mut names = Vec::new();
        loop {
            // Braces are left of a font: `[\mathrm{H^+}]`.
            let braced = self.eat(TokenKind::Open(Bracket::Brace));
            names.push(self.spelled_name()?);
            if braced {
                self.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
            }
            if self.eat(TokenKind::Close(bracket)) {
                return Ok(names);
            }
            self.expect(TokenKind::Comma, "`,`")?;
        }
    }

    /// A name taken whole, whatever it could mean: `w_1^{t+1}`, `R^2`, `MSE`.
    pub(super) fn spelled_name(&mut self) -> Result<Name> {
        let mut canonical = match self.peek().kind {
            TokenKind::Word(word) if !self.at_measure_of_angle() => {
                self.advance_by(word.len());
                word.to_owned()
            }
            TokenKind::Command(command) if latex::function(command).is_some() => {
                return Err(self.unexpected());
            }
            _ => self.base_name()?,
        };
        let mut primes = 0;
        loop {
            self.skip_empty_scripts();
            if let Some(count) = self.primes() {
                primes += count as usize;
                continue;
            }
            match self.peek().kind {
                TokenKind::Underscore => {
                    if self.indexes_known_list(&canonical) {
                        return Err(self.unexpected());
                    }
                    self.advance();
                    let text = self.script_text()?;
                    canonical = Name::with_subscript(&canonical, &text).as_str().to_owned();
                }
                TokenKind::Caret => {
                    // `x'^2` is a power of `x'`, whether that is known or not.
                    if primes > 0 || self.power_of_known(&canonical) {
                        return Err(self.unexpected());
                    }
                    self.advance();
                    let text = self.script_text()?;
                    canonical = Name::with_superscript(&canonical, &text).as_str().to_owned();
                }
                TokenKind::Lowered(text) => {
                    self.advance();
                    let text: String = text.chars().filter_map(unicode::lowered).collect();
                    canonical = Name::with_subscript(&canonical, &text).as_str().to_owned();
                }
                _ => return Ok(Name::new(&(canonical + &"'".repeat(primes)))),
            }
        }
    }

    /// Whether the subscript here is an index into a known list, by names that are known: `v_{r,k}`.
    fn indexes_known_list(&mut self, base: &str) -> bool {
        if self.kind(base) != Some(NameKind::List) {
            return false;
        }
        let before = self.at;
        self.advance();
        let whole = self.script_text().map(|text| Name::with_subscript(base, &text));
        self.at = before;
        self.advance();
        let indices = self.index_expressions().unwrap_or_default();
        self.at = before;
        let known = indices.iter().all(|index| self.all_known(index));
        let plain = |index: &Expr| matches!(index.kind, Kind::Number(_));
        whole.is_ok_and(|name| self.kind(name.as_str()).is_none()) && known && !indices.iter().all(plain)
    }

    /// Whether what is raised here is a power of a known number: every letter in it is a known number too. An element
    /// of a known list is one with anything raised but a step in brackets, `x_1^{(2)}`.
    fn power_of_known(&mut self, base: &str) -> bool {
        if self.kind(base).is_none() && constant(base) {
            return true;
        }
        let element = self.kind(base).is_none() && self.is_element(base);
        if self.kind(base) != Some(NameKind::Number) && !element {
            return self.kind(base).is_some();
        }
        let before = self.at;
        self.advance();
        let step = self.script_text().is_ok_and(|text| text.starts_with('('));
        self.at = before;
        if step || element {
            return !step;
        }
        self.advance();
        let exponent = self.script();
        self.at = before;
        exponent.is_ok_and(|exponent| self.all_known(&exponent))
    }

    /// Whether this is the spelling of an element of a known list by its number: `x_2`, `A_(1,2)`.
    fn is_element(&self, name: &str) -> bool {
        Name::as_element(name).is_some_and(|(list, _)| self.kind(&list) == Some(NameKind::List))
    }
}
