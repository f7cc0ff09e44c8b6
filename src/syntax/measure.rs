//! What a unit measures, and on which scale: `km/h` as a length over a time, with how many metres per second it is.
//!
//! Units of the SI with their prefixes, of time, and the inch and pound families are known, by symbol and by name. Any
//! other word is a unit of its own, whatever it means: `wands per fand` cancels as well. So is what has several meanings
//! (`gal`, `ton`, `MB`).

use std::collections::BTreeMap;

use dashu::base::BitTest;

use crate::num::Rational;
use crate::num::exact::{self, power_of_ten};

/// A product of powers of base units, and how many of it the unit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    powers: BTreeMap<String, i32>,
    /// The unit in terms of the base units.
    scale: Rational,
}

/// Higher powers of a unit are not followed.
const HIGHEST_POWER: u32 = 24;
/// Longer scales are not, either.
const MOST_BITS: usize = 4_096;

impl Measure {
    /// What a bare number has.
    pub fn none() -> Self {
        Self { powers: BTreeMap::new(), scale: Rational::ONE }
    }

    fn base(symbol: &str) -> Self {
        Self { powers: BTreeMap::from([(symbol.to_owned(), 1)]), ..Self::none() }
    }

    /// Whether nothing is measured: all units have cancelled, whatever is left of their scales.
    pub fn is_none(&self) -> bool {
        self.powers.is_empty()
    }

    /// The product, unless a power in it is absurd.
    pub fn times(&self, other: &Self) -> Option<Self> {
        let mut powers = self.powers.clone();
        for (symbol, power) in &other.powers {
            let sum = powers.entry(symbol.clone()).or_default();
            *sum = sum.checked_add(*power).filter(|sum| sum.unsigned_abs() <= HIGHEST_POWER)?;
        }
        powers.retain(|_, power| *power != 0);
        let bits = [&self.scale, &other.scale]
            .map(|scale| scale.numerator().bit_len() + scale.denominator().bit_len());
        (bits[0] + bits[1] <= MOST_BITS).then(|| Self { powers, scale: &self.scale * &other.scale })
    }

    /// The quotient, unless a power in it is absurd.
    pub fn over(&self, other: &Self) -> Option<Self> {
        self.times(&other.to_the(-1)?)
    }

    /// A power, unless it is absurd.
    pub fn to_the(&self, exponent: i32) -> Option<Self> {
        if exponent.unsigned_abs() > HIGHEST_POWER
            || exponent.abs() > 1 && self.is_none() && *self != Self::none()
        {
            return None;
        }
        let raised = |(symbol, power): (&String, &i32)| {
            let power = power.checked_mul(exponent).filter(|power| power.unsigned_abs() <= HIGHEST_POWER)?;
            Some((symbol.clone(), power))
        };
        let powers = self.powers.iter().map(raised).collect::<Option<_>>()?;
        Some(Self { powers, scale: self.scale.pow(exponent as isize) })
    }

    /// The square root, if it has whole powers and a rational scale.
    pub fn root(&self) -> Option<Self> {
        let scale = exact::root(&self.scale, 2)?;
        let whole = self.powers.values().all(|power| power % 2 == 0);
        let halved = |(symbol, power): (&String, &i32)| (symbol.clone(), power / 2);
        whole.then(|| Self { powers: self.powers.iter().map(halved).collect(), scale })
    }

    /// Whether all of it are units that are known here, and not words of the page's own.
    pub fn is_known(&self) -> bool {
        let bases = || SYMBOLS.iter().flat_map(|(.., powers)| *powers).map(|(base, _)| *base);
        self.powers.keys().all(|symbol| bases().any(|base| base == symbol))
    }

    /// How many coherent units of the SI it is, if it is known and none of them: the kilogram is one, the gram is not.
    pub fn scale_in_si(&self) -> Option<Rational> {
        let mass = self.powers.get("g").copied().unwrap_or_default();
        let scale = &self.scale / Rational::from(1_000u16).pow(mass as isize);
        (self.is_known() && !self.is_none() && scale != Rational::ONE).then_some(scale)
    }

    /// How many of `other` this is, if both measure the same.
    pub fn in_terms_of(&self, other: &Self) -> Option<Rational> {
        (self.powers == other.powers).then(|| &self.scale / &other.scale)
    }

    /// What a text counts all of whose words are known here: `km/h`, `m\,s^{-1}`.
    pub(super) fn known(text: &str) -> Option<Self> {
        quotient(&text.replace("\\,", " ")).filter(|measure| measure.is_known() && !measure.is_none())
    }

    /// Reads a unit as typed: `m/s^2`, `kg m`, `cm^-3 s^-1`, `miles per hour`, `per day`.
    pub fn read(text: &str) -> Self {
        let text = text.trim().trim_end_matches(['.', ',']).trim();
        if matches!(text, "rad" | "radian" | "radians" | "of" | "×" | "times") {
            return Self::none();
        }
        quotient(&text.replace("\\,", " ")).unwrap_or_else(|| Self::base(text))
    }
}

fn quotient(text: &str) -> Option<Measure> {
    let slashed = format!(" {text} ").replace(" per ", " / ").replace("\\cdot", " ");
    let mut parts = slashed.split('/').map(str::trim);
    let above = parts.next()?;
    let mut measure = if above.is_empty() || above == "1" { Measure::none() } else { product(above)? };
    for below in parts {
        let bracketed = below.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
        let below = match bracketed {
            Some(inner) => product(inner)?,
            // `J/mol K` is read in two ways.
            None if below.contains(is_dot) => return None,
            None => product(below)?,
        };
        measure = measure.over(&below)?;
    }
    Some(measure)
}

fn is_dot(c: char) -> bool {
    c.is_whitespace() || matches!(c, '·' | '⋅' | '*' | '~')
}

/// Units side by side. Several words that are no known units are one, `US dollars`.
fn product(text: &str) -> Option<Measure> {
    let factors: Vec<&str> = text.split(is_dot).filter(|factor| !factor.is_empty()).collect();
    match factors[..] {
        [] => None,
        [one] => factor(one).map(|(measure, _)| measure),
        ["square", of] => factor(of).and_then(|(measure, _)| measure.to_the(2)),
        ["cubic", of] => factor(of).and_then(|(measure, _)| measure.to_the(3)),
        _ => {
            let read: Option<Vec<_>> = factors.iter().map(|one| factor(one)).collect();
            let known = read.filter(|factors| factors.iter().all(|(_, known)| *known));
            match known {
                Some(factors) => {
                    factors.iter().try_fold(Measure::none(), |product, (factor, _)| product.times(factor))
                }
                None => Some(Measure::base(text)),
            }
        }
    }
}

/// `cm^-3`, `m²`: a unit with its power, and whether it is a known one.
fn factor(text: &str) -> Option<(Measure, bool)> {
    let plain: String = text.chars().map(lowered).collect();
    let letters = plain.find(|c: char| c.is_ascii_digit() || matches!(c, '^' | '-')).unwrap_or(plain.len());
    let (symbol, raised) = plain.split_at(letters);
    let raised = raised.trim_start_matches('^').trim_matches(['{', '}']);
    let exponent: i32 = if letters == plain.len() { 1 } else { raised.parse().ok()? };
    let symbol = symbol.trim_end_matches('.');
    let symbol = currency(symbol).unwrap_or(symbol);
    if symbol.is_empty() || !symbol.chars().all(|c| c.is_alphabetic() || c == '°' || CURRENCIES.contains(c))
    {
        return None;
    }
    let (measure, known) = match unit(symbol) {
        Some(measure) => (measure, true),
        None => (Measure::base(&singular(symbol)), false),
    };
    Some((measure.to_the(exponent)?, known))
}

fn lowered(c: char) -> char {
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻";
    let place = RAISED.chars().position(|raised| raised == c);
    place.and_then(|place| "0123456789-".chars().nth(place)).unwrap_or(c)
}

/// A word without the ending of its plural.
fn singular(word: &str) -> String {
    match word.strip_suffix('s') {
        Some(one) if one.len() > 2 && !one.ends_with('s') => one.to_owned(),
        _ => word.to_owned(),
    }
}

/// The signs of currencies, each of which is a unit of its own.
const CURRENCIES: &str = "$£€¥¢₹₽₩₺";

/// The sign of the currency that a text names.
pub(super) fn currency(text: &str) -> Option<&'static str> {
    Some(match text.trim().trim_end_matches('.') {
        "$" | "\\$" | "US\\$" | "US$" | "USD" => "$",
        "€" | "EUR" => "€",
        "£" | "GBP" => "£",
        "¥" | "JPY" => "¥",
        "₹" | "INR" | "Rs" => "₹",
        "CHF" => "CHF",
        _ => return None,
    })
}

/// Whether a word after a number multiplies it and is no unit.
pub fn is_factor(word: &str) -> bool {
    const FACTORS: &[&str] = &[
        "k",
        "bn",
        "mn",
        "half",
        "halves",
        "tenth",
        "tenths",
        "hundredth",
        "hundredths",
        "thousandth",
        "thousandths",
        "squared",
        "cubed",
        "pp",
        "percentage points",
        "basis points",
        "Mio.",
        "Mrd.",
        "ppm",
        "per mille",
    ];
    // `3 \text{ Million people}`
    const COUNTS: &[&str] = &[
        "hundred",
        "hundreds",
        "thousand",
        "thousands",
        "million",
        "millions",
        "billion",
        "billions",
        "trillion",
        "trillions",
        "dozen",
        "dozens",
        "score",
        "gross",
        "grand",
        "lakh",
        "lakhs",
        "crore",
        "crores",
        "quarters",
        "thirds",
        "fourths",
        "fifths",
        "sixths",
        "sevenths",
        "eighths",
        "ninths",
    ];
    let word = word.trim();
    let first = word.split_whitespace().next().unwrap_or_default();
    FACTORS.contains(&word) || COUNTS.iter().any(|count| first.eq_ignore_ascii_case(count))
}

/// Whether a word after a number is a unit of angles that no function takes.
pub fn is_angle(word: &str) -> bool {
    const ANGLES: [&str; 8] =
        ["arcmin", "arcsec", "arcminute", "arcminutes", "arcsecond", "arcseconds", "grad", "gon"];
    ANGLES.contains(&word.trim())
}

/// Whether a word is the symbol of a unit, with or without a prefix, and no word of everyday language.
pub(super) fn is_symbol(word: &str) -> bool {
    by_name(word).is_none() && (symbol(word).is_some() || prefixed(word).is_some())
}

fn by_name(word: &str) -> Option<&'static str> {
    NAMES.iter().find(|(names, _)| names.contains(&word)).map(|(_, symbol)| *symbol)
}

/// A known unit, by its symbol with a prefix or by its name.
fn unit(word: &str) -> Option<Measure> {
    let named = |word: &str| by_name(&singular(word)).or_else(|| by_name(word));
    symbol(word)
        .or_else(|| named(word).and_then(symbol))
        .or_else(|| prefixed(word))
        .or_else(|| with_prefix(word, NAMES_OF_PREFIXES, |rest| by_name(&singular(rest))))
}

/// A symbol with a prefix.
fn prefixed(word: &str) -> Option<Measure> {
    with_prefix(word, SYMBOLS_OF_PREFIXES, Some)
}

fn with_prefix<'w>(
    word: &'w str,
    prefixes: &[(&str, i64)],
    symbol_of: impl Fn(&'w str) -> Option<&'w str>,
) -> Option<Measure> {
    prefixes.iter().find_map(|(prefix, exponent)| {
        let rest = symbol_of(word.strip_prefix(prefix)?).filter(|symbol| PREFIXED.contains(symbol))?;
        let mut measure = symbol(rest)?;
        let power = Rational::from(power_of_ten(exponent.unsigned_abs() as usize));
        measure.scale = if *exponent < 0 { measure.scale / power } else { measure.scale * power };
        Some(measure)
    })
}

/// A unit by its symbol alone.
fn symbol(word: &str) -> Option<Measure> {
    let (_, scale, powers) = SYMBOLS.iter().find(|(symbol, ..)| *symbol == word)?;
    let (above, below) = scale.split_once('/').unwrap_or((scale, "1"));
    let integer = |digits: &str| digits.parse::<u64>().map(Rational::from).ok();
    let mut measure = Measure { scale: integer(above)? / integer(below)?, ..Measure::none() };
    for (base, power) in *powers {
        measure = measure.times(&Measure::base(base).to_the(*power)?)?;
    }
    Some(measure)
}

/// Symbols that take a prefix.
const PREFIXED: &[&str] = &[
    "m", "g", "s", "A", "K", "mol", "Hz", "N", "Pa", "J", "W", "C", "V", "F", "Ω", "S", "Wb", "T", "H", "L",
    "l", "eV", "Wh",
];

const SYMBOLS_OF_PREFIXES: &[(&str, i64)] = &[
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("μ", -6),
    ("µ", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
];

const NAMES_OF_PREFIXES: &[(&str, i64)] = &[
    ("tera", 12),
    ("giga", 9),
    ("mega", 6),
    ("kilo", 3),
    ("deci", -1),
    ("centi", -2),
    ("milli", -3),
    ("micro", -6),
    ("nano", -9),
    ("pico", -12),
];

/// Names of units, in the singular, and their symbols.
const NAMES: &[(&[&str], &str)] = &[
    (&["meter", "metre"], "m"),
    (&["gram"], "g"),
    (&["second", "sec"], "s"),
    (&["minute"], "min"),
    (&["hour", "hr"], "h"),
    (&["day"], "day"),
    (&["week"], "week"),
    (&["mole"], "mol"),
    (&["kelvin"], "K"),
    (&["ampere", "amp"], "A"),
    (&["hertz"], "Hz"),
    (&["newton"], "N"),
    (&["pascal"], "Pa"),
    (&["joule"], "J"),
    (&["watt"], "W"),
    (&["coulomb"], "C"),
    (&["volt"], "V"),
    (&["farad"], "F"),
    (&["ohm"], "Ω"),
    (&["tesla"], "T"),
    (&["liter", "litre"], "L"),
    (&["byte"], "byte"),
    (&["bit"], "bit"),
    (&["inch", "inche"], "in"),
    (&["foot", "feet"], "ft"),
    (&["yard", "yd"], "yd"),
    (&["mile"], "mi"),
    (&["pound", "lb"], "lb"),
];

/// A base unit and its power.
type Base = (&'static str, i32);

/// Symbols, their scales, and what they are in base units; the gram is the base of masses.
#[rustfmt::skip]
const SYMBOLS: &[(&str, &str, &[Base])] = &[
    ("m", "1", &[("m", 1)]),
    ("g", "1", &[("g", 1)]),
    ("s", "1", &[("s", 1)]),
    ("A", "1", &[("A", 1)]),
    ("K", "1", &[("K", 1)]),
    ("mol", "1", &[("mol", 1)]),
    ("eV", "1", &[("eV", 1)]),
    ("min", "60", &[("s", 1)]),
    ("h", "3600", &[("s", 1)]),
    ("day", "86400", &[("s", 1)]),
    ("week", "604800", &[("s", 1)]),
    ("Hz", "1", &[("s", -1)]),
    ("N", "1000", &[("g", 1), ("m", 1), ("s", -2)]),
    ("Pa", "1000", &[("g", 1), ("m", -1), ("s", -2)]),
    ("J", "1000", &[("g", 1), ("m", 2), ("s", -2)]),
    ("W", "1000", &[("g", 1), ("m", 2), ("s", -3)]),
    ("Wh", "3600000", &[("g", 1), ("m", 2), ("s", -2)]),
    ("C", "1", &[("A", 1), ("s", 1)]),
    ("V", "1000", &[("g", 1), ("m", 2), ("s", -3), ("A", -1)]),
    ("F", "1/1000", &[("g", -1), ("m", -2), ("s", 4), ("A", 2)]),
    ("Ω", "1000", &[("g", 1), ("m", 2), ("s", -3), ("A", -2)]),
    ("S", "1/1000", &[("g", -1), ("m", -2), ("s", 3), ("A", 2)]),
    ("Wb", "1000", &[("g", 1), ("m", 2), ("s", -2), ("A", -1)]),
    ("T", "1000", &[("g", 1), ("s", -2), ("A", -1)]),
    ("H", "1000", &[("g", 1), ("m", 2), ("s", -2), ("A", -2)]),
    ("L", "1/1000", &[("m", 3)]),
    ("l", "1/1000", &[("m", 3)]),
    ("bit", "1", &[("bit", 1)]),
    ("byte", "8", &[("bit", 1)]),
    ("B", "8", &[("bit", 1)]),
    ("KiB", "8192", &[("bit", 1)]),
    ("MiB", "8388608", &[("bit", 1)]),
    ("GiB", "8589934592", &[("bit", 1)]),
    ("in", "254/10000", &[("m", 1)]),
    ("ft", "3048/10000", &[("m", 1)]),
    ("yd", "9144/10000", &[("m", 1)]),
    ("mi", "1609344/1000", &[("m", 1)]),
    ("lb", "45359237/100000", &[("g", 1)]),
    ("$", "1", &[("$", 1)]),
    ("€", "1", &[("€", 1)]),
    ("£", "1", &[("£", 1)]),
    ("¥", "1", &[("¥", 1)]),
    ("¢", "1", &[("¢", 1)]),
    ("₹", "1", &[("₹", 1)]),
];

#[cfg(test)]
mod tests {
    use super::Measure;

    /// How many of the unit `other` one of `one` is, if they measure the same.
    fn check(one: &str, other: &str, ratio: Option<&str>) {
        let (one, other) = (Measure::read(one), Measure::read(other));
        assert_eq!(one.in_terms_of(&other).map(|ratio| ratio.to_string()).as_deref(), ratio);
    }

    /// From the definitions of the SI (BIPM, 9th edition) and of the international yard and pound.
    #[test]
    fn units_have_the_scales_of_their_definitions() {
        check("km", "m", Some("1000"));
        check("mV", "V", Some("1/1000"));
        check("cm^-3", "m^-3", Some("1000000"));
        check("J", "kg m^2/s^2", Some("1"));
        check("kWh", "MJ", Some("18/5"));
        check("C V", "J", Some("1"));
        check("C·V/m", "N", Some("1"));
        check("C/(F/m)", "V m", None);
        check("km/h", "m/s", Some("5/18"));
        check("miles per hour", "feet per second", Some("22/15"));
        check("kilometers", "km", Some("1"));
        check("square feet", "in²", Some("144"));
        check("bytes", "bit", Some("8"));
        check("wands", "wand", Some("1"));
        check("per hour", "1/h", Some("1"));
    }

    /// Each of these means two things, or nothing that is known here.
    #[test]
    fn what_is_not_known_is_a_unit_of_its_own() {
        check("gal", "L", None);
        check("MB", "KB", None);
        check("MB", "MB", Some("1"));
        check("m^25", "m^25", Some("1"));
        check("m^-2147483648", "m", None);
        check("eV", "J", None);
        check("J/mol K", "J/(mol K)", None);
        check("°C", "K", None);
        check("m", "min", None);
    }
}
