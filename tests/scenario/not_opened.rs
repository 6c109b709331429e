//! Slack opens no form: whatever the reason and wherever the member asked for it, they get one sentence, and
//! nothing is lost.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::{ANA, Transport, World},
};
use jiff::SignedDuration;
use leadlens_sandbox::workspace::Fault;
use std::time::Duration;

const SAID: &str = "Slack did not open it just now. Nothing was lost";

/// <https://docs.slack.dev/reference/methods/views.open#errors>
fn faults() -> Vec<Fault> {
    let codes = ["expired_trigger_id", "exchanged_trigger_id", "internal_error", "fatal_error"];
    let refused = codes.into_iter().map(|code| Fault::Error(code.to_owned()));
    refused.chain([Fault::RateLimited(30), Fault::ServerError, Fault::CutBefore]).collect()
}

/// They read it once. Then time passes, so that Slack's limits are over.
async fn once(ana: &Member, world: &World, what: &str) {
    eprintln!("{what}");
    ana.sees(SAID);
    ana.sees_nothing_new();
    ana.sees_no_form();
    world.clock_forward(SignedDuration::from_secs(31)).await;
}

#[tokio::test]
async fn every_command_that_opens_a_form_says_that_it_did_not_open() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::SocketMode, async |world| {
            let ana = world.ana().who_is_known().await;
            for fault in faults() {
                for command in
                    ["checkin", "plan", "schedule", "history", "audit", "room", "feedback", "forget"]
                {
                    world.slack().faults().fail("views.open", fault.clone());
                    ana.types(&format!("/leadlens {command}")).await;
                    once(&ana, world, &format!("{command}: {fault:?}")).await;
                }
            }
        })
        .await;
}

#[tokio::test]
async fn every_button_and_shortcut_that_opens_a_form_says_that_it_did_not_open() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.opens_home().await;
        for fault in faults() {
            let fails = || world.slack().faults().fail("views.open", fault.clone());
            fails();
            ana.taps_on(&nudge, "Reflect").await;
            once(&ana, world, &format!("Reflect: {fault:?}")).await;
            fails();
            ana.uses_shortcut("check_in").await;
            once(&ana, world, &format!("the shortcut: {fault:?}")).await;
            for label in ["Check in", "A plan", "Audit", "Read the room", "Ask for feedback"] {
                fails();
                ana.taps_home(label).await;
                once(&ana, world, &format!("Home, {label}: {fault:?}")).await;
            }
        }
        ana.taps_on(&nudge, "Reflect").await;
        ana.sees_form("Check in");
    })
    .await;
}

#[tokio::test]
async fn in_a_channel_where_the_app_is_not_the_sentence_comes_in_the_direct_message() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.slack().change(|state| state.open_channel("C0ROOM", "room"));
        let expired =
            || world.slack().faults().fail("views.open", Fault::Error("expired_trigger_id".to_owned()));
        expired();
        ana.types_in("C0ROOM", "/leadlens checkin").await;
        let said = world.messages_in("C0ROOM");
        assert!(said[0].text.contains(SAID) && said[0].only_for.as_deref() == Some(ANA), "{said:?}");
        expired();
        world.slack().faults().fail("response_url", Fault::ServerError);
        ana.types_in("C0ROOM", "/leadlens checkin").await;
        ana.sees(SAID);
        assert_eq!(world.messages_in("C0ROOM").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_does_not_change_says_so_and_one_that_was_closed_does_not() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for fault in [Fault::Error("internal_error".to_owned()), Fault::RateLimited(30), Fault::ServerError] {
            ana.types("/leadlens plan").await;
            ana.sees_form("A plan");
            ana.fills([("cue", "If they ask")]);
            world.slack().faults().fail("views.update", fault);
            ana.taps_form("Try the leader hat").await;
            ana.sees(SAID);
            assert!(ana.sees_form("A plan").contains("If they ask"), "what was typed stays");
            ana.closes_form();
            world.clock_forward(SignedDuration::from_secs(31)).await;
        }
        ana.types("/leadlens plan").await;
        ana.sees_form("A plan");
        world.slack().faults().fail("views.update", Fault::Error("not_found".to_owned()));
        ana.taps_form("Try the leader hat").await;
        ana.sees_nothing_new();
        ana.closes_form();
    })
    .await;
}

/// The zone is what Slack says, and not what a form showed that was opened before Slack answered.
#[tokio::test]
async fn a_schedule_that_opens_without_the_profile_is_kept_without_a_zone_of_its_own() {
    for fault in [Fault::RateLimited(60), Fault::ServerError, Fault::Slow(2_000)] {
        over_both_transports(async |world| {
            let ana = world.ana();
            world.slack().faults().fail_always("users.info", fault.clone());
            ana.types("/leadlens schedule").await;
            let form = ana.sees_form("Schedule");
            assert!(!form.contains("UTC"), "{form}");
            ana.sees("I am LeadLens");
            world.slack().faults().mend("users.info");
            world.clock_forward(SignedDuration::from_mins(10)).await;
            ana.submits().await;
            ana.sees_form("LeadLens");
            ana.closes_form();
            zone_is(world, "Europe/Berlin").await;
            world.slack().admin().set_zone(ANA, "America/New_York").await;
            world.settle().await;
            zone_is(world, "America/New_York").await;
            world.clock_to("2026-10-01 15:29").await;
            ana.sees_nothing_new();
            world.clock_to("2026-10-01 15:30").await; // half past nine in New York
            ana.sees("[Reflect]");
        })
        .await;
    }
}

async fn zone_is(world: &World, zone: &str) {
    let who = world.member_id(ANA);
    let read = async |app: &leadlens::interaction::AppState| {
        app.store.read(move |tx| Box::pin(async move { tx.find_member(&who).await })).await
    };
    let member = world.bot().operator(read).await.expect("the store answers").expect("a member");
    assert_eq!((member.zone.name(), member.zone.set_by_member), (zone, false));
}

/// Slack takes longer than it is waited for. The form may come after all, and the sentence says so.
#[tokio::test]
async fn a_member_is_told_that_slack_opened_a_form_too_late() {
    Setting::at("2026-10-01 08:00")
        .slack_waits(Duration::from_millis(300))
        .over(Transport::SocketMode, async |world| {
            let ana = world.ana().who_is_known().await;
            for command in ["checkin", "schedule"] {
                world.slack().faults().fail("views.open", Fault::Slow(1_500));
                ana.types(&format!("/leadlens {command}")).await;
                ana.sees(&format!("If no form came: {SAID}"));
                ana.sees_nothing_new();
            }
        })
        .await;
}
