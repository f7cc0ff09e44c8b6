//! Reads case files, compares, blesses. Knows nothing of what the cases are about.

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The name of a folder and what is done with each of its inputs.
pub(crate) type Folder = (&'static str, fn(&Case) -> String);

/// One case of a file.
pub(crate) struct Case {
    /// Its heading.
    pub(crate) heading: String,
    /// The words of the input's info string after the first: options of the folder's function.
    pub(crate) options: Vec<String>,
    /// The input, with its last newline.
    pub(crate) input: String,
    /// Where the expectation stands in the file.
    expected: Range<usize>,
    /// The line of the heading.
    line: usize,
}

impl Case {
    /// Whether the input's info string has this word.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.options.iter().any(|word| word == option)
    }
}

/// Runs every case of every folder; fails with all differences at once.
pub(crate) fn run_all(folders: &[Folder]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let bless = std::env::var_os("QED_BLESS").is_some();
    let mut failures = String::new();
    for entry in sorted(&root) {
        if !entry.is_dir() {
            continue;
        }
        let name = entry.file_name().and_then(|name| name.to_str()).expect("folder names are ASCII");
        match folders.iter().find(|(folder, _)| *folder == name) {
            Some((_, run)) => {
                markdown_files(&entry).iter().for_each(|file| run_file(file, *run, bless, &mut failures))
            }
            None => _ = writeln!(failures, "no function runs the cases in tests/suite/{name}"),
        }
    }
    assert!(failures.is_empty(), "{failures}\nQED_BLESS=1 accepts all of this");
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of cases can be read");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    paths.sort();
    paths
}

fn markdown_files(folder: &Path) -> Vec<PathBuf> {
    let (folders, files): (Vec<_>, Vec<_>) = sorted(folder).into_iter().partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.chain(folders.iter().flat_map(|folder| markdown_files(folder))).collect()
}

fn run_file(file: &Path, run: fn(&Case) -> String, bless: bool, failures: &mut String) {
    let text = fs::read_to_string(file).expect("a case file is UTF-8");
    let cases = match parse(&text) {
        Ok(cases) => cases,
        Err(error) => {
            _ = writeln!(failures, "{}: {error}", file.display());
            return;
        }
    };
    let mut blessed = String::new();
    let mut at = 0;
    for case in &cases {
        let mut actual = run(case);
        if !actual.is_empty() && !actual.ends_with('\n') {
            actual.push('\n');
        }
        let expected = &text[case.expected.clone()];
        if actual != expected && !bless {
            let diff = similar::TextDiff::from_lines(expected, &*actual);
            let place = format!("{}:{}", file.display(), case.line);
            _ = writeln!(failures, "{place}: {}\n{}", case.heading, diff.unified_diff().context_radius(3));
        }
        blessed.push_str(&text[at..case.expected.start]);
        blessed.push_str(&actual);
        at = case.expected.end;
    }
    blessed.push_str(&text[at..]);
    if bless && blessed != text {
        fs::write(file, blessed).expect("a case file can be written");
    }
}

/// A fenced block of a case file.
struct Fence {
    info: String,
    content: Range<usize>,
}

/// Reads a file of cases: `## heading`, prose, two fences.
fn parse(text: &str) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    let mut heading: Option<(usize, String)> = None;
    let mut fences: Vec<Fence> = Vec::new();
    let mut prose = false;
    let mut lines = Lines { text, at: 0, number: 0 };
    while let Some((start, line)) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            finish(&mut cases, heading.take(), std::mem::take(&mut fences), prose, text)?;
            heading = Some((lines.number, title.trim().to_owned()));
            prose = false;
        } else if line.starts_with("```") {
            fences.push(fence(&mut lines, line, start + line.len() + 1)?);
        } else {
            prose |= !line.trim().is_empty();
        }
    }
    finish(&mut cases, heading, fences, prose, text)?;
    Ok(cases)
}

struct Lines<'t> {
    text: &'t str,
    at: usize,
    number: usize,
}

impl<'t> Lines<'t> {
    /// The next line without its newline, and where it begins.
    fn next(&mut self) -> Option<(usize, &'t str)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let line = rest.split('\n').next().unwrap_or(rest);
        self.at += line.len() + 1;
        self.number += 1;
        Some((start, line))
    }
}

/// The fence that `opening` begins, up to its closing line of at least as many backticks.
fn fence(lines: &mut Lines<'_>, opening: &str, start: usize) -> Result<Fence, String> {
    let info = opening.trim_start_matches('`');
    let ticks = &opening[..opening.len() - info.len()];
    let number = lines.number;
    while let Some((end, line)) = lines.next() {
        if line.starts_with(ticks) && line.trim_matches('`').is_empty() {
            return Ok(Fence { info: info.trim().to_owned(), content: start..end });
        }
    }
    Err(format!("the fence in line {number} is not closed"))
}

fn finish(
    cases: &mut Vec<Case>,
    heading: Option<(usize, String)>,
    fences: Vec<Fence>,
    prose: bool,
    text: &str,
) -> Result<(), String> {
    let Some((line, heading)) = heading else { return Ok(()) };
    let [input, expected] = &fences[..] else {
        return Err(format!("the case in line {line} has {} fences instead of two", fences.len()));
    };
    if !prose {
        return Err(format!("the case in line {line} does not say why it is there"));
    }
    cases.push(Case {
        heading,
        options: input.info.split_whitespace().skip(1).map(str::to_owned).collect(),
        input: text[input.content.clone()].to_owned(),
        expected: expected.content.clone(),
        line,
    });
    Ok(())
}
