//! The words around formulas, in prose and in texts inside of them, and what they say: one table, each word once, that every
//! list of words is a view of. English, and German where a page may have it; how they are written counts.

/// What a word says of the formulas beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A datum follows: "where", "with".
    Data,
    /// One that is only put in, and may be another later: "at", "for".
    Case,
    /// The ends of a range follow: "from", "between".
    From,
    /// It stands between the ends of a range: "to", "and".
    To,
    /// Several values follow for one name: "roots", "either".
    Several,
    /// What follows is found: "so", "gives".
    Result,
    /// It stands between two statements: "and", "so".
    Joins,
    /// It stands between two statements of which one holds: "or".
    Alternative,
    /// What follows it is only supposed, so that no statement begins there: "if", "provided".
    Supposes,
    /// Alone it begins a condition: "if", "for".
    Condition,
    /// A fact follows that what is before goes by: "since".
    Reason,
    /// What follows is for whole numbers.
    Whole,
    /// It may stand between one that supposes and what that supposes: "all", "that".
    Quantifies,
    /// With a number it is the title of an exercise: "example".
    Exercise,
    /// With a number it is the title of a part of one: "case".
    Part,
    /// It is part of no title: what follows may be false, or holds only then: "wrong", "if".
    Doubts,
}

use Role::{
    Alternative, Case, Condition, Data, Doubts, Exercise, From, Joins, Part, Quantifies, Reason, Result,
    Several, Supposes, To, Whole,
};

const WORDS: &[(&[Role], &[&str])] = &[
    (&[Joins, To], &["and", "und"]),
    (&[Quantifies, Whole], &["integer", "integers", "natural", "ganze", "natürliche"]),
    (
        &[Quantifies],
        &[
            "all",
            "every",
            "any",
            "some",
            "each",
            "that",
            "the",
            "a",
            "an",
            "real",
            "number",
            "numbers",
            "value",
            "values",
            "of",
            "further",
            "positive",
            "negative",
            "nonnegative",
            "nonzero",
            "alle",
            "jedes",
            "reelle",
        ],
    ),
    (&[Quantifies, Part], &["case"]),
    (&[Part], &["part", "fall", "teil"]),
    (&[Exercise], &["example", "exercise", "problem", "question", "task", "beispiel", "aufgabe", "übung"]),
    (&[To], &["to", "through", "bis"]),
    (&[From], &["from", "between", "von", "zwischen"]),
    (
        &[Joins],
        &[
            "et",
            "but",
            "which",
            "we",
            "have",
            "also",
            "now",
            "next",
            "finally",
            "consequently",
            "vs",
            "versus",
            "against",
        ],
    ),
    (
        &[Joins, Result],
        &[
            "so",
            "thus",
            "hence",
            "therefore",
            "then",
            "gives",
            "giving",
            "get",
            "obtain",
            "yields",
            "yielding",
            "implies",
            "daher",
            "folgt",
        ],
    ),
    // Some of these are names of quantities as well.
    (
        &[Result],
        &[
            "give",
            "gets",
            "yield",
            "find",
            "solution",
            "root",
            "means",
            "meet",
            "meets",
            "intersect",
            "intersects",
            "crosses",
            "vanishes",
            "follows",
            "i.e",
        ],
    ),
    (&[Result, Several], &["solutions", "roots", "zeros", "zeroes", "intercepts"]),
    (&[Several], &["either", "entweder"]),
    (&[Joins, Data], &["where", "wo"]),
    (&[Data], &["having"]),
    (&[Data, Case], &["at", "bei", "let", "using", "take", "taking", "put", "inserting", "base"]),
    (&[Data, Condition], &["wobei"]),
    (&[Data, Case, Condition], &["with", "mit"]),
    (&[Data, Condition, Reason], &["since", "because", "weil"]),
    (&[Data, Supposes], &["as"]),
    (&[Data, Case, Supposes], &["given"]),
    (&[Data, Case, Supposes, Doubts], &["suppose", "assume", "assuming"]),
    (&[Data, Case, Supposes, Condition, Doubts], &["if", "for", "when", "für"]),
    (&[Supposes], &["provided", "supposing", "except"]),
    (&[Supposes], &["such"]),
    (&[Supposes, To], &["until"]),
    (&[Supposes, Condition, Doubts], &["unless", "whenever", "while", "wenn", "falls"]),
    (&[Alternative, Condition, Doubts], &["or"]),
    (&[Alternative, Joins], &["oder"]),
    (
        &[Doubts],
        &[
            "wrong",
            "false",
            "falsch",
            "incorrect",
            "incorrectly",
            "error",
            "mistake",
            "invalid",
            "impossible",
            "not",
            "never",
            "no",
            "otherwise",
        ],
    ),
];

/// Whether a word says this.
pub(crate) fn says(word: &str, role: Role) -> bool {
    WORDS.iter().any(|(roles, words)| roles.contains(&role) && words.contains(&word))
}

/// Whether a text is the "or" between two alternatives, and nothing else.
pub(crate) fn is_or(text: &str) -> bool {
    says(text.trim_matches(|c: char| c.is_whitespace() || c == ','), Alternative)
}

#[cfg(test)]
mod tests {
    use super::{Role, WORDS, says};

    #[test]
    fn every_word_stands_once() {
        let mut words: Vec<&str> = WORDS.iter().flat_map(|(_, words)| *words).copied().collect();
        words.sort_unstable();
        let twice: Vec<_> = words.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert_eq!(twice, Vec::<&[&str]>::new());
    }

    #[test]
    fn a_word_may_say_several_things() {
        assert!(says("where", Role::Data) && says("where", Role::Joins));
        assert!(!says("where", Role::Result) && !says("Where", Role::Data));
    }
}
