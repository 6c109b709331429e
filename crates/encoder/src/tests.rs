#![allow(clippy::float_cmp, reason = "every kernel must give the same bits")]

use super::*;
use crate::matmul::{Kernel, Portable, TILE, quarters};
use proptest::prelude::*;
use std::sync::LazyLock;

static WEIGHTS: &[u8] = include_bytes!("../../../lens/weights/encoder.bin");
static ENCODER: LazyLock<Encoder> =
    LazyLock::new(|| Encoder::from_bytes(WEIGHTS).expect("the weights that train wrote"));

#[test]
fn bytes_that_are_no_encoder_are_refused() {
    let short = WEIGHTS.split_at(WEIGHTS.len() - 1).0;
    for bytes in [b"".as_slice(), b"abc", &[255; 64], short] {
        assert!(Encoder::from_bytes(bytes).is_none());
    }
}

#[test]
fn nothing_to_read_gives_nothing() {
    let account = ENCODER.read::<[&str; 0], &str>(&[]);
    assert_eq!((account.logits, account.clauses.len()), ([0.0; LOGITS], 0));
    assert_eq!(ENCODER.read(&[[""], [" "]]).clauses, [[0.0; LOGITS]; 2]);
}

#[test]
fn a_text_is_the_mean_over_the_tokens_of_its_clauses() {
    let sentences =
        [vec!["i asked her", "what she would try."], vec!["then i moved the release to thursday!"]];
    let account = ENCODER.read(&sentences);
    let whole =
        ENCODER.read(&[["i asked her what she would try."], ["then i moved the release to thursday!"]]);
    assert_eq!(account.logits, whole.logits, "clauses change nothing of what is read");
    let counts = sentences.concat().into_iter().map(|clause| ENCODER.tokenize(clause).len() as f32);
    for (at, logit) in account.logits.iter().enumerate() {
        let sum: f32 = account.clauses.iter().zip(counts.clone()).map(|(own, count)| own[at] * count).sum();
        assert!((sum / counts.clone().sum::<f32>() - logit).abs() < 1e-4);
    }
}

#[test]
fn long_texts_are_read_in_windows_and_not_without_end() {
    let long = "he said no, ".repeat(60);
    let windows = ENCODER.windows(&[[long.as_str()], ["short."]]);
    assert_eq!(windows.len(), 2);
    assert!(windows.iter().all(|window| window.tokens.len() <= ENCODER.model.positions()));
    assert!(windows.iter().all(|window| window.tokens.len() == window.clauses.len() + 2));
    let signs = "?!".repeat(2_000);
    assert_eq!(ENCODER.windows(&[[signs.as_str()], ["never read."]]).len(), MOST_WINDOWS);
    assert_eq!(ENCODER.read(&[[signs.as_str()], ["never read."]]).clauses[1], [0.0; LOGITS]);
}

#[test]
fn words_are_cut_into_the_longest_pieces() {
    let names = |text| -> Vec<&str> {
        ENCODER.tokenize(text).into_iter().map(|id| ENCODER.tokenizer.name(id)).collect()
    };
    assert_eq!(names("asked, didn't"), ["asked", ",", "didn", "'", "t"]);
    assert_eq!(names("  "), [""; 0]);
    assert_eq!(names("zq").concat().replace("##", ""), "zq");
    assert_eq!(names("fine\u{1f44d}"), ["fine"], "a sign without a token is left out, and glued to no word");
    assert_eq!(names("\u{43d}\u{435}\u{442}"), ["[UNK]"]);
    assert_eq!(names(&"a".repeat(101)), ["[UNK]"]);
}

#[test]
fn every_word_of_small_letters_has_pieces() {
    for letter in 'a'..='z' {
        assert!(!ENCODER.tokenize(&format!("qx{letter}j{letter}")).contains(&ENCODER.tokenizer.unknown()));
    }
}

#[cfg(target_arch = "x86_64")]
mod kernels {
    use super::*;
    use crate::x86::{Avx2, Vnni};

    proptest! {
        #[test]
        fn all_sum_alike(numbers in prop::collection::vec(any::<(i8, i8)>(), 4 * 384), parts in 1_usize..=6) {
            let (weights, steps): (Vec<u8>, Vec<i32>) =
                numbers.iter().map(|(weight, steps)| (weight.cast_unsigned(), i32::from(*steps))).unzip();
            let columns = parts * 64;
            let expected = sums(Portable, &weights, &steps, columns);
            prop_assert_eq!(Avx2::here().map_or(expected, |own| sums(own, &weights, &steps, columns)), expected);
            prop_assert_eq!(Vnni::here().map_or(expected, |own| sums(own, &weights, &steps, columns)), expected);
        }
    }

    /// What the kernel sums, less what it wanted added.
    fn sums<K: Kernel>(kernel: K, weights: &[u8], steps: &[i32], columns: usize) -> [[i32; TILE]; TILE] {
        let whole: Vec<_> = steps.iter().map(|steps| K::activation(*steps)).collect();
        let (weights, whole) = (quarters(weights, columns), quarters(&whole, columns));
        let offsets = weights
            .map(|row| K::OFFSET * row.iter().map(|weight| i32::from(weight.cast_signed())).sum::<i32>());
        kernel.sums(weights, whole).map(|sums| std::array::from_fn(|at| sums[at] - offsets[at]))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn all_read_alike_to_the_last_bit(tokens in prop::collection::vec(0_usize..20_000, 2..40)) {
            let expected = ENCODER.model.read_portable(&tokens);
            prop_assert!(ENCODER.model.read_avx2(&tokens).is_none_or(|read| read == expected));
            prop_assert!(ENCODER.model.read_vnni(&tokens).is_none_or(|read| read == expected));
        }
    }

    #[test]
    #[ignore = "a measurement: cargo test --release -p leadlens-encoder -- --ignored --nocapture"]
    fn how_long_each_takes_for_a_hundred_words() {
        const TEXT: &str = "our roadmap is last year's roadmap with the dates changed, so i asked the whole product \
            team to come and argue for what we should refuse to build. it was loud, and then meera said what \
            everybody had been thinking since spring. i did not answer; i asked her what she would try first. \
            afterwards i moved the release to thursday, cut the list to four items, gave each of them an owner \
            and a date, and booked fifteen minutes every morning until it ships. the tracker is up to date. i \
            wonder whether they will dare to say it.";
        type Read = fn(&[usize]) -> bool;
        let [window] = &ENCODER.windows(&[[TEXT]])[..] else { panic!("one window") };
        let kernels: [(&str, usize, Read); 3] = [
            ("portable", 20, |tokens| !ENCODER.model.read_portable(tokens).is_empty()),
            ("avx2", 300, |tokens| ENCODER.model.read_avx2(tokens).is_some()),
            ("avx-512", 300, |tokens| ENCODER.model.read_vnni(tokens).is_some()),
        ];
        for (name, rounds, read) in kernels {
            let mut took: Vec<_> = (0..rounds)
                .map(|_| {
                    let started = std::time::Instant::now();
                    assert!(read(std::hint::black_box(&window.tokens)), "{name} is not here");
                    started.elapsed()
                })
                .collect();
            took.sort_unstable();
            let [least, p50, p95] = [0, rounds / 2, rounds * 95 / 100].map(|at| took[at]);
            println!("{name}: {} tokens, least {least:?}, p50 {p50:?}, p95 {p95:?}", window.tokens.len());
        }
    }
}
