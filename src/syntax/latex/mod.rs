//! LaTeX: characters to tokens; the grammar is the shared parser.

mod commands;
mod delimiter;
mod digits;
mod lexer;
mod named;
mod quantity;
mod stacked;
mod upright;

pub(in crate::syntax) use commands::{function, greek, may_relate, refusal};
pub(in crate::syntax) use digits::repeating;
pub(in crate::syntax) use lexer::lex;
pub(in crate::syntax) use quantity::with_command;
