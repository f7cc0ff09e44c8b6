//! An expression where some of its names have other values, their definitions put aside.

use super::error::At;
use super::estimate::{Body, infinity};
use super::{Evaluator, Result, Value, ops};
use crate::source::Span;
use crate::syntax::{Expr, Name, Side};

impl Evaluator<'_> {
    /// The value at `upper`, less that at `lower` if there is one.
    pub(super) fn at_places(
        &mut self,
        body: &Expr,
        upper: &[(Name, Expr)],
        lower: &[(Name, Expr)],
        span: Span,
    ) -> Result<Value> {
        let first = self.at_place(body, upper)?;
        if lower.is_empty() {
            return Ok(first);
        }
        let second = self.at_place(body, lower)?;
        ops::subtract(&first, &second, self.precision).at(span)
    }

    /// Replaces what the page defines, so that definitions which use a name see its other value too. At infinity it is the
    /// limit, as in an improper integral.
    fn at_place(&mut self, body: &Expr, places: &[(Name, Expr)]) -> Result<Value> {
        if let [(variable, place)] = places
            && infinity(place).is_some()
        {
            return self.limit(&Body { variable, expr: body, span: body.span }, place, Side::Both);
        }
        let (locals, overlays) = (self.locals.len(), self.overlays.len());
        let values = places.iter().map(|(_, value)| self.eval(value)).collect::<Result<Vec<_>>>()?;
        for ((name, _), value) in places.iter().zip(values) {
            let is_local = self.locals.iter().any(|(local, _)| local == name);
            match self.scope.lookup(name.as_str(), self.before).filter(|_| !is_local) {
                Some(id) => self.overlays.push((id, value)),
                None => self.locals.push((name.clone(), value)),
            }
        }
        let memo = std::mem::take(&mut self.memo);
        let result = self.eval(body);
        self.memo = memo;
        self.locals.truncate(locals);
        self.overlays.truncate(overlays);
        result
    }
}
