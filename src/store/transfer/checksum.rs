//! What a table holds, in a number that does not depend on the order of the rows: the engines sort text
//! differently.

use super::super::statement::Argument;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A count of rows and the sum of their hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checksum {
    /// How many rows.
    pub rows: u64,
    /// The sum of the first 16 bytes of each row's SHA-256.
    pub sum: u128,
}

impl Checksum {
    /// Adds a row. Each value is written with its type and length, so that different rows are different bytes.
    pub(super) fn add(&mut self, row: &[Argument]) {
        let mut hash = Sha256::new();
        for value in row {
            match value {
                Argument::Text(None) | Argument::Number(None) => hash.update([0]),
                Argument::Number(Some(number)) => {
                    hash.update([1]);
                    hash.update(number.to_be_bytes());
                }
                Argument::Text(Some(text)) => {
                    hash.update([2]);
                    hash.update((text.len() as u64).to_be_bytes());
                    hash.update(text.as_bytes());
                }
            }
        }
        let digest = hash.finalize();
        let first = digest.iter().take(16).fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        self.rows = self.rows.saturating_add(1);
        self.sum = self.sum.wrapping_add(first);
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, {:032x}", self.rows, self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(values: &[Option<&str>]) -> Vec<Argument> {
        values.iter().map(|value| Argument::from(*value)).collect()
    }

    fn sum(rows: &[Vec<Argument>]) -> Checksum {
        let mut sum = Checksum::default();
        for row in rows {
            sum.add(row);
        }
        sum
    }

    #[test]
    fn what_looks_alike_has_other_sums() {
        let rows = [
            row(&[Some("ab"), Some("c")]),
            row(&[Some("a"), Some("bc")]),
            row(&[Some(""), None]),
            row(&[None, Some("")]),
            vec![Argument::from(1_i64)],
            row(&[Some("1")]),
        ];
        let sums: std::collections::BTreeSet<u128> =
            rows.iter().map(|row| sum(std::slice::from_ref(row)).sum).collect();
        assert_eq!(sums.len(), rows.len());
    }

    proptest! {
        #[test]
        fn the_order_of_rows_does_not_matter_and_each_row_does(
            texts in proptest::collection::vec(".{0,8}", 1..12)
        ) {
            let rows: Vec<_> = texts.iter().map(|text| row(&[Some(text)])).collect();
            let backwards: Vec<_> = texts.iter().rev().map(|text| row(&[Some(text)])).collect();
            prop_assert_eq!(sum(&rows), sum(&backwards));
            prop_assert_ne!(sum(&rows), sum(&rows[1..]));
            let doubled: Vec<_> = texts.iter().chain(&texts).map(|text| row(&[Some(text)])).collect();
            prop_assert_ne!(sum(&rows), sum(&doubled));
        }
    }
}
