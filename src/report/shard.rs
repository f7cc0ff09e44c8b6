//! One of several processes that share the chapters of a book.

use std::ops::Range;
use std::str::FromStr;

use serde::Serialize;

/// Which of how many: `2/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// The positions that are this shard's, of `length` in all. The shards of one count hold each position once, in
    /// order, and differ by at most one in length.
    ///
    /// ```
    /// use mdbook_qed::report::Shard;
    ///
    /// let second: Shard = "2/3".parse().unwrap();
    /// assert_eq!(second.range(7), 2..4);
    /// ```
    pub fn range(self, length: usize) -> Range<usize> {
        let bound = |index: usize| (index as u128 * length as u128 / self.count as u128) as usize;
        bound(self.index - 1)..bound(self.index)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "write K/N with K from 1 to N, such as 2/3".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(wanted)?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| wanted());
        let (index, count) = (number(index)?, number(count)?);
        if (1..=count).contains(&index) { Ok(Self { index, count }) } else { Err(wanted()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn shards_hold_each_position_once() {
        for length in [0, 1, 2, 7, 100] {
            for count in [1, 2, 3, 8, 200] {
                let shards: Vec<_> =
                    (1..=count).map(|index| format!("{index}/{count}").parse::<Shard>().unwrap()).collect();
                let all: Vec<usize> = shards.iter().flat_map(|shard| shard.range(length)).collect();
                assert_eq!(all, (0..length).collect::<Vec<_>>());
                let lengths = shards.iter().map(|shard| shard.range(length).len());
                assert!(lengths.clone().max().unwrap_or(0) <= lengths.min().unwrap_or(0) + 1);
            }
        }
    }

    #[test]
    fn what_is_no_shard() {
        for text in ["", "1", "0/2", "3/2", "1/0", "a/b", "-1/2", "1/2/3"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
