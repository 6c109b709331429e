//! Which nudge asks about which reflection: once, and gone with the reflection.

use crate::{fixture::*, read, stories, write};
use leadlens::coach::look_back::{CameOfIt, LookBack};

stories!(
    an_intention_is_asked_about_once,
    what_came_of_it_is_stored_for_its_member_alone,
    it_goes_with_its_reflection,
);

pub fn look_back(number: u32, nudge: u32) -> LookBack {
    LookBack { reflection: row(number), nudge: row(nudge), asked_at: None, came_of_it: None, came_at: None }
}

async fn live(fixture: &Fixture) {
    write!(fixture.store, |tx| {
        tx.insert_member(&new_member(ana())).await?;
        tx.insert_member(&new_member(ben())).await?;
        tx.insert_reflection(&reflection(1, ana(), "I'll ask Raj.")).await
    })
    .unwrap();
}

async fn an_intention_is_asked_about_once(fixture: Fixture) {
    let store = &fixture.store;
    live(&fixture).await;
    assert!(write!(store, |tx| tx.save_look_back(&ana(), &look_back(1, 10)).await).unwrap());
    // Its nudge was not sent: the next one takes its place.
    assert!(write!(store, |tx| tx.save_look_back(&ana(), &look_back(1, 11)).await).unwrap());
    assert_eq!(read!(store, |tx| tx.look_back_of_nudge(&ana(), &row(10)).await), Ok(None));
    write!(store, |tx| tx.mark_look_back_asked(&ana(), &row(11), minute(5)).await).unwrap();
    assert!(!write!(store, |tx| tx.save_look_back(&ana(), &look_back(1, 12)).await).unwrap());
    write!(store, |tx| tx.move_look_back(&ana(), &row(11), &row(13)).await).unwrap();
    write!(store, |tx| tx.mark_look_back_asked(&ana(), &row(13), minute(9)).await).unwrap();
    let asked = LookBack { asked_at: Some(minute(5)), ..look_back(1, 13) };
    assert_eq!(read!(store, |tx| tx.look_back_of_nudge(&ana(), &row(13)).await), Ok(Some(asked.clone())));
    assert_eq!(read!(store, |tx| tx.look_backs_of(&ana()).await), Ok(vec![asked]));
}

async fn what_came_of_it_is_stored_for_its_member_alone(fixture: Fixture) {
    let store = &fixture.store;
    live(&fixture).await;
    write!(store, |tx| tx.save_look_back(&ana(), &look_back(1, 10)).await).unwrap();
    let (did, not_yet) = (CameOfIt::DidIt, CameOfIt::NotYet);
    assert!(!write!(store, |tx| tx.set_came_of_it(&ben(), &row(10), did, minute(6)).await).unwrap());
    assert!(!write!(store, |tx| tx.set_came_of_it(&ana(), &row(11), did, minute(6)).await).unwrap());
    assert!(write!(store, |tx| tx.set_came_of_it(&ana(), &row(10), did, minute(6)).await).unwrap());
    assert!(write!(store, |tx| tx.set_came_of_it(&ana(), &row(10), not_yet, minute(7)).await).unwrap());
    let kept = read!(store, |tx| tx.look_back_of_reflection(&ana(), &row(1)).await).unwrap().unwrap();
    assert_eq!((kept.came_of_it, kept.came_at), (Some(not_yet), Some(minute(7))));
    assert_eq!(read!(store, |tx| tx.look_back_of_reflection(&ben(), &row(1)).await), Ok(None));
}

async fn it_goes_with_its_reflection(fixture: Fixture) {
    let store = &fixture.store;
    live(&fixture).await;
    write!(store, |tx| tx.save_look_back(&ana(), &look_back(1, 10)).await).unwrap();
    write!(store, |tx| tx.delete_reflection(&ana(), &row(1)).await).unwrap();
    assert_eq!(read!(store, |tx| tx.look_backs_of(&ana()).await), Ok(Vec::new()));
}
