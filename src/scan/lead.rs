//! The words before a formula in its sentence, which say whether it gives data or a result.

use super::words::{Role, is_or, says};

/// What the words that lead to a formula say of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lead {
    /// It is a datum: "where", "since".
    Data,
    /// It is one that is put in here, and may be another later: "at", "for", "with".
    Case,
    /// It is what follows: "so", "gives", "we get".
    Result,
    /// They say nothing of that.
    #[default]
    Open,
}

impl Lead {
    /// Whether it says that something is given.
    pub(crate) fn is_datum(self) -> bool {
        matches!(self, Self::Data | Self::Case)
    }
}

/// What is said of a formula behind `prose`, which stands behind one with the lead `before`: its last telling word counts,
/// and that of the formula before it goes on in the same sentence.
pub(crate) fn lead(prose: &str, before: Lead) -> Lead {
    let (mut said, mut is_result) = (before, false);
    for word in prose.split_whitespace() {
        let bare = bare(word);
        let told = telling(&bare);
        // "So at" and "meet where" lead to what is found.
        let locates = is_result && matches!(bare.as_str(), "at" | "where" | "bei" | "wo");
        is_result = told == Some(Lead::Result);
        said = told.filter(|_| !locates).unwrap_or(said);
        if ends_sentence(word) {
            (said, is_result) = (Lead::Open, false);
        }
    }
    said
}

/// What the words before a formula say of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words {
    /// Whether it is given or found.
    pub lead: Lead,
    /// It is another value than the formula before it gives: nothing but "or" stands between them, or nothing but "and" behind
    /// "the roots are" and "at", or it ends a range.
    pub is_alternative: bool,
    /// Where the first formula of its sentence begins.
    pub sentence: u32,
    /// It is that one, or stands behind a semicolon.
    pub opens_sentence: bool,
    /// Where that of the sentence before begins.
    pub former_sentence: Option<u32>,
    /// It may only say where something holds, as behind "let" and "for all".
    pub is_condition: bool,
    /// It does so even if it is false, as behind "if".
    pub is_hypothetical: bool,
    /// Of whole numbers.
    pub is_whole: bool,
    /// That is the formula before it, and nothing else stands between.
    pub is_of_former: bool,
    /// What stands before it follows from it: "since".
    pub is_reason: bool,
    /// It is put in itself, and does not only stand in a sentence where something is.
    pub is_put_in: bool,
}

impl Words {
    /// What is said of a formula further on in the same text.
    pub(crate) fn within(self, lead: Lead) -> Self {
        let Self { sentence, former_sentence, is_put_in, .. } = self;
        Self { lead, sentence, former_sentence, is_put_in, ..Self::default() }
    }
}

/// What is said of the formulas of a text, one after the other.
#[derive(Debug, Default)]
pub(super) struct Leads {
    said: Lead,
    sentence: Option<u32>,
    former_sentence: Option<u32>,
    in_range: bool,
    /// "Roots" or "either" leads to what stands here.
    in_several: bool,
    /// "Since" or "if" leads to what stands here, up to a comma.
    in_clause: bool,
    /// The last formula was an equation there, and gave no number.
    equates: bool,
}

impl Leads {
    /// What is said of a formula, `math` at `start`, behind `prose`. The ends of a range are put in, and what follows is another matter;
    /// and so is what follows from an equation: "since `2^t = 10`, `t = 3.32`".
    pub(super) fn behind(&mut self, prose: &str, math: &str, start: u32) -> Words {
        let words: Vec<String> = prose.split_whitespace().map(bare).collect();
        let (said_before, is_range) = (self.said, self.in_range);
        let lead = self.said_of(math, prose, &words);
        let is_new = prose.split_whitespace().any(ends_sentence);
        if is_new {
            self.former_sentence = self.sentence.take();
        }
        let opens_sentence = self.sentence.is_none() || prose.contains(';');
        let (sentence, former_sentence) = (*self.sentence.get_or_insert(start), self.former_sentence);
        let may_be_another = self.in_several || is_range || said_before == Lead::Case;
        let is_another = may_be_another && words.iter().all(|word| says(word, Role::To));
        self.in_several = words.iter().any(|word| says(word, Role::Several)) || self.in_several && !is_new;
        let mut before = words.iter().rev().skip_while(|word| says(word, Role::Quantifies));
        let opening = before.next().filter(|word| supposes(word));
        let is_condition = opening.is_some();
        let is_hypothetical =
            opening.is_some_and(|word| says(word, Role::Supposes) && says(word, Role::Condition));
        let is_of_former = is_condition && before.next().is_none();
        let is_whole = words.iter().any(|word| says(word, Role::Whole));
        let is_alternative = is_or(prose) || is_another;
        let last = words.iter().rev().find(|word| telling(word).is_some());
        let is_joined = !words.is_empty() && words.iter().all(|word| says(word, Role::To));
        let is_put_in = lead == Lead::Case && (is_condition || is_joined);
        let is_reason = last.is_some_and(|word| says(word, Role::Reason));
        Words {
            lead,
            is_alternative,
            sentence,
            opens_sentence,
            former_sentence,
            is_condition,
            is_hypothetical,
            is_whole,
            is_of_former,
            is_reason,
            is_put_in,
        }
    }

    /// Whether `math` is given or found, behind the `words` of `prose`.
    fn said_of(&mut self, math: &str, prose: &str, words: &[String]) -> Lead {
        let ends_range = self.in_range && words.iter().all(|word| says(word, Role::To));
        self.in_range = words.last().is_some_and(|word| says(word, Role::From));
        if self.equates && prose.trim_start().starts_with(',') {
            (self.said, self.in_clause) = (Lead::Open, false);
        }
        if let Some(word) = words.iter().rev().find(|word| telling(word).is_some()) {
            self.in_clause = says(word, Role::Supposes) || says(word, Role::Reason);
        }
        self.equates = self.in_clause && !gives_number(math);
        self.said = lead(prose, self.said);
        if self.in_range || ends_range { Lead::Case } else { self.said }
    }
}

fn ends_sentence(word: &str) -> bool {
    word.ends_with(['.', '!', '?']) && word.to_lowercase() != "i.e."
}

/// A word without what stands around it.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Whether what follows a word may be no more than a condition: "for", "let", "where".
fn supposes(word: &str) -> bool {
    (says(word, Role::Supposes) || says(word, Role::Data)) && !says(word, Role::Reason)
}

/// What a word says of the formula behind it.
fn telling(word: &str) -> Option<Lead> {
    let leads = [(Role::Case, Lead::Case), (Role::Data, Lead::Data), (Role::Result, Lead::Result)];
    leads.into_iter().find_map(|(role, lead)| says(word, role).then_some(lead))
}

/// Whether a formula looks like a number for one name, `\theta_1 = 30^\circ`.
fn gives_number(math: &str) -> bool {
    let Some((name, value)) = math.split_once('=') else { return false };
    let name = name.split('_').next().unwrap_or(name).trim();
    let is_command =
        |name: &str| name.strip_prefix('\\').is_some_and(|word| word.chars().all(char::is_alphabetic));
    let is_name = name.chars().count() == 1 || is_command(name);
    let mut in_command = false;
    let holds_names = value.chars().any(|c| {
        in_command = c == '\\' || in_command && c.is_alphabetic();
        c.is_alphabetic() && !in_command
    });
    is_name && !holds_names
}

#[cfg(test)]
mod tests {
    use super::Lead::{Case, Data, Open, Result};
    use super::{Leads, lead};

    #[test]
    fn the_last_telling_word_counts() {
        assert_eq!(lead("The area is ", Open), Open);
        assert_eq!(lead(" gives ", Open), Result);
        assert_eq!(lead(", where ", Result), Data);
        assert_eq!(lead(" and ", Data), Data);
        assert_eq!(lead(", ", Result), Result);
        assert_eq!(lead(", so for ", Open), Case);
        assert_eq!(lead(" with the solution ", Open), Result);
        assert_eq!(lead(". Now ", Data), Open);
        assert_eq!(lead(", i.e. ", Open), Result);
        assert_eq!(lead(", so at ", Open), Result);
        assert_eq!(lead(", so that at ", Open), Case);
        assert_eq!(lead(" meet where ", Open), Result);
        assert_eq!(lead(", where the radius is ", Result), Data);
        assert_eq!(lead("", Open), Open);
    }

    #[test]
    fn the_ends_of_a_range_are_put_in() {
        let mut leads = Leads::default();
        let mut said = |prose: &str| leads.behind(prose, "x = 1", 0).lead;
        assert_eq!(said("It rises from "), Case);
        assert_eq!(said(" to "), Case);
        assert_eq!(said(" and "), Open);
        assert_eq!(said(", so from "), Case);
        assert_eq!(said(" we see that "), Result);
    }

    #[test]
    fn what_follows_from_an_equation_is_no_datum() {
        let mut leads = Leads::default();
        assert_eq!(leads.behind("Since ", "F = ma", 0).lead, Data);
        assert_eq!(leads.behind(", ", "m = 3", 0).lead, Open);
        assert_eq!(leads.behind(". When ", r"\theta_1 = 30^\circ", 0).lead, Case);
        assert_eq!(leads.behind(", ", "y = 5", 0).lead, Case);
        assert_eq!(leads.behind(", where ", "3x = 6", 0).lead, Data);
        assert_eq!(leads.behind(", ", "y = 5", 0).lead, Data);
    }

    #[test]
    fn a_condition_claims_nothing() {
        let said = |prose: &str| {
            let words = Leads::default().behind(prose, "x > 0", 0);
            (words.is_condition, words.is_of_former)
        };
        assert_eq!(said(" for all "), (true, true));
        assert_eq!(said("Assume that "), (true, true));
        assert_eq!(said("It rises for "), (true, false));
        assert_eq!(said("since "), (false, false));
        assert_eq!(said("so that "), (false, false));
        assert_eq!(said(""), (false, false));
    }
}
