//! What mdBook's `links` step does to a chapter, done again with places kept: `{{#include file:3:10}}`,
//! `{{#include file:anchor}}`, `{{#rustdoc_include …}}`, `{{#playground …}}`, `{{#title …}}` and `\{{#…}}`.
//!
//! Follows mdBook 0.5's `preprocess/links.rs`, down to what it does with links that cannot be read (they stay) and
//! with cycles (cut off at depth 10). Reads no file itself.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::mapped::{Mapped, Origin};

/// How deep mdBook follows links in what it has included.
const DEEPEST: usize = 10;

/// Files that include each other grow exponentially before they reach [`DEEPEST`]. Past this many bytes links stay
/// as they are: such a chapter is shown at its links.
const MOST: usize = 1 << 28;

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\\\{\{#.*\}\}|\{\{\s*#([a-zA-Z0-9_]+)\s+([^}]+)\}\}")
        .expect("a constant that the tests compile")
});
static ANCHOR_START: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"ANCHOR:\s*([\w_-]+)").expect("a constant that the tests compile"));
static ANCHOR_END: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"ANCHOR_END:\s*([\w_-]+)").expect("a constant that the tests compile"));

/// A file that took part.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Follows the links of chapters.
pub(super) struct Links<'r> {
    pub(super) files: Vec<File>,
    /// Which file a path is; `None` if it cannot be read. By spelling: `a.md/` equals `a.md` as a path, but no
    /// system can read it.
    known: BTreeMap<OsString, Option<usize>>,
    read: &'r mut dyn FnMut(&Path) -> Option<String>,
    work: usize,
}

/// What a link asks for.
enum Ask<'t> {
    /// The link itself, without its backslash.
    Escaped,
    /// Nothing stays of it.
    Title,
    Include(&'t str, Part<'t>),
    Rustdoc(&'t str, Part<'t>),
    Playground(&'t str, Vec<&'t str>),
}

/// Which lines of a file.
enum Part<'t> {
    Lines(Range<usize>),
    Anchor(&'t str),
}

impl<'r> Links<'r> {
    /// Begins with the chapter's own file.
    pub(super) fn new(path: PathBuf, text: String, read: &'r mut dyn FnMut(&Path) -> Option<String>) -> Self {
        Self { files: vec![File { path, text }], known: BTreeMap::new(), read, work: 0 }
    }

    /// The chapter as mdBook makes it of the first file.
    pub(super) fn chapter(&mut self) -> Mapped {
        let file = &self.files[0];
        let start = file.text.len() - file.text.trim_start_matches('\u{feff}').len();
        // mdBook takes away one byte-order mark, not several.
        let start = start.min('\u{feff}'.len_utf8());
        let folder = file.path.parent().unwrap_or(Path::new("")).to_owned();
        let text = Mapped::copy(0, &file.text, start..file.text.len());
        self.replace(&text, &folder, 0)
    }

    /// `text` with its links followed; paths are relative to `folder`.
    fn replace(&mut self, text: &Mapped, folder: &Path, depth: usize) -> Mapped {
        let mut out = Mapped::default();
        let mut at = 0;
        for captures in LINK.captures_iter(&text.text) {
            let range = captures.get_match().range();
            let Some(ask) = ask(
                &captures[0],
                captures.get(1).map(|word| word.as_str()),
                captures.get(2).map(|rest| rest.as_str()),
            ) else {
                continue;
            };
            out.push_slice(text, at..range.start);
            at = if self.follow(&mut out, text, range.clone(), ask, folder, depth) {
                range.end
            } else {
                range.start
            };
        }
        out.push_slice(text, at..text.text.len());
        out
    }

    /// Appends what the link in `range` of `text` stands for; `false` if it cannot be followed.
    fn follow(
        &mut self,
        out: &mut Mapped,
        text: &Mapped,
        range: Range<usize>,
        ask: Ask<'_>,
        folder: &Path,
        depth: usize,
    ) -> bool {
        let (path, content) = match ask {
            Ask::Title => return true,
            Ask::Escaped => {
                if depth < DEEPEST {
                    out.push_slice(text, range.start + 1..range.end);
                }
                return true;
            }
            Ask::Include(path, part) => (path, self.file(folder, path).map(|file| self.take(file, &part))),
            Ask::Rustdoc(path, part) => {
                (path, self.file(folder, path).map(|file| self.take_hiding(file, &part)))
            }
            Ask::Playground(path, words) => {
                let made = text.origin(range);
                (path, self.file(folder, path).map(|file| self.playground(file, &words, made)))
            }
        };
        let Some(content) = content else { return false };
        self.work += content.text.len();
        if depth < DEEPEST {
            let target = folder.join(path);
            let inner = self.replace(&content, target.parent().unwrap_or(Path::new("")), depth + 1);
            out.push_slice(&inner, 0..inner.text.len());
        }
        true
    }

    /// The file at `path`, read once.
    fn file(&mut self, folder: &Path, path: &str) -> Option<usize> {
        let path = folder.join(path);
        if self.work > MOST {
            return None;
        }
        let known = match self.known.get(path.as_os_str()) {
            Some(known) => *known,
            None => {
                let text = (self.read)(&path);
                let idx = text.map(|text| {
                    self.files.push(File { path: path.clone(), text });
                    self.files.len() - 1
                });
                self.known.insert(path.into_os_string(), idx);
                idx
            }
        };
        self.work += known.map_or(0, |idx| self.files[idx].text.len());
        known
    }

    /// The lines of a file that `part` names, with a newline between them.
    fn take(&self, file: usize, part: &Part<'_>) -> Mapped {
        let text = &self.files[file].text;
        let mut out = Mapped::default();
        let mut before: Option<Range<usize>> = None;
        for line in kept_lines(text, part) {
            if let Some(before) = before.replace(line.clone()) {
                out.push_copy(file, text, line_end(text, &before));
            }
            out.push_copy(file, text, line);
        }
        out
    }

    /// All lines of a file, those that `part` does not name behind `# `.
    fn take_hiding(&self, file: usize, part: &Part<'_>) -> Mapped {
        let text = &self.files[file].text;
        let mut out = Mapped::default();
        let mut before: Option<Range<usize>> = None;
        for (line, shown) in shown_lines(text, part) {
            if let Some(before) = before.replace(line.clone()) {
                out.push_copy(file, text, line_end(text, &before));
            }
            if !shown {
                out.push("# ", Origin::Made { file, range: line.clone() });
            }
            out.push_copy(file, text, line);
        }
        out
    }

    /// A whole file as a fence; the fence itself is `made` by the link.
    fn playground(&self, file: usize, words: &[&str], made: Option<Origin>) -> Mapped {
        let text = &self.files[file].text;
        let made = match made {
            Some(origin) => {
                let (file, range) = origin.covering(1);
                Origin::Made { file, range }
            }
            None => Origin::Made { file, range: 0..0 },
        };
        let mut out = Mapped::default();
        let comma = if words.is_empty() { "" } else { "," };
        out.push(&format!("```rust{comma}{}\n", words.join(",")), made.clone());
        out.push_copy(file, text, 0..text.len());
        out.push(if text.ends_with('\n') { "```\n" } else { "\n```\n" }, made);
        out
    }
}

/// What a match of [`LINK`] asks for; `None` for links of others.
fn ask<'t>(link: &str, word: Option<&str>, rest: Option<&'t str>) -> Option<Ask<'t>> {
    let (Some(word), Some(rest)) = (word, rest) else {
        return link.starts_with('\\').then_some(Ask::Escaped);
    };
    let mut words = rest.split_whitespace();
    let path = words.next();
    match (word, path) {
        ("title", _) => Some(Ask::Title),
        ("include", Some(path)) => Some(with_part(path, Ask::Include)),
        ("rustdoc_include", Some(path)) => Some(with_part(path, Ask::Rustdoc)),
        ("playground" | "playpen", Some(path)) => Some(Ask::Playground(path, words.collect())),
        _ => None,
    }
}

fn with_part<'t>(path: &'t str, ask: fn(&'t str, Part<'t>) -> Ask<'t>) -> Ask<'t> {
    match path.split_once(':') {
        Some((path, part)) => ask(path, lines_or_anchor(part)),
        None => ask(path, Part::Lines(0..usize::MAX)),
    }
}

/// `3:10`, `3:`, `:10`, `3` (that line alone) or the name of an anchor.
fn lines_or_anchor(part: &str) -> Part<'_> {
    let mut numbers = part.splitn(3, ':');
    let first = numbers.next().unwrap_or("");
    let start = match first.parse::<usize>() {
        Ok(line) => Some(line.saturating_sub(1)),
        Err(_) if first.is_empty() => None,
        Err(_) => return Part::Anchor(first),
    };
    let end = numbers.next().map(str::parse::<usize>);
    Part::Lines(match (start, end) {
        (Some(start), Some(Ok(end))) => start..end,
        (Some(start), Some(Err(_))) => start..usize::MAX,
        (Some(start), None) => start..start.saturating_add(1),
        (None, Some(Ok(end))) => 0..end,
        (None, _) => 0..usize::MAX,
    })
}

/// The lines of `text` without their ends, as `str::lines` gives them.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        start..start + line.len()
    })
}

/// The newline after a line that another one follows.
fn line_end(text: &str, line: &Range<usize>) -> Range<usize> {
    let newline = text[line.end..].find('\n').map_or(text.len(), |at| line.end + at);
    newline..(newline + 1).min(text.len())
}

fn kept_lines(text: &str, part: &Part<'_>) -> Vec<Range<usize>> {
    match part {
        Part::Lines(range) => {
            lines(text).skip(range.start).take(range.end.saturating_sub(range.start)).collect()
        }
        Part::Anchor(anchor) => {
            let names = |line: &Range<usize>, pattern| name(pattern, &text[line.clone()]);
            lines(text)
                .skip_while(|line| names(line, &ANCHOR_START) != Some(anchor))
                .skip(1)
                .take_while(|line| names(line, &ANCHOR_END) != Some(anchor))
                .filter(|line| names(line, &ANCHOR_START).or(names(line, &ANCHOR_END)).is_none())
                .collect()
        }
    }
}

/// The name in the first mark of a kind on a line.
fn name<'t>(pattern: &Regex, line: &'t str) -> Option<&'t str> {
    pattern.captures(line).and_then(|captures| captures.get(1)).map(|name| name.as_str())
}

/// Every line but those of anchors that mdBook leaves out, and whether `part` names it.
fn shown_lines<'t>(text: &'t str, part: &'t Part<'t>) -> Box<dyn Iterator<Item = (Range<usize>, bool)> + 't> {
    match part {
        Part::Lines(range) => {
            Box::new(lines(text).enumerate().map(|(idx, line)| (line, range.contains(&idx))))
        }
        Part::Anchor(anchor) => {
            let mut inside = false;
            Box::new(lines(text).filter_map(move |line| {
                anchored(&text[line.clone()], anchor, &mut inside).map(|shown| (line, shown))
            }))
        }
    }
}

/// Whether a line is shown; `None` if it is a mark itself and left out.
fn anchored(line: &str, anchor: &str, inside: &mut bool) -> Option<bool> {
    let (start, end) = (name(&ANCHOR_START, line), name(&ANCHOR_END, line));
    let shown = *inside;
    *inside = if shown { end != Some(anchor) } else { start == Some(anchor) };
    (start.is_none() && end.is_none()).then_some(shown)
}
