//! Runs the Rust cells of a book before it is judged, as far as its settings and the command line allow.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::Run;
use crate::cell::{self, Terms};
use crate::pipeline;

/// What a command line says about Rust cells.
#[derive(Clone, Copy, Debug)]
pub struct CellTerms {
    /// `--no-rust`: none is run.
    pub forbidden: bool,
    /// `--fresh`: what was kept is not used.
    pub fresh: bool,
    /// Is told what is being compiled; an empty text ends it.
    pub progress: fn(&str),
    /// Is told what cells are not kept from here, before any is run.
    pub warn: fn(&str),
}

static TERMS: OnceLock<CellTerms> = OnceLock::new();

/// Sets this process up, before the first check. Without it cells are run where a book enables them, in silence.
pub fn set_cell_terms(terms: CellTerms) {
    // A second command line changes nothing: cells may have been run under the first.
    let _ = TERMS.set(terms);
}

/// `QED_CACHE`, else `mdbook-qed` in the folder where the user's caches are: never in a book. None if it is empty.
pub fn cache_folder() -> Option<PathBuf> {
    let set = |name| env::var_os(name).map(PathBuf::from);
    if let Some(folder) = set("QED_CACHE") {
        return Some(folder).filter(|folder| !folder.as_os_str().is_empty());
    }
    let caches = set("XDG_CACHE_HOME").filter(|folder| folder.is_absolute()).or_else(|| set("LOCALAPPDATA"));
    let home = || Some(set("HOME").filter(|folder| folder.is_absolute())?.join(".cache"));
    Some(caches.or_else(home)?.join("mdbook-qed"))
}

/// Runs the cells of the chapters that are reported, and of those that they use.
pub(super) fn run(run: &mut Run) {
    let chapters = pipeline::cells(&run.chapters, &run.reported, &run.options);
    if chapters.iter().all(|chapter| chapter.cells.is_empty()) {
        return;
    }
    let silent = CellTerms { forbidden: false, fresh: false, progress: |_| (), warn: |_| () };
    let CellTerms { forbidden, fresh, progress, warn } = TERMS.get().copied().unwrap_or(silent);
    let terms = Terms { book: run.root.clone(), cache: cache_folder(), forbidden, fresh, progress, warn };
    let outcomes = cell::run(&chapters, &run.options.rust, &terms);
    let of_file = run.chapters.iter().zip(outcomes).map(|(chapter, cells)| (chapter.file, Arc::new(cells)));
    run.options.cells = of_file.collect::<BTreeMap<_, _>>();
}
