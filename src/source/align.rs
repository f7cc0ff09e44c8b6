//! Finds a text again in a changed version of it, line by line.
//!
//! For chapters that another preprocessor has changed before us. Lines at both ends are paired as long as they are
//! equal; between them, lines that occur once in each text anchor the rest (a "patience" diff). What no line of the
//! other text is equal to keeps the place of the gap it stands in.

use std::collections::HashMap;
use std::ops::Range;

use super::mapped::{Mapped, Origin};

/// `changed`, with places taken from `original` wherever the two agree.
pub(super) fn align(original: &Mapped, changed: &str) -> Mapped {
    let (old, new) = (lines(&original.text), lines(changed));
    let mut out = Aligned { original, changed, mapped: Mapped::default(), old_at: 0, new_at: 0 };
    for (old_idx, new_idx) in pairs(&original.text, &old, changed, &new) {
        out.gap(old[old_idx].start, new[new_idx].start);
        out.same(&old[old_idx], &new[new_idx]);
    }
    out.gap(original.text.len(), changed.len());
    out.mapped
}

/// The lines of `text`, ends included.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            at += line.len();
            at - line.len()..at
        })
        .collect()
}

/// Pairs of equal lines, increasing in both texts.
fn pairs(original: &str, old: &[Range<usize>], changed: &str, new: &[Range<usize>]) -> Vec<(usize, usize)> {
    // Another tool may have rewritten line ends; the lines are the same.
    let old_line = |idx: usize| original[old[idx].clone()].trim_end_matches(['\r', '\n']);
    let new_line = |idx: usize| changed[new[idx].clone()].trim_end_matches(['\r', '\n']);
    let shorter = old.len().min(new.len());
    let head = (0..shorter).take_while(|idx| old_line(*idx) == new_line(*idx)).count();
    let is_tail = |back: &usize| old_line(old.len() - 1 - back) == new_line(new.len() - 1 - back);
    let tail = (0..shorter - head).take_while(is_tail).count();

    let mut pairs: Vec<(usize, usize)> = (0..head).map(|idx| (idx, idx)).collect();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let anchors = anchors(
        (head..old_end).map(|idx| (old_line(idx), idx)),
        (head..new_end).map(|idx| (new_line(idx), idx)),
    );
    for anchor in anchors.into_iter().chain([(old_end, new_end)]) {
        let (mut old_at, mut new_at) = pairs.last().map_or((head, head), |(old, new)| (old + 1, new + 1));
        // From the last pair on forwards, then from this anchor on backwards.
        while old_at < anchor.0 && new_at < anchor.1 && old_line(old_at) == new_line(new_at) {
            pairs.push((old_at, new_at));
            (old_at, new_at) = (old_at + 1, new_at + 1);
        }
        let room = (anchor.0 - old_at).min(anchor.1 - new_at);
        let back =
            (1..=room).take_while(|back| old_line(anchor.0 - back) == new_line(anchor.1 - back)).count();
        pairs.extend((1..=back).rev().map(|back| (anchor.0 - back, anchor.1 - back)));
        if anchor.0 < old_end {
            pairs.push(anchor);
        }
    }
    pairs.extend((0..tail).map(|idx| (old_end + idx, new_end + idx)));
    pairs
}

/// Lines that occur once in each text, the longest run of them that increases in both.
fn anchors<'t>(
    old: impl Iterator<Item = (&'t str, usize)>,
    new: impl Iterator<Item = (&'t str, usize)>,
) -> Vec<(usize, usize)> {
    let once = |lines: &mut dyn Iterator<Item = (&'t str, usize)>| {
        let mut seen: HashMap<&str, Option<usize>> = HashMap::new();
        let mut order = Vec::new();
        for (line, idx) in lines {
            seen.entry(line).and_modify(|seen| *seen = None).or_insert(Some(idx));
            order.push(line);
        }
        (seen, order)
    };
    let (old_seen, order) = once(&mut { old });
    let (new_seen, _) = once(&mut { new });
    let unique = order.into_iter().filter_map(|line| Some((old_seen[line]?, (*new_seen.get(line)?)?)));
    increasing(&unique.collect::<Vec<_>>())
}

/// The longest subsequence whose second numbers increase, as the first do already.
fn increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // `ends[n]` is the pair with the least second number that ends a subsequence of n + 1 pairs.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (idx, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < pair.1);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(idx);
        } else {
            ends[length] = idx;
        }
    }
    let mut chain: Vec<_> =
        std::iter::successors(ends.last().copied(), |idx| before[*idx]).map(|idx| pairs[idx]).collect();
    chain.reverse();
    chain
}

/// The changed text as it is put together.
struct Aligned<'t> {
    original: &'t Mapped,
    changed: &'t str,
    mapped: Mapped,
    old_at: usize,
    new_at: usize,
}

impl Aligned<'_> {
    /// Two lines that are the same but for their ends.
    fn same(&mut self, old: &Range<usize>, new: &Range<usize>) {
        let line = self.original.text[old.clone()].trim_end_matches(['\r', '\n']).len();
        self.mapped.push_slice(self.original, old.start..old.start + line);
        (self.old_at, self.new_at) = (old.start + line, new.start + line);
        self.gap(old.end, new.end);
    }

    /// What stands before `old_end` in the one text and `new_end` in the other: the same at both ends, perhaps.
    fn gap(&mut self, old_end: usize, new_end: usize) {
        let old = &self.original.text[self.old_at..old_end];
        let new = &self.changed[self.new_at..new_end];
        let head = common(old.chars(), new.chars());
        let tail = common(old[head..].chars().rev(), new[head..].chars().rev());
        self.mapped.push_slice(self.original, self.old_at..self.old_at + head);
        self.made(self.old_at + head..old_end - tail, &new[head..new.len() - tail]);
        self.mapped.push_slice(self.original, old_end - tail..old_end);
        (self.old_at, self.new_at) = (old_end, new_end);
    }

    /// `text`, which stands where `old` was.
    fn made(&mut self, old: Range<usize>, text: &str) {
        let (file, range) = if old.is_empty() {
            // Something was put in: the nearest place is that of what follows, else of what goes before.
            let text = &self.original.text;
            let (near, is_before) = match text[old.start..].chars().next() {
                Some(next) => (old.start..old.start + next.len_utf8(), false),
                None => (text.floor_char_boundary(old.start.saturating_sub(1))..old.start, true),
            };
            let origin = if near.is_empty() { None } else { self.original.origin(near.clone()) };
            let (file, range) = origin.map_or((0, 0..0), |origin| origin.covering(near.len()));
            (file, if is_before { range.end..range.end } else { range.start..range.start })
        } else {
            let length = old.len();
            self.original.origin(old).map_or((0, 0..0), |origin| origin.covering(length))
        };
        self.mapped.push(text, Origin::Made { file, range });
    }
}

/// How many bytes two sequences of characters begin with in common.
fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum()
}
