use super::*;
use crate::product::{Anywhere, Kernel, TOGETHER};
use proptest::prelude::*;
use std::sync::LazyLock;

static WEIGHTS: &[u8] = include_bytes!("../../weights/encoder.bin");
static ENCODER: LazyLock<Encoder> =
    LazyLock::new(|| Encoder::over(WEIGHTS).expect("the weights that train wrote"));

#[test]
fn bytes_that_are_no_encoder_are_refused() {
    let short = WEIGHTS.split_at(WEIGHTS.len() - 1).0;
    for bytes in [b"".as_slice(), b"abc", &[255; 64], short] {
        assert!(Encoder::over(bytes).is_none());
    }
}

#[test]
fn nothing_to_read_gives_nothing() {
    let account = ENCODER.read(&[]);
    assert_eq!((account.logits, account.sentences.len()), ([0.0; LOGITS], 0));
    assert_eq!(ENCODER.read(&["", " "]).sentences, [[0.0; LOGITS]; 2]);
}

#[test]
fn a_text_is_the_mean_over_the_pieces_of_its_sentences() {
    let sentences = ["i asked her what she would try.", "then i moved the release to thursday!"];
    let account = ENCODER.read(&sentences);
    let counts = sentences.map(|sentence| ENCODER.cut(sentence).len() as f32);
    for (at, logit) in account.logits.iter().enumerate() {
        let sum: f32 = account.sentences.iter().zip(counts).map(|(own, count)| own[at] * count).sum();
        assert!((sum / counts.iter().sum::<f32>() - logit).abs() < 1e-4);
    }
}

#[test]
fn long_texts_are_read_in_windows_and_not_without_end() {
    let long = "he said no, ".repeat(60);
    let windows = ENCODER.windows(&[long.as_str(), "short."]);
    assert_eq!(windows.len(), 2);
    assert!(windows.iter().all(|window| window.pieces.len() <= ENCODER.model.positions()));
    assert!(windows.iter().all(|window| window.pieces.len() == window.sentences.len() + 2));
    let signs = "?!".repeat(2_000);
    assert_eq!(ENCODER.windows(&[signs.as_str(), "never read."]).len(), MOST_WINDOWS);
    assert_eq!(ENCODER.read(&[signs.as_str(), "never read."]).sentences[1], [0.0; LOGITS]);
}

#[test]
fn words_are_cut_into_the_longest_pieces() {
    let names =
        |text| -> Vec<&str> { ENCODER.cut(text).into_iter().map(|id| ENCODER.pieces.name(id)).collect() };
    assert_eq!(names("asked, didn't"), ["asked", ",", "didn", "'", "t"]);
    assert_eq!(names("  "), [""; 0]);
    assert_eq!(names("zq").concat().replace("##", ""), "zq");
    assert_eq!(names("fine\u{1f44d}"), ["fine"], "a sign without a piece is left out, and glued to no word");
    assert_eq!(names("\u{43d}\u{435}\u{442}"), ["[UNK]"]);
    assert_eq!(names(&"a".repeat(101)), ["[UNK]"]);
}

#[test]
fn every_word_of_small_letters_has_pieces() {
    for letter in 'a'..='z' {
        assert!(!ENCODER.cut(&format!("qx{letter}j{letter}")).contains(&ENCODER.pieces.unknown()));
    }
}

#[cfg(target_arch = "x86_64")]
mod kernels {
    use super::*;
    use crate::x86::{Avx2, Vnni};

    proptest! {
        #[test]
        fn all_sum_alike(numbers in prop::collection::vec(any::<(i8, i8)>(), 6 * 384), rows in 1_usize..=4) {
            let long = rows * 96;
            let weights: Vec<u8> = numbers.iter().map(|(weight, _)| weight.cast_unsigned()).collect();
            let whole: Vec<i16> = numbers.iter().map(|(_, whole)| i16::from(*whole)).collect();
            let mut row = whole.chunks_exact(long);
            let rows: [&[i16]; TOGETHER] = std::array::from_fn(|_| row.next().expect("enough"));
            let weights = [&weights[..long], &weights[long..2 * long]];
            let expected = Anywhere.sums(weights, rows);
            prop_assert_eq!(Avx2::here().map_or(expected, |kernel| kernel.sums(weights, rows)), expected);
            prop_assert_eq!(Vnni::here().map_or(expected, |kernel| kernel.sums(weights, rows)), expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn all_read_alike_to_the_last_bit(pieces in prop::collection::vec(0_usize..20_000, 2..40)) {
            let expected = ENCODER.model.read_anywhere(&pieces);
            prop_assert!(ENCODER.model.read_avx2(&pieces).is_none_or(|read| read == expected));
            prop_assert!(ENCODER.model.read_vnni(&pieces).is_none_or(|read| read == expected));
        }
    }
}
