//! Runs the cases in `tests/suite/**/*.md`; `tests/README.md` tells how to write one.
//!
//! A case is a heading, a sentence that says why, a fenced input and a fenced expectation. The folder decides what
//! is done with the input: one line in [`FOLDERS`]. `QED_BLESS=1` rewrites the expectations; read the diff.

#[path = "suite/judge.rs"]
mod judge;
#[path = "suite/runner.rs"]
mod runner;
#[path = "suite/scan.rs"]
mod scan;

use runner::Folder;

/// What each folder of `tests/suite` does with an input.
const FOLDERS: &[Folder] =
    &[("homework", judge::run), ("identity", judge::run), ("judge", judge::run), ("scan", scan::run)];

#[test]
fn suite() {
    runner::run_all(FOLDERS);
}
