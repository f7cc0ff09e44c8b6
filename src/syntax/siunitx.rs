//! Units as the LaTeX package siunitx spells them: `\kilo\meter\per\second`, `kg.m/s^2`. What the words mean is known to
//! [`super::measure`].

use std::borrow::Cow;

use super::measure::Measure;

/// The unit in words and signs: `kilometer/second`. Other texts are as they were.
pub(super) fn spelled(unit: &str) -> Cow<'_, str> {
    let unit = unit.trim();
    if unit.starts_with('\\') {
        return of_macros(unit).map_or(Cow::Borrowed(unit), Cow::Owned);
    }
    let spaced = unit.replace('.', " ");
    let is_dotted = unit.trim_end_matches('.').contains('.') && Measure::known(&spaced).is_some();
    if is_dotted { Cow::Owned(spaced) } else { Cow::Borrowed(unit) }
}

/// A unit in macros alone.
fn of_macros(unit: &str) -> Option<String> {
    let mut spelled = String::new();
    let (mut below, mut prefix, mut power) = (false, String::new(), "");
    for name in unit.split('\\').skip(1).map(str::trim) {
        match name {
            "per" => below = true,
            "square" => power = "^2",
            "cubic" => power = "^3",
            "squared" => spelled.push_str("^2"),
            "cubed" => spelled.push_str("^3"),
            _ if is_prefix(name) => prefix.push_str(name),
            _ if name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                spelled.push_str(match (spelled.is_empty(), below) {
                    (true, false) => "",
                    (_, true) => "/",
                    (false, false) => " ",
                });
                spelled.push_str(&prefix);
                spelled.push_str(&unit_of_macro(name)?);
                spelled.push_str(power);
                (below, power) = (false, "");
                prefix.clear();
            }
            _ => return None,
        }
    }
    (!spelled.is_empty()).then_some(spelled)
}

fn is_prefix(name: &str) -> bool {
    matches!(
        name,
        "tera" | "giga" | "mega" | "kilo" | "hecto" | "deci" | "centi" | "milli" | "micro" | "nano" | "pico"
    )
}

/// A word with the power that may follow it, `second\tothe{4}` being cut before its backslash.
fn unit_of_macro(name: &str) -> Option<String> {
    let letters = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
    let (word, raised) = name.split_at(letters);
    let raised = raised.trim_start_matches('^').trim_matches(['{', '}']);
    let digits = raised.strip_prefix('-').unwrap_or(raised);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let word = match word {
        "celsius" | "degreeCelsius" => "°C",
        "percent" => "%",
        "electronvolt" => "eV",
        word => word,
    };
    Some(if raised.is_empty() { word.to_owned() } else { format!("{word}^{raised}") })
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn macros_are_words() {
        assert_eq!(spelled("\\kilo\\meter\\per\\hour"), "kilometer/hour");
        assert_eq!(spelled("\\meter\\per\\second\\squared"), "meter/second^2");
        assert_eq!(spelled("\\per\\cubic\\metre"), "/metre^3");
        assert_eq!(spelled("\\joule\\per\\kilo\\gram\\per\\kelvin"), "joule/kilogram/kelvin");
        assert_eq!(spelled("kg.m/s^2"), "kg m/s^2");
        assert_eq!(spelled(" Rs. "), "Rs.");
        assert_eq!(spelled("\\foo{x}"), "\\foo{x}");
    }
}
