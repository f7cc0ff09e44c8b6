//! Runs the stages over a book; the one place that sees all of them.
