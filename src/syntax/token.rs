//! The tokens that both notations are cut into. Offsets are bytes of the fragment's text.

use super::expr::Relation;

/// A token and the bytes it stands on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    pub(super) start: u32,
    pub(super) end: u32,
    /// White space or a space command stands before it.
    pub(super) spaced: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TokenKind<'t> {
    /// Digits with an optional point, groups and e-notation; [`super::number`] reads it.
    Number(&'t str),
    /// Adjacent letters (LaTeX), or an identifier (plain notation).
    Word(&'t str),
    /// A LaTeX command that stands for a letter or function, by its name without the backslash.
    Command(&'t str),
    /// `\text{…}` and its kin: the raw content.
    Text(&'t str),
    /// `"…"` in plain notation: the content.
    Quoted(&'t str),
    Open(Bracket),
    Close(Bracket),
    /// `\begin{…}` and `\end{…}`.
    Begin(&'t str),
    End(&'t str),
    Plus,
    Minus,
    /// `\pm`.
    PlusMinus,
    /// `\mp`.
    MinusPlus,
    /// `\cdot`, `*`.
    Dot,
    /// `\times`.
    Times,
    /// `\odot`.
    Elementwise,
    /// `/`, `\div`.
    Slash,
    Caret,
    Underscore,
    Bang,
    /// This many primes.
    Prime(u32),
    Percent,
    /// `\$`, `£`: the sign of a currency.
    Currency(&'t str),
    Degree,
    /// `|` or `\vert`, no side known.
    Bar,
    /// `\|` or `\Vert` or `||`.
    DoubleBar,
    Comma,
    Semicolon,
    Colon,
    /// `.` that is no decimal point: punctuation or member access.
    Period,
    /// `\quad` and wider.
    Wide,
    /// `\\`.
    Newline,
    Ampersand,
    /// Raised characters, `²`, `⁻¹`.
    Raised(&'t str),
    /// Lowered characters, `₁₂`.
    Lowered(&'t str),
    /// A fraction that is one character, `½`.
    Vulgar(u8, u8),
    /// A hole: `?`, `?.????`; the raw text.
    Hole(&'t str),
    Relation(Relation),
    /// `\Rightarrow`, `\implies`, `\iff`: a new chain begins.
    Implies,
    /// `\ldots`, `\cdots`.
    Dots,
    /// `\left.` while it is not known whether a bar ends it; no such token leaves the lexer.
    Unseen,
    /// Nothing that we know: reported where it stands.
    Unknown(&'t str),
    /// Past the last token.
    Eof,
}

impl TokenKind<'_> {
    /// Whether it is a sign between two terms or two factors.
    pub(super) fn is_operator(&self) -> bool {
        matches!(self, Self::Plus | Self::Minus | Self::Dot | Self::Times | Self::Elementwise | Self::Slash)
    }
}

/// For each token that opens something the one that closes it, whatever it is.
pub(super) fn closings(tokens: &[Token<'_>]) -> Vec<Option<usize>> {
    let mut closings = vec![None; tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Open(_) | TokenKind::Begin(_) => open.push(at),
            TokenKind::Close(_) | TokenKind::End(_) => {
                open.pop().into_iter().for_each(|opened| closings[opened] = Some(at));
            }
            _ => {}
        }
    }
    closings
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Round,
    Square,
    /// `\{ … \}`.
    Curly,
    /// `{ … }`: groups without being seen.
    Brace,
    /// `\lfloor … \rfloor`.
    Floor,
    /// `\lceil … \rceil`.
    Ceil,
    /// `\langle … \rangle`.
    Angle,
    /// `\lvert … \rvert`.
    Vert,
    /// `\lVert … \rVert`.
    DoubleVert,
    /// `\left. … \right|`: the value at a place, or between two.
    Evaluated,
}

impl Bracket {
    /// Its closing sign, for messages.
    pub(super) fn closing(self) -> &'static str {
        match self {
            Self::Round => ")",
            Self::Square => "]",
            Self::Curly => "\\}",
            Self::Brace => "}",
            Self::Floor => "\\rfloor",
            Self::Ceil => "\\rceil",
            Self::Angle => "\\rangle",
            Self::Vert => "\\rvert",
            Self::DoubleVert => "\\rVert",
            Self::Evaluated => "\\right|",
        }
    }
}
