//! Linear least squares: the x of least norm among those that make ‖Ax − b‖ least.
//!
//! By the Householder factorisation QR of A, or of its transpose where A is wide, which loses no more digits than the
//! condition of A costs. A matrix that is not of full rank goes through the singular value decomposition, whose
//! values below `eps · max(rows, columns)` of the greatest count as zero, as NumPy's `lstsq` has it. The
//! factorisations are the `faer` crate's, on one thread: a caller splits independent problems.

use std::error::Error;
use std::fmt;

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch as scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj as apply,
    apply_block_householder_sequence_transpose_on_the_left_in_place_scratch as transpose_scratch,
    apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj as apply_transpose,
};
use faer::linalg::solvers::{Qr, Svd};
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{Conj, Mat, MatRef, Par};
use ndarray::ArrayView2;

/// Why a problem has no solution that can be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeastSquaresError {
    /// As many numbers on the right as the matrix has rows are needed.
    Length {
        /// Rows of the matrix.
        rows: usize,
        /// Numbers on the right.
        given: usize,
    },
    /// The matrix has no rows, no columns, or an element that is no finite number.
    NotFinite,
    /// The singular values were not found.
    NoConvergence,
}

impl fmt::Display for LeastSquaresError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { rows, given } => {
                write!(out, "a matrix of {rows} rows needs {rows} numbers on the right, not {given}")
            }
            Self::NotFinite => out.write_str("the matrix is empty, or an element of it is not finite"),
            Self::NoConvergence => out.write_str("the singular values of the matrix were not found"),
        }
    }
}

impl Error for LeastSquaresError {}

/// The x of least norm that makes ‖`a` x − `b`‖ least.
///
/// ```
/// use mdbook_qed::num::least_squares::least_squares;
///
/// // One equation for two unknowns: x + y = 2.
/// let x = least_squares(ndarray::array![[1.0, 1.0]].view(), &[2.0]).unwrap();
/// assert!(x.iter().all(|value| (value - 1.0).abs() < 1e-15));
/// ```
///
/// # Errors
/// When the sizes do not fit or a number is not finite.
pub fn least_squares(a: ArrayView2<'_, f64>, b: &[f64]) -> Result<Vec<f64>, LeastSquaresError> {
    let (rows, columns) = a.dim();
    if rows != b.len() {
        return Err(LeastSquaresError::Length { rows, given: b.len() });
    }
    if a.is_empty() || !a.iter().chain(b).all(|value| value.is_finite()) {
        return Err(LeastSquaresError::NotFinite);
    }
    let right = Mat::from_fn(rows, 1, |row, _| b[row]);
    let full_rank = if rows >= columns {
        tall(&Mat::from_fn(rows, columns, |row, column| a[[row, column]]), &right)
    } else {
        wide(&Mat::from_fn(columns, rows, |column, row| a[[row, column]]), &right)
    };
    match full_rank {
        Some(solution) => Ok(column(solution.as_ref())),
        None => by_singular_values(&Mat::from_fn(rows, columns, |row, column| a[[row, column]]), &right),
    }
}

/// A = QR: x = R⁻¹ Qᵀ b.
fn tall(a: &Mat<f64>, b: &Mat<f64>) -> Option<Mat<f64>> {
    let (rows, columns) = a.shape();
    let qr = factor(a)?;
    let mut x = b.clone();
    let needed = transpose_scratch::<f64>(rows, qr.Q_coeff().nrows(), 1);
    let mut buffer = MemBuffer::new(needed);
    let stack = MemStack::new(&mut buffer);
    apply_transpose(qr.Q_basis(), qr.Q_coeff(), Conj::No, x.as_mut(), Par::Seq, stack);
    x.truncate(columns, 1);
    solve_upper_triangular_in_place(qr.thin_R(), x.as_mut(), Par::Seq);
    Some(x)
}

/// Aᵀ = QR: x = Q R⁻ᵀ b, which lies in the span of the rows of A and is the shortest for that.
fn wide(transposed: &Mat<f64>, b: &Mat<f64>) -> Option<Mat<f64>> {
    let (columns, rows) = transposed.shape();
    let qr = factor(transposed)?;
    let mut z = b.clone();
    solve_lower_triangular_in_place(qr.thin_R().transpose(), z.as_mut(), Par::Seq);
    let mut x = Mat::from_fn(columns, 1, |row, _| if row < rows { z[(row, 0)] } else { 0.0 });
    let mut buffer = MemBuffer::new(scratch::<f64>(columns, qr.Q_coeff().nrows(), 1));
    let stack = MemStack::new(&mut buffer);
    apply(qr.Q_basis(), qr.Q_coeff(), Conj::No, x.as_mut(), Par::Seq, stack);
    Some(x)
}

/// Where the diagonal of R spans more than this, the singular values decide whether A is of full rank: an R that was
/// not pivoted shows it only roughly.
const SURE: f64 = 1e-10;

/// QR, unless R leaves open whether the columns are dependent.
fn factor(a: &Mat<f64>) -> Option<Qr<f64>> {
    let qr = Qr::new(a.as_ref());
    let sizes = || (0..a.ncols()).map(|at| qr.thin_R()[(at, at)].abs());
    let (least, greatest) = (sizes().fold(f64::INFINITY, f64::min), sizes().fold(0.0, f64::max));
    (least > greatest * SURE).then_some(qr)
}

/// Below this a singular value of `a` is noise.
fn threshold(a: &Mat<f64>, greatest: f64) -> f64 {
    greatest * f64::EPSILON * a.nrows().max(a.ncols()) as f64
}

/// A = U S Vᵀ: x = V S⁺ Uᵀ b.
fn by_singular_values(a: &Mat<f64>, b: &Mat<f64>) -> Result<Vec<f64>, LeastSquaresError> {
    let svd = Svd::new_thin(a.as_ref()).map_err(|_| LeastSquaresError::NoConvergence)?;
    let values = svd.S().column_vector();
    let least = threshold(a, values[0]);
    let mut z = svd.U().transpose() * b;
    for at in 0..z.nrows() {
        z[(at, 0)] = if values[at] > least { z[(at, 0)] / values[at] } else { 0.0 };
    }
    Ok(column((svd.V() * z).as_ref()))
}

fn column(matrix: MatRef<'_, f64>) -> Vec<f64> {
    (0..matrix.nrows()).map(|row| matrix[(row, 0)]).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::{LeastSquaresError, least_squares};
    use crate::num::rng::SplitMix64;

    #[track_caller]
    fn check(a: &Array2<f64>, b: &[f64], expected: &[f64]) {
        let x = least_squares(a.view(), b).unwrap();
        assert_eq!(x.len(), expected.len());
        for (x, expected) in x.iter().zip(expected) {
            assert!((x - expected).abs() <= 1e-13 * expected.abs().max(1.0), "{x} for {expected}");
        }
    }

    /// From NumPy 2.4.6: `numpy.linalg.lstsq(a, b)`, and the same from SciPy 1.17.1.
    #[test]
    fn as_numpy_has_it() {
        let tall = array![[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]];
        check(&tall, &[1.0, -1.0, 2.0], &[-2.571428571428572, 2.0]);
        let wide = array![[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]];
        check(&wide, &[1.0, -1.0], &[-2.0285714285714285, 0.14285714285714285, 0.9142857142857143]);
        // Rank one, both ways.
        check(
            &array![[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]],
            &[1.0, 2.0, 4.0],
            &[0.24285714285714285, 0.4857142857142857],
        );
        check(
            &array![[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]],
            &[1.0, 1.0],
            &[0.04285714285714286, 0.08571428571428572, 0.12857142857142856],
        );
        check(&array![[0.0, 0.0]], &[3.0], &[0.0, 0.0]);
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let one = array![[1.0]];
        assert_eq!(
            least_squares(one.view(), &[1.0, 2.0]),
            Err(LeastSquaresError::Length { rows: 1, given: 2 })
        );
        assert_eq!(least_squares(array![[f64::NAN]].view(), &[1.0]), Err(LeastSquaresError::NotFinite));
        assert_eq!(least_squares(one.view(), &[f64::INFINITY]), Err(LeastSquaresError::NotFinite));
        assert_eq!(
            least_squares(Array2::zeros((2, 0)).view(), &[1.0, 2.0]),
            Err(LeastSquaresError::NotFinite)
        );
    }

    /// The conditions that define the answer: the residual is orthogonal to the columns, and x lies in the span of the
    /// rows, which it does if it is no longer than any other solution.
    fn is_the_answer(a: &Array2<f64>, b: &[f64]) {
        let x = ndarray::Array1::from(least_squares(a.view(), b).unwrap());
        let residual = a.dot(&x) - ndarray::ArrayView1::from(b);
        let slope = a.t().dot(&residual);
        let scale = a.iter().map(|value| value * value).sum::<f64>() * (1.0 + x.dot(&x).sqrt());
        assert!(slope.iter().all(|value| value.abs() <= 1e-10 * scale), "{slope}");
        // Rows that are combined to x: Aᵀz = x has a solution.
        let z = ndarray::Array1::from(least_squares(a.t(), x.as_slice().unwrap()).unwrap());
        let off = a.t().dot(&z) - &x;
        assert!(off.iter().all(|value| value.abs() <= 1e-8 * (1.0 + x.dot(&x).sqrt())), "{off}");
    }

    proptest! {
        #[test]
        fn residuals_are_orthogonal_and_solutions_short(
            rows in 1usize..12, columns in 1usize..12, rank in 1usize..12, seed in 0u64..1000,
        ) {
            let sequence = SplitMix64::new(seed);
            let unit = |at: usize| sequence.unit(at as u64) - 0.5;
            let rank = rank.min(rows).min(columns);
            // A product of thin factors has at most their rank.
            let left = Array2::from_shape_fn((rows, rank), |(row, column)| unit(row * rank + column));
            let right = Array2::from_shape_fn((rank, columns), |(row, column)| unit(1000 + row * columns + column));
            let b: Vec<f64> = (0..rows).map(|row| unit(2000 + row)).collect();
            is_the_answer(&left.dot(&right), &b);
        }
    }
}
