//! Figures: what a plot tag asks for, with the values that the chapter has computed so far. The tag is
//! read by `scan`.

use super::finding::no_value;
use super::table::expression;
use crate::diag::{Code, Diagnostic};
use crate::eval::{Scope, Value};
use crate::num::Precision;
use crate::scan::{self, Fragment, Plot};
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

/// More points than this would make a heavy page.
const MOST_POINTS: usize = 10_000;

/// The figure that `plot` asks for. Evaluated expressions are given to `used`.
pub(super) fn figure(scope: &Scope, plot: &Plot, used: &mut dyn FnMut(&Expr)) -> Result<Figure, Diagnostic> {
    let curves: Result<Vec<Curve>, _> = plot.curves.iter().map(|asked| curve(scope, asked, used)).collect();
    let mut labels = plot.labels.clone();
    if let Some(first) = plot.curves.first() {
        for (label, expression) in labels.iter_mut().zip([&first.x, &first.y]) {
            if label.is_empty() {
                label.clone_from(&expression.text);
            }
        }
    }
    positive(Figure { span: plot.span, title: plot.title.clone(), labels, log: plot.log, curves: curves? })
}

fn curve(scope: &Scope, asked: &scan::Curve, used: &mut dyn FnMut(&Expr)) -> Result<Curve, Diagnostic> {
    let (xs, ys) = (numbers(scope, &asked.x, used)?, numbers(scope, &asked.y, used)?);
    if xs.len() != ys.len() {
        let message = format!("{} values over {}: both lists must be of one length", ys.len(), xs.len());
        return Err(Diagnostic::error(Code::WrongType, asked.span, message));
    }
    Ok(Curve { name: asked.name.clone(), points: xs.into_iter().zip(ys).collect() })
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
