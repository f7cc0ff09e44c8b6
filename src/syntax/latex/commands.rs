//! The table of LaTeX commands: what each one means to us. A command that is not here is an error at its place.

use crate::syntax::expr::Relation;
use crate::syntax::token::{Bracket, TokenKind};

/// What a command does in the lexer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// A fixed token.
    Token(TokenKind<'static>),
    /// White space, or a mark for the typesetter alone.
    Space,
    /// A size or side mark before a delimiter (`\left`, `\big`): skipped; a `.` after it is an empty delimiter.
    Delimiter,
    /// Layout with one argument that says nothing to us (`\label{…}`): skipped with it.
    SkipArgument,
    /// A style around one argument (`\boxed{…}`, `\mathrm{…}`): the argument stays.
    Transparent,
    /// `\color{red}`, `\textcolor{red}{…}`: the first argument goes, what follows stays.
    SkipFirst,
    /// `\text{…}`, `\operatorname{…}`: the argument is raw text.
    Text,
    /// A letter, function or construct that the parser knows by name.
    Named,
}

/// The meaning of `\name`, `None` if we do not know it.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    use Meaning::{Delimiter, Named, SkipArgument, SkipFirst, Space, Text, Token, Transparent};
    use TokenKind as T;
    Some(match name {
        "," | ":" | ";" | "!" | " " | ">" | "thinspace" | "medspace" | "thickspace" | "negthinspace"
        | "negmedspace" | "negthickspace" | "displaystyle" | "textstyle" | "scriptstyle"
        | "scriptscriptstyle" | "limits" | "nolimits" | "nonumber" | "notag" | "hfill" | "bf" | "rm"
        | "it" | "mathstrut" | "allowbreak" | "nobreak" | "relax" | "/" => Space,
        "quad" | "qquad" | "enspace" | "hskip" => Token(T::Wide),
        "left" | "right" | "middle" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr" | "Bigl" | "Bigr"
        | "biggl" | "biggr" | "Biggl" | "Biggr" | "bigm" | "Bigm" => Delimiter,
        "label" | "tag" | "tag*" | "hspace" | "vspace" | "phantom" | "hphantom" | "vphantom" | "ref"
        | "eqref" => SkipArgument,
        "boxed" | "fbox" | "mathrm" | "mathit" | "mathsf" | "mathtt" | "mathnormal" | "ensuremath"
        | "mathop" | "mathbin" | "mathrel" | "mathord" | "smash" | "cancel" | "bcancel" | "xcancel" => {
            Transparent
        }
        "color" | "textcolor" | "colorbox" => SkipFirst,
        "text" | "textrm" | "textbf" | "textit" | "textsf" | "texttt" | "textup" | "mbox" | "hbox"
        | "operatorname" | "operatorname*" | "mathop*" => Text,

        "cdot" | "ast" | "bullet" | "star" => Token(T::Dot),
        "times" => Token(T::Times),
        "odot" | "circ" => Token(T::Elementwise),
        "div" => Token(T::Slash),
        "pm" | "mp" => return None,
        "lbrack" => Token(T::Open(Bracket::Square)),
        "rbrack" => Token(T::Close(Bracket::Square)),
        "lparen" => Token(T::Open(Bracket::Round)),
        "rparen" => Token(T::Close(Bracket::Round)),
        "{" | "lbrace" => Token(T::Open(Bracket::Curly)),
        "}" | "rbrace" => Token(T::Close(Bracket::Curly)),
        "lfloor" => Token(T::Open(Bracket::Floor)),
        "rfloor" => Token(T::Close(Bracket::Floor)),
        "lceil" => Token(T::Open(Bracket::Ceil)),
        "rceil" => Token(T::Close(Bracket::Ceil)),
        "langle" => Token(T::Open(Bracket::Angle)),
        "rangle" => Token(T::Close(Bracket::Angle)),
        "lvert" => Token(T::Open(Bracket::Vert)),
        "rvert" => Token(T::Close(Bracket::Vert)),
        "lVert" => Token(T::Open(Bracket::DoubleVert)),
        "rVert" => Token(T::Close(Bracket::DoubleVert)),
        "vert" | "mid" => Token(T::Bar),
        "Vert" | "|" => Token(T::DoubleBar),
        "%" => Token(T::Percent),
        "degree" => Token(T::Degree),
        "prime" => Token(T::Prime(1)),
        "colon" => Token(T::Colon),
        "\\" | "newline" | "cr" => Token(T::Newline),
        "ldots" | "cdots" | "dots" | "dotsc" | "dotsb" | "vdots" | "ddots" => Token(T::Dots),

        "approx" | "simeq" | "cong" | "doteq" | "thickapprox" => Token(T::Relation(Relation::Approximate)),
        "coloneqq" | "coloneq" | "triangleq" => Token(T::Relation(Relation::Define)),
        "equiv" => Token(T::Relation(Relation::Equal)),
        "ne" | "neq" => Token(T::Relation(Relation::NotEqual)),
        "lt" => Token(T::Relation(Relation::Less)),
        "gt" => Token(T::Relation(Relation::Greater)),
        "le" | "leq" | "leqslant" => Token(T::Relation(Relation::LessEqual)),
        "ge" | "geq" | "geqslant" => Token(T::Relation(Relation::GreaterEqual)),
        "to" | "rightarrow" | "longrightarrow" | "mapsto" | "leadsto" => Token(T::Relation(Relation::Arrow)),
        "in" => Token(T::Relation(Relation::In)),
        "sim" => Token(T::Relation(Relation::Distributed)),
        "Rightarrow" | "Longrightarrow" | "implies" | "iff" | "Leftrightarrow" | "Longleftrightarrow"
        | "therefore" => Token(T::Implies),

        "frac" | "dfrac" | "tfrac" | "cfrac" | "sqrt" | "binom" | "dbinom" | "tbinom" | "choose" | "over"
        | "sum" | "prod" | "int" | "lim" | "infty" | "partial" | "nabla" | "bmod" | "mod" | "pmod" | "pi"
        | "hat" | "bar" | "overline" | "tilde" | "widehat" | "widetilde" | "vec" | "dot" | "ddot"
        | "underline" | "mathbf" | "boldsymbol" | "bm" | "mathcal" | "mathbb" | "mathfrak" | "mathscr"
        | "underbrace" | "overbrace" | "underset" | "overset" | "stackrel" | "top" | "intercal"
        | "dagger" | "mathbb*" | "cancelto" | "imaginaryunit" | "substack" => Named,
        _ if greek(name).is_some() || function(name).is_some() => Named,
        _ => return None,
    })
}

/// Greek and other letters: the name's canonical spelling.
pub(in crate::syntax) fn greek(name: &str) -> Option<&'static str> {
    const LETTERS: &[&str] = &[
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
    LETTERS.iter().find(|letter| **letter == name).copied()
}

/// Function commands: the spelling in the table of built-ins.
pub(in crate::syntax) fn function(name: &str) -> Option<&'static str> {
    const FUNCTIONS: &[&str] = &[
        "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
        "coth", "exp", "ln", "log", "lg", "min", "max", "gcd", "det", "sgn", "arsinh", "arcosh", "artanh",
        "arcsinh", "arccosh", "arctanh", "sech", "csch", "arccot", "arcsec", "arccsc", "tr", "Pr", "tg",
        "ctg", "arctg", "lcm", "lb", "rank",
    ];
    FUNCTIONS.iter().find(|function| **function == name).copied()
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
