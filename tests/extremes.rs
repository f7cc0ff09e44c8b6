//! Chapters that nobody would write: huge, deep, torn. None may hang, panic, or take an unbounded time.

#![cfg(feature = "book")]

#[path = "support/deadline.rs"]
mod deadline;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};

/// Generous: the machine may be busy, and what is quadratic takes hours.
const LIMIT: Duration = Duration::from_secs(120);
const DEEP: usize = 10_000;
const WIDE: usize = 50_000;
const TEN_MEGABYTES: usize = 10_000_000;

/// The chapters, each under a name for messages.
fn chapters() -> Vec<(&'static str, String)> {
    let tagged = |formula: String| format!("<!-- qed -->\n$${formula}$$\n");
    let nested =
        |open: &str, close: &str| tagged(format!("x = {}1{} = 2", open.repeat(DEEP), close.repeat(DEEP)));
    let quotes = ">".repeat(DEEP);
    let paragraph = "Text with $x_1 = 2$, *emphasis*.\n\n<!-- qed -->\n$$y = 1 + 2 = 3$$\n\n";
    let line = format!("{}$x = 1$ ", "words ".repeat(30));
    let errors = format!("<!-- qed -->\n{}", "$1 = 2$ ".repeat(1000));
    vec![
        ("quotes", format!("{quotes} <!-- qed -->\n{quotes} $$x = 1 = 2$$\n")),
        ("spaced quotes", format!("{}$x = 1$\n", "> ".repeat(DEEP))),
        ("lists on one line", format!("{}<!-- qed -->\n", "- ".repeat(DEEP))),
        (
            "lists in lists",
            (0..1000).fold(String::new(), |mut text, depth| {
                let _ = writeln!(text, "{}- a {{{{#qed 1 = 1}}}}", "  ".repeat(depth));
                text
            }),
        ),
        ("braces", nested("{", "}")),
        ("parentheses", nested("(", ")")),
        ("\\left(", nested("\\left(", "\\right)")),
        ("\\sqrt", nested("\\sqrt{", "}")),
        ("\\frac without braces", nested("\\frac", "")),
        ("environments", nested("\\begin{aligned}", "\\end{aligned}")),
        ("never closed", nested("\\left[{(\\begin{matrix}", "")),
        ("minus signs", nested("-", "")),
        ("powers", nested("2^", "")),
        ("subscripts", nested("x_{", "}")),
        ("derivatives", nested("\\frac{d}{dx}", "")),
        ("a long chain", tagged(format!("{}1", "1 = ".repeat(WIDE)))),
        ("a long sum", tagged(format!("{}1 = 5", "1 + ".repeat(WIDE)))),
        ("many digits", tagged(format!("x = {} + 1 = 7.{}", "9".repeat(WIDE), "3".repeat(WIDE)))),
        ("a tower of powers", tagged("x = 9^{9^{9^9}} = 1".into())),
        ("factorials", tagged("x = 100000000!! = 1".into())),
        ("an endless sum", tagged("x = \\sum_{i=1}^{10^{18}} i = 1".into())),
        ("a fence", format!("```qed\nx = {}1{}\n```\n", "(".repeat(WIDE), ")".repeat(WIDE))),
        ("inline claims", format!("{{{{#qed {}1 = 1}}}} {}\n", "(".repeat(WIDE), "{{#qed ".repeat(2000))),
        ("tags only", "<!-- qed -->\n".repeat(WIDE)),
        ("regions", "<!-- qed: on -->\n\n".repeat(2000)),
        ("dollars", format!("<!-- qed -->\n{}\n", "$ ".repeat(WIDE))),
        ("doubled dollars", format!("<!-- qed: on -->\n\n{}\n", "$$ ".repeat(WIDE))),
        ("brackets", format!("{}\n\n{}\n", "[".repeat(WIDE), "![a](".repeat(WIDE))),
        ("comments", format!("{}\n{}", "<!--".repeat(WIDE), "<!-- qed: ".repeat(WIDE))),
        (
            "definitions of definitions",
            (1..3000).fold("<!-- qed: on -->\n$$x_{0} = 1.5$$\n".to_owned(), |mut text, idx| {
                let _ = writeln!(text, "\n$$x_{{{idx}}} = x_{{{}}} + 1$$", idx - 1);
                text
            }) + "\n$$x_{2999} + 0.25 = 3000.75$$\n",
        ),
        (
            "definitions",
            (0..WIDE / 10).fold("<!-- qed: let ".to_owned(), |mut text, idx| {
                let _ = write!(text, "a_{idx} = {idx}; ");
                text
            }) + "-->\n",
        ),
        (
            "a table",
            format!("<!-- qed: table; b = a -->\n| a | b |\n|---|---|\n{}", "| 1 | 1 |\n".repeat(WIDE / 10)),
        ),
        (
            "control characters",
            "\0<!-- qed -->\n$$\0 = \u{1b}1$$\n\u{feff}\u{feff}\r\r\n\u{2028}{{#qed \u{202e}1 = 1}}".into(),
        ),
        ("private characters", tagged("x = \u{f0000}1\u{f8ff} + \u{10ffff}".into())),
        ("ten megabytes", paragraph.repeat(TEN_MEGABYTES / paragraph.len())),
        ("errors in ten megabytes", format!("{errors}{}", "text\n".repeat(TEN_MEGABYTES / 5))),
        (
            "errors in one line of ten megabytes",
            format!("{errors}{}\n", line.repeat(TEN_MEGABYTES / line.len())),
        ),
        ("one line of ten megabytes", format!("<!-- qed -->\n{}\n", line.repeat(TEN_MEGABYTES / line.len()))),
    ]
}

fn qed(arguments: &[&str], folder: &Path, input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mdbook-qed"));
    deadline::run(program.args(arguments).current_dir(folder), input, LIMIT)
}

/// A program that panics exits with 101, one that overflows its stack by a signal.
#[track_caller]
fn ended_well(output: &Output, what: &str) {
    let end = &output.stderr[output.stderr.len().saturating_sub(2000)..];
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{what}: {}\n{}",
        output.status,
        String::from_utf8_lossy(end)
    );
}

#[test]
fn every_chapter_is_checked() {
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    for (name, text) in chapters() {
        fs::write(folder.path().join("a.md"), text).expect("the chapter can be written");
        ended_well(&qed(&["check", "a.md"], folder.path(), b""), name);
    }
}

/// What mdBook sends of a book with these chapters, by their paths.
fn request(folder: &Path, chapters: impl Iterator<Item = (String, String)>) -> String {
    // With warnings only, the page is written.
    let settings = json!({"preprocessor": {"qed": {"render-math": "mathml", "on-mismatch": "warn"}}});
    let context = json!({"root": folder, "config": settings, "renderer": "html", "mdbook_version": "0.5.4"});
    let chapters = chapters.map(|(path, content)| {
        json!({"Chapter": {"name": "a", "content": content, "number": null, "sub_items": [],
            "path": path, "source_path": path, "parent_names": []}})
    });
    json!([context, {"items": chapters.collect::<Vec<Value>>()}]).to_string()
}

#[test]
fn every_chapter_is_shown() {
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    for (name, text) in chapters() {
        let untagged = text.replace("<!-- qed", "<!-- ").replace("{{#qed", "{{").replace("```qed", "```");
        for content in [text, untagged] {
            let input = request(folder.path(), [("a.md".to_owned(), content)].into_iter());
            ended_well(&qed(&[], folder.path(), input.as_bytes()), name);
        }
    }
}

#[test]
fn a_long_row_of_chapters_is_shown() {
    let folder = tempfile::tempdir().expect("there is room for a temporary folder");
    let chapter = |idx| (format!("{idx}.md"), format!("<!-- qed: use {}.md -->\n", idx + 1));
    let input = request(folder.path(), (0..DEEP).map(chapter));
    ended_well(&qed(&[], folder.path(), input.as_bytes()), "a row of chapters");
}
