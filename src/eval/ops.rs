//! Arithmetic on values: numbers, duals, lists and matrices. It knows no syntax and no names.

use std::sync::Arc;

use super::batch::{self, has_batch};
use super::error::Failure;
use super::integer_matrix::IntegerMatrix;
use super::polynomial;
use super::value::{Dual, Matrix, Value};
use crate::num::{MathError, Number, Precision};

type Result<T> = std::result::Result<T, Failure>;

/// The largest number of elements that one value may have.
pub(super) const MAX_ELEMENTS: usize = 1_000_000;

pub(super) fn add(lhs: &Value, rhs: &Value, p: Precision) -> Result<Value> {
    match (lhs, rhs) {
        (Value::Number(a), Value::Number(b)) => Ok(a.add(b, p)?.into()),
        _ if has_random(lhs, rhs) => polynomial::add(lhs, rhs, false, p),
        _ if has_batch(lhs, rhs) => batch::zip(lhs, rhs, |a, b| a + b),
        _ if has_dual(lhs, rhs) => {
            let (tag, a, da, b, db) = split(lhs, rhs);
            Ok(make_dual(tag, add(a, b, p)?, sum(da.cloned(), db.cloned(), p)?))
        }
        _ => elementwise("added", lhs, rhs, |a, b| add(a, b, p)),
    }
}

pub(super) fn subtract(lhs: &Value, rhs: &Value, p: Precision) -> Result<Value> {
    match (lhs, rhs) {
        (Value::Number(a), Value::Number(b)) => Ok(a.sub(b, p)?.into()),
        _ if has_random(lhs, rhs) => polynomial::add(lhs, rhs, true, p),
        _ if has_batch(lhs, rhs) => batch::zip(lhs, rhs, |a, b| a - b),
        _ if has_dual(lhs, rhs) => {
            let (tag, a, da, b, db) = split(lhs, rhs);
            let less = db.map(negate).transpose()?;
            Ok(make_dual(tag, subtract(a, b, p)?, sum(da.cloned(), less, p)?))
        }
        _ => elementwise("subtracted", lhs, rhs, |a, b| subtract(a, b, p)),
    }
}

pub(super) fn negate(value: &Value) -> Result<Value> {
    match value {
        Value::Number(a) => Ok(a.neg().into()),
        Value::Dual(dual) => Ok(make_dual(dual.tag, negate(&dual.primal)?, negate(&dual.tangent)?)),
        Value::Random(_) => subtract(&zero(), value, Precision::DOUBLE),
        Value::Batch(samples) => batch::each(samples, |x| -x),
        _ => map(value, negate, "negated"),
    }
}

/// A product of numbers; a number times a list or matrix; matrix products. Two lists are for the caller to decide.
pub(super) fn multiply(lhs: &Value, rhs: &Value, p: Precision) -> Result<Value> {
    match (lhs, rhs) {
        (Value::Number(a), Value::Number(b)) => Ok(a.mul(b, p)?.into()),
        _ if has_random(lhs, rhs) => polynomial::multiply(lhs, rhs, p),
        _ if has_batch(lhs, rhs) => batch::zip(lhs, rhs, |a, b| a * b),
        _ if has_dual(lhs, rhs) => {
            let (tag, a, da, b, db) = split(lhs, rhs);
            let first = da.map(|da| multiply(da, b, p)).transpose()?;
            let second = db.map(|db| multiply(a, db, p)).transpose()?;
            Ok(make_dual(tag, multiply(a, b, p)?, sum(first, second, p)?))
        }
        (Value::Matrix(a), Value::Matrix(b)) => matrix_product(a, b, p),
        (Value::Matrix(a), Value::List(b)) => matrix_vector(a, b, p),
        // A column times a row.
        (Value::List(a), Value::Matrix(b)) if b.rows.len() == 1 => {
            let row = |a: &Value| b.rows[0].iter().map(|b| multiply(a, b, p)).collect::<Result<Vec<_>>>();
            Ok(single(a.iter().map(row).collect::<Result<_>>()?))
        }
        // A row times a matrix: `\pi P`.
        (Value::List(a), Value::Matrix(b)) if b.rows.len() == a.len() => match transpose(rhs)? {
            Value::Matrix(columns) => matrix_vector(&columns, a, p),
            column => multiply(lhs, &column, p),
        },
        (Value::List(_) | Value::Matrix(_), _) if rhs.is_scalar() => {
            map(lhs, |item| multiply(item, rhs, p), "multiplied")
        }
        (_, Value::List(_) | Value::Matrix(_)) if lhs.is_scalar() => {
            map(rhs, |item| multiply(lhs, item, p), "multiplied")
        }
        _ => Err(mismatch("multiplied", lhs, rhs)),
    }
}

pub(super) fn divide(lhs: &Value, rhs: &Value, p: Precision) -> Result<Value> {
    match (lhs, rhs) {
        (Value::Number(a), Value::Number(b)) => Ok(a.div(b, p)?.into()),
        (Value::Random(_), Value::Number(_)) => multiply(lhs, &divide(&one(), rhs, p)?, p),
        _ if has_batch(lhs, rhs) => batch::zip(lhs, rhs, |a, b| a / b),
        _ if has_random(lhs, rhs) => {
            Err(Failure::Type("a quotient by a random name is no polynomial".to_owned()))
        }
        _ if has_dual(lhs, rhs) => {
            let (tag, a, da, b, db) = split(lhs, rhs);
            let quotient = divide(a, b, p)?;
            let less = db.map(|db| negate(&multiply(&quotient, db, p)?)).transpose()?;
            let top = sum(da.cloned(), less, p)?;
            Ok(make_dual(tag, quotient, divide(&top, b, p)?))
        }
        (Value::List(_) | Value::Matrix(_), Value::Number(_) | Value::Dual(_)) => {
            map(lhs, |item| divide(item, rhs, p), "divided")
        }
        _ => Err(mismatch("divided", lhs, rhs)),
    }
}

/// `lhs` raised to `rhs`.
pub(super) fn power(lhs: &Value, rhs: &Value, p: Precision) -> Result<Value> {
    match (lhs, rhs) {
        (Value::Number(a), Value::Number(b)) => Ok(a.pow(b, p)?.into()),
        (Value::Random(_), Value::Number(_)) => polynomial::power(lhs, rhs, p),
        _ if has_batch(lhs, rhs) => batch::power(lhs, rhs, p),
        _ if has_random(lhs, rhs) => Err(Failure::Type("a random exponent makes no polynomial".to_owned())),
        _ if has_dual(lhs, rhs) => {
            let (tag, a, da, b, db) = split(lhs, rhs);
            let value = power(a, b, p)?;
            let by_base = |da| {
                // d(a^b) = b a^(b-1) da; with b = 0 the factor b settles it.
                let lower = power(a, &subtract(b, &one(), p)?, p);
                let slope = if is_zero(b) { zero() } else { multiply(b, &lower?, p)? };
                multiply(&slope, da, p)
            };
            let by_exponent = |db| {
                let ln = super::builtins::scalar(crate::num::Function::Ln, a, p)?;
                multiply(&multiply(&value, &ln, p)?, db, p)
            };
            let tangent = sum(da.map(by_base).transpose()?, db.map(by_exponent).transpose()?, p)?;
            Ok(make_dual(tag, value, tangent))
        }
        (Value::Matrix(a), Value::Number(_)) => matrix_power(a, rhs, p),
        _ => Err(mismatch("raised", lhs, rhs)),
    }
}

/// The sum of products of two lists of equal length.
pub(super) fn dot(lhs: &[Value], rhs: &[Value], p: Precision) -> Result<Value> {
    if lhs.len() != rhs.len() {
        return Err(Failure::Type(format!(
            "lists of {} and {} elements have no product",
            lhs.len(),
            rhs.len()
        )));
    }
    lhs.iter().zip(rhs).try_fold(zero(), |sum, (a, b)| add(&sum, &multiply(a, b, p)?, p))
}

/// `‖x‖^(2·half)`, `|x|^(2·half)`: rational where the elements are.
pub(super) fn norm_to_even_power(value: &Value, half: u32, p: Precision) -> Result<Value> {
    let square = match value {
        Value::List(items) => dot(items, items, p)?,
        Value::Matrix(matrix) => {
            let elements = matrix.rows.concat();
            dot(&elements, &elements, p)?
        }
        _ => multiply(value, value, p)?,
    };
    power(&square, &Value::integer(u64::from(half)), p)
}

/// Element by element, for two lists or matrices of one shape.
pub(super) fn elementwise(
    verb: &str,
    lhs: &Value,
    rhs: &Value,
    combine: impl Fn(&Value, &Value) -> Result<Value>,
) -> Result<Value> {
    match (lhs, rhs) {
        (Value::List(a), Value::List(b)) if a.len() == b.len() => {
            Ok(Value::list(a.iter().zip(b.iter()).map(|(a, b)| combine(a, b)).collect::<Result<_>>()?))
        }
        (Value::Matrix(a), Value::Matrix(b)) if shape(a) == shape(b) => {
            let rows = a.rows.iter().zip(&b.rows);
            let rows = rows.map(|(a, b)| a.iter().zip(b).map(|(a, b)| combine(a, b)).collect());
            Ok(Value::Matrix(Arc::new(Matrix { rows: rows.collect::<Result<_>>()? })))
        }
        (Value::List(a), Value::List(b)) => {
            Err(Failure::Type(format!("lists of {} and {} elements cannot be {verb}", a.len(), b.len())))
        }
        _ => Err(mismatch(verb, lhs, rhs)),
    }
}

/// Applies `f` to every element of a list or matrix.
pub(super) fn map(value: &Value, f: impl Fn(&Value) -> Result<Value>, verb: &str) -> Result<Value> {
    match value {
        Value::List(items) => Ok(Value::list(items.iter().map(f).collect::<Result<_>>()?)),
        Value::Matrix(matrix) => {
            let rows = matrix.rows.iter().map(|row| row.iter().map(&f).collect());
            Ok(Value::Matrix(Arc::new(Matrix { rows: rows.collect::<Result<_>>()? })))
        }
        _ => Err(Failure::Type(format!("{} cannot be {verb}", value.describe()))),
    }
}

/// How many numbers a value holds, in lists of lists and matrices too.
pub(super) fn leaves(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(leaves).sum(),
        Value::Matrix(matrix) => matrix.rows.iter().flatten().map(leaves).sum(),
        _ => 1,
    }
}

/// The same value with number `at` of its [`leaves`], counted from 0 in row-major order, replaced.
pub(super) fn with_leaf(value: &Value, at: usize, replace: &impl Fn(Value) -> Value) -> Value {
    let mut before = 0;
    let mut item = |item: &Value| {
        let first = before;
        before += leaves(item);
        if (first..before).contains(&at) { with_leaf(item, at - first, replace) } else { item.clone() }
    };
    match value {
        Value::List(items) => Value::list(items.iter().map(item).collect()),
        Value::Matrix(matrix) => {
            let rows = matrix.rows.iter().map(|row| row.iter().map(&mut item).collect()).collect();
            Value::Matrix(Arc::new(Matrix { rows }))
        }
        value => replace(value.clone()),
    }
}

/// Rows and columns exchanged; a list becomes a matrix of one row.
pub(super) fn transpose(value: &Value) -> Result<Value> {
    let rows = match value {
        Value::List(items) => vec![items.to_vec()],
        Value::Matrix(matrix) if shape(matrix).1 == 1 => {
            return Ok(Value::list(matrix.rows.iter().map(|row| row[0].clone()).collect()));
        }
        Value::Matrix(matrix) => {
            (0..shape(matrix).1).map(|j| matrix.rows.iter().map(|row| row[j].clone()).collect()).collect()
        }
        scalar if scalar.is_scalar() => return Ok(value.clone()),
        _ => return Err(Failure::Type(format!("{} cannot be transposed", value.describe()))),
    };
    Ok(Value::Matrix(Arc::new(Matrix { rows })))
}

pub(super) fn shape(matrix: &Matrix) -> (usize, usize) {
    (matrix.rows.len(), matrix.rows.first().map_or(0, Vec::len))
}

fn matrix_product(a: &Matrix, b: &Matrix, p: Precision) -> Result<Value> {
    let ((rows, inner), (other, columns)) = (shape(a), shape(b));
    if inner != other || rows.saturating_mul(columns).saturating_mul(inner) > MAX_ELEMENTS {
        return Err(Failure::Type(format!(
            "matrices of {rows}×{inner} and {other}×{columns} have no product"
        )));
    }
    let column = |j: usize| -> Vec<Value> { b.rows.iter().map(|row| row[j].clone()).collect() };
    let columns: Vec<_> = (0..columns).map(column).collect();
    let rows = a.rows.iter().map(|row| columns.iter().map(|column| dot(row, column, p)).collect());
    let rows: Vec<Vec<Value>> = rows.collect::<Result<_>>()?;
    Ok(single(rows))
}

fn matrix_vector(a: &Matrix, b: &[Value], p: Precision) -> Result<Value> {
    let mut items: Vec<Value> = a.rows.iter().map(|row| dot(row, b, p)).collect::<Result<_>>()?;
    if items.len() == 1 {
        return Ok(items.remove(0));
    }
    Ok(Value::list(items))
}

/// A matrix of one element is that element: `w^T x` is a number.
fn single(mut rows: Vec<Vec<Value>>) -> Value {
    if rows.len() == 1 && rows[0].len() == 1 {
        return rows.remove(0).remove(0);
    }
    Value::Matrix(Arc::new(Matrix { rows }))
}

fn matrix_power(a: &Arc<Matrix>, exponent: &Value, p: Precision) -> Result<Value> {
    let (rows, columns) = shape(a);
    let exponent = exponent.as_number().and_then(Number::to_integer);
    let exponent = exponent.map(|n| i64::try_from(n).unwrap_or(i64::MAX));
    let Some(exponent) = exponent.filter(|_| rows == columns) else {
        return Err(Failure::Type("only a square matrix has powers, and only whole ones".to_owned()));
    };
    if exponent.unsigned_abs() > 1_000 {
        return Err(MathError::limit("a matrix to a power beyond 1000").into());
    }
    let base = if exponent < 0 { super::linear::inverse(a, p)? } else { Value::Matrix(a.clone()) };
    if let Value::Matrix(base) = &base
        && let Some(integers) = IntegerMatrix::of(base)
    {
        return Ok(integers.power(exponent.unsigned_abs())?);
    }
    let mut result = super::linear::identity(rows);
    for _ in 0..exponent.unsigned_abs() {
        result = multiply(&result, &base, p)?;
    }
    Ok(result)
}

fn mismatch(verb: &str, lhs: &Value, rhs: &Value) -> Failure {
    Failure::Type(format!("{} and {} cannot be {verb}", lhs.describe(), rhs.describe()))
}

pub(super) fn zero() -> Value {
    Number::zero().into()
}

pub(super) fn one() -> Value {
    Number::one().into()
}

fn is_zero(value: &Value) -> bool {
    value.as_number().and_then(Number::as_exact).is_some_and(|value| value.is_zero())
}

// Duals.

/// How often a number is differentiated.
pub(super) fn nesting(value: &Value) -> u32 {
    let mut depth = 0;
    let mut inner = value;
    while let Value::Dual(dual) = inner {
        depth += 1;
        inner = &dual.primal;
    }
    depth
}

pub(super) fn make_dual(tag: u32, primal: Value, tangent: Value) -> Value {
    Value::Dual(Arc::new(Dual { tag, primal, tangent }))
}

fn has_dual(lhs: &Value, rhs: &Value) -> bool {
    let scalar = |value: &Value| matches!(value, Value::Number(_) | Value::Dual(_) | Value::Random(_));
    scalar(lhs) && scalar(rhs)
}

/// Two numbers, one of them a polynomial in random names and none a dual.
fn has_random(lhs: &Value, rhs: &Value) -> bool {
    matches!(
        (lhs, rhs),
        (Value::Random(_), Value::Number(_) | Value::Random(_)) | (Value::Number(_), Value::Random(_))
    )
}

/// The larger tag of two scalars, with value and derivative of each with respect to it.
pub(super) fn split<'v>(
    lhs: &'v Value,
    rhs: &'v Value,
) -> (u32, &'v Value, Option<&'v Value>, &'v Value, Option<&'v Value>) {
    let tag = tag_of(lhs).max(tag_of(rhs)).unwrap_or(0);
    let (a, da) = parts(lhs, tag);
    let (b, db) = parts(rhs, tag);
    (tag, a, da, b, db)
}

fn tag_of(value: &Value) -> Option<u32> {
    match value {
        Value::Dual(dual) => Some(dual.tag),
        _ => None,
    }
}

/// The value and its derivative with respect to `tag`; a number that carries another tag is constant to it.
pub(super) fn parts(value: &Value, tag: u32) -> (&Value, Option<&Value>) {
    match value {
        Value::Dual(dual) if dual.tag == tag => (&dual.primal, Some(&dual.tangent)),
        _ => (value, None),
    }
}

/// The sum of two derivatives, of which one that is missing is zero. A derivative may be an array: those along many
/// directions at once.
fn sum(one: Option<Value>, other: Option<Value>, p: Precision) -> Result<Value> {
    match (one, other) {
        (Some(one), Some(other)) => add(&one, &other, p),
        (one, other) => Ok(one.or(other).unwrap_or_else(zero)),
    }
}
