//! A step held against the formula before it, part by part: in `0.4 \cdot 0.82 + 3.3` the 0.82 stands for the `h_1` of `0.4 h_1 + c`,
//! and has to be a rounding of it. That the whole comes close enough says little where another part is coarse.

use super::segment::Court;
use super::value::Quantity;
use super::{constant, members, number};
use crate::compare::decimal::{absolute, power_of_ten};
use crate::compare::{Rational, Stated};
use crate::eval::Definition;
use crate::syntax::{Binary, Expr, Kind, Name, Unary};

/// How a step compares with a formula.
pub(super) enum Step<'e> {
    /// Each of its numbers is that of the part it stands for, or a rounding of it.
    Rounded,
    /// Its parts are not those of the formula.
    Unlike,
    /// The same with one whole number that ends in zero, and so may be exact.
    Whole,
    /// A number is no rounding of what it stands for.
    Slip(Slip<'e>),
    /// A whole number is one, of so few digits that it hardly was meant as such.
    Coarse(Slip<'e>),
}

/// A number and the part of a formula that it stands for.
#[derive(Clone, Copy)]
pub(super) struct Slip<'e> {
    pub(super) number: &'e Expr,
    pub(super) part: &'e Expr,
    how: Off,
}

/// How far a number is from what it stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Off {
    /// Its other digits were cut off, as some authors do throughout.
    Truncated,
    /// By a digit or two in its last place.
    Near,
    Far,
}

/// Sums and products of more parts are compared in their order alone.
const MOST_IN_ANY_ORDER: usize = 6;

/// What is compared, and how closely.
pub(super) struct Comparison<'c> {
    pub(super) court: &'c Court<'c>,
    /// `≈` stands between them, so that the last zeros of a whole number need not be digits of it.
    pub(super) approximate: bool,
}

impl<'c> Comparison<'c> {
    /// Holds `step` against `formula`.
    pub(super) fn of<'e>(&self, formula: &'e Expr, step: &'e Expr) -> Step<'e> {
        let (formula, step) = (formula.ungrouped(), step.ungrouped());
        if let Some(stated) = number::stated(step) {
            return self.number(formula, step, &stated);
        }
        match (&formula.kind, &step.kind) {
            (Kind::Binary(Binary::Add | Binary::Subtract, ..), _) => {
                self.in_any_order(terms(formula), terms(step))
            }
            (Kind::Binary(Binary::Multiply(_), ..), _) => self.in_any_order(factors(formula), factors(step)),
            (Kind::Binary(one, a, b), Kind::Binary(other, c, d)) if one == other => {
                self.all([(&**a, &**c), (&**b, &**d)])
            }
            (Kind::Unary(one, a), Kind::Unary(other, b)) if one == other => self.of(a, b),
            (Kind::Unit(a, one), Kind::Unit(b, other)) if one == other => self.of(a, b),
            (Kind::Call(one, a), Kind::Call(other, b)) if one == other && a.len() == b.len() => {
                self.all(a.iter().zip(b))
            }
            (Kind::List(a), Kind::List(b)) if a.len() == b.len() => self.all(a.iter().zip(b)),
            (Kind::Matrix(a), Kind::Matrix(b)) if a.iter().map(Vec::len).eq(b.iter().map(Vec::len)) => {
                self.all(a.iter().flatten().zip(b.iter().flatten()))
            }
            _ => Step::Unlike,
        }
    }

    /// The parts one by one. Where two of them differ, they may have been changed together, as in `\frac{0.6}{1.2} = \frac12`.
    fn all<'e>(&self, pairs: impl IntoIterator<Item = (&'e Expr, &'e Expr)>) -> Step<'e> {
        let mut outcome = Step::Rounded;
        for (formula, step) in pairs {
            outcome = match (outcome, self.of(formula, step)) {
                (outcome, Step::Rounded) => outcome,
                (Step::Rounded, other) => other,
                // Nobody changes two decimals together by a digit in their last places.
                (Step::Slip(first), Step::Slip(second)) if are_slips([first.how, second.how]) => {
                    Step::Slip(first)
                }
                _ => return Step::Unlike,
            };
        }
        outcome
    }

    fn in_any_order<'e>(&self, parts: Vec<Part<'e>>, mut left: Vec<Part<'e>>) -> Step<'e> {
        let alike = |one: &Part<'_>, other: &Part<'_>| one.subtracted == other.subtracted;
        if parts.len() != left.len() || !parts.iter().zip(&left).all(|(one, other)| alike(one, other)) {
            return Step::Unlike;
        }
        let in_order = self.all(parts.iter().zip(&left).map(|(part, step)| (part.expr, step.expr)));
        if matches!(in_order, Step::Rounded) || parts.len() > MOST_IN_ANY_ORDER {
            return in_order;
        }
        let matched = parts.iter().all(|part| {
            let fits =
                |step: &Part<'e>| alike(part, step) && matches!(self.of(part.expr, step.expr), Step::Rounded);
            let place = left.iter().position(fits);
            place.map(|place| left.swap_remove(place)).is_some()
        });
        if matched { Step::Rounded } else { in_order }
    }

    /// A number for a part of the formula.
    fn number<'e>(&self, part: &'e Expr, number: &'e Expr, stated: &Stated) -> Step<'e> {
        let Some(value) = Quantity::new(self.court.scope, part).ok().and_then(|quantity| quantity.precise())
        else {
            return Step::Unlike;
        };
        let (lo, hi) = (&value.lo, &value.hi);
        let distance = absolute(&(&stated.value - lo)).max(absolute(&(&stated.value - hi)));
        let zeros = if self.approximate { stated.trailing_zeros as i64 } else { 0 };
        let unit = &stated.unit * power_of_ten(zeros);
        let half = &unit / Rational::from(2u8);
        let how = match stated.integer || distance >= &unit * Rational::from(2u8) {
            true => Off::Far,
            false if distance < unit && absolute(&stated.value) <= absolute(lo).min(absolute(hi)) => {
                Off::Truncated
            }
            false => Off::Near,
        };
        let slip = Step::Slip(Slip { number, part, how });
        if *lo == stated.value && *hi == stated.value || self.repeats(part, stated) {
            return Step::Rounded;
        }
        match stated.integer {
            false if distance <= half => Step::Rounded,
            // Nothing else can have been rounded before.
            false if distance >= unit || is_typed(part) || self.is_of_data(part) => slip,
            // Rounded values of its names may explain it, the whole says whether they do.
            false if is_name(part) => slip,
            false => Step::Unlike,
            // `\frac{1}{24} \approx \frac{1}{25}` is an estimate.
            true if distance > half && self.approximate => Step::Unlike,
            true if distance > half => slip,
            true if self.approximate || stated.digits > 2 && stated.trailing_zeros == 0 => Step::Rounded,
            // `12.65^2 = 160`, as a number that is stated may be rounded.
            true if stated.digits > 2 && (lo != hi || members::holds_decimal(part)) => Step::Whole,
            // Two digits hardly say whether they were meant to be rounded.
            true => Step::Coarse(Slip { number, part, how: Off::Far }),
        }
    }

    /// Whether a part has names, and all of them are given by numbers alone, which nothing has rounded.
    fn is_of_data(&self, part: &Expr) -> bool {
        let scope = self.court.scope;
        let is_datum = |name: &&Name| match scope.here(name).map(|id| &scope.binding(id).definition) {
            Some(Definition::Expr(body)) => number::stated(body).is_some(),
            Some(_) => false,
            None => constant::is_one(name),
        };
        let names = part.free_names();
        !names.is_empty() && names.iter().all(is_datum)
    }

    /// Whether a number is a rounding of the one that the page states for a name.
    fn repeats(&self, part: &Expr, number: &Stated) -> bool {
        let Kind::Name(name) = &part.kind else { return false };
        if number.integer {
            return false;
        }
        let scope = self.court.scope;
        let stated = scope.here(name).and_then(|id| self.court.stated.get(&id));
        stated.is_some_and(|stated| {
            absolute(&(&stated.value - &number.value)) <= &number.unit / Rational::from(2u8)
        })
    }
}

/// Whether two numbers that are both off are slips: what changes both of them by more is another form of the whole.
fn are_slips(both: [Off; 2]) -> bool {
    !both.contains(&Off::Far) && both.contains(&Off::Near)
}

/// Whether a part is a number, or one operation on two.
fn is_typed(part: &Expr) -> bool {
    let is_number = |expr: &Expr| number::stated(expr.ungrouped()).is_some();
    match &part.kind {
        Kind::Binary(_, lhs, rhs) => is_number(lhs) && is_number(rhs),
        _ => is_number(part),
    }
}

fn is_name(part: &Expr) -> bool {
    matches!(part.kind, Kind::Name(_))
}

/// A term or a factor.
struct Part<'e> {
    subtracted: bool,
    expr: &'e Expr,
}

/// The terms of a sum.
fn terms(expr: &Expr) -> Vec<Part<'_>> {
    fn add<'e>(expr: &'e Expr, subtracted: bool, terms: &mut Vec<Part<'e>>) {
        match &expr.kind {
            Kind::Binary(sign @ (Binary::Add | Binary::Subtract), lhs, rhs) => {
                add(lhs, subtracted, terms);
                add(rhs, subtracted != (*sign == Binary::Subtract), terms);
            }
            _ => terms.push(Part { subtracted, expr }),
        }
    }
    let mut terms = Vec::new();
    add(expr, false, &mut terms);
    terms
}

/// The factors of a product.
fn factors(expr: &Expr) -> Vec<Part<'_>> {
    match &expr.kind {
        Kind::Binary(Binary::Multiply(_), lhs, rhs) => {
            let mut factors = factors(lhs);
            factors.extend(self::factors(rhs));
            factors
        }
        Kind::Unary(Unary::Group, inner) => factors(inner),
        _ => vec![Part { subtracted: false, expr }],
    }
}
