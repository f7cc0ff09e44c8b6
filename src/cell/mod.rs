//! Rust cells: the code on a page computes its names. Knows a chapter's cells and their places, not where they came from.
//!
//! | file | holds |
//! |---|---|
//! | `export` | values that a cell can give to the page, and how they are written |
//! | `runtime` | what a running cell calls, and what it has told |
//! | `program` | the cells of a chapter as one program, with the way back to the page |
//! | `workshop` | one cargo project for all programs |
//! | `message` | what rustc says, at its place on the page |
//! | `toolchain` | which compiler there is |
//! | `sandbox` | running a program within its limits |
//! | `confine` | what shuts a program in, as far as the platform has it |
//! | `given` | what a program gave, as it is kept |
//! | `outcome` | what is asked of cells, and what becomes of them |
//! | `run` | everything together: what was kept, else built and run |
//!
//! The first two are all there is without the feature `book`: what cells themselves are compiled with.

mod export;
pub mod runtime;

#[cfg(feature = "book")]
mod confine;
#[cfg(feature = "book")]
mod given;
#[cfg(feature = "book")]
mod message;
#[cfg(feature = "book")]
mod outcome;
#[cfg(feature = "book")]
mod program;
#[cfg(feature = "book")]
mod run;
#[cfg(feature = "book")]
mod sandbox;
#[cfg(feature = "book")]
mod toolchain;
#[cfg(feature = "book")]
mod workshop;

pub use export::{Export, Value};
#[cfg(feature = "book")]
pub use outcome::{Absent, Cell, Chapter, Name, Outcome, Settings, Terms, seconds};
#[cfg(feature = "book")]
pub use program::{dependencies_of, names_of};
#[cfg(feature = "book")]
pub use run::run;
