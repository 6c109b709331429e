//! Text that speaks of self-harm, harassment, legal or medical trouble: answered with people, and kept
//! only when the member says so.

use crate::setting::over_both_transports;
use leadlens_sandbox::transcript;

const HEAVY: &str = "Since the layoffs I want to die.";

#[tokio::test]
async fn in_a_form_nothing_is_stored_until_keep() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.fills([("situation", HEAVY), ("answer", "I do not know."), ("hat", "Neither")]);
        ana.submits().await;
        let form = ana.sees_form("Before you go on");
        assert!(form.contains("findahelpline.com") && form.contains("tell one person you trust"), "{form}");
        assert!(form.contains(HEAVY), "the words are still in the input: {form}");
        assert!(ana.reflections().await.is_empty());
        assert!(!world.database().holds("want to die"));
        ana.closes_form();
        world.settle().await;
        assert!(ana.reflections().await.is_empty(), "closing it keeps nothing");
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.fills([("situation", HEAVY), ("answer", "I do not know."), ("hat", "Neither")]);
        ana.submits().await;
        ana.sees_form("Before you go on");
        ana.submits().await;
        ana.sees_no_form(); // kept, and no question about work follows
        let kept = ana.only_reflection().await;
        assert_eq!(kept.situation.reveal(), HEAVY);
        assert!(!kept.counts_in_balance, "no report counts it");
        world.clock_to("2026-11-03 12:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn in_the_direct_message_nothing_is_stored_until_keep() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.replies(&nudge, "My boss keeps touching me, I am being harassed.").await;
        let care = ana.sees("deserves people rather than a bot");
        assert_eq!(care.thread_ts, None, "it is in the open conversation, also when the thread is closed");
        assert!(ana.reflections().await.is_empty());
        assert!(!world.database().holds("being harassed"));
        ana.taps_on(&care, "Don't keep").await;
        ana.sees("Not kept. Nothing was stored.");
        assert!(ana.reflections().await.is_empty());
        let said = ana.says(HEAVY).await;
        let care = ana.sees("findahelpline.com");
        ana.taps_on(&care, "Keep").await;
        let kept = ana.only_reflection().await;
        assert_eq!(kept.answer.reveal(), HEAVY);
        assert!(kept.nudge.is_some(), "it answers the question that was open");
        ana.sees("> Since the layoffs"); // on the nudge
        ana.sees("> Since the layoffs"); // where it was offered
        ana.edits(&said, "I feel better.").await;
        ana.sees("> I feel better.");
        ana.sees("> I feel better.");
    })
    .await;
}

#[tokio::test]
async fn an_edit_and_a_follow_up_are_read_with_the_same_care() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Ask them what they see."), ("hat", "Both")]);
        ana.submits().await;
        ana.sees_form("One more question");
        ana.fills([("follow-up-answer", "They said they are suing us.")]);
        ana.submits().await;
        assert!(ana.sees_form("Before you go on").contains("legal counsel"));
        assert!(ana.only_reflection().await.follow_up_answer.is_blank());
        ana.closes_form();
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        ana.taps_form("Edit").await;
        ana.sees_form("Edit");
        ana.fills([("answer", HEAVY)]);
        ana.submits().await;
        ana.sees_form("Before you go on");
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Ask them what they see.");
        ana.submits().await;
        assert_eq!(ana.only_reflection().await.answer.reveal(), HEAVY);
        ana.sees_no_form();
    })
    .await;
}

#[tokio::test]
async fn a_meeting_of_an_audit_is_read_with_the_same_care() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let fills = || {
            ana.fills([
                ("meeting-1", "Stand-up"),
                ("mark-1", "How"),
                ("meeting-2", "HR: she was harassing him"),
                ("mark-2", "Where"),
            ]);
        };
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        fills();
        ana.submits().await;
        let form = ana.sees_form("Before you go on");
        assert!(form.contains("deserves people rather than a bot"), "{form}");
        assert!(form.contains("HR: she was harassing him"), "the words are still in the input: {form}");
        ana.closes_form();
        assert_eq!(world.database().count("select count(*) from audit").await, 0);
        assert!(!world.database().holds("harassing"));
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        fills();
        ana.submits().await;
        ana.sees_form("Before you go on");
        ana.submits().await;
        ana.sees_no_form(); // kept, and no experiment follows
        assert_eq!(world.database().count("select count(*) from audit_meeting").await, 2);
        assert_eq!(
            world.database().count("select count(*) from audit_meeting where hats is not null").await,
            1
        );
        ana.opens_home().await;
        assert!(ana.home().contains("1 of 1"), "it is not counted: {}", ana.home());
    })
    .await;
}

#[tokio::test]
async fn management_talk_is_not_trouble() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.replies(&nudge, "This deadline is killing us; kill the feature, and sue the printer.").await;
        let kept = transcript::message(&ana.sees("> This deadline"));
        assert!(!kept.contains("findahelpline"), "{kept}");
    })
    .await;
}
