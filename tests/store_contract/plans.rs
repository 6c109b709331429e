//! Rooms, audits and plans; each is changed and deleted by its own member only.

use crate::{fixture::*, read, stories, write};
use leadlens::{
    coach::{
        audit::{Audit, Meeting},
        hat::{Hat, Hats},
        ids::MemberId,
        member_text::MemberText,
        plan::{Plan, PlanState},
        room::Room,
    },
    store::StoreError,
};

stories!(
    a_room_is_remembered_once,
    audits_keep_their_meetings_in_order,
    plans_are_followed_and_found_by_their_message,
    an_outcome_is_put_together_of_its_messages,
);

pub fn audit(number: u32, member: MemberId, words: &str) -> Audit {
    let at = minute(i64::from(number) * 60 * 24);
    let meeting = |title: &str, hats| Meeting { title: MemberText::new(title), hats };
    Audit {
        id: row(number),
        member,
        kept: true,
        meetings: vec![
            meeting(words, Some(Hats::BOTH)),
            meeting("b\0", Some(Hat::Leader.into())),
            meeting("", None),
        ],
        audited_at: at,
        edited_at: None,
        local_on: jiff::tz::TimeZone::UTC.to_datetime(at).date(),
    }
}

pub fn plan(number: u32, member: MemberId, words: &str) -> Plan {
    let at = minute(i64::from(number) * 60 * 24);
    Plan {
        id: row(number),
        member,
        experiment: number.is_multiple_of(2).then_some(Hat::Manager),
        cue: MemberText::new(words),
        act: MemberText::new(format!("{words}\0")),
        follow_up_at: minute(i64::from(100 - number)),
        asks: row(number + 500),
        state: PlanState::Open,
        outcome: MemberText::new(words),
        made_at: at,
        edited_at: None,
        local_on: jiff::tz::TimeZone::UTC.to_datetime(at).date(),
        message: None,
    }
}

async fn a_room_is_remembered_once(fixture: Fixture) {
    let store = fixture.store;
    let stranger = write!(store, |tx| tx.save_room_read(&ana(), Room::Confused, minute(0)).await);
    assert!(matches!(stranger, Err(StoreError::Refused { .. })));
    insert_members(&store, &[ana(), ben()]).await;
    assert_eq!(read!(store, |tx| tx.find_room_read(&ana()).await), Ok(None));
    for (room, at) in [(Room::Confused, 1), (Room::LowSpirit, 2)] {
        assert_eq!(write!(store, |tx| tx.save_room_read(&ana(), room, minute(at)).await), Ok(()));
        assert_eq!(read!(store, |tx| tx.find_room_read(&ana()).await), Ok(Some((room, minute(at)))));
    }
    assert_eq!(read!(store, |tx| tx.find_room_read(&ben()).await), Ok(None));
    assert_eq!(write!(store, |tx| tx.delete_room_read(&ben()).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.delete_room_read(&ana()).await), Ok(true));
    assert_eq!(read!(store, |tx| tx.find_room_read(&ana()).await), Ok(None));
}

async fn audits_keep_their_meetings_in_order(fixture: Fixture) {
    let store = fixture.store;
    let stranger = audit(1, ana(), "a");
    assert!(matches!(write!(store, |tx| tx.save_audit(&stranger).await), Err(StoreError::Refused { .. })));
    insert_members(&store, &[ana(), ben()]).await;
    let mut all: Vec<Audit> = (1..=3).map(|number| audit(number, ana(), "a")).collect();
    all[1].kept = false;
    for one in all.clone() {
        assert_eq!(write!(store, |tx| tx.save_audit(&one).await), Ok(()));
    }
    assert_eq!(read!(store, |tx| tx.audits_of(&ana()).await), Ok(all.clone()));
    assert_eq!(read!(store, |tx| tx.audits_of(&ben()).await), Ok(vec![]));
    let (from, to) = (all[0].local_on, all[1].local_on);
    assert_eq!(read!(store, |tx| tx.audits_between(&ana(), from, to).await), Ok(vec![all[0].clone()]));
    all[0].meetings.remove(0);
    all[0].edited_at = Some(minute(9));
    let changed = all[0].clone();
    assert_eq!(write!(store, |tx| tx.save_audit(&changed).await), Ok(()));
    assert_eq!(read!(store, |tx| tx.find_audit(&ana(), &row(1)).await), Ok(Some(all[0].clone())));
    assert_eq!(read!(store, |tx| tx.find_audit(&ben(), &row(1)).await), Ok(None));
    // Somebody else's is not changed, whatever id is guessed.
    let forged = Audit { member: ben(), meetings: vec![], ..audit(1, ben(), "a") };
    assert_eq!(write!(store, |tx| tx.save_audit(&forged).await), Ok(()));
    assert_eq!(read!(store, |tx| tx.find_audit(&ana(), &row(1)).await), Ok(Some(all[0].clone())));
    assert_eq!(write!(store, |tx| tx.delete_proposed_audits(&ben()).await), Ok(0));
    assert_eq!(write!(store, |tx| tx.delete_proposed_audits(&ana()).await), Ok(1));
    assert_eq!(write!(store, |tx| tx.delete_audit(&ben(), &row(1)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.delete_audit(&ana(), &row(1)).await), Ok(true));
    assert_eq!(read!(store, |tx| tx.audits_of(&ana()).await), Ok(vec![all[2].clone()]));
}

async fn plans_are_followed_and_found_by_their_message(fixture: Fixture) {
    let store = fixture.store;
    let stranger = plan(1, ana(), "a");
    assert!(matches!(write!(store, |tx| tx.insert_plan(&stranger).await), Err(StoreError::Refused { .. })));
    insert_members(&store, &[ana(), ben()]).await;
    let mut all: Vec<Plan> = (1..=3).map(|number| plan(number, ana(), "a")).collect();
    for one in all.clone() {
        let again = one.clone();
        assert_eq!(write!(store, |tx| tx.insert_plan(&one).await), Ok(true));
        assert_eq!(write!(store, |tx| tx.insert_plan(&again).await), Ok(false));
    }
    assert_eq!(read!(store, |tx| tx.plans_of(&ana()).await), Ok(all.clone()));
    let (from, to) = (all[1].local_on, all[2].local_on);
    assert_eq!(read!(store, |tx| tx.plans_between(&ana(), from, to).await), Ok(all[1..].to_vec()));
    all[0].state = PlanState::Done;
    all[0].message = Some(message("D1", "1.5"));
    all[0].outcome = MemberText::new("It went well.");
    let done = all[0].clone();
    assert_eq!(write!(store, |tx| tx.save_plan(&done).await), Ok(true));
    let found = read!(store, |tx| tx.plan_by_message(&team(), &message("D1", "1.5")).await);
    assert_eq!(found, Ok(Some(all[0].clone())));
    assert_eq!(read!(store, |tx| tx.plan_by_message(&team(), &message("D1", "1.6")).await), Ok(None));
    let forged = Plan { member: ben(), ..all[1].clone() };
    assert_eq!(write!(store, |tx| tx.save_plan(&forged).await), Ok(false));
    // The next to be followed up first.
    let open = vec![all[2].clone(), all[1].clone()];
    assert_eq!(read!(store, |tx| tx.open_plans(&ana()).await), Ok(open));
    assert_eq!(read!(store, |tx| tx.find_plan(&ben(), &row(1)).await), Ok(None));
    assert_eq!(write!(store, |tx| tx.delete_plan(&ben(), &row(1)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.delete_plan(&ana(), &row(1)).await), Ok(true));
    assert_eq!(read!(store, |tx| tx.find_plan(&ana(), &row(1)).await), Ok(None));
}

async fn an_outcome_is_put_together_of_its_messages(fixture: Fixture) {
    let store = fixture.store;
    insert_members(&store, &[ana(), ben()]).await;
    let hers = plan(1, ana(), "a");
    assert_eq!(write!(store, |tx| tx.insert_plan(&hers).await), Ok(true));
    let (one, two) = (|| message("D1", "1.1"), || message("D1", "1.2"));
    let stranger =
        write!(store, |tx| tx.add_outcome_part(&row(9), &one(), &MemberText::new("a"), minute(1)).await);
    assert!(matches!(stranger, Err(StoreError::Refused { .. })));
    for (place, words, fits) in [(one(), "first\0", true), (two(), "second", true), (one(), "again", false)] {
        let words = MemberText::new(words);
        let added = write!(store, |tx| tx.add_outcome_part(&row(1), &place, &words, minute(2)).await);
        assert_eq!(added, Ok(fits));
    }
    let said = read!(store, |tx| tx.outcome_parts_of(&row(1)).await).unwrap();
    let texts: Vec<_> = said.iter().map(|piece| piece.text.reveal()).collect();
    assert_eq!(texts, ["first\0", "second"], "in the order in which they came");
    assert_eq!((&said[0].message, said[0].at), (&one(), minute(2)));
    let found = read!(store, |tx| tx.find_outcome_part(&team(), &one()).await);
    assert_eq!(found, Ok(Some((ana(), row(1)))));
    let elsewhere = leadlens::coach::ids::TeamId::parse("T2").unwrap();
    assert_eq!(read!(store, |tx| tx.find_outcome_part(&elsewhere, &one()).await), Ok(None));
    let edited = one();
    for (text, at, applied) in [("a", 9, true), ("late", 8, false), ("b", 10, true)] {
        let (place, text) = (edited.clone(), MemberText::new(text));
        let at = Some(minute(at));
        assert_eq!(write!(store, |tx| tx.edit_outcome_part(&place, &text, at).await), Ok(applied));
    }
    for (at, applied) in [(9, false), (11, true)] {
        let place = one();
        assert_eq!(write!(store, |tx| tx.note_outcome_change(&place, minute(at)).await), Ok(applied));
    }
    for left in [true, false] {
        let gone = two();
        assert_eq!(write!(store, |tx| tx.delete_outcome_part(&gone).await), Ok(left));
    }
    let said = read!(store, |tx| tx.outcome_parts_of(&row(1)).await).unwrap();
    assert_eq!(said.iter().map(|piece| piece.text.reveal()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(write!(store, |tx| tx.delete_plan(&ana(), &row(1)).await), Ok(true));
    assert_eq!(read!(store, |tx| tx.outcome_parts_of(&row(1)).await), Ok(vec![]));
}
