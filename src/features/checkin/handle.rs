use super::{Action, Effect, Submission, edit, fields::room_question, follow_up};
use crate::{
    coach::{
        hat::Hats,
        ids::RowId,
        member::Member,
        reflection::{CheckinFields, STANDING_QUESTION},
        room::Room,
        screen::{Form, FormState, Notice},
    },
    interaction::{Ctx, Outcome, Reply, ReplyTarget, Result, steps},
};

pub async fn handle(
    ctx: &mut Ctx<'_>,
    member: Member,
    action: Action,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match action {
        Action::Open => Outcome::unchanged(open_form(target, CheckinFields::default())),
        Action::OpenInRoom { room } => Outcome::unchanged(open_in_room(ctx, target, room)),
        Action::Edit { reflection } => {
            Outcome::unchanged(open_edit(ctx, &member, &reflection, target).await?)
        }
        Action::SayHat { reflection, hats } => say_hat(ctx, member, &reflection, hats).await,
    }
}

pub async fn submit(
    ctx: &mut Ctx<'_>,
    member: Member,
    submission: Submission,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    match submission {
        Submission::Checkin { nudge, prompt, room, care_acknowledged, fields } => {
            let checkin = super::submit::Checkin { nudge, prompt, room, care_acknowledged, fields };
            super::submit::submit(ctx, member, checkin, target).await
        }
        Submission::Edit { reflection, care_acknowledged, fields } => {
            edit::submit(ctx, member, &reflection, care_acknowledged, &fields, target).await
        }
        Submission::FollowUp { reflection, care_acknowledged, answer } => {
            follow_up::submit(ctx, &member, &reflection, care_acknowledged, &answer, target).await
        }
    }
}

/// A new check-in, with what is known already.
pub fn open_form(target: &ReplyTarget, fields: CheckinFields) -> Reply {
    target.show(Form::Checkin {
        state: FormState::Checkin { nudge: None, prompt: None, room: None, care_acknowledged: false },
        question: Some(STANDING_QUESTION.to_owned()),
        look_back: None,
        fields,
    })
}

/// A new check-in about a room that was just read: it asks what the reading was answered with.
fn open_in_room(ctx: &Ctx<'_>, target: &ReplyTarget, room: Room) -> Reply {
    let state = FormState::Checkin { nudge: None, prompt: None, room: Some(room), care_acknowledged: false };
    let question = Some(room_question(ctx, room));
    let fields = CheckinFields { room: Some(room), ..CheckinFields::default() };
    target.show(Form::Checkin { state, question, look_back: None, fields })
}

/// A long answer of the DM does not fit a form: it is edited by editing the message.
async fn open_edit(ctx: &mut Ctx<'_>, member: &Member, id: &RowId, target: &ReplyTarget) -> Result<Reply> {
    let Some(reflection) = ctx.tx.find_reflection(&member.id, id).await? else {
        return Ok(target.with_home(target.notice(Notice::ReflectionGone)));
    };
    if steps::reflection::too_long(&reflection.answer).is_some() {
        return Ok(target.with_home(target.notice(Notice::EditTheMessage)));
    }
    let state = FormState::EditReflection { reflection: id.clone(), care_acknowledged: false };
    let follow_up = reflection.followed_up();
    let fields = CheckinFields {
        follow_up,
        situation: reflection.situation,
        room: reflection.room,
        answer: reflection.answer,
        hat: reflection.hat_said,
    };
    let question = Some(reflection.question);
    Ok(target.show(Form::Checkin { state, question, look_back: None, fields }))
}

async fn say_hat(ctx: &mut Ctx<'_>, mut member: Member, id: &RowId, hats: Hats) -> Result<Outcome<Effect>> {
    let Some(mut reflection) = ctx.tx.find_reflection(&member.id, id).await? else {
        return Outcome::changed(Effect::NotFound);
    };
    reflection.hat_said = Some(hats);
    ctx.tx.save_reflection(&reflection).await?;
    steps::reflection::reflection_changed(ctx, &mut member, &reflection, false).await?;
    Outcome::changed(Effect::HatSaid)
}
