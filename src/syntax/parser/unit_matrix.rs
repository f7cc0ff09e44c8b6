//! `I` beside a matrix: `A - \lambda I`, `(I - A)^{-1}`. A page that gives it no value means the identity matrix, whose
//! size is that of the matrix it is added to; alone, or beside a number, `I` stays a name like any other.

use super::Parser;
use crate::syntax::NameKind;
use crate::syntax::expr::{Binary, Expr, Kind, Unary};
use crate::syntax::function::Builtin;
use crate::syntax::name::Name;
use crate::syntax::number::Literal;

/// As it is spelt, also in bold and blackboard bold.
const SPELLINGS: &[&str] = &["I", "bold(I)", "bb(I)"];

impl Parser<'_, '_> {
    /// Both sides of a sum, with the identity matrix for an `I` that nothing defines beside a matrix.
    pub(super) fn with_unit_matrix(&self, lhs: Expr, rhs: Expr) -> (Expr, Expr) {
        if self.holds_unit_matrix(&rhs) && self.is_matrix(&lhs) {
            let rhs = self.unit_matrix_beside(&lhs, &rhs);
            return (lhs, rhs);
        }
        if self.is_matrix(&rhs) && self.holds_unit_matrix(&lhs) {
            let lhs = self.unit_matrix_beside(&rhs, &lhs);
            return (lhs, rhs);
        }
        (lhs, rhs)
    }

    fn holds_unit_matrix(&self, expr: &Expr) -> bool {
        expr.any(|node| self.stated_size(node).is_some())
    }

    fn unit_matrix_beside(&self, matrix: &Expr, expr: &Expr) -> Expr {
        expr.replaced(&mut |node| {
            let size = self.stated_size(node)?;
            let args = [matrix.clone()].into_iter().chain(size).collect();
            Some(Expr::new(Kind::Call(Builtin::Identity, args), node.span))
        })
    }

    /// The size that `I_3` and `I_n` state, none where `I` stands alone or `n` has no value; `None` for what is no
    /// identity matrix.
    fn stated_size(&self, node: &Expr) -> Option<Option<Expr>> {
        let is_free =
            |name: &str| self.kind(name).is_none() && !self.bound.iter().any(|bound| bound.as_str() == name);
        let is_unit = |base: &str| SPELLINGS.contains(&base) && is_free(base);
        match &node.kind {
            Kind::Name(name) if is_unit(name.as_str()) => Some(None),
            Kind::Name(name) => {
                let (base, size) = name.as_str().split_once('_')?;
                if !is_unit(base) || !is_free(name.as_str()) || self.lexicon.knows_base(base) {
                    return None;
                }
                self.size_of_unit_matrix(size, node)
            }
            Kind::Subscript { base, indices }
                if is_unit(base.as_str()) && !self.lexicon.knows_base(base.as_str()) =>
            {
                match &indices[..] {
                    [size] => Some(Some(size.clone())),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn size_of_unit_matrix(&self, size: &str, node: &Expr) -> Option<Option<Expr>> {
        if size.bytes().all(|byte| byte.is_ascii_digit()) {
            let literal = Literal::new(size, size.to_owned(), 0)?;
            return Some(Some(Expr::new(Kind::Number(literal), node.span)));
        }
        let is_letter = size.len() == 1 && size.bytes().all(|byte| byte.is_ascii_alphabetic());
        match self.kind(size) {
            _ if !is_letter => None,
            Some(NameKind::Number) => Some(Some(Expr::new(Kind::Name(Name::new(size)), node.span))),
            Some(_) => None,
            None => Some(None),
        }
    }

    /// Whether a matrix stands in the sum or product, as far as names tell.
    pub(super) fn is_matrix(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Name(name) => self.kind(name.as_str()) == Some(NameKind::List),
            Kind::Matrix(_) => true,
            Kind::Unary(Unary::Group | Unary::Negate | Unary::Plus | Unary::Transpose, inner) => {
                self.is_matrix(inner)
            }
            Kind::Binary(Binary::Add | Binary::Subtract | Binary::Multiply(_), lhs, rhs) => {
                self.is_matrix(lhs) || self.is_matrix(rhs)
            }
            Kind::Binary(Binary::Power | Binary::Divide, base, _) => self.is_matrix(base),
            Kind::Call(builtin, _) => {
                matches!(builtin, Builtin::Inverse | Builtin::Transpose | Builtin::Identity)
            }
            _ => false,
        }
    }
}
