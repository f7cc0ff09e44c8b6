//! The only place where text changes: sorted, disjoint edits are applied and the gaps copied.

mod edit;
pub mod render;

pub use edit::{EditError, apply};

use crate::source::Span;

/// A replacement of one range of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub text: String,
}
