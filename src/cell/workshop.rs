//! One cargo project for all programs of a book, in the cache folder: written, built, and its messages read.
//!
//! All books share one target folder, so that a dependency is compiled once. A lock keeps builds at the same time from
//! each other's way, from the writing of the sources until the programs are copied out. The versions of what they
//! depend on are kept beside the book, in `qed.lock`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use super::toolchain;
use crate::num::digest;

/// What the file of versions beside `book.toml` is called.
pub(super) const LOCK: &str = "qed.lock";

/// The project of one book.
pub(super) struct Workshop<'w> {
    /// The folder that holds the projects of all books.
    pub(super) folder: &'w Path,
    /// The folder of the book.
    pub(super) book: &'w Path,
    /// `[dependencies]`, in cargo's syntax.
    pub(super) dependencies: &'w toml::Table,
    /// Is told what is being compiled.
    pub(super) progress: fn(&str),
}

/// What a build gave.
#[derive(Default)]
pub(super) struct Built {
    /// The programs that were built, by name.
    pub(super) programs: BTreeMap<String, PathBuf>,
    /// What the compiler said, by the program it was about.
    pub(super) messages: Vec<(String, Json)>,
    /// What cargo said beside that.
    pub(super) log: String,
    /// Whether everything was built.
    pub(super) success: bool,
}

/// Held while a project is changed and built.
pub(super) struct Guard {
    _file: File,
}

impl Workshop<'_> {
    /// Waits until no one else is building.
    pub(super) fn lock(&self) -> io::Result<Guard> {
        fs::create_dir_all(self.folder)?;
        let file = File::options().create(true).append(true).open(self.folder.join("lock"))?;
        file.lock()?;
        Ok(Guard { _file: file })
    }

    /// The name of a chapter's program; no two books have the same.
    pub(super) fn name(&self, chapter: &str) -> String {
        let plain: String = chapter
            .trim_end_matches(".md")
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let mark = digest(format!("{}\n{chapter}", self.book.display()).as_bytes());
        format!("{}-{:08x}", plain.trim_matches('-'), mark as u32)
    }

    fn project(&self) -> PathBuf {
        self.folder.join(format!("{:016x}", digest(self.book.as_os_str().as_encoded_bytes()) as u64))
    }

    /// Writes the project, and leaves alone what is as it should be: cargo goes by the times of files.
    pub(super) fn write(&self, programs: &BTreeMap<String, String>) -> io::Result<()> {
        let project = self.project();
        let sources = project.join("src/bin");
        fs::create_dir_all(&sources)?;
        for entry in fs::read_dir(&sources)?.flatten() {
            let name = entry.path().file_stem().map(|stem| stem.to_string_lossy().into_owned());
            if name.is_none_or(|name| !programs.contains_key(&name)) {
                fs::remove_file(entry.path())?;
            }
        }
        for (name, text) in programs {
            update(&sources.join(format!("{name}.rs")), text)?;
        }
        update(&project.join("Cargo.toml"), &self.manifest())?;
        match fs::read_to_string(self.book.join(LOCK)) {
            Ok(lock) => update(&project.join("Cargo.lock"), &lock),
            // Without a file of versions cargo chooses them anew.
            Err(_) => fs::remove_file(project.join("Cargo.lock")).or(Ok(())),
        }
    }

    fn manifest(&self) -> String {
        let mut dependencies = self.dependencies.clone();
        for dependency in dependencies.iter_mut().filter_map(|(_, value)| value.as_table_mut()) {
            if let Some(toml::Value::String(path)) = dependency.get_mut("path") {
                *path = self.book.join(&*path).to_string_lossy().into_owned();
            }
        }
        let own = dependencies.entry("mdbook-qed").or_insert_with(|| toml::Table::new().into());
        if let Some(own) = own
            .as_table_mut()
            .filter(|own| !["path", "version", "git"].iter().any(|key| own.contains_key(*key)))
        {
            ourselves(own);
        }
        let mut manifest = toml::Table::new();
        manifest.insert("dependencies".to_owned(), dependencies.into());
        format!("{MANIFEST}\n{manifest}")
    }

    /// Builds these programs. The network is used only where the crates at hand do not do.
    pub(super) fn build(&self, programs: &[&str]) -> Result<Built, String> {
        let built = self.cargo(programs, true)?;
        let lacking = !built.success && built.messages.is_empty() && built.log.contains("offline");
        if lacking { self.cargo(programs, false) } else { Ok(built) }
    }

    fn cargo(&self, programs: &[&str], offline: bool) -> Result<Built, String> {
        let cargo =
            toolchain::find("cargo").ok_or("there is no `cargo` on the path, which compiles Rust cells")?;
        let mut command = Command::new(cargo);
        command.args(["build", "--quiet", "--keep-going", "--message-format=json", "--target-dir"]);
        command.arg(self.folder.join("target")).current_dir(self.project());
        command.args(offline.then_some("--offline"));
        command.args(programs.iter().flat_map(|program| ["--bin", program]));
        // We may ourselves be running under cargo, whose settings are for us.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_")
                || text.starts_with("CARGO_BIN_")
                || text == "CARGO_MANIFEST_DIR"
            {
                command.env_remove(&name);
            }
        }
        command.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_TARGET_DIR");
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|problem| format!("`cargo` does not start: {problem}"))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut built = Built::default();
        std::thread::scope(|scope| {
            let log = scope.spawn(|| {
                let mut log = Vec::new();
                // What cannot be read is not shown.
                stderr.into_iter().for_each(|mut stderr| _ = stderr.read_to_end(&mut log));
                String::from_utf8_lossy(&log).into_owned()
            });
            for line in
                stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).lines()).map_while(Result::ok)
            {
                self.read(&line, &mut built);
            }
            built.log = log.join().unwrap_or_default();
        });
        let status = child.wait().map_err(|problem| format!("`cargo` was lost: {problem}"))?;
        (self.progress)("");
        built.success = status.success();
        Ok(built)
    }

    /// Reads a line of cargo's messages.
    fn read(&self, line: &str, built: &mut Built) {
        let Ok(message) = serde_json::from_str::<Json>(line) else { return };
        let target = message["target"]["name"].as_str().unwrap_or_default().to_owned();
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                (self.progress)(&target);
                if let Some(path) = message["executable"].as_str() {
                    built.programs.insert(target, path.into());
                }
            }
            Some("compiler-message") => built.messages.push((target, message["message"].clone())),
            _ => {}
        }
    }

    /// Keeps the versions that were used beside the book.
    pub(super) fn keep_lock(&self) {
        let used = fs::read_to_string(self.project().join("Cargo.lock")).unwrap_or_default();
        if !used.is_empty() && used != lock_of(self.book) {
            // A book that cannot be written to is built all the same; its versions are chosen again the next time.
            drop(fs::write(self.book.join(LOCK), used));
        }
    }
}

/// The file of versions of a book; empty if there is none.
pub(super) fn lock_of(book: &Path) -> String {
    fs::read_to_string(book.join(LOCK)).unwrap_or_default()
}

/// What every project has. Cells run once, so they are compiled quickly; what they call may run long. The compiler keeps
/// no state between builds: that of the library, which is a local crate in a checkout, has been seen to break the linking
/// of cells after its sources had changed.
const MANIFEST: &str = "\
[package]
name = \"qed-cells\"
version = \"0.0.0\"
edition = \"2024\"
publish = false

[workspace]

[profile.dev]
opt-level = 1
debug = false
incremental = false

[profile.dev.package.\"*\"]
opt-level = 3
";

/// Names the library that this program was built with, without what reads documents.
fn ourselves(dependency: &mut toml::Table) {
    match checkout() {
        Some(path) => dependency.insert("path".to_owned(), path.to_string_lossy().into_owned().into()),
        None => dependency.insert("version".to_owned(), format!("={}", env!("CARGO_PKG_VERSION")).into()),
    };
    dependency.entry("default-features").or_insert(false.into());
}

/// The sources that this program was built from, if they are a checkout that is still there. A package of a registry is
/// none: it keeps its manifest as it was written under another name.
fn checkout() -> Option<&'static Path> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest: toml::Table = fs::read_to_string(folder.join("Cargo.toml")).ok()?.parse().ok()?;
    let is_ours =
        |key: &str, value: &str| manifest["package"].get(key).and_then(toml::Value::as_str) == Some(value);
    let ours = manifest.contains_key("package")
        && is_ours("name", env!("CARGO_PKG_NAME"))
        && is_ours("version", env!("CARGO_PKG_VERSION"));
    (ours && !folder.join("Cargo.toml.orig").exists()).then_some(folder)
}

/// Every source that is taken from a folder, as text that changes when one of them does.
pub(super) fn local_sources(book: &Path, dependencies: &toml::Table) -> String {
    let mut text = String::new();
    let paths = dependencies.iter().filter_map(|(_, value)| value.get("path")?.as_str());
    let mut folders: Vec<PathBuf> = paths.map(|path| book.join(path)).collect();
    let mut files = Vec::new();
    if let Some(own) = checkout() {
        // The rest of the program is not compiled into cells.
        folders.extend([own.join("src/num"), own.join("src/cell")]);
        files.extend([own.join("Cargo.toml"), own.join("src/lib.rs")]);
    }
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_dir && name != "target" && !name.to_string_lossy().starts_with('.') {
                folders.push(entry.path());
            } else if !is_dir && entry.path().extension().is_some_and(|it| it == "rs" || it == "toml") {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    for file in files {
        text.push_str(&format!("{} {}\n", file.display(), toolchain::age(&file)));
    }
    text
}

fn update(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|before| before == text) { Ok(()) } else { fs::write(path, text) }
}
