//! Linear algebra on small matrices of values: determinant and inverse by Gaussian elimination, exact where the
//! elements are.

use std::sync::Arc;

use super::error::Failure;
use super::integer_matrix::IntegerMatrix;
use super::ops::{add, divide, multiply, negate, one, shape, subtract, zero};
use super::value::{Matrix, Value};
use crate::num::{MathError, Number, Precision};

/// Matrices of more rows are not eliminated with long fractions.
const MOST_FRACTIONS: usize = 20;
/// The largest determinant that is expanded, into a product for each permutation.
const MOST_EXPANDED: usize = 5;

type Result<T> = std::result::Result<T, Failure>;

/// The identity matrix of `size` rows.
pub(super) fn identity(size: usize) -> Value {
    let cell = |i: usize, j: usize| if i == j { one() } else { zero() };
    let rows = (0..size).map(|i| (0..size).map(|j| cell(i, j)).collect()).collect();
    Value::Matrix(Arc::new(Matrix { rows }))
}

/// `I` beside a square matrix: the identity matrix of its size, which has to be the one that `I_3` states.
pub(super) fn identity_beside(beside: &Value, size: Option<&Value>) -> Result<Value> {
    let Value::Matrix(matrix) = beside else {
        return Err(Failure::Type(format!("`I` is no identity matrix beside {}", beside.describe())));
    };
    let rows = square(matrix, "identity matrix beside it")?;
    let stated = size.map(|size| size.as_number().and_then(Number::to_integer));
    match stated {
        Some(stated) if stated != Some(rows.into()) => {
            Err(Failure::Type(format!("this identity matrix stands beside one of {rows}×{rows}")))
        }
        _ => Ok(identity(rows)),
    }
}

/// The determinant of a square matrix.
pub(super) fn determinant(matrix: &Matrix, p: Precision) -> Result<Value> {
    let size = square(matrix, "determinant")?;
    match IntegerMatrix::of(matrix) {
        Some(integers) if integers.is_short() => return Ok(integers.determinant()?),
        // Fractions may be shorter than what they have in common.
        Some(_) if size > MOST_FRACTIONS => {
            return Err(MathError::limit("the determinant of numbers so long").into());
        }
        _ => {}
    }
    match eliminated(matrix.rows.clone(), p) {
        // No entry is known to differ from 0, as it is where the matrix is singular: without division that matters not.
        Err(Failure::Math(MathError::Undecided { .. })) if size <= MOST_EXPANDED => expanded(&matrix.rows, p),
        determinant => determinant,
    }
}

/// The determinant by Laplace's expansion along the first row.
fn expanded(rows: &[Vec<Value>], p: Precision) -> Result<Value> {
    let Some((first, below)) = rows.split_first() else { return Ok(one()) };
    let mut sum = zero();
    for (column, cell) in first.iter().enumerate() {
        let minor: Vec<Vec<Value>> =
            below.iter().map(|row| [&row[..column], &row[column + 1..]].concat()).collect();
        let term = multiply(cell, &expanded(&minor, p)?, p)?;
        sum = if column % 2 == 0 { add(&sum, &term, p)? } else { subtract(&sum, &term, p)? };
    }
    Ok(sum)
}

/// The determinant by elimination.
fn eliminated(mut rows: Vec<Vec<Value>>, p: Precision) -> Result<Value> {
    let size = rows.len();
    let mut product = one();
    for column in 0..size {
        let Some(pivot) = pivot(&rows, column, column)? else { return Ok(zero()) };
        if pivot != column {
            rows.swap(pivot, column);
            product = negate(&product)?;
        }
        product = multiply(&product, &rows[column][column], p)?;
        for row in column + 1..size {
            eliminate(&mut rows, column, row, p)?;
        }
    }
    Ok(product)
}

/// The inverse of a square matrix.
pub(super) fn inverse(matrix: &Matrix, p: Precision) -> Result<Value> {
    let size = square(matrix, "inverse")?;
    let mut rows = matrix.rows.clone();
    for (at, row) in rows.iter_mut().enumerate() {
        row.extend((0..size).map(|column| if column == at { one() } else { zero() }));
    }
    for column in 0..size {
        let Some(pivot) = pivot(&rows, column, column)? else { return Err(MathError::DivisionByZero.into()) };
        rows.swap(pivot, column);
        let divisor = rows[column][column].clone();
        for cell in &mut rows[column] {
            *cell = divide(cell, &divisor, p)?;
        }
        for row in (0..size).filter(|row| *row != column) {
            eliminate(&mut rows, column, row, p)?;
        }
    }
    let rows = rows.into_iter().map(|mut row| row.split_off(size)).collect();
    Ok(Value::Matrix(Arc::new(Matrix { rows })))
}

/// The number of independent rows.
pub(super) fn rank(value: &Value, p: Precision) -> Result<Value> {
    let Value::Matrix(matrix) = value else {
        return Err(Failure::Type(format!("{} has no rank", value.describe())));
    };
    let (count, columns) = shape(matrix);
    if count.max(columns) > 64 {
        return Err(Failure::Type(format!("a matrix of {count}×{columns} is too large for its rank")));
    }
    let mut rows = matrix.rows.clone();
    let mut rank = 0;
    for column in 0..columns {
        let Some(found) = pivot(&rows[rank..], column, 0)? else { continue };
        rows.swap(rank, rank + found);
        let (done, below) = rows.split_at_mut(rank + 1);
        for row in below {
            let factor = divide(&row[column], &done[rank][column], p)?;
            for at in column..columns {
                row[at] = subtract(&row[at], &multiply(&factor, &done[rank][at], p)?, p)?;
            }
            row[column] = zero();
        }
        rank += 1;
        if rank == count {
            break;
        }
    }
    Ok(Value::integer(rank as u64))
}

/// Subtracts from `row` so much of the pivot row that its element in `column` vanishes.
fn eliminate(rows: &mut [Vec<Value>], column: usize, row: usize, p: Precision) -> Result<()> {
    let factor = divide(&rows[row][column], &rows[column][column], p)?;
    for at in column..rows[row].len() {
        let step = multiply(&factor, &rows[column][at], p)?;
        rows[row][at] = subtract(&rows[row][at], &step, p)?;
    }
    rows[row][column] = zero();
    Ok(())
}

/// A row from `first` on whose element in `column` is certainly not zero; `None` if all are zero.
fn pivot(rows: &[Vec<Value>], column: usize, first: usize) -> Result<Option<usize>> {
    let mut undecided = false;
    for (at, row) in rows.iter().enumerate().skip(first) {
        match row[column].as_number().map(Number::is_zero) {
            Some(Some(false)) => return Ok(Some(at)),
            Some(Some(true)) => {}
            _ => undecided = true,
        }
    }
    if undecided { Err(MathError::Undecided { function: "elimination" }.into()) } else { Ok(None) }
}

fn square(matrix: &Matrix, what: &str) -> Result<usize> {
    match shape(matrix) {
        (rows, columns) if rows == columns && rows <= 64 => Ok(rows),
        (rows, columns) => Err(Failure::Type(format!("a matrix of {rows}×{columns} has no {what}"))),
    }
}
