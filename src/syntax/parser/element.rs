//! Elements of lists and sequences that are spelt as names: `u_2`, `a^{(1)}_i`, `a_(k+1)` in plain notation.

use super::{Parser, binary};
use crate::source::Span;
use crate::syntax::expr::{Binary, Expr, Kind, Unary};
use crate::syntax::name::Name;
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{NameKind, Notation};

impl Parser<'_, '_> {
    /// Whether an index may follow what was read: brackets, a matrix, or a call that ends with its brackets.
    pub(super) fn may_be_indexed(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Unary(Unary::Group, _) => true,
            Kind::Matrix(_) => self.notation == Notation::Latex,
            Kind::Call(builtin, _) => {
                self.notation == Notation::Latex && builtin.makes_list() && self.is_behind_brackets()
            }
            Kind::Apply { .. } => self.notation == Notation::Latex && self.is_behind_brackets(),
            _ => false,
        }
    }

    fn is_behind_brackets(&self) -> bool {
        let before = self.at.token.checked_sub(1).map(|before| self.tokens[before].kind);
        matches!(before, Some(TokenKind::Close(Bracket::Round | Bracket::Square)))
    }

    /// Whether `_` is the index of a list in square brackets here, `[AB]_{12}`, and no place: nothing is raised beside it,
    /// and no name has a value in it.
    pub(super) fn is_index_of(&self, list: &Expr) -> bool {
        let after = match self.look(1).kind {
            TokenKind::Open(Bracket::Brace) => self.close_of(1).map(|close| close + 1),
            _ => Some(2),
        };
        let Some(after) = after else { return false };
        let is_place = |at: usize| matches!(self.look(at).kind, TokenKind::Relation(_));
        (self.is_list(list) || self.is_matrix(list))
            && self.look(after).kind != TokenKind::Caret
            && !(1..after).any(is_place)
    }

    /// `a^{(1)}_i`, whose scripts come in either order, where `a^{(1)}` is a list.
    pub(super) fn element_of_raised(&mut self, base: &str, element: &Expr, start: u32) -> Option<Expr> {
        let Kind::Subscript { indices, .. } = &element.kind else { return None };
        let before = self.at;
        if self.kind(base) == Some(NameKind::List) || !self.eat(TokenKind::Caret) {
            return None;
        }
        let list = self.script_text().ok().map(|text| Name::with_superscript(base, &text));
        match list.filter(|list| self.kind(list.as_str()) == Some(NameKind::List)) {
            Some(base) => {
                let kind = Kind::Subscript { base, indices: indices.clone() };
                Some(Expr::new(kind, self.since(start)))
            }
            None => {
                self.at = before;
                None
            }
        }
    }

    /// `u_2` and `A_(1,2)` in plain notation, `a_2^{(1)}` in both, where `u`, `A` and `a^{(1)}` are lists, and the whole is no
    /// name.
    pub(super) fn element_by_name(&self, canonical: &str, start: u32) -> Option<(Name, Vec<Expr>)> {
        let Some((list, indices)) = Name::as_element(canonical) else {
            return self.counted_by_name(canonical, start);
        };
        let is_raised = list.contains(['^', '\'']);
        if self.kind(canonical).is_some()
            || self.kind(&list) != Some(NameKind::List) && !self.is_sequence(&list)
            || self.notation == Notation::Latex && !is_raised
        {
            return None;
        }
        let indices = indices.split(',');
        let span = self.since(start);
        let number = |digits: &str| {
            let digits = digits.trim();
            let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let literal = Literal::new(digits, digits.to_owned(), 0).filter(|_| whole)?;
            Some(Expr::new(Kind::Number(literal), span))
        };
        Some((Name::new(&list), indices.map(number).collect::<Option<_>>()?))
    }

    /// `a_k` and `a_(k+1)` in plain notation, where `k` counts and the whole is no name.
    fn counted_by_name(&self, canonical: &str, start: u32) -> Option<(Name, Vec<Expr>)> {
        if self.notation == Notation::Latex || self.kind(canonical).is_some() {
            return None;
        }
        let (base, index, offset) = Name::as_indexed(canonical)?;
        let is_number = self.kind(index.as_str()) == Some(NameKind::Number);
        let counts = self.bound.contains(&index) || is_number && self.is_sequence(&base);
        if !counts {
            return None;
        }
        let span = self.since(start);
        let index = Expr::new(Kind::Name(index), span);
        let digits = offset.unsigned_abs().to_string();
        let added =
            Literal::new(&digits, digits.clone(), 0).map(|added| Expr::new(Kind::Number(added), span))?;
        let index = match offset {
            0 => index,
            1.. => binary(Binary::Add, index, added),
            _ => binary(Binary::Subtract, index, added),
        };
        Some((Name::new(&base), vec![index]))
    }

    /// `w_{t,i}` and `w_{i,t}` where `w_t` is a list: its element `i`.
    pub(super) fn element_of_named(
        &self,
        base: &str,
        text: &str,
        indices: &[Expr],
    ) -> Option<(Name, Vec<Expr>)> {
        let parts: Vec<&str> = text.split(',').collect();
        if parts.len() < 2 || parts.len() != indices.len() {
            return None;
        }
        let list = |part: &str| {
            let name = Name::with_subscript(base, part);
            (self.kind(part).is_none() && self.kind(name.as_str()) == Some(NameKind::List)).then_some(name)
        };
        let (first, last) = (parts[0], parts[parts.len() - 1]);
        list(first)
            .map(|name| (name, indices[1..].to_vec()))
            .or_else(|| list(last).map(|name| (name, indices[..indices.len() - 1].to_vec())))
    }
}

impl Expr {
    pub(super) fn at(self, span: Span) -> Self {
        Self { span, ..self }
    }
}

/// In brackets, behind which `_{12}` is a row and a column.
pub(super) fn grouped(expr: Expr) -> Expr {
    match expr.kind {
        Kind::Unary(Unary::Group, _) => expr,
        _ => {
            let span = expr.span;
            Expr::new(Kind::Unary(Unary::Group, Box::new(expr)), span)
        }
    }
}
