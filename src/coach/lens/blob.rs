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

    fn word(&mut self) -> Option<[u8; 4]> {
        self.take(4)?.try_into().ok()
    }

    /// A little-endian 32-bit count.
    pub fn count(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.word()?)).ok()
    }

    /// The next `N` little-endian floats.
    pub fn numbers<const N: usize>(&mut self) -> Option<[f32; N]> {
        let mut numbers = [0.0; N];
        for number in &mut numbers {
            *number = f32::from_le_bytes(self.word()?);
        }
        Some(numbers)
    }
}
