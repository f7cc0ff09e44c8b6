//! Where a text is cut into chains, and a chain into members: at line breaks, wide space, columns, implications, commas
//! and texts that join statements. Nothing is understood yet.

use super::congruence;
use super::expr::Relation;
use super::joint::{is_condition, is_joint, joints_apart};
use super::lead::{Leads, data_apart};
use super::measure::Measure;
use super::statement::{Link, Statement, states_number};
use super::token::{Bracket, Token, TokenKind};
use super::{
    Notation, alternatives, column, label, place, quantifier, reduction, restated, scripts, struck,
    underbrace, unseen, unwrap,
};
use crate::scan::is_or;
use crate::source::Span;

/// Cuts `tokens` of `text` into statements; `base` is where the text begins in its file.
pub(super) fn split<'t>(
    text: &'t str,
    base: Span,
    notation: Notation,
    tokens: Vec<Token<'t>>,
) -> Vec<Statement<'t>> {
    let tokens = column::without_brackets(tokens);
    let tokens = data_apart(reduction::with_arrows(restated::in_percent(joints_apart(tokens))));
    let tokens = quantifier::set_apart(congruence::with_divisibility(text, tokens));
    let tokens = scripts::ordered(congruence::normalised(unwrap::opened(unseen::without_wide_space(
        unseen::without_dollars(tokens),
    ))));
    let leads = Leads::of(&tokens);
    let statement = |part: &[Token<'t>]| statement(text, base, notation, &leads, part);
    let mut chains: Vec<(usize, Vec<Statement<'t>>)> = Vec::new();
    let has_or = tokens.iter().any(|token| matches!(token.kind, TokenKind::Text(text) if is_or(text)));
    for (column, piece) in pieces(&tokens) {
        let solutions =
            at_commas(piece).into_iter().flat_map(|part| alternatives::apart(|| before(&tokens, part), part));
        let is_alternative = has_or && alternatives::precede(before(&tokens, piece));
        for statement in solutions.filter_map(|part| statement(&part)) {
            let statement = Statement { is_alternative, ..statement };
            // What begins with a relation goes on with what stands above it.
            let above = chains.iter_mut().rev().find(|(of, _)| *of == column);
            match above.filter(|_| statement.continues) {
                Some((_, chain)) => chain.push(statement),
                None => chains.push((column, vec![statement])),
            }
        }
    }
    let under_braces = underbrace::claims(&tokens);
    let claimed = under_braces.iter().filter_map(|claim| statement(claim));
    chains.into_iter().flat_map(|(_, chain)| chain).chain(claimed).collect()
}

/// What stands before a part of the tokens.
fn before<'a, 't>(tokens: &'a [Token<'t>], part: &[Token<'t>]) -> &'a [Token<'t>] {
    let start = part.first().map_or(0, |first| first.start);
    &tokens[..tokens.iter().take_while(|token| token.start < start).count()]
}

/// How deep each token stands in brackets; an opening and its closing bracket have the depth outside.
pub(super) fn depths<'a, 't>(tokens: &'a [Token<'t>]) -> impl Iterator<Item = (usize, &'a Token<'t>)> {
    let mut depth = 0usize;
    tokens.iter().map(move |token| match token.kind {
        TokenKind::Open(_) | TokenKind::Begin(_) => {
            depth += 1;
            (depth - 1, token)
        }
        TokenKind::Close(_) | TokenKind::End(_) => {
            depth = depth.saturating_sub(1);
            (depth, token)
        }
        _ => (depth, token),
    })
}

fn split_where<'a, 't>(
    tokens: &'a [Token<'t>],
    separates: impl Fn(&TokenKind<'_>) -> bool,
) -> Vec<&'a [Token<'t>]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, (depth, token)) in depths(tokens).enumerate() {
        if depth == 0 && separates(&token.kind) {
            parts.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    parts.push(&tokens[start..]);
    parts
}

/// Cuts into chains, with the columns of equations that they stand in. A row that begins with an operator, or follows
/// one, goes on with the row before it.
fn pieces<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<(usize, &'a [Token<'t>])> {
    use TokenKind as T;
    // Only what stands at columns and texts is ever asked for.
    let is_asked = tokens.iter().any(|token| matches!(token.kind, T::Ampersand | T::Text(_)));
    let ahead = if is_asked { what_follows(tokens) } else { Vec::new() };
    let mut parts = Vec::new();
    let (mut start, mut column) = (0, 0);
    let mut row = Row::default();
    for (at, (depth, token)) in depths(tokens).enumerate() {
        let cuts = match token.kind {
            _ if depth > 0 => false,
            T::Newline => !continues_row(&tokens[start..at], &tokens[at + 1..]),
            T::Ampersand => row.ends_column(ahead[at], is_number_of_row(&tokens[at + 1..])),
            T::Text(text) if is_joint(text) => row.relates && ahead[at] == Ahead::Relation,
            T::Text(text) => alternatives::stand_around(&tokens[start..at], text, &tokens[at + 1..]),
            // Space that only indents a row which goes on.
            T::Wide => {
                let after = &tokens[at + 1..];
                !indents(&tokens[start..at])
                    && !begins_modulus(after)
                    && !begins_with_remark(after)
                    && !tokens[start..at].last().is_some_and(joins)
                    && !after.iter().find(|token| token.kind != T::Wide).is_some_and(is_relation)
            }
            T::Semicolon | T::Implies | T::Eof => true,
            _ => false,
        };
        if cuts {
            parts.push((column, &tokens[start..at]));
            start = at + 1;
        }
        column = match token.kind {
            T::Newline if depth == 0 => 0,
            T::Ampersand if cuts => column + 1,
            _ => column,
        };
        match token.kind {
            _ if cuts => row = Row::default(),
            // A row that goes on has its relation in a row before it.
            T::Newline if depth == 0 => row = Row { relates: row.relates, ..Row::default() },
            _ => row.add(depth, token),
        }
    }
    parts.push((column, &tokens[start..]));
    parts
}

/// Whether wide space after this only sets a sign apart: `2 + 2 = \quad 4`.
fn joins(token: &Token<'_>) -> bool {
    is_relation(token) || is_operator(&token.kind)
}

fn is_relation(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Relation(_))
}

/// What stands in the open since the last line break or cut.
#[derive(Default)]
struct Row {
    marks: usize,
    relates: bool,
    ends_with_relation: bool,
}

impl Row {
    fn add(&mut self, depth: usize, token: &Token<'_>) {
        match token.kind {
            TokenKind::Ampersand if depth == 0 => self.marks += 1,
            TokenKind::Wide => {}
            TokenKind::Relation(_) if depth == 0 => (self.relates, self.ends_with_relation) = (true, true),
            _ => self.ends_with_relation = false,
        }
    }

    /// Whether the mark here ends a column of equations: every second one does before another equation, a remark or a number,
    /// unless it stands beside the sign of the relation, as in `a & = & b`.
    fn ends_column(&self, ahead: Ahead, is_numbered: bool) -> bool {
        self.marks % 2 == 1
            && self.relates
            && !self.ends_with_relation
            && (is_numbered || matches!(ahead, Ahead::Relation | Ahead::Texts))
    }
}

/// Whether nothing but a number in brackets stands up to the next line break: that of the row.
fn is_number_of_row(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let mut rest = tokens.iter().filter(|token| !matches!(token.kind, T::Ampersand | T::Wide));
    let mut next = || rest.next().map_or(T::Eof, |token| token.kind);
    next() == T::Open(Bracket::Round)
        && matches!(next(), T::Number(_))
        && next() == T::Close(Bracket::Round)
        && matches!(next(), T::Newline | T::Eof)
}

/// What stands in the open from a place to the next line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ahead {
    Nothing,
    /// Texts alone.
    Texts,
    /// An operator first: the row goes on.
    Operator,
    /// Something with a relation in it.
    Relation,
    Other,
}

/// What follows each token.
fn what_follows(tokens: &[Token<'_>]) -> Vec<Ahead> {
    use TokenKind as T;
    let depths: Vec<usize> = depths(tokens).map(|(depth, _)| depth).collect();
    let mut ahead = vec![Ahead::Nothing; tokens.len()];
    let mut here = Ahead::Nothing;
    let mut relates = false;
    for at in (0..tokens.len()).rev() {
        ahead[at] = here;
        let kind = tokens[at].kind;
        if depths[at] == 0 && matches!(kind, T::Newline | T::Eof) {
            (here, relates) = (Ahead::Nothing, false);
            continue;
        }
        relates |= depths[at] == 0 && matches!(kind, T::Relation(_));
        here = match kind {
            T::Ampersand | T::Wide => here,
            T::Text(_) if matches!(here, Ahead::Nothing | Ahead::Texts) => Ahead::Texts,
            _ if is_operator(&kind) => Ahead::Operator,
            _ if relates => Ahead::Relation,
            _ => Ahead::Other,
        };
    }
    ahead
}

/// Whether a relation stands in the open.
pub(super) fn relates(tokens: &[Token<'_>]) -> bool {
    depths(tokens).any(|(depth, token)| depth == 0 && matches!(token.kind, TokenKind::Relation(_)))
}

/// Whether the row `after` a line break goes on with the member that `before` ends with.
fn continues_row(before: &[Token<'_>], after: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let mark = |token: &&Token<'_>| !matches!(token.kind, T::Ampersand | T::Wide);
    let Some(last) = before.iter().rfind(mark) else { return false };
    if is_operator(&last.kind) {
        return true;
    }
    let Some(at) = after.iter().position(|token| mark(&token)) else { return false };
    let ended = matches!(last.kind, T::Comma | T::Period | T::Semicolon);
    match after[at].kind {
        // A sign may also begin a chain of its own, `-x = 3`, unless it is aligned as an operator is, or nothing has
        // been related yet.
        T::Plus | T::Minus => !ended && (at > 0 || !row_has_relation(after) || !relates(before)),
        ref kind => is_operator(kind),
    }
}

fn row_has_relation(tokens: &[Token<'_>]) -> bool {
    depths(tokens)
        .take_while(|(depth, token)| *depth > 0 || token.kind != TokenKind::Newline)
        .any(|(depth, token)| depth == 0 && matches!(token.kind, TokenKind::Relation(_)))
}

pub(super) fn is_operator(kind: &TokenKind<'_>) -> bool {
    use TokenKind as T;
    match kind {
        T::Plus | T::Minus | T::PlusMinus | T::MinusPlus | T::Dot | T::Times | T::Elementwise | T::Slash => {
            true
        }
        T::Command(command) => matches!(*command, "pmod" | "mod" | "bmod"),
        _ => false,
    }
}

/// Whether the modulus of what stands before comes next.
fn begins_modulus(tokens: &[Token<'_>]) -> bool {
    let mark = |token: &&Token<'_>| !matches!(token.kind, TokenKind::Ampersand | TokenKind::Wide);
    let first = tokens.iter().find(mark);
    first.is_some_and(|first| matches!(first.kind, TokenKind::Command("pmod" | "mod" | "bmod")))
}

/// Whether a remark in brackets comes next and then a relation: `a \quad \text{(by symmetry)} = b`.
fn begins_with_remark(tokens: &[Token<'_>]) -> bool {
    let mark = |token: &&Token<'_>| !matches!(token.kind, TokenKind::Ampersand | TokenKind::Wide);
    let mut tokens = tokens.iter().filter(mark);
    let is_remark =
        tokens.next().is_some_and(|first| matches!(first.kind, TokenKind::Text(text) if is_bracketed(text)));
    is_remark && tokens.next().is_some_and(|next| matches!(next.kind, TokenKind::Relation(_)))
}

/// Whether a text stands in brackets and is no unit: `(by symmetry)`.
pub(super) fn is_bracketed(text: &str) -> bool {
    let inner = text.trim().strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inner.is_some_and(|inner| {
        inner.chars().any(char::is_alphabetic) && Measure::known(inner).is_none() && !inner.contains("mod")
    })
}

/// Whether nothing but alignment stands since a line break inside this piece.
fn indents(piece: &[Token<'_>]) -> bool {
    let last = piece.iter().rfind(|token| !matches!(token.kind, TokenKind::Ampersand | TokenKind::Wide));
    last.is_some_and(|last| last.kind == TokenKind::Newline)
}

/// Cuts at commas that start a new relation: a part without a relation stays with the part before it.
fn at_commas<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    if tokens.iter().all(|token| token.kind != TokenKind::Comma) {
        return vec![tokens];
    }
    let parts = split_where(tokens, |kind| *kind == TokenKind::Comma);
    let mut joined: Vec<(usize, usize)> = Vec::new();
    let mut offset = 0;
    for part in parts {
        let (start, end) = (offset, offset + part.len());
        offset = end + 1;
        match joined.last_mut() {
            Some(last) if part.is_empty() || !relates(part) || !relates(&tokens[last.0..last.1]) => {
                last.1 = end
            }
            _ => joined.push((start, end)),
        }
    }
    joined.into_iter().map(|(start, end)| &tokens[start..end]).collect()
}

fn statement<'t>(
    text: &'t str,
    base: Span,
    notation: Notation,
    leads: &Leads,
    tokens: &[Token<'t>],
) -> Option<Statement<'t>> {
    let tokens: Vec<Token<'t>> = alignment_removed(tokens);
    let tokens = trailing_punctuation_removed(&tokens);
    let tokens = label::removed(tokens);
    let tokens = enclosed(tokens).unwrap_or(tokens);
    if label::is_hypothesis(tokens) {
        return None;
    }
    let is_quantified = quantifier::begins(tokens);
    let tokens = &tokens[usize::from(is_quantified)..];
    let (first, last) = (tokens.first()?, tokens.last()?);
    let span = place(base, first.start, last.end);
    let mut links = Vec::new();
    let mut members = vec![Vec::new()];
    let mut conditional = false;
    for (depth, token) in depths(tokens) {
        match token.kind {
            TokenKind::Relation(relation) if depth == 0 && !conditional => {
                links.push(Link { relation, span: place(base, token.start, token.end) });
                members.push(Vec::new());
            }
            kind => {
                conditional |= depth == 0 && matches!(kind, TokenKind::Text(text) if is_condition(text));
                members.last_mut().expect("never empty").push(*token);
            }
        }
    }
    let continues = members[0].is_empty() && !links.is_empty();
    if continues {
        members.remove(0);
    }
    let span_of = |tokens: &[Token<'t>]| Some(place(base, tokens.first()?.start, tokens.last()?.end));
    alternatives::in_braces(&mut members);
    struck::with_what_is_left(text, &mut members, &mut links, continues, span_of);
    let moduli = moduli(&mut members, &links, continues);
    let states_number = states_number(&members, &links);
    Some(Statement {
        span,
        links,
        continues,
        is_quantified,
        is_alternative: false,
        states_number,
        lead: leads.at(first.start),
        text,
        base,
        notation,
        members,
        moduli,
    })
}

/// Cuts the moduli off the members that end with one.
fn moduli<'t>(
    members: &mut [Vec<Token<'t>>],
    links: &[Link],
    continues: bool,
) -> Vec<(usize, Vec<Token<'t>>)> {
    let congruent = |link: Option<&Link>| link.is_some_and(|link| link.relation.is_congruence());
    let mut moduli = Vec::new();
    for (at, member) in members.iter_mut().enumerate() {
        let after = at + usize::from(continues);
        let before = after.checked_sub(1).and_then(|before| links.get(before));
        let last = links.get(after).is_none() || congruent(links.get(after));
        if before.is_some()
            && let Some(modulus) = congruence::modulus(member, congruent(before) && last)
        {
            moduli.push((at, modulus));
        }
    }
    moduli
}

/// The chain inside brackets around all of it: `(2 + 2 = 4)`. What stands in braces is a set or an event unless numbers are
/// related in it, and an inequality in brackets a condition.
fn enclosed<'a, 't>(tokens: &'a [Token<'t>]) -> Option<&'a [Token<'t>]> {
    use TokenKind as T;
    let [open, inner @ .., close] = tokens else { return None };
    let equates = || {
        depths(inner).any(|(depth, token)| {
            depth == 0 && matches!(token.kind, T::Relation(Relation::Equal | Relation::Approximate))
        })
    };
    let claims = match (open.kind, close.kind) {
        (T::Open(Bracket::Round), T::Close(Bracket::Round))
        | (T::Open(Bracket::Square), T::Close(Bracket::Square)) => equates(),
        (T::Open(Bracket::Curly), T::Close(Bracket::Curly)) => unwrap::relates_numbers(inner),
        _ => false,
    };
    // The first bracket is the one that the last closes if it is never closed before.
    let mut depth = 0i64;
    let mut whole = || {
        inner.iter().all(|token| {
            depth += match token.kind {
                T::Open(_) | T::Begin(_) => 1,
                T::Close(_) | T::End(_) => -1,
                _ => 0,
            };
            depth >= 0
        })
    };
    (claims && whole()).then_some(inner)
}

fn alignment_removed<'t>(tokens: &[Token<'t>]) -> Vec<Token<'t>> {
    depths(tokens)
        .filter(|(depth, token)| {
            *depth > 0 || !matches!(token.kind, TokenKind::Ampersand | TokenKind::Newline | TokenKind::Wide)
        })
        .map(|(_, token)| *token)
        .collect()
}

fn trailing_punctuation_removed<'a, 't>(mut tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    while let Some((last, before)) = tokens.split_last() {
        if !matches!(
            last.kind,
            TokenKind::Comma | TokenKind::Period | TokenKind::Semicolon | TokenKind::Colon
        ) {
            break;
        }
        tokens = before;
    }
    tokens
}
