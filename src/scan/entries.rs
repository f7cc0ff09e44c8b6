//! Entries beside each other in a container, which may be exercises of their own: items of a numbered list, paragraphs and
//! headings with a label.

use super::Edge;
use super::label::{Label, Numbering};

/// The level of a paragraph among those of headings.
pub(super) const PARAGRAPH: usize = 7;

/// Which entries are open in a container.
#[derive(Default)]
pub(super) struct Entries {
    /// The highest level of a heading of the exercises, and the title of the last.
    exercises: Option<(usize, String)>,
    /// Their numbered parts, and the parts of these.
    numbered: Vec<Numbering>,
}

impl Entries {
    /// The next entry begins with a label, which stands in a heading of this `level` or in a paragraph.
    pub(super) fn next(&mut self, label: Label, level: usize) -> Vec<Edge> {
        match label {
            Label::Exercise(title) => self.next_exercise(title, level),
            Label::Number { numbering, is_first } => self.next_number(numbering, is_first),
        }
    }

    fn next_exercise(&mut self, title: String, level: usize) -> Vec<Edge> {
        let before = self.exercises.take();
        // "Example 1, continued"
        if let Some((level, _)) = before.as_ref().filter(|(_, last)| *last == title) {
            self.exercises = Some((*level, title));
            return Vec::new();
        }
        let mut edges = self.close_numbered(0);
        edges.extend(before.is_none().then_some(Edge::Open { continues: false }));
        edges.push(Edge::Next { is_exercise: true });
        self.exercises = Some((before.map_or(level, |(before, _)| before.min(level)), title));
        edges
    }

    fn next_number(&mut self, numbering: Numbering, is_first: bool) -> Vec<Edge> {
        let open = self.numbered.iter().position(|other| *other == numbering);
        // Another "a)" begins others.
        let kept = open.map_or(self.numbered.len(), |at| at + usize::from(!is_first));
        let mut edges = self.close_numbered(kept);
        if open.is_none() || is_first {
            edges.push(Edge::Open { continues: !is_first });
            self.numbered.push(numbering);
        }
        edges.push(Edge::Next { is_exercise: false });
        edges
    }

    /// Ends the numbered entries but so many of the outermost ones.
    fn close_numbered(&mut self, kept: usize) -> Vec<Edge> {
        self.numbered.drain(kept..).map(|_| Edge::Close).collect()
    }

    /// A heading begins another exercise, or belongs to the one before it, or ends all of them.
    pub(super) fn heading(&mut self, label: Option<Label>, level: usize) -> Vec<Edge> {
        match label {
            Some(label @ Label::Exercise(_)) => self.next(label, level),
            _ if self.exercises.as_ref().is_some_and(|(own, _)| level > *own) => self.close_numbered(0),
            _ => self.end(),
        }
    }

    /// The container ends.
    pub(super) fn end(&mut self) -> Vec<Edge> {
        let mut edges = self.close_numbered(0);
        edges.extend(self.exercises.take().map(|_| Edge::Close));
        edges
    }
}

#[cfg(test)]
mod tests {
    use super::{Edge, Entries, Label, Numbering, PARAGRAPH};

    const FIRST: Label = Label::Number { numbering: Numbering::Letter, is_first: true };
    const SECOND: Label = Label::Number { numbering: Numbering::Letter, is_first: false };
    const PART: Label = Label::Number { numbering: Numbering::Roman, is_first: true };
    const OPEN: Edge = Edge::Open { continues: false };
    const NUMBER: Edge = Edge::Next { is_exercise: false };
    const EXERCISE: Edge = Edge::Next { is_exercise: true };

    fn exercise(number: u8) -> Label {
        Label::Exercise(format!("example {number}"))
    }

    #[test]
    fn numbers_are_parts_of_exercises() {
        let mut entries = Entries::default();
        assert_eq!(entries.next(exercise(1), PARAGRAPH), [OPEN, EXERCISE]);
        assert_eq!(entries.next(FIRST, PARAGRAPH), [OPEN, NUMBER]);
        assert_eq!(entries.next(SECOND, PARAGRAPH), [NUMBER]);
        assert_eq!(entries.next(PART, PARAGRAPH), [OPEN, NUMBER]);
        assert_eq!(entries.next(SECOND, PARAGRAPH), [Edge::Close, NUMBER]);
        assert_eq!(entries.next(FIRST, PARAGRAPH), [Edge::Close, OPEN, NUMBER]);
        assert_eq!(entries.next(exercise(2), PARAGRAPH), [Edge::Close, EXERCISE]);
        assert_eq!(entries.end(), [Edge::Close]);
        assert_eq!(entries.end(), []);
        assert_eq!(entries.next(SECOND, PARAGRAPH), [Edge::Open { continues: true }, NUMBER]);
    }

    #[test]
    fn lower_headings_belong_to_an_exercise() {
        let mut entries = Entries::default();
        assert_eq!(entries.heading(None, 2), []);
        assert_eq!(entries.heading(Some(exercise(1)), 2), [OPEN, EXERCISE]);
        assert_eq!(entries.next(FIRST, PARAGRAPH), [OPEN, NUMBER]);
        assert_eq!(entries.heading(None, 3), [Edge::Close]);
        assert_eq!(entries.heading(Some(exercise(1)), 2), []);
        assert_eq!(entries.heading(Some(exercise(2)), 2), [EXERCISE]);
        assert_eq!(entries.heading(None, 2), [Edge::Close]);
    }
}
