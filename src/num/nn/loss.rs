//! Losses: one number for a batch of outputs, with its gradient by them.
//!
//! | name | L | ∂L/∂y |
//! |---|---|---|
//! | mean squared error | (1/n)·Σ (y − t)², n elements in all | 2(y − t)/n |
//! | cross-entropy | −(1/N)·Σ_n log softmax(y_n)\[t_n\] | (softmax(y_n) − e_(t_n))/N |
//!
//! Both are the means that PyTorch's defaults take. Cross-entropy takes logits and labels, and is finite for every
//! finite logit. Sums run over the elements in row-major order.

use ndarray::{ArrayD, Zip};

use super::{Layer, activation::Softmax};
use crate::num::tensor::{Rule, Scalar, ShapeError};

/// A loss and its gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss<T> {
    /// The mean over the batch.
    pub value: T,
    /// By the outputs; of their shape.
    pub gradient: ArrayD<T>,
}

/// The mean of the squares of the differences of two arrays.
///
/// # Errors
/// [`Rule::Same`] when their shapes differ, [`Rule::NonZero`] when they are empty.
pub fn mean_squared_error<T: Scalar>(output: &ArrayD<T>, target: &ArrayD<T>) -> Result<Loss<T>, ShapeError> {
    const OP: &str = "mean squared error";
    if output.shape() != target.shape() {
        return Err(ShapeError::binary(OP, output.shape(), target.shape(), Rule::Same));
    }
    if output.is_empty() {
        return Err(ShapeError::unary(OP, output.shape(), Rule::NonZero));
    }
    let count = T::from_f64(output.len() as f64);
    let difference = output - target;
    let sum = difference.iter().fold(T::zero(), |sum, &x| sum + x * x);
    Ok(Loss { value: sum / count, gradient: difference.mapv(|x| (x + x) / count) })
}

/// The mean over the batch of −log softmax(logits)\[label\], for logits of N×C and N labels from 0 to C − 1.
///
/// # Errors
/// [`Rule::Rank`] when the logits are not N×C, [`Rule::Same`] when there are not N labels, [`Rule::Label`] for one that
/// is not below C.
pub fn cross_entropy<T: Scalar>(logits: &ArrayD<T>, labels: &[usize]) -> Result<Loss<T>, ShapeError> {
    const OP: &str = "cross-entropy";
    let &[batch, classes] = logits.shape() else {
        return Err(ShapeError::unary(OP, logits.shape(), Rule::Rank(2)));
    };
    if labels.len() != batch {
        return Err(ShapeError::binary(OP, logits.shape(), &[labels.len()], Rule::Same));
    }
    if let Some(&label) = labels.iter().find(|&&label| label >= classes) {
        return Err(ShapeError::binary(OP, &[classes], &[label], Rule::Label));
    }
    let log = Softmax { log: true }.forward(logits)?;
    let count = T::from_f64(batch as f64);
    let mut gradient = log.mapv(|y| y.exp() / count);
    let mut sum = T::zero();
    for (row, &label) in labels.iter().enumerate() {
        sum = sum - log[[row, label]];
        gradient[[row, label]] = gradient[[row, label]] - T::one() / count;
    }
    // An empty batch cannot come this far: `forward` allocates nothing without elements.
    Ok(Loss { value: sum / count, gradient })
}

/// Fails unless `gradients` has one array for each of `parameters`, of its shape.
pub(super) fn check_same<T>(
    op: &'static str,
    parameters: &[ndarray::ArrayViewMutD<'_, T>],
    gradients: &[ArrayD<T>],
) -> Result<(), ShapeError> {
    if parameters.len() != gradients.len() {
        return Err(ShapeError::binary(op, &[parameters.len()], &[gradients.len()], Rule::Same));
    }
    let pair = parameters.iter().zip(gradients).find(|(array, gradient)| array.shape() != gradient.shape());
    pair.map_or(Ok(()), |(array, gradient)| {
        Err(ShapeError::binary(op, array.shape(), gradient.shape(), Rule::Same))
    })
}

/// Adds `factor`·`from` to `to`.
pub(super) fn add_scaled<T: Scalar>(mut to: ndarray::ArrayViewMutD<'_, T>, factor: T, from: &ArrayD<T>) {
    Zip::from(&mut to).and(from).for_each(|to, &from| *to += factor * from);
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;
    use proptest::prelude::*;

    use super::*;
    use crate::num::reference::random;

    /// Against central differences.
    fn check(loss: impl Fn(&ArrayD<f64>) -> Loss<f64>, output: &ArrayD<f64>) {
        for (at, &gradient) in loss(output).gradient.indexed_iter() {
            let [more, less] = [1e-5, -1e-5].map(|step| {
                let mut moved = output.clone();
                moved[&at] += step;
                loss(&moved).value
            });
            assert!((gradient - (more - less) / 2e-5).abs() < 1e-9, "{at:?}: {gradient}");
        }
    }

    proptest! {
        #[test]
        fn gradients_agree_with_central_differences(batch in 1..=4_usize, classes in 1..=5_usize, seed: u64) {
            let output = random(&[batch, classes], seed);
            let target = random(&[batch, classes], seed ^ 1);
            check(|output| mean_squared_error(output, &target).unwrap(), &output);
            let labels: Vec<_> = (0..batch).map(|n| (seed as usize ^ n) % classes).collect();
            check(|output| cross_entropy(output, &labels).unwrap(), &output);
        }
    }

    /// By mpmath 1.3: −log softmax(1, 2, 3)\[0\] and \[2\], and their mean.
    #[test]
    fn values_are_right_and_stay_finite() {
        let logits = arr2(&[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]).into_dyn();
        let loss = cross_entropy(&logits, &[0, 2]).unwrap();
        assert!((loss.value - 1.407_605_964_444_380_3_f64).abs() < 1e-15);
        let far = cross_entropy(&arr2(&[[0.0_f32, 1e4]]).into_dyn(), &[0]).unwrap();
        assert_eq!((far.value, far.gradient), (1e4, arr2(&[[-1.0, 1.0]]).into_dyn()));
        let error =
            mean_squared_error(&arr2(&[[1.0, 4.0]]).into_dyn(), &arr2(&[[0.0, 2.0]]).into_dyn()).unwrap();
        assert_eq!((error.value, error.gradient), (2.5, arr2(&[[1.0, 2.0]]).into_dyn()));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let zeros = |shape: &[usize]| ArrayD::<f64>::zeros(shape);
        let rule =
            |logits: &[usize], labels: &[usize]| cross_entropy(&zeros(logits), labels).unwrap_err().rule;
        assert_eq!(rule(&[2], &[0]), Rule::Rank(2));
        assert_eq!(rule(&[2, 3], &[0]), Rule::Same);
        assert_eq!(rule(&[2, 3], &[0, 3]), Rule::Label);
        assert_eq!(rule(&[0, 3], &[]), Rule::NonZero);
        let rule = |a: &[usize], b: &[usize]| mean_squared_error(&zeros(a), &zeros(b)).unwrap_err().rule;
        assert_eq!((rule(&[2], &[3]), rule(&[0], &[0])), (Rule::Same, Rule::NonZero));
    }
}
