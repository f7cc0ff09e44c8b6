//! What derivatives flow through: the paths from what is differentiated to the variable, with the slopes along them.

use std::collections::BTreeSet;

use super::value::{number_to, one_line};
use crate::eval::{BindingId, Path, Point, Scope, Value};
use crate::report::explanation::{Flow, FlowPath};
use crate::source::Sources;
use crate::syntax::{Expr, Kind, Name};

/// Significant digits of a slope.
const DIGITS: usize = 6;

/// The flows of all derivatives in a formula whose names `before` sees.
pub(super) fn flows(scope: &Scope, expr: &Expr, before: BindingId, sources: &Sources) -> Vec<Flow> {
    let mut derivatives = Vec::new();
    outermost(expr, &mut derivatives);
    let mut flows: Vec<Flow> = Vec::new();
    for node in derivatives {
        let found = flow(scope, node, before, sources);
        flows.extend(found.filter(|flow| !flows.iter().any(|other| other.derivative == flow.derivative)));
    }
    flows
}

/// The derivatives that stand in no other.
fn outermost<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
    match expr.kind {
        Kind::Derivative { .. } => found.push(expr),
        _ => expr.for_each_child(&mut |child| outermost(child, found)),
    }
}

/// `None` where there is nothing between the formula and its variable, or no single number.
fn flow(scope: &Scope, node: &Expr, before: BindingId, sources: &Sources) -> Option<Flow> {
    let Kind::Derivative { body, variables, .. } = &node.kind else { return None };
    let traced = scope.trace(node, before, &Point::new());
    let Value::Number(number) = traced.value.ok()?.value else { return None };
    let first = scope.lookup(variables.first()?.0.as_str(), before)?;
    let paths = match variables.as_slice() {
        [_] => scope.paths(body, first, before, &number),
        _ => None,
    };
    let start = start(body);
    let through = match &paths {
        None => dependents(scope, &traced.used, first),
        Some(_) => Vec::new(),
    };
    let paths: Vec<FlowPath> =
        paths.into_iter().flatten().map(|path| told(scope, start.as_ref(), &path)).collect();
    // A derivative straight to its variable has nothing to tell.
    let tells = !through.is_empty() || paths.iter().any(|path| path.slopes.len() > 1) || paths.len() > 1;
    let derivative = one_line(sources.text(node.span));
    tells.then(|| Flow { derivative, value: number_to(&number, DIGITS), paths, through })
}

/// The name that is differentiated, if it is one.
fn start(body: &Expr) -> Option<Name> {
    match &body.ungrouped().kind {
        Kind::Name(name) => Some(name.clone()),
        _ => None,
    }
}

fn told(scope: &Scope, start: Option<&Name>, path: &Path) -> FlowPath {
    let names = path.steps.iter().map(|(id, _)| &scope.binding(*id).name);
    FlowPath {
        names: start.into_iter().chain(names).map(ToString::to_string).collect(),
        slopes: path.steps.iter().map(|(_, slope)| number_to(slope, DIGITS)).collect(),
        product: number_to(&path.product, DIGITS),
    }
}

/// Those of the definitions that depend on the variable.
fn dependents(scope: &Scope, used: &[BindingId], variable: BindingId) -> Vec<String> {
    let mut depending = BTreeSet::from([variable]);
    let mut names = Vec::new();
    for id in used.iter().copied().filter(|id| *id > variable) {
        let uses = scope.trace_definition(id, &Point::new()).used;
        if uses.iter().any(|used| depending.contains(used)) {
            depending.insert(id);
            names.push(scope.binding(id).name.to_string());
        }
    }
    names
}
