//! A ```` ```qed ```` fence as the page shows it: preformatted code on one line of HTML, values filled in, marks on its
//! numbers.

use std::fmt::Write;
use std::ops::Range;

use super::markup;

/// A place in the fence that does not show its own characters alone.
pub(super) struct Piece {
    /// Where it stands in the content.
    pub(super) range: Range<usize>,
    /// What it shows, as HTML.
    pub(super) html: String,
}

/// The HTML of a fence whose lines are indented by the `indent` columns of its container. `pieces` are sorted and
/// disjoint.
pub(super) fn html(content: &str, indent: usize, pieces: &[Piece]) -> String {
    // A class that names a language would make mdBook's highlighter complain that it does not know this one.
    let mut output = String::from("<pre><code class=\"qed-fence nohighlight\">");
    let mut done = 0;
    let content_end = content.trim_end_matches(['\n', '\r']).len();
    for piece in pieces.iter().filter(|piece| piece.range.end <= content_end) {
        push_lines(&mut output, content, done..piece.range.start, indent);
        output.push_str(&piece.html);
        done = piece.range.end;
    }
    push_lines(&mut output, content, done..content_end, indent);
    output.push_str("</code></pre>");
    output
}

fn push_lines(output: &mut String, content: &str, range: Range<usize>, indent: usize) {
    let at_line_start = range.start == 0 || content[..range.start].ends_with('\n');
    let Some(text) = content.get(range) else { return };
    for (idx, line) in text.split('\n').enumerate() {
        let indented = idx > 0 || at_line_start;
        let cut = line.bytes().take(indent).take_while(|byte| *byte == b' ').count();
        let line = if indented { &line[cut..] } else { line };
        let newline = if idx > 0 { "&#10;" } else { "" };
        let _ = write!(output, "{newline}{}", markup::code(line));
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, html};

    #[track_caller]
    fn check(content: &str, indent: usize, pieces: &[(usize, usize, &str)], expected: &str) {
        let pieces: Vec<Piece> = pieces
            .iter()
            .map(|(start, end, html)| Piece { range: *start..*end, html: (*html).to_owned() })
            .collect();
        let expected = format!("<pre><code class=\"qed-fence nohighlight\">{expected}</code></pre>");
        assert_eq!(html(content, indent, &pieces), expected);
    }

    #[test]
    fn lines_and_pieces() {
        check("a\r\n b\n", 0, &[], "a&#10;&#32;b");
        check("x ?\ny", 0, &[(2, 3, "<b>1</b>")], "x&#32;<b>1</b>&#10;y");
        check("", 0, &[], "");
    }

    #[test]
    fn the_indentation_of_the_container_goes() {
        check("  a\n    b\n c", 2, &[], "a&#10;&#32;&#32;b&#10;c");
        check("  ?\n  b", 2, &[(2, 3, "1")], "1&#10;b");
    }
}
