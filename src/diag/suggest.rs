//! Near matches for a misspelt word.
