//! Labels at the beginning of paragraphs and headings: "b)", "(ii)", "**Example 2.**".

use super::words::{Role, says};

/// What a label calls its paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// One of several, which may be steps as well.
    Number {
        /// With it they begin: "1.", "a)".
        is_first: bool,
    },
    /// An exercise, with its title: "example 2".
    Exercise(String),
}

/// The label that a paragraph or a heading begins with.
pub(super) fn of(paragraph: &str) -> Option<Label> {
    let line = paragraph.lines().next().unwrap_or_default();
    let is_title = line.starts_with(['#', '*', '_']);
    let mut words = line.split_whitespace().map(|word| word.trim_matches(['*', '_', '#']));
    let first = words.find(|word| !word.is_empty())?;
    let title = first.to_lowercase();
    let (is_exercise, is_part) = (says(&title, Role::Exercise), says(&title, Role::Part));
    if is_exercise || is_part {
        let number = words.next()?;
        // "Example 2 shows that" only speaks of it.
        let is_label = is_title || number.ends_with(['.', ':', ')']) || words.next().is_none();
        let number = number.trim_matches(['(', ')', '.', ':', ',']);
        return (is_label && counts(number)).then(|| match is_exercise {
            true => Label::Exercise(format!("{title} {number}")),
            false => Label::Number { is_first: begins(number) },
        });
    }
    let number = first.trim_start_matches('(');
    let is_label =
        |number: &str| number.len() > 1 || number.chars().all(|c| c.is_ascii_digit() || is_roman(c));
    // "Z. B." and "A. Smith" are none.
    let number =
        number.strip_suffix(')').or_else(|| number.strip_suffix('.').filter(|number| is_label(number)))?;
    counts(number).then(|| Label::Number { is_first: begins(number) })
}

fn begins(number: &str) -> bool {
    matches!(number, "1" | "a" | "A" | "i" | "I")
}

fn is_roman(c: char) -> bool {
    "ivx".contains(c)
}

/// Whether this is a letter, a short number, perhaps with a letter, or a small Roman one.
fn counts(number: &str) -> bool {
    let mut chars = number.chars();
    let is_letter = |chars: &mut std::str::Chars<'_>| {
        chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
    };
    let is_roman = || number.chars().all(is_roman) || number.chars().all(|c| "IVX".contains(c));
    let digits = number.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && number.len() - digits.len() <= 1;
    is_letter(&mut chars) || (1..=6).contains(&number.len()) && (is_roman() || is_number)
}

#[cfg(test)]
mod tests {
    use super::{Label, of};

    #[test]
    fn numbers() {
        for (texts, is_first) in [
            (
                &["a) Let", "(A) We", "**1)** We", "i. So", "*(a)*", "1. We", "Case 1: if", "**Fall 1** Sei"]
                    [..],
                true,
            ),
            (
                &[
                    "b) Let",
                    "(ii) We",
                    "**c)** We",
                    "iv. So",
                    "II. So",
                    "(12) It",
                    "1.2) It",
                    "10a) It",
                    "Part (b)",
                ],
                false,
            ),
        ] {
            for text in texts {
                assert_eq!(of(text), Some(Label::Number { is_first }), "{text}");
            }
        }
    }

    #[test]
    fn exercises() {
        for (text, title) in [
            ("**Example 2.** Let", "example 2"),
            ("## Example 2.1", "example 2.1"),
            ("Exercise 3: we", "exercise 3"),
            ("Problem (b)", "problem b"),
            ("Aufgabe 4\nSei", "aufgabe 4"),
            ("**Exercise 1a** It", "exercise 1a"),
        ] {
            assert_eq!(of(text), Some(Label::Exercise(title.to_owned())), "{text}");
        }
    }

    #[test]
    fn prose() {
        for text in [
            "Let",
            "$a$) we",
            "An example 2",
            "Example of it",
            "e.g. it",
            "3.5 is",
            "Step 2",
            "",
            "** **",
            "Z. B. ist",
            "A. Smith found",
            "Example 1 shows",
            "Case 1 was",
            "d. h. nun",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
