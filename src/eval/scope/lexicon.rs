//! What the parser asks of the names that are known.

use std::sync::atomic::Ordering;

use super::{BindingId, Definition, Meaning, Scope};
use crate::eval::Value;
use crate::eval::domain::Shape;
use crate::num::Precision;
use crate::scan::LogBase;
use crate::syntax::{Lexicon, Name, NameKind};

impl Scope {
    /// What a definition that has no value of its own is where the names with a domain have one.
    fn kind_at_a_point(&self, id: BindingId) -> NameKind {
        let Definition::Expr(expr) = &self.binding(id).definition else { return NameKind::Number };
        let free = self.free_in([&**expr]);
        let valued = self.points(&free).take(8).find_map(|point| self.evaluate_binding_at(id, &point).ok());
        valued.map_or(NameKind::Number, |value| kind_of(&value))
    }
}

fn kind_of(value: &Value) -> NameKind {
    match value {
        Value::List(_) | Value::Matrix(_) => NameKind::List,
        Value::Sample(_) => NameKind::Number,
        scalar if scalar.is_scalar() => NameKind::Number,
        _ => NameKind::Other,
    }
}

impl Lexicon for Scope {
    fn kind(&self, name: &str) -> Option<NameKind> {
        let id = match self.meaning(name, self.len()) {
            Meaning::Defined(id) => id,
            Meaning::Open => return Some(NameKind::Number),
            Meaning::Nothing => return None,
        };
        Some(match &self.binding(id).definition {
            Definition::Function { .. } => NameKind::Function,
            // `a_n` is read as an element of it.
            Definition::Sequence { .. } => return None,
            Definition::Free(domain) if domain.shape == Shape::Number => NameKind::Number,
            Definition::Free(_) => NameKind::List,
            _ => match self.evaluate_binding(id, Precision::DOUBLE) {
                Ok(evaluated) => kind_of(&evaluated.value),
                Err(_) if self.declares => *self.binding(id).kind.get_or_init(|| self.kind_at_a_point(id)),
                Err(_) => NameKind::Number,
            },
        })
    }

    fn knows_base(&self, letters: &str) -> bool {
        self.bases.contains_key(letters)
    }

    fn parameters(&self, name: &str) -> Option<&[Name]> {
        match &self.binding(self.lookup(name, self.len())?).definition {
            Definition::Function { parameters, .. } => Some(parameters),
            _ => None,
        }
    }

    fn is_sequence(&self, base: &str) -> bool {
        self.sequence(base, self.len()).is_some()
    }

    fn has_domain(&self, name: &str) -> bool {
        self.lookup(name, self.len()).is_some_and(|id| self.domain(id).is_some())
    }

    fn log(&self) -> Option<LogBase> {
        if self.logarithm.is_none() {
            self.open_logarithm.store(true, Ordering::Relaxed);
        }
        self.logarithm
    }
}
