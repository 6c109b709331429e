//! What the lens sees in an answer: read after the acknowledgement for a form that is open, or by the
//! worker in its turn; stored beside what the member said, and shown where the reflection is shown. A
//! reflection without `read_at` has not been read yet; there is no other list of what to read.

use crate::{
    coach::{
        ids::{MemberId, MessageRef},
        lens_result::LensResult,
        reflection::Reflection,
        screen::Form,
    },
    interaction::{AppState, ClassifyAnswer, Ctx, Result, steps},
    store::{OutboxPayload, UnclassifiedAnswer, UpdatePayload},
};
use jiff::SignedDuration;
use std::time::Duration;

/// How many reflections one step of the worker reads.
const BATCH: usize = 50;

/// How long the result for an open form is waited for. After that its member is in the middle of a
/// sentence.
const FORM_WAITS: Duration = Duration::from_secs(2);

/// Messages that show an older reflection are not updated, because members rarely look at them again.
const UPDATED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Reads an answer that was just stored, and returns the follow-up form with the result. `None`: left to
/// the worker because load is high or too many texts wait, or the form has nothing more to show.
pub async fn classify_for_form(state: &AppState, request: &ClassifyAnswer) -> Result<Option<Form>> {
    if state.is_overloaded() {
        return Ok(None);
    }
    // Who acts next is answered first. While deliveries come one after another, the worker reads instead.
    let reading = async {
        state.wait_for_quiet().await;
        state.classify_now(request.answer.answer.clone()).await
    };
    let Ok(Some(result)) = tokio::time::timeout(FORM_WAITS, reading).await else { return Ok(None) };
    let ClassifyAnswer { view, answer } = request.clone();
    state
        .write(move |ctx| {
            Box::pin(async move {
                let stored = match store_result(ctx, &answer, &result).await? {
                    Some(stored) => Some(stored),
                    // Read already, or changed meanwhile: the form shows what is stored.
                    None => ctx.tx.find_reflection(&answer.member, &answer.reflection).await?,
                };
                let Some(stored) = stored.filter(|stored| stored.read_at.is_some()) else {
                    return Ok(None);
                };
                if !stored.follow_up_answer.is_blank()
                    || steps::delivery::is_follow_up_superseded(ctx, &view).await?
                {
                    return Ok(None);
                }
                let consent = steps::follow_up_form::consent(ctx, &answer.member).await?;
                Ok(steps::follow_up_form::form(ctx, &stored, consent.as_ref()))
            })
        })
        .await
}

/// Reads a bounded number of answers, the oldest first, and stores all results in one transaction;
/// called until it returns nothing. Returns the members who wrote those answers.
pub async fn classify_pending(state: &AppState) -> Result<Vec<MemberId>> {
    let pending =
        state.read(|ctx| Box::pin(async move { Ok(ctx.tx.unclassified_reflections(BATCH).await?) }));
    let mut results = Vec::new();
    for answer in pending.await? {
        let Some(result) = state.classify(answer.answer.clone()).await else { return Ok(Vec::new()) };
        results.push((answer, result));
    }
    if results.is_empty() {
        return Ok(Vec::new());
    }
    state
        .write(move |ctx| {
            Box::pin(async move {
                let mut members = Vec::new();
                for (answer, result) in results {
                    store_result(ctx, &answer, &result).await?;
                    members.push(answer.member);
                }
                members.dedup();
                Ok(members)
            })
        })
        .await
}

/// Stores a result, unless the answer has changed meanwhile.
async fn store_result(
    ctx: &mut Ctx<'_>,
    answer: &UnclassifiedAnswer,
    result: &LensResult,
) -> Result<Option<Reflection>> {
    let now = ctx.now();
    let stored = ctx.tx.save_lens_result(answer, result, now).await?;
    if let Some(stored) = &stored
        && changes_messages(ctx, stored)
    {
        for (message, shows) in messages_showing(ctx, stored).await? {
            let payload = OutboxPayload::Update(shows.clone());
            if !ctx.tx.is_waiting(&stored.member, &payload).await? {
                steps::outbox::enqueue_update(ctx, &stored.member, message, shows).await?;
            }
        }
    }
    Ok(stored)
}

/// Whether the messages that show a reflection say something else now that it was read.
fn changes_messages(ctx: &Ctx<'_>, stored: &Reflection) -> bool {
    let since = stored.edited_at.unwrap_or(stored.created_at);
    let is_fresh = ctx.now().duration_since(since) <= UPDATED_WITHIN;
    is_fresh && (stored.lens_hats.is_some() || stored.hat_said.is_none())
}

/// The messages in Slack that show a reflection.
async fn messages_showing(
    ctx: &mut Ctx<'_>,
    reflection: &Reflection,
) -> Result<Vec<(MessageRef, UpdatePayload)>> {
    let (who, id) = (&reflection.member, &reflection.id);
    let mut showing = Vec::new();
    if let Some(nudge) = &reflection.nudge
        && let Some(message) = ctx.tx.nudge_message(who, nudge).await?
    {
        showing.push((message, UpdatePayload::Nudge { nudge: nudge.clone() }));
    }
    let kept = OutboxPayload::Kept { reflection: id.clone() };
    if let Some(message) = ctx.tx.sent_message(who, &kept).await? {
        showing.push((message, UpdatePayload::Reflection { reflection: id.clone() }));
    }
    Ok(showing)
}
