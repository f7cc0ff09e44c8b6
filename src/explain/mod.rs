//! How a value came about: from a statement that was judged back to the numbers that the page gives, every name once,
//! with its place, its formula, and its formula with values put in.
//!
//! Nothing is judged here, and values come from `eval` alone. It must not know how an explanation is shown.

mod collect;
mod flow;
mod value;

use std::collections::BTreeSet;

use crate::eval::Point;
use crate::judge::{CellName, Judged, Trace, Wanted};
use crate::report::explanation::{Explanation, Step, Told};
use crate::source::Sources;
use crate::syntax::Expr;
use collect::Collector;

/// How many points of a domain are tried until one has a value.
const POINTS: usize = 16;

/// Explains what `judged` has traced, and the other claims that are `wanted`, in reading order.
pub fn explain(judged: &Judged, sources: &Sources, wanted: Wanted<'_>) -> Vec<Explanation> {
    let mut explanations: Vec<Explanation> =
        judged.traces.iter().map(|trace| traced(trace, judged, sources)).collect();
    let traced: BTreeSet<usize> = judged.traces.iter().flat_map(|trace| trace.claims.clone()).collect();
    for (position, claim) in judged.report.claims.iter().enumerate() {
        if !traced.contains(&position) && wanted(claim.span) {
            explanations.push(Explanation {
                span: claim.span,
                text: match value::one_line(&claim.stated) {
                    stated if stated.is_empty() => value::one_line(sources.text(claim.span)),
                    stated => stated,
                },
                claims: Told::of(&judged.report, position).into_iter().collect(),
                point: None,
                givens: Vec::new(),
                steps: Vec::new(),
                formulas: Vec::new(),
            });
        }
    }
    explanations.extend(judged.cell_names.iter().map(of_cell));
    explanations.sort_by_key(|explanation| explanation.span.start);
    explanations
}

/// What the page has of a name of a Rust cell.
fn of_cell(declared: &CellName) -> Explanation {
    let (value, note) = match &declared.value {
        Some(Ok(value)) => (Some(value.to_string()), None),
        Some(Err(absence)) => (None, Some(format!("no value: {}", absence.message))),
        None => (None, Some("stays in Rust: the page has nothing for its type".to_owned())),
    };
    let step =
        Step { name: Some(declared.name.clone()), span: declared.span, value, note, ..Step::default() };
    Explanation {
        span: declared.span,
        text: format!("let {}", declared.name),
        claims: Vec::new(),
        point: None,
        givens: Vec::new(),
        steps: Vec::new(),
        formulas: vec![step],
    }
}

fn traced(trace: &Trace, judged: &Judged, sources: &Sources) -> Explanation {
    let scope = &trace.scope;
    let point = point(trace);
    let mut collector = Collector::new(scope, sources, &point);
    let formulas: Vec<Step> =
        trace.formulas.iter().map(|formula| collector.formula(&formula.text, &formula.expr)).collect();
    let (givens, steps) = collector.finish();
    Explanation {
        span: trace.span,
        text: trace.text.clone(),
        claims: trace.claims.clone().filter_map(|claim| Told::of(&judged.report, claim)).collect(),
        point: (!point.is_empty()).then(|| value::point(scope, &point)),
        givens,
        steps,
        formulas,
    }
}

/// A point of the domains of the statement's names at which its formulas have values; empty if it has no such names.
fn point(trace: &Trace) -> Point {
    let exprs = || trace.formulas.iter().map(|formula| &formula.expr);
    let scope = &trace.scope;
    let free = scope.free_in(exprs());
    if free.is_empty() {
        return Point::new();
    }
    let has_value = |expr: &Expr, point: &Point| scope.trace(expr, scope.len(), point).value.is_ok();
    let mut points = scope.points(&free).take(POINTS);
    points.find(|point| exprs().all(|expr| has_value(expr, point))).unwrap_or_default()
}
