//! Every screen keeps Slack's rules, whatever a member wrote.

use super::{
    json,
    samples::{ASKER, forms, homes, messages},
};
use crate::slack::render::{form, home, message};
use leadlens_sandbox::blocks::{Surface, check, check_view};
use proptest::prelude::*;
use serde_json::Value;
use slack_morphism::blocks::{SlackBlock, SlackView};

const HOSTILE: &str = "<!channel> <@U123> & <https://x.example|click> *bold* '; DROP TABLE reflection; --";

/// Slack's limits, and no markup of a member's making in anything that Slack reads as markup.
fn check_surface(text: &str, blocks: &Value, surface: Surface) -> Result<(), String> {
    let mut findings = check(blocks, surface);
    // The one mention that is ours: who asks, in the text of a feedback question.
    let text = &text.replace(&format!("<@{ASKER}>"), "");
    for active in ["<!", "<@", "<#", "<http"] {
        if text.contains(active) || mrkdwn(blocks).contains(active) {
            findings.push(format!("{active} is active"));
        }
    }
    if surface == Surface::Message && (text.is_empty() || text.chars().count() > 4_000) {
        findings.push(format!("text has {} characters", text.chars().count()));
    }
    let size = blocks.to_string().chars().count() + text.chars().count();
    if size >= 13_000 && surface == Surface::Message {
        findings.push(format!("payload has {size} characters"));
    }
    if findings.is_empty() { Ok(()) } else { Err(findings.join("\n")) }
}

/// Everything that Slack reads as markup.
fn mrkdwn(value: &Value) -> String {
    match value {
        Value::Object(object) if object.get("type") == Some(&Value::from("mrkdwn")) => {
            object.get("text").and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        Value::Object(object) => object.values().map(mrkdwn).collect(),
        Value::Array(list) => list.iter().map(mrkdwn).collect(),
        _ => String::new(),
    }
}

fn check_all(words: &str) -> Result<(), String> {
    for (name, screen) in messages(words) {
        let rendered = message(&screen);
        check_surface(&rendered.text, &json(&rendered.blocks), Surface::Message)
            .map_err(|says| format!("{name}: {says}"))?;
    }
    for (name, screen) in forms(words) {
        let view = json(&form(&screen));
        let findings = check_view(&view);
        if !findings.is_empty() {
            return Err(format!("{name}: {}", findings.join("\n")));
        }
        check_surface("", &view["blocks"], Surface::Modal).map_err(|says| format!("{name}: {says}"))?;
    }
    for (name, screen) in homes(words) {
        let findings = check_view(&json(&home(&screen)));
        if !findings.is_empty() {
            return Err(format!("{name}: {}", findings.join("\n")));
        }
    }
    Ok(())
}

/// `SlackBlock::Unknown` takes any JSON, so the compiler does not check what is in it.
#[test]
fn no_block_is_unknown_to_slack_morphism() {
    let mut blocks = Vec::new();
    for (_, screen) in messages("Fine.") {
        blocks.extend(message(&screen).blocks);
    }
    let views = forms("Fine.").into_iter().map(|(_, screen)| form(&screen));
    for view in views.chain(homes("Fine.").into_iter().map(|(_, screen)| home(&screen))) {
        match view {
            SlackView::Home(view) => blocks.extend(view.blocks),
            SlackView::Modal(view) => blocks.extend(view.blocks),
        }
    }
    assert!(blocks.iter().all(|block| !matches!(block, SlackBlock::Unknown(_))));
}

/// Slack: "must define `submit` to use an `input` block in modals". It makes no exception for an input
/// that dispatches its action.
#[test]
fn every_modal_with_an_input_can_be_submitted() {
    for (name, screen) in forms("Fine.") {
        let SlackView::Modal(view) = form(&screen) else { panic!("{name} is no modal") };
        let has_input = view.blocks.iter().any(|block| matches!(block, SlackBlock::Input(_)));
        assert!(!has_input || view.submit.is_some(), "{name}");
    }
}

#[test]
fn every_screen_keeps_slacks_rules_whatever_was_written() {
    let long = "ab ".repeat(10_000);
    let families = "👩‍👩‍👧‍👦".repeat(3_000);
    let marks = format!("e{}", "\u{301}".repeat(20_000));
    for words in
        ["Fine.", "", "\u{200b}", HOSTILE, &HOSTILE.repeat(300), &long, &families, &marks, "नमस्ते 你好 مرحبا"]
    {
        if let Err(says) = check_all(words) {
            panic!("{words:.40}…: {says}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_words_keep_slacks_rules(words in prop::collection::vec(any::<char>(), 0..4_000)) {
        let words: String = words.into_iter().collect();
        prop_assert_eq!(check_all(&words), Ok(()));
    }
}
