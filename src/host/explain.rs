//! From a place in a file to the chapters that it is part of, and to what they say there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::load::enclosing_book;
use super::{Failure, Run, cells, load, shown};
use crate::diag::Diagnostic;
use crate::pipeline::Book;
use crate::report::ClaimRecord;
use crate::report::explanation::Explanation;
use crate::source::{FileId, Place, Sources, Span};

/// How many of the nearest lines are named where nothing stands on the line that was asked about.
const NEAREST: usize = 3;
/// A claim of more characters is cut where it is named.
const LONGEST: usize = 50;

/// A place that somebody asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, if only what stands there is meant.
    pub column: Option<usize>,
    /// Whether equations without a tag count too.
    pub all: bool,
}

/// What stands at a place, and how it came about.
#[derive(Debug)]
pub struct Explained {
    /// All texts that the explanations point into.
    pub sources: Sources,
    /// In reading order; at least one.
    pub explanations: Vec<Explanation>,
    /// What is wrong with the book around the place: its settings, missing files.
    pub problems: Vec<Diagnostic>,
}

/// Explains what stands at a place, as the chapters say it that the file is part of: those that it is itself, else those
/// that include it. Paths are shown relative to `here`. That there is nothing is a failure, which names what is near.
pub fn explain(asked: &Asked, here: &Path) -> Result<Explained, Failure> {
    let file = AskedFile::find(asked, here)?;
    // What a chapter includes is explained as that chapter has it; a file beside a book stands for itself.
    let book = enclosing_book(&asked.path).map(|root| load(&[root], here)).transpose()?;
    let mut job = match book.filter(|job| job.runs.iter().any(|run| file.is_in(run, &job.sources))) {
        Some(book) => book,
        None => load(std::slice::from_ref(&asked.path), here)?,
    };
    job.for_each_option(|options| options.scan.all |= asked.all);
    let (mut explanations, mut near, mut problems) = (Vec::new(), Claims::new(), Vec::new());
    for run in &mut job.runs {
        problems.extend(run.problems.iter().cloned());
        let wanted = file.chapters(run, &job.sources);
        run.reported.clone_from(&wanted);
        cells::run(run);
        let book = Book::judge(&run.chapters, &wanted, &run.options);
        for position in (0..wanted.len()).filter(|position| wanted[*position]) {
            let stands_there = |span: Span| file.holds(&job.sources.place(span));
            explanations.extend(book.explain(position, &job.sources, &stands_there));
            near.extend(file.claims(&book, position, &job.sources));
        }
    }
    if explanations.is_empty() {
        return Err(file.nothing(&near));
    }
    explanations.iter_mut().for_each(|explanation| file.narrow(explanation, &job.sources));
    Ok(Explained { sources: job.sources, explanations, problems })
}

/// What the claims of a file state, by line and column.
type Claims = BTreeMap<(usize, usize), String>;

/// The file that is asked about, and where in it.
struct AskedFile<'a> {
    asked: &'a Asked,
    here: &'a Path,
    /// Its one true path.
    path: PathBuf,
}

impl<'a> AskedFile<'a> {
    fn find(asked: &'a Asked, here: &'a Path) -> Result<Self, Failure> {
        let name = shown(&asked.path, here);
        if asked.path.is_dir() {
            let failure = Failure::new(format!("`{name}` is a folder"));
            return Err(failure.help("name a file and a line"));
        }
        let text = std::fs::read(&asked.path)
            .map_err(|problem| Failure::new(format!("cannot read `{name}`: {problem}")))?;
        let path = asked
            .path
            .canonicalize()
            .map_err(|problem| Failure::new(format!("cannot find `{name}`: {problem}")))?;
        let text = String::from_utf8_lossy(&text);
        let lines = text.lines().count();
        if asked.line > lines {
            let plural = if lines == 1 { "" } else { "s" };
            return Err(Failure::new(format!("`{name}` has only {lines} line{plural}")));
        }
        Ok(Self { asked, here, path })
    }

    fn is(&self, path: &str) -> bool {
        self.here.join(path).canonicalize().is_ok_and(|path| path == self.path)
    }

    /// The chapters that the file is; without any, those that include it.
    fn chapters(&self, run: &Run, sources: &Sources) -> Vec<bool> {
        let files =
            |file: FileId| sources.get(file).map(|source| source.files()).unwrap_or_default().into_iter();
        let own = run.chapters.iter().map(|chapter| files(chapter.file).take(1).any(|path| self.is(path)));
        let own: Vec<bool> = own.collect();
        if own.contains(&true) {
            return own;
        }
        run.chapters.iter().map(|chapter| files(chapter.file).any(|path| self.is(path))).collect()
    }

    /// Whether a run has a chapter that the file is part of.
    fn is_in(&self, run: &Run, sources: &Sources) -> bool {
        self.chapters(run, sources).contains(&true)
    }

    /// Whether a place reaches the line, and the column if there is one.
    fn holds(&self, place: &Place<'_>) -> bool {
        let Asked { line, column, .. } = *self.asked;
        let within = (place.start.line..=place.end.line).contains(&line);
        let at_column = |column| {
            (line > place.start.line || column >= place.start.column)
                && (line < place.end.line || column <= place.end.column)
        };
        within && column.is_none_or(at_column) && self.is(place.path)
    }

    /// Leaves only the claims at the column, if there are any.
    fn narrow(&self, explanation: &mut Explanation, sources: &Sources) {
        let is_there = |span: Span| self.holds(&sources.place(span));
        if self.asked.column.is_some() && explanation.claims.iter().any(|told| is_there(told.claim.span)) {
            explanation.claims.retain(|told| is_there(told.claim.span));
        }
    }

    /// The claims of a chapter that stand in the file.
    fn claims(&self, book: &Book<'_>, position: usize, sources: &Sources) -> Claims {
        let mut found = Claims::new();
        let claims = book.chapter(position).map(|(_, report)| &report.claims[..]).unwrap_or_default();
        for claim in claims {
            let place = sources.place(claim.span);
            if self.is(place.path) {
                let key = (place.start.line, place.start.column);
                found.entry(key).or_insert_with(|| said(claim));
            }
        }
        found
    }

    /// That nothing stands there, with what stands nearby.
    fn nothing(&self, claims: &Claims) -> Failure {
        let Asked { path, line, column, .. } = self.asked;
        let name = shown(path, self.here);
        let place = column.map_or_else(|| line.to_string(), |column| format!("{line}:{column}"));
        let failure = Failure::new(format!("no claim or definition stands at {name}:{place}"));
        let on_line = |other: usize| claims.range((other, 0)..(other + 1, 0));
        let columns: Vec<String> =
            on_line(*line).map(|((_, column), text)| format!("column {column}, `{text}`")).collect();
        if !columns.is_empty() {
            return failure.help(format!("on this line stand {}", columns.join("; ")));
        }
        let mut lines: Vec<usize> = claims.keys().map(|(line, _)| *line).collect();
        lines.dedup();
        lines.sort_by_key(|other| (line.abs_diff(*other), *other));
        lines.truncate(NEAREST);
        lines.sort_unstable();
        let first = |line: &usize| on_line(*line).next().map(|(_, text)| format!("line {line}, `{text}`"));
        let nearest: Vec<String> = lines.iter().filter_map(first).collect();
        match nearest.is_empty() {
            true if !self.asked.all => failure.help(
                "nothing in this file is tagged; a tag is `<!-- qed -->`, and `--all` explains what has none",
            ),
            true => failure,
            false => failure.help(format!("the nearest stand on {}", nearest.join("; "))),
        }
    }
}

/// What a claim says, in a few words.
fn said(claim: &ClaimRecord) -> String {
    let stated = claim.stated.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = match stated.as_str() {
        "" => claim.verdict.word().to_owned(),
        _ if claim.name.is_empty() || claim.name == stated => stated,
        _ => format!("{} = {stated}", claim.name),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
