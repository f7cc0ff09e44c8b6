//! Numbers that take the place of others which are struck out: `\frac{\cancelto{1}{2}}{\cancel{6}_3}` says that 2/6 is 1/3.
//!
//! Such a member is two: the one as it was, and the one that is left, in which a number that is struck out for nothing is
//! a factor 1. That they are equal is claimed as by any `=`. A number that goes to 0, and a name, are no such thing.

use super::expr::Relation;
use super::statement::Link;
use super::token::{Bracket, Token, TokenKind, closings};
use crate::source::Span;

/// Adds the members that are left after cancelling, each behind its own; `span_of` tells where tokens stand.
pub(super) fn with_what_is_left<'t>(
    text: &str,
    members: &mut Vec<Vec<Token<'t>>>,
    links: &mut Vec<Link>,
    continues: bool,
    span_of: impl Fn(&[Token<'t>]) -> Option<Span>,
) {
    let mut at = 0;
    while at < members.len() {
        open_units(text, &mut members[at]);
        match Cancelling::of(text, &members[at]) {
            Some(Cancelling { as_it_was, is_left, is_sure: true, .. }) => {
                if let Some(span) = span_of(&members[at]) {
                    links.insert(at + usize::from(continues), Link { relation: Relation::Equal, span });
                    members[at] = as_it_was;
                    members.insert(at + 1, is_left);
                    at += 1;
                }
            }
            Some(Cancelling { raised: Some(raised), .. }) => {
                let sign = Token { kind: TokenKind::Command("cancel"), ..members[at][raised] };
                members[at].insert(raised, sign);
            }
            _ => {}
        }
        at += 1;
    }
}

/// Drops the braces around units that are struck out, `6\,\cancel{\text{km}}`: they cancel as they stand.
fn open_units(text: &str, member: &mut Vec<Token<'_>>) {
    let row = Row { text, tokens: member, closings: closings(member) };
    let is_unit = |at: &usize| {
        let behind_number = *at > 0 && matches!(row.kind(at - 1), TokenKind::Number(_));
        behind_number && row.struck(*at) == Some(at + 3) && matches!(row.kind(at + 1), TokenKind::Text(_))
    };
    let units: Vec<usize> = (0..row.tokens.len()).filter(is_unit).collect();
    for at in units.into_iter().rev() {
        member.remove(at + 2);
        member.remove(at);
    }
}

/// A member in which numbers are struck out and replaced.
#[derive(Default)]
struct Cancelling<'t> {
    as_it_was: Vec<Token<'t>>,
    is_left: Vec<Token<'t>>,
    /// Some number can only stand for what it is written beside.
    is_sure: bool,
    /// A number that is struck out, with a raised one that can be its power.
    raised: Option<usize>,
    /// How many numbers are struck out.
    count: usize,
}

/// What stands at a place: a number that is struck out, the one in its place, and where both end.
struct Replaced {
    struck: (usize, usize),
    by: (usize, usize),
    end: usize,
    is_sure: bool,
}

impl<'t> Cancelling<'t> {
    /// `None` where nothing is replaced, or a name is struck out, whose place a number takes for other reasons, as it does
    /// of a number that is struck out alone.
    fn of(text: &str, tokens: &[Token<'t>]) -> Option<Self> {
        let row = Row { text, tokens, closings: closings(tokens) };
        let mut found = Self::default();
        let mut at = 0;
        while at < tokens.len() {
            if let Some(replaced) = row.replaced(at) {
                let (struck, by) = (replaced.struck, replaced.by);
                // Both are shown from where the whole begins.
                let from = |(first, end): (usize, usize)| {
                    let whole = Token { start: tokens[at].start, ..tokens[first] };
                    std::iter::once(whole).chain(tokens[first + 1..end].iter().copied())
                };
                found.as_it_was.extend(from(struck));
                found.is_left.extend(from(by));
                found.count += 1;
                found.is_sure |= replaced.is_sure;
                found.raised = found.raised.or((!replaced.is_sure).then_some(struck.0));
                at = replaced.end;
            } else if let Some(end) = row.struck(at) {
                if row.tokens[at..end].iter().any(is_name) {
                    return None;
                }
                let one = Token { kind: TokenKind::Number("1"), ..tokens[at + 1] };
                let is_unit = !is_number(&tokens[at..end]);
                found.count += usize::from(!is_unit);
                found.as_it_was.extend(&tokens[at..end]);
                match is_unit {
                    true => found.is_left.extend(&tokens[at..end]),
                    false => found.is_left.extend([tokens[at], one, tokens[end - 1]]),
                }
                at = end;
            } else {
                found.as_it_was.push(tokens[at]);
                found.is_left.push(tokens[at]);
                at += 1;
            }
        }
        // Two cancel each other; one alone has been struck out for another reason.
        (found.count > 1 && (found.is_sure || found.raised.is_some())).then_some(found)
    }
}

/// The tokens of a member.
struct Row<'a, 't> {
    text: &'a str,
    tokens: &'a [Token<'t>],
    closings: Vec<Option<usize>>,
}

impl Row<'_, '_> {
    fn kind(&self, at: usize) -> TokenKind<'_> {
        self.tokens.get(at).map_or(TokenKind::Eof, |token| token.kind)
    }

    /// The end of the braces that open at a place.
    fn group(&self, at: usize) -> Option<usize> {
        let opens = self.kind(at) == TokenKind::Open(Bracket::Brace);
        opens.then(|| self.closings[at]).flatten().map(|close| close + 1)
    }

    /// The same, if a number alone is in them.
    fn number(&self, at: usize) -> Option<usize> {
        self.group(at).filter(|end| is_number(&self.tokens[at..*end]))
    }

    /// The same of what is struck out.
    fn struck(&self, at: usize) -> Option<usize> {
        let end = self.group(at)?;
        let before = self.text.get(..self.tokens[at].start as usize)?.trim_end();
        let is_struck =
            ["\\cancel", "\\bcancel", "\\xcancel"].iter().any(|command| before.ends_with(command));
        is_struck.then_some(end)
    }

    /// The same of a number in colour: `\textcolor{red}{2}`.
    fn coloured(&self, at: usize) -> Option<usize> {
        let end = self.number(at)?;
        let before = self.text.get(..self.tokens[at].start as usize)?.trim_end();
        let (_, colour) = before.strip_suffix('}')?.rsplit_once("\\textcolor{")?;
        colour.chars().all(char::is_alphanumeric).then_some(end)
    }

    /// A number behind a sign that raises or lowers it.
    fn script(&self, at: usize) -> Option<(usize, usize)> {
        matches!(self.kind(at), TokenKind::Caret | TokenKind::Underscore).then_some(())?;
        let end = match self.kind(at + 1) {
            TokenKind::Number(digits) if digits.len() == 1 => at + 2,
            _ => self.number(at + 1)?,
        };
        Some((at + 1, end))
    }

    fn replaced(&self, at: usize) -> Option<Replaced> {
        if self.kind(at) == TokenKind::Command("cancelto") {
            let struck = self.number(at + 1)?;
            let end = self.number(struck)?;
            return (!self.is_zero((at + 1, struck))).then_some(Replaced {
                struck: (struck, end),
                by: (at + 1, struck),
                end,
                is_sure: true,
            });
        }
        // `{}^1\cancel{2}`
        if self.group(at) == Some(at + 2)
            && let Some(by) = self.script(at + 2)
            && let Some(end) = self.struck(by.1).filter(|end| is_number(&self.tokens[by.1..*end]))
        {
            return (!self.is_zero(by)).then_some(Replaced { struck: (by.1, end), by, end, is_sure: true });
        }
        let struck = (at, self.struck(at).filter(|end| is_number(&self.tokens[at..*end]))?);
        let (by, is_sure) = match self.script(struck.1) {
            Some(by) => (by, self.kind(struck.1) == TokenKind::Underscore),
            None => ((struck.1, self.coloured(struck.1)?), true),
        };
        (!self.is_zero(by)).then_some(Replaced { struck, by, end: by.1, is_sure })
    }

    /// What goes to 0 is no factor that cancels.
    fn is_zero(&self, (start, end): (usize, usize)) -> bool {
        let is_zero = |digits: &str| digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        self.tokens[start..end]
            .iter()
            .any(|token| matches!(token.kind, TokenKind::Number(digits) if is_zero(digits)))
    }
}

/// Whether these are braces around a number, with its sign.
fn is_number(tokens: &[Token<'_>]) -> bool {
    use TokenKind as T;
    let inner = |token: &&Token<'_>| {
        !matches!(token.kind, T::Open(Bracket::Brace) | T::Close(Bracket::Brace) | T::Minus | T::Plus)
    };
    let mut rest = tokens.iter().filter(inner);
    matches!(rest.next().map(|token| token.kind), Some(T::Number(_))) && rest.next().is_none()
}

fn is_name(token: &Token<'_>) -> bool {
    matches!(token.kind, TokenKind::Word(_) | TokenKind::Command(_))
}
