//! Splitting a text into chains and a chain into members, before anything is understood.
//!
//! A text is cut at top-level `\\`, wide space, `;`, arrows of implication, and at a comma that starts a new
//! relation; each piece is a chain `m0 R m1 R m2 …`. Reading the members waits until the names are known
//! ([`Statement::read`]).

use super::expr::{Expr, Relation};
use super::name::Name;
use super::parser::Parser;
use super::token::{Bracket, Token, TokenKind};
use super::{Lexicon, Notation, SyntaxError, place};
use crate::source::Span;

/// A chain whose members have not been read yet.
#[derive(Clone, Debug)]
pub struct Statement<'t> {
    /// The whole chain.
    pub span: Span,
    /// The relations in order. When `continues`, the first one stands before the first member.
    pub links: Vec<Link>,
    /// It starts with a relation and so goes on with the chain before it.
    pub continues: bool,
    text: &'t str,
    base: Span,
    notation: Notation,
    members: Vec<Vec<Token<'t>>>,
}

/// A relation and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The relation.
    pub relation: Relation,
    /// Its place.
    pub span: Span,
}

/// A member that has been read.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its place, trailing punctuation left out.
    pub span: Span,
    /// What it is.
    pub kind: MemberKind,
}

/// What a member can be.
#[derive(Clone, Debug)]
pub enum MemberKind {
    /// An expression.
    Expr(Expr),
    /// A hole that asks for the value.
    Hole(Hole),
    /// A text that says nothing about numbers.
    Remark,
    /// Nothing that can be read, with the reason.
    Error(SyntaxError),
}

/// `?`, `?.????`, `?\%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Digits after the point; `None` asks for six significant digits.
    pub decimals: Option<usize>,
    /// The value in percent; the sign is already typed.
    pub percent: bool,
    /// The question marks alone.
    pub span: Span,
}

/// What a first member could define.
#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    /// One name.
    Name(Name),
    /// `f(x, y)`: a function of these names, or the name `f(x, y)` itself.
    Call {
        /// The function.
        function: Name,
        /// Its arguments, if each is one name.
        parameters: Option<Vec<Name>>,
        /// The whole as one name.
        whole: Name,
    },
    /// `[x_1, x_2]`: several names by parts.
    Parts(Vec<Name>),
    /// An expression.
    Nothing,
}

/// Cuts `tokens` of `text` into statements; `base` is where the text begins in its file.
pub(super) fn split<'t>(
    text: &'t str,
    base: Span,
    notation: Notation,
    tokens: Vec<Token<'t>>,
) -> Vec<Statement<'t>> {
    let mut statements = Vec::new();
    for piece in pieces(&tokens) {
        for piece in at_commas(piece) {
            statements.extend(statement(text, base, notation, piece));
        }
    }
    statements
}

/// How deep each token stands in brackets; an opening and its closing bracket have the depth outside.
fn depths<'a, 't>(tokens: &'a [Token<'t>]) -> impl Iterator<Item = (usize, &'a Token<'t>)> {
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

fn pieces<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    use TokenKind as T;
    split_where(tokens, |kind| matches!(kind, T::Newline | T::Wide | T::Semicolon | T::Implies | T::Eof))
}

/// Cuts at commas that start a new relation: a part without a relation stays with the part before it.
fn at_commas<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    let parts = split_where(tokens, |kind| *kind == TokenKind::Comma);
    if parts.len() == 1 {
        return parts;
    }
    let has_relation = |part: &[Token<'t>]| {
        depths(part).any(|(depth, token)| depth == 0 && matches!(token.kind, TokenKind::Relation(_)))
    };
    let mut joined: Vec<(usize, usize)> = Vec::new();
    let mut offset = 0;
    for part in parts {
        let (start, end) = (offset, offset + part.len());
        offset = end + 1;
        match joined.last_mut() {
            Some(last)
                if part.is_empty() || !has_relation(part) || !has_relation(&tokens[last.0..last.1]) =>
            {
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
    tokens: &[Token<'t>],
) -> Option<Statement<'t>> {
    let tokens: Vec<Token<'t>> = alignment_removed(tokens);
    let tokens = trailing_punctuation_removed(&tokens);
    let (first, last) = (tokens.first()?, tokens.last()?);
    let span = place(base, first.start, last.end);
    let mut links = Vec::new();
    let mut members = vec![Vec::new()];
    for (depth, token) in depths(tokens) {
        match token.kind {
            TokenKind::Relation(relation) if depth == 0 => {
                links.push(Link { relation, span: place(base, token.start, token.end) });
                members.push(Vec::new());
            }
            _ => members.last_mut().expect("never empty").push(*token),
        }
    }
    let continues = members[0].is_empty() && !links.is_empty();
    if continues {
        members.remove(0);
    }
    Some(Statement { span, links, continues, text, base, notation, members })
}

fn alignment_removed<'t>(tokens: &[Token<'t>]) -> Vec<Token<'t>> {
    depths(tokens)
        .filter(|(depth, token)| !(*depth == 0 && token.kind == TokenKind::Ampersand))
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

impl<'t> Statement<'t> {
    /// Number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// What the first member could define, whatever is known already.
    pub fn head(&self, lexicon: &dyn Lexicon) -> Head {
        if self.continues {
            return Head::Nothing;
        }
        self.parser(0, lexicon).head()
    }

    /// Reads member `idx`; `bound` are names that stand for numbers in it (parameters of the function that is
    /// being defined).
    pub fn read(&self, idx: usize, lexicon: &dyn Lexicon, bound: &[Name]) -> Member {
        let tokens = &self.members[idx];
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return self.missing(idx);
        };
        let span = place(self.base, first.start, last.end);
        if let Some(hole) = self.hole(tokens) {
            return Member { span, kind: MemberKind::Hole(hole) };
        }
        let tokens = remark_removed(tokens);
        if tokens.is_empty() {
            return Member { span, kind: MemberKind::Remark };
        }
        let span = place(self.base, tokens[0].start, tokens[tokens.len() - 1].end);
        let kind = match Parser::new(self.text, self.base, self.notation, tokens, lexicon, bound).whole() {
            Ok(expr) => MemberKind::Expr(expr),
            Err(error) => MemberKind::Error(error.placed(self.base)),
        };
        Member { span, kind }
    }

    fn parser<'p>(&'p self, idx: usize, lexicon: &'p dyn Lexicon) -> Parser<'p, 't> {
        Parser::new(self.text, self.base, self.notation, &self.members[idx], lexicon, &[])
    }

    /// A relation with nothing on one side.
    fn missing(&self, idx: usize) -> Member {
        let link = self.links.get(idx.saturating_sub(usize::from(!self.continues))).or(self.links.last());
        let span = link.map_or(self.span, |link| link.span);
        let message = "nothing stands on one side of this relation";
        let error = SyntaxError { span, ..SyntaxError::new(0, 0, message) };
        Member { span, kind: MemberKind::Error(error) }
    }

    fn hole(&self, tokens: &[Token<'t>]) -> Option<Hole> {
        let TokenKind::Hole(text) = tokens[0].kind else { return None };
        let percent = match &tokens[1..] {
            [] => false,
            [Token { kind: TokenKind::Percent, .. }] => true,
            _ => return None,
        };
        let decimals = text.split_once('.').map(|(_, marks)| marks.len());
        Some(Hole { decimals, percent, span: place(self.base, tokens[0].start, tokens[0].end) })
    }
}

/// A text in round brackets at the end, and a text that stands alone, say nothing about numbers.
fn remark_removed<'a, 't>(tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    use TokenKind as T;
    match tokens {
        [Token { kind: T::Text(text), .. }] if text.trim().contains(' ') => &[],
        [before @ .., open, text, close]
            if open.kind == T::Open(Bracket::Round)
                && matches!(text.kind, T::Text(_))
                && close.kind == T::Close(Bracket::Round)
                && !before
                    .last()
                    .is_some_and(|last| matches!(last.kind, T::Word(_) | T::Text(_) | T::Command(_))) =>
        {
            before
        }
        _ => tokens,
    }
}
