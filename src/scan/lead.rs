//! The words before a formula in its sentence, which say whether it gives data or a result.

use super::words::{Role, says};

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
    let ends_sentence = |word: &str| word.ends_with(['.', '!', '?']) && word.to_lowercase() != "i.e.";
    let mut said = before;
    for word in prose.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        said = match bare.as_str() {
            bare if says(bare, Role::Case) => Lead::Case,
            bare if says(bare, Role::Data) => Lead::Data,
            bare if says(bare, Role::Result) => Lead::Result,
            _ => said,
        };
        if ends_sentence(word) {
            said = Lead::Open;
        }
    }
    said
}

/// What is said of the formulas of a text, one after the other.
#[derive(Debug, Default)]
pub(super) struct Leads {
    said: Lead,
    in_range: bool,
}

impl Leads {
    /// What is said of a formula behind `prose`. The ends of a range are put in, and what follows is another matter.
    pub(super) fn behind(&mut self, prose: &str) -> Lead {
        let mut words = prose.split_whitespace().map(str::to_lowercase);
        let ends_range = self.in_range && words.clone().all(|word| says(&word, Role::To));
        self.in_range = words.next_back().is_some_and(|word| says(&word, Role::From));
        self.said = lead(prose, self.said);
        if self.in_range || ends_range { Lead::Case } else { self.said }
    }
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
        assert_eq!(lead(", where the radius is ", Result), Data);
        assert_eq!(lead("", Open), Open);
    }

    #[test]
    fn the_ends_of_a_range_are_put_in() {
        let mut leads = Leads::default();
        assert_eq!(leads.behind("It rises from "), Case);
        assert_eq!(leads.behind(" to "), Case);
        assert_eq!(leads.behind(" and "), Open);
        assert_eq!(leads.behind(", so from "), Case);
        assert_eq!(leads.behind(" we see that "), Result);
    }
}
