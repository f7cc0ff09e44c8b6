//! Brackets: groups, lists, absolute values, floors, and the environments of matrices and cases.

use super::commas::Content;
use super::{Parser, Result};
use crate::source::Span;
use crate::syntax::expr::{Binary, Condition, Expr, Kind, Product, Unary};
use crate::syntax::function::Builtin;
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{Notation, SyntaxError};

impl Parser<'_, '_> {
    pub(super) fn bracketed(&mut self, bracket: Bracket) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let groups = match bracket {
            Bracket::Round | Bracket::Square | Bracket::Curly | Bracket::Angle => {
                self.commas_group(Content::Of(bracket))?
            }
            _ => true,
        };
        let bars = std::mem::take(&mut self.bars);
        let integrals = std::mem::take(&mut self.integrals);
        let result = self.with_groups(groups, |parser| match bracket {
            Bracket::Brace => parser.brace_group(start),
            _ => parser.bracket_content(bracket, start),
        });
        (self.bars, self.integrals) = (bars, integrals);
        result
    }

    /// A group in braces, which print does not show: `{1 + 2} \cdot 3` reads as another sum, `{-2}^2` as another power.
    pub(super) fn unseen_group(&mut self) -> Result<Expr> {
        use TokenKind as T;
        let start = self.peek().start;
        let before = self.at.token.checked_sub(1).map(|before| self.tokens[before].kind);
        let expr = self.bracketed(Bracket::Brace)?;
        let is_sum = matches!(expr.kind, Kind::Binary(Binary::Add | Binary::Subtract, ..));
        let is_signed = matches!(expr.kind, Kind::Unary(Unary::Negate | Unary::Plus, _));
        let is_product = matches!(expr.kind, Kind::Binary(Binary::Multiply(_) | Binary::Modulo, ..));
        // A fraction bar holds together what stands above and below it.
        let typed = self.source(self.since(start));
        let is_slashed = matches!(expr.kind, Kind::Binary(Binary::Divide, ..))
            && typed.contains('/')
            && !typed.contains("\\over")
            && !typed.contains("frac");
        let after = self.peek().kind;
        let raised = matches!(after, T::Caret | T::Underscore | T::Raised(_) | T::Bang);
        let splits = matches!(after, T::Command("over" | "choose" | "atop"));
        let closes = self.bars > 0 && matches!(after, T::Bar | T::DoubleBar);
        let alone = splits || closes || self.at_end_of_term();
        let ungrouped = match before {
            Some(T::Slash) => is_sum || is_signed || is_product || is_slashed,
            // A sign before a sum changes all of it.
            Some(T::Minus | T::Dot | T::Times) => is_sum,
            _ => false,
        };
        let is_anything = is_sum || is_signed || is_product || is_slashed;
        if ungrouped || raised && is_anything || (is_sum || is_slashed) && !alone {
            return Err(self.unseen_braces(self.since(start)));
        }
        Ok(expr)
    }

    pub(super) fn unseen_braces(&self, place: Span) -> SyntaxError {
        let message = "braces are not seen in print, and what stands in these looks ungrouped";
        self.error_at(place, message).ambiguous().help("write parentheses around it")
    }

    /// Whether a brace opens here before a sign: `\sqrt{x}{+1}` is read as the sum that it looks like.
    pub(super) fn at_unseen_sign(&self) -> bool {
        self.peek().kind == TokenKind::Open(Bracket::Brace)
            && matches!(self.look(1).kind, TokenKind::Plus | TokenKind::Minus)
    }

    /// Terms in braces that a sign begins.
    pub(super) fn unseen_terms(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let terms = self.bracketed(Bracket::Brace)?;
        let place = self.since(start);
        if self.at_end_of_term() || self.at_unseen_sign() {
            Ok(terms)
        } else {
            Err(self.unseen_braces(place))
        }
    }

    /// `{…}`; the old `{a \over b}` and `{n \choose k}` split it in two.
    fn brace_group(&mut self, start: u32) -> Result<Expr> {
        if self.eat(TokenKind::Close(Bracket::Brace)) {
            return Err(self.error_here("these braces are empty"));
        }
        let first = self.expression()?;
        let expr = self.over(first, start)?;
        self.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
        Ok(expr)
    }

    /// The old `a \over b` and `n \choose k`, which split what is around them in two.
    pub(super) fn over(&mut self, first: Expr, start: u32) -> Result<Expr> {
        let TokenKind::Command(operator @ ("over" | "choose" | "atop")) = self.peek().kind else {
            return Ok(first);
        };
        if operator == "atop" && !self.is_in_round_brackets(start) {
            let error = self.error_here("`\\atop` stacks two things and computes nothing").unsupported();
            return Err(error.help("write `\\binom{…}{…}` or `\\frac{…}{…}`"));
        }
        self.advance();
        let second = self.expression()?;
        let kind = match operator {
            "choose" | "atop" => Kind::Call(Builtin::Binomial, vec![first, second]),
            _ => Kind::Binary(Binary::Divide, Box::new(first), Box::new(second)),
        };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// Whether the braces that open at `start` fill round brackets: `\left({n \atop k}\right)` looks as `\binom{n}{k}` does.
    fn is_in_round_brackets(&self, start: u32) -> bool {
        let Some(open) = self.tokens.iter().position(|token| token.start == start) else { return false };
        let is_round = |at: Option<usize>, kind| {
            at.and_then(|at| self.tokens.get(at)).is_some_and(|token| token.kind == kind)
        };
        self.tokens[open].kind == TokenKind::Open(Bracket::Brace)
            && is_round(open.checked_sub(1), TokenKind::Open(Bracket::Round))
            && is_round(self.closings[open].map(|close| close + 1), TokenKind::Close(Bracket::Round))
    }

    fn bracket_content(&mut self, bracket: Bracket, start: u32) -> Result<Expr> {
        if let (Bracket::Curly, TokenKind::Begin(name @ ("array" | "matrix"))) = (bracket, self.peek().kind) {
            return self.cases_as_array(name);
        }
        if bracket == Bracket::Curly && self.has_rows() {
            return self.cases_in_brace(start);
        }
        if bracket == Bracket::Floor && self.closing().kind == TokenKind::Close(Bracket::Ceil) {
            return self.nearest(start);
        }
        let set = self.peek().kind == TokenKind::Open(Bracket::Curly);
        let mut items = self.elements(bracket)?;
        let span = self.since(start);
        let single = items.len() == 1;
        let kind = match bracket {
            // `\langle 3, 4 \rangle` is a vector, `\langle u, v \rangle` a product of two.
            Bracket::Angle if items.len() > 1 && items.iter().all(is_one_number) => Kind::List(items),
            Bracket::Angle if items.len() == 2 => Kind::Call(Builtin::Dot, items),
            Bracket::Floor | Bracket::Ceil | Bracket::Vert | Bracket::DoubleVert | Bracket::Evaluated
                if !single =>
            {
                return Err(self.error_at(span, "one expression is expected between these brackets"));
            }
            Bracket::Round if items.is_empty() => {
                return Err(self.error_at(span, "these brackets are empty"));
            }
            Bracket::Round if single && self.is_multichoose(&items[0], start) => {
                let Kind::Call(_, args) = items.remove(0).kind else { return Err(self.unexpected()) };
                let [of, count] = &args[..] else { return Err(self.unexpected()) };
                let one = Expr::new(Kind::Number(Literal::one()), span);
                let sum = super::binary(Binary::Add, of.clone(), count.clone());
                Kind::Call(Builtin::Binomial, vec![super::binary(Binary::Subtract, sum, one), count.clone()])
            }
            Bracket::Floor => Kind::Call(Builtin::Floor, items),
            Bracket::Ceil => Kind::Call(Builtin::Ceil, items),
            Bracket::Vert => self.between_bars(items.remove(0), set)?,
            Bracket::DoubleVert => return self.norm(items.remove(0), start),
            Bracket::Evaluated => return self.evaluated(items.remove(0), start),
            Bracket::Square
                if single && self.peek().kind == TokenKind::Underscore && !self.is_index_of(&items[0]) =>
            {
                return self.evaluated(items.remove(0), start);
            }
            Bracket::Angle => {
                return Err(self.error_at(span, "angle brackets are not understood").unsupported());
            }
            // In plain notation `[x]` is a list of one; in print it groups.
            Bracket::Square if single && self.notation == Notation::Plain && !is_row(&items[0]) => {
                Kind::List(items)
            }
            Bracket::Square if single && self.notation == Notation::Plain => {
                Kind::Matrix(items.into_iter().filter_map(row).collect())
            }
            _ if single => Kind::Unary(Unary::Group, Box::new(items.remove(0))),
            Bracket::Square if is_rows(&items) => Kind::Matrix(items.into_iter().filter_map(row).collect()),
            _ => Kind::List(items),
        };
        Ok(Expr::new(kind, span))
    }

    /// Whether a binomial stands in brackets that are set as one with its own, `\left(\!\!\binom{n}{k}\!\!\right)`: the number of
    /// multisets.
    fn is_multichoose(&self, inner: &Expr, start: u32) -> bool {
        let Kind::Call(Builtin::Binomial, args) = &inner.kind else { return false };
        let typed = &self.text[start as usize..];
        let typed = typed
            .trim_start_matches("\\left")
            .trim_start_matches('(')
            .trim_start_matches("\\Big")
            .trim_start();
        let is_narrow = ["\\!\\!", "\\mkern-", "\\hspace{-", "\\mspace{-", "\\negthinspace\\negthinspace"];
        args.len() == 2 && is_narrow.iter().any(|space| typed.starts_with(space))
    }

    /// `\lfloor x \rceil`: the nearest whole number.
    fn nearest(&mut self, start: u32) -> Result<Expr> {
        let inner = self.expression()?;
        self.expect(TokenKind::Close(Bracket::Ceil), "`\\rceil`")?;
        Ok(Expr::new(Kind::Call(Builtin::Round, vec![inner]), self.since(start)))
    }

    /// `\|x\|`, `\|x\|_1`, `\|x\|_\infty`, `\|A\|_F`: the norm of what stood between the bars.
    pub(super) fn norm(&mut self, inner: Expr, start: u32) -> Result<Expr> {
        let mut args = vec![inner];
        if self.eat(TokenKind::Underscore) {
            args.push(self.norm_kind()?);
        }
        Ok(Expr::new(Kind::Call(Builtin::Norm, args), self.since(start)))
    }

    fn norm_kind(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let braced = usize::from(self.peek().kind == TokenKind::Open(Bracket::Brace));
        let kind = match self.look(braced).kind {
            TokenKind::Word("F") | TokenKind::Text("F") => "F",
            TokenKind::Command("infty") => "infty",
            _ => return self.script(),
        };
        (0..1 + 2 * braced).for_each(|_| self.advance());
        Ok(Expr::new(Kind::Text(kind.to_owned()), self.since(start)))
    }

    /// Expressions separated by commas, none of which groups digits, up to the closing bracket, which is read too.
    pub(super) fn list_items(&mut self, bracket: Bracket) -> Result<Vec<Expr>> {
        self.with_groups(false, |parser| parser.elements(bracket))
    }

    /// The arguments of a function, up to the closing bracket.
    pub(super) fn argument_list(&mut self, content: Content, bracket: Bracket) -> Result<Vec<Expr>> {
        let groups = self.commas_group(content)?;
        self.nested(|parser| parser.with_groups(groups, |parser| parser.elements(bracket)))
    }

    fn elements(&mut self, bracket: Bracket) -> Result<Vec<Expr>> {
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
    pub(super) fn item(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        let first = self.expression()?;
        let condition = self.condition_after(first)?;
        Ok(match condition {
            Condition { mut members, relations } if relations.is_empty() => members.remove(0),
            condition => Expr::new(Kind::Condition(Box::new(condition)), self.since(start)),
        })
    }

    /// `|x|`, `\|x\|` and `||x||`.
    pub(super) fn bars(&mut self, kind: TokenKind<'_>) -> Result<Expr> {
        let start = self.peek().start;
        if self.pairs_of_bars() == 3 {
            return self.product_in_bars(start);
        }
        let doubled = self.doubled_bar();
        self.advance();
        if doubled {
            self.advance();
        }
        let set = self.peek().kind == TokenKind::Open(Bracket::Curly);
        self.bars += 1;
        let inner = self.with_groups(true, |parser| parser.nested(|parser| parser.expression()));
        self.bars -= 1;
        let inner = inner?;
        self.expect(kind, "the closing bar")?;
        if doubled {
            self.expect(kind, "the closing bars")?;
        }
        if doubled || kind == TokenKind::DoubleBar {
            return self.norm(inner, start);
        }
        if self.bars == 0 && self.may_be_nested() {
            let error =
                self.error_at(self.since(start), "these bars can stand side by side or inside each other");
            return Err(error
                .ambiguous()
                .help("write `\\left|` and `\\right|`, or `\\cdot` between factors"));
        }
        Ok(Expr::new(self.between_bars(inner, set)?, self.since(start)))
    }

    /// Behind a closing bar: whether `x|-3|` or `x|+8|` follows, of which the second bar may close what the first opened.
    fn may_be_nested(&self) -> bool {
        if !self.at_factor() || self.peek().kind == TokenKind::Bar {
            return false;
        }
        let mut next = None;
        for (at, token) in self.in_the_open(0) {
            match (token.kind, next) {
                (TokenKind::Relation(_), _) | (TokenKind::Plus | TokenKind::Minus, None) => return false,
                (TokenKind::Bar, None) => next = Some(at),
                (TokenKind::Bar, Some(first)) => {
                    return matches!(self.look(first + 1).kind, TokenKind::Plus | TokenKind::Minus);
                }
                _ => {}
            }
        }
        false
    }

    /// `|x|`; between bars a set in braces is counted, other lists have a norm.
    pub(super) fn between_bars(&self, inner: Expr, set: bool) -> Result<Kind> {
        Ok(match inner.kind {
            Kind::List(_) if set => Kind::Call(Builtin::Cardinality, vec![inner]),
            Kind::Call(operation, _) if operation.makes_set() => {
                Kind::Call(Builtin::Cardinality, vec![inner])
            }
            Kind::Unary(Unary::Group, only) if set => {
                if !matches!(only.kind, Kind::Number(_) | Kind::Name(_) | Kind::Unary(Unary::Negate, _)) {
                    let message = "this can be the size of a set, or the absolute value of a group in braces";
                    let error = self.error_at(inner.span, message);
                    return Err(error.ambiguous().help("write parentheses for a group"));
                }
                let set = Expr::new(Kind::List(vec![*only]), inner.span);
                Kind::Call(Builtin::Cardinality, vec![set])
            }
            kind => Kind::Unary(Unary::Bars, Box::new(Expr { kind, ..inner })),
        })
    }

    /// Whether `||` stands here and the next bar is doubled too: `||x||`, not `||x| - 1|`.
    fn doubled_bar(&self) -> bool {
        let next = self.in_the_open(2).find(|(_, token)| token.kind == TokenKind::Bar);
        self.is_pair_of_bars(0) && next.is_some_and(|(at, _)| self.is_pair_of_bars(at))
    }

    fn is_pair_of_bars(&self, ahead: usize) -> bool {
        let (first, second) = (self.look(ahead), self.look(ahead + 1));
        first.kind == TokenKind::Bar && second.kind == TokenKind::Bar && !second.spaced
    }

    /// How many times `||` stands from here to the end of what the first bar stands in, if it does here; bars between
    /// them that are single make it none.
    fn pairs_of_bars(&self) -> usize {
        if !self.is_pair_of_bars(0) || self.bars > 0 {
            return 0;
        }
        let side = self.in_the_open(0).take_while(|(_, token)| !matches!(token.kind, TokenKind::Relation(_)));
        let bars: Vec<usize> =
            side.filter(|(_, token)| token.kind == TokenKind::Bar).map(|(at, _)| at).collect();
        let doubled = bars.chunks(2).all(|pair| pair.len() == 2 && self.is_pair_of_bars(pair[0]));
        if doubled { bars.len() / 2 } else { 0 }
    }

    /// `||x||y||`: three pairs of bars are the absolute value of a product of two.
    fn product_in_bars(&mut self, start: u32) -> Result<Expr> {
        self.advance();
        let first = self.absolute_value()?;
        let second = self.absolute_value()?;
        self.expect(TokenKind::Bar, "the closing bar")?;
        let product = super::binary(Binary::Multiply(Product::Implicit), first, second);
        Ok(Expr::new(Kind::Unary(Unary::Bars, Box::new(product)), self.since(start)))
    }

    /// `|x|` where no bar inside of it can open another.
    fn absolute_value(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.expect(TokenKind::Bar, "a bar")?;
        self.bars += 1;
        let inner = self.nested(|parser| parser.expression());
        self.bars -= 1;
        let inner = inner?;
        self.expect(TokenKind::Bar, "the closing bar")?;
        Ok(Expr::new(Kind::Unary(Unary::Bars, Box::new(inner)), self.since(start)))
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
                    // A determinant of one element is the element, whatever its sign.
                    "vmatrix" if is_single(&matrix) => Expr { span: self.since(start), ..only(matrix) },
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
                    let cell =
                        self.with_groups(false, |parser| parser.nested(|parser| parser.expression()))?;
                    rows.last_mut().expect("never empty").push(cell);
                }
            }
        }
    }
}

/// Whether all of a list's elements are lists of one length, as `[[1, 2], [3, 4]]` is.
fn is_rows(items: &[Expr]) -> bool {
    let width = |item: &Expr| match &item.kind {
        Kind::List(cells) if !cells.is_empty() => Some(cells.len()),
        _ => None,
    };
    let first = items.first().and_then(width);
    first.is_some() && items.iter().all(|item| width(item) == first)
}

/// Whether it is the only row of a matrix, `[[1, 2]]`.
fn is_row(item: &Expr) -> bool {
    matches!(&item.kind, Kind::List(cells) if cells.len() > 1)
}

fn is_single(matrix: &Expr) -> bool {
    matches!(&matrix.kind, Kind::Matrix(rows) if matches!(rows.as_slice(), [row] if row.len() == 1))
}

/// The only element of a matrix, in brackets.
fn only(matrix: Expr) -> Expr {
    let span = matrix.span;
    match matrix.kind {
        Kind::Matrix(mut rows) if rows.len() == 1 && rows[0].len() == 1 => {
            Expr::new(Kind::Unary(Unary::Group, Box::new(rows.remove(0).remove(0))), span)
        }
        kind => Expr::new(kind, span),
    }
}

fn row(item: Expr) -> Option<Vec<Expr>> {
    match item.kind {
        Kind::List(cells) => Some(cells),
        _ => None,
    }
}

/// Whether an expression holds no names and no lists, so that its value is a number.
fn is_one_number(expr: &Expr) -> bool {
    !expr.any(|node| {
        matches!(
            node.kind,
            Kind::Name(_) | Kind::Subscript { .. } | Kind::Apply { .. } | Kind::List(_) | Kind::Matrix(_)
        )
    })
}
