//! Figures: what the tag `plot` asks for, with the values that the chapter has computed so far.
//!
//! ```text
//! plot   = curve (";" curve)* (";" option)*
//! curve  = expression "vs" expression ("as" name)?     both are lists of numbers, of equal length
//! option = ("title" | "x" | "y") "=" text | "log" "=" ("x" | "y" | "xy")
//! ```

use super::finding::no_value;
use super::table::expression;
use crate::diag::{Code, Diagnostic, suggest};
use crate::eval::{Scope, Value};
use crate::num::Precision;
use crate::scan::Fragment;
use crate::source::Span;
use crate::syntax::Expr;

/// A figure: curves over one pair of axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// The tag that asks for it.
    pub span: Span,
    /// Above it; empty if none.
    pub title: String,
    /// What the axes measure, x and y; the expressions if the author says nothing else.
    pub labels: [String; 2],
    /// Whether the axes, x and y, are logarithmic.
    pub log: [bool; 2],
    /// At least one.
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// For the legend; empty if it has none.
    pub name: String,
    /// At least one, all finite.
    pub points: Vec<(f64, f64)>,
}

const OPTIONS: [&str; 4] = ["title", "x", "y", "log"];
/// More points than this would make a heavy page.
const MOST_POINTS: usize = 10_000;

/// Reads what follows `plot` in a tag at `span`. Evaluated expressions are given to `used`.
pub(super) fn read(
    scope: &Scope,
    span: Span,
    text: &Fragment,
    used: &mut dyn FnMut(&Expr),
) -> Result<Figure, Diagnostic> {
    let mut figure = Figure { span, ..Figure::default() };
    for part in parts(text) {
        match part.text.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some((key, value)) if OPTIONS.contains(&key) => option(&mut figure, key, value, &part)?,
            Some((key, _)) if !part.text.contains(" vs ") => return Err(unknown(key, &part)),
            _ => curve(&mut figure, scope, &part, used)?,
        }
    }
    match figure.curves.is_empty() {
        true => Err(malformed(text.span, "a plot without a curve")),
        false => positive(figure),
    }
}

fn parts(text: &Fragment) -> Vec<Fragment> {
    let mut start = 0;
    let mut parts = Vec::new();
    for end in text.text.match_indices(';').map(|(at, _)| at).chain([text.text.len()]) {
        parts.push(text.slice(start..end).trimmed());
        start = end + 1;
    }
    parts.retain(|part| !part.is_blank());
    parts
}

fn option(figure: &mut Figure, key: &str, value: &str, part: &Fragment) -> Result<(), Diagnostic> {
    match (key, value) {
        ("title", _) => value.clone_into(&mut figure.title),
        ("x", _) => value.clone_into(&mut figure.labels[0]),
        ("y", _) => value.clone_into(&mut figure.labels[1]),
        (_, "x" | "y" | "xy") => figure.log = [value.contains('x'), value.contains('y')],
        _ => return Err(malformed(part.span, "`log` is `x`, `y` or `xy`")),
    }
    Ok(())
}

fn curve(
    figure: &mut Figure,
    scope: &Scope,
    part: &Fragment,
    used: &mut dyn FnMut(&Expr),
) -> Result<(), Diagnostic> {
    let Some(at) = part.text.find(" vs ") else {
        return Err(malformed(part.span, "a curve is written `y vs x`"));
    };
    let rest = part.slice(at + " vs ".len()..part.text.len());
    let name = rest.text.rfind(" as ");
    let x = rest.slice(0..name.unwrap_or(rest.text.len())).trimmed();
    let y = part.slice(0..at).trimmed();
    let name = name.map(|at| rest.text[at + " as ".len()..].trim().to_owned()).unwrap_or_default();
    let (xs, ys) = (numbers(scope, &x, used)?, numbers(scope, &y, used)?);
    if xs.len() != ys.len() {
        let message = format!("{} values over {}: both lists must be of one length", ys.len(), xs.len());
        return Err(Diagnostic::error(Code::WrongType, part.span, message));
    }
    for (label, fragment) in figure.labels.iter_mut().zip([x, y]) {
        if label.is_empty() {
            *label = fragment.text;
        }
    }
    figure.curves.push(Curve { name, points: xs.into_iter().zip(ys).collect() });
    Ok(())
}

/// The elements of a list.
fn numbers(scope: &Scope, text: &Fragment, used: &mut dyn FnMut(&Expr)) -> Result<Vec<f64>, Diagnostic> {
    let expr = expression(text, scope)?;
    used(&expr);
    let value = scope.evaluate(&expr, Precision::LADDER[0]).map_err(|error| no_value(&error))?.value;
    let wrong = |what: String| Diagnostic::error(Code::WrongType, text.span, what);
    let Value::List(items) = value else {
        return Err(wrong(format!("a list of numbers is plotted, and this is {}", value.describe())));
    };
    if items.is_empty() || items.len() > MOST_POINTS {
        return Err(wrong(format!("between 1 and {MOST_POINTS} points are plotted, not {}", items.len())));
    }
    let number = |item: &Value| item.as_number().map(crate::num::Number::to_f64).filter(|it| it.is_finite());
    let numbers = items.iter().map(|item| number(item).ok_or(item)).collect::<Result<Vec<f64>, _>>();
    numbers.map_err(|item| wrong(format!("a list of numbers is plotted, and it holds {}", item.describe())))
}

/// A logarithmic axis has no place for zero.
fn positive(figure: Figure) -> Result<Figure, Diagnostic> {
    let points = || figure.curves.iter().flat_map(|curve| &curve.points);
    let fits = points().all(|(x, y)| (!figure.log[0] || *x > 0.0) && (!figure.log[1] || *y > 0.0));
    if fits {
        return Ok(figure);
    }
    let message = "a logarithmic axis shows positive values only, and there are others";
    Err(Diagnostic::error(Code::Undefined, figure.span, message))
}

fn malformed(span: Span, message: &str) -> Diagnostic {
    Diagnostic::error(Code::MalformedTag, span, message).help("write `<!-- qed: plot y vs x; title=… -->`")
}

fn unknown(key: &str, part: &Fragment) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(Code::MalformedTag, part.span, format!("a plot has no setting `{key}`"));
    match suggest::did_you_mean(key, OPTIONS.iter().copied()) {
        Some(near) => diagnostic.help(near),
        None => diagnostic.help("its settings are `title`, `x`, `y` and `log`"),
    }
}
