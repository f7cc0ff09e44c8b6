//! Cases and their conditions: `\begin{cases} x & \text{if } 0 < x < 1 \text{ or } x = 3 \\ 0 & \text{otherwise} \end{cases}`.
//!
//! ```text
//! branch      = value [ ":" ] [ "&" ] ( "otherwise" | [ "if" ] alternative { "or" alternative } )
//! alternative = comparison { ( "and" | "," ) comparison }
//! comparison  = expression { relation expression } | expression ( "even" | "odd" )
//!             | expression ( "∈" | "∉" ) ( set | interval )
//! ```
//!
//! A text that says anything else would change the condition, and is an error.

use super::{Parser, Result, binary};
use crate::syntax::SyntaxError;
use crate::syntax::expr::{Binary, Condition, Expr, Kind, Relation};
use crate::syntax::joint::{is_condition, is_joint};
use crate::syntax::number::Literal;
use crate::syntax::split::is_bracketed;
use crate::syntax::token::{Bracket, TokenKind};

/// A value and the alternatives under which it is taken, each with all that has to hold; without any, "otherwise".
type Branch = (Expr, Vec<Vec<Condition>>);

impl Parser<'_, '_> {
    /// `\left\{ \begin{array}… \end{array} \right.`: cases as they are set without the environment for them.
    pub(super) fn cases_as_array(&mut self, name: &str) -> Result<Expr> {
        let start = self.peek().start;
        let cases = self.cases(name)?;
        self.expect(TokenKind::Close(Bracket::Curly), "`\\right.`")?;
        Ok(Expr { span: self.since(start), ..cases })
    }

    pub(super) fn cases(&mut self, name: &str) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        self.cases_until(TokenKind::End(name), start)
    }

    /// `\left\{ \begin{aligned} … \end{aligned} \right.`: of the environment between the braces no token is left.
    pub(super) fn cases_in_brace(&mut self, start: u32) -> Result<Expr> {
        self.cases_until(TokenKind::Close(Bracket::Curly), start)
    }

    /// Whether what is in the braces here has columns or rows.
    pub(super) fn has_rows(&self) -> bool {
        self.in_the_open(0).any(|(_, token)| matches!(token.kind, TokenKind::Ampersand | TokenKind::Newline))
    }

    fn cases_until(&mut self, end: TokenKind<'_>, start: u32) -> Result<Expr> {
        let outer = std::mem::replace(&mut self.in_cases, true);
        let branches = self.branches(end);
        self.in_cases = outer;
        Ok(Expr::new(Kind::Cases(branches?), self.since(start)))
    }

    fn branches(&mut self, end: TokenKind<'_>) -> Result<Vec<Branch>> {
        let mut branches: Vec<Branch> = Vec::new();
        loop {
            match self.peek().kind {
                kind if kind == end => {
                    self.advance();
                    return Ok(branches);
                }
                TokenKind::Newline | TokenKind::Ampersand => self.advance(),
                TokenKind::Eof => {
                    let name = if let TokenKind::End(name) = end { name } else { "aligned" };
                    return Err(self.error_here(format!("`\\begin{{{name}}}` is not ended")));
                }
                _ => {
                    let branch = self.branch()?;
                    if matches!(branches.last(), Some((_, alternatives)) if alternatives.is_empty()) {
                        let message = "the case before this one has no condition and leaves nothing to it";
                        return Err(self.error_at(branch.0.span, message));
                    }
                    branches.push(branch);
                }
            }
        }
    }

    /// `value & condition \text{or} condition`.
    fn branch(&mut self) -> Result<Branch> {
        let value = self.with_groups(true, |parser| parser.nested(|parser| parser.expression()))?;
        self.skip_marks();
        let mut says_otherwise = false;
        while let TokenKind::Text(text) = self.peek().kind {
            match self.opening(text) {
                Some(Opening::If) => {}
                Some(Opening::Otherwise) => says_otherwise = true,
                None => break,
            }
            self.advance();
            self.skip_marks();
        }
        if self.ends_row() {
            return Ok((value, Vec::new()));
        }
        if says_otherwise {
            return Err(self.error_here("nothing is expected after the last case"));
        }
        let mut alternatives = vec![self.alternative()?];
        while self.eat_joint(&["or", "or if"], &["\\lor", "\\vee"]) {
            alternatives.push(self.alternative()?);
        }
        self.skip_marks();
        match self.peek().kind {
            TokenKind::Text(text) if is_bracketed(text) => self.advance(),
            _ => {}
        }
        self.skip_marks();
        match self.peek().kind {
            TokenKind::Text(text) => Err(self.not_understood(text)),
            _ => Ok((value, alternatives)),
        }
    }

    /// Conditions that have to hold together.
    fn alternative(&mut self) -> Result<Vec<Condition>> {
        let mut all = vec![self.comparison()?];
        loop {
            let before = self.at;
            let joined = self.eat_joint(&["and", "and if"], &["\\land", "\\wedge"]) || {
                let comma = self.eat(TokenKind::Comma);
                self.eat_joint(&["and"], &[]);
                comma
                    && !self.ends_row()
                    && !matches!(
                        self.peek().kind,
                        TokenKind::Ampersand | TokenKind::Period | TokenKind::Text(_)
                    )
            };
            if !joined {
                self.at = before;
                return Ok(all);
            }
            all.push(self.comparison()?);
        }
    }

    fn comparison(&mut self) -> Result<Condition> {
        if let TokenKind::Text(text) = self.peek().kind
            && self.kind(text.trim()).is_none()
            && self.builtin(text.trim()).is_none()
        {
            return Err(self.not_understood(text));
        }
        let first = self.nested(|parser| parser.expression())?;
        if let TokenKind::Text(text) = self.peek().kind
            && let Some(remainder) = parity(text)
        {
            self.advance();
            return Ok(remainder_is(first, remainder));
        }
        let condition = self.condition_after(first)?;
        if condition.relations.is_empty() {
            return Err(self.error_at(condition.members[0].span, "this stands where a condition is expected"));
        }
        Ok(condition)
    }

    fn not_understood(&self, text: &str) -> SyntaxError {
        let message = format!("`{}` is not understood in a condition", text.trim());
        let help =
            "write the condition with relation signs, `\\text{and}`, `\\text{or}` and `\\text{otherwise}`";
        self.error_here(message).unsupported().help(help)
    }

    /// What a text before a condition says, unless it is a part of it.
    pub(super) fn opening(&self, text: &str) -> Option<Opening> {
        const IFS: &[&str] = &[
            "if",
            "for",
            "when",
            "whenever",
            "where",
            "provided",
            "provided that",
            "as long as",
            "in case",
            "for all",
            "with",
            "while",
            "on",
            "iff",
            "if and only if",
        ];
        const OTHERWISE: &[&str] = &[
            "otherwise",
            "else",
            "elsewhere",
            "other",
            "others",
            "in all other cases",
            "in other cases",
            "for all other",
            "everywhere else",
            "if otherwise",
            "in any other case",
            "anything else",
            "for other",
            "all other",
            "else if otherwise",
            "all other cases",
            "o.w",
            "o/w",
            "ow",
            "for all others",
            "default",
        ];
        let said = text.trim().trim_matches(['.', ',', ':', ';']).trim().to_lowercase();
        if self.kind(text.trim()).is_some() {
            return None;
        }
        match &*said {
            "" => Some(Opening::If),
            said if IFS.contains(&said) => Some(Opening::If),
            said if OTHERWISE.contains(&said) => Some(Opening::Otherwise),
            _ => None,
        }
    }

    /// Whether a text stands between conditions, or says something of the number before it.
    pub(super) fn joins_conditions(&self, text: &str) -> bool {
        let is_name = self.kind(text.trim()).is_some();
        !is_name
            && (is_bracketed(text)
                || is_joint(text)
                || is_condition(text)
                || parity(text).is_some()
                || self.opening(text).is_some())
    }

    fn skip_marks(&mut self) {
        use TokenKind as T;
        while matches!(
            self.peek().kind,
            T::Comma | T::Period | T::Semicolon | T::Colon | T::Ampersand | T::Wide
        ) {
            self.advance();
        }
    }

    fn ends_row(&self) -> bool {
        matches!(self.peek().kind, TokenKind::Newline | TokenKind::End(_) | TokenKind::Close(Bracket::Curly))
    }

    /// Takes a word or sign that joins conditions.
    fn eat_joint(&mut self, words: &[&str], signs: &[&str]) -> bool {
        let before = self.at;
        while matches!(self.peek().kind, TokenKind::Wide | TokenKind::Comma) {
            self.advance();
        }
        let joins = match self.peek().kind {
            TokenKind::Text(text) => words.contains(&text.trim().trim_matches([',', ';']).trim()),
            TokenKind::Unknown(sign) => signs.contains(&sign),
            _ => false,
        };
        if joins {
            self.advance();
        } else {
            self.at = before;
        }
        joins
    }

    /// `first R b R c …` as far as relations go.
    pub(super) fn condition_after(&mut self, first: Expr) -> Result<Condition> {
        let mut condition = Condition { members: vec![first], relations: Vec::new() };
        while let TokenKind::Relation(relation) = self.peek().kind {
            if relation.is_congruence() {
                self.advance();
                self.congruence(&mut condition, relation)?;
                continue;
            }
            let member = matches!(relation, Relation::In | Relation::NotIn);
            if !relation.is_inequality() && relation != Relation::Equal && !member {
                break;
            }
            self.advance();
            if member
                && condition.relations.is_empty()
                && let Some((low, first, second, high)) = self.interval()?
            {
                if relation == Relation::NotIn {
                    let error =
                        self.error_at(high.span, "what lies outside of an interval is not understood here");
                    return Err(error.unsupported().help("write it as two conditions with `\\text{or}`"));
                }
                condition.members.insert(0, low);
                condition.members.push(high);
                condition.relations = vec![first, second];
                return Ok(condition);
            }
            condition.relations.push(relation);
            condition.members.push(self.expression()?);
        }
        Ok(condition)
    }

    /// `[0, 2)`: its ends, and how what lies in it compares with them.
    fn interval(&mut self) -> Result<Option<(Expr, Relation, Relation, Expr)>> {
        let order = |bracket: Bracket| match bracket {
            Bracket::Round => Some(Relation::Less),
            Bracket::Square => Some(Relation::LessEqual),
            _ => None,
        };
        let TokenKind::Open(bracket) = self.peek().kind else { return Ok(None) };
        let Some(first) = order(bracket) else { return Ok(None) };
        if !self.in_the_open(1).any(|(_, token)| token.kind == TokenKind::Comma) {
            return Ok(None);
        }
        self.attempt(|parser| {
            parser.advance();
            let Ok(low) = parser.nested(|parser| parser.expression()) else { return Ok(None) };
            if !parser.eat(TokenKind::Comma) {
                return Ok(None);
            }
            let Ok(high) = parser.nested(|parser| parser.expression()) else { return Ok(None) };
            let TokenKind::Close(bracket) = parser.peek().kind else { return Ok(None) };
            parser.advance();
            Ok(order(bracket).map(|second| (low, first, second, high)))
        })
    }
}

/// What a text before a condition says.
pub(super) enum Opening {
    If,
    Otherwise,
}

/// The remainder by two that a text states.
pub(super) fn parity(text: &str) -> Option<Literal> {
    match text.trim().trim_end_matches(['.', ',']) {
        "even" | "is even" => Some(Literal::zero()),
        "odd" | "is odd" => Some(Literal::one()),
        _ => None,
    }
}

pub(super) fn remainder_is(number: Expr, remainder: Literal) -> Condition {
    let span = number.span;
    let literal = |literal| Expr::new(Kind::Number(literal), span);
    let two = Literal::new("2", "2".to_owned(), 0).expect("a digit is a number");
    let members = vec![binary(Binary::Modulo, number, literal(two)), literal(remainder)];
    Condition { members, relations: vec![Relation::Equal] }
}
