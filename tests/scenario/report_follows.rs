//! A report in the direct message quotes what the member wrote. When they change or delete it, the report follows.

use crate::{member::Member, setting::over_both_transports};
use leadlens_sandbox::{transcript, workspace::Message};

/// Answers a question in the conversation; the timestamp of the answer, and the question's message.
async fn answers_a_question(ana: &Member, words: &str) -> (String, Message) {
    ana.types("/leadlens nudge").await;
    ana.sees("A question is on its way");
    let nudge = ana.sees("[Reflect]");
    let ts = ana.replies(&nudge, words).await;
    (ts, ana.sees(&format!("> {words}")))
}

async fn asks_for_october(ana: &Member) -> Message {
    ana.types("/leadlens report 2026-10").await;
    ana.sees("on its way");
    ana.sees("OCTOBER 2026")
}

#[tokio::test]
async fn a_report_follows_an_edited_and_a_deleted_message() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        let (answer, nudge) = answers_a_question(&ana, "I decide about the okapi myself.").await;
        let blocks = nudge.blocks.to_string();
        assert!(blocks.contains("A message of yours stays in Slack until you delete it there"), "{blocks}");
        let (first, second) = (asks_for_october(&ana).await, asks_for_october(&ana).await);
        assert!(first.text.contains("okapi") && second.text.contains("okapi"));
        ana.edits(&answer, "I ask Ben about the giraffe first.").await;
        ana.sees("> I ask Ben about the giraffe first.");
        for report in [&first, &second] {
            let now = ana.sees("OCTOBER 2026");
            assert_eq!(now.ts, report.ts, "the same message");
            let shown = format!("{}{}", now.text, now.blocks);
            assert!(shown.contains("giraffe") && !shown.contains("okapi"), "{shown}");
        }
        ana.deletes(&answer).await;
        ana.sees("The answer was deleted.");
        for _ in 0..2 {
            let now = ana.sees("OCTOBER 2026");
            let shown = format!("{}{}", now.text, now.blocks);
            assert!(!shown.contains("giraffe") && !shown.contains("okapi"), "{shown}");
        }
        ana.sees_nothing_new();
        let all = ana.all_shown();
        assert!(!all.contains("okapi") && !all.contains("giraffe"), "nothing of mine quotes it: {all}");
    })
    .await;
}

#[tokio::test]
async fn a_report_as_a_picture_follows_too() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.slack().change(|state| state.refuse_charts = true);
        answers_a_question(&ana, "I decide about the okapi myself.").await;
        ana.types("/leadlens report 2026-10").await;
        ana.sees("on its way");
        let report = ana.sees("okapi");
        ana.types("/leadlens history").await;
        ana.sees_form("History");
        ana.taps_form("Delete").await;
        ana.sees_form("History");
        ana.closes_form();
        ana.sees("The answer was deleted.");
        let now = ana.sees("OCTOBER 2026");
        assert_eq!(
            (&now.ts, &now.files),
            (&report.ts, &report.files),
            "the picture holds no words and stays"
        );
        let shown = format!("{}{}", now.text, now.blocks);
        assert!(!shown.contains("okapi"), "{shown}");
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn a_report_that_quotes_a_plan_follows_when_the_plan_is_deleted() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens plan").await;
        ana.sees_form("A plan");
        ana.fills([("cue", "the okapi comes up"), ("act", "ask Ben first"), ("follow-up-on", "2026-10-05")]);
        ana.submits().await;
        ana.sees_form("Once more");
        ana.closes_form();
        world.clock_to("2026-10-05 12:00").await;
        ana.sees("okapi");
        ana.taps("Done").await;
        ana.sees("okapi");
        let report = asks_for_october(&ana).await;
        assert!(transcript::message(&report).contains("okapi"), "{}", transcript::message(&report));
        ana.taps("Delete").await;
        ana.sees("deleted");
        let now = ana.sees("OCTOBER 2026");
        assert_eq!(now.ts, report.ts);
        assert!(!format!("{}{}", now.text, now.blocks).contains("okapi"));
    })
    .await;
}
