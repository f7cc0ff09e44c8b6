//! Why an expression has no value.

use crate::diag::{Code, Diagnostic};
use crate::num::MathError;
use crate::source::Span;
use crate::syntax::Name;

/// What can be done about a failure of which its code does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// Nothing: it is as it is.
    Itself,
    /// More precision may give it a value.
    Precision,
    /// It may have a value if what it names is evaluated first.
    Depth,
}

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
    cause: Cause,
    /// The message names the definition that is to blame.
    is_named: bool,
}

impl EvalError {
    /// One that no precision mends; what cannot be decided has constructors of its own.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { span, code, message: message.into(), help: None, cause: Cause::Itself, is_named: false }
    }

    /// One that more precision may mend.
    pub fn undecided(span: Span, message: impl Into<String>) -> Self {
        Self { cause: Cause::Precision, ..Self::new(Code::Undecided, span, message) }
    }

    /// What is not known and does not get any sharper: an estimate, or a number that need not be whole.
    pub(super) fn unsettled(span: Span, message: impl Into<String>) -> Self {
        Self::new(Code::Undecided, span, message)
    }

    /// An evaluation that goes deeper than it may.
    pub(super) fn too_deep(span: Span) -> Self {
        Self { cause: Cause::Depth, ..Self::new(Code::Limit, span, "definitions go too deep here") }
    }

    /// Whether more precision may give it a value.
    pub fn is_undecided(&self) -> bool {
        self.cause == Cause::Precision
    }

    /// Whether it might have a value if what it names were evaluated first.
    pub(super) fn is_too_deep(&self) -> bool {
        self.cause == Cause::Depth
    }

    /// The same, as the reason why the definition `name` has no value. What has been told of one definition is not told
    /// again of those that use it, and precision is nobody's fault.
    pub(super) fn of_definition(self, name: &Name) -> Self {
        if self.is_named || self.is_undecided() {
            return self;
        }
        Self { message: format!("`{name}` has no value: {}", self.message), is_named: true, ..self }
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
                    MathError::Undecided { .. } => return EvalError::undecided(span, error.to_string()),
                    MathError::Limit(_) => Code::Limit,
                    MathError::Unsupported(_) => Code::Unsupported,
                    MathError::Arguments { .. } => Code::WrongType,
                };
                EvalError::new(code, span, error.to_string())
            }
        })
    }
}
