//! SplitMix64: the seeded generator behind every random number, addressed by index.
//!
//! All arithmetic is on unsigned 64-bit values, modulo 2^64. The n-th output of a generator whose initial state is
//! `state` needs no earlier output, so that threads can draw from one sequence without a word to each other, and
//! the bits depend on neither their number nor the machine. Source: Steele, Lea and Flood, "Fast splittable
//! pseudorandom number generators" (OOPSLA 2014), with the constants of Vigna's `splitmix64.c`.

pub(crate) const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
const FIRST: u64 = 0xBF58_476D_1CE4_E5B9;
const SECOND: u64 = 0x94D0_49BB_1331_11EB;

/// A sequence of 64-bit numbers, given by its seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    /// The sequence that starts from `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The `n`-th number, counted from 0.
    #[inline]
    pub const fn nth(self, n: u64) -> u64 {
        mix(self.state.wrapping_add(n.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// The sequence seeded with the `n`-th number: independent streams from one seed.
    pub const fn stream(self, n: u64) -> Self {
        Self::new(self.nth(n))
    }

    /// The `n`-th number as a fraction in [0, 1) with 53 random bits.
    pub fn unit(self, n: u64) -> f64 {
        (self.nth(n) >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Fills `out` with f32 fractions k·2⁻²⁴ in [0, 1), k the top 24 bits of numbers `first`, `first` + 1, …: exact.
    pub fn fill_unit(self, first: u64, out: &mut [f32]) {
        self.fill(first, out, |k| k as f32 * (1.0 / 16_777_216.0));
    }

    /// Fills `out` with f32 values (k − 2²³)·2⁻²³·`bound` in [−bound, bound), k the top 24 bits: one rounding each.
    pub fn fill_signed(self, first: u64, bound: f32, out: &mut [f32]) {
        self.fill(first, out, |k| (k - (1 << 23)) as f32 * (1.0 / 8_388_608.0) * bound);
    }

    #[inline(always)]
    fn fill(self, first: u64, out: &mut [f32], value: impl Fn(i32) -> f32) {
        let mut state = self.state.wrapping_add(first.wrapping_mul(GOLDEN));
        for element in out {
            state = state.wrapping_add(GOLDEN);
            *element = value((mix(state) >> 40) as i32);
        }
    }
}

/// `N` numbers of a sequence side by side, each followed by its own successors: what a vector unit makes at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lanes<const N: usize> {
    states: [u64; N],
    advance: u64,
}

impl<const N: usize> Lanes<N> {
    /// Lane l gives the numbers `first` + l·`apart`, that plus `advance`, that plus twice `advance`, …
    #[inline(always)]
    pub(crate) fn new(sequence: SplitMix64, first: u64, apart: u64, advance: u64) -> Self {
        let mut states = [0; N];
        for (lane, state) in states.iter_mut().enumerate() {
            let n = first.wrapping_add(apart.wrapping_mul(lane as u64)).wrapping_add(1);
            *state = sequence.state.wrapping_add(n.wrapping_mul(GOLDEN));
        }
        Self { states, advance: advance.wrapping_mul(GOLDEN) }
    }

    /// The next values (k − 2²³)·2⁻²³·`bound`, as [`SplitMix64::fill_signed`] gives them.
    ///
    /// `scale` is `bound`·2⁻²³, which is exact, so that one product rounds as the rule's does.
    #[inline(always)]
    pub(crate) fn next_signed(&mut self, scale: f32, out: &mut [f32; N]) {
        let mut states = self.states;
        for state in &mut states {
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(FIRST);
            // The last step of `mix` does not reach the top 24 bits.
            *state = (z ^ (z >> 27)).wrapping_mul(SECOND) >> 40;
        }
        for (value, k) in out.iter_mut().zip(states) {
            *value = (k as i32 - (1 << 23)) as f32 * scale;
        }
        for state in &mut self.states {
            *state = state.wrapping_add(self.advance);
        }
    }
}

#[inline(always)]
pub(crate) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(FIRST);
    z = (z ^ (z >> 27)).wrapping_mul(SECOND);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Outputs 0 to 4 of Vigna's `splitmix64.c` (public domain, 2015) for the seed 1234567.
    #[test]
    fn the_sequence_is_the_published_one() {
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        let sequence = SplitMix64::new(1_234_567);
        assert_eq!(std::array::from_fn(|n| sequence.nth(n as u64)), published);
    }

    #[test]
    fn lanes_give_the_same_bits() {
        let sequence = SplitMix64::new(3).stream(7);
        let bound = 0.043_f32;
        let mut all = [0.0; 100];
        sequence.fill_signed(0, bound, &mut all);
        let mut lanes = Lanes::<8>::new(sequence, 5, 9, 2);
        for step in 0..8 {
            let mut values = [0.0; 8];
            lanes.next_signed(bound * (1.0 / 8_388_608.0), &mut values);
            assert_eq!(values, std::array::from_fn(|lane| all[5 + 9 * lane + 2 * step]));
        }
    }

    #[test]
    fn filling_may_start_anywhere() {
        let sequence = SplitMix64::new(3).stream(7);
        let mut all = [0.0; 10];
        sequence.fill_signed(0, 0.3, &mut all);
        let mut tail = [0.0; 4];
        sequence.fill_signed(6, 0.3, &mut tail);
        assert_eq!(all[6..], tail);
        assert!(all.iter().all(|value| (-0.3..0.3).contains(value)));
        assert!((0..1000).all(|n| (0.0..1.0).contains(&sequence.unit(n))));
    }
}
