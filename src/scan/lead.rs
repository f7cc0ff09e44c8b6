//! The words before a formula in its sentence, which say whether it gives data or a result.

use super::words::{Role, says};

/// What the words that lead to a formula say of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lead {
    /// It is a datum: "where", "with", "for".
    Data,
    /// It is what follows: "so", "gives", "we get".
    Result,
    /// They say nothing of that.
    #[default]
    Open,
}

/// What is said of a formula behind `prose`, which stands behind one with the lead `before`: its last telling word counts,
/// and that of the formula before it goes on in the same sentence.
pub(crate) fn lead(prose: &str, before: Lead) -> Lead {
    let ends_sentence = |word: &str| word.ends_with(['.', '!', '?']) && word.to_lowercase() != "i.e.";
    let mut said = before;
    for word in prose.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        said = match bare.as_str() {
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

#[cfg(test)]
mod tests {
    use super::Lead::{Data, Open, Result};
    use super::lead;

    #[test]
    fn the_last_telling_word_counts() {
        assert_eq!(lead("The area is ", Open), Open);
        assert_eq!(lead(" gives ", Open), Result);
        assert_eq!(lead(", where ", Result), Data);
        assert_eq!(lead(" and ", Data), Data);
        assert_eq!(lead(", ", Result), Result);
        assert_eq!(lead(", so for ", Open), Data);
        assert_eq!(lead(" with the solution ", Open), Result);
        assert_eq!(lead(". Now ", Data), Open);
        assert_eq!(lead(", i.e. ", Open), Result);
        assert_eq!(lead(", where the radius is ", Result), Data);
        assert_eq!(lead("", Open), Open);
    }
}
