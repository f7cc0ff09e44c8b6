//! What an evaluation went through, on demand: the definitions that it used, and the paths of names along which a
//! derivative flows. The values are those of the ordinary evaluator; nothing is computed in a second way.

use std::collections::{BTreeMap, BTreeSet};

use super::derivative::tangent;
use super::{BindingId, Definition, Evaluated, Evaluator, Point, Result, Scope, Value, ops};
use crate::num::{Number, Precision, Rational};
use crate::syntax::{Builtin, Expr, Kind, Literal, Unary};

/// More paths than this are not listed: nobody reads them.
const MOST_PATHS: usize = 12;
/// More names than this on one path are not followed.
const LONGEST_PATH: usize = 40;
/// More numbers than this are not listed: a step on a page holds few.
const MOST_NUMBERS: usize = 1_000;
/// An evaluation that takes longer is not followed to its end.
const MAX_STEPS: u64 = 20_000;
/// Where values are explained: seventeen digits and some to spare.
const PRECISION: Precision = Precision::LADDER[1];

/// A value with the definitions that were used directly, in the order in which they were made. Through a derivative,
/// an average or a function of the page what lies below counts as used directly too.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The value, or why there is none.
    pub value: Result<Evaluated>,
    /// The definitions that were met, also where the value was not reached.
    pub used: Vec<BindingId>,
}

/// One path from what is differentiated to the variable. Along it slopes multiply, and over all paths the products add
/// up to the derivative.
#[derive(Clone, Debug)]
pub struct Path {
    /// The names on the way, the variable last, each with the slope of what stands before it.
    pub steps: Vec<(BindingId, Number)>,
    /// The product of the slopes.
    pub product: Number,
}

impl Scope {
    /// Evaluates `expr` as the definition `before` sees its names, those with a domain at `point`.
    pub fn trace(&self, expr: &Expr, before: BindingId, point: &Point) -> Traced {
        self.traced(before, point, &|evaluator| evaluator.eval(expr))
    }

    /// Evaluates a definition, names with a domain at `point`.
    pub fn trace_definition(&self, id: BindingId, point: &Point) -> Traced {
        self.traced(id, point, &|evaluator| evaluator.definition(id))
    }

    /// The numbers that are typed in `expr` and in the formulas of what it has `reached`, up to a limit.
    pub fn numbers_typed<'e>(&'e self, expr: &'e Expr, reached: &BTreeSet<BindingId>) -> Vec<&'e Literal> {
        let mut numbers = Vec::new();
        let mut note = |part: &'e Expr| {
            if let (Kind::Number(literal), true) = (&part.kind, numbers.len() < MOST_NUMBERS) {
                numbers.push(literal);
            }
        };
        expr.walk(&mut note);
        for id in reached {
            match &self.binding(*id).definition {
                Definition::Expr(formula) | Definition::Function { body: formula, .. } => {
                    formula.walk(&mut note)
                }
                _ => {}
            }
        }
        numbers
    }

    /// The exact numbers that the evaluation of `expr` goes through, up to a limit: the values of its parts, of each term of
    /// a sum, and of the names and elements that it has `reached`.
    pub fn numbers_met(&self, expr: &Expr, reached: &BTreeSet<BindingId>) -> Vec<Rational> {
        let mut numbers = Vec::new();
        for id in reached {
            if let Ok(evaluated) = self.evaluate_binding(*id, Precision::LADDER[0]) {
                note_exact(&evaluated.value, &mut numbers);
            }
        }
        // What is estimated from many points goes through none that a page would show.
        if expr.any(|part| !is_finite(part)) {
            return numbers;
        }
        let new = Evaluator::new(self, Precision::LADDER[0], self.len());
        let mut evaluator = Evaluator { met: Some(numbers), max_steps: MAX_STEPS, ..new };
        // What was met before an error was met all the same.
        let _ = evaluator.eval(expr);
        let mut met = evaluator.met.unwrap_or_default();
        if expr.any(is_norm) {
            let squares: Vec<Rational> = met.iter().map(|number| number * number).collect();
            met.extend(squares);
        }
        met
    }

    fn traced(
        &self,
        before: BindingId,
        point: &Point,
        evaluate: &dyn Fn(&mut Evaluator<'_>) -> Result<Value>,
    ) -> Traced {
        let mut precision = PRECISION;
        let mut is_warm = false;
        loop {
            let mut evaluator = match point.is_empty() {
                true => Evaluator::new(self, precision, before),
                false => Evaluator { before, ..Evaluator::at(self, precision, point) },
            };
            evaluator.used = Some(BTreeSet::new());
            let value = evaluate(&mut evaluator).map(|value| evaluator.evaluated(value));
            match (&value, precision.next()) {
                (Err(error), _) if error.is_too_deep() && !std::mem::replace(&mut is_warm, true) => {
                    // Definitions one by one, so that none has to go down further than to its neighbours.
                    (0..before).for_each(|id| drop(self.evaluate_binding(id, precision)));
                }
                (Err(error), Some(next)) if error.is_undecided() => precision = next,
                _ => return Traced { value, used: evaluator.used.into_iter().flatten().collect() },
            }
        }
    }

    /// The paths along which the derivative of `body` with respect to a name flows, as `before` sees them. `None` where
    /// there is no such picture: lists, many paths, formulas with derivatives of their own, or products that do not add
    /// up to `derivative`.
    pub fn paths(
        &self,
        body: &Expr,
        variable: BindingId,
        before: BindingId,
        derivative: &Number,
    ) -> Option<Vec<Path>> {
        let mut search = Search {
            scope: self,
            variable,
            edges: BTreeMap::new(),
            depth: 0,
            way: Vec::new(),
            paths: Vec::new(),
        };
        let (formula, seen_by) = self.formula_of(body, before);
        search.from(formula, seen_by)?;
        let sum = search.paths.iter().try_fold(Number::zero(), |sum, path| {
            // A sum that overflows is no sum to show.
            sum.add(&path.product, PRECISION).ok()
        })?;
        let agrees = sum.compare(derivative).is_none_or(std::cmp::Ordering::is_eq);
        agrees.then_some(search.paths)
    }

    /// The formula of a name that stands alone, and which definition sees its names.
    fn formula_of<'e>(&'e self, body: &'e Expr, before: BindingId) -> (&'e Expr, BindingId) {
        if let Kind::Name(name) = &body.ungrouped().kind
            && let Some(id) = self.lookup(name.as_str(), before)
            && let Definition::Expr(expr) = &self.binding(id).definition
        {
            return (expr, id);
        }
        (body, before)
    }

    /// How fast a formula changes with one definition while all others stay as they are.
    fn slope(&self, formula: &Expr, before: BindingId, by: BindingId) -> Option<Number> {
        let mut evaluator = Evaluator::new(self, PRECISION, before);
        let value = evaluator.binding(by, formula.span).ok()?;
        if !matches!(value, Value::Number(_)) {
            return None;
        }
        let tag = evaluator.next_tag;
        evaluator.next_tag += 1;
        evaluator.overlays.push((by, ops::make_dual(tag, value, ops::one())));
        evaluator.held = Some(0);
        match tangent(&evaluator.eval(formula).ok()?, tag) {
            Value::Number(slope) => Some(slope),
            _ => None,
        }
    }
}

/// The walk from a formula to the variable.
struct Search<'s> {
    scope: &'s Scope,
    variable: BindingId,
    /// For each definition that has been met, those its formula uses and how it changes with them. Those that do not lead
    /// to the variable are left out.
    edges: BTreeMap<BindingId, Vec<(BindingId, Number)>>,
    /// How many definitions are looked into at present.
    depth: usize,
    way: Vec<(BindingId, Number)>,
    paths: Vec<Path>,
}

impl Search<'_> {
    /// Follows every name of a formula; `None` gives up.
    fn from(&mut self, formula: &Expr, before: BindingId) -> Option<()> {
        for (next, slope) in self.slopes(formula, before)? {
            self.through(next, slope)?;
        }
        Some(())
    }

    fn through(&mut self, id: BindingId, slope: Number) -> Option<()> {
        if self.way.len() >= LONGEST_PATH || self.paths.len() > MOST_PATHS {
            return None;
        }
        self.way.push((id, slope));
        if id == self.variable {
            let mut factors = self.way.iter().map(|(_, slope)| slope);
            let product =
                factors.try_fold(Number::one(), |product, slope| product.mul(slope, PRECISION).ok())?;
            self.paths.push(Path { steps: self.way.clone(), product });
        } else {
            for (next, slope) in self.edges_of(id)? {
                self.through(next, slope)?;
            }
        }
        self.way.pop();
        (self.paths.len() <= MOST_PATHS).then_some(())
    }

    fn edges_of(&mut self, id: BindingId) -> Option<Vec<(BindingId, Number)>> {
        if let Some(edges) = self.edges.get(&id) {
            return Some(edges.clone());
        }
        if self.depth >= LONGEST_PATH {
            return None;
        }
        self.depth += 1;
        let scope = self.scope;
        let edges = match &scope.binding(id).definition {
            Definition::Expr(formula) => self.slopes(formula, id)?,
            Definition::Value(_) => Vec::new(),
            // A part of a list has no formula of its own to take a slope of.
            Definition::Part { list, .. } if self.slopes(list, id)?.is_empty() => Vec::new(),
            _ => return None,
        };
        self.depth -= 1;
        self.edges.insert(id, edges.clone());
        Some(edges)
    }

    /// What a formula uses on its way to the variable, and how it changes with each.
    fn slopes(&mut self, formula: &Expr, before: BindingId) -> Option<Vec<(BindingId, Number)>> {
        let mut plain = true;
        formula.walk(&mut |node| plain &= is_plain(node));
        if !plain {
            return None;
        }
        let used = self.scope.trace(formula, before, &Point::new()).used;
        let mut slopes = Vec::new();
        for id in used {
            // What was defined before the variable does not depend on it.
            let leads = id == self.variable || id > self.variable && !self.edges_of(id)?.is_empty();
            if leads {
                slopes.push((id, self.scope.slope(formula, before, id)?));
            }
        }
        Some(slopes)
    }
}

/// Adds the exact numbers of a value.
pub(super) fn note_exact(value: &Value, numbers: &mut Vec<Rational>) {
    match value {
        Value::Number(number) if numbers.len() < MOST_NUMBERS => numbers.extend(number.as_exact().cloned()),
        Value::List(items) if numbers.len() < MOST_NUMBERS => {
            items.iter().for_each(|item| note_exact(item, numbers));
        }
        Value::Matrix(matrix) if numbers.len() < MOST_NUMBERS => {
            matrix.rows.iter().flatten().for_each(|item| note_exact(item, numbers));
        }
        _ => {}
    }
}

/// Whether squares are added in this node, of elements that have a place in the step after it.
fn is_norm(node: &Expr) -> bool {
    matches!(node.kind, Kind::Call(Builtin::Norm, _) | Kind::Unary(Unary::Bars, _))
}

/// Whether the value of this node is a matter of finitely many operations.
fn is_finite(node: &Expr) -> bool {
    match &node.kind {
        Kind::Integral { .. } | Kind::Limit { .. } => false,
        Kind::Call(builtin, _) => {
            let is_long =
                matches!(builtin, Builtin::Mean | Builtin::Network | Builtin::Vgg | Builtin::DoubleDescent);
            !is_long && !builtin.is_average()
        }
        _ => true,
    }
}

/// Whether what a formula uses through this node is used by its value alone.
fn is_plain(node: &Expr) -> bool {
    match &node.kind {
        Kind::Derivative { .. } | Kind::Gradient { .. } | Kind::Apply { .. } | Kind::At { .. } => false,
        Kind::Call(builtin, _) => !matches!(
            builtin,
            Builtin::Diff
                | Builtin::Expectation
                | Builtin::Variance
                | Builtin::Covariance
                | Builtin::Probability
                | Builtin::Mean
        ),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use crate::eval::{Definition, Point, Scope};
    use crate::source::Span;
    use crate::syntax::Name;

    fn scope(definitions: &[(&str, &str)]) -> Scope {
        let mut scope = Scope::default();
        for (name, text) in definitions {
            let expr = scope.read(text);
            scope.define(Name::new(name), Definition::Expr(expr.into()), Span::default());
        }
        scope
    }

    fn names(scope: &Scope, ids: &[u32]) -> String {
        ids.iter().map(|id| scope.binding(*id).name.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check_used(text: &str, expected: &str) {
        let scope =
            scope(&[("a", "2"), ("b", "a + 1"), ("c", "7"), ("x_1", "3"), ("x_2", "b"), ("y", "x_1 * b")]);
        let traced = scope.trace(&scope.read(text), scope.len(), &Point::new());
        assert_eq!(names(&scope, &traced.used), expected, "{text}: {:?}", traced.value);
    }

    #[test]
    fn only_what_was_met_is_used() {
        check_used("b + b", "b");
        check_used("y - c", "c y");
        check_used("3", "");
        check_used("diff(y, a)", "a b x_1 y");
        // What comes before an error has been used all the same.
        check_used("b / unknown", "b");
    }

    /// The paths of `d body / d variable`, as `names: slopes = product`.
    #[track_caller]
    fn check_paths(definitions: &[(&str, &str)], body: &str, variable: &str, expected: Option<&[&str]>) {
        let scope = scope(definitions);
        let derivative = scope.read(&format!("diff({body}, {variable})"));
        let value = scope.trace(&derivative, scope.len(), &Point::new()).value.unwrap().value;
        let variable = scope.lookup(variable, scope.len()).unwrap();
        let number = value.as_number().unwrap();
        let paths = scope.paths(&scope.read(body), variable, scope.len(), number);
        let line = |path: super::Path| {
            let step = |(id, slope): &(u32, super::Number)| {
                format!("{} {}", scope.binding(*id).name, slope.to_decimal(6).unwrap())
            };
            let steps: Vec<String> = path.steps.iter().map(step).collect();
            format!("{} = {}", steps.join(", "), path.product.to_decimal(6).unwrap())
        };
        let found = paths.map(|paths| paths.into_iter().map(line).collect::<Vec<_>>());
        let expected = expected.map(|lines| lines.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(found, expected);
    }

    #[test]
    fn slopes_multiply_along_a_path_and_paths_add() {
        let net = [("w", "2"), ("u", "w^2"), ("v", "3 * w"), ("l", "u * v + w")];
        // By hand: dl/du = v = 6, dl/dv = u = 4, du/dw = 4, dv/dw = 3; 24 + 12 + 1 = 37.
        check_paths(&net, "l", "w", Some(&["w 1 = 1", "u 6, w 4 = 24", "v 4, w 3 = 12"]));
        check_paths(&net, "u + v", "w", Some(&["u 1, w 4 = 4", "v 1, w 3 = 3"]));
        // Nothing leads from `u` to `v`.
        check_paths(&net, "u", "v", Some(&[]));
        let list = [("w", "2"), ("x", "[3, 5]"), ("u", "w * x[1]"), ("v", "u + x[2]")];
        check_paths(&list, "v", "w", Some(&["u 1, w 3 = 3"]));
        // An alias is a step of slope 1.
        check_paths(&[("a", "5"), ("b", "a"), ("c", "b^2")], "c", "a", Some(&["b 10, a 1 = 10"]));
    }

    #[test]
    fn a_long_row_of_definitions_has_a_value_and_no_paths() {
        let names: Vec<String> = (0..2_000).map(|k| format!("s_{k}")).collect();
        let texts: Vec<String> =
            (0..2_000).map(|k| if k == 0 { "1".to_owned() } else { format!("s_{} + 1", k - 1) }).collect();
        let rows: Vec<(&str, &str)> =
            names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let scope = scope(&rows);
        let last = scope.len() - 1;
        let traced = scope.trace_definition(last, &Point::new());
        assert_eq!(traced.value.unwrap().value.to_string(), "2000");
        assert_eq!(traced.used, [last - 1]);
        let body = scope.read("s_1999");
        assert!(scope.paths(&body, 0, scope.len(), &super::Number::one()).is_none());
    }

    #[test]
    fn what_is_no_sum_over_paths_is_not_shown() {
        let twice = [("x", "2"), ("y", "x^3"), ("g", "diff(y, x)")];
        check_paths(&twice, "g * y", "x", None);
        let wide: Vec<(String, String)> = (1..=13).map(|k| (format!("u_{k}"), format!("{k} * w"))).collect();
        let sum = (1..=13).map(|k| format!("u_{k}")).collect::<Vec<_>>().join(" + ");
        let mut many = vec![("w", "2")];
        many.extend(wide.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        check_paths(&many, &sum, "w", None);
    }
}
