//! The commands of letters and functions, and the environments of equations, by their names.

use crate::syntax::function::Builtin;
use crate::syntax::token::TokenKind;

/// Greek and other letters.
pub(super) const LETTERS: &[&str] = &[
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Upsilon",
    "Phi",
    "Psi",
    "Omega",
    "varepsilon",
    "vartheta",
    "varpi",
    "varrho",
    "varsigma",
    "varphi",
    "ell",
    "hbar",
    "imath",
    "jmath",
    "Re",
    "Im",
];

/// `{}^\circ\text{C}`: the unit of a temperature, where its sign is raised above nothing; with its length.
pub(super) fn degree_unit(rest: &str) -> Option<(TokenKind<'static>, usize)> {
    let raised = rest.strip_prefix("{}")?.trim_start().strip_prefix('^')?.trim_start();
    let after =
        ["\\circ", "{\\circ}", "{\\degree}", "\\degree"].iter().find_map(|sign| raised.strip_prefix(sign))?;
    let after = after.trim_start();
    let (letter, after) = ["\\text{", "\\mathrm{", "\\textrm{", ""].iter().find_map(|font| {
        let inner = after.strip_prefix(font)?;
        let after = inner.get(1..)?;
        let after = if font.is_empty() { after } else { after.strip_prefix('}')? };
        Some((inner.chars().next()?, after))
    })?;
    let unit = match letter {
        'C' => "\u{b0}C",
        'F' => "\u{b0}F",
        _ => return None,
    };
    let ends = !after.starts_with(|c: char| c.is_ascii_alphabetic());
    ends.then_some((TokenKind::Text(unit), rest.len() - after.len()))
}

/// Functions, by the spelling in the table of built-ins.
pub(super) const FUNCTIONS: &[&str] = &[
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "coth",
    "exp", "ln", "log", "lg", "min", "max", "gcd", "det", "sgn", "arsinh", "arcosh", "artanh", "arcsinh",
    "arccosh", "arctanh", "sech", "csch", "arccot", "arcsec", "arccsc", "tr", "Pr", "tg", "ctg", "arctg",
    "lcm", "lb", "rank", "arcoth", "arccoth", "arsech", "arcsech", "arcsch", "arccsch", "cosec", "acos",
    "asin", "atan",
];

/// Further commands of functions. Of finitely many values the supremum is the greatest.
pub(super) const ALIASES: &[(&str, &str)] = &[
    ("Tr", "tr"),
    ("trace", "tr"),
    ("sen", "sin"),
    ("sh", "sinh"),
    ("ch", "cosh"),
    ("th", "tanh"),
    ("cth", "coth"),
    ("sup", "max"),
    ("inf", "min"),
];

/// The function whose name is set in pieces, `\operatorname{arc\,sin}` and `\operatorname { s i n }`, and `lim`, which is
/// one where a variable stands under it.
pub(super) fn spelt_out(content: &str) -> Option<TokenKind<'static>> {
    let name =
        ["\\,", "\\!", "\\:", "\\;"].iter().fold(content.to_owned(), |name, space| name.replace(space, ""));
    let name: String = name.chars().filter(|c| !c.is_whitespace() && *c != '~').collect();
    if name == "lim" {
        return Some(TokenKind::Command("lim"));
    }
    let function = Builtin::named(&name).filter(|_| name != content)?;
    Some(TokenKind::Text(function.name()))
}

/// Environments whose rows are equations: their content is read as if they were not there.
pub(super) fn is_equation_environment(name: &str) -> bool {
    matches!(
        name.trim_end_matches('*'),
        "aligned"
            | "align"
            | "alignat"
            | "alignedat"
            | "gather"
            | "gathered"
            | "split"
            | "equation"
            | "eqnarray"
            | "multline"
            | "displaymath"
            | "math"
            | "flalign"
    )
}
