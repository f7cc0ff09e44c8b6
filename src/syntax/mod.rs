//! Claim text to expressions.
