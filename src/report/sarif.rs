//! SARIF 2.1.0, the format of code scanning: GitHub and editors show each result at its place, with its replacement.
//!
//! Only what the standard asks for and its readers use. Columns are counted in Unicode scalar values, as the document says.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde::Serialize;

use super::{Report, full_message};
use crate::diag::{Code, Diagnostic, Fix, Severity};
use crate::source::{Place, Sources, Span};

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Outcome<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Message<'static>,
}

#[derive(Serialize)]
struct Message<'a> {
    text: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message<'a>,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    description: Message<'a>,
    artifact_changes: [ArtifactChange<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: ArtifactLocation,
    replacements: [Edit<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Edit<'a> {
    deleted_region: Region,
    inserted_content: Message<'a>,
}

/// Renders the diagnostics of `report` as one JSON object, indented, with a final newline.
pub fn render(report: &Report, sources: &Sources) -> String {
    let used: BTreeSet<Code> = report.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let codes: Vec<Code> = used.into_iter().collect();
    let rule = |code: &Code| Rule { id: code.id(), short_description: message(code.title()) };
    let driver = Driver {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        rules: codes.iter().map(rule).collect(),
    };
    let results = report.diagnostics.iter().map(|diagnostic| outcome(diagnostic, &codes, sources)).collect();
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    let document =
        Document { version: "2.1.0", schema: "https://json.schemastore.org/sarif-2.1.0.json", runs: [run] };
    let mut text = serde_json::to_string_pretty(&document).expect("strings and numbers always serialise");
    text.push('\n');
    text
}

fn outcome<'a>(diagnostic: &'a Diagnostic, codes: &[Code], sources: &Sources) -> Outcome<'a> {
    let related = diagnostic.secondary.iter().enumerate().map(|(position, (span, label))| Location {
        id: Some(position),
        physical_location: physical(*span, sources),
        message: Some(message(label.as_str())),
    });
    Outcome {
        rule_id: diagnostic.code.id(),
        rule_index: codes.binary_search(&diagnostic.code).unwrap_or_default(),
        level: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: message(full_message(diagnostic)),
        locations: [Location {
            id: None,
            physical_location: physical(diagnostic.span, sources),
            message: None,
        }],
        related_locations: related.collect(),
        fixes: diagnostic.fix.iter().filter_map(|fix| replacement(diagnostic, fix, sources)).collect(),
    }
}

fn message<'a>(text: impl Into<std::borrow::Cow<'a, str>>) -> Message<'a> {
    Message { text: text.into() }
}

fn physical(span: Span, sources: &Sources) -> PhysicalLocation {
    let place = sources.place(span);
    PhysicalLocation { artifact_location: artifact(&place), region: region(&place) }
}

fn artifact(place: &Place<'_>) -> ArtifactLocation {
    ArtifactLocation { uri: uri(place.path) }
}

fn region(place: &Place<'_>) -> Region {
    Region {
        start_line: place.start.line,
        start_column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
    }
}

/// What stands in no file, because a link or another preprocessor made it, cannot be replaced there.
fn replacement<'a>(diagnostic: &'a Diagnostic, fix: &'a Fix, sources: &Sources) -> Option<Replacement<'a>> {
    let place = sources.place(fix.span);
    let edit = Edit { deleted_region: region(&place), inserted_content: message(fix.text.as_str()) };
    place.exact.then(|| Replacement {
        description: message(diagnostic.help.as_deref().unwrap_or("replace it")),
        artifact_changes: [ArtifactChange { artifact_location: artifact(&place), replacements: [edit] }],
    })
}

/// A path with `/` as a URI reference.
fn uri(path: &str) -> String {
    let mut output = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => output.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => output.push(char::from(byte)),
            _ => _ = write!(output, "%{byte:02X}"),
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData, assert_data_eq, str};

    use super::{render, uri};
    use crate::report::Report;
    use crate::report::samples::{Sample, chapter};
    use crate::source::Sources;

    #[test]
    fn a_result_for_each_diagnostic() {
        let Sample { sources, mut report } = chapter();
        report.diagnostics.truncate(2);
        let text = render(&report, &sources).replace(env!("CARGO_PKG_VERSION"), "VERSION");
        assert_data_eq!(text, str![[r#"
{
  "version": "2.1.0",
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "runs": [
    {
      "tool": {
        "driver": {
          "name": "mdbook-qed",
          "version": "VERSION",
          "rules": [
            {
              "id": "QED0001",
              "shortDescription": {
                "text": "the stated number is not the computed one"
              }
            },
            {
              "id": "QED0002",
              "shortDescription": {
                "text": "the stated number is cut off instead of rounded"
              }
            }
          ]
        }
      },
      "columnKind": "unicodeCodePoints",
      "results": [
        {
          "ruleId": "QED0001",
          "ruleIndex": 0,
          "level": "error",
          "message": {
            "text": "the stated 0.993307 is not the computed 0.9866130821723351\nthe first four digits of the two agree in no reading\nwrite the computed value"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "book/q2.md"
                },
                "region": {
                  "startLine": 4,
                  "startColumn": 53,
                  "endLine": 4,
                  "endColumn": 61
                }
              }
            }
          ],
          "relatedLocations": [
            {
              "id": 0,
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "book/q2.md"
                },
                "region": {
                  "startLine": 4,
                  "startColumn": 9,
                  "endLine": 4,
                  "endColumn": 28
                }
              },
              "message": {
                "text": "computed: 0.9866130821723351"
              }
            }
          ],
          "fixes": [
            {
              "description": {
                "text": "write the computed value"
              },
              "artifactChanges": [
                {
                  "artifactLocation": {
                    "uri": "book/q2.md"
                  },
                  "replacements": [
                    {
                      "deletedRegion": {
                        "startLine": 4,
                        "startColumn": 53,
                        "endLine": 4,
                        "endColumn": 61
                      },
                      "insertedContent": {
                        "text": "0.986613"
                      }
                    }
                  ]
                }
              ]
            }
          ]
        },
        {
          "ruleId": "QED0002",
          "ruleIndex": 1,
          "level": "error",
          "message": {
            "text": "the stated 0.34 is not 1/3 rounded to two decimals"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "book/q2.md"
                },
                "region": {
                  "startLine": 6,
                  "startColumn": 21,
                  "endLine": 6,
                  "endColumn": 25
                }
              }
            }
          ]
        }
      ]
    }
  ]
}

"#]].raw());
    }

    #[test]
    fn an_empty_report_has_a_run_without_results() {
        let text = render(&Report::default(), &Sources::default());
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document.pointer("/runs/0/results"), Some(&serde_json::json!([])));
    }

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("book/q 2/ä:1.md"), "book/q%202/%C3%A4%3A1.md");
    }
}
