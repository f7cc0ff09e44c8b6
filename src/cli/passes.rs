//! Passes of networks and Rust cells: whether earlier results count, and progress on the terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::args::Cells;
use crate::cache::Cache;
use crate::eval::memo::{self, Keeper};
use crate::host::{self, CellTerms};

/// Work that takes less is done in silence.
const PATIENCE: Duration = Duration::from_secs(1);

/// Keeps the results of passes in the user's cache folder from here on, and runs Rust cells as the command line says.
pub(crate) fn install(cells: Cells) {
    START.get_or_init(Instant::now);
    let cache = host::cache_folder().filter(|_| !cells.fresh);
    memo::keep(Keeper { cache: cache.map(Cache::new), progress });
    let (forbidden, fresh) = (cells.no_rust, cells.fresh);
    host::set_cell_terms(CellTerms { forbidden, fresh, progress: compiling, warn });
}

static START: OnceLock<Instant> = OnceLock::new();

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

/// What cargo is at, in the same way; an empty text ends it. Plain text: there is nothing in it that a colour would help.
fn compiling(what: &str) {
    let mut terminal = io::stderr();
    if terminal.is_terminal() {
        let line = if what.is_empty() { String::new() } else { format!("Rust cells: compiled {what}") };
        // Progress that cannot be shown is no reason to stop.
        let _ = write!(terminal, "\r\x1b[K{line}").and_then(|()| terminal.flush());
    }
}

/// A warning that belongs to no place in a document.
fn warn(message: &str) {
    // Who has closed the error stream does not want to know.
    let _ = writeln!(anstream::stderr(), "\x1b[1;33mwarning\x1b[0m: {message}");
}
