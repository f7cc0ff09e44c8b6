//! How many bits a computation works with. It holds the ladder of precisions and nothing else.

/// Bits of working precision. [`Precision::DOUBLE`] is hardware `f64` with outward rounding; every other rung
/// is arbitrary-precision arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Precision(u32);

impl Precision {
    /// Hardware `f64` intervals.
    pub const DOUBLE: Self = Self(53);
    /// The rungs in order; an evaluator that cannot decide goes up one.
    pub const LADDER: &'static [Self] = &[Self(53), Self(192), Self(512), Self(1024), Self(4096)];

    /// The next rung, or `None` at the top.
    pub fn next(self) -> Option<Self> {
        Self::LADDER.iter().copied().find(|rung| *rung > self)
    }

    /// Bits of the significand.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// True at the rung that uses hardware arithmetic.
    pub fn is_double(self) -> bool {
        self == Self::DOUBLE
    }

    /// Bits for the arbitrary-precision arithmetic at this rung: a few more than promised, so that a handful
    /// of operations still meet the promise. What hardware cannot hold at the lowest rung is computed here.
    pub(crate) fn working_bits(self) -> usize {
        if self.is_double() { 80 } else { self.0 as usize + 16 }
    }
}
