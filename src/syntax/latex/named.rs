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
