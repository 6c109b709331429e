//! Many members due at the same minute, in one workspace and in many, while the sandbox holds Slack's limits to
//! the letter.

use crate::{
    setting::Setting,
    world::{Transport, World},
};
use jiff::{SignedDuration, Timestamp, civil::Weekday};
use leadlens::{
    coach::{
        ids::{ChannelId, MemberId, TeamId, UserId},
        member::{Cadence, Member, Zone},
    },
    interaction::AppState,
};
use leadlens_sandbox::{
    transcript,
    workspace::{Fault, User},
};
use std::time::{Duration, Instant};

/// Posts that Slack takes from one app in one workspace in a minute.
const POSTS_A_MINUTE: usize = 300;

/// Members whose question is due at half past nine in Berlin; each has been welcomed long ago.
async fn are_due(world: &World, people: &[(TeamId, String)]) {
    let cadence = Cadence::new(
        &Weekday::Monday.cycle_forward().take(7).collect::<Vec<_>>(),
        &[jiff::civil::time(9, 30, 0, 0)],
    )
    .expect("a cadence");
    let (now, slot_at) = (world.now(), world.at("2026-10-01 09:30"));
    let mut members = Vec::new();
    for (team, user) in people {
        let dm = world.slack().change(|state| {
            state.users.insert(user.clone(), User::new(user, "Due", "Europe/Berlin"));
            state.dm(user)
        });
        let id = MemberId { team: team.clone(), user: UserId::parse(user).expect("a user") };
        let mut member = Member::new(id, Zone::parse("Europe/Berlin", false).expect("a zone"), now);
        member.welcomed_at = Some(now);
        member.dm = Some(ChannelId::parse(&dm).expect("a channel"));
        member.cadence = Some(cadence.clone());
        member.next_slot_at = Some(slot_at);
        members.push(member);
    }
    world
        .bot()
        .operator(async |app: &AppState| {
            app.store
                .write(move |tx| {
                    Box::pin(async move {
                        for member in &members {
                            tx.insert_member(member).await?;
                        }
                        Ok::<_, leadlens::store::StoreError>(())
                    })
                })
                .await
        })
        .await
        .expect("members");
}

/// When each of them was asked, in order; everybody exactly once.
fn asked_at(world: &World, people: &[(TeamId, String)]) -> Vec<Timestamp> {
    let mut times = Vec::new();
    for (_, user) in people {
        let dm = world.slack().change(|state| state.dm(user));
        let questions: Vec<_> = world.messages_in(&dm);
        let questions: Vec<_> =
            questions.iter().filter(|it| transcript::message(it).contains("[Reflect]")).collect();
        assert_eq!(questions.len(), 1, "{user} is asked once");
        let (seconds, micros) = questions[0].ts.split_once('.').expect("a timestamp");
        let micros =
            seconds.parse::<i64>().expect("seconds") * 1_000_000 + micros.parse::<i64>().expect("micros");
        times.push(Timestamp::from_microsecond(micros).expect("an instant"));
    }
    times.sort_unstable();
    times
}

fn refused_calls(world: &World) -> usize {
    world.slack().look(|state| state.calls.iter().filter(|(_, outcome)| outcome == "ratelimited").count())
}

/// So many members of one workspace are asked within 1.1 times the least time that the limits allow, and no
/// call is refused.
async fn a_crowd_of(count: usize) {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let team = TeamId::parse(&world.slack().team_id()).expect("a team");
            let people: Vec<_> = (0..count).map(|nth| (team.clone(), format!("U0DUE{nth:05}"))).collect();
            are_due(world, &people).await;
            world.slack().change(|state| (state.minute_limits, state.strict_limits) = (true, true));
            let minutes = (count - 1) / POSTS_A_MINUTE;
            let least = SignedDuration::from_mins(i64::try_from(minutes).expect("minutes"));
            world
                .clock_to_instant(
                    world.at("2026-10-01 09:30") + least * 11 / 10 + SignedDuration::from_secs(1),
                )
                .await;
            let times = asked_at(world, &people);
            assert_eq!(refused_calls(world), 0, "Slack refused nothing");
            let took = times[count - 1].duration_since(world.at("2026-10-01 09:30"));
            eprintln!("{count} asked in {took:#}, at least {least:#}");
        })
        .await;
}

#[tokio::test]
async fn a_crowd_of_one_workspace_is_asked_as_fast_as_slack_takes_it() {
    for count in [320, 600] {
        a_crowd_of(count).await;
    }
}

#[tokio::test]
async fn two_thousand_of_one_workspace_are_asked_as_fast_as_slack_takes_them() {
    a_crowd_of(2_000).await;
}

#[tokio::test]
async fn what_was_learned_before_a_lookup_failed_is_not_asked_again() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let team = TeamId::parse(&world.slack().team_id()).expect("a team");
            let people: Vec<_> = (0..120).map(|nth| (team.clone(), format!("U0DUE{nth:05}"))).collect();
            are_due(world, &people).await;
            // The list is read, one answer about Do Not Disturb comes, the second does not.
            world.clock_to("2026-10-01 09:29").await;
            world.slack().faults().fail("dnd.teamInfo", Fault::RateLimited(30));
            world.clock_to("2026-10-01 09:32").await;
            let times = asked_at(world, &people);
            assert!(times[119] <= world.at("2026-10-01 09:31"), "{:?}", times[119]);
            let lists =
                world.slack().look(|state| state.calls.iter().filter(|it| it.0 == "users.list").count());
            assert_eq!(lists, 1, "the list was read once");
        })
        .await;
}

#[tokio::test]
async fn two_hundred_workspaces_are_asked_side_by_side_and_a_large_one_holds_up_none() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            world.slack().change(|state| state.organisation = true);
            world.bot().restarts().await;
            let team = |nth: usize| TeamId::parse(&format!("T0MANY{nth:03}")).expect("a team");
            let large: Vec<_> = (0..400).map(|nth| (team(0), format!("U0LARGE{nth:03}"))).collect();
            let small: Vec<_> =
                (0..1_000).map(|nth| (team(1 + nth % 199), format!("U0SMALL{nth:04}"))).collect();
            are_due(world, &large).await;
            are_due(world, &small).await;
            world.clock_to("2026-10-01 09:29").await;
            for method in ["users.info", "dnd.teamInfo", "chat.postMessage"] {
                world.slack().faults().fail_always(method, Fault::Slow(40));
            }
            let began = Instant::now();
            world.clock_to("2026-10-01 09:32").await;
            // One after the other, the calls would take 96 seconds.
            assert!(began.elapsed() < Duration::from_mins(1), "{:?}", began.elapsed());
            let slot = world.at("2026-10-01 09:30");
            let last_small = asked_at(world, &small)[999].duration_since(slot);
            let last_large = asked_at(world, &large)[399].duration_since(slot);
            assert!(last_small < SignedDuration::from_secs(5), "{last_small:#}");
            assert!(
                last_large > SignedDuration::from_secs(59),
                "the large one waits for its limit: {last_large:#}"
            );
        })
        .await;
}

#[tokio::test]
async fn rows_that_a_limit_holds_back_are_not_touched_while_they_wait() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let team = TeamId::parse(&world.slack().team_id()).expect("a team");
            let people: Vec<_> = (0..700).map(|nth| (team.clone(), format!("U0DUE{nth:05}"))).collect();
            are_due(world, &people).await;
            world.clock_to("2026-10-01 09:30").await;
            let untouched = "select count(*) from outbox where state = 'waiting' and last_error is null and wake_at = due_at";
            assert_eq!(world.database().count(untouched).await, 400);
            for _ in 0..20 {
                world.bot().one_step().await;
            }
            assert_eq!(world.database().count(untouched).await, 400);
            world.clock_to("2026-10-01 09:33").await;
            assert_eq!(asked_at(world, &people).len(), 700);
        })
        .await;
}
