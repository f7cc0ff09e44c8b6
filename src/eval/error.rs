//! Why an expression has no value.

use crate::diag::{Code, Diagnostic};
use crate::num::MathError;
use crate::source::Span;

/// What is said of an evaluation that goes deeper than it may.
pub(super) const TOO_DEEP: &str = "definitions go too deep here";

/// An expression that has no value, and the part of it that is the cause.
#[derive(Clone, Debug, PartialEq)]
pub struct EvalError {
    /// Where.
    pub span: Span,
    /// Which kind.
    pub code: Code,
    /// The fact.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// More precision may give it a value.
    pub undecided: bool,
}

impl EvalError {
    pub(super) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { span, code, message: message.into(), help: None, undecided: false }
    }

    /// Whether it might have a value if what it names were evaluated first.
    pub(super) fn is_too_deep(&self) -> bool {
        self.code == Code::Limit && self.message.ends_with(TOO_DEEP)
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<EvalError> for Diagnostic {
    fn from(error: EvalError) -> Self {
        Self { help: error.help, ..Self::error(error.code, error.span, error.message) }
    }
}

/// An operation's failure before a place is known: operations on values know no syntax.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// From arithmetic.
    Math(MathError),
    /// The operation does not apply to these values.
    Type(String),
}

impl From<MathError> for Failure {
    fn from(error: MathError) -> Self {
        Self::Math(error)
    }
}

/// Pins a failure to a place.
pub(super) trait At<T> {
    fn at(self, span: Span) -> Result<T, EvalError>;
}

impl<T, E: Into<Failure>> At<T> for Result<T, E> {
    fn at(self, span: Span) -> Result<T, EvalError> {
        self.map_err(|error| match error.into() {
            Failure::Type(message) => EvalError::new(Code::WrongType, span, message),
            Failure::Math(error) => {
                let code = match &error {
                    MathError::DivisionByZero | MathError::Domain { .. } => Code::Undefined,
                    MathError::Undecided { .. } => Code::Undecided,
                    MathError::Limit(_) => Code::Limit,
                    MathError::Unsupported(_) => Code::Unsupported,
                    MathError::Arguments { .. } => Code::WrongType,
                };
                EvalError { undecided: error.is_undecided(), ..EvalError::new(code, span, error.to_string()) }
            }
        })
    }
}
