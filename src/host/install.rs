//! Adds ourselves to a book: `book.toml` with its comments kept, the style sheet, and on request a workflow that checks
//! and publishes the book.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, Item, Table, TableLike};

use super::{Failure, shown, write};
use crate::page::STYLE_SHEET;

/// The name of the style sheet beside `book.toml`.
const STYLE_SHEET_NAME: &str = "qed.css";
const WORKFLOW: &str = include_str!("pages.yml");
const WORKFLOW_PATH: &str = ".github/workflows/book.yml";

/// Installs into the book in `root`; tells what was done, a line each. Doing it again changes nothing.
pub fn install(root: &Path, with_workflow: bool, here: &Path) -> Result<Vec<String>, Failure> {
    let path = root.join("book.toml");
    let before = fs::read_to_string(&path).map_err(|problem| {
        Failure::new(format!("cannot read `{}`: {problem}", shown(&path, here)))
            .help("name the folder of a book: `mdbook-qed install DIR`; `mdbook init` makes a new one")
    })?;
    let configured = configure(&before)
        .map_err(|problem| Failure::new(format!("cannot change `{}`: {problem}", shown(&path, here))))?;
    let mut done = Vec::new();
    if configured.text != before {
        write::replace(&path, &before, &configured.text)?;
        done.extend(configured.changes.iter().map(|change| format!("{}: {change}", shown(&path, here))));
    }
    if configured.html {
        done.extend(put(&root.join(STYLE_SHEET_NAME), STYLE_SHEET, Existing::Replace, here)?);
    }
    if with_workflow {
        let (repository, folder) = repository(root);
        let html = if configured.several_outputs { "/html" } else { "" };
        let workflow = WORKFLOW
            .replace("VERSION", env!("CARGO_PKG_VERSION"))
            .replace("FOLDER", &folder)
            .replace("HTML", html);
        done.extend(put(&repository.join(WORKFLOW_PATH), &workflow, Existing::Keep, here)?);
    }
    Ok(done)
}

/// A `book.toml` with us in it.
struct Configured {
    text: String,
    changes: Vec<String>,
    /// Whether the book has an HTML renderer.
    html: bool,
    several_outputs: bool,
}

fn configure(before: &str) -> Result<Configured, String> {
    let mut document: DocumentMut = before
        .parse()
        .map_err(|problem: toml_edit::TomlError| problem.message().trim_end().replace('\n', ", "))?;
    let mut changes = Vec::new();
    let preprocessors = table(document.as_table_mut(), "preprocessor", true)?;
    let with_katex = preprocessors.contains_key("katex");
    let is_new = !preprocessors.contains_key("qed");
    let ours = table(preprocessors, "qed", false)?;
    if is_new {
        changes.push("added [preprocessor.qed]".to_owned());
    }
    changes.extend(list(ours, "after", "links")?);
    if with_katex {
        changes.extend(list(ours, "before", "katex")?);
    }
    let outputs: Vec<String> = match document.get("output").and_then(Item::as_table_like) {
        Some(outputs) => outputs.iter().map(|(name, _)| name.to_owned()).collect(),
        None => Vec::new(),
    };
    // Another renderer alone means that there is no HTML, and naming it would turn it on.
    let html = outputs.is_empty() || outputs.iter().any(|name| name == "html");
    if html {
        let output = table(document.as_table_mut(), "output", true)?;
        let html = table(output, "html", false)?;
        changes.extend(list(html, "additional-css", STYLE_SHEET_NAME)?);
    }
    let text = document.to_string();
    Ok(Configured { text, changes, html, several_outputs: outputs.len() > 1 })
}

/// The table under `key`, made if it is not there; an implicit one is not written itself.
fn table<'t>(
    parent: &'t mut dyn TableLike,
    key: &str,
    implicit: bool,
) -> Result<&'t mut dyn TableLike, String> {
    let fresh = || {
        let mut table = Table::new();
        table.set_implicit(implicit);
        Item::Table(table)
    };
    let item = parent.entry(key).or_insert_with(fresh);
    item.as_table_like_mut().ok_or_else(|| format!("`{key}` is not a table"))
}

/// Adds `word` to the list under `key`; tells if it was not there.
fn list(table: &mut dyn TableLike, key: &str, word: &str) -> Result<Option<String>, String> {
    let item = table.entry(key).or_insert_with(|| toml_edit::value(Array::new()));
    let list = item.as_array_mut().ok_or_else(|| format!("`{key}` is not a list"))?;
    if list.iter().any(|it| it.as_str() == Some(word)) {
        return Ok(None);
    }
    list.push(word);
    Ok(Some(format!("added \"{word}\" to `{key}`")))
}

/// What to do with a file that is there and says something else.
enum Existing {
    Replace,
    Keep,
}

/// Writes a file of ours; tells what was done.
fn put(path: &Path, text: &str, existing: Existing, here: &Path) -> Result<Option<String>, Failure> {
    let name = shown(path, here);
    match fs::read_to_string(path) {
        Ok(found) if found == text => Ok(None),
        Ok(found) => match existing {
            Existing::Replace => {
                write::replace(path, &found, text)?;
                Ok(Some(format!("{name}: brought up to date")))
            }
            Existing::Keep => Ok(Some(format!("{name}: left as it is; it holds something else"))),
        },
        Err(_) => {
            let folder = path.parent().unwrap_or(Path::new("."));
            let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
            written.map_err(|problem| Failure::new(format!("cannot write `{name}`: {problem}")))?;
            Ok(Some(format!("{name}: written")))
        }
    }
}

/// The repository that a book lies in, else the book itself, and the way from there to the book.
fn repository(root: &Path) -> (PathBuf, String) {
    let absolute = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let repository = absolute.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&absolute);
    (repository.to_owned(), shown(&absolute, repository))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{configure, install};
    use crate::page::STYLE_SHEET;

    #[track_caller]
    fn check(before: &str, expected: &str) {
        let configured = configure(before).unwrap();
        assert_eq!(configured.text, expected);
        let again = configure(&configured.text).unwrap();
        assert_eq!(again.text, expected, "a second time changes nothing");
        assert_eq!(again.changes, [] as [&str; 0]);
    }

    #[test]
    fn an_empty_book() {
        check(
            "",
            "[preprocessor.qed]\nafter = [\"links\"]\n\n[output.html]\nadditional-css = [\"qed.css\"]\n",
        );
    }

    #[test]
    fn comments_and_order_stay() {
        check(
            "# My book\n[book]\ntitle = \"X\" # a title\n\n[output.html]\n# styles\nadditional-css = [\"a.css\"]\n",
            "# My book\n[book]\ntitle = \"X\" # a title\n\n[output.html]\n# styles\n\
             additional-css = [\"a.css\", \"qed.css\"]\n\n[preprocessor.qed]\nafter = [\"links\"]\n",
        );
    }

    #[test]
    fn katex_comes_after_us_where_it_is() {
        check(
            "[preprocessor.katex]\n\n[preprocessor.qed]\nafter = [\"x\"]\n[output]\nhtml = { additional-css = [] }\n",
            "[preprocessor.katex]\n\n[preprocessor.qed]\nafter = [\"x\", \"links\"]\nbefore = [\"katex\"]\n\
             [output]\nhtml = { additional-css = [\"qed.css\"] }\n",
        );
    }

    #[test]
    fn files_are_written_once_and_the_workflow_is_the_authors() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (book, workflow) = (root.join("docs"), root.join(".github/workflows/book.yml"));
        fs::create_dir_all(root.join(".git")).unwrap();
        fs::create_dir_all(&book).unwrap();
        fs::write(book.join("book.toml"), "[output.html]\n[output.markdown]\n").unwrap();
        assert_eq!(install(&book, true, &root).unwrap().len(), 5);
        assert_eq!(install(&book, true, &root).unwrap(), [] as [&str; 0]);
        assert_eq!(fs::read_to_string(book.join("qed.css")).unwrap(), STYLE_SHEET);
        let text = fs::read_to_string(&workflow).unwrap();
        for expected in
            ["check --format github docs\n", "--dest-dir target/pages docs\n", "path: target/pages/html\n"]
        {
            assert!(text.contains(expected), "{expected} in:\n{text}");
        }
        assert!(!["VERSION", "FOLDER", "HTML"].iter().any(|word| text.contains(word)), "{text}");
        fs::write(&workflow, "mine").unwrap();
        fs::write(book.join("qed.css"), "old").unwrap();
        let again = install(&book, true, &root).unwrap();
        assert_eq!(
            again,
            [
                "docs/qed.css: brought up to date",
                ".github/workflows/book.yml: left as it is; it holds something else"
            ]
        );
        assert_eq!(fs::read_to_string(&workflow).unwrap(), "mine");
    }

    #[test]
    fn a_book_without_html_gets_no_style_sheet() {
        check("[output.epub]\n", "[output.epub]\n\n[preprocessor.qed]\nafter = [\"links\"]\n");
    }

    #[test]
    fn what_is_not_what_it_should_be_is_said() {
        let problem = |text| configure(text).err().unwrap();
        assert_eq!(problem("preprocessor = 1\n"), "`preprocessor` is not a table");
        assert_eq!(problem("[preprocessor.qed]\nafter = \"links\"\n"), "`after` is not a list");
        assert!(problem("[book").contains("unclosed table"), "{}", problem("[book"));
    }
}
