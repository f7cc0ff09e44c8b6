//! Whatever the page, it is scanned without a panic, and everything found lies in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_qed::scan::{Item, ScanOptions, scan};
use mdbook_qed::source::{FileId, Span};

fuzz_target!(|page: &str| {
    for (mathjax, all) in [(false, false), (true, true)] {
        let found = scan(FileId(0), page, &ScanOptions { mathjax, all });
        let inside = |span: Span| assert!(page.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
        for item in &found.items {
            match item {
                Item::Block(block) => inside(block.span),
                Item::Let(text) | Item::Macros(text) => inside(text.span),
                _ => {}
            }
        }
        found.diagnostics.iter().for_each(|diagnostic| inside(diagnostic.span));
    }
});
