//! Numbers: decimals with their groups and repeating digits, digits to another base.

use super::{Parser, Result, binary};
use crate::syntax::expr::{Binary, Expr, Kind, Unary};
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{Notation, latex, unicode};

impl Parser<'_, '_> {
    pub(super) fn number(&mut self, text: &str) -> Result<Expr> {
        let start = self.peek().start;
        let literal = self.literal(text)?;
        self.advance();
        Ok(Expr::new(Kind::Number(literal), self.since(start)))
    }

    /// A number, with groups of digits if commas group them here.
    pub(super) fn grouped_number(&mut self, text: &str) -> Result<Expr> {
        let start = self.peek().start;
        let (text, tokens) = self.with_digit_groups(text);
        let literal = self.literal(&text)?;
        (0..tokens).for_each(|_| self.advance());
        Ok(Expr::new(Kind::Number(literal), self.since(start)))
    }

    /// Whether what follows the point here shows that it belongs to the number before it.
    pub(super) fn ends_after_point(&self) -> bool {
        use TokenKind as T;
        let next = self.look(1).kind;
        self.notation == Notation::Latex
            && matches!(
                next,
                T::Eof | T::Plus | T::Minus | T::Dot | T::Times | T::Slash | T::Comma | T::Close(_)
            )
    }

    /// Whether the number here has a base, or goes on with digits before it.
    fn stands_in_a_row(&self) -> bool {
        let before = self.at.token.checked_sub(1).map(|before| self.tokens[before].kind);
        matches!(before, Some(TokenKind::Number(_) | TokenKind::Comma))
            || self.look(1).kind == TokenKind::Underscore
    }

    /// Whether the number here is the argument of `\num{1.5e-3}` or its kin, where letters are no names.
    fn is_siunitx_number(&self) -> bool {
        let before = self.text[..self.peek().start as usize].trim_end();
        let before = before.strip_suffix(['-', '+']).unwrap_or(before).strip_suffix('{').map(str::trim_end);
        before
            .is_some_and(|before| ["\\num", "\\SI", "\\qty"].iter().any(|command| before.ends_with(command)))
    }

    pub(super) fn literal(&self, text: &str) -> Result<Literal> {
        if let Some((digits, repetend)) = latex::repeating(text) {
            if text.ends_with(')') && !text.starts_with("0.") {
                let message = format!("`{text}` can have digits that repeat, or be a product");
                let help = format!("write `{digits}\\overline{{{repetend}}}` or `\\cdot`");
                return Err(self.error_here(message).ambiguous().help(help));
            }
            let digits: String = digits.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
            return Literal::repeating(text, &digits, &repetend)
                .ok_or_else(|| self.error_here("this is no number"));
        }
        if let Some(digits) = text.strip_prefix("0x") {
            let literal = in_base(digits, 16).and_then(|value| Literal::new(text, value.to_string(), 0));
            return literal.ok_or_else(|| self.error_here("this number has too many digits").limit());
        }
        if is_binary(text) && !self.stands_in_a_row() {
            let error = self.error_here("digits with a zero before them can be binary or decimal");
            let help = format!("write `{text}_2` for a binary number, or leave the zero out");
            return Err(error.ambiguous().help(help));
        }
        if let Some(letter) = text.chars().find(|c| matches!(c, 'e' | 'E'))
            && self.notation == Notation::Latex
            && !self.is_siunitx_number()
            && self.kind(letter.encode_utf8(&mut [0; 4])).is_some()
        {
            let error = self.error_here(format!("`{text}` can be a number, or hold the page's `{letter}`"));
            let help = format!("write `\\times 10^{{…}}`, or `\\cdot {letter}` for a product");
            return Err(error.ambiguous().help(help));
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let mantissa = if mantissa.is_empty() && self.is_siunitx_number() { "1" } else { mantissa };
        let digits = mantissa.chars().map(|c| unicode::full_width(c).unwrap_or(c));
        let digits: String = digits.filter(|c| c.is_ascii_digit() || *c == '.').collect();
        if !digits.bytes().any(|byte| byte.is_ascii_digit()) || digits.matches('.').count() > 1 {
            return Err(self.error_here("this is no number"));
        }
        // Spaces may stand in what siunitx typesets.
        let exponent: String = exponent.split_whitespace().collect();
        exponent.parse().ok().and_then(|exponent| Literal::new(text, digits, exponent)).ok_or_else(|| {
            self.error_here("this number has too many digits or too large an exponent").limit()
        })
    }

    /// Whether a number or braces around one stand behind the upright letter here: `2.5\mathrm{e}3`, `2.5\mathrm{e}{-3}`.
    pub(super) fn exponent_follows(&self, number: &Expr) -> bool {
        matches!(&number.kind, Kind::Number(literal) if literal.exponent == 0) && self.exponent().is_some()
    }

    /// The exponent behind the letter here, and how many tokens it takes with the letter.
    fn exponent(&self) -> Option<(String, usize)> {
        let braced = usize::from(self.look(1).kind == TokenKind::Open(Bracket::Brace));
        let sign = match self.look(1 + braced).kind {
            TokenKind::Minus if braced == 1 => "-",
            TokenKind::Plus if braced == 1 => "+",
            _ => "",
        };
        let at = 1 + braced + sign.len();
        let TokenKind::Number(digits) = self.look(at).kind else { return None };
        let closed = braced == 0 || self.look(at + 1).kind == TokenKind::Close(Bracket::Brace);
        let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
        (closed && whole).then(|| (format!("{sign}{digits}"), at + 1 + braced))
    }

    /// A number with an exponent in e-notation, if nothing between them lets the letter be Euler's number.
    pub(super) fn upright_exponent(&mut self, number: &Expr, letter: &str, start: u32) -> Result<Expr> {
        let Some((exponent, tokens)) = self.exponent() else { return Err(self.unexpected()) };
        if self.kind(letter).is_some() || self.peek().spaced || self.look(1).spaced {
            let message = format!("an upright `{letter}` before a number can be e-notation, or a factor");
            let help = "write `\\times 10^{…}`, or `\\cdot` before and after a factor";
            return Err(self.error_here(message).ambiguous().help(help));
        }
        let Kind::Number(literal) = &number.kind else { return Err(self.unexpected()) };
        let digits = literal.digits.clone();
        (0..tokens).for_each(|_| self.advance());
        let span = self.since(start);
        let literal = exponent.parse().ok().and_then(|exponent| {
            Literal::new(self.source(span), digits, exponent).filter(|_| !literal.repeats())
        });
        let error =
            || self.error_at(span, "this number has too many digits or too large an exponent").limit();
        Ok(Expr::new(Kind::Number(literal.ok_or_else(error)?), span))
    }

    /// `9^\circ 30' 15''`: degrees with the minutes and seconds after them.
    pub(super) fn minutes_of_arc(&mut self, degrees: Expr, start: u32) -> Result<Expr> {
        if !matches!(degrees.kind, Kind::Number(_)) {
            return Ok(degrees);
        }
        let mut sum = degrees;
        for (marks, parts) in [(1, "60"), (2, "3600")] {
            let (TokenKind::Number(text), Some((count, tokens))) = (self.peek().kind, self.primes_after(1))
            else {
                break;
            };
            if count != marks {
                continue;
            }
            let minutes = self.number(text)?;
            (0..tokens).for_each(|_| self.advance());
            let whole = Literal::new(parts, parts.to_owned(), 0).ok_or_else(|| self.unexpected())?;
            let whole = Expr::new(Kind::Number(whole), minutes.span);
            sum = binary(Binary::Add, sum, binary(Binary::Divide, minutes, whole));
        }
        let span = self.since(start);
        Ok(match sum.kind {
            Kind::Number(_) => sum,
            _ => Expr::new(Kind::Unary(Unary::Group, Box::new(sum)), span),
        })
    }

    /// How many primes stand `ahead` tokens on, raised or not, and how many tokens they take.
    fn primes_after(&self, ahead: usize) -> Option<(u32, usize)> {
        let raised = usize::from(self.look(ahead).kind == TokenKind::Caret);
        let braced = usize::from(self.look(ahead + raised).kind == TokenKind::Open(Bracket::Brace));
        let first = ahead + raised + braced;
        if self.look(first).kind == TokenKind::Unknown("\"") {
            return Some((2, first + 1 - ahead));
        }
        let primes = |at: &usize| match self.look(*at).kind {
            TokenKind::Prime(count) => Some(count),
            _ => None,
        };
        let (mut count, mut end) = (0, first);
        while let Some(more) = primes(&end) {
            (count, end) = (count + more, end + 1);
        }
        (count > 0).then_some((count, end + braced - ahead))
    }

    /// `3124_5`, `1.01_2`, `1010_{\text{two}}`: digits to another base.
    pub(super) fn numeral(&mut self, number: Expr) -> Result<Expr> {
        let start = number.span.start - self.base.start;
        let Kind::Number(literal) = &number.kind else { return Err(self.unexpected()) };
        let place = self.peek();
        self.advance();
        let base = base(&self.script_text()?);
        let digits = Some(&literal.digits).filter(|_| literal.exponent == 0 && !literal.repeats());
        let value = base.zip(digits).and_then(|(base, digits)| self.in_base(digits, base, start));
        value.ok_or_else(|| {
            let error = self.error_at(self.since(place.start), "a subscript of a number is its base");
            error.help("numbers with the digits 0 to 9 are read, and a base from 2 on: `1011_2`")
        })
    }

    /// The number with these digits; digits after the point make it a fraction.
    fn in_base(&self, digits: &str, base: u32, start: u32) -> Option<Expr> {
        let span = self.since(start);
        let number = |value: u128| {
            let literal = Literal::new(self.source(span), value.to_string(), 0)?;
            Some(Expr::new(Kind::Number(literal), span))
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let top = number(in_base(&format!("{whole}{fraction}"), base)?)?;
        if fraction.is_empty() {
            return Some(top);
        }
        let bottom = number(u128::from(base).checked_pow(fraction.len().try_into().ok()?)?)?;
        Some(Expr::new(
            Kind::Unary(Unary::Group, Box::new(binary(Binary::Divide, top, bottom).at(span))),
            span,
        ))
    }

    /// `FF_{16}`, `1A2B_{16}`, `(FF)_{16}`, `(1010)_2`: digits of which some are letters, or that stand in brackets, if that
    /// is what comes next; and how many tokens it takes. Names that are known have no digits.
    pub(super) fn numeral_ahead(&self) -> Option<(String, u32, usize)> {
        use TokenKind as T;
        let bracketed = self.peek().kind == T::Open(Bracket::Round);
        let first = usize::from(bracketed);
        let mut digits = String::new();
        let mut at = first;
        loop {
            let token = self.look(at);
            match token.kind {
                T::Number(text) | T::Word(text) if at == first || !token.spaced => digits.push_str(text),
                T::Text(text) if at == first => digits.push_str(text.trim()),
                _ => break,
            }
            at += 1;
        }
        if bracketed {
            (self.look(at).kind == T::Close(Bracket::Round)).then_some(())?;
            at += 1;
        }
        (self.at.used == 0 && self.look(at).kind == T::Underscore).then_some(())?;
        let braced = usize::from(self.look(at + 1).kind == T::Open(Bracket::Brace));
        let base = match self.look(at + 1 + braced).kind {
            T::Number(text) | T::Text(text) => base(text.trim())?,
            _ => return None,
        };
        let closed = braced == 0 || self.look(at + 3).kind == T::Close(Bracket::Brace);
        let letters = digits.bytes().any(|byte| byte.is_ascii_alphabetic());
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        // One digit in brackets may have another meaning, a plain number needs nothing of this, `AB_{12}` is a name.
        let is_numeral = closed
            && plain
            && digits.len() > 1
            && in_base(&digits, base).is_some()
            && if letters { base == 16 || bracketed && base > 10 } else { bracketed };
        (is_numeral && !self.names_digits(&digits, base)).then_some((digits, base, at + 2 + 2 * braced))
    }

    /// Whether the page has a name in what looks like digits.
    fn names_digits(&self, digits: &str, base: u32) -> bool {
        let letters: Vec<&str> =
            digits.split(|c: char| c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
        let single = |run: &&str| (0..run.len()).all(|at| self.kind(&run[at..=at]).is_some());
        letters.iter().any(|run| self.kind(run).is_some() || single(run))
            || self.kind(&format!("{digits}_{base}")).is_some()
    }

    /// Reads what [`Self::numeral_ahead`] has found.
    pub(super) fn numeral_with_letters(
        &mut self,
        (digits, base, tokens): (String, u32, usize),
    ) -> Result<Expr> {
        let start = self.peek().start;
        (0..tokens).for_each(|_| self.advance());
        let span = self.since(start);
        let limit = || self.error_at(span, "this number has too many digits").limit();
        self.in_base(&digits, base, start).ok_or_else(limit)
    }
}

/// The base that a subscript names.
fn base(text: &str) -> Option<u32> {
    let named = match text {
        "two" | "bin" => 2,
        "three" => 3,
        "eight" | "oct" => 8,
        "ten" | "dec" => 10,
        "twelve" => 12,
        "sixteen" | "hex" => 16,
        _ => text.parse().ok()?,
    };
    (2..=1000).contains(&named).then_some(named)
}

/// The value of `digits` to a base; `None` if one of them does not exist in it.
fn in_base(digits: &str, base: u32) -> Option<u128> {
    digits.chars().try_fold(0u128, |value, c| {
        value.checked_mul(base.into())?.checked_add(c.to_digit(36).filter(|digit| *digit < base)?.into())
    })
}

/// `0101`: zeros and ones alone, which no decimal number begins with.
fn is_binary(text: &str) -> bool {
    text.len() > 2 && text.starts_with('0') && text.bytes().all(|digit| matches!(digit, b'0' | b'1'))
}
