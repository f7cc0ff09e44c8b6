//! What an `mdbook` process says to a preprocessor: `[context, book]` as JSON on stdin, the book back on stdout.
//!
//! The input is kept as a JSON value in which only the `content` of chapters changes, so that fields which a newer
//! mdBook adds come back as they were.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::files::chapter_source;
use super::{Checked, Failure, Job, Run, shown};
use crate::config;
use crate::pipeline::Chapter;
use crate::source::{Source, Sources};

/// One call of the preprocessor.
#[derive(Debug)]
pub struct Request {
    context: Value,
    book: Value,
}

impl Request {
    /// Parses what mdBook wrote.
    pub fn parse(input: &str) -> Result<Self, Failure> {
        let no_json = |problem: serde_json::Error| {
            Failure::new(format!("the input is not mdBook's JSON: {problem}")).help(
                "mdbook-qed without a command is called by mdBook; use `mdbook-qed check` in a terminal",
            )
        };
        let parts: Value = serde_json::from_str(input).map_err(no_json)?;
        let Value::Array(parts) = parts else { return Err(not_a_request()) };
        let [context, book]: [Value; 2] = parts.try_into().map_err(|_| not_a_request())?;
        Self::new(context, book)
    }

    /// A request whose parts are at hand already.
    pub(super) fn new(context: Value, book: Value) -> Result<Self, Failure> {
        let version =
            context.get("mdbook_version").and_then(Value::as_str).unwrap_or("of an unknown version");
        match book.get("items") {
            Some(Value::Array(_)) => Ok(Self { context, book }),
            _ if book.get("sections").is_some() => Err(Failure::new(format!(
                "mdbook-qed needs mdBook 0.5 or later, and this is mdBook {version}"
            ))
            .help("install it with `cargo install mdbook`, or use `mdbook-qed build`, which needs none")),
            _ => Err(not_a_request()),
        }
    }

    /// The book, to be written to stdout.
    pub fn into_book(self) -> Value {
        self.book
    }

    /// The folder that holds `book.toml`.
    pub fn root(&self) -> &Path {
        Path::new(self.context.get("root").and_then(Value::as_str).unwrap_or("."))
    }

    fn config(&self) -> &Value {
        self.context.get("config").unwrap_or(&Value::Null)
    }

    fn source_folder(&self) -> PathBuf {
        self.root().join(self.config().pointer("/book/src").and_then(Value::as_str).unwrap_or("src"))
    }

    /// The name of the renderer the book is for.
    pub fn renderer(&self) -> &str {
        self.context.get("renderer").and_then(Value::as_str).unwrap_or("html")
    }

    /// What is to be checked. `book_toml` is the text of the configuration, for the places of what is wrong in
    /// it; paths are shown relative to `here`.
    pub fn job(&self, book_toml: &str, here: &Path) -> Result<Job, Failure> {
        let (options, problems) = config::read_for_renderer(self.config(), self.renderer());
        let mut sources = Sources::default();
        let config_file = sources.add(Source::file(shown(&self.root().join("book.toml"), here), book_toml));
        let problems = config::diagnostics(&problems, config_file, book_toml);
        let mut chapters = Vec::new();
        visit(&self.book["items"], &mut |chapter| {
            let content = content(chapter)?;
            let path = source_path(chapter);
            let source = match &path {
                Some(path) => chapter_source(&self.source_folder().join(path), content, here),
                None => Source::file(chapter["name"].as_str().unwrap_or_default(), content),
            };
            chapters.push(Chapter {
                file: sources.add(source),
                path: path.unwrap_or_default().replace('\\', "/"),
                text: content.to_owned(),
            });
            Ok(())
        })?;
        let reported = vec![true; chapters.len()];
        Ok(Job {
            sources,
            runs: vec![Run { chapters, reported, root: self.root().to_owned(), options, problems }],
        })
    }

    /// Writes the checked chapters into the book, in the order in which [`Self::job`] gave them.
    pub fn replace(&mut self, outputs: Vec<String>) {
        let mut outputs = outputs.into_iter();
        visit_mut(&mut self.book["items"], &mut |chapter| {
            if let Some(output) = outputs.next() {
                chapter["content"] = Value::String(output);
            }
        });
    }
}

/// Checks a request and, unless something is wrong, writes the verified chapters into its book.
pub fn preprocess(request: &mut Request, book_toml: &str, here: &Path) -> Result<Checked, Failure> {
    let mut checked = request.job(book_toml, here)?.check();
    if !checked.report.has_errors() {
        request.replace(std::mem::take(&mut checked.outputs));
    }
    Ok(checked)
}

fn not_a_request() -> Failure {
    Failure::new("the input is JSON, but not the `[context, book]` that mdBook 0.5 sends to a preprocessor")
}

fn source_path(chapter: &Value) -> Option<String> {
    let path = |key: &str| chapter.get(key).and_then(Value::as_str).map(str::to_owned);
    path("source_path").or_else(|| path("path"))
}

fn content(chapter: &Value) -> Result<&str, Failure> {
    let name = chapter.get("name").and_then(Value::as_str).unwrap_or("without a name");
    chapter
        .get("content")
        .and_then(Value::as_str)
        .ok_or_else(|| Failure::new(format!("mdBook sent no text for the chapter `{name}`")))
}

/// Every chapter in reading order; separators, part titles and items of kinds yet to come are passed over.
fn visit<'a>(
    items: &'a Value,
    each: &mut dyn FnMut(&'a Value) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for item in items.as_array().into_iter().flatten() {
        if let Some(chapter) = item.get("Chapter") {
            each(chapter)?;
            visit(&chapter["sub_items"], each)?;
        }
    }
    Ok(())
}

/// As [`visit`], in the same order.
fn visit_mut(items: &mut Value, each: &mut dyn FnMut(&mut Value)) {
    for item in items.as_array_mut().into_iter().flatten() {
        if let Some(chapter) = item.get_mut("Chapter") {
            each(chapter);
            if let Some(items) = chapter.get_mut("sub_items") {
                visit_mut(items, each);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::{Request, preprocess};

    fn chapter(name: &str, content: &str, sub_items: &[Value]) -> Value {
        let path = format!("{name}.md");
        json!({"Chapter": {
            "name": name, "content": content, "number": [1], "sub_items": sub_items, "path": path,
            "source_path": path, "parent_names": [], "from_the_future": {"kept": [1, 2.50, null]},
        }})
    }

    fn request(items: &[Value]) -> Value {
        json!([
            {"root": "/nowhere", "config": {"book": {"src": "src"}}, "renderer": "html", "mdbook_version": "0.5.4",
             "also_new": true},
            {"items": items, "new_in_book": "kept"},
        ])
    }

    fn round_trip(input: &Value) -> Value {
        let mut request = Request::parse(&input.to_string()).unwrap();
        let checked = preprocess(&mut request, "", Path::new("/nowhere")).unwrap();
        assert_eq!(checked.report.diagnostics, []);
        request.into_book()
    }

    #[test]
    fn an_untagged_book_comes_back_byte_for_byte() {
        let draft = json!({"Chapter": {"name": "draft", "content": "", "number": null, "sub_items": [],
            "path": null, "source_path": null, "parent_names": []}});
        let input = request(&[
            json!({"PartTitle": "Part"}),
            chapter(
                "a",
                "# A\r\n\r\n$$x = 1$$\ttab, `{{#include x}}`, ünïcode\u{0}, no final newline",
                &[json!("Separator"), chapter("b", "", &[chapter("c", "deep", &[])])],
            ),
            draft,
            json!({"SomethingNew": {"content": "not ours"}}),
            json!("Separator"),
        ]);
        assert_eq!(round_trip(&input).to_string(), input[1].to_string());
    }

    #[test]
    fn numbers_of_unknown_fields_keep_their_value() {
        let input = request(&[chapter("a", "text", &[])]);
        assert_eq!(
            round_trip(&input).pointer("/items/0/Chapter/from_the_future"),
            Some(&json!({"kept": [1, 2.5, null]}))
        );
    }

    #[test]
    fn replaces_chapters_in_reading_order() {
        let input = request(&[chapter("a", "A", &[chapter("b", "B", &[])]), chapter("c", "C", &[])]);
        let mut request = Request::parse(&input.to_string()).unwrap();
        let run = request.job("", Path::new("/nowhere")).unwrap().runs.remove(0);
        assert_eq!(
            run.chapters.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(),
            ["a.md", "b.md", "c.md"]
        );
        request.replace(vec!["1".into(), "2".into(), "3".into()]);
        let book = request.into_book();
        let content = |pointer| book.pointer(pointer).and_then(Value::as_str);
        assert_eq!(content("/items/0/Chapter/content"), Some("1"));
        assert_eq!(content("/items/0/Chapter/sub_items/0/Chapter/content"), Some("2"));
        assert_eq!(content("/items/1/Chapter/content"), Some("3"));
    }

    #[track_caller]
    fn check_refused(input: &str, expected: &str) {
        let message = match Request::parse(input) {
            Ok(request) => request.job("", Path::new("")).err().map(|it| it.message),
            Err(failure) => Some(failure.message),
        };
        assert_eq!(message.as_deref(), Some(expected));
    }

    #[test]
    fn malformed_input_is_refused() {
        check_refused("", "the input is not mdBook's JSON: EOF while parsing a value at line 1 column 0");
        check_refused("{", "the input is not mdBook's JSON: EOF while parsing an object at line 1 column 1");
        let other =
            "the input is JSON, but not the `[context, book]` that mdBook 0.5 sends to a preprocessor";
        for input in ["{}", "[]", "[1]", "[1, 2]", "[1, 2, 3]", "[{}, {\"items\": 1}]", "null"] {
            check_refused(input, other);
        }
        let chapter = json!([{}, {"items": [{"Chapter": {"name": "x", "content": 7}}]}]);
        check_refused(&chapter.to_string(), "mdBook sent no text for the chapter `x`");
    }

    #[test]
    fn an_old_mdbook_is_named() {
        let input = json!([{"mdbook_version": "0.4.40"}, {"sections": [], "__non_exhaustive": null}]);
        check_refused(&input.to_string(), "mdbook-qed needs mdBook 0.5 or later, and this is mdBook 0.4.40");
    }

    #[test]
    fn wrong_settings_are_found() {
        let mut input = request(&[chapter("a", "text", &[])]);
        input[0]["config"]["preprocessor"] = json!({"qed": {"marx": true}});
        let mut request = Request::parse(&input.to_string()).unwrap();
        let checked = preprocess(&mut request, "", Path::new("/nowhere")).unwrap();
        assert!(checked.broken);
        assert_eq!(checked.report.diagnostics[0].help.as_deref(), Some("did you mean `marks`?"));
    }
}
