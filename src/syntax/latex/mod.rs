//! LaTeX: characters to tokens; the grammar is the shared parser.

mod commands;
mod lexer;

pub(in crate::syntax) use commands::{function, greek};
pub(in crate::syntax) use lexer::lex;
