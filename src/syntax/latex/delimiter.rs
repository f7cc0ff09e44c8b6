//! `\left`, `\right`, `\big` and their kin: a bar between them has a side, and a `.` is a delimiter that is not seen.

use super::commands;
use super::lexer::Lexer;
use crate::syntax::token::{Bracket, TokenKind};

/// Which mark stands before a delimiter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Left,
    Right,
    /// `\bigl` opens, `\bigr` closes, `\big` says nothing.
    Size(Option<bool>),
}

/// A `\left` without its `\right`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// `\left.`: its token, which stays if a bar ends it.
    Unseen { token: usize },
    /// `\left\{`.
    Curly,
    /// Any other.
    Other,
}

impl Lexer<'_> {
    /// After `\left` and its kin.
    pub(super) fn delimiter(&mut self, which: Which, start: usize) {
        self.spaced = true;
        self.at += self.rest().len() - self.rest().trim_start().len();
        let unseen = self.rest().starts_with('.');
        self.at += usize::from(unseen);
        let bar = if unseen { None } else { self.bar(which == Which::Left) };
        match which {
            Which::Left => self.left(unseen, bar, start),
            Which::Right => self.right(unseen, bar, start),
            Which::Size(opens) => self.size(opens, bar, start),
        }
    }

    fn left(&mut self, unseen: bool, bar: Option<(Bracket, usize)>, start: usize) {
        let token = self.tokens.len();
        self.lefts.push(match self.rest() {
            _ if unseen => Left::Unseen { token },
            rest if rest.starts_with("\\{") || rest.starts_with("\\lbrace") => Left::Curly,
            _ => Left::Other,
        });
        if unseen {
            self.push(TokenKind::Unseen, start);
        }
        self.size(Some(true), bar, start);
    }

    fn right(&mut self, unseen: bool, bar: Option<(Bracket, usize)>, start: usize) {
        match (self.lefts.pop(), bar) {
            (Some(Left::Unseen { token }), Some((_, length))) => {
                self.reveal(token);
                self.at += length;
                self.push(TokenKind::Close(Bracket::Evaluated), start);
            }
            // The brace of cases and of systems of equations has no partner.
            (Some(Left::Curly), _) if unseen => {
                self.push(TokenKind::Close(Bracket::Curly), start);
            }
            _ => self.size(Some(false), bar, start),
        }
    }

    fn size(&mut self, opens: Option<bool>, bar: Option<(Bracket, usize)>, start: usize) {
        let (Some(opens), Some((bracket, length))) = (opens, bar) else { return };
        self.at += length;
        self.push(if opens { TokenKind::Open(bracket) } else { TokenKind::Close(bracket) }, start);
    }

    /// The bar that stands here, and its length.
    fn bar(&self, opens: bool) -> Option<(Bracket, usize)> {
        const BARS: &[(&str, Bracket)] = &[
            ("||", Bracket::DoubleVert),
            ("|", Bracket::Vert),
            ("\\|", Bracket::DoubleVert),
            ("\u{2016}", Bracket::DoubleVert),
        ];
        let rest = self.rest();
        // `\left||x| - 2\right|`: two bars, of which each opens.
        let single = rest.starts_with("||") && opens && !rest.contains("\\right||");
        if single {
            return Some((Bracket::Vert, 1));
        }
        if let Some((text, bracket)) = BARS.iter().find(|(text, _)| rest.starts_with(text)) {
            return Some((*bracket, text.len()));
        }
        let letters = rest.strip_prefix('\\')?;
        let name = &letters[..letters.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(letters.len())];
        let bracket = match commands::meaning(name)? {
            commands::Meaning::Token(TokenKind::Bar) => Bracket::Vert,
            commands::Meaning::Token(TokenKind::DoubleBar) => Bracket::DoubleVert,
            _ => return None,
        };
        Some((bracket, name.len() + 1))
    }
}
