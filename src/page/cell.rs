//! A Rust cell on the page: its code, without our words beside it, and its output below.

use super::{Chapter, markup};
use crate::cell::dependencies_of;
use crate::scan::{self, Cell};
use crate::source::Span;
use crate::splice::Edit;

/// What a page is written for, as far as cells differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Renderer {
    /// Web pages.
    Html,
    /// `mdbook test`, which compiles each fence by itself; with the crates that it does not have.
    Test(Vec<String>),
    /// Anything else.
    Other,
}

/// What is changed of the cell that comes after `position` others.
pub(super) fn edits(chapter: Chapter<'_>, cell: &Cell, position: usize, renderer: &Renderer) -> Vec<Edit> {
    // What is hidden from readers is compiled by `mdbook test` all the same.
    if cell.hidden && !matches!(renderer, Renderer::Test(_)) {
        return vec![Edit { span: cell.outer, text: String::new() }];
    }
    let mut edits = vec![Edit { span: cell.info.span, text: info(chapter, cell, position, renderer) }];
    let prefix = prefix(chapter.text, cell.outer);
    if let (Renderer::Html, Some(id)) = (renderer, &cell.id) {
        let anchor = format!("<a id=\"{}\"></a>\n{prefix}\n{prefix}", markup::text(id));
        edits.push(Edit { span: cell.outer.at_start(), text: anchor });
    }
    if let Some((_, output)) = chapter.outputs.iter().find(|(span, _)| *span == cell.outer) {
        let end = Span { start: cell.outer.end, ..cell.outer };
        edits.push(Edit { span: end, text: shown(output, &prefix, renderer) });
    }
    edits
}

/// The info string of a text that is an output, without our word.
pub(super) fn output_edit(text: &str, outer: Span) -> Option<Edit> {
    let line = text[outer.range()].lines().next()?;
    let start = outer.start as usize + line.find("text")?;
    let end = outer.start as usize + line.trim_end().len();
    let words = text[start..end].split([',', ' ']).filter(|word| *word != "qed" && !word.is_empty());
    Some(Edit { span: Span::new(outer.file, start, end), text: words.collect::<Vec<_>>().join(",") })
}

/// The words of a fence that are not ours, and what its renderer has to know.
fn info(chapter: Chapter<'_>, cell: &Cell, position: usize, renderer: &Renderer) -> String {
    let separator = |c: char| c == ',' || c.is_whitespace();
    let is_ours = |word: &str| matches!(word, "qed" | "qed=show" | "hidden") || word.starts_with("id=");
    let mut words: Vec<&str> =
        cell.info.text.split(separator).filter(|word| !word.is_empty() && !is_ours(word)).collect();
    match renderer {
        // A cell needs its chapter and its crates, which the playground does not have.
        Renderer::Html => words.push("noplayground"),
        Renderer::Test(crates) => {
            let texts = scan::cells(chapter.items).map(|cell| cell.content.text.as_str());
            if !dependencies_of(texts, crates).get(position).copied().unwrap_or(false) {
                words.push("ignore");
            }
        }
        Renderer::Other => {}
    }
    words.join(",")
}

/// What stands before each line of a fence: the marks of quotes, and spaces for those of lists.
fn prefix(text: &str, outer: Span) -> String {
    let start = outer.start as usize;
    let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    text[line..start].chars().map(|c| if c == '>' { '>' } else { ' ' }).collect()
}

fn shown(output: &str, prefix: &str, renderer: &Renderer) -> String {
    let output = output.trim_end();
    if *renderer == Renderer::Html {
        let code = markup::code(output).replace('\n', "&#10;");
        return format!(
            "\n{prefix}\n{prefix}<pre class=\"qed-output\"><code class=\"language-text nohighlight\">{code}</code></pre>\n"
        );
    }
    let lines: String = output.lines().map(|line| format!("\n{prefix}{line}")).collect();
    format!("\n{prefix}\n{prefix}```text{lines}\n{prefix}```")
}
