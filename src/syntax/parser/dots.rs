//! Sums and products whose middle is left out: `1 + 2 + \dots + n`, `5 \cdot 4 \cdots 1`. What the dots stand for is not
//! known here.

use super::{Parser, Result, binary};
use crate::syntax::expr::{Binary, Expr, Kind, Product, Unary};
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    /// At the dots after `1 + 2 +`: the sum with its last term; where nothing follows, it goes on for ever.
    pub(super) fn sum_with_dots(&mut self, sum: &Expr, start: u32) -> Result<Expr> {
        self.advance();
        let last = match self.peek().kind {
            TokenKind::Plus => {
                self.advance();
                Some(self.term()?)
            }
            TokenKind::Minus => {
                self.advance();
                Some(negated(self.term()?))
            }
            _ if self.at_end_of_term() => None,
            _ => return Err(self.unexpected()),
        };
        let shown = terms(sum);
        if let (Some(last), Some(newest)) = (&last, shown.last())
            && matches!(self.peek().kind, TokenKind::Plus | TokenKind::Minus)
            && !holds_name(newest)
            && holds_name(last)
            && !matches!(last.kind, Kind::Unary(Unary::Group, _))
        {
            let error =
                self.error_here("the last term of the dots can end before this sign or go on after it");
            return Err(error.ambiguous().help("write the last term in brackets"));
        }
        let kind = Kind::Dots { product: false, shown, last: last.map(Box::new) };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// Whether dots stand here between factors, alone or between two signs of multiplication.
    pub(super) fn at_dots_of_product(&self) -> bool {
        use TokenKind as T;
        let signed = usize::from(matches!(self.peek().kind, T::Dot | T::Times));
        if self.look(signed).kind != T::Dots {
            return false;
        }
        match self.look(signed + 1).kind {
            T::Dot | T::Times => true,
            T::Open(bracket) => matches!(bracket, Bracket::Round | Bracket::Square | Bracket::Brace),
            T::Number(_) | T::Word(_) => true,
            T::Command(command) => matches!(command, "frac" | "left"),
            _ => false,
        }
    }

    /// At the dots, or the sign before them. The last factor is a product of names and numbers, or one bracket.
    pub(super) fn product_with_dots(&mut self, product: &Expr, start: u32) -> Result<Expr> {
        let is_sign = |kind| matches!(kind, TokenKind::Dot | TokenKind::Times);
        let signed = is_sign(self.peek().kind);
        if signed {
            self.advance();
        }
        let dots = self.peek();
        let spelled = &self.text[dots.start as usize..dots.end as usize];
        if !signed
            && matches!(product.kind, Kind::Number(_))
            && !matches!(spelled, "\\cdots" | "⋯" | "\\dotsm")
        {
            let error = self.error_here("dots after a number can stand for a product or for a range");
            return Err(error.ambiguous().help("write `\\cdots` between factors"));
        }
        self.advance();
        if is_sign(self.peek().kind) {
            self.advance();
        }
        let last = match self.peek().kind {
            TokenKind::Open(_) => self.power()?,
            _ => self.product()?.0,
        };
        if !signed && [product, &last].iter().all(|end| matches!(end.kind, Kind::Number(_))) {
            let message =
                "dots between two numbers can leave factors out, or stand before the remainder of a division";
            let help = "write two factors before the dots, or `\\div` in the formula before and the remainder less than the divisor";
            return Err(self.error_at(self.since(start), message).ambiguous().help(help));
        }
        let kind = Kind::Dots { product: true, shown: factors(product), last: Some(Box::new(last)) };
        let mut expr = Expr::new(kind, self.since(start));
        // `n(n-1) \cdots (2)(1)`
        while self.at_factor() {
            let factor = self.power()?;
            expr = binary(Binary::Multiply(Product::Implicit), expr, factor);
        }
        Ok(expr)
    }
}

fn holds_name(expr: &Expr) -> bool {
    expr.any(|node| matches!(node.kind, Kind::Name(_) | Kind::Subscript { .. }))
}

/// The terms of a sum, subtracted ones with their sign.
fn terms(sum: &Expr) -> Vec<Expr> {
    match &sum.kind {
        Kind::Binary(operator @ (Binary::Add | Binary::Subtract), lhs, rhs) => {
            let mut all = terms(lhs);
            all.push(if *operator == Binary::Add { (**rhs).clone() } else { negated((**rhs).clone()) });
            all
        }
        _ => vec![sum.clone()],
    }
}

/// The factors of a product that are set apart in the same way: by signs, or side by side.
fn factors(product: &Expr) -> Vec<Expr> {
    let side_by_side = matches!(product.kind, Kind::Binary(Binary::Multiply(Product::Implicit), ..));
    factors_of(product, side_by_side)
}

fn factors_of(product: &Expr, side_by_side: bool) -> Vec<Expr> {
    match &product.kind {
        Kind::Binary(Binary::Multiply(how), lhs, rhs) if (*how == Product::Implicit) == side_by_side => {
            let mut all = factors_of(lhs, side_by_side);
            all.push((**rhs).clone());
            all
        }
        _ => vec![product.clone()],
    }
}

fn negated(expr: Expr) -> Expr {
    let span = expr.span;
    Expr::new(Kind::Unary(Unary::Negate, Box::new(expr)), span)
}
