//! First contact: once for each member, whatever they do first.

use crate::setting::over_both_transports;
use leadlens::coach::prompt::Library;
use std::sync::Arc;

#[tokio::test]
async fn opening_home_makes_no_member_and_the_first_act_is_welcomed_once() {
    over_both_transports(async |world| {
        let ana = world.ana();
        ana.opens_home().await;
        world.clock_to("2026-10-05 12:00").await;
        ana.sees_nothing_new();
        assert_eq!(world.database().count("select count(*) from member").await, 0);
        assert!(ana.home().contains("[Check in]"), "Home is of use before the first check-in");
        ana.taps_home("Check in").await;
        ana.sees_form("Check in");
        ana.closes_form();
        let welcome = ana.sees("I am LeadLens");
        let says = leadlens_sandbox::transcript::message(&welcome);
        assert!(says.contains("to anyone in Slack: no manager, no admin, no colleague."), "{says}");
        assert!(says.ends_with("[Set a cadence] [Check in]"), "{says}");
        ana.opens_home().await;
        ana.types("/leadlens help").await;
        ana.sees("/leadlens checkin");
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
