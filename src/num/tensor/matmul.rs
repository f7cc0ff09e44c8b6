//! The one matrix product: every layer and every solver that multiplies matrices comes through here.
//!
//! C = A·B, c_ij = Σ_k a_ik·b_kj. It is `ndarray`'s product (the `matrixmultiply` crate), which picks its kernel by
//! the CPU at run time: the order of summation, and so the last bits, may differ between kinds of CPU. On one kind
//! of CPU a result depends on its operands alone, never on the number of threads.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, linalg::general_mat_mul};

use super::{Rule, Scalar, ShapeError};

/// The product of a matrix of m×k and one of k×n.
///
/// # Errors
/// [`Rule::Inner`] when the inner extents differ.
pub fn product<T: Scalar>(a: ArrayView2<'_, T>, b: ArrayView2<'_, T>) -> Result<Array2<T>, ShapeError> {
    let mut c = Array2::zeros((a.nrows(), b.ncols()));
    product_into(a, b, c.view_mut())?;
    Ok(c)
}

/// The same, added to `c`: c += a·b.
///
/// # Errors
/// [`Rule::Inner`] when the inner extents differ, [`Rule::Same`] when `c` has not the product's shape.
pub fn product_into<T: Scalar>(
    a: ArrayView2<'_, T>,
    b: ArrayView2<'_, T>,
    mut c: ArrayViewMut2<'_, T>,
) -> Result<(), ShapeError> {
    const OP: &str = "matrix product";
    if a.ncols() != b.nrows() {
        return Err(ShapeError::binary(OP, a.shape(), b.shape(), Rule::Inner));
    }
    if c.shape() != [a.nrows(), b.ncols()] {
        return Err(ShapeError::binary(OP, &[a.nrows(), b.ncols()], c.shape(), Rule::Same));
    }
    general_mat_mul(T::one(), &a, &b, T::one(), &mut c);
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::num::reference::{self, Tolerance, random};

    proptest! {
        #[test]
        fn agrees_with_three_loops(m in 1..20_usize, k in 1..40_usize, n in 1..20_usize, seed: u64) {
            let matrix = |rows, columns, seed| random::<f32>(&[rows, columns], seed).into_dimensionality().unwrap();
            let (a, b): (Array2<f32>, Array2<f32>) = (matrix(m, k, seed), matrix(k, n, seed ^ 1));
            let c = product(a.view(), b.view()).unwrap();
            reference::product(&a, &b).check(&c.into_dyn(), Tolerance::Sum(k), f64::from(f32::EPSILON));
        }
    }

    #[test]
    fn operands_that_do_not_fit_are_errors() {
        let (a, b) = (Array2::<f64>::zeros((2, 3)), Array2::<f64>::zeros((2, 3)));
        assert_eq!(product(a.view(), b.view()).unwrap_err().rule, Rule::Inner);
        let mut c = Array2::zeros((2, 3));
        let error = product_into(a.view(), b.t(), c.view_mut()).unwrap_err();
        assert_eq!((error.rule, error.rhs), (Rule::Same, vec![2, 3]));
    }
}
