//! Environments of equations in the open, `\begin{align} … \end{align}` without dollars: MathJax and many other programs
//! typeset them.
//!
//! Authors break rows in them with `\\`, or with `\\\\` where they know that Markdown leaves half of the backslashes.

use std::collections::BTreeMap;
use std::ops::Range;

use super::run::{Kind, Piece, Run};

/// The environments that are mathematics by themselves; with a star too.
const EQUATIONS: &[&str] = &[
    "align",
    "aligned",
    "alignat",
    "alignedat",
    "displaymath",
    "eqnarray",
    "equation",
    "flalign",
    "gather",
    "gathered",
    "math",
    "multline",
    "split",
];

/// An environment of equations. Offsets are in the run's text.
pub(super) struct Environment {
    /// `\begin{…}`.
    pub(super) opening: Range<usize>,
    /// Where `\end{…}` ends, if there is one.
    pub(super) end: Option<usize>,
}

/// `\begin{…}` or `\end{…}` of an environment of equations.
struct Mark<'t> {
    range: Range<usize>,
    name: &'t str,
    begins: bool,
}

/// The environments in `text`, the masked text of `run`, that begin outside the ranges `taken`, by where they begin. One may
/// stand in another.
pub(super) fn find(run: &Run<'_>, text: &str, taken: &[Range<usize>]) -> Vec<Environment> {
    if !text.contains("\\begin{") {
        return Vec::new();
    }
    let is_taken = |at: usize| {
        let next = taken.partition_point(|taken| taken.end <= at);
        taken.get(next).is_some_and(|taken| taken.start <= at)
    };
    // From the last mark to the first, so that each finds the next end of its name.
    let mut ends = BTreeMap::new();
    let mut found = Vec::new();
    let in_the_open = |mark: &Mark<'_>| is_text(run, mark.range.start) && !is_taken(mark.range.start);
    for Mark { range, name, begins } in marks(text).into_iter().rev().filter(in_the_open) {
        if begins {
            found.push(Environment { opening: range, end: ends.get(name).copied() });
        } else {
            ends.insert(name, range.end);
        }
    }
    found.reverse();
    found
}

/// Whether the author has doubled the backslashes of an environment for Markdown.
pub(super) fn is_doubled(source: &str) -> bool {
    source.starts_with("\\\\begin") || source.contains("\\\\\\\\")
}

fn marks(text: &str) -> Vec<Mark<'_>> {
    let opens = |at: usize| {
        [("\\begin{", true), ("\\end{", false)].into_iter().find(|(word, _)| text[at..].starts_with(word))
    };
    let mark = |at: usize| {
        let (word, begins) = opens(at)?;
        let (name, _) = text[at + word.len()..].split_once('}')?;
        let start = at - usize::from(text[..at].ends_with('\\'));
        let range = start..at + word.len() + name.len() + 1;
        EQUATIONS.contains(&name.trim_end_matches('*')).then_some(Mark { range, name, begins })
    };
    text.match_indices('\\').filter_map(|(at, _)| mark(at)).collect()
}

/// Whether `at` lies in text, and not in code, HTML or math that Markdown has found.
fn is_text(run: &Run<'_>, at: usize) -> bool {
    let at = run.range.start + at;
    let holds = |piece: &Piece<'_>| matches!(piece.kind, Kind::Text) && at < piece.range.end;
    // The backslash of an escaped character stands before its piece, so that a piece counts which begins right behind `at`.
    // The one that holds `at` is then that piece, or the one before it.
    let begun = run.pieces.partition_point(|piece| piece.range.start <= at + 1);
    run.pieces[..begun].iter().rev().take(2).any(holds)
}

#[cfg(test)]
mod tests {
    use super::is_doubled;

    #[test]
    fn backslashes_are_doubled_for_markdown() {
        assert!(is_doubled(r"\\begin{align} a \\end{align}"));
        assert!(is_doubled(r"\begin{align} a \\\\ b \end{align}"));
        assert!(!is_doubled(r"\begin{align} a \\ b \end{align}"));
    }
}
