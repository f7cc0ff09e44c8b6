//! The homework's Question 2 as it was handed in: the verdict of each of its 35 numbers, by name.
//!
//! The table has the verdict against the first computed member. One of the mismatches is carried forward besides: it
//! is right given the wrong number that is stated for its gradient.

use std::collections::BTreeMap;
use std::path::Path;

use mdbook_qed::compare::Verdict;
use mdbook_qed::diag::Code;
use mdbook_qed::host::{Checked, load};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/submitted");

/// 0.5 − 0.01 · 0.12 = 0.4988, where 0.12 is what is stated for the gradient.
const CARRIED: [&str; 1] = ["b_2^{t+1}"];

/// A line of the table of expectations.
struct Expected<'t> {
    name: &'t str,
    stated: &'t str,
    value: &'t str,
    verdict: &'t str,
    broken: bool,
}

fn expected(table: &str) -> Vec<Expected<'_>> {
    let lines = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    let read = |line| match str::split(line, '\t').collect::<Vec<_>>()[..] {
        [name, stated, value, verdict, members] => {
            Expected { name, stated, value, verdict, broken: members == "broken" }
        }
        _ => panic!("five columns: {line}"),
    };
    lines.map(read).collect()
}

fn check() -> Checked {
    let folder = Path::new(FOLDER);
    load(&[folder.join("question2.md")], folder).expect("the file can be read").check()
}

#[test]
fn each_number_gets_its_verdict() {
    let table = std::fs::read_to_string(Path::new(FOLDER).join("question2.expected.tsv"))
        .expect("the table is there");
    let expected = expected(&table);
    assert_eq!(expected.len(), 35);
    let checked = check();
    let judged: BTreeMap<&str, _> = checked
        .report
        .claims
        .iter()
        .filter(|claim| claim.verdict != Verdict::Given && claim.kind != mdbook_qed::report::Kind::Relation)
        .map(|claim| (claim.name.as_str(), claim))
        .collect();
    assert_eq!(judged.len(), expected.len());
    for line in &expected {
        let claim = judged[line.name];
        let verdict = if CARRIED.contains(&line.name) {
            assert_eq!((claim.verdict, line.verdict), (Verdict::Carried, "mismatch"), "{}", line.name);
            line.verdict
        } else {
            claim.verdict.word()
        };
        assert_eq!((claim.stated.as_str(), verdict), (line.stated, line.verdict), "{}", line.name);
        let computed: f64 = claim.computed.as_deref().expect("it was computed").parse().expect("a number");
        let value: f64 = line.value.parse().expect("a number");
        assert!((computed - value).abs() <= 1e-15 * value.abs(), "{}: {computed} is not {value}", line.name);
    }
    let count = |word| expected.iter().filter(|line| line.verdict == word).count();
    assert_eq!((count("rounded"), count("truncated"), count("mismatch")), (16, 8, 11));
}

#[test]
fn each_broken_formula_is_an_error_of_its_link() {
    let table = std::fs::read_to_string(Path::new(FOLDER).join("question2.expected.tsv"))
        .expect("the table is there");
    let broken: Vec<&str> =
        expected(&table).iter().filter(|line| line.broken).map(|line| line.name).collect();
    let checked = check();
    let links = checked.report.claims.iter().filter(|claim| {
        claim.diagnostic.is_some_and(|at| checked.report.diagnostics[at].code == Code::LinkBroken)
    });
    assert_eq!(links.map(|claim| claim.name.as_str()).collect::<Vec<_>>(), broken);
}
