//! What only dresses the mathematics in it: braces for a frame, a colour or spacing, a line under a result, and environments
//! that set a system of equations.

use super::expr::Relation;
use super::function::Builtin;
use super::joint::is_condition;
use super::latex;
use super::split::{depths, is_operator};
use super::token::{Bracket, Token, TokenKind, closings};

/// The tokens without such braces and environments: `\boxed{x = 3}` is a chain like any other, `1{+}2` a sum, and each row of
/// `\begin{cases} x = 1 \\ y = 2 \end{cases}` a chain. Braces that a command or a script takes stay.
pub(super) fn opened(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut dropped = dressing(&tokens);
    dropped.extend(systems(&tokens));
    if dropped.is_empty() {
        return tokens;
    }
    dropped.sort_unstable();
    dropped.dedup();
    let keep = |at: &usize| dropped.binary_search(at).is_err();
    tokens.iter().enumerate().filter(|(at, _)| keep(at)).map(|(_, token)| *token).collect()
}

/// A bracket that is open, and what has been met in it.
struct Opened {
    at: usize,
    relates: bool,
    /// Dressing inside it has been dropped.
    dresses: bool,
}

/// The braces, with their commands, that only dress.
fn dressing(tokens: &[Token<'_>]) -> Vec<usize> {
    use TokenKind as T;
    let mut open: Vec<Opened> = Vec::new();
    let mut dropped = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            T::Open(_) | T::Begin(_) => open.push(Opened { at, relates: false, dresses: false }),
            T::Close(_) | T::End(_) => {
                let Some(opened) = open.pop() else { continue };
                let dress = dress_of(tokens, &opened, at);
                if let (Some(outer), false) = (open.last_mut(), dress.is_empty()) {
                    outer.relates |= opened.relates;
                    outer.dresses |= dress.len() == 3;
                }
                dropped.extend(dress);
            }
            T::Relation(_) => open.last_mut().into_iter().for_each(|inner| inner.relates = true),
            _ => {}
        }
    }
    dropped
}

/// The tokens at the ends of a bracket that closes at `close` which only dress what is between.
fn dress_of(tokens: &[Token<'_>], opened: &Opened, close: usize) -> Vec<usize> {
    use TokenKind as T;
    let start = opened.at;
    let inner = &tokens[start + 1..close];
    let is_frame = || only_frames(tokens, start);
    let is_name = |token: &Token<'_>| matches!(token.kind, T::Word(_) | T::Text(_) | T::Command(_));
    let dresses = match command_before(tokens, start) {
        Some("mathbf") => opened.relates || inner.first().is_some_and(is_plain_number),
        // A name with a line under it is another name; a result is not. Raised it is a number of falling factors.
        Some("underline") if !is_raised(tokens, start) => {
            let counts =
                inner.first().is_some_and(is_plain_number) || inner.len() > 1 && !inner.iter().any(is_name);
            opened.relates || opened.dresses || counts
        }
        Some("overline") => opened.relates && relates_numbers(inner),
        _ => false,
    };
    match inner {
        _ if dresses => vec![start - 1, start, close],
        _ if opened.relates && is_frame() => vec![start, close],
        // `{\sin^2}x` and `{\ln}x`, as formula editors export them.
        _ if is_bare_function(inner) && (is_frame() || follows_bracket(tokens, start)) => vec![start, close],
        // `{x}_1` is the name `x_1`.
        [only] if is_name(only) => match tokens.get(close + 1) {
            Some(next) if next.kind == T::Underscore && is_frame() => vec![start, close],
            _ => Vec::new(),
        },
        [only] if is_operator(&only.kind) && (is_frame() || follows_bracket(tokens, start)) => {
            vec![start, close]
        }
        // `x{ }^{5}`
        [] if !tokens[start].spaced
            && tokens.get(close + 1).is_some_and(|next| next.kind == T::Caret)
            && ends_operand(tokens, start) =>
        {
            vec![start, close]
        }
        _ => Vec::new(),
    }
}

/// What stands before the bracket at `start`.
fn before<'t>(tokens: &[Token<'t>], start: usize) -> Option<TokenKind<'t>> {
    start.checked_sub(1).map(|at| tokens[at].kind)
}

/// Whether the brace at `start` stands right behind a round or square bracket.
fn follows_bracket(tokens: &[Token<'_>], start: usize) -> bool {
    tokens[start].kind == TokenKind::Open(Bracket::Brace)
        && matches!(before(tokens, start), Some(TokenKind::Close(Bracket::Round | Bracket::Square)))
}

fn ends_operand(tokens: &[Token<'_>], start: usize) -> bool {
    use TokenKind as T;
    matches!(
        before(tokens, start),
        Some(T::Number(_) | T::Word(_) | T::Close(Bracket::Round | Bracket::Square))
    )
}

/// A function, or the sign of a sum and its kin, with scripts and nothing that it is applied to.
fn is_bare_function(inner: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let Some((first, scripts)) = inner.split_first() else { return false };
    let is_function = match first.kind {
        T::Command(command) => {
            latex::function(command).is_some() || matches!(command, "sum" | "prod" | "int" | "lim")
        }
        T::Text(text) => Builtin::named(text.trim()).is_some(),
        _ => false,
    };
    let mut rest = scripts;
    while let [Token { kind: T::Caret | T::Underscore, .. }, after @ ..] = rest {
        rest = match after.first().map(|token| token.kind) {
            Some(T::Open(Bracket::Brace)) => match closings(after)[0] {
                Some(close) => &after[close + 1..],
                None => return false,
            },
            Some(_) => &after[1..],
            None => return false,
        };
    }
    is_function && rest.is_empty()
}

/// Whether the bracket at `start` is a brace that nothing before it takes as its argument.
fn only_frames(tokens: &[Token<'_>], start: usize) -> bool {
    use TokenKind as T;
    let taken = |kind: T<'_>| {
        matches!(kind, T::Caret | T::Underscore | T::Command(_) | T::Text(_) | T::Close(_) | T::Unknown(_))
    };
    tokens[start].kind == T::Open(Bracket::Brace) && !before(tokens, start).is_some_and(taken)
}

/// `\mathbf{256}` is a number in bold; `\mathbf{0}` and `\mathbf{1}` are vectors or functions.
fn is_plain_number(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Number(digits) if !matches!(digits, "0" | "1"))
}

/// Whether the command whose argument opens at `start` is all of a superscript.
fn is_raised(tokens: &[Token<'_>], start: usize) -> bool {
    use TokenKind as T;
    let before =
        tokens[..start.saturating_sub(1)].iter().rfind(|token| token.kind != T::Open(Bracket::Brace));
    before.is_some_and(|before| before.kind == T::Caret)
}

/// The command whose argument the brace at `start` opens.
fn command_before<'t>(tokens: &[Token<'t>], start: usize) -> Option<&'t str> {
    match before(tokens, start)? {
        TokenKind::Command(command) if tokens[start].kind == TokenKind::Open(Bracket::Brace) => Some(command),
        _ => None,
    }
}

/// Whether an equality stands in the open with a number on each side of it: no event, and no part of a set's description.
pub(super) fn relates_numbers(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let is_number = |tokens: &[Token<'_>]| tokens.iter().any(|token| matches!(token.kind, T::Number(_)));
    let equates =
        |token: &Token<'_>| matches!(token.kind, T::Relation(Relation::Equal | Relation::Approximate));
    let at: Vec<usize> = depths(tokens)
        .enumerate()
        .filter(|(_, (depth, token))| *depth == 0 && equates(token))
        .map(|(at, _)| at)
        .collect();
    let describes = tokens.iter().any(|token| matches!(token.kind, T::Bar | T::Colon));
    !describes && at.iter().any(|at| is_number(&tokens[..*at]) && is_number(&tokens[*at..]))
}

/// The tokens around environments that set systems of equations, with the brace before them.
fn systems(tokens: &[Token<'_>]) -> Vec<usize> {
    use TokenKind as T;
    if !tokens.iter().any(|token| matches!(token.kind, T::Begin(_) | T::Open(Bracket::Curly))) {
        return Vec::new();
    }
    let closings = closings(tokens);
    let mut dropped = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(end) = closings[at] else { continue };
        let is_system = match token.kind {
            T::Begin(
                "cases" | "dcases" | "rcases" | "drcases" | "array" | "matrix" | "tabular" | "numcases",
            ) => true,
            // Around `aligned`, which leaves no token.
            T::Open(Bracket::Curly) => {
                tokens[at..end].iter().any(|token| matches!(token.kind, T::Newline | T::Ampersand))
            }
            _ => false,
        };
        if !is_system || !is_row_by_row(&tokens[at + 1..end]) {
            continue;
        }
        let (mut first, mut last) = (at, end);
        let is_brace = |at: usize, kind| tokens.get(at).is_some_and(|token| token.kind == kind);
        if first > 0 && is_brace(first - 1, T::Open(Bracket::Curly)) {
            first -= 1;
            last += usize::from(is_brace(last + 1, T::Close(Bracket::Curly)));
        }
        if stands_alone(tokens, first, last) {
            dropped.extend([at, end, first, last]);
        }
    }
    dropped
}

/// Whether nothing but separators stands beside what is between two places.
fn stands_alone(tokens: &[Token<'_>], first: usize, last: usize) -> bool {
    use TokenKind as T;
    let separates =
        |kind: T<'_>| matches!(kind, T::Newline | T::Wide | T::Implies | T::Comma | T::Semicolon | T::Eof);
    let mark = |token: &&Token<'_>| token.kind != T::Ampersand;
    let before = tokens[..first].iter().rfind(mark).map(|token| token.kind);
    let after = tokens[last + 1..]
        .iter()
        .find(|token| mark(token) && token.kind != T::Period)
        .map(|token| token.kind);
    before.is_none_or(separates) && after.is_none_or(separates)
}

/// Whether each row states a relation, in its first column or by the sign that its second one begins with, and none a
/// condition.
fn is_row_by_row(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let mut rows = vec![Vec::new()];
    for (depth, token) in depths(tokens) {
        match token.kind {
            T::Newline if depth == 0 => rows.push(Vec::new()),
            T::Text(text) if is_condition(text) => return false,
            kind if depth == 0 => rows.last_mut().expect("never empty").push(kind),
            _ => {}
        }
    }
    let mut rows = rows.into_iter().filter(|row| !row.is_empty()).peekable();
    let relates = |row: Vec<T<'_>>| {
        let sign = row.iter().position(|kind| matches!(kind, T::Relation(_) | T::Wide));
        let sign = sign.filter(|at| row[*at] != T::Wide);
        let column = row.iter().position(|kind| *kind == T::Ampersand).unwrap_or(row.len());
        // What else stands in a column goes on with the equation, or is a remark.
        let goes_on = |at: usize| {
            let is =
                |kind: Option<&T<'_>>| kind.is_none_or(|kind| matches!(kind, T::Relation(_) | T::Text(_)));
            at == 0 || matches!(row[at - 1], T::Relation(_)) || is(row.get(at + 1))
        };
        let columns = || (0..row.len()).filter(|at| row[*at] == T::Ampersand);
        sign.is_some_and(|sign| sign <= column + 1 && columns().filter(|at| *at > sign).all(goes_on))
    };
    rows.peek().is_some() && rows.all(relates)
}
