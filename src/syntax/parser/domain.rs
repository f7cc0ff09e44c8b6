//! Sets behind `\in`.
//!
//! ```text
//! set      = operand { ( "\cup" | "\cap" | "\setminus" ) operand }        signs of one kind; a difference has two sides
//! operand  = letter { dimension | bound } | interval | elements | "(" set ")" | name
//! letter   = "R" | "Q" | "Z" | "N" | "N_0", in any font
//! dimension = "^" product [ "\times" product ]
//! bound    = "_" relation expression
//! interval = ( "[" | "(" ) end ( "," | ";" ) end ( "]" | ")" )
//! end      = expression | [ "+" | "-" ] "\infty"
//! elements = "\{" expression { "," expression } "\}"
//! ```

use super::{Parser, Result};
use crate::source::Span;
use crate::syntax::expr::{Expr, Kind, Over, Relation, Unary};
use crate::syntax::function::Builtin;
use crate::syntax::set::{End, SetExpr, SetKind};
use crate::syntax::token::{Bracket, Token, TokenKind};
use crate::syntax::{NameKind, Notation, SyntaxError};

impl Parser<'_, '_> {
    /// The whole member as a set.
    pub(in crate::syntax) fn whole_set(mut self) -> Result<SetExpr> {
        let set = self.joined_sets()?;
        match self.peek().kind {
            TokenKind::Eof => Ok(set),
            _ => Err(self.no_set(self.peek())),
        }
    }

    fn joined_sets(&mut self) -> Result<SetExpr> {
        let mut set = self.nested(Self::set_operand)?;
        let mut before = None;
        while let Some(operation) = self.at_set_operation() {
            let sign = self.peek();
            if before.is_some_and(|before| before != operation || operation == Builtin::Difference) {
                let error = self.error_here("which of these sets are joined first is not clear");
                return Err(error.ambiguous().help("write brackets, `(A \\cup B) \\cap C`"));
            }
            self.advance();
            if self.peek().kind == TokenKind::Eof {
                return Err(self.no_set(sign));
            }
            let other = self.nested(Self::set_operand)?;
            let span = set.span.join(other.span);
            set = SetExpr { kind: SetKind::Joined(operation, Box::new(set), Box::new(other)), span };
            before = Some(operation);
        }
        Ok(set)
    }

    fn at_set_operation(&self) -> Option<Builtin> {
        match self.peek().kind {
            TokenKind::Command("cup") => Some(Builtin::Union),
            TokenKind::Command("cap") => Some(Builtin::Intersection),
            TokenKind::Command("setminus") => Some(Builtin::Difference),
            _ => None,
        }
    }

    fn set_operand(&mut self) -> Result<SetExpr> {
        use TokenKind as T;
        let start = self.peek().start;
        let kind = match self.peek().kind {
            _ if let Some(letter) = self.set_letter() => return self.decorated_set(letter, start),
            T::Open(Bracket::Curly) => self.elements_of_set()?,
            T::Open(Bracket::Brace) if self.has_comma() || self.notation == Notation::Plain => {
                self.elements_of_set()?
            }
            T::Open(Bracket::Round | Bracket::Square) if self.has_comma() => self.interval_ends()?,
            T::Open(bracket @ (Bracket::Round | Bracket::Brace)) => {
                self.advance();
                let set = self.nested(Self::joined_sets)?;
                self.expect(T::Close(bracket), &format!("`{}`", bracket.closing()))?;
                return Ok(SetExpr { span: self.since(start), ..set });
            }
            T::Word(_) | T::Text(_) | T::Command(_) => SetKind::List(self.postfix()?),
            _ => return Err(self.no_set(self.peek())),
        };
        Ok(SetExpr { kind, span: self.since(start) })
    }

    /// `\mathbb{R}`, `\mathbb N`, `ℤ`, a bare `R` that is no list of the page.
    fn set_letter(&mut self) -> Option<SetKind> {
        use TokenKind as T;
        let font = usize::from(matches!(self.peek().kind, T::Command("mathbb" | "mathbf")));
        let braced = usize::from(self.look(font).kind == T::Open(Bracket::Brace));
        let token = self.look(font + braced);
        let typed = match token.kind {
            T::Word(letter) | T::Text(letter) => letter.trim(),
            // `\R` and its kin are known to what shows the page.
            T::Unknown(letter) => letter.trim_start_matches('\\'),
            _ => return None,
        };
        let is_closed = braced == 0 || self.look(font + braced + 1).kind == T::Close(Bracket::Brace);
        let is_own = font + braced == 0 && self.kind(typed) == Some(NameKind::List);
        if !is_closed || is_own {
            return None;
        }
        let kind = match typed {
            "R" | "ℝ" => SetKind::Reals,
            "Q" | "ℚ" => SetKind::Rationals,
            "Z" | "ℤ" => SetKind::Integers,
            "N" | "ℕ" | "N_0" | "ℕ_0" => SetKind::Naturals,
            _ => return None,
        };
        (0..=font + 2 * braced).for_each(|_| self.advance());
        Some(kind)
    }

    /// `^n`, `^{2 \times 3}`, `_{>0}` at the letter of a set.
    fn decorated_set(&mut self, letter: SetKind, start: u32) -> Result<SetExpr> {
        let mut set = SetExpr { kind: letter, span: self.since(start) };
        loop {
            let sign = self.peek();
            let kind = match sign.kind {
                TokenKind::Raised(text) => SetKind::Power(Box::new(set), self.raised_power(text)?, None),
                TokenKind::Caret => {
                    let (rows, columns) = self.in_script(Self::dimensions)?;
                    SetKind::Power(Box::new(set), rows, columns)
                }
                TokenKind::Underscore if matches!(set.kind, SetKind::Naturals) && self.lowers_zero() => {
                    (0..2).for_each(|_| self.advance());
                    SetKind::Naturals
                }
                TokenKind::Underscore | TokenKind::Unknown("_") => {
                    let (relation, value) = self.in_script(Self::bound_of_set)?;
                    SetKind::Bounded(Box::new(set), relation, value)
                }
                _ => return Ok(set),
            };
            set = SetExpr { kind, span: self.since(start) };
        }
    }

    fn lowers_zero(&self) -> bool {
        self.look(1).kind == TokenKind::Number("0")
    }

    /// What stands in a script, in brackets or bare. A bare sign is one that authors read differently.
    fn in_script<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        use TokenKind as T;
        self.advance();
        let bracket = match self.peek().kind {
            T::Open(bracket @ (Bracket::Brace | Bracket::Round)) => Some(bracket),
            _ => None,
        };
        if bracket.is_some() {
            self.advance();
        }
        if matches!(self.peek().kind, T::Plus | T::Dot | T::Elementwise | T::Command("ast")) {
            let error = self.error_here("whether this holds zero is read differently by different authors");
            return Err(error.ambiguous().help("write `x > 0` or `x \\ge 0`"));
        }
        let inside = read(self)?;
        match bracket {
            Some(bracket) if !self.eat(T::Close(bracket)) => Err(self.no_set(self.peek())),
            _ => Ok(inside),
        }
    }

    /// `3`, `n`, `2x3`, `m \times n`.
    fn dimensions(&mut self) -> Result<(Expr, Option<Expr>)> {
        use TokenKind as T;
        let rows = match (self.peek().kind, self.look(1).kind) {
            (T::Number(text), T::Word(word)) if word.strip_prefix('x').is_some_and(is_digits) => {
                let (rows, sign) = (self.number(text)?, self.peek());
                let columns = self.literal(&word[1..])?;
                self.advance();
                return Ok((rows, Some(Expr::new(Kind::Number(columns), self.since(sign.start)))));
            }
            _ => self.nested(Self::product)?.0,
        };
        let is_matrix = self.eat(T::Times) || self.eat(T::Dot);
        let columns = if is_matrix { Some(self.nested(Self::product)?.0) } else { None };
        Ok((rows, columns))
    }

    fn bound_of_set(&mut self) -> Result<(Relation, Expr)> {
        match self.peek().kind {
            TokenKind::Relation(relation) if relation.is_inequality() => {
                self.advance();
                Ok((relation, self.expression()?))
            }
            _ => Err(self.no_set(self.peek())),
        }
    }

    /// Whether a comma or semicolon stands directly in the brackets that open here.
    fn has_comma(&self) -> bool {
        self.in_the_open(1).any(|(_, token)| matches!(token.kind, TokenKind::Comma | TokenKind::Semicolon))
    }

    fn interval_ends(&mut self) -> Result<SetKind> {
        use TokenKind as T;
        let open = self.peek();
        self.advance();
        let lower = self.end_of_interval(open.kind == T::Open(Bracket::Square))?;
        if !self.eat(T::Comma) && !self.eat(T::Semicolon) {
            return Err(self.no_interval(self.since(open.start)));
        }
        let upper = self.end_of_interval(false)?;
        let closed = match self.peek().kind {
            T::Close(Bracket::Square) => true,
            T::Close(Bracket::Round) => false,
            _ => return Err(self.no_interval(self.since(open.start))),
        };
        self.advance();
        Ok(SetKind::Interval(lower, upper.map(|upper| End { closed, ..upper })))
    }

    fn no_interval(&self, place: Span) -> SyntaxError {
        self.error_at(place, "an interval has two ends: `(0, 1)`, `[0, \\infty)`")
    }

    /// An expression, or nothing where an interval goes on without end.
    fn end_of_interval(&mut self, closed: bool) -> Result<Option<End>> {
        use TokenKind as T;
        let signed = usize::from(matches!(self.peek().kind, T::Minus | T::Plus));
        let is_infinite = match self.look(signed).kind {
            T::Command("infty") => true,
            T::Word(word) => matches!(word, "inf" | "infinity" | "oo"),
            _ => false,
        };
        if is_infinite {
            (0..=signed).for_each(|_| self.advance());
            return Ok(None);
        }
        Ok(Some(End { value: self.expression()?, closed }))
    }

    /// `\{1, 2\}`, `\{1, \dots, 9\}`, `{1, 2}` in plain notation.
    fn elements_of_set(&mut self) -> Result<SetKind> {
        let start = self.peek().start;
        if let Some(Over::Interval(first, last)) = self.set_with_dots()? {
            let end = |value: Box<Expr>| Some(End { value: *value, closed: true });
            let [whole, between] = [SetKind::Integers, SetKind::Interval(end(first), end(last))]
                .map(|kind| Box::new(SetExpr { kind, span: self.since(start) }));
            return Ok(SetKind::Joined(Builtin::Intersection, whole, between));
        }
        let TokenKind::Open(bracket) = self.peek().kind else { return Err(self.no_set(self.peek())) };
        if bracket == Bracket::Curly && self.notation == Notation::Latex {
            let elements = self.bracketed(bracket)?;
            return Ok(match elements.kind {
                Kind::List(items) => SetKind::Elements(items),
                Kind::Unary(Unary::Group, only) => SetKind::Elements(vec![*only]),
                _ => SetKind::List(elements),
            });
        }
        self.advance();
        let mut elements = vec![self.expression()?];
        while self.eat(TokenKind::Comma) {
            elements.push(self.expression()?);
        }
        self.expect(TokenKind::Close(bracket), &format!("`{}`", bracket.closing()))?;
        Ok(SetKind::Elements(elements))
    }

    fn no_set(&self, token: Token<'_>) -> SyntaxError {
        let error =
            SyntaxError::new(token.start as usize, token.end as usize, "this is not understood as a set");
        error.help("sets are `R`, `Z`, `N` (from 0), `R^3`, `R^{2x3}`, intervals, `{1, 2, 3}`, and what is joined of them")
    }
}

/// `]0, 1[`, as some write `(0, 1)`.
pub(in crate::syntax) fn with_round_ends<'t>(tokens: &[Token<'t>]) -> Vec<Token<'t>> {
    use TokenKind as T;
    let mut tokens = tokens.to_vec();
    // The end of the text is among them where a bracket seems to be open.
    tokens.retain(|token| token.kind != T::Eof);
    if let Some(first) = tokens.first_mut().filter(|first| first.kind == T::Close(Bracket::Square)) {
        first.kind = T::Open(Bracket::Round);
    }
    if let Some(last) = tokens.last_mut().filter(|last| last.kind == T::Open(Bracket::Square)) {
        last.kind = T::Close(Bracket::Round);
    }
    tokens
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
