//! What came of a relation at the points of a domain.

use super::point::described;
use crate::diag::{Code, Diagnostic};
use crate::eval::{Point, Scope};
use crate::source::Span;

/// Points by what came of the relation there.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) held: usize,
    pub(super) undefined: usize,
    pub(super) undecided: usize,
    /// A point where only one side is defined.
    pub(super) one_sided: Option<Point>,
    /// Whether these are all points of the domain.
    pub(super) whole: bool,
    /// Whether points were left out because each takes long.
    pub(super) cut_short: bool,
}

impl Tally {
    /// Points beyond which a search for more ends when nothing more is planned.
    pub(super) fn failed(&self) -> usize {
        self.undefined + self.undecided
    }

    /// What a relation that held says for itself.
    pub(super) fn message(&self, scope: &Scope) -> String {
        let plural = if self.held == 1 { "" } else { "s" };
        let mut message = match self.whole && self.failed() == 0 && !self.cut_short {
            true => format!("tested at all {} point{plural}", self.held),
            false => format!("tested at {} point{plural}", self.held),
        };
        if let Some(point) = &self.one_sided {
            message += &format!("; only one side is defined at {}", described(scope, point));
        } else if self.undefined > 0 {
            message += &format!("; undefined at {} more", self.undefined);
        }
        if self.undecided > 0 {
            message += &format!("; too close or too large to decide at {} more", self.undecided);
        }
        if self.cut_short {
            message += "; each takes so long that no more were tried";
        }
        message
    }

    /// That a relation was tested nowhere, or at too few points.
    pub(super) fn untested(&self, span: Span) -> Diagnostic {
        let tried = self.failed();
        let message = match (self.undefined, self.undecided) {
            _ if self.cut_short => {
                let held = self.held;
                format!("each point takes so long that only {held} could be tested")
            }
            (0, 0) => "no point of its domain was found".to_owned(),
            (_, 0) => format!("a side is undefined at each of {tried} points tried"),
            _ => {
                format!("none of {tried} points tried could decide this: too large, too close, or undefined")
            }
        };
        let diagnostic = Diagnostic::error(Code::Untested, span, message);
        diagnostic.help(match self.cut_short {
            true => "state the value at a point, or find a form without integrals, limits and long sums",
            false => "look at the domains that its names are declared with",
        })
    }
}
