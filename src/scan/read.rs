//! What is found in the pieces of a page: claims and math in runs, tags in comments, the content of fences.
//! `walk` says when each comes and which block it belongs to.

use std::ops::Range;

use super::active::Pending;
use super::dollar;
use super::fence::{Fence, Info, info};
use super::html::{self, Segment};
use super::inline::{self, Found};
use super::lead::{Leads, Words};
use super::run::{Kind, Run};
use super::tags::{self, Comment, Opening, Tag, malformed};
use super::walk::{Region, Walk};
use super::{Cell, Fragment, Item, Part};
use crate::diag::{Code, Diagnostic};
use crate::source::Span;

impl Walk<'_> {
    /// Reads inline text.
    pub(super) fn read_run(&mut self, run: &Run<'_>) {
        let source = &self.page.text[run.range.clone()];
        let skipped = self.active().is_some_and(|active| active.skip.is_some());
        if !source.contains(['$', '{', '\\', '<']) {
            return;
        }
        let masked = run.masked(self.page);
        if skipped {
            return self.read_macros(run, &masked, &[]);
        }
        self.refuse_comments(run, &masked);
        let mut parts = Vec::new();
        let mut taken = Vec::new();
        for found in inline::find(run, &masked) {
            self.read_found(run, &masked, found, &mut parts, &mut taken);
        }
        match self.active().is_some_and(|active| active.checked) {
            true => self.read_math(run, &masked, &mut parts, &taken),
            false => self.read_macros(run, &masked, &taken),
        }
        parts.sort_by_key(|part| part.span().start);
        for part in parts {
            self.add(part);
        }
    }

    /// Reads what stands between double braces; claims become `parts`, and what they cover is `taken` from math.
    fn read_found(
        &mut self,
        run: &Run<'_>,
        text: &str,
        found: Found,
        parts: &mut Vec<Part>,
        taken: &mut Vec<Range<usize>>,
    ) {
        self.out.tagged |= !matches!(found, Found::Include(_));
        let place = |range: &Range<usize>| run.range.start + range.start..run.range.start + range.end;
        let span = |range: &Range<usize>| self.page.span(place(range));
        let error = match found {
            Found::Claim { outer, content } => {
                let fragment = self.page.fragment(place(&content).start, &text[content]);
                parts.push(Part::Inline { outer: span(&outer), content: fragment });
                taken.push(outer);
                return;
            }
            Found::Empty(range) => malformed(span(&range), "an inline claim without anything in it")
                .help("write `{{#qed value}}` or `{{#qed left = right}}`"),
            Found::Unclosed(range) => unclosed(span(&range), "`{{#qed` without `}}` in the same block"),
            Found::Misspelt(range) => tags::misspelt(span(&range), &text[range]),
            Found::NoHash(range) => Diagnostic::error(Code::UnknownTag, span(&range), "no `#` before `qed`")
                .help("write `{{#qed …}}`"),
            Found::Include(_) if !self.is_asked_for() => return,
            Found::Include(range) => unresolved(span(&range)),
        };
        self.report(error);
    }

    /// Reads the math of a checked run, in which the inline claims `taken` were found.
    fn read_math(&mut self, run: &Run<'_>, text: &str, parts: &mut Vec<Part>, taken: &[Range<usize>]) {
        let found = dollar::find(run, text, taken, self.options.mathjax);
        let place = |range: &Range<usize>| run.range.start + range.start..run.range.start + range.end;
        let mut inside = vec![false; taken.len()];
        let mut claim = 0;
        for math in &found.math {
            while taken.get(claim).is_some_and(|taken| taken.end <= math.outer.end) {
                inside[claim] = taken[claim].start >= math.outer.start;
                claim += 1;
            }
        }
        for range in inside.iter().zip(taken).filter_map(|(inside, range)| inside.then_some(range)) {
            self.report(
                malformed(self.page.span(place(range)), "an inline claim inside math that is checked")
                    .help("write the claim outside of the math, or a hole `= ?` in it"),
            );
        }
        let mut claims = inside.iter();
        parts.retain(|_| claims.next() != Some(&true));
        let (mut leads, mut end) = (Leads::default(), 0);
        for math in found.math {
            let prose = &text[end..math.outer.start];
            end = math.outer.end;
            let outer = self.page.span(place(&math.outer));
            let content = self.page.fragment(run.range.start + math.start, math.content);
            let words = leads.behind(prose, &content.text, content.span.start);
            parts.push(Part::Math { outer, content, display: math.display, words });
        }
        // With `scope = "all"` prose is read that nobody has tagged: dollars in it may be just dollars, unless a line begins
        // with two or with an environment, or a command of TeX stands before the next.
        let is_asked_for = self.is_asked_for();
        let begins_line = |range: &Range<usize>| {
            let line = text[..range.start].rsplit('\n').next().unwrap_or_default();
            let begins = &text[range.clone()];
            (begins == "$$" || begins.contains("begin{")) && line.trim().is_empty()
        };
        let holds_command = |range: &Range<usize>| {
            let before_next = text[range.end..].split_once('$').map_or("", |(before, _)| before);
            before_next
                .match_indices('\\')
                .any(|(at, _)| before_next[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic()))
        };
        let is_math = |range: &Range<usize>| is_asked_for || begins_line(range) || holds_command(range);
        for range in found.unclosed.into_iter().filter(is_math) {
            self.report(unclosed_math(self.page.span(place(&range)), &text[range]));
        }
    }

    /// Hands on the math of a run that is not checked where it defines macros.
    fn read_macros(&mut self, run: &Run<'_>, text: &str, taken: &[Range<usize>]) {
        if !defines_macros(text) {
            return;
        }
        let found = dollar::find(run, text, taken, self.options.mathjax).math;
        for math in found.into_iter().filter(|math| defines_macros(&math.content)) {
            let content = self.page.fragment(run.range.start + math.start, math.content);
            if let Some(active) = self.active() {
                active.macros.push(content);
            }
        }
    }

    /// Reports tags in the middle of text, where they are none.
    fn refuse_comments(&mut self, run: &Run<'_>, text: &str) {
        let mut pieces =
            run.pieces.iter().filter(|piece| matches!(piece.kind, Kind::Html | Kind::Code)).peekable();
        for (at, _) in text.match_indices("<!--") {
            let start = run.range.start + at;
            while pieces.next_if(|piece| piece.range.end <= start).is_some() {}
            let piece = pieces.peek().filter(|piece| piece.range.start <= start);
            if text[..at].ends_with('\\') || piece.is_some_and(|piece| piece.range.start < start) {
                continue;
            }
            let body = at + "<!--".len();
            let span = |range: Range<usize>| {
                self.page.span(run.range.start + range.start..run.range.start + range.end)
            };
            let error = match (tags::opening(&text[body..]), piece) {
                (Opening::Plain, _) => continue,
                (Opening::Misspelt(word), _) => {
                    let word = body + word.start..body + word.end;
                    tags::misspelt(span(word.clone()), &text[word])
                }
                (Opening::Tag(after), None) => {
                    unclosed(span(at..body + after), "a comment that is not closed")
                }
                (Opening::Tag(_), Some(piece)) => not_alone(self.page.span(piece.range.clone())),
            };
            self.out.tagged = true;
            self.report(error);
        }
    }

    /// Reads raw HTML: comments that are tags, and the text of elements.
    pub(super) fn read_html(&mut self, range: Range<usize>, pieces: &[Range<usize>]) {
        let html = self.page.masked(range.clone(), pieces);
        if html::is_opaque(&html) {
            return self.read_run_as_block(&Run::new(range.start, false));
        }
        for segment in html::segments(&html) {
            match segment {
                Segment::Comment { outer, body } => self.read_comment(&html, range.start, outer, body),
                Segment::Unclosed(rest) => self.read_unclosed(&html, range.start, rest),
                Segment::Text(text) => self.read_run_as_block(&inline::run_of_html(&html, range.start, text)),
            }
        }
    }

    fn read_unclosed(&mut self, html: &str, base: usize, rest: Range<usize>) {
        let body = rest.start + "<!--".len();
        let end = match tags::opening(&html[body..]) {
            Opening::Tag(after) => body + after,
            Opening::Misspelt(word) => body + word.end,
            Opening::Plain => return,
        };
        self.out.tagged = true;
        self.report(unclosed(self.page.span(base + rest.start..base + end), "a comment that is not closed"));
    }

    /// Reads a comment, which may be a tag.
    fn read_comment(&mut self, html: &str, base: usize, outer: Range<usize>, body: Range<usize>) {
        let span = self.page.span(base + outer.start..base + outer.end);
        let text = &html[body.clone()];
        let after = match tags::opening(text) {
            Opening::Tag(after) => after,
            Opening::Misspelt(word) => {
                let place = base + body.start + word.start..base + body.start + word.end;
                self.out.tagged = true;
                return self.report(tags::misspelt(self.page.span(place), &text[word]));
            }
            Opening::Plain => {
                if swallows_tag(text) {
                    self.out.tagged = true;
                    self.report(
                        unclosed(span, "a comment with a tag in it")
                            .help("close the comment with `-->` before the tag"),
                    );
                }
                return;
            }
        };
        self.out.tagged = true;
        let comment = Comment { span, body: self.page.fragment(base + body.start, text) };
        match self.read_tag(html, &outer, &comment, after) {
            Ok(tag) => self.obey(tag, span, base + outer.start),
            Err(error) => self.report(error),
        }
    }

    /// Reads a tag and checks that it may stand where it does.
    fn read_tag(
        &mut self,
        html: &str,
        outer: &Range<usize>,
        comment: &Comment,
        after: usize,
    ) -> Result<Tag, Diagnostic> {
        if comment.body.text.contains("<!--") {
            return Err(unclosed(comment.span, "a comment that is not closed before the next one begins"));
        }
        if !html::alone_on_line(html, outer.clone()) {
            return Err(not_alone(comment.span));
        }
        let tag = tags::read(comment, after)?;
        match self.active().and_then(|active| active.is_closed()) {
            Some(how) => Err(malformed(comment.span, format!("a tag inside a block that is {how}"))),
            None => Ok(tag),
        }
    }

    /// Does what a tag at `at` says.
    fn obey(&mut self, tag: Tag, span: Span, at: usize) {
        match tag {
            Tag::Block(tag) => self.wait(Pending { span, tag }),
            Tag::On => self.open_region(span),
            Tag::Off => {
                if !self.close_region() {
                    self.out.diagnostics.push(
                        Diagnostic::error(Code::Unclosed, span, "`off` without `on` before it")
                            .help("remove it, or write `<!-- qed: on -->` where checking begins"),
                    );
                }
            }
            Tag::Directive(Item::Let(text)) if text.text.contains("{{#include") => {
                self.report(unresolved(text.span))
            }
            Tag::Directive(item) => {
                self.flush(at);
                self.out.items.push(item);
            }
        }
    }

    fn open_region(&mut self, span: Span) {
        if let Some(open) = &self.region {
            let error = Diagnostic::error(Code::Unclosed, span, "`on` where checking is on already")
                .secondary(open.span, "on since here")
                .help("remove it, or write `<!-- qed: off -->` before it");
            self.out.diagnostics.push(error);
        } else {
            self.region = Some(Region { span, found: false });
        }
    }

    /// Reads a code block.
    pub(super) fn read_fence(&mut self, range: Range<usize>, fence: &Fence<'_>) {
        let Some(words) = &fence.info else { return };
        let skipped = self.active().is_some_and(|active| active.skip.is_some());
        match info(words) {
            Info::Other => {}
            _ if skipped => {}
            Info::Cell { hidden, show, id } => self.read_code(range, fence, |outer, content, info| {
                Part::Cell(Cell { outer, content, info, hidden, show, id })
            }),
            Info::Output => {
                let prefix = self.page.prefix(range.start);
                self.read_code(range, fence, |outer, content, _| Part::Output { outer, content, prefix });
            }
            // Without `--all` it is code, of which mdBook shows the source.
            Info::Math if !self.options.all => {}
            Info::Math => self.read_code(range, fence, |outer, content, _| Part::Math {
                outer,
                content,
                display: true,
                words: Words::default(),
            }),
            Info::Qed { hidden } => self.read_qed_fence(range, fence, hidden),
            Info::Unknown { word, meant } => {
                self.out.tagged = true;
                let place = self.page.span(fence.place_of(self.page, range.start, &word));
                self.report(unknown_word(place, &words[word], meant));
            }
        }
    }

    fn read_qed_fence(&mut self, range: Range<usize>, fence: &Fence<'_>, hidden: bool) {
        self.read_code(range, fence, |outer, content, _| Part::Fence { outer, content, hidden });
    }

    /// Reads a fence that is ours, of which `part` is made: all of it, its content and its info string.
    fn read_code(
        &mut self,
        range: Range<usize>,
        fence: &Fence<'_>,
        part: impl FnOnce(Span, Fragment, Fragment) -> Part,
    ) {
        self.out.tagged = true;
        let (content, closed) = fence.content(self.page, range.clone());
        let info = fence.info_range(self.page, range.start);
        let info = self.page.fragment(info.start, &self.page.text[info]);
        let outer = self.page.span(super::fragment::trim(self.page.text, range));
        if !closed {
            self.report(unclosed(
                Span { end: content.span.start.min(outer.end), ..outer },
                "a fence that is not closed",
            ));
        } else if let Some(at) = content.text.find("{{#include") {
            self.report(unresolved(content.slice(at..at + "{{#include".len()).span));
        } else {
            self.add(part(outer, content, info));
        }
    }
}

/// The commands that define a macro. What they say is read where formulas are.
const DEFINITIONS: &[&str] =
    &["\\newcommand", "\\renewcommand", "\\providecommand", "\\DeclareMathOperator", "\\def"];

fn defines_macros(text: &str) -> bool {
    DEFINITIONS.iter().any(|command| text.contains(command))
}

/// Whether a line of a comment begins with what looks like a tag of its own: the comment was left open.
fn swallows_tag(body: &str) -> bool {
    body.split('\n').skip(1).any(|line| {
        line.trim_start()
            .strip_prefix("<!--")
            .is_some_and(|rest| matches!(tags::opening(rest), Opening::Tag(_)))
    })
}

fn unclosed(span: Span, message: &str) -> Diagnostic {
    Diagnostic::error(Code::Unclosed, span, message)
}

fn unclosed_math(span: Span, delimiter: &str) -> Diagnostic {
    let error = unclosed(span, &format!("`{delimiter}` belongs to no other in this block"));
    match delimiter {
        "$" => error.help("close the math, or write `\\$` for a dollar"),
        _ => error.help(
            "close the math; in Markdown an empty line ends a block, and so does a line that begins like a list, \
             a quote or a heading, or that is all `=` or `-`",
        ),
    }
}

fn not_alone(span: Span) -> Diagnostic {
    malformed(span, "a tag stands alone on its line")
        .help("put it on a line of its own, above the block it is about")
}

fn unresolved(span: Span) -> Diagnostic {
    Diagnostic::error(Code::Include, span, "an include that was not resolved")
        .help("check the path; mdBook leaves a link in the page when it cannot read the file")
}

fn unknown_word(span: Span, word: &str, meant: Option<&str>) -> Diagnostic {
    match (word, meant) {
        ("qed", _) => Diagnostic::error(Code::UnknownTag, span, "`qed` after a language that cannot be run")
            .help("only `rust,qed` is run; a `qed` fence of its own holds claims in plain notation"),
        (word, None) if word.contains('=') => {
            Diagnostic::error(Code::UnknownTag, span, format!("a Rust cell cannot be `{word}`"))
                .help("it may be `qed=show`, `hidden`, and have an `id=name`")
        }
        (_, Some(meant)) => Diagnostic::error(Code::UnknownTag, span, format!("a fence cannot be `{word}`"))
            .help(format!("did you mean `{meant}`?")),
        (_, None) => Diagnostic::error(Code::UnknownTag, span, format!("a `qed` fence cannot be `{word}`"))
            .help("it may be `hidden`"),
    }
}
