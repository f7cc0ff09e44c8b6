//! Explanations as people read them: the statement, its verdicts, then the givens and every step with its values, each
//! line with its place before it. Colours are terminal codes, which the stream takes out where they are not wanted.

use super::{Explanation, Flow, FlowPath, Step, Told};
use crate::source::{Sources, Span};

/// Values and formulas with more characters than this are cut.
const LONGEST: usize = 600;
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const GREEN: &str = "\x1b[1;32m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const CYAN: &str = "\x1b[1;36m";
const RESET: &str = "\x1b[0m";

/// All explanations, with an empty line between two of them.
pub fn render(explanations: &[Explanation], sources: &Sources) -> String {
    let texts: Vec<String> = explanations.iter().map(|it| one(it, sources)).collect();
    texts.join("\n")
}

fn one(explanation: &Explanation, sources: &Sources) -> String {
    let place = place(explanation.span, sources);
    let mut text = format!("{BOLD}{place}: {}{RESET}\n", cut(&explanation.text));
    explanation.claims.iter().for_each(|told| text.push_str(&claim(told)));
    let sections =
        [("given", &explanation.givens), ("then", &explanation.steps), ("here", &explanation.formulas)];
    let all = || sections.iter().flat_map(|(_, steps)| steps.iter());
    let width = all().map(|step| self::place(step.span, sources).chars().count()).max().unwrap_or(0);
    for (title, steps) in sections.iter().filter(|(_, steps)| !steps.is_empty()) {
        let point = explanation.point.as_ref().filter(|_| *title == "here");
        let at = point.map(|point| format!(", for instance at {point}")).unwrap_or_default();
        text.push_str(&format!("\n{CYAN}{title}{RESET}{at}\n"));
        for step in *steps {
            let place = self::place(step.span, sources);
            let padding = " ".repeat(width - place.chars().count());
            text.push_str(&format!("  {DIM}{place}{RESET}{padding}  "));
            text.push_str(&lines(step).join(&format!("\n{}", " ".repeat(width + 4))));
            text.push('\n');
        }
    }
    text
}

/// `book/q2.md:42`.
fn place(span: Span, sources: &Sources) -> String {
    let place = sources.place(span);
    format!("{}:{}", place.path, place.start.line)
}

fn claim(told: &Told) -> String {
    let claim = &told.claim;
    let color = match (claim.verdict.passes(), claim.severity) {
        (false, _) => RED,
        (true, Some(_)) => YELLOW,
        (true, None) => GREEN,
    };
    let stated = cut(claim.stated.trim());
    let mut parts = Vec::new();
    if !stated.is_empty() {
        parts.push(format!("`{stated}`"));
    }
    let computed = claim.computed.as_deref().filter(|computed| *computed != stated);
    parts.extend(computed.map(|computed| format!("computed {}", cut(computed))));
    // What is wrong with a claim says more than its rule.
    let message = claim.message.trim();
    let rule = match (claim.verdict.passes(), message) {
        (true, "") => told.rule().to_owned(),
        (true, message) => format!("{}: {message}", told.rule()),
        (false, message) => message.to_owned(),
    };
    let clauses = [parts.join(", "), rule];
    let clauses: Vec<&str> = clauses.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    let mut text = format!("  {color}{}{RESET}: {}", claim.verdict.word(), clauses.join("; "));
    text.push('\n');
    if let Some(diagnostic) = &told.diagnostic {
        let notes = diagnostic.notes.iter().map(|note| ("note", note));
        for (word, line) in notes.chain(diagnostic.help.iter().map(|help| ("help", help))) {
            text.push_str(&format!("    {BOLD}= {word}{RESET}: {line}\n"));
        }
    }
    text
}

/// A step, line by line: the formula, with values put in, its value; the equals signs stand below each other.
fn lines(step: &Step) -> Vec<String> {
    let formula = cut(&step.formula);
    let value = step.value.as_deref().map(cut);
    let (first, indent) = match (&step.name, formula.is_empty()) {
        (Some(name), true) => (name.clone(), name.chars().count()),
        (Some(name), false) => (format!("{name} = {formula}"), name.chars().count()),
        (None, _) => (formula.clone(), 2),
    };
    let mut lines = vec![first];
    let same_line = formula.is_empty() || step.name.is_some() && Some(&formula) == value.as_ref();
    match (&value, same_line) {
        (Some(value), true) if formula.is_empty() => lines[0].push_str(&format!(" = {value}")),
        (Some(_), true) | (None, _) => {}
        (Some(value), false) => {
            let equal = |text: &str| format!("{} = {text}", " ".repeat(indent));
            lines.extend(step.inserted.as_deref().map(|inserted| equal(&cut(inserted))));
            lines.push(equal(&format!("{BOLD}{value}{RESET}")));
        }
    }
    if let (Some(note), Some(last)) = (&step.note, lines.last_mut()) {
        last.push_str(&format!("  {DIM}({note}){RESET}"));
    }
    lines.extend(step.flows.iter().flat_map(|it| flow(step, it)));
    lines
}

/// The ways of a derivative: `along L → o_1 → w_1: 0.79 · 0.098 = 0.077`, beneath the derivative where the formula holds
/// more than that.
fn flow(step: &Step, flow: &Flow) -> Vec<String> {
    let own = format!("  {} = {}", cut(&flow.derivative), flow.value);
    let mut lines: Vec<String> = if flow.derivative == step.formula { Vec::new() } else { vec![own] };
    if !flow.through.is_empty() {
        lines.push(format!("    flows through {}", flow.through.join(", ")));
    }
    let along = |FlowPath { names, slopes, product }: &FlowPath| {
        let factors: Vec<String> = slopes.iter().map(|slope| factor(slope)).collect();
        let equal = if slopes.len() > 1 { format!(" = {product}") } else { String::new() };
        format!("    along {}: {}{equal}", names.join(" → "), factors.join(" · "))
    };
    lines.extend(flow.paths.iter().map(along));
    lines
}

/// A factor of a product; what is negative stands in brackets.
fn factor(slope: &str) -> String {
    if slope.starts_with('-') { format!("({slope})") } else { slope.to_owned() }
}

/// Text that is not too long to read.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
