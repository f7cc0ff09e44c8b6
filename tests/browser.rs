//! Built books in a real browser, without a network: formulas are laid out, marks say what they know, nothing fails.
//!
//! Needs Chromium and its driver (`CHROMIUM` and `CHROMEDRIVER` name them, else they are looked for in `PATH`). Where
//! there is none, the tests say so and pass, unless `CI` is set.

#![cfg(feature = "book")]

#[path = "browser/driver.rs"]
mod driver;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use driver::{Browser, Scripts};
use serde_json::Value;

const PAGE: &str = include_str!("browser/page.js");
const AXE: &str = include_str!("browser/axe.js");
const MARKS: &str = include_str!("browser/marks.js");
const COLOURS: &str = include_str!("browser/colours.js");
const CONTRAST: &str = include_str!("browser/contrast.js");
const PAPER: &str = include_str!("browser/paper.js");
const WIDE: &str = include_str!("browser/wide.js");

/// A browser, or `None` if there is none and need not be one.
fn browser(scripts: Scripts) -> Option<Browser> {
    let browser = Browser::start(scripts);
    if browser.is_none() {
        let message = "\n*** No Chromium with a chromedriver was found: NO PAGE IS TESTED in a browser. ***\n\
            *** Install them (Debian: chromium, chromium-driver) or name them in CHROMIUM and CHROMEDRIVER. ***\n";
        assert!(std::env::var_os("CI").is_none(), "{message}");
        // Not by way of `eprintln`, which the test runner keeps to itself.
        std::io::stderr().write_all(message.as_bytes()).expect("stderr can be written");
    }
    browser
}

/// A book of this repository, built into a temporary folder.
struct Built {
    folder: tempfile::TempDir,
}

impl Built {
    fn new(book: &str) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a temporary folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(book);
        let output = Command::new(env!("CARGO_BIN_EXE_mdbook-qed"))
            .arg("build")
            .arg(root)
            .arg("--dest-dir")
            .arg(folder.path())
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Self { folder }
    }

    /// The pages of chapters, sorted.
    fn pages(&self) -> Vec<PathBuf> {
        let mut pages = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the folder can be read") {
                let path = entry.expect("an entry can be read").path();
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if path.is_dir() {
                    folders.push(path);
                } else if name.ends_with(".html") && !["404.html", "print.html", "toc.html"].contains(&name) {
                    pages.push(path);
                }
            }
        }
        pages.sort();
        assert!(!pages.is_empty(), "the book has pages");
        pages
    }
}

/// What was seen on all pages.
#[derive(Debug, Default)]
struct Seen {
    formulas: u64,
    marks: u64,
    problems: Vec<String>,
}

/// Looks at every page in a window of this width.
fn look(browser: &Browser, built: &Built, width: u32) -> Seen {
    let mut seen = Seen::default();
    browser.resize(width, 900);
    for page in built.pages() {
        browser.open(&page);
        let found = browser.run(PAGE);
        let count = |key: &str| found[key].as_u64().unwrap_or_default();
        seen.formulas += count("formulas");
        seen.marks += count("marks");
        let name = page.strip_prefix(built.folder.path()).expect("it lies there").display().to_string();
        let problems = found["problems"].as_array().cloned().unwrap_or_default();
        let problems = problems.iter().map(|it| it.as_str().unwrap_or_default().to_owned());
        let all = problems.chain(browser.complaints());
        seen.problems.extend(all.map(|problem| format!("{name} at {width}: {problem}")));
    }
    seen
}

#[track_caller]
fn check(book: &str, scripts: Scripts, least_formulas: u64, least_marks: u64) {
    let Some(browser) = browser(scripts) else { return };
    let built = Built::new(book);
    for width in [1280, 390] {
        let seen = look(&browser, &built, width);
        assert!(seen.problems.is_empty(), "\n{}", seen.problems.join("\n"));
        assert!(seen.formulas >= least_formulas, "{} formulas", seen.formulas);
        assert!(seen.marks >= least_marks, "{} marks", seen.marks);
    }
}

#[test]
fn every_kind_of_formula_is_laid_out() {
    check("tests/books/mathml", Scripts::On, 30, 10);
}

#[test]
fn pages_need_no_scripts() {
    check("tests/books/mathml", Scripts::Off, 30, 10);
}

#[test]
fn the_book_of_this_repository_is_shown_whole() {
    check("", Scripts::On, 200, 200);
}

/// Everything that axe-core calls serious or critical, on every page of a book.
fn check_access(book: &str) {
    let Some(browser) = browser(Scripts::On) else { return };
    let built = Built::new(book);
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/axe.min.js");
    let script = fs::read_to_string(axe).expect("axe-core is in the repository") + AXE;
    let mut barriers = Vec::new();
    for (scheme, width) in [("light", 1280), ("dark", 390)] {
        browser.prefer(scheme);
        browser.resize(width, 900);
        for page in built.pages() {
            browser.open(&page);
            let found = browser.wait(&script);
            let found = found.as_array().expect("a list of barriers");
            let name = page.display();
            barriers.extend(found.iter().map(|barrier| format!("{name}, {scheme}, at {width}: {barrier}")));
        }
    }
    assert!(barriers.is_empty(), "\n{}", barriers.join("\n"));
}

#[test]
fn the_book_has_no_serious_barriers() {
    check_access("");
}

#[test]
fn every_kind_of_mark_has_no_serious_barriers() {
    check_access("tests/books/mathml");
}

/// A page with marks of every kind.
/// Opens the page of marks, and says how many it has.
fn marks_page(browser: &Browser, built: &Built) -> u64 {
    browser.resize(1280, 900);
    browser.open(&built.folder.path().join("marks.html"));
    browser.run(MARKS);
    browser.run("return marks().length").as_u64().expect("a number")
}

const TAB: &str = "\u{e004}";
const ESCAPE: &str = "\u{e00c}";

#[test]
fn every_mark_is_reached_opened_and_closed_by_keyboard() {
    let Some(browser) = browser(Scripts::On) else { return };
    let built = Built::new("tests/books/mathml");
    let marks = marks_page(&browser, &built);
    assert!(marks >= 15, "{marks} marks");
    let mut reached = Vec::new();
    for _ in 0..3 * marks {
        browser.press(TAB);
        let at = browser.run("return marks().indexOf(document.activeElement)");
        if let Some(at) = at.as_u64() {
            reached.push(at);
            assert_eq!(browser.run("return open()"), Value::from(vec![at]), "the tips that are open");
        }
        if reached.len() as u64 == marks {
            break;
        }
    }
    assert_eq!(reached, (0..marks).collect::<Vec<_>>(), "in the order of the page");
    browser.press(ESCAPE);
    assert_eq!(browser.run("return open()"), Value::Array(Vec::new()), "Escape closes a tip");
    let still = browser.run("return marks().indexOf(document.activeElement)");
    assert_eq!(still, marks - 1, "and leaves the focus where it is");
    browser.run("document.activeElement.blur(); marks()[3].focus(); marks().at(-1).focus()");
    assert_eq!(browser.run("return open()"), Value::from(vec![marks - 1]), "it opens again");
}

#[test]
fn a_tip_opens_at_a_tap() {
    let Some(browser) = browser(Scripts::Off) else { return };
    let built = Built::new("tests/books/mathml");
    let marks = marks_page(&browser, &built);
    for at in 0..marks {
        // An open tip may cover the next mark.
        marks_page(&browser, &built);
        browser.resize(390, 900);
        let place = browser.run(&format!("return place({at})"));
        let (x, y) = (place[0].as_f64().expect("a number"), place[1].as_f64().expect("a number"));
        browser.tap(x, y);
        assert_eq!(browser.run("return open()"), Value::from(vec![at]), "a tap on mark {at}");
    }
}

#[test]
fn a_screen_reader_is_told_the_value_and_that_it_is_verified() {
    let Some(browser) = browser(Scripts::On) else { return };
    let built = Built::new("tests/books/mathml");
    marks_page(&browser, &built);
    let spoken = browser.spoken();
    let said = |name: &str| spoken.iter().any(|it| it == name);
    assert!(said("0.986613, verified: h = sigmoid(z) = 0.98661308217233522, rounded"), "{spoken:#?}");
    let marks = browser.run("return marks().map(mark => mark.getAttribute('aria-label'))");
    for mark in marks.as_array().expect("a list") {
        let name = mark.as_str().expect("a text");
        assert!(said(name) && name.contains("verified: "), "{name}: {spoken:#?}");
    }
}

#[test]
fn tips_can_be_read_in_every_theme() {
    let Some(browser) = browser(Scripts::On) else { return };
    let built = Built::new("tests/books/mathml");
    browser.open(&built.folder.path().join("marks.html"));
    assert_eq!(browser.run(&(COLOURS.to_owned() + CONTRAST)), Value::Array(Vec::new()));
}

#[test]
fn paper_is_white_and_wide_enough_for_readers_of_a_dark_theme() {
    let Some(browser) = browser(Scripts::On) else { return };
    let built = Built::new("");
    browser.print("dark");
    // A4 within the margins that the browser leaves.
    browser.resize(718, 1000);
    let script = COLOURS.to_owned() + PAPER;
    for page in built.pages() {
        browser.open(&page);
        assert_eq!(browser.run(&script), Value::Array(Vec::new()), "{}", page.display());
    }
}

#[test]
fn a_wide_display_that_others_set_is_scrolled_and_not_the_page() {
    let Some(browser) = browser(Scripts::On) else { return };
    let built = Built::new("tests/books/beside");
    browser.resize(390, 900);
    browser.open(&built.folder.path().join("displays.html"));
    assert_eq!(browser.run(WIDE), serde_json::json!([3, 3]), "displays, and those that can be scrolled");
    let found = browser.run(PAGE);
    assert_eq!(found["problems"], Value::Array(Vec::new()));
}
