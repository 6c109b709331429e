//! Texts as Slack sends them, and messages that have none.

use crate::{setting::over_both_transports, world::Again};
use leadlens_sandbox::workspace::Fault;

const NOTHING_KEPT: &str = "I can only read words, so nothing of that message was kept.";

#[tokio::test]
async fn a_message_without_words_gets_one_sentence_where_it_was_sent() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        let clip = ana.client().uploads("audio_message.m4a", vec![1, 2, 3]);
        let dm = ana.client().dm();
        ana.client().in_channel(&dm).shares("", std::slice::from_ref(&clip), None).await.expect("a delivery");
        world.settle().await;
        ana.sees(NOTHING_KEPT);
        ana.client()
            .in_channel(&dm)
            .shares("", std::slice::from_ref(&clip), Some(&nudge.ts))
            .await
            .expect("a delivery");
        world.settle().await;
        assert_eq!(ana.sees(NOTHING_KEPT).thread_ts.as_deref(), Some(nudge.ts.as_str()));
        // The question is still open, and words beside a picture count.
        let shared = ana.client().in_channel(&dm).shares("Ask them.", &[clip], Some(&nudge.ts)).await;
        shared.expect("a delivery");
        world.settle().await;
        ana.sees("> Ask them.");
        ana.sees_nothing_new();
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Ask them.");
    })
    .await;
}

#[tokio::test]
async fn words_that_an_edit_adds_to_a_picture_are_an_answer() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        world.everything_comes(Again::AtOnce);
        let sent = ana.says("").await;
        ana.sees(NOTHING_KEPT);
        ana.edits(&sent, "Ask them.").await;
        ana.sees("> Ask them.");
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_and_found_is_what_was_typed() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.says("I don’t decide for @Raj 🎉").await;
        let kept = ana.sees("> I don’t decide for @Raj");
        assert!(kept.text.contains('🎉') || kept.blocks.to_string().contains('🎉'), "{kept:?}");
        for search in ["don't", "@raj", "🎉"] {
            ana.types(&format!("/leadlens history {search}")).await;
            assert!(ana.sees_form("History").contains("I don’t decide for @Raj 🎉"), "{search}");
            ana.closes_form();
        }
        assert_eq!(ana.only_reflection().await.answer.reveal(), "I don’t decide for @Raj 🎉");
    })
    .await;
}

#[tokio::test]
async fn a_name_that_slack_does_not_tell_is_someone() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        world.slack().faults().fail_always("users.info", Fault::Error("user_not_found".to_owned()));
        ana.says("I ask @Raj.").await;
        ana.sees("> I ask @someone.");
        world.slack().faults().mend("users.info");
    })
    .await;
}
