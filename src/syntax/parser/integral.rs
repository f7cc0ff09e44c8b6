//! Integrals: where the integrand ends, and over what it is integrated.

use super::{Parser, Result};
use crate::syntax::expr::{Expr, Kind, Relation};
use crate::syntax::latex;
use crate::syntax::name::Name;
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, Token, TokenKind, closings};

impl Parser<'_, '_> {
    pub(super) fn integral(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let (mut lower, mut upper) = (None, None);
        loop {
            match self.peek().kind {
                TokenKind::Underscore if lower.is_none() => {
                    self.advance();
                    lower = Some(self.limit_of_integration()?);
                }
                TokenKind::Caret if upper.is_none() => {
                    self.advance();
                    upper = Some(self.limit_of_integration()?);
                }
                _ => break,
            }
        }
        let (Some(lower), Some(upper)) = (lower, upper) else {
            return Err(self
                .error_at(self.since(start), "an integral without limits has no value")
                .unsupported());
        };
        let variable = match self.find_differential(start) {
            Ok(variable) => variable,
            Err(error) => match self.differential_above() {
                Some(variable) => {
                    let [lower, upper] = self.limits_of(&variable, [lower, upper])?;
                    return self.integral_of_fraction(variable, lower, upper, start);
                }
                None => return Err(error),
            },
        };
        let [lower, upper] = self.limits_of(&variable, [lower, upper])?;
        self.bound.push(variable.clone());
        self.integrals += 1;
        let leads = self.at_differential();
        let body = if leads { Ok(self.one(start)) } else { self.nested(|parser| parser.expression()) };
        self.integrals -= 1;
        self.bound.pop();
        let mut body = body?;
        self.skip_differential(&variable)?;
        if leads && !self.at_end_of_term() {
            body = self.integrand_after(&variable)?;
        }
        let kind =
            Kind::Integral { variable, lower: Box::new(lower), upper: Box::new(upper), body: Box::new(body) };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// `\int_0^1 dx\, x^2`: the product after the `dx` is the integrand where `x` means nothing else and nothing is
    /// added to it.
    fn integrand_after(&mut self, variable: &Name) -> Result<Expr> {
        let message = format!("an integral that begins with `d{variable}` may end here or go on");
        let error = self.error_here(message).help("write the integrand before its `d`");
        if self.kind(variable.as_str()).is_some() {
            return Err(error);
        }
        self.bound.push(variable.clone());
        let body = self.nested(|parser| parser.term());
        self.bound.pop();
        match self.peek().kind {
            TokenKind::Plus | TokenKind::Minus => Err(error),
            _ => body,
        }
    }

    /// `\int_0^1 \frac{x \, dx}{1 + x^2}`: the product that holds the fraction is the integrand.
    fn integral_of_fraction(&mut self, variable: Name, lower: Expr, upper: Expr, start: u32) -> Result<Expr> {
        self.bound.push(variable.clone());
        let outer = self.above.replace(variable.clone());
        let body = self.nested(|parser| parser.term());
        let left = std::mem::replace(&mut self.above, outer);
        self.bound.pop();
        let body = body?;
        if left.is_some() {
            return Err(self.error_at(self.since(start), "this integral has no `dx`"));
        }
        let kind =
            Kind::Integral { variable, lower: Box::new(lower), upper: Box::new(upper), body: Box::new(body) };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// The variable whose `d` ends the numerator of a fraction in the product that begins here.
    fn differential_above(&self) -> Option<Name> {
        for (ahead, token) in self.in_the_open(0) {
            match token.kind {
                TokenKind::Command("int") | TokenKind::Relation(_) => return None,
                TokenKind::Command("frac") => {
                    if let Some(variable) = self.differential_in(ahead + 1) {
                        return Some(variable);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The variable whose `d` ends the braces that open `ahead` tokens on.
    fn differential_in(&self, ahead: usize) -> Option<Name> {
        let close = self.close_of(ahead)?;
        let differentials = self.in_the_open(ahead + 1).filter_map(|(at, _)| {
            let (name, tokens) = self.differential_length(at)?;
            Some((name, at + tokens))
        });
        differentials.last().filter(|(_, end)| *end == close).map(|(name, _)| name)
    }

    /// The numerator `{x \, dx}` of a fraction that is the integrand, if that is what comes next.
    pub(super) fn integrand_above(&mut self) -> Result<Option<Expr>> {
        let Some(variable) = self.above.clone() else { return Ok(None) };
        if self.differential_in(1).as_ref() != Some(&variable) {
            return Ok(None);
        }
        let start = self.peek().start;
        self.advance();
        self.advance();
        self.above = None;
        let outer = std::mem::replace(&mut self.integrals, 1);
        let top = if self.at_differential() { Ok(self.one(start)) } else { self.expression() };
        self.integrals = outer;
        let top = top?;
        self.skip_differential(&variable)?;
        self.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
        Ok(Some(top))
    }

    /// What is integrated where nothing is written.
    fn one(&self, start: u32) -> Expr {
        Expr::new(Kind::Number(Literal::one()), self.since(start))
    }

    /// A limit, which may name the variable: `_{x=0}`.
    fn limit_of_integration(&mut self) -> Result<(Option<Name>, Expr)> {
        let named = self.attempt(|parser| {
            if !parser.eat(TokenKind::Open(Bracket::Brace)) {
                return Ok(None);
            }
            let Ok(name) = parser.spelled_name() else { return Ok(None) };
            if !parser.eat(TokenKind::Relation(Relation::Equal)) {
                return Ok(None);
            }
            let value = parser.nested(|parser| parser.expression())?;
            parser.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
            Ok(Some((Some(name), value)))
        })?;
        match named {
            Some(limit) => Ok(limit),
            None => Ok((None, self.script()?)),
        }
    }

    /// The limits without the names of their variable, which must be the one that is integrated over.
    fn limits_of(&self, variable: &Name, limits: [(Option<Name>, Expr); 2]) -> Result<[Expr; 2]> {
        for (name, limit) in &limits {
            if name.as_ref().is_some_and(|name| name != variable) {
                let message =
                    format!("this is a limit of another variable than the `d{variable}` of its integral");
                let error = self.error_at(limit.span, message);
                return Err(error.help("the innermost integral ends with the first `d`"));
            }
        }
        Ok(limits.map(|(_, limit)| limit))
    }

    /// Whether a `d` and a letter stand here that end an integrand.
    pub(super) fn at_differential(&self) -> bool {
        self.integrals > 0 && self.differential_length(0).is_some()
    }

    /// The name after the `d` that stands `ahead` tokens on, and how many tokens it takes.
    fn differential_length(&self, ahead: usize) -> Option<(Name, usize)> {
        let (letter, tokens) = match self.look(ahead).kind {
            TokenKind::Word("d") | TokenKind::Text("d") => match self.look(ahead + 1).kind {
                TokenKind::Word(word) => (word.get(..1)?, 2),
                TokenKind::Command(command) => (latex::greek(command)?, 2),
                _ => return None,
            },
            TokenKind::Word(word) if word.len() == 2 && word.starts_with('d') => (&word[1..], 1),
            _ => return None,
        };
        Some(match self.subscript_of_differential(ahead + tokens) {
            Some((subscript, length)) => (Name::with_subscript(letter, &subscript), tokens + length),
            None => (Name::new(letter), tokens),
        })
    }

    /// `_1`, `_{12}` of `dx_1`, and how many tokens it takes.
    fn subscript_of_differential(&self, ahead: usize) -> Option<(String, usize)> {
        if self.look(ahead).kind != TokenKind::Underscore {
            return None;
        }
        let letters = |at: usize| match self.look(at).kind {
            TokenKind::Word(text) | TokenKind::Number(text) => Some(text.to_owned()),
            _ => None,
        };
        if self.look(ahead + 1).kind == TokenKind::Open(Bracket::Brace) {
            let closed = self.look(ahead + 3).kind == TokenKind::Close(Bracket::Brace);
            return letters(ahead + 2).filter(|_| closed).map(|text| (text, 4));
        }
        letters(ahead + 1).filter(|text| text.len() == 1).map(|text| (text, 2))
    }

    /// The variable of the integral that begins here: its own `d`, past those of the integrals inside it.
    fn find_differential(&self, start: u32) -> Result<Name> {
        let mut inner = 0usize;
        for (ahead, token) in self.in_the_open(0) {
            match token.kind {
                // One in brackets has its `d` there.
                TokenKind::Command("int") => inner += 1,
                TokenKind::Open(_) | TokenKind::Begin(_) => {}
                _ => {
                    if let Some(name) = self.differential_after_script(ahead) {
                        if inner == 0 {
                            return Ok(name);
                        }
                        inner -= 1;
                    }
                }
            }
        }
        Err(self.error_at(self.since(start), "this integral has no `dx`"))
    }

    /// As [`Self::differential_length`], also behind a script of one letter: `e^xdx`.
    fn differential_after_script(&self, ahead: usize) -> Option<Name> {
        let script = ahead
            .checked_sub(1)
            .is_some_and(|before| matches!(self.look(before).kind, TokenKind::Caret | TokenKind::Underscore));
        match self.look(ahead).kind {
            TokenKind::Word(word)
                if script && word.len() == 3 && word.get(1..).is_some_and(|rest| rest.starts_with('d')) =>
            {
                word.get(2..).map(Name::new)
            }
            _ => self.differential_length(ahead).map(|(name, _)| name),
        }
    }

    fn skip_differential(&mut self, variable: &Name) -> Result<()> {
        match self.differential_length(0) {
            Some((name, tokens)) if name == *variable => {
                (0..tokens).for_each(|_| self.advance());
                match self.peek().kind {
                    TokenKind::Caret | TokenKind::Raised(_) => {
                        let message =
                            "a power after a differential is no part of an integral over one variable";
                        Err(self.error_here(message).unsupported())
                    }
                    _ => Ok(()),
                }
            }
            _ => Err(self.error_here(format!("expected `d{variable}` of the integral"))),
        }
    }
}

/// The tokens with the differentials set apart that stand right behind other letters, `xdx` and `xydxdy`, behind a sign
/// of multiplication, or in braces with the integrand; `None` if there is nothing to set apart. This is a second reading,
/// for what has none as it stands.
pub(in crate::syntax) fn set_apart<'t>(
    tokens: &[Token<'t>],
    is_known: &dyn Fn(&str) -> bool,
) -> Option<Vec<Token<'t>>> {
    let first = tokens.iter().position(|token| token.kind == TokenKind::Command("int"))?;
    let mut apart = tokens[..first].to_vec();
    for token in &tokens[first..] {
        match token.kind {
            TokenKind::Word(word) if !is_known(word) => apart.extend(letters_and_differentials(token, word)),
            _ => apart.push(*token),
        }
    }
    let dropped = out_of_place(&apart, first);
    let changed = apart.len() != tokens.len() || !dropped.is_empty();
    let kept = |at: &usize| dropped.binary_search(at).is_err();
    changed.then(|| apart.iter().enumerate().filter(|(at, _)| kept(at)).map(|(_, token)| *token).collect())
}

/// The brackets around a differential, an integrand with it, or the `d` or the variable of it, and the signs of multiplication
/// before it, in order.
fn out_of_place(tokens: &[Token<'_>], first: usize) -> Vec<usize> {
    use TokenKind as T;
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    let is_d = |at: usize| matches!(kind(at), Some(T::Word("d") | T::Text("d")));
    let is_letter = |at: usize| match kind(at) {
        Some(T::Word(word)) => word.len() == 1,
        Some(T::Command(command)) => latex::greek(command).is_some(),
        _ => false,
    };
    // Whether a differential ends before this token, and where it begins.
    let ends_before = |end: usize| match kind(end - 1) {
        Some(T::Word(word)) if word.len() == 2 && word.starts_with('d') => Some(end - 1),
        Some(T::Word("d")) => Some(end - 1),
        _ if end > 2 && is_letter(end - 1) && is_d(end - 2) => Some(end - 2),
        _ => None,
    };
    let mut dropped = Vec::new();
    for (open, close) in closings(tokens).into_iter().enumerate() {
        let Some(close) = close.filter(|close| open > first && *close > open + 1) else { continue };
        let before = open.checked_sub(1).and_then(kind);
        let is_script = matches!(before, Some(T::Caret | T::Underscore));
        let is_argument = is_script || matches!(before, Some(T::Command(command)) if command != "int");
        let braces = kind(open) == Some(T::Open(Bracket::Brace));
        let behind_braces = matches!(before, Some(T::Close(_))) && !ends_limit(tokens, open - 1);
        let differential = ends_before(close);
        let is_whole = differential.is_some_and(|start| start == open + 1)
            && kind(open + 1) != Some(T::Word("d"))
            || is_d(open + 1) && close == open + 2 && is_letter(close + 1)
            || is_d(open + 1) && close == open + 3 && is_letter(open + 2);
        // `\mathrm{d}\left(x\right)`: upright, so that it is no factor.
        let is_variable = kind(open) == Some(T::Open(Bracket::Round))
            && before == Some(T::Text("d"))
            && close == open + 2
            && is_letter(open + 1);
        let is_integrand = differential.is_some() && !behind_braces;
        if braces && !is_argument && (is_whole || is_integrand) || is_variable {
            dropped.extend([open, close]);
        }
    }
    let dots = (first..tokens.len()).filter(|at| {
        kind(*at) == Some(T::Dot) && (ends_before(at + 2).is_some_and(|start| start > *at) || is_d(at + 1))
    });
    dropped.extend(dots);
    dropped.sort_unstable();
    dropped
}

/// Whether the brace that closes here belongs to a limit of an integral.
fn ends_limit(tokens: &[Token<'_>], close: usize) -> bool {
    let opened = closings(tokens).iter().position(|closing| *closing == Some(close));
    opened
        .and_then(|open| open.checked_sub(1))
        .is_some_and(|before| matches!(tokens[before].kind, TokenKind::Caret | TokenKind::Underscore))
}

/// `xydxdy` as `xy`, `dx` and `dy`.
fn letters_and_differentials<'t>(token: &Token<'t>, word: &'t str) -> Vec<Token<'t>> {
    let mut letters = word.len();
    while letters >= 2 && word.as_bytes()[letters - 2] == b'd' {
        letters -= 2;
    }
    let in_place = (token.end - token.start) as usize == word.len();
    let piece = |from: usize, to: usize| {
        let (start, end) = match in_place {
            true => (token.start + from as u32, token.start + to as u32),
            false => (token.start, token.end),
        };
        Token { kind: TokenKind::Word(&word[from..to]), start, end, spaced: token.spaced && from == 0 }
    };
    let differentials = (letters..word.len()).step_by(2).map(|from| piece(from, from + 2));
    (letters > 0).then(|| piece(0, letters)).into_iter().chain(differentials).collect()
}
