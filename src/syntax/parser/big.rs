//! Large operators: sums, products, integrals, limits, gradients. They bind names in what follows.

use super::{Parser, Result};
use crate::syntax::expr::{Condition, Expr, Fold, Kind, Over, Range, Relation, Side, Unary};
use crate::syntax::name::Name;
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, TokenKind};

impl Parser<'_, '_> {
    pub(super) fn fold(&mut self, command: &str) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        self.fold_over(if command == "sum" { Fold::Sum } else { Fold::Product }, start)
    }

    /// The scripts and the body of a sum and its kin; the operator has been read.
    pub(super) fn fold_over(&mut self, fold: Fold, start: u32) -> Result<Expr> {
        let (mut lower, mut upper) = (None, None);
        loop {
            match self.peek().kind {
                TokenKind::Underscore if lower.is_none() => {
                    self.advance();
                    lower = Some(self.index_part()?);
                }
                TokenKind::Caret if upper.is_none() => {
                    self.advance();
                    upper = Some(self.upper_limits()?);
                }
                _ => break,
            }
        }
        let Some(lower) = lower else {
            return Err(self
                .error_at(self.since(start), "nothing says what this runs over")
                .help("write `\\sum_{i=1}^{n}`"));
        };
        let ranges = self.ranges(lower, upper.unwrap_or_default())?;
        let before = self.bound.len();
        self.bound.extend(ranges.iter().map(|range| range.variable.clone()));
        let body = self.nested(|parser| parser.term());
        self.bound.truncate(before);
        let body = body?;
        self.check_fold_body(fold, &ranges, &body)?;
        Ok(Expr::new(Kind::Fold { fold, ranges, body: Box::new(body) }, self.since(start)))
    }

    /// `{i = 1}`, `{n=0,m=4}`, `{n \in \{1,2,3\}}`, `{i \neq j}`, `{1 \le i < j \le 3}`, `i`, and the rows of `\substack`.
    pub(super) fn index_part(&mut self) -> Result<Vec<Part>> {
        let braced = self.eat(TokenKind::Open(Bracket::Brace));
        if self.eat(TokenKind::Command("substack")) {
            self.expect(TokenKind::Open(Bracket::Brace), "`{` after `\\substack`")?;
            let parts = self.index_items()?;
            if braced {
                self.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
            }
            return Ok(parts);
        }
        if braced {
            return self.index_items();
        }
        let name = self.spelled_name_short()?;
        Ok(vec![Part::Bare(name)])
    }

    fn index_items(&mut self) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        loop {
            parts.push(self.nested(|parser| parser.index_item())?);
            if self.eat(TokenKind::Close(Bracket::Brace)) {
                return Ok(parts);
            }
            if !self.eat(TokenKind::Newline) {
                self.expect(TokenKind::Comma, "`,` or `}`")?;
            }
        }
    }

    fn spelled_name_short(&mut self) -> Result<Name> {
        let text = self.script_text()?;
        Ok(Name::new(&text))
    }

    fn index_item(&mut self) -> Result<Part> {
        let before = self.at;
        let name = self.spelled_name();
        let relation = self.peek().kind;
        match (name, relation) {
            (Ok(name), TokenKind::Relation(Relation::Equal)) => {
                self.advance();
                Ok(Part::From(name, self.expression()?))
            }
            (Ok(name), TokenKind::Relation(Relation::In)) => {
                self.advance();
                Ok(Part::In(name, self.set()?))
            }
            (Ok(name), TokenKind::Close(_) | TokenKind::Comma | TokenKind::Newline) => Ok(Part::Bare(name)),
            _ => {
                self.at = before;
                let first = self.expression()?;
                Ok(Part::Where(self.condition_after(first)?))
            }
        }
    }

    fn upper_limits(&mut self) -> Result<Vec<Expr>> {
        if self.peek().kind == TokenKind::Open(Bracket::Brace) {
            self.advance();
            return self.nested(|parser| parser.list_items(Bracket::Brace));
        }
        Ok(vec![self.script()?])
    }

    fn ranges(&self, parts: Vec<Part>, upper: Vec<Expr>) -> Result<Vec<Range>> {
        let mut upper = upper.into_iter();
        let mut ranges: Vec<Range> = Vec::new();
        for part in parts {
            let (variable, over) = match part {
                Part::From(variable, lower) => {
                    let Some(upper) = upper.next() else {
                        return Err(self.error_at(lower.span, "this range has no upper end"));
                    };
                    (variable, Over::Interval(Box::new(lower), Box::new(upper)))
                }
                Part::In(variable, list) => (variable, Over::Elements(Box::new(list))),
                Part::Where(condition) => {
                    self.add_condition(condition, &mut ranges)?;
                    continue;
                }
                Part::Bare(variable) => (variable, Over::Indexed),
            };
            ranges.push(Range { variable, over, conditions: Vec::new() });
        }
        match upper.next() {
            Some(extra) => Err(self.error_at(extra.span, "this upper end belongs to no range")),
            None => Ok(ranges),
        }
    }

    /// A condition on the ranges before it, or one that says itself where its names run: `1 \le i < j \le 3`, and
    /// `i \neq j` over the lists that they index.
    fn add_condition(&self, condition: Condition, ranges: &mut Vec<Range>) -> Result<()> {
        let inner = match condition.members.as_slice() {
            [_, inner @ .., _] if !inner.is_empty() => inner,
            all if condition.relations == [Relation::NotEqual] => all,
            _ => &[],
        };
        let mut free: Vec<Name> = Vec::new();
        for member in inner {
            let Kind::Name(name) = &member.kind else { continue };
            let ranged = ranges.iter().any(|range| range.variable == *name);
            if !ranged && !self.bound.contains(name) && !free.contains(name) {
                free.push(name.clone());
            }
        }
        let (first, last) = (&condition.members[0], &condition.members[condition.members.len() - 1]);
        let rises = |relation: &Relation| matches!(relation, Relation::Less | Relation::LessEqual);
        let falls = |relation: &Relation| matches!(relation, Relation::Greater | Relation::GreaterEqual);
        let interval = |from: &Expr, to: &Expr| Over::Interval(Box::new(from.clone()), Box::new(to.clone()));
        let over = match condition.relations.as_slice() {
            [Relation::NotEqual] => Over::Indexed,
            relations if relations.iter().all(rises) => interval(first, last),
            relations if relations.iter().all(falls) => interval(last, first),
            _ => Over::Indexed,
        };
        let new = |variable| Range { variable, over: over.clone(), conditions: Vec::new() };
        ranges.extend(free.into_iter().map(new));
        match ranges.last_mut() {
            Some(range) => {
                range.conditions.push(condition);
                Ok(())
            }
            None => {
                let error = self.error_at(first.span, "this condition does not say where its names run");
                Err(error.unsupported().help("write `\\sum_{i=1}^{n}` or `\\sum_{1 \\le i \\le n}`"))
            }
        }
    }

    pub(super) fn integral(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let (mut lower, mut upper) = (None, None);
        loop {
            match self.peek().kind {
                TokenKind::Underscore if lower.is_none() => {
                    self.advance();
                    lower = Some(self.limit_of_integration()?);
                }
                TokenKind::Caret if upper.is_none() => {
                    self.advance();
                    upper = Some(self.limit_of_integration()?);
                }
                _ => break,
            }
        }
        let (Some(lower), Some(upper)) = (lower, upper) else {
            return Err(self
                .error_at(self.since(start), "an integral without limits has no value")
                .unsupported());
        };
        let variable = match self.find_differential(start) {
            Ok(variable) => variable,
            Err(error) => match self.differential_above() {
                Some(variable) => {
                    let [lower, upper] = self.limits_of(&variable, [lower, upper])?;
                    return self.integral_of_fraction(variable, lower, upper, start);
                }
                None => return Err(error),
            },
        };
        let [lower, upper] = self.limits_of(&variable, [lower, upper])?;
        self.bound.push(variable.clone());
        self.integrals += 1;
        let leads = self.at_differential();
        let body = if leads { Ok(self.one(start)) } else { self.nested(|parser| parser.expression()) };
        self.integrals -= 1;
        self.bound.pop();
        let body = body?;
        self.skip_differential(&variable)?;
        if leads && !self.at_end_of_term() {
            let message = format!("an integral that begins with `d{variable}` may end here or go on");
            return Err(self.error_here(message).help("write the integrand before its `d`"));
        }
        let kind =
            Kind::Integral { variable, lower: Box::new(lower), upper: Box::new(upper), body: Box::new(body) };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// `\int_0^1 \frac{x \, dx}{1 + x^2}`: the product that holds the fraction is the integrand.
    fn integral_of_fraction(&mut self, variable: Name, lower: Expr, upper: Expr, start: u32) -> Result<Expr> {
        self.bound.push(variable.clone());
        let outer = self.above.replace(variable.clone());
        let body = self.nested(|parser| parser.term());
        let left = std::mem::replace(&mut self.above, outer);
        self.bound.pop();
        let body = body?;
        if left.is_some() {
            return Err(self.error_at(self.since(start), "this integral has no `dx`"));
        }
        let kind =
            Kind::Integral { variable, lower: Box::new(lower), upper: Box::new(upper), body: Box::new(body) };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// The variable whose `d` ends the numerator of a fraction in the product that begins here.
    fn differential_above(&self) -> Option<Name> {
        let mut depth = 0usize;
        for ahead in 0..self.tokens.len() - self.at.token.min(self.tokens.len()) {
            match self.look(ahead).kind {
                TokenKind::Open(_) | TokenKind::Begin(_) => depth += 1,
                TokenKind::Close(_) | TokenKind::End(_) => depth = depth.checked_sub(1)?,
                TokenKind::Command("int") | TokenKind::Relation(_) if depth == 0 => return None,
                TokenKind::Command("frac" | "dfrac" | "tfrac" | "cfrac") if depth == 0 => {
                    if let Some(variable) = self.differential_in(ahead + 1) {
                        return Some(variable);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The variable whose `d` ends the braces that open `ahead` tokens on.
    fn differential_in(&self, ahead: usize) -> Option<Name> {
        let mut depth = 0usize;
        let mut last = None;
        for at in ahead..self.tokens.len() - self.at.token.min(self.tokens.len()) {
            match self.look(at).kind {
                TokenKind::Open(_) | TokenKind::Begin(_) => depth += 1,
                TokenKind::Close(_) | TokenKind::End(_) if depth <= 1 => {
                    let (name, end) = last?;
                    return (end == at).then_some(name);
                }
                TokenKind::Close(_) | TokenKind::End(_) => depth -= 1,
                _ if depth == 0 => return None,
                _ => {}
            }
            if depth == 1
                && let Some((name, tokens)) = self.differential_length(at)
            {
                last = Some((name, at + tokens));
            }
        }
        None
    }

    /// The numerator `{x \, dx}` of a fraction that is the integrand, if that is what comes next.
    pub(super) fn integrand_above(&mut self) -> Result<Option<Expr>> {
        let Some(variable) = self.above.clone() else { return Ok(None) };
        if self.differential_in(1).as_ref() != Some(&variable) {
            return Ok(None);
        }
        let start = self.peek().start;
        self.advance();
        self.advance();
        self.above = None;
        let outer = std::mem::replace(&mut self.integrals, 1);
        let top = if self.at_differential() { Ok(self.one(start)) } else { self.expression() };
        self.integrals = outer;
        let top = top?;
        self.skip_differential(&variable)?;
        self.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
        Ok(Some(top))
    }

    /// What is integrated where nothing is written.
    fn one(&self, start: u32) -> Expr {
        Expr::new(Kind::Number(Literal::one()), self.since(start))
    }

    /// Whether nothing stands here that could belong to a product.
    pub(super) fn at_end_of_term(&self) -> bool {
        matches!(
            self.peek().kind,
            TokenKind::Eof
                | TokenKind::Plus
                | TokenKind::Minus
                | TokenKind::Relation(_)
                | TokenKind::Close(_)
                | TokenKind::End(_)
                | TokenKind::Comma
                | TokenKind::Semicolon
                | TokenKind::Wide
                | TokenKind::Newline
                | TokenKind::Ampersand
                | TokenKind::Period
                | TokenKind::Implies
                | TokenKind::Dots
        ) || self.at_differential()
    }

    /// A limit, which may name the variable: `_{x=0}`.
    fn limit_of_integration(&mut self) -> Result<(Option<Name>, Expr)> {
        let named = self.attempt(|parser| {
            if !parser.eat(TokenKind::Open(Bracket::Brace)) {
                return Ok(None);
            }
            let Ok(name) = parser.spelled_name() else { return Ok(None) };
            if !parser.eat(TokenKind::Relation(Relation::Equal)) {
                return Ok(None);
            }
            let value = parser.nested(|parser| parser.expression())?;
            parser.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
            Ok(Some((Some(name), value)))
        })?;
        match named {
            Some(limit) => Ok(limit),
            None => Ok((None, self.script()?)),
        }
    }

    /// The limits without the names of their variable, which must be the one that is integrated over.
    fn limits_of(&self, variable: &Name, limits: [(Option<Name>, Expr); 2]) -> Result<[Expr; 2]> {
        for (name, limit) in &limits {
            if name.as_ref().is_some_and(|name| name != variable) {
                let message =
                    format!("this is a limit of another variable than the `d{variable}` of its integral");
                let error = self.error_at(limit.span, message);
                return Err(error.help("the innermost integral ends with the first `d`"));
            }
        }
        Ok(limits.map(|(_, limit)| limit))
    }

    /// Whether a `d` and a letter stand here that end an integrand.
    pub(super) fn at_differential(&self) -> bool {
        self.integrals > 0 && self.differential_length(0).is_some()
    }

    /// The name after the `d` that stands `ahead` tokens on, and how many tokens and bytes it takes.
    fn differential_length(&self, ahead: usize) -> Option<(Name, usize)> {
        match self.look(ahead).kind {
            TokenKind::Word("d") | TokenKind::Text("d") => match self.look(ahead + 1).kind {
                TokenKind::Word(word) => Some((Name::new(word.get(..1)?), 2)),
                TokenKind::Command(command) => {
                    crate::syntax::latex::greek(command).map(|letter| (Name::new(letter), 2))
                }
                _ => None,
            },
            TokenKind::Word(word) if word.len() == 2 && word.starts_with('d') => {
                Some((Name::new(&word[1..]), 1))
            }
            _ => None,
        }
    }

    /// The variable of the integral that begins here: its own `d`, past those of the integrals inside it.
    fn find_differential(&self, start: u32) -> Result<Name> {
        let mut inner = 0usize;
        let mut depth = 0usize;
        for ahead in 0..self.tokens.len() - self.at.token.min(self.tokens.len()) {
            match self.look(ahead).kind {
                TokenKind::Command("int") => inner += 1,
                TokenKind::Open(_) | TokenKind::Begin(_) => depth += 1,
                TokenKind::Close(_) | TokenKind::End(_) if depth == 0 => break,
                TokenKind::Close(_) | TokenKind::End(_) => depth -= 1,
                _ if depth > 0 => {}
                _ => {
                    if let Some(name) = self.differential_after_script(ahead) {
                        if inner == 0 {
                            return Ok(name);
                        }
                        inner -= 1;
                    }
                }
            }
        }
        Err(self.error_at(self.since(start), "this integral has no `dx`"))
    }

    /// As [`Self::differential_length`], also behind a script of one letter: `e^xdx`.
    fn differential_after_script(&self, ahead: usize) -> Option<Name> {
        let script = ahead
            .checked_sub(1)
            .is_some_and(|before| matches!(self.look(before).kind, TokenKind::Caret | TokenKind::Underscore));
        match self.look(ahead).kind {
            TokenKind::Word(word)
                if script && word.len() == 3 && word.get(1..).is_some_and(|rest| rest.starts_with('d')) =>
            {
                word.get(2..).map(Name::new)
            }
            _ => self.differential_length(ahead).map(|(name, _)| name),
        }
    }

    fn skip_differential(&mut self, variable: &Name) -> Result<()> {
        match self.differential_length(0) {
            Some((name, tokens)) if name == *variable => {
                (0..tokens).for_each(|_| self.advance());
                Ok(())
            }
            _ => Err(self.error_here(format!("expected `d{variable}` of the integral"))),
        }
    }

    /// `\lim_{x \to a} term`.
    pub(super) fn limit(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        self.expect(TokenKind::Underscore, "`_{x \\to …}`")?;
        self.expect(TokenKind::Open(Bracket::Brace), "`{`")?;
        let variable = self.spelled_name()?;
        if !matches!(self.peek().kind, TokenKind::Relation(Relation::Arrow) | TokenKind::Implies) {
            return Err(self.error_here("expected `\\to`"));
        }
        self.advance();
        let negative = self.eat(TokenKind::Minus);
        let point = self.nested(|parser| parser.postfix())?;
        let point = if negative { negated(point) } else { point };
        let side = self.side()?;
        self.expect(TokenKind::Close(Bracket::Brace), "`}`")?;
        self.bound.push(variable.clone());
        let body = self.nested(|parser| parser.term());
        self.bound.pop();
        let kind = Kind::Limit { variable, point: Box::new(point), side, body: Box::new(body?) };
        Ok(Expr::new(kind, self.since(start)))
    }

    /// `^+`, `^{-}` after the point of a limit.
    pub(super) fn side(&mut self) -> Result<Side> {
        if !self.eat(TokenKind::Caret) {
            return Ok(Side::Both);
        }
        match self.script_text()?.as_str() {
            "+" => Ok(Side::Above),
            "-" => Ok(Side::Below),
            _ => Err(self.error_here("expected `^+` or `^-`")),
        }
    }

    /// `\nabla f`, `\nabla_x f`.
    pub(super) fn gradient(&mut self) -> Result<Expr> {
        let start = self.peek().start;
        self.advance();
        let mut variables = Vec::new();
        if self.eat(TokenKind::Underscore) {
            let place = self.peek().start;
            let text = self.script_text()?;
            let names = text.trim_matches(['[', ']', '(', ')']);
            let span = self.since(place);
            variables = names.split(',').map(|name| (Name::new(name), span)).collect();
        }
        let body = self.nested(|parser| parser.power())?;
        Ok(Expr::new(Kind::Gradient { body: Box::new(body), variables }, self.since(start)))
    }
}

/// What stands under a large operator.
pub(super) enum Part {
    From(Name, Expr),
    In(Name, Expr),
    Where(Condition),
    Bare(Name),
}

fn negated(expr: Expr) -> Expr {
    let span = expr.span;
    Expr::new(Kind::Unary(Unary::Negate, Box::new(expr)), span)
}
