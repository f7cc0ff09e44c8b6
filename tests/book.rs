//! The book in `book/`: every claim passes, every stated number is guarded, and `mdbook build` fails on a wrong digit.

#![cfg(feature = "book")]

#[path = "support/real_mdbook.rs"]
mod real_mdbook;
#[path = "support/tree.rs"]
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mdbook_qed::compare::Verdict;
use mdbook_qed::diag::Diagnostic;
use mdbook_qed::host::{Checked, Job, load};
use mdbook_qed::report::ClaimRecord;
use mdbook_qed::source::Span;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn job() -> Job {
    load(&[root()], &root()).expect("the book can be read")
}

/// The claims that state a number to be recomputed, or from which others are. What is meant to be false stays so with
/// another digit.
fn stated(checked: &Checked) -> Vec<&ClaimRecord> {
    let recomputed = |claim: &&ClaimRecord| {
        !matches!(claim.verdict, Verdict::Holds | Verdict::Refuted | Verdict::Skipped | Verdict::Filled)
            && claim.stated.contains(|c: char| c.is_ascii_digit())
    };
    checked.report.claims.iter().filter(recomputed).collect()
}

#[test]
fn every_claim_of_the_book_passes() {
    let checked = job().check();
    assert!(checked.report.diagnostics.is_empty(), "{:#?}", checked.report.diagnostics);
    assert!(stated(&checked).len() > 200, "only {} numbers were recomputed", stated(&checked).len());
}

/// The numbers whose change nobody would notice: inside formulas of which too few digits are shown, or that hold with
/// another number as well. `QED_BLESS=1` writes them down anew.
const UNGUARDED: &str = "tests/data/unguarded.txt";

#[test]
fn every_changed_digit_of_a_stated_number_is_noticed() {
    let (checked, mutated) = job().mutate();
    assert!(mutated.ties.is_empty(), "{:?}", mutated.ties);
    let stated = stated(&checked);
    for diagnostic in &mutated.unguarded {
        let claim = stated.iter().find(|claim| claim.span == diagnostic.span);
        assert!(claim.is_none(), "{claim:?} is stated, and its change is not noticed");
    }
    // What is said to be wrong stays wrong with another digit.
    let meant = |diagnostic: &&Diagnostic| !is_meant_to_be_wrong(&checked, diagnostic.span);
    let line = |diagnostic: &Diagnostic| {
        let place = checked.sources.place(diagnostic.span);
        let file = place.path.rsplit('/').next().unwrap_or_default();
        format!("{file}: {}\n", checked.sources.text(diagnostic.span))
    };
    let unguarded: String = mutated.unguarded.iter().filter(meant).map(line).collect();
    let path = root().join(UNGUARDED);
    if std::env::var_os("QED_BLESS").is_some() {
        fs::write(&path, &unguarded).expect("it can be written");
    }
    let known = fs::read_to_string(&path).expect("the list can be read");
    assert_eq!(unguarded, known, "{UNGUARDED} says otherwise");
}

/// Whether `span` touches a claim of `\\neq` or of an inequality, or one that is refuted.
fn is_meant_to_be_wrong(checked: &Checked, span: Span) -> bool {
    checked.report.claims.iter().any(|claim| {
        let near = claim.span.start <= span.end && span.start <= claim.span.end;
        claim.span.file == span.file && near && matches!(claim.verdict, Verdict::Holds | Verdict::Refuted)
    })
}

#[test]
fn mdbook_build_fails_on_twenty_wrong_digits() {
    let Some(mdbook) = real_mdbook::mdbook() else { return };
    let checked = job().check();
    // A changed input is noticed where it is used; these where they stand.
    let mut claims = stated(&checked);
    claims.retain(|claim| matches!(claim.verdict, Verdict::Exact | Verdict::Rounded));
    let every = claims.len() / 20;
    for claim in claims.iter().step_by(every).take(20) {
        flip(&mdbook, &checked, claim);
    }
}

/// Changes the last digit of a claim in a copy of the book; the build must fail and name file, line and both numbers.
fn flip(mdbook: &Path, checked: &Checked, claim: &ClaimRecord) {
    let place = checked.sources.place(claim.span);
    let last = claim.stated.rfind(|c: char| c.is_ascii_digit()).expect("it states a number");
    let digit = claim.stated.as_bytes()[last] - b'0';
    let mut wrong = claim.stated.clone();
    wrong.replace_range(last..=last, &((digit + 1) % 10).to_string());
    let mut text = place.text.to_owned();
    text.replace_range(place.range.clone(), &wrong);

    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    tree::copy(&root().join("book"), &folder.path().join("book"));
    for file in ["book.toml", "qed.lock"] {
        fs::copy(root().join(file), folder.path().join(file)).expect("it can be copied");
    }
    let file = place.path.rsplit("book/").next().expect("a path has an end");
    fs::write(folder.path().join("book").join(file), text).expect("it can be written");

    let output = Command::new(mdbook)
        .arg("build")
        .current_dir(folder.path())
        .env("MDBOOK_PREPROCESSOR__QED__COMMAND", env!("CARGO_BIN_EXE_mdbook-qed"))
        .output()
        .expect("mdbook starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{wrong} for {} was not noticed", claim.stated);
    let line = format!("{file}:{}:", place.start.line);
    for expected in [line.as_str(), &wrong, &claim.stated] {
        assert!(stderr.contains(expected), "`{expected}` is missing:\n{stderr}");
    }
    assert!(!folder.path().join("target/book/index.html").exists(), "a page was written");
}
