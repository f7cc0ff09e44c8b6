//! The only place where text changes: sorted, disjoint edits are applied and the gaps copied.

mod edit;
mod fix;
pub mod render;

pub use edit::{EditError, apply};
pub use fix::{Change, FileFix, Plan, Refusal, Safety, plan};

use crate::source::Span;

/// A replacement of one range of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub text: String,
}
