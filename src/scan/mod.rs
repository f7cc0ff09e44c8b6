//! Markdown to the things that are to be checked, with their byte ranges. The only user of the Markdown parser.
//!
//! Knows tags and Markdown, nothing of mathematics: contents of tags (`let`, column expressions, inline
//! claims) are handed on as [`Fragment`]s.

use crate::source::Span;

/// A piece of a source whose container prefixes (`> `, list indentation) are blanked out with spaces, so that
/// `text.len()` equals the span's length and a byte offset in `text` plus `span.start` is an offset in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Where it stands.
    pub span: Span,
    /// Its characters, as long in bytes as the span.
    pub text: String,
}

/// What a chapter holds for us, in reading order.
#[derive(Clone, Debug)]
pub enum Item {
    /// `<!-- qed: let … -->`: definitions in plain notation, separated by `;`.
    Let(Fragment),
    /// `<!-- qed: new [x, n] -->`: forgets these names, all if none.
    New { span: Span, names: Vec<Fragment> },
    /// `<!-- qed: use chapter.md -->`.
    Use { span: Span, path: Fragment },
    /// `<!-- qed: report -->`: the list of all claims belongs here.
    Report(Span),
    /// `<!-- qed: plot y vs x; title=… -->`.
    Plot { span: Span, text: Fragment },
    /// A block that is checked.
    Block(Block),
    /// A block under `skip`.
    Skip { span: Span, reason: Fragment },
}

/// One checked block: the unit that `wrong` and the overrides apply to.
#[derive(Clone, Debug)]
pub struct Block {
    /// The whole block.
    pub span: Span,
    /// Overrides for this block.
    pub rules: Rules,
    /// `<!-- qed: wrong -->`: something in it must be false. The span of the tag.
    pub wrong: Option<Span>,
    /// What is checked in it, in order.
    pub parts: Vec<Part>,
}

/// A checked part of a block.
#[derive(Clone, Debug)]
pub enum Part {
    /// `$…$`, `$$…$$` or mdBook's MathJax delimiters. `outer` includes the delimiters.
    Math { outer: Span, content: Fragment, display: bool },
    /// A ```` ```qed ```` fence. `outer` includes the fences.
    Fence { outer: Span, content: Fragment, hidden: bool },
    /// `{{#qed …}}`; `content` is what follows `#qed`, up to the closing braces.
    Inline { outer: Span, content: Fragment },
    /// A Markdown table under `<!-- qed: table … -->`.
    Table(Table),
}

/// A table and how its columns are to be checked.
#[derive(Clone, Debug)]
pub struct Table {
    /// The whole table.
    pub span: Span,
    /// The tag, for errors about it.
    pub tag: Span,
    /// The expression whose elements are the rows (`vgg.layers`), if any.
    pub rows_of: Option<Fragment>,
    /// `Header = expression`, in the order of the tag.
    pub columns: Vec<Column>,
    /// Header cells, trimmed.
    pub header: Vec<Fragment>,
    /// Body rows of trimmed cells.
    pub rows: Vec<Vec<Fragment>>,
}

/// One `Header = expression` (or `Header = skip`) of a table tag.
#[derive(Clone, Debug)]
pub struct Column {
    /// The header it names, without quotes.
    pub header: String,
    /// Where the header is named.
    pub span: Span,
    /// The expression in plain notation; `skip` stands as text.
    pub expression: Fragment,
}

/// Overrides that a tag gives to its block; `None` leaves the book's rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// `rel=1e-3`: relative tolerance, the text of a positive decimal.
    pub rel: Option<String>,
    /// `abs=0.01`: absolute tolerance.
    pub abs: Option<String>,
    /// `rounding=truncate` or `rounding=nearest`.
    pub rounding: Option<Rounding>,
    /// `log=e`, `log=2` or `log=10`.
    pub log: Option<LogBase>,
    /// `intermediate=rounded` or `intermediate=exact`.
    pub intermediate: Option<Intermediate>,
}

/// How a stated number may come from the computed one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest, a tie either way.
    #[default]
    Nearest,
    /// Cut off is accepted too.
    Truncate,
}

/// The base of `\log` without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogBase {
    /// Natural.
    E,
    /// Binary.
    Two,
    /// Decimal.
    Ten,
}

/// Whether the literals of a first computed member may themselves be rounded numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intermediate {
    /// They are exact.
    #[default]
    Exact,
    /// Each stands for any number that rounds to it.
    Rounded,
}

/// What the book's configuration says about scanning.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScanOptions {
    /// mdBook's MathJax delimiters `\\(…\\)` and `\\[…\\]` are math too.
    pub mathjax: bool,
    /// Every equation counts as tagged.
    pub all: bool,
}

/// What was found in one text.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// In reading order.
    pub items: Vec<Item>,
    /// What is wrong with the tags themselves.
    pub diagnostics: Vec<crate::diag::Diagnostic>,
    /// Whether the author tagged anything.
    pub tagged: bool,
}

/// Finds everything in `text` that is to be checked.
pub fn scan(file: crate::source::FileId, text: &str, options: &ScanOptions) -> Scan {
    let _ = (file, text, options);
    Scan::default()
}
