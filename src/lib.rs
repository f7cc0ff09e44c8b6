//! Every number in a book, recomputed; or the build fails.
//!
//! The modules stand in the order in which a document passes through them, last stage first; each may use
//! those below it and none above. `num` knows nothing of documents and is useful on its own (build without
//! default features for it alone).
//!
//! The route of one claim: bytes, a [`scan`] item, a parsed statement ([`syntax`]), a value ([`eval`]), a
//! verdict ([`compare`], applied in reading order by [`judge`]), an edit ([`splice`]) or a diagnostic
//! ([`diag`]), and a line in the [`report`].

#[cfg(feature = "book")]
pub mod cli;
#[cfg(feature = "book")]
pub mod host;
#[cfg(feature = "book")]
pub mod config;
#[cfg(feature = "book")]
pub mod pipeline;
#[cfg(feature = "book")]
pub mod page;
#[cfg(feature = "book")]
pub mod explain;
#[cfg(feature = "book")]
pub mod judge;
#[cfg(feature = "book")]
pub mod splice;
#[cfg(feature = "book")]
pub mod report;
#[cfg(feature = "book")]
pub mod compare;
#[cfg(feature = "book")]
pub mod eval;
#[cfg(feature = "book")]
pub mod syntax;
#[cfg(feature = "book")]
pub mod scan;
pub mod cell;
#[cfg(feature = "book")]
pub mod diag;
#[cfg(feature = "book")]
pub mod source;
#[cfg(feature = "book")]
pub mod cache;
pub mod num;
