//! Workspaces that leave: at once silent, erased after the grace, and whole again if they come back.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::World,
};

async fn ana_with_something_kept(world: &World) -> Member {
    let ana = world.ana().with_a_cadence().await;
    world.clock_to("2026-10-01 09:30").await;
    let nudge = ana.sees("[Reflect]");
    ana.replies(&nudge, "Let it go: zeppelin.").await;
    ana.sees("> Let it go: zeppelin.");
    ana.taps_on(&nudge, "Neither").await;
    ana.sees("You said: neither hat.");
    ana
}

#[tokio::test]
async fn in_either_order_and_twice_it_is_silent_at_once_and_erased_after_the_grace() {
    for tokens_first in [true, false] {
        over_both_transports(async |world| {
            let ana = ana_with_something_kept(world).await;
            world.slack().admin().uninstall(tokens_first).await;
            world.settle().await;
            world.slack().admin().uninstall(!tokens_first).await;
            let calls = world.slack().look(|state| state.calls.len());
            world.clock_to("2026-10-30 12:00").await;
            ana.sees_nothing_new();
            let asked = world.slack().look(|state| state.calls[calls..].to_vec());
            assert!(asked.iter().all(|(method, _)| method == "auth.test"), "nobody calls: {asked:?}");
            assert_eq!(ana.reflections().await.len(), 1, "the grace is thirty days");
            world.clock_to("2026-11-01 12:00").await;
            assert!(ana.reflections().await.is_empty());
            assert_eq!(world.database().count("select count(*) from member").await, 0);
            assert!(!world.database().holds("zeppelin"));
        })
        .await;
    }
}

#[tokio::test]
async fn the_grace_is_the_operators_to_set() {
    Setting::at("2026-10-01 08:00")
        .with("LEADLENS_GRACE_DAYS", "2")
        .over_both_transports(async |world| {
            let ana = ana_with_something_kept(world).await;
            world.slack().admin().uninstall(true).await;
            world.clock_to("2026-10-03 09:00").await;
            assert_eq!(ana.reflections().await.len(), 1);
            world.clock_to("2026-10-03 10:00").await;
            assert!(ana.reflections().await.is_empty());
        })
        .await;
}

#[tokio::test]
async fn a_workspace_that_comes_back_in_time_finds_everything() {
    over_both_transports(async |world| {
        let ana = ana_with_something_kept(world).await;
        world.slack().admin().uninstall(false).await;
        world.clock_to("2026-10-05 12:00").await;
        world.slack().change(|state| state.revoked = false);
        world.bot().restarts().await; // with its token, which works again
        world.clock_to("2026-10-06 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("Skip").await;
        ana.sees("Skipped.");
        world.clock_to("2026-11-02 09:00").await;
        assert_eq!(ana.reflections().await.len(), 1, "nothing is erased any more");
        for _ in 0..6 {
            ana.sees(""); // questions that she ignores
        }
        world.still_waits(0);
        world.clock_to("2026-11-02 09:31").await;
        ana.sees("OCTOBER 2026");
    })
    .await;
}

/// What was promised for a time in the grace comes when the workspace is back.
#[tokio::test]
async fn a_workspace_that_comes_back_has_what_waited_for_it() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-26 09:30").await;
        while ana.has_news() {
            ana.sees("");
        }
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Move on."), ("hat", "Manager: how and when")]);
        ana.submits().await;
        ana.stops_here();
        ana.types("/leadlens plan").await;
        ana.sees_form("A plan");
        ana.fills([("cue", "Raj asks me"), ("act", "ask back"), ("follow-up-on", "2026-10-28")]);
        ana.submits().await;
        ana.sees_form("Once more");
        ana.closes_form();
        ana.types("/leadlens nudge").await;
        ana.sees("A question is on its way");
        ana.sees("[Reflect]");
        ana.taps("In an hour").await;
        ana.sees("Later: Mon 26 Oct, 10:30.");
        world.slack().admin().uninstall(false).await;
        world.clock_to("2026-11-04 12:00").await;
        ana.sees_nothing_new();
        world.slack().change(|state| state.revoked = false);
        world.bot().restarts().await; // with its token, which works again
        world.clock_to("2026-11-04 12:20").await;
        ana.sees("What came of it for you?");
        ana.sees("OCTOBER 2026");
        world.clock_to("2026-11-04 14:00").await; // not in the same minute
        ana.sees("[Reflect]");
        ana.sees_nothing_new();
        world.still_waits(1); // the end of the grace, which finds the workspace there
    })
    .await;
}
