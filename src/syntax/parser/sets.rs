//! Sets made of others: `A \cup B`, `A \cap B`, `A \setminus B`.

use super::{Parser, Result};
use crate::syntax::expr::{Expr, Kind, Unary};
use crate::syntax::function::Builtin;

impl Parser<'_, '_> {
    /// At the sign behind `lhs`. Signs of one kind may stand in a row; which of two kinds binds closer is read differently.
    pub(super) fn set_operation(&mut self, sign: &str, lhs: Expr) -> Result<Expr> {
        let operation = match sign {
            "cup" => Builtin::Union,
            "cap" => Builtin::Intersection,
            _ => Builtin::Difference,
        };
        let place = self.peek().start;
        self.advance();
        let repeats = |earlier: Builtin| earlier == operation && operation != Builtin::Difference;
        if matches!(&lhs.kind, Kind::Call(earlier, _) if earlier.makes_set() && !repeats(*earlier)) {
            let error = self.error_at(self.since(place), "which of these sets are joined first is not clear");
            return Err(error.ambiguous().help("write brackets, `(A \\cup B) \\cap C`"));
        }
        let rhs = self.term()?;
        let span = lhs.span.join(rhs.span);
        let [lhs, rhs] = [self.operand_set(lhs)?, self.operand_set(rhs)?];
        Ok(Expr::new(Kind::Call(operation, vec![lhs, rhs]), span))
    }

    /// One side of it: a set in braces, or a name for one. Other brackets are those of an interval or a list.
    fn operand_set(&self, side: Expr) -> Result<Expr> {
        let typed = self.source(side.span);
        let side = side.as_set(typed);
        let in_braces =
            typed.starts_with("\\{") || typed.starts_with("\\left\\{") || typed.starts_with("\\lbrace");
        match &side.kind {
            Kind::List(items) if !items.is_empty() && !in_braces => {
                let error = self.error_at(side.span, "these brackets can be those of an interval or a list");
                Err(error
                    .ambiguous()
                    .help("write a set in braces, `\\{1, 2\\}`; intervals are not joined here"))
            }
            _ => Ok(side),
        }
    }
}

impl Expr {
    /// `\{3\}` as a set of one, where it was typed like that; brackets that group otherwise.
    pub fn as_set(self, typed: &str) -> Self {
        let opening = typed.trim_start().trim_start_matches("\\left").trim_start();
        match self.kind {
            Kind::Unary(Unary::Group, only)
                if opening.starts_with("\\{") || opening.starts_with("\\lbrace") =>
            {
                Self::new(Kind::List(vec![*only]), self.span)
            }
            kind => Self { kind, ..self },
        }
    }
}
