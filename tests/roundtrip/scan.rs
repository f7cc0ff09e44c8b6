//! What `scan` finds in any text.

use std::ops::Range;

use mdbook_qed::diag::Diagnostic;
use mdbook_qed::scan::{Fragment, Item, Part, Scan, ScanOptions, scan};
use mdbook_qed::source::{FileId, Span};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

/// What pages are made of, the parts that interact above all.
const PIECES: &[&str] = &[
    "$",
    "$$",
    " ",
    "  ",
    "    ",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "> ",
    "- ",
    "1. ",
    "# ",
    ": ",
    "a = 1",
    "\\def\\b{1}",
    "b",
    "é",
    "😀",
    "<!-- qed -->",
    "\n<!-- qed -->\n",
    "\n<!-- qed: on -->\n",
    "\n<!-- qed: off -->\n",
    "<!--",
    "-->",
    "<!-- qed: let a = 1 -->",
    "\n<!-- qed: plot a vs b; title=\"é; a\" -->\n",
    "\n<!-- qed: wrong -->\n",
    "\n<!-- qed: skip x -->\n",
    "<!-- qed: table; a = 1 -->\n",
    "{{#qed ",
    "{{#qed a = 1}}",
    "}}",
    "{",
    "}",
    "`",
    "```",
    "```qed\n",
    "\n```\n",
    "~~~",
    "|",
    "|---|\n",
    "| a |\n",
    "\\",
    "\\\\(",
    "\\\\)",
    "\\\\[",
    "\\\\]",
    "\\$",
    "\\|",
    "*",
    "_",
    "[",
    "](",
    "[^1]",
    "\n[^1]: ",
    "<b>",
    "<div>",
    "</div>",
    "<pre>",
    "=",
    "---",
    "\u{feff}",
    "{{#include x}}",
    "\u{a0}",
    "\u{2028}",
];

fn page() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

fn parts(found: &Scan) -> impl Iterator<Item = &Part> {
    found.items.iter().flat_map(|item| if let Item::Block(block) = item { &block.parts[..] } else { &[] })
}

fn fragments(found: &Scan) -> Vec<&Fragment> {
    let mut all = Vec::new();
    for item in &found.items {
        match item {
            Item::Let(text) | Item::Macros(text) => all.push(text),
            Item::Plot(plot) => all.extend(plot.curves.iter().flat_map(|curve| [&curve.y, &curve.x])),
            Item::New { names, .. } => all.extend(names),
            Item::Use { path, .. } => all.push(path),
            Item::Skip { reason, .. } => all.push(reason),
            Item::Report(_) | Item::Section(_) | Item::Entry { .. } | Item::Block(_) => {}
        }
    }
    for part in parts(found) {
        all.extend(part.content());
        if let Part::Table(table) = part {
            all.extend(table.rows_of.iter().chain(&table.header).chain(table.rows.iter().flatten()));
            all.extend(table.columns.iter().map(|column| &column.expression));
        }
    }
    all
}

fn spans(found: &Scan) -> Vec<Span> {
    let mut all: Vec<Span> = found.items.iter().map(Item::span).collect();
    all.extend(fragments(found).iter().map(|fragment| fragment.span));
    all.extend(parts(found).map(Part::span));
    for Diagnostic { span, secondary, .. } in &found.diagnostics {
        all.push(*span);
        all.extend(secondary.iter().map(|(span, _)| *span));
    }
    all
}

/// Markdown's own view of the text.
fn events(text: &str) -> Vec<(Event<'_>, Range<usize>)> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = text.len() - body.len();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    let events = Parser::new_ext(body, options).into_offset_iter();
    events.map(|(event, range)| (event, range.start + base..range.end + base)).collect()
}

/// The lines of `text` without their indentation: container prefixes are blanked in one view, gone in the other.
fn lines(text: &str) -> Vec<&str> {
    text.split('\n').map(|line| line.trim_start_matches([' ', '\t'])).collect()
}

fn check(text: &str, options: ScanOptions) -> Result<(), TestCaseError> {
    let found = scan(FileId(7), text, &options);
    for span in spans(&found) {
        prop_assert_eq!(span.file, FileId(7));
        prop_assert!(text.get(span.range()).is_some(), "{:?} is no piece of the text", span);
    }
    for fragment in fragments(&found) {
        let source = &text.as_bytes()[fragment.span.range()];
        prop_assert_eq!(fragment.text.len(), source.len());
        // Unescaping for MathJax moves backslashes; nothing else does more than blank.
        if !options.mathjax {
            let kept =
                fragment.text.bytes().zip(source).all(|(byte, original)| byte == b' ' || byte == *original);
            prop_assert!(kept, "{:?}", fragment);
        }
    }
    let starts: Vec<u32> = found.items.iter().map(|item| item.span().start).collect();
    prop_assert!(starts.is_sorted(), "{:?}", found.items);
    let outers: Vec<Span> = parts(&found).map(Part::span).collect();
    for (one, next) in outers.iter().zip(outers.iter().skip(1)) {
        prop_assert!(one.start <= next.start, "{:?}", outers);
    }
    for block in
        found.items.iter().filter_map(|item| if let Item::Block(block) = item { Some(block) } else { None })
    {
        prop_assert!(!block.parts.is_empty());
        for span in block.parts.iter().map(Part::span) {
            prop_assert!(block.span.start <= span.start && span.end <= block.span.end, "{:?}", block);
        }
    }
    for (event, range) in events(text) {
        match event {
            // Between two `$$` a line is the formula's, whatever it begins with.
            Event::Code(_) | Event::Start(Tag::CodeBlock(_)) if !text.contains("$$") => {
                for part in
                    parts(&found).filter(|part| matches!(part, Part::Math { .. } | Part::Inline { .. }))
                {
                    prop_assert!(!range.contains(&(part.span().start as usize)), "{:?} is code", part);
                }
            }
            Event::InlineMath(content) | Event::DisplayMath(content) if !text.contains("\\|") => {
                for part in parts(&found).filter(|part| part.span().range() == range) {
                    let ours = part.content().map(|content| lines(&content.text));
                    prop_assert_eq!(ours, Some(lines(&content)));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_page_of_markdown_is_scanned(text in page(), mathjax: bool, all: bool) {
        check(&text, ScanOptions { mathjax, all })?;
    }

    #[test]
    fn any_text_is_scanned(text: String, all: bool) {
        check(&text, ScanOptions { mathjax: true, all })?;
    }

    /// Whatever stands before a tagged block, the block is found where it is.
    #[test]
    fn a_block_is_found_at_its_place(before in "[a-zé😀 .,]{0,40}", line_end in prop::sample::select(vec!["\n", "\r\n"])) {
        let text = format!("{before}{line_end}{line_end}<!-- qed -->{line_end}$$x = 1$${line_end}");
        let found = scan(FileId(0), &text, &ScanOptions::default());
        let part = parts(&found).next().expect("the block is tagged");
        prop_assert_eq!(&text[part.span().range()], "$$x = 1$$");
    }
}

#[test]
fn a_heading_in_a_quotation_is_part_of_its_block() {
    let text = "$\n<!-- qed -->\n> # {{#qed a = 1}}";
    check(text, ScanOptions::default()).expect("the block stands before what is in it");
}

/// White space that Markdown takes for text is none to the span of a block.
#[test]
fn a_heading_of_wide_space_is_not_before_its_block() {
    check("<!-- qed -->\n# $$$$\t\n", ScanOptions::default()).expect("the formula stands in its block");
    check("<!-- qed: skip x -->\n\u{a0}\n=\n", ScanOptions::default())
        .expect("the block stands where its heading does");
}
