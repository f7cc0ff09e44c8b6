//! Why a computation yields no number. It knows neither documents nor spans: the caller pins a place to it.

use std::fmt;

/// The reason an operation on numbers has no result. Only `Undecided` can change with more precision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MathError {
    /// A quotient whose divisor is exactly zero, or zero to a negative power.
    DivisionByZero,
    /// The function is not defined (as a real number) at this argument.
    Domain {
        /// The function's name, as [`Function::name`](super::Function::name) gives it.
        function: &'static str,
        /// The offending argument, shortened for reading.
        argument: String,
    },
    /// The enclosure touches zero, a pole, a jump or the edge of the domain, so this precision cannot tell.
    Undecided {
        /// The operation that needs a tighter argument.
        function: &'static str,
    },
    /// The result, or the work to find it, is larger than this library takes on.
    Limit(String),
    /// There is no proven method for this function at this argument.
    Unsupported(String),
    /// A function was given the wrong number of arguments.
    Arguments {
        /// The function's name.
        function: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many it got.
        found: usize,
    },
}

impl MathError {
    /// True when a recomputation at the next precision may succeed.
    pub fn is_undecided(&self) -> bool {
        matches!(self, Self::Undecided { .. })
    }

    pub(crate) fn limit(text: impl Into<String>) -> Self {
        Self::Limit(text.into())
    }

    pub(crate) fn domain(function: &'static str, argument: impl fmt::Display) -> Self {
        Self::Domain { function, argument: argument.to_string() }
    }
}

impl fmt::Display for MathError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DivisionByZero => write!(out, "division by zero"),
            Self::Domain { function, argument } => write!(out, "{function} is not defined at {argument}"),
            Self::Undecided { function } => {
                write!(out, "the argument of {function} is too close to a zero, pole or jump to decide")
            }
            Self::Limit(what) => write!(out, "limit reached: {what}"),
            Self::Unsupported(what) => write!(out, "not supported: {what}"),
            Self::Arguments { function, expected, found } => {
                write!(out, "{function} takes {expected} argument(s), not {found}")
            }
        }
    }
}

impl std::error::Error for MathError {}
