//! The second step of a check-in: the form with its follow-up question, what the lens saw, and what the
//! language model may add.

use super::reflection::{kept_screen, speaks_of_trouble};
use crate::{
    coach::{
        ids::{MemberId, RowId, ViewId},
        llm_follow_up::{self, LlmConsent},
        reflection::Reflection,
        screen::{Form, FormState, LlmDisclosure},
    },
    interaction::{ClassifyAnswer, Ctx, PostAck, Priority, Reply, ReplyTarget, Result},
    store::UnclassifiedAnswer,
};

/// The reply to a check-in that was just stored: the follow-up form, and what continues in it.
pub async fn reply(ctx: &mut Ctx<'_>, mut reflection: Reflection, target: &ReplyTarget) -> Result<Reply> {
    let who = &target.member;
    // A redelivery is answered the same, whatever the lens has seen meanwhile.
    reflection.clear_lens_result();
    let consent = consent(ctx, who).await?;
    let Some(form) = form(ctx, &reflection, consent.as_ref()) else {
        return Ok(target.close().then_home(who, Priority::Background));
    };
    let reply = target.show(form);
    let Some(view) = target.view() else { return Ok(reply.then_home(who, Priority::Background)) };
    let reply = match reflection.counts_in_balance {
        true => reply.then(classify_in(view, &reflection)),
        false => reply,
    };
    let reply = reply.then_home(who, Priority::Background);
    Ok(match may_write(ctx, &reflection, consent.as_ref()) {
        true => reply.then(write_follow_up(who, &reflection.id, view)),
        false => reply,
    })
}

/// The form of a reflection's follow-up, as both are stored. `None` when there is no follow-up, or the
/// text speaks of trouble, which is not followed by a question about work.
pub fn form(ctx: &Ctx<'_>, reflection: &Reflection, consent: Option<&LlmConsent>) -> Option<Form> {
    let question = reflection.follow_up.clone().filter(|_| !speaks_of_trouble(ctx, reflection))?;
    Some(Form::FollowUp {
        state: FormState::FollowUp { reflection: reflection.id.clone(), care_acknowledged: false },
        kept: kept_screen(reflection),
        question,
        answer: reflection.follow_up_answer.clone(),
        llm_disclosure: model_line(ctx, reflection, consent),
    })
}

/// What the member said about the language model; not looked up where there is none.
pub async fn consent(ctx: &mut Ctx<'_>, who: &MemberId) -> Result<Option<LlmConsent>> {
    match ctx.llm_host() {
        Some(_) => Ok(ctx.tx.find_llm_consent(who).await?),
        None => Ok(None),
    }
}

/// What the follow-up form of a reflection says about the language model.
fn model_line(ctx: &Ctx<'_>, reflection: &Reflection, consent: Option<&LlmConsent>) -> Option<LlmDisclosure> {
    let consent = consent.filter(|consent| Some(consent.host.as_str()) == ctx.llm_host())?;
    let host = consent.host.clone();
    if was_written_by_model(reflection) {
        return Some(LlmDisclosure::WroteQuestion { host });
    }
    let is_asked = consent.answer.is_none() && consent.asked_with == reflection.id;
    is_asked.then_some(LlmDisclosure::AsksConsent { host })
}

/// Whether the language model may write the follow-up of a reflection, as far as that is known before
/// the call.
pub fn may_write(ctx: &Ctx<'_>, reflection: &Reflection, consent: Option<&LlmConsent>) -> bool {
    let agreed = ctx.llm_host().is_some_and(|host| consent.is_some_and(|it| it.allows(host)));
    agreed
        && reflection.counts_in_balance
        && reflection.follow_up.is_some()
        && reflection.follow_up_answer.is_blank()
        && !was_written_by_model(reflection)
}

fn was_written_by_model(reflection: &Reflection) -> bool {
    reflection.follow_up_prompt.as_ref().is_some_and(|prompt| prompt.as_str() == llm_follow_up::LLM_PROMPT_ID)
}

/// Asks the language model for the follow-up question after the acknowledgement.
pub fn write_follow_up(who: &MemberId, reflection: &RowId, view: &ViewId) -> PostAck {
    PostAck::WriteFollowUp { member: who.clone(), reflection: reflection.clone(), view: view.clone() }
}

/// Reads the answer with the lens after the acknowledgement, for the form that replaces the submitted one.
fn classify_in(view: &ViewId, reflection: &Reflection) -> PostAck {
    let answer = UnclassifiedAnswer {
        member: reflection.member.clone(),
        reflection: reflection.id.clone(),
        answer: reflection.answer.clone(),
    };
    PostAck::ClassifyAnswer(Box::new(ClassifyAnswer { view: view.clone(), answer }))
}
