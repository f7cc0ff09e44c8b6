//! What we tell an author about a place in the text. Data only: `report` renders it.

mod codes;
pub mod suggest;

pub use codes::Code;

use crate::source::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the build passes.
    Warning,
    /// The build fails.
    Error,
}

/// One message about one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Which kind; the table of codes gives its title.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// The fact, in one sentence without a full stop.
    pub message: String,
    /// The place it is about.
    pub span: Span,
    /// What stands at that place ("stated here"); may be empty.
    pub label: String,
    /// Other places that explain it.
    pub secondary: Vec<(Span, String)>,
    /// Further facts, a sentence each.
    pub notes: Vec<String>,
    /// One suggested action.
    pub help: Option<String>,
    /// A text that would mend it.
    pub fix: Option<Fix>,
}

/// A replacement that would mend a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
    /// Whether every computed member agrees on it.
    pub safe: bool,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span,
            label: String::new(),
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// A warning at `span`.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// With a label at its own place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With another place that explains it.
    pub fn secondary(mut self, span: Span, label: impl Into<String>) -> Self {
        self.secondary.push((span, label.into()));
        self
    }

    /// With a further fact.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With a suggested action.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With a replacement.
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}
