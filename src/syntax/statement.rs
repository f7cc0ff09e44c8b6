//! A chain `m0 R m1 R m2 …` as it was cut out of a text. Reading its members waits until the names are known
//! ([`Statement::read`]).

use super::expr::{Expr, Relation};
use super::name::{Name, is_constant};
use super::parser::{Parser, with_round_ends};
use super::set::SetExpr;
use super::split::is_bracketed;
use super::token::{Bracket, Token, TokenKind};
use super::{Lexicon, NameKind, Notation, SyntaxError, latex, place};
use crate::scan::Lead;
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
    /// It says for which values a formula is meant: `\forall x \in \mathbb{R}`.
    pub is_quantified: bool,
    /// An "or" stands between it and the statement before it.
    pub is_alternative: bool,
    /// What the words before it in its text say of it.
    pub lead: Lead,
    /// All members are said to be equal and one of them is a number alone, with its unit.
    pub(super) states_number: bool,
    pub(super) text: &'t str,
    pub(super) base: Span,
    pub(super) notation: Notation,
    pub(super) members: Vec<Vec<Token<'t>>>,
    /// The moduli of congruences with their signs, by the members that they follow.
    pub(super) moduli: Vec<(usize, Vec<Token<'t>>)>,
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
                T::Relation(
                    Relation::Equal | Relation::Approximate | Relation::Define | Relation::Congruent,
                ) if hides.iter().all(|hides| *hides) => {
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

    /// Whether member `idx` may hold a derivative, by the look of it.
    pub fn may_differentiate(&self, idx: usize) -> bool {
        use TokenKind as T;
        let is_mark = |token: &Token<'_>| match token.kind {
            T::Command("partial" | "nabla") => true,
            T::Word(word) | T::Text(word) => word.starts_with('d'),
            _ => false,
        };
        self.members.get(idx).is_some_and(|tokens| tokens.iter().any(is_mark))
    }

    /// Where member `idx` stands; `None` if nothing is there.
    pub fn span_of(&self, idx: usize) -> Option<Span> {
        let tokens = self.members.get(idx)?;
        Some(self.covered(tokens.first()?, tokens.last()?))
    }

    /// From one token to another, with the commands around the numbers at the ends.
    fn covered(&self, first: &Token<'t>, last: &Token<'t>) -> Span {
        super::with_commands(self.text, self.base, place(self.base, first.start, last.end))
    }

    /// What member `idx` could define, whatever is known already: a first member a name or a function, a later
    /// one the parts of it.
    pub fn head(&self, idx: usize, lexicon: &dyn Lexicon) -> Head {
        match self.members.get(idx) {
            Some(tokens) if !tokens.is_empty() => self.parser(idx, lexicon).head(),
            _ => Head::Nothing,
        }
    }

    /// Whether member `idx` is a composition of known functions, `f \circ g`.
    pub fn is_composition(&self, idx: usize, lexicon: &dyn Lexicon) -> bool {
        self.parser(idx, lexicon).is_composition()
    }

    /// Reads member `idx`; `bound` are names that stand for numbers in it (parameters of the function that is
    /// being defined).
    pub fn read(&self, idx: usize, lexicon: &dyn Lexicon, bound: &[Name]) -> Member {
        let tokens = &self.members[idx];
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return self.missing(idx);
        };
        let span = self.covered(first, last);
        if let Some(hole) = self.hole(tokens) {
            return Member { span, kind: MemberKind::Hole(hole) };
        }
        let tokens = remark_removed(tokens, lexicon);
        if tokens.is_empty() {
            return Member { span, kind: MemberKind::Remark };
        }
        let span = self.covered(&tokens[0], &tokens[tokens.len() - 1]);
        let parser = Parser::new(self.text, self.base, self.notation, tokens, lexicon, bound);
        let composition = parser.composition_of_parameter().map(Ok);
        let read = || parser.stating(self.states_number && is_arithmetic(tokens)).whole_member();
        let kind = match composition.unwrap_or_else(read) {
            Ok(expr) => MemberKind::Expr(expr),
            Err(error) => MemberKind::Error(error.placed(self.base)),
        };
        Member { span, kind }
    }

    /// Reads member `idx` as a set.
    pub fn read_set(&self, idx: usize, lexicon: &dyn Lexicon) -> Result<SetExpr, SyntaxError> {
        let tokens = with_round_ends(&self.members[idx]);
        let parser = Parser::new(self.text, self.base, self.notation, &tokens, lexicon, &[]);
        parser.whole_set().map_err(|error| error.placed(self.base))
    }

    /// The names that member `idx` lists: `x`, or `x, y`. None if anything else stands there.
    pub fn names(&self, idx: usize) -> Vec<Name> {
        let Some(tokens) = self.members.get(idx).filter(|tokens| !tokens.is_empty()) else {
            return Vec::new();
        };
        let name = |tokens: &[Token<'t>]| {
            let parser = Parser::new(self.text, self.base, self.notation, tokens, &Nothing, &[]);
            match parser.head() {
                Head::Name(name) if !tokens.is_empty() && !matches!(name.as_str(), "pi" | "e") => Some(name),
                _ => None,
            }
        };
        let names: Option<_> = tokens.split(|token| token.kind == TokenKind::Comma).map(name).collect();
        names.unwrap_or_default()
    }

    /// The members that a modulus follows.
    pub fn moduli(&self) -> impl Iterator<Item = usize> {
        self.moduli.iter().map(|(member, _)| *member)
    }

    /// Reads the modulus that follows member `idx`.
    pub fn modulus(&self, idx: usize, lexicon: &dyn Lexicon) -> Option<Result<Expr, SyntaxError>> {
        let (_, tokens) = self.moduli.iter().find(|(member, _)| *member == idx)?;
        let tokens = remark_removed(tokens, lexicon);
        let read = Parser::new(self.text, self.base, self.notation, tokens, lexicon, &[]).modulus();
        Some(read.map_err(|error| error.placed(self.base)))
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

/// A page without names.
struct Nothing;

impl Lexicon for Nothing {
    fn kind(&self, _: &str) -> Option<NameKind> {
        None
    }

    fn knows_base(&self, _: &str) -> bool {
        false
    }
}

/// Whether all members are said to be equal and one of them is a number alone, with its unit.
pub(super) fn states_number(members: &[Vec<Token<'_>>], links: &[Link]) -> bool {
    use TokenKind as T;
    let is_part = |token: &Token<'_>| {
        matches!(
            token.kind,
            T::Number(_) | T::Comma | T::Times | T::Dot | T::Caret | T::Minus | T::Percent | T::Text(_)
        ) || matches!(token.kind, T::Open(Bracket::Brace) | T::Close(Bracket::Brace))
    };
    let is_number = |member: &Vec<Token<'_>>| {
        let unsigned = member.iter().position(|token| token.kind != T::Minus).unwrap_or_default();
        let lists = member.windows(2).any(|pair| pair[0].kind == T::Comma && pair[1].spaced);
        matches!(member.get(unsigned).map(|first| first.kind), Some(T::Number(_)))
            && member.iter().all(is_part)
            && !lists
    };
    links.iter().all(|link| link.relation.is_equality()) && members.iter().any(is_number)
}

/// Whether a member is arithmetic with numbers: nothing in it takes a list, as `\lVert 2(3,400) \rVert` does.
fn is_arithmetic(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let applies =
        |pair: &[Token<'_>]| matches!((pair[0].kind, pair[1].kind), (T::Text(_), T::Open(Bracket::Round)));
    let is_number = |token: &Token<'_>| match token.kind {
        T::Command(command) => matches!(command, "frac" | "sqrt" | "binom" | "pi"),
        T::Open(bracket) | T::Close(bracket) => {
            matches!(bracket, Bracket::Round | Bracket::Square | Bracket::Brace)
        }
        T::Word(_) | T::Quoted(_) | T::Begin(_) | T::End(_) | T::Bar | T::DoubleBar | T::Unknown(_) => false,
        _ => true,
    };
    tokens.iter().all(is_number) && !tokens.windows(2).any(applies)
}

/// Whether a relation that is not understood stands between numbers.
fn relates_in_vain(tokens: &[Token<'_>]) -> bool {
    let unread =
        |token: &Token<'_>| matches!(token.kind, TokenKind::Unknown(sign) if latex::may_relate(sign));
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
fn remark_removed<'a, 't>(tokens: &'a [Token<'t>], lexicon: &dyn Lexicon) -> &'a [Token<'t>] {
    use TokenKind as T;
    // `2(\mathrm{e})` and `(\text{rate})(\text{time})` of known names are products.
    let is_known = |text: &str| is_constant(text.trim()) || lexicon.kind(text.trim()).is_some();
    match tokens {
        [Token { kind: T::Text(text), .. }] if text.trim().contains(' ') => &[],
        [before @ .., Token { kind: T::Text(text), .. }]
            if is_bracketed(text)
                && before.last().is_some_and(|last| !matches!(last.kind, T::Text(_) | T::Command(_))) =>
        {
            before
        }
        [before @ .., open, text, close]
            if open.kind == T::Open(Bracket::Round)
                && matches!(text.kind, T::Text(text) if !is_known(text))
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
    use super::Nothing;
    use crate::scan::Fragment;
    use crate::source::{FileId, Span};
    use crate::syntax::{Head, Name, Notation, parse};

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
