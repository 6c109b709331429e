//! What members type in the conversation, and what is made of it.

use super::*;
use proptest::prelude::*;

#[test]
fn a_wish_is_understood_however_it_is_typed() {
    let table = [
        ("stop", Wish::Stop),
        ("Stop!", Wish::Stop),
        ("  STOP ", Wish::Stop),
        ("*stop*", Wish::Stop),
        ("stop.", Wish::Stop),
        ("Please stop", Wish::Stop),
        ("stop, please", Wish::Stop),
        ("LeadLens, please stop", Wish::Stop),
        ("stop asking me", Wish::Stop),
        ("unsubscribe", Wish::Stop),
        ("pause", Wish::Pause),
        ("resume", Wish::Resume),
        ("start", Wish::Start),
        ("help", Wish::Help),
        ("?", Wish::Help),
        ("??", Wish::Help),
        ("？", Wish::Help),
        ("What can you do?", Wish::Help),
        ("hi", Wish::Greeting),
        ("Hi LeadLens", Wish::Greeting),
        ("hello :wave:", Wish::Greeting),
        ("Hello 👋🏽", Wish::Greeting),
        ("thanks", Wish::Thanks),
        ("Thank you!", Wish::Thanks),
        ("thanks :+1:", Wish::Thanks),
        ("thanks 🙏", Wish::Thanks),
        ("skip", Wish::Skip),
        ("Skip this one.", Wish::Skip),
        ("later", Wish::Later),
        ("not now", Wish::Later),
        ("Not today", Wish::Later),
        ("snooze", Wish::Later),
        ("report", Wish::Report),
        ("Show me my report, please", Wish::Report),
        ("export my data", Wish::Export),
        ("Export my data.", Wish::Export),
        ("forget me", Wish::Forget),
        ("check-in", Wish::Checkin),
        ("check in", Wish::Checkin),
        ("settings", Wish::Schedule),
        ("history", Wish::History),
        ("st\u{200b}op", Wish::Stop),
    ];
    for (text, expected) in table {
        assert_eq!(wish(text), Some(expected), "{text:?}");
        assert!(!is_evidence(text), "{text:?}");
    }
}

#[test]
fn a_sentence_that_only_begins_with_such_a_word_is_an_answer() {
    for text in [
        "Stop solving it for them",
        "stop solving",
        "Pause before I answer.",
        "Help them see why it matters",
        "Help Ana find the first step",
        "Skip the status round and ask what blocks them",
        "Later this week I ask Raj what he thinks",
        "Report on what we learned, and not on the dates",
        "Start with the why",
        "Resume the one to ones",
        "Hi to everybody at the door, then the numbers",
        "Thank them for it, in front of the others",
        "Not now, first I want to hear what Mia thinks about it",
        "History of the team: they lost two leads in a year",
        "Ask",
        "Listen.",
        "Nichts tun und zuhören",
        "質問する",
        "10",
        "14:30:15 on Monday",
    ] {
        assert_eq!(wish(text), None, "{text:?}");
        assert!(!is_acknowledgement(text), "{text:?}");
        assert!(is_evidence(text), "{text:?}");
    }
}

#[test]
fn an_acknowledgement_has_nothing_to_keep() {
    for text in [
        "ok",
        "OK!",
        "okay.",
        "k",
        "👍",
        "👍🏽 👍🏽",
        ":+1:",
        ":thumbsup::tada:",
        "…",
        "...",
        "!",
        "🙂 ok",
        "got it",
        "-",
    ] {
        assert!(is_acknowledgement(text), "{text:?}");
        assert!(!is_evidence(text), "{text:?}");
        assert_eq!(wish(text), None, "{text:?}");
    }
}

#[test]
fn an_answer_that_shows_no_hat_is_kept_and_not_counted() {
    for text in
        ["yes", "No.", "I don't know", "I don’t know!", "no idea", "nothing today", "n/a", "Not sure."]
    {
        assert_eq!(wish(text), None, "{text:?}");
        assert!(!is_acknowledgement(text), "{text:?}");
        assert!(!is_evidence(text), "{text:?}");
    }
    for text in ["No, I would ask them first", "I don't know what they need, so I ask", "Nothing but listen"]
    {
        assert!(is_evidence(text), "{text:?}");
    }
}

#[test]
fn every_wording_is_written_as_it_is_looked_up_and_means_one_thing() {
    let wordings = WORDINGS.iter().flat_map(|(_, wordings)| wordings.iter());
    let mut all: Vec<&str> = wordings.chain(ACKNOWLEDGEMENTS).chain(NO_EVIDENCE).copied().collect();
    for wording in &all {
        assert_eq!(folded(wording), *wording);
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "a wording is listed twice");
}

#[test]
fn every_wish_is_written_and_read_by_its_name() {
    for wish in Wish::VARIANTS {
        assert_eq!(wish.to_string().parse(), Ok(*wish));
    }
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in any::<String>()) {
        let is_kept = !is_acknowledgement(&text) && wish(&text).is_none();
        prop_assert!(is_kept || !is_evidence(&text));
    }

    #[test]
    fn a_wish_with_more_words_is_none(word in prop::sample::select(&["stop", "pause", "help", "skip", "later", "report"][..]), more in "[a-z]{9,12} [a-z]{9,12}") {
        let sentence = format!("{word} {more}");
        prop_assert_eq!(wish(&sentence), None);
    }
}
