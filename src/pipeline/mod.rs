//! Runs the stages over a book: scan, resolve `use`, judge, edit. The one place that sees all of them.
//!
//! Pure: texts come in, reports and texts go out. It touches no file, clock or terminal, and knows nothing of
//! mdBook or of `book.toml`; `host` and `config` bring what it needs.

pub mod mutate;
mod uses;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::cell;
use crate::diag::{Code, Diagnostic, Severity};
use crate::eval::Scope;
use crate::explain;
use crate::judge::{self, Judged, Settings, Wanted};
use crate::page;
use crate::report::Report;
use crate::report::explanation::Explanation;
use crate::scan::{self, Item, Part, Scan, ScanOptions};
use crate::source::{FileId, Sources, Span};
use crate::splice;
use uses::{Uses, Waiting};

/// Everything the book's configuration decides.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What counts as tagged, and as math.
    pub scan: ScanOptions,
    /// How numbers are judged.
    pub judge: Settings,
    /// What the page shows.
    pub page: page::Options,
    /// How Rust cells are run.
    pub rust: cell::Settings,
    /// What the cells of each chapter came to.
    pub cells: BTreeMap<FileId, Arc<Vec<cell::Outcome>>>,
}

/// One chapter as the renderer would get it without us.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The id that spans in its text carry.
    pub file: FileId,
    /// Its path below the book's source folder, with `/`: what `use` refers to.
    pub path: String,
    /// Its Markdown.
    pub text: String,
}

/// What became of a chapter.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Claims and diagnostics, in reading order.
    pub report: Report,
    /// The chapter as the renderer is to get it. Its own text if an error stopped it.
    pub text: String,
}

/// Checks the chapters of a book. Chapters that do not `use` each other are judged at the same time; what comes out
/// does not depend on how many threads there are. `sources` says where the spans lie, for the list of all claims.
pub fn check_book(chapters: &[Chapter], sources: &Sources, options: &Options) -> Vec<Outcome> {
    check_chapters(chapters, &vec![true; chapters.len()], sources, options)
}

/// As [`check_book`], for the `wanted` chapters alone and those they `use`. The others have an empty outcome.
pub fn check_chapters(
    chapters: &[Chapter],
    wanted: &[bool],
    sources: &Sources,
    options: &Options,
) -> Vec<Outcome> {
    let book = Book::judge(chapters, wanted, options);
    let reports: Vec<&Report> =
        book.judged.iter().filter_map(OnceLock::get).map(|judged| &judged.report).collect();
    let write = |(position, chapter): (usize, &Chapter)| {
        let Some(judged) = book.judged[position].get() else { return Outcome::default() };
        let shown = page::Chapter {
            file: chapter.file,
            text: &chapter.text,
            items: &book.scans[position].items,
            report: &judged.report,
            values: &judged.edits,
            figures: &judged.figures,
            outputs: &judged.outputs,
        };
        write_page(chapter, page::page(shown, &reports, sources, &options.page))
    };
    let pages: Vec<Outcome> = chapters.par_iter().enumerate().map(write).collect();
    let together = book.judged.into_iter().zip(pages);
    together
        .map(|(judged, page)| {
            let mut report = judged.into_inner().map(|judged| judged.report).unwrap_or_default();
            report.append(page.report);
            Outcome { report, text: page.text }
        })
        .collect()
}

/// A book whose chapters have been judged, and which can be asked what a change would do.
pub struct Book<'a> {
    chapters: &'a [Chapter],
    options: &'a Options,
    scans: Vec<Scan>,
    uses: Vec<Uses>,
    /// `None` for chapters that nobody wants. Reports are complete.
    judged: Vec<OnceLock<Judged>>,
}

impl<'a> Book<'a> {
    /// Judges the `wanted` chapters and those they use.
    pub fn judge(chapters: &'a [Chapter], wanted: &[bool], options: &'a Options) -> Self {
        let scan = |chapter: &Chapter| scan::scan(chapter.file, &chapter.text, &options.scan);
        let scans: Vec<Scan> = chapters.par_iter().map(scan).collect();
        let uses = uses::uses(chapters, &scans);
        let judged = chapters.iter().map(|_| OnceLock::new()).collect();
        let waiting = Waiting::new(&uses, wanted);
        let book = Self { chapters, options, scans, uses, judged };
        // One by one as threads come free, not in halves: a few chapters take most of the time.
        rayon::scope_fifo(|threads| book.judge_all(waiting.ready(), &waiting, threads));
        book
    }

    /// Judges these chapters, and those that have waited for them.
    fn judge_all<'b>(&'b self, ready: Vec<usize>, waiting: &'b Waiting, threads: &rayon::ScopeFifo<'b>) {
        for position in ready {
            threads.spawn_fifo(move |threads| {
                let judged = self.judge_one(position, &self.scans[position], &BTreeMap::new(), None);
                let first = self.judged[position].set(judged);
                debug_assert!(first.is_ok(), "a chapter is judged once");
                self.judge_all(waiting.freed_by(position).collect(), waiting, threads);
            });
        }
    }

    /// What was found in a chapter, and its report; `None` if nobody wanted it.
    pub fn chapter(&self, position: usize) -> Option<(&Scan, &Report)> {
        Some((self.scans.get(position)?, &self.judged.get(position)?.get()?.report))
    }

    /// The reports of the chapter at `position`, if its text were `text`, and of those that use it, its own first.
    /// Its `use` tags stay what they were.
    pub fn with_change(&self, position: usize, text: &str) -> Vec<Report> {
        let changed = scan::scan(self.chapters[position].file, text, &self.options.scan);
        let mut again: BTreeMap<usize, Judged> = BTreeMap::new();
        again.insert(position, self.judge_one(position, &changed, &again, None));
        let mut order = vec![position];
        for next in uses::order(&self.uses) {
            let affected = self.judged[next].get().is_some()
                && next != position
                && uses::targets(&self.uses[next]).any(|used| again.contains_key(&used));
            if affected {
                again.insert(next, self.judge_one(next, &self.scans[next], &again, None));
                order.push(next);
            }
        }
        order.iter().filter_map(|position| again.remove(position)).map(|judged| judged.report).collect()
    }

    /// How the claims and definitions of a chapter that are `wanted` came about.
    pub fn explain(&self, position: usize, sources: &Sources, wanted: Wanted<'_>) -> Vec<Explanation> {
        let judged = self.judge_one(position, &self.scans[position], &BTreeMap::new(), Some(wanted));
        explain::explain(&judged, sources, wanted)
    }

    /// Judges one chapter; `instead` replaces what was found in others, and what is `wanted` is traced.
    fn judge_one(
        &self,
        position: usize,
        scan: &Scan,
        instead: &BTreeMap<usize, Judged>,
        wanted: Option<Wanted<'_>>,
    ) -> Judged {
        let scope = |used: usize| {
            let judged = instead.get(&used).or(self.judged[used].get());
            judged.map(|judged| &judged.scope).ok_or("it is not judged yet".to_owned())
        };
        let scopes: BTreeMap<String, Result<&Scope, String>> = self.uses[position]
            .iter()
            .map(|(written, target)| (written.clone(), target.clone().and_then(scope)))
            .collect();
        let cells = self.options.cells.get(&self.chapters[position].file).cloned().unwrap_or_else(|| {
            let none = scan::cells(&scan.items).map(|cell| cell::Outcome::disabled(&source_of(cell)));
            Arc::new(none.collect())
        });
        let settings = Settings { cells, ..self.options.judge.clone() };
        let judged = judge::judge(&scan.items, &scopes, &settings, wanted);
        let defines = !judged.scope.is_empty();
        let report = finish_report(&self.chapters[position], scan, judged.report, defines, self.options);
        Judged { report, ..judged }
    }
}

/// The Rust cells of the `wanted` chapters and those they use, in the order of the chapters.
pub fn cells(chapters: &[Chapter], wanted: &[bool], options: &Options) -> Vec<cell::Chapter> {
    // Most chapters have none, and those need not be scanned for them.
    let scan = |chapter: &Chapter| match chapter.text.contains("qed") && chapter.text.contains("rust") {
        true => scan::scan(chapter.file, &chapter.text, &options.scan),
        false => Scan::default(),
    };
    let scans: Vec<Scan> = chapters.par_iter().map(scan).collect();
    let needed = if wanted.iter().all(|wanted| *wanted) {
        wanted.to_vec()
    } else {
        let scan = |chapter: &Chapter| scan::scan(chapter.file, &chapter.text, &options.scan);
        let uses = uses::uses(chapters, &chapters.par_iter().map(scan).collect::<Vec<_>>());
        Waiting::new(&uses, wanted).needed
    };
    let cells = |(position, chapter): (usize, &Chapter)| {
        let cells = if needed[position] {
            scan::cells(&scans[position].items).map(source_of).collect()
        } else {
            Vec::new()
        };
        cell::Chapter { path: chapter.path.clone(), cells }
    };
    chapters.iter().enumerate().map(cells).collect()
}

fn source_of(cell: &scan::Cell) -> cell::Cell {
    cell::Cell { span: cell.content.span, text: cell.content.text.clone(), show: cell.show }
}

/// The paths that a text says it `use`s, as written: what must be there to check it.
pub fn used_paths(text: &str, options: &Options) -> Vec<String> {
    uses::written(&scan::scan(FileId(0), text, &options.scan)).collect()
}

/// Joins what scanning and judging found.
fn finish_report(
    chapter: &Chapter,
    scan: &Scan,
    mut report: Report,
    defines: bool,
    options: &Options,
) -> Report {
    report.diagnostics.extend(nothing_checked(chapter, scan, &report, defines));
    report.prepend(scan.diagnostics.clone());
    if options.judge.warn_on_mismatch {
        report.soften();
    }
    debug_assert_eq!(report.broken_link(), None);
    report
}

/// The chapter as the renderer is to get it, and what could not be shown.
fn write_page(chapter: &Chapter, mut page: page::Page) -> Outcome {
    let (text, diagnostics) = match splice::apply(&chapter.text, &mut page.edits) {
        Ok(text) => (text, page.diagnostics),
        Err(problem) => (chapter.text.clone(), vec![edits_clash(chapter, &problem)]),
    };
    Outcome { report: Report { claims: Vec::new(), diagnostics }, text }
}

/// A chapter that is tagged but in which nothing was checked hides a slip, unless it only defines and skips.
fn nothing_checked(chapter: &Chapter, scan: &Scan, report: &Report, defines: bool) -> Option<Diagnostic> {
    let complained = |diagnostics: &[Diagnostic]| diagnostics.iter().any(|it| it.severity == Severity::Error);
    let silent =
        report.claims.is_empty() && !complained(&report.diagnostics) && !complained(&scan.diagnostics);
    let block = scan.items.iter().find_map(|item| match item {
        Item::Block(block) if block.parts.iter().any(|part| !matches!(part, Part::Cell(_))) => {
            Some(block.span)
        }
        _ => None,
    });
    let only_definitions = defines || block.is_none() && scan.items.iter().any(is_tagged);
    if !scan.tagged || !silent || only_definitions {
        return None;
    }
    let span = block.unwrap_or(Span::new(chapter.file, 0, 0));
    let message = "this chapter has tags, but no number in it was checked";
    Some(
        Diagnostic::error(Code::NothingChecked, span, message)
            .help("state a number in a tagged block, or remove the tags"),
    )
}

/// Whether a tag, and no formula or heading by itself, is why it was found.
fn is_tagged(item: &Item) -> bool {
    !matches!(item, Item::Macros(_) | Item::Section(_) | Item::Entry { .. })
}

/// Two edits that clash are our own mistake; it is reported instead of writing a wrong page.
fn edits_clash(chapter: &Chapter, problem: &splice::EditError) -> Diagnostic {
    let message = format!("the page cannot be written: {problem}");
    Diagnostic::error(Code::Limit, Span::new(chapter.file, 0, 0), message)
        .help("this is a mistake in mdbook-qed; please report it with the chapter")
}

#[cfg(test)]
mod tests {
    use super::{Book, Chapter, Options, check_book, check_chapters};
    use crate::source::{Source, Sources};

    fn chapters(texts: &[(&str, &str)]) -> (Vec<Chapter>, Sources) {
        let mut known = Sources::default();
        let chapters = texts
            .iter()
            .map(|(path, text)| {
                let file = known.add(Source::file(*path, *text));
                Chapter { file, path: (*path).into(), text: (*text).into() }
            })
            .collect();
        (chapters, known)
    }

    #[test]
    fn a_long_row_of_chapters_costs_no_stack() {
        let pages: Vec<(String, String)> = (0..2000)
            .map(|idx| (format!("{idx}.md"), format!("<!-- qed: use {}.md -->\n", idx + 1)))
            .collect();
        let pages: Vec<(&str, &str)> =
            pages.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let (chapters, sources) = chapters(&pages);
        assert_eq!(check_book(&chapters, &sources, &Options::default()).len(), 2000);
    }

    #[test]
    fn only_wanted_chapters_and_those_they_use_are_judged() {
        let (chapters, sources) = chapters(&[
            ("a.md", "<!-- qed: lte -->"),
            ("b.md", "<!-- qed: use c.md -->"),
            ("c.md", "<!-- qed: lte -->"),
            ("d.md", "<!-- qed: lte -->"),
        ]);
        let outcomes = check_chapters(&chapters, &[false, true, false, false], &sources, &Options::default());
        let found: Vec<usize> = outcomes.iter().map(|outcome| outcome.report.diagnostics.len()).collect();
        assert_eq!(found, [0, 0, 1, 0]);
    }

    #[test]
    fn a_change_is_judged_with_those_that_use_it() {
        let texts =
            [("a.md", "<!-- qed: use b.md -->"), ("b.md", "fine"), ("c.md", "<!-- qed: use a.md -->")];
        let (chapters, _) = chapters(&texts);
        let options = Options::default();
        let book = Book::judge(&chapters, &[true; 3], &options);
        let errors = |position, text| {
            let reports = book.with_change(position, text);
            reports.iter().map(|report| report.diagnostics.len()).collect::<Vec<_>>()
        };
        assert_eq!(errors(1, "<!-- qed: lte -->"), [1, 0, 0]);
        assert_eq!(errors(0, "<!-- qed: lte -->"), [1, 0]);
        assert_eq!(errors(2, "fine"), [0]);
    }

    /// The messages of a one-chapter book.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let (chapters, sources) = chapters(&[("a.md", text)]);
        let outcome = check_book(&chapters, &sources, &Options::default()).remove(0);
        let found: Vec<&str> = outcome.report.diagnostics.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn definitions_and_skips_alone_are_fine() {
        check("# Nothing\n\n$$x = 1$$\n", &[]);
        check("<!-- qed: skip lost -->\n$$x = 1$$\n", &[]);
        check("<!-- qed: report -->\n", &[]);
    }

    #[test]
    fn an_untagged_chapter_comes_out_byte_for_byte() {
        let text = "\u{feff}# A\r\n\t$x$ {{#include y}}\r\n```rust\n<!-- qed -->\n```\nno newline";
        let (chapters, sources) = chapters(&[("a.md", text)]);
        assert_eq!(check_book(&chapters, &sources, &Options::default())[0].text, text);
    }
}
