//! Linear algebra on matrices of fractions, by integers over one denominator: no fraction is reduced on the way, which is
//! what takes long in elimination.
//!
//! Elimination is Bareiss's ("Sylvester's identity and multistep integer-preserving Gaussian elimination", 1968): every
//! division in it leaves no remainder.

use dashu::base::{BitTest, Gcd};
use dashu::integer::{IBig, UBig};

use super::ops;
use super::value::{Matrix, Value};
use crate::num::{MathError, Number, Rational};

/// Longer elements are not computed.
const MOST_BITS: usize = 400_000;
/// Elimination of more bits than this, over all of its products, takes seconds.
const MOST_WORK: usize = 10_000_000_000;

/// Integers, and what all of them are divided by.
pub(super) struct IntegerMatrix {
    rows: Vec<Vec<IBig>>,
    denominator: UBig,
}

impl IntegerMatrix {
    /// The same matrix, if all its elements are exact numbers.
    pub(super) fn of(matrix: &Matrix) -> Option<Self> {
        let mut denominator = UBig::ONE;
        for cell in matrix.rows.iter().flatten() {
            let Value::Number(number) = cell else { return None };
            let below = number.as_exact()?.denominator();
            if *below != denominator && *below != UBig::ONE {
                denominator = least_common_multiple(&denominator, below);
            }
        }
        if denominator.bit_len() > MOST_BITS {
            return None;
        }
        let integer = |cell: &Value| {
            let value = cell.as_number()?.as_exact()?;
            Some(value.numerator() * IBig::from(&denominator / value.denominator()))
        };
        let rows = matrix.rows.iter().map(|row| row.iter().map(integer).collect());
        let rows: Vec<Vec<IBig>> = rows.collect::<Option<_>>()?;
        Some(Self { rows, denominator })
    }

    /// A power of a square matrix, by squares.
    pub(super) fn power(&self, exponent: u64) -> Result<Value, MathError> {
        let size = self.rows.len();
        let bits = self.longest() + self.denominator.bit_len() + size.ilog2() as usize;
        if bits.saturating_mul(exponent as usize) > MOST_BITS {
            return Err(MathError::limit("a matrix to a power so high"));
        }
        let one = |i: usize, j: usize| if i == j { IBig::ONE } else { IBig::ZERO };
        let mut result: Vec<Vec<IBig>> = (0..size).map(|i| (0..size).map(|j| one(i, j)).collect()).collect();
        for bit in (0..u64::BITS - exponent.leading_zeros()).rev() {
            result = product(&result, &result);
            if exponent >> bit & 1 == 1 {
                result = product(&result, &self.rows);
            }
        }
        let rows = result.into_iter().map(|row| over(row, &self.denominator.pow(exponent as usize)));
        Ok(Value::Matrix(std::sync::Arc::new(Matrix { rows: rows.collect() })))
    }

    /// Whether a determinant of numbers so long can be computed like this.
    pub(super) fn is_short(&self) -> bool {
        let size = self.rows.len();
        let bits = (self.longest() + size.ilog2() as usize).saturating_mul(size);
        bits <= MOST_BITS && bits.saturating_mul(size.pow(3)) <= MOST_WORK
    }

    /// The determinant of a square matrix.
    pub(super) fn determinant(mut self) -> Result<Value, MathError> {
        let size = self.rows.len();
        let mut sign = IBig::ONE;
        let mut before = IBig::ONE;
        for at in 0..size {
            let Some(pivot) = (at..size).find(|row| self.rows[*row][at] != IBig::ZERO) else {
                return Ok(ops::zero());
            };
            if pivot != at {
                self.rows.swap(pivot, at);
                sign = -sign;
            }
            let (done, below) = self.rows.split_at_mut(at + 1);
            let top = &done[at];
            for row in below {
                let factor = std::mem::take(&mut row[at]);
                for column in at + 1..size {
                    row[column] = (&row[column] * &top[at] - &factor * &top[column]) / &before;
                }
            }
            before = top[at].clone();
        }
        Ok(Number::Exact(Rational::from_parts(before * sign, self.denominator.pow(size))).into())
    }

    fn longest(&self) -> usize {
        self.rows.iter().flatten().map(BitTest::bit_len).max().unwrap_or(0)
    }
}

fn product(a: &[Vec<IBig>], b: &[Vec<IBig>]) -> Vec<Vec<IBig>> {
    let size = a.len();
    let cell = |row: &[IBig], column: usize| (0..size).map(|at| &row[at] * &b[at][column]).sum();
    a.iter().map(|row| (0..size).map(|column| cell(row, column)).collect()).collect()
}

fn over(row: Vec<IBig>, denominator: &UBig) -> Vec<Value> {
    let value = |numerator| Number::Exact(Rational::from_parts(numerator, denominator.clone())).into();
    row.into_iter().map(value).collect()
}

fn least_common_multiple(a: &UBig, b: &UBig) -> UBig {
    a / a.gcd(b) * b
}

#[cfg(test)]
mod tests {
    use super::IntegerMatrix;
    use crate::eval::value::{Matrix, Value};
    use crate::num::{Number, Rational};

    fn matrix(rows: &[&[(i64, u64)]]) -> IntegerMatrix {
        let cell = |(above, below): &(i64, u64)| {
            Value::from(Number::from(Rational::from(*above) / Rational::from(*below)))
        };
        let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
        IntegerMatrix::of(&Matrix { rows }).expect("fractions are exact")
    }

    /// Computed with SymPy 1.13: `Matrix(…).det()` and `Matrix(…)**5`.
    #[test]
    fn as_sympy_computes_them() {
        let rows: &[&[(i64, u64)]] =
            &[&[(0, 1), (1, 2), (-2, 3)], &[(3, 4), (0, 1), (5, 1)], &[(1, 1), (-1, 6), (2, 1)]];
        let determinant = matrix(rows).determinant().unwrap();
        let expected = Rational::from(11) / Rational::from(6);
        assert_eq!(determinant.as_number().and_then(Number::as_exact), Some(&expected));
        let power = matrix(&[&[(1, 2), (1, 3)], &[(0, 1), (-1, 1)]]).power(5).unwrap();
        let Value::Matrix(power) = power else { panic!("a power of a matrix is a matrix") };
        let corner = power.rows[0][1].as_number().and_then(Number::as_exact).cloned();
        assert_eq!(corner, Some(Rational::from(11) / Rational::from(48)));
        let singular: &[&[(i64, u64)]] = &[&[(1, 1), (2, 1)], &[(2, 1), (4, 1)]];
        assert_eq!(matrix(singular).determinant().unwrap().to_string(), "0");
    }
}
