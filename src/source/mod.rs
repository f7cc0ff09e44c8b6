//! The texts under check and places in them.
//!
//! A `Source` is one text as it was given to us (a file, or a chapter after mdBook's `links` step); a
//! [`Span`] is a byte range of one source. Line and column exist only in `line_index`, for rendering.

mod line_index;
mod span;

pub use line_index::{LineIndex, Position};
pub use span::{FileId, Span};
