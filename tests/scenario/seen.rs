//! What the lens saw, beside what the member said: in the form that is open, in the direct message, in
//! the history and the balance.

use crate::{
    member::Member,
    setting::{Setting, over_both_transports},
    world::{Transport, World},
};
use futures::future::{join, join_all};
use leadlens::{
    coach::{
        hat::{Hat, Hats},
        lens::{ENGLISH, Lens, Reading},
        lens_result::AbstainReason,
    },
    store::StoreError,
};
use leadlens_sandbox::{transcript, workspace::Fault};
use std::sync::{
    Arc, Mutex, MutexGuard,
    mpsc::{Receiver, Sender, channel},
};
use tokio::sync::oneshot;

const LEADER: &str = "Leader: what and why";
const MANAGER: &str = "Manager: how and when";

/// Opens the form and submits it in Slack's client alone; nothing is waited for after that.
async fn submits(ana: &Member, answer: &str, hat: &str) {
    ana.types("/leadlens checkin").await;
    ana.sees_form("Check in");
    ana.fills([("answer", answer), ("hat", hat)]);
    let delivered = ana.client().in_modal().submits().await.expect("a form");
    assert!(delivered.acked, "{delivered:?}");
}

async fn checks_in(world: &World, ana: &Member, answer: &str, hat: &str) -> String {
    submits(ana, answer, hat).await;
    world.settle().await;
    ana.sees_form("One more question")
}

/// Puts in a slow lens: it reads nothing before what is answered is dropped.
async fn hold_the_lens(world: &World) -> Sender<()> {
    let (held, released) = channel();
    let released = Mutex::new(released);
    let lens = move |text: &str| {
        let _ = released.lock().map(|released: MutexGuard<'_, Receiver<()>>| released.recv());
        Lens::get().read(text)
    };
    world.bot().operator(async |app| app.use_lens(Arc::new(lens))).await;
    held
}

fn unsure() -> Reading {
    Reading {
        hats: None,
        best_guess: Hat::Manager.into(),
        confidence: 0.5,
        leader: 0.3,
        manager: 0.7,
        dimension: None,
        language: ENGLISH,
        evidence: Vec::new(),
    }
}

#[tokio::test]
async fn what_was_seen_stands_beside_what_was_ticked_with_the_words() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let answer =
            "Moved the stand-up to 9. Wrote the checklist and gave every ticket an owner and a date.";
        let form = checks_in(world, &ana, answer, LEADER).await;
        assert!(form.contains("You ticked: Leader: what and why."), "{form}");
        assert!(form.contains("Your words show the manager hat, in “"), "{form}");
        let kept = ana.only_reflection().await;
        assert_eq!((kept.hat_said, kept.lens_hats), (Some(Hat::Leader.into()), Some(Hat::Manager.into())));
        assert!(kept.read_at.is_some());
        ana.fills([("follow-up-answer", "That it was late.")]);
        ana.submits().await;
        ana.sees_no_form();
        ana.types("/leadlens history").await;
        let history = ana.sees_form("History");
        assert!(history.contains("You said: Leader: what and why"), "{history}");
        assert!(history.contains("Your words show the manager hat, in “"), "{history}");
        ana.closes_form();
        ana.opens_home().await;
        assert!(ana.home().contains("Your words show the manager hat"), "{}", ana.home());
    })
    .await;
}

#[tokio::test]
async fn where_it_abstains_it_says_so_and_what_was_ticked_stands() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        world.bot().operator(async |app| app.use_lens(Arc::new(|_| unsure()))).await;
        let form = checks_in(world, &ana, "Fix the build myself.", MANAGER).await;
        let says = "I can't tell from these words which hat they show. What you ticked stands.";
        assert!(form.contains(says), "{form}");
        ana.closes_form();
        let why = async || ana.reflections().await.iter().filter_map(|it| it.abstained).collect::<Vec<_>>();
        assert_eq!(why().await, [AbstainReason::Unsure]);
        world.bot().operator(async |app| app.use_lens(Arc::new(|text| Lens::get().read(text)))).await;
        let foreign = "Wir verschieben das Release auf Donnerstag und schreiben eine Liste.";
        let form = checks_in(world, &ana, foreign, MANAGER).await;
        assert!(form.contains("I read English only"), "{form}");
        ana.closes_form();
        assert!(why().await.contains(&AbstainReason::Language));
        let kept = ana.reflections().await;
        assert!(kept.iter().all(|it| it.lens_hats.is_none() && it.hat_said == Some(Hat::Manager.into())));
    })
    .await;
}

#[tokio::test]
async fn a_reply_shows_what_was_seen_and_asks_with_one_tap() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        ana.replies(&nudge, "Ask them what they would drop.").await;
        let kept = transcript::message(&ana.sees("Which hat was that?"));
        // One clause alone is not quoted below itself.
        assert!(kept.contains("Your words show the leader hat."), "{kept}");
        assert!(kept.contains("[Both]") && kept.contains("[Neither]"), "{kept}");
        // Once, or once more where the machine was too busy to read it before the message was sent.
        assert!((1..=2).contains(&updates(world)), "{}", updates(world));
        ana.taps(MANAGER).await;
        let kept = transcript::message(&ana.sees("You said: manager hat. Your words show the leader hat"));
        assert!(!kept.contains("Which hat"), "{kept}");
        let kept = ana.only_reflection().await;
        assert_eq!((kept.hat_said, kept.lens_hats), (Some(Hat::Manager.into()), Some(Hat::Leader.into())));
    })
    .await;
}

/// How often a message was changed in Slack.
fn updates(world: &World) -> usize {
    world.slack().look(|state| state.calls.iter().filter(|call| call.0 == "chat.update").count())
}

#[tokio::test]
async fn a_question_answered_by_the_form_shows_both_once() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        ana.sees("[Reflect]");
        ana.taps("Reflect").await;
        ana.sees_form("Check in");
        ana.fills([("answer", "Ask them what they would drop."), ("hat", MANAGER)]);
        ana.submits().await;
        assert!(ana.sees_form("One more question").contains("Your words show the leader hat"));
        ana.closes_form();
        ana.sees("You said: manager hat. Your words show the leader hat");
        assert!((1..=2).contains(&updates(world)), "{}", updates(world));
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_closed_is_normal_and_the_history_shows_it() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let held = hold_the_lens(world).await;
        submits(&ana, "Ask them what they would drop.", LEADER).await;
        ana.closes_form();
        drop(held);
        world.settle().await;
        assert_eq!(ana.only_reflection().await.lens_hats, Some(Hat::Leader.into()));
        ana.sees_no_form();
        ana.types("/leadlens history").await;
        assert!(ana.sees_form("History").contains("Your words show the leader hat"));
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn a_slow_lens_delays_no_acknowledgement_and_overwrites_no_typing() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let held = hold_the_lens(world).await;
        submits(&ana, "Ask them what they would drop.", LEADER).await;
        let form = ana.sees_form("One more question");
        assert!(!form.contains("Your words show"), "{form}");
        assert_eq!(ana.only_reflection().await.read_at, None, "it is acknowledged, and not read yet");
        ana.fills([("follow-up-answer", "I am in the middle of a")]);
        drop(held);
        world.settle().await;
        let form = ana.sees_form("One more question");
        assert!(form.contains("Your words show the leader hat"), "{form}");
        assert!(form.contains("I am in the middle of a"), "what was typed stays: {form}");
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn a_form_that_has_moved_on_is_left_alone() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let held = hold_the_lens(world).await;
        submits(&ana, "Ask them what they would drop.", LEADER).await;
        ana.sees_form("One more question");
        ana.fills([("follow-up-answer", "They said they are suing us.")]);
        assert!(ana.client().in_modal().submits().await.expect("a form").acked);
        let care = ana.sees_form("Before you go on");
        drop(held);
        world.settle().await;
        assert_eq!(ana.sees_form("Before you go on"), care, "people to talk to are still there");
        ana.closes_form();
        let kept = ana.only_reflection().await;
        assert_eq!(kept.lens_hats, Some(Hat::Leader.into()), "it was read all the same");
        assert!(kept.follow_up_answer.is_blank());
    })
    .await;
}

#[tokio::test]
async fn another_answer_is_read_anew_and_another_tick_is_not() {
    over_both_transports(async |world| {
        let ana = world.ana().with_a_cadence().await;
        world.clock_to("2026-10-01 09:30").await;
        let nudge = ana.sees("[Reflect]");
        let said = ana.replies(&nudge, "Ask them what they would drop.").await;
        ana.sees("Your words show the leader hat.");
        let first = ana.only_reflection().await;
        world.clock_to("2026-10-01 10:00").await;
        ana.taps("Both").await;
        ana.sees("You said: both hats.");
        assert_eq!(ana.only_reflection().await.read_at, first.read_at, "the words are the same");
        ana.edits(&said, "Moved the stand-up to 9 and put the dates into the tracker.").await;
        ana.sees("You said: both hats. Your words show the manager hat");
        let edited = ana.only_reflection().await;
        assert_eq!(edited.lens_hats, Some(Hat::Manager.into()));
        assert!(edited.read_at > first.read_at);
        world.clock_to("2026-10-01 10:05").await;
        let more = ana.replies(&nudge, "Wir verschieben das alles auf Donnerstag, schreiben eine lange Liste und reden dann mit allen.").await;
        ana.sees("auf Donnerstag");
        ana.deletes(&more).await;
        ana.sees("Your words show the manager hat");
        ana.taps("Edit").await;
        ana.sees_form("Edit");
        ana.fills([("answer", "Ask them what they would drop.")]);
        ana.submits().await;
        ana.sees("Your words show the leader hat");
        assert_eq!(ana.only_reflection().await.lens_hats, Some(Hat::Leader.into()));
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_past_the_care_check_is_never_read() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        let form = checks_in(world, &ana, "Ask them what they would drop.", LEADER).await;
        assert!(form.contains("Your words show"), "{form}");
        ana.fills([("follow-up-answer", "They said they are suing us.")]);
        ana.submits().await;
        ana.sees_form("Before you go on");
        ana.submits().await;
        ana.sees_no_form();
        let kept = ana.only_reflection().await;
        assert_eq!((kept.counts_in_balance, kept.lens_hats, kept.read_at), (false, None, None));
        ana.types("/leadlens history").await;
        assert!(!ana.sees_form("History").contains("Your words"));
        ana.closes_form();
    })
    .await;
}

#[tokio::test]
async fn what_was_not_read_before_a_crash_is_read_after_it() {
    for transport in [Transport::SocketMode, Transport::Http] {
        Setting::at("2026-10-01 08:00")
            .over(transport, async |world| {
                let ana = world.ana().with_a_cadence().await;
                world.clock_to("2026-10-01 09:30").await;
                let nudge = ana.sees("[Reflect]");
                let held = hold_the_lens(world).await;
                let (_, delivered) = ana.client().replies(&nudge.ts, "Ask them what they would drop.").await;
                assert!(delivered.acked);
                assert_eq!(ana.only_reflection().await.read_at, None);
                world.bot().restarts().await; // the lens of the old one never comes to an end
                world.settle().await;
                ana.sees("Your words show the leader hat");
                drop(held);
            })
            .await;
    }
}

#[tokio::test]
async fn a_database_from_before_is_read_step_by_step_and_old_messages_stay_as_they_are() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().with_a_cadence().await;
            world.clock_to("2026-10-01 09:30").await;
            let nudge = ana.sees("[Reflect]");
            ana.replies(&nudge, "Ask them what they would drop.").await;
            ana.sees("Your words show the leader hat");
            world.clock_to("2026-10-01 12:00").await;
            let mut database = world.database().connection().await;
            let before = "update reflection set hat_seen = null, seen_in = null, read_at = null";
            sqlx::query(before).execute(&mut database).await.unwrap();
            world.clock_jumps_to("2026-10-03 12:00");
            let calls = updates(world);
            world.settle().await;
            assert_eq!(ana.only_reflection().await.lens_hats, Some(Hats { leader: true, manager: false }));
            assert_eq!(updates(world), calls, "nobody looks there for news");
        })
        .await;
}

#[tokio::test]
async fn the_balance_and_the_export_hold_what_was_seen() {
    over_both_transports(async |world| {
        let ana = world.ana().who_is_known().await;
        for _ in 0..8 {
            checks_in(
                world,
                &ana,
                "Say where we want to be in two years, and why it matters to all of us.",
                MANAGER,
            )
            .await;
            ana.closes_form();
        }
        ana.types("/leadlens report").await;
        ana.sees("is on its way");
        let report = ana.sees("OCTOBER 2026");
        assert!(report.text.contains("What your words show"), "{}", report.text);
        assert!(report.text.contains("Horizon"), "{}", report.text);
        ana.types("/leadlens export").await;
        ana.sees("is on its way");
        ana.sees("[file ");
        let seen = world
            .database()
            .count("select count(*) from reflection where read_at is not null and seen_in like 'leader:%'");
        assert_eq!(seen.await, 8);
    })
    .await;
}

#[tokio::test]
async fn slack_in_trouble_loses_nothing_of_what_was_seen() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::SocketMode, async |world| {
            let ana = world.ana().who_is_known().await;
            world.slack().faults().fail("views.update", Fault::ServerError);
            submits(&ana, "Ask them what they would drop.", LEADER).await;
            world.settle().await;
            let form = ana.sees_form("One more question");
            assert!(!form.contains("Your words show"), "{form}");
            ana.closes_form();
            assert_eq!(ana.only_reflection().await.lens_hats, Some(Hat::Leader.into()));
        })
        .await;
}

/// Keeps the store from keeping anything until the returned sender is dropped.
async fn hold_the_store(world: &World) -> oneshot::Sender<()> {
    let (begun, has_begun) = oneshot::channel();
    let (held, released) = oneshot::channel::<()>();
    world
        .bot()
        .operator(async |app| {
            let store = app.store.clone();
            tokio::spawn(async move {
                let waits = store.write(move |_tx| {
                    Box::pin(async move {
                        let _ = begun.send(());
                        let _ = released.await;
                        Ok::<_, StoreError>(())
                    })
                });
                waits.await
            });
        })
        .await;
    has_begun.await.expect("the store is held");
    held
}

#[tokio::test]
async fn what_stood_aside_in_a_crowd_is_done_when_it_has_passed() {
    Setting::at("2026-10-01 08:00")
        .over(Transport::Http, async |world| {
            let ana = world.ana().who_is_known().await;
            ana.opens_home().await;
            ana.types("/leadlens checkin").await;
            ana.sees_form("Check in");
            ana.fills([("answer", "Ask them what they would drop."), ("hat", LEADER)]);
            let held = hold_the_store(world).await;
            let homes = join_all((0..8).map(|_| ana.client().opens_home()));
            let crowd = join(ana.client().in_modal().submits(), homes);
            let aside = async {
                until(async || world.bot().operator(async |state| state.is_overloaded()).await).await;
                drop(held);
            };
            let ((submitted, opened), ()) = join(crowd, aside).await;
            assert!(submitted.is_ok_and(|it| it.acked) && opened.iter().all(|it| it.acked));
            world.settle().await;
            ana.sees_form("One more question");
            assert_eq!(ana.only_reflection().await.lens_hats, Some(Hat::Leader.into()));
            assert!(ana.home().contains("Your words show the leader hat"), "{}", ana.home());
        })
        .await;
}

async fn until(is_so: impl AsyncFn() -> bool) {
    while !is_so().await {
        tokio::task::yield_now().await;
    }
}
