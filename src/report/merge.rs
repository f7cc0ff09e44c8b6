//! Joins the JSON reports of shards into the report that one process would have written.
//!
//! Reads and writes the schema of `json`; fields that it does not know are kept where they are.

use serde_json::{Map, Value, json};

/// A report and the name under which messages know it.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where it was read from.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Joins `parts`, in the order of their shards, else in the order given. An error says which part does not fit.
pub fn merge(parts: &[Part]) -> Result<String, String> {
    let mut reports = parts.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    check_shards(&reports)?;
    reports.sort_by_key(|(_, report)| shard(report).map(|(index, _)| index));
    let (mut claims, mut diagnostics): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for (_, report) in reports {
        let (shift, earlier) = (claims.len(), diagnostics.len());
        for mut diagnostic in list(&report, "diagnostics") {
            if let Some(cause) = diagnostic.get("cause").and_then(Value::as_u64) {
                diagnostic["cause"] = json!(cause + shift as u64);
            }
            if let Some(claim) = diagnostic.get("claim").and_then(Value::as_u64) {
                diagnostic["claim"] = json!(claim + shift as u64);
            } else if diagnostics[..earlier].contains(&diagnostic) {
                // What is wrong with the book around its chapters is found by every shard.
                continue;
            }
            diagnostics.push(diagnostic);
        }
        claims.extend(list(&report, "claims"));
    }
    let summary = summary(&claims, &diagnostics);
    let merged = json!({"version": 1, "claims": claims, "diagnostics": diagnostics, "summary": summary});
    Ok(format!("{merged:#}\n"))
}

fn read(part: &Part) -> Result<(&str, Map<String, Value>), String> {
    let name = part.name.as_str();
    let no_report = |problem: &dyn std::fmt::Display| format!("`{name}` is no JSON report: {problem}");
    let report: Value = serde_json::from_str(&part.text).map_err(|problem| no_report(&problem))?;
    let Value::Object(report) = report else { return Err(no_report(&"it is no object")) };
    match report.get("version").and_then(Value::as_u64) {
        Some(1) => {}
        Some(version) => return Err(no_report(&format_args!("version {version} is not known"))),
        None => return Err(no_report(&"it has no version")),
    }
    for key in ["claims", "diagnostics"] {
        if !report.get(key).is_some_and(Value::is_array) {
            return Err(no_report(&format_args!("it has no list of {key}")));
        }
    }
    Ok((name, report))
}

/// Which of how many shards a report is.
fn shard(report: &Map<String, Value>) -> Option<(u64, u64)> {
    let shard = report.get("shard")?;
    Some((shard.get("index")?.as_u64()?, shard.get("count")?.as_u64()?))
}

/// Shards are complete or there are none.
fn check_shards(reports: &[(&str, Map<String, Value>)]) -> Result<(), String> {
    let Some((_, count)) = reports.iter().find_map(|(_, report)| shard(report)) else { return Ok(()) };
    let mut seen: Vec<(u64, &str)> = Vec::new();
    for (name, report) in reports {
        let Some((index, of)) = shard(report) else {
            return Err(format!("`{name}` is the report of no shard, and others are"));
        };
        if of != count {
            return Err(format!("`{name}` is one of {of} shards, and others are of {count}"));
        }
        if let Some((_, other)) = seen.iter().find(|(known, _)| *known == index) {
            return Err(format!("`{other}` and `{name}` are both shard {index}"));
        }
        seen.push((index, name));
    }
    match (1..=count).find(|wanted| !seen.iter().any(|(index, _)| index == wanted)) {
        Some(missing) => Err(format!("the report of shard {missing}/{count} is missing")),
        None => Ok(()),
    }
}

fn list(report: &Map<String, Value>, key: &str) -> Vec<Value> {
    report.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn summary(claims: &[Value], diagnostics: &[Value]) -> Value {
    let count = |list: &[Value], key: &str, word: &str| {
        list.iter().filter(|it| it.get(key).and_then(Value::as_str) == Some(word)).count()
    };
    let skipped_in_peace =
        claims.iter().filter(|claim| claim["verdict"] == "skipped" && claim["severity"] == "ok");
    json!({
        "claims": claims.len(),
        "ok": count(claims, "severity", "ok") - skipped_in_peace.count(),
        "warnings": count(diagnostics, "severity", "warning"),
        "errors": count(diagnostics, "severity", "error"),
        "skipped": count(claims, "verdict", "skipped"),
    })
}

/// Whether a report, as [`merge`] writes it, has errors.
pub fn has_errors(merged: &str) -> bool {
    let report: Value = serde_json::from_str(merged).unwrap_or_default();
    report.pointer("/summary/errors").and_then(Value::as_u64).is_some_and(|errors| errors > 0)
}

#[cfg(test)]
mod tests {
    use super::{Part, has_errors, merge};
    use crate::report::samples::{Sample, chapter};
    use crate::report::{Shard, json};

    fn part(name: &str, shard: Option<&str>) -> Part {
        let Sample { sources, report } = chapter();
        let shard = shard.map(|text| text.parse::<Shard>().unwrap());
        Part { name: name.into(), text: json::render(&report, &sources, shard) }
    }

    #[test]
    fn shards_give_what_one_process_gives() {
        let Sample { sources, report } = chapter();
        let mut twice = report.clone();
        twice.append(report);
        // The warning at the end belongs to a claim, and so it is kept twice.
        let expected = json::render(&twice, &sources, None);
        let merged = merge(&[part("b", Some("2/2")), part("a", Some("1/2"))]).unwrap();
        assert_eq!(merged, expected);
        assert!(has_errors(&merged));
        assert_eq!(merge(&[part("a", None), part("b", None)]).unwrap(), expected);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let check = |parts: &[Part], expected: &str| assert_eq!(merge(parts), Err(expected.to_owned()));
        let text = |text: &str| Part { name: "x".into(), text: text.into() };
        check(&[part("a", Some("1/2"))], "the report of shard 2/2 is missing");
        check(&[part("a", Some("1/2")), part("b", Some("1/2"))], "`a` and `b` are both shard 1");
        check(
            &[part("a", Some("1/2")), part("b", Some("1/3"))],
            "`b` is one of 3 shards, and others are of 2",
        );
        check(&[part("a", Some("1/2")), part("b", None)], "`b` is the report of no shard, and others are");
        check(&[text("[]")], "`x` is no JSON report: it is no object");
        check(&[text("{}")], "`x` is no JSON report: it has no version");
        check(&[text("{\"version\": 2}")], "`x` is no JSON report: version 2 is not known");
        check(&[text("{\"version\": 1}")], "`x` is no JSON report: it has no list of claims");
        assert!(merge(&[text("{")]).is_err());
    }
}
