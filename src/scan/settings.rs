//! Settings of a block tag: `wrong`, and the overrides of [`Rules`].
//!
//! ```text
//! settings = setting { [ "," | ";" ] setting }
//! setting  = "wrong" | "rel" "=" decimal | "abs" "=" decimal | "rounding" "=" ( "nearest" | "truncate" )
//!          | "log" "=" ( "e" | "2" | "10" ) | "intermediate" "=" ( "exact" | "rounded" )
//! ```

use super::tags::malformed;
use super::{Fragment, Intermediate, LogBase, Rounding, Rules};
use crate::diag::{Code, Diagnostic, suggest};
use crate::num::exact::{Rational, parse_decimal};
use crate::source::Span;

/// The settings of one tag.
#[derive(Default)]
pub(super) struct Settings {
    /// Where `wrong` stands, if it does.
    pub(super) wrong: Option<Span>,
    pub(super) rules: Rules,
}

/// The words of settings.
pub(super) const NAMES: &[&str] = &["wrong", "rel", "abs", "rounding", "log", "intermediate"];

/// A word, and after `=` its value.
struct Setting {
    name: Fragment,
    value: Option<Fragment>,
}

/// Reads a whole list of settings.
pub(super) fn read(body: &Fragment) -> Result<Settings, Diagnostic> {
    let mut settings = Settings::default();
    let mut rest = body.trimmed();
    while !rest.text.is_empty() {
        let (setting, after) = next(&rest)?;
        add(&mut settings, &setting)?;
        rest = after;
    }
    Ok(settings)
}

/// The first setting of `list` and what follows it.
fn next(list: &Fragment) -> Result<(Setting, Fragment), Diagnostic> {
    let end = end_of_word(&list.text);
    if end == 0 {
        return Err(malformed(list.span, "no setting")
            .help("settings look like `rel=1e-3`, with spaces between them"));
    }
    let name = list.slice(0..end);
    let rest = list.slice(end..list.text.len()).trimmed();
    let Some(after) = rest.text.strip_prefix('=') else {
        return Ok((Setting { name, value: None }, past_separator(&rest)));
    };
    let value = rest.slice(rest.text.len() - after.len()..rest.text.len()).trimmed();
    let end =
        value.text.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).unwrap_or(value.text.len());
    let rest = value.slice(end..value.text.len()).trimmed();
    Ok((Setting { name, value: Some(value.slice(0..end)) }, past_separator(&rest)))
}

fn end_of_word(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(text.len())
}

fn past_separator(rest: &Fragment) -> Fragment {
    let skip = usize::from(rest.text.starts_with([',', ';']));
    rest.slice(skip..rest.text.len()).trimmed()
}

/// Adds one setting, unless its word is there already.
fn add(settings: &mut Settings, setting: &Setting) -> Result<(), Diagnostic> {
    let rules = &mut settings.rules;
    let repeated = match setting.name.text.as_str() {
        "wrong" => {
            bare(setting)?;
            settings.wrong.replace(setting.name.span).is_some()
        }
        "rel" => rules.rel.replace(positive(setting)?).is_some(),
        "abs" => rules.abs.replace(positive(setting)?).is_some(),
        "rounding" => rules.rounding.replace(choice(setting, ROUNDING)?).is_some(),
        "log" => rules.log.replace(choice(setting, LogBase::ALL)?).is_some(),
        "intermediate" => rules.intermediate.replace(choice(setting, INTERMEDIATE)?).is_some(),
        _ => return Err(unknown(&setting.name)),
    };
    if repeated {
        Err(malformed(setting.name.span, format!("`{}` is set twice", setting.name.text)))
    } else {
        Ok(())
    }
}

const ROUNDING: &[(&str, Rounding)] = &[("nearest", Rounding::Nearest), ("truncate", Rounding::Truncate)];
const INTERMEDIATE: &[(&str, Intermediate)] =
    &[("exact", Intermediate::Exact), ("rounded", Intermediate::Rounded)];

fn unknown(name: &Fragment) -> Diagnostic {
    let mut error =
        Diagnostic::error(Code::UnknownTag, name.span, format!("there is no setting `{}`", name.text));
    error.help = suggest::did_you_mean(&name.text, NAMES.iter().copied())
        .or_else(|| Some(format!("the settings are {}", quoted(NAMES.iter().copied()))));
    error
}

fn quoted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Checks that no value follows.
fn bare(setting: &Setting) -> Result<(), Diagnostic> {
    match &setting.value {
        Some(value) => Err(malformed(value.span, format!("`{}` takes no value", setting.name.text))),
        None => Ok(()),
    }
}

fn value(setting: &Setting) -> Result<&Fragment, Diagnostic> {
    setting.value.as_ref().filter(|value| !value.text.is_empty()).ok_or_else(|| {
        malformed(setting.name.span, format!("`{}` without a value", setting.name.text))
            .help(format!("write `{}=…`", setting.name.text))
    })
}

fn positive(setting: &Setting) -> Result<Rational, Diagnostic> {
    let value = value(setting)?;
    positive_decimal(&value.text).ok_or_else(|| {
        malformed(value.span, format!("`{}` is no positive decimal", value.text))
            .help("write it like `1e-3` or `0.001`")
    })
}

/// A decimal greater than zero: digits, an optional fraction, an optional exponent.
fn positive_decimal(text: &str) -> Option<Rational> {
    let (_, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    // Four digits of exponent are past anything that could be meant, and keep later arithmetic small.
    let is_small = exponent.trim_start_matches(['+', '-']).len() <= 4;
    let value = parse_decimal(text).filter(|_| is_small && !text.starts_with('+'))?;
    (value > Rational::ZERO).then_some(value)
}

/// The choice that the value names.
fn choice<T: Copy>(setting: &Setting, choices: &[(&'static str, T)]) -> Result<T, Diagnostic> {
    let value = value(setting)?;
    if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == value.text) {
        return Ok(*choice);
    }
    let names = || choices.iter().map(|(name, _)| *name);
    let mut error = malformed(value.span, format!("`{}` cannot be `{}`", setting.name.text, value.text));
    error.help = suggest::did_you_mean(&value.text, names())
        .or_else(|| Some(format!("write one of {}", quoted(names()))));
    Err(error)
}

/// Adds `more` to `rules`, the settings of tags that stand above one block. The name of one that both give, if any.
pub(super) fn merge(rules: &mut Rules, more: Rules) -> Option<&'static str> {
    let mut repeated = None;
    let mut note = |name, both: bool| repeated = repeated.or(both.then_some(name));
    note("rel", take(&mut rules.rel, more.rel));
    note("abs", take(&mut rules.abs, more.abs));
    note("rounding", take(&mut rules.rounding, more.rounding));
    note("log", take(&mut rules.log, more.log));
    note("intermediate", take(&mut rules.intermediate, more.intermediate));
    repeated
}

/// Moves `more` into an empty `slot`; whether both were full.
fn take<T>(slot: &mut Option<T>, more: Option<T>) -> bool {
    let both = slot.is_some() && more.is_some();
    if slot.is_none() {
        *slot = more;
    }
    both
}

#[cfg(test)]
mod tests {
    use super::positive_decimal;
    use crate::num::exact::parse_decimal;

    #[test]
    fn decimals() {
        for good in ["1", "0.01", ".5", "5.", "1e-3", "1E+10", "0.0001e4"] {
            assert!(positive_decimal(good).is_some(), "{good}");
            assert_eq!(positive_decimal(good), parse_decimal(good));
        }
        for bad in
            ["", "0", "0.0", "-1", "1e", "e5", ".", "1,5", "1e99999", "1%", "1e-", "½", "0e5", "+1", "1e--5"]
        {
            assert_eq!(positive_decimal(bad), None, "{bad}");
        }
    }
}
