//! Changes one digit of each number in the pages at a time, and says which changes nobody would notice.
//!
//! The numbers are those of tagged blocks: in math, fences and inline claims every number that is no part of a name or
//! of text, in tables those that are judged. What is skipped or meant to be wrong is left out. A change is noticed if
//! it makes an error in its chapter or in one that uses it.

use std::ops::Range;
use std::sync::LazyLock;

use rayon::prelude::*;
use regex::Regex;

use super::Book;
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::report::Report;
use crate::scan::{Block, Item, Part};
use crate::source::Span;

/// What became of all changes.
#[derive(Clone, Debug, Default)]
pub struct Mutated {
    /// How many numbers were changed.
    pub numbers: usize,
    /// The numbers that lie in the middle between two values, so that both are right.
    pub ties: Vec<Span>,
    /// A warning for each number that can be changed without notice, in reading order.
    pub unguarded: Vec<Diagnostic>,
}

/// Text inside formulas, and arguments that are no mathematics.
static TEXT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\\(?:text|textbf|textit|textrm|mathrm|mbox|operatorname|label|tag|color|begin|end)\*?\{[^{}]*\}",
    )
    .expect("a constant that the tests compile")
});

static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[0-9]+(?:\.[0-9]+)?").expect("a constant that the tests compile"));

/// Changes the numbers of the `wanted` chapters of a book in which everything is right. Nothing is written.
pub fn mutate(book: &Book<'_>, wanted: &[bool]) -> Mutated {
    let places: Vec<(usize, Range<usize>)> = (0..wanted.len())
        .filter(|position| wanted[*position])
        .flat_map(|position| numbers(book, position).into_iter().map(move |range| (position, range)))
        .collect();
    let outcomes: Vec<Outcome> =
        places.par_iter().map(|(position, range)| attempt(book, *position, range)).collect();
    let mut mutated = Mutated { numbers: places.len(), ..Mutated::default() };
    for ((position, range), outcome) in places.into_iter().zip(outcomes) {
        let span = Span::new(book.chapters[position].file, range.start, range.end);
        match outcome {
            Outcome::Noticed => {}
            Outcome::Tie => mutated.ties.push(span),
            Outcome::Unnoticed(instead) => {
                let number = &book.chapters[position].text[range];
                mutated.unguarded.push(unguarded(span, number, &instead));
            }
        }
    }
    mutated
}

fn unguarded(span: Span, number: &str, instead: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::Unguarded,
        span,
        format!("`{number}` could be `{instead}`, and nobody would notice"),
    )
    .help("compute something from it, state it against a computation, or tag it `skip` with the reason")
}

enum Outcome {
    Noticed,
    /// Unnoticed, because both numbers are right.
    Tie,
    /// Unnoticed; what was written instead.
    Unnoticed(String),
}

/// Changes the digits of one number, the last first, until a change is noticed. More than one is tried only where
/// the number has a tolerance that covers its last digits.
fn attempt(book: &Book<'_>, position: usize, range: &Range<usize>) -> Outcome {
    let text = &book.chapters[position].text;
    let mut first = None;
    for at in range.clone().rev().filter(|at| text.as_bytes()[*at].is_ascii_digit()) {
        let mut changed = text.clone();
        changed.replace_range(at..=at, other_digit(text.as_bytes()[at]));
        let reports = book.with_change(position, &changed);
        if reports.iter().any(Report::has_errors) {
            return Outcome::Noticed;
        }
        let instead = first.get_or_insert_with(|| changed[range.clone()].to_owned());
        match reports.first().and_then(|report| verdict(report, range)) {
            Some(Verdict::Rounded) => return Outcome::Tie,
            Some(Verdict::Tolerance | Verdict::Statistical) => {}
            _ => return Outcome::Unnoticed(instead.clone()),
        }
    }
    Outcome::Unnoticed(first.unwrap_or_default())
}

fn other_digit(digit: u8) -> &'static str {
    const NEXT: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "8"];
    NEXT[usize::from(digit.saturating_sub(b'0')).min(9)]
}

/// The verdict on the claim that states the number at `range`.
fn verdict(report: &Report, range: &Range<usize>) -> Option<Verdict> {
    let states = |span: Span| span.range().start <= range.start && range.end <= span.range().end;
    report.claims.iter().find(|claim| states(claim.span)).map(|claim| claim.verdict)
}

/// The numbers of a chapter, in order.
fn numbers(book: &Book<'_>, position: usize) -> Vec<Range<usize>> {
    let Some((scan, report)) = book.chapter(position) else { return Vec::new() };
    let text = &book.chapters[position].text;
    let blocks = scan.items.iter().filter_map(|item| match item {
        Item::Block(block) => Some(block).filter(|block| block.wrong.is_none()),
        _ => None,
    });
    let mut found: Vec<Range<usize>> = blocks.flat_map(|block| numbers_of(block, text, report)).collect();
    found.sort_by_key(|range| range.start);
    found.dedup();
    found
}

fn numbers_of(block: &Block, text: &str, report: &Report) -> Vec<Range<usize>> {
    let of = |part: &Part| match part.content() {
        Some(content) => numbers_in(text, content.span.range()),
        None => {
            let inside = |span: Span| part.span().start <= span.start && span.end <= part.span().end;
            let judged = report.claims.iter().filter(|claim| inside(claim.span));
            judged.flat_map(|claim| numbers_in(text, claim.span.range())).collect()
        }
    };
    block.parts.iter().flat_map(of).collect()
}

/// The numbers in `range` of `text`. Groups of digits (`132{,}863`) are numbers by themselves.
fn numbers_in(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let Some(part) = text.get(range.clone()) else { return Vec::new() };
    let excluded: Vec<Range<usize>> = TEXT.find_iter(part).map(|found| found.range()).collect();
    let is_text = |found: &Range<usize>| excluded.iter().any(|text| text.contains(&found.start));
    NUMBER
        .find_iter(part)
        .map(|found| found.range())
        .filter(|found| !is_text(found) && !continues_a_name(&part[..found.start]))
        .map(|found| range.start + found.start..range.start + found.end)
        .collect()
}

/// Whether what follows `before` is a part of a name: `w_1`, `w_{10}`, `\sigma_{l,1}`, `conv3`, but not `\frac12`.
fn continues_a_name(before: &str) -> bool {
    if before.trim_end().ends_with('_') {
        return true;
    }
    if let Some(brace) = before.rfind('{')
        && before[..brace].trim_end().ends_with('_')
        && !before[brace..].contains('}')
    {
        return true;
    }
    let word = before.len() - before.trim_end_matches(|end: char| end.is_alphanumeric() || end == '.').len();
    let command = before[..before.len() - word].ends_with('\\');
    word > 0 && !command
}

#[cfg(test)]
mod tests {
    use super::numbers_in;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> =
            numbers_in(text, 0..text.len()).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn numbers_are_told_from_names() {
        check("h_1 = w_{10} x^2 + 0.5 = 12", &["2", "0.5", "12"]);
        check("\\frac12 \\times 10^{-3}", &["12", "10", "3"]);
        check("132{,}863{,}336, 93.06\\%", &["132", "863", "336", "93.06"]);
        check("conv3(64), x1 = 2", &["64", "2"]);
        check("\\text{see 2.1} 3 \\begin{aligned} 4 \\end{aligned}", &["3", "4"]);
        check("x_{i+1} = 7, \\sum_{i=1}^{8} i", &["7", "8"]);
        check("größe = 5", &["5"]);
        check("", &[]);
    }

    #[test]
    fn numbers_keep_their_places() {
        assert!(numbers_in("12 34 56", 2..6).into_iter().eq([(3, 5)].map(|(start, end)| start..end)));
    }
}
