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
        let is_its_own = is_power_of_ten(unsigned(number)) || number.contains(char::is_whitespace);
        if is_its_own && is_read(unsigned(number)) {
            self.signed(number, start);
        } else {
            self.at = braces;
            self.spaced = true;
        }
        Ok(())
    }

    /// To siunitx a comma is a decimal point, brackets and `+-` hold an uncertainty, and `x` multiplies.
    fn refuse_what_siunitx_reads(&self, number: &'t str) -> Result<(), SyntaxError> {
        let place = self.place_of(number);
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

    /// `\ang{45}`, `\ang{12;30;15}`: degrees with minutes and seconds of arc, each of which may be left out.
    fn angle(&mut self, start: usize, name: &'t str) -> Result<(), SyntaxError> {
        self.skip_bracketed();
        let angle = self.argument(start, name)?;
        let parts: Vec<&str> = angle.split(';').map(str::trim).collect();
        let is_part = |part: &&str| part.is_empty() || is_number(part);
        let (degrees, minutes) = (parts[0], &parts[1..]);
        let is_read = is_part(&unsigned(degrees)) && minutes.len() <= 2 && minutes.iter().all(is_part);
        if !is_read || parts.iter().all(|part| part.is_empty()) {
            self.push(TokenKind::Unknown(&self.text[start..start + 1 + name.len()]), start);
            return Ok(());
        }
        self.refuse_what_siunitx_reads(angle)?;
        let end = self.place_of(degrees) + degrees.len();
        match degrees {
            "" => self.push_at(TokenKind::Number("0"), end, end),
            _ => self.signed(degrees, start),
        }
        self.push_at(TokenKind::Degree, end, end);
        for (count, part) in (1..).zip(minutes).filter(|(_, part)| !part.is_empty()) {
            let place = self.place_of(part);
            let end = place + part.len();
            self.push_at(TokenKind::Number(part), place, end);
            self.push_at(TokenKind::Prime(count), end, end);
        }
        Ok(())
    }

    /// `\SI{3}{m/s}`, `\qty{3}{\meter\per\second}`. `\qty` with one argument, or around anything else than a number, has
    /// brackets of the right size in it.
    fn number_and_unit(&mut self, start: usize, name: &'t str) -> Result<(), SyntaxError> {
        let before = self.at;
        self.skip_bracketed();
        let number = self.argument(start, name)?.trim();
        if !is_read(unsigned(number)) || !self.rest().starts_with('{') {
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
        self.signed(number, start);
        let place = self.at;
        let unit = self.argument(start, name)?;
        let kind = match unit.trim() {
            "\\degree" | "\\arcdegree" | "\u{b0}" => TokenKind::Degree,
            "\\percent" | "\\%" | "%" => TokenKind::Percent,
            _ => TokenKind::Text(unit),
        };
        self.push(kind, place);
        Ok(())
    }

    /// A number and the sign before it. The number stands alone, as it may be corrected, and nothing around it.
    fn signed(&mut self, number: &'t str, start: usize) {
        let digits = unsigned(number);
        let place = self.place_of(digits);
        match number.chars().next() {
            Some('-') => self.push_at(TokenKind::Minus, start, place),
            Some('+') => self.push_at(TokenKind::Plus, start, place),
            _ => {}
        }
        self.push_at(TokenKind::Number(digits), place, place + digits.len());
    }

    /// Where a part of the text stands.
    pub(super) fn place_of(&self, part: &str) -> usize {
        part.as_ptr() as usize - self.text.as_ptr() as usize
    }

    /// Adds a token that stands before the current place.
    fn push_at(&mut self, kind: TokenKind<'t>, start: usize, end: usize) {
        let at = std::mem::replace(&mut self.at, end);
        self.push(kind, start);
        self.at = at;
    }
}

/// The bytes from `start` to `end` with the command of siunitx that a number at their start stands in, and what closes it at their
/// end.
pub(in crate::syntax) fn with_command(text: &str, start: usize, end: usize) -> (usize, usize) {
    let start = text.get(..start).and_then(command_before).unwrap_or(start);
    let typed = text.get(start..end).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    let rest = after.trim_start_matches([' ', ';']);
    let is_open = typed.matches('{').count() > typed.matches('}').count() && rest.starts_with('}');
    (start, if is_open { end + after.len() - rest.len() + 1 } else { end })
}

/// Where the command begins whose number comes next.
fn command_before(before: &str) -> Option<usize> {
    let before = before.trim_end().strip_suffix('{')?.trim_end();
    let options = before.strip_suffix(']').and_then(|before| before.rfind('['));
    let before = options.map_or(before, |options| &before[..options]);
    let is_one = |name: &&str| before.ends_with(*name);
    ["\\num", "\\ang", "\\SI", "\\qty"].iter().find(|name| is_one(name)).map(|name| before.len() - name.len())
}

/// Whether a number is read. Spaces in it say nothing to siunitx.
fn is_read(number: &str) -> bool {
    let number: String = number.split_whitespace().collect();
    is_number(&number) || is_power_of_ten(&number)
}

/// A number without the sign before it.
fn unsigned(number: &str) -> &str {
    number.strip_prefix(['-', '+']).unwrap_or(number).trim_start()
}

/// `e8`, `E-10`: a power of ten, whose factor 1 is left out.
fn is_power_of_ten(number: &str) -> bool {
    let Some(exponent) = number.strip_prefix(['e', 'E']) else { return false };
    let digits = unsigned(exponent);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
