use super::Effect;
use crate::{
    coach::screen::FormState,
    interaction::{Ctx, OpenForm, Origin, Priority, Reply, ReplyTarget, Result, steps::follow_up_form},
};

/// The open form is shown without the question about the model, which writes if it may.
pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let Effect::Answered = effect;
    let who = &target.member;
    let Origin::Modal(OpenForm { view, state: FormState::FollowUp { reflection, .. }, .. }) = &target.origin
    else {
        return Ok(Reply::done().then_home(who, Priority::Background));
    };
    let Some(reflection) = ctx.tx.find_reflection(who, reflection).await? else {
        return Ok(Reply::done().then_open_home(who));
    };
    let consent = follow_up_form::consent(ctx, who).await?;
    let Some(form) = follow_up_form::form(ctx, &reflection, consent.as_ref()) else {
        return Ok(Reply::done().then_open_home(who));
    };
    let reply = target.show(form).then_open_home(who);
    Ok(match follow_up_form::may_write(ctx, &reflection, consent.as_ref()) {
        true => reply.then(follow_up_form::write_follow_up(who, &reflection.id, view)),
        false => reply,
    })
}
