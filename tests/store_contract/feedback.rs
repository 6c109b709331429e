//! Feedback rounds, and that nothing said in them leads to anybody: the schema is walked, the hidden
//! columns of both engines too.

use crate::{erasure::everything, fixture::*, read, stories, write};
use leadlens::{
    coach::{
        feedback::{AnswerToken, FeedbackAnswer, FeedbackStep, Round, RoundResult, RoundState},
        ids::{MemberId, UserId},
        member_text::MemberText,
    },
    store::{Engine, NewOutbox, OutboxPayload, Store},
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _, Row as _};
use std::collections::BTreeSet;

stories!(
    a_round_is_begun_answered_and_closed_for_good,
    an_answer_is_found_by_its_token_alone,
    those_asked_can_leave_and_come_back,
    a_delivery_about_a_round_acts_once,
    no_answer_can_be_joined_to_a_person,
    a_forgotten_asker_takes_the_round_along_and_a_forgotten_answerer_leaves_no_name,
    a_limit_holds_until_it_is_over_or_lifted,
);

pub fn round(number: u32, asker: MemberId) -> Round {
    Round {
        id: row(number),
        asker,
        state: RoundState::Open,
        asked: 3,
        asked_at: minute(i64::from(number)),
        ends_at: minute(i64::from(number) + 7 * 24 * 60),
        closes_at: Some(minute(i64::from(number) + 7 * 24 * 60)),
        closed_on: None,
        counts: None,
    }
}

fn users(names: &[&str]) -> Vec<UserId> {
    names.iter().map(|name| UserId::parse(name).unwrap()).collect()
}

pub fn answer(step: u8, comment: &str) -> FeedbackAnswer {
    FeedbackAnswer { step: FeedbackStep::new(step).unwrap(), comment: MemberText::new(comment) }
}

fn token(number: u128) -> AnswerToken {
    // Spread, as chance would.
    AnswerToken::new(number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

/// A round of Ana's that asks three strangers, all of whom have answered.
async fn answered(store: &Store) {
    insert_members(store, &[ana(), ben()]).await;
    let begun = round(1, ana());
    let people = users(&["UCLEO", "UDAN", "UEVE"]);
    write!(store, |tx| tx.insert_round(&begun, &people).await).unwrap();
    for (nth, words) in ["zebra\0", "giraffe", "okapi"].into_iter().enumerate() {
        let (token, said) = (token(nth as u128), answer(nth as u8 + 1, words));
        write!(store, |tx| tx.save_feedback_answer(&row(1), &token, Some(&said)).await).unwrap();
    }
}

async fn a_round_is_begun_answered_and_closed_for_good(fixture: Fixture) {
    let store = &fixture.store;
    answered(store).await;
    let begun = round(1, ana());
    assert_eq!(read!(store, |tx| tx.find_round(&row(1)).await), Ok(Some(begun.clone())));
    assert_eq!(read!(store, |tx| tx.rounds_of(&ana()).await), Ok(vec![begun.clone()]));
    assert_eq!(read!(store, |tx| tx.rounds_of(&ben()).await), Ok(vec![]));
    assert_eq!(read!(store, |tx| tx.next_due_at(minute(-1_000)).await), Ok(begun.closes_at));
    assert_eq!(write!(store, |tx| tx.rounds_to_close(minute(1), 9).await), Ok(vec![]));
    let mut complete = begun.clone();
    (complete.closes_at, complete.asked) = (Some(minute(2)), 2);
    let saved = complete.clone();
    assert_eq!(write!(store, |tx| tx.save_round(&saved).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.rounds_to_close(minute(2), 9).await), Ok(vec![complete]));

    let (heard, mut said) = read!(store, |tx| tx.feedback_answers(&row(1)).await).unwrap();
    said.sort_by_key(|answer| answer.step);
    assert_eq!(heard, 3);
    assert_eq!(said, [answer(1, "zebra\0"), answer(2, "giraffe"), answer(3, "okapi")]);
    let comments = vec![MemberText::new("okapi"), MemberText::new("zebra\0")];
    let outcome = RoundResult { counts: [1, 1, 1, 0, 0], comments: comments.clone() };
    let today = jiff::civil::date(2026, 3, 9);
    write!(store, |tx| tx
        .close_round(&row(1), today, Some(&outcome), &[AnswerToken::new(2), AnswerToken::new(1)])
        .await)
    .unwrap();
    let closed = read!(store, |tx| tx.find_round(&row(1)).await).unwrap().unwrap();
    assert_eq!((closed.state, closed.closes_at, closed.closed_on), (RoundState::Closed, None, Some(today)));
    assert_eq!(closed.counts, Some([1, 1, 1, 0, 0]));
    let shown = read!(store, |tx| tx.feedback_comments(&row(1)).await).unwrap();
    assert_eq!(shown, comments.into_iter().rev().collect::<Vec<_>>(), "in the order of their ids");
    let (from, to) = (jiff::civil::date(2026, 3, 1), jiff::civil::date(2026, 3, 31));
    assert_eq!(read!(store, |tx| tx.feedback_between(&ana(), from, to).await), Ok(vec![[1, 1, 1, 0, 0]]));
    assert_eq!(read!(store, |tx| tx.feedback_between(&ben(), from, to).await), Ok(vec![]));
    // Nothing is left of who was asked and what each said.
    assert_eq!(read!(store, |tx| tx.feedback_answers(&row(1)).await), Ok((0, vec![])));
    assert_eq!(read!(store, |tx| tx.people_asked(&row(1)).await), Ok(vec![]));
    assert_eq!(read!(store, |tx| tx.next_due_at(minute(-1_000)).await), Ok(None));

    let quiet = round(2, ana());
    write!(store, |tx| {
        tx.insert_round(&quiet, &[]).await?;
        tx.close_round(&row(2), today, None, &[]).await
    })
    .unwrap();
    let closed = read!(store, |tx| tx.find_round(&row(2)).await).unwrap().unwrap();
    assert_eq!((closed.state, closed.counts), (RoundState::Closed, None));
    assert_eq!(read!(store, |tx| tx.feedback_between(&ana(), from, to).await), Ok(vec![[1, 1, 1, 0, 0]]));
    assert_eq!(write!(store, |tx| tx.delete_round(&row(2)).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.delete_round(&row(2)).await), Ok(false));
}

async fn an_answer_is_found_by_its_token_alone(fixture: Fixture) {
    let store = &fixture.store;
    answered(store).await;
    let find =
        async |number| read!(store, |tx| tx.find_feedback_answer(&row(1), &token(number)).await).unwrap();
    assert_eq!(find(1).await, Some(Some(answer(2, "giraffe"))));
    assert_eq!(find(9).await, None);
    assert_eq!(read!(store, |tx| tx.find_feedback_answer(&row(2), &token(1)).await), Ok(None));
    write!(store, |tx| tx.save_feedback_answer(&row(1), &token(1), None).await).unwrap();
    assert_eq!(find(1).await, Some(None), "taken back");
    let (heard, said) = read!(store, |tx| tx.feedback_answers(&row(1)).await).unwrap();
    assert_eq!((heard, said.len()), (3, 2));
    let changed = answer(5, "lion");
    write!(store, |tx| tx.save_feedback_answer(&row(1), &token(1), Some(&changed)).await).unwrap();
    assert_eq!(find(1).await, Some(Some(answer(5, "lion"))));
}

async fn those_asked_can_leave_and_come_back(fixture: Fixture) {
    let store = &fixture.store;
    answered(store).await;
    let cleo = person("UCLEO");
    assert_eq!(read!(store, |tx| tx.people_asked(&row(1)).await), Ok(users(&["UCLEO", "UDAN", "UEVE"])));
    assert_eq!(read!(store, |tx| tx.is_asked(&row(1), &person("UCLEO")).await), Ok(true));
    assert_eq!(read!(store, |tx| tx.is_asked(&row(1), &ben()).await), Ok(false));
    assert_eq!(read!(store, |tx| tx.rounds_asking(&person("UCLEO")).await), Ok(vec![row(1)]));
    assert_eq!(write!(store, |tx| tx.remove_asked(&row(1), &person("UCLEO")).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.remove_asked(&row(1), &person("UCLEO")).await), Ok(false));
    assert_eq!(read!(store, |tx| tx.is_opted_out_of_feedback(&person("UCLEO")).await), Ok(false));
    let who = cleo.clone();
    write!(store, |tx| {
        tx.opt_out_of_feedback(&who).await?;
        tx.opt_out_of_feedback(&who).await
    })
    .unwrap();
    assert_eq!(read!(store, |tx| tx.is_opted_out_of_feedback(&person("UCLEO")).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.opt_in_to_feedback(&person("UCLEO")).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.opt_in_to_feedback(&person("UCLEO")).await), Ok(false));
    // The outbox knows the message of the question in Slack.
    write!(store, |tx| {
        let payload = OutboxPayload::FeedbackAsk { round: row(1) };
        let question = NewOutbox::for_member(row(9), cleo, payload, minute(0));
        tx.enqueue(question).await?;
        claim_everything(tx, minute(1), minute(5), "me", 10).await?;
        tx.mark_sent(&row(9), "me", Some(&message("D9", "1.5")), &[], minute(1)).await
    })
    .unwrap();
    let found = read!(store, |tx| tx.feedback_question_messages(&row(1)).await);
    assert_eq!(found, Ok(vec![(person("UCLEO"), message("D9", "1.5"))]));
    assert_eq!(read!(store, |tx| tx.feedback_question_messages(&row(2)).await), Ok(vec![]));
}

async fn a_delivery_about_a_round_acts_once(fixture: Fixture) {
    let store = &fixture.store;
    answered(store).await;
    assert_eq!(read!(store, |tx| tx.find_feedback_delivery("k").await), Ok(None));
    assert_eq!(write!(store, |tx| tx.record_feedback_delivery("k", &row(1), "said").await), Ok(true));
    assert_eq!(write!(store, |tx| tx.record_feedback_delivery("k", &row(1), "other").await), Ok(false));
    assert_eq!(write!(store, |tx| tx.record_feedback_delivery("a", &row(1), "said").await), Ok(true));
    assert_eq!(read!(store, |tx| tx.find_feedback_delivery("k").await), Ok(Some("said".to_owned())));
    let today = jiff::civil::date(2026, 3, 9);
    write!(store, |tx| tx.close_round(&row(1), today, None, &[]).await).unwrap();
    assert_eq!(read!(store, |tx| tx.find_feedback_delivery("k").await), Ok(None));
}

/// The tables that hold something that was said.
const SAID: [&str; 3] = ["feedback_answer", "feedback_comment", "feedback_seen"];

/// Everything that is true of a live database in which Ana asked Cleo, Dan and Eve, two of whom are
/// members with a life of their own, and all answered.
async fn no_answer_can_be_joined_to_a_person(fixture: Fixture) {
    let store = &fixture.store;
    answered(store).await;
    insert_members(store, &[person("UCLEO"), person("UDAN")]).await;
    write!(store, |tx| {
        for (number, who) in [(20, "UCLEO"), (21, "UDAN"), (22, "UEVE")] {
            let payload = OutboxPayload::FeedbackAsk { round: row(1) };
            let ask = NewOutbox::for_member(row(number), person(who), payload, minute(0));
            tx.enqueue(ask.once(format!("feedback:{}:{who}", row(1)))).await?;
        }
        tx.insert_reflection(&reflection(5, person("UCLEO"), "a day of mine")).await?;
        tx.record_delivery("press:1764000000.1:1764.2", Some("opened"), minute(3)).await?;
        for key in ["feedback:a1", "feedback:07", "feedback:f3"] {
            tx.record_feedback_delivery(key, &row(1), "feedback-said").await?;
        }
        // An earlier round of Ben's, closed.
        tx.insert_round(&round(3, ben()), &[]).await?;
        let outcome = RoundResult {
            counts: [0, 3, 0, 0, 0],
            comments: vec![MemberText::new("moose"), MemberText::new("elk")],
        };
        tx.close_round(&row(3), jiff::civil::date(2026, 3, 2), Some(&outcome), &[token(7), token(8)]).await
    })
    .unwrap();

    let all = everything(&fixture).await;
    // 0. Whatever table a round has is one that this test knows.
    let tables: BTreeSet<&str> = all.iter().filter_map(|(place, _)| place.split('.').next()).collect();
    let of_rounds: Vec<&str> = tables.into_iter().filter(|table| table.starts_with("feedback")).collect();
    let known = ["feedback_answer", "feedback_asked", "feedback_comment", "feedback_round", "feedback_seen"];
    assert_eq!(of_rounds, known);
    let is_said = |place: &str| SAID.iter().any(|table| place.starts_with(&format!("{table}.")));
    let said: Vec<_> = all.iter().filter(|(place, _)| is_said(place)).collect();
    assert!(said.len() >= 20, "the walk finds what was said: {said:?}");
    // 1. No column is named after a person or a time, and the only reference is to the round.
    let columns: BTreeSet<&str> = said.iter().map(|(place, _)| place.as_str()).collect();
    let expected: BTreeSet<&str> = [
        "feedback_answer.answer_id",
        "feedback_answer.round_id",
        "feedback_answer.step",
        "feedback_answer.comment",
        "feedback_comment.comment_id",
        "feedback_comment.round_id",
        "feedback_comment.words",
        "feedback_seen.delivery_key",
        "feedback_seen.round_id",
        "feedback_seen.effect",
    ]
    .into();
    assert_eq!(columns, expected);
    // 2. No value but the round's id occurs anywhere else, whole or as a part, so no join finds one. A
    // step is a number from 1 to 5, which is in every table.
    for (place, value) in said.iter().filter(|(place, _)| place.rsplit('.').next() != Some("step")) {
        for (other, held) in all.iter().filter(|(other, _)| !is_said(other)) {
            let joins = held == value || (value.len() > 4 && held.contains(value.as_str()));
            let is_round = place.ends_with(".round_id")
                && (other.starts_with("feedback_") || other == "outbox.subject" || other == "outbox.dedupe");
            assert!(!joins || is_round, "{place} {value} stands in {other} too");
        }
    }
    // 3. Where the round's id leads, there is who asked and who was asked, all of them alike, and when the
    // round was; in no row with an answer's own id.
    for (place, value) in &said {
        for name in ["UANA", "UBEN", "UCLEO", "UDAN", "UEVE", "T1"] {
            assert!(!value.contains(name), "{place} names {name}");
        }
    }
    order_tells_nothing(&fixture).await;
}

/// What an engine keeps of itself: SQLite's row numbers, PostgreSQL's transaction numbers and places.
async fn order_tells_nothing(fixture: &Fixture) {
    let mut connection = AnyConnection::connect(&fixture.url).await.unwrap();
    for (table, id) in [
        ("feedback_answer", "answer_id"),
        ("feedback_comment", "comment_id"),
        ("feedback_seen", "delivery_key"),
    ] {
        match fixture.store.engine() {
            Engine::Sqlite => {
                let numbered = format!("SELECT rowid FROM {table}");
                assert!(connection.fetch_all(AssertSqlSafe(numbered)).await.is_err(), "{table} has a rowid");
            }
            Engine::Postgres => {
                let hidden = format!(
                    "SELECT round_id, COUNT(DISTINCT CAST(xmin AS TEXT)) AS writers FROM {table} GROUP BY round_id"
                );
                let rounds = connection.fetch_all(AssertSqlSafe(hidden)).await.unwrap();
                assert!(!rounds.is_empty(), "{table} is empty");
                for one in rounds {
                    assert_eq!(one.get::<i64, _>("writers"), 1, "{table}: rows tell which came with which");
                }
                let placed = format!("SELECT {id} AS id FROM {table} ORDER BY round_id, ctid");
                let sorted = format!("SELECT {id} AS id FROM {table} ORDER BY round_id, {id} COLLATE \"C\"");
                let ids = async |connection: &mut AnyConnection, text: String| -> Vec<String> {
                    let rows = connection.fetch_all(AssertSqlSafe(text)).await.unwrap();
                    rows.iter().map(|one| one.get("id")).collect()
                };
                let (placed, sorted) =
                    (ids(&mut connection, placed).await, ids(&mut connection, sorted).await);
                assert_eq!(placed, sorted, "{table}: places tell the order in which rows came");
            }
        }
    }
    connection.close().await.unwrap();
}

async fn a_forgotten_asker_takes_the_round_along_and_a_forgotten_answerer_leaves_no_name(fixture: Fixture) {
    let store = &fixture.store;
    answered(store).await;
    write!(store, |tx| {
        tx.opt_out_of_feedback(&person("UCLEO")).await?;
        tx.record_feedback_delivery("feedback:a1", &row(1), "feedback-said").await?;
        tx.erase_member(&person("UCLEO")).await
    })
    .unwrap();
    let left = everything(&fixture).await;
    assert!(left.iter().all(|(_, value)| !value.contains("UCLEO")), "{left:?}");
    assert_eq!(read!(store, |tx| tx.feedback_answers(&row(1)).await).unwrap().0, 3, "nobody can find hers");
    write!(store, |tx| {
        let outcome = RoundResult { counts: [1; 5], comments: vec![MemberText::new("moose")] };
        tx.insert_round(&round(3, ana()), &[]).await?;
        tx.close_round(&row(3), jiff::civil::date(2026, 3, 2), Some(&outcome), &[token(7)]).await?;
        tx.erase_member(&ana()).await
    })
    .unwrap();
    for (place, value) in everything(&fixture).await {
        assert!(!place.starts_with("feedback_"), "{place} still holds {value}");
    }
}

async fn a_limit_holds_until_it_is_over_or_lifted(fixture: Fixture) {
    let store = &fixture.store;
    write!(store, |tx| {
        tx.limit_feedback("one", minute(5)).await?;
        tx.limit_feedback("one", minute(10)).await?;
        tx.limit_feedback("two", minute(20)).await?;
        tx.limit_feedback("three", minute(30)).await?;
        tx.lift_feedback_limit("three").await
    })
    .unwrap();
    let until = async |asker| read!(store, |tx| tx.feedback_limit(asker).await).unwrap();
    assert_eq!(until("one").await, Some(minute(10)), "the later one");
    assert_eq!(until("three").await, None);
    assert_eq!(write!(store, |tx| tx.prune_feedback_limits(minute(10)).await), Ok(1));
    assert_eq!((until("one").await, until("two").await), (None, Some(minute(20))));
    store.empty_log().await.unwrap();
}
