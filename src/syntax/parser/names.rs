//! Names: letters, accents, fonts, subscripts, superscripts that are no powers, primes, and what follows them.

use super::atom::is_word;
use super::commas::Content;
use super::{Cursor, Parser, Result};
use crate::syntax::expr::{Expr, Kind};
use crate::syntax::latex;
use crate::syntax::name::Name;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{Builtin, NameKind, Notation, unicode};

impl<'t> Parser<'_, 't> {
    /// A name with all that belongs to it, and a call where it is a function.
    pub(super) fn name(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let mut canonical = self.base_name()?;
        let mut primes = 0;
        loop {
            self.skip_empty_scripts();
            if let Some(count) = self.primes() {
                primes += count;
                continue;
            }
            match self.peek().kind {
                TokenKind::Underscore => {
                    let lowered = self.at;
                    match self.subscript(&canonical, start)? {
                        Subscript::Name(name) => canonical = name,
                        Subscript::Index(expr) => {
                            if let Some(element) = self.element_of_raised(&canonical, &expr, start) {
                                return Ok(element);
                            }
                            self.check_raised_index(lowered)?;
                            return Ok(expr);
                        }
                    }
                }
                TokenKind::Lowered(text) => {
                    self.advance();
                    let text: String = text.chars().filter_map(unicode::lowered).collect();
                    canonical = Name::with_subscript(&canonical, &text).as_str().to_owned();
                }
                TokenKind::Caret if let Some(order) = self.order_of_derivative(&canonical) => primes += order,
                TokenKind::Caret => match self.superscript_name(&canonical)? {
                    Some(name) => canonical = name,
                    None => break,
                },
                _ => break,
            }
        }
        let primed = canonical.clone() + &"'".repeat(primes as usize);
        if let Some((list, indices)) = self.element_by_name(&primed, start) {
            return Ok(Expr::new(Kind::Subscript { base: list, indices }, self.since(start)));
        }
        if self.kind(&canonical) == Some(NameKind::Function) {
            return self.applied(canonical, primes, start);
        }
        if let Some(derivative) = self.derivative_by_subscript(&primed, start)? {
            return Ok(derivative);
        }
        self.applied(primed, 0, start)
    }

    /// `'`, `^\prime`, `^{\prime\prime}`: how many. Where they stand among the scripts makes no difference.
    pub(super) fn primes(&mut self) -> Option<u32> {
        if let TokenKind::Prime(count) = self.peek().kind {
            self.advance();
            return Some(count);
        }
        let before = self.at;
        if !self.eat(TokenKind::Caret) {
            return None;
        }
        let braced = self.eat(TokenKind::Open(Bracket::Brace));
        let mut primes = 0;
        while let TokenKind::Prime(count) = self.peek().kind {
            self.advance();
            primes += count;
            if !braced {
                break;
            }
        }
        if primes > 0 && (!braced || self.eat(TokenKind::Close(Bracket::Brace))) {
            return Some(primes);
        }
        self.at = before;
        None
    }

    /// `^{(3)}` of a function: so many primes.
    fn order_of_derivative(&mut self, function: &str) -> Option<u32> {
        if self.kind(function) != Some(NameKind::Function) {
            return None;
        }
        let before = self.at;
        self.advance();
        let text = self.script_text().unwrap_or_default();
        let order = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')?.parse().ok());
        let order = order.filter(|order| (1..=20).contains(order));
        if order.is_none() {
            self.at = before;
        }
        order
    }

    /// The letters of a name, with accents and fonts.
    pub(super) fn base_name(&mut self) -> Result<String> {
        let token = self.peek();
        match token.kind {
            TokenKind::Word("m") if self.at_measure_of_angle() => {
                self.advance();
                self.angle()
            }
            TokenKind::Command("angle") => self.angle(),
            TokenKind::Word(word) => {
                let piece = self.first_name(word);
                self.advance_by(piece.len());
                Ok(piece.to_owned())
            }
            TokenKind::Text(text) if is_word(text.trim()) => {
                self.advance();
                Ok(text.trim().to_owned())
            }
            TokenKind::Command("pi") => {
                self.advance();
                Ok("pi".to_owned())
            }
            TokenKind::Command("imaginaryunit") => {
                self.advance();
                Ok("i".to_owned())
            }
            TokenKind::Command(command) => {
                if let Some(letter) = latex::greek(command) {
                    self.advance();
                    return Ok(self.difference(letter).unwrap_or_else(|| letter.to_owned()));
                }
                let Some(accent) = accent(command) else {
                    return Err(self.error_here(format!("`\\{command}` is not expected here")).unsupported());
                };
                self.advance();
                let inner = self.accented()?;
                Ok(format!("{accent}({inner})"))
            }
            _ => Err(self.unexpected()),
        }
    }

    /// `m\angle ABC`: the measure of an angle, as some call it.
    pub(super) fn at_measure_of_angle(&self) -> bool {
        self.peek().kind == TokenKind::Word("m")
            && self.look(1).kind == TokenKind::Command("angle")
            && self.kind("m").is_none()
    }

    /// `\angle ABC`, `\angle 1`: the letters are those of points.
    fn angle(&mut self) -> Result<String> {
        self.advance();
        let of = match self.peek().kind {
            TokenKind::Word(points) => {
                self.advance_by(points.len());
                points
            }
            TokenKind::Number(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.advance();
                digits
            }
            TokenKind::Command(command) if let Some(letter) = latex::greek(command) => {
                self.advance();
                letter
            }
            _ => return Err(self.error_here("expected the points of an angle")),
        };
        Ok(Name::with_subscript("angle", of).as_str().to_owned())
    }

    /// `\Delta t`, where nothing is called Δ: one name, a difference of `t`.
    fn difference(&mut self, letter: &str) -> Option<String> {
        if !matches!(letter, "Delta" | "delta") || self.kind(letter).is_some() {
            return None;
        }
        let of = match self.peek().kind {
            TokenKind::Word(word) => {
                let first = word.chars().next().filter(|first| first.is_alphabetic())?;
                self.advance_by(first.len_utf8());
                first.to_string()
            }
            TokenKind::Command(command) => {
                let of = latex::greek(command)?.to_owned();
                self.advance();
                of
            }
            _ => return None,
        };
        Some(format!("{letter}({of})"))
    }

    /// What stands under an accent, which may have one itself.
    fn accented(&mut self) -> Result<String> {
        let nested = matches!(self.look(1).kind, TokenKind::Command(command) if accent(command).is_some());
        if self.peek().kind != TokenKind::Open(Bracket::Brace) || !nested {
            return self.script_text();
        }
        let before = self.at;
        self.advance();
        let inner = self.base_name()?;
        if self.eat(TokenKind::Close(Bracket::Brace)) {
            return Ok(inner);
        }
        self.at = before;
        self.script_text()
    }

    /// How much of adjacent letters is one name: in plain notation all of it, in LaTeX the longest known name,
    /// else one letter if all letters are known, else the whole, which is then unknown as a whole.
    fn first_name(&self, word: &'t str) -> &'t str {
        if self.notation == Notation::Plain {
            return word;
        }
        let known = |piece: &str| self.kind(piece).is_some() || self.knows_base(piece);
        if let Some(length) = (2..=word.len()).rev().find(|length| known(&word[..*length])) {
            return &word[..length];
        }
        let letter = |at: usize| &word[at..=at];
        let single = |at: usize| known(letter(at)) || constant(letter(at));
        let has_script =
            matches!(self.look(1).kind, TokenKind::Underscore | TokenKind::Caret | TokenKind::Prime(_));
        let all_known = (0..word.len()).all(|at| single(at) || (has_script && at + 1 == word.len()));
        if word.len() > 1 && !all_known && self.at.used == 0 && !single(0) { word } else { letter(0) }
    }

    /// After `_`: part of the name, or an index that has to be evaluated.
    fn subscript(&mut self, base: &str, start: u32) -> Result<Subscript> {
        self.advance();
        let before = self.at;
        let text = self.script_text()?;
        let name = Name::with_subscript(base, &text).as_str().to_owned();
        let differentiates = self.peek().kind == TokenKind::Open(Bracket::Round)
            && super::subscripted(self.lexicon, &name).is_some();
        if differentiates || self.kind(&name).is_some() {
            return Ok(Subscript::Name(name));
        }
        let after = self.at;
        self.at = before;
        let indices = self.index_expressions();
        self.at = after;
        let Some(indices) = indices else { return Ok(Subscript::Name(name)) };
        if let Some((list, indices)) = self.element_of_named(base, &text, &indices) {
            let kind = Kind::Subscript { base: list, indices };
            return Ok(Subscript::Index(Expr::new(kind, self.since(start))));
        }
        let dynamic = indices.iter().any(|index| self.mentions_bound(index));
        let known = indices.iter().all(|index| self.all_known(index));
        if dynamic || known && (self.kind(base) == Some(NameKind::List) || self.is_sequence(base)) {
            let kind = Kind::Subscript { base: Name::new(base), indices };
            return Ok(Subscript::Index(Expr::new(kind, self.since(start))));
        }
        Ok(Subscript::Name(name))
    }

    /// The content of a subscript as expressions, if it reads as such.
    pub(super) fn index_expressions(&mut self) -> Option<Vec<Expr>> {
        if self.peek().kind == TokenKind::Open(Bracket::Brace) {
            self.advance();
            return self
                .nested(|parser| parser.list_items(Bracket::Brace))
                .ok()
                .filter(|items| !items.is_empty());
        }
        self.script().ok().map(|expr| vec![expr])
    }

    fn mentions_bound(&self, expr: &Expr) -> bool {
        expr.any(|node| matches!(&node.kind, Kind::Name(name) if self.bound.contains(name)))
    }

    pub(super) fn all_known(&self, expr: &Expr) -> bool {
        let mut known = true;
        expr.walk(&mut |node| {
            if let Kind::Name(name) = &node.kind {
                known &=
                    matches!(self.kind(name.as_str()), Some(NameKind::Number)) || constant(name.as_str());
            }
        });
        known
    }

    /// After a name, at `^`: the name with its superscript, if that spelling is known or can be no power.
    fn superscript_name(&mut self, base: &str) -> Result<Option<String>> {
        let before = self.at;
        self.advance();
        let Ok(text) = self.script_text() else {
            self.at = before;
            return Ok(None);
        };
        let name = Name::with_superscript(base, &text).as_str().to_owned();
        if self.kind(&name).is_some() {
            return Ok(Some(name));
        }
        let after = self.at;
        self.at = before;
        // `e^-x` lacks its braces.
        let sign = matches!(text.as_str(), "+" | "-")
            && self.look(1).kind != TokenKind::Open(Bracket::Brace)
            && matches!(
                self.look(2).kind,
                TokenKind::Word(_) | TokenKind::Number(_) | TokenKind::Command(_) | TokenKind::Open(_)
            );
        if sign {
            return Ok(None);
        }
        // `L^{(1)}` counts steps; a power needs no brackets around its number.
        let spelled = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
        let index_like = spelled.is_some_and(|inner| inner.bytes().all(|byte| byte.is_ascii_digit()));
        if index_like || matches!(text.as_str(), "*" | "+" | "-" | "star" | "ast" | "dagger" | "prime") {
            self.at = after;
            return Ok(Some(name));
        }
        Ok(None)
    }

    /// Passes over a script.
    pub(super) fn skip_script(&mut self) -> Result<()> {
        self.script_text().map(|_| ())
    }

    /// A function of the page takes the brackets that follow; `P(A)` may be a name as a whole.
    fn applied(&mut self, canonical: String, order: u32, start: u32) -> Result<Expr> {
        let name = Name::new(&canonical);
        if self.peek().kind != TokenKind::Open(Bracket::Round) {
            return Ok(Expr::new(Kind::Name(name), self.since(start)));
        }
        if let Some(whole) = self.known_call(&canonical, start)? {
            return Ok(whole);
        }
        let unknown = self.kind(&canonical).is_none() && !constant(&canonical);
        // `\rho_0 (1 + t)` is a product, whenever `\rho_0` is given.
        let is_element = unknown && Name::as_element(&canonical).is_some();
        if self.kind(&canonical) != Some(NameKind::Function) && !unknown || is_element {
            return Ok(Expr::new(Kind::Name(name), self.since(start)));
        }
        self.advance();
        let content = Content::of_function(self.lexicon.parameters(&canonical).map(<[Name]>::len));
        let args = self.argument_list(content, Bracket::Round)?;
        if unknown && canonical == "C" && is_choice(&args) {
            return Ok(Expr::new(Kind::Call(Builtin::Binomial, args), self.since(start)));
        }
        Ok(Expr::new(Kind::Apply { function: name, order, args }, self.since(start)))
    }

    /// At the bracket after `canonical`: `P(A)` where the page has given it a value as a whole.
    pub(super) fn known_call(&mut self, canonical: &str, start: u32) -> Result<Option<Expr>> {
        self.attempt(|parser| {
            if !parser.eat(TokenKind::Open(Bracket::Round)) {
                return Ok(None);
            }
            let Ok(spelled) = parser.spelled_arguments(Bracket::Round) else { return Ok(None) };
            let whole = Name::new(&format!("{canonical}({spelled})"));
            let known = parser.kind(whole.as_str()).is_some();
            Ok(known.then(|| Expr::new(Kind::Name(whole), parser.since(start))))
        })
    }

    /// Runs `read` and goes back to where it was if it finds nothing.
    pub(super) fn attempt<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let before: Cursor = self.at;
        let result = read(self);
        if !matches!(result, Ok(Some(_))) {
            self.at = before;
        }
        result
    }
}

enum Subscript {
    Name(String),
    Index(Expr),
}

/// Letters that are constants unless the page defines them.
pub(super) fn constant(name: &str) -> bool {
    matches!(name, "e" | "pi" | "i")
}

fn accent(command: &str) -> Option<&'static str> {
    Some(match command {
        "hat" => "hat",
        "bar" | "overline" => "bar",
        "tilde" => "tilde",
        "vec" => "vec",
        "dot" => "dot",
        "ddot" => "ddot",
        "underline" => "under",
        "mathbf" => "bold",
        "mathcal" => "cal",
        "mathbb" => "bb",
        "mathfrak" => "frak",
        _ => return None,
    })
}

/// Whether these can be the arguments of `C(n, k)`: in how many ways k of n can be chosen. `C(2, 3)` is something else.
fn is_choice(args: &[Expr]) -> bool {
    let whole = |arg: &Expr| !matches!(&arg.kind, Kind::Number(literal) if !literal.is_integer());
    match args {
        [Expr { kind: Kind::Number(of), .. }, Expr { kind: Kind::Number(count), .. }]
            if of.value < count.value =>
        {
            false
        }
        [of, count] => whole(of) && whole(count),
        _ => false,
    }
}
