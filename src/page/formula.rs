//! One formula as the page shows it: its values filled in, its verified numbers marked, and the LaTeX as MathML or as
//! it was, with the mark beside it.

use std::ops::Range;

use super::marks::Mark;
use super::markup;
use super::math::{Converter, Spot, scrolls};
use crate::scan::Fragment;
use crate::source::Span;
use crate::splice::Edit;

/// A mark and the span of its claim.
pub(super) type Marked = (Span, Mark);

/// A formula whose values are filled in.
pub(super) struct Filled {
    latex: String,
    /// Marks whose numbers stand in the LaTeX, sorted and disjoint.
    inside: Vec<(Range<usize>, Mark)>,
    /// Marks of whole links and of what is no number.
    beside: Vec<Mark>,
}

/// Fills `values` (sorted, in `content`) in and sorts the marks by where they can stand.
pub(super) fn fill(content: &Fragment, values: &[&Edit], marked: Vec<Marked>) -> Filled {
    let (latex, places) = apply(content, values);
    let (mut inside, mut beside): (Vec<(Range<usize>, Mark)>, Vec<Mark>) = (Vec::new(), Vec::new());
    for (span, mark) in marked {
        let range = places.range(span);
        let free = inside.last().is_none_or(|(before, _)| before.end <= range.start);
        if free && is_number(&latex, &range) {
            inside.push((range, mark));
        } else {
            beside.push(mark);
        }
    }
    Filled { latex, inside, beside }
}

impl Filled {
    /// As HTML. An error says what the converter does not understand.
    pub(super) fn html(&self, display: bool, converter: &Converter) -> Result<String, String> {
        let spots: Vec<Spot> = self
            .inside
            .iter()
            .map(|(range, mark)| Spot {
                range: range.clone(),
                attributes: mark.attributes(),
                tip: mark.tip(),
            })
            .collect();
        let rendered = converter.render(&self.latex, display, &spots)?;
        let unplaced = rendered.unplaced.iter().map(|position| self.inside[*position].1.clone());
        let beside: Vec<Mark> = unplaced.chain(self.beside.iter().cloned()).collect();
        let mark = Mark::joined(&beside);
        let html = match mark {
            // The mark of a formula does not begin a line.
            Some(mark) if !display => markup::unbroken(&(rendered.html + &mark.beside())),
            Some(mark) => rendered.html + &mark.beside(),
            None => rendered.html,
        };
        if !display {
            return Ok(html);
        }
        // A mark can be focused, and brings its place into view.
        let scrolls = if html.contains("tabindex") { "" } else { scrolls(&self.latex) };
        Ok(format!("<span class=\"qed-display\"{scrolls}>{html}</span>"))
    }

    /// What stands beside the formula when its LaTeX stays: one mark for all its claims.
    pub(super) fn beside(&self, display: bool) -> String {
        let all: Vec<Mark> = self.inside.iter().map(|(_, mark)| mark).chain(&self.beside).cloned().collect();
        let mark = Mark::joined(&all);
        mark.map(|mark| if display { mark.after() } else { mark.beside() }).unwrap_or_default()
    }
}

/// How offsets of the source move when values are filled in.
struct Places {
    start: usize,
    /// For each value: its range in the source, and where it ends in the result.
    moved: Vec<(Range<usize>, Range<usize>)>,
}

impl Places {
    /// The range in the result that shows `span`.
    fn range(&self, span: Span) -> Range<usize> {
        let end = self.offset(span.end as usize, false);
        self.offset(span.start as usize, true).min(end)..end
    }

    fn offset(&self, source: usize, starts: bool) -> usize {
        let before = self.moved.partition_point(|(range, _)| range.start < source);
        match self.moved[..before].last() {
            None => source.saturating_sub(self.start),
            Some((range, shown)) if source < range.end && starts => shown.start,
            Some((range, shown)) => shown.end + source.saturating_sub(range.end),
        }
    }
}

fn apply(content: &Fragment, values: &[&Edit]) -> (String, Places) {
    let start = content.span.start as usize;
    let mut places = Places { start, moved: Vec::new() };
    let mut latex = String::with_capacity(content.text.len());
    let mut done = 0;
    for value in values {
        let range = value.span.range();
        let Some(gap) = content.text.get(done..range.start.saturating_sub(start)) else { continue };
        latex.push_str(gap);
        let shown = latex.len()..latex.len() + value.text.len();
        latex.push_str(&value.text);
        done = range.end - start;
        places.moved.push((range, shown));
    }
    latex.push_str(content.text.get(done..).unwrap_or_default());
    (latex, places)
}

/// What never stands in a number, but in the links and members around it.
const NO_NUMBER: &[&str] = &[
    "&", "\\\\", "=", "<", ">", "$", "≠", "≤", "≥", "≈", "\\approx", "\\ne", "\\le", "\\ge", "\\lt", "\\gt",
    "\\begin", "\\end", "\\right",
];

/// Whether the LaTeX at `range` is one number that a group can be made of where it stands.
fn is_number(latex: &str, range: &Range<usize>) -> bool {
    let Some(text) = latex.get(range.clone()) else { return false };
    let before = latex[..range.start].trim_end();
    let is_script = before.ends_with(['^', '_']);
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    digits && !is_script && is_balanced(text) && !NO_NUMBER.iter().any(|sign| text.contains(sign))
}

fn is_balanced(text: &str) -> bool {
    let mut open = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'{' => open += 1,
            b'}' => match open.checked_sub(1) {
                Some(fewer) => open = fewer,
                None => return false,
            },
            _ => {}
        }
    }
    open == 0
}

#[cfg(test)]
mod tests {
    use super::{Converter, Mark, fill};
    use crate::compare::Verdict;
    use crate::report::samples;
    use crate::scan::Fragment;
    use crate::source::{FileId, Span};
    use crate::splice::Edit;

    fn mark(name: &str) -> Mark {
        Mark::of(&samples::claim(name, "1", Verdict::Exact)).unwrap()
    }

    /// Fills `?` with the values in turn and marks the numbers; lists what is marked inside and how many beside.
    #[track_caller]
    fn check(latex: &str, values: &[&str], numbers: &[&str], expected: (&str, &[&str], usize)) {
        let start = 100;
        let span = |range: (usize, usize)| Span::new(FileId(0), start + range.0, start + range.1);
        let content = Fragment { span: span((0, latex.len())), text: latex.into() };
        let edits: Vec<Edit> = latex
            .match_indices('?')
            .zip(values)
            .map(|((at, _), value)| Edit { span: span((at, at + 1)), text: (*value).into() })
            .collect();
        let edits: Vec<&Edit> = edits.iter().collect();
        let mut from = 0;
        let marked = numbers
            .iter()
            .map(|number| {
                let at = from + latex[from..].find(number).unwrap();
                from = at + 1;
                (span((at, at + number.len())), mark(number))
            })
            .collect();
        let filled = fill(&content, &edits, marked);
        let inside: Vec<&str> = filled.inside.iter().map(|(range, _)| &filled.latex[range.clone()]).collect();
        assert_eq!((filled.latex.as_str(), inside.as_slice(), filled.beside.len()), expected);
    }

    #[test]
    fn values_and_marks_find_their_places() {
        check("x = 0.5", &[], &["0.5"], ("x = 0.5", &["0.5"], 0));
        check(
            "x = ?, y = 2, z = ?",
            &["1.25", "-3"],
            &["?", "2", "?"],
            ("x = 1.25, y = 2, z = -3", &["1.25", "2", "-3"], 0),
        );
        check("?", &["132{,}863"], &["?"], ("132{,}863", &["132{,}863"], 0));
    }

    #[test]
    fn links_and_scripts_are_marked_beside() {
        check("a = b + 1 = 2", &[], &["a = b + 1", "2"], ("a = b + 1 = 2", &["2"], 1));
        check("x^2 = 4", &[], &["2", "4"], ("x^2 = 4", &["4"], 1));
        check("a + 12", &[], &["12", "2"], ("a + 12", &["12"], 1));
        check("{1}2", &[], &["1}2"], ("{1}2", &[], 1));
        for sign in ["\\neq", "\\ne", "\\leq", "\\geq", "\\lt", "≠", "≥", ">"] {
            let link = format!("x {sign} 2");
            check(&link, &[], &[&link], (&link, &[], 1));
        }
    }

    #[test]
    fn marks_that_cannot_stand_inside_stand_beside_the_rendered_formula() {
        let span = Span::new(FileId(0), 0, 5);
        let content = Fragment { span, text: "x = y".into() };
        let html = fill(&content, &[], vec![(span, mark("x"))])
            .html(false, &Converter::new(&std::collections::BTreeMap::new()))
            .unwrap();
        assert!(html.contains("</math><span class=\"qed qed-beside\""), "{html}");
    }

    #[test]
    fn a_wide_display_without_marks_can_be_scrolled_by_keyboard() {
        let start = |latex: &str, marked: Vec<super::Marked>| {
            let content = Fragment { span: Span::new(FileId(0), 0, latex.len()), text: latex.into() };
            let converter = Converter::new(&std::collections::BTreeMap::new());
            fill(&content, &[], marked).html(true, &converter).unwrap()
        };
        let wide = format!("{}y = 1", "x + ".repeat(20));
        let at = Span::new(FileId(0), wide.len() - 1, wide.len());
        assert!(start("y = 1", vec![]).starts_with("<span class=\"qed-display\"><math"));
        assert!(start(&wide, vec![]).starts_with("<span class=\"qed-display\" tabindex=\"0\"><math"));
        assert!(start(&wide, vec![(at, mark("y"))]).starts_with("<span class=\"qed-display\"><math"));
    }
}
