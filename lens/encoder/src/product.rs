//! A matrix of int8 weights, and how it multiplies rows of activations.

use crate::blob::Blob;

/// How many rows of activations are multiplied with a weight while it is at hand.
pub const TOGETHER: usize = 4;

/// Weights in int8, each row in steps of its own.
pub struct Matrix {
    columns: usize,
    scale: Vec<f32>,
    weights: &'static [u8],
    bias: Vec<f32>,
}

/// Rows of activations in whole steps, filled up with zeros to a multiple of [`TOGETHER`], and the step of
/// each row.
#[derive(Default)]
pub struct Rounded {
    whole: Vec<i16>,
    step: Vec<f32>,
}

/// How products are summed: written for any processor, and for AVX2.
pub trait Kernel: Copy {
    /// Two rows of int8 weights, each times [`TOGETHER`] rows of activations. All are of one length, a
    /// multiple of sixteen.
    fn sums(self, weights: [&[u8]; 2], rows: [&[i16]; TOGETHER]) -> [[i32; 2]; TOGETHER];
}

/// Plain Rust.
#[derive(Clone, Copy)]
pub struct Anywhere;

impl Kernel for Anywhere {
    #[inline(always)]
    fn sums(self, weights: [&[u8]; 2], rows: [&[i16]; TOGETHER]) -> [[i32; 2]; TOGETHER] {
        let product = |(weight, x): (&u8, &i16)| i32::from(weight.cast_signed()) * i32::from(*x);
        rows.map(|row| weights.map(|weights| weights.iter().zip(row).map(product).sum()))
    }
}

impl Matrix {
    /// The next matrix of the blob, with its bias.
    pub fn over(blob: &mut Blob, rows: usize, columns: usize) -> Option<Self> {
        let scale = blob.numbers(rows)?;
        let weights = blob.take(rows.checked_mul(columns)?)?;
        Some(Self { columns, scale, weights, bias: blob.numbers(rows)? })
    }

    /// Each row of activations times each row of weights, and the bias.
    #[inline(always)]
    pub fn times(&self, kernel: impl Kernel, rows: &Rounded, out: &mut Vec<f32>) {
        let wide = self.scale.len();
        out.clear();
        out.resize(rows.step.len() * wide, 0.0);
        let blocks = rows.whole.chunks_exact(self.columns * TOGETHER);
        let steps = rows.step.chunks(TOGETHER);
        for ((block, steps), out) in blocks.zip(steps).zip(out.chunks_mut(wide * TOGETHER)) {
            let (left, right) = block.split_at(2 * self.columns);
            let ((a, b), (c, d)) = (left.split_at(self.columns), right.split_at(self.columns));
            let pairs = self.weights.chunks_exact(2 * self.columns).map(|pair| pair.split_at(self.columns));
            let scales = self.scale.as_chunks::<2>().0.iter().zip(self.bias.as_chunks::<2>().0);
            for (at, ((one, other), (scale, bias))) in pairs.zip(scales).enumerate() {
                let sums = kernel.sums([one, other], [a, b, c, d]);
                for ((sum, step), out) in sums.iter().zip(steps).zip(out.chunks_exact_mut(wide)) {
                    if let Some(out) = out.as_chunks_mut::<2>().0.get_mut(at) {
                        for (((out, sum), scale), bias) in out.iter_mut().zip(sum).zip(scale).zip(bias) {
                            *out = *sum as f32 * (scale * step) + bias;
                        }
                    }
                }
            }
        }
    }
}

impl Rounded {
    /// Rounds each row to 127 steps either way.
    #[inline(always)]
    pub fn set(&mut self, rows: &[f32], columns: usize) {
        self.whole.clear();
        self.step.clear();
        for row in rows.chunks_exact(columns) {
            let most = row.iter().fold(1e-9_f32, |most, x| most.max(x.abs()));
            let step = most / 127.0;
            self.step.push(step);
            let many = 127.0 / most;
            self.whole.extend(row.iter().map(|x| nearest(x * many) as i16));
        }
        let blocks = self.step.len().next_multiple_of(TOGETHER);
        self.whole.resize(blocks * columns, 0);
    }
}

/// The nearest whole number, the even one of two, of one below four million: a float of that size has no
/// bits left for a fraction. Unlike `round_ties_even` it needs no call on an old processor.
#[inline(always)]
pub fn nearest(x: f32) -> i32 {
    const NO_FRACTION: f32 = 12_582_912.0;
    (x + NO_FRACTION).to_bits().wrapping_sub(NO_FRACTION.to_bits()).cast_signed()
}
