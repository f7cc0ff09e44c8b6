//! A digest of bytes, to tell contents apart: 128 bits, the same on every machine, not meant against an adversary.
//!
//! Two chains over the little-endian words w of eight bytes, the last filled up with zeros, then the length:
//! a ← mix(a ⊕ w) and b ← mix(b + w·GOLDEN), with the mixing function of SplitMix64. Each is a bijection of its word,
//! so that two contents of one length that differ in one word never collide.

use super::rng::{GOLDEN, mix};

/// The digest of `bytes`.
pub fn digest(bytes: &[u8]) -> u128 {
    let (mut a, mut b) = (0, GOLDEN);
    let mut take = |word: u64| {
        a = mix(a ^ word);
        b = mix(b.wrapping_add(word.wrapping_mul(GOLDEN)));
    };
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        take(u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    take(u64::from_le_bytes(last));
    take(bytes.len() as u64);
    u128::from(a) << 64 | u128::from(b)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::digest;

    #[test]
    fn every_bit_and_the_length_count() {
        let bytes = [7_u8; 21];
        let mut seen = BTreeSet::from([digest(&bytes)]);
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(seen.insert(digest(&changed)), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(seen.insert(digest(&bytes[..length])), "length {length}");
        }
        assert!(seen.insert(digest(&[0])) && seen.insert(digest(&[0, 0])));
    }
}
