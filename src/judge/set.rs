//! The text of a set to a domain: `R`, `N`, `Z`, `R^3`, `R^{2x3}`, `[0, 1)`, `{1, 2, 3}`.

use super::finding::{self, no_value};
use crate::diag::{Code, Diagnostic};
use crate::eval::{Bound, Domain, Scope, Set, Shape, Value};
use crate::num::{Number, Precision};
use crate::scan::Fragment;
use crate::source::Span;
use crate::syntax::{self, MemberKind, Notation};

pub(super) type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// What is needed to read a set.
#[derive(Clone, Copy)]
pub(super) struct Sets<'s> {
    /// The names that its numbers may use.
    pub(super) scope: &'s Scope,
    /// The notation of its text.
    pub(super) notation: Notation,
}

impl Sets<'_> {
    /// A set: `R`, `N`, `Z`, `R^3`, `R^{2x3}`, `[0, 1)`, `{1, 2, 3}`.
    pub(super) fn read(&self, text: &Fragment) -> Result<Domain> {
        let stripped = without_sizes(text);
        let inner = stripped.text.trim();
        let (Some(first), Some(last)) = (inner.chars().next(), inner.chars().last()) else {
            return Err(malformed(text.span, "a set is missing here"));
        };
        if inner.len() > 1 && matches!(first, '(' | '[' | ']') && matches!(last, ')' | ']' | '[') {
            return self.interval(&stripped, first == '[', last == ']');
        }
        if let Some(elements) = between(&stripped, &[r"\{", "{"], &[r"\}", "}"]) {
            let numbers = parts(&elements)
                .iter()
                .map(|part| number(part, self.notation, self.scope))
                .collect::<Result<_>>()?;
            return Ok(Domain { set: Set::Finite(numbers), ..Domain::reals() });
        }
        self.standard_set(text)
    }

    fn interval(&self, text: &Fragment, closed_below: bool, closed_above: bool) -> Result<Domain> {
        let inside = text.trimmed();
        let inside = inside.slice(1..inside.text.len() - 1);
        let [lower, upper] = &parts(&inside)[..] else {
            let message = "an interval has two ends: `(0, 1)`, `[0, \\infty)`";
            return Err(malformed(text.span, message));
        };
        let end = |part: &Fragment, closed| -> Result<Option<Bound>> {
            if is_infinite(&part.text) {
                return Ok(None);
            }
            Ok(Some(Bound { value: number(part, self.notation, self.scope)?, closed }))
        };
        Ok(Domain { lower: end(lower, closed_below)?, upper: end(upper, closed_above)?, ..Domain::reals() })
    }

    /// A letter with what stands at it.
    fn standard_set(&self, text: &Fragment) -> Result<Domain> {
        let mut spelled: String = text.text.chars().filter(|c| !c.is_whitespace()).collect();
        for font in [r"\mathbb", r"\mathbf", r"\mathrm", r"\text"] {
            spelled = spelled.replace(font, "");
        }
        let spelled = spelled.strip_prefix('\\').unwrap_or(&spelled);
        let letter_in_braces = spelled.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let (letter, rest) = match letter_in_braces {
            Some((letter, rest)) => (letter, rest.to_owned()),
            None => {
                let length = spelled.chars().next().map_or(0, char::len_utf8);
                (&spelled[..length], spelled[length..].to_owned())
            }
        };
        let numbers = match letter {
            "R" | "ℝ" | "Q" | "ℚ" => Domain::reals(),
            "Z" | "ℤ" => Domain { set: Set::Integers, ..Domain::reals() },
            "N" | "ℕ" => Domain { set: Set::Integers, lower: Some(Bound::closed(0)), ..Domain::reals() },
            _ => {
                let message = format!("the set `{}` is not known", text.text.trim());
                let help = "sets are `R`, `Z`, `N` (from 0), `R^3`, `R^{2x3}`, intervals and `{1, 2, 3}`";
                return Err(Box::new(Diagnostic::error(Code::Unsupported, text.span, message).help(help)));
            }
        };
        self.decorated(numbers, &rest, text.span)
    }

    /// `^n`, `^{2x3}`, `_{>0}`, `_{\ge 0}` after the letter of a set.
    fn decorated(&self, mut domain: Domain, rest: &str, span: Span) -> Result<Domain> {
        let mut rest = rest;
        while !rest.is_empty() {
            let mark = rest.chars().next().unwrap_or_default();
            let (script, after) = script(&rest[mark.len_utf8()..]);
            rest = after;
            match (mark, script) {
                ('_', script)
                    if script.starts_with('>') || script.starts_with("\\g") || script.starts_with('≥') =>
                {
                    let letters = script.trim_start_matches(|c: char| !c.is_ascii_digit() && c != '-');
                    let value = letters
                        .parse::<i64>()
                        .map_err(|_| malformed(span, "only a number bounds a set here"))?;
                    let bound = if script.starts_with('>') && !script.starts_with(">=") {
                        Bound::open(value)
                    } else {
                        Bound::closed(value)
                    };
                    domain = domain.intersect(Domain { lower: Some(bound), ..Domain::reals() });
                }
                (_, "+" | "*" | "++") => {
                    let message = "whether this holds zero is read differently by different authors";
                    let help = "write `x > 0` or `x \\ge 0`";
                    return Err(Box::new(Diagnostic::error(Code::Ambiguous, span, message).help(help)));
                }
                ('^', script) => domain.shape = self.shape(script, span)?,
                _ => return Err(malformed(span, "this is not understood as a set")),
            }
        }
        Ok(domain)
    }

    /// `3`, `n`, `2x3`, `m \times n`.
    fn shape(&self, text: &str, span: Span) -> Result<Shape> {
        let text = text.replace("\\times", "×").replace('*', "×");
        let between_digits = |at: usize| {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            digit(text[..at].chars().last()) && digit(text[at + 1..].chars().next())
        };
        let split = text.split_once('×').or_else(|| {
            text.match_indices('x')
                .find(|(at, _)| between_digits(*at))
                .map(|(at, _)| (&text[..at], &text[at + 1..]))
        });
        let size = |text: &str| -> Result<usize> {
            let part = Fragment {
                span: Span { end: span.start + text.len() as u32, ..span },
                text: text.to_owned(),
            };
            let number = number(&part, self.notation, self.scope)
                .map_err(|error| Box::new(Diagnostic { span, ..*error }))?;
            let size = number.to_integer().and_then(|size| usize::try_from(size).ok());
            size.filter(|size| (1..=1_000).contains(size))
                .ok_or_else(|| malformed(span, "a dimension is a whole number from 1 to 1000"))
        };
        Ok(match split {
            Some((rows, columns)) => {
                let (rows, columns) = (size(rows)?, size(columns)?);
                if columns == 1 { Shape::List(rows) } else { Shape::Matrix(rows, columns) }
            }
            None => Shape::List(size(&text)?),
        })
    }
}

pub(super) fn malformed(span: Span, message: impl Into<String>) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Code::Syntax, span, message))
}

/// The value of a text that is a number.
pub(super) fn number(text: &Fragment, notation: Notation, scope: &Scope) -> Result<Number> {
    let text = text.trimmed();
    let statements = syntax::parse(&text, notation).map_err(|error| Box::new(finding::unreadable(&error)))?;
    let read = match statements.as_slice() {
        [only] if only.len() == 1 && only.links.is_empty() => only.read(0, scope, &[]).kind,
        _ => return Err(malformed(text.span, "a number is expected here")),
    };
    let expr = match read {
        MemberKind::Expr(expr) => expr,
        MemberKind::Error(error) => return Err(Box::new(finding::unreadable(&error))),
        _ => return Err(malformed(text.span, "a number is expected here")),
    };
    let evaluated =
        scope.evaluate(&expr, Precision::LADDER[1]).map_err(|error| Box::new(no_value(&error)))?;
    match evaluated.value {
        Value::Number(number) => Ok(number),
        other => {
            let message = format!("this is {}; a bound is a number", other.describe());
            Err(Box::new(Diagnostic::error(Code::WrongType, text.span, message)))
        }
    }
}

/// Cut at the commas that stand in no brackets.
pub(super) fn parts(text: &Fragment) -> Vec<Fragment> {
    let mut depth = 0usize;
    let mut start = 0;
    let mut parts = Vec::new();
    for (at, c) in text.text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(text.slice(start..at).trimmed());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.slice(start..text.text.len()).trimmed());
    parts
}

/// Without `\left`, `\right` and their kin, blanked out.
fn without_sizes(text: &Fragment) -> Fragment {
    let mut blanked = text.text.clone();
    for mark in [r"\left", r"\right", r"\bigl", r"\bigr", r"\big"] {
        let before_bracket =
            |at: usize| blanked[at + mark.len()..].trim_start().starts_with(['(', '[', ')', ']', '\\']);
        let places: Vec<usize> =
            blanked.match_indices(mark).map(|(at, _)| at).filter(|at| before_bracket(*at)).collect();
        for at in places {
            blanked.replace_range(at..at + mark.len(), &" ".repeat(mark.len()));
        }
    }
    Fragment { text: blanked, ..text.clone() }.trimmed()
}

/// What stands between an opening and a closing mark.
fn between(text: &Fragment, open: &[&str], close: &[&str]) -> Option<Fragment> {
    let start = open.iter().find(|mark| text.text.starts_with(**mark))?.len();
    let end = text.text.len() - close.iter().find(|mark| text.text.ends_with(**mark))?.len();
    let inside = (start <= end).then(|| text.slice(start..end))?;
    let mut depth = 0i32;
    let balanced = inside.text.chars().all(|c| {
        depth += i32::from(matches!(c, '{' | '[' | '(')) - i32::from(matches!(c, '}' | ']' | ')'));
        depth >= 0
    });
    // `{R}` is what is left of `\mathbb{R}`.
    let letter = matches!(inside.text.trim(), "R" | "N" | "Z" | "Q" | "C");
    (balanced && !letter).then_some(inside)
}

/// The script at the beginning of `text` without its brackets, and what follows it.
fn script(text: &str) -> (&str, &str) {
    for (open, close) in [('{', '}'), ('(', ')')] {
        if let Some((inside, after)) = text.strip_prefix(open).and_then(|rest| rest.split_once(close)) {
            return (inside, after);
        }
    }
    let digits = text.find(|c: char| !c.is_alphanumeric() && c != '×').unwrap_or(text.len());
    let length = if digits == 0 { text.chars().next().map_or(0, char::len_utf8) } else { digits };
    text.split_at(length)
}

fn is_infinite(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['-', '+', '−']).trim_start();
    matches!(text, r"\infty" | "∞" | "inf" | "infinity" | "oo")
}
