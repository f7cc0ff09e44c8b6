//! Model-wise double descent: the test error of random-feature regression against the number of features.
//!
//! A run draws n training points x in R^d from N(0, I), their targets y = x₁/√d + … + x_d/√d + noise · N(0, 1), and
//! weights W with elements from N(0, 1). With p features a point becomes φ(x) = max(W x, 0)/√d over the first p rows
//! of W, and the model is the f(x) = φ(x)·θ of least squares, of least norm where there are many. Its error is the
//! mean of (f(x) − x₁/√d − …)² over fresh points: without noise, so that nothing is left of it but the model's own.
//! What is reported is the mean over all runs. The phenomenon: Belkin, Hsu, Ma and Mandal, "Reconciling modern
//! machine-learning practice and the classical bias–variance trade-off" (PNAS 2019).
//!
//! Every random number has a place in a stream of [`SplitMix64`]: run r uses `new(seed).stream(r)`, and within it
//! streams 0 to 3 are the training points, the noise, the weights and the test points, row by row. Normal number k of a
//! stream is √(−2 ln(1 − u)) cos(2πv), with u and v its units 2k and 2k + 1. Runs are split over threads and added up
//! in their order, so that the bits do not depend on how many there are.

use ndarray::{Array1, Array2, s};
use rayon::prelude::*;

use super::least_squares::{LeastSquaresError, least_squares};
use super::math;
use super::rng::SplitMix64;

/// The experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// n, the number of training points.
    pub samples: usize,
    /// d, the number of inputs.
    pub inputs: usize,
    /// The standard deviation of the noise on the training targets.
    pub noise: f64,
    /// Over so many runs the error is averaged.
    pub runs: usize,
    /// So many fresh points measure the error of a run.
    pub tests: usize,
    /// Where all random numbers come from.
    pub seed: u64,
    /// The numbers of features p that are tried.
    pub features: Vec<usize>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The numbers of features p.
    pub features: Vec<usize>,
    /// The mean test error for each of them.
    pub risk: Vec<f64>,
    /// The mean squared residual on the training points, noise included.
    pub train: Vec<f64>,
}

/// Numbers of features in twentieths of the number of training points: dense around the interpolation threshold.
const TWENTIETHS: [usize; 22] =
    [1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 19, 20, 21, 22, 24, 27, 30, 36, 44, 54, 66];

impl Experiment {
    /// The experiment of the book for this number of training points.
    pub fn new(samples: usize) -> Self {
        let features = TWENTIETHS.iter().map(|part| (samples * part).div_ceil(20)).collect();
        Self { samples, inputs: 20, noise: 0.5, runs: 10, tests: 500, seed: 1, features }
    }

    /// A text that two experiments share only if their results have the same bits.
    pub fn key(&self) -> String {
        format!("double descent {} {} {self:?}", env!("CARGO_PKG_VERSION"), super::tensor::simd::kind())
    }

    /// Runs it.
    ///
    /// # Errors
    /// When a system of equations has no solution, as with a noise that is not finite.
    pub fn run(&self) -> Result<Curve, LeastSquaresError> {
        let all = SplitMix64::new(self.seed);
        let one = |run: usize| self.one(all.stream(run as u64));
        let runs: Vec<Vec<(f64, f64)>> = (0..self.runs).into_par_iter().map(one).collect::<Result<_, _>>()?;
        let mean = |part: fn(&(f64, f64)) -> f64| {
            let sum = |at: usize| runs.iter().map(|run| part(&run[at])).sum::<f64>();
            (0..self.features.len()).map(|at| sum(at) / self.runs as f64).collect()
        };
        Ok(Curve { features: self.features.clone(), risk: mean(|it| it.0), train: mean(|it| it.1) })
    }

    /// The test and training error of one run, for each number of features.
    fn one(&self, random: SplitMix64) -> Result<Vec<(f64, f64)>, LeastSquaresError> {
        let most = self.features.iter().copied().max().unwrap_or_default();
        let points = normals(random.stream(0), self.samples, self.inputs);
        let noise = normals(random.stream(1), self.samples, 1);
        let weights = normals(random.stream(2), most, self.inputs);
        let fresh = normals(random.stream(3), self.tests, self.inputs);
        let targets = self.truth(&points) + noise.column(0).mapv(|value| value * self.noise);
        let truth = self.truth(&fresh);
        let (features, of_fresh) = (self.activate(&points, &weights), self.activate(&fresh, &weights));
        let measure = |&count: &usize| {
            let known = features.slice(s![.., ..count]);
            let theta = Array1::from(least_squares(known, &targets.to_vec())?);
            let error = |predicted: Array1<f64>, wanted: &Array1<f64>| mean_square(&(predicted - wanted));
            let test = error(of_fresh.slice(s![.., ..count]).dot(&theta), &truth);
            Ok((test, error(known.dot(&theta), &targets)))
        };
        self.features.iter().map(measure).collect()
    }

    fn truth(&self, points: &Array2<f64>) -> Array1<f64> {
        points.sum_axis(ndarray::Axis(1)) / (self.inputs as f64).sqrt()
    }

    /// max(W x, 0)/√d for each row x.
    fn activate(&self, points: &Array2<f64>, weights: &Array2<f64>) -> Array2<f64> {
        let scale = (self.inputs as f64).sqrt();
        points.dot(&weights.t()).mapv(|value| value.max(0.0) / scale)
    }
}

impl Curve {
    /// The curve as bytes, little-endian: for each point the number of features and both errors.
    pub fn to_bytes(&self) -> Vec<u8> {
        let points = self.features.iter().zip(&self.risk).zip(&self.train);
        let words =
            points.flat_map(|((count, risk), train)| [*count as u64, risk.to_bits(), train.to_bits()]);
        words.flat_map(u64::to_le_bytes).collect()
    }

    /// Back from bytes; `None` unless they are whole points.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (points, []) = bytes.as_chunks::<24>() else { return None };
        let word = |point: &[u8; 24], at: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&point[8 * at..8 * at + 8]);
            u64::from_le_bytes(word)
        };
        let error = |at: usize| points.iter().map(|point| f64::from_bits(word(point, at))).collect();
        let features =
            points.iter().map(|point| usize::try_from(word(point, 0)).ok()).collect::<Option<_>>()?;
        Some(Self { features, risk: error(1), train: error(2) })
    }

    /// The number of features with the greatest test error; the first of several.
    pub fn peak(&self) -> Option<usize> {
        self.extreme(|best, risk| risk > best)
    }

    /// The number of features with the least test error; the first of several.
    pub fn best(&self) -> Option<usize> {
        self.extreme(|best, risk| risk < best)
    }

    fn extreme(&self, better: impl Fn(f64, f64) -> bool) -> Option<usize> {
        let (mut features, mut best) = (*self.features.first()?, *self.risk.first()?);
        for (&count, &risk) in self.features.iter().zip(&self.risk) {
            if better(best, risk) {
                (features, best) = (count, risk);
            }
        }
        Some(features)
    }
}

fn mean_square(values: &Array1<f64>) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64
}

fn normals(random: SplitMix64, rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(row, column)| normal(random, (row * columns + column) as u64))
}

/// The `n`-th number of N(0, 1), by Box and Muller.
fn normal(random: SplitMix64, n: u64) -> f64 {
    let (u, v) = (random.unit(2 * n), random.unit(2 * n + 1));
    (-2.0 * math::ln(1.0 - u)).sqrt() * math::cos(std::f64::consts::TAU * v)
}

#[cfg(test)]
mod tests {
    use super::{Curve, Experiment};

    fn small() -> Experiment {
        Experiment {
            samples: 12,
            inputs: 3,
            noise: 0.5,
            runs: 3,
            tests: 20,
            seed: 7,
            features: vec![1, 6, 11, 12, 13, 24, 60],
        }
    }

    #[track_caller]
    fn check(values: &[f64], expected: &[f64]) {
        assert_eq!(values.len(), expected.len());
        for (value, expected) in values.iter().zip(expected) {
            assert!((value - expected).abs() <= 1e-9 * expected.abs() + 1e-20, "{value} for {expected}");
        }
    }

    #[test]
    fn curves_survive_as_bytes_and_broken_bytes_are_none() {
        let curve = small().run().unwrap();
        let bytes = curve.to_bytes();
        assert_eq!(Curve::from_bytes(&bytes), Some(curve));
        assert_eq!(Curve::from_bytes(&bytes[1..]), None);
    }

    #[test]
    fn keys_differ_with_whatever_the_result_depends_on() {
        let others = [
            Experiment { noise: 0.25, ..small() },
            Experiment { seed: 8, ..small() },
            Experiment { features: vec![1], ..small() },
        ];
        assert!(others.iter().all(|other| other.key() != small().key()));
    }

    /// From tests/data/double_descent.py: its own generator, and `numpy.linalg.lstsq` of NumPy 2.4.6.
    #[test]
    fn as_numpy_has_it() {
        let curve = small().run().unwrap();
        check(
            &curve.risk,
            &[
                1.3549886587865139,
                0.5024448967184837,
                4191.092598872748,
                5094.6880618382365,
                5710.681951664409,
                916.6894034332203,
                223.16833674861013,
            ],
        );
        check(&curve.train[..3], &[0.9001388435990307, 0.14201701812062106, 0.020573409531478813]);
        assert!(curve.train[3..].iter().all(|error| *error < 1e-20), "{:?}", curve.train);
        assert_eq!(curve.peak(), Some(13));
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| small().run().unwrap())
        };
        assert_eq!(with(1), with(3));
    }

    #[test]
    fn extremes_are_the_first_of_their_kind() {
        let curve = |risk: &[f64]| Curve {
            features: (1..=risk.len()).collect(),
            risk: risk.to_vec(),
            train: Vec::new(),
        };
        assert_eq!((curve(&[1.0, 3.0, 3.0, 1.0]).peak(), curve(&[2.0, 1.0, 1.0]).best()), (Some(2), Some(2)));
        assert_eq!((curve(&[]).peak(), curve(&[]).best()), (None, None));
    }
}
