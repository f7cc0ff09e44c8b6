//! Expression to stated number: which members are numbers as an author types them, and not to be computed.

use super::chain::typed;
use super::constant;
use crate::compare::Stated;
use crate::scan::Fragment;
use crate::source::Span;
use crate::syntax::{self, Binary, Expr, Kind, Product, Unary};

/// A member without anything to compute: one number, or a list or matrix of numbers.
#[derive(Clone, Debug)]
pub(super) struct Bare {
    /// As an expression, for chains that hold nothing else.
    pub(super) expr: Expr,
    /// Every number with its place in the list; one without a place if it is no list.
    pub(super) numbers: Vec<(Path, StatedNumber)>,
}

/// The way to an element of nested lists and matrices, counted from 0; empty for the whole value.
pub(super) type Path = Vec<usize>;

/// A number as typed, with what stands beside it.
#[derive(Clone, Debug)]
pub(super) struct StatedNumber {
    /// The number.
    pub(super) stated: Stated,
    /// In degrees: the value is a 180th of π times it.
    pub(super) degrees: bool,
    /// Its unit.
    pub(super) unit: Option<String>,
    /// Part of the source that is the number, unit left out.
    pub(super) span: Span,
}

/// `expr` as numbers that were typed, if it is nothing else. `power_of_ten`: a bare `10^k` is one too (after
/// `\approx`).
pub(super) fn bare(expr: &Expr, fragment: &Fragment, power_of_ten: bool) -> Option<Bare> {
    let mut numbers = Vec::new();
    collect(expr, &mut Vec::new(), fragment, power_of_ten, &mut numbers)?;
    // The empty set states no number.
    if numbers.is_empty() {
        return None;
    }
    Some(Bare { expr: expr.clone(), numbers })
}

fn collect(
    expr: &Expr,
    path: &mut Path,
    fragment: &Fragment,
    power_of_ten: bool,
    numbers: &mut Vec<(Path, StatedNumber)>,
) -> Option<()> {
    match &expr.kind {
        Kind::List(items) => collect_each(items, path, fragment, numbers),
        // `\pm 1.41`
        Kind::TwoSigns(both) => collect_each(both.iter(), path, fragment, numbers),
        // A column of numbers is a vector.
        Kind::Matrix(rows) if rows.iter().all(|row| matches!(&row[..], [cell] if !is_array(cell))) => {
            collect_each(rows.iter().flatten(), path, fragment, numbers)
        }
        Kind::Matrix(rows) => rows.iter().enumerate().try_for_each(|(at, row)| {
            path.push(at);
            let collected = collect_each(row, path, fragment, numbers);
            path.pop();
            collected
        }),
        _ => {
            let number = read(expr, power_of_ten)?;
            // `\qty{93}{\percent}`: the sign stands in the command, the number in its braces.
            let is_cut = number.stated.percent && typed(fragment, number.span).contains("}{");
            let whole = || syntax::with_commands(&fragment.text, fragment.span, number.span);
            let span = if is_cut { whole() } else { number.span };
            let stated = number.stated.typed(typed(fragment, span));
            numbers.push((path.clone(), StatedNumber { stated, span, ..number }));
            Some(())
        }
    }
}

/// The numbers of all elements of a list.
fn collect_each<'e>(
    items: impl IntoIterator<Item = &'e Expr>,
    path: &mut Path,
    fragment: &Fragment,
    numbers: &mut Vec<(Path, StatedNumber)>,
) -> Option<()> {
    items.into_iter().enumerate().try_for_each(|(at, item)| {
        path.push(at);
        let collected = collect(item, path, fragment, false, numbers);
        path.pop();
        collected
    })
}

fn is_array(expr: &Expr) -> bool {
    matches!(expr.ungrouped().kind, Kind::List(_) | Kind::Matrix(_))
}

/// `expr` as a number that was typed, if it is one without a unit and not in degrees.
pub(super) fn stated(expr: &Expr) -> Option<Stated> {
    let number = read(expr, false)?;
    (!number.degrees && number.unit.is_none()).then_some(number.stated)
}

fn read(expr: &Expr, power_of_ten: bool) -> Option<StatedNumber> {
    if let Some((shown, span)) = without_dots(expr) {
        let number = read(&shown, false)?;
        let stated = Stated { continues: true, ..number.stated };
        return Some(StatedNumber { stated, span: span.unwrap_or(number.span), ..number });
    }
    let plain = |stated| StatedNumber { stated, degrees: false, unit: None, span: expr.span };
    match &expr.kind {
        Kind::Number(literal) => {
            let mantissa = literal.text.split(['e', 'E']).next()?.trim_end();
            Stated::new(mantissa, false, literal.exponent.into(), false).map(plain)
        }
        Kind::Unary(Unary::Negate, inner) => {
            let number = read(inner, power_of_ten)?;
            Some(StatedNumber { stated: number.stated.negated(), span: expr.span, ..number })
        }
        Kind::Unary(Unary::Plus, inner) => {
            let number = read(inner, power_of_ten)?;
            Some(StatedNumber { span: expr.span, ..number })
        }
        // `-(-0.322)`
        Kind::Unary(Unary::Group, inner) => match &inner.kind {
            Kind::Number(_) | Kind::Unary(Unary::Negate, _) => read(inner, false),
            _ => None,
        },
        Kind::Unary(Unary::Percent, inner) => {
            let (mantissa, negative, exponent) = scientific(inner)?;
            Stated::new(mantissa, negative, exponent, true).map(plain)
        }
        Kind::Unary(Unary::Degrees, inner) => {
            let number = read(inner, false)?;
            Some(StatedNumber { degrees: true, ..number })
        }
        Kind::Unit(inner, unit) => {
            let number = read(inner, power_of_ten)?;
            Some(StatedNumber { unit: Some(unit.clone()), span: inner.span, ..number })
        }
        Kind::Binary(Binary::Multiply(Product::Times | Product::Dot), mantissa, power) => {
            let ((power, unit), (mantissa, negative, 0)) = (without_unit(power), scientific(mantissa)?)
            else {
                return None;
            };
            let stated = Stated::new(mantissa, negative, exponent_of_ten(power)?, false)?;
            let span = Span { end: power.span.end, ..expr.span };
            Some(StatedNumber { unit: unit.map(str::to_owned), span, ..plain(stated) })
        }
        Kind::Binary(Binary::Power, ..) if power_of_ten => {
            Stated::power_of_ten(exponent_of_ten(expr)?).map(plain)
        }
        _ => None,
    }
}

/// A factor and the unit that was read with it: `3.2 \times 10^{-15} \text{ N}`.
fn without_unit(factor: &Expr) -> (&Expr, Option<&str>) {
    match &factor.kind {
        Kind::Unit(inner, unit) => (inner, Some(unit)),
        _ => (factor, None),
    }
}

/// A number without the dots after its digits, if there are any; and the place of the digits, if they are all there is.
fn without_dots(expr: &Expr) -> Option<(Expr, Option<Span>)> {
    let (kind, span) = match &expr.kind {
        Kind::Unary(Unary::Ellipsis, inner) => return Some(((**inner).clone(), Some(inner.span))),
        Kind::Unary(unary @ (Unary::Negate | Unary::Plus | Unary::Percent | Unary::Degrees), inner) => {
            let (shown, digits) = without_dots(inner)?;
            let signed = matches!(unary, Unary::Negate | Unary::Plus);
            let span = digits.filter(|_| signed).map(|digits| Span { end: digits.end, ..expr.span });
            (Kind::Unary(*unary, Box::new(shown)), span)
        }
        Kind::Unit(inner, unit) => (Kind::Unit(Box::new(without_dots(inner)?.0), unit.clone()), None),
        Kind::Binary(product @ Binary::Multiply(_), mantissa, power) => {
            (Kind::Binary(*product, Box::new(without_dots(mantissa)?.0), power.clone()), None)
        }
        _ => return None,
    };
    Some((Expr { kind, span: expr.span }, span))
}

/// Mantissa, sign and exponent of `-1.2 \times 10^{-3}`.
fn scientific(expr: &Expr) -> Option<(&str, bool, i64)> {
    match &expr.kind {
        Kind::Number(literal) => {
            Some((literal.text.split(['e', 'E']).next()?.trim_end(), false, literal.exponent.into()))
        }
        Kind::Unary(Unary::Negate, inner) => {
            let (mantissa, negative, exponent) = scientific(inner)?;
            Some((mantissa, !negative, exponent))
        }
        Kind::Binary(Binary::Multiply(Product::Times | Product::Dot), mantissa, power) => {
            let (mantissa, negative, 0) = scientific(mantissa)? else { return None };
            Some((mantissa, negative, exponent_of_ten(power)?))
        }
        _ => None,
    }
}

/// `k` of `10^{k}`.
fn exponent_of_ten(expr: &Expr) -> Option<i64> {
    let Kind::Binary(Binary::Power, base, exponent) = &expr.kind else { return None };
    let ten = matches!(&base.kind, Kind::Number(literal) if literal.text == "10");
    let (digits, negative, 0) = scientific(exponent)? else { return None };
    let magnitude: i64 = digits.parse().ok()?;
    ten.then_some(if negative { -magnitude } else { magnitude })
}

/// Whether `expr` holds no name at all: a substitution step, or arithmetic.
pub(super) fn is_literal(expr: &Expr) -> bool {
    let mut literal = true;
    expr.walk(&mut |node| {
        literal &= !matches!(
            node.kind,
            Kind::Name(_)
                | Kind::Subscript { .. }
                | Kind::Apply { .. }
                | Kind::Derivative { .. }
                | Kind::Member(..)
        );
    });
    literal
}

/// Whether an expression that is undefined among the real numbers has no value among the complex ones either, or none that is
/// real: it divides by zero, or holds one function whose value is not real, outside of a power. A root by a fraction in the
/// exponent may be meant to be real, as that of −8 by 1/3.
pub(super) fn leaves_the_reals(expr: &Expr) -> bool {
    let is_partial = |node: &Expr| matches!(&node.kind, Kind::Call(builtin, _) if builtin.is_partial());
    let is_integer =
        |exponent: &Expr| matches!(&exponent.ungrouped().kind, Kind::Number(literal) if literal.is_integer());
    let mut partial = 0;
    expr.walk(&mut |node| partial += usize::from(is_partial(node)));
    let may_be_real = expr.any(|node| match &node.kind {
        Kind::Binary(Binary::Power, base, exponent) => base.any(is_partial) || !is_integer(exponent),
        Kind::Unary(Unary::Bars, inner) => inner.any(is_partial),
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => is_literal_zero(lhs) || is_literal_zero(rhs),
        Kind::Fold { .. }
        | Kind::Integral { .. }
        | Kind::Limit { .. }
        | Kind::Apply { .. }
        | Kind::Infinity => true,
        // Some take 5 mod 0 to be 5.
        Kind::Binary(Binary::Modulo, ..) => true,
        Kind::Name(name) => !constant::is_one(name),
        _ => false,
    });
    partial < 2 && !may_be_real
}

fn is_literal_zero(expr: &Expr) -> bool {
    matches!(&expr.ungrouped().kind, Kind::Number(literal) if literal.value.is_zero())
}

/// Whether a formula is a number alone, with its sign and unit.
pub(super) fn is_typed_number(expr: &Expr) -> bool {
    match &expr.ungrouped().kind {
        Kind::Number(_) => true,
        Kind::Unary(Unary::Negate | Unary::Plus | Unary::Percent | Unary::Degrees, inner) => {
            is_typed_number(inner)
        }
        Kind::Unit(inner, _) => is_typed_number(inner),
        _ => false,
    }
}
