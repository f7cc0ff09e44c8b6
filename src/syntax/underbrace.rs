//! What is said under a brace: `\underbrace{1 + 2 + 3}_{= 6} + 4` claims 1 + 2 + 3 = 6 beside what it is a part of, and so does
//! a number alone under arithmetic, `\underbrace{1 + 2 + 3}_{6}`, unless it may count or number something.

use super::expr::Relation;
use super::measure::Measure;
use super::parser::MAX_DEPTH;
use super::split::depths;
use super::token::{Bracket, Token, TokenKind, closings};

/// Whether a token is part of plain arithmetic. A letter may be bound where the brace stands, by a sum or as a parameter.
fn is_arithmetic(token: &Token<'_>) -> bool {
    match token.kind {
        TokenKind::Word(_) | TokenKind::Text(_) => false,
        TokenKind::Command(command) => {
            matches!(command, "frac" | "sqrt" | "binom" | "pi" | "underbrace" | "overbrace")
        }
        _ => true,
    }
}

/// What a brace holds, and what is said under or over it.
struct Braced<'a, 't> {
    held: &'a [Token<'t>],
    said: &'a [Token<'t>],
}

/// The chains that stand under and over braces, each with the expression that the brace holds. They are part of no other:
/// the parser passes over them.
pub(super) fn claims<'t>(tokens: &[Token<'t>]) -> Vec<Vec<Token<'t>>> {
    let braces = braces(tokens);
    let numbers = braces.iter().any(|brace| brace.number().is_some()) && !are_numbered(&braces);
    braces.iter().filter_map(|brace| brace.claim(numbers)).collect()
}

/// The braces over and under arithmetic.
fn braces<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<Braced<'a, 't>> {
    use TokenKind as T;
    let is_brace = |token: &Token<'_>| matches!(token.kind, T::Command("underbrace" | "overbrace"));
    if !tokens.iter().any(is_brace) {
        return Vec::new();
    }
    let closings = closings(tokens);
    let group = |open: usize| {
        let close = closings.get(open).copied().flatten()?;
        (tokens[open].kind == T::Open(Bracket::Brace)).then(|| (&tokens[open + 1..close], close + 1))
    };
    let braced = |at: usize| {
        let (held, after) = group(at + 1)?;
        tokens.get(after).filter(|next| matches!(next.kind, T::Underscore | T::Caret))?;
        let said = match tokens.get(after + 1)?.kind {
            T::Number(_) => &tokens[after + 1..after + 2],
            _ => group(after + 1)?.0,
        };
        held.iter().all(is_arithmetic).then_some(Braced { held, said })
    };
    let mut depth = 0usize;
    let mut braces = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            T::Open(_) | T::Begin(_) => depth += 1,
            T::Close(_) | T::End(_) => depth = depth.saturating_sub(1),
            // What stands deeper is not read at all, and that is an error of the whole.
            _ if is_brace(token) && depth < MAX_DEPTH => braces.extend(braced(at)),
            _ => {}
        }
    }
    braces
}

/// Whether the numbers at the braces only number them: 1, 2, …
fn are_numbered(braces: &[Braced<'_, '_>]) -> bool {
    let counts = |(at, brace): (usize, &Braced<'_, '_>)| {
        brace.number().is_some_and(|number| number.parse() == Ok(at + 1))
    };
    braces.len() > 1 && braces.iter().enumerate().all(counts)
}

impl<'t> Braced<'_, 't> {
    /// What is claimed here. Numbers alone claim something if `numbers` says so.
    fn claim(&self, numbers: bool) -> Option<Vec<Token<'t>>> {
        let first = self.said.first()?;
        if matches!(first.kind, TokenKind::Relation(_)) {
            return Some([self.held, self.said].concat());
        }
        let number = self.number().filter(|_| numbers && self.computes())?;
        let counts = |count: usize| count > 1 && number.parse() == Ok(count);
        if counts(self.terms()) || counts(self.factors()) {
            return None;
        }
        let sign = Token {
            kind: TokenKind::Relation(Relation::Equal),
            start: first.start,
            end: first.start,
            spaced: false,
        };
        Some([self.held, &[sign], self.said].concat())
    }

    /// The digits of the number that is all that is said, with its sign and unit.
    fn number(&self) -> Option<&'t str> {
        use TokenKind as T;
        let unsigned = match self.said {
            [Token { kind: T::Minus, .. }, rest @ ..] => rest,
            said => said,
        };
        match unsigned {
            [Token { kind: T::Number(digits), .. }] => Some(digits),
            [Token { kind: T::Number(digits), .. }, Token { kind: T::Percent, .. }] => Some(digits),
            [Token { kind: T::Number(digits), .. }, Token { kind: T::Text(unit), .. }]
                if Measure::known(unit.trim()).is_some() =>
            {
                Some(digits)
            }
            _ => None,
        }
    }

    /// Whether something is to be computed, from all that is there.
    fn computes(&self) -> bool {
        use TokenKind as T;
        let operates = |(at, token): (usize, &Token<'_>)| match token.kind {
            T::Plus | T::Minus => at > 0,
            T::Command(command) => matches!(command, "frac" | "sqrt" | "binom"),
            _ => token.kind.is_operator() || matches!(token.kind, T::Caret | T::Bang),
        };
        let is_open = |token: &Token<'_>| {
            matches!(
                token.kind,
                T::Dots | T::Hole(_) | T::Relation(_) | T::Comma | T::Unknown(_) | T::Ampersand
            )
        };
        self.held.iter().enumerate().any(operates) && !self.held.iter().any(is_open)
    }

    /// How many terms the expression has.
    fn terms(&self) -> usize {
        let is_sign = |(depth, token): &(usize, &Token<'_>)| {
            *depth == 0 && matches!(token.kind, TokenKind::Plus | TokenKind::Minus)
        };
        depths(self.held).skip(1).filter(is_sign).count() + 1
    }

    /// How many factors stand in the open, with or without a sign between them.
    fn factors(&self) -> usize {
        use TokenKind as T;
        let ends = |before: &Token<'_>| matches!(before.kind, T::Number(_) | T::Close(_));
        let tokens: Vec<_> = depths(self.held).collect();
        let signs =
            tokens.iter().filter(|(depth, token)| *depth == 0 && matches!(token.kind, T::Dot | T::Times));
        let brackets = tokens.windows(2).filter(|pair| {
            let (depth, token) = pair[1];
            depth == 0 && matches!(token.kind, T::Open(Bracket::Round | Bracket::Square)) && ends(pair[0].1)
        });
        signs.count() + brackets.count() + 1
    }
}
