//! Functions one behind the other: `(f \circ g)(2)` is `f(g(2))`, and `f \circ g` alone a function.

use std::ops::Range;

use super::{Parser, Result};
use crate::source::Span;
use crate::syntax::expr::{Expr, Kind};
use crate::syntax::name::Name;
use crate::syntax::token::{Bracket, Token, TokenKind};
use crate::syntax::{Builtin, NameKind, latex};

/// A function that is composed with others, and where its tokens stand.
struct Function {
    called: Called,
    place: Range<usize>,
}

enum Called {
    Builtin(Builtin),
    OfPage(Name),
}

impl Function {
    fn applied(self, argument: Expr, span: Span) -> Expr {
        let args = vec![argument];
        let kind = match self.called {
            Called::Builtin(builtin) => Kind::Call(builtin, args),
            Called::OfPage(function) => Kind::Apply { function, order: 0, args },
        };
        Expr::new(kind, span)
    }
}

impl Parser<'_, '_> {
    /// At a bracket: the composed functions in it, applied to what stands in the brackets behind them; `None` if that is
    /// not what stands here.
    pub(super) fn composition(&mut self) -> Result<Option<Expr>> {
        let Some(close) = self.close_of(0) else { return Ok(None) };
        if self.look(close + 1).kind != TokenKind::Open(Bracket::Round) {
            return Ok(None);
        }
        let Some(end) = self.close_of(close + 1) else { return Ok(None) };
        let has_ring = (1..close).any(|at| self.is_ring(self.look(at)));
        let mut functions = has_ring.then(|| self.composed(1..close)).flatten().unwrap_or_default();
        let (true, Some(innermost)) = (functions.len() > 1, functions.pop()) else { return Ok(None) };
        let call: Vec<_> = innermost.place.chain(close + 1..=end).map(|at| self.look(at)).collect();
        let inner =
            Parser::new(self.text, self.base, self.notation, &call, self.lexicon, &self.bound).whole()?;
        let start = self.peek().start;
        (0..=end).for_each(|_| self.advance());
        Ok(Some(nested(functions, inner, self.since(start))))
    }

    /// Whether all of the tokens are composed functions.
    pub(in crate::syntax) fn is_composition(&self) -> bool {
        self.whole_composition().is_some()
    }

    /// Composed functions and nothing else, where a function of one parameter is being defined: applied to that.
    pub(in crate::syntax) fn composition_of_parameter(&self) -> Option<Expr> {
        let [parameter] = &self.bound[..] else { return None };
        let functions = self.whole_composition()?;
        let (first, last) = (self.tokens.first()?, self.tokens.last()?);
        let span = crate::syntax::place(self.base, first.start, last.end);
        Some(nested(functions, Expr::new(Kind::Name(parameter.clone()), span), span))
    }

    fn whole_composition(&self) -> Option<Vec<Function>> {
        let has_ring = self.tokens.iter().any(|token| self.is_ring(*token));
        has_ring.then(|| self.composed(0..self.tokens.len()))?.filter(|functions| functions.len() > 1)
    }

    /// The functions with `\circ` between them that stand there, brackets opened: `f \circ (g \circ h)`.
    fn composed(&self, place: Range<usize>) -> Option<Vec<Function>> {
        let mut functions = Vec::new();
        let mut at = place.start;
        loop {
            if self.look(at).kind == TokenKind::Open(Bracket::Round) {
                let close = self.close_of(at).filter(|close| *close < place.end)?;
                functions.extend(self.composed(at + 1..close)?);
                at = close + 1;
            } else {
                let start = at;
                while at < place.end && !self.is_ring(self.look(at)) {
                    at = self.close_of(at).unwrap_or(at) + 1;
                }
                functions.push(self.function_in(start..at)?);
            }
            if at >= place.end {
                return (at == place.end).then_some(functions);
            }
            self.is_ring(self.look(at)).then_some(())?;
            at += 1;
        }
    }

    /// The function that these tokens name, with its subscript.
    fn function_in(&self, place: Range<usize>) -> Option<Function> {
        let tokens: Vec<_> = place.clone().map(|at| self.look(at)).collect();
        if let [Token { kind: TokenKind::Command(command), .. }] = &tokens[..]
            && let Some(builtin) = latex::function(command).and_then(Builtin::named)
        {
            return Some(Function { called: Called::Builtin(builtin), place });
        }
        let mut parser = Parser::new(self.text, self.base, self.notation, &tokens, self.lexicon, &self.bound);
        let name = parser.spelled_name().ok().filter(|_| parser.at_end())?;
        let is_function = self.kind(name.as_str()) == Some(NameKind::Function);
        is_function.then_some(Function { called: Called::OfPage(name), place })
    }

    /// `\circ`, not the sign of a product element by element.
    pub(super) fn is_ring(&self, token: Token<'_>) -> bool {
        let typed = &self.text[token.start as usize..];
        token.kind == TokenKind::Elementwise && (typed.starts_with("\\circ") || typed.starts_with('∘'))
    }
}

/// Each function applied to what those behind it come to.
fn nested(functions: Vec<Function>, inner: Expr, span: Span) -> Expr {
    functions.into_iter().rev().fold(inner, |inner, function| function.applied(inner, span))
}
