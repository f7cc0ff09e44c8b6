//! `mdbook-qed report merge`: the JSON reports of shards as one.

use super::Exit;
use super::args::{Merge, ReportCommand};
use super::output::{Output, Stream};
use crate::host::Failure;
use crate::report::merge::{Part, has_errors, merge};

pub(crate) fn run(command: &ReportCommand, output: &mut Output) -> Result<Exit, Failure> {
    let ReportCommand::Merge(Merge { files, output: target }) = command;
    let read = |path: &std::path::PathBuf| {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|problem| Failure::new(format!("cannot read `{name}`: {problem}")))?;
        Ok(Part { name, text })
    };
    let parts = files.iter().map(read).collect::<Result<Vec<Part>, Failure>>()?;
    let merged = merge(&parts).map_err(Failure::new)?;
    match target {
        Some(path) => std::fs::write(path, &merged)
            .map_err(|problem| Failure::new(format!("cannot write `{}`: {problem}", path.display())))?,
        None => output.write(Stream::Stdout, &merged),
    }
    Ok(if has_errors(&merged) { Exit::Wrong } else { Exit::Verified })
}
