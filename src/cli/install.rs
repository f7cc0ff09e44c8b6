//! `mdbook-qed install`: adds itself to a book.

use super::args::Install;
use super::output::{Output, Stream};
use super::{Exit, preprocess};
use crate::host::{self, Failure};

pub(crate) fn run(arguments: &Install, output: &mut Output) -> Result<Exit, Failure> {
    let done = host::install(&arguments.folder, arguments.pages, &preprocess::here()?)?;
    match done.as_slice() {
        [] => output.write(Stream::Stdout, "Everything is in place already.\n"),
        done => output.write(Stream::Stdout, &(done.join("\n") + "\n")),
    }
    Ok(Exit::Verified)
}
