//! Near matches for a misspelt word. Knows no list of its own: the caller says what could have been meant.

/// Longer words are no slip of the keyboard, and the distance costs the product of the lengths.
const LONGEST: usize = 80;

/// The candidate that `word` most likely stands for: one that differs in case alone, else the nearest by
/// insertions, deletions, changes and swaps of neighbours, at most one of them per three letters. The first of
/// equally near ones. `None` if nothing is near, or if `word` is itself a candidate.
///
/// ```
/// use mdbook_qed::diag::suggest::nearest;
///
/// assert_eq!(nearest("skp", ["skip", "let"]), Some("skip"));
/// assert_eq!(nearest("LET", ["skip", "let"]), Some("let"));
/// assert_eq!(nearest("frobnicate", ["skip", "let"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    let letters = lower.chars().count();
    let mut best = None;
    for candidate in candidates {
        if candidate == word {
            return None;
        }
        if candidate.len() > LONGEST {
            continue;
        }
        let allowed = letters.max(candidate.chars().count()).div_ceil(3).min(letters);
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        if distance <= allowed && distance < letters && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// "did you mean `…`?", ready to be the help of a diagnostic.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const TAGS: [&str; 6] = ["on", "off", "let", "skip", "rounding", "intermediate"];

    #[test]
    fn a_slip_finds_its_word() {
        for (slip, word) in [
            ("of", "off"),
            ("ofn", "off"),
            ("lte", "let"),
            ("skpi", "skip"),
            ("Skip", "skip"),
            ("roundign", "rounding"),
            ("intermidiate", "intermediate"),
        ] {
            assert_eq!(nearest(slip, TAGS), Some(word), "{slip}");
        }
    }

    #[test]
    fn other_words_find_nothing() {
        for word in ["", "x", "derivative", "let", "vgg.layers"] {
            assert_eq!(nearest(word, TAGS), None, "{word}");
        }
        assert_eq!(nearest(&"skip".repeat(1000), TAGS), None);
    }
}
