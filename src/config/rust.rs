//! `[preprocessor.qed.rust]`: whether cells are run, with which crates, and within which limits.

use serde_json::{Map, Value};

use super::{Problem, TABLE, unknown_key, wrong_value};
use crate::cell::{Settings, seconds};

const KEYS: &[&str] = &["enabled", "dependencies", "timeout", "memory", "output", "data"];

/// Reads the table. What is wrong keeps its default.
pub(super) fn read(table: &Map<String, Value>, settings: &mut Settings, problems: &mut Vec<Problem>) {
    for (key, value) in table {
        let way = || TABLE.iter().chain(&["rust", key.as_str()]).map(|part| (*part).to_owned()).collect();
        let expected = match key.as_str() {
            "enabled" => set(&mut settings.enabled, value.as_bool(), "`true` or `false`"),
            "dependencies" => set(
                &mut settings.dependencies,
                dependencies(value),
                "a table in cargo's syntax, such as `ndarray = \"0.17\"`",
            ),
            "timeout" => {
                set(&mut settings.timeout, value.as_f64().and_then(seconds), "a number of seconds above 0")
            }
            "memory" => set(&mut settings.memory, mebibytes(value), "a whole number of MiB above 0"),
            "output" => set(&mut settings.output, kibibytes(value), "a whole number of KiB above 0"),
            "data" => set(
                &mut settings.data,
                files(value),
                "a list of files, by their paths inside the folder of the book",
            ),
            _ => {
                problems.push(unknown_key(way(), KEYS.iter().copied()));
                continue;
            }
        };
        problems.extend(expected.map(|expected| wrong_value(way(), expected, value)));
    }
}

/// Sets what can be read; otherwise what was expected comes back.
fn set<T>(setting: &mut T, value: Option<T>, expected: &'static str) -> Option<&'static str> {
    match value {
        Some(value) => {
            *setting = value;
            None
        }
        None => Some(expected),
    }
}

fn dependencies(value: &Value) -> Option<toml::Table> {
    let is_dependency = |value: &Value| value.is_string() || value.is_object();
    let table = value.as_object().filter(|table| table.values().all(is_dependency))?;
    toml::Table::try_from(table).ok()
}

fn mebibytes(value: &Value) -> Option<u64> {
    value.as_u64().filter(|count| (1..1 << 24).contains(count)).map(|count| count << 20)
}

fn kibibytes(value: &Value) -> Option<u64> {
    value.as_u64().filter(|count| (1..1 << 24).contains(count)).map(|count| count << 10)
}

/// Paths that stay inside the folder.
fn files(value: &Value) -> Option<Vec<String>> {
    let inside = |path: &str| {
        !path.is_empty()
            && path.split(['/', '\\']).all(|part| part != "..")
            && !path.starts_with(['/', '\\'])
            && !path.contains(':')
    };
    value
        .as_array()?
        .iter()
        .map(|path| path.as_str().filter(|path| inside(path)).map(str::to_owned))
        .collect()
}
