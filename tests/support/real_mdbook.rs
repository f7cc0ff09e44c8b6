//! Finds the real `mdbook`.

use std::path::PathBuf;
use std::process::Command;

/// The real `mdbook`, or `None` if these tests shall not run.
#[expect(clippy::print_stderr, reason = "a test that does nothing has to say so")]
pub(crate) fn mdbook() -> Option<PathBuf> {
    let Some(named) = std::env::var_os("MDBOOK").map(PathBuf::from) else {
        let found =
            Command::new("mdbook").arg("--version").output().is_ok_and(|output| output.status.success());
        if !found {
            eprintln!(
                "NOT TESTED: there is no `mdbook`; `cargo install mdbook --version 0.5.4 --locked` brings it"
            );
        }
        return found.then(|| "mdbook".into());
    };
    let found = Command::new(&named).arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(found, "MDBOOK names `{}`, which cannot be run", named.display());
    let program = named;
    Some(program)
}
