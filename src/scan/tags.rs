//! The grammar of tags. Knows no Markdown: it is given the inside of a comment that stands where a tag may.
//!
//! ```text
//! comment  = "<!--" "qed" [ ":" body ] "-->"
//! body     = "on" | "off" | "report"
//!          | "let" definitions | "new" [ names ] | "use" path
//!          | "plot" curves                   (see `plot`)
//!          | "table" spec                    (see `table`)
//!          | "skip" reason
//!          | setting { setting }             (see `settings`; `wrong` is one of them)
//! names    = name { "," name } | "[" name { "," name } "]"
//! ```

use super::plot;
use super::settings::{self, Settings};
use super::table::{self, TableTag};
use super::{Fragment, Item};
use crate::diag::{Code, Diagnostic, suggest};
use crate::source::Span;

/// One well-formed tag.
pub(super) enum Tag {
    /// Stands for itself.
    Directive(Item),
    /// `on`.
    On,
    /// `off`.
    Off,
    /// Says something about the next block.
    Block(BlockTag),
}

/// What a tag says about the next block.
pub(super) enum BlockTag {
    Check,
    Settings(Settings),
    Table(TableTag),
    Skip(Fragment),
}

/// A comment that was found, without a decision yet whether it is a tag.
pub(super) struct Comment {
    /// From `<!--` to `-->`.
    pub(super) span: Span,
    /// Between them.
    pub(super) body: Fragment,
}

/// How a comment begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// An ordinary comment.
    Plain,
    /// A tag; the offset past the word `qed`.
    Tag(usize),
    /// A word that was surely meant to be `qed`; its range.
    Misspelt(std::ops::Range<usize>),
}

/// One word of the language and how what follows it is read.
struct Word {
    name: &'static str,
    read: fn(&Comment, Fragment) -> Result<Tag, Diagnostic>,
}

/// Every tag but the settings, which have their own table.
const WORDS: &[Word] = &[
    Word { name: "on", read: |comment, rest| alone(comment, rest, Tag::On) },
    Word { name: "off", read: |comment, rest| alone(comment, rest, Tag::Off) },
    Word { name: "let", read: |comment, rest| Ok(directive(Item::Let(wanted(comment, rest, LET)?))) },
    Word { name: "new", read: read_new },
    Word { name: "use", read: read_use },
    Word {
        name: "table",
        read: |comment, rest| Ok(Tag::Block(BlockTag::Table(table::read(comment, rest)?))),
    },
    Word { name: "skip", read: |comment, rest| Ok(Tag::Block(BlockTag::Skip(wanted(comment, rest, SKIP)?))) },
    Word { name: "plot", read: read_plot },
    Word {
        name: "report",
        read: |comment, rest| alone(comment, rest, directive(Item::Report(comment.span))),
    },
];

/// What is missing and how it would look, for tags that say nothing by themselves.
type Missing = (&'static str, &'static str);
const LET: Missing = ("`let` without a definition", "write `<!-- qed: let a = 1 -->`");
const SKIP: Missing = ("`skip` without a reason", "say why: `<!-- qed: skip read off a lost plot -->`");
const USE: Missing = ("`use` without a chapter", "write `<!-- qed: use chapter.md -->`");
const PLOT: Missing = ("`plot` without a curve", "write `<!-- qed: plot y vs x -->`");

/// Whether a comment with this `body` is a tag.
pub(super) fn opening(body: &str) -> Opening {
    let start = body.len() - body.trim_start().len();
    let length = body[start..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len() - start);
    let word = start..start + length;
    match &body[word.clone()] {
        "qed" => Opening::Tag(word.end),
        other if is_slip(other) => Opening::Misspelt(word),
        _ => Opening::Plain,
    }
}

/// Whether `word` was surely meant to be `qed`. Ordinary three-letter words (`red`, `wed`) must not count.
pub(super) fn is_slip(word: &str) -> bool {
    let lower = word.to_lowercase();
    if lower == "qed" {
        return word != "qed";
    }
    let mut letters: Vec<char> = lower.chars().take(5).collect();
    letters.sort_unstable();
    letters == ['d', 'e', 'q'] || (lower.starts_with('q') && suggest::nearest(&lower, ["qed"]).is_some())
}

/// The error for a word that was meant to be `qed`.
pub(super) fn misspelt(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(Code::UnknownTag, span, format!("`{word}` is no tag")).help("did you mean `qed`?")
}

/// Reads the tag in `comment`, of which [`opening`] said that `qed` ends at `after`.
pub(super) fn read(comment: &Comment, after: usize) -> Result<Tag, Diagnostic> {
    let rest = comment.body.slice(after..comment.body.text.len());
    if rest.is_blank() {
        return Ok(Tag::Block(BlockTag::Check));
    }
    let trimmed = rest.trimmed();
    let Some(body) = trimmed.text.strip_prefix(':') else {
        return Err(malformed(trimmed.span, "no colon after `qed`").help("write `<!-- qed: … -->`"));
    };
    let body = trimmed.slice(trimmed.text.len() - body.len()..trimmed.text.len()).trimmed();
    if body.text.is_empty() {
        return Err(malformed(comment.span, "nothing after the colon")
            .help("`<!-- qed -->` checks the next block; `<!-- qed: on -->` all that follow"));
    }
    read_body(comment, &body)
}

/// Reads what follows the colon, by its first word.
fn read_body(comment: &Comment, body: &Fragment) -> Result<Tag, Diagnostic> {
    let end = body.text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'));
    let end = end.unwrap_or(body.text.len());
    let name = &body.text[..end];
    let rest = body.slice(end..body.text.len()).trimmed();
    // `on=…` is no `on`: what has an equals sign is a setting, known or not.
    if let Some(word) = WORDS.iter().find(|word| word.name == name && !rest.text.starts_with('=')) {
        return (word.read)(comment, rest);
    }
    if settings::NAMES.contains(&name) {
        return Ok(Tag::Block(BlockTag::Settings(settings::read(body)?)));
    }
    let mut error = Diagnostic::error(
        Code::UnknownTag,
        body.slice(0..end.max(1).min(body.text.len())).span,
        match name {
            "" => "a tag without a word after the colon".to_owned(),
            _ if WORDS.iter().any(|word| word.name == name) => {
                format!("`{name}` is no setting and takes no `=`")
            }
            _ => format!("there is no tag `{name}`"),
        },
    );
    error.help = suggest::did_you_mean(name, names()).or_else(|| {
        Some(format!(
            "the tags are {}",
            names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ))
    });
    Err(error)
}

/// Every word that may follow the colon.
fn names() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|word| word.name).chain(settings::NAMES.iter().copied())
}

/// An error about how a tag is written.
pub(super) fn malformed(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code::MalformedTag, span, message)
}

fn directive(item: Item) -> Tag {
    Tag::Directive(item)
}

/// `tag`, if nothing follows its word.
fn alone(_: &Comment, rest: Fragment, tag: Tag) -> Result<Tag, Diagnostic> {
    if rest.text.is_empty() {
        return Ok(tag);
    }
    Err(malformed(rest.span, "nothing may follow this tag's word").help("give each tag a comment of its own"))
}

/// `rest`, if there is any.
fn wanted(comment: &Comment, rest: Fragment, (message, help): Missing) -> Result<Fragment, Diagnostic> {
    if rest.text.is_empty() { Err(malformed(comment.span, message).help(help)) } else { Ok(rest) }
}

fn read_plot(comment: &Comment, rest: Fragment) -> Result<Tag, Diagnostic> {
    Ok(directive(Item::Plot(plot::read(comment, &wanted(comment, rest, PLOT)?)?)))
}

fn read_use(comment: &Comment, rest: Fragment) -> Result<Tag, Diagnostic> {
    let path = unquoted(&wanted(comment, rest, USE)?)?;
    if path.text.trim().is_empty() {
        return Err(malformed(path.span, USE.0).help(USE.1));
    }
    Ok(directive(Item::Use { span: comment.span, path }))
}

/// `fragment` without the double quotes around it, if there are any.
pub(super) fn unquoted(fragment: &Fragment) -> Result<Fragment, Diagnostic> {
    let Some(inner) = fragment.text.strip_prefix('"') else { return Ok(fragment.clone()) };
    match inner.find('"') {
        Some(end) if end + 1 == inner.len() => Ok(fragment.slice(1..1 + end)),
        Some(end) => {
            Err(malformed(fragment.slice(end + 2..fragment.text.len()).span, "text after the closing quote"))
        }
        None => Err(malformed(fragment.span, "a quote that is not closed")),
    }
}

fn read_new(comment: &Comment, rest: Fragment) -> Result<Tag, Diagnostic> {
    let list = match (rest.text.strip_prefix('['), rest.text.strip_suffix(']')) {
        (Some(_), Some(_)) if rest.text.len() > 1 => rest.slice(1..rest.text.len() - 1),
        (None, _) => rest,
        _ => {
            return Err(
                malformed(rest.span, "a bracket that is not closed").help("write `new [x, n]` or `new x, n`")
            );
        }
    };
    let names = if list.is_blank() { Vec::new() } else { split(&list, b',') };
    match names.iter().find(|name| name.text.is_empty()) {
        Some(empty) => {
            Err(malformed(empty.span, "a name is missing here").help("write `new [x, n]` or `new x, n`"))
        }
        None => Ok(directive(Item::New { span: comment.span, names })),
    }
}

/// The trimmed pieces of `list` between top-level `separator`s: none inside quotes or brackets counts.
pub(super) fn split(list: &Fragment, separator: u8) -> Vec<Fragment> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in top_level(&list.text) {
        if list.text.as_bytes()[at] == separator {
            pieces.push(list.slice(start..at).trimmed());
            start = at + 1;
        }
    }
    pieces.push(list.slice(start..list.text.len()).trimmed());
    pieces
}

/// Offsets of the bytes of `text` outside double quotes and brackets of any kind. An opening bracket is inside, and
/// so is everything after one that is never closed.
pub(super) fn top_level(text: &str) -> impl Iterator<Item = usize> {
    let (mut quoted, mut depth) = (false, 0_usize);
    text.bytes().enumerate().filter_map(move |(at, byte)| {
        match byte {
            b'"' => quoted = !quoted,
            b'(' | b'[' | b'{' if !quoted => depth += 1,
            b')' | b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => return (!quoted && depth == 0).then_some(at),
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::{Opening, is_slip, opening};

    #[test]
    fn comments_that_are_tags() {
        assert_eq!(opening(" qed "), Opening::Tag(4));
        assert_eq!(opening("qed:on"), Opening::Tag(3));
        assert_eq!(opening("\n\tqed: let"), Opening::Tag(5));
    }

    #[test]
    fn slips_of_the_tag_itself() {
        for word in ["QED", "Qed", "qde", "eqd", "deq", "qedd", "qd", "qe", "qued", "qwd"] {
            assert!(is_slip(word), "{word}");
        }
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        for word in ["qed", "", "red", "wed", "end", "TODO", "q", "quiz", "aqed", "queue", "ed", "weed"] {
            assert!(!is_slip(word), "{word}");
        }
    }
}
