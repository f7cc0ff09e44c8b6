//! Applies edits: sorts them, copies the gaps, never reprints Markdown. Knows neither why a text changes nor what
//! is in it; the edits come from `judge` (values) and `page` (marks, math), the result goes to the renderer.

use super::Edit;

/// Why a set of edits cannot be applied. Always a mistake of ours, never of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditError {
    /// Two edits change the same bytes.
    Overlap(Edit, Edit),
    /// An edit reaches past the end of the text, or into the middle of a character.
    OutOfBounds(Edit),
}

impl std::fmt::Display for EditError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Overlap(first, second) => {
                write!(
                    formatter,
                    "edits at bytes {:?} and {:?} overlap",
                    first.span.range(),
                    second.span.range()
                )
            }
            Self::OutOfBounds(edit) => {
                write!(formatter, "the edit at bytes {:?} does not lie in the text", edit.span.range())
            }
        }
    }
}

impl std::error::Error for EditError {}

/// Applies `edits` to `text` and leaves them sorted. Everything between them is copied byte for byte, so no
/// edits give back the same text. Insertions at one place keep their order and come before a replacement there.
///
/// ```
/// use mdbook_qed::source::{FileId, Span};
/// use mdbook_qed::splice::{Edit, apply};
///
/// let mut edits = vec![Edit { span: Span::new(FileId(0), 4, 5), text: "0.5".into() }];
/// assert_eq!(apply("x = ?\r\n", &mut edits).unwrap(), "x = 0.5\r\n");
/// ```
pub fn apply(text: &str, edits: &mut [Edit]) -> Result<String, EditError> {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let grown: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut output = String::with_capacity(text.len() + grown);
    let mut done = 0;
    for (position, edit) in edits.iter().enumerate() {
        let range = edit.span.range();
        if range.start < done {
            return Err(EditError::Overlap(edits[position - 1].clone(), edit.clone()));
        }
        let gap = text.get(done..range.start);
        let (Some(gap), Some(_)) = (gap, text.get(range.clone())) else {
            return Err(EditError::OutOfBounds(edit.clone()));
        };
        output.push_str(gap);
        output.push_str(&edit.text);
        done = range.end;
    }
    output.push_str(&text[done..]);
    Ok(output)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{EditError, apply};
    use crate::source::{FileId, Span};
    use crate::splice::Edit;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { span: Span::new(FileId(0), start, end), text: text.into() }
    }

    #[track_caller]
    fn check(text: &str, edits: &[(usize, usize, &str)], expected: &str) {
        let mut edits: Vec<Edit> = edits.iter().map(|(start, end, text)| edit(*start, *end, text)).collect();
        assert_eq!(apply(text, &mut edits).as_deref(), Ok(expected));
    }

    #[test]
    fn replaces_and_inserts_in_any_order() {
        check("a ? b ?", &[(6, 7, "2"), (2, 3, "1")], "a 1 b 2");
        check("ab", &[(1, 1, "x"), (1, 1, "y"), (1, 2, "z")], "axyz");
        check("ab", &[(0, 1, ""), (1, 2, "")], "");
        check("αβ", &[(2, 4, "?")], "α?");
    }

    #[test]
    fn keeps_line_ends_tabs_and_a_missing_final_newline() {
        check("\ta\r\nb\u{feff}\r\n?", &[(10, 11, "1")], "\ta\r\nb\u{feff}\r\n?".replace('?', "1").as_str());
    }

    #[test]
    fn refuses_overlaps() {
        let mut edits = vec![edit(0, 2, "x"), edit(1, 3, "y")];
        assert_eq!(apply("abc", &mut edits), Err(EditError::Overlap(edit(0, 2, "x"), edit(1, 3, "y"))));
        let mut edits = vec![edit(0, 2, "x"), edit(1, 1, "y")];
        assert!(matches!(apply("abc", &mut edits), Err(EditError::Overlap(..))));
    }

    #[test]
    fn refuses_what_lies_outside_the_text_or_inside_a_character() {
        for outside in [edit(2, 4, ""), edit(9, 9, ""), edit(4, 4, "")] {
            assert_eq!(apply("abc", &mut [outside.clone()]), Err(EditError::OutOfBounds(outside)));
        }
        assert_eq!(apply("α", &mut [edit(1, 2, "")]), Err(EditError::OutOfBounds(edit(1, 2, ""))));
    }

    proptest! {
        #[test]
        fn no_edits_give_the_same_bytes(text in any::<String>()) {
            prop_assert_eq!(apply(&text, &mut []), Ok(text));
        }

        #[test]
        fn edits_that_write_what_is_there_change_nothing(text in "\\PC{0,40}", cuts in prop::collection::vec(0usize..60, 0..8)) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| text.floor_char_boundary(*cut % (text.len() + 1))).collect();
            cuts.sort_unstable();
            let mut edits: Vec<Edit> = cuts.chunks_exact(2).map(|cut| edit(cut[0], cut[1], &text[cut[0]..cut[1]])).collect();
            prop_assert_eq!(apply(&text, &mut edits), Ok(text));
        }

        #[test]
        fn any_edits_either_apply_or_are_refused(text in any::<String>(), ranges in prop::collection::vec((0usize..30, 0usize..5), 0..6)) {
            let mut edits: Vec<Edit> = ranges.iter().map(|(start, length)| edit(*start, start + length, "·")).collect();
            let _ = apply(&text, &mut edits);
        }
    }
}
