//! House rules that no compiler checks: layers, headers, sizes, who may touch what.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file, by its path below `src`.
struct File {
    path: String,
    text: String,
}

impl File {
    /// The module of the crate it belongs to: `scan` of `scan/tags.rs`.
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().expect("split gives at least one part")
    }

    /// Its lines, with numbers from 1, up to its unit tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(idx, line)| (idx + 1, line));
        lines.take_while(|(_, line)| *line != "#[cfg(test)]" || self.is_only_for_tests())
    }

    /// Helpers of unit tests that are files of their own.
    fn is_only_for_tests(&self) -> bool {
        matches!(self.path.as_str(), "report/samples.rs" | "num/reference.rs" | "num/nn/engine/tests.rs")
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &str) -> Vec<File> {
    let base = root().join(folder);
    let mut files = Vec::new();
    let mut folders = vec![base.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path: PathBuf = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                let below = path.strip_prefix(&base).expect("it was found there");
                files.push(File { path: below.to_string_lossy().replace('\\', "/"), text });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(!files.is_empty(), "{} holds no sources", base.display());
    files
}

/// The modules of the crate, the highest layer first, as `lib.rs` lists them.
fn layers() -> Vec<String> {
    let text = fs::read_to_string(root().join("src/lib.rs")).expect("the library exists");
    let modules = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    modules.map(str::to_owned).collect()
}

/// The modules that a line uses by way of `crate::`, the braces of `use crate::{…}` included.
fn used_modules(line: &str) -> Vec<&str> {
    let mut used = Vec::new();
    for rest in line.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(list) => {
                let list = list.split('}').next().unwrap_or_default();
                used.extend(list.split(',').filter_map(|name| name.trim().split("::").next()));
            }
            None => used.extend(rest.split(|next: char| !next.is_alphanumeric() && next != '_').next()),
        }
    }
    used.retain(|name| !name.is_empty());
    used
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn a_module_uses_only_those_below_it() {
    let layers = layers();
    let height = |module: &str| layers.iter().position(|layer| layer == module);
    let mut problems = Vec::new();
    for file in rust_files("src") {
        let Some(own) = height(file.module()) else { continue };
        for (number, line) in file.text.lines().enumerate().map(|(idx, line)| (idx + 1, line)) {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for used in used_modules(line) {
                if height(used).is_some_and(|used| used < own) {
                    problems.push(format!(
                        "src/{}:{number}: `{}` may not use `{used}`",
                        file.path,
                        file.module()
                    ));
                }
                if file.module() == "num" && used != "num" {
                    problems.push(format!("src/{}:{number}: `num` uses nothing of the crate", file.path));
                }
            }
        }
    }
    report(&problems);
}

#[test]
fn every_module_is_in_a_layer() {
    let layers = layers();
    let top = |file: &File| !matches!(file.module(), "lib" | "main");
    let files = rust_files("src");
    let unknown = files.iter().filter(|file| top(file) && !layers.iter().any(|layer| layer == file.module()));
    report(&unknown.map(|file| format!("src/{} is in no module of lib.rs", file.path)).collect::<Vec<_>>());
}

#[test]
fn the_map_names_the_layers_in_order() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map exists");
    let rows = map.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let rows: Vec<&str> = rows.map(|(module, _)| module).collect();
    assert_eq!(rows, layers(), "the rows of ARCHITECTURE.md and the modules of lib.rs");
}

#[test]
fn every_file_says_what_it_is() {
    let mut problems = Vec::new();
    for folder in ["src", "tests"] {
        let bare = rust_files(folder).into_iter().filter(|file| !file.text.starts_with("//! "));
        problems.extend(bare.map(|file| format!("{folder}/{} does not begin with `//! `", file.path)));
    }
    report(&problems);
}

#[test]
fn no_file_is_too_long() {
    let long = rust_files("src").into_iter().filter_map(|file| {
        let lines = file.code().count();
        (lines > 500)
            .then(|| format!("src/{} has {lines} lines without its tests: split it by idea", file.path))
    });
    report(&long.collect::<Vec<_>>());
}

/// Words that stand in the code of some modules only, and why.
const RESERVED: &[(&str, &[&str], &str)] = &[
    ("std::fs", &["cli", "host", "cell", "cache"], "only the outermost layers touch files"),
    ("std::env", &["cli", "host", "cell", "main"], "only the outermost layers read the environment"),
    ("std::process", &["cli", "host", "cell", "main"], "only the outermost layers know of processes"),
    ("std::time", &["cli", "cell"], "results do not depend on the clock"),
    ("pulldown_cmark", &["scan"], "`scan` is the only user of the Markdown parser"),
    ("mdbook_driver", &["host"], "`host` is the only file that knows mdBook"),
    ("mdbook_preprocessor", &["host"], "`host` is the only file that knows mdBook"),
    ("annotate_snippets", &["report"], "only `report` renders messages"),
    (
        "serde_json",
        &["report", "host", "config", "cli", "cell"],
        "only the outermost layers serialise, and `cell` reads cargo",
    ),
];

#[test]
fn modules_keep_to_their_trade() {
    let mut problems = Vec::new();
    for file in rust_files("src") {
        for (number, line) in file.code().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for (word, modules, reason) in RESERVED {
                if line.contains(word) && !modules.contains(&file.module()) {
                    problems.push(format!("src/{}:{number}: `{word}`: {reason}", file.path));
                }
            }
        }
    }
    report(&problems);
}

#[test]
fn tests_are_neither_ignored_nor_meant_to_panic() {
    // Written in parts, so that this file does not find itself.
    let banned =
        [concat!("#[ign", "ore"), concat!("#[should_", "panic"), concat!("todo", "!("), concat!("dbg", "!(")];
    let mut problems = Vec::new();
    for folder in ["src", "tests"] {
        for file in rust_files(folder) {
            for (idx, line) in file.text.lines().enumerate() {
                if banned.iter().any(|word| line.contains(word)) {
                    problems.push(format!("{folder}/{}:{}: {}", file.path, idx + 1, line.trim()));
                }
            }
        }
    }
    report(&problems);
}

/// The names and numbers of `diag/codes.rs`.
fn codes(table: &str) -> Vec<(&str, &str)> {
    let row = |line| -> Option<(&str, &str)> {
        let (name, rest) = str::trim_start(line).split_once(" \"")?;
        let (number, _) = rest.split_once('"')?;
        let is_code = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then_some((name, number))
    };
    table.lines().filter_map(row).collect()
}

#[test]
fn every_diagnostic_code_has_its_own_number_and_is_used() {
    let table = fs::read_to_string(root().join("src/diag/codes.rs")).expect("the table exists");
    let codes = codes(&table);
    assert!(codes.len() > 10, "the table was read");
    let mut used = BTreeSet::new();
    for file in rust_files("src") {
        for (_, line) in file.code() {
            let names = line.split("Code::").skip(1);
            used.extend(
                names
                    .filter_map(|rest| rest.split(|next: char| !next.is_alphanumeric()).next())
                    .map(str::to_owned),
            );
        }
    }
    let mut problems = Vec::new();
    let mut numbers = BTreeSet::new();
    for (name, number) in codes {
        if !numbers.insert(number) {
            problems.push(format!("QED{number} stands twice in the table"));
        }
        if !used.contains(name) {
            problems.push(format!("QED{number}, `{name}`, is never given"));
        }
    }
    report(&problems);
}

/// Where time may be looked at: what shows how long a build took, limits of cells, and the deadline of tests.
const CLOCKS: &[(&str, &[&str])] =
    &[("src", &["cli/passes.rs", "cell/sandbox.rs"]), ("tests", &["support/deadline.rs"])];

#[test]
fn nothing_else_reads_the_clock() {
    // Written in parts, so that this file does not find itself.
    let clocks = [concat!("Instant::", "now"), concat!("System", "Time")];
    let mut problems = Vec::new();
    for (folder, allowed) in CLOCKS {
        let files = rust_files(folder).into_iter().filter(|file| !allowed.contains(&file.path.as_str()));
        for file in files {
            let found = file.text.lines().position(|line| clocks.iter().any(|clock| line.contains(clock)));
            problems.extend(found.map(|idx| format!("{folder}/{}:{}: the clock", file.path, idx + 1)));
        }
    }
    report(&problems);
}
