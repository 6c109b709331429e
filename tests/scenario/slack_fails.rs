//! When Slack fails: limits are obeyed, doubts are settled before anything is sent twice, and what is
//! refused for good stops what depends on it.

use crate::{
    member::Member,
    setting::over_both_transports,
    world::{ANA, World},
};
use jiff::SignedDuration;
use leadlens_sandbox::workspace::Fault;

/// Half past nine has come, and posting failed like that.
async fn half_past_nine_fails_with(world: &World, faults: impl IntoIterator<Item = Fault>) -> Member {
    let ana = world.ana().with_a_cadence().await;
    for fault in faults {
        world.slack().faults().fail("chat.postMessage", fault);
    }
    world.clock_to("2026-10-01 09:30").await;
    ana
}

fn posts(world: &World) -> usize {
    world.slack().look(|state| state.calls.iter().filter(|(method, _)| method == "chat.postMessage").count())
}

#[tokio::test]
async fn retry_after_is_obeyed_for_that_method_alone() {
    over_both_transports(async |world| {
        let ana = half_past_nine_fails_with(world, [Fault::RateLimited(120)]).await;
        ana.sees_nothing_new();
        ana.types("/leadlens checkin").await; // views.open is another method
        ana.sees_form("Check in");
        ana.closes_form();
        let before = posts(world);
        world.clock_to("2026-10-01 09:31").await;
        assert_eq!(posts(world), before, "nothing is tried before its time");
        world.clock_to("2026-10-01 09:33").await;
        ana.sees("[Reflect]");
        assert_eq!(posts(world), before + 1);
    })
    .await;
}

#[tokio::test]
async fn an_error_of_the_moment_is_tried_again() {
    over_both_transports(async |world| {
        let faults = [Fault::ServerError, Fault::Error("internal_error".to_owned()), Fault::ServerError];
        let ana = half_past_nine_fails_with(world, faults).await;
        world.clock_to("2026-10-01 10:30").await;
        ana.sees("[Reflect]");
        world.clock_to("2026-10-01 20:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn each_attempt_to_send_is_counted_by_its_outcome() {
    over_both_transports(async |world| {
        let faults = [Fault::RateLimited(2), Fault::Error("a_code_of_next_year".to_owned())];
        let ana = half_past_nine_fails_with(world, faults).await;
        world.clock_to("2026-10-01 10:30").await;
        ana.sees("[Reflect]");
        let counted = async |outcome: &str| {
            world.bot().counted(&format!(r#"leadlens_sent_total{{kind="nudge",outcome="{outcome}"}}"#)).await
        };
        assert_eq!(counted("sent").await, 1);
        assert_eq!(counted("rate-limited").await, 1);
        assert_eq!(counted("retry").await, 1);
        assert_eq!(counted("in-doubt").await, 0);
        assert_eq!(counted("refused").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_member_is_told_that_slack_did_not_open_a_form() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.slack().faults().fail("views.open", Fault::ServerError);
        ana.types("/leadlens checkin").await;
        ana.sees("If no form came: Slack did not open it just now. Nothing was lost");
        ana.sees_no_form();
        ana.types("/leadlens checkin").await;
        ana.sees_form("Check in");
    })
    .await;
}

#[tokio::test]
async fn a_doubt_is_looked_into_before_anything_is_sent_twice() {
    over_both_transports(async |world| {
        for (nth, fault) in
            [Fault::CutAfter, Fault::ServerErrorAfter, Fault::CutBefore].into_iter().enumerate()
        {
            let ana = if nth == 0 { world.ana().with_a_cadence().await } else { world.ana() };
            let day = ["01", "02", "05"][nth];
            world.slack().faults().fail("chat.postMessage", fault.clone());
            world.clock_to(&format!("2026-10-{day} 10:30")).await;
            let nudge = ana.sees("[Reflect]");
            ana.sees_nothing_new();
            // What was found is known: it can be answered and is updated in place.
            ana.taps_on(&nudge, "Skip").await;
            assert_eq!(ana.sees("Skipped.").ts, nudge.ts, "{fault:?}");
        }
        let questions = world.ana().client().from_bot().len();
        assert_eq!(questions, 4, "the welcome and three questions");
    })
    .await;
}

#[tokio::test]
async fn a_doubt_outlives_a_restart_and_the_failure_of_looking() {
    over_both_transports(async |world| {
        let ana = half_past_nine_fails_with(world, [Fault::CutAfter]).await;
        world.bot().restarts().await;
        world.slack().faults().fail("conversations.history", Fault::ServerError);
        world.slack().faults().fail("conversations.history", Fault::RateLimited(60));
        world.clock_to("2026-10-01 11:00").await;
        ana.sees("[Reflect]");
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn a_reply_to_a_question_in_doubt_is_not_lost() {
    over_both_transports(async |world| {
        let ana = half_past_nine_fails_with(world, [Fault::CutAfter]).await;
        let nudge = ana.sees("[Reflect]");
        // She answers before the bot knows that the question has arrived; her reply proves it.
        ana.replies(&nudge, "Ask them.").await;
        ana.sees("> Ask them.");
        world.clock_to("2026-10-01 10:30").await;
        ana.sees_nothing_new();
        assert_eq!(ana.only_reflection().await.answer.reveal(), "Ask them.");
    })
    .await;
}

#[tokio::test]
async fn a_tap_on_a_question_in_doubt_proves_that_it_arrived() {
    for (label, shows) in [("Skip", "Skipped."), ("In an hour", "Later: Thu 1 Oct, 10:30.")] {
        over_both_transports(async |world| {
            let ana = half_past_nine_fails_with(world, [Fault::CutAfter]).await;
            let nudge = ana.sees("[Reflect]");
            ana.taps_on(&nudge, label).await;
            assert_eq!(ana.sees(shows).ts, nudge.ts);
            world.clock_to("2026-10-01 10:20").await;
            ana.sees_nothing_new();
            if label == "In an hour" {
                world.clock_to("2026-10-01 10:30").await;
                ana.sees("[Reflect]");
            }
        })
        .await;
    }
}

/// It is looked for also when it would not be sent any more: late, or in a pause.
#[tokio::test]
async fn a_question_in_doubt_is_looked_for_whatever_the_hour_is() {
    for (fault, arrived) in [(Fault::CutAfter, true), (Fault::CutBefore, false)] {
        for pauses in [true, false] {
            over_both_transports(async |world| {
                let ana = half_past_nine_fails_with(world, [fault.clone()]).await;
                world.slack().faults().fail_always("conversations.history", Fault::ServerError);
                if arrived {
                    ana.sees("[Reflect]");
                }
                if pauses {
                    ana.types("/leadlens pause 2026-10-19").await;
                    ana.sees("Paused.");
                }
                world.clock_to("2026-10-01 14:00").await;
                world.slack().faults().mend("conversations.history");
                world.clock_to("2026-10-01 15:00").await;
                ana.sees_nothing_new();
                if arrived {
                    ana.taps("Skip").await;
                    ana.sees("Skipped.");
                }
            })
            .await;
        }
    }
}

#[tokio::test]
async fn an_export_in_doubt_is_not_shared_twice() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for fault in [Fault::CutAfter, Fault::ServerErrorAfter, Fault::CutBefore] {
            world.slack().faults().fail("files.completeUploadExternal", fault);
            ana.types("/leadlens export").await;
            ana.sees("is on its way");
            world.clock_forward(jiff::SignedDuration::from_mins(30)).await;
            ana.sees("Here is everything");
            ana.sees_nothing_new();
        }
    })
    .await;
}

#[tokio::test]
async fn an_update_that_fails_comes_later_and_in_its_last_state() {
    over_both_transports(async |world| {
        let ana = half_past_nine_fails_with(world, []).await;
        let nudge = ana.sees("[Reflect]");
        world.slack().faults().fail("chat.update", Fault::RateLimited(300));
        ana.replies(&nudge, "First.").await;
        ana.replies(&nudge, "Second.").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-01 09:40").await;
        ana.sees("> First.\n> Second.");
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_for_one_member_pauses_that_member_until_they_act() {
    for code in ["channel_not_found", "user_disabled"] {
        over_both_transports(async |world| {
            let raj = world.raj().who_is_known().await;
            let ana = half_past_nine_fails_with(world, [Fault::Error(code.to_owned())]).await;
            let before = posts(world);
            world.clock_to("2026-10-02 12:00").await;
            ana.sees_nothing_new();
            assert_eq!(posts(world), before, "{code}: nothing is tried in vain");
            raj.types("/leadlens nudge").await; // other members do not wait
            raj.sees("A question is on its way");
            raj.sees("[Reflect]");
            ana.opens_home().await; // she is there after all
            world.clock_to("2026-10-05 09:30").await;
            ana.sees("[Reflect]");
        })
        .await;
    }
}

#[tokio::test]
async fn a_revoked_token_pauses_the_workspace_until_it_works_again() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:29").await;
        world.slack().faults().refuse_token(Some("token_revoked"));
        let before = posts(world);
        world.clock_to("2026-10-02 12:00").await;
        ana.sees_nothing_new();
        assert!(posts(world) <= before + 1);
        world.slack().faults().refuse_token(None);
        world.bot().restarts().await; // auth.test answers: the token works
        world.clock_to("2026-10-02 12:05").await;
        ana.sees("[Reflect]"); // of this morning; yesterday's is too late
        world.clock_to("2026-10-05 09:29").await;
        ana.sees_nothing_new();
        world.clock_to("2026-10-05 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn a_deactivated_account_is_left_in_peace() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.slack().admin().deactivate(ANA);
        world.clock_to("2026-10-05 12:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn without_an_answer_about_status_nobody_is_disturbed() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.slack().admin().set_status(ANA, ":palm_tree:", "", 0);
        for _ in 0..3 {
            world.slack().faults().fail("users.info", Fault::ServerError);
            world.slack().faults().fail("dnd.teamInfo", Fault::ServerError);
        }
        world.clock_to("2026-10-01 20:00").await;
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn home_keeps_away_from_slack_for_as_long_as_slack_said() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let published = || {
            world
                .slack()
                .look(|state| state.calls.iter().filter(|(method, _)| method == "views.publish").count())
        };
        world.slack().faults().fail("views.publish", Fault::RateLimited(30));
        ana.opens_home().await;
        let refused = published();
        world.clock_forward(SignedDuration::from_secs(20)).await;
        ana.opens_home().await;
        assert_eq!(published(), refused, "Slack said thirty seconds");
        world.clock_forward(SignedDuration::from_secs(11)).await;
        ana.opens_home().await;
        assert_eq!(published(), refused + 1);
    })
    .await;
}
