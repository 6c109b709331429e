//! First contact: once for everybody, when they first look or whatever else they do first.

use crate::{setting::over_both_transports, world::Again};
use leadlens::coach::prompt::Library;
use std::sync::Arc;

#[tokio::test]
async fn opening_home_welcomes_once_and_makes_no_member() {
    over_both_transports(async |world| {
        world.everything_comes(Again::AtOnce);
        let ana = world.ana();
        ana.opens_home().await;
        let welcome = ana.sees("I am LeadLens");
        let says = leadlens_sandbox::transcript::message(&welcome);
        assert!(says.contains("to anyone in Slack: no manager, no admin, no colleague."), "{says}");
        assert!(says.ends_with("[Set a cadence] [Check in]"), "{says}");
        world.clock_to("2026-10-05 12:00").await;
        ana.opens_home().await;
        ana.opens_conversation().await;
        ana.sees_nothing_new();
        assert_eq!(
            world.database().count("select count(*) from member").await,
            0,
            "looking makes nobody a member"
        );
        assert!(ana.home().contains("[Check in]"), "Home is of use before the first check-in");
        ana.taps_on(&welcome, "Check in").await;
        ana.sees_form("Check in");
        ana.closes_form();
        ana.sees_nothing_new();
        ana.types("/leadlens help").await;
        ana.sees("/leadlens checkin");
    })
    .await;
}

#[tokio::test]
async fn opening_the_conversation_welcomes_once_and_not_again_after_an_erasure() {
    over_both_transports(async |world| {
        let ana = world.ana();
        ana.opens_conversation().await;
        ana.sees("I am LeadLens");
        ana.opens_conversation().await;
        ana.opens_home().await;
        ana.sees_nothing_new();
        assert_eq!(
            world.database().count("select count(*) from member").await,
            0,
            "looking makes nobody a member"
        );
        ana.types("/leadlens forget").await;
        ana.sees_form("Erase everything");
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        ana.sees("Erased:");
        assert_eq!(ana.client().from_bot().len(), 1, "the welcome goes too");
        ana.opens_conversation().await;
        ana.opens_home().await;
        ana.sees_nothing_new();
        assert_eq!(world.database().count("select count(*) from member").await, 0);
        assert_eq!(world.database().count("select count(*) from outbox where user_id = 'U0ANA'").await, 0);
        assert_eq!(
            world.database().count("select count(*) from first_look where who not like '%ANA%'").await,
            1
        );
    })
    .await;
}

/// A colleague opens the conversation to read what they are asked.
#[tokio::test]
async fn a_person_who_is_asked_for_feedback_reads_nothing_else() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        ana.asks_for_feedback("/leadlens feedback @mia @ben @zoe").await;
        world.clock_to("2026-10-02 12:00").await;
        let ben = world.ben();
        ben.sees("@U0ANA asks you");
        ben.opens_conversation().await;
        ben.sees_nothing_new();
        ben.opens_home().await; // here they look at LeadLens itself
        ben.sees("I am LeadLens");
        for asked in [world.mia(), world.zoe()] {
            world.clock_to("2026-10-02 18:00").await;
            asked.sees("@U0ANA asks you");
        }
    })
    .await;
}

/// A member reads questions and leaves them: to open the conversation is not to come back.
#[tokio::test]
async fn opening_the_conversation_does_not_bring_back_the_full_cadence() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        for day in ["01", "02"] {
            world.clock_to(&format!("2026-10-{day} 12:00")).await;
            ana.sees("[Reflect]");
            ana.opens_conversation().await;
        }
        world.clock_to("2026-10-05 12:00").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-06 12:00").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn a_first_command_is_welcomed_and_answered() {
    over_both_transports(async |world| {
        let ana = world.ana();
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.closes_form();
        ana.sees("I am LeadLens");
        ana.taps("Set a cadence").await;
        assert!(ana.sees_form("Schedule").contains("Europe/Berlin"), "the zone of Slack");
        ana.closes_form();
        ana.taps("Check in").await;
        ana.sees_form("Check in");
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn nobody_is_nudged_before_they_set_a_cadence() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.clock_to("2026-10-31 12:00").await;
        ana.sees_nothing_new();
        assert!(ana.home().contains("[Set a cadence]"));
    })
    .await;
}

#[tokio::test]
async fn an_operators_own_words_are_said_once_they_are_read_again() {
    over_both_transports(async |world| {
        let ours = "[[says]]\nid = \"first-contact.what\"\nhat = \"both\"\ntext = \"I am Lens, and I ask you things.\"\n";
        let library = Library::built_in().expect("prompts").overlay([("ours.toml", ours)]).expect("words");
        world.bot().operator(async move |app| app.use_questions(Arc::new(library))).await;
        let ana = world.ana();
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.closes_form();
        ana.sees("I am Lens, and I ask you things. I don't show what you write for yourself to anyone in Slack");
    })
    .await;
}

#[tokio::test]
async fn a_stranger_who_changes_the_profile_leaves_no_trace() {
    over_both_transports(async |world| {
        world.ana().who_is_known().await;
        let kept = world.database().count("select count(*) from seen").await;
        for zone in ["Asia/Tokyo", "Europe/Paris", "America/Lima"] {
            world.slack().admin().set_zone("U0RAJ", zone).await;
        }
        world.settle().await;
        assert_eq!(
            world.database().count("select count(*) from seen").await,
            kept,
            "one row for each would fill the table"
        );
        assert!(!world.database().holds("U0RAJ"));
    })
    .await;
}
