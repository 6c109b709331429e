//! The second step of a check-in: the answer to its follow-up question.

use super::{Effect, respond};
use crate::{
    coach::{
        ids::RowId,
        member::Member,
        member_text::MemberText,
        screen::{CareInputs, Field, FieldError, Form, FormState},
    },
    interaction::{Ctx, Outcome, ReplyTarget, Result, steps},
};

pub(super) async fn submit(
    ctx: &mut Ctx<'_>,
    member: &Member,
    id: &RowId,
    care_acknowledged: bool,
    answer: &MemberText,
    target: &ReplyTarget,
) -> Result<Outcome<Effect>> {
    let Some(mut reflection) = ctx.tx.find_reflection(&member.id, id).await? else {
        return Outcome::changed(Effect::NotFound);
    };
    if let Some(problem) = steps::reflection::too_long(answer) {
        let error = FieldError::new(Field::FollowUpAnswer, problem);
        return Outcome::unchanged(target.field_errors(vec![error]));
    }
    // Nothing was written, and nothing was stored before: the member stops here.
    if answer.is_blank() && reflection.follow_up_answer.is_blank() {
        return Outcome::unchanged(respond::close(target));
    }
    if let Some(concern) = ctx.concern(&[answer]).filter(|_| !care_acknowledged) {
        if let Some(view) = target.view() {
            steps::delivery::supersede_follow_up(ctx, view).await?;
        }
        let state = FormState::FollowUp { reflection: id.clone(), care_acknowledged: true };
        let question = reflection.follow_up.unwrap_or_default();
        let inputs = CareInputs::FollowUp { question, answer: answer.clone() };
        return Outcome::unchanged(target.show(Form::Care { state, concern, inputs }));
    }
    reflection.follow_up_answer = answer.clone();
    steps::reflection::refresh_counted(ctx, &mut reflection, false);
    reflection.edited_at = Some(ctx.now());
    ctx.tx.save_reflection(&reflection).await?;
    Outcome::changed(Effect::Edited)
}
