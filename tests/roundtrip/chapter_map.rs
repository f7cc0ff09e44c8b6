//! A chapter's way back to its files, against mdBook's own `links` step.

use std::path::Path;

use mdbook_driver::book::{Book, BookItem, Chapter};
use mdbook_driver::builtin_preprocessors::LinkPreprocessor;
use mdbook_driver::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use mdbook_qed::source::{ChapterMap, Source};
use proptest::prelude::*;

const FILES: [&str; 3] = ["a.md", "sub/b.md", "sub/c.rs"];

/// What chapters and included files are made of.
const PIECES: &[&str] = &[
    "text ",
    "é😀",
    "\n",
    "\n\n",
    "\r\n",
    "# ",
    "ANCHOR: one\n",
    "// ANCHOR: one two\n",
    "ANCHOR_END: one\n",
    "ANCHOR: two\n",
    "<!-- ANCHOR_END: two -->\n",
    "line 1\n",
    "line 2\n",
    "{{#include a.md}}",
    "{{#include sub/b.md}}",
    "{{#include b.md}}",
    "{{#include c.rs:one}}",
    "{{#include sub/c.rs:2}}",
    "{{#include sub/b.md:2:3}}",
    "{{#include a.md::2}}",
    "{{#include a.md:2:}}",
    "{{#include a.md:0}}",
    "{{#include a.md:3:1}}",
    "{{#include a.md:2:x:y}}",
    "{{#include ../a.md:two}}",
    "{{#include missing.md}}",
    "{{#include a.md:nothing}}",
    "{{ #include a.md }}",
    "{{#title A title}}",
    "\\{{#include a.md}}",
    "{{#unknown a.md}}",
    "{{#include}}",
    "{{#include a.md",
    "}}",
];

/// Links whose expansion holds more than what stands in a file.
const MAKING: &[&str] = &[
    "{{#rustdoc_include sub/c.rs:1:2}}",
    "{{#rustdoc_include sub/c.rs:one}}",
    "{{#rustdoc_include a.md}}",
    "{{#playground sub/c.rs editable}}",
    "{{#playground a.md}}",
    "{{#playpen sub/b.md}}",
];

fn text(pieces: Vec<&'static str>, length: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(pieces), 0..length).prop_map(|pieces| pieces.concat())
}

/// A chapter as mdBook's own code makes it of `file`.
fn by_mdbook(root: &Path, file: &str) -> String {
    let content = file.strip_prefix('\u{feff}').unwrap_or(file).to_owned();
    let chapter = Chapter::new("Chapter", content, "page.md", Vec::new());
    let ctx = PreprocessorContext::new(root.to_owned(), Config::default(), "html".to_owned());
    let book = LinkPreprocessor::new()
        .run(&ctx, Book::new_with_items(vec![chapter.into()]))
        .expect("links never fail");
    match &book.items[..] {
        [BookItem::Chapter(chapter)] => chapter.content.clone(),
        _ => unreachable!("one chapter goes in"),
    }
}

/// Writes the files that links may name.
fn write(root: &Path, contents: &[String]) {
    std::fs::create_dir_all(root.join("src/sub")).expect("a temporary folder can be written");
    for (file, text) in FILES.iter().zip(contents) {
        std::fs::write(root.join("src").join(file), text).expect("a temporary file can be written");
    }
}

/// Checks every character's place; `made` are the characters that no file need have.
fn check(chapter: &str, file: &str, path: &Path, made: &str) -> Result<(), TestCaseError> {
    let map = ChapterMap::align(chapter, path, file, &mut |path| std::fs::read_to_string(path).ok());
    let source = Source::chapter(chapter, map);
    for (at, character) in chapter.char_indices() {
        let place = source.place(at..at + character.len_utf8());
        prop_assert!(place.text.get(place.range.clone()).is_some());
        if place.exact {
            prop_assert_eq!(&place.text[place.range], &chapter[at..at + character.len_utf8()]);
        } else {
            prop_assert!(made.contains(character), "{:?} at {} of {:?} is nowhere", character, at, chapter);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Without links that add text of their own, every character of a chapter stands in some file.
    #[test]
    fn included_text_is_found(
        file in text(PIECES.to_vec(), 12),
        contents in prop::collection::vec(text(PIECES.to_vec(), 8), 3),
        bom: bool,
    ) {
        let root = tempfile::tempdir().expect("there is room for a temporary folder");
        write(root.path(), &contents);
        let file = if bom { format!("\u{feff}{file}") } else { file };
        let chapter = by_mdbook(root.path(), &file);
        prop_assume!(chapter.len() < 20_000);
        check(&chapter, &file, &root.path().join("src/page.md"), "")?;
    }

    /// With them, only what they add does not.
    #[test]
    fn text_that_links_add_is_not(
        file in text([PIECES, MAKING].concat(), 8),
        contents in prop::collection::vec(text([PIECES, MAKING].concat(), 6), 3),
    ) {
        let root = tempfile::tempdir().expect("there is room for a temporary folder");
        write(root.path(), &contents);
        let chapter = by_mdbook(root.path(), &file);
        prop_assume!(chapter.len() < 20_000);
        check(&chapter, &file, &root.path().join("src/page.md"), "# `rust,editable\n")?;
    }

    /// Whatever another preprocessor has made of a chapter, places exist and exact ones are right.
    #[test]
    fn any_chapter_has_places(file in text(PIECES.to_vec(), 12), chapter in text(PIECES.to_vec(), 12)) {
        let map = ChapterMap::align(&chapter, Path::new("page.md"), &file, &mut |_| None);
        let source = Source::chapter(&chapter[..], map);
        for start in (0..=chapter.len()).filter(|at| chapter.is_char_boundary(*at)) {
            for end in (start..=chapter.len()).filter(|at| chapter.is_char_boundary(*at)) {
                let place = source.place(start..end);
                let found = place.text.get(place.range.clone());
                prop_assert!(found.is_some());
                prop_assert!(!place.exact || found == Some(&chapter[start..end]));
            }
        }
    }

    /// Lines put in or taken out elsewhere do not hide a line.
    #[test]
    fn a_line_is_found_again(before in "[a-z\n]{0,60}", after in "[a-z\n]{0,60}", other in "[a-z\n]{0,60}") {
        let file = format!("{before}\nTHE LINE\n{after}");
        let chapter = format!("{other}\nTHE LINE\n{after}");
        let map = ChapterMap::align(&chapter, Path::new("page.md"), &file, &mut |_| None);
        let at = chapter.find("THE").expect("it was put there");
        let source = Source::chapter(&chapter[..], map);
        let place = source.place(at..at + "THE LINE".len());
        prop_assert!(place.exact);
        prop_assert_eq!(place.range.start, before.len() + 1);
    }
}
