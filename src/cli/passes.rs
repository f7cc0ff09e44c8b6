//! Passes of networks: the folder that keeps their results, and their progress on the terminal.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::cache::Cache;
use crate::eval::memo::{self, Keeper};

/// Work that takes less is done in silence.
const PATIENCE: Duration = Duration::from_secs(1);

/// Keeps the results of passes in the user's cache folder from here on.
pub(crate) fn install() {
    START.get_or_init(Instant::now);
    memo::keep(Keeper { cache: folder().map(Cache::new), progress });
}

static START: OnceLock<Instant> = OnceLock::new();

/// `QED_CACHE`, else `mdbook-qed` in the folder where the user's caches are: never in a book. None if it is empty.
fn folder() -> Option<PathBuf> {
    let set = |name| env::var_os(name).map(PathBuf::from);
    if let Some(folder) = set("QED_CACHE") {
        return Some(folder).filter(|folder| !folder.as_os_str().is_empty());
    }
    let caches = set("XDG_CACHE_HOME").filter(|folder| folder.is_absolute()).or_else(|| set("LOCALAPPDATA"));
    let home = || Some(set("HOME").filter(|folder| folder.is_absolute())?.join(".cache"));
    Some(caches.or_else(home)?.join("mdbook-qed"))
}

/// One line that is written over and over, for those who wait in front of a terminal.
fn progress(done: usize, total: usize) {
    let mut terminal = io::stderr();
    let late = START.get().is_some_and(|start| start.elapsed() > PATIENCE);
    if !late || !terminal.is_terminal() {
        return;
    }
    let end = if done == total { "\r\x1b[K" } else { "" };
    // Progress that cannot be shown is no reason to stop.
    let _ = write!(terminal, "\rnetwork: layer {done} of {total}{end}").and_then(|()| terminal.flush());
}
