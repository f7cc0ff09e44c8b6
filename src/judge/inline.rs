//! Inline claims and values: `{{#qed 100 * ratio = 93.06}}`, `{{#qed ratio:.4}}`.

use super::Judge;
use super::chain::{self, Chain, Kind, Member};
use super::finding::{self, Finding, no_value, one_line};
use super::value::{self, Quantity};
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::eval::Scope;
use crate::report;
use crate::scan::Fragment;
use crate::source::Span;
use crate::splice::Edit;
use crate::splice::render::{Format, render_hole};
use crate::syntax::{Expr, MemberKind, Notation};

impl Judge<'_> {
    /// Judges an inline claim, or fills an inline value.
    pub(super) fn inline(&mut self, outer: Span, content: &Fragment) {
        let (text, format) = split(content);
        let Some(statements) = self.parsed(&text, None, Notation::Plain, report::Kind::Inline) else {
            return;
        };
        let [group] = chain::groups(&statements)[..] else {
            let finding = Finding::new(report::Kind::Inline, outer, text.text.trim(), Verdict::Unverifiable);
            let message = "one claim or one value is expected here";
            self.findings.push(finding.complaint(Diagnostic::error(Code::Syntax, outer, message)));
            return;
        };
        if let [statement] = group
            && statement.links.is_empty()
        {
            let finding = match statement.read(0, &self.scope, &[]).kind {
                MemberKind::Expr(expr) => {
                    self.use_now(&expr);
                    self.tracing.value(outer, &text.text, &expr, &self.scope, self.findings.len());
                    fill(&self.scope, &expr, &text.text, &format, outer)
                }
                MemberKind::Error(error) => {
                    let diagnostic = unknown_format(&text).unwrap_or_else(|| finding::unreadable(&error));
                    Finding::new(report::Kind::Value, outer, text.text.trim(), Verdict::Unverifiable)
                        .complaint(diagnostic)
                }
                MemberKind::Hole(_) | MemberKind::Remark => {
                    let message = "there is nothing to compute here";
                    Finding::new(report::Kind::Value, outer, text.text.trim(), Verdict::Unverifiable)
                        .complaint(Diagnostic::error(Code::Syntax, outer, message))
                }
            };
            self.findings.push(finding);
            return;
        }
        let before = self.scope.len();
        let (chain, mut findings) = self.chain(group, &text, Notation::Plain, report::Kind::Inline, false);
        chain.members.iter().filter_map(Member::expr).for_each(|expr| self.use_now(expr));
        let shown = shown(&chain, &mut findings);
        if let Some(first) = findings.first_mut() {
            first.edit = Some(Edit { span: outer, text: shown });
        }
        self.findings.extend(findings);
        self.give((text.span.start, 0), before, outer);
    }
}

/// What an inline tag holds: the mathematics, and the format after its last colon.
fn split(content: &Fragment) -> (Fragment, Format) {
    let natural = || Format::specification("", false).expect("the empty format is one");
    let colon = content.text.rfind(':').filter(|at| !content.text[*at..].starts_with(":="));
    let format = colon.and_then(|at| Some((at, Format::specification(&content.text[at + 1..], false)?)));
    match format {
        Some((at, format)) => (content.slice(0..at), format),
        None => (content.clone(), natural()),
    }
}

/// The complaint about what follows the last colon, of which [`split`] made no format.
fn unknown_format(text: &Fragment) -> Option<Diagnostic> {
    let at = text.text.rfind(':')?;
    let format = text.slice(at + 1..text.text.len()).trimmed();
    let message = format!("`{}` is no format", format.text);
    Some(
        Diagnostic::error(Code::MalformedTag, format.span, message)
            .help("after the colon stands `.4` for decimals, `.2%`, `.3e`, or `,` for digit groups"),
    )
}

/// The value of an expression in its format, in the place of the tag.
fn fill(scope: &Scope, expr: &Expr, text: &str, format: &Format, outer: Span) -> Finding {
    let finding =
        |verdict| Finding::new(report::Kind::Value, outer, &one_line(text), verdict).named(&one_line(text));
    let quantity = match Quantity::new(scope, expr) {
        Ok(quantity) => quantity,
        Err(error) => return finding(Verdict::Unverifiable).complaint(no_value(&error)),
    };
    let shown = match quantity.precise() {
        Some(computed) => render_hole(&computed, format),
        None => Some(quantity.display()).filter(|text| !text.is_empty()),
    };
    match shown {
        Some(text) => finding(Verdict::Filled).computed(quantity.display()).shown(outer, text),
        None => {
            let message = format!("{} is not known to so many digits", value::shape(quantity.first()));
            finding(Verdict::Unverifiable).complaint(Diagnostic::error(Code::Undecided, expr.span, message))
        }
    }
}

/// What the reader sees instead of a claim: its last number, a hole filled. `findings` are those of the claim; the
/// edits of its holes become part of the whole.
fn shown(chain: &Chain, findings: &mut [Finding]) -> String {
    let Some(last) = chain.members.last() else { return String::new() };
    let edits: Vec<_> = findings.iter_mut().filter_map(|finding| finding.edit.take()).collect();
    match &last.kind {
        Kind::Hole(hole) => {
            let filled = edits.into_iter().find(|edit| edit.span == hole.span).map(|edit| edit.text);
            let marks = (hole.span.end - hole.span.start) as usize;
            let rest = last.text.get(marks..).unwrap_or("");
            filled.map_or_else(|| last.text.clone(), |number| number + rest)
        }
        _ => last.text.trim().to_owned(),
    }
}
