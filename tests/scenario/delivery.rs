//! Nothing twice and nothing late: messages that come by themselves through outages of Slack, journeys of
//! members, clocks that differ, and two workers.

use crate::{
    setting::{Setting, over_both_transports},
    world::{ANA, RAJ, Transport, World},
};
use jiff::SignedDuration;
use leadlens_sandbox::workspace::Fault;

#[tokio::test]
async fn after_an_outage_of_slack_a_question_that_is_too_late_does_not_come() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:29").await;
        world.slack().faults().fail_always("chat.postMessage", Fault::ServerError);
        world.clock_to("2026-10-01 13:45").await; // each retry would make it due anew
        world.slack().faults().mend("chat.postMessage");
        world.clock_to("2026-10-02 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn after_an_outage_of_slacks_profiles_a_question_comes_while_it_is_fresh() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:29").await;
        world.slack().faults().fail_always("users.info", Fault::ServerError);
        world.clock_to("2026-10-01 12:00").await;
        ana.sees_nothing_new();
        world.slack().faults().mend("users.info");
        world.clock_to("2026-10-01 12:30").await;
        ana.sees("[Reflect]");
        ana.taps("Skip").await;
        ana.sees("Skipped.");
        world.slack().faults().fail_always("users.info", Fault::ServerError);
        world.clock_to("2026-10-02 13:45").await;
        world.slack().faults().mend("users.info");
        world.clock_to("2026-10-02 20:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

/// Ana's questions come at this time of every day.
async fn asked_daily_at(world: &World, time: &str) -> crate::member::Member {
    let ana = world.ana().who_is_known().await;
    ana.types("/leadlens schedule").await;
    ana.sees_form("Schedule");
    ana.fills([
        ("days", "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
        ("first-time", time),
    ]);
    ana.submits().await;
    ana.sees_form("LeadLens");
    ana.closes_form();
    ana
}

#[tokio::test]
async fn a_journey_that_slack_did_not_tell_of_is_noticed_before_the_question_is_sent() {
    over_both_transports(async |world| {
        let ana = asked_daily_at(world, "15:30").await;
        world.slack().admin().set_zone_silently(ANA, "Asia/Tokyo");
        world.clock_to("2026-10-01 15:30").await; // half past ten in the evening in Tokyo
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 08:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 08:30").await; // half past three in the afternoon there
        ana.sees("[Reflect]");
        world.clock_to("2026-10-02 23:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn an_hour_west_the_question_waits_for_its_time_there() {
    over_both_transports(async |world| {
        let ana = asked_daily_at(world, "09:30").await;
        world.slack().admin().set_zone_silently(ANA, "Europe/London");
        world.clock_to("2026-10-01 10:29").await; // not at half past eight in London
        ana.sees_nothing_new();
        world.clock_to("2026-10-01 10:30").await;
        ana.sees("[Reflect]");
        world.clock_to("2026-10-01 23:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn an_hour_east_it_comes_an_hour_late() {
    over_both_transports(async |world| {
        let ana = asked_daily_at(world, "09:30").await;
        world.slack().admin().set_zone_silently(ANA, "Europe/Helsinki");
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("Skip").await;
        ana.sees("Skipped.");
        world.clock_to("2026-10-02 08:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 08:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn a_journey_west_brings_no_second_question_on_one_day() {
    over_both_transports(async |world| {
        let ana = asked_daily_at(world, "09:30").await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("Skip").await;
        ana.sees("Skipped.");
        world.slack().admin().set_zone(ANA, "America/New_York").await;
        world.clock_to("2026-10-02 15:29").await; // half past nine of the first of October passed in New York
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 15:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn a_custom_emoji_without_a_text_says_away() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.slack().admin().set_status(ANA, ":pto:", "", world.at("2026-10-01 23:59").as_second());
        world.clock_to("2026-10-02 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-02 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn a_feedback_question_that_slack_took_late_waits_for_the_morning() {
    Setting::at("2026-10-01 18:30")
        .over_both_transports(async |world| {
            let ana = world.ana().who_is_known().await;
            world.slack().admin().set_zone_silently(RAJ, "Europe/Berlin");
            world.slack().faults().fail_always("conversations.open", Fault::ServerError);
            ana.asks_for_feedback("/leadlens feedback @raj @ben @zoe").await;
            world.clock_to("2026-10-01 20:00").await;
            world.slack().faults().mend("conversations.open");
            world.clock_to("2026-10-02 07:59").await; // Ben, Raj and Zoe are no members: the usual quiet hours
            for who in [world.raj(), world.ben(), world.zoe()] {
                who.sees_nothing_new();
            }
            world.clock_to("2026-10-02 08:01").await;
            for who in [world.raj(), world.ben(), world.zoe()] {
                who.sees("@U0ANA asks you and at least two others:");
            }
        })
        .await;
}

#[tokio::test]
async fn a_feedback_question_waits_while_the_asked_person_has_paused() {
    Setting::at("2026-10-01 20:00")
        .over_both_transports(async |world| {
            let ben = world.ben().who_is_known().await;
            let ana = world.ana().who_is_known().await;
            ana.asks_for_feedback("/leadlens feedback @raj @ben @zoe").await;
            // The question is planned for eight in the morning; the pause comes after that.
            ben.types("/leadlens pause until 2026-10-05").await;
            ben.sees("2026");
            world.clock_to("2026-10-05 09:29").await;
            for who in [world.raj(), world.zoe()] {
                who.sees("@U0ANA asks you and at least two others:");
            }
            ben.sees_nothing_new();
            world.clock_to("2026-10-05 09:31").await;
            ben.sees("@U0ANA asks you and at least two others:");
        })
        .await;
}

#[tokio::test]
async fn a_message_in_doubt_is_found_though_the_clocks_differ_by_minutes() {
    for minutes in [-20, -3, 3, 20] {
        Setting::at("2026-10-01 08:00")
            .over(Transport::Http, async |world| {
                let ana = world.ana().with_a_cadence().await;
                world.clock_to("2026-10-01 09:29").await;
                world.slacks_clock_is_ahead(SignedDuration::from_mins(minutes));
                world.slack().faults().fail("chat.postMessage", Fault::CutAfter);
                world.clock_to("2026-10-01 09:30").await;
                world.clock_to("2026-10-01 12:00").await;
                ana.sees("[Reflect]");
                ana.sees_nothing_new(); // once
                // A signature is valid for five minutes, so a tap needs clocks that agree.
                world.slacks_clock_is_ahead(SignedDuration::ZERO);
                ana.taps("Skip").await;
                ana.sees("Skipped.");
                world.slacks_clock_is_ahead(SignedDuration::from_mins(minutes));
                // One that never arrived comes all the same.
                world.slack().faults().fail("chat.postMessage", Fault::CutBefore);
                world.clock_to("2026-10-02 12:00").await;
                ana.sees("[Reflect]");
                ana.sees_nothing_new();
            })
            .await;
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_after_an_attempt_doubles_nothing() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().with_a_cadence().await;
            world.clock_to("2026-10-01 09:29").await;
            world.slacks_clock_is_ahead(SignedDuration::from_mins(-10)); // ours runs ten minutes ahead
            world.slack().faults().fail("chat.postMessage", Fault::CutAfter);
            world.clock_to("2026-10-01 09:30").await;
            world.slacks_clock_is_ahead(SignedDuration::ZERO);
            world.clock_to("2026-10-01 12:00").await;
            ana.sees("[Reflect]");
            ana.sees_nothing_new();
        })
        .await;
}

#[tokio::test]
async fn of_two_workers_one_sends_while_slack_is_slow() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().with_a_cadence().await;
            world.clock_to("2026-10-01 09:29").await;
            let other = world.bot().another().await;
            world.slack().faults().fail("chat.postMessage", Fault::Slow(800));
            world.clock_jumps_to("2026-10-01 09:30");
            let first = world.bot().one_step();
            let second = async {
                let is_under_way =
                    |state: &leadlens_sandbox::workspace::Workspace| state.faults.is_empty().then_some(());
                world.slack().until("the post is under way", is_under_way).await.expect("a post");
                // The lease of the claim is over, the attempt is not.
                world.clock_jumps_to("2026-10-01 09:31:45");
                other.tick().await.expect("a step");
                other.tick().await.expect("a step");
            };
            tokio::join!(first, second);
            world.settle().await;
            other.tick().await.expect("a step");
            ana.sees("[Reflect]");
            ana.sees_nothing_new();
            other.stop().await;
        })
        .await;
}
