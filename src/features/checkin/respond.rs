use super::Effect;
use crate::{
    coach::screen::{Form, Notice},
    interaction::{Ctx, Priority, Reply, ReplyTarget, Result, steps},
};

pub async fn respond(ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    let who = &target.member;
    Ok(match effect {
        Effect::Stored { reflection } => match ctx.tx.find_reflection(who, &reflection).await? {
            Some(reflection) => steps::follow_up_form::reply(ctx, reflection, target).await?,
            None => target.show(Form::Notice(Notice::ReflectionGone)).then_home(who, Priority::Background),
        },
        Effect::Edited => close(target),
        // The message that has the button shows the hat.
        Effect::HatSaid => target.with_home(Reply::done()),
        Effect::NotFound => target.with_home(target.notice(Notice::ReflectionGone)),
    })
}

/// Closes the form; Home follows.
pub(super) fn close(target: &ReplyTarget) -> Reply {
    target.close().then_home(&target.member, Priority::Background)
}
