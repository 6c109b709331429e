//! The sums of products for processors with AVX2, and for those with AVX-512 and its instructions for neural
//! networks. A kernel can be made only where the processor has what it needs.

#![allow(unsafe_code, reason = "loads, stores and the processor's own instructions have no safe form")]
#![allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they are from")]
#![allow(clippy::many_single_char_names, reason = "rows and their sums have no other names")]

use crate::matmul::{Kernel, TILE};
use std::arch::{is_x86_feature_detected, x86_64::*};

/// Sixteen products at a time.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

/// Sixty-four products at a time, added in the same step.
#[derive(Clone, Copy)]
pub(crate) struct Vnni(());

impl Avx2 {
    /// `None` where the processor lacks it.
    pub(crate) fn here() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

impl Vnni {
    /// `None` where the processor lacks it.
    pub(crate) fn here() -> Option<Self> {
        let all = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vnni");
        all.then_some(Self(()))
    }
}

impl Kernel for Avx2 {
    type Activation = i16;
    const OFFSET: i32 = 0;

    #[inline(always)]
    fn activation(steps: i32) -> i16 {
        steps as i16
    }

    #[inline(always)]
    fn sums(self, [one, two, three, four]: [&[u8]; TILE], rows: [&[i16]; TILE]) -> [[i32; TILE]; TILE] {
        // SAFETY: an `Avx2` is made only where the processor has it.
        let (left, right) = unsafe { (sums_16([one, two], rows), sums_16([three, four], rows)) };
        let mut sums = [[0; TILE]; TILE];
        for ((sums, [a, b]), [c, d]) in sums.iter_mut().zip(left).zip(right) {
            *sums = [a, b, c, d];
        }
        sums
    }
}

impl Kernel for Vnni {
    type Activation = u8;
    /// The instruction multiplies numbers with a sign by numbers without one.
    const OFFSET: i32 = 128;

    #[inline(always)]
    fn activation(steps: i32) -> u8 {
        (steps + Self::OFFSET) as u8
    }

    #[inline(always)]
    fn sums(self, weights: [&[u8]; TILE], rows: [&[u8]; TILE]) -> [[i32; TILE]; TILE] {
        // SAFETY: a `Vnni` is made only where the processor has all of it.
        unsafe { sums_64(weights, rows) }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn sums_16([one, other]: [&[u8]; 2], [a, b, c, d]: [&[i16]; TILE]) -> [[i32; 2]; TILE] {
    let (one, other) = (one.as_chunks::<16>().0, other.as_chunks::<16>().0);
    let (a, b) = (a.as_chunks::<16>().0, b.as_chunks::<16>().0);
    let (c, d) = (c.as_chunks::<16>().0, d.as_chunks::<16>().0);
    let [mut first, mut second] = [[_mm256_setzero_si256(); TILE]; 2];
    for (((((one, other), a), b), c), d) in one.iter().zip(other).zip(a).zip(b).zip(c).zip(d) {
        // SAFETY: each is sixteen numbers, of eight or of sixteen bits, and no load asks for alignment.
        let (weights, rows) = unsafe {
            let weights = [one, other].map(|row| _mm256_cvtepi8_epi16(_mm_loadu_si128(row.as_ptr().cast())));
            (weights, [a, b, c, d].map(|row| _mm256_loadu_si256(row.as_ptr().cast())))
        };
        for (sums, weights) in [&mut first, &mut second].into_iter().zip(weights) {
            for (sum, row) in sums.iter_mut().zip(rows) {
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(weights, row));
            }
        }
    }
    let ([a, b, c, d], [e, f, g, h]) = (totals(first), totals(second));
    [[a, e], [b, f], [c, g], [d, h]]
}

#[inline]
#[target_feature(enable = "avx2,avx512f,avx512bw,avx512vnni")]
fn sums_64([one, two, three, four]: [&[u8]; TILE], [a, b, c, d]: [&[u8]; TILE]) -> [[i32; TILE]; TILE] {
    let (one, two) = (one.as_chunks::<64>().0, two.as_chunks::<64>().0);
    let (three, four) = (three.as_chunks::<64>().0, four.as_chunks::<64>().0);
    let (a, b) = (a.as_chunks::<64>().0, b.as_chunks::<64>().0);
    let (c, d) = (c.as_chunks::<64>().0, d.as_chunks::<64>().0);
    let mut sums = [[_mm512_setzero_si512(); TILE]; TILE];
    let weights = one.iter().zip(two).zip(three).zip(four);
    let rows = a.iter().zip(b).zip(c).zip(d);
    for ((((one, two), three), four), (((a, b), c), d)) in weights.zip(rows) {
        let weights = [load(one), load(two), load(three), load(four)];
        for (sums, row) in sums.iter_mut().zip([load(a), load(b), load(c), load(d)]) {
            for (sum, weights) in sums.iter_mut().zip(weights) {
                *sum = _mm512_dpbusd_epi32(*sum, row, weights);
            }
        }
    }
    let [a, b, c, d] = sums;
    [halved(a), halved(b), halved(c), halved(d)]
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(numbers: &[u8; 64]) -> __m512i {
    // SAFETY: it is 64 bytes, and the load asks for no alignment.
    unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) }
}

/// The sum of each of four.
#[inline]
#[target_feature(enable = "avx2,avx512f")]
fn halved([a, b, c, d]: [__m512i; TILE]) -> [i32; TILE] {
    totals([half(a), half(b), half(c), half(d)])
}

#[inline]
#[target_feature(enable = "avx2,avx512f")]
fn half(sums: __m512i) -> __m256i {
    _mm256_add_epi32(_mm512_castsi512_si256(sums), _mm512_extracti64x4_epi64::<1>(sums))
}

/// The sum of each of four.
#[inline]
#[target_feature(enable = "avx2")]
fn totals([a, b, c, d]: [__m256i; TILE]) -> [i32; TILE] {
    let pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    let sums = _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256::<1>(pairs));
    let mut out = [0; TILE];
    // SAFETY: four numbers of 32 bits have room there, and the store asks for no alignment.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), sums) };
    out
}
