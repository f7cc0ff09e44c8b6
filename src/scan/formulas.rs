//! Every formula of a chapter, tagged or not: what the page shows as mathematics.

use std::ops::Range;

use pulldown_cmark::Event;

use super::{Fragment, markdown};
use crate::source::{FileId, Span};

/// Math as Markdown delimits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// With the delimiters.
    pub outer: Span,
    /// Between the delimiters.
    pub content: Fragment,
    /// Whether it stands by itself (`$$`).
    pub display: bool,
}

/// All `$…$` and `$$…$$` of `text`, in order.
pub fn formulas(file: FileId, text: &str) -> Vec<Formula> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = text.len() - body.len();
    let parsed = markdown::shield(body);
    let formula = |range: Range<usize>, content: &str, width: usize| {
        let inner = range.start + width..(range.end - width).max(range.start + width);
        let span = |range: Range<usize>| Span::new(file, base + range.start, base + range.end);
        let text = blanked(&body[inner.clone()], &parsed[inner.clone()], content);
        Formula { outer: span(range), content: Fragment { span: span(inner), text }, display: width == 2 }
    };
    markdown::events(&parsed)
        .filter_map(|(event, range)| match event {
            Event::InlineMath(content) => Some(formula(range, &content, 1)),
            Event::DisplayMath(content) => Some(formula(range, &content, 2)),
            _ => None,
        })
        .collect()
}

/// `source` with the prefixes of its containers blanked out: of each line, what `content` does not have. `parsed` is
/// the source as Markdown was given it.
fn blanked(source: &str, parsed: &str, content: &str) -> String {
    if parsed == content {
        return source.to_owned();
    }
    let mut output = String::with_capacity(source.len());
    let mut lines = content.split('\n');
    for (idx, (line, parsed)) in source.split('\n').zip(parsed.split('\n')).enumerate() {
        if idx > 0 {
            output.push('\n');
        }
        let kept = lines.next().filter(|kept| parsed.ends_with(*kept)).unwrap_or(parsed);
        let prefix = line.len() - kept.len();
        output.push_str(&" ".repeat(prefix));
        output.push_str(&line[prefix..]);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::formulas;
    use crate::source::FileId;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str, bool)]) {
        let found = formulas(FileId(0), text);
        let found: Vec<_> = found
            .iter()
            .map(|it| {
                assert_eq!(it.content.text.len(), it.content.span.range().len());
                (&text[it.outer.range()], it.content.text.as_str(), it.display)
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn in_every_container() {
        check("a $x$ b $$y$$", &[("$x$", "x", false), ("$$y$$", "y", true)]);
        check("> - $$a\n>   b$$", &[("$$a\n>   b$$", "a\n    b", true)]);
        check("| a |\n|---|\n| $x$ |\n", &[("$x$", "x", false)]);
        check("`$x$`\n\n```\n$x$\n```\n\n\\$x\\$ 5$ 6$", &[]);
        check("\u{feff}é $α$", &[("$α$", "α", false)]);
        check("> $$\n> a\n> - b\n> $$", &[("$$\n> a\n> - b\n> $$", "\n  a\n  - b\n  ", true)]);
        check("$$\na\r\nb\r\n$$", &[("$$\na\r\nb\r\n$$", "\na\r\nb\r\n", true)]);
    }
}
