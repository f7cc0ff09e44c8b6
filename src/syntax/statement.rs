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

/// What a member could define.
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
    let tokens = unwrapped(tokens);
    let mut statements = Vec::new();
    for piece in pieces(&tokens) {
        for piece in at_commas(piece) {
            statements.extend(statement(text, base, notation, piece));
        }
    }
    statements
}

/// The tokens without braces that are only there for a frame or a colour: `\boxed{x = 3}` is a chain like any other.
/// Braces that a command or a script takes stay.
fn unwrapped(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    use TokenKind as T;
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut dropped = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            T::Open(_) | T::Begin(_) => open.push((at, false)),
            T::Close(_) | T::End(_) => match open.pop() {
                Some((start, true)) if only_frames(&tokens, start) => dropped.extend([start, at]),
                Some((start, true)) if is_dressed(&tokens, start) => dropped.extend([start - 1, start, at]),
                _ => {}
            },
            T::Relation(_) => open.iter_mut().rev().take(1).for_each(|(_, relates)| *relates = true),
            _ => {}
        }
    }
    if dropped.is_empty() {
        return tokens;
    }
    dropped.sort_unstable();
    let keep = |at: &usize| dropped.binary_search(at).is_err();
    tokens.iter().enumerate().filter(|(at, _)| keep(at)).map(|(_, token)| *token).collect()
}

/// Whether the bracket at `start` is a brace that nothing before it takes as its argument.
fn only_frames(tokens: &[Token<'_>], start: usize) -> bool {
    use TokenKind as T;
    let taken = |kind: T<'_>| {
        matches!(kind, T::Caret | T::Underscore | T::Command(_) | T::Text(_) | T::Close(_) | T::Unknown(_))
    };
    let before = start.checked_sub(1).map(|before| tokens[before].kind);
    tokens[start].kind == T::Open(Bracket::Brace) && !before.is_some_and(taken)
}

/// Whether the bracket at `start` belongs to a command that dresses what is in it, which is no name if it relates.
fn is_dressed(tokens: &[Token<'_>], start: usize) -> bool {
    let before = start.checked_sub(1).map(|before| tokens[before].kind);
    let dresses =
        matches!(before, Some(TokenKind::Command("mathbf" | "boldsymbol" | "bm" | "underline" | "overline")));
    dresses && tokens[start].kind == TokenKind::Open(Bracket::Brace)
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

/// Cuts into chains. A row that begins with an operator, or follows one, goes on with the row before it.
fn pieces<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    use TokenKind as T;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, (depth, token)) in depths(tokens).enumerate() {
        let cuts = match token.kind {
            _ if depth > 0 => false,
            T::Newline => !continues_row(&tokens[start..at], &tokens[at + 1..]),
            T::Ampersand => ends_column(row(&tokens[start..at])),
            T::Text(text) => joins(text, &tokens[start..at], &tokens[at + 1..]),
            // Space that only indents a row which goes on.
            T::Wide => !indents(&tokens[start..at]),
            T::Semicolon | T::Implies | T::Eof => true,
            _ => false,
        };
        if cuts {
            parts.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    parts.push(&tokens[start..]);
    parts
}

/// What stands since the last line break.
fn row<'a, 't>(piece: &'a [Token<'t>]) -> &'a [Token<'t>] {
    let breaks = |token: &Token<'_>| token.kind == TokenKind::Newline;
    &piece[piece.iter().rposition(breaks).map_or(0, |at| at + 1)..]
}

/// Whether the mark after `row` ends a column of equations: every second one does, unless it stands beside the sign of
/// the relation, as in `a & = & b`.
fn ends_column(row: &[Token<'_>]) -> bool {
    let marks =
        depths(row).filter(|(depth, token)| *depth == 0 && token.kind == TokenKind::Ampersand).count();
    let last = row.iter().rfind(|token| !matches!(token.kind, TokenKind::Ampersand | TokenKind::Wide));
    marks % 2 == 1
        && row_has_relation(row)
        && last.is_some_and(|last| !matches!(last.kind, TokenKind::Relation(_)))
}

/// Words between two statements.
const JOINING: [&str; 16] = [
    "and",
    "where",
    "with",
    "so",
    "thus",
    "hence",
    "therefore",
    "but",
    "then",
    "while",
    "for",
    "if",
    "when",
    "since",
    "because",
    "that",
];

/// Whether a text stands between two statements: `x = 1 + 2 = 3 \text{ and } y = 4`.
fn joins(text: &str, before: &[Token<'_>], after: &[Token<'_>]) -> bool {
    let mut words = text.split_whitespace().map(|word| word.trim_matches([',', ':'])).peekable();
    words.peek().is_some()
        && words.all(|word| JOINING.contains(&word))
        && relates(before)
        && row_has_relation(after)
}

/// Whether a relation stands in the open.
fn relates(tokens: &[Token<'_>]) -> bool {
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

fn is_operator(kind: &TokenKind<'_>) -> bool {
    use TokenKind as T;
    matches!(kind, T::Plus | T::Minus | T::Dot | T::Times | T::Elementwise | T::Slash)
}

/// Whether nothing but alignment stands since a line break inside this piece.
fn indents(piece: &[Token<'_>]) -> bool {
    let last = piece.iter().rfind(|token| !matches!(token.kind, TokenKind::Ampersand | TokenKind::Wide));
    last.is_some_and(|last| last.kind == TokenKind::Newline)
}

/// Cuts at commas that start a new relation: a part without a relation stays with the part before it.
fn at_commas<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    let parts = split_where(tokens, |kind| *kind == TokenKind::Comma);
    if parts.len() == 1 {
        return parts;
    }
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
    tokens: &[Token<'t>],
) -> Option<Statement<'t>> {
    let tokens: Vec<Token<'t>> = alignment_removed(tokens);
    let tokens = trailing_punctuation_removed(&tokens);
    let tokens = enclosed(tokens).unwrap_or(tokens);
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

/// The chain inside brackets around all of it: `(2 + 2 = 4)`.
fn enclosed<'a, 't>(tokens: &'a [Token<'t>]) -> Option<&'a [Token<'t>]> {
    use TokenKind as T;
    let [open, inner @ .., close] = tokens else { return None };
    let brackets = matches!(open.kind, T::Open(Bracket::Round | Bracket::Square | Bracket::Curly))
        && matches!(close.kind, T::Close(Bracket::Round | Bracket::Square | Bracket::Curly));
    // The first bracket is the one that the last closes if it is never closed before.
    let mut depth = 0i64;
    let whole = inner.iter().all(|token| {
        depth += match token.kind {
            T::Open(_) | T::Begin(_) => 1,
            T::Close(_) | T::End(_) => -1,
            _ => 0,
        };
        depth >= 0
    });
    (brackets && whole && relates(inner)).then_some(inner)
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

impl<'t> Statement<'t> {
    /// Number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether a relation stands where no link is read: in braces, in an environment, after a bracket that nothing closes,
    /// or one between numbers that is not understood. Closed brackets of other kinds (`P(X = 3)`) and scripts claim
    /// nothing.
    pub fn hides_relation(&self) -> bool {
        use TokenKind as T;
        let tokens = || self.members.iter().flatten();
        if self.members.iter().any(|member| relates_in_vain(member)) {
            return true;
        }
        let closed = closed(tokens());
        let script = |before: Option<&TokenKind<'_>>| matches!(before, Some(T::Caret | T::Underscore));
        let mut hides = Vec::new();
        let mut before = None;
        for (token, closed) in tokens().zip(closed) {
            match token.kind {
                T::Open(Bracket::Brace) => hides.push(!script(before)),
                T::Begin(_) => hides.push(true),
                T::Open(_) => hides.push(!closed),
                T::Close(_) | T::End(_) => _ = hides.pop(),
                T::Relation(Relation::Equal | Relation::Approximate | Relation::Define)
                    if hides.iter().all(|hides| *hides) =>
                {
                    return true;
                }
                _ => {}
            }
            before = Some(&token.kind);
        }
        false
    }

    /// Whether it is one formula, without a relation.
    pub fn is_lone(&self) -> bool {
        self.links.is_empty() && self.members.len() == 1
    }

    /// Where member `idx` stands; `None` if nothing is there.
    pub fn span_of(&self, idx: usize) -> Option<Span> {
        let tokens = self.members.get(idx)?;
        Some(place(self.base, tokens.first()?.start, tokens.last()?.end))
    }

    /// What member `idx` could define, whatever is known already: a first member a name or a function, a later
    /// one the parts of it.
    pub fn head(&self, idx: usize, lexicon: &dyn Lexicon) -> Head {
        match self.members.get(idx) {
            Some(tokens) if !tokens.is_empty() => self.parser(idx, lexicon).head(),
            _ => Head::Nothing,
        }
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

/// Relations that are not judged.
const UNREAD: [&str; 12] = [
    "\\ll",
    "\\gg",
    "\\lesssim",
    "\\gtrsim",
    "\\leqq",
    "\\geqq",
    "\\asymp",
    "\\approxeq",
    "\\propto",
    "\\doteq",
    "\\nmid",
    "\\lll",
];

/// Whether a relation that is not understood stands between numbers.
fn relates_in_vain(tokens: &[Token<'_>]) -> bool {
    let unread = |token: &Token<'_>| matches!(token.kind, TokenKind::Unknown(sign) if UNREAD.contains(&sign));
    let numeric =
        |tokens: &[Token<'_>]| tokens.iter().any(|token| matches!(token.kind, TokenKind::Number(_)));
    tokens.iter().position(unread).is_some_and(|at| numeric(&tokens[..at]) && numeric(&tokens[at..]))
}

/// For each token whether it is a bracket that is closed.
fn closed<'a, 't: 'a>(tokens: impl Iterator<Item = &'a Token<'t>>) -> Vec<bool> {
    use TokenKind as T;
    let mut closed = Vec::new();
    let mut open = Vec::new();
    for (at, token) in tokens.enumerate() {
        closed.push(false);
        match token.kind {
            T::Open(_) | T::Begin(_) => open.push(at),
            T::Close(_) | T::End(_) => open.pop().into_iter().for_each(|at| closed[at] = true),
            _ => {}
        }
    }
    closed
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

#[cfg(test)]
mod tests {
    use crate::scan::Fragment;
    use crate::source::{FileId, Span};
    use crate::syntax::{Head, Lexicon, Name, NameKind, Notation, parse};

    struct Nothing;

    impl Lexicon for Nothing {
        fn kind(&self, _: &str) -> Option<NameKind> {
            None
        }

        fn knows_base(&self, _: &str) -> bool {
            false
        }
    }

    fn fragment(text: &str) -> Fragment {
        Fragment { span: Span::new(FileId::default(), 0, text.len()), text: text.to_owned() }
    }

    /// The texts of the chains that `text` is cut into.
    fn chains(text: &str) -> Vec<String> {
        let fragment = fragment(text);
        let statements = parse(&fragment, Notation::Latex).expect("these texts can be cut into tokens");
        let text = |span: Span| fragment.text[span.start as usize..span.end as usize].to_owned();
        statements.iter().map(|statement| text(statement.span)).collect()
    }

    #[test]
    fn a_row_that_begins_with_an_operator_goes_on() {
        assert_eq!(chains(r"x = 2 \\ & * 3 = 6 \\ y = 1"), [r"x = 2 \\ & * 3 = 6", "y = 1"]);
        assert_eq!(chains(r"x &= 2 \\ &\quad + 3 = 5"), [r"x &= 2 \\ &\quad + 3 = 5"]);
        assert_eq!(chains(r"x = 2 \cdot \\ 3 = 6"), [r"x = 2 \cdot \\ 3 = 6"]);
        assert_eq!(chains(r"x = 2 \\ \cdot 3"), [r"x = 2 \\ \cdot 3"]);
    }

    #[test]
    fn a_row_that_begins_with_a_signed_member_stands_alone() {
        assert_eq!(chains(r"x = 2 \\ -y = 3"), ["x = 2", "-y = 3"]);
        assert_eq!(chains(r"x = 2 \\ - 3"), [r"x = 2 \\ - 3"]);
    }

    #[test]
    fn any_member_can_be_classified() {
        let fragment = fragment("t = [t_1, t_2] = [0.1, 0.05]");
        let statements = parse(&fragment, Notation::Latex).expect("well formed");
        assert_eq!(statements[0].head(0, &Nothing), Head::Name(Name::new("t")));
        let parts = vec![Name::new("t_1"), Name::new("t_2")];
        assert_eq!(statements[0].head(1, &Nothing), Head::Parts(parts));
        assert_eq!(statements[0].head(2, &Nothing), Head::Nothing);
        assert_eq!(statements[0].head(9, &Nothing), Head::Nothing);
    }
}
