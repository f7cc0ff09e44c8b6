//! Fenced code: which fences are ours, and what stands between them.

use std::ops::Range;

use pulldown_cmark::CowStr;

use super::Fragment;
use super::fragment::Page;
use super::tags::is_slip;
use crate::diag::suggest;

/// A code block while its lines come in.
pub(super) struct Fence<'t> {
    /// What follows the opening fence; `None` for indented code.
    pub(super) info: Option<CowStr<'t>>,
    /// The lines of code, without container prefixes.
    pub(super) lines: Vec<Range<usize>>,
}

impl<'t> Fence<'t> {
    pub(super) fn new(info: Option<CowStr<'t>>) -> Self {
        Self { info, lines: Vec::new() }
    }

    /// The code of the block in `range`, and whether a fence closes it.
    pub(super) fn content(&self, page: Page<'_>, range: Range<usize>) -> (Fragment, bool) {
        let first_line = page.text[range.clone()].find('\n').map_or(range.end, |at| range.start + at + 1);
        let end = self.lines.last().map_or(first_line, |line| line.end.max(first_line));
        let rest = page.text[end..range.end.max(end)].trim_matches([' ', '\t', '>', '\r', '\n']);
        (page.fragment(first_line, page.masked(first_line..end, &self.lines)), !rest.is_empty())
    }

    /// Where the info string stands, in the block that begins at `start`.
    pub(super) fn info_range(&self, page: Page<'_>, start: usize) -> Range<usize> {
        let (line, fence) = opening(page, start);
        start + fence..start + line.trim_end().len().max(fence)
    }

    /// Where `word` of the info string stands, in the block that begins at `start`.
    pub(super) fn place_of(&self, page: Page<'_>, start: usize, word: &Range<usize>) -> Range<usize> {
        let (line, fence) = opening(page, start);
        // Entities and escapes in an info string make it differ from its source; then the whole line is the place.
        match &self.info {
            Some(info) if line[fence..].starts_with(&**info) => {
                start + fence + word.start..start + fence + word.end
            }
            _ => start..start + line.len(),
        }
    }
}

/// The opening line of the block that begins at `start`, and where in it the fence ends.
fn opening(page: Page<'_>, start: usize) -> (&str, usize) {
    let line = page.text[start..].lines().next().unwrap_or("");
    (line, line.len() - line.trim_start_matches(['`', '~', ' ', '\t']).len())
}

/// What the info string of a fence says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Info {
    /// Not ours: another language.
    Other,
    /// ```` ```rust,qed ````.
    Cell { hidden: bool, show: bool, id: Option<String> },
    /// ```` ```text,qed ````.
    Output,
    /// ```` ```math ````: a display, as GitHub and GitLab show it.
    Math,
    /// ```` ```qed ````.
    Qed { hidden: bool },
    /// Meant for us, but with a word that does not exist: its range and what may have been meant.
    Unknown { word: Range<usize>, meant: Option<&'static str> },
}

/// Reads an info string. Words stand between commas or white space, as mdBook splits them.
pub(super) fn info(info: &str) -> Info {
    let mut words = words(info);
    let Some(language) = words.next() else { return Info::Other };
    match &info[language.clone()] {
        "qed" => options(info, words),
        "math" if words.clone().next().is_none() => Info::Math,
        "rust" => rust(info, &words.collect::<Vec<_>>()),
        "text" => {
            match words.find(|word| matches!(&info[word.clone()], "qed") || is_slip(&info[word.clone()])) {
                Some(word) if &info[word.clone()] == "qed" => Info::Output,
                Some(word) => Info::Unknown { word, meant: Some("qed") },
                None => Info::Other,
            }
        }
        word if is_slip(word) => Info::Unknown { word: language, meant: Some("qed") },
        _ => match words.find(|word| &info[word.clone()] == "qed") {
            // Only Rust can be run; a `qed` that does nothing would look like a check.
            Some(word) => Info::Unknown { word, meant: None },
            None => Info::Other,
        },
    }
}

/// The words of a Rust fence. Those that we do not know are mdBook's or rustdoc's.
fn rust(info: &str, words: &[Range<usize>]) -> Info {
    let text = |word: &Range<usize>| &info[word.clone()];
    let is_ours = |word: &&Range<usize>| text(word) == "qed" || text(word).starts_with("qed=");
    if words.iter().find(is_ours).is_none() {
        let slip = words.iter().find(|word| is_slip(text(word).split('=').next().unwrap_or_default()));
        return match slip {
            Some(word) => Info::Unknown { word: word.clone(), meant: Some("qed") },
            None => Info::Other,
        };
    }
    let (mut hidden, mut show, mut id) = (false, false, None);
    for word in words {
        match text(word).split_once('=').unwrap_or((text(word), "")) {
            ("qed", "") => {}
            ("qed", "show") => show = true,
            ("hidden", "") => hidden = true,
            ("id", name) if !name.is_empty() => id = Some(name.to_owned()),
            ("qed" | "id" | "hidden", _) => return Info::Unknown { word: word.clone(), meant: None },
            (other, _) => {
                if let Some(meant) = suggest::nearest(other, ["hidden"]) {
                    return Info::Unknown { word: word.clone(), meant: Some(meant) };
                }
            }
        }
    }
    Info::Cell { hidden, show, id }
}

fn options(info: &str, words: impl Iterator<Item = Range<usize>>) -> Info {
    let mut hidden = false;
    for word in words {
        match &info[word.clone()] {
            "hidden" => hidden = true,
            other => {
                let meant = suggest::nearest(other, ["hidden"]).map(|_| "hidden");
                return Info::Unknown { word, meant };
            }
        }
    }
    Info::Qed { hidden }
}

fn words(info: &str) -> impl Iterator<Item = Range<usize>> + Clone {
    let separator = |c: char| c == ',' || c.is_whitespace();
    let start = move |word: &str| word.as_ptr() as usize - info.as_ptr() as usize;
    info.split(separator)
        .filter(|word| !word.is_empty())
        .map(move |word| start(word)..start(word) + word.len())
}

#[cfg(test)]
mod tests {
    use super::{Info, info};

    #[test]
    fn ours() {
        for (text, hidden) in
            [("qed", false), ("qed,hidden", true), ("qed hidden", true), (" qed , hidden ", true)]
        {
            assert_eq!(info(text), Info::Qed { hidden }, "{text}");
        }
    }

    #[test]
    fn not_ours() {
        for text in ["", "rust", "rust,no_run", "python", "red", "text,hidden", ",", "{.rust}"] {
            assert_eq!(info(text), Info::Other, "{text}");
        }
    }

    #[test]
    fn cells() {
        let cell = |hidden, show, id: Option<&str>| Info::Cell { hidden, show, id: id.map(str::to_owned) };
        assert_eq!(info("rust,qed"), cell(false, false, None));
        assert_eq!(info("rust,editable,qed=show"), cell(false, true, None));
        assert_eq!(info("rust qed hidden id=forward"), cell(true, false, Some("forward")));
        assert_eq!(info("rust,qed=shwo"), Info::Unknown { word: 5..13, meant: None });
        assert_eq!(info("rust,qed,hiden"), Info::Unknown { word: 9..14, meant: Some("hidden") });
        assert_eq!(info("rust,qed,id="), Info::Unknown { word: 9..12, meant: None });
        assert_eq!(info("text,qed"), Info::Output);
        assert_eq!(info("text"), Info::Other);
        assert_eq!(info("math"), Info::Math);
        assert_eq!(info("math,ignore"), Info::Other);
    }

    #[test]
    fn slips() {
        assert_eq!(info("qde"), Info::Unknown { word: 0..3, meant: Some("qed") });
        assert_eq!(info("qed,hiden"), Info::Unknown { word: 4..9, meant: Some("hidden") });
        assert_eq!(info("rust,qde"), Info::Unknown { word: 5..8, meant: Some("qed") });
        assert_eq!(info("qed editable"), Info::Unknown { word: 4..12, meant: None });
        assert_eq!(info("python,qed"), Info::Unknown { word: 7..10, meant: None });
    }
}
