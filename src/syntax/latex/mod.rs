//! LaTeX: characters to tokens; the grammar is the shared parser.

mod commands;
mod delimiter;
mod digits;
mod lexer;

pub(in crate::syntax) use commands::{function, greek, is_unjudged, refusal};
pub(in crate::syntax) use digits::repeating;
pub(in crate::syntax) use lexer::lex;
