//! Labels at the beginning of paragraphs and headings: "b)", "(ii)", "**Example 2.**".

use super::words::{Role, says};

/// What a label calls its paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// One of several, which may be steps as well.
    Number {
        /// How they are numbered.
        numbering: Numbering,
        /// With it they begin: "1.", "a)".
        is_first: bool,
    },
    /// An exercise, with its title: "example 2".
    Exercise(String),
}

/// How entries are numbered: those of one kind may be parts of those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbering {
    Arabic,
    Roman,
    Letter,
}

impl Label {
    /// The item of a numbered list.
    pub(super) fn item(number: u64) -> Self {
        Self::Number { numbering: Numbering::Arabic, is_first: number <= 1 }
    }

    fn number(number: &str) -> Option<Self> {
        let is_first = matches!(number, "1" | "a" | "A" | "i" | "I");
        Some(Self::Number { numbering: numbering(number)?, is_first })
    }
}

/// The label that a paragraph or a heading begins with.
pub(super) fn of(text: &str, is_heading: bool) -> Option<Label> {
    let line = text.lines().next().unwrap_or_default();
    let mut words = line.split_whitespace().filter(|word| !bare(word).is_empty());
    let first = bare(words.next()?);
    let title = first.to_lowercase();
    let (is_exercise, is_part) = (says(&title, Role::Exercise), says(&title, Role::Part));
    if is_exercise || is_part {
        let number = words.next()?;
        if !(is_heading || ends_label(number, words.next())) {
            return None;
        }
        let number = number.trim_matches(|c: char| !c.is_alphanumeric());
        let label = Label::number(number)?;
        return Some(if is_exercise { Label::Exercise(format!("{title} {number}")) } else { label });
    }
    let number = first.trim_start_matches('(');
    // "Z. B." and "A. Smith" are none.
    let may_end_in_dot = |number: &&str| number.len() > 1 || numbering(number) != Some(Numbering::Letter);
    let number = number.strip_suffix(')').or_else(|| number.strip_suffix('.').filter(may_end_in_dot))?;
    Label::number(number)
}

fn bare(word: &str) -> &str {
    word.trim_matches(['*', '_', '#'])
}

/// Whether a label ends with its number: "Example 2 shows that" only speaks of one.
fn ends_label(number: &str, next: Option<&str>) -> bool {
    let is_emphasised = number.ends_with(['*', '_']);
    let begins = |next: &str| is_emphasised && !bare(next).starts_with(char::is_lowercase);
    bare(number).ends_with(['.', ':', ')', ',']) || next.is_none_or(begins)
}

/// How this is numbered: with a letter, a short number, perhaps with a letter, or a small Roman one.
fn numbering(number: &str) -> Option<Numbering> {
    let is_roman =
        |digits: &str| !number.is_empty() && number.len() <= 5 && number.chars().all(|c| digits.contains(c));
    if is_roman("ivx") || is_roman("IVX") {
        return Some(Numbering::Roman);
    }
    if number.chars().count() == 1 && number.chars().all(char::is_alphabetic) {
        return Some(Numbering::Letter);
    }
    let digits = number.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && number.len() - digits.len() <= 1;
    (is_number && number.len() <= 6).then_some(Numbering::Arabic)
}

#[cfg(test)]
mod tests {
    use super::Numbering::{Arabic, Letter, Roman};
    use super::{Label, of};

    #[test]
    fn numbers() {
        for (text, numbering, is_first) in [
            ("a) Let", Letter, true),
            ("(A) We", Letter, true),
            ("**1)** We", Arabic, true),
            ("i. So", Roman, true),
            ("*(a)*", Letter, true),
            ("Case 1: if", Arabic, true),
            ("**Fall 1** Sei", Arabic, true),
            ("b) Let", Letter, false),
            ("(ii) We", Roman, false),
            ("II. So", Roman, false),
            ("(12) It", Arabic, false),
            ("1.2) It", Arabic, false),
            ("10a) It", Arabic, false),
            ("Part (b)", Letter, false),
        ] {
            assert_eq!(of(text, false), Some(Label::Number { numbering, is_first }), "{text}");
        }
    }

    #[test]
    fn exercises() {
        for (text, title) in [
            ("**Example 2.** Let", "example 2"),
            ("**Example 2** Let", "example 2"),
            ("**Example 2, continued.** Let", "example 2"),
            ("Exercise 3: we", "exercise 3"),
            ("Problem (b)", "problem b"),
            ("Aufgabe 4\nSei", "aufgabe 4"),
            ("**Exercise 1a** It", "exercise 1a"),
        ] {
            assert_eq!(of(text, false), Some(Label::Exercise(title.to_owned())), "{text}");
        }
        assert_eq!(of("## Example 2.1 circles", true), Some(Label::Exercise("example 2.1".to_owned())));
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
            "**Problem 1** asks for",
            "Case 1 was",
            "d. h. nun",
        ] {
            assert_eq!(of(text, false), None, "{text}");
        }
    }
}
