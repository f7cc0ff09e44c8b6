//! Markdown to the things that are to be checked, with their byte ranges. The only user of the Markdown parser.
//!
//! Knows tags and Markdown, nothing of mathematics: contents of tags (`let`, column expressions, inline
//! claims) are handed on as [`Fragment`]s. Goes on to `judge`, in reading order.
//!
//! | file | holds |
//! |---|---|
//! | `walk` | Markdown events to items: containers, which tag belongs to which block |
//! | `read` | what the pieces of a block hold |
//! | `active` | a block that is being read, and the parts found in it |
//! | `tags` | the grammar of `<!-- qed: … -->` |
//! | `settings` | `wrong`, `rel=1e-3` and the other settings of a block tag |
//! | `table` | the grammar of the table tag; header and cells |
//! | `plot` | the grammar of the plot tag |
//! | `html` | comments and text of raw HTML |
//! | `fence` | info strings of fenced code |
//! | `markdown` | how Markdown is parsed, without taking display math apart |
//! | `run` | one stretch of inline text, with the prefixes of its containers blanked out |
//! | `dollar` | math in a run |
//! | `environment` | environments of equations without dollars |
//! | `formulas` | every formula of a chapter, for the page |
//! | `entries`, `label` | entries beside each other, and their labels |
//! | `lead` | the words before a formula |
//! | `words` | what words around formulas say |
//! | `inline` | `{{#qed …}}` in a run |

mod active;
mod dollar;
mod entries;
mod environment;
mod fence;
mod formulas;
mod fragment;
mod html;
mod inline;
mod label;
mod lead;
mod markdown;
mod plot;
mod read;
mod run;
mod settings;
mod table;
mod tags;
mod walk;
mod words;

use crate::diag::Diagnostic;
use crate::num::exact::Rational;
use crate::source::{FileId, Span};

pub use formulas::{Formula, formulas};
pub use fragment::Fragment;
pub(crate) use lead::lead;
pub use lead::{Lead, Words};
pub(crate) use words::{Role, is_or, says};

/// Finds everything in `text` that is to be checked. Spans are offsets into `text`, byte-order mark and carriage
/// returns included. Wrong documents yield diagnostics, never a failure.
///
/// ```
/// use mdbook_qed::scan::{Item, ScanOptions, scan};
/// use mdbook_qed::source::FileId;
///
/// let page = scan(FileId(0), "<!-- qed -->\n$$1 + 1 = 2$$\n", &ScanOptions::default());
/// let [Item::Block(block)] = &page.items[..] else { panic!("one tag, one block") };
/// assert_eq!(block.parts[0].content().unwrap().text, "1 + 1 = 2");
/// ```
pub fn scan(file: FileId, text: &str, options: &ScanOptions) -> Scan {
    walk::walk(file, text, options)
}

/// The Rust cells among `items`, in order.
pub fn cells(items: &[Item]) -> impl Iterator<Item = &Cell> {
    let parts = items.iter().filter_map(|item| match item {
        Item::Block(block) => Some(&block.parts),
        _ => None,
    });
    parts.flatten().filter_map(|part| match part {
        Part::Cell(cell) => Some(cell),
        _ => None,
    })
}

/// What decides which mathematics is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanOptions {
    /// `mathjax-support`: `\\\\(…\\\\)` and `\\\\[…\\\\]` are math too.
    pub mathjax: bool,
    /// `scope = "all"`: every equation counts as tagged.
    pub all: bool,
}

/// What a chapter holds for us.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// In reading order: sorted by where they start.
    pub items: Vec<Item>,
    /// What is wrong with the tags.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether there is any tag at all, a broken one included.
    pub tagged: bool,
}

/// Where entries beside each other begin and end: the items of a numbered list, and paragraphs with a label, "b)" or "Example 2".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The first of them follows, or the next one of those before, "3.", that something else interrupts.
    Open {
        /// It does not begin to count.
        continues: bool,
    },
    /// Another one begins.
    Next {
        /// Its label calls it an exercise: "Example 2".
        is_exercise: bool,
    },
    /// The last of them ends.
    Close,
}

/// One thing in a chapter that concerns us.
#[derive(Clone, Debug)]
pub enum Item {
    /// `<!-- qed: let … -->`: definitions in plain notation, separated by `;`.
    Let(Fragment),
    /// `<!-- qed: new [x, n] -->`: forgets these names, all if none.
    New {
        /// The tag.
        span: Span,
        /// As written, each name by itself.
        names: Vec<Fragment>,
    },
    /// `<!-- qed: use chapter.md -->`.
    Use {
        /// The tag.
        span: Span,
        /// The path as written, without quotes.
        path: Fragment,
    },
    /// `<!-- qed: report -->`: the list of all claims belongs here.
    Report(Span),
    /// `<!-- qed: plot y vs x; title=… -->`.
    Plot(Plot),
    /// A formula that is not checked but defines macros, from here on.
    Macros(Fragment),
    /// A heading begins another section here.
    Section(Span),
    /// Something that may be an exercise of its own begins or ends here.
    Entry {
        /// Of the list, of its item or of the paragraph.
        span: Span,
        /// Which of that.
        edge: Edge,
    },
    /// A block that is checked.
    Block(Block),
    /// A block under `skip`.
    Skip {
        /// The block, not the tag.
        span: Span,
        /// Why, in the author's words.
        reason: Fragment,
    },
}

impl Item {
    /// Its place: the tag of a directive, but the block itself of a block.
    pub fn span(&self) -> Span {
        match self {
            Self::Let(text) | Self::Macros(text) => text.span,
            Self::New { span, .. } | Self::Use { span, .. } | Self::Skip { span, .. } => *span,
            Self::Plot(plot) => plot.span,
            Self::Report(span) | Self::Section(span) | Self::Entry { span, .. } => *span,
            Self::Block(block) => block.span,
        }
    }
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
    /// `$…$`, `$$…$$`, mdBook's MathJax delimiters, or an environment of equations. `outer` includes the delimiters.
    Math {
        /// With the delimiters.
        outer: Span,
        /// Between the delimiters.
        content: Fragment,
        /// Whether it stands by itself (`$$`).
        display: bool,
        /// What the words before it say of it.
        words: Words,
    },
    /// A ```` ```qed ```` fence. `outer` includes the fences.
    Fence {
        /// With the fences.
        outer: Span,
        /// The lines between them.
        content: Fragment,
        /// Whether the reader is not to see it.
        hidden: bool,
    },
    /// A ```` ```rust,qed ```` fence.
    Cell(Cell),
    /// A ```` ```text,qed ```` fence: what the cell before it prints.
    Output {
        /// With the fences.
        outer: Span,
        /// The lines between them.
        content: Fragment,
        /// What stands before each of its lines: the marks of quotes and lists.
        prefix: String,
    },
    /// `{{#qed …}}`; `content` is what follows `#qed`, up to the closing braces.
    Inline {
        /// With the braces.
        outer: Span,
        /// The claim or value asked for.
        content: Fragment,
    },
    /// A Markdown table under `<!-- qed: table … -->`.
    Table(Table),
}

impl Part {
    /// All of it, with delimiters, fences or braces.
    pub fn span(&self) -> Span {
        match self {
            Self::Math { outer, .. }
            | Self::Fence { outer, .. }
            | Self::Output { outer, .. }
            | Self::Inline { outer, .. } => *outer,
            Self::Cell(cell) => cell.outer,
            Self::Table(table) => table.span,
        }
    }

    /// What is read as mathematics; a table has only its cells.
    pub fn content(&self) -> Option<&Fragment> {
        match self {
            Self::Math { content, .. } | Self::Fence { content, .. } | Self::Inline { content, .. } => {
                Some(content)
            }
            Self::Cell(_) | Self::Output { .. } | Self::Table(_) => None,
        }
    }
}

/// Rust that is compiled and run.
#[derive(Clone, Debug)]
pub struct Cell {
    /// With the fences.
    pub outer: Span,
    /// The code.
    pub content: Fragment,
    /// The info string.
    pub info: Fragment,
    /// Whether the reader is not to see it.
    pub hidden: bool,
    /// Whether its output is shown below it.
    pub show: bool,
    /// What it is called, on the page and in messages.
    pub id: Option<String>,
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
    /// The text of the header cell it names, as it stands in [`Table::header`].
    pub header: String,
    /// Where the header is named.
    pub span: Span,
    /// The expression in plain notation; `skip` stands as text.
    pub expression: Fragment,
}

/// A figure, as its tag asks for it.
#[derive(Clone, Debug)]
pub struct Plot {
    /// The tag.
    pub span: Span,
    /// What it shows, in the author's words; empty if nothing is said.
    pub title: String,
    /// What the axes, x and y, measure; empty if nothing is said.
    pub labels: [String; 2],
    /// Whether the axes, x and y, are to be logarithmic.
    pub log: [bool; 2],
    /// At least one.
    pub curves: Vec<Curve>,
}

/// `y vs x as name`: one curve of a [`Plot`].
#[derive(Clone, Debug)]
pub struct Curve {
    /// All of it.
    pub span: Span,
    /// The expression in plain notation whose elements are the heights.
    pub y: Fragment,
    /// As `y`, for the places.
    pub x: Fragment,
    /// For the legend; empty if it has none.
    pub name: String,
}

/// Overrides that a tag gives to its block; `None` leaves the book's rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// `rel=1e-3`: relative tolerance. Positive.
    pub rel: Option<Rational>,
    /// `abs=0.01`: absolute tolerance. Positive.
    pub abs: Option<Rational>,
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

impl LogBase {
    /// Every base that authors write `\log` for, with the word that settings use.
    pub const ALL: &[(&str, Self)] = &[("e", Self::E), ("2", Self::Two), ("10", Self::Ten)];

    /// As settings spell it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, base)| *base == self).map_or("", |(word, _)| word)
    }

    /// The base that a setting spells so.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, base)| *base)
    }
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
