//! Runs a program that must end by itself.

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Runs `command` with `input`. A program that has not ended after `limit` is killed, and the test fails.
pub(crate) fn run(command: &mut Command, input: &[u8], limit: Duration) -> Output {
    // Files take any amount of output while nobody reads it.
    let stdout = tempfile::NamedTempFile::new().expect("there is room for a temporary file");
    let stderr = tempfile::NamedTempFile::new().expect("there is room for a temporary file");
    let file = |it: &tempfile::NamedTempFile| Stdio::from(it.reopen().expect("the file is there"));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(file(&stdout))
        .stderr(file(&stderr))
        .spawn()
        .expect("the program starts");
    // A program that reads no input may have ended before it is written.
    let _ = child.stdin.take().expect("it is piped").write_all(input);
    let status =
        wait(&mut child, limit).unwrap_or_else(|| panic!("{command:?} has not ended after {limit:?}"));
    let read = |file: &tempfile::NamedTempFile| std::fs::read(file.path()).expect("the file can be read");
    Output { status, stdout: read(&stdout), stderr: read(&stderr) }
}

fn wait(child: &mut Child, limit: Duration) -> Option<std::process::ExitStatus> {
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // It may end just now; either way it is gone afterwards.
    let _ = child.kill();
    let _ = child.wait();
    None
}
