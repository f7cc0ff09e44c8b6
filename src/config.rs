//! `[preprocessor.qed]`: defaults, unknown keys, wrong values.
//!
//! The settings are read from the configuration as mdBook hands it over (JSON, with the environment's overrides
//! applied), their places from the text of `book.toml`. Knows neither files nor the protocol; `host` brings both.

mod rust;

use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};
use toml::de::{DeTable, DeValue};

use crate::diag::suggest;
use crate::diag::{Code, Diagnostic};
use crate::page::check_macros;
use crate::pipeline::Options;
use crate::scan::{Intermediate, LogBase, Rounding};
use crate::source::{FileId, Span};

/// The table of `book.toml` that is ours.
const TABLE: [&str; 2] = ["preprocessor", "qed"];

/// Something that is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The way to the setting, from the top of `book.toml`.
    pub key: Vec<String>,
    /// Whether the value is wrong, rather than the key.
    pub in_value: bool,
    /// The fact, without a full stop.
    pub message: String,
    /// One suggested action.
    pub help: Option<String>,
}

/// What a key accepts and what it decides.
enum Setting {
    /// Read by mdBook, not by us.
    Host,
    /// One of these words.
    Choice(&'static [&'static str], fn(&mut Options, &str)),
    /// `true` or `false`.
    Switch(fn(&mut Options, bool)),
    /// A table of LaTeX macros under free names.
    Macros,
    /// How Rust cells are run.
    Rust,
}

/// Every key of `[preprocessor.qed]`.
const KEYS: &[(&str, Setting)] = &[
    ("command", Setting::Host),
    ("before", Setting::Host),
    ("after", Setting::Host),
    ("renderers", Setting::Host),
    ("optional", Setting::Host),
    ("scope", Setting::Choice(&["tagged", "all"], |options, word| options.scan.all = word == "all")),
    (
        "on-mismatch",
        Setting::Choice(&["error", "warn"], |options, word| options.judge.warn_on_mismatch = word == "warn"),
    ),
    (
        "rounding",
        Setting::Choice(&["nearest", "truncate"], |options, word| {
            let truncate = word == "truncate";
            options.judge.rules.rounding =
                Some(if truncate { Rounding::Truncate } else { Rounding::Nearest });
        }),
    ),
    (
        "intermediate",
        Setting::Choice(&["exact", "rounded"], |options, word| {
            let rounded = word == "rounded";
            options.judge.rules.intermediate =
                Some(if rounded { Intermediate::Rounded } else { Intermediate::Exact });
        }),
    ),
    (
        "log",
        Setting::Choice(&["e", "2", "10"], |options, word| options.judge.rules.log = LogBase::named(word)),
    ),
    (
        "render-math",
        Setting::Choice(&["none", "mathml"], |options, word| options.page.render_math = word == "mathml"),
    ),
    ("marks", Setting::Switch(|options, on| options.page.marks = on)),
    ("macros", Setting::Macros),
    ("rust", Setting::Rust),
];

/// Reads the settings of a book from its whole configuration. What is wrong keeps its default.
pub fn read(book: &Value) -> (Options, Vec<Problem>) {
    let mut options = defaults(book);
    let mut problems = Vec::new();
    match book.pointer("/preprocessor/qed") {
        None => {}
        Some(Value::Object(table)) => {
            for (key, value) in table {
                read_key(key, value, &mut options, &mut problems);
            }
        }
        Some(_) => problems.push(Problem {
            key: TABLE.map(str::to_owned).to_vec(),
            in_value: true,
            message: "`preprocessor.qed` is not a table".into(),
            help: Some("write `[preprocessor.qed]` on a line of its own".into()),
        }),
    }
    (options, problems)
}

/// As [`read`], before `renderer` writes pages.
pub fn read_for_renderer(book: &Value, renderer: &str) -> (Options, Vec<Problem>) {
    let (mut options, mut problems) = read(book);
    options.page.html = renderer == "html";
    options.page.test = renderer == "test";
    options.page.crates =
        options.rust.dependencies.keys().cloned().chain(["mdbook-qed".to_owned()]).collect();
    problems.extend(endangered_sources(book).filter(|_| options.page.html));
    (options, problems)
}

/// The defaults, as far as the rest of the configuration decides them.
fn defaults(book: &Value) -> Options {
    let mut options = Options::default();
    let mathjax = book.pointer("/output/html/mathjax-support").and_then(Value::as_bool);
    options.scan.mathjax = mathjax.unwrap_or(false);
    options.page.marks = true;
    options.page.style = !lists_our_style_sheet(book);
    options
}

/// Whether the book brings our style sheet as a file of its own (`additional-css`).
fn lists_our_style_sheet(book: &Value) -> bool {
    let sheets = book.pointer("/output/html/additional-css").and_then(Value::as_array);
    let ours = |sheet: &Value| sheet.as_str().is_some_and(|path| path.ends_with("qed.css"));
    sheets.is_some_and(|sheets| sheets.iter().any(ours))
}

fn read_key(key: &str, value: &Value, options: &mut Options, problems: &mut Vec<Problem>) {
    let way = |last: &[&str]| -> Vec<String> {
        TABLE.iter().chain([&key]).chain(last).map(|part| (*part).to_owned()).collect()
    };
    let Some((_, setting)) = KEYS.iter().find(|(name, _)| *name == key) else {
        problems.push(unknown_key(way(&[]), KEYS.iter().map(|(name, _)| *name)));
        return;
    };
    match (setting, value) {
        (Setting::Host, _) => {}
        (Setting::Choice(words, apply), value) => match word(value).filter(|it| words.contains(&it.as_str()))
        {
            Some(word) => apply(options, &word),
            None => problems.push(wrong_value(way(&[]), &alternatives(words), value)),
        },
        (Setting::Switch(apply), Value::Bool(on)) => apply(options, *on),
        (Setting::Switch(_), _) => problems.push(wrong_value(way(&[]), "`true` or `false`", value)),
        (Setting::Macros, Value::Object(table)) => read_macros(table, options, problems),
        (Setting::Rust, Value::Object(table)) => rust::read(table, &mut options.rust, problems),
        (Setting::Macros | Setting::Rust, _) => problems.push(wrong_value(way(&[]), "a table", value)),
    }
}

fn read_macros(table: &Map<String, Value>, options: &mut Options, problems: &mut Vec<Problem>) {
    let way = |name: &str| TABLE.iter().chain(&["macros", name]).map(|part| (*part).to_owned()).collect();
    for (name, value) in table {
        match value {
            Value::String(text) => {
                options.page.macros.insert(plain(name).to_owned(), text.clone());
                options.judge.macros.insert(plain(name).to_owned(), text.clone());
            }
            _ => problems.push(wrong_value(way(name), "a string", value)),
        }
    }
    for (wrong, problem) in check_macros(&options.page.macros) {
        let written = table.keys().find(|name| plain(name) == wrong).unwrap_or(&wrong);
        problems.push(Problem {
            message: format!("the macro `{written}` is no LaTeX that can be shown: {problem}"),
            key: way(written),
            in_value: true,
            help: None,
        });
    }
}

/// The name of a macro, which may be written with its backslash.
fn plain(name: &str) -> &str {
    name.trim_start_matches('\\')
}

fn wrong_value(way: Vec<String>, expected: &str, value: &Value) -> Problem {
    Problem {
        message: format!("`{}` must be {expected}, not {}", way[TABLE.len()..].join("."), describe(value)),
        key: way,
        in_value: true,
        help: None,
    }
}

/// A word may be written as a number (`log = 2`).
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(word) => Some(word.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "a table".into(),
        plain => format!("`{plain}`"),
    }
}

/// `"a"`, `"b"` or `"c"`.
fn alternatives(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
    match quoted.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        words => words.join(""),
    }
}

fn unknown_key<'a>(key: Vec<String>, known: impl Iterator<Item = &'a str> + Clone) -> Problem {
    let name = key.last().map(String::as_str).unwrap_or_default();
    let near = suggest::nearest(name, known.clone());
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys are {}", known.collect::<Vec<_>>().join(", ")),
    };
    Problem {
        message: format!("`{}` has no key `{name}`", key[..key.len() - 1].join(".")),
        in_value: false,
        help: Some(help),
        key,
    }
}

/// The problems as diagnostics, in the order in which the settings stand in `book_toml`, the text of `file`.
pub fn diagnostics(problems: &[Problem], file: FileId, book_toml: &str) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = problems.iter().map(|it| it.diagnostic(file, book_toml)).collect();
    found.sort_by_key(|diagnostic| diagnostic.span);
    found
}

/// Where mdBook's HTML renderer would delete the sources of the book: it empties the folder it writes to, and that
/// folder is by default called `book`.
fn endangered_sources(book: &Value) -> Option<Problem> {
    let text = |pointer, default| book.pointer(pointer).and_then(Value::as_str).unwrap_or(default);
    let outputs = book.pointer("/output").and_then(Value::as_object).map_or(0, |outputs| outputs.len());
    let html = Path::new(text("/build/build-dir", "book")).join(if outputs > 1 { "html" } else { "" });
    let clean = |path: &Path| path.components().filter(|it| *it != Component::CurDir).collect::<PathBuf>();
    let source = text("/book/src", "src");
    clean(Path::new(source)).starts_with(clean(&html)).then(|| Problem {
        key: vec!["book".into(), "src".into()],
        in_value: true,
        message: format!("the sources lie in `{source}`, which mdBook empties to write the pages there"),
        help: Some("set another `build-dir` under `[build]`, such as \"target/book\"".into()),
    })
}

impl Problem {
    /// As a diagnostic in `book_toml`, the text of `file`, at the setting's own place where it is written there.
    fn diagnostic(&self, file: FileId, book_toml: &str) -> Diagnostic {
        let range = place(book_toml, self);
        let span = Span::new(file, range.start, range.end);
        let diagnostic = Diagnostic::error(Code::Config, span, self.message.clone());
        match &self.help {
            Some(help) => diagnostic.help(help.clone()),
            None => diagnostic,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.message)?;
        self.help.iter().try_for_each(|help| write!(formatter, "; {help}"))
    }
}

/// Where a setting stands in the text: as much of the way to it as is written there.
fn place(book_toml: &str, problem: &Problem) -> Range<usize> {
    let (table, _) = DeTable::parse_recoverable(book_toml);
    let mut table = table.get_ref();
    let mut place = 0..0;
    for (depth, part) in problem.key.iter().enumerate() {
        let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == part.as_str()) else { break };
        let last = depth + 1 == problem.key.len();
        place = if last && problem.in_value { value.span() } else { key.span() };
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Problem, diagnostics, read, read_for_renderer};
    use crate::pipeline::Options;
    use crate::scan::{Intermediate, LogBase, Rounding};
    use crate::source::{FileId, LineIndex};

    fn parse(book_toml: &str) -> (Options, Vec<Problem>) {
        let table: Value = toml::from_str(book_toml).expect("the example is TOML");
        read(&table)
    }

    /// Checks the problems of a `[preprocessor.qed]` table, each as `line:column message; help`.
    #[track_caller]
    fn check(table: &str, expected: &[&str]) {
        let book_toml = format!("[book]\ntitle = \"ö\"\n\n[preprocessor.qed]\n{table}");
        let (_, problems) = parse(&book_toml);
        let lines = LineIndex::new(&book_toml);
        let found: Vec<String> = diagnostics(&problems, FileId(0), &book_toml)
            .iter()
            .map(|diagnostic| {
                let position = lines.position(&book_toml, diagnostic.span.start as usize);
                let help = diagnostic.help.iter().map(|help| format!("; {help}")).collect::<String>();
                format!("{}:{} {}{help}", position.line, position.column, diagnostic.message)
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_setting() {
        let (options, problems) = parse(
            r#"
            [output.html]
            mathjax-support = true
            additional-css = ["theme/qed.css"]
            [preprocessor.qed]
            command = "mdbook-qed"
            after = ["links"]
            before = ["katex"]
            renderers = ["html"]
            optional = true
            scope = "all"
            on-mismatch = "warn"
            rounding = "truncate"
            intermediate = "rounded"
            log = "2"
            render-math = "mathml"
            marks = false
            [preprocessor.qed.macros]
            E = '\operatorname{E}\left[#1\right]'
            '\R' = '\mathbb{R}'
            [preprocessor.qed.rust]
            enabled = false
            "#,
        );
        assert_eq!(problems, []);
        assert!(options.scan.all && options.scan.mathjax);
        assert!(options.judge.warn_on_mismatch);
        assert_eq!(options.judge.rules.rounding, Some(Rounding::Truncate));
        assert_eq!(options.judge.rules.intermediate, Some(Intermediate::Rounded));
        assert_eq!(options.judge.rules.log, Some(LogBase::Two));
        assert!(options.page.render_math && !options.page.marks && !options.page.style);
        let names: Vec<&str> = options.page.macros.keys().map(String::as_str).collect();
        assert_eq!(names, ["E", "R"]);
    }

    #[test]
    fn defaults() {
        for (options, problems) in [parse(""), parse("[preprocessor.qed]\nscope = \"tagged\"\n")] {
            assert_eq!(problems, []);
            assert!(!options.scan.all && !options.scan.mathjax && !options.judge.warn_on_mismatch);
            assert!(options.page.marks && options.page.style && !options.page.render_math);
            assert_eq!(options.judge.rules.log, None);
        }
    }

    #[test]
    fn unknown_keys_have_a_near_match_and_a_place() {
        check(
            "on-missmatch = \"warn\"\n",
            &["5:1 `preprocessor.qed` has no key `on-missmatch`; did you mean `on-mismatch`?"],
        );
        check(
            "zzz = 1\n",
            &["5:1 `preprocessor.qed` has no key `zzz`; the keys are command, before, after, \
            renderers, optional, scope, on-mismatch, rounding, intermediate, log, render-math, marks, macros, rust"],
        );
        check(
            "rust = { enabld = true }\n",
            &["5:10 `preprocessor.qed.rust` has no key `enabld`; did you mean `enabled`?"],
        );
    }

    #[test]
    fn wrong_values_list_the_allowed_ones() {
        check("scope = \"every\"\n", &["5:9 `scope` must be `\"tagged\"` or `\"all\"`, not `\"every\"`"]);
        check("log = 3\n", &["5:7 `log` must be `\"e\"`, `\"2\"` or `\"10\"`, not `3`"]);
        check("marks = \"no\"\n", &["5:9 `marks` must be `true` or `false`, not `\"no\"`"]);
        check("macros = \"x\"\n", &["5:10 `macros` must be a table, not `\"x\"`"]);
        check("macros.R = 1\n", &["5:12 `macros.R` must be a string, not `1`"]);
        check(
            "log = 10\nrounding = []\n",
            &["6:12 `rounding` must be `\"nearest\"` or `\"truncate\"`, not a list"],
        );
    }

    #[test]
    fn a_table_that_is_none() {
        let (_, problems) = read(&json!({"preprocessor": {"qed": 1}}));
        assert_eq!(
            problems[0].to_string(),
            "`preprocessor.qed` is not a table; write `[preprocessor.qed]` on a line of its own"
        );
    }

    #[test]
    fn sources_are_kept_from_being_emptied() {
        let endangered = |book_toml: &str, renderer| {
            let book: Value = toml::from_str(book_toml).expect("the example is TOML");
            !read_for_renderer(&book, renderer).1.is_empty()
        };
        assert!(endangered("[book]\nsrc = \"book\"\n", "html"));
        assert!(endangered("[book]\nsrc = \"./book/src\"\n", "html"));
        assert!(endangered("[build]\nbuild-dir = \".\"\n", "html"));
        assert!(!endangered("[book]\nsrc = \"book\"\n", "markdown"));
        assert!(!endangered("[book]\nsrc = \"books\"\n", "html"));
        assert!(!endangered("", "html"));
        assert!(!endangered("[book]\nsrc = \"book\"\n[build]\nbuild-dir = \"target/book\"\n", "html"));
        assert!(!endangered("[book]\nsrc = \"book\"\n[output.html]\n[output.markdown]\n", "html"));
        assert!(endangered("[book]\nsrc = \"book/html\"\n[output.html]\n[output.markdown]\n", "html"));
    }

    #[test]
    fn a_setting_from_the_environment_has_no_place() {
        let (_, problems) = read(&json!({"preprocessor": {"qed": {"scop": "all"}}}));
        assert_eq!(problems[0].diagnostic(FileId(0), "").span.range(), 0..0);
    }
}
