//! Every event in every state, and where plain replies belong.

use super::*;
use crate::coach::sample::at;
use NudgeEffect::*;
use Standing::*;

const STANDINGS: [Standing; 7] = [Waiting, Open, Answered, Emptied, Skipped, Later, NotSent];

type Outcome = Result<(Standing, Vec<NudgeEffect>), Refused>;

fn back_at() -> Timestamp {
    at("2026-10-24T07:30:00Z")
}

/// What each event makes of the seven standings, in their order.
fn table() -> Vec<(NudgeEvent, [Outcome; 7])> {
    let done = || Err(Refused::AlreadyDone);
    let early = || Err(Refused::NotSentYet);
    let none = || Err(Refused::NoReflection);
    let to = back_at();
    vec![
        (
            NudgeEvent::LetGo { why: SkipReason::Paused },
            [
                Ok((NotSent, vec![StoreSkipReason { why: SkipReason::Paused }])),
                done(),
                done(),
                done(),
                done(),
                done(),
                done(),
            ],
        ),
        (NudgeEvent::Sent, [Ok((Open, vec![CountSent])), done(), done(), done(), done(), done(), done()]),
        (
            NudgeEvent::Reflected,
            [
                early(),
                Ok((Answered, vec![UpdateMessage, EndBackOff])),
                done(),
                done(),
                done(),
                done(),
                early(),
            ],
        ),
        (
            NudgeEvent::Replied,
            [
                early(),
                Ok((Answered, vec![UpdateMessage, EndBackOff])),
                Ok((Answered, vec![UpdateMessage, EndBackOff])),
                done(),
                done(),
                done(),
                early(),
            ],
        ),
        (
            NudgeEvent::SkipTapped,
            [
                early(),
                Ok((Skipped, vec![UpdateMessage, EndBackOff])),
                done(),
                done(),
                done(),
                done(),
                early(),
            ],
        ),
        (
            NudgeEvent::LaterTapped { at: to },
            [
                early(),
                Ok((Later, vec![AskAgain { at: to }, UpdateMessage, EndBackOff])),
                done(),
                done(),
                done(),
                done(),
                early(),
            ],
        ),
        (
            NudgeEvent::ReflectionEdited,
            [none(), none(), Ok((Answered, vec![UpdateMessage, EndBackOff])), none(), none(), none(), none()],
        ),
        (
            NudgeEvent::ReflectionDeleted,
            [none(), none(), Ok((Emptied, vec![UpdateMessage, EndBackOff])), done(), none(), none(), none()],
        ),
    ]
}

#[test]
fn every_event_in_every_standing() {
    for (event, expected) in table() {
        for (standing, expected) in STANDINGS.into_iter().zip(expected) {
            assert_eq!(step(standing, event), expected, "{event:?} while {standing:?}");
        }
    }
}

#[test]
fn a_nudge_leaves_open_once_whatever_is_tapped_twice() {
    let leaving: Vec<NudgeEvent> =
        table().into_iter().map(|(event, _)| event).filter(|event| step(Open, *event).is_ok()).collect();
    assert_eq!(leaving.len(), 4);
    for first in &leaving {
        let (left, _) = step(Open, *first).unwrap();
        assert_ne!(left, Open);
        for second in &leaving {
            match step(left, *second) {
                Ok((stays, _)) => assert_eq!((stays, *second), (Answered, NudgeEvent::Replied), "{first:?}"),
                Err(refused) => assert_eq!(refused, Refused::AlreadyDone),
            }
        }
    }
}

#[test]
fn standings_are_stored_and_read_back() {
    for standing in STANDINGS {
        assert_eq!(Standing::of(standing.state(), standing == Answered), standing);
    }
}

fn row(name: &str) -> RowId {
    RowId::parse(name).unwrap()
}

fn recent(open: Option<&str>, last_reply: Option<&str>) -> Recent {
    Recent {
        open_question: open.map(|sent| (row("open"), at(sent))),
        last_reply: last_reply.map(|posted| (row("kept"), at(posted))),
    }
}

#[test]
fn a_reply_in_a_thread_belongs_to_its_nudge_or_is_offered() {
    let newer_question = recent(Some("2026-10-23T07:30:00Z"), Some("2026-10-23T07:59:00Z"));
    for standing in STANDINGS {
        let posted = PostedIn::ThreadOf { nudge: row("old"), standing };
        let expected = match standing {
            Open | Answered => Route::ToNudge(row("old")),
            _ => Route::OfferKeep,
        };
        assert_eq!(route(&posted, &newer_question, at("2026-10-23T08:00:00Z")), expected, "{standing:?}");
    }
    let in_report = route(&PostedIn::OtherThread, &newer_question, at("2026-10-23T08:00:00Z"));
    assert_eq!(in_report, Route::OfferKeep);
}

#[test]
fn a_reply_outside_a_thread_continues_answers_or_is_offered() {
    let to_open = || Route::ToNudge(row("open"));
    let to_kept = || Route::ToReflection(row("kept"));
    let table = [
        // open question sent, last reply posted, where the message goes
        (None, None, Route::OfferKeep),
        (Some("2026-10-22T08:00:00Z"), None, to_open()),
        (Some("2026-10-22T07:59:59Z"), None, Route::OfferKeep),
        (Some("2026-10-23T07:30:00Z"), None, to_open()),
        (None, Some("2026-10-23T07:50:00Z"), to_kept()),
        (None, Some("2026-10-23T07:49:59Z"), Route::OfferKeep),
        (Some("2026-10-22T09:00:00Z"), Some("2026-10-23T07:55:00Z"), to_kept()),
        (Some("2026-10-22T09:00:00Z"), Some("2026-10-23T07:40:00Z"), to_open()),
    ];
    for (open, last_reply, expected) in table {
        let found = route(&PostedIn::Open, &recent(open, last_reply), at("2026-10-23T08:00:00Z"));
        assert_eq!(found, expected, "{open:?} {last_reply:?}");
    }
}
