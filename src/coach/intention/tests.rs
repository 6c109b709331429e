//! What is an intention, by cases and by the labelled sentences.

use super::*;

const LABELLED: &str = include_str!("labelled.tsv");

#[test]
fn an_intention_is_quoted_as_it_stands() {
    let table = [
        ("I will ask Ana first", Some("I will ask Ana first")),
        ("Let them draw the way.", Some("Let them draw the way.")),
        (
            "Say where we want to be in a year, and let them draw the way.",
            Some("Say where we want to be in a year, and let them draw the way."),
        ),
        ("It went badly. Next time I'll pause… Then we talk.", Some("Next time I'll pause…")),
        ("Hm.\n\n  Tomorrow I send Raj the numbers \nand that's it", Some("Tomorrow I send Raj the numbers")),
        ("I’m going to ask her.", Some("I’m going to ask her.")),
        ("Next time I ask before I answer.", Some("Next time I ask before I answer.")),
        ("On Monday I'm asking him.", Some("On Monday I'm asking him.")),
        ("I'm also gonna say why. I'll write it down too.", Some("I'm also gonna say why.")),
        (
            "I intend to let Noor run it, even if it takes longer.",
            Some("I intend to let Noor run it, even if it takes longer."),
        ),
        ("We'll try it for two weeks.", Some("We'll try it for two weeks.")),
        ("Going to sit with them and listen.", Some("Going to sit with them and listen.")),
        ("\u{130}\u{307} I’LL ASK", Some("\u{130}\u{307} I’LL ASK")),
    ];
    for (text, sentence) in table {
        assert_eq!(stated(text), sentence, "{text}");
    }
}

#[test]
fn what_is_negated_conditional_past_reported_or_somebody_elses_is_none() {
    let table = [
        "",
        "…",
        "I will not ask Ana.",
        "I'll never do that again.",
        "I won't step in.",
        "If she asks, I'll help.",
        "Maybe I'll ask her.",
        "I might ask her, or I'll do it myself.",
        "I was going to ask her.",
        "I would ask her.",
        "I should ask her tomorrow.",
        "I want to ask her.",
        "I told them I'll take the blame.",
        "She said \"I'll do it\".",
        "She'll ask Ana first.",
        "They are going to try it.",
        "Ana is going to run it on Monday.",
        "Will I ask her?",
        "Who will I ask?",
        "I'll be honest: it was rushed.",
        "I'll have to see.",
        "We'll see.",
        "Let them do it, and they did.",
        "Let her run the room yesterday.",
        "Left the plan on the table and let them draw the way.",
        "I sit back and let them draw the way.",
        "I asked Ana on Monday.",
        "I'm reading the numbers.",
        "Ich werde Ana fragen.",
        "I'll tell you on Monday.",
    ];
    for text in table {
        assert_eq!(stated(text), None, "{text}");
    }
}

#[derive(Default)]
struct Counts {
    sentences: u32,
    right: u32,
    wrong: u32,
    missed: u32,
}

impl Counts {
    fn precision(&self) -> f64 {
        f64::from(self.right) / f64::from(self.right + self.wrong)
    }

    fn recall(&self) -> f64 {
        f64::from(self.right) / f64::from(self.right + self.missed)
    }
}

/// `cargo test intention -- --nocapture` prints the figures.
#[test]
fn writers_left_out_are_read_with_a_precision_of_nine_in_ten() {
    let (mut tuned, mut left_out) = (Counts::default(), Counts::default());
    for line in LABELLED.lines().filter(|line| !line.starts_with('#')) {
        let [writer, label, sentence] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let writer: u32 = writer.trim_start_matches('w').parse().unwrap();
        let counts = if writer <= 5 { &mut tuned } else { &mut left_out };
        counts.sentences += 1;
        match (label, stated(sentence).is_some()) {
            ("yes", true) => counts.right += 1,
            ("yes", false) => counts.missed += 1,
            ("no", true) => counts.wrong += 1,
            ("no", false) => {}
            _ => panic!("{line}"),
        }
    }
    for (name, counts) in [("tuned on w0 to w5", &tuned), ("left out, w6 to w11", &left_out)] {
        println!(
            "{name}: {} sentences, precision {:.3}, recall {:.3}",
            counts.sentences,
            counts.precision(),
            counts.recall()
        );
    }
    assert!(tuned.sentences + left_out.sentences >= 400);
    assert!(left_out.precision() >= 0.90, "{}", left_out.precision());
    assert!(left_out.recall() >= 0.70, "{}", left_out.recall());
}
