//! What an outage cost. Slack tries a delivery again at once, after one and after five minutes more, and then
//! gives it up (<https://docs.slack.dev/apis/events-api/#retries>). After a longer outage, the direct messages
//! of members who were asked a question lately are read, and what was missed is handled like a delivery.

use super::{Ran, finish, not_done};
use crate::{
    coach::ids::{MemberId, MessageRef, MessageTs},
    dispatch::{Delivery, Event, NotStored, dispatch},
    interaction::{AppState, MessageFact, PastMessage, Result, SlackGateway},
    store::{AskedQuestion, Job, JobPayload, NewJob},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;

/// How long Slack tries a delivery again, and a little more.
const SLACK_RETRIES_FOR: SignedDuration = SignedDuration::from_mins(7);

/// The shortest outage after which messages are read. Slack's last try is five minutes after the first, and a
/// worker beats once a minute.
const SHORTEST_OUTAGE: SignedDuration = SignedDuration::from_mins(4);

/// How far back messages are read, for answers that were edited or deleted in the outage.
const READ_BACK: SignedDuration = SignedDuration::from_hours(24);

/// How old a question may be whose answer is looked for.
const ASKED_WITHIN: SignedDuration = SignedDuration::from_hours(72);

/// Records that deliveries reach the program, and begins to look for what an outage cost if they did not for
/// longer than Slack tries.
///
/// # Errors
/// The store's: then the outage continues.
pub async fn beat(state: &AppState) -> Result<()> {
    state
        .write(|ctx| {
            Box::pin(async move {
                let now = ctx.now();
                let Some(last) = ctx.tx.beat(now).await? else { return Ok(()) };
                if now.duration_since(last) <= SHORTEST_OUTAGE {
                    return Ok(());
                }
                // A delivery from before the outage may have been waiting for its next try.
                let lost_since = last.saturating_sub(SLACK_RETRIES_FOR).unwrap_or(last);
                let read_from = last.saturating_sub(READ_BACK).unwrap_or(last);
                let asked_since = last.saturating_sub(ASKED_WITHIN).unwrap_or(last);
                let mut asked = ctx.tx.nudges_asked_since(asked_since).await?;
                asked.extend(ctx.tx.plans_asked_since(asked_since).await?);
                tracing::warn!(away_since = %last, questions = asked.len(), "deliveries may have been lost; direct messages are read");
                for question in asked {
                    let from = question.sent_at.max(read_from);
                    let from = from.saturating_sub(SLACK_RETRIES_FOR).unwrap_or(from);
                    let payload = JobPayload::ReadMissed {
                        nudge: question.message.clone(),
                        from: MessageTs::at(from),
                        lost_since,
                        before: None,
                    };
                    let AskedQuestion { member, message, .. } = question;
                    let key = format!("missed:{member}:{}:{}", message.ts, last.as_millisecond());
                    let job = NewJob::for_member(ctx.new_id(), member, payload, now);
                    ctx.tx.enqueue_job(job.once(key)).await?;
                }
                Ok(())
            })
        })
        .await
}

/// What a job of this kind reads.
pub(super) struct Reading<'a> {
    pub(super) who: &'a MemberId,
    pub(super) nudge: &'a MessageRef,
    pub(super) from: &'a MessageTs,
    pub(super) lost_since: Timestamp,
    pub(super) before: Option<&'a MessageTs>,
}

/// Reads one page of a member's messages and the thread of their question, and handles what was missed.
pub(super) async fn read_missed(
    state: &AppState,
    slack: &dyn SlackGateway,
    job: &Job,
    reading: Reading<'_>,
) -> Result<Ran> {
    let Reading { who, nudge, from, lost_since, before } = reading;
    let start = MessageRef { channel: nudge.channel.clone(), ts: from.clone() };
    let page = match slack.messages(&who.team, &start, None, before).await {
        Ok(page) => page,
        Err(why) => return not_done(state, job, &why).await,
    };
    let mut messages = page.messages;
    let oldest = messages.first().map(|message| message.ts.clone());
    if before.is_none() {
        match slack.messages(&who.team, &start, Some(&nudge.ts), None).await {
            Ok(replies) => messages.extend(replies.messages),
            Err(why) => return not_done(state, job, &why).await,
        }
    }
    messages.sort_by(|message, other| message.ts.cmp(&other.ts));
    messages.dedup_by(|message, other| message.ts == other.ts);
    for message in &messages {
        if handle(state, who, nudge, message, lost_since).await.is_err() {
            // The store did not take it: the job comes back when its lease is over, and what was handled is
            // known by its key.
            return Ok(Ran::NotDone);
        }
    }
    let older = oldest.filter(|_| page.has_more);
    let read_from = older.as_ref().unwrap_or(from).clone();
    let seen = messages.into_iter().map(|message| message.ts).collect();
    check_absent(state, who, &MessageRef { channel: nudge.channel.clone(), ts: read_from }, seen).await?;
    if let Some(before) = older {
        let payload = JobPayload::ReadMissed {
            nudge: nudge.clone(),
            from: from.clone(),
            lost_since,
            before: Some(before),
        };
        queue(state, who, payload).await?;
    }
    finish(state, job).await?;
    Ok(Ran::Done)
}

/// Handles a message that was posted or edited while deliveries were lost. A message that was delivered all the
/// same changes nothing.
async fn handle(
    state: &AppState,
    who: &MemberId,
    nudge: &MessageRef,
    message: &PastMessage,
    lost_since: Timestamp,
) -> std::result::Result<(), NotStored> {
    if message.author.as_ref() != Some(&who.user) {
        return Ok(());
    }
    let at = MessageRef { channel: nudge.channel.clone(), ts: message.ts.clone() };
    if message.ts.instant().is_some_and(|posted_at| posted_at >= lost_since) {
        let (member, thread, text) = (who.clone(), message.thread.clone(), message.text.clone());
        let event = Event::MessagePosted { member, message: at.clone(), thread, text };
        let is_blank = message.text.is_blank();
        let fact = if is_blank { MessageFact::PostedWithoutWords } else { MessageFact::Posted };
        let key = fact.key(&who.team, &at);
        dispatch(state, Delivery { key, event }).await?;
    }
    let is_lost =
        |edited_at: &&MessageTs| edited_at.instant().is_some_and(|edited_at| edited_at >= lost_since);
    if let Some(edited_at) = message.edited_at.as_ref().filter(is_lost) {
        let key = MessageFact::Edited(edited_at).key(&who.team, &at);
        let event = Event::MessageEdited {
            member: who.clone(),
            message: at,
            thread: message.thread.clone(),
            text: message.text.clone(),
            at: edited_at.clone(),
        };
        dispatch(state, Delivery { key, event }).await?;
    }
    Ok(())
}

/// Parts of answers that were not among the messages: each is looked for on its own, because it may be in
/// another thread.
async fn check_absent(
    state: &AppState,
    who: &MemberId,
    from: &MessageRef,
    seen: HashSet<MessageTs>,
) -> Result<()> {
    let (who, from) = (who.clone(), from.clone());
    state
        .write(move |ctx| {
            Box::pin(async move {
                for at in ctx.tx.message_parts_since(&who, &from).await? {
                    if seen.contains(&at.ts) {
                        continue;
                    }
                    let key = format!("check:{}:{}", at.channel, at.ts);
                    let payload = JobPayload::CheckMessage { at };
                    let job = NewJob::for_member(ctx.new_id(), who.clone(), payload, ctx.now());
                    ctx.tx.enqueue_job(job.once(key)).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn queue(state: &AppState, who: &MemberId, payload: JobPayload) -> Result<()> {
    let who = who.clone();
    state
        .write(move |ctx| {
            Box::pin(async move {
                ctx.tx.enqueue_job(NewJob::for_member(ctx.new_id(), who, payload, ctx.now())).await?;
                Ok(())
            })
        })
        .await
}

/// A message of the member that was not found where it was expected: if it is gone, it was deleted.
pub(super) async fn check_message(
    state: &AppState,
    slack: &dyn SlackGateway,
    job: &Job,
    at: &MessageRef,
) -> Result<Ran> {
    match slack.message_text(&job.team, at).await {
        Ok(Some(_)) => {}
        Ok(None) => {
            let event = Event::MessageDeleted { team: job.team.clone(), message: at.clone() };
            let key = MessageFact::Deleted.key(&job.team, at);
            if dispatch(state, Delivery { key, event }).await.is_err() {
                return Ok(Ran::NotDone);
            }
        }
        Err(why) => return not_done(state, job, &why).await,
    }
    finish(state, job).await?;
    Ok(Ran::Done)
}
