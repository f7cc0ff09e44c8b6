//! The table of LaTeX commands: what each one means to us. A command that is not here is an error at its place.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::named::{ALIASES, FUNCTIONS, LETTERS};
use crate::syntax::expr::Relation;
use crate::syntax::token::{Bracket, TokenKind};

/// What a command does in the lexer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// A fixed token.
    Token(TokenKind<'static>),
    /// White space, or a mark for the typesetter alone.
    Space,
    /// `\left` before a delimiter; a `.` after it is one that is not seen.
    Left,
    /// `\right`.
    Right,
    /// A size before a delimiter, and whether it opens or closes.
    Size(Option<bool>),
    /// A space with a length after it (`\hskip 1em`).
    Length,
    /// A note over or under something (`\stackrel{!}{=}`): kept around a relation, without the note.
    Stacked,
    /// A relation that grows with the note over it (`\xlongequal{\text{def}}`), and under it in square brackets.
    Stretched(Relation),
    /// Brackets around one argument (`\pqty{…}`).
    Dressed(Bracket),
    /// Upright letters (`\mathrm{…}`): a word is a name or function, around anything else it says nothing.
    Upright,
    /// A number and its unit in two arguments (`\SI{3}{m/s}`).
    Quantity,
    /// Known, but without a value: why, and what to write.
    Refused(&'static str, &'static str),
    /// A relation that is not judged.
    Unjudged,
    /// Layout with one argument that says nothing to us (`\label{…}`): skipped with it.
    SkipArgument,
    /// A style around one argument (`\boxed{…}`, `\mathrm{…}`): the argument stays.
    Transparent,
    /// `\color{red}`, `\textcolor{red}{…}`: the first argument goes, what follows stays.
    SkipFirst,
    /// `\text{…}`, `\operatorname{…}`: the argument is raw text.
    Text,
    /// A fraction with its brackets, line and style in arguments (`\genfrac`).
    Fraction,
    /// A letter, function or construct that the parser knows by name.
    Named,
}

/// Every command but letters and functions: the names of each kind and what they mean.
const COMMANDS: &[(&[&str], Meaning)] = {
    use Meaning::{
        Dressed, Fraction, Left, Length, Named, Quantity, Refused, Right, Size, SkipArgument, SkipFirst,
        Space, Stacked, Stretched, Text, Token, Transparent, Unjudged, Upright,
    };
    use TokenKind as T;
    &[
        (
            &[
                ",",
                ":",
                ";",
                "!",
                " ",
                ">",
                "/",
                "thinspace",
                "space",
                "medspace",
                "thickspace",
                "negthinspace",
                "negmedspace",
                "negthickspace",
                "displaystyle",
                "textstyle",
                "scriptstyle",
                "scriptscriptstyle",
                "limits",
                "nolimits",
                "nonumber",
                "notag",
                "hfill",
                "bf",
                "it",
                "sf",
                "tt",
                "tiny",
                "scriptsize",
                "footnotesize",
                "small",
                "normalsize",
                "large",
                "Large",
                "LARGE",
                "huge",
                "Huge",
                "mathstrut",
                "strut",
                "hline",
                "allowbreak",
                "nobreak",
                "nobreakspace",
                "relax",
                "null",
                "centering",
                "checkmark",
                "qed",
                "qedhere",
                "qedsymbol",
                "blacksquare",
            ],
            Space,
        ),
        (&["quad", "qquad", "enspace", "enskip"], Token(T::Wide)),
        (&["hskip", "kern", "mkern", "mskip"], Length),
        (&["left", "mleft"], Left),
        (&["right", "mright"], Right),
        (&["middle", "big", "Big", "bigg", "Bigg", "bigm", "Bigm"], Size(None)),
        (&["bigl", "Bigl", "biggl", "Biggl"], Size(Some(true))),
        (&["bigr", "Bigr", "biggr", "Biggr"], Size(Some(false))),
        (
            &[
                "label", "tag", "tag*", "cline", "hspace", "hspace*", "vspace", "mspace", "phantom",
                "hphantom", "vphantom", "ref", "eqref",
            ],
            SkipArgument,
        ),
        (
            &[
                "boxed",
                "fbox",
                "mathit",
                "mathsf",
                "mathtt",
                "mathnormal",
                "ensuremath",
                "mathop",
                "mathbin",
                "mathrel",
                "mathord",
                "mathopen",
                "mathclose",
                "mathinner",
                "smash",
                "mathclap",
                "mathllap",
                "mathrlap",
                "cancel",
                "bcancel",
                "xcancel",
                "sout",
            ],
            Transparent,
        ),
        (&["mathrm", "rm"], Upright),
        (&["num", "ang", "SI", "qty"], Quantity),
        (&["pqty"], Dressed(Bracket::Round)),
        (&["bqty"], Dressed(Bracket::Square)),
        (&["Bqty"], Dressed(Bracket::Curly)),
        (&["vqty"], Dressed(Bracket::Vert)),
        (&["$", "textdollar", "dollar", "mathdollar"], Token(T::Currency("$"))),
        (&["pounds", "textsterling", "mathsterling"], Token(T::Currency("£"))),
        (&["euro", "texteuro", "EUR"], Token(T::Currency("€"))),
        (&["yen", "textyen"], Token(T::Currency("¥"))),
        (&["cent", "textcent"], Token(T::Currency("¢"))),
        (&["stackrel", "overset", "underset"], Stacked),
        (&["pm"], Token(T::PlusMinus)),
        (&["mp"], Token(T::MinusPlus)),
        (
            &["mathchoice", "iint", "iiint", "oint"],
            Refused(
                "does not say where each variable runs",
                "write `\\int_{0}^{1}\\int_{0}^{2} … \\,dx\\,dy`",
            ),
        ),
        (
            &["forall", "exists", "land", "lor", "lnot", "neg", "otimes", "oplus", "wedge", "vee"],
            Refused("is not computed", "leave this formula untagged"),
        ),
        (
            &[
                "ll",
                "gg",
                "lll",
                "ggg",
                "lesssim",
                "gtrsim",
                "leqq",
                "geqq",
                "asymp",
                "propto",
                "subset",
                "subseteq",
                "supset",
                "supseteq",
                "perp",
                "parallel",
                "prec",
                "succ",
                "preceq",
                "succeq",
                "backsim",
                "thicksim",
                "gets",
                "leftarrow",
                "longleftarrow",
                "leftrightarrow",
                "rightleftharpoons",
            ],
            Unjudged,
        ),
        (&["color", "textcolor", "colorbox"], SkipFirst),
        (
            &[
                "text",
                "textrm",
                "textnormal",
                "textbf",
                "textit",
                "textsf",
                "texttt",
                "textup",
                "mbox",
                "hbox",
                "operatorname",
                "operatorname*",
                "mathop*",
                "si",
                "unit",
            ],
            Text,
        ),
        (&["cdot", "cdotp", "centerdot", "ast"], Token(T::Dot)),
        (&["times"], Token(T::Times)),
        (&["odot", "circ"], Token(T::Elementwise)),
        (&["div", "slash"], Token(T::Slash)),
        (&["genfrac"], Fraction),
        (&["lbrack"], Token(T::Open(Bracket::Square))),
        (&["rbrack"], Token(T::Close(Bracket::Square))),
        (&["lparen", "lgroup"], Token(T::Open(Bracket::Round))),
        (&["rparen", "rgroup"], Token(T::Close(Bracket::Round))),
        (&["exponentialE"], Token(T::Word("e"))),
        (&["differentialD"], Token(T::Word("d"))),
        (&["{", "lbrace"], Token(T::Open(Bracket::Curly))),
        (&["}", "rbrace"], Token(T::Close(Bracket::Curly))),
        (&["lfloor"], Token(T::Open(Bracket::Floor))),
        (&["rfloor"], Token(T::Close(Bracket::Floor))),
        (&["lceil"], Token(T::Open(Bracket::Ceil))),
        (&["rceil"], Token(T::Close(Bracket::Ceil))),
        (&["langle"], Token(T::Open(Bracket::Angle))),
        (&["rangle"], Token(T::Close(Bracket::Angle))),
        (&["lvert"], Token(T::Open(Bracket::Vert))),
        (&["rvert"], Token(T::Close(Bracket::Vert))),
        (&["lVert"], Token(T::Open(Bracket::DoubleVert))),
        (&["rVert"], Token(T::Close(Bracket::DoubleVert))),
        (&["vert", "mid"], Token(T::Bar)),
        (&["Vert", "|"], Token(T::DoubleBar)),
        (&["%"], Token(T::Percent)),
        (&["degree"], Token(T::Degree)),
        (&["prime"], Token(T::Prime(1))),
        (&["colon"], Token(T::Colon)),
        (&["\\", "newline", "cr"], Token(T::Newline)),
        (&["ldots", "cdots", "dots", "dotsc", "dotsb", "dotsm", "vdots", "ddots"], Token(T::Dots)),
        (
            &[
                "approx",
                "simeq",
                "cong",
                "doteq",
                "thickapprox",
                "approxeq",
                "fallingdotseq",
                "risingdotseq",
                "Doteq",
                "doteqdot",
                "eqsim",
                "backsimeq",
                "bumpeq",
                "Bumpeq",
            ],
            Token(T::Relation(Relation::Approximate)),
        ),
        (&["circeq", "eqcirc", "eqqcolon", "eqcolon"], Token(T::Relation(Relation::Equal))),
        (&["xlongequal", "xlongequals"], Stretched(Relation::Equal)),
        (&["xrightarrow", "xmapsto", "xhookrightarrow"], Stretched(Relation::Arrow)),
        (&["coloneqq", "coloneq", "triangleq"], Token(T::Relation(Relation::Define))),
        (&["equiv"], Token(T::Relation(Relation::Congruent))),
        (&["nmid"], Token(T::Relation(Relation::NotDivides))),
        (&["nleq", "nleqslant"], Token(T::Relation(Relation::Greater))),
        (&["ngeq", "ngeqslant"], Token(T::Relation(Relation::Less))),
        (&["nless"], Token(T::Relation(Relation::GreaterEqual))),
        (&["ngtr"], Token(T::Relation(Relation::LessEqual))),
        (&["nequiv"], Token(T::Relation(Relation::Incongruent))),
        (&["ne", "neq"], Token(T::Relation(Relation::NotEqual))),
        (&["lt"], Token(T::Relation(Relation::Less))),
        (&["gt"], Token(T::Relation(Relation::Greater))),
        (&["le", "leq", "leqslant"], Token(T::Relation(Relation::LessEqual))),
        (&["ge", "geq", "geqslant"], Token(T::Relation(Relation::GreaterEqual))),
        (
            &[
                "to",
                "rightarrow",
                "longrightarrow",
                "mapsto",
                "longmapsto",
                "leadsto",
                "rightsquigarrow",
                "hookrightarrow",
                "dashrightarrow",
                "twoheadrightarrow",
                "rightarrowtail",
            ],
            Token(T::Relation(Relation::Arrow)),
        ),
        (&["in"], Token(T::Relation(Relation::In))),
        (&["notin"], Token(T::Relation(Relation::NotIn))),
        (&["frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac", "flatfrac"], Token(T::Command("frac"))),
        (&["binom", "dbinom", "tbinom"], Token(T::Command("binom"))),
        (&["pmod", "pod"], Token(T::Command("pmod"))),
        (&["hat", "widehat"], Token(T::Command("hat"))),
        (&["tilde", "widetilde"], Token(T::Command("tilde"))),
        (&["overrightarrow"], Token(T::Command("vec"))),
        (&["measuredangle", "sphericalangle"], Token(T::Command("angle"))),
        (&["mathbf", "boldsymbol", "bm"], Token(T::Command("mathbf"))),
        (&["mathcal", "mathscr"], Token(T::Command("mathcal"))),
        (&["top", "intercal"], Token(T::Command("top"))),
        (&["cup"], Token(T::Command("cup"))),
        (&["cap"], Token(T::Command("cap"))),
        (&["setminus", "smallsetminus"], Token(T::Command("setminus"))),
        (&["emptyset", "varnothing"], Token(T::Command("emptyset"))),
        (&["complement"], Token(T::Command("complement"))),
        (&["sim"], Token(T::Relation(Relation::Distributed))),
        (
            &[
                "Rightarrow",
                "Longrightarrow",
                "implies",
                "iff",
                "Leftrightarrow",
                "Longleftrightarrow",
                "therefore",
                "because",
            ],
            Token(T::Implies),
        ),
        (
            &[
                "sqrt",
                "cbrt",
                "abs",
                "norm",
                "floor",
                "ceil",
                "choose",
                "atop",
                "over",
                "sum",
                "prod",
                "int",
                "lim",
                "infty",
                "partial",
                "nabla",
                "bmod",
                "mod",
                "pi",
                "bar",
                "overline",
                "vec",
                "angle",
                "dot",
                "ddot",
                "underline",
                "mathbb",
                "mathfrak",
                "underbrace",
                "overbrace",
                "dagger",
                "mathbb*",
                "cancelto",
                "imaginaryunit",
                "substack",
                "searrow",
                "nearrow",
                "downarrow",
                "uparrow",
                "#",
                "dv",
                "pdv",
                "root",
                "of",
                "surd",
            ],
            Named,
        ),
    ]
};

/// What is known of a command.
#[derive(Clone, Copy, Debug)]
struct Entry {
    meaning: Meaning,
    letter: Option<&'static str>,
    function: Option<&'static str>,
}

/// All tables of this file, by name.
fn entry(name: &str) -> Option<&'static Entry> {
    static ENTRIES: LazyLock<HashMap<&'static str, Entry>> = LazyLock::new(|| {
        let new = |meaning| Entry { meaning, letter: None, function: None };
        let mut entries = HashMap::new();
        for (names, meaning) in COMMANDS {
            entries.extend(names.iter().map(|name| (*name, new(*meaning))));
        }
        for name in LETTERS {
            entries.entry(*name).or_insert(new(Meaning::Named)).letter = Some(name);
        }
        let aliases = ALIASES.iter().map(|(alias, name)| (*alias, *name));
        for (name, function) in FUNCTIONS.iter().map(|name| (*name, *name)).chain(aliases) {
            entries.entry(name).or_insert(new(Meaning::Named)).function = Some(function);
        }
        entries
    });
    ENTRIES.get(name)
}

/// The meaning of `\name`, `None` if we do not know it.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    entry(name).map(|entry| entry.meaning)
}

/// Why `\name` has no value, and what to do about it.
pub(in crate::syntax) fn refusal(name: &str) -> (String, Option<&'static str>) {
    match meaning(name) {
        Some(Meaning::Refused(why, help)) => (format!("`\\{name}` {why}"), Some(help)),
        Some(Meaning::Quantity) if name == "ang" => {
            (format!("`\\{name}` is understood around degrees, minutes and seconds"), None)
        }
        Some(Meaning::Quantity) => (format!("`\\{name}` is understood around one number and its unit"), None),
        Some(Meaning::Space) => {
            ("only a sum, or one operation on two numbers, is read above a line".to_owned(), None)
        }
        Some(Meaning::Unjudged) => (format!("`\\{name}` is a relation that is not judged"), None),
        _ => (format!("the command `\\{name}` is not known"), None),
    }
}

/// Whether a sign can be a relation, since nothing else is known of it: a command that is not in the table, an arrow or a
/// mathematical operator that is one character.
pub(in crate::syntax) fn may_relate(sign: &str) -> bool {
    match sign.strip_prefix('\\') {
        Some(name) => matches!(meaning(name), Some(Meaning::Unjudged) | None),
        None => sign.chars().all(|c| matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2234}'..='\u{22ff}')),
    }
}

/// Greek and other letters: the name's canonical spelling.
pub(in crate::syntax) fn greek(name: &str) -> Option<&'static str> {
    entry(name)?.letter
}

/// Function commands: the spelling in the table of built-ins.
pub(in crate::syntax) fn function(name: &str) -> Option<&'static str> {
    entry(name)?.function
}
