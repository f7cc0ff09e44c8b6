//! Markdown's events to items: which containers are open, and which block a tag belongs to.
//!
//! A tag waits in its container (page, quote, list item, …) until the next block of that container begins; that
//! block becomes *active*, and what is found inside it becomes its parts. Blocks without a tag are active too, for
//! what checks itself (fences, inline claims) and for regions that are on. Containers are kept on a stack of our
//! own, so the depth of nesting costs no program stack.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::active::{Active, Pending};
use super::entries::{Entries, PARAGRAPH};
use super::fence::Fence;
use super::fragment::{Page, trim};
use super::label::{self, Label};
use super::run::{Kind, Run};
use super::table::Cells;
use super::{Edge, Item, Part, Scan, ScanOptions, markdown};
use crate::diag::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// Finds everything in `text` that is to be checked.
pub(super) fn walk(file: FileId, text: &str, options: &ScanOptions) -> Scan {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let parsed = markdown::shield(body);
    let page = Page { file, base: text.len() - body.len(), text: body, parsed: &parsed };
    let mut walk = Walk::new(page, *options);
    for (event, range) in markdown::events(&parsed) {
        walk.event(event, range);
    }
    walk.finish()
}

/// The state while the events go by.
pub(super) struct Walk<'t> {
    pub(super) page: Page<'t>,
    pub(super) options: ScanOptions,
    pub(super) out: Scan,
    /// `on`, while it is.
    pub(super) region: Option<Region>,
    /// The blocks being read, outermost first. What is found belongs to the last.
    actives: Vec<Active>,
    /// The open blocks, outermost first; the first is the page.
    frames: Vec<Frame>,
    run: Option<Run<'t>>,
    fence: Option<Fence<'t>>,
    html: Vec<Range<usize>>,
    table: Option<OpenTable>,
    in_cell: bool,
}

/// An open block.
struct Frame {
    /// Where that is, in words, if blocks may stand in it by themselves.
    container: Option<&'static str>,
    /// Whether it put a block on the list of active ones.
    active: bool,
    /// Tags that wait for the next block in it.
    pending: Vec<Pending>,
    /// Where a numbered list begins to count.
    list_start: Option<u64>,
    entries: Entries,
}

impl Frame {
    fn new(container: Option<&'static str>, active: bool) -> Self {
        Self { container, active, pending: Vec::new(), list_start: None, entries: Entries::default() }
    }
}

/// `<!-- qed: on -->` and whether anything was found since.
pub(super) struct Region {
    pub(super) span: Span,
    pub(super) found: bool,
}

/// A table under a table tag, and where among the parts of its block it belongs.
struct OpenTable {
    cells: Cells,
    part: usize,
}

/// What an element of Markdown means for tags.
enum Shape {
    /// Part of a run.
    Inline,
    /// Raw HTML, which may be tags.
    Html,
    /// Holds blocks that tags may stand above.
    Container(&'static str),
    /// A block with text of its own.
    Leaf,
    /// Anything between those: a list, a row of a table.
    Group,
}

fn shape(tag: TagEnd) -> Shape {
    match tag {
        TagEnd::Emphasis
        | TagEnd::Strong
        | TagEnd::Strikethrough
        | TagEnd::Superscript
        | TagEnd::Subscript
        | TagEnd::Link
        | TagEnd::Image => Shape::Inline,
        TagEnd::HtmlBlock => Shape::Html,
        TagEnd::BlockQuote(_) => Shape::Container("in its quote"),
        TagEnd::Item => Shape::Container("in its list item"),
        TagEnd::FootnoteDefinition => Shape::Container("in its footnote"),
        TagEnd::DefinitionListDefinition => Shape::Container("in its definition"),
        TagEnd::Paragraph
        | TagEnd::Heading(_)
        | TagEnd::CodeBlock
        | TagEnd::Table
        | TagEnd::DefinitionListTitle
        | TagEnd::MetadataBlock(_) => Shape::Leaf,
        TagEnd::List(_)
        | TagEnd::DefinitionList
        | TagEnd::TableHead
        | TagEnd::TableRow
        | TagEnd::TableCell => Shape::Group,
    }
}

impl<'t> Walk<'t> {
    fn new(page: Page<'t>, options: ScanOptions) -> Self {
        Self {
            page,
            options,
            out: Scan::default(),
            region: None,
            actives: Vec::new(),
            frames: vec![Frame::new(Some("on its page"), false)],
            run: None,
            fence: None,
            html: Vec::new(),
            table: None,
            in_cell: false,
        }
    }

    fn event(&mut self, event: Event<'t>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => match &mut self.fence {
                Some(fence) => fence.lines.push(range),
                None => self.piece(range, Kind::Text, &text),
            },
            Event::Code(text) => self.piece(range, Kind::Code, &text),
            // In a heading, white space behind the last dollar is counted in.
            Event::InlineMath(content) | Event::DisplayMath(content) => {
                self.piece(trim(self.page.text, range), Kind::Math { content: content.clone() }, &content);
            }
            Event::Html(_) => self.html.push(range),
            Event::InlineHtml(_) => self.piece(range, Kind::Html, ""),
            Event::FootnoteReference(_) | Event::SoftBreak | Event::HardBreak | Event::TaskListMarker(_) => {
                self.piece(range.start..range.start, Kind::Mark, "");
            }
            Event::Rule => {
                self.finish_run();
                self.open_frame(range.clone(), None, true);
                self.close_frame(&range);
            }
        }
    }

    fn start(&mut self, tag: Tag<'t>, range: Range<usize>) {
        match shape(tag.to_end()) {
            Shape::Inline => return self.piece(range.start..range.start, Kind::Mark, ""),
            Shape::Html => return self.finish_run(),
            Shape::Container(name) => {
                self.finish_run();
                self.enter(&tag, &range);
                self.open_frame(range.clone(), Some(name), false);
            }
            Shape::Leaf => {
                self.finish_run();
                self.enter(&tag, &range);
                self.open_frame(range.clone(), None, true);
            }
            Shape::Group => {
                self.finish_run();
                self.open_frame(range.clone(), None, false);
            }
        }
        match tag {
            Tag::List(start) => self.frames.last_mut().into_iter().for_each(|frame| frame.list_start = start),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => self.fence = Some(Fence::new(Some(info))),
            Tag::CodeBlock(CodeBlockKind::Indented) => self.fence = Some(Fence::new(None)),
            // One in a quotation or a list is part of the block around it.
            Tag::Heading { .. } if self.frames.len() == 2 => {
                self.out.items.push(Item::Section(self.page.span(trim(self.page.text, range))));
            }
            Tag::Table(_) => self.start_table(),
            Tag::TableHead => self.cells(|cells, _| cells.start_header()),
            Tag::TableRow => self.cells(|cells, _| cells.start_row()),
            Tag::TableCell => {
                self.in_cell = true;
                self.cells(|cells, page| cells.add(page, range));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        if matches!(shape(tag), Shape::Inline) {
            return;
        }
        self.finish_run();
        match tag {
            TagEnd::HtmlBlock => {
                let pieces = std::mem::take(&mut self.html);
                return self.read_html(range, &pieces);
            }
            TagEnd::CodeBlock => {
                if let Some(fence) = self.fence.take() {
                    self.read_fence(range.clone(), &fence);
                }
            }
            TagEnd::TableCell => self.in_cell = false,
            TagEnd::TableHead | TagEnd::TableRow => self.end_row(range.clone()),
            TagEnd::Table => self.end_table(range.clone()),
            _ => {}
        }
        self.close_frame(&range);
    }

    /// Adds a piece to the run that is open, or opens one. `plain` is what its reader sees.
    fn piece(&mut self, range: Range<usize>, kind: Kind<'t>, plain: &str) {
        self.cells(|cells, _| cells.add_plain(plain));
        let (page, in_cell) = (self.page, self.in_cell);
        // A piece that begins with an escaped character begins after the backslash, which belongs to the run.
        let start = || range.start - usize::from(page.text[..range.start].ends_with('\\'));
        self.run.get_or_insert_with(|| Run::new(start(), in_cell)).push(range.clone(), kind);
    }

    /// Reads the run that has just ended, if there is one.
    fn finish_run(&mut self) {
        if let Some(run) = self.run.take() {
            self.read_run_as_block(&run);
        }
    }

    /// Reads a run that may be a block of its own: text that stands in a container without a paragraph.
    pub(super) fn read_run_as_block(&mut self, run: &Run<'_>) {
        let active = self.open_active(run.range.clone(), true);
        self.read_run(run);
        if active {
            self.close_active();
        }
    }

    fn open_frame(&mut self, range: Range<usize>, container: Option<&'static str>, leaf: bool) {
        let active = self.open_active(range, leaf);
        self.frames.push(Frame::new(container, active));
    }

    fn close_frame(&mut self, range: &Range<usize>) {
        let Some(mut frame) = self.frames.pop() else { return };
        self.refuse_pending(&frame);
        if frame.active {
            self.close_active();
        }
        self.edges(frame.entries.end(), &(range.end..range.end));
    }

    /// Before a block is opened: whether that is one of several entries. Within a block with a tag all is one.
    fn enter(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        let on_page = self.frames.len() == 1;
        let Some(frame) = self.frames.last_mut().filter(|_| self.actives.is_empty()) else { return };
        let label = |is_heading| label::of(&self.page.text[range.clone()], is_heading);
        let edges = match tag {
            Tag::Item => frame.list_start.map_or_else(Vec::new, |number| {
                frame.list_start = Some(number + 1);
                frame.entries.next(Label::item(number), PARAGRAPH)
            }),
            Tag::Paragraph => {
                label(false).map_or_else(Vec::new, |label| frame.entries.next(label, PARAGRAPH))
            }
            Tag::Heading { level, .. } if on_page => frame.entries.heading(label(true), *level as usize),
            _ => Vec::new(),
        };
        self.edges(edges, range);
    }

    fn edges(&mut self, edges: Vec<Edge>, range: &Range<usize>) {
        let span = self.page.span(trim(self.page.text, range.clone()));
        self.out.items.extend(edges.into_iter().map(|edge| Item::Entry { span, edge }));
    }

    /// Makes the block in `range` active if tags wait for it, or if it has text and no block around it is active.
    fn open_active(&mut self, range: Range<usize>, leaf: bool) -> bool {
        let pending =
            self.frames.last_mut().map(|frame| std::mem::take(&mut frame.pending)).unwrap_or_default();
        if !pending.is_empty() {
            self.open_tagged(range, pending);
            return true;
        }
        let needed = leaf && self.actives.is_empty();
        if needed {
            let checked = self.options.all || self.region.is_some();
            self.actives.push(Active::untagged(range.start, range.end, checked));
        }
        needed
    }

    fn open_tagged(&mut self, range: Range<usize>, pending: Vec<Pending>) {
        self.flush(range.start);
        let (mut active, errors) = Active::tagged(range.start, range.end, pending);
        active.answered = !errors.is_empty();
        self.out.diagnostics.extend(errors);
        if let Some(reason) = &active.skip {
            self.out.items.push(Item::Skip { span: active.span(self.page), reason: reason.clone() });
            active.answered = true;
            self.found();
        }
        self.actives.push(active);
    }

    fn close_active(&mut self) {
        let Some(mut active) = self.actives.pop() else { return };
        let span = active.span(self.page);
        let unanswered =
            active.tag.filter(|_| !active.answered).map(|tag| (tag, self.help_for_nothing(&active)));
        self.out.items.extend(active.flush(self.page, active.end()));
        if let Some(table) = active.table.take() {
            self.out.diagnostics.push(
                Diagnostic::error(Code::NothingTagged, table.span, "the block after this tag is no table")
                    .secondary(span, "this block"),
            );
        } else if let Some((tag, help)) = unanswered {
            self.out.diagnostics.push(nothing_in_block(tag, span, help));
        }
        if let Some(outer) = self.actives.last_mut() {
            outer.answered |= active.tag.is_some() || active.answered;
            outer.skip_to(active.end());
        }
    }

    /// What to do about a block in which nothing was found.
    fn help_for_nothing(&self, active: &Active) -> &'static str {
        let text = &self.page.text[active.range(self.page)];
        if text.starts_with('<') {
            "put the tag inside the HTML element, with an empty line before and after it"
        } else if !self.options.mathjax && (text.contains("\\\\(") || text.contains("\\\\[")) {
            "`\\\\(` and `\\\\[` are math only with `mathjax-support = true`"
        } else {
            "move the tag above the block it is about, or remove it"
        }
    }

    /// Hands on what the active block has so far, because something else comes at `until`.
    pub(super) fn flush(&mut self, until: usize) {
        let page = self.page;
        self.out
            .items
            .extend(self.actives.last_mut().into_iter().flat_map(|active| active.flush(page, until)));
    }

    /// The block that is being read.
    pub(super) fn active(&mut self) -> Option<&mut Active> {
        self.actives.last_mut()
    }

    /// Whether the author has asked for a check of what is being read, not just set `scope = "all"`.
    pub(super) fn is_asked_for(&self) -> bool {
        self.region.is_some() || self.actives.iter().any(|active| active.tag.is_some())
    }

    /// Adds a part to the block that is being read.
    pub(super) fn add(&mut self, part: Part) {
        self.found();
        if let Some(active) = self.actives.last_mut() {
            active.answered = true;
            active.parts.push(part);
        }
    }

    /// Reports something about the block that is being read, which thereby is not empty.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found();
        if let Some(active) = self.actives.last_mut() {
            active.answered = true;
        }
        self.out.diagnostics.push(diagnostic);
    }

    fn found(&mut self) {
        if let Some(region) = &mut self.region {
            region.found = true;
        }
    }

    /// Lets a tag wait for the next block of the innermost container.
    pub(super) fn wait(&mut self, pending: Pending) {
        if let Some(frame) = self.frames.last_mut() {
            frame.pending.push(pending);
        }
    }

    fn refuse_pending(&mut self, frame: &Frame) {
        if let Some(pending) = frame.pending.first() {
            let container = frame.container.unwrap_or("in its block");
            self.out.diagnostics.push(
                Diagnostic::error(
                    Code::NothingTagged,
                    pending.span,
                    format!("no block follows this tag {container}"),
                )
                .help("a tag stands above the block it is about, in the same list item, quote or page"),
            );
        }
    }

    /// Runs `change` on the cells of the table that is being read, if it is to be checked.
    fn cells(&mut self, change: impl FnOnce(&mut Cells, Page<'_>)) {
        if let Some(table) = &mut self.table {
            change(&mut table.cells, self.page);
        }
    }

    /// A table tag belongs to the block right after it: a table inside that block is not meant.
    fn start_table(&mut self) {
        let own = self.frames.last().is_some_and(|frame| frame.active);
        if let Some(active) = self.actives.last().filter(|active| own && active.table.is_some()) {
            self.table = Some(OpenTable { cells: Cells::default(), part: active.parts.len() });
        }
    }

    fn end_row(&mut self, range: Range<usize>) {
        let dropped = self.table.as_ref().and_then(|table| table.cells.end_row(self.page, range));
        self.out.diagnostics.extend(dropped);
    }

    fn end_table(&mut self, range: Range<usize>) {
        let Some(open) = self.table.take() else { return };
        let Some(active) = self.actives.last_mut() else { return };
        let Some(tag) = active.table.take() else { return };
        let (table, errors) = open.cells.finish(self.page, trim(self.page.text, range), tag);
        active.answered = true;
        active.parts.insert(open.part, Part::Table(table));
        self.out.diagnostics.extend(errors);
        self.found();
    }

    /// The end of the page: nothing may be left waiting.
    fn finish(mut self) -> Scan {
        self.finish_run();
        while let Some(frame) = self.frames.pop() {
            self.refuse_pending(&frame);
        }
        self.close_region();
        self.out.diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
        self.out
    }

    /// Ends the region that is on, if any, and reports one that has nothing in it.
    pub(super) fn close_region(&mut self) -> bool {
        let Some(region) = self.region.take() else { return false };
        if !region.found {
            self.out.diagnostics.push(
                Diagnostic::error(
                    Code::NothingTagged,
                    region.span,
                    "there is nothing to check in this region",
                )
                .help("remove the tag, or `off` is too early"),
            );
        }
        true
    }
}

fn nothing_in_block(tag: Span, block: Span, help: &str) -> Diagnostic {
    Diagnostic::error(Code::NothingTagged, tag, "there is nothing to check in the block after this tag")
        .secondary(block, "this block")
        .help(help)
}
