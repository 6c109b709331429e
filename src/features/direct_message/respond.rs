use super::Effect;
use crate::{
    coach::screen::Notice,
    interaction::{Ctx, Reply, ReplyTarget, Result},
};

#[allow(clippy::unused_async, reason = "every feature's respond has the same signature")]
pub async fn respond(_ctx: &mut Ctx<'_>, effect: Effect, target: &ReplyTarget) -> Result<Reply> {
    Ok(match effect {
        // The message shows what became of it once the worker has read it.
        Effect::MessageHandled | Effect::KeepQueued => Reply::done(),
        Effect::NotKept => target.with_home(Reply::done()),
        Effect::AlreadyDone => target.with_home(target.notice(Notice::AlreadyDone)),
        Effect::UnknownButton => target.with_home(target.notice(Notice::UnknownButton)),
    })
}
