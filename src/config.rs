//! `[preprocessor.qed]`: defaults, unknown keys, wrong values.
