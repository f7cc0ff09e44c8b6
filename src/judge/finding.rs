//! One judged thing with its diagnostic, before it goes into the report.

use super::chain::{Chain, Member};
use super::number::StatedNumber;
use crate::compare::Verdict;
use crate::diag::{Code, Diagnostic};
use crate::eval::EvalError;
use crate::report::{ClaimRecord, Kind, Report};
use crate::source::Span;
use crate::splice::Edit;
use crate::syntax::{Expr, Link, Notation, SyntaxError, readable};

/// A claim, its diagnostic if it does not pass, and its edit if the page is to show something else.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) record: ClaimRecord,
    pub(super) diagnostic: Option<Diagnostic>,
    pub(super) edit: Option<Edit>,
    /// The claim that the same diagnostic stands with, if it is not told again.
    told: Option<Span>,
    /// An identity that holds at none of the points that were tried.
    pub(super) fails_everywhere: bool,
    /// It says where something holds.
    pub(super) is_condition: bool,
}

impl Finding {
    /// A claim at `span` with nothing to complain about.
    pub(super) fn new(kind: Kind, span: Span, stated: &str, verdict: Verdict) -> Self {
        let record = ClaimRecord {
            span,
            kind,
            notation: Notation::Plain,
            name: String::new(),
            stated: stated.to_owned(),
            formula: None,
            computed: None,
            counterexample: Vec::new(),
            verdict,
            severity: None,
            message: String::new(),
            diagnostic: None,
            cause: None,
            fix: None,
        };
        Self {
            record,
            diagnostic: None,
            edit: None,
            told: None,
            fails_everywhere: false,
            is_condition: false,
        }
    }

    /// A stated number.
    pub(super) fn number(kind: Kind, number: &StatedNumber, verdict: Verdict) -> Self {
        Self::new(kind, number.span, &number.stated.text, verdict)
    }

    pub(super) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.record.name);
        self
    }

    /// With what its value was computed by.
    pub(super) fn by(mut self, expr: &Expr) -> Self {
        self.record.formula = readable(expr);
        self
    }

    pub(super) fn computed(mut self, computed: String) -> Self {
        self.record.computed = Some(computed).filter(|text| !text.is_empty());
        self
    }

    /// With the point at which it fails.
    pub(super) fn fails_at(mut self, point: Vec<(String, String)>) -> Self {
        self.record.counterexample = point;
        self
    }

    pub(super) fn message(mut self, message: impl Into<String>) -> Self {
        self.record.message = message.into();
        self
    }

    pub(super) fn verdict(mut self, verdict: Verdict) -> Self {
        self.record.verdict = verdict;
        self
    }

    /// With what is wrong with it.
    pub(super) fn complaint(mut self, diagnostic: Diagnostic) -> Self {
        self.complain(diagnostic);
        self
    }

    /// Adds what is wrong with it.
    pub(super) fn complain(&mut self, diagnostic: Diagnostic) {
        if self.record.message.is_empty() {
            diagnostic.message.clone_into(&mut self.record.message);
        }
        if let Some(fix) = &diagnostic.fix {
            self.record.fix = Some(fix.text.clone());
        }
        self.record.severity = Some(diagnostic.severity);
        self.diagnostic = Some(diagnostic);
    }

    /// With what the page shows in its place.
    pub(super) fn shown(mut self, span: Span, text: String) -> Self {
        self.record.fix = Some(text.clone());
        self.edit = Some(Edit { span, text });
        self
    }

    /// Numbers around a `≡` without a modulus may be congruent by one that stands elsewhere: they are not wrong for being
    /// different, and nothing is to be written in their place.
    pub(super) fn ask_for_modulus(&mut self, sign: Span) {
        if !self.is_false() && self.edit.is_none() {
            return;
        }
        (self.record.fix, self.edit) = (None, None);
        self.record.message.clear();
        self.record.verdict = Verdict::Unverifiable;
        self.complain(which_modulus(sign));
    }

    /// An equation that is false for what is given at `solution`, behind it: either may be the mistake. `right` says what
    /// would solve it.
    pub(super) fn is_unsolved_by(&mut self, solution: Span, right: Option<&str>) {
        self.forget_fix();
        if self.record.verdict.passes() || self.record.verdict == Verdict::Truncated {
            self.diagnostic = None;
            self.record.verdict = Verdict::Mismatch;
            let message = "what is given behind this equation only comes near to solving it".to_owned();
            self.record.message.clear();
            self.complain(Diagnostic::error(Code::Mismatch, self.record.span, message));
        }
        let Some(diagnostic) = &mut self.diagnostic else { return };
        diagnostic.secondary.push((solution, "for what is given here".to_owned()));
        diagnostic.notes.extend(right.map(str::to_owned));
    }

    /// What it should say instead is not known after all.
    pub(super) fn forget_fix(&mut self) {
        (self.record.fix, self.edit) = (None, None);
        if let Some(diagnostic) = &mut self.diagnostic {
            (diagnostic.fix, diagnostic.help) = (None, None);
            diagnostic.notes.clear();
        }
    }

    /// An equation that holds for a number which rounds to the one given for its unknown.
    pub(super) fn is_solved_nearby(&mut self) {
        self.accept(Verdict::Rounded, "what is given for its unknown is rounded");
    }

    /// What is false by what another block gives only behind it may be about something else.
    pub(super) fn is_of_another_block(&mut self) {
        self.is_false_elsewhere(
            Code::UnknownName,
            "this is false by what is given only below, which may be another example's",
            "give what it names before it, or beside it",
        );
    }

    /// A number for what another case has calculated, which nothing calculates in this one.
    pub(super) fn is_of_another_case(&mut self, name: &str) {
        self.accept(Verdict::Unverifiable, "");
        self.is_open_to_doubt(
            format!("`{name}` has been calculated for another case, and nothing calculates it for this one"),
            format!("write how `{name}` is calculated here, or as a formula of what is put in"),
        );
    }

    /// A relation that is said for other values than its names have here.
    pub(super) fn is_of_other_values(&mut self, condition: Span) {
        self.is_false_elsewhere(
            Code::Ambiguous,
            "this is false, but said for other values than its names have here",
            "use another name for what has other values, or forget this one's value with a tag `new`",
        );
        let place = (condition, "which does not hold here".to_owned());
        self.diagnostic.iter_mut().for_each(|diagnostic| diagnostic.secondary.push(place.clone()));
    }

    /// It is false by values that may not be meant; what was wrong becomes a note.
    fn is_false_elsewhere(&mut self, code: Code, message: &str, help: &str) {
        self.forget_fix();
        self.record.verdict = Verdict::Unverifiable;
        let Some(diagnostic) = &mut self.diagnostic else { return };
        diagnostic.notes.push(std::mem::replace(&mut diagnostic.message, message.to_owned()));
        (diagnostic.code, self.record.message) = (code, message.to_owned());
        diagnostic.help = Some(help.to_owned());
    }

    /// A relation that holds for the value of a name in this block, and not for all that it may have.
    pub(super) fn holds_only_for_value_of(&mut self, name: &str) {
        self.is_open_to_doubt(
            format!("this holds for the value of `{name}` in this block, but not for every other one"),
            format!("if the value is meant, put it in; if every one is, say so in a paragraph that gives `{name}` none"),
        );
    }

    /// Formulas that agree for the value of a name that is put in somewhere else, and not for all.
    pub(super) fn holds_only_where_put_in(&mut self, name: &str) {
        self.is_open_to_doubt(
            format!("this holds for the number that `{name}` was given, but not for every other one"),
            format!("if that number is meant, say so in the same sentence; if every one is, mend it, or forget the number with `<!-- qed: new [{name}] -->`"),
        );
    }

    /// It holds here, and it is not known whether that is what is meant.
    fn is_open_to_doubt(&mut self, message: String, help: String) {
        self.record.verdict = Verdict::Unverifiable;
        self.record.message.clear();
        self.complain(Diagnostic::error(Code::Ambiguous, self.record.span, message).help(help));
    }

    /// A formula for a name whose number, given before, is a rounding of its value.
    pub(super) fn is_rounded_before(&mut self) {
        self.accept(Verdict::Rounded, "the number given before it is rounded");
    }

    /// A number that is not the one before it, but solves the same equations.
    pub(super) fn is_another_solution(&mut self) {
        self.record.kind = Kind::Definition;
        self.accept(Verdict::Given, "another solution of the equation before it");
    }

    /// A condition claims nothing, whatever its names are.
    pub(super) fn is_no_claim(&mut self) {
        self.record.kind = Kind::Definition;
        self.accept(Verdict::Given, "a condition");
    }

    /// What the claim at `told` says of its chain leaves it open.
    pub(super) fn doubt(&mut self, told: Span) {
        self.accept(Verdict::Unverifiable, "what this is held against can be read in two ways");
        self.told = Some(told);
    }

    /// Takes it for right, and hands out what it was.
    pub(super) fn set_aside(&mut self, message: &str) -> Self {
        let was = self.clone();
        self.accept(Verdict::Exact, message);
        self.record.computed = None;
        was
    }

    /// Takes back what was wrong with it.
    fn accept(&mut self, verdict: Verdict, message: &str) {
        let Self { record, diagnostic, edit, .. } = self;
        (*diagnostic, *edit, record.fix, record.severity) = (None, None, None, None);
        record.verdict = verdict;
        message.clone_into(&mut record.message);
    }

    /// Whether a name in it is not known.
    pub(super) fn lacks_name(&self) -> bool {
        self.diagnostic.as_ref().is_some_and(|diagnostic| diagnostic.code == Code::UnknownName)
    }

    /// Whether it holds as far as that is known.
    pub(super) fn passes(&self) -> bool {
        self.record.verdict.passes()
    }

    /// Whether what it claims is false, not merely unknown.
    pub(super) fn is_false(&self) -> bool {
        !self.record.verdict.passes() && self.record.verdict != Verdict::Unverifiable
    }

    /// A hole rather than a relation.
    pub(super) fn hole(mut self) -> Self {
        self.record.kind = Kind::Hole;
        self
    }

    /// Meant to be false, and it is.
    pub(super) fn refute(&mut self) {
        self.record.verdict = Verdict::Refuted;
        self.record.severity = None;
        self.record.fix = None;
        self.diagnostic = None;
    }

    /// Right given an earlier wrong number: that of the claim `cause`, which stands at `place` and says `stated`.
    pub(super) fn carry(&mut self, cause: usize, place: Span, stated: &str) {
        self.record.verdict = Verdict::Carried;
        self.record.cause = Some(cause);
        let Some(diagnostic) = &mut self.diagnostic else { return };
        diagnostic.code = Code::Carried;
        diagnostic.message =
            format!("{}; it is right given {stated}, an error carried forward", diagnostic.message);
        diagnostic.notes.clear();
        diagnostic.secondary.push((place, "carried forward from here".to_owned()));
        self.record.message.clone_from(&diagnostic.message);
    }

    /// Not known for the same reason as the claim before it that stands at `told`.
    pub(super) fn because_of(mut self, told: Span) -> Self {
        self.told = Some(told);
        self
    }

    /// Into the report, its diagnostic linked; its edit comes back.
    pub(super) fn report(mut self, report: &mut Report) -> Option<Edit> {
        if let Some(told) = self.told
            && let Some(same) = report.claims.iter().rev().find(|claim| claim.span == told)
        {
            let ClaimRecord { message, severity, diagnostic, .. } = same;
            self.record.message.clone_from(message);
            (self.record.severity, self.record.diagnostic) = (*severity, *diagnostic);
        }
        if let Some(diagnostic) = self.diagnostic {
            self.record.diagnostic = Some(report.diagnostics.len());
            report.diagnostics.push(diagnostic);
        }
        report.claims.push(self.record);
        self.edit
    }
}

/// What the members of a chain are said to be: its first member as typed, on one line.
pub(super) fn name(chain: &Chain) -> String {
    chain.members.first().map_or_else(String::new, |member| one_line(&member.text))
}

/// Text with each run of white space as one space.
pub(super) fn one_line(text: &str) -> String {
    let is_one_line = !text.contains(|c: char| c.is_whitespace() && c != ' ') && !text.contains("  ");
    if is_one_line && !text.starts_with(' ') && !text.ends_with(' ') {
        return text.to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a link claims of the members beside it, on one line.
pub(super) fn linked([lhs, rhs]: [&Member; 2], link: Link) -> String {
    one_line(&format!("{} {} {}", lhs.text, link.relation.symbol(), rhs.text))
}

/// A text that is short enough to stand in a sentence, in backquotes; else `otherwise`.
pub(super) fn quoted(text: &str, otherwise: &str) -> String {
    let text = one_line(text);
    if text.is_empty() || text.chars().count() > 40 { otherwise.to_owned() } else { format!("`{text}`") }
}

/// Of a `≡` at `sign` between numbers.
pub(super) fn which_modulus(sign: Span) -> Diagnostic {
    let message = "by which modulus? Without one, `≡` says that numbers are equal";
    Diagnostic::error(Code::Undecided, sign, message).help("write `a \\equiv b \\pmod{n}`")
}

/// Why something has no value.
pub(super) fn no_value(error: &EvalError) -> Diagnostic {
    error.clone().into()
}

/// Why something cannot be read.
pub(super) fn unreadable(error: &SyntaxError) -> Diagnostic {
    error.clone().into()
}
