//! Tokens that expire after twelve hours, each renewed with a refresh token that can be used once.

use crate::{
    browser::Browser,
    installing::{ana_is_served, installable, installed_and_welcomed},
    world::{Transport, World},
};
use leadlens_sandbox::workspace::Fault;

/// Holds a conversation with an app whose tokens expire. It is installed at eight.
async fn with_rotation(conversation: impl AsyncFn(&World)) {
    installable()
        .over(Transport::Http, async |world| {
            world.slack().admin().rotate_tokens();
            installed_and_welcomed(world).await;
            conversation(world).await;
        })
        .await;
}

/// How often Slack was asked for tokens.
fn asked(world: &World) -> usize {
    world.slack().look(|state| state.calls.iter().filter(|(method, _)| method == "oauth.v2.access").count())
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires_and_the_workspace_notices_nothing() {
    with_rotation(async |world| {
        world.clock_to("2026-10-01 17:59").await;
        world.bot().looks_at_slack().await;
        assert_eq!(asked(world), 1, "it has two hours and a minute left");
        for (nth, at) in ["2026-10-01 18:01", "2026-10-02 04:02", "2026-10-02 14:03"].into_iter().enumerate()
        {
            world.clock_to(at).await;
            world.bot().looks_at_slack().await;
            assert_eq!(asked(world), nth + 2, "{at}");
            world.bot().looks_at_slack().await;
            assert_eq!(asked(world), nth + 2, "{at}: once");
            ana_is_served(world).await;
        }
        let (said, well) = world.bot().doctor_says().await;
        assert!(well && said.contains("2 tokens under key 1"), "{said}");
        let sealed = "select sealed_token || sealed_refresh_token from workspace";
        assert!(!world.database().text(sealed).await.contains("xoxe"));
    })
    .await;
}

#[tokio::test]
async fn two_replicas_renew_a_token_once() {
    with_rotation(async |world| {
        let other = world.bot().another().await;
        world.clock_to("2026-10-01 19:00").await;
        tokio::join!(world.bot().looks_at_slack(), other.look_at_slack(), other.look_at_slack());
        assert_eq!(asked(world), 2);
        world.clock_to("2026-10-01 21:00").await;
        ana_is_served(world).await;
        other.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_token_that_expired_while_nothing_ran_is_renewed_when_it_is_needed() {
    with_rotation(async |world| {
        world.bot().stops().await;
        world.clock_jumps_to("2026-10-04 08:00");
        world.bot().starts().await;
        ana_is_served(world).await;
        assert_eq!(asked(world), 2);
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_does_not_lose_the_workspace() {
    for fault in [Fault::CutAfter, Fault::ServerErrorAfter] {
        with_rotation(async |world| {
            world.clock_to("2026-10-01 19:00").await;
            world.slack().faults().fail("oauth.v2.access", fault.clone());
            world.bot().looks_at_slack().await;
            assert_eq!(asked(world), 3, "it is tried again at once");
            world.clock_to("2026-10-01 21:00").await;
            ana_is_served(world).await;
        })
        .await;
    }
}

#[tokio::test]
async fn an_outage_of_slack_delays_a_renewal_and_the_old_token_serves_meanwhile() {
    with_rotation(async |world| {
        world.clock_to("2026-10-01 18:30").await;
        world.slack().faults().fail_always("oauth.v2.access", Fault::CutBefore);
        world.bot().looks_at_slack().await;
        ana_is_served(world).await;
        let before = asked(world);
        world.bot().looks_at_slack().await;
        assert_eq!(asked(world), before, "not before the lease is over");
        world.slack().faults().mend("oauth.v2.access");
        world.clock_to("2026-10-01 18:32").await;
        world.bot().looks_at_slack().await;
        world.clock_to("2026-10-01 21:00").await;
        ana_is_served(world).await;
    })
    .await;
}

#[tokio::test]
async fn a_refresh_token_that_slack_refuses_serves_to_the_end_and_an_installation_mends_it() {
    with_rotation(async |world| {
        let ana = world.ana();
        ana.types("/leadlens schedule").await;
        ana.sees_form("Schedule");
        ana.submits().await;
        ana.sees_form("LeadLens");
        ana.closes_form();
        world.clock_to("2026-10-01 09:31").await;
        ana.sees("[Reflect]");
        let refused = Fault::Error("invalid_refresh_token".to_owned());
        world.slack().faults().fail_always("oauth.v2.access", refused);
        world.clock_to("2026-10-01 19:00").await;
        world.bot().looks_at_slack().await;
        ana_is_served(world).await;
        world.clock_to("2026-10-02 10:00").await;
        ana.sees_nothing_new();
        let (said, well) = world.bot().doctor_says().await;
        assert!(!well && said.contains("token_expired; install the app again"), "{said}");
        world.slack().faults().mend("oauth.v2.access");
        Browser::new(world).installs().await;
        world.settle().await;
        ana.sees("[Reflect]");
        ana_is_served(world).await;
    })
    .await;
}
