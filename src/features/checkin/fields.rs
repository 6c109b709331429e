//! The fields of a check-in form: what is wrong with them, and how they become a reflection.

use crate::{
    coach::{
        reflection::{AnsweredFollowUp, CheckinFields, Reflection, STANDING_QUESTION},
        room::Room,
        screen::{Field, FieldError, FieldProblem},
    },
    interaction::{Ctx, steps},
};

pub(super) fn apply_fields(reflection: &mut Reflection, fields: &CheckinFields) {
    reflection.situation = fields.situation.clone();
    reflection.room = fields.room;
    reflection.answer = fields.answer.clone();
    reflection.hat_said = fields.hat;
    if let Some(AnsweredFollowUp { answer, .. }) = &fields.follow_up {
        reflection.follow_up_answer = answer.clone();
    }
}

/// What is wrong with the values of a check-in form, beside each field.
pub(super) fn check(fields: &CheckinFields) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut add = |field, problem: Option<FieldProblem>| {
        errors.extend(problem.map(|problem| FieldError::new(field, problem)));
    };
    add(Field::Situation, steps::reflection::too_long(&fields.situation));
    let empty = fields.answer.is_blank().then_some(FieldProblem::Empty);
    add(Field::Answer, empty.or_else(|| steps::reflection::too_long(&fields.answer)));
    add(Field::Hat, fields.hat.is_none().then_some(FieldProblem::NoHat));
    let follow_up = fields.follow_up.as_ref();
    add(Field::FollowUpAnswer, follow_up.and_then(|it| steps::reflection::too_long(&it.answer)));
    errors
}

/// What a check-in from a reading of the room asks.
pub(super) fn room_question(ctx: &Ctx<'_>, room: Room) -> String {
    ctx.questions().room(room).unwrap_or_else(|| STANDING_QUESTION.to_owned())
}
