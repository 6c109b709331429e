//! The edit of a stored reflection.

use super::{
    Effect,
    fields::{apply_fields, check},
};
use crate::{
    coach::{
        ids::RowId,
        member::Member,
        reflection::{AnsweredFollowUp, CheckinFields, Reflection},
        screen::{CareInputs, Form, FormState},
    },
    interaction::{Ctx, Outcome, ReplyTarget, Result, steps},
};

pub(super) async fn submit(
    ctx: &mut Ctx<'_>,
    member: Member,
    id: &RowId,
    care_acknowledged: bool,
    fields: &CheckinFields,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let Some(reflection) = ctx.tx.find_reflection(&member.id, id).await? else {
        return Outcome::changed(Effect::NotFound);
    };
    let errors = check(fields);
    if !errors.is_empty() {
        return Outcome::unchanged(target.field_errors(errors));
    }
    let mut texts = vec![&fields.situation, &fields.answer];
    texts.extend(fields.follow_up.as_ref().map(|it| &it.answer));
    if let Some(concern) = ctx.concern(&texts).filter(|_| !care_acknowledged) {
        let state = FormState::EditReflection { reflection: id.clone(), care_acknowledged: true };
        let mut fields = fields.clone();
        if let Some(AnsweredFollowUp { question, .. }) = &mut fields.follow_up {
            *question = reflection.follow_up.unwrap_or_default();
        }
        let inputs = CareInputs::Checkin { question: Some(reflection.question), fields };
        return Outcome::unchanged(target.show(Form::Care { state, concern, inputs }));
    }
    save(ctx, member, reflection, fields).await?;
    Outcome::changed(Effect::Edited)
}

pub(super) async fn save(
    ctx: &mut Ctx<'_>,
    mut member: Member,
    mut reflection: Reflection,
    fields: &CheckinFields,
) -> Result<()> {
    let rewritten = reflection.answer != fields.answer;
    apply_fields(&mut reflection, fields);
    steps::reflection::refresh_counted(ctx, &mut reflection, rewritten);
    reflection.edited_at = Some(ctx.now());
    ctx.tx.save_reflection(&reflection).await?;
    if rewritten {
        steps::reflection::rewrite_parts(ctx, &reflection).await?;
    }
    steps::reflection::reflection_changed(ctx, &mut member, &reflection, rewritten).await
}
