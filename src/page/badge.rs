//! The badge: an SVG that says how many numbers were verified.

use crate::report::Counts;

/// Widths of digits and letters in the badge's font, in pixels: close enough for the text to sit in its field, which
/// `textLength` then fills exactly.
const LETTER: usize = 7;
const PADDING: usize = 7;

/// Fields of a dark grey and a colour, with a contrast of at least 4.5 to the white text on them.
const LABEL_COLOR: &str = "#444";
const GOOD: &str = "#1a7f37";
const BAD: &str = "#c62828";

/// The badge for what was counted, as an SVG document with a final newline.
pub fn badge(counts: Counts) -> String {
    let (value, color) = match (counts.errors, counts.ok) {
        (0, ok) => (ok.to_string(), GOOD),
        (1, _) => ("1 error".to_owned(), BAD),
        (errors, _) => (format!("{errors} errors"), BAD),
    };
    let label = "numbers verified";
    let (left, right) = (width(label), width(&value));
    let total = left + right;
    let text = |text: &str, start: usize, field: usize| {
        let (middle, length) = (start + field / 2, field - 2 * PADDING);
        format!("<text x=\"{middle}\" y=\"14\" textLength=\"{length}\">{text}</text>")
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{total}\" height=\"20\" role=\"img\" \
         aria-label=\"{label}: {value}\">\n\
         <title>{label}: {value}</title>\n\
         <clipPath id=\"r\"><rect width=\"{total}\" height=\"20\" rx=\"3\"/></clipPath>\n\
         <g clip-path=\"url(#r)\"><rect width=\"{left}\" height=\"20\" fill=\"{LABEL_COLOR}\"/>\
         <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{color}\"/></g>\n\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,Geneva,sans-serif\" font-size=\"11\">\
         {}{}</g>\n\
         </svg>\n",
        text(label, 0, left),
        text(&value, left, right)
    )
}

fn width(text: &str) -> usize {
    text.chars().count() * LETTER + 2 * PADDING
}

#[cfg(test)]
mod tests {
    use super::badge;
    use crate::report::Counts;

    #[test]
    fn says_how_many_or_how_wrong() {
        let counts = |ok, errors| Counts { claims: ok + errors, ok, errors, ..Counts::default() };
        assert!(badge(counts(132, 0)).contains("<title>numbers verified: 132</title>"));
        assert!(badge(counts(132, 0)).contains("#1a7f37"));
        assert!(badge(counts(5, 1)).contains("aria-label=\"numbers verified: 1 error\""));
        assert!(badge(counts(5, 2)).contains("2 errors</text>"));
        assert!(!badge(counts(5, 2)).contains("#1a7f37"));
    }
}
