//! What authors read differently: each is an error that shows both readings and how to write each of them.
//! `book/manual/notation.md` has the whole list, with reasons.

use super::unit::is_power_of_numbers;
use super::{Cursor, Parser, Result};
use crate::syntax::expr::{Binary, Expr, Fold, Kind, Product, Range, Unary};
use crate::syntax::number::Literal;
use crate::syntax::token::TokenKind;
use crate::syntax::{Notation, SyntaxError};

impl Parser<'_, '_> {
    /// For a member of a chain that states one number, or not.
    pub(in crate::syntax) fn stating(self, states_number: bool) -> Self {
        Self { states_number, ..self }
    }

    /// `2 3`, `2\frac12` and `7 \% 3`: side by side, yet hardly a product.
    pub(super) fn check_neighbours(&self, lhs: &Expr, rhs: &Expr) -> Result<()> {
        let last = last_factor(lhs);
        match (&last.kind, &rhs.kind) {
            (Kind::Number(first), Kind::Number(second)) => {
                let (first, second) = (&first.text, &second.text);
                let message = format!(
                    "two numbers side by side, `{first}` and `{second}`, can be a product or the digits of one number"
                );
                let help = format!(
                    "write `{first} \\cdot {second}`, or `{first}{{,}}{second}` if the digits are one number"
                );
                Err(self.between(last, rhs, message, help))
            }
            (Kind::Number(_), Kind::Binary(Binary::Power, base, _))
                if matches!(base.kind, Kind::Number(_)) =>
            {
                self.check_neighbours(lhs, base)
            }
            (Kind::Number(_), Kind::Unary(Unary::Degrees | Unary::Percent, inner))
                if matches!(inner.kind, Kind::Number(_)) =>
            {
                self.check_neighbours(lhs, inner)
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
            (Kind::Unary(Unary::Ellipsis, _), Kind::Number(_)) => {
                let message = "dots between two numbers leave out what would have to be computed";
                Err(self.error_at(last.span.join(rhs.span), message).unsupported())
            }
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
            (Kind::List(_), Kind::Unary(Unary::Group, _)) if !self.groups_digits(last) => {
                let message = "a list beside brackets can be an element of the list or a product";
                Err(self.between(last, rhs, message, "give the list a name, or write `\\cdot`"))
            }
            (Kind::Matrix(_), Kind::Unary(Unary::Group, _)) if self.in_square_brackets(rhs) => {
                let message = "a matrix before square brackets can be an element of it or a product";
                Err(self.between(last, rhs, message, "give the matrix a name, or write `\\cdot`"))
            }
            (Kind::Name(name), Kind::Unary(Unary::Group, index))
                if name.as_str() == "pi"
                    && matches!(index.kind, Kind::Number(_))
                    && self.in_square_brackets(rhs) =>
            {
                let message =
                    "this can be an element of a list called `\\pi`, or a product with the number π";
                Err(self.between(last, rhs, message, "write `\\cdot` or `\\pi_{…}`"))
            }
            _ => Ok(()),
        }
    }

    fn in_square_brackets(&self, expr: &Expr) -> bool {
        self.source(expr.span).ends_with(']') || self.source(expr.span).ends_with("\\rbrack")
    }

    /// `3(1,200)` and `(14,336 + 8,335)/2`: commas that can separate the elements of a list or group the digits of one
    /// number. A list beside numbers alone is no value of a chain that states one number.
    pub(super) fn with_groups_of_digits(&self, lhs: Expr, rhs: Expr) -> Result<(Expr, Expr)> {
        let is_open = [&lhs, &rhs].map(|side| self.groups_digits(last_factor(side)));
        let grouped = |list: &Expr, other: &Expr| {
            (self.states_number && is_plain(other)).then(|| self.grouped(last_factor(list))).flatten()
        };
        let number = match is_open {
            [false, false] => return Ok((lhs, rhs)),
            [true, true] => None,
            [true, false] => grouped(&lhs, &rhs),
            [false, true] => grouped(&rhs, &lhs),
        };
        match number {
            Some(number) if is_open[0] => Ok((with_last_factor(lhs, number), rhs)),
            Some(number) => Ok((lhs, with_last_factor(rhs, number))),
            None => Err(self.list_or_number(&lhs, &rhs)),
        }
    }

    fn list_or_number(&self, lhs: &Expr, rhs: &Expr) -> SyntaxError {
        let list = [lhs, rhs].into_iter().find(|side| self.groups_digits(last_factor(side))).unwrap_or(lhs);
        let typed = self.source(last_factor(list).span);
        let message = format!("`{typed}` can be a list, or hold numbers with grouped digits");
        let help = format!("write `{}`, or spaces after the commas", typed.replace(',', "{,}"));
        self.between(lhs, rhs, message, help)
    }

    /// A list as the number whose digits its commas group.
    fn grouped(&self, list: &Expr) -> Option<Expr> {
        let typed = self.source(list.span).strip_prefix('(')?.strip_suffix(')')?;
        let literal = Literal::new(typed, typed.replace(',', ""), 0);
        let is_number = typed.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
        let number = Expr::new(Kind::Number(literal.filter(|_| is_number)?), list.span);
        Some(Expr::new(Kind::Unary(Unary::Group, Box::new(number)), list.span))
    }

    /// Whether these are round brackets all of whose commas could group digits: `(28,800)`.
    fn groups_digits(&self, expr: &Expr) -> bool {
        let typed = self.source(expr.span);
        let is_digit = |c: char| c.is_ascii_digit();
        let could_group = |(at, _): (usize, &str)| {
            let (before, after) = (&typed[..at], &typed[at + 1..]);
            let outside = before.trim_end_matches(is_digit);
            let first = &before[outside.len()..];
            // `0,125` groups nothing, but the second comma of `1,000,000` does.
            let leads = outside.ends_with(',') || !first.starts_with('0');
            let follows = after.len() - after.trim_start_matches(is_digit).len();
            (1..=3).contains(&first.len()) && leads && follows == 3
        };
        matches!(expr.kind, Kind::List(_))
            && typed.ends_with(')')
            && typed.contains(',')
            && typed.match_indices(',').all(could_group)
    }

    /// `d/3 \times 10^8`, `2.8 \times 10^{19}/1 \times 10^{18}`: the power of ten after the slash belongs to the number
    /// before it to most readers, and to the whole quotient by the rules of precedence. A fraction of small numbers,
    /// `3/4 \times 10^6`, is plain.
    pub(super) fn check_scientific_quotient(&self, top: &Expr, bottom: &Expr, power: &Expr) -> Result<()> {
        let Kind::Number(mantissa) = &bottom.kind else { return Ok(()) };
        let is_small = |number: &Literal| number.is_integer() && number.digits.len() <= 2;
        let above = match &top.ungrouped().kind {
            Kind::Unary(Unary::Negate | Unary::Plus, inner) => inner,
            _ => top,
        };
        if is_small(mantissa) && matches!(&above.kind, Kind::Number(number) if is_small(number)) {
            return Ok(());
        }
        let [above, below, ten] = [top, bottom, power].map(|part| self.source(part.span));
        let message = format!(
            "`{above}/{below} \\times {ten}` can be read as ({above})/({below} \\times {ten}) or as ({above}/{below}) \\times {ten}"
        );
        Err(self.between(top, power, message, "write a fraction, `\\frac{…}{…}`, or brackets"))
    }

    /// `\frac12 \circ 3`: between numbers no product is written like that, nor is `f \circ \sin x` one.
    pub(super) fn check_ring(&self, lhs: &Expr, rhs: &Expr) -> Result<()> {
        if matches!(lhs.kind, Kind::Name(_)) && matches!(rhs.kind, Kind::Call(..) | Kind::Apply { .. }) {
            let message =
                "`\\circ` before a function can compose two functions, or multiply element by element";
            return Err(self.between(lhs, rhs, message, "write `f(g(x))`, or `\\odot` for a product"));
        }
        if !is_plain(lhs) && !is_plain(rhs) {
            return Ok(());
        }
        let message = "`\\circ` beside a number can be an operation of the page, or a product";
        Err(self.between(lhs, rhs, message, "define a function for the operation, or write `\\cdot`"))
    }

    /// `n \in [1,5]` under a sum: from 1 to 5, or the two of them.
    pub(super) fn set(&mut self) -> Result<Expr> {
        let set = self.expression()?;
        let typed = self.source(set.span);
        let of_two = matches!(&set.kind, Kind::List(ends) if ends.len() == 2);
        if !of_two || typed.ends_with('}') || typed.ends_with("\\rbrace") {
            return Ok(set);
        }
        let message = format!("`{typed}` can be an interval, or a list of two");
        let help = "write `\\sum_{n=a}^{b}` for a range, and a set in braces, `\\{a, b\\}`";
        Err(self.error_at(set.span, message).ambiguous().help(help))
    }

    /// `3!!!`: no more than two marks are one operator.
    pub(super) fn check_triple_factorial(&self, expr: &Expr) -> Result<()> {
        if self.peek().kind != TokenKind::Bang {
            return Ok(());
        }
        let typed = self.source(expr.span);
        let message = format!("`{typed}!!!` can be (({typed}!)!)!, or the product of every third factor");
        let help = format!("write brackets: `(({typed}!)!)!`");
        Err(self.error_at(expr.span, message).ambiguous().help(help))
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
        let of_whole = matches!(exponent.as_str(), "-1" | "T" | "top");
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

    /// `a \bmod n + b`.
    pub(super) fn sum_after_remainder(&self, lhs: &Expr, rhs: &Expr) -> SyntaxError {
        let message = "what is added after a remainder belongs to the modulus to some, and not to others";
        self.between(lhs, rhs, message, "write `a \\bmod (n + b)` or `(a \\bmod n) + b`")
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

pub(super) fn is_remainder(expr: &Expr) -> bool {
    matches!(expr.kind, Kind::Binary(Binary::Modulo, ..))
}

fn mentions(expr: &Expr, ranges: &[Range]) -> bool {
    expr.any(|node| match &node.kind {
        Kind::Name(name) => ranges.iter().any(|range| range.variable == *name),
        _ => false,
    })
}

fn last_factor(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Binary(Binary::Multiply(Product::Implicit), _, rhs) => last_factor(rhs),
        Kind::Unary(Unary::Negate | Unary::Plus, inner) => last_factor(inner),
        _ => expr,
    }
}

/// The expression with another last factor.
fn with_last_factor(expr: Expr, factor: Expr) -> Expr {
    let span = expr.span;
    let kind = match expr.kind {
        Kind::Binary(operator @ Binary::Multiply(Product::Implicit), lhs, rhs) => {
            Kind::Binary(operator, lhs, Box::new(with_last_factor(*rhs, factor)))
        }
        Kind::Unary(sign @ (Unary::Negate | Unary::Plus), inner) => {
            Kind::Unary(sign, Box::new(with_last_factor(*inner, factor)))
        }
        _ => return factor,
    };
    Expr::new(kind, span)
}

/// Whether an expression is made of numbers alone.
fn is_plain(expr: &Expr) -> bool {
    !expr.any(|node| {
        !matches!(node.kind, Kind::Number(_) | Kind::Unary(..) | Kind::Binary(..) | Kind::Unit(..))
    })
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
            // What is no less than one is no part of a mixed number.
            (Kind::Number(top), Kind::Number(bottom))
                if top.is_integer() && bottom.is_integer() && top.value < bottom.value =>
            {
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

/// The operands of a quotient that was written with a slash just before.
pub(super) fn slashed(expr: &Expr, after_slash: bool) -> Option<(&Expr, &Expr)> {
    match &expr.kind {
        Kind::Binary(Binary::Divide, top, bottom) if after_slash => Some((top, bottom)),
        _ => None,
    }
}

/// `10^{-3}`.
fn is_power_of_ten(expr: &Expr) -> bool {
    let Kind::Binary(Binary::Power, base, _) = &expr.kind else { return false };
    is_power_of_numbers(expr) && matches!(&base.kind, Kind::Number(ten) if ten.text == "10")
}

/// The power of ten that a product begins with, its unit left aside.
pub(super) fn leading_power_of_ten(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        Kind::Binary(Binary::Multiply(Product::Implicit), first, _) => leading_power_of_ten(first),
        Kind::Unit(inner, _) => leading_power_of_ten(inner),
        _ => is_power_of_ten(expr).then_some(expr),
    }
}
