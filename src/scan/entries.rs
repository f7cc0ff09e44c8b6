//! Entries beside each other in a container, which may be exercises of their own: items of a numbered list, paragraphs and
//! headings with a label.

use super::Edge;
use super::label::Label;

/// The level of a paragraph among those of headings.
pub(super) const PARAGRAPH: usize = 7;

/// Which entries are open in a container. Numbered ones are parts of an exercise.
#[derive(Default)]
pub(super) struct Entries {
    /// The highest level of a heading of the exercises, and the title of the last.
    exercises: Option<(usize, String)>,
    numbered: bool,
}

impl Entries {
    /// The next entry begins with a label, which stands in a heading of this `level` or in a paragraph.
    pub(super) fn next(&mut self, label: Label, level: usize) -> Vec<Edge> {
        let (mut edges, mut is_exercise) = (Vec::new(), false);
        let opens = match label {
            // "Example 1, continued"
            Label::Exercise(title) if self.exercises.as_ref().is_some_and(|(_, last)| *last == title) => {
                return edges;
            }
            Label::Exercise(title) => {
                is_exercise = true;
                edges.extend(std::mem::take(&mut self.numbered).then_some(Edge::Close));
                let before = self.exercises.take().map(|(level, _)| level);
                self.exercises = Some((before.map_or(level, |before| before.min(level)), title));
                before.is_none().then_some(Edge::Open { continues: false })
            }
            Label::Number { is_first } => {
                let is_open = std::mem::replace(&mut self.numbered, true);
                (!is_open).then_some(Edge::Open { continues: !is_first })
            }
        };
        edges.extend(opens);
        edges.push(Edge::Next { is_exercise });
        edges
    }

    /// A heading begins another exercise, or belongs to the one before it, or ends all of them.
    pub(super) fn heading(&mut self, label: Option<Label>, level: usize) -> Vec<Edge> {
        match label {
            Some(label @ Label::Exercise(_)) => self.next(label, level),
            _ if self.exercises.as_ref().is_some_and(|(own, _)| level > *own) => {
                std::mem::take(&mut self.numbered).then_some(Edge::Close).into_iter().collect()
            }
            _ => self.end(),
        }
    }

    /// The container ends.
    pub(super) fn end(&mut self) -> Vec<Edge> {
        let Self { exercises, numbered } = std::mem::take(self);
        let open = usize::from(numbered) + usize::from(exercises.is_some());
        vec![Edge::Close; open]
    }
}

#[cfg(test)]
mod tests {
    use super::{Edge, Entries, Label, PARAGRAPH};

    const FIRST: Label = Label::Number { is_first: true };
    const SECOND: Label = Label::Number { is_first: false };
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
