//! What would take for ever, or all memory, ends in an error at once: `tests/data/budgets.tsv`.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use mdbook_qed::syntax::Notation;

use super::{calculator, evaluate};

const TABLE: &str = include_str!("../data/budgets.tsv");
/// A tenth of a second each as released; unoptimised builds on busy machines get more.
const LIMIT: Duration = Duration::from_millis(if cfg!(debug_assertions) { 3_000 } else { 100 });

#[test]
fn every_budget_is_kept() {
    let mut problems = Vec::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let [notation, text, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("three fields are expected: {line}");
        };
        let notation = if notation == "latex" { Notation::Latex } else { Notation::Plain };
        let text = repeated(text);
        let said = in_time(move || match evaluate(&calculator("", notation), &text, notation) {
            Ok(value) => format!("value {value}"),
            Err(error) => error.message,
        });
        match said {
            Some(said) if said.contains(expected) => {}
            Some(said) => {
                let said: String = said.chars().take(200).collect();
                problems.push(format!("{line}\n    {said}"));
            }
            None => problems.push(format!("{line}\n    has not ended after {LIMIT:?}")),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What `work` gives, unless it takes too long or panics.
fn in_time(work: impl FnOnce() -> String + Send + 'static) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(LIMIT).ok()
}

/// `⟨text|10⟩` stands for the text ten times; `№` in it counts from 1, `№-` from 0.
fn repeated(text: &str) -> String {
    let mut output = String::new();
    for (idx, part) in text.split(['⟨', '⟩']).enumerate() {
        match part.rsplit_once('|').filter(|_| idx % 2 == 1) {
            Some((pattern, count)) => {
                for at in 1..=count.parse::<usize>().expect("a count") {
                    output.push_str(
                        &pattern.replace("№-", &(at - 1).to_string()).replace('№', &at.to_string()),
                    );
                }
            }
            None => output.push_str(part),
        }
    }
    output
}
