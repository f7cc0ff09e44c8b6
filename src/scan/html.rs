//! Raw HTML: which of it is comment, which is markup and which is text.
//!
//! Offsets are those of the text that is given; it knows neither tags nor places.

use std::ops::Range;

/// A piece of raw HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// `<!-- … -->`: all of it, and what stands between the delimiters.
    Comment { outer: Range<usize>, body: Range<usize> },
    /// `<!--` that is never closed, to the end.
    Unclosed(Range<usize>),
    /// What the reader sees, or an element's markup.
    Text(Range<usize>),
}

/// Elements whose content is code, or no text at all.
const OPAQUE: &[&str] = &["<script", "<style", "<pre", "<textarea", "<?", "<!["];

/// Whether a block of raw HTML holds nothing that is ours to read.
pub(super) fn is_opaque(html: &str) -> bool {
    let html = html.trim_start();
    let longest = OPAQUE.iter().map(|start| start.len()).max().unwrap_or(0);
    let head: String = html.chars().take(longest).collect::<String>().to_ascii_lowercase();
    OPAQUE.iter().any(|start| head.starts_with(start))
}

/// Comments and what stands between them, in order; white space by itself is left out.
pub(super) fn segments(html: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find("<!--").map(|offset| at + offset) {
        push_text(&mut segments, html, at..start);
        let body = start + "<!--".len();
        let Some(end) = html[body..].find("-->").map(|offset| body + offset) else {
            segments.push(Segment::Unclosed(start..html.len()));
            return segments;
        };
        at = end + "-->".len();
        segments.push(Segment::Comment { outer: start..at, body: body..end });
    }
    push_text(&mut segments, html, at..html.len());
    segments
}

fn push_text(segments: &mut Vec<Segment>, html: &str, range: Range<usize>) {
    if !html[range.clone()].trim().is_empty() {
        segments.push(Segment::Text(range));
    }
}

/// The text of `html` between elements' tags (`<td class="x">`), without the tags.
pub(super) fn text_between_elements(html: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut at = range.start;
    let mut from = range.start;
    while let Some(open) = html[from..range.end].find('<').map(|offset| from + offset) {
        let named =
            html.as_bytes().get(open + 1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'/');
        from = open + 1;
        if !named {
            continue;
        }
        let Some(close) = html[from..range.end].find('>').map(|offset| from + offset) else { break };
        if at < open {
            pieces.push(at..open);
        }
        at = close + 1;
        from = at;
    }
    if at < range.end {
        pieces.push(at..range.end);
    }
    pieces
}

/// Whether only white space stands before `range` on its first line and after it on its last.
pub(super) fn alone_on_line(html: &str, range: Range<usize>) -> bool {
    // Only white space is walked over: a line of many comments must not be read once for each.
    let before = html[..range.start].trim_end_matches([' ', '\t']);
    let after = html[range.end..].trim_start_matches([' ', '\t', '\r']);
    (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'))
}

#[cfg(test)]
mod tests {
    use super::{Segment, alone_on_line, is_opaque, segments, text_between_elements};

    #[test]
    fn comments_and_text() {
        let html = "<!-- a -->\n<p>b</p>\n<!-- c";
        assert_eq!(
            segments(html),
            [Segment::Comment { outer: 0..10, body: 4..7 }, Segment::Text(10..20), Segment::Unclosed(20..26)]
        );
        assert_eq!(segments(" \n"), []);
    }

    #[test]
    fn text_without_markup() {
        let html = "<td class=\"$\">$1 < 2$</td> x";
        assert_eq!(text_between_elements(html, 0..html.len()), [14..21, 26..28]);
        assert_eq!(text_between_elements("a <b c", 0..6), text_between_elements("a < b c", 0..6));
    }

    #[test]
    fn code_is_opaque() {
        assert!(is_opaque("<PRE>\n<!-- qed -->\n</PRE>"));
        assert!(is_opaque("  <script>"));
        assert!(!is_opaque("<p>x</p>"));
    }

    #[test]
    fn alone() {
        assert!(alone_on_line("x\n  <!-- -->\t\ny", 4..12));
        assert!(!alone_on_line("x <!-- -->", 2..10));
        assert!(!alone_on_line("<!-- --> x", 0..8));
    }
}
