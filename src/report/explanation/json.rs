//! Explanations as one JSON object. The schema is fixed by its version.

use serde::Serialize;

use super::super::severity_word;
use super::{Explanation, Flow, FlowPath, Step, Told};
use crate::source::{Sources, Span};

/// The version of the schema; it grows when a field changes its meaning, not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    explanations: Vec<Explained<'a>>,
}

#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
    claims: Vec<Claim<'a>>,
    point: Option<&'a str>,
    givens: Vec<Line<'a>>,
    steps: Vec<Line<'a>>,
    formulas: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Claim<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    kind: &'static str,
    stated: &'a str,
    computed: Option<&'a str>,
    verdict: &'static str,
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct Line<'a> {
    name: Option<&'a str>,
    #[serde(flatten)]
    place: Place<'a>,
    formula: &'a str,
    inserted: Option<&'a str>,
    value: Option<&'a str>,
    note: Option<&'a str>,
    derivatives: Vec<Derivative<'a>>,
}

#[derive(Serialize)]
struct Derivative<'a> {
    text: &'a str,
    value: &'a str,
    paths: Vec<Path<'a>>,
    through: &'a [String],
}

#[derive(Serialize)]
struct Path<'a> {
    names: &'a [String],
    slopes: &'a [String],
    product: &'a str,
}

/// All explanations as one JSON object, indented, with a final newline.
pub fn render(explanations: &[Explanation], sources: &Sources) -> String {
    let explained = |it| explained(it, sources);
    let document = Document { version: VERSION, explanations: explanations.iter().map(explained).collect() };
    let mut text = serde_json::to_string_pretty(&document).expect("texts and numbers always serialise");
    text.push('\n');
    text
}

fn explained<'a>(explanation: &'a Explanation, sources: &'a Sources) -> Explained<'a> {
    let lines = |steps: &'a [Step]| steps.iter().map(|step| line(step, sources)).collect();
    Explained {
        place: place(explanation.span, sources),
        text: &explanation.text,
        claims: explanation.claims.iter().map(|told| claim(told, sources)).collect(),
        point: explanation.point.as_deref(),
        givens: lines(&explanation.givens),
        steps: lines(&explanation.steps),
        formulas: lines(&explanation.formulas),
    }
}

fn place(span: Span, sources: &Sources) -> Place<'_> {
    let place = sources.place(span);
    Place { file: place.path, line: place.start.line, column: place.start.column }
}

fn claim<'a>(told: &'a Told, sources: &'a Sources) -> Claim<'a> {
    let claim = &told.claim;
    Claim {
        place: place(claim.span, sources),
        kind: claim.kind.word(),
        stated: &claim.stated,
        computed: claim.computed.as_deref(),
        verdict: claim.verdict.word(),
        rule: told.rule(),
        severity: severity_word(claim.severity),
        message: &claim.message,
    }
}

fn line<'a>(step: &'a Step, sources: &'a Sources) -> Line<'a> {
    Line {
        name: step.name.as_deref(),
        place: place(step.span, sources),
        formula: &step.formula,
        inserted: step.inserted.as_deref(),
        value: step.value.as_deref(),
        note: step.note.as_deref(),
        derivatives: step.flows.iter().map(derivative).collect(),
    }
}

fn derivative(flow: &Flow) -> Derivative<'_> {
    Derivative {
        text: &flow.derivative,
        value: &flow.value,
        paths: flow.paths.iter().map(path).collect(),
        through: &flow.through,
    }
}

fn path(path: &FlowPath) -> Path<'_> {
    Path { names: &path.names, slopes: &path.slopes, product: &path.product }
}
