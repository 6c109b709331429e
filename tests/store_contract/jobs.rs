//! Jobs are claimed by one worker and done, put off or given up; and what an outage cost is found.

use crate::{fixture::*, stories, write};
use leadlens::{
    coach::{member_text::MemberText, nudge::NudgeState},
    store::{AskedQuestion, Job, JobPayload, NewJob, StoreError},
};

stories!(
    jobs_are_claimed_done_put_off_and_given_up,
    an_outage_is_noticed_and_its_members_are_found,
    a_scrub_that_was_done_leaves_no_job,
);

pub fn job(number: u32) -> NewJob {
    let payload = JobPayload::DeleteMessage { at: message("D1", "1.1") };
    NewJob::for_member(row(number), ana(), payload, minute(0))
}

/// The job as a claim returns it.
fn claimed(new: NewJob, attempts: u32) -> Job {
    Job {
        id: new.id,
        team: new.team,
        member: new.member,
        kind: new.payload.kind(),
        payload: Ok(new.payload),
        due_at: new.due_at,
        attempts,
        first_tried_at: None,
    }
}

async fn jobs_are_claimed_done_put_off_and_given_up(fixture: Fixture) {
    let store = &fixture.store;
    assert_eq!(write!(store, |tx| tx.enqueue_job(job(1).once("a")).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.enqueue_job(job(2).once("a")).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.enqueue_job(job(1)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.enqueue_job(job(2)).await), Ok(true));
    let take = async |at| -> Result<Vec<Job>, StoreError> {
        write!(store, |tx| tx.claim_jobs(minute(at), minute(at + 10), "me", 9).await)
    };
    assert_eq!(take(0).await, Ok(vec![claimed(job(1), 0), claimed(job(2), 0)]));
    assert_eq!(take(1).await, Ok(vec![]));
    assert_eq!(write!(store, |tx| tx.finish_job(&row(1)).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.finish_job(&row(1)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.postpone_job(&row(2), minute(20), "ratelimited").await), Ok(true));
    assert_eq!(take(19).await, Ok(vec![]));
    let untried = Job { due_at: minute(20), ..claimed(job(2), 0) };
    assert_eq!(take(20).await, Ok(vec![untried]), "what a limit held back was not tried");
    for (nth, from) in [(1, 20), (2, 30)] {
        let retried =
            write!(store, |tx| tx.retry_job(&row(2), minute(from + 10), "fatal_error", minute(from)).await);
        assert_eq!(retried, Ok(true));
        let tried = Job { due_at: minute(from + 10), ..claimed(job(2), nth) };
        let tried = Job { first_tried_at: Some(minute(20)), ..tried };
        assert_eq!(take(from + 10).await, Ok(vec![tried]), "the first try is remembered");
    }
    assert_eq!(take(50).await.unwrap().len(), 1, "its lease was over");
    assert_eq!(write!(store, |tx| tx.fail_job(&row(2), "gone", minute(41)).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.fail_job(&row(2), "gone", minute(41)).await), Ok(false));
    assert_eq!(write!(store, |tx| tx.postpone_job(&row(2), minute(50), "late").await), Ok(false));
    assert_eq!(write!(store, |tx| tx.retry_job(&row(2), minute(50), "late", minute(41)).await), Ok(false));
    assert_eq!(take(99).await, Ok(vec![]));
    assert_eq!(write!(store, |tx| tx.prune_jobs(minute(41), 9).await), Ok(0));
    assert_eq!(write!(store, |tx| tx.prune_jobs(minute(42), 9).await), Ok(1));
}

async fn an_outage_is_noticed_and_its_members_are_found(fixture: Fixture) {
    let store = &fixture.store;
    let beat = async |at: i64| write!(store, |tx| tx.beat(minute(at)).await).unwrap();
    assert_eq!(beat(1).await, None);
    assert_eq!(beat(2).await, Some(minute(1)));
    assert_eq!(beat(90).await, Some(minute(2)));
    write!(store, |tx| tx.insert_member(&new_member(ana())).await).unwrap();
    for (number, sent, open) in [(1, 5, true), (2, 6, true), (3, 7, false)] {
        let mut asked = nudge(number, ana());
        asked.state = if open { NudgeState::Open } else { NudgeState::Skipped };
        asked.sent_at = Some(minute(sent));
        asked.message = Some(message("D1", &format!("1.{number}")));
        write!(store, |tx| tx.insert_nudge(&asked).await).unwrap();
    }
    let asked = write!(store, |tx| tx.nudges_asked_since(minute(5)).await).unwrap();
    let newest = AskedQuestion { member: ana(), message: message("D1", "1.2"), sent_at: minute(6) };
    assert_eq!(asked, [newest]);
    assert_eq!(write!(store, |tx| tx.nudges_asked_since(minute(7)).await), Ok(vec![]));
    let mut asked = crate::plans::plan(5, ana(), "a plan");
    asked.message = Some(message("D1", "1759300000.000001"));
    write!(store, |tx| tx.insert_plan(&asked).await).unwrap();
    let second = |second| jiff::Timestamp::from_second(second).unwrap();
    let found = write!(store, |tx| tx.plans_asked_since(second(1_759_299_999)).await).unwrap();
    assert_eq!(found.iter().map(|it| &it.message).collect::<Vec<_>>(), [&message("D1", "1759300000.000001")]);
    assert_eq!(write!(store, |tx| tx.plans_asked_since(second(1_759_300_001)).await), Ok(vec![]));
    let answer = reflection(4, ana(), "yes");
    write!(store, |tx| tx.insert_reflection(&answer).await).unwrap();
    for ts in ["1.3", "1.5"] {
        let (at, text) = (message("D1", ts), MemberText::new("yes"));
        write!(store, |tx| tx.add_message_part(&row(4), &at, &text, minute(8)).await).unwrap();
    }
    let from = message("D1", "1.4");
    let (at, text) = (message("D1", "1.6"), MemberText::new("it went well"));
    write!(store, |tx| tx.add_outcome_part(&row(5), &at, &text, minute(8)).await).unwrap();
    let parts = write!(store, |tx| tx.message_parts_since(&ana(), &from).await).unwrap();
    assert_eq!(parts, [message("D1", "1.5"), message("D1", "1.6")]);
}

async fn a_scrub_that_was_done_leaves_no_job(fixture: Fixture) {
    let store = &fixture.store;
    let scrub = NewJob::for_team(row(1), team(), JobPayload::Scrub, minute(0));
    write!(store, |tx| tx.enqueue_job(scrub).await).unwrap();
    assert_eq!(write!(store, |tx| tx.finish_scrub(&team()).await), Ok(true));
    assert_eq!(write!(store, |tx| tx.finish_scrub(&team()).await), Ok(false));
}
