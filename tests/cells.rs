//! Rust cells through the program: their values, their errors, what they may not do, and what is kept of them.
//!
//! Every test has a book of its own in a temporary folder. All share one cache folder below `target`, so that what
//! cells depend on is compiled once.

#![cfg(feature = "book")]

#[path = "support/deadline.rs"]
mod deadline;

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mdbook-qed");

const ENABLED: &str = "rust.enabled = true\n";

struct Book {
    folder: tempfile::TempDir,
}

impl Book {
    /// A book of these chapters, by their names without `.md`.
    fn new(settings: &str, chapters: &[(&str, &str)]) -> Self {
        let book = Self { folder: tempfile::tempdir().expect("there is room for a temporary folder") };
        fs::create_dir(book.path("src")).expect("the folder is ours");
        let mut summary = String::from("# Summary\n\n");
        for (name, text) in chapters {
            _ = writeln!(summary, "- [{name}]({name}.md)");
            book.write(&format!("src/{name}.md"), text);
        }
        book.write("src/SUMMARY.md", &summary);
        book.write("book.toml", &format!("[preprocessor.qed]\n{settings}"));
        book
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).expect("the folder is ours");
    }

    fn replace(&self, path: &str, one: &str, other: &str) {
        let text = fs::read_to_string(self.path(path)).expect("it was written");
        assert_eq!(text.matches(one).count(), 1, "{one} in {text}");
        self.write(path, &text.replace(one, other));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.folder.path());
        command.env("QED_CACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cells"));
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        said(&self.command(arguments).output().expect("it starts"))
    }

    fn check(&self) -> String {
        self.run(&["check"])
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

/// A chapter that is one cell.
fn cell(code: &str) -> String {
    format!("# A page\n\n```rust,qed\n{code}\n```\n")
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing:\n{text}");
    }
}

const KINDS: &str = r#"
```rust,qed
use mdbook_qed::cell::{Export, Value};
use ndarray::{arr0, array};

let small = (-7i8, 200u8, -3i16, 60_000u16);
let large = (i64::MIN, u64::MAX, i128::MIN, u128::MAX, 5isize, 6usize);
let third = 1.0 / 3.0;
let third_single = 1.0f32 / 3.0;
let yes = 1 < 2;
let word = "abc";
let nested = vec![vec![1, 2], vec![3, 4]];
let (left, [_, right]) = (0.5, [1, 2]);
let W = array![[1.0, 2.0], [3.0, 4.0]];
let column = W.column(1);
let cube = array![[[1u8, 2]], [[3, 4]]];
let single_number = arr0(2.5);
let exact = mdbook_qed::num::Rational::from_parts(1.into(), 3u8.into());

struct Point { x: f64, y: f64 }
impl Export for Point {
    fn export(&self) -> Value { (self.x, self.y).export() }
}
let point = Point { x: 1.5, y: -2.0 };

struct Private;
let secret = Private;
let closure = |x: f64| x + 1.0;
let moved = vec![1, 2, 3];
let total: i32 = moved.into_iter().sum();
let mut counter = 0;
for _ in 0..10 { counter += 1; }
```

```qed
small = [-7, 200, -3, 60000]
large = [-9223372036854775808, 18446744073709551615, -170141183460469231731687303715884105728, 340282366920938463463374607431768211455, 5, 6]
third = 0.333333333333
3 third_single = 1.00000
nested = [[1, 2], [3, 4]]
left = 0.5
right = 2
W = [[1, 2], [3, 4]]
column = [2, 4]
cube[2][1][2] = 4
single_number = 2.5
exact = 1/3
point = [1.5, -2]
total = 6
moved = [1, 2, 3]
counter = 10
```

<!-- qed -->
$$\det W = -2$$
"#;

#[test]
fn every_kind_of_value_becomes_a_name() {
    let settings = "rust.enabled = true\nrust.dependencies.ndarray = \"0.17\"\n";
    let book = Book::new(settings, &[("kinds", KINDS)]);
    let text = book.check();
    has(&text, &["in 1 chapter"]);
    assert!(!text.contains("error"), "{text}");
    book.replace("src/kinds.md", "60000]", "60001]");
    has(&book.check(), &["src/kinds.md", "60001", "1 error"]);
    for private in ["secret", "closure"] {
        let page = format!("{KINDS}\n```qed\n{private} = 1\ny = {private} + 1 = 2\n```\n");
        let book = Book::new(settings, &[("kinds", &page)]);
        assert!(!book.check().contains("panicked"));
    }
}

#[test]
fn explain_shows_the_names_of_a_cell_and_says_which_are_private() {
    let page = cell("let w = [1, 2];\nlet step = |x: f64| x + 1.0;");
    let book = Book::new(ENABLED, &[("a", &page)]);
    has(&book.run(&["explain", "src/a.md:4"]), &["w = [1, 2]"]);
    has(&book.run(&["explain", "src/a.md:5"]), &["step  (stays in Rust: the page has nothing for its type)"]);
    let page = cell("let step = |x: f64| x + 1.0;") + "\n```qed\n2 step = 3\n```\n";
    let book = Book::new(ENABLED, &[("a", &page)]);
    has(&book.check(), &["`step` is not defined", "implement `mdbook_qed::cell::Export`"]);
}

#[test]
fn two_spellings_of_one_name_are_an_error() {
    let book = Book::new(ENABLED, &[("a", &cell("let theta_1 = 1;\nlet θ_1 = 2;"))]);
    has(&book.check(), &["`theta_1` and `θ_1` are one name on the page", "src/a.md:5:5"]);
    let same = Book::new(ENABLED, &[("a", &cell("let theta_1 = 1;\nlet theta_1 = 2;"))]);
    assert!(!same.check().contains("error"));
}

#[test]
fn single_precision_verifies_six_digits() {
    let page = cell("let x = 2.0f32.sqrt();\nlet y = 2.0f64.sqrt();\nlet nothing = 0.0f64 / 0.0;");
    let book =
        Book::new(ENABLED, &[("a", &(page + "\n<!-- qed -->\n$$x = 1.41421 \\qquad y = 1.41421356237$$\n"))]);
    has(&book.check(), &["2 numbers verified"]);
    // √2 = 1.41421356237309504880…
    book.replace("src/a.md", "x = 1.41421 ", "x = 1.41421356 ");
    has(&book.check(), &["QED0008", "single precision (`f32`) does not support this many digits"]);
    book.replace("src/a.md", "x = 1.41421356 ", "x = 1.41422 ");
    has(&book.check(), &["QED0001", "1.41421"]);
    book.replace("src/a.md", "x = 1.41422 ", "x = nothing + 0.1 = 1.4 ");
    has(&book.check(), &["`nothing` has no value: it is infinite, or not a number"]);
}

/// sigmoid(4.3) = 0.98661308… and its square 0.97340537…, by mpmath 1.3.
const SHARED: &str = "
```rust,qed
let h_1 = 1.0 / (1.0 + f64::exp(-4.3));
let q = h_1 * h_1;
```

<!-- qed -->
$$h_1 = \\text{sigmoid}(4.3) = 0.986613$$

<!-- qed -->
$$s = \\text{sigmoid}(4.3)^2 = 0.973405$$

```rust,qed
let s = q;
```
";

#[test]
fn a_changed_digit_of_either_is_noticed_by_the_other() {
    let book = Book::new(ENABLED, &[("a", SHARED)]);
    has(&book.check(), &["4 numbers verified"]);
    book.replace("src/a.md", "exp(-4.3)", "exp(-4.4)");
    has(
        &book.check(),
        &[
            "QED0503",
            "`h_1` is 0.98787",
            "in the Rust cell, but 0.98661",
            "`s` is 0.9758",
            "src/a.md:8:3",
            "src/a.md:14:5",
            "2 errors",
        ],
    );
    book.replace("src/a.md", "exp(-4.4)", "exp(-4.3)");
    book.replace(
        "src/a.md",
        "h_1 = \\text{sigmoid}(4.3) = 0.986613",
        "h_1 = \\text{sigmoid}(4.4) = 0.987872",
    );
    has(&book.check(), &["QED0503", "`h_1` is 0.98661", "in the Rust cell, but 0.98787", "1 error"]);
    // A difference of 1e-8 relative is more than a double may have, but not more than the author allows.
    let near = cell("let a = 1.00000001f64;")
        + "\n<!-- qed: let b = 1 -->\n\n<!-- qed: rel=1e-7 -->\n$$a = b + 0$$\n";
    let book = Book::new(ENABLED, &[("a", &near)]);
    has(&book.check(), &["in 1 chapter"]);
    assert!(!book.check().contains("error"), "{}", book.check());
    book.replace("src/a.md", "<!-- qed: rel=1e-7 -->", "<!-- qed -->");
    has(&book.check(), &["QED0503"]);
}

#[test]
fn derivatives_flow_through_a_name_that_a_cell_computes_too() {
    let page = cell("let x = 3.0;\nlet y = x * x;\nlet g = 2.0 * x;")
        + "\n<!-- qed: let x = 3 -->\n\n<!-- qed -->\n$$y = x^2 = 9 \\qquad g = \\frac{dy}{dx} = 6$$\n";
    let book = Book::new(ENABLED, &[("a", &page)]);
    let text = book.check();
    assert!(!text.contains("error"), "{text}");
    book.replace("src/a.md", "let g = 2.0 * x;", "let g = 2.1 * x;");
    has(&book.check(), &["QED0503", "`g` is 6.3"]);
}

#[test]
fn compile_errors_stand_at_their_lines_in_the_words_of_rustc() {
    let page = "# A\n\n> - ```rust,qed\n>   # let hidden = 1;\n>   let x: u8 = \"text\";\n>   ```\n\ntext\n\n```rust,qed\nlet y = undefined_name;\n```\n";
    let fine = cell("let z = 1;") + "\n<!-- qed -->\n$z = 1$\n";
    let book = Book::new(ENABLED, &[("a", page), ("b", &fine)]);
    let text = book.check();
    has(&text, &["QED0501", "mismatched types [E0308]", "expected `u8`, found `&str`", "src/a.md:5:17"]);
    has(
        &text,
        &[
            "cannot find value `undefined_name` in this scope [E0425]",
            "src/a.md:11:9",
            "1 number verified, 2 errors",
        ],
    );
    book.write("src/a.md", &cell("let x = (1;"));
    has(&book.check(), &["QED0501", "src/a.md:4:"]);
}

#[test]
fn panics_stand_where_they_began_and_what_came_before_counts() {
    let page = "```rust,qed\nlet a = 2;\n```\n\n```rust,qed\nfn fails(n: usize) -> u8 { [1, 2, 3][n] }\nlet b = fails(7);\n```\n\n<!-- qed -->\n$$a = 2 \\qquad b = 3$$\n";
    let book = Book::new(ENABLED, &[("a", page)]);
    let text = book.check();
    has(
        &text,
        &["QED0502", "this panicked: index out of bounds: the len is 3 but the index is 7", "src/a.md:6:28"],
    );
    has(
        &text,
        &["`b` has no value: its Rust cell, or one before it, went wrong", "1 number verified, 2 errors"],
    );
}

#[test]
fn outputs_are_shown_and_verified() {
    let page = "```rust,qed=show,id=sum\nlet x = vec![1, 2];\nprintln!(\"two <lines>\");\nx\n```\n\n> ```rust,qed\n> println!(\"{}\", x.len());\n> ```\n>\n> ```text,qed\n> 2\n> ```\n";
    let book = Book::new(ENABLED, &[("a", page)]);
    has(&book.check(), &["1 number verified"]);
    has(&book.run(&["build"]), &["The book is at"]);
    let html = fs::read_to_string(book.path("book/a.html")).expect("the page was built");
    has(
        &html,
        &["two&#32;&lt;lines&gt;", "&#91;1&#44;&#32;2&#93;", "<a id=\"sum\"></a>", "noplayground"]
            .map(|it| it)
            .iter()
            .filter(|it| !it.contains('#'))
            .copied()
            .collect::<Vec<_>>(),
    );
    has(&html, &["two &lt;lines&gt;\n[1, 2]"]);
    assert!(!html.contains("qed=show") && !html.contains("text,qed"), "{html}");
    book.replace("src/a.md", "> 2\n", "> 3\n");
    has(
        &book.check(),
        &["QED0504", "this is not what the Rust cell prints", "src/a.md:12:3", "it prints: 2"],
    );
    book.run(&["fix"]);
    assert_eq!(fs::read_to_string(book.path("src/a.md")).expect("it is there"), page);
}

#[test]
fn nothing_is_run_unless_a_book_says_so() {
    let page = cell("let x = 1;") + "\n<!-- qed -->\n$$x = 1$$\n";
    let book = Book::new("", &[("a", &page)]);
    has(
        &book.check(),
        &[
            "QED0505",
            "Rust cells are not run in this book",
            "rust.enabled = true",
            "`x` has no value",
            "2 errors",
        ],
    );
    let book = Book::new(ENABLED, &[("a", &page)]);
    has(&book.check(), &["1 number verified"]);
    // What was kept is not used either.
    let output = book.command(&["check", "--no-rust"]).env("PATH", "").output().expect("it starts");
    has(&said(&output), &["QED0505", "`--no-rust`", "`x` has no value", "2 errors"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_unchanged_book_needs_no_compiler() {
    let marker = format!("let x = {}; println!(\"ran\");", std::process::id());
    let book = Book::new(
        "rust.enabled = true\nrust.data = [\"data.txt\"]\n",
        &[(
            "a",
            &(cell(&format!("{marker}\nlet n = std::fs::read_to_string(\"data.txt\").unwrap().len();"))
                + "\n<!-- qed -->\n$$n = 3$$\n"),
        )],
    );
    book.write("data.txt", "abc");
    let without_cargo = |arguments: &[&str]| {
        said(&book.command(arguments).env("PATH", "/nowhere").output().expect("it starts"))
    };
    has(&without_cargo(&["check"]), &["QED0506", "no `cargo` on the path"]);
    has(&book.check(), &["1 number verified"]);
    assert!(book.path("qed.lock").is_file());
    has(&without_cargo(&["check"]), &["1 number verified"]);
    has(&without_cargo(&["check", "--fresh"]), &["no `cargo` on the path"]);
    // The code, its data and its limits apart, nothing else decides what comes out.
    book.write("data.txt", "abcd");
    has(&without_cargo(&["check"]), &["no `cargo` on the path"]);
    has(&book.check(), &["`n` is 4, not 3"]);
    book.write("data.txt", "abc");
    has(&without_cargo(&["check"]), &["1 number verified"]);
    book.replace("src/a.md", "\"ran\"", "\"run\"");
    has(&without_cargo(&["check"]), &["no `cargo` on the path"]);
}

#[test]
fn two_builds_at_once_do_not_disturb_each_other() {
    let page = |value: u32| {
        cell(&format!("let x = {value}; // {}", std::process::id()))
            + &format!("\n<!-- qed -->\n$$x = {value}$$\n")
    };
    let books: Vec<Book> = (11..14).map(|value| Book::new(ENABLED, &[("same", &page(value))])).collect();
    let started: Vec<_> = books
        .iter()
        .map(|book| {
            let mut command = book.command(&["check"]);
            command
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .expect("it starts")
        })
        .collect();
    for child in started {
        has(&said(&child.wait_with_output().expect("it ends")), &["1 number verified"]);
    }
}

#[test]
fn a_setting_that_cannot_be_is_an_error_at_its_place() {
    let book = Book::new("rust.enabled = true\nrust.timeout = 0\nrust.data = [\"../x\"]\n", &[("a", "text")]);
    has(
        &book.check(),
        &["book.toml:3:16", "`rust.timeout` must be a number of seconds above 0", "book.toml:4:13"],
    );
    let book = Book::new(
        "rust.enabled = true\nrust.dependencies.nothing = { path = \"not/there\" }\n",
        &[("a", &cell("let x = 1;"))],
    );
    has(&book.check(), &["QED0506", "not/there"]);
}

/// Cells that do what they may not, each in a chapter of its own: built and run once for all tests below.
struct Hostile {
    said: String,
    outside: tempfile::TempDir,
    listener: TcpListener,
}

static HOSTILE: LazyLock<Hostile> = LazyLock::new(|| {
    let outside = tempfile::tempdir().expect("there is room for a temporary folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    listener.set_nonblocking(true).expect("it can be asked without waiting");
    let file = outside.path().join("written");
    fs::write(outside.path().join("secret"), "a secret").expect("the folder is ours");
    let secret = outside.path().join("secret");
    let port = listener.local_addr().expect("it has an address").port();
    let codes = [
        ("loops", "let before = 1;\nloop { std::hint::black_box(()); }".to_owned()),
        ("sleeps", "std::thread::sleep(std::time::Duration::from_secs(1000));".to_owned()),
        ("allocates", "let mut all = Vec::new();\nloop { all.push(vec![1u8; 1 << 20]); }".to_owned()),
        ("floods", "loop { println!(\"more and more and more and more\"); }".to_owned()),
        ("quiet-flood", "let all = vec![1u64; 1 << 20];".to_owned()),
        ("exits", "let before = 1;\nstd::process::exit(0);".to_owned()),
        ("aborts", "std::process::abort();".to_owned()),
        ("starts", format!("std::process::Command::new(\"/bin/sh\").args([\"-c\", \"sleep 1000 & touch {}\"]).status().unwrap();", file.display())),
        ("forks", "unsafe extern \"C\" { fn fork() -> i32; }\nlet mut children = 0;\nfor _ in 0..100 { if unsafe { fork() } >= 0 { children += 1; } }\nassert_eq!(children, 0, \"it forked\");\npanic!(\"no child\");".to_owned()),
        ("writes", format!("std::fs::write({:?}, \"x\").unwrap();", file.display().to_string())),
        ("reads", format!("let text = std::fs::read_to_string({:?}).unwrap();", secret.display().to_string())),
        ("connects", format!("std::net::TcpStream::connect((\"127.0.0.1\", {port})).unwrap();")),
        ("threads", "let sum: u32 = (0..4).map(|n| std::thread::spawn(move || n)).map(|it| it.join().unwrap()).sum();\nstd::fs::write(\"own.txt\", \"x\").unwrap();\nassert_eq!(std::env::vars().filter(|(name, _)| name == \"QED_SECRET\").count(), 0);".to_owned()),
    ];
    let pages: Vec<(&str, String)> = codes.iter().map(|(name, code)| (*name, cell(code))).collect();
    let pages: Vec<(&str, &str)> = pages.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let settings = "rust.enabled = true\nrust.timeout = 1.5\nrust.memory = 256\nrust.output = 1024\n";
    let book = Book::new(settings, &pages);
    let output =
        deadline::run(book.command(&["check"]).env("QED_SECRET", "1"), b"", Duration::from_secs(300));
    Hostile { said: said(&output), outside, listener }
});

/// What was said of one chapter.
fn hostile(name: &str) -> String {
    let place = format!("src/{name}.md:");
    let errors = HOSTILE.said.split("\nerror[").filter(|text| text.contains(&place));
    errors.map(|text| format!("error[{text}")).collect()
}

#[test]
fn an_endless_loop_is_stopped() {
    has(
        &hostile("loops"),
        &["QED0502", "stopped after 1.5 s, the limit of `rust.timeout`", "src/loops.md:5:1"],
    );
    has(&hostile("sleeps"), &["stopped after 1.5 s"]);
}

#[cfg(unix)]
#[test]
fn allocating_without_end_is_stopped() {
    has(
        &hostile("allocates"),
        &["QED0502", "more memory than 256 MiB, the limit of `rust.memory`", "src/allocates.md:5:1"],
    );
}

#[test]
fn a_flood_of_output_is_stopped() {
    has(
        &hostile("floods"),
        &["QED0502", "printed more than 1 MiB, the limit of `rust.output`", "src/floods.md:4:1"],
    );
    has(&hostile("quiet-flood"), &["printed more than 1 MiB", "src/quiet-flood.md:4:"]);
}

#[test]
fn a_cell_that_ends_the_program_is_an_error() {
    has(&hostile("exits"), &["QED0502", "ended the program, with exit code 0", "src/exits.md:5:1"]);
    has(&hostile("aborts"), &["QED0502", "broke the program off", "src/aborts.md:4:1"]);
}

#[cfg(target_os = "linux")]
#[test]
fn no_process_can_be_started() {
    has(&hostile("starts"), &["QED0502", "Operation not permitted", "src/starts.md:4:"]);
    has(&hostile("forks"), &["QED0502", "no child"]);
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_outside_can_be_written_or_read() {
    has(&hostile("writes"), &["QED0502", "Permission denied", "src/writes.md:4:"]);
    has(&hostile("reads"), &["QED0502", "Permission denied", "src/reads.md:4:"]);
    assert!(!HOSTILE.outside.path().join("written").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn there_is_no_network() {
    has(&hostile("connects"), &["QED0502", "src/connects.md:4:"]);
    let refused = HOSTILE.listener.accept().expect_err("nobody has come");
    assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn threads_and_files_of_their_own_are_allowed() {
    assert_eq!(hostile("threads"), "");
    has(&HOSTILE.said, &["12 errors in 13 chapters"]);
}
