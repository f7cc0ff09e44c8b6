//! Commands and exit codes: 0 all verified, 1 something is wrong in the document, 2 usage, configuration or I/O.
//!
//! The only place that writes to the terminal. Each command is a file; what it prints comes from `report`.

mod args;
mod badge;
mod build;
mod check;
mod eval;
mod explain;
mod fix;
mod install;
mod log;
mod merge;
mod mutate;
mod output;
mod passes;
mod preprocess;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use output::Output;

use crate::host::{Checked, Failure};

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything holds.
    Verified = 0,
    /// Something in the document is wrong.
    Wrong = 1,
    /// A command, a setting or a file is wrong.
    Broken = 2,
}

impl Exit {
    fn of(checked: &Checked) -> Self {
        match (checked.broken, checked.report.has_errors()) {
            (true, _) => Self::Broken,
            (false, true) => Self::Wrong,
            (false, false) => Self::Verified,
        }
    }
}

impl Command {
    /// What it says about Rust cells.
    fn cells(&self) -> args::Cells {
        match self {
            Self::Check(arguments) => arguments.cells,
            Self::Build(arguments) => arguments.cells,
            Self::Explain(arguments) => arguments.cells,
            Self::Fix(arguments) => arguments.cells,
            Self::Mutate(arguments) => arguments.cells,
            Self::Badge(arguments) => arguments.cells,
            _ => args::Cells::default(),
        }
    }
}

/// The stack of a thread that judges: as large as the main thread's, for deep formulas.
const STACK: usize = 8 << 20;

/// Starts the threads that share the work.
fn threads(jobs: Option<usize>) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).stack_size(STACK);
    // It fails only if there are threads already, and then those do the work.
    let _ = pool.build_global();
}

/// Runs the command line and returns the exit code.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let mut output = Output::new(arguments.color);
    threads(arguments.jobs);
    passes::install(arguments.command.as_ref().map(Command::cells).unwrap_or_default());
    let exit = match arguments.command {
        None => preprocess::run(&mut output),
        Some(Command::Supports { .. }) => Ok(Exit::Verified),
        Some(Command::Check(arguments)) => check::run(&arguments, &mut output),
        Some(Command::Build(arguments)) => build::run(&arguments, &mut output),
        Some(Command::Eval(arguments)) => eval::run(&arguments, &mut output),
        Some(Command::Explain(arguments)) => explain::run(&arguments, &mut output),
        Some(Command::Fix(arguments)) => fix::run(&arguments, &mut output),
        Some(Command::Mutate(arguments)) => mutate::run(&arguments, &mut output),
        Some(Command::Badge(arguments)) => badge::run(&arguments, &mut output),
        Some(Command::Install(arguments)) => install::run(&arguments, &mut output),
        Some(Command::Report(command)) => merge::run(&command, &mut output),
    };
    let exit = exit.unwrap_or_else(|failure: Failure| {
        output.failure(&failure);
        Exit::Broken
    });
    ExitCode::from(exit as u8)
}
