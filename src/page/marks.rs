//! The quiet mark on a verified number: what it says, and the attributes that say it to a pointer, a keyboard and a
//! screen reader. It needs no script; the style sheet shows the tip.

use super::markup;
use crate::compare::Verdict;
use crate::diag::Severity;
use crate::report::ClaimRecord;
use crate::syntax::named_letter;

/// What a mark says about one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    says: Says,
    tip: String,
    label: String,
}

/// What a mark says at first sight; of several, the last one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    /// This is right.
    Right,
    /// This is false, and the page says so.
    False,
    /// This is wrong, and should not be.
    Wrong,
}

impl Says {
    fn class(self) -> &'static str {
        match self {
            Self::Right => "qed",
            Self::False => "qed qed-false",
            Self::Wrong => "qed qed-wrong",
        }
    }
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
        let point = counterexample(claim).map(|point| format!("for instance at {point}"));
        let words = [members.as_str(), phrase, point.as_deref().unwrap_or(plain_message(claim))];
        let tip = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
        let good = claim.verdict.passes() && claim.severity != Some(Severity::Error);
        let word = if good { "verified" } else { "not verified" };
        let label = format!("{}, {word}: {tip}", claim.stated.trim());
        let says = match claim.verdict {
            _ if !good => Says::Wrong,
            Verdict::Refuted => Says::False,
            _ => Says::Right,
        };
        Some(Self { says, tip, label })
    }

    /// Several marks as one.
    pub(super) fn joined(marks: &[Self]) -> Option<Self> {
        let says = marks.iter().map(|mark| mark.says).max()?;
        let label = marks.iter().map(|mark| mark.label.as_str()).collect::<Vec<_>>().join("; ");
        let mut tips: Vec<&str> = Vec::new();
        for mark in marks {
            if !tips.contains(&mark.tip.as_str()) {
                tips.push(&mark.tip);
            }
        }
        Some(Self { says, tip: tips.join("; "), label })
    }

    /// For an element that is the mark: can be focused, and says what it is.
    pub(super) fn attributes(&self) -> String {
        format!(
            " class=\"{}\" tabindex=\"0\" aria-label=\"{}\"",
            self.says.class(),
            markup::text(&self.label)
        )
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
        self.alone("qed-beside")
    }

    /// As [`Self::beside`], below a display that somebody else sets, lifted to its last line.
    pub(super) fn after(&self) -> String {
        self.alone("qed-beside qed-after")
    }

    fn alone(&self, class: &str) -> String {
        let attributes = self.attributes().replacen("class=\"qed", &format!("class=\"qed {class}"), 1);
        format!("<span{attributes} role=\"note\"{}></span>", self.tip())
    }
}

/// The name, what defines it, and the value: as much of it as there is.
fn members(claim: &ClaimRecord) -> Vec<String> {
    let Some(value) = claim.computed.clone() else { return Vec::new() };
    let formula = claim.formula.clone().filter(|formula| formula.chars().count() <= LONGEST_FORMULA);
    let name = plain_name(&claim.name);
    let repeated =
        name.as_ref().zip(formula.as_ref()).is_some_and(|(name, formula)| reads_alike(name, formula));
    let mut members: Vec<String> =
        [name.filter(|_| !repeated), formula, Some(value)].into_iter().flatten().collect();
    members.dedup();
    members
}

/// Where a relation fails, on one line: `ρ = 1/2, k = -2`.
pub(super) fn counterexample(claim: &ClaimRecord) -> Option<String> {
    let letter = |name: &str| named_letter(name).map_or_else(|| name.to_owned(), String::from);
    let spelled = |name: &str| match name.split_once('_') {
        Some((base, index)) => format!("{}_{index}", letter(base)),
        None => letter(name),
    };
    let equation = |(name, value): &(String, String)| format!("{} = {value}", spelled(name));
    let equations: Vec<String> = claim.counterexample.iter().map(equation).collect();
    (!equations.is_empty()).then(|| equations.join(", "))
}

/// Whether two formulas differ in spaces, signs of products and brackets only.
fn reads_alike(one: &str, other: &str) -> bool {
    let signs = |text: &str| -> String {
        text.chars().filter(|sign| !matches!(sign, ' ' | '·' | '*' | '(' | ')')).collect()
    };
    signs(one) == signs(other)
}

/// A longer formula makes no tip that could be read at a glance; it stands on the page.
const LONGEST_FORMULA: usize = 60;

/// How a claim came to hold, if that can be said without LaTeX.
fn plain_message(claim: &ClaimRecord) -> &str {
    let message = claim.message.as_str();
    if claim.verdict.passes() && !message.contains(['\\', '`']) { message } else { "" }
}

/// A name that reads well as plain text: `w_{10}` as `w_10`, a derivative as `∂L/∂w_10`, but no other LaTeX.
fn plain_name(name: &str) -> Option<String> {
    let plain = lettered(name);
    let mut plain = fraction(&plain).unwrap_or(plain);
    plain.retain(|character| !matches!(character, '{' | '}' | '$'));
    let plain = plain.trim();
    (!plain.is_empty() && !plain.contains('\\') && plain.chars().count() <= 24).then(|| plain.to_owned())
}

/// LaTeX with letters in the places of the commands that name them, and of the space after them.
fn lettered(latex: &str) -> String {
    let mut pieces = latex.split('\\');
    let mut output = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|sign: char| !sign.is_ascii_alphabetic()).unwrap_or(piece.len());
        let (command, rest) = piece.split_at(end);
        let letter = if command == "partial" { Some('∂') } else { named_letter(command) };
        match letter {
            Some(letter) => output.push(letter),
            None => output.extend(["\\", command]),
        }
        let space_is_silent = letter.is_some() && rest.starts_with(' ');
        output.push_str(&rest[usize::from(space_is_silent)..]);
    }
    output
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
    use crate::report::{ClaimRecord, samples};

    fn claim(name: &str, stated: &str, computed: Option<&str>, verdict: Verdict) -> ClaimRecord {
        ClaimRecord { computed: computed.map(str::to_owned), ..samples::claim(name, stated, verdict) }
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
    fn what_is_false_says_where() {
        let counterexample = [("rho", "1/2"), ("w_1", "-2")].map(|(name, value)| (name.into(), value.into()));
        let counterexample = counterexample.to_vec();
        // The message says the same.
        let message = "this fails at rho = 1/2, w_1 = -2".to_owned();
        let claim = ClaimRecord { counterexample, message, ..claim("", "a = b", None, Verdict::Refuted) };
        assert_eq!(Mark::of(&claim).unwrap().tip, "false, as it says, for instance at ρ = 1/2, w_1 = -2");
    }

    #[test]
    fn names_are_plain_text_or_none() {
        for (latex, expected) in [
            ("\\frac{\\partial L}{\\partial w_{10}}", Some("∂L/∂w_10")),
            ("\\frac{dL}{dw_9}", Some("dL/dw_9")),
            ("\\delta_1", Some("δ_1")),
            ("\\eta S", Some("ηS")),
            ("\\beta x + \\Gamma", Some("βx + Γ")),
            ("\\frac{M_C}{M_C + M_F}", None),
            ("\\frac{1}{2} \\frac{a}{b}", None),
            ("\\sqrt{2}", None),
        ] {
            assert_eq!(super::plain_name(latex).as_deref(), expected, "{latex}");
        }
    }

    #[test]
    fn a_formula_is_said_once() {
        let formula = Some("δ_2 · w_8".to_owned());
        let claim =
            ClaimRecord { formula, ..claim("\\delta_2 w_8", "0.1", Some("0.0959"), Verdict::Rounded) };
        assert_eq!(Mark::of(&claim).unwrap().tip, "δ_2 · w_8 = 0.0959, rounded");
    }

    #[test]
    fn several_marks_say_the_same_once() {
        let marks = [Verdict::Holds, Verdict::Refuted, Verdict::Holds]
            .map(|verdict| Mark::of(&claim("", "a = b", None, verdict)).unwrap());
        let joined = Mark::joined(&marks).unwrap();
        assert_eq!(joined.tip, "the relation holds; false, as it says");
        assert!(joined.beside().contains("class=\"qed qed-beside qed-false\""), "{}", joined.beside());
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
