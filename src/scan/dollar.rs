//! Math in a run: `$…$`, `$$…$$`, environments of equations, and with `mathjax-support` `\\(…\\)` and `\\[…\\]`.
//!
//! Markdown's own math is taken as it is. Beyond that, since authors write `$ x $` and Markdown does not see it,
//! dollars that Markdown left over are paired from left to right, each with the next that can close it.
//!
//! mdBook's MathJax delimiters stand in Markdown *text*, so MathJax sees what Markdown's backslash escapes leave:
//! of `\\(a \\\\ b\\)` the page gets `\(a \\ b\)`. The content of such math is therefore unescaped, and padded
//! with spaces in front of the backslashes that stay, so that it keeps its length.

use std::ops::Range;

use super::environment::{self, Environment};
use super::run::{Kind, Run};

/// Math that was found. Ranges are offsets in the run's text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Math {
    /// With the delimiters; those of an environment are part of its content.
    pub(super) outer: Range<usize>,
    /// Where the content begins.
    pub(super) start: usize,
    /// The content, as long as its source.
    pub(super) content: String,
    pub(super) display: bool,
}

/// All math of a run and the delimiters that belong to none.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) math: Vec<Math>,
    pub(super) unclosed: Vec<Range<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Dollar,
    Double,
    /// `\\(` or `\\[`, by the bracket that closes it.
    Open(u8),
    /// `\\)` or `\\]`.
    Close(u8),
}

#[derive(Debug)]
struct Delimiter {
    range: Range<usize>,
    sign: Sign,
    /// The index of the delimiter that closes it, if Markdown says so itself.
    partner: Option<usize>,
}

/// How many dollars are tried to close one whose braces are open. Nested text with math of its own is short, and
/// without a bound a page of dollars would take quadratic time.
const TRIES: usize = 16;

/// Finds the math in `run`, whose masked text is `text`, outside the ranges `taken` (sorted).
pub(super) fn find(run: &Run<'_>, text: &str, taken: &[Range<usize>], mathjax: bool) -> Found {
    let delimiters = delimiters(run, text, taken, mathjax);
    let closing = closing(&delimiters);
    let mut environments = environment::find(run, text, taken).into_iter().peekable();
    let mut found = Found::default();
    // Where the math before ends, and the delimiter after it.
    let (mut end, mut idx) = (0, 0);
    loop {
        let open = delimiters.get(idx);
        let next = open.map_or(text.len(), |open| open.range.start);
        // What stands in other math is part of it.
        while environments.next_if(|environment| environment.opening.start < end).is_some() {}
        if let Some(environment) = environments.next_if(|environment| environment.opening.start < next) {
            end = found.add_environment(run, text, environment);
            idx += delimiters[idx..].partition_point(|delimiter| delimiter.range.start < end);
            continue;
        }
        let Some(open) = open else { break };
        let partner = match open.sign {
            Sign::Dollar | Sign::Double => open.partner.or_else(|| pair(run, text, &delimiters, idx)),
            Sign::Open(_) => closing[idx],
            Sign::Close(_) => None,
        };
        match partner {
            Some(close) => {
                found.math.extend(math(text, open, &delimiters[close]));
                end = delimiters[close].range.end;
                idx = close + 1;
            }
            None => {
                if !is_money(text, open) {
                    found.unclosed.push(open.range.clone());
                }
                idx += 1;
            }
        }
    }
    found
}

impl Found {
    /// Adds an environment; where it ends.
    fn add_environment(&mut self, run: &Run<'_>, text: &str, environment: Environment) -> usize {
        let Environment { opening, end } = environment;
        let Some(end) = end.filter(|end| !has_code(run, opening.start..*end)) else {
            let end = opening.end;
            self.unclosed.push(opening);
            return end;
        };
        let outer = opening.start..end;
        let source = &text[outer.clone()];
        let content = if environment::is_doubled(source) { unescaped(source) } else { source.to_owned() };
        self.math.push(Math { start: outer.start, outer, content, display: true });
        end
    }
}

/// The delimiters of the run, in order.
fn delimiters(run: &Run<'_>, text: &str, taken: &[Range<usize>], mathjax: bool) -> Vec<Delimiter> {
    let mut list = List { delimiters: Vec::new(), taken, next_taken: 0 };
    for piece in &run.pieces {
        let range = piece.range.start - run.range.start..piece.range.end - run.range.start;
        match &piece.kind {
            Kind::Text => list.add_text(text, range, mathjax),
            Kind::Math { .. } => list.add_math(text, range),
            Kind::Code | Kind::Html | Kind::Mark => {}
        }
    }
    list.delimiters
}

/// Collects delimiters from left to right.
struct List<'r> {
    delimiters: Vec<Delimiter>,
    taken: &'r [Range<usize>],
    next_taken: usize,
}

impl List<'_> {
    fn add_text(&mut self, text: &str, range: Range<usize>, mathjax: bool) {
        for at in range {
            let byte = text.as_bytes()[at];
            match byte {
                b'$' if backslashes_before(text, at).is_multiple_of(2) => self.add_dollar(at),
                b'(' | b')' | b'[' | b']' if mathjax => self.add_bracket(text, at, byte),
                _ => {}
            }
        }
    }

    /// Whether `at` lies in a range that is taken. Asked from left to right.
    fn is_taken(&mut self, at: usize) -> bool {
        while self.taken.get(self.next_taken).is_some_and(|taken| taken.end <= at) {
            self.next_taken += 1;
        }
        self.taken.get(self.next_taken).is_some_and(|taken| taken.start <= at)
    }

    fn add_dollar(&mut self, at: usize) {
        if self.is_taken(at) {
            return;
        }
        if let Some(last) = self.delimiters.last_mut()
            && last.range.end == at
            && last.sign == Sign::Dollar
            && last.partner.is_none()
        {
            (last.range.end, last.sign) = (at + 1, Sign::Double);
            return;
        }
        self.delimiters.push(Delimiter { range: at..at + 1, sign: Sign::Dollar, partner: None });
    }

    fn add_math(&mut self, text: &str, range: Range<usize>) {
        if self.is_taken(range.start) {
            return;
        }
        // Markdown calls it display math only if there are two dollars on both sides.
        let outer = &text[range.clone()];
        let double = outer.len() >= 4 && outer.starts_with("$$") && outer.ends_with("$$");
        let (length, sign) = if double { (2, Sign::Double) } else { (1, Sign::Dollar) };
        let close = self.delimiters.len() + 1;
        let open = range.start..range.start + length;
        self.delimiters.push(Delimiter { range: open, sign, partner: Some(close) });
        // The closing one stays open to a partner of its own, should its opener turn out to close another.
        self.delimiters.push(Delimiter { range: range.end - length..range.end, sign, partner: None });
    }

    fn add_bracket(&mut self, text: &str, at: usize, byte: u8) {
        let backslashes = backslashes_before(text, at);
        // Two leave one on the page; so do three, of which the last escapes the bracket.
        if !(2..=3).contains(&backslashes) || self.is_taken(at) {
            return;
        }
        let sign = match byte {
            b'(' => Sign::Open(b')'),
            b'[' => Sign::Open(b']'),
            _ => Sign::Close(byte),
        };
        self.delimiters.push(Delimiter { range: at - backslashes..at + 1, sign, partner: None });
    }
}

fn backslashes_before(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// For each opening bracket the index of the next closing one of its kind.
fn closing(delimiters: &[Delimiter]) -> Vec<Option<usize>> {
    let (mut round, mut square) = (None, None);
    let mut closing = vec![None; delimiters.len()];
    for (idx, delimiter) in delimiters.iter().enumerate().rev() {
        match delimiter.sign {
            Sign::Close(b')') => round = Some(idx),
            Sign::Close(_) => square = Some(idx),
            Sign::Open(b')') => closing[idx] = round,
            Sign::Open(_) => closing[idx] = square,
            Sign::Dollar | Sign::Double => {}
        }
    }
    closing
}

/// The delimiter that closes the dollar at `idx`, which Markdown has left over.
fn pair(run: &Run<'_>, text: &str, delimiters: &[Delimiter], idx: usize) -> Option<usize> {
    let open = &delimiters[idx];
    if open.sign == Sign::Dollar && !can_open(text, open) {
        return None;
    }
    let mut braces = Braces::default();
    let mut at = open.range.end;
    for (close, delimiter) in delimiters.iter().enumerate().skip(idx + 1).take(TRIES) {
        if delimiter.sign != open.sign {
            return None;
        }
        if has_code(run, at..delimiter.range.start) {
            return None;
        }
        braces.read(&text[at..delimiter.range.start]);
        at = delimiter.range.start;
        if open.sign == Sign::Double {
            return Some(close);
        }
        if braces.depth == 0 {
            return can_close(text, delimiter).then_some(close);
        }
    }
    None
}

fn before(text: &str, delimiter: &Delimiter) -> char {
    text[..delimiter.range.start].chars().next_back().unwrap_or(' ')
}

fn after(text: &str, delimiter: &Delimiter) -> char {
    text[delimiter.range.end..].chars().next().unwrap_or(' ')
}

/// A dollar after a letter or digit and before a space is an amount (`5$ or`).
fn can_open(text: &str, delimiter: &Delimiter) -> bool {
    !(after(text, delimiter).is_whitespace() && before(text, delimiter).is_alphanumeric())
}

/// A dollar after a space and before a word opens what follows (`$5 and $6`).
fn can_close(text: &str, delimiter: &Delimiter) -> bool {
    let next = after(text, delimiter);
    !before(text, delimiter).is_whitespace()
        || next.is_whitespace()
        || matches!(
            next,
            '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '\'' | '"' | '-' | '–' | '—' | '|' | '*'
        )
}

/// Whether a dollar that belongs to nothing is an amount and no slip: `$5`, `5$`, `US$`.
fn is_money(text: &str, delimiter: &Delimiter) -> bool {
    delimiter.sign == Sign::Dollar
        && (after(text, delimiter).is_ascii_digit() || before(text, delimiter).is_alphanumeric())
}

/// How deep in braces a text has come.
#[derive(Default)]
struct Braces {
    depth: usize,
    escaped: bool,
}

impl Braces {
    fn read(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                _ if self.escaped => {}
                b'{' => self.depth += 1,
                b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            self.escaped = byte == b'\\' && !self.escaped;
        }
    }
}

fn has_code(run: &Run<'_>, range: Range<usize>) -> bool {
    let first = run.pieces.partition_point(|piece| piece.range.start < run.range.start + range.start);
    run.pieces[first..]
        .iter()
        .take_while(|piece| piece.range.start < run.range.start + range.end)
        .any(|piece| matches!(piece.kind, Kind::Code))
}

/// The math between two delimiters; none if it is empty.
fn math(text: &str, open: &Delimiter, close: &Delimiter) -> Option<Math> {
    let inner = &text[open.range.end..close.range.start];
    if inner.trim().is_empty() {
        return None;
    }
    let (content, display) = match open.sign {
        Sign::Open(bracket) => (unescaped(inner), bracket == b']'),
        sign => (inner.to_owned(), sign == Sign::Double),
    };
    Some(Math { outer: open.range.start..close.range.end, start: open.range.end, content, display })
}

/// `source` as Markdown's backslash escapes leave it, padded to its old length in front of the backslashes.
fn unescaped(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find('\\') {
        text.push_str(&rest[..start]);
        let run = rest[start..].len() - rest[start..].trim_start_matches('\\').len();
        let next = rest.as_bytes().get(start + run);
        // Each pair leaves one. A last one alone escapes punctuation, and stays before anything else.
        let alone = run % 2 == 1 && !next.is_some_and(u8::is_ascii_punctuation);
        let left = run / 2 + usize::from(alone);
        text.extend(std::iter::repeat_n(' ', run - left).chain(std::iter::repeat_n('\\', left)));
        rest = &rest[start + run..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn markdown_escapes() {
        // As CommonMark 0.31, section 2.4, has it.
        for (source, seen) in [
            (r"\frac{1}{2}", r"\frac{1}{2}"),
            (r"a \\\\ b", r"a   \\ b"),
            (r"1\\,2", r"1 \,2"),
            (r"1\,2", r"1 ,2"),
            (r"\\{x\\}", r" \{x \}"),
            (r"\\\\\alpha", r"  \\\alpha"),
            (r"x\", r"x\"),
        ] {
            assert_eq!(unescaped(source), seen);
        }
    }
}
