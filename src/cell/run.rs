//! From the cells of a book to their values: what was kept, else built and run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitStatus;

use super::confine;
use super::given::Given;
use super::message::{self, Said};
use super::outcome::{Absent, Cell, Chapter, Outcome, Settings, Terms, not_run};
use super::program::{self, Program};
use super::runtime::{BOUNDARY, Panic, Told};
use super::sandbox::{self, End, Finished, Limits};
use super::toolchain;
use super::workshop::{self, Built, Workshop};
use crate::cache::Cache;
use crate::diag::{Code, Diagnostic};
use crate::num::digest;
use crate::source::Span;

/// Runs the cells of a book, or finds what they gave before. The outcomes are those of its chapters, a cell each.
pub fn run(chapters: &[Chapter], settings: &Settings, terms: &Terms) -> Vec<Vec<Outcome>> {
    let absent = match (terms.forbidden, settings.enabled) {
        (true, _) => Absent::Forbidden,
        (_, false) => Absent::Disabled,
        (false, true) => return Run::new(settings, terms).chapters(chapters),
    };
    let without = |chapter: &Chapter| chapter.cells.iter().map(|cell| not_run(cell, absent)).collect();
    chapters.iter().map(without).collect()
}

struct Run<'r> {
    settings: &'r Settings,
    terms: &'r Terms,
    cache: Option<Cache>,
    toolchain: Option<String>,
    /// What else results depend on, the cells and the versions of dependencies apart.
    circumstances: String,
}

impl<'r> Run<'r> {
    fn new(settings: &'r Settings, terms: &'r Terms) -> Self {
        let cache = terms.cache.as_ref().map(Cache::new);
        let toolchain = toolchain::identify(cache.as_ref());
        let circumstances = circumstances(settings, &terms.book);
        Self { settings, terms, cache, toolchain, circumstances }
    }

    /// The key under which a chapter's result is kept. `lock` is the text of the file of versions.
    fn key(&self, chapter: &Chapter, lock: &str) -> String {
        let mut key = format!(
            "cells {}\n{}\n{}\n{:032x}\n",
            env!("CARGO_PKG_VERSION"),
            self.toolchain.as_deref().unwrap_or_default(),
            self.circumstances,
            digest(lock.as_bytes())
        );
        for cell in &chapter.cells {
            _ = writeln!(key, "{} {}\n{}", cell.show, cell.text.len(), cell.text);
        }
        key
    }

    fn chapters(&self, chapters: &[Chapter]) -> Vec<Vec<Outcome>> {
        let lock = workshop::lock_of(&self.terms.book);
        let mut outcomes: Vec<Option<Vec<Outcome>>> =
            chapters.iter().map(|chapter| self.kept(chapter, &lock)).collect();
        if outcomes.iter().any(Option::is_none)
            && let Err(message) = self.build_and_run(chapters, &mut outcomes)
        {
            for (chapter, outcome) in
                chapters.iter().zip(&mut outcomes).filter(|(_, outcome)| outcome.is_none())
            {
                *outcome = Some(broken(chapter, &message));
            }
        }
        outcomes.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// What was kept of a chapter.
    fn kept(&self, chapter: &Chapter, lock: &str) -> Option<Vec<Outcome>> {
        if chapter.cells.is_empty() {
            return Some(Vec::new());
        }
        if self.terms.fresh {
            return None;
        }
        let bytes = self.cache.as_ref()?.get(&self.key(chapter, lock))?;
        let result = Given::read(&bytes)?;
        Some(result.outcomes(&program::join(&chapter.cells, &BTreeSet::new()), chapter.cells.len()))
    }

    fn build_and_run(
        &self,
        chapters: &[Chapter],
        outcomes: &mut [Option<Vec<Outcome>>],
    ) -> Result<(), String> {
        confine::missing().into_iter().for_each(self.terms.warn);
        let temporary;
        let folder = match &self.terms.cache {
            Some(folder) => folder.join("cells"),
            None => {
                temporary =
                    tempfile::tempdir().map_err(|problem| format!("no folder to build in: {problem}"))?;
                temporary.path().to_owned()
            }
        };
        let book = self.terms.book.canonicalize().unwrap_or_else(|_| self.terms.book.clone());
        let workshop = Workshop {
            folder: &folder,
            book: &book,
            dependencies: &self.settings.dependencies,
            progress: self.terms.progress,
        };
        let unwritten =
            |problem: std::io::Error| format!("cells cannot be built in `{}`: {problem}", folder.display());
        let benches: Vec<Bench<'_>> = {
            let _guard = workshop.lock().map_err(unwritten)?;
            // Whoever built while we waited may have built the same.
            let lock = workshop::lock_of(&book);
            for (chapter, outcome) in
                chapters.iter().zip(outcomes.iter_mut()).filter(|(_, outcome)| outcome.is_none())
            {
                *outcome = self.kept(chapter, &lock);
            }
            let mut benches: Vec<Bench<'_>> = chapters
                .iter()
                .enumerate()
                .filter(|(_, chapter)| !chapter.cells.is_empty())
                .map(|(position, chapter)| Bench::new(position, chapter, &workshop))
                .collect();
            benches.iter_mut().for_each(|bench| bench.wanted = outcomes[bench.position].is_none());
            self.build(&workshop, &mut benches)?;
            benches
        };
        let lock = workshop::lock_of(&book);
        for bench in benches.into_iter().filter(|bench| bench.wanted) {
            let position = bench.position;
            let outcome = match (&bench.executable, bench.problems.is_empty()) {
                (Some(executable), true) => self.run(&bench, executable, &lock)?,
                _ => bench.failed(),
            };
            outcomes[position] = Some(outcome);
        }
        Ok(())
    }

    /// Builds all programs that are wanted, without the exports that cannot be compiled.
    fn build(&self, workshop: &Workshop<'_>, benches: &mut [Bench<'_>]) -> Result<(), String> {
        // An export more can fail only where another was left out before; a handful of rounds is plenty.
        for _ in 0..8 {
            let programs: BTreeMap<String, String> =
                benches.iter().map(|bench| (bench.name.clone(), bench.program.text.clone())).collect();
            let unwritten =
                |problem: std::io::Error| format!("the project of the cells cannot be written: {problem}");
            workshop.write(&programs).map_err(unwritten)?;
            let waiting = |bench: &&mut Bench<'_>| {
                bench.wanted && bench.executable.is_none() && bench.problems.is_empty()
            };
            let names: Vec<String> =
                benches.iter_mut().filter(waiting).map(|bench| bench.name.clone()).collect();
            if names.is_empty() {
                return Ok(());
            }
            let built = workshop.build(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
            let mut moved = false;
            for bench in benches.iter_mut().filter(waiting) {
                moved |= bench.take(&built, workshop.folder)?;
            }
            if built.success {
                workshop.keep_lock();
            }
            if !moved {
                let unexplained = benches.iter_mut().filter(waiting).count() > 0;
                return if unexplained { Err(log_of(&built)) } else { Ok(()) };
            }
        }
        Ok(())
    }

    fn run(&self, bench: &Bench<'_>, executable: &Path, lock: &str) -> Result<Vec<Outcome>, String> {
        let scratch = tempfile::tempdir().map_err(|problem| format!("no folder to run in: {problem}"))?;
        let folder = scratch.path().canonicalize().unwrap_or_else(|_| scratch.path().to_owned());
        for path in &self.settings.data {
            let target = folder.join(path);
            let copied = target.parent().map_or(Ok(()), fs::create_dir_all);
            copied
                .and_then(|()| fs::copy(self.terms.book.join(path), target))
                .map_err(|problem| format!("`{path}`, which `rust.data` lists, cannot be read: {problem}"))?;
        }
        let limits = Limits {
            time: self.settings.timeout,
            memory: self.settings.memory,
            output: self.settings.output,
        };
        let finished = sandbox::run(executable, &folder, limits)
            .map_err(|problem| format!("the program of the cells does not start: {problem}"))?;
        let cells = bench.chapter.cells.len();
        let result = Given { values: finished.told.values.clone(), outputs: split(&finished.stdout, cells) };
        let mut outcomes = result.outcomes(&bench.program, cells);
        match self.trouble(&finished, bench) {
            Some((cell, problem)) => {
                for (idx, outcome) in outcomes.iter_mut().enumerate().skip(cell) {
                    *outcome = not_run(&bench.chapter.cells[idx], Absent::Failed);
                }
                outcomes[cell].problems.push(problem);
            }
            None => {
                if let Some(cache) = &self.cache {
                    // What cannot be kept is computed again.
                    drop(cache.put(&self.key(bench.chapter, lock), &result.written()));
                }
            }
        }
        Ok(outcomes)
    }

    /// What went wrong while a program ran, and in which cell.
    fn trouble(&self, finished: &Finished, bench: &Bench<'_>) -> Option<(usize, Diagnostic)> {
        let Told { ended, statement, .. } = finished.told;
        let succeeded = |status: ExitStatus| status.success() && ended;
        let (message, help, panic) = match finished.end {
            End::Exited(status) if succeeded(status) => return None,
            End::OutOfTime => {
                let seconds = self.settings.timeout.as_secs_f64();
                let message = format!("this was stopped after {seconds} s, the limit of `rust.timeout`");
                (message, Some("raise the limit in book.toml if it needs more".to_owned()), None)
            }
            End::Flood => {
                let message = format!(
                    "this was stopped: it printed more than {}, the limit of `rust.output`",
                    bytes(self.settings.output)
                );
                (message, Some("print less, or raise the limit in book.toml".to_owned()), None)
            }
            End::Exited(_) if finished.stderr.contains("memory allocation of") => {
                let message = format!(
                    "this needs more memory than {}, the limit of `rust.memory`",
                    bytes(self.settings.memory)
                );
                (message, Some("raise the limit in book.toml if it needs more".to_owned()), None)
            }
            End::Exited(status) => match (&finished.told.panic, status.code()) {
                (Some(panic), Some(101)) => (format!("this panicked: {}", panic.message), None, Some(panic)),
                (_, Some(code)) => {
                    let message =
                        format!("this ended the program, with exit code {code}, before the end of the cells");
                    (message, Some("let a cell run to its end".to_owned()), None)
                }
                (_, None) => (format!("this broke the program off: {status}"), None, None),
            },
        };
        let at = statement.and_then(|number| bench.program.statements.get(number));
        let (cell, statement) = at.map_or((0, bench.chapter.cells[0].span), |place| (place.cell, place.span));
        let place = panic.and_then(|panic| place_of(panic, bench)).unwrap_or(statement);
        let mut diagnostic = Diagnostic::error(Code::CellFailed, place, message);
        if let Some(last) =
            finished.stderr.lines().rfind(|line| !line.trim().is_empty()).filter(|_| panic.is_none())
        {
            diagnostic = diagnostic.note(format!("it said: {}", last.trim()));
        }
        Some((
            cell,
            match help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            },
        ))
    }
}

/// Where a panic began, if that is in a cell.
fn place_of(panic: &Panic, bench: &Bench<'_>) -> Option<Span> {
    if !panic.file.replace('\\', "/").ends_with(&format!("src/bin/{}.rs", bench.name)) {
        return None;
    }
    let start = bench.program.offset(panic.line, panic.column)?;
    bench.program.origin(start..start + 1)
}

fn bytes(count: u64) -> String {
    match count {
        count if count >= 1 << 20 => format!("{} MiB", count >> 20),
        count if count >= 1 << 10 => format!("{} KiB", count >> 10),
        count => format!("{count} bytes"),
    }
}

/// Everything but the cells themselves that a result depends on.
fn circumstances(settings: &Settings, book: &Path) -> String {
    let mut text =
        format!("{}\n{}", settings.dependencies, workshop::local_sources(book, &settings.dependencies));
    _ = writeln!(text, "RUSTFLAGS={:?}", std::env::var_os("RUSTFLAGS"));
    for path in &settings.data {
        let content = fs::read(book.join(path)).unwrap_or_default();
        _ = writeln!(text, "{path} {:032x}", digest(&content));
    }
    text
}

/// A chapter that cannot be built, for a reason that lies in none of its cells.
fn broken(chapter: &Chapter, message: &str) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = chapter.cells.iter().map(|cell| not_run(cell, Absent::Failed)).collect();
    if let (Some(outcome), Some(cell)) = (outcomes.first_mut(), chapter.cells.first()) {
        let mut lines = message.lines().filter(|line| !line.trim().is_empty());
        let fact =
            lines.next().unwrap_or("the cells cannot be built").trim_start_matches("error: ").to_owned();
        let problem = Diagnostic::error(Code::CellBuild, cell.span, fact);
        outcome.problems.push(lines.take(12).fold(problem, |problem, line| problem.note(line.trim())));
    }
    outcomes
}

/// Why nothing came out of a build: what cargo said, else what the compiler said of a dependency.
fn log_of(built: &Built) -> String {
    let said = built.messages.iter().filter(|(_, message)| message["level"] == "error");
    let said: Vec<&str> = said.filter_map(|(_, message)| message["rendered"].as_str()).collect();
    let lines: Vec<&str> = built.log.lines().filter(|line| !line.trim().is_empty()).collect();
    [lines.join("\n"), said.join("\n")].join("\n")
}

/// The outputs of cells that were printed one after the other.
fn split(stdout: &[u8], cells: usize) -> Vec<String> {
    let text = String::from_utf8_lossy(stdout).replace("\r\n", "\n");
    let mut outputs: Vec<String> = text.split(BOUNDARY).map(str::to_owned).collect();
    outputs.resize(cells, String::new());
    outputs
}

/// A chapter's program on its way.
struct Bench<'b> {
    position: usize,
    chapter: &'b Chapter,
    name: String,
    program: Program,
    /// The exports that are left out.
    without: BTreeSet<usize>,
    /// Whether its outcome is not known yet.
    wanted: bool,
    /// A copy of its own, which no later build replaces.
    executable: Option<tempfile::TempPath>,
    problems: Vec<Diagnostic>,
}

impl<'b> Bench<'b> {
    fn new(position: usize, chapter: &'b Chapter, workshop: &Workshop<'_>) -> Self {
        let without = BTreeSet::new();
        Self {
            position,
            chapter,
            name: workshop.name(&chapter.path),
            program: program::join(&chapter.cells, &without),
            without,
            wanted: false,
            executable: None,
            problems: Vec::new(),
        }
    }

    /// Takes what a build says of this program. Whether it is to be built again.
    fn take(&mut self, built: &Built, folder: &Path) -> Result<bool, String> {
        let own = built.messages.iter().filter(|(name, _)| *name == self.name);
        let otherwise = self.chapter.cells[0].span;
        let said: Vec<Said> =
            own.filter_map(|(_, message)| message::read(message, &self.program, otherwise)).collect();
        let mut again = false;
        for said in said {
            match said {
                Said::Error(diagnostic) => self.problems.push(*diagnostic),
                Said::Export(export) => again |= self.without.insert(export),
            }
        }
        // What stands in a cell is told first; exports that failed beside it may be its consequence.
        if again && self.problems.is_empty() {
            self.program = program::join(&self.chapter.cells, &self.without);
            return Ok(true);
        }
        if let Some(path) = built.programs.get(&self.name) {
            let copied = tempfile::NamedTempFile::new_in(folder).and_then(|file| {
                let path_of_copy = file.into_temp_path();
                fs::copy(path, &path_of_copy).map(|_| path_of_copy)
            });
            self.executable = Some(
                copied.map_err(|problem| format!("the program of the cells cannot be copied: {problem}"))?,
            );
        }
        Ok(false)
    }

    /// The outcome of a program that cannot be compiled.
    fn failed(self) -> Vec<Outcome> {
        let cells = &self.chapter.cells;
        let mut outcomes: Vec<Outcome> = cells.iter().map(|cell| not_run(cell, Absent::Failed)).collect();
        for problem in self.problems {
            let own =
                |cell: &Cell| cell.span.start <= problem.span.start && problem.span.start <= cell.span.end;
            let position = cells.iter().position(own).unwrap_or(0);
            outcomes[position].problems.push(problem);
        }
        outcomes
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn outputs_belong_to_their_cells() {
        assert_eq!(split(b"a\n\0qed cell\0\nb", 3), ["a\n", "b", ""]);
        assert_eq!(split(b"", 1), [""]);
    }
}
