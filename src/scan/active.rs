//! A block that is being read: what its tags say, and the parts found in it so far.

use std::ops::Range;

use super::fragment::{Page, trim};
use super::settings;
use super::table::TableTag;
use super::tags::{BlockTag, malformed};
use super::{Block, Fragment, Item, Part, Rules};
use crate::diag::Diagnostic;
use crate::source::Span;

/// A block tag that waits for its block.
pub(super) struct Pending {
    pub(super) span: Span,
    pub(super) tag: BlockTag,
}

/// A block that is being read.
#[derive(Default)]
pub(super) struct Active {
    /// The first of its tags; `None` for a block that is read only for what checks itself (fences, inline claims)
    /// or because a region is on.
    pub(super) tag: Option<Span>,
    /// Whether its mathematics is checked.
    pub(super) checked: bool,
    /// Why it is not to be recomputed, if it is not.
    pub(super) skip: Option<Fragment>,
    /// Where `wrong` stands.
    pub(super) wrong: Option<Span>,
    /// How its table is to be checked.
    pub(super) table: Option<TableTag>,
    /// Its tags gave rise to a part or a message, so that nothing need be said about an empty block.
    pub(super) answered: bool,
    /// The parts that no item holds yet.
    pub(super) parts: Vec<Part>,
    /// The formulas beside the parts that define macros, and that no item holds yet.
    pub(super) macros: Vec<Fragment>,
    rules: Rules,
    /// Up to here the block is in items that were handed on.
    start: usize,
    /// Where the block ends.
    end: usize,
}

impl Active {
    /// A block without tags, in `start..end`.
    pub(super) fn untagged(start: usize, end: usize, checked: bool) -> Self {
        Self { start, end, checked, ..Self::default() }
    }

    /// The block in `start..end` that `pending` tags are above, and what is wrong with them.
    pub(super) fn tagged(start: usize, end: usize, pending: Vec<Pending>) -> (Self, Vec<Diagnostic>) {
        let mut active = Self { start, end, checked: true, ..Self::default() };
        active.tag = pending.first().map(|pending| pending.span);
        let lone = pending.len() == 1;
        let mut errors = Vec::new();
        for Pending { span, tag } in pending {
            if matches!(tag, BlockTag::Skip(_)) && !lone {
                errors.push(
                    malformed(span, "a block that is skipped has other tags")
                        .help("remove `skip`, or the tags beside it"),
                );
            }
            errors.extend(active.attach(span, tag));
        }
        active.checked = active.skip.is_none() && active.table.is_none();
        (active, errors)
    }

    /// Adds what one tag says.
    fn attach(&mut self, span: Span, tag: BlockTag) -> Option<Diagnostic> {
        let twice = |what: &str| Some(malformed(span, format!("a second {what} for the same block")));
        match tag {
            BlockTag::Check => None,
            BlockTag::Skip(reason) => self.skip.replace(reason).and_then(|_| twice("`skip`")),
            BlockTag::Table(table) => self.table.replace(table).and_then(|_| twice("`table`")),
            BlockTag::Settings(settings) => {
                let wrong = settings.wrong.and_then(|wrong| self.wrong.replace(wrong));
                let repeated = settings::merge(&mut self.rules, settings.rules);
                wrong.and_then(|_| twice("`wrong`")).or_else(|| twice(&format!("`{}`", repeated?)))
            }
        }
    }

    /// Whether a tag inside it would contradict its own.
    pub(super) fn is_closed(&self) -> Option<&'static str> {
        if self.skip.is_some() {
            return Some("skipped");
        }
        self.wrong.is_some().then_some("meant to be wrong")
    }

    /// Hands on what was found before `until`: the parts as one item, and the macros after it. No part needs them, since
    /// where formulas are checked they are parts themselves.
    pub(super) fn flush(&mut self, page: Page<'_>, until: usize) -> impl Iterator<Item = Item> + use<> {
        let until = until.clamp(self.start, self.end);
        let range = trim(page.text, self.start..until);
        self.start = until;
        let parts = std::mem::take(&mut self.parts);
        let block = (!parts.is_empty()).then(|| {
            Item::Block(Block { span: page.span(range), rules: self.rules.clone(), wrong: self.wrong, parts })
        });
        block.into_iter().chain(std::mem::take(&mut self.macros).into_iter().map(Item::Macros))
    }

    /// Where the block ends.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Leaves out what another item holds already.
    pub(super) fn skip_to(&mut self, until: usize) {
        self.start = self.start.max(until).min(self.end);
    }

    /// What of the block no item holds yet, without the white space around it.
    pub(super) fn range(&self, page: Page<'_>) -> Range<usize> {
        trim(page.text, self.start..self.end)
    }

    /// The place of [`range`](Self::range).
    pub(super) fn span(&self, page: Page<'_>) -> Span {
        page.span(self.range(page))
    }
}
