//! Expression and scope to value.

/// The names of a chapter.
#[derive(Clone, Debug, Default)]
pub struct Scope;
