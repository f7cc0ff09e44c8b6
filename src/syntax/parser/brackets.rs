//! Brackets: groups, lists, absolute values, floors, and the environments of matrices and cases.

use super::{Parser, Result};
use crate::syntax::Notation;
use crate::syntax::expr::{Condition, Expr, Kind, Relation, Unary};
use crate::syntax::function::Builtin;
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    pub(super) fn bracketed(&mut self, bracket: Bracket) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let bars = std::mem::take(&mut self.bars);
        let integrals = std::mem::take(&mut self.integrals);
        let result = match bracket {
            Bracket::Brace => self.brace_group(start),
            _ => self.bracket_content(bracket, start),
        };
        (self.bars, self.integrals) = (bars, integrals);
        result
    }

    /// `{…}`; the old `{a \over b}` and `{n \choose k}` split it in two.
    fn brace_group(&mut self, start: u32) -> Result<Expr> {
        if self.eat(TokenKind::Close(Bracket::Brace)) {
            return Err(self.error_here("these braces are empty"));
        }
        let first = self.expression()?;
        let operator = self.peek().kind;
        let expr = match operator {
            TokenKind::Command("over" | "choose") => {
                self.advance();
                let second = self.expression()?;
                let kind = match operator {
                    TokenKind::Command("choose") => Kind::Call(Builtin::Binomial, vec![first, second]),
                    _ => Kind::Binary(crate::syntax::Binary::Divide, Box::new(first), Box::new(second)),
                };
                Expr::new(kind, self.since(start))
            }
            _ => first,
        };
        self.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
        Ok(expr)
    }

    fn bracket_content(&mut self, bracket: Bracket, start: u32) -> Result<Expr> {
        let mut items = self.list_items(bracket)?;
        let span = self.since(start);
        let single = items.len() == 1;
        let kind = match bracket {
            Bracket::Floor | Bracket::Ceil | Bracket::Vert | Bracket::DoubleVert | Bracket::Angle
                if !single =>
            {
                return Err(self.error_at(span, "one expression is expected between these brackets"));
            }
            Bracket::Floor => Kind::Call(Builtin::Floor, items),
            Bracket::Ceil => Kind::Call(Builtin::Ceil, items),
            Bracket::Vert => Kind::Unary(Unary::Bars, Box::new(items.remove(0))),
            Bracket::DoubleVert => Kind::Call(Builtin::Norm, items),
            Bracket::Angle => {
                return Err(self.error_at(span, "angle brackets are not understood").unsupported());
            }
            // In plain notation `[x]` is a list of one; in print it groups.
            Bracket::Square if single && self.notation == Notation::Plain => Kind::List(items),
            _ if single => Kind::Unary(Unary::Group, Box::new(items.remove(0))),
            _ => Kind::List(items),
        };
        Ok(Expr::new(kind, span))
    }

    /// Expressions separated by commas, up to the closing bracket, which is read too.
    pub(super) fn list_items(&mut self, bracket: Bracket) -> Result<Vec<Expr>> {
        let close = TokenKind::Close(bracket);
        let mut items = Vec::new();
        if self.eat(close) {
            return Ok(items);
        }
        loop {
            items.push(self.item()?);
            if self.eat(close) {
                return Ok(items);
            }
            if !self.eat(TokenKind::Comma) {
                let found = self.describe(self.peek());
                return Err(self.error_here(format!("expected `{}`, found {found}", bracket.closing())));
            }
        }
    }

    /// An expression, or a condition such as `z > 0`.
    fn item(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let first = self.expression()?;
        let condition = self.condition_after(first)?;
        Ok(match condition {
            Condition { mut members, relations } if relations.is_empty() => members.remove(0),
            condition => Expr::new(Kind::Condition(Box::new(condition)), self.since(start)),
        })
    }

    /// `first R b R c …` as far as relations go.
    pub(super) fn condition_after(&mut self, first: Expr) -> Result<Condition> {
        let mut condition = Condition { members: vec![first], relations: Vec::new() };
        while let TokenKind::Relation(relation) = self.peek().kind {
            if !relation.is_inequality() && relation != Relation::Equal && relation != Relation::In {
                break;
            }
            self.advance();
            condition.relations.push(relation);
            condition.members.push(self.expression()?);
        }
        Ok(condition)
    }

    /// `|x|` and `\|x\|`.
    pub(super) fn bars(&mut self, kind: TokenKind<'_>) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        self.bars += 1;
        let inner = self.expression();
        self.bars -= 1;
        let inner = inner?;
        self.expect(kind, "the closing bar")?;
        let kind = match kind {
            TokenKind::DoubleBar => Kind::Call(Builtin::Norm, vec![inner]),
            _ => Kind::Unary(Unary::Bars, Box::new(inner)),
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    pub(super) fn environment(&mut self, name: &str) -> Result<Expr> {
        let start = self.peek().start;
        match name {
            "cases" | "dcases" | "rcases" => self.cases(name),
            "matrix" | "pmatrix" | "bmatrix" | "Bmatrix" | "smallmatrix" | "array" | "vmatrix"
            | "Vmatrix" => {
                let rows = self.rows(name)?;
                let matrix = Expr::new(Kind::Matrix(rows), self.since(start));
                Ok(match name {
                    "vmatrix" => Expr::new(Kind::Call(Builtin::Det, vec![matrix]), self.since(start)),
                    "Vmatrix" => Expr::new(Kind::Call(Builtin::Norm, vec![matrix]), self.since(start)),
                    _ => matrix,
                })
            }
            _ => Err(self.error_here(format!("the environment `{name}` is not known")).unsupported()),
        }
    }

    fn rows(&mut self, name: &str) -> Result<Vec<Vec<Expr>>> {
        self.advance();
        let mut rows = vec![Vec::new()];
        loop {
            match self.peek().kind {
                TokenKind::End(end) if end == name => {
                    self.advance();
                    if rows.last().is_some_and(Vec::is_empty) {
                        rows.pop();
                    }
                    return Ok(rows);
                }
                TokenKind::Newline => {
                    self.advance();
                    rows.push(Vec::new());
                }
                TokenKind::Ampersand => self.advance(),
                TokenKind::Eof => return Err(self.error_here(format!("`\\begin{{{name}}}` is not ended"))),
                _ => {
                    let cell = self.nested(|parser| parser.expression())?;
                    rows.last_mut().expect("never empty").push(cell);
                }
            }
        }
    }

    fn cases(&mut self, name: &str) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let mut branches = Vec::new();
        loop {
            match self.peek().kind {
                TokenKind::End(end) if end == name => {
                    self.advance();
                    return Ok(Expr::new(Kind::Cases(branches), self.since(start)));
                }
                TokenKind::Newline => self.advance(),
                TokenKind::Eof => return Err(self.error_here(format!("`\\begin{{{name}}}` is not ended"))),
                _ => branches.push(self.branch()?),
            }
        }
    }

    /// `value & condition`, the condition with an "if" or "otherwise" in text.
    fn branch(&mut self) -> Result<(Expr, Option<Condition>)> {
        let value = self.nested(|parser| parser.expression())?;
        while matches!(self.peek().kind, TokenKind::Comma | TokenKind::Ampersand | TokenKind::Text(_)) {
            self.advance();
        }
        if matches!(self.peek().kind, TokenKind::Newline | TokenKind::End(_)) {
            return Ok((value, None));
        }
        let first = self.nested(|parser| parser.expression())?;
        let condition = self.condition_after(first)?;
        while matches!(self.peek().kind, TokenKind::Comma | TokenKind::Period | TokenKind::Semicolon) {
            self.advance();
        }
        Ok((value, Some(condition)))
    }
}
