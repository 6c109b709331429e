//! What the screens say.

use super::{
    json,
    samples::{forms, messages, report, welcome},
};
use crate::{
    coach::screen::{Form, Message},
    slack::render::{Rendered, form, message, without_charts},
};

#[test]
fn the_text_of_a_message_says_all_of_it() {
    let words = "I ask Ana how she would plan it & wait.";
    for (name, screen) in messages(words) {
        let rendered = message(&screen);
        if matches!(name, "nudge answered" | "kept" | "nudge answered without a hat") {
            assert!(
                rendered.text.contains("I ask Ana how she would plan it &amp; wait."),
                "{name}: {}",
                rendered.text
            );
        }
        assert!(rendered.text.chars().count() > 8, "{name}");
    }
}

#[test]
fn a_report_without_charts_still_has_its_numbers() {
    let report = Message::Report(Box::new(report("Mine.")));
    let (native, plain) = (message(&report), without_charts(&report).unwrap());
    let shown = |rendered: &Rendered| json(&rendered.blocks).to_string();
    assert!(shown(&native).contains("data_table") && !shown(&plain).contains("data_table"));
    assert!(!shown(&native).contains("Week by week"), "the chart shows it");
    assert!(shown(&plain).contains("5 Oct 3 and 1"));
    assert_eq!(native.text, plain.text, "the text says all of it either way");
    assert!(native.text.contains("5 Oct 3 and 1") && native.text.contains("“Mine.”"));
    assert_eq!(without_charts(&welcome()), None);
}

#[test]
fn every_form_is_left_with_one_tap_and_the_follow_up_by_stopping_there() {
    for (name, screen) in forms("Ask Ana.") {
        let close = json(&form(&screen))["close"]["text"].as_str().unwrap_or_default().to_owned();
        assert!(!close.is_empty(), "{name}");
        if matches!(screen, Form::FollowUp { .. }) {
            assert_eq!(close, "Stop here", "{name}");
        }
    }
}
