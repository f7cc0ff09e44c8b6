//! Names of which both values were given at once: after `x_{1,2} = 2 \pm 3` or `x = \frac{-2 \pm 6}{2}`, `x_1` is one
//! of the two and `x_2` the other.

use super::{Finding, Naming, Segment};
use crate::compare::Stated;
use crate::eval::Definition;
use crate::judge::number::Bare;
use crate::judge::stated;
use crate::judge::value::Quantity;
use crate::syntax::{Binary, Expr, Kind, Name, Relation};

impl<'c> Segment<'c> {
    /// The verdict on the number at `at` that is given to such a name.
    pub(super) fn one_of_two(&self, at: usize, bare: &Bare) -> Option<Vec<Finding>> {
        let [(_, Naming::Name(name)), ..] = &self.chain.namings[..] else { return None };
        let (base, index) = name.as_str().rsplit_once('_')?;
        let other = match index {
            "1" => "2",
            "2" => "1",
            _ => return None,
        };
        let of_both = self.values_of(&Name::new(&format!("{base}_(1,2)")));
        // `x = 5 \pm 2` may be measured, and then `x_1` is another measurement.
        let computed =
            || self.values_of(&Name::new(base)).filter(|values| !values.iter().any(is_sum_of_numbers));
        let mut left = of_both.or_else(computed)?;
        let scope = self.court.scope;
        let taken =
            scope.here(&Name::new(&format!("{base}_{other}"))).and_then(|id| self.court.stated.get(&id));
        let taken = taken.and_then(|number| left.iter().position(|value| self.is(value, number)));
        taken.into_iter().for_each(|place| _ = left.remove(place));
        let judged = left.iter().map(|value| stated::judge(self, at, bare, value));
        judged.reduce(|one, other| if one.iter().any(Finding::is_false) { other } else { one })
    }

    /// What a name was given that stands for two values.
    fn values_of(&self, name: &Name) -> Option<Vec<Quantity<'c>>> {
        let scope = self.court.scope;
        let Definition::Expr(formula) = &scope.binding(scope.here(name)?).definition else { return None };
        let Kind::TwoSigns(both) = &formula.kind else { return None };
        both.iter().map(|value| Quantity::new(scope, value).ok()).collect()
    }

    fn is(&self, value: &Quantity<'_>, number: &Stated) -> bool {
        let compared = value.compare(number, &self.court.rule(Relation::Equal));
        matches!(compared, Ok(Some((verdict, ..))) if verdict.passes())
    }
}

fn is_sum_of_numbers(value: &Quantity<'_>) -> bool {
    let is_number = |expr: &Expr| matches!(expr.kind, Kind::Number(_));
    matches!(&value.expr.kind, Kind::Binary(Binary::Add, one, other) if is_number(one) && is_number(other))
}
