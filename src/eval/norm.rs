//! Norms of vectors and matrices. What `‖A‖` of a matrix is without a subscript, authors differ on.

use std::cmp::Ordering;

use super::builtins::{absolute, extremum, scalar};
use super::error::Failure;
use super::ops::{add, divide, multiply, one, power, zero};
use super::value::Value;
use crate::num::{Function, MathError, Number, Precision};

type Result<T> = std::result::Result<T, Failure>;

/// `‖value‖`, or `‖value‖_kind` where the kind is a number or one of the texts `infty` and `F`.
pub(super) fn norm(value: &Value, kind: Option<&Value>, p: Precision) -> Result<Value> {
    match (value, kind) {
        (Value::Number(_) | Value::Dual(_), _) => absolute(value, p),
        (Value::List(items), None) => euclidean(items, p),
        (Value::List(items), Some(kind)) => vector(items, kind, p),
        (Value::Matrix(matrix), Some(Value::Text(kind))) if &**kind == "F" => euclidean(&matrix.rows.concat(), p),
        (Value::Matrix(matrix), Some(kind)) if is_infinity(kind) => greatest_row(&matrix.rows, p),
        (Value::Matrix(matrix), Some(kind)) if is_integer(kind, 1) => {
            let columns = (0..matrix.rows[0].len()).map(|j| matrix.rows.iter().map(|row| row[j].clone()).collect());
            greatest_row(&columns.collect::<Vec<Vec<Value>>>(), p)
        }
        (Value::Matrix(_), _) => Err(Failure::Math(MathError::Unsupported(
            "the norm of a matrix is the root of its sum of squares to some, its greatest singular value to others: \
             `\\|A\\|_F` is the former"
                .to_owned(),
        ))),
        (other, _) => Err(Failure::Type(format!("{} has no norm", other.describe()))),
    }
}

fn euclidean(items: &[Value], p: Precision) -> Result<Value> {
    let squares = items.iter().try_fold(zero(), |sum, item| add(&sum, &multiply(item, item, p)?, p))?;
    scalar(Function::Sqrt, &squares, p)
}

fn vector(items: &[Value], kind: &Value, p: Precision) -> Result<Value> {
    if is_integer(kind, 2) {
        return euclidean(items, p);
    }
    let sizes: Vec<Value> = items.iter().map(|item| absolute(item, p)).collect::<Result<_>>()?;
    if is_infinity(kind) {
        return extremum(&sizes, Ordering::Greater, p);
    }
    if is_integer(kind, 1) {
        return sizes.iter().try_fold(zero(), |sum, item| add(&sum, item, p));
    }
    let at_least_one =
        kind.as_number().and_then(|kind| kind.compare(&Number::one())).is_some_and(Ordering::is_ge);
    if !at_least_one {
        return Err(Failure::Type("a norm has an index of at least 1, or `\\infty`".to_owned()));
    }
    let powers = sizes.iter().try_fold(zero(), |sum, item| add(&sum, &power(item, kind, p)?, p))?;
    power(&powers, &divide(&one(), kind, p)?, p)
}

/// The greatest sum of absolute values of a row.
fn greatest_row(rows: &[Vec<Value>], p: Precision) -> Result<Value> {
    let sum = |row: &Vec<Value>| row.iter().try_fold(zero(), |sum, item| add(&sum, &absolute(item, p)?, p));
    extremum(&rows.iter().map(sum).collect::<Result<Vec<_>>>()?, Ordering::Greater, p)
}

fn is_infinity(kind: &Value) -> bool {
    matches!(kind, Value::Text(kind) if &**kind == "infty")
}

fn is_integer(kind: &Value, value: i64) -> bool {
    kind.as_number().is_some_and(|kind| kind.compare(&Number::from(value)) == Some(Ordering::Equal))
}
