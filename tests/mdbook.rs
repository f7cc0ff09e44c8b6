//! Whole books through the real `mdbook`: `tests/books/*/`, each built in a temporary folder, with this crate's program
//! as the preprocessor.
//!
//! The program is taken from the environment variable `MDBOOK`, else from `PATH`. Where there is none these tests say
//! so and do nothing; CI sets `MDBOOK`, so that they always run there.

#![cfg(feature = "book")]

#[path = "support/real_mdbook.rs"]
mod real_mdbook;
#[path = "support/tree.rs"]
mod tree;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use real_mdbook::mdbook;
use tree::{copy, files};

const PROGRAM: &str = env!("CARGO_BIN_EXE_mdbook-qed");

/// A copy of a book in a temporary folder.
struct Workplace {
    folder: tempfile::TempDir,
}

impl Workplace {
    fn new(book: &str) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a temporary folder");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/books").join(book), folder.path());
        Self { folder }
    }

    /// Runs `mdbook COMMAND` with us; `None` if these tests shall not run.
    fn mdbook(&self, command: &str) -> Option<Output> {
        let mut mdbook = Command::new(mdbook()?);
        mdbook.arg(command).current_dir(self.folder.path());
        mdbook.env("MDBOOK_PREPROCESSOR__QED__COMMAND", PROGRAM);
        Some(mdbook.output().expect("mdbook starts"))
    }

    /// Runs `mdbook build` with us between two files: what mdBook says to us, and what we say to mdBook.
    fn overheard(&self) -> Option<(Output, String, String)> {
        let (heard, said) = (self.folder.path().join("heard.json"), self.folder.path().join("said.json"));
        let script = format!("tee '{}' | '{PROGRAM}' \"$@\" | tee '{}'\n", heard.display(), said.display());
        fs::write(self.folder.path().join("overhear.sh"), script).expect("the script can be written");
        let mut mdbook = Command::new(mdbook()?);
        mdbook.arg("build").current_dir(self.folder.path());
        // The question `supports` reads no input, and so neither does the script.
        let command = r#"sh -c '[ "$1" = supports ] || exec sh "$0"' overhear.sh"#;
        mdbook.env("MDBOOK_PREPROCESSOR__QED__COMMAND", command);
        let output = mdbook.output().expect("mdbook starts");
        let text = |path| fs::read_to_string(path).expect("the script has written it");
        Some((output, text(heard), text(said)))
    }

    /// Builds the book without us, with this book.toml.
    fn build_plainly(&self, book_toml: &str) {
        let folder = self.folder.path();
        fs::write(folder.join("book.toml"), book_toml).expect("it can be written");
        let program = mdbook().expect("it has been found before");
        let output = Command::new(program).arg("build").current_dir(folder).output().expect("mdbook starts");
        assert!(output.status.success(), "{}", stderr(&output));
    }

    /// Runs our own program.
    fn qed(&self, arguments: &[&str]) -> Output {
        Command::new(PROGRAM).args(arguments).current_dir(self.folder.path()).output().expect("it starts")
    }

    fn page(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join("book").join(path)).expect("the page was built")
    }

    /// All files that were built, by path. The fonts and scripts of the theme are left out.
    fn pages(&self) -> BTreeMap<PathBuf, String> {
        let built = self.folder.path().join("book");
        let mut pages = files(&built);
        pages.retain(|path, _| path.extension().is_some_and(|extension| extension == "html"));
        assert!(!pages.is_empty());
        let text = |bytes: Vec<u8>| without_search_index(&String::from_utf8_lossy(&bytes));
        pages.into_iter().map(|(path, bytes)| (path, text(bytes))).collect()
    }
}

/// A page without the hash of its search index, whose keys have another order in each build of mdBook.
fn without_search_index(page: &str) -> String {
    let (before, after) = page.split_once("searchindex-").unwrap_or((page, ""));
    format!("{before}{}", after.split_once(".js").unwrap_or(("", after)).1)
}

/// Compares pages and shows no more than the first line that differs.
#[track_caller]
fn assert_same(one: &BTreeMap<PathBuf, String>, other: &BTreeMap<PathBuf, String>) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (path, page) in one {
        for (line, other) in page.lines().zip(other[path].lines()) {
            assert_eq!(line, other, "{}", path.display());
        }
        assert_eq!(page.len(), other[path].len(), "{}", path.display());
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_untagged_book_is_built_as_without_us() {
    let (with, without) = (Workplace::new("untagged"), Workplace::new("untagged"));
    let Some(output) = with.mdbook("build") else { return };
    assert!(output.status.success(), "{}", stderr(&output));
    without.build_plainly("[book]\ntitle = \"Untagged\"\n");
    assert_same(&with.pages(), &without.pages());
}

#[test]
fn our_own_build_gives_the_same_pages() {
    for book in ["untagged", "mathml"] {
        let (theirs, ours) = (Workplace::new(book), Workplace::new(book));
        let Some(output) = theirs.mdbook("build") else { return };
        assert!(output.status.success(), "{}", stderr(&output));
        let output = ours.qed(&["build"]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_same(&theirs.pages(), &ours.pages());
    }
}

#[test]
fn errors_stop_the_build_with_their_places() {
    let workplace = Workplace::new("broken");
    let Some(output) = workplace.mdbook("build") else { return };
    assert_eq!(output.status.code(), Some(101), "mdBook says so when a preprocessor fails");
    let stderr = stderr(&output);
    for expected in [
        "src/one.md:5:11",
        "did you mean `let`?",
        "src/two.md:3:1",
        "0 numbers verified, 2 errors in 2 chapters",
    ] {
        assert!(stderr.contains(expected), "{expected} in:\n{stderr}");
    }
    assert!(!workplace.folder.path().join("book/index.html").exists());
}

#[test]
fn every_command_of_mdbook_works() {
    for (book, command) in [("untagged", "test"), ("mathml", "test"), ("mathml", "clean")] {
        let workplace = Workplace::new(book);
        let Some(output) = workplace.mdbook(command) else { return };
        assert!(output.status.success(), "{book} {command}: {}", stderr(&output));
    }
}

#[test]
fn mdbook_test_fails_for_a_wrong_book() {
    let workplace = Workplace::new("broken");
    let Some(output) = workplace.mdbook("test") else { return };
    assert_eq!(output.status.code(), Some(101));
    assert!(stderr(&output).contains("did you mean `let`?"), "{}", stderr(&output));
}

/// Unix only because of the script that listens.
#[cfg(unix)]
#[test]
fn nothing_but_the_book_goes_to_mdbook() {
    let workplace = Workplace::new("untagged");
    let Some((output, heard, said)) = workplace.overheard() else { return };
    assert!(output.status.success(), "{}", stderr(&output));
    let heard: Vec<serde_json::Value> = serde_json::from_str(&heard).expect("mdBook speaks JSON");
    // `preserve_order` is on: an untagged book comes back as it was, key by key.
    assert_eq!(said.trim_end(), heard[1].to_string());
}

#[test]
fn sources_are_neither_changed_nor_written_to() {
    let workplace = Workplace::new("mathml");
    let source = workplace.folder.path().join("src");
    let before = files(&source);
    let locked = |readonly| {
        for path in before.keys() {
            let file = source.join(path);
            let mut permissions = fs::metadata(&file).expect("the file is there").permissions();
            permissions.set_readonly(readonly);
            fs::set_permissions(&file, permissions).expect("the file is ours");
        }
    };
    locked(true);
    let Some(output) = workplace.mdbook("build") else { return locked(false) };
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(files(&source), before);
    let beside: Vec<PathBuf> = fs::read_dir(workplace.folder.path())
        .expect("the folder can be read")
        .map(|entry| entry.expect("an entry can be read").file_name().into())
        .filter(|name: &PathBuf| !["book", "book.toml", "src"].iter().any(|known| name == Path::new(known)))
        .collect();
    assert_eq!(beside, [] as [PathBuf; 0]);
    locked(false);
}

#[test]
fn an_unknown_setting_stops_the_build_at_its_place() {
    let workplace = Workplace::new("untagged");
    let settings =
        "[book]\ntitle = \"Ö\"\n\n[preprocessor.qed]\nafter = [\"links\"]\non-missmatch = \"warn\"\n";
    fs::write(workplace.folder.path().join("book.toml"), settings).expect("it can be written");
    let Some(output) = workplace.mdbook("build") else { return };
    assert_eq!(output.status.code(), Some(101));
    let stderr = stderr(&output);
    assert!(stderr.contains("book.toml:6:1"), "{stderr}");
    assert!(stderr.contains("did you mean `on-mismatch`?"), "{stderr}");
}

#[test]
fn a_book_without_a_book_toml_is_built() {
    let (with, without) = (Workplace::new("untagged"), Workplace::new("untagged"));
    fs::remove_file(with.folder.path().join("book.toml")).expect("it was there");
    let Some(output) = with.mdbook("build") else { return };
    assert!(output.status.success(), "{}", stderr(&output));
    without.build_plainly("");
    assert_same(&with.pages(), &without.pages());
}

#[test]
fn rendered_math_reaches_the_page_whole() {
    let workplace = Workplace::new("mathml");
    let Some(output) = workplace.mdbook("build") else { return };
    assert!(output.status.success(), "{}", stderr(&output));
    let page = workplace.page("math.html");
    let main = page.split("<main>").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or_default();
    assert_eq!(main.matches("<math").count(), 8, "{main}");
    assert_eq!(main.matches('$').count(), 1, "only the price is left: {main}");
    for expected in [
        "<mo>&lt;</mo>",
        "<mi>ℝ</mi>",
        "it’s\u{a0}”so”\u{a0}--\u{a0}*now*",
        "<td><math><mo stretchy=\"false\" form=\"prefix\">|</mo>",
        "<mrow><mi>a</mi><mo lspace=\"0\" rspace=\"0\">∗</mo><mi>b</mi></mrow>",
        ".qed-display {",
    ] {
        assert!(main.contains(expected), "{expected} in:\n{main}");
    }
    assert!(!stderr(&output).contains("WARN"), "{}", stderr(&output));
}

/// The books of [`a_renderer_of_mathematics_changes_no_verdict`]: the same chapters, under other settings.
const RENDERERS: [(&str, &str); 4] = [
    ("MathML", "[preprocessor.qed]\nafter = [\"links\"]\nrender-math = \"mathml\"\n"),
    ("none", "[preprocessor.qed]\nafter = [\"links\"]\n"),
    ("MathJax", "[preprocessor.qed]\nafter = [\"links\"]\n\n[output.html]\nmathjax-support = true\n"),
    (
        "KaTeX",
        // The program need not be there to say that formulas are to be left to it.
        "[preprocessor.katex]\ncommand = \"no-such-katex\"\noptional = true\n\n\
         [preprocessor.qed]\nafter = [\"links\"]\nbefore = [\"katex\"]\n",
    ),
];

#[test]
fn a_renderer_of_mathematics_changes_no_verdict() {
    let mut verdicts: Option<serde_json::Value> = None;
    for (renderer, settings) in RENDERERS {
        let workplace = Workplace::new("mathml");
        fs::write(workplace.folder.path().join("book.toml"), settings).expect("it can be written");
        let output = workplace.qed(&["check", "--format", "json"]);
        assert!(output.status.success(), "{renderer}: {}", stderr(&output));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the report is JSON");
        assert!(report["claims"].as_array().is_some_and(|claims| claims.len() > 15), "{renderer}: {report}");
        let first = verdicts.get_or_insert_with(|| report["claims"].clone());
        assert_eq!(&report["claims"], first, "{renderer}");

        let output = workplace.qed(&["build"]);
        assert!(output.status.success(), "{renderer}: {}", stderr(&output));
        let page = workplace.page("marks.html");
        // The list of all claims is set by us in any case.
        let (page, list) =
            page.split_once("<div class=\"qed-report\">").expect("the page ends with the list");
        assert!(list.contains("<math"), "{renderer}");
        assert_eq!(page.contains("<math"), renderer == "MathML", "{renderer}");
        assert_eq!(
            page.contains("\\frac{h}{1 - h}"),
            renderer != "MathML",
            "{renderer} gets the formula as it was"
        );
        assert!(page.contains("data-qed=\""), "{renderer}: numbers are marked");
    }
}

/// What a build says of a book: its messages and its last line, without mdBook's own.
fn said(output: &Output) -> Vec<String> {
    let ours = |line: &&str| {
        ["error[", "warning[", " --> ", "numbers verified"].iter().any(|sign| line.contains(sign))
    };
    stderr(output).lines().filter(ours).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn every_way_to_check_a_book_says_the_same() {
    for book in ["mathml", "broken"] {
        let workplace = Workplace::new(book);
        let check = workplace.qed(&["check"]);
        // `check` prints its messages, which are its result.
        let checked = String::from_utf8_lossy(&check.stdout).into_owned() + &stderr(&check);
        let build = said(&workplace.qed(&["build"]));
        assert!(!build.is_empty(), "{book}");
        for line in &build {
            assert!(checked.contains(line.as_str()), "{book}: {line} in:\n{checked}");
        }
        let Some(output) = workplace.mdbook("build") else { return };
        assert_eq!(said(&output), build, "{book}");
    }
}

#[test]
fn the_search_index_and_the_print_page_hold_values_and_no_markup() {
    let workplace = Workplace::new("mathml");
    let output = workplace.qed(&["build"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let built = files(&workplace.folder.path().join("book"));
    let index = built.iter().find(|(path, _)| path.to_string_lossy().starts_with("searchindex"));
    let index = String::from_utf8_lossy(index.expect("there is a search index").1).into_owned();
    let print = workplace.page("print.html");
    for value in ["0.986613", "4.6225", "98.66", "0.013387", "102,764,545"] {
        assert!(index.contains(value), "{value} can be searched");
        assert!(print.contains(value), "{value} is printed");
    }
    for markup in ["<math", "<span", "data-qed", "qed-", "tabindex", "aria-", "--qed", "&#", "{{#qed"] {
        assert!(!index.contains(markup), "{markup} in:\n{index}");
    }
    for markup in ["&lt;math", "&lt;span", "&amp;#", "{{#qed", "= ?"] {
        assert!(!print.contains(markup), "{markup} is printed");
    }
}
