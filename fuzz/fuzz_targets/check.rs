//! Whatever the page, it is judged without a panic and in bounded time, and every claim that does not pass has one
//! diagnostic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_qed::pipeline::{self, Chapter, Options};
use mdbook_qed::source::{Source, Sources};

fuzz_target!(|page: &str| {
    let mut sources = Sources::default();
    let file = sources.add(Source::file("page.md", page));
    let chapters = [Chapter { file, path: "page.md".into(), text: page.into() }];
    let mut options = Options::default();
    options.scan.all = page.len().is_multiple_of(2);
    let outcomes = pipeline::check_book(&chapters, &sources, &options);
    for claim in outcomes.iter().flat_map(|outcome| &outcome.report.claims) {
        let complains = claim.diagnostic.is_some();
        assert!(claim.verdict.passes() || complains, "{claim:?}");
    }
});
