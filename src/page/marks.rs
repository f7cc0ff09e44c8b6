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
        Verdict::Identity => "tested as an identity",
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
        let value = claim.computed.as_deref().unwrap_or_default();
        let name = plain_name(&claim.name);
        let tip = match (name, value) {
            (_, "") => phrase.to_owned(),
            (None, value) => format!("{value}, {phrase}"),
            (Some(name), value) => format!("{name} = {value}, {phrase}"),
        };
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

/// A name that reads well as plain text: `w_{10}` as `w_10`, but no LaTeX.
fn plain_name(name: &str) -> Option<String> {
    let plain: String = name.chars().filter(|character| !matches!(character, '{' | '}' | '$')).collect();
    let plain = plain.trim();
    (!plain.is_empty() && !plain.contains('\\') && plain.chars().count() <= 24).then(|| plain.to_owned())
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
    fn what_was_not_recomputed_has_no_mark() {
        for verdict in [Verdict::Given, Verdict::Skipped, Verdict::Unverifiable] {
            assert_eq!(Mark::of(&claim("x", "1", Some("1"), verdict)), None);
        }
    }

    #[test]
    fn a_wrong_number_that_is_let_through_looks_different() {
        let wrong = ClaimRecord {
            severity: Some(Severity::Warning),
            ..claim("\\frac{a}{b}", "0.5", Some("0.4"), Verdict::Mismatch)
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
