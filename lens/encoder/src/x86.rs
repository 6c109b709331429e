//! The sums of products for processors with AVX2, and for those with AVX-512 and its instructions for neural
//! networks. A kernel can be made only where the processor has what it needs.

use crate::product::{Kernel, TOGETHER};
use std::arch::{is_x86_feature_detected, x86_64::*};

/// Sixteen products at a time.
#[derive(Clone, Copy)]
pub struct Avx2(());

/// Thirty-two products at a time, added in the same step.
#[derive(Clone, Copy)]
pub struct Vnni(());

impl Avx2 {
    /// `None` where the processor lacks it.
    pub fn here() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

impl Vnni {
    /// `None` where the processor lacks it.
    pub fn here() -> Option<Self> {
        let all = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vnni");
        all.then_some(Self(()))
    }
}

impl Kernel for Avx2 {
    #[inline(always)]
    fn sums(self, weights: [&[u8]; 2], rows: [&[i16]; TOGETHER]) -> [[i32; 2]; TOGETHER] {
        // SAFETY: an `Avx2` is made only where the processor has it.
        unsafe { sums_16(weights, rows) }
    }
}

impl Kernel for Vnni {
    #[inline(always)]
    fn sums(self, weights: [&[u8]; 2], rows: [&[i16]; TOGETHER]) -> [[i32; 2]; TOGETHER] {
        // SAFETY: a `Vnni` is made only where the processor has all of it.
        unsafe { sums_32(weights, rows) }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn sums_16([one, other]: [&[u8]; 2], [a, b, c, d]: [&[i16]; TOGETHER]) -> [[i32; 2]; TOGETHER] {
    let (one, other) = (one.as_chunks::<16>().0, other.as_chunks::<16>().0);
    let (a, b) = (a.as_chunks::<16>().0, b.as_chunks::<16>().0);
    let (c, d) = (c.as_chunks::<16>().0, d.as_chunks::<16>().0);
    let [mut first, mut second] = [[_mm256_setzero_si256(); TOGETHER]; 2];
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
fn sums_32([one, other]: [&[u8]; 2], [a, b, c, d]: [&[i16]; TOGETHER]) -> [[i32; 2]; TOGETHER] {
    let (one, other) = (one.as_chunks::<32>().0, other.as_chunks::<32>().0);
    let (a, b) = (a.as_chunks::<32>().0, b.as_chunks::<32>().0);
    let (c, d) = (c.as_chunks::<32>().0, d.as_chunks::<32>().0);
    let [mut first, mut second] = [[_mm512_setzero_si512(); TOGETHER]; 2];
    for (((((one, other), a), b), c), d) in one.iter().zip(other).zip(a).zip(b).zip(c).zip(d) {
        // SAFETY: each is 32 numbers, of eight or of sixteen bits, and no load asks for alignment.
        let (weights, rows) = unsafe {
            let weights =
                [one, other].map(|row| _mm512_cvtepi8_epi16(_mm256_loadu_si256(row.as_ptr().cast())));
            (weights, [a, b, c, d].map(|row| _mm512_loadu_si512(row.as_ptr().cast())))
        };
        for (sums, weights) in [&mut first, &mut second].into_iter().zip(weights) {
            for (sum, row) in sums.iter_mut().zip(rows) {
                *sum = _mm512_dpwssd_epi32(*sum, weights, row);
            }
        }
    }
    let ([a, b, c, d], [e, f, g, h]) = (halved(first), halved(second));
    [[a, e], [b, f], [c, g], [d, h]]
}

/// The sum of each of four.
#[inline]
#[target_feature(enable = "avx2,avx512f")]
fn halved([a, b, c, d]: [__m512i; TOGETHER]) -> [i32; TOGETHER] {
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
fn totals([a, b, c, d]: [__m256i; TOGETHER]) -> [i32; TOGETHER] {
    let pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    let sums = _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256::<1>(pairs));
    let mut out = [0; TOGETHER];
    // SAFETY: four numbers of 32 bits have room there, and the store asks for no alignment.
    unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), sums) };
    out
}
