//! What a page asks of a layer's output without looking at each of its values.

use rayon::prelude::*;

/// Sums in f64 and extremes of many values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// How many values there are.
    pub count: usize,
    /// Σx.
    pub sum: f64,
    /// Σx².
    pub sum_of_squares: f64,
    /// The smallest value; NaN if any is.
    pub smallest: f32,
    /// The largest value; NaN if any is.
    pub largest: f32,
    /// How many are 0.
    pub zeros: usize,
}

/// Values that are summed together before the sums are, in order.
const CHUNK: usize = 4096;

impl Statistics {
    /// Of nothing: what others are added to.
    const NONE: Self = Self {
        count: 0,
        sum: 0.0,
        sum_of_squares: 0.0,
        smallest: f32::INFINITY,
        largest: f32::NEG_INFINITY,
        zeros: 0,
    };

    /// Of these values. The order of summation is fixed: chunks of 4096, then the chunks.
    pub fn of(values: &[f32]) -> Self {
        let chunks: Vec<Self> = values.par_chunks(CHUNK).map(Self::of_chunk).collect();
        chunks.into_iter().fold(Self::NONE, Self::and)
    }

    fn of_chunk(values: &[f32]) -> Self {
        let one = |&x: &f32| Self {
            count: 1,
            sum: f64::from(x),
            sum_of_squares: f64::from(x) * f64::from(x),
            smallest: x,
            largest: x,
            zeros: usize::from(x == 0.0),
        };
        values.iter().map(one).fold(Self::NONE, Self::and)
    }

    fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            sum_of_squares: self.sum_of_squares + other.sum_of_squares,
            smallest: if self.smallest < other.smallest || self.smallest.is_nan() {
                self.smallest
            } else {
                other.smallest
            },
            largest: if self.largest > other.largest || self.largest.is_nan() {
                self.largest
            } else {
                other.largest
            },
            zeros: self.zeros + other.zeros,
        }
    }

    /// Σx/n.
    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }

    /// Σx²/n.
    pub fn mean_square(&self) -> f64 {
        self.sum_of_squares / self.count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_extremes_are_those_of_all_values() {
        let mut values: Vec<f32> = (0..10_001_i16).map(|n| f32::from(n - 5000)).collect();
        let statistics = Statistics::of(&values);
        assert_eq!((statistics.count, statistics.zeros), (10_001, 1));
        // 2·Σn² for n to 5000 is 5000·5001·10001/3.
        assert_eq!((statistics.sum, statistics.sum_of_squares), (0.0, 83_358_335_000.0));
        assert_eq!((statistics.smallest, statistics.largest), (-5000.0, 5000.0));
        assert_eq!(statistics.mean_square(), 8_335_000.0);
        values[7] = f32::NAN;
        let broken = Statistics::of(&values);
        assert!(broken.smallest.is_nan() && broken.largest.is_nan() && broken.mean().is_nan());
    }
}
