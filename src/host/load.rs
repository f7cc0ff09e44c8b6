//! What the paths of a command line mean: books, folders of Markdown, single files.
//!
//! A file or folder inside a book is checked as a part of that book, with its settings and the names of the chapters
//! it `use`s, but only the chapters that were asked for are reported.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files::Files;
use super::{Failure, Job, Run, book, loose, shown};

/// The files of one book that were asked for; `None` is all of it.
type Selection = Option<BTreeSet<PathBuf>>;

/// Reads everything that `paths` mean. Paths in messages are shown relative to `here`. What cannot be read is a
/// problem of the job, so that the rest is still checked; an `Err` is a folder in which there is nothing to check.
pub fn load(paths: &[PathBuf], here: &Path) -> Result<Job, Failure> {
    let mut job = Job::default();
    let mut books: BTreeMap<PathBuf, Selection> = BTreeMap::new();
    let mut files = Vec::new();
    for path in paths {
        if path.join("book.toml").is_file() {
            books.insert(path.clone(), None);
        } else if path.is_dir() {
            let found = markdown_below(path);
            if found.is_empty() {
                let message = format!("there is no book.toml and no Markdown in `{}`", shown(path, here));
                return Err(Failure::new(message).help("name a book, a folder of Markdown, or a .md file"));
            }
            files.extend(found.into_iter().map(|file| (file, false)));
        } else {
            files.push((path.clone(), true));
        }
    }
    let mut loose = Vec::new();
    for (file, asked_for) in files {
        match enclosing_book(&file) {
            Some(root) if asked_for || !is_summary(&file) => {
                if let Some(selection) = books.entry(root).or_insert_with(|| Some(BTreeSet::new())) {
                    selection.insert(file);
                }
            }
            Some(_) => {}
            None => loose.push(file),
        }
    }
    for (root, selection) in books {
        let (run, rest) = book::load(&root, selection, Files::new(here, &mut job.sources));
        let files = Files::new(here, &mut job.sources);
        let beside = (!rest.is_empty())
            .then(|| Run { root: root.clone(), ..loose::load(&rest, run.options.clone(), files) });
        job.runs.push(run);
        job.runs.extend(beside);
    }
    if !loose.is_empty() {
        job.runs.push(loose::load(&loose, loose::default_options(), Files::new(here, &mut job.sources)));
    }
    Ok(job)
}

/// All `.md` files below `folder`, sorted; hidden folders and build output are passed over.
fn markdown_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
                folders.push(entry.path());
            } else if kind.is_file() && name.ends_with(".md") {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}

/// The folder of the nearest `book.toml` above a file.
pub(super) fn enclosing_book(file: &Path) -> Option<PathBuf> {
    let absolute = file.canonicalize().ok()?;
    let root = absolute.ancestors().skip(1).find(|folder| folder.join("book.toml").is_file())?;
    Some(root.to_owned())
}

fn is_summary(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "SUMMARY.md")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::load;
    use crate::host::Job;

    /// Writes `files` below a temporary folder, loads `paths` of it, and lists chapters and problems.
    #[track_caller]
    fn check(files: &[(&str, &str)], paths: &[&str], expected: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (path, text) in files {
            fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
            fs::write(root.join(path), text).unwrap();
        }
        let paths: Vec<_> = paths.iter().map(|path| root.join(path)).collect();
        let found = match load(&paths, &root) {
            Ok(job) => listed(&job, &root),
            Err(failure) => vec![failure.message],
        };
        assert_eq!(found, expected);
    }

    fn listed(job: &Job, root: &Path) -> Vec<String> {
        let mut listed = Vec::new();
        for run in &job.runs {
            for problem in &run.problems {
                let place = job.sources.place(problem.span);
                let message = problem.message.replace(&root.display().to_string(), "ROOT");
                listed.push(format!("{}:{}:{} {message}", place.path, place.start.line, place.start.column));
            }
            for (chapter, reported) in run.chapters.iter().zip(&run.reported) {
                let file = job.sources.get(chapter.file).unwrap();
                assert_eq!(file.text(), chapter.text);
                let place = job.sources.place(crate::source::Span::new(chapter.file, 0, 0));
                let mark = if *reported { "" } else { " (not reported)" };
                listed.push(format!("{} {:?}{mark}", place.path, chapter.text));
            }
        }
        listed
    }

    const BOOK: &[(&str, &str)] = &[
        ("book.toml", "[book]\nsrc = \"book\"\n"),
        (
            "book/SUMMARY.md",
            "# Summary\n\n[Intro](README.md)\n\n- [A](a.md)\n  - [B](sub/b.md)\n- [Draft]()\n",
        ),
        ("book/README.md", "intro"),
        ("book/a.md", "\u{feff}a {{#include sub/part.txt}}"),
        ("book/sub/b.md", "b"),
        ("book/sub/part.txt", "included"),
        ("notes.md", "note"),
    ];

    #[test]
    fn a_book_with_its_includes() {
        check(BOOK, &[""], &["book/README.md \"intro\"", "book/a.md \"a included\"", "book/sub/b.md \"b\""]);
    }

    #[test]
    fn a_file_of_a_book_is_reported_alone() {
        check(
            BOOK,
            &["book/sub/b.md"],
            &[
                "book/README.md \"intro\" (not reported)",
                "book/a.md \"a included\" (not reported)",
                "book/sub/b.md \"b\"",
            ],
        );
        check(
            BOOK,
            &["book/sub"],
            &[
                "book/README.md \"intro\" (not reported)",
                "book/a.md \"a included\" (not reported)",
                "book/sub/b.md \"b\"",
            ],
        );
    }

    #[test]
    fn a_file_beside_a_book_is_loose() {
        check(BOOK, &["notes.md"], &["notes.md \"note\""]);
    }

    #[test]
    fn a_folder_of_markdown() {
        let files =
            [("z.md", "z"), ("a/x.md", "x {{#include ../z.md}}"), (".git/h.md", ""), ("a/no.txt", "")];
        check(&files, &[""], &["a/x.md \"x z\"", "z.md \"z\""]);
        check(&files, &["z.md", "a/x.md"], &["z.md \"z\"", "a/x.md \"x z\""]);
    }

    #[test]
    fn a_used_file_comes_along() {
        check(
            &[("a.md", "<!-- qed: use b.md -->\n"), ("b.md", "b")],
            &["a.md"],
            &["a.md \"<!-- qed: use b.md -->\\n\"", "b.md \"b\" (not reported)"],
        );
    }

    #[test]
    fn what_is_not_there_is_said_and_the_rest_is_checked() {
        check(
            &[("a.md", "a")],
            &["a.md", "b.md"],
            &["b.md:1:1 cannot read `b.md`: No such file or directory (os error 2)", "a.md \"a\""],
        );
        check(&[("x.txt", "a")], &[""], &["there is no book.toml and no Markdown in `.`"]);
    }

    #[test]
    fn a_missing_chapter_is_an_error_in_the_summary() {
        let files = [
            ("book.toml", ""),
            ("src/SUMMARY.md", "- [A](a.md)\n- [Gone](gone%20away.md)\n"),
            ("src/a.md", "a"),
        ];
        check(
            &files,
            &[""],
            &[
                "src/SUMMARY.md:2:10 the chapter `gone away.md` cannot be read: No such file or directory (os error 2)",
                "src/a.md \"a\"",
            ],
        );
    }

    #[test]
    fn a_broken_configuration_has_a_place() {
        let summary = ("src/SUMMARY.md", "- [A](a.md)\n");
        check(
            &[("book.toml", "[book\n"), summary, ("src/a.md", "a")],
            &[""],
            &["book.toml:1:6 unclosed table, expected `]`"],
        );
        check(
            &[("book.toml", "[book]\ntitel = 1\n"), summary, ("src/a.md", "a")],
            &[""],
            &[
                "book.toml:2:1 unknown field `titel`, expected one of `title`, `authors`, `description`, `src`, `language`, `text-direction`",
            ],
        );
        check(
            &[("book.toml", "[preprocessor.qed]\nmark = true\n"), summary, ("src/a.md", "a")],
            &[""],
            &["book.toml:2:1 `preprocessor.qed` has no key `mark`", "src/a.md \"a\""],
        );
    }

    #[test]
    fn a_book_without_a_summary() {
        check(
            &[("book.toml", ""), ("src/a.md", "a")],
            &[""],
            &["src/SUMMARY.md:1:1 cannot read `src/SUMMARY.md`: No such file or directory (os error 2)"],
        );
    }
}
