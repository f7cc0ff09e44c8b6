//! Runs the stages over a book: scan, resolve `use`, judge, edit. The one place that sees all of them.
//!
//! Pure: texts come in, reports and texts go out. It touches no file, clock or terminal, and knows nothing of
//! mdBook or of `book.toml`; `host` and `config` bring what it needs.

use std::collections::BTreeMap;

use crate::diag::suggest;
use crate::diag::{Code, Diagnostic, Severity};
use crate::eval::Scope;
use crate::judge::{self, Judged, Settings};
use crate::page;
use crate::report::Report;
use crate::scan::{self, Item, Scan, ScanOptions};
use crate::source::{FileId, Span};
use crate::splice;

/// Everything the book's configuration decides.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What counts as tagged, and as math.
    pub scan: ScanOptions,
    /// How numbers are judged.
    pub judge: Settings,
    /// What the page shows.
    pub page: page::Options,
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

/// Checks the chapters of a book, in the order given. A chapter that others `use` is judged before them.
pub fn check_book(chapters: &[Chapter], options: &Options) -> Vec<Outcome> {
    let scans: Vec<Scan> =
        chapters.iter().map(|chapter| scan::scan(chapter.file, &chapter.text, &options.scan)).collect();
    let uses = uses(chapters, &scans);
    let mut judged: Vec<Option<Judged>> = chapters.iter().map(|_| None).collect();
    for position in order(&uses) {
        let scopes = scopes(&uses[position], &judged);
        judged[position] = Some(judge::judge(&scans[position].items, &scopes, &options.judge));
    }
    let judged = judged.into_iter().map(|judged| judged.expect("the order holds every chapter"));
    let together = chapters.iter().zip(scans).zip(judged);
    together.map(|((chapter, scan), judged)| finish(chapter, scan, judged, options)).collect()
}

/// The chapters that one chapter uses: by the path as written, the position of the chapter or why there is none.
type Uses = BTreeMap<String, Result<usize, String>>;

/// The paths that a text says it `use`s, as written: what must be there to check it.
pub fn used_paths(text: &str, options: &Options) -> Vec<String> {
    written_uses(&scan::scan(FileId(0), text, &options.scan)).collect()
}

fn written_uses(scan: &Scan) -> impl Iterator<Item = String> {
    scan.items.iter().filter_map(|item| match item {
        Item::Use { path, .. } => Some(path.text.trim().to_owned()),
        _ => None,
    })
}

fn uses(chapters: &[Chapter], scans: &[Scan]) -> Vec<Uses> {
    let by_path: BTreeMap<&str, usize> =
        chapters.iter().enumerate().map(|(position, chapter)| (chapter.path.as_str(), position)).collect();
    let mut uses: Vec<Uses> = chapters
        .iter()
        .zip(scans)
        .map(|(chapter, scan)| {
            let resolved = |written: String| (written.clone(), resolve(&chapter.path, &written, &by_path));
            written_uses(scan).map(resolved).collect()
        })
        .collect();
    for (position, problem) in cycles(&uses, chapters) {
        for target in uses[position].values_mut() {
            if matches!(target, Ok(used) if problem.contains_key(used)) {
                let used = target.as_ref().copied().unwrap_or(position);
                *target = Err(problem[&used].clone());
            }
        }
    }
    uses
}

/// The chapter that `written` means in the chapter at `from`: relative to it, else to the source folder.
fn resolve(from: &str, written: &str, by_path: &BTreeMap<&str, usize>) -> Result<usize, String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let relative = normalise(&format!("{folder}/{written}"));
    let absolute = normalise(written);
    let found = [&relative, &absolute].into_iter().find_map(|path| by_path.get(path.as_str()).copied());
    found.ok_or_else(|| match suggest::nearest(written, by_path.keys().copied()) {
        Some(near) => format!("the book has no chapter `{written}`; did you mean `{near}`?"),
        None => format!("the book has no chapter `{written}`"),
    })
}

/// `a/./b/../c` as `a/c`.
fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// For each chapter that lies on a cycle, the used chapters that lead back to it, with the message to show.
fn cycles(uses: &[Uses], chapters: &[Chapter]) -> BTreeMap<usize, BTreeMap<usize, String>> {
    let mut found: BTreeMap<usize, BTreeMap<usize, String>> = BTreeMap::new();
    for position in 0..uses.len() {
        for used in targets(&uses[position]) {
            if let Some(way) = way(uses, used, position) {
                let names: Vec<&str> =
                    std::iter::once(position).chain(way).map(|step| chapters[step].path.as_str()).collect();
                let message = format!("the chapters use each other in a circle: {}", names.join(" → "));
                found.entry(position).or_default().insert(used, message);
            }
        }
    }
    found
}

fn targets(uses: &Uses) -> impl Iterator<Item = usize> {
    uses.values().filter_map(|target| target.as_ref().ok().copied())
}

/// A shortest way along `uses` from one chapter to another, both included.
fn way(uses: &[Uses], from: usize, to: usize) -> Option<Vec<usize>> {
    let mut before: Vec<Option<usize>> = vec![None; uses.len()];
    let mut queue = std::collections::VecDeque::from([from]);
    let mut seen = vec![false; uses.len()];
    seen[from] = true;
    while let Some(position) = queue.pop_front() {
        if position == to {
            let mut way: Vec<usize> = std::iter::successors(Some(position), |step| before[*step]).collect();
            way.reverse();
            return Some(way);
        }
        for next in targets(&uses[position]) {
            if !std::mem::replace(&mut seen[next], true) {
                before[next] = Some(position);
                queue.push_back(next);
            }
        }
    }
    None
}

/// Every chapter once, each after those it uses, otherwise in reading order. Cycles have been cut before.
fn order(uses: &[Uses]) -> Vec<usize> {
    let mut order = Vec::with_capacity(uses.len());
    let mut entered = vec![false; uses.len()];
    for start in 0..uses.len() {
        let mut stack = vec![(start, false)];
        while let Some((position, complete)) = stack.pop() {
            if complete {
                order.push(position);
            } else if !std::mem::replace(&mut entered[position], true) {
                stack.push((position, true));
                stack.extend(targets(&uses[position]).map(|used| (used, false)));
            }
        }
    }
    order
}

fn scopes<'a>(uses: &Uses, judged: &'a [Option<Judged>]) -> BTreeMap<String, Result<&'a Scope, String>> {
    let scope = |position: usize| {
        judged[position].as_ref().map(|judged| &judged.scope).ok_or("it is not judged yet".to_owned())
    };
    uses.iter().map(|(written, target)| (written.clone(), target.clone().and_then(scope))).collect()
}

/// Joins what scanning and judging found, and writes the page.
fn finish(chapter: &Chapter, scan: Scan, judged: Judged, options: &Options) -> Outcome {
    let mut report = judged.report;
    report.diagnostics.extend(nothing_checked(chapter, &scan, &report));
    report.prepend(scan.diagnostics);
    if options.judge.warn_on_mismatch {
        report.soften();
    }
    debug_assert_eq!(report.broken_link(), None);
    let mut edits =
        page::edits(chapter.file, &chapter.text, &scan.items, &report, judged.edits, &options.page);
    let text = splice::apply(&chapter.text, &mut edits).unwrap_or_else(|problem| {
        report.diagnostics.push(edits_clash(chapter, &problem));
        chapter.text.clone()
    });
    Outcome { report, text }
}

/// A chapter that is tagged but in which nothing was checked hides a slip, unless it only defines and skips.
fn nothing_checked(chapter: &Chapter, scan: &Scan, report: &Report) -> Option<Diagnostic> {
    let complained = |diagnostics: &[Diagnostic]| diagnostics.iter().any(|it| it.severity == Severity::Error);
    let silent =
        report.claims.is_empty() && !complained(&report.diagnostics) && !complained(&scan.diagnostics);
    let block = scan.items.iter().find_map(|item| match item {
        Item::Block(block) => Some(block.span),
        _ => None,
    });
    let only_definitions = block.is_none() && !scan.items.is_empty();
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

/// Two edits that clash are our own mistake; it is reported instead of writing a wrong page.
fn edits_clash(chapter: &Chapter, problem: &splice::EditError) -> Diagnostic {
    let message = format!("the page cannot be written: {problem}");
    Diagnostic::error(Code::Limit, Span::new(chapter.file, 0, 0), message)
        .help("this is a mistake in mdbook-qed; please report it with the chapter")
}
