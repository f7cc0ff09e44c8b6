//! What both notations read beyond ASCII: one table of signs, letters, raised and lowered digits, fractions.
//!
//! `×`, `÷`, `−`, `·`, `≤`, `≠`, `≈`, `∞`, `√`, `∑`, `π`, `x²`, `x₁`, `½`, and full-width forms.

use super::expr::Relation;
use super::token::{Bracket, TokenKind};

/// The signs that mean the same in either notation.
const SIGNS: &[(char, TokenKind<'static>)] = {
    use TokenKind as T;
    &[
        ('\u{2212}', T::Minus),
        ('\u{2013}', T::Minus),
        ('\u{ff0d}', T::Minus),
        ('\u{ff0b}', T::Plus),
        ('\u{b7}', T::Dot),
        ('\u{22c5}', T::Dot),
        ('\u{2219}', T::Dot),
        ('\u{2217}', T::Dot),
        ('\u{ff0a}', T::Dot),
        ('\u{d7}', T::Times),
        ('\u{2715}', T::Times),
        ('\u{2a09}', T::Times),
        ('\u{2299}', T::Elementwise),
        ('\u{2218}', T::Elementwise),
        ('\u{f7}', T::Slash),
        ('\u{2215}', T::Slash),
        ('\u{2044}', T::Slash),
        ('\u{ff0f}', T::Slash),
        ('\u{b0}', T::Degree),
        ('\u{2103}', T::Text("°C")),
        ('\u{2109}', T::Text("°F")),
        ('\u{ff05}', T::Percent),
        ('\u{a3}', T::Currency("£")),
        ('\u{20ac}', T::Currency("€")),
        ('\u{a5}', T::Currency("¥")),
        ('\u{a2}', T::Currency("¢")),
        ('\u{20b9}', T::Currency("₹")),
        ('\u{20bd}', T::Currency("₽")),
        ('\u{20a9}', T::Currency("₩")),
        ('\u{20ba}', T::Currency("₺")),
        ('\u{2032}', T::Prime(1)),
        ('\u{2033}', T::Prime(2)),
        ('\u{2034}', T::Prime(3)),
        ('\u{2019}', T::Prime(1)),
        ('\u{2016}', T::DoubleBar),
        ('\u{2225}', T::DoubleBar),
        ('\u{2223}', T::Bar),
        ('\u{ff5c}', T::Bar),
        ('\u{230a}', T::Open(Bracket::Floor)),
        ('\u{230b}', T::Close(Bracket::Floor)),
        ('\u{2308}', T::Open(Bracket::Ceil)),
        ('\u{2309}', T::Close(Bracket::Ceil)),
        ('\u{27e8}', T::Open(Bracket::Angle)),
        ('\u{27e9}', T::Close(Bracket::Angle)),
        ('\u{ff08}', T::Open(Bracket::Round)),
        ('\u{ff09}', T::Close(Bracket::Round)),
        ('\u{ff3b}', T::Open(Bracket::Square)),
        ('\u{ff3d}', T::Close(Bracket::Square)),
        ('\u{ff0c}', T::Comma),
        ('\u{ff1b}', T::Semicolon),
        ('\u{ff1a}', T::Colon),
        ('\u{ff01}', T::Bang),
        ('\u{ff1d}', T::Relation(Relation::Equal)),
        ('\u{b1}', T::PlusMinus),
        ('\u{2213}', T::MinusPlus),
        ('\u{2224}', T::Relation(Relation::NotDivides)),
        ('\u{2261}', T::Relation(Relation::Congruent)),
        ('\u{2262}', T::Relation(Relation::Incongruent)),
        ('\u{2254}', T::Relation(Relation::Define)),
        ('\u{2248}', T::Relation(Relation::Approximate)),
        ('\u{2245}', T::Relation(Relation::Approximate)),
        ('\u{2243}', T::Relation(Relation::Approximate)),
        ('\u{2242}', T::Relation(Relation::Approximate)),
        ('\u{224a}', T::Relation(Relation::Approximate)),
        ('\u{224e}', T::Relation(Relation::Approximate)),
        ('\u{224f}', T::Relation(Relation::Approximate)),
        ('\u{2250}', T::Relation(Relation::Approximate)),
        ('\u{2251}', T::Relation(Relation::Approximate)),
        ('\u{2252}', T::Relation(Relation::Approximate)),
        ('\u{2253}', T::Relation(Relation::Approximate)),
        ('\u{22cd}', T::Relation(Relation::Approximate)),
        ('\u{2255}', T::Relation(Relation::Equal)),
        ('\u{2256}', T::Relation(Relation::Equal)),
        ('\u{2257}', T::Relation(Relation::Equal)),
        ('\u{225c}', T::Relation(Relation::Define)),
        ('\u{225d}', T::Relation(Relation::Define)),
        ('\u{2260}', T::Relation(Relation::NotEqual)),
        ('\u{ff1c}', T::Relation(Relation::Less)),
        ('\u{2264}', T::Relation(Relation::LessEqual)),
        ('\u{2a7d}', T::Relation(Relation::LessEqual)),
        ('\u{ff1e}', T::Relation(Relation::Greater)),
        ('\u{2265}', T::Relation(Relation::GreaterEqual)),
        ('\u{2a7e}', T::Relation(Relation::GreaterEqual)),
        ('\u{226a}', T::Unknown("\\ll")),
        ('\u{226b}', T::Unknown("\\gg")),
        ('\u{2272}', T::Unknown("\\lesssim")),
        ('\u{2273}', T::Unknown("\\gtrsim")),
        ('\u{221d}', T::Unknown("\\propto")),
        ('\u{2192}', T::Relation(Relation::Arrow)),
        ('\u{27f6}', T::Relation(Relation::Arrow)),
        ('\u{21a6}', T::Relation(Relation::Arrow)),
        ('\u{27fc}', T::Relation(Relation::Arrow)),
        ('\u{21aa}', T::Relation(Relation::Arrow)),
        ('\u{21dd}', T::Relation(Relation::Arrow)),
        ('\u{2208}', T::Relation(Relation::In)),
        ('\u{2209}', T::Relation(Relation::NotIn)),
        ('\u{222a}', T::Command("cup")),
        ('\u{2229}', T::Command("cap")),
        ('\u{2205}', T::Command("emptyset")),
        ('\u{223c}', T::Relation(Relation::Distributed)),
        ('\u{21d2}', T::Implies),
        ('\u{21d4}', T::Implies),
        ('\u{2234}', T::Implies),
        ('\u{2026}', T::Dots),
        ('\u{22ef}', T::Dots),
        ('\u{221e}', T::Command("infty")),
        ('\u{221a}', T::Command("sqrt")),
        ('\u{221b}', T::Command("cbrt")),
        ('\u{2211}', T::Command("sum")),
        ('\u{220f}', T::Command("prod")),
        ('\u{222b}', T::Command("int")),
        ('\u{2202}', T::Command("partial")),
        ('\u{2207}', T::Command("nabla")),
        ('\u{22a4}', T::Command("top")),
    ]
};

/// The token that `rest` begins with, if it begins with one of these signs, and its length in bytes.
pub(super) fn sign(rest: &str) -> Option<(TokenKind<'_>, usize)> {
    let first = rest.chars().next().filter(|first| !first.is_ascii())?;
    if let Some((_, kind)) = SIGNS.iter().find(|(sign, _)| *sign == first) {
        return Some((*kind, first.len_utf8()));
    }
    if let Some((top, bottom)) = fraction(first) {
        return Some((TokenKind::Vulgar(top, bottom), first.len_utf8()));
    }
    let length = |of: fn(char) -> Option<char>| rest.find(|c| of(c).is_none()).unwrap_or(rest.len());
    match (length(raised), length(lowered), length(full_width)) {
        (0, 0, 0) => None,
        (0, 0, length) => Some((TokenKind::Number(&rest[..length]), length)),
        (0, length, _) => Some((TokenKind::Lowered(&rest[..length]), length)),
        (length, ..) => Some((TokenKind::Raised(&rest[..length]), length)),
    }
}

/// Whether a character may stand in a word of plain notation.
pub(super) fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c.is_alphanumeric()
            && raised(c).is_none()
            && lowered(c).is_none()
            && full_width(c).is_none()
            && fraction(c).is_none()
}

/// The Latin name of a Greek letter typed as such.
pub(super) fn letter(letter: char) -> Option<&'static str> {
    LETTERS.iter().find(|(character, _)| *character == letter).map(|(_, name)| *name)
}

/// The letter with this Latin name, which is also that of its command in LaTeX.
pub fn named_letter(name: &str) -> Option<char> {
    LETTERS.iter().find(|(_, its_name)| *its_name == name).map(|(character, _)| *character)
}

const LETTERS: &[(char, &str)] = &[
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ε', "varepsilon"),
    ('ϵ', "epsilon"),
    ('ζ', "zeta"),
    ('η', "eta"),
    ('θ', "theta"),
    ('ϑ', "vartheta"),
    ('ι', "iota"),
    ('κ', "kappa"),
    ('λ', "lambda"),
    ('μ', "mu"),
    ('µ', "mu"),
    ('ν', "nu"),
    ('ξ', "xi"),
    ('ο', "omicron"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('σ', "sigma"),
    ('ς', "varsigma"),
    ('τ', "tau"),
    ('υ', "upsilon"),
    ('φ', "varphi"),
    ('ϕ', "phi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
    ('Γ', "Gamma"),
    ('Δ', "Delta"),
    ('Θ', "Theta"),
    ('Λ', "Lambda"),
    ('Ξ', "Xi"),
    ('Π', "Pi"),
    ('Σ', "Sigma"),
    ('Υ', "Upsilon"),
    ('Φ', "Phi"),
    ('Ψ', "Psi"),
    ('Ω', "Omega"),
    ('ℓ', "ell"),
    ('ℏ', "hbar"),
];

/// What a raised character stands for: `²` for `2`, `⁻` for `-`.
pub(super) fn raised(c: char) -> Option<char> {
    Some(match c {
        '\u{2070}' => '0',
        '\u{b9}' => '1',
        '\u{b2}' => '2',
        '\u{b3}' => '3',
        '\u{2074}'..='\u{2079}' => digit(c as u32 - 0x2070),
        '\u{207a}' => '+',
        '\u{207b}' => '-',
        '\u{207f}' => 'n',
        '\u{1d40}' => 'T',
        _ => return None,
    })
}

/// What a lowered character stands for: `₁` for `1`.
pub(super) fn lowered(c: char) -> Option<char> {
    Some(match c {
        '\u{2080}'..='\u{2089}' => digit(c as u32 - 0x2080),
        '\u{2090}' => 'a',
        '\u{2091}' => 'e',
        '\u{1d62}' => 'i',
        '\u{2c7c}' => 'j',
        '\u{2096}' => 'k',
        '\u{2099}' => 'n',
        '\u{2093}' => 'x',
        _ => return None,
    })
}

/// What a digit or point of full width stands for.
pub(super) fn full_width(c: char) -> Option<char> {
    match c {
        '\u{ff10}'..='\u{ff19}' => Some(digit(c as u32 - 0xff10)),
        '\u{ff0e}' => Some('.'),
        _ => None,
    }
}

fn digit(value: u32) -> char {
    char::from_digit(value, 10).expect("the ranges above hold ten digits")
}

/// Numerator and denominator of a fraction that is one character.
fn fraction(c: char) -> Option<(u8, u8)> {
    Some(match c {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅕' => (1, 5),
        '⅖' => (2, 5),
        '⅗' => (3, 5),
        '⅘' => (4, 5),
        '⅙' => (1, 6),
        '⅚' => (5, 6),
        '⅐' => (1, 7),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        '⅑' => (1, 9),
        '⅒' => (1, 10),
        _ => return None,
    })
}

/// What HTML has to write in other characters: `a &lt; b`, `f&#39;(1)`.
pub(super) fn entity(rest: &str) -> Option<(TokenKind<'static>, usize)> {
    use TokenKind as T;
    let entities = [
        ("&lt;", T::Relation(Relation::Less)),
        ("&gt;", T::Relation(Relation::Greater)),
        ("&le;", T::Relation(Relation::LessEqual)),
        ("&ge;", T::Relation(Relation::GreaterEqual)),
        ("&amp;", T::Ampersand),
        ("&#39;", T::Prime(1)),
    ];
    entities
        .into_iter()
        .find(|(entity, _)| rest.starts_with(entity))
        .map(|(entity, kind)| (kind, entity.len()))
}
