//! Nudges, and that each leaves a state only once.

use crate::{fixture::*, read, stories, write};

use leadlens::{
    coach::{
        hat::Hats,
        ids::TeamId,
        nudge::{Nudge, NudgeState, SkipReason},
        reflection::Reflection,
        room::Room,
    },
    store::{HistoryEntry, Store, StoreError},
};

stories!(
    a_nudge_comes_back_as_it_was_kept,
    two_taps_move_a_nudge_once,
    a_plain_reply_finds_the_newest_open_question,
    nudges_are_listed_by_their_slot,
    what_was_asked_and_said_lately_is_known,
);

async fn keep(store: &Store, nudge: &Nudge) {
    let nudge = nudge.clone();
    assert!(write!(store, |tx| tx.insert_nudge(&nudge).await).unwrap());
}

fn sent(number: u32, state: NudgeState, at: i64) -> Nudge {
    Nudge {
        state,
        sent_at: Some(minute(at)),
        message: Some(message("D1", &format!("1.{number}"))),
        ..nudge(number, ana())
    }
}

async fn a_nudge_comes_back_as_it_was_kept(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana(), ben()]).await;
    let plain = nudge(1, ana());
    keep(store, &plain).await;
    assert_eq!(read!(store, |tx| tx.find_nudge(&ana(), &row(1)).await), Ok(Some(plain.clone())));
    assert_eq!(write!(store, |tx| tx.insert_nudge(&nudge(1, ana())).await), Ok(false));
    let full = Nudge {
        state: NudgeState::NotSent,
        question: "What\0 is 'left'?".to_owned(),
        asked_for: true,
        sent_at: Some(minute(2)),
        message: Some(message("D1", "1.1")),
        skip_reason: Some(SkipReason::DoNotDisturb),
        ..plain
    };
    let given = full.clone();
    write!(store, |tx| tx.save_nudge(&given).await).unwrap();
    assert_eq!(write!(store, |tx| tx.find_nudge(&ana(), &row(1)).await), Ok(Some(full.clone())));
    assert_eq!(read!(store, |tx| tx.find_nudge(&ben(), &row(1)).await), Ok(None));
    assert_eq!(write!(store, |tx| tx.nudge_message(&ana(), &row(1)).await), Ok(full.message.clone()));
    assert_eq!(read!(store, |tx| tx.nudge_message(&ben(), &row(1)).await), Ok(None));
    let stolen = Nudge { member: ben(), ..full.clone() };
    write!(store, |tx| tx.save_nudge(&stolen).await).unwrap();
    assert_eq!(read!(store, |tx| tx.find_nudge(&ana(), &row(1)).await), Ok(Some(full.clone())));

    let place = message("D1", "1.1");
    assert_eq!(read!(store, |tx| tx.nudge_by_message(&team(), &place).await), Ok(Some(full)));
    let (place, stranger) = (message("D1", "1.1"), TeamId::parse("T2").unwrap());
    assert_eq!(read!(store, |tx| tx.nudge_by_message(&stranger, &place).await), Ok(None));
    let refused = write!(store, |tx| tx.insert_nudge(&nudge(2, person("UNOBODY"))).await);
    assert!(matches!(refused, Err(StoreError::Refused { .. })));
}

async fn two_taps_move_a_nudge_once(fixture: Fixture) {
    let store = fixture.store;
    insert_members(&store, &[ana()]).await;
    keep(&store, &sent(1, NudgeState::Open, 1)).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..10 {
        let (store, to) = (store.clone(), [NudgeState::Answered, NudgeState::Skipped][number % 2]);
        tasks.spawn(async move { write!(store, |tx| tx.move_nudge(&row(1), NudgeState::Open, to).await) });
    }
    let moved = tasks.join_all().await.into_iter().filter(|moved| *moved == Ok(true)).count();
    assert_eq!(moved, 1);
    let left = write!(store, |tx| tx.move_nudge(&row(1), NudgeState::Open, NudgeState::Skipped).await);
    assert_eq!(left, Ok(false));
}

async fn a_plain_reply_finds_the_newest_open_question(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana()]).await;
    let none = read!(store, |tx| tx.newest_open_nudge(&ana(), minute(0)).await);
    assert_eq!(none, Ok(None));
    assert_eq!(read!(store, |tx| tx.last_nudge_sent_at(&ana()).await), Ok(None));
    for (number, state, at) in [
        (1, NudgeState::Open, 10),
        (2, NudgeState::Open, 30),
        (3, NudgeState::Answered, 50),
        (4, NudgeState::Open, 20),
    ] {
        keep(store, &sent(number, state, at)).await;
    }
    keep(store, &nudge(6, ana())).await;
    keep(store, &nudge(5, ana())).await;
    keep(store, &Nudge { asked_for: true, ..sent(7, NudgeState::Skipped, 40) }).await;
    let asked = async |since| read!(store, |tx| tx.slots_asked_since(&ana(), minute(since)).await).unwrap();
    assert_eq!(
        (asked(0).await, asked(20).await, asked(51).await),
        (4, 3, 0),
        "what was asked for is no slot"
    );
    let newest = read!(store, |tx| tx.newest_open_nudge(&ana(), minute(0)).await).unwrap();
    assert_eq!(newest.map(|nudge| nudge.id), Some(row(2)));
    assert_eq!(read!(store, |tx| tx.newest_open_nudge(&ana(), minute(31)).await), Ok(None));
    let waiting = read!(store, |tx| tx.waiting_nudge(&ana()).await).unwrap();
    assert_eq!(waiting.map(|nudge| nudge.id), Some(row(5)));
    let answered = read!(store, |tx| tx.nudges_in_state(&ana(), NudgeState::Answered).await).unwrap();
    assert_eq!(answered.into_iter().map(|nudge| nudge.id).collect::<Vec<_>>(), [row(3)]);
    assert_eq!(read!(store, |tx| tx.last_nudge_sent_at(&ana()).await), Ok(Some(minute(50))));
    assert_eq!(read!(store, |tx| tx.member_counts(&ana()).await).unwrap().nudges, 7);
}

async fn nudges_are_listed_by_their_slot(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana(), ben()]).await;
    for number in [3, 1, 2] {
        keep(store, &nudge(number, ana())).await;
    }
    keep(store, &nudge(9, ben())).await;
    let all = read!(store, |tx| tx.nudges_of(&ana()).await).unwrap();
    assert_eq!(all.into_iter().map(|nudge| nudge.id).collect::<Vec<_>>(), [row(1), row(2), row(3)]);
    let some = read!(store, |tx| tx.nudges_between(&ana(), minute(1), minute(3)).await).unwrap();
    assert_eq!(some.into_iter().map(|nudge| nudge.id).collect::<Vec<_>>(), [row(1), row(2)]);
}

async fn what_was_asked_and_said_lately_is_known(fixture: Fixture) {
    let store = &fixture.store;
    insert_members(store, &[ana(), ben()]).await;
    let ask = |number, name, at| Nudge { prompt: prompt(name), ..sent(number, NudgeState::Open, at) };
    for asked in [ask(1, "long.ago", -1), ask(2, "asked.second", 20), ask(3, "asked.first", 0)] {
        keep(store, &asked).await;
    }
    keep(store, &Nudge { prompt: prompt("never.sent"), ..nudge(4, ana()) }).await;
    let checkin = Reflection {
        prompt: Some(prompt("in.a.check-in")),
        follow_up_prompt: Some(prompt("followed.up")),
        room: Some(Room::LowSpirit),
        hat_said: Some(Hats::BOTH),
        created_at: minute(10),
        ..reflection(5, ana(), "x")
    };
    let kept = checkin.clone();
    write!(store, |tx| tx.insert_reflection(&kept).await).unwrap();
    let uncounted = Reflection { id: row(6), counts_in_balance: false, created_at: minute(30), ..checkin };
    write!(store, |tx| tx.insert_reflection(&uncounted).await).unwrap();
    let others = Reflection { created_at: minute(5), ..reflection(7, ben(), "x") };
    write!(store, |tx| tx.insert_reflection(&others).await).unwrap();

    let lately = read!(store, |tx| tx.recent_history(&ana(), minute(0)).await).unwrap();
    let told: Vec<_> = lately
        .iter()
        .map(|it| (it.prompt.as_ref().map_or("", |id| id.as_str()), it.hat_said, it.at))
        .collect();
    let expected = [
        ("asked.first", None, minute(0)),
        ("in.a.check-in", Some(Hats::BOTH), minute(10)),
        ("asked.second", None, minute(20)),
        ("in.a.check-in", None, minute(30)),
    ];
    assert_eq!(told, expected);
    assert_eq!(lately.get(1).and_then(|it| it.follow_up.clone()), Some(prompt("followed.up")));
    assert_eq!(lately.get(1).and_then(|it| it.room), Some(Room::LowSpirit));
    let nothing = Reflection { hat_said: None, created_at: minute(60), ..reflection(8, ben(), "y") };
    write!(store, |tx| tx.insert_reflection(&nothing).await).unwrap();
    let bens = read!(store, |tx| tx.recent_history(&ben(), minute(60)).await).unwrap();
    let at = minute(60);
    assert_eq!(bens, [HistoryEntry { at, prompt: None, follow_up: None, room: None, hat_said: None }]);
    assert_eq!(read!(store, |tx| tx.recent_history(&ben(), minute(61)).await), Ok(Vec::new()));
}
