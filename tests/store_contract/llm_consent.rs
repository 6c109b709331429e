//! The consent to an LLM, and the daily limit of calls.

use crate::{fixture::*, read, stories, write};
use jiff::civil::{Date, date};
use leadlens::{
    coach::{
        ids::MemberId,
        llm_follow_up::{ConsentAnswer, LlmConsent},
    },
    store::{Store, StoreError},
};

stories!(
    a_member_is_asked_once_for_each_host,
    calls_are_counted_by_the_members_own_date,
    calls_at_one_moment_never_exceed_what_is_left,
);

const HOST: &str = "models.example";

fn day(number: i8) -> Date {
    date(2026, 10, number)
}

async fn asked(store: &Store, who: MemberId, host: &'static str, number: u32) -> Result<bool, StoreError> {
    write!(store, |tx| tx.request_llm_consent(&who, host, &row(number), day(1), minute(number.into())).await)
}

async fn says(store: &Store, host: &'static str, answer: ConsentAnswer) -> bool {
    write!(store, |tx| tx.answer_llm_consent(&ana(), host, answer, minute(9)).await).unwrap()
}

async fn claims(store: &Store, on: Date, most: u32) -> bool {
    write!(store, |tx| tx.claim_llm_call(&ana(), HOST, on, most).await).unwrap()
}

async fn a_member_is_asked_once_for_each_host(fixture: Fixture) {
    let store = fixture.store;
    assert!(matches!(asked(&store, ana(), HOST, 1).await, Err(StoreError::Refused { .. })));
    insert_members(&store, &[ana(), ben()]).await;
    assert_eq!(read!(store, |tx| tx.find_llm_consent(&ana()).await), Ok(None));
    assert!(!says(&store, HOST, ConsentAnswer::Agreed).await, "nobody was asked yet");
    assert_eq!(asked(&store, ana(), HOST, 1).await, Ok(true));
    assert_eq!(asked(&store, ana(), HOST, 2).await, Ok(false));
    let mut consent = LlmConsent {
        host: HOST.to_owned(),
        asked_with: row(1),
        asked_at: minute(1),
        answer: None,
        answered_at: None,
        called_on: day(1),
        calls: 0,
    };
    assert_eq!(read!(store, |tx| tx.find_llm_consent(&ana()).await), Ok(Some(consent.clone())));
    assert!(!says(&store, "elsewhere.example", ConsentAnswer::Agreed).await, "another host than was named");
    assert!(says(&store, HOST, ConsentAnswer::Agreed).await);
    (consent.answer, consent.answered_at) = (Some(ConsentAnswer::Agreed), Some(minute(9)));
    assert_eq!(write!(store, |tx| tx.find_llm_consent(&ana()).await), Ok(Some(consent.clone())));
    assert!(consent.allows(HOST) && !consent.allows("elsewhere.example"));
    assert_eq!(asked(&store, ana(), HOST, 3).await, Ok(false), "who answered is not asked again");
    assert!(claims(&store, day(1), 9).await);
    assert_eq!(asked(&store, ana(), "elsewhere.example", 4).await, Ok(true));
    let anew = read!(store, |tx| tx.find_llm_consent(&ana()).await).unwrap().unwrap();
    assert_eq!((anew.answer, anew.answered_at, anew.asked_with, anew.calls), (None, None, row(4), 1));
    assert_eq!(read!(store, |tx| tx.find_llm_consent(&ben()).await), Ok(None));
}

async fn calls_are_counted_by_the_members_own_date(fixture: Fixture) {
    let store = fixture.store;
    insert_members(&store, &[ana()]).await;
    assert!(!claims(&store, day(1), 2).await, "nobody agreed");
    asked(&store, ana(), HOST, 1).await.unwrap();
    assert!(!claims(&store, day(1), 2).await, "nobody agreed");
    says(&store, HOST, ConsentAnswer::Agreed).await;
    assert_eq!([claims(&store, day(1), 2).await, claims(&store, day(1), 2).await], [true, true]);
    assert!(!claims(&store, day(1), 2).await, "nothing is left");
    assert!(claims(&store, day(2), 2).await, "a new day");
    assert!(claims(&store, day(1), 2).await, "travelled west: the later day still counts");
    assert!(!claims(&store, day(1), 2).await);
    assert!(!claims(&store, day(2), 2).await);
    says(&store, HOST, ConsentAnswer::Refused).await;
    assert!(!claims(&store, day(3), 2).await, "withdrawn");
    says(&store, HOST, ConsentAnswer::Agreed).await;
    assert!(!claims(&store, day(2), 2).await, "agreeing again begins no new count");
}

async fn calls_at_one_moment_never_exceed_what_is_left(fixture: Fixture) {
    let store = fixture.store;
    insert_members(&store, &[ana()]).await;
    asked(&store, ana(), HOST, 1).await.unwrap();
    says(&store, HOST, ConsentAnswer::Agreed).await;
    let tries = (0..12).map(|_| claims(&store, day(1), 5));
    let got = futures::future::join_all(tries).await.into_iter().filter(|got| *got).count();
    assert_eq!(got, 5);
}
