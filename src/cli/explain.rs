//! `mdbook-qed explain`: how the values on a line came about.

use std::path::PathBuf;

use super::args::{Explain, ExplainFormat};
use super::output::{Output, Stream};
use super::{Exit, preprocess};
use crate::diag::Severity;
use crate::host::{self, Asked, Failure};
use crate::report::Report;
use crate::report::explanation::{self, Explanation};

pub(crate) fn run(arguments: &Explain, output: &mut Output) -> Result<Exit, Failure> {
    let asked = Asked { all: arguments.all, ..asked(&arguments.place)? };
    let explained = host::explain(&asked, &preprocess::here()?)?;
    let sources = &explained.sources;
    let text = match arguments.format {
        ExplainFormat::Human => explanation::render(&explained.explanations, sources),
        ExplainFormat::Json => explanation::render_json(&explained.explanations, sources),
    };
    output.write(Stream::Stdout, &text);
    let is_broken = !explained.problems.is_empty();
    let problems = Report { claims: Vec::new(), diagnostics: explained.problems };
    output.report(Stream::Stderr, &problems, sources);
    Ok(match explained.explanations.iter().any(has_error) {
        _ if is_broken => Exit::Broken,
        true => Exit::Wrong,
        false => Exit::Verified,
    })
}

fn has_error(explanation: &Explanation) -> bool {
    explanation.claims.iter().any(|told| told.claim.severity == Some(Severity::Error))
}

/// `FILE:LINE` or `FILE:LINE:COLUMN`; the file's own name may hold colons.
fn asked(place: &str) -> Result<Asked, Failure> {
    let malformed = |problem: String| {
        Failure::new(problem).help("name a file and a line, and a column if you like: book/q2.md:42:17")
    };
    let number = |text: &str| text.parse::<usize>().ok();
    let Some((rest, last)) = place.rsplit_once(':') else {
        return Err(malformed(format!("`{place}` names no line")));
    };
    let Some(last) = number(last) else {
        return Err(malformed(format!("`{last}` is no line or column")));
    };
    let with_column = rest.rsplit_once(':').and_then(|(path, line)| Some((path, number(line)?)));
    let (path, line, column) = match with_column {
        Some((path, line)) => (path, line, Some(last)),
        None => (rest, last, None),
    };
    if path.is_empty() {
        return Err(malformed(format!("`{place}` names no file")));
    }
    if line == 0 || column == Some(0) {
        return Err(malformed("lines and columns count from 1".to_owned()));
    }
    Ok(Asked { path: PathBuf::from(path), line, column, all: false })
}

#[cfg(test)]
mod tests {
    use super::asked;

    /// The place as it is understood, or the complaint.
    #[track_caller]
    fn check(place: &str, expected: &str) {
        let found = match asked(place) {
            Ok(asked) => format!("{} {} {:?}", asked.path.display(), asked.line, asked.column),
            Err(failure) => failure.message,
        };
        assert_eq!(found, expected, "{place}");
    }

    #[test]
    fn places() {
        check("book/q2.md:42", "book/q2.md 42 None");
        check("q2.md:42:7", "q2.md 42 Some(7)");
        check(r"C:\book\q2.md:42", r"C:\book\q2.md 42 None");
        check("a:b.md:3", "a:b.md 3 None");
        check("q2.md", "`q2.md` names no line");
        check("q2.md:", "`` is no line or column");
        check("q2.md:x", "`x` is no line or column");
        check("q2.md:-3", "`-3` is no line or column");
        check("q2.md:99999999999999999999", "`99999999999999999999` is no line or column");
        check(":3", "`:3` names no file");
        check("q2.md:0", "lines and columns count from 1");
        check("q2.md:1:0", "lines and columns count from 1");
    }
}
