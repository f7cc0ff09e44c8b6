//! Which Rust compiler there is, without running it each time: its own words, kept until it changes.

use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use crate::cache::Cache;

/// The key of what the last compiler said.
const LAST: &str = "cells: the last compiler";

/// What `rustc -vV` says: version, commit and target. Without a compiler it is the last one that there was, so that
/// what is kept can still be used; `None` if there never was one.
pub(super) fn identify(cache: Option<&Cache>) -> Option<String> {
    let read = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    let Some(path) = find("rustc") else {
        return cache?.get(LAST).and_then(read);
    };
    let key = format!("cells: compiler\n{}", traces(&path));
    if let Some(said) = cache.and_then(|cache| cache.get(&key)).and_then(read) {
        return Some(said);
    }
    let output = Command::new(&path).arg("-vV").output().ok().filter(|output| output.status.success())?;
    let said = String::from_utf8(output.stdout).ok()?;
    if let Some(cache) = cache {
        // Without them the next build asks again.
        drop(cache.put(&key, said.as_bytes()));
        drop(cache.put(LAST, said.as_bytes()));
    }
    Some(said)
}

/// A program on the path.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|path| path.is_file())
}

/// What changes when the compiler does: the program, and what rustup, which may stand in its place, goes by.
fn traces(rustc: &Path) -> String {
    let mut text = format!("{}\n{}\n", rustc.display(), age(rustc));
    for variable in ["RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "HOME", "RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        _ = writeln!(text, "{variable}={:?}", env::var_os(variable));
    }
    let home = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".rustup")));
    let Some(home) = home else { return text };
    _ = writeln!(text, "{}", age(&home.join("settings.toml")));
    let toolchains = std::fs::read_dir(home.join("toolchains")).into_iter().flatten().flatten();
    let mut toolchains: Vec<PathBuf> = toolchains.map(|entry| entry.path()).collect();
    toolchains.sort();
    for toolchain in toolchains {
        _ = writeln!(text, "{} {}", toolchain.display(), age(&toolchain.join("lib/rustlib")));
    }
    text
}

/// How long a file is and when it was last changed.
pub(super) fn age(path: &Path) -> String {
    let Ok(data) = std::fs::metadata(path) else { return "none".to_owned() };
    let changed = data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {}", data.len(), changed.unwrap_or_default().as_nanos())
}
