//! Tokens through the layers to logits. The arithmetic is written once in plain Rust and compiled three times:
//! for any processor, for AVX2 and for AVX-512, the best of which is chosen at run time. Whole numbers do not
//! care for order, and the floats are added in the same one, so all give the same bits.

#[cfg(target_arch = "x86_64")]
use crate::x86::{Avx2, Vnni};
use crate::{
    LOGITS,
    blob::Blob,
    matmul::{Kernel, LANES, Matrix, Portable, Quantized, most, nearest},
};

const HEADS: usize = 12;
const HEAD: usize = 32;
const WIDTH: usize = HEADS * HEAD;
const INNER: usize = 4 * WIDTH;

/// Tokens that go through the inner layer together: their activations stay in the cache.
const BLOCK: usize = 32;

/// Keys that a query is compared with at a time.
const KEYS: usize = 16;

pub(crate) struct Model {
    tokens: Table,
    places: Table,
    norm: Norm,
    layers: Vec<Layer>,
    heads: Vec<f32>,
    bias: [f32; LOGITS],
}

/// Rows in int8, looked up.
struct Table {
    scale: Vec<f32>,
    rows: &'static [u8],
}

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

struct Layer {
    query: Matrix,
    key: Matrix,
    value: Matrix,
    output: Matrix,
    norm: Norm,
    up: Matrix,
    down: Matrix,
    last: Norm,
}

impl Table {
    fn from_blob(blob: &mut Blob, count: usize) -> Option<Self> {
        let scale = blob.numbers(count)?;
        Some(Self { scale, rows: blob.take(count.checked_mul(WIDTH)?)? })
    }

    /// Adds a row; one that is not there is zero.
    fn add(&self, at: usize, to: &mut [f32]) {
        let scale = self.scale.get(at).copied().unwrap_or_default();
        let row = self.rows.chunks_exact(WIDTH).nth(at).unwrap_or_default();
        for (to, step) in to.iter_mut().zip(row) {
            *to += f32::from(step.cast_signed()) * scale;
        }
    }
}

impl Norm {
    fn from_blob(blob: &mut Blob) -> Option<Self> {
        Some(Self { weight: blob.numbers(WIDTH)?, bias: blob.numbers(WIDTH)? })
    }

    /// Each row to mean 0 and variance 1, then scaled and shifted.
    #[inline(always)]
    fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(WIDTH) {
            let mean = sum(row, |x| x) / WIDTH as f32;
            let variance = sum(row, |x| (x - mean) * (x - mean)) / WIDTH as f32;
            let by = 1.0 / (variance + 1e-12).sqrt();
            for ((x, weight), bias) in row.iter_mut().zip(&self.weight).zip(&self.bias) {
                *x = (*x - mean) * by * weight + bias;
            }
        }
    }
}

impl Model {
    /// The rest of the blob, over `count` tokens.
    pub(crate) fn from_blob(blob: &mut Blob, count: usize) -> Option<Self> {
        let (positions, layers) = (blob.count()?, blob.count()?);
        Some(Self {
            tokens: Table::from_blob(blob, count)?,
            places: Table::from_blob(blob, positions)?,
            norm: Norm::from_blob(blob)?,
            layers: (0..layers).map(|_| Layer::from_blob(blob)).collect::<Option<_>>()?,
            heads: blob.numbers(LOGITS * WIDTH)?,
            bias: blob.numbers(LOGITS)?.try_into().ok()?,
        })
    }

    /// The most tokens of a window, start and end among them.
    pub(crate) fn positions(&self) -> usize {
        self.places.scale.len()
    }

    /// The logits of each token between start and end.
    pub(crate) fn read(&self, tokens: &[usize]) -> Vec<[f32; LOGITS]> {
        #[cfg(target_arch = "x86_64")]
        if let Some(logits) = self.read_vnni(tokens).or_else(|| self.read_avx2(tokens)) {
            return logits;
        }
        self.read_portable(tokens)
    }

    /// [`Model::read`] on a processor that has what a [`Vnni`] needs.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn read_vnni(&self, tokens: &[usize]) -> Option<Vec<[f32; LOGITS]>> {
        #[allow(unsafe_code, reason = "a call to code for a processor that was asked for first")]
        // SAFETY: a `Vnni` is made only where the processor has all of it.
        Vnni::here().map(|kernel| unsafe { self.forward_vnni(kernel, tokens) })
    }

    /// [`Model::read`] on a processor that has AVX2.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn read_avx2(&self, tokens: &[usize]) -> Option<Vec<[f32; LOGITS]>> {
        #[allow(unsafe_code, reason = "a call to code for a processor that was asked for first")]
        // SAFETY: an `Avx2` is made only where the processor has it.
        Avx2::here().map(|kernel| unsafe { self.forward_avx2(kernel, tokens) })
    }

    /// [`Model::read`] on any processor, equal to the last bit.
    pub(crate) fn read_portable(&self, tokens: &[usize]) -> Vec<[f32; LOGITS]> {
        self.forward(Portable, tokens)
    }

    /// All that is inlined here becomes code for AVX-512.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
    fn forward_vnni(&self, kernel: Vnni, tokens: &[usize]) -> Vec<[f32; LOGITS]> {
        self.forward(kernel, tokens)
    }

    /// All that is inlined here becomes code for AVX2.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn forward_avx2(&self, kernel: Avx2, tokens: &[usize]) -> Vec<[f32; LOGITS]> {
        self.forward(kernel, tokens)
    }

    #[inline(always)]
    fn forward(&self, kernel: impl Kernel, tokens: &[usize]) -> Vec<[f32; LOGITS]> {
        let mut x = vec![0.0; tokens.len() * WIDTH];
        for (at, (row, token)) in x.chunks_exact_mut(WIDTH).zip(tokens).enumerate() {
            self.tokens.add(*token, row);
            self.places.add(at, row);
        }
        self.norm.apply(&mut x);
        for layer in &self.layers {
            layer.attend(kernel, &mut x);
            layer.think(kernel, &mut x);
        }
        let own = x.chunks_exact(WIDTH).skip(1).take(tokens.len().saturating_sub(2));
        own.map(|row| {
            let mut logits = self.bias;
            for (logit, head) in logits.iter_mut().zip(self.heads.chunks_exact(WIDTH)) {
                *logit += dot(row, head);
            }
            logits
        })
        .collect()
    }
}

impl Layer {
    fn from_blob(blob: &mut Blob) -> Option<Self> {
        let mut square = || Matrix::from_blob(blob, WIDTH, WIDTH);
        let (query, key, value, output) = (square()?, square()?, square()?, square()?);
        Some(Self {
            query,
            key,
            value,
            output,
            norm: Norm::from_blob(blob)?,
            up: Matrix::from_blob(blob, INNER, WIDTH)?,
            down: Matrix::from_blob(blob, WIDTH, INNER)?,
            last: Norm::from_blob(blob)?,
        })
    }

    /// Each token takes from all tokens, as far as they matter to it.
    #[inline(always)]
    fn attend(&self, kernel: impl Kernel, x: &mut [f32]) {
        let (mut query, mut key, mut value, mut out) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut quantized = Quantized::new();
        quantized.set(x, WIDTH);
        self.query.multiply(kernel, &quantized, &mut query);
        self.key.multiply(kernel, &quantized, &mut key);
        self.value.multiply(kernel, &quantized, &mut value);
        let mut seen = vec![0.0; x.len()];
        let many = x.len() / WIDTH;
        let mut keys = vec![[[0.0; KEYS]; HEAD]; many.div_ceil(KEYS)];
        let mut share = vec![0.0; many];
        for head in 0..HEADS {
            turn(&key, head, &mut keys);
            for (seen, query) in seen.chunks_exact_mut(WIDTH).zip(query.chunks_exact(WIDTH)) {
                let (Some(seen), Some(query)) = (part_mut(seen, head), part(query, head)) else { continue };
                weigh(query, &keys, &mut share);
                *seen = taken(&share, &value, head);
            }
        }
        quantized.set(&seen, WIDTH);
        self.output.multiply(kernel, &quantized, &mut out);
        add(x, &out);
        self.norm.apply(x);
    }

    /// Each token by itself, through the inner layer.
    #[inline(always)]
    fn think(&self, kernel: impl Kernel, x: &mut [f32]) {
        let (mut quantized, mut inner, mut out) = (Quantized::new(), Vec::new(), Vec::new());
        for block in x.chunks_mut(BLOCK * WIDTH) {
            quantized.set(block, WIDTH);
            self.up.multiply(kernel, &quantized, &mut inner);
            for x in &mut inner {
                *x = gelu(*x);
            }
            quantized.set(&inner, INNER);
            self.down.multiply(kernel, &quantized, &mut out);
            add(block, &out);
        }
        self.last.apply(x);
    }
}

/// The keys of a head, in blocks of [`KEYS`] with their numbers interleaved.
#[inline(always)]
fn turn(key: &[f32], head: usize, keys: &mut [[[f32; KEYS]; HEAD]]) {
    for (rows, block) in key.chunks(KEYS * WIDTH).zip(keys) {
        for (at, row) in rows.chunks_exact(WIDTH).enumerate() {
            let Some(row) = part(row, head) else { continue };
            for (number, side) in row.iter().zip(block.iter_mut()) {
                if let Some(place) = side.get_mut(at) {
                    *place = *number;
                }
            }
        }
    }
}

/// How much each key matters to a query: all together one.
#[inline(always)]
fn weigh(query: &[f32; HEAD], keys: &[[[f32; KEYS]; HEAD]], share: &mut [f32]) {
    let by = 1.0 / (HEAD as f32).sqrt();
    for (share, keys) in share.chunks_mut(KEYS).zip(keys) {
        for (share, likeness) in share.iter_mut().zip(likeness(query, keys)) {
            *share = likeness * by;
        }
    }
    let most = most(share, |x| x);
    for share in share.iter_mut() {
        *share = exp(*share - most);
    }
    let whole = 1.0 / sum(share, |x| x);
    for share in share {
        *share *= whole;
    }
}

/// The values of a head, each as far as it matters: two at a time, so that neither sum waits for the other.
#[inline(always)]
fn taken(share: &[f32], value: &[f32], head: usize) -> [f32; HEAD] {
    let [mut even, mut odd] = [[0.0; HEAD]; 2];
    for (share, values) in share.chunks(2).zip(value.chunks(2 * WIDTH)) {
        let sums = [&mut even, &mut odd].into_iter();
        for ((taken, share), value) in sums.zip(share).zip(values.chunks_exact(WIDTH)) {
            let Some(value) = part(value, head) else { continue };
            for (taken, value) in taken.iter_mut().zip(value) {
                *taken += share * value;
            }
        }
    }
    add(&mut even, &odd);
    even
}

/// A query times each key of a block.
#[inline(always)]
fn likeness(query: &[f32; HEAD], keys: &[[f32; KEYS]; HEAD]) -> [f32; KEYS] {
    let mut sums = [0.0; KEYS];
    for (number, side) in query.iter().zip(keys) {
        for (sum, key) in sums.iter_mut().zip(side) {
            *sum += number * key;
        }
    }
    sums
}

/// A head's part of a row.
#[inline(always)]
fn part(row: &[f32], head: usize) -> Option<&[f32; HEAD]> {
    row.as_chunks().0.get(head)
}

#[inline(always)]
fn part_mut(row: &mut [f32], head: usize) -> Option<&mut [f32; HEAD]> {
    row.as_chunks_mut().0.get_mut(head)
}

#[inline(always)]
fn add(to: &mut [f32], other: &[f32]) {
    for (to, other) in to.iter_mut().zip(other) {
        *to += other;
    }
}

/// The sum over the numbers, of what each gives.
#[inline(always)]
fn sum(numbers: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (whole, rest) = numbers.as_chunks::<LANES>();
    for numbers in whole {
        for (lane, number) in lanes.iter_mut().zip(numbers) {
            *lane += of(*number);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|number| of(*number)).sum::<f32>()
}

#[inline(always)]
fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    for (one, other) in one.as_chunks::<LANES>().0.iter().zip(other.as_chunks::<LANES>().0) {
        for ((lane, one), other) in lanes.iter_mut().zip(one).zip(other) {
            *lane += one * other;
        }
    }
    lanes.iter().sum()
}

/// e to the `x`, to six digits, without a call: loops of it become vector code.
#[inline(always)]
fn exp(x: f32) -> f32 {
    let twos = x.clamp(-87.0, 87.0) * std::f32::consts::LOG2_E;
    let whole = nearest(twos);
    let part = (twos - whole as f32) * std::f32::consts::LN_2;
    let by = 1.0
        + part
            * (1.0
                + part
                    * (0.5 + part * (1.0 / 6.0 + part * (1.0 / 24.0 + part * (1.0 / 120.0 + part / 720.0)))));
    by * f32::from_bits(((whole + 127) << 23).cast_unsigned())
}

/// x · Φ(x), with the error function of Abramowitz and Stegun, 7.1.26.
#[inline(always)]
fn gelu(x: f32) -> f32 {
    let far = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * far);
    let tail = t
        * (0.254_829_6 + t * (-0.284_496_72 + t * (1.421_413_8 + t * (-1.453_152 + t * 1.061_405_4))))
        * exp(-far * far);
    let erf = (1.0 - tail).copysign(x);
    0.5 * x * (1.0 + erf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_and_gelu_match_the_exact_functions() {
        for x in (-800..=800).map(|n| n as f32 / 100.0) {
            let close = |one: f32, other: f64| (f64::from(one) - other).abs() <= 2e-6 * other.abs().max(1.0);
            assert!(close(exp(-x.abs()), f64::from(-x.abs()).exp()), "exp {x}");
            assert!((gelu(x) - gelu(-x) - x).abs() < 1e-5, "gelu {x}");
        }
        // x · Φ(x), from a table of the normal distribution.
        for (x, expected) in
            [(0.0, 0.0), (1.0, 0.841_345), (-1.0, -0.158_655), (2.0, 1.954_5), (-3.0, -0.004_050)]
        {
            assert!((gelu(x) - expected).abs() < 2e-5, "{x}");
        }
    }
}
