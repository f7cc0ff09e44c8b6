//! Shapes that do not fit: one error type for every operation on tensors, and the one way to allocate an array.

use std::fmt::{self, Display};

use ndarray::{ArrayD, IxDyn};

use super::Scalar;

/// The most elements that one array, or all weights of one network together, may have: 2 GiB of `f32`.
///
/// A page may ask for any shape; beyond this the answer is an error instead of a machine without memory.
pub const MAX_ELEMENTS: usize = 1 << 29;

/// An operation on arrays whose shapes do not belong together, or that has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeError {
    /// What was to be done, as a reader would call it: `convolution`, `matrix product`.
    pub op: &'static str,
    /// Shape of the first operand, usually the input.
    pub lhs: Vec<usize>,
    /// Shape of the second operand, usually the weights; empty where there is one operand.
    pub rhs: Vec<usize>,
    /// What the shapes break.
    pub rule: Rule,
}

/// What a pair of shapes breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The first operand must have this many axes.
    Rank(usize),
    /// The first operand must have at least this many axes.
    MinRank(usize),
    /// The last axis of the left operand and the first of the right must be equal.
    Inner,
    /// The input's channels or features are not those the weights were made for.
    Channels,
    /// The two shapes must be the same.
    Same,
    /// The window (right) is larger than the padded input (left).
    WindowFits,
    /// A window's padding must be at most half its kernel, or it would hold nothing but padding.
    Padding,
    /// Every extent, kernel, stride and dilation must be at least 1.
    NonZero,
    /// A label must name one of the classes.
    Label,
    /// More than [`MAX_ELEMENTS`] elements.
    TooLarge,
}

impl ShapeError {
    /// An error of an operation with one operand.
    pub fn unary(op: &'static str, operand: &[usize], rule: Rule) -> Self {
        Self::binary(op, operand, &[], rule)
    }

    /// An error of an operation with two operands.
    pub fn binary(op: &'static str, lhs: &[usize], rhs: &[usize], rule: Rule) -> Self {
        Self { op, lhs: lhs.to_vec(), rhs: rhs.to_vec(), rule }
    }
}

impl Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (op, lhs, rhs) = (self.op, Extents(&self.lhs), Extents(&self.rhs));
        match self.rule {
            Rule::Rank(rank) => write!(f, "{op} needs {rank} axes, not the shape {lhs}"),
            Rule::MinRank(rank) => write!(f, "{op} needs at least {rank} axes, not the shape {lhs}"),
            Rule::Inner => write!(f, "{op} of {lhs} and {rhs}: the inner extents differ"),
            Rule::Channels => write!(f, "{op}: weights of shape {rhs} cannot take an input of shape {lhs}"),
            Rule::Same => write!(f, "{op}: the shapes {lhs} and {rhs} differ"),
            Rule::WindowFits => write!(f, "{op}: a window of {rhs} does not fit into {lhs}"),
            Rule::Padding => write!(f, "{op}: padding {rhs} is more than half of the window {lhs}"),
            Rule::NonZero => write!(f, "{op}: every extent of {lhs} must be at least 1"),
            Rule::Label => write!(f, "{op}: label {rhs} is not one of the classes of {lhs}"),
            Rule::TooLarge => write!(f, "{op}: {lhs} has more than {MAX_ELEMENTS} elements"),
        }
    }
}

impl std::error::Error for ShapeError {}

/// A shape as people write it: `3x224x224`.
struct Extents<'a>(&'a [usize]);

impl Display for Extents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (axis, extent) in self.0.iter().enumerate() {
            if axis > 0 {
                f.write_str("x")?;
            }
            write!(f, "{extent}")?;
        }
        if self.0.is_empty() { f.write_str("()") } else { Ok(()) }
    }
}

/// The number of elements of a shape, if every extent is at least 1 and there are no more than [`MAX_ELEMENTS`].
///
/// # Errors
/// [`Rule::NonZero`] and [`Rule::TooLarge`].
pub fn elements(op: &'static str, shape: &[usize]) -> Result<usize, ShapeError> {
    if shape.contains(&0) {
        return Err(ShapeError::unary(op, shape, Rule::NonZero));
    }
    let count = shape.iter().try_fold(1_usize, |product, &extent| product.checked_mul(extent));
    count.filter(|&n| n <= MAX_ELEMENTS).ok_or_else(|| ShapeError::unary(op, shape, Rule::TooLarge))
}

/// An array of zeros. The pages of a large one are not touched, so that it costs address space, not memory, until
/// something is written to it; that is what lets a network be built, and its parameters be counted, in no time.
///
/// # Errors
/// [`Rule::NonZero`] and [`Rule::TooLarge`].
pub fn zeros<T: Scalar>(op: &'static str, shape: &[usize]) -> Result<ArrayD<T>, ShapeError> {
    elements(op, shape)?;
    Ok(ArrayD::zeros(IxDyn(shape)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_both_shapes() {
        let error = ShapeError::binary("convolution", &[1, 3, 5, 5], &[8, 4, 3, 3], Rule::Channels);
        assert_eq!(
            error.to_string(),
            "convolution: weights of shape 8x4x3x3 cannot take an input of shape 1x3x5x5"
        );
        let error = ShapeError::unary("sum", &[], Rule::Rank(2));
        assert_eq!(error.to_string(), "sum needs 2 axes, not the shape ()");
    }

    #[test]
    fn absurd_shapes_are_errors_not_allocations() {
        let rule = |shape: &[usize]| zeros::<f32>("array", shape).map_err(|error| error.rule).err();
        assert_eq!(rule(&[usize::MAX, usize::MAX]), Some(Rule::TooLarge));
        assert_eq!(rule(&[1 << 15, 1 << 15]), Some(Rule::TooLarge));
        assert_eq!(rule(&[4, 0]), Some(Rule::NonZero));
        assert_eq!(rule(&[4, 2]), None);
    }
}
