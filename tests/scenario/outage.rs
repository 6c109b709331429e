//! Slack or the database does not answer for a while: LeadLens catches up later, and tells the member when
//! something cannot be done.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::{Transport, World},
};
use jiff::SignedDuration;
use leadlens_sandbox::workspace::{Fault, Message};
use sqlx::Connection as _;

#[tokio::test]
async fn what_a_limit_holds_back_is_not_given_up() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        world.slack().faults().fail_always("chat.delete", Fault::RateLimited(60));
        ana.types("/leadlens forget").await;
        ana.sees_form("Erase everything");
        ana.submits().await;
        ana.closes_form();
        ana.sees("Erased: everything LeadLens kept about you");
        world.clock_forward(SignedDuration::from_mins(45)).await;
        assert!(
            ana.client().from_bot().iter().any(|message| message.text.contains('?')),
            "the question waits"
        );
        world.slack().faults().mend("chat.delete");
        world.clock_forward(SignedDuration::from_mins(5)).await;
        assert_eq!(ana.client().from_bot().len(), 1, "only the last notice is left");
    })
    .await;
}

#[tokio::test]
async fn a_keep_outlasts_an_outage_of_minutes() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.says("Let them decide.").await;
        ana.sees("Keep this as a check-in?");
        world.slack().faults().fail_always("conversations.history", Fault::ServerError);
        ana.taps("Keep").await;
        world.clock_forward(SignedDuration::from_hours(3)).await;
        let asked = world
            .slack()
            .look(|state| state.calls.iter().filter(|it| it.0 == "conversations.history").count());
        assert!(asked < 25, "the waits grow: {asked}");
        world.slack().faults().mend("conversations.history");
        world.clock_forward(SignedDuration::from_hours(1)).await;
        ana.sees("> Let them decide.");
    })
    .await;
}

#[tokio::test]
async fn a_member_is_told_that_an_answer_could_not_be_stored() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.says("Let them decide.").await;
        ana.sees("Keep this as a check-in?");
        world.slack().faults().fail_always("conversations.history", Fault::ServerError);
        ana.taps("Keep").await;
        world.clock_to("2026-10-07 20:00").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-08 12:00").await;
        ana.sees("could not be kept");
        assert!(ana.reflections().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_erased_is_removed_from_the_file_also_when_that_fails_at_first() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().with_a_cadence().await;
            world.clock_to("2026-10-01 09:30").await;
            let nudge = ana.sees("[Reflect]");
            ana.replies(&nudge, "Let it go: zeppelin.").await;
            ana.sees("> Let it go: zeppelin.");
            world.slack().admin().uninstall(true).await;
            world.clock_to("2026-10-30 12:00").await;
            // Somebody reads in the database for a long time, which keeps its log alive.
            let mut database = world.database().connection().await;
            let mut reading = database.begin().await.unwrap();
            sqlx::query("select count(*) from member").execute(&mut *reading).await.unwrap();
            world.clock_to("2026-10-31 09:31").await;
            assert_eq!(world.database().count("select count(*) from member").await, 0);
            assert_eq!(
                world.database().count("select count(*) from job where kind = 'scrub'").await,
                1,
                "it is owed"
            );
            reading.rollback().await.unwrap();
            drop(database);
            world.clock_to("2026-10-31 10:40").await;
            assert_eq!(world.database().unfinished().await, [] as [String; 0]);
            assert!(!world.database().holds("zeppelin"));
        })
        .await;
}

/// Half past nine has come, and the bot goes down. What happens then is lost for good: Slack gives it up.
async fn ana_is_asked_and_the_bot_goes_down(world: &World) -> (Member, Message) {
    let ana = world.ana().with_a_cadence().await;
    world.clock_to("2026-10-01 09:30").await;
    let nudge = ana.sees("[Reflect]");
    world.clock_to("2026-10-01 09:40").await;
    (ana, nudge)
}

async fn the_bot_is_down_until(world: &World, local: &str) {
    world.clock_to(local).await; // nothing beats while no bot runs
    world.slack().faults().comes_back();
    world.bot().starts().await;
    world.settle().await;
    world.clock_forward(SignedDuration::from_mins(5)).await;
}

#[tokio::test]
async fn a_reply_that_slack_gave_up_is_read_after_the_outage() {
    for limited in [false, true] {
        for in_thread in [false, true] {
            Setting::at("2026-10-01 08:00")
                .over(Transport::Http, async |world| {
                    let (ana, nudge) = ana_is_asked_and_the_bot_goes_down(world).await;
                    world.bot().stops().await;
                    world.slack().admin().limit_histories(limited);
                    world.slack().faults().loses_the_app();
                    if in_thread {
                        ana.client().replies(&nudge.ts, "Let them decide.").await;
                    } else {
                        ana.client().says("Let them decide.").await;
                    }
                    the_bot_is_down_until(world, "2026-10-01 11:00").await;
                    assert_eq!(world.slack().deliveries().given_up(), 1);
                    ana.sees("> Let them decide.");
                    world.clock_to("2026-10-01 20:00").await;
                    ana.sees_nothing_new();
                    assert_eq!(ana.only_reflection().await.answer.reveal(), "Let them decide.");
                })
                .await;
        }
    }
}

/// What came of a plan is said in the thread of its question, while the bot is down.
#[tokio::test]
async fn a_reply_about_a_plan_that_slack_gave_up_is_read_after_the_outage() {
    for edits in [false, true] {
        Setting::at("2026-10-01 08:00")
            .over(Transport::Http, async |world| {
                let ana = world.ana().who_is_known().await;
                ana.types("/leadlens plan").await;
                ana.sees_form("A plan");
                ana.fills([("cue", "Raj asks me"), ("act", "ask back"), ("follow-up-on", "2026-10-02")]);
                ana.submits().await;
                ana.sees_form("Once more");
                ana.closes_form();
                world.clock_to("2026-10-02 09:30").await;
                let asked = ana.sees("What came of it for you?");
                let early = if edits {
                    let early = ana.replies(&asked, "He aksed.").await;
                    ana.sees("> He aksed.");
                    Some(early)
                } else {
                    None
                };
                world.clock_to("2026-10-02 09:40").await;
                world.bot().stops().await;
                world.slack().faults().loses_the_app();
                match &early {
                    Some(early) => drop(ana.client().edits(early, "He had an idea.").await),
                    None => drop(ana.client().replies(&asked.ts, "He had an idea.").await),
                }
                the_bot_is_down_until(world, "2026-10-02 11:00").await;
                assert_eq!(world.slack().deliveries().given_up(), 1);
                ana.sees("> He had an idea.");
                world.clock_to("2026-10-02 20:00").await;
                ana.sees_nothing_new();
            })
            .await;
    }
}

/// Slack tries for six minutes. What was posted when the bot went down is lost although the bot was away for
/// hardly longer.
#[tokio::test]
async fn a_reply_is_read_after_an_outage_that_just_outlasts_slacks_retries() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let (ana, nudge) = ana_is_asked_and_the_bot_goes_down(world).await;
            world.bot().stops().await;
            world.slack().faults().loses_the_app();
            ana.client().replies(&nudge.ts, "Let them decide.").await;
            for minute in 41..=46 {
                world.clock_to(&format!("2026-10-01 09:{minute}")).await;
                world.slack().deliveries().retry_due().await;
            }
            the_bot_is_down_until(world, "2026-10-01 09:46").await;
            assert_eq!(world.slack().deliveries().given_up(), 1);
            ana.sees("> Let them decide.");
        })
        .await;
}

#[tokio::test]
async fn an_edit_and_a_deletion_that_slack_gave_up_are_noticed_after_the_outage() {
    for deletes in [false, true] {
        Setting::at("2026-10-01 08:00")
            .over(Transport::Http, async |world| {
                let (ana, nudge) = ana_is_asked_and_the_bot_goes_down(world).await;
                let reply = ana.replies(&nudge, "Let them decide.").await;
                ana.sees("> Let them decide.");
                world.clock_to("2026-10-01 09:50").await;
                world.bot().stops().await;
                world.slack().faults().loses_the_app();
                if deletes {
                    ana.client().deletes(&reply).await.unwrap();
                } else {
                    ana.client().edits(&reply, "Let Raj decide.").await.unwrap();
                }
                the_bot_is_down_until(world, "2026-10-01 11:00").await;
                if deletes {
                    ana.sees("deleted");
                    assert!(ana.reflections().await.is_empty());
                } else {
                    ana.sees("> Let Raj decide.");
                }
            })
            .await;
    }
}

#[tokio::test]
async fn a_restart_of_a_minute_reads_nothing() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            ana_is_asked_and_the_bot_goes_down(world).await;
            world.bot().stops().await;
            the_bot_is_down_until(world, "2026-10-01 09:43").await;
            let read = world
                .slack()
                .look(|state| state.calls.iter().filter(|call| call.0.starts_with("conversations.")).count());
            assert_eq!(read, 1, "the welcome opened the conversation");
        })
        .await;
}
