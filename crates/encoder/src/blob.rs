//! A cursor over weights that lie in the binary.

/// What is left to read.
pub struct Blob {
    rest: &'static [u8],
}

impl Blob {
    /// Begins at the first byte.
    pub fn new(bytes: &'static [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `count` bytes, borrowed; `None` past the end.
    pub fn take(&mut self, count: usize) -> Option<&'static [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// A little-endian 32-bit count.
    pub fn count(&mut self) -> Option<usize> {
        let number = u32::from_le_bytes(self.take(4)?.try_into().ok()?);
        usize::try_from(number).ok()
    }

    /// The next little-endian floats.
    pub fn numbers(&mut self, count: usize) -> Option<Vec<f32>> {
        let (numbers, _) = self.take(count.checked_mul(4)?)?.as_chunks::<4>();
        Some(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
    }

    /// Whether all has been read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}
