//! A matrix of int8 weights, and how it multiplies rows of activations.

use crate::blob::Blob;

/// How many rows of weights and of activations are multiplied with each other while they are at hand.
pub(crate) const TILE: usize = 4;

/// Rows of weights that stay in the nearest cache while all activations pass: their products fill a line of it.
const PANEL: usize = 4 * TILE;

/// Floats that are added or compared side by side.
pub(crate) const LANES: usize = 8;

/// Weights in int8, each row in steps of its own.
pub(crate) struct Matrix {
    columns: usize,
    scale: Vec<f32>,
    weights: &'static [u8],
    /// The sum of each row of weights.
    row_sums: Vec<i32>,
    bias: Vec<f32>,
}

/// Rows of activations in whole steps, filled up with zeros to a multiple of [`TILE`], and the step of
/// each row.
pub(crate) struct Quantized<K: Kernel> {
    values: Vec<K::Activation>,
    step: Vec<f32>,
}

/// How products are summed: written for any processor, for AVX2 and for AVX-512.
pub(crate) trait Kernel: Copy {
    /// How it wants the steps of an activation, from -127 to 127.
    type Activation: Copy;

    /// What it wants added to each.
    const OFFSET: i32;

    fn activation(steps: i32) -> Self::Activation;

    /// Rows of int8 weights, each times each row of activations. All are of one length, a multiple of 64.
    fn sums(self, weights: [&[u8]; TILE], rows: [&[Self::Activation]; TILE]) -> [[i32; TILE]; TILE];
}

/// Plain Rust.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

impl Kernel for Portable {
    type Activation = i16;
    const OFFSET: i32 = 0;

    #[inline(always)]
    fn activation(steps: i32) -> i16 {
        steps as i16
    }

    #[inline(always)]
    fn sums(self, weights: [&[u8]; TILE], rows: [&[i16]; TILE]) -> [[i32; TILE]; TILE] {
        let product = |(weight, x): (&u8, &i16)| i32::from(weight.cast_signed()) * i32::from(*x);
        rows.map(|row| weights.map(|weights| weights.iter().zip(row).map(product).sum()))
    }
}

impl Matrix {
    /// The next matrix of the blob, with its bias.
    pub(crate) fn from_blob(blob: &mut Blob, rows: usize, columns: usize) -> Option<Self> {
        let scale = blob.numbers(rows)?;
        let weights = blob.take(rows.checked_mul(columns)?)?;
        let sum = |row: &[u8]| row.iter().map(|weight| i32::from(weight.cast_signed())).sum();
        let row_sums = weights.chunks_exact(columns).map(sum).collect();
        Some(Self { columns, scale, weights, row_sums, bias: blob.numbers(rows)? })
    }

    /// Each row of activations times each row of weights, and the bias.
    #[inline(always)]
    pub(crate) fn multiply<K: Kernel>(&self, kernel: K, rows: &Quantized<K>, out: &mut Vec<f32>) {
        let wide = self.scale.len();
        out.resize(rows.step.len() * wide, 0.0);
        for (panel, weights) in self.weights.chunks_exact(PANEL * self.columns).enumerate() {
            let blocks = rows.values.chunks_exact(TILE * self.columns);
            let steps = rows.step.chunks(TILE);
            for ((block, steps), out) in blocks.zip(steps).zip(out.chunks_mut(TILE * wide)) {
                let quads = weights.chunks_exact(TILE * self.columns);
                for (at, quad) in (panel * (PANEL / TILE)..).zip(quads) {
                    let sums = kernel.sums(quarters(quad, self.columns), quarters(block, self.columns));
                    for ((sums, step), out) in sums.iter().zip(steps).zip(out.chunks_exact_mut(wide)) {
                        if let Some(out) = out.as_chunks_mut().0.get_mut(at) {
                            *out = self.scaled(at, sums, K::OFFSET, *step);
                        }
                    }
                }
            }
        }
    }

    /// Scales the sums of the rows of weights from `at` times [`TILE`] on back to floats, and adds the bias.
    #[inline(always)]
    fn scaled(&self, at: usize, sums: &[i32; TILE], offset: i32, step: f32) -> [f32; TILE] {
        let mut out = [0.0; TILE];
        let (row_sum, scale, bias) = (four(&self.row_sums, at), four(&self.scale, at), four(&self.bias, at));
        for ((((out, sum), row_sum), scale), bias) in
            out.iter_mut().zip(sums).zip(row_sum).zip(scale).zip(bias)
        {
            *out = (sum - offset * row_sum) as f32 * (scale * step) + bias;
        }
        out
    }
}

#[inline(always)]
fn four<T: Copy + Default>(numbers: &[T], at: usize) -> [T; TILE] {
    numbers.as_chunks().0.get(at).copied().unwrap_or_default()
}

/// The first four rows of those that lie behind one another.
#[inline(always)]
pub(crate) fn quarters<T>(rows: &[T], columns: usize) -> [&[T]; TILE] {
    let (a, rest) = rows.split_at(columns);
    let (b, rest) = rest.split_at(columns);
    let (c, rest) = rest.split_at(columns);
    [a, b, c, rest.split_at(columns).0]
}

impl<K: Kernel> Quantized<K> {
    pub(crate) fn new() -> Self {
        Self { values: Vec::new(), step: Vec::new() }
    }

    /// Rounds each row to 127 steps either way.
    #[inline(always)]
    pub(crate) fn set(&mut self, rows: &[f32], columns: usize) {
        self.values.clear();
        self.step.clear();
        for row in rows.chunks_exact(columns) {
            let most = most(row, f32::abs).max(1e-9);
            let step = most / 127.0;
            self.step.push(step);
            let many = 127.0 / most;
            self.values.extend(row.iter().map(|x| K::activation(nearest(x * many))));
        }
        let blocks = self.step.len().next_multiple_of(TILE);
        self.values.resize(blocks * columns, K::activation(0));
    }
}

/// The most that any of the numbers gives; of none the least there is.
#[inline(always)]
pub(crate) fn most(numbers: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [f32::MIN; LANES];
    let (whole, rest) = numbers.as_chunks::<LANES>();
    for numbers in whole {
        for (lane, number) in lanes.iter_mut().zip(numbers) {
            *lane = lane.max(of(*number));
        }
    }
    let rest = rest.iter().map(|number| of(*number));
    lanes.into_iter().chain(rest).fold(f32::MIN, f32::max)
}

/// The nearest whole number, the even one of two, of one below four million: a float of that size has no
/// bits left for a fraction. Unlike `round_ties_even` it needs no call on an old processor.
#[inline(always)]
pub(crate) fn nearest(x: f32) -> i32 {
    const NO_FRACTION: f32 = 12_582_912.0;
    (x + NO_FRACTION).to_bits().wrapping_sub(NO_FRACTION.to_bits()).cast_signed()
}
