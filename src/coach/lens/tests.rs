use super::*;
use crate::coach::hat::Hat;
use proptest::prelude::*;

#[test]
fn blank_text_shows_nothing_and_is_not_judged() {
    for blank in ["", " \t", "…", "\u{200b}", "👍 👍"] {
        let reading = Lens::get().read(blank);
        assert_eq!(
            (reading.hats, reading.best_guess, reading.confidence),
            (None, Hats::NEITHER, 0.0),
            "{blank:?}"
        );
        assert!(reading.evidence.is_empty());
    }
}

#[test]
fn clear_acts_are_read_with_their_evidence() {
    let reading = Lens::get().read("Moved the release to Thursday and updated the tracker.");
    assert_eq!(reading.best_guess, Hats::from(Hat::Manager));
    assert!(!reading.evidence.is_empty());
    assert!(reading.evidence.iter().all(|evidence| evidence.hat == Hat::Manager), "{reading:?}");
    let reading =
        Lens::get().read("I asked her what she would do and then I listened. She found her own way.");
    assert_eq!(reading.best_guess, Hats::from(Hat::Leader));
}

#[test]
fn the_evidence_is_a_clause_and_never_a_word() {
    let clauses = |text: &str| -> Vec<String> {
        Lens::get().read(text).evidence.into_iter().map(|evidence| evidence.text).collect()
    };
    let long = "I asked her what she would do and listened until she was done, although the queue was long";
    assert!(clauses(long).iter().all(|clause| clause.split_whitespace().count() >= 3), "{:?}", clauses(long));
    assert!(!clauses(long).is_empty());
    for short in ["Matters.", "Planned it.", "thanks"] {
        assert_eq!(clauses(short), [""; 0], "{short}");
    }
}

#[test]
fn what_is_repeated_counts_once() {
    let once = Lens::get().read("Moved the release to Thursday and updated the tracker.");
    for times in [2, 60] {
        let again =
            Lens::get().read(&"Moved the release to Thursday and updated the tracker. ".repeat(times));
        assert_eq!((again.hats, again.best_guess), (once.hats, once.best_guess), "{times} times");
        assert!((again.confidence - once.confidence).abs() < 1e-4);
    }
}

/// What the Python made of a text: the pieces as the reference cuts each sentence, the linear lens's logits
/// before its weights were rounded, and the encoder's with the numbers that the binary has.
#[derive(serde::Deserialize)]
struct Written {
    text: String,
    pieces: Vec<Vec<usize>>,
    linear: [f32; LOGITS],
    encoder: [f32; leadlens_encoder::LOGITS],
}

/// How far two readings are apart. The linear weights are rounded for the binary; in the encoder a rounded
/// activation may fall to the other side of a half, for its sums are added in another order.
const APART: f32 = 0.01;
const ENCODERS_APART: f32 = 0.15;

/// The same over all texts: a mistake in the arithmetic would move them all.
const ENCODERS_APART_ON_AVERAGE: f32 = 0.03;

#[test]
fn it_reads_as_the_python_that_trained_it() {
    let written: Vec<Written> = serde_json::from_str(include_str!("../../../lens/parity.json")).unwrap();
    assert!(written.len() >= 50);
    let Weights { linear, encoder, .. } = Weights::built_in().expect("the weights are what they should be");
    let apart =
        |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
    let (count, mut together) = (written.len() as f32, 0.0);
    for Written { text, pieces, linear: said, encoder: deep } in written {
        let read = linear.read(&text, &words::normalize(&text)).logits;
        assert!(apart(&read, &said) < APART, "{read:?} is not {said:?}: {text}");
        let plain: Vec<_> = words::sentences(&text).into_iter().map(words::normalize).collect();
        let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
        assert_eq!(plain.iter().map(|plain| encoder.tokenize(plain)).collect::<Vec<_>>(), pieces, "{text}");
        let read = encoder.read(&plain.iter().map(|plain| [*plain]).collect::<Vec<_>>()).logits;
        assert!(apart(&read, &deep) < ENCODERS_APART, "{read:?} is not {deep:?}: {text}");
        together += apart(&read, &deep);
    }
    assert!(together / count < ENCODERS_APART_ON_AVERAGE, "{}", together / count);
    println!("the encoders are {:.3} apart on average", together / count);
}

fn language_of(text: &str) -> &'static str {
    let plain = words::normalize(text);
    let linear = &Lens::get().weights.as_ref().expect("the weights are what they should be").linear;
    let linear_reading = linear.read(text, &plain);
    language::detect(text, linear_reading.words, linear_reading.known)
}

#[test]
fn other_languages_are_refused_and_english_is_not() {
    let texts = |file: &str| -> Vec<String> {
        let path = format!("{}/lens/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
    };
    let others = texts("other-languages.tsv");
    let refused = others.iter().filter(|line| {
        Lens::get().read(line.split_once('\t').expect("a code and a text").1).language != ENGLISH
    });
    let share = refused.count() as f64 / others.len() as f64;
    assert!(share >= 0.95, "only {share:.3} of other languages refused");
    let mut english = 0_u32;
    let mut lost = 0_u32;
    for line in (0..).map(|n| format!("w{n}.jsonl")).map_while(|file| {
        let path = format!("{}/lens/corpus/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::exists(path).unwrap().then(|| texts(&file))
    }) {
        for row in line {
            let row: serde_json::Value = serde_json::from_str(&row).unwrap();
            english += 1;
            lost += u32::from(language_of(row["text"].as_str().unwrap()) != ENGLISH);
        }
    }
    let line = format!(
        "Of {} texts in other languages {:.1} % are refused, of {english} English ones {:.1} %.",
        others.len(),
        100.0 * share,
        100.0 * f64::from(lost) / f64::from(english)
    );
    println!("{line}");
    let figures = include_str!("../../../lens/figures.md");
    assert!(figures.contains(&line), "lens/figures.md has to say: {line}");
    assert!(f64::from(lost) <= 0.015 * f64::from(english), "{lost} of {english} English texts refused");
}

proptest! {
    #[test]
    fn any_text_has_a_reading_and_evidence_of_its_own(text in "\\PC{0,300}|[a-zA-Z '.!?\n]{0,300}") {
        let reading = Lens::get().read(&text);
        prop_assert!((0.0..=1.0).contains(&reading.confidence));
        prop_assert!((0.0..=1.0).contains(&reading.leader) && (0.0..=1.0).contains(&reading.manager));
        prop_assert!(reading.hats.is_none_or(|hat| hat == reading.best_guess));
        for evidence in &reading.evidence {
            prop_assert!(text.contains(&evidence.text));
        }
    }
}
