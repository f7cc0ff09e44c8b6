//! What the reader of the page sees.
