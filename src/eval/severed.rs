//! Derivatives that are zero only because the page put numbers where names should be: of `a = \frac{1}{1 + e^{-1}} = 0.73`
//! nothing says how it depends on the weight that the 1 was computed from.

use super::{BindingId, Code, Definition, EvalError, Scope};
use crate::source::Span;
use crate::syntax::{Binary, Expr, Kind, Name, is_constant};

impl Scope {
    /// Why a derivative, or a product with one, may be zero for want of a formula: none leads from its body to its variables,
    /// and one that might have done so has numbers in the place of its names.
    pub fn severed(&self, expr: &Expr) -> Option<EvalError> {
        match &expr.ungrouped().kind {
            Kind::Derivative { body, variables, .. } => self.severed_derivative(body, variables, expr.span),
            Kind::Binary(Binary::Multiply(_), lhs, rhs) => self.severed(lhs).or_else(|| self.severed(rhs)),
            _ => None,
        }
    }

    fn severed_derivative(&self, body: &Expr, variables: &[(Name, Span)], span: Span) -> Option<EvalError> {
        let id_of = |name: &Name| self.lookup(name.as_str(), self.len());
        let ids: Vec<BindingId> = variables.iter().map(|(name, _)| id_of(name)).collect::<Option<_>>()?;
        let reached = self.reached_by(body);
        if ids.iter().any(|id| reached.contains(id)) {
            return None;
        }
        let own = match &body.ungrouped().kind {
            Kind::Name(name) => id_of(name),
            _ => None,
        };
        let in_numbers = |id: &&BindingId| match &self.binding(**id).definition {
            Definition::Expr(formula) => {
                let computes = !matches!(formula.ungrouped().kind, Kind::Number(_) | Kind::Unary(..));
                (computes || own == Some(**id)) && !formula.any(names_something)
            }
            _ => false,
        };
        let name = &self.binding(*reached.iter().find(in_numbers)?).name;
        let variable = &variables[0].0;
        let message = format!(
            "`{name}` stands here for numbers alone, and nothing says how it depends on `{variable}`"
        );
        let help = format!("give the formula of `{name}` with names before its numbers, `{name} = … = …`");
        Some(EvalError::new(Code::NoValue, span, message).help(help))
    }
}

/// Whether a part of a formula has its value from elsewhere on the page.
fn names_something(part: &Expr) -> bool {
    match &part.kind {
        Kind::Name(name) => !is_constant(name.as_str()),
        Kind::Subscript { .. } | Kind::Apply { .. } | Kind::List(_) | Kind::Matrix(_) => true,
        _ => false,
    }
}
