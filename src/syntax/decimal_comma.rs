//! Decimal commas, `2 \cdot 8,5 = 17`, where a list of two numbers makes no sense: they are an error, whichever way the
//! numbers would come out.

use super::SyntaxError;
use super::expr::Relation;
use super::token::{Token, TokenKind};

/// Complains about the first comma between two whole numbers, without space, that must be a decimal one.
pub(super) fn refuse(text: &str, tokens: &[Token<'_>]) -> Result<(), SyntaxError> {
    let mut depth = 0usize;
    for at in 1..tokens.len().saturating_sub(1) {
        match tokens[at - 1].kind {
            TokenKind::Open(_) | TokenKind::Begin(_) => depth += 1,
            TokenKind::Close(_) | TokenKind::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if let Some(pair) = Pair::around(tokens, at, depth)
            && pair.is_decimal()
        {
            return Err(error(text, &tokens[at - 1], &tokens[at + 1]));
        }
    }
    Ok(())
}

/// That a number has a decimal comma, which is not read as one.
fn error(text: &str, whole: &Token<'_>, decimals: &Token<'_>) -> SyntaxError {
    let (start, end) = (whole.start as usize, decimals.end as usize);
    let typed = text.get(start..end).unwrap_or_default();
    let error = SyntaxError::new(start, end, format!("`{typed}` has a decimal comma to some readers"));
    let help =
        format!("write `{}`, or a space after the comma if these are two numbers", typed.replace(',', "."));
    error.ambiguous().help(help)
}

/// Two whole numbers with a comma between them and no space, and what stands around them.
struct Pair<'a, 't> {
    before: &'a [Token<'t>],
    whole: &'t str,
    decimals: &'t str,
    after: &'a [Token<'t>],
    /// How many brackets are open.
    depth: usize,
}

impl<'a, 't> Pair<'a, 't> {
    /// The pair around the comma at `at`, if it is no part of a longer list.
    fn around(tokens: &'a [Token<'t>], at: usize, depth: usize) -> Option<Self> {
        use TokenKind as T;
        let [T::Number(whole), T::Comma, T::Number(decimals)] =
            [at - 1, at, at + 1].map(|place| tokens[place].kind)
        else {
            return None;
        };
        let is_whole = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_close = !tokens[at].spaced && !tokens[at + 1].spaced;
        let (before, after) = (&tokens[..at - 1], &tokens[at + 2..]);
        let is_list = is_bare_comma(before.last()) || is_bare_comma(after.first());
        if !is_close || !is_whole(whole) || !is_whole(decimals) || is_list {
            return None;
        }
        Some(Self { before, whole, decimals, after, depth })
    }

    fn is_decimal(&self) -> bool {
        // In brackets a comma separates, unless what follows is no number by itself.
        if self.depth > 0 {
            let has_zero = self.decimals.len() > 1 && self.decimals.starts_with('0');
            let is_group = self.whole != "0" && self.decimals.len() == 3;
            return has_zero && !is_group && (self.is_operand_before() || self.is_operand_after());
        }
        let (before, after) = (self.relation_before(), self.relation_after());
        self.is_operand_before()
            || self.is_operand_after()
            || match (before, after) {
                (Some(before), Some(after)) => is_equality(before) || is_equality(after),
                _ => false,
            }
            || self.ends() && (before == Some(Relation::Approximate) || self.is_value())
    }

    /// Whether an operator applies to the first number. A sign alone may be that of the first of two numbers.
    fn is_operand_before(&self) -> bool {
        use TokenKind as T;
        let Some((last, outer)) = self.before.split_last() else { return false };
        match last.kind {
            T::Plus | T::Minus => outer.last().is_some_and(|token| ends_operand(token.kind)),
            kind => kind.is_operator(),
        }
    }

    /// Whether one applies to the second, behind a unit perhaps.
    fn is_operand_after(&self) -> bool {
        use TokenKind as T;
        match self.behind_unit() {
            (true, Some(T::Dot | T::Times | T::Slash)) => true,
            (false, Some(kind)) => kind.is_operator() || kind == T::Caret,
            _ => false,
        }
    }

    /// What follows, and whether that is behind a unit.
    fn behind_unit(&self) -> (bool, Option<TokenKind<'t>>) {
        match self.after {
            [Token { kind: TokenKind::Text(_), .. }, next, ..] => (true, Some(next.kind)),
            [next, ..] => (false, Some(next.kind)),
            [] => (false, None),
        }
    }

    /// The relation before it.
    fn relation_before(&self) -> Option<Relation> {
        let last = self.before.iter().rev().find(|token| token.kind != TokenKind::Ampersand)?;
        compares(last.kind)
    }

    fn relation_after(&self) -> Option<Relation> {
        let (_, next) = self.behind_unit();
        next.and_then(compares)
    }

    fn ends(&self) -> bool {
        use TokenKind as T;
        matches!(
            self.after.first().map(|token| token.kind),
            None | Some(T::Eof | T::Period | T::Newline | T::Wide | T::Text(_))
        )
    }

    /// Whether it stands for the value of a calculation, which is one number.
    fn is_value(&self) -> bool {
        use TokenKind as T;
        if self.relation_before() != Some(Relation::Equal) {
            return false;
        }
        let is_relation = |token: &Token<'_>| matches!(token.kind, T::Relation(_));
        let Some(sign) = self.before.iter().rposition(is_relation) else { return false };
        let member = self.before[..sign].rsplit(|token| {
            matches!(token.kind, T::Relation(_) | T::Newline | T::Wide | T::Comma | T::Semicolon | T::Implies)
        });
        let member = member.into_iter().next().unwrap_or_default();
        let computes =
            |token: &Token<'_>| token.kind.is_operator() || matches!(token.kind, T::Command("frac" | "sqrt"));
        let is_arithmetic = |token: &Token<'_>| {
            computes(token)
                || matches!(
                    token.kind,
                    T::Number(_) | T::Ampersand | T::Percent | T::Caret | T::Open(_) | T::Close(_)
                )
        };
        member.iter().any(computes) && member.iter().all(is_arithmetic)
    }
}

/// The relation that says how two numbers compare.
fn compares(kind: TokenKind<'_>) -> Option<Relation> {
    use Relation as R;
    match kind {
        TokenKind::Relation(
            relation @ (R::Equal | R::Approximate | R::Less | R::LessEqual | R::Greater | R::GreaterEqual),
        ) => Some(relation),
        _ => None,
    }
}

fn is_equality(relation: Relation) -> bool {
    matches!(relation, Relation::Equal | Relation::Approximate)
}

/// Whether a token is a comma right behind something: that of a list such as `1,2,3`.
fn is_bare_comma(token: Option<&Token<'_>>) -> bool {
    token.is_some_and(|token| token.kind == TokenKind::Comma)
}

/// Whether a sign behind this token adds or subtracts.
fn ends_operand(kind: TokenKind<'_>) -> bool {
    use TokenKind as T;
    matches!(
        kind,
        T::Number(_)
            | T::Word(_)
            | T::Command(_)
            | T::Text(_)
            | T::Close(_)
            | T::Bang
            | T::Percent
            | T::Prime(_)
    )
}
