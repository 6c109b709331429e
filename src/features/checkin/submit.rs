//! The first step of a check-in, or the answer to a nudge.

use super::{
    Effect, edit,
    fields::{apply_fields, check, room_question},
};
use crate::{
    coach::{
        conversation::NudgeEvent,
        ids::{PromptId, RowId},
        member::Member,
        nudge::Nudge,
        reflection::{CheckinFields, Origin, Reflection, STANDING_QUESTION},
        room::Room,
        screen::{CareInputs, Form, FormState},
    },
    interaction::{Ctx, FormStep, Outcome, ReplyTarget, Result, choose_follow_up, steps},
};

/// A submitted check-in form.
pub(super) struct Checkin {
    pub(super) nudge: Option<RowId>,
    pub(super) prompt: Option<PromptId>,
    pub(super) room: Option<Room>,
    pub(super) care_acknowledged: bool,
    pub(super) fields: CheckinFields,
}

pub(super) async fn submit(
    ctx: &mut Ctx<'_>,
    member: Member,
    form: Checkin,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let nudge = match &form.nudge {
        Some(id) => ctx.tx.find_nudge(&member.id, id).await?,
        None => None,
    };
    let question = match (&nudge, form.room) {
        (Some(nudge), _) => nudge.question.clone(),
        (None, Some(room)) => room_question(ctx, room),
        (None, None) => STANDING_QUESTION.to_owned(),
    };
    let errors = check(&form.fields);
    if !errors.is_empty() {
        return Outcome::unchanged(target.field_errors(errors));
    }
    let concern = ctx.concern(&[&form.fields.situation, &form.fields.answer]);
    if let Some(concern) = concern.filter(|_| !form.care_acknowledged) {
        let Checkin { nudge, prompt, room, fields, .. } = form;
        let state = FormState::Checkin { nudge, prompt, room, care_acknowledged: true };
        let inputs = CareInputs::Checkin { question: Some(question), fields };
        return Outcome::unchanged(target.show(Form::Care { state, concern, inputs }));
    }
    // A second submission of the same form with other values edits the same check-in.
    if let Some(view) = target.view()
        && let Some(id) = steps::delivery::find_step(ctx, FormStep::Checkin, view).await?
        && let Some(reflection) = ctx.tx.find_reflection(&member.id, &id).await?
    {
        edit::save(ctx, member, reflection, &form.fields).await?;
        return Outcome::changed(Effect::Stored { reflection: id });
    }
    let mut new = steps::reflection::new_reflection(ctx, &member, question, ctx.now());
    new.prompt = form.prompt;
    apply_fields(&mut new, &form.fields);
    new.counts_in_balance = steps::reflection::counts_in_balance(ctx, &new);
    let stored = store(ctx, member, nudge, new).await?;
    let id = stored.id.clone();
    if let Some(view) = target.view() {
        steps::delivery::record_step(ctx, FormStep::Checkin, view, &id).await?;
    }
    let reply = steps::follow_up_form::reply(ctx, stored, target).await?;
    Ok(Outcome::ChangedWithReply(Effect::Stored { reflection: id }, Box::new(reply)))
}

/// Stores a new check-in, or the answer to a nudge. When the nudge was answered meanwhile, this answer
/// becomes a check-in of its own: nothing that a member wrote is lost.
async fn store(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    nudge: Option<Nudge>,
    mut reflection: Reflection,
) -> Result<Reflection> {
    if let Some(mut nudge) = nudge {
        reflection.prompt = Some(nudge.prompt.clone());
        let event = NudgeEvent::Reflected;
        if steps::nudge::apply_event(ctx, &mut member, &mut nudge, event).await?.is_ok() {
            (reflection.origin, reflection.nudge) = (Origin::Nudge, Some(nudge.id));
        }
    }
    let follow_up = choose_follow_up(ctx, &member, &reflection, reflection.created_at).await?;
    (reflection.follow_up, reflection.follow_up_prompt) =
        follow_up.map(|chosen| (chosen.question, chosen.prompt)).unzip();
    steps::reflection::store_reflection(ctx, &mut member, &reflection).await?;
    ask_consent(ctx, &member, &reflection).await?;
    Ok(reflection)
}

/// Asks the member about the language model, once for each host, below the first follow-up that it
/// could write.
async fn ask_consent(ctx: &mut Ctx<'_>, member: &Member, below: &Reflection) -> Result<()> {
    let Some(host) = ctx.llm_host().map(str::to_owned) else { return Ok(()) };
    if below.counts_in_balance && below.follow_up.is_some() {
        let now = ctx.now();
        ctx.tx.request_llm_consent(&member.id, &host, &below.id, below.local_on, now).await?;
    }
    Ok(())
}
