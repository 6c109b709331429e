//! When Slack refuses something to a whole workspace: what is due waits with its reason, nothing is cancelled,
//! and it comes once when the refusal is over. Without a scope the rest goes on.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::{Transport, World},
};
use jiff::SignedDuration;
use leadlens::interaction::AppState;
use leadlens_sandbox::workspace::Fault;

/// Ana has asked to be asked again at half past ten.
async fn ana_waits_for_half_past_ten(world: &World) -> Member {
    let ana = world.ana().with_a_cadence().await;
    world.clock_to("2026-10-01 09:30").await;
    ana.sees("[Reflect]");
    ana.taps("In an hour").await;
    ana.sees("Later: Thu 1 Oct, 10:30.");
    world.clock_to("2026-10-01 10:00").await;
    ana
}

/// Raj's first act: what greets him is on its way.
async fn raj_is_met(world: &World) -> Member {
    let raj = world.raj();
    raj.types("/leadlens help").await;
    raj.sees("/leadlens checkin");
    raj
}

/// How often a method was called.
fn calls(world: &World, method: &str) -> usize {
    world.slack().look(|state| state.calls.iter().filter(|call| call.0 == method).count())
}

/// What the operator hears is in the way.
async fn trouble(world: &World) -> Vec<Option<String>> {
    let look = async |app: &AppState| {
        app.store.read(|tx| Box::pin(async move { tx.troubled_workspaces().await })).await
    };
    world
        .bot()
        .operator(look)
        .await
        .expect("the store answers")
        .into_iter()
        .map(|it| it.unreachable)
        .collect()
}

#[tokio::test]
async fn a_token_that_is_refused_holds_the_workspace_until_it_is_taken_again() {
    for code in ["token_revoked", "account_inactive", "org_login_required", "team_access_not_granted"] {
        over_both_transports(async |world| {
            let ana = ana_waits_for_half_past_ten(world).await;
            world.slack().faults().refuse_token(Some(code));
            world.clock_to("2026-10-01 15:00").await;
            ana.sees_nothing_new();
            assert!(calls(world, "auth.test") < 40, "it is not asked after all the time");
            assert_eq!(trouble(world).await, [Some(code.to_owned())]);
            world.slack().faults().refuse_token(None);
            world.clock_to("2026-10-01 16:00").await;
            world.clock_to("2026-10-01 16:40").await;
            ana.sees("[Reflect]");
            ana.sees_nothing_new();
            world.clock_to("2026-10-01 17:30").await;
            assert_eq!(trouble(world).await, []);
        })
        .await;
    }
}

#[tokio::test]
async fn a_messages_tab_that_is_off_is_the_workspaces_and_no_members() {
    over_both_transports(async |world| {
        let ana = ana_waits_for_half_past_ten(world).await;
        let raj = world.raj().who_is_known().await;
        world.slack().admin().disable_messages_tab(true);
        let before = calls(world, "chat.postMessage");
        raj.types("/leadlens export").await;
        raj.sees("Your export is on its way");
        world.clock_to("2026-10-01 15:00").await;
        ana.sees_nothing_new();
        assert!(calls(world, "chat.postMessage") < before + 40);
        assert_eq!(
            world.database().count("select count(*) from member where unreachable is not null").await,
            0
        );
        world.slack().admin().disable_messages_tab(false);
        world.clock_to("2026-10-01 16:00").await;
        world.clock_to("2026-10-01 16:40").await;
        ana.sees("[Reflect]");
        ana.sees_nothing_new();
        raj.sees("Here is everything");
        raj.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn without_chat_write_messages_wait() {
    over_both_transports(async |world| {
        let ana = ana_waits_for_half_past_ten(world).await;
        world.slack().admin().withdraw_scope("chat:write");
        world.clock_to("2026-10-01 15:00").await;
        ana.sees_nothing_new();
        world.slack().admin().grant_scope("chat:write");
        world.clock_to("2026-10-01 15:40").await;
        ana.sees("[Reflect]");
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn without_im_write_a_first_message_waits_and_others_come() {
    over_both_transports(async |world| {
        let ana = ana_waits_for_half_past_ten(world).await;
        world.slack().admin().withdraw_scope("im:write");
        let raj = raj_is_met(world).await;
        raj.sees_nothing_new();
        world.clock_to("2026-10-01 10:30").await;
        ana.sees("[Reflect]");
        world.clock_to("2026-10-01 15:00").await;
        world.slack().admin().grant_scope("im:write");
        world.clock_to("2026-10-01 15:40").await;
        raj.sees("I am LeadLens");
        raj.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn without_im_history_doubts_and_keeps_wait_and_the_rest_comes() {
    over_both_transports(async |world| {
        let ana = ana_waits_for_half_past_ten(world).await;
        ana.says("Let them decide.").await;
        ana.sees("Keep this as a check-in?");
        world.slack().admin().withdraw_scope("im:history");
        ana.taps("Keep").await;
        world.slack().faults().fail("chat.postMessage", Fault::CutAfter);
        world.clock_to("2026-10-01 10:40").await;
        ana.sees("[Reflect]"); // of which nobody knows yet
        let raj = world.raj().who_is_known().await;
        world.clock_to("2026-10-01 15:00").await;
        raj.sees_nothing_new();
        world.slack().admin().grant_scope("im:history");
        world.clock_to("2026-10-01 15:40").await;
        ana.sees("> Let them decide.");
        ana.sees_nothing_new();
        ana.taps("Skip").await;
        ana.sees("Skipped.");
    })
    .await;
}

/// Without what Slack says of members, quiet hours decide alone, and the operator hears what is missing.
#[tokio::test]
async fn without_users_read_or_dnd_read_questions_come_by_the_schedule() {
    for scope in ["users:read", "dnd:read"] {
        over_both_transports(async |world| {
            let ana = world.ana().with_a_cadence().await;
            world.slack().admin().withdraw_scope(scope);
            for day in ["01", "02"] {
                world.clock_to(&format!("2026-10-{day} 09:30")).await;
                ana.sees("[Reflect]");
            }
            world.clock_to("2026-10-02 23:00").await;
            ana.sees_nothing_new();
            let metrics = world.bot().metrics().await;
            let counted = metrics.lines().find(|line| {
                line.starts_with("leadlens_missing_scope_total")
                    && line.contains(&format!("scope=\"{scope}\""))
            });
            assert!(counted.is_some_and(|line| line.contains("stops=\"")), "{scope}: {metrics}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_method_that_is_refused_for_good_stops_no_question() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.slack().faults().fail_always("dnd.teamInfo", Fault::Error("method_deprecated".to_owned()));
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
    })
    .await;
}

#[tokio::test]
async fn without_files_write_the_one_who_asked_is_told_and_nobody_else_waits() {
    over_both_transports(async |world| {
        let ana = ana_waits_for_half_past_ten(world).await;
        world.slack().admin().withdraw_scope("files:write");
        ana.types("/leadlens export").await;
        ana.sees("Your export is on its way");
        ana.sees("so your export has to wait");
        world.clock_to("2026-10-01 10:30").await;
        ana.sees("[Reflect]");
        world.clock_to("2026-10-01 15:00").await;
        ana.sees_nothing_new();
        world.slack().admin().grant_scope("files:write");
        world.clock_to("2026-10-01 15:40").await;
        ana.sees("Here is everything");
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn without_files_read_a_calendar_is_answered_with_a_sentence() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.slack().admin().withdraw_scope("files:read");
        ana.types("/leadlens audit").await;
        ana.sees_form("Audit");
        ana.client().in_modal().attaches("calendar", "work.ics", b"BEGIN:VCALENDAR").expect("a file input");
        ana.submits().await;
        let shown = ana.sees_form("Audit");
        assert!(shown.contains("Slack did not hand me that file"), "{shown}");
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn each_member_is_told_once_and_a_new_one_is_greeted_afterwards() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            world.slack().faults().refuse_token(Some("account_inactive"));
            let raj = raj_is_met(world).await;
            world.clock_to("2026-10-03 12:00").await;
            raj.sees_nothing_new();
            world.slack().faults().refuse_token(None);
            world.clock_to("2026-10-03 12:40").await;
            raj.sees("I am LeadLens");
            world.clock_to("2026-10-03 14:00").await;
            raj.sees_nothing_new();
        })
        .await;
}

#[tokio::test]
async fn the_doctor_names_what_is_missing_what_waits_and_what_does_not_work() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = ana_waits_for_half_past_ten(world).await;
            for scope in ["im:write", "dnd:read"] {
                world.slack().admin().withdraw_scope(scope);
            }
            let raj = raj_is_met(world).await;
            let (says, is_well) = world.bot().doctor_says().await;
            assert!(!is_well && says.contains("missing: im:write, dnd:read"), "{says}");
            assert!(says.contains("Do Not Disturb is unknown"), "{says}");
            assert!(says.contains("1 wait for the scope im:write: members to whom"), "{says}");
            for scope in ["im:write", "dnd:read"] {
                world.slack().admin().grant_scope(scope);
            }
            world.slack().faults().refuse_token(Some("org_login_required"));
            world.clock_to("2026-10-01 10:31").await;
            let (says, _) = world.bot().doctor_says().await;
            assert!(says.contains("Slack says org_login_required; the workspace moves"), "{says}");
            world.slack().faults().refuse_token(None);
            world.clock_to("2026-10-01 11:00").await;
            world.clock_to("2026-10-01 11:30").await;
            raj.sees("I am LeadLens");
            ana.sees("[Reflect]");
            world.clock_to("2026-10-01 12:00").await;
            let (says, _) = world.bot().doctor_says().await;
            assert!(!says.contains("WRONG workspace"), "{says}");
        })
        .await;
}

#[tokio::test]
async fn a_question_whose_time_comes_in_a_refusal_is_asked_if_that_ends_in_time() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:00").await;
        world.slack().faults().refuse_token(Some("org_login_required"));
        ana.types("/leadlens export").await; // by which the refusal is noticed before half past nine
        ana.sees("Your export is on its way");
        world.clock_to("2026-10-01 11:00").await;
        ana.sees_nothing_new();
        world.slack().faults().refuse_token(None);
        world.clock_to("2026-10-01 11:40").await;
        ana.sees("Here is everything");
        ana.sees("[Reflect]");
        ana.sees_nothing_new();
    })
    .await;
}

#[tokio::test]
async fn questions_do_not_pile_up_in_a_refusal_of_days() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().with_a_cadence().await;
            world.clock_to("2026-10-01 09:00").await;
            world.slack().admin().withdraw_scope("chat:write");
            world.clock_to("2026-10-09 12:00").await;
            let waiting =
                "select count(*) from outbox where kind = 'nudge' and state in ('waiting', 'leased')";
            assert_eq!(world.database().count(waiting).await, 1);
            world.slack().admin().grant_scope("chat:write");
            world.clock_to("2026-10-09 13:00").await;
            ana.sees("[Reflect]"); // of the same morning
            ana.sees_nothing_new();
        })
        .await;
}

#[tokio::test]
async fn in_a_refusal_a_member_is_told_that_what_they_ask_for_waits() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("Skip").await;
        ana.sees("Skipped.");
        for (refuse, serve) in [
            (
                &(|| world.slack().faults().refuse_token(Some("account_inactive"))) as &dyn Fn(),
                &(|| world.slack().faults().refuse_token(None)) as &dyn Fn(),
            ),
            (
                &(|| world.slack().admin().withdraw_scope("chat:write")),
                &(|| world.slack().admin().grant_scope("chat:write")),
            ),
        ] {
            refuse();
            ana.types("/leadlens nudge").await; // nobody knows of it yet
            ana.sees("A question is on its way");
            for line in ["/leadlens report", "/leadlens export"] {
                ana.types(line).await;
                ana.sees("What you asked for waits, and comes by itself once that is over.");
            }
            ana.types("/leadlens nudge").await;
            ana.sees("comes if that is over within four hours");
            serve();
            world.clock_forward(SignedDuration::from_mins(40)).await;
            let came = ana.all_shown();
            assert!(came.contains("Here is everything"), "{came}");
            ana.sees("Here is everything");
            ana.sees("OCTOBER 2026");
            ana.sees("[Reflect]");
            ana.taps("Skip").await;
            ana.sees("Skipped.");
            ana.sees_nothing_new();
            world.clock_forward(SignedDuration::from_mins(40)).await;
        }
    })
    .await;
}
