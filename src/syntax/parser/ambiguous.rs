//! What authors read differently: each is an error that shows both readings and how to write each of them.
//! `book/manual/notation.md` has the whole list, with reasons.

use super::{Cursor, Parser, Result};
use crate::syntax::expr::{Binary, Expr, Fold, Kind, Product, Range, Unary};
use crate::syntax::token::TokenKind;
use crate::syntax::{Notation, SyntaxError};

impl Parser<'_, '_> {
    /// `2 3`, `2\frac12` and `7 \% 3`: side by side, yet hardly a product.
    pub(super) fn check_neighbours(&self, lhs: &Expr, rhs: &Expr) -> Result<()> {
        let last = last_factor(lhs);
        match (&last.kind, &rhs.kind) {
            (Kind::Number(first), Kind::Number(second)) => {
                let (first, second) = (&first.text, &second.text);
                let help = format!(
                    "write `{first} \\cdot {second}`, or `{first}{{,}}{second}` if the digits are one number"
                );
                Err(self.between(last, rhs, "two numbers side by side", help))
            }
            (Kind::Number(whole), _) if whole.is_integer() => match small_fraction(rhs) {
                Some((top, bottom)) => {
                    let message =
                        "a number before a fraction is a mixed number to some and a product to others";
                    let (whole, fraction) = (&whole.text, format!("\\frac{{{top}}}{{{bottom}}}"));
                    let help = format!("write `{whole} + {fraction}` or `{whole} \\cdot {fraction}`");
                    Err(self.between(last, rhs, message, help))
                }
                None => self.check_tuple(last, rhs),
            },
            (Kind::Unit(part, word), _) if word == "of" && is_share(part) => Ok(()),
            (Kind::Unit(_, unit), _) => {
                let message = format!("`{unit}` is read as a unit, and a factor stands beside it");
                Err(self.between(last, rhs, message, "write an operator between them"))
            }
            (Kind::Unary(Unary::Percent, _), _) => {
                let message =
                    "a percent sign before a factor is a percentage to some and a remainder to others";
                let help = match self.notation {
                    Notation::Latex => "write `\\cdot` after the percent sign, or `\\bmod` in its place",
                    Notation::Plain => "write `*` after the percent sign, or `mod` in its place",
                };
                Err(self.between(last, rhs, message, help))
            }
            _ => self.check_tuple(last, rhs),
        }
    }

    /// Brackets with several elements or none after a factor: a call of something that is no function here.
    fn check_tuple(&self, last: &Expr, rhs: &Expr) -> Result<()> {
        match (&last.kind, &rhs.kind) {
            (_, Kind::List(items)) if items.is_empty() => {
                Err(self.error_at(rhs.span, "these brackets are empty"))
            }
            (Kind::Name(_) | Kind::Subscript { .. }, Kind::List(_))
                if self.source(rhs.span).ends_with(')') =>
            {
                let callee = self.source(last.span);
                let message =
                    format!("`{callee}` is a number here, and this looks like a call of a function");
                let help = format!("define the function, or write `{callee} \\cdot …` for a product");
                Err(self.between(last, rhs, message, help))
            }
            (Kind::List(_), Kind::Unary(Unary::Group, _)) => {
                let message = "a list beside brackets can be an element of the list or a product";
                Err(self.between(last, rhs, message, "give the list a name, or write `\\cdot`"))
            }
            _ => Ok(()),
        }
    }

    /// `\sin(30)^\circ`: degrees of the argument to some, of the value to others.
    pub(super) fn check_degrees(&self, expr: &Expr) -> Result<()> {
        let Kind::Call(builtin, _) = &expr.kind else { return Ok(()) };
        let name = builtin.name();
        let message = format!("the degree sign can belong to the argument of `{name}` or to its value");
        Err(self.error_here(message).ambiguous().help("write it inside the brackets: `\\sin(30^\\circ)`"))
    }

    /// `A^{-1}_{12}`: after the index at `lowered` of a known list, whether what is raised belongs to the element or to
    /// the whole. Only a power of an element by its one index, `x^2_1`, is plain.
    pub(super) fn check_raised_index(&mut self, lowered: Cursor) -> Result<()> {
        let raised = self.peek();
        if raised.kind != TokenKind::Caret {
            return Ok(());
        }
        let after = self.at;
        self.at = lowered;
        // Where both come from a macro, their order is not known.
        let exchanged = raised.start <= self.peek().start;
        self.advance();
        let index = self.script_text().unwrap_or_default();
        self.at = after;
        self.advance();
        let exponent = self.script_text().unwrap_or_default();
        self.at = after;
        let several =
            index.contains(',') || index.chars().count() > 1 && index.chars().all(char::is_alphanumeric);
        let power = exponent.bytes().all(|byte| byte.is_ascii_digit());
        let of_whole = matches!(exponent.as_str(), "-1" | "T" | "top" | "intercal");
        if !(exchanged && (several || !power) || several && of_whole) {
            return Ok(());
        }
        let message =
            "what is raised here can belong to the element, or to the whole before its index is taken";
        let help =
            "write `(A_{12})^{-1}` for the element; give the whole a name, `B = A^{-1}`, to write `B_{12}`";
        Err(self.error_here(message).ambiguous().help(help))
    }

    /// `1/2x`.
    pub(super) fn slash_before_product(&self, top: &Expr, bottom: &Expr) -> SyntaxError {
        let (top_text, bottom_text) = (self.source(top.span), self.source(bottom.span));
        let first = self.source(first_factor(bottom).span);
        let rest = bottom_text.strip_prefix(first).unwrap_or_default().trim();
        let message = format!(
            "`{top_text}/{bottom_text}` can be read as {top_text}/({bottom_text}) or as ({top_text}/{first}) {rest}"
        );
        let help = match self.notation {
            Notation::Latex => "write `\\frac{…}{…}`, or brackets, or an explicit `\\cdot`",
            Notation::Plain => "write brackets or an explicit `*`",
        };
        self.between(top, bottom, message, help)
    }

    /// `\sin x/2`.
    pub(super) fn slash_after_function(&self, top: &Expr, bottom: &Expr) -> SyntaxError {
        let (top_text, bottom_text) = (self.source(top.span), self.source(bottom.span));
        let message = format!(
            "`{top_text}/{bottom_text}` can be the function of a quotient, or the quotient of ({top_text}) and {bottom_text}"
        );
        self.between(top, bottom, message, "write brackets around the argument, or `\\frac{…}{…}`")
    }

    /// `\cos x(1 - x)`: at the bracket.
    pub(super) fn bracket_after_argument(&self, argument: &Expr) -> SyntaxError {
        let argument = self.source(argument.span);
        let message =
            format!("the function can be taken of `{argument}` alone, or of its product with what follows");
        let help = format!("write brackets around the argument: `({argument})`");
        self.error_here(message).ambiguous().help(help)
    }

    /// `\sin{x}^2`, `\sin{x} y`: braces are not seen, though their author may think so.
    pub(super) fn script_after_braces(&self) -> SyntaxError {
        let message = "braces around an argument are not seen in print, so what follows can belong to it";
        self.error_here(message)
            .ambiguous()
            .help("write `\\sin^2 x` or `\\sin(x^2)`, `y \\sin x` or `\\sin(xy)`")
    }

    /// `a + b \bmod n`.
    pub(super) fn remainder_of_sum(&self, lhs: &Expr, rhs: &Expr) -> SyntaxError {
        let message = "a remainder after a sum is taken of the whole sum by some, of the last term by others";
        self.between(lhs, rhs, message, "write `(a + b) \\bmod n` or `a + (b \\bmod n)`")
    }

    /// `\prod_i x_i / 2`: whether the last factor is under the product sign changes the value.
    pub(super) fn check_fold_body(&self, fold: Fold, ranges: &[Range], body: &Expr) -> Result<()> {
        let Kind::Binary(operator, lhs, rhs) = &body.kind else { return Ok(()) };
        let matters = match operator {
            Binary::Modulo => true,
            Binary::Divide | Binary::Multiply(Product::Dot | Product::Times | Product::Elementwise) => {
                fold != Fold::Sum
            }
            _ => false,
        };
        // A fraction is one factor, and its operands stand inside of it.
        let inline = lhs.span.start == body.span.start;
        if !inline || !matters || mentions(rhs, ranges) && *operator != Binary::Modulo {
            return Ok(());
        }
        let message = "the last factor can stand under the large operator or after it";
        Err(self.between(
            lhs,
            rhs,
            message,
            "write brackets around the term, or around the operator with its term",
        ))
    }

    fn between(
        &self,
        lhs: &Expr,
        rhs: &Expr,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> SyntaxError {
        self.error_at(lhs.span.join(rhs.span), message).ambiguous().help(help)
    }
}

fn mentions(expr: &Expr, ranges: &[Range]) -> bool {
    let mut found = false;
    expr.walk(&mut |node| {
        if let Kind::Name(name) = &node.kind {
            found |= ranges.iter().any(|range| range.variable == *name);
        }
    });
    found
}

fn last_factor(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Binary(Binary::Multiply(Product::Implicit), _, rhs) => last_factor(rhs),
        Kind::Unary(Unary::Negate | Unary::Plus, inner) => last_factor(inner),
        _ => expr,
    }
}

fn first_factor(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Binary(Binary::Multiply(Product::Implicit), lhs, _) => first_factor(lhs),
        _ => expr,
    }
}

/// Numerator and denominator as typed, if `expr` is a fraction of two whole numbers, marks after it left aside.
fn small_fraction(expr: &Expr) -> Option<(&str, &str)> {
    match &expr.kind {
        Kind::Binary(Binary::Divide, top, bottom) => match (&top.kind, &bottom.kind) {
            (Kind::Number(top), Kind::Number(bottom)) if top.is_integer() && bottom.is_integer() => {
                Some((&top.text, &bottom.text))
            }
            _ => None,
        },
        Kind::Unary(Unary::Percent | Unary::Degrees, inner) | Kind::Unit(inner, _) => small_fraction(inner),
        _ => None,
    }
}

/// A percentage or a fraction, of which one says "5 % of 200" and "two thirds of 60".
fn is_share(expr: &Expr) -> bool {
    matches!(expr.ungrouped().kind, Kind::Unary(Unary::Percent, _) | Kind::Binary(Binary::Divide, ..))
}
