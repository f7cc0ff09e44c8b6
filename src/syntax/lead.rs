//! What texts in a formula say of the chains behind them, as prose says it before a formula: in `3x = 70 \text{ so } x = 23.3`
//! the last number is found, in `A = \pi r^2 \text{ with } r = 3` it is given.

use super::expr::Relation;
use super::joint::{is_condition, is_joint};
use super::split::{depths, is_operator};
use super::token::{Token, TokenKind};
use crate::scan::{Lead, Role, lead, says};

/// What is said of the chains from each place on, in the order of the text.
pub(super) struct Leads(Vec<(u32, Lead)>);

impl Leads {
    /// Reads the texts that join statements. A row of its own begins anew.
    pub(super) fn of(tokens: &[Token<'_>]) -> Self {
        use TokenKind as T;
        let mut said = Lead::Open;
        let mut leads = Vec::new();
        for (depth, token) in depths(tokens) {
            said = match token.kind {
                _ if depth > 0 => continue,
                T::Text(text) if is_joint(text) => lead(text, said),
                T::Implies => Lead::Result,
                T::Newline | T::Period => Lead::Open,
                _ => continue,
            };
            leads.push((token.end, said));
        }
        Self(leads)
    }

    /// What is said of the chain that begins at `start`.
    pub(super) fn at(&self, start: u32) -> Lead {
        let before = self.0.partition_point(|(end, _)| *end <= start);
        before.checked_sub(1).map_or(Lead::Open, |last| self.0[last].1)
    }
}

/// The tokens with a "with" that gives a name of the formula before it as a "where", which no condition begins with, and so
/// with a "since" before an equation.
pub(super) fn data_apart(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    use TokenKind as T;
    if !tokens.iter().any(|token| matches!(token.kind, T::Text(_))) {
        return tokens;
    }
    let in_the_open: Vec<usize> =
        depths(&tokens).enumerate().filter(|(_, (depth, _))| *depth == 0).map(|(at, _)| at).collect();
    for at in in_the_open {
        if matches!(tokens[at].kind, T::Text(text) if gives_data(&tokens, at, text.trim())) {
            tokens[at].kind = T::Text("where");
        }
    }
    tokens
}

/// Whether the word at `at` stands before an equation that gives a reason, or a name of what is before.
fn gives_data(tokens: &[Token<'_>], at: usize, word: &str) -> bool {
    use TokenKind as T;
    let (before, after) = (&tokens[..at], &tokens[at + 1..]);
    let is_layout = |token: &&Token<'_>| matches!(token.kind, T::Ampersand | T::Wide);
    let sign = depths(after).position(|(depth, token)| depth == 0 && ends_member(&token.kind));
    let Some(name) = sign.filter(|sign| equates(&after[*sign].kind)).map(|sign| &after[..sign]) else {
        return false;
    };
    let name: Vec<_> = name.iter().skip_while(is_layout).map(|token| token.kind).collect();
    let states = says(word, Role::Reason) || says(word, Role::Data) && is_used(&name, before);
    is_condition(word) && !says(word, Role::Supposes) && states && follows_statement(before)
}

/// Whether a member ends here: at the next relation, or where its chain does.
fn ends_member(kind: &TokenKind<'_>) -> bool {
    use TokenKind as T;
    matches!(kind, T::Relation(_) | T::Text(_) | T::Newline | T::Comma | T::Semicolon | T::Implies | T::Eof)
}

fn equates(kind: &TokenKind<'_>) -> bool {
    matches!(kind, TokenKind::Relation(Relation::Equal | Relation::Approximate))
}

/// Whether a chain with a relation stands before, or the word begins one.
fn follows_statement(before: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let ends = |kind: &T<'_>| matches!(kind, T::Newline | T::Implies | T::Semicolon | T::Wide);
    let open: Vec<_> = depths(before).filter(|(depth, _)| *depth == 0).map(|(_, token)| token.kind).collect();
    let chain = open.rsplit(ends).next().unwrap_or_default();
    chain.is_empty() || chain.iter().any(|kind| matches!(kind, T::Relation(_)))
}

/// Whether a name, and nothing else, is spelt by `name`, and stands in `before`.
fn is_used(name: &[TokenKind<'_>], before: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let is_name = matches!(name.first(), Some(T::Word(_) | T::Command(_) | T::Text(_)))
        && !name.iter().any(is_operator);
    let is_letter_of = |token: &Token<'_>| match (name, token.kind) {
        ([T::Word(letter)], T::Word(run)) => letter.chars().count() == 1 && run.contains(*letter),
        _ => false,
    };
    let is_here = |window: &[Token<'_>]| window.iter().map(|token| token.kind).eq(name.iter().copied());
    is_name && (before.windows(name.len()).any(is_here) || before.iter().any(is_letter_of))
}
