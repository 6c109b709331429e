//! Outbox rows are claimed by one worker, settled once, and never lost.

use crate::{fixture::*, jobs::job, read, stories, write};
use leadlens::{
    coach::ids::RowId,
    store::{
        DueLane, Lane, NewJob, NewOutbox, OutKind, OutState, OutboxAge, OutboxPayload, OutboxRow, Store,
        UpdatePayload, Workspace, missing_scope,
    },
};
use std::collections::HashSet;

stories!(
    a_row_waits_is_claimed_and_is_sent_once,
    a_crash_before_sending_tries_again_and_after_it_doubts,
    no_row_is_ever_claimed_by_two,
    what_cannot_be_sent_waits_or_fails,
    a_row_is_settled_by_its_holder_alone,
    a_retry_does_not_make_a_row_due_anew,
    when_a_planned_row_comes_is_known_by_its_key,
    due_rows_are_counted_by_workspace_and_lane,
    what_is_taken_back_is_not_sent,
    a_graceful_stop_gives_everything_back,
    a_worker_sleeps_until_something_is_due,
    old_rows_that_left_nothing_in_slack_go,
    what_is_held_waits_without_a_time_and_is_released,
    what_has_arrived_is_known_without_its_sender,
    what_waits_to_be_composed_is_known,
);

fn kept(number: u32, due: i64) -> NewOutbox {
    NewOutbox::for_member(row(number), ana(), kept_payload(), minute(0)).due(minute(due))
}

async fn enqueue(store: &Store, new: NewOutbox) -> bool {
    write!(store, |tx| tx.enqueue(new).await).unwrap()
}

/// Everything due at a minute, leased for ten.
async fn claim(store: &Store, at: i64) -> Vec<OutboxRow> {
    write!(store, |tx| claim_everything(tx, minute(at), minute(at + 10), "me", 100).await).unwrap()
}

fn ids(rows: &[OutboxRow]) -> Vec<leadlens::coach::ids::RowId> {
    rows.iter().map(|row| row.id.clone()).collect()
}

fn kept_payload() -> OutboxPayload {
    OutboxPayload::Kept { reflection: row(77) }
}

async fn state(store: &Store, number: u32) -> OutboxRow {
    read!(store, |tx| tx.find_outbox(&row(number)).await).unwrap().unwrap()
}

async fn a_row_waits_is_claimed_and_is_sent_once(fixture: Fixture) {
    let store = &fixture.store;
    let new = kept(1, 5).once("kept:1").at(message("D1", "1.1"));
    assert!(enqueue(store, new.clone()).await);
    assert!(!enqueue(store, NewOutbox { id: row(2), ..new.clone() }).await, "the same key");
    assert!(!enqueue(store, NewOutbox { dedupe: None, ..new }).await, "the same id");
    let waiting = OutboxRow {
        id: row(1),
        team: team(),
        member: Some(ana()),
        kind: OutKind::Kept,
        payload: Ok(kept_payload()),
        lane: Lane::Answer,
        due_at: minute(5),
        state: OutState::Waiting,
        attempts: 0,
        lease_owner: None,
        lease_until: None,
        channel: Some(message("D1", "1.1").channel),
        ts: Some(message("D1", "1.1").ts),
        file_ids: vec![],
        attempted_at: None,
        last_error: None,
        created_at: minute(0),
    };
    assert_eq!(state(store, 1).await, waiting);
    assert_eq!(read!(store, |tx| tx.find_outbox(&row(2)).await), Ok(None));
    assert_eq!(claim(store, 4).await, vec![]);
    let me = Some("me".to_owned());
    let leased =
        OutboxRow { state: OutState::Leased, lease_owner: me, lease_until: Some(minute(15)), ..waiting };
    assert_eq!(claim(store, 5).await, vec![leased]);
    assert_eq!(claim(store, 5).await, vec![]);
    assert_eq!(write!(store, |tx| tx.mark_attempt(&row(1), "me", minute(15), minute(6)).await), Ok(true));
    let files = ["F1".to_owned(), "F2".to_owned()];
    assert_eq!(write!(store, |tx| tx.reserve_files(&row(1), "me", &files).await), Ok(true));
    assert_eq!(state(store, 1).await.file_ids, ["F1", "F2"]);
    let sent_as = message("D2", "2.2");
    let sent = write!(store, |tx| tx.mark_sent(&row(1), "me", Some(&sent_as), &[], minute(7)).await);
    assert_eq!(sent, Ok(true));
    let sent = state(store, 1).await;
    assert_eq!((sent.state, sent.attempts, sent.lease_until), (OutState::Sent, 1, None));
    assert_eq!(sent.channel.zip(sent.ts), Some((message("D2", "2.2").channel, message("D2", "2.2").ts)));
    assert_eq!(sent.file_ids, ["F1", "F2"]);
    let again = write!(store, |tx| tx.mark_sent(&row(1), "me", None, &[], minute(8)).await);
    assert_eq!(again, Ok(false), "the worker that posted it a second time is told to delete that message");
    let found = read!(store, |tx| tx.sent_message(&ana(), &kept_payload()).await);
    assert_eq!(found, Ok(Some(message("D2", "2.2"))));
    let found = read!(store, |tx| tx.sent_messages(&ana(), &kept_payload()).await);
    assert_eq!(found, Ok(vec![message("D2", "2.2")]));
    assert_eq!(read!(store, |tx| tx.sent_message(&ana(), &OutboxPayload::Welcome).await), Ok(None));
    assert_eq!(claim(store, 999).await, vec![]);
}

async fn a_crash_before_sending_tries_again_and_after_it_doubts(fixture: Fixture) {
    let store = &fixture.store;
    enqueue(store, kept(1, 0)).await;
    enqueue(store, kept(2, 0)).await;
    assert_eq!(claim(store, 0).await.len(), 2);
    write!(store, |tx| tx.mark_attempt(&row(2), "me", minute(10), minute(1)).await).unwrap();
    assert_eq!(claim(store, 9).await, vec![], "the leases hold");
    let again = claim(store, 10).await;
    assert_eq!(ids(&again), [row(1), row(2)]);
    assert_eq!(again[0].state, OutState::Leased);
    assert_eq!((again[1].state, again[1].attempted_at), (OutState::InDoubt, Some(minute(1))));
    // A second attempt keeps the time of the first: since then the message may be there.
    assert_eq!(write!(store, |tx| tx.mark_attempt(&row(2), "me", minute(20), minute(11)).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.mark_in_doubt(&row(2), "me", minute(13), minute(12)).await), Ok(true));
    assert_eq!(claim(store, 12).await, vec![]);
    let doubted = claim(store, 13).await;
    assert_eq!(ids(&doubted), [row(2)]);
    assert_eq!((doubted[0].attempts, doubted[0].attempted_at), (2, Some(minute(1))));
    // A worker that lost its lease must not begin to send.
    assert_eq!(write!(store, |tx| tx.mark_attempt(&row(1), "me", minute(29), minute(20)).await), Ok(false));
}

async fn no_row_is_ever_claimed_by_two(fixture: Fixture) {
    let store = fixture.store;
    for number in 0..60 {
        enqueue(&store, kept(number, i64::from(number) % 7)).await;
        write!(store, |tx| tx.enqueue_job(NewJob { id: row(number), ..job(0) }).await).unwrap();
    }
    let mut claimers = tokio::task::JoinSet::new();
    for number in 0..6 {
        let store = store.clone();
        claimers.spawn(async move {
            let mut claimed = Vec::new();
            let mut jobs = Vec::new();
            loop {
                let owner = format!("worker {number}");
                let (rows, more) = write!(store, |tx| {
                    let rows = claim_everything(tx, minute(9), minute(99), &owner, 4).await?;
                    Ok((rows, tx.claim_jobs(minute(9), minute(99), &owner, 4).await?))
                })
                .unwrap();
                assert!(rows.len() <= 4 && more.len() <= 4);
                if rows.is_empty() && more.is_empty() {
                    return (claimed, jobs);
                }
                claimed.extend(ids(&rows));
                jobs.extend(more.into_iter().map(|job| job.id));
            }
        });
    }
    let (mut rows, mut jobs) = (Vec::new(), Vec::new());
    for (some_rows, some_jobs) in claimers.join_all().await {
        rows.extend(some_rows);
        jobs.extend(some_jobs);
    }
    for claimed in [rows, jobs] {
        assert_eq!(claimed.len(), 60);
        assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), 60);
    }
}

async fn what_cannot_be_sent_waits_or_fails(fixture: Fixture) {
    let store = &fixture.store;
    enqueue(store, kept(1, 0)).await;
    enqueue(store, kept(2, 0)).await;
    claim(store, 0).await;
    write!(store, |tx| tx.mark_attempt(&row(1), "me", minute(10), minute(1)).await).unwrap();
    let put_off = write!(store, |tx| tx.postpone(&row(1), "me", minute(30), "ratelimited", minute(1)).await);
    assert_eq!(put_off, Ok(true));
    let waiting = state(store, 1).await;
    assert_eq!((waiting.state, waiting.due_at, waiting.attempted_at), (OutState::Waiting, minute(30), None));
    assert_eq!((waiting.attempts, waiting.last_error.as_deref()), (1, Some("ratelimited")));
    assert_eq!(
        write!(store, |tx| tx.mark_failed(&row(2), "me", "invalid_blocks", minute(2)).await),
        Ok(true)
    );
    assert_eq!(write!(store, |tx| tx.mark_failed(&row(2), "me", "again", minute(3)).await), Ok(false));
    let late = write!(store, |tx| tx.postpone(&row(2), "me", minute(30), "late", minute(3)).await);
    assert_eq!(late, Ok(false));
    assert_eq!(state(store, 2).await.last_error.as_deref(), Some("invalid_blocks"));
    assert_eq!(ids(&claim(store, 30).await), [row(1)]);
    let stats = read!(store, |tx| tx.outbox_stats(minute(40)).await).unwrap();
    let age = |state, oldest_age_ms| OutboxAge { state, count: 1, oldest_age_ms };
    assert_eq!(stats, [age(OutState::Failed, 2_400_000), age(OutState::Leased, 600_000)]);
    let early = read!(store, |tx| tx.outbox_stats(minute(-9)).await).unwrap();
    assert_eq!(early[0].oldest_age_ms, 0);
}

async fn a_row_is_settled_by_its_holder_alone(fixture: Fixture) {
    let store = &fixture.store;
    enqueue(store, kept(1, 0)).await;
    claim(store, 0).await;
    assert_eq!(write!(store, |tx| tx.mark_attempt(&row(1), "me", minute(12), minute(1)).await), Ok(true));
    assert_eq!(state(store, 1).await.lease_until, Some(minute(12)), "the attempt has extended the lease");
    assert_eq!(claim(store, 11).await, vec![]);
    let theirs = write!(store, |tx| claim_everything(tx, minute(12), minute(22), "other", 9).await).unwrap();
    assert_eq!((ids(&theirs), theirs[0].state), (vec![row(1)], OutState::InDoubt));
    assert_eq!(write!(store, |tx| tx.mark_attempt(&row(1), "me", minute(30), minute(13)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.reserve_files(&row(1), "me", &[]).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.mark_sent(&row(1), "me", None, &[], minute(13)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.mark_failed(&row(1), "me", "x", minute(13)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.postpone(&row(1), "me", minute(30), "x", minute(13)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.retry_later(&row(1), "me", minute(30), "x").await), Ok(false));
    assert_eq!(write!(store, |tx| tx.mark_in_doubt(&row(1), "me", minute(30), minute(13)).await), Ok(false));
    assert_eq!(state(store, 1).await.lease_owner.as_deref(), Some("other"));
    assert_eq!(write!(store, |tx| tx.mark_sent(&row(1), "other", None, &[], minute(14)).await), Ok(true));
}

async fn a_retry_does_not_make_a_row_due_anew(fixture: Fixture) {
    let store = &fixture.store;
    enqueue(store, kept(1, 5)).await;
    claim(store, 5).await;
    assert_eq!(
        write!(store, |tx| tx.retry_later(&row(1), "me", minute(60), "internal_error").await),
        Ok(true)
    );
    let waiting = state(store, 1).await;
    assert_eq!((waiting.state, waiting.due_at), (OutState::Waiting, minute(5)));
    assert_eq!(claim(store, 59).await, vec![]);
    assert_eq!(ids(&claim(store, 60).await), [row(1)]);
}

async fn when_a_planned_row_comes_is_known_by_its_key(fixture: Fixture) {
    let store = &fixture.store;
    let known = async || read!(store, |tx| tx.sent_or_due_at("report").await).unwrap();
    assert_eq!(known().await, None);
    enqueue(store, kept(1, 5).once("report")).await;
    assert_eq!(known().await, Some(minute(5)));
    claim(store, 5).await;
    assert_eq!(known().await, Some(minute(5)));
    write!(store, |tx| tx.mark_sent(&row(1), "me", None, &[], minute(7)).await).unwrap();
    assert_eq!(known().await, Some(minute(7)));
    enqueue(store, kept(2, 5).once("other")).await;
    write!(store, |tx| tx.cancel(&row(2)).await).unwrap();
    assert_eq!(read!(store, |tx| tx.sent_or_due_at("other").await), Ok(None));
}

async fn due_rows_are_counted_by_workspace_and_lane(fixture: Fixture) {
    let store = &fixture.store;
    enqueue(store, kept(1, 3)).await;
    enqueue(store, kept(2, 2)).await;
    enqueue(store, kept(3, 60)).await;
    let go_on = OutboxPayload::GoOn { slot_at: minute(1) };
    enqueue(store, NewOutbox::for_member(row(4), ana(), go_on.clone(), minute(1))).await;
    enqueue(store, NewOutbox::for_member(row(5), ana(), go_on, minute(1)).answering()).await;
    let due = read!(store, |tx| tx.due_lanes(minute(5)).await).unwrap();
    let lane = |lane, since, rows| DueLane { team: team(), lane, since: minute(since), rows };
    assert_eq!(due, [lane(Lane::Answer, 1, 3), lane(Lane::Unasked, 1, 1)]);
    let claimed =
        write!(store, |tx| tx.claim_due(&team(), Lane::Unasked, minute(5), minute(9), "me", 10).await);
    assert_eq!(ids(&claimed.unwrap()), [row(4)]);
    assert_eq!(read!(store, |tx| tx.due_lanes(minute(5)).await), Ok(vec![lane(Lane::Answer, 1, 3)]));
}

async fn what_is_taken_back_is_not_sent(fixture: Fixture) {
    let store = &fixture.store;
    for number in 1..=4 {
        enqueue(store, kept(number, 0)).await;
    }
    let ask = NewOutbox { payload: OutboxPayload::GoOn { slot_at: minute(50) }, ..kept(5, 50) };
    enqueue(store, ask).await;
    enqueue(store, NewOutbox { member: Some(ben()), ..kept(6, 50) }).await;
    enqueue(store, NewOutbox { member: None, ..kept(7, 50) }).await;
    claim(store, 0).await;
    write!(store, |tx| tx.mark_attempt(&row(1), "me", minute(10), minute(1)).await).unwrap();
    assert_eq!(write!(store, |tx| tx.cancel(&row(1)).await), Ok(false), "it may be in Slack already");
    assert_eq!(write!(store, |tx| tx.cancel(&row(2)).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.mark_attempt(&row(2), "me", minute(10), minute(1)).await), Ok(false));
    let kinds = [OutKind::Kept, OutKind::Report];
    assert_eq!(write!(store, |tx| tx.cancel_member_rows(&ana(), &kinds).await), Ok(2));
    assert_eq!(state(store, 5).await.state, OutState::Waiting);
    assert_eq!(state(store, 6).await.state, OutState::Waiting);
    for number in 5..=7 {
        assert_eq!(write!(store, |tx| tx.cancel(&row(number)).await), Ok(true));
    }
    assert_eq!(write!(store, |tx| tx.delete_outbox(&row(7)).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.delete_outbox(&row(7)).await), Ok(false));
    assert_eq!(ids(&claim(store, 99).await), [row(1)]);
}

async fn a_graceful_stop_gives_everything_back(fixture: Fixture) {
    let store = &fixture.store;
    for number in 1..=3 {
        enqueue(store, kept(number, 0)).await;
    }
    write!(store, |tx| claim_everything(tx, minute(0), minute(10), "other", 1).await).unwrap();
    claim(store, 0).await;
    write!(store, |tx| tx.mark_attempt(&row(3), "me", minute(10), minute(1)).await).unwrap();
    write!(store, |tx| tx.enqueue_job(job(1)).await).unwrap();
    write!(store, |tx| tx.claim_jobs(minute(0), minute(10), "me", 9).await).unwrap();
    assert_eq!(write!(store, |tx| tx.release_leases("me").await), Ok(3));
    let back = claim(store, 2).await;
    assert_eq!(ids(&back), [row(2), row(3)]);
    assert_eq!((back[0].state, back[1].state), (OutState::Leased, OutState::InDoubt));
    assert_eq!(write!(store, |tx| tx.claim_jobs(minute(2), minute(10), "me", 9).await).unwrap().len(), 1);
}

async fn a_worker_sleeps_until_something_is_due(fixture: Fixture) {
    let store = &fixture.store;
    let next = async || read!(store, |tx| tx.next_due_at(minute(-1_000)).await).unwrap();
    assert_eq!(next().await, None);
    let mut member = new_member(ana());
    member.next_report_at = Some(minute(40));
    let given = member.clone();
    write!(store, |tx| tx.save_member(&given).await).unwrap();
    assert_eq!(next().await, Some(minute(40)));
    member.next_slot_at = Some(minute(30));
    write!(store, |tx| tx.save_member(&member).await).unwrap();
    assert_eq!(next().await, Some(minute(30)));
    write!(store, |tx| tx.enqueue_job(NewJob { due_at: minute(20), ..job(1) }).await).unwrap();
    assert_eq!(next().await, Some(minute(20)));
    enqueue(store, kept(1, 5)).await;
    assert_eq!(next().await, Some(minute(5)));
    claim(store, 5).await;
    assert_eq!(next().await, Some(minute(15)), "a lease is looked into when it ends");
    write!(store, |tx| tx.mark_failed(&row(1), "me", "x", minute(6)).await).unwrap();
    assert_eq!(next().await, Some(minute(20)));
}

async fn old_rows_that_left_nothing_in_slack_go(fixture: Fixture) {
    let store = &fixture.store;
    let update = OutboxPayload::Update(UpdatePayload::NotKept);
    for (number, payload) in (1..).zip([kept_payload(), update, kept_payload(), kept_payload()]) {
        enqueue(store, NewOutbox { payload, ..kept(number, 0) }).await;
    }
    claim(store, 0).await;
    let at = message("D1", "1.1");
    for number in [1, 2] {
        let at = at.clone();
        write!(store, |tx| tx.mark_sent(&row(number), "me", Some(&at), &[], minute(1)).await).unwrap();
    }
    write!(store, |tx| tx.mark_failed(&row(3), "me", "x", minute(1)).await).unwrap();
    assert_eq!(write!(store, |tx| tx.prune_outbox(minute(1), 10).await), Ok(0));
    assert_eq!(write!(store, |tx| tx.prune_outbox(minute(2), 1).await), Ok(1));
    assert_eq!(write!(store, |tx| tx.prune_outbox(minute(2), 10).await), Ok(1));
    assert_eq!(state(store, 1).await.state, OutState::Sent, "*forget* has to find it");
    assert_eq!(state(store, 4).await.state, OutState::Leased);
}

async fn what_waits_to_be_composed_is_known(fixture: Fixture) {
    let store = &fixture.store;
    let waits = async |who: leadlens::coach::ids::MemberId, payload: OutboxPayload| {
        read!(store, |tx| tx.is_waiting(&who, &payload).await).unwrap()
    };
    assert!(!waits(ana(), kept_payload()).await);
    assert!(enqueue(store, kept(1, 5)).await);
    assert!(waits(ana(), kept_payload()).await, "before it is due, too");
    assert!(!waits(ben(), kept_payload()).await);
    assert!(!waits(ana(), OutboxPayload::Update(UpdatePayload::NotKept)).await);
    assert!(!waits(ana(), OutboxPayload::Kept { reflection: row(78) }).await);
    assert_eq!(claim(store, 5).await.len(), 1);
    assert!(!waits(ana(), kept_payload()).await, "it may be composed already");
}

/// The reason of what waits for a scope.
const SCOPE: &str = "missing_scope:im:write";

async fn what_is_held_waits_without_a_time_and_is_released(fixture: Fixture) {
    let store = &fixture.store;
    let workspace = Workspace::installed(team(), "One");
    write!(store, |tx| tx.save_workspace(&workspace).await).unwrap();
    for number in 1..=3 {
        enqueue(store, kept(number, 0)).await;
    }
    write!(store, |tx| tx.enqueue_job(job(4)).await).unwrap();
    claim(store, 0).await;
    write!(store, |tx| tx.claim_jobs(minute(0), minute(10), "me", 9).await).unwrap();
    write!(store, |tx| tx.mark_attempt(&row(1), "me", minute(10), minute(0)).await).unwrap();
    assert_eq!(missing_scope("im:write"), SCOPE);
    assert_eq!(write!(store, |tx| tx.hold(&row(1), "me", "account_inactive", true).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.hold(&row(2), "me", SCOPE, false).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.hold(&row(2), "me", SCOPE, false).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.hold(&row(3), "other", SCOPE, false).await), Ok(false), "not theirs");
    assert_eq!(write!(store, |tx| tx.hold_job(&row(4), "account_inactive").await), Ok(true));
    write!(store, |tx| tx.postpone(&row(3), "me", minute(500), "later", minute(1)).await).unwrap();
    assert_eq!(ids(&claim(store, 99).await), [] as [RowId; 0], "it costs nothing while it waits");
    assert_eq!(state(store, 1).await.state, OutState::InDoubt);
    assert_eq!(state(store, 2).await.state, OutState::Waiting);
    let held = write!(store, |tx| tx.held(Some(&team())).await).unwrap();
    let seen: Vec<_> = held.iter().map(|it| (it.reason.as_str(), it.count, it.scope())).collect();
    assert_eq!(seen, [("account_inactive", 2, None), (SCOPE, 1, Some("im:write"))]);

    let note = async |code: Option<&'static str>, at: i64| {
        write!(store, |tx| tx.note_trouble(&team(), code, minute(at), minute(at + 1)).await).unwrap()
    };
    assert!(note(Some("account_inactive"), 5).await, "the first time");
    assert!(!note(None, 6).await);
    let due = async |at: i64| write!(store, |tx| tx.workspaces_to_probe(minute(at), 9).await).unwrap();
    assert_eq!(due(5).await, []);
    let troubled = due(6).await;
    assert_eq!(troubled.len(), 1);
    assert_eq!(
        (troubled[0].unreachable.as_deref(), troubled[0].since),
        (Some("account_inactive"), minute(5))
    );
    write!(store, |tx| tx.set_probe(&team(), Some(minute(20))).await).unwrap();
    assert_eq!(due(19).await, []);

    assert_eq!(write!(store, |tx| tx.release_held(&team(), "account_inactive", minute(120)).await), Ok(2));
    assert_eq!(ids(&claim(store, 119).await), [] as [RowId; 0]);
    assert_eq!(ids(&claim(store, 120).await), [row(1)]);
    assert_eq!(write!(store, |tx| tx.claim_jobs(minute(120), minute(130), "me", 9).await).unwrap().len(), 1);
    write!(store, |tx| tx.set_probe(&team(), None).await).unwrap();
    assert_eq!(write!(store, |tx| tx.troubled_workspaces().await), Ok(vec![]));
}

async fn what_has_arrived_is_known_without_its_sender(fixture: Fixture) {
    let store = &fixture.store;
    let nudge = NewOutbox { payload: OutboxPayload::Nudge { nudge: row(1) }, ..kept(1, 0) };
    enqueue(store, nudge).await;
    let under_way = async || write!(store, |tx| tx.nudge_under_way(&ana()).await).unwrap();
    assert_eq!(under_way().await, None);
    claim(store, 0).await;
    write!(store, |tx| tx.mark_attempt(&row(1), "me", minute(10), minute(1)).await).unwrap();
    assert_eq!(under_way().await, Some((row(1), minute(1))));
    let at = message("D1", "1.1");
    assert_eq!(write!(store, |tx| tx.mark_arrived(&row(1), &at, minute(2)).await), Ok(true));
    let at = message("D1", "1.2");
    assert_eq!(write!(store, |tx| tx.mark_arrived(&row(1), &at, minute(2)).await), Ok(false));
    let settled = state(store, 1).await;
    assert_eq!((settled.state, settled.message()), (OutState::Sent, Some(message("D1", "1.1"))));
    assert_eq!(under_way().await, None);
}
