//! Slack tries an event again at once, after a minute and after five more, and then gives it up
//! (<https://docs.slack.dev/apis/events-api/#retries>). What the sandbox's switches for failing
//! workspaces do.

use crate::{
    setting::{Setting, over_both_transports},
    world::Transport,
};
use leadlens_sandbox::workspace::Fault;

#[tokio::test]
async fn a_reply_comes_with_a_retry_when_slack_reaches_the_bot_again() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        world.slack().faults().loses_the_app();
        let (_, delivered) = ana.client().replies(&nudge.ts, "Ask them.").await;
        assert!(!delivered.acked);
        world.clock_to("2026-10-01 09:33").await;
        ana.sees_nothing_new();
        world.slack().faults().comes_back();
        world.clock_to("2026-10-01 09:40").await;
        ana.sees("> Ask them.");
        assert_eq!(world.slack().deliveries().given_up(), 0);
    })
    .await;
}

#[tokio::test]
async fn slack_gives_an_event_up_after_its_retries() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::SocketMode, async |world| {
            let ana = world.ana().who_is_known().await;
            world.slack().faults().loses_the_app();
            ana.client().says("Into the void.").await;
            world.clock_to("2026-10-01 08:20").await;
            assert_eq!(world.slack().deliveries().given_up(), 1);
            world.slack().faults().comes_back();
            world.clock_to("2026-10-01 08:40").await;
            ana.sees_nothing_new();
        })
        .await;
}

#[tokio::test]
async fn a_standing_fault_lasts_until_it_is_mended() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::SocketMode, async |world| {
            let ana = world.ana().who_is_known().await;
            world.slack().faults().fail_always("views.open", Fault::Error("internal_error".to_owned()));
            for _ in 0..2 {
                ana.types("/leadlens checkin").await;
                ana.sees("Slack did not open it just now");
            }
            world.slack().faults().mend("views.open");
            ana.types("/leadlens checkin").await;
            ana.sees_form("Check in");
        })
        .await;
}
