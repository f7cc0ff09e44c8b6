//! Rust cells on their page: their names become names of the page, and a name that an equation computes as well is
//! compared. Neither side is believed more than the other: they are two independent computations.

use std::sync::Arc;

use super::Judge;
use super::chain::{Chain, Kind};
use super::finding::Finding;
use super::naming::Naming;
use super::segment::Court;
use super::value::{Quantity, element, paths, shape};
use crate::cell::{self, Outcome};
use crate::compare::decimal::{absolute, power_of_ten};
use crate::compare::{Relation, Rule, Verdict};
use crate::diag::{Code, Diagnostic, Fix};
use crate::eval::{Absence, Accuracy, BindingId, CellValue, Definition, Matrix, Scope, Value};
use crate::num::{Number, Precision, Rational};
use crate::report;
use crate::scan::{Cell, Fragment};
use crate::source::Span;
use crate::syntax::{self, Name};

/// By how much a double of a cell may be off, relative to itself, before a claim is judged by it: 2^-46.
const DOUBLE: i32 = 46;
/// The same of a single: 2^-21, which leaves six digits.
const SINGLE: i32 = 21;

impl Judge<'_> {
    /// Takes over what a cell has computed.
    pub(super) fn cell(&mut self, cell: &Cell) {
        let outcome = self.settings.cells.get(self.cells).cloned().unwrap_or_default();
        self.cells += 1;
        self.diagnostics.extend(outcome.problems.iter().cloned());
        if let Some(absent) = outcome.absent.filter(|absent| *absent != cell::Absent::Failed) {
            let diagnostic = Diagnostic::error(Code::CellNotRun, cell.info.span, absent.message());
            let diagnostic = absent.help().into_iter().fold(diagnostic, Diagnostic::help);
            let finding = Finding::new(
                report::Kind::Fence,
                cell.info.span,
                cell.info.text.trim(),
                Verdict::Unverifiable,
            );
            self.findings.push(finding.named(cell.id.as_deref().unwrap_or_default()).complaint(diagnostic));
        }
        let before = self.scope.len();
        for name in &outcome.names {
            self.cell_name(name);
        }
        self.give((cell.outer.start, 0), before, cell.info.span);
        outcome.private.iter().for_each(|(name, _)| self.scope.keep_private(Name::from_rust(name)));
        self.tracing.rust_cell(&outcome);
        let printed = outcome.output.as_deref().unwrap_or_default();
        if cell.show && !printed.trim().is_empty() {
            self.outputs.push((cell.outer, printed.to_owned()));
        }
        self.last_cell = Some((outcome, cell.outer));
    }

    /// Defines a name of a cell, or compares it with what the page has for it.
    fn cell_name(&mut self, name: &cell::Name) {
        let page_name = Name::from_rust(&name.name);
        let spelling = self.spellings.entry(page_name.clone()).or_insert_with(|| name.name.clone());
        if *spelling != name.name {
            let message = format!("`{spelling}` and `{}` are one name on the page", name.name);
            let diagnostic = Diagnostic::error(Code::CellDisagrees, name.span, message);
            self.diagnostics.push(diagnostic.help("rename one of them, or spell both the same"));
            return;
        }
        let value = CellValue::from(name);
        let before = self.scope.here(&page_name);
        let is_page = |id: &BindingId| {
            !matches!(self.scope.binding(*id).definition, Definition::Cell(_) | Definition::Free(_))
        };
        match before.filter(is_page) {
            Some(id) => {
                self.givens.use_name(id);
                self.findings.extend(compare(&self.scope, id, &value, name.span, name.span, self.rule()));
            }
            None => _ = self.scope.define(page_name, Definition::Cell(Arc::new(value)), name.span),
        }
    }

    /// Compares a name that a chain has just defined with what a cell has computed for it before.
    pub(super) fn compare_with_cell(&mut self, before: BindingId, now: BindingId) -> Option<Finding> {
        let binding = self.scope.binding(before);
        let Definition::Cell(value) = &binding.definition else { return None };
        compare(&self.scope, now, value, binding.span, self.scope.binding(now).span, self.rule())
    }

    fn rule(&self) -> Rule {
        Rule::with(Relation::Equal, &self.rules)
    }

    /// Judges the text that stands for the output of the cell before it.
    pub(super) fn output(&mut self, outer: Span, content: &Fragment, page: &str) {
        let place = content.trimmed().span;
        let finding = |verdict| Finding::new(report::Kind::Fence, place, content.text.trim(), verdict);
        let Some((outcome, cell)) = self.last_cell.take() else {
            let message = "there is no Rust cell before this text, whose output it could be";
            let diagnostic = Diagnostic::error(Code::MalformedTag, outer.at_start(), message)
                .help("put it below a `rust,qed` fence, or write `text` alone");
            self.diagnostics.push(diagnostic);
            return;
        };
        let Some(printed) = printed(&outcome) else {
            let absent = outcome.absent.unwrap_or(cell::Absent::Failed);
            let diagnostic = Diagnostic::error(Code::CellNotRun, place, absent.message());
            let diagnostic = absent.help().into_iter().fold(diagnostic, Diagnostic::help);
            self.findings.push(finding(Verdict::Unverifiable).complaint(diagnostic));
            return;
        };
        self.outputs.retain(|(of, _)| *of != cell);
        let stated = lines(&content.text, indent(page));
        if stated == lines(printed, 0) {
            self.findings.push(finding(Verdict::Exact).computed(printed.trim_end().to_owned()));
            return;
        }
        let place = first_difference(content, &stated, printed, indent(page));
        let end = if content.text.contains("\r\n") { "\r\n" } else { "\n" };
        let text: String = lines(printed, 0).iter().map(|line| format!("{page}{line}{end}")).collect();
        let fix = Fix { span: content.span, text, safe: true };
        let diagnostic = Diagnostic::error(Code::CellOutput, place, "this is not what the Rust cell prints")
            .label("stated here")
            .note(format!("it prints: {}", printed.trim_end().replace('\n', " ⏎ ")))
            .help("write what it prints, or change the cell")
            .fix(fix);
        self.findings
            .push(finding(Verdict::Mismatch).computed(printed.trim_end().to_owned()).complaint(diagnostic));
    }
}

/// What a cell has printed, if it ran to its end.
fn printed(outcome: &Outcome) -> Option<&str> {
    outcome.output.as_deref().filter(|_| outcome.absent.is_none() && outcome.problems.is_empty())
}

/// The columns that the prefix of a container takes.
fn indent(prefix: &str) -> usize {
    prefix.chars().count()
}

/// The lines of a text without its indentation and without white space at their ends, empty lines at the end left out.
fn lines(text: &str, indent: usize) -> Vec<&str> {
    let cut = |line: &str| line.bytes().take(indent).take_while(|byte| *byte == b' ').count();
    let mut lines: Vec<&str> = text.lines().map(|line| line[cut(line)..].trim_end()).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// The first line that is not what was printed; all of the text if it only ends too soon.
fn first_difference(content: &Fragment, stated: &[&str], printed: &str, indent: usize) -> Span {
    let printed = lines(printed, 0);
    let Some(at) = stated.iter().zip(&printed).position(|(one, other)| one != other) else {
        return content.trimmed().span;
    };
    let start: usize = content.text.split_inclusive('\n').take(at).map(str::len).sum();
    let line = content.text[start..].lines().next().unwrap_or_default();
    let skipped =
        line.len() - line[line.bytes().take(indent).take_while(|byte| *byte == b' ').count()..].len();
    content.slice(start + skipped..start + line.trim_end().len().max(skipped)).span
}

/// Whether a chain that names `name` has a formula for it, which can define it although a cell has computed it already.
pub(super) fn redefines(chain_has_formula: bool, scope: &Scope, name: &Name) -> bool {
    let known = scope.here(name);
    chain_has_formula && known.is_some_and(|id| matches!(scope.binding(id).definition, Definition::Cell(_)))
}

/// Which names a chain is about to define that a cell has computed.
pub(super) fn computed_before(scope: &Scope, chain: &Chain) -> Vec<(Name, BindingId)> {
    let named = chain.namings.iter().filter_map(|(_, naming)| match naming {
        Naming::Name(name) => Some(vec![name]),
        Naming::Parts(names) => Some(names.iter().collect()),
        Naming::Function { .. } | Naming::Sequence { .. } => None,
    });
    let known = |name: &Name| {
        let id = scope.here(name)?;
        matches!(scope.binding(id).definition, Definition::Cell(_)).then(|| (name.clone(), id))
    };
    debug_assert!(chain.namings.iter().all(|(at, _)| matches!(chain.members[*at].kind, Kind::Defined)));
    named.flatten().filter_map(known).collect()
}

/// Compares what a cell has computed for a name, at `declared`, with the definition `id`. What is found stands at `place`.
fn compare(
    scope: &Scope,
    id: BindingId,
    cell: &CellValue,
    declared: Span,
    place: Span,
    rule: Rule,
) -> Option<Finding> {
    let binding = scope.binding(id);
    let name = &binding.name;
    let finding =
        |verdict| Finding::new(report::Kind::Relation, place, name.as_str(), verdict).named(name.as_str());
    let disagree = |message: String| {
        let other = if place == declared { binding.span } else { declared };
        let labels = ["computed by the Rust cell", "computed on the page"];
        let (here, there) = if place == declared { (labels[0], labels[1]) } else { (labels[1], labels[0]) };
        let diagnostic = Diagnostic::error(Code::CellDisagrees, place, message).label(here);
        finding(Verdict::Mismatch).complaint(match other == place {
            true => diagnostic,
            false => diagnostic.secondary(other, there),
        })
    };
    let ours = match &cell.value {
        Ok(value) => value,
        // Why there is none is said where the cell stands, or where its value is needed.
        Err(absence) if absence.help.is_some() || absence.message == cell::Absent::Failed.message() => {
            return None;
        }
        Err(absence) => {
            return Some(disagree(format!("`{name}` has no value in the Rust cell: {}", absence.message)));
        }
    };
    // A formula without a value has its own error.
    let page = scope.evaluate_binding(id, Precision::LADDER[1]).ok()?.value;
    if matches!(page, Value::Function(_)) {
        return Some(disagree(format!(
            "`{name}` is a function on the page, but {} in the Rust cell",
            shape(ours)
        )));
    }
    if paths(&page) != paths(ours) {
        let message =
            format!("`{name}` is {} in the Rust cell, but {} on the page", shape(ours), shape(&page));
        return Some(disagree(message));
    }
    match difference(&page, ours, cell.accuracy, &rule) {
        None if cell.accuracy == Accuracy::Exact => Some(finding(Verdict::Exact).computed(page.to_string())),
        None => Some(
            finding(Verdict::Tolerance)
                .computed(page.to_string())
                .message("the Rust cell and the page agree"),
        ),
        Some((which, theirs, own)) => {
            let which = which.iter().map(|at| format!("[{}]", at + 1)).collect::<String>();
            let message = format!("`{name}{which}` is {own} in the Rust cell, but {theirs} on the page");
            Some(disagree(message))
        }
    }
}

/// Whether two members, one of them computed from what a cell gave, differ by no more than two computations may.
pub(super) fn agree(court: &Court<'_>, one: &Quantity<'_>, other: &Quantity<'_>) -> bool {
    let accuracy = one.accuracy().max(other.accuracy());
    let same = || paths(one.first()) == paths(other.first());
    let rule = court.rule(syntax::Relation::Equal);
    accuracy != Accuracy::Exact && same() && difference(one.first(), other.first(), accuracy, &rule).is_none()
}

/// The first place where two values of one shape differ by more than they may, with both values there.
fn difference(
    page: &Value,
    cell: &Value,
    accuracy: Accuracy,
    rule: &Rule,
) -> Option<(Vec<usize>, String, String)> {
    let tolerance = match (&rule.rel, accuracy) {
        (Some(rel), _) => rel.clone(),
        (None, Accuracy::Exact) => Rational::ZERO,
        (None, Accuracy::Double) => power_of_ten(-9),
        (None, Accuracy::Single) => power_of_ten(-4),
    };
    let number = |value: &Value, path: &[usize]| element(value, path)?.as_number().map(middle);
    let all = paths(page);
    let largest =
        all.iter().filter_map(|path| number(page, path)).map(|it| absolute(&it)).max().unwrap_or_default();
    // An element that is zero but for the rounding of its neighbours.
    let noise = largest * &tolerance * power_of_ten(-6);
    all.into_iter().find_map(|path| {
        let (one, other) = (element(page, &path)?, element(cell, &path)?);
        let equal = match (one.as_number(), other.as_number()) {
            (Some(one), Some(other)) => {
                let (one, other) = (middle(one), middle(other));
                let apart = absolute(&(&one - &other));
                let allowed = absolute(&one).max(absolute(&other)) * &tolerance;
                apart <= allowed
                    || !path.is_empty() && apart <= noise
                    || rule.abs.as_ref().is_some_and(|abs| apart <= *abs)
            }
            _ => one.to_string() == other.to_string(),
        };
        (!equal).then(|| (path, one.to_string(), other.to_string()))
    })
}

fn middle(number: &Number) -> Rational {
    let (lo, hi) = number.enclosure();
    (lo + hi) / Rational::from(2u8)
}

impl From<&cell::Name> for CellValue {
    fn from(name: &cell::Name) -> Self {
        let mut accuracy = Accuracy::Exact;
        let value = match &name.value {
            Ok(value) => page_value(value, &mut accuracy)
                .ok_or_else(|| Absence { message: "it is infinite, or not a number".to_owned(), help: None }),
            Err(absent) => {
                Err(Absence { message: absent.message().to_owned(), help: absent.help().map(str::to_owned) })
            }
        };
        Self { value, accuracy }
    }
}

/// A cell's value as the page has it; `None` if a number in it is none.
fn page_value(value: &cell::Value, accuracy: &mut Accuracy) -> Option<Value> {
    Some(match value {
        cell::Value::Integer(value) => Number::from(value.clone()).into(),
        cell::Value::Ratio(value) => Number::from(value.clone()).into(),
        cell::Value::Double(value) => {
            *accuracy = (*accuracy).max(Accuracy::Double);
            around(*value, DOUBLE)?.into()
        }
        cell::Value::Single(value) => {
            *accuracy = Accuracy::Single;
            around(f64::from(*value), SINGLE)?.into()
        }
        cell::Value::Bool(value) => Value::text(if *value { "true" } else { "false" }),
        cell::Value::Text(text) => Value::text(text),
        cell::Value::List(items) => Value::list(page_values(items, accuracy)?),
        cell::Value::Matrix(rows) => {
            let row = |row: &cell::Value| match row {
                cell::Value::List(items) => page_values(items, accuracy),
                _ => None,
            };
            Value::Matrix(Arc::new(Matrix { rows: rows.iter().map(row).collect::<Option<_>>()? }))
        }
    })
}

fn page_values(values: &[cell::Value], accuracy: &mut Accuracy) -> Option<Vec<Value>> {
    values.iter().map(|value| page_value(value, accuracy)).collect()
}

/// A floating-point number with a margin for the rounding of the computation that it came from.
fn around(value: f64, bits: i32) -> Option<Number> {
    let value = Rational::try_from(value).ok()?;
    let margin = &value / Rational::from(1u64 << bits);
    let ends = [&value - &margin, &value + &margin].map(Number::from);
    ends[0].hull(&ends[1], Precision::LADDER[1]).ok()
}
