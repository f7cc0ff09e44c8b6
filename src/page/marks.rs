//! The quiet mark on a verified number: what it says, and the attributes that say it to a pointer, a keyboard and a
//! screen reader. It needs no script; the style sheet shows the tip.

use super::markup;
use crate::compare::Verdict;
use crate::diag::Severity;
use crate::report::ClaimRecord;

/// What a mark says about one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    class: &'static str,
    tip: String,
    label: String,
}

/// What a tip says of a verdict; `None` is not marked: there is nothing that was verified.
fn phrase(verdict: Verdict) -> Option<&'static str> {
    Some(match verdict {
        Verdict::Exact => "exact",
        Verdict::Rounded => "rounded",
        Verdict::Tolerance => "within its tolerance",
        Verdict::Holds => "the relation holds",
        Verdict::Identity => "an identity",
        Verdict::Statistical => "within its sampling error",
        Verdict::Filled => "computed",
        Verdict::Refuted => "false, as it says",
        Verdict::Truncated => "cut off, not rounded",
        Verdict::Carried => "carried forward from an earlier error",
        Verdict::Mismatch => "not the computed value",
        Verdict::Given | Verdict::Skipped | Verdict::Unverifiable => return None,
    })
}

impl Mark {
    /// The mark of a claim, if it has one.
    pub(super) fn of(claim: &ClaimRecord) -> Option<Self> {
        let phrase = phrase(claim.verdict)?;
        let members = members(claim).join(" = ");
        let words = [members.as_str(), phrase, plain_message(claim)];
        let tip = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
        let good = claim.verdict.passes() && claim.severity != Some(Severity::Error);
        let word = if good { "verified" } else { "not verified" };
        let label = format!("{}, {word}: {tip}", claim.stated.trim());
        Some(Self { class: if good { "qed" } else { "qed qed-wrong" }, tip, label })
    }

    /// Several marks as one.
    pub(super) fn joined(marks: &[Self]) -> Option<Self> {
        let first = marks.first()?;
        let class =
            marks.iter().map(|mark| mark.class).max_by_key(|class| class.len()).unwrap_or(first.class);
        let join = |part: fn(&Self) -> &str| marks.iter().map(part).collect::<Vec<_>>().join("; ");
        Some(Self { class, tip: join(|mark| &mark.tip), label: join(|mark| &mark.label) })
    }

    /// For an element that is the mark: can be focused, and says what it is.
    pub(super) fn attributes(&self) -> String {
        format!(" class=\"{}\" tabindex=\"0\" aria-label=\"{}\"", self.class, markup::text(&self.label))
    }

    /// The text that the style sheet shows.
    pub(super) fn tip(&self) -> String {
        format!(" data-qed=\"{}\"", markup::text(&self.tip))
    }

    /// Around HTML that shows the number.
    pub(super) fn around(&self, html: &str) -> String {
        format!("<span{} role=\"note\"{}>{html}</span>", self.attributes(), self.tip())
    }

    /// Beside something that cannot carry it. The sign itself comes from the style sheet, so that neither the
    /// search index nor a copied text has it.
    pub(super) fn beside(&self) -> String {
        let attributes = self.attributes().replacen("class=\"qed", "class=\"qed qed-beside", 1);
        format!("<span{attributes} role=\"note\"{}></span>", self.tip())
    }
}

/// The name, what defines it, and the value: as much of it as there is.
fn members(claim: &ClaimRecord) -> Vec<String> {
    let Some(value) = claim.computed.clone() else { return Vec::new() };
    let formula = claim.formula.clone().filter(|formula| formula.chars().count() <= LONGEST_FORMULA);
    let mut members: Vec<String> =
        [plain_name(&claim.name), formula, Some(value)].into_iter().flatten().collect();
    members.dedup();
    members
}

/// A longer formula makes no tip that could be read at a glance; it stands on the page.
const LONGEST_FORMULA: usize = 60;

/// How a claim came to hold, if that can be said without LaTeX.
fn plain_message(claim: &ClaimRecord) -> &str {
    let message = claim.message.as_str();
    if claim.verdict.passes() && !message.contains(['\\', '`']) { message } else { "" }
}

/// Commands that are a letter.
const LETTERS: &[(&str, &str)] = &[
    ("\\partial ", "∂"),
    ("\\alpha", "α"),
    ("\\beta", "β"),
    ("\\gamma", "γ"),
    ("\\delta", "δ"),
    ("\\eta", "η"),
    ("\\theta", "θ"),
    ("\\lambda", "λ"),
    ("\\mu", "μ"),
    ("\\rho", "ρ"),
    ("\\sigma", "σ"),
];

/// A name that reads well as plain text: `w_{10}` as `w_10`, a derivative as `∂L/∂w_10`, but no other LaTeX.
fn plain_name(name: &str) -> Option<String> {
    let mut plain = name.to_owned();
    for (command, letter) in LETTERS {
        plain = plain.replace(command, letter);
    }
    plain = fraction(&plain).unwrap_or(plain);
    plain.retain(|character| !matches!(character, '{' | '}' | '$'));
    let plain = plain.trim();
    (!plain.is_empty() && !plain.contains('\\') && plain.chars().count() <= 24).then(|| plain.to_owned())
}

/// The quotient that is all of `latex`, if both its parts hold together without brackets.
fn fraction(latex: &str) -> Option<String> {
    let (above, below) = latex.strip_prefix("\\frac{")?.strip_suffix('}')?.split_once("}{")?;
    let holds = |part: &str| !part.contains(['\\', ' ', '+', '-']);
    (holds(above) && holds(below)).then(|| format!("{above}/{below}"))
}

#[cfg(test)]
mod tests {
    use super::Mark;
    use crate::compare::Verdict;
    use crate::diag::Severity;
    use crate::report::{ClaimRecord, Kind};
    use crate::source::{FileId, Span};

    fn claim(name: &str, stated: &str, computed: Option<&str>, verdict: Verdict) -> ClaimRecord {
        ClaimRecord {
            span: Span::new(FileId(0), 0, 1),
            kind: Kind::Equation,
            name: name.into(),
            stated: stated.into(),
            formula: None,
            computed: computed.map(str::to_owned),
            verdict,
            severity: None,
            message: String::new(),
            diagnostic: None,
            cause: None,
            fix: None,
        }
    }

    #[test]
    fn a_mark_says_value_and_rule() {
        let mark = Mark::of(&claim("w_{10}", "0.5", Some("0.4999"), Verdict::Rounded)).unwrap();
        assert_eq!(
            mark.around("0.5"),
            "<span class=\"qed\" tabindex=\"0\" aria-label=\"0&#46;5&#44; verified&#58; w&#95;10 &#61; 0&#46;4999&#44; \
             rounded\" role=\"note\" data-qed=\"w&#95;10 &#61; 0&#46;4999&#44; rounded\">0.5</span>"
        );
        assert!(mark.beside().starts_with("<span class=\"qed qed-beside\" tabindex=\"0\""));
    }

    #[test]
    fn a_mark_says_definition_and_rule() {
        let defined = |formula: &str, message: &str, verdict| {
            let claim = ClaimRecord {
                formula: Some(formula.into()),
                message: message.into(),
                ..claim("h_1", "0.5", Some("0.4999"), verdict)
            };
            Mark::of(&claim).unwrap().tip
        };
        assert_eq!(defined("sigmoid(z)", "", Verdict::Rounded), "h_1 = sigmoid(z) = 0.4999, rounded");
        assert_eq!(defined("h_1", "", Verdict::Rounded), "h_1 = 0.4999, rounded");
        assert_eq!(defined(&"x".repeat(61), "", Verdict::Exact), "h_1 = 0.4999, exact");
        assert_eq!(defined("h_1", "a tie", Verdict::Rounded), "h_1 = 0.4999, rounded, a tie");
        assert_eq!(defined("h_1", "`\\pi` is", Verdict::Refuted), "h_1 = 0.4999, false, as it says");
    }

    #[test]
    fn names_are_plain_text_or_none() {
        for (latex, expected) in [
            ("\\frac{\\partial L}{\\partial w_{10}}", Some("∂L/∂w_10")),
            ("\\frac{dL}{dw_9}", Some("dL/dw_9")),
            ("\\delta_1", Some("δ_1")),
            ("\\frac{M_C}{M_C + M_F}", None),
            ("\\frac{1}{2} \\frac{a}{b}", None),
            ("\\sqrt{2}", None),
        ] {
            assert_eq!(super::plain_name(latex).as_deref(), expected, "{latex}");
        }
    }

    #[test]
    fn what_was_not_recomputed_has_no_mark() {
        for verdict in [Verdict::Given, Verdict::Skipped, Verdict::Unverifiable] {
            assert_eq!(Mark::of(&claim("x", "1", Some("1"), verdict)), None);
        }
    }

    #[test]
    fn a_wrong_number_that_is_let_through_looks_different() {
        let wrong = ClaimRecord {
            severity: Some(Severity::Warning),
            ..claim("\\sqrt{a}", "0.5", Some("0.4"), Verdict::Mismatch)
        };
        let mark = Mark::of(&wrong).unwrap();
        assert!(mark.attributes().contains("class=\"qed qed-wrong\""));
        assert!(mark.tip().contains("\"0&#46;4&#44; not the computed value\""), "{}", mark.tip());
        let right = Mark::of(&claim("", "1", None, Verdict::Holds)).unwrap();
        let joined = Mark::joined(&[right, mark]).unwrap();
        assert!(joined.attributes().contains("qed-wrong"));
        assert!(joined.tip().contains("the relation holds&#59; 0&#46;4"), "{}", joined.tip());
        assert_eq!(Mark::joined(&[]), None);
    }

    #[test]
    fn hostile_names_stay_text() {
        let mark = Mark::of(&claim("\"><b>", "\"|*`", Some("<&>"), Verdict::Exact)).unwrap();
        let html = mark.around("");
        assert_eq!(html.matches(['<', '>']).count(), 4, "{html}");
        assert!(!html.contains(['|', '*', '`', '\n']), "{html}");
    }
}
