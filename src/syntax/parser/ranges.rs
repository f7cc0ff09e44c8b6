//! Where the indices of a large operator run: `{i=1}`, `{i,j \in \{1,2\}}`, `{1 \le i < j \le 3}`, `{d \mid 12}`.

use super::cases::{parity, remainder_is};
use super::{Parser, Result};
use crate::source::Span;
use crate::syntax::expr::{Binary, Condition, Expr, Kind, Over, Range, Relation};
use crate::syntax::name::{Name, is_constant};
use crate::syntax::number::Literal;
use crate::syntax::token::{Bracket, Token, TokenKind};

/// What stands under a large operator.
pub(super) enum Part {
    From(Name, Expr),
    In(Name, Expr),
    Over(Name, Over),
    /// `d \mid n`.
    Divides(Name, Expr),
    Where(Condition),
    Bare(Name),
}

impl Parser<'_, '_> {
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
            // `{i = 1 \atop i \neq j}` is the older `\substack`.
            if !self.eat(TokenKind::Newline) && !self.eat(TokenKind::Command("atop")) {
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
                Ok(match self.set_with_dots()? {
                    Some(over) => Part::Over(name, over),
                    None => Part::In(name, self.set()?),
                })
            }
            (Ok(name), TokenKind::Bar) => {
                self.advance();
                self.check_divisors(&name)?;
                Ok(Part::Divides(name, self.expression()?))
            }
            (
                Ok(name),
                TokenKind::Close(_) | TokenKind::Comma | TokenKind::Newline | TokenKind::Command("atop"),
            ) => Ok(Part::Bare(name)),
            (Ok(name), TokenKind::Text(text)) if let Some(remainder) = parity(text) => {
                let number = Expr::new(Kind::Name(name), self.since(self.tokens[before.token].start));
                self.advance();
                Ok(Part::Where(remainder_is(number, remainder)))
            }
            _ => {
                self.at = before;
                let first = self.expression()?;
                Ok(Part::Where(self.condition_after(first)?))
            }
        }
    }

    pub(super) fn upper_limits(&mut self) -> Result<Vec<Expr>> {
        if self.peek().kind == TokenKind::Open(Bracket::Brace) {
            self.advance();
            return self.nested(|parser| parser.list_items(Bracket::Brace));
        }
        Ok(vec![self.script()?])
    }

    /// `\prod_{p \mid n}`: by custom `p` and `q` are primes.
    fn check_divisors(&self, name: &Name) -> Result<()> {
        if !matches!(name.as_str(), "p" | "q") {
            return Ok(());
        }
        let message = format!("`{name}` can run over all divisors, or over the primes among them");
        let help = "name all divisors `d`; primes are not known here";
        Err(self.error_here(message).ambiguous().help(help))
    }

    /// `\{1, \dots, 4\}`, `\{2, 4, \ldots, 10\}`: from the first to the last in the steps that are shown.
    pub(super) fn set_with_dots(&mut self) -> Result<Option<Over>> {
        let is_comma = |at: usize| self.look(at - 1).kind == TokenKind::Comma;
        let dotted = |(at, token): (usize, Token<'_>)| token.kind == TokenKind::Dots && is_comma(at);
        if self.peek().kind != TokenKind::Open(Bracket::Curly) || !self.in_the_open(1).any(dotted) {
            return Ok(None);
        }
        self.advance();
        let mut shown = Vec::new();
        while self.peek().kind != TokenKind::Dots {
            shown.push(self.nested(|parser| parser.expression())?);
            self.expect(TokenKind::Comma, "`,`")?;
        }
        self.advance();
        self.eat(TokenKind::Comma);
        let last = self.nested(|parser| parser.expression())?;
        self.expect(TokenKind::Close(Bracket::Curly), "`\\}`")?;
        let [first, ..] = shown.as_slice() else { return Err(self.unexpected()) };
        let span = first.span.join(last.span);
        if steps(&shown) != Some(1) {
            let error = self.error_at(span, "the dots leave out elements that are not known");
            return Err(error.unsupported().help("write `\\{1, 2, \\dots, n\\}`, or all elements"));
        }
        Ok(Some(Over::Interval(Box::new(first.clone()), Box::new(last))))
    }

    pub(super) fn ranges(&self, parts: Vec<Part>, upper: Vec<Expr>) -> Result<Vec<Range>> {
        let (parts, upper) = listed(parts, upper);
        let (parts, upper) = shared(between(parts), upper);
        let mut upper = upper.into_iter();
        let mut ranges: Vec<Range> = Vec::new();
        for part in parts {
            let mut conditions = Vec::new();
            let (variable, over) = match part {
                Part::From(variable, lower) => {
                    let Some(upper) = upper.next() else {
                        return Err(self.error_at(lower.span, "this range has no upper end"));
                    };
                    (variable, Over::Interval(Box::new(lower), Box::new(upper)))
                }
                Part::In(variable, list) => (variable, Over::Elements(Box::new(list))),
                Part::Over(variable, over) => (variable, over),
                Part::Divides(variable, whole) => {
                    conditions.push(divides(&variable, &whole));
                    (variable, Over::Interval(Box::new(number(Literal::one(), whole.span)), Box::new(whole)))
                }
                Part::Where(condition) => {
                    if !bounds_of_last(&condition, &mut ranges) {
                        self.add_condition(condition, &mut ranges)?;
                    }
                    continue;
                }
                Part::Bare(variable) => (variable, Over::Indexed),
            };
            ranges.push(Range { variable, over, conditions });
        }
        match upper.next() {
            Some(extra) => Err(self.error_at(extra.span, "this upper end belongs to no range")),
            None => Ok(ranges),
        }
    }

    /// `k \ge 1` and `0 < k`: the index, and where it begins without an end.
    fn without_end(&self, condition: &Condition, ranges: &[Range]) -> Option<Range> {
        let ([left, right], [relation]) = (condition.members.as_slice(), condition.relations.as_slice())
        else {
            return None;
        };
        let free = |expr: &Expr| match &expr.kind {
            Kind::Name(name) => {
                let ranged = ranges.iter().any(|range| range.variable == *name);
                (!ranged && !self.bound.contains(name)).then(|| name.clone())
            }
            _ => None,
        };
        let (name, first, strict) = match relation {
            Relation::GreaterEqual => (free(left)?, right, false),
            Relation::Greater => (free(left)?, right, true),
            Relation::LessEqual => (free(right)?, left, false),
            Relation::Less => (free(right)?, left, true),
            _ => return None,
        };
        let unknown = |name: &Name| self.kind(name.as_str()).is_none() && !is_constant(name.as_str());
        if first.any(|node| matches!(&node.kind, Kind::Name(name) if unknown(name))) {
            return None;
        }
        let infinity = Expr::new(Kind::Infinity, first.span);
        let one = || Box::new(number(Literal::one(), first.span));
        let first = match strict {
            true => Expr::new(Kind::Binary(Binary::Add, Box::new(first.clone()), one()), first.span),
            false => first.clone(),
        };
        let over = Over::Interval(Box::new(first), Box::new(infinity));
        Some(Range { variable: name, over, conditions: Vec::new() })
    }

    /// `i < j` of two indices that nothing else binds: both run over the places of the lists that they index.
    fn orders_indices(&self, condition: &Condition, ranges: &[Range]) -> bool {
        let is_free = |expr: &Expr| match &expr.kind {
            Kind::Name(name) => {
                let is_known = self.kind(name.as_str()).is_some() || is_constant(name.as_str());
                !is_known && !self.bound.contains(name) && ranges.iter().all(|range| range.variable != *name)
            }
            _ => false,
        };
        matches!(condition.relations[..], [relation] if relation.is_inequality())
            && condition.members.iter().all(is_free)
    }

    /// A condition on the ranges before it, or one that says itself where its names run: `1 \le i < j \le 3`, and
    /// `i \neq j` over the lists that they index.
    fn add_condition(&self, condition: Condition, ranges: &mut Vec<Range>) -> Result<()> {
        if let Some(range) = self.without_end(&condition, ranges) {
            ranges.push(range);
            return Ok(());
        }
        let inner = match condition.members.as_slice() {
            [_, inner @ .., _] if !inner.is_empty() => inner,
            all if condition.relations == [Relation::NotEqual] || self.orders_indices(&condition, ranges) => {
                all
            }
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
            [_] if self.orders_indices(&condition, ranges) => Over::Indexed,
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
}

/// `k = 1, 3, 5` without an upper end: the list of these.
fn listed(parts: Vec<Part>, upper: Vec<Expr>) -> (Vec<Part>, Vec<Expr>) {
    let alone = |part: &Part| matches!(part, Part::Where(condition) if condition.relations.is_empty());
    let is_list = upper.is_empty()
        && parts.len() > 1
        && matches!(parts[0], Part::From(..))
        && parts[1..].iter().all(alone);
    if !is_list {
        return (parts, upper);
    }
    let mut parts = parts.into_iter();
    let Some(Part::From(variable, first)) = parts.next() else { return (Vec::new(), upper) };
    let mut items = vec![first];
    for part in parts {
        let Part::Where(condition) = part else { continue };
        items.extend(condition.members);
    }
    let span = items[0].span.join(items[items.len() - 1].span);
    (vec![Part::In(variable, Expr::new(Kind::List(items), span))], upper)
}

/// `1 \le i, j \le 2`: what stands around several indices holds for each of them.
fn between(parts: Vec<Part>) -> Vec<Part> {
    let mut all = Vec::new();
    let mut parts = parts.into_iter().peekable();
    while let Some(part) = parts.next() {
        let Some((low, relation, name)) = opens(&part) else {
            all.push(part);
            continue;
        };
        let mut names = vec![name];
        let mut read = vec![part];
        while let Some(Part::Bare(name)) = parts.peek() {
            names.push(Expr::new(Kind::Name(name.clone()), low.span));
            read.extend(parts.next());
        }
        match parts.peek().and_then(|part| closes(part, relation)) {
            Some((name, last, high)) => {
                names.push(name);
                parts.next();
                all.extend(names.into_iter().map(|name| {
                    let members = vec![low.clone(), name, high.clone()];
                    Part::Where(Condition { members, relations: vec![relation, last] })
                }));
            }
            None => all.extend(read),
        }
    }
    all
}

/// `1 \le i`.
fn opens(part: &Part) -> Option<(Expr, Relation, Expr)> {
    let Part::Where(Condition { members, relations }) = part else { return None };
    match (members.as_slice(), relations.as_slice()) {
        ([low, name], [relation]) if matches!(name.kind, Kind::Name(_)) => {
            let orders = relation.is_inequality() && *relation != Relation::NotEqual;
            (orders && !matches!(low.kind, Kind::Name(_))).then(|| (low.clone(), *relation, name.clone()))
        }
        _ => None,
    }
}

/// `j \le 2`, if its relation goes the way of the first one.
fn closes(part: &Part, first: Relation) -> Option<(Expr, Relation, Expr)> {
    let Part::Where(Condition { members, relations }) = part else { return None };
    let rises = |relation: Relation| matches!(relation, Relation::Less | Relation::LessEqual);
    match (members.as_slice(), relations.as_slice()) {
        ([name, high], [relation]) if matches!(name.kind, Kind::Name(_)) => {
            let goes_on = relation.is_inequality() && *relation != Relation::NotEqual;
            let same = rises(*relation) == rises(first);
            (goes_on && same).then(|| (name.clone(), *relation, high.clone()))
        }
        _ => None,
    }
}

/// `i, j = 1` and `i, j \in S`: every index runs where the last one does.
fn shared(parts: Vec<Part>, upper: Vec<Expr>) -> (Vec<Part>, Vec<Expr>) {
    let is_from = |part: &Part| matches!(part, Part::From(..));
    let one_each = parts.iter().filter(|part| is_from(part)).count() == upper.len();
    let mut upper = upper.into_iter();
    let (mut all, mut ends, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Bare(name) => waiting.push(name),
            part @ (Part::From(..) | Part::In(..) | Part::Over(..)) => {
                let end = if one_each && is_from(&part) { upper.next() } else { None };
                ends.extend(std::iter::repeat_n(end.clone(), waiting.len()).flatten());
                all.extend(waiting.drain(..).map(|name| like(&part, name)));
                ends.extend(end);
                all.push(part);
            }
            part => {
                all.extend(waiting.drain(..).map(Part::Bare));
                all.push(part);
            }
        }
    }
    all.extend(waiting.into_iter().map(Part::Bare));
    ends.extend(upper);
    (all, ends)
}

/// The same range for another index.
fn like(part: &Part, name: Name) -> Part {
    match part {
        Part::From(_, lower) => Part::From(name, lower.clone()),
        Part::In(_, list) => Part::In(name, list.clone()),
        Part::Over(_, over) => Part::Over(name, over.clone()),
        _ => Part::Bare(name),
    }
}

/// `k \le 5` after `k \ge 1`: the range has an end after all.
fn bounds_of_last(condition: &Condition, ranges: &mut [Range]) -> bool {
    let Some(Range { variable, over: Over::Interval(_, upper), conditions }) = ranges.last_mut() else {
        return false;
    };
    let ([name, last], [relation]) = (condition.members.as_slice(), condition.relations.as_slice()) else {
        return false;
    };
    let bounds = matches!(relation, Relation::Less | Relation::LessEqual)
        && matches!(&name.kind, Kind::Name(name) if name == variable)
        && matches!(upper.kind, Kind::Infinity);
    if bounds {
        **upper = last.clone();
        conditions.push(condition.clone());
    }
    bounds
}

/// `n \bmod d = 0`.
fn divides(divisor: &Name, whole: &Expr) -> Condition {
    let span = whole.span;
    let name = Expr::new(Kind::Name(divisor.clone()), span);
    let rest = Kind::Binary(Binary::Modulo, Box::new(whole.clone()), Box::new(name));
    let members = vec![Expr::new(rest, span), number(Literal::zero(), span)];
    Condition { members, relations: vec![Relation::Equal] }
}

fn number(literal: Literal, span: Span) -> Expr {
    Expr::new(Kind::Number(literal), span)
}

/// The step between numbers that are written out, 1 where one stands alone; `None` if they have no common one.
fn steps(shown: &[Expr]) -> Option<i64> {
    let values: Option<Vec<i64>> = shown
        .iter()
        .map(|expr| match &expr.kind {
            Kind::Number(literal) if literal.is_integer() => literal.digits.parse().ok(),
            _ => None,
        })
        .collect();
    match (values, shown) {
        (_, [_]) => Some(1),
        (Some(values), _) => {
            let step = values[1].checked_sub(values[0])?;
            values.windows(2).all(|pair| pair[1].checked_sub(pair[0]) == Some(step)).then_some(step)
        }
        _ => None,
    }
}
