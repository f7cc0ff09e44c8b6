//! Numbers and quantities as the LaTeX package siunitx spells them: `\num{1.5e-3}`, `\num{e8}`, `\ang{45}`, `\SI{3}{m/s}`.

use super::lexer::{Lexer, is_number};
use crate::syntax::SyntaxError;
use crate::syntax::token::{Bracket, TokenKind};

impl<'t> Lexer<'t> {
    /// A number, an angle, or a number with its unit.
    pub(super) fn quantity(&mut self, start: usize, name: &'t str) -> Result<(), SyntaxError> {
        match name {
            "num" => self.siunitx_number(start, name),
            "ang" => self.angle(start, name),
            _ => self.number_and_unit(start, name),
        }
    }

    /// `\num{1.5e-3}`. What stands in the braces is read as anywhere else, where it means the same there.
    fn siunitx_number(&mut self, start: usize, name: &'t str) -> Result<(), SyntaxError> {
        self.skip_bracketed();
        let braces = self.at;
        let number = self.argument(start, name)?.trim();
        self.refuse_what_siunitx_reads(number)?;
        if !is_power_of_ten(unsigned(number)) {
            self.at = braces;
            self.spaced = true;
            return Ok(());
        }
        let end = self.at;
        self.signed(number, start);
        self.at = end;
        Ok(())
    }

    /// To siunitx a comma is a decimal point, brackets and `+-` hold an uncertainty, and `x` multiplies.
    fn refuse_what_siunitx_reads(&self, number: &'t str) -> Result<(), SyntaxError> {
        let place = number.as_ptr() as usize - self.text.as_ptr() as usize;
        let error = |message: &str| self.error(place, place + number.len(), format!("`{number}` {message}"));
        if number.contains(',') {
            let help = format!("write `{}`", number.replace("{,}", ".").replace(',', "."));
            return Err(error("has a decimal comma to siunitx").ambiguous().help(help));
        }
        if number.contains("+-") || number.contains(['(', 'x']) {
            return Err(error("is more than a number to siunitx")
                .unsupported()
                .help("write the number alone"));
        }
        Ok(())
    }

    /// `\ang{45}`, `\ang{12;30;15}`: degrees with minutes and seconds of arc.
    fn angle(&mut self, start: usize, name: &'t str) -> Result<(), SyntaxError> {
        self.skip_bracketed();
        let angle = self.argument(start, name)?;
        let end = self.at;
        let mut parts = angle.split(';').map(str::trim);
        let degrees = parts.next().unwrap_or_default();
        let minutes: Vec<&str> = parts.collect();
        if !is_number(unsigned(degrees)) || minutes.len() > 2 || !minutes.iter().all(|part| is_number(part)) {
            self.push(TokenKind::Unknown(&self.text[start..start + 1 + name.len()]), start);
            return Ok(());
        }
        self.refuse_what_siunitx_reads(angle)?;
        self.signed(degrees, start);
        self.push(TokenKind::Degree, self.at);
        for (count, part) in (1..).zip(minutes) {
            self.number_at(part);
            self.push(TokenKind::Prime(count), self.at);
        }
        self.at = end;
        Ok(())
    }

    /// `\SI{3}{m/s}`, `\qty{3}{\meter\per\second}`. `\qty` with one argument, or around anything else than a number, has
    /// brackets of the right size in it.
    fn number_and_unit(&mut self, start: usize, name: &'t str) -> Result<(), SyntaxError> {
        let before = self.at;
        self.skip_bracketed();
        let number = self.argument(start, name)?.trim();
        let digits = unsigned(number);
        let is_read = is_number(digits) || is_power_of_ten(digits);
        if !is_read || !self.rest().starts_with('{') {
            match name {
                "qty" => {
                    self.at = before;
                    self.dressed(Bracket::Round);
                }
                _ => self.push(TokenKind::Unknown(&self.text[start..start + 1 + name.len()]), start),
            }
            return Ok(());
        }
        self.refuse_what_siunitx_reads(number)?;
        let place = self.at;
        self.signed(number, start);
        self.at = place;
        let unit = self.argument(start, name)?;
        let is_angle = matches!(unit.trim(), "\\degree" | "\\arcdegree" | "\u{b0}");
        self.push(if is_angle { TokenKind::Degree } else { TokenKind::Text(unit) }, place);
        Ok(())
    }

    /// A number and the sign before it.
    fn signed(&mut self, number: &'t str, start: usize) {
        match number.chars().next() {
            Some('-') => self.push(TokenKind::Minus, start),
            Some('+') => self.push(TokenKind::Plus, start),
            _ => {}
        }
        self.number_at(unsigned(number));
    }

    /// The number alone, which may be corrected, and nothing around it.
    fn number_at(&mut self, digits: &'t str) {
        let place = digits.as_ptr() as usize - self.text.as_ptr() as usize;
        self.at = place + digits.len();
        self.push(TokenKind::Number(digits), place);
    }
}

/// A number without the sign before it.
fn unsigned(number: &str) -> &str {
    number.strip_prefix(['-', '+']).unwrap_or(number)
}

/// `e8`, `E-10`: a power of ten, whose factor 1 is left out.
fn is_power_of_ten(number: &str) -> bool {
    let Some(exponent) = number.strip_prefix(['e', 'E']) else { return false };
    let digits = unsigned(exponent);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
