//! Claim text to expressions: two notations, one form, a place on every node.
//!
//! Reading is guided by the names that are known where the text stands ([`Lexicon`]), since mathematics as
//! people write it cannot be read without them: `o_1(1 - o_1)` is a product or a call depending on what `o_1` is.
//! Nothing is evaluated here.

mod alternatives;
mod column;
mod congruence;
mod decades;
mod decimal_comma;
mod depends;
mod expr;
pub mod function;
mod joint;
mod label;
mod latex;
mod lead;
pub mod macros;
mod measure;
mod name;
pub mod number;
mod parser;
mod print;
mod plain;
mod quantifier;
mod reduction;
mod remainder;
mod restated;
mod scripts;
mod set;
mod siunitx;
mod split;
mod statement;
mod struck;
mod token;
mod underbrace;
mod unicode;
mod unseen;
mod unwrap;

pub use congruence::resolve;
pub use expr::{Binary, Condition, Expr, Fold, Kind, Over, Product, Range, Relation, Side, Unary};
pub use function::Builtin;
pub use measure::{Measure, is_angle, is_factor};
pub use name::{Name, is_constant};
pub use number::Literal;
pub use parser::subscripted;
pub use print::{Instead, print, readable};
pub use set::{End, SetExpr, SetKind};
pub use statement::{Head, Hole, Link, Member, MemberKind, Statement};
pub use unicode::named_letter;

use crate::diag::{Code, Diagnostic};
use crate::scan::{Fragment, LogBase};
use crate::source::Span;

/// Which notation a text is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// LaTeX mathematics.
    Latex,
    /// The plain notation of `let`, fences and inline claims.
    Plain,
}

/// What a name is known as, so far as reading needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A number (or anything that multiplies like one).
    Number,
    /// A list, vector or matrix: can be indexed and transposed.
    List,
    /// A function of the page.
    Function,
    /// A network, a record, a text.
    Other,
}

/// The names that are known where a text is read.
pub trait Lexicon {
    /// What the name with this canonical spelling is, `None` if nothing defines it.
    fn kind(&self, name: &str) -> Option<NameKind>;

    /// Whether any known name begins with exactly these letters (`MSE` of `MSE_1`).
    fn knows_base(&self, letters: &str) -> bool;

    /// The parameters of the function with this spelling, if it is one.
    fn parameters(&self, _name: &str) -> Option<&[Name]> {
        None
    }

    /// Whether a formula gives the elements of this name: `a` of `a_n = 2 n`.
    fn is_sequence(&self, _base: &str) -> bool {
        false
    }

    /// Whether this name may have any value of a domain: `let x in R`.
    fn has_domain(&self, _name: &str) -> bool {
        false
    }

    /// The base of a logarithm that is written without one; `None` if nothing says which.
    fn log(&self) -> Option<LogBase> {
        None
    }
}

/// Why a text cannot be read.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError {
    /// Where, in the file.
    pub span: Span,
    /// The fact.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Which kind of error it is.
    pub reason: Reason,
}

/// The kinds of syntax errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Not well formed.
    Malformed,
    /// Well formed, but not something we can compute.
    Unsupported,
    /// Two readings are possible.
    Ambiguous,
    /// Too deep or too long.
    Limit,
}

impl From<SyntaxError> for Diagnostic {
    fn from(error: SyntaxError) -> Self {
        let code = match error.reason {
            Reason::Malformed => Code::Syntax,
            Reason::Unsupported => Code::Unsupported,
            Reason::Ambiguous => Code::Ambiguous,
            Reason::Limit => Code::Limit,
        };
        Self { help: error.help, ..Self::error(code, error.span, error.message) }
    }
}

impl SyntaxError {
    /// Malformed at bytes `start..end` of the fragment.
    fn new(start: usize, end: usize, message: impl Into<String>) -> Self {
        Self {
            span: Span { start: start as u32, end: end as u32, ..Span::default() },
            message: message.into(),
            help: None,
            reason: Reason::Malformed,
        }
    }

    fn unsupported(self) -> Self {
        Self { reason: Reason::Unsupported, ..self }
    }

    fn ambiguous(self) -> Self {
        Self { reason: Reason::Ambiguous, ..self }
    }

    fn limit(self) -> Self {
        Self { reason: Reason::Limit, ..self }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// From the fragment's own offsets to the file's.
    fn placed(mut self, base: Span) -> Self {
        self.span = place(base, self.span.start, self.span.end);
        self
    }
}

/// Bytes `start..end` of the fragment that begins at `base`, as a place in the file.
fn place(base: Span, start: u32, end: u32) -> Span {
    Span { file: base.file, start: base.start + start, end: base.start + end }
}

/// A place in the `text` that begins at `base`, with the commands around the numbers at its ends: of `\num{5} + 1` no part begins
/// within the braces.
pub fn with_commands(text: &str, base: Span, span: Span) -> Span {
    let offset = |place: u32| place.saturating_sub(base.start) as usize;
    let (start, end) = latex::with_command(text, offset(span.start), offset(span.end));
    place(base, start as u32, end as u32)
}

/// Reads every statement of `fragment`. A statement that cannot be read carries its error; the others are read
/// all the same.
pub fn parse(fragment: &Fragment, notation: Notation) -> Result<Vec<Statement<'_>>, SyntaxError> {
    let placed = |error: SyntaxError| error.placed(fragment.span);
    let tokens = match notation {
        Notation::Latex => latex::lex(&fragment.text),
        Notation::Plain => plain::lex(&fragment.text),
    }
    .map_err(placed)?;
    decimal_comma::refuse(&fragment.text, &tokens).map_err(placed)?;
    Ok(statements(fragment, notation, tokens))
}

/// Reads every statement of `fragment`, from its expansion if it holds macros.
pub fn parse_with<'t>(
    fragment: &'t Fragment,
    notation: Notation,
    expanded: Option<&'t macros::Expanded>,
) -> Result<Vec<Statement<'t>>, SyntaxError> {
    expanded.map_or_else(|| parse(fragment, notation), |expanded| parse_expanded(fragment, expanded))
}

/// Reads every statement of a LaTeX `fragment` from its expansion. Places are those of the fragment.
fn parse_expanded<'t>(
    fragment: &'t Fragment,
    expanded: &'t macros::Expanded,
) -> Result<Vec<Statement<'t>>, SyntaxError> {
    let original = |start: u32, end: u32| {
        (expanded.place(start as usize, false) as u32, expanded.place(end as usize, true) as u32)
    };
    let mut tokens = latex::lex(&expanded.text).map_err(|mut error| {
        (error.span.start, error.span.end) = original(error.span.start, error.span.end);
        error.placed(fragment.span)
    })?;
    for token in &mut tokens {
        let (start, end) = original(token.start, token.end);
        (token.start, token.end) = (start, end.max(start));
    }
    decimal_comma::refuse(&fragment.text, &tokens).map_err(|error| error.placed(fragment.span))?;
    Ok(statements(fragment, Notation::Latex, tokens))
}

fn statements<'t>(
    fragment: &'t Fragment,
    notation: Notation,
    tokens: Vec<token::Token<'t>>,
) -> Vec<Statement<'t>> {
    let (text, base) = (&*fragment.text, fragment.span);
    let mut statements = split::split(text, base, notation, tokens);
    decades::to_base_ten(&mut statements);
    remainder::multiplied_out(text, column::calculated(text, base, statements))
}
