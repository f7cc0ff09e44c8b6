//! What the documents show is what the program does.

#![cfg(feature = "book")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mdbook_qed::diag::Code;

/// A file of the repository.
fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it can be read")
}

/// Runs the program in a folder.
fn run(folder: &Path, args: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mdbook-qed"));
    program.args(args).args(["--color", "never"]).current_dir(folder);
    // What Rust cells depend on is compiled once for all tests.
    program.env("QED_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cells"));
    program.output().expect("the program runs")
}

/// What the program has printed, errors first.
fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

/// A fence of a page.
struct Fence<'t> {
    language: &'t str,
    body: &'t str,
    /// The paragraph above it.
    above: &'t str,
}

/// All fences of a text, in order.
fn fences(text: &str) -> Vec<Fence<'_>> {
    let mut fences = Vec::new();
    let mut opened: Option<(&str, &str, &str, usize)> = None;
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let start = end;
        end += line.len();
        let words = line.trim_start_matches('`');
        let marks = &line[..line.len() - words.len()];
        match opened {
            None if marks.len() >= 3 => {
                let above = text[..start].trim_end().rsplit("\n\n").next().unwrap_or_default();
                opened = Some((marks, words.trim(), above, end));
            }
            Some((opening, language, above, from)) if marks == opening && words.trim().is_empty() => {
                fences.push(Fence { language, body: &text[from..start], above });
                opened = None;
            }
            _ => {}
        }
    }
    assert!(opened.is_none(), "a fence is not closed");
    fences
}

/// Writes a file into a folder, or adds to its end.
fn put(path: &Path, text: &str, add: bool) {
    let before =
        if add { fs::read_to_string(path).expect("there is something to add to") } else { String::new() };
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder can be made");
    // mdBook takes the backslash away from a directive that is only shown.
    fs::write(path, before + &text.replace("\\{{", "{{")).expect("it can be written");
}

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
    let readme = read("README.md");
    let page = fence(&readme, "# mdbook-qed", "markdown");
    let shown = fence(&readme, "the LaTeX itself is the program", "text");
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    let check = |page: &str| {
        put(&folder.path().join("solutions.md"), page, false);
        run(folder.path(), &["check", "solutions.md"])
    };
    let wrong = check(page);
    let output = printed(&wrong);
    assert!(output.contains(shown), "the README shows\n{shown}\nbut this came out:\n{output}");
    assert_eq!(wrong.status.code(), Some(1));
    let right = check(&page.replace("0.889550", "0.889551"));
    assert_eq!(right.status.code(), Some(0), "{}", printed(&right));
}

/// What the manual shows of `explain` is what a test of the command line expects.
#[test]
fn the_explanation_in_the_manual_is_real() {
    let manual = read("book/manual/commands.md");
    assert_eq!(fence(&manual, "\n## explain\n", "text"), read("tests/cli/explain-derivative/stdout"));
}

/// Whoever does what the tutorial says sees what the tutorial shows: from an empty folder, through wrong digits that
/// fail, to a verified page.
#[test]
fn the_tutorial_is_real() {
    let tutorial = read("book/manual/getting-started.md");
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    let mut here = folder.path().to_owned();
    let mut page = PathBuf::new();
    let mut exits = Vec::new();
    for fence in fences(&tutorial) {
        match fence.language {
            // Installing is what cargo has done for this test.
            "sh" => {}
            "toml" | "markdown" => {
                let name = fence.above.split('`').skip(1).step_by(2).find(|code| code.contains('.'));
                page = here.join(name.expect("the paragraph above a file names it"));
                put(&page, fence.body, fence.above.contains("to the end of"));
            }
            "diff" => change(&page, fence.body),
            "console" => exits.extend(follow(&mut here, fence.body)),
            other => panic!("nobody knows what to do with `{other}`"),
        }
    }
    assert_eq!(exits, [1, 1, 0, 0, 0, 0, 0, 1, 0, 0]);
}

/// Replaces the line that a diff takes away.
fn change(page: &Path, diff: &str) {
    let lines =
        |sign| diff.lines().filter_map(move |line| line.strip_prefix(sign)).collect::<Vec<_>>().join("\n");
    let text = fs::read_to_string(page).expect("it can be read");
    let (old, new) = (lines('-'), lines('+'));
    assert_eq!(text.matches(&old).count(), 1, "`{old}` is there once");
    fs::write(page, text.replace(&old, &new)).expect("it can be written");
}

/// Does what stands behind the dollars, and compares what comes out; the exit codes of the program.
fn follow(here: &mut PathBuf, console: &str) -> Vec<i32> {
    let mut exits = Vec::new();
    for step in format!("\n{console}").split("\n$ ").skip(1) {
        let (command, shown) = step.split_once('\n').unwrap_or((step, ""));
        match command.split(' ').collect::<Vec<_>>()[..] {
            ["mkdir", "-p", folder] => fs::create_dir_all(here.join(folder)).expect("it can be made"),
            ["cd", folder] => here.push(folder),
            ["mdbook-qed", ref args @ ..] => {
                let output = run(here, args);
                let all = printed(&output);
                assert!(matches(&all, shown), "`{command}` shows\n{shown}\nbut this came out:\n{all}");
                exits.push(output.status.code().expect("it ends by itself"));
            }
            _ => panic!("nobody knows how to run `{command}`"),
        }
    }
    exits
}

/// Whether this is what is shown. A line of three dots stands for any lines.
fn matches(output: &str, shown: &str) -> bool {
    let (output, shown) = (output.trim_end(), shown.trim_end());
    match shown.split_once("...\n") {
        Some((first, last)) => output.starts_with(first) && output.ends_with(last),
        None => output == shown,
    }
}

/// The manual has every code of the program, in order, with its meaning, and with an example that produces this code.
#[test]
fn every_diagnostic_code_has_an_example() {
    let page = read("book/manual/diagnostics.md");
    let sections: Vec<(&str, &str)> =
        page.split("\n## ").skip(1).filter_map(|section| section.split_once('\n')).collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.id()).collect();
    assert_eq!(sections.iter().map(|(heading, _)| *heading).collect::<Vec<_>>(), codes);
    for (code, (_, section)) in Code::ALL.iter().zip(sections) {
        let expected = match code {
            // An error carried forward cannot be without its cause.
            Code::Carried => BTreeSet::from([Code::Mismatch.id().to_owned(), code.id().to_owned()]),
            _ => BTreeSet::from([code.id().to_owned()]),
        };
        assert_eq!(produced(section), expected, "the example of {}", code.id());
        let (first, rest) = code.title().split_at(1);
        let meaning = format!("*{}{rest}.*", first.to_uppercase());
        assert!(section.contains(&meaning), "the section of {} does not say `{meaning}`", code.id());
    }
}

/// The codes that come out when the files of a section are checked, or when its command is run on them.
fn produced(section: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    let mut args = vec!["check", "--format", "json"];
    for fence in fences(section) {
        match fence.language {
            "console" => {
                let command = fence.body.trim().strip_prefix("$ mdbook-qed ").expect("it is our command");
                args = command.split(' ').collect();
            }
            _ => {
                let name = fence.above.strip_prefix('`').and_then(|above| above.strip_suffix("`:"));
                put(&folder.path().join(name.unwrap_or("page.md")), fence.body, false);
            }
        }
    }
    let output = printed(&run(folder.path(), &args));
    output.match_indices("QED").filter_map(|(at, _)| output.get(at..at + 7)).map(str::to_owned).collect()
}
