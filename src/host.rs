//! The only file that knows mdBook: its protocol and its types.
