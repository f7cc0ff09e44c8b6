//! Workflow commands of GitHub Actions: one annotation for each diagnostic, shown beside the changed line.

use std::fmt::Write;

use super::{Report, full_message};
use crate::diag::Severity;
use crate::source::Sources;

/// One line for each diagnostic, in order.
pub fn render(report: &Report, sources: &Sources) -> String {
    let mut output = String::new();
    for diagnostic in &report.diagnostics {
        let place = sources.place(diagnostic.span);
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let _ = writeln!(
            output,
            "::{command} file={},line={},col={},endLine={},endColumn={},title={}::{}",
            property(place.path),
            place.start.line,
            place.start.column,
            place.end.line,
            place.end.column,
            property(diagnostic.code.id()),
            data(&full_message(diagnostic))
        );
    }
    output
}

/// The text of a command: it may not hold line ends, and `%` announces what is escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As [`data`], for the value of a property, which `:` and `,` would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData, assert_data_eq, str};

    use super::{property, render};
    use crate::report::samples::{Sample, chapter};

    #[test]
    fn one_line_for_each_diagnostic() {
        let Sample { sources, report } = chapter();
        assert_data_eq!(render(&report, &sources), str![[r#"
::error file=book/q2.md,line=4,col=53,endLine=4,endColumn=61,title=QED0001::the stated 0.993307 is not the computed 0.9866130821723351%0Athe first four digits of the two agree in no reading%0Awrite the computed value
::error file=book/q2.md,line=6,col=21,endLine=6,endColumn=25,title=QED0002::the stated 0.34 is not 1/3 rounded to two decimals
::error file=book/q2.md,line=6,col=46,endLine=6,endColumn=51,title=QED0101::nothing defines `ratio`%0Adefine it before, as in `<!-- qed: let ratio = … -->`
::warning file=book/q2.md,line=12,col=7,endLine=12,endColumn=11,title=QED0203::`c` is given a number that nothing uses

"#]].raw());
    }

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(property("a:b,c%d\r\ne"), "a%3Ab%2Cc%25d%0D%0Ae");
    }
}
