//! Commas between digits within brackets: whether they separate the elements of a list or group the digits of one number.
//!
//! Where a list makes no sense they group: within braces and bars, in the one argument of `\ln`, beside a sum, before a
//! group that no whole number could be (`010`). What stays open is an error with both readings.

use super::{Parser, Result};
use crate::syntax::token::{Bracket, TokenKind};
use crate::syntax::{Builtin, Notation, latex};

/// What stands in brackets.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// An expression or a list.
    Of(Bracket),
    /// The arguments of a function that takes so many, any number for `\max` and its kin.
    Arguments { least: usize, most: usize, any: bool },
}

impl Content {
    /// The arguments of a built-in function.
    pub(super) fn of(builtin: Builtin) -> Self {
        let (least, most) = builtin.arity();
        Self::Arguments { least, most, any: least == 1 && most > 3 }
    }

    /// The arguments of a function of the page, whose number may be known.
    pub(super) fn of_function(arity: Option<usize>) -> Self {
        Self::Arguments { least: arity.unwrap_or(1), most: arity.unwrap_or(usize::MAX), any: false }
    }
}

/// The commas between two brackets, those of inner brackets left aside.
#[derive(Default)]
struct Commas {
    /// Those that could group digits.
    grouping: usize,
    /// One of them stands before a zero, with which no number of a list begins.
    before_zero: bool,
    /// Those that cannot.
    others: usize,
    /// One of these has no space after it.
    tight: bool,
    /// How many numbers would have groups.
    grouped: usize,
    /// Something else than signed numbers stands there.
    computed: bool,
    /// Some operator has no space before it, as the comma has none: nothing shows which of them binds closer.
    tight_operator: bool,
    /// How many slashes there are: a list of fractions has several.
    slashes: usize,
    /// Some name does.
    named: bool,
}

impl Parser<'_, '_> {
    /// Reads with commas that group digits, or none.
    pub(super) fn with_groups<T>(
        &mut self,
        groups: bool,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let outer = std::mem::replace(&mut self.groups, groups && self.notation == Notation::Latex);
        let result = read(self);
        self.groups = outer;
        result
    }

    /// At the first token within brackets: whether commas group digits there.
    pub(super) fn commas_group(&self, content: Content) -> Result<bool> {
        let commas = self.commas();
        if commas.grouping == 0 || self.notation == Notation::Plain {
            return Ok(false);
        }
        let decided = match content {
            Content::Arguments { least, most, any } => {
                let fits = |count: usize| (least..=most).contains(&count);
                let (grouped, listed) = (commas.others + 1, commas.others + commas.grouping + 1);
                match (fits(grouped), fits(listed)) {
                    (true, true) if any && grouped == 1 => (!commas.before_zero).then_some(false),
                    (true, true) => commas.decided(),
                    (false, true) => (!commas.before_zero).then_some(false),
                    (grouped, _) => Some(grouped),
                }
            }
            Content::Of(bracket) => match (commas.decided(), bracket) {
                (Some(decided), _) => Some(decided),
                (None, _) if !commas.computed => {
                    Some(bracket == Bracket::Round && (self.fills_braces() || self.is_raised()))
                }
                (None, Bracket::Round) if commas.tight_operator && commas.slashes > 1 => Some(false),
                (None, Bracket::Round) if !commas.named && !commas.tight_operator => Some(true),
                (None, _) => None,
            },
        };
        decided.ok_or_else(|| self.list_or_groups())
    }

    fn list_or_groups(&self) -> crate::syntax::SyntaxError {
        let (open, close) = (self.before(), self.closing());
        let typed = &self.text[open.start as usize..(close.end as usize).min(self.text.len())];
        let message = format!("`{typed}` can be a list, or hold numbers with grouped digits");
        let error = crate::syntax::SyntaxError::new(open.start as usize, close.end as usize, message);
        let grouped = typed.replace(',', "{,}");
        error.ambiguous().help(format!("write `{grouped}`, or spaces after the commas"))
    }

    fn commas(&self) -> Commas {
        use TokenKind as T;
        let mut commas = Commas::default();
        let (mut depth, mut ahead) = (0usize, 0);
        loop {
            let token = self.look(ahead);
            let leads = ahead == 0 || self.look(ahead - 1).kind == T::Comma;
            match token.kind {
                T::Eof => return commas,
                T::Close(_) | T::End(_) if depth == 0 => return commas,
                T::Open(_) | T::Begin(_) => {
                    depth += 1;
                    commas.computed = true;
                }
                T::Close(_) | T::End(_) => depth -= 1,
                T::Word(_) => commas.named = true,
                T::Command(command) => {
                    commas.named |= latex::function(command).is_none() && !is_layout(command)
                }
                _ if depth > 0 => {}
                T::Number(_) => {
                    let groups = self.digit_groups(ahead);
                    let begins =
                        |at: usize| matches!(self.look(at).kind, T::Number(text) if text.starts_with('0'));
                    commas.before_zero |= (1..=groups).any(|group| begins(ahead + 2 * group));
                    commas.grouping += groups;
                    commas.grouped += usize::from(groups > 0);
                    ahead += 2 * groups;
                }
                T::Comma => {
                    commas.others += 1;
                    commas.tight |= !self.look(ahead + 1).spaced;
                }
                T::Minus | T::Plus if leads => {}
                operator => {
                    commas.computed = true;
                    commas.tight_operator |= !token.spaced
                        && matches!(operator, T::Plus | T::Minus | T::Slash | T::Dot | T::Times);
                    commas.slashes += usize::from(operator == T::Slash);
                }
            }
            commas.computed |= commas.named;
            ahead += 1;
        }
    }

    /// How many groups of three digits follow the number that stands `ahead` tokens on: `12,345,678.9`.
    fn digit_groups(&self, ahead: usize) -> usize {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let TokenKind::Number(first) = self.look(ahead).kind else { return 0 };
        if !(1..=3).contains(&first.len()) || digits(first) < first.len() || first.starts_with('0') {
            return 0;
        }
        let mut groups = 0;
        loop {
            let (comma, group) = (self.look(ahead + 2 * groups + 1), self.look(ahead + 2 * groups + 2));
            let TokenKind::Number(text) = group.kind else { return groups };
            if comma.kind != TokenKind::Comma || comma.spaced || group.spaced || digits(text) != 3 {
                return groups;
            }
            groups += 1;
            if text.len() > 3 {
                return groups;
            }
        }
    }

    /// The number here with the groups that its commas separate, and how many tokens it takes.
    pub(super) fn with_digit_groups(&self, text: &str) -> (String, usize) {
        let groups = if self.groups && self.at.used == 0 { self.digit_groups(0) } else { 0 };
        let mut whole = text.to_owned();
        for group in 1..=groups {
            let TokenKind::Number(digits) = self.look(2 * group).kind else { break };
            whole.push(',');
            whole.push_str(digits);
        }
        (whole, 2 * groups + 1)
    }

    /// Whether the brackets that open before this token are all that stands between the braces of a fraction, a root or a
    /// power: `\sqrt{(1,024)}`.
    fn fills_braces(&self) -> bool {
        use TokenKind as T;
        let behind = |count: usize| self.at.token.checked_sub(count).map(|at| self.tokens[at].kind);
        let takes_number = matches!(
            behind(3),
            Some(T::Command("frac" | "sqrt") | T::Caret) | Some(T::Close(Bracket::Brace | Bracket::Square))
        );
        let close = self.closing();
        let after = self.tokens.iter().find(|token| token.start >= close.end).map(|token| token.kind);
        takes_number && behind(2) == Some(T::Open(Bracket::Brace)) && after == Some(T::Close(Bracket::Brace))
    }

    /// Whether a power of the brackets that open before this token follows, which no list has: `(1,650)^2`.
    fn is_raised(&self) -> bool {
        let close = self.closing();
        let mut behind =
            self.tokens.iter().skip_while(|token| token.start < close.end).map(|token| token.kind);
        let (caret, first, second) = (behind.next(), behind.next(), behind.next());
        caret == Some(TokenKind::Caret)
            && match first {
                Some(TokenKind::Open(Bracket::Brace)) => matches!(second, Some(TokenKind::Number(_))),
                other => matches!(other, Some(TokenKind::Number(_))),
            }
    }

    fn before(&self) -> crate::syntax::token::Token<'_> {
        self.at.token.checked_sub(1).map_or_else(|| self.peek(), |before| self.tokens[before])
    }

    /// The bracket that closes the one before this token.
    pub(super) fn closing(&self) -> crate::syntax::token::Token<'_> {
        let opened = self.at.token.checked_sub(1).and_then(|before| self.closings[before]);
        opened.and_then(|close| self.tokens.get(close)).copied().unwrap_or_else(|| self.end())
    }
}

impl Commas {
    /// What the commas alone say.
    fn decided(&self) -> Option<bool> {
        match self {
            Self { before_zero: true, .. } => Some(true),
            Self { others: 0, .. } => None,
            // `1,200,2,500`
            Self { others, grouped, tight: true, .. } if *grouped == others + 1 => None,
            Self { tight, .. } => Some(!tight),
        }
    }
}

/// Commands of arithmetic, which name nothing.
fn is_layout(command: &str) -> bool {
    matches!(command, "frac" | "sqrt" | "binom" | "over" | "pi")
}
