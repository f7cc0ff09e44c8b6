//! An expression where its names have other values: `\left. x^2 \right|_{x=3}`, `\left[ x^2 \right]_0^1`.

use std::collections::BTreeSet;

use super::ranges::Part;
use super::{Parser, Result};
use crate::syntax::expr::{Binary, Expr, Kind, Relation};
use crate::syntax::name::{Name, is_constant};
use crate::syntax::token::{Bracket, TokenKind};

/// The terms of a sum.
fn terms(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        Kind::Binary(Binary::Add | Binary::Subtract, lhs, rhs) => {
            let mut all = terms(lhs);
            all.push(rhs);
            all
        }
        _ => vec![expr],
    }
}

/// Whether a term may depend on `name`: it stands in it, or a derivative or a function may hide it.
fn varies(term: &Expr, name: &Name) -> bool {
    match &term.kind {
        Kind::Name(other) => other == name,
        Kind::Derivative { .. } | Kind::Gradient { .. } | Kind::Apply { .. } | Kind::Subscript { .. } => true,
        Kind::At { .. } => false,
        _ => {
            let mut found = false;
            term.for_each_child(&mut |child| found |= varies(child, name));
            found
        }
    }
}

/// The names of `x = 3` and of `(x, y) = (3, 2)`, each with its value.
fn places(part: Part) -> Option<Vec<(Name, Expr)>> {
    let condition = match part {
        Part::From(name, value) => return Some(vec![(name, value)]),
        Part::Where(condition) if condition.relations == [Relation::Equal] => condition,
        _ => return None,
    };
    let [Expr { kind: Kind::List(names), .. }, Expr { kind: Kind::List(values), .. }] =
        &condition.members[..]
    else {
        return None;
    };
    let name = |expr: &Expr| match &expr.kind {
        Kind::Name(name) => Some(name.clone()),
        _ => None,
    };
    let names: Vec<Name> = names.iter().map(name).collect::<Option<_>>()?;
    let is_once = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
    (is_once && names.len() == values.len()).then(|| names.into_iter().zip(values.iter().cloned()).collect())
}

/// What stands at one end: values of names, or one value of the only name there is.
enum End {
    Named(Vec<(Name, Expr)>),
    Value(Expr),
}

impl Parser<'_, '_> {
    /// Whether a bar stands here after which the ends of an evaluation follow: `x^2 \Big|_0^1`.
    pub(super) fn at_evaluation_bar(&self) -> bool {
        let scripted = matches!(self.look(1).kind, TokenKind::Underscore | TokenKind::Caret);
        self.bars == 0 && self.peek().kind == TokenKind::Bar && scripted
    }

    /// What stands before the bar, which does not show how far it reaches, between the ends after it.
    pub(super) fn evaluated_before_bar(&mut self, body: Expr, start: u32) -> Result<Expr> {
        let bar = self.peek();
        self.advance();
        let reaches = body.clone();
        let evaluated = self.evaluated(body, start)?;
        let Kind::At { upper, .. } = &evaluated.kind else { return Ok(evaluated) };
        let varies = |term: &Expr| upper.iter().any(|(name, _)| varies(term, name));
        let terms = terms(&reaches);
        if terms.len() > 1 && terms.iter().any(|term| !varies(term)) {
            let error = self.error_at(self.since(bar.start), "how far this bar reaches is not clear");
            return Err(error.ambiguous().help("write `\\left[ … \\right]_{a}^{b}` around what it is about"));
        }
        Ok(evaluated)
    }

    /// The ends after the closing bracket. The upper one less the lower one, where both are given.
    pub(super) fn evaluated(&mut self, body: Expr, start: u32) -> Result<Expr> {
        let (mut lower, mut upper) = (None, None);
        loop {
            match self.peek().kind {
                TokenKind::Underscore if lower.is_none() => {
                    self.advance();
                    lower = Some(self.end_of_evaluation()?);
                }
                TokenKind::Caret if upper.is_none() => {
                    self.advance();
                    upper = Some(self.end_of_evaluation()?);
                }
                _ => break,
            }
        }
        let (lower, upper) = match (lower, upper) {
            (Some(End::Named(places)), None) => return Ok(self.at_places(body, places, Vec::new(), start)),
            (Some(lower), Some(upper)) => (lower, upper),
            (Some(End::Value(place)), None) if let Some(places) = self.arguments_at(&body, &place) => {
                return Ok(self.at_places(body, places, Vec::new(), start));
            }
            _ => {
                let error = self.error_at(self.since(start), "nothing says where this is evaluated");
                return Err(error.help("write `\\right|_{x=3}` or `\\right|_{0}^{1}`"));
            }
        };
        let name = match (&lower, &upper) {
            (End::Named(places), _) | (_, End::Named(places)) if places.len() == 1 => places[0].0.clone(),
            _ => self.only_unknown(&body)?,
        };
        let places = |end| match end {
            End::Named(places) => places,
            End::Value(value) => vec![(name.clone(), value)],
        };
        Ok(self.at_places(body, places(upper), places(lower), start))
    }

    /// What the parameters of a function of the page are where its derivative is taken: `\left. \nabla f \right|_{(1, 2)}`.
    fn arguments_at(&self, body: &Expr, place: &Expr) -> Option<Vec<(Name, Expr)>> {
        let (Kind::Derivative { body: of, .. } | Kind::Gradient { body: of, .. }) = &body.ungrouped().kind
        else {
            return None;
        };
        let Kind::Name(function) = &of.ungrouped().kind else { return None };
        let parameters = self.lexicon.parameters(function.as_str())?;
        let values = match &place.ungrouped().kind {
            Kind::List(items) => items.clone(),
            _ => vec![place.clone()],
        };
        (values.len() == parameters.len()).then(|| parameters.iter().cloned().zip(values).collect())
    }

    fn at_places(&self, body: Expr, upper: Vec<(Name, Expr)>, lower: Vec<(Name, Expr)>, start: u32) -> Expr {
        Expr::new(Kind::At { body: Box::new(body), upper, lower }, self.since(start))
    }

    fn end_of_evaluation(&mut self) -> Result<End> {
        if self.peek().kind != TokenKind::Open(Bracket::Brace) {
            return Ok(End::Value(self.script()?));
        }
        let equal = TokenKind::Relation(Relation::Equal);
        if !self.in_the_open(1).any(|(_, token)| token.kind == equal) {
            return Ok(End::Value(self.script()?));
        }
        let start = self.peek().start;
        let places: Option<Vec<Vec<_>>> = self.index_part()?.into_iter().map(places).collect();
        let places = places.map(|places| places.concat());
        let places =
            places.ok_or_else(|| self.error_at(self.since(start), "each name needs one value here"))?;
        Ok(End::Named(places))
    }

    /// The one name in `body` that nothing defines, or of which only the domain is known.
    fn only_unknown(&self, body: &Expr) -> Result<Name> {
        let (mut unknown, mut declared) = (BTreeSet::new(), BTreeSet::new());
        body.for_each_free_name(&mut |name, node| {
            if !matches!(node.kind, Kind::Name(_)) {
                return;
            }
            if self.kind(name.as_str()).is_none() && !is_constant(name.as_str()) {
                unknown.insert(name);
            } else if self.lexicon.has_domain(name.as_str()) && !self.bound.contains(name) {
                declared.insert(name);
            }
        });
        let names = if unknown.is_empty() { declared } else { unknown };
        match (names.first(), names.len()) {
            (Some(only), 1) => Ok((*only).clone()),
            _ => Err(self
                .error_at(body.span, "which name takes the values at the ends is not clear")
                .ambiguous()
                .help("write `_{x=0}^{x=1}`")),
        }
    }
}
