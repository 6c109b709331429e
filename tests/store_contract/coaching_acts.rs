//! Coaching acts (*Ask, don't fix*).

use crate::{fixture::*, read, stories, write};
use leadlens::{
    coach::{coaching_act::CoachingAct, ids::MemberId},
    store::StoreError,
};

stories!(acts_are_kept_listed_and_deleted_by_their_own_member);

pub fn act(number: u32, member: MemberId) -> CoachingAct {
    let at = minute(i64::from(number) * 60 * 24);
    CoachingAct {
        id: row(number),
        member,
        prompt: prompt("give-back.1"),
        question: "What would you do?\0".to_owned(),
        asked_at: at,
        local_on: jiff::tz::TimeZone::UTC.to_datetime(at).date(),
    }
}

async fn acts_are_kept_listed_and_deleted_by_their_own_member(fixture: Fixture) {
    let store = fixture.store;
    let stranger = act(1, ana());
    assert!(matches!(write!(store, |tx| tx.insert_act(&stranger).await), Err(StoreError::Refused { .. })));
    insert_members(&store, &[ana(), ben()]).await;
    for number in 1..=5 {
        let one = act(number, ana());
        assert_eq!(write!(store, |tx| tx.insert_act(&one).await), Ok(true));
        let again = act(number, ana());
        assert_eq!(write!(store, |tx| tx.insert_act(&again).await), Ok(false));
    }
    let all: Vec<CoachingAct> = (1..=5).map(|number| act(number, ana())).collect();
    assert_eq!(read!(store, |tx| tx.acts_of(&ana()).await), Ok(all.clone()));
    assert_eq!(read!(store, |tx| tx.acts_of(&ben()).await), Ok(vec![]));
    let (from, to) = (all[1].local_on, all[3].local_on);
    assert_eq!(read!(store, |tx| tx.acts_between(&ana(), from, to).await), Ok(all[1..=3].to_vec()));
    let page = read!(store, |tx| tx.acts_page(&ana(), 1, 2).await);
    assert_eq!(page, Ok((5, vec![all[3].clone(), all[2].clone()])));
    assert_eq!(read!(store, |tx| tx.find_act(&ana(), &row(2)).await), Ok(Some(all[1].clone())));
    assert_eq!(read!(store, |tx| tx.find_act(&ben(), &row(2)).await), Ok(None));
    let edited = CoachingAct { question: "What else?\0".to_owned(), local_on: from, ..all[1].clone() };
    let (hers, forged) = (edited.clone(), CoachingAct { member: ben(), ..all[1].clone() });
    assert_eq!(write!(store, |tx| tx.save_act(&hers).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.save_act(&forged).await), Ok(false));
    assert_eq!(read!(store, |tx| tx.find_act(&ana(), &row(2)).await), Ok(Some(edited)));
    assert_eq!(write!(store, |tx| tx.delete_act(&ben(), &row(2)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.delete_act(&ana(), &row(2)).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.delete_act(&ana(), &row(2)).await), Ok(false));
    assert_eq!(read!(store, |tx| tx.acts_page(&ana(), 0, 0).await), Ok((4, vec![])));
}
