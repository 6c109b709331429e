use super::*;
use proptest::prelude::*;

#[test]
fn blank_text_shows_nothing_and_is_not_judged() {
    for blank in ["", " \t", "…", "\u{200b}", "👍 👍"] {
        let reading = Lens::get().read(blank);
        assert_eq!(
            (reading.hat, reading.forced, reading.confidence),
            (None, Hats::NEITHER, 0.0),
            "{blank:?}"
        );
        assert!(reading.evidence.is_empty());
    }
}

#[test]
fn clear_acts_are_read_with_their_evidence() {
    let reading = Lens::get().read("Moved the release to Thursday and updated the tracker.");
    assert_eq!(reading.forced, Hats::from(Hat::Manager));
    assert!(!reading.evidence.is_empty());
    assert!(reading.evidence.iter().all(|evidence| evidence.hat == Hat::Manager), "{reading:?}");
    let reading =
        Lens::get().read("I asked her what she would do and then I listened. She found her own way.");
    assert_eq!(reading.forced, Hats::from(Hat::Leader));
}

/// The logits that the Python gave a text with the weights before they were rounded.
#[derive(serde::Deserialize)]
struct Written {
    text: String,
    logits: [f32; LOGITS],
}

#[test]
fn it_reads_as_the_python_that_trained_it() {
    let written: Vec<Written> = serde_json::from_str(include_str!("../../../lens/parity.json")).unwrap();
    assert!(written.len() >= 50);
    let linear = Parts::built_in().expect("the weights are what they should be").linear;
    for Written { text, logits } in written {
        let read = linear.read(&text, &words::plain(&text)).logits;
        let apart = read.iter().zip(logits).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
        assert!(apart < 0.01, "{read:?} is not {logits:?}: {text}");
    }
}

fn language_of(text: &str) -> &'static str {
    let plain = words::plain(text);
    let linear = &Lens::get().parts.as_ref().expect("the weights are what they should be").linear;
    let account = linear.read(text, &plain);
    language::of(text, account.words.len(), account.known)
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
    println!("other languages refused {share:.3}; English refused {lost} of {english}");
    assert!(f64::from(lost) <= 0.015 * f64::from(english), "{lost} of {english} English texts refused");
}

proptest! {
    #[test]
    fn any_text_has_a_reading_and_evidence_of_its_own(text in "\\PC{0,300}|[a-zA-Z '.!?\n]{0,300}") {
        let reading = Lens::get().read(&text);
        prop_assert!((0.0..=1.0).contains(&reading.confidence));
        prop_assert!((0.0..=1.0).contains(&reading.leader) && (0.0..=1.0).contains(&reading.manager));
        prop_assert!(reading.hat.is_none_or(|hat| hat == reading.forced));
        for evidence in &reading.evidence {
            prop_assert!(text.contains(&evidence.text));
        }
    }
}
