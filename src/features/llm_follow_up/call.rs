//! One call of the language model: permitted before it, checked after it.

use crate::{
    coach::{
        ids::{MemberId, PromptId, RowId, ViewId},
        llm_follow_up::{
            self, LlmRequest, MAX_CALLS_PER_DAY, build_request, fits_word_budget, validate_question,
        },
        reflection::Reflection,
        screen::Form,
    },
    interaction::{AppState, Ctx, NO_REPEAT_WITHIN, Result, steps},
};

/// One call that may be made.
#[derive(Debug, Clone)]
pub struct CallPermit {
    /// What to tell the model.
    pub request: LlmRequest,
    /// The reflection as the request was made from it.
    snapshot: Reflection,
}

/// A question of the model's that was stored.
#[derive(Debug, Clone)]
pub struct AcceptedQuestion {
    /// The follow-up form with it.
    pub form: Form,
    written: Reflection,
    snapshot: Reflection,
}

/// Why the model is not asked, or its answer is not used: a code, for metrics.
pub type NotAsked = &'static str;

/// Takes one call for a reflection, once, out of what its member has left for the day. Inside: why the
/// model is not asked.
pub async fn claim_call(
    state: &AppState,
    who: &MemberId,
    id: &RowId,
) -> Result<std::result::Result<CallPermit, NotAsked>> {
    let (who, id) = (who.clone(), id.clone());
    state.write(move |ctx| Box::pin(async move { claim(ctx, &who, &id).await })).await
}

async fn claim(
    ctx: &mut Ctx<'_>,
    who: &MemberId,
    id: &RowId,
) -> Result<std::result::Result<CallPermit, NotAsked>> {
    let Some(member) = ctx.tx.find_member(who).await? else { return Ok(Err("gone")) };
    let Some(reflection) = ctx.tx.find_reflection(who, id).await? else { return Ok(Err("gone")) };
    let consent = steps::follow_up_form::consent(ctx, who).await?;
    let may_write = steps::follow_up_form::may_write(ctx, &reflection, consent.as_ref());
    let (Some(host), true) = (ctx.llm_host().map(str::to_owned), may_write) else {
        return Ok(Err("moved-on"));
    };
    let Some(instructions) = ctx.questions().instructions() else { return Ok(Err("no-instructions")) };
    let now = ctx.now();
    if !ctx.tx.record_delivery(&format!("model:{id}"), None, now).await? {
        return Ok(Err("again"));
    }
    if !ctx.tx.claim_llm_call(who, &host, member.local_date(now), MAX_CALLS_PER_DAY).await? {
        return Ok(Err("over-budget"));
    }
    let prompt = reflection.prompt.as_ref().or(reflection.follow_up_prompt.as_ref());
    let practice = prompt.and_then(|prompt| ctx.questions().practice(prompt));
    let request = build_request(&instructions, &reflection, practice, ctx.random_u128());
    Ok(Ok(CallPermit { request, snapshot: reflection }))
}

/// Stores the question in the model's answer, if it may be asked and the member has not moved on: the
/// reflection is unchanged, nothing is answered, and the form still shows the follow-up. Inside: why the
/// library's question stays.
pub async fn accept(
    state: &AppState,
    permit: CallPermit,
    answer: &str,
    view: &ViewId,
) -> Result<std::result::Result<AcceptedQuestion, NotAsked>> {
    let (answer, view) = (answer.to_owned(), view.clone());
    state.write(move |ctx| Box::pin(async move { accept_in(ctx, permit, &answer, &view).await })).await
}

async fn accept_in(
    ctx: &mut Ctx<'_>,
    permit: CallPermit,
    answer: &str,
    view: &ViewId,
) -> Result<std::result::Result<AcceptedQuestion, NotAsked>> {
    let snapshot = permit.snapshot;
    let who = &snapshot.member;
    let asked = asked_before(ctx, &snapshot).await?;
    let question = match validate_question(answer, asked.iter().map(String::as_str)) {
        Ok(question) => question,
        Err(unfit) => return Ok(Err(unfit.code())),
    };
    let consent = steps::follow_up_form::consent(ctx, who).await?;
    let stored = ctx.tx.find_reflection(who, &snapshot.id).await?;
    let Some(mut written) = stored.filter(|stored| is_unchanged(stored, &snapshot)) else {
        return Ok(Err("moved-on"));
    };
    if !steps::follow_up_form::may_write(ctx, &written, consent.as_ref())
        || steps::delivery::is_follow_up_superseded(ctx, view).await?
    {
        return Ok(Err("moved-on"));
    }
    if !fits_word_budget(&question, &snapshot) {
        return Ok(Err("long"));
    }
    written.follow_up = Some(question);
    written.follow_up_prompt = PromptId::parse(llm_follow_up::LLM_PROMPT_ID).ok();
    ctx.tx.save_reflection(&written).await?;
    let Some(form) = steps::follow_up_form::form(ctx, &written, consent.as_ref()) else {
        return Ok(Err("moved-on"));
    };
    Ok(Ok(AcceptedQuestion { form, written, snapshot }))
}

/// The questions that would be a repetition: those of 28 days, and all of the library's.
async fn asked_before(ctx: &mut Ctx<'_>, snapshot: &Reflection) -> Result<Vec<String>> {
    let now = ctx.now();
    let since = now.saturating_sub(NO_REPEAT_WITHIN).unwrap_or(now);
    let mut asked = ctx.questions().texts();
    let Some(member) = ctx.tx.find_member(&snapshot.member).await? else { return Ok(asked) };
    let (from_on, to_on) = (member.local_date(since), member.local_date(now));
    for reflection in ctx.tx.reflections_between(&member.id, from_on, to_on).await? {
        asked.push(reflection.question);
        asked.extend(reflection.follow_up);
    }
    Ok(asked)
}

/// The form was closed before the model's question could be read: the question that the member has read
/// stays the stored one.
pub async fn revert(state: &AppState, accepted: AcceptedQuestion) -> Result<()> {
    state
        .write(move |ctx| {
            Box::pin(async move {
                let AcceptedQuestion { written, snapshot, .. } = accepted;
                let stored = ctx.tx.find_reflection(&snapshot.member, &snapshot.id).await?;
                if let Some(mut stored) = stored.filter(|stored| is_unchanged(stored, &written)) {
                    stored.follow_up = snapshot.follow_up;
                    stored.follow_up_prompt = snapshot.follow_up_prompt;
                    ctx.tx.save_reflection(&stored).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Whether a reflection has the same texts and the same follow-up question, unanswered.
fn is_unchanged(stored: &Reflection, snapshot: &Reflection) -> bool {
    stored.situation == snapshot.situation
        && stored.answer == snapshot.answer
        && stored.follow_up == snapshot.follow_up
        && stored.follow_up_answer.is_blank()
}
