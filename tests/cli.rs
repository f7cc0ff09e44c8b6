//! Runs the program as a user does: `tests/cli/*/` holds arguments, the files before, and what is printed.
//!
//! In a case's folder, `case.toml` says why the case is there and what is typed (`why`, `args`, `stdin`, `env`,
//! `status`); `before/` is the folder it is typed in, `after/` the files that exist afterwards (without it, nothing
//! may have changed); `stdout` and `stderr` are what is printed, `stdin` what is read. `QED_BLESS=1` rewrites them.

#![cfg(feature = "book")]

#[path = "support/tree.rs"]
mod tree;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;

use tree::{copy, files};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Why the case is there.
    why: String,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    status: i32,
    /// Parts of stdout and stderr that differ from run to run: only these lines are compared.
    #[serde(default)]
    stdout_has: Option<Vec<String>>,
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let entries = fs::read_dir(folder).expect("the cases can be read");
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    cases.sort();
    cases
}

#[test]
fn every_case() {
    let bless = std::env::var_os("QED_BLESS").is_some();
    let mut failures = String::new();
    for folder in cases() {
        run(&folder, bless, &mut failures);
    }
    assert!(failures.is_empty(), "{failures}\nQED_BLESS=1 accepts all of this");
}

fn run(folder: &Path, bless: bool, failures: &mut String) {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = fs::read_to_string(folder.join("case.toml")).expect("every case has a case.toml");
    let case: Case = toml::from_str(&text).unwrap_or_else(|problem| panic!("{name}/case.toml: {problem}"));
    assert!(!case.why.is_empty(), "{name}: why is the case there?");
    let workplace = tempfile::tempdir().expect("there is room for a temporary folder");
    let root = workplace.path().canonicalize().expect("the folder exists");
    copy(&folder.join("before"), &root);
    let output = execute(&case, folder, &root);
    if output.status.code() != Some(case.status) {
        let _ = writeln!(failures, "{name}: exit code {:?}, not {}", output.status.code(), case.status);
    }
    let clean = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&root.display().to_string(), "[ROOT]");
    compare(&folder.join("stderr"), &clean(&output.stderr), &name, bless, failures);
    match &case.stdout_has {
        Some(parts) => {
            parts.iter().filter(|part| !clean(&output.stdout).contains(part.as_str())).for_each(|part| {
                let _ = writeln!(failures, "{name}: stdout lacks {part:?}:\n{}", clean(&output.stdout));
            })
        }
        None => compare(&folder.join("stdout"), &clean(&output.stdout), &name, bless, failures),
    }
    compare_trees(folder, &root, &name, failures);
}

fn execute(case: &Case, folder: &Path, root: &Path) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mdbook-qed"))
        .args(&case.args)
        .current_dir(root)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .envs(&case.env)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let input = fs::read(folder.join("stdin")).unwrap_or_default();
    // A command that reads no input may have ended before it is written.
    let _ = child.stdin.take().expect("it is piped").write_all(&input);
    child.wait_with_output().expect("the program ends")
}

fn compare(path: &Path, actual: &str, name: &str, bless: bool, failures: &mut String) {
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return;
    }
    if bless && actual.is_empty() {
        fs::remove_file(path).expect("the old expectation can be removed");
    } else if bless {
        fs::write(path, actual).expect("the expectation can be written");
    } else {
        let what = path.file_name().unwrap_or_default().to_string_lossy();
        let difference = similar::TextDiff::from_lines(&expected, actual);
        let _ = writeln!(failures, "{name}: {what}\n{}", difference.unified_diff());
    }
}

/// Files that must be there afterwards: those of `after/`, else exactly those of `before/`.
fn compare_trees(folder: &Path, root: &Path, name: &str, failures: &mut String) {
    let after = folder.join("after");
    let (expected, exactly) = if after.is_dir() { (after, false) } else { (folder.join("before"), true) };
    let (expected, actual) = (files(&expected), files(root));
    for (path, text) in &expected {
        match actual.get(path) {
            None => _ = writeln!(failures, "{name}: {} is gone", path.display()),
            Some(found) if found != text => _ = writeln!(failures, "{name}: {} has changed", path.display()),
            Some(_) => {}
        }
    }
    for path in actual.keys().filter(|path| exactly && !expected.contains_key(*path)) {
        let _ = writeln!(failures, "{name}: {} was written", path.display());
    }
}
