//! Members' settings are read back as they were stored, and ticks find who is due.

use crate::{fixture::*, read, stories, write};
use jiff::civil::{Weekday, date, time};
use leadlens::{
    coach::{
        hat::Practice,
        ids::ChannelId,
        member::{BackOff, Cadence, Member, Pause, QuietHours, Zone},
    },
    store::{Engine, NewOutbox, OutboxPayload, Store},
};
use tokio::sync::oneshot;

stories!(
    settings_come_back_as_they_were_given,
    meeting_twice_is_meeting_once,
    due_members_are_found_longest_due_first,
    a_first_look_is_noted_once,
    who_was_written_to_is_known,
    what_slack_refuses_is_noted_and_forgiven,
);

fn settled() -> Member {
    Member {
        dm: Some(ChannelId::parse("D1").unwrap()),
        zone: Zone::parse("Australia/Lord_Howe", true).unwrap(),
        cadence: Some(
            Cadence::new(&[Weekday::Monday, Weekday::Sunday], &[time(9, 30, 0, 0), time(14, 5, 0, 0)])
                .unwrap(),
        ),
        quiet: QuietHours { from: time(22, 15, 0, 0), to: time(6, 45, 0, 0) },
        days_off: vec![date(2026, 12, 24), date(2027, 1, 1)],
        pause: Some(Pause { until_on: Some(date(2026, 4, 1)) }),
        focus: Some(Practice::SellTheWhy),
        back_off: BackOff { unanswered: 4, slots_passed: 1, asked_to_go_on: true },
        next_slot_at: Some(minute(10)),
        next_report_at: Some(minute(20)),
        welcomed_at: Some(minute(1)),
        unreachable: Some("user_disabled".to_owned()),
        ..new_member(ana())
    }
}

async fn saved(store: &Store, member: &Member) -> Member {
    let (member, id) = (member.clone(), member.id.clone());
    write!(store, |tx| tx.save_member(&member).await).unwrap();
    let found = write!(store, |tx| tx.find_member(&id).await).unwrap().unwrap();
    let id = found.id.clone();
    assert_eq!(read!(store, |tx| tx.find_member(&id).await), Ok(Some(found.clone())));
    found
}

async fn settings_come_back_as_they_were_given(fixture: Fixture) {
    let store = &fixture.store;
    assert_eq!(read!(store, |tx| tx.find_member(&ana()).await), Ok(None));
    assert_eq!(saved(store, &settled()).await, settled());
    let paused_for_good = Member { pause: Some(Pause { until_on: None }), ..settled() };
    assert_eq!(saved(store, &paused_for_good).await, paused_for_good);
    assert_eq!(saved(store, &new_member(ana())).await, new_member(ana()));
    let met_later = Member { created_at: minute(500), ..settled() };
    assert_eq!(saved(store, &met_later).await.created_at, new_member(ana()).created_at);
}

async fn meeting_twice_is_meeting_once(fixture: Fixture) {
    let store = fixture.store;
    assert_eq!(write!(store, |tx| tx.insert_member(&settled()).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.insert_member(&new_member(ana())).await), Ok(false));
    assert_eq!(read!(store, |tx| tx.find_member(&ana()).await), Ok(Some(settled())));
}

async fn due_members_are_found_longest_due_first(fixture: Fixture) {
    let store = &fixture.store;
    let due = [("U1", Some(3), None), ("U2", Some(1), Some(9)), ("U3", None, Some(2)), ("U4", Some(5), None)];
    for (user, slot, report) in due {
        let member = Member {
            next_slot_at: slot.map(minute),
            next_report_at: report.map(minute),
            ..new_member(person(user))
        };
        write!(store, |tx| tx.save_member(&member).await).unwrap();
    }
    let users = |members: Vec<Member>| -> Vec<String> {
        members.into_iter().map(|member| member.id.user.to_string()).collect()
    };
    let found = read!(store, |tx| tx.members_due(minute(3), 10).await).unwrap();
    assert_eq!(users(found), ["U2", "U1"]);
    let found = write!(store, |tx| tx.members_due(minute(9), 2).await).unwrap();
    assert_eq!(users(found), ["U2", "U1"]);
    let found = read!(store, |tx| tx.members_report_due(minute(9), 10).await).unwrap();
    assert_eq!(users(found), ["U3", "U2"]);
    assert_eq!(users(read!(store, |tx| tx.members_due(minute(0), 10).await).unwrap()).len(), 0);
    if store.engine() == Engine::Postgres {
        two_machines_share_who_is_due(store).await;
    }
}

/// While one machine has locked the member that is due first, another gets the next one.
async fn two_machines_share_who_is_due(store: &Store) {
    let (took, has_taken) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let first = tokio::spawn({
        let store = store.clone();
        async move {
            write!(store, |tx| {
                let due = tx.members_due(minute(9), 1).await?;
                let _ = took.send(());
                let _ = released.await;
                Ok(due)
            })
        }
    });
    has_taken.await.unwrap();
    let second = write!(store, |tx| tx.members_due(minute(9), 1).await).unwrap();
    release.send(()).unwrap();
    let first = first.await.unwrap().unwrap();
    assert_eq!((first[0].id.clone(), second[0].id.clone()), (person("U2"), person("U1")));
}

async fn what_slack_refuses_is_noted_and_forgiven(fixture: Fixture) {
    let store = fixture.store;
    insert_members(&store, &[ana()]).await;
    assert_eq!(write!(store, |tx| tx.set_unreachable(&ana(), Some("user_disabled")).await), Ok(true));
    let noted = read!(store, |tx| tx.find_member(&ana()).await).unwrap().unwrap();
    assert_eq!(noted.unreachable.as_deref(), Some("user_disabled"));
    assert_eq!(write!(store, |tx| tx.set_unreachable(&ana(), None).await), Ok(true));
    assert_eq!(read!(store, |tx| tx.find_member(&ana()).await), Ok(Some(new_member(ana()))));
    assert_eq!(write!(store, |tx| tx.set_unreachable(&ben(), None).await), Ok(false));
}

async fn a_first_look_is_noted_once(fixture: Fixture) {
    let store = &fixture.store;
    for is_first in [true, false] {
        assert_eq!(write!(store, |tx| tx.note_first_look(&team(), "one hash").await), Ok(is_first));
    }
    assert_eq!(write!(store, |tx| tx.note_first_look(&team(), "another").await), Ok(true));
    write!(store, |tx| tx.erase_member(&ana()).await).unwrap();
    assert_eq!(write!(store, |tx| tx.note_first_look(&team(), "one hash").await), Ok(false), "it stays");
    write!(store, |tx| tx.erase_workspace(&team()).await).unwrap();
    assert_eq!(write!(store, |tx| tx.note_first_look(&team(), "one hash").await), Ok(true));
}

async fn who_was_written_to_is_known(fixture: Fixture) {
    let store = &fixture.store;
    assert_eq!(read!(store, |tx| tx.has_written_to(&ana()).await), Ok(false));
    let welcome = NewOutbox::for_member(row(1), ana(), OutboxPayload::Welcome, minute(0));
    write!(store, |tx| tx.enqueue(welcome).await).unwrap();
    assert_eq!(read!(store, |tx| tx.has_written_to(&ana()).await), Ok(true));
    assert_eq!(read!(store, |tx| tx.has_written_to(&person("UBEN")).await), Ok(false));
}
