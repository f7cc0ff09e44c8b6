//! What the documents show is what the program does.

#![cfg(feature = "book")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The text of the first fence of this language after `from`.
fn fence<'t>(text: &'t str, from: &str, language: &str) -> &'t str {
    let text = &text[text.find(from).expect("the place is in the document")..];
    let opening = format!("```{language}\n");
    let start = text.find(&opening).expect("a fence follows") + opening.len();
    &text[start..start + text[start..].find("\n```").expect("it is closed") + 1]
}

/// The page of the README gives the error that stands below it, and passes with the digits that the error suggests.
#[test]
fn the_example_of_the_readme_is_real() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.expect("it can be read");
    let page = fence(&readme, "# mdbook-qed", "markdown");
    let shown = fence(&readme, "the LaTeX itself is the program", "text");
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    let check = |page: &str| {
        fs::write(folder.path().join("solutions.md"), page).expect("it can be written");
        let mut program = Command::new(env!("CARGO_BIN_EXE_mdbook-qed"));
        program.args(["check", "--color", "never", "solutions.md"]).current_dir(folder.path());
        program.output().expect("the program runs")
    };
    let wrong = check(page);
    let output =
        String::from_utf8_lossy(&wrong.stderr).into_owned() + &String::from_utf8_lossy(&wrong.stdout);
    assert!(output.contains(shown), "the README shows\n{shown}\nbut this came out:\n{output}");
    assert_eq!(wrong.status.code(), Some(1));
    let right = check(&page.replace("0.889550", "0.889551"));
    assert_eq!(right.status.code(), Some(0), "{}", String::from_utf8_lossy(&right.stderr));
}

/// What the manual shows of `explain` is what a test of the command line expects.
#[test]
fn the_explanation_in_the_manual_is_real() {
    let read = |path| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let manual = read("book/manual/commands.md").expect("it can be read");
    let printed = read("tests/cli/explain-derivative/stdout").expect("it can be read");
    assert_eq!(fence(&manual, "\n## explain\n", "text"), printed);
}
