//! When nothing comes by itself: quiet hours, days off, Do Not Disturb, a status that says away. The worker rests
//! then too.

use crate::{
    setting::over_both_transports,
    world::{ANA, World},
};
use sqlx::Executor as _;
use std::time::Duration;

/// Whether Thursday's and Friday's questions come, half past nine each.
async fn thursday_is_silent_and_friday_is_not(world: &World, ana: &crate::member::Member) {
    world.clock_to("2026-10-02 09:29").await;
    ana.sees_nothing_new();
    world.clock_to("2026-10-02 09:30").await;
    ana.sees("[Reflect]");
    ana.sees_nothing_new();
}

#[tokio::test]
async fn do_not_disturb_means_now_between_its_start_and_its_end() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        let seconds = |local: &str| world.at(local).as_second();
        world.slack().admin().set_dnd(ANA, Some((seconds("2026-10-01 09:00"), seconds("2026-10-01 09:45"))));
        thursday_is_silent_and_friday_is_not(world, &ana).await;
        // A Do Not Disturb window in the future has no effect.
        world.slack().admin().set_dnd(ANA, Some((seconds("2026-10-05 22:00"), seconds("2026-10-06 09:30"))));
        world.clock_to("2026-10-05 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("Skip").await;
        ana.sees("Skipped.");
        // It has ended at half past nine.
        world.clock_to("2026-10-06 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn a_status_that_says_away_is_respected_until_it_expires() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        let until = world.at("2026-10-01 23:59").as_second();
        world.slack().admin().set_status(ANA, ":palm_tree:", "", until);
        thursday_is_silent_and_friday_is_not(world, &ana).await;
    })
    .await;
}

#[tokio::test]
async fn the_words_of_a_status_are_read_in_any_case() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.slack().admin().set_status(ANA, "", "OUT OF OFFICE until Friday", 0);
        world.clock_to("2026-10-01 20:00").await;
        ana.sees_nothing_new();
        world.slack().admin().set_status(ANA, ":house_with_garden:", "Working remotely", 0);
        world.clock_to("2026-10-02 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn a_day_off_is_silent() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.types("/leadlens schedule").await;
        ana.sees_form("Schedule");
        ana.fills([("days-off", "2026-10-01")]);
        ana.submits().await;
        assert!(ana.sees_form("LeadLens").contains("Fri 2 Oct, 09:30"), "what is said is what comes");
        ana.closes_form();
        thursday_is_silent_and_friday_is_not(world, &ana).await;
    })
    .await;
}

#[tokio::test]
async fn a_question_asked_for_comes_even_then() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.slack().admin().set_status(ANA, ":palm_tree:", "Vacationing", 0);
        world.clock_to("2026-10-01 22:00").await;
        ana.sees_nothing_new();
        ana.types("/leadlens nudge").await;
        ana.sees("A question is on its way");
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn two_questions_never_come_within_minutes() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:25").await;
        ana.types("/leadlens nudge").await;
        ana.sees("A question is on its way");
        ana.sees("[Reflect]");
        world.clock_to("2026-10-01 20:00").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn replies_of_others_and_messages_of_bots_are_no_answers() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        let dm = ana.client().dm();
        for event in [
            serde_json::json!({"type": "message", "channel": dm, "channel_type": "im", "user": "U0LEADLENS", "bot_id": "B0LEADLENS", "text": "mine", "ts": "1790000000.000100"}),
            serde_json::json!({"type": "message", "subtype": "bot_message", "channel": dm, "channel_type": "im", "bot_id": "B0OTHER", "text": "theirs", "ts": "1790000000.000200"}),
            serde_json::json!({"type": "message", "subtype": "channel_join", "channel": dm, "channel_type": "im", "user": "U0ANA", "text": "has joined", "ts": "1790000000.000300"}),
            serde_json::json!({"type": "message", "channel": "C0TEAM", "channel_type": "channel", "user": "U0ANA", "text": "in a channel", "ts": "1790000000.000400"}),
        ] {
            assert!(world.slack().deliveries().deliver_event(event).await.acked);
            world.settle().await;
        }
        ana.sees_nothing_new();
        assert!(ana.reflections().await.is_empty());
    })
    .await;
}

/// The worker's loop sleeps this long after a step that had to wait for something, at least.
const REST: Duration = Duration::from_secs(1);

#[tokio::test]
async fn with_nothing_to_do_the_worker_sleeps() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        world.settle().await;
        // The first step takes the notices that earlier work left.
        let _ = world.bot().worker_sleeps().await;
        for _ in 0..3 {
            assert!(world.bot().worker_sleeps().await.is_some_and(|sleep| sleep >= REST));
        }
    })
    .await;
}

#[tokio::test]
async fn rows_and_jobs_that_cannot_be_claimed_are_not_tried_again_at_once() {
    over_both_transports(async |world| {
        world.ana().with_a_cadence().await;
        world.settle().await;
        let now = world.now().as_millisecond();
        let row = format!(
            "insert into outbox (id, team_id, user_id, kind, subject, due_at, state, attempts, wake_at, file_ids, \
             created_at) values ('01K6DA3Q00000000000000000A', 'T0SANDBOX', 'U0ANA', 'from-the-future', '', {now}, \
             'waiting', 0, {now}, '', {now})"
        );
        let job = format!(
            "insert into job (id, team_id, user_id, kind, subject, due_at, attempts, wake_at) \
             values ('01K6DA3Q00000000000000000B', 'T0SANDBOX', 'U0ANA', 'from-the-future', '', {now}, 0, {now})"
        );
        let mut database = world.database().connection().await;
        database.execute(sqlx::AssertSqlSafe(row)).await.expect("a row");
        database.execute(sqlx::AssertSqlSafe(job)).await.expect("a job");
        let _ = world.bot().worker_sleeps().await;
        for _ in 0..3 {
            assert!(world.bot().worker_sleeps().await.is_some_and(|sleep| sleep >= REST));
        }
        world.still_waits(2);
    })
    .await;
}
